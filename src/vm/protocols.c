// SPDX-License-Identifier: MIT
// The out-of-line halves of instructions about protocols: with, raise, except, async, match.
#include "vm_private.h"
#include "object/exceptions.h"
#include "object/misc.h"

// ---- with ----------------------------------------------------------------------------------------------------------------
// A special method bound to v; V_NULL: none.
static V bound_special(Thread *t, V v, V name) {
    V found = type_lookup_borrow(t, v_type(v), name);
    if (found == V_NULL) return V_NULL;
    found = v_dup(found);
    DescrGetFn get = v_type(found)->descr_get;
    if (!get) return found;
    V bound = get(t, found, v, v_from_type(v_type(v)));
    v_drop(t, found);
    return bound;
}

int vm_before_with(Thread *t, V *operands, bool async) {
    V manager = operands[0], self;
    const char *kind = async ? "asynchronous " : "";
    V enter = obj_lookup_special(t, manager, async ? NAME(__aenter__) : NAME(__enter__), &self);
    if (enter == V_NULL) {
        err_set(t, &exc_TypeError, "'%T' object does not support the %scontext manager protocol", manager, kind);
        return -1;
    }
    if (v_is_error(enter)) return -1;
    V exit = bound_special(t, manager, async ? NAME(__aexit__) : NAME(__exit__));
    if (exit == V_NULL) {
        err_set(t, &exc_TypeError, "'%T' object does not support the %scontext manager protocol (missed %s method)", manager,
                kind, async ? "__aexit__" : "__exit__");
    }
    V entered = V_ERROR;
    if (exit != V_NULL && !v_is_error(exit)) {
        entered = self != V_NULL ? obj_call1(t, enter, self) : obj_call0(t, enter);
        if (v_is_error(entered)) v_drop(t, exit);
    }
    v_drop(t, enter);
    if (v_is_error(entered)) return -1;
    manager = operands[0];
    operands[0] = exit;
    operands[1] = entered;
    v_drop(t, manager);
    return 0;
}

V vm_with_except_start(Thread *t, V exit, V exc) {
    V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
    V result = obj_call3(t, exit, v_from_type(v_type(exc)), exc, tb == V_NULL ? V_NONE : tb);
    v_drop(t, tb);
    return result;
}

// ---- raise ---------------------------------------------------------------------------------------------------------------
static bool is_exception_class(V v) { return v_is_type(v) && type_has(v_as_type(v), TYPE_EXC); }

// An instance of what was raised; V_ERROR.  Consumes v.
static V instantiate(Thread *t, V v, const char *message) {
    if (v_is_exception(v)) return v;
    if (!is_exception_class(v)) {
        v_drop(t, v);
        return err_set(t, &exc_TypeError, "%s", message);
    }
    V exc = obj_call0(t, v);
    if (!v_is_error(exc) && !v_is_exception(exc)) {
        err_set(t, &exc_TypeError, "calling %R should have returned an instance of BaseException, not %R", v,
                v_from_type(v_type(exc)));
        v_drop(t, exc);
        exc = V_ERROR;
    }
    v_drop(t, v);
    return exc;
}

void vm_raise(Thread *t, V exc, V cause) {
    exc = instantiate(t, exc, "exceptions must derive from BaseException");
    if (!v_is_error(exc) && cause != V_NULL) {
        if (cause != V_NONE) cause = instantiate(t, cause, "exception causes must derive from BaseException");
        if (v_is_error(cause)) {
            v_drop(t, exc);
            return;
        }
        exc_set_cause_steal(t, exc, cause == V_NONE ? V_NULL : cause);
        cause = V_NULL;
    }
    v_drop(t, cause);
    if (v_is_error(exc)) return;
    err_raise(t, exc);
    v_drop(t, exc);
}

bool vm_reraise_handled(Thread *t) {
    V exc = err_handled_borrow(t);
    if (exc == V_NULL || exc == V_NONE) {
        err_set(t, &exc_RuntimeError, "No active exception to reraise");
        return false;
    }
    err_restore_steal(t, v_dup(exc));
    return true;
}

// ---- except --------------------------------------------------------------------------------------------------------------
int vm_check_exc_match(Thread *t, V exc, V type) {
    if (likely(is_exception_class(type))) return type_is_subtype(v_type(exc), v_as_type(type));
    if (v_is_tuple(type)) {
        for (size_t i = 0; i < tuple_len(type); i++) {
            if (is_exception_class(tuple_borrow(type, i))) continue;
            err_set(t, &exc_TypeError, "catching classes that do not inherit from BaseException is not allowed");
            return -1;
        }
    }
    return exc_matches(t, exc, type);
}

