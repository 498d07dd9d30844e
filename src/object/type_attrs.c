// SPDX-License-Identifier: MIT
// The attributes and methods of type itself: __name__, __bases__, __dict__, mro, __subclasses__, __instancecheck__, …
#include "object/misc.h"
#include "object/shape.h"
#include "threading/weak.h"
#include "descr_private.h"

// ---- shared checks -----------------------------------------------------------------------------------------------------
static bool may_set(Thread *t, Type *type, V value, const char *name) {
    if (type_has(type, TYPE_IMMUTABLE)) {
        err_set(t, &exc_TypeError, "cannot set '%s' attribute of immutable type '%N'", name, type);
        return false;
    }
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete '%s' attribute of immutable type '%N'", name, type);
        return false;
    }
    return true;
}

static int set_in_dict(Thread *t, Type *type, V name, V value) {
    type_modified(t, type);
    V old = type_own_attr_borrow(type, name);
    if (old != V_NULL) old = v_own(v_dup(old));
    int r = value == V_NULL ? dict_discard(t, slot_peek(&type->dict), name) : dict_set(t, slot_peek(&type->dict), name, value);
    type_modified(t, type);
    v_drop(t, old);
    return r;
}

// ---- names -------------------------------------------------------------------------------------------------------------
static V get_name(Thread *t, V self, void *closure) {
    (void)closure;
    return type_name(t, v_as_type(self));
}

static int set_name(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (!may_set(t, type, value, "__name__")) return -1;
    if (!v_is_str(value)) {
        err_set(t, &exc_TypeError, "can only assign string to %N.__name__, not '%T'", type, value);
        return -1;
    }
    if (str_find_char(value, 0, 0, str_len(value), 1) >= 0) {
        err_set(t, &exc_ValueError, "type name must not contain null characters");
        return -1;
    }
    size_t n;
    const char *utf8 = str_utf8(t, value, &n);
    if (!utf8) return -1;
    V old = v_own(slot_get(&type->head, &type->ht_name)); // kept for ever: others may be reading the C string
    at_store_release(&type->name, utf8);
    slot_set(t, &type->head, &type->ht_name, value);
    (void)old;
    return 0;
}

static V get_qualname(Thread *t, V self, void *closure) {
    (void)closure;
    return type_qualname(t, v_as_type(self));
}

static int set_qualname(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (!may_set(t, type, value, "__qualname__")) return -1;
    if (!v_is_str(value)) {
        err_set(t, &exc_TypeError, "can only assign string to %N.__qualname__, not '%T'", type, value);
        return -1;
    }
    slot_set(t, &type->head, &type->ht_qualname, value);
    return 0;
}

static V get_module(Thread *t, V self, void *closure) {
    (void)closure;
    return type_module(t, v_as_type(self));
}

static int set_module(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    return may_set(t, type, value, "__module__") ? set_in_dict(t, type, NAME(__module__), value) : -1;
}

// ---- bases -------------------------------------------------------------------------------------------------------------
static V get_bases(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &v_as_type(self)->bases);
}

// Recomputes the MRO of type and all below it; `undo` gets (type, new mro, old mro).  A custom mro() may have assigned
// __bases__ meanwhile: then that call has done the work.
static int new_mro_tree(Thread *t, Type *type, V undo) {
    V old = slot_get(&type->head, &type->mro), mro = type_compute_mro(t, type);
    if (v_is_error(mro)) {
        v_drop(t, old);
        return -1;
    }
    bool replaced = !v_is(slot_peek(&type->mro), old);
    V entry = replaced ? V_NULL : tuple_pack(t, 3, v_from_type(type), mro, old == V_NULL ? V_NONE : old);
    v_drop(t, old);
    if (entry == V_NULL || v_is_error(entry) || list_append_steal(t, undo, entry) < 0) {
        v_drop(t, mro);
        return replaced ? 0 : -1;
    }
    type_set_mro(t, type, mro);
    v_drop(t, mro);
    V subs = type_subclasses_list(t, type);
    if (v_is_error(subs)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < list_len(subs); i++) {
        V sub = list_get(t, subs, i);
        r = new_mro_tree(t, v_as_type(sub), undo);
        v_drop(t, sub);
    }
    v_drop(t, subs);
    return r;
}

