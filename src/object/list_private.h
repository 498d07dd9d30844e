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

// ---- several items of a SHARED list, seen without its lock
// The list's state, head.aux, is odd while items are replaced, moved or taken away, and another one after that.  Who only adds
// behind the end leaves it alone, as does list_clear, which takes the whole array away.  Stores to cells release and the
// looker's loads acquire, so whoever sees anything of a change finds another state or array afterwards: then it looks again
// with the lock.  State 0 comes round every 32768 changes, which list_rounds counts, of all lists together.  An array that was
// replaced is retired and so cannot come back before the looker's next safepoint, by which it has to have its answer.
extern uint64_t list_rounds; // atomic
typedef struct ListView {
    uint64_t rounds;
    const ListItems *items;
    size_t n;
    uint16_t state;
} ListView;
// False while it is changing.  A LOCAL list is never.
static inline bool list_look(const List *l, ListView *view) {
    view->rounds = at_load_acquire(&list_rounds);
    view->state = at_load_acquire(&l->head.aux);
    view->items = at_load_acquire(&l->items);
    size_t n = at_load_acquire(&l->len), room = view->items ? view->items->capacity : 0;
    view->n = n < room ? n : room; // more: the array has been replaced since
    return !(view->state & 1);
}
// Whether what was seen since list_look stood there at one moment: when len was read.
static inline bool list_unchanged(const List *l, const ListView *view) {
    return at_load_relaxed(&l->head.aux) == view->state && at_load_relaxed(&l->items) == view->items &&
           at_load_relaxed(&list_rounds) == view->rounds;
}
// Around a change, with the lock.
static inline void list_change_begins(List *l) {
    if (unlikely(obj_is_shared(&l->head))) at_store_relaxed(&l->head.aux, (uint16_t)(l->head.aux | 1));
}
static inline void list_change_ends(List *l) {
    if (likely(!(l->head.aux & 1))) return;
    if (unlikely(l->head.aux == UINT16_MAX)) at_fetch_add_release(&list_rounds, UINT64_C(1));
    at_store_release(&l->head.aux, (uint16_t)(l->head.aux + 1));
}

// A list of n items whose cells are still to be filled, before anybody else can see it.
V list_alloc_unset(Thread *t, size_t n);
V list_concat(Thread *t, V a, V b);
V list_repeat(Thread *t, V self, V count);
V list_repeat_in_place(Thread *t, V self, V count);
#endif
