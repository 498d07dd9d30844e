# SPDX-License-Identifier: MIT
# Patterns in many threads: those used much are counted no more, and are collected all the same; those used little die at once.
import gc, re, threading, time, weakref

def use(pattern, n):
    for i in range(n):
        assert pattern.match(f"abc{i}").group(1) == str(i)
        assert pattern.match("abcde") is None
    assert pattern.sub(lambda m: m[1] + m.re.pattern[:1], "abc12abc3") == "12a3a"
    assert [m.group() for m in pattern.finditer("abc1 abc22")] == ["abc1", "abc22"]

def shared_by_four(k, n):
    pattern = re.compile("abc([0-9]+)|x{%d}" % (k + 1))
    threads = [threading.Thread(target=use, args=(pattern, n)) for _ in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    return weakref.ref(pattern)

def alive(refs):
    re.purge()
    deadline = time.monotonic() + 60
    while any(r() for r in refs) and time.monotonic() < deadline:
        time.sleep(0.01)
    return sum(r() is not None for r in refs)

gc.disable()
print(alive([shared_by_four(k, 2) for k in range(20)]))
much = [shared_by_four(k, 1000) for k in range(20)]
re.purge()
gc.collect()
print(alive(much))
