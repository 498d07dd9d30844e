// SPDX-License-Identifier: MIT
// posix: sysconf, pathconf, confstr.
#include "posix_private.h"
#include "constants.h"
#include <unistd.h>

#define SC(name) {"SC_" #name, _SC_##name}
#define PC(name) {"PC_" #name, _PC_##name}
#define CS(name) {"CS_" #name, _CS_##name}
static const IntConstant sysconf_names[] = {
    SC(2_CHAR_TERM), SC(2_C_BIND), SC(2_C_DEV), SC(2_C_VERSION), SC(2_FORT_DEV), SC(2_FORT_RUN), SC(2_LOCALEDEF), SC(2_SW_DEV), SC(2_UPE),
    SC(2_VERSION), SC(AIO_LISTIO_MAX), SC(AIO_MAX), SC(AIO_PRIO_DELTA_MAX), SC(ARG_MAX), SC(ASYNCHRONOUS_IO), SC(ATEXIT_MAX),
    SC(AVPHYS_PAGES), SC(BC_BASE_MAX), SC(BC_DIM_MAX), SC(BC_SCALE_MAX), SC(BC_STRING_MAX), SC(CHARCLASS_NAME_MAX), SC(CHAR_BIT),
    SC(CHAR_MAX), SC(CHAR_MIN), SC(CHILD_MAX), SC(CLK_TCK), SC(COLL_WEIGHTS_MAX), SC(DELAYTIMER_MAX), SC(EQUIV_CLASS_MAX),
    SC(EXPR_NEST_MAX), SC(FSYNC), SC(GETGR_R_SIZE_MAX), SC(GETPW_R_SIZE_MAX), SC(INT_MAX), SC(INT_MIN), SC(IOV_MAX), SC(JOB_CONTROL),
    SC(LINE_MAX), SC(LOGIN_NAME_MAX), SC(LONG_BIT), SC(MAPPED_FILES), SC(MB_LEN_MAX), SC(MEMLOCK), SC(MEMLOCK_RANGE),
    SC(MEMORY_PROTECTION), SC(MESSAGE_PASSING), SC(MINSIGSTKSZ), SC(MQ_OPEN_MAX), SC(MQ_PRIO_MAX), SC(NGROUPS_MAX), SC(NL_ARGMAX),
    SC(NL_LANGMAX), SC(NL_MSGMAX), SC(NL_NMAX), SC(NL_SETMAX), SC(NL_TEXTMAX), SC(NPROCESSORS_CONF), SC(NPROCESSORS_ONLN), SC(NZERO),
    SC(OPEN_MAX), SC(PAGESIZE), SC(PAGE_SIZE), SC(PASS_MAX), SC(PHYS_PAGES), SC(PII), SC(PII_INTERNET), SC(PII_INTERNET_DGRAM),
    SC(PII_INTERNET_STREAM), SC(PII_OSI), SC(PII_OSI_CLTS), SC(PII_OSI_COTS), SC(PII_OSI_M), SC(PII_SOCKET), SC(PII_XTI), SC(POLL),
    SC(PRIORITIZED_IO), SC(PRIORITY_SCHEDULING), SC(REALTIME_SIGNALS), SC(RE_DUP_MAX), SC(RTSIG_MAX), SC(SAVED_IDS), SC(SCHAR_MAX),
    SC(SCHAR_MIN), SC(SELECT), SC(SEMAPHORES), SC(SEM_NSEMS_MAX), SC(SEM_VALUE_MAX), SC(SHARED_MEMORY_OBJECTS), SC(SHRT_MAX),
    SC(SHRT_MIN), SC(SIGQUEUE_MAX), SC(SSIZE_MAX), SC(STREAM_MAX), SC(SYNCHRONIZED_IO), SC(THREADS), SC(THREAD_ATTR_STACKADDR),
    SC(THREAD_ATTR_STACKSIZE), SC(THREAD_DESTRUCTOR_ITERATIONS), SC(THREAD_KEYS_MAX), SC(THREAD_PRIORITY_SCHEDULING),
    SC(THREAD_PRIO_INHERIT), SC(THREAD_PRIO_PROTECT), SC(THREAD_PROCESS_SHARED), SC(THREAD_SAFE_FUNCTIONS), SC(THREAD_STACK_MIN),
    SC(THREAD_THREADS_MAX), SC(TIMERS), SC(TIMER_MAX), SC(TTY_NAME_MAX), SC(TZNAME_MAX), SC(T_IOV_MAX), SC(UCHAR_MAX), SC(UINT_MAX),
    SC(UIO_MAXIOV), SC(ULONG_MAX), SC(USHRT_MAX), SC(VERSION), SC(WORD_BIT), SC(XBS5_ILP32_OFF32), SC(XBS5_ILP32_OFFBIG),
    SC(XBS5_LP64_OFF64), SC(XBS5_LPBIG_OFFBIG), SC(XOPEN_CRYPT), SC(XOPEN_ENH_I18N), SC(XOPEN_LEGACY), SC(XOPEN_REALTIME),
    SC(XOPEN_REALTIME_THREADS), SC(XOPEN_SHM), SC(XOPEN_UNIX), SC(XOPEN_VERSION), SC(XOPEN_XCU_VERSION), SC(XOPEN_XPG2), SC(XOPEN_XPG3),
    SC(XOPEN_XPG4),
};
static const IntConstant pathconf_names[] = {
    PC(ALLOC_SIZE_MIN), PC(ASYNC_IO), PC(CHOWN_RESTRICTED), PC(FILESIZEBITS), PC(LINK_MAX), PC(MAX_CANON), PC(MAX_INPUT), PC(NAME_MAX),
    PC(NO_TRUNC), PC(PATH_MAX), PC(PIPE_BUF), PC(PRIO_IO), PC(REC_INCR_XFER_SIZE), PC(REC_MAX_XFER_SIZE), PC(REC_MIN_XFER_SIZE),
    PC(REC_XFER_ALIGN), PC(SOCK_MAXBUF), PC(SYMLINK_MAX), PC(SYNC_IO), PC(VDISABLE),
};
static const IntConstant confstr_names[] = {
    CS(GNU_LIBC_VERSION), CS(GNU_LIBPTHREAD_VERSION), CS(LFS64_CFLAGS), CS(LFS64_LDFLAGS), CS(LFS64_LIBS), CS(LFS64_LINTFLAGS),
    CS(LFS_CFLAGS), CS(LFS_LDFLAGS), CS(LFS_LIBS), CS(LFS_LINTFLAGS), CS(PATH), CS(XBS5_ILP32_OFF32_CFLAGS), CS(XBS5_ILP32_OFF32_LDFLAGS),
    CS(XBS5_ILP32_OFF32_LIBS), CS(XBS5_ILP32_OFF32_LINTFLAGS), CS(XBS5_ILP32_OFFBIG_CFLAGS), CS(XBS5_ILP32_OFFBIG_LDFLAGS),
    CS(XBS5_ILP32_OFFBIG_LIBS), CS(XBS5_ILP32_OFFBIG_LINTFLAGS), CS(XBS5_LP64_OFF64_CFLAGS), CS(XBS5_LP64_OFF64_LDFLAGS),
    CS(XBS5_LP64_OFF64_LIBS), CS(XBS5_LP64_OFF64_LINTFLAGS), CS(XBS5_LPBIG_OFFBIG_CFLAGS), CS(XBS5_LPBIG_OFFBIG_LDFLAGS),
    CS(XBS5_LPBIG_OFFBIG_LIBS), CS(XBS5_LPBIG_OFFBIG_LINTFLAGS),
};

