#include "base/config.h"

#include <stdio.h>

#include "base/doc.h"
#include "base/dotenv.h"
#include "base/file.h"
#include "base/schema_value.h"
#include "base/yaml.h"

typedef struct loader {
    const cs_config_spec *spec;
    cs_config settings;
    cs_arena *arena;
    cs_errinfo *info;
    char *values; /* the struct being filled */
} loader;

/* --- the settings that a table has --- */

static bool is_struct(const cs_field *f)
{
    return f->kind == CS_FIELD_STRUCT;
}

/* Depth is that of the tables, which are constants of the program. */
// NOLINTNEXTLINE(misc-no-recursion)
static size_t count_leaves(const cs_table *table)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++)
        n += is_struct(&table->fields[i]) ? count_leaves(table->fields[i].table)
                                          : 1;
    return n;
}

static const char *variable_of(loader *l, const char *key)
{
    char *name = cs_arena_printf(l->arena, "%s_%s", l->spec->prefix, key);
    for (char *c = name; c && *c; c++) {
        if (*c == '.' || *c == '-')
            *c = '_';
        else if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    }
    return name;
}

// NOLINTNEXTLINE(misc-no-recursion): as above
static int add_leaves(loader *l, const cs_table *table, const char *path,
                      char *base)
{
    for (size_t i = 0; i < table->n; i++) {
        const cs_field *f = &table->fields[i];
        const char *key = cs_arena_printf(l->arena, "%s%s%s", path,
                                          path[0] ? "." : "", f->key);
        if (!key)
            return cs_fail_nomem(l->info);
        if (is_struct(f)) {
            int r = add_leaves(l, f->table, key, base + f->offset);
            if (r < 0)
                return r;
            continue;
        }
        const char *variable = variable_of(l, key);
        if (!variable)
            return cs_fail_nomem(l->info);
        l->settings.items[l->settings.len++] =
            (cs_setting){.key = key,
                         .field = f,
                         .value = base + f->offset,
                         .variable = variable};
    }
    return 0;
}

static int list_settings(loader *l)
{
    size_t n = count_leaves(l->spec->table);
    l->settings.items = cs_arena_array(l->arena, n, sizeof(cs_setting));
    if (!l->settings.items)
        return cs_fail_nomem(l->info);
    return add_leaves(l, l->spec->table, "", l->values);
}

/* --- the file --- */

static const cs_node *find_node(const cs_node *node, cs_str key)
{
    cs_str part;
    bool more = true;
    while (node && more) {
        more = cs_str_cut(key, '.', &part, &key);
        node = cs_node_get(node, part);
    }
    return node;
}

static void note_origins(loader *l, const cs_node *root)
{
    for (size_t i = 0; i < l->settings.len; i++) {
        cs_setting *s = &l->settings.items[i];
        const cs_node *node = find_node(root, cs_str_of(s->key));
        if (!node)
            continue;
        s->origin = CS_ORIGIN_FILE;
        s->at = cs_at(l->spec->file, node->line, node->column);
    }
}

static int load_defaults(loader *l)
{
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_parse_yaml("{}", 2, "defaults", NULL, &doc, l->info);
    return r < 0 ? r
                 : cs_schema_decode_partial(cs_doc_root(doc), l->spec->table,
                                            l->values, l->arena, l->info);
}

static int load_file(loader *l)
{
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_load(l->spec->file, CS_CONFIG_FILE_MAX, &doc, l->info);
    if (r < 0)
        return r;
    const cs_node *root = cs_doc_root(doc);
    if (root->kind == CS_NODE_NULL) /* all comments */
        return load_defaults(l);
    r = cs_schema_decode_partial(root, l->spec->table, l->values, l->arena,
                                 l->info);
    if (r == 0)
        note_origins(l, root);
    return r;
}

/* --- variables --- */

static cs_setting *find_variable(const loader *l, cs_str name)
{
    for (size_t i = 0; i < l->settings.len; i++) {
        if (cs_str_is(name, l->settings.items[i].variable))
            return &l->settings.items[i];
    }
    return NULL;
}

/* Starts with the prefix, and is not one that others read. */
static bool concerns_us(const loader *l, cs_str name)
{
    cs_str prefix = cs_str_of(l->spec->prefix);
    if (!cs_str_starts_with(name, prefix) || name.len == prefix.len ||
        name.data[prefix.len] != '_')
        return false;
    for (const char *const *o = l->spec->others; o && *o; o++) {
        if (cs_str_is(name, *o))
            return false;
    }
    return true;
}

