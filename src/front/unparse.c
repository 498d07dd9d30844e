// SPDX-License-Identifier: MIT
//
// unparse.c: the source text of an expression, as annotations are kept under `from __future__ import annotations`.
//
// Parentheses are written where the place of an expression binds more tightly than the expression does. (The library's
// ast.unparse is another one, in Python.)
#include "compile_private.h"
#include "object/object.h"

// How tightly things bind, loosest first.
typedef enum Level {
    LEVEL_TUPLE, LEVEL_TEST, LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_BIT_OR, LEVEL_BIT_XOR, LEVEL_BIT_AND,
    LEVEL_SHIFT, LEVEL_ARITH, LEVEL_TERM, LEVEL_FACTOR, LEVEL_POWER, LEVEL_AWAIT, LEVEL_ATOM,
} Level;

typedef struct Writer {
    Thread *t;
    StrBuilder out;
} Writer;

static int expr(Writer *w, const Node *node, Level level);

#define MUST(step)                                                                                                     \
    do {                                                                                                               \
        if ((step) < 0) return -1;                                                                                     \
    } while (0)

static void put(Writer *w, const char *text) { sb_cstr(&w->out, text); }
static void put_if(Writer *w, bool condition, const char *text) {
    if (condition) put(w, text);
}

// ---- operators --------------------------------------------------------------------------------------------------------
typedef struct Operator { const char *text; uint8_t level; bool right; } Operator;

static const Operator operators[AST_KINDS] = {
    [AST_Add] = {" + ", LEVEL_ARITH, false},       [AST_Sub] = {" - ", LEVEL_ARITH, false},
    [AST_Mult] = {" * ", LEVEL_TERM, false},       [AST_MatMult] = {" @ ", LEVEL_TERM, false},
    [AST_Div] = {" / ", LEVEL_TERM, false},        [AST_Mod] = {" % ", LEVEL_TERM, false},
    [AST_FloorDiv] = {" // ", LEVEL_TERM, false},  [AST_Pow] = {" ** ", LEVEL_POWER, true},
    [AST_LShift] = {" << ", LEVEL_SHIFT, false},   [AST_RShift] = {" >> ", LEVEL_SHIFT, false},
    [AST_BitOr] = {" | ", LEVEL_BIT_OR, false},    [AST_BitXor] = {" ^ ", LEVEL_BIT_XOR, false},
    [AST_BitAnd] = {" & ", LEVEL_BIT_AND, false},  [AST_And] = {" and ", LEVEL_AND, false},
    [AST_Or] = {" or ", LEVEL_OR, false},          [AST_Invert] = {"~", LEVEL_FACTOR, false},
    [AST_UAdd] = {"+", LEVEL_FACTOR, false},       [AST_USub] = {"-", LEVEL_FACTOR, false},
    [AST_Not] = {"not ", LEVEL_NOT, false},        [AST_Eq] = {" == ", 0, false},
    [AST_NotEq] = {" != ", 0, false},              [AST_Lt] = {" < ", 0, false},
    [AST_LtE] = {" <= ", 0, false},                [AST_Gt] = {" > ", 0, false},
    [AST_GtE] = {" >= ", 0, false},                [AST_Is] = {" is ", 0, false},
    [AST_IsNot] = {" is not ", 0, false},          [AST_In] = {" in ", 0, false},
    [AST_NotIn] = {" not in ", 0, false},
};

static int bool_op(Writer *w, const NodeBoolOp *n, Level level) {
    const Operator *op = &operators[n->op];
    put_if(w, level > op->level, "(");
    for (int i = 0; i < n->values.n; i++) {
        put_if(w, i > 0, op->text);
        MUST(expr(w, n->values.items[i], op->level + 1));
    }
    put_if(w, level > op->level, ")");
    return 0;
}

static int bin_op(Writer *w, const NodeBinOp *n, Level level) {
    const Operator *op = &operators[n->op];
    put_if(w, level > op->level, "(");
    MUST(expr(w, n->left, op->level + op->right));
    put(w, op->text);
    MUST(expr(w, n->right, op->level + !op->right));
    put_if(w, level > op->level, ")");
    return 0;
}

static int unary_op(Writer *w, const NodeUnaryOp *n, Level level) {
    const Operator *op = &operators[n->op];
    put_if(w, level > op->level, "(");
    put(w, op->text);
    MUST(expr(w, n->operand, op->level));
    put_if(w, level > op->level, ")");
    return 0;
}

static int compare(Writer *w, const NodeCompare *n, Level level) {
    put_if(w, level > LEVEL_COMPARE, "(");
    MUST(expr(w, n->left, LEVEL_COMPARE + 1));
    for (int i = 0; i < n->ops.n; i++) {
        put(w, operators[n->ops.items[i]].text);
        MUST(expr(w, n->comparators.items[i], LEVEL_COMPARE + 1));
    }
    put_if(w, level > LEVEL_COMPARE, ")");
    return 0;
}

