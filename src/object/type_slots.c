// SPDX-License-Identifier: MIT
// From dunders to slots and back: filling a heap type's slots, keeping them right when a dunder changes, inheriting them
// into static types, and giving static types a wrapper in their dict for each slot they fill.
//
// The rule for one slot of a heap type (slot_value): look every dunder of the slot up along the MRO.  A wrapper of that
// very slot, made for a type this one derives from, stands for its C function; two different ones, or anything written in
// Python, mean the generic function.  A wrapper of another slot with the same dunder (list's __add__ is `concat`, int's is
// `add`) says nothing about this one.
#include "object/descr.h"

enum { MAX_ROWS = 128, NAME_CELLS = 256 };
static V *row_names;             // interned, one a row; const after slots_init
static const SlotRow **row_next; // the next row of the same slot, or NULL; likewise
static const SlotRow **row_first; // the first row of the same slot; likewise
// Rows by the address of their name: a table of 1 + the first row of a dunder, and 1 + the next one of the same dunder.
static uint8_t name_cells[NAME_CELLS], row_same_name[MAX_ROWS]; // likewise

static const SlotRow *next_row_of_slot(const SlotRow *row) {
    uint16_t offset = row->offset;
    for (row++; row->dunder; row++) {
        if (row->offset == offset) return row;
    }
    return NULL;
}

static uint8_t *cell_of_name(V name) {
    size_t at = (size_t)(name >> 4 ^ name >> 12) % NAME_CELLS;
    while (name_cells[at] && !v_is(row_names[name_cells[at] - 1], name)) at = (at + 1) % NAME_CELLS;
    return &name_cells[at];
}

static void name_cells_add(size_t row) {
    uint8_t *at = cell_of_name(row_names[row]);
    while (*at) at = &row_same_name[*at - 1];
    *at = (uint8_t)(row + 1);
}

int slots_init(Thread *t) {
    HD_ASSERT(slot_row_count <= MAX_ROWS);
    row_names = mem_calloc(t, slot_row_count, sizeof(V));
    row_next = mem_calloc(t, slot_row_count, sizeof *row_next);
    row_first = mem_calloc(t, slot_row_count, sizeof *row_first);
    if (!row_names || !row_next || !row_first) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; i < slot_row_count; i++) {
        row_names[i] = str_static(slot_rows[i].dunder);
        name_cells_add(i);
        row_next[i] = next_row_of_slot(&slot_rows[i]);
        if (!row_first[i]) row_first[i] = &slot_rows[i];
        if (row_next[i]) row_first[row_next[i] - slot_rows] = row_first[i];
    }
    return 0;
}

static const SlotRow *first_row_of_slot(const SlotRow *row) { return row_first[row - slot_rows]; }
#define EACH_ROW_OF_SLOT(row, first) for (const SlotRow *row = (first); row; row = row_next[row - slot_rows])

V slot_row_name(const SlotRow *row) { return row_names[row - slot_rows]; }

// ---- a heap type's slots -----------------------------------------------------------------------------------------------
static bool is_wrapper(V v) { return v_is_exact(v, &slot_wrapper_type); }

// What the dunder of `row` says about the slot: *specific gets a C function, or the answer is true for "generic".
static bool row_wants_generic(Type *type, const SlotRow *row, V found, void **specific, bool *conflict) {
    if (is_wrapper(found)) {
        SlotWrapper *w = (SlotWrapper *)v_obj(found);
        if (w->row->offset != row->offset) {
            // The same dunder for another slot; a dunder under a foreign name (`__lt__ = int.__gt__`) or of a foreign type
            // is just a callable.
            return strcmp(w->row->dunder, row->dunder) != 0 || !type_is_subtype(type, w->type);
        }
        if (w->row != row || !type_is_subtype(type, w->type)) return true;
        if (*specific && *specific != w->fn) *conflict = true;
        *specific = w->fn;
        return false;
    }
    return true;
}

static void *new_slot_value(Type *type, V found) {
    if (v_is_exact(found, &static_method_type)) found = slot_peek(&((StaticMethod *)v_obj(found))->callable);
    if (v_is_exact(found, &native_type) && native_of(found)->row->fn == new_wrapper) {
        V owner = slot_peek(&native_of(found)->self);
        if (v_is_type(owner) && type_is_subtype(type, v_as_type(owner))) return (void *)v_as_type(owner)->new_;
    }
    return (void *)slotfn_new;
}

static void *slot_value(Type *type, const SlotRow *first) { // first: the slot's first row
    void *specific = NULL, *generic = NULL;
    bool conflict = false, any = false;
    uint16_t offset = first->offset;
    EACH_ROW_OF_SLOT(row, first) {
        V found = type_find_in_mro(type, slot_row_name(row));
        if (found == V_NULL) continue;
        if (offset == offsetof(Type, new_)) return new_slot_value(type, found);
        if (found == V_NONE && offset == offsetof(Type, hash)) return (void *)obj_hash_unhashable;
        if (row_wants_generic(type, row, found, &specific, &conflict)) {
            any = true;
            generic = row->generic;
        }
    }
    if (conflict || any) {
        if (generic) return generic;
        return conflict ? first->generic : NULL;
    }
    return specific;
}

