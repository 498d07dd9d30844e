// SPDX-License-Identifier: MIT
// Module pyexpat: an XML parser by libexpat that calls handlers.
//
// libexpat's parser is used by one thread at a time: `busy` is held by whoever parses or changes it, and a handler, which
// runs in the same thread, goes in and out freely (`owner`).  A handler that is not set is not known to the library
// either, so that the default handlers see what nobody else takes.  pyexpat_handlers.c has the calls back.
#include "expat_encoding.h"
#include "pyexpat_private.h"
#ifdef HAVE_EXPAT
#include "threading/parking.h"

enum { CHUNK = 1 << 20, FILE_CHUNK = 2048, BUFFER_SIZE = 8192 };
static Slot error_class; // xml.parsers.expat.ExpatError
static Type parser_type;

// ---- who may use it -----------------------------------------------------------------------------------------------------
static bool enter(Thread *t, Parser *p) { // true: leave() is to be called
    if (at_load_relaxed(&p->owner) == t->id) return false;
    bytelock_lock(t, &p->busy, -1, 0);
    at_store_relaxed(&p->owner, t->id);
    return true;
}
static void leave(Parser *p, bool entered) {
    if (!entered) return;
    at_store_relaxed(&p->owner, (uint64_t)0);
    bytelock_unlock(&p->busy);
}

static V expat_error(Thread *t, Parser *p, enum XML_Error code) {
    long line = (long)XML_GetErrorLineNumber(p->xml), column = (long)XML_GetErrorColumnNumber(p->xml);
    V text = str_from_format(t, "%s: line %ld, column %ld", XML_ErrorString(code), line, column);
    V exc = v_is_error(text) ? V_ERROR : obj_call1(t, slot_peek(&error_class), text);
    v_drop(t, text);
    if (v_is_error(exc)) return V_ERROR;
    if (obj_setattr_c(t, exc, "code", v_from_int(code)) == 0 && obj_setattr_c(t, exc, "offset", v_from_int(column)) == 0 &&
        obj_setattr_c(t, exc, "lineno", v_from_int(line)) == 0) err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

// ---- making one -----------------------------------------------------------------------------------------------------------
static V parser_wrap(Thread *t, XML_Parser xml, V intern) { // consumes xml
    V self = xml ? type_alloc(t, &parser_type, 0) : err_no_memory(t);
    if (v_is_error(self)) {
        if (xml) XML_ParserFree(xml);
        return V_ERROR;
    }
    Parser *p = parser_of(self);
    p->xml = xml;
    p->buffer_size = BUFFER_SIZE;
    slot_init(t, v_obj(self), &p->intern, intern);
    XML_SetUserData(xml, p);
    XML_SetUnknownEncodingHandler(xml, expat_unknown_encoding, NULL);
    return self;
}

static NATIVE(pyexpat_ParserCreate) { // encoding=None, namespace_separator=None, intern=…
    (void)self, (void)nargs, (void)kwnames;
    static const char *const names[] = {"argument 'encoding'", "argument 'namespace_separator'"};
    const char *given[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        if (args[i] == V_NULL || args[i] == V_NONE) continue;
        if (!v_is_str(args[i])) return err_bad_argument(t, "ParserCreate", names[i], "str or None", args[i]);
        if (!(given[i] = str_cstr(t, args[i]))) return V_ERROR;
    }
    if (given[1] && strlen(given[1]) > 1) return err_set(t, &exc_ValueError, "namespace_separator must be at most one character, omitted, or None");
    V intern = args[2] == V_NULL ? dict_new(t) : v_dup(args[2]);
    if (v_is_error(intern)) return V_ERROR;
    V result = V_ERROR;
    if (intern != V_NONE && !v_is_dict(intern)) err_set(t, &exc_TypeError, "intern must be a dictionary");
    else result = parser_wrap(t, XML_ParserCreate_MM(given[0], NULL, given[1]), intern);
    v_drop(t, intern);
    return result;
}

static NATIVE(parser_ExternalEntityParserCreate) { // context, encoding=…
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    const char *context = NULL, *encoding = NULL;
    if (args[0] != V_NONE) {
        if (!v_is_str(args[0])) return err_bad_argument(t, "ExternalEntityParserCreate", "argument 1", "str or None", args[0]);
        if (!(context = str_cstr(t, args[0]))) return V_ERROR;
    }
    if (args[1] != V_NULL) {
        if (!v_is_str(args[1])) return err_bad_argument(t, "ExternalEntityParserCreate", "argument 2", "str", args[1]);
        if (!(encoding = str_cstr(t, args[1]))) return V_ERROR;
    }
    bool entered = enter(t, p);
    V child = parser_wrap(t, XML_ExternalEntityParserCreate(p->xml, context, encoding), slot_peek(&p->intern));
    if (!v_is_error(child)) {
        Parser *c = parser_of(child);
        c->buffer_size = p->buffer_size;
        c->buffering = p->buffering;
        c->ordered_attributes = p->ordered_attributes;
        c->specified_attributes = p->specified_attributes;
        c->ns_prefixes = p->ns_prefixes;
        slot_init(t, v_obj(child), &c->parent, self); // the library's parsers share memory
        for (int i = 0; i < N_HANDLERS; i++) {
            V handler = slot_get(v_obj(self), &p->handlers[i]);
            if (handler != V_NULL) parser_set_handler(t, c, i, handler);
            v_drop(t, handler);
        }
    }
    leave(p, entered);
    return child;
}

static void parser_free(Thread *t, Obj *o) {
    (void)t;
    Parser *p = (Parser *)o;
    if (p->xml) XML_ParserFree(p->xml);
    mem_free(p->buffer);
}
static void parser_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Parser *p = (Parser *)o;
    for (int i = 0; i < N_HANDLERS; i++) VISIT(p->handlers[i]);
    VISIT(p->intern);
    VISIT(p->parent);
}

