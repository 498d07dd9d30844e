// SPDX-License-Identifier: MIT
// Module gc: the collector as programs see it.  src/gc/ does the work.
//
// With several threads running, get_objects and get_referrers know the calling thread's own objects and the shared ones:
// nobody else may look at another thread's.
#include "gc/gc.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "threading/pending.h"
#include "threading/weak.h"

#include <stdlib.h>

static Slot callbacks, garbage; // roots: the lists gc.callbacks and gc.garbage

// ---- switches -----------------------------------------------------------------------------------------------------------
static NATIVE(gc_enable) {
    UNUSED_NATIVE();
    gc_set_enabled(true);
    return V_NONE;
}

static NATIVE(gc_disable) {
    UNUSED_NATIVE();
    gc_set_enabled(false);
    return V_NONE;
}

static NATIVE(gc_isenabled) {
    UNUSED_NATIVE();
    return v_from_bool(gc_is_enabled());
}

static NATIVE(gc_set_debug) {
    UNUSED_NATIVE();
    int flags;
    if (num_as_int(t, args[0], &flags) < 0) return V_ERROR;
    at_store_relaxed(&gc_debug, flags);
    return V_NONE;
}

static NATIVE(gc_get_debug) {
    UNUSED_NATIVE();
    return v_from_int(at_load_relaxed(&gc_debug));
}

static NATIVE(gc_set_thresholds) {
    UNUSED_NATIVE();
    if (args_old_count(t, "set_threshold", nargs, kwnames, 1, 3) < 0) return V_ERROR;
    int value[3];
    for (size_t i = 0; i < nargs; i++)
        if (num_as_int_old(t, args[i], &value[i]) < 0) return V_ERROR;
    for (size_t i = 0; i < nargs; i++) gc_set_threshold((int)i, value[i]);
    return V_NONE;
}

static V triple(Thread *t, int64_t a, int64_t b, int64_t c) {
    return tuple_pack(t, 3, v_from_int(a), v_from_int(b), v_from_int(c));
}

static NATIVE(gc_get_thresholds) {
    UNUSED_NATIVE();
    return triple(t, gc_threshold(0), gc_threshold(1), gc_threshold(2));
}

static NATIVE(gc_get_counts) {
    UNUSED_NATIVE();
    int64_t count[3];
    gc_get_count(t, count);
    return triple(t, count[0], count[1], count[2]);
}

// ---- collecting ---------------------------------------------------------------------------------------------------------
// What was dropped before is finalized when this returns, if it was left to a thread of its own, too; that one may be
// waiting for a lock.
enum { RELIEF_PATIENCE_NS = 100 * 1000 * 1000 };

static NATIVE(gc_collect_now) {
    UNUSED_NATIVE();
    int generation = 2;
    if (args[0] != V_NULL && num_as_int(t, args[0], &generation) < 0) return V_ERROR;
    if (generation < 0 || generation > 2) return err_set(t, &exc_ValueError, "invalid generation");
    uint32_t held = pending_ignore_locks(t);
    int64_t n = gc_collect(t, generation, true);
    pending_regard_locks(t, held);
    return !held && pending_await_relief(t, RELIEF_PATIENCE_NS) < 0 ? V_ERROR : v_from_int(n);
}

// The dict that gc.callbacks are called with.
static V phase_info(Thread *t, int generation, int64_t collected, int64_t uncollectable) {
    V info = dict_new(t);
    if (v_is_error(info)) return V_ERROR;
    if (dict_set_c_steal(t, info, "generation", v_from_int(generation)) == 0 &&
        dict_set_c_steal(t, info, "collected", v_from_int(collected)) == 0 &&
        dict_set_c_steal(t, info, "uncollectable", v_from_int(uncollectable)) == 0)
        return info;
    v_drop(t, info);
    return V_ERROR;
}

static void call_callbacks(Thread *t, V list, bool start, V info) {
    for (size_t i = 0; i < list_len(list); i++) {
        V callback = list_get(t, list, i);
        if (callback == V_NULL) break;
        V result = obj_call2(t, callback, start ? NAME(start) : NAME(stop), info);
        if (v_is_error(result)) err_unraisable(t, callback, NULL);
        v_drop(t, result);
        v_drop(t, callback);
    }
}

