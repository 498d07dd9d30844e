// SPDX-License-Identifier: MIT
// Constant folding on the tree: what CPython 3.11's AST optimiser folds, within its limits on size, so that results,
// warnings and code agree.  Bottom up; a folded expression becomes a Constant in place.
#include "compile_private.h"
#include "object/bytes.h"
#include "object/misc.h"
#include <stdio.h>

typedef struct Fold {
    Thread *t;
    Ast *ast;
    int optimize;
    bool future_annotations;
} Fold;

enum { MAX_INT_BITS = 128, MAX_COLLECTION = 256, MAX_STR = 4096, MAX_TOTAL_ITEMS = 1024 };

static int fold(Fold *f, Node **node);

static int fold_seq(Fold *f, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        if (seq.items[i]) TRY(fold(f, &seq.items[i]));
    }
    return 0;
}

static int fold_opt(Fold *f, Node **node) { return *node ? fold(f, node) : 0; }

// Puts a constant in the node's place (V_ERROR: the operation failed, which run time will show).
static int become(Fold *f, Node **node, V value) {
    if (v_is_error(value)) {
        if (err_matches(f->t, &exc_KeyboardInterrupt)) return -1;
        err_clear(f->t);
        return 0;
    }
    value = ast_keep(f->t, f->ast, value);
    if (value == V_NULL) return -1;
    Node *constant = AST_NEW(f->ast, (*node)->pos, Constant, value, V_NULL);
    if (!constant) {
        err_no_memory(f->t);
        return -1;
    }
    *node = constant;
    return 0;
}

static bool is_const(const Node *e) { return e && e->kind == AST_Constant; }
static V const_of(const Node *e) { return e->Constant.value; }

// ---- operators ------------------------------------------------------------------------------------------------------
static ptrdiff_t items_inside(V v, ptrdiff_t limit) { // of a nested tuple, counted down from limit
    if (!v_is_exact(v, &tuple_type)) return limit;
    limit -= (ptrdiff_t)tuple_len(v);
    for (size_t i = 0; limit >= 0 && i < tuple_len(v); i++) limit = items_inside(tuple_borrow(v, i), limit);
    return limit;
}

static bool repeat_is_small(V sequence, V count) {
    int64_t n;
    if (!v_is_int(count)) return false;
    n = v_int(count);
    if (n < 0) return true;
    if (v_is_str(sequence)) return !str_len(sequence) || n <= (int64_t)(MAX_STR / str_len(sequence));
    if (v_is_bytes(sequence)) return !bytes_len(sequence) || n <= (int64_t)(MAX_STR / bytes_len(sequence));
    size_t len = tuple_len(sequence);
    if (!len) return true;
    return n <= (int64_t)(MAX_COLLECTION / len) && (n == 0 || items_inside(sequence, MAX_TOTAL_ITEMS / n) >= 0);
}

static bool is_repeatable(V v) { return v_is_exact(v, &str_type) || v_is_exact(v, &bytes_type) || v_is_exact(v, &tuple_type); }

static bool multiply_is_small(V a, V b) {
    bool int_a = v_is_any_int(a), int_b = v_is_any_int(b);
    if (int_a && int_b) return int_bit_length(a) + int_bit_length(b) <= MAX_INT_BITS;
    if (int_a && is_repeatable(b)) return repeat_is_small(b, int_exact(thread_current(), a));
    if (int_b && is_repeatable(a)) return repeat_is_small(a, int_exact(thread_current(), b));
    return true;
}

static bool power_is_small(V a, V b) {
    if (!v_is_any_int(a) || !v_is_any_int(b) || int_sign(b) <= 0) return true;
    size_t bits = int_bit_length(a);
    if (bits <= 1) return true;
    return v_is_int(b) && v_int(b) <= MAX_INT_BITS && bits <= (size_t)(MAX_INT_BITS / v_int(b));
}

static bool shift_is_small(V a, V b) {
    if (!v_is_any_int(a) || !v_is_any_int(b) || int_sign(a) == 0) return true;
    return v_is_int(b) && v_int(b) <= MAX_INT_BITS && int_bit_length(a) <= (size_t)(MAX_INT_BITS - v_int(b));
}

extern int binary_op_arg(AstKind op); // compile_expr.c

static int fold_binary(Fold *f, Node **node, AstKind op, V a, V b) {
    switch (op) {
    case AST_Mult:
        if (!multiply_is_small(a, b)) return 0;
        break;
    case AST_Pow:
        if (!power_is_small(a, b)) return 0;
        break;
    case AST_LShift:
        if (!shift_is_small(a, b)) return 0;
        break;
    case AST_Mod:
        if (v_is_str(a) || v_is_bytes(a)) return 0; // formatting may have effects and be long
        break;
    case AST_MatMult: return 0;
    default: break;
    }
    return become(f, node, num_binary(f->t, binary_op_arg(op), a, b));
}

