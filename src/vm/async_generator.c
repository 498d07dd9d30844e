// SPDX-License-Identifier: MIT
// Asynchronous generators: the awaitables that drive them (PEP 525), and anext()'s with a default.
//
// An asynchronous generator is a generator whose items come out wrapped (ASYNC_GEN_WRAP): what comes out bare belongs to
// an inner await and goes up to the event loop.  unwrap turns a wrapped item into StopIteration(item), which ends the
// await of __anext__.
#include "gen_private.h"

enum { STATE_INIT, STATE_ITER, STATE_CLOSED };

typedef struct Wrapped { Obj head; Slot value; } Wrapped;
typedef struct ASend { Obj head; Slot gen, value; uint32_t state; } ASend;
typedef struct AThrow { Obj head; Slot gen, type, value, tb; uint32_t state; int given; bool is_close; } AThrow;
typedef struct AnextAwaitable { Obj head; Slot wrapped, fallback; } AnextAwaitable;

extern const GetSet async_generator_getsets[];

// ---- wrapped items -------------------------------------------------------------------------------------------------------
V async_gen_wrap(Thread *t, V value) {
    Wrapped *w = (Wrapped *)obj_alloc(t, &async_gen_wrapped_type, sizeof *w, OBJ_GC);
    if (!w) return err_no_memory(t);
    slot_init(t, &w->head, &w->value, value);
    return v_from(w);
}
static void wrapped_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Wrapped *)o)->value); }
Type async_gen_wrapped_type = {
    TYPE_HEAD("async_generator_wrapped_value"), .size = sizeof(Wrapped), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = wrapped_traverse, .getattr = obj_generic_getattr,
};
static bool is_wrapped(V v) { return v_is_exact(v, &async_gen_wrapped_type); }

// What a step of the generator means to the await: a value for the event loop, or an exception (V_ERROR).
static V unwrap(Thread *t, Generator *g, int how, V result) {
    if (how == SEND_RETURN) {
        v_drop(t, result);
        err_set_none(t, &exc_StopAsyncIteration);
        result = V_ERROR;
    }
    if (v_is_error(result)) {
        if (err_matches(t, &exc_StopAsyncIteration) || err_matches(t, &exc_GeneratorExit)) at_store_relaxed(&g->closed, true);
        at_store_relaxed(&g->running_async, false);
        return V_ERROR;
    }
    if (!is_wrapped(result)) return result;
    V value = slot_get(v_obj(result), &((Wrapped *)v_obj(result))->value);
    v_drop(t, result);
    at_store_relaxed(&g->running_async, false);
    return gen_result(t, SEND_RETURN, value);
}

// ---- hooks -----------------------------------------------------------------------------------------------------------------
static int init_hooks(Thread *t, V gen) {
    Generator *g = gen_of(gen);
    if (at_load_relaxed(&g->hooks_inited) || at_exchange_relaxed(&g->hooks_inited, true)) return 0;
    if (t->async_gen_finalizer != V_NULL) slot_set(t, &g->head, &g->origin, t->async_gen_finalizer);
    if (t->async_gen_firstiter == V_NULL) return 0;
    V hook = v_dup(t->async_gen_firstiter), r = obj_call1(t, hook, gen);
    v_drop(t, hook);
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

int async_gen_finalize(Thread *t, V gen) {
    Generator *g = gen_of(gen);
    V finalizer = slot_get(&g->head, &g->origin);
    if (finalizer == V_NULL) return 0;
    int handled = !at_load_relaxed(&g->closed);
    if (handled) {
        V r = obj_call1(t, finalizer, gen);
        v_drop(t, r);
        if (v_is_error(r)) err_unraisable(t, gen, NULL);
    }
    v_drop(t, finalizer);
    return handled;
}

// ---- __anext__ and asend ------------------------------------------------------------------------------------------------------
static V asend_new(Thread *t, V gen, V value) {
    if (init_hooks(t, gen) < 0) return V_ERROR;
    ASend *a = (ASend *)obj_alloc(t, &async_gen_asend_type, sizeof *a, OBJ_GC);
    if (!a) return err_no_memory(t);
    slot_init(t, &a->head, &a->gen, gen);
    slot_init(t, &a->head, &a->value, value);
    return v_from(a);
}
V async_gen_anext(Thread *t, V gen) { return asend_new(t, gen, V_NONE); }

static ASend *asend_of(V v) { return (ASend *)v_obj(v); }
static void asend_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((ASend *)o)->gen);
    VISIT(((ASend *)o)->value);
}

