// SPDX-License-Identifier: MIT
// BaseExceptionGroup and ExceptionGroup: trees of exceptions, split by what a condition selects (PEP 654).
#include "exceptions_private.h"
#include "object/misc.h"

static Slot group_type; // ExceptionGroup: a heap type, because it has two bases
V exc_group_type(void) { return slot_peek(&group_type); }

static ExcGroup *group_of(V v) { return (ExcGroup *)v_obj(v); }
static bool is_group(V v) { return type_is_subtype(v_type(v), &exc_BaseExceptionGroup); }

TRAVERSE(group_traverse) {
    exception_traverse(t, o, visit, arg);
    VISIT(((ExcGroup *)o)->message);
    VISIT(((ExcGroup *)o)->excs);
}

// The class to make: BaseExceptionGroup becomes ExceptionGroup when it can; an Exception class may not hold others.
static Type *checked_class(Thread *t, Type *type, V excs) {
    bool only_exceptions = true;
    for (size_t i = 0; i < tuple_len(excs); i++) {
        V e = tuple_borrow(excs, i);
        if (!v_is_exception(e)) {
            err_set(t, &exc_ValueError, "Item %zu of second argument (exceptions) is not an exception", i);
            return NULL;
        }
        only_exceptions = only_exceptions && type_is_subtype(v_type(e), &exc_Exception);
    }
    Type *group = v_as_type(exc_group_type());
    if (only_exceptions) return type == &exc_BaseExceptionGroup ? group : type;
    if (type == group) {
        err_set(t, &exc_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
        return NULL;
    }
    if (type_is_subtype(type, &exc_Exception)) {
        err_set(t, &exc_TypeError, "Cannot nest BaseExceptions in '%N'", type);
        return NULL;
    }
    return type;
}

V group_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)kwnames;
    if (nargs != 2) {
        return err_set(t, &exc_TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zu given)", nargs);
    }
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %K", args[0]);
    if (!obj_is_sequence(args[1])) return err_set(t, &exc_TypeError, "second argument (exceptions) must be a sequence");
    V excs = obj_to_tuple(t, args[1]);
    if (v_is_error(excs)) return V_ERROR;
    if (tuple_len(excs) == 0) {
        v_drop(t, excs);
        return err_set(t, &exc_ValueError, "second argument (exceptions) must be a non-empty sequence");
    }
    type = checked_class(t, type, excs);
    V self = type ? exception_new(t, type, args, nargs, V_NULL) : V_ERROR;
    if (v_is_error(self)) {
        v_drop(t, excs);
        return V_ERROR;
    }
    ExcGroup *g = group_of(self);
    slot_init(t, &g->base.head, &g->message, args[0]);
    slot_init_steal(t, &g->base.head, &g->excs, excs);
    return self;
}

INIT(group_init) { return exception_init(t, self, args, nargs, kwnames); }

V group_str(Thread *t, V self) {
    ExcGroup *g = group_of(self);
    V excs = slot_peek(&g->excs);
    if (excs == V_NULL) return exception_str(t, self);
    size_t n = tuple_len(excs);
    return str_from_format(t, "%V (%zu sub-exception%s)", slot_peek(&g->message), n, n == 1 ? "" : "s");
}

static NATIVE(group_derive) {
    if (args_old_count(t, NULL, nargs, kwnames, 1, 1) < 0) return V_ERROR;
    V init[2] = {slot_peek(&group_of(self)->message), args[0]};
    return obj_call(t, v_from_type(&exc_BaseExceptionGroup), init, 2, V_NULL);
}

// ---- splitting ----------------------------------------------------------------------------------------------------------
typedef struct Condition {
    V value;
    bool is_predicate;
} Condition;

static bool is_exception_class(V v) { return v_is_type(v) && type_has(v_as_type(v), TYPE_EXC); }

static int condition_init(Thread *t, Condition *c, V value) {
    c->value = value;
    c->is_predicate = false;
    if (is_exception_class(value)) return 0;
    if (v_is_tuple(value)) {
        size_t i = 0;
        while (i < tuple_len(value) && is_exception_class(tuple_borrow(value, i))) i++;
        if (i == tuple_len(value)) return 0;
    } else if (obj_is_callable(value) && !v_is_type(value)) {
        c->is_predicate = true;
        return 0;
    }
    err_set(t, &exc_TypeError, "expected a function, exception type or tuple of exception types");
    return -1;
}

static int condition_holds(Thread *t, const Condition *c, V exc) {
    if (!c->is_predicate) return exc_matches(t, exc, c->value);
    V answer = obj_call1(t, c->value, exc);
    if (v_is_error(answer)) return -1;
    int r = obj_is_true(t, answer);
    v_drop(t, answer);
    return r;
}

