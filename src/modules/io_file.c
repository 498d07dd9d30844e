// SPDX-License-Identifier: MIT
// FileIO: a file descriptor.  Every system call runs detached and is repeated after a signal whose handler returned.
#include "io_private.h"
#include "object/buffer_arg.h"
#include "runtime/descriptor.h"
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct FileIO {
    IoBase base;
    Descriptor at;
    bool created, readable, writable, appending, closefd;
    int8_t seekable;       // -1: not known yet
    long block_size;
} FileIO;
static FileIO *file_of(V v) { return (FileIO *)v_obj(v); }

// Nobody locks a file: threads read and write at once, and one may close it meanwhile.
static int fd_of(const FileIO *f) { return descriptor_fd(&f->at); }
static bool is_closed(const FileIO *f) { return fd_of(f) < 0; }
#define INSIDE(f, call) DESCRIPTOR_INSIDE(&(f)->at, call)
#define get(f, field) at_load_relaxed(&(f)->field)
#define put(f, field, value) at_store_relaxed(&(f)->field, value)

static V closed_error(Thread *t) { return err_set(t, &exc_ValueError, "I/O operation on closed file"); }
static V mode_error(Thread *t, const char *action) {
    char text[64];
    snprintf(text, sizeof text, "File not open for %s", action);
    return io_unsupported(t, text);
}

// ---- opening ----------------------------------------------------------------------------------------------------------
static int parse_mode(Thread *t, FileIO *f, const char *mode, int *flags) {
    bool plus = false, seen = false;
    put(f, created, false);
    put(f, readable, false);
    put(f, writable, false);
    put(f, appending, false);
    *flags = 0;
    for (const char *p = mode; *p; p++) {
        switch (*p) {
        case 'x':
        case 'r':
        case 'w':
        case 'a':
            if (seen) goto bad;
            seen = true;
            if (*p == 'r') put(f, readable, true);
            else put(f, writable, true);
            if (*p == 'x') put(f, created, true), *flags |= O_EXCL | O_CREAT;
            if (*p == 'w') *flags |= O_CREAT | O_TRUNC;
            if (*p == 'a') put(f, appending, true), *flags |= O_APPEND | O_CREAT;
            break;
        case 'b': break;
        case '+':
            if (plus) goto bad;
            plus = true;
            put(f, readable, true);
            put(f, writable, true);
            break;
        default: err_set(t, &exc_ValueError, "invalid mode: %.200s", mode); return -1;
        }
    }
    if (!seen) goto bad;
    *flags |= O_CLOEXEC | (get(f, readable) && get(f, writable) ? O_RDWR : get(f, readable) ? O_RDONLY : O_WRONLY);
    return 0;
bad:
    err_set(t, &exc_ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
    return -1;
}

static int open_path(Thread *t, V path, V name, int flags) {
    const char *p = bytes_data(path);
    if (strlen(p) != bytes_len(path)) {
        err_set(t, &exc_ValueError, "embedded null byte");
        return -1;
    }
    for (;;) {
        int fd, code;
        thread_detach(t);
        fd = open(p, flags, 0666);
        code = errno;
        thread_attach(t);
        if (fd >= 0) return fd;
        errno = code;
        if (code != EINTR) {
            err_errno(t, &exc_OSError, name, V_NULL);
            return -1;
        }
        if (safepoint(t) < 0) return -1;
    }
}

static int open_with(Thread *t, V opener, V name, int flags) {
    V result = obj_call2(t, opener, name, v_from_int(flags));
    if (v_is_error(result)) return -1;
    int fd = -1;
    if (!v_is_any_int(result)) err_set(t, &exc_TypeError, "expected integer from opener");
    else if (num_as_int(t, result, &fd) == 0 && fd < 0) err_set(t, &exc_ValueError, "opener returned %d", fd);
    v_drop(t, result);
    return fd;
}

static int not_inheritable(Thread *t, int fd) {
    int flags = fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == 0)) return 0;
    err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return -1;
}

static int inspect(Thread *t, FileIO *f, V name) { // no directories; block size
    struct stat st;
    put(f, block_size, IO_BUFFER_SIZE);
    if (INSIDE(f, fstat(fd_of(f), &st)) < 0) {
        if (errno != EBADF) return 0;
        err_errno(t, &exc_OSError, name, V_NULL);
        return -1;
    }
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        err_errno(t, &exc_OSError, name, V_NULL);
        return -1;
    }
    if (st.st_blksize > 1) put(f, block_size, st.st_blksize);
    return 0;
}

