// SPDX-License-Identifier: MIT
// _weakref: the functions and types behind module weakref.
#include "object/misc.h"
#include "object/weakref.h"
#include "threading/weak.h"

static size_t count(Thread *t, V v) { return v_is_object(v) && v_has(v, TYPE_WEAKREFS) ? weak_count(t, v_obj(v)) : 0; }

static NATIVE(getweakrefcount) {
    UNUSED_NATIVE();
    return int_from_size(t, count(t, args[0]));
}

// The list is newest first, but the reusable ref comes before all others, then the reusable proxy.
static void bring_plain_forward(V *found, size_t n, const Type *type) {
    for (size_t i = 1; i < n; i++) {
        if (!v_is_exact(found[i], type) || weakref_has_callback(found[i])) continue;
        V v = found[i];
        memmove(found + 1, found, i * sizeof(V));
        found[0] = v;
        return;
    }
}

static NATIVE(getweakrefs) {
    UNUSED_NATIVE();
    size_t n = count(t, args[0]);
    if (n == 0) return list_new(t, 0);
    V *found = mem_alloc(t, n * sizeof(V));
    if (!found) return err_no_memory(t);
    n = weak_list(t, v_obj(args[0]), found, n);
    bring_plain_forward(found, n, &weak_callable_proxy_type);
    bring_plain_forward(found, n, &weak_proxy_type);
    bring_plain_forward(found, n, &weakref_type);
    V list = list_from_steal(t, found, n);
    mem_free(found);
    return list;
}

static NATIVE(proxy) {
    UNUSED_NATIVE();
    return weak_proxy_new(t, args[0], args[1] == V_NULL ? V_NONE : args[1]);
}

// weakref.WeakValueDictionary: deletes the key unless somebody has set it to a live referent meanwhile.
static NATIVE(remove_dead_weakref) {
    UNUSED_NATIVE();
    if (!v_is_dict(args[0])) return err_bad_argument(t, "_remove_dead_weakref", "argument 1", "dict", args[0]);
    V ref = dict_get(t, args[0], args[1]);
    if (ref == V_NULL) return V_NONE;
    if (v_is_error(ref)) return V_ERROR;
    V result = V_NONE;
    if (!type_check(t, ref, &weakref_type)) {
        result = err_set(t, &exc_TypeError, "not a weakref");
    } else {
        V referent = weakref_get(t, ref);
        if (referent == V_NONE && dict_discard(t, args[0], args[1]) < 0) result = V_ERROR;
        v_drop(t, referent);
    }
    v_drop(t, ref);
    return result;
}

static const Method methods[] = {
    {"getweakrefcount", getweakrefcount, "object, /", LOCK_NONE, 0, "How many weak references to an object there are."},
    {"getweakrefs", getweakrefs, "object, /", LOCK_NONE, 0, "The weak references to an object, as a list."},
    {"proxy", proxy, "object, callback=None, /", LOCK_NONE, 0, "A stand-in for an object that does not keep it alive."},
    {"_remove_dead_weakref", remove_dead_weakref, "dct, key, /", LOCK_NONE, 0,
     "Takes a key out of a dict when its value is a weak reference to nothing any more."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    if (module_add(t, module, "ref", v_from_type(&weakref_type)) < 0) return -1;
    if (module_add(t, module, "ReferenceType", v_from_type(&weakref_type)) < 0) return -1;
    if (module_add(t, module, "ProxyType", v_from_type(&weak_proxy_type)) < 0) return -1;
    return module_add(t, module, "CallableProxyType", v_from_type(&weak_callable_proxy_type));
}

const ModuleDef mod__weakref = {"_weakref", "Weak references and proxies.", methods, exec, 0};
