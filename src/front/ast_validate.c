// SPDX-License-Identifier: MIT
//
// ast_validate.c: is a tree made by hand one that the parser could have made?
//
// The compiler trusts trees. What ast.def cannot say (contexts, lists that must not be empty or must be equally long,
// what may stand in a pattern) is checked here, with the messages that programs know.
#include "front/ast_types.h"

typedef struct Check {
    AstDepth depth;
    Thread *t;
} Check;

static int expr(Check *c, const Node *node, AstKind ctx);
static int stmt(Check *c, const Node *node);
static int pattern(Check *c, const Node *node, bool star_ok);

#define FAIL(c, ...) (err_set((c)->t, &exc_ValueError, __VA_ARGS__), -1)
#define MUST(check)                                                                                                    \
    do {                                                                                                               \
        if ((check) < 0) return -1;                                                                                    \
    } while (0)

// ---- parts ----------------------------------------------------------------------------------------------------------
static int positions(Check *c, const Node *n) {
    if (n->lineno > n->end_lineno) return FAIL(c, "AST node line range (%d, %d) is not valid", n->lineno, n->end_lineno);
    if ((n->lineno < 0 && n->end_lineno != n->lineno) || (n->col_offset < 0 && n->col_offset != n->end_col_offset))
        return FAIL(c, "AST node column range (%d, %d) for line range (%d, %d) is not valid", n->col_offset,
                    n->end_col_offset, n->lineno, n->end_lineno);
    if (n->lineno == n->end_lineno && n->col_offset > n->end_col_offset)
        return FAIL(c, "line %d, column %d-%d is not a valid range", n->lineno, n->col_offset, n->end_col_offset);
    return 0;
}

static int name_allowed(Check *c, V name) {
    static const char *const forbidden[] = {"None", "True", "False"};
    for (size_t i = 0; i < countof(forbidden); i++)
        if (name != V_NULL && str_equal_ascii(name, forbidden[i]))
            return FAIL(c, "identifier field can't represent '%s' constant", forbidden[i]);
    return 0;
}

static int not_empty(Check *c, int n, const char *what, const char *owner) {
    return n ? 0 : FAIL(c, "empty %s on %s", what, owner);
}

static int exprs(Check *c, NodeSeq seq, AstKind ctx, bool null_ok) {
    for (int i = 0; i < seq.n; i++) {
        if (seq.items[i]) MUST(expr(c, seq.items[i], ctx));
        else if (!null_ok) return FAIL(c, "None disallowed in expression list");
    }
    return 0;
}

static int expr_or_null(Check *c, const Node *node, AstKind ctx) { return node ? expr(c, node, ctx) : 0; }

static int stmts(Check *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        if (!seq.items[i]) return FAIL(c, "None disallowed in statement list");
        MUST(stmt(c, seq.items[i]));
    }
    return 0;
}

static int body(Check *c, NodeSeq seq, const char *owner) {
    MUST(not_empty(c, seq.n, "body", owner));
    return stmts(c, seq);
}

static int assigned(Check *c, NodeSeq targets, AstKind ctx) {
    MUST(not_empty(c, targets.n, "targets", ctx == AST_Del ? "Delete" : "Assign"));
    return exprs(c, targets, ctx, false);
}

static int keywords(Check *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) MUST(expr(c, seq.items[i]->keyword.value, AST_Load));
    return 0;
}

static int args(Check *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        MUST(positions(c, seq.items[i]));
        MUST(expr_or_null(c, seq.items[i]->arg.annotation, AST_Load));
    }
    return 0;
}

static int arguments(Check *c, const Node *node) {
    const Nodearguments *a = &node->arguments;
    MUST(args(c, a->posonlyargs));
    MUST(args(c, a->args));
    if (a->vararg) MUST(expr_or_null(c, a->vararg->arg.annotation, AST_Load));
    MUST(args(c, a->kwonlyargs));
    if (a->kwarg) MUST(expr_or_null(c, a->kwarg->arg.annotation, AST_Load));
    if (a->defaults.n > a->posonlyargs.n + a->args.n) return FAIL(c, "more positional defaults than args on arguments");
    if (a->kw_defaults.n != a->kwonlyargs.n)
        return FAIL(c, "length of kwonlyargs is not the same as kw_defaults on arguments");
    MUST(exprs(c, a->defaults, AST_Load, false));
    return exprs(c, a->kw_defaults, AST_Load, true);
}

