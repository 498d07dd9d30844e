// SPDX-License-Identifier: MIT
// Raising: the pending exception of a thread and everything that sets, reads or chains it.
//
// Invariant: t->exc is V_NULL or a counted reference to an exception instance (never U: it outlives stack frames), and
// a value function returns V_ERROR if and only if it is set.  Context: whatever is raised while another exception is
// being handled (t->exc_info) gets that one as __context__, and a chain never becomes a cycle.
#include "object/exceptions.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include <errno.h>

static Slot memory_error; // preallocated MemoryError instance

// ---- the pending exception ------------------------------------------------------------------------------------------
void err_clear(Thread *t) {
    V old = t->exc;
    t->exc = V_NULL;
    v_drop(t, old);
}

V err_fetch(Thread *t) {
    V exc = t->exc;
    t->exc = V_NULL;
    return exc;
}

void err_restore_steal(Thread *t, V exc) {
    V old = t->exc;
    t->exc = v_own(exc);
    v_drop(t, old);
}

V err_handled_borrow(Thread *t) {
    for (ExcItem *item = t->exc_info; item; item = item->prev) {
        if (item->exc != V_NULL && item->exc != V_NONE) return item->exc;
    }
    return V_NULL;
}

// Unlinks exc from the context chain of `handled`, so that handled may become exc's context.
static void break_context_cycle(Thread *t, V exc, V handled) {
    V slow = handled;
    bool step = false;
    for (V o = handled;;) {
        Exc *e = (Exc *)v_obj(o);
        V next = slot_peek(&e->context);
        if (next == V_NULL) return;
        if (v_is(next, exc)) {
            slot_clear(t, &e->head, &e->context);
            return;
        }
        o = next;
        if (v_is(o, slow)) return; // a cycle that was there before: leave it
        if (step) slow = slot_peek(&((Exc *)v_obj(slow))->context);
        step = !step;
    }
}

V err_raise(Thread *t, V exc) {
    V handled = err_handled_borrow(t);
    if (handled != V_NULL && !v_is(handled, exc)) {
        Exc *e = (Exc *)v_obj(exc);
        break_context_cycle(t, exc, handled);
        slot_set(t, &e->head, &e->context, handled);
    }
    exc_settle_traceback(t, exc);
    err_restore_steal(t, v_dup(exc));
    return V_ERROR;
}

// ---- tracebacks in the making -----------------------------------------------------------------------------------------
void exc_settle_traceback(Thread *t, V exc) {
    Exc *e = (Exc *)v_obj(exc);
    if (at_load_relaxed(&e->passed)) at_store_relaxed(&e->passed, 0u);
    if (likely(!at_load_relaxed(&e->replaced))) return;
    at_store_relaxed(&e->replaced, false);
    slot_clear(t, &e->head, &e->own_traceback);
}

void exc_replace_traceback(Thread *t, V exc, V tb) {
    Exc *e = (Exc *)v_obj(exc);
    if (!at_load_relaxed(&e->replaced)) slot_set_steal(t, &e->head, &e->own_traceback, slot_get(&e->head, &e->traceback));
    slot_set(t, &e->head, &e->traceback, tb);
    at_store_relaxed(&e->replaced, true);
}

void exc_revert_traceback(Thread *t, V exc) {
    Exc *e = (Exc *)v_obj(exc);
    bool replaced = at_load_relaxed(&e->replaced);
    V tb = slot_get(&e->head, replaced ? &e->own_traceback : &e->traceback);
    for (uint32_t n = replaced ? 0 : at_load_relaxed(&e->passed); n && tb != V_NULL; n--) {
        Traceback *entry = (Traceback *)v_obj(tb);
        V next = slot_get(&entry->head, &entry->next);
        v_drop(t, tb);
        tb = next;
    }
    slot_set_steal(t, &e->head, &e->traceback, tb);
    exc_settle_traceback(t, exc);
}

// ---- making ---------------------------------------------------------------------------------------------------------
V exc_new(Thread *t, const Type *type, const V *args, size_t nargs) {
    return obj_call(t, v_from_type(type), args, nargs, V_NULL);
}

