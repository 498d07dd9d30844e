// SPDX-License-Identifier: MIT
// Module _pickle: the machine that runs a pickle's opcodes.
#include "pickle_private.h"
#include "threading/poll.h"

typedef int (*Handler)(Reader *r, int op);

// ---- containers ----------------------------------------------------------------------------------------------------------------------
static int load_empty(Reader *r, int op) {
    switch (op) {
    case OP_EMPTY_TUPLE: return push(r, tuple_empty());
    case OP_EMPTY_LIST: return push(r, list_new(r->t, 0));
    case OP_EMPTY_DICT: return push(r, dict_new(r->t));
    default: return push(r, set_new(r->t, V_NULL));
    }
}

static int load_small_tuple(Reader *r, int op) {
    size_t n = (size_t)(op - OP_TUPLE1 + 1);
    return r->len < r->fence + n ? underflow(r) : push(r, pop_tuple(r, r->len - n));
}
static int load_tuple(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    return start < 0 ? -1 : push(r, pop_tuple(r, (size_t)start));
}
static int load_list(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    return start < 0 ? -1 : push(r, pop_list(r, (size_t)start));
}
static int load_frozenset(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    V items = start < 0 ? V_ERROR : pop_tuple(r, (size_t)start);
    V set = v_is_error(items) ? V_ERROR : frozenset_new(r->t, items);
    v_drop(r->t, items);
    return push(r, set);
}

static int set_items(Reader *r, V target, size_t start) {
    for (size_t i = start; i + 1 < r->len; i += 2) {
        int status = v_is_exact(target, &dict_type) ? dict_set(r->t, target, r->stack[i], r->stack[i + 1])
                                                    : obj_setitem(r->t, target, r->stack[i], r->stack[i + 1]);
        if (status < 0) return -1;
    }
    cut(r, start);
    return 0;
}
static int load_dict(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    if (start < 0) return -1;
    if ((r->len - (size_t)start) % 2) return load_fail(r, "odd number of items for DICT");
    V dict = dict_new(r->t);
    if (v_is_error(dict)) return -1;
    if (set_items(r, dict, (size_t)start) == 0) return push(r, dict);
    v_drop(r->t, dict);
    return -1;
}

static int set_from(Reader *r, size_t start) {
    if (start > r->len || start <= r->fence) return underflow(r);
    if (start == r->len) return 0;
    if ((r->len - start) % 2) return load_fail(r, "odd number of items for SETITEMS");
    return set_items(r, r->stack[start - 1], start);
}
static int load_setitem(Reader *r, int op) {
    (void)op;
    return r->len < 2 ? underflow(r) : set_from(r, r->len - 2);
}
static int load_setitems(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    return start < 0 ? -1 : set_from(r, (size_t)start);
}

// Each item through target.<name>(item).
static int call_each(Reader *r, V target, V name, size_t start) {
    V method = obj_getattr(r->t, target, name);
    if (v_is_error(method)) return -1;
    int status = 0;
    for (size_t i = start; i < r->len && status == 0; i++) {
        V done = obj_call1(r->t, method, r->stack[i]);
        if (v_is_error(done)) status = -1;
        v_drop(r->t, done);
    }
    v_drop(r->t, method);
    cut(r, start);
    return status;
}

static int append_from(Reader *r, size_t start) {
    Thread *t = r->t;
    if (start > r->len || start <= r->fence) return underflow(r);
    if (start == r->len) return 0;
    V target = r->stack[start - 1];
    if (v_is_exact(target, &list_type)) {
        for (size_t i = start; i < r->len; i++) {
            if (list_append(t, target, r->stack[i]) < 0) return -1;
        }
        cut(r, start);
        return 0;
    }
    V extend = obj_lookup_attr(t, target, NAME(extend));
    if (extend == V_NULL) return call_each(r, target, NAME(append), start);
    V items = v_is_error(extend) ? V_ERROR : pop_list(r, start);
    V done = v_is_error(items) ? V_ERROR : obj_call1(t, extend, items);
    v_drop(t, extend);
    v_drop(t, items);
    v_drop(t, done);
    return v_is_error(done) ? -1 : 0;
}
static int load_append(Reader *r, int op) {
    (void)op;
    size_t start = r->len - 1;
    if (r->len < 1 || start > r->len || start <= r->fence) return underflow(r);
    V target = r->stack[start - 1];
    return v_is_exact(target, &list_type) ? append_from(r, start) : call_each(r, target, NAME(append), start);
}
static int load_appends(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    return start < 0 ? -1 : append_from(r, (size_t)start);
}

