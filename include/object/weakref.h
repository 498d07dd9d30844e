// SPDX-License-Identifier: MIT
// What the module _weakref and the pending queue need of weak references beyond misc.h.
#ifndef HEDDLE_OBJECT_WEAKREF_H
#define HEDDLE_OBJECT_WEAKREF_H
#include "object/object.h"

bool weakref_has_callback(V weakref);
V weakref_callback_borrow(const Obj *weakref); // or a proxy's; V_NULL: none, or it was taken to be called
V weakref_new_unheard(Thread *t, V referent, V callback); // a native that runs no Python: at exit nobody waits for it
V weak_proxy_new(Thread *t, V referent, V callback_or_none);
// A PENDING_WEAKREF item: calls the callback with the weakref (borrowed); an exception is reported as unraisable.
void weakref_run_callback(Thread *t, V weakref);
#endif
