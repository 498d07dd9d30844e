# SPDX-License-Identifier: MIT
# Predicates and case mappings of str over a sample of all code points.
def d(i):
    char=chr(i)
    return [char.isalnum(),char.isalpha(),char.isdecimal(),char.isdigit(),char.islower(),char.isnumeric(),char.isspace(),char.istitle(),char.isupper(),(char + 'abc').islower(),(char + 'abc').istitle(),(char + 'ABC').isupper(),char.lower(),char.upper(),char.title(),char.casefold(),char.swapcase(),char.capitalize(),char.isprintable(),char.isidentifier(),('a'+char).isidentifier(),(char + 'abc').lower(),(char + 'ABC').upper(),(char + 'abc').title(),(char + 'ABC').title(),('x'+char+char).title(),('A'+char).lower(),('ΑΣ'+char).lower(),('Α'+char+'Σ').lower(), ('a'+char+'b').splitlines(), ('a'+char+'b').split()]
for i in range(0x110000):
    if i > 0x600 and i % 211: continue
    print(hex(i), ascii(d(i)).replace('False','0').replace('True','1'))
