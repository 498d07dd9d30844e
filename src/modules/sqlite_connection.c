// SPDX-License-Identifier: MIT
// _sqlite3: connections.
#include "sqlite_private.h"
#include "threading/gclink.h"
#include "object/plain.h"
#include <strings.h>
#ifdef HAVE_SQLITE3

// ---- who may use it -----------------------------------------------------------------------------------------------------
bool conn_enter(Thread *t, Connection *c) { return owned_lock_enter(t, &c->lock); }
void conn_leave(Connection *c, bool entered) { owned_lock_leave(&c->lock, entered); }
int conn_check_thread(Thread *t, V connection) {
    Connection *c = conn_of(connection);
    if (!at_load_acquire(&c->opened) || !at_load_relaxed(&c->same_thread) || at_load_relaxed(&c->ident) == t->ident) return 0;
    sql_raise(t, SQL_PROGRAMMING, "SQLite objects created in a thread can only be used in that same thread. "
              "The object was created in thread id %lu and this is thread id %lu.", at_load_relaxed(&c->ident), t->ident);
    return -1;
}
int conn_check(Thread *t, V connection) {
    Connection *c = conn_of(connection);
    if (conn_check_thread(t, connection) < 0) return -1;
    if (at_load_acquire(&c->opened)) return conn_check_open(t, c);
    sql_raise(t, SQL_PROGRAMMING, "Base Connection.__init__ not called.");
    return -1;
}
int conn_check_open(Thread *t, const Connection *c) {
    if (at_load_relaxed(&c->db)) return 0;
    sql_raise(t, SQL_PROGRAMMING, "Cannot operate on a closed database.");
    return -1;
}
Connection *conn_use(Thread *t, V connection, bool *entered) {
    Connection *c = conn_of(connection);
    if (conn_check(t, connection) < 0) return NULL; // which need not wait for who uses it
    *entered = conn_enter(t, c);
    if (conn_check_usable(t, connection) == 0) return c;
    conn_leave(c, *entered);
    return NULL;
}
int conn_check_usable(Thread *t, V connection) {
    if (conn_check(t, connection) < 0) return -1;
    if (!conn_of(connection)->receives) return 0;
    sql_raise(t, SQL_PROGRAMMING, "Cannot operate on a database while another one is copied to it.");
    return -1;
}

int conn_exec(Thread *t, Connection *c, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    int code;
    SQL_DETACHED(t, code, sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL));
    if (code == SQLITE_OK) {
        SQL_DETACHED(t, code, (sqlite3_step(stmt), sqlite3_finalize(stmt)));
    }
    if (err_pending(t) || conn_check_open(t, c) < 0) return -1;
    if (code == SQLITE_OK) return 0;
    sql_fail(t, c->db);
    return -1;
}
int conn_begin(Thread *t, Connection *c) {
    const char *begin = at_load_relaxed(&c->begin);
    return begin && sqlite3_get_autocommit(c->db) ? conn_exec(t, c, begin) : 0;
}

