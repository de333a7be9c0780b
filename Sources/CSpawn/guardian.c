#define _GNU_SOURCE
#include "guardian.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Fixed places of the guardian's own descriptors; everything above is closed.
enum { AT_SOCKET = 3, AT_PARENT, AT_INPUT, AT_OUTPUT, AT_ERRORS, AT_SIGNALS, AT_FIRST_FREE };

// Descriptors are lifted here before they are put in their places, so that no source is overwritten.
enum { LIFTED = 32 };

// A child in uninterruptible sleep cannot be killed by anyone: give up waiting for it.
enum { SWEEP_STEP_MILLISECONDS = 5, SWEEP_STEPS = 800 };

static void report(int kind, int first, int second) {
    struct guardian_report message = {.kind = kind, .first = first, .second = second};
    (void)send(AT_SOCKET, &message, sizeof message, MSG_NOSIGNAL);
}

static void close_from(unsigned first) {
    if (close_range(first, ~0u, 0) == 0) return;
    struct rlimit limit;
    unsigned last = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < last) last = (unsigned)limit.rlim_cur;
    for (unsigned descriptor = first; descriptor < last; descriptor++) close((int)descriptor);
}

// Puts descriptors[i] at first + i, close-on-exec. Returns 0 or an errno.
static int place(int *descriptors, int count, int first) {
    for (int i = 0; i < count; i++) {
        descriptors[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, LIFTED);
        if (descriptors[i] < 0) return errno;
    }
    for (int i = 0; i < count; i++)
        if (dup3(descriptors[i], first + i, O_CLOEXEC) < 0) return errno;
    return 0;
}

static void default_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; signal++) (void)sigaction(signal, &action, NULL);
}

// The forked child that becomes the program. Failures go to `errors` as {stage, errno}.
__attribute__((noreturn)) static void become_program(const struct cspawn_request *request, pid_t guardian, int errors) {
    int failure[2] = {CSPAWN_STAGE_CHILD, 0};
    // The order matters: a guardian that dies after prctl kills us, one that died before it is seen here.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    if (getppid() != guardian) _exit(127);
    if (setpgid(0, 0) != 0) goto failed;

    errors = fcntl(errors, F_DUPFD_CLOEXEC, LIFTED);
    int input = fcntl(AT_INPUT, F_DUPFD_CLOEXEC, LIFTED);
    int output = fcntl(AT_OUTPUT, F_DUPFD_CLOEXEC, LIFTED);
    if (errors < 0 || input < 0 || output < 0) goto failed;
    // dup2 clears close-on-exec: 0, 1 (the null device, already in place), 2, 3 and 4 are all that survive.
    if (dup2(0, 1) < 0 || dup2(AT_ERRORS, 2) < 0 || dup2(input, 3) < 0 || dup2(output, 4) < 0) goto failed;
    if (close_range(5, ~0u, CLOSE_RANGE_CLOEXEC) != 0 && errno != EINVAL && errno != ENOSYS) goto failed;

    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) goto failed;
    failure[0] = CSPAWN_STAGE_EXEC;
    execve(request->path, request->arguments, request->environment ? request->environment : environ);
failed:
    failure[1] = errno;
    (void)!write(errors, failure, sizeof failure);
    _exit(127);
}

// The parent's id of the process in /proc/<name>/stat, or -1.
static pid_t parent_of(int proc, const char *name) {
    char path[64], text[512];
    size_t length = strlen(name);
    if (length > 32) return -1;
    memcpy(path, name, length);
    memcpy(path + length, "/stat", 6);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return -1;
    text[count] = 0;
    // "pid (name) state ppid …": the name may hold anything, so look for its last parenthesis.
    char *at = strrchr(text, ')');
    if (!at || strlen(at) < 5) return -1;
    pid_t parent = 0;
    for (at += 4; *at >= '0' && *at <= '9'; at++) parent = parent * 10 + (*at - '0');
    return parent;
}

// Kills every direct child. They are our unreaped children, so none of these ids can be anybody else's.
static void kill_children(void) {
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return;
    pid_t self = getpid();
    _Alignas(8) char buffer[4096];
    long count;
    while ((count = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0) {
        for (long offset = 0; offset < count;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + offset);
            offset += entry->d_reclen;
            pid_t pid = 0;
            const char *digit = entry->d_name;
            for (; *digit >= '0' && *digit <= '9'; digit++) pid = pid * 10 + (*digit - '0');
            if (*digit || pid <= 1) continue;
            if (parent_of(proc, entry->d_name) == self) (void)kill(pid, SIGKILL);
        }
    }
    close(proc);
}

