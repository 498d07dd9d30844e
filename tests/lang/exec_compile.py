# SPDX-License-Identifier: MIT
"""compile, exec, eval, code objects, functions built from code, ast round trips, dis-visible facts."""
import ast
import types

code = compile("a = 1\ndef f(x, *, y=2):\n    z = x + y\n    return [q for q in (x, y, z)]\nb = f(a)\n", "<made>", "exec")
ns = {}
exec(code, ns)
print(ns["a"], ns["b"], code.co_name, code.co_filename, code.co_names, code.co_consts[0], code.co_varnames, code.co_flags & 0x40, code.co_firstlineno)
f = ns["f"].__code__
print(f.co_name, f.co_qualname, f.co_argcount, f.co_kwonlyargcount, f.co_varnames, f.co_nlocals, f.co_freevars, f.co_cellvars, f.co_flags & 3, f.co_firstlineno, [line for _, _, line in f.co_lines()])
g = types.FunctionType(f, {"__builtins__": __builtins__}, "renamed", (), None)
print(g(1, y=5), g.__name__)
f2 = f.replace(co_name="other", co_consts=f.co_consts)
print(f2.co_name, f == f.replace(), f == f2, hash(f) == hash(f.replace()))
print(eval(compile("1 + 2 * 3", "", "eval")), eval("[x for x in range(n)]", {"n": 3}), eval(" 5 "), eval("__name__"), eval("(lambda: 7)()"))
exec(compile("print('single'); 5 + 5", "<stdin>", "single"))
exec("exec('print(1 + 1)')")
tree = ast.parse("x = 1 + 2\nif x > 2:\n    print('big', x)\nelse:\n    pass\n")
print(ast.dump(tree))
exec(compile(tree, "<tree>", "exec"))


class Double(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


print(eval(compile(ast.fix_missing_locations(Double().visit(ast.parse("3 + 4", mode="eval"))), "", "eval")))
print(ast.literal_eval("{'a': [1, 2.5, (None, True)], 'b': {1, 2}, 'c': b'x', 'd': -5, 'e': 1 + 2j}"))
for bad in ("f()", "1 + x", "__import__('os')", "[", "a.b"):
    try:
        print(ast.literal_eval(bad))
    except (ValueError, SyntaxError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0].split("<ast")[0])
for source in ("def f(a, b=1, /, c=2, *d, e, f=3, **g) -> int: return a", "class A(B, metaclass=C):\n    x: int = 1", "async def f():\n    async with a as b: await c\n    async for d in e: yield d", "try:\n    pass\nexcept (A, B) as e:\n    raise X from e\nelse:\n    pass\nfinally:\n    pass", "match x:\n    case [1, *r] if r: pass\n    case {'k': v, **kw}: pass\n    case C(a, b=1) | None: pass", "x = f'{a!r:>{w}} {b}'", "lambda a, *b: (yield)", "del a[1:2, ::3], b.c", "assert x, 'm'", "import a.b as c, d", "from .. import x as y", "global a, b", "while x: break", "a += 1; b: int", "x = a if b else c", "{**a, 'k': v}; {*b}; [c, *d]", "a < b <= c is not d not in e", "not a and b or c", "@d1\n@d2(1)\ndef f(): ...", "with a as (b, c), d: pass", "[x async for x in y if z]", "(a := 5)", "-1 ** ~x", "b'by' b'tes'", "1_000 + 0x_ff + 1e3j"):
    t = ast.parse(source)
    print(ast.unparse(t).replace("\n", "\\n"), "|", ast.dump(t) == ast.dump(ast.parse(ast.unparse(t))))
node = ast.parse("a.b(c, d=1)").body[0].value
print(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, node._fields, ast.get_source_segment("a.b(c, d=1)", node.args[0]), [type(n).__name__ for n in ast.walk(node)])
print(ast.dump(ast.parse("x = 5", mode="exec"), include_attributes=True, indent=1))
for bad in (lambda: compile("1", "f", "bad"), lambda: compile(5, "f", "exec"), lambda: compile("a b", "f", "exec"), lambda: compile(ast.Module([ast.Expr(ast.Name("x", ast.Load()))], []), "f", "exec"), lambda: compile(ast.Expression(ast.Constant(1)), "f", "exec"), lambda: compile("a\0b", "f", "exec"), lambda: eval("a b"), lambda: exec("x", 5), lambda: eval("x", {}, 5), lambda: types.FunctionType(5, {}), lambda: exec(f), lambda: ns["f"].__code__.replace(co_argcount="x")):
    try:
        bad()
        print("fine")
    except (TypeError, ValueError, SyntaxError, NameError) as e:
        print(type(e).__name__, e)
env = {}
exec("x = 1", env)
print(sorted(env), "__builtins__" in env)
exec("y = x + 1", env, local := {})
print(local, eval("len('abc')", {"__builtins__": {"len": lambda s: "replaced"}}))
try:
    eval("print", {"__builtins__": {}})
except NameError as e:
    print(e)


class NS(dict):
    def __missing__(self, key):
        return f"<{key}>"


print(eval("foo + bar", {}, NS()))
m = types.ModuleType("made", "docs")
exec("value = 5\ndef get(): return value", m.__dict__)
m.value = 6
print(m.get(), m.__name__, m.__doc__, repr(m))
for source in "raise KeyError(x)", "raise KeyError(1)", "if x: raise x\nelse: raise y", "class A: raise x", "def f(): raise x", "while 1: pass", "raise":
    code = compile(source, "ended", "exec")
    print(source, [c for c in code.co_consts if not hasattr(c, "co_consts")], code.co_code.hex(), [c.co_consts for c in code.co_consts if hasattr(c, "co_consts")])
print(open.__module__, open.__qualname__)