// A name of the table, or any number.
static int conf_arg(Thread *t, V v, const IntConstant *table, size_t n, int *out) {
    if (v_is_any_int(v)) return num_as_int(t, v, out);
    if (!v_is_str(v)) {
        err_set(t, &exc_TypeError, "configuration names must be strings or integers");
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (str_equal_ascii(v, table[i].name)) {
            *out = (int)table[i].value;
            return 0;
        }
    }
    err_set(t, &exc_ValueError, "unrecognized configuration name");
    return -1;
}

static NATIVE(posix_sysconf) {
    (void)self, (void)nargs, (void)kwnames;
    int which;
    if (conf_arg(t, args[0], sysconf_names, countof(sysconf_names), &which) < 0) return V_ERROR;
    errno = 0;
    long r = sysconf(which);
    return r == -1 && errno ? errno_error(t) : int_from_i64(t, r);
}

static NATIVE(posix_pathconf) { // path, name
    (void)self, (void)nargs, (void)kwnames;
    PathArg p;
    int which;
    long r;
    if (path_arg(t, "pathconf", "path", args[0], PATH_FD, &p) < 0) return V_ERROR;
    V result = V_ERROR;
    if (conf_arg(t, args[1], pathconf_names, countof(pathconf_names), &which) == 0) {
        errno = 0;
        DETACHED(t, r, p.p ? pathconf(p.p, which) : fpathconf(p.fd, which));
        result = r == -1 && errno ? path_error(t, &p) : int_from_i64(t, r);
    }
    path_drop(t, &p);
    return result;
}
static NATIVE(posix_fpathconf) { // fd, name
    (void)self, (void)nargs, (void)kwnames;
    int fd, which;
    long r;
    if (fd_arg(t, args[0], &fd) < 0 || conf_arg(t, args[1], pathconf_names, countof(pathconf_names), &which) < 0) return V_ERROR;
    errno = 0;
    DETACHED(t, r, fpathconf(fd, which));
    return r == -1 && errno ? errno_error(t) : int_from_i64(t, r);
}

