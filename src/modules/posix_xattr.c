// SPDX-License-Identifier: MIT
// posix: extended attributes.
#include "posix_private.h"
#include <sys/xattr.h>

enum { SIZE_MAX_ = 65536, FIRST_SIZE = 128 };

// path, then (when `name` is given) the attribute's name.  `follow` false with a descriptor is an error.
typedef struct XattrArgs { PathArg path, name; bool follow, has_name; } XattrArgs;

static int xattr_args(Thread *t, const char *fname, V path, V name, V follow, XattrArgs *a) {
    a->has_name = false;
    if (path_arg(t, fname, "path", path, name == V_NULL ? PATH_FD | PATH_NONE : PATH_FD, &a->path) < 0) return -1;
    if (name != V_NULL) {
        a->has_name = path_arg(t, fname, "attribute", name, 0, &a->name) == 0;
        if (!a->has_name) goto failed;
    }
    if (flag_arg(t, follow, true, &a->follow) < 0) goto failed;
    if (a->path.p || a->follow) return 0;
    err_set(t, &exc_ValueError, "%s: cannot use fd and follow_symlinks together", fname);
failed:
    path_drop(t, &a->path);
    if (a->has_name) path_drop(t, &a->name);
    return -1;
}
static V xattr_done(Thread *t, XattrArgs *a, V result) {
    path_drop(t, &a->path);
    if (a->has_name) path_drop(t, &a->name);
    return result;
}

static ssize_t get_value(const XattrArgs *a, void *p, size_t n) {
    if (!a->path.p) return fgetxattr(a->path.fd, a->name.p, p, n);
    return a->follow ? getxattr(a->path.p, a->name.p, p, n) : lgetxattr(a->path.p, a->name.p, p, n);
}
static ssize_t get_list(const XattrArgs *a, void *p, size_t n) {
    if (!a->path.p) return flistxattr(a->path.fd, p, n);
    return a->follow ? listxattr(a->path.p, p, n) : llistxattr(a->path.p, p, n);
}

// Bytes of whatever size the system has, or the error with the path's name.
static V fetch(Thread *t, XattrArgs *a, ssize_t (*get)(const XattrArgs *, void *, size_t)) {
    for (size_t size = FIRST_SIZE;; size = SIZE_MAX_) {
        V data = bytes_new(t, size);
        if (v_is_error(data)) return V_ERROR;
        ssize_t n;
        DETACHED(t, n, get(a, bytes_data(data), size));
        if (n >= 0) return bytes_shrink_steal(t, data, (size_t)n);
        int code = errno;
        v_drop(t, data);
        errno = code;
        if (code != ERANGE || size == SIZE_MAX_) return path_error(t, &a->path);
    }
}

static NATIVE(posix_getxattr) { // path, attribute, *, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    XattrArgs a;
    if (xattr_args(t, "getxattr", args[0], args[1], args[2], &a) < 0) return V_ERROR;
    return xattr_done(t, &a, fetch(t, &a, get_value));
}

static NATIVE(posix_listxattr) { // path=None, *, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    XattrArgs a;
    if (xattr_args(t, "listxattr", args[0], V_NULL, args[1], &a) < 0) return V_ERROR;
    V data = xattr_done(t, &a, fetch(t, &a, get_list));
    V list = v_is_error(data) ? V_ERROR : list_new(t, 0);
    if (!v_is_error(list)) {
        const char *p = bytes_data(data), *end = p + bytes_len(data);
        while (p < end) { // names, each with its NUL
            size_t n = strlen(p);
            V name = str_from_utf8_surrogateescape(t, p, n);
            if (v_is_error(name) || list_append_steal(t, list, name) < 0) {
                v_drop(t, list);
                list = V_ERROR;
                break;
            }
            p += n + 1;
        }
    }
    v_drop(t, data);
    return list;
}

static NATIVE(posix_setxattr) { // path, attribute, value, flags=0, *, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    XattrArgs a;
    Buffer value;
    int flags = 0, r;
    if (xattr_args(t, "setxattr", args[0], args[1], args[4], &a) < 0) return V_ERROR;
    V result = V_ERROR;
    if ((args[3] == V_NULL || num_as_int(t, args[3], &flags) == 0) && buffer_get(t, args[2], &value, BUF_SIMPLE) == 0) {
        size_t n = (size_t)value.len;
        if (!a.path.p) DETACHED(t, r, fsetxattr(a.path.fd, a.name.p, value.data, n, flags));
        else if (a.follow) DETACHED(t, r, setxattr(a.path.p, a.name.p, value.data, n, flags));
        else DETACHED(t, r, lsetxattr(a.path.p, a.name.p, value.data, n, flags));
        int code = errno;
        buffer_release(t, &value);
        errno = code;
        result = r < 0 ? path_error(t, &a.path) : V_NONE;
    }
    return xattr_done(t, &a, result);
}

static NATIVE(posix_removexattr) { // path, attribute, *, follow_symlinks=True
    (void)self, (void)nargs, (void)kwnames;
    XattrArgs a;
    int r;
    if (xattr_args(t, "removexattr", args[0], args[1], args[2], &a) < 0) return V_ERROR;
    if (!a.path.p) DETACHED(t, r, fremovexattr(a.path.fd, a.name.p));
    else if (a.follow) DETACHED(t, r, removexattr(a.path.p, a.name.p));
    else DETACHED(t, r, lremovexattr(a.path.p, a.name.p));
    return xattr_done(t, &a, r < 0 ? path_error(t, &a.path) : V_NONE);
}

const Method posix_xattr_methods[] = {
    {"getxattr", posix_getxattr, "path, attribute, *, follow_symlinks=True", 0, 0, "The value of an extended attribute, as bytes."},
    {"setxattr", posix_setxattr, "path, attribute, value, flags=0, *, follow_symlinks=True", 0, 0, "Set an extended attribute."},
    {"removexattr", posix_removexattr, "path, attribute, *, follow_symlinks=True", 0, 0, "Remove an extended attribute."},
    {"listxattr", posix_listxattr, "path=None, *, follow_symlinks=True", 0, 0, "A list of the names of extended attributes."},
    METHOD_END,
};
