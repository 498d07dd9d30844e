# SPDX-License-Identifier: MIT
"""A small program: a Lisp with tokenizer, parser, closures, tail loops and macros."""
import re
from functools import reduce

TOKEN = re.compile(r"""\s*(?:(;[^\n]*)|([()'])|"((?:\\.|[^"\\])*)"|([^\s()'";]+))""")


class Symbol(str):
    pass


class LispError(Exception):
    pass


def tokens(text):
    at = 0
    text = text.rstrip()
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise LispError(f"bad token at {at}")
        at = m.end()
        comment, paren, string, atom = m.groups()
        if comment is not None:
            continue
        if paren:
            yield paren, paren
        elif atom is not None:
            yield "atom", atom
        else:
            yield "string", string.encode().decode("unicode_escape")


def atom(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"#t": True, "#f": False, "nil": None}.get(text, Symbol(text))


def parse(text):
    stack, quotes = [[]], [[]]

    def push(value):
        while quotes[-1]:
            quotes[-1].pop()
            value = [Symbol("quote"), value]
        stack[-1].append(value)
    for kind, value in tokens(text):
        if kind == "'":
            quotes[-1].append(1)
        elif kind == "(":
            stack.append([])
            quotes.append([])
        elif kind == ")":
            if len(stack) == 1:
                raise LispError("unexpected )")
            done = stack.pop()
            quotes.pop()
            push(done)
        else:
            push(value if kind == "string" else atom(value))
    if len(stack) > 1:
        raise LispError("missing )")
    return stack[0]


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env:
                return env
            env = env.outer
        raise LispError(f"unbound {name}")


class Lambda:
    def __init__(self, params, body, env, macro=False):
        self.params, self.body, self.env, self.macro = params, body, env, macro

    def bind(self, args):
        params, args = list(self.params), list(args)
        if "." in params:
            at = params.index(".")
            params[at:] = params[at + 1:]
            args = args[:at] + [args[at:]]
        if len(params) != len(args):
            raise LispError(f"expected {len(params)} arguments, got {len(args)}")
        return Env(params, args, self.env)

    def __call__(self, *args):
        return evaluate(self.body, self.bind(args))


def evaluate(x, env):
    while True:
        if isinstance(x, Symbol):
            return env.find(x)[x]
        if not isinstance(x, list):
            return x
        if not x:
            return []
        head, *rest = x
        match head:
            case "quote":
                return rest[0]
            case "if":
                test, then, *other = rest
                x = then if evaluate(test, env) not in (False, None) else other[0] if other else None
                continue
            case "define":
                env[rest[0]] = evaluate(rest[1], env)
                return rest[0]
            case "set!":
                env.find(rest[0])[rest[0]] = evaluate(rest[1], env)
                return None
            case "lambda" | "macro":
                return Lambda(rest[0], [Symbol("begin"), *rest[1:]], env, head == "macro")
            case "let":
                names, values = zip(*rest[0]) if rest[0] else ((), ())
                env = Env(names, [evaluate(v, env) for v in values], env)
                x = [Symbol("begin"), *rest[1:]]
                continue
            case "begin":
                for e in rest[:-1]:
                    evaluate(e, env)
                x = rest[-1]
                continue
        f = evaluate(head, env)
        if isinstance(f, Lambda) and f.macro:
            x = f(*rest)
            continue
        args = [evaluate(a, env) for a in rest]
        if isinstance(f, Lambda):
            x, env = f.body, f.bind(args)
            continue
        return f(*args)


def show(x):
    match x:
        case True:
            return "#t"
        case False:
            return "#f"
        case None:
            return "nil"
        case list():
            return "(" + " ".join(map(show, x)) + ")"
        case Lambda():
            return f"<lambda/{len(x.params)}>"
        case Symbol():
            return str(x)
        case str():
            return '"' + x.replace('"', '\\"') + '"'
        case _:
            return str(x)


def standard():
    env = Env()
    env.update({"+": lambda *a: sum(a), "*": lambda *a: reduce(lambda p, q: p * q, a, 1), "-": lambda a, *b: a - sum(b) if b else -a, "/": lambda a, b: a / b, "<": lambda a, b: a < b, ">": lambda a, b: a > b, "=": lambda a, b: a == b,
                "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda a, l: [a] + l, "list": lambda *a: list(a), "null?": lambda l: l == [], "length": len, "append": lambda *l: sum(l, []), "mod": lambda a, b: a % b, "str": lambda *a: "".join(map(str, a)), "map": lambda f, l: [f(x) for x in l], "apply": lambda f, l: f(*l)})
    return env


PROGRAM = """
(define square (lambda (x) (* x x)))  ; a comment
(square 12)
(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1))))))
(fact 30)
(define loop (lambda (n acc) (if (= n 0) acc (loop (- n 1) (+ acc n)))))
(loop 5000 0)
(map (lambda (x) (+ x 0.5)) '(1 2 3))
(define counter (lambda () (let ((n 0)) (lambda () (set! n (+ n 1)) n))))
(define c (counter))
(begin (c) (c) (c))
'(a "str\\n" (nested 1.5 #t #f nil) 'q)
(define unless (macro (test then else) (list 'if test else then)))
(unless (< 1 2) "yes" "no")
((lambda (first . rest) (list first rest)) 1 2 3)
(define filter (lambda (p l) (if (null? l) l (if (p (car l)) (cons (car l) (filter p (cdr l))) (filter p (cdr l))))))
(define sort (lambda (l) (if (null? l) l (let ((p (car l)) (r (cdr l))) (append (sort (filter (lambda (x) (< x p)) r)) (list p) (sort (filter (lambda (x) (if (< x p) #f #t)) r)))))))
(sort '(3 1 4 1 5 9 2 6 5 3 5 8 9 7 9))
(apply + '(1 2 3))
(str "a" 1 2.5)
square
"""
env = standard()
for form in parse(PROGRAM):
    print(show(evaluate(form, env)))
for bad in ("(", ")", "(undefined)", "((lambda (x) x))", "(car '())", "(+ 1 \"a\")", "(1 2)", "(/ 1 0)"):
    try:
        print([show(evaluate(form, standard())) for form in parse(bad)])
    except (LispError, TypeError, IndexError, ZeroDivisionError) as e:
        print(bad, "->", type(e).__name__, e)