// ---- parsing ----------------------------------------------------------------------------------------------------------------
static V parse_result(Thread *t, Parser *p, enum XML_Status status) {
    if (err_pending(t)) return V_ERROR;
    if (status == XML_STATUS_ERROR) return expat_error(t, p, XML_GetErrorCode(p->xml));
    return parser_flush(t, p) < 0 ? V_ERROR : v_from_int(status);
}

static NATIVE(parser_Parse) { // data, isfinal=False
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    Buffer view = {.owner = V_NULL};
    const char *data;
    size_t n;
    int final = args[1] == V_NULL ? 0 : obj_is_true(t, args[1]);
    if (final < 0) return V_ERROR;
    bool text = v_is_str(args[0]);
    if (text) {
        if (!(data = str_utf8(t, args[0], &n))) return V_ERROR;
    } else {
        if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
        data = view.data;
        n = (size_t)view.len;
    }
    bool entered = enter(t, p);
    enum XML_Status status = XML_STATUS_OK;
    if (text) (void)XML_SetEncoding(p->xml, "utf-8");
    for (; n > CHUNK && status == XML_STATUS_OK && !err_pending(t); data += CHUNK, n -= CHUNK) status = XML_Parse(p->xml, data, CHUNK, 0);
    if (status == XML_STATUS_OK && !err_pending(t)) status = XML_Parse(p->xml, data, (int)n, final);
    V result = parse_result(t, p, status);
    leave(p, entered);
    if (!text) buffer_release(t, &view);
    return result;
}

// Reads up to FILE_CHUNK bytes; -1, or how many.
static int read_chunk(Thread *t, V read, char *to) {
    V data = obj_call1(t, read, v_from_int(FILE_CHUNK));
    Buffer view;
    if (v_is_error(data)) return -1;
    int n = -1;
    if (!v_is_bytes(data) && !type_is_subtype(v_type(data), &bytearray_type)) {
        err_set(t, &exc_TypeError, "read() did not return a bytes object (type=%T)", data);
    } else if (buffer_get(t, data, &view, BUF_SIMPLE) == 0) {
        if (view.len > FILE_CHUNK) err_set(t, &exc_ValueError, "read() returned too much data: %i bytes requested, %ld returned", FILE_CHUNK, (long)view.len);
        else memcpy(to, view.data, (size_t)(n = (int)view.len));
        buffer_release(t, &view);
    }
    v_drop(t, data);
    return n;
}
static NATIVE(parser_ParseFile) {
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    char chunk[FILE_CHUNK];
    V read = obj_lookup_attr(t, args[0], NAME(read));
    if (v_is_error(read)) return V_ERROR;
    if (read == V_NULL) return err_set(t, &exc_TypeError, "argument must have 'read' attribute");
    bool entered = enter(t, p);
    enum XML_Status status = XML_STATUS_OK;
    int n;
    do {
        n = read_chunk(t, read, chunk);
        if (n >= 0) status = XML_Parse(p->xml, chunk, n, n == 0);
    } while (n > 0 && status == XML_STATUS_OK && !err_pending(t));
    V result = parse_result(t, p, status);
    leave(p, entered);
    v_drop(t, read);
    return result;
}