// Kills and reaps until there is no descendant. The group is killed once, while its leader is still unreaped
// and its number therefore ours; what had left the group becomes our child when its parent dies.
static void sweep(pid_t program) {
    bool reported = false;
    (void)kill(-program, SIGKILL);
    (void)kill(program, SIGKILL); // before the child's own setpgid the group does not exist
    for (int step = 0; step < SWEEP_STEPS; step++) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended != program || reported) continue;
            reported = true;
            if (WIFEXITED(status)) report(REPORT_EXITED, 1, WEXITSTATUS(status));
            else report(REPORT_EXITED, 0, WTERMSIG(status));
        }
        if (ended < 0 && errno == ECHILD) return;
        kill_children();
        struct timespec pause = {.tv_nsec = SWEEP_STEP_MILLISECONDS * 1000000L};
        nanosleep(&pause, NULL);
    }
}

// Reaps orphans that came to us, until the program itself has ended. True if it has.
static bool reap_orphans(pid_t program) {
    for (;;) {
        siginfo_t info;
        info.si_pid = 0;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD;
        if (info.si_pid == 0) return false;
        if (info.si_pid == program) return true;
        (void)waitpid(info.si_pid, NULL, 0);
    }
}

// Returns when everything must die: the program has ended (and our parent has its pidfd), or our parent has
// closed the socket or is dead.
static void guard(pid_t program) {
    bool acknowledged = false, ended = false, orphaned = false;
    while (!orphaned && !(ended && acknowledged)) {
        struct pollfd sources[3] = {
            {.fd = AT_SOCKET, .events = POLLIN}, {.fd = AT_PARENT, .events = POLLIN},
            // Once the program has ended its zombie would answer every time.
            {.fd = ended ? -1 : AT_SIGNALS, .events = POLLIN},
        };
        if (poll(sources, 3, -1) < 0 && errno != EINTR) return;
        if (sources[0].revents) {
            char byte;
            ssize_t count = recv(AT_SOCKET, &byte, 1, MSG_DONTWAIT);
            if (count > 0) acknowledged = true;
            else if (count == 0 || (errno != EAGAIN && errno != EINTR)) orphaned = true;
        }
        if (sources[1].revents) orphaned = true;
        if (sources[2].revents) {
            struct signalfd_siginfo info;
            while (read(AT_SIGNALS, &info, sizeof info) == sizeof info) continue;
        }
        if (!ended) ended = reap_orphans(program);
    }
}

// The last act: a program, because a recursive removal is not worth writing twice.
__attribute__((noreturn)) static void leave(const char *folder) {
    if (folder) {
        char *arguments[] = {"rm", "-rf", "--", (char *)folder, NULL};
        char *nothing[] = {NULL};
        execve("/bin/rm", arguments, nothing);
        _exit(127);
    }
    _exit(0);
}

void guardian_main(const struct cspawn_request *request, struct guardian_descriptors from) {
    int places[] = {from.socket, from.parent_pidfd, from.child_input, from.child_output, from.child_errors};
    int error = place(places, 5, AT_SOCKET);
    if (error) _exit(127); // the socket closes, which our parent reads as a failed guardian
    (void)setsid();
    (void)prctl(PR_SET_NAME, "weir-guardian");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) goto failed;
    // Lifted too: our parent may have had 0, 1 or 2 closed, and dup2 onto itself keeps close-on-exec.
    int lifted = fcntl(null, F_DUPFD_CLOEXEC, LIFTED);
    if (lifted < 0) goto failed;
    for (int standard = 0; standard < 3; standard++)
        if (dup2(lifted, standard) < 0) goto failed;
    close_from(AT_SIGNALS);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) goto failed;

    default_signals();
    sigset_t all, child;
    sigfillset(&all);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &all, NULL) != 0) goto failed;
    int signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0 || (signals != AT_SIGNALS && dup3(signals, AT_SIGNALS, O_CLOEXEC) < 0)) goto failed;

    int errors[2];
    if (pipe2(errors, O_CLOEXEC) != 0) goto failed;
    pid_t self = getpid();
    pid_t program = _Fork();
    if (program < 0) {
        report(REPORT_FAILED, CSPAWN_STAGE_FORK, errno);
        leave(NULL);
    }
    if (program == 0) become_program(request, self, errors[1]);
    (void)setpgid(program, program); // both sides do it, so that it is done for whoever looks first
    close(errors[1]);
    close(AT_INPUT);
    close(AT_OUTPUT);
    close(AT_ERRORS);
    (void)!chdir("/");

    int failure[2];
    ssize_t count;
    while ((count = read(errors[0], failure, sizeof failure)) < 0 && errno == EINTR) continue;
    close(errors[0]);
    if (count == sizeof failure) {
        report(REPORT_FAILED, failure[0], failure[1]);
        (void)waitpid(program, NULL, 0);
        leave(NULL);
    }
    report(REPORT_STARTED, program, 0);
    guard(program);
    sweep(program);
    leave(request->removed_folder);
failed:
    report(REPORT_FAILED, CSPAWN_STAGE_GUARDIAN, errno);
    _exit(127);
}
