// SPDX-License-Identifier: MIT
// Setting f_lineno: a trace function makes its frame go on at another line.
//
// Lines may have several places where they begin.  Of those whose stack can be had by dropping operands of the present
// one, the place with the deepest stack is taken.  What stands on the stacks is known from code_stacks (code_check.c).
#include "code_check.h"
#include "object/exceptions.h"
#include "vm_private.h"

typedef enum Shape { SHAPE_OBJECT, SHAPE_NULL, SHAPE_ITERATOR, SHAPE_EXCEPTION, SHAPE_OFFSET } Shape;

static Shape shape_of(const Operand *o) {
    switch (o->kind) {
    case KIND_NULL:
    case KIND_MAYBE_NULL: return SHAPE_NULL;
    case KIND_ITERATOR: return SHAPE_ITERATOR;
    case KIND_EXCEPTION:
    case KIND_PREVIOUS: return SHAPE_EXCEPTION;
    case KIND_OFFSET: return SHAPE_OFFSET;
    default: return SHAPE_OBJECT;
    }
}

static bool fits(Shape from, Shape to) {
    if (to == SHAPE_OBJECT) return from != SHAPE_NULL;
    return to == SHAPE_NULL || from == to;
}

static bool stack_fits(const Operand *from, const Operand *to) {
    if (from->depth < to->depth) return false;
    while (from->depth > to->depth) from = from->below;
    for (; to->depth; from = from->below, to = to->below) {
        if (!fits(shape_of(from), shape_of(to))) return false;
    }
    return true;
}

static const char *why_not(const Operand *to) {
    if (!to || !to->depth) return "code is unreachable";
    switch (shape_of(to)) {
    case SHAPE_ITERATOR: return "can't jump into the body of a for loop";
    case SHAPE_EXCEPTION: return "can't jump into an 'except' block as there's no exception";
    case SHAPE_OFFSET: return "can't jump into a re-raising block without location";
    default: return "incompatible stacks";
    }
}

// ---- lines ----------------------------------------------------------------------------------------------------------------
// The line that begins at each unit, -1 where none does.
static int *line_starts(Thread *t, const Code *code, Arena *arena) {
    int *lines = arena_calloc(arena, (size_t)code->n_units, sizeof *lines), last = -1;
    if (!lines) {
        err_no_memory(t);
        return NULL;
    }
    for (int i = 0; i < code->n_units; i++) lines[i] = -1;
    CodeLocations it;
    code_locations_start(v_from(code), &it);
    while (code_locations_next(&it)) {
        if (it.at.line < 0 || it.at.line == last || it.start / 2 >= code->n_units) continue;
        lines[it.start / 2] = last = it.at.line;
    }
    return lines;
}

static int first_line_from(const int *lines, int n, int line) { // -1: none
    int best = -1;
    for (int i = 0; i < n; i++) {
        if (lines[i] >= line && (best < 0 || lines[i] < best)) best = lines[i];
    }
    return best;
}

// ---- the jump ---------------------------------------------------------------------------------------------------------------
static int refuse(Thread *t, const char *why) {
    err_set(t, &exc_ValueError, "%s", why);
    return -1;
}

// The unit to go on at; -1.
static int find_target(Thread *t, const Code *code, const Operand *const *stacks, const Operand *from, const int *lines, int line) {
    const char *why = "cannot find bytecode for specified line";
    int best = -1;
    for (int i = 0; i < code->n_units; i++) {
        if (lines[i] != line) continue;
        if (!stacks[i] || !stack_fits(from, stacks[i])) why = why_not(stacks[i]);
        else if (best < 0 || stacks[i]->depth > stacks[best]->depth) best = i;
    }
    return best >= 0 ? best : refuse(t, why);
}

// Drops the top operand; what a handler keeps below its exception becomes the handled one again.
static void drop_operand(Thread *t, Frame *f, OperandKind kind) {
    V v = *--f->sp;
    *f->sp = V_NULL;
    if (kind != KIND_PREVIOUS) {
        v_drop(t, v);
        return;
    }
    V old = t->exc_info->exc;
    t->exc_info->exc = v == V_NONE ? V_NULL : v_own(v);
    v_drop(t, old);
}

// Drops what the target has no use for and goes there.
static void go_on_at(Thread *t, Frame *f, const Operand *const *stacks, int target) {
    const Operand *now = stacks[frame_lasti(f) / 2];
    for (; now && now->depth > stacks[target]->depth; now = now->below) drop_operand(t, f, now->kind);
    f->ip = code_units(f->code) + target;
}

static int jump_to_line(Thread *t, FrameObject *fo, const Code *code, int line, Arena *arena) {
    Frame *f = fo->frame;
    bool yielding = fo->event == 'r'; // the value is still there, but does not belong to the generator any more
    int *lines = line_starts(t, code, arena), first;
    const Operand *const *stacks = lines ? code_stacks(t, code, arena) : NULL;
    if (!stacks) return -1;
    if ((first = first_line_from(lines, code->n_units, line)) < 0) {
        err_set(t, &exc_ValueError, "line %d comes after the current code block", line);
        return -1;
    }
    const Operand *from = stacks[frame_lasti(f) / 2];
    if (!from) return refuse(t, "can't jump from unreachable code");
    if (yielding) from = from->below;
    int target = find_target(t, code, stacks, from, lines, first);
    if (target < 0) return -1;
    if (yielding) {
        fo->jump = target; // when it is resumed
        return 0;
    }
    go_on_at(t, f, stacks, target);
    fo->lineno = first;
    return 0;
}

int trace_resume_jump(Thread *t, Frame *f) {
    FrameObject *fo = frame_object_at(f->object);
    int target = fo->jump;
    fo->jump = 0;
    Arena arena = ARENA_INIT;
    const Operand *const *stacks = code_stacks(t, f->code, &arena);
    if (stacks) go_on_at(t, f, stacks, target);
    arena_free(&arena);
    return stacks ? 0 : -1;
}

int trace_jump(Thread *t, V frame, V lineno) {
    FrameObject *fo = frame_object_at(frame);
    int line;
    if (!v_is_any_int(lineno)) return refuse(t, "lineno must be an integer");
    if (!fo->frame || !fo->event) {
        return refuse(t, slot_peek(&fo->trace) == V_NULL ? "f_lineno can only be set by a trace function"
                                                         : "can only jump from a 'line' trace event");
    }
    const Code *code = fo->frame->code;
    unsigned op = opcode_info[unit_op_now(fo->frame->ip)].base;
    if (fo->event == 'c') return refuse(t, "can't jump from the 'call' trace event of a new frame");
    if (fo->event != 'l' && !(fo->event == 'r' && op == op_YIELD_VALUE)) return refuse(t, "can only jump from a 'line' trace event");
    if (num_as_int(t, lineno, &line) < 0) return -1;
    if (line < code->firstlineno) {
        err_set(t, &exc_ValueError, "line %d comes before the current code block", line);
        return -1;
    }
    Arena arena = ARENA_INIT;
    int r = jump_to_line(t, fo, code, line, &arena);
    arena_free(&arena);
    return r;
}
