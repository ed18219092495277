#include "weights/pickle_ops.h"

#include "base/utf8.h"
#include "weights/le.h"

#define WORD_MAX ((size_t)256) /* of a module or name */

/* --- bytes --- */

int wt_reader_cut_short(const wt_reader *r, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the pickle is cut short at byte %zu of %zu", r->pos,
                   r->size);
}

/* The next `n` bytes; NULL, with the failure reported, where there are not so
 * many. */
static const unsigned char *take(wt_reader *r, size_t n, cs_errinfo *info)
{
    if (n > r->size - r->pos) {
        wt_reader_cut_short(r, info);
        return NULL;
    }
    r->pos += n;
    return r->p + r->pos - n;
}

/* A number of `n` bytes, little-endian. */
static int take_number(wt_reader *r, unsigned n, uint64_t *ret,
                       cs_errinfo *info)
{
    const unsigned char *p = take(r, n, info);
    if (!p)
        return CS_E_FORMAT;
    *ret = wt_le_get(p, n);
    return 0;
}

/* Up to the next newline, which is taken too. */
static int take_word(wt_reader *r, cs_str *ret, cs_errinfo *info)
{
    size_t left = CS_MIN(r->size - r->pos, WORD_MAX);
    const char *p = (const char *)r->p + r->pos;
    const char *end = memchr(p, '\n', left);
    if (!end)
        return wt_reader_cut_short(r, info);
    *ret = (cs_str){p, (size_t)(end - p)};
    r->pos += ret->len + 1;
    return 0;
}

/* --- plain values --- */

static int push_kind(wt_reader *r, wt_kind kind, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = kind}, info);
}

static int push_bool(wt_reader *r, bool b, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = WT_BOOL, .boolean = b},
                           info);
}

static int push_int(wt_reader *r, int64_t v, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = WT_INT, .integer = v},
                           info);
}

int wt_op_none(wt_reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_NONE, info);
}

int wt_op_true(wt_reader *r, cs_errinfo *info)
{
    return push_bool(r, true, info);
}

int wt_op_false(wt_reader *r, cs_errinfo *info)
{
    return push_bool(r, false, info);
}

int wt_op_binint(wt_reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 4, &v, info);
    return bad < 0 ? bad : push_int(r, (int32_t)v, info);
}

int wt_op_binint1(wt_reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 1, &v, info);
    return bad < 0 ? bad : push_int(r, (int64_t)v, info);
}

int wt_op_binint2(wt_reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 2, &v, info);
    return bad < 0 ? bad : push_int(r, (int64_t)v, info);
}

/* Two's complement in as many bytes as it takes. */
int wt_op_long1(wt_reader *r, cs_errinfo *info)
{
    uint64_t n = 0;
    int bad = take_number(r, 1, &n, info);
    const unsigned char *p = bad < 0 ? NULL : take(r, (size_t)n, info);
    if (!p)
        return CS_E_FORMAT;
    if (n > 8)
        return push_kind(r, WT_BIG, info);
    uint64_t v = n ? wt_le_get(p, (unsigned)n) : 0;
    if (n > 0 && n < 8 && p[n - 1] & 0x80)
        v |= UINT64_MAX << (8 * n);
    return push_int(r, (int64_t)v, info);
}

int wt_op_binfloat(wt_reader *r, cs_errinfo *info)
{
    const unsigned char *p = take(r, 8, info);
    if (!p)
        return CS_E_FORMAT;
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++)
        bits = bits << 8 | p[i];
    wt_value v = {.kind = WT_FLOAT};
    memcpy(&v.number, &bits, sizeof(bits));
    return wt_machine_push(r->m, v, info);
}

int wt_op_binunicode(wt_reader *r, cs_errinfo *info)
{
    uint64_t n = 0;
    int bad = take_number(r, 4, &n, info);
    const unsigned char *p = bad < 0 ? NULL : take(r, (size_t)n, info);
    if (!p)
        return CS_E_FORMAT;
    cs_str text = {(const char *)p, (size_t)n};
    if (!cs_utf8_valid(text.data, text.len))
        return cs_fail(info, CS_E_FORMAT,
                       "a text of the pickle, at byte %zu, is not valid UTF-8",
                       r->op);
    return wt_machine_push(r->m, (wt_value){.kind = WT_TEXT, .text = text},
                           info);
}

