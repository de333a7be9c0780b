#ifndef WEIR_CRECORDCURSOR_H
#define WEIR_CRECORDCURSOR_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How many records an entry has at most.
enum { WEIR_ENTRY_RECORDS = 32 };

/// The code for an entry that contradicts itself.
enum { WEIR_BAD_ENTRY = -1 };

/// A record; its bytes lie in the map and end with the transaction.
struct weir_record {
    uint64_t sequence;
    const void *bytes;
    size_t count;
};

/// How the entries of a database of records are read.
struct weir_entries {
    /// Whether one holds several records behind a table of their ends; else it is one record.
    bool are_packed;
    /// How many of a record's first bytes the processor fetches.
    size_t fetched;
};

/// Gives the records of whole entries in the order of their keys, several entries in one call, and has the processor fetch
/// their first bytes. An entry's key is the number of its last record.
///
/// The cursor must be one of a read-only transaction, whose pages all lie in the map: what stands in the same page as an
/// entry is read there.
///
/// - `first`: the first record, or the first one behind it that there is; NULL for those behind the entry where the cursor
///   stands.
/// - `limit`: room for so many records; no entry is begun that might not fit, so at least `WEIR_ENTRY_RECORDS`.
/// - `found`: how many there are.
/// - Returns: 0; else what ended them: a code of LMDB, `MDB_BAD_VALSIZE` at a key that is no integer, or `WEIR_BAD_ENTRY`.
int weir_cursor_records(MDB_cursor *cursor, struct weir_entries entries, const uint64_t *first,
                        struct weir_record *records, size_t limit, size_t *found);

#endif
