// SPDX-License-Identifier: MIT
// posix: posix_spawn, scheduling, and the calls that wait for children and tell more about them.
#include "posix_private.h"
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>
#include "runtime/fork.h"

static V none_or_error(Thread *t, int r) { return r < 0 ? errno_error(t) : V_NONE; }
static Type *sched_param_type, *waitid_type;

// ---- scheduling -------------------------------------------------------------------------------------------------------------
static V sched_param_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V value;
    if (args_bind(t, "sched_param", "sched_priority", args, nargs, kwnames, &value) < 0) return V_ERROR;
    value = v_dup(value);
    return structseq_new_steal(t, type, &value);
}

static int param_arg(Thread *t, V v, struct sched_param *out) {
    if (!type_check(t, v, sched_param_type)) {
        err_set(t, &exc_TypeError, "must have a sched_param object");
        return -1;
    }
    int64_t n;
    if (num_as_i64(t, tuple_borrow(v, 0), &n) < 0) return -1;
    if (n < INT32_MIN || n > INT32_MAX) {
        err_set(t, &exc_OverflowError, "sched_priority out of range");
        return -1;
    }
    out->sched_priority = (int)n;
    return 0;
}

#define PRIORITY_LIMIT(function, call) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        int policy; \
        if (num_as_int(t, args[0], &policy) < 0) return V_ERROR; \
        int r = call(policy); \
        return r < 0 ? errno_error(t) : v_from_int(r); \
    }
PRIORITY_LIMIT(posix_sched_get_priority_max, sched_get_priority_max)
PRIORITY_LIMIT(posix_sched_get_priority_min, sched_get_priority_min)
PRIORITY_LIMIT(posix_sched_getscheduler, sched_getscheduler)

