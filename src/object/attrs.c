// SPDX-License-Identifier: MIT
// The attributes of an instance: cells by shape, an overflow vector, or a real dict.  Layout and rules are in shape.h.
//
// Read attrs_set first.  `o` may be SHARED in every function here: what changes structure takes its lock, drains old
// cells with exchange(V_MOVED), and readers that meet V_MOVED wait for the lock and look again.
#include "object/shape.h"
#include "object/bytes.h"
#include "base/bits.h"
#include "threading/debug.h"

// ---- where the area stands --------------------------------------------------------------------------------------------
static size_t var_payload(const Obj *o) {
    const Type *type = o->type;
    V v = v_from(o);
    if (type_has(type, TYPE_TUPLE)) return tuple_len(v) * sizeof(Slot);
    if (type_has(type, TYPE_STR)) return (str_len(v) + 1) * (size_t)str_kind(v);
    if (type_has(type, TYPE_BYTES)) return bytes_len(v) + 1;
    HD_ASSERT(type_has(type, TYPE_INT));
    int64_t size = ((const Int *)o)->size;
    return (size_t)(size < 0 ? -size : size) * sizeof(uint64_t);
}

void *attrs_var_tail(Obj *o) { return (char *)o + align_up(o->type->size + var_payload(o), sizeof(Slot)); }
Attrs *attrs_of_var(Obj *o) { return (Attrs *)((Slot *)attrs_var_tail(o) + o->type->nslots); }

void attrs_init(Attrs *a, const Type *type, unsigned ninline) {
    a->shape = type->shape_root;
    a->ninline = (uint16_t)ninline;
}

static AttrOverflow *overflow_of(const Attrs *a) {
    V tail = at_load_acquire(&a->tail.bits);
    return tail & 1 ? (AttrOverflow *)(tail - 1) : NULL;
}

// The position of name, which need not be interned.
static int find_any(uint32_t shape, V name) {
    if (str_is_interned(name)) return shape_find(shape, name);
    size_t n = shape_count(shape);
    for (size_t i = 0; i < n; i++) {
        if (str_equal(shape_name_borrow(shape, i), name)) return (int)i;
    }
    return -1;
}

// Waits until a change of structure by another thread is complete.
static NOINLINE void wait_for_change(Thread *t, Obj *o) { CRITICAL(t, o); }

// ---- reading ---------------------------------------------------------------------------------------------------------
V attrs_get(Thread *t, Obj *o, V name) {
    Attrs *a = attrs_of(o);
    for (;;) {
        uint32_t shape = at_load_acquire(&a->shape);
        if (shape == SHAPE_DICT) {
            V dict = slot_get(o, &a->tail);
            if (dict == V_NULL) return V_NULL;
            V v = dict_get(t, dict, name);
            v_drop(t, dict);
            return v;
        }
        int i = find_any(shape, name);
        if (i < 0) return V_NULL;
        Slot *cell = attrs_slot(a, (size_t)i);
        V v = cell ? slot_get(o, cell) : V_MOVED;
        if (likely(v != V_MOVED)) return v;
        wait_for_change(t, o);
    }
}

bool attrs_empty(Obj *o) {
    Attrs *a = attrs_of(o);
    uint32_t shape = at_load_acquire(&a->shape);
    if (shape == SHAPE_DICT) {
        V dict = slot_peek(&a->tail);
        return dict == V_NULL || dict_len(dict) == 0;
    }
    size_t n = shape_count(shape);
    for (size_t i = 0; i < n; i++) {
        Slot *cell = attrs_slot(a, i);
        if (!cell || slot_peek(cell) != V_NULL) return false;
    }
    return true;
}

// ---- writing a cell --------------------------------------------------------------------------------------------------
bool attrs_store_shared(Thread *t, Slot *cell, V v) {
    share_value(t, v);
    v = v_own(v);
    V old = at_exchange_acq_rel(&cell->bits, v);
    if (unlikely(old == V_MOVED)) {
        // Put MOVED back.  What comes out is v, or the value of a writer that came after us; either is written again.
        v_drop(t, at_exchange_acq_rel(&cell->bits, V_MOVED));
        return false;
    }
    v_drop(t, old);
    return true;
}

// Under the lock: moves the overflow cells to a larger vector that has room for `n` of them.
static int overflow_grow(Thread *t, Obj *o, Attrs *a, size_t n) {
    AttrOverflow *old = overflow_of(a);
    size_t capacity = old ? old->capacity * 2 : 4;
    while (capacity < n) capacity *= 2;
    AttrOverflow *bigger = mem_calloc(t, 1, sizeof *bigger + capacity * sizeof(Slot));
    if (!bigger) {
        err_no_memory(t);
        return -1;
    }
    bigger->capacity = capacity;
    for (size_t i = 0; old && i < old->capacity; i++) {
        bool drain = obj_is_shared(o) && !MUTATED(MUTATE_NO_MOVED);
        V v = drain ? at_exchange_acq_rel(&old->slots[i].bits, V_MOVED) : old->slots[i].bits;
        bigger->slots[i].bits = v;
    }
    debug_sched_point();
    at_store_release(&a->tail.bits, (V)(uintptr_t)bigger | 1);
    if (old) mem_release(t, o, old);
    return 0;
}

