#include "support/namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

#define NO_NAMESPACE 255

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool become_root_of_new_users(void)
{
    char uid_map[64];
    char gid_map[64];
    snprintf(uid_map, sizeof(uid_map), "0 %u 1", (unsigned)geteuid());
    snprintf(gid_map, sizeof(gid_map), "0 %u 1", (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           write_text("/proc/self/uid_map", uid_map) &&
           write_text("/proc/self/setgroups", "deny") &&
           write_text("/proc/self/gid_map", gid_map);
}

bool namespace_enter(void)
{
    if (unshare(CLONE_NEWNS) < 0 && !become_root_of_new_users())
        return false;
    /* Else what we mount would appear outside too. */
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

int namespace_run(int (*body)(const char *arg), const char *arg)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0)
        _exit(namespace_enter() ? body(arg) : NO_NAMESPACE);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == NO_NAMESPACE ? -1 : WEXITSTATUS(status);
}