static V raise_new(Thread *t, const Type *type, const V *args, size_t nargs) {
    V exc = exc_new(t, type, args, nargs);
    if (v_is_error(exc)) return V_ERROR;
    if (!v_is_exception(exc)) { // a class whose __new__ returns something else
        V wrong = exc;
        exc = err_set(t, &exc_TypeError, "calling %N should have returned an instance of BaseException, not %T", type, wrong);
        v_drop(t, wrong);
        return exc;
    }
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

V err_set_v(Thread *t, const Type *type, V arg) { return raise_new(t, type, &arg, 1); }
V err_set_none(Thread *t, const Type *type) { return raise_new(t, type, NULL, 0); }
V err_key(Thread *t, V key) { return err_set_v(t, &exc_KeyError, key); }

V err_format_message(Thread *t, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V v = err_format_message_va(t, format, ap);
    va_end(ap);
    return v;
}

V err_set(Thread *t, const Type *type, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return V_ERROR;
    err_set_v(t, type, message);
    v_drop(t, message);
    return V_ERROR;
}

V err_chain(Thread *t, const Type *type, const char *format, ...) {
    V cause = err_fetch(t);
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (!v_is_error(message)) {
        err_set_v(t, type, message);
        v_drop(t, message);
    }
    if (cause == V_NULL) return V_ERROR;
    exc_settle_traceback(t, cause);
    V exc = err_fetch(t);
    exc_set_cause_steal(t, exc, v_dup(cause));
    exc_set_context_steal(t, exc, cause);
    err_restore_steal(t, exc);
    return V_ERROR;
}

void exc_set_cause_steal(Thread *t, V exc, V cause) {
    Exc *e = (Exc *)v_obj(exc);
    slot_set_steal(t, &e->head, &e->cause, cause);
    at_store_release(&e->suppress_context, true);
}

void exc_set_context_steal(Thread *t, V exc, V context) {
    Exc *e = (Exc *)v_obj(exc);
    slot_set_steal(t, &e->head, &e->context, context);
}

V err_no_memory(Thread *t) {
    static __thread bool making; // type_alloc fails through here: then the preallocated instance serves
    V exc = V_ERROR;
    if (!making) {
        making = true;
        exc = type_alloc(t, &exc_MemoryError, 0);
        making = false;
        if (v_is_error(exc)) err_clear(t);
    }
    if (v_is_error(exc)) {
        err_restore_steal(t, v_dup(slot_peek(&memory_error)));
        return V_ERROR;
    }
    Exc *e = (Exc *)v_obj(exc);
    slot_init(t, &e->head, &e->args, tuple_empty());
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

int error_start(Thread *t) {
    V exc = exc_new(t, &exc_MemoryError, NULL, 0);
    if (v_is_error(exc)) return -1;
    root_register(&memory_error);
    root_set(t, &memory_error, exc);
    v_drop(t, exc);
    return 0;
}

// ---- comparing --------------------------------------------------------------------------------------------------------
bool err_matches(Thread *t, const Type *type) {
    return t->exc != V_NULL && type_is_subtype(v_obj(t->exc)->type, type);
}

static bool is_exception_class(V v) { return v_is_type(v) && type_has(v_as_type(v), TYPE_EXC); }

int exc_matches(Thread *t, V exc, V type) {
    if (v_is_tuple(type)) {
        for (size_t i = 0; i < tuple_len(type); i++) {
            int r = exc_matches(t, exc, tuple_borrow(type, i));
            if (r) return r;
        }
        return 0;
    }
    if (!is_exception_class(type)) {
        err_set(t, &exc_TypeError, "catching classes that do not inherit from BaseException is not allowed");
        return -1;
    }
    return type_is_subtype(v_type(exc), v_as_type(type));
}

// ---- particular errors --------------------------------------------------------------------------------------------------
V err_errno(Thread *t, const Type *type, V filename, V filename2) {
    int code = errno;
    if (code == EINTR && safepoint(t) < 0) return V_ERROR;
    V text = str_from_utf8_surrogateescape(t, strerror(code), strlen(strerror(code)));
    if (v_is_error(text)) return V_ERROR;
    V args[5] = {v_from_int(code), text, filename, V_NONE, filename2};
    size_t n = filename2 != V_NULL && filename2 != V_NONE ? 5 : filename != V_NULL && filename != V_NONE ? 3 : 2;
    if (n == 5 && filename == V_NULL) args[2] = V_NONE;
    raise_new(t, type, args, n);
    v_drop(t, text);
    return V_ERROR;
}

V err_bad_argument(Thread *t, const char *fname, const char *what, const char *expected, V given) {
    const char *type = given == V_NONE ? "None" : type_short_name(v_type(given));
    if (what) return err_set(t, &exc_TypeError, "%s() %s must be %s, not %s", fname, what, expected, type);
    return err_set(t, &exc_TypeError, "%s() argument must be %s, not %s", fname, expected, type);
}

V err_type_expected(Thread *t, const char *expected, V given) {
    return err_set(t, &exc_TypeError, "expected %s, %s found", expected, type_short_name(v_type(given)));
}

V err_stop_iteration(Thread *t, V value) {
    if (value == V_NONE || value == V_NULL) return err_set_none(t, &exc_StopIteration);
    return err_set_v(t, &exc_StopIteration, value);
}

V err_set_syntax(Thread *t, const Type *type, V message, V filename, int lineno, int offset, V text, int end_lineno,
                 int end_offset) {
    bool has_end = end_lineno || !lineno; // line 0 is that of an empty text
    V end_line = has_end ? v_from_int(end_lineno) : V_NONE, end_col = has_end ? v_from_int(end_offset) : V_NONE;
    V where[6] = {filename, v_from_int(lineno), v_from_int(offset), text, end_line, end_col};
    V details = tuple_from(t, where, has_end ? 6 : 4);
    if (v_is_error(details)) return V_ERROR;
    V args[2] = {message, details};
    raise_new(t, type, args, 2);
    v_drop(t, details);
    return V_ERROR;
}

V exc_unicode_decode(Thread *t, const char *encoding, const char *data, size_t n, ptrdiff_t start, ptrdiff_t end,
                     const char *reason) {
    V args[5] = {V_NULL, V_NULL, v_from_int(start), v_from_int(end), V_NULL};
    args[0] = str_from_cstr(t, encoding);
    args[1] = v_is_error(args[0]) ? V_ERROR : bytes_from(t, data, n);
    args[4] = v_is_error(args[1]) ? V_ERROR : str_from_cstr(t, reason);
    if (!v_is_error(args[4])) raise_new(t, &exc_UnicodeDecodeError, args, 5);
    v_drop(t, args[0]);
    v_drop(t, args[1]);
    v_drop(t, args[4]);
    return V_ERROR;
}

V exc_unicode_encode(Thread *t, const char *encoding, V str, ptrdiff_t start, ptrdiff_t end, const char *reason) {
    V args[5] = {str_from_cstr(t, encoding), str, v_from_int(start), v_from_int(end), V_NULL};
    if (v_is_error(args[0])) return V_ERROR;
    args[4] = str_from_cstr(t, reason);
    if (!v_is_error(args[4])) raise_new(t, &exc_UnicodeEncodeError, args, 5);
    v_drop(t, args[0]);
    v_drop(t, args[4]);
    return V_ERROR;
}
