// SPDX-License-Identifier: MIT
// What threading/ asks of the machine: the values in a thread's frames, and running one queued finalizer or callback.
#include "vm_private.h"
#include "object/weakref.h"
#include "threading/pending.h"

#include <stdio.h>

void upcall_drop_caches(Thread *t, Thread *owner, bool free_memory) { type_cache_clear(t, owner, free_memory); }
void upcall_visit_stack(Thread *t, StackVisitor visit, void *arg) { frame_visit_stack(t, visit, arg); }

// A native's own name is not known here: it is called on that line.
void upcall_gap(Thread *t, int64_t ns) {
    if (!t->frame) {
        fprintf(stderr, "gap: %.1f ms\n", (double)ns / 1e6);
        return;
    }
    V text = slot_peek(&t->frame->code->filename); // one-byte texts as they are
    bool plain = v_is_str(text) && str_kind(text) == 1;
    int n = plain ? (int)str_len(text) : 1;
    fprintf(stderr, "gap: %.1f ms before %.*s:%d\n", (double)ns / 1e6, n, plain ? (const char *)str_data(text) : "?", vm_current_lineno(t));
}

static void finalize(Thread *t, V v) {
    UnaryFn fn = v_type(v)->finalize;
    if (!fn) return;
    V result = fn(t, v);
    if (v_is_error(result)) {
        V method = type_lookup_borrow(t, v_type(v), NAME(__del__)); // what the message names
        err_unraisable(t, method != V_NULL ? method : v, NULL);
    }
    v_drop(t, result);
}

int upcall_run_pending(Thread *t) {
    PendingItem item;
    if (!pending_pop(t, &item)) return 0;
    V saved = err_fetch(t); // a finalizer must not see, or lose, what is being raised
    int r = 0;
    switch (item.kind) {
    case PENDING_FINALIZE: finalize(t, item.value); break;
    case PENDING_WEAKREF: weakref_run_callback(t, item.value); break;
    case PENDING_CALL: r = item.call(t, item.arg); break;
    }
    if (saved != V_NULL) {
        if (r < 0) err_unraisable(t, V_NONE, NULL);
        r = 0;
        err_restore_steal(t, saved);
    }
    v_drop(t, item.value);
    return r;
}
