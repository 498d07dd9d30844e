# SPDX-License-Identifier: MIT
"""`race.py --missing`: whether each mutable type that is written in C has a kind.

A type is raced when a kind's object is an instance of it. It needs no kind when it is a struct sequence, when it adds no method or field
of its own to a raced one (most exceptions), or when it stands below, with the reason.
"""
import importlib
import sys

CONSTANT = "has its value from birth"
DESCRIPTOR = "what it describes is fixed when its class is made"
INNER = "no program holds it: it has neither methods nor fields"
UNRACED = {
    CONSTANT: """object int bool float complex NoneType NotImplementedType ellipsis range tuple Token.MISSING unicodedata.UCD datetime.IsoCalendarDate""",
    DESCRIPTOR: """builtin_function_or_method method_descriptor classmethod_descriptor getset_descriptor member_descriptor
        wrapper_descriptor method-wrapper instancemethod _collections._tuplegetter ast.later_fields _heddle_typing.lazy_field""",
    INNER: """PyCapsule managedbuffer async_generator_wrapped_value _abc._abc_data _asyncio._Running _io._BytesIOBuffer _sqlite3.Hook
        _ctypes.CThunkObject _ctypes.TypeInfo""",
    "belongs to one text stream and is used under its lock": "_io._PlainDecoder",
    "has its value from birth, and a call goes to the task it is of": "TaskStepMethWrapper",
}
NOT_IMPORTED = {"_testcapi", "_testinternalcapi", "readline"}  # for tests; changes the terminal
HEAP = 1 << 9  # of __flags__: made by Python code
PLAIN_NAMES = {"__doc__", "__module__", "__new__", "__init__"}


def name_of(kind):
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def types_of_c():
    for name in set(sys.builtin_module_names) - NOT_IMPORTED:
        try:
            importlib.import_module(name)
        except ImportError:  # its library was not there when this program was built
            pass
    found, left = {object}, [object]
    while left:
        for kind in set(type.__subclasses__(left.pop())) - found:
            found.add(kind)
            left.append(kind)
    return {kind for kind in found if not kind.__flags__ & HEAP and kind.__module__ not in NOT_IMPORTED}


def needs_kind(kind, raced):
    if kind in raced or hasattr(kind, "n_sequence_fields"):
        return False
    return not vars(kind).keys() <= PLAIN_NAMES or needs_kind(kind.__base__, raced)


def report(kinds):
    """What is wrong, or None."""
    made = [kind.make() for kind in kinds.values()]
    raced = {base for x in made for base in type(x).__mro__}
    reasons = {name: reason for reason, names in UNRACED.items() for name in names.split()}
    everything = types_of_c()
    missing = sorted(name_of(kind) for kind in everything if needs_kind(kind, raced) and name_of(kind) not in reasons)
    doubly = sorted({name_of(type(x)) for x in made} & reasons.keys())
    print(f"{len(everything)} types of C: {len(everything & raced)} raced, {len(reasons)} left out with a reason")
    problems = [f"{name} has no kind: a line in kinds.py or library_kinds.py, or a reason in missing.py" for name in missing]
    problems += [f"{name} has a kind, but missing.py says why it has none" for name in doubly]
    return "\n".join(problems) or None
