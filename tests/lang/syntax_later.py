# SPDX-License-Identifier: MIT
"""Syntax of later Pythons (PEP 695, 696, 701, 758), compiled and run, and that it does not show in other trees."""
import ast

later = [
    "f'{'a' + \"b\"}'",
    "f'{f'{f'{1 + 1}'}'}'",
    "f'{'\\n'.join(['x', 'y'])}'",
    'f"""{\n  1 # one\n  + 2\n}"""',
    "f'{'x':{'>'}{3}}'",
    "f'{3:{'>':{1}}{5}}'",
    'f"{3.14159:{10!r:{1}}.{2:{0+1}}}|"',
]
for source in later:
    print(repr(eval(source)))
for source in 'f"{1:{2:{3:{4}}}}"', 'f"{1:{2:{3!}}}"', 'f"{1:{2:{3}"', 'f"{1:{2:{}}}"':
    try:
        compile(source, "", "eval")
    except SyntaxError as e:
        print(e)
print(ast.dump(ast.parse('f"{1:{2:{3}}}"', mode="eval")))

space = {}
exec("""
def first[T](items: list[T]) -> T:
    return items[0]

class Box[T]:
    def __init__(self, item: T):
        self.item = item

type Pair[A, B = int] = tuple[A, B]

def attempt(call):
    try:
        return call()
    except ValueError, KeyError:
        return "caught"
""", space)
print(space["first"]([3, 4]), space["Box"](5).item, space["attempt"](lambda: {}[1]), space["attempt"](lambda: int("x")))
print([p.__name__ for p in space["first"].__type_params__], space["Pair"].__name__)
tree = ast.parse("def f(): pass\nclass A: pass")
print(ast.dump(tree))
print(ast.FunctionDef._fields, ast.ClassDef._fields)
type = 3
print(type)

# PEP 695: bounds, constraints and defaults are evaluated when first asked for
space = {}
exec("""
asked = []
def ask(what):
    asked.append(what)
    return what

def f[T: ask(int), U: (ask(str), ask(bytes)), V = ask(float), *Ts = *tuple[int, str], **P = [int]](x: T, *args: *Ts) -> U: ...
class Node[T: "Node"]: ...
class Later[T: Unknown]: ...
""", space)
T, U, V, Ts, P = space["f"].__type_params__
print(space["asked"])
print(T.__bound__, T.__constraints__, space["asked"])
print(T.__bound__, space["asked"])
print(U.__bound__, U.__constraints__, space["asked"])
print(V.__default__, V.__bound__, space["asked"], Ts.__default__, P.__default__)
print(space["Node"].__type_params__[0].__bound__)
lazy = space["Later"].__type_params__[0]
for attempt in range(2):
    try:
        print(lazy.__bound__)
    except NameError as e:
        print(e)
    space["Unknown"] = int
import typing
print(T.__class__ is typing.TypeVar, hasattr(typing.TypeVar("X"), "__default__"))
for source in ["def f[T: (yield)](): pass", "class A[T, T]: pass", "type X[T = (x := 1)] = int", "def f[T = (await x)](): pass"]:
    try:
        exec(source, {})
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset)

# type parameters and aliases in a class see its names, as they are when asked
space = {}
exec("""
Inner = "global"
class C:
    Inner = int
    type Alias = list[Inner]
    def method[T: Inner](self, x: Inner, y: T = 3) -> Missing: ...
    class Nested[U: Inner]: ...
    class Inner2: ...
    def twice[Inner](self, x: Inner): ...
    Inner = str
    Missing = 5 if 0 else None
    del Missing
Missing = "late"
class D:
    def plain(self): return __class__
    type A = __name__
""".replace("-> Missing", ""), space)
C = space["C"]
print(C.Alias.__value__, C.method.__annotations__["x"], C.method.__type_params__[0].__bound__, C.Nested.__type_params__[0].__bound__)
print(C.twice.__annotations__["x"] is C.twice.__type_params__[0], space["D"]().plain() is space["D"], space["D"].A.__value__)
print(sorted(name for name in vars(C) if not name.startswith("__")))

# what 3.11's library does not know is written back, and seen by its walkers
source = """
type Alias[T: int = str, *Ts = *tuple[int, ...], **P = [int]] = list[T]
type Short = int
@decorated
def f[T: (int, str)](x: T) -> T:
    return x
async def g[**P](): ...
class C[T = int](Base, metaclass=Meta):
    def method[U](self): ...
class D[T]: ...
def plain(): ...
"""
tree = ast.parse(source)
print(ast.unparse(tree))
print(ast.dump(ast.parse(ast.unparse(tree))) == ast.dump(tree))
print([ast.dump(node)[:70] for node in ast.walk(tree) if node.__class__.__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple")])
print([node._fields[-1] for node in tree.body], ast.FunctionDef._fields[-1], ast.ClassDef.__match_args__)


class Rename(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.copy_location(ast.Name({"int": "bytes"}.get(node.id, node.id), node.ctx), node)


space = {"decorated": lambda f: f, "Base": list, "Meta": object.__class__}
exec(compile(Rename().visit(tree), "later", "exec"), space)
print(space["Short"].__value__, space["f"].__type_params__[0].__constraints__, space["C"].__type_params__[0].__default__)
made = ast.parse("def made(): pass")
made.body[0].type_params = [ast.TypeVar("Q")]
exec(compile(ast.fix_missing_locations(made), "made", "exec"), space)
print(ast.unparse(made), space["made"].__type_params__, ast.unparse(ast.TypeVarTuple("Ts")))
refused = [
    "type X = (yield)", "type X[T: (yield)] = 1", "type X[T: ((yield), int)] = 1", "type X[T = (yield)] = 1", "type X[**P = (yield)] = 1",
    "type X[*Ts = (yield)] = 1", "type X = (await y)", "type X = (y := 1)", "class A[T](y := 1): pass", "def f[T](x: (yield)): pass",
    "def f[T]():\n nonlocal T", "def f[T]():\n def g():\n  nonlocal T\n  T = 1", "class A[T]:\n nonlocal T", "class A[T = int, U]: pass",
    "type X[T = int, *Ts] = 1", "type X[T = int, **P] = 1", "def f[T = int, U = str, V](): pass",
]
for text in refused:
    try:
        exec(text, {})
    except SyntaxError as e:
        print(text.splitlines()[0], "|", e.msg, e.lineno, e.offset, e.end_offset)


def outer():
    T = "outer"

    def inner():
        nonlocal T
        T = "changed"
    inner()
    return T


print(outer())
