// SPDX-License-Identifier: MIT
// Expressions and calls.  Long displays and argument lists are built piecemeal so that the stack stays shallow.
#include "compile_private.h"
#include "object/misc.h"

enum { STACK_GUIDELINE = 30 }; // more items than this at once are collected on the way

int compile_exprs(Compiler *c, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) TRY(compile_expr(c, seq.items[i]));
    return 0;
}

static bool is_const(const Node *e) { return e->kind == AST_Constant; }
static bool all_const(NodeSeq seq, int start, int end) {
    for (int i = start; i < end; i++) {
        if (!seq.items[i] || !is_const(seq.items[i])) return false;
    }
    return true;
}

static int emit_call(Compiler *c, int n) {
    TRY(emit_arg(c, op_PRECALL, n));
    return emit_arg(c, op_CALL, n);
}

// ---- operators ------------------------------------------------------------------------------------------------------
int binary_op_arg(AstKind op) {
    switch (op) {
    case AST_Add: return OP_ADD;
    case AST_Sub: return OP_SUBTRACT;
    case AST_Mult: return OP_MULTIPLY;
    case AST_MatMult: return OP_MATRIX_MULTIPLY;
    case AST_Div: return OP_TRUE_DIVIDE;
    case AST_Mod: return OP_REMAINDER;
    case AST_Pow: return OP_POWER;
    case AST_LShift: return OP_LSHIFT;
    case AST_RShift: return OP_RSHIFT;
    case AST_BitOr: return OP_OR;
    case AST_BitXor: return OP_XOR;
    case AST_BitAnd: return OP_AND;
    default: return OP_FLOOR_DIVIDE;
    }
}

static int unary_opcode(AstKind op) {
    switch (op) {
    case AST_Invert: return op_UNARY_INVERT;
    case AST_Not: return op_UNARY_NOT;
    case AST_UAdd: return op_UNARY_POSITIVE;
    default: return op_UNARY_NEGATIVE;
    }
}

static int emit_compare(Compiler *c, AstKind op) {
    switch (op) {
    case AST_Eq: return emit_arg(c, op_COMPARE_OP, CMP_EQ);
    case AST_NotEq: return emit_arg(c, op_COMPARE_OP, CMP_NE);
    case AST_Lt: return emit_arg(c, op_COMPARE_OP, CMP_LT);
    case AST_LtE: return emit_arg(c, op_COMPARE_OP, CMP_LE);
    case AST_Gt: return emit_arg(c, op_COMPARE_OP, CMP_GT);
    case AST_GtE: return emit_arg(c, op_COMPARE_OP, CMP_GE);
    case AST_Is: return emit_arg(c, op_IS_OP, 0);
    case AST_IsNot: return emit_arg(c, op_IS_OP, 1);
    case AST_In: return emit_arg(c, op_CONTAINS_OP, 0);
    default: return emit_arg(c, op_CONTAINS_OP, 1);
    }
}

static bool is_literal_for_is(const Node *e) {
    if (!is_const(e)) return false;
    V v = e->Constant.value;
    return v != V_NONE && v != V_TRUE && v != V_FALSE && v != V_ELLIPSIS;
}

static int check_is_literal(Compiler *c, Node *e) {
    bool left = is_literal_for_is(e->Compare.left);
    for (int i = 0; i < e->Compare.ops.n; i++) {
        AstKind op = e->Compare.ops.items[i];
        bool right = is_literal_for_is(e->Compare.comparators.items[i]);
        if ((op == AST_Is || op == AST_IsNot) && (left || right)) {
            return warn_at(c, e->pos, op == AST_Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                                   : "\"is not\" with a literal. Did you mean \"!=\"?");
        }
        left = right;
    }
    return 0;
}

// Each comparison but the last of a chain keeps its right operand.
static int compile_chain_links(Compiler *c, Node *e, int op, Block *cleanup) {
    int n = e->Compare.ops.n - 1;
    TRY(compile_expr(c, e->Compare.left));
    for (int i = 0; i < n; i++) {
        TRY(compile_expr(c, e->Compare.comparators.items[i]));
        TRY(emit_arg(c, op_SWAP, 2));
        TRY(emit_arg(c, op_COPY, 2));
        TRY(emit_compare(c, e->Compare.ops.items[i]));
        TRY(emit_jump(c, op, cleanup));
    }
    TRY(compile_expr(c, e->Compare.comparators.items[n]));
    return emit_compare(c, e->Compare.ops.items[n]);
}

