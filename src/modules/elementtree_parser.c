// SPDX-License-Identifier: MIT
// _elementtree: XMLParser.
//
// One thread at a time has the library's parser: `busy` is held by whoever parses, and what the target's methods do in that
// thread goes in and out freely, but for parsing again, which the library does not allow.
#include "elementtree_private.h"
#include "object/plain.h"
#ifdef HAVE_EXPAT
#include <limits.h>

enum { CHUNK = 1 << 16, READ_SIZE = 1 << 16 };

static void free_parser(Thread *t, Obj *o) {
    (void)t;
    XmlParser *p = (XmlParser *)o;
    if (p->xml) XML_ParserFree(p->xml);
    mem_free(p->text);
    mem_free(p->names.entries);
}
static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    XmlParser *p = (XmlParser *)o;
    VISIT(p->target);
    VISIT(p->entity);
    for (int i = 0; i < N_TARGET_METHODS; i++) VISIT(p->methods[i]);
    names_visit(t, o, &p->names, visit, arg);
}

// ---- making one -----------------------------------------------------------------------------------------------------------
static int read_encoding(Thread *t, V v, const char **encoding) {
    *encoding = NULL;
    if (v == V_NULL || v == V_NONE) return 0;
    if (v_is_str(v)) return (*encoding = str_cstr(t, v)) ? 0 : -1;
    err_bad_argument(t, "XMLParser", "argument 'encoding'", "str or None", v);
    return -1;
}
static int find_methods(Thread *t, XmlParser *p, V target) {
#define TARGET_METHOD_NAME(which, name) NAME(name),
    const V names[] = {TARGET_METHODS(TARGET_METHOD_NAME)};
    for (int i = 0; i < N_TARGET_METHODS; i++) {
        V method = obj_lookup_attr(t, target, names[i]);
        if (v_is_error(method)) return -1;
        slot_set_steal(t, &p->head, &p->methods[i], method);
    }
    return 0;
}
static int begin_again(Thread *t, XmlParser *p, V target, XML_Parser xml) { // with everything new; consumes xml
    V entity = dict_new(t);
    if (v_is_error(entity)) {
        XML_ParserFree(xml);
        return -1;
    }
    slot_set_steal(t, &p->head, &p->entity, entity);
    if (p->xml) XML_ParserFree(p->xml);
    p->xml = xml;
    p->text_len = 0;
    slot_set(t, &p->head, &p->target, target);
    p->direct = builder_is_exact(target);
    for (int i = 0; i < N_TARGET_METHODS; i++) slot_clear(t, &p->head, &p->methods[i]);
    return 0;
}
static int is_parsing(Thread *t, XmlParser *p) {
    if (!p->parsing) return 0;
    err_set(t, &exc_RuntimeError, "the parser is parsing");
    return -1;
}
static int init_with(Thread *t, XmlParser *p, V target, const char *encoding) {
    if (is_parsing(t, p) < 0) return -1;
    XML_Parser xml = XML_ParserCreate_MM(encoding, NULL, "}");
    if (!xml) {
        err_no_memory(t);
        return -1;
    }
    if (begin_again(t, p, target, xml) < 0 || (!p->direct && find_methods(t, p, target) < 0)) return -1;
    expat_set_handlers(p);
    return 0;
}
static int init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[2];
    const char *encoding;
    if (args_bind(t, "XMLParser", "*, target=None, encoding=None", args, nargs, kwnames, given) < 0 || read_encoding(t, given[1], &encoding) < 0) return -1;
    V target = given[0] == V_NULL || given[0] == V_NONE ? builder_new_bare(t) : v_dup(given[0]);
    if (v_is_error(target)) return -1;
    XmlParser *p = xml_parser_of(self);
    bool entered = owned_lock_enter(t, &p->busy);
    int r = init_with(t, p, target, encoding);
    owned_lock_leave(&p->busy, entered);
    v_drop(t, target);
    return r;
}

// ---- parsing ----------------------------------------------------------------------------------------------------------------
// Between these two the library's parser is ours.
static int enter(Thread *t, XmlParser *p, bool *entered) {
    *entered = owned_lock_enter(t, &p->busy);
    if (p->xml && is_parsing(t, p) == 0) return 0;
    if (!p->xml) err_set(t, &exc_ValueError, "XMLParser.__init__() wasn't called");
    owned_lock_leave(&p->busy, *entered);
    return -1;
}
static void leave(XmlParser *p, bool entered) { owned_lock_leave(&p->busy, entered); }