static int refuse_variable(loader *l, cs_str name, cs_place at)
{
    const char **names =
        cs_arena_array(l->arena, l->settings.len, sizeof(*names));
    if (!names)
        return cs_fail_nomem(l->info);
    for (size_t i = 0; i < l->settings.len; i++)
        names[i] = l->settings.items[i].variable;
    const char *near = cs_str_suggest(name, names, l->settings.len);
    if (near)
        return cs_fail_at(l->info, CS_E_FORMAT, at,
                          "unknown variable %.*s (did you mean %s?)",
                          CS_STR_ARG(name), near);
    return cs_fail_at(l->info, CS_E_FORMAT, at, "unknown variable %.*s",
                      CS_STR_ARG(name));
}

static int take_variable(loader *l, cs_str name, cs_str value,
                         cs_origin_kind origin, cs_place at)
{
    if (!concerns_us(l, name))
        return 0;
    cs_setting *s = find_variable(l, name);
    if (!s)
        return refuse_variable(l, name, at);
    cs_subject subject = {origin == CS_ORIGIN_DOTENV ? CS_SUBJECT_VARIABLE
                                                     : CS_SUBJECT_ENVIRONMENT,
                          s->variable, at, l->info};
    if (s->field->kind == CS_FIELD_LIST && s->field->item == CS_FIELD_STRUCT)
        return cs_subject_fail(
            &subject, CS_E_FORMAT,
            cs_msg(l->info ? l->info->lang : CS_LANG_EN,
                   "this setting can only stand in the settings file"));
    void *member = l->values + ((const char *)s->value - l->values);
    int r = cs_value_from_text(s->field, value, member, l->arena, &subject);
    if (r == 0) {
        s->origin = origin;
        s->at = at;
    }
    return r;
}

static int load_dotenv(loader *l)
{
    const char *name = l->spec->dotenv;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_dotenv file = {NULL, 0};
    cs_errinfo why = {.lang = l->info ? l->info->lang : CS_LANG_EN};
    int r = cs_file_read(name, CS_DOTENV_SIZE_MAX, &text, &why);
    if (r == CS_E_NOTFOUND)
        return 0;
    if (r < 0 && l->info)
        *l->info = why;
    if (r == 0)
        r = cs_dotenv_parse(text.data, text.len, name, l->arena, &file,
                            l->info);
    for (size_t i = 0; r == 0 && i < file.len; i++)
        r = take_variable(l, cs_str_of(file.items[i].key),
                          cs_str_of(file.items[i].value), CS_ORIGIN_DOTENV,
                          cs_at(name, file.items[i].line, 0));
    return r;
}

static int load_environment(loader *l)
{
    int r = 0;
    for (char *const *e = l->spec->env; e && *e && r == 0; e++) {
        cs_str name, value;
        if (cs_str_cut(cs_str_of(*e), '=', &name, &value))
            r = take_variable(l, name, value, CS_ORIGIN_ENVIRONMENT,
                              (cs_place){0});
    }
    return r;
}

/* --- all together --- */

/* Only now: any layer may have given a required key. */
static int check_required(const loader *l)
{
    for (size_t i = 0; i < l->settings.len; i++) {
        const cs_setting *s = &l->settings.items[i];
        if (s->field->required && s->origin == CS_ORIGIN_DEFAULT)
            return cs_fail_at(l->info, CS_E_FORMAT, cs_at(l->spec->file, 0, 0),
                              "key '%s' is missing; set it in the settings "
                              "file or as the variable %s",
                              s->key, s->variable);
    }
    return 0;
}

int cs_config_load(const cs_config_spec *spec, void *out, cs_config *ret,
                   cs_arena *arena, cs_errinfo *info)
{
    loader l = {.spec = spec, .arena = arena, .info = info};
    l.values = cs_arena_alloc(arena, spec->table->size);
    if (!l.values)
        return cs_fail_nomem(info);
    memcpy(l.values, out, spec->table->size);
    int r = list_settings(&l);
    if (r == 0)
        r = spec->file ? load_file(&l) : load_defaults(&l);
    if (r == 0 && spec->dotenv)
        r = load_dotenv(&l);
    if (r == 0)
        r = load_environment(&l);
    if (r == 0)
        r = check_required(&l);
    if (r < 0)
        return r;
    memcpy(out, l.values, spec->table->size);
    *ret = l.settings;
    return 0;
}

void cs_setting_value(const cs_setting *s, cs_lang lang, cs_strbuf *out)
{
    if (!s->field->secret)
        cs_value_to_text(s->field, s->value, out);
    else if (s->origin != CS_ORIGIN_DEFAULT)
        cs_strbuf_add(out, cs_msg(lang, "(set)"));
}

void cs_setting_origin(const cs_setting *s, cs_lang lang, cs_strbuf *out)
{
    switch (s->origin) {
    case CS_ORIGIN_DEFAULT:
        cs_strbuf_add(out, cs_msg(lang, "default"));
        break;
    case CS_ORIGIN_ENVIRONMENT:
        cs_strbuf_add(out, s->variable);
        break;
    default:
        cs_strbuf_printf(out, "%s:%u", s->at.file, s->at.line);
        break;
    }
}
