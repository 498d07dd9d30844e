// SPDX-License-Identifier: MIT
// Module resource: limits and what was used.
#include "constants.h"
#include "posix_private.h"
#include <sys/resource.h>
#include <unistd.h>

static Type *rusage_type; // set by exec

static V seconds(Thread *t, struct timeval tv) { return float_from_double(t, (double)tv.tv_sec + (double)tv.tv_usec * 1e-6); }
static V usage_new(Thread *t, const struct rusage *u) {
    const long counts[] = {u->ru_maxrss, u->ru_ixrss, u->ru_idrss, u->ru_isrss, u->ru_minflt, u->ru_majflt, u->ru_nswap,
                           u->ru_inblock, u->ru_oublock, u->ru_msgsnd, u->ru_msgrcv, u->ru_nsignals, u->ru_nvcsw, u->ru_nivcsw};
    V v[2 + countof(counts)] = {seconds(t, u->ru_utime), seconds(t, u->ru_stime)};
    for (size_t i = 0; i < countof(counts); i++) v[2 + i] = int_from_i64(t, counts[i]);
    return structseq_new_steal(t, rusage_type, v);
}
V rusage_result(Thread *t, const struct rusage *usage) {
    V module = import_module_c(t, "resource"); // makes the type
    if (v_is_error(module)) return V_ERROR;
    v_drop(t, module);
    return usage_new(t, usage);
}

static NATIVE(resource_getrusage) {
    (void)self, (void)nargs, (void)kwnames;
    int who;
    struct rusage usage;
    if (num_as_int(t, args[0], &who) < 0) return V_ERROR;
    if (getrusage((__rusage_who_t)who, &usage) == 0) return usage_new(t, &usage);
    return errno == EINVAL ? err_set(t, &exc_ValueError, "invalid who parameter") : errno_error(t);
}

static V limit_value(Thread *t, rlim_t n) { return int_from_i64(t, (int64_t)n); } // RLIM_INFINITY: -1
static int limits_arg(Thread *t, V v, struct rlimit *out) {
    V pair = obj_to_tuple(t, v);
    if (v_is_error(pair)) return -1;
    int64_t soft = 0, hard = 0;
    int r = -1;
    if (tuple_len(pair) != 2) err_set(t, &exc_ValueError, "expected a tuple of 2 integers");
    else if (num_as_long(t, tuple_borrow(pair, 0), &soft) == 0 && num_as_long(t, tuple_borrow(pair, 1), &hard) == 0) r = 0;
    v_drop(t, pair);
    *out = (struct rlimit){(rlim_t)soft, (rlim_t)hard};
    return r;
}
static int resource_arg(Thread *t, V v, int *out) {
    if (num_as_int(t, v, out) < 0) return -1;
    if (*out >= 0 && *out < RLIM_NLIMITS) return 0;
    err_set(t, &exc_ValueError, "invalid resource specified");
    return -1;
}
static V limits_result(Thread *t, const struct rlimit *l) {
    return tuple_pack_steal(t, 2, limit_value(t, l->rlim_cur), limit_value(t, l->rlim_max));
}
static V set_error(Thread *t) {
    if (errno == EINVAL) return err_set(t, &exc_ValueError, "current limit exceeds maximum limit");
    if (errno == EPERM) return err_set(t, &exc_ValueError, "not allowed to raise maximum limit");
    return errno_error(t);
}

