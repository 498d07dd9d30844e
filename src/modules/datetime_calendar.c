// SPDX-License-Identifier: MIT
// Module _datetime: the proleptic Gregorian calendar, ISO weeks, and reading ISO 8601 text.
#include "datetime_private.h"

const char *const dt_month_names[13] = {"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
const char *const dt_day_names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const int before_month[14] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

// ---- days ----------------------------------------------------------------------------------------------------------------
bool dt_is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int dt_days_in_month(int year, int month) {
    return before_month[month + 1] - before_month[month] + (month == 2 && dt_is_leap(year));
}

int dt_day_of_year(Day d) { return before_month[d.month] + (d.month > 2 && dt_is_leap(d.year)) + d.day; }

static int before_year(int year) {
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

int dt_ordinal(Day d) { return before_year(d.year) + dt_day_of_year(d); }

// Years are taken from March to February here: then the leap day is the last of its year, and the days before a month
// are a linear function (153 days every five months).
Day dt_from_ordinal(int ordinal) {
    int n = ordinal + 305; // days since 0000-03-01
    int era = n / 146097, rest = n % 146097;
    int year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int day = rest - (365 * year + year / 4 - year / 100);
    int month = (5 * day + 2) / 153;
    Day d = {era * 400 + year + (month >= 10), month < 10 ? month + 3 : month - 9, day - (153 * month + 2) / 5 + 1};
    return d;
}

int dt_weekday(Day d) { return (dt_ordinal(d) + 6) % 7; }

int dt_iso_monday(int year) {
    int first = before_year(year) + 1, weekday = (first + 6) % 7;
    int monday = first - weekday;
    return weekday > 3 ? monday + 7 : monday; // week 1 has the first Thursday
}

IsoWeek dt_iso_week(Day d) {
    int today = dt_ordinal(d), year = d.year;
    if (today < dt_iso_monday(year)) year--;
    else if (today >= dt_iso_monday(year + 1)) year++;
    int days = today - dt_iso_monday(year);
    return (IsoWeek){year, days / 7 + 1, days % 7 + 1};
}

IsoError dt_from_iso(int year, int week, int day, Day *out) {
    if (year < DT_MIN_YEAR || year > DT_MAX_YEAR) return ISO_BAD_YEAR;
    int weeks = (dt_iso_monday(year + 1) - dt_iso_monday(year)) / 7;
    if (week < 1 || week > weeks) return ISO_BAD_WEEK;
    if (day < 1 || day > 7) return ISO_BAD_DAY;
    *out = dt_from_ordinal(dt_iso_monday(year) + (week - 1) * 7 + day - 1);
    return ISO_OK;
}

static int bad(Thread *t, const char *message) {
    err_set(t, &exc_ValueError, message);
    return -1;
}

int dt_check_day(Thread *t, Day d) {
    if (d.year < DT_MIN_YEAR || d.year > DT_MAX_YEAR) {
        err_set(t, &exc_ValueError, "year %d is out of range", d.year);
        return -1;
    }
    if (d.month < 1 || d.month > 12) return bad(t, "month must be in 1..12");
    if (d.day < 1 || d.day > dt_days_in_month(d.year, d.month)) return bad(t, "day is out of range for month");
    return 0;
}

int dt_check_clock(Thread *t, Clock c) {
    if (c.hour < 0 || c.hour > 23) return bad(t, "hour must be in 0..23");
    if (c.minute < 0 || c.minute > 59) return bad(t, "minute must be in 0..59");
    if (c.second < 0 || c.second > 59) return bad(t, "second must be in 0..59");
    if (c.micro < 0 || c.micro >= DT_MICRO) return bad(t, "microsecond must be in 0..999999");
    if (c.fold != 0 && c.fold != 1) return bad(t, "fold must be either 0 or 1");
    return 0;
}

int64_t dt_seconds(Day d, Clock c) { return (int64_t)dt_ordinal(d) * DT_DAY + c.hour * 3600 + c.minute * 60 + c.second; }

void dt_put_day(uint8_t *p, Day d) {
    p[0] = (uint8_t)(d.year >> 8), p[1] = (uint8_t)d.year;
    p[2] = (uint8_t)d.month, p[3] = (uint8_t)d.day;
}

void dt_put_clock(uint8_t *p, Clock c) {
    p[0] = (uint8_t)c.hour, p[1] = (uint8_t)c.minute, p[2] = (uint8_t)c.second;
    p[3] = (uint8_t)(c.micro >> 16), p[4] = (uint8_t)(c.micro >> 8), p[5] = (uint8_t)c.micro;
}

// ---- reading ISO 8601 --------------------------------------------------------------------------------------------------------
static uint32_t peek(const IsoText *text) { return text->at < text->end ? str_at(text->str, text->at) : 0; }
static bool take(IsoText *text, uint32_t c) {
    if (text->at >= text->end || peek(text) != c) return false;
    text->at++;
    return true;
}
static bool at_digit(const IsoText *text) { return peek(text) >= '0' && peek(text) <= '9'; }
static bool is_ascii(const IsoText *text) {
    if (str_is_ascii(text->str)) return true;
    for (size_t i = text->at; i < text->end; i++) {
        if (str_at(text->str, i) > 127) return false;
    }
    return true;
}
static bool digits(IsoText *text, int n, int *out) {
    for (*out = 0; n > 0; n--, text->at++) {
        if (!at_digit(text)) return false;
        *out = *out * 10 + (int)(peek(text) - '0');
    }
    return true;
}

// YYYY-MM-DD, YYYYMMDD, YYYY-Www-D, YYYYWwwD, YYYY-Www, YYYYWww.  Of ten characters the last two may be anything behind a
// form of eight, as in CPython.
bool dt_read_date(IsoText text, Day *out) {
    size_t len = text.end - text.at;
    if ((len != 7 && len != 8 && len != 10) || !is_ascii(&text)) return false;
    if (!digits(&text, 4, &out->year)) return false;
    bool dashes = take(&text, '-');
    if (take(&text, 'W')) {
        int week, day = 1;
        if (!digits(&text, 2, &week)) return false;
        if (text.at < text.end && ((dashes && !take(&text, '-')) || !digits(&text, 1, &day))) return false;
        return dt_from_iso(out->year, week, day, out) == ISO_OK;
    }
    if (!digits(&text, 2, &out->month) || (dashes && !take(&text, '-'))) return false;
    return digits(&text, 2, &out->day);
}

// HH, HH:MM, HH:MM:SS, HH:MM:SS.f…, or all of it without colons (and then without the point too), up to the end of text.
// CLOCK_MORE: characters are left behind it, which CPython does not mind where an offset follows.
typedef enum { CLOCK_BAD, CLOCK_OK, CLOCK_MORE } ClockRead;

static ClockRead read_fraction(IsoText text, Clock *c) {
    int scale = DT_MICRO / 10;
    for (int given = 0; given < 6 && text.at < text.end; text.at++, given++, scale /= 10) {
        if (!at_digit(&text)) return CLOCK_BAD;
        c->micro += (int)(peek(&text) - '0') * scale;
    }
    while (at_digit(&text)) text.at++; // finer than a microsecond: cut off
    return peek(&text) ? CLOCK_MORE : CLOCK_OK;
}

static ClockRead read_clock(IsoText text, Clock *c) {
    int *fields[] = {&c->hour, &c->minute, &c->second};
    *c = (Clock){0};
    bool colons = true;
    for (int i = 0; i < 3; i++) {
        if (!digits(&text, 2, fields[i])) return CLOCK_BAD;
        if (text.at == text.end) return CLOCK_OK;
        uint32_t next = peek(&text);
        if (text.at + 1 == text.end) return next ? CLOCK_MORE : CLOCK_OK;
        if (i == 0) colons = next == ':';
        if (next == '.' || next == ',') {
            text.at++;
            break;
        }
        if (colons && next != ':') return CLOCK_BAD;
        if (colons) text.at++;
    }
    return read_fraction(text, c);
}

bool dt_read_time(IsoText text, IsoTime *out) {
    *out = (IsoTime){0};
    if (!is_ascii(&text)) return false;
    IsoText clock = text;
    for (clock.end = text.at; clock.end < text.end; clock.end++) {
        uint32_t c = str_at(text.str, clock.end);
        if (c == '+' || c == '-' || c == 'Z') break;
    }
    ClockRead r = read_clock(clock, &out->clock);
    if (r == CLOCK_BAD || clock.end == text.end) return r == CLOCK_OK;
    out->has_zone = true;
    text.at = clock.end;
    bool negative = peek(&text) == '-';
    if (take(&text, 'Z')) return text.at == text.end;
    text.at++;
    Clock offset;
    if (read_clock(text, &offset) != CLOCK_OK) return false;
    out->offset = offset.hour * 3600 + offset.minute * 60 + offset.second;
    out->offset_micro = offset.micro;
    if (negative) out->offset = -out->offset, out->offset_micro = -out->offset_micro;
    return true;
}

// Without dashes YYYYWwwD and YYYYWww are told apart by what is left: a time has an even number of digits.
static size_t week_length(V str, size_t len) {
    IsoText text = {str, 7, len};
    while (at_digit(&text)) text.at++;
    if (text.at < 9) return text.at;
    return text.at % 2 == 0 ? 7 : 8;
}

size_t dt_iso_date_length(V str) {
    size_t len = str_len(str);
    if (len == 7) return 7;
    if (str_at(str, 4) != '-') return str_at(str, 4) == 'W' ? week_length(str, len) : 8;
    if (str_at(str, 5) != 'W') return 10;
    if (len <= 8 || str_at(str, 8) != '-') return 8;
    IsoText text = {str, 10, len}; // YYYY-Www-D, unless that dash was the separator of a time of two or more digits
    return len > 10 && at_digit(&text) ? 8 : 10;
}

V dt_bad_iso(Thread *t, V str) { return err_set(t, &exc_ValueError, "Invalid isoformat string: %R", str); }