static int check_group_types(Thread *t, V type) {
    size_t n = v_is_tuple(type) ? tuple_len(type) : 1;
    for (size_t i = 0; i < n; i++) {
        V one = v_is_tuple(type) ? tuple_borrow(type, i) : type;
        if (!is_exception_class(one)) {
            err_set(t, &exc_TypeError, "catching classes that do not inherit from BaseException is not allowed");
            return -1;
        }
        if (type_is_subtype(v_as_type(one), &exc_BaseExceptionGroup)) {
            err_set(t, &exc_TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
            return -1;
        }
    }
    return 0;
}

static int match_group(Thread *t, V exc, V type, V *match, V *rest) {
    *match = *rest = V_NONE;
    if (exc == V_NONE) return 0;
    int whole = exc_matches(t, exc, type);
    if (whole < 0) return -1;
    bool group = type_is_subtype(v_type(exc), &exc_BaseExceptionGroup);
    if (whole && group) {
        *match = v_dup(exc);
    } else if (whole) { // a naked exception is wrapped
        V excs = tuple_pack(t, 1, exc);
        if (v_is_error(excs)) return -1;
        *match = obj_call2(t, exc_group_type(), str_empty(), excs);
        v_drop(t, excs);
        if (v_is_error(*match)) return -1;
    } else if (group) {
        *match = exc_group_split(t, exc, type, rest);
        if (v_is_error(*match)) return -1;
    } else {
        *rest = v_dup(exc);
    }
    return 0;
}

int vm_check_eg_match(Thread *t, V *operands) {
    V exc = operands[0], type = operands[1], match, rest;
    if (check_group_types(t, type) < 0 || match_group(t, exc, type, &match, &rest) < 0) return -1;
    exc = operands[0];
    type = operands[1];
    operands[1] = match;
    if (match != V_NONE) {
        V old = t->exc_info->exc;
        t->exc_info->exc = v_own(v_dup(match));
        operands[0] = rest;
        v_drop(t, old);
        v_drop(t, exc);
    } else {
        v_drop(t, rest); // the next clause gets the group itself, not a copy: raising that again raises the same one
    }
    v_drop(t, type);
    return 0;
}

// ---- except*: what is raised after the last clause -------------------------------------------------------------------------
static bool same_metadata(V a, V b) {
    const Exc *x = (const Exc *)v_obj(a), *y = (const Exc *)v_obj(b);
    return v_is(slot_peek(&x->traceback), slot_peek(&y->traceback)) && v_is(slot_peek(&x->cause), slot_peek(&y->cause)) &&
           v_is(slot_peek(&x->context), slot_peek(&y->context));
}

// The exceptions under v that are no groups.
static int collect_leaves(Thread *t, V v, V list) {
    if (!type_is_subtype(v_type(v), &exc_BaseExceptionGroup)) return list_append(t, list, v);
    if (recursion_enter(t, " in exception_group_projection") < 0) return -1;
    V excs = slot_peek(&((ExcGroup *)v_obj(v))->excs);
    int r = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(excs); i++) r = collect_leaves(t, tuple_borrow(excs, i), list);
    recursion_leave(t);
    return r;
}

static bool list_has(V list, V v) {
    for (size_t i = 0; i < list_len(list); i++) {
        if (v_is(slot_peek(&list_of(list)->items->slots[i]), v)) return true;
    }
    return false;
}

// The part of group `v` whose leaves are in `leaves`, with v's metadata: V_NONE when there is none; always a new group.
static V project(Thread *t, V v, V leaves) {
    if (!type_is_subtype(v_type(v), &exc_BaseExceptionGroup)) return list_has(leaves, v) ? v_dup(v) : V_NONE;
    if (recursion_enter(t, " in exception_group_projection") < 0) return V_ERROR;
    V excs = slot_peek(&((ExcGroup *)v_obj(v))->excs), kept = list_new(t, 0), result = V_ERROR;
    for (size_t i = 0; !v_is_error(kept) && i < tuple_len(excs); i++) {
        V part = project(t, tuple_borrow(excs, i), leaves);
        if (v_is_error(part) || (part != V_NONE && list_append_steal(t, kept, part) < 0)) {
            v_drop(t, kept);
            kept = V_ERROR;
        }
    }
    if (!v_is_error(kept)) result = exc_group_regroup(t, v, kept);
    recursion_leave(t);
    return result;
}

