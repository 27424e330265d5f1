/* Writes down everything that a process does to the files of one folder, in order, so that a test can say afterwards what a power cut
   at any moment would have left of it. Loaded with LD_PRELOAD; POWER_FOLDER is the folder, POWER_LOG the file to write to.

   A record is: one letter, two numbers of 8 bytes (what they mean stands with each call), a length of 4 bytes, that many bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 65536

static char folder[4096];
static size_t folder_length;
static int log_file = -1;
static uint64_t known[MOST_FILES]; /* inode of each descriptor that is watched */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("POWER_FOLDER"), *to = getenv("POWER_LOG");
    if (where == NULL || to == NULL) return;
    strncpy(folder, where, sizeof folder - 1);
    folder_length = strlen(folder);
    log_file = syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t done = syscall(SYS_write, log_file, at, size);
        if (done <= 0) abort();
        at += done;
        size -= done;
    }
}

static void note(char kind, uint64_t first, uint64_t second, const void *bytes, uint32_t size) {
    int kept = errno;
    char head[21];
    if (log_file < 0) return;
    head[0] = kind;
    memcpy(head + 1, &first, 8);
    memcpy(head + 9, &second, 8);
    memcpy(head + 17, &size, 4);
    pthread_mutex_lock(&one_at_a_time);
    put(head, sizeof head);
    put(bytes, size);
    pthread_mutex_unlock(&one_at_a_time);
    errno = kept;
}

static int is_ours(const char *path) {
    return log_file >= 0 && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int is_watched(int fd) { return fd >= 0 && fd < MOST_FILES && known[fd] != 0; }

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd < 0 || fd >= MOST_FILES) return fd;
    known[fd] = inode_of(fd);
    if (!was_there) note('C', known[fd], 0, path, strlen(path));
    else if (flags & O_TRUNC) note('T', known[fd], 0, "", 0);
    return fd;
}

#define NEXT(name) static __typeof__(&name) next; if (next == NULL) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name)                                                                                                                         \
    int name(const char *path, int flags, ...) {                                                                                           \
        NEXT(name);                                                                                                                        \
        va_list rest;                                                                                                                      \
        va_start(rest, flags);                                                                                                             \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                                            \
        va_end(rest);                                                                                                                      \
        if (!is_ours(path)) return next(path, flags, mode);                                                                                \
        int was_there = faccessat(AT_FDCWD, path, F_OK, 0) == 0;                                                                           \
        return opened(next(path, flags, mode), path, flags, was_there);                                                                    \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                                       \
    int name(int at, const char *path, int flags, ...) {                                                                                   \
        NEXT(name);                                                                                                                        \
        va_list rest;                                                                                                                      \
        va_start(rest, flags);                                                                                                             \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                                            \
        va_end(rest);                                                                                                                      \
        if (!is_ours(path)) return next(at, path, flags, mode);                                                                            \
        int was_there = faccessat(AT_FDCWD, path, F_OK, 0) == 0;                                                                           \
        return opened(next(at, path, flags, mode), path, flags, was_there);                                                                \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    NEXT(close);
    if (fd >= 0 && fd < MOST_FILES) known[fd] = 0;
    return next(fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    NEXT(write);
    off_t at = is_watched(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = next(fd, bytes, size);
    if (done > 0 && is_watched(fd)) note('W', known[fd], at, bytes, done);
    if (done > 0 && fd == 1) note('P', 0, 0, bytes, done); /* a promise */
    return done;
}

#define PWRITE(name, offset)                                                                                                               \
    ssize_t name(int fd, const void *bytes, size_t size, offset at) {                                                                      \
        NEXT(name);                                                                                                                        \
        ssize_t done = next(fd, bytes, size, at);                                                                                          \
        if (done > 0 && is_watched(fd)) note('W', known[fd], at, bytes, done);                                                             \
        return done;                                                                                                                       \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset)                                                                                                             \
    int name(int fd, offset size) {                                                                                                        \
        NEXT(name);                                                                                                                        \
        int done = next(fd, size);                                                                                                         \
        if (done == 0 && is_watched(fd)) note('T', known[fd], size, "", 0);                                                                \
        return done;                                                                                                                       \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define FALLOCATE(name, offset)                                                                                                            \
    int name(int fd, offset at, offset size) {                                                                                             \
        NEXT(name);                                                                                                                        \
        int done = next(fd, at, size);                                                                                                     \
        if (done == 0 && is_watched(fd)) note('A', known[fd], at + size, "", 0);                                                           \
        return done;                                                                                                                       \
    }
FALLOCATE(posix_fallocate, off_t)
FALLOCATE(posix_fallocate64, off64_t)

#define SYNC(name)                                                                                                                         \
    int name(int fd) {                                                                                                                     \
        NEXT(name);                                                                                                                        \
        int done = next(fd);                                                                                                               \
        if (done == 0 && is_watched(fd)) note('S', known[fd], 0, "", 0);                                                                   \
        return done;                                                                                                                       \
    }
SYNC(fsync)
SYNC(fdatasync)

static void note_two(char kind, const char *from, const char *to) {
    char both[8192];
    size_t first = strlen(from) + 1, second = strlen(to);
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    note(kind, 0, 0, both, first + second);
}

int rename(const char *from, const char *to) {
    NEXT(rename);
    int done = next(from, to);
    if (done == 0 && is_ours(to)) note_two('R', from, to);
    return done;
}

int link(const char *from, const char *to) {
    NEXT(link);
    int done = next(from, to);
    if (done == 0 && is_ours(to)) note_two('L', from, to);
    return done;
}

int unlink(const char *path) {
    NEXT(unlink);
    int done = next(path);
    if (done == 0 && is_ours(path)) note('U', 0, 0, path, strlen(path));
    return done;
}

int mkdir(const char *path, mode_t mode) {
    NEXT(mkdir);
    int done = next(path, mode);
    struct stat made;
    if (done == 0 && is_ours(path) && stat(path, &made) == 0) note('D', made.st_ino, 0, path, strlen(path));
    return done;
}