static int comprehensions(Check *c, NodeSeq seq) {
    if (!seq.n) return FAIL(c, "comprehension with no generators");
    for (int i = 0; i < seq.n; i++) {
        const Nodecomprehension *clause = &seq.items[i]->comprehension;
        MUST(expr(c, clause->target, AST_Store));
        MUST(expr(c, clause->iter, AST_Load));
        MUST(exprs(c, clause->ifs, AST_Load, false));
    }
    return 0;
}

static int constant_items(Check *c, V value);

static int constant(Check *c, V v) {
    if (v == V_NONE || v == V_ELLIPSIS || v_is_bool(v) || v_is_int(v) || v_is_float(v)) return 0;
    const Type *type = v_type(v);
    if (type == &int_type || type == &float_type || type == &complex_type || type == &str_type || type == &bytes_type) return 0;
    if (type == &tuple_type || type == &frozenset_type) {
        MUST(ast_depth_enter(&c->depth, " during compilation"));
        int result = constant_items(c, v);
        c->depth.depth--;
        return result;
    }
    err_set(c->t, &exc_TypeError, "got an invalid type in Constant: %T", v);
    return -1;
}

static int constant_items(Check *c, V value) {
    V iterator = obj_iter(c->t, value), item;
    if (v_is_error(iterator)) return -1;
    int result = 0;
    while (result == 0 && (item = obj_next(c->t, iterator)) != V_END) {
        result = v_is_error(item) ? -1 : constant(c, item);
        if (!v_is_error(item)) v_drop(c->t, item);
    }
    v_drop(c->t, iterator);
    return result;
}

// ---- expressions ----------------------------------------------------------------------------------------------------
// The context a node carries, AST_NONE for nodes without one.
static AstKind context_of(const Node *node) {
    switch (node->kind) {
    case AST_Attribute: return node->Attribute.ctx;
    case AST_Subscript: return node->Subscript.ctx;
    case AST_Starred: return node->Starred.ctx;
    case AST_Name: return node->Name.ctx;
    case AST_List: return node->List.ctx;
    case AST_Tuple: return node->Tuple.ctx;
    default: return AST_NONE;
    }
}

static int context(Check *c, const Node *node, AstKind ctx) {
    AstKind actual = context_of(node);
    if (actual == AST_NONE) {
        if (ctx == AST_Load) return 0;
        return FAIL(c, "expression which can't be assigned to in %s context", ast_info(ctx)->name);
    }
    if (actual == ctx) return 0;
    return FAIL(c, "expression must have %s context but has %s instead", ast_info(ctx)->name, ast_info(actual)->name);
}

static int compare(Check *c, const NodeCompare *n) {
    if (!n->comparators.n) return FAIL(c, "Compare with no comparators");
    if (n->comparators.n != n->ops.n) return FAIL(c, "Compare has a different number of comparators and operands");
    MUST(exprs(c, n->comparators, AST_Load, false));
    return expr(c, n->left, AST_Load);
}

static int dict(Check *c, const NodeDict *n) {
    if (n->keys.n != n->values.n) return FAIL(c, "Dict doesn't have the same number of keys as values");
    MUST(exprs(c, n->keys, AST_Load, true));
    return exprs(c, n->values, AST_Load, false);
}

static int dict_comprehension(Check *c, const NodeDictComp *n) {
    MUST(comprehensions(c, n->generators));
    MUST(expr(c, n->key, AST_Load));
    return expr(c, n->value, AST_Load);
}

static int element_comprehension(Check *c, NodeSeq generators, const Node *elt) {
    MUST(comprehensions(c, generators));
    return expr(c, elt, AST_Load);
}

static int call(Check *c, const NodeCall *n) {
    MUST(expr(c, n->func, AST_Load));
    MUST(exprs(c, n->args, AST_Load, false));
    return keywords(c, n->keywords);
}

