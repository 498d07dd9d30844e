// SPDX-License-Identifier: MIT
// The generic slot functions: what stands in a slot of a class whose dunder is written in Python.
//
// Each looks the dunder up on the type of self, binds it and calls it, then converts the result to what the slot
// promises.  Start with special_call; binary operators, which have a reflected form, meet in slotfn_binary.
#include "object/descr.h"
#include "object/misc.h"

// ---- calling a special method --------------------------------------------------------------------------------------

// args[-1] is room for self (the callers keep it), so that binding a plain function copies nothing.
static V call_found(Thread *t, V found, V self, const V *args, size_t nargs, V kwnames) {
    size_t total = nargs + (kwnames == V_NULL ? 0 : tuple_len(kwnames));
    Type *ft = v_type(found);
    V func = v_dup(found), result;
    if (type_has(ft, TYPE_METHOD_DESCR)) {
        V few[8], *all = few;
        if (total + 1 > countof(few) && !(all = mem_alloc(t, (total + 1) * sizeof(V)))) {
            v_drop(t, func);
            return err_no_memory(t);
        }
        all[0] = self;
        if (total) memcpy(all + 1, args, total * sizeof(V));
        result = obj_call(t, func, all, nargs + 1, kwnames);
        if (all != few) mem_free(all);
    } else if (ft->descr_get) {
        V bound = ft->descr_get(t, func, self, v_from_type(v_type(self)));
        if (v_is_error(bound)) {
            v_drop(t, func);
            return V_ERROR;
        }
        result = obj_call(t, bound, args, nargs, kwnames);
        v_drop(t, bound);
    } else {
        result = obj_call(t, func, args, nargs, kwnames);
    }
    v_drop(t, func);
    return result;
}

V special_call(Thread *t, V self, V name, const V *args, size_t nargs) {
    V found = type_lookup_borrow(t, v_type(self), name);
    if (found == V_NULL) return V_NULL;
    return call_found(t, found, self, args, nargs, V_NULL);
}

// The same where the method must exist (it was deleted behind the slot's back otherwise).
static V must_call(Thread *t, V self, V name, const V *args, size_t nargs) {
    V result = special_call(t, self, name, args, nargs);
    if (result == V_NULL) return err_set_v(t, &exc_AttributeError, name);
    return result;
}

static V maybe_call(Thread *t, V self, V name, const V *args, size_t nargs) {
    V result = special_call(t, self, name, args, nargs);
    return result == V_NULL ? V_NOT_IMPLEMENTED : result;
}

// ---- unary -----------------------------------------------------------------------------------------------------------
#define UNARY(fn, id) \
    static V fn(Thread *t, V self) { return must_call(t, self, NAME(id), NULL, 0); }
UNARY(slotfn_negative, __neg__)
UNARY(slotfn_positive, __pos__)
UNARY(slotfn_absolute, __abs__)
UNARY(slotfn_invert, __invert__)
UNARY(slotfn_int, __int__)
UNARY(slotfn_float, __float__)
UNARY(slotfn_index, __index__)
UNARY(slotfn_str, __str__)
#undef UNARY

static V slotfn_repr(Thread *t, V self) {
    V result = special_call(t, self, NAME(__repr__), NULL, 0);
    if (result == V_NULL)
        return str_from_format(t, "<%s object at %p>", type_short_name(v_type(self)), (void *)v_obj(self));
    return result;
}

// A StopIteration stays pending behind the V_ERROR, so that `yield from` finds its value; obj_next swallows it.
V slotfn_next(Thread *t, V self) { return must_call(t, self, NAME(__next__), NULL, 0); }

static V slotfn_iter(Thread *t, V self) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__iter__));
    if (found == V_NONE) return err_set(t, &exc_TypeError, "'%T' object is not iterable", self);
    if (found != V_NULL) return call_found(t, found, self, NULL, 0, V_NULL);
    if (type_lookup_borrow(t, v_type(self), NAME(__getitem__)) == V_NULL)
        return err_set(t, &exc_TypeError, "'%T' object is not iterable", self);
    return seq_iter_new(t, self);
}

// await, aiter, anext: the method may be set to None to say no.
static V call_async(Thread *t, V self, V name, const char *what) {
    V found = type_lookup_borrow(t, v_type(self), name);
    if (found == V_NULL) return err_set(t, &exc_AttributeError, "object %T does not have %V method", self, name);
    (void)what;
    return call_found(t, found, self, NULL, 0, V_NULL);
}
static V slotfn_await(Thread *t, V self) { return call_async(t, self, NAME(__await__), "await"); }
static V slotfn_aiter(Thread *t, V self) { return call_async(t, self, NAME(__aiter__), "aiter"); }
static V slotfn_anext(Thread *t, V self) { return call_async(t, self, NAME(__anext__), "anext"); }

