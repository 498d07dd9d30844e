// SPDX-License-Identifier: MIT
// The notation that instruction bodies (ops_*.inc) are written in, and its two meanings.
//
// Tail-call form (HEDDLE_TAILCALL=1): every body is a function
//     V op_NAME(Thread *t, Frame *f, const Unit *ip, V *sp, const Handler *table)
// that ends by calling the next one; -O2 turns each of these calls into a jump.  Computed-goto form: every body is a
// labelled block of vm_run's loop.  In both, t, f, ip, sp and table are what a body works with:
//     f      the running frame           ip   the running instruction; not advanced before NEXT
//     sp     first free operand word     table   handlers; another one while the thread is traced
//
// Rules for bodies:
//   * no address of a local variable is taken, no arrays: gcc would not make the last call a jump;
//   * SPILL() before calling anything that may run Python, look at the frame, raise, or reach a safepoint;
//     operands stay on the stack over that call and are read again from the stack after it;
//   * a body ends in exactly one of NEXT, NEXT_POLL, DROP_NEXT, JUMP_TO, ERROR, TAIL(slow), or enters another frame;
//   * what is rare goes into a SLOW body, reached by TAIL(name): a call in a handler makes it save registers.
#ifndef HEDDLE_VM_INTERP_H
#define HEDDLE_VM_INTERP_H
#include "vm_private.h"
#include "places.h"
#include "walk.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/descr.h"
#include "object/method_cache.h"
#include "object/slots.h"
#include "object/pairs.h"
#include "object/quick.h"
#include "object/dict_layout.h"
#include "runtime/runtime.h"
#include "threading/pending.h"
#include "base/bits.h"

typedef struct Handler Handler;
typedef V (*OpFn)(Thread *t, Frame *f, const Unit *ip, V *sp, const Handler *table);
struct Handler {
#if HEDDLE_TAILCALL
    OpFn fn;
#else
    const void *label;
#endif
};

#define OP_PARAMS Thread *t, Frame *f, const Unit *ip, V *sp, const Handler *table
#define OP_ARGS t, f, ip, sp, table

#if HEDDLE_TAILCALL
#define OP(name) static V opfn_##name(OP_PARAMS)
#define SLOW(name) static NOINLINE V slow_##name(OP_PARAMS)
#define TAIL(name) return slow_##name(OP_ARGS)
#define TAIL_OP(name) return opfn_##name(OP_ARGS)
#define DISPATCH()                                                                                                     \
    do {                                                                                                               \
        COUNT(bytecodes);                                                                                              \
        return table[unit_op_now(ip)].fn(OP_ARGS);                                                                     \
    } while (0)
#define DISPATCH_AS(op) return plain_handlers[op].fn(OP_ARGS) // not traced again
#define LEAVE(v) return (v)
#else
#define OP(name) op_label_##name:
#define SLOW(name) slow_label_##name:
#define TAIL(name) goto slow_label_##name
#define TAIL_OP(name) goto op_label_##name
#define DISPATCH()                                                                                                     \
    do {                                                                                                               \
        COUNT(bytecodes);                                                                                              \
        PLACE_NOW(ip);                                                                                                 \
        goto *table[unit_op_now(ip)].label;                                                                            \
    } while (0)
#define DISPATCH_AS(op) goto *plain_handlers[op].label
#define LEAVE(v)                                                                                                       \
    do {                                                                                                               \
        leaving = (v);                                                                                                 \
        goto leave;                                                                                                    \
    } while (0)
#endif

#define NEXT(n)                                                                                                        \
    do {                                                                                                               \
        ip += (n);                                                                                                     \
        DISPATCH();                                                                                                    \
    } while (0)
// After something may have died or posted work.
#define NEXT_POLL(n)                                                                                                   \
    do {                                                                                                               \
        ip += (n);                                                                                                     \
        if (unlikely(at_load_relaxed(&t->breaker))) TAIL(pending);                                                     \
        DISPATCH();                                                                                                    \
    } while (0)
#define ERROR() TAIL(error)

