// SPDX-License-Identifier: MIT
// posix: users, groups, sessions, priorities.
#include "posix_private.h"
#include <grp.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static V none_or_error(Thread *t, int r) { return r < 0 ? errno_error(t) : V_NONE; }

// uid_t and gid_t: 32 bits without sign; -1 means "leave it".
static int id_arg(Thread *t, V v, const char *what, uint32_t *out) {
    if (!v_type(v)->index) {
        err_set(t, &exc_TypeError, "%s should be integer, not %T", what, v);
        return -1;
    }
    V n = num_index(t, v);
    if (v_is_error(n)) return -1;
    bool small = v_is_int(n);
    int64_t i = small ? v_int(n) : 0;
    int r = -1;
    if (small && i >= -1 && i <= UINT32_MAX) {
        *out = (uint32_t)i;
        r = 0;
    } else {
        bool is_long = int_bit_length(n) <= 63; // CPython calls any C long of more than 32 bits too small
        err_set(t, &exc_OverflowError, "%s is %s", what, is_long || int_sign(n) < 0 ? "less than minimum" : "greater than maximum");
    }
    v_drop(t, n);
    return r;
}
int uid_arg(Thread *t, V v, uid_t *out) { return id_arg(t, v, "uid", out); }
int gid_arg(Thread *t, V v, gid_t *out) { return id_arg(t, v, "gid", out); }
V id_value(uint32_t id) { return id == UINT32_MAX ? V_INT(-1) : v_from_int(id); }

#define ID_GETTER(function, call) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        return id_value(call()); \
    }
ID_GETTER(posix_getuid, getuid)
ID_GETTER(posix_geteuid, geteuid)
ID_GETTER(posix_getgid, getgid)
ID_GETTER(posix_getegid, getegid)

#define ID_SETTER(function, call, parse) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        uint32_t id; \
        return parse(t, args[0], &id) < 0 ? V_ERROR : none_or_error(t, call(id)); \
    }
ID_SETTER(posix_setuid, setuid, uid_arg)
ID_SETTER(posix_setgid, setgid, gid_arg)
ID_SETTER(posix_seteuid, seteuid, uid_arg)
ID_SETTER(posix_setegid, setegid, gid_arg)

static int parse_ids(Thread *t, const V *args, size_t n, const char *what, uint32_t *out) {
    for (size_t i = 0; i < n; i++) {
        if (id_arg(t, args[i], what, &out[i]) < 0) return -1;
    }
    return 0;
}
#define IDS_SETTER(function, what, n, call) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        uint32_t id[n]; \
        return parse_ids(t, args, n, what, id) < 0 ? V_ERROR : none_or_error(t, call); \
    }
IDS_SETTER(posix_setreuid, "uid", 2, setreuid(id[0], id[1]))
IDS_SETTER(posix_setregid, "gid", 2, setregid(id[0], id[1]))
IDS_SETTER(posix_setresuid, "uid", 3, setresuid(id[0], id[1], id[2]))
IDS_SETTER(posix_setresgid, "gid", 3, setresgid(id[0], id[1], id[2]))

static NATIVE(posix_getresuid) {
    UNUSED_NATIVE();
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) < 0) return errno_error(t);
    return tuple_pack(t, 3, id_value(real), id_value(effective), id_value(saved));
}
static NATIVE(posix_getresgid) {
    UNUSED_NATIVE();
    gid_t real, effective, saved;
    if (getresgid(&real, &effective, &saved) < 0) return errno_error(t);
    return tuple_pack(t, 3, id_value(real), id_value(effective), id_value(saved));
}

