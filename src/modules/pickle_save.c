// SPDX-License-Identifier: MIT
// Module _pickle: saving: containers, globals, and whatever else by __reduce__.
#include "pickle_private.h"
#include "threading/poll.h"
#include <endian.h>

static int put_ops(Writer *w, int op, size_t n) {
    while (n-- > 0) {
        if (put_op(w, op) < 0) return -1;
    }
    return 0;
}

// ---- items in batches -----------------------------------------------------------------------------------------------------------
typedef int (*SaveItem)(Writer *, V);
static int save_one(Writer *w, V v) { return save(w, v, false); }
static int save_pair(Writer *w, V pair) {
    if (!v_is_tuple(pair) || tuple_len(pair) != 2) {
        err_set(w->t, &exc_TypeError, "dict items iterator must return 2-tuples");
        return -1;
    }
    V key = tuple_get(pair, 0), value = tuple_get(pair, 1);
    int r = save(w, key, false) < 0 ? -1 : save(w, value, false);
    v_drop(w->t, key);
    v_drop(w->t, value);
    return r;
}

static int save_item_drop(Writer *w, SaveItem save_item, V item) {
    int r = save_item(w, item);
    v_drop(w->t, item);
    return r;
}

// An iterator's items; one alone without a mark.
static int save_iterator(Writer *w, V iter, SaveItem save_item, int one_op, int many_op) {
    Thread *t = w->t;
    for (;;) {
        V first = obj_next(t, iter);
        if (first == V_END || v_is_error(first)) return v_is_error(first) ? -1 : 0;
        if (w->protocol == 0) {
            if (save_item_drop(w, save_item, first) < 0 || put_op(w, one_op) < 0) return -1;
            continue;
        }
        V item = obj_next(t, iter);
        if (item == V_END) return save_item_drop(w, save_item, first) < 0 ? -1 : put_op(w, one_op);
        int r = v_is_error(item) || put_op(w, OP_MARK) < 0 ? -1 : save_item(w, first);
        v_drop(t, first);
        size_t n = 1;
        while (r == 0) {
            r = save_item_drop(w, save_item, item);
            item = V_NULL;
            if (++n == PICKLE_BATCH || r < 0) break;
            item = obj_next(t, iter);
            if (item == V_END || v_is_error(item)) break;
        }
        if (v_is_error(item)) return -1;
        v_drop(t, item);
        if (r < 0 || put_op(w, many_op) < 0) return -1;
        if (n < PICKLE_BATCH) return 0;
    }
}

// A list as it is while being saved: items may come and go.
static int save_list_items(Writer *w, V list) {
    if (list_len(list) == 1) {
        V item = list_get(w->t, list, 0);
        return item == V_NULL ? 0 : save_item_drop(w, save_one, item) < 0 ? -1 : put_op(w, OP_APPEND);
    }
    size_t i = 0;
    do {
        if (put_op(w, OP_MARK) < 0) return -1;
        for (size_t n = 0; n < PICKLE_BATCH && i < list_len(list); n++, i++) {
            V item = list_get(w->t, list, i);
            if (item == V_NULL) break;
            if (save_item_drop(w, save_one, item) < 0) return -1;
        }
        if (put_op(w, OP_APPENDS) < 0) return -1;
    } while (i < list_len(list));
    return 0;
}

static int save_list(Writer *w, V list) {
    int r = w->bin ? put_op(w, OP_EMPTY_LIST) : put_op(w, OP_MARK) < 0 ? -1 : put_op(w, OP_LIST);
    if (r < 0 || pickle_memo_put(w, list) < 0) return -1;
    if (list_len(list) == 0) return 0;
    if (w->protocol > 0) return save_list_items(w, list);
    V iter = obj_iter(w->t, list);
    r = v_is_error(iter) ? -1 : save_iterator(w, iter, save_one, OP_APPEND, OP_APPENDS);
    v_drop(w->t, iter);
    return r;
}

static int dict_changed(Writer *w, V dict, size_t n) {
    if (dict_len(dict) == n) return 0;
    err_set(w->t, &exc_RuntimeError, "dictionary changed size during iteration");
    return -1;
}

