// SPDX-License-Identifier: MIT
// posix: processes, identities, the system.
#include "posix_private.h"
#include "runtime/fork.h"
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static V none_or_error(Thread *t, int r) { return r < 0 ? errno_error(t) : V_NONE; }

// ---- identities -----------------------------------------------------------------------------------------------------------
#define GETTER(function, call) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        return int_from_i64(t, (int64_t)call()); \
    }
GETTER(posix_getpid, getpid)
GETTER(posix_getppid, getppid)
GETTER(posix_getuid, getuid)
GETTER(posix_geteuid, geteuid)
GETTER(posix_getgid, getgid)
GETTER(posix_getegid, getegid)
GETTER(posix_getpgrp, getpgrp)

#define SETTER(function, call, type) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        int id; \
        return num_as_int(t, args[0], &id) < 0 ? V_ERROR : none_or_error(t, call((type)id)); \
    }
SETTER(posix_setuid, setuid, uid_t)
SETTER(posix_setgid, setgid, gid_t)
SETTER(posix_seteuid, seteuid, uid_t)
SETTER(posix_setegid, setegid, gid_t)

static NATIVE(posix_getpgid) {
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    pid_t r = getpgid(pid);
    return r < 0 ? errno_error(t) : v_from_int(r);
}
static NATIVE(posix_getsid) {
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    pid_t r = getsid(pid);
    return r < 0 ? errno_error(t) : v_from_int(r);
}
static NATIVE(posix_setsid) {
    UNUSED_NATIVE();
    return none_or_error(t, setsid() < 0 ? -1 : 0);
}
static NATIVE(posix_setpgid) {
    (void)self, (void)nargs, (void)kwnames;
    int pid, group;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &group) < 0) return V_ERROR;
    return none_or_error(t, setpgid(pid, group));
}
static NATIVE(posix_getgroups) {
    UNUSED_NATIVE();
    gid_t groups[1024];
    int n = getgroups(1024, groups);
    if (n < 0) return errno_error(t);
    V list = list_new(t, 0);
    for (int i = 0; i < n && !v_is_error(list); i++) {
        if (list_append(t, list, v_from_int(groups[i])) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}
static NATIVE(posix_getlogin) {
    UNUSED_NATIVE();
    char *name = getlogin();
    return name ? str_from_utf8_surrogateescape(t, name, strlen(name)) : errno_error(t);
}

// ---- processes ------------------------------------------------------------------------------------------------------------
static NATIVE(posix_fork) {
    UNUSED_NATIVE();
    int pid = runtime_fork(t); // runs the at-fork hooks, stops the world around the call
    return pid < 0 ? V_ERROR : v_from_int(pid);
}

static NATIVE(posix_register_at_fork) { // *, before, after_in_child, after_in_parent
    (void)self, (void)nargs, (void)kwnames;
    if (args[0] == V_NULL && args[1] == V_NULL && args[2] == V_NULL) return err_set(t, &exc_TypeError, "At least one argument is required.");
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"before", "after_in_child", "after_in_parent"};
        if (args[i] != V_NULL && !obj_is_callable(args[i])) return err_set(t, &exc_TypeError, "'%s' must be callable, not %T", names[i], args[i]);
    }
    return runtime_register_at_fork(t, args[0], args[1], args[2]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(posix_exit) {
    (void)self, (void)nargs, (void)kwnames;
    int status;
    if (num_as_int(t, args[0], &status) < 0) return V_ERROR;
    _exit(status);
}
static NATIVE(posix_abort) {
    UNUSED_NATIVE();
    abort();
}

static NATIVE(posix_kill) {
    (void)self, (void)nargs, (void)kwnames;
    int pid, sig;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &sig) < 0) return V_ERROR;
    if (kill(pid, sig) < 0) return errno_error(t);
    return safepoint(t) < 0 ? V_ERROR : V_NONE; // a signal to ourselves is handled now
}
static NATIVE(posix_killpg) {
    (void)self, (void)nargs, (void)kwnames;
    int pid, sig;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &sig) < 0) return V_ERROR;
    return none_or_error(t, killpg(pid, sig));
}

