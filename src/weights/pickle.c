#include "weights/pickle.h"

#include "base/utf8.h"
#include "weights/le.h"
#include "weights/pickle_machine.h"

#define PROTOCOL 2
#define STOP '.'
#define WORD_MAX ((size_t)256) /* of a module or name */

typedef struct reader {
    const unsigned char *p;
    size_t size, pos;
    size_t op; /* where the opcode stands that is being done */
    const wt_global *allowed;
    size_t allowed_count;
    wt_pickle *m;
} reader;

/* --- bytes --- */

static int cut_short(const reader *r, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the pickle is cut short at byte %zu of %zu", r->pos,
                   r->size);
}

/* The next `n` bytes; NULL, with the failure reported, where there are not so
 * many. */
static const unsigned char *take(reader *r, size_t n, cs_errinfo *info)
{
    if (n > r->size - r->pos) {
        cut_short(r, info);
        return NULL;
    }
    r->pos += n;
    return r->p + r->pos - n;
}

/* A number of `n` bytes, little-endian. */
static int take_number(reader *r, unsigned n, uint64_t *ret, cs_errinfo *info)
{
    const unsigned char *p = take(r, n, info);
    if (!p)
        return CS_E_FORMAT;
    *ret = wt_le_get(p, n);
    return 0;
}

/* Up to the next newline, which is taken too. */
static int take_word(reader *r, cs_str *ret, cs_errinfo *info)
{
    size_t left = CS_MIN(r->size - r->pos, WORD_MAX);
    const char *p = (const char *)r->p + r->pos;
    const char *end = memchr(p, '\n', left);
    if (!end)
        return cut_short(r, info);
    *ret = (cs_str){p, (size_t)(end - p)};
    r->pos += ret->len + 1;
    return 0;
}

/* --- plain values --- */

static int push_kind(reader *r, wt_kind kind, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = kind}, info);
}

static int push_bool(reader *r, bool b, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = WT_BOOL, .boolean = b},
                           info);
}

static int push_int(reader *r, int64_t v, cs_errinfo *info)
{
    return wt_machine_push(r->m, (wt_value){.kind = WT_INT, .integer = v},
                           info);
}

static int do_none(reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_NONE, info);
}

static int do_true(reader *r, cs_errinfo *info)
{
    return push_bool(r, true, info);
}

static int do_false(reader *r, cs_errinfo *info)
{
    return push_bool(r, false, info);
}

static int do_binint(reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 4, &v, info);
    return bad < 0 ? bad : push_int(r, (int32_t)v, info);
}

static int do_binint1(reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 1, &v, info);
    return bad < 0 ? bad : push_int(r, (int64_t)v, info);
}

static int do_binint2(reader *r, cs_errinfo *info)
{
    uint64_t v = 0;
    int bad = take_number(r, 2, &v, info);
    return bad < 0 ? bad : push_int(r, (int64_t)v, info);
}

/* Two's complement in as many bytes as it takes. */
static int do_long1(reader *r, cs_errinfo *info)
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

static int do_binfloat(reader *r, cs_errinfo *info)
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

static int do_binunicode(reader *r, cs_errinfo *info)
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

static int wrong_kind(const reader *r, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the pickle applies an operation to a value of the wrong "
                   "kind, at byte %zu",
                   r->op);
}

static int do_empty_tuple(reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_TUPLE, info);
}

static int do_empty_list(reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_LIST, info);
}

static int do_empty_dict(reader *r, cs_errinfo *info)
{
    return push_kind(r, WT_DICT, info);
}

static int do_mark(reader *r, cs_errinfo *info)
{
    return wt_machine_mark(r->m, info);
}

/* A tuple of what lies on the stack from `from` on, in its stead. */
static int make_tuple(reader *r, size_t from, cs_errinfo *info)
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

static int do_tuple(reader *r, cs_errinfo *info)
{
    size_t from = 0;
    int bad = wt_machine_unmark(r->m, &from, info);
    return bad < 0 ? bad : make_tuple(r, from, info);
}

static int tuple_of(reader *r, size_t n, cs_errinfo *info)
{
    size_t height = r->m->stack.len;
    size_t mark = r->m->marks.len ? cs_vec_last(&r->m->marks) : 0;
    if (height < n || height - n < mark)
        return wrong_kind(r, info);
    return make_tuple(r, height - n, info);
}

static int do_tuple1(reader *r, cs_errinfo *info)
{
    return tuple_of(r, 1, info);
}

static int do_tuple2(reader *r, cs_errinfo *info)
{
    return tuple_of(r, 2, info);
}

static int do_tuple3(reader *r, cs_errinfo *info)
{
    return tuple_of(r, 3, info);
}

/* Moves what lies from `from` on into the container below it, which stays. */
static int put_items(reader *r, size_t from, wt_kind kind, cs_errinfo *info)
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

