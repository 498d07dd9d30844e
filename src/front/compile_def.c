// SPDX-License-Identifier: MIT
// Definitions: functions, lambdas, classes, and the type parameters of PEP 695.
//
// A generic definition is made inside a hidden function whose locals are the type parameters:
//     def f[T](x: T = d): …      becomes      f = <generic parameters of f>(defaults…)
// The parameters themselves come from _heddle_typing, a module of ours over the library's typing.
#include "compile_private.h"
#include "object/misc.h"

enum { FUNC_DEFAULTS = 1, FUNC_KWDEFAULTS = 2, FUNC_ANNOTATIONS = 4, FUNC_CLOSURE = 8 };

static int emit_call(Compiler *c, int n) {
    TRY(emit_arg(c, op_PRECALL, n));
    return emit_arg(c, op_CALL, n);
}

// ---- closures ---------------------------------------------------------------------------------------------------------
int make_closure(Compiler *c, V code_steal, int flags) {
    V code = ast_keep(c->t, c->ast, code_steal);
    if (code == V_NULL) return -1;
    V free = slot_peek(&code_of(code)->localsplusnames);
    int total = code_of(code)->nlocalsplus, n = code_of(code)->nfreevars;
    for (int i = total - n; i < total; i++) {
        V name = tuple_borrow(free, (size_t)i);
        bool class_cell = c->u->scope->kind == BLOCK_CLASS &&
                          (str_equal_ascii(name, "__class__") || str_equal_ascii(name, ".classdict"));
        int at = names_find(&c->u->cellvars, name);
        if (at < 0 || (!class_cell && scope_of_name(c->u->scope, name) != SCOPE_CELL)) {
            int in_free = names_find(&c->u->freevars, name);
            if (in_free >= 0) at = in_free + c->u->cellvars.n;
        }
        if (at < 0) {
            err_set(c->t, &exc_SystemError, "no variable '%V' to close over in %V", name, c->u->name);
            return -1;
        }
        TRY(emit_arg(c, op_LOAD_CLOSURE, at));
    }
    if (n) {
        flags |= FUNC_CLOSURE;
        TRY(emit_arg(c, op_BUILD_TUPLE, n));
    }
    TRY(emit_const(c, code));
    return emit_arg(c, op_MAKE_FUNCTION, flags);
}

// ---- annotations and defaults -------------------------------------------------------------------------------------------
static int compile_annotation_value(Compiler *c, Node *annotation) {
    if (annotation->kind == AST_Starred) { // *args: *Ts
        TRY(compile_expr(c, annotation->Starred.value));
        return emit_arg(c, op_UNPACK_SEQUENCE, 1);
    }
    return compile_expr(c, annotation);
}

int compile_annotation(Compiler *c, Node *annotation) {
    if (!future_annotations(c)) return compile_annotation_value(c, annotation);
    V text = ast_unparse(c->t, annotation);
    return emit_const_steal(c, text);
}

static int annotate(Compiler *c, V name, Node *annotation, int *n) {
    if (!annotation) return 0;
    V mangled = mangle(c, name);
    if (mangled == V_NULL) return -1;
    TRY(emit_const(c, mangled));
    TRY(compile_annotation(c, annotation));
    *n += 2;
    return 0;
}

static int annotate_args(Compiler *c, NodeSeq args, int *n) {
    for (int i = 0; i < args.n; i++) TRY(annotate(c, args.items[i]->arg.arg, args.items[i]->arg.annotation, n));
    return 0;
}

// 1 when a tuple of names and annotations was pushed.
static int compile_annotations(Compiler *c, Nodearguments *a, Node *returns) {
    int n = 0;
    TRY(annotate_args(c, a->args, &n));
    TRY(annotate_args(c, a->posonlyargs, &n));
    if (a->vararg) TRY(annotate(c, a->vararg->arg.arg, a->vararg->arg.annotation, &n));
    TRY(annotate_args(c, a->kwonlyargs, &n));
    if (a->kwarg) TRY(annotate(c, a->kwarg->arg.arg, a->kwarg->arg.annotation, &n));
    TRY(annotate(c, NAME_STR("return"), returns, &n));
    if (n) TRY(emit_arg(c, op_BUILD_TUPLE, n));
    return n > 0;
}

