// SPDX-License-Identifier: MIT
// Module _decimal: Context, the thread's current one, and `with localcontext()`.
//
// The current context is the value of a context variable.  A thread remembers what it found there, and contextvars' version of
// it: as long as that is the same, the variable still holds the context.
#include "decimal_private.h"
#include "runtime/context.h"

static Slot context_var, templates[3];   // roots: the variable; DefaultContext, BasicContext, ExtendedContext
enum { T_DEFAULT, T_BASIC, T_EXTENDED };

static const char *const rounding_names[R_COUNT] = {
    [R_CEILING] = "ROUND_CEILING", [R_FLOOR] = "ROUND_FLOOR", [R_UP] = "ROUND_UP", [R_DOWN] = "ROUND_DOWN",
    [R_HALF_UP] = "ROUND_HALF_UP", [R_HALF_DOWN] = "ROUND_HALF_DOWN", [R_HALF_EVEN] = "ROUND_HALF_EVEN", [R_05UP] = "ROUND_05UP",
};

// ---- reading a context ----------------------------------------------------------------------------------------------------
void dec_ctx_load(Context *c, DecCtx *out) {
    out->prec = at_load_relaxed(&c->prec);
    out->emax = at_load_relaxed(&c->emax);
    out->emin = at_load_relaxed(&c->emin);
    out->rounding = (uint8_t)at_load_relaxed(&c->rounding);
    out->clamp = (uint8_t)at_load_relaxed(&c->clamp);
    out->capitals = (uint8_t)at_load_relaxed(&c->capitals);
    out->status = 0;
    out->object = c;
}

int dec_ctx_signal_slow(Thread *t, DecCtx *c) {
    Signals *flags = ctx_signals(&c->object->flags);
    if ((at_load_relaxed(&flags->bits) & c->status) != c->status) at_fetch_or_relaxed(&flags->bits, c->status);
    uint32_t trapped = c->status & ctx_traps(c->object);
    return trapped ? dec_raise(t, trapped) : 0;
}

static V context_new_like(Thread *t, Type *type, const Context *like, uint32_t flags) {
    V v = type_alloc(t, type, 0);
    if (v_is_error(v)) return V_ERROR;
    Context *c = ctx_of(v);
    c->prec = like ? at_load_relaxed(&like->prec) : 28;
    c->emax = like ? at_load_relaxed(&like->emax) : 999999;
    c->emin = like ? at_load_relaxed(&like->emin) : -999999;
    c->rounding = like ? at_load_relaxed(&like->rounding) : R_HALF_EVEN;
    c->clamp = like ? at_load_relaxed(&like->clamp) : 0;
    c->capitals = like ? at_load_relaxed(&like->capitals) : 1;
    V f = dec_signals_new(t, flags), traps = dec_signals_new(t, like ? ctx_traps(like) : SIG_INVALID | COND_ANY | SIG_DIV_ZERO | SIG_OVERFLOW);
    if (v_is_error(f) || v_is_error(traps)) {
        v_drop(t, f), v_drop(t, traps), v_drop(t, v);
        return V_ERROR;
    }
    slot_init_steal(t, &c->head, &c->flags, f);
    slot_init_steal(t, &c->head, &c->traps, traps);
    return v;
}

static V copy_clean(Thread *t, V context) { return context_new_like(t, &dec_context_type, ctx_of(context), 0); }
static V copy_of(Thread *t, V context) {
    return context_new_like(t, &dec_context_type, ctx_of(context), at_load_relaxed(&ctx_signals(&ctx_of(context)->flags)->bits));
}

// ---- the current one -------------------------------------------------------------------------------------------------------
static __thread struct { uint64_t thread, version; Context *context; } last; // context: kept alive by the variable

