// SPDX-License-Identifier: MIT
// posix: file descriptors.
#include "posix_private.h"
#include "object/buffer_arg.h"
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

int fd_arg(Thread *t, V v, int *fd) {
    if (v_is_any_int(v)) {
        if (num_as_int(t, v, fd) < 0) return -1;
    } else {
        V method = obj_lookup_attr(t, v, NAME(fileno));
        if (v_is_error(method)) return -1;
        if (method == V_NULL) {
            err_set(t, &exc_TypeError, "argument must be an int, or have a fileno() method.");
            return -1;
        }
        V r = obj_call0(t, method);
        v_drop(t, method);
        if (v_is_error(r)) return -1;
        int bad = v_is_any_int(r) ? num_as_int(t, r, fd) : -1;
        if (!v_is_any_int(r)) err_set(t, &exc_TypeError, "fileno() returned a non-integer");
        v_drop(t, r);
        if (bad < 0) return -1;
    }
    if (*fd >= 0) return 0;
    err_set(t, &exc_ValueError, "file descriptor cannot be a negative integer (%d)", *fd);
    return -1;
}

static V none_or_error(Thread *t, int r) { return r < 0 ? errno_error(t) : V_NONE; }
static V fd_or_error(Thread *t, int fd) { return fd < 0 ? errno_error(t) : v_from_int(fd); }
static int two_ints(Thread *t, const V *args, int *a, int *b) { return num_as_int(t, args[0], a) < 0 ? -1 : num_as_int(t, args[1], b); }

static NATIVE(posix_open) { // path, flags, mode=511, *, dir_fd
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int flags, mode = 0777, dir, fd;
    bool failed;
    if (num_as_int(t, args[1], &flags) < 0 || (args[2] != V_NULL && num_as_int(t, args[2], &mode) < 0) || dir_fd_arg(t, args[3], &dir) < 0 ||
        path_arg(t, "open", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED_EINTR(t, fd, openat(dir, p.p, flags | O_CLOEXEC, (mode_t)mode), failed);
    V result = fd >= 0 ? v_from_int(fd) : failed ? V_ERROR : path_error(t, &p);
    path_drop(t, &p);
    return result;
}

static NATIVE(posix_close) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, close(fd));
    return none_or_error(t, r);
}

static NATIVE(posix_closerange) {
    (void)self, (void)nargs, (void)kwnames;
    int low, high;
    if (two_ints(t, args, &low, &high) < 0) return V_ERROR;
    if (low < 0) low = 0;
    if (low < high) BLOCKING(t) close_range((unsigned)low, (unsigned)high - 1, 0);
    return V_NONE;
}

static V read_bytes(Thread *t, int fd, int64_t n, int64_t offset) { // offset < 0: from where the descriptor stands
    if (n < 0) {
        errno = EINVAL;
        return errno_error(t);
    }
    V data = bytes_new(t, (size_t)n);
    if (v_is_error(data)) return V_ERROR;
    ssize_t got;
    bool failed;
    char *p = bytes_data(data);
    DETACHED_EINTR(t, got, offset < 0 ? read(fd, p, (size_t)n) : pread(fd, p, (size_t)n, offset), failed);
    if (got >= 0) return bytes_shrink_steal(t, data, (size_t)got);
    v_drop(t, data);
    return failed ? V_ERROR : errno_error(t);
}

static NATIVE(posix_read) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    int64_t n;
    return num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &n) < 0 ? V_ERROR : read_bytes(t, fd, n, -1);
}
static NATIVE(posix_pread) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    int64_t n, offset;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &n) < 0 || num_as_i64(t, args[2], &offset) < 0) return V_ERROR;
    return read_bytes(t, fd, n, offset);
}

static V write_bytes(Thread *t, int fd, V source, int64_t offset) {
    Buffer view;
    if (buffer_get(t, source, &view, BUF_SIMPLE) < 0) return V_ERROR;
    ssize_t n;
    bool failed;
    DETACHED_EINTR(t, n, offset < 0 ? write(fd, view.data, (size_t)view.len) : pwrite(fd, view.data, (size_t)view.len, offset), failed);
    int code = errno;
    buffer_release(t, &view);
    errno = code;
    return n >= 0 ? v_from_int(n) : failed ? V_ERROR : errno_error(t);
}
static NATIVE(posix_write) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : write_bytes(t, fd, args[1], -1);
}
static NATIVE(posix_pwrite) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    int64_t offset;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[2], &offset) < 0) return V_ERROR;
    return write_bytes(t, fd, args[1], offset);
}