static void undo_mros(Thread *t, V undo) {
    for (size_t i = list_len(undo); i-- > 0;) {
        V entry = list_get(t, undo, i), old = tuple_borrow(entry, 2);
        Type *type = v_as_type(tuple_borrow(entry, 0));
        if (v_is(slot_peek(&type->mro), tuple_borrow(entry, 1))) type_set_mro(t, type, old == V_NONE ? V_NULL : old);
        v_drop(t, entry);
    }
}

static void update_slots_tree(Thread *t, Type *type) {
    if (type_has(type, TYPE_HEAP)) type_renew_slots(t, type);
    V subs = type_subclasses_list(t, type);
    if (v_is_error(subs)) {
        err_clear(t);
        return;
    }
    for (size_t i = 0; i < list_len(subs); i++) {
        V sub = list_get(t, subs, i);
        update_slots_tree(t, v_as_type(sub));
        v_drop(t, sub);
    }
    v_drop(t, subs);
}

static int check_new_bases(Thread *t, Type *type, V value) {
    if (!v_is_tuple(value)) {
        err_set(t, &exc_TypeError, "can only assign tuple to %N.__bases__, not %T", type, value);
        return -1;
    }
    if (tuple_len(value) == 0) {
        err_set(t, &exc_TypeError, "can only assign non-empty tuple to %N.__bases__, not ()", type);
        return -1;
    }
    for (size_t i = 0; i < tuple_len(value); i++) {
        V base = tuple_borrow(value, i);
        if (!v_is_type(base)) {
            err_set(t, &exc_TypeError, "%N.__bases__ must be tuple of classes, not '%T'", type, base);
            return -1;
        }
        bool below = type_is_subtype(v_as_type(base), type); // its MRO may be about to change: look at the bases too
        for (const Type *b = v_as_type(base); b && !below; b = b->base) below = b == type;
        if (below) {
            err_set(t, &exc_TypeError, "a __bases__ item causes an inheritance cycle");
            return -1;
        }
    }
    return 0;
}

// CPython frees instances of such types in one way and those of others, object among them, in another: a class keeps to its way.
static bool freed_as_collected(const Type *type) { return type->flags & (TYPE_HEAP | TYPE_GC); }

// Can the class have this best base instead of its own?
static bool base_fits(Thread *t, Type *base, Type *old) {
    const char *what = NULL;
    if (freed_as_collected(base) != freed_as_collected(old)) what = "deallocator";
    else if (base->item_size != old->item_size || base->size != old->size || base->nslots != old->nslots) what = "object layout";
    else if (base != old && !type_same_layout(base, old)) what = "object layout";
    if (what) err_set(t, &exc_TypeError, "__bases__ assignment: '%N' %s differs from '%N'", base, what, old);
    return !what;
}

static int set_bases(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (!may_set(t, type, value, "__bases__") || check_new_bases(t, type, value) < 0) return -1;
    Type *base = type_best_base(t, value);
    if (!base) return -1;
    if (!base_fits(t, base, type->base)) return -1;
    V undo = list_new(t, 0);
    if (v_is_error(undo)) return -1;
    V old_bases = v_own(slot_get(&type->head, &type->bases));
    Type *old_base = type->base;
    slot_set(t, &type->head, &type->bases, value);
    type->base = base;
    int r = new_mro_tree(t, type, undo);
    bool ours = v_is(slot_peek(&type->bases), value);
    if (r == 0 && ours) {
        for (size_t i = 0; i < tuple_len(old_bases); i++) type_remove_subclass(t, v_as_type(tuple_borrow(old_bases, i)), type);
        for (size_t i = 0; r == 0 && i < tuple_len(value); i++) r = type_add_subclass(t, v_as_type(tuple_borrow(value, i)), type);
        update_slots_tree(t, type);
    } else if (r < 0) {
        undo_mros(t, undo);
        if (ours) {
            slot_set(t, &type->head, &type->bases, old_bases);
            type->base = old_base;
        }
    }
    v_drop(t, old_bases);
    v_drop(t, undo);
    return r;
}

