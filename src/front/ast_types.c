// SPDX-License-Identifier: MIT
//
// ast_types.c: the classes of the `ast` module, made from ast.def: one a node, one a base, one an enumerator.
//
// They are made when `_ast` is imported or a tree is first shown to Python, and live for ever in registered roots.
#include "front/ast_types.h"
#include "base/strbuf.h"
#include "object/misc.h"
#include "object/plain.h"
#include "runtime/runtime.h"

static bool ready; // atomic: set (release) when all of the following are filled
static Slot classes[AST_KINDS], base_classes[AST_BASES], enumerators[AST_KINDS];
static V field_names[AST_KINDS][AST_MAX_FIELDS], position_names[4];
static const char *const positions[4] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};

bool ast_types_exist(void) { return at_load_acquire(&ready); }
V ast_class_borrow(AstKind kind) { return slot_peek(&classes[kind]); }
V ast_base_class_borrow(AstBase base) { return slot_peek(&base_classes[base]); }
V ast_enumerator_borrow(AstKind kind) { return slot_peek(&enumerators[kind]); }
V ast_field_name(AstKind kind, int field) { return field_names[kind][field]; }
V ast_position_name(int i) { return position_names[i]; }

// ---- ast.AST --------------------------------------------------------------------------------------------------------
static V ast_alloc_later(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    return ast_later_ready(t) < 0 ? V_ERROR : type_new_bare(t, type, args, nargs, kwnames);
}

// The class's `_fields` as a tuple.
static V fields_of(Thread *t, V self) {
    V fields = obj_lookup_attr(t, v_from_type(v_type(self)), NAME(_fields));
    if (fields == V_NULL) return tuple_empty();
    if (v_is_error(fields) || v_is_tuple(fields)) return fields;
    V tuple = obj_to_tuple(t, fields);
    v_drop(t, fields);
    return tuple;
}

static int set_positional(Thread *t, V self, V fields, const V *args, size_t nargs) {
    size_t n = tuple_len(fields);
    if (nargs > n) {
        err_set(t, &exc_TypeError, "%.400s constructor takes at most %zu positional argument%s",
                type_short_name(v_type(self)), n, n == 1 ? "" : "s");
        return -1;
    }
    for (size_t i = 0; i < nargs; i++)
        if (obj_setattr(t, self, tuple_borrow(fields, i), args[i]) < 0) return -1;
    return 0;
}

// True (1) when the keyword names a field that was given by position.
static int given_already(Thread *t, V fields, size_t nargs, V name) {
    for (size_t i = 0; i < nargs; i++) {
        int same = obj_compare_bool(t, tuple_borrow(fields, i), name, CMP_EQ);
        if (same) return same;
    }
    return 0;
}

static int set_keywords(Thread *t, V self, V fields, const V *args, size_t nargs, V kwnames) {
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        V name = tuple_borrow(kwnames, i);
        int twice = given_already(t, fields, nargs, name);
        if (twice > 0) err_set(t, &exc_TypeError, "%.400s got multiple values for argument %R", type_short_name(v_type(self)), name);
        if (twice || obj_setattr(t, self, name, args[nargs + i]) < 0) return -1;
    }
    return 0;
}

static int ast_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V fields = fields_of(t, self);
    if (v_is_error(fields)) return -1;
    int r = set_positional(t, self, fields, args, nargs);
    if (r == 0) r = set_keywords(t, self, fields, args, nargs, kwnames);
    v_drop(t, fields);
    return r;
}

static NATIVE(ast_reduce) {
    UNUSED_NATIVE();
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) return V_ERROR;
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_empty(), dict);
}

static V ast_get_dict(Thread *t, V self, void *closure) {
    (void)closure;
    return obj_get_dict(t, self);
}

