// SPDX-License-Identifier: MIT
// generator, coroutine and coroutine_wrapper as programs see them: methods and attributes.
#include "gen_private.h"

V gen_repr(Thread *t, V self) {
    return str_from_format(t, "<%s object %V at %p>", type_short_name(v_type(self)), slot_peek(&gen_of(self)->qualname),
                           (void *)v_obj(self));
}

NATIVE(gen_send_method) {
    UNUSED_NATIVE();
    V value;
    int how = gen_send(t, self, args[0], &value);
    return gen_result(t, how, value);
}
NATIVE(gen_throw_method) {
    UNUSED_NATIVE();
    return gen_throw(t, self, args[0], args[1], args[2]);
}
NATIVE(gen_close_method) {
    UNUSED_NATIVE();
    return gen_close(t, self) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(gen_sizeof) {
    UNUSED_NATIVE();
    const Code *code = code_of(slot_peek(&gen_of(self)->code));
    return v_from_int((int64_t)(sizeof(Generator) + (size_t)code->frame_size * sizeof(V)));
}

// ---- attributes --------------------------------------------------------------------------------------------------------
static V get_name(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &gen_of(self)->name);
}
static V get_qualname(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &gen_of(self)->qualname);
}
static int set_text(Thread *t, V self, Slot *slot, V value, const char *name) {
    if (value == V_NULL || !v_is_str(value)) {
        err_set(t, &exc_TypeError, "%s must be set to a string object", name);
        return -1;
    }
    slot_set(t, v_obj(self), slot, value);
    return 0;
}
static int set_name(Thread *t, V self, V value, void *closure) {
    (void)closure;
    return set_text(t, self, &gen_of(self)->name, value, "__name__");
}
static int set_qualname(Thread *t, V self, V value, void *closure) {
    (void)closure;
    return set_text(t, self, &gen_of(self)->qualname, value, "__qualname__");
}
static V get_code(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &gen_of(self)->code);
}
static V get_running(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&gen_of(self)->state) == GEN_RUNNING);
}
static V get_suspended(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    uint32_t state = at_load_relaxed(&gen_of(self)->state);
    return v_from_bool(state == GEN_SUSPENDED || state == GEN_LOOKED_AT);
}
static V get_frame(Thread *t, V self, void *closure) {
    (void)closure;
    return frame_object_of_gen(t, gen_of(self));
}
static V get_yield_from(Thread *t, V self, void *closure) {
    (void)closure;
    V v = gen_yield_from(t, gen_of(self));
    return v == V_NULL ? V_NONE : v;
}
static V get_origin(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V v = slot_get(v_obj(self), &gen_of(self)->origin);
    return v == V_NULL ? V_NONE : v;
}
static V get_ag_running(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&gen_of(self)->running_async));
}

#define NAME_ROWS(kind)                                                                                                      \
    {"__name__", get_name, set_name, "how messages speak of the " kind, NULL},                                                  \
    {"__qualname__", get_qualname, set_qualname, "the same of the " kind ", and where it stands", NULL}

static const GetSet generator_getsets[] = {
    NAME_ROWS("generator"),
    {"gi_yieldfrom", get_yield_from, NULL, "what `yield from` is running through, or None", NULL},
    {"gi_running", get_running, NULL, NULL, NULL},
    {"gi_frame", get_frame, NULL, NULL, NULL},
    {"gi_suspended", get_suspended, NULL, NULL, NULL},
    {"gi_code", get_code, NULL, NULL, NULL},
    {0},
};
static const GetSet coroutine_getsets[] = {
    NAME_ROWS("coroutine"),
    {"cr_await", get_yield_from, NULL, "what it is waiting for, or None", NULL},
    {"cr_running", get_running, NULL, NULL, NULL},
    {"cr_frame", get_frame, NULL, NULL, NULL},
    {"cr_suspended", get_suspended, NULL, NULL, NULL},
    {"cr_code", get_code, NULL, NULL, NULL},
    {"cr_origin", get_origin, NULL, NULL, NULL},
    {0},
};
const GetSet async_generator_getsets[] = {
    NAME_ROWS("async generator"),
    {"ag_await", get_yield_from, NULL, "what it is waiting for, or None", NULL},
    {"ag_running", get_ag_running, NULL, NULL, NULL},
    {"ag_frame", get_frame, NULL, NULL, NULL},
    {"ag_code", get_code, NULL, NULL, NULL},
    {0},
};

static const Method generator_methods[] = {
    {"send", gen_send_method, "arg, /", 0, 0,
        "send(arg) -> goes on with arg as the value of the yield.\n\n"
        "The next value yielded; StopIteration at the end."},
    {"throw", gen_throw_method, "type, value=None, traceback=None, /", 0, 0,
     "throw(value)\n"
     "throw(type[,value[,tb]])\n\n"
     "Goes on by raising that in the generator.  The next value yielded; StopIteration at the end."},
    {"close", gen_close_method, "", 0, 0, "close() -> goes on by raising GeneratorExit, for the last time."},
    {"__sizeof__", gen_sizeof, "", 0, 0, "Bytes of memory that it takes, its frame included."},
    METHOD_END,
};

