// SPDX-License-Identifier: MIT
// Module _posixsubprocess: fork and exec for `subprocess`.
//
// Everything that needs memory or objects happens before the fork; the child makes async-signal-safe calls only (but for
// preexec_fn, which is Python and then runs with the world stopped as os.fork() leaves it).  What fails in the child
// goes through errpipe as "Exception:errno in hex:message", which subprocess reads.
#include "posix_private.h"
#include "runtime/fork.h"
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGS, EXECUTABLES, CLOSE_FDS, PASS_FDS, CWD, ENV, P2CREAD, P2CWRITE, C2PREAD, C2PWRITE, ERRREAD, ERRWRITE, ERRPIPE_READ,
       ERRPIPE_WRITE, RESTORE_SIGNALS, NEW_SESSION, PROCESS_GROUP, GID, GROUPS, UID, UMASK, PREEXEC, ALLOW_VFORK, N_ARGS };

typedef struct Plan { // what the child does; owned by the parent
    char **argv, **envp, **executables;
    char *cwd;
    int *keep;               // descriptors to keep, ascending
    size_t n_keep;
    gid_t *groups;
    long n_groups;           // -1: not set
    long uid, gid;           // -1: not set
    int fds[8];              // P2CREAD … ERRPIPE_WRITE
    int process_group, umask;
    bool close_fds, restore_signals, new_session;
    V preexec;               // borrowed, or V_NONE
} Plan;

static void free_strings(char **list) {
    for (size_t i = 0; list && list[i]; i++) free(list[i]);
    free(list);
}

static void plan_free(Plan *p) {
    free_strings(p->argv);
    if (p->envp != environ) free_strings(p->envp);
    free_strings(p->executables);
    free(p->cwd);
    free(p->keep);
    free(p->groups);
}

static char **strings(Thread *t, V seq, const char *what) {
    V items = obj_to_tuple(t, seq);
    if (v_is_error(items)) return NULL;
    char **list = calloc(tuple_len(items) + 1, sizeof *list);
    for (size_t i = 0; list && i < tuple_len(items); i++) {
        PathArg p;
        if (path_arg(t, "fork_exec", what, tuple_borrow(items, i), 0, &p) < 0) {
            free_strings(list);
            list = NULL;
            break;
        }
        list[i] = strdup(p.p);
        path_drop(t, &p);
    }
    v_drop(t, items);
    if (!list && !err_pending(t)) err_no_memory(t);
    return list;
}

static int optional_id(Thread *t, V v, long *out) {
    *out = -1;
    int64_t n;
    if (v == V_NONE) return 0;
    if (num_as_i64(t, v, &n) < 0) return -1;
    *out = (long)n;
    return 0;
}

static int plan_keep(Thread *t, V fds, Plan *p) {
    if (!v_is_tuple(fds)) {
        err_set(t, &exc_TypeError, "fork_exec() argument 4 must be tuple, not %K", fds);
        return -1;
    }
    p->n_keep = tuple_len(fds);
    p->keep = calloc(p->n_keep + 1, sizeof *p->keep);
    for (size_t i = 0; p->keep && i < p->n_keep; i++) {
        if (num_as_int_old(t, tuple_borrow(fds, i), &p->keep[i]) < 0) return -1;
        if (p->keep[i] < 0 || (i && p->keep[i] <= p->keep[i - 1])) {
            err_set(t, &exc_ValueError, "bad value(s) in fds_to_keep");
            return -1;
        }
    }
    return p->keep ? 0 : -1;
}

static int plan_groups(Thread *t, V groups, Plan *p) {
    p->n_groups = -1;
    if (groups == V_NONE) return 0;
    V list = obj_to_tuple(t, groups);
    if (v_is_error(list)) return -1;
    p->n_groups = (long)tuple_len(list);
    p->groups = calloc((size_t)p->n_groups + 1, sizeof *p->groups);
    int r = p->groups ? 0 : -1, id;
    for (long i = 0; r == 0 && i < p->n_groups; i++) {
        r = num_as_int_old(t, tuple_borrow(list, (size_t)i), &id);
        p->groups[i] = (gid_t)id;
    }
    v_drop(t, list);
    return r;
}

