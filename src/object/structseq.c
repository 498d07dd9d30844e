// SPDX-License-Identifier: MIT
// Structure sequences: tuples with named fields (time.struct_time, os.stat_result, sys.version_info, …).
//
// Each is a static-like type made at run time.  The first n_in_sequence fields are the tuple's items; the others stand
// behind them in the same array, where only their names reach them.  A field named STRUCTSEQ_UNNAMED is an item without a
// name; the name at its place in the repr is then that of the following named field, as in os.stat_result.
#include "runtime/runtime.h"
#include "object/misc.h"
#include <stdlib.h>

typedef struct StructSeqType {
    Type type;
    const StructSeqField *fields;
    size_t n_fields, n_in_sequence, n_unnamed;
    Member members[]; // the named ones, in order
} StructSeqType;

static const StructSeqType *layout_of(const Type *type) { return (const StructSeqType *)(const void *)type; }
static bool is_unnamed(const StructSeqField *field) { return strcmp(field->name, STRUCTSEQ_UNNAMED) == 0; }

static V alloc(Thread *t, Type *type) {
    const StructSeqType *layout = layout_of(type);
    Tuple *tuple = (Tuple *)obj_alloc(t, type, sizeof(Tuple) + layout->n_fields * sizeof(Slot), OBJ_GC);
    if (!tuple) return err_no_memory(t);
    tuple->len = layout->n_in_sequence;
    return v_from(tuple);
}

V structseq_new_steal(Thread *t, Type *type, V *values) {
    size_t n = layout_of(type)->n_fields;
    bool failed = false;
    for (size_t i = 0; i < n; i++) failed |= v_is_error(values[i]);
    V self = failed ? V_ERROR : alloc(t, type);
    for (size_t i = 0; i < n; i++) {
        if (v_is_error(self)) v_drop(t, values[i]);
        else tuple_init_steal(t, self, i, values[i] == V_NULL ? V_NONE : values[i]);
    }
    return self;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Tuple *tuple = (Tuple *)o;
    for (size_t i = 0; i < layout_of(o->type)->n_fields; i++) VISIT(tuple->items[i]);
}

// ---- from Python -------------------------------------------------------------------------------------------------------
static V wrong_length(Thread *t, Type *type, size_t given) {
    size_t min = layout_of(type)->n_in_sequence, max = layout_of(type)->n_fields;
    if (min == max) return err_set(t, &exc_TypeError, "%s() takes a %zu-sequence (%zu-sequence given)", type->name, min, given);
    return err_set(t, &exc_TypeError, "%s() takes an at %s %zu-sequence (%zu-sequence given)", type->name,
                   given < min ? "least" : "most", given < min ? min : max, given);
}

static V type_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2];
    if (args_bind(t, "structseq", "sequence, dict=None", args, nargs, kwnames, given) < 0) return V_ERROR;
    V dict = given[1];
    if (dict != V_NULL && !v_is_dict(dict))
        return err_set(t, &exc_TypeError, "%s() takes a dict as second arg, if any", type->name);
    if (!v_type(given[0])->iter && !obj_is_sequence(given[0])) return err_set(t, &exc_TypeError, "constructor requires a sequence");
    V items = obj_to_tuple(t, given[0]);
    if (v_is_error(items)) return V_ERROR;
    const StructSeqType *layout = layout_of(type);
    size_t n = tuple_len(items);
    V self = n < layout->n_in_sequence || n > layout->n_fields ? wrong_length(t, type, n) : alloc(t, type);
    for (size_t i = 0; i < layout->n_fields && !v_is_error(self); i++) {
        V value = i < n ? tuple_get(items, i) : dict == V_NULL ? V_NULL : dict_get_c(t, dict, layout->fields[i].name);
        if (v_is_error(value)) {
            v_drop(t, self);
            self = V_ERROR;
        } else {
            tuple_init_steal(t, self, i, value == V_NULL ? V_NONE : value);
        }
    }
    v_drop(t, items);
    return self;
}

static V repr(Thread *t, V self) {
    const StructSeqType *layout = layout_of(v_type(self));
    StrBuilder b;
    sb_init(&b, t);
    sb_cstr(&b, layout->type.name);
    sb_char(&b, '(');
    for (size_t i = 0; i < layout->n_in_sequence; i++) {
        V item = obj_repr(t, tuple_borrow(self, i));
        if (v_is_error(item)) {
            sb_abandon(&b);
            return V_ERROR;
        }
        if (i) sb_ascii(&b, ", ", 2);
        sb_cstr(&b, layout->members[i].name);
        sb_char(&b, '=');
        sb_str(&b, item);
        v_drop(t, item);
    }
    sb_char(&b, ')');
    return sb_finish(&b);
}