// ---- the rest of the interface ------------------------------------------------------------------------------------------------
static NATIVE(parser_SetBase) {
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    if (!v_is_str(args[0])) return err_bad_argument(t, "SetBase", "argument", "str", args[0]);
    const char *base = str_cstr(t, args[0]);
    if (!base) return V_ERROR;
    bool entered = enter(t, p);
    enum XML_Status status = XML_SetBase(p->xml, base);
    leave(p, entered);
    return status == XML_STATUS_ERROR ? err_no_memory(t) : V_NONE;
}
static NATIVE(parser_GetBase) {
    UNUSED_NATIVE();
    Parser *p = parser_of(self);
    bool entered = enter(t, p);
    V result = parser_text(t, XML_GetBase(p->xml));
    leave(p, entered);
    return result;
}
static NATIVE(parser_GetInputContext) {
    UNUSED_NATIVE();
    Parser *p = parser_of(self);
    int offset, size;
    if (at_load_relaxed(&p->owner) != t->id || !p->in_handler) return V_NONE;
    const char *context = XML_GetInputContext(p->xml, &offset, &size);
    return context ? bytes_from(t, context + offset, (size_t)(size - offset)) : V_NONE;
}
static NATIVE(parser_SetParamEntityParsing) {
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    int flag;
    if (num_as_int(t, args[0], &flag) < 0) return V_ERROR;
    bool entered = enter(t, p);
    int r = XML_SetParamEntityParsing(p->xml, (enum XML_ParamEntityParsing)flag);
    leave(p, entered);
    return v_from_int(r);
}
static NATIVE(parser_UseForeignDTD) { // flag=True
    (void)nargs, (void)kwnames;
    Parser *p = parser_of(self);
    int flag = args[0] == V_NULL ? 1 : obj_is_true(t, args[0]);
    if (flag < 0) return V_ERROR;
    bool entered = enter(t, p);
    enum XML_Error code = XML_UseForeignDTD(p->xml, flag ? XML_TRUE : XML_FALSE);
    V result = code == XML_ERROR_NONE ? V_NONE : expat_error(t, p, code);
    leave(p, entered);
    return result;
}

static V get_handler(Thread *t, V self, void *closure) {
    (void)t;
    V handler = slot_get(v_obj(self), &parser_of(self)->handlers[(intptr_t)closure]);
    return handler == V_NULL ? V_NONE : handler;
}
static int cannot_delete(Thread *t, V value) {
    if (value != V_NULL) return 0;
    err_set(t, &exc_RuntimeError, "Cannot delete attribute");
    return -1;
}
static int set_handler(Thread *t, V self, V value, void *closure) {
    Parser *p = parser_of(self);
    int which = (int)(intptr_t)closure, r = 0;
    if (cannot_delete(t, value) < 0) return -1;
    bool entered = enter(t, p);
    if (which == CHARACTER_DATA) r = parser_flush(t, p); // what was collected belongs to the old one
    if (r == 0) parser_set_handler(t, p, which, value == V_NONE ? V_NULL : value);
    leave(p, entered);
    return r;
}

