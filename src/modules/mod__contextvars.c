// SPDX-License-Identifier: MIT
// Module _contextvars: Context, ContextVar, Token.
//
// The mapping inside a context is a dict that never changes while more than one holds it: set() makes a new one with one
// item more, unless the context is LOCAL and its dict is nobody else's.  So copying a context is one reference.
#include "object/misc.h"
#include "object/weakref.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

typedef struct Context {
    Obj head;
    Slot vars;    // dict {ContextVar: value}
    Slot previous; // Context that was current before this was entered, or V_NULL
    bool entered; // atomic
} Context;
typedef struct ContextVar {
    Obj head;
    Slot name, fallback; // const; fallback V_NULL: none
} ContextVar;
typedef struct Token {
    Obj head;
    Slot context, var, old; // const; old V_NULL: there was no value
    bool used;              // atomic
} Token;
static Type context_type, context_var_type, token_type, missing_type;
static Slot missing; // root: Token.MISSING

static Context *context_of(V v) { return (Context *)v_obj(v); }
static ContextVar *var_of(V v) { return (ContextVar *)v_obj(v); }
static Token *token_of(V v) { return (Token *)v_obj(v); }

// ---- contexts ----------------------------------------------------------------------------------------------------------
static V context_make(Thread *t, V vars) {
    V held = vars == V_NULL ? dict_new(t) : v_dup(vars);
    V context = v_is_error(held) ? V_ERROR : type_alloc(t, &context_type, 0);
    if (v_is_error(context)) {
        v_drop(t, held);
        return V_ERROR;
    }
    slot_set_steal(t, v_obj(context), &context_of(context)->vars, held);
    return context;
}
V context_new(Thread *t) { return context_make(t, V_NULL); }

// The thread's current context, borrowed; made when there is none yet.
static V current(Thread *t) {
    if (t->context == V_NULL) {
        V context = context_new(t);
        if (v_is_error(context)) return V_ERROR;
        t->context = v_own(context);
        t->context_version++;
    }
    return t->context;
}

V context_copy_current(Thread *t) {
    V context = current(t);
    if (v_is_error(context)) return V_ERROR;
    V vars = slot_get(v_obj(context), &context_of(context)->vars), copy = context_make(t, vars);
    v_drop(t, vars);
    return copy;
}

int context_enter(Thread *t, V context) {
    Context *c = context_of(context);
    bool expected = false;
    if (!at_cas_acq_rel(&c->entered, &expected, true)) {
        err_set(t, &exc_RuntimeError, "cannot enter context: %R is already entered", context);
        return -1;
    }
    slot_set(t, &c->head, &c->previous, t->context);
    V before = t->context;
    t->context = v_own(v_dup(context));
    t->context_version++;
    v_drop(t, before);
    return 0;
}

int context_exit(Thread *t, V context) {
    Context *c = context_of(context);
    if (!at_load_acquire(&c->entered)) {
        err_set(t, &exc_RuntimeError, "cannot exit context: %R has not been entered", context);
        return -1;
    }
    if (!v_is(t->context, context)) {
        err_set(t, &exc_RuntimeError, "cannot exit context: thread state references a different context object");
        return -1;
    }
    V before = t->context;
    t->context = v_own(slot_take(&c->head, &c->previous));
    t->context_version++;
    at_store_release(&c->entered, false);
    v_drop(t, before);
    return 0;
}

static V type_context_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type, (void)args;
    if (nargs || (kwnames != V_NULL && tuple_len(kwnames)))
        return err_set(t, &exc_TypeError, "Context() does not accept any arguments");
    return context_new(t);
}

static void context_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Context *)o)->vars);
    VISIT(((Context *)o)->previous);
}

static V vars_of(V context) { return slot_get(v_obj(context), &context_of(context)->vars); }

static int check_key(Thread *t, V key) {
    if (v_is_exact(key, &context_var_type)) return 0;
    err_set(t, &exc_TypeError, "a ContextVar key was expected, got %R", key);
    return -1;
}

static V lookup(Thread *t, V context, V key) {
    if (check_key(t, key) < 0) return V_ERROR;
    V vars = vars_of(context), value = dict_get(t, vars, key);
    v_drop(t, vars);
    return value;
}