static int pair(Check *c, const Node *a, const Node *b) {
    MUST(expr(c, a, AST_Load));
    return expr(c, b, AST_Load);
}

static int expr_fields(Check *c, const Node *n, AstKind ctx) {
    switch (n->kind) {
    case AST_BoolOp:
        if (n->BoolOp.values.n < 2) return FAIL(c, "BoolOp with less than 2 values");
        return exprs(c, n->BoolOp.values, AST_Load, false);
    case AST_BinOp: return pair(c, n->BinOp.left, n->BinOp.right);
    case AST_UnaryOp: return expr(c, n->UnaryOp.operand, AST_Load);
    case AST_Lambda:
        MUST(arguments(c, n->Lambda.args));
        return expr(c, n->Lambda.body, AST_Load);
    case AST_IfExp:
        MUST(pair(c, n->IfExp.test, n->IfExp.body));
        return expr(c, n->IfExp.orelse, AST_Load);
    case AST_Dict: return dict(c, &n->Dict);
    case AST_Set: return exprs(c, n->Set.elts, AST_Load, false);
    case AST_ListComp: return element_comprehension(c, n->ListComp.generators, n->ListComp.elt);
    case AST_SetComp: return element_comprehension(c, n->SetComp.generators, n->SetComp.elt);
    case AST_GeneratorExp: return element_comprehension(c, n->GeneratorExp.generators, n->GeneratorExp.elt);
    case AST_DictComp: return dict_comprehension(c, &n->DictComp);
    case AST_Yield: return expr_or_null(c, n->Yield.value, AST_Load);
    case AST_YieldFrom: return expr(c, n->YieldFrom.value, AST_Load);
    case AST_Await: return expr(c, n->Await.value, AST_Load);
    case AST_Compare: return compare(c, &n->Compare);
    case AST_Call: return call(c, &n->Call);
    case AST_Constant: return constant(c, n->Constant.value);
    case AST_JoinedStr: return exprs(c, n->JoinedStr.values, AST_Load, false);
    case AST_FormattedValue:
        MUST(expr(c, n->FormattedValue.value, AST_Load));
        return expr_or_null(c, n->FormattedValue.format_spec, AST_Load);
    case AST_Attribute: return expr(c, n->Attribute.value, AST_Load);
    case AST_Subscript: return pair(c, n->Subscript.slice, n->Subscript.value);
    case AST_Starred: return expr(c, n->Starred.value, ctx);
    case AST_List: return exprs(c, n->List.elts, ctx, false);
    case AST_Tuple: return exprs(c, n->Tuple.elts, ctx, false);
    case AST_Slice:
        MUST(expr_or_null(c, n->Slice.lower, AST_Load));
        MUST(expr_or_null(c, n->Slice.upper, AST_Load));
        return expr_or_null(c, n->Slice.step, AST_Load);
    case AST_NamedExpr:
        MUST(expr(c, n->NamedExpr.target, AST_Store));
        return expr(c, n->NamedExpr.value, AST_Load);
    default: return 0; // Name
    }
}

static int expr(Check *c, const Node *node, AstKind ctx) {
    MUST(positions(c, node));
    MUST(ast_depth_enter(&c->depth, " during compilation"));
    if (node->kind == AST_Name) MUST(name_allowed(c, node->Name.id));
    MUST(context(c, node, ctx));
    int result = expr_fields(c, node, ctx);
    c->depth.depth--;
    return result;
}

// ---- patterns -------------------------------------------------------------------------------------------------------
static bool is_number(const Node *node, bool imaginary_only) {
    if (node->kind != AST_Constant) return false;
    V v = node->Constant.value;
    bool imaginary = v_is_exact(v, &complex_type);
    if (imaginary_only) return imaginary;
    return imaginary || v_is_int(v) || v_is_float(v) || v_is_exact(v, &int_type) || v_is_exact(v, &float_type);
}

static bool is_signed_number(const Node *node, bool complex_ok) {
    if (node->kind == AST_UnaryOp && node->UnaryOp.op == AST_USub) node = node->UnaryOp.operand;
    return is_number(node, false) && (complex_ok || !is_number(node, true));
}

