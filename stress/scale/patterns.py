# SPDX-License-Identifier: MIT
"""The patterns of the scaling suite: what threads do to one shared object, or to things of their own.

A pattern is a function `name(n, shared)` that does n iterations; `shared` is one Shared for all threads. The decorator says
which group it is in:

    read      reads what is shared: no iteration may write anything shared
    private   works on objects of its own: the same
    write     stores into one shared object, which takes an exchange or a lock each: must not collapse, nor take more than LIMITS says
    pass      objects go from one thread to the other: the same
    fault     breaks what is asked of `read`: runs only when it is named, to see that the check fails

scale.py runs them with 1 and 2 threads and prints times beside counts; one.py runs one, with so much work whatever the threads.
"""
import collections
import copy
import dataclasses
import enum
import functools
import itertools
import logging
import math
import operator
import queue
import sys
import threading
import typing

PATTERNS = {}


def pattern(group):
    def register(function):
        PATTERNS[function.__name__] = (group, function)
        return function
    return register


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Base:
    inherited = 5
    config = {"a": 1, "b": "two", "c": [3]}

    def method(self):
        return self

    def inherited_method(self, x=1):
        return x

    @staticmethod
    def static(x):
        return x

    @classmethod
    def of_class(cls):
        return cls

    @property
    def prop(self):
        return self.item


class Thing(Base):
    def __init__(self):
        self.item = "item"
        self.number = 0
        self.items = list(range(10))


class Slotted:
    __slots__ = ("item", "number")

    def __init__(self):
        self.item, self.number = object(), 0


class Derived(Thing):
    def method(self):
        return super().method()

    def __round__(self):
        return 1

    @classmethod
    def of_class(cls):
        return super().of_class()


@dataclasses.dataclass
class Record:
    x: int
    y: int


Point = collections.namedtuple("Point", ("x", "y"))


class TypedPoint(typing.NamedTuple):
    x: int
    y: int


class Call:
    def __call__(self):
        return None


class Bare:
    pass


class Counter:
    def __init__(self):
        self.number = 0

    def get(self):
        return self.number

    def next(self):
        self.number += 1
        return self.number


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return None


class Shared:
    """Everything that is shared, made before the threads start."""

    def __init__(self):
        self.thing = Thing()
        self.slotted = Slotted()
        self.call = Call()
        self.list = [object() for _ in range(100)]
        self.tuple = tuple(self.list)
        self.dict = {f"key{i}": object() for i in range(100)}
        self.by_number = {i: object() for i in range(100)}
        self.set = {f"key{i}" for i in range(100)}
        self.frozen = frozenset(self.set)
        self.text = "some shared text with words in it"
        self.lock = threading.Lock()
        self.rlock = threading.RLock()
        self.event = threading.Event()
        self.event.set()
        self.local = threading.local()
        self.counter = itertools.count()
        self.cached = functools.lru_cache(maxsize=None)(lambda key: key)
        self.cached_bounded = functools.lru_cache(lambda key: key)
        self.caller = operator.methodcaller("method")
        self.derived = Derived()
        self.condition = threading.Condition()
        self.logger = logging.getLogger("scale")
        self.count = Counter()
        self.manager = Manager()
        self.bound = self.thing.method
        self.partial = functools.partial(Base.static, 1)
        self.deque = collections.deque(range(100))
        self.queue = queue.SimpleQueue()
        self.full_queue = queue.Queue()
        self.semaphore = threading.Semaphore(100)
        self.deep = {"a": [1, 2, {"b": (1, 2, [3, 4])}], "c": "text"}
        self.append_to = []
        self.fill = {}
        self.total = 0

    def state(self):
        """What does not depend on who did how much of the work: the same after the same number of iterations in equal parts."""
        cached = self.cached.cache_info()
        return [self.thing.number, self.thing.item, self.slotted.number, next(self.counter), self.total, len(self.append_to),
                self.list.index(self.list[3]), sorted(self.fill.items()), len(self.deque), self.queue.qsize(), self.full_queue.qsize(), self.lock.locked(),
                self.event.is_set(), self.semaphore._value, cached.hits + cached.misses, self.logger.level, global_number,
                self.slotted.item in self.tuple and self.tuple.index(self.slotted.item)]


GLOBAL = object()
global_number = 0


# ---- reads of what is shared --------------------------------------------------------------------------------------------
@pattern("read")
def attribute(n, shared):
    thing = shared.thing
    for _ in range(n):
        thing.item
        thing.number
        thing.items


@pattern("read")
def slot(n, shared):
    thing = shared.slotted
    for _ in range(n):
        thing.item
        thing.number


