// SPDX-License-Identifier: MIT
// Module _datetime: layouts, and what its files share.
//
// All of the types are immutable, so nothing here locks.  Dates and times keep their fields as the bytes that pickles
// hold: big-endian, so that comparing the bytes compares the values.
//
//     datetime_calendar.c  days, ordinals, ISO weeks; the ISO 8601 reader
//     datetime_args.c      arguments, strftime, pieces of text
//     datetime_delta.c     timedelta        datetime_date.c   date and IsoCalendarDate
//     datetime_zone.c      tzinfo, timezone datetime_time.c   time
//     datetime_moment.c, datetime_make.c, datetime_math.c     datetime
#ifndef HEDDLE_MODULES_DATETIME_PRIVATE_H
#define HEDDLE_MODULES_DATETIME_PRIVATE_H
#include "object/args_old.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include <time.h>

typedef __int128 Wide; // microseconds: the longest timedelta has 77 bits

enum {
    DT_MIN_YEAR = 1, DT_MAX_YEAR = 9999, DT_MAX_ORDINAL = 3652059, DT_MAX_DAYS = 999999999,
    DT_DAY = 86400, DT_MICRO = 1000000,
};
#define DT_EPOCH_DAY 719163 // ordinal of 1970-01-01

// ---- layouts -----------------------------------------------------------------------------------------------------------
// hash: 0 not computed yet; atomic relaxed (every thread computes the same)
typedef struct Delta { Obj head; int64_t hash; int days, seconds, micro; } Delta;      // normalised; const
enum { DATE_BYTES = 4, TIME_BYTES = 6, MOMENT_BYTES = 10 };
typedef struct Date { Obj head; int64_t hash; uint8_t data[DATE_BYTES]; } Date;        // year (2), month, day
typedef struct Time {                                                                   // hour, minute, second, micro (3)
    Obj head;
    int64_t hash;
    uint8_t data[TIME_BYTES], fold;
    Slot zone; // V_NULL: naive
} Time;
typedef struct Moment { // datetime: begins as a Date
    Obj head;
    int64_t hash;
    uint8_t data[MOMENT_BYTES], fold;
    Slot zone;
} Moment;
_Static_assert(offsetof(Moment, data) == offsetof(Date, data), "a datetime is a date");
typedef struct Zone { Obj head; Slot offset, name; } Zone; // timezone; name V_NULL: none given

extern Type dt_delta_type, dt_date_type, dt_iso_type, dt_time_type, dt_moment_type, dt_tzinfo_type, dt_zone_type;
extern Slot dt_utc; // root: timezone.utc

static inline Delta *delta_of(V v) { return (Delta *)v_obj(v); }
static inline Date *date_of(V v) { return (Date *)v_obj(v); }
static inline Time *time_of(V v) { return (Time *)v_obj(v); }
static inline Moment *moment_of(V v) { return (Moment *)v_obj(v); }
static inline bool is_delta(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dt_delta_type); }
static inline bool is_date(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dt_date_type); }
static inline bool is_time(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dt_time_type); }
static inline bool is_moment(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dt_moment_type); }
static inline bool is_tzinfo(Thread *t, V v) { return v_is_object(v) && type_check(t, v, &dt_tzinfo_type); }

typedef struct Day { int year, month, day; } Day;
typedef struct Clock { int hour, minute, second, micro, fold; } Clock;
static inline Day day_of(V v) {
    const uint8_t *p = date_of(v)->data;
    return (Day){p[0] << 8 | p[1], p[2], p[3]};
}
static inline Clock clock_at(const uint8_t *p, int fold) {
    return (Clock){p[0], p[1], p[2], p[3] << 16 | p[4] << 8 | p[5], fold};
}
static inline Clock clock_of(V time) { return clock_at(time_of(time)->data, time_of(time)->fold); }
static inline Clock moment_clock(V m) { return clock_at(moment_of(m)->data + DATE_BYTES, moment_of(m)->fold); }
void dt_put_day(uint8_t *p, Day d);
void dt_put_clock(uint8_t *p, Clock c);
// The zone as a value: None when there is none (borrowed).
static inline V zone_or_none(const Slot *zone) {
    V v = slot_peek(zone);
    return v == V_NULL ? V_NONE : v;
}

// ---- calendar (datetime_calendar.c) -------------------------------------------------------------------------------------
bool dt_is_leap(int year);
int dt_days_in_month(int year, int month);
int dt_day_of_year(Day d);
int dt_ordinal(Day d);              // 0001-01-01 is 1
Day dt_from_ordinal(int ordinal);
int dt_weekday(Day d);              // Monday is 0
int dt_iso_monday(int year);        // ordinal of the Monday that starts ISO week 1
typedef struct IsoWeek { int year, week, day; } IsoWeek;
IsoWeek dt_iso_week(Day d);
typedef enum { ISO_OK, ISO_BAD_YEAR, ISO_BAD_WEEK, ISO_BAD_DAY } IsoError;
IsoError dt_from_iso(int year, int week, int day, Day *out);
int dt_check_day(Thread *t, Day d); // 0, or -1 with ValueError
int dt_check_clock(Thread *t, Clock c);
int64_t dt_seconds(Day d, Clock c); // since the first instant of year 1, without micro
extern const char *const dt_month_names[13], *const dt_day_names[7];

