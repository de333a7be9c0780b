#define _GNU_SOURCE
#include "CLogBaselines.h"
#include "failure.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 60000 };

struct clb_sqlite {
    sqlite3 *connection;
    sqlite3_stmt *begin, *insert, *commit;
};

static const char *failed(struct clb_sqlite *database, const char *operation) {
    return clb_failed(operation, sqlite3_errmsg(database->connection));
}

static bool prepare(struct clb_sqlite *database, const char *text, sqlite3_stmt **statement) {
    return sqlite3_prepare_v3(database->connection, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) ==
           SQLITE_OK;
}

const char *clb_sqlite_open(const char *path, struct clb_sqlite **opened) {
    struct clb_sqlite *database = calloc(1, sizeof *database);
    if (database == NULL) return clb_failed_errno("calloc");
    const char *reason = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &database->connection, flags, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(database->connection, BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(database->connection,
                     "PRAGMA journal_mode=WAL;"
                     "PRAGMA synchronous=FULL;"
                     "CREATE TABLE IF NOT EXISTS events(seq INTEGER PRIMARY KEY, type, stream, data)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        !prepare(database, "BEGIN IMMEDIATE", &database->begin) ||
        !prepare(database, "INSERT INTO events VALUES(?, ?, ?, ?)", &database->insert) ||
        !prepare(database, "COMMIT", &database->commit)) {
        reason = failed(database, "open a database");
        clb_sqlite_close(database);
        return reason;
    }
    *opened = database;
    return NULL;
}

void clb_sqlite_close(struct clb_sqlite *database) {
    sqlite3_finalize(database->begin);
    sqlite3_finalize(database->insert);
    sqlite3_finalize(database->commit);
    sqlite3_close(database->connection);
    free(database);
}

static bool run(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

// One transaction of the group's records; a first sequence number of 0 leaves the numbers to the database.
static const char *append(struct clb_sqlite *database, const struct clb_group *group, uint64_t first) {
    if (!run(database->begin)) return failed(database, "BEGIN");
    const uint8_t *record = group->records;
    for (size_t i = 0; i < group->count; i++, record += group->record_bytes) {
        uint16_t type;
        memcpy(&type, record + 6, sizeof type);
        const uint8_t *payload = record + group->record_bytes - group->payload_bytes;
        if (first == 0)
            sqlite3_bind_null(database->insert, 1);
        else
            sqlite3_bind_int64(database->insert, 1, (sqlite3_int64)(first + i));
        sqlite3_bind_int(database->insert, 2, type);
        sqlite3_bind_blob(database->insert, 3, record + CLB_HEADER_BYTES, CLB_STREAM_BYTES, SQLITE_STATIC);
        sqlite3_bind_blob(database->insert, 4, payload, (int)group->payload_bytes, SQLITE_STATIC);
        if (!run(database->insert)) return failed(database, "INSERT");
    }
    return run(database->commit) ? NULL : failed(database, "COMMIT");
}

const char *clb_sqlite_append(struct clb_sqlite *database, const struct clb_group *group) {
    return append(database, group, group->first);
}

struct contention {
    const char *path;
    const struct clb_group *group;
    pthread_barrier_t *start;
    uint64_t nanoseconds;
    _Atomic uint64_t *transactions;
    char reason[256];
};

static void *contend(void *argument) {
    struct contention *work = argument;
    struct clb_sqlite *database = NULL;
    const char *reason = clb_sqlite_open(work->path, &database);
    pthread_barrier_wait(work->start);
    uint64_t until = clb_now() + work->nanoseconds;
    while (reason == NULL && clb_now() < until) {
        reason = append(database, work->group, 0);
        // What a thread that waited long commits when the time is over counts no more.
        if (reason == NULL && clb_now() < until) atomic_fetch_add(work->transactions, 1);
    }
    if (reason != NULL) snprintf(work->reason, sizeof work->reason, "%s", reason);
    if (database != NULL) clb_sqlite_close(database);
    return NULL;
}

const char *clb_sqlite_contend(const char *path, const struct clb_group *group, int threads,
                               uint64_t nanoseconds, uint64_t *transactions) {
    _Atomic uint64_t count = 0;
    pthread_barrier_t start;
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    struct contention *works = calloc((size_t)threads, sizeof *works);
    if (ids == NULL || works == NULL) {
        free(ids);
        free(works);
        return clb_failed_errno("calloc");
    }
    pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++) {
        works[i] = (struct contention){
            .path = path, .group = group, .start = &start, .nanoseconds = nanoseconds, .transactions = &count};
        // A barrier that lacks a thread would wait for ever.
        if (pthread_create(&ids[i], NULL, contend, &works[i]) != 0) abort();
    }
    pthread_barrier_wait(&start);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    *transactions = count;
    const char *reason = NULL;
    for (int i = 0; i < threads && reason == NULL; i++)
        if (works[i].reason[0] != 0) reason = clb_failed("a writer", works[i].reason);
    pthread_barrier_destroy(&start);
    free(ids);
    free(works);
    return reason;
}
