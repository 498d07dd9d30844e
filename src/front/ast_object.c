// SPDX-License-Identifier: MIT
//
// ast_object.c: trees to Python objects and back, both driven by the description of nodes.
//
// A tree that comes from Python may be anything: fields are looked up one by one, checked for their kind, and the
// result goes through ast_validate before anybody compiles it.
#include "front/ast_types.h"
#include "object/misc.h"
#include "runtime/runtime.h"

#include <stdio.h>

static int ensure_types(Thread *t) {
    if (ast_types_exist()) return 0;
    V module = import_module_c(t, "_ast");
    if (v_is_error(module)) return -1;
    v_drop(t, module);
    return 0;
}

int ast_object_check(Thread *t, V v) { return ast_types_exist() && type_check(t, v, &ast_AST_type); }

// ---- to objects -----------------------------------------------------------------------------------------------------
static V node_to_object(AstDepth *d, const Node *node);

static V word_or_none(V v) { return v == V_NULL ? V_NONE : v_dup(v); }

static V nodes_to_list(AstDepth *d, NodeSeq seq) {
    V list = list_with_capacity(d->t, (size_t)seq.n);
    for (int i = 0; i < seq.n && !v_is_error(list); i++) {
        V item = node_to_object(d, seq.items[i]);
        if (v_is_error(item) || list_append_steal(d->t, list, item) < 0) {
            v_drop(d->t, list);
            return V_ERROR;
        }
    }
    return list;
}

