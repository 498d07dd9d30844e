// SPDX-License-Identifier: MIT
// Module _heapq: lists as heaps, smallest (or, for the _max functions, largest) item first.
//
// Each function holds the list's lock, so that for items without Python code of their own it is one step.  Comparing may run
// Python, and that may change the list: its length is looked at again after every comparison.
#include "object/object.h"
#include "object/misc.h"
#include "threading/poll.h"

// 1 when a goes before b.
static int before(Thread *t, V a, V b, bool max) {
    if (v_both_int(a, b)) return max ? v_int(b) < v_int(a) : v_int(a) < v_int(b);
    return max ? obj_compare_bool(t, b, a, CMP_LT) : obj_compare_bool(t, a, b, CMP_LT);
}

static COLD int changed(Thread *t) {
    err_set(t, &exc_RuntimeError, "list changed size during iteration");
    return -1;
}

// The same for the items at i and k of a heap of n.
static int item_before(Thread *t, V heap, size_t i, size_t k, size_t n, bool max) {
    V a = list_get(t, heap, i), b = list_get(t, heap, k);
    int r = a == V_NULL || b == V_NULL ? changed(t) : before(t, a, b, max);
    v_drop(t, a);
    v_drop(t, b);
    return r >= 0 && list_len(heap) != n ? changed(t) : r;
}

// The item at pos moves towards the root (not past start) until its parent goes before it.
static int rise(Thread *t, V heap, size_t start, size_t pos, bool max) {
    size_t n = list_len(heap);
    while (pos > start) {
        size_t parent = (pos - 1) >> 1;
        int r = item_before(t, heap, pos, parent, n, max);
        if (r <= 0) return r;
        list_exchange(t, heap, pos, parent);
        pos = parent;
    }
    return 0;
}

// The item at pos sinks to a leaf, always changing places with the child that goes first, and rises from there: most
// items belong near the leaves, so this takes fewer comparisons than stopping on the way down.
static int sink(Thread *t, V heap, size_t pos, bool max) {
    size_t n = list_len(heap), start = pos, limit = n >> 1;
    if (pos >= n) return changed(t);
    while (pos < limit) {
        size_t child = 2 * pos + 1;
        if (child + 1 < n) {
            int r = item_before(t, heap, child, child + 1, n, max);
            if (r < 0) return -1;
            child += !r;
        }
        list_exchange(t, heap, pos, child);
        pos = child;
    }
    return rise(t, heap, start, pos, max);
}

// ---- functions ---------------------------------------------------------------------------------------------------------
static int check_list(Thread *t, const char *name, V heap, bool alone) {
    if (v_is_list(heap)) return 0;
    err_bad_argument(t, name, alone ? NULL : "argument 1", "list", heap);
    return -1;
}

static NATIVE(heappush) {
    UNUSED_NATIVE();
    if (check_list(t, "heappush", args[0], false) < 0) return V_ERROR;
    CRITICAL(t, v_obj(args[0]));
    if (list_append(t, args[0], args[1]) < 0) return V_ERROR;
    return rise(t, args[0], 0, list_len(args[0]) - 1, false) < 0 ? V_ERROR : V_NONE;
}

static V pop(Thread *t, V heap, bool max) {
    CRITICAL(t, v_obj(heap));
    if (list_len(heap) == 0) return err_set(t, &exc_IndexError, "index out of range");
    V last = list_pop(t, heap, -1);
    if (v_is_error(last) || list_len(heap) == 0) return last;
    V first = list_get(t, heap, 0);
    if (list_set(t, heap, 0, last) < 0 || sink(t, heap, 0, max) < 0) {
        v_drop(t, first);
        first = V_ERROR;
    }
    v_drop(t, last);
    return first;
}

static V replace(Thread *t, V heap, V item, bool max) {
    CRITICAL(t, v_obj(heap));
    V first = list_get(t, heap, 0);
    if (first == V_NULL) return err_set(t, &exc_IndexError, "index out of range");
    if (list_set(t, heap, 0, item) == 0 && sink(t, heap, 0, max) == 0) return first;
    v_drop(t, first);
    return V_ERROR;
}

static V heapify_all(Thread *t, V heap, bool max) {
    CRITICAL(t, v_obj(heap));
    for (size_t i = list_len(heap) / 2, steps = 0; i-- > 0;) {
        if (sink(t, heap, i, max) < 0 || poll_step_apart(t, &steps) < 0) return V_ERROR;
    }
    return V_NONE;
}

static NATIVE(heappop) {
    UNUSED_NATIVE();
    return check_list(t, "heappop", args[0], true) < 0 ? V_ERROR : pop(t, args[0], false);
}
static NATIVE(heapreplace) {
    UNUSED_NATIVE();
    return check_list(t, "heapreplace", args[0], false) < 0 ? V_ERROR : replace(t, args[0], args[1], false);
}
static NATIVE(heappushpop) {
    UNUSED_NATIVE();
    V heap = args[0];
    if (check_list(t, "heappushpop", heap, false) < 0) return V_ERROR;
    CRITICAL(t, v_obj(heap));
    V first = list_get(t, heap, 0);
    if (first == V_NULL) return v_dup(args[1]);
    int r = before(t, first, args[1], false);
    v_drop(t, first);
    if (r <= 0) return r < 0 ? V_ERROR : v_dup(args[1]);
    return replace(t, heap, args[1], false);
}
static NATIVE(heapify) {
    UNUSED_NATIVE();
    return check_list(t, "heapify", args[0], true) < 0 ? V_ERROR : heapify_all(t, args[0], false);
}
static NATIVE(heappop_max) {
    UNUSED_NATIVE();
    return check_list(t, "_heappop_max", args[0], true) < 0 ? V_ERROR : pop(t, args[0], true);
}
static NATIVE(heapreplace_max) {
    UNUSED_NATIVE();
    return check_list(t, "_heapreplace_max", args[0], false) < 0 ? V_ERROR : replace(t, args[0], args[1], true);
}
static NATIVE(heapify_max) {
    UNUSED_NATIVE();
    return check_list(t, "_heapify_max", args[0], true) < 0 ? V_ERROR : heapify_all(t, args[0], true);
}

static const Method methods[] = {
    {"heappush", heappush, "heap, item, /", LOCK_NONE, 0, "Puts an item on the heap."},
    {"heappushpop", heappushpop, "heap, item, /", LOCK_NONE, 0, "Puts an item on the heap, then takes the smallest off."},
    {"heappop", heappop, "heap, /", LOCK_NONE, 0, "Takes the smallest item off the heap."},
    {"heapreplace", heapreplace, "heap, item, /", LOCK_NONE, 0, "Takes the smallest item off the heap, then puts another on it."},
    {"heapify", heapify, "heap, /", LOCK_NONE, 0, "Makes a heap of a list, in linear time."},
    {"_heappop_max", heappop_max, "heap, /", LOCK_NONE, 0, "heappop for a heap with the largest item first."},
    {"_heapify_max", heapify_max, "heap, /", LOCK_NONE, 0, "heapify for a heap with the largest item first."},
    {"_heapreplace_max", heapreplace_max, "heap, item, /", LOCK_NONE, 0, "heapreplace for a heap with the largest item first."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    return module_add_str(t, module, "__about__", "A heap is a list in which heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2].");
}

const ModuleDef mod__heapq = {
    .name = "_heapq", .doc = "Priority queues in lists.", .methods = methods, .exec = exec,
};
