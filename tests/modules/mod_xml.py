# SPDX-License-Identifier: MIT
# pyexpat and what stands on it: handlers, attributes, buffering, errors; ElementTree, minidom, sax, plistlib.
import io, plistlib, pyexpat, xml.dom.minidom, xml.etree.ElementTree as ET, xml.sax, xml.sax.handler

def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except BaseException as e: print(type(e).__name__, e, [getattr(e, n, None) for n in ("code", "lineno", "offset")])

names = [n for n in dir(pyexpat.XMLParserType) if n.endswith("Handler") or n == "DefaultHandlerExpand"]; print(names)
text = b'''<?xml version="1.0" encoding="iso-8859-1" standalone="yes"?>
<!DOCTYPE root SYSTEM "x.dtd" [<!ELEMENT root (a|(b,c?)*|#PCDATA)*><!ELEMENT e EMPTY><!ATTLIST root id CDATA #REQUIRED k (x|y) "x"><!ENTITY ent "value"><!ENTITY ext SYSTEM "ext.xml">
<!NOTATION n PUBLIC "pub" "sys"><!ENTITY un SYSTEM "u.gif" NDATA n><!ENTITY % par "p">]>
<root id="1" xmlns:p="urn:p"><!-- comment --><?pi some data?><p:a x="&lt;\xe9">text &ent; more<![CDATA[<raw>]]></p:a>&ext;
</root>'''
for options in ({}, {"ordered_attributes": 1}, {"specified_attributes": True}, {"buffer_text": True}, {"buffer_text": True, "buffer_size": 4}):
    for separator in (None, " "):
        p = pyexpat.ParserCreate(None, separator); events = []
        for n in names:
            if n not in ("DefaultHandler", "DefaultHandlerExpand"): setattr(p, n, lambda *a, n=n: events.append((n, a)) or 1)
        for n, v in options.items(): setattr(p, n, v)
        if separator: p.namespace_prefixes = True
        print(p.Parse(text, True), len(events), events)
for name in ("DefaultHandler", "DefaultHandlerExpand"):
    p = pyexpat.ParserCreate(); got = []; setattr(p, name, got.append); p.StartElementHandler = lambda *a: None; p.Parse(text, 1); print(got)
for bad in (b"", b"<a>", b"<a></b>", b"<a b='1' b='2'/>", b"<a>&x;</a>", b"<a/><b/>", b"<a \xff>", b"\xff\xfe<", b"<?xml version='1.0' encoding='nope'?><a/>", b"<a>&#0;</a>", b"junk", b"<a/>\n\n  x", "<é>ü</é>".encode("latin-1"), b'<?xml version="1.0" encoding="utf-16le"?><a/>'):
    p = pyexpat.ParserCreate(); show(p.Parse, bad, True); print(p.ErrorCode, p.ErrorLineNumber, p.ErrorColumnNumber, p.ErrorByteIndex, p.CurrentLineNumber)
p = pyexpat.ParserCreate(); print(p.Parse("<é ü='ß'>"), p.Parse("€"), p.Parse("</é>", 1)); show(p.Parse, b"x"); p = pyexpat.ParserCreate("iso-8859-2"); p.CharacterDataHandler = print; p.Parse(b"<a>\xb1\xe6</a>", 1)
p = pyexpat.ParserCreate(); show(p.Parse, 5); show(setattr, p, "nope", 1); show(setattr, p, "buffer_size", 0); show(setattr, p, "buffer_size", "x"); show(delattr, p, "StartElementHandler"); p.StartElementHandler = 5; show(p.Parse, b"<a/>", 1); print(p.StartElementHandler, p.buffer_size, p.buffer_used, p.buffer_text, p.intern, p.namespace_prefixes)
def boom(*a): raise ValueError("in handler")
p = pyexpat.ParserCreate(); p.EndElementHandler = boom; p.CharacterDataHandler = p.StartElementHandler = lambda *a: None; show(p.Parse, b"<a>x<b/></a>", 1); print(p.StartElementHandler, p.EndElementHandler)
p = pyexpat.ParserCreate(); show(p.ParseFile, 5); show(p.ParseFile, io.StringIO("<a/>")); show(p.ParseFile, io.BytesIO(b"<a/>")); show(p.SetBase, "base"); print(p.GetBase(), p.GetInputContext(), p.SetParamEntityParsing(1)); show(p.UseForeignDTD)
for a in ((5,), ("utf-8", 5), (None, "ab"), (None, " ", 5)): show(pyexpat.ParserCreate, *a)
def external(context, base, system, public):
    q = p.ExternalEntityParserCreate(context); print(context, base, system, public); return q.Parse(b"<inner>ext</inner>", 1)
p = pyexpat.ParserCreate(); got = []; p.StartElementHandler = lambda *a: got.append(a); p.ExternalEntityRefHandler = external; p.SetBase("b"); p.Parse(text, 1); print(got); p = pyexpat.ParserCreate(); p.ExternalEntityRefHandler = lambda *a: 0; show(p.Parse, text, 1)
print(pyexpat.errors.XML_ERROR_SYNTAX, pyexpat.errors.codes["not well-formed (invalid token)"], pyexpat.errors.messages[3], pyexpat.model.XML_CTYPE_SEQ, pyexpat.ErrorString(7), pyexpat.ErrorString(999), pyexpat.version_info, pyexpat.EXPAT_VERSION, pyexpat.native_encoding, pyexpat.features, pyexpat.error is pyexpat.ExpatError)

root = ET.fromstring("<r a='1'><b>t<c/>tail</b><b x='é'/><!-- c --></r>"); print(ET.tostring(root), [(e.tag, e.text, e.tail, e.attrib) for e in root.iter()], root.find("b").get("x"), [b.get("x") for b in root.findall("./b")], root.findtext("b")); show(ET.fromstring, "<a><b></a>"); show(ET.XML, "")
root.append(ET.Element("new", k="v")); ET.indent(root); print(ET.tostring(root, encoding="unicode")); print([(e, x.tag) for e, x in ET.iterparse(io.BytesIO(b"<a><b/></a>"), ("start", "end"))], ET.tostring(ET.fromstring('<x xmlns="u"><y/></x>')), ET.canonicalize("<b z='1' a='2'/>"))
doc = xml.dom.minidom.parseString(text.replace(b"&ext;", b"")); print(doc.documentElement.toxml(), doc.doctype.entities.length)
class H(xml.sax.handler.ContentHandler):
    def startElement(self, name, attrs): print("start", name, dict(attrs))
    def characters(self, s): print("chars", repr(s))
xml.sax.parseString(b"<a k='v'>hi<b/></a>", H()); show(xml.sax.parseString, b"<a>", H())
data = {"k": [1, 2.5, "é", b"bytes", True, {"n": []}]}; print(plistlib.loads(plistlib.dumps(data)) == data, plistlib.loads(plistlib.dumps(data, fmt=plistlib.FMT_BINARY)) == data)
