// SPDX-License-Identifier: MIT
// str.format, str.format_map, and the parser behind string.Formatter (module _string).
//
// markup_next splits a format text into literal runs and fields; field names are split into a first part and a chain of
// .attribute and [index].  Nested fields in a specification are expanded by formatting it as a text of its own, two deep.
#include "object/str_markup.h"
#include "str_private.h"

// ---- splitting a text into literals and fields -----------------------------------------------------------------------------
// Reads the field that starts behind its '{', up to its '}'.
static int read_field(Thread *t, Markup *m, Field *f) {
    size_t n = m->end, start = m->at;
    uint32_t c = 0;
    int depth = 1;
    f->has_field = true;
    f->conversion = 0;
    // The name ends at ':' '!' or '}' outside of brackets.
    for (; m->at < n; m->at++) {
        c = str_at(m->text, m->at);
        if (c == '{') {
            err_set(t, &exc_ValueError, "unexpected '{' in field name");
            return -1;
        }
        if (c == '[') {
            while (m->at < n && str_at(m->text, m->at) != ']') m->at++;
            if (m->at == n) break;
            continue;
        }
        if (c == '}' || c == ':' || c == '!') break;
    }
    f->name_start = start;
    f->name_end = m->at;
    if (m->at >= n || (c != '!' && c != ':' && c != '}')) {
        err_set(t, &exc_ValueError, "expected '}' before end of string");
        return -1;
    }
    m->at++;
    if (c == '!') {
        if (m->at >= n) {
            err_set(t, &exc_ValueError, "end of string while looking for conversion specifier");
            return -1;
        }
        f->conversion = str_at(m->text, m->at++);
        if (m->at < n) {
            c = str_at(m->text, m->at++);
            if (c == '}') return f->spec_start = f->spec_end = m->at - 1, 0;
            if (c != ':') {
                err_set(t, &exc_ValueError, "expected ':' after conversion specifier");
                return -1;
            }
        } else {
            err_set(t, &exc_ValueError, "unmatched '{' in format spec");
            return -1;
        }
    } else if (c == '}') {
        f->spec_start = f->spec_end = m->at - 1;
        return 0;
    }
    f->spec_start = m->at;
    for (; m->at < n; m->at++) {
        c = str_at(m->text, m->at);
        if (c == '{') depth++, f->nested = true;
        else if (c == '}' && --depth == 0) break;
    }
    if (m->at >= n) {
        err_set(t, &exc_ValueError, "unmatched '{' in format spec");
        return -1;
    }
    f->spec_end = m->at++;
    return 0;
}

int markup_next(Thread *t, Markup *m, Field *f) {
    *f = (Field){.literal_start = m->at};
    if (m->at >= m->end) return 0;
    uint32_t c = 0;
    for (; m->at < m->end; m->at++) {
        c = str_at(m->text, m->at);
        if (c == '{' || c == '}') break;
    }
    f->literal_end = m->at;
    if (m->at == m->end) return 1;
    m->at++;
    bool at_end = m->at >= m->end;
    if (at_end || c == '}' || str_at(m->text, m->at) == c) {
        if (!at_end && str_at(m->text, m->at) == c) { // {{ or }}: the brace belongs to the literal
            f->literal_end = m->at;
            m->at++;
            return 1;
        }
        err_set(t, &exc_ValueError, c == '{' ? "Single '{' encountered in format string" : "Single '}' encountered in format string");
        return -1;
    }
    return read_field(t, m, f) < 0 ? -1 : 1;
}

// ---- field names --------------------------------------------------------------------------------------------------------------
// The number that all of text[start:end] is, -1 when it is none, -2 with an exception
ptrdiff_t markup_number(Thread *t, V text, size_t start, size_t end) {
    ptrdiff_t n = 0;
    if (start >= end) return -1;
    for (; start < end; start++) {
        int digit = uc_decimal_value(str_at(text, start));
        if (digit < 0) return -1;
        if (n > (PTRDIFF_MAX - digit) / 10) {
            err_set(t, &exc_ValueError, "Too many decimal digits in format string");
            return -2;
        }
        n = n * 10 + digit;
    }
    return n;
}

int markup_first(Thread *t, AutoNumber *numbering, V text, FieldName *name) {
    size_t i = name->at;
    while (i < name->end && str_at(text, i) != '.' && str_at(text, i) != '[') i++;
    name->first_start = name->at;
    name->first_end = i;
    name->at = i;
    name->index = markup_number(t, text, name->first_start, i);
    if (name->index == -2) return -1;
    bool empty = name->first_start == i, numeric = empty || name->index >= 0;
    if (!numbering || !numeric) return 0;
    int style = empty ? NUMBER_AUTO : NUMBER_MANUAL;
    if (numbering->style == NUMBER_UNKNOWN) numbering->style = style;
    if (numbering->style != style) {
        err_set(t, &exc_ValueError, style == NUMBER_AUTO ? "cannot switch from manual field specification to automatic field numbering"
                                                         : "cannot switch from automatic field numbering to manual field specification");
        return -1;
    }
    if (empty) name->index = numbering->next++;
    return 0;
}

