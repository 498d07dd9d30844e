// SPDX-License-Identifier: MIT
// Interned strings: one object for each distinct text, so that names compare by identity.
//
// The table is open addressing over Str pointers and their hashes, so that a search touches no str but the one it finds.
// It counts nothing: a runtime-interned str leaves it when it dies (str_intern_forget, from the type's destroy), an
// immortal one (str_static: the names of the C sources, one-character strings) never does.  Before sharing begins all
// entries are LOCAL to the one thread there is; afterwards a str is SHARED before it enters, and str_intern_visit is how
// those already there become so.
//
// It changes under lock_intern; find takes no lock and writes nothing.  What find sees may be out of date: a str that it
// misses is looked for again under the lock, and of one that it finds the text is compared.  An outgrown table and the
// memory of a str that has left are retired, so both are there until the finder's next safepoint; whether the str may
// still be had obj_revive says, as it does of a weak reference's referent.  A DEAD one gives its place to the next.
#include "str_private.h"
#include "threading/debug.h"
#include "threading/hot.h"
#include "threading/mutex.h"
#include "threading/weak.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct InternCell {
    Str *str;     // atomic (release): NULL: never used; TOMB: left
    int64_t hash; // atomic: str's, written before it; a finder may see the next one's instead, and miss
} InternCell;
typedef struct InternTable {
    size_t mask;
    InternCell cells[];
} InternTable;
static InternTable *table;            // atomic (release): NULL before the first name; replaced under lock_intern
static size_t cells_used, cells_live; // under lock_intern
static Str tomb_object;
#define TOMB (&tomb_object)

V str_latin1_chars[256]; // atomic: immortal strs, made on first use (str_from_char_quick reads them)
static V empty_string;      // atomic

// ---- the table ------------------------------------------------------------------------------------------------------
static bool holds_text(const Str *s) { return s && s != TOMB; }

static void cell_put(InternCell *cell, Str *s, int64_t hash) {
    at_store_relaxed(&cell->hash, hash);
    at_store_release(&cell->str, s);
}

static bool table_resize(Thread *t, size_t capacity) {
    InternTable *old = table, *grown = mem_calloc(t, 1, sizeof *grown + capacity * sizeof(InternCell));
    if (!grown) return false;
    grown->mask = capacity - 1;
    for (size_t i = 0; old && i <= old->mask; i++) {
        InternCell *from = &old->cells[i];
        if (!holds_text(from->str)) continue;
        size_t at = (size_t)from->hash & grown->mask;
        while (grown->cells[at].str) at = (at + 1) & grown->mask;
        grown->cells[at] = *from;
    }
    at_store_release(&table, grown);
    cells_used = cells_live;
    mem_retire(t, old);
    return true;
}

static bool table_make_room(Thread *t) {
    if (!table) return table_resize(t, 4096);
    size_t cells = table->mask + 1;
    if (cells_used * 3 < cells * 2) return true;
    return table_resize(t, cells_live * 3 < cells ? cells : cells * 2);
}

// The room that a table which cannot grow has left: the interpreter's own names, which are few, may take it but for one cell,
// where a search ends.
static bool table_has_rest(void) { return table && cells_used < table->mask; }

typedef struct Text {
    int kind;
    const void *data;
    size_t len;
    int64_t hash;
} Text;

static bool has_text(const Str *s, const Text *text) {
    if (s->len != text->len || (at_load_relaxed(&s->head.aux) & STR_KIND) != text->kind) return false;
    return memcmp(s->data, text->data, text->len * (size_t)text->kind) == 0;
}

// The cell that holds the text or, with none, where it would go; *held is what was seen there.
static InternCell *table_probe(InternTable *in, const Text *text, Str **held) {
    InternCell *vacant = NULL;
    for (size_t i = (size_t)text->hash & in->mask;; i = (i + 1) & in->mask) {
        InternCell *cell = &in->cells[i];
        *held = at_load_acquire(&cell->str);
        if (!*held) return vacant ? vacant : cell;
        if (*held == TOMB) {
            if (!vacant) vacant = cell;
        } else if (at_load_relaxed(&cell->hash) == text->hash && has_text(*held, text)) {
            return cell;
        }
    }
}

