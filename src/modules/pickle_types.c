// SPDX-License-Identifier: MIT
// Module _pickle: the types Pickler and Unpickler, and their memos as Python sees them.
#include "pickle_private.h"
#include "object/plain.h"

static Pickler *pickler_of(V v) { return (Pickler *)v_obj(v); }
static Unpickler *unpickler_of(V v) { return (Unpickler *)v_obj(v); }

static const char *shown_name(const Type *type) { return type_has(type, TYPE_HEAP) ? type_short_name(type) : type->name; }
static void set_or_clear(Thread *t, Obj *o, Slot *slot, V v) {
    if (v == V_NULL || v == V_NONE) slot_clear(t, o, slot);
    else slot_set(t, o, slot, v);
}

// ---- Pickler -----------------------------------------------------------------------------------------------------------------------
int pickler_configure(Thread *t, V self, V protocol, V fix_imports, V buffer_callback) {
    Pickler *p = pickler_of(self);
    int64_t n = PICKLE_DEFAULT;
    if (protocol != V_NULL && protocol != V_NONE && num_as_i64(t, protocol, &n) < 0) return -1;
    if (n < 0) n = PICKLE_HIGHEST;
    if (n > PICKLE_HIGHEST) {
        err_set(t, &exc_ValueError, "pickle protocol must be <= %d", PICKLE_HIGHEST);
        return -1;
    }
    int fix = fix_imports == V_NULL ? 1 : obj_is_true(t, fix_imports);
    if (fix < 0) return -1;
    if (buffer_callback != V_NULL && buffer_callback != V_NONE && n < 5) {
        err_set(t, &exc_ValueError, "buffer_callback needs protocol >= 5");
        return -1;
    }
    at_store_relaxed(&p->protocol, (int)n);
    at_store_relaxed(&p->bin, n > 0);
    at_store_relaxed(&p->fix_imports, fix && n < 3);
    set_or_clear(t, &p->head, &p->buffer_callback, buffer_callback);
    return 0;
}

static int pickler_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[4];
    if (args_bind(t, "Pickler", "file, protocol=None, fix_imports=True, buffer_callback=None", args, nargs, kwnames, given) < 0) return -1;
    if (pickler_configure(t, self, given[1], given[2], given[3]) < 0) return -1;
    V write = obj_lookup_attr(t, given[0], NAME(write));
    if (write == V_NULL) err_set(t, &exc_TypeError, "file must have a 'write' attribute");
    if (write == V_NULL || v_is_error(write)) return -1;
    Pickler *p = pickler_of(self);
    slot_set_steal(t, &p->head, &p->write, write);
    at_store_relaxed(&p->fast, 0);
    pickle_memo_clear(t, p);
    return 0;
}

// Settings that a subclass or an instance may override.
static int read_overrides(Thread *t, Writer *w) {
    V self = w->self;
    if (v_is_exact(self, &pickler_type)) {
        w->persistent_id = slot_get(v_obj(self), &w->pickler->persistent_id);
        w->dispatch_table = slot_get(v_obj(self), &w->pickler->dispatch_table);
        return 0;
    }
    w->persistent_id = obj_lookup_attr(t, self, NAME(persistent_id));
    if (!v_is_error(w->persistent_id)) w->dispatch_table = obj_lookup_attr(t, self, NAME(dispatch_table));
    if (!v_is_error(w->dispatch_table)) w->reducer_override = obj_lookup_attr(t, self, NAME(reducer_override));
    return v_is_error(w->persistent_id) || v_is_error(w->dispatch_table) || v_is_error(w->reducer_override) ? -1 : 0;
}

int writer_start(Thread *t, Writer *w, V self, bool to_file) {
    Pickler *p = pickler_of(self);
    *w = (Writer){.t = t, .pickler = p, .self = self, .frame = -1};
    w->protocol = at_load_relaxed(&p->protocol);
    w->bin = at_load_relaxed(&p->bin) != 0;
    w->fix_imports = at_load_relaxed(&p->fix_imports);
    if (to_file) w->write = slot_get(&p->head, &p->write);
    w->buffer_callback = slot_get(&p->head, &p->buffer_callback);
    return read_overrides(t, w);
}

