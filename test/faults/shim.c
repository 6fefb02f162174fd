/*
 * Preloaded into a process: counts its calls that change files below BOBBIN_FAULT_ROOT, and lets
 * one of them fail or kill.
 *
 * BOBBIN_FAULT_AT is "N E": at the Nth call, from 1, the process is killed if E is 0, else the call
 * fails with errno E. Half of a write is done before. A new value begins to count anew.
 * BOBBIN_FAULT_LOG names a file that gets a line for each call: "create|mkdir INODE PATH",
 * "write|sync INODE PATH", "rename FROM -> TO", "remove PATH", and "say TEXT" for output.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int below_root(const char* path) {
  const char* root = getenv("BOBBIN_FAULT_ROOT");
  const size_t length = root == NULL ? 0 : strlen(root);
  return length > 0 && strncmp(path, root, length) == 0 &&
         (path[length] == '/' || path[length] == 0);
}

/* The path of an open file if it is below the root, else NULL. */
static const char* path_of(int fd, char* buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return below_root(buffer) ? buffer : NULL;
}

static void log_line(const char* format, ...) {
  const char* file = getenv("BOBBIN_FAULT_LOG");
  if (file == NULL) return;
  static int fd = -1;
  if (fd < 0) fd = REAL(open64)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  char line[3 * PATH_MAX];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  for (int i = 0; i < length - 1; i++) {
    if (line[i] == '\n') line[i] = ' ';
  }
  if (REAL(write)(fd, line, length) != length) abort();
}

static unsigned long inode_at(const char* path) {
  struct stat found;
  return lstat(path, &found) == 0 ? found.st_ino : 0;
}

static unsigned long inode_of(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

/* 0, or the errno with which this call has to fail. For a kill, `half` is done first. */
static int fault(int fd, const void* half, size_t bytes) {
  static char earlier[32];
  static long calls;
  const char* at = getenv("BOBBIN_FAULT_AT");
  if (at == NULL) return 0;
  if (strcmp(at, earlier) != 0) {
    snprintf(earlier, sizeof earlier, "%s", at);
    calls = 0;
  }
  long chosen = 0;
  int code = 0;
  if (sscanf(at, "%ld %d", &chosen, &code) != 2 || ++calls != chosen) return 0;
  if (bytes > 0 && REAL(write)(fd, half, bytes) < 0) abort();
  if (code == 0) kill(getpid(), SIGKILL);
  return code;
}

/* Does a call between two lines of the log, unless it has to fail. */
#define GUARDED(type, check, call, ...)     \
  pthread_mutex_lock(&lock);                \
  const int code = check;                   \
  type result = -1;                         \
  if (code == 0) {                          \
    result = call;                          \
    const int kept = errno;                 \
    if (result >= 0) log_line(__VA_ARGS__); \
    errno = kept;                           \
  } else {                                  \
    errno = code;                           \
  }                                         \
  pthread_mutex_unlock(&lock);              \
  return result

static int open_file(const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) == 0 || !below_root(path) || inode_at(path) != 0) {
    return REAL(open64)(path, flags, mode);
  }
  GUARDED(int, fault(0, NULL, 0), REAL(open64)(path, flags, mode), "create %lu %s\n",
          inode_of(result), path);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_file(path, flags, mode);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_file(path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  char buffer[PATH_MAX];
  if (fd == STDOUT_FILENO || fd == STDERR_FILENO) {
    pthread_mutex_lock(&lock);
    log_line("say %.*s\n", (int)(count < PATH_MAX ? count : PATH_MAX), (const char*)bytes);
    pthread_mutex_unlock(&lock);
  }
  const char* path = path_of(fd, buffer);
  if (path == NULL) return REAL(write)(fd, bytes, count);
  GUARDED(ssize_t, fault(fd, bytes, count / 2), REAL(write)(fd, bytes, count), "write %lu %s\n",
          inode_of(fd), path);
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  char buffer[PATH_MAX];
  const char* path = path_of(fd, buffer);
  if (path == NULL) return REAL(writev)(fd, parts, count);
  GUARDED(ssize_t, fault(fd, parts->iov_base, parts->iov_len), REAL(writev)(fd, parts, count),
          "write %lu %s\n", inode_of(fd), path);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  char buffer[PATH_MAX];
  const char* path = path_of(fd, buffer);
  if (path == NULL) return REAL(pwrite64)(fd, bytes, count, offset);
  GUARDED(ssize_t, fault(0, NULL, 0), REAL(pwrite64)(fd, bytes, count, offset), "write %lu %s\n",
          inode_of(fd), path);
}

static int sync_file(int fd, int (*real)(int)) {
  char buffer[PATH_MAX];
  const char* path = path_of(fd, buffer);
  if (path == NULL) return real(fd);
  GUARDED(int, fault(0, NULL, 0), real(fd), "sync %lu %s\n", inode_of(fd), path);
}

int fsync(int fd) { return sync_file(fd, REAL(fsync)); }

int fdatasync(int fd) { return sync_file(fd, REAL(fdatasync)); }

int mkdir(const char* path, mode_t mode) {
  if (!below_root(path) || inode_at(path) != 0) return REAL(mkdir)(path, mode);
  GUARDED(int, fault(0, NULL, 0), REAL(mkdir)(path, mode), "mkdir %lu %s\n", inode_at(path), path);
}

int rename(const char* from, const char* to) {
  if (!below_root(to)) return REAL(rename)(from, to);
  GUARDED(int, fault(0, NULL, 0), REAL(rename)(from, to), "rename %s -> %s\n", from, to);
}

int unlink(const char* path) {
  if (!below_root(path) || inode_at(path) == 0) return REAL(unlink)(path);
  GUARDED(int, fault(0, NULL, 0), REAL(unlink)(path), "remove %s\n", path);
}

int rmdir(const char* path) {
  if (!below_root(path) || inode_at(path) == 0) return REAL(rmdir)(path);
  GUARDED(int, fault(0, NULL, 0), REAL(rmdir)(path), "remove %s\n", path);
}