// ---- '...' % (a, b) with %s %r %a only becomes an f-string ------------------------------------------------------------
typedef struct FormatParse {
    Fold *f;
    V format;
    size_t pos, len;
    Node *parts[2 * MAX_COLLECTION + 2];
    int n_parts;
} FormatParse;

// The literal up to the next real '%'; %% is one.  0: none, 1: added, -1.
static const AstPos nowhere = {-1, -1, -1, -1}; // the constants that a format falls into take the line before them
static int format_literal(FormatParse *p) {
    StrBuilder sb;
    size_t start = p->pos;
    sb_init(&sb, p->f->t);
    while (p->pos < p->len) {
        uint32_t ch = str_at(p->format, p->pos);
        if (ch == '%') {
            if (p->pos + 1 >= p->len || str_at(p->format, p->pos + 1) != '%') break;
            p->pos++;
        }
        sb_char(&sb, ch);
        p->pos++;
    }
    V text = sb_finish(&sb);
    if (v_is_error(text)) return -1;
    if (start == p->pos) {
        v_drop(p->f->t, text);
        return 0;
    }
    text = ast_keep(p->f->t, p->f->ast, text);
    Node *part = text == V_NULL ? NULL : AST_NEW(p->f->ast, nowhere, Constant, text, V_NULL);
    if (!part) return -1;
    p->parts[p->n_parts++] = part;
    return 1;
}

typedef struct FormatSpec { int conversion; bool left; int width, precision; } FormatSpec;

static bool read_number(FormatParse *p, int *out) {
    *out = -1;
    for (int digits = 0; p->pos < p->len; digits++, p->pos++) {
        uint32_t ch = str_at(p->format, p->pos);
        if (ch < '0' || ch > '9') return true;
        if (digits >= 2) return false;
        *out = (*out < 0 ? 0 : *out) * 10 + (int)(ch - '0');
    }
    return true;
}

static bool read_spec(FormatParse *p, FormatSpec *spec) { // behind the '%'; false: something that stays a % operation
    *spec = (FormatSpec){.width = -1, .precision = -1};
    p->pos++;
    while (p->pos < p->len && str_at(p->format, p->pos) == '-') {
        spec->left = true;
        p->pos++;
    }
    if (!read_number(p, &spec->width)) return false;
    if (p->pos < p->len && str_at(p->format, p->pos) == '.') {
        p->pos++;
        if (!read_number(p, &spec->precision)) return false;
        if (spec->precision < 0) spec->precision = 0;
    }
    if (p->pos >= p->len) return false;
    uint32_t ch = str_at(p->format, p->pos++);
    spec->conversion = (int)ch;
    return ch == 's' || ch == 'r' || ch == 'a';
}

static Node *format_spec_node(FormatParse *p, const FormatSpec *spec, AstPos pos) {
    char text[32];
    int n = 0;
    if (!spec->left && spec->width > 0) text[n++] = '>';
    if (spec->width > 0) n += snprintf(text + n, sizeof text - (size_t)n, "%d", spec->width);
    if (spec->precision >= 0) n += snprintf(text + n, sizeof text - (size_t)n, ".%d", spec->precision);
    V v = str_from_utf8(p->f->t, text, (size_t)n);
    if (v_is_error(v)) return NULL;
    v = ast_keep(p->f->t, p->f->ast, v);
    Node *constant = v == V_NULL ? NULL : AST_NEW(p->f->ast, nowhere, Constant, v, V_NULL);
    NodeSeq one = ast_seq(p->f->ast, 1);
    if (!constant || !one.items) return NULL;
    one.items[0] = constant;
    return AST_NEW(p->f->ast, pos, JoinedStr, one);
}

static int format_item(FormatParse *p, Node *arg) { // 1 added, 0 not possible, -1
    FormatSpec spec;
    if (!read_spec(p, &spec)) return 0;
    Node *spec_node = NULL;
    if (spec.width > 0 || spec.precision >= 0) {
        spec_node = format_spec_node(p, &spec, arg->pos);
        if (!spec_node) return -1;
    }
    Node *part = AST_NEW(p->f->ast, arg->pos, FormattedValue, arg, spec.conversion, spec_node);
    if (!part) return -1;
    p->parts[p->n_parts++] = part;
    return 1;
}