static V context_subscript(Thread *t, V self, V key) {
    V value = lookup(t, self, key);
    return value == V_NULL ? err_key(t, key) : value;
}

static int context_contains(Thread *t, V self, V key) {
    V value = lookup(t, self, key);
    if (v_is_error(value)) return -1;
    v_drop(t, value);
    return value != V_NULL;
}

static ptrdiff_t context_len(Thread *t, V self) {
    V vars = vars_of(self);
    ptrdiff_t n = (ptrdiff_t)dict_len(vars);
    v_drop(t, vars);
    return n;
}

static V context_compare(Thread *t, V a, V b, int op) {
    if (!v_is_exact(a, &context_type) || !v_is_exact(b, &context_type) || (op != CMP_EQ && op != CMP_NE)) return V_NOT_IMPLEMENTED;
    V x = vars_of(a), y = vars_of(b), result = obj_compare(t, x, y, op);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}

static V iterate(Thread *t, V self, V (*make)(Thread *, V)) {
    V vars = vars_of(self), iter = make(t, vars);
    v_drop(t, vars);
    return iter;
}
static V context_iter(Thread *t, V self) { return iterate(t, self, dict_iter_keys); }
static NATIVE(context_keys) {
    UNUSED_NATIVE();
    return iterate(t, self, dict_iter_keys);
}
static NATIVE(context_values) {
    UNUSED_NATIVE();
    return iterate(t, self, dict_iter_values);
}
static NATIVE(context_items) {
    UNUSED_NATIVE();
    return iterate(t, self, dict_iter_items);
}

static NATIVE(context_get) {
    UNUSED_NATIVE();
    V value = lookup(t, self, args[0]);
    if (value != V_NULL) return value;
    return args[1] == V_NULL ? V_NONE : v_dup(args[1]);
}

static NATIVE(context_copy) {
    UNUSED_NATIVE();
    V vars = vars_of(self), copy = context_make(t, vars);
    v_drop(t, vars);
    return copy;
}

static NATIVE(context_run) {
    if (nargs < 1) return err_set(t, &exc_TypeError, "run() missing 1 required positional argument");
    if (context_enter(t, self) < 0) return V_ERROR;
    V result = obj_call(t, args[0], args + 1, nargs - 1, kwnames), pending = V_NULL;
    if (v_is_error(result)) pending = err_fetch(t);
    if (context_exit(t, self) < 0) {
        v_drop(t, pending);
        v_drop(t, result);
        return V_ERROR;
    }
    if (v_is_error(result)) err_restore_steal(t, pending);
    return result;
}

static const Method context_methods[] = {
    {"run", context_run, NULL, LOCK_NONE, M_RAW, "Calls a function with this as the current context."},
    {"copy", context_copy, "", LOCK_NONE, 0, "A shallow copy."},
    {"get", context_get, "key, default=None, /", LOCK_NONE, 0, "The value of a variable, or default."},
    {"items", context_items, "", LOCK_NONE, 0, "(variable, value) pairs."},
    {"keys", context_keys, "", LOCK_NONE, 0, "The variables."},
    {"values", context_values, "", LOCK_NONE, 0, "The values."},
    METHOD_END,
};
static Type context_type = {
    TYPE_HEAD("_contextvars.Context"), .doc = "Values of context variables.", .flags = TYPE_GC | TYPE_WEAKREFS,
    .size = sizeof(Context), .traverse = context_traverse, .new_ = type_context_new, .compare = context_compare,
    .hash = obj_hash_unhashable, .iter = context_iter, .len = context_len, .subscript = context_subscript,
    .contains = context_contains, .methods = context_methods,
};

// ---- variables ---------------------------------------------------------------------------------------------------------
static V var_make(Thread *t, V name, V fallback) {
    V self = type_alloc(t, &context_var_type, 0);
    if (v_is_error(self)) return V_ERROR;
    slot_set(t, v_obj(self), &var_of(self)->name, name);
    slot_set(t, v_obj(self), &var_of(self)->fallback, fallback);
    return self;
}

V context_var_new(Thread *t, const char *name, V fallback) {
    V text = str_from_cstr(t, name);
    if (v_is_error(text)) return V_ERROR;
    V var = var_make(t, text, fallback);
    v_drop(t, text);
    return var;
}