// readv, writev and, with an offset >= 0 or flags, preadv and pwritev: buffers of a sequence.
static ssize_t vector_call(int fd, const struct iovec *iov, int n, int64_t offset, int flags, bool writing) {
    if (offset < 0) return writing ? writev(fd, iov, n) : readv(fd, iov, n);
    if (!flags) return writing ? pwritev(fd, iov, n, offset) : preadv(fd, iov, n, offset);
    return writing ? pwritev2(fd, iov, n, offset, flags) : preadv2(fd, iov, n, offset, flags);
}
V posix_vector_io(Thread *t, const char *no_sequence, int fd, V buffers, int64_t offset, int flags, bool writing) {
    if (!obj_is_sequence(buffers)) return err_set(t, &exc_TypeError, "%s", no_sequence);
    V seq = obj_to_tuple(t, buffers);
    if (v_is_error(seq)) return V_ERROR;
    size_t n = tuple_len(seq), held = 0;
    struct iovec *iov = mem_calloc(t, n + 1, sizeof *iov);
    Buffer *views = mem_calloc(t, n + 1, sizeof *views);
    V result = V_ERROR;
    if (!iov || !views) err_no_memory(t);
    while (iov && views && held < n) {
        V item = tuple_borrow(seq, held);
        if (buffer_get(t, item, &views[held], writing ? BUF_SIMPLE : BUF_WRITABLE) < 0)
            break;
        iov[held] = (struct iovec){views[held].data, (size_t)views[held].len};
        held++;
    }
    if (!err_pending(t)) {
        ssize_t r;
        bool failed;
        DETACHED_EINTR(t, r, vector_call(fd, iov, (int)n, offset, flags, writing), failed);
        result = r >= 0 ? int_from_i64(t, r) : failed ? V_ERROR : errno_error(t);
    }
    for (size_t i = 0; i < held; i++) buffer_release(t, &views[i]);
    mem_free(iov);
    mem_free(views);
    v_drop(t, seq);
    return result;
}
static NATIVE(posix_writev) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : posix_vector_io(t, "writev() arg 2 must be a sequence", fd, args[1], -1, 0, true);
}
static NATIVE(posix_readv) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : posix_vector_io(t, "readv() arg 2 must be a sequence", fd, args[1], -1, 0, false);
}

static NATIVE(posix_lseek) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, how;
    int64_t pos, r;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &pos) < 0 || num_as_int(t, args[2], &how) < 0) return V_ERROR;
    DETACHED(t, r, lseek(fd, pos, how));
    return r < 0 ? errno_error(t) : int_from_i64(t, r);
}

static NATIVE(posix_sendfile) { // out_fd, in_fd, offset, count
    (void)self, (void)nargs, (void)kwnames;
    int out, in;
    int64_t offset = 0, count;
    ssize_t r;
    bool failed, here = args[2] == V_NONE;
    if (two_ints(t, args, &out, &in) < 0 || (!here && num_as_i64(t, args[2], &offset) < 0) || num_as_i64(t, args[3], &count) < 0) return V_ERROR;
    off_t at = offset;
    DETACHED_EINTR(t, r, sendfile(out, in, here ? NULL : &at, (size_t)count), failed);
    return r >= 0 ? v_from_int(r) : failed ? V_ERROR : errno_error(t);
}

#define FD_CALL(function, call) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        int fd, r; \
        bool failed; \
        if (fd_arg(t, args[0], &fd) < 0) return V_ERROR; \
        DETACHED_EINTR(t, r, call(fd), failed); \
        return failed ? V_ERROR : none_or_error(t, r); \
    }
FD_CALL(posix_fsync, fsync)
FD_CALL(posix_fdatasync, fdatasync)
FD_CALL(posix_fchdir, fchdir)

static NATIVE(posix_ftruncate) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    int64_t n;
    bool failed;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &n) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, ftruncate(fd, n), failed);
    return failed ? V_ERROR : none_or_error(t, r);
}

static NATIVE(posix_fchmod) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, mode, r;
    if (two_ints(t, args, &fd, &mode) < 0) return V_ERROR;
    DETACHED(t, r, fchmod(fd, (mode_t)mode));
    return none_or_error(t, r);
}
static NATIVE(posix_fchown) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    uid_t uid;
    gid_t gid;
    if (num_as_int(t, args[0], &fd) < 0 || uid_arg(t, args[1], &uid) < 0 || gid_arg(t, args[2], &gid) < 0) return V_ERROR;
    DETACHED(t, r, fchown(fd, uid, gid));
    return none_or_error(t, r);
}

