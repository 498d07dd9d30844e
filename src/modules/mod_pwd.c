// SPDX-License-Identifier: MIT
// Module pwd: the password database.
#include "accounts.h"
#include <pwd.h>

static Type *passwd_type;
static uint8_t walking; // byte lock: the C library has one walk through the database for the process

static V entry(Thread *t, const struct passwd *p) {
    V v[] = {account_text(t, p->pw_name), account_text(t, p->pw_passwd), id_value(p->pw_uid), id_value(p->pw_gid),
             account_text(t, p->pw_gecos), account_text(t, p->pw_dir), account_text(t, p->pw_shell)};
    return structseq_new_steal(t, passwd_type, v);
}
static V result(Thread *t, int code, const struct passwd *found, char *buffer) { // V_NULL: no such entry
    V r = found ? entry(t, found) : V_NULL;
    free(buffer);
    return code == ENOMEM ? err_no_memory(t) : r;
}

static NATIVE(pwd_getpwuid) {
    (void)self, (void)nargs, (void)kwnames;
    uid_t uid;
    struct passwd p, *found = NULL;
    char *buffer;
    int code;
    if (uid_arg(t, args[0], &uid) < 0) {
        if (!err_matches(t, &exc_OverflowError)) return V_ERROR;
        err_clear(t);
        return account_missing(t, "getpwuid(): uid not found");
    }
    ACCOUNT_CALL(t, code, buffer, size, getpwuid_r(uid, &p, buffer, size, &found));
    V r = result(t, code, found, buffer);
    return r == V_NULL ? account_missing(t, "getpwuid(): uid not found: %R", id_value(uid)) : r;
}

static NATIVE(pwd_getpwnam) {
    (void)self, (void)nargs, (void)kwnames;
    struct passwd p, *found = NULL;
    char *buffer;
    int code;
    if (!v_is_str(args[0])) return err_bad_argument(t, "getpwnam", "argument", "str", args[0]);
    V name = account_name(t, args[0]);
    if (v_is_error(name)) return V_ERROR;
    ACCOUNT_CALL(t, code, buffer, size, getpwnam_r(bytes_data(name), &p, buffer, size, &found));
    v_drop(t, name);
    V r = result(t, code, found, buffer);
    return r == V_NULL ? account_missing(t, "getpwnam(): name not found: %R", args[0]) : r;
}

static NATIVE(pwd_getpwall) {
    UNUSED_NATIVE();
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    bytelock_lock(t, &walking, -1, 0);
    setpwent();
    for (;;) {
        struct passwd p, *found = NULL;
        char *buffer;
        int code;
        ACCOUNT_CALL(t, code, buffer, size, getpwent_r(&p, buffer, size, &found));
        V r = result(t, code, found, buffer);
        if (r == V_NULL) break;
        if (v_is_error(r) || list_append_steal(t, list, r) < 0) {
            v_drop(t, list);
            list = V_ERROR;
            break;
        }
    }
    endpwent();
    bytelock_unlock(&walking);
    return list;
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