/* --- containers --- */

static int wrong_kind(const wt_reader *r, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the pickle applies an operation to a value of the wrong "
                   "kind, at byte %zu",
                   r->op);
}

int wt_op_empty_tuple(wt_reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_TUPLE, info);
}

int wt_op_empty_list(wt_reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_LIST, info);
}

int wt_op_empty_dict(wt_reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_DICT, info);
}

int wt_op_mark(wt_reader *r, cs_errinfo *info)
{
    return wt_machine_mark(r->m, info);
}

/* A tuple of what lies on the stack from `from` on, in its stead. */
static int make_tuple(wt_reader *r, size_t from, cs_errinfo *info)
{
    size_t n = r->m->stack.len - from;
    int bad = push_kind(r, WT_TUPLE, info);
    if (bad < 0)
        return bad;
    wt_ref made = cs_vec_last(&r->m->stack);
    bad = wt_machine_append(r->m, made, from, n, info);
    wt_machine_cut(r->m, from);
    return bad < 0 ? bad : wt_machine_push_ref(r->m, made, info);
}

int wt_op_tuple(wt_reader *r, cs_errinfo *info)
{
    size_t from = 0;
    int bad = wt_machine_unmark(r->m, &from, info);
    return bad < 0 ? bad : make_tuple(r, from, info);
}

static int tuple_of(wt_reader *r, size_t n, cs_errinfo *info)
{
    size_t height = r->m->stack.len;
    size_t mark = r->m->marks.len ? cs_vec_last(&r->m->marks) : 0;
    if (height < n || height - n < mark)
        return wrong_kind(r, info);
    return make_tuple(r, height - n, info);
}

int wt_op_tuple1(wt_reader *r, cs_errinfo *info)
{
    return tuple_of(r, 1, info);
}

int wt_op_tuple2(wt_reader *r, cs_errinfo *info)
{
    return tuple_of(r, 2, info);
}

int wt_op_tuple3(wt_reader *r, cs_errinfo *info)
{
    return tuple_of(r, 3, info);
}

/* Moves what lies from `from` on into the container below it, which stays. */
static int put_items(wt_reader *r, size_t from, wt_kind kind, cs_errinfo *info)
{
    wt_pickle *m = r->m;
    size_t n = m->stack.len - from;
    size_t mark = m->marks.len ? cs_vec_last(&m->marks) : 0;
    if (from <= mark)
        return wrong_kind(r, info);
    wt_ref into = m->stack.items[from - 1];
    if (m->values.items[into].kind != kind || (kind == WT_DICT && n % 2 != 0))
        return wrong_kind(r, info);
    int bad = wt_machine_append(m, into, from, n, info);
    wt_machine_cut(m, from);
    return bad;
}

static int put_some(wt_reader *r, size_t n, wt_kind kind, cs_errinfo *info)
{
    size_t height = r->m->stack.len;
    return height < n ? wrong_kind(r, info)
                      : put_items(r, height - n, kind, info);
}

static int put_marked(wt_reader *r, wt_kind kind, cs_errinfo *info)
{
    size_t from = 0;
    int bad = wt_machine_unmark(r->m, &from, info);
    return bad < 0 ? bad : put_items(r, from, kind, info);
}

int wt_op_append(wt_reader *r, cs_errinfo *info)
{
    return put_some(r, 1, WT_LIST, info);
}

int wt_op_appends(wt_reader *r, cs_errinfo *info)
{
    return put_marked(r, WT_LIST, info);
}

int wt_op_setitem(wt_reader *r, cs_errinfo *info)
{
    return put_some(r, 2, WT_DICT, info);
}

int wt_op_setitems(wt_reader *r, cs_errinfo *info)
{
    return put_marked(r, WT_DICT, info);
}

/* --- the memo --- */