V slotfn_finalize(Thread *t, V self) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__del__));
    if (found == V_NULL) return V_NONE;
    V func = v_dup(found), result = call_found(t, func, self, NULL, 0, V_NULL);
    if (v_is_error(result)) err_unraisable(t, func, NULL);
    else v_drop(t, result);
    v_drop(t, func);
    return V_NONE;
}

static int slotfn_hash(Thread *t, V self, int64_t *out) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__hash__));
    if (found == V_NULL || found == V_NONE) return obj_hash_unhashable(t, self, out);
    V result = call_found(t, found, self, NULL, 0, V_NULL);
    if (v_is_error(result)) return -1;
    if (!v_is_any_int(result)) {
        v_drop(t, result);
        err_set(t, &exc_TypeError, "__hash__ method should return an integer");
        return -1;
    }
    // A result that fits is taken as it is; a larger one is hashed like the int it is.
    int64_t h;
    if (v_is_int(result)) {
        h = v_int(result);
    } else if (int_bit_length(result) <= 63) {
        h = (int64_t)int_as_u64_mask(result);
    } else {
        h = int_hash(result);
    }
    v_drop(t, result);
    *out = h == -1 ? -2 : h;
    return 0;
}

static int slotfn_bool(Thread *t, V self) {
    bool by_len = false;
    V result = special_call(t, self, NAME(__bool__), NULL, 0);
    if (result == V_NULL) {
        result = special_call(t, self, NAME(__len__), NULL, 0);
        if (result == V_NULL) return 1;
        by_len = true;
    }
    if (v_is_error(result)) return -1;
    int truth = -1;
    if (by_len) {
        truth = obj_is_true(t, result);
    } else if (v_is_bool(result)) {
        truth = result == V_TRUE;
    } else {
        err_set(t, &exc_TypeError, "__bool__ should return bool, returned %T", result);
    }
    v_drop(t, result);
    return truth;
}

// ---- calls, comparison, attributes -------------------------------------------------------------------------------------
static V slotfn_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__call__));
    if (found == V_NULL) return err_set(t, &exc_TypeError, "'%T' object is not callable", self);
    if (recursion_enter(t, " while calling a Python object")) return V_ERROR;
    V result = call_found(t, found, self, args, nargs, kwnames);
    recursion_leave(t);
    return result;
}

static V slotfn_compare(Thread *t, V a, V b, int op) {
    V name = op == CMP_LT   ? NAME(__lt__)
             : op == CMP_LE ? NAME(__le__)
             : op == CMP_EQ ? NAME(__eq__)
             : op == CMP_NE ? NAME(__ne__)
             : op == CMP_GT ? NAME(__gt__)
                            : NAME(__ge__);
    V found = type_lookup_borrow(t, v_type(a), name);
    if (found == V_NULL || type_has(v_type(found), TYPE_METHOD_DESCR)) return maybe_call(t, a, name, &b, 1);
    V self, func = obj_lookup_special(t, a, name, &self);
    if (v_is_error(func)) { // what cannot be bound does not compare
        err_clear(t);
        return V_NOT_IMPLEMENTED;
    }
    V result = obj_call(t, func, &b, 1, V_NULL);
    v_drop(t, func);
    return result;
}

static bool is_object_getattribute(V found) {
    return v_is_exact(found, &slot_wrapper_type) && slot_wrapper_fn(found) == (void *)obj_generic_getattr;
}

V slotfn_getattr_hook(Thread *t, V self, V name) {
    Type *type = v_type(self);
    V get = type_lookup_borrow(t, type, NAME(__getattribute__));
    V hook = type_lookup_borrow(t, type, NAME(__getattr__));
    V result;
    if (hook == V_NULL) {
        if (get == V_NULL || is_object_getattribute(get)) return obj_generic_getattr(t, self, name);
        return call_found(t, get, self, &name, 1, V_NULL);
    }
    if (get == V_NULL || is_object_getattribute(get)) {
        result = obj_generic_getattr_or_null(t, self, name);
        if (result != V_NULL && !v_is_error(result)) return result;
    } else {
        result = call_found(t, get, self, &name, 1, V_NULL);
    }
    if (v_is_error(result)) {
        if (!err_matches(t, &exc_AttributeError)) return V_ERROR;
        err_clear(t);
    } else if (result != V_NULL) {
        return result;
    }
    hook = type_lookup_borrow(t, type, NAME(__getattr__)); // the call may have changed the class
    if (hook == V_NULL) return attr_error_missing(t, self, name);
    return call_found(t, hook, self, &name, 1, V_NULL);
}

static int drop_result(Thread *t, V result) {
    if (v_is_error(result)) return -1;
    v_drop(t, result);
    return 0;
}

