// SPDX-License-Identifier: MIT
// Operations every value has: repr, str, hash, truth, comparison, isinstance and issubclass, dir, id; and the two guards:
// against deep recursion and against a repr inside itself.
#include "object/cstack.h"
#include "object/descr.h"
#include "object/misc.h"
#include "object/quick.h"
#include "object/slots.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/upcalls.h"
#include "alias_private.h"

// ---- guards ------------------------------------------------------------------------------------------------------------
int recursion_enter(Thread *t, const char *where) {
    bool low = c_stack_is_low(t);
    if (!low && likely(t->c_depth < thread_recursion_limit(t))) {
        t->c_depth++;
        return 0;
    }
    // A little more room for those who handle the error.
    if (!low && t->c_overflowed && t->c_depth < thread_recursion_limit(t) + 50) {
        t->c_depth++;
        return 0;
    }
    bool before = t->c_overflowed;
    t->c_overflowed = true;
    err_set(t, &exc_RecursionError, "maximum recursion depth exceeded%s", where ? where : "");
    t->c_overflowed = before;
    return -1;
}
void recursion_leave(Thread *t) { t->c_depth--; }

// The containers being shown by this thread: a list in t->dict["repr"].
static V repr_list(Thread *t, bool make) {
    if (t->dict == V_NULL) {
        if (!make) return V_NULL;
        V dict = dict_new(t);
        if (v_is_error(dict)) return V_ERROR;
        t->dict = v_own(dict);
    }
    V list = dict_get(t, t->dict, NAME(__repr__));
    if (list != V_NULL || !make) return list;
    list = list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    if (dict_set(t, t->dict, NAME(__repr__), list) < 0) {
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}

int obj_repr_enter(Thread *t, V v) {
    V list = repr_list(t, true);
    if (v_is_error(list)) return -1;
    size_t n = list_len(list);
    int found = 0;
    for (size_t i = 0; i < n && !found; i++) {
        V item = list_get(t, list, i);
        found = v_is(item, v);
        v_drop(t, item);
    }
    if (!found && list_append(t, list, v) < 0) found = -1;
    v_drop(t, list);
    return found;
}

void obj_repr_leave(Thread *t, V v) {
    V saved = err_fetch(t);
    V list = repr_list(t, false);
    if (list != V_NULL && !v_is_error(list)) {
        for (size_t i = list_len(list); i-- > 0;) {
            V item = list_get(t, list, i);
            bool here = v_is(item, v);
            v_drop(t, item);
            if (!here) continue;
            v_drop(t, list_pop(t, list, (ptrdiff_t)i));
            break;
        }
        v_drop(t, list);
    }
    err_clear(t);
    err_restore_steal(t, saved);
}

// ---- text --------------------------------------------------------------------------------------------------------------
static V want_str(Thread *t, V result, const char *what) {
    if (v_is_error(result) || v_is_str(result)) return result;
    err_set(t, &exc_TypeError, "%s returned non-string (type %T)", what, result);
    v_drop(t, result);
    return V_ERROR;
}

V obj_repr(Thread *t, V v) {
    if (v == V_NULL) return str_from_cstr(t, "<NULL>");
    UnaryFn repr = v_type(v)->repr;
    if (v_is_exact(v, &str_type)) return repr(t, v);
    if (recursion_enter(t, " while getting the repr of an object") < 0) return V_ERROR;
    V result = repr(t, v);
    recursion_leave(t);
    return want_str(t, result, "__repr__");
}

V obj_str(Thread *t, V v) {
    if (v == V_NULL) return str_from_cstr(t, "<NULL>");
    if (v_is_exact(v, &str_type)) return v_dup(v);
    UnaryFn str = v_type(v)->str;
    if (!str) return obj_repr(t, v);
    if (recursion_enter(t, " while getting the str of an object") < 0) return V_ERROR;
    V result = str(t, v);
    recursion_leave(t);
    return want_str(t, result, "__str__");
}

V obj_ascii(Thread *t, V v) {
    V repr = obj_repr(t, v);
    if (v_is_error(repr) || str_is_ascii(repr)) return repr;
    StrBuilder b;
    sb_init(&b, t);
    size_t n = str_len(repr);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(repr, i);
        if (c < 128) sb_char(&b, c);
        else if (c < 256) sb_format(&b, "\\x%02x", (unsigned)c);
        else if (c < 65536) sb_format(&b, "\\u%04x", (unsigned)c);
        else sb_format(&b, "\\U%08x", (unsigned)c);
    }
    v_drop(t, repr);
    return sb_finish(&b);
}