static V get_base(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    Type *base = v_as_type(self)->base;
    return base ? v_from_type(base) : V_NONE;
}

static V get_mro(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V mro = slot_get(v_obj(self), &v_as_type(self)->mro);
    return mro == V_NULL ? V_NONE : mro;
}

// ---- dict, doc, annotations, abstract methods --------------------------------------------------------------------------
static V get_dict(Thread *t, V self, void *closure) {
    (void)closure;
    V dict = slot_get(v_obj(self), &v_as_type(self)->dict);
    V proxy = mapping_proxy_new(t, dict);
    v_drop(t, dict);
    return proxy;
}

static V get_doc(Thread *t, V self, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (!type_has(type, TYPE_HEAP) && type->doc) return str_from_cstr(t, type->doc);
    V doc = type_own_attr_borrow(type, NAME(__doc__));
    if (doc == V_NULL) return V_NONE;
    doc = v_dup(doc);
    DescrGetFn get = v_type(doc)->descr_get;
    if (!get) return doc;
    V result = get(t, doc, V_NULL, self);
    v_drop(t, doc);
    return result;
}

static int set_doc(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    return may_set(t, type, value, "__doc__") ? set_in_dict(t, type, NAME(__doc__), value) : -1;
}

// A class may say it in its docstring, as C code does: "Name(parameters)\n--\n\n", without a blank line in between.
static V signature_in_doc(Thread *t, Type *type) {
    V doc = type_own_attr_borrow(type, NAME(__doc__)), result = V_NONE;
    if (doc == V_NULL || !v_is_str(doc)) return V_NONE;
    V name = type_name(t, type), start = V_ERROR, mark = str_from_cstr(t, ")\n--\n\n"), blank = str_from_cstr(t, "\n\n");
    if (!v_is_error(name) && !v_is_error(mark) && !v_is_error(blank)) start = str_from_format(t, "%V(", name);
    if (v_is_error(start)) {
        result = V_ERROR;
    } else if (str_find(doc, start, 0, str_len(doc), 1) == 0) {
        ptrdiff_t end = str_find(doc, mark, 0, str_len(doc), 1), paragraph = str_find(doc, blank, 0, str_len(doc), 1);
        if (end >= 0 && paragraph > end) result = str_substring(t, doc, str_len(start) - 1, (size_t)end + 1);
    }
    v_drop(t, name);
    v_drop(t, start);
    v_drop(t, mark);
    v_drop(t, blank);
    return result;
}

static V get_text_signature(Thread *t, V self, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (type_has(type, TYPE_HEAP) && !type->text_signature) return signature_in_doc(t, type);
    const char *text = type->text_signature; // with or without its brackets
    if (!text) return V_NONE;
    return *text == '(' && text[strlen(text) - 1] == ')' ? str_from_cstr(t, text) : str_from_format(t, "(%s)", text);
}

static V get_annotations(Thread *t, V self, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (!type_has(type, TYPE_HEAP))
        return attr_error(t, self, NAME(__annotations__), "type object '%N' has no attribute '__annotations__'", type);
    V found = type_own_attr_borrow(type, NAME(__annotations__));
    if (found != V_NULL) {
        found = v_dup(found);
        DescrGetFn get = v_type(found)->descr_get;
        if (!get) return found;
        V bound = get(t, found, V_NULL, self);
        v_drop(t, found);
        return bound;
    }
    found = dict_new(t);
    if (v_is_error(found) || set_in_dict(t, type, NAME(__annotations__), found) == 0) return found;
    v_drop(t, found);
    return V_ERROR;
}