static int slotfn_setattr(Thread *t, V self, V name, V value) {
    V args[2] = {name, value};
    if (value == V_NULL) return drop_result(t, must_call(t, self, NAME(__delattr__), args, 1));
    return drop_result(t, must_call(t, self, NAME(__setattr__), args, 2));
}

static V slotfn_descr_get(Thread *t, V descr, V obj, V type) {
    V args[2] = {obj == V_NULL ? V_NONE : obj, type == V_NULL ? V_NONE : type};
    V result = special_call(t, descr, NAME(__get__), args, 2);
    return result == V_NULL ? v_dup(descr) : result;
}

static int slotfn_descr_set(Thread *t, V descr, V obj, V value) {
    V args[2] = {obj, value};
    if (value == V_NULL) return drop_result(t, must_call(t, descr, NAME(__delete__), args, 1));
    return drop_result(t, must_call(t, descr, NAME(__set__), args, 2));
}

static int slotfn_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__init__));
    if (found == V_NULL) {
        err_set_v(t, &exc_AttributeError, NAME(__init__));
        return -1;
    }
    V result = call_found(t, found, self, args, nargs, kwnames);
    if (v_is_error(result)) return -1;
    if (result == V_NONE) return 0;
    err_set(t, &exc_TypeError, "__init__() should return None, not '%T'", result);
    v_drop(t, result);
    return -1;
}

V slotfn_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V func = obj_getattr(t, v_from_type(type), NAME(__new__));
    if (v_is_error(func)) return V_ERROR;
    size_t total = nargs + (kwnames == V_NULL ? 0 : tuple_len(kwnames));
    V few[8], *all = few;
    if (total + 1 > countof(few) && !(all = mem_alloc(t, (total + 1) * sizeof(V)))) {
        v_drop(t, func);
        return err_no_memory(t);
    }
    all[0] = v_from_type(type);
    if (total) memcpy(all + 1, args, total * sizeof(V));
    V result = obj_call(t, func, all, nargs + 1, kwnames);
    if (all != few) mem_free(all);
    v_drop(t, func);
    return result;
}

// ---- binary operators --------------------------------------------------------------------------------------------------

// True when b's class has another `name` than a's: an inherited reflected method gets no priority.
static int overrides(Thread *t, V a, V b, V name) {
    V theirs = type_lookup_borrow(t, v_type(b), name);
    if (theirs == V_NULL) return 0;
    V ours = type_lookup_borrow(t, v_type(a), name);
    if (ours == V_NULL) return 1;
    if (v_is(theirs, ours)) return 0;
    // What counts is the attribute of the class, after binding.
    V x = obj_getattr(t, v_from_type(v_type(b)), name);
    if (v_is_error(x)) return -1;
    V y = obj_lookup_attr(t, v_from_type(v_type(a)), name);
    int differ = -1;
    if (y == V_NULL) {
        differ = 1;
    } else if (!v_is_error(y)) {
        differ = obj_compare_bool(t, x, y, CMP_NE);
        v_drop(t, y);
    }
    v_drop(t, x);
    return differ;
}

V slotfn_binary(Thread *t, V a, V b, size_t offset, void *self_fn, V dunder, V rdunder) {
    Type *ta = v_type(a), *tb = v_type(b);
    bool try_b = ta != tb && *type_slot_at(tb, offset) == self_fn;
    if (*type_slot_at(ta, offset) == self_fn) {
        if (try_b && type_is_subtype(tb, ta)) {
            int first = overrides(t, a, b, rdunder);
            if (first < 0) return V_ERROR;
            if (first) {
                V result = maybe_call(t, b, rdunder, &a, 1);
                if (result != V_NOT_IMPLEMENTED) return result;
                try_b = false;
            }
        }
        V result = maybe_call(t, a, dunder, &b, 1);
        if (result != V_NOT_IMPLEMENTED || ta == tb) return result;
    }
    return try_b ? maybe_call(t, b, rdunder, &a, 1) : V_NOT_IMPLEMENTED;
}

#define BINARY(fn, field, id, rid) \
    static V fn(Thread *t, V a, V b) { \
        return slotfn_binary(t, a, b, offsetof(Type, field), (void *)fn, NAME(id), NAME(rid)); \
    }