static void phase(Thread *t, bool start, int generation, int64_t collected, int64_t uncollectable) {
    V list = root_get(&callbacks);
    if (list != V_NULL && list_len(list)) {
        V pending = err_fetch(t); // a collection may be due while an exception is on its way
        V info = phase_info(t, generation, collected, uncollectable);
        if (v_is_error(info)) err_unraisable(t, V_NULL, "while calling gc.callbacks");
        else call_callbacks(t, list, start, info);
        v_drop(t, info);
        err_restore_steal(t, pending);
    }
    v_drop(t, list);
}

static void save(Thread *t, Obj *o) {
    V list = root_get(&garbage), v = obj_revive(o);
    if (v != V_NULL && list_append_steal(t, list, v) < 0) err_unraisable(t, V_NULL, "while filling gc.garbage");
    v_drop(t, list);
}

static bool is_watched(void) {
    V list = slot_peek(&callbacks);
    return at_load_relaxed(&gc_debug) || (list != V_NULL && list_len(list));
}

static bool add_times(Thread *t, V row, const GcTimes *times, const char *total, const char *longest) {
    return dict_set_c_steal(t, row, total, float_from_double(t, (double)at_load_relaxed(&times->total) * 1e-9)) == 0 &&
           dict_set_c_steal(t, row, longest, float_from_double(t, (double)at_load_relaxed(&times->longest) * 1e-9)) == 0;
}

// Heddle's own: how long collections took, and in the last row how long the world was stopped for them.
static bool add_pauses(Thread *t, V row, int generation) {
    if (!add_times(t, row, &gc_stats[generation].took, "seconds", "longest")) return false;
    return generation < 2 || (dict_set_c_steal(t, row, "stops", v_from_int(at_load_relaxed(&gc_stops.n))) == 0 &&
                              add_times(t, row, &gc_waits, "waited", "longest_wait") &&
                              add_times(t, row, &gc_stops, "stopped", "longest_stop"));
}

static NATIVE(gc_get_stats) {
    (void)self, (void)nargs, (void)kwnames;
    int pauses = args[0] == V_NULL ? 0 : obj_is_true(t, args[0]);
    if (pauses < 0) return V_ERROR;
    V list = list_with_capacity(t, 3);
    for (int i = 0; i < 3 && !v_is_error(list); i++) {
        GcStats *stats = &gc_stats[i];
        V row = dict_new(t);
        if (v_is_error(row) ||
            dict_set_c_steal(t, row, "collections", v_from_int(at_load_relaxed(&stats->collections))) < 0 ||
            dict_set_c_steal(t, row, "collected", v_from_int(at_load_relaxed(&stats->collected))) < 0 ||
            dict_set_c_steal(t, row, "uncollectable", v_from_int(at_load_relaxed(&stats->uncollectable))) < 0 ||
            (pauses && !add_pauses(t, row, i)) || list_append(t, list, row) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
        v_drop(t, row);
    }
    return list;
}

// ---- looking ------------------------------------------------------------------------------------------------------------
typedef struct Found { // stack values, between two safepoints
    V *at;
    size_t n, cap;
    bool failed;
} Found;

static void found_add(Found *found, V v) {
    if (v == V_NULL || found->failed) return;
    if (found->n == found->cap) {
        size_t cap = found->cap ? found->cap * 2 : 1024;
        V *grown = realloc(found->at, cap * sizeof *grown);
        if (!grown) {
            found->failed = true;
            return;
        }
        found->at = grown;
        found->cap = cap;
    }
    found->at[found->n++] = v;
}

static V found_to_list(Thread *t, Found *found) {
    if (found->failed) {
        for (size_t i = 0; i < found->n; i++) v_drop(t, found->at[i]);
        free(found->at);
        return err_no_memory(t);
    }
    V list = list_from_steal(t, found->at, found->n);
    free(found->at);
    return list;
}

static bool add_object(Thread *t, Obj *o, void *arg) {
    (void)t;
    found_add(arg, obj_revive(o));
    return false;
}

static NATIVE(gc_get_objects) {
    UNUSED_NATIVE();
    ptrdiff_t generation;
    if (num_as_optional_count(t, args[0], &generation) < 0) return V_ERROR;
    if (generation >= 3)
        return err_set(t, &exc_ValueError, "generation parameter must be less than the number of available generations (3)");
    if (generation < -1) return err_set(t, &exc_ValueError, "generation parameter cannot be negative");
    Found found = {0};
    gc_each(t, (int)generation, add_object, &found);
    return found_to_list(t, &found);
}

typedef struct Referrers {
    const V *wanted;
    size_t n;
    Found found;
    bool hit;
} Referrers;

static void is_wanted(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t, (void)owner;
    Referrers *search = arg;
    V v = slot_peek(s);
    if (!v_is_object(v)) return;
    for (size_t i = 0; i < search->n; i++)
        if (v_is_object(search->wanted[i]) && v_obj(search->wanted[i]) == v_obj(v)) search->hit = true;
}

static bool add_referrer(Thread *t, Obj *o, void *arg) {
    Referrers *search = arg;
    search->hit = false;
    upcall_traverse(t, o, is_wanted, search);
    if (search->hit) found_add(&search->found, obj_revive(o));
    return false;
}

static NATIVE(gc_get_referrers) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "get_referrers", kwnames) < 0) return V_ERROR;
    Referrers search = {.wanted = args, .n = nargs};
    gc_each(t, -1, add_referrer, &search);
    return found_to_list(t, &search.found);
}

