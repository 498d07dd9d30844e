// SPDX-License-Identifier: MIT
// _thread._local: attributes of which every thread has its own.
//
// The object is only a key, a number never used again.  A thread's values are in its own table, t->locals, from keys to
// dicts of attributes: LOCAL to it, never shared because the object is.  When the object dies its number is taken out of
// the dying thread's table at once, and out of the others' by a call posted to them.
//
// To the collector the dicts are the object's, as if it had a slot for each, so that a cycle through them is found: see
// local_traverse.  That ends when the object is SHARED, for its dicts are LOCAL to their threads.  From then on a dict
// lives as long as the object and the thread do.  At the end of the program, when one thread is left, its dicts are SHARED,
// too, and what they keep alive is found again.
#include "thread_private.h"

#include "threading/pending.h"

#include <stdlib.h>

typedef struct Local {
    Obj head;
    uint64_t key;    // const
    uint64_t maker;  // const: id of the thread that made it
    bool spread;     // atomic: other threads have used it
    Slot args;       // tuple of positional arguments for __init__; const
    Slot kwnames, kwvalues; // tuples, or V_NULL; const
} Local;

static Local *local_of(V v) { return (Local *)v_obj(v); }
static uint64_t last_key; // atomic

// ---- a thread's table ---------------------------------------------------------------------------------------------------
typedef struct Entry {
    uint64_t key; // 0: free
    Slot dict;    // counted; V_NULL once a collection has taken it out
} Entry;

// An open hash table, at most half full, with linear probing; owner thread.  Keys are serial numbers: their low bits do.
struct LocalsTable {
    Entry *entries;
    size_t n, mask;
};

static Entry *entry_place(const LocalsTable *table, uint64_t key) {
    size_t i = key & table->mask;
    while (table->entries[i].key && table->entries[i].key != key) i = (i + 1) & table->mask;
    return &table->entries[i];
}

static Entry *entry_find(const LocalsTable *table, uint64_t key) {
    Entry *entry = table ? entry_place(table, key) : NULL;
    return entry && entry->key ? entry : NULL;
}

static bool table_resize(LocalsTable *table, size_t size) {
    LocalsTable grown = {calloc(size, sizeof *grown.entries), table->n, size - 1};
    if (!grown.entries) return false;
    for (size_t i = 0; table->entries && i <= table->mask; i++)
        if (table->entries[i].key) *entry_place(&grown, table->entries[i].key) = table->entries[i];
    free(table->entries);
    *table = grown;
    return true;
}

static LocalsTable *table_new(void) {
    LocalsTable *table = calloc(1, sizeof *table);
    if (table && !table_resize(table, 8)) {
        free(table);
        return NULL;
    }
    return table;
}

// Takes over dict.  -1 with MemoryError, dict dropped.
static int entry_add(Thread *t, uint64_t key, V dict) {
    if (!t->locals) t->locals = table_new();
    LocalsTable *table = t->locals;
    if (!table || (table->n * 2 > table->mask && !table_resize(table, (table->mask + 1) * 2))) {
        v_drop(t, dict);
        err_no_memory(t);
        return -1;
    }
    Entry *entry = entry_place(table, key);
    table->n += !entry->key;
    entry->key = key;
    at_store_relaxed(&entry->dict.bits, v_own(dict));
    return 0;
}

// What stands behind a freed place moves up, so that probing finds it.
static void entry_close_gap(LocalsTable *table, size_t gap) {
    for (size_t i = (gap + 1) & table->mask; table->entries[i].key; i = (i + 1) & table->mask) {
        size_t home = table->entries[i].key & table->mask;
        if (((i - home) & table->mask) < ((i - gap) & table->mask)) continue;
        table->entries[gap] = table->entries[i];
        gap = i;
    }
    table->entries[gap] = (Entry){0};
}

static void entry_remove(Thread *t, uint64_t key) {
    Entry *entry = entry_find(t->locals, key);
    if (!entry) return;
    V dict = at_load_relaxed(&entry->dict.bits);
    t->locals->n--;
    entry_close_gap(t->locals, (size_t)(entry - t->locals->entries));
    v_drop(t, dict); // last: what dies of it may change the table
}

void thread_local_thread_exits(Thread *t) {
    LocalsTable *table = t->locals;
    t->locals = NULL;
    if (!table) return;
    for (size_t i = 0; i <= table->mask; i++) v_drop(t, at_load_relaxed(&table->entries[i].dict.bits));
    free(table->entries);
    free(table);
}

static bool program_ends; // set when nobody else attaches any more

void thread_local_program_ends(Thread *t) {
    program_ends = true;
    const LocalsTable *table = t->locals;
    for (size_t i = 0; table && threading_is_sharing() && i <= table->mask; i++) share_value(t, at_load_relaxed(&table->entries[i].dict.bits));
}

// ---- this thread's attributes -------------------------------------------------------------------------------------------
// A thread that meets the object for the first time calls __init__ as its maker did.
static int init_here(Thread *t, V self) {
    if (v_type(self)->init == object_type.init) return 0;
    Local *local = local_of(self);
    V values[64], kwnames = slot_peek(&local->kwnames);
    size_t n = tuple_len(slot_peek(&local->args)), nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (n + nkw > 64) {
        err_set(t, &exc_TypeError, "too many initialization arguments for thread-local data");
        return -1;
    }
    for (size_t i = 0; i < n; i++) values[i] = tuple_borrow(slot_peek(&local->args), i);
    for (size_t i = 0; i < nkw; i++) values[n + i] = tuple_borrow(slot_peek(&local->kwvalues), i);
    return v_type(self)->init(t, self, values, n, kwnames);
}