static V asend_step(Thread *t, V self, V arg) {
    ASend *a = asend_of(self);
    V gen = slot_peek(&a->gen), result;
    Generator *g = gen_of(gen);
    if (at_load_relaxed(&a->state) == STATE_CLOSED) return err_set(t, &exc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (at_load_relaxed(&a->state) == STATE_INIT) {
        if (at_load_relaxed(&g->running_async)) return err_set(t, &exc_RuntimeError, "anext(): asynchronous generator is already running");
        if (arg == V_NONE) arg = slot_peek(&a->value);
        at_store_relaxed(&a->state, STATE_ITER);
    }
    at_store_relaxed(&g->running_async, true);
    int how = gen_send(t, gen, arg, &result);
    result = unwrap(t, g, how, result);
    if (v_is_error(result)) at_store_relaxed(&a->state, STATE_CLOSED);
    return result;
}
static V asend_next(Thread *t, V self) { return asend_step(t, self, V_NONE); }
static NATIVE(asend_send) {
    UNUSED_NATIVE();
    return asend_step(t, self, args[0]);
}
static NATIVE(asend_throw) {
    UNUSED_NATIVE();
    ASend *a = asend_of(self);
    if (at_load_relaxed(&a->state) == STATE_CLOSED) return err_set(t, &exc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    V gen = slot_peek(&a->gen), result;
    int how = gen_throw_step(t, gen, true, args[0], args[1], args[2], &result);
    result = unwrap(t, gen_of(gen), how, result);
    if (v_is_error(result)) at_store_relaxed(&a->state, STATE_CLOSED);
    return result;
}
static NATIVE(asend_close) {
    UNUSED_NATIVE();
    at_store_relaxed(&asend_of(self)->state, STATE_CLOSED);
    return V_NONE;
}
static const Method asend_methods[] = {
    {"send", asend_send, "arg, /", 0, 0, NULL},
    {"throw", asend_throw, "type, value=None, traceback=None, /", 0, 0, NULL},
    {"close", asend_close, "", 0, 0, NULL},
    METHOD_END,
};
Type async_gen_asend_type = {
    TYPE_HEAD("async_generator_asend"), .size = sizeof(ASend), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = asend_traverse, .iter = iter_self, .next = asend_next, .await = iter_self,
    .getattr = obj_generic_getattr, .methods = asend_methods,
};

// ---- athrow and aclose --------------------------------------------------------------------------------------------------------
// nargs: how many of args athrow was given; -1: aclose.
static V athrow_new(Thread *t, V gen, const V *args, int nargs) {
    if (init_hooks(t, gen) < 0) return V_ERROR;
    AThrow *a = (AThrow *)obj_alloc(t, &async_gen_athrow_type, sizeof *a, OBJ_GC);
    if (!a) return err_no_memory(t);
    a->is_close = nargs < 0;
    a->given = nargs;
    slot_init(t, &a->head, &a->gen, gen);
    slot_init(t, &a->head, &a->type, nargs > 0 ? args[0] : V_NULL);
    slot_init(t, &a->head, &a->value, nargs > 1 ? args[1] : V_NULL);
    slot_init(t, &a->head, &a->tb, nargs > 2 ? args[2] : V_NULL);
    return v_from(a);
}
static AThrow *athrow_of(V v) { return (AThrow *)v_obj(v); }
static void athrow_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((AThrow *)o)->gen);
    VISIT(((AThrow *)o)->type);
    VISIT(((AThrow *)o)->value);
    VISIT(((AThrow *)o)->tb);
}

// The end of closing is StopIteration for who awaits it.
static V close_failed(Thread *t) {
    if (err_matches(t, &exc_StopAsyncIteration) || err_matches(t, &exc_GeneratorExit)) {
        err_clear(t);
        err_set_none(t, &exc_StopIteration);
    }
    return V_ERROR;
}

static V ignored_exit(Thread *t, AThrow *a, V result) {
    at_store_relaxed(&gen_of(slot_peek(&a->gen))->running_async, false);
    at_store_relaxed(&a->state, STATE_CLOSED);
    v_drop(t, result);
    return err_set(t, &exc_RuntimeError, "async generator ignored GeneratorExit");
}

static V athrow_failed(Thread *t, AThrow *a) {
    at_store_relaxed(&gen_of(slot_peek(&a->gen))->running_async, false);
    at_store_relaxed(&a->state, STATE_CLOSED);
    return a->is_close ? close_failed(t) : V_ERROR;
}

