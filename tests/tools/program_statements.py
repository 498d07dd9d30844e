# SPDX-License-Identifier: MIT
"""Random programs for tests/tools/programs: statements, functions, classes around the expressions of program_expressions.

Every program ends: functions call only functions that stand before them, loops count, and tick() stops what takes too
long.  Every program is deterministic: nothing that is printed depends on addresses, on time, or on the order of a set of
strings.  What fails in a `try` is shown with the place in the code (line and columns) that it came from.
"""
import random
import textwrap

from program_expressions import VALUE_TYPES, Expressions
from program_scenes import HELPERS as SCENE_HELPERS, Scenes

PRELUDE = '''\
fuel = 3000
class OutOfFuel(BaseException): pass
def tick():
    global fuel
    fuel -= 1
    if fuel < 0: raise OutOfFuel
def show(e, depth=0):
    tb, places = e.__traceback__, []
    while tb is not None:
        code = tb.tb_frame.f_code
        places.append((code.co_name, tb.tb_lineno, *list(code.co_positions())[tb.tb_lasti // 2]))
        tb = tb.tb_next
    print(" " * depth, type(e).__name__, str(e)[:300], places[:1] if isinstance(e, RecursionError) else places[-3:])
    if isinstance(e, BaseExceptionGroup):
        for part in e.exceptions: show(part, depth + 1)
    if depth < 3:
        if e.__cause__ is not None: print("cause"); show(e.__cause__, depth + 1)
        elif e.__context__ is not None and not e.__suppress_context__: print("context"); show(e.__context__, depth + 1)
def drive(coroutine, *values):
    values = list(values)
    try:
        print("awaits", coroutine.send(None))
        for _ in range(20): print("awaits", coroutine.send(values.pop() if values else None))
    except StopIteration as stop: print("result", stop.value)
    finally: coroutine.close()
class Awaitable:
    def __init__(self, value): self.value = value
    def __await__(self):
        got = yield self.value
        return got if got is not None else self.value
class Managed:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name
    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__)
        return self.swallow
    async def __aenter__(self): return await Awaitable(self.name)
    async def __aexit__(self, kind, value, tb):
        await Awaitable("leaving")
        return self.swallow
'''
EXCEPTIONS = ["ValueError", "KeyError", "IndexError", "TypeError", "ZeroDivisionError", "ArithmeticError", "LookupError", "Exception", "AttributeError", "NameError", "RuntimeError", "StopIteration", "OverflowError", "UnicodeError"]
BINARY = ["+", "-", "*", "//", "%", "&", "|", "^", "/", "@", "<<", ">>", "**"]
DUNDERS = {"+": "add", "-": "sub", "*": "mul", "//": "floordiv", "%": "mod", "&": "and", "|": "or", "^": "xor", "/": "truediv", "@": "matmul", "<<": "lshift", ">>": "rshift", "**": "pow"}
COMPARE = {"<": "lt", "<=": "le", "==": "eq", "!=": "ne", ">": "gt", ">=": "ge"}
AUGMENT = {"int": ["+= {int}", "-= {int}", "//= {int}", "%= {int}", "&= {int}", "|= {int}", "^= {int}", ">>= {?small}"], "float": ["+= {float}", "-= {float}", "*= 1.5", "/= {float}", "//= {int}"],
           "str": ["+= {?str}"], "bytes": ["+= b'x'"], "list": ["+= [{int}]", "[1:2] = {list}[:2]", "[::2] = [0] * len({self}[::2])"], "dict": ["|= {dict}", "[{str}] = {int}"],
           "set": ["|= {set}", "&= {set}", "^= {set}", "-= {set}"], "tuple": ["+= (1,)"], "complex": ["+= 1j"], "bool": ["&= {bool}", "^= {bool}"], "strs": ["+= ['z']"], "range": []}
MUTATE = {"list": ["append({int})", "insert({?index}, {int})", "pop({?index})", "reverse()", "sort()", "sort(reverse=True)", "remove({int})", "extend({range})"], "dict": ["pop({str}, None)", "setdefault({str}, {int})", "update(z={int})", "popitem()", "update({dict})"],
          "set": ["add({int})", "discard({int})", "remove({int})", "update({list})", "difference_update({list})"], "strs": ["append({str})", "sort(key=str.lower)", "pop()"]}


class Parameter:
    def __init__(self, name, kind, how, default=None):
        self.name, self.kind, self.how, self.default = name, kind, how, default