// The dict of the running thread, made when it is not there yet: a stack value.
static V local_dict(Thread *t, V self) {
    Local *local = local_of(self);
    const Entry *entry = entry_find(t->locals, local->key);
    V dict = entry ? v_dup(at_load_relaxed(&entry->dict.bits)) : V_NULL;
    if (dict != V_NULL) return dict;
    dict = dict_new(t);
    if (v_is_error(dict) || entry_add(t, local->key, v_dup(dict)) < 0) {
        v_drop(t, dict);
        return V_ERROR;
    }
    if (local->maker != t->id) {
        at_store_relaxed(&local->spread, true);
        if (init_here(t, self) < 0) {
            entry_remove(t, local->key);
            v_drop(t, dict);
            return V_ERROR;
        }
    }
    return dict;
}

static bool is_dict_name(V name) { return v_is_str(name) && str_equal_ascii(name, "__dict__"); }

static V local_getattr(Thread *t, V self, V name) {
    V dict = local_dict(t, self);
    if (v_is_error(dict) || is_dict_name(name)) return dict;
    Type *type = v_type(self);
    V descr = v_is_str(name) ? type_lookup_borrow(t, type, name) : V_NULL;
    V result;
    if (descr != V_NULL && v_type(descr)->descr_set && v_type(descr)->descr_get) {
        result = obj_generic_getattr(t, self, name);
    } else {
        result = dict_get(t, dict, name);
        if (result == V_NULL && descr == V_NULL) result = attr_error_missing(t, self, name);
        else if (result == V_NULL) result = obj_generic_getattr(t, self, name);
    }
    v_drop(t, dict);
    return result;
}

static int local_setattr(Thread *t, V self, V name, V value) {
    if (is_dict_name(name)) {
        err_set(t, &exc_AttributeError, "'%T' object attribute '%V' is read-only", self, name);
        return -1;
    }
    V descr = v_is_str(name) ? type_lookup_borrow(t, v_type(self), name) : V_NULL;
    if (!v_is_str(name) || (descr != V_NULL && v_type(descr)->descr_set)) return obj_generic_setattr(t, self, name, value);
    V dict = local_dict(t, self);
    if (v_is_error(dict)) return -1;
    int status;
    if (value != V_NULL) {
        status = dict_set(t, dict, name, value);
    } else {
        status = dict_discard(t, dict, name);
        if (status == 0) err_set(t, &exc_AttributeError, "'%T' object has no attribute '%V'", self, name);
        status = status == 1 ? 0 : -1;
    }
    v_drop(t, dict);
    return status;
}

// ---- birth and death --------------------------------------------------------------------------------------------------------
static V local_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (type->init == object_type.init && nargs + nkw)
        return err_set(t, &exc_TypeError, "Initialization arguments are not supported");
    V v = type_alloc(t, type, 0);
    if (v_is_error(v)) return V_ERROR;
    Local *local = local_of(v);
    local->key = at_fetch_add_relaxed(&last_key, 1) + 1;
    local->maker = t->id;
    V positional = tuple_from(t, args, nargs), values = nkw ? tuple_from(t, args + nargs, nkw) : V_NULL;
    if (v_is_error(positional) || v_is_error(values)) {
        if (!v_is_error(positional)) v_drop(t, positional);
        v_drop(t, v);
        return V_ERROR;
    }
    slot_init_steal(t, &local->head, &local->args, positional);
    slot_init_steal(t, &local->head, &local->kwvalues, values);
    slot_init(t, &local->head, &local->kwnames, kwnames);
    V dict = local_dict(t, v);
    if (v_is_error(dict)) {
        v_drop(t, v);
        return V_ERROR;
    }
    v_drop(t, dict);
    return v;
}

static int forget_key(Thread *t, void *key) {
    entry_remove(t, (uint64_t)(uintptr_t)key);
    return 0;
}

typedef struct Forget {
    Thread *self;
    void *key;
} Forget;

static void post_forget(Thread *t, void *arg) {
    Forget *forget = arg;
    if (t != forget->self) pending_post(t, forget_key, forget->key); // without memory the values stay until the thread ends
}

static void local_free(Thread *t, Obj *o) {
    Local *local = (Local *)o;
    void *key = (void *)(uintptr_t)local->key;
    forget_key(t, key);
    Forget forget = {t, key};
    if (at_load_relaxed(&local->spread) || local->maker != t->id) threads_each(post_forget, &forget);
}

typedef struct Visit {
    Local *local;
    SlotVisitor visit;
    void *arg;
    Thread *t;
} Visit;

static void visit_entry(Thread *owner, void *arg) {
    const Visit *visit = arg;
    Entry *entry = entry_find(owner->locals, visit->local->key);
    if (entry) visit->visit(visit->t, &visit->local->head, &entry->dict, visit->arg);
}

// A LOCAL object has been used by its owner alone, and it is the owner who collects it.  (Whoever else looks at it, in a
// stopped world, finds no entry and need not: the dict is LOCAL, too.)  In the GIL build all threads' dicts are in the one
// domain, and nobody else changes tables, or the list of threads, meanwhile.
static void local_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Local *local = (Local *)o;
    VISIT(local->args);
    VISIT(local->kwnames);
    VISIT(local->kwvalues);
    if (obj_is_shared(o) && !program_ends) return;
    Visit dicts = {local, visit, arg, t};
    if (threading_gil_enabled()) threads_each_unwaiting(visit_entry, &dicts);
    else visit_entry(t, &dicts);
}

Type thread_local_type = {
    TYPE_HEAD("_thread._local"), .size = sizeof(Local), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .new_ = local_make, .traverse = local_traverse, .free_ = local_free, .getattr = local_getattr, .setattr = local_setattr,
    .doc = "Thread-local data",
};
