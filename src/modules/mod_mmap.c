// SPDX-License-Identifier: MIT
// Module mmap: files and anonymous memory as mutable bytes.
//
// `data` may be unmapped or moved by close() and resize(): every access holds the object's lock, and neither happens
// while a buffer is exported.  Who asks for an argument's __index__ takes the lock after that, too: it may have made a map
// of this thread alone known to others.
#include "constants.h"
#include "posix_private.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY };

typedef struct Map {
    Obj head;
    char *data;        // NULL: closed.  This and the next three under self->lock
    size_t size, pos;
    size_t exports;
    off_t offset;      // const after init, like the rest
    int fd;            // a duplicate, or -1
    int access, flags;
} Map;
static Map *map_of(V v) { return (Map *)v_obj(v); }

static int check_open(Thread *t, const Map *m) {
    section_assert(t, &m->head);
    if (m->data) return 0;
    err_set(t, &exc_ValueError, "mmap closed or invalid");
    return -1;
}
static int check_writable(Thread *t, const Map *m) {
    if (m->access != ACCESS_READ) return 0;
    err_set(t, &exc_TypeError, "mmap can't modify a readonly memory map.");
    return -1;
}
static int check_resizable(Thread *t, const Map *m) {
    if (m->exports) err_set(t, &exc_BufferError, "mmap can't resize with extant buffers exported.");
    else if (m->access != ACCESS_WRITE && m->access != ACCESS_DEFAULT) err_set(t, &exc_TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
    return err_pending(t) ? -1 : 0;
}

// ---- making one -----------------------------------------------------------------------------------------------------------
typedef struct Wish { int fd, flags, prot, access; int64_t size, offset; } Wish;

static int wish_parse(Thread *t, const V *args, size_t nargs, V kwnames, Wish *w) {
    V a[6];
    *w = (Wish){.flags = MAP_SHARED, .prot = PROT_READ | PROT_WRITE};
    if (args_bind(t, "mmap", "fileno, length, flags=0, prot=0, access=0, offset=0", args, nargs, kwnames, a) < 0) return -1;
    if (num_as_int_old(t, a[0], &w->fd) < 0 || num_as_i64(t, a[1], &w->size) < 0 || (a[2] != V_NULL && num_as_int_old(t, a[2], &w->flags) < 0) ||
        (a[3] != V_NULL && num_as_int_old(t, a[3], &w->prot) < 0) || (a[4] != V_NULL && num_as_int_old(t, a[4], &w->access) < 0) ||
        (a[5] != V_NULL && num_as_i64(t, a[5], &w->offset) < 0)) return -1;
    if (w->size < 0) err_set(t, &exc_OverflowError, "memory mapped length must be positive");
    else if (w->offset < 0) err_set(t, &exc_OverflowError, "memory mapped offset must be positive");
    else if (w->access != ACCESS_DEFAULT && (w->flags != MAP_SHARED || w->prot != (PROT_READ | PROT_WRITE)))
        err_set(t, &exc_ValueError, "mmap can't specify both access and flags, prot.");
    if (err_pending(t)) return -1;
    switch (w->access) {
    case ACCESS_READ: w->prot = PROT_READ; break;
    case ACCESS_WRITE: break;
    case ACCESS_COPY: w->flags = MAP_PRIVATE; break;
    case ACCESS_DEFAULT:
        if (!(w->prot & PROT_WRITE)) w->access = w->prot & PROT_READ ? ACCESS_READ : ACCESS_DEFAULT;
        break;
    default: err_set(t, &exc_ValueError, "mmap invalid access parameter."); return -1;
    }
    return 0;
}
// A regular file must have what is asked for; length 0 means all from the offset on.
static int wish_check_file(Thread *t, Wish *w) {
    struct stat st;
    if (w->fd == -1 || fstat(w->fd, &st) < 0 || !S_ISREG(st.st_mode)) return 0;
    if (w->size == 0) {
        if (st.st_size == 0) err_set(t, &exc_ValueError, "cannot mmap an empty file");
        else if (w->offset >= st.st_size) err_set(t, &exc_ValueError, "mmap offset is greater than file size");
        else w->size = st.st_size - w->offset;
    } else if (w->offset > st.st_size || st.st_size - w->offset < w->size) {
        err_set(t, &exc_ValueError, "mmap length is greater than file size");
    }
    return err_pending(t) ? -1 : 0;
}

static V map_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    Wish w;
    if (wish_parse(t, args, nargs, kwnames, &w) < 0 || wish_check_file(t, &w) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Map *m = map_of(self);
    m->size = (size_t)w.size;
    m->offset = w.offset;
    m->access = w.access;
    m->flags = w.flags;
    m->fd = -1;
    if (w.fd == -1) w.flags |= MAP_ANONYMOUS;
    else m->fd = fcntl(w.fd, F_DUPFD_CLOEXEC, 0);
    if (w.fd == -1 || m->fd >= 0) {
        void *p;
        DETACHED(t, p, mmap(NULL, (size_t)w.size, w.prot, w.flags, w.fd, w.offset));
        if (p != MAP_FAILED) {
            m->data = p;
            return self;
        }
    }
    int code = errno;
    v_drop(t, self);
    errno = code;
    return errno_error(t);
}

static void map_close(Map *m) {
    if (m->data) munmap(m->data, m->size);
    m->data = NULL;
    if (m->fd >= 0) close(m->fd);
    m->fd = -1;
}
static void map_free(Thread *t, Obj *o) {
    (void)t;
    map_close((Map *)o);
}

// ---- like a file ------------------------------------------------------------------------------------------------------------
static NATIVE(mmap_close) {
    UNUSED_NATIVE();
    if (map_of(self)->exports) return err_set(t, &exc_BufferError, "cannot close exported pointers exist");
    map_close(map_of(self));
    return V_NONE;
}
static NATIVE(mmap_enter) {
    UNUSED_NATIVE();
    return check_open(t, map_of(self)) < 0 ? V_ERROR : v_dup(self);
}
static NATIVE(mmap_read) { // n=None
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    ptrdiff_t n = -1;
    if (check_open(t, m) < 0) return V_ERROR;
    if (args[0] != V_NULL && args[0] != V_NONE) {
        if (!v_type(args[0])->index) return err_set(t, &exc_TypeError, "argument should be integer or None, not '%T'", args[0]);
        if (num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    }
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return V_ERROR;
    size_t left = m->pos < m->size ? m->size - m->pos : 0;
    if (n < 0 || (size_t)n > left) n = (ptrdiff_t)left;
    V r = bytes_from(t, m->data + m->pos, (size_t)n);
    if (!v_is_error(r)) m->pos += (size_t)n;
    return r;
}
static NATIVE(mmap_read_byte) {
    UNUSED_NATIVE();
    Map *m = map_of(self);
    if (check_open(t, m) < 0) return V_ERROR;
    if (m->pos >= m->size) return err_set(t, &exc_ValueError, "read byte out of range");
    return v_from_int((uint8_t)m->data[m->pos++]);
}
static NATIVE(mmap_readline) {
    UNUSED_NATIVE();
    Map *m = map_of(self);
    if (check_open(t, m) < 0) return V_ERROR;
    size_t left = m->pos < m->size ? m->size - m->pos : 0;
    const char *start = m->data + m->pos, *end = left ? memchr(start, '\n', left) : NULL;
    size_t n = end ? (size_t)(end + 1 - start) : left;
    V r = bytes_from(t, start, n);
    if (!v_is_error(r)) m->pos += n;
    return r;
}
static NATIVE(mmap_write) {
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    Buffer data;
    if (check_open(t, m) < 0 || buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    V r = V_ERROR;
    if (check_open(t, m) == 0 && check_writable(t, m) == 0) {
        if (m->pos > m->size || m->size - m->pos < (size_t)data.len) {
            err_set(t, &exc_ValueError, "data out of range");
        } else {
            memmove(m->data + m->pos, data.data, (size_t)data.len);
            m->pos += (size_t)data.len;
            r = int_from_i64(t, data.len);
        }
    }
    buffer_release(t, &data);
    return r;
}
static NATIVE(mmap_write_byte) {
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    int byte;
    if (check_open(t, m) < 0 || num_as_int_old(t, args[0], &byte) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return V_ERROR;
    if (byte < 0 || byte > 255) return err_set(t, &exc_OverflowError, byte < 0 ? "unsigned byte integer is less than minimum" : "unsigned byte integer is greater than maximum");
    if (check_writable(t, m) < 0) return V_ERROR;
    if (m->pos >= m->size) return err_set(t, &exc_ValueError, "write byte out of range");
    m->data[m->pos++] = (char)byte;
    return V_NONE;
}
static NATIVE(mmap_seek) { // pos, whence=0
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    ptrdiff_t pos;
    int how = SEEK_SET;
    if (check_open(t, m) < 0 || num_as_ssize(t, args[0], &exc_OverflowError, &pos) < 0 || (args[1] != V_NULL && num_as_int_old(t, args[1], &how) < 0)) return V_ERROR;
    if (how < SEEK_SET || how > SEEK_END) return err_set(t, &exc_ValueError, "unknown seek type");
    CRITICAL(t, v_obj(self));
    ptrdiff_t base = how == SEEK_SET ? 0 : (ptrdiff_t)(how == SEEK_CUR ? m->pos : m->size), where;
    if (__builtin_add_overflow(base, pos, &where) || where < 0 || (size_t)where > m->size) return err_set(t, &exc_ValueError, "seek out of range");
    m->pos = (size_t)where;
    return V_NONE;
}
static NATIVE(mmap_tell) {
    UNUSED_NATIVE();
    return check_open(t, map_of(self)) < 0 ? V_ERROR : int_from_size(t, map_of(self)->pos);
}
static NATIVE(mmap_size) {
    UNUSED_NATIVE();
    struct stat st;
    if (check_open(t, map_of(self)) < 0) return V_ERROR;
    return fstat(map_of(self)->fd, &st) < 0 ? errno_error(t) : int_from_i64(t, st.st_size);
}

static V find(Thread *t, V self, const V *args, bool backwards) { // sub[, start[, end]]
    Map *m = map_of(self);
    Buffer sub;
    ptrdiff_t start = (ptrdiff_t)m->pos, end = (ptrdiff_t)m->size;
    if (check_open(t, m) < 0 || buffer_get(t, args[0], &sub, BUF_SIMPLE) < 0) return V_ERROR;
    V result = V_ERROR;
    bool given = (args[1] == V_NULL || num_as_ssize(t, args[1], &exc_OverflowError, &start) == 0) &&
                 (args[2] == V_NULL || num_as_ssize(t, args[2], &exc_OverflowError, &end) == 0);
    CRITICAL(t, v_obj(self));
    if (given && check_open(t, m) == 0) {
        ptrdiff_t size = (ptrdiff_t)m->size;
        if (start < 0) start = start + size < 0 ? 0 : start + size;
        if (end < 0) end = end + size < 0 ? 0 : end + size;
        if (start > size) start = size;
        if (end > size) end = size;
        result = V_INT(-1);
        if (end - start >= sub.len) {
            const char *low = m->data + start, *at = NULL;
            if (!backwards) at = sub.len ? memmem(low, (size_t)(end - start), sub.data, (size_t)sub.len) : low;
            for (const char *p = m->data + end - sub.len; backwards && !at && p >= low; p--) {
                if (!memcmp(p, sub.data, (size_t)sub.len)) at = p;
            }
            if (at) result = int_from_i64(t, at - m->data);
        }
    }
    buffer_release(t, &sub);
    return result;
}
static NATIVE(mmap_find) {
    (void)nargs, (void)kwnames;
    return find(t, self, args, false);
}
static NATIVE(mmap_rfind) {
    (void)nargs, (void)kwnames;
    return find(t, self, args, true);
}

// ---- the mapping itself -------------------------------------------------------------------------------------------------------
static NATIVE(mmap_move) { // dest, src, count
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    ptrdiff_t to, from, n;
    if (check_open(t, m) < 0 || num_as_ssize(t, args[0], &exc_OverflowError, &to) < 0 || num_as_ssize(t, args[1], &exc_OverflowError, &from) < 0 ||
        num_as_ssize(t, args[2], &exc_OverflowError, &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0 || check_writable(t, m) < 0) return V_ERROR;
    ptrdiff_t size = (ptrdiff_t)m->size;
    if (to < 0 || from < 0 || n < 0 || size - to < n || size - from < n) return err_set(t, &exc_ValueError, "source, destination, or count out of range");
    memmove(m->data + to, m->data + from, (size_t)n);
    return V_NONE;
}
static NATIVE(mmap_flush) { // offset=0, size=all
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    ptrdiff_t offset = 0, n = (ptrdiff_t)m->size;
    if (check_open(t, m) < 0 || (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &offset) < 0) ||
        (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &n) < 0)) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return V_ERROR;
    if (offset < 0 || n < 0 || (ptrdiff_t)m->size - offset < n) return err_set(t, &exc_ValueError, "flush values out of range");
    if (m->access == ACCESS_READ || m->access == ACCESS_COPY) return V_NONE;
    return msync(m->data + offset, (size_t)n, MS_SYNC) < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(mmap_madvise) { // option[, start[, length]]
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    int option;
    ptrdiff_t start = 0, n = (ptrdiff_t)m->size;
    if (check_open(t, m) < 0 || num_as_int_old(t, args[0], &option) < 0 || (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &start) < 0) ||
        (args[2] != V_NULL && num_as_ssize(t, args[2], &exc_OverflowError, &n) < 0)) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return V_ERROR;
    ptrdiff_t size = (ptrdiff_t)m->size, sum;
    if (start < 0 || start >= size) return err_set(t, &exc_ValueError, "madvise start out of bounds");
    if (n < 0) return err_set(t, &exc_ValueError, "madvise length invalid");
    if (__builtin_add_overflow(start, n, &sum)) return err_set(t, &exc_OverflowError, "madvise length too large");
    if (sum > size) n = size - start;
    return madvise(m->data + start, (size_t)n, option) < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(mmap_resize) {
    (void)nargs, (void)kwnames;
    Map *m = map_of(self);
    ptrdiff_t n;
    if (check_open(t, m) < 0 || num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0 || check_resizable(t, m) < 0) return V_ERROR;
    off_t end;
    if (n < 0 || __builtin_add_overflow(m->offset, (off_t)n, &end)) return err_set(t, &exc_ValueError, "new size out of range");
    if (m->fd >= 0 && ftruncate(m->fd, end) < 0) return errno_error(t);
    void *p = mremap(m->data, m->size, (size_t)n, MREMAP_MAYMOVE);
    if (p == MAP_FAILED) return errno_error(t);
    m->data = p;
    m->size = (size_t)n;
    return V_NONE;
}
static V map_closed(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return v_from_bool(!map_of(self)->data);
}
static V map_repr(Thread *t, V self) {
    static const char *const accesses[] = {"DEFAULT", "READ", "WRITE", "COPY"};
    Map *m = map_of(self);
    const char *name = v_has(self, TYPE_HEAP) ? type_short_name(v_type(self)) : v_type(self)->name;
    CRITICAL(t, &m->head);
    if (!m->data) return str_from_format(t, "<%s closed=True>", name);
    return str_from_format(t, "<%s closed=False, access=ACCESS_%s, length=%zu, pos=%zu, offset=%lld>", name, accesses[m->access], m->size, m->pos, (long long)m->offset);
}

// ---- like bytes -----------------------------------------------------------------------------------------------------------------
static ptrdiff_t map_len(Thread *t, V self) {
    CRITICAL(t, v_obj(self));
    return check_open(t, map_of(self)) < 0 ? -1 : (ptrdiff_t)map_of(self)->size;
}
static V map_item(Thread *t, V self, ptrdiff_t i) {
    CRITICAL(t, v_obj(self));
    Map *m = map_of(self);
    if (check_open(t, m) < 0) return V_ERROR;
    if (i < 0 || (size_t)i >= m->size) return err_set(t, &exc_IndexError, "mmap index out of range");
    return bytes_from(t, m->data + i, 1);
}
// Before the key is asked for its numbers: those who have them take the lock and look again.
static int check_open_first(Thread *t, V self) {
    CRITICAL(t, v_obj(self));
    return check_open(t, map_of(self));
}
static int index_adjust(Thread *t, const Map *m, ptrdiff_t *i) {
    if (check_open(t, m) < 0) return -1;
    if (*i < 0) *i += (ptrdiff_t)m->size;
    if (*i >= 0 && (size_t)*i < m->size) return 0;
    err_set(t, &exc_IndexError, "mmap index out of range");
    return -1;
}
static int index_of(Thread *t, V self, V key, ptrdiff_t *i) {
    if (num_as_ssize(t, key, &exc_IndexError, i) < 0) return -1;
    CRITICAL(t, v_obj(self));
    return index_adjust(t, map_of(self), i);
}
static V map_slice(Thread *t, V self, V key) {
    Map *m = map_of(self);
    ptrdiff_t i, stop, step;
    if (slice_unpack(t, key, &i, &stop, &step) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return V_ERROR;
    ptrdiff_t n = slice_adjust((ptrdiff_t)m->size, &i, &stop, step);
    if (n <= 0) return bytes_empty();
    if (step == 1) return bytes_from(t, m->data + i, (size_t)n);
    V r = bytes_new(t, (size_t)n);
    for (ptrdiff_t k = 0; !v_is_error(r) && k < n; k++, i += step) bytes_data(r)[k] = m->data[i];
    return r;
}
static V map_subscript(Thread *t, V self, V key) {
    ptrdiff_t i;
    if (check_open_first(t, self) < 0) return V_ERROR;
    if (v_is_exact(key, &slice_type)) return map_slice(t, self, key);
    if (!v_type(key)->index) return err_set(t, &exc_TypeError, "mmap indices must be integers");
    if (num_as_ssize(t, key, &exc_IndexError, &i) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    return index_adjust(t, map_of(self), &i) < 0 ? V_ERROR : v_from_int((uint8_t)map_of(self)->data[i]);
}
static int set_slice(Thread *t, V self, V key, V value) {
    Map *m = map_of(self);
    ptrdiff_t i, stop, step;
    Buffer data;
    if (slice_unpack(t, key, &i, &stop, &step) < 0) return -1;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "mmap object doesn't support slice deletion");
        return -1;
    }
    if (buffer_get(t, value, &data, BUF_SIMPLE) < 0) return -1;
    CRITICAL(t, v_obj(self));
    int r = check_open(t, m);
    ptrdiff_t n = r < 0 ? 0 : slice_adjust((ptrdiff_t)m->size, &i, &stop, step);
    if (r == 0 && data.len != n) r = (err_set(t, &exc_IndexError, "mmap slice assignment is wrong size"), -1);
    if (r == 0 && step == 1) memmove(m->data + i, data.data, (size_t)n);
    for (ptrdiff_t k = 0; r == 0 && step != 1 && k < n; k++, i += step) m->data[i] = ((char *)data.data)[k];
    buffer_release(t, &data);
    return r;
}
static int map_set_subscript(Thread *t, V self, V key, V value) {
    Map *m = map_of(self);
    ptrdiff_t i, byte;
    if (check_open_first(t, self) < 0 || check_writable(t, m) < 0) return -1;
    if (v_is_exact(key, &slice_type)) return set_slice(t, self, key, value);
    if (!v_type(key)->index) {
        err_set(t, &exc_TypeError, value == V_NULL ? "mmap indices must be integers" : "mmap indices must be integer");
        return -1;
    }
    if (index_of(t, self, key, &i) < 0) return -1;
    if (value == V_NULL || !v_type(value)->index) {
        err_set(t, &exc_TypeError, value == V_NULL ? "mmap doesn't support item deletion" : "mmap item value must be an int");
        return -1;
    }
    if (num_as_ssize(t, value, &exc_TypeError, &byte) < 0) return -1;
    CRITICAL(t, v_obj(self));
    if (check_open(t, m) < 0) return -1;
    if (byte < 0 || byte > 255) {
        err_set(t, &exc_ValueError, "mmap item value must be in range(0, 256)");
        return -1;
    }
    if ((size_t)i < m->size) m->data[i] = (char)byte;
    return 0;
}
static int map_get_buffer(Thread *t, V self, Buffer *view, int flags) {
    CRITICAL(t, v_obj(self));
    Map *m = map_of(self);
    if (check_open(t, m) < 0 || buffer_fill(t, view, self, m->data, (ptrdiff_t)m->size, m->access == ACCESS_READ, flags) < 0) return -1;
    m->exports++;
    return 0;
}
static void map_release_buffer(Thread *t, V self, Buffer *view) {
    (void)view;
    CRITICAL(t, v_obj(self));
    map_of(self)->exports--;
}

#define L LOCK_SELF
static const Method map_methods[] = {
    {"close", mmap_close, "", L, 0, NULL}, {"find", mmap_find, "sub, start=None, end=None, /", L, 0, NULL}, {"flush", mmap_flush, "offset=0, size=0, /", L, 0, NULL},
    {"madvise", mmap_madvise, "option, start=0, length=0, /", L, 0, NULL}, {"move", mmap_move, "dest, src, count, /", L, 0, NULL},
    {"read", mmap_read, "n=None, /", L, 0, NULL}, {"read_byte", mmap_read_byte, "", L, 0, NULL}, {"readline", mmap_readline, "", L, 0, NULL},
    {"resize", mmap_resize, "newsize, /", L, 0, NULL}, {"rfind", mmap_rfind, "sub, start=None, end=None, /", L, 0, NULL},
    {"seek", mmap_seek, "pos, whence=0, /", L, 0, NULL}, {"size", mmap_size, "", L, 0, NULL}, {"tell", mmap_tell, "", L, 0, NULL},
    {"write", mmap_write, "bytes, /", L, 0, NULL}, {"write_byte", mmap_write_byte, "byte, /", L, 0, NULL}, {"__enter__", mmap_enter, "", L, 0, NULL},
    {"__exit__", mmap_close, NULL, L, M_RAW, NULL}, METHOD_END,
};
#undef L
static const GetSet map_getsets[] = {{"closed", map_closed, NULL, NULL, NULL}, {0}};
static Type mmap_type = {
    TYPE_HEAD("mmap.mmap"), .base = &object_type, .size = sizeof(Map), .flags = TYPE_BASETYPE | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .doc = "mmap(fileno, length[, flags[, prot[, access[, offset]]]])\n\nA file, or with fileno -1 anonymous memory, as mutable bytes.",
    .new_ = map_new, .free_ = map_free, .repr = map_repr, .len = map_len, .item = map_item, .subscript = map_subscript, .set_subscript = map_set_subscript,
    .get_buffer = map_get_buffer, .release_buffer = map_release_buffer, .methods = map_methods, .getsets = map_getsets,
};

#define C(name) {#name, name}
static const IntConstant constants[] = {
    C(PROT_EXEC), C(PROT_READ), C(PROT_WRITE), C(MAP_SHARED), C(MAP_PRIVATE), C(MAP_DENYWRITE), C(MAP_EXECUTABLE), C(MAP_ANON), C(MAP_ANONYMOUS),
    C(MAP_POPULATE), C(MAP_STACK), C(ACCESS_DEFAULT), C(ACCESS_READ), C(ACCESS_WRITE), C(ACCESS_COPY), C(MADV_NORMAL), C(MADV_RANDOM),
    C(MADV_SEQUENTIAL), C(MADV_WILLNEED), C(MADV_DONTNEED), C(MADV_REMOVE), C(MADV_DONTFORK), C(MADV_DOFORK), C(MADV_HWPOISON), C(MADV_MERGEABLE),
    C(MADV_UNMERGEABLE), C(MADV_HUGEPAGE), C(MADV_NOHUGEPAGE), C(MADV_DONTDUMP), C(MADV_DODUMP), C(MADV_FREE),
};
#undef C
static int exec(Thread *t, V module) {
    if (module_add(t, module, "error", v_from_type(&exc_OSError)) < 0 || module_add_type(t, module, &mmap_type) < 0) return -1;
    long page = sysconf(_SC_PAGESIZE);
    if (module_add_int(t, module, "PAGESIZE", page) < 0 || module_add_int(t, module, "ALLOCATIONGRANULARITY", page) < 0) return -1;
    return add_constants(t, module, constants, countof(constants));
}
const ModuleDef mod_mmap = {"mmap", NULL, NULL, exec, 0};
