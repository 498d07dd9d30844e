# SPDX-License-Identifier: MIT
"""from __future__ import annotations: strings, unparsed from the tree."""
from __future__ import annotations
import typing


def f(a: int, b: list[Undefined] | None = None, *c: dict[str, int], d: (1, 2) = 3, e: lambda x: x + 1 = 0, g: "quoted" = 1, h: a.b[c:d, ::2] = 2, i: f"x{y!r:>{w}}" = 1, j: -x ** 2 + (not y) = 0, k: [i for i in range(3) if i] = 0, l: {**a, 'b': 1} = 0, m: x if y else z = 1, o: a < b <= c != d is not e = 0, p: f(*a, k=1, **kw) = 0, q: ... = 0, r: 1.5e10j = 0) -> Callable[[int], typing.Any]:
    v: NeverEvaluated[1 / 0] = 5
    return v


for name, annotation in f.__annotations__.items():
    print(name, annotation)


class C:
    x: int
    y: C = None
    z: not_defined.thing


print(C.__annotations__, f(1))
module_level: Something[int] = 1
print(__annotations__, typing.get_type_hints(type("D", (), {"__annotations__": {"a": "int"}})))
