#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "support/test.h"
#include "support/tmp.h"

static void a_file_is_read_whole_and_appended(void **state)
{
    const char *path = tmp_write(*state, "a", "two\nlines");
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_add(&b, "before:"), 0);
    assert_int_equal(cs_file_read(path, 100, &b, NULL), 0);
    assert_string_equal(b.data, "before:two\nlines");
    assert_int_equal(b.len, 16);
}

static void an_empty_file_adds_nothing(void **state)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(tmp_write(*state, "e", ""), 0, &b, NULL), 0);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");
}

static void the_limit_is_inclusive_and_the_buffer_survives_it(void **state)
{
    const char *path = tmp_write(*state, "ten", "0123456789");
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_errinfo info = {0};
    assert_int_equal(cs_file_read(path, 10, &b, &info), 0);
    assert_int_equal(cs_file_read(path, 9, &b, &info), CS_E_LIMIT);
    assert_non_null(strstr(info.message, "/ten' is larger than 9 bytes"));
    assert_string_equal(b.data, "0123456789");
    assert_int_equal(cs_file_read(path, 0, &b, &info), CS_E_LIMIT);
    assert_int_equal(cs_file_read(path, SIZE_MAX, &b, &info), 0);
    assert_int_equal(b.len, 20);
}

static void a_large_file_arrives_complete(void **state)
{
    enum { SIZE = 300001 };
    const char *path = tmp_path(*state, "large");
    CS_SCOPED(cs_strbuf) data = CS_STRBUF_INIT;
    for (int i = 0; data.len < SIZE; i++)
        assert_int_equal(cs_strbuf_putc(&data, (char)(i * 7 % 251)), 0);
    assert_int_equal(cs_file_write(path, data.data, SIZE, 0600, NULL), 0);
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, SIZE, &b, NULL), 0);
    assert_int_equal(b.len, SIZE);
    assert_memory_equal(b.data, data.data, SIZE);
}

static void a_sparse_giant_is_refused_without_reserving_its_size(void **state)
{
    const char *path = tmp_path(*state, "sparse");
    CS_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 1000, &b, NULL), CS_E_LIMIT);
    assert_true(b.cap < 2000);
}

static void files_in_proc_that_claim_no_size_are_read(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read("/proc/self/status", 1 << 20, &b, NULL), 0);
    assert_non_null(strstr(b.data, "Name:\t"));
    assert_non_null(strstr(b.data, "voluntary_ctxt_switches:"));
    cs_strbuf_clear(&b);
    assert_int_equal(cs_file_read("/proc/self/status", 40, &b, NULL),
                     CS_E_LIMIT);
    assert_int_equal(b.len, 0);
}

static int make_socket(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    assert_in_range(strlen(path), 1, sizeof(a.sun_path) - 1);
    memcpy(a.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static void only_regular_files_are_read_and_none_is_waited_on(void **state)
{
    cs_errinfo info = {0};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    const char *fifo = tmp_path(*state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(cs_file_read(fifo, 10, &b, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "/fifo' is not a regular file"));
    assert_int_equal(cs_file_read(*state, 10, &b, NULL), CS_E_FORMAT);
    assert_int_equal(cs_file_read("/dev/zero", 10, &b, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "'/dev/zero' is not a regular file");
    const char *path = tmp_path(*state, "socket");
    int fd = make_socket(path);
    assert_int_equal(cs_file_read(path, 10, &b, NULL), CS_E_FORMAT);
    cs_fd_done(&fd);
}

static void a_missing_file_is_named_with_the_cause(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read("/nowhere/x", 10, &b, &info), CS_E_NOTFOUND);
    assert_string_equal(info.message, "cannot open '/nowhere/x': "
                                      "no such file or directory");
    assert_int_equal(cs_exit_status(info.code), 3);
}

static void a_descriptor_for_reading_is_not_inherited(void **state)
{
    CS_AUTO_FD fd = cs_file_open_read(tmp_write(*state, "c", "x"), NULL);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void reading_stops_only_at_the_size_or_the_end(void **state)
{
    (void)state;
    int ends[2];
    char got[8];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(cs_write_all(ends[1], "abcde", 5, "pipe", NULL), 0);
    assert_int_equal(cs_read_full(ends[0], got, 3, "pipe", NULL), 3);
    assert_memory_equal(got, "abc", 3);
    cs_fd_done(&ends[1]);
    assert_int_equal(cs_read_full(ends[0], got, 8, "pipe", NULL), 2);
    assert_memory_equal(got, "de", 2);
    assert_int_equal(cs_read_full(ends[0], got, 8, "pipe", NULL), 0);
    cs_fd_done(&ends[0]);
}

/* A pipe holds 64 KiB, so the writer has to wait for the reader many times. */
static void writing_waits_for_a_non_blocking_pipe(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_pad(&b, 'x', SIZE), 0);
    pid_t pid = fork();
    if (pid == 0) {
        cs_fd_done(&ends[0]);
        _exit(cs_write_all(ends[1], b.data, b.len, "pipe", NULL) == 0 ? 0 : 1);
    }
    cs_fd_done(&ends[1]);
    cs_strbuf_clear(&b);
    assert_int_equal(cs_strbuf_reserve(&b, SIZE), 0);
    assert_int_equal(cs_read_full(ends[0], b.data, SIZE, "pipe", NULL), SIZE);
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(b.data[i], 'x');
    cs_fd_done(&ends[0]);
}

static void writing_to_nobody_is_an_error_where_sigpipe_is_ignored(void **state)
{
    (void)state;
    int ends[2];
    cs_errinfo info = {0};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    assert_int_equal(pipe(ends), 0);
    cs_fd_done(&ends[0]);
    sigaction(SIGPIPE, &ignore, &before);
    assert_int_equal(cs_write_all(ends[1], "x", 1, "the pipe", &info), CS_E_IO);
    sigaction(SIGPIPE, &before, NULL);
    assert_string_equal(info.message,
                        "cannot write 'the pipe': the reader has gone");
    cs_fd_done(&ends[1]);
}

static void writing_nothing_succeeds_even_on_a_bad_descriptor(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(cs_write_all(-1, NULL, 0, "nothing", &info), 0);
    assert_int_equal(cs_write_all(-1, "x", 1, "nothing", &info), CS_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole_and_appended),
        cmocka_unit_test(an_empty_file_adds_nothing),
        cmocka_unit_test(the_limit_is_inclusive_and_the_buffer_survives_it),
        cmocka_unit_test(a_large_file_arrives_complete),
        cmocka_unit_test(a_sparse_giant_is_refused_without_reserving_its_size),
        cmocka_unit_test(files_in_proc_that_claim_no_size_are_read),
        cmocka_unit_test(only_regular_files_are_read_and_none_is_waited_on),
        cmocka_unit_test(a_missing_file_is_named_with_the_cause),
        cmocka_unit_test(a_descriptor_for_reading_is_not_inherited),
        cmocka_unit_test(reading_stops_only_at_the_size_or_the_end),
        cmocka_unit_test(writing_waits_for_a_non_blocking_pipe),
        cmocka_unit_test(
            writing_to_nobody_is_an_error_where_sigpipe_is_ignored),
        cmocka_unit_test(writing_nothing_succeeds_even_on_a_bad_descriptor),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
