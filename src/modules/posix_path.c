// SPDX-License-Identifier: MIT
// posix: names in the file system.
#include "posix_private.h"
#include "time_private.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

// ---- arguments --------------------------------------------------------------------------------------------------------
V fspath(Thread *t, V v) {
    if (v_is_str(v) || v_is_bytes(v)) return v_dup(v);
    V self, method = obj_lookup_special(t, v, NAME(__fspath__), &self);
    if (method == V_NULL) return err_set(t, &exc_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
    if (v_is_error(method)) return V_ERROR;
    V path = self == V_NULL ? obj_call0(t, method) : obj_call1(t, method, self);
    v_drop(t, method);
    if (v_is_error(path) || v_is_str(path) || v_is_bytes(path)) return path;
    err_set(t, &exc_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", v, path);
    v_drop(t, path);
    return V_ERROR;
}

V path_bytes(Thread *t, V v) {
    V path = fspath(t, v);
    if (v_is_error(path)) return V_ERROR;
    V bytes = v_is_str(path) ? str_to_fs_bytes(t, path) : v_dup(path);
    v_drop(t, path);
    if (v_is_error(bytes) || strlen(bytes_data(bytes)) == bytes_len(bytes)) return bytes;
    v_drop(t, bytes);
    return err_set(t, &exc_ValueError, "embedded null byte");
}

// Bytes-like objects are taken with a warning; anything else is a TypeError.
static int wrong_type(Thread *t, const char *fname, const char *what, int allow, V v) {
    const char *kinds = allow & PATH_FD ? (allow & PATH_NONE ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer")
                                        : (allow & PATH_NONE ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike");
    if (v_is_object(v) && obj_has_buffer(v)) return warn(t, &exc_DeprecationWarning, 1, "%s: %s should be %s, not %T", fname, what, kinds, v);
    err_set(t, &exc_TypeError, "%s: %s should be %s, not %T", fname, what, kinds, v);
    return -1;
}

int path_arg(Thread *t, const char *fname, const char *what, V v, int allow, PathArg *out) {
    *out = (PathArg){.bytes = V_NULL, .given = v, .fd = -1};
    if (v == V_NULL || v == V_NONE) {
        if (!(allow & PATH_NONE)) return wrong_type(t, fname, what, allow, v == V_NULL ? V_NONE : v);
        out->p = ".";
        out->given = V_NULL;
        return 0;
    }
    bool named = v_is_str(v) || v_is_bytes(v);
    if (!named && (allow & PATH_FD) && v_type(v)->index) {
        int r = num_as_int(t, v, &out->fd);
        if (r == 0 && out->fd < 0) out->fd = -2; // a bad descriptor, not a missing one
        return r;
    }
    V self, method = named ? V_NULL : obj_lookup_special(t, v, NAME(__fspath__), &self);
    if (v_is_error(method)) return -1;
    bool bytes_like = !named && method == V_NULL;
    if (bytes_like && wrong_type(t, fname, what, allow, v) < 0) return -1;
    v_drop(t, method);
    V path = bytes_like ? bytes_from_object(t, v) : fspath(t, v);
    if (v_is_error(path)) return -1;
    out->as_bytes = v_is_bytes(path);
    V bytes = out->as_bytes ? path : str_to_fs_bytes(t, path);
    if (!out->as_bytes) v_drop(t, path);
    if (v_is_error(bytes)) return -1;
    if (strlen(bytes_data(bytes)) != bytes_len(bytes)) {
        v_drop(t, bytes);
        err_set(t, &exc_ValueError, "%s: embedded null character in %s", fname, what);
        return -1;
    }
    out->bytes = bytes;
    out->p = bytes_data(bytes);
    return 0;
}

void path_drop(Thread *t, PathArg *p) { v_drop(t, p->bytes); }

V path_result(Thread *t, const PathArg *like, const char *p, size_t n) {
    return like && like->as_bytes ? bytes_from(t, p, n) : str_from_utf8_surrogateescape(t, p, n);
}

V path_error(Thread *t, const PathArg *p) { return err_errno(t, &exc_OSError, p->given, V_NULL); }
V path_error2(Thread *t, const PathArg *p, const PathArg *q) { return err_errno(t, &exc_OSError, p->given, q->given); }

int dir_fd_arg(Thread *t, V v, int *fd) {
    *fd = AT_FDCWD;
    if (v == V_NULL || v == V_NONE) return 0;
    if (v_type(v)->index) return num_as_int(t, v, fd);
    err_set(t, &exc_TypeError, "argument should be integer or None, not %T", v);
    return -1;
}

int flag_arg(Thread *t, V v, bool fallback, bool *out) {
    int r = v == V_NULL ? fallback : obj_is_true(t, v);
    *out = r > 0;
    return r < 0 ? -1 : 0;
}

static int mode_arg(Thread *t, V v, int fallback, int *out) {
    *out = fallback;
    return v == V_NULL ? 0 : num_as_int(t, v, out);
}

static V done(Thread *t, long r, PathArg *p) { // None or the error
    V result = r < 0 ? path_error(t, p) : V_NONE;
    path_drop(t, p);
    return result;
}

// ---- one name -----------------------------------------------------------------------------------------------------------
static NATIVE(posix_fspath) {
    (void)self, (void)nargs, (void)kwnames;
    return fspath(t, args[0]);
}

static NATIVE(posix_mkdir) { // path, mode=511, *, dir_fd=None
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int mode, dir, r;
    if (mode_arg(t, args[1], 0777, &mode) < 0 || dir_fd_arg(t, args[2], &dir) < 0 || path_arg(t, "mkdir", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, mkdirat(dir, p.p, (mode_t)mode));
    return done(t, r, &p);
}

static V unlink_with(Thread *t, const char *fname, const V *args, int flags) {
    PathArg p;
    int dir, r;
    if (dir_fd_arg(t, args[1], &dir) < 0 || path_arg(t, fname, "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, unlinkat(dir, p.p, flags));
    return done(t, r, &p);
}
static NATIVE(posix_unlink) {
    (void)self, (void)nargs, (void)kwnames;
    return unlink_with(t, "unlink", args, 0);
}
static NATIVE(posix_remove) {
    (void)self, (void)nargs, (void)kwnames;
    return unlink_with(t, "remove", args, 0);
}
static NATIVE(posix_rmdir) {
    (void)self, (void)nargs, (void)kwnames;
    return unlink_with(t, "rmdir", args, AT_REMOVEDIR);
}

static V rename_with(Thread *t, const char *fname, const V *args) { // src, dst, *, src_dir_fd, dst_dir_fd
    PathArg a, b;
    int from, to, r;
    if (dir_fd_arg(t, args[2], &from) < 0 || dir_fd_arg(t, args[3], &to) < 0 || path_arg(t, fname, "src", args[0], 0, &a) < 0) return V_ERROR;
    if (path_arg(t, fname, "dst", args[1], 0, &b) < 0) {
        path_drop(t, &a);
        return V_ERROR;
    }
    DETACHED(t, r, renameat(from, a.p, to, b.p));
    V result = r < 0 ? path_error2(t, &a, &b) : V_NONE;
    path_drop(t, &a);
    path_drop(t, &b);
    return result;
}
static NATIVE(posix_rename) {
    (void)self, (void)nargs, (void)kwnames;
    return rename_with(t, "rename", args);
}
static NATIVE(posix_replace) {
    (void)self, (void)nargs, (void)kwnames;
    return rename_with(t, "replace", args);
}

static NATIVE(posix_link) { // src, dst, *, src_dir_fd, dst_dir_fd, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    PathArg a, b;
    int from, to, r;
    bool follow;
    if (dir_fd_arg(t, args[2], &from) < 0 || dir_fd_arg(t, args[3], &to) < 0 || flag_arg(t, args[4], true, &follow) < 0) return V_ERROR;
    if (path_arg(t, "link", "src", args[0], 0, &a) < 0) return V_ERROR;
    if (path_arg(t, "link", "dst", args[1], 0, &b) < 0) {
        path_drop(t, &a);
        return V_ERROR;
    }
    DETACHED(t, r, linkat(from, a.p, to, b.p, follow ? AT_SYMLINK_FOLLOW : 0));
    V result = r < 0 ? path_error2(t, &a, &b) : V_NONE;
    path_drop(t, &a);
    path_drop(t, &b);
    return result;
}

static NATIVE(posix_symlink) { // src, dst, target_is_directory=False, *, dir_fd
    (void)self, (void)nargs, (void)kwnames;
    PathArg a, b;
    int dir, r;
    if (dir_fd_arg(t, args[3], &dir) < 0 || path_arg(t, "symlink", "src", args[0], 0, &a) < 0) return V_ERROR;
    if (path_arg(t, "symlink", "dst", args[1], 0, &b) < 0) {
        path_drop(t, &a);
        return V_ERROR;
    }
    DETACHED(t, r, symlinkat(a.p, dir, b.p));
    V result = r < 0 ? path_error2(t, &a, &b) : V_NONE;
    path_drop(t, &a);
    path_drop(t, &b);
    return result;
}

static NATIVE(posix_readlink) { // path, *, dir_fd
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int dir;
    char target[PATH_MAX];
    if (dir_fd_arg(t, args[1], &dir) < 0 || path_arg(t, "readlink", "path", args[0], 0, &p) < 0) return V_ERROR;
    ssize_t n;
    DETACHED(t, n, readlinkat(dir, p.p, target, sizeof target));
    V result = n < 0 ? path_error(t, &p) : path_result(t, &p, target, (size_t)n);
    path_drop(t, &p);
    return result;
}

static NATIVE(posix_access) { // path, mode, *, dir_fd, effective_ids=False, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int mode, dir, r;
    bool effective, follow;
    if (num_as_int(t, args[1], &mode) < 0 || dir_fd_arg(t, args[2], &dir) < 0 || flag_arg(t, args[3], false, &effective) < 0 ||
        flag_arg(t, args[4], true, &follow) < 0 || path_arg(t, "access", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, faccessat(dir, p.p, mode, (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW)));
    path_drop(t, &p);
    return v_from_bool(r == 0);
}

static NATIVE(posix_chmod) { // path, mode, *, dir_fd, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int mode, dir, r;
    bool follow;
    if (num_as_int(t, args[1], &mode) < 0 || dir_fd_arg(t, args[2], &dir) < 0 || flag_arg(t, args[3], true, &follow) < 0 ||
        path_arg(t, "chmod", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, fchmodat(dir, p.p, (mode_t)mode, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    else DETACHED(t, r, fchmod(p.fd, (mode_t)mode));
    if (r < 0 && !follow && p.p && (errno == EOPNOTSUPP || errno == ENOTSUP)) { // Linux: a link has no mode of its own
        path_drop(t, &p);
        if (dir != AT_FDCWD) return err_set(t, &exc_ValueError, "chmod: cannot use dir_fd and follow_symlinks together");
        return err_set(t, &exc_NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    }
    return done(t, r, &p);
}

static NATIVE(posix_chown) { // path, uid, gid, *, dir_fd, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    uid_t uid;
    gid_t gid;
    int dir, r;
    bool follow;
    if (uid_arg(t, args[1], &uid) < 0 || gid_arg(t, args[2], &gid) < 0 || dir_fd_arg(t, args[3], &dir) < 0 ||
        flag_arg(t, args[4], true, &follow) < 0 || path_arg(t, "chown", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, fchownat(dir, p.p, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    else DETACHED(t, r, fchown(p.fd, uid, gid));
    return done(t, r, &p);
}

static NATIVE(posix_truncate) { // path, length
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int64_t n;
    int r;
    if (num_as_i64(t, args[1], &n) < 0 || path_arg(t, "truncate", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, truncate(p.p, n));
    else DETACHED(t, r, ftruncate(p.fd, n));
    return done(t, r, &p);
}

static NATIVE(posix_mkfifo) { // path, mode=438, *, dir_fd
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int mode, dir, r;
    if (mode_arg(t, args[1], 0666, &mode) < 0 || dir_fd_arg(t, args[2], &dir) < 0 || path_arg(t, "mkfifo", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, mkfifoat(dir, p.p, (mode_t)mode));
    return done(t, r, &p);
}

// ---- times ----------------------------------------------------------------------------------------------------------------
static int seconds_arg(Thread *t, V v, struct timespec *out) { // an int or float of seconds
    int nano;
    if (time_to_parts(t, v, 1000000000, TIME_FLOOR, &out->tv_sec, &nano) < 0) return -1;
    out->tv_nsec = nano;
    return 0;
}

static int nanoseconds_arg(Thread *t, V v, struct timespec *out) {
    V q, r;
    if (int_divmod(t, v, V_INT(1000000000), &q, &r) < 0) return -1;
    int64_t seconds, nano = v_int(r);
    int bad = int_as_i64(t, q, &seconds);
    v_drop(t, q);
    v_drop(t, r);
    if (bad < 0) return -1;
    out->tv_sec = seconds;
    out->tv_nsec = nano;
    return 0;
}

static NATIVE(posix_utime) { // path, times=None, *, ns, dir_fd, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    V times = args[1] == V_NULL ? V_NONE : args[1], ns = args[2];
    struct timespec ts[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    int dir, r;
    bool follow;
    PathArg p;
    if (times != V_NONE && ns != V_NULL) return err_set(t, &exc_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    V pair = ns != V_NULL ? ns : times;
    if (pair != V_NONE) {
        if (!v_is_tuple(pair) || tuple_len(pair) != 2) {
            return err_set(t, &exc_TypeError, ns != V_NULL ? "utime: 'ns' must be a tuple of two ints" : "utime: 'times' must be either a tuple of two ints or None");
        }
        for (size_t i = 0; i < 2; i++) {
            V item = tuple_borrow(pair, i);
            if ((ns != V_NULL ? nanoseconds_arg(t, item, &ts[i]) : seconds_arg(t, item, &ts[i])) < 0) return V_ERROR;
        }
    }
    if (dir_fd_arg(t, args[3], &dir) < 0 || flag_arg(t, args[4], true, &follow) < 0 || path_arg(t, "utime", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, utimensat(dir, p.p, ts, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    else DETACHED(t, r, futimens(p.fd, ts));
    return done(t, r, &p);
}

// ---- directories ------------------------------------------------------------------------------------------------------------
static V current_directory(Thread *t, bool as_bytes) {
    char *cwd;
    DETACHED(t, cwd, getcwd(NULL, 0));
    if (!cwd) return errno_error(t);
    V v = as_bytes ? bytes_from_cstr(t, cwd) : str_from_utf8_surrogateescape(t, cwd, strlen(cwd));
    free(cwd);
    return v;
}
static NATIVE(posix_getcwd) {
    UNUSED_NATIVE();
    return current_directory(t, false);
}
static NATIVE(posix_getcwdb) {
    UNUSED_NATIVE();
    return current_directory(t, true);
}

static NATIVE(posix_chdir) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int r;
    if (path_arg(t, "chdir", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, chdir(p.p));
    else DETACHED(t, r, fchdir(p.fd));
    return done(t, r, &p);
}

static NATIVE(posix_chroot) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int r;
    if (path_arg(t, "chroot", "path", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, chroot(p.p));
    return done(t, r, &p);
}

static NATIVE(posix_listdir) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    DIR *dir;
    if (path_arg(t, "listdir", "path", args[0], PATH_FD | PATH_NONE, &p) < 0) return V_ERROR;
    if (p.p) {
        DETACHED(t, dir, opendir(p.p));
    } else {
        int fd = fcntl(p.fd, F_DUPFD_CLOEXEC, 0);
        dir = fd < 0 ? NULL : fdopendir(fd);
        if (!dir && fd >= 0) close(fd);
        if (dir) rewinddir(dir);
    }
    if (!dir) return done(t, -1, &p);
    V list = list_new(t, 0);
    while (!v_is_error(list)) {
        struct dirent *e;
        errno = 0;
        DETACHED(t, e, readdir(dir));
        if (!e) {
            if (errno) {
                path_error(t, &p);
                v_drop(t, list);
                list = V_ERROR;
            }
            break;
        }
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        V name = path_result(t, &p, e->d_name, strlen(e->d_name));
        if (v_is_error(name) || list_append_steal(t, list, name) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    closedir(dir);
    path_drop(t, &p);
    return list;
}

static Type *statvfs_type;
static V statvfs_result(Thread *t, const struct statvfs *s) {
    V v[] = {int_from_u64(t, s->f_bsize), int_from_u64(t, s->f_frsize), int_from_u64(t, s->f_blocks), int_from_u64(t, s->f_bfree),
             int_from_u64(t, s->f_bavail), int_from_u64(t, s->f_files), int_from_u64(t, s->f_ffree), int_from_u64(t, s->f_favail),
             int_from_u64(t, s->f_flag), int_from_u64(t, s->f_namemax), int_from_u64(t, s->f_fsid)};
    return structseq_new_steal(t, statvfs_type, v);
}

static NATIVE(posix_statvfs) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    struct statvfs s;
    int r;
    if (path_arg(t, "statvfs", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, statvfs(p.p, &s));
    else DETACHED(t, r, fstatvfs(p.fd, &s));
    if (r < 0) return done(t, r, &p);
    path_drop(t, &p);
    return statvfs_result(t, &s);
}

static NATIVE(posix_fstatvfs) {
    (void)self, (void)nargs, (void)kwnames;
    struct statvfs s;
    int fd, r;
    bool failed;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, fstatvfs(fd, &s), failed);
    return r >= 0 ? statvfs_result(t, &s) : failed ? V_ERROR : errno_error(t);
}

int posix_path_start(Thread *t, V module) {
    static const StructSeqField fields[] = {{"f_bsize", NULL}, {"f_frsize", NULL}, {"f_blocks", NULL}, {"f_bfree", NULL}, {"f_bavail", NULL},
                                            {"f_files", NULL}, {"f_ffree", NULL}, {"f_favail", NULL}, {"f_flag", NULL}, {"f_namemax", NULL},
                                            {"f_fsid", NULL}, {NULL, NULL}};
    statvfs_type = structseq_new_type(t, "os.statvfs_result", "What statvfs() and fstatvfs() tell.", fields, 10);
    return statvfs_type ? module_add(t, module, "statvfs_result", v_from_type(statvfs_type)) : -1;
}

const Method posix_path_methods[] = {
    {"fspath", posix_fspath, "path", 0, 0, "A path as str or bytes, asked from its __fspath__ if it is neither."},
    {"mkdir", posix_mkdir, "path, mode=511, *, dir_fd=None", 0, 0, "Create a directory."},
    {"unlink", posix_unlink, "path, *, dir_fd=None", 0, 0, "Removes a file, like remove()."},
    {"remove", posix_remove, "path, *, dir_fd=None", 0, 0, "Removes a file, like unlink()."},
    {"rmdir", posix_rmdir, "path, *, dir_fd=None", 0, 0, "Remove a directory."},
    {"rename", posix_rename, "src, dst, *, src_dir_fd=None, dst_dir_fd=None", 0, 0, "Rename a file or directory."},
    {"replace", posix_replace, "src, dst, *, src_dir_fd=None, dst_dir_fd=None", 0, 0,
        "Renames a file or directory; what had the new name is gone."},
    {"link", posix_link, "src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True", 0, 0,
        "Gives a file a second name."},
    {"symlink", posix_symlink, "src, dst, target_is_directory=False, *, dir_fd=None", 0, 0,
        "Makes dst a symbolic link to src."},
    {"readlink", posix_readlink, "path, *, dir_fd=None", 0, 0, "What a symbolic link says."},
    {"access", posix_access, "path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True", 0, 0,
        "Whether the real user may use a path in this way."},
    {"chmod", posix_chmod, "path, mode, *, dir_fd=None, follow_symlinks=True", 0, 0, "Sets who may do what with a file."},
    {"chown", posix_chown, "path, uid, gid, *, dir_fd=None, follow_symlinks=True", 0, 0,
        "Gives a file to a user and a group, by number."},
    {"truncate", posix_truncate, "path, length", 0, 0, "Makes a file exactly that long."},
    {"mkfifo", posix_mkfifo, "path, mode=438, *, dir_fd=None", 0, 0, "Makes a named pipe."},
    {"utime", posix_utime, "path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True", 0, 0,
        "Sets when a file was last read and changed."},
    {"getcwd", posix_getcwd, "", 0, 0, "The current directory as text."},
    {"getcwdb", posix_getcwdb, "", 0, 0, "The current directory as bytes."},
    {"chdir", posix_chdir, "path", 0, 0, "Makes another directory the current one."},
    {"chroot", posix_chroot, "path", 0, 0, "Makes a directory the root of all paths."},
    {"listdir", posix_listdir, "path=None", 0, 0, "The names in a directory, as a list."},
    {"statvfs", posix_statvfs, "path", 0, 0, "What is known of the file system that a path is in."},
    {"fstatvfs", posix_fstatvfs, "fd, /", 0, 0, "Perform an fstatvfs system call on the given fd."},
    METHOD_END,
};
