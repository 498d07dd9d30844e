// SPDX-License-Identifier: MIT
// _thread.lock and _thread.RLock on the parking lot.
//
// Taking a free lock is one exchange of a byte and counts nothing; a thread that must wait detaches.  A signal for the
// main thread interrupts the wait, its handler runs, and the wait goes on with what is left of the timeout.
#include "thread_private.h"

#include "threading/mutex.h"
#include "threading/pending.h"

#include <math.h>

typedef struct Lock {
    Obj head;
    uint8_t word; // atomic: a one-byte lock
    bool open;    // atomic: see lock_let_go
    uint64_t taker; // atomic: id of the thread that took it, 0: it is not counted; whoever lets it go clears it before
} Lock;

typedef struct RLock {
    Obj head;
    uint64_t owner; // atomic: ident of the holder, 0 none; only the holder stores its own
    uint64_t count; // the holder's
    uint64_t taker; // the holder's id; meaningless when owner is 0
    uint8_t word;   // atomic: a one-byte lock
} RLock;

static Lock *lock_of(V v) { return (Lock *)v_obj(v); }
static RLock *rlock_of(V v) { return (RLock *)v_obj(v); }

// ---- arguments ----------------------------------------------------------------------------------------------------------
int thread_parse_seconds(Thread *t, V seconds, int64_t *ns) {
    if (v_is_any_float(seconds)) {
        double value;
        if (num_as_double(t, seconds, &value) < 0) return -1;
        if (isnan(value)) {
            err_set(t, &exc_ValueError, "Invalid value NaN (not a number)");
            return -1;
        }
        value = value < 0 ? floor(value * 1e9) : ceil(value * 1e9);
        if (value >= -0x1p63 && value < 0x1p63) {
            *ns = (int64_t)value;
            return 0;
        }
    } else {
        int64_t whole;
        if (num_as_i64(t, seconds, &whole) < 0) {
            if (!err_matches(t, &exc_OverflowError)) return -1;
            err_clear(t);
        } else if (!__builtin_mul_overflow(whole, INT64_C(1000000000), ns)) {
            return 0;
        }
    }
    err_set(t, &exc_OverflowError, "timestamp too large to convert to C _PyTime_t");
    return -1;
}

// acquire(blocking=True, timeout=-1): *ns is 0 for one try, -1 for no limit.
static int parse_acquire(Thread *t, const V *args, int64_t *ns) {
    int blocking = 1;
    if (args[0] != V_NULL && num_as_int(t, args[0], &blocking) < 0) return -1;
    int64_t timeout = -INT64_C(1000000000);
    if (args[1] != V_NULL && thread_parse_seconds(t, args[1], &timeout) < 0) return -1;
    const Type *kind = &exc_ValueError;
    const char *what = NULL;
    if (timeout != -INT64_C(1000000000)) {
        if (!blocking) what = "can't specify a timeout for a non-blocking call";
        else if (timeout < 0) what = "timeout value must be positive";
    }
    if (what) {
        err_set(t, kind, "%s", what);
        return -1;
    }
    *ns = !blocking ? 0 : timeout < 0 ? -1 : timeout;
    return 0;
}

// 1 taken, 0 too late, -1 a signal handler raised.
static int wait_for(Thread *t, uint8_t *word, int64_t ns) {
    if (bytelock_try(word)) return 1;
    if (ns == 0) return 0;
    int64_t deadline = ns < 0 ? -1 : time_monotonic_ns() + ns;
    for (;;) {
        crit_suspend(t);
        ParkResult result = bytelock_lock(t, word, ns, PARK_SIGNALS);
        crit_resume(t);
        if (result == PARK_WOKEN) return 1;
        if (result == PARK_TIMEOUT) return 0;
        if (safepoint(t) < 0) return -1;
        if (deadline >= 0 && (ns = deadline - time_monotonic_ns()) <= 0) return 0;
    }
}

// ---- lock -----------------------------------------------------------------------------------------------------------------
V thread_lock_new(Thread *t) {
    Obj *o = obj_alloc(t, &thread_lock_type, sizeof(Lock), 0);
    return o ? v_from(o) : err_no_memory(t);
}

NATIVE(thread_allocate_lock) {
    UNUSED_NATIVE();
    return thread_lock_new(t);
}

// The lock is held no longer, or not as a lock: that its taker holds it is forgotten.  Another thread may do the same just now.
static void lock_uncount(Thread *t, Lock *lock) {
    uint64_t taker = at_load_relaxed(&lock->taker);
    if (likely(taker == t->id)) at_store_relaxed(&lock->taker, (uint64_t)0);
    else if (taker) taker = at_exchange_relaxed(&lock->taker, (uint64_t)0);
    if (taker) pending_lock_let_go(t, taker);
}

