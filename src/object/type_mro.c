// SPDX-License-Identifier: MIT
// Bases and their consequences: the C3 order, custom mro(), the list of subclasses, and the base that decides the layout.
#include "object/slots.h"
#include "object/misc.h"
#include "threading/mutex.h"

bool type_is_subtype(const Type *a, const Type *b) {
    if (a == b) return true;
    V mro = slot_peek(&a->mro);
    if (mro == V_NULL) { // not ready yet: the chain of first bases
        for (; a; a = a->base) {
            if (a == b) return true;
        }
        return b == &object_type;
    }
    V wanted = v_from_type(b);
    for (size_t i = 0, n = tuple_len(mro); i < n; i++) {
        if (tuple_borrow(mro, i) == wanted) return true;
    }
    return false;
}

bool type_check(Thread *t, V v, Type *type) {
    (void)t;
    return type_is_subtype(v_type(v), type);
}

// ---- C3 ----------------------------------------------------------------------------------------------------------------
typedef struct Line { V tuple; size_t at; } Line; // what is left of one base's MRO, or of the bases themselves

static bool in_a_tail(const Line *lines, size_t n, V candidate) {
    for (size_t i = 0; i < n; i++) {
        for (size_t k = lines[i].at + 1; k < tuple_len(lines[i].tuple); k++) {
            if (tuple_borrow(lines[i].tuple, k) == candidate) return true;
        }
    }
    return false;
}

// "Cannot create a consistent method resolution\norder (MRO) for bases X, Y": the heads that block each other.
static V order_error(Thread *t, const Line *lines, size_t n) {
    StrBuilder b;
    sb_init(&b, t);
    sb_cstr(&b, "Cannot create a consistent method resolution\norder (MRO) for bases ");
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        if (lines[i].at >= tuple_len(lines[i].tuple)) continue;
        V head = tuple_borrow(lines[i].tuple, lines[i].at);
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen |= lines[k].at < tuple_len(lines[k].tuple) && tuple_borrow(lines[k].tuple, lines[k].at) == head;
        if (seen) continue;
        V name = type_name(t, v_as_type(head));
        if (v_is_error(name)) {
            sb_abandon(&b);
            return V_ERROR;
        }
        if (!first) sb_cstr(&b, ", ");
        first = false;
        sb_str(&b, name);
        v_drop(t, name);
    }
    V message = sb_finish(&b);
    if (v_is_error(message)) return V_ERROR;
    err_set_v(t, &exc_TypeError, message);
    v_drop(t, message);
    return V_ERROR;
}

static V merge(Thread *t, V result, Line *lines, size_t n) {
    for (;;) {
        size_t empty = 0, i;
        V next = V_NULL;
        for (i = 0; i < n; i++) {
            if (lines[i].at >= tuple_len(lines[i].tuple)) {
                empty++;
                continue;
            }
            V head = tuple_borrow(lines[i].tuple, lines[i].at);
            if (!in_a_tail(lines, n, head)) {
                next = head;
                break;
            }
        }
        if (next == V_NULL) return empty == n ? result : order_error(t, lines, n);
        if (list_append(t, result, next) < 0) return V_ERROR;
        for (i = 0; i < n; i++) {
            if (lines[i].at < tuple_len(lines[i].tuple) && tuple_borrow(lines[i].tuple, lines[i].at) == next) lines[i].at++;
        }
    }
}

static int check_duplicates(Thread *t, V bases) {
    for (size_t i = 0; i < tuple_len(bases); i++) {
        for (size_t k = i + 1; k < tuple_len(bases); k++) {
            if (tuple_borrow(bases, i) != tuple_borrow(bases, k)) continue;
            V name = type_name(t, v_as_type(tuple_borrow(bases, i)));
            if (v_is_error(name)) return -1;
            err_set(t, &exc_TypeError, "duplicate base class %V", name);
            v_drop(t, name);
            return -1;
        }
    }
    return 0;
}

V type_mro_c3(Thread *t, Type *type) {
    V bases = slot_peek(&type->bases);
    size_t n = bases == V_NULL ? 0 : tuple_len(bases);
    V result = list_with_capacity(t, 8);
    if (v_is_error(result)) return V_ERROR;
    Line lines[n + 1];
    for (size_t i = 0; i < n; i++) {
        Type *base = v_as_type(tuple_borrow(bases, i));
        if (slot_peek(&base->mro) == V_NULL) {
            err_set(t, &exc_TypeError, "Cannot extend an incomplete type '%N'", base);
            goto fail;
        }
        lines[i] = (Line){slot_peek(&base->mro), 0};
    }
    if (list_append(t, result, v_from_type(type)) < 0) goto fail;
    if (n == 0) return result;
    lines[n] = (Line){bases, 0};
    if (n > 1 && check_duplicates(t, bases) < 0) goto fail;
    if (v_is_error(merge(t, result, lines, n + 1))) goto fail;
    return result;
fail:
    v_drop(t, result);
    return V_ERROR;
}

