# SPDX-License-Identifier: MIT
"""Trees as objects: classes of the ast module, trees made by hand, what compile says about wrong ones."""
import ast

# ---- classes ----------------------------------------------------------------------------------------------------------
for cls in (ast.AST, ast.stmt, ast.expr, ast.FunctionDef, ast.arguments, ast.alias, ast.Load, ast.expr_context, ast.Constant,
            ast.ImportFrom, ast.mod, ast.TypeIgnore, ast.excepthandler, ast.pattern, ast.MatchAs, ast.cmpop):
    print(cls.__name__, cls.__module__, cls._fields, cls._attributes, cls.__match_args__, [b.__name__ for b in cls.__mro__])
    print(cls.__doc__)
print(ast.Load() is ast.Load(), ast.parse("x").body[0].value.ctx is ast.parse("y").body[0].value.ctx)
print(ast.FunctionDef.returns, ast.Constant.kind, ast.expr.end_lineno, hasattr(ast.expr, "lineno"))


def attempt(f, *args, **kwargs):
    try:
        result = f(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__, e)
        return None
    print(type(result).__name__)
    return result


# ---- instances ------------------------------------------------------------------------------------------------------------
node = ast.Name("x", ast.Load(), lineno=3, extra=4)
print(sorted(vars(node)), node.id, node.lineno, node.extra)
attempt(ast.Name, 1, 2, 3)
attempt(ast.Name, "x", id="y")
attempt(ast.Pass, 1)
attempt(ast.AST, 1)
attempt(ast.AST, a=1)
attempt(lambda: ast.Name().id)
print(ast.dump(ast.Name()), ast.dump(ast.Constant(None)), ast.dump(ast.MatchSingleton(None)))


class Mine(ast.Name):
    _fields = ("id", "ctx", "more")


print(ast.dump(Mine("a", ast.Load(), 5)))
print(node.__reduce__()[0].__name__, node.__reduce__()[1], sorted(node.__reduce__()[2]))
match node:
    case ast.Name("x", ctx):
        print("matches", type(ctx).__name__)


# ---- compiling trees --------------------------------------------------------------------------------------------------------
def run(source, mode="exec"):
    tree = ast.parse(source, mode=mode)
    return compile(ast.fix_missing_locations(tree), "<tree>", mode)


space = {}
exec(run("def f(a, *b, c=1, **d):\n    return [a, b, c, d]\nx = f(1, 2, c=3, e=4)\nclass A:\n    y = f'{x!r:>5}'"), space)
print(space["x"], eval(run("x + [5]", "eval"), space))
exec(run("match x:\n    case [1, *rest]:\n        z = rest\ntry:\n    1/0\nexcept* ZeroDivisionError as e:\n    w = 1"), space)
print(space["z"], space["w"])


def pos(node, *place):
    node = ast.fix_missing_locations(node)
    if place:
        node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = place
    return node


def module(*body):
    return ast.Module(list(body), [])


def try_tree(tree, mode="exec"):
    try:
        compile(ast.fix_missing_locations(tree), "<tree>", mode)
        print("compiles")
    except Exception as e:
        print(type(e).__name__, e)


