# SPDX-License-Identifier: MIT
"""Random programs for tests/tools/programs: scenes, each a small program of its own about one part of the language, where
the *shape* of the code is random (which blocks nest, which scope binds a name, which class comes first) and values are few.
"""

MODULES = "array ast base64 binascii bisect calendar collections colorsys copy csv datetime difflib enum fractions functools hashlib heapq html inspect io itertools json math operator pickle pprint quopri random re reprlib shlex statistics string struct sys textwrap traceback types typing unicodedata urllib.parse weakref zlib ipaddress"
HELPERS = '''\
import ''' + MODULES.replace(" ", ", ") + '''
from itertools import islice
global_names = []
sys.unraisablehook = lambda args: print("unraisable", type(args.exc_value).__name__, args.exc_value)
def shown(value):
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))[:300]
def say(*values): print("at", *values)
def counted(n):
    for i in range(n):
        tick()
        yield i
async def acounted(n):
    for i in range(n):
        tick()
        await Awaitable(i)
        yield i
def traced_run(function, *args):
    base, events = function.__code__.co_firstlineno, []
    def local(frame, event, arg):
        events.append((frame.f_code.co_name, event[0], (frame.f_lineno or base - 1) - base, repr(arg)[:20] if event == "return" else arg[0].__name__ if event == "exception" else ""))
        return local
    sys.settrace(local)
    try: print("traced result", function(*args))
    except Exception as e:
        sys.settrace(None)
        show(e)
    finally: sys.settrace(None)
    print(len(events), events[:60])
'''


