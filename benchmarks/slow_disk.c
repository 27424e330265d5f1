/* Makes every sync take at least SLOW_DISK_US microseconds, as on a memory card. Loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOW(name)                                                                                                                         \
    int name(int fd) {                                                                                                                     \
        static int (*next)(int);                                                                                                           \
        if (next == NULL) next = (int (*)(int))dlsym(RTLD_NEXT, #name);                                                                    \
        const char *microseconds = getenv("SLOW_DISK_US");                                                                                 \
        usleep(microseconds == NULL ? 0 : atoi(microseconds));                                                                             \
        return next(fd);                                                                                                                   \
    }
SLOW(fsync)
SLOW(fdatasync)
