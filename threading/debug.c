// SPDX-License-Identifier: MIT
// The HEDDLE_DEBUG flags: parsing, fault injection, schedule fuzzing.  The table is include/threading/debug.def.
#include "threading/debug.h"

#include "base/assert.h"
#include "base/atomics.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

DebugFlags debug_flags;
bool debug_alloc_special, debug_free_special;
static bool tracing;

static void note_special(void) {
    at_store_relaxed(&debug_alloc_special, debug_flags.failalloc || debug_flags.forceshared || debug_flags.fillmem || tracing);
    at_store_relaxed(&debug_free_special, debug_flags.fillmem || tracing);
}

void debug_note_tracing(bool on) {
    tracing = on;
    note_special();
}

typedef enum FlagWhere { ANY, NOGIL, CHECKED } FlagWhere;
typedef struct FlagRow {
    const char *name, *doc;
    int64_t *value;
    FlagWhere where;
} FlagRow;

static const FlagRow flag_rows[] = {
#define DEBUG_FLAG(name, where, doc) {#name, doc, &debug_flags.name, where},
#include "threading/debug.def"
#undef DEBUG_FLAG
};

static const FlagRow *flag_find(const char *name, size_t length) {
    for (size_t i = 0; i < countof(flag_rows); i++) {
        const FlagRow *row = &flag_rows[i];
        if (strlen(row->name) == length && memcmp(row->name, name, length) == 0) return row;
    }
    return NULL;
}

// The error text for a name that is in no row: it names those that are.
static void flag_unknown(const char *name, size_t length, char *error, size_t size) {
    int n = snprintf(error, size, "HEDDLE_DEBUG: unknown flag '%.*s'; the flags are:", (int)length, name);
    for (size_t i = 0; i < countof(flag_rows) && n > 0 && (size_t)n < size; i++)
        n += snprintf(error + n, size - (size_t)n, "\n  %-12s %s", flag_rows[i].name, flag_rows[i].doc);
}

static const char *flag_useless(const FlagRow *row) {
    if (row->where != ANY && HEDDLE_GIL) return "has no effect in a build with the GIL";
    if (row->where == CHECKED && !HEDDLE_DEBUG_CHECKS) return "works in debug builds only";
    return NULL;
}

static bool flag_set(const char *item, size_t length, char *error, size_t size) {
    const char *equals = memchr(item, '=', length);
    size_t name_length = equals ? (size_t)(equals - item) : length;
    const FlagRow *row = flag_find(item, name_length);
    if (!row) {
        flag_unknown(item, name_length, error, size);
        return false;
    }
    const char *useless = flag_useless(row);
    if (useless) {
        snprintf(error, size, "HEDDLE_DEBUG: %s %s", row->name, useless);
        return false;
    }
    *row->value = 1;
    if (!equals) return true;
    char *end;
    *row->value = strtoll(equals + 1, &end, 0);
    if (end == item + length && end != equals + 1) return true;
    snprintf(error, size, "HEDDLE_DEBUG: '%.*s' wants a number", (int)length, item);
    return false;
}

bool debug_parse(const char *text, char *error, size_t error_size) {
    while (*text) {
        size_t length = strcspn(text, ", ");
        if (length && !flag_set(text, length, error, error_size)) return false;
        text += length;
        text += strspn(text, ", ");
    }
    if (debug_flags.failevery && !debug_flags.failalloc) {
        snprintf(error, error_size, "HEDDLE_DEBUG: failevery has no effect without failalloc");
        return false;
    }
    if (debug_flags.mutate < 0 || debug_flags.mutate >= MUTATIONS_END) {
        snprintf(error, error_size, "HEDDLE_DEBUG: there is no mutate=%lld", (long long)debug_flags.mutate);
        return false;
    }
    note_special();
    return true;
}

void debug_init(void) {
#if defined(HEDDLE_GCSTRESS)
    debug_flags.gcstress = 1;
#endif
    const char *text = getenv("HEDDLE_DEBUG");
    char error[2048];
    if (text && !debug_parse(text, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        exit(2);
    }
    debug_fail_after(debug_flags.failonce ? debug_flags.failonce : debug_flags.failalloc);
}

// ---- fault injection --------------------------------------------------------------------------------------------------
static int64_t allocations_left; // atomic; what failalloc still lets through, counted down past zero

void debug_fail_after(int64_t n) {
    at_store_relaxed(&allocations_left, n);
    debug_flags.failalloc = n;
    note_special();
}

bool debug_alloc_fails(void) {
    int64_t left = at_fetch_sub_relaxed(&allocations_left, 1);
    if (debug_flags.failonce) return left == 1;
    return left <= 1 && (debug_flags.failevery <= 1 || (1 - left) % debug_flags.failevery == 0);
}

// ---- schedule fuzzing -------------------------------------------------------------------------------------------------
static __thread uint64_t fuzz_state; // 0: not started

void debug_sched_start(uint64_t thread_id) {
    fuzz_state = ((uint64_t)debug_flags.schedfuzz + thread_id * 0x9e3779b97f4a7c15u) | 1;
}

static uint64_t fuzz_next(void) {
    if (!fuzz_state) debug_sched_start(0); // a helper that is no Thread
    uint64_t x = fuzz_state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return fuzz_state = x;
}

int64_t debug_sched_draw(void) {
    uint64_t r = fuzz_next();
    if ((r & 63) == 0) return (int64_t)(r >> 40 & 0xffff);
    return (r & 7) == 0 ? SCHED_YIELD : SCHED_GO_ON;
}

void debug_sched_point_slow(void) {
    int64_t what = debug_sched_draw();
    if (what == SCHED_YIELD) {
        sched_yield();
    } else if (what != SCHED_GO_ON) {
        struct timespec pause = {0, (long)what};
        nanosleep(&pause, NULL);
    }
}