// ---- opening and closing ------------------------------------------------------------------------------------------------------
static const char *const begins[] = {"BEGIN ", "BEGIN DEFERRED", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"};

static int isolation_arg(Thread *t, V v, const char **out) {
    if (v == V_NONE) {
        *out = NULL;
        return 0;
    }
    if (!v_is_str(v)) {
        err_set(t, &exc_TypeError, "isolation_level must be str or None");
        return -1;
    }
    const char *name = str_cstr(t, v);
    if (!name) return -1;
    for (size_t i = 0; i < countof(begins); i++) {
        if (strcasecmp(name, begins[i] + 6) == 0) {
            *out = begins[i];
            return 0;
        }
    }
    err_set(t, &exc_ValueError, "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'");
    return -1;
}

static sqlite3 *set_db(Thread *t, Connection *c, sqlite3 *db) { // the previous one, which nobody interrupts any more
    CRITICAL(t, &c->head);
    sqlite3 *old = c->db;
    at_store_relaxed(&c->db, db);
    return old;
}
static void close_db(Thread *t, Connection *c) {
    sqlite3_close_v2(set_db(t, c, NULL)); // lives on until its statements and copies are gone
}

enum { DATABASE, TIMEOUT, DETECT_TYPES, ISOLATION_LEVEL, CHECK_SAME_THREAD, FACTORY, CACHED_STATEMENTS, URI, N_ARGS };
static int open_db(Thread *t, Connection *c, V name, double timeout, bool uri) {
    sqlite3 *db = NULL;
    int code, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (uri ? SQLITE_OPEN_URI : 0);
    thread_detach(t);
    code = sqlite3_open_v2(bytes_data(name), &db, flags, NULL);
    if (code == SQLITE_OK) sqlite3_busy_timeout(db, (int)(timeout * 1000));
    thread_attach(t);
    if (code == SQLITE_OK) {
        set_db(t, c, db);
        gc_hide_last_words();
        return 0;
    }
    if (db) sql_fail(t, db);
    else err_no_memory(t);
    sqlite3_close_v2(db);
    return -1;
}
static int connection_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[N_ARGS];
    Connection *c = conn_of(self);
    double timeout = 5.0;
    const char *begin = begins[0];
    int detect = 0, same_thread = 1, uri = 0;
    if (args_bind(t, "Connection", "database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False",
                  args, nargs, kwnames, a) < 0) return -1;
    V name = path_bytes(t, a[DATABASE]);
    if (v_is_error(name)) return -1;
    int r = -1;
    if ((a[TIMEOUT] != V_NULL && num_as_double(t, a[TIMEOUT], &timeout) < 0) || (a[DETECT_TYPES] != V_NULL && num_as_int(t, a[DETECT_TYPES], &detect) < 0) ||
        (a[ISOLATION_LEVEL] != V_NULL && isolation_arg(t, a[ISOLATION_LEVEL], &begin) < 0)) goto done;
    if (a[CHECK_SAME_THREAD] != V_NULL && (same_thread = obj_is_true(t, a[CHECK_SAME_THREAD])) < 0) goto done;
    if (a[URI] != V_NULL && (uri = obj_is_true(t, a[URI])) < 0) goto done;
    V hooks = dict_new(t);
    if (v_is_error(hooks)) goto done;
    bool entered = conn_enter(t, c);
    close_db(t, c);
    at_store_relaxed(&c->opened, false);
    slot_set_steal(t, v_obj(self), &c->hooks, hooks);
    slot_set(t, v_obj(self), &c->row_factory, V_NONE);
    slot_set(t, v_obj(self), &c->text_factory, v_from_type(&str_type));
    r = open_db(t, c, name, timeout, uri > 0);
    if (r == 0) {
        c->detect_types = detect;
        at_store_relaxed(&c->same_thread, same_thread > 0);
        at_store_relaxed(&c->ident, t->ident);
        at_store_relaxed(&c->begin, begin);
        at_store_release(&c->opened, true);
    }
    conn_leave(c, entered);
done:
    v_drop(t, name);
    return r;
}
static void connection_free(Thread *t, Obj *o) {
    Connection *c = (Connection *)o;
    at_store_relaxed(&c->lock.owner, t->id); // the library gives its hooks back
    sqlite3_close_v2(c->db);
}
static void connection_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Connection *c = (Connection *)o;
    VISIT(c->row_factory);
    VISIT(c->text_factory);
    VISIT(c->authorizer);
    VISIT(c->progress);
    VISIT(c->tracer);
    VISIT(c->hooks);
}
static NATIVE(connection_close) {
    UNUSED_NATIVE();
    Connection *c = conn_of(self);
    if (conn_check_thread(t, self) < 0) return V_ERROR;
    if (!at_load_acquire(&c->opened)) return sql_raise(t, SQL_PROGRAMMING, "Base Connection.__init__ not called.");
    bool entered = conn_enter(t, c);
    close_db(t, c);
    conn_leave(c, entered);
    return V_NONE;
}

