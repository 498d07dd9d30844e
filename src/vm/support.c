// SPDX-License-Identifier: MIT
// The out-of-line halves of instructions about values: unpacking, building, formatting, calls through CALL_FUNCTION_EX,
// methods, wide arguments.
#include "vm_private.h"
#include "object/misc.h"
#include "object/descr.h"
#include "object/quick.h"
#include "runtime/runtime.h"

// ---- operators ---------------------------------------------------------------------------------------------------------
bool str_compare_truth(V a, V b, unsigned op) {
    if (op == CMP_EQ || op == CMP_NE) return str_equal(a, b) == (op == CMP_EQ);
    int order = str_compare(a, b);
    return op == CMP_LT ? order < 0 : op == CMP_LE ? order <= 0 : op == CMP_GT ? order > 0 : order >= 0;
}

V vm_binary_op(Thread *t, int op, V a, V b) { return num_binary(t, op, a, b); }

// ---- unpacking -----------------------------------------------------------------------------------------------------------
static COLD int too_many(Thread *t, size_t n) {
    err_set(t, &exc_ValueError, "too many values to unpack (expected %zu)", n);
    return -1;
}
static COLD int too_few(Thread *t, size_t n, size_t got, bool at_least) {
    err_set(t, &exc_ValueError, "not enough values to unpack (expected %s%zu, got %zu)", at_least ? "at least " : "", n, got);
    return -1;
}

static V iter_to_unpack(Thread *t, V v) {
    V it = obj_iter(t, v);
    if (v_is_error(it) && err_matches(t, &exc_TypeError) && !v_type(v)->iter && !obj_is_sequence(v)) {
        err_clear(t);
        err_set(t, &exc_TypeError, "cannot unpack non-iterable %T object", v);
    }
    return it;
}

// Items are collected in a list: frames of Python code run on the stack above.
static int unpack_iterable(Thread *t, V v, size_t n, V *out) {
    V it = iter_to_unpack(t, v);
    if (v_is_error(it)) return -1;
    V list = list_with_capacity(t, n < 64 ? n : 64);
    int r = v_is_error(list) ? -1 : 0;
    for (size_t i = 0; r == 0 && i <= n; i++) {
        V item = obj_next(t, it);
        if (v_is_error(item)) r = -1;
        else if (item == V_END) r = i < n ? too_few(t, n, i, false) : 1;
        else if (i == n) {
            v_drop(t, item);
            r = too_many(t, n);
        } else if (list_append_steal(t, list, item) < 0) r = -1;
    }
    for (size_t i = 0; r == 1 && i < n; i++) out[n - 1 - i] = list_get(t, list, i);
    v_drop(t, it);
    if (!v_is_error(list)) v_drop(t, list);
    return r < 0 ? -1 : 0;
}

int vm_unpack(Thread *t, V v, size_t n, V *out) {
    if (v_is_exact(v, &tuple_type)) {
        size_t have = tuple_len(v);
        if (have < n) return too_few(t, n, have, false);
        if (have > n) return too_many(t, n);
        for (size_t i = 0; i < n; i++) out[n - 1 - i] = tuple_get(v, i);
        return 0;
    }
    return unpack_iterable(t, v, n, out);
}

int vm_unpack_ex(Thread *t, V v, size_t before, size_t after, V *out) {
    V it = iter_to_unpack(t, v);
    if (v_is_error(it)) return -1;
    V list = list_new(t, 0), rest = V_NULL;
    int r = v_is_error(list) ? -1 : 0;
    for (size_t got = 0; r == 0; got++) {
        if (got == before && after == 0) break;
        V item = got < before ? obj_next(t, it) : V_END;
        if (v_is_error(item)) r = -1;
        else if (item != V_END) r = list_append_steal(t, list, item);
        else if (got < before) r = too_few(t, before + after, got, true);
        else break;
    }
    if (r == 0) r = list_extend(t, list, it); // the rest
    v_drop(t, it);
    if (r == 0 && list_len(list) < before + after) r = too_few(t, before + after, list_len(list), true);
    if (r == 0) {
        size_t len = list_len(list), end = len - after;
        rest = list_slice(t, list, (ptrdiff_t)before, (ptrdiff_t)end);
        if (v_is_error(rest)) r = -1;
        for (size_t i = 0; r == 0 && i < before; i++) out[after + before - i] = list_get(t, list, i);
        for (size_t i = 0; r == 0 && i < after; i++) out[after - 1 - i] = list_get(t, list, end + i);
        if (r == 0) out[after] = rest;
    }
    if (!v_is_error(list)) v_drop(t, list);
    return r;
}