// `item` has no dunder of its own: it goes with __getitem__.
static IndexFn item_value(Type *type) {
    V found = type_find_in_mro(type, NAME(__getitem__));
    if (found == V_NULL) return NULL;
    if (is_wrapper(found) && ((SlotWrapper *)v_obj(found))->row->offset == offsetof(Type, subscript))
        return ((SlotWrapper *)v_obj(found))->type->item;
    return slotfn_item;
}

// Instances from now on are born with what the slot says.
static void set_finalize_flag(Type *type) {
    uint32_t old = at_load_relaxed(&type->alloc_flags), born = old & ~(uint32_t)OBJ_FINALIZABLE;
    if (type->finalize) {
        type->flags |= TYPE_FINALIZE;
        born |= OBJ_FINALIZABLE;
    } else {
        type->flags &= ~(uint32_t)TYPE_FINALIZE;
    }
    if (born != old) at_store_relaxed(&type->alloc_flags, born);
}

static void store_slot(Type *type, size_t offset, void *value) {
    *type_slot_at(type, offset) = value;
    if (offset == offsetof(Type, subscript)) type->item = item_value(type);
    if (offset == offsetof(Type, finalize)) set_finalize_flag(type);
}

// The slot of a class that threads know.  They read slots plainly, by some operations twice: nobody may be in the middle of
// one when it changes, which is rare.
static void update_slot(Thread *t, Type *type, const SlotRow *first) {
    size_t offset = first->offset;
    void **slot = type_slot_at(type, offset);
    bool item = offset == offsetof(Type, subscript) && type->item != item_value(type);
    if (*slot == slot_value(type, first) && !item) return;
    world_stop(t);
    store_slot(type, offset, slot_value(type, first)); // another thread may have changed the class before the world stood
    world_start(t);
    // Whoever found an instance of this type in a class remembered whether it is a descriptor: all of them look again.
    if (offset == offsetof(Type, descr_get) || offset == offsetof(Type, descr_set)) type_modified(t, &object_type);
}

// The slots that a class's own dict says something about: few classes have many, so the dict is asked for its keys.
typedef struct OwnSlots { bool has[MAX_ROWS]; } OwnSlots; // by the slot's first row

static void own_slots_add(OwnSlots *own, size_t row) { own->has[row_first[row] - slot_rows] = true; }

static void own_slots_find(Type *type, OwnSlots *own) {
    V key, value;
    size_t pos = 0;
    memset(own, 0, sizeof *own);
    while (dict_next(slot_peek(&type->dict), &pos, &key, &value)) {
        if (!v_is_str(key) || str_len(key) < 5 || str_at(key, 0) != '_' || str_at(key, 1) != '_') continue;
        if (str_is_interned(key)) {
            for (uint8_t row = *cell_of_name(key); row; row = row_same_name[row - 1]) own_slots_add(own, row - 1u);
            continue;
        }
        for (size_t i = 0; i < slot_row_count; i++)
            if (str_equal(row_names[i], key)) own_slots_add(own, i);
    }
}

// Is the MRO the type and then its base's?
static bool mro_is_bases(Type *type) {
    Type *base = type->base;
    V mro = slot_peek(&type->mro), rest = base ? slot_peek(&base->mro) : V_NULL;
    if (rest == V_NULL || tuple_len(mro) != tuple_len(rest) + 1) return false;
    for (size_t i = 0; i < tuple_len(rest); i++) {
        if (tuple_borrow(mro, i + 1) != tuple_borrow(rest, i)) return false;
    }
    return true;
}

// Slots that a static type does not hand on as they are: what it says about them stands in its dict.
static bool is_special_slot(uint16_t offset) {
    return offset == offsetof(Type, new_) || offset == offsetof(Type, subscript) || offset == offsetof(Type, finalize);
}

// A class's slots say all that its dict and MRO do, and so do object's.
static bool slots_are_plain(const Type *type) { return type == &object_type || type_has(type, TYPE_HEAP); }

// Are there several bases, all plain, whose MROs the type's is merged from?  Then what it finds for a dunder is what one of
// them finds, and where all have the same slot, it has that.
static bool bases_are_plain(const Type *type) {
    V bases = slot_peek(&type->bases);
    if (bases == V_NULL || tuple_len(bases) < 2 || type_has(type, TYPE_CUSTOM_MRO)) return false;
    for (size_t i = 0; i < tuple_len(bases); i++) {
        if (!v_is_type(tuple_borrow(bases, i)) || !slots_are_plain(v_as_type(tuple_borrow(bases, i)))) return false;
    }
    return true;
}

