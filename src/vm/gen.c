// SPDX-License-Identifier: MIT
// Generators: the life of a frame that can be left and entered again.
//
// RETURN_GENERATOR moves the frame's values into an object (gen_from_frame).  gen_enter links that frame above the
// running one; a yield (gen_suspended), a return or an exception (gen_finished) unlinks it.  All three are a few stores:
// the loop goes on in the other frame, whatever it is.  Calls from C (send, next, throw) run a loop of their own.
#include "gen_private.h"
#include "object/cstack.h"
#include "runtime/runtime.h"
#include <sched.h>

static Type *type_for(const Code *code) {
    if (code->flags & CO_COROUTINE) return &coroutine_type;
    return code->flags & CO_ASYNC_GENERATOR ? &async_generator_type : &generator_type;
}

static const char *kind_name(V gen) {
    return v_is_coroutine(gen) ? "coroutine" : v_is_async_generator(gen) ? "async generator" : "generator";
}

// ---- making ------------------------------------------------------------------------------------------------------------
// cr_origin: (file, line, function) of the frames it is made from.
static V origin_of(Thread *t, Frame *f) {
    V list = list_new(t, 0);
    int depth = t->coroutine_origin_depth;
    for (f = f->prev; f && depth-- > 0 && !v_is_error(list); f = f->prev) {
        V item = tuple_pack(t, 3, slot_peek(&f->code->filename), v_from_int(frame_lineno(f)), slot_peek(&f->code->name));
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    if (v_is_error(list)) return V_ERROR;
    V tuple = list_to_tuple(t, list);
    v_drop(t, list);
    return tuple;
}

V gen_from_frame(Thread *t, Frame *f) {
    Code *code = f->code;
    Type *type = type_for(code);
    size_t words = (size_t)code->frame_size + 2; // a value about to be dropped may stand above sp
    bool finalize = type != &generator_type || bytes_len(slot_peek(&code->exceptiontable)) != 0;
    Generator *g = (Generator *)obj_alloc(t, type, sizeof *g + words * sizeof(V), OBJ_GC | (finalize ? OBJ_FINALIZABLE : 0));
    if (!g) return err_no_memory(t);
    const Function *fn = function_of(f->func);
    g->state = GEN_RUNNING; // until its words make sense
    slot_init_steal(t, &g->head, &g->name, slot_get(&fn->head, &fn->name));
    slot_init_steal(t, &g->head, &g->qualname, slot_get(&fn->head, &fn->qualname));
    slot_init(t, &g->head, &g->code, v_from(code));
    V *locals = frame_locals_base(f);
    for (int i = 0; i < code->nlocalsplus; i++) {
        g->words[i] = v_own(locals[i]);
        locals[i] = V_NULL;
    }
    Frame *own = g->frame = (Frame *)(void *)(g->words + code->nlocalsplus);
    *own = *f;
    own->kind = FRAME_GENERATOR;
    own->prev = NULL;
    own->func = v_own(f->func);
    own->locals = v_own(f->locals);
    own->sp = frame_stack_base(own);
    if (own->object != V_NULL) { // a trace function saw it
        FrameObject *fo = frame_object_at(own->object);
        own->object = v_own(own->object);
        fo->frame = own;
        fo->gen = g;
        g->seen = fo;
    }
    f->object = f->func = f->locals = V_NULL;
    at_store_release(&g->state, GEN_CREATED);
    V gen = v_from(g);
    if (type == &coroutine_type && t->coroutine_origin_depth) {
        V origin = origin_of(t, f);
        if (v_is_error(origin)) {
            v_drop(t, gen);
            return V_ERROR;
        }
        slot_set_steal(t, &g->head, &g->origin, origin);
    }
    return gen;
}

// ---- entering and leaving ------------------------------------------------------------------------------------------------
// The state, as soon as nobody is just looking at the frame.
static uint32_t state_of(const Generator *g) {
    uint32_t state;
    while (unlikely((state = at_load_relaxed(&g->state)) == GEN_LOOKED_AT)) sched_yield();
    return state;
}

static bool claim(Generator *g, uint32_t *was) {
    *was = state_of(g);
    if (!obj_is_shared(&g->head)) {
        if (*was > GEN_SUSPENDED) return false;
        at_store_relaxed(&g->state, GEN_RUNNING);
        return true;
    }
    while (*was <= GEN_SUSPENDED) {
        if (at_cas_acquire(&g->state, was, GEN_RUNNING)) return true;
        if (*was == GEN_LOOKED_AT) *was = state_of(g);
    }
    return false;
}

static inline void link(Thread *t, Generator *g, Frame *f, V *base, unsigned by) {
    g->base = base;
    g->exc.prev = t->exc_info;
    t->exc_info = &g->exc;
    f->prev = t->frame;
    f->resumed_by = (uint8_t)by;
    t->frame = f;
    t->recursion++;
}

Frame *gen_enter(Thread *t, Generator *g, V value, unsigned by) {
    uint32_t was;
    if (unlikely(t->recursion >= thread_recursion_limit(t))) {
        recursion_error(t, "");
        v_drop(t, value);
        return NULL;
    }
    if (unlikely(!claim(g, &was))) {
        v_drop(t, value);
        if (was == GEN_RUNNING) err_set(t, &exc_ValueError, "%s already executing", kind_name(v_from(g)));
        else err_set_none(t, &exc_StopIteration); // another thread finished it just now
        return NULL;
    }
    Frame *f = g->frame;
    V *base = frame_free_base(t);
    if (unlikely(!base)) {
        at_store_release(&g->state, was);
        v_drop(t, value);
        return NULL;
    }
    link(t, g, f, base, by);
    if (unlikely(f->object != V_NULL)) at_store_relaxed(&frame_object_at(f->object)->thread, t);
    *f->sp++ = value;
    return f;
}

static void unlink(Thread *t, Generator *g, Frame *f) {
    t->exc_info = g->exc.prev;
    g->exc.prev = NULL;
    t->frame = f->prev;
    f->prev = NULL;
    t->recursion--;
}

static void share_words(Thread *t, Generator *g, Frame *f) {
    for (V *p = g->words; p < f->sp; p++) {
        if (p == (V *)f) p += FRAME_WORDS;
        if (p < f->sp) share_value(t, *p);
    }
    share_value(t, f->func);
    share_value(t, f->locals);
    share_value(t, f->object);
    share_value(t, g->exc.exc);
}

// A suspended frame holds no U values, and a SHARED one only SHARED values.
void gen_suspended(Thread *t, Frame *f) {
    Generator *g = gen_of_frame(f);
    unlink(t, g, f);
    for (V *p = g->words; p < (V *)f; p++) {
        if (unlikely(v_is_uncounted(*p))) *p = v_own(*p);
    }
    for (V *p = frame_stack_base(f); p < f->sp; p++) {
        if (unlikely(v_is_uncounted(*p))) *p = v_own(*p);
    }
    f->func = v_own(f->func);
    f->locals = v_own(f->locals);
    V unseen = V_NULL;
    if (unlikely(f->object != V_NULL)) {
        f->object = v_own(f->object);
        if (v_is_unique(f->object) && slot_peek(&frame_object_at(f->object)->trace) == V_NULL) { // nobody looks any more
            unseen = f->object;
            f->object = V_NULL;
            frame_object_forget(frame_object_at(unseen));
        }
    }
    if (unlikely(obj_is_shared(&g->head))) share_words(t, g, f);
    if (g->yielded) {
        *g->yielded = true;
        g->yielded = NULL;
    }
    at_store_release(&g->state, GEN_SUSPENDED);
    v_drop(t, unseen);
}

void gen_finished(Thread *t, Frame *f) {
    Generator *g = gen_of_frame(f);
    if (unlikely(f->object != V_NULL)) frame_object_adopt(t, f);
    for (V *p = g->words; p < (V *)f; p++) {
        V v = *p;
        *p = V_NULL;
        v_drop(t, v);
    }
    V func = f->func, locals = f->locals, exc = g->exc.exc;
    unlink(t, g, f);
    f->func = f->locals = g->exc.exc = V_NULL;
    f->sp = frame_stack_base(f);
    g->yielded = NULL;
    if (obj_has(&g->head, OBJ_FINALIZABLE)) obj_clear_flag(&g->head, OBJ_FINALIZABLE);
    at_store_release(&g->state, GEN_DONE);
    v_drop(t, exc);
    v_drop(t, locals);
    v_drop(t, func);
}

void gen_fix_exception(Thread *t, Frame *f) {
    V gen = v_from(gen_of_frame(f));
    if (err_matches(t, &exc_StopIteration)) err_chain(t, &exc_RuntimeError, "%s raised StopIteration", kind_name(gen));
    else if (v_is_async_generator(gen) && err_matches(t, &exc_StopAsyncIteration))
        err_chain(t, &exc_RuntimeError, "async generator raised StopAsyncIteration");
}

// ---- from C ------------------------------------------------------------------------------------------------------------
static inline int run(Thread *t, Generator *g, Frame *f, bool throwing, V *result) {
    bool yielded = false;
    g->yielded = &yielded;
    V hold = v_dup(v_from(g)); // it may lose its last reference while it runs
    if (unlikely(throwing && vm_tracing(t))) trace_throw(t, f);
    V r = vm_run(t, f, throwing);
    v_drop(t, hold);
    *result = r;
    if (v_is_error(r)) return SEND_ERROR;
    return yielded ? SEND_NEXT : SEND_RETURN;
}

int gen_send(Thread *t, V gen, V value, V *result) {
    Generator *g = gen_of(gen);
    uint32_t state = at_load_relaxed(&g->state);
    *result = V_ERROR;
    if (state == GEN_DONE) {
        if (v_is_coroutine(gen)) {
            err_set(t, &exc_RuntimeError, "cannot reuse already awaited coroutine");
            return SEND_ERROR;
        }
        *result = V_NONE;
        return SEND_RETURN;
    }
    if (state == GEN_CREATED && value != V_NONE) {
        err_set(t, &exc_TypeError, "can't send non-None value to a just-started %s", kind_name(gen));
        return SEND_ERROR;
    }
    Frame *f = gen_enter(t, g, v_dup(value), GEN_BY_C);
    return f ? run(t, g, f, false, result) : SEND_ERROR;
}

// Resumes with the pending exception raised at the yield.
static int resume_throwing(Thread *t, V gen, V *result) {
    Generator *g = gen_of(gen);
    *result = V_ERROR;
    if (at_load_relaxed(&g->state) == GEN_DONE) {
        if (v_is_coroutine(gen)) {
            err_clear(t);
            err_set(t, &exc_RuntimeError, "cannot reuse already awaited coroutine");
        }
        return SEND_ERROR;
    }
    V exc = err_fetch(t);
    Frame *f = gen_enter(t, g, V_NONE, GEN_BY_C);
    if (!f) {
        v_drop(t, exc);
        return SEND_ERROR;
    }
    f->sp--;
    if (g->exc.exc != V_NULL && g->exc.exc != V_NONE) { // what the generator is handling becomes the context; not what
        exc_revert_traceback(t, exc);                   // its caller handles.  That is raising, and begins without what
        err_raise(t, exc);                              // the exception passed through in a delegate
        v_drop(t, exc);
    } else {
        err_restore_steal(t, exc);
    }
    return run(t, g, f, true, result);
}

V gen_result(Thread *t, int how, V value) {
    if (how == SEND_NEXT || how == SEND_ERROR) return value;
    if (value == V_NONE) err_set_none(t, &exc_StopIteration);
    else err_stop_iteration(t, value);
    v_drop(t, value);
    return V_ERROR;
}

V gen_next(Thread *t, V self) {
    Generator *g = gen_of(self);
    Frame *f = g->frame;
    V value, *base;
    if (likely(!obj_is_shared(&g->head) && at_load_relaxed(&g->state) <= GEN_SUSPENDED && f->object == V_NULL &&
               t->recursion < thread_recursion_limit(t) && (base = frame_free_base(t)))) { // gen_enter without its questions
        at_store_relaxed(&g->state, GEN_RUNNING);
        link(t, g, f, base, GEN_BY_C);
        *f->sp++ = V_NONE;
        int how = run(t, g, f, false, &value);
        if (likely(how == SEND_NEXT)) return value;
        return how == SEND_RETURN && value == V_NONE ? V_END : gen_result(t, how, value);
    }
    int how = gen_send(t, self, V_NONE, &value);
    if (how == SEND_RETURN && value == V_NONE) return V_END;
    return gen_result(t, how, value);
}

// What the frame of a generator delegates to, borrowed; nobody else may touch it meanwhile.
static V delegate_of(const Frame *f) {
    const Unit *next = f->ip + 1;
    return opcode_info[unit_op_now(next)].base == op_RESUME && next->arg >= 2 ? f->sp[-1] : V_NULL;
}

V gen_yield_from(Thread *t, Generator *g) {
    (void)t;
    bool shared = obj_is_shared(&g->head);
    uint32_t state = state_of(g);
    while (shared && state == GEN_SUSPENDED && !at_cas_acquire(&g->state, &state, GEN_LOOKED_AT)) state = state_of(g);
    if (state != GEN_SUSPENDED) return V_NULL;
    V v = delegate_of(g->frame);
    if (v != V_NULL) v = v_dup(v);
    if (shared) at_store_release(&g->state, GEN_SUSPENDED);
    return v;
}

// ---- close and throw ---------------------------------------------------------------------------------------------------
static int close_delegate(Thread *t, V it) {
    if (c_stack_check(t, "") < 0) return -1; // generators that delegate to generators that ...
    if (v_is_generator(it) || v_is_coroutine(it)) return gen_close(t, it);
    V close = obj_lookup_attr(t, it, NAME(close));
    if (v_is_error(close)) {
        err_unraisable(t, it, NULL);
        return 0;
    }
    if (close == V_NULL) return 0;
    V r = obj_call0(t, close);
    v_drop(t, close);
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

// While what it delegates to (*it, a stack value) is driven, the generator runs: its frame is on the stack, but what it
// handles is nobody's context.  1, 0 when it does not delegate or cannot be resumed, -1 with an exception.
static int delegate_begin(Thread *t, Generator *g, V *it) {
    if (state_of(g) != GEN_SUSPENDED) return 0;
    if (!obj_is_shared(&g->head) && delegate_of(g->frame) == V_NULL) return 0; // a SHARED one is looked at when it is claimed
    Frame *f = gen_enter(t, g, V_NONE, GEN_BY_C);
    if (!f) return -1;
    f->sp--;
    *it = delegate_of(f);
    if (*it == V_NULL) return gen_suspended(t, f), 0;
    *it = v_dup(*it);
    t->exc_info = g->exc.prev;
    return 1;
}

// It is done: the generator will go on behind the SEND.  Returns it, owned.
static V delegate_leave(Frame *f) {
    V it = *--f->sp;
    f->ip--; // the SEND in front of the YIELD_VALUE
    HD_ASSERT(opcode_info[unit_op_now(f->ip)].base == op_SEND);
    f->ip += f->ip->arg;
    return it;
}
static void delegate_end(Thread *t, Generator *g) { gen_suspended(t, g->frame); }

int gen_close(Thread *t, V gen) {
    Generator *g = gen_of(gen);
    uint32_t state = at_load_relaxed(&g->state);
    if (state == GEN_DONE) return 0;
    if (state == GEN_CREATED) { // nothing to unwind
        Frame *f = gen_enter(t, g, V_NONE, GEN_BY_C);
        if (!f) return -1;
        f->sp--;
        gen_finished(t, f);
        return 0;
    }
    V it;
    int r = 0, began = delegate_begin(t, g, &it);
    if (began < 0) return -1;
    if (began) {
        r = close_delegate(t, it);
        v_drop(t, it);
        delegate_end(t, g);
    }
    if (r == 0) err_set_none(t, &exc_GeneratorExit);
    V result;
    int how = resume_throwing(t, gen, &result);
    if (how == SEND_NEXT) {
        v_drop(t, result);
        err_set(t, &exc_RuntimeError, "%s ignored GeneratorExit", kind_name(gen));
        return -1;
    }
    if (how == SEND_RETURN) {
        v_drop(t, result);
        if (!v_is_async_generator(gen)) return 0;
        err_set_none(t, &exc_StopAsyncIteration); // which is told: only aclose() takes it for the end
        return -1;
    }
    if (!err_matches(t, &exc_StopIteration) && !err_matches(t, &exc_GeneratorExit)) return -1;
    err_clear(t);
    return 0;
}

int gen_close_for_clear(Thread *t, V gen) { return gen_finalize(t, gen); }

static bool is_exception_class(V v) { return v_is_type(v) && type_has(v_as_type(v), TYPE_EXC); }

// Makes (type, value, traceback) the pending exception.  -1: they are no exception, which is the caller's error.  What goes
// wrong while the class is called is raised in the generator instead.
static int raise_given(Thread *t, V type, V value, V tb) {
    V exc = V_ERROR;
    if (tb != V_NULL && tb != V_NONE && !v_is_exact(tb, &traceback_type)) {
        err_set(t, &exc_TypeError, "throw() third argument must be a traceback object");
        return -1;
    }
    bool made = is_exception_class(type);
    if (made) {
        if (value == V_NULL || value == V_NONE) exc = obj_call0(t, type);
        else if (v_is_exception(value) && type_is_subtype(v_type(value), v_as_type(type))) exc = v_dup(value);
        else if (v_is_tuple(value)) exc = obj_call_tuple(t, type, value, V_NULL);
        else exc = obj_call1(t, type, value);
    } else if (v_is_exception(type)) {
        if (value != V_NULL && value != V_NONE) err_set(t, &exc_TypeError, "instance exception may not have a separate value");
        else exc = v_dup(type);
    } else {
        err_set(t, &exc_TypeError, "exceptions must be classes or instances deriving from BaseException, not %T", type);
    }
    if (v_is_error(exc)) return made ? 0 : -1;
    if (!v_is_exception(exc)) {
        err_set(t, &exc_TypeError, "calling %R should have returned an instance of BaseException, not %T", type, exc);
        v_drop(t, exc);
        return 0;
    }
    exc_settle_traceback(t, exc);
    if (tb != V_NULL && tb != V_NONE) exc_replace_traceback(t, exc, tb);
    err_restore_steal(t, exc);
    return 0;
}

// After delegate_leave: goes on with the iterator's value, or with the pending exception.
static int delegate_done(Thread *t, V gen, V *result) {
    if (!err_matches(t, &exc_StopIteration)) return resume_throwing(t, gen, result);
    V exc = err_fetch(t), value = exc_stop_iteration_value(exc);
    v_drop(t, exc);
    int how = gen_send(t, gen, value, result);
    v_drop(t, value);
    return how;
}

static V gen_throw_with(Thread *t, V gen, bool close_on_exit, V type, V value, V tb);

static V throw_into_delegate(Thread *t, V it, bool close_on_exit, V type, V value, V tb, bool *here) {
    if (v_is_generator(it) || v_is_coroutine(it)) return gen_throw_with(t, it, close_on_exit, type, value, tb);
    V method = obj_lookup_attr(t, it, NAME(throw));
    if (v_is_error(method)) return V_ERROR;
    if (method == V_NULL) {
        *here = true;
        return V_ERROR;
    }
    V args[3] = {type, value, tb};
    size_t n = tb != V_NULL ? 3 : value != V_NULL ? 2 : 1;
    if (n == 3 && value == V_NULL) args[1] = V_NONE;
    V result = obj_call(t, method, args, n, V_NULL);
    v_drop(t, method);
    return result;
}

static bool is_generator_exit(V type) {
    if (is_exception_class(type)) return type_is_subtype(v_as_type(type), &exc_GeneratorExit);
    return v_is_exception(type) && type_is_subtype(v_type(type), &exc_GeneratorExit);
}

int gen_throw_step(Thread *t, V gen, bool close_on_exit, V type, V value, V tb, V *result) {
    Generator *g = gen_of(gen);
    V it;
    *result = V_ERROR;
    int began = delegate_begin(t, g, &it);
    if (began < 0) return SEND_ERROR;
    if (began) {
        bool here = false;
        int closed = 0;
        if (close_on_exit && is_generator_exit(type)) {
            closed = close_delegate(t, it);
            here = closed == 0;
        } else if (recursion_enter(t, "") == 0) {
            *result = throw_into_delegate(t, it, close_on_exit, type, value, tb, &here);
            recursion_leave(t);
        }
        v_drop(t, it);
        it = closed == 0 && !here && v_is_error(*result) ? delegate_leave(g->frame) : V_NULL;
        delegate_end(t, g);
        v_drop(t, it);
        if (closed < 0) return resume_throwing(t, gen, result);
        if (!here) return v_is_error(*result) ? delegate_done(t, gen, result) : SEND_NEXT;
    }
    return raise_given(t, type, value, tb) < 0 ? SEND_ERROR : resume_throwing(t, gen, result);
}

static V gen_throw_with(Thread *t, V gen, bool close_on_exit, V type, V value, V tb) {
    V result;
    int how = gen_throw_step(t, gen, close_on_exit, type, value, tb, &result);
    return gen_result(t, how, result);
}

V gen_throw(Thread *t, V gen, V type, V value, V tb) { return gen_throw_with(t, gen, true, type, value, tb); }

// ---- death -------------------------------------------------------------------------------------------------------------
static void warn_unawaited(Thread *t, V gen) {
    V hook = import_attr_c(t, "warnings", "_warn_unawaited_coroutine");
    if (!v_is_error(hook)) {
        V r = obj_call1(t, hook, gen);
        bool warned = !v_is_error(r) || err_matches(t, &exc_RuntimeWarning);
        v_drop(t, hook);
        v_drop(t, r);
        if (v_is_error(r)) err_unraisable(t, gen, NULL);
        if (warned) return;
    }
    err_clear(t);
    if (warn(t, &exc_RuntimeWarning, 1, "coroutine '%V' was never awaited", slot_peek(&gen_of(gen)->qualname)) < 0)
        err_unraisable(t, gen, NULL);
}

int gen_finalize(Thread *t, V gen) {
    Generator *g = gen_of(gen);
    uint32_t state = at_load_relaxed(&g->state);
    if (state == GEN_DONE || state == GEN_RUNNING) return 0;
    V saved = err_fetch(t);
    if (!(v_is_async_generator(gen) && async_gen_finalize(t, gen))) {
        if (v_is_coroutine(gen) && state == GEN_CREATED) warn_unawaited(t, gen);
        else if (gen_close(t, gen) < 0 && err_pending(t)) err_unraisable(t, gen, NULL);
    }
    err_restore_steal(t, saved);
    return 0;
}

V gen_finalize_slot(Thread *t, V self) {
    if (at_load_relaxed(&gen_of(self)->state) == GEN_RUNNING) { // by its own code, through __del__
        err_set(t, &exc_ValueError, "%s already executing", kind_name(self));
        err_unraisable(t, self, NULL);
        return V_NONE;
    }
    gen_finalize(t, self);
    return V_NONE;
}

void gen_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Generator *g = (Generator *)o;
    VISIT(g->name);
    VISIT(g->qualname);
    VISIT(g->code);
    VISIT(g->origin);
    if (!g->frame || at_load_acquire(&g->state) == GEN_RUNNING) return;
    Frame *f = g->frame;
    for (V *p = g->words; p < (V *)f; p++) visit(t, o, (Slot *)p, arg);
    visit(t, o, (Slot *)&f->func, arg);
    visit(t, o, (Slot *)&f->locals, arg);
    visit(t, o, (Slot *)&f->object, arg);
    for (V *p = frame_stack_base(f); p < f->sp; p++) visit(t, o, (Slot *)p, arg);
    visit(t, o, (Slot *)&g->exc.exc, arg);
}

static void drop_slot(Thread *t, Obj *o, Slot *s, void *arg) {
    (void)o, (void)arg;
    V v = s->bits;
    s->bits = V_NULL;
    v_drop(t, v);
}

void gen_destroy(Thread *t, Obj *o) {
    Generator *g = (Generator *)o;
    Frame *f = g->frame;
    if (f && f->object != V_NULL && at_load_relaxed(&g->state) <= GEN_SUSPENDED) frame_object_adopt(t, f);
    if (g->seen) frame_object_forget(g->seen); // the collector cut the reference to it
    gen_traverse(t, o, drop_slot, NULL);
    obj_free_memory(t, o);
}
