#define _GNU_SOURCE
#include "CAllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Atomic uint64_t allocations;

uint64_t cac_allocations(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }

static void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    void (*free)(void *);
} real;

// dlsym may allocate before it has found the allocator. What it takes then comes from here and is never given back.
// That is while the process starts and has one thread.
enum { ARENA_BYTES = 1 << 16, ALIGNMENT = 16 };
static _Alignas(ALIGNMENT) unsigned char arena[ARENA_BYTES];
static size_t arena_used;
static bool finding;

static bool is_of_arena(const void *pointer) {
    const unsigned char *byte = pointer;
    return byte >= arena && byte < arena + ARENA_BYTES;
}

static void *take_from_arena(size_t bytes) {
    size_t taken = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (taken < bytes || taken > ARENA_BYTES - arena_used) return NULL;
    void *pointer = arena + arena_used;
    arena_used += taken;
    return pointer;
}

static void *find_one(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        static const char message[] = "CAllocationCounter: the C library lacks an allocation function\n";
        if (write(STDERR_FILENO, message, sizeof message - 1) < 0) _exit(2);
        _exit(1);
    }
    return found;
}

// True when the C library's functions are known; false while they are being looked for.
static bool find(void) {
    if (real.free != NULL) return true;
    if (finding) return false;
    finding = true;
    // POSIX lets the pointer of dlsym be a function's.
    *(void **)&real.malloc = find_one("malloc");
    *(void **)&real.calloc = find_one("calloc");
    *(void **)&real.realloc = find_one("realloc");
    *(void **)&real.posix_memalign = find_one("posix_memalign");
    *(void **)&real.aligned_alloc = find_one("aligned_alloc");
    *(void **)&real.memalign = find_one("memalign");
    *(void **)&real.free = find_one("free");
    finding = false;
    return true;
}

void *malloc(size_t bytes) {
    count();
    return find() ? real.malloc(bytes) : take_from_arena(bytes);
}

void *calloc(size_t number, size_t bytes) {
    count();
    if (find()) return real.calloc(number, bytes);
    size_t all;
    // The arena is zero to begin with, and nothing of it is used twice.
    return __builtin_mul_overflow(number, bytes, &all) ? NULL : take_from_arena(all);
}

void *realloc(void *pointer, size_t bytes) {
    count();
    bool found = find();
    if (found && !is_of_arena(pointer)) return real.realloc(pointer, bytes);
    void *moved = found ? real.malloc(bytes) : take_from_arena(bytes);
    if (moved == NULL || pointer == NULL) return moved;
    // The old size is not known; what follows it in the arena does no harm.
    size_t readable = (size_t)(arena + ARENA_BYTES - (unsigned char *)pointer);
    return memmove(moved, pointer, bytes < readable ? bytes : readable);
}

int posix_memalign(void **pointer, size_t alignment, size_t bytes) {
    count();
    return find() ? real.posix_memalign(pointer, alignment, bytes) : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    count();
    return find() ? real.aligned_alloc(alignment, bytes) : NULL;
}

void *memalign(size_t alignment, size_t bytes) {
    count();
    return find() ? real.memalign(alignment, bytes) : NULL;
}

void free(void *pointer) {
    if (pointer == NULL || is_of_arena(pointer)) return;
    if (find()) real.free(pointer);
}
