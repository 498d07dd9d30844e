// SPDX-License-Identifier: MIT
// posix: stat results, scandir and its entries.
#include "posix_private.h"
#include "object/plain.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// ---- stat_result --------------------------------------------------------------------------------------------------------
static Type *stat_type;
static const StructSeqField stat_fields[] = { // the seven after st_nlink … st_size are shown as ints in the sequence
    {"st_mode", "protection bits"}, {"st_ino", "inode"}, {"st_dev", "device"}, {"st_nlink", "names that the file has"},
    {"st_uid", "the owner's number"}, {"st_gid", "the group's number"}, {"st_size", "bytes in the file"},
    {STRUCTSEQ_UNNAMED, "integer time of last access"}, {STRUCTSEQ_UNNAMED, "integer time of last modification"}, {STRUCTSEQ_UNNAMED, "integer time of last change"},
    {"st_atime", "when it was last read"}, {"st_mtime", "when its contents last changed"}, {"st_ctime",
        "when it last changed in any way"},
    {"st_atime_ns", "when it was last read, in nanoseconds"}, {"st_mtime_ns",
        "when its contents last changed, in nanoseconds"},
    {"st_ctime_ns", "when it last changed in any way, in nanoseconds"}, {"st_blksize", "bytes that are best read at once"},
    {"st_blocks", "blocks of 512 bytes in use"}, {"st_rdev", "the device that the file stands for"}, {NULL, NULL},
};
enum { N_STAT = 19 };