static int parse_piece(Thread *t, XmlParser *p, const char *data, int n, bool final) {
    enum XML_Status status = XML_Parse(p->xml, data, n, final);
    if (err_pending(t)) return -1;
    if (status != XML_STATUS_ERROR) return 0;
    expat_error(t, p, XML_GetErrorCode(p->xml), V_NULL);
    return -1;
}
// Input for a builder is taken in pieces, because nothing else lets other threads have their turn; methods of other targets
// would see where a piece ends.
static int parse(Thread *t, XmlParser *p, const char *data, size_t n, bool final) {
    int r = 0;
    p->parsing = true;
    for (; p->direct && n > CHUNK && r == 0; data += CHUNK, n -= CHUNK) {
        r = parse_piece(t, p, data, CHUNK, false);
        if (r == 0) r = safepoint(t);
    }
    if (r == 0) r = parse_piece(t, p, data, (int)n, final);
    p->parsing = false;
    if (!p->direct || r == 0) return r == 0 ? expat_flush(t, p) : -1;
    V exc = err_fetch(t); // what came before the mistake is there
    if (expat_flush(t, p) < 0) err_clear(t);
    err_restore_steal(t, exc);
    return -1;
}
static int check_size(Thread *t, size_t n) {
    if (n <= INT_MAX) return 0;
    err_set(t, &exc_OverflowError, "size does not fit in an int");
    return -1;
}
static int feed_text(Thread *t, XmlParser *p, V text) {
    size_t n;
    const char *data = str_utf8(t, text, &n);
    if (!data || check_size(t, n) < 0) return -1;
    (void)XML_SetEncoding(p->xml, "utf-8"); // whatever the text says of itself
    return parse(t, p, data, n, false);
}
static int feed_bytes(Thread *t, XmlParser *p, V bytes) {
    Buffer view;
    if (buffer_get(t, bytes, &view, BUF_SIMPLE) < 0) return -1;
    int r = check_size(t, (size_t)view.len) < 0 ? -1 : parse(t, p, view.data, (size_t)view.len, false);
    buffer_release(t, &view);
    return r;
}
static NATIVE(m_feed) {
    UNUSED_NATIVE();
    XmlParser *p = xml_parser_of(self);
    bool entered;
    if (enter(t, p, &entered) < 0) return V_ERROR;
    int r = v_is_str(args[0]) ? feed_text(t, p, args[0]) : feed_bytes(t, p, args[0]);
    leave(p, entered);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_close) {
    UNUSED_NATIVE();
    XmlParser *p = xml_parser_of(self);
    bool entered;
    if (enter(t, p, &entered) < 0) return V_ERROR;
    int r = parse(t, p, "", 0, true);
    bool direct = p->direct;
    V target = slot_get(&p->head, &p->target), close = slot_get(&p->head, &p->methods[TARGET_CLOSE]);
    leave(p, entered);
    V result = r < 0 ? V_ERROR : direct ? builder_close(t, target) : close == V_NULL ? V_NONE : obj_call0(t, close);
    v_drop(t, target);
    v_drop(t, close);
    return result;
}

// One piece of a file: 1, 0 at its end, -1.
static int parse_read(Thread *t, XmlParser *p, V read) {
    V data = obj_call1(t, read, v_from_int(READ_SIZE));
    if (v_is_error(data)) return -1;
    if (v_is_exact(data, &str_type) && str_len(data)) {
        V bytes = str_encode(t, data, "utf-8", "surrogatepass");
        v_drop(t, data);
        data = bytes;
    }
    int r = v_is_error(data) ? -1 : 0;
    if (r == 0 && v_is_exact(data, &bytes_type) && bytes_len(data)) {
        bool entered;
        r = check_size(t, bytes_len(data)) < 0 || enter(t, p, &entered) < 0 ? -1 : 1;
        if (r > 0) {
            if (parse(t, p, bytes_data(data), bytes_len(data), false) < 0) r = -1;
            leave(p, entered);
        }
    }
    v_drop(t, data);
    return r;
}
static NATIVE(m_parse_whole) { // file
    UNUSED_NATIVE();
    XmlParser *p = xml_parser_of(self);
    bool entered;
    if (enter(t, p, &entered) < 0) return V_ERROR;
    leave(p, entered);
    V read = obj_getattr(t, args[0], NAME(read));
    if (v_is_error(read)) return V_ERROR;
    int r;
    while ((r = parse_read(t, p, read)) > 0) {}
    v_drop(t, read);
    if (r < 0 || enter(t, p, &entered) < 0) return V_ERROR;
    r = parse(t, p, "", 0, true);
    V target = p->direct ? slot_get(&p->head, &p->target) : V_NULL;
    leave(p, entered);
    V result = r < 0 ? V_ERROR : target == V_NULL ? V_NONE : builder_close(t, target);
    v_drop(t, target);
    return result;
}

