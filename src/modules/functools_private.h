// SPDX-License-Identifier: MIT
// The types of module _functools.
#ifndef HEDDLE_MODULES_FUNCTOOLS_PRIVATE_H
#define HEDDLE_MODULES_FUNCTOOLS_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/shape.h"

extern Type partial_type, lru_cache_type;
// For __reduce__: the instance's __dict__, None when it has no attributes.
static inline V functools_state_dict(Thread *t, V self) { return attrs_empty(v_obj(self)) ? V_NONE : obj_get_dict(t, self); }
#endif