static int compile_kwdefaults(Compiler *c, Nodearguments *a) {
    V names = list_new(c->t, 0);
    if (v_is_error(names)) return -1;
    for (int i = 0; i < a->kwonlyargs.n; i++) {
        Node *value = a->kw_defaults.items[i];
        if (!value) continue;
        V mangled = mangle(c, a->kwonlyargs.items[i]->arg.arg);
        if (mangled == V_NULL || list_append(c->t, names, mangled) < 0 || compile_expr(c, value) < 0) {
            v_drop(c->t, names);
            return -1;
        }
    }
    size_t n = list_len(names);
    V keys = n ? list_to_tuple(c->t, names) : V_NULL;
    v_drop(c->t, names);
    if (!n) return 0;
    TRY(emit_const_steal(c, keys));
    TRY(emit_arg(c, op_BUILD_CONST_KEY_MAP, (int)n));
    return FUNC_KWDEFAULTS;
}

static int compile_defaults(Compiler *c, Nodearguments *a) { // flags of what was pushed
    int flags = 0;
    if (a->defaults.n) {
        flags |= FUNC_DEFAULTS;
        TRY(compile_exprs(c, a->defaults));
        TRY(emit_arg(c, op_BUILD_TUPLE, a->defaults.n));
    }
    if (a->kwonlyargs.n) {
        int kw = compile_kwdefaults(c, a);
        if (kw < 0) return -1;
        flags |= kw;
    }
    return flags;
}

static int check_arg_names(Compiler *c, Nodearguments *a) {
    NodeSeq lists[] = {a->posonlyargs, a->args, a->kwonlyargs};
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < lists[k].n; i++) {
            set_pos(c, lists[k].items[i]->pos);
            TRY(forbidden_name(c, lists[k].items[i]->arg.arg, AST_Store));
        }
    }
    if (a->vararg) TRY(forbidden_name(c, a->vararg->arg.arg, AST_Store));
    return a->kwarg ? forbidden_name(c, a->kwarg->arg.arg, AST_Store) : 0;
}

static void set_counts(Compiler *c, const Nodearguments *a) {
    c->u->argcount = a->args.n + a->posonlyargs.n;
    c->u->posonly = a->posonlyargs.n;
    c->u->kwonly = a->kwonlyargs.n;
}

static int apply_decorators(Compiler *c, NodeSeq decorators) {
    AstPos outer = c->u->pos;
    for (int i = decorators.n - 1; i >= 0; i--) {
        set_pos(c, decorators.items[i]->pos);
        TRY(emit_call(c, 0));
    }
    set_pos(c, outer);
    return 0;
}

// ---- type parameters ----------------------------------------------------------------------------------------------------
static int load_helper(Compiler *c, const char *name) { // [NULL, _heddle_typing.name]
    TRY(emit(c, op_PUSH_NULL));
    TRY(emit_const(c, V_INT(0)));
    V fromlist = tuple_pack(c->t, 1, str_static(name));
    TRY(emit_const_steal(c, fromlist));
    TRY(emit_name(c, op_IMPORT_NAME, NAME(_heddle_typing)));
    TRY(emit_name(c, op_IMPORT_FROM, str_static(name)));
    TRY(emit_arg(c, op_SWAP, 2));
    return emit(c, op_POP_TOP);
}

int compile_class_name(Compiler *c, V name) {
    TRY(load_helper(c, "class_name"));
    TRY(compile_name(c, NAME_STR(".classdict"), AST_Load));
    TRY(emit_const(c, name));
    return emit_call(c, 2);
}

