#ifndef CFAULTYDISK_H
#define CFAULTYDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/// What a program asks of the disk.
typedef enum {
    FAULTY_DISK_WRITE,
    FAULTY_DISK_SYNC,
    FAULTY_DISK_TRUNCATE,
} faulty_disk_operation;

/// One call of a writing or flushing function on a file below the watched folder.
typedef struct {
    faulty_disk_operation operation;
    int descriptor;
    /// The file as the kernel names it now, so after renames.
    const char *path;
    /// Where a write begins, or the new length.
    off_t offset;
    /// What is written; the parts follow each other in the file.
    const struct iovec *parts;
    int part_count;
    /// How much is written, in bytes.
    size_t bytes;
    /// Whether the descriptor was opened with O_DSYNC or O_SYNC, so that a write is durable when it returns.
    bool is_synchronous;
} faulty_disk_call;

/// What becomes of a call.
typedef struct {
    /// How many bytes of a write reach the real file at most. Any call with 0 does nothing to it, and then needs an
    /// error or a claim.
    size_t bytes_limit;
    /// 0, or the errno that the call returns with, whatever reached the file.
    int error;
    /// Whether a write returns as if all of it had been written.
    bool claims_all;
} faulty_disk_answer;

/// Called before a call reaches the real file; says what becomes of it. It may end the process. Calls that it
/// makes itself are not watched.
typedef faulty_disk_answer (*faulty_disk_before)(const faulty_disk_call *call);
/// Called with what reached the real file: how many bytes of a write, 0 for another call, -1 for one that failed or
/// did not come there. The program may be told otherwise.
typedef void (*faulty_disk_after)(const faulty_disk_call *call, ssize_t reached);

/// A file or folder, whatever its name is.
typedef struct {
    uint64_t number;
    /// The number of a removed file comes again, so its birth belongs to it.
    int64_t born_seconds;
    uint32_t born_nanoseconds;
    bool is_folder;
} faulty_disk_inode;

/// Finds what is open, or at a path if `path` is not NULL; false if there is nothing.
bool faulty_disk_find_inode(int descriptor, const char *path, faulty_disk_inode *inode);

/// Watches every file below `folder`, a path without symbolic links. Called once, before other threads write.
void faulty_disk_watch(const char *folder, faulty_disk_before before, faulty_disk_after after);

#endif