static V current_slow(Thread *t) {
    V var = root_get(&context_var), found = context_var_get(t, var, V_NULL);
    if (found == V_NULL) {
        V fallback = root_get(&templates[T_DEFAULT]);
        found = copy_clean(t, fallback);
        v_drop(t, fallback);
        V token = v_is_error(found) ? V_ERROR : context_var_set(t, var, found);
        if (v_is_error(token)) {
            v_drop(t, found);
            found = V_ERROR;
        }
        v_drop(t, token);
    }
    v_drop(t, var);
    if (v_is_error(found)) return V_ERROR;
    last.thread = t->id;
    last.version = t->context_version;
    last.context = ctx_of(found);
    return found;
}

int dec_ctx_get(Thread *t, V given, DecCtx *out) {
    if (given != V_NULL && given != V_NONE) {
        if (!is_ctx(t, given)) {
            err_set(t, &exc_TypeError, "optional argument must be a context");
            return -1;
        }
        dec_ctx_load(ctx_of(given), out);
        return 0;
    }
    if (unlikely(last.thread != t->id || last.version != t->context_version)) {
        V found = current_slow(t);
        if (v_is_error(found)) return -1;
        v_drop(t, found);
    }
    dec_ctx_load(last.context, out);
    return 0;
}

static NATIVE(getcontext) {
    UNUSED_NATIVE();
    return current_slow(t);
}

static int set_current(Thread *t, V context) {
    V var = root_get(&context_var), token = context_var_set(t, var, context);
    v_drop(t, var);
    v_drop(t, token);
    return v_is_error(token) ? -1 : 0;
}

// A template is never made current: a copy of it is.
static V own_copy(Thread *t, V context) {
    for (size_t i = 0; i < countof(templates); i++) {
        if (v_is(context, slot_peek(&templates[i]))) return copy_clean(t, context);
    }
    return v_dup(context);
}

static NATIVE(setcontext) {
    UNUSED_NATIVE();
    if (!is_ctx(t, args[0])) return err_set(t, &exc_TypeError, "argument must be a context");
    V context = own_copy(t, args[0]);
    int r = v_is_error(context) ? -1 : set_current(t, context);
    v_drop(t, context);
    return r < 0 ? V_ERROR : V_NONE;
}

// ---- fields ------------------------------------------------------------------------------------------------------------------
int dec_rounding_of(Thread *t, V v) {
    for (int i = 0; i < R_COUNT && v_is_str(v); i++) {
        if (str_equal_ascii(v, rounding_names[i])) return i;
    }
    err_set(t, &exc_TypeError, "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n"
            "   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]");
    return -1;
}

typedef struct Field {
    const char *name;
    size_t offset;
    bool wide;          // an int64_t, else a uint32_t
    int64_t min, max;
    const char *range;
} Field;
static const Field fields[] = {
    {"prec", offsetof(Context, prec), true, 1, DEC_MAX_PREC, "valid range for prec is [1, MAX_PREC]"},
    {"Emin", offsetof(Context, emin), true, DEC_MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]"},
    {"Emax", offsetof(Context, emax), true, 0, DEC_MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]"},
    {"capitals", offsetof(Context, capitals), false, 0, 1, "valid values for capitals are 0 or 1"},
    {"clamp", offsetof(Context, clamp), false, 0, 1, "valid values for clamp are 0 or 1"},
};
enum { F_PREC, F_EMIN, F_EMAX, F_CAPITALS, F_CLAMP };

static V get_field(Thread *t, V self, void *closure) {
    const Field *f = closure;
    const char *at = (const char *)v_obj(self) + f->offset;
    if (f->wide) return int_from_i64(t, at_load_relaxed((const int64_t *)(const void *)at));
    return v_from_int(at_load_relaxed((const uint32_t *)(const void *)at));
}

static int set_field(Thread *t, V self, V value, void *closure) {
    const Field *f = closure;
    ptrdiff_t n;
    if (!v_is_any_int(value)) {
        err_set(t, &exc_TypeError, "an integer is required");
        return -1;
    }
    if (num_as_ssize(t, value, &exc_OverflowError, &n) < 0) return -1;
    if (n < f->min || n > f->max) {
        err_set(t, &exc_ValueError, "%s", f->range);
        return -1;
    }
    char *at = (char *)v_obj(self) + f->offset;
    if (f->wide) at_store_relaxed((int64_t *)(void *)at, n);
    else at_store_relaxed((uint32_t *)(void *)at, (uint32_t)n);
    return 0;
}

