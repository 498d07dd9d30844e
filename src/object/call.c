// SPDX-License-Identifier: MIT
// Calling any value from C.
//
// Everything ends in the `call` slot of the callable's type, which gets positional values, then keyword values, and the
// names of the latter as a tuple.  Values stay borrowed from the caller throughout.
#include "object/object.h"
#include "object/misc.h"

static COLD V not_callable(Thread *t, V v) { return err_set(t, &exc_TypeError, "'%T' object is not callable", v); }

V obj_call(Thread *t, V callable, const V *args, size_t nargs, V kwnames) {
    NativeFn call = v_type(callable)->call;
    if (unlikely(!call)) return not_callable(t, callable);
    V result = call(t, callable, args, nargs, kwnames);
    HD_ASSERT(result != V_NULL && v_is_error(result) == err_pending(t));
    return result;
}

V obj_call0(Thread *t, V callable) { return obj_call(t, callable, NULL, 0, V_NULL); }
V obj_call1(Thread *t, V callable, V a) { return obj_call(t, callable, &a, 1, V_NULL); }
V obj_call2(Thread *t, V callable, V a, V b) {
    V args[2] = {a, b};
    return obj_call(t, callable, args, 2, V_NULL);
}
V obj_call3(Thread *t, V callable, V a, V b, V c) {
    V args[3] = {a, b, c};
    return obj_call(t, callable, args, 3, V_NULL);
}

// Keyword names and values of a dict behind the positional ones.  The values are owned until the call is over: no scan sees them.
static V call_with_dict(Thread *t, V callable, V args, V kwargs) {
    size_t npos = tuple_len(args), nkw = dict_len(kwargs), got = 0;
    V small[16], *all = small;
    if (npos + nkw > countof(small) && !(all = mem_alloc(t, (npos + nkw) * sizeof(V)))) return err_no_memory(t);
    V names = tuple_new(t, nkw), result = V_ERROR;
    if (v_is_error(names)) goto done;
    for (size_t i = 0; i < npos; i++) all[i] = tuple_borrow(args, i);
    size_t pos = 0;
    V key, value;
    while (got < nkw && dict_next(kwargs, &pos, &key, &value)) {
        if (!v_is_str(key)) {
            err_set(t, &exc_TypeError, "keywords must be strings");
            goto drop;
        }
        tuple_init(t, names, got, key);
        all[npos + got++] = v_own(v_dup(value));
    }
    if (got < nkw) { // another thread took some away
        V cut = tuple_slice(t, names, 0, got);
        v_drop(t, names);
        names = cut;
        if (v_is_error(cut)) goto drop;
    }
    result = obj_call(t, callable, all, npos, names);
drop:
    for (size_t i = 0; i < got; i++) v_drop(t, all[npos + i]);
    v_drop(t, names);
done:
    if (all != small) mem_free(all);
    return result;
}

V obj_call_tuple(Thread *t, V callable, V args, V kwargs) {
    if (kwargs != V_NULL && dict_len(kwargs)) return call_with_dict(t, callable, args, kwargs);
    size_t n = tuple_len(args);
    V small[16], *all = small;
    if (n > countof(small) && !(all = mem_alloc(t, n * sizeof(V)))) return err_no_memory(t);
    for (size_t i = 0; i < n; i++) all[i] = tuple_borrow(args, i);
    V result = obj_call(t, callable, all, n, V_NULL);
    if (all != small) mem_free(all);
    return result;
}

V obj_call_method(Thread *t, V v, V name, const V *args, size_t nargs) {
    V method;
    int unbound = obj_get_method(t, v, name, &method);
    if (unbound < 0) return V_ERROR;
    V result;
    if (unbound) {
        V small[8], *all = small;
        if (nargs + 1 > countof(small) && !(all = mem_alloc(t, (nargs + 1) * sizeof(V)))) {
            v_drop(t, method);
            return err_no_memory(t);
        }
        all[0] = v;
        if (nargs) memcpy(all + 1, args, nargs * sizeof(V));
        result = obj_call(t, method, all, nargs + 1, V_NULL);
        if (all != small) mem_free(all);
    } else {
        result = obj_call(t, method, args, nargs, V_NULL);
    }
    v_drop(t, method);
    return result;
}

V obj_call_method0(Thread *t, V v, V name) { return obj_call_method(t, v, name, NULL, 0); }
V obj_call_method1(Thread *t, V v, V name, V a) { return obj_call_method(t, v, name, &a, 1); }
V obj_call_method2(Thread *t, V v, V name, V a, V b) {
    V args[2] = {a, b};
    return obj_call_method(t, v, name, args, 2);
}
bool obj_is_callable(V v) { return v_type(v)->call != NULL; }