@pattern("read")
def class_attribute(n, shared):
    thing = shared.thing
    for _ in range(n):
        thing.inherited
        Thing.config
        Base.inherited


@pattern("read")
def item_list(n, shared):
    items = shared.list
    for i in range(n):
        items[7]
        items[i % 100]


@pattern("read")
def item_tuple(n, shared):
    items = shared.tuple
    for i in range(n):
        items[7]
        items[i % 100]


@pattern("read")
def item_dict(n, shared):
    table, numbers = shared.dict, shared.by_number
    for i in range(n):
        table["key7"]
        numbers[i % 100]


@pattern("read")
def dict_get(n, shared):
    table = shared.dict
    for _ in range(n):
        table.get("key9")
        table.get("none")


@pattern("read")
def contains(n, shared):
    table, items, frozen = shared.dict, shared.set, shared.frozen
    for _ in range(n):
        "key5" in table
        "key6" in items
        "none" in frozen


@pattern("read")
def length(n, shared):
    table, items, members, text = shared.dict, shared.list, shared.set, shared.text
    for _ in range(n):
        len(table)
        len(items)
        len(members)
        len(text)


@pattern("read")
def global_name(n, shared):
    for _ in range(n):
        GLOBAL
        PATTERNS
        len


@pattern("read")
def module_attribute(n, shared):
    for _ in range(n):
        math.pi
        threading.Thread


@pattern("read")
def module_function(n, shared):
    for _ in range(n):
        math.cos(0.5)
        operator.add(1, 2)


def double(x):
    return x + x


this_module = sys.modules[__name__]


@pattern("read")
def module_python_function(n, shared):
    for i in range(n):
        this_module.double(i)


@pattern("read")
def type_attribute(n, shared):
    cls = type(shared.thing)
    for _ in range(n):
        cls.method
        cls.config
        cls.__name__


@pattern("read")
def constants(n, shared):
    for _ in range(n):
        a, b, c = "text", (1, "two", (3.0,)), 1.5


@pattern("read")
def compare_constants(n, shared):
    for i in range(n):
        i == "a text"
        i == (1, 2)


@pattern("read")
def cell(n, shared):
    captured = shared.thing

    def inner(n):
        for _ in range(n):
            captured
    inner(n)


@pattern("read")
def enum_member(n, shared):
    for _ in range(n):
        Colour.RED
        Colour.GREEN.value


@pattern("read")
def method_call(n, shared):
    thing = shared.thing
    for _ in range(n):
        thing.method()
        thing.inherited_method()


@pattern("read")
def pymethod(n, shared):
    """A method that looks at its object."""
    count = shared.count
    for _ in range(n):
        count.get()


@pattern("read")
def object_cfunction(n, shared):
    """Methods written in C, of shared objects."""
    items, pair, table, members, text = shared.list, shared.tuple, shared.dict, shared.set, shared.text
    first, none = items[0], object()
    for _ in range(n):
        items.index(first)
        pair.index(first)
        table.get("key3", none)
        members.isdisjoint(())
        text.find("shared")


@pattern("read")
def bound_method(n, shared):
    bound = shared.bound
    for _ in range(n):
        bound()


@pattern("read")
def make_bound_method(n, shared):
    thing = shared.thing
    for _ in range(n):
        m = thing.method
        m()


@pattern("read")
def super_call(n, shared):
    thing = shared.derived
    for _ in range(n):
        thing.method()
        thing.of_class()


@pattern("read")
def special_method(n, shared):
    thing = shared.derived
    for _ in range(n):
        round(thing)


@pattern("read")
def context_manager(n, shared):
    manager = shared.manager
    for _ in range(n):
        with manager:
            pass


@pattern("read")
def method_caller(n, shared):
    caller, thing = shared.caller, shared.thing
    for _ in range(n):
        caller(thing)


@pattern("read")
def static_and_class_method(n, shared):
    thing = shared.thing
    for _ in range(n):
        thing.static(1)
        thing.of_class()


@pattern("read")
def property_read(n, shared):
    thing = shared.thing
    for _ in range(n):
        thing.prop


@pattern("read")
def call_object(n, shared):
    call = shared.call
    for _ in range(n):
        call()


def function(a, b=2, *, c=3):
    return a


@pattern("read")
def function_call(n, shared):
    for _ in range(n):
        function(1)
        function(1, c=2)


@pattern("read")
def partial_call(n, shared):
    call = shared.partial
    for _ in range(n):
        call()


