// SPDX-License-Identifier: MIT
// sys.settrace and sys.setprofile.
//
// A traced thread runs with another handler table, all of whose entries come here before the instruction itself (loop.c).
// The rules about which events there are, and when a line is new, are CPython's: a line event comes when the line differs
// from that of the frame's previous instruction, or on a jump back.  The previous instruction is kept in the frame
// object's lasti.
#include "vm_private.h"
#include "runtime/runtime.h"
#include "threading/pending.h"

// What the old function's finalizers do comes first, and they cannot set another one.
static int set_func(Thread *t, V *where, V func, const char *kind) {
    static _Thread_local bool setting[2];
    bool profile = where == &t->profile_func, *busy = &setting[profile];
    if (sys_audit(t, profile ? "sys.setprofile" : "sys.settrace", tuple_empty()) < 0) return -1;
    if (*busy) {
        err_set(t, &exc_RuntimeError, "Cannot install a %s function while another %s function is being installed", kind, kind);
        return -1;
    }
    *busy = true;
    V old = *where;
    *where = V_NULL;
    v_drop(t, old);
    int r = old == V_NULL ? 0 : pending_run(t);
    *busy = false;
    if (r < 0) return -1;
    *where = func == V_NONE || func == V_NULL ? V_NULL : v_own(v_dup(func));
    breaker_set(t, BREAK_TRACE);
    return 0;
}
int vm_set_trace(Thread *t, V func) {
    // Nobody noted where the frames were while there was no tracing: their last instructions are those they are at.
    if (t->trace_func == V_NULL)
        for (const Frame *f = t->frame; f; f = f->prev)
            if (f->object != V_NULL) frame_object_at(f->object)->lasti = frame_lasti(f);
    return set_func(t, &t->trace_func, func, "trace");
}

bool vm_notes_places; // atomic

static void change_table(Thread *t, void *arg) {
    (void)arg;
    breaker_set(t, BREAK_TRACE);
}

void vm_note_places(bool on) {
    at_store_relaxed(&vm_notes_places, on);
    threads_each(change_table, NULL);
}

static _Thread_local ProfileFn profile_native; // what gets the events in profile_func's name; NULL: profile_func itself

int vm_set_profile(Thread *t, V func) { return vm_set_profile_native(t, func, NULL); }
int vm_set_profile_native(Thread *t, V profiler, ProfileFn fn) {
    profile_native = NULL;
    if (set_func(t, &t->profile_func, profiler, "profile") < 0) return -1;
    profile_native = fn;
    return 0;
}

// Calls func(frame, event, arg).  The pending exception is kept aside.  When it raises, the traced frame is in the traceback on
// its account too, whatever else adds it: in CPython a frame that returns a value or is thrown into is left without more ado.
static V call(Thread *t, Frame *f, V func, V frame, const char *event, V arg) {
    V saved = err_fetch(t), held = v_dup(func), name = str_intern_utf8(t, event, strlen(event)), result = V_ERROR;
    V locals = frame_object_locals(t, frame);
    if (!v_is_error(name) && !v_is_error(locals)) {
        t->tracing++;
        result = obj_call3(t, held, frame, name, arg);
        t->tracing--;
        frame_locals_to_fast(t, frame, true);
    }
    v_drop(t, locals);
    v_drop(t, name);
    v_drop(t, held);
    if (v_is_error(result)) {
        if (strcmp(event, saved == V_NULL ? "return" : "call") != 0) traceback_add(t, f);
        v_drop(t, saved); // the trace function's error takes its place
    } else if (saved != V_NULL) {
        err_restore_steal(t, saved);
    }
    return result;
}

// An event for the trace function: `call` goes to the thread's, others to the frame's own.
static int trace_event(Thread *t, Frame *f, const char *event, V arg, int line) {
    if (t->trace_func == V_NULL || t->tracing) return 0;
    V frame = frame_object_of(t, f);
    if (v_is_error(frame)) return -1;
    FrameObject *fo = frame_object_at(frame);
    V func = event[0] == 'c' ? v_dup(t->trace_func) : slot_get(&fo->head, &fo->trace);
    int r = 0;
    if (func != V_NULL) {
        int old_line = fo->lineno;
        char old_event = fo->event;
        fo->lineno = line;
        fo->event = event[0];
        V result = call(t, f, func, frame, event, arg);
        fo->lineno = old_line;
        fo->event = old_event;
        if (v_is_error(result)) {
            vm_set_trace(t, V_NONE);
            slot_clear(t, &fo->head, &fo->trace);
            r = -1;
        } else if (result != V_NONE) {
            slot_set(t, &fo->head, &fo->trace, result);
        }
        v_drop(t, result);
        v_drop(t, func);
    }
    v_drop(t, frame);
    return r;
}

static const char *const profile_names[] = {
    [PROFILE_CALL] = "call", [PROFILE_RETURN] = "return", [PROFILE_C_CALL] = "c_call", [PROFILE_C_RETURN] = "c_return",
    [PROFILE_C_EXCEPTION] = "c_exception",
};

static int profile_natively(Thread *t, Frame *f, ProfileEvent event, V arg) {
    V profiler = v_dup(t->profile_func);
    t->tracing++;
    int r = profile_native(t, profiler, event, event >= PROFILE_C_CALL ? arg : v_from(f->code));
    t->tracing--;
    v_drop(t, profiler);
    return r;
}