enum { ERROR_CODE, ERROR_LINE, ERROR_COLUMN, ERROR_BYTE, CURRENT_LINE, CURRENT_COLUMN, CURRENT_BYTE, BUFFER_USED, BUFFER_SIZE_ATTR };
static V get_number(Thread *t, V self, void *closure) {
    Parser *p = parser_of(self);
    int64_t n = 0;
    bool entered = enter(t, p);
    switch ((intptr_t)closure) {
    case ERROR_CODE: n = XML_GetErrorCode(p->xml); break;
    case ERROR_LINE: case CURRENT_LINE: n = (int64_t)XML_GetCurrentLineNumber(p->xml); break;
    case ERROR_COLUMN: case CURRENT_COLUMN: n = (int64_t)XML_GetCurrentColumnNumber(p->xml); break;
    case ERROR_BYTE: case CURRENT_BYTE: n = (int64_t)XML_GetCurrentByteIndex(p->xml); break;
    case BUFFER_USED: n = (int64_t)p->buffered; break;
    default: n = (int64_t)p->buffer_size;
    }
    leave(p, entered);
    return int_from_i64(t, n);
}
static int set_buffer_size(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Parser *p = parser_of(self);
    int64_t n;
    if (cannot_delete(t, value) < 0) return -1;
    if (!v_is_any_int(value)) {
        err_set(t, &exc_TypeError, "buffer_size must be an integer");
        return -1;
    }
    if (num_as_long(t, value, &n) < 0) return -1;
    if (n <= 0 || n > INT32_MAX) {
        if (n <= 0) err_set(t, &exc_ValueError, "buffer_size must be greater than zero");
        else err_set(t, &exc_ValueError, "buffer_size must not be greater than %i", INT32_MAX);
        return -1;
    }
    bool entered = enter(t, p);
    int r = (size_t)n == p->buffer_size ? 0 : parser_flush(t, p);
    if (r == 0 && (size_t)n != p->buffer_size) {
        mem_free(p->buffer);
        p->buffer = NULL;
        p->buffer_size = (size_t)n;
    }
    leave(p, entered);
    return r;
}

enum { BUFFER_TEXT, NAMESPACE_PREFIXES, ORDERED_ATTRIBUTES, SPECIFIED_ATTRIBUTES };
static V get_flag(Thread *t, V self, void *closure) {
    (void)t;
    Parser *p = parser_of(self);
    bool *const flags[] = {&p->buffering, &p->ns_prefixes, &p->ordered_attributes, &p->specified_attributes};
    return v_from_bool(at_load_relaxed(flags[(intptr_t)closure]));
}
static int set_flag(Thread *t, V self, V value, void *closure) {
    Parser *p = parser_of(self);
    int on = cannot_delete(t, value) < 0 ? -1 : obj_is_true(t, value), r = 0;
    if (on < 0) return -1;
    bool *const flags[] = {&p->buffering, &p->ns_prefixes, &p->ordered_attributes, &p->specified_attributes};
    bool entered = enter(t, p);
    if ((intptr_t)closure == BUFFER_TEXT && !on) r = parser_flush(t, p);
    if ((intptr_t)closure == NAMESPACE_PREFIXES) XML_SetReturnNSTriplet(p->xml, on);
    if (r == 0) at_store_relaxed(flags[(intptr_t)closure], on != 0);
    leave(p, entered);
    return r;
}

static const Method parser_methods[] = {
    {"Parse", parser_Parse, "data, isfinal=False, /", 0, 0, "Parse a piece of XML; isfinal is true for the last."},
    {"ParseFile", parser_ParseFile, "file, /", 0, 0, "Parse what is read from a file."},
    {"SetBase", parser_SetBase, "base, /", 0, 0, "Set the base that relative identifiers are resolved with."},
    {"GetBase", parser_GetBase, "", 0, 0, "The base set by SetBase()."},
    {"GetInputContext", parser_GetInputContext, "", 0, 0, "The input around the current event, in a handler."},
    {"ExternalEntityParserCreate", parser_ExternalEntityParserCreate, "context, encoding=<unrepresentable>, /", 0, 0, "A parser for an external entity."},
    {"SetParamEntityParsing", parser_SetParamEntityParsing, "flag, /", 0, 0, "Say whether parameter entities are parsed."},
    {"UseForeignDTD", parser_UseForeignDTD, "flag=True, /", 0, 0, "Let the program give a DTD to documents without one."},
    METHOD_END,
};
#define NUMBER(name, which) {name, get_number, NULL, NULL, (void *)which}
#define FLAG(name, which) {name, get_flag, set_flag, NULL, (void *)which}
#define HANDLER(which, name) {name, get_handler, set_handler, NULL, (void *)which},
static const GetSet parser_getsets[] = {
    EXPAT_HANDLERS(HANDLER) NUMBER("ErrorCode", ERROR_CODE), NUMBER("ErrorLineNumber", ERROR_LINE), NUMBER("ErrorColumnNumber", ERROR_COLUMN),
    NUMBER("ErrorByteIndex", ERROR_BYTE), NUMBER("CurrentLineNumber", CURRENT_LINE), NUMBER("CurrentColumnNumber", CURRENT_COLUMN),
    NUMBER("CurrentByteIndex", CURRENT_BYTE), NUMBER("buffer_used", BUFFER_USED),
    {"buffer_size", get_number, set_buffer_size, NULL, (void *)BUFFER_SIZE_ATTR}, FLAG("buffer_text", BUFFER_TEXT),
    FLAG("namespace_prefixes", NAMESPACE_PREFIXES), FLAG("ordered_attributes", ORDERED_ATTRIBUTES), FLAG("specified_attributes", SPECIFIED_ATTRIBUTES), {0},
};
static const Member parser_members[] = {{"intern", MEMBER_SLOT, offsetof(Parser, intern), true, NULL}, {0}};
static Type parser_type = {
    TYPE_HEAD("pyexpat.xmlparser"), .base = &object_type, .size = sizeof(Parser), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW, .doc = "XML parser",
    .traverse = parser_traverse, .free_ = parser_free, .methods = parser_methods, .getsets = parser_getsets, .members = parser_members,
};

