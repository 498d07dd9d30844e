// SPDX-License-Identifier: MIT
// Module _sqlite3: databases by SQLite.  Here: errors, adapters and converters, module functions.
#include "sqlite_private.h"
#include <stdio.h>
#ifdef HAVE_SQLITE3

static Slot errors[N_SQL_ERRORS]; // classes
static Slot adapters, converters; // dicts: {(type, protocol): adapter}, {"NAME": converter}
Type *sql_error(SqlError which) { return v_as_type(slot_peek(&errors[which])); }

// ---- errors -----------------------------------------------------------------------------------------------------------------
static SqlError kind_of(int code) {
    switch (code) {
    case SQLITE_INTERNAL: case SQLITE_NOTFOUND: return SQL_INTERNAL;
    case SQLITE_ERROR: case SQLITE_PERM: case SQLITE_ABORT: case SQLITE_BUSY: case SQLITE_LOCKED: case SQLITE_READONLY: case SQLITE_INTERRUPT:
    case SQLITE_IOERR: case SQLITE_FULL: case SQLITE_CANTOPEN: case SQLITE_PROTOCOL: case SQLITE_EMPTY: case SQLITE_SCHEMA: return SQL_OPERATIONAL;
    case SQLITE_TOOBIG: return SQL_DATA;
    case SQLITE_CONSTRAINT: case SQLITE_MISMATCH: return SQL_INTEGRITY;
    case SQLITE_MISUSE: case SQLITE_RANGE: return SQL_INTERFACE;
    default: return SQL_DATABASE;
    }
}

