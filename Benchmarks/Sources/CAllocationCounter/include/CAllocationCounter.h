// Counts the allocations of the whole process: this target's malloc and its kin stand before the C library's.

#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign so far, on all threads.
uint64_t cac_allocations(void);

#endif
