# SPDX-License-Identifier: MIT
"""Memory runs out while an exception leaves frames that somebody looks at: the exception arrives, or a MemoryError does."""
import sys

from _testcapi import remove_mem_hooks, set_nomemory

EITHER = ValueError, MemoryError


def innermost():
    raise ValueError


def inner():
    local = [1]
    innermost()
    return local


def outer():
    inner()


def generator():
    yield 1
    inner()


def through_generator():
    for _ in generator():
        pass


def handled():
    try:
        inner()
    finally:
        outer()


def failing(function, n):
    try:
        set_nomemory(n)
        function()
    except EITHER:
        remove_mem_hooks()
        return True
    remove_mem_hooks()
    return False


for function in outer, through_generator, handled:
    failing(function, 1000)  # what is made once
    print(function.__name__, all([failing(function, n) for n in range(60)]), sys.exc_info())
