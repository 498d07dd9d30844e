# SPDX-License-Identifier: MIT
"""Random expressions for tests/tools/programs: a table of templates by type, filled in recursively.

{int} in a template stands for any expression of that type, {name:int} for a variable of it, {?int} for a literal.  Values
stay small by construction: what multiplies or joins two values of any size is cut down again at once, so that no program
runs out of memory or time, however often a loop repeats it.  A template may fail (an index, a division): programs show
the exceptions they catch.
"""
import re

TEXTS = ["", "a", "ab", "spam eggs", "Hello, World", "x=1;y=2", "  pad ", "äöü", "ß", "日本", "tab\tnew\n", "0", "-12", "3.5", "Ǆ", "🐍z", "it's", 'q"q']
INTS = [0, 1, -1, 2, 3, 5, 7, 10, -3, 16, 31, 64, 100, 255, 256, 1000, -1000, 65535, 2**30, 2**31 - 1, -2**31, 2**60, 2**60 - 1, -2**60, 2**61, 2**63, 2**64 + 1, -2**64, 10**20]
FLOATS = ["0.0", "1.0", "-0.0", "0.5", "-2.5", "1e10", "3.14159", "1e-7", "1e300", "1e22", "123456.789", "2.0**0.5", "1e16", "float('inf')", "-1e-300", "0.1"]
SPECS_INT = ["", "d", "5", "<6", ">8", "^9", "+", " ", "05", "x", "#x", "X", "o", "#b", ",", "_", "_b", "+,d", "08.2f", "e", "c", "*^12d", "=+8", "n", "%"]
SPECS_FLOAT = ["", "f", ".2f", "10.3f", "+.1e", "g", "G", ".3", "%", ".1%", ",.2f", "_", "<10", "=+12.2f", "010", "#.0f", "n", ".0f", "z.1f", "E"]
SPECS_STR = ["", "s", "10", "<10", ">10", "^10", "*^9", ".3", "5.2", "é>6"]
OPERATORS = {"+": "add", "-": "sub", "*": "mul", "//": "floordiv", "%": "mod", "&": "and", "|": "or", "^": "xor", "@": "matmul", "/": "truediv"}

