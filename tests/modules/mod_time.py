# SPDX-License-Identifier: MIT
"""time and errno."""
import time, errno
print(sorted(errno.errorcode.items()))
def tr(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
tr(lambda: time.sleep(-1)); tr(lambda: time.sleep('a')); tr(lambda: time.sleep(1e300)); tr(lambda: time.gmtime(1e300)); tr(lambda: time.gmtime(1e17)); tr(lambda: time.gmtime('a')); tr(lambda: time.localtime(float('nan')));tr(lambda: time.localtime(0)); tr(lambda: time.gmtime(0)); tr(lambda: time.strftime('%Y', (1,2)));tr(lambda: time.strftime('%Y', (1,2,3,4,5,6,7,8,9))); tr(lambda: time.strftime('%Y', (2000,13,3,4,5,6,7,8,9))); tr(lambda: time.strftime('%Y', (2000,1,32,4,5,6,7,8,9)));tr(lambda: time.strftime('%Y', (2000,1,3,25,5,6,7,8,9)));tr(lambda: time.strftime('%Y', (2000,1,3,4,60,6,7,8,9)));tr(lambda: time.strftime('%Y', (2000,1,3,4,5,62,7,8,9)));tr(lambda: time.strftime('%Y', (2000,1,3,4,5,6,-2,8,9)));tr(lambda: time.strftime('%Y', (2000,1,3,4,5,6,7,367,9))); tr(lambda: time.strftime(5)); tr(lambda: time.strftime('%Y', 5)); tr(lambda: time.mktime((1,)));tr(lambda: time.mktime((2**62,1,1,1,1,1,1,1,1))); tr(lambda: time.asctime((2000,1,3,4,5,6,0,1,0))); tr(lambda: time.asctime((99999999999,1,3,4,5,6,0,1,0)));tr(lambda: time.ctime(1e100)); tr(lambda: time.clock_gettime(99)); tr(lambda: time.clock_gettime('a')); tr(lambda: time.get_clock_info('monotonic')); tr(lambda: time.get_clock_info('x')); tr(lambda: time.get_clock_info('time'));tr(lambda: time.get_clock_info('perf_counter'));tr(lambda: time.get_clock_info('process_time'));tr(lambda: time.get_clock_info('thread_time'));  tr(lambda: time.pthread_getcpuclockid(1) if 0 else 0); tr(lambda: time.clock_settime(1,0)); tr(lambda: time.struct_time((1,2,3))); tr(lambda: time.struct_time(range(9))); tr(lambda: time.struct_time(range(11))); tr(lambda: time.strftime('%Y-%m-%d \x00é', time.gmtime(0))); tr(lambda: time.strftime('', time.gmtime(0))); tr(lambda: time.strftime('é%Z', time.gmtime(0))); tr(lambda: time.strftime('%', time.gmtime(0)));tr(lambda: time.strftime('%Q', time.gmtime(0))); tr(lambda: time.mktime((2000,1,3,4,5,6,0,1,0))); tr(lambda: time.mktime((1,1,3,4,5,6,0,1,0)));tr(lambda: time.mktime(5)); tr(lambda: time.gmtime(2**61)); tr(lambda: time.clock_settime_ns(1,'a')); tr(lambda:time.sleep(None)); tr(lambda: time.struct_time()); tr(lambda: time.struct_time(1)); tr(lambda: time.tzname+(time.timezone,time.altzone,time.daylight)); tr(lambda: time.gmtime(1.9)[5]); tr(lambda: time.gmtime(-1.9)[5]); tr(lambda: time.strftime('%y', (-5,1,3,4,5,6,0,1,0)));  tr(lambda: time.strftime('%Y|%G|%C|%y', (5,1,3,4,5,6,0,1,0))); tr(lambda: time.asctime(5)); tr(lambda: (time.tzset(), time.tzname)); tr(lambda: time.sleep(0)); tr(lambda: time.strptime('30 Nov 00','%d %b %y')); tr(lambda: time.time(1)); tr(lambda: time.sleep()); tr(lambda: time.struct_time(range(12))); tr(lambda: time.gmtime(0).tm_zone); tr(lambda: time.sleep(True))

# -- the edges of C's integers in a field
for value in (2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, -2**63 - 1):
    try:
        time.asctime((2000, 1, 1, 0, 0, 0, 0, 1, value))
    except OverflowError as error:
        print(value, error)

import time
for args, names in ((1, 2), {}), ((), {"x": 1}), (("a",), {}):
    try:
        time.ctime(*args, **names)
    except TypeError as error:
        print(error)
print(time.ctime.__text_signature__)

# seconds that no clock has
import os, signal, tempfile


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


with tempfile.NamedTemporaryFile() as file:
    for value in 1e300, -1e300, float("nan"), float("inf"), 2 ** 70, -1.5:
        print(value, attempt(os.utime, file.name, (value, 1)), attempt(os.utime, file.name, (1, value)))
        if value not in (-1.5, -1e300):
            print(attempt(signal.setitimer, signal.ITIMER_REAL, value))
print(attempt(signal.setitimer, signal.ITIMER_REAL, "x")[0], attempt(os.utime, ".", ("x", 1))[0])