static V get_rounding(Thread *t, V self, void *closure) {
    (void)closure;
    const char *name = rounding_names[at_load_relaxed(&ctx_of(self)->rounding)];
    return str_intern_utf8(t, name, strlen(name));
}

static int set_rounding(Thread *t, V self, V value, void *closure) {
    (void)closure;
    int rounding = dec_rounding_of(t, value);
    if (rounding >= 0) at_store_relaxed(&ctx_of(self)->rounding, (uint32_t)rounding);
    return rounding < 0 ? -1 : 0;
}

static Slot *signals_slot(V self, void *closure) { return closure ? &ctx_of(self)->traps : &ctx_of(self)->flags; }

static V get_signals(Thread *t, V self, void *closure) {
    (void)t;
    return slot_get(v_obj(self), signals_slot(self, closure));
}

static int store_signals(Thread *t, V self, V value, void *closure) {
    uint32_t bits;
    if (dec_signals_from(t, value, &bits) < 0) return -1;
    at_store_relaxed(&ctx_signals(signals_slot(self, closure))->bits, bits);
    return 0;
}

static int set_signals(Thread *t, V self, V value, void *closure) {
    if (!v_is_list(value)) return store_signals(t, self, value, closure);
    err_set(t, &exc_TypeError, "argument must be a signal dict");
    return -1;
}

#define FIELD(i) (void *)(uintptr_t)&fields[i]
static char traps_tag;
static const GetSet getsets[] = {
    {"prec", get_field, set_field, NULL, FIELD(F_PREC)},
    {"Emax", get_field, set_field, NULL, FIELD(F_EMAX)},
    {"Emin", get_field, set_field, NULL, FIELD(F_EMIN)},
    {"rounding", get_rounding, set_rounding, NULL, NULL},
    {"capitals", get_field, set_field, NULL, FIELD(F_CAPITALS)},
    {"clamp", get_field, set_field, NULL, FIELD(F_CLAMP)},
    {"flags", get_signals, set_signals, NULL, NULL},
    {"traps", get_signals, set_signals, NULL, &traps_tag},
    {0},
};

static int context_setattr(Thread *t, V self, V name, V value) {
    if (value != V_NULL) return obj_generic_setattr(t, self, name, value);
    err_set(t, &exc_AttributeError, "context attributes cannot be deleted");
    return -1;
}

// ---- making ----------------------------------------------------------------------------------------------------------------------
static const OldParam params[] = { // of localcontext(); all but the first are Context()'s
    {"ctx", false}, {"prec", false}, {"rounding", false}, {"Emin", false}, {"Emax", false}, {"capitals", false}, {"clamp", false}, {"flags", false},
    {"traps", false}, {NULL, false},
};
enum { N_PARAMS = countof(params) - 2 };

static V new_context(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V like = root_get(&templates[T_DEFAULT]), made = context_new_like(t, type, like == V_NULL ? NULL : ctx_of(like), 0);
    v_drop(t, like);
    if (!v_is_error(made)) at_store_relaxed(&ctx_of(made)->capitals, 1u);
    return made;
}

// One value a parameter; None and V_NULL leave a field as it is.
static int set_given(Thread *t, V self, const V *given) {
    static const int numbers[N_PARAMS] = {F_PREC, -1, F_EMIN, F_EMAX, F_CAPITALS, F_CLAMP, -1, -1};
    for (size_t i = 0; i < N_PARAMS; i++) {
        int r = 0;
        if (given[i] == V_NULL || given[i] == V_NONE) continue;
        if (numbers[i] >= 0) r = set_field(t, self, given[i], FIELD(numbers[i]));
        else if (i == 1) r = set_rounding(t, self, given[i], NULL);
        else r = store_signals(t, self, given[i], i == N_PARAMS - 1 ? &traps_tag : NULL);
        if (r < 0) return -1;
    }
    return 0;
}