@pattern("read")
def iterate_list(n, shared):
    items = shared.list
    for _ in range(n // 50):
        for item in items:
            pass


@pattern("read")
def iterate_tuple(n, shared):
    items = shared.tuple
    for _ in range(n // 50):
        for item in items:
            pass


@pattern("read")
def iterate_dict(n, shared):
    table = shared.dict
    for _ in range(n // 50):
        for key in table:
            pass


@pattern("read")
def iterate_items(n, shared):
    table = shared.dict
    for _ in range(n // 50):
        for key, value in table.items():
            pass


@pattern("read")
def iterate_set(n, shared):
    items = shared.set
    for _ in range(n // 50):
        for item in items:
            pass


@pattern("read")
def iterate_enumerate(n, shared):
    items = shared.list
    for _ in range(n // 50):
        for i, item in enumerate(items):
            pass


@pattern("read")
def iterate_zip(n, shared):
    a, b = shared.list, shared.tuple
    for _ in range(n // 50):
        for x, y in zip(a, b):
            pass


@pattern("read")
def iterate_deque(n, shared):
    items = shared.deque
    for _ in range(n // 50):
        for item in items:
            pass


@pattern("read")
def comprehension(n, shared):
    items = shared.list
    for _ in range(n // 50):
        [item for item in items]


@pattern("read")
def generator_any(n, shared):
    items = shared.list
    for _ in range(n // 50):
        any(item is None for item in items)


@pattern("read")
def store_into_own(n, shared):
    """One shared object goes into the thread's own list, over and over: what is contended is its count."""
    value, items = shared.thing, [None] * 16
    for i in range(n):
        items[i & 15] = value
        items[i & 15] = None


@pattern("read")
def text_methods(n, shared):
    text = shared.text
    for _ in range(n // 4):
        text.split()
        text.startswith("some")
        text.upper()


@pattern("read")
def f_string(n, shared):
    text, thing = shared.text, shared.thing
    for i in range(n // 4):
        f"{text} {thing.item} {i}"


@pattern("read")
def compare(n, shared):
    text, key = shared.text, shared.thing.item
    for _ in range(n):
        text == key
        text is key
        key != "item"


@pattern("read")
def unpack(n, shared):
    pair = shared.tuple[:2]
    for _ in range(n):
        a, b = pair


@pattern("read")
def isinstance_check(n, shared):
    thing = shared.thing
    for _ in range(n):
        isinstance(thing, Base)
        type(thing) is Thing


@pattern("read")
def getattr_call(n, shared):
    thing = shared.thing
    for _ in range(n):
        getattr(thing, "item")
        hasattr(thing, "none")


@pattern("read")
def lock_locked(n, shared):
    lock = shared.lock
    for _ in range(n):
        lock.locked()


@pattern("read")
def event_is_set(n, shared):
    event = shared.event
    for _ in range(n):
        event.is_set()


@pattern("read")
def thread_local(n, shared):
    local = shared.local
    local.x = 1
    for _ in range(n):
        local.x


@pattern("read")
def lru_cache_hit(n, shared):
    cached = shared.cached
    cached("a")
    for _ in range(n):
        cached("a")


@pattern("read")
def lru_cache_bounded_hit(n, shared):
    """What was used last; any other hit changes the order of use."""
    cached = shared.cached_bounded
    cached("a")
    for _ in range(n):
        cached("a")


@pattern("read")
def logging_level(n, shared):
    logger = shared.logger
    for _ in range(n):
        logger.isEnabledFor(10)


@pattern("read")
def logging_check(n, shared):
    logger = shared.logger
    logger.isEnabledFor(10)
    for _ in range(n // 2):
        logger.debug("never shown")


@pattern("read")
def star_call(n, shared):
    args, kwargs = (1,), {"c": 3}
    for _ in range(n):
        function(*args, **kwargs)


@pattern("read")
def exception(n, shared):
    table = shared.dict
    for _ in range(n // 4):
        try:
            table["none"]
        except KeyError:
            pass


# ---- private work --------------------------------------------------------------------------------------------------------
@pattern("private")
def make_instances(n, shared):
    for _ in range(n // 2):
        Thing()


@pattern("private")
def make_bare_instances(n, shared):
    for _ in range(n):
        Bare()


@pattern("private")
def make_records(n, shared):
    for i in range(n // 4):
        Record(x=i, y=2)
        Point(i, 2)
        TypedPoint(x=i, y=2)


@pattern("private")
def make_containers(n, shared):
    for i in range(n // 2):
        a = [i, i]
        b = {"a": a}
        c = (a, b)


@pattern("private")
def own_attribute(n, shared):
    thing = Thing()
    for _ in range(n):
        thing.number += 1


@pattern("private")
def own_pymethod(n, shared):
    count = Counter()
    for _ in range(n):
        count.next()


@pattern("private")
def own_object_cfunction(n, shared):
    items = [1] * 100
    for i in range(n):
        items.pop(0)
        items.append(i)


@pattern("private")
def own_computed_names(n, shared):
    """Attributes set by names that are made for it, every time."""
    bare, prefix = Bare(), "computed"
    for _ in range(n // 4):
        setattr(bare, f"{prefix}_a", None)
        setattr(bare, f"{prefix}_b", None)


@pattern("private")
def own_new_attributes(n, shared):
    thing = Thing()
    names = [f"attribute{i}" for i in range(10)]
    for i in range(n // 10):
        for name in names:
            setattr(thing, name, i)


@pattern("private")
def own_list_append(n, shared):
    items = []
    for i in range(n):
        items.append(i)


@pattern("private")
def own_dict_fill(n, shared):
    table = {}
    for i in range(n):
        table[i % 1000] = i


@pattern("private")
def closures(n, shared):
    for i in range(n // 2):
        (lambda: i)()


@pattern("private")
def generators(n, shared):
    for _ in range(n // 10):
        sum(x for x in range(10))


def up_to_ten():
    for i in range(10):
        yield i


@pattern("private")
def generator_function(n, shared):
    for _ in range(n // 10):
        for _ in up_to_ten():
            pass


@pattern("private")
def thread_local_store(n, shared):
    """Of its own values: they belong to the thread, and none is written to by others."""
    local = shared.local
    for i in range(n):
        local.x = i


@pattern("private")
def float_loop(n, shared):
    x = 0.5
    for _ in range(n):
        x = x * 1.5 - x * 0.75


@pattern("private")
def deep_copy(n, shared):
    for _ in range(n // 100):
        copy.deepcopy(shared.deep)


@pattern("private")
def string_building(n, shared):
    for i in range(n // 10):
        "".join([str(i), "a", "b"])


# ---- writes --------------------------------------------------------------------------------------------------------------
@pattern("write")
def store_attribute(n, shared):
    thing = shared.thing
    for i in range(n):
        thing.number = i


@pattern("write")
def count_in_method(n, shared):
    """Two threads may count the same number: what is measured is its cost."""
    count = shared.count
    for _ in range(n):
        count.next()


@pattern("write")
def store_object(n, shared):
    thing, values = shared.slotted, shared.tuple
    for i in range(n):
        thing.item = values[i & 63]


@pattern("write")
def store_item(n, shared):
    items = shared.list
    for i in range(n):
        items[3] = i


@pattern("write")
def store_key(n, shared):
    table = shared.fill
    for i in range(n):
        table[i % 100] = i


@pattern("write")
def store_global(n, shared):
    global global_number
    for i in range(n):
        global_number = i


@pattern("write")
def append_pop(n, shared):
    items = shared.append_to
    for i in range(n):
        items.append(i)
        items.pop()


@pattern("write")
def lock_section(n, shared):
    lock = shared.lock
    for _ in range(n):
        with lock:
            shared.total += 1


@pattern("write")
def rlock_section(n, shared):
    lock = shared.rlock
    for _ in range(n):
        with lock:
            shared.total += 1


@pattern("write")
def rlock_nested(n, shared):
    """All but the first acquisition of a thread that has it."""
    lock = shared.rlock
    for _ in range(n // 10):
        with lock:
            for _ in range(9):
                with lock:
                    pass


@pattern("write")
def semaphore(n, shared):
    gate = shared.semaphore
    for _ in range(n // 10):
        with gate:
            pass


@pattern("write")
def condition(n, shared):
    changed = shared.condition
    for _ in range(n // 10):
        with changed:
            changed.notify_all()


@pattern("write")
def event_set(n, shared):
    """It is set: the library's Event takes its lock nevertheless."""
    event = shared.event
    for _ in range(n // 10):
        event.set()


@pattern("write")
def event_wait(n, shared):
    event = shared.event
    for _ in range(n // 10):
        event.wait()


@pattern("write")
def event_set_and_clear(n, shared):
    event = shared.event
    for _ in range(n // 10):
        event.set()
        event.clear()


@pattern("write")
def classes(n, shared):
    """A class is known to its superclass: what is shared."""
    for _ in range(n // 2000):
        class Local:
            def f(self):
                return 1
        Local().f()


@pattern("write")
def lru_cache_miss(n, shared):
    """Every key is new: one goes in, one out."""
    cached = shared.cached_bounded
    for i in range(n // 4):
        cached(i)


@pattern("write")
def lru_cache_other_hit(n, shared):
    """Hits of what was not used last, which becomes it: the order of use is written."""
    cached = shared.cached_bounded
    for i in range(n // 4):
        cached(i & 63)


@pattern("write")
def logging_set_level(n, shared):
    """Setting a level forgets what all loggers knew of theirs."""
    logger = shared.logger
    for _ in range(n // 100):
        logger.setLevel(logging.WARNING)
        logger.isEnabledFor(10)


@pattern("write")
def count_next(n, shared):
    counter = shared.counter
    for _ in range(n):
        next(counter)


# ---- objects that go from thread to thread ---------------------------------------------------------------------------------
@pattern("pass")
def simple_queue(n, shared):
    q = shared.queue
    for i in range(n // 4):
        q.put([i])
        q.get()


@pattern("pass")
def full_queue(n, shared):
    q = shared.full_queue
    for i in range(n // 20):
        q.put([i])
        q.get()


@pattern("pass")
def append_popleft(n, shared):
    items = shared.deque
    for i in range(n):
        items.append([i])
        items.popleft()


# ---- what is broken on purpose -----------------------------------------------------------------------------------------
@pattern("fault")
def fault(n, shared):
    thing = shared.thing
    for i in range(n):
        thing.item
        if i % 50 == 0:
            thing.number = i


# What an iteration of a pattern's loop may take, with one thread: atomic read-modify-writes, counted stores into slots of shared
# objects, locks. (Locks are made of two read-modify-writes each, which are in the first column as well, and Python's locks are
# only there.) Each is a little above what is needed, so that one more shows; `scale.py --tight` fails when it does not.
LIMITS = {  # name: (its loop does n // this, rmw, stores, locks, why)
    "store_attribute": (1, 1.1, 0.1, 0.1, "the exchange of the cell's value"),
    "count_in_method": (1, 1.1, 0.1, 0.1, "the same; the look at the number, the call and the object cost none"),
    "store_object": (1, 1.1, 1.1, 0.1, "the exchange; what is shared already need not be shared, what was there is counted by credit"),
    "store_item": (1, 3.2, 1.1, 1.1, "the exchange, under the list's lock: its array may not move meanwhile"),
    "store_key": (1, 1.1, 0.1, 0.1, "the exchange: a key that is there already takes no lock"),
    "store_global": (1, 1.1, 0.1, 0.1, "the same"),
    "append_pop": (1, 4.3, 0.1, 2.1, "the list's lock, twice; cells and length are written by plain stores under it"),
    "lock_section": (1, 3.2, 0.1, 0.1, "taking it, giving it back, the exchange of the total: the lock's methods count nothing"),
    "rlock_section": (1, 3.2, 0.1, 0.1, "the same: owner and depth are plain"),
    "rlock_nested": (10, 2.2, 0.1, 0.1, "the outermost: nine more write nothing atomically"),
    "semaphore": (10, 6.5, 0.1, 0.1, "the library's Python: its Condition's lock and its number, when it is taken and when given back"),
    "condition": (10, 2.2, 0.1, 0.1, "its lock; nobody waits"),
    "event_set": (10, 3.3, 0.1, 0.1, "the library's Python: its Condition's lock, and the flag"),
    "event_wait": (10, 2.2, 0.1, 0.1, "the same: the library takes the lock to look at the flag"),
    "event_set_and_clear": (10, 6.5, 0.1, 0.1, "the lock and the flag, twice"),
    "classes": (2000, 85, 9, 17, "a class of its own becomes known to its superclass, and all that it is made of is SHARED"),
    "lru_cache_miss": (4, 8.2, 0.1, 2.2, "two sections, for the function runs between them; the key in, the oldest out, and their counts"),
    "lru_cache_other_hit": (4, 5, 0.1, 1.1, "one section; the links of the order of use are exchanged"),
    "logging_set_level": (100, 13.5, 0.1, 3.5, "the module's RLock, the level, and every logger's table is cleared and filled again"),
    "count_next": (1, 1.1, 0.1, 0.1, "the addition to its number"),
    "simple_queue": (4, 13, 0.1, 2.4, "put and get: the lock, twice; the list in it becomes SHARED, is counted, and dies"),
    "full_queue": (20, 20, 0.1, 3, "the library's Python, twice: lock, deque, number of tasks, and whom to tell; the list as above"),
    "append_popleft": (1, 11, 0.1, 2.2, "the deque's lock, twice; the list as above"),
}
