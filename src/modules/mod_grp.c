// SPDX-License-Identifier: MIT
// Module grp: the group database.
#include "accounts.h"
#include <grp.h>

static Type *group_type;
static uint8_t walking; // byte lock: the C library has one walk through the database for the process

static V entry(Thread *t, const struct group *g) {
    V members = list_new(t, 0);
    for (char **m = g->gr_mem; m && *m && !v_is_error(members); m++) {
        if (list_append_steal(t, members, account_text(t, *m)) < 0) {
            v_drop(t, members);
            members = V_ERROR;
        }
    }
    V v[] = {account_text(t, g->gr_name), account_text(t, g->gr_passwd), id_value(g->gr_gid), members};
    return structseq_new_steal(t, group_type, v);
}
static V result(Thread *t, int code, const struct group *found, char *buffer) { // V_NULL: no such entry
    V r = found ? entry(t, found) : V_NULL;
    free(buffer);
    return code == ENOMEM ? err_no_memory(t) : r;
}

static NATIVE(grp_getgrgid) {
    (void)self, (void)nargs, (void)kwnames;
    gid_t gid;
    struct group g, *found = NULL;
    char *buffer;
    int code;
    if (gid_arg(t, args[0], &gid) < 0) return V_ERROR;
    ACCOUNT_CALL(t, code, buffer, size, getgrgid_r(gid, &g, buffer, size, &found));
    V r = result(t, code, found, buffer);
    return r == V_NULL ? account_missing(t, "getgrgid(): gid not found: %R", id_value(gid)) : r;
}

static NATIVE(grp_getgrnam) {
    (void)self, (void)nargs, (void)kwnames;
    struct group g, *found = NULL;
    char *buffer;
    int code;
    if (!v_is_str(args[0])) return err_bad_argument(t, "getgrnam", "argument 'name'", "str", args[0]);
    V name = account_name(t, args[0]);
    if (v_is_error(name)) return V_ERROR;
    ACCOUNT_CALL(t, code, buffer, size, getgrnam_r(bytes_data(name), &g, buffer, size, &found));
    v_drop(t, name);
    V r = result(t, code, found, buffer);
    return r == V_NULL ? account_missing(t, "getgrnam(): name not found: %R", args[0]) : r;
}

static NATIVE(grp_getgrall) {
    UNUSED_NATIVE();
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    bytelock_lock(t, &walking, -1, 0);
    setgrent();
    for (;;) {
        struct group g, *found = NULL;
        char *buffer;
        int code;
        ACCOUNT_CALL(t, code, buffer, size, getgrent_r(&g, buffer, size, &found));
        V r = result(t, code, found, buffer);
        if (r == V_NULL) break;
        if (v_is_error(r) || list_append_steal(t, list, r) < 0) {
            v_drop(t, list);
            list = V_ERROR;
            break;
        }
    }
    endgrent();
    bytelock_unlock(&walking);
    return list;
}

static const Method methods[] = {
    {"getgrgid", grp_getgrgid, "id", 0, 0, "The entry of the group database with a group id."},
    {"getgrnam", grp_getgrnam, "name", 0, 0, "The entry of the group database with a name."},
    {"getgrall", grp_getgrall, "", 0, 0, "A list of all entries of the group database, in any order."},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    static const StructSeqField fields[] = {{"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"},
                                            {"gr_mem", "group members"}, {NULL, NULL}};
    group_type = structseq_new_type(t, "grp.struct_group", "An entry of the group database: a tuple whose items have names too.", fields, 4);
    return group_type ? module_add(t, module, "struct_group", v_from_type(group_type)) : -1;
}
const ModuleDef mod_grp = {"grp", "The group database: group names, their ids and members.", methods, exec, 0};