static NATIVE(resource_getrlimit) {
    (void)self, (void)nargs, (void)kwnames;
    int which;
    struct rlimit l;
    if (resource_arg(t, args[0], &which) < 0) return V_ERROR;
    return getrlimit((__rlimit_resource_t)which, &l) < 0 ? errno_error(t) : limits_result(t, &l);
}
static NATIVE(resource_setrlimit) { // resource, limits
    (void)self, (void)nargs, (void)kwnames;
    int which;
    struct rlimit l;
    if (resource_arg(t, args[0], &which) < 0 || limits_arg(t, args[1], &l) < 0) return V_ERROR;
    return setrlimit((__rlimit_resource_t)which, &l) < 0 ? set_error(t) : V_NONE;
}
static NATIVE(resource_prlimit) { // pid, resource[, limits]
    (void)self;
    int pid, which;
    struct rlimit old, l;
    if (args_no_keywords(t, "resource.prlimit", kwnames) < 0) return V_ERROR;
    if (nargs < 2 || nargs > 3) return err_set(t, &exc_TypeError, "resource.prlimit requires 2 to 3 arguments");
    if (num_as_int(t, args[0], &pid) < 0 || resource_arg(t, args[1], &which) < 0) return V_ERROR;
    bool set = nargs == 3 && args[2] != V_NONE;
    if (set && limits_arg(t, args[2], &l) < 0) return V_ERROR;
    if (prlimit(pid, (__rlimit_resource_t)which, set ? &l : NULL, &old) == 0) return limits_result(t, &old);
    return errno == EINVAL ? set_error(t) : errno_error(t);
}
static NATIVE(resource_getpagesize) {
    UNUSED_NATIVE();
    return v_from_int(sysconf(_SC_PAGESIZE));
}

static const Method methods[] = {
    {"getrusage", resource_getrusage, "who, /", 0, 0, "The resources that this process, its children or this thread used."},
    {"getrlimit", resource_getrlimit, "resource, /", 0, 0, "The soft and hard limits of a resource."},
    {"setrlimit", resource_setrlimit, "resource, limits, /", 0, 0, "Set the soft and hard limits of a resource."},
    {"prlimit", resource_prlimit, NULL, 0, M_RAW | M_TUPLE, "prlimit(pid, resource, [limits])\n\nGet, and with limits set, the limits of a process."},
    {"getpagesize", resource_getpagesize, "", 0, 0, "The size of a page of memory."},
    METHOD_END,
};
#define C(name) {#name, name}
static const IntConstant constants[] = {
    C(RLIMIT_AS), C(RLIMIT_CORE), C(RLIMIT_CPU), C(RLIMIT_DATA), C(RLIMIT_FSIZE), C(RLIMIT_MEMLOCK), C(RLIMIT_MSGQUEUE), C(RLIMIT_NICE),
    C(RLIMIT_NOFILE), C(RLIMIT_NPROC), C(RLIMIT_OFILE), C(RLIMIT_RSS), C(RLIMIT_RTPRIO), C(RLIMIT_RTTIME), C(RLIMIT_SIGPENDING),
    C(RLIMIT_STACK), {"RLIM_INFINITY", -1}, C(RUSAGE_CHILDREN), C(RUSAGE_SELF), C(RUSAGE_THREAD),
};
#undef C

static int exec(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"ru_utime", "user time used"}, {"ru_stime", "system time used"}, {"ru_maxrss", "max. resident set size"},
        {"ru_ixrss", "shared memory size"}, {"ru_idrss", "unshared data size"}, {"ru_isrss", "unshared stack size"},
        {"ru_minflt", "page faults not requiring I/O"}, {"ru_majflt", "page faults requiring I/O"}, {"ru_nswap", "number of swap outs"},
        {"ru_inblock", "block input operations"}, {"ru_oublock", "block output operations"}, {"ru_msgsnd", "IPC messages sent"},
        {"ru_msgrcv", "IPC messages received"}, {"ru_nsignals", "signals received"}, {"ru_nvcsw", "voluntary context switches"},
        {"ru_nivcsw", "involuntary context switches"}, {NULL, NULL}};
    rusage_type = structseq_new_type(t, "resource.struct_rusage", "What getrusage() answers: a tuple whose items have names too.", fields, 16);
    if (!rusage_type || module_add(t, module, "struct_rusage", v_from_type(rusage_type)) < 0) return -1;
    if (module_add(t, module, "error", v_from_type(&exc_OSError)) < 0) return -1;
    return add_constants(t, module, constants, countof(constants));
}
const ModuleDef mod_resource = {"resource", "Limits of the system's resources, and how much of them was used.", methods, exec, 0};