static NATIVE(posix_confstr) {
    (void)self, (void)nargs, (void)kwnames;
    int which;
    char small[256];
    if (conf_arg(t, args[0], confstr_names, countof(confstr_names), &which) < 0) return V_ERROR;
    errno = 0;
    size_t n = confstr(which, small, sizeof small);
    if (n == 0) return errno ? errno_error(t) : V_NONE;
    if (n <= sizeof small) return str_from_utf8_surrogateescape(t, small, n - 1);
    char *p = mem_alloc(t, n);
    if (!p) return err_no_memory(t);
    confstr(which, p, n);
    V result = str_from_utf8_surrogateescape(t, p, n - 1);
    mem_free(p);
    return result;
}

static int add_names(Thread *t, V module, const char *name, const IntConstant *table, size_t n) {
    V dict = dict_new(t);
    for (size_t i = 0; i < n && !v_is_error(dict); i++) {
        if (dict_set_c(t, dict, table[i].name, v_from_int(table[i].value)) < 0) {
            v_drop(t, dict);
            return -1;
        }
    }
    return module_add_steal(t, module, name, dict);
}

int posix_conf_start(Thread *t, V module) {
    if (add_names(t, module, "sysconf_names", sysconf_names, countof(sysconf_names)) < 0) return -1;
    if (add_names(t, module, "pathconf_names", pathconf_names, countof(pathconf_names)) < 0) return -1;
    return add_names(t, module, "confstr_names", confstr_names, countof(confstr_names));
}

const Method posix_conf_methods[] = {
    {"sysconf", posix_sysconf, "name, /", 0, 0, "A number that describes the system, by its name or number."},
    {"pathconf", posix_pathconf, "path, name", 0, 0, "A limit that holds for a file; None or -1 where there is none."},
    {"fpathconf", posix_fpathconf, "fd, name, /", 0, 0, "A limit that holds for an open file."},
    {"confstr", posix_confstr, "name, /", 0, 0, "A text that describes the system, by its name or number."},
    METHOD_END,
};
