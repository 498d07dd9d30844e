// SPDX-License-Identifier: MIT
// posix: the less common calls on descriptors and names.
#include "posix_private.h"
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

static V none_or_error(Thread *t, int r) { return r < 0 ? errno_error(t) : V_NONE; }

// ---- vectors at an offset -----------------------------------------------------------------------------------------------------
static NATIVE(posix_preadv) { // fd, buffers, offset, flags=0
    (void)self, (void)nargs, (void)kwnames;
    int fd, flags = 0;
    int64_t offset;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[2], &offset) < 0 || (args[3] != V_NULL && num_as_int(t, args[3], &flags) < 0)) return V_ERROR;
    return posix_vector_io(t, "preadv2() arg 2 must be a sequence", fd, args[1], offset, flags, false);
}
static NATIVE(posix_pwritev) { // fd, buffers, offset, flags=0
    (void)self, (void)nargs, (void)kwnames;
    int fd, flags = 0;
    int64_t offset;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[2], &offset) < 0 || (args[3] != V_NULL && num_as_int(t, args[3], &flags) < 0)) return V_ERROR;
    return posix_vector_io(t, "pwritev2() arg 2 must be a sequence", fd, args[1], offset, flags, true);
}

// ---- from descriptor to descriptor ------------------------------------------------------------------------------------------------
typedef struct Copy { int from, to; int64_t count; off_t from_at, to_at; bool has_from, has_to; } Copy;

static int copy_args(Thread *t, const V *args, Copy *c) { // src, dst, count, offset_src=None, offset_dst=None
    int64_t at;
    *c = (Copy){0};
    if (num_as_int(t, args[0], &c->from) < 0 || num_as_int(t, args[1], &c->to) < 0 || num_as_i64(t, args[2], &c->count) < 0) return -1;
    if (c->count < 0) {
        err_set(t, &exc_ValueError, "negative value for 'count' not allowed");
        return -1;
    }
    c->has_from = args[3] != V_NULL && args[3] != V_NONE;
    c->has_to = args[4] != V_NULL && args[4] != V_NONE;
    if (c->has_from) {
        if (num_as_i64(t, args[3], &at) < 0) return -1;
        c->from_at = at;
    }
    if (c->has_to) {
        if (num_as_i64(t, args[4], &at) < 0) return -1;
        c->to_at = at;
    }
    return 0;
}
static NATIVE(posix_copy_file_range) {
    (void)self, (void)nargs, (void)kwnames;
    Copy c;
    ssize_t r;
    if (copy_args(t, args, &c) < 0) return V_ERROR;
    DETACHED(t, r, copy_file_range(c.from, c.has_from ? &c.from_at : NULL, c.to, c.has_to ? &c.to_at : NULL, (size_t)c.count, 0));
    return r < 0 ? errno_error(t) : int_from_i64(t, r);
}
static NATIVE(posix_splice) { // …, flags=0
    (void)self, (void)nargs, (void)kwnames;
    Copy c;
    ssize_t r;
    int64_t flags = 0;
    bool failed;
    if (copy_args(t, args, &c) < 0 || (args[5] != V_NULL && num_as_i64(t, args[5], &flags) < 0)) return V_ERROR;
    DETACHED_EINTR(t, r, splice(c.from, c.has_from ? &c.from_at : NULL, c.to, c.has_to ? &c.to_at : NULL, (size_t)c.count, (unsigned)flags), failed);
    return r >= 0 ? int_from_i64(t, r) : failed ? V_ERROR : errno_error(t);
}

// ---- advice, space, events ------------------------------------------------------------------------------------------------------
static NATIVE(posix_posix_fallocate) { // fd, offset, length
    (void)self, (void)nargs, (void)kwnames;
    int fd, code;
    int64_t offset, length;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &offset) < 0 || num_as_i64(t, args[2], &length) < 0) return V_ERROR;
    for (;;) {
        DETACHED(t, code, posix_fallocate(fd, offset, length));
        if (code != EINTR) break;
        if (safepoint(t) < 0) return V_ERROR;
    }
    errno = code;
    return code ? errno_error(t) : V_NONE;
}
static NATIVE(posix_posix_fadvise) { // fd, offset, length, advice
    (void)self, (void)nargs, (void)kwnames;
    int fd, code, advice;
    int64_t offset, length;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_i64(t, args[1], &offset) < 0 || num_as_i64(t, args[2], &length) < 0 ||
        num_as_int(t, args[3], &advice) < 0) return V_ERROR;
    for (;;) {
        DETACHED(t, code, posix_fadvise(fd, offset, length, advice));
        if (code != EINTR) break;
        if (safepoint(t) < 0) return V_ERROR;
    }
    errno = code;
    return code ? errno_error(t) : V_NONE;
}
static NATIVE(posix_eventfd_read) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    eventfd_t value;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, eventfd_read(fd, &value));
    return r < 0 ? errno_error(t) : int_from_u64(t, value);
}
static NATIVE(posix_eventfd_write) { // fd, value
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    uint64_t value;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    V n = num_index(t, args[1]);
    int bad = v_is_error(n) ? -1 : 0;
    if (!bad && int_sign(n) < 0) bad = (err_set(t, &exc_ValueError, "value must be positive"), -1);
    if (!bad) bad = int_as_u64(t, n, &value);
    v_drop(t, n);
    if (bad < 0) return V_ERROR;
    DETACHED(t, r, eventfd_write(fd, value));
    return none_or_error(t, r);
}
static NATIVE(posix_sync) {
    UNUSED_NATIVE();
    BLOCKING(t) sync();
    return V_NONE;
}

