// SPDX-License-Identifier: MIT
// Module _functools: partial, reduce, cmp_to_key; lru_cache's wrapper has a file of its own.
#include "functools_private.h"

// ---- partial -----------------------------------------------------------------------------------------------------------
typedef struct Partial {
    Obj head;
    Slot func, args, keywords; // args a tuple, keywords a dict
} Partial;
static Partial *partial_of(V v) { return (Partial *)v_obj(v); }
static V partial_call(Thread *t, V self, const V *args, size_t nargs, V kwnames);

static V partial_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (nargs < 1) return err_set(t, &exc_TypeError, "type 'partial' takes at least one argument");
    V func = args[0];
    if (!obj_is_callable(func)) return err_set(t, &exc_TypeError, "the first argument must be callable");
    V rest = tuple_from(t, args + 1, nargs - 1), keywords = V_ERROR, self = V_ERROR;
    if (v_is_error(rest)) return V_ERROR;
    // A partial of a partial is one partial, unless somebody gave the inner one attributes.
    if (v_type(func)->call == partial_call && attrs_empty(v_obj(func))) {
        Partial *inner = partial_of(func);
        V all = tuple_concat(t, slot_peek(&inner->args), rest);
        v_drop(t, rest);
        if (v_is_error(rest = all)) return V_ERROR;
        keywords = dict_copy(t, slot_peek(&inner->keywords));
        func = slot_peek(&inner->func);
    } else {
        keywords = dict_new(t);
    }
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    int r = v_is_error(keywords) ? -1 : 0;
    for (size_t i = 0; i < nkw && r == 0; i++) r = dict_set(t, keywords, tuple_borrow(kwnames, i), args[nargs + i]);
    if (r == 0) self = type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, rest);
        v_drop(t, keywords);
        return V_ERROR;
    }
    Partial *p = partial_of(self);
    slot_set(t, &p->head, &p->func, func);
    slot_set_steal(t, &p->head, &p->args, rest);
    slot_set_steal(t, &p->head, &p->keywords, keywords);
    return self;
}

static void partial_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Partial *p = (Partial *)o;
    VISIT(p->func);
    VISIT(p->args);
    VISIT(p->keywords);
}

static int find_name(V kwnames, V name) {
    for (size_t i = 0; i < tuple_len(kwnames); i++) {
        V k = tuple_borrow(kwnames, i);
        if (v_is(k, name) || str_equal(k, name)) return (int)i;
    }
    return -1;
}

// The stored keywords, at most `most` of them: names at the end of `names`, values, owned, to `values`; how many, or -1.  One that
// the call has too stands in its stored place with the call's value.  The program may change `keywords` at any time.
static ptrdiff_t hold_stored(Thread *t, V keywords, size_t most, V names, V *values, const V *kwvalues, V kwnames) {
    size_t pos = 0, n = 0;
    V key, value;
    CRITICAL(t, v_obj(keywords));
    while (n < most && dict_next(keywords, &pos, &key, &value)) {
        int i = kwnames == V_NULL ? -1 : find_name(kwnames, key);
        values[n++] = v_dup(i >= 0 ? kwvalues[i] : value);
        if (list_append(t, names, key) == 0) continue;
        while (n > 0) v_drop(t, values[--n]);
        return -1;
    }
    return (ptrdiff_t)n;
}
static bool is_stored(Thread *t, V names, size_t n, V name) {
    for (size_t i = 0; i < n; i++) {
        V stored = list_get(t, names, i);
        bool same = str_equal(stored, name);
        v_drop(t, stored);
        if (same) return true;
    }
    return false;
}
// The stored keywords, then those of the call.
static V call_with_keywords(Thread *t, V func, V *all, size_t npos, V keywords, size_t most, const V *kwvalues, V kwnames) {
    V names = list_new(t, 0), result = V_ERROR;
    ptrdiff_t stored = v_is_error(names) ? -1 : hold_stored(t, keywords, most, names, all + npos, kwvalues, kwnames);
    size_t n = npos + (size_t)stored;
    int r = stored < 0 ? -1 : 0;
    for (size_t i = 0; r == 0 && kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        V name = tuple_borrow(kwnames, i);
        if (is_stored(t, names, (size_t)stored, name)) continue;
        all[n++] = kwvalues[i];
        r = list_append(t, names, name);
    }
    V tuple = r < 0 ? V_ERROR : list_to_tuple(t, names);
    if (!v_is_error(names)) v_drop(t, names);
    if (!v_is_error(tuple)) {
        result = obj_call(t, func, all, npos, tuple);
        v_drop(t, tuple);
    }
    while (stored > 0) v_drop(t, all[npos + (size_t)--stored]);
    return result;
}