// raised: what the clauses raised, and last what nobody caught; those that belong to the original group go back into its
// shape, the others stand beside it.
V vm_prep_reraise_star(Thread *t, V original, V raised) {
    size_t n = list_len(raised);
    V result = V_ERROR, fresh = V_ERROR, leaves = V_ERROR;
    if (n == 0) return V_NONE;
    if (!type_is_subtype(v_type(original), &exc_BaseExceptionGroup)) { // it was naked: at most one thing is raised
        V first = list_get(t, raised, 0);
        if (first != V_NONE) return first;
        return n > 1 ? list_get(t, raised, 1) : V_NONE;
    }
    fresh = list_new(t, 0);
    leaves = v_is_error(fresh) ? V_ERROR : list_new(t, 0);
    if (v_is_error(leaves)) goto done;
    for (size_t i = 0; i < n; i++) {
        V e = list_get(t, raised, i);
        int r = 0;
        if (e != V_NONE) r = same_metadata(e, original) ? collect_leaves(t, e, leaves) : list_append(t, fresh, e);
        v_drop(t, e);
        if (r < 0) goto done;
    }
    V reraised = project(t, original, leaves);
    if (v_is_error(reraised)) goto done;
    if (list_len(fresh) == 0) {
        result = reraised;
        goto done;
    }
    if (reraised != V_NONE && list_append_steal(t, fresh, reraised) < 0) goto done;
    result = obj_call2(t, exc_group_type(), str_empty(), fresh);
    if (v_is_error(result) && err_matches(t, &exc_TypeError)) {
        err_clear(t);
        result = obj_call2(t, v_from_type(&exc_BaseExceptionGroup), str_empty(), fresh);
    }
done:
    if (!v_is_error(fresh)) v_drop(t, fresh);
    if (!v_is_error(leaves)) v_drop(t, leaves);
    return result;
}

// ---- async -------------------------------------------------------------------------------------------------------------------
V vm_get_aiter(Thread *t, V v) {
    UnaryFn aiter = v_type(v)->aiter;
    if (!aiter) return err_set(t, &exc_TypeError, "'async for' requires an object with __aiter__ method, got %T", v);
    V it = aiter(t, v);
    if (v_is_error(it) || v_type(it)->anext) return it;
    err_set(t, &exc_TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %T", it);
    v_drop(t, it);
    return V_ERROR;
}

V vm_get_anext(Thread *t, V v) {
    if (v_is_async_generator(v)) return v_type(v)->anext(t, v);
    UnaryFn anext = v_type(v)->anext;
    if (!anext) return err_set(t, &exc_TypeError, "'async for' requires an iterator with __anext__ method, got %T", v);
    V next = anext(t, v);
    if (v_is_error(next)) return V_ERROR;
    V awaitable = awaitable_iter(t, next);
    if (v_is_error(awaitable))
        err_chain(t, &exc_TypeError, "'async for' received an invalid object from __anext__: %T", next);
    v_drop(t, next);
    return awaitable;
}

V vm_get_awaitable(Thread *t, V v, unsigned why) {
    V it = awaitable_iter(t, v);
    if (v_is_error(it)) {
        if (!v_type(v)->await && (why == 1 || why == 2)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "'async with' received an object from %s that does not implement __await__: %T",
                    why == 1 ? "__aenter__" : "__aexit__", v);
        }
        return V_ERROR;
    }
    V awaited = v_is_coroutine(it) ? gen_yield_from(t, gen_of(it)) : V_NULL;
    if (awaited != V_NULL) {
        v_drop(t, awaited);
        v_drop(t, it);
        return err_set(t, &exc_RuntimeError, "coroutine is being awaited already");
    }
    return it;
}

V vm_get_yield_from_iter(Thread *t, Frame *f, V v) {
    if (v_is_coroutine(v)) {
        if (!(f->code->flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)))
            return err_set(t, &exc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
        return v_dup(v);
    }
    return v_is_generator(v) ? v_dup(v) : obj_iter(t, v);
}