#define CODE(name) {#name, name}
static const IntConstant result_codes[] = {
    CODE(SQLITE_ABORT), CODE(SQLITE_AUTH), CODE(SQLITE_BUSY), CODE(SQLITE_CANTOPEN), CODE(SQLITE_CONSTRAINT), CODE(SQLITE_CORRUPT), CODE(SQLITE_DONE),
    CODE(SQLITE_EMPTY), CODE(SQLITE_ERROR), CODE(SQLITE_FORMAT), CODE(SQLITE_FULL), CODE(SQLITE_INTERNAL), CODE(SQLITE_INTERRUPT), CODE(SQLITE_IOERR),
    CODE(SQLITE_LOCKED), CODE(SQLITE_MISMATCH), CODE(SQLITE_MISUSE), CODE(SQLITE_NOLFS), CODE(SQLITE_NOMEM), CODE(SQLITE_NOTADB), CODE(SQLITE_NOTFOUND),
    CODE(SQLITE_OK), CODE(SQLITE_PERM), CODE(SQLITE_PROTOCOL), CODE(SQLITE_RANGE), CODE(SQLITE_READONLY), CODE(SQLITE_ROW), CODE(SQLITE_SCHEMA),
    CODE(SQLITE_TOOBIG), CODE(SQLITE_NOTICE), CODE(SQLITE_WARNING), CODE(SQLITE_ABORT_ROLLBACK), CODE(SQLITE_BUSY_RECOVERY), CODE(SQLITE_CANTOPEN_FULLPATH),
    CODE(SQLITE_AUTH_USER), CODE(SQLITE_BUSY_SNAPSHOT), CODE(SQLITE_BUSY_TIMEOUT), CODE(SQLITE_CANTOPEN_CONVPATH),
    CODE(SQLITE_CANTOPEN_DIRTYWAL), CODE(SQLITE_CANTOPEN_ISDIR), CODE(SQLITE_CANTOPEN_NOTEMPDIR), CODE(SQLITE_CANTOPEN_SYMLINK),
    CODE(SQLITE_CONSTRAINT_CHECK), CODE(SQLITE_CONSTRAINT_COMMITHOOK), CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
    CODE(SQLITE_CONSTRAINT_FUNCTION), CODE(SQLITE_CONSTRAINT_NOTNULL), CODE(SQLITE_CONSTRAINT_PINNED), CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
    CODE(SQLITE_CONSTRAINT_ROWID), CODE(SQLITE_CONSTRAINT_TRIGGER), CODE(SQLITE_CONSTRAINT_UNIQUE), CODE(SQLITE_CONSTRAINT_VTAB),
    CODE(SQLITE_CORRUPT_INDEX), CODE(SQLITE_CORRUPT_SEQUENCE), CODE(SQLITE_CORRUPT_VTAB), CODE(SQLITE_ERROR_MISSING_COLLSEQ),
    CODE(SQLITE_ERROR_RETRY), CODE(SQLITE_ERROR_SNAPSHOT), CODE(SQLITE_IOERR_ACCESS), CODE(SQLITE_IOERR_AUTH),
    CODE(SQLITE_IOERR_BEGIN_ATOMIC), CODE(SQLITE_IOERR_BLOCKED), CODE(SQLITE_IOERR_CHECKRESERVEDLOCK), CODE(SQLITE_IOERR_CLOSE),
    CODE(SQLITE_IOERR_COMMIT_ATOMIC), CODE(SQLITE_IOERR_CONVPATH), CODE(SQLITE_IOERR_CORRUPTFS), CODE(SQLITE_IOERR_DATA),
    CODE(SQLITE_IOERR_DELETE), CODE(SQLITE_IOERR_DELETE_NOENT), CODE(SQLITE_IOERR_DIR_CLOSE), CODE(SQLITE_IOERR_DIR_FSYNC),
    CODE(SQLITE_IOERR_FSTAT), CODE(SQLITE_IOERR_FSYNC), CODE(SQLITE_IOERR_GETTEMPPATH), CODE(SQLITE_IOERR_LOCK), CODE(SQLITE_IOERR_MMAP),
    CODE(SQLITE_IOERR_NOMEM), CODE(SQLITE_IOERR_RDLOCK), CODE(SQLITE_IOERR_READ), CODE(SQLITE_IOERR_ROLLBACK_ATOMIC),
    CODE(SQLITE_IOERR_SEEK), CODE(SQLITE_IOERR_SHMLOCK), CODE(SQLITE_IOERR_SHMMAP), CODE(SQLITE_IOERR_SHMOPEN),
    CODE(SQLITE_IOERR_SHMSIZE), CODE(SQLITE_IOERR_SHORT_READ), CODE(SQLITE_IOERR_TRUNCATE), CODE(SQLITE_IOERR_UNLOCK),
    CODE(SQLITE_IOERR_VNODE), CODE(SQLITE_IOERR_WRITE), CODE(SQLITE_LOCKED_SHAREDCACHE), CODE(SQLITE_LOCKED_VTAB),
    CODE(SQLITE_NOTICE_RECOVER_ROLLBACK), CODE(SQLITE_NOTICE_RECOVER_WAL), CODE(SQLITE_OK_LOAD_PERMANENTLY), CODE(SQLITE_OK_SYMLINK),
    CODE(SQLITE_READONLY_CANTINIT), CODE(SQLITE_READONLY_CANTLOCK), CODE(SQLITE_READONLY_DBMOVED), CODE(SQLITE_READONLY_DIRECTORY),
    CODE(SQLITE_READONLY_RECOVERY), CODE(SQLITE_READONLY_ROLLBACK), CODE(SQLITE_WARNING_AUTOINDEX),
};
static const IntConstant constants[] = {
    {"PARSE_DECLTYPES", 1}, {"PARSE_COLNAMES", 2},
    CODE(SQLITE_ALTER_TABLE), CODE(SQLITE_ANALYZE), CODE(SQLITE_ATTACH), CODE(SQLITE_CREATE_INDEX), CODE(SQLITE_CREATE_TABLE),
    CODE(SQLITE_CREATE_TEMP_INDEX), CODE(SQLITE_CREATE_TEMP_TABLE), CODE(SQLITE_CREATE_TEMP_TRIGGER), CODE(SQLITE_CREATE_TEMP_VIEW),
    CODE(SQLITE_CREATE_TRIGGER), CODE(SQLITE_CREATE_VIEW), CODE(SQLITE_CREATE_VTABLE), CODE(SQLITE_DELETE), CODE(SQLITE_DENY),
    CODE(SQLITE_DETACH), CODE(SQLITE_DROP_INDEX), CODE(SQLITE_DROP_TABLE), CODE(SQLITE_DROP_TEMP_INDEX), CODE(SQLITE_DROP_TEMP_TABLE),
    CODE(SQLITE_DROP_TEMP_TRIGGER), CODE(SQLITE_DROP_TEMP_VIEW), CODE(SQLITE_DROP_TRIGGER), CODE(SQLITE_DROP_VIEW),
    CODE(SQLITE_DROP_VTABLE), CODE(SQLITE_FUNCTION), CODE(SQLITE_IGNORE), CODE(SQLITE_INSERT), CODE(SQLITE_LIMIT_ATTACHED),
    CODE(SQLITE_LIMIT_COLUMN), CODE(SQLITE_LIMIT_COMPOUND_SELECT), CODE(SQLITE_LIMIT_EXPR_DEPTH), CODE(SQLITE_LIMIT_FUNCTION_ARG),
    CODE(SQLITE_LIMIT_LENGTH), CODE(SQLITE_LIMIT_LIKE_PATTERN_LENGTH), CODE(SQLITE_LIMIT_SQL_LENGTH), CODE(SQLITE_LIMIT_TRIGGER_DEPTH),
    CODE(SQLITE_LIMIT_VARIABLE_NUMBER), CODE(SQLITE_LIMIT_VDBE_OP), CODE(SQLITE_LIMIT_WORKER_THREADS), CODE(SQLITE_PRAGMA),
    CODE(SQLITE_READ), CODE(SQLITE_RECURSIVE), CODE(SQLITE_REINDEX), CODE(SQLITE_SAVEPOINT), CODE(SQLITE_SELECT),
    CODE(SQLITE_TRANSACTION), CODE(SQLITE_UPDATE),
};

