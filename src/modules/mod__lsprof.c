// SPDX-License-Identifier: MIT
// Module _lsprof: the profiler behind cProfile.
//
// A Profiler counts in `Stat`s.  One whose caller is NULL sums up a function; the others sum up the calls of a function
// out of one caller, and are found in the caller's list when the statistics are asked for.  All are in one hash table
// under (key, caller), where a key is the address of a code object or of a builtin function's method row.
//
// Each thread that has the profiler enabled has a `Lane`: the stack of its running calls.  Several threads may enable one
// profiler: events take its lock for the moment of the update; the clock is read, and Python run, outside of it.
#include "object/descr.h"
#include "object/misc.h"
#include "object/code.h"
#include "object/plain.h"
#include "threading/mutex.h"
#include "vm/vm.h"

#include <math.h>

typedef struct Stat {
    Slot subject;        // the code object, or a builtin function's description; V_NULL where a caller is named
    const void *key;     // const
    struct Stat *caller; // const: the whole-function Stat of the caller, or NULL
    struct Stat *callee; // const: the whole-function Stat of the same key when there is a caller
    int64_t total, inline_, calls, recursive_calls; // self->lock, as all below; times in ticks
    int64_t level;       // how many calls run just now
    struct Stat *first_call, *last_call, *next_call; // what a function called
} Stat;

typedef struct Call {
    Stat *stat, *from; // from: the Stat with a caller, or NULL
    int64_t start, below;
} Call;

typedef struct Lane { // the calls that run in one thread
    struct Lane *next;
    uint64_t thread;
    Call *calls;
    size_t n, cap;
} Lane;

typedef struct Profiler {
    Obj head;
    Slot timer;        // V_NULL: the monotonic clock, in nanoseconds
    double unit;       // seconds of one integer that the timer returns; 0: it returns seconds
    bool subcalls, builtins, no_memory; // atomic (relaxed): flags that any thread may set
    Stat **stats;      // self->lock: in the order of their first calls
    size_t n, cap;
    Stat **table;      // self->lock: open addressing, `mask + 1` places
    size_t mask;
    Lane *lanes;       // self->lock
} Profiler;

static Profiler *profiler_of(V v) { return (Profiler *)v_obj(v); }
static Type *entry_type, *subentry_type;

// ---- the clock --------------------------------------------------------------------------------------------------------
static int too_large(Thread *t) {
    err_set(t, &exc_OverflowError, "timestamp too large to convert to C _PyTime_t");
    return -1;
}

// What the timer returned, in integers of the unit that the profiler was told.
static int integer_ticks(Thread *t, V v, int64_t *ticks) {
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "expect int, got %T", v);
        return -1;
    }
    if (int_as_i64(t, v, ticks) == 0) return 0;
    err_clear(t);
    return too_large(t);
}

// Seconds, in nanoseconds rounded down.
static int second_ticks(Thread *t, V v, int64_t *ticks) {
    if (!v_is_any_float(v)) {
        V whole = num_index(t, v);
        if (v_is_error(whole)) return -1;
        int r = int_as_i64(t, whole, ticks);
        v_drop(t, whole);
        if (r < 0) err_clear(t);
        else if (!__builtin_mul_overflow(*ticks, INT64_C(1000000000), ticks)) return 0;
    } else {
        double ns = floor(float_value(v) * 1e9);
        if (isnan(ns)) {
            err_set(t, &exc_ValueError, "Invalid value NaN (not a number)");
            return -1;
        }
        if (ns >= -0x1p63 && ns < 0x1p63) {
            *ticks = (int64_t)ns;
            return 0;
        }
    }
    return too_large(t);
}

// A timer that fails has its error reported, and counts as zero.
static int64_t timer_ticks(Thread *t, V timer, double unit) {
    int64_t ticks = 0;
    V v = obj_call0(t, timer);
    int r = v_is_error(v) ? -1 : unit > 0 ? integer_ticks(t, v, &ticks) : second_ticks(t, v, &ticks);
    v_drop(t, v);
    if (r == 0) return ticks;
    err_unraisable(t, timer, NULL);
    return 0;
}

