// SPDX-License-Identifier: MIT
// Making classes: type.__new__ and type_new_heap.
//
// type_new_heap is the function to read: the layout (best base, __slots__, __dict__, weak references), the attributes that
// the class statement implies (__module__, __qualname__, implicit static and class methods, __classcell__), MRO and slots,
// then the hooks: __set_name__ of every value, __init_subclass__ of the parent.  Until the hooks run nobody else can see
// the class, except that it is in its bases' lists of subclasses.
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/upcalls.h"
#include "base/bits.h"

int type_ready_heap(Thread *t, Type *type); // type_ready.c

// ---- metatype ------------------------------------------------------------------------------------------------------
Type *type_best_metatype(Thread *t, Type *metatype, V bases) {
    Type *winner = metatype;
    for (size_t i = 0; i < tuple_len(bases); i++) {
        Type *meta = v_type(tuple_borrow(bases, i));
        if (type_is_subtype(winner, meta)) continue;
        if (type_is_subtype(meta, winner)) {
            winner = meta;
            continue;
        }
        err_set(t, &exc_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of "
                                   "the metaclasses of all its bases");
        return NULL;
    }
    return winner;
}

// A base that is no type but would be replaced by a class statement.
static int check_bases(Thread *t, V bases) {
    for (size_t i = 0; i < tuple_len(bases); i++) {
        V base = tuple_borrow(bases, i);
        if (v_is_type(base)) continue;
        int has = obj_hasattr(t, base, NAME(__mro_entries__));
        if (has < 0) return -1;
        if (has) {
            err_set(t, &exc_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
            return -1;
        }
    }
    return 0;
}

// ---- __slots__ -----------------------------------------------------------------------------------------------------
typedef struct Plan { // what is known about the class while it is made
    Type *type, *base;
    V name, bases, dict; // dict: the class's own, being filled
    V slots;             // sorted tuple of mangled names, or V_NULL
    bool add_dict, add_weak, may_dict, may_weak, cells_in_tail;
} Plan;

static bool base_has_dict(const Type *base) {
    return base->attrs_offset || type_has(base, TYPE_OWN_DICT) || type_has(base, TYPE_TYPE);
}

// Private names of class C: __x becomes _C__x.
static V mangle(Thread *t, V class_name, V name) {
    size_t n = str_len(name), c = str_len(class_name), skip = 0;
    if (n < 3 || str_at(name, 0) != '_' || str_at(name, 1) != '_') return v_dup(name);
    if (str_at(name, n - 1) == '_' && str_at(name, n - 2) == '_') return v_dup(name);
    if (str_find_char(name, '.', 0, n, 1) >= 0) return v_dup(name);
    while (skip < c && str_at(class_name, skip) == '_') skip++;
    if (skip == c) return v_dup(name);
    V rest = str_substring(t, class_name, skip, c);
    if (v_is_error(rest)) return V_ERROR;
    V result = str_from_format(t, "_%V%V", rest, name);
    v_drop(t, rest);
    return result;
}

static int slot_error(Thread *t, const char *what) {
    err_set(t, &exc_TypeError, "%s", what);
    return -1;
}

// One item of __slots__: 1 it is a cell, 0 it was __dict__ or __weakref__.
static int plan_slot(Thread *t, Plan *p, V item) {
    if (!v_is_str(item)) {
        err_set(t, &exc_TypeError, "__slots__ items must be strings, not '%T'", item);
        return -1;
    }
    if (!str_is_identifier(item)) return slot_error(t, "__slots__ must be identifiers");
    if (str_equal_ascii(item, "__dict__")) {
        if (!p->may_dict || p->add_dict) return slot_error(t, "__dict__ slot disallowed: we already got one");
        p->add_dict = true;
        return 0;
    }
    if (str_equal_ascii(item, "__weakref__")) {
        if (!p->may_weak || p->add_weak)
            return slot_error(t, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
        p->add_weak = true;
        return 0;
    }
    return 1;
}

static int plan_cell(Thread *t, Plan *p, V item, V cells) {
    V name = mangle(t, p->name, item);
    if (v_is_error(name)) return -1;
    name = str_intern_steal(t, name);
    if (v_is_error(name)) return -1;
    int there = dict_contains(t, p->dict, name);
    // __qualname__ and __classcell__ in the dict do not become class variables.
    if (there == 1 && !str_equal_ascii(name, "__qualname__") && !str_equal_ascii(name, "__classcell__")) {
        err_set(t, &exc_ValueError, "%R in __slots__ conflicts with class variable", name);
        there = -1;
    }
    if (there < 0) {
        v_drop(t, name);
        return -1;
    }
    return list_append_steal(t, cells, name);
}

static int plan_slots(Thread *t, Plan *p, V declared) {
    V items = v_is_str(declared) ? tuple_pack(t, 1, declared) : obj_to_tuple(t, declared);
    if (v_is_error(items)) return -1;
    V cells = V_ERROR;
    const Type *base = p->base;
    bool variable = (base->item_size && !type_has(base, TYPE_STR)) || type_has(base, TYPE_TYPE);
    if (tuple_len(items) && variable) {
        err_set(t, &exc_TypeError, "nonempty __slots__ not supported for subtype of '%N'", base);
        goto done;
    }
    cells = list_new(t, 0);
    for (size_t i = 0; !v_is_error(cells) && i < tuple_len(items); i++) {
        V item = tuple_borrow(items, i);
        int is_cell = plan_slot(t, p, item);
        if (is_cell < 0 || (is_cell && plan_cell(t, p, item, cells) < 0)) {
            v_drop(t, cells);
            cells = V_ERROR;
        }
    }
    if (!v_is_error(cells) && list_sort(t, cells, V_NONE, false) < 0) {
        v_drop(t, cells);
        cells = V_ERROR;
    }
done:
    v_drop(t, items);
    if (v_is_error(cells)) return -1;
    p->slots = list_to_tuple(t, cells);
    v_drop(t, cells);
    return v_is_error(p->slots) ? -1 : 0;
}

// A second base may bring a __dict__ or weak references along.
static void plan_secondary_bases(Plan *p) {
    for (size_t i = 0; i < tuple_len(p->bases); i++) {
        Type *base = v_as_type(tuple_borrow(p->bases, i));
        if (base == p->base) continue;
        if (p->may_dict && base_has_dict(base)) p->add_dict = true;
        if (p->may_weak && type_has(base, TYPE_WEAKREFS)) p->add_weak = true;
    }
}

static int plan_layout(Thread *t, Plan *p) {
    p->may_dict = !base_has_dict(p->base);
    p->may_weak = !type_has(p->base, TYPE_WEAKREFS) && (!p->base->item_size || type_has(p->base, TYPE_STR));
    V declared = dict_get(t, p->dict, NAME(__slots__));
    if (v_is_error(declared)) return -1;
    if (declared == V_NULL) {
        p->add_dict = p->may_dict;
        p->add_weak = p->may_weak;
        return 0;
    }
    int r = plan_slots(t, p, declared);
    v_drop(t, declared);
    if (r < 0) return -1;
    plan_secondary_bases(p);
    return 0;
}

// ---- the type object ---------------------------------------------------------------------------------------------------
static int set_name(Thread *t, Type *type, V name) {
    const char *utf8 = str_utf8(t, name, NULL);
    if (!utf8) return -1;
    if (strlen(utf8) != 0 && str_find_char(name, 0, 0, str_len(name), 1) >= 0) {
        err_set(t, &exc_ValueError, "type name must not contain null characters");
        return -1;
    }
    type->name = utf8; // owned by the str in ht_name
    slot_set(t, &type->head, &type->ht_name, name);
    return 0;
}

static void apply_layout(Plan *p) {
    Type *type = p->type, *base = p->base;
    size_t ncells = p->slots == V_NULL ? 0 : tuple_len(p->slots);
    type->base = base;
    type->item_size = base->item_size;
    type->size = base->size;
    type->nslots = base->nslots + (uint32_t)ncells;
    if (base->item_size) {
        p->cells_in_tail = true;
    } else {
        type->slots_offset = base->nslots ? base->slots_offset : (uint32_t)align_up(base->size, sizeof(Slot));
        if (ncells) type->size = align_up(base->size, sizeof(Slot)) + ncells * sizeof(Slot);
    }
    type->flags = TYPE_HEAP | TYPE_BASETYPE;
    if (p->add_weak) type->flags |= TYPE_WEAKREFS;
    type_layout_attrs(type, p->add_dict || base->attrs_offset);
}

static int set_qualname(Thread *t, Plan *p) {
    V qualname = dict_get(t, p->dict, NAME(__qualname__));
    if (v_is_error(qualname)) return -1;
    if (qualname == V_NULL) {
        slot_set(t, &p->type->head, &p->type->ht_qualname, p->name);
        return 0;
    }
    int r = -1;
    if (!v_is_str(qualname)) {
        err_set(t, &exc_TypeError, "type __qualname__ must be a str, not %T", qualname);
    } else {
        slot_set(t, &p->type->head, &p->type->ht_qualname, qualname);
        r = dict_discard(t, p->dict, NAME(__qualname__));
    }
    v_drop(t, qualname);
    return r < 0 ? -1 : 0;
}

static int set_module(Thread *t, Plan *p) {
    int there = dict_contains(t, p->dict, NAME(__module__));
    if (there) return there < 0 ? -1 : 0;
    V globals = vm_current_globals_borrow(t);
    if (globals == V_NULL) return 0;
    V module = dict_get(t, globals, NAME(__name__));
    if (module == V_NULL) return 0;
    if (v_is_error(module)) return -1;
    int r = dict_set(t, p->dict, NAME(__module__), module);
    v_drop(t, module);
    return r;
}

// Replaces a plain function in the class's dict by what `wrap` makes of it.
static int wrap_function(Thread *t, V dict, V name, V (*wrap)(Thread *, V)) {
    V func = dict_get(t, dict, name);
    if (func == V_NULL) return 0;
    if (v_is_error(func)) return -1;
    if (!v_is_exact(func, &function_type)) {
        v_drop(t, func);
        return 0;
    }
    V wrapped = wrap(t, func);
    v_drop(t, func);
    if (v_is_error(wrapped)) return -1;
    int r = dict_set(t, dict, name, wrapped);
    v_drop(t, wrapped);
    return r;
}

static int add_getset(Thread *t, Plan *p, const GetSet *row) {
    V name = str_static(row->name);
    int there = dict_contains(t, p->dict, name);
    if (there) return there < 0 ? -1 : 0;
    V descr = getset_descr_new(t, p->type, row);
    if (v_is_error(descr)) return -1;
    int r = dict_set(t, p->dict, name, descr);
    v_drop(t, descr);
    return r;
}

static int add_descriptors(Thread *t, Plan *p) {
    size_t n = p->slots == V_NULL ? 0 : tuple_len(p->slots), first = p->base->nslots;
    size_t origin = p->cells_in_tail ? 0 : p->type->slots_offset;
    for (size_t i = 0; i < n; i++) {
        V name = tuple_borrow(p->slots, i);
        V descr = member_descr_new_cell(t, p->type, name, origin + (first + i) * sizeof(Slot), p->cells_in_tail);
        if (v_is_error(descr)) return -1;
        int r = dict_set(t, p->dict, name, descr);
        v_drop(t, descr);
        if (r < 0) return -1;
    }
    if (p->add_dict && add_getset(t, p, &attrs_dict_getset) < 0) return -1;
    if (p->add_weak && add_getset(t, p, &attrs_weakref_getset) < 0) return -1;
    return 0;
}

static int set_doc_and_hash(Thread *t, Plan *p) {
    V doc = dict_get(t, p->dict, NAME(__doc__));
    if (v_is_error(doc) || (doc == V_NULL && dict_set(t, p->dict, NAME(__doc__), V_NONE) < 0)) return -1;
    bool encodes = doc == V_NULL || !v_is_str(doc) || str_utf8(t, doc, NULL);
    v_drop(t, doc);
    if (!encodes) return -1; // a lone surrogate
    int eq = dict_contains(t, p->dict, NAME(__eq__)), hash = dict_contains(t, p->dict, NAME(__hash__));
    if (eq < 0 || hash < 0) return -1;
    return eq && !hash ? dict_set(t, p->dict, NAME(__hash__), V_NONE) : 0;
}

static int fill_classcell(Thread *t, Plan *p) {
    V cell = dict_get(t, p->dict, NAME(__classcell__));
    if (cell == V_NULL) return 0;
    if (v_is_error(cell)) return -1;
    int r = -1;
    if (!v_is_exact(cell, &cell_type)) {
        err_set(t, &exc_TypeError, "__classcell__ must be a nonlocal cell, not <class '%T'>", cell);
    } else {
        cell_set(t, cell, v_from_type(p->type));
        r = dict_discard(t, p->dict, NAME(__classcell__));
    }
    v_drop(t, cell);
    return r < 0 ? -1 : 0;
}

// ---- hooks -------------------------------------------------------------------------------------------------------------
static int call_set_name(Thread *t, Type *type, V key, V value) {
    V self, func = obj_lookup_special(t, value, NAME(__set_name__), &self);
    if (func == V_NULL) return 0;
    if (v_is_error(func)) return -1;
    V args[3] = {self, v_from_type(type), key};
    V result = self == V_NULL ? obj_call(t, func, args + 1, 2, V_NULL) : obj_call(t, func, args, 3, V_NULL);
    v_drop(t, func);
    if (v_is_error(result)) {
        err_chain(t, &exc_RuntimeError, "Error calling __set_name__ on '%T' instance %R in '%N'", value, key, type);
        return -1;
    }
    v_drop(t, result);
    return 0;
}

static bool any_set_name(Thread *t, const Type *type) {
    V key, value;
    size_t pos = 0;
    while (dict_next(slot_peek(&type->dict), &pos, &key, &value)) {
        if (type_lookup_borrow(t, v_type(value), NAME(__set_name__)) != V_NULL) return true;
    }
    return false;
}

static int run_set_names(Thread *t, Type *type) {
    if (!any_set_name(t, type)) return 0; // most classes: no copy of the items to go through
    V items = dict_items_list(t, slot_peek(&type->dict));
    if (v_is_error(items)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        r = call_set_name(t, type, tuple_borrow(pair, 0), tuple_borrow(pair, 1));
        v_drop(t, pair);
    }
    v_drop(t, items);
    return r;
}

static int run_init_subclass(Thread *t, Type *type, V kwnames, const V *kwvalues) {
    V super = super_new(t, type, v_from_type(type));
    if (v_is_error(super)) return -1;
    V func = obj_getattr(t, super, NAME(__init_subclass__));
    v_drop(t, super);
    if (v_is_error(func)) return -1;
    V result = obj_call(t, func, kwvalues, 0, kwnames);
    v_drop(t, func);
    if (v_is_error(result)) return -1;
    v_drop(t, result);
    return 0;
}

// ---- the whole -----------------------------------------------------------------------------------------------------------
static int join_bases(Thread *t, Plan *p) {
    for (size_t i = 0; i < tuple_len(p->bases); i++) {
        if (type_add_subclass(t, v_as_type(tuple_borrow(p->bases, i)), p->type) < 0) return -1;
    }
    return 0;
}

static int set_attributes(Thread *t, Plan *p) {
    if (set_module(t, p) < 0 || set_qualname(t, p) < 0) return -1;
    if (wrap_function(t, p->dict, NAME(__new__), static_method_new) < 0) return -1;
    if (wrap_function(t, p->dict, NAME(__init_subclass__), class_method_new) < 0) return -1;
    if (wrap_function(t, p->dict, NAME(__class_getitem__), class_method_new) < 0) return -1;
    if (fill_classcell(t, p) < 0) return -1; // before a cell of __slots__ may take its name
    return add_descriptors(t, p);
}

static int build(Thread *t, Plan *p) {
    Type *type = p->type;
    if (set_name(t, type, p->name) < 0) return -1;
    slot_set(t, &type->head, &type->bases, p->bases);
    slot_set(t, &type->head, &type->dict, p->dict);
    if (p->slots != V_NULL) slot_set(t, &type->head, &type->ht_slots, p->slots);
    if (set_attributes(t, p) < 0) return -1;
    type_ready_heap(t, type);
    // A custom mro() sees the class with its attributes and its default order.
    V mro = type_compute_mro(t, type);
    if (v_is_error(mro)) return -1;
    slot_set_steal(t, &type->head, &type->mro, mro);
    if (set_doc_and_hash(t, p) < 0) return -1;
    type->flags |= TYPE_READY;
    type->flags &= ~(uint32_t)(TYPE_SEQUENCE | TYPE_MAPPING); // the layout's base may not be the first
    for (size_t i = 1; i < tuple_len(slot_peek(&type->mro)); i++) { // patterns look at every base
        Type *base = v_as_type(tuple_borrow(slot_peek(&type->mro), i));
        if (!(type->flags & (TYPE_SEQUENCE | TYPE_MAPPING))) type->flags |= base->flags & (TYPE_SEQUENCE | TYPE_MAPPING);
    }
    type_fill_slots(type);
    type->get_buffer = p->base->get_buffer;
    type->release_buffer = p->base->release_buffer;
    type->send = p->base->send;
    type->alloc_flags = (type_has(type, TYPE_GC) ? OBJ_GC : 0) | (type_has(type, TYPE_FINALIZE) ? OBJ_FINALIZABLE : 0);
    return join_bases(t, p);
}

V type_new_heap(Thread *t, Type *metatype, V name, V bases, V dict, V kwnames, const V *kwvalues) {
    Plan p = {.name = name, .slots = V_NULL, .dict = V_ERROR, .bases = bases};
    V own_bases = V_NULL, result = V_ERROR;
    if (tuple_len(bases) == 0) {
        own_bases = tuple_pack(t, 1, v_from_type(&object_type));
        if (v_is_error(own_bases)) return V_ERROR;
        p.bases = own_bases;
    }
    p.base = type_best_base(t, p.bases);
    if (!p.base) goto done;
    p.dict = dict_copy(t, dict);
    if (v_is_error(p.dict) || plan_layout(t, &p) < 0) goto done;
    p.type = type_alloc_heap(t, metatype);
    if (!p.type) goto done;
    apply_layout(&p);
    if (build(t, &p) < 0) goto done;
    if (run_set_names(t, p.type) < 0 || run_init_subclass(t, p.type, kwnames, kwvalues) < 0) goto done;
    result = v_from_type(p.type);
done:
    v_drop(t, p.dict);
    v_drop(t, p.slots);
    v_drop(t, own_bases);
    return result;
}

V type_new_simple(Thread *t, const char *name, Type *base, V dict) {
    const char *dot = strrchr(name, '.');
    V short_name = str_from_cstr(t, dot ? dot + 1 : name), result = V_ERROR, own = V_ERROR, bases = V_ERROR;
    if (v_is_error(short_name)) return V_ERROR;
    own = dict == V_NULL ? dict_new(t) : dict_copy(t, dict);
    if (v_is_error(own)) goto done;
    if (dot) {
        V module = str_intern_utf8(t, name, (size_t)(dot - name));
        if (v_is_error(module) || dict_set(t, own, NAME(__module__), module) < 0) {
            v_drop(t, module);
            goto done;
        }
        v_drop(t, module);
    }
    bases = tuple_pack(t, 1, v_from_type(base ? base : &object_type));
    if (v_is_error(bases)) goto done;
    result = type_new_heap(t, v_type(tuple_borrow(bases, 0)), short_name, bases, own, V_NULL, NULL);
done:
    v_drop(t, short_name);
    v_drop(t, own);
    v_drop(t, bases);
    return result;
}

// type.__new__(metatype, name, bases, namespace, **kwds)
V type_new_impl(Thread *t, Type *metatype, const V *args, size_t nargs, V kwnames) {
    if (nargs != 3) {
        err_set(t, &exc_TypeError, "type.__new__() takes exactly 3 arguments (%zu given)", nargs);
        return V_ERROR;
    }
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "type.__new__() argument 1 must be str, not %K", args[0]);
    if (!v_is_tuple(args[1])) return err_set(t, &exc_TypeError, "type.__new__() argument 2 must be tuple, not %K", args[1]);
    if (!v_is_dict(args[2])) return err_set(t, &exc_TypeError, "type.__new__() argument 3 must be dict, not %K", args[2]);
    if (check_bases(t, args[1]) < 0) return V_ERROR;
    Type *winner = type_best_metatype(t, metatype, args[1]);
    if (!winner) return V_ERROR;
    if (winner != metatype && winner->new_ != type_new_impl) return winner->new_(t, winner, args, nargs, kwnames);
    return type_new_heap(t, winner, args[0], args[1], args[2], kwnames, args + nargs);
}