static int put_some(reader *r, size_t n, wt_kind kind, cs_errinfo *info)
{
    size_t height = r->m->stack.len;
    return height < n ? wrong_kind(r, info)
                      : put_items(r, height - n, kind, info);
}

static int put_marked(reader *r, wt_kind kind, cs_errinfo *info)
{
    size_t from = 0;
    int bad = wt_machine_unmark(r->m, &from, info);
    return bad < 0 ? bad : put_items(r, from, kind, info);
}

static int do_append(reader *r, cs_errinfo *info)
{
    return put_some(r, 1, WT_LIST, info);
}

static int do_appends(reader *r, cs_errinfo *info)
{
    return put_marked(r, WT_LIST, info);
}

static int do_setitem(reader *r, cs_errinfo *info)
{
    return put_some(r, 2, WT_DICT, info);
}

static int do_setitems(reader *r, cs_errinfo *info)
{
    return put_marked(r, WT_DICT, info);
}

/* --- the memo --- */

static int put_memo(reader *r, unsigned n, cs_errinfo *info)
{
    uint64_t key = 0;
    int bad = take_number(r, n, &key, info);
    return bad < 0 ? bad : wt_machine_remember(r->m, (uint32_t)key, info);
}

static int get_memo(reader *r, unsigned n, cs_errinfo *info)
{
    uint64_t key = 0;
    int bad = take_number(r, n, &key, info);
    return bad < 0 ? bad : wt_machine_recall(r->m, (uint32_t)key, info);
}

static int do_binput(reader *r, cs_errinfo *info)
{
    return put_memo(r, 1, info);
}

static int do_long_binput(reader *r, cs_errinfo *info)
{
    return put_memo(r, 4, info);
}

static int do_binget(reader *r, cs_errinfo *info)
{
    return get_memo(r, 1, info);
}

static int do_long_binget(reader *r, cs_errinfo *info)
{
    return get_memo(r, 4, info);
}

/* --- names and what is done with them --- */

static int do_proto(reader *r, cs_errinfo *info)
{
    uint64_t version = 0;
    int bad = take_number(r, 1, &version, info);
    if (bad < 0)
        return bad;
    if (version != PROTOCOL)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "a pickle of protocol %u; torch.save() writes "
                       "protocol %d unless told otherwise",
                       (unsigned)version, PROTOCOL);
    return 0;
}

static int do_global(reader *r, cs_errinfo *info)
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

static int do_reduce(reader *r, cs_errinfo *info)
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

static int do_binpersid(reader *r, cs_errinfo *info)
{
    wt_ref id = 0;
    int bad = wt_machine_pop(r->m, &id, info);
    if (bad < 0)
        return bad;
    return wt_machine_push(r->m, (wt_value){.kind = WT_STORED, .of = id}, info);
}

/* Attributes of an OrderedDict, which state_dict() uses for the versions of
 * modules: read, and not kept. Nothing else has any. */
static int do_build(reader *r, cs_errinfo *info)
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

/* --- all opcodes, by name --- */

typedef struct opcode {
    const char *name;
    int (*run)(reader *r, cs_errinfo *info); /* NULL: refused */
} opcode;

