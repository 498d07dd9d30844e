// SPDX-License-Identifier: MIT
// The parts of a text on their way into a list: most often they are few, and the list is made when all are known.
#ifndef HEDDLE_OBJECT_PARTS_H
#define HEDDLE_OBJECT_PARTS_H
#include "object/list.h"
#include "object/object.h"
#include "threading/poll.h"

typedef struct Parts {
    V few[12];
    size_t n;
    V list; // V_NULL as long as few has them
} Parts;
static inline void parts_init(Parts *parts) { // few need not be cleared
    parts->n = 0;
    parts->list = V_NULL;
}

int parts_add_more(Thread *t, Parts *parts, V part);
static inline int parts_add_steal(Thread *t, Parts *parts, V part) { // part V_ERROR: -1
    if (unlikely(v_is_error(part) || parts->list != V_NULL || parts->n == countof(parts->few))) return parts_add_more(t, parts, part);
    parts->few[parts->n++] = part;
    return 0;
}
// Now and then a safepoint, for who takes the parts from a text that nothing changes.  0/-1.
static inline int parts_poll(Thread *t, const Parts *parts) {
    return unlikely(parts->list != V_NULL) && (list_len(parts->list) & (POLL_STEPS - 1)) == 0 ? safepoint(t) : 0;
}
// The list, the other way round when `reversed`; V_ERROR when status is -1.  There are no parts any more then.
V parts_finish_slow(Thread *t, Parts *parts, int status, bool reversed);
static inline V parts_finish(Thread *t, Parts *parts, int status, bool reversed) {
    if (likely(status == 0 && !reversed && parts->list == V_NULL)) return list_from_steal(t, parts->few, parts->n);
    return parts_finish_slow(t, parts, status, reversed);
}
#endif