static NATIVE(posix_sched_getparam) {
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    struct sched_param p;
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    if (sched_getparam(pid, &p) < 0) return errno_error(t);
    V value = v_from_int(p.sched_priority);
    return structseq_new_steal(t, sched_param_type, &value);
}
static NATIVE(posix_sched_setparam) { // pid, param
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    struct sched_param p;
    if (num_as_int(t, args[0], &pid) < 0 || param_arg(t, args[1], &p) < 0) return V_ERROR;
    return none_or_error(t, sched_setparam(pid, &p));
}
static NATIVE(posix_sched_setscheduler) { // pid, policy, param
    (void)self, (void)nargs, (void)kwnames;
    int pid, policy;
    struct sched_param p;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &policy) < 0 || param_arg(t, args[2], &p) < 0) return V_ERROR;
    return none_or_error(t, sched_setscheduler(pid, policy, &p) < 0 ? -1 : 0);
}
static NATIVE(posix_sched_rr_get_interval) {
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    struct timespec ts;
    if (num_as_int(t, args[0], &pid) < 0) return V_ERROR;
    if (sched_rr_get_interval(pid, &ts) < 0) return errno_error(t);
    return float_from_double(t, (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec);
}

// ---- posix_spawn ------------------------------------------------------------------------------------------------------------
enum { ACTION_OPEN, ACTION_CLOSE, ACTION_DUP2 };

// One (identifier, ...) tuple.  `paths` keeps the names of files alive until the call.
static int add_action(Thread *t, posix_spawn_file_actions_t *actions, V action, V paths) {
    static const struct { const char *what; size_t n; } forms[] = {{"open", 5}, {"close", 2}, {"dup2", 3}};
    int which, a, b, c;
    if (!v_is_tuple(action) || tuple_len(action) == 0) {
        err_set(t, &exc_TypeError, "Each file_actions element must be a non-empty tuple");
        return -1;
    }
    if (num_as_int(t, tuple_borrow(action, 0), &which) < 0) return -1;
    if (which < ACTION_OPEN || which > ACTION_DUP2) {
        err_set(t, &exc_TypeError, "Unknown file_actions identifier");
        return -1;
    }
    if (tuple_len(action) != forms[which].n) {
        err_set(t, &exc_TypeError, "A %s file_action tuple must have %zu elements", forms[which].what, forms[which].n);
        return -1;
    }
    if (num_as_int(t, tuple_borrow(action, 1), &a) < 0) return -1;
    int code;
    if (which == ACTION_CLOSE) {
        code = posix_spawn_file_actions_addclose(actions, a);
    } else if (which == ACTION_DUP2) {
        if (num_as_int(t, tuple_borrow(action, 2), &b) < 0) return -1;
        code = posix_spawn_file_actions_adddup2(actions, a, b);
    } else {
        PathArg p;
        if (num_as_int(t, tuple_borrow(action, 3), &b) < 0 || num_as_int(t, tuple_borrow(action, 4), &c) < 0) return -1;
        if (path_arg(t, "posix_spawn", "path", tuple_borrow(action, 2), 0, &p) < 0) return -1;
        code = list_append(t, paths, p.bytes) < 0 ? -1 : posix_spawn_file_actions_addopen(actions, a, p.p, b, (mode_t)c);
        path_drop(t, &p);
    }
    if (code > 0) {
        errno = code;
        errno_error(t);
    }
    return code == 0 ? 0 : -1;
}

static int add_actions(Thread *t, posix_spawn_file_actions_t *actions, V given, V paths) {
    if (!obj_is_sequence(given) && !v_type(given)->iter) {
        err_set(t, &exc_TypeError, "file_actions must be a sequence or None");
        return -1;
    }
    V seq = obj_to_tuple(t, given);
    if (v_is_error(seq)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(seq); i++) r = add_action(t, actions, tuple_borrow(seq, i), paths);
    v_drop(t, seq);
    return r;
}

static int signal_set_arg(Thread *t, V v, sigset_t *set) {
    sigemptyset(set);
    V items = obj_to_tuple(t, v);
    if (v_is_error(items)) return -1;
    int r = 0, number;
    for (size_t i = 0; r == 0 && i < tuple_len(items); i++) {
        r = num_as_int(t, tuple_borrow(items, i), &number);
        if (r == 0 && (number <= 0 || number >= NSIG)) {
            err_set(t, &exc_ValueError, "signal number %d out of range [1; %i]", number, NSIG - 1);
            r = -1;
        }
        if (r == 0) sigaddset(set, number); // the C library refuses the two it keeps for itself: nothing to do
    }
    v_drop(t, items);
    return r;
}

enum { PATH, ARGV, ENV, FILE_ACTIONS, SETPGROUP, RESETIDS, SETSID, SETSIGMASK, SETSIGDEF, SCHEDULER };

static int add_scheduler(Thread *t, const char *fname, V v, posix_spawnattr_t *attr, short *flags) {
    struct sched_param param;
    int policy;
    if (v == V_NULL) return 0;
    if (!v_is_tuple(v) || tuple_len(v) != 2) {
        err_set(t, &exc_TypeError, "%s: scheduler must be a tuple or None", fname);
        return -1;
    }
    if (tuple_borrow(v, 0) != V_NONE) {
        if (num_as_int(t, tuple_borrow(v, 0), &policy) < 0) return -1;
        posix_spawnattr_setschedpolicy(attr, policy);
        *flags |= POSIX_SPAWN_SETSCHEDULER;
    }
    if (param_arg(t, tuple_borrow(v, 1), &param) < 0) return -1;
    posix_spawnattr_setschedparam(attr, &param);
    *flags |= POSIX_SPAWN_SETSCHEDPARAM;
    return 0;
}

static int add_attributes(Thread *t, const char *fname, const V *args, posix_spawnattr_t *attr) {
    short flags = 0;
    int group, on = 0;
    sigset_t set;
    if (args[SETPGROUP] != V_NULL) {
        if (num_as_int(t, args[SETPGROUP], &group) < 0) return -1;
        posix_spawnattr_setpgroup(attr, group);
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (args[RESETIDS] != V_NULL && num_as_int(t, args[RESETIDS], &on) < 0) return -1;
    if (on) flags |= POSIX_SPAWN_RESETIDS;
    on = 0;
    if (args[SETSID] != V_NULL && num_as_int(t, args[SETSID], &on) < 0) return -1;
    if (on) flags |= POSIX_SPAWN_SETSID;
    if (args[SETSIGMASK] != V_NULL) {
        if (signal_set_arg(t, args[SETSIGMASK], &set) < 0) return -1;
        posix_spawnattr_setsigmask(attr, &set);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (args[SETSIGDEF] != V_NULL) {
        if (signal_set_arg(t, args[SETSIGDEF], &set) < 0) return -1;
        posix_spawnattr_setsigdefault(attr, &set);
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (add_scheduler(t, fname, args[SCHEDULER], attr, &flags) < 0) return -1;
    posix_spawnattr_setflags(attr, flags);
    return 0;
}

static int check_spawn_args(Thread *t, const char *fname, const V *args) {
    if (!v_is_list(args[ARGV]) && !v_is_tuple(args[ARGV])) {
        err_set(t, &exc_TypeError, "%s: argv must be a tuple or list", fname);
        return -1;
    }
    ptrdiff_t n = obj_len(t, args[ARGV]);
    if (n < 1) {
        if (n == 0) err_set(t, &exc_ValueError, "%s: argv must not be empty", fname);
        return -1;
    }
    if (obj_is_mapping(args[ENV])) return 0;
    err_set(t, &exc_TypeError, "%s: environment must be a mapping object", fname);
    return -1;
}

static V spawn_with(Thread *t, const char *fname, const V *args, bool search) {
    PathArg path;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    if (path_arg(t, fname, "path", args[PATH], 0, &path) < 0) return V_ERROR;
    if (check_spawn_args(t, fname, args) < 0) {
        path_drop(t, &path);
        return V_ERROR;
    }
    V result = V_ERROR, paths = list_new(t, 0);
    char **argv = posix_strings(t, args[ARGV]), **envp = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    if (argv && !argv[0][0]) {
        err_set(t, &exc_ValueError, "%s: argv first element cannot be empty", fname);
    } else if (argv && !v_is_error(paths) && (envp = posix_environment(t, args[ENV])) && add_attributes(t, fname, args, &attr) == 0 &&
        (args[FILE_ACTIONS] == V_NULL || args[FILE_ACTIONS] == V_NONE || add_actions(t, &actions, args[FILE_ACTIONS], paths) == 0)) {
        pid_t pid;
        int code;
        DETACHED(t, code, (search ? posix_spawnp : posix_spawn)(&pid, path.p, &actions, &attr, argv, envp));
        errno = code;
        result = code ? path_error(t, &path) : v_from_int(pid);
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    posix_strings_free(argv);
    posix_strings_free(envp);
    v_drop(t, paths);
    path_drop(t, &path);
    return result;
}
static NATIVE(posix_posix_spawn) {
    (void)self, (void)nargs, (void)kwnames;
    return spawn_with(t, "posix_spawn", args, false);
}
static NATIVE(posix_posix_spawnp) {
    (void)self, (void)nargs, (void)kwnames;
    return spawn_with(t, "posix_spawnp", args, true);
}

// ---- fork with a terminal -----------------------------------------------------------------------------------------------------
static NATIVE(posix_forkpty) {
    UNUSED_NATIVE();
    int master = -1;
    if (runtime_before_fork(t) < 0) return V_ERROR;
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    int code = errno;
    if (pid == 0) runtime_after_fork_child(t);
    else runtime_after_fork_parent(t);
    errno = code;
    return pid < 0 ? errno_error(t) : tuple_pack(t, 2, v_from_int(pid), v_from_int(master));
}
static NATIVE(posix_login_tty) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return fd_arg(t, args[0], &fd) < 0 ? V_ERROR : none_or_error(t, login_tty(fd));
}

// ---- waiting ------------------------------------------------------------------------------------------------------------------
static V wait_result(Thread *t, pid_t pid, int status, const struct rusage *usage) {
    return tuple_pack_steal(t, 3, v_from_int(pid), v_from_int(status), rusage_result(t, usage));
}
static NATIVE(posix_wait3) { // options
    (void)self, (void)nargs, (void)kwnames;
    int options, status = 0;
    struct rusage usage = {0};
    bool failed;
    pid_t r;
    if (num_as_int(t, args[0], &options) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, wait3(&status, options, &usage), failed);
    return r >= 0 ? wait_result(t, r, status, &usage) : failed ? V_ERROR : errno_error(t);
}
static NATIVE(posix_wait4) { // pid, options
    (void)self, (void)nargs, (void)kwnames;
    int pid, options, status = 0;
    struct rusage usage = {0};
    bool failed;
    pid_t r;
    if (num_as_int(t, args[0], &pid) < 0 || num_as_int(t, args[1], &options) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, wait4(pid, &status, options, &usage), failed);
    return r >= 0 ? wait_result(t, r, status, &usage) : failed ? V_ERROR : errno_error(t);
}
static NATIVE(posix_waitid) { // idtype, id, options
    (void)self, (void)nargs, (void)kwnames;
    int type, id, options, r;
    bool failed;
    siginfo_t info = {0};
    if (num_as_int(t, args[0], &type) < 0 || num_as_int(t, args[1], &id) < 0 || num_as_int(t, args[2], &options) < 0) return V_ERROR;
    DETACHED_EINTR(t, r, waitid((idtype_t)type, (id_t)id, &info, options), failed);
    if (r < 0) return failed ? V_ERROR : errno_error(t);
    if (!info.si_pid) return V_NONE;
    V v[] = {v_from_int(info.si_pid), id_value(info.si_uid), v_from_int(info.si_signo), v_from_int(info.si_status), v_from_int(info.si_code)};
    return structseq_new_steal(t, waitid_type, v);
}
static NATIVE(posix_pidfd_open) { // pid, flags=0
    (void)self, (void)nargs, (void)kwnames;
    int pid;
    int64_t flags = 0;
    if (num_as_int(t, args[0], &pid) < 0 || (args[1] != V_NULL && num_as_i64(t, args[1], &flags) < 0)) return V_ERROR;
    int fd = (int)syscall(SYS_pidfd_open, pid, (unsigned)flags);
    return fd < 0 ? errno_error(t) : v_from_int(fd);
}

int posix_spawn_start(Thread *t, V module) {
    static const StructSeqField param_fields[] = {{"sched_priority", "the scheduling priority"}, {NULL, NULL}};
    static const StructSeqField waitid_fields[] = {{"si_pid", NULL}, {"si_uid", NULL}, {"si_signo", NULL}, {"si_status", NULL}, {"si_code", NULL}, {NULL, NULL}};
    sched_param_type = structseq_new_type(t, "posix.sched_param", "The parameters of a scheduling policy.", param_fields, 1);
    waitid_type = sched_param_type ? structseq_new_type(t, "posix.waitid_result", "waitid_result: Result from waitid.", waitid_fields, 5) : NULL;
    if (!waitid_type) return -1;
    sched_param_type->new_ = sched_param_new;
    sched_param_type->text_signature = "(sched_priority)";
    if (module_add(t, module, "sched_param", v_from_type(sched_param_type)) < 0) return -1;
    return module_add(t, module, "waitid_result", v_from_type(waitid_type));
}

#define SPAWN_SIG \
    "path, argv, env, /, *, file_actions=(), setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unrepresentable>"
const Method posix_spawn_methods[] = {
    {"posix_spawn", posix_posix_spawn, SPAWN_SIG, 0, 0, "Run a program in a new process."},
    {"posix_spawnp", posix_posix_spawnp, SPAWN_SIG, 0, 0, "Run a program, found along PATH, in a new process."},
    {"sched_get_priority_max", posix_sched_get_priority_max, "policy", 0, 0, "The highest priority of a scheduling policy."},
    {"sched_get_priority_min", posix_sched_get_priority_min, "policy", 0, 0, "The lowest priority of a scheduling policy."},
    {"sched_getscheduler", posix_sched_getscheduler, "pid, /", 0, 0, "The scheduling policy of a process (0: this one)."},
    {"sched_setscheduler", posix_sched_setscheduler, "pid, policy, param, /", 0, M_OLD_ARITY, "Set the scheduling policy of a process."},
    {"sched_getparam", posix_sched_getparam, "pid, /", 0, 0, "The scheduling parameters of a process."},
    {"sched_setparam", posix_sched_setparam, "pid, param, /", 0, M_OLD_ARITY, "Set the scheduling parameters of a process."},
    {"sched_rr_get_interval", posix_sched_rr_get_interval, "pid, /", 0, 0, "The round-robin quantum of a process, in seconds."},
    {"forkpty", posix_forkpty, "", 0, 0, "Fork a child with a new terminal: its process id (0 in the child) and the terminal's other end."},
    {"login_tty", posix_login_tty, "fd, /", 0, 0, "Make the terminal this process's controlling terminal and standard files."},
    {"wait3", posix_wait3, "options", 0, 0, "Wait for any child: (pid, status, resources used)."},
    {"wait4", posix_wait4, "pid, options", 0, 0, "Wait for a child: (pid, status, resources used)."},
    {"waitid", posix_waitid, "idtype, id, options, /", 0, M_OLD_ARITY, "Wait for a change of a child's state; None when there was none."},
    {"pidfd_open", posix_pidfd_open, "pid, flags=0", 0, 0, "A file descriptor that stands for a process."},
    METHOD_END,
};