// ---- custom mro() --------------------------------------------------------------------------------------------------------
// The class that last added something to the layout.  A __dict__ does so only where items are; a
// str's do not count, for they stand elsewhere in CPython.
static Type *solid_base(Type *type) {
    for (Type *base = type->base; base; type = base, base = base->base) {
        if (type->size != base->size || type->item_size != base->item_size || type->nslots != base->nslots) return type;
        if (type->item_size && !type->attrs_offset != !base->attrs_offset && !type_is_subtype(type, &str_type)) return type;
    }
    return type;
}

static int check_custom_mro(Thread *t, Type *type, V mro) {
    if (tuple_len(mro) == 0) {
        err_set(t, &exc_TypeError, "type MRO must not be empty");
        return -1;
    }
    Type *solid = solid_base(type);
    for (size_t i = 0; i < tuple_len(mro); i++) {
        V item = tuple_borrow(mro, i);
        if (!v_is_type(item)) {
            err_set(t, &exc_TypeError, "mro() returned a non-class ('%T')", item);
            return -1;
        }
        if (!type_is_subtype(solid, solid_base(v_as_type(item)))) {
            err_set(t, &exc_TypeError, "mro() returned base with unsuitable layout ('%N')", v_as_type(item));
            return -1;
        }
    }
    return 0;
}

V type_compute_mro(Thread *t, Type *type) {
    Type *meta = type->head.type;
    bool custom = false;
    if (meta != &type_type) {
        V found = type_find_in_mro(meta, NAME(mro));
        custom = found != V_NULL && !v_is(found, type_own_attr_borrow(&type_type, NAME(mro)));
    }
    V list = custom ? obj_call_method0(t, v_from_type(type), NAME(mro)) : type_mro_c3(t, type);
    if (v_is_error(list)) return V_ERROR;
    V tuple = obj_to_tuple(t, list);
    v_drop(t, list);
    if (v_is_error(tuple) || !custom) return tuple;
    type->flags |= TYPE_CUSTOM_MRO;
    if (check_custom_mro(t, type, tuple) < 0) {
        v_drop(t, tuple);
        return V_ERROR;
    }
    return tuple;
}

int type_set_mro(Thread *t, Type *type, V mro) {
    type_modified(t, type);
    V old = slot_get(&type->head, &type->mro);
    slot_set(t, &type->head, &type->mro, mro);
    type_modified(t, type);
    v_drop(t, old);
    return 0;
}

// ---- subclasses ----------------------------------------------------------------------------------------------------------
// type->subclasses is a dict {id: the type itself when it is static, else a weakref to it}.

// Takes out what has died.  An entry whose key a new class has taken over meanwhile stays.
static void forget_dead(Thread *t, V dict) {
    V items = dict_items_list(t, dict);
    if (v_is_error(items)) {
        err_clear(t);
        return;
    }
    for (size_t i = 0; i < list_len(items); i++) {
        V item = list_get(t, items, i), key = tuple_borrow(item, 0), entry = tuple_borrow(item, 1);
        V sub = v_is_type(entry) ? v_dup(entry) : weakref_get(t, entry);
        if (sub == V_NONE) {
            CRITICAL(t, v_obj(dict));
            V now = dict_get(t, dict, key);
            if (v_is(now, entry) && dict_discard(t, dict, key) < 0) err_clear(t);
            v_drop(t, now);
        }
        v_drop(t, sub);
        v_drop(t, item);
    }
    v_drop(t, items);
}

enum { FEW_SUBCLASSES = 64 };

// Once in half as many additions as there are entries, so that it costs each addition a little.
static void forget_dead_sometimes(Thread *t, V dict) {
    static uint32_t turn; // atomic
    size_t n = dict_len(dict);
    if (n >= FEW_SUBCLASSES && at_fetch_add_relaxed(&turn, 1u) % (n / 2) == 0) forget_dead(t, dict);
}

static V subclasses_of(Thread *t, Type *base) { // made by the first who has one, of whatever threads
    CRITICAL(t, &base->head);
    V dict = slot_get(&base->head, &base->subclasses);
    if (dict != V_NULL) return dict;
    dict = dict_new(t);
    if (!v_is_error(dict)) slot_set(t, &base->head, &base->subclasses, dict);
    return dict;
}