static V wait_result(Thread *t, pid_t pid, int status) {
    V v[2] = {v_from_int(pid), v_from_int(status)};
    return tuple_from(t, v, 2);
}
static NATIVE(posix_waitpid) {
    (void)self, (void)nargs, (void)kwnames;
    int pid, options, status = 0;
    bool failed;
    pid_t r;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &options) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, waitpid(pid, &status, options), failed);
    return r >= 0 ? wait_result(t, r, status) : failed ? V_ERROR : errno_error(t);
}
static NATIVE(posix_wait) {
    UNUSED_NATIVE();
    int status = 0;
    bool failed;
    pid_t r;
    DETACHED_EINTR(t, r, wait(&status), failed);
    return r >= 0 ? wait_result(t, r, status) : failed ? V_ERROR : errno_error(t);
}

#define STATUS(function, macro, convert) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        int status; \
        return num_as_int(t, args[0], &status) < 0 ? V_ERROR : convert(macro(status)); \
    }
STATUS(posix_WIFEXITED, WIFEXITED, v_from_bool)
STATUS(posix_WIFSIGNALED, WIFSIGNALED, v_from_bool)
STATUS(posix_WIFSTOPPED, WIFSTOPPED, v_from_bool)
STATUS(posix_WIFCONTINUED, WIFCONTINUED, v_from_bool)
STATUS(posix_WCOREDUMP, WCOREDUMP, v_from_bool)
STATUS(posix_WEXITSTATUS, WEXITSTATUS, v_from_int)
STATUS(posix_WTERMSIG, WTERMSIG, v_from_int)
STATUS(posix_WSTOPSIG, WSTOPSIG, v_from_int)

static NATIVE(posix_waitstatus_to_exitcode) {
    (void)self, (void)nargs, (void)kwnames;
    int status;
    if (num_as_int(t, args[0], &status) < 0) return V_ERROR;
    if (WIFEXITED(status)) return v_from_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status)) return v_from_int(-WTERMSIG(status));
    if (WIFSTOPPED(status)) return err_set(t, &exc_ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
    return err_set(t, &exc_ValueError, "invalid wait status: %i", status);
}

static NATIVE(posix_system) {
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int r;
    if (path_arg(t, "system", "command", args[0], 0, &p) < 0) return V_ERROR;
    DETACHED(t, r, system(p.p));
    path_drop(t, &p);
    return v_from_int(r);
}

