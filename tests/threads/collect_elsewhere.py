# gc.collect() in one thread is for all: cycles that another thread made go when that one gets on.
import gc
import threading
import weakref


class Node:
    pass


def cycle():
    node = Node()
    node.me = node
    return weakref.ref(node)


gc.disable()
ready, collected, done = threading.Event(), threading.Event(), []


def owner():
    mine = cycle()
    ready.set()
    collected.wait()
    for _ in range(1000):  # anywhere on the way
        if mine() is None:
            break
    done.append(mine() is None)


thread = threading.Thread(target=owner)
thread.start()
ready.wait()
mine = cycle()
worker = threading.Thread(target=gc.collect)
worker.start()
worker.join()
collected.set()
thread.join()
print(done, mine() is None)

# Of a thread that does not sleep.
stop, state = threading.Event(), []


def busy():
    for _ in range(3):
        gone = []
        node = Node()
        node.me = node
        node.watch = weakref.finalize(node, gone.append, True)
        state.append("made")
        del node
        while not gone:
            pass
        state.append("gone")
    stop.set()


thread = threading.Thread(target=busy)
thread.start()
while not stop.is_set():
    gc.collect()
thread.join()
print(state)