static V partial_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    Partial *p = partial_of(self);
    V func = slot_get(&p->head, &p->func), stored = slot_get(&p->head, &p->args), keywords = slot_get(&p->head, &p->keywords);
    size_t nstored = tuple_len(stored), nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames), nkeep = dict_len(keywords);
    size_t npos = nstored + nargs, total = npos + nkw + nkeep;
    V few[12], *all = few, result;
    if (total > countof(few) && !(all = mem_alloc(t, total * sizeof(V)))) {
        result = err_no_memory(t);
        goto done;
    }
    for (size_t i = 0; i < nstored; i++) all[i] = tuple_borrow(stored, i);
    for (size_t i = 0; i < nargs; i++) all[nstored + i] = args[i];
    if (nkeep) {
        result = call_with_keywords(t, func, all, npos, keywords, nkeep, args + nargs, kwnames);
    } else {
        for (size_t i = 0; i < nkw; i++) all[npos + i] = args[nargs + i];
        result = obj_call(t, func, all, npos, kwnames);
    }
    if (all != few) mem_free(all);
done:
    v_drop(t, func);
    v_drop(t, stored);
    v_drop(t, keywords);
    return result;
}

static V partial_repr_inside(Thread *t, V self) {
    Partial *p = partial_of(self);
    StrBuilder b;
    sb_init(&b, t);
    V args = slot_get(&p->head, &p->args), keywords = slot_get(&p->head, &p->keywords), func = slot_get(&p->head, &p->func);
    V text = obj_repr(t, func);
    v_drop(t, func);
    bool ok = !v_is_error(text);
    const char *name = v_is_exact(self, &partial_type) ? "functools.partial" : type_short_name(v_type(self));
    sb_cstr(&b, name);
    sb_char(&b, '(');
    if (ok) sb_str(&b, text);
    v_drop(t, text);
    for (size_t i = 0; i < tuple_len(args) && ok; i++) {
        text = str_from_format(t, ", %R", tuple_borrow(args, i));
        if ((ok = !v_is_error(text))) sb_str(&b, text);
        v_drop(t, text);
    }
    size_t pos = 0;
    V key, value;
    while (ok && dict_next(keywords, &pos, &key, &value)) {
        key = v_dup(key);
        value = v_dup(value);
        text = str_from_format(t, ", %V=%R", key, value);
        if ((ok = !v_is_error(text))) sb_str(&b, text);
        v_drop(t, text);
        v_drop(t, key);
        v_drop(t, value);
    }
    sb_char(&b, ')');
    v_drop(t, args);
    v_drop(t, keywords);
    if (ok) return sb_finish(&b);
    sb_abandon(&b);
    return V_ERROR;
}

static V partial_repr(Thread *t, V self) {
    int inside = obj_repr_enter(t, self);
    if (inside) return inside < 0 ? V_ERROR : str_from_cstr(t, "...");
    V result = partial_repr_inside(t, self);
    obj_repr_leave(t, self);
    return result;
}

static NATIVE(partial_reduce) {
    UNUSED_NATIVE();
    Partial *p = partial_of(self);
    V dict = functools_state_dict(t, self);
    V state = tuple_pack_steal(t, 4, slot_get(&p->head, &p->func), slot_get(&p->head, &p->args), slot_get(&p->head, &p->keywords), dict);
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack(t, 1, slot_peek(&p->func)), state);
}

static NATIVE(partial_setstate) {
    UNUSED_NATIVE();
    V state = args[0];
    bool good = v_is_tuple(state) && tuple_len(state) == 4;
    V func = V_NULL, rest = V_NULL, keywords = V_NULL, dict = V_NULL;
    if (good) {
        func = tuple_borrow(state, 0), rest = tuple_borrow(state, 1), keywords = tuple_borrow(state, 2), dict = tuple_borrow(state, 3);
        good = obj_is_callable(func) && v_is_tuple(rest) && (keywords == V_NONE || v_is_dict(keywords));
    }
    if (!good) return err_set(t, &exc_TypeError, "invalid partial state");
    V plain = v_is_exact(rest, &tuple_type) ? v_dup(rest) : obj_to_tuple(t, rest);
    V copy = keywords == V_NONE ? dict_new(t) : v_is_exact(keywords, &dict_type) ? v_dup(keywords) : dict_copy(t, keywords);
    if (v_is_error(plain) || v_is_error(copy)) {
        v_drop(t, plain);
        v_drop(t, copy);
        return V_ERROR;
    }
    Partial *p = partial_of(self);
    slot_set(t, &p->head, &p->func, func);
    slot_set_steal(t, &p->head, &p->args, plain);
    slot_set_steal(t, &p->head, &p->keywords, copy);
    if (dict != V_NONE) return obj_setattr(t, self, NAME(__dict__), dict) < 0 ? V_ERROR : V_NONE;
    if (attrs_empty(&p->head)) return V_NONE;
    V none = dict_new(t);
    int r = v_is_error(none) ? -1 : obj_setattr(t, self, NAME(__dict__), none);
    v_drop(t, none);
    return r < 0 ? V_ERROR : V_NONE;
}

