// SPDX-License-Identifier: MIT
// Registered roots: values that C code holds outside objects and frames.
#include "sync.h"

#include <stdlib.h>

// Roots are registered at start-up and when a module is loaded, and never leave.
static PtrList roots; // under lock_roots

void root_register(Slot *root) {
    rt_mutex_lock(&lock_roots);
    ptrlist_push(&roots, root);
    rt_mutex_unlock(&lock_roots);
    if (threading_is_sharing()) share_value(thread_current(), slot_peek(root));
}

void root_set(Thread *t, Slot *root, V v) {
    V new_value = v_own(v_dup(v));
    if (threading_is_sharing()) share_value(t, new_value);
    V old = at_exchange_acq_rel(&root->bits, new_value);
    v_drop(t, old);
}

// A value of the registered roots as a stack value: uncounted once sharing has begun.
V root_get(const Slot *root) {
    V v = at_load_acquire(&root->bits);
    if (v_is_counted(v) && obj_is_shared_or_hot(v_obj(v))) return v | V_U_TAG;
    return v_dup(v);
}

// Everything that is no object and no frame: registered roots, then the interpreter's own.
void roots_each(Thread *t, SlotVisitor visit, void *arg) {
    rt_mutex_lock(&lock_roots);
    for (PtrChunk *chunk = roots.first; chunk; chunk = chunk->next)
        for (uint32_t i = 0; i < chunk->n; i++) visit(t, NULL, chunk->items[i], arg);
    rt_mutex_unlock(&lock_roots);
    upcall_visit_roots(t, visit, arg);
}