class Scenes:
    """Needs what program_statements.Generator has."""
    last_dataclass = None # its name

    def scene(self):
        self.rng.choice([self.scene_flow, self.scene_flow, self.scene_scopes, self.scene_scopes, self.scene_mro, self.scene_groups, self.scene_sorting, self.scene_dataclass,
                         self.scene_match, self.scene_pipeline, self.scene_async, self.scene_contexts, self.scene_library, self.scene_calls, self.scene_numbers, self.scene_enum, self.scene_namespace])()

    def pick(self, *choices):
        return self.rng.choice(choices)

    def attempt(self, *lines):
        self.block("try:", lambda: [self.put(line) for line in lines])
        self.block("except Exception as e:", lambda: self.put("show(e)"))

    # ---- loops, try, with, return in every order --------------------------------------------------------------------------
    def scene_flow(self):
        """A function made of nested blocks whose only work is to say where they are and to leave in all ways."""
        name, rng = self.fresh("flow"), self.rng
        kind = self.pick("def", "def", "gen", "async")
        budget = [rng.randint(5, 16)]

        def leave(in_loop):
            ways = ["return n", "raise ValueError(n)", "raise KeyError('k') from None", "n // 0", "assert n < 0, n"] + ["break", "continue"] * 3 * in_loop
            if kind == "gen":
                ways += ["yield n", "n += (yield n) or 0", "yield from (n, 1)"]
                ways[0] = "return"
            if kind == "async":
                ways += ["await Awaitable(n)", "n += await Awaitable(1)"]
            way = rng.choice(ways)
            self.put(f"if {self.pick('n % 2', 'n > 2', 'step() < 3', 'not n', 'step() % 3', 'n != 1')}: {way}" if rng.random() < 0.75 else way)

        def blocks(depth, in_loop):
            for _ in range(rng.randint(1, 2)):
                budget[0] -= 1
                if depth > 4 or budget[0] < 0 or rng.random() < 0.2:
                    self.put(f"say({self.counter}, n)")
                    leave(in_loop)
                    continue
                self.counter += 1
                inside = lambda loop=in_loop: (lambda: (self.put(f"say({self.counter}, n)"), blocks(depth + 1, loop)))
                form = rng.choice(["for", "for", "while", "try", "try", "try", "with", "if", "star"])
                if form == "for":
                    awaiting = kind == "async" and rng.random() < 0.4
                    self.block("async for n in acounted(2):" if awaiting else f"for n in counted({rng.randint(2, 3)}):", inside(True))
                    if rng.random() < 0.4:
                        self.block("else:", inside())
                elif form == "while":
                    self.block(f"while {self.pick('step() < 9', 'n < 3 and step() < 12', '(n := step()) < 7')}:", lambda: (self.put("n += 1"), inside(True)()))
                    if rng.random() < 0.4:
                        self.block("else:", inside())
                elif form == "try":
                    self.block("try:", inside())
                    handlers = rng.randint(0, 2)
                    for _ in range(handlers):
                        what = self.pick("ValueError", "KeyError", "ZeroDivisionError", "(AssertionError, KeyError)", "Exception")
                        self.block(f"except {what}{self.pick('', ' as error')}:", lambda: (inside()(), self.put("raise") if rng.random() < 0.12 else None))
                    if handlers and rng.random() < 0.4:
                        self.block("else:", inside())
                    if not handlers or rng.random() < 0.4:
                        self.block("finally:", inside())
                elif form == "star" and kind != "async":
                    self.block("try:", inside(False))
                    self.block(f"except* {self.pick('ValueError', 'KeyError', '(ZeroDivisionError, AssertionError)')} as error:", lambda: (self.put(f"say({self.counter}, type(error).__name__, error.exceptions)"), self.put("raise" if rng.random() < 0.2 else "n += 1")))
                elif form == "with":
                    sync = kind != "async" or rng.random() < 0.5
                    self.block(f"{'' if sync else 'async '}with Managed({self.counter}, {self.pick('True', 'False')}){self.pick('', ' as n')}:", inside())
                else:
                    self.block(f"if {self.pick('n % 2', 'n > 1', 'step() % 2', 'n and n < 3 or step() > 4')}:", inside())
                    if rng.random() < 0.5:
                        self.block(self.pick("else:", "elif n == 2:"), inside())

        self.put("steps = iter(range(40))\ndef step(): return next(steps, 40)")
        self.block(f"{'async ' * (kind == 'async')}def {name}(n):", lambda: (self.put("say(0, n)"), blocks(0, False), self.put("yield n" if kind == "gen" else "return -n")))
        self.put("steps = iter(range(40))")
        for start in rng.sample(range(4), 2):
            if kind == "def":
                self.attempt(self.pick(f"print({name}({start}))", f"traced_run({name}, {start})"))
            elif kind == "gen":
                self.attempt(f"print(list(islice({name}({start}), 20)))")
                self.attempt(f"g = {name}({start})", "print(next(g))", self.pick("print(g.throw(ValueError('in')))", "print(g.send(2))", "print(g.close())"), "print(g.close(), g.gi_frame)")
            else:
                self.attempt(f"drive({name}({start}), 1, 2)")

    # ---- which scope binds a name --------------------------------------------------------------------------------------------
    def scene_scopes(self):
        rng, names = self.rng, ["a", "b", "c"]
        depth_of = [0]

        def use():
            name = rng.choice(names)
            self.put(rng.choice([
                f"{name} = {name} + [len({name})] if isinstance({name}, list) else [{rng.randint(0, 9)}]", f"print({name!r}, {name})", f"print([{name} for {name} in 'xy'], {name})", f"print([({name}, z) for z in {name}])",
                f"{name}: int = {rng.randint(0, 9)}", f"{name}: int", f"del {name}", f"for {name} in range(2): pass", f"print([w for z in 'ab' if (w := z + str({name}))], w)", f"print((lambda {name}={name}: {name})())",
                f"print((lambda: {name})())", f"import math as {name}", f"with Managed({name!r}) as {name}: pass", f"try: 1 / 0\nexcept Exception as {name}: print(repr({name}))", f"{name} = lambda: {name}", f"print({{z: {name} for z in (1, 2)}})",
                f"print(sorted(k for k in locals() if k in 'abc'))", f"exec('{name} = 1'); print({name})", f"print(eval('{name}'))", f"print([[({name}, y, x) for y in (x, 1)] for x in (1, 2)])", f"print(list({name} for _ in 'x'))", f"{name}, *rest = [1, 2]",
                f"print(*({name} for {name} in ({name}, 1)))", f"match 5:\n    case {name}: print({name})", f"global_names.append({name!r}); print(len(global_names))", f"def {name}(): return 'function'", f"class {name}: pass", f"{name} = ({name} := 3) + 1",
            ]))

        def body():
            declared = [n for n in names if rng.random() < 0.2]
            for n in declared:
                self.put(f"{self.pick('global', 'nonlocal') if depth_of[0] > 1 else 'global'} {n}")
            for _ in range(rng.randint(1, 3)):
                use()
            if depth_of[0] < 3:
                for _ in range(rng.randint(0, 2)):
                    nested()
                    use() if rng.random() < 0.5 else None

        def nested():
            depth_of[0] += 1
            name = self.fresh("scope")
            if rng.random() < 0.35:
                self.block(f"class {name}:", body)
                if rng.random() < 0.5:
                    self.put(f"print(sorted(k for k in vars({name}) if k in 'abc'))")
            else:
                params = ", ".join(n + self.pick("", "=1") for n in names if rng.random() < 0.15)
                params = params if "=1, " not in params else params.replace("=1", "")
                self.block(f"def {name}({params}):", lambda: (body(), self.put(self.pick("return sorted(k for k in locals() if k in 'abc')", "return a", "return lambda: (a, b)", "yield a"))))
                self.put("try: print(shown(" + name + "(" + ", ".join("7" for n in params.split(", ") if n and "=" not in n) + ")))\nexcept Exception as e: show(e)")
            depth_of[0] -= 1
        before, level = self.lines, self.level
        self.lines, self.level = [], 0
        self.put("a, b = ['a'], ['b']")
        for _ in range(rng.randint(1, 2)):
            nested()
        source = "\n".join(self.lines) + "\n"
        self.lines, self.level = before, level
        self.attempt(f"exec(compile({source!r}, 'scopes', 'exec'), {{'global_names': [], 'show': show, 'Managed': Managed, 'shown': shown}})")

    # ---- classes: who is asked first -------------------------------------------------------------------------------------------
    def scene_mro(self):
        rng, classes = self.rng, []
        attributes = ["m", "p", "s", "c", "d", "v"]
        for _ in range(rng.randint(2, 6)):
            name = self.fresh("M")
            bases = rng.sample(classes, min(len(classes), rng.choice([0, 1, 1, 2, 3])))
            builtin = rng.random() < 0.15 and not bases
            bases += [self.pick("list", "dict", "int", "Exception")] * builtin + ["metaclass=Meta"] * (rng.random() < 0.08)
            head = f"class {name}({', '.join(bases)}):"

            def body():
                if rng.random() < 0.2:
                    self.put(f"__slots__ = {self.pick('()', '(' + repr('v') + ',)', '(' + repr('q') + ', ' + repr('__dict__') + ')')}")
                for a in rng.sample(attributes, rng.randint(1, 4)):
                    self.put(rng.choice([
                        f"def {a}(self, *args):\n    return ({name!r}, *super().{a}(*args))", f"def {a}(self, *args):\n    return ({name!r}, len(args))", f"{a} = property(lambda self: ({name!r}, super({self.pick(name, 'type(self)')}, self).{a}))",
                        f"@classmethod\ndef {a}(cls, *args):\n    return (cls.__name__, {name!r}, *args)", f"@staticmethod\ndef {a}(*args):\n    return ({name!r}, *args)", f"{a} = {name!r}", f"{a} = Field({name!r})",
                        f"def {a}(self, *args):\n    return [c.__name__ for c in __class__.__mro__], super().{a}", f"@property\ndef {a}(self): return self._{a}\n@{a}.setter\ndef {a}(self, value): self._{a} = value\n@{a}.deleter\ndef {a}(self): del self._{a}",
                        f"@cached\ndef {a}(self): return {name!r}", f"{a} = functools.cached_property(lambda self: [{name!r}])", f"{a} = functools.partialmethod(lambda self, *args: ({name!r}, args), 1)", f"{a} = None"]))
                if rng.random() < 0.3:
                    self.put(rng.choice([f"def __getattr__(self, name): return 'got ' + name if name[0] != '_' else object.__getattribute__(self, name)", "def __init_subclass__(cls, **kw): super().__init_subclass__(**kw); print('sub', cls.__name__)",
                                         f"def __set_name__(self, owner, name): print('set name')", "def __getattribute__(self, name):\n    if name == 'd': return 'intercepted'\n    return super().__getattribute__(name)", "def __eq__(self, other): return NotImplemented", f"def __new__(cls, *args): return super().__new__(cls)",
                                         "def __setattr__(self, name, value): super().__setattr__(name, (value,))", f"def __repr__(self): return {name!r} + '()'", "def __lt__(self, other): return super().__lt__(other)", "def __hash__(self): return 3", "def __bool__(self): return super().__bool__()"]))
            self.block("try:", lambda: self.block(head, body))
            self.block("except Exception as e:", lambda: (self.put("show(e)"), self.put(f"class {name}: pass")))
            classes.append(name)
        for name in rng.sample(classes, min(2, len(classes))):
            self.attempt(f"print([c.__name__ for c in {name}.__mro__])", f"o = {name}()")
            for _ in range(rng.randint(2, 5)):
                a = rng.choice(attributes)
                self.attempt(rng.choice([f"print(shown({name}().{a}))", f"print(shown(o.{a}))", f"print(shown(o.{a}(1, 2)))", f"print(shown({name}.{a}))", f"o.{a} = 5; print(shown(o.{a}), shown(vars(o)))", f"del o.{a}; print(shown(o.{a}))", f"{rng.choice(classes)}.{a} = lambda self, *args: ('patched', args); print(shown(o.{a}(1)))",
                                         f"del {rng.choice(classes)}.{a}; print(shown(o.{a}))", f"o.__class__ = {rng.choice(classes)}; print(type(o).__name__, shown(o.{a}))", f"print(o == {name}(), o != o, bool(o), hash(o) == hash(o))", f"print(isinstance(o, {rng.choice(classes)}), issubclass({name}, {rng.choice(classes)}))",
                                         f"print(super({name}, o).{a})", f"{name}.__bases__ = ({rng.choice(classes)},); print([c.__name__ for c in {name}.__mro__], shown(o.{a}))", f"print(sorted([o, {name}()]) == [])", f"print(getattr(o, {a!r}, 'default'), hasattr({name}, {a!r}))".replace("print(getattr", "print(shown(getattr").replace("'default'),", "'default')),"),
                                         f"for _ in range(30): last = o.{a}\nprint(shown(last))", f"match o:\n    case {name}({a}=value): print('matched', shown(value))\n    case _: print('other')"]))

    # ---- exception groups ------------------------------------------------------------------------------------------------------
    def scene_groups(self):
        rng = self.rng
        kinds = ["ValueError", "KeyError", "TypeError", "OSError", "IndexError"]

        def group(depth):
            parts = [group(depth - 1) if depth and rng.random() < 0.4 else f"{rng.choice(kinds)}({rng.randint(0, 9)})" for _ in range(rng.randint(1, 3))]
            return f"ExceptionGroup('g{depth}', [{', '.join(parts)}])"

        def statement():
            self.block("try:", lambda: self.put(self.pick(f"raise {group(2)}", f"raise {rng.choice(kinds)}(1)", f"raise {group(1)} from KeyError('cause')", "pass")))
            for _ in range(rng.randint(1, 3)):
                def handler():
                    self.put("print('handled', repr(e), repr(sys.exception()) if hasattr(sys, 'exception') else repr(sys.exc_info()[1]))")
                    self.put(rng.choice(["pass", "raise", "raise e", f"raise {rng.choice(kinds)}('new')", f"raise {rng.choice(kinds)}('new') from e", "raise e.exceptions[0]", "e.add_note('noted')", "1 / 0", "raise ExceptionGroup('again', [e])"]))
                self.block(f"except* {self.pick(rng.choice(kinds), '(' + ', '.join(rng.sample(kinds, 2)) + ')', 'Exception', 'LookupError')} as e:", handler)
            if rng.random() < 0.3:
                self.block("else:", lambda: self.put("print('else')"))
            if rng.random() < 0.3:
                self.block("finally:", lambda: self.put("print('finally', sys.exc_info()[0])"))
        self.block("try:", lambda: self.block(f"for turn in range({rng.randint(1, 2)}):", lambda: statement()))
        self.block("except BaseException as e:", lambda: self.put("show(e); print(getattr(e, '__notes__', None)); traceback.print_exception(e)"))
        self.attempt(f"g = {group(3)}", f"print(repr(g.split({rng.choice(kinds)})))", f"print(repr(g.subgroup(({rng.choice(kinds)}, {rng.choice(kinds)}))), g.message, str(g))", "print(repr(g.subgroup(lambda e: e.args == (3,))), repr(g.derive([KeyError(1)])))",
                     self.pick("ExceptionGroup('x', [])", "ExceptionGroup(1, [ValueError()])", "ExceptionGroup('x', [KeyboardInterrupt()])", "print(repr(BaseExceptionGroup('x', [ValueError()])))", "BaseExceptionGroup('x', 3)", "ExceptionGroup('x', [1])"))

    # ---- sorting that fails on the way -----------------------------------------------------------------------------------------
    def scene_sorting(self):
        rng = self.rng
        values = [rng.choice([str(rng.randint(-5, 30)), repr(rng.choice("abcxyz")), "None", "2.5", "(1, 2)", "float('nan')", "10**20", "True"]) if rng.random() < 0.25 else str(rng.randint(-50, 50)) for _ in range(rng.choice([0, 1, 2, 5, 12, 70]))]
        self.attempt(f"data = [{', '.join(values)}]", f"data.sort({self.pick('', 'reverse=True', 'key=str', 'key=repr, reverse=True', 'key=abs', 'key=lambda x: x % 3', 'key=lambda x: (x > 3, x)', 'key=len', 'key=lambda x: data.append(1)', 'key=lambda x: 10 // x', 'key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b))', 'key=lambda x: -x if isinstance(x, int) else 0')})", "print(data)")
        self.attempt("print(data)", f"print(sorted(data[:6], key={self.pick('str', 'type', 'lambda x: str(type(x))', 'hash', 'bool')}))", f"print({self.pick('min', 'max')}(data{self.pick('', ', key=str', ', default=0')}))")
        self.put("class Odd:\n    log = []\n    def __init__(self, n): self.n = n\n    def __lt__(self, other):\n        " +
                 self.pick("return NotImplemented", "self.log.append((self.n, other.n))\n        " + self.pick("return self.n < other.n", "if self.n == 3: raise ValueError('three')\n        return self.n < other.n", "return 'x' if self.n < other.n else []", "return self.n % 4 < other.n % 4")) + "\n    def __repr__(self): return str(self.n)")
        self.attempt(f"odd = [Odd(n) for n in {rng.sample(range(9), rng.randint(2, 8))}]", f"odd.sort({self.pick('', 'reverse=True')}); print(odd)")
        self.attempt("print(odd, Odd.log)", "import heapq, bisect", "heapq.heapify(odd); print(odd)", f"heapq.heappush(odd, Odd({rng.randint(0, 9)})); print(heapq.heappop(odd), odd)", f"bisect.insort(odd, Odd({rng.randint(0, 9)})); print(odd)", "print(heapq.nsmallest(2, odd), list(heapq.merge(odd[:3], odd[3:])))")

    # ---- dataclasses -----------------------------------------------------------------------------------------------------------
    def scene_dataclass(self):
        rng, name = self.rng, self.fresh("D")
        options = ", ".join(f"{key}={self.pick('True', 'False')}" for key in rng.sample(["order", "frozen", "eq", "repr", "slots", "kw_only", "unsafe_hash", "init", "match_args"], rng.randint(0, 3)))
        fields = [f"{f}: {self.pick('int', 'str', repr('list[int]'), 'ClassVar[int]', 'InitVar[int]', 'typing.Any', 'object')}" + self.pick("", "", f" = {self.literal('int')}", " = field(default_factory=list)", " = field(default=1, repr=False)", " = field(compare=False, kw_only=True)", " = field(init=False, default=2)", " = []", " = None")
                  for f in rng.sample(["x", "y", "z", "w"], rng.randint(1, 4))]

        def body():
            for line in fields:
                self.put(line)
            if rng.random() < 0.3:
                self.put("def __post_init__(self, *init): print('post', init)")
            if rng.random() < 0.2:
                self.put("def method(self): return (self.x, __class__)")
        self.attempt("from dataclasses import *", "from typing import ClassVar", "import typing")
        self.block("try:", lambda: (self.put(f"@dataclass{'(' + options + ')' if options else ''}"), self.block(f"class {name}{'(' + self.last_dataclass + ')' if self.last_dataclass and rng.random() < 0.4 else ''}:", body)))
        self.block("except Exception as e:", lambda: (self.put("show(e)"), self.put(f"@dataclass\nclass {name}:\n    x: int = 1\n    y: str = 'a'")))
        self.last_dataclass = name
        self.attempt(f"d = {name}({self.pick('', '1', '1, 2', 'x=1', '1, 2, 3', 'x=1, y=2', '1, y=3', '*(1, 2)')})", "print(d, d == d, [f.name for f in fields(d)])", f"print({self.pick('asdict(d)', 'astuple(d)', 'replace(d, x=5)', 'hash(d) == hash(d)', 'd < d', 'vars(d)', 'd.__match_args__', 'is_dataclass(d)')})")
        self.attempt(self.pick("d.x = 3; print(d)", "del d.x; print(d)", "d.new = 1; print(d)", f"match d:\n    case {name}(a, b): print(a, b)\n    case {name}(x=a): print(a)\n    case _: print('no')", "import copy; print(copy.copy(d) == d, copy.deepcopy(d))", "import inspect; print(inspect.signature(type(d)))", "print(d != 1, d.__eq__(1))"))

    # ---- match ---------------------------------------------------------------------------------------------------------------------
    def scene_match(self):
        rng = self.rng
        self.put("class Point:\n    __match_args__ = " + self.pick("('x', 'y')", "('x',)", "('x', 'x')", "('y', 'missing')", "['x', 'y']", "(1,)") + "\n    def __init__(self, x, y): self.x, self.y = x, y\n    def __repr__(self): return f'Point({self.x}, {self.y})'\nclass Const: one, text = 1, 'a'")

        def pattern(depth, names):
            def capture():
                if rng.random() < 0.3:
                    return "_"
                names.append(f"n{len(names)}")
                return names[-1]
            if depth <= 0:
                return rng.choice([capture, capture, lambda: rng.choice(["1", "'a'", "None", "True", "-1", "1.5", "2+1j", "b'x'", "Const.one", "Const.text", "'a' 'b'"])])()
            form = rng.choice(["seq", "star", "map", "class", "or", "as", "builtin", "leaf", "group"])
            sub = lambda: pattern(depth - 1, names)
            if form == "seq":
                return "[" + ", ".join(sub() for _ in range(rng.randint(0, 3))) + "]"
            if form == "star":
                names.append(f"n{len(names)}")
                star = "*" + self.pick(names[-1], names[-1], "_")
                if star == "*_":
                    names.pop()
                return "(" + ", ".join([sub() for _ in range(rng.randint(0, 2))] + [star] + [sub() for _ in range(rng.randint(0, 2))]) + ",)"
            if form == "map":
                text = ", ".join(f"{key}: {sub()}" for key in rng.sample(["'a'", "'b'", "1", "Const.one", "None"], rng.randint(0, 2)))
                if rng.random() < 0.4:
                    names.append(f"n{len(names)}")
                    text += (", " if text else "") + "**" + names[-1]
                return "{" + text + "}"
            if form == "class":
                return "Point(" + ", ".join([sub() for _ in range(rng.randint(0, 2))] + [f"{a}={sub()}" for a in rng.sample(["x", "y", "z"], rng.randint(0, 1))]) + ")"
            if form == "or":
                return "(" + " | ".join(pattern(depth - 1, []) for _ in range(2)) + ")" if rng.random() < 0.1 else "(" + " | ".join(rng.choice(["1", "'a'", "None", "[]", "[_, 1]", "{'a': _}", "int()", "Point(x=1)"]) for _ in range(rng.randint(2, 3))) + ")"
            if form == "as":
                inner = rng.choice(["[_, *_]", "int() | str()", "1 | 2", "{}", "Point()"])
                names.append(f"n{len(names)}")
                return f"({inner} as {names[-1]})"
            if form == "builtin":
                return self.pick("int", "str", "list", "dict", "float", "bool", "bytes", "tuple", "object", "complex", "set") + self.pick(f"({sub()})", "()")
            return f"({sub()})" if form == "group" else sub()

        subjects = ["1", "'a'", "None", "[1, 2]", "[1, 'a', [2]]", "(1,)", "{'a': 1, 'b': [1]}", "{}", "Point(1, 2)", "Point([1], {'a': 2})", "1.5", "True", "b'x'", "range(3)", "2+1j", "[]", "{1: 2, None: 'a'}", "'ab'", "[[1], [2, 3]]", "set()", "bytearray(b'x')", "Const", "collections.deque([1, 2])", "collections.ChainMap({'a': 1})"]
        lines, n_cases = [], rng.randint(2, 5)
        lines += [f"for subject in [{', '.join(rng.sample(subjects, 5))}]:", "    try:", "        match subject:"]
        for _ in range(n_cases):
            names = []
            text = pattern(rng.randint(1, 3), names)
            guard = self.pick("", "", "", " if (log.append(1), subject)[1]", " if 1 / (len(log) % 4)")
            lines += [f"            case {text}{guard}: print({text!r}, {', '.join(names) or 0})"]
        lines += ["            case _: print('none of them', subject)", "    except Exception as e: show(e)"]
        source = "\n".join(["log = []"] + lines) + "\n"
        self.attempt(f"exec(compile({source!r}, 'matches', 'exec'), {{**globals(), 'collections': collections}})")

    # ---- generators in a row ----------------------------------------------------------------------------------------------------
    def scene_pipeline(self):
        rng, stages = self.rng, []
        for _ in range(rng.randint(2, 4)):
            name = self.fresh("stage")
            stages.append(name)
            self.put(f"def {name}(source):\n" + "\n".join("    " + line for line in rng.choice([
                "for item in source:\n    got = yield item\n    if got: print('got', got)", "try:\n    yield from source\nfinally:\n    print('closing')", "result = yield from source\nprint('result', result)\nreturn (result, 1)",
                "try:\n    for item in source: yield item * 2\nexcept GeneratorExit:\n    print('exit')\n    raise", "while True:\n    try: yield next(source)\n    except StopIteration as s: return s.value", "total = 0\nfor item in source:\n    total += 1\n    yield total\nreturn total",
                "for item in source:\n    try: yield item\n    except ValueError as e: print('caught', e); yield 'after'", "buffer = [*islice(source, 2)]\nyield buffer\nyield from (x for x in source)", "yield from [1, 2]\nyield from source\nyield",
                "try: yield from source\nexcept KeyError as e: yield repr(e); return 'handled'", "for i, item in enumerate(source):\n    if i == 2: raise KeyError(item)\n    yield item", "with Managed('stage'):\n    yield from source", "if 0: yield\nreturn [*source]", "yield (yield (yield from source))"]).split("\n")))
        chain = "counted(4)"
        for name in stages:
            chain = f"{name}({chain})" if rng.random() < 0.85 else f"{name}(x for x in {chain} if x)"
        self.attempt(f"g = {chain}", *[rng.choice(["print(next(g))", "print(next(g, 'end'))", "print(g.send('s'))", "print(g.throw(ValueError('v')))", "print(g.throw(KeyError, 'k'))", "print(list(islice(g, 2)))", "print(g.gi_running, g.gi_yieldfrom is None)", "print(g.throw(StopIteration(3)))"]) for _ in range(rng.randint(2, 6))], "print(*g)")
        self.attempt("print(g.close())", f"print(list({chain}))", f"a, *b = {chain}; print(a, b)", f"print(any({chain}), sum(x for x in {chain} if isinstance(x, int)))")

    # ---- async -------------------------------------------------------------------------------------------------------------------
    def scene_async(self):
        rng, name, agen = self.rng, self.fresh("main"), self.fresh("agen")

        def generator():
            def loop():
                self.put("got = yield i")
                self.put("if got: print('agot', got)")
                if rng.random() < 0.5:
                    self.put("await Awaitable('inner')")
            self.block("try:", lambda: self.block(f"for i in range({rng.randint(1, 4)}):", loop))
            if rng.random() < 0.5:
                self.block("except ValueError as e:", lambda: self.put("yield repr(e)"))
            self.block("finally:", lambda: self.put(self.pick("print('agen ends')", "await Awaitable('cleanup')", "pass")))
        self.block(f"async def {agen}():", generator)

        def body():
            self.put(f"g = {agen}()")
            for _ in range(rng.randint(2, 5)):
                call = rng.choice(["g.asend(None)", "g.asend(5)", "g.athrow(ValueError('thrown'))", "g.aclose()", "anext(g)", "anext(g, 'default')", "g.__anext__()", "Awaitable(2)", "inner(3)"])
                self.block("try:", lambda: self.put(f"print(await {call})"))
                self.block("except (Exception, StopAsyncIteration) as e:", lambda: self.put("show(e)"))
            self.put(rng.choice([f"print([x async for x in {agen}() if x])", f"async for x in {agen}():\n    print(x)\n    {self.pick('break', 'continue', 'pass')}\nelse:\n    print('else')", f"print({{x: await Awaitable(x) async for x in {agen}()}})", f"print([await Awaitable(x) for x in range(2)], [y async for y in (x async for x in {agen}())])",
                                 "async with Managed('m') as m, Managed('n', True): raise KeyError(m)", f"print(await inner(await inner(1)))", f"for x in {agen}(): pass", "with Managed('sync') as s: print(await Awaitable(s))", "await 3", "async with 3: pass", "print(list([z async for z in acounted(2)] for _ in range(2)))"]))
            self.put("return 'main done'")
        self.put("async def inner(n):\n    if n > 2: await Awaitable(n)\n    return n + 1")
        self.block(f"async def {name}():", body)
        self.attempt(f"drive({name}(), {self.pick('1', '1, 2, 3', 'None')})")
        self.attempt(f"c = {name}(); print(c.cr_running, c.cr_await); c.send(None); {self.pick('c.close()', 'c.send(4)', 'print(type(c.cr_await).__name__); c.close()', 'print(c.throw(ValueError(1))); c.close()', 'print(c.throw(KeyError, 2)); c.close()', 'print(c.throw(StopAsyncIteration, 3)); c.close()')}")

    # ---- context managers -------------------------------------------------------------------------------------------------------
    def scene_contexts(self):
        rng = self.rng
        self.put("import contextlib\n@contextlib.contextmanager\ndef managed(n):\n    print('in', n)\n" + rng.choice(["    try: yield n\n    except KeyError as e: print('swallowed', e)\n    finally: print('out', n)", "    yield n\n    print('out', n)", "    try: yield n\n    finally:\n        print('out', n)\n        if n == 2: raise ValueError(n)", "    with Managed(n): yield n", "    yield n\n    yield n", "    if n == 2: return\n    yield"]))
        items = [rng.choice(["managed(1)", "managed(2)", "Managed('x', True)", "Managed('y')", "contextlib.suppress(KeyError)", "contextlib.nullcontext(5)", "contextlib.redirect_stdout(io.StringIO())", "contextlib.ExitStack()", "contextlib.closing(io.StringIO())", "3", "contextlib.suppress(LookupError, ValueError)"]) + self.pick("", f" as {self.pick('a', 'b', 'box[0]', '(a, b)', 'box.x', '[a, *b]')}") for _ in range(rng.randint(1, 3))]
        body = rng.choice(["raise KeyError('in body')", "print('body')", "raise ValueError('v')", "1 / 0", "print(a)"])
        self.attempt("box = [0]", f"with {', '.join(items)}:\n    {body}", "print('after', box)")
        self.attempt("with contextlib.ExitStack() as stack:\n    " + "\n    ".join(rng.choice(["print(stack.enter_context(managed(1)))", "stack.callback(print, 'callback', 1)", "stack.push(lambda *exc: print('pushed', exc[0]))", "stack.enter_context(Managed('s', True))", "stack.push(Managed('p'))", "raise KeyError(2)", "stack.callback(lambda: 1 / 0)", "stack.pop_all().close()"]) for _ in range(rng.randint(2, 5))))

    # ---- the library's C parts ----------------------------------------------------------------------------------------------------
    LIBRARY = """list(itertools.chain({list}, {strs}))  list(itertools.accumulate({list}, lambda x, y: (x * 3 + y) % 1000))  list(itertools.groupby({list}, lambda w: w % 3))[:0]  [(k, list(v)) for k, v in itertools.groupby({str})]  list(itertools.product({strs}[:3], {list}[:3]))[:20]  list(itertools.permutations({list}[:4], 2))[:20]  list(itertools.combinations({list}[:5], {?small}))[:20]
        list(itertools.combinations_with_replacement({strs}[:3], 2))  list(itertools.islice(itertools.count({int}, {int}), {?small}))  list(itertools.islice(itertools.cycle({list}), {?len}))  list(itertools.zip_longest({list}, {strs}, fillvalue={any}))  list(itertools.starmap(divmod, [({int}, {int}), (7, 2)]))  list(itertools.takewhile(lambda w: w > 3, {list}))  list(itertools.dropwhile(lambda w: w > 3, {list}))
        list(itertools.filterfalse(None, {list}))  list(itertools.compress({list}, {strs}))  list(itertools.pairwise({list}))[:10]  [list(t) for t in itertools.tee({list}[:5], 2)]  list(itertools.islice({list}, {?index}, {?len}, {?step}))  list(itertools.repeat({any}, {?small}))  functools.reduce(lambda x, y: x * 2 + y, {list}[:10], {int} % 99)  functools.partial(max, {int})({int})  functools.partial(pow, 2)({?exp}, mod={?mod})
        sorted({strs}, key=functools.cmp_to_key(lambda x, y: len(x) - len(y)))  collections.Counter({str}).most_common({?small})  collections.Counter({strs}) + collections.Counter({str})  collections.OrderedDict({dict}) == {dict}  list(collections.deque({list}, maxlen={?small}))  collections.namedtuple('N', 'a b')({int}, {str})  collections.namedtuple('N', 'a b', defaults=[1])({any})._asdict()  dict(collections.ChainMap({dict}, {dict}))
        collections.defaultdict(list, {dict})[{str}]  (lambda d: (d.rotate({?index}), list(d)))(collections.deque({list}[:20]))  (lambda d: (d.extendleft({strs}), list(d)))(collections.deque({list}[:9]))  operator.itemgetter({?index}, 0)({list})  operator.attrgetter('real', 'imag')({int})  operator.methodcaller('split', {str})({str})  operator.concat({list}, {list})[:20]  operator.indexOf({list}, {int})  operator.countOf({strs}, {str})
        bisect.bisect(sorted({list}), {int})  bisect.bisect_left({list}, {int}, {?small})  heapq.nlargest({?small}, {list})  heapq.merge({list}, {list}) is None  math.gcd({int}, {int})  math.isqrt(abs({int}))  math.comb({?len}, {?small})  math.fsum({list})  math.hypot({float}, {float})  math.floor({float})  math.frexp({float})  math.copysign({float}, {int})  math.prod({list}[:6])  math.dist([{float}], [{float}])  math.log2(abs({int}))  math.factorial({?len})  math.nextafter({float}, {float})  math.ulp({float})
        struct.pack('<hq', {int} % 30000, {int} % 10**9)  struct.pack('>3sB', {bytes}, {int})  struct.unpack('<4B', {bytes}[:4])  struct.calcsize({str})  json.dumps({any})  json.loads(json.dumps({dict}))  json.dumps([{any}, {any}], sort_keys=True, indent=1)[:200]  json.loads({str})  re.findall('[a-z]+', {str})  re.sub('(.)(.)', r'\\2\\1', {str})  re.split('[ a,]', {str})  re.match('(?P<x>.)(?P<y>..)?', {str})  re.fullmatch('(a|b)*', {str})  [m.span() for m in re.finditer('..?', {str})]
        re.sub('.', lambda m: m[0].upper() * 2, {str})[:40]  re.escape({str})  re.compile({str})  fractions.Fraction({int} % 1000, {int} % 97 + 1)  fractions.Fraction({float})  fractions.Fraction({str})  textwrap.wrap({str} * 3, {?len})  textwrap.dedent({str})  string.Template({str} + '$a').substitute(a={any})  base64.b64encode({bytes})  binascii.hexlify({bytes})  binascii.crc32({bytes})  zlib.crc32({bytes})  zlib.decompress(zlib.compress({bytes}))  hashlib.sha256({bytes}).hexdigest()[:8]  pickle.loads(pickle.dumps({any}))
        copy.deepcopy([{any}, {dict}])  copy.copy({list})  datetime.date.fromordinal(abs({int}) % 3000000 + 1)  datetime.timedelta({float} % 1000, {int} % 10**6)  datetime.datetime(2000, 1 + {int} % 12, 1 + {int} % 28) + datetime.timedelta(hours={int} % 10**5)  datetime.datetime.fromisoformat({str})  datetime.date(1900 + {int} % 200, 2, 28).strftime('%A %j %U')  statistics.mean({list})  statistics.median({list})  io.StringIO({str}).readlines()  io.BytesIO({bytes}).read({int} % 9)  list(csv.reader([{str}]))
        ast.literal_eval(repr({any}))  ast.dump(ast.parse({str}))[:200]  ast.unparse(ast.parse(repr({any})))[:200]  array.array('i', {list}).tolist()  array.array('b', {bytes})  array.array('d', [{float}, {float}])  random.Random({int} % 999).randint(1, 10**6)  random.Random(7).sample({list}, 2)  random.Random({str}).random()  unicodedata.normalize('NFD', {str})  [unicodedata.name(c, '?') for c in {str}[:5]]  shlex.split({str})  difflib.SequenceMatcher(None, {str}, {str}).ratio()  pprint.pformat({any})  reprlib.repr([{any}] * 9)
        inspect.signature(lambda a, b=1, *c, d, **e: 0).bind({any}, {any}, d={int})  types.SimpleNamespace(a={any}, b={int})  types.MappingProxyType({dict}) | {dict}  list(map(operator.add, {list}, {list}))  enum.IntFlag('F', 'A B C')({int} % 9)  typing.get_args(typing.Union[int, {cls}])  list[{cls}] | None  tuple[{cls}, ...]  weakref.ref(type({any}))() is type({any})  calendar.monthrange(1900 + {int} % 200, 1 + {int} % 12)  colorsys.rgb_to_hsv(0.5, {float} % 1, 0.25)  html.escape({str})  urllib.parse.quote({str})  urllib.parse.urlsplit({str})  quopri.encodestring({bytes})  ipaddress.ip_address(abs({int}) % 2**32)"""
    LIBRARY = [part.strip() for part in LIBRARY.replace("\n", "  ").split("  ") if part.strip()]

    def scene_library(self):
        for _ in range(self.rng.randint(2, 6)):
            self.attempt(f"print(shown({self.fill(self.rng.choice(self.LIBRARY), 2)}))")

    # ---- calls --------------------------------------------------------------------------------------------------------------------
    def scene_calls(self):
        rng, name = self.rng, self.fresh("called")
        order = []
        plain = ["a", "b", "c"][:rng.randint(0, 3)]
        default = False
        for p in plain:
            default = default or rng.random() < 0.4
            order.append(p + (f"={rng.randint(0, 9)}" if default else ""))
        if order and rng.random() < 0.3:
            order.insert(rng.randint(1, len(order)), "/")
        star = rng.choice(["*args", "*", ""])
        keyword = [f"{k}{self.pick('', '=5')}" for k in ["k", "l"][:rng.randint(star == "*", 2)]]
        if star or not keyword:
            order += [star] * bool(star)
            order += keyword if star else []
        if rng.random() < 0.4:
            order.append("**kw")
        self.put(f"def {name}({', '.join(order)}): return sorted(locals().items())")
        for _ in range(rng.randint(3, 7)):
            parts = [rng.choice(["1", "2", "*(3, 4)", "*[]", "k=5", "l=6", "a=7", "b=8", "**{'k': 9}", "**{'a': 1, 'z': 2}", "**{}", "*'xy'", "**{1: 2}", "z=3", "*None", "**[]", "*counted(2)", "c=(yield_ := 4)", "**collections.ChainMap({'l': 1})"]) for _ in range(rng.randint(0, 4))]
            parts.sort(key=lambda part: ("=" in part and not part.startswith("*")) or part.startswith("**"))
            keywords = [part.split("=")[0] for part in parts if not part.startswith("*") and "=" in part]
            if len(set(keywords)) < len(keywords):
                continue
            self.attempt(f"print({name}({', '.join(parts)}))")
        builtin = self.pick("int", "str", "dict", "list", "sorted", "max", "print", "range", "isinstance", "getattr", "bytes", "complex", "enumerate", "zip", "slice", "pow", "round", "sum", "open", "type", "super")
        parts = [self.pick("1", "'a'", "[1]", "*[]", "*(2,)") for _ in range(rng.randint(0, 3))] + [self.pick("key=1", "base=10", "start=1", "x=1", "**{}", "reverse=True", "default=2", "strict=1")] * rng.randint(0, 1)
        self.attempt(f"print(shown({builtin}({', '.join(parts)})))")

    # ---- numbers --------------------------------------------------------------------------------------------------------------------
    def scene_numbers(self):
        rng = self.rng
        number = lambda: rng.choice([str(rng.getrandbits(rng.choice([8, 60, 61, 64, 130, 400, 2000])) * rng.choice([1, -1])), str(2 ** rng.randint(0, 200) + rng.randint(-2, 2)), repr(rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300)), repr(float(rng.randint(-9, 9))), "True", "float('inf')", "float('nan')", "-0.0", str(rng.randint(-300, 300)), f"fractions.Fraction({rng.randint(-9, 9)}, 7)", f"{rng.randint(0, 9)}j"])
        for _ in range(rng.randint(2, 5)):
            a, b = number(), number()
            form = rng.choice([f"({a}) {rng.choice(['+', '-', '*', '/', '//', '%', '<', '<=', '==', '!=', '>', '&', '|', '^'])} ({b})", f"divmod({a}, {b})", f"({a}) << {rng.randint(-1, 150)}", f"({a}) >> {rng.randint(-1, 150)}", f"({a}) ** {rng.choice([0, 1, 2, 3, -1, 0.5, -2])}", f"round({a}, {rng.randint(-20, 20)})", f"pow({a}, {rng.randint(-5, 50)}, {b})", f"hash({a.replace('nan', '1')})", f"({a}).__floor__()", f"int({a})", f"float({a})",
                               f"({a}).bit_length()", f"({a}).to_bytes({rng.randint(0, 60)}, {self.pick(repr('big'), repr('little'))}, signed={self.pick('True', 'False')})", f"int.from_bytes(({a}).to_bytes(300, 'little', signed=True), 'little', signed=True) == ({a})", f"format({a}, {self.pick(repr('x'), repr('_d'), repr('#b'), repr(',.3f'), repr('+.10e'), repr('g'), repr('n'), repr('%'), repr('>40'), repr('020'), repr('.3'), repr('c'), repr('_x'))})", f"'%s %d %.5f %x' % (({a}), {rng.randint(0, 9)}, 1.5, 3)", f"({a}).as_integer_ratio()", f"({a}).hex()", f"bin({a})", f"str({a})[:60]",
                               f"math.{self.pick('sqrt', 'floor', 'ceil', 'trunc', 'log', 'exp', 'sin', 'isqrt', 'log10', 'fabs', 'isfinite', 'modf', 'log1p', 'cbrt')}({a})", f"({a}) == float({a})", f"complex({a}) * ({b})", f"sum([{a}, {b}, 0.1])", f"-({a}), +({a}), abs({a}), ~({a})", f"int(str({a})) == ({a})", f"float(repr(float({a}))) == float({a})", f"min({a}, {b}), max({a}, {b})", f"fractions.Fraction({a}).limit_denominator(50)", f"({a}).is_integer()", f"bool({a}), not ({a})", f"({a}).conjugate(), ({a}).real", f"int({str(a)!r}, {rng.randint(0, 37)})"])
            self.attempt(f"print({form})")

    # ---- enumerations ------------------------------------------------------------------------------------------------------------
    def scene_enum(self):
        rng, name = self.rng, self.fresh("E")
        kind = self.pick("enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum", "str, enum.Enum")
        text = "Str" in kind or "str" in kind
        self.block("try:", lambda: self.block(f"class {name}({kind}):", lambda: [self.put(f"{n} = {self.pick('enum.auto()', repr(n.lower()) if text else str(rng.randint(0, 9)), 'A' if n != 'A' else '1')}") for n in rng.sample(["A", "B", "C"], 3)] + [self.put(self.pick("def method(self): return self.value", "@property\ndef prop(self): return self.name", "__str__ = lambda self: 'shown'", "_ignore_ = ['q']"))]))
        self.block("except Exception as e:", lambda: self.put(f"show(e)\nclass {name}(enum.Enum): A, B, C = 1, 2, 3"))
        for _ in range(3):
            self.attempt("print(" + rng.choice([f"list({name})", f"{name}.A, str({name}.B), repr({name}.C)", f"{name}(1)", f"{name}['A'] is {name}.A", f"{name}.A | {name}.B", f"{name}.A < {name}.B", f"{name}.A == 1, hash({name}.A) == hash({name}.A)", f"{name}.D", f"{name}.__members__", f"f'{{{name}.A}} {{{name}.A:>5}}'", f"~{name}.A", f"{name}.A.method()", f"{name}.A in {name}", f"len({name}), {name}", f"isinstance({name}.A, int), {name}.A.value", f"pickle.loads(pickle.dumps({name}.A))", f"{name}(7)"]) + ")")
        self.attempt(self.pick(f"{name}.A = 5", f"del {name}.A", f"{name}.A.x = 1; print({name}.A.x)", f"class Sub({name}): pass", f"print({name}.A.name, {name}.A.prop)"))

    # ---- namespaces: exec, globals, modules -------------------------------------------------------------------------------------------
    def scene_namespace(self):
        rng = self.rng
        code = rng.choice(["x = 1\ndef f(): return x\nprint(f())", "x += 1\nprint(x)", "print([x for _ in 'a'])", "class A:\n    y = x\n    z = [y for _ in 'a']", "import math\nprint(math.floor(2.5), __name__)", "def f():\n    global x\n    x = 5\nf()\nprint(x)", "print(sorted(k for k in dir() if k[0] != '_'))", "from math import *\nprint(floor(x))", "x: int = 3\nprint(__annotations__)", "del x\nprint(x)", "return 1", "yield x", "await x", "print((y := x) + y)", "lambda: (yield)", "raise KeyError(x)", "f = lambda: x\nx = 2\nprint(f())"])
        self.attempt(f"exec({code!r}, {{'x': 1, '__name__': 'inner'}})")
        self.attempt(f"space, local = {{'x': 2}}, {{{self.pick('', repr('x') + ': 3')}}}", f"exec({code!r}, space, local)", "print(sorted(k for k in space if k != '__builtins__'), sorted(local))")
        expression = self.pick("x + 1", "[x for _ in 'a']", "(lambda: x)()", "{x: y for y in [x]}", "(x := 2)", "__name__", "x if x else y", "eval('x')", "sorted(locals())", "f'{x!r:>5}'", "x.y", "x[0]", "", "1 +", "x = 1", "*x, 1")
        self.attempt(f"print(eval({expression!r}, {{'x': 1}}))", f"print(eval({expression!r}, {{'x': 1}}, {{'x': 2}}))")
        self.attempt(f"print([type(n).__name__ for n in ast.walk(ast.parse({code!r}))][:30])", f"print(ast.unparse(ast.parse({code!r})))", f"c = compile({code!r}, 'made', {self.pick(repr('exec'), repr('single'), repr('eval'))}); print(c.co_names, c.co_consts[:1], c.co_flags)")
