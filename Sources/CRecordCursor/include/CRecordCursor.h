#ifndef WEIR_CRECORDCURSOR_H
#define WEIR_CRECORDCURSOR_H

#include <lmdb.h>
#include <stdint.h>

/// An entry of a database with integer keys; its bytes lie in the map and end with the transaction.
struct weir_entry {
    uint64_t key;
    const void *bytes;
    size_t count;
};

/// Gives entries in the order of their keys, several in one call, and has the processor fetch their first bytes.
/// The cursor must be one of a read-only transaction, whose pages all lie in the map: what stands in the same page as an
/// entry is read there.
///
/// - `first`: the key of the first one; NULL for those behind where the cursor stands.
/// - `fetched`: how many of an entry's first bytes the processor fetches.
/// - `found`: how many there are, `limit` if nothing else ended it.
/// - Returns: 0; else the code of LMDB that ended it, `MDB_BAD_VALSIZE` at a key that is no integer.
int weir_cursor_entries(MDB_cursor *cursor, const uint64_t *first, size_t fetched, struct weir_entry *entries,
                        size_t limit, size_t *found);

#endif
