# SPDX-License-Identifier: MIT
"""An operating system's task scheduler, simulated, one private copy a job: `richards.py [THREADS]`.

In the spirit of Martin Richards' benchmark, written afresh: a kernel with priorities runs client tasks that send requests
to device servers through message queues; devices work for some ticks and answer; an idle task drives a linear feedback
register that decides which device interrupts. Polymorphic method calls, attribute traffic, small objects, linked lists.
"""
import os
import sys
import threading

COPIES = 16
READY, WAITING, HELD, DONE = range(4)


class Message:
    def __init__(self, sender, kind, value):
        self.sender, self.kind, self.value, self.next = sender, kind, value, None


class Mailbox:
    """A singly linked queue of messages."""

    def __init__(self):
        self.first = self.last = None
        self.length = 0

    def put(self, message):
        message.next = None
        if self.last is None:
            self.first = message
        else:
            self.last.next = message
        self.last = message
        self.length += 1

    def take(self):
        message = self.first
        if message is not None:
            self.first = message.next
            if self.first is None:
                self.last = None
            self.length -= 1
        return message


class Task:
    def __init__(self, kernel, name, priority):
        self.kernel, self.name, self.priority = kernel, name, priority
        self.state, self.mail, self.runs = READY, Mailbox(), 0
        kernel.add(self)

    def send(self, target, kind, value):
        self.kernel.deliver(target, Message(self, kind, value))

    def run(self):
        raise NotImplementedError

    def runnable(self):
        return self.state == READY or self.state == WAITING and self.mail.length > 0


class Idle(Task):
    """Lowest priority: turns the register and wakes one of the held devices."""

    def __init__(self, kernel, devices, ticks):
        super().__init__(kernel, "idle", 0)
        self.devices, self.ticks, self.register = devices, ticks, 0xD008

    def run(self):
        self.ticks -= 1
        if self.ticks <= 0:
            self.state = DONE
            self.kernel.stop()
            return
        bit = self.register & 1
        self.register >>= 1
        if bit:
            self.register ^= 0xB400
        self.devices[self.register % len(self.devices)].interrupt()


class Device(Task):
    """Serves one request at a time; between start and interrupt it is held."""

    def __init__(self, kernel, name, priority, cost):
        super().__init__(kernel, name, priority)
        self.cost, self.current, self.left, self.served = cost, None, 0, 0
        self.state = WAITING

    def interrupt(self):
        if self.state == HELD:
            self.left -= 1
            if self.left <= 0:
                self.state = READY

    def run(self):
        if self.current is not None:
            request, self.current = self.current, None
            self.served += 1
            self.send(request.sender, "reply", self.transform(request.value))
        request = self.mail.take()
        if request is None:
            self.state = WAITING
        else:
            self.current, self.left, self.state = request, self.cost, HELD

    def transform(self, value):
        return value


class Disk(Device):
    def transform(self, value):
        return (value * 1103515245 + 12345) & 0x7FFFFFFF


class Printer(Device):
    def transform(self, value):
        return (value >> 3) ^ (value & 0xFF)


class Network(Device):
    def transform(self, value):
        checksum = 0
        while value:
            checksum = (checksum * 33 + (value & 15)) & 0xFFFFFF
            value >>= 4
        return checksum


class Client(Task):
    """Keeps a few requests under way, choosing devices by what came back."""

    def __init__(self, kernel, name, priority, devices, seed):
        super().__init__(kernel, name, priority)
        self.devices, self.value, self.under_way, self.replies = devices, seed, 0, 0

    def run(self):
        message = self.mail.take()
        if message is not None:
            self.replies += 1
            self.under_way -= 1
            self.value = (self.value * 31 + message.value) & 0xFFFFFFF
        if self.under_way < 3:
            self.under_way += 1
            self.send(self.devices[(self.value + self.replies) % len(self.devices)], "request", self.value)
        self.state = WAITING if self.under_way >= 3 else READY


class Worker(Client):
    """A client that also computes between requests."""

    def run(self):
        counts = [0] * 26
        text = self.value
        for _ in range(8):
            counts[text % 26] += 1
            text //= 3
        self.value = (self.value + max(counts)) & 0xFFFFFFF
        super().run()


class Kernel:
    def __init__(self):
        self.tasks, self.running, self.switches, self.delivered = [], True, 0, 0

    def add(self, task):
        at = 0
        while at < len(self.tasks) and self.tasks[at].priority >= task.priority:
            at += 1
        self.tasks.insert(at, task)

    def deliver(self, target, message):
        self.delivered += 1
        target.mail.put(message)

    def stop(self):
        self.running = False

    def loop(self):
        while self.running:
            for task in self.tasks:
                if task.runnable():
                    task.state = READY if task.state == WAITING else task.state
                    task.runs += 1
                    self.switches += 1
                    task.run()
                    break


def simulate(seed, ticks):
    kernel = Kernel()
    devices = [Disk(kernel, "disk", 5, 2), Printer(kernel, "printer", 4, 3), Network(kernel, "network", 6, 1)]
    for k in range(3):
        Client(kernel, f"client{k}", 3, devices, seed * 101 + k * 17)
        Worker(kernel, f"worker{k}", 2, devices, seed * 57 + k * 29)
    Idle(kernel, devices, ticks)
    kernel.loop()
    check = 0
    for task in kernel.tasks:
        check = (check * 131 + task.runs * 7 + getattr(task, "served", 0) + getattr(task, "value", 0)) % 1_000_000_007
    return f"copy {seed:2}: {kernel.switches} switches, {kernel.delivered} messages, check {check}"


def main(threads, scale):
    ticks = max(50, round(52_000 * scale))
    lines = [None] * COPIES

    def work(first):
        for seed in range(first, COPIES, threads):
            lines[seed] = simulate(seed, ticks)

    workers = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    print(*lines, sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
