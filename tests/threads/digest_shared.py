# SPDX-License-Identifier: MIT
# One hash object that several threads feed: no byte is lost; and a thread that C started.
import _sha512
import _testcapi
import hashlib
import threading

shared = _sha512.sha512()
block = b"x" * 5000


def feed():
    for _ in range(40):
        shared.update(block)
        shared.update(b"xx")
        shared.copy().digest()


threads = [threading.Thread(target=feed) for _ in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(shared.hexdigest() == hashlib.sha512(b"x" * (5002 * 240)).hexdigest())

seen = []
_testcapi.call_in_temporary_c_thread(lambda: seen.append(threading.get_ident() != threading.main_thread().ident))
print(seen)
_testcapi.call_in_temporary_c_thread(lambda: None, False)
for _ in range(100):
    threading.local().x = 1
_testcapi.join_temporary_c_thread()
print("joined")
