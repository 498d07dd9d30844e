// SPDX-License-Identifier: MIT
// Growing an object that only its one owner can see: `s += "x"` and the like.
#include "sync.h"

#include <string.h>

Obj *obj_grow_leaf(Thread *t, Obj *o, size_t size) {
    HD_ASSERT(!(obj_flags(o) & (OBJ_GC | OBJ_HAS_WEAKREF)) && !obj_is_shared_or_hot(o) && obj_rc(o) == 1);
    size_t room = obj_extent(o);
    if (size <= room) return o;
    Obj *grown = obj_alloc(t, o->type, size + size / 4, o->flags);
    if (!grown) return NULL;
    grown->aux = o->aux;
    memcpy(grown + 1, o + 1, room - sizeof(Obj));
    obj_free_memory(t, o);
    return grown;
}
