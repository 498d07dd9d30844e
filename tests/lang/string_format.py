# SPDX-License-Identifier: MIT
"""str.format, format specifications and f-strings."""
import datetime


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"

    def __str__(self):
        return f"<{self.x};{self.y}>"

    def __format__(self, spec):
        return f"[{spec}:{self.x}]" if spec else str(self)


p = Point(3, 4)
data = {"name": "Ann", "list": [10, 20, 30], "p": p}
print("{} {} {}".format(1, 2, 3), "{2} {0} {1}".format(1, 2, 3), "{a} {b}".format(a=1, b=2), "{0}{1}{0}".format("x", "y"), "{{}} {}".format(5))
print("{0[name]} {0[list][1]} {0[p].x}".format(data), "{p!r} {p!s} {p:abc} {p}".format(p=p), "{!a}".format("é"), "{:{}}".format(42, 8), "{:{w}.{p}f}".format(3.14159, w=10, p=3))
print("{name} {p.y}".format_map(data), "{:>{width}}|{:<6}|{:^7}|{:*^9}|{:=+8}".format("r", "l", "c", "mid", 42, width=5))
for spec in ("d", "5d", "05d", "+d", "x", "#X", "o", "b", "#b", "#010x", "c", ",", "_x", "e", ".2f", "%", "<8d", "^8d", ">8d", "=8d", "*=+8d", "n", " d", "-d"):
    print(spec, "|" + format(65, spec) + "|", "|" + (format(-65, spec) if spec != "c" else "") + "|", end=" ")
print()
for spec in ("", "s", "10", "<10", ">10", "^10", "*^10", ".2", "10.2", "-<7.3s", "08"):
    print(spec, "|" + format("hello", spec) + "|", end=" ")
print()
for value, spec in ((5, "s"), ("a", "d"), ("a", "=5"), (5, ".3d"), (5.5, "d"), ("a", ",d"), (5, "%%"), ([], "5"), (None, "x"), (300000000000, "c"), (5, "+s"), ("x", "+"), (5, ",_"), (1.5, "x"), (5, "10q")):
    try:
        print(format(value, spec))
    except Exception as error:
        print(type(error).__name__, error)
for call in (lambda: "{}".format(), lambda: "{0} {}".format(1, 2), lambda: "{a}".format(), lambda: "{".format(), lambda: "}".format(), lambda: "{0.foo}".format(1), lambda: "{0[x]}".format([1]), lambda: "{!z}".format(1), lambda: "{:{}{}}".format(1), lambda: "{a.}".format(a=1)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
name, value, width, items = "Bob", 3.14159, 12, [1, 2, 3]
print(f"{name} {name!r} {name:>{width}} {value:.2f} {value:{width}.{3}} {items[1]} {items!s:*^15} {1 + 2} {'nested ' + name}")
print(f"{value = } {value=:.3f} {name=!s} {items = !r:>20} {width + 1=}")
print(f"{{literal}} {name}{{}} {'a' 'b'} {(lambda x: x * 2)(5)} {[i for i in range(3)]} { {'k': 1}['k'] } {name.upper()!r:>10}")
print(f"""multi
line {name}
  {value:10.1f}|""")
print(rf"raw \n {name}\t", f"{p}", f"{p:spec}", f"{p!r}", f"{p!r:>12}|", f"{datetime.date(2024, 2, 29):%d.%m.%Y}", f"{None} {True} {...}")
print(f"{3:03d}{-7:+}{1e10:g}{255:#06x}{1_000_000:,}", f"{'é':>4}{'☃':^5}|", f"{b'x'!r}", f"{10:{'x'}}", f"{'':5}|", f"{True:5}|", f"{True!s:5}|")
import string
print(string.Template("$who likes ${what}, $$5").substitute(who="tim", what="kung pao"), string.Template("$a $b").safe_substitute(a=1), string.capwords("the end of  it"))
print(list(string.Formatter().parse("a{b!r:>{w}}c{{d")), string.Formatter().vformat("{0}-{x}", (1,), {"x": 2}), string.ascii_letters, repr(string.whitespace), string.punctuation)