static int fold_format(Fold *f, Node **node, V format, NodeSeq elts) {
    if (elts.n > MAX_COLLECTION) return 0;
    for (int i = 0; i < elts.n; i++) {
        if (elts.items[i]->kind == AST_Starred) return 0;
    }
    FormatParse p = {.f = f, .format = format, .len = str_len(format)};
    int used = 0;
    for (;;) {
        if (format_literal(&p) < 0) return -1;
        if (p.pos >= p.len) break;
        if (used == elts.n) return 0;
        int r = format_item(&p, elts.items[used++]);
        if (r <= 0) return r;
    }
    if (used < elts.n) return 0;
    NodeSeq parts = ast_seq(f->ast, p.n_parts);
    if (p.n_parts && !parts.items) return -1;
    for (int i = 0; i < p.n_parts; i++) parts.items[i] = p.parts[i];
    Node *joined = AST_NEW(f->ast, (*node)->pos, JoinedStr, parts);
    if (!joined) return -1;
    *node = joined;
    return 0;
}

static int fold_bin_op(Fold *f, Node **node) {
    NodeBinOp *b = &(*node)->BinOp;
    TRY(fold(f, &b->left));
    TRY(fold(f, &b->right));
    if (b->op == AST_Mod && b->right->kind == AST_Tuple && is_const(b->left) && v_is_exact(const_of(b->left), &str_type)) {
        return fold_format(f, node, const_of(b->left), b->right->Tuple.elts);
    }
    if (!is_const(b->left) || !is_const(b->right)) return 0;
    return fold_binary(f, node, b->op, const_of(b->left), const_of(b->right));
}

static int fold_unary_op(Fold *f, Node **node) {
    NodeUnaryOp *u = &(*node)->UnaryOp;
    TRY(fold(f, &u->operand));
    if (is_const(u->operand)) {
        V v = const_of(u->operand);
        switch (u->op) {
        case AST_Not: return become(f, node, v_from_bool(obj_is_true(f->t, v) == 0));
        case AST_Invert: return become(f, node, num_invert(f->t, v));
        case AST_UAdd: return become(f, node, num_positive(f->t, v));
        default: return become(f, node, num_negative(f->t, v));
        }
    }
    // not a is b  ->  a is not b, and the like; not for chains
    if (u->op != AST_Not || u->operand->kind != AST_Compare || u->operand->Compare.ops.n != 1) return 0;
    AstKind *op = &u->operand->Compare.ops.items[0];
    AstKind inverse = *op == AST_Is ? AST_IsNot : *op == AST_IsNot ? AST_Is : *op == AST_In ? AST_NotIn : *op == AST_NotIn ? AST_In : 0;
    if (!inverse) return 0;
    *op = inverse;
    *node = u->operand;
    return 0;
}

// ---- collections --------------------------------------------------------------------------------------------------------
static V const_tuple(Fold *f, NodeSeq elts) { // V_NULL: not all constant
    for (int i = 0; i < elts.n; i++) {
        if (!is_const(elts.items[i])) return V_NULL;
    }
    V tuple = tuple_new(f->t, (size_t)elts.n);
    if (v_is_error(tuple)) return V_ERROR;
    for (int i = 0; i < elts.n; i++) tuple_init(f->t, tuple, (size_t)i, const_of(elts.items[i]));
    return tuple;
}

static int fold_tuple_node(Fold *f, Node **node) {
    TRY(fold_seq(f, (*node)->Tuple.elts));
    if ((*node)->Tuple.ctx != AST_Load) return 0;
    V tuple = const_tuple(f, (*node)->Tuple.elts);
    return tuple == V_NULL ? 0 : become(f, node, tuple);
}

// What is only iterated or searched: [1, 2] as (1, 2), {1, 2} as a frozenset.
static int fold_iterable(Fold *f, Node **node) {
    Node *e = *node;
    if (e->kind == AST_List) {
        for (int i = 0; i < e->List.elts.n; i++) {
            if (e->List.elts.items[i]->kind == AST_Starred) return 0;
        }
        V tuple = const_tuple(f, e->List.elts);
        if (tuple != V_NULL) return become(f, node, tuple);
        Node *as_tuple = AST_NEW(f->ast, e->pos, Tuple, e->List.elts, e->List.ctx);
        if (!as_tuple) return -1;
        *node = as_tuple;
        return 0;
    }
    if (e->kind != AST_Set) return 0;
    V tuple = const_tuple(f, e->Set.elts);
    if (tuple == V_NULL) return 0;
    V set = v_is_error(tuple) ? V_ERROR : frozenset_new(f->t, tuple);
    v_drop(f->t, tuple);
    return become(f, node, set);
}