// seq[from:to] of an exact str, tuple or LOCAL list and small bounds: no slice object is made.  V_NULL: it takes one.
V vm_slice(Thread *t, V seq, V from, V to) {
    ptrdiff_t start = from == V_NONE ? 0 : v_int(from), stop = to == V_NONE ? PTRDIFF_MAX : v_int(to);
    if (v_is_exact(seq, &str_type)) {
        ptrdiff_t n = slice_adjust((ptrdiff_t)str_len(seq), &start, &stop, 1);
        return n <= 0 ? str_empty() : str_substring(t, seq, (size_t)start, (size_t)stop);
    }
    if (v_is_exact(seq, &tuple_type)) {
        ptrdiff_t n = slice_adjust((ptrdiff_t)tuple_len(seq), &start, &stop, 1);
        return n <= 0 ? tuple_empty() : tuple_slice(t, seq, (size_t)start, (size_t)stop);
    }
    if (!v_is_exact(seq, &list_type) || obj_is_shared(v_obj(seq))) return V_NULL;
    ptrdiff_t n = slice_adjust((ptrdiff_t)list_len(seq), &start, &stop, 1);
    return list_slice(t, seq, start, n <= 0 ? start : stop);
}

// ---- building --------------------------------------------------------------------------------------------------------------
V vm_build_set(Thread *t, const V *items, size_t n) {
    V set = set_new(t, V_NULL);
    for (size_t i = 0; i < n && !v_is_error(set); i++) {
        if (set_add(t, set, items[i]) < 0) {
            v_drop(t, set);
            return V_ERROR;
        }
    }
    return set;
}

static NOINLINE V build_dict(Thread *t, const V *keys, size_t key_step, const V *values, size_t value_step, size_t n) {
    V dict = dict_new_presized(t, n);
    for (size_t i = 0; i < n && !v_is_error(dict); i++) {
        if (dict_set(t, dict, keys[i * key_step], values[i * value_step]) < 0) {
            v_drop(t, dict);
            return V_ERROR;
        }
    }
    return dict;
}

V vm_build_map(Thread *t, V *pairs, size_t n) {
    V few = n && n <= DICT_FEW ? dict_of_few(t, pairs, 2, pairs + 1, 2, n) : V_NULL;
    return likely(few != V_NULL) ? few : build_dict(t, pairs, 2, pairs + 1, 2, n);
}

