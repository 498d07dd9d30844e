// SPDX-License-Identifier: MIT
// _sqlite3: cursors and rows.
//
// A cursor that has rows holds its statement, standing on the next row to be fetched; at the end, or when it is used again,
// the statement is given up.  Read sqlite_execute and cursor_next_locked.
#include "sqlite_private.h"
#include "object/plain.h"
#include <ctype.h>
#include <strings.h>
#ifdef HAVE_SQLITE3

enum { PARSE_DECLTYPES = 1, PARSE_COLNAMES = 2 };

static V connection_of(V cursor) { return slot_peek(&cursor_of(cursor)->connection); }
static int cursor_check(Thread *t, V self) {
    Cursor *k = cursor_of(self);
    if (!at_load_acquire(&k->opened)) sql_raise(t, SQL_PROGRAMMING, "Base Cursor.__init__ not called.");
    else if (at_load_relaxed(&k->closed)) sql_raise(t, SQL_PROGRAMMING, "Cannot operate on a closed cursor.");
    else if (at_load_relaxed(&k->locked)) sql_raise(t, SQL_PROGRAMMING, "Recursive use of cursors not allowed.");
    return err_pending(t) ? -1 : conn_check_usable(t, connection_of(self));
}

// The cursor's connection in this thread's hands, until cursor_leave; false: an exception.
typedef struct Use {
    V connection; // owned: __init__ may give the cursor another one
    bool entered;
} Use;
static void cursor_leave(Thread *t, Use *u) {
    conn_leave(conn_of(u->connection), u->entered);
    v_drop(t, u->connection);
}
static bool cursor_enter(Thread *t, V self, Use *u) {
    Cursor *k = cursor_of(self);
    for (;;) {
        u->connection = slot_get(v_obj(self), &k->connection);
        if (conn_check_thread(t, u->connection) < 0) break;
        u->entered = conn_enter(t, conn_of(u->connection));
        if (v_is(connection_of(self), u->connection)) return true;
        cursor_leave(t, u);
    }
    v_drop(t, u->connection);
    return false;
}
static int step(Thread *t, Connection *c, sqlite3_stmt *stmt) { // SQLITE_ROW, SQLITE_DONE; -1 with an exception
    int code;
    SQL_DETACHED(t, code, sqlite3_step(stmt));
    if (err_pending(t) || conn_check_open(t, c) < 0) return -1;
    if (code == SQLITE_ROW || code == SQLITE_DONE) return code;
    sql_fail(t, c->db);
    return -1;
}
static void give_up(Thread *t, Cursor *k) {
    sqlite3_stmt *stmt = k->stmt;
    k->stmt = NULL;
    if (!stmt) return;
    int code;
    SQL_DETACHED(t, code, sqlite3_finalize(stmt));
    (void)code; // of the last step: told already
}