static int conditional(Writer *w, const NodeIfExp *n, Level level) {
    put_if(w, level > LEVEL_TEST, "(");
    MUST(expr(w, n->body, LEVEL_TEST + 1));
    put(w, " if ");
    MUST(expr(w, n->test, LEVEL_TEST + 1));
    put(w, " else ");
    MUST(expr(w, n->orelse, LEVEL_TEST));
    put_if(w, level > LEVEL_TEST, ")");
    return 0;
}

// ---- lambda -----------------------------------------------------------------------------------------------------------
static int parameter(Writer *w, const Node *arg, const Node *default_value, bool *first) {
    put_if(w, !*first, ", ");
    *first = false;
    sb_str(&w->out, arg->arg.arg);
    if (arg->arg.annotation) {
        put(w, ": ");
        MUST(expr(w, arg->arg.annotation, LEVEL_TEST));
    }
    if (!default_value) return 0;
    put(w, "=");
    return expr(w, default_value, LEVEL_TEST);
}

static int parameters(Writer *w, const Nodearguments *a) {
    bool first = true;
    int positional = a->posonlyargs.n + a->args.n;
    for (int i = 0; i < positional; i++) {
        int d = i - (positional - a->defaults.n);
        const Node *arg = i < a->posonlyargs.n ? a->posonlyargs.items[i] : a->args.items[i - a->posonlyargs.n];
        MUST(parameter(w, arg, d >= 0 ? a->defaults.items[d] : NULL, &first));
        put_if(w, i + 1 == a->posonlyargs.n, ", /");
    }
    if (a->vararg || a->kwonlyargs.n) {
        put_if(w, !first, ", ");
        first = true;
        put(w, "*");
        if (a->vararg) MUST(parameter(w, a->vararg, NULL, &first));
        first = false;
    }
    for (int i = 0; i < a->kwonlyargs.n; i++) MUST(parameter(w, a->kwonlyargs.items[i], a->kw_defaults.items[i], &first));
    if (!a->kwarg) return 0;
    put_if(w, !first, ", ");
    first = true;
    put(w, "**");
    return parameter(w, a->kwarg, NULL, &first);
}

static int lambda(Writer *w, const NodeLambda *n, Level level) {
    const Nodearguments *a = &n->args->arguments;
    put_if(w, level > LEVEL_TEST, "(");
    put(w, a->posonlyargs.n + a->args.n ? "lambda " : "lambda");
    MUST(parameters(w, a));
    put(w, ": ");
    MUST(expr(w, n->body, LEVEL_TEST));
    put_if(w, level > LEVEL_TEST, ")");
    return 0;
}

// ---- displays and comprehensions ----------------------------------------------------------------------------------------
static int items(Writer *w, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        put_if(w, i > 0, ", ");
        MUST(expr(w, seq.items[i], LEVEL_TEST));
    }
    return 0;
}

static int display(Writer *w, const char *open, NodeSeq seq, const char *close) {
    put(w, open);
    MUST(items(w, seq));
    put(w, close);
    return 0;
}

static int tuple(Writer *w, const NodeTuple *n, Level level) {
    if (n->elts.n == 0) {
        put(w, "()");
        return 0;
    }
    put_if(w, level > LEVEL_TUPLE, "(");
    MUST(items(w, n->elts));
    put_if(w, n->elts.n == 1, ",");
    put_if(w, level > LEVEL_TUPLE, ")");
    return 0;
}

static int dict(Writer *w, const NodeDict *n) {
    put(w, "{");
    for (int i = 0; i < n->values.n; i++) {
        put_if(w, i > 0, ", ");
        if (n->keys.items[i]) {
            MUST(expr(w, n->keys.items[i], LEVEL_TEST));
            put(w, ": ");
            MUST(expr(w, n->values.items[i], LEVEL_TEST));
        } else {
            put(w, "**");
            MUST(expr(w, n->values.items[i], LEVEL_BIT_OR));
        }
    }
    put(w, "}");
    return 0;
}

static int clauses(Writer *w, NodeSeq generators) {
    for (int i = 0; i < generators.n; i++) {
        const Nodecomprehension *clause = &generators.items[i]->comprehension;
        put(w, clause->is_async ? " async for " : " for ");
        MUST(expr(w, clause->target, LEVEL_TUPLE));
        put(w, " in ");
        MUST(expr(w, clause->iter, LEVEL_TEST + 1));
        for (int j = 0; j < clause->ifs.n; j++) {
            put(w, " if ");
            MUST(expr(w, clause->ifs.items[j], LEVEL_TEST + 1));
        }
    }
    return 0;
}