static int plan_make(Thread *t, const V *a, Plan *p) {
    *p = (Plan){.envp = environ, .preexec = a[PREEXEC]};
    if (a[PREEXEC] != V_NONE && !obj_is_callable(a[PREEXEC])) {
        err_set(t, &exc_TypeError, "preexec_fn must be callable or None");
        return -1;
    }
    if (flag_arg(t, a[CLOSE_FDS], false, &p->close_fds) < 0 || flag_arg(t, a[RESTORE_SIGNALS], false, &p->restore_signals) < 0 ||
        flag_arg(t, a[NEW_SESSION], false, &p->new_session) < 0) return -1;
    for (int i = 0; i < 8; i++) {
        if (num_as_int_old(t, a[P2CREAD + i], &p->fds[i]) < 0) return -1;
    }
    if (num_as_int_old(t, a[PROCESS_GROUP], &p->process_group) < 0 || num_as_int_old(t, a[UMASK], &p->umask) < 0) return -1;
    if (p->close_fds && p->fds[7] < 3) {
        err_set(t, &exc_ValueError, "errpipe_write must be >= 3");
        return -1;
    }
    if (optional_id(t, a[GID], &p->gid) < 0 || optional_id(t, a[UID], &p->uid) < 0) return -1;
    if (plan_keep(t, a[PASS_FDS], p) < 0 || plan_groups(t, a[GROUPS], p) < 0) return -1;
    if (a[ARGS] != V_NONE && !(p->argv = strings(t, a[ARGS], "argument"))) return -1;
    if (!(p->executables = strings(t, a[EXECUTABLES], "executable"))) return -1;
    if (a[ENV] != V_NONE && !(p->envp = strings(t, a[ENV], "environment"))) return -1;
    if (a[CWD] != V_NONE) {
        PathArg cwd;
        if (path_arg(t, "fork_exec", "cwd", a[CWD], 0, &cwd) < 0) return -1;
        p->cwd = strdup(cwd.p);
        path_drop(t, &cwd);
    }
    return 0;
}

// ---- in the child ---------------------------------------------------------------------------------------------------------
static bool is_kept(const Plan *p, int fd) {
    for (size_t i = 0; i < p->n_keep; i++) {
        if (p->keep[i] == fd) return true;
    }
    return false;
}

static void close_others(const Plan *p) { // all from 3 on but those to keep
    int from = 3;
    for (size_t i = 0; i < p->n_keep; i++) {
        if (p->keep[i] < from) continue;
        if (p->keep[i] > from) syscall(SYS_close_range, (unsigned)from, (unsigned)p->keep[i] - 1, 0);
        from = p->keep[i] + 1;
    }
    if (syscall(SYS_close_range, (unsigned)from, ~0u, 0) == 0) return;
    for (long fd = from, most = sysconf(_SC_OPEN_MAX); fd < most; fd++) {
        if (!is_kept(p, (int)fd)) close((int)fd);
    }
}