V obj_bytes(Thread *t, V v) {
    if (v_is_exact(v, &bytes_type)) return v_dup(v);
    V result = special_call(t, v, NAME(__bytes__), NULL, 0);
    if (result == V_NULL) return bytes_from_object(t, v);
    if (v_is_error(result) || v_is_bytes(result)) return result;
    err_set(t, &exc_TypeError, "__bytes__ returned non-bytes (type %T)", result);
    v_drop(t, result);
    return V_ERROR;
}

V obj_format(Thread *t, V v, V spec) {
    bool empty = spec == V_NULL || str_len(spec) == 0;
    if (empty) {
        if (v_is_exact(v, &str_type)) return v_dup(v);
        if (v_is_int(v)) return int_to_str(t, v, 10);
    } else if (v_is_exact(spec, &str_type)) { // what their __format__ does
        if (v_is_float(v)) return float_format_spec(t, v, spec);
        if (v_is_int(v)) return int_format_spec(t, v, spec);
        if (v_is_exact(v, &str_type)) return str_format_spec(t, v, spec);
    }
    V text = spec == V_NULL ? str_empty() : spec;
    V result = special_call(t, v, NAME(__format__), &text, 1);
    if (result == V_NULL) return err_set(t, &exc_TypeError, "Type %T doesn't define __format__", v);
    if (v_is_error(result) || v_is_str(result)) return result;
    err_set(t, &exc_TypeError, "__format__ must return a str, not %T", result);
    v_drop(t, result);
    return V_ERROR;
}

// ---- hash, truth, id ---------------------------------------------------------------------------------------------------
int obj_hash_unhashable(Thread *t, V v, int64_t *out) {
    (void)out;
    err_set(t, &exc_TypeError, "unhashable type: '%T'", v);
    return -1;
}

int obj_hash(Thread *t, V v, int64_t *out) {
    HashFn hash = v_type(v)->hash;
    return hash ? hash(t, v, out) : obj_hash_unhashable(t, v, out);
}

int obj_is_true(Thread *t, V v) {
    if (v == V_TRUE) return 1;
    if (v == V_FALSE || v == V_NONE) return 0;
    if (v_is_int(v)) return v_int(v) != 0;
    Type *type = v_type(v);
    if (type->bool_) return type->bool_(t, v);
    if (!type->len) return 1;
    ptrdiff_t n = type->len(t, v);
    return n < 0 ? -1 : n > 0;
}

// An object's address; an immediate's word, which no address is equal to (its low bits are set).
V obj_id(Thread *t, V v) {
    V word = v_untag(v);
    return int_from_u64(t, v_is_object(v) ? word & ~(V)15 : word);
}

// ---- comparison --------------------------------------------------------------------------------------------------------
static const char *const operators[] = {"<", "<=", "==", "!=", ">", ">="};
static const uint8_t swapped[] = {CMP_GT, CMP_GE, CMP_EQ, CMP_NE, CMP_LT, CMP_LE};

