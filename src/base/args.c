#include "base/args.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/args_impl.h"
#include "base/utf8.h"
#include "base/vec.h"

/* The command line is walked three times. Counting shows which positional
 * argument belongs to which row, checking finds every mistake and makes room,
 * and only then is anything stored. */
enum pass { PASS_COUNT, PASS_CHECK, PASS_STORE };

typedef struct walk {
    const cs_arg_group *groups;
    size_t group_count;
    int argc;
    char *const *argv;
    cs_errinfo *info;
    bool leading; /* stop before the first positional argument */

    enum pass pass;
    int next;       /* the argument to look at */
    bool stopped;   /* nothing more is looked at … */
    bool last;      /* … because of a `last` flag */
    uint64_t seen;  /* rows, by index */
    unsigned words; /* positional arguments met so far in this pass */
    unsigned total; /* and those counted in the first */
} walk;

static const cs_arg_slot no_slot = {NULL, NULL, 0};

/* The rows of all groups in a row; row NULL after the last. */
static cs_arg_slot slot_at(const walk *w, unsigned index)
{
    size_t i = index;
    for (size_t g = 0; g < w->group_count; g++) {
        const cs_arg_group *group = &w->groups[g];
        if (i < group->len)
            return (cs_arg_slot){&group->rows[i], group->values, index};
        i -= group->len;
    }
    return no_slot;
}

static cs_arg_slot find_long(const walk *w, cs_str name)
{
    cs_arg_slot slot;
    for (unsigned i = 0; (slot = slot_at(w, i)).row; i++) {
        if (!slot.row->positional && cs_str_is(name, slot.row->name))
            return slot;
    }
    return no_slot;
}

static cs_arg_slot find_letter(const walk *w, char letter)
{
    cs_arg_slot slot;
    for (unsigned i = 0; (slot = slot_at(w, i)).row; i++) {
        if (!slot.row->positional && slot.row->letter == letter)
            return slot;
    }
    return no_slot;
}

static unsigned needed_from(const walk *w, unsigned index)
{
    cs_arg_slot slot;
    unsigned sum = 0;
    for (unsigned i = index; (slot = slot_at(w, i)).row; i++)
        sum += slot.row->positional ? slot.row->min : 0;
    return sum;
}

/* The row of positional argument `k`: earlier rows take as many as they may,
 * but leave later ones what those need. */
static cs_arg_slot find_positional(const walk *w, unsigned k)
{
    cs_arg_slot slot;
    unsigned left = w->total;
    for (unsigned i = 0; (slot = slot_at(w, i)).row; i++) {
        if (!slot.row->positional)
            continue;
        unsigned rest = needed_from(w, i + 1);
        unsigned takes = CS_MIN(left > rest ? left - rest : 0, slot.row->max);
        if (k < takes)
            return slot;
        k -= takes;
        left -= takes;
    }
    return no_slot;
}

/* All that is done with a value once its row is known. */
static int accept(walk *w, cs_arg_slot slot, const char *what, const char *text)
{
    uint64_t bit = UINT64_C(1) << slot.index;
    if ((w->seen & bit) && slot.row->kind != CS_ARG_KIND_LIST)
        return cs_fail(w->info, CS_E_USAGE, "'%s' is given twice", what);
    w->seen |= bit;
    if (slot.row->last) {
        w->last = true;
        w->stopped = true;
    }
    if (slot.row->kind == CS_ARG_KIND_LIST && w->pass == PASS_CHECK) {
        cs_arg_list *list = cs_arg_field(slot);
        if (cs_vec_reserve(list, list->len + (size_t)w->argc) < 0)
            return cs_fail_nomem(w->info);
    }
    return cs_arg_value(slot, what, text, w->pass == PASS_STORE, w->info);
}

static int fail_unknown_long(const walk *w, cs_str name)
{
    const char *names[CS_ARGS_MAX];
    size_t n = 0;
    cs_arg_slot slot;
    for (unsigned i = 0; (slot = slot_at(w, i)).row; i++) {
        if (!slot.row->positional)
            names[n++] = slot.row->name;
    }
    char given[CS_ARG_SHOWN_MAX];
    cs_arg_shown(given, name);
    const char *close = cs_str_suggest(name, names, n);
    if (close)
        return cs_fail(w->info, CS_E_USAGE,
                       "unknown option '--%s' (did you mean '--%s'?)", given,
                       close);
    return cs_fail(w->info, CS_E_USAGE, "unknown option '--%s'", given);
}

static int fail_no_value(const walk *w, const char *what)
{
    return cs_fail(w->info, CS_E_USAGE, "'%s' needs a value", what);
}

/* The next argument as the value of an option, or NULL. */
static const char *take_value(walk *w)
{
    if (w->next == w->argc || strncmp(w->argv[w->next], "--", 2) == 0)
        return NULL;
    return w->argv[w->next++];
}

