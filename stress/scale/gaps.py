# SPDX-License-Identifier: MIT
"""How long natives keep others waiting: `gaps.py [-n ITEMS] [NAME...]`.

Each operation runs in a process of its own, in one thread, on operands of a million items (or as many as -n says), while another
thread stops the world again and again. Prints how long it took, the longest time in which it polled nothing (processor time of
that thread, HEDDLE_DEBUG=gaps), how often that was more than a millisecond, and the longest wait of the other thread: for the
stop, or, in the build with the lock, for the lock (of which the switch interval is 5 ms).
"""
import os
import re
import subprocess
import sys

OPERATIONS = {  # name: (what is there before, what is measured), N items
    "sort_int": ("x = mixed()", "x.sort()"),
    "sort_float": ("x = [i / 7 for i in mixed()]", "x.sort()"),
    "sort_str": ("x = [str(i) for i in mixed()]", "x.sort()"),
    "sort_tuple": ("x = [(i % 1000, i) for i in mixed()]", "x.sort()"),
    "sort_key": ("x = mixed()", "x.sort(key=str)"),
    "sort_sorted": ("x = list(range(N))", "x.sort()"),
    "sort_reverse": ("x = list(range(N))", "x.sort(reverse=True)"),
    "sorted_set": ("x = set(mixed())", "sorted(x)"),
    "repr_list": ("x = mixed()", "repr(x)"),
    "repr_dict": ("x = {i: str(i) for i in range(N)}", "repr(x)"),
    "repr_nested": ("x = [[i, (i,)] for i in range(N // 2)]", "repr(x)"),
    "repr_str": ("x = '\\n\\u1234' * (4 * N)", "repr(x)"),
    "dict_copy": ("x = dict.fromkeys(range(N))", "dict(x)"),
    "dict_update": ("x = dict.fromkeys(range(N)); y = {-1: 0}", "y.update(x)"),
    "dict_fromkeys": ("x = list(range(N))", "dict.fromkeys(x)"),
    "dict_zip": ("x = mixed()", "dict(zip(x, x))"),
    "dict_equal": ("x = {i: str(i) for i in range(N)}; y = {i: str(i) for i in range(N)}", "x == y"),
    "dict_items": ("x = dict.fromkeys(range(N))", "list(x.items())"),
    "dict_clear": ("x = {i: str(i) for i in range(N)}", "x.clear()"),
    "set_list": ("x = mixed()", "set(x)"),
    "set_str": ("x = [str(i) for i in mixed()]", "set(x)"),
    "set_copy": ("x = set(mixed())", "set(x)"),
    "set_union": ("x = set(range(N)); y = set(range(N // 2, N * 2))", "x | y"),
    "set_and": ("x = set(range(N)); y = set(range(N // 2, N * 2))", "x & y"),
    "set_minus": ("x = set(range(N)); y = set(range(N // 2, N * 2))", "x - y"),
    "set_equal": ("x = set(range(N)); y = set(range(N))", "x == y"),
    "frozenset_hash": ("x = frozenset(range(N))", "hash(x)"),
    "list_range": ("", "list(range(N))"),
    "list_times": ("x = [None, 1, 'a']", "x * (N // 3)"),
    "list_copy": ("x = [str(i) for i in range(N)]", "x[:]"),
    "list_extend": ("x = [str(i) for i in range(N)]; y = [1]", "y.extend(x)"),
    "list_equal": ("x = [str(i) for i in range(N)]; y = [str(i) for i in range(N)]", "x == y"),
    "list_in": ("x = list(range(N))", "-1 in x"),
    "list_in_str": ("x = [str(i) for i in range(N)]", "'x' in x"),
    "list_index": ("x = list(range(N))", "x.index(N - 1)"),
    "list_count": ("x = [str(i) for i in range(N)]", "x.count('5')"),
    "list_remove": ("x = [str(i) for i in range(N)]; y = x[-1]", "x.remove(y)"),
    "list_reverse": ("x = list(range(N))", "x.reverse()"),
    "list_clear": ("x = [str(i) for i in range(N)]", "x.clear()"),
    "tuple_list": ("x = [str(i) for i in range(N)]", "tuple(x)"),
    "tuple_hash": ("x = tuple(range(N))", "hash(x)"),
    "sum_list": ("x = mixed()", "sum(x)"),
    "sum_range": ("x = range(10 * N)", "sum(x)"),
    "min_list": ("x = mixed()", "min(x)"),
    "max_str": ("x = [str(i) for i in mixed()]", "max(x)"),
    "range_in": ("x = range(10 * N)", "1.5 in x"),
    "deque": ("from collections import deque; x = list(range(N))", "deque(x)"),
    "counter": ("from collections import Counter; x = mixed()", "Counter(x)"),
    "map_list": ("x = list(range(N))", "list(map(str, x))"),
    "str_join": ("x = [str(i) for i in range(N)]", "','.join(x)"),
    "str_join_map": ("x = list(range(N))", "','.join(map(str, x))"),
    "str_split": ("x = 'ab,' * N", "x.split(',')"),
    "str_split_white": ("x = 'ab ' * N", "x.split()"),
    "str_splitlines": ("x = 'ab\\n' * N", "x.splitlines()"),
    "str_replace": ("x = 'ab,' * N", "x.replace(',', ';;')"),
    "str_replace_char": ("x = 'ab,' * (10 * N)", "x.replace(',', ';')"),
    "str_count": ("x = 'ab' * (10 * N)", "x.count('ba')"),
    "str_find": ("x = 'a' * (10 * N); y = 'a' * 500 + 'b' + 'a' * 500", "x.find(y)"),
    "str_translate": ("x = 'abc' * N; y = {97: 'x', 98: None}", "x.translate(y)"),
    "str_upper": ("x = 'ab\\u0436' * N", "x.upper()"),
    "str_encode": ("x = 'ab\\u0436' * (10 * N)", "x.encode()"),
    "str_decode": ("x = ('ab\\u0436' * (10 * N)).encode()", "x.decode()"),
    "str_times": ("x = 'ab\\u0436'", "x * (10 * N)"),
    "str_hash": ("x = 'ab' * (20 * N)", "hash(x)"),
    "str_equal": ("x = 'ab' * (20 * N); y = 'ab' * (20 * N)", "x == y"),
    "str_percent": ("x = '%s ' * N; y = tuple(range(N))", "x % y"),
    "str_list": ("x = 'ab' * N", "list(x)"),
    "bytes_translate": ("x = bytes(20 * N); y = bytes(range(256))", "x.translate(y)"),
    "bytes_list": ("x = list(bytes(range(256)) * (N // 256))", "bytes(x)"),
    "bytes_join": ("x = [b'ab'] * N", "b','.join(x)"),
    "bytes_split": ("x = b'ab,' * N", "x.split(b',')"),
    "bytes_hex": ("x = bytes(20 * N)", "x.hex()"),
    "bytes_count": ("x = b'ab' * (20 * N)", "x.count(b'ba')"),
    "int_text": ("sys.set_int_max_str_digits(0); x = 7 ** (2 * N)", "str(x)"),
    "int_parse": ("sys.set_int_max_str_digits(0); x = '7' * (2 * N)", "int(x)"),
    "int_times": ("x = 7 ** (4 * N)", "x * x"),
    "int_divide": ("x = 7 ** (4 * N); y = 3 ** (3 * N)", "x // y"),
    "int_power": ("", "7 ** (4 * N)"),
    "int_power_modulo": ("x = 3 ** 20000; y = 7 ** 10000", "pow(x, x, y)"),
    "int_shift": ("x = 7 ** (4 * N)", "x << 1"),
    "int_factorial": ("import math", "math.factorial(N // 10)"),
    "int_gcd": ("import math; x = 7 ** (N // 2) * 11; y = 3 ** N * 11", "math.gcd(x, y)"),
    "int_isqrt": ("import math; x = 7 ** (2 * N)", "math.isqrt(x)"),
    "fsum": ("import math; x = [1 / (i + 1) for i in range(N)]", "math.fsum(x)"),
    "json_dumps": ("import json; x = [{'a': i, 'b': [str(i)]} for i in range(N // 4)]", "json.dumps(x)"),
    "json_dumps_flat": ("import json; x = list(range(N))", "json.dumps(x)"),
    "json_loads": ("import json; x = json.dumps([{'a': i, 'b': [str(i)]} for i in range(N // 4)])", "json.loads(x)"),
    "json_loads_flat": ("import json; x = json.dumps(list(range(N)))", "json.loads(x)"),
    "pickle_dumps": ("import pickle; x = [{'a': i, 'b': [str(i)]} for i in range(N // 4)]", "pickle.dumps(x)"),
    "pickle_loads": ("import pickle; x = pickle.dumps([{'a': i, 'b': [str(i)]} for i in range(N // 4)])", "pickle.loads(x)"),
    "marshal_dumps": ("import marshal; x = [(i, str(i)) for i in range(N)]", "marshal.dumps(x)"),
    "marshal_loads": ("import marshal; x = marshal.dumps([(i, str(i)) for i in range(N)])", "marshal.loads(x)"),
    "hashlib": ("import hashlib; x = bytes(100 * N)", "hashlib.sha256(x)"),
    "zlib_compress": ("import zlib; x = bytes(range(256)) * (N // 8)", "zlib.compress(x)"),
    "zlib_decompress": ("import zlib; x = zlib.compress(bytes(100 * N), 1)", "zlib.decompress(x)"),
    "crc32": ("import zlib; x = bytes(100 * N)", "zlib.crc32(x)"),
    "base64": ("import base64; x = bytes(20 * N)", "base64.b64encode(x)"),
    "struct_unpack": ("import struct; x = bytes(8 * N)", "struct.unpack(f'{N}q', x)"),
    "array_list": ("import array; x = list(range(N))", "array.array('q', x)"),
    "re_match": ("import re; x = 'ab' * N", "re.match('(a|b)*$', x)"),
    "re_sub": ("import re; x = 'ab,' * N", "re.sub(',', ';;', x)"),
    "re_findall": ("import re; x = 'ab,' * N", "re.findall('[a-z]+', x)"),
    "ast_parse": ("import ast; x = 'a = [1, f(x), y]\\n' * (N // 20)", "compile(x, 'f', 'exec')"),
    "drop_list": ("x = [[i] for i in range(N)]", "del x"),
    "drop_deep": ("x = None\nfor i in range(N): x = [x]", "del x"),
}