// Vectors of NUL-ended strings for exec: [n] NULL.
static void free_strings(char **list) {
    for (size_t i = 0; list && list[i]; i++) free(list[i]);
    free(list);
}
static char **string_vector(Thread *t, V seq, const char *fname, const char *what) {
    V items = obj_to_tuple(t, seq);
    if (v_is_error(items)) return NULL;
    char **list = calloc(tuple_len(items) + 1, sizeof *list);
    for (size_t i = 0; list && i < tuple_len(items); i++) {
        PathArg p;
        if (path_arg(t, fname, what, tuple_borrow(items, i), 0, &p) < 0 || !(list[i] = strdup(p.p))) {
            free_strings(list);
            list = NULL;
            break;
        }
        path_drop(t, &p);
    }
    v_drop(t, items);
    if (!list && !err_pending(t)) err_no_memory(t);
    return list;
}
static V env_items(Thread *t, V env) { // a list of b"NAME=value"
    V list = list_new(t, 0), items = obj_call_method0(t, env, NAME(items)), pairs = v_is_error(items) ? V_ERROR : obj_to_list(t, items);
    v_drop(t, items);
    for (size_t i = 0; !v_is_error(list) && !v_is_error(pairs) && i < list_len(pairs); i++) {
        V pair = list_get(t, pairs, i);
        PathArg k, v;
        int r = -1;
        if (path_arg(t, "execve", "environment key", tuple_borrow(pair, 0), 0, &k) == 0) {
            if (path_arg(t, "execve", "environment value", tuple_borrow(pair, 1), 0, &v) == 0) {
                V line = bytes_new(t, strlen(k.p) + strlen(v.p) + 1);
                if (!v_is_error(line)) {
                    sprintf(bytes_data(line), "%s=%s", k.p, v.p);
                    r = list_append_steal(t, list, line);
                }
                path_drop(t, &v);
            }
            path_drop(t, &k);
        }
        v_drop(t, pair);
        if (r < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    if (v_is_error(pairs)) {
        v_drop(t, list);
        list = V_ERROR;
    }
    v_drop(t, pairs);
    return list;
}
static V exec_with(Thread *t, const char *fname, V path, V argv, V env) {
    PathArg p;
    if (!v_is_tuple(argv) && !v_is_list(argv)) return err_set(t, &exc_TypeError, "%s() arg 2 must be a tuple or list", fname);
    if (obj_len(t, argv) < 1) return err_set(t, &exc_ValueError, "%s() arg 2 must not be empty", fname);
    if (path_arg(t, fname, "path", path, 0, &p) < 0) return V_ERROR;
    char **args = string_vector(t, argv, fname, "argument"), **envp = environ;
    if (args && env != V_NULL) {
        V items = env_items(t, env);
        envp = v_is_error(items) ? NULL : string_vector(t, items, fname, "environment");
        v_drop(t, items);
    }
    if (args && envp) {
        execve(p.p, args, envp);
        path_error(t, &p);
    }
    free_strings(args);
    if (env != V_NULL) free_strings(envp);
    path_drop(t, &p);
    return V_ERROR;
}
static NATIVE(posix_execv) {
    (void)self, (void)nargs, (void)kwnames;
    return exec_with(t, "execv", args[0], args[1], V_NULL);
}
static NATIVE(posix_execve) {
    (void)self, (void)nargs, (void)kwnames;
    return exec_with(t, "execve", args[0], args[1], args[2]);
}

// ---- the system -------------------------------------------------------------------------------------------------------------
static NATIVE(posix_umask) {
    (void)self, (void)nargs, (void)kwnames;
    int mask;
    return num_as_int(t, args[0], &mask) < 0 ? V_ERROR : v_from_int(umask((mode_t)mask));
}
static NATIVE(posix_nice) {
    (void)self, (void)nargs, (void)kwnames;
    int by;
    if (num_as_int(t, args[0], &by) < 0) return V_ERROR;
    errno = 0;
    int r = nice(by);
    return r == -1 && errno ? errno_error(t) : v_from_int(r);
}
static NATIVE(posix_strerror) {
    (void)self, (void)nargs, (void)kwnames;
    int code;
    return num_as_int(t, args[0], &code) < 0 ? V_ERROR : str_from_cstr(t, strerror(code));
}
static NATIVE(posix_urandom) {
    (void)self, (void)nargs, (void)kwnames;
    ptrdiff_t n;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "negative argument not allowed");
    V data = bytes_new(t, (size_t)n);
    if (v_is_error(data)) return V_ERROR;
    for (ptrdiff_t done = 0; done < n;) {
        ssize_t got = getrandom(bytes_data(data) + done, (size_t)(n - done), 0);
        if (got >= 0) {
            done += got;
        } else if (errno != EINTR || safepoint(t) < 0) {
            if (!err_pending(t)) errno_error(t);
            v_drop(t, data);
            return V_ERROR;
        }
    }
    return data;
}
static NATIVE(posix_getrandom) {
    (void)self, (void)nargs, (void)kwnames;
    ptrdiff_t n;
    int flags = 0;
    if (num_as_ssize(t, args[0], &exc_OverflowError, &n) < 0 || (args[1] != V_NULL && num_as_int(t, args[1], &flags) < 0)) return V_ERROR;
    if (n < 0) {
        errno = EINVAL;
        return errno_error(t);
    }
    V data = bytes_new(t, (size_t)n);
    if (v_is_error(data)) return V_ERROR;
    ssize_t got = getrandom(bytes_data(data), (size_t)n, (unsigned)flags);
    if (got >= 0) return bytes_shrink_steal(t, data, (size_t)got);
    v_drop(t, data);
    return errno_error(t);
}
static NATIVE(posix_cpu_count) {
    UNUSED_NATIVE();
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? V_NONE : v_from_int(n);
}
static NATIVE(posix_getloadavg) {
    UNUSED_NATIVE();
    double load[3];
    if (getloadavg(load, 3) != 3) return err_set(t, &exc_OSError, "Load averages are unobtainable");
    return tuple_pack_steal(t, 3, float_from_double(t, load[0]), float_from_double(t, load[1]), float_from_double(t, load[2]));
}
static NATIVE(posix_sched_yield) {
    UNUSED_NATIVE();
    int r;
    DETACHED(t, r, sched_yield());
    return none_or_error(t, r);
}
static NATIVE(posix_sched_getaffinity) {
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    cpu_set_t set;
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    if (sched_getaffinity(pid, sizeof set, &set) < 0) return errno_error(t);
    V result = set_new(t, V_NULL);
    for (int i = 0; i < CPU_SETSIZE && !v_is_error(result); i++) {
        if (CPU_ISSET(i, &set) && set_add(t, result, v_from_int(i)) < 0) {
            v_drop(t, result);
            return V_ERROR;
        }
    }
    return result;
}
static NATIVE(posix_sched_setaffinity) {
    (void)self, (void)nargs, (void)kwnames;
    int pid, cpu;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    V cpus = obj_to_tuple(t, args[1]);
    if (v_is_error(cpus)) return V_ERROR;
    for (size_t i = 0; i < tuple_len(cpus); i++) {
        if (num_as_int(t, tuple_borrow(cpus, i), &cpu) < 0) {
            v_drop(t, cpus);
            return V_ERROR;
        }
        if (cpu >= 0 && cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
    }
    v_drop(t, cpus);
    return none_or_error(t, sched_setaffinity(pid, sizeof set, &set));
}
static NATIVE(posix_sysconf) {
    (void)self, (void)nargs, (void)kwnames;
    static const struct { const char *name; int value; } names[] = {
        {"SC_ARG_MAX", _SC_ARG_MAX}, {"SC_CHILD_MAX", _SC_CHILD_MAX}, {"SC_CLK_TCK", _SC_CLK_TCK}, {"SC_OPEN_MAX", _SC_OPEN_MAX},
        {"SC_PAGESIZE", _SC_PAGESIZE}, {"SC_PAGE_SIZE", _SC_PAGESIZE}, {"SC_NPROCESSORS_CONF", _SC_NPROCESSORS_CONF},
        {"SC_NPROCESSORS_ONLN", _SC_NPROCESSORS_ONLN}, {"SC_PHYS_PAGES", _SC_PHYS_PAGES}, {"SC_AVPHYS_PAGES", _SC_AVPHYS_PAGES},
        {"SC_IOV_MAX", _SC_IOV_MAX}, {"SC_SEM_NSEMS_MAX", _SC_SEM_NSEMS_MAX}, {"SC_GETPW_R_SIZE_MAX", _SC_GETPW_R_SIZE_MAX},
    };
    int which = -1;
    if (v_is_str(args[0])) {
        for (size_t i = 0; i < countof(names) && which < 0; i++) {
            if (str_equal_ascii(args[0], names[i].name)) which = names[i].value;
        }
        if (which < 0) return err_set(t, &exc_ValueError, "unrecognized configuration name");
    } else if (num_as_int(t, args[0], &which) < 0) {
        return V_ERROR;
    }
    errno = 0;
    long r = sysconf(which);
    return r == -1 && errno ? errno_error(t) : int_from_i64(t, r);
}

static Type *uname_type, *times_type;
static NATIVE(posix_uname) {
    UNUSED_NATIVE();
    struct utsname u;
    if (uname(&u) < 0) return errno_error(t);
    V v[] = {str_from_cstr(t, u.sysname), str_from_cstr(t, u.nodename), str_from_cstr(t, u.release), str_from_cstr(t, u.version), str_from_cstr(t, u.machine)};
    return structseq_new_steal(t, uname_type, v);
}
static NATIVE(posix_times) {
    UNUSED_NATIVE();
    struct tms b;
    clock_t now = times(&b);
    double tick = (double)sysconf(_SC_CLK_TCK);
    V v[] = {float_from_double(t, (double)b.tms_utime / tick), float_from_double(t, (double)b.tms_stime / tick),
             float_from_double(t, (double)b.tms_cutime / tick), float_from_double(t, (double)b.tms_cstime / tick),
             float_from_double(t, (double)now / tick)};
    return structseq_new_steal(t, times_type, v);
}

int posix_process_start(Thread *t, V module) {
    static const StructSeqField uname_fields[] = {{"sysname", "operating system name"}, {"nodename", "name of machine on network (implementation-defined)"},
                                                  {"release", "operating system release"}, {"version", "operating system version"},
                                                  {"machine", "hardware identifier"}, {NULL, NULL}};
    static const StructSeqField times_fields[] = {{"user", "user time"}, {"system", "system time"}, {"children_user", "user time of children"},
                                                  {"children_system", "system time of children"},
                                                  {"elapsed", "elapsed time since an arbitrary point in the past"}, {NULL, NULL}};
    uname_type = structseq_new_type(t, "posix.uname_result", "uname_result: Result from os.uname().", uname_fields, 5);
    times_type = uname_type ? structseq_new_type(t, "posix.times_result", "times_result: Result from os.times().", times_fields, 5) : NULL;
    if (!times_type || module_add(t, module, "uname_result", v_from_type(uname_type)) < 0) return -1;
    return module_add(t, module, "times_result", v_from_type(times_type));
}

#define NOARGS(name) {#name, posix_##name, "", 0, 0, NULL}
#define ONE(name, parameter) {#name, posix_##name, parameter, 0, 0, NULL}
const Method posix_process_methods[] = {
    NOARGS(getpid), NOARGS(getppid), NOARGS(getuid), NOARGS(geteuid), NOARGS(getgid), NOARGS(getegid), NOARGS(getpgrp), NOARGS(setsid),
    NOARGS(getgroups), NOARGS(getlogin), NOARGS(fork), NOARGS(abort), NOARGS(wait), NOARGS(cpu_count), NOARGS(getloadavg), NOARGS(sched_yield),
    NOARGS(uname), NOARGS(times), ONE(setuid, "uid, /"), ONE(setgid, "gid, /"), ONE(seteuid, "euid, /"), ONE(setegid, "egid, /"),
    ONE(getpgid, "pid"), ONE(getsid, "pid, /"), ONE(setpgid, "pid, pgrp, /"), {"_exit", posix_exit, "status", 0, 0, "Exit to the system with specified status, without normal exit processing."},
    ONE(kill, "pid, signal, /"), ONE(killpg, "pgid, signal, /"), ONE(waitpid, "pid, options, /"), ONE(WIFEXITED, "status"), ONE(WIFSIGNALED, "status"),
    ONE(WIFSTOPPED, "status"), ONE(WIFCONTINUED, "status"), ONE(WCOREDUMP, "status, /"), ONE(WEXITSTATUS, "status"), ONE(WTERMSIG, "status"),
    ONE(WSTOPSIG, "status"), ONE(waitstatus_to_exitcode, "status"), ONE(system, "command"), ONE(execv, "path, argv, /"),
    ONE(execve, "path, argv, env"), ONE(umask, "mask, /"), ONE(nice, "increment, /"), ONE(strerror, "code, /"), ONE(urandom, "size, /"),
    ONE(getrandom, "size, flags=0"), ONE(sched_getaffinity, "pid, /"), ONE(sched_setaffinity, "pid, mask, /"), ONE(sysconf, "name, /"),
    ONE(register_at_fork, "*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>"), METHOD_END,
};