#define ARG ((unsigned)ip->arg)
#define LOCAL(distance) (((V *)f)[-(ptrdiff_t)(distance)])
#define LOCAL_INDEX() (f->code->nlocalsplus - (int)ARG)
#define TOP (sp[-1])
#define SECOND (sp[-2])
#define THIRD (sp[-3])
#define PEEK(n) (sp[-(ptrdiff_t)(n)])
#define PUSH(v) (*sp++ = (v))
#define POP() (*--sp)
#define NAME_OPERAND(i) slot_peek(&f->code->name_items[i])
#define SPILL() (f->ip = ip, f->sp = sp)

// Drops a value that has been taken off the stack, then goes on n units further.  The common case makes no call.
#define DROP_NEXT(value, n)                                                                                            \
    do {                                                                                                               \
        V dropped_ = (value);                                                                                          \
        ip += (n);                                                                                                     \
        if (v_is_counted(dropped_)) {                                                                                  \
            uint32_t rc_ = obj_rc(v_obj(dropped_));                                                                    \
            if (unlikely((int32_t)rc_ <= 1)) {                                                                         \
                *sp = dropped_;                                                                                        \
                TAIL(drop);                                                                                            \
            }                                                                                                          \
            rc_store_local(v_obj(dropped_), rc_ - 1);                                                                  \
        }                                                                                                              \
        DISPATCH();                                                                                                    \
    } while (0)

// v_dup and slot_get without a call, so that the handler needs no stack frame: a SHARED value gets U in line, and the
// LOCAL count that is about to overflow (2^31 references) leaves by `no`, which must end in v_dup itself.
#define TRY_DUP(v, no)                                                                                                 \
    do {                                                                                                               \
        if (v_is_counted(v)) {                                                                                         \
            uint32_t rc_ = obj_rc(v_obj(v)) + 1;                                                                       \
            if (likely((int32_t)rc_ >= 0)) rc_store_local(v_obj(v), rc_);                                              \
            else if (unlikely(rc_ == 1u << 31)) no;                                                                    \
            else v |= V_U_TAG;                                                                                         \
        }                                                                                                              \
    } while (0)
#define TRY_SLOT(v, container, slot, no)                                                                               \
    do {                                                                                                               \
        if (unlikely(obj_is_shared(container))) {                                                                      \
            v = at_load_acquire(&(slot)->bits);                                                                        \
            if (v_is_counted(v)) v |= V_U_TAG;                                                                         \
        } else {                                                                                                       \
            v = at_load_relaxed(&(slot)->bits);                                                                        \
            TRY_DUP(v, no);                                                                                            \
        }                                                                                                              \
    } while (0)

// A namespace that is a dict and has the very name: its value's cell, or NULL.
static inline Slot *name_cell(V namespace, V name) {
    if (unlikely(namespace == V_NULL || !v_is_exact(namespace, &dict_type))) return NULL;
    return dict_value_cell(dict_of(namespace), name);
}

// The value that a cached place in a dict holds; `no` when the fact is about other keys.
#define FACT_VALUE(v, dict, name, fact, no)                                                                            \
    do {                                                                                                               \
        const Dict *d_ = dict_of(dict);                                                                                \
        uint64_t fact_ = (fact);                                                                                       \
        if (unlikely(!fact_is(fact_, at_load_acquire(&d_->version), FACT_GLOBAL))) no;                                 \
        if (unlikely(obj_is_shared(&d_->head))) {                                                                      \
            v = dict_cached_value_shared(d_, fact_index(fact_), (uint32_t)(fact_ >> 32));                              \
        } else {                                                                                                       \
            v = at_load_relaxed(&d_->keys->entries[fact_index(fact_)].value.bits);                                     \
            TRY_DUP(v, no);                                                                                            \
        }                                                                                                              \
        if (unlikely(v == V_NULL)) no;                                                                                 \
        CHECK_FACT((dict), (name), fact_);                                                                             \
    } while (0)

// Invariant 9, in debug builds: what a cache says is what a look-up finds.
#if HEDDLE_DEBUG_CHECKS
#define CHECK_TYPE_VALUE(type, rec, name)                                                                              \
    do {                                                                                                               \
        SPILL();                                                                                                       \
        type_cache_check((type), (name), (rec)->type_version, (rec)->value);                                           \
    } while (0)
