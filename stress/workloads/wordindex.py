# SPDX-License-Identifier: MIT
"""Index the identifiers of the installed standard library: `wordindex.py [THREADS]`.

Every .py file is read and tokenised with one regular expression by a thread pool; each file's counts are merged into the
common index under a lock. The output does not depend on the number of threads. HEDDLE_WORKLOAD_SCALE=0.1 takes a tenth of
the files.
"""
import hashlib
import keyword
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

TOKEN = re.compile(r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>[rRbBfFuU]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
  | (?P<number>\d[\w.]*)
  | (?P<name>[^\W\d]\w*)
  | (?P<newline>\n)
  | (?P<other>[^\s\w\#"']+)
""", re.VERBOSE | re.DOTALL)


class Index:
    """Counts and number of files per identifier, over all files."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts, self.files = {}, {}
        self.tokens = dict.fromkeys(TOKEN.groupindex, 0)

    def merge(self, counts, kinds):
        with self.lock:
            for name, n in counts.items():
                self.counts[name] = self.counts.get(name, 0) + n
                self.files[name] = self.files.get(name, 0) + 1
            for kind, n in kinds.items():
                self.tokens[kind] += n


def library_files(scale):
    top = os.path.dirname(os.__file__)
    found = []
    for directory, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if f not in ("__pycache__", "dist-packages", "site-packages"))
        found += [os.path.join(directory, n) for n in names if n.endswith(".py")]
    found.sort()
    return found[::max(1, round(1 / scale))]


def index_file(path, index):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    counts = {}
    kinds = dict.fromkeys(index.tokens, 0)
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        kinds[kind] += 1
        if kind == "name":
            name = match.group()
            if not keyword.iskeyword(name):
                counts[name] = counts.get(name, 0) + 1
    index.merge(counts, kinds)
    return len(text)


def main(threads, scale):
    index, files = Index(), library_files(scale)
    with ThreadPoolExecutor(threads) as pool:
        size = sum(pool.map(lambda path: index_file(path, index), files))
    top = sorted(index.counts.items(), key=lambda item: (-item[1], item[0]))
    print(f"{len(files)} files, {size} characters, {len(top)} identifiers")
    print(" ".join(f"{kind}={n}" for kind, n in index.tokens.items()))
    for name, n in top[:20]:
        print(f"{n:8} {index.files[name]:5} {name}")
    digest = hashlib.sha256()
    for name, n in top:
        digest.update(f"{name} {n} {index.files[name]}\n".encode())
    print(digest.hexdigest())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, float(os.environ.get("HEDDLE_WORKLOAD_SCALE", "1")))
