// SPDX-License-Identifier: MIT
// _abc: what abc.ABCMeta rests on: abstract methods, registered subclasses, and caches of the answers.
//
// A class of ABCMeta keeps its data in `_abc_impl`: three sets of weak references (registered classes, classes known to be
// subclasses, classes known not to be) and the version of the negative ones.  Registering anywhere makes all negative
// answers stale.  The sets are replaced or changed only under the data's lock; a set of weakrefs compares by referent.
#include "object/descr.h"
#include "object/misc.h"
#include "object/weakref.h"

typedef struct AbcData {
    Obj head;
    Slot registry, positive, negative; // sets of weakrefs, or V_NULL
    uint64_t negative_version;         // atomic
} AbcData;

static uint64_t invalidations; // atomic: how often register() was called

static void data_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    AbcData *d = (AbcData *)o;
    VISIT(d->registry);
    VISIT(d->positive);
    VISIT(d->negative);
}
static Type abc_data_type = {
    TYPE_HEAD("_abc._abc_data"), .size = sizeof(AbcData), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = data_traverse, .doc = "Internal state held by ABC machinery.",
};

// The data of a class, borrowed from its _abc_impl (a stack value in *hold, to be dropped).
static AbcData *data_of(Thread *t, V cls, V *hold) {
    *hold = obj_getattr(t, cls, NAME(_abc_impl));
    if (v_is_error(*hold)) return NULL;
    if (v_is_exact(*hold, &abc_data_type)) return (AbcData *)v_obj(*hold);
    v_drop(t, *hold);
    err_set(t, &exc_TypeError, "_abc_impl is set to a wrong type");
    return NULL;
}

// ---- sets of weak references -------------------------------------------------------------------------------------------
static int set_has(Thread *t, AbcData *d, Slot *slot, V cls) {
    V set = slot_get(&d->head, slot);
    if (set == V_NULL) return 0;
    int r = 0;
    if (set_len(set)) {
        V ref = weakref_new(t, cls, V_NONE);
        if (!v_is_error(ref)) {
            r = set_contains(t, set, ref);
            v_drop(t, ref);
        } else if (err_matches(t, &exc_TypeError)) {
            err_clear(t); // cannot be weakly referenced: it is in no set
        } else {
            r = -1;
        }
    }
    v_drop(t, set);
    return r;
}

// A dead class takes its entry along: the callback of the weakref, bound to a weak reference to the set.
static NATIVE(discard_dead) {
    UNUSED_NATIVE();
    V set = weakref_get(t, self);
    if (set == V_NONE) return V_NONE;
    int r = set_discard(t, set, args[0]);
    v_drop(t, set);
    return r < 0 ? V_ERROR : V_NONE;
}
static const Method discard_row = {"_destroy", discard_dead, "ref, /", LOCK_NONE, 0, NULL};

static int set_put(Thread *t, AbcData *d, Slot *slot, V cls) {
    CRITICAL(t, &d->head);
    V set = slot_get(&d->head, slot);
    if (set == V_NULL) {
        set = set_new(t, V_NULL);
        if (v_is_error(set)) return -1;
        slot_set(t, &d->head, slot, set);
    }
    int r = -1;
    V weak_set = weakref_new(t, set, V_NONE);
    V callback = v_is_error(weak_set) ? V_ERROR : native_new(t, &discard_row, weak_set, V_NULL);
    V ref = v_is_error(callback) ? V_ERROR : weakref_new_unheard(t, cls, callback);
    if (!v_is_error(ref)) r = set_add(t, set, ref);
    V parts[] = {weak_set, callback, ref, set};
    for (size_t i = 0; i < countof(parts); i++) {
        if (!v_is_error(parts[i])) v_drop(t, parts[i]);
    }
    return r;
}

static void set_reset(Thread *t, AbcData *d, Slot *slot) {
    V set = slot_get(&d->head, slot);
    if (set == V_NULL) return;
    if (set_clear(t, set) < 0) err_clear(t);
    v_drop(t, set);
}

// The referents that are alive, as a list.
static V set_referents(Thread *t, AbcData *d, Slot *slot) {
    V set = slot_get(&d->head, slot), list = list_new(t, 0);
    if (set == V_NULL || v_is_error(list)) return list;
    V refs = obj_to_list(t, set);
    v_drop(t, set);
    int r = v_is_error(refs) ? -1 : 0;
    for (size_t i = 0; r == 0 && i < list_len(refs); i++) {
        V ref = list_get(t, refs, i), cls = weakref_get(t, ref);
        v_drop(t, ref);
        if (cls != V_NONE) r = list_append_steal(t, list, cls);
    }
    if (!v_is_error(refs)) v_drop(t, refs);
    if (r == 0) return list;
    v_drop(t, list);
    return V_ERROR;
}

