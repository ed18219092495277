#include "cli/stop.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t asked;
static const char *answer = "";

/* What is under way may take seconds: whoever pressed the keys sees at once
 * that it was noticed. Only what a handler may do. */
static void on_signal(int number)
{
    (void)number;
    asked = 1;
    (void)!write(STDERR_FILENO, answer, strlen(answer));
}

void cli_stop_catch(const char *text)
{
    answer = text;
    struct sigaction catcher = {.sa_handler = on_signal,
                                .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    sigemptyset(&catcher.sa_mask);
    sigaction(SIGINT, &catcher, NULL);
    sigaction(SIGTERM, &catcher, NULL);
}

bool cli_stop_asked(void)
{
    return asked != 0;
}