int markup_step(Thread *t, V text, FieldName *name, FieldStep *step) {
    if (name->at >= name->end) return 0;
    uint32_t c = str_at(text, name->at++);
    step->index = -1;
    if (c == '.') {
        step->is_attribute = true;
        step->start = name->at;
        while (name->at < name->end && str_at(text, name->at) != '.' && str_at(text, name->at) != '[') name->at++;
        step->end = name->at;
    } else if (c == '[') {
        step->is_attribute = false;
        step->start = name->at;
        while (name->at < name->end && str_at(text, name->at) != ']') name->at++;
        if (name->at >= name->end) {
            err_set(t, &exc_ValueError, "Missing ']' in format string");
            return -1;
        }
        step->end = name->at++;
        if ((step->index = markup_number(t, text, step->start, step->end)) == -2) return -1;
    } else {
        err_set(t, &exc_ValueError, "Only '.' or '[' may follow ']' in format field specifier");
        return -1;
    }
    if (step->start == step->end) {
        err_set(t, &exc_ValueError, "Empty attribute in format string");
        return -1;
    }
    return 1;
}

// ---- formatting -----------------------------------------------------------------------------------------------------------------
typedef struct Formatter {
    Thread *t;
    const V *args;
    size_t nargs;
    V kwnames, mapping; // keyword arguments behind args, or a mapping
    AutoNumber numbering;
} Formatter;

static V keyword_get(Formatter *f, V key) {
    if (f->mapping != V_NULL) return obj_getitem(f->t, f->mapping, key);
    size_t n = f->kwnames == V_NULL ? 0 : tuple_len(f->kwnames);
    for (size_t i = 0; i < n; i++)
        if (str_equal(tuple_borrow(f->kwnames, i), key)) return v_dup(f->args[f->nargs + i]);
    return err_key(f->t, key);
}

static V first_object(Formatter *f, V text, FieldName *name) {
    Thread *t = f->t;
    if (markup_first(t, &f->numbering, text, name) < 0) return V_ERROR;
    if (name->index < 0) {
        V key = str_substring(t, text, name->first_start, name->first_end);
        if (v_is_error(key)) return key;
        V v = keyword_get(f, key);
        v_drop(t, key);
        return v;
    }
    if (f->mapping != V_NULL) return err_set(t, &exc_ValueError, "Format string contains positional fields");
    if ((size_t)name->index >= f->nargs) {
        return err_set(t, &exc_IndexError, "Replacement index %zd out of range for positional args tuple", name->index);
    }
    return v_dup(f->args[name->index]);
}

static V field_object(Formatter *f, V text, const Field *field) {
    Thread *t = f->t;
    FieldName name = {.at = field->name_start, .end = field->name_end};
    V v = first_object(f, text, &name);
    FieldStep step;
    int more;
    while (!v_is_error(v) && (more = markup_step(t, text, &name, &step)) != 0) {
        V next = V_ERROR;
        if (more > 0) {
            V key = step.index >= 0 ? int_from_i64(t, step.index) : str_substring(t, text, step.start, step.end);
            if (!v_is_error(key)) next = step.is_attribute ? obj_getattr(t, v, key) : obj_getitem(t, v, key);
            v_drop(t, key);
        }
        v_drop(t, v);
        v = next;
    }
    return v;
}

V markup_convert(Thread *t, V v, uint32_t conversion) {
    switch (conversion) {
    case 'r': return obj_repr(t, v);
    case 's': return obj_str(t, v);
    case 'a': return obj_ascii(t, v);
    default:
        if (conversion > 32 && conversion < 127) {
            return err_set(t, &exc_ValueError, "Unknown conversion specifier %c", (int)conversion);
        }
        return err_set(t, &exc_ValueError, "Unknown conversion specifier \\x%x", conversion);
    }
}

static int format_into(Formatter *f, StrBuilder *b, V text, size_t start, size_t end, int depth);

static V expanded_spec(Formatter *f, V text, const Field *field, int depth) {
    if (!field->nested) return str_substring(f->t, text, field->spec_start, field->spec_end);
    StrBuilder b;
    sb_init(&b, f->t);
    if (format_into(f, &b, text, field->spec_start, field->spec_end, depth - 1) < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    return sb_finish(&b);
}

static int put_field(Formatter *f, StrBuilder *b, V text, const Field *field, int depth) {
    Thread *t = f->t;
    V v = field_object(f, text, field), spec = V_ERROR, result = V_ERROR;
    if (!v_is_error(v) && field->conversion) {
        V converted = markup_convert(t, v, field->conversion);
        v_drop(t, v);
        v = converted;
    }
    if (v_is_error(v)) return -1;
    if (!v_is_error(spec = expanded_spec(f, text, field, depth))) result = obj_format(t, v, spec);
    if (!v_is_error(result)) sb_str(b, result);
    v_drop(t, v);
    v_drop(t, spec);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static int format_into(Formatter *f, StrBuilder *b, V text, size_t start, size_t end, int depth) {
    if (depth < 0) {
        err_set(f->t, &exc_ValueError, "Max string recursion exceeded");
        return -1;
    }
    Markup m = {text, start, end};
    Field field;
    int more;
    while ((more = markup_next(f->t, &m, &field)) > 0) {
        sb_substr(b, text, field.literal_start, field.literal_end);
        if (field.has_field && put_field(f, b, text, &field, depth) < 0) return -1;
    }
    return more;
}

static V format_text(Formatter *f, V text) {
    StrBuilder b;
    sb_init(&b, f->t);
    if (format_into(f, &b, text, 0, str_len(text), 1) < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    return sb_finish(&b);
}

NATIVE(str_m_format) {
    Formatter f = {t, args, nargs, kwnames, V_NULL, {0, 0}};
    return format_text(&f, self);
}

NATIVE(str_m_format_map) {
    UNUSED_NATIVE();
    Formatter f = {t, NULL, 0, V_NULL, args[0], {0, 0}};
    return format_text(&f, self);
}
