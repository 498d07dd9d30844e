// SPDX-License-Identifier: MIT
// The thread's V stack and the life of frames on it.
//
// Frames stand one behind the other in chunks.  A Python call lays the callee's frame over the operands that the caller
// pushed, so there is no separate "top": free space begins at the sp of the innermost frame (which is stored whenever
// something can ask), or, when that is a generator's frame, where the generator was resumed from (Generator.base).
// A frame that does not fit goes to a new chunk and carries FRAME_OWNS_CHUNK; its end frees the chunk again.
#include "vm_private.h"
#include "walk.h"
#include "object/misc.h"
#include "threading/stackmem.h"

typedef struct StackChunk {
    struct StackChunk *prev;
    V *end;
    bool is_stackmem; // its memory is not from mem_alloc
    V words[];
} StackChunk;
enum { POISON_WORDS = 4096 }; // at first: the shadow of a whole chunk would be resident in every thread
enum { STACKMEM_WORDS = (STACKMEM_BYTES - sizeof(StackChunk)) / sizeof(V) - STACK_SLACK };

// The first chunk of a thread among others: most of it is never touched.
static StackChunk *stackmem_chunk(size_t *words) {
    StackChunk *chunk = stackmem_take();
    *words = STACKMEM_WORDS;
    return chunk;
}

static StackChunk *chunk_new(Thread *t, size_t words) {
    bool is_stackmem = !t->chunk && !t->is_main && words <= STACKMEM_WORDS;
    if (words < CHUNK_WORDS) words = CHUNK_WORDS;
    StackChunk *chunk = is_stackmem ? stackmem_chunk(&words) : mem_alloc(t, sizeof *chunk + (words + STACK_SLACK) * sizeof(V));
    if (!chunk) return NULL;
    chunk->is_stackmem = is_stackmem;
    chunk->end = chunk->words + words;
    chunk->prev = t->chunk;
    t->chunk = chunk;
    t->stack_end = chunk->end;
    MEM_POISON(chunk->words, POISON_WORDS * sizeof(V));
    return chunk;
}

static void chunk_free(StackChunk *chunk) {
    MEM_UNPOISON(chunk->words, (size_t)(chunk->end + STACK_SLACK - chunk->words) * sizeof(V));
    if (chunk->is_stackmem) stackmem_leave(chunk);
    else mem_free(chunk);
}

void frame_pop_chunk(Thread *t) {
    StackChunk *chunk = t->chunk;
    t->chunk = chunk->prev;
    t->stack_end = t->chunk->end;
    chunk_free(chunk);
}

void frame_stack_free(Thread *t) {
    while (t->chunk) {
        StackChunk *prev = t->chunk->prev;
        chunk_free(t->chunk);
        t->chunk = prev;
    }
    t->stack_end = NULL;
}

V *frame_free_base(Thread *t) {
    Frame *f = t->frame;
    if (!f) {
        if (unlikely(!t->chunk) && !chunk_new(t, 0)) {
            err_no_memory(t);
            return NULL;
        }
        return t->chunk->words;
    }
    return frame_free_base_of(f);
}

V *frame_make_room(Thread *t, V *base, size_t live, size_t words, bool *moved) {
    *moved = false;
    if (likely(t->stack_end - base >= (ptrdiff_t)words)) {
        STACK_OPEN(base, words);
        return base;
    }
    StackChunk *chunk = chunk_new(t, words);
    if (!chunk) {
        err_no_memory(t);
        return NULL;
    }
    STACK_OPEN(chunk->words, words);
    if (live) memcpy(chunk->words, base, live * sizeof(V));
    *moved = true;
    return chunk->words;
}

// ---- leaving -----------------------------------------------------------------------------------------------------------
#if HEDDLE_POISON
static V *frame_end(const Frame *f) { return frame_locals_base(f) + f->code->frame_size + FRAME_EDGE; }

// f is the last one in its chunk, and goes: what is behind the one before it there is nobody's.  Frames of generators
// stand elsewhere; who resumed one comes next.
void frame_poison_left(const Thread *t, const Frame *f) {
    const Frame *before = f->prev;
    while (before && (before->kind & FRAME_GENERATOR)) before = before->prev;
    V *from = frame_locals_base(f), *to = frame_end(f);
    if (before && (const V *)before >= t->chunk->words && (const V *)before < from + f->code->nlocalsplus) from = frame_end(before);
    if (from < to) MEM_POISON(from, (size_t)(to - from) * sizeof(V));
}
#endif

static void leave(Thread *t, Frame *f) {
    t->frame = f->prev;
    t->recursion--;
    if (f->kind & FRAME_OWNS_CHUNK) frame_pop_chunk(t);
    else frame_poison_left(t, f);
}

void frame_abandon(Thread *t, Frame *f) { leave(t, f); }

