#define _GNU_SOURCE
#include "guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// The largest that an ordinary user may ask for: large messages then take fewer wake-ups.
enum { PIPE_BYTES = 1 << 20 };

static bool receive(int socket, struct guardian_report *report, int flags) {
    ssize_t count;
    while ((count = recv(socket, report, sizeof *report, flags)) < 0 && errno == EINTR) continue;
    return count == sizeof *report;
}

static void close_all(const int *descriptors, int count) {
    for (int i = 0; i < count; i++)
        if (descriptors[i] >= 0) close(descriptors[i]);
}

bool cspawn_launch(const struct cspawn_request *request, struct cspawn_child *child) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, link[2] = {-1, -1};
    int self = -1, guardian_pidfd = -1, pidfd = -1;
    pid_t guardian = -1;
    memset(child, 0, sizeof *child);
    child->failed_stage = CSPAWN_STAGE_DESCRIPTORS;

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) != 0 ||
        (self = cspawn_pidfd_open(getpid())) < 0)
        goto failed;
    (void)fcntl(in[1], F_SETPIPE_SZ, PIPE_BYTES);
    (void)fcntl(out[0], F_SETPIPE_SZ, PIPE_BYTES);

    child->failed_stage = CSPAWN_STAGE_GUARDIAN;
    // No handler of ours may run in the guardian.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    guardian = _Fork();
    if (guardian == 0)
        guardian_main(request, (struct guardian_descriptors){.socket = link[1],
                                                             .parent_pidfd = self,
                                                             .child_input = in[0],
                                                             .child_output = out[1],
                                                             .child_errors = err[1]});
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = fork_error;
    if (guardian < 0 || (guardian_pidfd = cspawn_pidfd_open(guardian)) < 0) goto failed;

    close(link[1]);
    link[1] = -1;
    struct guardian_report report;
    if (!receive(link[0], &report, 0)) {
        errno = EPIPE;
        goto failed;
    }
    if (report.kind != REPORT_STARTED) {
        child->failed_stage = report.first;
        errno = report.second;
        goto failed;
    }
    // The guardian leaves the program unreaped until we say that we hold its pidfd.
    pidfd = cspawn_pidfd_open(report.first);
    if (pidfd < 0 || send(link[0], "A", 1, MSG_NOSIGNAL) != 1) goto failed;

    close_all((int[]){in[0], out[1], err[1], self}, 4);
    *child = (struct cspawn_child){
        .pid = report.first, .pidfd = pidfd,
        .guardian_pid = guardian, .guardian_pidfd = guardian_pidfd, .guardian_socket = link[0],
        .to_child = in[1], .from_child = out[0], .child_errors = err[0],
    };
    return true;

failed:
    child->error = errno;
    close_all((int[]){in[0], in[1], out[0], out[1], err[0], err[1], link[0], link[1], self, guardian_pidfd, pidfd}, 11);
    // With the socket closed the guardian kills whatever it started, and leaves.
    if (guardian > 0) while (waitpid(guardian, NULL, 0) < 0 && errno == EINTR) continue;
    return false;
}

int cspawn_read_exit(int guardian_socket, struct cspawn_exit *exit) {
    struct guardian_report report;
    errno = 0;
    if (!receive(guardian_socket, &report, MSG_DONTWAIT)) return errno == EAGAIN ? -1 : 0;
    if (report.kind != REPORT_EXITED) return 0;
    exit->exited = report.first == 1;
    exit->value = report.second;
    return 1;
}