// ---- names ------------------------------------------------------------------------------------------------------------------------
static NATIVE(posix_mknod) { // path, mode=0o600, device=0, *, dir_fd=None
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int mode = 0600, dir, r;
    int64_t device = 0;
    if ((args[1] != V_NULL && num_as_int(t, args[1], &mode) < 0) || (args[2] != V_NULL && num_as_i64(t, args[2], &device) < 0) ||
        dir_fd_arg(t, args[3], &dir) < 0 || path_arg(t, "mknod", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, mknodat(dir, p.p, (mode_t)mode, (dev_t)device));
    V result = r < 0 ? path_error(t, &p) : V_NONE;
    path_drop(t, &p);
    return result;
}
static NATIVE(posix_lchown) { // path, uid, gid
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    uid_t uid;
    gid_t gid;
    int r;
    if (path_arg(t, "lchown", "path", args[0], 0, &p) < 0) return V_ERROR;
    V result = V_ERROR;
    if (uid_arg(t, args[1], &uid) == 0 && gid_arg(t, args[2], &gid) == 0) {
        DETACHED(t, r, lchown(p.p, uid, gid));
        result = r < 0 ? path_error(t, &p) : V_NONE;
    }
    path_drop(t, &p);
    return result;
}
static NATIVE(posix_ctermid) {
    UNUSED_NATIVE();
    char name[L_ctermid + 1];
    char *p = ctermid(name);
    return p ? str_from_utf8_surrogateescape(t, p, strlen(p)) : errno_error(t);
}
static NATIVE(posix_device_encoding) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    if (fd < 0 || !isatty(fd)) return V_NONE;
    const char *name = nl_langinfo(CODESET);
    return str_from_cstr(t, name && *name ? name : "UTF-8");
}

// A path in its normal form: no empty or "." parts, ".." taken away with the part before it, at most two leading slashes.
typedef struct Normal { uint32_t *out; size_t len, root; } Normal; // root: leading slashes

// ".." takes the last part away, vanishes at the root, and stays where there is nothing to take away.
static bool normal_up(Normal *p) {
    if (p->len == p->root) return p->root > 0;
    size_t last = p->len;
    while (last > p->root && p->out[last - 1] != '/') last--;
    if (p->len - last == 2 && p->out[last] == '.' && p->out[last + 1] == '.') return false;
    p->len = last > p->root ? last - 1 : p->root;
    return true;
}
static size_t normalize(int kind, uint32_t *out, const void *text, size_t n) {
    size_t lead = 0;
    while (lead < n && str_read(kind, text, lead) == '/') lead++;
    Normal p = {out, 0, lead == 2 ? 2 : lead ? 1 : 0};
    while (p.len < p.root) out[p.len++] = '/';
    for (size_t i = lead, end; i < n; i = end + 1) {
        for (end = i; end < n && str_read(kind, text, end) != '/';) end++;
        size_t size = end - i;
        bool dots = size && size <= 2 && str_read(kind, text, i) == '.' && str_read(kind, text, end - 1) == '.';
        if (!size || (dots && size == 1) || (dots && normal_up(&p))) continue;
        if (p.len > p.root) out[p.len++] = '/';
        for (size_t k = i; k < end; k++) out[p.len++] = str_read(kind, text, k);
    }
    if (!p.len && n) out[p.len++] = '.';
    return p.len;
}
static NATIVE(posix_path_normpath) {
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "_path_normpath", "argument 'path'", "str", args[0]);
    size_t n = str_len(args[0]);
    uint32_t *out = mem_alloc(t, (n + 2) * sizeof *out);
    if (!out) return err_no_memory(t);
    size_t len = normalize(str_kind(args[0]), out, str_data(args[0]), n);
    V result = str_from_units(t, 4, out, len);
    mem_free(out);
    return result;
}

const Method posix_more_methods[] = {
    {"preadv", posix_preadv, "fd, buffers, offset, flags=0, /", 0, 0, "Read into several buffers from a place in a file."},
    {"pwritev", posix_pwritev, "fd, buffers, offset, flags=0, /", 0, 0, "Write several buffers to a place in a file."},
    {"copy_file_range", posix_copy_file_range, "src, dst, count, offset_src=None, offset_dst=None", 0, 0, "Copy bytes from one file to another within the kernel."},
    {"splice", posix_splice, "src, dst, count, offset_src=None, offset_dst=None, flags=0", 0, 0, "Move bytes between a pipe and a descriptor within the kernel."},
    {"posix_fallocate", posix_posix_fallocate, "fd, offset, length, /", 0, 0, "Make sure that there is disk space for a part of a file."},
    {"posix_fadvise", posix_posix_fadvise, "fd, offset, length, advice, /", 0, 0, "Tell how a part of a file will be used."},
    {"eventfd_read", posix_eventfd_read, "fd", 0, 0, "Read the counter of an eventfd."},
    {"eventfd_write", posix_eventfd_write, "fd, value", 0, 0, "Add to the counter of an eventfd."},
    {"sync", posix_sync, "", 0, 0, "Write everything to disk."},
    {"mknod", posix_mknod, "path, mode=384, device=0, *, dir_fd=None", 0, 0, "Make a file, device or pipe in the file system."},
    {"lchown", posix_lchown, "path, uid, gid", 0, 0, "Change owner and group; a symbolic link's own."},
    {"ctermid", posix_ctermid, "", 0, 0, "The name of the controlling terminal."},
    {"device_encoding", posix_device_encoding, "fd", 0, 0, "The encoding of a terminal; None for anything else."},
    {"_path_normpath", posix_path_normpath, "path", 0, 0, "Basic path normalization."},
    METHOD_END,
};
