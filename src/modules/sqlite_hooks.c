// SPDX-License-Identifier: MIT
// _sqlite3: Python functions that the library calls.
//
// A Hook is what the library gets for a function, aggregate or collation: it stands in the connection's dict `hooks` (so
// that it is shared and collected with it) and is owned once more by the library until that gives it back.
#include "sqlite_private.h"
#ifdef HAVE_SQLITE3

typedef struct Hook { Obj head; Slot callable; } Hook; // const after init
static Type hook_type;
bool sqlite_tracebacks;

static void hook_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Hook *)o)->callable); }
static Type hook_type = {
    TYPE_HEAD("_sqlite3.Hook"), .base = &object_type, .size = sizeof(Hook), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = hook_traverse,
};
int sqlite_hooks_ready(Thread *t) { return type_ready(t, &hook_type); }

// Around a callback: attached, in the thread that runs the statement.  One that destroys a connection touches objects anyway,
// and may have claimed itself, to judge them on its way to sleep: it could not attach.
static Thread *callback_begin(bool *was) {
    Thread *t = thread_current();
    *was = !t->destroying && !thread_is_attached(t);
    if (*was) thread_attach(t);
    return t;
}
static void callback_end(Thread *t, bool was) {
    if (was) thread_detach(t);
}

static void hook_drop(void *p) { // the library gives it back, maybe with the last statement of a connection that was closed
    bool was;
    Thread *t = callback_begin(&was);
    v_drop(t, v_from(p));
    callback_end(t, was);
}
// A hook that the library is about to get; NULL with an exception.
static Hook *hook_make(Thread *t, V self, const char *kind, V name, int nargs, V callable) {
    V hook = type_alloc(t, &hook_type, 0);
    if (v_is_error(hook)) return NULL;
    Hook *h = (Hook *)v_obj(hook);
    slot_init(t, v_obj(hook), &h->callable, callable);
    V key = str_from_format(t, "%s %V %d", kind, name, nargs);
    int r = v_is_error(key) ? -1 : dict_set(t, slot_peek(&conn_of(self)->hooks), key, hook);
    v_drop(t, key);
    if (r < 0) {
        v_drop(t, hook);
        return NULL;
    }
    return (Hook *)v_obj(v_own(hook)); // this count is the library's
}

static void report(Thread *t, V where) { // what a callback raised
    if (!err_pending(t)) return;
    if (at_load_relaxed(&sqlite_tracebacks)) err_unraisable(t, where, NULL);
    else err_clear(t);
}

