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

/// Gives entries in the order of their keys, several in one call, and has the processor fetch their first bytes meanwhile.
///
/// - `first`: the key of the first one; NULL for those behind where the cursor stands.
/// - `found`: how many there are, `limit` if nothing else ended it.
/// - Returns: 0; else the code of LMDB that ended it, `MDB_BAD_VALSIZE` at a key that is no integer.
int weir_cursor_entries(MDB_cursor *cursor, const uint64_t *first, struct weir_entry *entries, size_t limit,
                        size_t *found);

#endif