static int load_additems(Reader *r, int op) {
    (void)op;
    ptrdiff_t mark = pop_mark(r);
    if (mark < 0) return -1;
    size_t start = (size_t)mark;
    if (start > r->len || start <= r->fence) return underflow(r);
    if (start == r->len) return 0;
    V target = r->stack[start - 1];
    if (!v_is_any_set(target)) return call_each(r, target, NAME(add), start);
    for (size_t i = start; i < r->len; i++) {
        if (set_add(r->t, target, r->stack[i]) < 0) return -1;
    }
    cut(r, start);
    return 0;
}

// ---- globals -------------------------------------------------------------------------------------------------------------------------
// By the names of Python 3, for the old protocols; consumes and replaces both.
static int new_names(Thread *t, V *module, V *name) {
    V key = tuple_pack(t, 2, *module, *name);
    V found = v_is_error(key) ? V_ERROR : dict_get(t, pickle_name_borrow(NAME_NAMES_2_TO_3), key);
    v_drop(t, key);
    if (v_is_error(found)) return -1;
    if (found == V_NULL) {
        found = dict_get(t, pickle_name_borrow(NAME_MODULES_2_TO_3), *module);
        if (found == V_NULL || v_is_error(found)) return found == V_NULL ? 0 : -1;
        v_drop(t, *module);
        *module = found;
        return 0;
    }
    V new_module = tuple_get(found, 0), new_name = tuple_get(found, 1);
    v_drop(t, *module);
    v_drop(t, *name);
    v_drop(t, found);
    *module = new_module;
    *name = new_name;
    return 0;
}

static V get_dotted(Thread *t, V module, V name) {
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "must be str, not %T", name);
    V parts = str_split(t, name, NAME_STR("."), -1), at = v_is_error(parts) ? V_ERROR : v_dup(module);
    for (size_t i = 0; !v_is_error(at) && i < list_len(parts); i++) {
        V part = list_get(t, parts, i), next = V_ERROR;
        if (str_equal_ascii(part, "<locals>")) err_set(t, &exc_AttributeError, "Can't get local attribute %R on %R", name, at);
        else if ((next = obj_lookup_attr(t, at, part)) == V_NULL)
            next = err_set(t, &exc_AttributeError, "Can't get attribute %R on %R", name, at);
        v_drop(t, part);
        v_drop(t, at);
        at = next;
    }
    v_drop(t, parts);
    return at;
}

V unpickler_find_class(Thread *t, V self, int protocol, V module_name, V name) {
    const Unpickler *u = (const Unpickler *)v_obj(self);
    if (sys_audit_wanted()) {
        V event = tuple_pack(t, 2, module_name, name);
        int r = v_is_error(event) ? -1 : sys_audit(t, "pickle.find_class", event);
        v_drop(t, event);
        if (r < 0) return V_ERROR;
    }
    V m = v_dup(module_name), n = v_dup(name);
    V module = at_load_relaxed(&u->fix_imports) && protocol < 3 && new_names(t, &m, &n) < 0 ? V_ERROR :
               v_is_str(m) ? import_module(t, m) : err_set(t, &exc_TypeError, "module name must be a string");
    V found = V_ERROR;
    if (!v_is_error(module)) {
        if (protocol >= 4) found = get_dotted(t, module, n);
        else if ((found = obj_lookup_attr(t, module, n)) == V_NULL)
            found = err_set(t, &exc_AttributeError, "Can't get attribute %R on %R", n, module);
    }
    v_drop(t, module);
    v_drop(t, m);
    v_drop(t, n);
    return found;
}

static V find_class(Reader *r, V module, V name) {
    if (v_is_exact(r->self, &unpickler_type)) return unpickler_find_class(r->t, r->self, r->protocol, module, name);
    // find_class of a subclass may call ours, which asks for the protocol of the pickle being read.
    return obj_call_method2(r->t, r->self, NAME(find_class), module, name);
}

