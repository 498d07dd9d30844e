// SPDX-License-Identifier: MIT
// _elementtree: find and its relatives.  A plain tag is looked for here; paths are xml.etree.ElementPath's.
#include "elementtree_private.h"

// A tag and not a path: none of the characters that mean something in one, but for the part in braces, which must not stand
// for any namespace or for none.
static bool is_plain_text(size_t n, int kind, const void *text) {
    bool braces = false;
    if (n >= 2 && str_read(kind, text, 0) == '{' && str_read(kind, text, 1) == '}') return false;
    if (n >= 3 && str_read(kind, text, 0) == '{' && str_read(kind, text, 1) == '*' && str_read(kind, text, 2) == '}') return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_read(kind, text, i);
        if (c == '{' || c == '}') braces = c == '{';
        else if (!braces && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.')) return false;
    }
    return true;
}
static bool is_plain_tag(V path, V namespaces) {
    if (namespaces != V_NULL && namespaces != V_NONE) return false;
    if (v_is_str(path)) return is_plain_text(str_len(path), str_kind(path), str_data(path));
    return v_is_bytes(path) && is_plain_text(bytes_len(path), 1, bytes_data(path));
}

// The next child with this tag, from *i on, which is moved behind it; V_NULL: no more.
static V next_tagged(Thread *t, V self, V tag, size_t *i) {
    for (;;) {
        V child = element_child(t, self, (*i)++);
        if (child == V_NULL) return V_NULL;
        int r = element_expect(t, child);
        if (r == 0) {
            V its = slot_get(v_obj(child), &element_of(child)->tag);
            r = obj_compare_bool(t, its, tag, CMP_EQ);
            v_drop(t, its);
            if (r > 0) return child;
        }
        v_drop(t, child);
        if (r < 0) return V_ERROR;
    }
}

static V call_path(Thread *t, const char *name, const V *args, size_t n) {
    V function = import_attr_c(t, "xml.etree.ElementPath", name);
    V result = v_is_error(function) ? V_ERROR : obj_call(t, function, args, n, V_NULL);
    v_drop(t, function);
    return result;
}
static V or_none(V v) { return v == V_NULL ? V_NONE : v; }

NATIVE(element_m_find) { // path, namespaces=None
    UNUSED_NATIVE();
    size_t i = 0;
    if (is_plain_tag(args[0], args[1])) return or_none(next_tagged(t, self, args[0], &i));
    V given[] = {self, args[0], or_none(args[1])};
    return call_path(t, "find", given, 3);
}
NATIVE(element_m_findtext) { // path, default=None, namespaces=None
    UNUSED_NATIVE();
    size_t i = 0;
    V fallback = or_none(args[1]);
    if (!is_plain_tag(args[0], args[2])) {
        V given[] = {self, args[0], fallback, or_none(args[2])};
        return call_path(t, "findtext", given, 4);
    }
    V child = next_tagged(t, self, args[0], &i);
    if (v_is_error(child)) return V_ERROR;
    if (child == V_NULL) return v_dup(fallback);
    V text = slot_get(v_obj(child), &element_of(child)->text);
    v_drop(t, child);
    return text == V_NONE ? str_empty() : text;
}
NATIVE(element_m_findall) { // path, namespaces=None
    UNUSED_NATIVE();
    if (!is_plain_tag(args[0], args[1])) {
        V given[] = {self, args[0], or_none(args[1])};
        return call_path(t, "findall", given, 3);
    }
    V list = list_new(t, 0);
    for (size_t i = 0; !v_is_error(list);) {
        V child = next_tagged(t, self, args[0], &i);
        if (child == V_NULL) break;
        if (!v_is_error(child) && list_append_steal(t, list, child) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    return list;
}
NATIVE(element_m_iterfind) { // path, namespaces=None
    UNUSED_NATIVE();
    V given[] = {self, args[0], or_none(args[1])};
    return call_path(t, "iterfind", given, 3);
}