static int compile_compare(Compiler *c, Node *e) {
    TRY(check_is_literal(c, e));
    if (e->Compare.ops.n == 1) {
        TRY(compile_expr(c, e->Compare.left));
        TRY(compile_expr(c, e->Compare.comparators.items[0]));
        return emit_compare(c, e->Compare.ops.items[0]);
    }
    TRY_BLOCK(cleanup);
    TRY_BLOCK(end);
    TRY(compile_chain_links(c, e, op_JUMP_IF_FALSE_OR_POP, cleanup));
    TRY(emit_jump_bare(c, op_JUMP, end));
    block_use(c, cleanup);
    TRY(emit_arg(c, op_SWAP, 2));
    TRY(emit(c, op_POP_TOP));
    block_use(c, end);
    return 0;
}

static int compile_bool_op(Compiler *c, Node *e) {
    int jump = e->BoolOp.op == AST_And ? op_JUMP_IF_FALSE_OR_POP : op_JUMP_IF_TRUE_OR_POP, n = e->BoolOp.values.n - 1;
    TRY_BLOCK(end);
    for (int i = 0; i < n; i++) {
        TRY(compile_expr(c, e->BoolOp.values.items[i]));
        TRY(emit_jump(c, jump, end));
    }
    TRY(compile_expr(c, e->BoolOp.values.items[n]));
    block_use(c, end);
    return 0;
}

static int compile_if_exp(Compiler *c, Node *e) {
    TRY_BLOCK(end);
    TRY_BLOCK(next);
    TRY(compile_jump_if(c, e->IfExp.test, next, false));
    TRY(compile_expr(c, e->IfExp.body));
    TRY(emit_jump_bare(c, op_JUMP, end));
    block_use(c, next);
    TRY(compile_expr(c, e->IfExp.orelse));
    block_use(c, end);
    return 0;
}

static int jump_if_bool_op(Compiler *c, Node *e, Block *target, bool cond) {
    bool jumps_on = e->BoolOp.op == AST_Or; // a value like this decides the whole
    int n = e->BoolOp.values.n - 1;
    Block *decided = target;
    if (jumps_on != cond) {
        decided = block_new(c);
        if (!decided) return -1;
    }
    for (int i = 0; i < n; i++) TRY(compile_jump_if(c, e->BoolOp.values.items[i], decided, jumps_on));
    TRY(compile_jump_if(c, e->BoolOp.values.items[n], target, cond));
    if (decided != target) block_use(c, decided);
    return 0;
}

static int jump_if_if_exp(Compiler *c, Node *e, Block *target, bool cond) {
    TRY_BLOCK(end);
    TRY_BLOCK(next);
    TRY(compile_jump_if(c, e->IfExp.test, next, false));
    TRY(compile_jump_if(c, e->IfExp.body, target, cond));
    TRY(emit_jump_bare(c, op_JUMP, end));
    block_use(c, next);
    TRY(compile_jump_if(c, e->IfExp.orelse, target, cond));
    block_use(c, end);
    return 0;
}

static int jump_if_chain(Compiler *c, Node *e, Block *target, bool cond) {
    set_pos(c, e->pos);
    TRY(check_is_literal(c, e));
    TRY_BLOCK(cleanup);
    TRY_BLOCK(end);
    TRY(compile_chain_links(c, e, op_POP_JUMP_IF_FALSE, cleanup));
    TRY(emit_jump(c, cond ? op_POP_JUMP_IF_TRUE : op_POP_JUMP_IF_FALSE, target));
    TRY(emit_jump_bare(c, op_JUMP, end));
    block_use(c, cleanup);
    TRY(emit(c, op_POP_TOP));
    if (!cond) TRY(emit_jump_bare(c, op_JUMP, target));
    block_use(c, end);
    return 0;
}