static int match_value(Check *c, const Node *node) {
    MUST(expr(c, node, AST_Load));
    switch (node->kind) {
    case AST_Constant: {
        V v = node->Constant.value;
        if (is_number(node, false) || v_is_exact(v, &str_type) || v_is_exact(v, &bytes_type)) return 0;
        return FAIL(c, "unexpected constant inside of a literal pattern");
    }
    case AST_Attribute: return 0;
    case AST_UnaryOp:
        if (is_signed_number(node, true)) return 0;
        break;
    case AST_BinOp:
        if ((node->BinOp.op == AST_Add || node->BinOp.op == AST_Sub) && is_signed_number(node->BinOp.left, false) &&
            is_number(node->BinOp.right, true))
            return 0;
        break;
    case AST_JoinedStr: return 0; // the compiler refuses it with a better place
    default: break;
    }
    return FAIL(c, "patterns may only match literals and attribute lookups");
}

static int capture(Check *c, V name) {
    if (str_equal_ascii(name, "_")) return FAIL(c, "can't capture name '_' in patterns");
    return name_allowed(c, name);
}

static int patterns(Check *c, NodeSeq seq, bool star_ok) {
    for (int i = 0; i < seq.n; i++) {
        if (!seq.items[i]) return FAIL(c, "None disallowed in pattern list");
        MUST(pattern(c, seq.items[i], star_ok));
    }
    return 0;
}

static int match_mapping(Check *c, const NodeMatchMapping *n) {
    if (n->keys.n != n->patterns.n) return FAIL(c, "MatchMapping doesn't have the same number of keys as patterns");
    if (n->rest != V_NULL) MUST(capture(c, n->rest));
    for (int i = 0; i < n->keys.n; i++) {
        const Node *key = n->keys.items[i];
        if (!key) return FAIL(c, "None disallowed in expression list");
        if (key->kind == AST_Constant && (key->Constant.value == V_NONE || v_is_bool(key->Constant.value))) continue;
        MUST(match_value(c, key));
    }
    return patterns(c, n->patterns, false);
}

static int match_class(Check *c, const NodeMatchClass *n) {
    if (n->kwd_attrs.n != n->kwd_patterns.n)
        return FAIL(c, "MatchClass doesn't have the same number of keyword attributes as patterns");
    MUST(expr(c, n->cls, AST_Load));
    for (const Node *cls = n->cls; cls->kind != AST_Name; cls = cls->Attribute.value)
        if (cls->kind != AST_Attribute) return FAIL(c, "MatchClass cls field can only contain Name or Attribute nodes.");
    for (int i = 0; i < n->kwd_attrs.n; i++) MUST(name_allowed(c, n->kwd_attrs.items[i]));
    MUST(patterns(c, n->patterns, false));
    return patterns(c, n->kwd_patterns, false);
}

static int match_as(Check *c, const NodeMatchAs *n) {
    if (n->name != V_NULL) MUST(capture(c, n->name));
    if (!n->pattern) return 0;
    if (n->name == V_NULL) return FAIL(c, "MatchAs must specify a target name if a pattern is given");
    return pattern(c, n->pattern, false);
}

static int pattern_fields(Check *c, const Node *n, bool star_ok) {
    switch (n->kind) {
    case AST_MatchValue: return match_value(c, n->MatchValue.value);
    case AST_MatchSingleton:
        if (n->MatchSingleton.value == V_NONE || v_is_bool(n->MatchSingleton.value)) return 0;
        return FAIL(c, "MatchSingleton can only contain True, False and None");
    case AST_MatchSequence: return patterns(c, n->MatchSequence.patterns, true);
    case AST_MatchMapping: return match_mapping(c, &n->MatchMapping);
    case AST_MatchClass: return match_class(c, &n->MatchClass);
    case AST_MatchStar:
        if (!star_ok) return FAIL(c, "can't use MatchStar here");
        return n->MatchStar.name == V_NULL ? 0 : capture(c, n->MatchStar.name);
    case AST_MatchAs: return match_as(c, &n->MatchAs);
    default:
        if (n->MatchOr.patterns.n < 2) return FAIL(c, "MatchOr requires at least 2 patterns");
        return patterns(c, n->MatchOr.patterns, false);
    }
}