static V line_text(Reader *r) {
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return V_ERROR;
    if (n < 2) return load_fail(r, "pickle data was truncated") < 0 ? V_ERROR : V_NULL;
    return str_from_utf8(r->t, p, n - 1);
}

static V find_by_lines(Reader *r) {
    V module = line_text(r), name = v_is_error(module) ? V_ERROR : line_text(r);
    V found = v_is_error(name) ? V_ERROR : find_class(r, module, name);
    v_drop(r->t, module);
    v_drop(r->t, name);
    return found;
}
static int load_global(Reader *r, int op) {
    (void)op;
    return push(r, find_by_lines(r));
}

static int load_stack_global(Reader *r, int op) {
    (void)op;
    if (r->len < r->fence + 2) return load_fail(r, "STACK_GLOBAL requires str");
    V name = pop(r), module = pop(r), found = V_ERROR;
    if (v_is_exact(name, &str_type) && v_is_exact(module, &str_type)) found = find_class(r, module, name);
    else load_fail(r, "STACK_GLOBAL requires str");
    v_drop(r->t, name);
    v_drop(r->t, module);
    return push(r, found);
}

static int load_ext(Reader *r, int op) {
    Thread *t = r->t;
    uint64_t n;
    if (read_number(r, op == OP_EXT1 ? 1 : op == OP_EXT2 ? 2 : 4, &n) < 0) return -1;
    if (n == 0 || n > INT32_MAX) return load_fail(r, "EXT specifies code <= 0");
    V code = v_from_int((int64_t)n), cached = dict_get(t, pickle_name_borrow(NAME_EXT_CACHE), code);
    if (cached != V_NULL) return push(r, cached);
    V pair = dict_get(t, pickle_name_borrow(NAME_EXT_INVERTED), code), found = V_ERROR;
    if (v_is_error(pair)) return -1;
    if (pair == V_NULL) {
        err_set(t, &exc_ValueError, "unregistered extension code %zd", (ptrdiff_t)n);
        return -1;
    }
    if (!v_is_tuple(pair) || tuple_len(pair) != 2 || !v_is_str(tuple_borrow(pair, 0)) || !v_is_str(tuple_borrow(pair, 1)))
        err_set(t, &exc_ValueError, "_inverted_registry[%zd] isn't a 2-tuple of strings", (ptrdiff_t)n);
    else found = find_class(r, tuple_borrow(pair, 0), tuple_borrow(pair, 1));
    v_drop(t, pair);
    if (!v_is_error(found) && dict_set(t, pickle_name_borrow(NAME_EXT_CACHE), code, found) < 0) {
        v_drop(t, found);
        return -1;
    }
    return push(r, found);
}

// ---- making objects ------------------------------------------------------------------------------------------------------------------
static V call_tuple(Reader *r, V callable, V args) {
    if (v_is_tuple(args)) return obj_call_tuple(r->t, callable, args, V_NULL);
    return err_set(r->t, &exc_TypeError, "argument list must be a tuple");
}

static int load_reduce(Reader *r, int op) {
    (void)op;
    V args = pop(r), callable = v_is_error(args) ? V_ERROR : pop(r);
    V made = v_is_error(callable) ? V_ERROR : call_tuple(r, callable, args);
    v_drop(r->t, args);
    v_drop(r->t, callable);
    return push(r, made);
}

// cls.__new__(cls, *args, **kwargs)
static V make(Reader *r, V cls, V args, V kwargs, const char *op) {
    Thread *t = r->t;
    if (!v_is_type(cls)) return pickle_raise(t, &unpickling_error, "%s class argument must be a type, not %T", op, cls);
    if (!v_is_tuple(args)) return pickle_raise(t, &unpickling_error, "%s args argument must be a tuple, not %T", op, args);
    if (kwargs != V_NULL && !v_is_dict(kwargs))
        return pickle_raise(t, &unpickling_error, "%s kwargs argument must be a dict, not %T", op, kwargs);
    V new_ = obj_getattr(t, cls, NAME(__new__)), front = v_is_error(new_) ? V_ERROR : tuple_pack(t, 1, cls);
    V all = v_is_error(front) ? V_ERROR : tuple_concat(t, front, args);
    V made = v_is_error(all) ? V_ERROR : obj_call_tuple(t, new_, all, kwargs);
    v_drop(t, new_);
    v_drop(t, front);
    v_drop(t, all);
    return made;
}

