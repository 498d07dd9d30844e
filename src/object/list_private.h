// SPDX-License-Identifier: MIT
// The list's array, as the files of list see it.
//
// Cells from len up to the capacity are always V_NULL, so that a lock-free reader with an outdated length finds nothing
// rather than something stale.  Everything named _lock_held wants the list's lock, or a LOCAL list.
#ifndef HEDDLE_OBJECT_LIST_PRIVATE_H
#define HEDDLE_OBJECT_LIST_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/quick.h"

#define LIST_MAX ((size_t)PTRDIFF_MAX / sizeof(Slot) - 8)
int list_reserve_lock_held(Thread *t, List *l, size_t n); // room for n items in all
// Replaces `removed` items at `at` by `n` values, consumed; on failure they are dropped and nothing changed.
int list_splice_lock_held(Thread *t, List *l, size_t at, size_t removed, V *values, size_t n);
// Copies n references from a LOCAL array to an unseen one.
static inline void list_copy_slots(Slot *to, const Slot *from, size_t n) {
    for (size_t i = 0; i < n; i++) {
        V v = from[i].bits;
        if (v_is_counted(v)) {
            Obj *o = v_obj(v);
            uint32_t rc = obj_rc(o) + 1;
            if (likely((int32_t)rc >= 0)) rc_store_local(o, rc);
            else v = v_own(v_dup(v));
        }
        to[i].bits = v;
    }
}
// A list of n items whose cells are still to be filled, before anybody else can see it.
V list_alloc_unset(Thread *t, size_t n);
V list_concat(Thread *t, V a, V b);
V list_repeat(Thread *t, V self, V count);
V list_repeat_in_place(Thread *t, V self, V count);
#endif