// ---- parameters ---------------------------------------------------------------------------------------------------------------
static V bind_error(Thread *t, int i, V value) {
    return sql_raise(t, SQL_PROGRAMMING, "Error binding parameter %d: type '%T' is not supported", i, value);
}
static int bind_value(Thread *t, Connection *c, sqlite3_stmt *stmt, int i, V v) {
    int code = SQLITE_OK;
    if (v == V_NONE) {
        code = sqlite3_bind_null(stmt, i);
    } else if (v_is_any_int(v)) {
        int64_t n;
        if (num_as_i64(t, v, &n) < 0) {
            if (!err_matches(t, &exc_OverflowError)) return -1;
            err_clear(t);
            err_set(t, &exc_OverflowError, "Python int too large to convert to SQLite INTEGER");
            return -1;
        }
        code = sqlite3_bind_int64(stmt, i, n);
    } else if (v_is_any_float(v)) {
        double d;
        if (num_as_double(t, v, &d) < 0) return -1;
        code = sqlite3_bind_double(stmt, i, d);
    } else if (v_is_str(v)) {
        size_t n;
        const char *p = str_utf8(t, v, &n);
        if (!p) return -1;
        code = sqlite3_bind_text64(stmt, i, p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (v_is_object(v) && obj_has_buffer(v)) {
        Buffer view;
        if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return -1;
        code = sqlite3_bind_blob64(stmt, i, view.len ? view.data : "", (uint64_t)view.len, SQLITE_TRANSIENT);
        buffer_release(t, &view);
    } else {
        bind_error(t, i, v);
        return -1;
    }
    if (code == SQLITE_OK) return 0;
    sql_fail(t, c->db);
    return -1;
}
static int bind_adapted(Thread *t, Connection *c, sqlite3_stmt *stmt, int i, V value_steal) {
    if (v_is_error(value_steal)) return -1;
    V v = sql_may_need_adapting(value_steal) ? sql_adapt(t, value_steal, v_from_type(&sqlite_protocol_type), value_steal) : v_dup(value_steal);
    int r = v_is_error(v) ? -1 : bind_value(t, c, stmt, i, v);
    v_drop(t, v);
    v_drop(t, value_steal);
    return r;
}
static int bind_sequence(Thread *t, Connection *c, sqlite3_stmt *stmt, V parameters) {
    int wanted = sqlite3_bind_parameter_count(stmt);
    ptrdiff_t given = obj_len(t, parameters);
    if (given < 0) return -1;
    if (given != wanted) {
        sql_raise(t, SQL_PROGRAMMING, "Incorrect number of bindings supplied. The current statement uses %d, and there are %zd supplied.", wanted, given);
        return -1;
    }
    for (int i = 0; i < wanted; i++) {
        if (bind_adapted(t, c, stmt, i + 1, obj_getitem(t, parameters, v_from_int(i))) < 0) return -1;
    }
    return 0;
}
static int bind_mapping(Thread *t, Connection *c, sqlite3_stmt *stmt, V parameters) {
    int wanted = sqlite3_bind_parameter_count(stmt);
    for (int i = 1; i <= wanted; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i);
        if (!name) {
            sql_raise(t, SQL_PROGRAMMING, "Binding %d has no name, but you supplied a dictionary (which has only names).", i);
            return -1;
        }
        V key = str_from_cstr(t, name + 1), value = v_is_error(key) ? V_ERROR : obj_getitem(t, parameters, key);
        v_drop(t, key);
        if (v_is_error(value) && (err_matches(t, &exc_KeyError) || err_matches(t, &exc_IndexError))) {
            err_clear(t);
            sql_raise(t, SQL_PROGRAMMING, "You did not supply a value for binding parameter :%s.", name + 1);
        }
        if (bind_adapted(t, c, stmt, i, value) < 0) return -1;
    }
    return 0;
}
static int bind_all(Thread *t, Connection *c, sqlite3_stmt *stmt, V parameters) {
    bool exact = v_is_exact(parameters, &tuple_type) || v_is_exact(parameters, &list_type);
    if (exact || (!v_is_dict(parameters) && obj_is_sequence(parameters))) return bind_sequence(t, c, stmt, parameters);
    if (obj_is_mapping(parameters)) return bind_mapping(t, c, stmt, parameters);
    sql_raise(t, SQL_PROGRAMMING, "parameters are of unsupported type");
    return -1;
}

// ---- rows ---------------------------------------------------------------------------------------------------------------------
static V column_converter(Thread *t, Connection *c, sqlite3_stmt *stmt, int i) { // V_NONE: none
    V found = V_NONE;
    const char *name = sqlite3_column_name(stmt, i), *open;
    if (c->detect_types & PARSE_COLNAMES && name && (open = strchr(name, '['))) { // "x [type]"
        const char *close = strchr(open, ']');
        if (close) found = sql_converter(t, open + 1, (size_t)(close - open - 1));
    }
    if (found != V_NONE || !(c->detect_types & PARSE_DECLTYPES)) return found;
    const char *declared = sqlite3_column_decltype(stmt, i);
    return declared ? sql_converter(t, declared, strcspn(declared, " (")) : V_NONE;
}
static V column_name(Thread *t, Connection *c, const char *name) { // without " [type]" where that is looked at
    size_t n = strlen(name);
    const char *open = c->detect_types & PARSE_COLNAMES ? strchr(name, '[') : NULL;
    if (open && open > name && open[-1] == ' ') n = (size_t)(open - 1 - name);
    return str_from_utf8(t, name, n);
}
static int describe(Thread *t, V self, Connection *c) { // description, converters
    Cursor *k = cursor_of(self);
    int n = sqlite3_column_count(k->stmt);
    if (n == 0) return 0;
    V all = tuple_new(t, (size_t)n), converters = c->detect_types ? list_new(t, 0) : V_NULL;
    bool failed = v_is_error(all) || v_is_error(converters);
    for (int i = 0; !v_is_error(all) && i < n; i++) {
        V name = failed ? V_NONE : column_name(t, c, sqlite3_column_name(k->stmt, i));
        V row = v_is_error(name) ? V_ERROR : tuple_pack_steal(t, 7, name, V_NONE, V_NONE, V_NONE, V_NONE, V_NONE, V_NONE);
        failed |= v_is_error(row);
        tuple_init_steal(t, all, (size_t)i, v_is_error(row) ? V_NONE : row);
        if (!failed && converters != V_NULL) failed = list_append_steal(t, converters, column_converter(t, c, k->stmt, i)) < 0;
    }
    if (!failed) {
        slot_set(t, v_obj(self), &k->description, all);
        slot_set(t, v_obj(self), &k->row_types, converters);
    }
    if (!v_is_error(all)) v_drop(t, all);
    if (!v_is_error(converters)) v_drop(t, converters);
    return failed ? -1 : 0;
}

static V text_column(Thread *t, Connection *c, sqlite3_stmt *stmt, int i) {
    const char *p = (const char *)sqlite3_column_text(stmt, i);
    size_t n = (size_t)sqlite3_column_bytes(stmt, i);
    if (!p) return err_no_memory(t);
    V factory = slot_get(&c->head, &c->text_factory), r;
    if (factory == v_from_type(&str_type)) {
        r = str_from_utf8(t, p, n);
        if (v_is_error(r) && err_matches(t, &exc_UnicodeDecodeError)) {
            err_clear(t);
            V shown = codec_decode(t, bytes_from(t, p, n), "ascii", "replace");
            sql_raise(t, SQL_OPERATIONAL, "Could not decode to UTF-8 column '%s' with text '%V'", sqlite3_column_name(stmt, i), shown);
            v_drop(t, shown);
        }
    } else if (factory == v_from_type(&bytes_type)) {
        r = bytes_from(t, p, n);
    } else if (factory == v_from_type(&bytearray_type)) {
        r = bytearray_new(t, p, n);
    } else {
        V bytes = bytes_from(t, p, n);
        r = v_is_error(bytes) ? V_ERROR : obj_call1(t, factory, bytes);
        v_drop(t, bytes);
    }
    v_drop(t, factory);
    return r;
}
static V column(Thread *t, Cursor *k, Connection *c, int i) {
    V types = slot_get(&k->head, &k->row_types), converter = types == V_NULL ? V_NONE : list_get(t, types, (size_t)i);
    v_drop(t, types);
    if (converter != V_NONE && converter != V_NULL) {
        V r = V_NONE;
        const void *p = sqlite3_column_blob(k->stmt, i);
        if (p) {
            V bytes = bytes_from(t, p, (size_t)sqlite3_column_bytes(k->stmt, i));
            r = v_is_error(bytes) ? V_ERROR : obj_call1(t, converter, bytes);
            v_drop(t, bytes);
        }
        v_drop(t, converter);
        return r;
    }
    switch (sqlite3_column_type(k->stmt, i)) {
    case SQLITE_NULL: return V_NONE;
    case SQLITE_INTEGER: return int_from_i64(t, sqlite3_column_int64(k->stmt, i));
    case SQLITE_FLOAT: return float_from_double(t, sqlite3_column_double(k->stmt, i));
    case SQLITE_TEXT: return text_column(t, c, k->stmt, i);
    default: {
        const void *p = sqlite3_column_blob(k->stmt, i);
        return bytes_from(t, p, (size_t)sqlite3_column_bytes(k->stmt, i));
    }
    }
}
static V read_row(Thread *t, Cursor *k, Connection *c) { // a tuple
    int n = sqlite3_data_count(k->stmt);
    V row = tuple_new(t, (size_t)n);
    bool failed = v_is_error(row);
    for (int i = 0; !v_is_error(row) && i < n; i++) {
        V v = failed ? V_NONE : column(t, k, c, i);
        failed |= v_is_error(v);
        tuple_init_steal(t, row, (size_t)i, v_is_error(v) ? V_NONE : v);
    }
    if (!failed) return row;
    if (!v_is_error(row)) v_drop(t, row);
    return V_ERROR;
}
static V shown_row(Thread *t, V self, V row_steal) { // what row_factory makes of it
    V factory = slot_get(v_obj(self), &cursor_of(self)->row_factory);
    if (v_is_error(row_steal) || factory == V_NONE || factory == V_NULL) return row_steal;
    V shown = obj_call2(t, factory, self, row_steal);
    v_drop(t, row_steal);
    v_drop(t, factory);
    return shown;
}
static V next_row(Thread *t, V self, Connection *c) {
    Cursor *k = cursor_of(self);
    V row = shown_row(t, self, read_row(t, k, c));
    if (v_is_error(row)) return V_ERROR;
    int code = step(t, c, k->stmt);
    if (code == SQLITE_DONE && k->is_dml) at_store_relaxed(&k->rowcount, (int64_t)sqlite3_changes64(c->db));
    if (code != SQLITE_ROW) give_up(t, k);
    if (code >= 0) return row;
    v_drop(t, row);
    return V_ERROR;
}
static V cursor_next_locked(Thread *t, V self) {
    Cursor *k = cursor_of(self);
    if (cursor_check(t, self) < 0) return V_ERROR;
    if (!k->stmt) return V_END;
    at_store_relaxed(&k->locked, true); // to what is called back
    V row = next_row(t, self, conn_of(connection_of(self)));
    at_store_relaxed(&k->locked, false);
    return row;
}
static V cursor_next(Thread *t, V self) {
    if (!at_load_acquire(&cursor_of(self)->opened)) return cursor_check(t, self) < 0 ? V_ERROR : V_END;
    Use use;
    if (!cursor_enter(t, self, &use)) return V_ERROR;
    V r = cursor_next_locked(t, self);
    cursor_leave(t, &use);
    return r;
}

// ---- executing ------------------------------------------------------------------------------------------------------------------
static const char *skip_comments(const char *p) { // to the first word of a statement
    for (;;) {
        p += strspn(p, " \t\r\n\f");
        if (p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            if (!end) return "";
            p = end + 2;
        } else {
            return p;
        }
    }
}
static bool changes_data(const char *sql) {
    static const char *const words[] = {"insert", "update", "delete", "replace"};
    const char *p = skip_comments(sql);
    for (size_t i = 0; i < countof(words); i++) {
        if (strncasecmp(p, words[i], strlen(words[i])) == 0) return true;
    }
    return false;
}
static int prepare(Thread *t, V self, Connection *c, V sql) {
    Cursor *k = cursor_of(self);
    size_t n;
    const char *text = str_utf8(t, sql, &n), *tail;
    if (!text) return -1;
    if (n > (size_t)sqlite3_limit(c->db, SQLITE_LIMIT_SQL_LENGTH, -1)) {
        sql_raise(t, SQL_DATA, "query string is too large");
        return -1;
    }
    if (strlen(text) != n) {
        sql_raise(t, SQL_PROGRAMMING, "the query contains a null character");
        return -1;
    }
    int code;
    SQL_DETACHED(t, code, sqlite3_prepare_v2(c->db, text, (int)n + 1, &k->stmt, &tail));
    if (err_pending(t) || conn_check_open(t, c) < 0) return -1;
    if (code != SQLITE_OK) {
        sql_fail(t, c->db);
        return -1;
    }
    if (*skip_comments(tail)) {
        sql_raise(t, SQL_PROGRAMMING, "You can only execute one statement at a time.");
        return -1;
    }
    k->is_dml = changes_data(text);
    return 0;
}

// One set of parameters: binds, runs to the first row or the end.
static int run_once(Thread *t, V self, Connection *c, bool many, V parameters) {
    Cursor *k = cursor_of(self);
    if (k->stmt && bind_all(t, c, k->stmt, parameters) < 0) return -1;
    int code = k->stmt ? step(t, c, k->stmt) : SQLITE_DONE;
    if (code < 0) return -1;
    if (!many && k->stmt && sqlite3_column_count(k->stmt) && describe(t, self, c) < 0) return -1;
    if (k->is_dml && code == SQLITE_DONE) at_fetch_add_relaxed(&k->rowcount, (int64_t)sqlite3_changes64(c->db));
    if (code == SQLITE_ROW && many) {
        sql_raise(t, SQL_PROGRAMMING, "executemany() can only execute DML statements.");
        return -1;
    }
    if (!many) {
        V id = int_from_i64(t, sqlite3_last_insert_rowid(c->db));
        if (v_is_error(id)) return -1;
        slot_set_steal(t, v_obj(self), &k->lastrowid, id);
    }
    if (code == SQLITE_DONE && many) sqlite3_reset(k->stmt);
    else if (code == SQLITE_DONE) give_up(t, k);
    return 0;
}
static int run_all(Thread *t, V self, Connection *c, bool many, V parameters) {
    Cursor *k = cursor_of(self);
    if (!many) return run_once(t, self, c, false, parameters == V_NULL ? tuple_empty() : parameters);
    V it = v_type(parameters)->next ? v_dup(parameters) : obj_iter(t, parameters);
    int r = v_is_error(it) ? -1 : 0;
    while (r == 0) {
        V set = obj_next(t, it);
        if (set == V_END) break;
        r = v_is_error(set) ? -1 : run_once(t, self, c, true, set);
        v_drop(t, set);
    }
    if (!v_is_error(it)) v_drop(t, it);
    if (r == 0) give_up(t, k);
    return r;
}
static int execute_locked(Thread *t, V self, bool many, V sql, V parameters) {
    Cursor *k = cursor_of(self);
    Connection *c = conn_of(connection_of(self));
    if (cursor_check(t, self) < 0) return -1;
    at_store_relaxed(&k->locked, true);
    give_up(t, k);
    slot_set(t, v_obj(self), &k->description, V_NONE);
    slot_set(t, v_obj(self), &k->row_types, V_NULL);
    int r = prepare(t, self, c, sql);
    if (r == 0 && many && k->stmt && sqlite3_stmt_readonly(k->stmt)) r = (sql_raise(t, SQL_PROGRAMMING, "executemany() can only execute DML statements."), -1);
    at_store_relaxed(&k->rowcount, r == 0 && k->is_dml ? (int64_t)0 : (int64_t)-1);
    if (r == 0 && k->is_dml) r = conn_begin(t, c);
    if (r == 0) r = run_all(t, self, c, many, parameters);
    if (r < 0) {
        V exc = err_fetch(t);
        at_store_relaxed(&k->rowcount, (int64_t)-1);
        give_up(t, k);
        err_restore_steal(t, exc);
    }
    at_store_relaxed(&k->locked, false);
    return r;
}
V sqlite_execute(Thread *t, V self, bool many, V sql, V parameters) {
    if (!at_load_acquire(&cursor_of(self)->opened)) return cursor_check(t, self) < 0 ? V_ERROR : V_NONE;
    Use use;
    if (!cursor_enter(t, self, &use)) return V_ERROR;
    int r = execute_locked(t, self, many, sql, parameters);
    cursor_leave(t, &use);
    return r < 0 ? V_ERROR : v_dup(self);
}
static NATIVE(cursor_execute) {
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "execute", "argument 1", "str", args[0]);
    return sqlite_execute(t, self, false, args[0], args[1]);
}
static NATIVE(cursor_executemany) {
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "executemany", "argument 1", "str", args[0]);
    return sqlite_execute(t, self, true, args[0], args[1]);
}

