// SPDX-License-Identifier: MIT
// Locks: the words of runtime mutexes, one-byte locks and critical sections; parking, timeouts, hand-off; the GIL.
#include "threading_stubs.h"

#include "threading/mutex.h"
#include "threading/parking.h"

#include "suite.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static Thread *t;

static void setup(void) {
    t = threading_init();
    stub_frame(t);
}

static void wait_until(uint32_t *word, uint32_t value) {
    while (at_load_acquire(word) != value) {
        safepoint(t);
        thread_detach(t);
        usleep(100);
        thread_attach(t);
    }
}

START_TEST(mutex_words) {
    RtMutex m = RT_MUTEX_INIT(runtime);
    rt_mutex_lock(&m);
    ck_assert_uint_eq(m.word, 1);
    ck_assert(!rt_mutex_try(&m));
    ck_assert(rt_mutex_is_held(&m));
    rt_mutex_unlock(&m);
    ck_assert_uint_eq(m.word, 0);
    ck_assert(rt_mutex_try(&m));
    rt_mutex_unlock(&m);
}
END_TEST

#if HEDDLE_DEBUG_CHECKS
START_TEST(mutex_order) { // aborts
    RtMutex high = RT_MUTEX_INIT(parking);
    rt_mutex_lock(&high);
    rt_mutex_lock(&lock_threads);
}
END_TEST

// Each aborts: what locks.def does not allow under a mutex.
static void under_a_poll(void) { safepoint(t); }
static void under_a_detach(void) { thread_detach(t); }
static void under_a_stop(void) { world_stop(t); }
static void under_a_birth(void) { node_new(t, 0, 0); }
static void under_a_sleep(void) {
    static uint8_t lock = BYTELOCK_HELD;
    bytelock_lock(t, &lock, 1000, 0);
}
static void (*const not_under_a_mutex[])(void) = {under_a_poll, under_a_detach, under_a_stop, under_a_birth, under_a_sleep};

START_TEST(mutex_under) {
    rt_mutex_lock(&lock_runtime);
    not_under_a_mutex[_i]();
}
END_TEST
#endif

START_TEST(bytelock_words) {
    uint8_t lock = 0;
    ck_assert(bytelock_try(&lock));
    ck_assert_uint_eq(lock, BYTELOCK_HELD);
    ck_assert(!bytelock_try(&lock));
    ck_assert_int_eq(bytelock_lock(t, &lock, 0, 0), PARK_TIMEOUT);
    ck_assert_int_eq(bytelock_lock(t, &lock, 2000000, 0), PARK_TIMEOUT);
    ck_assert_uint_eq(lock, BYTELOCK_HELD | BYTELOCK_PARKED); // the sleeper that gave up left its mark
    bytelock_unlock(&lock);
    ck_assert_uint_eq(lock, 0);
}
END_TEST

static uint8_t contended;
static uint32_t stage; // atomic
static void lock_and_tell(Thread *by, void *arg) {
    (void)arg;
    at_store_release(&stage, 1u);
    if (bytelock_lock(by, &contended, -1, 0) != PARK_WOKEN) abort();
    at_store_release(&stage, 2u);
    bytelock_unlock(&contended);
}

// A sleeper that has waited for over a millisecond is handed the lock: nobody else can take it in between.
START_TEST(bytelock_hand_off) {
    ck_assert(bytelock_try(&contended));
    pthread_t other = thread_spawn(t, lock_and_tell, NULL);
    wait_until(&stage, 1);
    thread_detach(t);
    while (at_load_relaxed(&contended) != (BYTELOCK_HELD | BYTELOCK_PARKED)) usleep(100);
    usleep(5000);
    bytelock_unlock(&contended);
    bool barged = bytelock_try(&contended);
    thread_attach(t);
    ck_assert(!barged || at_load_acquire(&stage) == 2);
    if (barged) bytelock_unlock(&contended);
    thread_join(t, other);
    ck_assert_uint_eq(contended, 0);
}
END_TEST

static bool always(void *arg) { return (void)arg, true; }
static bool never(void *arg) { return (void)arg, false; }
static int address;