// A step of aclose() came out so: a value for the event loop, or V_ERROR.
static V close_result(Thread *t, AThrow *a, int how, V result) {
    if (how == SEND_RETURN) {
        v_drop(t, result);
        err_set_none(t, &exc_StopAsyncIteration);
        return V_ERROR;
    }
    return how == SEND_NEXT && is_wrapped(result) ? ignored_exit(t, a, result) : result;
}

static V athrow_start(Thread *t, AThrow *a, V arg) {
    V gen = slot_peek(&a->gen), result;
    Generator *g = gen_of(gen);
    int how;
    if (at_load_relaxed(&g->running_async)) {
        at_store_relaxed(&a->state, STATE_CLOSED);
        return err_set(t, &exc_RuntimeError, "%s(): asynchronous generator is already running", a->is_close ? "aclose" : "athrow");
    }
    if (g->closed) {
        at_store_relaxed(&a->state, STATE_CLOSED);
        return err_set_none(t, &exc_StopAsyncIteration);
    }
    if (arg != V_NONE) return err_set(t, &exc_RuntimeError, "can't send non-None value to a just-started coroutine");
    at_store_relaxed(&a->state, STATE_ITER);
    at_store_relaxed(&g->running_async, true);
    if (a->is_close) {
        at_store_relaxed(&g->closed, true);
        how = gen_throw_step(t, gen, false, v_from_type(&exc_GeneratorExit), V_NULL, V_NULL, &result);
        result = close_result(t, a, how, result);
    } else {
        if (args_check_count(t, "athrow", (size_t)a->given, 1, 3) < 0) return V_ERROR; // for good: it stays running
        how = gen_throw_step(t, gen, false, slot_peek(&a->type), slot_peek(&a->value), slot_peek(&a->tb), &result);
        result = unwrap(t, g, how, result);
    }
    return v_is_error(result) ? athrow_failed(t, a) : result;
}

static V athrow_step(Thread *t, V self, V arg) {
    AThrow *a = athrow_of(self);
    V gen = slot_peek(&a->gen), result;
    Generator *g = gen_of(gen);
    if (at_load_relaxed(&a->state) == STATE_CLOSED) return err_set(t, &exc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (at_load_relaxed(&g->state) == GEN_DONE) {
        at_store_relaxed(&a->state, STATE_CLOSED);
        return err_set_none(t, &exc_StopIteration);
    }
    if (at_load_relaxed(&a->state) == STATE_INIT) return athrow_start(t, a, arg);
    int how = gen_send(t, gen, arg, &result);
    if (!a->is_close) return unwrap(t, g, how, result);
    result = close_result(t, a, how, result);
    return v_is_error(result) ? athrow_failed(t, a) : result;
}
static V athrow_next(Thread *t, V self) { return athrow_step(t, self, V_NONE); }
static NATIVE(athrow_send) {
    UNUSED_NATIVE();
    return athrow_step(t, self, args[0]);
}
static NATIVE(athrow_throw) {
    UNUSED_NATIVE();
    AThrow *a = athrow_of(self);
    if (at_load_relaxed(&a->state) == STATE_CLOSED) return err_set(t, &exc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    V gen = slot_peek(&a->gen), result;
    int how = gen_throw_step(t, gen, true, args[0], args[1], args[2], &result);
    if (!a->is_close) return unwrap(t, gen_of(gen), how, result);
    result = close_result(t, a, how, result);
    return v_is_error(result) ? close_failed(t) : result;
}
static NATIVE(athrow_close) {
    UNUSED_NATIVE();
    at_store_relaxed(&athrow_of(self)->state, STATE_CLOSED);
    return V_NONE;
}
static const Method athrow_methods[] = {
    {"send", athrow_send, "arg, /", 0, 0, NULL},
    {"throw", athrow_throw, "type, value=None, traceback=None, /", 0, 0, NULL},
    {"close", athrow_close, "", 0, 0, NULL},
    METHOD_END,
};
Type async_gen_athrow_type = {
    TYPE_HEAD("async_generator_athrow"), .size = sizeof(AThrow), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = athrow_traverse, .iter = iter_self, .next = athrow_next, .await = iter_self,
    .getattr = obj_generic_getattr, .methods = athrow_methods,
};

// ---- the generator ------------------------------------------------------------------------------------------------------------
static NATIVE(agen_asend) {
    UNUSED_NATIVE();
    return asend_new(t, self, args[0]);
}
// Wrong arguments are told when the result is awaited.
static NATIVE(agen_athrow) {
    return args_no_keywords(t, "athrow", kwnames) < 0 ? V_ERROR : athrow_new(t, self, args, (int)nargs);
}
static NATIVE(agen_aclose) {
    UNUSED_NATIVE();
    return athrow_new(t, self, NULL, -1);
}
static const Method agen_methods[] = {
    {"asend", agen_asend, "value, /", 0, 0, "asend(v) -> an awaitable that goes on with v as the value of the yield."},
    {"athrow", agen_athrow, NULL, 0, M_RAW,
        "athrow(typ[,val[,tb]]) -> an awaitable that goes on by raising that."},
    {"aclose", agen_aclose, "", 0, 0,
        "aclose() -> an awaitable that goes on by raising GeneratorExit, for the last time."},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    METHOD_END,
};
Type async_generator_type = {
    TYPE_HEAD("async_generator"), .size = sizeof(Generator), .item_size = sizeof(V),
    .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = gen_traverse, .destroy = gen_destroy,
    .repr = gen_repr, .aiter = iter_self, .anext = async_gen_anext, .finalize = gen_finalize_slot,
    .getattr = obj_generic_getattr, .methods = agen_methods, .getsets = async_generator_getsets,
};

// ---- anext(it, default) ----------------------------------------------------------------------------------------------------------
V anext_awaitable_new(Thread *t, V awaitable, V fallback) {
    AnextAwaitable *a = (AnextAwaitable *)obj_alloc(t, &anext_awaitable_type, sizeof *a, OBJ_GC);
    if (!a) return err_no_memory(t);
    slot_init(t, &a->head, &a->wrapped, awaitable);
    slot_init(t, &a->head, &a->fallback, fallback);
    return v_from(a);
}
static AnextAwaitable *anext_of(V v) { return (AnextAwaitable *)v_obj(v); }
static void anext_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((AnextAwaitable *)o)->wrapped);
    VISIT(((AnextAwaitable *)o)->fallback);
}

