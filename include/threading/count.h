// SPDX-License-Identifier: MIT
// The object header, counting, and the total store barrier.
//
// Every object is LOCAL (plain counts, its thread only), SHARED (atomic counts of heap references; stack references
// carry U and are not counted) or HOT (its word is not).  The header's rc word:
//
//     31 SHARED | when SHARED: 30 INZCT  29 DIRTY  28 HOT  27 DEAD   26..0 count
//               | when LOCAL:  30..0 count
//
// Rules for everybody (threading/README.md argues them):
//   * V arguments are borrowed.  A returned V is a *stack value*: the caller gives it to v_drop, or consumes it with a
//     `_steal` function, exactly once.  A function ending in _borrow/_peek returns a borrowed V, which is good until the
//     next safepoint (SHARED container) or change of the container (LOCAL).
//   * A reference in heap memory lives in a Slot and is touched by the slot_* functions only.
//   * v_drop and slot_* never run Python code and are not safepoints.
//   * v_dup *returns* the new reference (it may carry U); the argument stays as it was.
//   * C locals may hold U values across safepoints: a handshake scans C stacks conservatively (README, "Natives").
//     C structures outside the stack may not: use v_own, or a Slot in an object.
// In the GIL build nothing is ever SHARED except objects whose count grew past 2^31 (HOT), so the same tests serve.
#ifndef HEDDLE_THREADING_COUNT_H
#define HEDDLE_THREADING_COUNT_H
#include "base/assert.h"
#include "base/atomics.h"
#include "base/value.h"

typedef struct Thread Thread;

struct Obj {         // 16 bytes, 16-aligned
    uint32_t rc;     // atomic: see above
    uint8_t lock;    // one-byte mutex; used only when SHARED
    uint8_t flags;   // OBJ_*: atomic when SHARED
    uint16_t aux;    // the type's own; const after init unless the type says otherwise
    Type *type;      // never counted; changed only by __class__ assignment (self->lock, release)
};
_Static_assert(sizeof(Obj) == 16, "the header is 16 bytes");

#define RC_SHARED (1u << 31)
#define RC_INZCT (1u << 30)
#define RC_DIRTY (1u << 29)
#define RC_HOT (1u << 28)
#define RC_DEAD (1u << 27)
#define RC_COUNT (RC_DEAD - 1)
#define RC_PROMOTE (1u << 24) // a SHARED count that gets here goes HOT

enum {
    OBJ_GC = 1,           // the collector looks at it: can be part of a cycle (gclink.h)
    OBJ_IMMORTAL = 2,     // never freed, never counted
    OBJ_FINALIZABLE = 4,  // its type has __del__ (or a native finalizer that may run Python)
    OBJ_FINALIZED = 8,    // the finalizer has run
    OBJ_HAS_WEAKREF = 16, // has a record in the weak table
    OBJ_PAGED = 32,       // a block of a page (threading/pages.h): set by obj_alloc
    OBJ_ASK_ROUND = 64,   // weakref callback or finalizer: its death asks for a prompt round
    OBJ_UNCOUNTED = 128,  // born uncounted (tag 0010) but not immortal: heap types; only a full collection frees it
};

typedef struct Slot { V bits; } Slot; // one heap reference: an immediate, a plain pointer or V_NULL.  Never U.

static inline uint32_t obj_rc(const Obj *o) { return at_load_relaxed(&o->rc); }
static inline uint8_t obj_flags(const Obj *o) { return at_load_relaxed(&o->flags); }
static inline bool obj_has(const Obj *o, unsigned flag) { return (obj_flags(o) & flag) != 0; }
static inline void obj_set_flag(Obj *o, unsigned flag) { at_fetch_or_relaxed(&o->flags, (uint8_t)flag); }
static inline void obj_clear_flag(Obj *o, unsigned flag) { at_fetch_and_relaxed(&o->flags, (uint8_t)~flag); }
static inline bool obj_is_shared_or_hot(const Obj *o) { return (int32_t)obj_rc(o) < 0; }
#if HEDDLE_GIL
static inline bool obj_is_shared(const Obj *o) { (void)o; return false; }
static inline bool obj_either_shared(const Obj *a, const Obj *b) { (void)a; (void)b; return false; }
#else
static inline bool obj_is_shared(const Obj *o) { return obj_is_shared_or_hot(o); }
static inline bool obj_either_shared(const Obj *a, const Obj *b) { return (int32_t)(obj_rc(a) | obj_rc(b)) < 0; } // one branch for both
#endif

// ---- stack references -------------------------------------------------------------------------------------------
V v_dup_slow(V v);                      // SHARED: v with U; an overflowing LOCAL count goes HOT
void obj_die(Thread *t, Obj *o);        // a LOCAL count reached zero
void obj_destroy(Thread *t, Obj *o);    // the collector's: o is dead; destroys it and what dies of it
void shared_dec(Thread *t, Obj *o);     // the heap or an owner gives up one count of a SHARED object
void shared_inc(Obj *o);

// A LOCAL count is updated with a plain store in ThreadSanitizer builds, so that a second thread is a reported race.
static inline void rc_store_local(Obj *o, uint32_t rc) {
#if defined(__SANITIZE_THREAD__)
    o->rc = rc;
#else
    at_store_relaxed(&o->rc, rc);
#endif
}