static int set_inheritable(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

// Makes fd the descriptor `to`; a -1 leaves it alone.
static int place(int fd, int to) {
    if (fd == to) return set_inheritable(fd);
    return fd < 0 ? 0 : dup2(fd, to);
}

static int child_descriptors(Plan *p) {
    enum { IN = 0, TO_IN, FROM_OUT, OUT, FROM_ERR, ERR, PIPE_READ, PIPE_WRITE };
    int *f = p->fds;
    for (size_t i = 0; i < p->n_keep; i++) {
        if (p->keep[i] != f[PIPE_WRITE] && set_inheritable(p->keep[i]) < 0 && errno != EBADF) return -1;
    }
    if (f[TO_IN] >= 0) close(f[TO_IN]);
    if (f[FROM_OUT] >= 0) close(f[FROM_OUT]);
    if (f[FROM_ERR] >= 0) close(f[FROM_ERR]);
    close(f[PIPE_READ]);
    if (f[OUT] == 0 && (f[OUT] = dup(0)) < 0) return -1; // out of the way of what is placed first
    while (f[ERR] == 0 || f[ERR] == 1) {
        if ((f[ERR] = dup(f[ERR])) < 0) return -1;
    }
    if (place(f[IN], 0) < 0 || place(f[OUT], 1) < 0 || place(f[ERR], 2) < 0) return -1;
    return 0;
}

static int child_identity(const Plan *p) {
    if (p->umask >= 0) umask((mode_t)p->umask);
    if (p->restore_signals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (p->new_session && setsid() < 0) return -1;
    if (p->process_group >= 0 && setpgid(0, p->process_group) < 0) return -1;
    if (p->n_groups >= 0 && setgroups((size_t)p->n_groups, p->groups) < 0) return -1;
    if (p->gid != -1 && setregid((gid_t)p->gid, (gid_t)p->gid) < 0) return -1;
    return p->uid != -1 ? setreuid((uid_t)p->uid, (uid_t)p->uid) : 0;
}

static void tell(int fd, const char *text, size_t n) {
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done <= 0) return; // nobody listens
        text += done;
        n -= (size_t)done;
    }
}

static void report(int fd, int code, const char *what) {
    char text[64], *p = text + sizeof text;
    *--p = ':';
    unsigned value = (unsigned)code;
    do *--p = "0123456789ABCDEF"[value & 15];
    while (value >>= 4);
    tell(fd, "OSError:", 8);
    tell(fd, p, (size_t)(text + sizeof text - p));
    tell(fd, what, strlen(what));
}

static void __attribute__((noreturn)) child(Thread *t, Plan *p) {
    int pipe = p->fds[7];
    const char *what = "noexec"; // what fails before exec is not the executable's fault
    if (child_descriptors(p) < 0 || (p->cwd && chdir(p->cwd) < 0) || child_identity(p) < 0) goto failed;
    if (p->preexec != V_NONE) {
        V r = obj_call0(t, p->preexec);
        if (v_is_error(r)) {
            static const char text[] = "SubprocessError:0:Exception occurred in preexec_fn.";
            tell(pipe, text, sizeof text - 1);
            _exit(255);
        }
        v_drop(t, r);
    }
    if (p->close_fds) close_others(p);
    what = "";
    int saved = 0;
    for (size_t i = 0; p->executables[i]; i++) {
        execve(p->executables[i], p->argv, p->envp);
        if (errno != ENOENT && errno != ENOTDIR && !saved) saved = errno;
    }
    if (saved) errno = saved;
failed:
    report(pipe, errno, what);
    _exit(255);
}

static NATIVE(fork_exec) {
    (void)self, (void)kwnames;
    Plan p;
    if (nargs != N_ARGS) return err_set(t, &exc_TypeError, "fork_exec() takes exactly %d arguments (%zu given)", N_ARGS, nargs);
    if (plan_make(t, args, &p) < 0) {
        if (!err_pending(t)) err_no_memory(t);
        plan_free(&p);
        return V_ERROR;
    }
    sigset_t all, before;
    bool hooks = p.preexec != V_NONE;
    if (hooks && runtime_before_fork(t) < 0) {
        plan_free(&p);
        return V_ERROR;
    }
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // no handler of ours runs in the child
    pid_t pid = fork();
    int code = errno;
    if (pid == 0) {
        if (hooks) runtime_after_fork_child(t);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        child(t, &p);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (hooks) runtime_after_fork_parent(t);
    plan_free(&p);
    errno = code;
    return pid < 0 ? errno_error(t) : v_from_int(pid);
}

static const Method methods[] = {
    {"fork_exec", fork_exec, NULL, 0, M_RAW, "Fork the calling process and execute a program in the child."},
    METHOD_END,
};
const ModuleDef mod__posixsubprocess = {"_posixsubprocess", "fork and exec as subprocess wants them.", methods, NULL, 0};