// ---- abstract methods ----------------------------------------------------------------------------------------------------
static int is_abstract(Thread *t, V value) {
    V flag = obj_lookup_attr(t, value, NAME(__isabstractmethod__));
    if (flag == V_NULL) return 0;
    if (v_is_error(flag)) return -1;
    int truth = obj_is_true(t, flag);
    v_drop(t, flag);
    return truth;
}

static int add_own(Thread *t, V cls, V abstracts) {
    V dict = obj_getattr(t, cls, NAME(__dict__)), items = V_ERROR;
    if (v_is_error(dict)) return -1;
    V view = obj_call_method0(t, dict, NAME(items));
    if (!v_is_error(view)) {
        items = obj_to_list(t, view);
        v_drop(t, view);
    }
    v_drop(t, dict);
    if (v_is_error(items)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        int abstract = is_abstract(t, tuple_borrow(pair, 1));
        if (abstract) r = abstract < 0 ? -1 : set_add(t, abstracts, tuple_borrow(pair, 0));
        v_drop(t, pair);
    }
    v_drop(t, items);
    return r;
}

// Those of a base that the class still has as abstract.
static int add_inherited(Thread *t, V cls, V base, V abstracts) {
    V names = obj_lookup_attr(t, base, NAME(__abstractmethods__));
    if (names == V_NULL) return 0;
    if (v_is_error(names)) return -1;
    V list = obj_to_list(t, names);
    v_drop(t, names);
    if (v_is_error(list)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < list_len(list); i++) {
        V name = list_get(t, list, i), value = obj_lookup_attr(t, cls, name);
        if (v_is_error(value)) {
            r = -1;
        } else if (value != V_NULL) {
            int abstract = is_abstract(t, value);
            v_drop(t, value);
            if (abstract) r = abstract < 0 ? -1 : set_add(t, abstracts, name);
        }
        v_drop(t, name);
    }
    v_drop(t, list);
    return r;
}

static int compute_abstract(Thread *t, V cls) {
    V abstracts = set_new(t, V_NULL), bases = V_ERROR;
    if (v_is_error(abstracts)) return -1;
    int r = add_own(t, cls, abstracts);
    if (r == 0) bases = obj_getattr(t, cls, NAME(__bases__));
    if (v_is_error(bases)) r = -1;
    for (size_t i = 0; r == 0 && v_is_tuple(bases) && i < tuple_len(bases); i++) r = add_inherited(t, cls, tuple_borrow(bases, i), abstracts);
    if (!v_is_error(bases)) v_drop(t, bases);
    if (r == 0) {
        V frozen = frozenset_new(t, abstracts);
        r = v_is_error(frozen) ? -1 : obj_setattr(t, cls, NAME(__abstractmethods__), frozen);
        if (!v_is_error(frozen)) v_drop(t, frozen);
    }
    v_drop(t, abstracts);
    return r;
}

enum { COLLECTION = TYPE_SEQUENCE | TYPE_MAPPING };

