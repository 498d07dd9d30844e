# SPDX-License-Identifier: MIT
"""Producers and consumers through queue.Queue: `pipeline.py [THREADS]`.

THREADS producers make small objects, THREADS workers transform them, one collector adds them up: every object is created in
one thread and dropped in another. The queues are bounded, so the stages run in step.
"""
import os
import queue
import sys
import threading

PARTS = 8


class Order:
    __slots__ = ("number", "lines", "note")

    def __init__(self, number, lines, note):
        self.number, self.lines, self.note = number, lines, note


class Invoice:
    def __init__(self, order, total, words):
        self.order, self.total, self.words = order, total, words


def make_orders(part, count, out):
    for i in range(count):
        number = part * 1_000_003 + i
        lines = [{"item": f"item{(number * 7 + k) % 97}", "price": (number * 31 + k * 17) % 1000, "count": k % 3 + 1} for k in range(6)]
        out.put(Order(number, lines, f"order {number % 500} of part {part}"))


def make_invoice(order):
    total = 0
    words = {}
    for line in order.lines:
        total += line["price"] * line["count"]
        words[line["item"]] = words.get(line["item"], 0) + line["count"]
    for word in order.note.split():
        words[word] = words.get(word, 0) + len(word)
    return Invoice(order, total, words)


def main(threads, scale):
    count = max(5, round(24_000 * scale))
    orders, invoices = queue.Queue(100), queue.Queue(100)
    parts = queue.SimpleQueue()
    for part in range(PARTS):
        parts.put(part)

    def produce():
        while True:
            try:
                part = parts.get_nowait()
            except queue.Empty:
                return
            make_orders(part, count, orders)

    def transform():
        while (order := orders.get()) is not None:
            invoices.put(make_invoice(order))

    totals, words, numbers = [0], {}, [0]

    def collect():
        while (invoice := invoices.get()) is not None:
            totals[0] += invoice.total
            numbers[0] += invoice.order.number
            for word, n in invoice.words.items():
                words[word] = words.get(word, 0) + n

    producers = [threading.Thread(target=produce) for _ in range(threads)]
    workers = [threading.Thread(target=transform) for _ in range(threads)]
    collector = threading.Thread(target=collect)
    for t in producers + workers + [collector]:
        t.start()
    for t in producers:
        t.join()
    for _ in workers:
        orders.put(None)
    for t in workers:
        t.join()
    invoices.put(None)
    collector.join()
    check = 0
    for word, n in sorted(words.items()):
        check = (check * 31 + n + len(word)) % 1_000_000_007
    print(f"{PARTS * count} orders, total {totals[0]}, numbers {numbers[0]}, {len(words)} words, check {check}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