// ---- transactions ---------------------------------------------------------------------------------------------------------------
static V end_transaction(Thread *t, V self, const char *sql) {
    bool entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    int r = sqlite3_get_autocommit(c->db) ? 0 : conn_exec(t, c, sql);
    conn_leave(c, entered);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(connection_commit) {
    UNUSED_NATIVE();
    return end_transaction(t, self, "COMMIT");
}
static NATIVE(connection_rollback) {
    UNUSED_NATIVE();
    return end_transaction(t, self, "ROLLBACK");
}
static NATIVE(connection_enter) {
    UNUSED_NATIVE();
    return conn_check(t, self) < 0 ? V_ERROR : v_dup(self);
}
static NATIVE(connection_exit) { // type, value, traceback
    (void)nargs, (void)kwnames;
    bool good = args[0] == V_NONE && args[1] == V_NONE && args[2] == V_NONE;
    V r = obj_call_method0(t, self, good ? NAME(commit) : NAME(rollback));
    if (v_is_error(r) && good) { // a commit that failed is taken back
        V exc = err_fetch(t), undo = obj_call_method0(t, self, NAME(rollback));
        if (v_is_error(undo)) err_clear(t);
        v_drop(t, undo);
        err_restore_steal(t, exc);
    }
    if (v_is_error(r)) return V_ERROR;
    v_drop(t, r);
    return V_FALSE;
}

// ---- statements -----------------------------------------------------------------------------------------------------------------
V conn_cursor(Thread *t, V connection, V factory) {
    if (conn_check(t, connection) < 0) return V_ERROR;
    V cursor = factory == V_NULL ? sqlite_cursor_new(t, connection, &sqlite_cursor_type) : obj_call1(t, factory, connection);
    if (v_is_error(cursor)) return cursor;
    if (!type_check(t, cursor, &sqlite_cursor_type)) {
        err_set(t, &exc_TypeError, "factory must return a cursor, not %T", cursor);
        v_drop(t, cursor);
        return V_ERROR;
    }
    V row_factory = slot_get(v_obj(connection), &conn_of(connection)->row_factory);
    if (row_factory != V_NONE) slot_set(t, v_obj(cursor), &cursor_of(cursor)->row_factory, row_factory);
    v_drop(t, row_factory);
    return cursor;
}
static NATIVE(connection_cursor) {
    (void)nargs, (void)kwnames;
    return conn_cursor(t, self, args[0]);
}
static V through_cursor(Thread *t, V self, V method, const V *args, size_t n) { // a new cursor's method: its result
    V cursor = conn_cursor(t, self, V_NULL);
    if (v_is_error(cursor)) return V_ERROR;
    V r = obj_call_method(t, cursor, method, args, n);
    v_drop(t, cursor);
    return r;
}
static NATIVE(connection_execute) {
    (void)nargs, (void)kwnames;
    return through_cursor(t, self, NAME(execute), args, args[1] == V_NULL ? 1 : 2);
}
static NATIVE(connection_executemany) {
    (void)nargs, (void)kwnames;
    return through_cursor(t, self, NAME(executemany), args, 2);
}
static NATIVE(connection_executescript) {
    (void)nargs, (void)kwnames;
    return through_cursor(t, self, NAME(executescript), args, 1);
}
static NATIVE(connection_interrupt) {
    UNUSED_NATIVE();
    CRITICAL(t, v_obj(self)); // from any thread, while another one uses it: without its lock, but not while it is being closed
    Connection *c = conn_of(self);
    if (at_load_acquire(&c->opened) && c->db) sqlite3_interrupt(c->db);
    else if (conn_check(t, self) < 0) return V_ERROR;
    return V_NONE;
}
static NATIVE(connection_iterdump) {
    UNUSED_NATIVE();
    if (conn_check(t, self) < 0) return V_ERROR;
    V dump = import_attr_c(t, "sqlite3.dump", "_iterdump");
    V r = v_is_error(dump) ? V_ERROR : obj_call1(t, dump, self);
    v_drop(t, dump);
    return r;
}

// ---- copies and limits ------------------------------------------------------------------------------------------------------------
static int backup_step(Thread *t, sqlite3_backup *b, int pages, V progress, int *code) {
    thread_detach(t);
    *code = sqlite3_backup_step(b, pages);
    thread_attach(t);
    if (progress == V_NONE) return 0;
    V r = obj_call3(t, progress, v_from_int(*code), v_from_int(sqlite3_backup_remaining(b)), v_from_int(sqlite3_backup_pagecount(b)));
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}
// Uses both, without waiting for one while it has the other (but what it had before): two may copy to each other.
static bool use_both(Thread *t, V target, V source, bool *target_entered, bool *source_entered) {
    Connection *from = conn_of(source), *to;
    while ((to = conn_use(t, target, target_entered))) {
        if (owned_lock_try(t, &from->lock, source_entered)) {
            if (conn_check_usable(t, source) == 0) return true;
            conn_leave(from, *source_entered);
            break;
        }
        conn_leave(to, *target_entered);
        if (!conn_use(t, source, source_entered)) return false;
        conn_leave(from, *source_entered);
    }
    if (to) conn_leave(to, *target_entered);
    return false;
}
static int copy_pages(Thread *t, sqlite3_backup *b, const Connection *from, const sqlite3 *db, int pages, V progress, double sleep) {
    int r, code;
    do {
        r = backup_step(t, b, pages, progress, &code);
        if (r < 0 || (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)) break;
        if (at_load_relaxed(&from->db) != db) { // nobody will end its transaction
            sql_raise(t, SQL_PROGRAMMING, "Cannot operate on a closed database.");
            r = -1;
        } else if (code != SQLITE_OK) {
            BLOCKING(t) sqlite3_sleep((int)(sleep * 1000));
        }
    } while (r == 0);
    return r;
}
// Nobody else uses what receives the copy meanwhile, as the library wants it; the source may be used, and closed.
static V copy_database(Thread *t, V target, V source, const char *name, int pages, V progress, double sleep) {
    bool entered, source_entered;
    if (!use_both(t, target, source, &entered, &source_entered)) return V_ERROR;
    Connection *c = conn_of(target);
    sqlite3 *db = c->db; // which lives on if a callback closes it
    Connection *from = conn_of(source);
    const sqlite3 *from_db = from->db;
    sqlite3_backup *b = sqlite3_backup_init(db, "main", from->db, name);
    conn_leave(from, source_entered);
    V r = V_NONE;
    if (b) {
        c->receives = true;
        if (copy_pages(t, b, from, from_db, pages, progress, sleep) < 0) r = V_ERROR;
        c->receives = false;
        int code;
        SQL_DETACHED(t, code, sqlite3_backup_finish(b));
        if (code != SQLITE_OK && r == V_NONE) r = conn_check_open(t, c) < 0 ? V_ERROR : sql_fail(t, db);
    } else {
        r = sql_fail(t, db);
    }
    conn_leave(c, entered);
    return r;
}
static NATIVE(connection_backup) { // target, *, pages=-1, progress=None, name='main', sleep=0.25
    (void)nargs, (void)kwnames;
    int pages = -1;
    double sleep = 0.25;
    if (!type_check(t, args[0], &sqlite_connection_type)) return err_set(t, &exc_TypeError, "backup() argument 'target' must be sqlite3.Connection, not %K", args[0]);
    if (conn_check(t, self) < 0) return V_ERROR;
    if (v_is(args[0], self)) return err_set(t, &exc_ValueError, "target cannot be the same connection instance");
    if (conn_check(t, args[0]) < 0 || (args[1] != V_NULL && num_as_int(t, args[1], &pages) < 0) || (args[4] != V_NULL && num_as_double(t, args[4], &sleep) < 0)) return V_ERROR;
    V progress = args[2] == V_NULL ? V_NONE : args[2];
    if (progress != V_NONE && !obj_is_callable(progress)) return err_set(t, &exc_TypeError, "progress argument must be a callable");
    const char *name = "main";
    if (args[3] != V_NULL && !v_is_str(args[3])) return err_bad_argument(t, "backup", "argument 'name'", "str", args[3]);
    if (args[3] != V_NULL && !(name = str_cstr(t, args[3]))) return V_ERROR;
    return copy_database(t, args[0], self, name, pages == 0 ? -1 : pages, progress, sleep);
}
static V limit(Thread *t, V self, int category, int value) { // the previous one; value -1: it stays
    bool entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    int old = sqlite3_limit(c->db, category, value);
    conn_leave(c, entered);
    return old < 0 ? sql_raise(t, SQL_PROGRAMMING, "'category' is out of bounds") : v_from_int(old);
}
static NATIVE(connection_getlimit) {
    (void)nargs, (void)kwnames;
    int category;
    return conn_check(t, self) < 0 || num_as_int(t, args[0], &category) < 0 ? V_ERROR : limit(t, self, category, -1);
}
static NATIVE(connection_setlimit) {
    (void)nargs, (void)kwnames;
    int category, value;
    if (conn_check(t, self) < 0 || num_as_int(t, args[0], &category) < 0 || num_as_int(t, args[1], &value) < 0) return V_ERROR;
    return limit(t, self, category, value);
}

// ---- attributes -------------------------------------------------------------------------------------------------------------------
static V get_isolation(Thread *t, V self, void *closure) {
    (void)closure;
    const char *begin = at_load_relaxed(&conn_of(self)->begin);
    return conn_check(t, self) < 0 ? V_ERROR : begin ? str_from_cstr(t, begin + 6) : V_NONE;
}
static int set_isolation(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Connection *c = conn_of(self);
    const char *begin;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (isolation_arg(t, value, &begin) < 0) return -1;
    if (!begin) { // what is open is committed
        V r = end_transaction(t, self, "COMMIT");
        if (v_is_error(r)) return -1;
    }
    at_store_relaxed(&c->begin, begin);
    return 0;
}
// Asks the open database with the lock, which keeps others from closing it.
static V ask_db(Thread *t, V self, V (*ask)(sqlite3 *db)) {
    bool entered;
    Connection *c = conn_use(t, self, &entered);
    if (!c) return V_ERROR;
    V answer = ask(c->db);
    conn_leave(c, entered);
    return answer;
}
static V ask_changes(sqlite3 *db) { return v_from_int(sqlite3_total_changes(db)); }
static V ask_transaction(sqlite3 *db) { return v_from_bool(!sqlite3_get_autocommit(db)); }
static V get_total_changes(Thread *t, V self, void *closure) {
    (void)closure;
    return ask_db(t, self, ask_changes);
}
static V get_in_transaction(Thread *t, V self, void *closure) {
    (void)closure;
    return ask_db(t, self, ask_transaction);
}

static const Method connection_methods[] = {
    {"cursor", connection_cursor, "factory=<unrepresentable>", 0, 0, "A new cursor."},
    {"execute", connection_execute, "sql, parameters=<unrepresentable>, /", 0, 0, "Execute a statement with a new cursor."},
    {"executemany", connection_executemany, "sql, parameters, /", 0, 0, "Execute a statement for each set of parameters, with a new cursor."},
    {"executescript", connection_executescript, "sql_script, /", 0, 0, "Execute several statements, with a new cursor."},
    {"commit", connection_commit, "", 0, 0, "Commit the transaction that is open, if any."},
    {"rollback", connection_rollback, "", 0, 0, "Take back the transaction that is open, if any."},
    {"close", connection_close, "", 0, 0, "Close the database.  A transaction that is open is not committed."},
    {"interrupt", connection_interrupt, "", 0, 0, "Stop what is running."},
    {"iterdump", connection_iterdump, "", 0, 0, "An iterator over statements that make the database again."},
    {"backup", connection_backup, "target, *, pages=-1, progress=None, name='main', sleep=0.25", 0, 0, "Copy the database to another connection."},
    {"getlimit", connection_getlimit, "category, /", 0, 0, "One of the connection's limits."},
    {"setlimit", connection_setlimit, "category, limit, /", 0, 0, "Set one of the connection's limits; answers the previous one."},
    {"create_function", connection_create_function, "name, narg, func, *, deterministic=False", 0, 0, "Make a function that SQL can call."},
    {"create_aggregate", connection_create_aggregate, "name, n_arg, aggregate_class", 0, 0, "Make an aggregate that SQL can call."},
    {"create_collation", connection_create_collation, "name, callback, /", 0, 0, "Make an order for text."},
    {"set_authorizer", connection_set_authorizer, "authorizer_callback", 0, 0, "Set what is asked before things are accessed."},
    {"set_progress_handler", connection_set_progress_handler, "progress_handler, n", 0, 0, "Set what is called every n steps."},
    {"set_trace_callback", connection_set_trace_callback, "trace_callback", 0, 0, "Set what is called with each statement that runs."},
    {"__enter__", connection_enter, "", 0, 0, "A context that commits, or takes back after an exception."},
    {"__exit__", connection_exit, "type, value, traceback, /", 0, 0, NULL},
    METHOD_END,
};
static V get_error_class(Thread *t, V self, void *closure) {
    (void)t, (void)self;
    return v_from_type(sql_error((SqlError)(intptr_t)closure));
}

#define ERROR_CLASS(name, which) {name, get_error_class, NULL, NULL, (void *)which}
static const GetSet connection_getsets[] = {
    ERROR_CLASS("Warning", SQL_WARNING), ERROR_CLASS("Error", SQL_ERROR), ERROR_CLASS("InterfaceError", SQL_INTERFACE),
    ERROR_CLASS("DatabaseError", SQL_DATABASE), ERROR_CLASS("DataError", SQL_DATA), ERROR_CLASS("OperationalError", SQL_OPERATIONAL),
    ERROR_CLASS("IntegrityError", SQL_INTEGRITY), ERROR_CLASS("InternalError", SQL_INTERNAL), ERROR_CLASS("ProgrammingError", SQL_PROGRAMMING),
    ERROR_CLASS("NotSupportedError", SQL_NOT_SUPPORTED),
    {"isolation_level", get_isolation, set_isolation, NULL, NULL}, {"total_changes", get_total_changes, NULL, NULL, NULL},
    {"in_transaction", get_in_transaction, NULL, NULL, NULL}, {0},
};
static const Member connection_members[] = {
    {"row_factory", MEMBER_SLOT, offsetof(Connection, row_factory), false, NULL},
    {"text_factory", MEMBER_SLOT, offsetof(Connection, text_factory), false, NULL}, {0},
};
Type sqlite_connection_type = {
    TYPE_HEAD("sqlite3.Connection"), .base = &object_type, .size = sizeof(Connection), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "An open database.", .traverse = connection_traverse, .free_ = connection_free, .new_ = type_new_bare, .init = connection_init,
    .methods = connection_methods, .getsets = connection_getsets, .members = connection_members,
};
#endif