static int64_t now(Thread *t, Profiler *p) {
    if (slot_peek(&p->timer) == V_NULL) return time_monotonic_ns();
    V timer, pending = err_fetch(t);
    double unit;
    {
        CRITICAL(t, &p->head);
        timer = slot_get(&p->head, &p->timer);
        unit = p->unit;
    }
    int64_t ticks = timer == V_NULL ? time_monotonic_ns() : timer_ticks(t, timer, unit);
    if (pending != V_NULL) err_restore_steal(t, pending);
    v_drop(t, timer);
    return ticks;
}

static double tick_seconds(const Profiler *p) {
    return slot_peek(&p->timer) != V_NULL && p->unit > 0 ? p->unit : 1e-9;
}

// ---- the table ----------------------------------------------------------------------------------------------------------
static size_t place_of(const void *key, const Stat *caller, size_t mask) {
    uint64_t h = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)caller * 0xc2b2ae3d27d4eb4fu;
    return (size_t)(h ^ h >> 29) & mask;
}

static Stat *find_lock_held(const Profiler *p, const void *key, const Stat *caller) {
    if (!p->table) return NULL;
    for (size_t i = place_of(key, caller, p->mask);; i = (i + 1) & p->mask) {
        Stat *s = p->table[i];
        if (!s || (s->key == key && s->caller == caller)) return s;
    }
}

static void enter_lock_held(Profiler *p, Stat *s) {
    size_t i = place_of(s->key, s->caller, p->mask);
    while (p->table[i]) i = (i + 1) & p->mask;
    p->table[i] = s;
}

// Room for one more, the table at most half full.
static bool grow_lock_held(Thread *t, Profiler *p) {
    if (p->n < p->cap) return true;
    size_t cap = p->cap ? p->cap * 2 : 64;
    Stat **stats = mem_alloc(t, cap * sizeof *stats), **table = mem_calloc(t, cap * 2, sizeof *table);
    if (!stats || !table) {
        mem_free(stats);
        mem_free(table);
        return false;
    }
    if (p->n) memcpy(stats, p->stats, p->n * sizeof *stats);
    mem_free(p->stats);
    mem_free(p->table);
    p->stats = stats;
    p->table = table;
    p->cap = cap;
    p->mask = cap * 2 - 1;
    for (size_t i = 0; i < p->n; i++) enter_lock_held(p, p->stats[i]);
    return true;
}

// NULL: out of memory.
static Stat *add_lock_held(Thread *t, Profiler *p, const void *key, Stat *caller, Stat *callee, V subject) {
    Stat *s = grow_lock_held(t, p) ? mem_calloc(t, 1, sizeof *s) : NULL;
    if (!s) {
        at_store_relaxed(&p->no_memory, true);
        return NULL;
    }
    s->key = key;
    s->caller = caller;
    s->callee = callee;
    if (subject != V_NULL) slot_init(t, &p->head, &s->subject, subject);
    if (caller) {
        if (caller->last_call) caller->last_call->next_call = s;
        else caller->first_call = s;
        caller->last_call = s;
    }
    p->stats[p->n++] = s;
    enter_lock_held(p, s);
    return s;
}

static void forget_lock_held(Thread *t, Profiler *p) {
    for (size_t i = 0; i < p->n; i++) {
        slot_clear(t, &p->head, &p->stats[i]->subject);
        mem_free(p->stats[i]);
    }
    mem_free(p->stats);
    mem_free(p->table);
    p->stats = p->table = NULL;
    p->n = p->cap = p->mask = 0;
    for (Lane *lane = p->lanes; lane; lane = lane->next) lane->n = 0;
}

// ---- lanes ----------------------------------------------------------------------------------------------------------------
static Lane *lane_lock_held(Thread *t, Profiler *p, bool make) {
    for (Lane *lane = p->lanes; lane; lane = lane->next)
        if (lane->thread == t->id) return lane;
    Lane *lane = make ? mem_calloc(t, 1, sizeof *lane) : NULL;
    if (!lane) return NULL;
    lane->thread = t->id;
    lane->next = p->lanes;
    return p->lanes = lane;
}