static V kinds_to_list(Thread *t, KindSeq seq) {
    V list = list_with_capacity(t, (size_t)seq.n);
    for (int i = 0; i < seq.n && !v_is_error(list); i++) {
        if (list_append(t, list, ast_enumerator_borrow(seq.items[i])) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static V field_to_object(AstDepth *d, const Node *node, const AstField *field) {
    const void *value = ast_field(node, field);
    switch ((AstFieldKind)field->kind) {
    case FIELD_ID:
    case FIELD_OPT_ID:
    case FIELD_STR:
    case FIELD_OPT_STR:
    case FIELD_CONST: return word_or_none(*(const V *)value);
    case FIELD_INT:
    case FIELD_OPT_INT: return v_from_int(*(const int *)value);
    case FIELD_ENUM: return v_dup(ast_enumerator_borrow(*(const AstKind *)value));
    case FIELD_ENUMS: return kinds_to_list(d->t, *(const KindSeq *)value);
    case FIELD_SUB:
    case FIELD_OPT: return node_to_object(d, *(Node *const *)value);
    case FIELD_SEQ:
    case FIELD_LATER: return nodes_to_list(d, *(const NodeSeq *)value);
    case FIELD_IDS: return list_from(d->t, ((const IdSeq *)value)->items, (size_t)((const IdSeq *)value)->n);
    }
    HD_UNREACHABLE();
}

static int set_steal(Thread *t, V object, V name, V value) {
    if (v_is_error(value)) return -1;
    int r = obj_generic_setattr(t, object, name, value);
    v_drop(t, value);
    return r;
}

static int fill_object(AstDepth *d, V object, const Node *node) {
    AstKind kind = (AstKind)node->kind;
    const AstInfo *info = ast_info(kind);
    const int positions[] = {node->lineno, node->col_offset, node->end_lineno, node->end_col_offset};
    for (int i = 0; i < info->n_fields; i++) {
        const AstField *field = &info->fields[i];
        if (field->kind == FIELD_LATER && ((NodeSeq *)ast_field(node, field))->n == 0) continue;
        if (set_steal(d->t, object, ast_field_name(kind, i), field_to_object(d, node, field)) < 0) return -1;
    }
    for (int i = 0; ast_base_info(info->base)->positions && i < 4; i++)
        if (set_steal(d->t, object, ast_position_name(i), v_from_int(positions[i])) < 0) return -1;
    return 0;
}

static V node_to_object(AstDepth *d, const Node *node) {
    if (!node) return V_NONE;
    if (ast_depth_enter(d, " during ast construction") < 0) return V_ERROR;
    if (ast_info((AstKind)node->kind)->later && ast_later_ready(d->t) < 0) return V_ERROR;
    V object = type_alloc(d->t, v_as_type(ast_class_borrow((AstKind)node->kind)), 0);
    if (!v_is_error(object) && fill_object(d, object, node) < 0) {
        v_drop(d->t, object);
        object = V_ERROR;
    }
    d->depth--;
    return object;
}

V ast_to_object(Thread *t, Ast *ast) {
    AstDepth depth = ast_depth(t, 3);
    return ensure_types(t) < 0 ? V_ERROR : node_to_object(&depth, ast->root);
}

// ---- from objects: values ---------------------------------------------------------------------------------------------
typedef struct Reader {
    AstDepth depth;
    Thread *t;
    Ast *ast;
} Reader;

static int node_from_object(Reader *r, V object, AstBase base, Node **out);

static int no_memory(Reader *r) {
    err_no_memory(r->t);
    return -1;
}

// Keeps v (borrowed); *out is V_NULL for None when that means absence.
static int keep(Reader *r, V v, V *out) {
    *out = ast_keep(r->t, r->ast, v_dup(v));
    return *out == V_NULL ? no_memory(r) : 0;
}

static int read_identifier(Reader *r, V v, V *out) {
    *out = V_NULL;
    if (v == V_NONE) return 0;
    if (!v_is_exact(v, &str_type)) {
        err_set(r->t, &exc_TypeError, "AST identifier must be of type str");
        return -1;
    }
    V interned = str_intern_steal(r->t, v_dup(v));
    if (v_is_error(interned)) return -1;
    *out = ast_keep(r->t, r->ast, interned);
    return *out == V_NULL ? no_memory(r) : 0;
}

static int read_string(Reader *r, V v, V *out) {
    *out = V_NULL;
    if (v == V_NONE) return 0;
    if (v_is_exact(v, &str_type) || v_is_exact(v, &bytes_type)) return keep(r, v, out);
    err_set(r->t, &exc_TypeError, "AST string must be of type str");
    return -1;
}

static int read_int(Reader *r, V v, int *out) {
    if (!v_is_any_int(v)) {
        err_set(r->t, &exc_ValueError, "invalid integer value: %R", v);
        return -1;
    }
    return num_as_int(r->t, v, out);
}

static int read_enumerator(Reader *r, V v, AstBase base, AstKind *out) {
    *out = AST_NONE;
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++) {
        if (ast_info(kind)->base != base) continue;
        int is = obj_isinstance(r->t, v, ast_class_borrow(kind));
        if (is < 0) return -1;
        if (!is) continue;
        *out = kind;
        return 0;
    }
    err_set(r->t, &exc_TypeError, "expected some sort of %s, but got %R", ast_base_info(base)->name, v);
    return -1;
}

// ---- from objects: lists ----------------------------------------------------------------------------------------------
typedef int (*ItemReader)(Reader *r, V item, const AstField *field, void *array, int i);

static int read_node_item(Reader *r, V item, const AstField *field, void *array, int i) {
    return node_from_object(r, item, field->base, &((Node **)array)[i]);
}
static int read_id_item(Reader *r, V item, const AstField *field, void *array, int i) {
    (void)field;
    return read_identifier(r, item, &((V *)array)[i]);
}
static int read_kind_item(Reader *r, V item, const AstField *field, void *array, int i) {
    return read_enumerator(r, item, field->base, &((AstKind *)array)[i]);
}

static int read_list(Reader *r, V list, const AstInfo *info, const AstField *field, size_t size, ItemReader read, int *n,
                     void **items) {
    *n = 0;
    *items = NULL;
    if (!v_is_list(list)) {
        err_set(r->t, &exc_TypeError, "%s field \"%s\" must be a list, not a %.200T", info->name, field->name, list);
        return -1;
    }
    size_t len = list_len(list);
    if (len == 0) return 0;
    void *array = len > INT32_MAX ? NULL : arena_calloc(&r->ast->arena, len, size);
    if (!array) return no_memory(r);
    for (size_t i = 0; i < len; i++) {
        V item = list_get(r->t, list, i);
        int failed = item == V_NULL || v_is_error(item) ? 1 : read(r, item, field, array, (int)i) < 0;
        if (item != V_NULL && !v_is_error(item)) v_drop(r->t, item);
        if (!failed && list_len(list) == len) continue;
        if (!err_pending(r->t))
            err_set(r->t, &exc_RuntimeError, "%s field \"%s\" changed size during iteration", info->name, field->name);
        return -1;
    }
    *n = (int)len;
    *items = array;
    return 0;
}

// ---- from objects: fields ---------------------------------------------------------------------------------------------
static bool may_be_missing(AstFieldKind kind) {
    return kind == FIELD_OPT_ID || kind == FIELD_OPT_STR || kind == FIELD_OPT_INT || kind == FIELD_OPT || kind == FIELD_LATER;
}

static int read_value(Reader *r, V v, const AstInfo *info, const AstField *field, void *out) {
    NodeSeq *nodes = out;
    IdSeq *ids = out;
    KindSeq *kinds = out;
    switch ((AstFieldKind)field->kind) {
    case FIELD_ID:
    case FIELD_OPT_ID: return read_identifier(r, v, out);
    case FIELD_STR:
    case FIELD_OPT_STR: return read_string(r, v, out);
    case FIELD_CONST: return keep(r, v, out);
    case FIELD_INT: return read_int(r, v, out);
    case FIELD_OPT_INT: return v == V_NONE ? 0 : read_int(r, v, out);
    case FIELD_ENUM: return read_enumerator(r, v, field->base, out);
    case FIELD_SUB: return node_from_object(r, v, field->base, out);
    case FIELD_OPT: return v == V_NONE ? 0 : node_from_object(r, v, field->base, out);
    case FIELD_SEQ:
    case FIELD_LATER:
        return read_list(r, v, info, field, sizeof(Node *), read_node_item, &nodes->n, (void **)&nodes->items);
    case FIELD_IDS: return read_list(r, v, info, field, sizeof(V), read_id_item, &ids->n, (void **)&ids->items);
    case FIELD_ENUMS:
        return read_list(r, v, info, field, sizeof(AstKind), read_kind_item, &kinds->n, (void **)&kinds->items);
    }
    HD_UNREACHABLE();
}

static int enter(Reader *r, const char *name) {
    char where[64];
    snprintf(where, sizeof where, " while traversing '%s' node", name);
    return ast_depth_enter(&r->depth, where);
}

static int read_field(Reader *r, V object, Node *node, int i) {
    const AstInfo *info = ast_info((AstKind)node->kind);
    const AstField *field = &info->fields[i];
    V v = obj_lookup_attr(r->t, object, ast_field_name((AstKind)node->kind, i));
    if (v_is_error(v)) return -1;
    if (v == V_NULL) {
        if (may_be_missing((AstFieldKind)field->kind)) return 0;
        err_set(r->t, &exc_TypeError, "required field \"%s\" missing from %s", field->name, info->name);
        return -1;
    }
    int result = enter(r, info->name);
    if (result == 0) {
        result = read_value(r, v, info, field, ast_field(node, field));
        r->depth.depth--;
    }
    v_drop(r->t, v);
    return result;
}

// A required field that was given as None.
static int check_present(Reader *r, const Node *node) {
    const AstInfo *info = ast_info((AstKind)node->kind);
    for (int i = 0; i < info->n_fields; i++) {
        const AstField *field = &info->fields[i];
        const void *value = ast_field(node, field);
        bool absent = false;
        if (field->kind == FIELD_ID || field->kind == FIELD_STR) absent = *(const V *)value == V_NULL;
        else if (field->kind == FIELD_SUB) absent = *(Node *const *)value == NULL;
        if (!absent) continue;
        err_set(r->t, &exc_ValueError, "field '%s' is required for %s", field->name, info->name);
        return -1;
    }
    return 0;
}

static int read_positions(Reader *r, V object, AstBase base, AstPos *pos) {
    int *words[] = {&pos->lineno, &pos->col_offset, &pos->end_lineno, &pos->end_col_offset};
    for (int i = 0; i < 4; i++) {
        V v = obj_lookup_attr(r->t, object, ast_position_name(i));
        if (v_is_error(v)) return -1;
        if (v == V_NULL || (v == V_NONE && i >= 2)) {
            if (i < 2) {
                err_set(r->t, &exc_TypeError, "required field \"%V\" missing from %s", ast_position_name(i),
                        ast_base_info(base)->name);
                return -1;
            }
            *words[i] = *words[i - 2];
            continue;
        }
        int result = enter(r, ast_base_info(base)->name);
        if (result == 0) {
            result = read_int(r, v, words[i]);
            r->depth.depth--;
        }
        v_drop(r->t, v);
        if (result < 0) return -1;
    }
    return 0;
}

static size_t fields_size(const AstInfo *info) {
    static const uint8_t sizes[] = {
        [FIELD_ID] = 8, [FIELD_OPT_ID] = 8, [FIELD_STR] = 8, [FIELD_OPT_STR] = 8, [FIELD_CONST] = 8, [FIELD_INT] = 4,
        [FIELD_OPT_INT] = 4, [FIELD_ENUM] = 4, [FIELD_ENUMS] = 16, [FIELD_SUB] = 8, [FIELD_OPT] = 8, [FIELD_SEQ] = 16,
        [FIELD_IDS] = 16, [FIELD_LATER] = 16};
    if (info->n_fields == 0) return 0;
    const AstField *last = &info->fields[info->n_fields - 1];
    return (size_t)last->offset + sizes[last->kind];
}

static int read_node(Reader *r, V object, AstKind kind, AstPos pos, Node **out) {
    const AstInfo *info = ast_info(kind);
    static const char zeros[sizeof(NodeFunctionDef) + 64];
    Node *node = ast_make(r->ast, kind, pos, zeros, fields_size(info));
    if (!node) return no_memory(r);
    for (int i = 0; i < info->n_fields; i++)
        if (read_field(r, object, node, i) < 0) return -1;
    *out = node;
    return check_present(r, node);
}

// Which node of that base the object is: AST_NONE after an error.
static AstKind kind_of_object(Reader *r, V object, AstBase base) {
    for (AstKind kind = AST_NONE + 1; kind < AST_KINDS; kind++) {
        const AstInfo *info = ast_info(kind);
        if (info->base != base) continue;
        if (strcmp(info->name, ast_base_info(base)->name) == 0) return kind;
        int is = obj_isinstance(r->t, object, ast_class_borrow(kind));
        if (is < 0) return AST_NONE;
        if (is) return kind;
    }
    err_set(r->t, &exc_TypeError, "expected some sort of %s, but got %R", ast_base_info(base)->name, object);
    return AST_NONE;
}

static int node_from_object(Reader *r, V object, AstBase base, Node **out) {
    *out = NULL;
    bool product = base == AST_BASE_comprehension || base == AST_BASE_arguments || base == AST_BASE_arg ||
                   base == AST_BASE_keyword || base == AST_BASE_alias || base == AST_BASE_withitem ||
                   base == AST_BASE_match_case;
    if (object == V_NONE && !product) return 0;
    AstPos pos = {0};
    AstKind kind;
    // CPython reads the positions before it looks which node it is; only products tell by their fields.
    if (product) {
        kind = kind_of_object(r, object, base);
        if (kind == AST_NONE || read_node(r, object, kind, pos, out) < 0) return -1;
        return ast_base_info(base)->positions ? read_positions(r, object, base, &(*out)->pos) : 0;
    }
    if (ast_base_info(base)->positions && read_positions(r, object, base, &pos) < 0) return -1;
    kind = kind_of_object(r, object, base);
    return kind == AST_NONE ? -1 : read_node(r, object, kind, pos, out);
}

static AstKind expected_root(int mode) {
    switch (mode) {
    case FRONT_EVAL: return AST_Expression;
    case FRONT_SINGLE: return AST_Interactive;
    case FRONT_FUNC_TYPE: return AST_FunctionType;
    default: return AST_Module;
    }
}

Ast *ast_from_object(Thread *t, V tree, int mode) {
    AstKind expected = expected_root(mode);
    if (ensure_types(t) < 0) return NULL;
    int is = obj_isinstance(t, tree, ast_class_borrow(expected));
    if (is < 0) return NULL;
    if (!is) {
        err_set(t, &exc_TypeError, "expected %s node, got %.400T", ast_info(expected)->name, tree);
        return NULL;
    }
    Ast *ast = ast_new(t);
    if (!ast) return NULL;
    Reader reader = {ast_depth(t, 1), t, ast};
    if (node_from_object(&reader, tree, AST_BASE_mod, &ast->root) == 0 && ast_validate(t, ast) == 0) return ast;
    ast_free(t, ast);
    return NULL;
}