static const char *code_name(int code) {
    for (size_t i = 0; i < countof(result_codes); i++) {
        if (result_codes[i].value == code) return result_codes[i].name;
    }
    return "unknown";
}
V sql_fail(Thread *t, sqlite3 *db) {
    int code = sqlite3_errcode(db), extended = sqlite3_extended_errcode(db);
    if (code == SQLITE_NOMEM) return err_no_memory(t);
    V text = str_from_cstr(t, sqlite3_errmsg(db));
    V exc = v_is_error(text) ? V_ERROR : obj_call1(t, v_from_type(sql_error(kind_of(code))), text);
    v_drop(t, text);
    if (v_is_error(exc)) return V_ERROR;
    V name = str_from_cstr(t, code_name(extended));
    if (!v_is_error(name) && obj_setattr_c(t, exc, "sqlite_errorcode", v_from_int(extended)) == 0 && obj_setattr_c(t, exc, "sqlite_errorname", name) == 0)
        err_raise(t, exc);
    v_drop(t, name);
    v_drop(t, exc);
    return V_ERROR;
}

// ---- adapters and converters ------------------------------------------------------------------------------------------------
static bool adapts_basic;  // somebody registered an adapter for one of the types below; atomic
static bool is_basic(V type) {
    Type *const basic[] = {&int_type, &float_type, &str_type, &bytearray_type};
    for (size_t i = 0; i < countof(basic); i++) {
        if (type == v_from_type(basic[i])) return true;
    }
    return false;
}
bool sql_may_need_adapting(V value) { return at_load_relaxed(&adapts_basic) || !is_basic(v_from_type(v_type(value))); }