static V fs_path(Thread *t, V name) { // bytes of a str, bytes or os.PathLike
    V path = v_dup(name);
    if (!v_is_str(name) && !v_is_bytes(name)) {
        V self, fspath = obj_lookup_special(t, name, NAME(__fspath__), &self);
        if (fspath == V_NULL) {
            v_drop(t, path);
            return err_set(t, &exc_TypeError, "expected str, bytes or os.PathLike object, not %T", name);
        }
        v_drop(t, path);
        path = v_is_error(fspath) ? V_ERROR : self == V_NULL ? obj_call0(t, fspath) : obj_call1(t, fspath, self);
        v_drop(t, fspath);
        if (v_is_error(path)) return V_ERROR;
    }
    if (v_is_bytes(path)) return path;
    V bytes = v_is_str(path) ? str_to_fs_bytes(t, path) : err_set(t, &exc_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", name, path);
    v_drop(t, path);
    return bytes;
}

static void let_go(Thread *t, FileIO *f, bool ours) {
    if (!ours) descriptor_take(&f->at);
    else BLOCKING(t) descriptor_close(&f->at);
}

static int file_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[4];
    FileIO *f = file_of(self);
    int flags, fd = -1;
    if (args_bind(t, "FileIO", "file, mode='r', closefd=True, opener=None", args, nargs, kwnames, a) < 0) return -1;
    V name = a[0], opener = a[3] == V_NULL ? V_NONE : a[3];
    int closefd = a[2] == V_NULL ? 1 : obj_is_true(t, a[2]);
    if (closefd < 0) return -1;
    if (!is_closed(f)) let_go(t, f, get(f, closefd));
    if (v_is_any_int(name)) {
        if (num_as_int(t, name, &fd) < 0) return -1;
        if (fd < 0) {
            err_set(t, &exc_ValueError, "negative file descriptor");
            return -1;
        }
    }
    if (a[1] != V_NULL && !v_is_str(a[1])) {
        err_bad_argument(t, "FileIO", "argument 'mode'", "str", a[1]);
        return -1;
    }
    const char *mode = a[1] == V_NULL ? "r" : str_cstr(t, a[1]);
    if (!mode || parse_mode(t, f, mode, &flags) < 0) return -1;
    put(f, closefd, closefd);
    put(f, seekable, -1);
    at_store_relaxed(&f->base.closed, false);
    bool ours = fd < 0;
    if (fd < 0) {
        if (!closefd) {
            err_set(t, &exc_ValueError, "Cannot use closefd=False with file name");
            return -1;
        }
        if (opener == V_NONE) {
            V path = fs_path(t, name);
            if (v_is_error(path)) return -1;
            fd = open_path(t, path, name, flags);
            v_drop(t, path);
        } else {
            fd = open_with(t, opener, name, flags);
            if (fd >= 0 && not_inheritable(t, fd) < 0) {
                close(fd);
                fd = -1;
            }
        }
        if (fd < 0) return -1;
    }
    descriptor_put(&f->at, fd);
    if (inspect(t, f, name) < 0 || obj_setattr(t, self, NAME(name), name) < 0) {
        let_go(t, f, ours);
        return -1;
    }
    if (get(f, appending) && INSIDE(f, lseek(fd_of(f), 0, SEEK_END)) < 0 && errno != ESPIPE) { // pipes cannot seek, and need not
        err_errno(t, &exc_OSError, name, V_NULL);
        let_go(t, f, ours);
        return -1;
    }
    return 0;
}

static V file_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    FileIO *f = file_of(self);
    descriptor_init(&f->at);
    put(f, seekable, -1);
    put(f, closefd, true);
    put(f, block_size, IO_BUFFER_SIZE);
    return self;
}

// ---- reading and writing ------------------------------------------------------------------------------------------------
enum { MAX_TRANSFER = 0x7ffff000 };

// -1 with an exception; -2: would block.
static ptrdiff_t transfer(Thread *t, FileIO *f, void *data, size_t n, bool writing) {
    if (n > MAX_TRANSFER) n = MAX_TRANSFER;
    for (;;) {
        thread_detach(t);
        ptrdiff_t got = INSIDE(f, writing ? write(fd_of(f), data, n) : read(fd_of(f), data, n));
        int code = errno;
        thread_attach(t);
        if (got >= 0) return got;
        errno = code;
        if (code == EAGAIN) return -2;
        if (code != EINTR) {
            err_errno(t, &exc_OSError, V_NULL, V_NULL);
            return -1;
        }
        if (safepoint(t) < 0) return -1;
    }
}