// Waiting for a lock that it holds itself, a thread waits for a message (threading.Condition's way), and has taken no lock when
// that has come.
static V lock_take(Thread *t, V self, int64_t ns) {
    Lock *lock = lock_of(self);
    bool message = false;
    if (unlikely(!bytelock_try(&lock->word))) {
        uint64_t me = t->id;
        message = ns != 0 && at_load_relaxed(&lock->taker) == me;
        if (message && at_cas_acq_rel(&lock->taker, &me, (uint64_t)0)) pending_lock_let_go(t, t->id);
        int taken = wait_for(t, &lock->word, ns);
        if (taken <= 0) return taken < 0 ? V_ERROR : V_FALSE;
    }
    if (unlikely(at_load_acquire(&lock->open))) {
        bytelock_unlock(&lock->word);
    } else if (!message && likely(!v_is(t->sentinel, self))) { // a sentinel is held as long as its thread lives
        at_store_relaxed(&lock->taker, t->id);
        pending_lock_taken(t);
    }
    return V_TRUE;
}

static NATIVE(lock_acquire) {
    UNUSED_NATIVE();
    int64_t ns = -1;
    if ((args[0] != V_NULL || args[1] != V_NULL) && parse_acquire(t, args, &ns) < 0) return V_ERROR;
    return lock_take(t, self, ns);
}

static NATIVE(lock_enter) {
    UNUSED_NATIVE();
    return lock_take(t, self, -1);
}

// threading._shutdown releases the lock that says that its own thread lives, and then insists that nobody has taken it, which
// those who join the thread do, for a moment, and only a global lock would hide.  So a lock that its thread releases as its
// own end is open from then on: whoever waits for it passes, and it counts as free.
static V lock_let_go(Thread *t, V self) {
    Lock *lock = lock_of(self);
    if (unlikely(v_is(t->sentinel, self))) at_store_release(&lock->open, true);
    else if (unlikely(at_load_acquire(&lock->open))) return V_NONE;
    bool held = bytelock_is_held(&lock->word);
    if (likely(held)) {
        lock_uncount(t, lock);
        held = bytelock_release(&lock->word); // another thread may have done it since
    }
    return held ? V_NONE : err_set(t, &exc_RuntimeError, "release unlocked lock");
}

void thread_lock_release_quietly(V lock) {
    if (!at_load_acquire(&lock_of(lock)->open)) bytelock_release(&lock_of(lock)->word);
}

static NATIVE(lock_release) {
    UNUSED_NATIVE();
    return lock_let_go(t, self);
}

static NATIVE(lock_locked) {
    UNUSED_NATIVE();
    return v_from_bool(!at_load_acquire(&lock_of(self)->open) && bytelock_is_held(&lock_of(self)->word));
}

static NATIVE(lock_at_fork_reinit) {
    UNUSED_NATIVE();
    at_store_relaxed(&lock_of(self)->open, false);
    lock_uncount(t, lock_of(self));
    at_store_release(&lock_of(self)->word, (uint8_t)0);
    return V_NONE;
}

static V lock_repr(Thread *t, V self) {
    const char *state = bytelock_is_held(&lock_of(self)->word) ? "locked" : "unlocked";
    return str_from_format(t, "<%s %T object at %p>", state, self, (void *)v_obj(self));
}

static void lock_free(Thread *t, Obj *o) { lock_uncount(t, (Lock *)o); } // it may be held

#define ACQUIRE_DOC                                                                                                    \
    "Takes the lock.  Without waiting when blocking is false, waiting at most timeout seconds when that is not -1.\n"  \
    "True when it was taken."
static const Method lock_methods[] = {
    {"acquire", lock_acquire, "blocking=True, timeout=-1", 0, 0, ACQUIRE_DOC},
    {"acquire_lock", lock_acquire, "blocking=True, timeout=-1", 0, 0, ACQUIRE_DOC},
    {"release", lock_release, "", 0, 0, "Lets the lock go: another waiting thread may take it."},
    {"release_lock", lock_release, "", 0, 0, "Lets the lock go: another waiting thread may take it."},
    {"locked", lock_locked, "", 0, 0, "Whether the lock is held."},
    {"locked_lock", lock_locked, "", 0, 0, "Whether the lock is held."},
    {"__enter__", lock_enter, "", 0, 0, "Takes the lock, waiting if need be."},
    {"__exit__", lock_release, NULL, 0, M_RAW | M_TUPLE, "Lets the lock go."},
    {"_at_fork_reinit", lock_at_fork_reinit, "", 0, 0, NULL},
    METHOD_END,
};

Type thread_lock_type = {
    TYPE_HEAD("_thread.lock"), .size = sizeof(Lock), .flags = TYPE_WEAKREFS | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .free_ = lock_free, .repr = lock_repr, .methods = lock_methods,
    .doc = "A lock: held or free.  acquire() takes it, release() lets it go, locked() tells.\n\n"
           "It has no owner: any thread may release it, and a thread that takes it twice waits for ever.",
};

// ---- RLock ------------------------------------------------------------------------------------------------------------------
static bool rlock_is_mine(const Thread *t, RLock *lock) { return at_load_relaxed(&lock->owner) == t->ident; }

static int rlock_take(Thread *t, RLock *lock, int64_t ns) {
    if (rlock_is_mine(t, lock)) {
        lock->count++;
        return 1;
    }
    int taken = wait_for(t, &lock->word, ns);
    if (taken != 1) return taken;
    at_store_relaxed(&lock->owner, (uint64_t)t->ident);
    lock->count = 1;
    lock->taker = t->id;
    pending_lock_taken(t);
    return 1;
}

