// Chrome's remote-debugging pipe in the fewest steps: messages in JSON that a NUL ends, on file descriptors 3 and 4.
//
// Whatever fails ends the program: nothing here recovers.

#ifndef CPIPECLIENT_PIPE_H
#define CPIPECLIENT_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct browser {
    pid_t pid;
    int to, from;
    char profile[64];
    char *received; // what was read and not yet handed out lies at `start ..< end`
    size_t start, end, capacity;
    char *waiting; // what is to be written by `browser_flush`
    size_t queued, room;
};

// Ends the program with what was tried.
_Noreturn void fail(const char *what);

// Starts a browser with these arguments, which a NULL ends, and a profile folder of its own.
void browser_start(struct browser *browser, char *const *arguments);

// Queues a message, without the NUL: a format as of `printf`.
__attribute__((format(printf, 2, 3))) void browser_queue(struct browser *browser, const char *format, ...);

// Writes what is queued.
void browser_flush(struct browser *browser);

// The next message, which is valid until the next call; NULL when the browser has closed its end.
char *browser_receive(struct browser *browser);

// Whether a whole message has been read and not yet handed out.
bool browser_has_message(const struct browser *browser);

// Kills the browser and removes its profile folder.
void browser_end(struct browser *browser);

// Nanoseconds of a clock that only goes forward.
uint64_t now(void);

#endif