// ---- groups ---------------------------------------------------------------------------------------------------------------
static V group_list(Thread *t, const gid_t *groups, int n) {
    V list = list_new(t, 0);
    for (int i = 0; i < n && !v_is_error(list); i++) {
        if (list_append(t, list, id_value(groups[i])) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static NATIVE(posix_getgroups) {
    UNUSED_NATIVE();
    for (;;) { // the number may grow between the calls
        int n = getgroups(0, NULL);
        if (n < 0) return errno_error(t);
        gid_t *groups = mem_alloc(t, ((size_t)n + 1) * sizeof *groups);
        if (!groups) return err_no_memory(t);
        int got = getgroups(n, groups);
        V result = got < 0 ? V_NULL : group_list(t, groups, got);
        mem_free(groups);
        if (result != V_NULL) return result;
        if (errno != EINVAL) return errno_error(t);
    }
}

static NATIVE(posix_setgroups) {
    (void)self, (void)nargs, (void)kwnames;
    if (!obj_is_sequence(args[0])) return err_set(t, &exc_TypeError, "setgroups argument must be a sequence");
    V seq = obj_to_tuple(t, args[0]);
    if (v_is_error(seq)) return V_ERROR;
    size_t n = tuple_len(seq), i;
    V result = V_ERROR;
    gid_t *groups = NULL;
    if (n > 65536) {
        err_set(t, &exc_ValueError, "too many groups");
    } else if (!(groups = mem_alloc(t, (n + 1) * sizeof *groups))) {
        err_no_memory(t);
    } else {
        for (i = 0; i < n; i++) {
            V item = tuple_borrow(seq, i);
            if (!v_is_any_int(item)) {
                err_set(t, &exc_TypeError, "groups must be integers");
                break;
            }
            if (gid_arg(t, item, &groups[i]) < 0) break;
        }
        if (i == n) result = none_or_error(t, setgroups(n, groups));
    }
    mem_free(groups);
    v_drop(t, seq);
    return result;
}

static NATIVE(posix_initgroups) { // username, gid
    (void)self, (void)nargs, (void)kwnames;
    PathArg name;
    gid_t group;
    int r;
    if (path_arg(t, "initgroups", "username", args[0], 0, &name) < 0) return V_ERROR;
    V result = V_ERROR;
    if (gid_arg(t, args[1], &group) == 0) {
        DETACHED(t, r, initgroups(name.p, group));
        result = none_or_error(t, r);
    }
    path_drop(t, &name);
    return result;
}

static NATIVE(posix_getgrouplist) { // user, group
    (void)self, (void)nargs, (void)kwnames;
    PathArg user;
    gid_t base;
    if (gid_arg(t, args[1], &base) < 0 || path_arg(t, "getgrouplist", "user", args[0], 0, &user) < 0) return V_ERROR;
    int room = 64;
    V result = V_NULL;
    while (result == V_NULL) {
        int n = room, r;
        gid_t *groups = mem_alloc(t, (size_t)room * sizeof *groups);
        if (!groups) {
            result = err_no_memory(t);
            break;
        }
        DETACHED(t, r, getgrouplist(user.p, base, groups, &n));
        if (r >= 0) result = group_list(t, groups, n);
        else room = n > room ? n : room * 2;
        mem_free(groups);
    }
    path_drop(t, &user);
    return result;
}

// ---- process groups, sessions, priorities -------------------------------------------------------------------------------------
static NATIVE(posix_setpgrp) {
    UNUSED_NATIVE();
    return none_or_error(t, setpgrp());
}
static NATIVE(posix_tcgetpgrp) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    if (num_as_int(t, args[0], &fd) < 0) return V_ERROR;
    pid_t r = tcgetpgrp(fd);
    return r < 0 ? errno_error(t) : v_from_int(r);
}
static NATIVE(posix_tcsetpgrp) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, group;
    if (num_as_int(t, args[0], &fd) < 0 || num_as_int(t, args[1], &group) < 0) return V_ERROR;
    return none_or_error(t, tcsetpgrp(fd, group));
}
static NATIVE(posix_getpriority) { // which, who
    (void)self, (void)nargs, (void)kwnames;
    int which, who;
    if (num_as_int(t, args[0], &which) < 0 || num_as_int(t, args[1], &who) < 0) return V_ERROR;
    errno = 0;
    int r = getpriority((__priority_which_t)which, (id_t)who);
    return errno ? errno_error(t) : v_from_int(r);
}
static NATIVE(posix_setpriority) { // which, who, priority
    (void)self, (void)nargs, (void)kwnames;
    int which, who, priority;
    if (num_as_int(t, args[0], &which) < 0 || num_as_int(t, args[1], &who) < 0 || num_as_int(t, args[2], &priority) < 0) return V_ERROR;
    return none_or_error(t, setpriority((__priority_which_t)which, (id_t)who, priority));
}

const Method posix_ids_methods[] = {
    {"getuid", posix_getuid, "", 0, 0, "The process's real user id."},
    {"geteuid", posix_geteuid, "", 0, 0, "The process's effective user id."},
    {"getgid", posix_getgid, "", 0, 0, "The process's real group id."},
    {"getegid", posix_getegid, "", 0, 0, "The process's effective group id."},
    {"getresuid", posix_getresuid, "", 0, 0, "A tuple of the real, effective and saved user ids."},
    {"getresgid", posix_getresgid, "", 0, 0, "A tuple of the real, effective and saved group ids."},
    {"setuid", posix_setuid, "uid, /", 0, 0, "Set the process's user id."},
    {"setgid", posix_setgid, "gid, /", 0, 0, "Set the process's group id."},
    {"seteuid", posix_seteuid, "euid, /", 0, 0, "Set the process's effective user id."},
    {"setegid", posix_setegid, "egid, /", 0, 0, "Set the process's effective group id."},
    {"setreuid", posix_setreuid, "ruid, euid, /", 0, 0, "Set the real and effective user ids."},
    {"setregid", posix_setregid, "rgid, egid, /", 0, 0, "Set the real and effective group ids."},
    {"setresuid", posix_setresuid, "ruid, euid, suid, /", 0, 0, "Set the real, effective and saved user ids."},
    {"setresgid", posix_setresgid, "rgid, egid, sgid, /", 0, 0, "Set the real, effective and saved group ids."},
    {"getgroups", posix_getgroups, "", 0, 0, "A list of the ids of the groups the process belongs to."},
    {"setgroups", posix_setgroups, "groups, /", 0, 0, "Set the groups the process belongs to."},
    {"initgroups", posix_initgroups, "username, gid, /", 0, 0, "Set the groups to those of a user, and one more."},
    {"getgrouplist", posix_getgrouplist, "user, group, /", 0, 0, "A list of the groups a user belongs to, and one more."},
    {"setpgrp", posix_setpgrp, "", 0, 0, "Make the process the leader of its process group."},
    {"tcgetpgrp", posix_tcgetpgrp, "fd, /", 0, 0, "The process group in the foreground of a terminal."},
    {"tcsetpgrp", posix_tcsetpgrp, "fd, pgid, /", 0, M_OLD_ARITY, "Set the process group in the foreground of a terminal."},
    {"getpriority", posix_getpriority, "which, who", 0, 0, "The scheduling priority of a process, group or user."},
    {"setpriority", posix_setpriority, "which, who, priority", 0, 0, "Set the scheduling priority of a process, group or user."},
    METHOD_END,
};