// key NULL: not a dict's.
static int comprehension(Writer *w, const char *open, const Node *key, const Node *elt, NodeSeq generators,
                         const char *close) {
    put(w, open);
    if (key) {
        MUST(expr(w, key, LEVEL_TEST));
        put(w, ": ");
    }
    MUST(expr(w, elt, LEVEL_TEST));
    MUST(clauses(w, generators));
    put(w, close);
    return 0;
}

// ---- constants and f-strings ------------------------------------------------------------------------------------------
static int repr(Writer *w, V v) {
    V text = obj_repr(w->t, v);
    if (v_is_error(text)) return -1;
    if (v_is_any_float(v) || v_is_exact(v, &complex_type)) { // "inf" is no literal
        V inf = NAME_STR("inf"), huge = NAME_STR("1e309"), replaced = str_replace(w->t, text, inf, huge, -1);
        v_drop(w->t, text);
        if (v_is_error(replaced)) return -1;
        text = replaced;
    }
    sb_str(&w->out, text);
    v_drop(w->t, text);
    return 0;
}

static int constant(Writer *w, const NodeConstant *n) {
    if (n->value == V_ELLIPSIS) {
        put(w, "...");
        return 0;
    }
    if (n->kind != V_NULL) sb_str(&w->out, n->kind);
    return repr(w, n->value);
}

static int fstring_values(Writer *w, NodeSeq values);

// Literal text: braces are doubled.
static void fstring_text(Writer *w, V text) {
    for (size_t i = 0, n = str_len(text); i < n; i++) {
        uint32_t c = str_at(text, i);
        sb_char(&w->out, c);
        if (c == '{' || c == '}') sb_char(&w->out, c);
    }
}

static int fstring_field(Writer *w, const NodeFormattedValue *n) {
    Writer inner = {.t = w->t};
    sb_init(&inner.out, w->t);
    if (expr(&inner, n->value, LEVEL_TEST + 1) < 0) {
        sb_abandon(&inner.out);
        return -1;
    }
    V text = sb_finish(&inner.out);
    if (v_is_error(text)) return -1;
    put(w, str_len(text) && str_at(text, 0) == '{' ? "{ " : "{");
    sb_str(&w->out, text);
    v_drop(w->t, text);
    if (n->conversion > 0) {
        put(w, "!");
        sb_char(&w->out, (uint32_t)n->conversion);
    }
    if (n->format_spec) {
        put(w, ":");
        if (n->format_spec->kind == AST_JoinedStr) MUST(fstring_values(w, n->format_spec->JoinedStr.values));
        else MUST(expr(w, n->format_spec, LEVEL_TEST));
    }
    put(w, "}");
    return 0;
}

static int fstring_values(Writer *w, NodeSeq values) {
    for (int i = 0; i < values.n; i++) {
        const Node *value = values.items[i];
        if (value->kind == AST_Constant && v_is_str(value->Constant.value)) fstring_text(w, value->Constant.value);
        else if (value->kind == AST_FormattedValue) MUST(fstring_field(w, &value->FormattedValue));
        else if (value->kind == AST_JoinedStr) MUST(fstring_values(w, value->JoinedStr.values));
    }
    return 0;
}

static int fstring(Writer *w, const NodeJoinedStr *n) {
    Writer inner = {.t = w->t};
    sb_init(&inner.out, w->t);
    if (fstring_values(&inner, n->values) < 0) {
        sb_abandon(&inner.out);
        return -1;
    }
    V body = sb_finish(&inner.out);
    if (v_is_error(body)) return -1;
    put(w, "f");
    int result = repr(w, body);
    v_drop(w->t, body);
    return result;
}

// ---- primaries --------------------------------------------------------------------------------------------------------
static int call(Writer *w, const NodeCall *n) {
    MUST(expr(w, n->func, LEVEL_ATOM));
    if (n->args.n == 1 && n->keywords.n == 0 && n->args.items[0]->kind == AST_GeneratorExp)
        return expr(w, n->args.items[0], LEVEL_ATOM);
    put(w, "(");
    MUST(items(w, n->args));
    for (int i = 0; i < n->keywords.n; i++) {
        const Nodekeyword *keyword = &n->keywords.items[i]->keyword;
        put_if(w, n->args.n > 0 || i > 0, ", ");
        if (keyword->arg == V_NULL) {
            put(w, "**");
        } else {
            sb_str(&w->out, keyword->arg);
            put(w, "=");
        }
        MUST(expr(w, keyword->value, LEVEL_TEST));
    }
    put(w, ")");
    return 0;
}

