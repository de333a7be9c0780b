#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { MAX_EVENTS = 64 };

// By number: the C library's own wrappers came later than the system calls.
int cspawn_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cspawn_thread_pidfd_open(pid_t thread) { return (int)syscall(SYS_pidfd_open, thread, O_EXCL); }

int cspawn_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0);
}

bool cspawn_reap(int pidfd) {
    siginfo_t info;
    int result;
    while ((result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED)) != 0 && errno == EINTR) continue;
    return result == 0;
}

int cspawn_watch_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cspawn_watch_add(int set, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
}

int cspawn_watch_remove(int set, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(set, EPOLL_CTL_DEL, descriptor, &unused);
}

int cspawn_watch_wait(int set, uint64_t *tokens, int capacity) {
    struct epoll_event events[MAX_EVENTS];
    int count = epoll_wait(set, events, capacity < MAX_EVENTS ? capacity : MAX_EVENTS, -1);
    if (count < 0 && errno == EINTR) return 0;
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count;
}

int cspawn_wakeup_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cspawn_wakeup_raise(int wakeup) {
    uint64_t one = 1;
    // It fails only where it is raised so often that one more says nothing new.
    while (write(wakeup, &one, sizeof one) < 0 && errno == EINTR) continue;
}

void cspawn_wakeup_lower(int wakeup) {
    uint64_t count;
    while (read(wakeup, &count, sizeof count) < 0 && errno == EINTR) continue;
}

void cspawn_name_thread(const char *name) { (void)pthread_setname_np(pthread_self(), name); }