static bool bases_agree(const Type *type, uint16_t offset) {
    V bases = slot_peek(&type->bases);
    Type *first = v_as_type(tuple_borrow(bases, 0));
    for (size_t i = 1; i < tuple_len(bases); i++) {
        Type *base = v_as_type(tuple_borrow(bases, i));
        if (*type_slot_at(base, offset) != *type_slot_at(first, offset)) return false;
        if (offset == offsetof(Type, subscript) && base->item != first->item) return false;
    }
    return true;
}

static void copy_slot(Type *type, Type *base, uint16_t offset) {
    *type_slot_at(type, offset) = *type_slot_at(base, offset);
    if (offset == offsetof(Type, subscript)) type->item = base->item;
}

// A class whose MRO adds nothing but itself has its base's slots but where it defines the dunder itself.
void type_fill_slots(Type *type) {
    bool one_base = mro_is_bases(type), plain = type->base && slots_are_plain(type->base), several = !one_base && bases_are_plain(type);
    OwnSlots own;
    own_slots_find(type, &own);
    for (size_t i = 0; i < slot_row_count; i++) {
        const SlotRow *row = &slot_rows[i];
        if (row_first[i] != row) continue;
        if (own.has[i]) store_slot(type, row->offset, slot_value(type, row));
        else if (one_base && (plain || !is_special_slot(row->offset))) copy_slot(type, type->base, row->offset);
        else if (several && bases_agree(type, row->offset)) copy_slot(type, v_as_type(tuple_borrow(slot_peek(&type->bases), 0)), row->offset);
        else store_slot(type, row->offset, slot_value(type, row));
    }
    set_finalize_flag(type);
}

void type_renew_slots(Thread *t, Type *type) {
    for (size_t i = 0; i < slot_row_count; i++)
        if (row_first[i] == &slot_rows[i]) update_slot(t, type, &slot_rows[i]);
}

static void update_tree(Thread *t, Type *type, V dunder) {
    if (type_has(type, TYPE_HEAP)) {
        for (const SlotRow *row = slot_rows; row->dunder; row++) {
            if (v_is(slot_row_name(row), dunder)) update_slot(t, type, first_row_of_slot(row));
        }
    }
    V subclasses = type_subclasses_list(t, type);
    if (v_is_error(subclasses)) {
        err_clear(t); // out of memory: the subclasses keep what they had
        return;
    }
    for (size_t i = 0; i < list_len(subclasses); i++) {
        V sub = list_get(t, subclasses, i);
        update_tree(t, v_as_type(sub), dunder);
        v_drop(t, sub);
    }
    v_drop(t, subclasses);
}

void type_update_slot(Thread *t, Type *type, V dunder) {
    for (const SlotRow *row = slot_rows; row->dunder; row++) {
        if (v_is(slot_row_name(row), dunder) || str_equal(slot_row_name(row), dunder)) {
            update_tree(t, type, slot_row_name(row));
            return;
        }
    }
}

bool type_new_is_generic(const Type *type) { return type->new_ == slotfn_new; }

// ---- static types ------------------------------------------------------------------------------------------------------
static bool row_in_methods(const Type *type, const char *dunder) {
    for (const Method *row = type->methods; row && row->name; row++) {
        if (strcmp(row->name, dunder) == 0) return true;
    }
    return false;
}

int type_add_wrappers(Thread *t, Type *type, V dict) {
    for (const SlotRow *row = slot_rows; row->dunder; row++) {
        void *fn = *type_slot_at(type, row->offset);
        if (!fn || row->kind == WRAP_NONE || !row->dunder || row_in_methods(type, row->dunder)) continue;
        V name = slot_row_name(row);
        int there = dict_contains(t, dict, name);
        if (there < 0) return -1;
        if (there) continue;
        if (fn == (void *)obj_hash_unhashable) {
            if (dict_set(t, dict, name, V_NONE) < 0) return -1;
            continue;
        }
        V wrapper = slot_wrapper_new(t, type, row, fn);
        if (v_is_error(wrapper)) return -1;
        int r = dict_set(t, dict, name, wrapper);
        v_drop(t, wrapper);
        if (r < 0) return -1;
    }
    return 0;
}

void type_inherit_slots(Type *type, const Type *base) {
    // Equality and hash come together or not at all.
    bool own = type->compare || type->hash || row_in_methods(type, "__eq__") || row_in_methods(type, "__hash__");
    if (!own) {
        type->compare = base->compare;
        type->hash = base->hash;
    }
#define SLOT(field, fn_type) \
    if (!type->field && offsetof(Type, field) != offsetof(Type, compare) && offsetof(Type, field) != offsetof(Type, hash) && \
        offsetof(Type, field) != offsetof(Type, new_)) \
        type->field = base->field;
    TYPE_SLOTS(SLOT)
#undef SLOT
}