void writer_end(Writer *w) {
    V values[] = {w->write, w->buffer_callback, w->persistent_id, w->dispatch_table, w->reducer_override};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) v_drop(w->t, values[i]);
    mem_free(w->data);
}

int writer_dump(Writer *w, V v) {
    char proto[2] = {(char)OP_PROTO, (char)w->protocol};
    if (w->protocol >= 2 && put_bytes(w, proto, 2) < 0) return -1;
    w->framing = w->protocol >= 4;
    return save(w, v, false) < 0 ? -1 : put_op(w, OP_STOP);
}

static NATIVE(m_dump) {
    UNUSED_NATIVE();
    if (slot_peek(&pickler_of(self)->write) == V_NULL)
        return pickle_raise(t, &pickling_error, "Pickler.__init__() was not called by %s.__init__()", shown_name(v_type(self)));
    Writer w;
    int r = writer_start(t, &w, self, true) < 0 || writer_dump(&w, args[0]) < 0 ? -1 : writer_flush(&w);
    writer_end(&w);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_clear_memo) {
    UNUSED_NATIVE();
    pickle_memo_clear(t, pickler_of(self));
    return V_NONE;
}
static NATIVE(m_pickler_sizeof) {
    UNUSED_NATIVE();
    Pickler *p = pickler_of(self);
    CRITICAL(t, &p->head);
    return int_from_size(t, v_type(self)->size + (p->memo ? (p->mask + 1) * sizeof *p->memo : 0));
}

static V get_persistent_id(Thread *t, V self, void *closure) {
    (void)closure;
    V v = slot_get(v_obj(self), &pickler_of(self)->persistent_id);
    return v == V_NULL ? attr_error(t, self, NAME(persistent_id), "persistent_id") : v;
}
static V get_dispatch_table(Thread *t, V self, void *closure) {
    (void)closure;
    V v = slot_get(v_obj(self), &pickler_of(self)->dispatch_table);
    return v == V_NULL ? attr_error_missing(t, self, NAME(dispatch_table)) : v;
}
static int set_dispatch_table(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) slot_clear(t, v_obj(self), &pickler_of(self)->dispatch_table);
    else slot_set(t, v_obj(self), &pickler_of(self)->dispatch_table, value);
    return 0;
}
static V get_persistent_load(Thread *t, V self, void *closure) {
    (void)closure;
    V v = slot_get(v_obj(self), &unpickler_of(self)->persistent_load);
    return v == V_NULL ? attr_error(t, self, NAME(persistent_load), "persistent_load") : v;
}
static int set_callable(Thread *t, V self, V value, void *closure, const char *name) {
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "attribute deletion is not supported");
        return -1;
    }
    if (!obj_is_callable(value)) {
        err_set(t, &exc_TypeError, "%s must be a callable taking one argument", name);
        return -1;
    }
    slot_set(t, v_obj(self), (Slot *)(void *)((char *)v_obj(self) + (size_t)(uintptr_t)closure), value);
    return 0;
}
static int set_persistent_id(Thread *t, V self, V value, void *closure) { return set_callable(t, self, value, closure, "persistent_id"); }
static int set_persistent_load(Thread *t, V self, V value, void *closure) { return set_callable(t, self, value, closure, "persistent_load"); }

// ---- memos seen from Python ------------------------------------------------------------------------------------------------------------
typedef struct MemoProxy { Obj head; Slot owner; } MemoProxy;
static V owner_of(V proxy) { return slot_peek(&((MemoProxy *)v_obj(proxy))->owner); }
static void proxy_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((MemoProxy *)o)->owner); }
static V proxy_new(Thread *t, Type *type, V owner) {
    V proxy = type_alloc(t, type, 0);
    if (!v_is_error(proxy)) slot_init(t, v_obj(proxy), &((MemoProxy *)v_obj(proxy))->owner, owner);
    return proxy;
}
static V as_call(Thread *t, V dict) { return tuple_pack_steal(t, 2, v_from_type(&dict_type), tuple_pack_steal(t, 1, dict)); }

