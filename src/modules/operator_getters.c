// SPDX-License-Identifier: MIT
// operator.itemgetter, attrgetter, methodcaller: callables made from keys, dotted names, a method call.
//
// All three are immutable after __new__.  A Getter holds a tuple of keys; an attrgetter's keys are tuples of the parts of a
// dotted name.  With one key the result is that value alone, with several a tuple.
#include "object/misc.h"
#include "operator_parts.h"
#include "runtime/runtime.h"

typedef struct Getter { Obj head; Slot keys; } Getter;
static inline V keys_of(V v) { return slot_peek(&((Getter *)v_obj(v))->keys); }
static void getter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Getter *)o)->keys); }

static V getter_make(Thread *t, Type *type, V keys_steal) {
    if (v_is_error(keys_steal)) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) {
        v_drop(t, keys_steal);
        return V_ERROR;
    }
    slot_init_steal(t, v_obj(self), &((Getter *)v_obj(self))->keys, keys_steal);
    return self;
}

// fetch(obj, key) for every key.
static V getter_apply(Thread *t, V self, V obj, V (*fetch)(Thread *, V, V)) {
    V keys = keys_of(self);
    size_t n = tuple_len(keys);
    if (n == 1) return fetch(t, obj, tuple_borrow(keys, 0));
    V result = tuple_new(t, n);
    for (size_t i = 0; i < n && !v_is_error(result); i++) {
        V v = fetch(t, obj, tuple_borrow(keys, i));
        if (v_is_error(v)) {
            v_drop(t, result);
            return V_ERROR;
        }
        tuple_init_steal(t, result, i, v);
    }
    return result;
}

static int check_call(Thread *t, const char *name, size_t nargs, V kwnames) {
    if (args_no_keywords(t, name, kwnames) < 0) return -1;
    return args_check_count(t, name, nargs, 1, 1);
}

// name(key, key, …)
static V show(Thread *t, V self, V items_steal) {
    if (v_is_error(items_steal)) return V_ERROR;
    V result = V_ERROR;
    int busy = obj_repr_enter(t, self);
    if (busy) {
        v_drop(t, items_steal);
        return busy < 0 ? V_ERROR : str_from_format(t, "%T(...)", self);
    }
    if (tuple_len(items_steal) == 1) result = str_from_format(t, "%T(%R)", self, tuple_borrow(items_steal, 0));
    else result = str_from_format(t, "%T%R", self, items_steal);
    v_drop(t, items_steal);
    obj_repr_leave(t, self);
    return result;
}

// ---- itemgetter ------------------------------------------------------------------------------------------------------------
static V itemgetter_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "itemgetter", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "itemgetter expected 1 argument, got 0");
    return getter_make(t, type, tuple_from(t, args, nargs));
}
static V itemgetter_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (check_call(t, "itemgetter", nargs, kwnames) < 0) return V_ERROR;
    return getter_apply(t, self, args[0], obj_getitem);
}
static V itemgetter_repr(Thread *t, V self) { return show(t, self, v_dup(keys_of(self))); }
static NATIVE(itemgetter_reduce) {
    UNUSED_NATIVE();
    return tuple_pack(t, 2, v_from_type(v_type(self)), keys_of(self));
}
static const Method itemgetter_methods[] = {
    {"__reduce__", itemgetter_reduce, "", LOCK_NONE, 0, "Return state information for pickling"},
    METHOD_END,
};
Type itemgetter_type = {
    TYPE_HEAD("operator.itemgetter"), .size = sizeof(Getter), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = getter_traverse,
    .doc = "itemgetter(item, ...) --> a function of one argument r\n\n"
           "It gives r[item]; with several items, the tuple of all of them.",
    .new_ = itemgetter_new, .call = itemgetter_call, .repr = itemgetter_repr, .methods = itemgetter_methods,
};