static const opcode opcodes[256] = {
    ['('] = {"MARK", do_mark},
    [')'] = {"EMPTY_TUPLE", do_empty_tuple},
    ['0'] = {"POP", NULL},
    ['1'] = {"POP_MARK", NULL},
    ['2'] = {"DUP", NULL},
    ['B'] = {"BINBYTES", NULL},
    ['C'] = {"SHORT_BINBYTES", NULL},
    ['F'] = {"FLOAT", NULL},
    ['G'] = {"BINFLOAT", do_binfloat},
    ['I'] = {"INT", NULL},
    ['J'] = {"BININT", do_binint},
    ['K'] = {"BININT1", do_binint1},
    ['L'] = {"LONG", NULL},
    ['M'] = {"BININT2", do_binint2},
    ['N'] = {"NONE", do_none},
    ['P'] = {"PERSID", NULL},
    ['Q'] = {"BINPERSID", do_binpersid},
    ['R'] = {"REDUCE", do_reduce},
    ['S'] = {"STRING", NULL},
    ['T'] = {"BINSTRING", NULL},
    ['U'] = {"SHORT_BINSTRING", NULL},
    ['V'] = {"UNICODE", NULL},
    ['X'] = {"BINUNICODE", do_binunicode},
    [']'] = {"EMPTY_LIST", do_empty_list},
    ['a'] = {"APPEND", do_append},
    ['b'] = {"BUILD", do_build},
    ['c'] = {"GLOBAL", do_global},
    ['d'] = {"DICT", NULL},
    ['e'] = {"APPENDS", do_appends},
    ['g'] = {"GET", NULL},
    ['h'] = {"BINGET", do_binget},
    ['i'] = {"INST", NULL},
    ['j'] = {"LONG_BINGET", do_long_binget},
    ['l'] = {"LIST", NULL},
    ['o'] = {"OBJ", NULL},
    ['p'] = {"PUT", NULL},
    ['q'] = {"BINPUT", do_binput},
    ['r'] = {"LONG_BINPUT", do_long_binput},
    ['s'] = {"SETITEM", do_setitem},
    ['t'] = {"TUPLE", do_tuple},
    ['u'] = {"SETITEMS", do_setitems},
    ['}'] = {"EMPTY_DICT", do_empty_dict},
    [0x80] = {"PROTO", do_proto},
    [0x81] = {"NEWOBJ", NULL},
    [0x82] = {"EXT1", NULL},
    [0x83] = {"EXT2", NULL},
    [0x84] = {"EXT4", NULL},
    [0x85] = {"TUPLE1", do_tuple1},
    [0x86] = {"TUPLE2", do_tuple2},
    [0x87] = {"TUPLE3", do_tuple3},
    [0x88] = {"NEWTRUE", do_true},
    [0x89] = {"NEWFALSE", do_false},
    [0x8a] = {"LONG1", do_long1},
    [0x8b] = {"LONG4", NULL},
    [0x8c] = {"SHORT_BINUNICODE", NULL},
    [0x8d] = {"BINUNICODE8", NULL},
    [0x8e] = {"BINBYTES8", NULL},
    [0x8f] = {"EMPTY_SET", NULL},
    [0x90] = {"ADDITEMS", NULL},
    [0x91] = {"FROZENSET", NULL},
    [0x92] = {"NEWOBJ_EX", NULL},
    [0x93] = {"STACK_GLOBAL", NULL},
    [0x94] = {"MEMOIZE", NULL},
    [0x95] = {"FRAME", NULL},
    [0x96] = {"BYTEARRAY8", NULL},
    [0x97] = {"NEXT_BUFFER", NULL},
    [0x98] = {"READONLY_BUFFER", NULL},
};

static int run_one(reader *r, unsigned char byte, cs_errinfo *info)
{
    const opcode *op = &opcodes[byte];
    if (op->run)
        return op->run(r, info);
    if (op->name)
        return cs_fail(info, CS_E_UNSAFE,
                       "the pickle uses %s at byte %zu, which weights do not "
                       "need",
                       op->name, r->op);
    return cs_fail(info, CS_E_FORMAT, "byte %zu of the pickle is no opcode",
                   r->op);
}

static int run_all(reader *r, cs_errinfo *info)
{
    for (;;) {
        if (r->pos == r->size)
            return cut_short(r, info);
        r->op = r->pos;
        unsigned char byte = r->p[r->pos++];
        if (byte == STOP)
            return 0;
        if ((byte == 0x80) != (r->op == 0))
            return cs_fail(info, CS_E_FORMAT,
                           "a pickle begins with its protocol, once");
        int bad = run_one(r, byte, info);
        if (bad < 0)
            return bad;
    }
}

/* One value is left, and nothing follows. */
static int check_rest(const reader *r, cs_errinfo *info)
{
    const wt_pickle *m = r->m;
    if (m->stack.len != 1 || m->marks.len != 0)
        return cs_fail(info, CS_E_FORMAT,
                       "the pickle ends with more or less than one value");
    if (r->pos != r->size)
        return cs_fail(info, CS_E_FORMAT, "%zu bytes follow the pickle's end",
                       r->size - r->pos);
    return 0;
}

int wt_pickle_parse(cs_str bytes, const wt_global *allowed,
                    size_t allowed_count, wt_pickle **ret, cs_errinfo *info)
{
    if (bytes.len > WT_PICKLE_SIZE_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "a pickle of %zu bytes; at most %zu are allowed",
                       bytes.len, WT_PICKLE_SIZE_MAX);
    CS_AUTO(wt_pickle) m = cs_new0(wt_pickle);
    if (!m)
        return cs_fail_nomem(info);
    reader r = {.p = (const unsigned char *)bytes.data,
                .size = bytes.len,
                .allowed = allowed,
                .allowed_count = allowed_count,
                .m = m};
    int bad = run_all(&r, info);
    if (bad == 0)
        bad = check_rest(&r, info);
    if (bad < 0)
        return bad;
    m->root = m->stack.items[0];
    *ret = CS_TAKE(m);
    return 0;
}

void wt_pickle_free(wt_pickle *p)
{
    if (p)
        wt_machine_done(p);
    cs_free(p);
}

const wt_value *wt_pickle_value(const wt_pickle *p, wt_ref ref)
{
    return &p->values.items[ref];
}

const wt_value *wt_pickle_root(const wt_pickle *p)
{
    return wt_pickle_value(p, p->root);
}
