# SPDX-License-Identifier: MIT
# Every character of Unicode 3.2.0, by digests of its properties.
import hashlib
import unicodedata

old = unicodedata.ucd_3_2_0
blocks = (0, 0x3200), (0xA000, 0xA020), (0xFB00, 0x10000), (0x10300, 0x10350), (0x1D6C0, 0x1D7D0)
characters = [chr(i) for first, end in blocks for i in range(first, end)]
for name, args in (('category', ()), ('bidirectional', ()), ('combining', ()), ('mirrored', ()), ('east_asian_width', ()),
                   ('decimal', (None,)), ('digit', (None,)), ('numeric', (None,))):
    f = getattr(old, name)
    print(name, hashlib.sha256(' '.join(str(f(c, *args)) for c in characters).encode()).hexdigest())
for c in 0x2F868, 0x2F874, 0x2F91F, 0x2F95F, 0x2F9BF, 0x1D165:
    print(hex(c), [ascii(old.normalize(form, chr(c))) for form in ('NFC', 'NFD', 'NFKC', 'NFKD')])