static const Method partial_methods[] = {
    {"__reduce__", partial_reduce, "", LOCK_SELF, 0, NULL},
    {"__setstate__", partial_setstate, "object, /", LOCK_SELF, 0, NULL},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in partial[int]."},
    METHOD_END,
};
static const Member partial_members[] = {
    {"func", MEMBER_SLOT, offsetof(Partial, func), true, "The function that is called."},
    {"args", MEMBER_SLOT, offsetof(Partial, args), true, "Its first positional arguments."},
    {"keywords", MEMBER_SLOT, offsetof(Partial, keywords), true, "Its keyword arguments, unless a call gives others."},
    {0},
};
Type partial_type = {
    TYPE_HEAD("functools.partial"), .doc = "A function with some of its arguments given already: partial(func, *args, **keywords).",
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS, .size = sizeof(Partial), .attrs_offset = 1, .traverse = partial_traverse,
    .new_ = partial_new, .call = partial_call, .repr = partial_repr, .methods = partial_methods, .members = partial_members,
};

// ---- cmp_to_key ----------------------------------------------------------------------------------------------------------
typedef struct Key { // K itself has no object; K(x) has
    Obj head;
    Slot cmp, object;
} Key;
static Type key_type;
static Key *key_of(V v) { return (Key *)v_obj(v); }

static V key_make(Thread *t, V cmp, V object) {
    Key *k = (Key *)obj_alloc(t, &key_type, sizeof *k, OBJ_GC);
    if (!k) return err_no_memory(t);
    slot_init(t, &k->head, &k->cmp, cmp);
    slot_init(t, &k->head, &k->object, object);
    return v_from(k);
}

static V key_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V object;
    if (args_bind(t, "K", "obj", args, nargs, kwnames, &object) < 0) return V_ERROR;
    return key_make(t, slot_peek(&key_of(self)->cmp), object);
}

static V key_compare(Thread *t, V a, V b, int op) {
    if (!v_is_exact(b, &key_type)) return err_set(t, &exc_TypeError, "other argument must be K instance");
    V x = slot_peek(&key_of(a)->object), y = slot_peek(&key_of(b)->object);
    if (x == V_NULL || y == V_NULL) return err_set(t, &exc_AttributeError, "object");
    V order = obj_call2(t, slot_peek(&key_of(a)->cmp), x, y);
    if (v_is_error(order)) return V_ERROR;
    V result = obj_compare(t, order, v_from_int(0), op);
    v_drop(t, order);
    return result;
}

static void key_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Key *)o)->cmp);
    VISIT(((Key *)o)->object);
}
static const Member key_members[] = {
    {"obj", MEMBER_SLOT_OR_NONE, offsetof(Key, object), false, "Value wrapped by a key function."},
    {0},
};
static Type key_type = {
    TYPE_HEAD("functools.KeyWrapper"), .flags = TYPE_GC, .size = sizeof(Key), .traverse = key_traverse, .call = key_call,
    .compare = key_compare, .hash = obj_hash_unhashable, .members = key_members,
};

static NATIVE(cmp_to_key) {
    UNUSED_NATIVE();
    return key_make(t, args[0], V_NULL);
}

// ---- reduce ------------------------------------------------------------------------------------------------------------
static NATIVE(reduce) {
    UNUSED_NATIVE();
    V func = args[0], iter = obj_iter(t, args[1]);
    if (v_is_error(iter)) {
        if (!err_matches(t, &exc_TypeError)) return V_ERROR;
        err_clear(t);
        return err_set(t, &exc_TypeError, "reduce() arg 2 must support iteration");
    }
    V result = args[2] == V_NULL ? V_NULL : v_dup(args[2]);
    for (;;) {
        V item = obj_next(t, iter);
        if (item == V_END) break;
        if (v_is_error(item)) {
            v_drop(t, result);
            result = V_ERROR;
            break;
        }
        if (result == V_NULL) {
            result = item;
            continue;
        }
        V next = obj_call2(t, func, result, item);
        v_drop(t, result);
        v_drop(t, item);
        result = next;
        if (v_is_error(result)) break;
    }
    v_drop(t, iter);
    return result == V_NULL ? err_set(t, &exc_TypeError, "reduce() of empty iterable with no initial value") : result;
}

static const Method methods[] = {
    {"reduce", reduce, "function, iterable, initial=<unrepresentable>, /", LOCK_NONE, M_TUPLE,
     "Combines the items from left to right with a function of two arguments, starting with initial if it is given."},
    {"cmp_to_key", cmp_to_key, "mycmp", LOCK_NONE, 0, "A key function for sorting by a function that compares two arguments."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (type_ready(t, &key_type) < 0 || module_add_type(t, module, &partial_type) < 0) return -1;
    return module_add_type(t, module, &lru_cache_type);
}

const ModuleDef mod__functools = {
    .name = "_functools", .doc = "Partial functions, caches, reduce and cmp_to_key.", .methods = methods, .exec = exec,
};