static NATIVE(posix_dup) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : fd_or_error(t, fcntl(fd, F_DUPFD_CLOEXEC, 0));
}
static NATIVE(posix_dup2) { // fd, fd2, inheritable=True
    (void)self, (void)nargs, (void)kwnames;
    int fd, to, r;
    bool inheritable;
    if (two_ints(t, args, &fd, &to) < 0 || flag_arg(t, args[2], true, &inheritable) < 0) return V_ERROR;
    DETACHED(t, r, inheritable || fd == to ? dup2(fd, to) : dup3(fd, to, O_CLOEXEC));
    return fd_or_error(t, r);
}

static V pair(Thread *t, int a, int b) {
    V v[2] = {v_from_int(a), v_from_int(b)};
    return tuple_from(t, v, 2);
}
static NATIVE(posix_pipe) {
    UNUSED_NATIVE();
    int fds[2];
    return pipe2(fds, O_CLOEXEC) < 0 ? errno_error(t) : pair(t, fds[0], fds[1]);
}
static NATIVE(posix_pipe2) {
    (void)self, (void)nargs, (void)kwnames;
    int fds[2], flags;
    if (num_as_int(t, args[0], &flags) < 0) return V_ERROR;
    return pipe2(fds, flags) < 0 ? errno_error(t) : pair(t, fds[0], fds[1]);
}
static NATIVE(posix_openpty) {
    UNUSED_NATIVE();
    int a, b;
    if (openpty(&a, &b, NULL, NULL, NULL) < 0) return errno_error(t);
    fcntl(a, F_SETFD, FD_CLOEXEC);
    fcntl(b, F_SETFD, FD_CLOEXEC);
    return pair(t, a, b);
}

static NATIVE(posix_isatty) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : v_from_bool(isatty(fd));
}
static NATIVE(posix_ttyname) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    char name[256];
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    r = ttyname_r(fd, name, sizeof name);
    if (!r) return str_from_utf8_surrogateescape(t, name, strlen(name));
    errno = r;
    return errno_error(t);
}

static NATIVE(posix_get_inheritable) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? errno_error(t) : v_from_bool(!(flags & FD_CLOEXEC));
}
static NATIVE(posix_set_inheritable) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, on;
    if (two_ints(t, args, &fd, &on) < 0) return V_ERROR;
    int flags = fcntl(fd, F_GETFD);
    return none_or_error(t, flags < 0 ? -1 : fcntl(fd, F_SETFD, on ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
static NATIVE(posix_get_blocking) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? errno_error(t) : v_from_bool(!(flags & O_NONBLOCK));
}
static NATIVE(posix_set_blocking) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    bool on;
    if (num_as_int(t, args[0], &fd) < 0 || flag_arg(t, args[1], true, &on) < 0) return V_ERROR;
    int flags = fcntl(fd, F_GETFL);
    return none_or_error(t, flags < 0 ? -1 : fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

static NATIVE(posix_lockf) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, command, r;
    int64_t n;
    bool failed;
    if (two_ints(t, args, &fd, &command) < 0 || num_as_i64(t, args[2], &n) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, lockf(fd, command, n), failed);
    return failed ? V_ERROR : none_or_error(t, r);
}

static Type *terminal_size_type;
static NATIVE(posix_get_terminal_size) {
    (void)self, (void)nargs, (void)kwnames;
    int fd = STDOUT_FILENO;
    struct winsize w;
    if (args[0] != V_NULL && num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0) return errno_error(t);
    V v[2] = {v_from_int(w.ws_col), v_from_int(w.ws_row)};
    return structseq_new_steal(t, terminal_size_type, v);
}

static NATIVE(posix_eventfd) {
    (void)self, (void)nargs, (void)kwnames;
    int value, flags = EFD_CLOEXEC;
    if (num_as_int(t, args[0], &value) < 0 || (args[1] != V_NULL && num_as_int(t, args[1], &flags) < 0)) return V_ERROR;
    return fd_or_error(t, eventfd((unsigned)value, flags));
}
static NATIVE(posix_memfd_create) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int flags = MFD_CLOEXEC;
    if ((args[1] != V_NULL && num_as_int(t, args[1], &flags) < 0) || path_arg(t, "memfd_create", "name", args[0], 0, &p) < 0) return V_ERROR;
    V r = fd_or_error(t, memfd_create(p.p, (unsigned)flags));
    path_drop(t, &p);
    return r;
}

