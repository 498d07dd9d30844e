# SPDX-License-Identifier: MIT
"""Syntax of later Pythons (PEP 695, 696, 701, 758), compiled and run, and that it does not show in other trees."""
import ast

later = [
    "f'{'a' + \"b\"}'",
    "f'{f'{f'{1 + 1}'}'}'",
    "f'{'\\n'.join(['x', 'y'])}'",
    'f"""{\n  1 # one\n  + 2\n}"""',
    "f'{'x':{'>'}{3}}'",
]
for source in later:
    print(repr(eval(source)))

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
