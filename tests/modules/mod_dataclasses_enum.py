# SPDX-License-Identifier: MIT
"""dataclasses, enum, abc, typing helpers."""
import abc, dataclasses as dc, enum, typing
from dataclasses import dataclass, field
@dataclass
class P:
    x: int
    y: int = 2
    tags: list = field(default_factory=list, compare=False, repr=False)
    total: int = field(init=False, default=0)
    K: typing.ClassVar[int] = 5
    def __post_init__(self): self.total = self.x + self.y
p = P(1); q = P(1, tags=[1])
print(p, p == q, p != P(2), p.total, dc.asdict(p), dc.astuple(p), dc.replace(p, x=9), [f.name for f in dc.fields(P)], dc.is_dataclass(p), P.__match_args__, p.__dataclass_params__, P.__hash__)
@dataclass(order=True, frozen=True, slots=True)
class V:
    a: int
    b: str = "z"
v = V(1)
print(v < V(2), sorted([V(2), V(1, "a"), v]), hash(v) == hash(V(1)), V.__slots__, hasattr(v, "__dict__"), {v: 1}[V(1)])
@dataclass(kw_only=True)
class K(P):
    z: int = 0
    w: dc.InitVar[int] = 1
    def __post_init__(self, w): self.z += w
print(K(1, z=5, w=2), dc.make_dataclass("M", ["a", ("b", int, 5)])(1), [f.kw_only for f in dc.fields(K)])
for bad in (lambda: setattr(v, "a", 5), lambda: P(), lambda: P(1, 2, 3, 4), lambda: v < 5, lambda: delattr(v, "a"), lambda: dc.asdict(5), lambda: dc.replace(p, total=5), lambda: dataclass(type("B", (), {"__annotations__": {"a": int, "b": list}, "b": []})), lambda: dataclass(type("B", (), {"__annotations__": {"a": int, "b": int}, "a": 1})), lambda: hash(p), lambda: K(1, 2, 3, 5)):
    try:
        print(bad())
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1
    def describe(self): return f"{self.name} is {self.value}"
    @classmethod
    def default(cls): return cls.GREEN
print(Color.RED, repr(Color.RED), Color(2), Color["RED"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED.describe(), Color.default(), Color.__members__, Color.RED in Color, isinstance(Color.RED, Color), hash(Color.RED) == hash("RED"), Color.RED.name, {Color.RED: 1}, f"{Color.RED}", Color.RED == 1, list(reversed(Color)))
class N(enum.IntEnum):
    A = enum.auto()
    B = enum.auto()
class Fl(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    X = enum.auto()
    RW = R | W
class S(enum.StrEnum):
    ONE = enum.auto()
    TWO = "2"
class Planet(enum.Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def density(self): return round(self.mass / self.radius ** 3, 4)
print(N.A + 1, N.B > N.A, N(2), repr(N.A), Fl.R | Fl.X, Fl.RW, Fl.R & Fl.RW, ~Fl.R, Fl(5), Fl.R in Fl.RW, list(Fl.RW), bool(Fl(0)), repr(Fl.R ^ Fl.RW), S.ONE, S.TWO + "x", repr(S.ONE), Planet.EARTH.density, Planet((0.64, 3.39)), enum.Enum("Dyn", "a b c").b, enum.IntFlag("IF", "P Q").P | 8, Fl.R.value, N.A.bit_length(), [m.name for m in S])
@enum.unique
class U(enum.Enum):
    A = 1
for bad in (lambda: Color(9), lambda: Color["X"], lambda: setattr(Color, "RED", 5), lambda: Color.RED.nope, lambda: type("Sub", (Color,), {}), lambda: Color.RED < Color.GREEN, lambda: enum.unique(enum.Enum("D", {"a": 1, "b": 1})), lambda: Fl(99), lambda: N("x"), lambda: Fl.R | 1, lambda: Color.RED.value.foo, lambda: delattr(Color, "RED")):
    try:
        print(bad())
    except (ValueError, KeyError, AttributeError, TypeError) as e:
        print(type(e).__name__, e)
class Missing(enum.Enum):
    A = "a"
    @classmethod
    def _missing_(cls, value): return cls.A if value == "alias" else None
class Auto(enum.Enum):
    def _generate_next_value_(name, start, count, last): return name.lower()
    X = enum.auto()
    Y = enum.auto()
print(Missing("alias"), Auto.X.value, [a.value for a in Auto])
class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
    @property
    @abc.abstractmethod
    def name(self): ...
    @classmethod
    def __subclasshook__(cls, c): return True if hasattr(c, "quack") else NotImplemented
class Sq(Shape):
    name = "square"
    def area(self): return 4
class Duck:
    def quack(self): pass
@Shape.register
class Virtual: pass
print(Sq().area(), isinstance(Virtual(), Shape), issubclass(Duck, Shape), issubclass(int, Shape), Shape.__abstractmethods__ == {"area", "name"}, abc.get_cache_token() is not None)
for bad in (lambda: Shape(), lambda: type("Half", (Shape,), {"area": 1})(), lambda: Shape.register(5)):
    try:
        bad()
    except TypeError as e:
        print(e)
