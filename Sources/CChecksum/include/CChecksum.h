#ifndef WEIR_CCHECKSUM_H
#define WEIR_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// Continues a CRC-32C (reflected polynomial 0x82F63B78, as in RFC 3720) over some bytes. `crc` is 0 for the first
/// bytes, and then what the former call gave.
uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same without the processor's own instruction, for processors that have none, and for tests.
uint32_t weir_crc32c_by_tables(uint32_t crc, const void *bytes, size_t count);

#endif
