#define _GNU_SOURCE
#include "CLogBaselines.h"
#include "failure.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 4096 };

struct clb_lmdb {
    MDB_env *env;
    MDB_dbi records, index, commits;
    enum clb_lmdb_kind kind;
    int block; // descriptor of the file with the extra block, or -1
};

static const char *failed(const char *operation, int code) {
    return code == 0 ? NULL : clb_failed(operation, mdb_strerror(code));
}

static const char *open_env(const char *folder, unsigned flags, MDB_env **env) {
    int code = mdb_env_create(env);
    if (code != 0) return failed("mdb_env_create", code);
    if ((code = mdb_env_set_mapsize(*env, (size_t)1 << 40)) != 0 ||
        (code = mdb_env_set_maxdbs(*env, 16)) != 0 ||
        (code = mdb_env_open(*env, folder, MDB_NOTLS | flags, 0600)) != 0) {
        mdb_env_close(*env);
        *env = NULL;
    }
    return failed("mdb_env_open", code);
}

static const char *open_databases(struct clb_lmdb *log) {
    MDB_txn *txn;
    int code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (code != 0) return failed("mdb_txn_begin", code);
    code = mdb_dbi_open(txn, "records", MDB_CREATE | MDB_INTEGERKEY, &log->records);
    if (code == 0 && log->kind == CLB_LMDB_INDEXED) {
        code = mdb_dbi_open(txn, "index", MDB_CREATE | MDB_INTEGERKEY, &log->index);
        if (code == 0) code = mdb_dbi_open(txn, "commits", MDB_CREATE | MDB_INTEGERKEY, &log->commits);
    }
    if (code == 0) return failed("mdb_txn_commit", mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return failed("mdb_dbi_open", code);
}

// A block that is allocated and written, so that flushing it again changes nothing but its bytes.
static const char *open_block(const char *folder, int *descriptor) {
    char path[4096];
    static const uint8_t zeros[BLOCK_BYTES];
    snprintf(path, sizeof path, "%s/block", folder);
    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*descriptor < 0) return clb_failed_errno("open");
    if (pwrite(*descriptor, zeros, sizeof zeros, 0) != sizeof zeros) return clb_failed_errno("pwrite");
    return fsync(*descriptor) == 0 ? NULL : clb_failed_errno("fsync");
}

const char *clb_lmdb_open(const char *folder, enum clb_lmdb_kind kind, enum clb_lmdb_flush flush,
                          struct clb_lmdb **opened) {
    unsigned flags = 0;
    if (flush == CLB_FLUSH_DATA || flush == CLB_FLUSH_DATA_AND_BLOCK) flags = MDB_NOMETASYNC;
    if (flush == CLB_FLUSH_NEVER) flags = MDB_NOSYNC;
    struct clb_lmdb *log = calloc(1, sizeof *log);
    if (log == NULL) return clb_failed_errno("calloc");
    log->kind = kind;
    log->block = -1;
    const char *reason = open_env(folder, flags, &log->env);
    if (reason == NULL) reason = open_databases(log);
    if (reason == NULL && flush == CLB_FLUSH_DATA_AND_BLOCK) reason = open_block(folder, &log->block);
    if (reason != NULL) {
        clb_lmdb_close(log);
        return reason;
    }
    *opened = log;
    return NULL;
}

void clb_lmdb_close(struct clb_lmdb *log) {
    if (log->env != NULL) mdb_env_close(log->env);
    if (log->block >= 0) close(log->block);
    free(log);
}

// Records one behind the other; all have `size` bytes if `sizes` is NULL.
static int put_records(MDB_txn *txn, MDB_dbi database, uint64_t first, size_t count, size_t size, const size_t *sizes,
                       const uint8_t *record) {
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn, database, &cursor);
    if (code != 0) return code;
    for (size_t i = 0; i < count && code == 0; i++) {
        uint64_t sequence = first + i;
        MDB_val key = {sizeof sequence, &sequence};
        MDB_val value = {sizes == NULL ? size : sizes[i], (void *)record};
        record += value.mv_size;
        code = mdb_cursor_put(cursor, &key, &value, MDB_APPEND);
    }
    mdb_cursor_close(cursor);
    return code;
}

static int put_run(MDB_txn *txn, MDB_dbi database, const struct clb_group *group) {
    if (group->run_bytes == 0) return 0;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn, database, &cursor);
    if (code != 0) return code;
    for (size_t i = 0; i < group->runs_removed && code == 0; i++) {
        MDB_val key, value;
        code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
        if (code == 0) code = mdb_cursor_del(cursor, 0);
    }
    mdb_cursor_close(cursor);
    if (code != 0) return code;
    uint64_t last = group->first + group->count - 1;
    MDB_val key = {sizeof last, &last};
    MDB_val value = {group->run_bytes, (void *)group->run};
    return mdb_put(txn, database, &key, &value, 0);
}