// ---- attrgetter ------------------------------------------------------------------------------------------------------------
static V split_name(Thread *t, V name) {
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "attribute name must be a string");
    V dot = str_from_char(t, '.');
    if (v_is_error(dot)) return V_ERROR;
    V parts = str_split(t, name, dot, -1);
    v_drop(t, dot);
    if (v_is_error(parts)) return V_ERROR;
    for (size_t i = 0; i < list_len(parts); i++) {
        V part = str_intern_steal(t, list_get(t, parts, i));
        if (v_is_error(part)) break;
        if (list_set(t, parts, i, part) < 0) err_clear(t);
        v_drop(t, part);
    }
    V tuple = err_pending(t) ? V_ERROR : list_to_tuple(t, parts);
    v_drop(t, parts);
    return tuple;
}

static V attrgetter_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "attrgetter", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "attrgetter expected 1 argument, got 0");
    V keys = tuple_new(t, nargs);
    for (size_t i = 0; i < nargs && !v_is_error(keys); i++) {
        V parts = split_name(t, args[i]);
        if (v_is_error(parts)) {
            v_drop(t, keys);
            return V_ERROR;
        }
        tuple_init_steal(t, keys, i, parts);
    }
    return getter_make(t, type, keys);
}

static V fetch_attr(Thread *t, V obj, V parts) {
    V v = v_dup(obj);
    for (size_t i = 0; i < tuple_len(parts) && !v_is_error(v); i++) {
        V next = obj_getattr(t, v, tuple_borrow(parts, i));
        v_drop(t, v);
        v = next;
    }
    return v;
}
static V attrgetter_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (check_call(t, "attrgetter", nargs, kwnames) < 0) return V_ERROR;
    return getter_apply(t, self, args[0], fetch_attr);
}

// The dotted names again.
static V attr_names(Thread *t, V self) {
    V keys = keys_of(self), names = tuple_new(t, tuple_len(keys)), dot = str_from_char(t, '.');
    for (size_t i = 0; i < tuple_len(keys) && !v_is_error(names); i++) {
        V name = v_is_error(dot) ? V_ERROR : str_join(t, dot, tuple_borrow(keys, i));
        if (v_is_error(name)) {
            v_drop(t, names);
            names = V_ERROR;
        } else {
            tuple_init_steal(t, names, i, name);
        }
    }
    if (!v_is_error(dot)) v_drop(t, dot);
    return names;
}
static V attrgetter_repr(Thread *t, V self) { return show(t, self, attr_names(t, self)); }
static NATIVE(attrgetter_reduce) {
    UNUSED_NATIVE();
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), attr_names(t, self));
}
static const Method attrgetter_methods[] = {
    {"__reduce__", attrgetter_reduce, "", LOCK_NONE, 0, "Return state information for pickling"},
    METHOD_END,
};
Type attrgetter_type = {
    TYPE_HEAD("operator.attrgetter"), .size = sizeof(Getter), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = getter_traverse,
    .doc = "attrgetter(attr, ...) --> a function of one argument r\n\n"
           "It gives the attribute of r that attr names, which may be dotted ('a.b' for r.a.b);\n"
           "with several names, the tuple of all of them.",
    .new_ = attrgetter_new, .call = attrgetter_call, .repr = attrgetter_repr, .methods = attrgetter_methods,
};

// ---- methodcaller ------------------------------------------------------------------------------------------------------------
typedef struct Caller { Obj head; Slot name, args, kwargs; } Caller; // kwargs: dict, or V_NULL
static inline Caller *caller_of(V v) { return (Caller *)v_obj(v); }
static void caller_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Caller *c = (Caller *)o;
    VISIT(c->name);
    VISIT(c->args);
    VISIT(c->kwargs);
}