// ---- the ISO 8601 reader: the text's characters from `at` to `end` ----
typedef struct IsoText { V str; size_t at, end; } IsoText;
typedef struct IsoTime { Clock clock; bool has_zone; int64_t offset; int offset_micro; } IsoTime;
bool dt_read_date(IsoText text, Day *out);
bool dt_read_time(IsoText text, IsoTime *out);
size_t dt_iso_date_length(V str);   // where the date of a datetime ends
V dt_bad_iso(Thread *t, V str);     // ValueError

// ---- arguments and text (datetime_args.c) ---------------------------------------------------------------------------------
int dt_check_zone(Thread *t, V v);  // None or a tzinfo: 0/-1
const char *dt_type_name(const Type *type); // as reprs show it: static types with their module
V dt_unpickled(Thread *t, const V *args, size_t nargs, size_t len); // the state bytes of a pickle, or V_NULL
enum { SPEC_AUTO, SPEC_HOURS, SPEC_MINUTES, SPEC_SECONDS, SPEC_MILLI, SPEC_MICRO };
int dt_timespec(Thread *t, V spec, const char *argument); // SPEC_*, -1
void dt_put_time(StrBuilder *b, Clock c, int spec);
int dt_put_offset(Thread *t, StrBuilder *b, V zone, V arg, const char *separator); // "+05:30"; nothing when there is none
V dt_strftime(Thread *t, V format, V zone, V arg, int micro, V timetuple);
V dt_struct_time(Thread *t, Day d, Clock c, int dst);
NATIVE(dt_format);                  // __format__

// ---- timedelta (datetime_delta.c) ------------------------------------------------------------------------------------------
V dt_delta(Thread *t, Type *type, Wide micro);
static inline V dt_delta_seconds(Thread *t, int64_t seconds, int micro) { return dt_delta(t, &dt_delta_type, (Wide)seconds * DT_MICRO + micro); }
static inline Wide dt_delta_wide(V delta) {
    const Delta *d = delta_of(delta);
    return ((Wide)d->days * DT_DAY + d->seconds) * DT_MICRO + d->micro;
}

// ---- zones (datetime_zone.c) -------------------------------------------------------------------------------------------------
// zone.utcoffset(arg), zone.dst(arg): None or a timedelta within a day.  zone may be None or V_NULL.
V dt_zone_delta(Thread *t, V zone, V name, V arg);
#define dt_utcoffset(t, zone, arg) dt_zone_delta(t, zone, NAME(utcoffset), arg)
V dt_tzname(Thread *t, V zone, V arg);
V dt_zone_new(Thread *t, V offset, V name_or_null);
V dt_iso_zone(Thread *t, const IsoTime *time);      // the zone of a text: None when it has none
V dt_local_zone(Thread *t, int64_t timestamp);
int dt_zone_start(Thread *t, V module);

// ---- dates and times -----------------------------------------------------------------------------------------------------------
V dt_date(Thread *t, Type *type, Day d);            // checked
V dt_date_of_class(Thread *t, Type *type, Day d);   // through the class, when it is not date itself
V dt_time(Thread *t, Type *type, Clock c, V zone);  // checked; zone None or V_NULL: naive
V dt_moment(Thread *t, Type *type, Day d, Clock c, V zone);
V dt_moment_of_class(Thread *t, Type *type, Day d, Clock c, V zone);
V dt_moment_shift(Thread *t, V moment, Wide micro, V zone); // later by that much; its class
// Compares naive bytes and offsets of two times or two datetimes; see datetime_time.c.
V dt_compare_bytes(const uint8_t *a, const uint8_t *b, size_t n, int op);
int64_t dt_hash_bytes(const uint8_t *p, size_t n);   // as bytes hash
int dt_date_start(Thread *t, V module);
int dt_time_start(Thread *t, V module);
int dt_moment_start(Thread *t, V module);
int dt_delta_start(Thread *t, V module);
int dt_class_constant(Thread *t, Type *type, const char *name, V value_steal);

// ---- parts of datetime ---------------------------------------------------------------------------------------------------------
// datetime_make.c: the class methods that make datetimes
NATIVE(dt_make_now);
NATIVE(dt_make_utcnow);
NATIVE(dt_make_fromtimestamp);
NATIVE(dt_make_utcfromtimestamp);
NATIVE(dt_make_combine);
NATIVE(dt_make_strptime);
NATIVE(dt_make_fromisoformat);
// Seconds since year 1, in UTC, of the fields taken as local time.
int dt_local_to_seconds(Thread *t, Day d, Clock c, int64_t *out);
// datetime_math.c
V dt_moment_add(Thread *t, V a, V b);
V dt_moment_subtract(Thread *t, V a, V b);
V dt_moment_compare(Thread *t, V a, V b, int op);
int dt_moment_hash(Thread *t, V self, int64_t *out);
NATIVE(dt_moment_timestamp);
NATIVE(dt_moment_astimezone);
NATIVE(dt_moment_utctimetuple);
#endif
