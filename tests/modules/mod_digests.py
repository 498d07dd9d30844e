# SPDX-License-Identifier: MIT
# The digests that do not need OpenSSL, against its own, at every length about the blocks.
import hashlib

import _md5
import _sha1
import _sha256
import _sha3
import _sha512


def attempt(f, *args, **kw):
    try:
        r = f(*args, **kw)
        return type(r).__name__ if hasattr(r, "digest") else r
    except Exception as e:
        return f"{type(e).__name__}: {e}"


makers = [_md5.md5, _sha1.sha1, _sha256.sha224, _sha256.sha256, _sha512.sha384, _sha512.sha512, _sha3.sha3_224, _sha3.sha3_256,
          _sha3.sha3_384, _sha3.sha3_512, _sha3.shake_128, _sha3.shake_256]
data = bytes(i * 7 & 255 for i in range(600)) * 20
for make in makers:
    h = make()
    shake = h.name.startswith("shake")
    size = (400,) if shake else ()
    bad = 0
    for n in list(range(300)) + [2047, 2048, 2049, 5000, len(data)]:
        other = hashlib.new(h.name, data[:n])
        h = make(data[:n])
        parts = make(data[:n // 3], usedforsecurity=False)
        parts.update(memoryview(data)[n // 3:n // 2])
        copy = parts.copy()
        parts.digest(*size)
        parts.update(bytearray(data[n // 2:n]))
        copy.update(data[n // 2:n])
        bad += not h.digest(*size) == other.digest(*size) == parts.digest(*size) == copy.digest(*size)
        bad += h.hexdigest(*size) != other.hexdigest(*size)
    print(h.name, bad, h.digest_size, h.block_size, type(h).__name__, type(h).__module__, h.hexdigest(*size)[:40])
    print([attempt(make, *a) for a in (("x",), (1,), (b"", b""))], attempt(make, x=1), attempt(make, string=b"a"), attempt(h.update))
    print(attempt(h.update, "x"), attempt(setattr, h, "name", 1), attempt(type(h), b"abc"), attempt(make, b"", usedforsecurity=0))
    if "sha3" in type(h).__module__:
        print(h._capacity_bits, h._rate_bits, h._suffix)
    if shake:
        print([attempt(h.digest, n) for n in (-1, "x", 3, 0, 1 << 40)], attempt(h.hexdigest), attempt(h.digest, length=4))
for module in (_md5, _sha1, _sha256, _sha512):
    print({k: v.__name__ for k, v in sorted(vars(module).items()) if isinstance(v, type) and k[0] != "_"})

# Parameters of BLAKE2 and PBKDF2.
for make in (hashlib.blake2b, hashlib.blake2s):
    for name in ("leaf_size", "node_offset", "fanout", "depth", "node_depth", "inner_size", "digest_size"):
        print(name, [attempt(make, **{name: v}) for v in (-1, 5, 256, 1 << 32, 1 << 48, 1 << 64, 1 << 70, "x")])
derive = hashlib.pbkdf2_hmac
for arguments in ((b"sha1", b"p", b"s", 1), (1, b"p", b"s", 1), ("sha1", b"", b"s", 0), ("sha1", b"", b"s", 1 << 40), ("sha1", b"", b"s", 1, 0),
                  ("unheard", b"", b"s", 1), ("sha1", b"", b"s", 1, 1 << 40), ("sha1", "p", b"s", 1), ("sha256", b"p", b"s", 3, 9)):
    print(attempt(derive, *arguments))