static int script_locked(Thread *t, V self, const char *sql, size_t n) {
    Connection *c = conn_of(connection_of(self));
    if (cursor_check(t, self) < 0) return -1;
    if (n > (size_t)sqlite3_limit(c->db, SQLITE_LIMIT_SQL_LENGTH, -1)) {
        sql_raise(t, SQL_DATA, "query string is too large");
        return -1;
    }
    if (!sqlite3_get_autocommit(c->db) && conn_exec(t, c, "COMMIT") < 0) return -1;
    while (*sql) {
        sqlite3_stmt *stmt = NULL;
        const char *tail = sql;
        int code;
        SQL_DETACHED(t, code, sqlite3_prepare_v2(c->db, sql, -1, &stmt, &tail));
        while (code == SQLITE_OK && stmt) {
            SQL_DETACHED(t, code, sqlite3_step(stmt));
            code = code == SQLITE_ROW ? SQLITE_OK : code;
            if (err_pending(t)) break;
        }
        if (stmt) SQL_DETACHED(t, code, sqlite3_finalize(stmt));
        if (err_pending(t) || conn_check_open(t, c) < 0) return -1;
        if (code != SQLITE_OK) {
            sql_fail(t, c->db);
            return -1;
        }
        sql = tail;
    }
    return 0;
}
static NATIVE(cursor_executescript) {
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "executescript", "argument", "str", args[0]);
    const char *sql = str_cstr(t, args[0]);
    if (!sql) return V_ERROR;
    if (!at_load_acquire(&cursor_of(self)->opened)) return cursor_check(t, self) < 0 ? V_ERROR : V_NONE;
    Use use;
    if (!cursor_enter(t, self, &use)) return V_ERROR;
    int r = script_locked(t, self, sql, strlen(sql));
    cursor_leave(t, &use);
    return r < 0 ? V_ERROR : v_dup(self);
}