// Remembers how many attributes instances of this class get.  type->reserved: low byte instances seen while learning,
// high byte the most attributes one of them had.
static void learn(Type *type, size_t count) {
    if (count > SHAPE_MAX_INLINE) count = SHAPE_MAX_INLINE;
    uint16_t seen = at_load_relaxed(&type->reserved);
    if (count > (size_t)(seen >> 8)) at_store_relaxed(&type->reserved, (uint16_t)((seen & 255) | count << 8));
    if (count > at_load_relaxed(&type->inline_attrs)) at_store_relaxed(&type->inline_attrs, (uint16_t)count);
}

// ---- the dict ----------------------------------------------------------------------------------------------------------

// Under the lock: a new dict of what the cells hold.
static V dict_from_cells(Thread *t, Obj *o, Attrs *a, uint32_t shape) {
    size_t n = shape_count(shape);
    V dict = dict_new_presized(t, n);
    if (v_is_error(dict)) return V_ERROR;
    for (size_t i = 0; i < n; i++) {
        V v = slot_get(o, attrs_slot(a, i));
        if (v == V_NULL) continue;
        int r = dict_set(t, dict, shape_name_borrow(shape, i), v);
        v_drop(t, v);
        if (r < 0) {
            v_drop(t, dict);
            return V_ERROR;
        }
    }
    return dict;
}

// Under the lock: empties the cells for good.  A value that arrived after the dict was made goes there (dict V_NULL: drops).
static void drain_cells(Thread *t, Obj *o, Attrs *a, uint32_t shape, V dict) {
    size_t n = shape_count(shape);
    for (size_t i = 0; i < n; i++) {
        Slot *cell = attrs_slot(a, i);
        V v = at_exchange_acq_rel(&cell->bits, obj_is_shared(o) ? V_MOVED : V_NULL);
        if (v != V_NULL && dict != V_NULL && obj_is_shared(o)) {
            V name = shape_name_borrow(shape, i), there = dict_get(t, dict, name);
            if (!v_is(there, v) && dict_set(t, dict, name, v) < 0) err_clear(t); // replaces a value: needs no memory
            v_drop(t, there);
        }
        v_drop(t, v);
    }
}

// Under the lock: all attributes from now on in `dict` (consumed; V_NULL: an empty one, not made yet).
static void become_dict(Thread *t, Obj *o, Attrs *a, uint32_t shape, V dict, bool keep) {
    section_assert(t, o);
    drain_cells(t, o, a, shape, keep ? dict : V_NULL);
    debug_sched_point();
    AttrOverflow *old = overflow_of(a);
    slot_set_steal(t, o, &a->tail, dict);
    at_store_release(&a->shape, SHAPE_DICT);
    if (old) mem_release(t, o, old);
}

static int materialise_lock_held(Thread *t, Obj *o, Attrs *a) {
    uint32_t shape = at_load_acquire(&a->shape);
    if (shape == SHAPE_DICT) return 0;
    V dict = dict_from_cells(t, o, a, shape);
    if (v_is_error(dict)) return -1;
    become_dict(t, o, a, shape, dict, true);
    return 0;
}

V attrs_dict(Thread *t, Obj *o) {
    Attrs *a = attrs_of(o);
    if (at_load_acquire(&a->shape) == SHAPE_DICT) {
        V dict = slot_get(o, &a->tail);
        if (dict != V_NULL) return dict;
    }
    CRITICAL(t, o);
    if (materialise_lock_held(t, o, a) < 0) return V_ERROR;
    V dict = slot_get(o, &a->tail);
    if (dict != V_NULL) return dict;
    dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    slot_set_steal(t, o, &a->tail, dict);
    return slot_get(o, &a->tail);
}

V attrs_dict_copy(Thread *t, Obj *o) {
    Attrs *a = attrs_of(o);
    CRITICAL(t, o);
    uint32_t shape = at_load_acquire(&a->shape);
    if (shape != SHAPE_DICT) return dict_from_cells(t, o, a, shape);
    V dict = slot_get(o, &a->tail);
    if (dict == V_NULL) return dict_new(t);
    V copy = dict_copy(t, dict);
    v_drop(t, dict);
    return copy;
}

int attrs_set_dict(Thread *t, Obj *o, V dict) {
    Attrs *a = attrs_of(o);
    CRITICAL(t, o);
    become_dict(t, o, a, at_load_acquire(&a->shape), v_dup(dict), false);
    return 0;
}

// ---- setting -----------------------------------------------------------------------------------------------------------
static int set_in_dict(Thread *t, Obj *o, Attrs *a, V name, V value) {
    V dict = slot_get(o, &a->tail);
    if (dict == V_NULL) {
        if (value == V_NULL) return 1;
        dict = attrs_dict(t, o);
        if (v_is_error(dict)) return -1;
    }
    int r;
    if (value != V_NULL) {
        r = dict_set(t, dict, name, value);
    } else {
        r = dict_discard(t, dict, name);
        if (r >= 0) r = !r;
    }
    v_drop(t, dict);
    return r;
}

