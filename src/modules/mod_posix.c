// SPDX-License-Identifier: MIT
// Module posix: the environment, the constants, and the rows of the other files.  `os` does `from posix import *`.
#include "posix_private.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

static NATIVE(posix_putenv) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg name, value;
    if (path_arg(t, "putenv", "name", args[0], 0, &name) < 0) return V_ERROR;
    V result = V_ERROR;
    if (path_arg(t, "putenv", "value", args[1], 0, &value) == 0) {
        if (strchr(name.p, '=')) err_set(t, &exc_ValueError, "illegal environment variable name");
        else result = setenv(name.p, value.p, 1) < 0 ? errno_error(t) : V_NONE;
        path_drop(t, &value);
    }
    path_drop(t, &name);
    return result;
}

static NATIVE(posix_unsetenv) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg name;
    if (path_arg(t, "unsetenv", "name", args[0], 0, &name) < 0) return V_ERROR;
    V result = unsetenv(name.p) < 0 ? errno_error(t) : V_NONE;
    path_drop(t, &name);
    return result;
}

static V make_environ(Thread *t) { // bytes to bytes
    V dict = dict_new(t);
    for (char **e = environ; e && *e && !v_is_error(dict); e++) {
        const char *equals = strchr(*e, '=');
        if (!equals) continue;
        V name = bytes_from(t, *e, (size_t)(equals - *e)), value = bytes_from_cstr(t, equals + 1);
        V old = v_is_error(name) || v_is_error(value) ? V_ERROR : dict_setdefault(t, dict, name, value); // the first wins
        v_drop(t, name);
        v_drop(t, value);
        if (v_is_error(old)) {
            v_drop(t, dict);
            return V_ERROR;
        }
        v_drop(t, old);
    }
    return dict;
}

static const Method own_methods[] = {
    {"putenv", posix_putenv, "name, value, /", 0, 0, "Sets an environment variable for the processes to be started."},
    {"unsetenv", posix_unsetenv, "name, /", 0, 0, "Takes a variable out of the environment."},
    METHOD_END,
};

