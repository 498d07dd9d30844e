// SPDX-License-Identifier: MIT
// pyexpat: what the library calls, and how it becomes calls of Python handlers.
//
// When a handler raises, all handlers are taken away, so that the library runs through the rest of its piece of input
// without calling anybody, and the exception comes out of Parse().
#include "pyexpat_private.h"
#ifdef HAVE_EXPAT

V parser_text(Thread *t, const char *utf8) { return utf8 ? str_from_utf8(t, utf8, strlen(utf8)) : V_NONE; }

static V intern_steal(Thread *t, Parser *p, V text) { // the string of the same text that was there first
    V dict = slot_peek(&p->intern);
    if (v_is_error(text) || !v_is_dict(dict) || text == V_NONE) return text;
    V first = dict_setdefault(t, dict, text, text);
    v_drop(t, text);
    return first;
}
static V interned(Thread *t, Parser *p, const char *utf8) { return intern_steal(t, p, parser_text(t, utf8)); }

static void forget_handlers(Thread *t, Parser *p) {
    for (int i = 0; i < N_HANDLERS; i++) parser_set_handler(t, p, i, V_NULL);
    XML_SetExternalEntityRefHandler(p->xml, NULL);
}

// Calls a handler with n values, which are consumed.  V_NULL: there is none, or it has raised.
static V call(Thread *t, Parser *p, int which, V *values, size_t n) {
    V handler = slot_get(&p->head, &p->handlers[which]), result = V_NULL;
    bool failed = false;
    for (size_t i = 0; i < n; i++) failed |= v_is_error(values[i]);
    if (handler != V_NULL && !failed) {
        bool before = p->in_handler;
        p->in_handler = true;
        result = obj_call(t, handler, values, n, V_NULL);
        p->in_handler = before;
        failed = v_is_error(result);
    }
    for (size_t i = 0; i < n; i++) v_drop(t, values[i]);
    v_drop(t, handler);
    if (failed) forget_handlers(t, p);
    return failed ? V_NULL : result;
}

int parser_flush(Thread *t, Parser *p) {
    size_t n = p->buffered;
    p->buffered = 0;
    if (!n) return 0;
    V text = str_from_utf8(t, p->buffer, n);
    v_drop(t, call(t, p, CHARACTER_DATA, &text, 1));
    return err_pending(t) ? -1 : 0;
}

// Every event but character data begins with this: whether its handler is to be called.
static bool begin(Thread **t, Parser *p, int which) {
    *t = thread_current();
    if (err_pending(*t) || slot_peek(&p->handlers[which]) == V_NULL) return false;
    return parser_flush(*t, p) == 0;
}
static void plain(void *data, int which, V (*make)(Thread *, Parser *, const char *), const char *a, const char *b, size_t n) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, which)) return;
    V values[2] = {n > 0 ? make(t, p, a) : V_NULL, n > 1 ? (which == INSTRUCTION ? parser_text(t, b) : make(t, p, b)) : V_NULL};
    v_drop(t, call(t, p, which, values, n));
}
static V not_interned(Thread *t, Parser *p, const char *utf8) {
    (void)p;
    return parser_text(t, utf8);
}

// ---- elements and text --------------------------------------------------------------------------------------------------
static V attributes(Thread *t, Parser *p, const char **list) {
    size_t n = 0;
    if (p->specified_attributes) n = (size_t)XML_GetSpecifiedAttributeCount(p->xml);
    else while (list[n]) n += 2;
    V result = p->ordered_attributes ? list_new(t, 0) : dict_new(t);
    for (size_t i = 0; i < n && !v_is_error(result); i += 2) {
        V name = interned(t, p, list[i]), value = parser_text(t, list[i + 1]);
        bool failed = v_is_error(name) || v_is_error(value);
        if (!failed && p->ordered_attributes) failed = list_append(t, result, name) < 0 || list_append(t, result, value) < 0;
        else if (!failed) failed = dict_set(t, result, name, value) < 0;
        v_drop(t, name);
        v_drop(t, value);
        if (failed) {
            v_drop(t, result);
            result = V_ERROR;
        }
    }
    return result;
}
static void start_element(void *data, const XML_Char *name, const XML_Char **list) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, START_ELEMENT)) return;
    V values[2] = {interned(t, p, name), attributes(t, p, list)};
    v_drop(t, call(t, p, START_ELEMENT, values, 2));
}
static void end_element(void *data, const XML_Char *name) { plain(data, END_ELEMENT, interned, name, NULL, 1); }
static void instruction(void *data, const XML_Char *target, const XML_Char *text) { plain(data, INSTRUCTION, interned, target, text, 2); }
static void comment(void *data, const XML_Char *text) { plain(data, COMMENT, not_interned, text, NULL, 1); }
static void start_cdata(void *data) { plain(data, START_CDATA, NULL, NULL, NULL, 0); }
static void end_cdata(void *data) { plain(data, END_CDATA, NULL, NULL, NULL, 0); }
static void start_namespace(void *data, const XML_Char *prefix, const XML_Char *uri) { plain(data, START_NAMESPACE, interned, prefix, uri, 2); }
static void end_namespace(void *data, const XML_Char *prefix) { plain(data, END_NAMESPACE, interned, prefix, NULL, 1); }

