// SPDX-License-Identifier: MIT
// Looking at counts that threads keep for their next references (threading/credit.c).
#ifndef HEDDLE_THREADING_CREDIT_H
#define HEDDLE_THREADING_CREDIT_H
#include "threading/count.h"

// The count of a SHARED object less what the calling thread keeps; what others keep is in it.
uint32_t shared_count(const Obj *o);
#endif
