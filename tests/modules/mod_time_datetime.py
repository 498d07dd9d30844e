# SPDX-License-Identifier: MIT
"""time and datetime, calendar, zoneinfo-free."""
import calendar, datetime as dt, time
a = time.perf_counter(); time.sleep(0.01); b = time.perf_counter()
print(b - a >= 0.0099, time.time() > 1.6e9, time.monotonic_ns() > 0, time.process_time() >= 0, time.time_ns() > 10 ** 18, time.get_clock_info("monotonic").monotonic, time.thread_time() >= 0)
t = time.gmtime(86400 * 365.25)
print(t, t.tm_year, time.strftime("%Y-%m-%d %H:%M:%S %j %a %b %p %%", t), time.strptime("2024-02-29 13:45", "%Y-%m-%d %H:%M")[:6], time.asctime(t), calendar.timegm(t), time.mktime(time.localtime(1000)), time.ctime(0), time.timezone, time.tzname, t[:3], tuple(t)[-3:], time.struct_time(range(9)).tm_mon)
for bad in (lambda: time.sleep(-1), lambda: time.sleep("x"), lambda: time.strptime("x", "%Y"), lambda: time.strftime("%Y", (1,)), lambda: time.gmtime(1e30), lambda: dt.date(2023, 2, 29), lambda: dt.datetime(2024, 1, 1, 25), lambda: dt.date.fromisoformat("nope"), lambda: dt.timedelta(days=10 ** 10), lambda: dt.date(1, 1, 1) - dt.timedelta(1), lambda: dt.datetime.strptime("1", "%q"), lambda: dt.datetime(2024, 1, 1) - dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), lambda: dt.date(2024, 1, 1) < dt.datetime(2024, 1, 1), lambda: dt.timezone(dt.timedelta(hours=25))):
    try:
        print(bad())
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)
d = dt.date(2024, 2, 28)
print(d + dt.timedelta(days=2), d - dt.date(2023, 1, 1), d.weekday(), d.isoweekday(), d.isocalendar(), d.replace(day=1), d.strftime("%d/%m/%y"), d.toordinal(), dt.date.fromordinal(738000), repr(d), d.ctime(), d.timetuple()[:3], f"{d:%B}", dt.date.min, dt.date.max, d < dt.date(2025, 1, 1), hash(d) == hash(dt.date(2024, 2, 28)), dt.date.fromisoformat("20240301"), dt.date.fromisocalendar(2024, 9, 3))
x = dt.datetime(2024, 2, 29, 13, 5, 7, 123456)
print(x, repr(x), x.isoformat(), x.isoformat(" ", "minutes"), x.date(), x.time(), x.timestamp(), x + dt.timedelta(hours=11, microseconds=900000), x.replace(year=2025, day=1), dt.datetime.fromisoformat("2024-02-29T13:05:07.123+02:00"), dt.datetime.strptime("Feb 29 2024 1:05PM", "%b %d %Y %I:%M%p"), x.strftime("%f %U %w %y %c"), dt.datetime.fromtimestamp(0, dt.timezone.utc), x - dt.datetime(2024, 1, 1), dt.datetime.combine(d, dt.time(1, 2)), x.astimezone(dt.timezone.utc).tzinfo, max(x, x + dt.timedelta(1)))
td = dt.timedelta(days=1, hours=25, seconds=-5, microseconds=7)
print(td, repr(td), td.total_seconds(), td * 2, td / 2, td // dt.timedelta(hours=1), td % dt.timedelta(hours=1), -td, abs(-td), td / dt.timedelta(1), dt.timedelta(weeks=1) > td, str(dt.timedelta(-1)), divmod(td, dt.timedelta(hours=5)), dt.timedelta.resolution, bool(dt.timedelta(0)))
tz = dt.timezone(dt.timedelta(hours=5, minutes=30), "IST")
y = x.replace(tzinfo=tz)
print(y, y.utcoffset(), y.tzname(), y.astimezone(dt.timezone.utc), tz, y == y.astimezone(dt.timezone.utc), dt.timezone.utc, y.utctimetuple()[:5], dt.time(1, 2, tzinfo=tz), dt.time.fromisoformat("04:05:06"), repr(dt.time(23, 59)), dt.time(5) < dt.time(6), y.dst())
print(calendar.month(2024, 2), calendar.isleap(2000), calendar.monthrange(2023, 2), list(calendar.Calendar().itermonthdays(2024, 2))[:7])
