// SPDX-License-Identifier: MIT
// _elementtree: what the library calls while an XMLParser parses.
//
// A target that is exactly a TreeBuilder is fed directly; text is collected until something else comes, so that it becomes one
// string.  Any other target has its methods called, with every piece of text as the library brings it.  Once a call has raised,
// the library runs through the rest of its input without calling anybody, and the exception comes out of feed().
#include "expat_encoding.h"
#include "elementtree_private.h"
#ifdef HAVE_EXPAT

static V text_of(Thread *t, const char *utf8) { return str_from_utf8(t, utf8, strlen(utf8)); }
static V name_of(Thread *t, XmlParser *p, const char *name) { return names_get(t, &p->head, &p->names, name, strlen(name)); }

// Every event begins with this: what was collected comes before it.
static bool begin(Thread **t, XmlParser *p) {
    *t = thread_current();
    return !err_pending(*t) && expat_flush(*t, p) == 0;
}
static bool wants(XmlParser *p, int which) { return slot_peek(&p->methods[which]) != V_NULL; }
// Calls a method of the target with n values, which are consumed.
static void call(Thread *t, XmlParser *p, int which, V *values, size_t n) {
    bool failed = false;
    for (size_t i = 0; i < n; i++) failed |= v_is_error(values[i]);
    V method = failed ? V_NULL : slot_get(&p->head, &p->methods[which]);
    if (method != V_NULL) v_drop(t, obj_call(t, method, values, n, V_NULL));
    for (size_t i = 0; i < n; i++) v_drop(t, values[i]);
    v_drop(t, method);
}

V expat_error(Thread *t, XmlParser *p, enum XML_Error code, V what) {
    long line = (long)XML_GetErrorLineNumber(p->xml), column = (long)XML_GetErrorColumnNumber(p->xml);
    V text = what == V_NULL ? str_from_format(t, "%s: line %ld, column %ld", XML_ErrorString(code), line, column)
                            : str_from_format(t, "%V: line %ld, column %ld", what, line, column);
    V exc = v_is_error(text) ? V_ERROR : obj_call1(t, slot_peek(&elementtree_parse_error), text);
    V position = v_is_error(exc) ? V_ERROR : tuple_pack(t, 2, v_from_int(line), v_from_int(column));
    if (!v_is_error(position) && obj_setattr_c(t, exc, "code", v_from_int(code)) == 0 && obj_setattr_c(t, exc, "position", position) == 0) err_raise(t, exc);
    v_drop(t, text);
    v_drop(t, exc);
    v_drop(t, position);
    return V_ERROR;
}

