// What Weir's log is measured against, in plain C: LMDB, SQLite and a raw file.
//
// Each does the least that its library allows for the work it is given; nothing is hashed, allocated or encoded
// here. A function that can fail gives NULL for success, and else a text that stays valid until the thread's next
// failure.

#ifndef CLOGBASELINES_H
#define CLOGBASELINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CLB_HEADER_BYTES = 8, // of a record: checksum, flags, number of streams, type (u16 at offset 6)
    CLB_STREAM_BYTES = 16,
    CLB_COMMIT_BYTES = 124,
};

// What one transaction appends, laid out before the clock starts.
struct clb_group {
    uint64_t first; // sequence number of the first record
    size_t count;
    size_t record_bytes;  // of each record: header, streams, payload
    size_t payload_bytes; // of each record's payload, which stands last
    const uint8_t *records;
    size_t run_bytes; // 0 if the transaction leaves the index as it is
    const uint8_t *run;
    size_t runs_removed; // newest runs of the index that this one takes the place of
    const uint8_t *commit;
};

// MARK: LMDB

enum clb_lmdb_kind {
    CLB_LMDB_INDEXED, // records, runs of the index and a commit entry, as Weir's log stores them
    CLB_LMDB_RECORDS, // records alone
};

enum clb_lmdb_flush {
    CLB_FLUSH_TWICE,          // LMDB's default: the data, then the meta page
    CLB_FLUSH_DATA,           // MDB_NOMETASYNC: a power cut may take the last commit
    CLB_FLUSH_DATA_AND_BLOCK, // the same, and one block of another file, allocated beforehand
    CLB_FLUSH_NEVER,          // MDB_NOSYNC: to fill a file that is only read
};

struct clb_lmdb;

// Opens or creates an environment in a folder that exists.
const char *clb_lmdb_open(const char *folder, enum clb_lmdb_kind kind, enum clb_lmdb_flush flush,
                          struct clb_lmdb **opened);
const char *clb_lmdb_append(struct clb_lmdb *log, const struct clb_group *group);
// Records of different sizes, one behind the other, in one transaction.
const char *clb_lmdb_append_records(struct clb_lmdb *log, uint64_t first, size_t count, const size_t *sizes,
                                    const uint8_t *records);
void clb_lmdb_close(struct clb_lmdb *log);

// Moves a cursor over every record, and reads every byte of them when `touches`.
struct clb_scan {
    uint64_t records;
    uint64_t bytes;
    uint64_t sum; // keeps the reading from being optimised away
};
const char *clb_lmdb_scan(const char *folder, bool touches, int passes, uint64_t *nanoseconds,
                          struct clb_scan *result);

// The number of the last transaction in a data file, also while it is open: from LMDB's two meta pages, whose layout
// is that of version 0.9 on a 64-bit machine with pages of 4 KiB.
const char *clb_lmdb_last_transaction(const char *path, uint64_t *number);

// MARK: SQLite

struct clb_sqlite;

// WAL, synchronous=FULL: a commit survives a power cut.
const char *clb_sqlite_open(const char *path, struct clb_sqlite **opened);
const char *clb_sqlite_append(struct clb_sqlite *database, const struct clb_group *group);
void clb_sqlite_close(struct clb_sqlite *database);

// Threads that each append the group over their own connection, again and again, for some time. The database is
// there already; it gives the sequence numbers.
const char *clb_sqlite_contend(const char *path, const struct clb_group *group, int threads,
                               uint64_t nanoseconds, uint64_t *transactions);

// MARK: Files

struct clb_file;

// An empty file that is appended to by write and fdatasync.
const char *clb_file_open(const char *path, struct clb_file **opened);
const char *clb_file_append(struct clb_file *file, const struct clb_group *group);
void clb_file_close(struct clb_file *file);

// Asks the kernel to forget the cached pages of a file that nobody maps; tells which share of them it still holds.
const char *clb_drop_cache(const char *path, double *resident);

// Nanoseconds of a clock that only goes forward.
uint64_t clb_now(void);

#endif
