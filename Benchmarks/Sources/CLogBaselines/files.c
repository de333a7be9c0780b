#define _GNU_SOURCE
#include "CLogBaselines.h"
#include "failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static _Thread_local char failure[256];

const char *clb_failed(const char *operation, const char *reason) {
    snprintf(failure, sizeof failure, "%s: %s", operation, reason);
    return failure;
}

const char *clb_failed_errno(const char *operation) { return clb_failed(operation, strerror(errno)); }

uint64_t clb_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

struct clb_file {
    int descriptor;
};

const char *clb_file_open(const char *path, struct clb_file **opened) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return clb_failed_errno("open");
    struct clb_file *file = malloc(sizeof *file);
    if (file == NULL) {
        close(descriptor);
        return clb_failed_errno("malloc");
    }
    file->descriptor = descriptor;
    *opened = file;
    return NULL;
}

const char *clb_file_append(struct clb_file *file, const struct clb_group *group) {
    const uint8_t *next = group->records;
    size_t left = group->count * group->record_bytes;
    while (left > 0) {
        ssize_t written = write(file->descriptor, next, left);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return clb_failed_errno("write");
        next += written;
        left -= (size_t)written;
    }
    return fdatasync(file->descriptor) == 0 ? NULL : clb_failed_errno("fdatasync");
}

void clb_file_close(struct clb_file *file) {
    close(file->descriptor);
    free(file);
}

static const char *count_resident(int descriptor, size_t size, double *resident) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t pages = (size + page - 1) / page;
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, descriptor, 0);
    if (map == MAP_FAILED) return clb_failed_errno("mmap");
    unsigned char *states = malloc(pages);
    const char *failed = NULL;
    if (states == NULL || mincore(map, size, states) != 0) {
        failed = clb_failed_errno("mincore");
    } else {
        size_t held = 0;
        for (size_t i = 0; i < pages; i++) held += states[i] & 1;
        *resident = (double)held / (double)pages;
    }
    free(states);
    munmap(map, size);
    return failed;
}

const char *clb_drop_cache(const char *path, double *resident) {
    *resident = 0;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return clb_failed_errno("open");
    const char *failed = NULL;
    struct stat status;
    int code;
    // Only clean pages can be forgotten.
    if (fsync(descriptor) != 0) {
        failed = clb_failed_errno("fsync");
    } else if (fstat(descriptor, &status) != 0) {
        failed = clb_failed_errno("fstat");
    } else if ((code = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)) != 0) {
        failed = clb_failed("posix_fadvise", strerror(code));
    } else if (status.st_size > 0) {
        failed = count_resident(descriptor, (size_t)status.st_size, resident);
    }
    close(descriptor);
    return failed;
}