static NATIVE(rlock_acquire) {
    UNUSED_NATIVE();
    int64_t ns = -1;
    if ((args[0] != V_NULL || args[1] != V_NULL) && parse_acquire(t, args, &ns) < 0) return V_ERROR;
    int taken = rlock_take(t, rlock_of(self), ns);
    return taken < 0 ? V_ERROR : v_from_bool(taken);
}

static NATIVE(rlock_enter) {
    UNUSED_NATIVE();
    int taken = rlock_take(t, rlock_of(self), -1);
    return taken < 0 ? V_ERROR : v_from_bool(taken);
}

static void rlock_let_go(Thread *t, RLock *lock) {
    pending_lock_let_go(t, t->id);
    at_store_relaxed(&lock->owner, (uint64_t)0);
    bytelock_unlock(&lock->word);
}

static NATIVE(rlock_release) {
    UNUSED_NATIVE();
    RLock *lock = rlock_of(self);
    if (!rlock_is_mine(t, lock)) return err_set(t, &exc_RuntimeError, "cannot release un-acquired lock");
    if (--lock->count == 0) rlock_let_go(t, lock);
    return V_NONE;
}

static NATIVE(rlock_is_owned) {
    UNUSED_NATIVE();
    return v_from_bool(rlock_is_mine(t, rlock_of(self)));
}

static NATIVE(rlock_release_save) {
    UNUSED_NATIVE();
    RLock *lock = rlock_of(self);
    if (!rlock_is_mine(t, lock)) return err_set(t, &exc_RuntimeError, "cannot release un-acquired lock");
    V state = tuple_pack_steal(t, 2, int_from_u64(t, lock->count), int_from_u64(t, t->ident));
    if (v_is_error(state)) return V_ERROR;
    lock->count = 0;
    rlock_let_go(t, lock);
    return state;
}

static NATIVE(rlock_acquire_restore) {
    UNUSED_NATIVE();
    V state = args[0];
    if (!v_is_tuple(state))
        return err_set(t, &exc_TypeError, "_acquire_restore() argument 1 must be 2-item tuple, not %.50T", state);
    if (tuple_len(state) != 2)
        return err_set(t, &exc_TypeError, "_acquire_restore() argument 1 must be sequence of length 2, not %zu", tuple_len(state));
    int64_t count;
    if (num_as_i64(t, tuple_borrow(state, 0), &count) < 0) return V_ERROR;
    RLock *lock = rlock_of(self);
    if (rlock_take(t, lock, -1) < 0) return V_ERROR;
    lock->count = (uint64_t)count;
    return V_NONE;
}

static NATIVE(rlock_at_fork_reinit) {
    UNUSED_NATIVE();
    RLock *lock = rlock_of(self);
    if (rlock_is_mine(t, lock)) pending_lock_let_go(t, t->id);
    lock->count = 0;
    at_store_relaxed(&lock->owner, (uint64_t)0);
    at_store_release(&lock->word, (uint8_t)0);
    return V_NONE;
}

static void rlock_free(Thread *t, Obj *o) { // it may be held
    RLock *lock = (RLock *)o;
    if (at_load_relaxed(&lock->owner)) pending_lock_let_go(t, lock->taker);
}

static V rlock_repr(Thread *t, V self) {
    RLock *lock = rlock_of(self);
    uint64_t owner = at_load_relaxed(&lock->owner), count = owner == t->ident ? lock->count : owner != 0;
    return str_from_format(t, "<%s %T object owner=%lu count=%lu at %p>", owner ? "locked" : "unlocked", self,
                           (unsigned long)owner, (unsigned long)count, (void *)v_obj(self));
}

static V rlock_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames; // CPython's takes anything
    return type_alloc(t, type, 0);
}

static const Method rlock_methods[] = {
    {"acquire", rlock_acquire, "blocking=True, timeout=-1", 0, 0, ACQUIRE_DOC},
    {"release", rlock_release, "", 0, 0, "Lets the lock go once; another thread may take it when it was the last time."},
    {"_is_owned", rlock_is_owned, "", 0, 0, "For threading.Condition."},
    {"_acquire_restore", rlock_acquire_restore, "state, /", 0, 0, "For threading.Condition."},
    {"_release_save", rlock_release_save, "", 0, 0, "For threading.Condition."},
    {"__enter__", rlock_enter, "", 0, 0, "Takes the lock, waiting if need be."},
    {"__exit__", rlock_release, NULL, 0, M_RAW | M_TUPLE, "Lets the lock go once."},
    {"_at_fork_reinit", rlock_at_fork_reinit, "", 0, 0, NULL},
    METHOD_END,
};

Type thread_rlock_type = {
    TYPE_HEAD("_thread.RLock"), .size = sizeof(RLock), .flags = TYPE_BASETYPE | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .new_ = rlock_make, .free_ = rlock_free, .repr = rlock_repr, .methods = rlock_methods,
};