// ---- the module -----------------------------------------------------------------------------------------------------------------
static NATIVE(pyexpat_ErrorString) {
    (void)self, (void)nargs, (void)kwnames;
    int64_t code;
    return num_as_i64(t, args[0], &code) < 0 ? V_ERROR : parser_text(t, XML_ErrorString((enum XML_Error)code));
}
static const Method methods[] = {
    {"ParserCreate", pyexpat_ParserCreate, "encoding=None, namespace_separator=None, intern=<unrepresentable>", 0, 0, "A new XML parser."},
    {"ErrorString", pyexpat_ErrorString, "code, /", 0, 0, "The text for an error's number."},
    METHOD_END,
};

#define C(name) {#name, name}
static const IntConstant error_codes[] = {
    C(XML_ERROR_NO_MEMORY), C(XML_ERROR_SYNTAX), C(XML_ERROR_NO_ELEMENTS), C(XML_ERROR_INVALID_TOKEN), C(XML_ERROR_UNCLOSED_TOKEN),
    C(XML_ERROR_PARTIAL_CHAR), C(XML_ERROR_TAG_MISMATCH), C(XML_ERROR_DUPLICATE_ATTRIBUTE), C(XML_ERROR_JUNK_AFTER_DOC_ELEMENT),
    C(XML_ERROR_PARAM_ENTITY_REF), C(XML_ERROR_UNDEFINED_ENTITY), C(XML_ERROR_RECURSIVE_ENTITY_REF), C(XML_ERROR_ASYNC_ENTITY),
    C(XML_ERROR_BAD_CHAR_REF), C(XML_ERROR_BINARY_ENTITY_REF), C(XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF), C(XML_ERROR_MISPLACED_XML_PI),
    C(XML_ERROR_UNKNOWN_ENCODING), C(XML_ERROR_INCORRECT_ENCODING), C(XML_ERROR_UNCLOSED_CDATA_SECTION),
    C(XML_ERROR_EXTERNAL_ENTITY_HANDLING), C(XML_ERROR_NOT_STANDALONE), C(XML_ERROR_UNEXPECTED_STATE), C(XML_ERROR_ENTITY_DECLARED_IN_PE),
    C(XML_ERROR_FEATURE_REQUIRES_XML_DTD), C(XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING), C(XML_ERROR_UNBOUND_PREFIX),
    C(XML_ERROR_UNDECLARING_PREFIX), C(XML_ERROR_INCOMPLETE_PE), C(XML_ERROR_XML_DECL), C(XML_ERROR_TEXT_DECL), C(XML_ERROR_PUBLICID),
    C(XML_ERROR_SUSPENDED), C(XML_ERROR_NOT_SUSPENDED), C(XML_ERROR_ABORTED), C(XML_ERROR_FINISHED), C(XML_ERROR_SUSPEND_PE),
    C(XML_ERROR_RESERVED_PREFIX_XML), C(XML_ERROR_RESERVED_PREFIX_XMLNS), C(XML_ERROR_RESERVED_NAMESPACE_URI),
    C(XML_ERROR_INVALID_ARGUMENT), C(XML_ERROR_NO_BUFFER), C(XML_ERROR_AMPLIFICATION_LIMIT_BREACH),
};
static const IntConstant model_constants[] = {
    C(XML_CTYPE_EMPTY), C(XML_CTYPE_ANY), C(XML_CTYPE_MIXED), C(XML_CTYPE_NAME), C(XML_CTYPE_CHOICE), C(XML_CTYPE_SEQ), C(XML_CQUANT_NONE),
    C(XML_CQUANT_OPT), C(XML_CQUANT_REP), C(XML_CQUANT_PLUS),
};
static const IntConstant constants[] = {
    C(XML_PARAM_ENTITY_PARSING_NEVER), C(XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE), C(XML_PARAM_ENTITY_PARSING_ALWAYS),
};
#undef C