static int load_newobj(Reader *r, int op) {
    V kwargs = op == OP_NEWOBJ_EX ? pop(r) : V_NULL;
    V args = v_is_error(kwargs) ? V_ERROR : pop(r), cls = v_is_error(args) ? V_ERROR : pop(r);
    V made = v_is_error(cls) ? V_ERROR : make(r, cls, args, kwargs, op == OP_NEWOBJ ? "NEWOBJ" : "NEWOBJ_EX");
    v_drop(r->t, kwargs);
    v_drop(r->t, args);
    v_drop(r->t, cls);
    return push(r, made);
}

// A class of old: called, but for one without arguments, which is only made.
static V instantiate(Reader *r, V cls, V args) {
    if (tuple_len(args) == 0 && v_is_type(cls)) {
        V getinitargs = obj_lookup_attr(r->t, cls, NAME(__getinitargs__));
        if (v_is_error(getinitargs)) return V_ERROR;
        if (getinitargs == V_NULL) return obj_call_method1(r->t, cls, NAME(__new__), cls);
        v_drop(r->t, getinitargs);
    }
    return obj_call_tuple(r->t, cls, args, V_NULL);
}

static int load_inst(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    V args = start < 0 ? V_ERROR : pop_tuple(r, (size_t)start), cls = v_is_error(args) ? V_ERROR : find_by_lines(r);
    V made = v_is_error(cls) ? V_ERROR : instantiate(r, cls, args);
    v_drop(r->t, args);
    v_drop(r->t, cls);
    return push(r, made);
}
static int load_obj(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    if (start < 0) return -1;
    if (r->len == (size_t)start) return underflow(r);
    V args = pop_tuple(r, (size_t)start + 1), cls = v_is_error(args) ? V_ERROR : pop(r);
    V made = v_is_error(cls) ? V_ERROR : instantiate(r, cls, args);
    v_drop(r->t, args);
    v_drop(r->t, cls);
    return push(r, made);
}

// ---- state ---------------------------------------------------------------------------------------------------------------------------
static int update_dict(Reader *r, V object, V state) {
    Thread *t = r->t;
    if (!v_is_dict(state)) return load_fail(r, "state is not a dictionary");
    V dict = obj_getattr(t, object, NAME(__dict__)), items = v_is_error(dict) ? V_ERROR : dict_items_list(t, state);
    int status = v_is_error(items) ? -1 : 0;
    for (size_t i = 0; status == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i), key = tuple_get(pair, 0);
        if (v_is_exact(key, &str_type)) key = str_intern_steal(t, key); // attribute names are
        status = obj_setitem(t, dict, key, tuple_borrow(pair, 1));
        v_drop(t, key);
        v_drop(t, pair);
    }
    v_drop(t, dict);
    v_drop(t, items);
    return status;
}

static int update_slots(Reader *r, V object, V state) {
    Thread *t = r->t;
    if (!v_is_dict(state)) return load_fail(r, "slot state is not a dictionary");
    V items = dict_items_list(t, state);
    int status = v_is_error(items) ? -1 : 0;
    for (size_t i = 0; status == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        status = obj_setattr(t, object, tuple_borrow(pair, 0), tuple_borrow(pair, 1));
        v_drop(t, pair);
    }
    v_drop(t, items);
    return status;
}

static int set_state(Reader *r, V object, V state) {
    Thread *t = r->t;
    V setstate = obj_lookup_attr(t, object, NAME(__setstate__));
    if (v_is_error(setstate)) return -1;
    if (setstate != V_NULL) {
        V done = obj_call1(t, setstate, state);
        v_drop(t, setstate);
        v_drop(t, done);
        return v_is_error(done) ? -1 : 0;
    }
    V attributes = state, slots = V_NONE;
    if (v_is_tuple(state) && tuple_len(state) == 2) attributes = tuple_borrow(state, 0), slots = tuple_borrow(state, 1);
    if (attributes != V_NONE && update_dict(r, object, attributes) < 0) return -1;
    return slots == V_NONE ? 0 : update_slots(r, object, slots);
}

static int load_build(Reader *r, int op) {
    (void)op;
    if (r->len < r->fence + 2) return underflow(r);
    V state = pop(r);
    int status = set_state(r, r->stack[r->len - 1], state);
    v_drop(r->t, state);
    return status;
}