class Function:
    def __init__(self, name, parameters, result):
        self.name, self.parameters, self.result = name, parameters, result


class Generator(Expressions, Scenes):
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lines, self.level, self.counter = [], 0, 0
        self.scopes, self.functions, self.classes, self.generators = [{}], [], [], []
        self.in_comprehension = self.no_walrus = 0
        self.in_class = self.in_function = self.in_async = False
        self.in_match = 0 # an annotation in a match alone: 3.11.2 forgets to make __annotations__, which later ones do
        self.protected = set()

    # ---- names --------------------------------------------------------------------------------------------------------
    def fresh(self, stem="v"):
        self.counter += 1
        return f"{stem}{self.counter}"

    def push(self):
        self.scopes.append({})

    def pop(self):
        self.scopes.pop()

    def bind(self, name, kind):
        self.scopes[-1][name] = kind

    def variables(self, kind):
        return [name for scope in self.scopes for name, k in scope.items() if k == kind]

    def assignable(self, kind):
        """Variables of the function being written: assigning them does not make others unbound."""
        return [name for scope in self.scopes[self.function_scope():] for name, k in scope.items() if k == kind and name not in self.protected]

    def function_scope(self):
        return self.in_function or 0

    # ---- writing ------------------------------------------------------------------------------------------------------
    def put(self, text):
        for line in text.split("\n"):
            self.lines.append("    " * self.level + line)

    def block(self, head, body):
        self.put(head)
        self.level += 1
        self.push()
        before = len(self.lines)
        body()
        if len(self.lines) == before:
            self.put("pass")
        self.pop()
        self.level -= 1

    def statements(self, low=1, high=3):
        for _ in range(self.rng.randint(low, high)):
            self.statement()

    def body(self, low=1, high=3):
        return lambda: self.statements(low, high)

    # ---- statements -----------------------------------------------------------------------------------------------------
    def statement(self):
        table = [(6, self.assign), (5, self.show_values), (3, self.augment), (3, self.mutate), (2, self.if_), (2, self.for_), (1, self.while_), (3, self.try_), (1, self.with_), (2, self.match),
                 (1, self.unpack), (1, self.delete), (1, self.call_function), (1, self.walrus), (1, self.assert_), (1, self.use_generator), (1, self.use_object)]
        if self.level > 4:
            table = table[:4]
        weights = [w for w, _ in table]
        self.rng.choices([f for _, f in table], weights)[0]()

    def assign(self):
        kind = self.rng.choice(VALUE_TYPES)
        names = self.assignable(kind)
        name = self.rng.choice(names) if names and self.rng.random() < 0.4 else self.fresh()
        value = self.expr(kind)
        form = self.rng.random()
        if form < 0.07:
            other = self.fresh()
            self.put(f"{name} = {other} = {value}")
            self.bind(other, kind)
        elif form < 0.12 and not self.in_match:
            self.put(f"{name}: {kind if kind != 'strs' else 'list'} = {value}")
        else:
            self.put(f"{name} = {value}")
        self.bind(name, kind)

    def show_values(self):
        parts = [self.expr("any") for _ in range(self.rng.randint(1, 3))]
        if self.rng.random() < 0.15 and len(parts) > 1: # over several lines, for the positions
            self.put("print(" + ",\n      ".join(parts) + ")")
        else:
            self.put(f"print({', '.join(parts)})")

    def augment(self):
        kind = self.rng.choice(["int", "float", "str", "list", "dict", "set", "bytes", "tuple", "complex", "bool"])
        if names := self.assignable(kind):
            name = self.rng.choice(names)
            self.put(f"{name} {self.fill(self.rng.choice(AUGMENT[kind]).replace('{self}', name), 2)}".replace(f"{name} [", f"{name}["))
        if (lists := self.assignable("list")) and self.rng.random() < 0.3:
            self.put(f"{self.rng.choice(lists)}[{self.literal('index')}] {self.rng.choice(['+=', '-=', '|='])} {self.expr('int', 1)}")

    def mutate(self):
        kind = self.rng.choice(list(MUTATE))
        if names := self.assignable(kind):
            name = self.rng.choice(names)
            self.put(f"print({name}.{self.fill(self.rng.choice(MUTATE[kind]), 2)})")

    def unpack(self):
        a, b, c = self.fresh(), self.fresh(), self.fresh()
        form = self.rng.choice(["{a}, {b} = {tuple}", "{a}, *{b} = {list}", "*{a}, {b} = {list}", "{a}, *{b}, {c} = {str}", "({a}, {b}), {c} = {tuple}, {int}", "[{a}, {b}] = {int}, {str}", "{a}, {b}, {c} = {any}", "{a}, {b} = {b2}, {a2} = {int}, {int}"])
        for key, name in (("{a}", a), ("{b}", b), ("{c}", c), ("{a2}", self.fresh()), ("{b2}", self.fresh())):
            form = form.replace(key, name)
        self.put(self.fill(form, 2))
        self.put(f"print({', '.join(n for n in (a, b, c) if n in form)})")

    def delete(self):
        kind = self.rng.choice(["list", "dict", "int", "str"])
        if not (names := self.assignable(kind)):
            return
        name = self.rng.choice(names)
        if kind == "list":
            self.put(f"del {name}[{self.rng.choice([self.literal('index'), self.expr('slice', 1)])}]")
        elif kind == "dict":
            self.put(f"del {name}[{self.expr('str', 1)}]")
        else:
            self.put(f"del {name}")
            if self.rng.random() < 0.9: # otherwise it is missed later
                self.put(f"{name} = {self.literal(kind)}")

    def walrus(self):
        name = self.fresh()
        self.put(f"if ({name} := {self.expr('int')}) {self.rng.choice(['>', '==', '<='])} {self.expr('int', 1)}: print('walrus', {name})")
        self.bind(name, "int")

    def assert_(self):
        self.put(self.rng.choice([f"assert {self.expr('bool')} or True, {self.expr('str', 1)}", f"assert {self.expr('bool', 1)}, {self.expr('any', 1)}"]))

    def if_(self):
        self.block(f"if {self.expr('bool')}:", self.body())
        while self.rng.random() < 0.3:
            self.block(f"elif {self.expr('bool')}:", self.body())
        if self.rng.random() < 0.5:
            self.block("else:", self.body())

    def loop_body(self):
        self.put("tick()")
        self.statements(1, 3)
        if self.rng.random() < 0.4:
            self.put(f"if {self.expr('bool', 1)}: {self.rng.choice(['break', 'continue'])}")
            self.statements(0, 1)

    def for_(self):
        kind, source = self.rng.choice([("int", "list"), ("str", "strs"), ("str", "str"), ("int", "range"), ("int", "set"), ("int", "bytes")])
        name = self.fresh("i")
        head = f"for {name} in {self.expr(source, 1)}:"
        if self.rng.random() < 0.25:
            other = self.fresh("j")
            head = self.rng.choice([f"for {other}, {name} in enumerate({self.expr(source, 1)}):", f"for {name}, {other} in zip({self.expr(source, 1)}, {self.expr('list', 1)}):"])

        def body():
            self.bind(name, kind)
            self.protected.add(name)
            self.loop_body()
        self.block(head, body)
        if self.rng.random() < 0.3:
            self.block("else:", self.body(1, 2))

    def while_(self):
        name = self.fresh("n")
        self.put(f"{name} = 0")
        self.protected.add(name)
        self.bind(name, "int")

        def body():
            self.put(f"{name} += 1")
            self.loop_body()
        self.block(f"while {name} < {self.rng.randint(1, 4)}{' and ' + self.expr('bool', 1) if self.rng.random() < 0.4 else ''}:", body)
        if self.rng.random() < 0.3:
            self.block("else:", self.body(1, 2))

    def raise_(self):
        exc = self.rng.choice(EXCEPTIONS)
        arg = self.expr("any", 1) if self.rng.random() < 0.9 else ""
        tail = self.rng.choice(["", "", "", " from None", f" from {self.rng.choice(EXCEPTIONS)}('cause')"])
        if self.rng.random() < 0.1:
            return self.put(f"raise ExceptionGroup('group', [{exc}({arg}), KeyError('k'), ExceptionGroup('inner', [TypeError(1)])])")
        self.put(f"if {self.expr('bool', 1)}: raise {exc}({arg}){tail}" if self.rng.random() < 0.4 else f"raise {exc}({arg}){tail}")

    def try_(self):
        def body():
            self.statements(1, 2)
            if self.rng.random() < 0.4:
                self.raise_()
        self.block("try:", body)
        if self.rng.random() < 0.08 and not self.in_async:
            self.block(f"except* {self.rng.choice(['TypeError', 'KeyError', '(ValueError, LookupError)'])} as e:", lambda: self.put("show(e)"))
            self.block("except* Exception as e:", lambda: self.put("show(e)"))
            if self.rng.random() < 0.3:
                self.block("finally:", self.body(1, 1))
            return

        def handler():
            self.put("show(e)")
            if self.rng.random() < 0.25:
                self.statements(1, 2)
            if self.rng.random() < 0.06:
                self.put("raise")
        while self.rng.random() < 0.3:
            self.block(f"except {self.rng.choice([self.rng.choice(EXCEPTIONS[:-1]), '(' + ', '.join(self.rng.sample(EXCEPTIONS, 2)) + ')'])} as e:", handler)
        if self.rng.random() < 0.9:
            self.block("except Exception as e:", handler)
            if self.rng.random() < 0.2:
                self.block("else:", self.body(1, 2))
            if self.rng.random() < 0.2:
                self.block("finally:", self.body(1, 2))
        else:
            self.block("finally:", self.body(1, 2))

    def with_(self):
        name = self.fresh()
        first = f"Managed({self.literal('str')}, {self.expr('bool', 1)}) as {name}"
        head = self.rng.choice([f"with {first}:", f"with ({first}, Managed('second')):", f"with Managed('outer'), {first}:"])

        def body():
            self.bind(name, "str")
            self.statements(1, 2)
            if self.rng.random() < 0.3:
                self.raise_()
        self.block(head, body)

    PATTERNS = ["{?int}", "{?str}", "None", "True", "[]", "[{f}]", "[{f}, *{g}]", "[*_, {f}]", "({f}, {g})", "{'a': {f}}", "{'a': {f}, **{g}}", "{}", "int({f})", "str({f})", "float() as {f}", "int() | str() as {f}", "{?int} | {?int}", "[int(), str() as {f}]", "list({f})",
                "(1, {f}) | [{f}, 2]", "bool()", "-1", "1.5", "b'a'", "{f}", "[[{f}, _], *_]", "dict()", "complex(real={f})", "[1, [2, {f}]]"]

    def match(self):
        def body():
            for _ in range(self.rng.randint(1, 4)):
                f, g = self.fresh(), self.fresh()
                pattern = self.rng.choice(self.PATTERNS)
                if pattern == "{f}" and self.rng.random() < 0.8:
                    continue
                names = [n for key, n in (("{f}", f), ("{g}", g)) if key in pattern]
                pattern = pattern.replace("{f}", f).replace("{g}", g)
                for literal in ("int", "str"):
                    while "{?" + literal + "}" in pattern:
                        pattern = pattern.replace("{?" + literal + "}", self.literal(literal).strip("()"), 1)
                guard = f" if {self.expr('bool', 1)}" if self.rng.random() < 0.25 or pattern == f else ""
                self.block(f"case {pattern}{guard}:", lambda: (self.put(f"print('matched', {', '.join(map(repr, [pattern[:8]]))}, {', '.join(names) or None})"), self.statements(0, 1)))
            if self.rng.random() < 0.6:
                self.block("case _:", self.body(1, 1))
            else:
                self.block("case [1, 2, 3, 4]:", self.body(1, 1))
        self.in_match += 1
        self.block(f"match {self.expr('any', 2)}:", body)
        self.in_match -= 1

    # ---- functions --------------------------------------------------------------------------------------------------------
    def parameters(self):
        rng, out, text, default = self.rng, [], [], False
        for i in range(rng.randint(0, 3)):
            kind = rng.choice(VALUE_TYPES)
            default = default or rng.random() < 0.3
            value = self.literal(kind) if default else None
            out.append(Parameter(self.fresh("p"), kind, "any", value))
            text.append(out[-1].name + ("=" + value if default else ""))
        if text and rng.random() < 0.2:
            at = rng.randint(1, len(text))
            text.insert(at, "/")
            for p in out[:at]:
                p.how = "positional"
        if rng.random() < 0.2:
            out.append(Parameter("args", "int", "args"))
            text.append("*args")
        if rng.random() < 0.2:
            if "*args" not in text:
                text.append("*")
            for _ in range(rng.randint(1, 2)):
                kind, value = rng.choice(VALUE_TYPES), None
                if rng.random() < 0.5:
                    value = self.literal(kind)
                out.append(Parameter(self.fresh("k"), kind, "keyword", value))
                text.append(out[-1].name + ("=" + value if value else ""))
        if rng.random() < 0.15:
            out.append(Parameter("kwargs", "int", "kwargs"))
            text.append("**kwargs")
        return out, ", ".join(text)

    def enter_function(self, parameters):
        """Scopes as they are inside: enclosing variables can be read, only the function's own are assigned."""
        saved = (self.in_function, self.in_class, self.in_async, self.protected)
        self.push()
        self.in_function, self.in_class = len(self.scopes) - 1, False
        for p in parameters:
            self.bind(p.name, {"args": "tuple", "kwargs": "dict"}.get(p.how, p.kind))
        return saved

    def leave_function(self, saved):
        self.pop()
        self.in_function, self.in_class, self.in_async, self.protected = saved

    def function(self):
        rng = self.rng
        parameters, text = self.parameters()
        result = rng.choice(["int", "int", "str", "float", "list", "dict", "bool", "tuple"])
        name = self.fresh("f")
        if rng.random() < 0.2:
            self.put(rng.choice(["@traced", "@cached", "@traced\n@cached"]))
        saved = self.enter_function(parameters)

        def body():
            if rng.random() < 0.15:
                self.put(f'"""{rng.choice(["A docstring.", "Two" + chr(92) + "nlines"])}"""')
            outer = [n for n, k in self.scopes[0].items() if k == "int" and n not in self.protected]
            if outer and rng.random() < 0.3:
                name = rng.choice(outer)
                self.put(f"global {name}")
                self.put(f"{name} = {self.expr('int', 1)}")
            if rng.random() < 0.25:
                self.closure()
            self.statements(1, 4)
            if rng.random() < 0.15:
                self.finally_return(result)
            self.put(f"return {self.expr(result)}")
        self.block(f"def {name}({text}){rng.choice(['', '', ' -> ' + result if result != 'any' else ''])}:", body)
        self.leave_function(saved)
        self.functions.append(Function(name, parameters, result))
        if rng.random() < 0.2:
            self.put(f"print({name}.__name__, {name}.__qualname__, {name}.__defaults__, {name}.__kwdefaults__, {name}.__code__.co_varnames, {name}.__doc__)")

    def closure(self):
        """A nested function that changes a variable of this one."""
        count, inner = self.fresh("c"), self.fresh("g")
        self.put(f"{count} = {self.literal('int')}")
        self.bind(count, "int")
        self.put(f"def {inner}(step=1):\n    nonlocal {count}\n    {count} += step\n    return lambda more=2: {count} * more")
        self.put(f"print({inner}()(), {inner}({self.rng.randint(-3, 9)})(3), {count})")

    def finally_return(self, result):
        self.put("for _ in range(2):")
        self.put(textwrap.indent(f"try:\n    if {self.expr('bool', 1)}: return {self.expr(result, 1)}\n    {self.rng.choice(['continue', 'break', 'pass'])}\nfinally:\n    print('finally')" + self.rng.choice(["", f"\n    if {self.expr('bool', 1)}: return {self.expr(result, 1)}", "\n    tick()"]), "    "))

    def call_function(self):
        if self.functions:
            self.put(f"print({self.call(self.rng.choice(self.functions), 2)})")

    def generator(self):
        rng, name = self.rng, self.fresh("gen")
        parameters, text = self.parameters()
        saved = self.enter_function(parameters)

        def body():
            got = self.fresh("got")
            self.statements(0, 1)
            self.put(f"{got} = yield {self.expr('any', 1)}")
            self.put(f"print('got', {got})")

            def loop():
                self.put("tick()")
                self.put(f"yield {self.expr('any', 1)}, i")
            self.block("try:", lambda: self.block(f"for i in {self.expr('range', 1)}:", loop))
            self.block(f"except {rng.choice(EXCEPTIONS[:5])} as e:", lambda: (self.put("show(e)"), self.put(f"yield {self.expr('any', 1)}")))
            if rng.random() < 0.5:
                self.block("finally:", lambda: self.put("print('generator ends')"))
            if rng.random() < 0.5:
                self.put(f"{self.fresh()} = yield from {self.expr(rng.choice(['list', 'str', 'range']), 1)}")
            self.put(f"return {self.expr('any', 1)}")
        self.block(f"def {name}({text}):", body)
        self.leave_function(saved)
        self.generators.append(Function(name, parameters, "generator"))

    def use_generator(self):
        if not self.generators:
            return
        call, rng, name = self.call(self.rng.choice(self.generators), 1), self.rng, self.fresh("it")
        form = rng.random()
        if form < 0.3:
            self.put(f"print(list({call})[:20])")
        elif form < 0.4:
            self.put(f"print(*{call}, sep='|')")
        else:
            self.put(f"{name} = {call}")
            steps = [f"next({name})", f"{name}.send({self.expr('any', 1)})", f"{name}.throw({rng.choice(EXCEPTIONS)}('thrown'))", f"next({name}, 'default')", f"{name}.gi_frame is None"]
            self.block("try:", lambda: [self.put(f"print({rng.choice(steps)})") for _ in range(rng.randint(2, 5))])
            self.block("except (StopIteration, Exception) as e:", lambda: self.put(f"show(e); print(getattr(e, 'value', 'no value'))"))
            self.put(f"print({name}.close())")

    def coroutine(self):
        rng, name, agen = self.rng, self.fresh("co"), self.fresh("ag")
        saved = self.enter_function([])
        self.in_async = True

        def items():
            self.block(f"for i in {self.expr('range', 1)}:", lambda: (self.put("tick()"), self.put(f"yield {self.expr('any', 1)}"), self.put("await Awaitable(i)")))
        self.block(f"async def {agen}():", items)

        def body():
            self.statements(0, 2)
            if rng.random() < 0.6:
                self.block(f"async for x in {agen}():", lambda: self.put("print('item', x)"))
            if rng.random() < 0.5:
                self.put(f"print([y async for y in {agen}() if y is not None], [await Awaitable(z) for z in range(2)])")
            if rng.random() < 0.6:
                self.block(f"async with Managed('async', {rng.choice(['True', 'False'])}) as name:", lambda: (self.statements(1, 1), self.raise_() if rng.random() < 0.4 else None))
            self.put(f"return await Awaitable({self.expr('any', 1)})")
        self.block(f"async def {name}():", body)
        self.leave_function(saved)
        self.block("try:", lambda: self.put(f"drive({name}(), {self.expr('int', 0)}, 'sent')"))
        self.block("except Exception as e:", lambda: self.put("show(e)"))

    # ---- classes --------------------------------------------------------------------------------------------------------
    METHODS = [
        "def method(self, a, b=2):\n    return {int} + self.x", "@property\ndef prop(self):\n    return {any}", "@prop2.setter\ndef prop2(self, value):\n    self.x = value", "@staticmethod\ndef static(a=1):\n    return {any}", "@classmethod\ndef make(cls, a=1):\n    return cls(a)",
        "def __len__(self):\n    return {int}", "def __bool__(self):\n    return {bool}", "def __contains__(self, item):\n    return {bool}", "def __iter__(self):\n    yield from {list}", "def __getitem__(self, key):\n    return (key, {any})",
        "def __call__(self, *args, **kwargs):\n    return args, kwargs, {any}", "def __getattr__(self, name):\n    if name.startswith('__'): raise AttributeError(name)\n    return name + '!'", "def __hash__(self):\n    return {int}", "def __neg__(self):\n    return {any}", "def __index__(self):\n    return {int}",
        "def __format__(self, spec):\n    return f'<{{spec}}>'", "def __int__(self):\n    return {int}", "def __float__(self):\n    return {float}", "def __setitem__(self, key, value):\n    print('set', key, value)", "def __delitem__(self, key):\n    print('del', key)", "def __missing__(self, key):\n    return key",
        "def __eq__(self, other):\n    return {any}", "def __lt__(self, other):\n    return NotImplemented", "def __setattr__(self, name, value):\n    object.__setattr__(self, name, value)", "def __next__(self):\n    self.x += 1\n    if self.x > 12: raise StopIteration\n    return self.x", "def __round__(self, n=None):\n    return n",
        "def __delattr__(self, name):\n    print('delattr', name)\n    object.__delattr__(self, name)", "def __dir__(self):\n    return ['b', 'a']", "def __init_subclass__(cls, /, tag=None, **kwargs):\n    super().__init_subclass__(**kwargs)\n    print('subclass', cls.__name__, tag)", "def __matmul__(self, other):\n    return 'matmul', {any}",
        "def __class_getitem__(cls, item):\n    return item", "def __str__(self):\n    return {str}", "def __reversed__(self):\n    return iter({list})", "def __enter__(self):\n    return self.x\ndef __exit__(self, *exc):\n    return {bool}", "async def wait(self):\n    return await Awaitable({int})", "attr = Field({any})", "def __abs__(self):\n    return super().__hash__() is not None",
    ]
    USES = ["{o}.x", "{o}.method({int})", "{o}.prop", "{o}.prop2", "{o}.static()", "type({o}).make({int}).x", "len({o})", "bool({o})", "{int} in {o}", "list({o})", "{o}[{any}]", "{o}[{slice}]", "{o}({int}, key={any})", "{o}.missing", "hash({o}) == hash({o2})", "-{o}", "{o}.attr", "f'{{{o}:spec}}'",
            "int({o})", "float({o})", "{o} {op} {any}", "{any} {op} {o}", "{o} {op} {o2}", "{o} {cmp} {o2}", "{o} {cmp} {int}", "isinstance({o}, {c})", "type({o}).__mro__[1:-1]", "str({o})", "list(reversed({o}))", "next({o})", "round({o})", "abs({o})", "dir({o})[:2]", "{list}[{o}]", "{o}.prop2.bit_length()",
            "sorted([{o}, {o2}])", "{o} == {o2}", "{o} if {o} else 'falsy'", "{c}.__name__", "{c}[{int}]", "getattr({o}, 'y', 'no y')", "vars({o})", "{o}.method", "range({o})", "{c}.method({o}, {int})", "{c}.prop.fget({o})", "not {o}", "+{o}", "~{o}", "max({o}, {o2})", "repr({o})", "'%s' % {o}", "[*{o}]", "(lambda *a: a)(*{o})"]

    def class_(self):
        rng, name = self.rng, self.fresh("C")
        bases = [rng.choice(self.classes).name] if self.classes and rng.random() < 0.5 else []
        if len(self.classes) > 1 and rng.random() < 0.2:
            bases.append(rng.choice(self.classes).name)
        if not bases and rng.random() < 0.15:
            bases = [rng.choice(["list", "dict", "int", "str", "Exception", "tuple"])]
        keywords = [rng.choice(["metaclass=Meta"])] if rng.random() < 0.15 else []
        if bases and rng.random() < 0.1:
            keywords.append("tag=1")
        head = f"class {name}({', '.join(bases + keywords)}):" if bases or keywords else f"class {name}:"
        plain = not bases or bases[0].startswith("C")

        def body():
            if rng.random() < 0.15:
                self.put(f"__slots__ = {rng.choice(['(' + repr('x') + ', ' + repr('y') + ')', repr('z')])}")
            self.put(f"kind = {self.expr('any', 1)}")
            if rng.random() < 0.3:
                self.put("__match_args__ = ('x', 'kind')")
            if plain:
                self.put(f"def __init__(self, x=1):\n    {rng.choice(['self.x = x', 'self.x, self.y = x, 2', 'super().__init__()' + chr(10) + '    self.x = x'])}")
            else:
                self.put("x = 3")
            if rng.random() < 0.7:
                self.put("def __repr__(self):\n    return f'<{type(self).__name__} {self.kind!r}>'")
            else:
                self.put("__repr__ = lambda self: 'an object'")
            self.put("@property\ndef prop2(self):\n    return self.x")
            for template in rng.sample(self.METHODS, rng.randint(2, 7)):
                self.method(template)
            for op in rng.sample(BINARY, rng.randint(0, 3)):
                self.method(f"def __{rng.choice(['', 'r', 'i'])}{DUNDERS[op]}__(self, other):\n    return {rng.choice(['NotImplemented', '{any}', '({int}, type(other).__name__)', 'self'])}")
            for op in rng.sample(sorted(COMPARE), rng.randint(0, 2)):
                self.method(f"def __{COMPARE[op]}__(self, other):\n    return {rng.choice(['NotImplemented', '{bool}', '{any}'])}")
        self.in_class = True
        if rng.random() < 0.1:
            self.put("@decorated")
        self.block(head, body)
        self.in_class = False
        self.classes.append(Function(name, [], plain))
        self.object(name, plain)

    def method(self, template):
        self.in_class = False
        scopes, self.scopes = self.scopes, self.scopes[:1] # methods see the module's variables only
        saved = self.enter_function([])
        text = self.fill(template, 2)
        self.leave_function(saved)
        self.scopes, self.in_class = scopes, True
        self.put(text)

    def object(self, name, plain):
        variable = self.fresh("o")
        self.put(f"{variable} = {name}({self.expr('int', 1) if plain else ''})")
        self.scopes[0][variable] = "object " + name

    def use_object(self):
        rng = self.rng
        objects = [(n, k.split()[1]) for scope in self.scopes for n, k in scope.items() if k.startswith("object ")]
        if not objects:
            return
        (o, c), (o2, _) = rng.choice(objects), rng.choice(objects)
        for _ in range(rng.randint(1, 3)):
            text = rng.choice(self.USES)
            for key, value in (("{o}", o), ("{o2}", o2), ("{c}", c), ("{op}", rng.choice(BINARY)), ("{cmp}", rng.choice(sorted(COMPARE)))):
                text = text.replace(key, value)
            form = rng.random()
            line = f"print({self.fill(text, 1)})"
            if form < 0.06:
                line = f"{o}.{rng.choice(['x', 'y', 'prop2', 'attr', 'z', 'prop'])} = {self.expr('any', 1)}"
            elif form < 0.09:
                line = f"del {o}.{rng.choice(['x', 'y', 'attr', 'prop'])}"
            elif form < 0.12:
                line = f"{o} {rng.choice(BINARY[:9])}= {self.expr('any', 1)}"
            if rng.random() < 0.85:
                self.put(f"try: {line}\nexcept Exception as e: show(e)")
            else:
                self.put(line)

    # ---- programs ---------------------------------------------------------------------------------------------------------
    HELPERS = '''\
def traced(f):
    def wrapper(*args, **kwargs):
        result = f(*args, **kwargs)
        print("traced", f.__name__, len(args), sorted(kwargs))
        return result
    return wrapper
def cached(f):
    seen = {}
    def inner(*args, **kwargs):
        key = repr((args, kwargs))
        if key not in seen: seen[key] = f(*args, **kwargs)
        return seen[key]
    inner.__name__ = f.__name__
    return inner
def decorated(cls):
    cls.decorated = True
    return cls
class Meta(type):
    def __new__(meta, name, bases, namespace, **kwargs):
        print("new class", name, [k for k in namespace if not k.startswith("__")][:4])
        return super().__new__(meta, name, bases, namespace)
    def __call__(cls, *args, **kwargs):
        print("making", cls.__name__)
        return super().__call__(*args, **kwargs)
    def __init__(cls, name, bases, namespace, **kwargs): super().__init__(name, bases, namespace)
class Field:
    def __init__(self, default): self.default = default
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, instance, owner=None): return self if instance is None else getattr(instance, self.name, self.default)
    def __set__(self, instance, value): setattr(instance, self.name, value)
    def __repr__(self): return f"Field({self.default!r})"
'''

    def program(self):
        rng = self.rng
        self.put((PRELUDE + self.HELPERS).rstrip("\n"))
        scenes = rng.random() < 0.6
        if scenes:
            self.put(SCENE_HELPERS.rstrip("\n"))
        self.put("w1 = w2 = w3 = 0")
        for _ in range(rng.randint(2, 5)):
            self.assign_simple()
        for _ in range(rng.randint(1, 5) if scenes else 0):
            self.scene()
        for _ in range(rng.randint(1, 3) if scenes else rng.randint(4, 10)):
            part = rng.choices([self.function, self.generator, self.coroutine, self.class_, self.guarded, self.guarded, self.statement, self.use_object], [3, 1, 1, 2, 6, 3, 3, 2])[0]
            part()
        self.put("print(sorted(k for k in globals() if k[0] == 'v'))")
        if rng.random() < 0.5:
            self.last_words()
        return "\n".join(self.lines) + "\n"

    def assign_simple(self):
        kind, name = self.rng.choice(VALUE_TYPES), self.fresh()
        self.put(f"{name} = {self.literal(kind)}")
        self.bind(name, kind)

    def guarded(self):
        self.block("try:", self.body(1, 3))
        self.block("except Exception as e:", lambda: self.put("show(e)"))

    LAST = ["print({int} / 0)", "{list}[99][{int}]", "print(undefined_name,\n      {int})", "{dict}['missing'] + {int}", "{str} + {int}", "({int}).{?attr}",
            "len({int})", "int({str}) + int('x')", "{str}.undefined({int})", "for a, b in [{list}]: print(a + b)", "{tuple} < {int}",
            "assert not {any}, {str}", "{list}[{str}] = {int}", "v0, w0 = {list}\nprint(v0.real.x)", "(lambda: (yield))().throw({cls})", "{int}({any},\n      {str})"]

    def last_words(self):
        """What may end the program with a traceback."""
        self.statements(1, 2)
        if self.rng.random() < 0.5:
            self.raise_()
        else:
            self.put(self.fill(self.rng.choice(self.LAST), 1))


def program(seed):
    """The source text of the program with that seed."""
    return Generator(seed).program()