static int keep_classdict(Compiler *c) { // the class body's namespace, for type parameters inside
    TRY(load_helper(c, "namespace"));
    TRY(emit_call(c, 0));
    return emit_arg(c, op_STORE_DEREF, names_find(&c->u->cellvars, NAME_STR(".classdict")));
}

// A function of no arguments that evaluates the expression; or None.
static int compile_lazy(Compiler *c, V name, Node *value, int *block) {
    if (!value) return emit_const(c, V_NONE);
    Scope *scope = c->u->scope->children[(*block)++];
    TRY(unit_enter(c, name, UNIT_TYPE_PARAMS, scope, c->u->private_name, value->lineno));
    set_pos(c, value->pos);
    TRY(compile_annotation_value(c, value));
    TRY(emit(c, op_RETURN_VALUE));
    V code = unit_leave(c, true);
    return v_is_error(code) ? -1 : make_closure(c, code, 0);
}

// block: the child of the parameters' scope that belongs to the next bound or default.
static int compile_type_param(Compiler *c, Node *p, int *block) {
    bool is_var = p->kind == AST_TypeVar;
    Node *bound = type_param_bound(p);
    set_pos(c, p->pos);
    TRY(load_helper(c, is_var ? "make_typevar" : p->kind == AST_ParamSpec ? "make_paramspec" : "make_typevartuple"));
    TRY(emit_const(c, type_param_name(p)));
    if (is_var) {
        TRY(emit_const(c, v_from_bool(bound && bound->kind == AST_Tuple))); // constraints
        TRY(compile_lazy(c, type_param_name(p), bound, block));
    }
    TRY(compile_lazy(c, type_param_name(p), type_param_default(p), block));
    TRY(emit_call(c, is_var ? 4 : 2));
    return compile_name(c, type_param_name(p), AST_Store);
}

static int load_type_params(Compiler *c, NodeSeq params) { // pushes their tuple
    for (int i = 0; i < params.n; i++) TRY(compile_name(c, type_param_name(params.items[i]), AST_Load));
    return emit_arg(c, op_BUILD_TUPLE, params.n);
}

static int set_type_params(Compiler *c, NodeSeq params) { // of the object on top
    TRY(emit_arg(c, op_COPY, 1));
    TRY(load_type_params(c, params));
    TRY(emit_arg(c, op_SWAP, 2));
    return emit_name(c, op_STORE_ATTR, NAME(__type_params__));
}

static int enter_generic(Compiler *c, V name, NodeSeq params, int lineno) {
    V full = str_from_format(c->t, "<generic parameters of %V>", name);
    if (v_is_error(full)) return -1;
    full = ast_keep(c->t, c->ast, str_intern_steal(c->t, full));
    if (full == V_NULL) return -1;
    Scope *scope = symtable_scope(&c->symbols, params.items[0]);
    TRY(unit_enter(c, full, UNIT_TYPE_PARAMS, scope, c->u->private_name, lineno));
    c->u->argcount = scope->n_varnames;
    int block = 0;
    for (int i = 0; i < params.n; i++) TRY(compile_type_param(c, params.items[i], &block));
    return 0;
}

// Ends the hidden function, whose result is on its stack, and calls it with the n values pushed outside.
static int leave_generic(Compiler *c, int n) {
    TRY(emit(c, op_RETURN_VALUE));
    V code = unit_leave(c, true);
    if (v_is_error(code)) return -1;
    TRY(emit(c, op_PUSH_NULL));
    TRY(make_closure(c, code, 0));
    if (n == 1) { // [d, NULL, f] -> [NULL, f, d]
        TRY(emit_arg(c, op_SWAP, 2));
        TRY(emit_arg(c, op_SWAP, 3));
    } else if (n == 2) { // [d, k, NULL, f] -> [NULL, f, d, k]
        TRY(emit_arg(c, op_SWAP, 4));
        TRY(emit_arg(c, op_SWAP, 2));
        TRY(emit_arg(c, op_SWAP, 4));
        TRY(emit_arg(c, op_SWAP, 3));
    }
    return emit_call(c, n);
}

