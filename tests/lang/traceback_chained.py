# SPDX-License-Identifier: MIT
# oracle: stderr
"""Chained causes and contexts, notes, an exception group and a raise from None, all printed by the interpreter at exit."""
import sys
import traceback


def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise RuntimeError(f"cannot parse {text!r}") from error


def handle(text):
    try:
        return parse(text)
    except RuntimeError:
        return {}[text]


try:
    handle("abc")
except KeyError:
    traceback.print_exc()
    print(traceback.format_exc().count("Traceback"))
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("hidden context") from None
except ValueError as error:
    traceback.print_exception(error)
    print([f.name for f in traceback.extract_tb(error.__traceback__)], traceback.format_exception_only(error))
error = ExceptionGroup("several", [ValueError("one"), ExceptionGroup("inner", [TypeError("two"), KeyError("three")])])
error.add_note("a note\nof two lines")
try:
    raise error
except ExceptionGroup as group:
    traceback.print_exception(group, limit=1)
stack = traceback.extract_stack()
print(stack[-1].lineno, stack[-1].line, stack[-1].name)
sys.stdout.flush()
try:
    undefined_nam
except NameError as e:
    e.add_note("noted")
    raise LookupError("last") from e