int compile_jump_if(Compiler *c, Node *e, Block *target, bool cond) {
    if (recursion_enter(c->t, " during compilation") < 0) return -1;
    int r;
    if (e->kind == AST_UnaryOp && e->UnaryOp.op == AST_Not) {
        r = compile_jump_if(c, e->UnaryOp.operand, target, !cond);
    } else if (e->kind == AST_BoolOp) {
        r = jump_if_bool_op(c, e, target, cond);
    } else if (e->kind == AST_IfExp) {
        r = jump_if_if_exp(c, e, target, cond);
    } else if (e->kind == AST_Compare && e->Compare.ops.n > 1) {
        r = jump_if_chain(c, e, target, cond);
    } else {
        if (e->kind == AST_Compare) set_pos(c, e->pos); // and what it guards is shown there (assert)
        r = compile_expr(c, e);
        if (r == 0) r = emit_jump(c, cond ? op_POP_JUMP_IF_TRUE : op_POP_JUMP_IF_FALSE, target);
    }
    recursion_leave(c->t);
    return r;
}

// ---- displays -----------------------------------------------------------------------------------------------------------
static V const_tuple(Compiler *c, NodeSeq elts, int start, int end) {
    V tuple = tuple_new(c->t, (size_t)(end - start));
    if (v_is_error(tuple)) return V_ERROR;
    for (int i = start; i < end; i++) tuple_init(c->t, tuple, (size_t)(i - start), elts.items[i]->Constant.value);
    return tuple;
}

static int compile_const_display(Compiler *c, NodeSeq elts, int pushed, int build, int add, int extend, bool tuple) {
    V folded = const_tuple(c, elts, 0, elts.n);
    if (!v_is_error(folded) && add == op_SET_ADD) {
        V set = frozenset_new(c->t, folded);
        v_drop(c->t, folded);
        folded = set;
    }
    if (tuple && !pushed) return emit_const_steal(c, folded);
    if (v_is_error(folded)) return -1;
    V kept = ast_keep(c->t, c->ast, folded);
    if (kept == V_NULL) return -1;
    TRY(emit_arg(c, build, pushed));
    TRY(emit_const(c, kept));
    TRY(emit_arg(c, extend, 1));
    return tuple ? emit(c, op_LIST_TO_TUPLE) : 0;
}

int compile_sequence(Compiler *c, NodeSeq elts, int pushed, int build, int add, int extend, bool tuple) {
    int n = elts.n;
    if (n > 2 && all_const(elts, 0, n)) return compile_const_display(c, elts, pushed, build, add, extend, tuple);
    bool big = n + pushed > STACK_GUIDELINE, starred = false;
    for (int i = 0; i < n; i++) starred = starred || elts.items[i]->kind == AST_Starred;
    if (!starred && !big) {
        TRY(compile_exprs(c, elts));
        return emit_arg(c, tuple ? op_BUILD_TUPLE : build, n + pushed);
    }
    bool built = big;
    if (big) TRY(emit_arg(c, build, pushed));
    for (int i = 0; i < n; i++) {
        Node *e = elts.items[i];
        if (e->kind == AST_Starred) {
            if (!built) TRY(emit_arg(c, build, i + pushed));
            built = true;
            TRY(compile_expr(c, e->Starred.value));
            TRY(emit_arg(c, extend, 1));
        } else {
            TRY(compile_expr(c, e));
            if (built) TRY(emit_arg(c, add, 1));
        }
    }
    return tuple ? emit(c, op_LIST_TO_TUPLE) : 0;
}

static int compile_dict_part(Compiler *c, Node *e, int begin, int end) {
    int n = end - begin;
    bool big = n * 2 > STACK_GUIDELINE;
    NodeSeq keys = e->Dict.keys, values = e->Dict.values;
    if (n > 1 && !big && all_const(keys, begin, end)) {
        for (int i = begin; i < end; i++) TRY(compile_expr(c, values.items[i]));
        TRY(emit_const_steal(c, const_tuple(c, keys, begin, end)));
        return emit_arg(c, op_BUILD_CONST_KEY_MAP, n);
    }
    if (big) TRY(emit_arg(c, op_BUILD_MAP, 0));
    for (int i = begin; i < end; i++) {
        TRY(compile_expr(c, keys.items[i]));
        TRY(compile_expr(c, values.items[i]));
        if (big) TRY(emit_arg(c, op_MAP_ADD, 1));
    }
    return big ? 0 : emit_arg(c, op_BUILD_MAP, n);
}