V vm_build_const_key_map(Thread *t, V keys, V *values, size_t n) {
    if (unlikely(!v_is_exact(keys, &tuple_type) || tuple_len(keys) != n))
        return err_set(t, &exc_SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
    const V *names = &tuple_of(keys)->items[0].bits;
    V few = n && n <= DICT_FEW ? dict_of_few(t, names, 1, values, 1, n) : V_NULL;
    return likely(few != V_NULL) ? few : build_dict(t, names, 1, values, 1, n);
}

int vm_list_extend(Thread *t, V list, V iterable) {
    if (list_extend(t, list, iterable) == 0) return 0;
    if (err_matches(t, &exc_TypeError) && !v_type(iterable)->iter && !obj_is_sequence(iterable)) {
        err_clear(t);
        err_set(t, &exc_TypeError, "Value after * must be an iterable, not %T", iterable);
    }
    return -1;
}

int vm_dict_update(Thread *t, V dict, V other) {
    if (v_is_dict(other) ? dict_merge(t, dict, other, MERGE_OVERRIDE) == 0 : dict_merge(t, dict, other, MERGE_OVERRIDE) == 0)
        return 0;
    if (err_matches(t, &exc_AttributeError)) {
        err_clear(t);
        err_set(t, &exc_TypeError, "'%T' object is not a mapping", other);
    }
    return -1;
}

// "module.qualname()" as messages name a callable.
static V function_text(Thread *t, V func) {
    V qualname = obj_lookup_attr(t, func, NAME(__qualname__));
    if (v_is_error(qualname)) return V_ERROR;
    if (qualname == V_NULL) return obj_str(t, func);
    V module = obj_lookup_attr(t, func, NAME(__module__)), result;
    if (v_is_error(module)) {
        v_drop(t, qualname);
        return V_ERROR;
    }
    if (module != V_NULL && module != V_NONE && !(v_is_str(module) && str_equal_ascii(module, "builtins")))
        result = str_from_format(t, "%V.%V()", module, qualname);
    else
        result = str_from_format(t, "%V()", qualname);
    v_drop(t, module);
    v_drop(t, qualname);
    return result;
}

static COLD void bad_keywords(Thread *t, V func, V kwargs) {
    if (err_matches(t, &exc_AttributeError)) {
        err_clear(t);
        V text = function_text(t, func);
        if (v_is_error(text)) return;
        err_set(t, &exc_TypeError, "%V argument after ** must be a mapping, not %T", text, kwargs);
        v_drop(t, text);
    } else if (err_matches(t, &exc_KeyError)) {
        V exc = err_fetch(t), args = slot_peek(&((Exc *)v_obj(exc))->args);
        if (v_is_tuple(args) && tuple_len(args) == 1) {
            V key = tuple_borrow(args, 0), text = function_text(t, func);
            V shown = v_is_error(text) ? V_ERROR : obj_str(t, key);
            if (!v_is_error(shown)) err_set(t, &exc_TypeError, "%V got multiple values for keyword argument '%V'", text, shown);
            v_drop(t, shown);
            v_drop(t, text);
            v_drop(t, exc);
        } else {
            err_restore_steal(t, exc);
        }
    }
}

int vm_dict_merge(Thread *t, V dict, V other, V func) {
    if (dict_merge(t, dict, other, MERGE_UNIQUE) == 0) return 0;
    bad_keywords(t, func, other);
    return -1;
}

// The pieces of an f-string: nearly always ASCII.
V vm_build_string(Thread *t, const V *items, size_t n) {
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        if (!v_is_str(items[i]) || !str_is_ascii(items[i])) return str_join_array(t, str_empty(), items, n);
        total += str_len(items[i]);
    }
    if (total == 0) return str_empty();
    V r = str_new(t, total, 127);
    if (v_is_error(r)) return r;
    char *to = str_data(r);
    for (size_t i = 0; i < n; i++) {
        size_t len = str_len(items[i]);
        memcpy(to, str_data(items[i]), len);
        to += len;
    }
    return r;
}

V vm_format_value(Thread *t, V v, V spec, unsigned conversion) {
    V text = conversion == 1 ? obj_str(t, v) : conversion == 2 ? obj_repr(t, v) : conversion == 3 ? obj_ascii(t, v) : v_dup(v);
    if (v_is_error(text) || (spec == V_NULL && v_is_exact(text, &str_type))) return text;
    V result = obj_format(t, text, spec);
    v_drop(t, text);
    return result;
}

// ---- calls -----------------------------------------------------------------------------------------------------------------
V vm_load_method(Thread *t, V *self, V name) {
    V method;
    int unbound = obj_get_method(t, *self, name, &method);
    if (unbound < 0) return V_ERROR;
    if (unbound) return method;
    V old = *self;
    *self = method;
    v_drop(t, old);
    return V_NULL;
}

void vm_unpack_method(Thread *t, V *base) {
    V bound = base[1];
    BoundMethod *m = (BoundMethod *)v_obj(bound);
    base[0] = slot_get(&m->head, &m->func);
    base[1] = slot_get(&m->head, &m->self);
    v_drop(t, bound);
}

// The method stands where functions do: the end of a `with` calls __exit__ so.  The arguments make room for its self.
void vm_unpack_method_over(Thread *t, V *base, V *end) {
    V bound = base[0];
    BoundMethod *m = (BoundMethod *)v_obj(bound);
    memmove(base + 2, base + 1, (size_t)(end - base - 1) * sizeof(V));
    base[0] = slot_get(&m->head, &m->func);
    base[1] = slot_get(&m->head, &m->self);
    v_drop(t, bound);
}

