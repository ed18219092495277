#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "cli/commands.h"

#define WIDTH_DEFAULT 80u
#define WIDTH_MIN 40u
#define WIDTH_MAX 100u

enum { LANG_AUTO, LANG_EN, LANG_ZH };
static const char *const lang_words[] = {"auto", "en", "zh", NULL};

static const cs_arg common_rows[] = {
    CS_ARG_LAST_FLAG(cli_common, help, 'h', "help",
                     CS_N_("explain and do nothing else")),
    CS_ARG_LAST_FLAG(cli_common, version, '\0', "version",
                     CS_N_("say which program this is")),
    CS_ARG_WORD(cli_common, lang, '\0', "lang", CS_N_("LANG"), lang_words,
                "auto", CS_N_("language of messages")),
    CS_ARG_FLAG(cli_common, json, '\0', "json",
                CS_N_("answer in JSON, for programs")),
    CS_ARG_PATH(cli_common, config, '\0', "config", CS_N_("FILE"), NULL,
                CS_N_("settings in YAML or JSON")),
};

cs_arg_group cli_common_group(cli_common *common)
{
    return (cs_arg_group){CS_N_("options of every command"), common_rows,
                          CS_COUNTOF(common_rows), common};
}

/* --- environment --- */

const char *cli_env(const cli_context *ctx, const char *name)
{
    size_t len = strlen(name);
    for (char *const *e = ctx->env; *e; e++) {
        if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
            return *e + len + 1;
    }
    return NULL;
}

static cs_lang language_of_environment(const cli_context *ctx)
{
    static const char *const names[] = {"CONSILIUM_LANG", "LC_ALL",
                                        "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        const char *value = cli_env(ctx, names[i]);
        if (value && value[0])
            return cs_lang_from_locale(value);
    }
    return CS_LANG_EN;
}

/* The language is needed before the options can be read: a mistake in them is
 * to be explained in it. */
static cs_lang language_of(const cli_context *ctx, int argc, char *const *argv)
{
    cs_lang lang = language_of_environment(ctx);
    for (int i = 1; i < argc && argv[i] && strcmp(argv[i], "--") != 0; i++) {
        const char *word = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0)
            word = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            word = argv[i + 1];
        if (word && strcmp(word, "zh") == 0)
            lang = CS_LANG_ZH;
        else if (word && strcmp(word, "en") == 0)
            lang = CS_LANG_EN;
    }
    return lang;
}

static size_t width_of_terminal(const cli_context *ctx)
{
    struct winsize size;
    uint64_t width = WIDTH_DEFAULT;
    const char *columns = cli_env(ctx, "COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
        width = size.ws_col;
    else if (columns && cs_parse_u64(cs_str_of(columns), &width) < 0)
        width = WIDTH_DEFAULT;
    return (size_t)CS_MIN(CS_MAX(width, WIDTH_MIN), WIDTH_MAX);
}

/* --- output --- */

void cli_say(cli_context *ctx, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cs_strbuf_vprintf(&ctx->out, cs_msg(ctx->lang, fmt), args);
    va_end(args);
}

int cli_flush(cli_context *ctx, cs_errinfo *info)
{
    if (cs_strbuf_check(&ctx->out) < 0)
        return cs_fail_nomem(info);
    cs_errinfo failure = {.lang = info->lang};
    int r = cs_write_all(STDOUT_FILENO, ctx->out.data, ctx->out.len,
                         cs_msg(ctx->lang, CS_N_("standard output")), &failure);
    cs_strbuf_clear(&ctx->out);
    if (r == CS_E_IO && errno == EPIPE) {
        cs_errinfo_clear(info);
        return CS_E_CANCELLED;
    }
    if (r < 0)
        *info = failure;
    return r;
}

void cli_json_begin(cli_context *ctx, cs_json *w)
{
    cs_json_init(w, &ctx->out, CS_JSON_PRETTY);
    cs_json_open_object(w);
}

int cli_json_end(cli_context *ctx, cs_json *w, cs_errinfo *info)
{
    cs_json_close_object(w);
    cs_strbuf_putc(&ctx->out, '\n');
    return cs_json_finish(w) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- arguments --- */

#define GROUPS_MAX 4

int cli_parse(cli_context *ctx, const char *command, const char *summary,
              const cs_arg_group *groups, size_t group_count, int argc,
              char *const *argv, cs_errinfo *info)
{
    cs_arg_group all[GROUPS_MAX];
    size_t n = 0;
    for (; n < group_count && n + 1 < GROUPS_MAX; n++)
        all[n] = groups[n];
    all[n++] = cli_common_group(&ctx->common);
    int r = cs_args_parse(all, n, argc, argv, info);
    if (r < 0)
        return r;
    if (ctx->common.version)
        r = cli_write_version(ctx, info);
    else if (ctx->common.help)
        r = cs_args_help(&ctx->out, command, summary, all, n, ctx->lang,
                         ctx->width);
    else
        return 0;
    return r < 0 ? cs_fail_nomem(info) : 1;
}

/* --- the program --- */

static int run(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    cs_arg_group common = cli_common_group(&ctx->common);
    int used = cs_args_parse_leading(&common, 1, argc - 1, argv + 1, info);
    if (used < 0)
        return used;
    if (ctx->common.version)
        return cli_write_version(ctx, info);
    int at = 1 + used;
    if (ctx->common.help)
        return cli_write_help(ctx);
    if (at >= argc)
        return cs_fail(info, CS_E_USAGE,
                       "a command is missing; 'consilium --help' lists them");
    const cli_command *command;
    int r = cli_find_command(argv[at], &command, info);
    return r < 0 ? r : command->run(ctx, argc - at - 1, argv + at + 1, info);
}

static void print_failure(const cs_errinfo *info)
{
    char line[CS_ERR_PLACE_MAX + CS_ERR_MESSAGE_MAX + 64];
    char whole[sizeof(line) + 16];
    cs_errinfo_format(info, line, sizeof(line));
    int n = snprintf(whole, sizeof(whole), "consilium: %s\n", line);
    if (n > 0)
        cs_write_all(STDERR_FILENO, whole, (size_t)n, "", NULL);
}

int cli_main(int argc, char *const *argv, char *const *env)
{
    cli_context ctx = {.env = env, .out = CS_STRBUF_INIT};
    ctx.lang = language_of(&ctx, argc, argv);
    ctx.width = width_of_terminal(&ctx);
    /* A reader that has gone shows as EPIPE where we write, and nowhere else.
     */
    signal(SIGPIPE, SIG_IGN);
    cs_errinfo info = {.lang = ctx.lang};
    int r = run(&ctx, argc, argv, &info);
    cs_errinfo flush_info = {.lang = ctx.lang};
    int flushed = cli_flush(&ctx, &flush_info);
    if (r >= 0 && flushed < 0) {
        r = flushed;
        info = flush_info;
    }
    if (r < 0 && info.message[0])
        print_failure(&info);
    cs_strbuf_done(&ctx.out);
    return r < 0 ? cs_exit_status(r) : r;
}
