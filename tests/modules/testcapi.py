# SPDX-License-Identifier: MIT
"""_testcapi and _testinternalcapi: calls from C, containers, marshal, time conversions, datetimes (by what both have)."""
import sys
try:
    import _testcapi as c, _testinternalcapi as i
except ImportError:  # a CPython without its test modules prints what it would print
    c = None
class K:
    def __init__(self, *a, **k): self.a = a, k
    def __repr__(self): return "K%r" % (self.a,)
def show(f, *a, **k):
    try: print(f(*a, **k))
    except BaseException as e: print(type(e).__name__, e)
if c is None:
    print("no test modules")
else:
    for name in ("meth_varargs", "meth_varargs_keywords", "meth_o", "meth_noargs", "meth_fastcall", "meth_fastcall_keywords"):
        for a, k in (((), {}), ((1,), {}), ((1, 2), {"x": 3})):
            try: print(name, getattr(c.MethStatic, name)(*a, **k))
            except TypeError: print(name, "TypeError")
    show(c.pyobject_fastcall, K, (1, 2)); show(c.pyobject_fastcalldict, K, (1,), {"x": 2}); show(c.pyobject_vectorcall, K, (1, 2, 3), ("y",))
    show(c.pyvectorcall_call, len, ("abc",)); show(c.dict_getitem_knownhash, {1: 2}, 1, hash(1)); show(c.dict_getitem_knownhash, {}, 1, hash(1))
    show(c.sequence_getitem, [1, 2], 1); show(c.sequence_getitem, b"ab", 5); show(c.float_pack, 4, 1.5, True); show(c.float_unpack, b"\x3e\x00", False)
    show(c.raise_exception, KeyError, 2); show(c.raise_memoryerror); show(c.make_exception_with_doc, "a.B", "doc")
    show(lambda: c.code_newempty("f", "g", 7).co_name); 
    for ns in (-1500000001, -1500, -500, 0, 499, 500, 1500, 2500, 10**18 + 1):
        print(ns, [(c.PyTime_AsTimeval(ns, r), c.PyTime_AsMicroseconds(ns, r), c.PyTime_AsMilliseconds(ns, r)) for r in range(4)], c.PyTime_AsTimespec(ns), c.PyTime_AsSecondsDouble(ns))
    for s in (0.5, -0.5, 1.5, -1.9999999999, 123.4567891, 7, -3):
        print(s, [(c.PyTime_FromSecondsObject(s, r), c.pytime_object_to_timeval(s, r), c.pytime_object_to_timespec(s, r), c.pytime_object_to_time_t(s, r)) for r in range(4)])
    show(c.PyTime_FromSecondsObject, float("nan"), 0); show(c.PyTime_FromSecondsObject, 1e30, 0); show(c.pytime_object_to_time_t, 1e30, 0)
    c.test_datetime_capi()
    show(c.get_date_fromdate, 0, 2024, 2, 29); show(c.get_datetime_fromdateandtimeandfold, 0, 2024, 2, 29, 1, 2, 3, 4, 1); show(c.make_timezones_capi)
    print(c.INT_MAX, c.USHRT_MAX, c.FLT_MAX, c.ULLONG_MAX, i.get_config()["code_debug_ranges"])