// A group like `original` around excs (consumed); V_NONE when excs is empty.
V exc_group_regroup(Thread *t, V original, V excs_list) {
    if (list_len(excs_list) == 0) {
        v_drop(t, excs_list);
        return V_NONE;
    }
    V group = obj_call_method1(t, original, NAME(derive), excs_list);
    v_drop(t, excs_list);
    if (v_is_error(group)) return V_ERROR;
    if (!is_group(group)) {
        v_drop(t, group);
        return err_set(t, &exc_TypeError, "derive must return an instance of BaseExceptionGroup");
    }
    Exc *from = (Exc *)v_obj(original), *to = (Exc *)v_obj(group);
    slot_set_steal(t, &to->head, &to->traceback, slot_get(&from->head, &from->traceback));
    slot_set_steal(t, &to->head, &to->context, slot_get(&from->head, &from->context));
    slot_set_steal(t, &to->head, &to->cause, slot_get(&from->head, &from->cause));
    at_store_release(&to->suppress_context, true); // as whenever a cause is set, even None
    V notes = obj_lookup_attr(t, original, NAME(__notes__));
    if (v_is_error(notes)) goto fail;
    if (notes != V_NULL && obj_is_sequence(notes)) {
        V copy = obj_to_list(t, notes);
        v_drop(t, notes);
        int r = v_is_error(copy) ? -1 : obj_setattr(t, group, NAME(__notes__), copy);
        v_drop(t, copy);
        if (r < 0) goto fail;
    } else {
        v_drop(t, notes);
    }
    return group;
fail:
    v_drop(t, group);
    return V_ERROR;
}

static int split(Thread *t, V exc, const Condition *c, bool want_rest, V *match, V *rest);

static int split_children(Thread *t, V exc, const Condition *c, bool want_rest, V matched, V others) {
    V excs = slot_peek(&group_of(exc)->excs);
    for (size_t i = 0; i < tuple_len(excs); i++) {
        V part_match, part_rest;
        if (split(t, tuple_borrow(excs, i), c, want_rest, &part_match, &part_rest) < 0) return -1;
        int r = part_match == V_NONE ? 0 : list_append(t, matched, part_match);
        if (r == 0 && want_rest && part_rest != V_NONE) r = list_append(t, others, part_rest);
        v_drop(t, part_match);
        v_drop(t, part_rest);
        if (r < 0) return -1;
    }
    return 0;
}

// Stack values in *match and *rest (V_NONE for an empty part); rest only when wanted.
static int split(Thread *t, V exc, const Condition *c, bool want_rest, V *match, V *rest) {
    *match = *rest = V_NONE;
    int holds = condition_holds(t, c, exc);
    if (holds < 0) return -1;
    if (holds) {
        *match = v_dup(exc);
        return 0;
    }
    if (!is_group(exc)) {
        if (want_rest) *rest = v_dup(exc);
        return 0;
    }
    if (recursion_enter(t, " in exceptiongroup_split_recursive") < 0) return -1;
    V matched = list_new(t, 0), others = list_new(t, 0);
    int r = v_is_error(matched) || v_is_error(others) ? -1 : split_children(t, exc, c, want_rest, matched, others);
    recursion_leave(t);
    if (r < 0) {
        v_drop(t, matched);
        v_drop(t, others);
        return -1;
    }
    *match = exc_group_regroup(t, exc, matched);
    *rest = v_is_error(*match) ? V_ERROR : exc_group_regroup(t, exc, others);
    if (!v_is_error(*match) && !v_is_error(*rest)) return 0;
    v_drop(t, *match);
    v_drop(t, others);
    return -1;
}

static NATIVE(group_split_method) {
    (void)kwnames;
    if (args_check_count(t, "split", nargs, 1, 1) < 0) return V_ERROR;
    Condition c;
    V match, rest;
    if (condition_init(t, &c, args[0]) < 0 || split(t, self, &c, true, &match, &rest) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, match, rest);
}

static NATIVE(group_subgroup) {
    (void)kwnames;
    if (args_check_count(t, "subgroup", nargs, 1, 1) < 0) return V_ERROR;
    Condition c;
    V match, rest;
    if (condition_init(t, &c, args[0]) < 0 || split(t, self, &c, false, &match, &rest) < 0) return V_ERROR;
    v_drop(t, rest);
    return match;
}

V exc_group_split(Thread *t, V group, V type, V *rest) {
    Condition c = {type, false};
    V match;
    if (split(t, group, &c, true, &match, rest) < 0) return V_ERROR;
    return match;
}

const Method group_methods[] = {
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    {"derive", group_derive, NULL, 0, M_RAW | M_TUPLE, NULL},
    {"split", group_split_method, NULL, 0, M_RAW | M_TUPLE, NULL},
    {"subgroup", group_subgroup, NULL, 0, M_RAW | M_TUPLE, NULL},
    METHOD_END,
};
const Member group_members[] = {
    {"message", MEMBER_SLOT, offsetof(ExcGroup, message), true, "exception message"},
    {"exceptions", MEMBER_SLOT, offsetof(ExcGroup, excs), true, "nested exceptions"},
    {0},
};

int exception_group_start(Thread *t) {
    root_register(&group_type);
    V bases = tuple_pack(t, 2, v_from_type(&exc_BaseExceptionGroup), v_from_type(&exc_Exception));
    V dict = dict_new(t), name = str_from_cstr(t, "ExceptionGroup"), type = V_ERROR;
    if (!v_is_error(bases) && !v_is_error(dict) && !v_is_error(name) &&
        dict_set_c_steal(t, dict, "__module__", str_from_cstr(t, "builtins")) == 0) {
        type = type_new_heap(t, &type_type, name, bases, dict, V_NULL, NULL);
    }
    v_drop(t, name);
    v_drop(t, bases);
    v_drop(t, dict);
    if (v_is_error(type)) return -1;
    root_set(t, &group_type, type);
    return 0;
}
