// SPDX-License-Identifier: MIT
#include "accounts.h"
#include "threading/parking.h"
#include <stdlib.h>

enum { BUFFER = 1024, BUFFER_MOST = 1 << 24, RECORD_MOST = 256 };

V account_ask(Thread *t, const AccountDb *db, AccountAsk ask, const void *key, int *code) {
    _Alignas(16) char record[RECORD_MOST];
    char *buffer = NULL;
    void *found = NULL;
    size_t size = BUFFER;
    HD_ASSERT(db->record_size <= sizeof record);
    thread_detach(t);
    do {
        char *more = realloc(buffer, size *= 2);
        if (!more) {
            *code = ENOMEM;
            break;
        }
        buffer = more;
        *code = ask(key, record, buffer, size, &found);
    } while (*code == ERANGE && size < BUFFER_MOST);
    thread_attach(t);
    V r = *code == ENOMEM ? err_no_memory(t) : found ? db->entry(t, found) : V_NULL;
    free(buffer);
    return r;
}

V account_named(Thread *t, const AccountDb *db, V name) {
    if (!v_is_str(name)) return err_bad_argument(t, db->by_name_function, db->by_name_argument, "str", name);
    V bytes = str_to_fs_bytes(t, name);
    if (v_is_error(bytes)) return V_ERROR;
    int code = 0;
    bool whole = strlen(bytes_data(bytes)) == bytes_len(bytes);
    V r = whole ? account_ask(t, db, db->by_name, bytes_data(bytes), &code) : err_set(t, &exc_ValueError, "embedded null byte");
    v_drop(t, bytes);
    if (r != V_NULL) return r;
    if (code != EACCES && code != EPERM) return account_missing(t, db->by_name_missing, name);
    errno = code;
    return errno_error(t);
}

V account_all(Thread *t, AccountDb *db) {
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    bytelock_lock(t, &db->walking, -1, 0);
    db->rewind();
    for (int code;;) {
        V r = account_ask(t, db, db->next, NULL, &code);
        if (r == V_NULL) break;
        if (v_is_error(r) || list_append_steal(t, list, r) < 0) {
            v_drop(t, list);
            list = V_ERROR;
            break;
        }
    }
    db->end();
    bytelock_unlock(&db->walking);
    return list;
}

V account_text(Thread *t, const char *s) { return s ? str_from_utf8_surrogateescape(t, s, strlen(s)) : V_NONE; }