// What is left when a has declined.
static V compare_after(Thread *t, V a, V b, int op, bool tried_b) {
    Type *tb = v_type(b);
    if (!tried_b && tb->compare) {
        V result = tb->compare(t, b, a, swapped[op]);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    if (op == CMP_EQ) return v_from_bool(v_is(a, b));
    if (op == CMP_NE) return v_from_bool(!v_is(a, b));
    return err_set(t, &exc_TypeError, "'%s' not supported between instances of '%T' and '%T'", operators[op], a, b);
}

static V compare(Thread *t, V a, V b, int op) {
    Type *ta = v_type(a), *tb = v_type(b);
    bool tried_b = false;
    V result;
    if (ta != tb && tb->compare && type_is_subtype(tb, ta)) {
        tried_b = true;
        result = tb->compare(t, b, a, swapped[op]);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    if (ta->compare) {
        result = ta->compare(t, a, b, op);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    return compare_after(t, a, b, op, tried_b);
}

V obj_compare(Thread *t, V a, V b, int op) {
    if (v_both_int(a, b)) return v_from_bool(cmp_holds(v_int(a), v_int(b), op));
    if (recursion_enter(t, " in comparison") < 0) return V_ERROR;
    V result = compare(t, a, b, op);
    recursion_leave(t);
    return result;
}

V obj_compare_after(Thread *t, V a, V b, int op) {
    if (recursion_enter(t, " in comparison") < 0) return V_ERROR;
    V result = compare_after(t, a, b, op, false);
    recursion_leave(t);
    return result;
}

int obj_compare_bool(Thread *t, V a, V b, int op) {
    if (v_both_int(a, b)) return cmp_holds(v_int(a), v_int(b), op);
    if (op == CMP_EQ || op == CMP_NE) {
        int equal = equal_quick(a, b);
        if (equal >= 0) return equal == (op == CMP_EQ);
        if (v_is_object(a) && v_is_object(b) && v_type(a)->compare == object_type.compare && v_type(b)->compare == object_type.compare) return op == CMP_NE;
    }
    V result = obj_compare(t, a, b, op);
    if (v_is_error(result)) return -1;
    if (v_is_bool(result)) return result == V_TRUE;
    int truth = obj_is_true(t, result);
    v_drop(t, result);
    return truth;
}

// ---- isinstance, issubclass --------------------------------------------------------------------------------------------

// cls.__bases__ when that is a tuple; V_NULL otherwise.
static V bases_of(Thread *t, V cls) {
    V bases = obj_lookup_attr(t, cls, NAME(__bases__));
    if (bases == V_NULL || v_is_error(bases) || v_is_tuple(bases)) return bases;
    v_drop(t, bases);
    return V_NULL;
}

static int check_class(Thread *t, V cls, const char *message) {
    V bases = bases_of(t, cls);
    if (v_is_error(bases)) return -1;
    if (bases == V_NULL) {
        err_set(t, &exc_TypeError, "%s", message);
        return -1;
    }
    v_drop(t, bases);
    return 0;
}

static int abstract_issubclass(Thread *t, V derived, V cls) {
    if (v_is(derived, cls)) return 1;
    if (recursion_enter(t, " in __issubclass__") < 0) return -1;
    V bases = bases_of(t, derived);
    int r = v_is_error(bases) ? -1 : 0;
    for (size_t i = 0; r == 0 && bases != V_NULL && i < tuple_len(bases); i++) r = abstract_issubclass(t, tuple_borrow(bases, i), cls);
    if (!v_is_error(bases)) v_drop(t, bases);
    recursion_leave(t);
    return r;
}

// True when v.__class__ is surely its type: nothing hides object's own attribute.
bool type_has_plain_class(Thread *t, Type *type) {
    if (type->getattr != obj_generic_getattr) return false;
    V descr = type_lookup_borrow(t, type, NAME(__class__));
    return descr != V_NULL && v_is_exact(descr, &getset_descr_type) && ((const GetSetDescr *)v_obj(descr))->type == &object_type;
}

int obj_isinstance_plain(Thread *t, V v, V cls);
int obj_isinstance_plain(Thread *t, V v, V cls) {
    if (v_is_type(cls)) {
        if (type_is_subtype(v_type(v), v_as_type(cls))) return 1;
        if (type_has_plain_class(t, v_type(v))) return 0;
        V claimed = obj_lookup_attr(t, v, NAME(__class__));
        if (v_is_error(claimed)) return -1;
        int r = claimed != V_NULL && v_is_type(claimed) && v_as_type(claimed) != v_type(v) &&
                type_is_subtype(v_as_type(claimed), v_as_type(cls));
        v_drop(t, claimed);
        return r;
    }
    if (check_class(t, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union") < 0) return -1;
    V claimed = obj_lookup_attr(t, v, NAME(__class__));
    if (v_is_error(claimed)) return -1;
    int r = claimed == V_NULL ? 0 : abstract_issubclass(t, claimed, cls);
    v_drop(t, claimed);
    return r;
}

int obj_issubclass_plain(Thread *t, V v, V cls);
int obj_issubclass_plain(Thread *t, V v, V cls) {
    if (v_is_type(v) && v_is_type(cls)) return type_is_subtype(v_as_type(v), v_as_type(cls));
    if (check_class(t, v, "issubclass() arg 1 must be a class") < 0) return -1;
    if (check_class(t, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union") < 0) return -1;
    return abstract_issubclass(t, v, cls);
}

typedef int (*CheckFn)(Thread *, V, V);
static int check_hooked(Thread *t, V v, V cls, V hook, CheckFn plain, CheckFn again, const char *where) {
    if (v_is_exact(cls, &type_type)) return plain(t, v, cls);
    if (v_is_exact(cls, &union_type)) cls = union_args_borrow(cls);
    if (v_is_tuple(cls)) {
        if (recursion_enter(t, where) < 0) return -1;
        int r = 0;
        for (size_t i = 0; r == 0 && i < tuple_len(cls); i++) r = again(t, v, tuple_borrow(cls, i));
        recursion_leave(t);
        return r;
    }
    if (recursion_enter(t, where) < 0) return -1;
    V answer = special_call(t, cls, hook, &v, 1);
    recursion_leave(t);
    if (answer == V_NULL) return plain(t, v, cls);
    if (v_is_error(answer)) return -1;
    int truth = obj_is_true(t, answer);
    v_drop(t, answer);
    return truth;
}

int obj_isinstance(Thread *t, V v, V cls) {
    if (v_from_type(v_type(v)) == cls) return 1;
    return check_hooked(t, v, cls, NAME(__instancecheck__), obj_isinstance_plain, obj_isinstance, " in __instancecheck__");
}

int obj_issubclass(Thread *t, V v, V cls) {
    if (v_is_exact(cls, &type_type) && v_is(v, cls)) return 1;
    return check_hooked(t, v, cls, NAME(__subclasscheck__), obj_issubclass_plain, obj_issubclass, " in __subclasscheck__");
}

// ---- dir ---------------------------------------------------------------------------------------------------------------
static V sorted_list(Thread *t, V items) {
    if (v_is_error(items)) return V_ERROR;
    V list = obj_to_list(t, items);
    v_drop(t, items);
    if (v_is_error(list) || list_sort(t, list, V_NONE, false) == 0) return list;
    v_drop(t, list);
    return V_ERROR;
}

V obj_dir(Thread *t, V v) {
    if (v == V_NULL) {
        V locals = vm_current_locals(t);
        if (v_is_error(locals)) return V_ERROR;
        V keys = v_is_exact(locals, &dict_type) ? dict_keys_list(t, locals) : obj_call_method0(t, locals, NAME(keys));
        v_drop(t, locals);
        return sorted_list(t, keys);
    }
    V names = special_call(t, v, NAME(__dir__), NULL, 0);
    if (names == V_NULL) return err_set(t, &exc_TypeError, "object does not provide __dir__");
    return sorted_list(t, names);
}
