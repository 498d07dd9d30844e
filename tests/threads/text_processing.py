# SPDX-License-Identifier: MIT
"""Text work in threads: an inverted index, a log analyser, Markdown to HTML, a tokenizer and calculator, diff, compression, templating; merged results."""
import collections
import concurrent.futures
import difflib
import hashlib
import io
import json
import re
import string
import threading

WORDS = "weft warp shuttle reed heddle loom yarn thread pick shed beam treadle cloth pattern selvedge bobbin".split()


def sentence(n):
    return " ".join(WORDS[(n * (k + 3) + k * k) % len(WORDS)] for k in range(n % 9 + 3)).capitalize() + "."


documents = {f"doc{i}": " ".join(sentence(i * 5 + k) for k in range(12)) for i in range(24)}


class Index:
    def __init__(self):
        self.lock, self.postings = threading.Lock(), collections.defaultdict(dict)

    def add(self, name, text):
        local = collections.defaultdict(list)
        for m in re.finditer(r"[a-z]+", text.lower()):
            local[m.group()].append(m.start())
        with self.lock:
            for word, places in local.items():
                self.postings[word][name] = places

    def search(self, *words):
        found = [set(self.postings.get(w, ())) for w in words]
        return sorted(set.intersection(*found), key=lambda d: (-sum(len(self.postings[w][d]) for w in words), d)) if found else []


index = Index()
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda item: index.add(*item), documents.items()))
print(len(index.postings), index.search("heddle", "loom")[:5], index.search("nothing"), sum(len(p) for d in index.postings.values() for p in d.values()))
lines = [f"10.0.{i % 7}.{i % 13} - - [{i % 28 + 1:02}/Feb/2024:10:{i % 60:02}:00] \"{('GET', 'POST')[i % 5 == 0]} /page/{i * i % 17} HTTP/1.1\" {(200, 404, 500)[(i % 11 == 0) + (i % 37 == 0)]} {i * 97 % 5000}" for i in range(1500)]
LOG = re.compile(r'(?P<ip>\S+) .*?\[(?P<day>\d+)/.*?\] "(?P<method>\w+) (?P<path>\S+) [^"]*" (?P<status>\d{3}) (?P<size>\d+)')


def analyse(chunk):
    stats = {"status": collections.Counter(), "bytes": 0, "paths": collections.Counter(), "ips": set()}
    for line in chunk:
        m = LOG.match(line)
        stats["status"][m["status"]] += 1
        stats["bytes"] += int(m["size"])
        stats["paths"][m["method"], m["path"]] += 1
        stats["ips"].add(m["ip"])
    return stats


total = {"status": collections.Counter(), "bytes": 0, "paths": collections.Counter(), "ips": set()}
with concurrent.futures.ThreadPoolExecutor(3) as pool:
    for part in pool.map(analyse, [lines[i::5] for i in range(5)]):
        total["status"] += part["status"]
        total["bytes"] += part["bytes"]
        total["paths"].update(part["paths"])
        total["ips"] |= part["ips"]
print(sorted(total["status"].items()), total["bytes"], total["paths"].most_common(3), len(total["ips"]))
RULES = [(re.compile(r"^(#{1,3}) (.+)$", re.M), lambda m: f"<h{len(m[1])}>{m[2]}</h{len(m[1])}>"), (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"), (re.compile(r"\*(.+?)\*"), r"<i>\1</i>"), (re.compile(r"`([^`]+)`"), r"<code>\1</code>"), (re.compile(r"\[([^]]+)\]\(([^)]+)\)"), r'<a href="\2">\1</a>'), (re.compile(r"^- (.+)$", re.M), r"<li>\1</li>")]


def markdown(text):
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


sources = [f"# Title {i}\n- item *one* **two{i}**\n- see [{i}](http://x/{i}) and `code{i}`\n## Sub\n" for i in range(12)]
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    pages = list(pool.map(markdown, sources))
print(pages[3], hashlib.sha1("".join(pages).encode()).hexdigest())


class Calculator:
    TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(\*\*|[-+*/()]))")

    def __init__(self, text):
        self.tokens, self.at = [(n, o) for n, o in self.TOKEN.findall(text)], 0

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def expression(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            op = self.peek()
            self.at += 1
            value = value + self.term() if op == "+" else value - self.term()
        return value

    def term(self):
        value = self.power()
        while self.peek() in ("*", "/"):
            op = self.peek()
            self.at += 1
            value = value * self.power() if op == "*" else value / self.power()
        return value

    def power(self):
        base = self.atom()
        if self.peek() == "**":
            self.at += 1
            return base ** self.power()
        return base

    def atom(self):
        number, op = self.tokens[self.at]
        self.at += 1
        if number:
            return float(number) if "." in number else int(number)
        if op == "-":
            return -self.atom()
        value = self.expression()
        self.at += 1
        return value


expressions = [f"({i} + 2.5) * 3 - -{i} ** 2 / ({i} + 1)" for i in range(1, 30)]
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    values = list(pool.map(lambda e: Calculator(e).expression(), expressions))
print(values[:4], round(sum(values), 6))
old = [sentence(i) for i in range(40)]
new = [s for i, s in enumerate(old) if i % 9] + [sentence(99)]
out = {}
threads = [threading.Thread(target=lambda k=k: out.__setitem__(k, "\n".join(difflib.unified_diff(old[k * 10:k * 10 + 10], new[k * 10:k * 10 + 10], lineterm="", n=0)))) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(hashlib.sha1(json.dumps(out, sort_keys=True).encode()).hexdigest(), len(out[0]))


def rle(text):
    return re.sub(r"(.)\1*", lambda m: f"{len(m[0])}{m[1]}", text)


def unrle(text):
    return re.sub(r"(\d+)(\D)", lambda m: m[2] * int(m[1]), text)


raw = ["".join(c * (i % 7 + 1) for i, c in enumerate(string.ascii_lowercase * 3))[k:] for k in range(8)]
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    packed = list(pool.map(rle, raw))
    print(list(pool.map(unrle, packed)) == raw, packed[0][:20], sum(map(len, packed)))
buffers = [io.StringIO() for _ in range(4)]


def render(k):
    template = string.Template("$name has $count ${thing}s in $$${price}\n")
    for i in range(100):
        buffers[k].write(template.substitute(name=f"N{k}", count=i, thing=WORDS[i % 16], price=f"{i * 1.5:.2f}"))


threads = [threading.Thread(target=render, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print([len(b.getvalue()) for b in buffers], buffers[2].getvalue().splitlines()[7], len({b.getvalue().replace(f"N{k}", "N") for k, b in enumerate(buffers)}))