static int flush_dict(Compiler *c, Node *e, int begin, int end, bool *have_dict) {
    TRY(compile_dict_part(c, e, begin, end));
    if (*have_dict) TRY(emit_arg(c, op_DICT_UPDATE, 1));
    *have_dict = true;
    return 0;
}

static int compile_dict(Compiler *c, Node *e) {
    int n = e->Dict.values.n, elements = 0;
    bool have_dict = false;
    for (int i = 0; i < n; i++) {
        if (!e->Dict.keys.items[i]) { // **mapping
            if (elements) TRY(flush_dict(c, e, i - elements, i, &have_dict));
            elements = 0;
            if (!have_dict) TRY(emit_arg(c, op_BUILD_MAP, 0));
            have_dict = true;
            TRY(compile_expr(c, e->Dict.values.items[i]));
            TRY(emit_arg(c, op_DICT_UPDATE, 1));
        } else if (elements * 2 > STACK_GUIDELINE) {
            TRY(flush_dict(c, e, i - elements, i + 1, &have_dict));
            elements = 0;
        } else {
            elements++;
        }
    }
    if (elements) TRY(flush_dict(c, e, n - elements, n, &have_dict));
    return have_dict ? 0 : emit_arg(c, op_BUILD_MAP, 0);
}

// (a, *b, c) = …
static int compile_unpack(Compiler *c, NodeSeq elts, AstPos pos) {
    int star = -1;
    for (int i = 0; i < elts.n; i++) {
        if (elts.items[i]->kind != AST_Starred) continue;
        if (star >= 0) return error_at(c, pos, "multiple starred expressions in assignment");
        star = i;
    }
    if (star < 0) {
        TRY(emit_arg(c, op_UNPACK_SEQUENCE, elts.n));
    } else {
        int after = elts.n - star - 1;
        if (star >= 256 || after >= (1 << 23)) return error_at(c, pos, "too many expressions in star-unpacking assignment");
        TRY(emit_arg(c, op_UNPACK_EX, star + (after << 8)));
    }
    for (int i = 0; i < elts.n; i++) {
        Node *e = elts.items[i];
        TRY(compile_expr(c, e->kind == AST_Starred ? e->Starred.value : e));
    }
    return 0;
}

static int compile_list_or_tuple(Compiler *c, Node *e, NodeSeq elts, AstKind ctx, bool tuple) {
    if (ctx == AST_Store) return compile_unpack(c, elts, e->pos);
    if (ctx == AST_Del) return compile_exprs(c, elts);
    return compile_sequence(c, elts, 0, op_BUILD_LIST, op_LIST_APPEND, op_LIST_EXTEND, tuple);
}

// ---- calls --------------------------------------------------------------------------------------------------------------
static int check_keywords(Compiler *c, NodeSeq keywords) {
    for (int i = 0; i < keywords.n; i++) {
        V name = keywords.items[i]->keyword.arg;
        if (name == V_NULL) continue;
        if (str_equal_ascii(name, "__debug__")) return error_at(c, keywords.items[i]->pos, "cannot assign to __debug__");
        for (int j = i + 1; j < keywords.n; j++) {
            V other = keywords.items[j]->keyword.arg;
            if (other != V_NULL && v_is(name, other)) {
                return error_at(c, keywords.items[j]->pos, "keyword argument repeated: %V", name);
            }
        }
    }
    return 0;
}

static V keyword_names(Compiler *c, NodeSeq keywords, int begin, int end) {
    V names = tuple_new(c->t, (size_t)(end - begin));
    if (v_is_error(names)) return V_ERROR;
    for (int i = begin; i < end; i++) tuple_init(c->t, names, (size_t)(i - begin), keywords.items[i]->keyword.arg);
    return names;
}

static int compile_keyword_values(Compiler *c, NodeSeq keywords, int begin, int end) {
    for (int i = begin; i < end; i++) TRY(compile_expr(c, keywords.items[i]->keyword.value));
    return 0;
}

static int emit_kw_names(Compiler *c, NodeSeq keywords) {
    V names = keyword_names(c, keywords, 0, keywords.n);
    if (v_is_error(names)) return -1;
    names = ast_keep(c->t, c->ast, names);
    int i = names == V_NULL ? -1 : const_add(c, names);
    return i < 0 ? -1 : emit_arg(c, op_KW_NAMES, i);
}

