// SPDX-License-Identifier: MIT
// Module syslog: messages for the system's log.
//
// The C library keeps the pointer given to openlog(): it points into a string held by the root `ident`, which is replaced
// under the lock only.
#include "constants.h"
#include "posix_private.h"
#include "threading/parking.h"
#include <stdlib.h>
#include <syslog.h>

static Slot ident;      // bytes, or V_NULL
static bool opened;     // self lock
static uint8_t lock;    // byte lock

static int default_ident(Thread *t, V *out) { // the script's name, as bytes; V_NULL: none
    *out = V_NULL;
    V argv = sys_get(t, "argv"), first = V_NULL;
    if (argv != V_NULL && v_is_list(argv)) first = list_get(t, argv, 0);
    v_drop(t, argv);
    if (first != V_NULL && v_is_str(first) && str_len(first)) {
        ptrdiff_t slash = str_find_char(first, '/', 0, str_len(first), -1);
        V name = str_substring(t, first, (size_t)(slash + 1), str_len(first));
        *out = v_is_error(name) ? V_ERROR : str_encode_utf8(t, name);
        v_drop(t, name);
    }
    v_drop(t, first);
    return v_is_error(*out) ? -1 : 0;
}
static int open_with(Thread *t, V name, int option, int facility) { // name: bytes or V_NULL; under the lock
    root_set(t, &ident, name == V_NULL ? V_NONE : name);
    openlog(name == V_NULL ? NULL : bytes_data(slot_peek(&ident)), option, facility);
    opened = true;
    return 0;
}

static NATIVE(syslog_openlog) { // ident=None, logoption=0, facility=LOG_USER
    (void)self, (void)nargs, (void)kwnames;
    int option = 0, facility = LOG_USER;
    V name = V_NULL;
    if ((args[1] != V_NULL && num_as_int_old(t, args[1], &option) < 0) || (args[2] != V_NULL && num_as_int_old(t, args[2], &facility) < 0)) return V_ERROR;
    if (args[0] != V_NULL) {
        if (!v_is_str(args[0])) return err_bad_argument(t, "openlog", "argument 1", "str", args[0]);
        name = str_encode_utf8(t, args[0]);
        if (v_is_error(name)) return V_ERROR;
    } else if (default_ident(t, &name) < 0) {
        return V_ERROR;
    }
    bytelock_lock(t, &lock, -1, 0);
    open_with(t, name, option, facility);
    bytelock_unlock(&lock);
    v_drop(t, name);
    return V_NONE;
}

static NATIVE(syslog_syslog) { // [priority,] message
    (void)self;
    int priority = LOG_INFO;
    if (args_no_keywords(t, "syslog.syslog", kwnames) < 0) return V_ERROR;
    if (nargs < 1 || nargs > 2 || !v_is_str(args[nargs - 1])) return err_set(t, &exc_TypeError, "[priority,] message string");
    if (nargs == 2 && num_as_int_old(t, args[0], &priority) < 0) return V_ERROR;
    const char *message = str_cstr(t, args[nargs - 1]);
    V name = V_NULL;
    if (!message || (!at_load_relaxed(&opened) && default_ident(t, &name) < 0)) return V_ERROR;
    bytelock_lock(t, &lock, -1, 0);
    if (!opened) open_with(t, name, 0, LOG_USER);
    thread_detach(t);
    syslog(priority, "%s", message);
    thread_attach(t);
    bytelock_unlock(&lock);
    v_drop(t, name);
    return V_NONE;
}
static NATIVE(syslog_closelog) {
    UNUSED_NATIVE();
    bytelock_lock(t, &lock, -1, 0);
    if (opened) closelog();
    opened = false;
    root_set(t, &ident, V_NONE);
    bytelock_unlock(&lock);
    return V_NONE;
}
#define NUMBER_FUNCTION(name, expression) \
    static NATIVE(name) { \
        (void)self, (void)nargs, (void)kwnames; \
        int n; \
        return num_as_int_old(t, args[0], &n) < 0 ? V_ERROR : v_from_int(expression); \
    }
NUMBER_FUNCTION(syslog_setlogmask, setlogmask(n))
NUMBER_FUNCTION(syslog_mask, LOG_MASK(n))
NUMBER_FUNCTION(syslog_upto, LOG_UPTO(n))

static const Method methods[] = {
    {"openlog", syslog_openlog, "ident=None, logoption=0, facility=LOG_USER", 0, 0, "Say how the following messages are to be marked."},
    {"closelog", syslog_closelog, "", 0, 0, "Forget what openlog() was told."},
    {"syslog", syslog_syslog, NULL, 0, M_RAW | M_TUPLE, "syslog([priority,] message)\n\nSend a message to the system's log."},
    {"setlogmask", syslog_setlogmask, "maskpri, /", 0, M_OLD_ARITY | M_TUPLE, "Set which priorities are logged; answers the previous mask."},
    {"LOG_MASK", syslog_mask, "pri, /", 0, M_OLD_ARITY | M_TUPLE, "The mask of one priority."},
    {"LOG_UPTO", syslog_upto, "pri, /", 0, M_OLD_ARITY | M_TUPLE, "The mask of a priority and all that are more urgent."},
    METHOD_END,
};
#define C(name) {#name, name}
static const IntConstant constants[] = {
    C(LOG_EMERG), C(LOG_ALERT), C(LOG_CRIT), C(LOG_ERR), C(LOG_WARNING), C(LOG_NOTICE), C(LOG_INFO), C(LOG_DEBUG), C(LOG_PID), C(LOG_CONS),
    C(LOG_NDELAY), C(LOG_ODELAY), C(LOG_NOWAIT), C(LOG_PERROR), C(LOG_KERN), C(LOG_USER), C(LOG_MAIL), C(LOG_DAEMON), C(LOG_AUTH), C(LOG_LPR),
    C(LOG_LOCAL0), C(LOG_LOCAL1), C(LOG_LOCAL2), C(LOG_LOCAL3), C(LOG_LOCAL4), C(LOG_LOCAL5), C(LOG_LOCAL6), C(LOG_LOCAL7), C(LOG_SYSLOG),
    C(LOG_CRON), C(LOG_UUCP), C(LOG_NEWS), C(LOG_AUTHPRIV),
};
#undef C
static int exec(Thread *t, V module) {
    root_register(&ident);
    return add_constants(t, module, constants, countof(constants));
}
const ModuleDef mod_syslog = {"syslog", NULL, methods, exec, 0};