static int context_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[N_PARAMS];
    if (args_old_bind(t, NULL, params + 1, N_PARAMS, 0, args, nargs, kwnames, given, NULL) < 0) return -1;
    return set_given(t, self, given);
}

static void context_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Context *)o)->flags);
    VISIT(((Context *)o)->traps);
}

static V context_repr(Thread *t, V self) {
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    StrBuilder b;
    sb_init(&b, t);
    sb_format(&b, "Context(prec=%lld, rounding=%s, Emin=%lld, Emax=%lld, capitals=%d, clamp=%d, flags=[", (long long)c.prec,
              rounding_names[c.rounding], (long long)c.emin, (long long)c.emax, c.capitals, c.clamp);
    dec_put_signal_names(&b, at_load_relaxed(&ctx_signals(&ctx_of(self)->flags)->bits));
    sb_cstr(&b, "], traps=[");
    dec_put_signal_names(&b, ctx_traps(ctx_of(self)));
    sb_cstr(&b, "])");
    return sb_finish(&b);
}

// ---- methods that are not arithmetic -----------------------------------------------------------------------------------------------
NATIVE(dec_context_copy) {
    UNUSED_NATIVE();
    return copy_of(t, self);
}

NATIVE(dec_context_clear_flags) {
    UNUSED_NATIVE();
    at_store_relaxed(&ctx_signals(&ctx_of(self)->flags)->bits, 0u);
    return V_NONE;
}

NATIVE(dec_context_clear_traps) {
    UNUSED_NATIVE();
    at_store_relaxed(&ctx_signals(&ctx_of(self)->traps)->bits, 0u);
    return V_NONE;
}

NATIVE(dec_context_etiny) {
    UNUSED_NATIVE();
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    return int_from_i64(t, ctx_etiny(&c));
}

NATIVE(dec_context_etop) {
    UNUSED_NATIVE();
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    return int_from_i64(t, ctx_etop(&c));
}

NATIVE(dec_context_reduce) {
    UNUSED_NATIVE();
    DecCtx c;
    dec_ctx_load(ctx_of(self), &c);
    V flags = dec_signal_list(t, at_load_relaxed(&ctx_signals(&ctx_of(self)->flags)->bits), false);
    V traps = dec_signal_list(t, ctx_traps(ctx_of(self)), false);
    V state = tuple_pack_steal(t, 8, int_from_i64(t, c.prec), get_rounding(t, self, NULL), int_from_i64(t, c.emin),
                               int_from_i64(t, c.emax), v_from_int(c.capitals), v_from_int(c.clamp), flags, traps);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), state);
}

Type dec_context_type = {
    TYPE_HEAD("decimal.Context"),
    .doc = "Precision, exponent range, rounding and the signals of decimal arithmetic: what is trapped, and what has happened.",
    .text_signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(Context), .traverse = context_traverse, .new_ = new_context,
    .init = context_init, .repr = context_repr, .setattr = context_setattr, .methods = dec_context_methods, .getsets = getsets,
};

// ---- with localcontext() -----------------------------------------------------------------------------------------------------------
typedef struct Manager { Obj head; Slot local, global; } Manager; // const after init

static void manager_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Manager *)o)->local);
    VISIT(((Manager *)o)->global);
}

static NATIVE(manager_enter) {
    UNUSED_NATIVE();
    Manager *m = (Manager *)v_obj(self);
    V local = slot_get(&m->head, &m->local);
    if (set_current(t, local) == 0) return local;
    v_drop(t, local);
    return V_ERROR;
}

static NATIVE(manager_exit) {
    UNUSED_NATIVE();
    Manager *m = (Manager *)v_obj(self);
    V global = slot_get(&m->head, &m->global);
    int r = set_current(t, global);
    v_drop(t, global);
    return r < 0 ? V_ERROR : V_FALSE;
}

