# SPDX-License-Identifier: MIT
"""match statements: every kind of pattern, guards, captures, classes with __match_args__, mappings, sequences."""
from dataclasses import dataclass
from collections import namedtuple, deque, OrderedDict, defaultdict
import enum


@dataclass
class Point:
    x: int
    y: int


@dataclass
class Circle:
    center: Point
    radius: float = 1.0


class Color(enum.Enum):
    RED = 1
    BLUE = 2


Pair = namedtuple("Pair", "left right")


def describe(v):
    match v:
        case None:
            return "none"
        case True | False:
            return f"bool {v}"
        case 0:
            return "zero"
        case -1 | -2.5:
            return "negative literal"
        case 3 + 4j:
            return "complex"
        case "hello" | b"bytes":
            return "greeting"
        case int(n) if n > 1000:
            return f"big {n}"
        case int():
            return "int"
        case float(f):
            return f"float {f}"
        case str(s) if len(s) == 1:
            return f"char {s}"
        case str():
            return "string"
        case []:
            return "empty sequence"
        case [x]:
            return f"one {x}"
        case [Point(x=0, y=0), *rest]:
            return f"origin then {rest}"
        case [1, _, 3]:
            return "one-any-three"
        case [first, [inner, *deep], *_, last]:
            return f"nested {first} {inner} {deep} {last}"
        case (a, b) if a == b:
            return f"equal pair {a}"
        case [first, *middle, last]:
            return f"seq {first} {middle} {last}"
        case {"type": "circle", "r": r, **rest}:
            return f"circle {r} {rest}"
        case {"nested": {"key": [k, *_]}}:
            return f"deep map {k}"
        case {1: _, 2: two}:
            return f"int keys {two}"
        case {}:
            return "some mapping"
        case Point(0, y):
            return f"on y axis {y}"
        case Point(x=px, y=py) as p if px == py:
            return f"diagonal {p}"
        case Point():
            return "a point"
        case Circle(Point(cx, cy), radius=r):
            return f"circle at {cx},{cy} r {r}"
        case Color.RED:
            return "red"
        case Color():
            return "other color"
        case type():
            return f"type {v.__name__}"
        case _:
            return f"default {type(v).__name__}"


for v in (None, True, False, 0, 0.0, -1, -2.5, 3 + 4j, "hello", b"bytes", 5000, 7, 2.5, "c", "long", [], (), [1], ("q",), [Point(0, 0), 1, 2], [1, 2, 3], [9, [8, 7, 6], 5, 4], (4, 4), [1, 2, 3, 4], range(3), deque([1, 2]),
          {"type": "circle", "r": 3, "z": 1}, {"nested": {"key": [1, 2]}}, {1: "a", 2: "b"}, {}, {"x": 1}, OrderedDict(a=1), defaultdict(int), Point(0, 5), Point(3, 3), Point(1, 2), Circle(Point(1, 2)), Color.RED, Color.BLUE, int, Pair(1, 2), Pair(5, 5), {1, 2}, bytearray(b"x"), object, ..., iter([])):
    print(repr(v) if not isinstance(v, type(iter([]))) else "iterator", "->", describe(v))


def capture(v):
    match v:
        case [x, y, *z] | {"x": x, "y": y, "z": z}:
            pass
        case _:
            x = y = z = None
    return x, y, z


try:
    print(capture([1, 2, 3]), capture({"x": 1, "y": 2, "z": 3}), capture(5))
except NameError as e:
    print(e)


class Positional:
    __match_args__ = ("a", "b")

    def __init__(self, a, b, c):
        self.a, self.b, self.c = a, b, c


def positional(v):
    match v:
        case Positional(1, b, c=3):
            return "one", b
        case Positional(a, c=c):
            return a, c
        case str(x) | bytes(x):
            return "text", x
        case list([a, b]) | tuple([a, b]):
            return "two", a, b
        case dict(d):
            return "dict", d
    return "fell through"


print(positional(Positional(1, 2, 3)), positional(Positional(5, 6, 7)), positional("s"), positional(b"b"), positional([1, 2]), positional((3, 4)), positional({}), positional(1.5))


class NoArgs:
    pass


for source in ("match NoArgs():\n  case NoArgs(1): pass", "match Positional(1, 2, 3):\n  case Positional(1, 2, 3): pass", "match 1:\n  case int(1, 2): pass", "match 5:\n  case 5():\n    pass", "match Positional(1, 2, 3):\n  case Positional(1, a=1): pass",
               "match x:\n  case a: pass\n  case b: pass", "match x:\n  case [*a, *b]: pass", "match x:\n  case {**r, 'k': 1}: pass", "match x:\n  case a | b: pass", "match x:\n  case [a, a]: pass", "match x:\n  case {'a': 1, 'a': 2}: pass", "match 1:\n  case not_a_class(): pass", "match 5:\n  case (1 | x): print(x)"):
    try:
        exec(source)
        print("ok", repr(source))
    except (TypeError, SyntaxError, NameError) as e:
        print(type(e).__name__, e)
not_a_class = 5
try:
    exec("match 1:\n  case not_a_class(): pass")
except TypeError as e:
    print(e)
match = 5
case = {"match": match}
print(match, case["match"], [match for match in (1, 2)])
match (1, 2):
    case (a, b):
        print(a + b)
match 1, 2, 3:
    case 1, *rest:
        print(rest)
match case:
    case {"match": int(match)} if match == 5:
        print("soft keywords", match)
match -0.0:
    case 0:
        print("zero equals")


def command(line):
    match line.split():
        case ["go", ("north" | "south") as direction]:
            return f"going {direction}"
        case ["get", item, *more]:
            return f"taking {item} and {len(more)} more"
        case ["quit" | "exit"]:
            return "bye"
        case [word]:
            return f"just {word}?"
        case []:
            return "silence"
        case _:
            return "what?"


print([command(c) for c in ("go north", "go up", "get lamp key rope", "exit", "look", "", "a b c")])


def evaluate(tree):
    match tree:
        case int(n) | float(n):
            return n
        case ("+", left, right):
            return evaluate(left) + evaluate(right)
        case ("*", left, right):
            return evaluate(left) * evaluate(right)
        case ("-", operand):
            return -evaluate(operand)
        case ("if", test, then, other):
            return evaluate(then) if evaluate(test) else evaluate(other)
    raise ValueError(tree)


print(evaluate(("+", 1, ("*", 3, ("if", 0, 10, ("-", 4))))))