static NATIVE(pm_clear) {
    UNUSED_NATIVE();
    pickle_memo_clear(t, pickler_of(owner_of(self)));
    return V_NONE;
}
static NATIVE(pm_copy) {
    UNUSED_NATIVE();
    return pickle_memo_as_dict(t, owner_of(self));
}
static NATIVE(pm_reduce) {
    UNUSED_NATIVE();
    return as_call(t, pickle_memo_as_dict(t, owner_of(self)));
}
static const Method pickler_memo_methods[] = {
    {"clear", pm_clear, "", LOCK_NONE, 0, "Forgets all."},
    {"copy", pm_copy, "", LOCK_NONE, 0, "{id: (index, object)}"},
    {"__reduce__", pm_reduce, "", LOCK_NONE, 0, "For pickles: a dict."},
    METHOD_END,
};
Type pickler_memo_type = {
    TYPE_HEAD("_pickle.PicklerMemoProxy"), .size = sizeof(MemoProxy), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = proxy_traverse,
    .hash = obj_hash_unhashable, .methods = pickler_memo_methods,
};

static V get_pickler_memo(Thread *t, V self, void *closure) {
    (void)closure;
    return proxy_new(t, &pickler_memo_type, self);
}
static int set_pickler_memo(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "attribute deletion is not supported");
        return -1;
    }
    if (v_is_dict(value)) return pickle_memo_from_dict(t, self, value);
    if (!v_is_exact(value, &pickler_memo_type)) {
        err_set(t, &exc_TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %T", value);
        return -1;
    }
    V dict = pickle_memo_as_dict(t, owner_of(value));
    int r = v_is_error(dict) ? -1 : pickle_memo_from_dict(t, self, dict);
    v_drop(t, dict);
    return r;
}

static void pickler_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Pickler *p = (Pickler *)o;
    VISIT(p->write);
    VISIT(p->persistent_id);
    VISIT(p->dispatch_table);
    VISIT(p->buffer_callback);
    for (size_t i = 0; p->memo && i <= p->mask; i++) VISIT(p->memo[i].object);
}
static void pickler_free(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Pickler *)o)->memo);
}
static const Method pickler_methods[] = {
    {"dump", m_dump, "obj, /", LOCK_NONE, 0, "Writes a pickle of the object to the file."},
    {"clear_memo", m_clear_memo, "", LOCK_NONE, 0, "Forgets which objects were pickled already."},
    {"__sizeof__", m_pickler_sizeof, "", LOCK_NONE, 0, "Memory in use, in bytes."},
    METHOD_END,
};
#define AT(type, field) ((void *)(uintptr_t)offsetof(type, field))
static const GetSet pickler_getsets[] = {
    {"memo", get_pickler_memo, set_pickler_memo, NULL, NULL},
    {"dispatch_table", get_dispatch_table, set_dispatch_table, NULL, NULL},
    {"persistent_id", get_persistent_id, set_persistent_id, NULL, AT(Pickler, persistent_id)},
    {0},
};
static const Member pickler_members[] = {
    {"bin", MEMBER_INT, offsetof(Pickler, bin), false, NULL},
    {"fast", MEMBER_INT, offsetof(Pickler, fast), false, NULL},
    {0},
};
Type pickler_type = {
    TYPE_HEAD("_pickle.Pickler"), .size = sizeof(Pickler), .flags = TYPE_BASETYPE | TYPE_GC, .new_ = type_new_bare, .init = pickler_init,
    .traverse = pickler_traverse, .free_ = pickler_free, .methods = pickler_methods, .getsets = pickler_getsets,
    .members = pickler_members, .text_signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    .doc = "Writes pickles to a file: anything with write().",
};

// ---- Unpickler ---------------------------------------------------------------------------------------------------------------------------
static int text_setting(Thread *t, V given, V fallback, Obj *o, Slot *slot) {
    if (given != V_NULL && !v_is_str(given)) {
        err_set(t, &exc_TypeError, "encoding and errors must be str, not %T", given);
        return -1;
    }
    slot_set(t, o, slot, given == V_NULL ? fallback : given);
    return 0;
}

static void forget_memo(Thread *t, Unpickler *u) {
    Slot *memo;
    size_t n;
    {
        CRITICAL(t, &u->head);
        memo = u->memo;
        n = u->memo_size;
        u->memo = NULL;
        u->memo_size = u->memo_len = 0;
    }
    for (size_t i = 0; i < n; i++) v_drop(t, slot_take(&u->head, &memo[i]));
    mem_free(memo);
}