// name=value arguments of a call that also has ** or many arguments: a dict.
static int compile_keyword_dict(Compiler *c, NodeSeq keywords, int begin, int end) {
    int n = end - begin;
    bool big = n * 2 > STACK_GUIDELINE;
    if (n > 1 && !big) {
        TRY(compile_keyword_values(c, keywords, begin, end));
        TRY(emit_const_steal(c, keyword_names(c, keywords, begin, end)));
        return emit_arg(c, op_BUILD_CONST_KEY_MAP, n);
    }
    if (big) TRY(emit_arg(c, op_BUILD_MAP, 0));
    for (int i = begin; i < end; i++) {
        TRY(emit_const(c, keywords.items[i]->keyword.arg));
        TRY(compile_expr(c, keywords.items[i]->keyword.value));
        if (big) TRY(emit_arg(c, op_MAP_ADD, 1));
    }
    return big ? 0 : emit_arg(c, op_BUILD_MAP, n);
}

static int flush_keywords(Compiler *c, NodeSeq keywords, int begin, int end, bool *have_dict) {
    TRY(compile_keyword_dict(c, keywords, begin, end));
    if (*have_dict) TRY(emit_arg(c, op_DICT_MERGE, 1));
    *have_dict = true;
    return 0;
}

static int compile_call_ex(Compiler *c, int pushed, NodeSeq args, NodeSeq keywords) {
    if (pushed == 0 && args.n == 1 && args.items[0]->kind == AST_Starred) {
        TRY(compile_expr(c, args.items[0]->Starred.value));
    } else {
        TRY(compile_sequence(c, args, pushed, op_BUILD_LIST, op_LIST_APPEND, op_LIST_EXTEND, true));
    }
    if (keywords.n) {
        bool have_dict = false;
        int seen = 0;
        for (int i = 0; i < keywords.n; i++) {
            if (keywords.items[i]->keyword.arg != V_NULL) {
                seen++;
                continue;
            }
            if (seen) TRY(flush_keywords(c, keywords, i - seen, i, &have_dict));
            seen = 0;
            if (!have_dict) TRY(emit_arg(c, op_BUILD_MAP, 0));
            have_dict = true;
            TRY(compile_expr(c, keywords.items[i]->keyword.value));
            TRY(emit_arg(c, op_DICT_MERGE, 1));
        }
        if (seen) TRY(flush_keywords(c, keywords, keywords.n - seen, keywords.n, &have_dict));
    }
    return emit_arg(c, op_CALL_FUNCTION_EX, keywords.n > 0);
}

static bool needs_call_ex(int pushed, NodeSeq args, NodeSeq keywords) {
    (void)pushed;
    if (args.n + keywords.n * 2 > STACK_GUIDELINE) return true;
    for (int i = 0; i < args.n; i++) {
        if (args.items[i]->kind == AST_Starred) return true;
    }
    for (int i = 0; i < keywords.n; i++) {
        if (keywords.items[i]->keyword.arg == V_NULL) return true;
    }
    return false;
}

// The arguments and the call; `pushed` arguments are on the stack already.
int compile_call_tail(Compiler *c, int pushed, NodeSeq args, NodeSeq keywords) {
    TRY(check_keywords(c, keywords));
    if (needs_call_ex(pushed, args, keywords)) return compile_call_ex(c, pushed, args, keywords);
    TRY(compile_exprs(c, args));
    if (keywords.n) {
        TRY(compile_keyword_values(c, keywords, 0, keywords.n));
        TRY(emit_kw_names(c, keywords));
    }
    return emit_call(c, pushed + args.n + keywords.n);
}

// Of a chain over several lines: where the attribute's name stands.  Trees made by hand may not leave room for it.
AstPos attribute_pos(Node *attribute, AstPos pos) {
    if (attribute->lineno == attribute->end_lineno) return pos;
    int len = (int)str_len(attribute->Attribute.attr);
    pos.lineno = attribute->end_lineno;
    if (len <= attribute->end_col_offset) {
        pos.col_offset = attribute->end_col_offset - len;
    } else {
        pos.col_offset = pos.end_col_offset = -1;
        if (pos.end_lineno < pos.lineno) pos.end_lineno = pos.lineno;
    }
    return pos;
}

