// SPDX-License-Identifier: MIT
// From a raised exception to the frame and instruction that handle it.
//
// vm_unwind is the one to read: a frame without a handler is left, and the search goes on in its caller, at the call it
// is in; a frame that was entered from C ends vm_run instead.  A try costs nothing until then.
#include "vm_private.h"
#include "object/exceptions.h"
#include "threading/pending.h"

static void note_entry(Thread *t, Exc *e, V tb) {
    slot_set_steal(t, &e->head, &e->traceback, tb);
    at_store_relaxed(&e->passed, at_load_relaxed(&e->passed) + 1);
}

int traceback_add(Thread *t, Frame *f) {
    V exc = err_fetch(t);
    if (exc == V_NULL) return 0;
    V frame = frame_object_of(t, f);
    Exc *e = (Exc *)v_obj(exc);
    if (v_is_error(frame)) { // no memory: the exception itself matters more
        err_clear(t);
        err_restore_steal(t, exc);
        return -1;
    }
    V tb = traceback_new(t, slot_peek(&e->traceback), frame, frame_lasti(f), -1);
    v_drop(t, frame);
    if (v_is_error(tb)) err_clear(t);
    else note_entry(t, e, tb);
    err_restore_steal(t, exc);
    return 0;
}

void traceback_add_native(Thread *t, const char *filename, const char *name, int lineno) {
    V exc = err_fetch(t);
    if (exc == V_NULL) return;
    V code = code_new_empty(t, filename, name, lineno), globals = v_is_error(code) ? V_ERROR : dict_new(t);
    V func = v_is_error(globals) ? V_ERROR : function_new(t, code, globals), frame = V_ERROR;
    v_drop(t, code);
    v_drop(t, globals);
    if (!v_is_error(func)) {
        Frame *f = frame_push_code(t, func, V_NULL);
        if (f) {
            frame = frame_object_of(t, f);
            frame_release(t, f);
        }
    }
    V tb = v_is_error(frame) ? V_ERROR : traceback_new(t, slot_peek(&((Exc *)v_obj(exc))->traceback), frame, 0, lineno);
    v_drop(t, frame);
    if (v_is_error(tb)) err_clear(t);
    else note_entry(t, (Exc *)v_obj(exc), tb);
    err_restore_steal(t, exc);
}

static void pop_to(Thread *t, Frame *f, V *base) {
    while (f->sp > base) {
        V v = *--f->sp;
        v_drop(t, v);
    }
}

// What died with the values that were cut: finalizers and callbacks see the instruction that raised, not the handler.
static void run_pending(Thread *t) {
    if (likely(!pending_any(t))) return;
    V exc = err_fetch(t);
    if (pending_run(t) == 0) {
        err_restore_steal(t, exc);
        return;
    }
    V other = err_fetch(t); // a call that was posted raised
    exc_set_context_steal(t, other, exc);
    err_restore_steal(t, other);
}

// The stack as the handler wants it: cut, then the instruction's offset, then the exception.
static void enter_handler(Thread *t, Frame *f, const CodeHandler *h) {
    pop_to(t, f, frame_stack_base(f) + h->depth);
    run_pending(t);
    if (h->push_lasti) *f->sp++ = v_from_int(frame_lasti(f));
    V exc = err_fetch(t);
    exc_settle_traceback(t, exc);
    *f->sp++ = exc;
    f->ip = code_units(f->code) + h->target / 2;
}

// On to the next handler, from the instruction at byte offset `from`.
static Frame *unwind_from(Thread *t, Frame *f, int from, bool add_traceback) {
    for (;; from = frame_lasti(f)) {
        HD_ASSERT(err_pending(t));
        HD_ASSERT(t->frame == f);
        if (add_traceback) {
            traceback_add(t, f);
            if (unlikely(vm_tracing(t))) trace_exception(t, f);
        }
        add_traceback = true;
        CodeHandler h;
        if (code_find_handler(f->code, from, &h)) {
            enter_handler(t, f, &h);
            return f;
        }
        pop_to(t, f, frame_stack_base(f));
        run_pending(t);
        if (unlikely(vm_tracing(t))) trace_return(t, f, V_NULL);
        Frame *caller = f->prev;
        unsigned kind = frame_kind(f);
        if (kind & FRAME_GENERATOR) {
            unsigned by = f->resumed_by;
            gen_fix_exception(t, f);
            gen_finished(t, f);
            if (by == GEN_BY_C) return NULL;
        } else {
            frame_release(t, f);
            if (kind & FRAME_ENTRY) return NULL;
        }
        f = caller;
        run_pending(t); // of the locals: at the call
    }
}

Frame *vm_unwind(Thread *t, Frame *f, bool add_traceback) { return unwind_from(t, f, frame_lasti(f), add_traceback); }

// RERAISE, whose argument tells where the offset of the instruction that raised first stands: the frame shows that place.
Frame *vm_reraise(Thread *t, Frame *f) {
    int from = frame_lasti(f);
    unsigned arg = opcode_info[unit_op_now(f->ip)].base == op_RERAISE ? f->ip->arg : 0;
    if (arg) {
        V offset = f->sp[-(ptrdiff_t)arg];
        if (v_is_int(offset)) {
            f->ip = code_units(f->code) + v_int(offset) / 2;
            if (f->object != V_NULL) frame_object_at(f->object)->lasti = (int)v_int(offset); // a handler's line is another one then
        }
    }
    return unwind_from(t, f, from, false);
}
