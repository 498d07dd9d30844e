# SPDX-License-Identifier: MIT
# The codec registry, error handlers, incremental codecs, character maps; string, binascii, base64, locale.
import codecs, encodings, string, unicodedata, binascii, locale, stringprep
print(codecs.lookup('utf8').name, codecs.lookup('cp1252').name, codecs.encode('abc','rot13'), codecs.encode(b'abc','hex'), codecs.decode('616263','hex'))
for n in ('base64','quopri','uu','idna','punycode','raw_unicode_escape','utf-8-sig','utf_16_le','nope','mbcs','hex'):
    try: print(n, codecs.lookup(n).name)
    except Exception as e: print(type(e).__name__, e)
print('bücher.de'.encode('idna'), b'xn--bcher-kva.de'.decode('idna'), 'bücher'.encode('punycode'))
for f in (lambda:'a'.encode('hex'), lambda: b'a'.decode('hex'), lambda:'a'.encode('rot13'), lambda: codecs.encode('é','hex'), lambda: codecs.decode(b'zz','hex'), lambda: codecs.decode(b'x','base64'), lambda:'é'.encode('ascii','foo'), lambda: codecs.lookup_error('foo'), lambda: codecs.register(1), lambda: codecs.register_error('x',1)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e, repr(e.__cause__), repr(e.__context__))
def h(e):
    print(type(e).__name__, e.encoding, ascii(e.object), e.start, e.end, e.reason)
    if isinstance(e, UnicodeDecodeError): return ('<%d>'%e.start, e.end)
    return ('[%x]'%ord(e.object[e.start]), e.end)
codecs.register_error('mine', h)
for enc in ('ascii','utf-8','latin-1','utf-16','utf-32','cp1252','utf-7','unicode_escape','charmap'):
    for s in ('a\ud800b','é€','€\U0001f600'):
        try: print(enc, 'a\ud800b€'.encode(enc,'mine'))
        except Exception as e: print(enc, type(e).__name__, e)
    for b in (b'a\xff\xfeb\x81', b'\\x4', b'+AAA', b'\xe2\x82'):
        try: print(enc, ascii(b.decode(enc,'mine')))
        except Exception as e: print(enc, type(e).__name__, e)
def h2(r): return lambda e: r
for r in (('x',), 'x', ('x','y'), (b'x', 1), ('x', 100), ('x', -100), ('€', 1), (1,1)):
    codecs.register_error('m2', h2(r))
    for f in (lambda: '€'.encode('ascii','m2'), lambda: b'\xff'.decode('ascii','m2')):
        try: print(r, f())
        except Exception as e: print(r, type(e).__name__, e)
d=codecs.getincrementaldecoder('utf-8')()
print([d.decode(bytes([c])) for c in '€é'.encode()], d.decode(b'',True))
d=codecs.getincrementaldecoder('utf-16')()
print([ascii(d.decode(bytes([c]))) for c in 'a\U0001f600'.encode('utf-16')])
e=codecs.getincrementalencoder('utf-16')()
print(e.encode('a'), e.encode('b'))
d=codecs.getincrementaldecoder('unicode_escape')()
print([ascii(d.decode(bytes([c]))) for c in b'\\x41\\u20ac\\N{SPACE}b'])
d=codecs.getincrementaldecoder('utf-7')()
print([ascii(d.decode(bytes([c]))) for c in b'a+IKw-b'])
print(codecs.escape_decode(b'a\\n\\x41\\101'), codecs.escape_encode(b"a\n'\xff"))
for b in (b'\\x4',b'\\',b'\\x'):
    for err in ('strict','replace','ignore','z'):
        try: print(codecs.escape_decode(b,err))
        except Exception as e: print(type(e).__name__, e)
for k in ('strict_errors','ignore_errors','replace_errors','xmlcharrefreplace_errors','backslashreplace_errors','namereplace_errors'):
    f=getattr(codecs,k)
    for e in (UnicodeEncodeError('ascii','a€b',1,2,'x'),UnicodeDecodeError('ascii',b'a\xffb',1,2,'x'),UnicodeTranslateError('a€b',1,2,'x'),ValueError(1)):
        try: print(k,f(e))
        except Exception as x: print(k,type(x).__name__, x)
print(type(codecs.charmap_build(''.join(map(chr,range(256))))), codecs.charmap_encode('aé','strict',{97:98,233:b'xx'}), codecs.charmap_decode(b'ab','strict',{97:'xyz',98:None} if 0 else {97:'xyz',98:65}))
for m in ({97:256},{97:-1},{97:'x'},{97:None},{}, {97:1<<80}):
    try: print(codecs.charmap_encode('a','strict',m))
    except Exception as x: print(type(x).__name__, x)
for m in ({97:1<<30},{97:-1},{97:b'x'},{97:None},{},'',"\ufffe"*256):
    try: print(codecs.charmap_decode(b'a','strict',m))
    except Exception as x: print(type(x).__name__, x)
import io
print([c for c in codecs.iterdecode([b'\xe2',b'\x82\xac'],'utf-8')], list(codecs.iterencode('ab','utf-16')))
print(string.Formatter().format('{0} {a[x]} {1!r:>5}', 1, 'z', a={'x':3}), string.Template('$a ${b}').substitute(a=1,b=2), string.capwords('hello world'))
print(binascii.hexlify(b'abc',':'), binascii.b2a_base64(b'hello'), binascii.a2b_base64(b'aGVsbG8='), binascii.crc32(b'abc'), binascii.crc_hqx(b'abc',0), binascii.b2a_uu(b'hello world'), binascii.a2b_uu(binascii.b2a_uu(b'hello world')))
import base64, quopri, uu
print(base64.b85encode(b'hello'), base64.b32encode(b'hi'), base64.a85encode(b'hello'), quopri.encodestring('é = x \n'.encode()), base64.b64decode('aGk='))
for b in ('a','ab','abc','abc=','a=bc','====','ab=c','é',b'ab\n==',b'!!!!'):
    for strict in (False,True):
        try: print(b, binascii.a2b_base64(b, strict_mode=strict))
        except Exception as x: print(b, strict, type(x).__module__,type(x).__name__, x)
print(locale.setlocale(locale.LC_ALL), locale.localeconv(), locale.getlocale(), locale.getpreferredencoding())

# Nothing is "" whatever the encoding is called.
for data in b"", bytearray(), memoryview(b""), b"x":
    try:
        print(repr(str(data, "no such encoding")))
    except LookupError as error:
        print(error)