static V call_protocol(Thread *t, V object, V name, V argument) { // object.name(argument); V_NULL: no such method, or it answers None
    V method = obj_lookup_attr(t, object, name);
    if (method == V_NULL || v_is_error(method)) return method;
    V r = obj_call1(t, method, argument);
    v_drop(t, method);
    if (r == V_NONE) return V_NULL;
    if (!v_is_error(r) || !err_matches(t, &exc_TypeError)) return r;
    err_clear(t);
    return V_NULL;
}
V sql_adapt(Thread *t, V value, V protocol, V alternative) {
    V key = tuple_pack(t, 2, v_from_type(v_type(value)), protocol);
    V adapter = v_is_error(key) ? V_ERROR : dict_get(t, slot_peek(&adapters), key);
    v_drop(t, key);
    if (v_is_error(adapter)) return V_ERROR;
    if (adapter != V_NULL) {
        V r = obj_call1(t, adapter, value);
        v_drop(t, adapter);
        return r;
    }
    V r = call_protocol(t, protocol, NAME(__adapt__), value);
    if (r == V_NULL) r = call_protocol(t, value, NAME(__conform__), protocol);
    if (r != V_NULL) return r;
    return alternative == V_NULL ? sql_raise(t, SQL_PROGRAMMING, "can't adapt") : v_dup(alternative);
}
V sql_converter(Thread *t, const char *name, size_t n) {
    V text = str_from_utf8(t, name, n), upper = v_is_error(text) ? V_ERROR : obj_call_method0(t, text, NAME(upper));
    V r = v_is_error(upper) ? V_ERROR : dict_get(t, slot_peek(&converters), upper);
    v_drop(t, text);
    v_drop(t, upper);
    return r == V_NULL ? V_NONE : r;
}

static NATIVE(sqlite_register_adapter) { // type, adapter
    (void)self, (void)nargs, (void)kwnames;
    if (is_basic(args[0])) at_store_relaxed(&adapts_basic, true);
    V key = tuple_pack(t, 2, args[0], v_from_type(&sqlite_protocol_type));
    int r = v_is_error(key) ? -1 : dict_set(t, slot_peek(&adapters), key, args[1]);
    v_drop(t, key);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(sqlite_register_converter) { // name, converter
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "register_converter", "argument 1", "str", args[0]);
    V name = obj_call_method0(t, args[0], NAME(upper));
    int r = v_is_error(name) ? -1 : dict_set(t, slot_peek(&converters), name, args[1]);
    v_drop(t, name);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(sqlite_adapt) { // obj, proto=PrepareProtocol, alt=…
    (void)self, (void)nargs, (void)kwnames;
    return sql_adapt(t, args[0], args[1] == V_NULL ? v_from_type(&sqlite_protocol_type) : args[1], args[2]);
}

// ---- module functions ---------------------------------------------------------------------------------------------------------
#define CONNECT_SIG "database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False"
static NATIVE(sqlite_connect) {
    (void)self;
    V factory = v_from_type(&sqlite_connection_type);
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        if (str_equal_ascii(tuple_borrow(kwnames, i), "factory")) factory = args[nargs + i];
    }
    if (nargs > 5) factory = args[5];
    return obj_call(t, factory, args, nargs, kwnames);
}
static NATIVE(sqlite_complete_statement) {
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "complete_statement", "argument 'statement'", "str", args[0]);
    const char *sql = str_cstr(t, args[0]);
    return sql ? v_from_bool(sqlite3_complete(sql)) : V_ERROR;
}
static NATIVE(sqlite_enable_tracebacks) {
    (void)self, (void)nargs, (void)kwnames;
    int on;
    if (num_as_int(t, args[0], &on) < 0) return V_ERROR;
    at_store_relaxed(&sqlite_tracebacks, on != 0);
    return V_NONE;
}
static NATIVE(sqlite_enable_shared) {
    (void)self, (void)nargs, (void)kwnames;
    int on;
    if (num_as_int(t, args[0], &on) < 0) return V_ERROR;
    if (sqlite3_enable_shared_cache(on) == SQLITE_OK) return V_NONE;
    return sql_raise(t, SQL_OPERATIONAL, "Changing the shared_cache flag failed");
}
static const Method methods[] = {
    {"connect", sqlite_connect, NULL, 0, M_RAW, "connect(" CONNECT_SIG ")\n\nOpen a database."},
    {"adapt", sqlite_adapt, "obj, proto=PrepareProtocolType, alt=<unrepresentable>, /", 0, 0, "An object as something SQLite can store."},
    {"complete_statement", sqlite_complete_statement, "statement", 0, 0, "Whether a string holds at least one whole statement."},
    {"enable_callback_tracebacks", sqlite_enable_tracebacks, "enable, /", 0, 0, "Whether exceptions in callbacks are shown."},
    {"enable_shared_cache", sqlite_enable_shared, "do_enable", 0, 0, "Whether connections share a cache."},
    {"register_adapter", sqlite_register_adapter, "type, adapter, /", 0, 0, "Say how objects of a type are stored."},
    {"register_converter", sqlite_register_converter, "typename, converter, /", 0, 0, "Say how columns of a declared type are read."},
    METHOD_END,
};