// ---- events -----------------------------------------------------------------------------------------------------------------
static int want_event(Thread *t, XmlParser *p, TreeBuilder *b, V name) {
    static const char *const known[N_EVENTS] = {"start", "end", "start-ns", "end-ns", "comment", "pi"};
    size_t n = 0;
    const char *text = v_is_str(name) ? str_utf8(t, name, &n) : v_is_bytes(name) ? bytes_data(name) : NULL;
    if (!text) {
        err_clear(t);
        err_set(t, &exc_ValueError, "invalid events sequence");
        return -1;
    }
    for (int i = 0; i < N_EVENTS; i++) {
        if (strcmp(text, known[i]) != 0) continue;
        slot_set(t, &b->head, &b->events[i], name);
        if (i == EVENT_START_NS || i == EVENT_END_NS) expat_wants_namespaces(p);
        return 0;
    }
    err_set(t, &exc_ValueError, "unknown event '%s'", text);
    return -1;
}
static int want_events(Thread *t, XmlParser *p, TreeBuilder *b, V events) {
    if (events == V_NONE) {
        slot_set(t, &b->head, &b->events[EVENT_END], NAME(end));
        return 0;
    }
    V list = obj_to_list(t, events);
    if (v_is_error(list)) {
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
        err_set(t, &exc_TypeError, "events must be a sequence");
        return -1;
    }
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V name = list_get(t, list, i);
        if (name == V_NULL) break;
        r = want_event(t, p, b, name);
        v_drop(t, name);
    }
    v_drop(t, list);
    return r;
}
static int set_events(Thread *t, XmlParser *p, V queue, V events) {
    V target = slot_peek(&p->target);
    if (!p->direct) {
        err_set(t, &exc_TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
        return -1;
    }
    V append = obj_getattr(t, queue, NAME(append));
    if (v_is_error(append)) return -1;
    TreeBuilder *b = builder_of(target);
    slot_set_steal(t, &b->head, &b->queue_append, append);
    for (int i = 0; i < N_EVENTS; i++) slot_clear(t, &b->head, &b->events[i]);
    return want_events(t, p, b, events);
}
static NATIVE(m_setevents) { // events_queue, events_to_report=None
    UNUSED_NATIVE();
    XmlParser *p = xml_parser_of(self);
    bool entered = owned_lock_enter(t, &p->busy);
    int r = -1;
    if (!p->xml) err_set(t, &exc_ValueError, "XMLParser.__init__() wasn't called");
    else r = set_events(t, p, args[0], args[1] == V_NULL ? V_NONE : args[1]);
    owned_lock_leave(&p->busy, entered);
    return r < 0 ? V_ERROR : V_NONE;
}

// ---- the type -----------------------------------------------------------------------------------------------------------------
static V get_version(Thread *t, V self, void *closure) {
    (void)self, (void)closure;
    XML_Expat_Version v = XML_ExpatVersionInfo();
    return str_from_format(t, "Expat %d.%d.%d", v.major, v.minor, v.micro);
}
static const Method methods[] = {
    {"feed", m_feed, "data, /", LOCK_NONE, 0, "Parses a piece of a document."},
    {"close", m_close, "", LOCK_NONE, 0, "The document is complete: gives what the target's close() gives."},
    {"_parse_whole", m_parse_whole, "file, /", LOCK_NONE, 0, "Parses what is read from a file, to its end."},
    {"_setevents", m_setevents, "events_queue, events_to_report=None, /", LOCK_NONE, 0, "Puts events into a queue."},
    METHOD_END,
};
static const Member members[] = {
    {"entity", MEMBER_SLOT_OR_NONE, offsetof(XmlParser, entity), true, NULL},
    {"target", MEMBER_SLOT_OR_NONE, offsetof(XmlParser, target), true, NULL},
    {0},
};
static const GetSet getsets[] = {{"version", get_version, NULL, "The library's version.", NULL}, {0}};
Type xml_parser_type = {
    TYPE_HEAD("xml.etree.ElementTree.XMLParser"), .size = sizeof(XmlParser), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .traverse = traverse, .free_ = free_parser, .new_ = type_new_bare, .init = init, .methods = methods, .getsets = getsets, .members = members,
};
#endif