static int save_dict_items(Writer *w, V dict) {
    size_t n = dict_len(dict), pos = 0, done = 0;
    V key, value;
    bool more = dict_next(dict, &pos, &key, &value);
    while (more) {
        if (n > 1 && put_op(w, OP_MARK) < 0) return -1;
        for (size_t i = 0; more && i < PICKLE_BATCH; i++, done++) {
            V k = v_dup(key), v = v_dup(value);
            int r = save(w, k, false) < 0 ? -1 : save(w, v, false);
            v_drop(w->t, k);
            v_drop(w->t, v);
            if (r < 0 || dict_changed(w, dict, n) < 0) return -1;
            more = dict_next(dict, &pos, &key, &value);
        }
        if (put_op(w, n > 1 ? OP_SETITEMS : OP_SETITEM) < 0) return -1;
    }
    return 0;
}

// The same from a list of pairs: a SHARED dict is saved as it was at one moment.
static int save_item_list(Writer *w, V items) {
    size_t n = list_len(items);
    bool marks = n > 1 && w->protocol > 0;
    for (size_t i = 0; i < n;) {
        if (marks && put_op(w, OP_MARK) < 0) return -1;
        for (size_t k = 0; i < n && k < (w->protocol ? PICKLE_BATCH : 1); k++, i++) {
            if (save_item_drop(w, save_pair, list_get(w->t, items, i)) < 0) return -1;
        }
        if (put_op(w, marks ? OP_SETITEMS : OP_SETITEM) < 0) return -1;
    }
    return 0;
}

static int save_dict(Writer *w, V dict) {
    int r = w->bin ? put_op(w, OP_EMPTY_DICT) : put_op(w, OP_MARK) < 0 ? -1 : put_op(w, OP_DICT);
    if (r < 0 || pickle_memo_put(w, dict) < 0) return -1;
    if (dict_len(dict) == 0) return 0;
    if (w->protocol > 0 && !obj_is_shared(v_obj(dict))) return save_dict_items(w, dict);
    V items = dict_items_list(w->t, dict);
    r = v_is_error(items) ? -1 : save_item_list(w, items);
    v_drop(w->t, items);
    return r;
}

// class(items) for protocols that know no sets.
static int save_as_call(Writer *w, V v, V argument) {
    if (v_is_error(argument)) return -1;
    V args = tuple_pack_steal(w->t, 1, argument);
    V reduced = tuple_pack_steal(w->t, 2, v_from_type(v_type(v)), args);
    int r = v_is_error(reduced) ? -1 : save_reduce(w, reduced, v);
    v_drop(w->t, reduced);
    return r;
}

static int save_set(Writer *w, V set) {
    Thread *t = w->t;
    V items = obj_to_list(t, set);
    if (w->protocol < 4) return save_as_call(w, set, items);
    int r = v_is_error(items) || put_op(w, OP_EMPTY_SET) < 0 ? -1 : pickle_memo_put(w, set);
    for (size_t i = 0; r == 0 && i < list_len(items);) {
        r = put_op(w, OP_MARK);
        for (size_t n = 0; r == 0 && n < PICKLE_BATCH && i < list_len(items); n++, i++) r = save_item_drop(w, save_one, list_get(t, items, i));
        if (r == 0) r = put_op(w, OP_ADDITEMS);
    }
    v_drop(t, items);
    return r;
}

static int save_frozenset(Writer *w, V set) {
    Thread *t = w->t;
    V items = obj_to_list(t, set);
    if (w->protocol < 4) return save_as_call(w, set, items);
    int r = v_is_error(items) ? -1 : put_op(w, OP_MARK);
    for (size_t i = 0; r == 0 && i < list_len(items); i++) r = save_item_drop(w, save_one, list_get(t, items, i));
    v_drop(t, items);
    if (r < 0) return -1;
    if (pickle_memo_has(w, set)) return put_op(w, OP_POP_MARK) < 0 || pickle_memo_get(w, set) < 0 ? -1 : 0; // its own items hold it
    return put_op(w, OP_FROZENSET) < 0 ? -1 : pickle_memo_put(w, set);
}

