// SPDX-License-Identifier: MIT
// _string: str.format's parser, for string.Formatter.
#include "object/misc.h"
#include "object/str_markup.h"
#include "object/plain.h"

typedef struct Iter { // over the fields of a text, or the steps of a field name
    Obj head;
    Slot text;
    size_t at, end;
} Iter;

static void iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Iter *)o)->text); }
static V text_part(Thread *t, V text, size_t start, size_t end) { return str_substring(t, text, start, end); }

static V field_next(Thread *t, V self) {
    Iter *it = (Iter *)v_obj(self);
    V text = slot_peek(&it->text);
    CRITICAL(t, &it->head);
    Markup m = {text, it->at, it->end};
    Field f;
    int more = markup_next(t, &m, &f);
    it->at = m.at;
    if (more <= 0) return more < 0 ? V_ERROR : V_END;
    V literal = text_part(t, text, f.literal_start, f.literal_end);
    if (!f.has_field) return tuple_pack_steal(t, 4, literal, V_NONE, V_NONE, V_NONE);
    return tuple_pack_steal(t, 4, literal, text_part(t, text, f.name_start, f.name_end), text_part(t, text, f.spec_start, f.spec_end),
                            f.conversion ? str_from_char(t, f.conversion) : V_NONE);
}

static V step_next(Thread *t, V self) {
    Iter *it = (Iter *)v_obj(self);
    V text = slot_peek(&it->text);
    CRITICAL(t, &it->head);
    FieldName name = {.at = it->at, .end = it->end};
    FieldStep step;
    int more = markup_step(t, text, &name, &step);
    it->at = name.at;
    if (more <= 0) return more < 0 ? V_ERROR : V_END;
    return tuple_pack_steal(t, 2, v_from_bool(step.is_attribute),
                            step.index >= 0 ? int_from_i64(t, step.index) : text_part(t, text, step.start, step.end));
}

static Type field_iter_type = {
    TYPE_HEAD("formatteriterator"), .base = &object_type, .size = sizeof(Iter), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = iter_traverse, .iter = iter_self, .next = field_next,
};
static Type step_iter_type = {
    TYPE_HEAD("fieldnameiterator"), .base = &object_type, .size = sizeof(Iter), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = iter_traverse, .iter = iter_self, .next = step_next,
};

static V iter_new(Thread *t, Type *type, V text, size_t at) {
    V v = type_alloc(t, type, 0);
    if (v_is_error(v)) return v;
    Iter *it = (Iter *)v_obj(v);
    slot_init(t, &it->head, &it->text, text);
    it->at = at;
    it->end = str_len(text);
    return v;
}

static NATIVE(formatter_parser) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "expected str, got %T", args[0]);
    return iter_new(t, &field_iter_type, args[0], 0);
}

static NATIVE(formatter_field_name_split) {
    UNUSED_NATIVE();
    V text = args[0];
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "expected str, got %T", text);
    FieldName name = {.at = 0, .end = str_len(text)};
    if (markup_first(t, NULL, text, &name) < 0) return V_ERROR;
    V first = name.index >= 0 ? int_from_i64(t, name.index) : text_part(t, text, name.first_start, name.first_end);
    return tuple_pack_steal(t, 2, first, iter_new(t, &step_iter_type, text, name.at));
}

static const Method methods[] = {
    {"formatter_parser", formatter_parser, "object, /", 0, M_OLD_ARITY, "An iterator over (literal, field name, specification, conversion)."},
    {"formatter_field_name_split", formatter_field_name_split, "object, /", 0, M_OLD_ARITY,
     "The first part of a field name, and an iterator over (is attribute, name or key) for the rest."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    (void)module;
    return type_ready(t, &field_iter_type) < 0 || type_ready(t, &step_iter_type) < 0 ? -1 : 0;
}

const ModuleDef mod__string = {"_string", "The parser of format texts.", methods, exec, 0};
