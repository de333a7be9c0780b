#define _GNU_SOURCE
#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16 };

_Noreturn void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// Runs in the child: descriptors 3 and 4 become the pipe's ends, and nothing is returned.
static _Noreturn void become(char *const *arguments, int input, int output) {
    // Out of the way first: either may be where the other belongs.
    int in = fcntl(input, F_DUPFD, 10), out = fcntl(output, F_DUPFD, 10);
    int silent = open("/dev/null", O_WRONLY);
    if (in < 0 || out < 0 || silent < 0 || dup2(in, 3) < 0 || dup2(out, 4) < 0 || dup2(silent, 2) < 0) _exit(126);
    close(in);
    close(out);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execv(arguments[0], arguments);
    _exit(127);
}

void browser_start(struct browser *browser, char *const *arguments) {
    memset(browser, 0, sizeof *browser);
    strcpy(browser->profile, "/tmp/peer-profile-XXXXXX");
    if (mkdtemp(browser->profile) == NULL) fail("mkdtemp");
    size_t count = 0;
    while (arguments[count] != NULL) count++;
    char **all = calloc(count + 2, sizeof *all);
    char folder[96];
    snprintf(folder, sizeof folder, "--user-data-dir=%s", browser->profile);
    if (all == NULL) fail("calloc");
    memcpy(all, arguments, count * sizeof *all);
    // The last argument is the page that the browser begins with.
    all[count] = all[count - 1];
    all[count - 1] = folder;

    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) fail("pipe2");
    browser->pid = fork();
    if (browser->pid < 0) fail("fork");
    if (browser->pid == 0) become(all, to[0], from[1]);
    free(all);
    close(to[0]);
    close(from[1]);
    browser->to = to[1];
    browser->from = from[0];
}

void browser_queue(struct browser *browser, const char *format, ...) {
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    size_t needed = browser->queued + (size_t)length + 1;
    if (needed > browser->room) {
        browser->room = needed * 2;
        browser->waiting = realloc(browser->waiting, browser->room);
        if (browser->waiting == NULL) fail("realloc");
    }
    va_start(values, format);
    vsnprintf(browser->waiting + browser->queued, (size_t)length + 1, format, values);
    va_end(values);
    browser->queued = needed;
}

void browser_flush(struct browser *browser) {
    size_t done = 0;
    while (done < browser->queued) {
        ssize_t written = write(browser->to, browser->waiting + done, browser->queued - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write");
        done += (size_t)written;
    }
    browser->queued = 0;
}

bool browser_has_message(const struct browser *browser) {
    return memchr(browser->received + browser->start, 0, browser->end - browser->start) != NULL;
}

char *browser_receive(struct browser *browser) {
    size_t scanned = browser->start;
    for (;;) {
        char *nul = scanned < browser->end ? memchr(browser->received + scanned, 0, browser->end - scanned) : NULL;
        if (nul != NULL) {
            char *message = browser->received + browser->start;
            browser->start = (size_t)(nul - browser->received) + 1;
            return message;
        }
        size_t kept = browser->end - browser->start;
        if (browser->start > 0) {
            memmove(browser->received, browser->received + browser->start, kept);
            browser->start = 0;
            browser->end = kept;
        }
        scanned = kept;
        if (browser->capacity - browser->end < READ_BYTES) {
            browser->capacity = browser->capacity * 2 + READ_BYTES;
            browser->received = realloc(browser->received, browser->capacity);
            if (browser->received == NULL) fail("realloc");
        }
        ssize_t count = read(browser->from, browser->received + browser->end, READ_BYTES);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("read");
        if (count == 0) return NULL;
        browser->end += (size_t)count;
    }
}

static int removed(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void browser_end(struct browser *browser) {
    kill(browser->pid, SIGKILL);
    waitpid(browser->pid, NULL, 0);
    // Its other processes may still write there: what they make anew is left.
    usleep(100000);
    nftw(browser->profile, removed, 16, FTW_DEPTH | FTW_PHYS);
    free(browser->received);
    free(browser->waiting);
    close(browser->to);
    close(browser->from);
}