START_TEST(park_results) {
    ck_assert_int_eq(park(&address, never, NULL, -1, 0, NULL), PARK_INVALID);
    int64_t begun = time_monotonic_ns();
    ck_assert_int_eq(park(&address, always, NULL, 3000000, 0, NULL), PARK_TIMEOUT);
    ck_assert_int_ge(time_monotonic_ns() - begun, 3000000);
    ck_assert(!unpark_one(&address, NULL, NULL));
    ck_assert_uint_eq(unpark_all(&address, 0), 0);
}
END_TEST

static uint32_t parked; // atomic
static void sleep_here(Thread *by, void *arg) {
    (void)arg;
    thread_detach(by);
    at_fetch_add_release(&parked, 1u);
    uintptr_t token = 0;
    ParkResult result = park(&address, always, NULL, -1, 0, &token);
    thread_attach(by);
    if (result != PARK_WOKEN || token != 42) abort();
}
static uintptr_t give_token(void *arg, const UnparkInfo *info) {
    if (info->found) *(bool *)arg = info->more;
    return 42;
}
START_TEST(park_wakes) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) threads[i] = thread_spawn(t, sleep_here, NULL);
    wait_until(&parked, 3);
    thread_detach(t);
    usleep(20000);
    bool more = false;
    bool woken = unpark_one(&address, give_token, &more);
    size_t rest = 0;
    while (rest < 2) rest += unpark_all(&address, 42);
    thread_attach(t);
    ck_assert(woken && more);
    for (int i = 0; i < 3; i++) thread_join(t, threads[i]);
}
END_TEST

// A signal that comes at any moment on the way into the sleep ends it: nothing but the word is there to wake it (no EINTR).
static uint32_t interruptions; // atomic: sleeps that ended
enum { INTERRUPTIONS = 20000 };
static void sleep_again_and_again(Thread *by, void *arg) {
    *(Thread **)arg = by;
    thread_detach(by);
    at_store_release(&stage, 1u);
    for (uint32_t i = 1; i <= INTERRUPTIONS; i++) {
        if (park(&address, always, NULL, -1, PARK_SIGNALS, NULL) != PARK_INTERRUPTED) abort();
        at_fetch_and_acq_rel(&by->breaker, ~(uint32_t)BREAK_SIGNAL);
        at_store_release(&interruptions, i);
    }
    while (at_load_acquire(&stage) != 2) at_pause(); // who interrupts may not be done with this thread yet
    thread_attach(by);
}
START_TEST(park_interrupted_on_the_way) {
    Thread *sleeper;
    pthread_t other = thread_spawn(t, sleep_again_and_again, &sleeper);
    wait_until(&stage, 1);
    thread_detach(t);
    for (uint32_t i = 1; i <= INTERRUPTIONS; i++) {
        for (uint32_t pause = 0; pause < i % 64; pause++) at_pause();
        breaker_set(sleeper, BREAK_SIGNAL);
        park_interrupt(sleeper);
        while (at_load_acquire(&interruptions) != i) at_pause();
    }
    at_store_release(&stage, 2u);
    thread_attach(t);
    thread_join(t, other);
}
END_TEST

#if !HEDDLE_GIL
static V a, b;
static void shared_pair(void) {
    threading_sharing_begins(t);
    a = node_new(t, 0, 0);
    b = node_new(t, 0, 0);
    share_value(t, a);
    share_value(t, b);
}
static uint8_t word(V v) { return at_load_relaxed(&v_obj(v)->lock); }

START_TEST(sections) {
    V local = node_new(t, 0, 0);
    {
        CRITICAL(t, v_obj(local));
        ck_assert_ptr_null(t->crit);
    }
    shared_pair();
    {
        CRITICAL2(t, v_obj(a), v_obj(b));
        ck_assert_uint_eq(word(a), 1);
        ck_assert_uint_eq(word(b), 1);
        {
            CRITICAL(t, v_obj(a)); // re-entered for free
            ck_assert_ptr_eq(t->crit->prev, NULL);
        }
        ck_assert_uint_eq(word(a), 1);
        crit_suspend(t);
        ck_assert_uint_eq(word(a) | word(b), 0);
        crit_resume(t);
        ck_assert_uint_eq(word(a) & word(b), 1);
    }
    ck_assert_uint_eq(word(a) | word(b), 0);
    ck_assert_ptr_null(t->crit);
}
END_TEST

