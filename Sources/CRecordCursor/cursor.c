#include "CRecordCursor.h"

#include <string.h>

enum { LINE_BYTES = 64, FETCHED_BYTES = 512 };

int weir_cursor_entries(MDB_cursor *cursor, const uint64_t *first, struct weir_entry *entries, size_t limit,
                        size_t *found) {
    uint64_t wanted = first != NULL ? *first : 0;
    MDB_val key = {sizeof wanted, &wanted}, value;
    MDB_cursor_op operation = first != NULL ? MDB_SET_KEY : MDB_NEXT;
    int code = 0;
    size_t count = 0;
    for (; count < limit; count++, operation = MDB_NEXT) {
        code = mdb_cursor_get(cursor, &key, &value, operation);
        if (code != 0) break;
        if (key.mv_size != sizeof entries->key) {
            code = MDB_BAD_VALSIZE;
            break;
        }
        memcpy(&entries[count].key, key.mv_data, sizeof entries->key);
        entries[count].bytes = value.mv_data;
        entries[count].count = value.mv_size;
        // Memory takes longer for a record than the next one takes to be found.
        for (size_t offset = 0; offset < value.mv_size && offset < FETCHED_BYTES; offset += LINE_BYTES)
            __builtin_prefetch((const char *)value.mv_data + offset);
    }
    *found = count;
    return code;
}
