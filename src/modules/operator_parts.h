// SPDX-License-Identifier: MIT
// The types of module _operator.
#ifndef HEDDLE_MODULES_OPERATOR_PARTS_H
#define HEDDLE_MODULES_OPERATOR_PARTS_H
#include "object/type.h"

extern Type itemgetter_type, attrgetter_type, methodcaller_type;
#endif
