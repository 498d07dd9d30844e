// SPDX-License-Identifier: MIT
// The interpreter loop: the instruction bodies of ops_*.inc, compiled as functions that call each other last
// (HEDDLE_TAILCALL=1) or as one function with computed gotos.  interp.h explains the notation.
//
// vm_run is the only way in.  Everything a Python program does to call, yield and return happens inside one vm_run by
// switching frames; a nested one exists only where C code calls Python.
#include "interp.h"
#include "object/cstack.h"

#if HEDDLE_DEBUG_CHECKS
static void check_frame(const Frame *f, const V *sp) {
    HD_ASSERT(sp >= frame_stack_base(f) && sp <= frame_stack_base(f) + f->code->stacksize + 1);
}
#else
#define check_frame(f, sp) ((void)0)
#endif

// Runs before every instruction of a traced thread.
static int before_traced(Thread *t, Frame *f) {
    check_frame(f, f->sp);
    return trace_instruction(t, f);
}

#if HEDDLE_TAILCALL

#define OPCODE(number, name, caches, pops, pushes, flags, doc) static V opfn_##name(OP_PARAMS);
#define QUICK(name, base, doc) static V opfn_##name(OP_PARAMS);
#include "code/opcodes.def"
#define SLOW_NAMES(X)                                                                                                  \
    X(error) X(reraise) X(pending) X(safepoint) X(drop) X(miss) X(unbound_local) X(unbound_cell) X(shared_list_item)   \
    X(truth) X(for_iter_miss) X(for_iter_end) X(for_iter_raised) X(for_iter_next) X(call) X(call_kw) X(native_done)    \
    X(call_ex) X(call_ex_any) X(return_special) X(unpack_ex) X(wide) X(traced) X(for_iter_gen) X(yield)                \
    X(store_attr_shared) X(drop_two) X(for_iter_shared_list) X(load_shared) X(load_const) X(load_deref)                \
    X(store_deref) X(copy) X(unpack_again) X(fused_miss1) X(fused_miss2) X(fused_miss_attr) X(widen) X(native_end)     \
    X(super_again) X(compare_str) X(store_cell) X(fused_method_again) X(entry_missed) X(fused_entry_missed)            \
    X(for_iter_walk) X(for_iter_moved) X(for_iter_far) X(slice_subscr) X(build_slice) X(isinstance_not)                \
    X(before_with) X(fused_append_missed) X(compare_str_LL) X(compare_str_LC) X(str_item) X(list_append)               \
    X(isinstance_tuple) X(store_attr_shared_object) X(drop_and_miss) X(special_uncached) X(special_full)               \
    X(operator_result) X(operator_dropped) X(operator_declined) X(setitem_result) X(len_result) X(len_checked)         \
    X(init_result)
#define DECLARE(name) static V slow_##name(OP_PARAMS);
SLOW_NAMES(DECLARE)

static const Handler plain_handlers[OP_LIMIT] = {
#define OPCODE(number, name, caches, pops, pushes, flags, doc) [number] = {opfn_##name},
#define QUICK(name, base, doc) [op_##name] = {opfn_##name},
#include "code/opcodes.def"
};
static const Handler traced_handlers[OP_LIMIT] = {[0 ... OP_LIMIT - 1] = {slow_traced}};
#define HANDLERS_FOR(t) (unlikely(vm_tracing(t) || at_load_relaxed(&vm_notes_places)) ? traced_handlers : plain_handlers)

SLOW(traced) {
    SPILL();
    if (vm_tracing(t) && before_traced(t, f) < 0) TAIL(error);
    ip = f->ip; // a trace function may have moved it
    sp = f->sp;
    table = HANDLERS_FOR(t);
    DISPATCH_AS(opcode_info[unit_op_now(ip)].base);
}

#include "ops_stack.inc"
#include "ops_name.inc"
#include "ops_arith.inc"
#include "ops_attr.inc"
#include "ops_build.inc"
#include "ops_flow.inc"
#include "ops_call.inc"
#include "ops_operator.inc"
#include "ops_gen.inc"
#include "ops_except.inc"
#include "ops_match.inc"
#include "ops_fused.inc"

static V run(Thread *t, Frame *f, bool throwing) {
    const Handler *table = HANDLERS_FOR(t);
    const Unit *ip = f->ip;
    V *sp = f->sp;
    if (unlikely(throwing)) TAIL(error);
    if (f->kind & FRAME_GENERATOR) ip++;
    DISPATCH();
}

#else

static V run(Thread *t, Frame *f, bool throwing) {
    static const Handler plain_handlers[OP_LIMIT] = {
#define OPCODE(number, name, caches, pops, pushes, flags, doc) [number] = {&&op_label_##name},
#define QUICK(name, base, doc) [op_##name] = {&&op_label_##name},
#include "code/opcodes.def"
    };
    static const Handler traced_handlers[OP_LIMIT] = {[0 ... OP_LIMIT - 1] = {&&slow_label_traced}};
#define HANDLERS_FOR(t) (unlikely(vm_tracing(t) || at_load_relaxed(&vm_notes_places)) ? traced_handlers : plain_handlers)

    const Handler *table = HANDLERS_FOR(t);
    const Unit *ip = f->ip;
    V *sp = f->sp, leaving;
    PLACE_ENTER(ip);
    if (unlikely(throwing)) TAIL(error);
    if (f->kind & FRAME_GENERATOR) ip++;
    DISPATCH();

    SLOW(traced) {
        SPILL();
        if (vm_tracing(t) && before_traced(t, f) < 0) TAIL(error);
        ip = f->ip;
        sp = f->sp;
        table = HANDLERS_FOR(t);
        DISPATCH_AS(opcode_info[unit_op_now(ip)].base);
    }

#include "ops_stack.inc"
#include "ops_name.inc"
#include "ops_arith.inc"
#include "ops_attr.inc"
#include "ops_build.inc"
#include "ops_flow.inc"
#include "ops_call.inc"
#include "ops_operator.inc"
#include "ops_gen.inc"
#include "ops_except.inc"
#include "ops_match.inc"
#include "ops_fused.inc"

leave:
    PLACE_LEAVE();
    return leaving;
}
#endif

V vm_run(Thread *t, Frame *f, bool throwing) {
    HD_ASSERT(t->frame == f && frame_kind(f) != FRAME_PLAIN);
    rt_mutex_assert_may(RT_MAY_PYTHON);
    thread_note_pause(t);
    if (c_stack_is_low(t) && !throwing) {
        recursion_error(t, "");
        throwing = true;
        if (f->kind & FRAME_GENERATOR) f->sp--; // the value it was resumed with
    }
    return run(t, f, throwing);
}