static int set_annotations(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    if (type_has(type, TYPE_IMMUTABLE)) {
        err_set(t, &exc_TypeError, "cannot set '__annotations__' attribute of immutable type '%N'", type);
        return -1;
    }
    int r = set_in_dict(t, type, NAME(__annotations__), value);
    if (value == V_NULL && r == 0) {
        err_set(t, &exc_AttributeError, "__annotations__");
        return -1;
    }
    return r < 0 ? -1 : 0;
}

static V get_abstract(Thread *t, V self, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    V found = type == &type_type ? V_NULL : type_own_attr_borrow(type, NAME(__abstractmethods__));
    if (found == V_NULL) return attr_error(t, self, NAME(__abstractmethods__), "__abstractmethods__");
    return v_dup(found);
}

static int set_abstract(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Type *type = v_as_type(self);
    int abstract = value == V_NULL ? 0 : obj_is_true(t, value);
    if (abstract < 0) return -1;
    int r = set_in_dict(t, type, NAME(__abstractmethods__), value);
    if (r < 0) return -1;
    if (value == V_NULL && r == 0) {
        err_set(t, &exc_AttributeError, "__abstractmethods__");
        return -1;
    }
    if (abstract) type->flags |= TYPE_ABSTRACT;
    else type->flags &= ~(uint32_t)TYPE_ABSTRACT;
    return 0;
}

// The flag word programs see: CPython's bits for what they look at (heap, base type, abstract, ready, subclass tests).
static V get_flags(Thread *t, V self, void *closure) {
    (void)closure;
    const Type *type = v_as_type(self);
    static const struct { uint32_t flag; unsigned bit; } bits[] = {
        {TYPE_SEQUENCE, 5}, {TYPE_MAPPING, 6}, {TYPE_NO_NEW, 7}, {TYPE_IMMUTABLE, 8}, {TYPE_HEAP, 9}, {TYPE_BASETYPE, 10},
        {TYPE_READY, 12}, {TYPE_GC, 14}, {TYPE_METHOD_DESCR, 17}, {TYPE_ABSTRACT, 20}, {TYPE_ITEM_SELF, 22}, {TYPE_INT, 24},
        {TYPE_LIST, 25}, {TYPE_TUPLE, 26}, {TYPE_BYTES, 27}, {TYPE_STR, 28}, {TYPE_DICT, 29}, {TYPE_EXC, 30}, {TYPE_TYPE, 31},
    };
    uint64_t flags = 1u << 18;
    for (size_t i = 0; i < countof(bits); i++) {
        if (type_has(type, bits[i].flag)) flags |= (uint64_t)1 << bits[i].bit;
    }
    return int_from_u64(t, flags);
}

static V get_basicsize(Thread *t, V self, void *closure) {
    const Type *type = v_as_type(self);
    size_t size = closure ? type->item_size : type->size + (type->attrs_offset ? sizeof(Attrs) : 0);
    return int_from_size(t, size);
}

static V get_zero(Thread *t, V self, void *closure) { // __dictoffset__, __weakrefoffset__: not 0 when there is one
    (void)t;
    const Type *type = v_as_type(self);
    if (closure) return v_from_int(type_has(type, TYPE_WEAKREFS) ? -1 : 0);
    return v_from_int(type->attrs_offset ? (type->attrs_offset & ATTRS_VAR ? -1 : (int64_t)type->attrs_offset) : 0);
}