// ---- values -----------------------------------------------------------------------------------------------------------------
static V value_of(Thread *t, sqlite3_value *v) {
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER: return int_from_i64(t, sqlite3_value_int64(v));
    case SQLITE_FLOAT: return float_from_double(t, sqlite3_value_double(v));
    case SQLITE_TEXT: {
        const char *p = (const char *)sqlite3_value_text(v);
        return str_from_utf8(t, p, (size_t)sqlite3_value_bytes(v));
    }
    case SQLITE_BLOB: {
        const void *p = sqlite3_value_blob(v);
        return bytes_from(t, p, (size_t)sqlite3_value_bytes(v));
    }
    default: return V_NONE;
    }
}
static int give_result(Thread *t, sqlite3_context *context, V v) {
    if (v == V_NONE) {
        sqlite3_result_null(context);
    } else if (v_is_any_int(v)) {
        int64_t n;
        if (num_as_i64(t, v, &n) < 0) return -1;
        sqlite3_result_int64(context, n);
    } else if (v_is_any_float(v)) {
        double d;
        if (num_as_double(t, v, &d) < 0) return -1;
        sqlite3_result_double(context, d);
    } else if (v_is_str(v)) {
        size_t n;
        const char *p = str_utf8(t, v, &n);
        if (!p) return -1;
        sqlite3_result_text64(context, p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (v_is_object(v) && obj_has_buffer(v)) {
        Buffer view;
        if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return -1;
        sqlite3_result_blob64(context, view.data, (uint64_t)view.len, SQLITE_TRANSIENT);
        buffer_release(t, &view);
    } else {
        return -1;
    }
    return 0;
}
static void give_error(Thread *t, sqlite3_context *context, const char *text) {
    if (err_matches(t, &exc_MemoryError)) sqlite3_result_error_nomem(context);
    else if (err_matches(t, &exc_OverflowError)) sqlite3_result_error_toobig(context);
    else sqlite3_result_error(context, text, -1);
}
static V argument_tuple(Thread *t, int n, sqlite3_value **values) {
    V tuple = tuple_new(t, (size_t)n);
    bool failed = v_is_error(tuple);
    for (int i = 0; !v_is_error(tuple) && i < n; i++) {
        V v = value_of(t, values[i]);
        failed |= v_is_error(v);
        tuple_init_steal(t, tuple, (size_t)i, v_is_error(v) ? V_NONE : v);
    }
    if (!failed) return tuple;
    if (!v_is_error(tuple)) v_drop(t, tuple);
    return V_ERROR;
}

// ---- functions and aggregates -----------------------------------------------------------------------------------------------
static void call_function(sqlite3_context *context, int n, sqlite3_value **values) {
    Hook *h = sqlite3_user_data(context);
    bool was;
    Thread *t = callback_begin(&was);
    V callable = slot_get(&h->head, &h->callable), args = argument_tuple(t, n, values);
    V r = v_is_error(args) ? V_ERROR : obj_call_tuple(t, callable, args, V_NULL);
    if (v_is_error(r) || give_result(t, context, r) < 0) give_error(t, context, "user-defined function raised exception");
    report(t, callable);
    v_drop(t, r);
    v_drop(t, args);
    v_drop(t, callable);
    callback_end(t, was);
}

// The library keeps a word for each group: the aggregate's instance, owned, for as long as it collects rows.
typedef struct Group { V instance; } Group;
static Group *group_of(sqlite3_context *context, bool make) { return sqlite3_aggregate_context(context, make ? sizeof(Group) : 0); }

static void call_step(sqlite3_context *context, int n, sqlite3_value **values) {
    Hook *h = sqlite3_user_data(context);
    bool was;
    Thread *t = callback_begin(&was);
    Group *group = group_of(context, true);
    V callable = slot_get(&h->head, &h->callable);
    if (group && group->instance == V_NULL) {
        V instance = obj_call0(t, callable);
        if (v_is_error(instance)) give_error(t, context, "user-defined aggregate's '__init__' method raised error");
        else group->instance = v_own(instance);
        if (!v_is_error(instance) && obj_is_shared(&h->head)) share_value(t, group->instance); // any thread may go on
    }
    if (!err_pending(t) && group) {
        V args = argument_tuple(t, n, values), step = v_is_error(args) ? V_ERROR : obj_getattr_c(t, group->instance, "step");
        bool missing = v_is_error(step) && err_matches(t, &exc_AttributeError);
        V r = v_is_error(step) ? V_ERROR : obj_call_tuple(t, step, args, V_NULL);
        if (v_is_error(r)) give_error(t, context, missing ? "user-defined aggregate's 'step' method not defined" : "user-defined aggregate's 'step' method raised error");
        v_drop(t, r);
        v_drop(t, step);
        v_drop(t, args);
    }
    report(t, callable);
    v_drop(t, callable);
    callback_end(t, was);
}
static void call_final(sqlite3_context *context) {
    Group *group = group_of(context, false);
    if (!group || group->instance == V_NULL) return;
    bool was;
    Thread *t = callback_begin(&was);
    V pending = err_fetch(t); // the statement may be ending because of it
    V finalize = obj_getattr_c(t, group->instance, "finalize");
    bool missing = v_is_error(finalize) && err_matches(t, &exc_AttributeError);
    V r = v_is_error(finalize) ? V_ERROR : obj_call0(t, finalize);
    if (v_is_error(r) || give_result(t, context, r) < 0)
        give_error(t, context, missing ? "user-defined aggregate's 'finalize' method not defined" : "user-defined aggregate's 'finalize' method raised error");
    report(t, group->instance);
    v_drop(t, r);
    v_drop(t, finalize);
    v_drop(t, group->instance);
    group->instance = V_NULL;
    err_restore_steal(t, pending);
    callback_end(t, was);
}

static V make_function(Thread *t, V self, const char *kind, V name_value, V nargs_value, V callable, int flags) {
    int n;
    bool aggregate = kind[0] == 'a';
    const char *fname = aggregate ? "create_aggregate" : "create_function";
    if (conn_check(t, self) < 0) return V_ERROR;
    if (!v_is_str(name_value)) return err_bad_argument(t, fname, "argument 'name'", "str", name_value);
    const char *name = str_cstr(t, name_value);
    if (!name || num_as_int(t, nargs_value, &n) < 0) return V_ERROR;
    bool entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    Hook *h = hook_make(t, self, "function", name_value, n, callable);
    int code = SQLITE_ERROR;
    if (h) code = sqlite3_create_function_v2(c->db, name, n, SQLITE_UTF8 | flags, h, aggregate ? NULL : call_function,
                                             aggregate ? call_step : NULL, aggregate ? call_final : NULL, hook_drop);
    conn_leave(c, entered);
    if (!h) return V_ERROR;
    if (code == SQLITE_OK) return V_NONE;
    return sql_raise(t, SQL_OPERATIONAL, aggregate ? "Error creating aggregate" : "Error creating function");
}
NATIVE(connection_create_function) { // name, narg, func, *, deterministic=False
    (void)nargs, (void)kwnames;
    int deterministic = args[3] == V_NULL ? 0 : obj_is_true(t, args[3]);
    return deterministic < 0 ? V_ERROR : make_function(t, self, "function", args[0], args[1], args[2], deterministic ? SQLITE_DETERMINISTIC : 0);
}
NATIVE(connection_create_aggregate) { // name, n_arg, aggregate_class
    (void)nargs, (void)kwnames;
    return make_function(t, self, "aggregate", args[0], args[1], args[2], 0);
}

// ---- collations -----------------------------------------------------------------------------------------------------------------
static int call_collation(void *data, int n1, const void *p1, int n2, const void *p2) {
    Hook *h = data;
    bool was;
    Thread *t = callback_begin(&was);
    int result = 0;
    if (!err_pending(t)) {
        V callable = slot_get(&h->head, &h->callable), a = str_from_utf8(t, p1, (size_t)n1), b = v_is_error(a) ? V_ERROR : str_from_utf8(t, p2, (size_t)n2);
        V r = v_is_error(b) ? V_ERROR : obj_call2(t, callable, a, b);
        int64_t n = 0;
        if (!v_is_error(r) && v_is_any_int(r)) n = int_sign(r);
        result = n > 0 ? 1 : n < 0 ? -1 : 0;
        report(t, callable);
        v_drop(t, r);
        v_drop(t, a);
        v_drop(t, b);
        v_drop(t, callable);
    }
    callback_end(t, was);
    return result;
}
static V make_collation(Thread *t, Connection *c, V name_value, const char *name, V callable) { // None: it goes
    if (callable == V_NONE) return sqlite3_create_collation_v2(c->db, name, SQLITE_UTF8, NULL, NULL, NULL) == SQLITE_OK ? V_NONE : sql_fail(t, c->db);
    Hook *h = hook_make(t, v_from(&c->head), "collation", name_value, 0, callable);
    if (!h) return V_ERROR;
    if (sqlite3_create_collation_v2(c->db, name, SQLITE_UTF8, h, call_collation, hook_drop) == SQLITE_OK) return V_NONE;
    sql_fail(t, c->db);
    hook_drop(h); // the library does not, here
    return V_ERROR;
}
NATIVE(connection_create_collation) { // name, callback
    (void)nargs, (void)kwnames;
    if (conn_check(t, self) < 0) return V_ERROR;
    if (!v_is_str(args[0])) return err_bad_argument(t, "create_collation", "argument 1", "str", args[0]);
    const char *name = str_cstr(t, args[0]);
    if (!name) return V_ERROR;
    if (args[1] != V_NONE && !obj_is_callable(args[1])) return err_set(t, &exc_TypeError, "parameter must be callable");
    bool entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    V r = make_collation(t, c, args[0], name, args[1]);
    conn_leave(c, entered);
    return r;
}

// ---- callbacks of the connection ------------------------------------------------------------------------------------------------
static int call_authorizer(void *data, int action, const char *a, const char *b, const char *database, const char *trigger) {
    Connection *c = data;
    bool was;
    Thread *t = callback_begin(&was);
    V callable = slot_get(&c->head, &c->authorizer);
    V v[5] = {v_from_int(action)};
    const char *texts[] = {a, b, database, trigger};
    bool failed = callable == V_NULL;
    for (int i = 0; i < 4; i++) {
        v[i + 1] = texts[i] ? str_from_cstr(t, texts[i]) : V_NONE;
        failed |= v_is_error(v[i + 1]);
    }
    V r = failed ? V_ERROR : obj_call(t, callable, v, 5, V_NULL);
    int answer = SQLITE_DENY;
    if (!v_is_error(r) && v_is_any_int(r) && num_as_int(t, r, &answer) < 0) answer = SQLITE_DENY;
    report(t, callable);
    v_drop(t, r);
    for (int i = 0; i < 4; i++) v_drop(t, v[i + 1]);
    v_drop(t, callable);
    callback_end(t, was);
    return answer;
}
static int call_progress(void *data) {
    Connection *c = data;
    bool was;
    Thread *t = callback_begin(&was);
    V callable = slot_get(&c->head, &c->progress), r = callable == V_NULL ? V_NONE : obj_call0(t, callable);
    int stop = v_is_error(r) ? 1 : obj_is_true(t, r);
    report(t, callable);
    v_drop(t, r);
    v_drop(t, callable);
    callback_end(t, was);
    return stop != 0;
}
static int call_tracer(unsigned type, void *data, void *stmt, void *text) {
    Connection *c = data;
    bool was;
    if (type != SQLITE_TRACE_STMT) return 0;
    Thread *t = callback_begin(&was);
    V callable = slot_get(&c->head, &c->tracer);
    char *expanded = sqlite3_expanded_sql(stmt);
    V sql = str_from_cstr(t, expanded ? expanded : (const char *)text), r = v_is_error(sql) || callable == V_NULL ? V_ERROR : obj_call1(t, callable, sql);
    sqlite3_free(expanded);
    report(t, callable);
    v_drop(t, r);
    v_drop(t, sql);
    v_drop(t, callable);
    callback_end(t, was);
    return 0;
}
NATIVE(connection_set_authorizer) {
    (void)nargs, (void)kwnames;
    bool on = args[0] != V_NONE, entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    slot_set(t, v_obj(self), &c->authorizer, on ? args[0] : V_NULL);
    int code = sqlite3_set_authorizer(c->db, on ? call_authorizer : NULL, c);
    conn_leave(c, entered);
    return code == SQLITE_OK ? V_NONE : sql_raise(t, SQL_OPERATIONAL, "Error setting authorizer callback");
}
NATIVE(connection_set_progress_handler) { // progress_handler, n
    (void)nargs, (void)kwnames;
    int n;
    if (conn_check(t, self) < 0 || num_as_int(t, args[1], &n) < 0) return V_ERROR;
    bool on = args[0] != V_NONE, entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    slot_set(t, v_obj(self), &c->progress, on ? args[0] : V_NULL);
    sqlite3_progress_handler(c->db, on ? n : 0, on ? call_progress : NULL, c);
    conn_leave(c, entered);
    return V_NONE;
}
NATIVE(connection_set_trace_callback) {
    (void)nargs, (void)kwnames;
    bool on = args[0] != V_NONE, entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    slot_set(t, v_obj(self), &c->tracer, on ? args[0] : V_NULL);
    sqlite3_trace_v2(c->db, on ? SQLITE_TRACE_STMT : 0, on ? call_tracer : NULL, c);
    conn_leave(c, entered);
    return V_NONE;
}
#endif
