# SPDX-License-Identifier: MIT
"""Frame objects of suspended generators that die in cycles; iterators nested too deep for the C stack."""
import gc
import itertools
import sys


def generator():
    x = ["kept"]
    yield 1
    yield x


async def coroutine(g):
    return [v async for v in g]


async def async_generator():
    yield 1


def drop_frame_in_cycle(frame):
    cycle = [frame]
    cycle.append(cycle)


g = generator()
next(g)
drop_frame_in_cycle(g.gi_frame)
gc.collect()
noise = [[i] for i in range(1000)]
print(next(g), list(g), g.gi_frame)
g = generator()
next(g)
f = g.gi_frame
drop_frame_in_cycle(f)
gc.collect()
print(f.f_locals, g.gi_frame is f, next(g))
c = coroutine(async_generator())
drop_frame_in_cycle(c.cr_frame)
gc.collect()
try:
    c.send(None)
except StopIteration as stop:
    print(stop.value)


def both():
    """Frame and generator in one cycle."""
    g = generator()
    next(g)
    cycle = [g, g.gi_frame]
    cycle.append(cycle)


both()
gc.collect()
for wrap in (lambda i: itertools.chain(i, []), zip, enumerate, lambda i: map(id, i), lambda i: filter(None, i)):
    it = iter([])
    for _ in range(3000):
        it = wrap(it)
    print(next(it, "end"))