// ---- persistent ids, the memo, the stack itself ----------------------------------------------------------------------------------------
static int push_persistent(Reader *r, V id) {
    if (v_is_error(id)) return -1;
    V object = obj_call1(r->t, r->persistent_load, id);
    v_drop(r->t, id);
    return push(r, object);
}
static int load_persid(Reader *r, int op) {
    if (r->persistent_load == V_NULL)
        return load_fail(r, "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
    if (op == OP_BINPERSID) return push_persistent(r, pop(r));
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    for (size_t i = 0; i < n; i++) {
        if (p[i] & 0x80) return load_fail(r, "persistent IDs in protocol 0 must be ASCII strings");
    }
    return push_persistent(r, str_from_latin1(r->t, p, n - 1));
}

static int line_index(Reader *r, int64_t *out) {
    size_t n;
    const char *p = read_line(r, &n);
    if (!p) return -1;
    if (n < 2) return load_fail(r, "pickle data was truncated");
    V index = int_parse(r->t, p, n, 10);
    int status = v_is_error(index) ? -1 : num_as_i64(r->t, index, out);
    v_drop(r->t, index);
    return status;
}
static int memo_index(Reader *r, int op, int short_op, int long_op, uint64_t *out) {
    if (op == short_op) return read_number(r, 1, out);
    if (op == long_op) return read_number(r, 4, out);
    int64_t n;
    if (line_index(r, &n) < 0) return -1;
    *out = (uint64_t)n;
    return 0;
}
static int load_get(Reader *r, int op) {
    uint64_t index;
    if (memo_index(r, op, OP_BINGET, OP_LONG_BINGET, &index) < 0) return -1;
    V v = pickle_memo_read(r, (size_t)index);
    if (v != V_NULL) return push(r, v);
    pickle_raise(r->t, &unpickling_error, "Memo value not found at index %zd", (ptrdiff_t)index);
    return -1;
}

static int load_put(Reader *r, int op) {
    uint64_t index;
    if (memo_index(r, op, OP_BINPUT, OP_LONG_BINPUT, &index) < 0) return -1;
    V v = top_borrow(r);
    if (v_is_error(v)) return -1;
    if ((int64_t)index < 0) {
        err_set(r->t, &exc_ValueError, "negative PUT argument");
        return -1;
    }
    return pickle_memo_write(r, (size_t)index, v);
}

static int load_pop(Reader *r, int op) {
    (void)op;
    if (r->nmarks && r->marks[r->nmarks - 1] == r->len) return pop_mark(r) < 0 ? -1 : 0;
    V v = pop(r);
    v_drop(r->t, v);
    return v_is_error(v) ? -1 : 0;
}
static int load_pop_mark(Reader *r, int op) {
    (void)op;
    ptrdiff_t start = pop_mark(r);
    if (start >= 0) cut(r, (size_t)start);
    return start < 0 ? -1 : 0;
}
static int load_dup(Reader *r, int op) {
    (void)op;
    V v = top_borrow(r);
    return v_is_error(v) ? -1 : push(r, v_dup(v));
}
static int load_mark(Reader *r, int op) {
    (void)op;
    return push_mark(r);
}

static int load_proto(Reader *r, int op) {
    (void)op;
    uint64_t n;
    if (read_number(r, 1, &n) < 0) return -1;
    if (n <= PICKLE_HIGHEST) {
        r->protocol = (int)n;
        at_store_relaxed(&r->unpickler->protocol, (int)n);
        return 0;
    }
    err_set(r->t, &exc_ValueError, "unsupported pickle protocol: %d", (int)n);
    return -1;
}

// The whole frame comes into memory at once.
static int load_frame(Reader *r, int op) {
    (void)op;
    uint64_t n;
    if (read_number(r, 8, &n) < 0) return -1;
    if (n > PTRDIFF_MAX) {
        err_set(r->t, &exc_OverflowError, "FRAME length exceeds system's maximum of %zd bytes", (ptrdiff_t)PTRDIFF_MAX);
        return -1;
    }
    const char *p = read_bytes(r, (size_t)n);
    if (p) r->p = p;
    return p ? 0 : -1;
}

// ---- the machine ---------------------------------------------------------------------------------------------------------------------
static const Handler handlers[256] = {
    [OP_NONE] = load_constant, [OP_NEWTRUE] = load_constant, [OP_NEWFALSE] = load_constant, [OP_BININT] = load_binint,
    [OP_BININT1] = load_binint, [OP_BININT2] = load_binint, [OP_INT] = load_int, [OP_LONG] = load_long, [OP_LONG1] = load_binlong,
    [OP_LONG4] = load_binlong, [OP_FLOAT] = load_float, [OP_BINFLOAT] = load_binfloat, [OP_STRING] = load_string,
    [OP_BINSTRING] = load_binstring, [OP_SHORT_BINSTRING] = load_binstring, [OP_UNICODE] = load_unicode,
    [OP_BINUNICODE] = load_binunicode, [OP_SHORT_BINUNICODE] = load_binunicode, [OP_BINUNICODE8] = load_binunicode,
    [OP_BINBYTES] = load_binbytes, [OP_SHORT_BINBYTES] = load_binbytes, [OP_BINBYTES8] = load_binbytes,
    [OP_BYTEARRAY8] = load_bytearray, [OP_NEXT_BUFFER] = load_next_buffer, [OP_READONLY_BUFFER] = load_readonly,
    [OP_EMPTY_TUPLE] = load_empty, [OP_EMPTY_LIST] = load_empty, [OP_EMPTY_DICT] = load_empty, [OP_EMPTY_SET] = load_empty,
    [OP_TUPLE1] = load_small_tuple, [OP_TUPLE2] = load_small_tuple, [OP_TUPLE3] = load_small_tuple, [OP_TUPLE] = load_tuple,
    [OP_LIST] = load_list, [OP_DICT] = load_dict, [OP_FROZENSET] = load_frozenset, [OP_SETITEM] = load_setitem,
    [OP_SETITEMS] = load_setitems, [OP_APPEND] = load_append, [OP_APPENDS] = load_appends, [OP_ADDITEMS] = load_additems,
    [OP_GLOBAL] = load_global, [OP_STACK_GLOBAL] = load_stack_global, [OP_EXT1] = load_ext, [OP_EXT2] = load_ext, [OP_EXT4] = load_ext,
    [OP_REDUCE] = load_reduce, [OP_NEWOBJ] = load_newobj, [OP_NEWOBJ_EX] = load_newobj, [OP_INST] = load_inst, [OP_OBJ] = load_obj,
    [OP_BUILD] = load_build, [OP_PERSID] = load_persid, [OP_BINPERSID] = load_persid, [OP_GET] = load_get, [OP_BINGET] = load_get,
    [OP_LONG_BINGET] = load_get, [OP_PUT] = load_put, [OP_BINPUT] = load_put, [OP_LONG_BINPUT] = load_put, [OP_POP] = load_pop,
    [OP_POP_MARK] = load_pop_mark, [OP_DUP] = load_dup, [OP_MARK] = load_mark, [OP_PROTO] = load_proto, [OP_FRAME] = load_frame,
};

static int bad_opcode(Reader *r, unsigned char op) {
    if (op >= 0x20 && op < 0x7f && op != '\'' && op != '\\')
        pickle_raise(r->t, &unpickling_error, "invalid load key, '%c'.", op);
    else pickle_raise(r->t, &unpickling_error, "invalid load key, '\\x%02x'.", op);
    return -1;
}

static int next_opcode(Reader *r) { // -1 at the end, too
    const char *p = read_bytes(r, 1);
    if (p) return (unsigned char)*p;
    if (err_matches(r->t, v_as_type(slot_peek(&unpickling_error)))) {
        err_clear(r->t);
        err_set(r->t, &exc_EOFError, "Ran out of input");
    }
    return -1;
}

V reader_load(Reader *r) {
    for (size_t steps = 0;;) {
        int op = next_opcode(r);
        if (op < 0 || poll_step(r->t, &steps) < 0) return V_ERROR;
        if (op == OP_STOP) return pop(r);
        if (op == OP_MEMOIZE) {
            V v = top_borrow(r);
            if (v_is_error(v) || pickle_memo_write(r, at_load_relaxed(&r->unpickler->memo_len), v) < 0) return V_ERROR;
            continue;
        }
        Handler handler = handlers[op];
        if ((handler ? handler(r, op) : bad_opcode(r, (unsigned char)op)) < 0) return V_ERROR;
    }
}