const GetSet type_getsets[] = {
    {"__basicsize__", get_basicsize, member_readonly, NULL, NULL},
    {"__itemsize__", get_basicsize, member_readonly, NULL, (void *)1},
    {"__flags__", get_flags, member_readonly, NULL, NULL},
    {"__weakrefoffset__", get_zero, member_readonly, NULL, (void *)1},
    {"__base__", get_base, member_readonly, NULL, NULL},
    {"__dictoffset__", get_zero, member_readonly, NULL, NULL},
    {"__mro__", get_mro, member_readonly, NULL, NULL},
    {"__name__", get_name, set_name, NULL, NULL},
    {"__qualname__", get_qualname, set_qualname, NULL, NULL},
    {"__bases__", get_bases, set_bases, NULL, NULL},
    {"__module__", get_module, set_module, NULL, NULL},
    {"__abstractmethods__", get_abstract, set_abstract, NULL, NULL},
    {"__dict__", get_dict, NULL, NULL, NULL},
    {"__doc__", get_doc, set_doc, NULL, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL, NULL},
    {"__annotations__", get_annotations, set_annotations, NULL, NULL},
    {0},
};

// ---- methods -----------------------------------------------------------------------------------------------------------
static NATIVE(type_mro_method) {
    UNUSED_NATIVE();
    return type_mro_c3(t, v_as_type(self));
}

static NATIVE(type_subclasses) {
    UNUSED_NATIVE();
    return type_subclasses_list(t, v_as_type(self));
}

static NATIVE(type_prepare) {
    UNUSED_NATIVE();
    return dict_new(t);
}

int obj_isinstance_plain(Thread *t, V v, V cls);
int obj_issubclass_plain(Thread *t, V v, V cls);

static NATIVE(type_instancecheck) {
    UNUSED_NATIVE();
    int r = obj_isinstance_plain(t, args[0], self);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(type_subclasscheck) {
    UNUSED_NATIVE();
    int r = obj_issubclass_plain(t, args[0], self);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

// Names of the class and of everything it derives from, by their __dict__ and __bases__.
int type_merge_names(Thread *t, V names, V cls) {
    V dict = obj_lookup_attr(t, cls, NAME(__dict__));
    if (v_is_error(dict)) return -1;
    if (dict != V_NULL) {
        int r = dict_update(t, names, dict);
        v_drop(t, dict);
        if (r < 0) return -1;
    }
    V bases = obj_lookup_attr(t, cls, NAME(__bases__));
    if (bases == V_NULL) return 0;
    if (v_is_error(bases)) return -1;
    V items = obj_to_tuple(t, bases);
    v_drop(t, bases);
    if (v_is_error(items)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(items); i++) r = type_merge_names(t, names, tuple_borrow(items, i));
    v_drop(t, items);
    return r;
}

static NATIVE(type_dir) {
    UNUSED_NATIVE();
    V names = dict_new(t);
    if (v_is_error(names)) return V_ERROR;
    V result = type_merge_names(t, names, self) < 0 ? V_ERROR : dict_keys_list(t, names);
    v_drop(t, names);
    return result;
}

static NATIVE(type_sizeof) {
    UNUSED_NATIVE();
    return int_from_size(t, sizeof(Type));
}

const Method type_methods[] = {
    {"mro", type_mro_method, "", LOCK_NONE, 0,
        "The order in which classes are searched for attributes, worked out anew."},
    {"__subclasses__", type_subclasses, "", LOCK_NONE, 0, "The classes that derive from this one directly, as a list."},
    {"__prepare__", type_prepare, NULL, LOCK_NONE, M_CLASS | M_RAW, "__prepare__() -> dict\nused for namespace of class statement"},
    {"__instancecheck__", type_instancecheck, "instance, /", LOCK_NONE, 0, "What isinstance(instance, cls) asks."},
    {"__subclasscheck__", type_subclasscheck, "subclass, /", LOCK_NONE, 0, "What issubclass(subclass, cls) asks."},
    {"__dir__", type_dir, "", LOCK_NONE, 0, "The attributes of the class and of its bases."},
    {"__sizeof__", type_sizeof, "", LOCK_NONE, 0, "Bytes of memory that the class takes."},
    METHOD_END,
};