enum { DONE = 0, AGAIN = 2 };

// A name of the shape whose cell is empty: deleted before.  Set again it comes last, which only a dict can show unless
// nothing stands behind it.
static int set_emptied(Thread *t, Obj *o, Attrs *a, uint32_t shape, size_t i, V value) {
    CRITICAL(t, o);
    if (at_load_acquire(&a->shape) != shape) return AGAIN;
    size_t n = shape_count(shape);
    for (size_t k = i + 1; k < n; k++) {
        if (slot_peek(attrs_slot(a, k)) != V_NULL) return materialise_lock_held(t, o, a) < 0 ? -1 : AGAIN;
    }
    slot_set(t, o, attrs_slot(a, i), value);
    return DONE;
}

static int set_cell(Thread *t, Obj *o, Attrs *a, uint32_t shape, size_t i, V value) {
    Slot *cell = attrs_slot(a, i);
    V now = cell ? slot_peek(cell) : V_MOVED;
    if (now == V_MOVED) {
        wait_for_change(t, o);
        return AGAIN;
    }
    if (value == V_NULL) {
        CRITICAL(t, o);
        if (at_load_acquire(&a->shape) != shape || attrs_slot(a, i) != cell) return AGAIN;
        V old = slot_take(o, cell);
        v_drop(t, old);
        return old == V_NULL;
    }
    if (now == V_NULL) return set_emptied(t, o, a, shape, i, value);
    return attrs_store_steal(t, o, cell, v_dup(value)) ? DONE : AGAIN;
}

static int add_name(Thread *t, Obj *o, Attrs *a, uint32_t shape, V name, V value) {
    uint32_t next = shape_add(t, shape, name);
    CRITICAL(t, o);
    if (at_load_acquire(&a->shape) != shape) return AGAIN;
    if (next == 0) return materialise_lock_held(t, o, a) < 0 ? -1 : AGAIN;
    size_t i = shape_count(shape);
    if (i >= a->ninline) {
        AttrOverflow *overflow = overflow_of(a);
        if ((!overflow || i - a->ninline >= overflow->capacity) && overflow_grow(t, o, a, i - a->ninline + 1) < 0) return -1;
    }
    slot_set(t, o, attrs_slot(a, i), value);
    at_store_release(&a->shape, next);
    learn(o->type, i + 1);
    return DONE;
}

static int attrs_set_interned(Thread *t, Obj *o, V name, V value) {
    Attrs *a = attrs_of(o);
    for (;;) {
        uint32_t shape = at_load_acquire(&a->shape);
        if (shape == SHAPE_DICT) return set_in_dict(t, o, a, name, value);
        int i = shape_find(shape, name);
        if (i < 0 && value == V_NULL) return 1;
        int r = i >= 0 ? set_cell(t, o, a, shape, (size_t)i, value) : add_name(t, o, a, shape, name, value);
        if (r != AGAIN) return r;
    }
}

int attrs_set(Thread *t, Obj *o, V name, V value) {
    if (likely(str_is_interned(name))) return attrs_set_interned(t, o, name, value);
    if (!v_is_exact(name, &str_type)) { // an instance of a str subclass stays the key it is
        V dict = attrs_dict(t, o);
        if (v_is_error(dict)) return -1;
        v_drop(t, dict);
        return set_in_dict(t, o, attrs_of(o), name, value);
    }
    V interned = str_intern_steal(t, v_dup(name));
    if (v_is_error(interned)) return -1;
    int r = attrs_set_interned(t, o, interned, value);
    v_drop(t, interned);
    return r;
}

// ---- visiting and freeing ------------------------------------------------------------------------------------------------
void attrs_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Attrs *a = attrs_of(o);
    for (unsigned i = 0; i < a->ninline; i++) visit(t, o, &a->slots[i], arg);
    AttrOverflow *overflow = overflow_of(a);
    if (!overflow) {
        visit(t, o, &a->tail, arg);
        return;
    }
    for (size_t i = 0; i < overflow->capacity; i++) visit(t, o, &overflow->slots[i], arg);
}

static inline void drop_cell(Thread *t, Slot *s) {
    V v = at_load_relaxed(&s->bits);
    if (!v_is_counted(v)) return;
    at_store_relaxed(&s->bits, V_NULL);
    v_drop(t, v);
}

void attrs_drop(Thread *t, Obj *o) {
    Attrs *a = attrs_of(o);
    for (unsigned i = 0; i < a->ninline; i++) drop_cell(t, &a->slots[i]);
    if (likely(a->tail.bits == V_NULL)) return;
    AttrOverflow *overflow = overflow_of(a);
    if (!overflow) {
        drop_cell(t, &a->tail);
        return;
    }
    for (size_t i = 0; i < overflow->capacity; i++) drop_cell(t, &overflow->slots[i]);
    attrs_free(t, o);
}

void attrs_free(Thread *t, Obj *o) {
    Attrs *a = attrs_of(o);
    AttrOverflow *overflow = overflow_of(a);
    if (!overflow) return;
    a->tail.bits = V_NULL;
    mem_release(t, o, overflow);
}