// ---- functions ------------------------------------------------------------------------------------------------------------
static int compile_function_body(Compiler *c, Node *node, NodeFunctionDef *f, UnitKind kind, int firstlineno, int flags) {
    Scope *scope = symtable_scope(&c->symbols, node);
    TRY(unit_enter(c, f->name, kind, scope, c->u->private_name, firstlineno));
    V doc = c->optimize < 2 ? docstring_of(f->body) : V_NULL;
    TRY(const_add(c, doc == V_NULL ? V_NONE : doc));
    set_counts(c, &f->args->arguments);
    for (int i = doc != V_NULL; i < f->body.n; i++) TRY(compile_stmt(c, f->body.items[i]));
    V code = unit_leave(c, true);
    if (v_is_error(code)) return -1;
    return make_closure(c, code, flags);
}

int compile_function(Compiler *c, Node *node) {
    NodeFunctionDef *f = &node->FunctionDef; // AsyncFunctionDef has the same fields
    UnitKind kind = node->kind == AST_AsyncFunctionDef ? UNIT_ASYNC_FUNCTION : UNIT_FUNCTION;
    Nodearguments *a = &f->args->arguments;
    TRY(check_arg_names(c, a));
    set_pos(c, node->pos);
    TRY(compile_exprs(c, f->decorator_list));
    int firstlineno = f->decorator_list.n ? f->decorator_list.items[0]->lineno : node->lineno;
    int flags = compile_defaults(c, a);
    if (flags < 0) return -1;
    bool generic = f->type_params.n > 0;
    int pushed = ((flags & FUNC_DEFAULTS) != 0) + ((flags & FUNC_KWDEFAULTS) != 0);
    if (generic) {
        TRY(enter_generic(c, f->name, f->type_params, firstlineno));
        for (int i = 0; i < pushed; i++) TRY(emit_arg(c, op_LOAD_FAST, i));
    }
    int annotated = compile_annotations(c, a, f->returns);
    if (annotated < 0) return -1;
    if (annotated) flags |= FUNC_ANNOTATIONS;
    TRY(compile_function_body(c, node, f, kind, firstlineno, flags));
    if (generic) {
        TRY(set_type_params(c, f->type_params));
        TRY(leave_generic(c, pushed));
    }
    TRY(apply_decorators(c, f->decorator_list));
    return compile_name(c, f->name, AST_Store);
}

int compile_lambda(Compiler *c, Node *node) {
    Nodearguments *a = &node->Lambda.args->arguments;
    TRY(check_arg_names(c, a));
    set_pos(c, node->pos);
    int flags = compile_defaults(c, a);
    if (flags < 0) return -1;
    Scope *scope = symtable_scope(&c->symbols, node);
    TRY(unit_enter(c, NAME_STR("<lambda>"), UNIT_LAMBDA, scope, c->u->private_name, node->lineno));
    TRY(const_add(c, V_NONE)); // no docstring
    set_counts(c, a);
    TRY(compile_expr(c, node->Lambda.body));
    if (!scope->generator) TRY(emit(c, op_RETURN_VALUE));
    V code = unit_leave(c, false);
    return v_is_error(code) ? -1 : make_closure(c, code, flags);
}

