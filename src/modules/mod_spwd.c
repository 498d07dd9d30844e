// SPDX-License-Identifier: MIT
// Module spwd: the shadow password database.
#include "accounts.h"
#include <shadow.h>

static Type *spwd_type;

static V number(Thread *t, long n) { return int_from_i64(t, n); }
static V entry(Thread *t, const void *record) {
    const struct spwd *p = record;
    V v[] = {account_text(t, p->sp_namp), account_text(t, p->sp_pwdp), number(t, p->sp_lstchg), number(t, p->sp_min), number(t, p->sp_max),
             number(t, p->sp_warn), number(t, p->sp_inact), number(t, p->sp_expire), number(t, (long)p->sp_flag),
             account_text(t, p->sp_namp), account_text(t, p->sp_pwdp)};
    return structseq_new_steal(t, spwd_type, v);
}
static int ask_name(const void *name, void *p, char *buffer, size_t size, void **found) {
    return getspnam_r(name, p, buffer, size, (struct spwd **)found);
}
static int ask_next(const void *key, void *p, char *buffer, size_t size, void **found) {
    (void)key;
    return getspent_r(p, buffer, size, (struct spwd **)found);
}
static AccountDb db = {sizeof(struct spwd), entry, ask_name, ask_next, setspent, endspent, "getspnam", "argument",
                       "getspnam(): name not found", 0};

static NATIVE(spwd_getspnam) { return (void)self, (void)nargs, (void)kwnames, account_named(t, &db, args[0]); }
static NATIVE(spwd_getspall) {
    UNUSED_NATIVE();
    return account_all(t, &db);
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