static Call *push_lock_held(Thread *t, Lane *lane) {
    if (lane->n == lane->cap) {
        size_t cap = lane->cap ? lane->cap * 2 : 32;
        Call *calls = mem_realloc(t, lane->calls, cap * sizeof *calls);
        if (!calls) return NULL;
        lane->calls = calls;
        lane->cap = cap;
    }
    return &lane->calls[lane->n++];
}

// 1, 0 when the function is not known yet (subject V_NULL) and must be described, -1 out of memory.
static int begin_call(Thread *t, Profiler *p, const void *key, V subject) {
    CRITICAL(t, &p->head);
    Stat *stat = find_lock_held(p, key, NULL);
    if (!stat && subject == V_NULL) return 0;
    if (!stat && !(stat = add_lock_held(t, p, key, NULL, NULL, subject))) return -1;
    Lane *lane = lane_lock_held(t, p, true);
    Call *call = lane ? push_lock_held(t, lane) : NULL;
    if (!call) {
        at_store_relaxed(&p->no_memory, true);
        return -1;
    }
    *call = (Call){.stat = stat};
    stat->level++;
    if (at_load_relaxed(&p->subcalls) && lane->n > 1) {
        Stat *caller = call[-1].stat, *from = find_lock_held(p, key, caller);
        if (!from) from = add_lock_held(t, p, key, caller, stat, V_NULL);
        if (from) from->level++;
        call->from = from;
    }
    return 1;
}

// The clock is read last, so that the bookkeeping counts for the caller.
static void start_clock(Thread *t, Profiler *p) {
    int64_t ticks = now(t, p);
    CRITICAL(t, &p->head);
    Lane *lane = lane_lock_held(t, p, false);
    if (lane && lane->n) lane->calls[lane->n - 1].start = ticks;
}

static void count(Stat *s, int64_t total, int64_t below) {
    if (--s->level == 0) s->total += total;
    else s->recursive_calls++;
    s->inline_ += total - below;
    s->calls++;
}

// Ends the innermost call at `ticks`.  false: none was running.
static bool end_call_lock_held(Thread *t, Profiler *p, int64_t ticks) {
    Lane *lane = lane_lock_held(t, p, false);
    if (!lane || !lane->n) return false;
    Call *call = &lane->calls[--lane->n];
    int64_t total = ticks - call->start;
    if (lane->n) call[-1].below += total;
    count(call->stat, total, call->below);
    if (call->from) count(call->from, total, call->below);
    return true;
}

static bool any_call_runs(Thread *t, Profiler *p) {
    CRITICAL(t, &p->head);
    const Lane *lane = lane_lock_held(t, p, false);
    return lane && lane->n;
}

// false: no call was running.
static bool end_call(Thread *t, Profiler *p) {
    if (!any_call_runs(t, p)) return false;
    int64_t ticks = now(t, p);
    CRITICAL(t, &p->head);
    return end_call_lock_held(t, p, ticks);
}

// ---- events -----------------------------------------------------------------------------------------------------------------
// "<built-in method module.name>", or the method as its class shows it.
static V describe(Thread *t, V callable) {
    const Native *n = native_of(callable);
    V self = slot_get(&n->head, &n->self), module = slot_get(&n->head, &n->module), text;
    if (self == V_NULL || v_has(self, TYPE_OWN_DICT)) {
        text = module != V_NULL && v_is_str(module) ? str_from_format(t, "<built-in method %V.%s>", module, n->row->name)
                                                    : str_from_format(t, "<built-in method %s>", n->row->name);
    } else {
        V name = str_intern_utf8(t, n->row->name, strlen(n->row->name));
        V found = v_is_error(name) ? V_NULL : v_dup(type_lookup_borrow(t, v_type(self), name));
        text = found == V_NULL ? V_ERROR : obj_repr(t, found);
        v_drop(t, found);
        v_drop(t, name);
        if (v_is_error(text)) {
            err_clear(t);
            text = str_from_format(t, "<built-in method %s>", n->row->name);
        }
    }
    v_drop(t, self);
    v_drop(t, module);
    return text;
}

