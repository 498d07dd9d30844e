# SPDX-License-Identifier: MIT
# Character properties, names and normal forms of a sample of all code points.
import unicodedata as u
for i in range(0x110000):
    if i > 0x400 and i % 311: continue
    c=chr(i)
    print(hex(i),u.category(c),u.bidirectional(c),u.combining(c),u.mirrored(c),u.east_asian_width(c),u.decomposition(c),u.decimal(c,None),u.digit(c,None),u.numeric(c,None),u.name(c,None),*[ascii(u.normalize(f,c)) for f in ('NFC','NFD','NFKC','NFKD')] ,[u.is_normalized(f,'a'+c) for f in ('NFC','NFD','NFKC','NFKD')])
