// A program started under a guardian: the C half of ChromePipe. Linux only (5.9 or later).
//
//   our process ──socket──► guardian ──fork──► program ──► its own children
//
// The guardian is a fork of our process that never returns to Swift. It is the subreaper of everything
// below it, so a descendant whose parent died becomes its child, wherever process groups and sessions put
// it. When the program exits, when our end of the socket closes, or when our process dies in any way, the
// guardian kills and reaps until it has no child left, removes a folder, and exits.

#ifndef CSPAWN_H
#define CSPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// Where a launch failed.
enum cspawn_stage {
    CSPAWN_STAGE_NONE = 0,
    CSPAWN_STAGE_DESCRIPTORS = 1, // pipes, socket or pidfd could not be made
    CSPAWN_STAGE_GUARDIAN = 2,    // the guardian could not be forked or set up
    CSPAWN_STAGE_FORK = 3,        // the guardian could not fork the program
    CSPAWN_STAGE_CHILD = 4,       // the child could not wire its descriptors
    CSPAWN_STAGE_EXEC = 5,        // exec refused the program
};

struct cspawn_request {
    const char *path;             // absolute path of the program
    char *const *arguments;       // argv, ended by NULL
    char *const *environment;     // ended by NULL; NULL itself means ours
    const char *removed_folder;   // removed when everything is dead; NULL for none
};

// Every descriptor is ours to close and is close-on-exec.
struct cspawn_child {
    pid_t pid;             // the program: also the id of its process group
    int pidfd;
    pid_t guardian_pid;
    int guardian_pidfd;    // readable when everything is dead and the folder is gone
    int guardian_socket;   // closing it is the order to kill
    int to_child;          // the program's descriptor 3
    int from_child;        // the program's descriptor 4
    int child_errors;      // the program's descriptor 2
    int failed_stage;      // enum cspawn_stage
    int error;             // errno of the failure
};

// Starts the program; blocks until exec has succeeded or failed. False: failed_stage and error are set, and
// no process and no descriptor is left.
bool cspawn_launch(const struct cspawn_request *request, struct cspawn_child *child);

// How a process ended: `exited` with a status, or else ended by a signal.
struct cspawn_exit {
    bool exited;
    int value;
};

// Reads the guardian's report of the program's exit. 1: read; 0: the guardian is gone and said nothing;
// -1: nothing yet.
int cspawn_read_exit(int guardian_socket, struct cspawn_exit *exit);

// Reaps a child of ours. False if it was reaped by another, or is no child of ours.
bool cspawn_reap(int pidfd);

// A close-on-exec descriptor that becomes readable when the process ends, or -1 (errno).
int cspawn_pidfd_open(pid_t pid);
// The same for one thread (`PIDFD_THREAD`, Linux 6.9), also while others of its process live.
int cspawn_thread_pidfd_open(pid_t thread);
int cspawn_pidfd_signal(int pidfd, int signal);

// A level-triggered poll set: add, remove, wait. The token comes back when the descriptor is readable or at
// its end. Each returns -1 (errno) on failure; wait returns the number of tokens.
int cspawn_watch_create(void);
int cspawn_watch_add(int set, int descriptor, uint64_t token);
int cspawn_watch_remove(int set, int descriptor);
int cspawn_watch_wait(int set, uint64_t *tokens, int capacity);

// What one thread waits for beside other descriptors, and another raises: readable from then until it is lowered. Close-on-exec;
// -1 (errno) if there can be none.
int cspawn_wakeup_create(void);
void cspawn_wakeup_raise(int wakeup);
void cspawn_wakeup_lower(int wakeup);

// Names the thread that calls, for whoever lists threads: at most 15 bytes.
void cspawn_name_thread(const char *name);

#endif
