// SPDX-License-Identifier: MIT
// Weak references, below the weakref type: records on the side, so that objects need no weakref word.
//
// An object that is weakly referenced has OBJ_HAS_WEAKREF set and one WeakRecord in a striped table keyed by its
// address.  A weakref object embeds a WeakNode, which holds the record (counted) and hangs on the record's list, newest
// first.  The record never counts its referent or its nodes.
//
//    record->state:   LOCAL --share_value--> SHARED --referent dies--> DEAD
//                       +-------------referent dies-------------------> DEAD
//
// When a referent dies its record turns DEAD before its children are dropped, and each node with a callback is posted:
// to this thread when it owns the weakref or that is SHARED, else to the inbox of the weakref's owner.
#ifndef HEDDLE_THREADING_WEAK_H
#define HEDDLE_THREADING_WEAK_H
#include "threading/thread.h"

typedef struct WeakRecord WeakRecord;

typedef struct WeakNode { // embedded in a weakref object, zeroed at birth; every field under the record's lock
    struct WeakNode *next, *prev; // the record's list, newest first; or the owner's inbox
    WeakRecord *record;           // const between weak_bind and weak_unbind; NULL: not bound
    Obj *weakref;                 // the object this node is part of
    Thread *owner;                // who made it: the one thread that may touch it while it is LOCAL
    bool has_callback, queued;
    bool unheard;                 // the callback is the interpreter's own and runs no Python; const once others see the weakref
} WeakNode;

// Makes `node` (in `weakref`) refer to `referent`.  -1: no memory (no exception set).
int weak_bind(Thread *t, WeakNode *node, Obj *weakref, Obj *referent, bool has_callback);
// The same, unless `match` accepts one of the referent's weakrefs: then that one is in *found, and `node` not bound.
typedef bool (*WeakMatch)(const Obj *weakref, const WeakNode *node, void *arg);
int weak_bind_unless(Thread *t, WeakNode *node, Obj *weakref, Obj *referent, WeakMatch match, void *arg, V *found);
// The weakref dies, or lets go of its referent: its callback will not run.  Also for a node that was never bound.
void weak_unbind(Thread *t, WeakNode *node);
// The referent as a stack value, or V_NONE when it is dead.  May wait for another thread (a safepoint) when the referent
// is another thread's LOCAL object.
V weak_get(Thread *t, const WeakNode *node);
bool weak_is_dead(const WeakNode *node);

// The first weakref of `referent` that `match` accepts, as a stack value, or V_NULL: how weakref.ref(o) returns the one
// it made before.  Other threads' LOCAL weakrefs are passed over.  `match` must not run Python, allocate or take locks.
V weak_find(Thread *t, Obj *referent, WeakMatch match, void *arg);
// How many weakrefs there are (those weak_list returns), and the first n of them as stack values, newest first.
size_t weak_count(Thread *t, Obj *referent);
size_t weak_list(Thread *t, Obj *referent, V *out, size_t n);

// A stack value of an object that was found without a reference to it (in the collector's lists); V_NULL when it is dead
// or dying.  o is the caller's own LOCAL object, SHARED, or born uncounted.
V obj_revive(Obj *o);

// Weakrefs with a callback that is not `unheard`, and their living referents.  fn must not make or let go of weakrefs.
void weak_each_heard(void (*fn)(const Obj *weakref, Obj *referent, void *arg), void *arg);

// -- for count.c and the collector ---------------------------------------------------------------------------------
// The referent's record turns DEAD; the callbacks of nodes that `runs` accepts (NULL: all) are posted.
void weak_died(Thread *t, Obj *referent, bool (*runs)(const Obj *weakref));
void weak_shared(Thread *t, Obj *referent);                    // share_value marked it
uint64_t weak_serial(Obj *referent); // grows with the time of its first weakref, for the referents of one thread; 0: none
int weak_init(void);
#endif