int type_add_subclass(Thread *t, Type *base, Type *type) {
    V dict = subclasses_of(t, base);
    if (v_is_error(dict)) return -1;
    V entry = type_has(type, TYPE_HEAP) ? weakref_new(t, v_from_type(type), V_NONE) : v_from_type(type);
    int r = -1;
    if (!v_is_error(entry)) {
        V key = v_from_int((int64_t)(uintptr_t)type >> 4);
        r = dict_set(t, dict, key, entry);
        v_drop(t, entry);
        forget_dead_sometimes(t, dict);
    }
    v_drop(t, dict);
    return r;
}

void type_remove_subclass(Thread *t, Type *base, Type *type) {
    V dict = slot_get(&base->head, &base->subclasses);
    if (dict == V_NULL) return;
    if (dict_discard(t, dict, v_from_int((int64_t)(uintptr_t)type >> 4)) < 0) err_clear(t);
    v_drop(t, dict);
}

V type_subclasses_list(Thread *t, Type *type) {
    V list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    V dict = slot_get(&type->head, &type->subclasses);
    if (dict == V_NULL) return list;
    V entries = dict_values_list(t, dict);
    v_drop(t, dict);
    if (v_is_error(entries)) goto fail;
    for (size_t i = 0; i < list_len(entries); i++) {
        V entry = list_get(t, entries, i);
        V sub = v_is_type(entry) ? v_dup(entry) : weakref_get(t, entry);
        v_drop(t, entry);
        if (sub == V_NONE) continue;
        if (list_append_steal(t, list, sub) < 0) {
            v_drop(t, entries);
            goto fail;
        }
    }
    v_drop(t, entries);
    return list;
fail:
    v_drop(t, list);
    return V_ERROR;
}

// ---- the base that decides the layout ----------------------------------------------------------------------------------
Type *type_best_base(Thread *t, V bases) {
    Type *winner = NULL, *base = NULL;
    for (size_t i = 0; i < tuple_len(bases); i++) {
        V item = tuple_borrow(bases, i);
        if (!v_is_type(item)) {
            err_set(t, &exc_TypeError, "bases must be types");
            return NULL;
        }
        Type *type = v_as_type(item);
        if (!type_has(type, TYPE_HEAP) && type_ready(t, type) < 0) return NULL;
        if (!type_has(type, TYPE_BASETYPE)) {
            err_set(t, &exc_TypeError, "type '%N' is not an acceptable base type", type);
            return NULL;
        }
        Type *candidate = solid_base(type);
        if (!winner || (winner != candidate && !type_is_subtype(winner, candidate) && type_is_subtype(candidate, winner))) {
            winner = candidate;
            base = type;
        } else if (!type_is_subtype(winner, candidate)) {
            err_set(t, &exc_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return base;
}

static bool same_slot_names(const Type *a, const Type *b) {
    V x = slot_peek(&a->ht_slots), y = slot_peek(&b->ht_slots);
    if (x == V_NULL || y == V_NULL) return x == y;
    if (tuple_len(x) != tuple_len(y)) return false;
    for (size_t i = 0; i < tuple_len(x); i++) {
        if (!str_equal(tuple_borrow(x, i), tuple_borrow(y, i))) return false;
    }
    return true;
}

// The class adds nothing to its base's layout.
static bool adds_nothing(const Type *type) {
    const Type *base = type->base;
    return type_has(type, TYPE_HEAP) && base && type->size == base->size && type->item_size == base->item_size &&
           type->nslots == base->nslots && !type->attrs_offset == !base->attrs_offset &&
           type_has(type, TYPE_WEAKREFS) == type_has(base, TYPE_WEAKREFS);
}

// Two heap types whose instances look alike: one level of equal additions (cells of the same names, __dict__, weak
// references) over the same base, if any.
bool type_same_layout(const Type *a, const Type *b) {
    if (a->traverse != b->traverse || a->free_ != b->free_ || a->destroy != b->destroy) return false;
    while (adds_nothing(a)) a = a->base;
    while (adds_nothing(b)) b = b->base;
    if (a == b) return true;
    return a->base == b->base && type_has(a, TYPE_HEAP) && type_has(b, TYPE_HEAP) && a->size == b->size &&
           a->item_size == b->item_size && a->nslots == b->nslots && a->attrs_offset == b->attrs_offset &&
           type_has(a, TYPE_WEAKREFS) == type_has(b, TYPE_WEAKREFS) &&
           (a->nslots == a->base->nslots || same_slot_names(a, b));
}