static const Method ast_methods[] = {{"__reduce__", ast_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};
static const GetSet ast_getsets[] = {{"__dict__", ast_get_dict, NULL, NULL, NULL}, {0}};

Type ast_AST_type = {
    TYPE_HEAD("ast.AST"), .size = sizeof(Obj), .attrs_offset = 1, .flags = TYPE_BASETYPE | TYPE_GC, .new_ = type_new_bare,
    .init = ast_init, .getattr = obj_generic_getattr, .setattr = obj_generic_setattr, .methods = ast_methods,
    .getsets = ast_getsets,
};

// ---- docstrings -----------------------------------------------------------------------------------------------------
static const char *field_type(const AstField *field) {
    switch (field->kind) {
    case FIELD_ID:
    case FIELD_OPT_ID:
    case FIELD_IDS: return "identifier";
    case FIELD_STR:
    case FIELD_OPT_STR: return "string";
    case FIELD_CONST: return "constant";
    case FIELD_INT:
    case FIELD_OPT_INT: return "int";
    default: return ast_base_info(field->base)->name;
    }
}

static const char *field_suffix(const AstField *field) {
    switch (field->kind) {
    case FIELD_OPT_ID:
    case FIELD_OPT_STR:
    case FIELD_OPT_INT:
    case FIELD_OPT: return "?";
    case FIELD_SEQ:
    case FIELD_IDS:
    case FIELD_ENUMS: return "*";
    default: return "";
    }
}

// "Call(expr func, expr* args, keyword* keywords)"
static void describe(StrBuf *out, const AstInfo *info) {
    strbuf_puts(out, info->name);
    for (int i = 0; i < info->n_fields && info->fields[i].kind != FIELD_LATER; i++)
        strbuf_printf(out, "%s%s%s %s", i ? ", " : "(", field_type(&info->fields[i]), field_suffix(&info->fields[i]),
                      info->fields[i].name);
    if (info->n_fields) strbuf_putc(out, ')');
}

// "boolop = And | Or", nodes one a line.
static void describe_base(StrBuf *out, AstBase base) {
    const AstBaseInfo *info = ast_base_info(base);
    int n = 0;
    strbuf_printf(out, "%s = ", info->name);
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++) {
        const AstInfo *node = ast_info(kind);
        if (node->base != base || node->later) continue;
        if (n++) {
            if (info->is_enum) strbuf_putc(out, ' ');
            else strbuf_printf(out, "\n%*s", (int)strlen(info->name) + 1, "");
            strbuf_puts(out, "| ");
        }
        describe(out, node);
    }
}

// ---- `_fields` of nodes that later Pythons gave more -----------------------------------------------------------------
// The classes and all nodes of 3.11 source have 3.11's.  A node that does have type parameters has them in its `_fields`, so
// that ast.dump(), ast.walk() and visitors meet them: hence a descriptor in the classes.
typedef struct LaterFields { Obj head; Slot usual, all, name; } LaterFields; // two tuples, the name that makes the difference
static LaterFields *later_fields(V v) { return (LaterFields *)v_obj(v); }

static V later_fields_get(Thread *t, V self, V instance, V owner) {
    (void)owner;
    LaterFields *f = later_fields(self);
    V value = instance == V_NULL || instance == V_NONE ? V_NULL : obj_lookup_attr(t, instance, slot_peek(&f->name));
    int present = v_is_error(value) ? -1 : value == V_NULL ? 0 : obj_is_true(t, value);
    v_drop(t, value);
    return present < 0 ? V_ERROR : slot_get(v_obj(self), present ? &f->all : &f->usual);
}
static void later_fields_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    LaterFields *f = (LaterFields *)o;
    VISIT(f->usual);
    VISIT(f->all);
    VISIT(f->name);
}
static Type later_fields_type = {
    TYPE_HEAD("ast.later_fields"), .base = &object_type, .size = sizeof(LaterFields), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = later_fields_traverse, .descr_get = later_fields_get,
};

// names: the n usual ones, then one more.
static V later_fields_new(Thread *t, const V *names, int n) {
    V usual = tuple_from(t, names, (size_t)n), all = tuple_from(t, names, (size_t)n + 1);
    V fields = v_is_error(usual) || v_is_error(all) ? V_ERROR : type_alloc(t, &later_fields_type, 0);
    if (!v_is_error(fields)) {
        LaterFields *f = later_fields(fields);
        slot_init(t, &f->head, &f->usual, usual);
        slot_init(t, &f->head, &f->all, all);
        slot_init(t, &f->head, &f->name, names[n]);
    }
    v_drop(t, usual);
    v_drop(t, all);
    return fields;
}

// ---- making classes -------------------------------------------------------------------------------------------------
static bool is_optional(const AstField *field) { return *field_suffix(field) == '?'; }

static V names_tuple(Thread *t, const V *names, int n) { return tuple_from(t, names, (size_t)n); }

static int set_tuples(Thread *t, V dict, const V *names, int n) {
    V fields = names_tuple(t, names, n);
    if (v_is_error(fields)) return -1;
    int r = dict_set_c(t, dict, "_fields", fields);
    if (r == 0) r = dict_set_c(t, dict, "__match_args__", fields);
    v_drop(t, fields);
    return r;
}

static int set_doc(Thread *t, V dict, StrBuf *doc) {
    return dict_set_c_steal(t, dict, "__doc__", str_from_utf8(t, strbuf_cstr(doc), doc->len));
}

static int set_attributes(Thread *t, V dict, bool has_positions) {
    if (dict_set_c_steal(t, dict, "_attributes", names_tuple(t, position_names, has_positions ? 4 : 0)) < 0) return -1;
    for (int i = 2; has_positions && i < 4; i++)
        if (dict_set(t, dict, position_names[i], V_NONE) < 0) return -1;
    return 0;
}