static V var_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (nargs + nkw > 2) return err_set(t, &exc_TypeError, "ContextVar() takes at most 2 arguments (%zu given)", nargs + nkw);
    if (nargs != 1)
        return err_set(t, &exc_TypeError, "ContextVar() takes %s 1 positional argument (%zu given)", nargs ? "at most" : "exactly", nargs);
    if (nkw && !str_equal_ascii(tuple_borrow(kwnames, 0), "default"))
        return err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for ContextVar()", tuple_borrow(kwnames, 0));
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "context variable name must be a str");
    return var_make(t, args[0], nkw ? args[1] : V_NULL);
}

static void var_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((ContextVar *)o)->name);
    VISIT(((ContextVar *)o)->fallback);
}

V context_var_get(Thread *t, V var, V fallback) {
    if (t->context != V_NULL) {
        V vars = vars_of(t->context), value = dict_get(t, vars, var);
        v_drop(t, vars);
        if (value != V_NULL) return value;
    }
    if (fallback != V_NULL) return v_dup(fallback);
    return slot_get(v_obj(var), &var_of(var)->fallback);
}

// Gives var a value (V_NULL: takes it out) in the current context.
static int change(Thread *t, V context, V var, V value) {
    Context *c = context_of(context);
    V vars = slot_peek(&c->vars);
    bool ours = !obj_is_shared(&c->head) && v_is_unique(vars);
    V next = ours ? v_dup(vars) : dict_copy(t, vars);
    if (v_is_error(next)) return -1;
    int r = value == V_NULL ? dict_discard(t, next, var) : dict_set(t, next, var, value);
    if (r < 0 || ours) v_drop(t, next);
    else slot_set_steal(t, &c->head, &c->vars, next);
    if (r >= 0) t->context_version++;
    return r < 0 ? -1 : 0;
}

V context_var_set(Thread *t, V var, V value) {
    V context = current(t);
    if (v_is_error(context)) return V_ERROR;
    V vars = vars_of(context), old = dict_get(t, vars, var), token = V_ERROR;
    v_drop(t, vars);
    if (!v_is_error(old)) token = type_alloc(t, &token_type, 0);
    if (v_is_error(token)) {
        v_drop(t, old);
        return V_ERROR;
    }
    slot_set(t, v_obj(token), &token_of(token)->context, context);
    slot_set(t, v_obj(token), &token_of(token)->var, var);
    slot_set_steal(t, v_obj(token), &token_of(token)->old, old);
    if (change(t, context, var, value) == 0) return token;
    v_drop(t, token);
    return V_ERROR;
}

static NATIVE(var_get) {
    UNUSED_NATIVE();
    V value = context_var_get(t, self, args[0]);
    return value == V_NULL ? err_set_v(t, &exc_LookupError, self) : value;
}
static NATIVE(var_set) {
    UNUSED_NATIVE();
    return context_var_set(t, self, args[0]);
}
static NATIVE(var_reset) {
    UNUSED_NATIVE();
    V token = args[0];
    if (!v_is_exact(token, &token_type)) return err_set(t, &exc_TypeError, "expected an instance of Token, got %R", token);
    Token *k = token_of(token);
    if (at_load_acquire(&k->used)) return err_set(t, &exc_RuntimeError, "%R has already been used once", token);
    if (!v_is(slot_peek(&k->var), self)) return err_set(t, &exc_ValueError, "%R was created by a different ContextVar", token);
    V context = current(t);
    if (v_is_error(context)) return V_ERROR;
    if (!v_is(slot_peek(&k->context), context)) return err_set(t, &exc_ValueError, "%R was created in a different Context", token);
    at_store_release(&k->used, true);
    V old = slot_get(&k->head, &k->old);
    int r = change(t, context, self, old);
    v_drop(t, old);
    return r < 0 ? V_ERROR : V_NONE;
}

static V var_repr(Thread *t, V self) {
    ContextVar *v = var_of(self);
    V fallback = slot_peek(&v->fallback);
    if (fallback == V_NULL) return str_from_format(t, "<ContextVar name=%R at %p>", slot_peek(&v->name), (void *)v);
    return str_from_format(t, "<ContextVar name=%R default=%R at %p>", slot_peek(&v->name), fallback, (void *)v);
}