static int pattern(Check *c, const Node *node, bool star_ok) {
    MUST(positions(c, node));
    MUST(ast_depth_enter(&c->depth, " during compilation"));
    int result = pattern_fields(c, node, star_ok);
    c->depth.depth--;
    return result;
}

// ---- statements -----------------------------------------------------------------------------------------------------
static int type_params(Check *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        const Node *n = seq.items[i];
        if (!n) return FAIL(c, "None disallowed in type parameter list");
        MUST(positions(c, n));
        MUST(name_allowed(c, n->TypeVar.name)); // the first field of all of them
        if (n->kind == AST_TypeVar) MUST(expr_or_null(c, n->TypeVar.bound, AST_Load));
        Node *value = n->kind == AST_TypeVar     ? n->TypeVar.default_value
                      : n->kind == AST_ParamSpec ? n->ParamSpec.default_value
                                                 : n->TypeVarTuple.default_value;
        MUST(expr_or_null(c, value, AST_Load));
    }
    return 0;
}

static int function(Check *c, const NodeFunctionDef *n, const char *owner) {
    MUST(body(c, n->body, owner));
    MUST(type_params(c, n->type_params));
    MUST(arguments(c, n->args));
    MUST(exprs(c, n->decorator_list, AST_Load, false));
    return expr_or_null(c, n->returns, AST_Load);
}

static int class(Check *c, const NodeClassDef *n) {
    MUST(body(c, n->body, "ClassDef"));
    MUST(type_params(c, n->type_params));
    MUST(exprs(c, n->bases, AST_Load, false));
    MUST(keywords(c, n->keywords));
    return exprs(c, n->decorator_list, AST_Load, false);
}

static int loop(Check *c, const NodeFor *n, const char *owner) {
    MUST(expr(c, n->target, AST_Store));
    MUST(expr(c, n->iter, AST_Load));
    MUST(body(c, n->body, owner));
    return stmts(c, n->orelse);
}

static int with(Check *c, const NodeWith *n, const char *owner) {
    MUST(not_empty(c, n->items.n, "items", owner));
    for (int i = 0; i < n->items.n; i++) {
        const Nodewithitem *item = &n->items.items[i]->withitem;
        MUST(expr(c, item->context_expr, AST_Load));
        MUST(expr_or_null(c, item->optional_vars, AST_Store));
    }
    return body(c, n->body, owner);
}

static int match(Check *c, const NodeMatch *n) {
    MUST(expr(c, n->subject, AST_Load));
    MUST(not_empty(c, n->cases.n, "cases", "Match"));
    for (int i = 0; i < n->cases.n; i++) {
        const Nodematch_case *one = &n->cases.items[i]->match_case;
        MUST(pattern(c, one->pattern, false));
        MUST(expr_or_null(c, one->guard, AST_Load));
        MUST(body(c, one->body, "match_case"));
    }
    return 0;
}

static int try(Check *c, const NodeTry *n, const char *owner) {
    MUST(body(c, n->body, owner));
    if (!n->handlers.n && !n->finalbody.n) return FAIL(c, "%s has neither except handlers nor finalbody", owner);
    if (!n->handlers.n && n->orelse.n) return FAIL(c, "%s has orelse but no except handlers", owner);
    for (int i = 0; i < n->handlers.n; i++) {
        const Node *handler = n->handlers.items[i];
        if (!handler) return FAIL(c, "None disallowed in handler list");
        MUST(positions(c, handler));
        MUST(expr_or_null(c, handler->ExceptHandler.type, AST_Load));
        MUST(body(c, handler->ExceptHandler.body, "ExceptHandler"));
    }
    MUST(stmts(c, n->finalbody));
    return stmts(c, n->orelse);
}