// obj.name(...) without binding the method.
static int compile_method_call(Compiler *c, Node *e) {
    Node *meth = e->Call.func;
    NodeSeq args = e->Call.args, keywords = e->Call.keywords;
    TRY(compile_expr(c, meth->Attribute.value));
    set_pos(c, attribute_pos(meth, meth->pos));
    TRY(emit_name_mangled(c, op_LOAD_METHOD, meth->Attribute.attr));
    TRY(compile_exprs(c, args));
    if (keywords.n) {
        TRY(compile_keyword_values(c, keywords, 0, keywords.n));
        TRY(emit_kw_names(c, keywords));
    }
    set_pos(c, attribute_pos(meth, e->pos));
    return emit_call(c, args.n + keywords.n);
}

// A name that the module imports: module.function is better loaded as an attribute.
static bool is_imported(Compiler *c, Node *e) {
    if (e->kind != AST_Name) return false;
    Symbol *symbol = scope_symbol(c->symbols.top, e->Name.id);
    return symbol && (symbol->flags & SYM_IMPORT);
}

static bool is_method_call(Compiler *c, Node *e) {
    Node *f = e->Call.func;
    if (f->kind != AST_Attribute || f->Attribute.ctx != AST_Load || is_imported(c, f->Attribute.value)) return false;
    NodeSeq args = e->Call.args, keywords = e->Call.keywords;
    if (args.n + keywords.n + (keywords.n > 0) >= STACK_GUIDELINE) return false;
    return !needs_call_ex(0, args, keywords);
}

static const char *literal_type(Node *e) { // of what surely is not callable or subscriptable
    switch (e->kind) {
    case AST_Constant: return type_short_name(v_type(e->Constant.value));
    case AST_Tuple: return "tuple";
    case AST_List:
    case AST_ListComp: return "list";
    case AST_Dict:
    case AST_DictComp: return "dict";
    case AST_Set:
    case AST_SetComp: return "set";
    case AST_GeneratorExp: return "generator";
    case AST_Lambda: return "function";
    case AST_JoinedStr:
    case AST_FormattedValue: return "str";
    default: return NULL;
    }
}

static int compile_call(Compiler *c, Node *e) {
    TRY(check_keywords(c, e->Call.keywords));
    if (is_method_call(c, e)) return compile_method_call(c, e);
    Node *f = e->Call.func;
    const char *type = f->kind == AST_Lambda ? NULL : literal_type(f);
    if (type) TRY(warn_at(c, e->pos, "'%s' object is not callable; perhaps you missed a comma?", type));
    set_pos(c, f->pos);
    TRY(emit(c, op_PUSH_NULL));
    TRY(compile_expr(c, f));
    set_pos(c, e->pos);
    return compile_call_tail(c, 0, e->Call.args, e->Call.keywords);
}

// ---- f-strings ----------------------------------------------------------------------------------------------------------
static int compile_joined_str(Compiler *c, Node *e) {
    NodeSeq values = e->JoinedStr.values;
    if (values.n <= STACK_GUIDELINE) {
        TRY(compile_exprs(c, values));
        return values.n == 1 ? 0 : emit_arg(c, op_BUILD_STRING, values.n);
    }
    TRY(emit_const(c, NAME_STR("")));
    TRY(emit_name(c, op_LOAD_METHOD, NAME(join)));
    TRY(emit_arg(c, op_BUILD_LIST, 0));
    for (int i = 0; i < values.n; i++) {
        TRY(compile_expr(c, values.items[i]));
        TRY(emit_arg(c, op_LIST_APPEND, 1));
    }
    return emit_call(c, 1);
}

static int compile_formatted(Compiler *c, Node *e) {
    int arg;
    TRY(compile_expr(c, e->FormattedValue.value));
    switch (e->FormattedValue.conversion) {
    case 's': arg = 1; break;
    case 'r': arg = 2; break;
    case 'a': arg = 3; break;
    case -1: arg = 0; break;
    default:
        err_set(c->t, &exc_SystemError, "Unrecognized conversion character %d", e->FormattedValue.conversion);
        return -1;
    }
    if (e->FormattedValue.format_spec) {
        TRY(compile_expr(c, e->FormattedValue.format_spec));
        arg |= 4;
    }
    return emit_arg(c, op_FORMAT_VALUE, arg);
}

