// SPDX-License-Identifier: MIT
// posix: processes, identities, the system.
#include "posix_private.h"
#include "runtime/fork.h"
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
GETTER(posix_getpgrp, getpgrp)

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
void posix_strings_free(char **list) {
    for (size_t i = 0; list && list[i]; i++) free(list[i]);
    free(list);
}
static V fs_bytes(Thread *t, V v) { // a str, bytes or os.PathLike as bytes without a NUL
    V path = fspath(t, v);
    if (v_is_error(path)) return V_ERROR;
    V bytes = v_is_bytes(path) ? v_dup(path) : str_to_fs_bytes(t, path);
    v_drop(t, path);
    if (v_is_error(bytes) || strlen(bytes_data(bytes)) == bytes_len(bytes)) return bytes;
    v_drop(t, bytes);
    return err_set(t, &exc_ValueError, "embedded null byte");
}
char **posix_strings(Thread *t, V seq) {
    V items = obj_to_tuple(t, seq);
    if (v_is_error(items)) return NULL;
    char **list = calloc(tuple_len(items) + 1, sizeof *list);
    for (size_t i = 0; list && i < tuple_len(items); i++) {
        V item = fs_bytes(t, tuple_borrow(items, i));
        if (!v_is_error(item)) list[i] = strdup(bytes_data(item));
        v_drop(t, item);
        if (!list[i]) {
            posix_strings_free(list);
            list = NULL;
        }
    }
    v_drop(t, items);
    if (!list && !err_pending(t)) err_no_memory(t);
    return list;
}
static V env_item(Thread *t, V name, V value) { // b"NAME=value"
    V k = fs_bytes(t, name), v = v_is_error(k) ? V_ERROR : fs_bytes(t, value), line = V_ERROR;
    if (!v_is_error(v)) {
        if (!bytes_len(k) || strchr(bytes_data(k) + 1, '=')) err_set(t, &exc_ValueError, "illegal environment variable name");
        else line = bytes_new(t, bytes_len(k) + bytes_len(v) + 1);
    }
    if (!v_is_error(line)) {
        char *p = mempcpy(bytes_data(line), bytes_data(k), bytes_len(k));
        *p = '=';
        memcpy(p + 1, bytes_data(v), bytes_len(v));
    }
    v_drop(t, k);
    v_drop(t, v);
    return line;
}
static V env_items(Thread *t, V env) { // a list of b"NAME=value"
    V list = list_new(t, 0), keys = obj_call_method0(t, env, NAME(keys)), names = v_is_error(keys) ? V_ERROR : obj_to_list(t, keys);
    v_drop(t, keys);
    bool failed = v_is_error(list) || v_is_error(names);
    for (size_t i = 0; !failed && i < list_len(names); i++) {
        V name = list_get(t, names, i), value = obj_getitem(t, env, name), line = v_is_error(value) ? V_ERROR : env_item(t, name, value);
        v_drop(t, name);
        v_drop(t, value);
        failed = v_is_error(line) || list_append_steal(t, list, line) < 0;
    }
    v_drop(t, names);
    if (!failed) return list;
    v_drop(t, list);
    return V_ERROR;
}
char **posix_environment(Thread *t, V env) {
    V items = env_items(t, env);
    char **list = v_is_error(items) ? NULL : posix_strings(t, items);
    v_drop(t, items);
    return list;
}
static int check_exec_args(Thread *t, const char *fname, V argv, V env) {
    bool is_v = env == V_NULL; // execv and execve word it differently
    if (!v_is_tuple(argv) && !v_is_list(argv)) {
        err_set(t, &exc_TypeError, is_v ? "%s() arg 2 must be a tuple or list" : "%s: argv must be a tuple or list", fname);
    } else if (obj_len(t, argv) < 1) {
        err_set(t, &exc_ValueError, is_v ? "%s() arg 2 must not be empty" : "%s: argv must not be empty", fname);
    } else if (!is_v && !obj_is_mapping(env)) {
        err_set(t, &exc_TypeError, "%s: environment must be a mapping object", fname);
    }
    return err_pending(t) ? -1 : 0;
}
static V exec_with(Thread *t, const char *fname, V path, V argv, V env) {
    PathArg p;
    if (check_exec_args(t, fname, argv, env) < 0 || path_arg(t, fname, "path", path, env == V_NULL ? 0 : PATH_FD, &p) < 0) return V_ERROR;
    char **args = posix_strings(t, argv), **envp = env == V_NULL ? environ : NULL;
    if (args && !args[0][0]) {
        err_set(t, &exc_ValueError, env == V_NULL ? "%s() arg 2 first element cannot be empty" : "%s: argv first element cannot be empty", fname);
        envp = NULL;
    } else if (args && env != V_NULL) {
        envp = posix_environment(t, env);
    }
    if (args && envp) {
        if (p.p) execve(p.p, args, envp);
        else fexecve(p.fd, args, envp);
        if (env == V_NULL) err_errno(t, &exc_OSError, V_NULL, V_NULL); // execv does not name the file
        else path_error(t, &p);
    }
    posix_strings_free(args);
    if (env != V_NULL) posix_strings_free(envp);
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
        if (cpu < 0) {
            v_drop(t, cpus);
            return err_set(t, &exc_ValueError, "negative CPU number");
        }
        if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
    }
    v_drop(t, cpus);
    return none_or_error(t, sched_setaffinity(pid, sizeof set, &set));
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
    static const StructSeqField uname_fields[] = {{"sysname", "operating system name"}, {"nodename",
        "what the machine is called in its network"},
                                                  {"release", "operating system release"}, {"version", "operating system version"},
                                                  {"machine", "hardware identifier"}, {NULL, NULL}};
    static const StructSeqField times_fields[] = {{"user", "user time"}, {"system", "system time"}, {"children_user",
        "what ended children computed"},
                                                  {"children_system", "what the system computed for ended children"},
                                                  {"elapsed", "time on a clock that began at some moment"}, {NULL, NULL}};
    uname_type = structseq_new_type(t, "posix.uname_result", "uname_result: Result from os.uname().", uname_fields, 5);
    times_type = uname_type ? structseq_new_type(t, "posix.times_result", "times_result: Result from os.times().", times_fields, 5) : NULL;
    if (!times_type || module_add(t, module, "uname_result", v_from_type(uname_type)) < 0) return -1;
    return module_add(t, module, "times_result", v_from_type(times_type));
}