Type generator_type = {
    TYPE_HEAD("generator"), .size = sizeof(Generator), .item_size = sizeof(V),
    .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = gen_traverse, .destroy = gen_destroy,
    .repr = gen_repr, .iter = iter_self, .next = gen_next, .send = gen_send, .finalize = gen_finalize_slot,
    .getattr = obj_generic_getattr, .methods = generator_methods, .getsets = generator_getsets,
};

// ---- coroutine ---------------------------------------------------------------------------------------------------------
typedef struct CoroutineWrapper { Obj head; Slot coroutine; } CoroutineWrapper;

static V coroutine_await(Thread *t, V self) {
    CoroutineWrapper *w = (CoroutineWrapper *)obj_alloc(t, &coroutine_wrapper_type, sizeof *w, OBJ_GC);
    if (!w) return err_no_memory(t);
    slot_init(t, &w->head, &w->coroutine, self);
    return v_from(w);
}

static const Method coroutine_methods[] = {
    {"send", gen_send_method, "arg, /", 0, 0,
        "send(arg) -> puts arg into coroutine code as what the awaited thing gave.\n\n"
        "The next value it waits with; StopIteration at the end."},
    {"throw", gen_throw_method, "type, value=None, traceback=None, /", 0, 0,
     "throw(value)\n"
     "throw(type[,value[,traceback]])\n\n"
     "Goes on by raising that in coroutine code.  The next value it waits with; StopIteration at the\n"
     "end."},
    {"close", gen_close_method, "", 0, 0, "close() -> raises GeneratorExit inside coroutine code, for the last time."},
    {"__sizeof__", gen_sizeof, "", 0, 0, "Bytes of memory that it takes, its frame included."},
    METHOD_END,
};

Type coroutine_type = {
    TYPE_HEAD("coroutine"), .size = sizeof(Generator), .item_size = sizeof(V),
    .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = gen_traverse, .destroy = gen_destroy,
    .repr = gen_repr, .await = coroutine_await, .send = gen_send, .finalize = gen_finalize_slot,
    .getattr = obj_generic_getattr, .methods = coroutine_methods, .getsets = coroutine_getsets,
};

static V inner(V self) { return slot_peek(&((CoroutineWrapper *)v_obj(self))->coroutine); }
static V wrapper_next(Thread *t, V self) { return gen_next(t, inner(self)); }
static NATIVE(wrapper_send) { return gen_send_method(t, inner(self), args, nargs, kwnames); }
static NATIVE(wrapper_throw) { return gen_throw_method(t, inner(self), args, nargs, kwnames); }
static NATIVE(wrapper_close) { return gen_close_method(t, inner(self), args, nargs, kwnames); }
static void wrapper_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((CoroutineWrapper *)o)->coroutine); }

static const Method wrapper_methods[] = {
    {"send", wrapper_send, "arg, /", 0, 0,
        "send(arg) -> puts arg into coroutine code as what the awaited thing gave.\n\n"
        "The next value it waits with; StopIteration at the end."},
    {"throw", wrapper_throw, "type, value=None, traceback=None, /", 0, 0,
     "throw(value)\n"
     "throw(type[,value[,traceback]])\n\n"
     "Goes on by raising that in coroutine code.  The next value it waits with; StopIteration at the\n"
     "end."},
    {"close", wrapper_close, "", 0, 0, "close() -> raises GeneratorExit inside coroutine code, for the last time."},
    METHOD_END,
};

Type coroutine_wrapper_type = {
    TYPE_HEAD("coroutine_wrapper"), .size = sizeof(CoroutineWrapper), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "A wrapper object implementing __await__ for coroutines.", .traverse = wrapper_traverse, .iter = iter_self,
    .next = wrapper_next, .getattr = obj_generic_getattr, .methods = wrapper_methods,
};

// ---- what await iterates -------------------------------------------------------------------------------------------------
V awaitable_iter(Thread *t, V v) {
    if (v_is_coroutine(v)) return v_dup(v);
    if (v_is_generator(v) && code_of(slot_peek(&gen_of(v)->code))->flags & CO_ITERABLE_COROUTINE) return v_dup(v);
    UnaryFn await = v_type(v)->await;
    if (!await) return err_set(t, &exc_TypeError, "object %T can't be used in 'await' expression", v);
    V it = await(t, v);
    if (v_is_error(it)) return V_ERROR;
    bool coroutine = v_is_coroutine(it) ||
                     (v_is_generator(it) && code_of(slot_peek(&gen_of(it)->code))->flags & CO_ITERABLE_COROUTINE);
    if (coroutine) err_set(t, &exc_TypeError, "__await__() returned a coroutine");
    else if (!v_type(it)->next) err_set(t, &exc_TypeError, "__await__() returned non-iterator of type '%T'", it);
    else return it;
    v_drop(t, it);
    return V_ERROR;
}