static int profile_python(Thread *t, Frame *f, ProfileEvent event, V arg) {
    V frame = frame_object_of(t, f);
    if (v_is_error(frame)) return -1;
    V result = call(t, f, t->profile_func, frame, profile_names[event], arg);
    v_drop(t, frame);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static int profile_event(Thread *t, Frame *f, ProfileEvent event, V arg) {
    if (t->profile_func == V_NULL || t->tracing) return 0;
    int r = profile_native ? profile_natively(t, f, event, arg) : profile_python(t, f, event, arg);
    if (r < 0) vm_set_profile(t, V_NONE);
    return r;
}

static int call_event(Thread *t, Frame *f) {
    int line = frame_lineno(f);
    if (trace_event(t, f, "call", V_NONE, line) < 0) return -1;
    return profile_event(t, f, PROFILE_CALL, V_NONE);
}

int trace_return(Thread *t, Frame *f, V value) {
    V arg = value == V_NULL ? V_NONE : value;
    if (trace_event(t, f, "return", arg, frame_lineno(f)) < 0) return -1;
    return profile_event(t, f, PROFILE_RETURN, arg);
}

void trace_exception(Thread *t, Frame *f) {
    if (t->trace_func == V_NULL || t->tracing || t->exc == V_NULL) return;
    V exc = v_dup(t->exc), tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
    V arg = tuple_pack(t, 3, v_from_type(v_type(exc)), exc, tb == V_NULL ? V_NONE : tb);
    if (!v_is_error(arg)) {
        trace_event(t, f, "exception", arg, frame_lineno(f));
        v_drop(t, arg);
    }
    v_drop(t, tb);
    v_drop(t, exc);
}

int trace_c_call(Thread *t, Frame *f, V callable) { return profile_event(t, f, PROFILE_C_CALL, callable); }
int trace_c_return(Thread *t, Frame *f, V callable, bool failed) {
    return profile_event(t, f, failed ? PROFILE_C_EXCEPTION : PROFILE_C_RETURN, callable);
}

static int entry_index(const Code *code) {
    int i = 0;
    while (i < code->n_units && opcode_info[unit_op_now(&code_units(code)[i])].base != op_RESUME) i++;
    return i;
}

// The line that begins at this instruction, or -1.
static int line_here(Thread *t, Frame *f, FrameObject *fo, int previous, int at) {
    (void)t, (void)fo;
    int line = frame_lineno(f);
    if (line < 0) return -1;
    int last = previous <= entry_index(f->code) ? -1 : code_addr_to_line(v_from(f->code), previous * 2);
    if (line != last) return line;
    return at < previous && opcode_info[unit_op_now(f->ip)].base != op_SEND ? line : -1;
}

// PRECALL does CALL's work, too, and so CALL has no turn of its own.
static int opcode_event(Thread *t, Frame *f, unsigned op) {
    if (trace_event(t, f, "opcode", V_NONE, frame_lineno(f)) < 0) return -1;
    if (op != op_PRECALL) return 0;
    const ptrdiff_t units = 1 + cache_units_PRECALL;
    f->ip += units;
    int r = trace_event(t, f, "opcode", V_NONE, frame_lineno(f));
    f->ip -= units;
    return r;
}

int trace_instruction(Thread *t, Frame *f) {
    if (t->tracing || !vm_tracing(t)) return 0;
    int at = frame_lasti(f) / 2;
    unsigned op = opcode_info[unit_op_now(f->ip)].base;
    if (op == op_RESUME) {
        if (f->object != V_NULL && frame_object_at(f->object)->jump && trace_resume_jump(t, f) < 0) return -1;
        if (call_event(t, f) < 0) return -1;
        if (f->object != V_NULL) frame_object_at(f->object)->lasti = at * 2;
        return 0;
    }
    if (f->object != V_NULL && t->trace_func != V_NULL) {
        FrameObject *fo = frame_object_at(f->object);
        if (slot_peek(&fo->trace) != V_NULL) {
            int line = at_load_relaxed(&fo->trace_lines) ? line_here(t, f, fo, fo->lasti / 2, at) : -1;
            if (line >= 0 && trace_event(t, f, "line", V_NONE, line) < 0) return -1;
            if (at_load_relaxed(&fo->trace_opcodes) && opcode_event(t, f, op) < 0) return -1;
        }
        if (f->object != V_NULL) frame_object_at(f->object)->lasti = frame_lasti(f);
        if (frame_lasti(f) / 2 != at) return 0; // it jumped
    }
    if (op == op_RETURN_VALUE || op == op_YIELD_VALUE) return trace_return(t, f, f->sp[-1]);
    return 0;
}

void trace_throw(Thread *t, Frame *f) {
    if (t->tracing) return;
    call_event(t, f); // its error, if any, is pending instead
}

// Generators that return None end without a StopIteration, and so do iterators in C that are exhausted.
void trace_send_done(Thread *t, Frame *f, V receiver, V sent, V value) {
    if (t->trace_func == V_NULL || t->tracing) return;
    bool silent = v_is_generator(receiver) || (!v_is_coroutine(receiver) && !v_type(receiver)->send && !type_has(v_type(receiver), TYPE_HEAP));
    if (silent && value == V_NONE && sent == V_NONE) return;
    V type = v_from_type(&exc_StopIteration), stop = value == V_NONE ? obj_call0(t, type) : obj_call1(t, type, value);
    if (v_is_error(stop)) {
        err_clear(t);
        return;
    }
    err_restore_steal(t, stop);
    trace_exception(t, f);
    err_clear(t);
}
