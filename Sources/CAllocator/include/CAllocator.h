// Settings of the C library's allocator, which Swift's module of it lacks.

#ifndef CALLOCATOR_H
#define CALLOCATOR_H

// A block of at least so many bytes goes back to the system when it is freed (M_MMAP_THRESHOLD, mallopt(3)). By itself the
// library comes to keep blocks of up to 32 MiB for later.
void callocator_return_blocks(int bytes);

#endif
