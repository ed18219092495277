#include <math.h>

#include "nn/loss_impl.h"

int nn_loss_dice_ce(cs_pool *pool, const nn_loss_dims *d,
                    const nn_dice_ce_options *o, const float *logits,
                    const int32_t *labels, double *ret_loss, float *grad,
                    cs_errinfo *info)
{
    nn_dice_ce_options opt = o ? *o : NN_DICE_CE_DEFAULT;
    double dice = 0;
    double ce = 0;
    int r = nn_loss_check_option("dice_weight", opt.dice_weight, 0, 1e9, info);
    if (r == 0)
        r = nn_loss_check_option("ce_weight", opt.ce_weight, 0, 1e9, info);
    if (r == 0)
        r = nn_loss_dice_labels_to(
            pool, d, &opt.dice, logits, labels, &dice,
            &(nn_loss_grad){grad, opt.dice_weight, false}, info);
    if (r == 0)
        r = nn_loss_cross_entropy_to(pool, d, &opt.ce, logits, labels, &ce,
                                     &(nn_loss_grad){grad, opt.ce_weight, true},
                                     info);
    if (r < 0)
        return r;
    *ret_loss = opt.dice_weight * dice + opt.ce_weight * ce;
    return 0;
}