static void add_referent(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)t;
    V v = slot_get(owner, s);
    if (v != V_NULL && (v_is_object(v) || v_is_int(v) || v_is_float(v))) found_add(arg, v);
}

// The traverse of a builtin container passes over numbers, so these are asked for their items.  1: v is one; -1: an error.
static int add_items(Thread *t, V v, Found *found) {
    if (v_is_exact(v, &dict_type)) {
        size_t pos = 0;
        V key, value;
        while (dict_next(v, &pos, &key, &value)) {
            found_add(found, v_dup(key));
            found_add(found, v_dup(value));
        }
        return 1;
    }
    if (!v_is_exact(v, &list_type) && !v_is_exact(v, &tuple_type) && !v_is_exact(v, &set_type) && !v_is_exact(v, &frozenset_type)) return 0;
    V items = obj_to_tuple(t, v);
    if (v_is_error(items)) return -1;
    for (size_t i = 0; i < tuple_len(items); i++) found_add(found, tuple_get(items, i));
    v_drop(t, items);
    return 1;
}

static NATIVE(gc_get_referents) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "get_referents", kwnames) < 0) return V_ERROR;
    Found found = {0};
    for (size_t i = 0; i < nargs; i++) {
        int items = add_items(t, args[i], &found);
        if (items < 0) {
            V list = found_to_list(t, &found);
            v_drop(t, list);
            return V_ERROR;
        }
        if (!items && v_is_object(args[i]) && obj_has(v_obj(args[i]), OBJ_GC | OBJ_IMMORTAL))
            upcall_traverse(t, v_obj(args[i]), add_referent, &found);
    }
    return found_to_list(t, &found);
}

static NATIVE(gc_is_tracked_) {
    UNUSED_NATIVE();
    return v_from_bool(v_is_object(args[0]) && gc_is_tracked(v_obj(args[0])));
}

static NATIVE(gc_is_finalized) {
    UNUSED_NATIVE();
    return v_from_bool(v_is_object(args[0]) && obj_has(v_obj(args[0]), OBJ_FINALIZED));
}

// ---- freezing -----------------------------------------------------------------------------------------------------------
static NATIVE(gc_freeze_) {
    UNUSED_NATIVE();
    gc_freeze(t);
    return V_NONE;
}

static NATIVE(gc_unfreeze_) {
    UNUSED_NATIVE();
    gc_unfreeze(t);
    return V_NONE;
}

static NATIVE(gc_get_freeze_count) {
    UNUSED_NATIVE();
    return v_from_int(gc_freeze_count(t));
}

