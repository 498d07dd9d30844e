// SPDX-License-Identifier: MIT
// Critical sections: the locks of SHARED objects, held by a scope and let go whenever its thread blocks.
//
// A thread's sections form a stack (t->crit).  It holds the locks of sections marked `held`; when it has to wait, for a
// lock or anything else, it lets all of them go first (crit_suspend), so that waiting threads never hold what others
// wait for.  Afterwards it takes back only the innermost one; an outer one is taken back when the inner ends.  The body
// of a suspended section looks at its object again: that is the price.
#include "sync.h"

#include "threading/parking.h"

static bool covers(const CritSec *c, const Obj *o) { return c && c->held && (c->a == o || c->b == o); }

static void section_release(CritSec *c) {
    c->held = false;
    if (c->owns & CRIT_OWNS_B) bytelock_unlock(&c->b->lock);
    if (c->owns & CRIT_OWNS_A) bytelock_unlock(&c->a->lock);
    c->owns = 0;
}

void crit_suspend(Thread *t) {
    thread_note_pause(t);
    for (CritSec *c = t->crit; c; c = c->prev)
        if (c->held) section_release(c);
}

#if HEDDLE_DEBUG_CHECKS
// Who made it under forceshared need not lock it before others see it; nor who has stopped the world, or destroys it.
void section_check(const Thread *t, const Obj *o) {
    const CritSec *c = t->crit;
    while (c && !covers(c, o)) c = c->prev;
    HD_ASSERT(c || debug_flags.forceshared || (obj_rc(o) & RC_DEAD) || !world_is_parallel() || world_is_stopping());
}
#endif

// Locks what the section next to it does not hold already; false, with nothing locked, when that would mean waiting.
static bool section_try(CritSec *c) {
    if (MUTATED(MUTATE_NO_SECTION)) return c->held = true;
    bool need_a = !covers(c->prev, c->a), need_b = c->b && !covers(c->prev, c->b);
    if (need_a && !bytelock_try(&c->a->lock)) return false;
    if (need_b && !bytelock_try(&c->b->lock)) {
        if (need_a) bytelock_unlock(&c->a->lock);
        return false;
    }
    c->owns = (uint8_t)((need_a ? CRIT_OWNS_A : 0) | (need_b ? CRIT_OWNS_B : 0));
    c->held = true;
    return true;
}

// Waits for one of the two with nothing held, then tries the other; by turns, so that neither is starved of.
static void section_wait(Thread *t, CritSec *c) {
    Obj *first = c->a, *second = c->b;
    for (;;) {
        bytelock_lock(t, &first->lock, -1, 0);
        if (!second || bytelock_try(&second->lock)) break;
        bytelock_unlock(&first->lock);
        Obj *swap = first;
        first = second;
        second = swap;
    }
    c->owns = c->b ? CRIT_OWNS_A | CRIT_OWNS_B : CRIT_OWNS_A;
    c->held = true;
}

// schedfuzz: at times an inner section lets the outer ones go as if it had to wait, which hardly ever happens otherwise.
static void section_pretend_wait(Thread *t, const CritSec *c) {
    if (likely(!debug_flags.schedfuzz) || !c->prev || !c->prev->held || debug_sched_draw() == SCHED_GO_ON) return;
    crit_suspend(t);
    debug_sched_point();
}

static void section_acquire(Thread *t, CritSec *c) {
    rt_mutex_assert_may(RT_MAY_BLOCK);
    debug_sched_point();
    section_pretend_wait(t, c);
    COUNT(object_locks);
    if (section_try(c)) return;
    COUNT(contended);
    crit_suspend(t);
    section_wait(t, c);
}

void crit_resume(Thread *t) {
    CritSec *c = t->crit;
    if (c && !c->held) section_acquire(t, c);
}

void crit_enter_slow(Thread *t, CritSec *c, Obj *a, Obj *b) {
    CritSec *top = t->crit;
    if (!obj_is_shared(a)) {
        a = b;
        b = NULL;
    } else if (b && (b == a || !obj_is_shared(b))) {
        b = NULL;
    }
    if (covers(top, a) && (!b || covers(top, b))) return;
    *c = (CritSec){.prev = top, .a = a, .b = b, .thread = t};
    t->crit = c;
    section_acquire(t, c);
}

void crit_exit_slow(CritSec *c) {
    Thread *t = c->thread;
    HD_ASSERT(t->crit == c);
    if (c->held) section_release(c);
    t->crit = c->prev;
    crit_resume(t);
}
