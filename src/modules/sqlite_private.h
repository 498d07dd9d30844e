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
// The library works detached; callbacks attach again (`detached` says whether to).
typedef struct Connection {
    Obj head;
    sqlite3 *db;          // NULL: closed, or not opened yet; holder
    OwnedLock lock;
    bool detached;        // holder
    bool opened;          // __init__ has run; holder
    bool same_thread;     // const after init
    unsigned long ident;  // the thread that made it; const after init
    int detect_types;     // const after init
    const char *begin;    // atomic: "BEGIN …", NULL: autocommit
    Slot row_factory, text_factory;     // atomic
    Slot authorizer, progress, tracer;  // atomic; callables or unset
    Slot hooks;           // dict {key: Hook}: what functions and collations call
} Connection;
typedef struct Cursor {
    Obj head;
    Slot connection;      // const after init
    sqlite3_stmt *stmt;   // running: its current row has not been fetched.  Connection's holder; so is what follows
    bool is_dml, closed, locked, opened;
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
int conn_exec(Thread *t, Connection *c, const char *sql);  // a statement without rows
int conn_begin(Thread *t, Connection *c);                  // when there is no transaction and there should be one
V conn_cursor(Thread *t, V connection, V factory);         // factory V_NULL: Cursor
// Runs `call` in the library, detached; `result` is its answer.
#define SQL_DETACHED(t, c, result, call) \
    do { \
        (c)->detached = true; \
        thread_detach(t); \
        (result) = (call); \
        thread_attach(t); \
        (c)->detached = false; \
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