#define C(name) {#name, name}
static const struct { const char *name; int64_t value; } constants[] = {
    C(F_OK), C(R_OK), C(W_OK), C(X_OK), C(O_RDONLY), C(O_WRONLY), C(O_RDWR), C(O_NDELAY), C(O_NONBLOCK), C(O_APPEND), C(O_DSYNC),
    C(O_RSYNC), C(O_SYNC), C(O_NOCTTY), C(O_CREAT), C(O_EXCL), C(O_TRUNC), C(O_LARGEFILE), C(O_PATH), C(O_TMPFILE), C(O_CLOEXEC),
    C(O_ACCMODE), C(O_ASYNC), C(O_DIRECT), C(O_DIRECTORY), C(O_NOFOLLOW), C(O_NOATIME), C(WNOHANG), C(WUNTRACED), C(WCONTINUED),
    C(WEXITED), C(WNOWAIT), C(WSTOPPED), C(P_PID), C(P_PGID), C(P_ALL), C(SEEK_DATA), C(SEEK_HOLE), C(EX_OK), C(EX_USAGE), C(EX_DATAERR),
    C(EX_NOINPUT), C(EX_NOUSER), C(EX_NOHOST), C(EX_UNAVAILABLE), C(EX_SOFTWARE), C(EX_OSERR), C(EX_OSFILE), C(EX_CANTCREAT), C(EX_IOERR),
    C(EX_TEMPFAIL), C(EX_PROTOCOL), C(EX_NOPERM), C(EX_CONFIG), C(ST_RDONLY), C(ST_NOSUID), C(PRIO_PROCESS), C(PRIO_PGRP), C(PRIO_USER),
    C(F_LOCK), C(F_TLOCK), C(F_ULOCK), C(F_TEST), C(SCHED_OTHER), C(SCHED_FIFO), C(SCHED_RR), C(SCHED_BATCH), C(SCHED_IDLE), C(GRND_RANDOM),
    C(GRND_NONBLOCK), C(EFD_CLOEXEC), C(EFD_NONBLOCK), C(EFD_SEMAPHORE), C(MFD_CLOEXEC), C(MFD_ALLOW_SEALING), C(RTLD_LAZY), C(RTLD_NOW),
    C(RTLD_GLOBAL), C(RTLD_LOCAL), C(RTLD_NODELETE), C(RTLD_NOLOAD), C(RTLD_DEEPBIND), C(XATTR_CREATE), C(XATTR_REPLACE), {"TMP_MAX", 238328},
    {"NGROUPS_MAX", 65536}, C(CLD_EXITED), C(CLD_KILLED), C(CLD_DUMPED), C(CLD_TRAPPED), C(CLD_STOPPED), C(CLD_CONTINUED),
    C(O_FSYNC), C(P_PIDFD), C(SCHED_RESET_ON_FORK), C(SPLICE_F_MORE), C(SPLICE_F_MOVE), C(SPLICE_F_NONBLOCK), C(ST_APPEND),
    C(ST_MANDLOCK), C(ST_NOATIME), C(ST_NODEV), C(ST_NODIRATIME), C(ST_NOEXEC), C(ST_RELATIME), C(ST_SYNCHRONOUS), C(ST_WRITE),
    C(POSIX_FADV_DONTNEED), C(POSIX_FADV_NOREUSE), C(POSIX_FADV_NORMAL), C(POSIX_FADV_RANDOM), C(POSIX_FADV_SEQUENTIAL),
    C(POSIX_FADV_WILLNEED), C(RWF_APPEND), C(RWF_DSYNC), C(RWF_HIPRI), C(RWF_NOWAIT), C(RWF_SYNC), C(MFD_HUGETLB), C(MFD_HUGE_16GB),
    C(MFD_HUGE_16MB), C(MFD_HUGE_1GB), C(MFD_HUGE_1MB), C(MFD_HUGE_256MB), C(MFD_HUGE_2GB), C(MFD_HUGE_2MB), C(MFD_HUGE_32MB),
    C(MFD_HUGE_512KB), C(MFD_HUGE_512MB), C(MFD_HUGE_64KB), C(MFD_HUGE_8MB), C(MFD_HUGE_MASK), C(MFD_HUGE_SHIFT), {"POSIX_SPAWN_OPEN", 0},
    {"POSIX_SPAWN_CLOSE", 1}, {"POSIX_SPAWN_DUP2", 2}, {"XATTR_SIZE_MAX", 65536},
};
#undef C

// What os.py asks for before it says what supports dir_fd, follow_symlinks, descriptors.
static const char *const have[] = {
    "HAVE_EVENTFD", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FEXECVE",
    "HAVE_FDOPENDIR", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_FUTIMES",
    "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT",
    "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT",
};

static int add_have(Thread *t, V module) {
    V list = list_new(t, 0);
    if (v_is_error(list)) return -1;
    for (size_t i = 0; i < countof(have); i++) {
        if (list_append(t, list, str_static(have[i])) < 0) {
            v_drop(t, list);
            return -1;
        }
    }
    return module_add_steal(t, module, "_have_functions", list);
}

static int exec(Thread *t, V module) {
    static const Method *const parts[] = {own_methods, posix_file_methods, posix_path_methods, posix_stat_methods, posix_process_methods,
                                          posix_ids_methods, posix_spawn_methods, posix_xattr_methods, posix_conf_methods, posix_more_methods};
    for (size_t i = 0; i < countof(parts); i++) {
        if (module_add_methods(t, module, parts[i]) < 0) return -1;
    }
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    if (module_add_steal(t, module, "environ", make_environ(t)) < 0 || add_have(t, module) < 0) return -1;
    if (module_add(t, module, "error", v_from_type(&exc_OSError)) < 0) return -1;
    if (posix_file_start(t, module) < 0 || posix_path_start(t, module) < 0 || posix_stat_start(t, module) < 0) return -1;
    if (posix_spawn_start(t, module) < 0 || posix_conf_start(t, module) < 0) return -1;
    return posix_process_start(t, module);
}

const ModuleDef mod_posix = {"posix", "System calls, for the module os.", NULL, exec, 0};