void frame_release(Thread *t, Frame *f) {
    if (f->object != V_NULL) {
        frame_object_adopt(t, f);
    } else {
        for (V *p = frame_locals_base(f); p < (V *)f; p++) v_drop(t, *p);
    }
    V func = f->func, locals = f->locals;
    leave(t, f);
    v_drop(t, locals);
    v_drop(t, func);
}

// ---- visiting ----------------------------------------------------------------------------------------------------------
// A loop over a SHARED list holds it as a value with U would.  A round counts such a value when nothing else does; given
// back at once, the count leaves the list DIRTY, which keeps it for this round, and the next one sees it here again.
static void visit_walk(Thread *t, V walk, StackVisitor visit, void *arg) {
    V list = v_from(walk_list(walk)) | V_U_TAG;
    visit(t, &list, arg);
    v_drop(t, list);
}

static void visit_frame(Thread *t, Frame *f, StackVisitor visit, void *arg) {
    for (V *p = frame_locals_base(f); p < (V *)f; p++) visit(t, p, arg);
    visit(t, &f->func, arg);
    visit(t, &f->locals, arg);
    visit(t, &f->object, arg);
    if (frame_kind(f) & FRAME_GENERATOR) visit(t, &gen_of_frame(f)->exc.exc, arg);
    for (V *p = frame_stack_base(f); p < f->sp; p++) {
        if (unlikely(v_is_walk(*p))) visit_walk(t, *p, visit, arg);
        else visit(t, p, arg);
    }
}

void frame_visit_stack(Thread *t, StackVisitor visit, void *arg) {
    for (Frame *f = t->frame; f; f = f->prev) visit_frame(t, f, visit, arg);
}

int frame_lineno(const Frame *f) { return code_addr_to_line(v_from(f->code), frame_lasti(f)); }

// ---- room for a call ---------------------------------------------------------------------------------------------------
V recursion_error(Thread *t, const char *where) {
    enum { ROOM = 64 }; // for making the exception
    t->recursion -= ROOM;
    t->c_depth -= ROOM;
    err_set(t, &exc_RecursionError, "maximum recursion depth exceeded%s", where);
    t->recursion += ROOM;
    t->c_depth += ROOM;
    return V_ERROR;
}

// The code of func, ready to run; NULL with an exception.  To be asked for while every value of the call still stands where it
// is visited: reading the code from a cache file may wait for another thread, and so for rounds and finalizers.
static Code *ready_code(Thread *t, V func) {
    Code *code = code_of(slot_peek(&function_of(func)->code));
    return likely(code_ready(t, code) == 0) ? code : NULL;
}

// Lays a frame for func (consumed), whose code is ready, over or behind its arguments.  args: `total` values to end, consumed;
// in_place: they stand at the free end of the stack, otherwise they are moved to `free`.  Nobody visits them until it is done.
static Frame *push(Thread *t, Frame *prev, V func, Code *code, V *args, size_t total, V kwnames, V *free, bool in_place, unsigned kind) {
    HD_ASSERT(at_load_relaxed(&code->units));
    bool simple = kwnames == V_NULL && code->call_args == (int)total, moved = false;
    V *base = in_place ? args : free;
    size_t words = (size_t)code->frame_size + (simple ? 0 : total);
    if (unlikely(t->recursion >= thread_recursion_limit(t))) {
        recursion_error(t, "");
        goto fail;
    }
    if (unlikely(!base || !(base = frame_make_room(t, base, 0, words, &moved)))) goto fail;
    if (base != args) memcpy(base, args, total * sizeof(V));
    V *locals = base;
    if (likely(simple)) {
        for (V *p = locals + total; p < locals + code->nlocalsplus; p++) *p = V_NULL;
    } else {
        locals = base + total;
        size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
        if (bind_arguments(t, func, code, locals, base, total - nkw, kwnames) < 0) {
            if (moved) frame_pop_chunk(t);
            v_drop(t, func);
            return NULL;
        }
    }
    Frame *g = frame_place(locals, code, func, prev, kind | (moved ? FRAME_OWNS_CHUNK : 0));
    // The code of a module or of top-level `await`, called as a function: its names live in the globals.
    if (!simple && !(code->flags & CO_OPTIMIZED)) g->locals = slot_get(v_obj(func), &function_of(func)->globals);
    g->ip = code_units(code);
    g->sp = frame_stack_base(g);
    t->recursion++;
    return g;
fail:
    for (size_t i = 0; i < total; i++) v_drop(t, args[i]);
    v_drop(t, func);
    return NULL;
}

Frame *vm_push_call(Thread *t, Frame *f, V *callable, V *end, V kwnames) {
    bool in_place = !(f->kind & FRAME_GENERATOR);
    V *below = f->sp;
    f->sp = end;
    Code *code = ready_code(t, *callable);
    f->sp = below;
    if (unlikely(!code)) {
        for (V *p = callable; p < end; p++) v_drop(t, *p);
        return NULL;
    }
    return push(t, f, *callable, code, callable + 1, (size_t)(end - callable - 1), kwnames,
                in_place ? NULL : gen_of_frame(f)->base, in_place, FRAME_PLAIN);
}