load, store = ast.Load(), ast.Store()
x = ast.Name("x", load)
noargs = ast.arguments([], [], None, [], [], None, [])
one = ast.Constant(1)
wrong = [
    module(ast.Expr(None)), module(ast.Expr(ast.Name("x", store))), module(ast.Expr(3)), module("a"), module(None),
    module(ast.FunctionDef("f", noargs, [], [])), module(ast.FunctionDef(None, noargs, [ast.Pass()], [])),
    module(ast.FunctionDef("f", None, [ast.Pass()], [])), module(ast.FunctionDef("f", noargs, 3, [])),
    module(ast.FunctionDef("f", noargs, [ast.Pass()], [None])), module(ast.FunctionDef(3, noargs, [ast.Pass()], [])),
    module(ast.Delete([])), module(ast.Delete([x])), module(ast.Assign([], x)), module(ast.Assign([x], x)),
    module(ast.AugAssign(x, ast.Add(), x)), module(ast.AugAssign(ast.Name("x", store), None, x)),
    module(ast.AugAssign(ast.Name("x", store), 3, x)), module(ast.For(x, x, [ast.Pass()], [])),
    module(ast.For(ast.Name("x", store), x, [], [])), module(ast.While(one, [], [])), module(ast.If(one, [], [])),
    module(ast.With([], [ast.Pass()])), module(ast.Raise(None, x)), module(ast.Try([ast.Pass()], [], [], [])),
    module(ast.Try([ast.Pass()], [], [ast.Pass()], [ast.Pass()])), module(ast.Try([], [], [], [ast.Pass()])),
    module(ast.Try([ast.Pass()], [ast.ExceptHandler(x, "y", [])], [], [])), module(ast.Import([])),
    module(ast.ImportFrom("x", [ast.alias("y", None)], -1)), module(ast.Global([])), module(ast.Nonlocal([])),
    module(ast.Expr(ast.BoolOp(ast.And(), [one]))), module(ast.Expr(ast.BoolOp(None, [one, one]))),
    module(ast.Expr(ast.Dict([one], []))), module(ast.Expr(ast.Dict([None], [one]))),
    module(ast.Expr(ast.ListComp(one, []))), module(ast.Expr(ast.Compare(one, [], []))),
    module(ast.Expr(ast.Compare(one, [ast.Eq()], [one, one]))), module(ast.Expr(ast.Constant([]))),
    module(ast.Expr(ast.Constant((1, {2: 3})))), module(ast.Expr(ast.Constant((1, (2, frozenset([3])))))),
    module(ast.Expr(ast.NamedExpr(ast.Name("y", store), one))), module(ast.Expr(ast.Name("None", load))),
    module(ast.Expr(ast.Name("True", load))), module(ast.Expr(ast.Lambda(ast.arguments([], [], None, [ast.arg("a")], [], None, []), one))),
    module(ast.Expr(ast.Lambda(ast.arguments([], [], None, [], [], None, [one]), one))),
    module(ast.Expr(ast.Call(x, [None], []))),
    module(ast.AnnAssign(ast.Attribute(x, "y", store), x, None, 1)),
    module(ast.AnnAssign(ast.Name("x", store), x, None, "no")), module(ast.Expr(ast.Starred(ast.Name("x", store), load))),
    module(ast.Expr(ast.List([ast.Name("x", store)], load))), module(ast.Expr(ast.Tuple([None], load))),
    module(ast.Match(x, [])), module(ast.Match(x, [ast.match_case(ast.MatchValue(ast.Constant(...)), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchValue(x), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchSingleton(3), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchAs(ast.MatchAs(None, None), None), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchAs(None, "_"), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchOr([ast.MatchAs(None, "a")]), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchMapping([], [ast.MatchAs(None, "a")], None), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchClass(one, [], [], []), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchClass(x, [], ["a"], []), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchStar(None), None, [ast.Pass()])])),
    module(ast.Match(x, [ast.match_case(ast.MatchAs(None, "a"), None, [])])),
    ast.Module(), ast.Module([]), ast.Module([], []), ast.Module(None, []), ast.Expression(x), ast.Interactive([ast.Pass()]),
    ast.Module([ast.Expr(x)], [ast.TypeIgnore(1, "")]), ast.Module([ast.Expr(x)], [None]),
]
for tree in wrong:
    try_tree(tree)
try_tree(ast.Expression(x), "eval")
try_tree(ast.Expression(ast.Name("x", store)), "eval")
try_tree(ast.Interactive([ast.Expr(x)]), "single")
try_tree(ast.Module([], []), "eval")
attempt(compile, ast.Module([ast.Expr(ast.Name("x", load))], []), "<tree>", "exec")
attempt(compile, ast.Module([ast.Pass(lineno=1)], []), "<tree>", "exec")
attempt(compile, ast.Module([ast.Pass(lineno=1, col_offset=0)], []), "<tree>", "exec")
attempt(compile, ast.Module([ast.Pass(lineno="x", col_offset=0)], []), "<tree>", "exec")
for place in ((2, 0, 1, 0), (1, 5, 1, 3), (-1, 0, 1, 0), (1, -1, 1, 3), (1, 0, 2, 0)):
    tree = module(pos(ast.Pass(), *place))
    attempt(compile, tree, "<tree>", "exec")
tree = ast.parse("a = 1")
print(compile(tree, "<tree>", "exec", ast.PyCF_ONLY_AST) is tree)
deep = x
for _ in range(5000):
    deep = ast.UnaryOp(ast.USub(), deep, lineno=1, col_offset=0)
x.lineno, x.col_offset = 1, 0
attempt(compile, ast.Expression(deep), "<tree>", "eval")
source = "for x in y:  # type: int\n    pass\nz = 1  # type: ignore[a]\n"
print(ast.dump(ast.parse(source, type_comments=True)))
print(ast.dump(ast.parse("(int, *str) -> bool", mode="func_type")))
for version in ((3, 4), (3, 5), (3, 7), (3, 9)):
    for source in ("async def f(): await x", "x: int = 1", "(a := 1)", "def f(a, /): pass", "match x:\n case 1: pass", "a @ b",
                   "f'{a}'", "1_000", "async = 1", "try: a\nexcept* b: c", "with (a as b): pass", "[a async for a in b]"):
        print(version, repr(source), end=" ")
        attempt(ast.parse, source, feature_version=version)

# An f-string's parts may be any expressions in a tree made by hand: what they are shows when they are joined.
for parts in ([ast.Constant("n="), ast.Call(ast.Name("str", load), [ast.Constant(3)], [])], [ast.Constant("n="), ast.Constant(3)],
              [ast.Constant(3)], [ast.Name("a", load), ast.Name("b", load), ast.Constant("é")]):
    tree = ast.fix_missing_locations(ast.Expression(ast.JoinedStr(parts)))
    attempt(eval, compile(tree, "<tree>", "eval"), {"a": "x", "b": "y"})