// given: fix_imports, encoding, errors, buffers
int unpickler_configure(Thread *t, V self, const V given[4]) {
    Unpickler *u = unpickler_of(self);
    int fix = given[0] == V_NULL ? 1 : obj_is_true(t, given[0]);
    if (fix < 0) return -1;
    at_store_relaxed(&u->fix_imports, fix > 0);
    if (text_setting(t, given[1], NAME(ASCII), &u->head, &u->encoding) < 0) return -1;
    if (text_setting(t, given[2], NAME(strict), &u->head, &u->errors) < 0) return -1;
    slot_clear(t, &u->head, &u->buffers);
    if (given[3] == V_NULL || given[3] == V_NONE) return 0;
    V buffers = obj_iter(t, given[3]);
    if (v_is_error(buffers)) return -1;
    slot_set_steal(t, &u->head, &u->buffers, buffers);
    return 0;
}

static int find_method(Thread *t, Unpickler *u, V file, V name, Slot *slot) {
    V method = obj_lookup_attr(t, file, name);
    if (v_is_error(method)) return -1;
    if (method == V_NULL) slot_clear(t, &u->head, slot);
    else slot_set_steal(t, &u->head, slot, method);
    return 0;
}

int unpickler_open(Thread *t, V self, V file) {
    Unpickler *u = unpickler_of(self);
    if (find_method(t, u, file, NAME(peek), &u->peek) < 0 || find_method(t, u, file, NAME(readinto), &u->readinto) < 0) return -1;
    if (find_method(t, u, file, NAME(read), &u->read) < 0 || find_method(t, u, file, NAME(readline), &u->readline) < 0) return -1;
    if (slot_peek(&u->read) != V_NULL && slot_peek(&u->readline) != V_NULL) return 0;
    slot_clear(t, &u->head, &u->read);
    err_set(t, &exc_TypeError, "file must have 'read' and 'readline' attributes");
    return -1;
}

static int unpickler_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[5];
    if (args_bind(t, "Unpickler", "file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=()", args, nargs, kwnames, given) < 0)
        return -1;
    if (unpickler_open(t, self, given[0]) < 0 || unpickler_configure(t, self, given + 1) < 0) return -1;
    forget_memo(t, unpickler_of(self));
    at_store_relaxed(&unpickler_of(self)->protocol, 0);
    return 0;
}

static NATIVE(m_load) {
    UNUSED_NATIVE();
    if (slot_peek(&unpickler_of(self)->read) == V_NULL)
        return pickle_raise(t, &unpickling_error, "Unpickler.__init__() was not called by %s.__init__()", shown_name(v_type(self)));
    Reader r;
    V v = reader_start(t, &r, self) < 0 ? V_ERROR : reader_load(&r);
    V saved = v_is_error(v) ? err_fetch(t) : V_NULL;
    if (reader_sync(&r) < 0 && saved == V_NULL) { // the file stands behind the pickle
        v_drop(t, v);
        v = V_ERROR;
    }
    if (saved != V_NULL) {
        err_clear(t);
        err_restore_steal(t, saved);
    }
    reader_end(&r);
    return v;
}
static NATIVE(m_find_class) {
    UNUSED_NATIVE();
    return unpickler_find_class(t, self, at_load_relaxed(&unpickler_of(self)->protocol), args[0], args[1]);
}
static NATIVE(m_unpickler_sizeof) {
    UNUSED_NATIVE();
    CRITICAL(t, v_obj(self));
    return int_from_size(t, v_type(self)->size + unpickler_of(self)->memo_size * sizeof(Slot));
}