static V add_submodule(Thread *t, V module, const char *name, const char *full_name, const char *doc) { // borrowed: sys.modules keeps it
    V sub = module_new(t, str_static(full_name));
    if (v_is_error(sub)) return sub;
    if (module_add_str(t, sub, "__doc__", doc) < 0 || dict_set_c(t, sys_modules_borrow(), full_name, sub) < 0 ||
        module_add(t, module, name, sub) < 0) {
        v_drop(t, sub);
        return V_ERROR;
    }
    v_drop(t, sub);
    return sub;
}
static int add_errors(Thread *t, V module) {
    V sub = add_submodule(t, module, "errors", "pyexpat.errors", "The texts and numbers of errors.");
    V codes = dict_new(t), messages = dict_new(t);
    bool failed = v_is_error(sub) || v_is_error(codes) || v_is_error(messages);
    for (size_t i = 0; !failed && i < countof(error_codes); i++) {
        V text = str_from_cstr(t, XML_ErrorString((enum XML_Error)error_codes[i].value)), code = v_from_int(error_codes[i].value);
        failed = v_is_error(text) || module_add(t, sub, error_codes[i].name, text) < 0 || dict_set(t, codes, text, code) < 0 || dict_set(t, messages, code, text) < 0;
        v_drop(t, text);
    }
    failed = failed || module_add(t, sub, "codes", codes) < 0 || module_add(t, sub, "messages", messages) < 0;
    v_drop(t, codes);
    v_drop(t, messages);
    return failed ? -1 : 0;
}
static int add_features(Thread *t, V module) {
    V list = list_new(t, 0);
    for (const XML_Feature *f = XML_GetFeatureList(); f && f->feature != XML_FEATURE_END && !v_is_error(list); f++) {
        V pair = tuple_pack_steal(t, 2, str_from_cstr(t, f->name), int_from_i64(t, f->value));
        if (v_is_error(pair) || list_append_steal(t, list, pair) < 0) {
            v_drop(t, list);
            return -1;
        }
    }
    return module_add_steal(t, module, "features", list);
}
static int exec(Thread *t, V module) {
    V error = type_new_simple(t, "xml.parsers.expat.ExpatError", &exc_Exception, V_NULL);
    if (v_is_error(error)) return -1;
    root_register(&error_class);
    root_set(t, &error_class, error);
    if (module_add(t, module, "error", error) < 0 || module_add(t, module, "ExpatError", error) < 0) return -1;
    if (type_ready(t, &parser_type) < 0 || module_add(t, module, "XMLParserType", v_from_type(&parser_type)) < 0) return -1;
    XML_Expat_Version version = XML_ExpatVersionInfo();
    V numbers = tuple_pack(t, 3, v_from_int(version.major), v_from_int(version.minor), v_from_int(version.micro));
    if (module_add_str(t, module, "EXPAT_VERSION", XML_ExpatVersion()) < 0 || module_add_steal(t, module, "version_info", numbers) < 0) return -1;
    if (module_add_str(t, module, "native_encoding", "UTF-8") < 0 || add_constants(t, module, constants, countof(constants)) < 0) return -1;
    if (add_errors(t, module) < 0 || add_features(t, module) < 0) return -1;
    V model = add_submodule(t, module, "model", "pyexpat.model", "Numbers in the content models of elements.");
    return v_is_error(model) ? -1 : add_constants(t, model, model_constants, countof(model_constants));
}
const ModuleDef mod_pyexpat = {"pyexpat", "A non-validating XML parser that calls handlers.", methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without expat (libexpat1-dev): no module pyexpat");
    return -1;
}
const ModuleDef mod_pyexpat = {"pyexpat", NULL, NULL, exec, 0};
#endif
