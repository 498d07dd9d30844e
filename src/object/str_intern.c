// SPDX-License-Identifier: MIT
// Interned strings: one object for each distinct text, so that names compare by identity.
//
// The table is open addressing over Str pointers and their hashes, so that a search touches no str but the one it finds;
// it is under lock_intern, and counts nothing: a runtime-interned str leaves it when it dies (str_intern_forget, from the type's free_), an immortal one (str_static: the names of the C sources,
// one-character strings) never does.  Before sharing begins all entries are LOCAL to the one thread there is; afterwards
// a str is SHARED before it enters, and str_intern_visit is how those already there become so.  A lookup that meets an
// entry somebody has let go of either revives it (DIRTY, as a weak reference does) or finds it DEAD and takes its place.
#include "str_private.h"
#include "threading/mutex.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct InternCell {
    Str *str; // NULL: never used; TOMB: left
    int64_t hash;
} InternCell;
static struct {
    InternCell *cells;
    size_t mask, used, live;
} table; // under lock_intern
static Str tomb_object;
#define TOMB (&tomb_object)

V str_latin1_chars[256]; // atomic: immortal strs, made on first use (str_from_char_quick reads them)
static V empty_string;      // atomic

// ---- the table ------------------------------------------------------------------------------------------------------
static bool table_resize(size_t capacity) {
    InternCell *cells = mem_calloc(thread_current(), capacity, sizeof *cells);
    if (!cells) return false;
    for (size_t i = 0; table.cells && i <= table.mask; i++) {
        InternCell from = table.cells[i];
        if (!from.str || from.str == TOMB) continue;
        size_t at = (size_t)from.hash & (capacity - 1);
        while (cells[at].str) at = (at + 1) & (capacity - 1);
        cells[at] = from;
    }
    mem_free(table.cells);
    table.cells = cells;
    table.mask = capacity - 1;
    table.used = table.live;
    return true;
}

static bool table_make_room(void) {
    if (!table.cells) return table_resize(4096);
    if (table.used * 3 < (table.mask + 1) * 2) return true;
    return table_resize(table.live * 3 < table.mask + 1 ? table.mask + 1 : (table.mask + 1) * 2);
}

static bool same_text(const Str *s, int kind, const void *data, size_t len) {
    return s->len == len && (at_load_relaxed(&s->head.aux) & STR_KIND) == kind && memcmp(s->data, data, len * (size_t)kind) == 0;
}

// The cell that holds the text or, with none, where it would go.
static InternCell *table_probe(int64_t hash, int kind, const void *data, size_t len) {
    InternCell *vacant = NULL;
    for (size_t i = (size_t)hash & table.mask;; i = (i + 1) & table.mask) {
        InternCell *cell = &table.cells[i];
        if (!cell->str) return vacant ? vacant : cell;
        if (cell->str == TOMB) {
            if (!vacant) vacant = cell;
        } else if (cell->hash == hash && same_text(cell->str, kind, data, len)) {
            return cell;
        }
    }
}

// Puts s, of that hash, where table_probe said.
static void table_put(InternCell *cell, Str *s, int64_t hash) {
    if (cell->str == NULL) table.used++, table.live++;
    else if (cell->str == TOMB) table.live++;
    *cell = (InternCell){s, hash};
    at_fetch_or_relaxed(&s->head.aux, (uint16_t)STR_INTERNED);
}

static bool holds_text(const InternCell *cell) { return cell->str && cell->str != TOMB; }

// A stack value of a table entry; V_NULL when it is dead already.
static V entry_get(Str *s) {
    Obj *o = &s->head;
    if (o->flags & OBJ_IMMORTAL) return v_from_immortal(o);
    if (!obj_is_shared_or_hot(o)) return obj_rc(o) ? v_dup(v_from(o)) : V_NULL;
    uint32_t rc = at_load_acquire(&o->rc);
    for (;;) {
        if (rc & RC_DEAD) return V_NULL;
        if ((rc & (RC_INZCT | RC_DIRTY)) != RC_INZCT || (rc & RC_HOT)) return v_from(o) | V_U_TAG;
        if (at_cas_acq_rel(&o->rc, &rc, rc | RC_DIRTY)) return v_from(o) | V_U_TAG;
    }
}

void str_intern_forget(Str *s) {
    rt_mutex_lock(&lock_intern);
    for (size_t i = (size_t)at_load_relaxed(&s->hash) & table.mask; table.cells[i].str; i = (i + 1) & table.mask) {
        if (table.cells[i].str != s) continue;
        table.cells[i].str = TOMB;
        table.live--;
        break;
    }
    rt_mutex_unlock(&lock_intern);
}

void str_intern_visit(Thread *t, SlotVisitor visit, void *arg) {
    for (size_t i = 0; table.cells && i <= table.mask; i++) {
        Str *s = table.cells[i].str;
        if (!s || s == TOMB || (s->head.flags & OBJ_IMMORTAL)) continue;
        Slot slot = {v_from(s)};
        visit(t, NULL, &slot, arg);
    }
}