Type sqlite_protocol_type = {
    TYPE_HEAD("sqlite3.PrepareProtocol"), .base = &object_type, .size = sizeof(Obj), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "What values are adapted to before SQLite stores them.",
};

static int add_errors(Thread *t, V module) {
    static const struct { const char *name; int base; } rows[N_SQL_ERRORS] = {
        {"Warning", -1}, {"Error", -1}, {"InterfaceError", SQL_ERROR}, {"DatabaseError", SQL_ERROR}, {"DataError", SQL_DATABASE},
        {"OperationalError", SQL_DATABASE}, {"IntegrityError", SQL_DATABASE}, {"InternalError", SQL_DATABASE},
        {"ProgrammingError", SQL_DATABASE}, {"NotSupportedError", SQL_DATABASE},
    };
    for (int i = 0; i < N_SQL_ERRORS; i++) {
        char full[40];
        snprintf(full, sizeof full, "sqlite3.%s", rows[i].name);
        V class = type_new_simple(t, full, rows[i].base < 0 ? &exc_Exception : sql_error((SqlError)rows[i].base), V_NULL);
        if (v_is_error(class)) return -1;
        root_register(&errors[i]);
        root_set(t, &errors[i], class);
        if (module_add(t, module, rows[i].name, class) < 0) return -1;
    }
    return 0;
}
static int add_dict(Thread *t, V module, const char *name, Slot *root) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    root_register(root);
    root_set(t, root, dict);
    return module_add_steal(t, module, name, dict);
}
static int exec(Thread *t, V module) {
    Type *const types[] = {&sqlite_connection_type, &sqlite_cursor_type, &sqlite_row_type, &sqlite_protocol_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    if (sqlite_hooks_ready(t) < 0 || add_errors(t, module) < 0) return -1;
    if (add_dict(t, module, "adapters", &adapters) < 0 || add_dict(t, module, "converters", &converters) < 0) return -1;
    if (add_constants(t, module, result_codes, countof(result_codes)) < 0 || add_constants(t, module, constants, countof(constants)) < 0) return -1;
    static const int levels[] = {0, 3, 1}; // by sqlite3_threadsafe(): single-thread, serialized, multi-thread
    if (module_add_int(t, module, "threadsafety", levels[sqlite3_threadsafe() % 3]) < 0) return -1;
    if (module_add_str(t, module, "version", "2.6.0") < 0 || module_add_str(t, module, "_deprecated_version", "2.6.0") < 0) return -1;
    return module_add_str(t, module, "sqlite_version", sqlite3_libversion());
}
const ModuleDef mod__sqlite3 = {"_sqlite3", NULL, methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without SQLite (libsqlite3-dev): no module _sqlite3");
    return -1;
}
const ModuleDef mod__sqlite3 = {"_sqlite3", NULL, NULL, exec, 0};
#endif
