#include "weights/pickle.h"

#include "weights/pickle_ops.h"

#define PROTO 0x80
#define STOP '.'

/* All there are, so that what is refused is refused by its name. */
typedef struct opcode {
    const char *name;
    wt_op *run; /* NULL: refused */
} opcode;

static const opcode opcodes[256] = {
    ['('] = {"MARK", wt_op_mark},
    [')'] = {"EMPTY_TUPLE", wt_op_empty_tuple},
    ['0'] = {"POP", NULL},
    ['1'] = {"POP_MARK", NULL},
    ['2'] = {"DUP", NULL},
    ['B'] = {"BINBYTES", NULL},
    ['C'] = {"SHORT_BINBYTES", NULL},
    ['F'] = {"FLOAT", NULL},
    ['G'] = {"BINFLOAT", wt_op_binfloat},
    ['I'] = {"INT", NULL},
    ['J'] = {"BININT", wt_op_binint},
    ['K'] = {"BININT1", wt_op_binint1},
    ['L'] = {"LONG", NULL},
    ['M'] = {"BININT2", wt_op_binint2},
    ['N'] = {"NONE", wt_op_none},
    ['P'] = {"PERSID", NULL},
    ['Q'] = {"BINPERSID", wt_op_binpersid},
    ['R'] = {"REDUCE", wt_op_reduce},
    ['S'] = {"STRING", NULL},
    ['T'] = {"BINSTRING", NULL},
    ['U'] = {"SHORT_BINSTRING", NULL},
    ['V'] = {"UNICODE", NULL},
    ['X'] = {"BINUNICODE", wt_op_binunicode},
    [']'] = {"EMPTY_LIST", wt_op_empty_list},
    ['a'] = {"APPEND", wt_op_append},
    ['b'] = {"BUILD", wt_op_build},
    ['c'] = {"GLOBAL", wt_op_global},
    ['d'] = {"DICT", NULL},
    ['e'] = {"APPENDS", wt_op_appends},
    ['g'] = {"GET", NULL},
    ['h'] = {"BINGET", wt_op_binget},
    ['i'] = {"INST", NULL},
    ['j'] = {"LONG_BINGET", wt_op_long_binget},
    ['l'] = {"LIST", NULL},
    ['o'] = {"OBJ", NULL},
    ['p'] = {"PUT", NULL},
    ['q'] = {"BINPUT", wt_op_binput},
    ['r'] = {"LONG_BINPUT", wt_op_long_binput},
    ['s'] = {"SETITEM", wt_op_setitem},
    ['t'] = {"TUPLE", wt_op_tuple},
    ['u'] = {"SETITEMS", wt_op_setitems},
    ['}'] = {"EMPTY_DICT", wt_op_empty_dict},
    [PROTO] = {"PROTO", wt_op_proto},
    [0x81] = {"NEWOBJ", NULL},
    [0x82] = {"EXT1", NULL},
    [0x83] = {"EXT2", NULL},
    [0x84] = {"EXT4", NULL},
    [0x85] = {"TUPLE1", wt_op_tuple1},
    [0x86] = {"TUPLE2", wt_op_tuple2},
    [0x87] = {"TUPLE3", wt_op_tuple3},
    [0x88] = {"NEWTRUE", wt_op_true},
    [0x89] = {"NEWFALSE", wt_op_false},
    [0x8a] = {"LONG1", wt_op_long1},
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

static int run_one(wt_reader *r, unsigned char byte, cs_errinfo *info)
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

static int run_all(wt_reader *r, cs_errinfo *info)
{
    for (;;) {
        if (r->pos == r->size)
            return wt_reader_cut_short(r, info);
        r->op = r->pos;
        unsigned char byte = r->p[r->pos++];
        if (byte == STOP)
            return 0;
        if ((byte == PROTO) != (r->op == 0))
            return cs_fail(info, CS_E_FORMAT,
                           "a pickle begins with its protocol, once");
        int bad = run_one(r, byte, info);
        if (bad < 0)
            return bad;
    }
}

/* One value is left, and nothing follows. */
static int check_rest(const wt_reader *r, cs_errinfo *info)
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
    wt_reader r = {.p = (const unsigned char *)bytes.data,
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
