// SPDX-License-Identifier: MIT
// Module _tracemalloc: what the library's tracemalloc asks.  The traces are kept by tracemalloc_store.c.
//
// Traced are objects and the buffers they use.  Small numbers and what else is no object in memory has no trace.
#include "tracemalloc_private.h"

#include "runtime/runtime.h"

// ---- on and off -------------------------------------------------------------------------------------------------------
static int start_tracing(Thread *t, int frames) {
    if (frames < 1 || frames > TRACE_MOST_FRAMES) {
        err_set(t, &exc_ValueError, "the number of frames must be in range [1; %d]", TRACE_MOST_FRAMES);
        return -1;
    }
    if (trace_start(frames)) return 0;
    err_no_memory(t);
    return -1;
}

int tracemalloc_start_up(Thread *t, int frames) { return start_tracing(t, frames); }

static NATIVE(tracemalloc_start) {
    UNUSED_NATIVE();
    int frames = 1;
    if (args[0] != V_NULL && num_as_int(t, args[0], &frames) < 0) return V_ERROR;
    return start_tracing(t, frames) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(tracemalloc_stop) {
    UNUSED_NATIVE();
    trace_stop();
    return V_NONE;
}

static NATIVE(tracemalloc_is_tracing) {
    UNUSED_NATIVE();
    return v_from_bool(trace_is_on());
}

static NATIVE(tracemalloc_clear) {
    UNUSED_NATIVE();
    return trace_clear() ? V_NONE : err_no_memory(t);
}

// ---- figures ------------------------------------------------------------------------------------------------------------
static NATIVE(tracemalloc_limit) {
    UNUSED_NATIVE();
    return v_from_int(trace_limit());
}

static NATIVE(tracemalloc_own_memory) {
    UNUSED_NATIVE();
    TraceFigures figures;
    trace_figures(&figures);
    return v_from_int((int64_t)figures.own);
}

static NATIVE(tracemalloc_traced_memory) {
    UNUSED_NATIVE();
    TraceFigures figures;
    trace_figures(&figures);
    return tuple_pack(t, 2, v_from_int((int64_t)figures.current), v_from_int((int64_t)figures.peak));
}

static NATIVE(tracemalloc_reset_peak) {
    UNUSED_NATIVE();
    trace_reset_peak();
    return V_NONE;
}

// ---- traces -------------------------------------------------------------------------------------------------------------
// The view's file names and its stacks ((filename, lineno), ...) as lists, to be shared by all that refer to them.
typedef struct Tables {
    V names, stacks;
} Tables;

static V stack_tuple(Thread *t, V names, const TraceStack *stack) {
    V frames = tuple_new(t, stack->n);
    for (uint32_t i = 0; !v_is_error(frames) && i < stack->n; i++) {
        V frame = tuple_pack_steal(t, 2, list_get(t, names, stack->frames[i].name), v_from_int(stack->frames[i].lineno));
        if (!v_is_error(frame)) {
            tuple_init_steal(t, frames, i, frame);
            continue;
        }
        v_drop(t, frames);
        frames = V_ERROR;
    }
    return frames;
}

static int append(Thread *t, V list, V item) { return v_is_error(item) ? -1 : list_append_steal(t, list, item); }

static int fill_names(Thread *t, const TraceView *view, V names) {
    for (size_t i = 0; i < view->nnames; i++) {
        const TraceName *name = &view->names[i];
        if (append(t, names, str_from_units(t, name->kind, name->units, name->len)) < 0) return -1;
    }
    return 0;
}

static int fill_traces(Thread *t, const TraceView *view, V names, V stacks, V traces) {
    for (size_t i = 0; i < view->nstacks; i++)
        if (append(t, stacks, stack_tuple(t, names, view->stacks[i])) < 0) return -1;
    for (size_t i = 0; i < view->nblocks; i++) {
        const TraceBlock *block = &view->blocks[i];
        V size = v_from_int((int64_t)block->size), total = v_from_int(view->stacks[block->stack]->total);
        if (append(t, traces, tuple_pack_steal(t, 4, V_INT(0), size, list_get(t, stacks, block->stack), total)) < 0) return -1;
    }
    return 0;
}

static NATIVE(tracemalloc_get_traces) {
    UNUSED_NATIVE();
    TraceView view;
    if (!trace_view(&view, 0)) return err_no_memory(t);
    V names = list_new(t, 0), stacks = list_new(t, 0), traces = list_new(t, 0);
    bool failed = v_is_error(names) || v_is_error(stacks) || v_is_error(traces) || fill_names(t, &view, names) < 0 ||
                  fill_traces(t, &view, names, stacks, traces) < 0;
    trace_view_free(&view);
    if (!v_is_error(names)) v_drop(t, names);
    if (!v_is_error(stacks)) v_drop(t, stacks);
    if (!failed) return traces;
    if (!v_is_error(traces)) v_drop(t, traces);
    return V_ERROR;
}

static NATIVE(tracemalloc_get_object_traceback) {
    UNUSED_NATIVE();
    if (!v_is_object(args[0])) return V_NONE;
    TraceView view;
    if (!trace_view(&view, (uintptr_t)v_obj(args[0]))) return err_no_memory(t);
    V result = V_NONE;
    if (view.nblocks) {
        V names = list_new(t, 0);
        bool failed = v_is_error(names) || fill_names(t, &view, names) < 0;
        result = failed ? V_ERROR : stack_tuple(t, names, view.stacks[view.blocks[0].stack]);
        if (!v_is_error(names)) v_drop(t, names);
    }
    trace_view_free(&view);
    return result;
}

static const Method methods[] = {
    {"is_tracing", tracemalloc_is_tracing, "", LOCK_NONE, 0, "Whether allocations are traced."},
    {"clear_traces", tracemalloc_clear, "", LOCK_NONE, 0, "Forgets all traces."},
    {"_get_traces", tracemalloc_get_traces, "", LOCK_NONE, 0, "The traces: a list of (domain, size, frames, total number of frames)."},
    {"_get_object_traceback", tracemalloc_get_object_traceback, "obj, /", LOCK_NONE, 0, "The frames in which an object was allocated, or None."},
    {"start", tracemalloc_start, "nframe=1, /", LOCK_NONE, 0, "Traces allocations from now on, with as many frames each."},
    {"stop", tracemalloc_stop, "", LOCK_NONE, 0, "Traces no more, and forgets all traces."},
    {"get_traceback_limit", tracemalloc_limit, "", LOCK_NONE, 0, "Frames a trace has at most."},
    {"get_tracemalloc_memory", tracemalloc_own_memory, "", LOCK_NONE, 0, "Bytes used for the traces."},
    {"get_traced_memory", tracemalloc_traced_memory, "", LOCK_NONE, 0, "Bytes traced, now and at most: a tuple."},
    {"reset_peak", tracemalloc_reset_peak, "", LOCK_NONE, 0, "Measures the most bytes traced anew."},
    METHOD_END,
};

const ModuleDef mod__tracemalloc = {
    .name = "_tracemalloc",
    .doc = "The core of the tracemalloc module.",
    .methods = methods,
};