// A stack value of the interned text, or V_NULL.
static V find(const Text *text) {
    InternTable *in = at_load_acquire(&table);
    if (!in) return V_NULL;
    debug_sched_point();
    Str *held;
    table_probe(in, text, &held);
    debug_sched_point();
    return held ? obj_revive(&held->head) : V_NULL;
}

// Under lock_intern: puts s where table_probe said.  Nobody takes s for interned before it can be found, because whoever
// looks for its text in vain waits for the lock.
static void table_put(InternCell *cell, Str *s, int64_t hash) {
    if (cell->str == NULL) cells_used++, cells_live++;
    else if (cell->str == TOMB) cells_live++;
    at_fetch_or_relaxed(&s->head.aux, (uint16_t)STR_INTERNED);
    cell_put(cell, s, hash);
}

void str_intern_forget(Str *s) {
    rt_mutex_lock(&lock_intern);
    for (size_t i = (size_t)at_load_relaxed(&s->hash) & table->mask; table->cells[i].str; i = (i + 1) & table->mask) {
        if (table->cells[i].str != s) continue;
        at_store_release(&table->cells[i].str, TOMB);
        cells_live--;
        break;
    }
    rt_mutex_unlock(&lock_intern);
}

void str_intern_visit(Thread *t, SlotVisitor visit, void *arg) {
    for (size_t i = 0; table && i <= table->mask; i++) {
        Str *s = table->cells[i].str;
        if (!holds_text(s) || (s->head.flags & OBJ_IMMORTAL)) continue;
        Slot slot = {v_from(s)};
        visit(t, NULL, &slot, arg);
    }
}

// ---- interning --------------------------------------------------------------------------------------------------------
// v enters, unless its text has entered meanwhile: then that, as a stack value.  Consumes v.
static V enter_steal(Thread *t, V v, const Text *text) {
    if (threading_is_sharing()) share_value(t, v);
    rt_mutex_lock(&lock_intern);
    if (!table_make_room(t)) {
        rt_mutex_unlock(&lock_intern);
        v_drop(t, v);
        return err_no_memory(t);
    }
    Str *held;
    InternCell *cell = table_probe(table, text, &held);
    V found = held ? obj_revive(&held->head) : V_NULL;
    if (found == V_NULL) table_put(cell, str_of(v), text->hash);
    rt_mutex_unlock(&lock_intern);
    if (found == V_NULL) return v;
    v_drop(t, v);
    return found;
}

V str_intern_steal(Thread *t, V v) {
    if (!v_is_exact(v, &str_type) || str_is_interned(v)) return v;
    Text text = {str_kind(v), str_data(v), str_len(v), str_hash(v)};
    V found = find(&text);
    if (found == V_NULL) return enter_steal(t, v, &text);
    v_drop(t, v);
    return found;
}

V str_intern_utf8(Thread *t, const char *p, size_t n) {
    if (n < 2 || !utf8_is_ascii(p, n)) {
        V v = str_from_utf8(t, p, n);
        return v_is_error(v) ? v : str_intern_steal(t, v);
    }
    Text text = {1, p, n, str_hash_data(p, n, 1)}; // the common case: no object unless it is new
    V found = find(&text);
    if (found != V_NULL) return found;
    V v = str_alloc(t, n, 1, true);
    if (v_is_error(v)) return v;
    memcpy(str_data(v), p, n);
    str_of(v)->hash = text.hash;
    return enter_steal(t, v, &text);
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
    hot_for_good(o);
    return v_untag(v);
}

static V static_text(const char *latin1, size_t n) {
    Text text = {1, latin1, n, str_hash_data(latin1, n, 1)};
    rt_mutex_lock(&lock_intern);
    if (!table_make_room(thread_current()) && !table_has_rest()) assert_failed(__FILE__, __LINE__, __func__, "out of memory for the interpreter's own names");
    Str *held;
    InternCell *cell = table_probe(table, &text, &held);
    V v = held ? obj_revive(&held->head) : V_NULL;
    if (v != V_NULL) {
        v = make_permanent(v);
    } else {
        v = immortal_new(1, latin1, n);
        table_put(cell, str_of(v), text.hash);
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