TEMPLATES = {
    "int": """({int} + {int})  ({int} - {int})  ({int} * {?small})  ({int} * {int} % {?mod})  ({int} // {int})  ({int} % {int})  (-{int})
        (~{int})  ({int} & {int})  ({int} | {int})  ({int} ^ {int})  ({int} << {?small} % {?mod})  ({int} >> {?small})  ({int} ** {?exp} % {?mod})  pow({int}, {?exp}, {?mod})
        len({list})  len({str})  len({dict})  {list}[{?index}]  {list}[{int} % 3]  {dict}[{str}]  {dict}.get({str}, {int})  sum({list})  max({list}, default={int})  min({int}, {int})
        abs({int})  int({float})  int({str})  int({bool})  ord({str}[{?index}])  {str}.find({str})  {str}.count({str})  {list}.index({int})  {list}.count({int})
        ({int} if {bool} else {int})  ({int} and {int})  ({int} or {int})  divmod({int}, {int})[{?bit}]  {bytes}[{?index}]  {int}.bit_length()  {int}.bit_count()
        round({float})  hash({int})  ({name:int} := {int} % {?mod})  (lambda {fresh}: {fresh} + {int})({int})  {tuple}[0]  next(iter({list}), {int})  int({str}, {?base})
        {str}.index({str})  {set}.__len__()  len({bytes})  {list}.pop()  {dict}.pop({str}, {int})  (bool({any}) + {int})  {int}.__add__({int})  (*{list}, {int})[{?index}]
        int.from_bytes({bytes}[:5], 'little')  sum(map(lambda q: q % 7, {list}))  len(set({str}))  {range}[{?index}]  len({range})  {range}.index({int})  ({int})  ((not {any}) - {int})
        """,
    "float": """({float} + {float})  ({float} - {float})  ({float} * {float})  ({float} / {float})  ({int} / {int})  ({float} // {float})  ({float} % {float})  (-{float})
        abs({float})  float({int})  float({str})  round({float}, {?small})  ({float} ** {?exp})  max({float}, {float})  ({float} if {bool} else {float})  {complex}.real  abs({complex})  {float}.__truediv__({float})
        divmod({float}, {float})[{?bit}]  ({int} + {float})  ({float} - {int})  ({int} * {float})  sum([{float}, {float}])  float.fromhex({float}.hex())  {float}.conjugate()  ({int} ** -{?exp})""",
    "str": """({str} + {str})[:{?len}]  ({str} * {?small})[:{?len}]  {str}[{slice}]  {str}[{?index}]  {str}.upper()  {str}.lower()  {str}.title()  {str}.strip()  {str}.swapcase()  {str}.capitalize()  {str}.casefold()
        {str}.replace({str}, {str})[:{?len}]  {str}.center({?len})  {str}.ljust({?small}, '-')  {str}.zfill({?small})  {str}.expandtabs({?small})[:{?len}]  {str}.join({strs})[:{?len}]  {str}.partition({str})[{?bit}]
        str({int})  repr({any})[:{?len}]  str({float})  ascii({str})[:{?len}]  chr({int} % 1000 + 32)  hex({int})  bin({int})[:{?len}]  ({str} if {bool} else {str})  ({str} or {str})  {fstring}[:{?len}]  format({int}, {?spec_int})  format({float}, {?spec_float})  format({str}, {?spec_str})
        ('%s|%r' % ({any}, {any}))  ('%d %x' % ({int}, {int}))  ('%.3f %5.1e' % ({float}, {float}))  ('%-8s|%+d' % ({str}, {int}))  '{} {}'.format({any}, {int})  '{0!r:>8}{1:{2}}'.format({str}, {int}, {?small})  ''.join(sorted({str}))  {str}.removeprefix({str})  {strs}[{?index}]
        {str}.translate({{97: {str}, 98: None}})[:{?len}]  {bytes}.decode('latin-1')  type({any}).__name__  str({bytes})  max({str}, {str})  {str}.rsplit(None, 1)[-1]  {fstring}  ('%(k)s' % {{'k': {any}}})  {str}.encode('utf-8').hex()  {bytes}.hex('-')  {str}.format({int})  ({str} % {int})  """,
    "bool": """({int} < {int})  ({int} == {int})  ({float} <= {float})  ({str} > {str})  ({str} in {str})  ({int} in {list})  ({int} not in {set})  (not {any})  ({any} is None)  ({any} is not None)  ({int} < {int} < {int})  ({int} != {float} >= {int})  {str}.isdigit()  {str}.startswith({str})
        {str}.isalpha()  {str}.isidentifier()  {str}.isupper()  bool({any})  ({list} == {list})  ({list} < {list})  ({tuple} <= {tuple})  ({set} <= {set})  ({set} == {set})  isinstance({any}, ({cls}, {cls}))  any({list})  all({list})  ({bool} and {bool})  ({bool} or {bool})  ({bool} ^ {bool})  callable({any})
        ({dict} == {dict})  ({bytes} < {bytes})  ({str} in {dict})  {float}.is_integer()  {set}.isdisjoint({list})  issubclass(type({any}), {cls})  hasattr({any}, '{?attr}')  ({any} == {any})  {str}.isspace()  {bytes}.startswith({bytes})  ({complex} == {complex})  ({int} in {range})  ({any} < {any})""",
    "list": """[{int}, {int}]  [{int}, *{list}][:{?len}]  ({list} + {list})[:{?len}]  ({list} * {?small})[:{?len}]  {list}[{slice}]  sorted({list})  sorted({list}, reverse={bool})  sorted({list}, key=lambda w: w % 5)  list(range({?small}))  list({set})  {listcomp}  list(map(abs, {list}))  list(filter(None, {list}))
        [*{tuple}[:1], {int}]  ({list} if {bool} else {list})  list({bytes})[:{?len}]  list(reversed({list}))  {list}.copy()  list({dict}.values())  [len(z) for z in {strs}]  list({range})[:{?len}]  [{int} for _ in range({?small})]  (list(zip({list}, {list}))[0:0] or {list})  [*{set}, *{list}][:{?len}]""",
    "strs": """[{str}, {str}]  {str}.split()  {str}.split({str})  {str}.splitlines()  list({str})  sorted({strs})  {strs}[{slice}]  list({dict})  [*{str}][:{?len}]  [str(v) for v in {list}]  sorted({strs}, key=len)  ({strs} + {strs})[:{?len}]  {str}.rsplit({str}, {?small})  list(map(str, {list}))""",
    "tuple": """({int}, {str})  ({int}, {str}, {any})  ({tuple} + {tuple})[:{?len}]  {tuple}[{slice}]  (*{list}, {str})[:{?len}]  tuple({list})  divmod({int}, {int})  {str}.partition({str})  ({tuple} if {bool} else {tuple})  ({float}, {float})  ({tuple}[:2] * {?small})  (*enumerate({strs}),)[:3]""",
    "dict": """{{{str}: {int}, {str}: {int}}}  {{**{dict}, {str}: {int}}}  {dictcomp}  dict(zip({strs}, {list}))  dict.fromkeys({strs}, {int})  ({dict} | {dict})  {dict}.copy()  dict(a={int}, b={int})  dict({dict}, c={int})  ({dict} if {bool} else {dict})  dict(sorted({dict}.items()))""",
    "set": """{{{int}, {int}, {int}}}  set({list})  ({set} | {set})  ({set} & {set})  ({set} - {set})  ({set} ^ {set})  {setcomp}  {set}.union({list})  (frozenset({list}) | {set})  set(range({?small}))  {set}.difference({list})  {set}.symmetric_difference({list})  {{*{list}, *{set}}}""",
    "bytes": """b'abc'  b'\\x00\\xff'  bytes({list})  {str}.encode()  ({bytes} + {bytes})[:{?len}]  ({bytes} * {?small})[:{?len}]  {bytes}[{slice}]  {bytes}.upper()  {bytes}.replace(b'a', {bytes})[:{?len}]  bytes([{int} & 255])  {bytes}.strip()  bytes(bytearray({bytes}))  (b'%d-%s' % ({int}, {bytes}))  {bytes}.ljust({?small}, b'.')  {bytes}.join([b'x', {bytes}])[:{?len}]  bytes(memoryview({bytes})[{slice}])""",
    "complex": """({float} + 2j)  complex({int} % 1000, {float})  ({complex} + {complex})  ({complex} * 1j)  ({complex} - {float})  {complex}.conjugate()  (-{complex})  ({complex} / {complex})""",
    "range": """range({?small})  range({?index}, {?len})  range({?len}, {?index}, -{?exp})  {range}[{slice}]  range({int} % 10, {int} % 20)""",
    "none": """None  print({any})  {list}.clear()  {dict}.clear()""",
    "cls": "int  str  float  list  dict  tuple  bool  set  bytes  object  Exception  ValueError",
    "slice": "{?index}:  :{?index}  {?index}:{?index}  ::{?step}  {?index}:{?index}:{?step}  {?len}::-1  :  {int}:  :{int}  ::{int}  {any}:",
    "fstring": "",
    "listcomp": "", "setcomp": "", "dictcomp": "", "any": "",
}
TEMPLATES = {key: [part for part in re.split(r"  +|\n\s*", text.strip()) if part] for key, text in TEMPLATES.items()}
VALUE_TYPES = ["int", "int", "int", "float", "str", "str", "bool", "list", "list", "tuple", "dict", "set", "bytes", "strs", "complex", "range"]
HOLE = re.compile(r"\{\{|\}\}|\{([?]?)(?:(name):)?([a-z_]+)\}")


