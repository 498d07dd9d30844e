// SPDX-License-Identifier: MIT
// What pwd, grp and spwd share: asking one of the C library's databases, whose entries need a buffer of unknown size, for
// one entry or for all.
#ifndef HEDDLE_MODULES_ACCOUNTS_H
#define HEDDLE_MODULES_ACCOUNTS_H
#include "posix_private.h"

// A question in the manner of the *_r functions: `record` and `buffer` get the entry, *found points to it or is NULL.
// Returns an error number.  `key` is what is looked for; NULL: the next one.
typedef int (*AccountAsk)(const void *key, void *record, char *buffer, size_t size, void **found);

typedef struct AccountDb {
    size_t record_size;
    V (*entry)(Thread *t, const void *record);
    AccountAsk by_name, next;
    void (*rewind)(void), (*end)(void);
    const char *by_name_function, *by_name_argument, *by_name_missing; // for messages; the last a format for the name
    uint8_t walking; // byte lock: the C library has one walk through each database for the process
} AccountDb;

// The answer: an entry, V_NULL when there is none, V_ERROR with MemoryError (`code` gets the error number).  Detached.
V account_ask(Thread *t, const AccountDb *db, AccountAsk ask, const void *key, int *code);
// The entry with that name (a str): KeyError, TypeError, ValueError for a NUL inside, PermissionError.
V account_named(Thread *t, const AccountDb *db, V name);
V account_all(Thread *t, AccountDb *db); // a list

V account_text(Thread *t, const char *s); // str or None
// KeyError with a formatted text
#define account_missing(t, ...) err_set(t, &exc_KeyError, __VA_ARGS__)
#endif