static const Method methods[] = {
    {"enable", gc_enable, "", 0, 0, "Turns automatic collection on."},
    {"disable", gc_disable, "", 0, 0, "Turns automatic collection off."},
    {"isenabled", gc_isenabled, "", 0, 0, "Whether automatic collection is on."},
    {"set_debug", gc_set_debug, "flags, /", 0, 0, "Sets the debugging flags, a sum of DEBUG_*."},
    {"get_debug", gc_get_debug, "", 0, 0, "The debugging flags."},
    {"get_count", gc_get_counts, "", 0, 0, "The counts that are compared with the thresholds, as a tuple of three."},
    {"set_threshold", gc_set_thresholds, NULL, 0, M_RAW,
     "set_threshold(threshold0, [threshold1, threshold2]) -> None\n\nSets when generations are collected; a first one of 0 "
     "turns automatic collection off."},
    {"get_threshold", gc_get_thresholds, "", 0, 0, "The thresholds, as a tuple of three."},
    {"collect", gc_collect_now, "generation=2", 0, 0,
     "Collects garbage up to the given generation now; the number of unreachable objects found."},
    {"get_objects", gc_get_objects, "generation=None", 0, 0,
     "A list of the tracked objects, of one generation or of all; the list itself is not in it."},
    {"get_stats", gc_get_stats, "*, pauses=False", 0, 0,
     "A list of dicts with the statistics of each generation.  With pauses=True also, in seconds, how long collections took\n"
     "(`seconds`, `longest`), and for the oldest how often the world was stopped (`stops`), how long that took (`waited`,\n"
     "`longest_wait`) and lasted (`stopped`, `longest_stop`)."},
    {"is_tracked", gc_is_tracked_, "obj, /", 0, 0, "Whether the collector looks at the object."},
    {"is_finalized", gc_is_finalized, "obj, /", 0, 0, "Whether the object's finalizer has run."},
    {"get_referrers", gc_get_referrers, NULL, 0, M_RAW,
     "get_referrers(*objs) -> list\n\nThe tracked objects that refer to any of objs directly."},
    {"get_referents", gc_get_referents, NULL, 0, M_RAW,
     "get_referents(*objs) -> list\n\nThe objects that objs refer to directly."},
    {"freeze", gc_freeze_, "", 0, 0, "What is tracked now is ignored by collections from here on."},
    {"unfreeze", gc_unfreeze_, "", 0, 0, "Puts what was frozen back into the oldest generation."},
    {"get_freeze_count", gc_get_freeze_count, "", 0, 0, "How many objects are frozen."},
    METHOD_END,
};

static int gc_exec(Thread *t, V module) {
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"DEBUG_STATS", GC_DEBUG_STATS},
        {"DEBUG_COLLECTABLE", GC_DEBUG_COLLECTABLE},
        {"DEBUG_UNCOLLECTABLE", GC_DEBUG_UNCOLLECTABLE},
        {"DEBUG_SAVEALL", GC_DEBUG_SAVEALL},
        {"DEBUG_LEAK", GC_DEBUG_COLLECTABLE | GC_DEBUG_UNCOLLECTABLE | GC_DEBUG_SAVEALL},
    };
    for (size_t i = 0; i < countof(constants); i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    root_register(&callbacks);
    root_register(&garbage);
    Slot *const lists[] = {&garbage, &callbacks};
    static const char *const names[] = {"garbage", "callbacks"};
    for (size_t i = 0; i < 2; i++) {
        V list = list_new(t, 0);
        if (v_is_error(list)) return -1;
        root_set(t, lists[i], list);
        if (module_add_steal(t, module, names[i], list) < 0) return -1;
    }
    gc_hooks = (GcHooks){phase, save, is_watched};
    return 0;
}

const ModuleDef mod_gc = {
    .name = "gc",
    .doc = "The collector of reference cycles.\n\n"
           "enable, disable, isenabled, collect, get_count, get_stats, set_debug, get_debug, set_threshold,\n"
           "get_threshold, get_objects, is_tracked, is_finalized, get_referrers, get_referents, freeze, unfreeze,\n"
           "get_freeze_count; the lists garbage and callbacks.",
    .methods = methods,
    .exec = gc_exec,
};
