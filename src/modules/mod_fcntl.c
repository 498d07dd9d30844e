// SPDX-License-Identifier: MIT
// Module fcntl.
#include "posix_private.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

enum { MAX_ARGUMENT = 1024 };

static NATIVE(fcntl_fcntl) { // fd, cmd, arg=0
    (void)self, (void)nargs, (void)kwnames;
    int fd, command, r;
    bool failed;
    if (fd_arg(t, args[0], &fd) < 0 || num_as_int(t, args[1], &command) < 0) return V_ERROR;
    if (args[2] != V_NULL && !v_is_any_int(args[2])) {
        char data[MAX_ARGUMENT];
        Buffer view;
        V encoded = v_is_str(args[2]) ? str_encode(t, args[2], NULL, NULL) : v_dup(args[2]);
        if (v_is_error(encoded) || buffer_get(t, encoded, &view, BUF_SIMPLE) < 0) {
            v_drop(t, encoded);
            return V_ERROR;
        }
        size_t n = (size_t)view.len;
        if (n <= sizeof data) memcpy(data, view.data, n);
        buffer_release(t, &view);
        v_drop(t, encoded);
        if (n > sizeof data) return err_set(t, &exc_ValueError, "fcntl string arg too long");
        DETACHED_EINTR(t, r, fcntl(fd, command, data), failed);
        return r >= 0 ? bytes_from(t, data, n) : failed ? V_ERROR : errno_error(t);
    }
    int64_t value = 0;
    if (args[2] != V_NULL && num_as_i64(t, args[2], &value) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, fcntl(fd, command, (long)value), failed);
    return r >= 0 ? v_from_int(r) : failed ? V_ERROR : errno_error(t);
}

static V ioctl_buffer(Thread *t, int fd, unsigned long request, V target, bool mutate) {
    Buffer view;
    char data[MAX_ARGUMENT];
    if (mutate && !v_is_bytes(target) && buffer_get(t, target, &view, BUF_WRITABLE) == 0) {
        int r;
        DETACHED(t, r, ioctl(fd, request, view.data));
        int code = errno;
        buffer_release(t, &view);
        errno = code;
        return r < 0 ? errno_error(t) : v_from_int(r);
    }
    err_clear(t);
    V encoded = v_is_str(target) ? str_encode(t, target, NULL, NULL) : v_dup(target);
    if (v_is_error(encoded) || buffer_get(t, encoded, &view, BUF_SIMPLE) < 0) {
        v_drop(t, encoded);
        return V_ERROR;
    }
    size_t n = (size_t)view.len;
    if (n <= sizeof data) memcpy(data, view.data, n);
    buffer_release(t, &view);
    v_drop(t, encoded);
    if (n > sizeof data) return err_set(t, &exc_ValueError, "ioctl string arg too long");
    int r;
    DETACHED(t, r, ioctl(fd, request, data));
    return r < 0 ? errno_error(t) : bytes_from(t, data, n);
}

static NATIVE(fcntl_ioctl) { // fd, request, arg=0, mutate_flag=True
    (void)self, (void)nargs, (void)kwnames;
    int fd, value = 0, r;
    bool mutate;
    if (fd_arg(t, args[0], &fd) < 0 || flag_arg(t, args[3], true, &mutate) < 0) return V_ERROR;
    V request = num_index(t, args[1]);
    if (v_is_error(request)) return V_ERROR;
    unsigned long code = (unsigned long)(uint32_t)int_as_u64_mask(request);
    v_drop(t, request);
    if (args[2] != V_NULL && !v_is_any_int(args[2])) return ioctl_buffer(t, fd, code, args[2], mutate);
    if (args[2] != V_NULL && num_as_int(t, args[2], &value) < 0) return V_ERROR;
    DETACHED(t, r, ioctl(fd, code, value));
    return r < 0 ? errno_error(t) : v_from_int(r);
}