// ---- elements -----------------------------------------------------------------------------------------------------------
static V attributes(Thread *t, XmlParser *p, const char **list) {
    size_t n = 0;
    while (list[n]) n += 2;
    V dict = dict_new_presized(t, n / 2);
    for (size_t i = 0; i < n && !v_is_error(dict); i += 2) {
        V name = name_of(t, p, list[i]), value = v_is_error(name) ? V_ERROR : text_of(t, list[i + 1]);
        bool failed = v_is_error(value) || dict_set(t, dict, name, value) < 0;
        v_drop(t, name);
        v_drop(t, value);
        if (!failed) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}
static void start_element(void *data, const XML_Char *name, const XML_Char **list) {
    XmlParser *p = data;
    Thread *t;
    if (!begin(&t, p) || (!p->direct && !wants(p, TARGET_START))) return;
    V tag = name_of(t, p, name);
    if (v_is_error(tag)) return;
    V attrib = p->direct && !*list ? V_NULL : attributes(t, p, list);
    if (!p->direct) {
        V values[] = {tag, attrib};
        call(t, p, TARGET_START, values, 2);
        return;
    }
    if (!v_is_error(attrib)) v_drop(t, builder_start(t, slot_peek(&p->target), tag, attrib));
    v_drop(t, tag);
    v_drop(t, attrib);
}
static void end_element(void *data, const XML_Char *name) {
    XmlParser *p = data;
    Thread *t;
    if (!begin(&t, p)) return;
    if (p->direct) {
        v_drop(t, builder_end(t, slot_peek(&p->target)));
    } else if (wants(p, TARGET_END)) {
        V tag = name_of(t, p, name);
        call(t, p, TARGET_END, &tag, 1);
    }
}

// ---- text ---------------------------------------------------------------------------------------------------------------
// Indentation: few strings, again and again.
enum { LONGEST_BLANK = 40 };
static bool is_blank(const char *text, size_t n) {
    if (n > LONGEST_BLANK) return false;
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n' || text[n - 1] == '\t')) n--;
    return n == 0;
}
int expat_flush(Thread *t, XmlParser *p) {
    if (!p->text_len) return 0;
    V text = is_blank(p->text, p->text_len) ? names_get(t, &p->head, &p->names, p->text, p->text_len) : str_from_utf8(t, p->text, p->text_len);
    p->text_len = 0;
    return v_is_error(text) ? -1 : builder_data_steal(t, slot_peek(&p->target), text);
}
static void collect(Thread *t, XmlParser *p, const char *text, size_t n) {
    if (n > p->text_size - p->text_len) {
        size_t size = (p->text_len + n) * 2 + 256;
        char *larger = mem_realloc(t, p->text, size);
        if (!larger) {
            err_no_memory(t);
            return;
        }
        p->text = larger;
        p->text_size = size;
    }
    memcpy(p->text + p->text_len, text, n);
    p->text_len += n;
}
static void character_data(void *data, const XML_Char *text, int n) {
    XmlParser *p = data;
    Thread *t = thread_current();
    if (err_pending(t)) return;
    if (p->direct) {
        collect(t, p, text, (size_t)n);
    } else if (wants(p, TARGET_DATA)) {
        V value = str_from_utf8(t, text, (size_t)n);
        call(t, p, TARGET_DATA, &value, 1);
    }
}
// What the library does not know: of interest are references to entities, whose text is looked up in `entity`.
static void default_text(void *data, const XML_Char *text, int n) {
    XmlParser *p = data;
    Thread *t;
    if (n < 2 || text[0] != '&' || text[n - 1] != ';' || !begin(&t, p)) return;
    V name = str_from_utf8(t, text + 1, (size_t)n - 2), value = v_is_error(name) ? V_ERROR : dict_get(t, slot_peek(&p->entity), name);
    if (value == V_NULL) {
        V what = str_from_format(t, "undefined entity &%V;", name);
        if (!v_is_error(what)) expat_error(t, p, XML_ERROR_UNDEFINED_ENTITY, what);
        v_drop(t, what);
    } else if (!v_is_error(value)) {
        if (p->direct) builder_data_steal(t, slot_peek(&p->target), value);
        else call(t, p, TARGET_DATA, &value, 1);
    }
    v_drop(t, name);
}

// ---- the rest -------------------------------------------------------------------------------------------------------------
static void comment(void *data, const XML_Char *text) {
    XmlParser *p = data;
    Thread *t;
    if (!begin(&t, p) || (!p->direct && !wants(p, TARGET_COMMENT))) return;
    V value = text_of(t, text);
    if (!p->direct) {
        call(t, p, TARGET_COMMENT, &value, 1);
        return;
    }
    if (!v_is_error(value)) v_drop(t, builder_comment(t, slot_peek(&p->target), value));
    v_drop(t, value);
}
static bool wants_instructions(V builder) { // else its factory is not even called, which one for comments is
    return at_load_relaxed(&builder_of(builder)->insert_pis) || builder_wants(builder, EVENT_PI);
}
static void instruction(void *data, const XML_Char *target, const XML_Char *text) {
    XmlParser *p = data;
    Thread *t;
    if (p->direct && !wants_instructions(slot_peek(&p->target))) return;
    if (!begin(&t, p) || (!p->direct && !wants(p, TARGET_PI))) return;
    V values[] = {text_of(t, target), text_of(t, text)};
    if (!p->direct) {
        call(t, p, TARGET_PI, values, 2);
        return;
    }
    if (!v_is_error(values[0]) && !v_is_error(values[1])) v_drop(t, builder_pi(t, slot_peek(&p->target), values[0], values[1]));
    v_drop(t, values[0]);
    v_drop(t, values[1]);
}
static void start_namespace(void *data, const XML_Char *prefix, const XML_Char *uri) {
    XmlParser *p = data;
    Thread *t;
    if (!begin(&t, p)) return;
    V values[] = {text_of(t, prefix ? prefix : ""), text_of(t, uri ? uri : "")};
    if (!p->direct) {
        call(t, p, TARGET_START_NS, values, 2);
        return;
    }
    V pair = tuple_pack_steal(t, 2, values[0], values[1]);
    if (!v_is_error(pair)) builder_report(t, slot_peek(&p->target), EVENT_START_NS, pair);
    v_drop(t, pair);
}
static void end_namespace(void *data, const XML_Char *prefix) {
    XmlParser *p = data;
    Thread *t;
    if (!begin(&t, p)) return;
    if (p->direct) {
        builder_report(t, slot_peek(&p->target), EVENT_END_NS, V_NONE);
        return;
    }
    V value = text_of(t, prefix ? prefix : "");
    call(t, p, TARGET_END_NS, &value, 1);
}
static void start_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_internal_subset) {
    XmlParser *p = data;
    Thread *t;
    (void)has_internal_subset;
    if (!begin(&t, p)) return;
    if (wants(p, TARGET_DOCTYPE)) {
        V values[] = {text_of(t, name), public ? text_of(t, public) : V_NONE, system ? text_of(t, system) : V_NONE};
        call(t, p, TARGET_DOCTYPE, values, 3);
        return;
    }
    int has = p->head.type == &xml_parser_type ? 0 : obj_hasattr(t, v_from(p), NAME(doctype));
    if (has > 0) warn(t, &exc_RuntimeWarning, 1, "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
}

void expat_wants_namespaces(XmlParser *p) { XML_SetNamespaceDeclHandler(p->xml, start_namespace, end_namespace); }
void expat_set_handlers(XmlParser *p) {
    XML_Parser x = p->xml;
    XML_SetUserData(x, p);
    XML_SetElementHandler(x, start_element, end_element);
    XML_SetCharacterDataHandler(x, character_data);
    XML_SetDefaultHandlerExpand(x, default_text);
    XML_SetStartDoctypeDeclHandler(x, start_doctype);
    XML_SetUnknownEncodingHandler(x, expat_unknown_encoding, NULL);
    if (p->direct || wants(p, TARGET_COMMENT)) XML_SetCommentHandler(x, comment);
    if (p->direct || wants(p, TARGET_PI)) XML_SetProcessingInstructionHandler(x, instruction);
    if (wants(p, TARGET_START_NS) || wants(p, TARGET_END_NS)) expat_wants_namespaces(p);
}
#endif