static void call_begins(Thread *t, Profiler *p, V subject, bool native) {
    const void *key = native ? (const void *)native_of(subject)->row : (const void *)v_obj(subject);
    int r = begin_call(t, p, key, native ? V_NULL : subject);
    if (r == 0) {
        V pending = err_fetch(t), text = describe(t, subject);
        if (v_is_error(text)) err_clear(t);
        else r = begin_call(t, p, key, text);
        v_drop(t, text);
        if (pending != V_NULL) err_restore_steal(t, pending);
    }
    if (r > 0) start_clock(t, p);
}

static int on_event(Thread *t, V self, ProfileEvent event, V subject) {
    Profiler *p = profiler_of(self);
    if (event >= PROFILE_C_CALL && !at_load_relaxed(&p->builtins)) return 0;
    if (event == PROFILE_CALL || event == PROFILE_C_CALL) call_begins(t, p, subject, event == PROFILE_C_CALL);
    else end_call(t, p);
    return 0;
}

// ---- the statistics -----------------------------------------------------------------------------------------------------------
static V stat_row(Thread *t, Profiler *p, Type *type, const Stat *s, V calls) {
    double unit = tick_seconds(p);
    const Stat *named = s->callee ? s->callee : s;
    V values[6] = {
        slot_get(&p->head, &named->subject), int_from_i64(t, s->calls), int_from_i64(t, s->recursive_calls),
        float_from_double(t, unit * (double)s->total), float_from_double(t, unit * (double)s->inline_), calls,
    };
    return structseq_new_steal(t, type, values);
}

static int append_row(Thread *t, V list, V row) { return v_is_error(row) ? -1 : list_append_steal(t, list, row); }