static NATIVE(fcntl_flock) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, operation, r;
    bool failed;
    if (fd_arg(t, args[0], &fd) < 0 || num_as_int(t, args[1], &operation) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, flock(fd, operation), failed);
    return r >= 0 ? V_NONE : failed ? V_ERROR : errno_error(t);
}

static NATIVE(fcntl_lockf) { // fd, cmd, len=0, start=0, whence=0
    (void)self, (void)nargs, (void)kwnames;
    int fd, command, whence = 0, r;
    int64_t len = 0, start = 0;
    bool failed;
    if (fd_arg(t, args[0], &fd) < 0 || num_as_int(t, args[1], &command) < 0) return V_ERROR;
    if ((args[2] != V_NULL && num_as_i64(t, args[2], &len) < 0) || (args[3] != V_NULL && num_as_i64(t, args[3], &start) < 0) ||
        (args[4] != V_NULL && num_as_int(t, args[4], &whence) < 0)) return V_ERROR;
    struct flock l = {.l_len = len, .l_start = start, .l_whence = (short)whence};
    if (command & LOCK_UN) l.l_type = F_UNLCK;
    else if (command & LOCK_SH) l.l_type = F_RDLCK;
    else if (command & LOCK_EX) l.l_type = F_WRLCK;
    else return err_set(t, &exc_ValueError, "unrecognized lockf argument");
    DETACHED_EINTR(t, r, fcntl(fd, command & LOCK_NB ? F_SETLK : F_SETLKW, &l), failed);
    return r >= 0 ? V_NONE : failed ? V_ERROR : errno_error(t);
}

static const Method methods[] = {
    {"fcntl", fcntl_fcntl, "fd, cmd, arg=0, /", 0, 0, "Does what cmd says to an open file."},
    {"ioctl", fcntl_ioctl, "fd, request, arg=0, mutate_flag=True, /", 0, 0, "Asks a device for something."},
    {"flock", fcntl_flock, "fd, operation, /", 0, 0, "Locks or unlocks a whole file."},
    {"lockf", fcntl_lockf, "fd, cmd, len=0, start=0, whence=0, /", 0, 0, "Locks or unlocks part of a file."},
    METHOD_END,
};

#define C(name) {#name, name}
static const struct { const char *name; int64_t value; } constants[] = {
    C(LOCK_SH), C(LOCK_EX), C(LOCK_NB), C(LOCK_UN), C(F_DUPFD), C(F_DUPFD_CLOEXEC), C(F_GETFD), C(F_SETFD), C(F_GETFL), C(F_SETFL),
    C(F_GETLK), C(F_SETLK), C(F_SETLKW), C(F_GETOWN), C(F_SETOWN), C(F_GETSIG), C(F_SETSIG), C(F_RDLCK), C(F_WRLCK), C(F_UNLCK), C(FD_CLOEXEC),
    C(F_GETPIPE_SZ), C(F_SETPIPE_SZ), C(F_ADD_SEALS), C(F_GET_SEALS), C(F_SEAL_SEAL), C(F_SEAL_SHRINK), C(F_SEAL_GROW), C(F_SEAL_WRITE),
    C(FASYNC), C(F_OFD_GETLK), C(F_OFD_SETLK), C(F_OFD_SETLKW), C(F_EXLCK), C(F_SHLCK), C(F_GETLEASE), C(F_SETLEASE),
    C(F_NOTIFY), C(DN_ACCESS), C(DN_MODIFY), C(DN_CREATE), C(DN_DELETE), C(DN_RENAME), C(DN_ATTRIB), C(DN_MULTISHOT), C(LOCK_MAND),
    C(LOCK_READ), C(LOCK_WRITE), C(LOCK_RW), {"F_GETLK64", 5}, {"F_SETLK64", 6}, {"F_SETLKW64", 7},
};

static int exec(Thread *t, V module) {
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    return 0;
}

const ModuleDef mod_fcntl = {"fcntl", "Control of open files: fcntl, ioctl and locks.", methods, exec, 0};