static int long_option(walk *w, const char *arg)
{
    cs_str name, attached;
    bool has_value = cs_str_cut(cs_str_of(arg + 2), '=', &name, &attached);
    cs_arg_slot slot = find_long(w, name);
    if (!slot.row)
        return fail_unknown_long(w, name);
    char what[CS_ARG_SHOWN_MAX];
    snprintf(what, sizeof(what), "--%s", slot.row->name);
    if (slot.row->kind == CS_ARG_KIND_FLAG)
        return has_value
                   ? cs_fail(w->info, CS_E_USAGE, "'%s' takes no value", what)
                   : accept(w, slot, what, NULL);
    const char *value = has_value ? attached.data : take_value(w);
    return value ? accept(w, slot, what, value) : fail_no_value(w, what);
}

static int fail_unknown_letter(const walk *w, const char *at)
{
    size_t n = cs_utf8_decode(at, strlen(at), NULL);
    char given[CS_ARG_SHOWN_MAX];
    cs_arg_shown(given, (cs_str){at, n ? n : 1});
    return cs_fail(w->info, CS_E_USAGE, "unknown option '-%s'", given);
}

/* "-abc", "-n5", "-n 5", "-an5". */
static int short_options(walk *w, const char *arg)
{
    for (const char *at = arg + 1; *at && !w->stopped; at++) {
        cs_arg_slot slot = find_letter(w, *at);
        if (!slot.row)
            return fail_unknown_letter(w, at);
        const char what[] = {'-', *at, '\0'};
        if (slot.row->kind != CS_ARG_KIND_FLAG) {
            const char *value = at[1] ? at + 1 : take_value(w);
            return value ? accept(w, slot, what, value)
                         : fail_no_value(w, what);
        }
        int r = accept(w, slot, what, NULL);
        if (r < 0)
            return r;
    }
    return 0;
}

static int positional(walk *w, const char *arg)
{
    unsigned k = w->words++;
    if (w->pass == PASS_COUNT)
        return 0;
    cs_arg_slot slot = find_positional(w, k);
    if (!slot.row) {
        char given[CS_ARG_SHOWN_MAX];
        return cs_fail(w->info, CS_E_USAGE, "unexpected argument '%s'",
                       cs_arg_shown(given, cs_str_of(arg)));
    }
    cs_lang lang = w->info ? w->info->lang : CS_LANG_EN;
    return accept(w, slot, cs_msg(lang, slot.row->name), arg);
}

/* One argument, with its value where that stands apart. */
static int step(walk *w, bool *options)
{
    const char *arg = w->argv[w->next];
    if (*options && strcmp(arg, "--") == 0) {
        w->next++;
        w->stopped = w->leading;
        *options = false;
        return 0;
    }
    if (!*options || arg[0] != '-' || !arg[1]) {
        w->stopped = w->leading;
        w->next += !w->leading;
        return w->leading ? 0 : positional(w, arg);
    }
    w->next++;
    return arg[1] == '-' ? long_option(w, arg) : short_options(w, arg);
}

static int fail_missing(const walk *w)
{
    cs_arg_slot slot;
    unsigned left = w->total;
    for (unsigned i = 0; (slot = slot_at(w, i)).row; i++) {
        if (!slot.row->positional)
            continue;
        if (left < slot.row->min)
            break;
        left -= slot.row->min;
    }
    assert(slot.row);
    cs_lang lang = w->info ? w->info->lang : CS_LANG_EN;
    return cs_fail(w->info, CS_E_USAGE, "argument %s is missing",
                   cs_msg(lang, slot.row->name));
}

static int run_pass(walk *w, enum pass pass)
{
    bool options = true;
    w->pass = pass;
    w->next = 0;
    w->seen = 0;
    w->words = 0;
    w->stopped = w->last = false;
    while (w->next < w->argc && !w->stopped) {
        int r = step(w, &options);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse(walk *w)
{
    assert(!slot_at(w, CS_ARGS_MAX).row);
    int r = run_pass(w, PASS_COUNT);
    w->total = w->words;
    if (r == 0 && !w->leading && !w->last && w->total < needed_from(w, 0))
        r = fail_missing(w);
    if (r == 0)
        r = run_pass(w, PASS_CHECK);
    if (r == 0)
        r = run_pass(w, PASS_STORE);
    return r;
}

int cs_args_parse(const cs_arg_group *groups, size_t group_count, int argc,
                  char *const *argv, cs_errinfo *info)
{
    walk w = {.groups = groups,
              .group_count = group_count,
              .argc = argc,
              .argv = argv,
              .info = info};
    return parse(&w);
}

int cs_args_parse_leading(const cs_arg_group *groups, size_t group_count,
                          int argc, char *const *argv, cs_errinfo *info)
{
    walk w = {.groups = groups,
              .group_count = group_count,
              .argc = argc,
              .argv = argv,
              .info = info,
              .leading = true};
    int r = parse(&w);
    return r < 0 ? r : w.next;
}

void cs_args_done(const cs_arg_group *groups, size_t group_count)
{
    walk w = {.groups = groups, .group_count = group_count};
    cs_arg_slot slot;
    for (unsigned i = 0; (slot = slot_at(&w, i)).row; i++) {
        if (slot.row->kind == CS_ARG_KIND_LIST)
            cs_vec_done((cs_arg_list *)cs_arg_field(slot));
    }
}
