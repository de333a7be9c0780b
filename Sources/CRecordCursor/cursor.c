#include "CRecordCursor.h"

#include <stdbool.h>
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

static void add(struct weir_entry *entry, const void *key, const void *bytes, size_t count, size_t fetched) {
    memcpy(&entry->key, key, sizeof entry->key);
    entry->bytes = bytes;
    entry->count = count;
    // Memory takes longer for a record than the next one takes to be found.
    for (size_t offset = 0; offset < count && offset < fetched; offset += LINE_BYTES)
        __builtin_prefetch((const char *)bytes + offset);
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

/// Adds the entries that stand in the page behind one of them, up to the first that does not lie there as a whole, without a
/// move of the cursor for each. Whatever is not as it is in a sound page is left to the cursor.
static size_t rest_of_page(const void *found_key, struct weir_entry *entries, size_t limit, size_t fetched) {
    const char *page = (const char *)((uintptr_t)found_key & ~(uintptr_t)(PAGE_BYTES - 1));
    struct page_header header;
    memcpy(&header, page, sizeof header);
    if (header.flags != LEAF || header.lower < PAGE_HEADER_BYTES || header.lower > PAGE_BYTES) return 0;
    size_t nodes = (header.lower - PAGE_HEADER_BYTES) / sizeof(uint16_t), data_bytes;
    struct node_header node;
    if (nodes < 2 || !read_node(page, 0, &node, &data_bytes)) return 0;
    uint64_t first, found;
    memcpy(&first, page + node_start(page, 0) + NODE_HEADER_BYTES, sizeof first);
    memcpy(&found, found_key, sizeof found);
    // Where the entry stands, if no number is left out; else it is not there.
    uint64_t place = found - first;
    if (place >= nodes || page + node_start(page, place) + NODE_HEADER_BYTES != found_key) return 0;
    for (size_t next = place + 1; next < nodes; next++) __builtin_prefetch(page + node_start(page, next));
    size_t count = 0;
    for (size_t next = place + 1; next < nodes && count < limit; next++, count++) {
        if (!read_node(page, next, &node, &data_bytes)) break;
        const char *key = page + node_start(page, next) + NODE_HEADER_BYTES;
        add(&entries[count], key, key + sizeof(uint64_t), data_bytes, fetched);
    }
    return count;
}

static bool has_pages_of_known_size(MDB_cursor *cursor) {
    MDB_stat stat;
    return mdb_env_stat(mdb_txn_env(mdb_cursor_txn(cursor)), &stat) == 0 && stat.ms_psize == PAGE_BYTES;
}

int weir_cursor_entries(MDB_cursor *cursor, const uint64_t *first, size_t fetched, struct weir_entry *entries,
                        size_t limit, size_t *found) {
    uint64_t wanted = first != NULL ? *first : 0;
    MDB_val key = {sizeof wanted, &wanted}, value;
    MDB_cursor_op operation = first != NULL ? MDB_SET_KEY : MDB_NEXT;
    bool knows_pages = has_pages_of_known_size(cursor);
    int code = 0;
    size_t count = 0;
    for (; count < limit; operation = MDB_NEXT) {
        code = mdb_cursor_get(cursor, &key, &value, operation);
        if (code != 0) break;
        if (key.mv_size != sizeof entries->key) {
            code = MDB_BAD_VALSIZE;
            break;
        }
        add(&entries[count++], key.mv_data, value.mv_data, value.mv_size, fetched);
        size_t more = knows_pages ? rest_of_page(key.mv_data, entries + count, limit - count, fetched) : 0;
        if (more == 0) continue;
        count += more;
        wanted = entries[count - 1].key;
        key = (MDB_val){sizeof wanted, &wanted};
        code = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY);
        if (code != 0) break;
    }
    *found = count;
    return code;
}