static int annotated_assignment(Check *c, const NodeAnnAssign *n) {
    if (n->target->kind != AST_Name && n->simple) {
        err_set(c->t, &exc_TypeError, "AnnAssign with simple non-Name target");
        return -1;
    }
    MUST(expr(c, n->target, AST_Store));
    MUST(expr_or_null(c, n->value, AST_Load));
    return expr(c, n->annotation, AST_Load);
}

static int conditional(Check *c, const Node *test, NodeSeq then, NodeSeq orelse, const char *owner) {
    MUST(expr(c, test, AST_Load));
    MUST(body(c, then, owner));
    return stmts(c, orelse);
}

static int raise(Check *c, const NodeRaise *n) {
    if (n->exc) {
        MUST(expr(c, n->exc, AST_Load));
        return expr_or_null(c, n->cause, AST_Load);
    }
    return n->cause ? FAIL(c, "Raise with cause but no exception") : 0;
}

// The nodes of asynchronous statements have the fields of the others, in the same order.
static int stmt_fields(Check *c, const Node *n) {
    const char *owner = ast_info((AstKind)n->kind)->name;
    switch (n->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return function(c, &n->FunctionDef, owner);
    case AST_ClassDef: return class(c, &n->ClassDef);
    case AST_Return: return expr_or_null(c, n->Return.value, AST_Load);
    case AST_Delete: return assigned(c, n->Delete.targets, AST_Del);
    case AST_Assign:
        MUST(assigned(c, n->Assign.targets, AST_Store));
        return expr(c, n->Assign.value, AST_Load);
    case AST_AugAssign:
        MUST(expr(c, n->AugAssign.target, AST_Store));
        return expr(c, n->AugAssign.value, AST_Load);
    case AST_AnnAssign: return annotated_assignment(c, &n->AnnAssign);
    case AST_For:
    case AST_AsyncFor: return loop(c, &n->For, owner);
    case AST_While: return conditional(c, n->While.test, n->While.body, n->While.orelse, owner);
    case AST_If: return conditional(c, n->If.test, n->If.body, n->If.orelse, owner);
    case AST_With:
    case AST_AsyncWith: return with(c, &n->With, owner);
    case AST_Match: return match(c, &n->Match);
    case AST_Raise: return raise(c, &n->Raise);
    case AST_Try:
    case AST_TryStar: return try(c, &n->Try, owner);
    case AST_Assert:
        MUST(expr(c, n->Assert.test, AST_Load));
        return expr_or_null(c, n->Assert.msg, AST_Load);
    case AST_Import: return not_empty(c, n->Import.names.n, "names", owner);
    case AST_ImportFrom:
        if (n->ImportFrom.level < 0) return FAIL(c, "Negative ImportFrom level");
        return not_empty(c, n->ImportFrom.names.n, "names", owner);
    case AST_Global: return not_empty(c, n->Global.names.n, "names", owner);
    case AST_Nonlocal: return not_empty(c, n->Nonlocal.names.n, "names", owner);
    case AST_Expr: return expr(c, n->Expr.value, AST_Load);
    case AST_TypeAlias:
        if (n->TypeAlias.name->kind != AST_Name) {
            err_set(c->t, &exc_TypeError, "TypeAlias with non-Name name");
            return -1;
        }
        MUST(expr(c, n->TypeAlias.name, AST_Store));
        MUST(type_params(c, n->TypeAlias.type_params));
        return expr(c, n->TypeAlias.value, AST_Load);
    default: return 0; // Pass, Break, Continue
    }
}

static int stmt(Check *c, const Node *node) {
    MUST(positions(c, node));
    MUST(ast_depth_enter(&c->depth, " during compilation"));
    int result = stmt_fields(c, node);
    c->depth.depth--;
    return result;
}

int ast_validate(Thread *t, const Ast *ast) {
    Check check = {ast_depth(t, 3), t};
    const Node *root = ast->root;
    switch (root->kind) {
    case AST_Module: return stmts(&check, root->Module.body);
    case AST_Interactive: return stmts(&check, root->Interactive.body);
    case AST_Expression: return expr(&check, root->Expression.body, AST_Load);
    default:
        MUST(exprs(&check, root->FunctionType.argtypes, AST_Load, false));
        return expr(&check, root->FunctionType.returns, AST_Load);
    }
}
