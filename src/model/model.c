#include "model/model.h"

#include "weights/load.h"
#include "weights/weights.h"
#include "zoo/state.h"

/* Read once: what is hashed is what is loaded. */
static int read_weights(const md_card *c, const char *path, wt_dict *ret,
                        cs_errinfo *info)
{
    WT_AUTO_BUFFER file = NULL;
    cs_digest digest;
    int r = wt_load(path, &file, info);
    if (r < 0)
        return r;
    size_t size = tn_buffer_size(file);
    r = cs_hash_bytes(CS_HASH_SHA256, tn_buffer_data(file), size, &digest,
                      info);
    if (r == 0)
        r = md_card_check_digest(c, path, &digest, size, info);
    return r < 0 ? r : wt_parse(file, path, ret, info);
}

/* It comes from a file, so what is wrong with it is no wrong usage. */
static int check_recipe(const md_recipe *recipe, cs_errinfo *info)
{
    cs_errinfo why = {.lang = info ? info->lang : CS_LANG_EN};
    int r = md_recipe_check(recipe, &why);
    if (r == CS_E_USAGE || r == CS_E_RANGE)
        return cs_fail(info, CS_E_FORMAT, "this recipe cannot be: %s",
                       why.message);
    if (r < 0 && info)
        *info = why;
    return r;
}

static int make_params(const md_recipe *recipe, const wt_dict *weights,
                       nn_params *params, cs_errinfo *info)
{
    CS_AUTO(nn_graph) g = NULL;
    int r = check_recipe(recipe, info);
    if (r == 0)
        r = md_recipe_build(recipe, 1, recipe->input.patch, params, &g, info);
    return r < 0 ? r : zoo_load(params, weights, info);
}

static int fill(md_model *m, const char *path, cs_errinfo *info)
{
    CS_SCOPED(wt_dict) weights = WT_DICT_INIT;
    int r = md_card_read(path, &m->card, info);
    if (r == 0)
        r = read_weights(&m->card, path, &weights, info);
    if (r == 0)
        r = nn_params_new(&m->params, info);
    if (r < 0)
        return r;
    r = make_params(&m->card.recipe, &weights, m->params, info);
    if (r < 0 && info && info->place[0] == '\0')
        cs_errinfo_set_place(info, path);
    return r;
}

int md_model_load(const char *weights, md_model *ret, cs_errinfo *info)
{
    CS_SCOPED(md_model) m = {.params = NULL};
    int r = fill(&m, weights, info);
    if (r < 0)
        return r;
    *ret = m;
    m = (md_model){.params = NULL};
    return 0;
}

void md_model_done(md_model *m)
{
    md_card_done(&m->card);
    nn_params_free(m->params);
    m->params = NULL;
}