#define NOARGS(name) {#name, posix_##name, "", 0, 0, NULL}
#define ONE(name, parameter) {#name, posix_##name, parameter, 0, 0, NULL}
#define OLD(name, parameter) {#name, posix_##name, parameter, 0, M_OLD_ARITY, NULL} // counts its arguments in the older words
const Method posix_process_methods[] = {
    NOARGS(getpid), NOARGS(getppid), NOARGS(getpgrp), NOARGS(setsid),
    NOARGS(getlogin), NOARGS(fork), NOARGS(abort), NOARGS(wait), NOARGS(cpu_count), NOARGS(getloadavg), NOARGS(sched_yield),
    NOARGS(uname), NOARGS(times),
    ONE(getpgid, "pid"), ONE(getsid, "pid, /"), OLD(setpgid, "pid, pgrp, /"), {"_exit", posix_exit, "status", 0, 0,
        "Ends the process at once; nothing is cleaned up."},
    ONE(kill, "pid, signal, /"), OLD(killpg, "pgid, signal, /"), OLD(waitpid, "pid, options, /"), ONE(WIFEXITED, "status"), ONE(WIFSIGNALED, "status"),
    ONE(WIFSTOPPED, "status"), ONE(WIFCONTINUED, "status"), ONE(WCOREDUMP, "status, /"), ONE(WEXITSTATUS, "status"), ONE(WTERMSIG, "status"),
    ONE(WSTOPSIG, "status"), ONE(waitstatus_to_exitcode, "status"), ONE(system, "command"), ONE(execv, "path, argv, /"),
    ONE(execve, "path, argv, env"), ONE(umask, "mask, /"), ONE(nice, "increment, /"), ONE(strerror, "code, /"), ONE(urandom, "size, /"),
    ONE(getrandom, "size, flags=0"), ONE(sched_getaffinity, "pid, /"), OLD(sched_setaffinity, "pid, mask, /"),
    ONE(register_at_fork, "*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>"), METHOD_END,
};
