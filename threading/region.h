// SPDX-License-Identifier: MIT
// Address space for buffers, given to mimalloc once, before it is asked for the first.
#ifndef HEDDLE_THREADING_REGION_H
#define HEDDLE_THREADING_REGION_H

void region_give(void);
#endif