static const Method manager_methods[] = {
    {"__enter__", manager_enter, "", LOCK_NONE, 0, NULL},
    {"__exit__", manager_exit, NULL, LOCK_NONE, M_RAW, NULL},
    METHOD_END,
};
Type dec_manager_type = {
    TYPE_HEAD("decimal.ContextManager"), .flags = TYPE_GC | TYPE_NO_NEW, .size = sizeof(Manager), .traverse = manager_traverse,
    .methods = manager_methods,
};

static NATIVE(localcontext) {
    (void)self;
    V given[N_PARAMS + 1];
    if (args_old_bind(t, NULL, params, N_PARAMS + 1, 0, args, nargs, kwnames, given, NULL) < 0) return V_ERROR;
    bool none = given[0] == V_NULL || given[0] == V_NONE;
    if (!none && !is_ctx(t, given[0])) return err_set(t, &exc_TypeError, "optional argument must be a context");
    V global = current_slow(t), local = v_is_error(global) ? V_ERROR : copy_of(t, none ? global : given[0]);
    V manager = v_is_error(local) || set_given(t, local, given + 1) < 0 ? V_ERROR : type_alloc(t, &dec_manager_type, 0);
    if (v_is_error(manager)) {
        v_drop(t, local), v_drop(t, global);
        return V_ERROR;
    }
    Manager *m = (Manager *)v_obj(manager);
    slot_init_steal(t, &m->head, &m->local, local);
    slot_init_steal(t, &m->head, &m->global, global);
    return manager;
}

// ---- the module's part ---------------------------------------------------------------------------------------------------------------
static const Method functions[] = {
    {"getcontext", getcontext, "", LOCK_NONE, 0, "The current context."},
    {"setcontext", setcontext, "context, /", LOCK_NONE, 0, "Makes a context the current one."},
    {"localcontext", localcontext, "ctx=None, **kwargs", LOCK_NONE, M_RAW, "A with statement's context: a copy, changed by keywords."},
    METHOD_END,
};

static int make_template(Thread *t, size_t i, int64_t prec, uint32_t rounding, uint32_t traps) {
    V v = context_new_like(t, &dec_context_type, NULL, 0);
    if (v_is_error(v)) return -1;
    ctx_of(v)->prec = prec;
    ctx_of(v)->rounding = rounding;
    ctx_signals(&ctx_of(v)->traps)->bits = traps;
    root_register(&templates[i]);
    root_set(t, &templates[i], v);
    v_drop(t, v);
    return 0;
}

static int make_roots(Thread *t) {
    const uint32_t usual = SIG_INVALID | COND_ANY | SIG_DIV_ZERO | SIG_OVERFLOW;
    if (make_template(t, T_BASIC, 9, R_HALF_UP, usual | SIG_UNDERFLOW | SIG_CLAMPED) < 0) return -1;
    if (make_template(t, T_EXTENDED, 9, R_HALF_EVEN, 0) < 0 || make_template(t, T_DEFAULT, 28, R_HALF_EVEN, usual) < 0) return -1;
    V var = context_var_new(t, "decimal_context", V_NULL);
    if (v_is_error(var)) return -1;
    root_register(&context_var);
    root_set(t, &context_var, var);
    v_drop(t, var);
    return 0;
}

int dec_context_start(Thread *t, V module) {
    static const char *const names[] = {"DefaultContext", "BasicContext", "ExtendedContext"};
    if (context_start(t) < 0 || type_ready(t, &dec_manager_type) < 0 || module_add_type(t, module, &dec_context_type) < 0) return -1;
    if (slot_peek(&context_var) == V_NULL && make_roots(t) < 0) return -1;
    for (size_t i = 0; i < countof(names); i++) {
        if (module_add(t, module, names[i], slot_peek(&templates[i])) < 0) return -1;
    }
    for (int i = 0; i < R_COUNT; i++) {
        V name = str_intern_utf8(t, rounding_names[i], strlen(rounding_names[i]));
        if (module_add_steal(t, module, rounding_names[i], name) < 0) return -1;
    }
    return module_add_methods(t, module, functions);
}
