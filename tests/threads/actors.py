# SPDX-License-Identifier: MIT
"""An actor system over threads: mailboxes, replies, supervision, a token ring, ping-pong, fan-out and fan-in."""
import queue
import threading


class Actor(threading.Thread):
    def __init__(self, name, handler, state=None):
        super().__init__(name=name)
        self.mail, self.handler, self.state, self.failures = queue.SimpleQueue(), handler, state, []
        self.start()

    def send(self, message, reply=None):
        self.mail.put((message, reply))
        return self

    def ask(self, message):
        reply = queue.SimpleQueue()
        self.send(message, reply)
        return reply.get(timeout=30)

    def run(self):
        while True:
            message, reply = self.mail.get()
            if message == "stop":
                return
            try:
                answer = self.handler(self, message)
            except Exception as e:
                self.failures.append(e)
                answer = e
            if reply:
                reply.put(answer)

    def stop(self):
        self.send("stop")
        self.join()


def counter(actor, message):
    kind, *args = message
    if kind == "add":
        actor.state += args[0]
    elif kind == "get":
        return actor.state
    else:
        raise ValueError(f"unknown message {kind}")


c = Actor("counter", counter, 0)
senders = [threading.Thread(target=lambda: [c.send(("add", i)) for i in range(200)]) for _ in range(5)]
for s in senders:
    s.start()
for s in senders:
    s.join()
print(c.ask(("get",)), repr(c.ask(("bogus",))), len(c.failures))
c.stop()
print(c.is_alive())
done = threading.Event()
N = 30


def ring(actor, token):
    actor.state["seen"] += 1
    if token == 0:
        done.set()
    else:
        actor.state["next"].send(token - 1)


nodes = [Actor(f"node{i}", ring, {"seen": 0}) for i in range(N)]
for a, b in zip(nodes, nodes[1:] + nodes[:1]):
    a.state["next"] = b
nodes[0].send(500)
done.wait(30)
for n in nodes:
    n.stop()
print([n.state["seen"] for n in nodes])


def gather(actor, message):
    actor.state.append(message)
    return len(actor.state)


sink = Actor("sink", gather, [])


def worker(actor, x):
    sink.send((x, x ** 3 % 101))


workers = [Actor(f"w{i}", worker) for i in range(4)]
for x in range(120):
    workers[x % 4].send(x)
for w in workers:
    w.stop()
print(sink.ask(("last", 0)), sorted(sink.state[:-1])[:5], sum(v for _, v in sink.state))
sink.stop()


class Account(Actor):
    def __init__(self, name, balance):
        super().__init__(name, Account.handle, balance)

    def handle(self, message):
        match message:
            case ("deposit", int(n)):
                self.state += n
            case ("withdraw", int(n)) if n <= self.state:
                self.state -= n
            case ("withdraw", n):
                raise ValueError(f"insufficient funds for {n}")
            case ("balance",):
                pass
        return self.state


a, b = Account("a", 100), Account("b", 0)
for n in (30, 50, 40):
    got = a.ask(("withdraw", n))
    if isinstance(got, Exception):
        print("refused:", got)
    else:
        b.ask(("deposit", n))
print(a.ask(("balance",)), b.ask(("balance",)))
a.stop()
b.stop()