// ---- fetching -------------------------------------------------------------------------------------------------------------------
static V fetch(Thread *t, V self, int64_t most) { // a list of at most that many rows; < 0: all
    V list = list_new(t, 0);
    for (int64_t i = 0; !v_is_error(list) && (most < 0 || i < most); i++) {
        V row = obj_next(t, self);
        if (row == V_END) break;
        if (v_is_error(row) || list_append_steal(t, list, row) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}
static NATIVE(cursor_fetchone) {
    UNUSED_NATIVE();
    V row = cursor_next(t, self);
    return row == V_END ? V_NONE : row;
}
static NATIVE(cursor_fetchall) {
    UNUSED_NATIVE();
    return fetch(t, self, -1);
}
static NATIVE(cursor_fetchmany) { // size=arraysize
    (void)nargs, (void)kwnames;
    int size = (int)at_load_relaxed(&cursor_of(self)->arraysize);
    if (args[0] != V_NULL && num_as_int(t, args[0], &size) < 0) return V_ERROR;
    return fetch(t, self, size < 1 ? -1 : size);
}
static NATIVE(cursor_nothing) {
    UNUSED_NATIVE();
    return V_NONE;
}
static NATIVE(cursor_close) {
    UNUSED_NATIVE();
    Cursor *k = cursor_of(self);
    if (!at_load_acquire(&k->opened)) return sql_raise(t, SQL_PROGRAMMING, "Base Cursor.__init__ not called.");
    Use use;
    if (!cursor_enter(t, self, &use)) return V_ERROR;
    V r = at_load_relaxed(&k->locked) ? sql_raise(t, SQL_PROGRAMMING, "Recursive use of cursors not allowed.") // by this thread
        : conn_check(t, use.connection) < 0 ? V_ERROR : V_NONE;
    if (r == V_NONE) {
        give_up(t, k);
        at_store_relaxed(&k->closed, true);
    }
    cursor_leave(t, &use);
    return r;
}

// ---- the type -------------------------------------------------------------------------------------------------------------------
V sqlite_cursor_new(Thread *t, V connection, Type *type) { return obj_call1(t, v_from_type(type), connection); }
static int cursor_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V connection;
    Cursor *k = cursor_of(self);
    if (args_bind(t, "Cursor", "connection, /", args, nargs, kwnames, &connection) < 0) return -1;
    if (!type_check(t, connection, &sqlite_connection_type)) {
        err_set(t, &exc_TypeError, "Cursor() argument 1 must be sqlite3.Connection, not %K", connection);
        return -1;
    }
    if (at_load_relaxed(&k->locked)) {
        sql_raise(t, SQL_PROGRAMMING, "Recursive use of cursors not allowed.");
        return -1;
    }
    Use use;
    bool again = at_load_acquire(&k->opened);
    if (again && !cursor_enter(t, self, &use)) return -1;
    if (again) give_up(t, k);
    slot_set(t, v_obj(self), &k->connection, connection);
    if (again) cursor_leave(t, &use);
    slot_set(t, v_obj(self), &k->description, V_NONE);
    slot_set(t, v_obj(self), &k->row_types, V_NULL);
    slot_set(t, v_obj(self), &k->lastrowid, V_NONE);
    slot_set(t, v_obj(self), &k->row_factory, V_NONE);
    at_store_relaxed(&k->arraysize, (int64_t)1);
    at_store_relaxed(&k->rowcount, (int64_t)-1);
    at_store_relaxed(&k->closed, false);
    if (conn_check_thread(t, connection) < 0) return -1;
    at_store_release(&k->opened, true);
    return 0;
}
static V cursor_finalize(Thread *t, V self) { // the library waits for who uses the connection
    Cursor *k = cursor_of(self);
    V connection = slot_get(v_obj(self), &k->connection);
    if (connection == V_NULL) return V_NONE;
    V pending = err_fetch(t);
    bool entered = conn_enter(t, conn_of(connection));
    give_up(t, k);
    conn_leave(conn_of(connection), entered);
    v_drop(t, connection);
    err_restore_steal(t, pending);
    return V_NONE;
}
static void cursor_free(Thread *t, Obj *o) { // without a finalizer, at the interpreter's end
    (void)t;
    sqlite3_finalize(((Cursor *)o)->stmt);
}
static void cursor_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Cursor *k = (Cursor *)o;
    VISIT(k->connection);
    VISIT(k->description);
    VISIT(k->lastrowid);
    VISIT(k->row_factory);
    VISIT(k->row_types);
}
static V get_rowcount(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, at_load_relaxed(&cursor_of(self)->rowcount));
}
static V get_arraysize(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, at_load_relaxed(&cursor_of(self)->arraysize));
}
static int set_arraysize(Thread *t, V self, V value, void *closure) {
    (void)closure;
    int n;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "can't delete numeric/char attribute");
        return -1;
    }
    if (num_as_int(t, value, &n) < 0) return -1;
    at_store_relaxed(&cursor_of(self)->arraysize, (int64_t)n);
    return 0;
}
static const Method cursor_methods[] = {
    {"execute", cursor_execute, "sql, parameters=(), /", 0, 0, "Execute a statement."},
    {"executemany", cursor_executemany, "sql, seq_of_parameters, /", 0, 0, "Execute a statement for each set of parameters."},
    {"executescript", cursor_executescript, "sql_script, /", 0, 0, "Execute several statements."},
    {"fetchone", cursor_fetchone, "", 0, 0, "The next row, or None."},
    {"fetchmany", cursor_fetchmany, "size=1", 0, 0, "A list of the next rows."},
    {"fetchall", cursor_fetchall, "", 0, 0, "A list of all rows that are left."},
    {"close", cursor_close, "", 0, 0, "Close the cursor."},
    {"setinputsizes", cursor_nothing, "sizes, /", 0, 0, "Required by DB-API; does nothing."},
    {"setoutputsize", cursor_nothing, "size, column=None, /", 0, 0, "Required by DB-API; does nothing."},
    METHOD_END,
};
static const Member cursor_members[] = {
    {"connection", MEMBER_SLOT, offsetof(Cursor, connection), true, NULL}, {"description", MEMBER_SLOT, offsetof(Cursor, description), true, NULL},
    {"lastrowid", MEMBER_SLOT, offsetof(Cursor, lastrowid), true, NULL}, {"row_factory", MEMBER_SLOT, offsetof(Cursor, row_factory), false, NULL}, {0},
};
static const GetSet cursor_getsets[] = {
    {"rowcount", get_rowcount, NULL, NULL, NULL}, {"arraysize", get_arraysize, set_arraysize, NULL, NULL}, {0},
};
Type sqlite_cursor_type = {
    TYPE_HEAD("sqlite3.Cursor"), .base = &object_type, .size = sizeof(Cursor), .finalize = cursor_finalize, .flags = TYPE_FINALIZE | TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "Executes statements and goes through their rows.", .traverse = cursor_traverse, .free_ = cursor_free, .new_ = type_new_bare,
    .init = cursor_init, .iter = iter_self, .next = cursor_next, .methods = cursor_methods, .members = cursor_members, .getsets = cursor_getsets,
};