ptrdiff_t file_io_transfer(Thread *t, V file, void *data, size_t n, bool writing) {
    FileIO *f = file_of(file);
    if (is_closed(f)) closed_error(t);
    else if (writing && !get(f, writable)) mode_error(t, "writing");
    else if (!writing && !get(f, readable)) mode_error(t, "reading");
    else return transfer(t, f, data, n, writing);
    return -1;
}

static NATIVE(file_readinto) {
    (void)nargs, (void)kwnames;
    FileIO *f = file_of(self);
    Buffer view;
    if (is_closed(f)) return closed_error(t);
    if (!get(f, readable)) return mode_error(t, "reading");
    if (buffer_get_writable(t, args[0], &view, "readinto() argument") < 0) return V_ERROR;
    ptrdiff_t n = transfer(t, f, view.data, (size_t)view.len, false);
    buffer_release(t, &view);
    return n == -1 ? V_ERROR : n == -2 ? V_NONE : v_from_int(n);
}

static V read_some(Thread *t, FileIO *f, size_t n) {
    V data = bytes_new(t, n);
    if (v_is_error(data)) return V_ERROR;
    ptrdiff_t got = transfer(t, f, bytes_data(data), n, false);
    if (got >= 0) return bytes_shrink_steal(t, data, (size_t)got);
    v_drop(t, data);
    return got == -1 ? V_ERROR : V_NONE;
}

static off_t rest_of(int fd) {
    struct stat st;
    off_t pos = lseek(fd, 0, SEEK_CUR);
    return pos < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= pos ? 0 : st.st_size - pos;
}
// Bytes from here to the end of a regular file.
static size_t expected_rest(FileIO *f) { return (size_t)INSIDE(f, rest_of(fd_of(f))); }

static V read_all(Thread *t, FileIO *f) {
    size_t cap = expected_rest(f) + 1, len = 0;
    if (cap < IO_BUFFER_SIZE) cap = IO_BUFFER_SIZE;
    V all = bytes_new(t, cap); // nobody else sees it yet
    while (!v_is_error(all)) {
        if (len == cap) {
            cap += cap < 1 << 20 ? cap : cap >> 1;
            V grown = bytes_new(t, cap);
            if (!v_is_error(grown)) memcpy(bytes_data(grown), bytes_data(all), len);
            v_drop(t, all);
            all = grown;
            continue;
        }
        ptrdiff_t got = transfer(t, f, bytes_data(all) + len, cap - len, false);
        if (got == -1 || (got == -2 && len == 0)) {
            v_drop(t, all);
            return got == -1 ? V_ERROR : V_NONE;
        }
        if (got <= 0) return bytes_shrink_steal(t, all, len);
        len += (size_t)got;
    }
    return V_ERROR;
}

static NATIVE(file_readall) {
    UNUSED_NATIVE();
    FileIO *f = file_of(self);
    if (is_closed(f)) return closed_error(t);
    if (!get(f, readable)) return mode_error(t, "reading");
    return read_all(t, f);
}