// ---- interning --------------------------------------------------------------------------------------------------------
V str_intern_steal(Thread *t, V v) {
    if (!v_is_exact(v, &str_type) || str_is_interned(v)) return v;
    Str *s = str_of(v);
    int64_t hash = str_hash(v);
    if (threading_is_sharing()) share_value(t, v);
    rt_mutex_lock(&lock_intern);
    if (!table_make_room()) {
        rt_mutex_unlock(&lock_intern);
        v_drop(t, v);
        return err_no_memory(t);
    }
    InternCell *cell = table_probe(hash, str_kind(v), s->data, s->len);
    V found = holds_text(cell) ? entry_get(cell->str) : V_NULL;
    if (found == V_NULL) table_put(cell, s, hash);
    rt_mutex_unlock(&lock_intern);
    if (found == V_NULL) return v;
    v_drop(t, v);
    return found;
}

// A stack value of the interned text, or V_NULL.
static V find_interned(const char *latin1, size_t n, int64_t hash) {
    V found = V_NULL;
    rt_mutex_lock(&lock_intern);
    if (table.cells) {
        InternCell *cell = table_probe(hash, 1, latin1, n);
        if (holds_text(cell)) found = entry_get(cell->str);
    }
    rt_mutex_unlock(&lock_intern);
    return found;
}

V str_intern_utf8(Thread *t, const char *p, size_t n) {
    V found = V_NULL;
    int64_t hash = 0;
    if (n >= 2 && utf8_is_ascii(p, n)) { // the common case: no object unless it is new
        hash = str_hash_data(p, n, 1);
        found = find_interned(p, n, hash);
        if (found != V_NULL) return found;
    }
    V v = hash ? str_alloc(t, n, 1, true) : str_from_utf8(t, p, n);
    if (v_is_error(v)) return v;
    if (hash) {
        memcpy(str_data(v), p, n);
        str_of(v)->hash = hash;
    }
    return str_intern_steal(t, v);
}

// ---- immortal strings -------------------------------------------------------------------------------------------------
// A name that the sources ask for when the heap has nothing left: code cannot go on without it, and it is small.
static Str *immortal_at_last(size_t size) {
    Str *s = calloc(1, size);
    if (!s) {
        fputs("Fatal Python error: out of memory for the interpreter's own names\n", stderr);
        exit(1);
    }
    s->head.flags = OBJ_IMMORTAL;
    s->head.type = &str_type;
    return s;
}

static V immortal_new(int kind, const void *data, size_t len) {
    size_t size = sizeof(Str) + (len + 1) * (size_t)kind;
    Str *s = (Str *)obj_alloc(thread_current(), &str_type, size, OBJ_IMMORTAL);
    if (!s) s = immortal_at_last(size);
    s->head.rc = RC_SHARED | RC_HOT;
    s->len = len;
    s->head.aux = (uint16_t)(kind | (kind == 1 && utf8_is_ascii(data, len) ? STR_ASCII : 0));
    memcpy(s->data, data, len * (size_t)kind);
    s->hash = str_hash_data(data, len, kind);
    return v_from_immortal(s);
}

// A text that was interned at run time before the sources asked for it stays the object it is, uncounted from now on.
static V make_permanent(V v) {
    Obj *o = v_obj(v);
    if (o->flags & OBJ_IMMORTAL) return v;
    at_fetch_or_relaxed(&o->rc, RC_SHARED | RC_HOT);
    return v_untag(v);
}

static V static_text(const char *latin1, size_t n) {
    int64_t hash = str_hash_data(latin1, n, 1);
    rt_mutex_lock(&lock_intern);
    if (!table_make_room()) assert_failed(__FILE__, __LINE__, __func__, "out of memory for the interpreter's own names");
    InternCell *cell = table_probe(hash, 1, latin1, n);
    V v = holds_text(cell) ? entry_get(cell->str) : V_NULL;
    if (v != V_NULL) {
        v = make_permanent(v);
    } else {
        v = immortal_new(1, latin1, n);
        table_put(cell, str_of(v), hash);
    }
    rt_mutex_unlock(&lock_intern);
    return v;
}

V str_static(const char *name) { return static_text(name, strlen(name)); }

V str_empty(void) {
    V v = at_load_acquire(&empty_string);
    if (unlikely(v == V_NULL)) {
        v = static_text("", 0);
        at_store_release(&empty_string, v);
    }
    return v;
}

V str_from_char(Thread *t, uint32_t c) {
    if (c < 256) {
        V v = at_load_acquire(&str_latin1_chars[c]);
        if (unlikely(v == V_NULL)) {
            char byte = (char)c;
            v = static_text(&byte, 1);
            at_store_release(&str_latin1_chars[c], v);
        }
        return v;
    }
    V v = str_new(t, 1, c);
    if (!v_is_error(v)) str_write(str_kind(v), str_data(v), 0, c);
    return v;
}
