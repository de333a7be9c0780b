#include "CRecordCursor.h"

#include <string.h>

enum { LINE_BYTES = 64 };

// A leaf page of LMDB 0.9 (`mdb.c`, `MDB_page` and `MDB_node`): a header, then the places of its nodes in the order of their
// keys; a node has a header, its key and, unless a flag says that it lies elsewhere, its data.
enum { PAGE_BYTES = 4096, PAGE_HEADER_BYTES = 16, NODE_HEADER_BYTES = 8, LEAF = 0x02 };

struct page_header {
    uint64_t number;
    uint16_t unused, flags, lower, upper;
};

struct node_header {
    uint16_t data_low, data_high, flags, key_bytes;
};

/// Gives the records of an entry. A bare one is a record itself; else records stand behind their number and, for each but
/// the last, where it ends, in 2 bytes each.
///
/// Returns how many there are, 0 if the entry contradicts itself.
static size_t unpack(struct weir_entries entries, uint64_t last, const char *bytes, size_t count,
                     struct weir_record *records) {
    uint16_t number = 1;
    if (entries.are_packed) {
        if (count < sizeof number) return 0;
        memcpy(&number, bytes, sizeof number);
    }
    size_t table = entries.are_packed ? number * sizeof number : 0;
    if (number == 0 || number > WEIR_ENTRY_RECORDS || number > last || table > count) return 0;
    const char *base = bytes + table;
    size_t start = 0;
    for (size_t i = 0; i < number; i++) {
        size_t end = count - table;
        if (i + 1 < number) {
            uint16_t stored;
            memcpy(&stored, bytes + (i + 1) * sizeof stored, sizeof stored);
            if (stored < start || stored > end) return 0;
            end = stored;
        }
        records[i] = (struct weir_record){last - number + 1 + i, base + start, end - start};
        // Memory takes longer for a record than the next one takes to be found.
        for (size_t offset = start; offset < end && offset < start + entries.fetched; offset += LINE_BYTES)
            __builtin_prefetch(base + offset);
        start = end;
    }
    return number;
}

static uint16_t node_start(const char *page, size_t node) {
    uint16_t start;
    memcpy(&start, page + PAGE_HEADER_BYTES + node * sizeof start, sizeof start);
    return start;
}

/// The header of a node that has an integer key and all its data in its page.
static bool read_node(const char *page, size_t node, struct node_header *header, size_t *data_bytes) {
    size_t start = node_start(page, node);
    if (start < PAGE_HEADER_BYTES || start + NODE_HEADER_BYTES + sizeof(uint64_t) > PAGE_BYTES) return false;
    memcpy(header, page + start, sizeof *header);
    *data_bytes = header->data_low | (size_t)header->data_high << 16;
    return header->flags == 0 && header->key_bytes == sizeof(uint64_t) &&
           start + NODE_HEADER_BYTES + sizeof(uint64_t) + *data_bytes <= PAGE_BYTES;
}

static size_t node_of(const char *page, size_t nodes, const char *key) {
    size_t node = 0;
    while (node < nodes && page + node_start(page, node) + NODE_HEADER_BYTES != key) node++;
    return node;
}

/// Adds the records of the entries that stand in the page behind one of them, up to the first that does not lie there as a
/// whole, without a move of the cursor for each. Whatever is not as it is in a sound page is left to the cursor.
///
/// - `last`: the key of the last entry whose records were added.
static size_t rest_of_page(struct weir_entries entries, const void *found_key, struct weir_record *records, size_t limit,
                           uint64_t *last) {
    const char *page = (const char *)((uintptr_t)found_key & ~(uintptr_t)(PAGE_BYTES - 1));
    struct page_header header;
    memcpy(&header, page, sizeof header);
    if (header.flags != LEAF || header.lower < PAGE_HEADER_BYTES || header.lower > PAGE_BYTES) return 0;
    size_t nodes = (header.lower - PAGE_HEADER_BYTES) / sizeof(uint16_t), next = node_of(page, nodes, found_key) + 1;
    for (size_t node = next; node < nodes; node++) __builtin_prefetch(page + node_start(page, node));
    size_t count = 0;
    for (; next < nodes && count + WEIR_ENTRY_RECORDS <= limit; next++) {
        struct node_header node;
        size_t data_bytes;
        if (!read_node(page, next, &node, &data_bytes)) break;
        const char *key = page + node_start(page, next) + NODE_HEADER_BYTES;
        uint64_t number;
        memcpy(&number, key, sizeof number);
        size_t added = unpack(entries, number, key + sizeof number, data_bytes, records + count);
        if (added == 0) break;
        count += added;
        *last = number;
    }
    return count;
}

static bool has_pages_of_known_size(MDB_cursor *cursor) {
    MDB_stat stat;
    return mdb_env_stat(mdb_txn_env(mdb_cursor_txn(cursor)), &stat) == 0 && stat.ms_psize == PAGE_BYTES;
}

/// Leaves out the records before one.
static size_t drop_before(uint64_t first, struct weir_record *records, size_t count) {
    if (records[0].sequence >= first) return count;
    size_t dropped = first - records[0].sequence < count ? first - records[0].sequence : count;
    memmove(records, records + dropped, (count - dropped) * sizeof *records);
    return count - dropped;
}

int weir_cursor_records(MDB_cursor *cursor, struct weir_entries entries, const uint64_t *first,
                        struct weir_record *records, size_t limit, size_t *found) {
    uint64_t wanted = first != NULL ? *first : 0;
    MDB_val key = {sizeof wanted, &wanted}, value;
    MDB_cursor_op operation = first != NULL ? MDB_SET_RANGE : MDB_NEXT;
    bool knows_pages = has_pages_of_known_size(cursor);
    int code = 0;
    size_t count = 0;
    for (; count + WEIR_ENTRY_RECORDS <= limit; operation = MDB_NEXT) {
        uint64_t last;
        code = mdb_cursor_get(cursor, &key, &value, operation);
        if (code != 0) break;
        if (key.mv_size != sizeof last) {
            code = MDB_BAD_VALSIZE;
            break;
        }
        memcpy(&last, key.mv_data, sizeof last);
        size_t added = unpack(entries, last, value.mv_data, value.mv_size, records + count);
        if (added == 0) {
            code = WEIR_BAD_ENTRY;
            break;
        }
        if (operation == MDB_SET_RANGE) added = drop_before(wanted, records, added);
        count += added;
        if (!knows_pages) continue;
        added = rest_of_page(entries, key.mv_data, records + count, limit - count, &wanted);
        if (added == 0) continue;
        count += added;
        key = (MDB_val){sizeof wanted, &wanted};
        code = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY);
        if (code != 0) break;
    }
    *found = count;
    return code;
}