static NATIVE(file_read) {
    (void)nargs, (void)kwnames;
    FileIO *f = file_of(self);
    ptrdiff_t n;
    if (is_closed(f)) return closed_error(t);
    if (!get(f, readable)) return mode_error(t, "reading");
    if (num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    return n < 0 ? read_all(t, f) : read_some(t, f, n > MAX_TRANSFER ? MAX_TRANSFER : (size_t)n);
}

static NATIVE(file_write) {
    (void)nargs, (void)kwnames;
    FileIO *f = file_of(self);
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR; // before the file is looked at
    V wrong = is_closed(f) ? closed_error(t) : !get(f, writable) ? mode_error(t, "writing") : V_NULL;
    ptrdiff_t n = wrong != V_NULL ? -1 : transfer(t, f, view.data, (size_t)view.len, true);
    buffer_release(t, &view);
    return n == -1 ? V_ERROR : n == -2 ? V_NONE : v_from_int(n);
}

// ---- position -------------------------------------------------------------------------------------------------------------
static V seek_to(Thread *t, FileIO *f, int64_t offset, int whence) {
    off_t at;
    int code;
    thread_detach(t);
    at = INSIDE(f, lseek(fd_of(f), offset, whence));
    code = errno;
    thread_attach(t);
    errno = code;
    if (get(f, seekable) < 0) put(f, seekable, at >= 0);
    return at < 0 ? err_errno(t, &exc_OSError, V_NULL, V_NULL) : int_from_i64(t, at);
}

static NATIVE(file_seek) {
    (void)nargs, (void)kwnames;
    int64_t offset;
    int whence;
    FileIO *f = file_of(self);
    if (is_closed(f)) return closed_error(t);
    if (io_seek_args(t, args, &exc_OverflowError, "Python int too large to convert to C long", &offset, &whence) < 0) return V_ERROR;
    return seek_to(t, f, offset, whence);
}

static NATIVE(file_tell) {
    UNUSED_NATIVE();
    FileIO *f = file_of(self);
    return is_closed(f) ? closed_error(t) : seek_to(t, f, 0, SEEK_CUR);
}

static NATIVE(file_truncate) {
    (void)nargs, (void)kwnames;
    FileIO *f = file_of(self);
    int64_t size;
    if (is_closed(f)) return closed_error(t);
    if (!get(f, writable)) return mode_error(t, "writing");
    V at = args[0] == V_NULL || args[0] == V_NONE ? seek_to(t, f, 0, SEEK_CUR) : v_dup(args[0]);
    if (v_is_error(at) || num_as_i64(t, at, &size) < 0) {
        v_drop(t, at);
        return V_ERROR;
    }
    int r, code;
    thread_detach(t);
    r = INSIDE(f, ftruncate(fd_of(f), size));
    code = errno;
    thread_attach(t);
    errno = code;
    if (r == 0) return at;
    v_drop(t, at);
    return err_errno(t, &exc_OSError, V_NULL, V_NULL);
}

// ---- questions -------------------------------------------------------------------------------------------------------------
#define QUESTION(function, expression) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        FileIO *f = file_of(self); \
        return is_closed(f) ? closed_error(t) : (expression); \
    }
QUESTION(file_readable, v_from_bool(get(f, readable)))
QUESTION(file_writable, v_from_bool(get(f, writable)))
QUESTION(file_isatty, v_from_bool(INSIDE(f, isatty(fd_of(f)))))

static NATIVE(file_fileno) {
    UNUSED_NATIVE();
    int fd = fd_of(file_of(self)); // read once: it may be closed the moment after
    return fd < 0 ? closed_error(t) : v_from_int(fd);
}

static NATIVE(file_seekable) {
    UNUSED_NATIVE();
    FileIO *f = file_of(self);
    if (is_closed(f)) return closed_error(t);
    if (get(f, seekable) < 0) put(f, seekable, INSIDE(f, lseek(fd_of(f), 0, SEEK_CUR)) >= 0);
    return v_from_bool(get(f, seekable) > 0);
}

static const char *mode_text(const FileIO *f) {
    if (get(f, created)) return get(f, readable) ? "xb+" : "xb";
    if (get(f, appending)) return get(f, readable) ? "ab+" : "ab";
    if (get(f, readable) && get(f, writable)) return "rb+";
    return get(f, readable) ? "rb" : "wb";
}

static V get_mode(Thread *t, V self, void *closure) {
    (void)closure;
    return str_from_cstr(t, mode_text(file_of(self)));
}
bool file_io_closed(V file) { return is_closed(file_of(file)); }

static V get_closed(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(is_closed(file_of(self)));
}
static V get_closefd(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(get(file_of(self), closefd));
}
static V get_block_size(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, get(file_of(self), block_size));
}
static int set_block_size(Thread *t, V self, V value, void *closure) {
    (void)closure;
    int64_t n;
    if (value == V_NULL) err_set(t, &exc_TypeError, "can't delete numeric/char attribute");
    if (value == V_NULL || num_as_i64(t, value, &n) < 0) return -1;
    put(file_of(self), block_size, n);
    return 0;
}

static V file_repr(Thread *t, V self) {
    FileIO *f = file_of(self);
    if (is_closed(f)) return str_from_cstr(t, "<_io.FileIO [closed]>");
    V name = obj_lookup_attr(t, self, NAME(name));
    if (v_is_error(name)) return V_ERROR;
    if (name == V_NULL) {
        return str_from_format(t, "<_io.FileIO fd=%d mode='%s' closefd=%s>", fd_of(f), mode_text(f), get(f, closefd) ? "True" : "False");
    }
    int entered = obj_repr_enter(t, self);
    V text = V_ERROR;
    if (entered > 0) err_set(t, &exc_RuntimeError, "reentrant call inside %T.__repr__", self);
    if (entered == 0) {
        text = str_from_format(t, "<_io.FileIO name=%R mode='%s' closefd=%s>", name, mode_text(f), get(f, closefd) ? "True" : "False");
        obj_repr_leave(t, self);
    }
    v_drop(t, name);
    return text;
}

