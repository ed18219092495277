#include "weights/pth.h"

#include "weights/pth_tensor.h"

/* Where programs keep the state_dict in a larger checkpoint. */
static const char *const homes[] = {"state_dict", "model_state_dict", "net",
                                    "model"};

static cs_str bytes_of(tn_buffer *b)
{
    return (cs_str){tn_buffer_data(b), tn_buffer_size(b)};
}

static cs_str member_bytes(tn_buffer *file, const wt_zip_member *m)
{
    cs_str all = bytes_of(file);
    return (cs_str){all.data + m->begin, m->size};
}

/* --- which format it is --- */

static int check_start(cs_str all, cs_errinfo *info)
{
    if (cs_str_starts_with(all, CS_STR("PK\3\4")))
        return 0;
    if (cs_str_starts_with(all, CS_STR("\x80")))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the format from before PyTorch 1.6: load the file once "
                       "with torch.load() and save it again with torch.save()");
    if (cs_str_is(cs_str_sub(all, 257, 262), "ustar"))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the tar format from before PyTorch 0.2: load the file "
                       "once with torch.load() and save it again");
    return cs_fail(info, CS_E_FORMAT, "this is no file of PyTorch's");
}

/* --- the archive --- */

/* The member "FOLDER/what". */
static int find_beside(const wt_zip *zip, cs_str folder, const char *what,
                       const wt_zip_member **ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_add_str(&path, folder);
    cs_strbuf_putc(&path, '/');
    cs_strbuf_add(&path, what);
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    *ret = wt_zip_find(zip, cs_strbuf_str(&path));
    return 0;
}

/* PyTorch puts all members into one folder, named after the file. */
static int find_pickle(const wt_zip *zip, cs_str *ret_folder,
                       wt_zip_member *ret, cs_errinfo *info)
{
    size_t found = 0;
    for (size_t i = 0; i < zip->members.len; i++) {
        const wt_zip_member *m = &zip->members.items[i];
        cs_str folder;
        cs_str rest;
        if (!cs_str_cut(m->name, '/', &folder, &rest) ||
            !cs_str_is(rest, "data.pkl"))
            continue;
        *ret_folder = folder;
        *ret = *m;
        found++;
    }
    if (found != 1)
        return cs_fail(info, CS_E_FORMAT,
                       "a zip archive with %zu members data.pkl; PyTorch "
                       "writes one",
                       found);
    return 0;
}

static int check_beside(tn_buffer *file, const wt_zip *zip, cs_str folder,
                        cs_errinfo *info)
{
    const wt_zip_member *constants = NULL;
    const wt_zip_member *order = NULL;
    int r = find_beside(zip, folder, "constants.pkl", &constants, info);
    if (r == 0)
        r = find_beside(zip, folder, "byteorder", &order, info);
    if (r < 0)
        return r;
    if (constants)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "a TorchScript program, not weights: save its "
                       "state_dict() with torch.save()");
    if (order && !cs_str_is(member_bytes(file, order), "little"))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the weights are not in little-endian order");
    return 0;
}

/* --- the state_dict --- */

/* The value of a dictionary's key; NULL where it is absent. */
static int lookup(const wt_pickle *p, const wt_value *dict, const char *key,
                  const wt_value **ret, cs_errinfo *info)
{
    *ret = NULL;
    for (size_t i = 0; i < dict->len; i += 2) {
        const wt_value *k = wt_pickle_item(p, dict, i);
        if (k->kind != WT_TEXT || !cs_str_is(k->text, key))
            continue;
        if (*ret)
            return cs_fail(info, CS_E_FORMAT, "the file has the key '%s' twice",
                           key);
        *ret = wt_pickle_item(p, dict, i + 1);
    }
    return 0;
}