#define CHECK_FACT(dict, name, fact) vm_check_fact((dict), (name), (fact))
#else
#define CHECK_TYPE_VALUE(type, rec, name) ((void)0)
#define CHECK_FACT(dict, name, fact) ((void)0)
#endif

// A specialised form does not apply.
#define MISS() TAIL(miss)
#define MISS_UNLESS(condition)                                                                                         \
    do {                                                                                                               \
        if (unlikely(!(condition))) MISS();                                                                            \
    } while (0)

// First line of a generic body that has caches: counts, and may rewrite the instruction.
#define WARM(caches)                                                                                                   \
    do {                                                                                                               \
        if (unlikely(at_load_relaxed(cache_counter_at(ip, (caches))) & 0xfff)) {                                       \
            SPILL();                                                                                                   \
            if (vm_warm(t, f, ip)) DISPATCH_AS(unit_op_now(ip));                                                                         \
        }                                                                                                              \
    } while (0)

// Goes on in frame g, at its f->ip.
#define ENTER(g)                                                                                                       \
    do {                                                                                                               \
        f = (g);                                                                                                       \
        t->frame = f;                                                                                                  \
        ip = code_units(f->code);                                                                                           \
        sp = frame_stack_base(f);                                                                                      \
        DISPATCH();                                                                                                    \
    } while (0)

// ---- entering a Python function from a handler
#define RECURSION_FITS() (t->recursion < thread_recursion_limit(t))
#define FRAME_FITS(base, code)                                                                                         \
    (!(f->kind & FRAME_GENERATOR) && (t->stack_end - (base)) >= (code)->frame_size && FRAME_OPENED(base, code))
#if HEDDLE_POISON
#define FRAME_OPENED(base, code) (STACK_OPEN(base, (code)->frame_size), true)
#else
#define FRAME_OPENED(base, code) true
#endif
// Enters the frame of a Python function whose nargs arguments stand at args; the result will be stored at result.
#define ENTER_CALL(func, code, args, nargs, result, at, units_, kind_)                                                 \
    do {                                                                                                               \
        f->ip = (at);                                                                                                  \
        f->sp = (result);                                                                                              \
        f->advance = (units_);                                                                                         \
        Frame *g_ = frame_place((args), (code), (func), f, (kind_));                                                   \
        clear_few((args) + (nargs), (V *)g_);                                                                          \
        t->recursion++;                                                                                                \
        f = g_;                                                                                                        \
        t->frame = g_;                                                                                                 \
        sp = frame_stack_base(g_);                                                                                     \
        ip = (code)->entry;                                                                                            \
        if (unlikely(at_load_relaxed(&t->breaker))) ip = code_units(code);                                                \
        DISPATCH();                                                                                                    \
    } while (0)

// Back in the caller, f, with what a frame of that kind returned (no ENTRY): the result stands for the call, or goes to the
// instruction that has to look at it.
#define RESULT(kind, r)                                                                                                \
    do {                                                                                                               \
        if (kind & FRAME_RESULTS) {                                                                                    \
            sp[0] = (r);                                                                                               \
            sp[1] = v_from_int(kind);                                                                                  \
            if (kind & FRAME_OPERATOR) TAIL(operator_result);                                                          \
            if (kind & FRAME_LEN) TAIL(len_result);                                                                    \
            TAIL(setitem_result);                                                                                      \
        }                                                                                                              \
        PUSH(r);                                                                                                       \
        NEXT_POLL(f->advance);                                                                                         \
    } while (0)

// Behind a call that came back: a safepoint; and it may have switched tracing on.
#define AFTER_CALL()                                                                                                   \
    do {                                                                                                               \
        if (unlikely(at_load_relaxed(&t->breaker) || (t->trace_func | t->profile_func))) TAIL(safepoint);              \
        DISPATCH();                                                                                                    \
    } while (0)

#define BACKWARD(n)                                                                                                    \
    do {                                                                                                               \
        ip -= (n);                                                                                                     \
        if (unlikely(at_load_relaxed(&t->breaker))) TAIL(safepoint);                                                   \
        DISPATCH();                                                                                                    \
    } while (0)
#endif