def run(name, n):
    """In the process that is measured."""
    import gc
    import threading
    import time
    before, measured = OPERATIONS[name]
    names = {"N": n, "sys": sys, "mixed": lambda: [i * 7919 % 1000003 for i in range(n)]}
    exec(before, names)
    measured = compile(measured, name, "exec")
    gc.freeze()  # collections are short, though they come often
    locked = sys._is_gil_enabled() if hasattr(sys, "_is_gil_enabled") else True
    watching, done, late = threading.Event(), False, 0.0

    def watch():
        nonlocal late
        watching.set()
        while not done:
            pause = 0.001
            if not locked:
                began = time.perf_counter()
                gc.collect()
                pause = max(pause, 2 * (time.perf_counter() - began))
            began = time.perf_counter()
            time.sleep(pause)
            late = max(late, time.perf_counter() - began - pause)

    watcher = threading.Thread(target=watch)
    watcher.start()
    watching.wait()
    print("begin", file=sys.stderr, flush=True)
    began = time.perf_counter()
    exec(measured, names)
    took = time.perf_counter() - began
    print("end", file=sys.stderr, flush=True)
    done = True
    watcher.join()
    wait = late if locked else gc.get_stats(pauses=True)[2]["longest_wait"]
    print(took * 1000, wait * 1000)
    sys.stdout.flush()
    os._exit(0)  # what is left need not die one by one


def main(arguments):
    n = 1_000_000
    if arguments[:1] == ["-n"]:
        n = int(arguments[1])
        arguments = arguments[2:]
    if arguments[:1] == ["--run"]:
        run(arguments[1], n)
    print(f"{'':18}{'took':>9} {'gap':>8} {'gaps':>5} {'wait':>8}  ms")
    for name in arguments or OPERATIONS:
        child = subprocess.run([sys.executable, __file__, "-n", str(n), "--run", name], env=os.environ | {"HEDDLE_DEBUG": "gaps"},
                               capture_output=True, text=True)
        if child.returncode:
            sys.exit(f"{name}: {child.stderr}")
        during = child.stderr.partition("begin\n")[2].partition("end\n")[0]
        gaps = [float(gap) for gap in re.findall(r"^gap: ([\d.]+) ms", during, re.M)]
        took, wait = map(float, child.stdout.split())
        print(f"{name:18}{took:9.1f} {max(gaps, default=0):8.1f} {len(gaps):5} {wait:8.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