static V methodcaller_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (nargs == 0) return err_set(t, &exc_TypeError, "methodcaller needs at least one argument, the method name");
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "method name must be a string");
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Caller *c = caller_of(self);
    V name = str_intern_steal(t, v_dup(args[0])), rest = v_is_error(name) ? V_ERROR : tuple_from(t, args + 1, nargs - 1);
    if (!v_is_error(name)) slot_init_steal(t, &c->head, &c->name, name);
    if (!v_is_error(rest)) slot_init_steal(t, &c->head, &c->args, rest);
    int r = v_is_error(rest) ? -1 : 0;
    if (r == 0 && kwnames != V_NULL && tuple_len(kwnames)) {
        V kwargs = dict_new(t);
        r = v_is_error(kwargs) ? -1 : 0;
        for (size_t i = 0; r == 0 && i < tuple_len(kwnames); i++) r = dict_set(t, kwargs, tuple_borrow(kwnames, i), args[nargs + i]);
        if (!v_is_error(kwargs)) slot_init_steal(t, &c->head, &c->kwargs, kwargs);
    }
    if (r == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

static V methodcaller_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (check_call(t, "methodcaller", nargs, kwnames) < 0) return V_ERROR;
    Caller *c = caller_of(self);
    V method = obj_getattr(t, args[0], slot_peek(&c->name));
    if (v_is_error(method)) return V_ERROR;
    V result = obj_call_tuple(t, method, slot_peek(&c->args), slot_peek(&c->kwargs));
    v_drop(t, method);
    return result;
}

static int show_arguments(Thread *t, StrBuilder *b, Caller *c) {
    V args = slot_peek(&c->args), kwargs = slot_peek(&c->kwargs), text;
    for (size_t i = 0; i < tuple_len(args); i++) {
        if (v_is_error(text = obj_repr(t, tuple_borrow(args, i)))) return -1;
        sb_cstr(b, ", ");
        sb_str(b, text);
        v_drop(t, text);
    }
    size_t pos = 0;
    V key, value;
    while (kwargs != V_NULL && dict_next(kwargs, &pos, &key, &value)) {
        if (v_is_error(text = obj_repr(t, value))) return -1;
        sb_cstr(b, ", ");
        sb_str(b, key);
        sb_char(b, '=');
        sb_str(b, text);
        v_drop(t, text);
    }
    return 0;
}

static V methodcaller_repr(Thread *t, V self) {
    int busy = obj_repr_enter(t, self);
    if (busy) return busy < 0 ? V_ERROR : str_from_format(t, "%T(...)", self);
    StrBuilder b;
    sb_init(&b, t);
    V head = str_from_format(t, "%T(%R", self, slot_peek(&caller_of(self)->name));
    int r = v_is_error(head) ? -1 : 0;
    if (r == 0) {
        sb_str(&b, head);
        v_drop(t, head);
        r = show_arguments(t, &b, caller_of(self));
    }
    obj_repr_leave(t, self);
    if (r < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    sb_char(&b, ')');
    return sb_finish(&b);
}

// Without keywords (cls, (name, *args)); with them functools.partial(cls, name, **kwargs) is called with args.
static NATIVE(methodcaller_reduce) {
    UNUSED_NATIVE();
    Caller *c = caller_of(self);
    V cls = v_from_type(v_type(self)), name = slot_peek(&c->name), kwargs = slot_peek(&c->kwargs);
    if (kwargs == V_NULL) {
        V head = tuple_pack(t, 1, name), all = v_is_error(head) ? V_ERROR : tuple_concat(t, head, slot_peek(&c->args));
        if (!v_is_error(head)) v_drop(t, head);
        return tuple_pack_steal(t, 2, cls, all);
    }
    V partial = import_attr_c(t, "functools", "partial");
    if (v_is_error(partial)) return V_ERROR;
    V pair = tuple_pack(t, 2, cls, name), constructor = v_is_error(pair) ? V_ERROR : obj_call_tuple(t, partial, pair, kwargs);
    if (!v_is_error(pair)) v_drop(t, pair);
    v_drop(t, partial);
    if (v_is_error(constructor)) return V_ERROR;
    return tuple_pack_steal(t, 2, constructor, v_dup(slot_peek(&c->args)));
}
static const Method methodcaller_methods[] = {
    {"__reduce__", methodcaller_reduce, "", LOCK_NONE, 0, "Return state information for pickling"},
    METHOD_END,
};
Type methodcaller_type = {
    TYPE_HEAD("operator.methodcaller"), .size = sizeof(Caller), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = caller_traverse,
    .doc = "methodcaller(name, ...) --> a function of one argument r\n\n"
           "It calls the method of r that has this name with the further arguments.",
    .new_ = methodcaller_new, .call = methodcaller_call, .repr = methodcaller_repr, .methods = methodcaller_methods,
};