static void character_data(void *data, const XML_Char *text, int n) {
    Parser *p = data;
    Thread *t = thread_current();
    if (err_pending(t)) return;
    if (p->buffering) {
        if (!p->buffer && !(p->buffer = mem_alloc(t, p->buffer_size))) {
            err_no_memory(t);
            return;
        }
        if (p->buffered + (size_t)n > p->buffer_size && parser_flush(t, p) < 0) return;
        if ((size_t)n <= p->buffer_size) {
            memcpy(p->buffer + p->buffered, text, (size_t)n);
            p->buffered += (size_t)n;
            return;
        }
    }
    V value = str_from_utf8(t, text, (size_t)n);
    v_drop(t, call(t, p, CHARACTER_DATA, &value, 1));
}
static void any_text(void *data, int which, const XML_Char *text, int n) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, which)) return;
    V value = str_from_utf8(t, text, (size_t)n);
    v_drop(t, call(t, p, which, &value, 1));
}
static void default_text(void *data, const XML_Char *text, int n) { any_text(data, DEFAULT, text, n); }
static void default_expand(void *data, const XML_Char *text, int n) { any_text(data, DEFAULT_EXPAND, text, n); }

// ---- declarations -----------------------------------------------------------------------------------------------------------
static void unparsed_entity(void *data, const XML_Char *name, const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, UNPARSED_ENTITY)) return;
    V values[] = {interned(t, p, name), interned(t, p, base), interned(t, p, system), interned(t, p, public), interned(t, p, notation)};
    v_drop(t, call(t, p, UNPARSED_ENTITY, values, 5));
}
static void notation(void *data, const XML_Char *name, const XML_Char *base, const XML_Char *system, const XML_Char *public) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, NOTATION)) return;
    V values[] = {interned(t, p, name), interned(t, p, base), interned(t, p, system), interned(t, p, public)};
    v_drop(t, call(t, p, NOTATION, values, 4));
}
static void start_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_internal_subset) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, START_DOCTYPE)) return;
    V values[] = {interned(t, p, name), interned(t, p, system), interned(t, p, public), v_from_int(has_internal_subset)};
    v_drop(t, call(t, p, START_DOCTYPE, values, 4));
}
static void end_doctype(void *data) { plain(data, END_DOCTYPE, NULL, NULL, NULL, 0); }
static void entity(void *data, const XML_Char *name, int is_parameter, const XML_Char *value, int n, const XML_Char *base, const XML_Char *system,
                   const XML_Char *public, const XML_Char *notation_name) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, ENTITY)) return;
    V values[] = {interned(t, p, name), v_from_int(is_parameter), value ? str_from_utf8(t, value, (size_t)n) : V_NONE, interned(t, p, base),
                  interned(t, p, system), interned(t, p, public), interned(t, p, notation_name)};
    v_drop(t, call(t, p, ENTITY, values, 7));
}
static void xml_declaration(void *data, const XML_Char *version, const XML_Char *encoding, int standalone) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, XML_DECLARATION)) return;
    V values[] = {parser_text(t, version), parser_text(t, encoding), v_from_int(standalone)};
    v_drop(t, call(t, p, XML_DECLARATION, values, 3));
}
static V model_value(Thread *t, Parser *p, const XML_Content *m) { // (type, quantifier, name, children)
    if (recursion_enter(t, " in conv_content_model") < 0) return V_ERROR;
    V children = tuple_new(t, m->numchildren);
    bool failed = v_is_error(children);
    for (unsigned i = 0; !v_is_error(children) && i < m->numchildren; i++) {
        V child = failed ? V_NONE : model_value(t, p, &m->children[i]);
        failed |= v_is_error(child);
        tuple_init_steal(t, children, i, v_is_error(child) ? V_NONE : child);
    }
    recursion_leave(t);
    if (!failed) return tuple_pack_steal(t, 4, v_from_int(m->type), v_from_int(m->quant), interned(t, p, m->name), children);
    if (!v_is_error(children)) v_drop(t, children);
    return V_ERROR;
}
static void element(void *data, const XML_Char *name, XML_Content *model) {
    Parser *p = data;
    Thread *t;
    if (begin(&t, p, ELEMENT)) {
        V values[] = {interned(t, p, name), model_value(t, p, model)};
        v_drop(t, call(t, p, ELEMENT, values, 2));
    }
    XML_FreeContentModel(p->xml, model);
}
static void attlist(void *data, const XML_Char *of, const XML_Char *name, const XML_Char *type, const XML_Char *fallback, int required) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, ATTLIST)) return;
    V values[] = {interned(t, p, of), interned(t, p, name), parser_text(t, type), parser_text(t, fallback), v_from_int(required)};
    v_drop(t, call(t, p, ATTLIST, values, 5));
}
static void skipped_entity(void *data, const XML_Char *name, int is_parameter) {
    Parser *p = data;
    Thread *t;
    if (!begin(&t, p, SKIPPED_ENTITY)) return;
    V values[] = {interned(t, p, name), v_from_int(is_parameter)};
    v_drop(t, call(t, p, SKIPPED_ENTITY, values, 2));
}

