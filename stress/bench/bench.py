# SPDX-License-Identifier: MIT
"""Small benchmarks of single constructs: one program, one table.

    bench.py [-t SECONDS] [NAME...]      a line each: name, nanoseconds an iteration

Each function runs its construct n times and nothing else worth mentioning; the figure is the best of several runs,
in CPU time, with the loop around the construct included.  compare.py runs it under two interpreters in turn.
"""

import sys
import time

BENCHES = []


def bench(function):
    BENCHES.append(function)
    return function


# ---- numbers and loops ----------------------------------------------------------------------------------------------


@bench
def int_while(n):
    i = 0
    while i < n:
        i += 1


@bench
def int_for(n):
    s = 0
    for i in range(n):
        s += i


@bench
def float_chain(n):
    x = 1.0
    y = 0.5
    for i in range(n):
        x = x * 0.999 + y
        y = y * 0.5 + 0.25


@bench
def int_mixed(n):
    a = 12345
    for i in range(n):
        a = (a * 1103 + i) & 0xFFFF
        if a % 7 == 3:
            a ^= i >> 2


@bench
def sieve(n):
    flags = [True] * 1000
    for start in range(n // 1000):
        p = 2
        while p < 1000:
            flags[p] = False
            p += 1


@bench
def bool_logic(n):
    a, b, c = True, False, 3
    for i in range(n):
        if a and not b and (c or b):
            b = False


@bench
def power_and_neg(n):
    x = 3
    for i in range(n):
        y = -x
        z = not y
        w = x ** 2


# ---- calls ----------------------------------------------------------------------------------------------------------


def add(a, b):
    return a + b


@bench
def call(n):
    for i in range(n):
        add(i, 1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@bench
def call_fib(n):
    # about 21891 calls for 20
    for i in range(n // 21891 or 1):
        fib(20)


def with_defaults(a, b=2, c=3):
    return a


@bench
def call_defaults(n):
    for i in range(n):
        with_defaults(i)


@bench
def call_keywords(n):
    for i in range(n):
        with_defaults(i, c=1)


def star(*args, **kwargs):
    return args


@bench
def call_star(n):
    t = (1, 2)
    for i in range(n):
        star(*t)


def forward(*args, **kwargs):
    return with_defaults(*args, **kwargs)


@bench
def call_forward(n):
    for i in range(n):
        forward(i, b=1)


@bench
def call_closure(n):
    k = 3

    def inner(x):
        return x + k

    for i in range(n):
        inner(i)


@bench
def call_lambda_sort(n):
    data = [(i * 7919) % 1000 for i in range(1000)]
    for i in range(n // 1000 or 1):
        sorted(data, key=lambda x: -x)


# ---- objects --------------------------------------------------------------------------------------------------------


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def get(self):
        return self.x

    def move(self, dx):
        self.x += dx

    @property
    def px(self):
        return self.x

    @staticmethod
    def static(a):
        return a

    @classmethod
    def cls(cls, a):
        return a

    def __add__(self, other):
        return self

    def __eq__(self, other):
        return self.x == other.x

    def __getitem__(self, i):
        return self.x

    def __len__(self):
        return 3


class Sub(Point):
    def __init__(self, x, y):
        super().__init__(x, y)

    def get(self):
        return super().get()


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Empty:
    pass


@bench
def attribute(n):
    p = Point(1, 2)
    for i in range(n):
        p.x


@bench
def attribute_set(n):
    p = Point(1, 2)
    for i in range(n):
        p.x = i


@bench
def attribute_add(n):
    p = Point(1, 2)
    for i in range(n):
        p.x += 1


@bench
def method(n):
    p = Point(1, 2)
    for i in range(n):
        p.get()


class A(Point):
    def get(self):
        return 1


class B(Point):
    def get(self):
        return 2


class C(Point):
    def get(self):
        return 3


class D(Point):
    def __init__(self):
        self.z = 1
        self.x = 4


@bench
def method_poly(n):
    objects = [A(1, 2), B(1, 2), C(1, 2), D()]
    for i in range(n // 4):
        for o in objects:
            o.get()


@bench
def attribute_poly(n):
    objects = [A(1, 2), B(1, 2), C(1, 2), D()]
    for i in range(n // 4):
        for o in objects:
            o.x


@bench
def new_empty(n):
    for i in range(n):
        Empty()


@bench
def new_init(n):
    for i in range(n):
        Point(i, 2)


@bench
def new_slots(n):
    for i in range(n):
        Slotted(i, 2)


@bench
def new_super(n):
    for i in range(n):
        Sub(i, 2)


@bench
def super_method(n):
    p = Sub(1, 2)
    for i in range(n):
        p.get()


@bench
def property_get(n):
    p = Point(1, 2)
    for i in range(n):
        p.px


@bench
def static_and_class(n):
    p = Point(1, 2)
    for i in range(n):
        p.static(1)
        p.cls(1)


@bench
def dunder_ops(n):
    p = Point(1, 2)
    for i in range(n):
        p + p
        p == p
        p[0]
        len(p)


@bench
def bound_method(n):
    f = Point(1, 2).get
    for i in range(n):
        f()


@bench
def class_attr(n):
    for i in range(n):
        Point.get


@bench
def isinstance_check(n):
    p = Sub(1, 2)
    for i in range(n):
        isinstance(p, Point)
        isinstance(p, (int, str))


# ---- generators and iteration ---------------------------------------------------------------------------------------


def counter(n):
    i = 0
    while i < n:
        yield i
        i += 1


@bench
def generator(n):
    for i in counter(n):
        pass


@bench
def genexpr_sum(n):
    sum(i for i in range(n))


@bench
def genexpr_any(n):
    for k in range(n // 10):
        any(i > 8 for i in range(10))


def relay(n):
    yield from counter(n)


@bench
def yield_from(n):
    for i in relay(n):
        pass


@bench
def list_comp(n):
    for k in range(n // 100 or 1):
        [i + 1 for i in range(100)]


@bench
def dict_comp(n):
    for k in range(n // 100 or 1):
        {i: i for i in range(100)}


@bench
def iterate_list(n):
    data = [None] * 1000
    for k in range(n // 1000 or 1):
        for x in data:
            pass


@bench
def iterate_items(n):
    data = {i: i for i in range(1000)}
    for k in range(n // 1000 or 1):
        for a, b in data.items():
            pass


@bench
def iterate_enumerate(n):
    data = [None] * 1000
    for k in range(n // 1000 or 1):
        for i, x in enumerate(data):
            pass


@bench
def iterate_zip(n):
    data = [None] * 1000
    for k in range(n // 1000 or 1):
        for x, y in zip(data, data):
            pass


@bench
def iterate_str(n):
    data = "abcdefghij" * 100
    for k in range(n // 1000 or 1):
        for c in data:
            pass


@bench
def unpack(n):
    t = (1, 2, 3)
    for i in range(n):
        a, b, c = t
        a, b = b, a


@bench
def build_tuple(n):
    for i in range(n):
        t = (i, i)
        a, b = t


# ---- containers -----------------------------------------------------------------------------------------------------


@bench
def list_append(n):
    out = []
    for i in range(n):
        out.append(i)


@bench
def list_index(n):
    data = list(range(10))
    for i in range(n):
        data[3] = data[5]


@bench
def list_slice(n):
    data = list(range(10))
    for i in range(n):
        data[2:5]


@bench
def list_literal_pop(n):
    for i in range(n):
        s = [1, i, 3]
        s.pop()


@bench
def dict_index(n):
    d = {"a": 1, "b": 2}
    for i in range(n):
        d["a"] = d["b"]


@bench
def dict_get(n):
    d = {"a": 1, "b": 2}
    for i in range(n):
        d.get("a")
        d.get("z", 3)


@bench
def dict_int_keys(n):
    d = {}
    for i in range(n):
        k = i & 255
        d[k] = d.get(k, 0) + 1


@bench
def dict_literal(n):
    for i in range(n):
        {"a": i, "b": 2}


@bench
def contains(n):
    d = {"a": 1}
    t = (1, 2, 3)
    s = {1, 2}
    for i in range(n):
        "a" in d
        3 in t
        2 in s


@bench
def set_add(n):
    s = set()
    for i in range(n):
        s.add(i & 63)


# ---- strings --------------------------------------------------------------------------------------------------------


@bench
def f_string(n):
    for i in range(n):
        f"{i} and {i}"


@bench
def f_string_float(n):
    x = 2.5
    for i in range(n):
        f"{x:.2f}"


@bench
def percent_format(n):
    for i in range(n):
        "%d %s" % (i, "a")


@bench
def str_compare(n):
    a = "hello"
    b = "hel" + str(n)[:0] + "lo"
    c = "help"
    for i in range(n):
        if a == b:
            pass
        if a == c:
            pass
        if a < c:
            pass


@bench
def str_append(n):
    s = ""
    for i in range(n):
        s += "x"


@bench
def str_index(n):
    s = "hello world"
    for i in range(n):
        s[3]
        s[2:5]


@bench
def str_methods(n):
    s = "hello world"
    for i in range(n):
        s.startswith("hello")
        s.find("w")
        s.upper()


@bench
def str_split_join(n):
    s = "a b c d"
    for i in range(n):
        "-".join(s.split())


# ---- builtins, names, exceptions ------------------------------------------------------------------------------------


@bench
def builtin_len(n):
    data = [1, 2]
    for i in range(n):
        len(data)


@bench
def builtin_min_max(n):
    for i in range(n):
        min(i, 5)
        max(i, 5)
        abs(i)


@bench
def builtin_types(n):
    for i in range(n):
        int(i)
        str(i)
        type(i)


@bench
def builtin_ord_chr(n):
    for i in range(n):
        ord("a")
        chr(65)


COUNT = 0


@bench
def global_update(n):
    global COUNT
    for i in range(n):
        COUNT += 1


@bench
def nonlocal_update(n):
    k = 0

    def inner():
        nonlocal k
        for i in range(n):
            k += 1

    inner()


@bench
def try_no_raise(n):
    for i in range(n):
        try:
            pass
        except ValueError:
            pass


@bench
def raise_catch(n):
    for i in range(n):
        try:
            raise ValueError
        except ValueError:
            pass


def fails():
    raise ValueError("no")


@bench
def raise_through(n):
    for i in range(n):
        try:
            fails()
        except (KeyError, ValueError) as e:
            pass


@bench
def key_error(n):
    d = {}
    for i in range(n):
        try:
            d["x"]
        except KeyError:
            pass


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False


@bench
def with_block(n):
    m = Manager()
    for i in range(n):
        with m:
            pass


@bench
def match_statement(n):
    for i in range(n):
        match i & 3:
            case 0:
                pass
            case 1 | 2:
                pass
            case _:
                pass


# ---- the table ------------------------------------------------------------------------------------------------------


def measure(function, seconds):
    """Nanoseconds an iteration: the best of the runs that fit into the time, of which there are at least three."""
    clock = time.process_time
    function(1000)
    n = 22000
    while True:
        start = clock()
        function(n)
        took = clock() - start
        if took >= seconds / 10:
            break
        n *= 2 if took * 5 > seconds / 10 else 8
    best = took
    rounds = max(3, min(20, int(seconds / took)))
    for _ in range(rounds):
        start = clock()
        function(n)
        best = min(best, clock() - start)
    return best / n * 1e9


def main(arguments):
    seconds = 0.2
    if arguments[:1] == ["-t"]:
        seconds = float(arguments[1])
        arguments = arguments[2:]
    for function in BENCHES:
        if not arguments or function.__name__ in arguments:
            print(f"{function.__name__:<20}{measure(function, seconds):10.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