static int attribute(Writer *w, const NodeAttribute *n) {
    MUST(expr(w, n->value, LEVEL_ATOM));
    bool after_int = n->value->kind == AST_Constant && (v_is_int(n->value->Constant.value) || v_is_exact(n->value->Constant.value, &int_type));
    put(w, after_int ? " ." : ".");
    sb_str(&w->out, n->attr);
    return 0;
}

static int subscript(Writer *w, const NodeSubscript *n) {
    MUST(expr(w, n->value, LEVEL_ATOM));
    put(w, "[");
    MUST(expr(w, n->slice, LEVEL_TUPLE));
    put(w, "]");
    return 0;
}

static int slice(Writer *w, const NodeSlice *n) {
    if (n->lower) MUST(expr(w, n->lower, LEVEL_TEST));
    put(w, ":");
    if (n->upper) MUST(expr(w, n->upper, LEVEL_TEST));
    if (!n->step) return 0;
    put(w, ":");
    return expr(w, n->step, LEVEL_TEST);
}

static int yield(Writer *w, const char *word, const Node *value) {
    put(w, word);
    if (value) {
        put(w, " ");
        MUST(expr(w, value, LEVEL_TEST));
    }
    put(w, ")");
    return 0;
}

static int await(Writer *w, const NodeAwait *n, Level level) {
    put_if(w, level > LEVEL_AWAIT, "(");
    put(w, "await ");
    MUST(expr(w, n->value, LEVEL_ATOM));
    put_if(w, level > LEVEL_AWAIT, ")");
    return 0;
}

static int named_expr(Writer *w, const NodeNamedExpr *n, Level level) {
    put_if(w, level > LEVEL_TUPLE, "(");
    MUST(expr(w, n->target, LEVEL_ATOM));
    put(w, " := ");
    MUST(expr(w, n->value, LEVEL_ATOM));
    put_if(w, level > LEVEL_TUPLE, ")");
    return 0;
}

static int starred(Writer *w, const NodeStarred *n) {
    put(w, "*");
    return expr(w, n->value, LEVEL_BIT_OR);
}

static int expr_fields(Writer *w, const Node *n, Level level) {
    switch (n->kind) {
    case AST_BoolOp: return bool_op(w, &n->BoolOp, level);
    case AST_BinOp: return bin_op(w, &n->BinOp, level);
    case AST_UnaryOp: return unary_op(w, &n->UnaryOp, level);
    case AST_Lambda: return lambda(w, &n->Lambda, level);
    case AST_IfExp: return conditional(w, &n->IfExp, level);
    case AST_Dict: return dict(w, &n->Dict);
    case AST_Set: return display(w, "{", n->Set.elts, "}");
    case AST_GeneratorExp: return comprehension(w, "(", NULL, n->GeneratorExp.elt, n->GeneratorExp.generators, ")");
    case AST_ListComp: return comprehension(w, "[", NULL, n->ListComp.elt, n->ListComp.generators, "]");
    case AST_SetComp: return comprehension(w, "{", NULL, n->SetComp.elt, n->SetComp.generators, "}");
    case AST_DictComp:
        return comprehension(w, "{", n->DictComp.key, n->DictComp.value, n->DictComp.generators, "}");
    case AST_Yield: return yield(w, "(yield", n->Yield.value);
    case AST_YieldFrom: return yield(w, "(yield from", n->YieldFrom.value);
    case AST_Await: return await(w, &n->Await, level);
    case AST_Compare: return compare(w, &n->Compare, level);
    case AST_Call: return call(w, &n->Call);
    case AST_Constant: return constant(w, &n->Constant);
    case AST_JoinedStr: return fstring(w, &n->JoinedStr);
    case AST_FormattedValue: return fstring_field(w, &n->FormattedValue);
    case AST_Attribute: return attribute(w, &n->Attribute);
    case AST_Subscript: return subscript(w, &n->Subscript);
    case AST_Starred: return starred(w, &n->Starred);
    case AST_Name: sb_str(&w->out, n->Name.id); return 0;
    case AST_List: return display(w, "[", n->List.elts, "]");
    case AST_Tuple: return tuple(w, &n->Tuple, level);
    case AST_Slice: return slice(w, &n->Slice);
    case AST_NamedExpr: return named_expr(w, &n->NamedExpr, level);
    default: err_set(w->t, &exc_SystemError, "unknown expression kind"); return -1;
    }
}

static int expr(Writer *w, const Node *node, Level level) {
    if (recursion_enter(w->t, " during compilation") < 0) return -1;
    int result = expr_fields(w, node, level);
    recursion_leave(w->t);
    return result;
}

V ast_unparse(Thread *t, Node *node) {
    Writer writer = {.t = t};
    sb_init(&writer.out, t);
    if (expr(&writer, node, LEVEL_TEST) == 0) return sb_finish(&writer.out);
    sb_abandon(&writer.out);
    return V_ERROR;
}