// None when a function called nothing that has returned.
static V calls_of_lock_held(Thread *t, Profiler *p, const Stat *s) {
    V list = V_NONE;
    for (const Stat *call = s->first_call; call; call = call->next_call) {
        if (call->calls == 0) continue;
        if (list == V_NONE) list = list_with_capacity(t, 4);
        if (v_is_error(list)) return V_ERROR;
        if (append_row(t, list, stat_row(t, p, subentry_type, call, V_NULL)) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static NATIVE(profiler_getstats) {
    Profiler *p = profiler_of(self);
    (void)args;
    if (nargs || kwnames != V_NULL) return err_set(t, &exc_TypeError, "getstats() takes no arguments");
    V list = list_with_capacity(t, 16);
    if (v_is_error(list)) return V_ERROR;
    for (size_t i = 0; i < p->n; i++) {
        const Stat *s = p->stats[i];
        if (s->caller || s->calls == 0) continue;
        V calls = calls_of_lock_held(t, p, s);
        if (v_is_error(calls) || append_row(t, list, stat_row(t, p, entry_type, s, calls)) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

// ---- methods ------------------------------------------------------------------------------------------------------------------
static int set_flag(Thread *t, bool *flag, V value, bool fallback) {
    int r = value == V_NULL ? fallback : obj_is_true(t, value);
    if (r < 0) return -1;
    at_store_relaxed(flag, r != 0);
    return 0;
}

static NATIVE(profiler_enable) {
    UNUSED_NATIVE();
    Profiler *p = profiler_of(self);
    if (args[0] != V_NULL && set_flag(t, &p->subcalls, args[0], true) < 0) return V_ERROR;
    if (args[1] != V_NULL && set_flag(t, &p->builtins, args[1], true) < 0) return V_ERROR;
    return vm_set_profile_native(t, self, on_event) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(profiler_disable) {
    UNUSED_NATIVE();
    Profiler *p = profiler_of(self);
    if (vm_set_profile(t, V_NONE) < 0) return V_ERROR;
    while (end_call(t, p)) {}
    if (at_load_relaxed(&p->no_memory)) {
        at_store_relaxed(&p->no_memory, false);
        return err_set(t, &exc_MemoryError, "memory was exhausted while profiling");
    }
    return V_NONE;
}

static NATIVE(profiler_clear) {
    UNUSED_NATIVE();
    forget_lock_held(t, profiler_of(self));
    return V_NONE;
}

static int profiler_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    Profiler *p = profiler_of(self);
    V given[4];
    if (args_bind(t, "Profiler", "timer=None, timeunit=0.0, subcalls=True, builtins=True", args, nargs, kwnames, given) < 0)
        return -1;
    double unit = 0;
    if (given[1] != V_NULL && num_as_double(t, given[1], &unit) < 0) return -1;
    if (set_flag(t, &p->subcalls, given[2], true) < 0 || set_flag(t, &p->builtins, given[3], true) < 0) return -1;
    CRITICAL(t, &p->head);
    p->unit = unit;
    slot_set(t, &p->head, &p->timer, given[0] == V_NONE ? V_NULL : given[0]);
    return 0;
}

static void profiler_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Profiler *p = (Profiler *)o;
    VISIT(p->timer);
    for (size_t i = 0; i < p->n; i++) VISIT(p->stats[i]->subject);
}

static void profiler_free(Thread *t, Obj *o) {
    (void)t;
    Profiler *p = (Profiler *)o;
    for (size_t i = 0; i < p->n; i++) mem_free(p->stats[i]);
    mem_free(p->stats);
    mem_free(p->table);
    for (Lane *next, *lane = p->lanes; lane; lane = next) {
        next = lane->next;
        mem_free(lane->calls);
        mem_free(lane);
    }
}

static const Method profiler_methods[] = {
    {"getstats", profiler_getstats, "", LOCK_SELF, M_RAW,
     "What was counted, as a list of profiler_entry: one a function, with a list of profiler_subentry for what it called."},
    {"enable", profiler_enable, "subcalls=True, builtins=True", 0, M_OLD_ARITY,
     "Counts the calls of this thread from now on.  subcalls: also for each caller; builtins: functions in C too."},
    {"disable", profiler_disable, "", 0, 0, "Stops counting; calls that still run count as ended."},
    {"clear", profiler_clear, "", LOCK_SELF, 0, "Forgets what was counted."},
    METHOD_END,
};

static Type profiler_type = {
    TYPE_HEAD("_lsprof.Profiler"), .size = sizeof(Profiler), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .new_ = type_new_bare, .init = profiler_init, .traverse = profiler_traverse, .free_ = profiler_free,
    .methods = profiler_methods,
    .doc = "Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)\n\nCounts calls and their time.  timer: a "
           "function that tells the time, in seconds, or as\nan integer of timeunit seconds each; otherwise a clock of the system.",
};

static const StructSeqField entry_fields[] = {
    {"code", "the code object, or the name of a builtin function"},
    {"callcount", "number of calls"},
    {"reccallcount", "number of calls while an earlier one was running"},
    {"totaltime", "time spent in it and in what it called"},
    {"inlinetime", "time spent in it alone"},
    {"calls", "what it called: profiler_subentry objects"},
    {NULL, NULL},
};
static const StructSeqField subentry_fields[] = {
    {"code", "the called code object, or the name of a builtin function"},
    {"callcount", "number of calls"},
    {"reccallcount", "number of calls while an earlier one was running"},
    {"totaltime", "time spent in these calls"},
    {"inlinetime", "the part of it outside of further calls"},
    {NULL, NULL},
};

static int lsprof_exec(Thread *t, V module) {
    if (!entry_type) {
        entry_type = structseq_new_type(t, "_lsprof.profiler_entry", NULL, entry_fields, 6);
        subentry_type = structseq_new_type(t, "_lsprof.profiler_subentry", NULL, subentry_fields, 5);
    }
    if (!entry_type || !subentry_type || module_add_type(t, module, &profiler_type) < 0) return -1;
    if (module_add(t, module, "profiler_entry", v_from_type(entry_type)) < 0) return -1;
    return module_add(t, module, "profiler_subentry", v_from_type(subentry_type));
}

const ModuleDef mod__lsprof = {
    .name = "_lsprof",
    .doc = "A profiler that counts calls.",
    .exec = lsprof_exec,
};