int posix_file_start(Thread *t, V module) {
    static const StructSeqField fields[] = {{"columns", "characters in a line"},
                                            {"lines", "lines that are shown"}, {NULL, NULL}};
    terminal_size_type = structseq_new_type(t, "os.terminal_size", "The size of a terminal.", fields, 2);
    return terminal_size_type ? module_add(t, module, "terminal_size", v_from_type(terminal_size_type)) : -1;
}

const Method posix_file_methods[] = {
    {"open", posix_open, "path, flags, mode=511, *, dir_fd=None", 0, 0, "Opens a file: its descriptor."},
    {"close", posix_close, "fd", 0, 0, "Closes a descriptor."},
    {"closerange", posix_closerange, "fd_low, fd_high, /", 0, 0,
        "Closes the descriptors from fd_low to fd_high - 1, whether they are open or not."},
    {"read", posix_read, "fd, length, /", 0, 0, "Up to length bytes from a descriptor."},
    {"pread", posix_pread, "fd, length, offset, /", 0, 0,
        "Up to length bytes from an offset of a file, whose position stays."},
    {"write", posix_write, "fd, data, /", 0, 0, "Writes bytes to a descriptor; how many were taken."},
    {"pwrite", posix_pwrite, "fd, buffer, offset, /", 0, 0, "Writes bytes at an offset of a file, whose position stays."},
    {"writev", posix_writev, "fd, buffers, /", 0, 0, "Writes several buffers with one call."},
    {"readv", posix_readv, "fd, buffers, /", 0, 0, "Reads into several buffers with one call."},
    {"lseek", posix_lseek, "fd, position, how, /", 0, 0, "Moves the position of a file; where it is then."},
    {"sendfile", posix_sendfile, "out_fd, in_fd, offset, count", 0, 0,
        "Copies bytes from one descriptor to another inside the kernel."},
    {"fsync", posix_fsync, "fd", 0, 0, "Waits until a file is on its disk."},
    {"fdatasync", posix_fdatasync, "fd", 0, 0, "Waits until the data of a file, if not its times, are on its disk."},
    {"fchdir", posix_fchdir, "fd", 0, 0, "Makes an open directory the current one."},
    {"ftruncate", posix_ftruncate, "fd, length, /", 0, 0, "Makes an open file exactly that long."},
    {"fchmod", posix_fchmod, "fd, mode", 0, 0, "Sets who may do what with an open file."},
    {"fchown", posix_fchown, "fd, uid, gid", 0, 0, "Gives an open file to a user and a group, by number."},
    {"dup", posix_dup, "fd, /", 0, 0, "Another descriptor for the same file."},
    {"dup2", posix_dup2, "fd, fd2, inheritable=True", 0, 0, "Duplicate file descriptor."},
    {"pipe", posix_pipe, "", 0, 0, "Create a pipe."},
    {"pipe2", posix_pipe2, "flags, /", 0, 0, "A pipe whose ends have these flags: (read end, write end)."},
    {"openpty", posix_openpty, "", 0, 0, "Open a pseudo-terminal."},
    {"isatty", posix_isatty, "fd, /", 0, 0, "Whether a descriptor is a terminal."},
    {"ttyname", posix_ttyname, "fd, /", 0, 0, "The file name of a terminal."},
    {"get_inheritable", posix_get_inheritable, "fd, /", 0, 0,
        "Whether processes started from this one get the descriptor."},
    {"set_inheritable", posix_set_inheritable, "fd, inheritable, /", 0, 0,
        "Says whether processes started from this one get the descriptor."},
    {"get_blocking", posix_get_blocking, "fd, /", 0, 0, "Whether reads and writes of the descriptor wait."},
    {"set_blocking", posix_set_blocking, "fd, blocking, /", 0, 0,
        "Says whether reads and writes of the descriptor wait."},
    {"lockf", posix_lockf, "fd, command, length, /", 0, 0, "Locks, unlocks or tests part of an open file."},
    {"get_terminal_size", posix_get_terminal_size, "fd=<unrepresentable>, /", 0, 0,
        "How large the terminal is: (columns, lines)."},
    {"eventfd", posix_eventfd, "initval, flags=EFD_CLOEXEC", 0, 0, "A descriptor that counts events."},
    {"memfd_create", posix_memfd_create, "name, flags=MFD_CLOEXEC", 0, 0, NULL},
    METHOD_END,
};