static int save_tuple(Writer *w, V tuple) {
    size_t n = tuple_len(tuple);
    if (n == 0) return w->bin ? put_op(w, OP_EMPTY_TUPLE) : put_op(w, OP_MARK) < 0 ? -1 : put_op(w, OP_TUPLE);
    bool small = n <= 3 && w->protocol >= 2;
    if (!small && put_op(w, OP_MARK) < 0) return -1;
    for (size_t i = 0; i < n; i++) {
        if (save(w, tuple_borrow(tuple, i), false) < 0) return -1;
    }
    if (pickle_memo_has(w, tuple)) { // an item held the tuple, and saving that saved it: what stands on the stack is not needed
        int r = small ? put_ops(w, OP_POP, n) : w->bin ? put_op(w, OP_POP_MARK) : put_ops(w, OP_POP, n + 1);
        return r < 0 || pickle_memo_get(w, tuple) < 0 ? -1 : 0;
    }
    return put_op(w, small ? OP_TUPLE1 + (int)n - 1 : OP_TUPLE) < 0 ? -1 : pickle_memo_put(w, tuple);
}

// ---- bytes --------------------------------------------------------------------------------------------------------------------------
static int reduce_to(Writer *w, V v, V callable, V args_steal) {
    V reduced = tuple_pack_steal(w->t, 2, v_dup(callable), args_steal);
    int r = v_is_error(reduced) ? -1 : save_reduce(w, reduced, v);
    v_drop(w->t, reduced);
    return r;
}

static int save_bytes(Writer *w, V v) {
    Thread *t = w->t;
    if (w->protocol >= 3) return save_bytes_data(w, v, bytes_data(v), bytes_len(v));
    if (bytes_len(v) == 0) return reduce_to(w, v, v_from_type(&bytes_type), tuple_empty());
    V text = str_from_latin1(t, bytes_data(v), bytes_len(v));
    return reduce_to(w, v, pickle_name_borrow(NAME_ENCODE), tuple_pack_steal(t, 2, text, v_dup(NAME_STR("latin1"))));
}

static int save_bytearray(Writer *w, V v) {
    Thread *t = w->t;
    V copy = bytes_from_object(t, v);
    if (v_is_error(copy)) return -1;
    int r;
    if (w->protocol >= 5) r = save_bytearray_data(w, v, bytes_data(copy), bytes_len(copy));
    else if (bytes_len(copy) == 0) r = reduce_to(w, v, v_from_type(&bytearray_type), tuple_empty());
    else r = reduce_to(w, v, v_from_type(&bytearray_type), tuple_pack(t, 1, copy));
    v_drop(t, copy);
    return r;
}

