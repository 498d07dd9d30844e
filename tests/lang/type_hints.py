# SPDX-License-Identifier: MIT
"""Annotations at every level, postponed evaluation, generic aliases, unions, typing objects at run time."""
import collections.abc
import typing
from typing import Any, Callable, ClassVar, Generic, Literal, NamedTuple, Optional, Protocol, TypedDict, TypeVar, Union, get_type_hints, runtime_checkable

x: int
y: str = "s"
z: list[int] | None = None
print(__annotations__, list[int], dict[str, list[int]], tuple[int, ...], int | str | None, list[int] == list[int], list[int].__origin__, list[int].__args__, type(list[int]).__name__, type(int | str).__name__, (int | str).__args__, int | int, list[int] | None)


def f(a: int, b: "Later" = None, *args: str, c: list[int] = [], **kw: Any) -> Optional[int]:
    local: int = 5
    undefined: NotEvaluated
    return local


class Later:
    attr: int = 1
    other: "Later"
    cv: ClassVar[int] = 5


print(f.__annotations__, f(1), Later.__annotations__, get_type_hints(f), get_type_hints(Later))
T, K = TypeVar("T"), TypeVar("K", bound=int)


class Stack(Generic[T]):
    def __init__(self):
        self.items: list[T] = []

    def push(self, item: T) -> None:
        self.items.append(item)


s = Stack[int]()
s.push(1)
print(s.items, Stack[int], Stack[int].__origin__ is Stack, Stack[int] == Stack[int], Stack.__parameters__, T, K.__bound__, Stack[T][str], isinstance(s, Stack), Stack.__orig_bases__)


@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


class P(NamedTuple):
    a: int
    b: str = "d"


class TD(TypedDict, total=False):
    k: int


print(isinstance([], HasLen), isinstance(5, HasLen), P(1), P(1)._asdict(), P.__annotations__, TD(k=1), TD.__total__, TD.__annotations__)
print(Optional[int], Union[int, str], Union[int, None], Callable[[int], str], Literal[1, "a"], Any, typing.List[int], typing.Dict[str, int], ClassVar[int], typing.Tuple[int, ...], collections.abc.Callable[[int], str], typing.get_origin(dict[str, int]), typing.get_args(dict[str, int]), typing.get_args(Callable[[int], str]), Union[int, int], Optional[None])
print(isinstance(5, int | str), isinstance(None, int | None), isinstance([], list | tuple), issubclass(bool, int | str))
for op in (lambda: isinstance([], list[int]), lambda: list[int](range(2)), lambda: int[str], lambda: int | 5, lambda: Union[5], lambda: Stack[int, str], lambda: typing.List[int](), lambda: Optional[int, str], lambda: TypeVar("A", int), lambda: typing.cast(int, "not"), lambda: list[int].append, lambda: Literal[1] == Literal[1], lambda: isinstance(5, Union[int, str]), lambda: Any(), lambda: typing.NewType("U", int)(5), lambda: issubclass(int, HasLen)):
    try:
        print(op())
    except TypeError as e:
        print("TypeError", e)


class D:
    def __class_getitem__(cls, k):
        return ("item", k)


class Sub(list[int]):
    pass


class Mapping(dict[str, T]):
    pass


print(D[5], D[1, 2], Sub.__bases__, Sub.__orig_bases__, Mapping.__orig_bases__, type[int], collections.abc.Iterable[int], typing.overload(f).__name__, typing.final(D) is D, typing.get_type_hints(P), repr(typing.Annotated[int, "meta"]), typing.Annotated[int, 1].__metadata__)


def deco(a: (lambda: 5)() = 1, *, b: print("evaluated at def") = 2) -> f"computed":
    pass


print(deco.__annotations__)
(name): int = 5
obj = D()
obj.attr: str = "v"
d = {}
d["k"]: int = 3
print(__annotations__, obj.attr, d)
