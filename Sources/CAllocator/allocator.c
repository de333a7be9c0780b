#include "CAllocator.h"

#include <malloc.h>

void callocator_return_blocks(int bytes) { (void)mallopt(M_MMAP_THRESHOLD, bytes); }