// ---- generators ---------------------------------------------------------------------------------------------------------
// Stack: [iterator, value to send].  Suspends for every value; leaves the result.
int compile_yield_from(Compiler *c, bool await) {
    TRY_BLOCK(start);
    TRY_BLOCK(resume);
    TRY_BLOCK(exit);
    block_use(c, start);
    TRY(emit_jump(c, op_SEND, exit));
    block_use(c, resume);
    TRY(emit(c, op_YIELD_VALUE));
    TRY(emit_arg(c, op_RESUME, await ? 3 : 2));
    TRY(emit_jump(c, op_JUMP_NO_INTERRUPT, start));
    block_use(c, exit);
    return 0;
}

static bool in_function(const Compiler *c) { return c->u->scope->kind == BLOCK_FUNCTION; }

static int compile_yield(Compiler *c, Node *e) {
    if (!in_function(c)) return error_at(c, e->pos, "'yield' outside function");
    if (e->Yield.value) TRY(compile_expr(c, e->Yield.value));
    else TRY(emit_const(c, V_NONE));
    if (c->u->scope->generator && c->u->scope->coroutine) TRY(emit(c, op_ASYNC_GEN_WRAP));
    TRY(emit(c, op_YIELD_VALUE));
    return emit_arg(c, op_RESUME, 1);
}

static int compile_yield_from_expr(Compiler *c, Node *e) {
    if (!in_function(c)) return error_at(c, e->pos, "'yield' outside function");
    if (c->u->kind == UNIT_ASYNC_FUNCTION) return error_at(c, e->pos, "'yield from' inside async function");
    TRY(compile_expr(c, e->YieldFrom.value));
    TRY(emit(c, op_GET_YIELD_FROM_ITER));
    TRY(emit_const(c, V_NONE));
    return compile_yield_from(c, false);
}

static int compile_await(Compiler *c, Node *e) {
    if (!((c->flags & FRONT_ALLOW_TOP_LEVEL_AWAIT) && c->u->scope->kind == BLOCK_MODULE)) {
        if (!in_function(c)) return error_at(c, e->pos, "'await' outside function");
        if (c->u->kind != UNIT_ASYNC_FUNCTION && c->u->kind != UNIT_COMPREHENSION) {
            return error_at(c, e->pos, "'await' outside async function");
        }
    }
    TRY(compile_expr(c, e->Await.value));
    TRY(emit_arg(c, op_GET_AWAITABLE, 0));
    TRY(emit_const(c, V_NONE));
    return compile_yield_from(c, true);
}

// ---- access -------------------------------------------------------------------------------------------------------------
static int compile_attribute(Compiler *c, Node *e) {
    static const int ops[] = {op_LOAD_ATTR, op_STORE_ATTR, op_DELETE_ATTR};
    TRY(compile_expr(c, e->Attribute.value));
    TRY(forbidden_name(c, e->Attribute.attr, e->Attribute.ctx));
    AstPos outer = c->u->pos;
    set_pos(c, attribute_pos(e, outer));
    TRY(emit_name_mangled(c, ops[e->Attribute.ctx - AST_Load], e->Attribute.attr));
    set_pos(c, outer);
    return 0;
}

static int check_subscript(Compiler *c, Node *e) {
    Node *value = e->Subscript.value, *index = e->Subscript.slice;
    bool no_items = (is_const(value) && (value->Constant.value == V_NONE || value->Constant.value == V_ELLIPSIS ||
                                         v_is_any_int(value->Constant.value) || v_is_any_float(value->Constant.value) ||
                                         v_is_exact(value->Constant.value, &complex_type) ||
                                         v_is_exact(value->Constant.value, &frozenset_type))) ||
                    value->kind == AST_Set || value->kind == AST_SetComp || value->kind == AST_GeneratorExp ||
                    value->kind == AST_Lambda;
    if (no_items) {
        return warn_at(c, e->pos, "'%s' object is not subscriptable; perhaps you missed a comma?", literal_type(value));
    }
    bool sequence = (is_const(value) && (v_is_str(value->Constant.value) || v_is_bytes(value->Constant.value) || v_is_tuple(value->Constant.value))) ||
                    value->kind == AST_Tuple || value->kind == AST_List || value->kind == AST_ListComp ||
                    value->kind == AST_JoinedStr || value->kind == AST_FormattedValue;
    const char *index_type = literal_type(index);
    if (!sequence || !index_type) return 0;
    if (is_const(index) && v_is_any_int(index->Constant.value)) return 0;
    return warn_at(c, e->pos, "%s indices must be integers or slices, not %s; perhaps you missed a comma?", literal_type(value),
                   index_type);
}

