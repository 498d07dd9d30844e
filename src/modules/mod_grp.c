// SPDX-License-Identifier: MIT
// Module grp: the group database.
#include "accounts.h"
#include <grp.h>

static Type *group_type;

static V entry(Thread *t, const void *record) {
    const struct group *g = record;
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
static int ask_name(const void *name, void *g, char *buffer, size_t size, void **found) {
    return getgrnam_r(name, g, buffer, size, (struct group **)found);
}
static int ask_gid(const void *gid, void *g, char *buffer, size_t size, void **found) {
    return getgrgid_r(*(const gid_t *)gid, g, buffer, size, (struct group **)found);
}
static int ask_next(const void *key, void *g, char *buffer, size_t size, void **found) {
    (void)key;
    return getgrent_r(g, buffer, size, (struct group **)found);
}
static AccountDb db = {sizeof(struct group), entry, ask_name, ask_next, setgrent, endgrent, "getgrnam", "argument 'name'",
                       "getgrnam(): name not found: %R", 0};

static NATIVE(grp_getgrgid) {
    (void)self, (void)nargs, (void)kwnames;
    gid_t gid;
    int code;
    if (gid_arg(t, args[0], &gid) < 0) return V_ERROR;
    V r = account_ask(t, &db, ask_gid, &gid, &code);
    return r == V_NULL ? account_missing(t, "getgrgid(): gid not found: %R", id_value(gid)) : r;
}
static NATIVE(grp_getgrnam) { return (void)self, (void)nargs, (void)kwnames, account_named(t, &db, args[0]); }
static NATIVE(grp_getgrall) {
    UNUSED_NATIVE();
    return account_all(t, &db);
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