// The iterator behind it; a coroutine's is its wrapper, which has send, throw and close as well.
static V anext_iter(Thread *t, V self) {
    V it = awaitable_iter(t, slot_peek(&anext_of(self)->wrapped));
    if (v_is_error(it) || v_type(it)->next) return it;
    V wrapper = v_type(it)->await(t, it);
    v_drop(t, it);
    return wrapper;
}

static V anext_step(Thread *t, V self, V name, const V *args, size_t nargs) {
    V it = anext_iter(t, self);
    if (v_is_error(it)) return V_ERROR;
    V result = name == V_NULL ? obj_next(t, it) : obj_call_method(t, it, name, args, nargs);
    v_drop(t, it);
    if (result == V_END) result = err_set_none(t, &exc_StopIteration);
    if (v_is_error(result) && err_matches(t, &exc_StopAsyncIteration)) {
        err_clear(t);
        err_stop_iteration(t, slot_peek(&anext_of(self)->fallback));
    }
    return result;
}
// obj_next swallows a StopIteration's value, so the slot is called here.
static V anext_next(Thread *t, V self) {
    V it = anext_iter(t, self);
    if (v_is_error(it)) return V_ERROR;
    V result = v_type(it)->next(t, it);
    v_drop(t, it);
    if (v_is_error(result) && err_matches(t, &exc_StopAsyncIteration)) {
        err_clear(t);
        err_stop_iteration(t, slot_peek(&anext_of(self)->fallback));
    }
    return result;
}
static NATIVE(anext_send) {
    UNUSED_NATIVE();
    return anext_step(t, self, NAME(send), args, 1);
}
// How many arguments there must be says the method of what is wrapped.
static NATIVE(anext_throw) {
    return args_no_keywords(t, "throw", kwnames) < 0 ? V_ERROR : anext_step(t, self, NAME(throw), args, nargs);
}
static NATIVE(anext_close) {
    return args_no_keywords(t, "close", kwnames) < 0 ? V_ERROR : anext_step(t, self, NAME(close), args, nargs);
}
static const Method anext_methods[] = {
    {"send", anext_send, "arg, /", 0, 0, NULL},
    {"throw", anext_throw, NULL, 0, M_RAW, NULL},
    {"close", anext_close, NULL, 0, M_RAW, NULL},
    METHOD_END,
};
Type anext_awaitable_type = {
    TYPE_HEAD("anext_awaitable"), .size = sizeof(AnextAwaitable), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = anext_traverse, .iter = iter_self, .next = anext_next, .await = iter_self,
    .getattr = obj_generic_getattr, .methods = anext_methods,
};