Frame *frame_push_call_ex(Thread *t, Frame *f, V func, V args, V kwargs) {
    Code *code = ready_code(t, func);
    if (unlikely(!code)) return NULL;
    V *base = frame_free_base(t);
    size_t n = tuple_len(args), nkw = kwargs == V_NULL ? 0 : dict_len(kwargs), got = 0;
    if (unlikely((size_t)(t->stack_end - base) < n + nkw + (size_t)code->frame_size)) return NULL; // from C, in a chunk of its own
    V names = V_NULL;
    if (nkw) {
        names = tuple_new(t, nkw);
        if (v_is_error(names)) return NULL;
    }
    STACK_OPEN(base, n + nkw);
    for (size_t i = 0; i < n; i++) base[i] = tuple_get(args, i);
    V key, value;
    for (size_t pos = 0; got < nkw && dict_next(kwargs, &pos, &key, &value); got++) {
        if (unlikely(!v_is_str(key))) {
            err_set(t, &exc_TypeError, "keywords must be strings");
            break;
        }
        tuple_init(t, names, got, key);
        base[n + got] = v_dup(value);
    }
    if (got < nkw) { // raised; or another thread took some away: let C find out what is left
        for (size_t i = 0; i < n + got; i++) v_drop(t, base[i]);
        v_drop(t, names);
        return NULL;
    }
    Frame *g = push(t, f, v_dup(func), code, base, n + nkw, names, NULL, true, FRAME_PLAIN);
    v_drop(t, names);
    return g;
}

// ---- from C ------------------------------------------------------------------------------------------------------------
V vm_call_function(Thread *t, V func, const V *args, size_t nargs, V kwnames) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames), total = nargs + nkw;
    if (unlikely(kwnames != V_NULL && nkw == 0)) kwnames = V_NULL;
    bool moved;
    V *free = frame_free_base(t);
    Code *code = code_of(slot_peek(&function_of(func)->code));
    if (likely(kwnames == V_NULL && at_load_acquire(&code->simple_args) == (int)nargs && free && t->stack_end - free >= code->frame_size &&
               t->recursion < thread_recursion_limit(t))) {
        STACK_OPEN(free, code->frame_size);
        for (size_t i = 0; i < nargs; i++) free[i] = v_dup(args[i]);
        for (V *p = free + nargs; p < free + code->nlocalsplus; p++) *p = V_NULL;
        Frame *g = frame_place(free, code, v_dup(func), t->frame, FRAME_ENTRY);
        g->ip = code_units(code);
        g->sp = frame_stack_base(g);
        t->recursion++;
        t->frame = g;
        return vm_run(t, g, false);
    }
    if (unlikely(!(code = ready_code(t, func)))) return V_ERROR;
    if (unlikely(!free || !(free = frame_make_room(t, free, 0, total + FRAME_WORDS, &moved)))) return V_ERROR;
    for (size_t i = 0; i < total; i++) free[i] = v_dup(args[i]);
    Frame *g = push(t, t->frame, v_dup(func), code, free, total, kwnames, NULL, true, FRAME_ENTRY);
    V result = V_ERROR;
    if (likely(g)) {
        t->frame = g;
        result = vm_run(t, g, false);
    }
    if (unlikely(moved)) frame_pop_chunk(t);
    return result;
}

// A frame for code that is no call: module and class bodies.  func and locals are consumed.
Frame *frame_push_code(Thread *t, V func, V locals) {
    V *base = frame_free_base(t);
    Frame *g = NULL;
    Code *code = code_of(slot_peek(&function_of(func)->code));
    bool moved = false;
    if (unlikely(t->recursion >= thread_recursion_limit(t))) recursion_error(t, "");
    else if (likely(code_ready(t, code) == 0 && base && (base = frame_make_room(t, base, 0, (size_t)code->frame_size, &moved)))) {
        if (code->nparams == 0) {
            for (V *p = base; p < base + code->nlocalsplus; p++) *p = V_NULL;
        } else if (bind_arguments(t, func, code, base, NULL, 0, V_NULL) < 0) { // exec(function.__code__)
            if (moved) frame_pop_chunk(t);
            goto fail;
        }
        g = frame_place(base, code, func, t->frame, FRAME_ENTRY | (moved ? FRAME_OWNS_CHUNK : 0));
        g->locals = locals;
        g->ip = code_units(code);
        g->sp = frame_stack_base(g);
        t->recursion++;
        t->frame = g;
        return g;
    }
fail:
    v_drop(t, func);
    v_drop(t, locals);
    return NULL;
}
