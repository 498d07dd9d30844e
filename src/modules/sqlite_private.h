// SPDX-License-Identifier: MIT
// Shared by the files of module _sqlite3.
//
// mod__sqlite3.c  the module, errors, adapters      sqlite_connection.c  connections      sqlite_hooks.c  functions, callbacks
// sqlite_cursor.c statements, rows
#ifndef HEDDLE_SQLITE_PRIVATE_H
#define HEDDLE_SQLITE_PRIVATE_H
#include "constants.h"
#include "posix_private.h"
#ifdef HAVE_SQLITE3
#include "threading/parking.h"
#include <sqlite3.h>

// A connection and its statements are used by one thread at a time: the one that holds `lock`, in which callbacks run too.
// The library works detached; callbacks attach again.
typedef struct Connection {
    Obj head;
    sqlite3 *db;          // NULL: closed, or not opened yet; written by the holder of `lock`, in a section
    OwnedLock lock;
    bool receives;        // holder: another database is being copied to it
    bool opened;          // atomic: __init__ has run
    bool same_thread;     // atomic
    unsigned long ident;  // atomic: the thread that made it
    int detect_types;     // holder
    const char *begin;    // atomic: "BEGIN …", NULL: autocommit
    Slot row_factory, text_factory;     // atomic
    Slot authorizer, progress, tracer;  // atomic; callables or unset
    Slot hooks;           // dict {key: Hook}: what functions and collations call
} Connection;
typedef struct Cursor {
    Obj head;
    Slot connection;      // set by __init__, with the lock of the one before
    sqlite3_stmt *stmt;   // running: its current row has not been fetched.  Connection's holder; so is what follows
    bool is_dml, closed, locked; // locked: to callbacks of the holder, who is in a method of it
    bool opened;          // atomic
    int64_t rowcount;     // atomic
    int64_t arraysize;    // atomic
    Slot description, lastrowid, row_factory, row_types; // row_types: a list of converters, None or unset
} Cursor;
typedef struct Row { Obj head; Slot values, description; } Row; // const after init

static inline Connection *conn_of(V v) { return (Connection *)v_obj(v); }
static inline Cursor *cursor_of(V v) { return (Cursor *)v_obj(v); }
extern Type sqlite_connection_type, sqlite_cursor_type, sqlite_row_type, sqlite_protocol_type;

typedef enum { SQL_WARNING, SQL_ERROR, SQL_INTERFACE, SQL_DATABASE, SQL_DATA, SQL_OPERATIONAL, SQL_INTEGRITY, SQL_INTERNAL, SQL_PROGRAMMING,
               SQL_NOT_SUPPORTED, N_SQL_ERRORS } SqlError;
Type *sql_error(SqlError which);
#define sql_raise(t, which, ...) err_set((t), sql_error(which), __VA_ARGS__)
V sql_fail(Thread *t, sqlite3 *db);                        // the connection's last error; V_ERROR
V sql_adapt(Thread *t, V value, V protocol, V alternative); // alternative V_NULL: ProgrammingError "can't adapt"
V sql_converter(Thread *t, const char *name, size_t n);    // V_NONE: there is none
bool sql_may_need_adapting(V value);

bool conn_enter(Thread *t, Connection *c);                 // true: conn_leave is to do something
void conn_leave(Connection *c, bool entered);
int conn_check(Thread *t, V connection);                   // open, and used by the right thread; 0/-1
int conn_check_thread(Thread *t, V connection);
// conn_check and conn_enter: the connection, which stays open until conn_leave unless a callback closes it.  NULL: an exception,
// and nothing to leave.
Connection *conn_use(Thread *t, V connection, bool *entered);
// After what may have called back, when no exception is pending; 0/-1: somebody there closed it.
int conn_check_open(Thread *t, const Connection *c);
int conn_check_usable(Thread *t, V connection);            // conn_check, by the holder: callbacks of a copy may not use what receives it
int conn_exec(Thread *t, Connection *c, const char *sql);  // a statement without rows
int conn_begin(Thread *t, Connection *c);                  // when there is no transaction and there should be one
V conn_cursor(Thread *t, V connection, V factory);         // factory V_NULL: Cursor
// Runs `call` in the library, detached; `result` is its answer.
#define SQL_DETACHED(t, result, call) \
    do { \
        thread_detach(t); \
        (result) = (call); \
        thread_attach(t); \
    } while (0)

V sqlite_cursor_new(Thread *t, V connection, Type *type);
V sqlite_execute(Thread *t, V cursor, bool many, V sql, V parameters); // the cursor, or V_ERROR
NATIVE(connection_create_function);
NATIVE(connection_create_aggregate);
NATIVE(connection_create_collation);
NATIVE(connection_set_authorizer);
NATIVE(connection_set_progress_handler);
NATIVE(connection_set_trace_callback);
extern bool sqlite_tracebacks;                             // atomic: enable_callback_tracebacks()
int sqlite_hooks_ready(Thread *t);
#endif
#endif