static V nanoseconds(Thread *t, struct timespec ts) {
    V s = int_multiply(t, v_from_int(ts.tv_sec), V_INT(1000000000));
    V ns = v_is_error(s) ? V_ERROR : int_add(t, s, v_from_int(ts.tv_nsec));
    v_drop(t, s);
    return ns;
}
static V seconds(Thread *t, struct timespec ts) { return float_from_double(t, (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec); }

V stat_result_new(Thread *t, const struct stat *st) {
    V v[N_STAT] = {
        v_from_int(st->st_mode), int_from_u64(t, st->st_ino), int_from_u64(t, st->st_dev), int_from_u64(t, st->st_nlink),
        v_from_int(st->st_uid), v_from_int(st->st_gid), int_from_i64(t, st->st_size),
        int_from_i64(t, st->st_atim.tv_sec), int_from_i64(t, st->st_mtim.tv_sec), int_from_i64(t, st->st_ctim.tv_sec),
        seconds(t, st->st_atim), seconds(t, st->st_mtim), seconds(t, st->st_ctim),
        nanoseconds(t, st->st_atim), nanoseconds(t, st->st_mtim), nanoseconds(t, st->st_ctim),
        int_from_i64(t, st->st_blksize), int_from_i64(t, st->st_blocks), int_from_u64(t, st->st_rdev),
    };
    return structseq_new_steal(t, stat_type, v);
}

static V stat_with(Thread *t, const char *fname, V path, V dir_fd, bool follow) {
    PathArg p;
    struct stat st;
    int dir, r;
    if (dir_fd_arg(t, dir_fd, &dir) < 0 || path_arg(t, fname, "path", path, follow ? PATH_FD : 0, &p) < 0) return V_ERROR;
    if (p.p) DETACHED(t, r, fstatat(dir, p.p, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    else DETACHED(t, r, fstat(p.fd, &st));
    V result = r < 0 ? path_error(t, &p) : stat_result_new(t, &st);
    path_drop(t, &p);
    return result;
}

static NATIVE(posix_stat) { // path, *, dir_fd, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    bool follow;
    return flag_arg(t, args[2], true, &follow) < 0 ? V_ERROR : stat_with(t, "stat", args[0], args[1], follow);
}
static NATIVE(posix_lstat) {
    (void)self, (void)nargs, (void)kwnames;
    return stat_with(t, "lstat", args[0], args[1], false);
}
static NATIVE(posix_fstat) {
    (void)self, (void)nargs, (void)kwnames;
    struct stat st;
    int fd, r;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, fstat(fd, &st));
    return r < 0 ? errno_error(t) : stat_result_new(t, &st);
}

// ---- DirEntry -----------------------------------------------------------------------------------------------------------
typedef struct DirEntry {
    Obj head;
    Slot name, path;
    Slot stat, lstat;    // cached results, or V_NULL
    unsigned char kind;  // DT_*
    uint64_t inode;
    int dir_fd;          // scandir(fd): names are relative to it; -1
} DirEntry;
static DirEntry *entry_of(V v) { return (DirEntry *)v_obj(v); }

static V entry_fetch(Thread *t, V self, bool follow) {
    DirEntry *e = entry_of(self);
    if (e->dir_fd >= 0) return stat_with(t, "stat", slot_peek(&e->name), v_from_int(e->dir_fd), follow);
    return stat_with(t, "stat", slot_peek(&e->path), V_NONE, follow);
}

static V entry_stat(Thread *t, V self, bool follow) {
    DirEntry *e = entry_of(self);
    Slot *cache = follow && e->kind == DT_LNK ? &e->stat : &e->lstat; // the same thing for what is no link
    V cached = slot_get(v_obj(self), cache);
    if (cached != V_NULL) return cached;
    V st = entry_fetch(t, self, follow && e->kind == DT_LNK);
    if (!v_is_error(st)) slot_set(t, v_obj(self), cache, st);
    return st;
}

static int entry_mode(Thread *t, V self, bool follow, int kind) { // 1, 0, -1: its type is S_IF* kind
    V st = entry_stat(t, self, follow);
    if (v_is_error(st)) {
        if (!err_matches(t, &exc_FileNotFoundError)) return -1;
        err_clear(t); // gone meanwhile, or a dangling link
        return 0;
    }
    int is = ((int)v_int(tuple_borrow(st, 0)) & S_IFMT) == kind;
    v_drop(t, st);
    return is;
}

static V entry_is(Thread *t, V self, V follow_arg, int dt, int kind) {
    DirEntry *e = entry_of(self);
    bool follow;
    if (flag_arg(t, follow_arg, true, &follow) < 0) return V_ERROR;
    if (e->kind != DT_UNKNOWN && !(follow && e->kind == DT_LNK)) return v_from_bool(e->kind == dt);
    int r = entry_mode(t, self, follow, kind);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(entry_is_dir) {
    (void)nargs, (void)kwnames;
    return entry_is(t, self, args[0], DT_DIR, S_IFDIR);
}
static NATIVE(entry_is_file) {
    (void)nargs, (void)kwnames;
    return entry_is(t, self, args[0], DT_REG, S_IFREG);
}
static NATIVE(entry_is_symlink) {
    UNUSED_NATIVE();
    return entry_is(t, self, V_FALSE, DT_LNK, S_IFLNK);
}
static NATIVE(entry_stat_method) {
    (void)nargs, (void)kwnames;
    bool follow;
    return flag_arg(t, args[0], true, &follow) < 0 ? V_ERROR : entry_stat(t, self, follow);
}
static NATIVE(entry_inode) {
    UNUSED_NATIVE();
    return int_from_u64(t, entry_of(self)->inode);
}
static NATIVE(entry_fspath) {
    UNUSED_NATIVE();
    return slot_get(v_obj(self), &entry_of(self)->path);
}
static V entry_repr(Thread *t, V self) { return str_from_format(t, "<DirEntry %R>", slot_peek(&entry_of(self)->name)); }

static void entry_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    DirEntry *e = (DirEntry *)o;
    VISIT(e->name);
    VISIT(e->path);
    VISIT(e->stat);
    VISIT(e->lstat);
}
static const Method entry_methods[] = {
    {"is_dir", entry_is_dir, "*, follow_symlinks=True", 0, 0, "Whether it is a directory; asked once."},
    {"is_file", entry_is_file, "*, follow_symlinks=True", 0, 0, "Whether it is a file; asked once."},
    {"is_symlink", entry_is_symlink, "", 0, M_TOLD_CLASS, "Whether it is a symbolic link; asked once."},
    {"stat", entry_stat_method, "*, follow_symlinks=True", 0, 0, "What stat() tells of it; asked once."},
    {"inode", entry_inode, "", 0, 0, "Its inode number; asked once."},
    {"__fspath__", entry_fspath, "", 0, 0, "Its path."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    METHOD_END,
};
static const Member entry_members[] = {
    {"name", MEMBER_SLOT, offsetof(DirEntry, name), true, "its name without the directory"},
    {"path", MEMBER_SLOT, offsetof(DirEntry, path), true, "the path given to scandir(), and its name"},
    {0},
};
static Type dir_entry_type = {
    TYPE_HEAD("posix.DirEntry"), .base = &object_type, .size = sizeof(DirEntry), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = entry_traverse, .repr = entry_repr, .methods = entry_methods, .members = entry_members,
};

// ---- scandir ------------------------------------------------------------------------------------------------------------
typedef struct ScanDir {
    Obj head;
    DIR *dir;        // self->lock; NULL: closed or exhausted
    Slot path;       // as given (str or bytes), or V_NULL for a descriptor
    int dir_fd;
    bool as_bytes;
} ScanDir;
static ScanDir *scan_of(V v) { return (ScanDir *)v_obj(v); }

static void scan_close(ScanDir *s) {
    DIR *dir = s->dir;
    s->dir = NULL;
    if (!dir) return;
    if (s->dir_fd >= 0) rewinddir(dir);
    closedir(dir);
}

static V join_path(Thread *t, ScanDir *s, const char *name, size_t n) {
    V base = slot_peek(&s->path);
    PathArg like = {.as_bytes = s->as_bytes};
    if (base == V_NULL) return path_result(t, &like, name, n);
    V head = s->as_bytes ? v_dup(base) : str_to_fs_bytes(t, base);
    if (v_is_error(head)) return V_ERROR;
    size_t len = bytes_len(head);
    bool slash = len && bytes_data(head)[len - 1] != '/';
    V joined = bytes_new(t, len + slash + n);
    if (!v_is_error(joined)) {
        char *p = bytes_data(joined);
        memcpy(p, bytes_data(head), len);
        if (slash) p[len] = '/';
        memcpy(p + len + slash, name, n);
    }
    v_drop(t, head);
    if (v_is_error(joined) || s->as_bytes) return joined;
    V text = str_from_utf8_surrogateescape(t, bytes_data(joined), bytes_len(joined));
    v_drop(t, joined);
    return text;
}

static V make_entry(Thread *t, ScanDir *s, const struct dirent *d) {
    V self = type_alloc(t, &dir_entry_type, 0);
    if (v_is_error(self)) return V_ERROR;
    DirEntry *e = entry_of(self);
    PathArg like = {.as_bytes = s->as_bytes};
    size_t n = strlen(d->d_name);
    V name = path_result(t, &like, d->d_name, n), path = v_is_error(name) ? V_ERROR : join_path(t, s, d->d_name, n);
    if (v_is_error(path)) {
        v_drop(t, name);
        v_drop(t, self);
        return V_ERROR;
    }
    slot_init_steal(t, v_obj(self), &e->name, name);
    slot_init_steal(t, v_obj(self), &e->path, path);
    e->kind = d->d_type;
    e->inode = d->d_ino;
    e->dir_fd = s->dir_fd;
    return self;
}

static V scan_next(Thread *t, V self) {
    ScanDir *s = scan_of(self);
    CRITICAL(t, v_obj(self));
    while (s->dir) {
        errno = 0;
        struct dirent *d = readdir(s->dir);
        if (!d) {
            int code = errno;
            scan_close(s);
            errno = code;
            return code ? err_errno(t, &exc_OSError, slot_peek(&s->path), V_NULL) : V_END;
        }
        if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..")) return make_entry(t, s, d);
    }
    return V_END;
}

static NATIVE(scan_close_method) {
    UNUSED_NATIVE();
    scan_close(scan_of(self));
    return V_NONE;
}
static NATIVE(scan_enter) {
    UNUSED_NATIVE();
    return v_dup(self);
}

static V scan_finalize(Thread *t, V self) {
    ScanDir *s = scan_of(self);
    if (!s->dir) return V_NONE;
    V pending = err_fetch(t);
    if (warn_source(t, &exc_ResourceWarning, 1, self, "unclosed scandir iterator %R", self) < 0) err_unraisable(t, self, NULL);
    scan_close(s);
    err_restore_steal(t, pending);
    return V_NONE;
}

static void scan_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((ScanDir *)o)->path); }
static void scan_free(Thread *t, Obj *o) {
    (void)t;
    scan_close((ScanDir *)o);
}
static const Method scan_methods[] = {
    {"__enter__", scan_enter, "", 0, 0, NULL},
    {"__exit__", scan_close_method, NULL, LOCK_SELF, M_RAW | M_TUPLE, NULL},
    {"close", scan_close_method, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static Type scandir_type = {
    TYPE_HEAD("posix.ScandirIterator"), .base = &object_type, .size = sizeof(ScanDir), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW | TYPE_FINALIZE,
    .traverse = scan_traverse, .free_ = scan_free, .finalize = scan_finalize, .iter = iter_self, .next = scan_next, .methods = scan_methods,
};

static NATIVE(posix_scandir) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    if (path_arg(t, "scandir", "path", args[0], PATH_FD | PATH_NONE, &p) < 0) return V_ERROR;
    V it = type_alloc(t, &scandir_type, 0);
    if (v_is_error(it)) {
        path_drop(t, &p);
        return V_ERROR;
    }
    ScanDir *s = scan_of(it);
    s->dir_fd = p.p ? -1 : p.fd;
    s->as_bytes = p.as_bytes;
    if (p.p) {
        V path = p.given == V_NULL ? NAME_STR(".") : fspath(t, p.given);
        if (v_is_error(path)) goto fail;
        slot_init_steal(t, v_obj(it), &s->path, path);
        DETACHED(t, s->dir, opendir(p.p));
    } else {
        int fd = fcntl(p.fd, F_DUPFD_CLOEXEC, 0);
        s->dir = fd < 0 ? NULL : fdopendir(fd);
        if (!s->dir && fd >= 0) close(fd);
    }
    if (!s->dir) {
        path_error(t, &p);
        goto fail;
    }
    path_drop(t, &p);
    return it;
fail:
    path_drop(t, &p);
    v_drop(t, it);
    return V_ERROR;
}

static int device_arg(Thread *t, V v, uint64_t *out) {
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "an integer is required");
        return -1;
    }
    if (int_sign(v) >= 0) return int_as_u64(t, v, out);
    err_set(t, &exc_OverflowError, "can't convert negative int to unsigned");
    return -1;
}
static NATIVE(posix_major) {
    (void)self, (void)nargs, (void)kwnames;
    uint64_t device;
    return device_arg(t, args[0], &device) < 0 ? V_ERROR : v_from_int(major((dev_t)device));
}
static NATIVE(posix_minor) {
    (void)self, (void)nargs, (void)kwnames;
    uint64_t device;
    return device_arg(t, args[0], &device) < 0 ? V_ERROR : v_from_int(minor((dev_t)device));
}
static NATIVE(posix_makedev) {
    (void)self, (void)nargs, (void)kwnames;
    int ma, mi;
    if (num_as_int(t, args[0], &ma) < 0 || num_as_int(t, args[1], &mi) < 0) return V_ERROR;
    return int_from_i64(t, (int64_t)makedev((unsigned)ma, (unsigned)mi));
}

int posix_stat_start(Thread *t, V module) {
    if (type_ready(t, &scandir_type) < 0 || module_add_type(t, module, &dir_entry_type) < 0) return -1;
    stat_type = structseq_new_type(t, "os.stat_result", "What stat(), lstat() and fstat() tell.", stat_fields, 10);
    return stat_type ? module_add(t, module, "stat_result", v_from_type(stat_type)) : -1;
}

const Method posix_stat_methods[] = {
    {"stat", posix_stat, "path, *, dir_fd=None, follow_symlinks=True", 0, 0, "What is known of a file."},
    {"lstat", posix_lstat, "path, *, dir_fd=None", 0, 0, "What is known of a file, or of a symbolic link itself."},
    {"fstat", posix_fstat, "fd", 0, 0, "What is known of an open file."},
    {"scandir", posix_scandir, "path=None", 0, 0, "The entries of a directory, one after the other."},
    {"major", posix_major, "device, /", 0, 0, "The major part of a device number."},
    {"minor", posix_minor, "device, /", 0, 0, "The minor part of a device number."},
    {"makedev", posix_makedev, "major, minor, /", 0, 0, "The device number of a major and a minor one."},
    METHOD_END,
};
