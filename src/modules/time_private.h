// SPDX-License-Identifier: MIT
// Module time: mod_time.c has the clocks, time_calendar.c dates and their texts.
#ifndef HEDDLE_MODULES_TIME_PRIVATE_H
#define HEDDLE_MODULES_TIME_PRIVATE_H
#include "object/misc.h"
#include <time.h>

int time_calendar_start(Thread *t, V module); // struct_time, timezone, tzname, …
int time_zone_set(Thread *t, V module);
extern const Method time_calendar_methods[];

// ---- whole units of seconds (time_round.c) -----------------------------------------------------------------------------------
typedef enum { TIME_FLOOR, TIME_CEILING, TIME_HALF_EVEN, TIME_AWAY } TimeRound; // away from zero
double time_round(double d, TimeRound how);
int64_t time_divide(int64_t n, int64_t k, TimeRound how);                // k > 0
// A float or int: 0, or -1 with OverflowError, ValueError (NaN) or TypeError.
int time_to_ns(Thread *t, V seconds, TimeRound how, int64_t *out);
int time_to_seconds(Thread *t, V seconds, TimeRound how, time_t *out);
int time_to_parts(Thread *t, V seconds, int per_second, TimeRound how, time_t *whole, int *parts); // 0 <= parts < per_second
#endif
