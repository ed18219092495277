#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "train/plan.h"

/* What the trainer relies on without asking again. */
static void check_parts(const tr_plan *p)
{
    const md_input *in = &p->recipe.input;
    FUZZ_ASSERT(in->low < in->high && in->patch[0] && in->patch[2]);
    FUZZ_ASSERT(md_recipe_check_fields(&p->recipe, NULL) == 0);
    FUZZ_ASSERT(dt_loss_check(&p->recipe, &p->loss, NULL) == 0);
    FUZZ_ASSERT(im_augment_check(&p->augment.spec, NULL) == 0);
    FUZZ_ASSERT(nn_schedule_check(&p->schedule, NULL) == 0);
}

static void check_amounts(const tr_plan *p)
{
    const tr_sampling *s = &p->sampling;
    FUZZ_ASSERT(p->data.train.len > 0 && p->data.train.items[0].dir[0]);
    FUZZ_ASSERT(s->crop == TR_CROP_CENTRE ||
                fabs(s->nodules + s->hard + s->background - 1) < 1e-6);
    FUZZ_ASSERT(p->epochs > 0 && p->batch > 0 && p->accumulate > 0);
    FUZZ_ASSERT(tr_plan_steps(p) >= (uint64_t)p->epochs);
    FUZZ_ASSERT((p->validation.every == 0) == (p->data.validate.len == 0));
    double lr = nn_schedule_lr(&p->schedule, tr_plan_steps(p) - 1);
    FUZZ_ASSERT(lr >= 0 && isfinite(lr));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(tr_plan) p = TR_PLAN_INIT;
    cs_errinfo info = {.lang = size % 2 ? CS_LANG_ZH : CS_LANG_EN};
    int r = tr_plan_parse((cs_str){(const char *)data, size}, "fuzz.yaml", &p,
                          &info);
    if (r < 0) {
        FUZZ_ASSERT(info.code == r && info.message[0] && !p.arena);
        return 0;
    }
    FUZZ_ASSERT(strlen(p.text) == size && strlen(p.sha256) == 64);
    check_parts(&p);
    check_amounts(&p);
    return 0;
}
