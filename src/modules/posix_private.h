// SPDX-License-Identifier: MIT
// Shared by the files of module posix.
//
// mod_posix.c  the module, environ, constants      posix_file.c  descriptors       posix_path.c  names in the file system
// posix_stat.c stat results, scandir               posix_process.c  processes, the system
// posix_ids.c  users, groups, priorities           posix_spawn.c  posix_spawn, scheduling, wait3 and relatives
// posix_xattr.c  extended attributes               posix_conf.c  sysconf, pathconf, confstr      posix_more.c  the rest
#ifndef HEDDLE_POSIX_PRIVATE_H
#define HEDDLE_POSIX_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/types.h>

// A path argument: str, bytes, os.PathLike, and where allowed a descriptor or None (".").
typedef struct PathArg {
    V bytes;          // counted: what `p` points into; V_NULL for a descriptor
    V given;          // borrowed: for error messages
    const char *p;    // NUL-ended; NULL for a descriptor
    int fd;           // -1: a name
    bool as_bytes;    // results are bytes
} PathArg;
enum { PATH_FD = 1, PATH_NONE = 2 };
int path_arg(Thread *t, const char *fname, const char *what, V v, int allow, PathArg *out);
void path_drop(Thread *t, PathArg *p);
V path_result(Thread *t, const PathArg *like, const char *p, size_t n); // str, or bytes when the argument was bytes
V path_error(Thread *t, const PathArg *p);                               // from errno, with the file name
V path_error2(Thread *t, const PathArg *p, const PathArg *q);
int fd_arg(Thread *t, V v, int *fd);                                     // an int or an object with fileno()
int dir_fd_arg(Thread *t, V v, int *fd);                                 // None or absent: AT_FDCWD
int flag_arg(Thread *t, V v, bool fallback, bool *out);
static inline V errno_error(Thread *t) { return err_errno(t, &exc_OSError, V_NULL, V_NULL); }
V fspath(Thread *t, V v);                                                // os.fspath: stack value
V path_bytes(Thread *t, V v);                                            // a path for the system: bytes without NUL
V stat_result_new(Thread *t, const struct stat *st);
int uid_arg(Thread *t, V v, uid_t *out);                                 // -1: leave it
int gid_arg(Thread *t, V v, gid_t *out);
V id_value(uint32_t id);
// Vectors of NUL-ended strings for exec and spawn: NULL with an exception.
char **posix_strings(Thread *t, V seq);
char **posix_environment(Thread *t, V mapping);                          // NAME=value
void posix_strings_free(char **list);                                    // NULL allowed
V posix_vector_io(Thread *t, const char *no_sequence, int fd, V buffers, int64_t offset, int flags, bool writing);
struct rusage;
V rusage_result(Thread *t, const struct rusage *usage);                  // mod_resource.c: a resource.struct_rusage
int posix_spawn_start(Thread *t, V module);
int posix_conf_start(Thread *t, V module);
int posix_file_start(Thread *t, V module);
int posix_stat_start(Thread *t, V module);
int posix_process_start(Thread *t, V module);
int posix_path_start(Thread *t, V module);

extern const Method posix_file_methods[], posix_path_methods[], posix_stat_methods[], posix_process_methods[], posix_ids_methods[],
    posix_spawn_methods[], posix_xattr_methods[], posix_conf_methods[], posix_more_methods[];

static inline int poll_milliseconds(int64_t ns) { // a timeout for poll(): rounded up; -1: none
    if (ns < 0) return -1;
    int64_t ms = ns / 1000000 + (ns % 1000000 != 0);
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

// Runs `call` detached; errno as it left it.  `result` is assigned.
#define DETACHED(t, result, call) \
    do { \
        thread_detach(t); \
        (result) = (call); \
        int code_ = errno; \
        thread_attach(t); \
        errno = code_; \
    } while (0)
// The same, again and again while a signal interrupts it and its handler returns; `failed` when a handler raised.
#define DETACHED_EINTR(t, result, call, failed) \
    do { \
        (failed) = false; \
        for (;;) { \
            DETACHED(t, result, call); \
            if ((intptr_t)(result) >= 0 || errno != EINTR) break; \
            if (safepoint(t) < 0) { \
                (failed) = true; \
                break; \
            } \
        } \
    } while (0)
#endif