// What the profiling function is told about a call: a builtin function, bound if it is a method; V_NULL: nothing.
static COLD V profiled_subject(Thread *t, V callable, const V *args, size_t nargs) {
    if (v_is_exact(callable, &native_type)) return v_dup(callable);
    if (!v_is_exact(callable, &method_descr_type) || nargs == 0 || !method_descr_accepts(callable, args[0])) return V_NULL;
    const MethodDescr *m = method_descr_of(callable);
    return native_new_bound(t, m->row, args[0], V_NULL, m->type);
}

// Gives the profiling function its event after the call, and drops subject.
static V profiled_result(Thread *t, Frame *f, V subject, V result) {
    int r = trace_c_return(t, f, subject, v_is_error(result));
    v_drop(t, subject);
    if (r == 0) return result;
    v_drop(t, result);
    return V_ERROR;
}

// 1: subject is to be profiled and its event has been given, 0: it is none; -1 with an exception.
static int profiled_begins(Thread *t, Frame *f, V subject) {
    if (v_is_error(subject)) return -1;
    if (subject == V_NULL) return 0;
    if (trace_c_call(t, f, subject) == 0) return 1;
    v_drop(t, subject);
    return -1;
}

static COLD V call_profiled(Thread *t, Frame *f, V callable, const V *args, size_t nargs, V kwnames) {
    V subject = profiled_subject(t, callable, args, nargs);
    int begins = profiled_begins(t, f, subject);
    if (begins < 0) return V_ERROR;
    V result = obj_call(t, callable, args, nargs, kwnames);
    return begins ? profiled_result(t, f, subject, result) : result;
}

V vm_call_any(Thread *t, Frame *f, V *callable, V *end, V kwnames) {
    size_t nargs = (size_t)(end - callable - 1);
    if (kwnames != V_NULL) nargs -= tuple_len(kwnames);
    if (unlikely(t->profile_func != V_NULL))
        return call_profiled(t, f, *callable, callable + 1, nargs, kwnames);
    return obj_call(t, *callable, callable + 1, nargs, kwnames);
}

int vm_call_ex_prepare(Thread *t, V func, V *args, V *kwargs) {
    if (kwargs && !v_is_exact(*kwargs, &dict_type)) {
        V dict = dict_new(t);
        if (v_is_error(dict)) return -1;
        if (dict_merge(t, dict, *kwargs, MERGE_UNIQUE) < 0) {
            v_drop(t, dict);
            bad_keywords(t, func, *kwargs);
            return -1;
        }
        V old = *kwargs;
        *kwargs = dict;
        v_drop(t, old);
    }
    if (v_is_exact(*args, &tuple_type)) return 0;
    if (!v_type(*args)->iter && !obj_is_sequence(*args)) {
        V text = function_text(t, func);
        if (v_is_error(text)) return -1;
        err_set(t, &exc_TypeError, "%V argument after * must be an iterable, not %T", text, *args);
        v_drop(t, text);
        return -1;
    }
    V tuple = obj_to_tuple(t, *args);
    if (v_is_error(tuple)) return -1;
    V old = *args;
    *args = tuple;
    v_drop(t, old);
    return 0;
}

V vm_call_ex(Thread *t, Frame *f, V func, V args, V kwargs) {
    if (likely(t->profile_func == V_NULL)) return obj_call_tuple(t, func, args, kwargs);
    V self = tuple_len(args) ? tuple_get(args, 0) : V_NULL;
    V subject = profiled_subject(t, func, &self, self != V_NULL);
    v_drop(t, self);
    int begins = profiled_begins(t, f, subject);
    if (begins < 0) return V_ERROR;
    V result = obj_call_tuple(t, func, args, kwargs);
    return begins ? profiled_result(t, f, subject, result) : result;
}

int vm_send(Thread *t, V *operands) {
    V result, receiver = operands[0], value = operands[1];
    int r = obj_iter_send(t, receiver, value, &result);
    if (r == SEND_ERROR) return r;
    receiver = operands[0];
    value = operands[1];
    if (r == SEND_NEXT) {
        operands[1] = result;
    } else {
        if (unlikely(vm_tracing(t))) trace_send_done(t, t->frame, receiver, value, result);
        operands[0] = result;
        operands[1] = V_NULL;
        v_drop(t, receiver);
    }
    v_drop(t, value);
    return r;
}