// ---- Row: a tuple whose columns have names ----------------------------------------------------------------------------------------
static Row *row_of(V v) { return (Row *)v_obj(v); }
static V row_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V a[2];
    if (args_bind(t, "Row", "cursor, data, /", args, nargs, kwnames, a) < 0) return V_ERROR;
    if (!type_check(t, a[0], &sqlite_cursor_type)) return err_set(t, &exc_TypeError, "Row() argument 1 must be sqlite3.Cursor, not %K", a[0]);
    if (!v_is_tuple(a[1])) return err_bad_argument(t, "Row", "argument 2", "tuple", a[1]);
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return self;
    slot_init(t, v_obj(self), &row_of(self)->values, a[1]);
    slot_init_steal(t, v_obj(self), &row_of(self)->description, slot_get(v_obj(a[0]), &cursor_of(a[0])->description));
    return self;
}
static void row_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Row *)o)->values);
    VISIT(((Row *)o)->description);
}
static V row_values(V self) { return slot_peek(&row_of(self)->values); }
static bool same_name(V a, V b) { // ASCII letters compare without case
    if (str_len(a) != str_len(b)) return false;
    for (size_t i = 0; i < str_len(a); i++) {
        uint32_t x = str_at(a, i), y = str_at(b, i);
        if (x < 128) x = (uint32_t)tolower((int)x);
        if (y < 128) y = (uint32_t)tolower((int)y);
        if (x != y) return false;
    }
    return true;
}
static V row_subscript(Thread *t, V self, V key) {
    V description = slot_peek(&row_of(self)->description);
    if (!v_is_str(key)) return obj_getitem(t, row_values(self), key);
    size_t n = v_is_tuple(description) ? tuple_len(description) : 0;
    for (size_t i = 0; i < n; i++) {
        if (same_name(key, tuple_borrow(tuple_borrow(description, i), 0))) return tuple_get(row_values(self), i);
    }
    return err_set(t, &exc_IndexError, "No item with that key");
}
static V row_item(Thread *t, V self, ptrdiff_t i) { return obj_getitem(t, row_values(self), v_from_int(i)); }
static ptrdiff_t row_len(Thread *t, V self) {
    (void)t;
    return (ptrdiff_t)tuple_len(row_values(self));
}
static V row_iter(Thread *t, V self) { return obj_iter(t, row_values(self)); }
static int row_hash(Thread *t, V self, int64_t *out) {
    int64_t a, b;
    if (obj_hash(t, slot_peek(&row_of(self)->description), &a) < 0 || obj_hash(t, row_values(self), &b) < 0) return -1;
    *out = a ^ b;
    if (*out == -1) *out = -2;
    return 0;
}
static V row_compare(Thread *t, V self, V other, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !type_check(t, other, &sqlite_row_type)) return V_NOT_IMPLEMENTED;
    int same = obj_compare_bool(t, slot_peek(&row_of(self)->description), slot_peek(&row_of(other)->description), CMP_EQ);
    if (same < 0) return V_ERROR;
    return same ? obj_compare(t, row_values(self), row_values(other), op) : v_from_bool(op == CMP_NE);
}
static NATIVE(row_keys) {
    UNUSED_NATIVE();
    V description = slot_peek(&row_of(self)->description), list = list_new(t, 0);
    size_t n = v_is_tuple(description) ? tuple_len(description) : 0;
    for (size_t i = 0; i < n && !v_is_error(list); i++) {
        if (list_append(t, list, tuple_borrow(tuple_borrow(description, i), 0)) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}
static const Method row_methods[] = {{"keys", row_keys, "", 0, 0, "A list of the names of the columns."}, METHOD_END};
Type sqlite_row_type = {
    TYPE_HEAD("sqlite3.Row"), .base = &object_type, .size = sizeof(Row), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "A row whose columns have names.", .traverse = row_traverse, .new_ = row_new, .len = row_len, .item = row_item, .subscript = row_subscript,
    .iter = row_iter, .hash = row_hash, .compare = row_compare, .methods = row_methods,
};
#endif