// class name(base): consumes dict.
static int make_class(Thread *t, Slot *slot, const char *name, V base, V dict) {
    V class = V_ERROR, text = str_from_cstr(t, name), bases = tuple_pack(t, 1, base);
    if (!v_is_error(text) && !v_is_error(bases) &&
        dict_set_c_steal(t, dict, "__module__", str_from_cstr(t, "ast")) == 0)
        class = type_new_heap(t, &type_type, text, bases, dict, V_NULL, NULL);
    if (!v_is_error(text)) v_drop(t, text);
    if (!v_is_error(bases)) v_drop(t, bases);
    v_drop(t, dict);
    if (v_is_error(class)) return -1;
    root_register(slot);
    root_set(t, slot, class);
    v_drop(t, class);
    return 0;
}

static bool is_product(AstBase base) {
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++)
        if (ast_info(kind)->base == base) return strcmp(ast_info(kind)->name, ast_base_info(base)->name) == 0;
    return false;
}

static int make_base(Thread *t, AstBase base) {
    const AstBaseInfo *info = ast_base_info(base);
    StrBuf doc = STRBUF_INIT;
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    describe_base(&doc, base);
    int r = set_tuples(t, dict, NULL, 0);
    if (r == 0) r = set_doc(t, dict, &doc);
    if (r == 0) r = set_attributes(t, dict, info->positions);
    strbuf_free(&doc);
    if (r == 0) return make_class(t, &base_classes[base], info->name, v_from_type(&ast_AST_type), dict);
    v_drop(t, dict);
    return -1;
}

static int fill_node_dict(Thread *t, V dict, AstKind kind, bool product) {
    const AstInfo *info = ast_info(kind);
    StrBuf doc = STRBUF_INIT;
    int n = 0;
    for (int i = 0; i < info->n_fields; i++) {
        field_names[kind][i] = str_static(info->fields[i].name);
        n += info->fields[i].kind != FIELD_LATER;
    }
    describe(&doc, info);
    int r = set_tuples(t, dict, field_names[kind], n);
    if (r == 0 && n < info->n_fields) r = dict_set_c_steal(t, dict, "_fields", later_fields_new(t, field_names[kind], n));
    if (r == 0) r = set_doc(t, dict, &doc);
    strbuf_free(&doc);
    for (int i = 0; r == 0 && i < n; i++)
        if (is_optional(&info->fields[i])) r = dict_set(t, dict, field_names[kind][i], V_NONE);
    if (r == 0 && product) r = set_attributes(t, dict, ast_base_info(info->base)->positions);
    return r;
}

static int make_node(Thread *t, AstKind kind) {
    const AstInfo *info = ast_info(kind);
    bool product = is_product(info->base);
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    if (fill_node_dict(t, dict, kind, product) < 0) {
        v_drop(t, dict);
        return -1;
    }
    V base = product ? v_from_type(&ast_AST_type) : slot_peek(&base_classes[info->base]);
    if (make_class(t, &classes[kind], info->name, base, dict) < 0) return -1;
    if (info->later) v_as_type(slot_peek(&classes[kind]))->new_ = ast_alloc_later;
    if (product) {
        root_register(&base_classes[info->base]);
        root_set(t, &base_classes[info->base], slot_peek(&classes[kind]));
    }
    if (info->is_node) return 0;
    V instance = type_alloc(t, v_as_type(slot_peek(&classes[kind])), 0);
    if (v_is_error(instance)) return -1;
    root_register(&enumerators[kind]);
    root_set(t, &enumerators[kind], instance);
    v_drop(t, instance);
    return 0;
}

static int make_root_class(Thread *t) {
    for (int i = 0; i < 4; i++) position_names[i] = str_static(positions[i]);
    if (type_ready(t, &ast_AST_type) < 0 || type_ready(t, &later_fields_type) < 0) return -1;
    V dict = slot_peek(&ast_AST_type.dict);
    if (set_tuples(t, dict, NULL, 0) < 0) return -1;
    return dict_set_c_steal(t, dict, "_attributes", names_tuple(t, NULL, 0));
}

int ast_types_ready(Thread *t) {
    if (ast_types_exist()) return 0;
    if (make_root_class(t) < 0) return -1;
    for (AstBase base = 0; base < AST_BASES; base++)
        if (!is_product(base) && make_base(t, base) < 0) return -1;
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++)
        if (make_node(t, kind) < 0) return -1;
    at_store_release(&ready, true);
    return 0;
}

int ast_types_add_to(Thread *t, V module) {
    if (module_add(t, module, "AST", v_from_type(&ast_AST_type)) < 0) return -1;
    for (AstBase base = 0; base < AST_BASES; base++)
        if (module_add(t, module, ast_base_info(base)->name, ast_base_class_borrow(base)) < 0) return -1;
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++)
        if (module_add(t, module, ast_info(kind)->name, ast_class_borrow(kind)) < 0) return -1;
    return 0;
}