// ---- arguments of more than 16 bits -------------------------------------------------------------------------------------------
int vm_wide_jump_taken(Thread *t, unsigned op, V v) {
    switch (op) {
    case op_POP_JUMP_FORWARD_IF_NONE:
    case op_POP_JUMP_BACKWARD_IF_NONE: return v == V_NONE;
    case op_POP_JUMP_FORWARD_IF_NOT_NONE:
    case op_POP_JUMP_BACKWARD_IF_NOT_NONE: return v != V_NONE;
    default: break;
    }
    int truth = obj_is_true(t, v);
    if (truth < 0) return -1;
    bool on_true = op == op_POP_JUMP_FORWARD_IF_TRUE || op == op_POP_JUMP_BACKWARD_IF_TRUE || op == op_JUMP_IF_TRUE_OR_POP;
    return truth == on_true;
}

static V *push_or_null(V *sp, V v) {
    if (v_is_error(v)) return NULL;
    *sp++ = v;
    return sp;
}

static V *pop_if(Thread *t, V *sp, int n, int r) {
    if (r < 0) return NULL;
    while (n--) v_drop(t, *--sp);
    return sp;
}

static V *replace_top(Thread *t, V *sp, V v) {
    if (v_is_error(v)) return NULL;
    V old = sp[-1];
    sp[-1] = v;
    v_drop(t, old);
    return sp;
}

V *vm_wide_simple(Thread *t, Frame *f, unsigned op, unsigned arg, V *sp) {
    bool names = op != op_LOAD_CONST && op != op_LOAD_CONST_FREE && op != op_KW_NAMES && op != op_UNPACK_EX;
    V name = !names ? V_NULL : slot_peek(&f->code->name_items[op == op_LOAD_GLOBAL ? arg >> 1 : arg]);
    switch (op) {
    case op_LOAD_CONST_FREE:
    case op_LOAD_CONST: return push_or_null(sp, slot_get(&f->code->head, &f->consts[arg]));
    case op_LOAD_NAME: return push_or_null(sp, vm_load_name(t, f, name));
    case op_STORE_NAME: return pop_if(t, sp, 1, vm_store_name(t, f, name, sp[-1]));
    case op_DELETE_NAME: return pop_if(t, sp, 0, vm_delete_name(t, f, name));
    case op_LOAD_GLOBAL: {
        V v = vm_load_global(t, f, name);
        if (!v_is_error(v) && arg & 1) *sp++ = V_NULL;
        return push_or_null(sp, v);
    }
    case op_STORE_GLOBAL: return pop_if(t, sp, 1, dict_set(t, f->globals, name, sp[-1]));
    case op_DELETE_GLOBAL: return pop_if(t, sp, 0, vm_delete_global(t, f, name));
    case op_LOAD_ATTR: return replace_top(t, sp, obj_getattr(t, sp[-1], name));
    case op_STORE_ATTR: return pop_if(t, sp, 2, obj_setattr(t, sp[-1], name, sp[-2]));
    case op_DELETE_ATTR: return pop_if(t, sp, 1, obj_setattr(t, sp[-1], name, V_NULL));
    case op_LOAD_METHOD: {
        V method = vm_load_method(t, sp - 1, name);
        if (v_is_error(method)) return NULL;
        V self = sp[-1];
        sp[-1] = method;
        return push_or_null(sp, self);
    }
    case op_IMPORT_NAME: {
        V module = vm_import_name(t, f, name, sp[-1], sp[-2]);
        if (v_is_error(module)) return NULL;
        v_drop(t, *--sp);
        return replace_top(t, sp, module);
    }
    case op_IMPORT_FROM: return push_or_null(sp, import_from(t, sp[-1], name));
    case op_UNPACK_EX: {
        size_t before = arg & 0xff, after = arg >> 8, n = before + after + 1;
        if (vm_unpack_ex(t, sp[-1], before, after, sp) < 0) return NULL;
        V seq = sp[-1];
        memmove(sp - 1, sp, n * sizeof(V));
        v_drop(t, seq);
        return sp - 1 + n;
    }
    case op_KW_NAMES: return sp;
    default: err_set(t, &exc_SystemError, "unknown opcode"); return NULL;
    }
}