static V unpickler_memo_dict(Thread *t, V self) {
    Unpickler *u = unpickler_of(self);
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    CRITICAL(t, &u->head);
    for (size_t i = 0; i < u->memo_size; i++) {
        V v = slot_peek(&u->memo[i]);
        if (v == V_NULL || dict_set(t, dict, v_from_int((int64_t)i), v) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}
static NATIVE(um_clear) {
    UNUSED_NATIVE();
    forget_memo(t, unpickler_of(owner_of(self)));
    return V_NONE;
}
static NATIVE(um_copy) {
    UNUSED_NATIVE();
    return unpickler_memo_dict(t, owner_of(self));
}
static NATIVE(um_reduce) {
    UNUSED_NATIVE();
    return as_call(t, unpickler_memo_dict(t, owner_of(self)));
}
static const Method unpickler_memo_methods[] = {
    {"clear", um_clear, "", LOCK_NONE, 0, "Forgets all."},
    {"copy", um_copy, "", LOCK_NONE, 0, "{index: object}"},
    {"__reduce__", um_reduce, "", LOCK_NONE, 0, "For pickles: a dict."},
    METHOD_END,
};
Type unpickler_memo_type = {
    TYPE_HEAD("_pickle.UnpicklerMemoProxy"), .size = sizeof(MemoProxy), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = proxy_traverse,
    .hash = obj_hash_unhashable, .methods = unpickler_memo_methods,
};
static V get_unpickler_memo(Thread *t, V self, void *closure) {
    (void)closure;
    return proxy_new(t, &unpickler_memo_type, self);
}

static int unpickler_memo_from_dict(Thread *t, V self, V dict) {
    V items = dict_items_list(t, dict);
    if (v_is_error(items)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0 && i < list_len(items); i++) { // first see that all keys are good
        V pair = list_get(t, items, i), key = tuple_borrow(pair, 0);
        if (!v_is_any_int(key)) r = (err_set(t, &exc_TypeError, "memo key must be integers"), -1);
        else if (int_sign(key) < 0) r = (err_set(t, &exc_ValueError, "memo key must be positive integers."), -1);
        v_drop(t, pair);
    }
    if (r == 0) forget_memo(t, unpickler_of(self));
    Reader into = {.t = t, .unpickler = unpickler_of(self)};
    for (size_t i = 0; r == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        int64_t index;
        r = num_as_i64(t, tuple_borrow(pair, 0), &index);
        if (r == 0) r = pickle_memo_write(&into, (size_t)index, tuple_borrow(pair, 1));
        v_drop(t, pair);
    }
    v_drop(t, items);
    return r;
}
static int set_unpickler_memo(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "attribute deletion is not supported");
        return -1;
    }
    if (v_is_dict(value)) return unpickler_memo_from_dict(t, self, value);
    if (!v_is_exact(value, &unpickler_memo_type)) {
        err_set(t, &exc_TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %T", value);
        return -1;
    }
    V dict = unpickler_memo_dict(t, owner_of(value));
    int r = v_is_error(dict) ? -1 : unpickler_memo_from_dict(t, self, dict);
    v_drop(t, dict);
    return r;
}

static void unpickler_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Unpickler *u = (Unpickler *)o;
    VISIT(u->read);
    VISIT(u->readline);
    VISIT(u->readinto);
    VISIT(u->peek);
    VISIT(u->buffers);
    VISIT(u->persistent_load);
    VISIT(u->encoding);
    VISIT(u->errors);
    for (size_t i = 0; i < u->memo_size; i++) VISIT(u->memo[i]);
}
static void unpickler_free(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Unpickler *)o)->memo);
}
static const Method unpickler_methods[] = {
    {"load", m_load, "", LOCK_NONE, 0, "Reads a pickle from the file; what it describes."},
    {"find_class", m_find_class, "module_name, global_name, /", LOCK_NONE, 0, "The object of that name in that module."},
    {"__sizeof__", m_unpickler_sizeof, "", LOCK_NONE, 0, "Memory in use, in bytes."},
    METHOD_END,
};
static const GetSet unpickler_getsets[] = {
    {"memo", get_unpickler_memo, set_unpickler_memo, NULL, NULL},
    {"persistent_load", get_persistent_load, set_persistent_load, NULL, AT(Unpickler, persistent_load)},
    {0},
};
Type unpickler_type = {
    TYPE_HEAD("_pickle.Unpickler"), .size = sizeof(Unpickler), .flags = TYPE_BASETYPE | TYPE_GC, .new_ = type_new_bare, .init = unpickler_init,
    .traverse = unpickler_traverse, .free_ = unpickler_free, .methods = unpickler_methods, .getsets = unpickler_getsets,
    .text_signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())",
    .doc = "Reads pickles from a file: anything with read() and readline().",
};