// (type, (items, {hidden fields}))
static NATIVE(reduce) {
    UNUSED_NATIVE();
    const StructSeqType *layout = layout_of(v_type(self));
    V items = tuple_new(t, layout->n_in_sequence), dict = v_is_error(items) ? V_ERROR : dict_new(t);
    if (v_is_error(dict)) {
        v_drop(t, items);
        return V_ERROR;
    }
    for (size_t i = 0; i < layout->n_in_sequence; i++) tuple_init_steal(t, items, i, tuple_get(self, i));
    for (size_t i = layout->n_in_sequence; i < layout->n_fields; i++) {
        if (!is_unnamed(&layout->fields[i]) && dict_set_c(t, dict, layout->fields[i].name, tuple_borrow(self, i)) < 0) {
            v_drop(t, items);
            v_drop(t, dict);
            return V_ERROR;
        }
    }
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack_steal(t, 2, items, dict));
}

static const Method methods[] = {
    {"__reduce__", reduce, "", LOCK_NONE, 0, NULL},
    METHOD_END,
};

// ---- making a type -----------------------------------------------------------------------------------------------------
static void add_members(StructSeqType *s) {
    Member *m = s->members;
    for (size_t i = 0; i < s->n_fields; i++) {
        if (is_unnamed(&s->fields[i])) continue;
        *m++ = (Member){s->fields[i].name, MEMBER_SLOT_OR_NONE, offsetof(Tuple, items) + i * sizeof(Slot), true, s->fields[i].doc};
    }
}

static int add_constants(Thread *t, StructSeqType *s) {
    V dict = slot_peek(&s->type.dict);
    if (dict_set_c(t, dict, "n_sequence_fields", v_from_int((int64_t)s->n_in_sequence)) < 0 ||
        dict_set_c(t, dict, "n_fields", v_from_int((int64_t)s->n_fields)) < 0 ||
        dict_set_c(t, dict, "n_unnamed_fields", v_from_int((int64_t)s->n_unnamed)) < 0)
        return -1;
    V names = list_new(t, 0);
    for (size_t i = 0; i < s->n_in_sequence && !v_is_error(names); i++) {
        if (is_unnamed(&s->fields[i])) continue;
        if (list_append(t, names, str_static(s->fields[i].name)) < 0) {
            v_drop(t, names);
            names = V_ERROR;
        }
    }
    if (v_is_error(names)) return -1;
    V match_args = list_to_tuple(t, names);
    v_drop(t, names);
    return dict_set_c_steal(t, dict, "__match_args__", match_args);
}

static Type *make_type(Thread *t, const char *name, const char *doc, const StructSeqField *fields, size_t n_in_sequence, bool sealed) {
    size_t n = 0, unnamed = 0;
    for (; fields[n].name; n++) unnamed += is_unnamed(&fields[n]);
    // Types need the alignment of objects, and live for ever.
    StructSeqType *s = aligned_alloc(16, (sizeof *s + (n + 1) * sizeof(Member) + 15) & ~(size_t)15);
    if (!s) {
        err_no_memory(t);
        return NULL;
    }
    memset(s, 0, sizeof *s + (n + 1) * sizeof(Member));
    s->type = (Type){
        TYPE_HEAD(name), .doc = doc, .flags = sealed ? TYPE_GC | TYPE_NO_NEW : TYPE_GC, .base = &tuple_type, .size = sizeof(Tuple), .item_size = sizeof(Slot),
        .traverse = traverse, .new_ = sealed ? NULL : type_new, .repr = repr, .methods = methods, .members = s->members,
    };
    s->fields = fields;
    s->n_fields = n;
    s->n_in_sequence = n_in_sequence;
    s->n_unnamed = unnamed;
    add_members(s);
    return type_ready(t, &s->type) < 0 || add_constants(t, s) < 0 ? NULL : &s->type;
}

Type *structseq_new_type(Thread *t, const char *name, const char *doc, const StructSeqField *fields, size_t n_in_sequence) {
    return make_type(t, name, doc, fields, n_in_sequence, false);
}

Type *structseq_new_sealed_type(Thread *t, const char *name, const char *doc, const StructSeqField *fields, size_t n_in_sequence) {
    return make_type(t, name, doc, fields, n_in_sequence, true);
}