static int put_commit(MDB_txn *txn, MDB_dbi database, const struct clb_group *group) {
    uint64_t last = group->first + group->count - 1;
    MDB_val key = {sizeof last, &last};
    MDB_val value = {CLB_COMMIT_BYTES, (void *)group->commit};
    return mdb_put(txn, database, &key, &value, MDB_APPEND);
}

const char *clb_lmdb_append(struct clb_lmdb *log, const struct clb_group *group) {
    MDB_txn *txn;
    int code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (code != 0) return failed("mdb_txn_begin", code);
    code = put_records(txn, log->records, group->first, group->count, group->record_bytes, NULL,
                           group->records);
    if (code == 0 && log->kind == CLB_LMDB_INDEXED) {
        code = put_run(txn, log->index, group);
        if (code == 0) code = put_commit(txn, log->commits, group);
    }
    if (code != 0) {
        mdb_txn_abort(txn);
        return failed("mdb_put", code);
    }
    code = mdb_txn_commit(txn);
    if (code != 0 || log->block < 0) return failed("mdb_txn_commit", code);
    if (pwrite(log->block, group->records, sizeof group->first, 0) < 0) return clb_failed_errno("pwrite");
    return fdatasync(log->block) == 0 ? NULL : clb_failed_errno("fdatasync");
}

const char *clb_lmdb_append_records(struct clb_lmdb *log, uint64_t first, size_t count, const size_t *sizes,
                                    const uint8_t *records) {
    MDB_txn *txn;
    int code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (code != 0) return failed("mdb_txn_begin", code);
    code = put_records(txn, log->records, first, count, 0, sizes, records);
    if (code == 0) return failed("mdb_txn_commit", mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return failed("mdb_put", code);
}

static uint64_t sum_of(const MDB_val *value) {
    const uint8_t *bytes = value->mv_data;
    uint64_t sum = 0, word;
    size_t i = 0;
    for (; i + sizeof word <= value->mv_size; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        sum += word;
    }
    for (; i < value->mv_size; i++) sum += bytes[i];
    return sum;
}

static int scan(MDB_cursor *cursor, bool touches, struct clb_scan *result) {
    MDB_val key, value;
    int code;
    *result = (struct clb_scan){0, 0, 0};
    for (code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); code == 0;
         code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        result->records++;
        result->bytes += value.mv_size;
        if (touches) result->sum += sum_of(&value);
    }
    return code == MDB_NOTFOUND ? 0 : code;
}

const char *clb_lmdb_scan(const char *folder, bool touches, int passes, uint64_t *nanoseconds,
                          struct clb_scan *result) {
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_dbi records;
    const char *reason = open_env(folder, MDB_RDONLY, &env);
    if (reason != NULL) return reason;
    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code == 0) code = mdb_dbi_open(txn, "records", 0, &records);
    if (code == 0) code = mdb_cursor_open(txn, records, &cursor);
    for (int pass = 0; pass < passes && code == 0; pass++) {
        uint64_t began = clb_now();
        code = scan(cursor, touches, result);
        nanoseconds[pass] = clb_now() - began;
    }
    if (cursor != NULL) mdb_cursor_close(cursor);
    if (txn != NULL) mdb_txn_abort(txn);
    mdb_env_close(env);
    return failed("scan", code);
}

const char *clb_lmdb_last_transaction(const char *path, uint64_t *number) {
    enum { META_PAGES = 2, PAGE_BYTES = 4096, PAGE_HEADER_BYTES = 16 };
    enum { MAGIC = 0xBEEFC0DE };
    struct {
        uint32_t magic, version;
        uint64_t address, map_bytes;
        uint64_t databases[2][6];
        uint64_t last_page, transaction;
    } meta;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return clb_failed_errno("open");
    const char *reason = NULL;
    *number = 0;
    for (int i = 0; i < META_PAGES && reason == NULL; i++) {
        if (pread(descriptor, &meta, sizeof meta, i * PAGE_BYTES + PAGE_HEADER_BYTES) != sizeof meta)
            reason = clb_failed_errno("pread");
        else if (meta.magic != MAGIC)
            reason = clb_failed(path, "not a data file of LMDB with pages of 4 KiB");
        else if (meta.transaction > *number)
            *number = meta.transaction;
    }
    close(descriptor);
    return reason;
}
