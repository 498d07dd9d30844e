// SPDX-License-Identifier: MIT
// Module _posixshmem: POSIX shared memory for multiprocessing.shared_memory.
#include "posix_private.h"
#include <fcntl.h>
#include <sys/mman.h>

static V name_arg(Thread *t, const char *fname, V v) { // bytes
    if (!v_is_str(v)) return err_bad_argument(t, fname, "argument 'path'", "str", v);
    V name = str_encode_utf8(t, v);
    if (v_is_error(name) || strlen(bytes_data(name)) == bytes_len(name)) return name;
    v_drop(t, name);
    return err_set(t, &exc_ValueError, "embedded null character");
}
static NATIVE(shmem_open) { // path, flags, mode=0o777
    (void)self, (void)nargs, (void)kwnames;
    int flags, mode = 0777, fd;
    bool failed;
    V name = name_arg(t, "shm_open", args[0]);
    if (v_is_error(name)) return V_ERROR;
    V result = V_ERROR;
    if (num_as_int(t, args[1], &flags) == 0 && (args[2] == V_NULL || num_as_int(t, args[2], &mode) == 0)) {
        DETACHED_EINTR(t, fd, shm_open(bytes_data(name), flags, (mode_t)mode), failed);
        result = fd >= 0 ? v_from_int(fd) : failed ? V_ERROR : err_errno(t, &exc_OSError, args[0], V_NULL);
    }
    v_drop(t, name);
    return result;
}
static NATIVE(shmem_unlink) {
    (void)self, (void)nargs, (void)kwnames;
    int r;
    bool failed;
    V name = name_arg(t, "shm_unlink", args[0]);
    if (v_is_error(name)) return V_ERROR;
    DETACHED_EINTR(t, r, shm_unlink(bytes_data(name)), failed);
    V result = r >= 0 ? V_NONE : failed ? V_ERROR : err_errno(t, &exc_OSError, args[0], V_NULL);
    v_drop(t, name);
    return result;
}
static const Method methods[] = {
    {"shm_open", shmem_open, "path, flags, mode=511", 0, 0, "Open a shared memory object; answers a file descriptor."},
    {"shm_unlink", shmem_unlink, "path", 0, 0, "Remove the name of a shared memory object."},
    METHOD_END,
};
const ModuleDef mod__posixshmem = {"_posixshmem", "POSIX shared memory.", methods, NULL, 0};
