// Functions of the C library under their own names: a definition in the executable goes before the library's
// for every shared library too (dynamic symbol interposition), so LMDB's calls arrive here.

#define _GNU_SOURCE
#include "CFaultyDisk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char watched[PATH_MAX];
static size_t watched_length;
static faulty_disk_before before_call;
static faulty_disk_after after_call;
static _Thread_local bool is_inside;

void faulty_disk_watch(const char *folder, faulty_disk_before before, faulty_disk_after after) {
    watched_length = strlen(folder);
    if (watched_length == 0 || watched_length >= sizeof watched) abort();
    memcpy(watched, folder, watched_length + 1);
    before_call = before;
    after_call = after;
}

// The library's own definition. Looked up at each call: dlsym costs nothing beside the system call.
static void *real(const char *name) {
    void *symbol = dlsym(RTLD_NEXT, name);
    if (symbol == NULL) abort();
    return symbol;
}

static ssize_t really_pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    ssize_t (*call)(int, const struct iovec *, int, off_t) = real("pwritev");
    return call(descriptor, parts, count, offset);
}

// Whether the descriptor is a file below the watched folder. The kernel is asked each time: a cache by number
// would have to be told of every close, dup and rename.
static bool is_watched(int descriptor, char path[PATH_MAX]) {
    if (before_call == NULL || is_inside) return false;
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return false;
    path[length] = 0;
    return (size_t)length >= watched_length && memcmp(path, watched, watched_length) == 0
        && (path[watched_length] == '/' || path[watched_length] == 0);
}

static bool is_synchronous(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & (O_DSYNC | O_SYNC)) != 0;
}

static faulty_disk_answer ask(const faulty_disk_call *call) {
    is_inside = true;
    faulty_disk_answer answer = before_call(call);
    is_inside = false;
    return answer;
}

// Reports what reached the file, and gives what the program is told.
static ssize_t tell(const faulty_disk_call *call, faulty_disk_answer answer, ssize_t reached) {
    int error = answer.error != 0 ? answer.error : reached < 0 ? errno : 0;
    if (answer.claims_all) error = 0;
    is_inside = true;
    after_call(call, reached);
    is_inside = false;
    if (error == 0) return answer.claims_all ? (ssize_t)call->bytes : reached;
    errno = error;
    return -1;
}

// Writes at most `limit` bytes of the parts; a negative offset stands for the file's own position.
static ssize_t write_some(int descriptor, const struct iovec *parts, int count, off_t offset, size_t limit) {
    struct iovec some[IOV_MAX];
    int used = 0;
    for (int part = 0; part < count && part < IOV_MAX && limit > 0; part++) {
        some[used] = parts[part];
        if (some[used].iov_len > limit) some[used].iov_len = limit;
        limit -= some[used].iov_len;
        used++;
    }
    if (used == 0) return 0;
    if (offset >= 0) return really_pwritev(descriptor, some, used, offset);
    ssize_t (*call)(int, const struct iovec *, int) = real("writev");
    return call(descriptor, some, used);
}

static ssize_t watched_write(
    const char *path, int descriptor, const struct iovec *parts, int count, off_t offset) {
    faulty_disk_call call = {
        .operation = FAULTY_DISK_WRITE,
        .descriptor = descriptor,
        .path = path,
        .offset = offset >= 0 ? offset : lseek(descriptor, 0, SEEK_CUR),
        .parts = parts,
        .part_count = count,
        .is_synchronous = is_synchronous(descriptor),
    };
    for (int part = 0; part < count; part++) call.bytes += parts[part].iov_len;
    faulty_disk_answer answer = ask(&call);
    return tell(&call, answer, write_some(descriptor, parts, count, offset, answer.bytes_limit));
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    char path[PATH_MAX];
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    if (is_watched(descriptor, path)) return watched_write(path, descriptor, &part, 1, -1);
    ssize_t (*call)(int, const void *, size_t) = real("write");
    return call(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (is_watched(descriptor, path)) return watched_write(path, descriptor, parts, count, -1);
    ssize_t (*call)(int, const struct iovec *, int) = real("writev");
    return call(descriptor, parts, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    char path[PATH_MAX];
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    if (is_watched(descriptor, path)) return watched_write(path, descriptor, &part, 1, offset);
    ssize_t (*call)(int, const void *, size_t, off_t) = real("pwrite");
    return call(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    char path[PATH_MAX];
    if (is_watched(descriptor, path)) return watched_write(path, descriptor, parts, count, offset);
    return really_pwritev(descriptor, parts, count, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(descriptor, parts, count, offset);
}

static int synchronise(int descriptor, const char *name) {
    char path[PATH_MAX];
    int (*function)(int) = real(name);
    if (!is_watched(descriptor, path)) return function(descriptor);
    faulty_disk_call call = {.operation = FAULTY_DISK_SYNC, .descriptor = descriptor, .path = path};
    faulty_disk_answer answer = ask(&call);
    return (int)tell(&call, answer, answer.bytes_limit > 0 ? function(descriptor) : -1);
}

int fdatasync(int descriptor) { return synchronise(descriptor, "fdatasync"); }

int fsync(int descriptor) { return synchronise(descriptor, "fsync"); }

// LMDB maps its file for reading only, so nothing of a log may ever be written or flushed through a map.
int msync(void *start, size_t length, int flags) {
    int (*call)(void *, size_t, int) = real("msync");
    if (before_call != NULL) abort();
    return call(start, length, flags);
}

int ftruncate(int descriptor, off_t length) {
    char path[PATH_MAX];
    int (*function)(int, off_t) = real("ftruncate");
    if (!is_watched(descriptor, path)) return function(descriptor, length);
    faulty_disk_call call = {
        .operation = FAULTY_DISK_TRUNCATE, .descriptor = descriptor, .path = path, .offset = length};
    faulty_disk_answer answer = ask(&call);
    return (int)tell(&call, answer, answer.bytes_limit > 0 ? function(descriptor, length) : -1);
}

int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

bool faulty_disk_find_inode(int descriptor, const char *path, faulty_disk_inode *inode) {
    struct statx status;
    int flags = path == NULL ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    if (path != NULL) descriptor = AT_FDCWD;
    if (statx(descriptor, path == NULL ? "" : path, flags, STATX_INO | STATX_TYPE | STATX_BTIME, &status) != 0) {
        return false;
    }
    inode->number = status.stx_ino;
    inode->born_seconds = status.stx_btime.tv_sec;
    inode->born_nanoseconds = status.stx_btime.tv_nsec;
    inode->is_folder = S_ISDIR(status.stx_mode);
    return true;
}