// ---- closing ---------------------------------------------------------------------------------------------------------------
static void warn_unclosed(Thread *t, V source) {
    V pending = err_fetch(t);
    if (warn_source(t, &exc_ResourceWarning, 1, source, "unclosed file %R", source) < 0) {
        if (err_matches(t, &exc_Warning)) err_unraisable(t, source, NULL);
        else err_clear(t);
    }
    err_restore_steal(t, pending);
}

static NATIVE(file_dealloc_warn) {
    (void)nargs, (void)kwnames;
    FileIO *f = file_of(self);
    if (!is_closed(f) && get(f, closefd)) warn_unclosed(t, args[0]);
    return V_NONE;
}

static void file_free(Thread *t, Obj *o) {
    (void)t;
    descriptor_finish(&((FileIO *)o)->at);
}

static NATIVE(file_close) {
    UNUSED_NATIVE();
    FileIO *f = file_of(self);
    V first = V_NULL;
    if (!at_load_relaxed(&f->base.closed)) {
        V r = obj_call_method0(t, self, NAME(flush));
        if (v_is_error(r)) first = err_fetch(t);
        v_drop(t, r);
        at_store_relaxed(&f->base.closed, true);
    }
    if (!get(f, closefd)) {
        descriptor_take(&f->at);
    } else if (!is_closed(f)) {
        if (f->base.finalizing) warn_unclosed(t, self);
        int r, code;
        thread_detach(t);
        r = descriptor_close(&f->at);
        code = errno;
        thread_attach(t);
        errno = code;
        if (r < 0 && code != EINTR) err_errno(t, &exc_OSError, V_NULL, V_NULL);
    }
    return io_join_errors(t, first) < 0 ? V_ERROR : V_NONE;
}

static const Method methods[] = {
    {"read", file_read, "size=-1, /", 0, 0, "The bytes of one read, size of them at most; without size, all to the end."},
    {"readall", file_readall, "", 0, 0, "All bytes to the end; None when nothing is there and the file does not block."},
    {"readinto", file_readinto, "buffer, /", 0, 0, "Reads into a writable buffer; how many bytes."},
    {"write", file_write, "b, /", 0, 0, "Writes bytes with one system call; how many were taken."},
    {"seek", file_seek, "pos, whence=0, /", 0, 0, "Moves to another place; where that is, counted from the beginning."},
    {"tell", file_tell, "", 0, 0, "Current file position."},
    {"truncate", file_truncate, "size=None, /", 0, 0,
        "Makes the file that long, or as long as its position; its length."},
    {"close", file_close, "", 0, 0, "Close the file."},
    {"seekable", file_seekable, "", 0, 0, "Whether the file has positions."},
    {"readable", file_readable, "", 0, 0, "Whether the mode says that the file is read."},
    {"writable", file_writable, "", 0, 0, "Whether the mode says that the file is written."},
    {"fileno", file_fileno, "", 0, 0, "The file descriptor."},
    {"isatty", file_isatty, "", 0, 0, "Whether the file is a terminal."},
    {"_dealloc_warn", file_dealloc_warn, "source, /", 0, 0, NULL},
    {"__reduce__", io_reduce_error, NULL, 0, M_RAW, NULL},
    {"__reduce_ex__", io_reduce_error, NULL, 0, M_RAW, NULL},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"closed", get_closed, NULL, "True if the file is closed", NULL},
    {"closefd", get_closefd, NULL, "Whether close() closes the descriptor as well.", NULL},
    {"mode", get_mode, NULL, "How the file was opened", NULL},
    {"_blksize", get_block_size, set_block_size, NULL, NULL},
    {0},
};
Type file_io_type = {
    TYPE_HEAD("_io.FileIO"), .base = &raw_io_base_type, .size = sizeof(FileIO), .attrs_offset = sizeof(FileIO),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_FINALIZE | TYPE_IMMUTABLE, .doc = "Open a file.",
    .text_signature = "(file, mode='r', closefd=True, opener=None)", .free_ = file_free, .new_ = file_new, .init = file_init, .repr = file_repr,
    .methods = methods, .getsets = getsets,
};