static int put_memo(wt_reader *r, unsigned n, cs_errinfo *info)
{
    uint64_t key = 0;
    int bad = take_number(r, n, &key, info);
    return bad < 0 ? bad : wt_machine_remember(r->m, (uint32_t)key, info);
}

static int get_memo(wt_reader *r, unsigned n, cs_errinfo *info)
{
    uint64_t key = 0;
    int bad = take_number(r, n, &key, info);
    return bad < 0 ? bad : wt_machine_recall(r->m, (uint32_t)key, info);
}

int wt_op_binput(wt_reader *r, cs_errinfo *info)
{
    return put_memo(r, 1, info);
}

int wt_op_long_binput(wt_reader *r, cs_errinfo *info)
{
    return put_memo(r, 4, info);
}

int wt_op_binget(wt_reader *r, cs_errinfo *info)
{
    return get_memo(r, 1, info);
}

int wt_op_long_binget(wt_reader *r, cs_errinfo *info)
{
    return get_memo(r, 4, info);
}

/* --- names and what is done with them --- */

int wt_op_proto(wt_reader *r, cs_errinfo *info)
{
    uint64_t version = 0;
    int bad = take_number(r, 1, &version, info);
    if (bad < 0)
        return bad;
    if (version != WT_PICKLE_PROTOCOL)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "a pickle of protocol %u; torch.save() writes "
                       "protocol %d unless told otherwise",
                       (unsigned)version, WT_PICKLE_PROTOCOL);
    return 0;
}

int wt_op_global(wt_reader *r, cs_errinfo *info)
{
    cs_str module = CS_STR("");
    cs_str name = CS_STR("");
    int bad = take_word(r, &module, info);
    if (bad == 0)
        bad = take_word(r, &name, info);
    if (bad < 0)
        return bad;
    for (size_t i = 0; i < r->allowed_count; i++) {
        const wt_global *g = &r->allowed[i];
        if (cs_str_is(module, g->module) && cs_str_is(name, g->name))
            return wt_machine_push(
                r->m, (wt_value){.kind = WT_GLOBAL, .global = g}, info);
    }
    return cs_fail(info, CS_E_UNSAFE,
                   "the file wants '%.*s.%.*s' from Python, which is not a "
                   "part of weights; save a state_dict of tensors only",
                   CS_STR_ARG(module), CS_STR_ARG(name));
}

int wt_op_reduce(wt_reader *r, cs_errinfo *info)
{
    wt_ref args = 0;
    wt_ref callee = 0;
    int bad = wt_machine_pop(r->m, &args, info);
    if (bad == 0)
        bad = wt_machine_pop(r->m, &callee, info);
    if (bad < 0)
        return bad;
    const wt_value *f = &r->m->values.items[callee];
    const wt_value *a = &r->m->values.items[args];
    if (f->kind != WT_GLOBAL || a->kind != WT_TUPLE)
        return wrong_kind(r, info);
    wt_value made = {.kind = WT_CALL, .global = f->global, .of = args};
    if (f->global->use == WT_GLOBAL_DICT && a->len == 0)
        made = (wt_value){.kind = WT_DICT, .ordered = true};
    else if (f->global->use != WT_GLOBAL_CALL)
        return wrong_kind(r, info);
    return wt_machine_push(r->m, made, info);
}

int wt_op_binpersid(wt_reader *r, cs_errinfo *info)
{
    wt_ref id = 0;
    int bad = wt_machine_pop(r->m, &id, info);
    if (bad < 0)
        return bad;
    return wt_machine_push(r->m, (wt_value){.kind = WT_STORED, .of = id}, info);
}

/* Attributes of an OrderedDict, which state_dict() uses for the versions of
 * modules: read, and not kept. Nothing else has any. */
int wt_op_build(wt_reader *r, cs_errinfo *info)
{
    wt_ref state = 0;
    wt_ref object = 0;
    int bad = wt_machine_pop(r->m, &state, info);
    if (bad == 0)
        bad = wt_machine_top(r->m, &object, info);
    if (bad < 0)
        return bad;
    return r->m->values.items[object].ordered ? 0 : wrong_kind(r, info);
}