// ---- handlers that answer -------------------------------------------------------------------------------------------------------
static int answer(Thread *t, Parser *p, V result) { // consumes it; 0 stops the library
    int n = 0;
    if (result == V_NULL) return 0;
    if (num_as_int(t, result, &n) < 0) {
        forget_handlers(t, p);
        n = 0;
    }
    v_drop(t, result);
    return n;
}
static int not_standalone(void *data) {
    Parser *p = data;
    Thread *t;
    return begin(&t, p, NOT_STANDALONE) ? answer(t, p, call(t, p, NOT_STANDALONE, NULL, 0)) : 0;
}
static int external_entity(XML_Parser xml, const XML_Char *context, const XML_Char *base, const XML_Char *system, const XML_Char *public) {
    Parser *p = XML_GetUserData(xml);
    Thread *t;
    if (!begin(&t, p, EXTERNAL_ENTITY)) return 0;
    V values[] = {parser_text(t, context), interned(t, p, base), interned(t, p, system), interned(t, p, public)};
    return answer(t, p, call(t, p, EXTERNAL_ENTITY, values, 4));
}

// ---- telling the library ----------------------------------------------------------------------------------------------------------
void parser_set_handler(Thread *t, Parser *p, int which, V handler) {
    XML_Parser x = p->xml;
    bool on = handler != V_NULL;
    slot_set(t, &p->head, &p->handlers[which], handler);
    switch (which) {
    case START_ELEMENT: XML_SetStartElementHandler(x, on ? start_element : NULL); break;
    case END_ELEMENT: XML_SetEndElementHandler(x, on ? end_element : NULL); break;
    case INSTRUCTION: XML_SetProcessingInstructionHandler(x, on ? instruction : NULL); break;
    case CHARACTER_DATA: XML_SetCharacterDataHandler(x, on ? character_data : NULL); break;
    case UNPARSED_ENTITY: XML_SetUnparsedEntityDeclHandler(x, on ? unparsed_entity : NULL); break;
    case NOTATION: XML_SetNotationDeclHandler(x, on ? notation : NULL); break;
    case START_NAMESPACE: XML_SetStartNamespaceDeclHandler(x, on ? start_namespace : NULL); break;
    case END_NAMESPACE: XML_SetEndNamespaceDeclHandler(x, on ? end_namespace : NULL); break;
    case COMMENT: XML_SetCommentHandler(x, on ? comment : NULL); break;
    case START_CDATA: XML_SetStartCdataSectionHandler(x, on ? start_cdata : NULL); break;
    case END_CDATA: XML_SetEndCdataSectionHandler(x, on ? end_cdata : NULL); break;
    case DEFAULT: XML_SetDefaultHandler(x, on ? default_text : NULL); break;
    case DEFAULT_EXPAND: XML_SetDefaultHandlerExpand(x, on ? default_expand : NULL); break;
    case NOT_STANDALONE: XML_SetNotStandaloneHandler(x, on ? not_standalone : NULL); break;
    case EXTERNAL_ENTITY: XML_SetExternalEntityRefHandler(x, on ? external_entity : NULL); break;
    case START_DOCTYPE: XML_SetStartDoctypeDeclHandler(x, on ? start_doctype : NULL); break;
    case END_DOCTYPE: XML_SetEndDoctypeDeclHandler(x, on ? end_doctype : NULL); break;
    case ENTITY: XML_SetEntityDeclHandler(x, on ? entity : NULL); break;
    case XML_DECLARATION: XML_SetXmlDeclHandler(x, on ? xml_declaration : NULL); break;
    case ELEMENT: XML_SetElementDeclHandler(x, on ? element : NULL); break;
    case ATTLIST: XML_SetAttlistDeclHandler(x, on ? attlist : NULL); break;
    case SKIPPED_ENTITY: XML_SetSkippedEntityHandler(x, on ? skipped_entity : NULL); break;
    }
}
#endif
