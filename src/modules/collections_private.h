// SPDX-License-Identifier: MIT
// The types of module _collections.
#ifndef HEDDLE_MODULES_COLLECTIONS_PRIVATE_H
#define HEDDLE_MODULES_COLLECTIONS_PRIVATE_H
#include "object/object.h"
#include "object/dict_layout.h"
#include "object/misc.h"
#include "runtime/runtime.h"

extern Type ordered_dict_type, odict_iter_type, odict_keys_type, odict_values_type, odict_items_type;
#endif