// ---- classes ----------------------------------------------------------------------------------------------------------------
static int compile_class_body(Compiler *c, Node *node, int firstlineno) {
    NodeClassDef *k = &node->ClassDef;
    Scope *scope = symtable_scope(&c->symbols, node);
    TRY(unit_enter(c, k->name, UNIT_CLASS, scope, k->name, firstlineno));
    TRY(compile_name(c, NAME(__name__), AST_Load));
    TRY(compile_name(c, NAME(__module__), AST_Store));
    TRY(emit_const(c, c->u->qualname));
    TRY(compile_name(c, NAME(__qualname__), AST_Store));
    if (scope->needs_classdict) TRY(keep_classdict(c));
    TRY(compile_body(c, k->body));
    no_pos(c);
    if (scope->needs_class_closure) {
        TRY(emit_arg(c, op_LOAD_CLOSURE, names_find(&c->u->cellvars, NAME(__class__))));
        TRY(emit_arg(c, op_COPY, 1));
        TRY(compile_name(c, NAME(__classcell__), AST_Store));
    } else {
        TRY(emit_const(c, V_NONE));
    }
    TRY(emit(c, op_RETURN_VALUE));
    return 0;
}

static NodeSeq with_generic_base(Compiler *c, NodeSeq bases, AstPos pos) {
    NodeSeq all = ast_seq(c->ast, bases.n + 1);
    if (!all.items) return all;
    if (bases.n) memcpy(all.items, bases.items, (size_t)bases.n * sizeof *bases.items);
    all.items[bases.n] = AST_NEW(c->ast, pos, Name, NAME_STR(".generic_base"), AST_Load);
    return all;
}

int compile_class(Compiler *c, Node *node) {
    NodeClassDef *k = &node->ClassDef;
    TRY(compile_exprs(c, k->decorator_list));
    int firstlineno = k->decorator_list.n ? k->decorator_list.items[0]->lineno : node->lineno;
    bool generic = k->type_params.n > 0;
    NodeSeq bases = k->bases;
    if (generic) {
        TRY(enter_generic(c, k->name, k->type_params, firstlineno));
        set_pos(c, node->pos);
        TRY(load_helper(c, "generic_base"));
        TRY(load_type_params(c, k->type_params));
        TRY(emit_call(c, 1));
        TRY(compile_name(c, NAME_STR(".generic_base"), AST_Store));
        bases = with_generic_base(c, bases, node->pos);
        if (c->ast->no_memory) return -1;
    }
    TRY(compile_class_body(c, node, firstlineno));
    V code = unit_leave(c, true);
    if (v_is_error(code)) return -1;
    code = ast_keep(c->t, c->ast, code);
    if (code == V_NULL) return -1;
    TRY(emit(c, op_PUSH_NULL));
    TRY(emit(c, op_LOAD_BUILD_CLASS));
    TRY(make_closure(c, v_dup(code), 0));
    TRY(emit_const(c, k->name));
    TRY(compile_call_tail(c, 2, bases, k->keywords));
    if (generic) {
        TRY(set_type_params(c, k->type_params));
        TRY(leave_generic(c, 0));
    }
    TRY(apply_decorators(c, k->decorator_list));
    return compile_name(c, k->name, AST_Store);
}

// type X[T] = value: the value is a function, evaluated when somebody asks.
int compile_type_alias(Compiler *c, Node *node) {
    NodeTypeAlias *a = &node->TypeAlias;
    V name = a->name->Name.id;
    bool generic = a->type_params.n > 0;
    if (generic) {
        TRY(enter_generic(c, name, a->type_params, node->lineno));
        set_pos(c, node->pos);
    }
    TRY(load_helper(c, "make_typealias"));
    TRY(emit_const(c, name));
    TRY(unit_enter(c, name, UNIT_TYPE_PARAMS, symtable_scope(&c->symbols, node), c->u->private_name, node->lineno));
    set_pos(c, a->value->pos);
    TRY(compile_expr(c, a->value));
    TRY(emit(c, op_RETURN_VALUE));
    V code = unit_leave(c, true);
    if (v_is_error(code)) return -1;
    TRY(make_closure(c, code, 0));
    if (generic) TRY(load_type_params(c, a->type_params));
    else TRY(emit_const(c, tuple_empty()));
    TRY(emit_call(c, 3));
    if (generic) TRY(leave_generic(c, 0));
    return compile_name(c, name, AST_Store);
}
