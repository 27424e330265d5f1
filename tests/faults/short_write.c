/* Makes writes to the files of one folder shorter than they were asked to be, as a nearly full disk does. Loaded with LD_PRELOAD.

   SHORT_FOLDER is the folder, SHORT_LOG the file that is made when a write was hit. SHORT_AT says which write is the first one; SHORT_MODE
   what happens: "once" halves it, "onwards" halves it and all that follow, "full" halves it and then there is no room for anything. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static long count;

static int is_ours(int fd) {
    const char *folder = getenv("SHORT_FOLDER");
    char name[64], path[4096];
    ssize_t size;
    if (folder == NULL) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    size = readlink(name, path, sizeof path - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    return strncmp(path, folder, strlen(folder)) == 0 && path[strlen(folder)] == '/';
}

/* Returns how many of the bytes may be written; -1 when there is no room. */
static ssize_t allowed(int fd, size_t size) {
    const char *at = getenv("SHORT_AT"), *mode = getenv("SHORT_MODE"), *log = getenv("SHORT_LOG");
    long number, first;
    int kept = errno, mark;
    if (!is_ours(fd)) {
        errno = kept;
        return size;
    }
    pthread_mutex_lock(&one_at_a_time);
    number = ++count;
    pthread_mutex_unlock(&one_at_a_time);
    errno = kept;
    first = at == NULL ? 0 : atol(at);
    if (first == 0 || number < first || mode == NULL || (strcmp(mode, "once") == 0 && number > first)) return size;
    if (log != NULL && (mark = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) >= 0) close(mark);
    if (strcmp(mode, "full") == 0 && number > first) return -1;
    return size > 1 ? size / 2 : size;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    ssize_t may = allowed(fd, size);
    if (may < 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, may);
}

static ssize_t put(int fd, const void *bytes, size_t size, off_t offset) {
    ssize_t may = allowed(fd, size);
    if (may < 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, bytes, may, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return put(fd, bytes, size, offset); }

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset) { return put(fd, bytes, size, offset); }
