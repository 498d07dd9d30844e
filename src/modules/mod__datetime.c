// SPDX-License-Identifier: MIT
// Module _datetime: the types behind the library's datetime.  Start with datetime_private.h.
#include "datetime_private.h"

static int exec(Thread *t, V module) {
    if (dt_delta_start(t, module) < 0 || dt_date_start(t, module) < 0 || dt_time_start(t, module) < 0) return -1;
    if (dt_zone_start(t, module) < 0 || dt_moment_start(t, module) < 0) return -1;
    if (module_add_int(t, module, "MINYEAR", DT_MIN_YEAR) < 0) return -1;
    return module_add_int(t, module, "MAXYEAR", DT_MAX_YEAR);
}

const ModuleDef mod__datetime = {.name = "_datetime", .doc = "Dates, times of day, durations and time zones.", .exec = exec};