static int fold_compare(Fold *f, Node **node) {
    NodeCompare *k = &(*node)->Compare;
    TRY(fold(f, &k->left));
    TRY(fold_seq(f, k->comparators));
    AstKind last = k->ops.items[k->ops.n - 1];
    if (last != AST_In && last != AST_NotIn) return 0;
    return fold_iterable(f, &k->comparators.items[k->comparators.n - 1]);
}

static int fold_subscript(Fold *f, Node **node) {
    NodeSubscript *s = &(*node)->Subscript;
    TRY(fold(f, &s->value));
    TRY(fold(f, &s->slice));
    if (s->ctx != AST_Load || !is_const(s->value) || !is_const(s->slice)) return 0;
    return become(f, node, obj_getitem(f->t, const_of(s->value), const_of(s->slice)));
}

// ---- statements and the rest ------------------------------------------------------------------------------------------------
static int fold_annotation(Fold *f, Node **node) { return f->future_annotations ? 0 : fold_opt(f, node); }

// A folded expression must not become a docstring.
static int fold_body(Fold *f, NodeSeq body) {
    bool had = docstring_of(body) != V_NULL;
    TRY(fold_seq(f, body));
    if (had || docstring_of(body) == V_NULL) return 0;
    Node *s = body.items[0];
    NodeSeq one = ast_seq(f->ast, 1);
    if (!one.items) return -1;
    one.items[0] = s->Expr.value;
    Node *joined = AST_NEW(f->ast, s->pos, JoinedStr, one);
    if (!joined) return -1;
    s->Expr.value = joined;
    return 0;
}

static int fold_children(Fold *f, Node *node) { // every field that holds nodes, through the description
    const AstInfo *info = ast_info(node->kind);
    for (int i = 0; i < info->n_fields; i++) {
        const AstField *field = &info->fields[i];
        void *p = ast_field(node, field);
        switch (field->kind) {
        case FIELD_SUB:
        case FIELD_OPT: TRY(fold_opt(f, p)); break;
        case FIELD_SEQ:
        case FIELD_LATER: TRY(fold_seq(f, *(NodeSeq *)p)); break;
        default: break;
        }
    }
    return 0;
}

static int fold_name(Fold *f, Node **node) {
    if ((*node)->Name.ctx != AST_Load || !str_equal_ascii((*node)->Name.id, "__debug__")) return 0;
    return become(f, node, v_from_bool(f->optimize == 0));
}

static int fold_function(Fold *f, Node *node) {
    NodeFunctionDef *d = &node->FunctionDef;
    TRY(fold(f, &d->args));
    TRY(fold_body(f, d->body));
    TRY(fold_seq(f, d->decorator_list));
    TRY(fold_seq(f, d->type_params));
    return fold_annotation(f, &d->returns);
}

static int fold_by_kind(Fold *f, Node **node) {
    Node *n = *node;
    switch (n->kind) {
    case AST_Module: return fold_body(f, n->Module.body);
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return fold_function(f, n);
    case AST_ClassDef:
        TRY(fold_seq(f, n->ClassDef.bases));
        TRY(fold_seq(f, n->ClassDef.keywords));
        TRY(fold_body(f, n->ClassDef.body));
        TRY(fold_seq(f, n->ClassDef.type_params));
        return fold_seq(f, n->ClassDef.decorator_list);
    case AST_For:
        TRY(fold_children(f, n));
        return fold_iterable(f, &n->For.iter);
    case AST_comprehension:
        TRY(fold_children(f, n));
        return fold_iterable(f, &n->comprehension.iter);
    case AST_AnnAssign:
        TRY(fold(f, &n->AnnAssign.target));
        TRY(fold_annotation(f, &n->AnnAssign.annotation));
        return fold_opt(f, &n->AnnAssign.value);
    case AST_arg: return fold_annotation(f, &n->arg.annotation);
    case AST_BinOp: return fold_bin_op(f, node);
    case AST_UnaryOp: return fold_unary_op(f, node);
    case AST_Compare: return fold_compare(f, node);
    case AST_Subscript: return fold_subscript(f, node);
    case AST_Tuple: return fold_tuple_node(f, node);
    case AST_Name: return fold_name(f, node);
    case AST_Constant: return 0;
    default: return fold_children(f, n);
    }
}

static int fold(Fold *f, Node **node) {
    if (recursion_enter(f->t, " during compilation") < 0) return -1;
    int r = fold_by_kind(f, node);
    recursion_leave(f->t);
    return r;
}

int fold_tree(Thread *t, Ast *ast, int optimize, bool future_annotations_on) {
    Fold f = {t, ast, optimize, future_annotations_on};
    if (fold(&f, &ast->root) < 0) {
        if (!err_pending(t)) err_no_memory(t);
        return -1;
    }
    return 0;
}