static int compile_subscript(Compiler *c, Node *e) {
    static const int ops[] = {op_BINARY_SUBSCR, op_STORE_SUBSCR, op_DELETE_SUBSCR};
    if (e->Subscript.ctx == AST_Load) TRY(check_subscript(c, e));
    TRY(compile_expr(c, e->Subscript.value));
    TRY(compile_expr(c, e->Subscript.slice));
    return emit(c, ops[e->Subscript.ctx - AST_Load]);
}

static int compile_slice(Compiler *c, Node *e) {
    Node *parts[] = {e->Slice.lower, e->Slice.upper};
    for (int i = 0; i < 2; i++) {
        if (parts[i]) TRY(compile_expr(c, parts[i]));
        else TRY(emit_const(c, V_NONE));
    }
    if (e->Slice.step) TRY(compile_expr(c, e->Slice.step));
    return emit_arg(c, op_BUILD_SLICE, e->Slice.step ? 3 : 2);
}

static int expr_by_kind(Compiler *c, Node *e) {
    switch (e->kind) {
    case AST_NamedExpr:
        TRY(compile_expr(c, e->NamedExpr.value));
        TRY(emit_arg(c, op_COPY, 1));
        return compile_expr(c, e->NamedExpr.target);
    case AST_BoolOp: return compile_bool_op(c, e);
    case AST_BinOp:
        TRY(compile_expr(c, e->BinOp.left));
        TRY(compile_expr(c, e->BinOp.right));
        return emit_arg(c, op_BINARY_OP, binary_op_arg(e->BinOp.op));
    case AST_UnaryOp:
        TRY(compile_expr(c, e->UnaryOp.operand));
        return emit(c, unary_opcode(e->UnaryOp.op));
    case AST_Lambda: return compile_lambda(c, e);
    case AST_IfExp: return compile_if_exp(c, e);
    case AST_Dict: return compile_dict(c, e);
    case AST_Set: return compile_sequence(c, e->Set.elts, 0, op_BUILD_SET, op_SET_ADD, op_SET_UPDATE, false);
    case AST_ListComp:
    case AST_SetComp:
    case AST_DictComp:
    case AST_GeneratorExp: return compile_comprehension(c, e);
    case AST_Yield: return compile_yield(c, e);
    case AST_YieldFrom: return compile_yield_from_expr(c, e);
    case AST_Await: return compile_await(c, e);
    case AST_Compare: return compile_compare(c, e);
    case AST_Call: return compile_call(c, e);
    case AST_Constant: return emit_const(c, e->Constant.value);
    case AST_JoinedStr: return compile_joined_str(c, e);
    case AST_FormattedValue: return compile_formatted(c, e);
    case AST_Attribute: return compile_attribute(c, e);
    case AST_Subscript: return compile_subscript(c, e);
    case AST_Starred:
        return error_at(c, e->pos, e->Starred.ctx == AST_Store ? "starred assignment target must be in a list or tuple"
                                                               : "can't use starred expression here");
    case AST_Slice: return compile_slice(c, e);
    case AST_Name: return compile_name(c, e->Name.id, e->Name.ctx);
    case AST_List: return compile_list_or_tuple(c, e, e->List.elts, e->List.ctx, false);
    case AST_Tuple: return compile_list_or_tuple(c, e, e->Tuple.elts, e->Tuple.ctx, true);
    default:
        err_set(c->t, &exc_SystemError, "unexpected expression kind %d", e->kind);
        return -1;
    }
}

int compile_expr(Compiler *c, Node *e) {
    if (recursion_enter(c->t, " during compilation") < 0) return -1;
    AstPos outer = c->u->pos;
    set_pos(c, e->pos);
    int r = expr_by_kind(c, e);
    if (r == 0) set_pos(c, outer);
    recursion_leave(c->t);
    return r;
}
