// SPDX-License-Identifier: MIT
// Module spwd: the shadow password database.
#include "accounts.h"
#include <shadow.h>

static Type *spwd_type;
static uint8_t walking; // byte lock: the C library has one walk through the database for the process

static V number(Thread *t, long n) { return int_from_i64(t, n); }
static V entry(Thread *t, const struct spwd *p) {
    V v[] = {account_text(t, p->sp_namp), account_text(t, p->sp_pwdp), number(t, p->sp_lstchg), number(t, p->sp_min), number(t, p->sp_max),
             number(t, p->sp_warn), number(t, p->sp_inact), number(t, p->sp_expire), number(t, (long)p->sp_flag),
             account_text(t, p->sp_namp), account_text(t, p->sp_pwdp)};
    return structseq_new_steal(t, spwd_type, v);
}
static V result(Thread *t, int code, const struct spwd *found, char *buffer) { // V_NULL: no such entry
    V r = found ? entry(t, found) : V_NULL;
    free(buffer);
    return code == ENOMEM ? err_no_memory(t) : r;
}

static NATIVE(spwd_getspnam) {
    (void)self, (void)nargs, (void)kwnames;
    struct spwd p, *found = NULL;
    char *buffer;
    int code;
    if (!v_is_str(args[0])) return err_bad_argument(t, "getspnam", "argument", "str", args[0]);
    V name = account_name(t, args[0]);
    if (v_is_error(name)) return V_ERROR;
    ACCOUNT_CALL(t, code, buffer, size, getspnam_r(bytes_data(name), &p, buffer, size, &found));
    v_drop(t, name);
    V r = result(t, code, found, buffer);
    if (r != V_NULL) return r;
    if (code == EACCES || code == EPERM) {
        errno = code;
        return errno_error(t);
    }
    return account_missing(t, "getspnam(): name not found");
}

static NATIVE(spwd_getspall) {
    UNUSED_NATIVE();
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    bytelock_lock(t, &walking, -1, 0);
    setspent();
    for (;;) {
        struct spwd p, *found = NULL;
        char *buffer;
        int code;
        ACCOUNT_CALL(t, code, buffer, size, getspent_r(&p, buffer, size, &found));
        V r = result(t, code, found, buffer);
        if (r == V_NULL) break;
        if (v_is_error(r) || list_append_steal(t, list, r) < 0) {
            v_drop(t, list);
            list = V_ERROR;
            break;
        }
    }
    endspent();
    bytelock_unlock(&walking);
    return list;
}

static const Method methods[] = {
    {"getspnam", spwd_getspnam, "arg, /", 0, 0, "The entry of the shadow password database with a name."},
    {"getspall", spwd_getspall, "", 0, 0, "A list of all entries of the shadow password database, in any order."},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"sp_namp", "login name"}, {"sp_pwdp", "encrypted password"}, {"sp_lstchg", "date of last change"},
        {"sp_min", "min #days between changes"}, {"sp_max", "max #days between changes"},
        {"sp_warn", "#days before pw expires to warn user about it"}, {"sp_inact", "#days after pw expires until account is disabled"},
        {"sp_expire", "#days since 1970-01-01 when account expires"}, {"sp_flag", "reserved"},
        {"sp_nam", "login name; deprecated"}, {"sp_pwd", "encrypted password; deprecated"}, {NULL, NULL}};
    if (warn(t, &exc_DeprecationWarning, 7, "'spwd' is deprecated and slated for removal in Python 3.13") < 0) return -1;
    spwd_type = structseq_new_type(t, "spwd.struct_spwd", "An entry of the shadow password database: a tuple whose items have names too.", fields, 9);
    return spwd_type ? module_add(t, module, "struct_spwd", v_from_type(spwd_type)) : -1;
}
const ModuleDef mod_spwd = {"spwd", "The shadow password database: encrypted passwords and when they expire.", methods, exec, 0};
