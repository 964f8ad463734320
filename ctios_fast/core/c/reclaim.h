/* Memory that the system may take back while the process does not use it. */

#ifndef CTIOS_RECLAIM_H
#define CTIOS_RECLAIM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__unix__) || defined(__APPLE__)
  #include <sys/mman.h>
  #include <unistd.h>
#endif

/* Lets the system take the whole pages of the memory when memory is short. Their contents become undefined; they can be
   written at any time. */
static inline void ctios_let_reclaim(unsigned char *start, ptrdiff_t size)
{
#ifdef MADV_FREE
    const long page = sysconf(_SC_PAGESIZE);
    if (page > 0) {
        const uintptr_t mask = (uintptr_t)page - 1;
        const uintptr_t first = ((uintptr_t)start + mask) & ~mask;
        const uintptr_t end = ((uintptr_t)start + (uintptr_t)size) & ~mask;
        if (first < end)
            (void)madvise((void *)first, (size_t)(end - first), MADV_FREE);
    }
#else
    (void)start;
    (void)size;
#endif
}

#endif