BINARY(slotfn_add, add, __add__, __radd__)
BINARY(slotfn_subtract, subtract, __sub__, __rsub__)
BINARY(slotfn_multiply, multiply, __mul__, __rmul__)
BINARY(slotfn_remainder, remainder, __mod__, __rmod__)
BINARY(slotfn_divmod, divmod, __divmod__, __rdivmod__)
BINARY(slotfn_lshift, lshift, __lshift__, __rlshift__)
BINARY(slotfn_rshift, rshift, __rshift__, __rrshift__)
BINARY(slotfn_and, and_, __and__, __rand__)
BINARY(slotfn_xor, xor_, __xor__, __rxor__)
BINARY(slotfn_or, or_, __or__, __ror__)
BINARY(slotfn_floor_divide, floor_divide, __floordiv__, __rfloordiv__)
BINARY(slotfn_true_divide, true_divide, __truediv__, __rtruediv__)
BINARY(slotfn_matrix_multiply, matrix_multiply, __matmul__, __rmatmul__)
#undef BINARY

static V slotfn_power(Thread *t, V a, V b, V mod);
static V power_two(Thread *t, V a, V b) {
    return slotfn_binary(t, a, b, offsetof(Type, power), (void *)slotfn_power, NAME(__pow__), NAME(__rpow__));
}
static V slotfn_power(Thread *t, V a, V b, V mod) {
    if (mod == V_NONE || mod == V_NULL) return power_two(t, a, b);
    // Three-argument power has no reflected form, and is called only when a's own class defines it.
    if (v_type(a)->power == slotfn_power) {
        V args[2] = {b, mod};
        return maybe_call(t, a, NAME(__pow__), args, 2);
    }
    return V_NOT_IMPLEMENTED;
}
static V slotfn_ipower(Thread *t, V a, V b, V mod) {
    (void)mod;
    return maybe_call(t, a, NAME(__ipow__), &b, 1);
}

#define INPLACE(fn, id) \
    static V fn(Thread *t, V a, V b) { return maybe_call(t, a, NAME(id), &b, 1); }
INPLACE(slotfn_iadd, __iadd__)
INPLACE(slotfn_isubtract, __isub__)
INPLACE(slotfn_imultiply, __imul__)
INPLACE(slotfn_iremainder, __imod__)
INPLACE(slotfn_ilshift, __ilshift__)
INPLACE(slotfn_irshift, __irshift__)
INPLACE(slotfn_iand, __iand__)
INPLACE(slotfn_ixor, __ixor__)
INPLACE(slotfn_ior, __ior__)
INPLACE(slotfn_ifloor_divide, __ifloordiv__)
INPLACE(slotfn_itrue_divide, __itruediv__)
INPLACE(slotfn_imatrix_multiply, __imatmul__)
#undef INPLACE

// ---- containers --------------------------------------------------------------------------------------------------------
ptrdiff_t slot_len_result(Thread *t, V result) {
    V n = num_index(t, result);
    v_drop(t, result);
    if (v_is_error(n)) return -1;
    ptrdiff_t len = -1;
    if (int_sign(n) < 0) {
        err_set(t, &exc_ValueError, "__len__() should return >= 0");
    } else if (num_as_count(t, n, &len) < 0) {
        len = -1;
    }
    v_drop(t, n);
    return len;
}
static ptrdiff_t slotfn_len(Thread *t, V self) {
    V result = must_call(t, self, NAME(__len__), NULL, 0);
    return v_is_error(result) ? -1 : slot_len_result(t, result);
}

static V slotfn_subscript(Thread *t, V self, V key) { return must_call(t, self, NAME(__getitem__), &key, 1); }

V slotfn_item(Thread *t, V self, ptrdiff_t i) {
    V key = int_from_i64(t, i);
    if (v_is_error(key)) return V_ERROR;
    V result = must_call(t, self, NAME(__getitem__), &key, 1);
    v_drop(t, key);
    return result;
}

static int slotfn_set_subscript(Thread *t, V self, V key, V value) {
    V args[2] = {key, value};
    if (value == V_NULL) return drop_result(t, must_call(t, self, NAME(__delitem__), args, 1));
    return drop_result(t, must_call(t, self, NAME(__setitem__), args, 2));
}

static int slotfn_contains(Thread *t, V self, V item) {
    V found = type_lookup_borrow(t, v_type(self), NAME(__contains__));
    if (found == V_NONE) {
        err_set(t, &exc_TypeError, "'%T' object is not a container", self);
        return -1;
    }
    if (found == V_NULL) return obj_iter_contains(t, self, item);
    V result = call_found(t, found, self, &item, 1, V_NULL);
    if (v_is_error(result)) return -1;
    int truth = obj_is_true(t, result);
    v_drop(t, result);
    return truth;
}

// ---- the table ---------------------------------------------------------------------------------------------------------
#define SLOTROW(dunder, field, kind, op, generic, sig, doc) \
    {dunder, sig, doc, (void *)generic, offsetof(Type, field), kind, op},
const SlotRow slot_rows[] = {
#include "slots.def"
    {NULL, NULL, NULL, NULL, 0, 0, 0},
};
#undef SLOTROW
const size_t slot_row_count = countof(slot_rows) - 1;