static int save_buffer(Writer *w, V v) {
    Thread *t = w->t;
    if (w->protocol < 5) return v_is_error(pickle_raise(t, &pickling_error, "PickleBuffer can only pickled with protocol >= 5")) ? -1 : 0;
    const Buffer *view = pickle_buffer_view(t, v);
    if (!view) return -1;
    bool in_band = true, readonly = view->readonly;
    V raw = obj_call_method0(t, v, NAME(raw));
    if (v_is_error(raw)) {
        if (!err_matches(t, &exc_BufferError)) return -1;
        err_clear(t);
        pickle_raise(t, &pickling_error, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
        return -1;
    }
    int r = 0;
    if (w->buffer_callback != V_NULL) {
        V answer = obj_call1(t, w->buffer_callback, v);
        int yes = v_is_error(answer) ? -1 : obj_is_true(t, answer);
        v_drop(t, answer);
        in_band = yes > 0;
        if (yes < 0) r = -1;
    }
    if (r == 0 && in_band) {
        V bytes = bytes_from_object(t, raw);
        if (v_is_error(bytes)) r = -1;
        else if (readonly) r = save_bytes_data(w, v, bytes_data(bytes), bytes_len(bytes));
        else r = save_bytearray_data(w, v, bytes_data(bytes), bytes_len(bytes));
        v_drop(t, bytes);
    } else if (r == 0) {
        r = put_op(w, OP_NEXT_BUFFER);
        if (r == 0 && readonly) r = put_op(w, OP_READONLY_BUFFER);
    }
    v_drop(t, raw);
    return r;
}

// ---- globals ------------------------------------------------------------------------------------------------------------------------
// "a.b" as a list of its parts; AttributeError for what is inside a function.
static V dotted_path(Thread *t, V name, V object) {
    V parts = str_split(t, name, NAME_STR("."), -1);
    if (v_is_error(parts)) return V_ERROR;
    for (size_t i = 0; i < list_len(parts); i++) {
        V part = list_get(t, parts, i);
        bool local = str_equal_ascii(part, "<locals>");
        v_drop(t, part);
        if (!local) continue;
        v_drop(t, parts);
        if (object == V_NULL) return err_set(t, &exc_AttributeError, "Can't pickle local object %R", name);
        return err_set(t, &exc_AttributeError, "Can't get local attribute %R on %R", name, object);
    }
    return parts;
}

// object.a.b; *parent is what the last part was found on (a stack value).  V_NULL when there is no such attribute.
static V deep_attribute(Thread *t, V object, V parts, V *parent) {
    V at = v_dup(object);
    *parent = V_NULL;
    for (size_t i = 0; i < list_len(parts); i++) {
        V part = list_get(t, parts, i), next = obj_lookup_attr(t, at, part);
        v_drop(t, part);
        v_drop(t, *parent);
        *parent = at;
        if (next == V_NULL || v_is_error(next)) {
            v_drop(t, *parent);
            *parent = V_NULL;
            return next;
        }
        at = next;
    }
    return at;
}

// The module that has object under that name, for one that does not say.
static V search_modules(Thread *t, V object, V parts) {
    V modules = dict_items_list(t, sys_modules_borrow());
    if (v_is_error(modules)) return V_ERROR;
    V found = V_NULL;
    for (size_t i = 0; i < list_len(modules) && found == V_NULL; i++) {
        V pair = list_get(t, modules, i), name = tuple_get(pair, 0), module = tuple_get(pair, 1), parent;
        v_drop(t, pair);
        bool skip = module == V_NONE || !v_is_str(name) || str_equal_ascii(name, "__main__") || str_equal_ascii(name, "__mp_main__");
        V candidate = skip ? V_NULL : deep_attribute(t, module, parts, &parent);
        if (!skip) v_drop(t, parent);
        if (v_is_error(candidate)) found = V_ERROR;
        else if (candidate != V_NULL && v_is(candidate, object)) found = v_dup(name);
        if (candidate != V_NULL) v_drop(t, candidate);
        v_drop(t, name);
        v_drop(t, module);
    }
    v_drop(t, modules);
    return found == V_NULL ? v_dup(NAME(__main__)) : found;
}

static V module_of_object(Thread *t, V object, V parts) {
    V name = obj_lookup_attr(t, object, NAME(__module__));
    if (v_is_error(name) || (name != V_NULL && name != V_NONE)) return name;
    return search_modules(t, object, parts);
}

static int not_ascii(Writer *w, const char *what, V name) {
    if (!err_matches(w->t, &exc_UnicodeEncodeError)) return -1;
    err_clear(w->t);
    pickle_raise(w->t, &pickling_error, "can't pickle %s identifier '%V' using pickle protocol %d", what, name, w->protocol);
    return -1;
}

// By the names of Python 2, when those are wanted; consumes and replaces both.
static int old_names(Writer *w, V *module, V *name) {
    Thread *t = w->t;
    V key = tuple_pack(t, 2, *module, *name);
    V found = v_is_error(key) ? V_ERROR : dict_get(t, pickle_name_borrow(NAME_NAMES_3_TO_2), key);
    v_drop(t, key);
    if (v_is_error(found)) return -1;
    if (found != V_NULL) {
        V old_module = tuple_get(found, 0), old_name = tuple_get(found, 1);
        v_drop(t, *module);
        v_drop(t, *name);
        v_drop(t, found);
        *module = old_module;
        *name = old_name;
        return 0;
    }
    found = dict_get(t, pickle_name_borrow(NAME_MODULES_3_TO_2), *module);
    if (v_is_error(found)) return -1;
    if (found != V_NULL) {
        v_drop(t, *module);
        *module = found;
    }
    return 0;
}

static int put_global_text(Writer *w, V module, V name) {
    Thread *t = w->t;
    V m = v_dup(module), n = v_dup(name);
    int r = w->fix_imports ? old_names(w, &m, &n) : 0;
    const char *encoding = w->protocol >= 3 ? "utf-8" : "ascii";
    V mb = r < 0 ? V_ERROR : str_encode(t, m, encoding, NULL);
    if (r == 0 && v_is_error(mb)) r = not_ascii(w, "module", m);
    V nb = r < 0 ? V_ERROR : str_encode(t, n, encoding, NULL);
    if (r == 0 && v_is_error(nb)) r = not_ascii(w, "global", n);
    if (r == 0) {
        bool failed = put_op(w, OP_GLOBAL) < 0 || put_bytes(w, bytes_data(mb), bytes_len(mb)) < 0 || put_op(w, '\n') < 0 ||
                      put_bytes(w, bytes_data(nb), bytes_len(nb)) < 0 || put_op(w, '\n') < 0;
        r = failed ? -1 : 0;
    }
    v_drop(t, m);
    v_drop(t, n);
    v_drop(t, mb);
    v_drop(t, nb);
    return r;
}

// A code of the extension registry: 1 written, 0 there is none, -1.
static int put_extension(Writer *w, V module, V name) {
    Thread *t = w->t;
    V key = tuple_pack(t, 2, module, name);
    V code = v_is_error(key) ? V_ERROR : dict_get(t, pickle_name_borrow(NAME_EXT_REGISTRY), key);
    v_drop(t, key);
    if (code == V_NULL || v_is_error(code)) return code == V_NULL ? 0 : -1;
    int64_t n = 0;
    int r = num_as_i64(t, code, &n);
    v_drop(t, code);
    if (r < 0) return -1;
    if (n <= 0 || n > INT32_MAX) {
        err_set(t, &exc_RuntimeError, "extension code %zd is out of range", (ptrdiff_t)n);
        return -1;
    }
    uint32_t le = htole32((uint32_t)n);
    char bytes[5] = {(char)(n < 256 ? OP_EXT1 : n < 65536 ? OP_EXT2 : OP_EXT4)};
    memcpy(bytes + 1, &le, 4);
    return put_bytes(w, bytes, n < 256 ? 2 : n < 65536 ? 3 : 5) < 0 ? -1 : 1;
}

// name found in module is object: how it is written.  parent: what its last part was found on; last: that part.
static int put_global(Writer *w, V object, V module_name, V name, V module, V parent, V last) {
    Thread *t = w->t;
    int r = w->protocol >= 2 ? put_extension(w, module_name, name) : 0;
    if (r) return r < 0 ? -1 : 0;
    if (v_is(parent, module)) name = last; // a way round that ends where it began
    if (w->protocol >= 4) {
        r = save(w, module_name, false) < 0 || save(w, name, false) < 0 ? -1 : put_op(w, OP_STACK_GLOBAL);
    } else if (!v_is(parent, module)) {
        V getter = pickle_name_borrow(NAME_GETATTR);
        V reduced = tuple_pack_steal(t, 2, v_dup(getter), tuple_pack(t, 2, parent, last));
        r = v_is_error(reduced) ? -1 : save_reduce(w, reduced, V_NULL);
        v_drop(t, reduced);
    } else {
        r = put_global_text(w, module_name, name);
    }
    return r < 0 ? -1 : pickle_memo_put(w, object);
}

static int check_global(Writer *w, V object, V module_name, V name, V parts) {
    Thread *t = w->t;
    V module = import_module(t, module_name), parent = V_NULL;
    if (v_is_error(module)) {
        if (!err_matches(t, &exc_Exception)) return -1;
        err_clear(t);
        pickle_raise(t, &pickling_error, "Can't pickle %R: import of module %R failed", object, module_name);
        return -1;
    }
    V found = deep_attribute(t, module, parts, &parent);
    int r = -1;
    if (found == V_NULL) pickle_raise(t, &pickling_error, "Can't pickle %R: attribute lookup %V on %V failed", object, name, module_name);
    else if (!v_is_error(found) && !v_is(found, object))
        pickle_raise(t, &pickling_error, "Can't pickle %R: it's not the same object as %V.%V", object, module_name, name);
    else if (!v_is_error(found)) {
        size_t n = list_len(parts);
        V last = n > 1 ? list_get(t, parts, n - 1) : v_dup(name);
        r = put_global(w, object, module_name, name, module, parent, last);
        v_drop(t, last);
    }
    if (found != V_NULL) v_drop(t, found);
    v_drop(t, parent);
    v_drop(t, module);
    return r;
}

static int save_global(Writer *w, V object, V given_name) {
    Thread *t = w->t;
    V name = given_name != V_NULL ? v_dup(given_name) : obj_lookup_attr(t, object, NAME(__qualname__));
    if (name == V_NULL) name = obj_getattr(t, object, NAME(__name__));
    V parts = v_is_error(name) ? V_ERROR : dotted_path(t, name, V_NULL);
    V module_name = v_is_error(parts) ? V_ERROR : module_of_object(t, object, parts);
    int r = v_is_error(module_name) ? -1 : check_global(w, object, module_name, name, parts);
    v_drop(t, name);
    v_drop(t, parts);
    v_drop(t, module_name);
    return r;
}

// type(None) and its like have no names of their own.
static int save_type(Writer *w, V type) {
    V value = V_NULL;
    if (v_as_type(type) == v_type(V_NONE)) value = V_NONE;
    if (v_as_type(type) == v_type(V_ELLIPSIS)) value = V_ELLIPSIS;
    if (v_as_type(type) == v_type(V_NOT_IMPLEMENTED)) value = V_NOT_IMPLEMENTED;
    if (value == V_NULL) return save_global(w, type, V_NULL);
    return reduce_to(w, type, v_from_type(&type_type), tuple_pack(w->t, 1, value));
}

// ---- reduced objects --------------------------------------------------------------------------------------------------------------
static int bad(Writer *w, const char *message) {
    pickle_raise(w->t, &pickling_error, "%s", message);
    return -1;
}

static V item_or_null(V tuple, size_t i) {
    V v = i < tuple_len(tuple) ? tuple_borrow(tuple, i) : V_NULL;
    return v == V_NONE ? V_NULL : v;
}

static int check_reduced(Writer *w, V reduced) {
    static const char *const order[] = {"fourth", "fifth"};
    Thread *t = w->t;
    size_t n = tuple_len(reduced);
    if (n < 2 || n > 6) return bad(w, "tuple returned by __reduce__ must contain 2 through 6 elements");
    if (!obj_is_callable(tuple_borrow(reduced, 0))) return bad(w, "first item of the tuple returned by __reduce__ must be callable");
    if (!v_is_tuple(tuple_borrow(reduced, 1))) return bad(w, "second item of the tuple returned by __reduce__ must be a tuple");
    for (size_t i = 3; i < 5; i++) {
        V v = item_or_null(reduced, i);
        if (v == V_NULL || v_type(v)->next) continue;
        pickle_raise(t, &pickling_error, "%s element of the tuple returned by __reduce__ must be an iterator, not %T", order[i - 3], v);
        return -1;
    }
    V setter = item_or_null(reduced, 5);
    if (setter == V_NULL || obj_is_callable(setter)) return 0;
    pickle_raise(t, &pickling_error, "sixth element of the tuple returned by __reduce__ must be a function, not %T", setter);
    return -1;
}

static int save_call(Writer *w, V callable, V args) {
    return save(w, callable, false) < 0 || save(w, args, false) < 0 ? -1 : put_op(w, OP_REDUCE);
}

// partial(cls.__new__, cls, *args, **kwargs)() where there is no opcode for it.
static int save_partial_new(Writer *w, V cls, V args, V kwargs) {
    Thread *t = w->t;
    V make = obj_getattr(t, cls, NAME(__new__)), front = v_is_error(make) ? V_ERROR : tuple_pack(t, 2, make, cls);
    V all = v_is_error(front) ? V_ERROR : tuple_concat(t, front, args);
    V partial = v_is_error(all) ? V_ERROR : obj_call_tuple(t, pickle_name_borrow(NAME_PARTIAL), all, kwargs);
    V empty = tuple_empty();
    int r = v_is_error(partial) ? -1 : save_call(w, partial, empty);
    v_drop(t, make);
    v_drop(t, front);
    v_drop(t, all);
    v_drop(t, partial);
    v_drop(t, empty);
    return r;
}

static int save_newobj_ex(Writer *w, V args) {
    Thread *t = w->t;
    if (tuple_len(args) != 3) {
        pickle_raise(t, &pickling_error, "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zu", tuple_len(args));
        return -1;
    }
    V cls = tuple_borrow(args, 0), positional = tuple_borrow(args, 1), keywords = tuple_borrow(args, 2);
    if (!v_is_type(cls)) pickle_raise(t, &pickling_error, "first item from NEWOBJ_EX argument tuple must be a class, not %T", cls);
    else if (!v_is_tuple(positional))
        pickle_raise(t, &pickling_error, "second item from NEWOBJ_EX argument tuple must be a tuple, not %T", positional);
    else if (!v_is_dict(keywords))
        pickle_raise(t, &pickling_error, "third item from NEWOBJ_EX argument tuple must be a dict, not %T", keywords);
    else if (w->protocol < 4) return save_partial_new(w, cls, positional, keywords);
    else {
        bool failed = save(w, cls, false) < 0 || save(w, positional, false) < 0 || save(w, keywords, false) < 0;
        return failed ? -1 : put_op(w, OP_NEWOBJ_EX);
    }
    return -1;
}

static int save_newobj(Writer *w, V args, V object) {
    Thread *t = w->t;
    if (tuple_len(args) < 1) return bad(w, "__newobj__ arglist is empty");
    V cls = tuple_borrow(args, 0);
    if (!v_is_type(cls)) return bad(w, "args[0] from __newobj__ args is not a type");
    if (object != V_NULL) {
        V own = obj_getattr(t, object, NAME(__class__));
        if (v_is_error(own)) return -1;
        bool same = v_is(own, cls);
        v_drop(t, own);
        if (!same) return bad(w, "args[0] from __newobj__ args has the wrong class");
    }
    V rest = tuple_slice(t, args, 1, tuple_len(args));
    int r = v_is_error(rest) || save(w, cls, false) < 0 || save(w, rest, false) < 0 ? -1 : put_op(w, OP_NEWOBJ);
    v_drop(t, rest);
    return r;
}

// 0 a plain call, 1 copyreg.__newobj__, 2 copyreg.__newobj_ex__, -1
static int newobj_kind(Thread *t, V callable) {
    V name = obj_lookup_attr(t, callable, NAME(__name__));
    if (name == V_NULL || v_is_error(name)) return name == V_NULL ? 0 : -1;
    int kind = !v_is_str(name) ? 0 : str_equal_ascii(name, "__newobj__") ? 1 : str_equal_ascii(name, "__newobj_ex__") ? 2 : 0;
    v_drop(t, name);
    return kind;
}

static int save_state(Writer *w, V state, V setter, V object) {
    if (state == V_NULL) return 0;
    if (setter == V_NULL) return save(w, state, false) < 0 ? -1 : put_op(w, OP_BUILD);
    bool failed = save(w, setter, false) < 0 || save(w, object, false) < 0 || save(w, state, false) < 0 || put_op(w, OP_TUPLE2) < 0 ||
                  put_op(w, OP_REDUCE) < 0;
    return failed ? -1 : put_op(w, OP_POP);
}

int save_reduce(Writer *w, V reduced, V object) {
    if (check_reduced(w, reduced) < 0) return -1;
    V callable = tuple_borrow(reduced, 0), args = tuple_borrow(reduced, 1);
    int kind = w->protocol >= 2 ? newobj_kind(w->t, callable) : 0;
    if (kind < 0) return -1;
    int r = kind == 2 ? save_newobj_ex(w, args) : kind == 1 ? save_newobj(w, args, object) : save_call(w, callable, args);
    if (r < 0) return -1;
    if (object != V_NULL) {
        if (pickle_memo_has(w, object)) return put_op(w, OP_POP) < 0 || pickle_memo_get(w, object) < 0 ? -1 : 0; // the arguments held it
        if (pickle_memo_put(w, object) < 0) return -1;
    }
    V list_items = item_or_null(reduced, 3), dict_items = item_or_null(reduced, 4);
    if (list_items != V_NULL && save_iterator(w, list_items, save_one, OP_APPEND, OP_APPENDS) < 0) return -1;
    if (dict_items != V_NULL && save_iterator(w, dict_items, save_pair, OP_SETITEM, OP_SETITEMS) < 0) return -1;
    return save_state(w, item_or_null(reduced, 2), item_or_null(reduced, 5), object);
}

// ---- anything ------------------------------------------------------------------------------------------------------------------------
// 1: written as a persistent id; 0; -1
static int save_persistent(Writer *w, V v) {
    Thread *t = w->t;
    V id = obj_call1(t, w->persistent_id, v);
    if (v_is_error(id)) return -1;
    if (id == V_NONE) return 0;
    int r;
    if (w->bin) {
        r = save(w, id, true) < 0 ? -1 : put_op(w, OP_BINPERSID);
    } else {
        V text = obj_str(t, id);
        r = v_is_error(text) ? -1 : str_is_ascii(text) ? put_line(w, OP_PERSID, text) : bad(w, "persistent IDs in protocol 0 must be ASCII strings");
        v_drop(t, text);
    }
    v_drop(t, id);
    return r < 0 ? -1 : 1;
}

static V dispatch(Writer *w, V v) { // the function for v's type, or V_NULL
    Thread *t = w->t;
    V type = v_from_type(v_type(v));
    if (w->dispatch_table == V_NULL) return dict_get(t, pickle_name_borrow(NAME_DISPATCH), type);
    V function = obj_getitem(t, w->dispatch_table, type);
    if (!v_is_error(function) || !err_matches(t, &exc_KeyError)) return function;
    err_clear(t);
    return V_NULL;
}

static V reduce(Writer *w, V v) {
    Thread *t = w->t;
    V method = obj_lookup_attr(t, v, NAME(__reduce_ex__)), result;
    if (v_is_error(method)) return V_ERROR;
    if (method != V_NULL) {
        result = obj_call1(t, method, v_from_int(w->protocol));
        v_drop(t, method);
        return result;
    }
    method = obj_lookup_attr(t, v, NAME(__reduce__));
    if (method == V_NULL) return pickle_raise(t, &pickling_error, "can't pickle '%T' object: %R", v, v);
    result = v_is_error(method) ? V_ERROR : obj_call0(t, method);
    v_drop(t, method);
    return result;
}

static int save_reduced(Writer *w, V v, V reduced) {
    if (v_is_str(reduced)) return save_global(w, v, reduced);
    if (v_is_tuple(reduced)) return save_reduce(w, reduced, v);
    return bad(w, "__reduce__ must return a string or tuple");
}

static int save_other(Writer *w, V v) {
    Thread *t = w->t;
    V reduced = w->reducer_override == V_NULL ? V_NOT_IMPLEMENTED : obj_call1(t, w->reducer_override, v);
    if (reduced == V_NOT_IMPLEMENTED) {
        if (v_is_exact(v, &type_type)) return save_type(w, v);
        if (v_is_exact(v, &function_type)) return save_global(w, v, V_NULL);
        V function = dispatch(w, v);
        if (v_is_error(function)) return -1;
        if (function == V_NULL && v_is_type(v)) return save_global(w, v, V_NULL);
        reduced = function == V_NULL ? reduce(w, v) : obj_call1(t, function, v);
        if (function != V_NULL) v_drop(t, function);
    }
    int r = v_is_error(reduced) ? -1 : save_reduced(w, v, reduced);
    v_drop(t, reduced);
    return r;
}

static int save_container(Writer *w, V v) {
    const Type *type = v_type(v);
    if (type == &dict_type) return save_dict(w, v);
    if (type == &set_type) return save_set(w, v);
    if (type == &frozenset_type) return save_frozenset(w, v);
    if (type == &list_type) return save_list(w, v);
    if (type == &tuple_type) return save_tuple(w, v);
    if (type == &bytearray_type) return save_bytearray(w, v);
    if (type == &pickle_buffer_type) return save_buffer(w, v);
    return save_other(w, v);
}

static int save_bool(Writer *w, bool yes) {
    if (w->protocol >= 2) return put_op(w, yes ? OP_NEWTRUE : OP_NEWFALSE);
    return put_bytes(w, yes ? "I01\n" : "I00\n", 4);
}

int save(Writer *w, V v, bool is_persistent_id) {
    if (put_boundary(w) < 0 || poll_step_apart(w->t, &w->steps) < 0) return -1;
    if (!is_persistent_id && w->persistent_id != V_NULL) {
        int r = save_persistent(w, v);
        if (r) return r < 0 ? -1 : 0;
    }
    if (v == V_NONE) return put_op(w, OP_NONE);
    if (v_is_bool(v)) return save_bool(w, v == V_TRUE);
    const Type *type = v_type(v);
    if (type == &int_type) return save_int(w, v);
    if (type == &float_type) return save_float(w, v);
    int known = pickle_memo_get(w, v);
    if (known) return known < 0 ? -1 : 0;
    if (type == &str_type) return save_str(w, v);
    if (type == &bytes_type) return save_bytes(w, v);
    if (recursion_enter(w->t, " while pickling an object") < 0) return -1;
    int r = save_container(w, v);
    recursion_leave(w->t);
    return r;
}