class Expressions:
    """Needs self.rng, self.variables(type) -> names that are surely bound, self.fresh() -> a new name, self.calls(type)."""

    def literal(self, kind):
        rng = self.rng
        if kind == "int":
            value = rng.choice(INTS) if rng.random() < 0.6 else rng.randint(-20, 100)
            return str(value) if value >= 0 else f"({value})"
        if kind == "float":
            return rng.choice(FLOATS)
        if kind == "str":
            return repr(rng.choice(TEXTS))
        if kind in ("small", "exp", "bit", "len", "index", "step", "mod", "base"):
            low, high = {"small": (0, 5), "exp": (0, 4), "bit": (0, 1), "len": (3, 30), "index": (-3, 4), "step": (-3, 3), "mod": (1, 97), "base": (0, 36)}[kind]
            if kind == "mod" and rng.random() < 0.3:
                return rng.choice(["1000003", "0xFFFFFFFF", "(2**61 - 1)", "2**64", "(10**25)", "(-7)"])
            value = rng.randint(low, high)
            return str(value or 1 if kind == "step" and rng.random() < 0.9 else value)
        if kind.startswith("spec_"):
            return repr(rng.choice({"spec_int": SPECS_INT, "spec_float": SPECS_FLOAT, "spec_str": SPECS_STR}[kind]))
        if kind == "attr":
            return rng.choice(["x", "__len__", "real", "append", "__iter__", "__hash__", "__next__"])
        return {"bool": rng.choice(["True", "False"]), "list": f"[{self.literal('int')}, {self.literal('int')}, 3]", "tuple": "(1, 'a')", "none": "None",
                "dict": f"{{'a': {self.literal('int')}}}", "set": f"{{{self.literal('int')}, 2}}", "bytes": "b'bytes'", "strs": "['a', 'bc']", "complex": "(1+2j)", "range": "range(4)"}[kind]

    def expr(self, kind, depth=None):
        """An expression of that type; now and then of another one, which must fail in the same way everywhere."""
        rng = self.rng
        depth = rng.choice([0, 1, 1, 2, 2, 3]) if depth is None else depth
        if kind == "any":
            kind = rng.choice(VALUE_TYPES + ["none"])
        if kind in ("fstring", "listcomp", "setcomp", "dictcomp"):
            return getattr(self, kind)(depth)
        names = self.variables(kind)
        if kind not in ("cls", "slice", "none") and (depth <= 0 or rng.random() < 0.15):
            return rng.choice(names) if names and rng.random() < 0.75 else self.literal(kind)
        if rng.random() < 0.12 and (call := self.call_expr(kind, depth)):
            return call
        return self.fill(rng.choice(TEMPLATES[kind]), depth)

    def fill(self, template, depth):
        fresh = []

        def hole(match):
            if match.group() in ("{{", "}}"):
                return match.group()[0]
            literal, is_name, kind = match.groups()
            if literal:
                return self.literal(kind)
            if kind == "fresh":
                fresh[:] = fresh or [self.fresh()]
                return fresh[0]
            if is_name:
                return self.walrus_name(kind)
            if self.rng.random() < 0.012 and not re.search(r" \* |<<|\*\*|range|pow|just|center|zfill|encode", template):
                kind = "any"
            text = self.expr(kind, depth - 1)
            return f"({text})" if text.isdigit() and match.string[match.end():match.end() + 1] in (".", "(") else text
        return HOLE.sub(hole, template)

    def walrus_name(self, kind):
        names = [n for n in self.assignable(kind)]
        return self.rng.choice(names) if names and not self.in_comprehension else "w" + str(self.rng.randint(1, 3))

    def comprehension(self, depth, element):
        """`element for x in ... if ...`, with the loop's variables in sight."""
        rng, clauses = self.rng, []
        self.push()
        self.in_comprehension += 1
        for _ in range(rng.choice([1, 1, 1, 2])):
            kind, source = rng.choice([("int", "list"), ("int", "list"), ("str", "strs"), ("int", "set"), ("int", "range"), ("str", "str")])
            self.no_walrus += 1
            source = self.expr(source, min(depth - 1, 1))
            self.no_walrus -= 1
            name = self.fresh()
            self.bind(name, kind)
            clauses.append(f"for {name} in {source}" if rng.random() < 0.9 else f"for _, {name} in enumerate({source})")
            if rng.random() < 0.3:
                clauses.append(f"if {self.expr('bool', min(depth - 1, 1))}")
        text = f"{element()} {' '.join(clauses)}"
        self.in_comprehension -= 1
        self.pop()
        return text

    def listcomp(self, depth):
        text = self.comprehension(depth, lambda: self.expr("int", min(depth - 1, 2)))
        return self.rng.choice([f"[{text}][:40]", f"list({text})[:40]", f"sorted({text})[:40]"])

    def setcomp(self, depth):
        return "{" + self.comprehension(depth, lambda: self.expr("int", 1)) + "}"

    def dictcomp(self, depth):
        return "{" + self.comprehension(depth, lambda: f"{self.expr('str', 1)}: {self.expr('int', 1)}") + "}"

    def fstring(self, depth):
        rng, parts = self.rng, []
        for _ in range(rng.randint(1, 3)):
            kind = rng.choice(["int", "float", "str", "any"])
            names = self.variables(kind) if kind != "any" else []
            inner = rng.choice(names) if names and rng.random() < 0.7 else self.expr(kind, min(depth - 1, 1))
            if re.search(r"['\"\\{}:!=]|lambda|\n", inner):
                inner = rng.choice(names) if names else "1"
            spec = rng.choice({"int": SPECS_INT, "float": SPECS_FLOAT, "str": SPECS_STR, "any": [""]}[kind])
            if rng.random() < 0.15 and kind != "any":
                spec = rng.choice(["{1 + 7}", ">{5}", "{2}"])
            convert = rng.choice(["", "", "!r", "!s", "!a"]) if kind in ("str", "any") else ""
            equals = rng.choice(["", "", "", "=", " = "])
            parts.append(rng.choice(["", "a", "{{", "é ", "}}"]) + "{" + inner + equals + convert + (":" + spec if spec else "") + "}")
        text = "".join(parts)
        return f'f"{text}"' if '"' not in text else f"f'''{text}'''"

    def call_expr(self, kind, depth):
        found = [f for f in self.functions if f.result == kind]
        return self.call(self.rng.choice(found), depth) if found and not self.in_class else None

    def call(self, function, depth=1):
        """A call in one of the ways that the function's parameters allow, and now and then in one that they do not."""
        rng, parts, by_name = self.rng, [], False
        depth = min(depth, 2) - 1
        for p in function.parameters:
            value = self.expr(p.kind, depth)
            if p.how == "args":
                if not by_name and rng.random() < 0.5:
                    parts.append(rng.choice([f"*{self.expr('list', 0)}", value]))
            elif p.how == "kwargs":
                if rng.random() < 0.5:
                    parts.append(rng.choice([f"extra{rng.randint(1, 3)}={value}", f"**{{'k{rng.randint(1, 3)}': {value}}}"]))
            elif p.default is not None and rng.random() < 0.4:
                by_name = by_name or p.how == "any"
                if p.how == "positional":
                    break
            elif p.how == "keyword" or (p.how == "any" and (by_name or rng.random() < 0.2)):
                by_name = True
                parts.append(f"{p.name}={value}" if rng.random() < 0.8 else f"**{{'{p.name}': {value}}}")
            else:
                parts.append(value if rng.random() < 0.9 or by_name else f"*[{value}]")
        if rng.random() < 0.02:
            parts = parts[1:] or ["1", "2", "3"]
        return f"{function.name}({', '.join(parts)})"
