// SPDX-License-Identifier: MIT
// Module time: mod_time.c has the clocks, time_calendar.c dates and their texts.
#ifndef HEDDLE_MODULES_TIME_PRIVATE_H
#define HEDDLE_MODULES_TIME_PRIVATE_H
#include "object/misc.h"
#include <time.h>

int time_calendar_start(Thread *t, V module); // struct_time, timezone, tzname, …
int time_zone_set(Thread *t, V module);
extern const Method time_calendar_methods[];
// Seconds (float or int) as nanoseconds, rounded away from zero when `up`, down otherwise; OverflowError, ValueError.
int time_as_ns(Thread *t, V seconds, bool up, int64_t *out);
#endif
