# What the last thread lets go before all are asleep dies, though nothing else happens that could tell: its weak references
# call back and its finalizer runs, which may be what the others wait for.
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor


def executors(rounds=60):
    """The workers of an executor look at it through a weak reference and end when it is gone."""
    for _ in range(rounds):
        executor = ThreadPoolExecutor(5)
        results = executor.map(abs, range(-5, 5))
        threads = executor._threads
        del executor
        for thread in threads:
            thread.join()
        assert list(results) == [5, 4, 3, 2, 1, 0, 1, 2, 3, 4]
    return "ended"


print(executors())


class Node:
    pass


def looked_at(rounds=60):
    """Others take it from a weak reference again and again while its last owner goes."""
    for _ in range(rounds):
        node, gone, stop = Node(), threading.Event(), threading.Event()
        ref = weakref.ref(node, lambda ref: gone.set())

        def look():
            for _ in range(200):
                if ref() is None:
                    break
            stop.wait()

        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        del node
        gone.wait()
        stop.set()
        for thread in threads:
            thread.join()
    return "gone"


print(looked_at())
