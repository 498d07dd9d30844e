// SPDX-License-Identifier: MIT
// Module locks: one a module name while somebody imports it, so that no thread sees a half-executed module by accident.
//
// A lock is re-entered for free by its holder (circular imports).  A thread that would wait for itself through a chain
// of other importers gets "1, not held" instead and goes on with the partially initialised module, as CPython does.
// All of it stands under one mutex: locks are few and short lists, and nobody waits while holding it.
#include "runtime/import.h"
#include "threading/mutex.h"

struct ModuleLock {
    ModuleLock *next;
    V name;         // counted
    Thread *owner;  // NULL: free
    int count;      // times the owner has entered it
    int refs;       // holders and waiters: the lock goes when nobody needs it
};

typedef struct Waiter { // on the waiting thread's C stack
    struct Waiter *next;
    Thread *thread;
    ModuleLock *lock;
} Waiter;

static ModuleLock *locks;   // lock_import guards all of these
static Waiter *waiters;
static uint32_t releases;   // atomic, futex: grows with every release

static ModuleLock *lock_named(V name) {
    ModuleLock *lock = locks;
    while (lock && !str_equal(lock->name, name)) lock = lock->next;
    return lock;
}

static ModuleLock *waits_for(const Thread *thread) {
    for (Waiter *w = waiters; w; w = w->next) {
        if (w->thread == thread) return w->lock;
    }
    return NULL;
}

// Would t, waiting for `lock`, wait for itself?
static bool is_deadlock(const Thread *t, const ModuleLock *lock) {
    for (int steps = 0; lock && lock->owner && steps < 10000; steps++) {
        if (lock->owner == t) return true;
        lock = waits_for(lock->owner);
    }
    return false;
}

// Gives up a reference to the lock; the name to drop, or V_NULL.
static V lock_unref(ModuleLock *lock) {
    if (--lock->refs > 0) return V_NULL;
    ModuleLock **at = &locks;
    while (*at != lock) at = &(*at)->next;
    *at = lock->next;
    V name = lock->name;
    mem_free(lock);
    return name;
}

static int n_sleepers; // under lock_import: without any, nobody is woken

// Gives lock_import back until something was released.
static void sleep_lock_held(Thread *t) {
    uint32_t seen = at_load_acquire(&releases);
    n_sleepers++;
    rt_mutex_unlock(&lock_import);
    BLOCKING(t) futex_wait(&releases, seen, -1);
    rt_mutex_lock(&lock_import);
    n_sleepers--;
}

// Says that something was released; true: futex_wake is due when lock_import is given back.
static bool released_lock_held(void) {
    at_fetch_add_release(&releases, 1u);
    return n_sleepers > 0;
}

static void wait_for(Thread *t, ModuleLock *lock) {
    Waiter self = {waiters, t, lock};
    waiters = &self;
    while (lock->owner) sleep_lock_held(t);
    Waiter **at = &waiters;
    while (*at != &self) at = &(*at)->next;
    *at = self.next;
}

int module_lock_enter(Thread *t, V name, ModuleLock **out) {
    ModuleLock *fresh = mem_calloc(t, 1, sizeof *fresh);
    *out = NULL;
    if (!fresh) {
        err_no_memory(t);
        return -1;
    }
    fresh->name = v_own(v_dup(name));
    if (threading_is_sharing()) share_value(t, fresh->name);
    rt_mutex_lock(&lock_import);
    ModuleLock *lock = lock_named(name);
    bool used = !lock;
    if (!lock) {
        lock = fresh;
        lock->next = locks;
        locks = lock;
    }
    int result = 0;
    V unneeded = V_NULL;
    lock->refs++;
    if (lock->owner && lock->owner != t) {
        if (is_deadlock(t, lock)) {
            unneeded = lock_unref(lock);
            result = 1;
        } else {
            wait_for(t, lock);
        }
    }
    if (result == 0) {
        lock->owner = t;
        lock->count++;
        *out = lock;
    }
    rt_mutex_unlock(&lock_import);
    v_drop(t, unneeded);
    if (!used) {
        v_drop(t, fresh->name);
        mem_free(fresh);
    }
    return result;
}

void module_lock_leave(Thread *t, ModuleLock *lock) {
    if (!lock) return;
    rt_mutex_lock(&lock_import);
    HD_ASSERT(lock->owner && lock->count > 0); // not always t's: a _ModuleLock of importlib's dies anywhere
    bool wake = false;
    if (--lock->count == 0) {
        lock->owner = NULL;
        wake = released_lock_held();
    }
    V unneeded = lock_unref(lock);
    rt_mutex_unlock(&lock_import);
    if (wake) futex_wake(&releases, INT32_MAX);
    v_drop(t, unneeded);
}

// ---- the lock of _imp.acquire_lock ---------------------------------------------------------------------------------------
static Thread *import_owner; // under lock_import
static int import_count;

void import_lock_enter(Thread *t) {
    rt_mutex_lock(&lock_import);
    while (import_owner && import_owner != t) sleep_lock_held(t);
    import_owner = t;
    import_count++;
    rt_mutex_unlock(&lock_import);
}

bool import_lock_leave(Thread *t) {
    rt_mutex_lock(&lock_import);
    bool mine = import_owner == t, wake = false;
    if (mine && --import_count == 0) {
        import_owner = NULL;
        wake = released_lock_held();
    }
    rt_mutex_unlock(&lock_import);
    if (wake) futex_wake(&releases, INT32_MAX);
    return mine;
}

bool import_lock_is_held(void) {
    rt_mutex_lock(&lock_import);
    bool held = import_owner != NULL;
    rt_mutex_unlock(&lock_import);
    return held;
}

// The child of a fork has one thread: what the others held is free.
void import_lock_after_fork(Thread *t) {
    rt_mutex_lock(&lock_import);
    waiters = NULL;
    n_sleepers = 0;
    for (ModuleLock *lock = locks; lock; lock = lock->next) {
        if (lock->owner != t) {
            lock->owner = NULL;
            lock->count = 0;
        }
    }
    if (import_owner != t) {
        import_owner = NULL;
        import_count = 0;
    }
    rt_mutex_unlock(&lock_import);
}