/* The dictionary of tensors: the root, or the one that the root holds. */
static int find_state(const wt_pickle *p, const wt_value **ret,
                      cs_errinfo *info)
{
    const wt_value *root = wt_pickle_root(p);
    const char *home = NULL;
    if (root->kind != WT_DICT)
        return cs_fail(info, CS_E_FORMAT,
                       "the file holds no dictionary of tensors");
    *ret = root;
    for (size_t i = 0; i < CS_COUNTOF(homes); i++) {
        const wt_value *v;
        int r = lookup(p, root, homes[i], &v, info);
        if (r < 0)
            return r;
        if (!v || v->kind != WT_DICT)
            continue;
        if (home)
            return cs_fail(info, CS_E_FORMAT,
                           "both '%s' and '%s' could be the weights", home,
                           homes[i]);
        home = homes[i];
        *ret = v;
    }
    return 0;
}

static int add_tensor(wt_pth_source *s, const wt_value *key, const wt_value *v,
                      wt_dict *d, cs_errinfo *info)
{
    if (key->kind != WT_TEXT)
        return cs_fail(info, CS_E_FORMAT,
                       "a key of the state_dict is not a text");
    if (!wt_pth_is_tensor(s->pickle, v))
        return cs_fail(info, CS_E_FORMAT,
                       "'%.*s' is not a tensor, and the file has no "
                       "state_dict, model_state_dict, net or model beside it",
                       CS_STR_ARG(key->text));
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    int r = wt_pth_tensor(s, v, key->text, &t, info);
    return r < 0 ? r : wt_dict_add(d, key->text, &t, info);
}

static int add_all(wt_pth_source *s, const wt_value *state, wt_dict *d,
                   cs_errinfo *info)
{
    uint64_t bytes = 0;
    uint64_t limit = (uint64_t)tn_buffer_size(s->file) * WT_PTH_SHARING_MAX;
    for (size_t i = 0; i < state->len; i += 2) {
        const wt_value *key = wt_pickle_item(s->pickle, state, i);
        const wt_value *v = wt_pickle_item(s->pickle, state, i + 1);
        int r = add_tensor(s, key, v, d, info);
        if (r < 0)
            return r;
        bytes += tn_bytes(&wt_dict_at(d, i / 2)->tensor);
        if (bytes > limit)
            return cs_fail(info, CS_E_LIMIT,
                           "the tensors are more than %d times as large as "
                           "the file that holds them",
                           WT_PTH_SHARING_MAX);
    }
    return 0;
}

static int read_state(wt_pth_source *s, wt_dict *d, cs_errinfo *info)
{
    const wt_value *state = wt_pickle_root(s->pickle);
    int r = find_state(s->pickle, &state, info);
    return r < 0 ? r : add_all(s, state, d, info);
}

static int read_archive(tn_buffer *file, wt_dict *d, cs_errinfo *info)
{
    CS_SCOPED(wt_zip) zip = WT_ZIP_INIT;
    CS_AUTO(wt_pickle) pickle = NULL;
    wt_zip_member m = {.size = 0};
    cs_str folder = CS_STR("");
    int r = wt_zip_parse(bytes_of(file), &zip, info);
    if (r == 0)
        r = find_pickle(&zip, &folder, &m, info);
    if (r == 0)
        r = check_beside(file, &zip, folder, info);
    if (r == 0)
        r = wt_pickle_parse(member_bytes(file, &m), wt_pth_globals,
                            wt_pth_global_count, &pickle, info);
    if (r < 0)
        return r;
    CS_SCOPED(wt_pth_source)
    s = {.file = file, .zip = &zip, .pickle = pickle, .folder = folder};
    return read_state(&s, d, info);
}

int wt_pth_parse(tn_buffer *file, const char *name, wt_dict *ret,
                 cs_errinfo *info)
{
    CS_SCOPED(wt_dict) made = WT_DICT_INIT;
    int r = check_start(bytes_of(file), info);
    if (r == 0)
        r = read_archive(file, &made, info);
    if (r == 0)
        wt_dict_move(ret, &made);
    else
        cs_errinfo_set_place(info, name);
    return r;
}