// A further reference to the value of v.
static inline V v_dup(V v) {
    if (!v_is_counted(v)) return v;
    Obj *o = v_obj(v);
    uint32_t n = obj_rc(o) + 1;
    if (__builtin_expect((int32_t)n < 0, 0)) return v_dup_slow(v);
    rc_store_local(o, n);
    return v;
}

// Gives up a stack value.  Never runs Python; V_NULL, immediates and U are free.
static inline void v_drop(Thread *t, V v) {
    if (!v_is_counted(v)) return;
    Obj *o = v_obj(v);
    uint32_t rc = obj_rc(o);
    if (__builtin_expect((int32_t)rc < 0, 0)) {
        shared_dec(t, o);
        return;
    }
    rc_store_local(o, rc - 1);
    if (rc == 1) obj_die(t, o);
}

// Turns a stack value into a counted one (consumes v): for C storage that is no stack and no Slot.
static inline V v_own(V v) {
    if (!v_is_uncounted(v)) return v;
    shared_inc(v_obj(v));
    return v_untag(v);
}

// ---- heap references --------------------------------------------------------------------------------------------
void share_value(Thread *t, V v);                     // marks v and all it reaches SHARED; nothing if it is already
void slot_set_shared(Thread *t, Slot *s, V v_stolen); // container SHARED: share, count, exchange, drop the old
void slot_init_shared(Thread *t, Slot *s, V v_stolen);

// The slot's value without a reference of its own.
static inline V slot_peek(const Slot *s) { return at_load_acquire(&s->bits); }

// A stack value of the slot's content (V_NULL when unset): U from a SHARED container, counted from a LOCAL one.
static inline V slot_get(const Obj *container, const Slot *s) {
    if (obj_is_shared(container)) {
        V v = at_load_acquire(&s->bits);
        return v_is_counted(v) ? v | V_U_TAG : v;
    }
    return v_dup(at_load_relaxed(&s->bits));
}

// THE barrier.  Stores v, consuming it, and drops what was there.
static inline void slot_set_steal(Thread *t, Obj *container, Slot *s, V v) {
    if (obj_is_shared(container)) {
        slot_set_shared(t, s, v);
        return;
    }
    v = v_own(v);
    V old = at_load_relaxed(&s->bits);
    at_store_relaxed(&s->bits, v);
    v_drop(t, old);
}
// The same from a borrowed v.
static inline void slot_set(Thread *t, Obj *container, Slot *s, V v) { slot_set_steal(t, container, s, v_dup(v)); }

// First store into a slot that holds nothing (a new object's field, a new array element).
static inline void slot_init_steal(Thread *t, Obj *container, Slot *s, V v) {
    if (obj_is_shared(container)) {
        slot_init_shared(t, s, v);
        return;
    }
    at_store_relaxed(&s->bits, v_own(v));
}
static inline void slot_init(Thread *t, Obj *container, Slot *s, V v) { slot_init_steal(t, container, s, v_dup(v)); }
// The same for n slots in a row.
static inline void slots_init_steal(Thread *t, Obj *container, Slot *to, const V *items, size_t n) {
    bool shared = obj_is_shared(container);
    for (size_t i = 0; i < n; i++) {
        if (shared) slot_init_shared(t, &to[i], items[i]);
        else at_store_relaxed(&to[i].bits, v_own(items[i]));
    }
}

// Moves the slot's reference to the stack and leaves V_NULL: pop, del-and-return.
static inline V slot_take(Obj *container, Slot *s) {
    if (obj_is_shared(container)) return at_exchange_acq_rel(&s->bits, V_NULL);
    V v = at_load_relaxed(&s->bits);
    at_store_relaxed(&s->bits, V_NULL);
    return v;
}
static inline void slot_clear(Thread *t, Obj *container, Slot *s) { v_drop(t, slot_take(container, s)); }

// True when `v` is the only reference to a LOCAL object: it may be changed in place by its consumer.
static inline bool v_is_unique(V v) { return v_is_counted(v) && obj_rc(v_obj(v)) == 1; }

// ---- visiting ---------------------------------------------------------------------------------------------------
// A type's `traverse` calls visit for every Slot of the object, whatever it holds.  Sharing, destruction, collection
// and the verifier are all written on it, so a type says once where its references are.
typedef void (*SlotVisitor)(Thread *t, Obj *owner, Slot *s, void *arg);
#define VISIT(field) visit(t, o, &(field), arg)

// The upcalls that threading/ makes into the interpreter (stubs in its own tests).
typedef void (*StackVisitor)(Thread *t, V *word, void *arg);
void upcall_destroy(Thread *t, Obj *o);                                // free a dead object: children, resources, memory
void upcall_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg); // all slots of o
bool upcall_needs_python(Thread *t, Obj *o);                           // dying o has a finalizer still to run
int upcall_run_pending(Thread *t);                                     // one queued finalizer, callback or signal; -1 error
void upcall_visit_stack(Thread *t, StackVisitor visit, void *arg);     // every V in t's running frames
void upcall_visit_roots(Thread *t, SlotVisitor visit, void *arg);      // the interpreter's global roots (owner = NULL)
void upcall_collect(Thread *t, bool all);                              // BREAK_COLLECT or, if all, BREAK_COLLECT_ALL (src/gc)
int upcall_async_event(Thread *t, uint32_t why);                       // BREAK_SIGNAL, _ASYNC_EXC or _TRACE; -1 error
#endif