// ---- match -------------------------------------------------------------------------------------------------------------------
V vm_match_keys(Thread *t, V subject, V keys) {
    size_t n = tuple_len(keys);
    if (n == 0) return tuple_empty();
    V seen = set_new(t, V_NULL), get = V_ERROR, missing = V_ERROR, result = V_ERROR, list = V_ERROR;
    if (!v_is_error(seen)) get = obj_getattr(t, subject, NAME(get));
    if (!v_is_error(get)) missing = obj_call0(t, v_from_type(&object_type)); // no key has this value
    if (!v_is_error(missing)) list = list_new(t, 0);
    for (size_t i = 0; i < n && !v_is_error(list); i++) {
        V key = tuple_borrow(keys, i);
        int dup = set_contains(t, seen, key);
        if (dup != 0) {
            if (dup > 0) err_set(t, &exc_ValueError, "mapping pattern checks duplicate key (%R)", key);
            goto done;
        }
        if (set_add(t, seen, key) < 0) goto done;
        V value = obj_call2(t, get, key, missing);
        if (v_is_error(value)) goto done;
        if (v_is(value, missing)) {
            v_drop(t, value);
            result = V_NONE;
            goto done;
        }
        if (list_append_steal(t, list, value) < 0) goto done;
    }
    if (!v_is_error(list)) result = list_to_tuple(t, list);
done:
    v_drop(t, seen);
    v_drop(t, get);
    v_drop(t, missing);
    v_drop(t, list);
    return result;
}

// One attribute of a class pattern: V_NULL when the subject has none.
static V match_attr(Thread *t, V subject, V cls, V name, V seen) {
    int dup = set_contains(t, seen, name);
    if (dup < 0) return V_ERROR;
    if (dup) return err_set(t, &exc_TypeError, "%N() got multiple sub-patterns for attribute %R", v_as_type(cls), name);
    if (set_add(t, seen, name) < 0) return V_ERROR;
    return obj_lookup_attr(t, subject, name);
}

// The names of the positional sub-patterns: a tuple, or V_NONE when the one sub-pattern matches the subject itself.
static V match_args(Thread *t, V cls, size_t npositional) {
    V names = obj_lookup_attr(t, cls, NAME(__match_args__));
    if (v_is_error(names)) return V_ERROR;
    size_t allowed;
    if (names == V_NULL) {
        names = type_has(v_as_type(cls), TYPE_ITEM_SELF) ? V_NONE : tuple_empty();
        allowed = names == V_NONE;
    } else if (!v_is_exact(names, &tuple_type)) {
        err_set(t, &exc_TypeError, "%N.__match_args__ must be a tuple (got %T)", v_as_type(cls), names);
        v_drop(t, names);
        return V_ERROR;
    } else {
        allowed = tuple_len(names);
    }
    if (npositional <= allowed) return names;
    err_set(t, &exc_TypeError, "%N() accepts %zu positional sub-pattern%s (%zu given)", v_as_type(cls), allowed,
            allowed == 1 ? "" : "s", npositional);
    v_drop(t, names);
    return V_ERROR;
}

V vm_match_class(Thread *t, V subject, V cls, size_t npositional, V kwnames) {
    if (!v_is_type(cls)) return err_set(t, &exc_TypeError, "called match pattern must be a type");
    int is = obj_isinstance(t, subject, cls);
    if (is <= 0) return is < 0 ? V_ERROR : V_NONE;
    V seen = set_new(t, V_NULL), list = list_new(t, 0), names = V_NONE, result = V_ERROR;
    if (v_is_error(seen) || v_is_error(list)) goto done;
    if (npositional) {
        names = match_args(t, cls, npositional);
        if (v_is_error(names)) goto done;
        if (names == V_NONE && list_append(t, list, subject) < 0) goto done;
    }
    size_t from_names = names == V_NONE ? 0 : npositional;
    for (size_t i = 0; i < from_names + tuple_len(kwnames); i++) {
        V name = i < from_names ? tuple_borrow(names, i) : tuple_borrow(kwnames, i - from_names);
        if (!v_is_exact(name, &str_type)) {
            err_set(t, &exc_TypeError, "__match_args__ elements must be strings (got %T)", name);
            goto done;
        }
        V value = match_attr(t, subject, cls, name, seen);
        if (v_is_error(value)) goto done;
        if (value == V_NULL) {
            result = V_NONE;
            goto done;
        }
        if (list_append_steal(t, list, value) < 0) goto done;
    }
    result = list_to_tuple(t, list);
done:
    v_drop(t, seen);
    v_drop(t, list);
    v_drop(t, names);
    return result;
}