START_TEST(sections_nested) {
    shared_pair();
    {
        CRITICAL(t, v_obj(a));
        {
            CRITICAL2(t, v_obj(b), v_obj(a)); // half of it is held around it
            ck_assert_uint_eq(t->crit->owns, CRIT_OWNS_A); // b, its first
            BLOCKING(t) { ck_assert_uint_eq(word(a) | word(b), 0); }
            ck_assert_uint_eq(word(a) & word(b), 1); // after the wait it holds both itself
            ck_assert_uint_eq(t->crit->owns, CRIT_OWNS_A | CRIT_OWNS_B);
        }
        ck_assert_uint_eq(word(a), 1);
        ck_assert_uint_eq(word(b), 0);
    }
    ck_assert_uint_eq(word(a) | word(b), 0);
    {
        CRITICAL(t, v_obj(a));
        {
            CRITICAL(t, v_obj(b));
            {
                CRITICAL(t, v_obj(a)); // held, but not by the section next to it: the others are suspended
                ck_assert_uint_eq(word(a), 1);
                ck_assert_uint_eq(word(b), 0);
            }
            ck_assert_uint_eq(word(b), 1);
        }
    }
    ck_assert_uint_eq(word(a) | word(b), 0);
}
END_TEST

#if HEDDLE_DEBUG_CHECKS
// Each aborts: invariant 8.
START_TEST(suspended_by_a_wait) {
    shared_pair();
    CRITICAL(t, v_obj(a));
    UNSUSPENDED(t);
    BLOCKING(t) {}
}
END_TEST

START_TEST(suspended_by_a_poll) { // and its lock was not taken, because it was LOCAL
    V local = node_new(t, 0, 0);
    CRITICAL(t, v_obj(local));
    UNSUSPENDED(t);
    breaker_set(t, BREAK_COLLECT);
    safepoint(t);
}
END_TEST

START_TEST(lock_left_out) {
    shared_pair();
    V v = node_new(t, 0, 0);
    {
        CRITICAL2(t, v_obj(a), v_obj(v));
        section_assert(t, v_obj(a));
        section_assert(t, v_obj(v));
        share_value(t, v); // behind the back of the section, which has not locked it
        section_assert(t, v_obj(v));
    }
}
END_TEST
#endif
#else
static volatile int turns;
static void spin(Thread *by, void *arg) {
    (void)arg;
    for (int mine = 0; mine < 20; mine++) {
        int seen = turns++;
        int64_t until = time_monotonic_ns() + 1000000000;
        while (turns == seen + 1 && time_monotonic_ns() < until) safepoint(by); // until the other has had a turn
    }
    turns += 1000;
}
START_TEST(gil_switches) {
    threading_set_switch_interval(0.001);
    ck_assert_double_eq_tol(threading_switch_interval(), 0.001, 1e-9);
    int64_t begun = time_monotonic_ns();
    pthread_t one = thread_spawn(t, spin, NULL), two = thread_spawn(t, spin, NULL);
    thread_join(t, one);
    thread_join(t, two);
    ck_assert_int_lt(time_monotonic_ns() - begun, 900000000);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("threading_locks");
    TCase *tests = tcase_create("locks");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, mutex_words);
#if HEDDLE_DEBUG_CHECKS
    tcase_add_test_raise_signal(tests, mutex_order, SIGABRT);
    tcase_add_loop_test_raise_signal(tests, mutex_under, SIGABRT, 0, countof(not_under_a_mutex));
#endif
    tcase_add_test(tests, bytelock_words);
    tcase_add_test(tests, bytelock_hand_off);
    tcase_add_test(tests, park_results);
    tcase_add_test(tests, park_wakes);
    tcase_add_test(tests, park_interrupted_on_the_way);
#if HEDDLE_GIL
    tcase_add_test(tests, gil_switches);
#else
    tcase_add_test(tests, sections);
    tcase_add_test(tests, sections_nested);
#if HEDDLE_DEBUG_CHECKS
    tcase_add_test_raise_signal(tests, suspended_by_a_wait, SIGABRT);
    tcase_add_test_raise_signal(tests, suspended_by_a_poll, SIGABRT);
    tcase_add_test_raise_signal(tests, lock_left_out, SIGABRT);
#endif
#endif
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
