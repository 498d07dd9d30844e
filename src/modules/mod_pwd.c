// SPDX-License-Identifier: MIT
// Module pwd: the password database.
#include "accounts.h"
#include <pwd.h>

static Type *passwd_type;

static V entry(Thread *t, const void *record) {
    const struct passwd *p = record;
    V v[] = {account_text(t, p->pw_name), account_text(t, p->pw_passwd), id_value(p->pw_uid), id_value(p->pw_gid),
             account_text(t, p->pw_gecos), account_text(t, p->pw_dir), account_text(t, p->pw_shell)};
    return structseq_new_steal(t, passwd_type, v);
}
static int ask_name(const void *name, void *p, char *buffer, size_t size, void **found) {
    return getpwnam_r(name, p, buffer, size, (struct passwd **)found);
}
static int ask_uid(const void *uid, void *p, char *buffer, size_t size, void **found) {
    return getpwuid_r(*(const uid_t *)uid, p, buffer, size, (struct passwd **)found);
}
static int ask_next(const void *key, void *p, char *buffer, size_t size, void **found) {
    (void)key;
    return getpwent_r(p, buffer, size, (struct passwd **)found);
}
static AccountDb db = {sizeof(struct passwd), entry, ask_name, ask_next, setpwent, endpwent, "getpwnam", "argument",
                       "getpwnam(): name not found: %R", 0};

static NATIVE(pwd_getpwuid) {
    (void)self, (void)nargs, (void)kwnames;
    uid_t uid;
    int code;
    if (uid_arg(t, args[0], &uid) < 0) {
        if (!err_matches(t, &exc_OverflowError)) return V_ERROR;
        err_clear(t);
        return account_missing(t, "getpwuid(): uid not found");
    }
    V r = account_ask(t, &db, ask_uid, &uid, &code);
    return r == V_NULL ? account_missing(t, "getpwuid(): uid not found: %R", id_value(uid)) : r;
}
static NATIVE(pwd_getpwnam) { return (void)self, (void)nargs, (void)kwnames, account_named(t, &db, args[0]); }
static NATIVE(pwd_getpwall) {
    UNUSED_NATIVE();
    return account_all(t, &db);
}

static const Method methods[] = {
    {"getpwuid", pwd_getpwuid, "uidobj, /", 0, 0, "The entry of the password database with a user id."},
    {"getpwnam", pwd_getpwnam, "name, /", 0, 0, "The entry of the password database with a name."},
    {"getpwall", pwd_getpwall, "", 0, 0, "A list of all entries of the password database, in any order."},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    static const StructSeqField fields[] = {{"pw_name", "user name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"}, {"pw_gid", "group id"},
                                            {"pw_gecos", "real name"}, {"pw_dir", "home directory"}, {"pw_shell", "shell program"}, {NULL, NULL}};
    passwd_type = structseq_new_type(t, "pwd.struct_passwd", "An entry of the password database: a tuple whose items have names too.", fields, 7);
    return passwd_type ? module_add(t, module, "struct_passwd", v_from_type(passwd_type)) : -1;
}
const ModuleDef mod_pwd = {"pwd", "The password database: user names, their ids, home directories and shells.", methods, exec, 0};