static NATIVE(abc_init) {
    UNUSED_NATIVE();
    V cls = args[0];
    if (compute_abstract(t, cls) < 0) return V_ERROR;
    AbcData *d = (AbcData *)obj_alloc(t, &abc_data_type, sizeof *d, OBJ_GC);
    if (!d) return err_no_memory(t);
    at_store_relaxed(&d->negative_version, at_load_relaxed(&invalidations));
    V data = v_from(d);
    int r = obj_setattr(t, cls, NAME(_abc_impl), data);
    v_drop(t, data);
    if (r < 0) return V_ERROR;
    if (!v_is_type(cls)) return V_NONE;
    // collections.abc.Sequence and Mapping say here that their subclasses match such patterns.
    Type *type = v_as_type(cls);
    V flags = type_own_attr_borrow(type, NAME(__abc_tpflags__));
    if (flags == V_NULL || !v_is_int(flags)) return V_NONE;
    int64_t bits = v_int(flags);
    if ((bits & (1 << 5)) && (bits & (1 << 6)))
        return err_set(t, &exc_TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    type->flags |= bits & (1 << 5) ? TYPE_SEQUENCE : bits & (1 << 6) ? TYPE_MAPPING : 0;
    return obj_setattr(t, cls, NAME(__abc_tpflags__), V_NULL) < 0 ? V_ERROR : V_NONE;
}

// ---- registering ---------------------------------------------------------------------------------------------------------
static void set_collection_flag(Thread *t, Type *type, uint32_t flag) {
    if (type_has(type, COLLECTION) || !type_has(type, TYPE_HEAP)) return;
    type->flags |= flag;
    V subs = type_subclasses_list(t, type);
    if (v_is_error(subs)) {
        err_clear(t);
        return;
    }
    for (size_t i = 0; i < list_len(subs); i++) {
        V sub = list_get(t, subs, i);
        set_collection_flag(t, v_as_type(sub), flag);
        v_drop(t, sub);
    }
    v_drop(t, subs);
}

static NATIVE(abc_register) {
    UNUSED_NATIVE();
    V cls = args[0], subclass = args[1], hold;
    if (!v_is_type(subclass)) return err_set(t, &exc_TypeError, "Can only register classes");
    int r = obj_issubclass(t, subclass, cls);
    if (r > 0) return v_dup(subclass);
    if (r < 0) return V_ERROR;
    r = obj_issubclass(t, cls, subclass);
    if (r > 0) return err_set(t, &exc_RuntimeError, "Refusing to create an inheritance cycle");
    if (r < 0) return V_ERROR;
    AbcData *d = data_of(t, cls, &hold);
    if (!d) return V_ERROR;
    r = set_put(t, d, &d->registry, subclass);
    v_drop(t, hold);
    if (r < 0) return V_ERROR;
    at_fetch_add_relaxed(&invalidations, (uint64_t)1);
    if (v_is_type(cls) && type_has(v_as_type(cls), COLLECTION))
        set_collection_flag(t, v_as_type(subclass), v_as_type(cls)->flags & COLLECTION);
    return v_dup(subclass);
}

// ---- asking --------------------------------------------------------------------------------------------------------------
static V check(Thread *t, V cls, V subclass) { return obj_call_method1(t, cls, NAME(__subclasscheck__), subclass); }

static NATIVE(abc_instancecheck) {
    UNUSED_NATIVE();
    V cls = args[0], hold, result = V_ERROR;
    V subclass = obj_getattr(t, args[1], NAME(__class__));
    if (v_is_error(subclass)) return V_ERROR;
    AbcData *d = data_of(t, cls, &hold);
    if (!d) {
        v_drop(t, subclass);
        return V_ERROR;
    }
    int known = set_has(t, d, &d->positive, subclass);
    V type = v_from_type(v_type(args[1]));
    if (known > 0) {
        result = V_TRUE;
    } else if (known == 0 && type == subclass) {
        bool fresh = at_load_relaxed(&d->negative_version) == at_load_relaxed(&invalidations);
        int not = fresh ? set_has(t, d, &d->negative, subclass) : 0;
        result = not < 0 ? V_ERROR : not ? V_FALSE : check(t, cls, subclass);
    } else if (known == 0) {
        result = check(t, cls, subclass);
        int truth = v_is_error(result) ? -1 : obj_is_true(t, result);
        if (truth == 0) {
            v_drop(t, result);
            result = check(t, cls, type);
        } else if (truth < 0 && !v_is_error(result)) {
            v_drop(t, result);
            result = V_ERROR;
        }
    }
    v_drop(t, hold);
    v_drop(t, subclass);
    return result;
}

// What the class itself, its registered classes and its subclasses say: 1, 0, -1.
static int ask_registry(Thread *t, AbcData *d, V subclass) {
    int r = set_has(t, d, &d->registry, subclass);
    if (r) return r;
    V list = set_referents(t, d, &d->registry);
    if (v_is_error(list)) return -1;
    for (size_t i = 0; r == 0 && i < list_len(list); i++) {
        V registered = list_get(t, list, i);
        r = obj_issubclass(t, subclass, registered);
        v_drop(t, registered);
    }
    v_drop(t, list);
    return r;
}

static int ask_subclasses(Thread *t, V cls, V subclass) {
    V list = obj_call_method0(t, cls, NAME(__subclasses__));
    if (v_is_error(list)) return -1;
    int r = 0;
    if (!v_is_list(list)) {
        err_set(t, &exc_TypeError, "__subclasses__() must return a list");
        r = -1;
    }
    for (size_t i = 0; r == 0 && i < list_len(list); i++) {
        V sub = list_get(t, list, i);
        r = obj_issubclass(t, subclass, sub);
        v_drop(t, sub);
    }
    v_drop(t, list);
    return r;
}

static int ask_mro(V cls, V subclass) {
    if (!v_is_type(subclass)) return 0;
    V mro = slot_peek(&v_as_type(subclass)->mro);
    for (size_t i = 0; mro != V_NULL && i < tuple_len(mro); i++) {
        if (tuple_borrow(mro, i) == cls) return 1;
    }
    return 0;
}

// 1, 0, -1, or 2 when __subclasshook__ has no opinion.
static int ask_hook(Thread *t, V cls, V subclass) {
    V answer = obj_call_method1(t, cls, NAME(__subclasshook__), subclass);
    if (v_is_error(answer)) return -1;
    int r = answer == V_TRUE ? 1 : answer == V_FALSE ? 0 : answer == V_NOT_IMPLEMENTED ? 2 : -1;
    if (r < 0) err_set(t, &exc_AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    v_drop(t, answer);
    return r;
}

static int find_out(Thread *t, AbcData *d, V cls, V subclass) {
    int r = ask_hook(t, cls, subclass);
    if (r != 2) return r;
    r = ask_mro(cls, subclass);
    if (r == 0) r = ask_registry(t, d, subclass);
    if (r == 0) r = ask_subclasses(t, cls, subclass);
    return r;
}

static int cached(Thread *t, AbcData *d, V subclass) { // 1, 0, -1, or 2: not known
    int r = set_has(t, d, &d->positive, subclass);
    if (r) return r;
    uint64_t now = at_load_relaxed(&invalidations);
    if (at_load_relaxed(&d->negative_version) < now) {
        set_reset(t, d, &d->negative);
        at_store_relaxed(&d->negative_version, now);
        return 2;
    }
    r = set_has(t, d, &d->negative, subclass);
    return r < 0 ? -1 : r ? 0 : 2;
}

static NATIVE(abc_subclasscheck) {
    UNUSED_NATIVE();
    V cls = args[0], subclass = args[1], hold;
    if (!v_is_type(subclass)) return err_set(t, &exc_TypeError, "issubclass() arg 1 must be a class");
    AbcData *d = data_of(t, cls, &hold);
    if (!d) return V_ERROR;
    int r = cached(t, d, subclass);
    if (r == 2) {
        r = find_out(t, d, cls, subclass);
        if (r >= 0 && set_put(t, d, r ? &d->positive : &d->negative, subclass) < 0) r = -1;
    }
    v_drop(t, hold);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

// ---- for tests and module abc ----------------------------------------------------------------------------------------------
static NATIVE(abc_cache_token) {
    UNUSED_NATIVE();
    return int_from_u64(t, at_load_relaxed(&invalidations));
}

static NATIVE(abc_dump) {
    UNUSED_NATIVE();
    V hold;
    AbcData *d = data_of(t, args[0], &hold);
    if (!d) return V_ERROR;
    V sets[3];
    Slot *slots[] = {&d->registry, &d->positive, &d->negative};
    for (size_t i = 0; i < 3; i++) {
        V set = slot_get(&d->head, slots[i]);
        sets[i] = set_new(t, set);
        v_drop(t, set);
    }
    V result = tuple_pack_steal(t, 4, sets[0], sets[1], sets[2], int_from_u64(t, at_load_relaxed(&d->negative_version)));
    v_drop(t, hold);
    return result;
}

static NATIVE(abc_reset_registry) {
    UNUSED_NATIVE();
    V hold;
    AbcData *d = data_of(t, args[0], &hold);
    if (!d) return V_ERROR;
    set_reset(t, d, &d->registry);
    v_drop(t, hold);
    return V_NONE;
}

static NATIVE(abc_reset_caches) {
    UNUSED_NATIVE();
    V hold;
    AbcData *d = data_of(t, args[0], &hold);
    if (!d) return V_ERROR;
    set_reset(t, d, &d->positive);
    set_reset(t, d, &d->negative);
    v_drop(t, hold);
    return V_NONE;
}

static const Method methods[] = {
    {"get_cache_token", abc_cache_token, "", LOCK_NONE, 0,
     "A number that changes whenever some abstract class gets a virtual subclass."},
    {"_abc_init", abc_init, "self, /", LOCK_NONE, 0, "Collects the abstract methods of a new class.  For abc alone."},
    {"_reset_registry", abc_reset_registry, "self, /", LOCK_NONE, 0, "Forgets the virtual subclasses of a class."},
    {"_reset_caches", abc_reset_caches, "self, /", LOCK_NONE, 0,
        "Forgets the answers that a class remembers, of both kinds."},
    {"_get_dump", abc_dump, "self, /", LOCK_NONE, 0,
     "(registry, positive cache, negative cache, version) of a class, as copies to look at."},
    {"_abc_register", abc_register, "self, subclass, /", LOCK_NONE, 0,
        "Makes a class a virtual subclass of an abstract one."},
    {"_abc_instancecheck", abc_instancecheck, "self, instance, /", LOCK_NONE, 0, "isinstance() for an abstract class."},
    {"_abc_subclasscheck", abc_subclasscheck, "self, subclass, /", LOCK_NONE, 0, "issubclass() for an abstract class."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    (void)module;
    return type_ready(t, &abc_data_type);
}

const ModuleDef mod__abc = {"_abc", "What abc.ABCMeta is made of: registries and caches of abstract classes.", methods, exec, 0};