static const Method var_methods[] = {
    {"get", var_get, "default=<unrepresentable>, /", LOCK_NONE, 0, "The value in the current context; default, its own default, or LookupError."},
    {"set", var_set, "value, /", LOCK_NONE, 0, "Sets the value in the current context; reset() takes back what this returns."},
    {"reset", var_reset, "token, /", LOCK_NONE, 0, "Sets the value that was there before a set()."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in ContextVar[int]."},
    METHOD_END,
};
static const Member var_members[] = {
    {"name", MEMBER_SLOT, offsetof(ContextVar, name), true, NULL},
    {0},
};
static Type context_var_type = {
    TYPE_HEAD("_contextvars.ContextVar"), .doc = "A variable with a value for each context: ContextVar(name, *, default=...).",
    .flags = TYPE_GC, .size = sizeof(ContextVar), .traverse = var_traverse, .new_ = var_new, .repr = var_repr,
    .compare = NULL, .hash = obj_hash_identity, .methods = var_methods, .members = var_members,
};

// ---- tokens ------------------------------------------------------------------------------------------------------------
static V token_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type, (void)args, (void)nargs, (void)kwnames;
    return err_set(t, &exc_RuntimeError, "Tokens can only be created by ContextVars");
}
static void token_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Token *k = (Token *)o;
    VISIT(k->context);
    VISIT(k->var);
    VISIT(k->old);
}
static V token_repr(Thread *t, V self) {
    Token *k = token_of(self);
    return str_from_format(t, "<Token%s var=%R at %p>", at_load_relaxed(&k->used) ? " used" : "", slot_peek(&k->var), (void *)k);
}
static V token_get_var(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &token_of(self)->var);
}
static V token_get_old(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V old = slot_get(v_obj(self), &token_of(self)->old);
    return old == V_NULL ? root_get(&missing) : old;
}
static const Method token_methods[] = {
    {"__class_getitem__", generic_alias_class_getitem, "object, /", LOCK_NONE, M_CLASS, "A generic alias, as in Token[int]."},
    METHOD_END,
};
static const GetSet token_getsets[] = {
    {"var", token_get_var, NULL, "The variable that was set.", NULL},
    {"old_value", token_get_old, NULL, "What it was before, or Token.MISSING.", NULL},
    {0},
};
static Type token_type = {
    TYPE_HEAD("_contextvars.Token"), .doc = "What ContextVar.set() returns.", .flags = TYPE_GC, .size = sizeof(Token),
    .traverse = token_traverse, .new_ = token_new, .repr = token_repr, .hash = obj_hash_unhashable, .methods = token_methods,
    .getsets = token_getsets,
};

static V missing_repr(Thread *t, V self) {
    (void)self;
    return str_from_cstr(t, "<Token.MISSING>");
}
static Type missing_type = {TYPE_HEAD("Token.MISSING"), .flags = TYPE_NO_NEW, .size = sizeof(Obj), .repr = missing_repr};

// ---- the module ----------------------------------------------------------------------------------------------------------
int context_start(Thread *t) {
    if (slot_peek(&missing) != V_NULL) return 0;
    Type *const types[] = {&context_type, &context_var_type, &token_type, &missing_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (type_ready(t, types[i]) < 0) return -1;
    }
    V value = type_alloc(t, &missing_type, 0);
    if (v_is_error(value)) return -1;
    int r = dict_set_c(t, slot_peek(&token_type.dict), "MISSING", value);
    if (r == 0) {
        root_register(&missing);
        root_set(t, &missing, value);
    }
    v_drop(t, value);
    return r;
}

static NATIVE(copy_context) {
    UNUSED_NATIVE();
    return context_copy_current(t);
}
static const Method methods[] = {
    {"copy_context", copy_context, "", LOCK_NONE, 0, "A copy of the current context."},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    if (context_start(t) < 0) return -1;
    if (module_add_type(t, module, &context_type) < 0 || module_add_type(t, module, &context_var_type) < 0) return -1;
    return module_add_type(t, module, &token_type);
}
const ModuleDef mod__contextvars = {
    .name = "_contextvars", .doc = "Context variables.", .methods = methods, .exec = exec,
};
