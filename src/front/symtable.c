// SPDX-License-Identifier: MIT
// Building the symbol table: one walk over the tree that enters a Scope for every block and records each name's uses.
// symtable_resolve.c then decides what the names mean.
#include "symtable_private.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// ---- errors ---------------------------------------------------------------------------------------------------------
int front_error_at(Thread *t, V filename, AstPos pos, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return -1;
    V text = source_line(t, filename, pos.lineno);
    if (v_is_error(text)) err_clear(t), text = V_NONE; // the file may be gone: the error is reported without its text
    err_set_syntax(t, &exc_SyntaxError, message, filename, pos.lineno, pos.col_offset + 1, text, pos.end_lineno,
                   pos.end_col_offset + 1);
    v_drop(t, text);
    v_drop(t, message);
    return -1;
}

static int out_of_memory(SymTable *s) {
    err_no_memory(s->t);
    return -1;
}

// ---- scopes and symbols -----------------------------------------------------------------------------------------------
static void *grow(Ast *ast, void *old, int n, int *cap, size_t size) {
    if (n < *cap) return old;
    int bigger = *cap ? *cap * 2 : 8;
    void *p = arena_alloc(&ast->arena, (size_t)bigger * size);
    if (!p) return NULL;
    if (n) memcpy(p, old, (size_t)n * size);
    *cap = bigger;
    return p;
}

static uint32_t hash_word(uint64_t word) { return (uint32_t)((word >> 4) * 0x9E3779B97F4A7C15ull >> 32); }

static int index_find(const Scope *scope, V name) {
    if (!scope->index_size) return -1;
    uint32_t mask = (uint32_t)scope->index_size - 1, i = hash_word(v_untag(name)) & mask;
    for (; scope->index[i] >= 0; i = (i + 1) & mask) {
        if (v_is(scope->symbols[scope->index[i]].name, name)) return scope->index[i];
    }
    return -1;
}

static bool index_rebuild(Ast *ast, Scope *scope) {
    if (scope->n_symbols * 2 < scope->index_size) return true;
    int size = scope->index_size ? scope->index_size * 2 : 16;
    int *index = arena_alloc(&ast->arena, (size_t)size * sizeof *index);
    if (!index) return false;
    for (int i = 0; i < size; i++) index[i] = -1;
    for (int s = 0; s < scope->n_symbols; s++) {
        uint32_t i = hash_word(v_untag(scope->symbols[s].name)) & (uint32_t)(size - 1);
        while (index[i] >= 0) i = (i + 1) & (uint32_t)(size - 1);
        index[i] = s;
    }
    scope->index = index;
    scope->index_size = size;
    return true;
}

Symbol *scope_symbol(Scope *scope, V name) {
    int i = index_find(scope, name);
    return i < 0 ? NULL : &scope->symbols[i];
}

NameScope scope_of_name(Scope *scope, V name) {
    Symbol *symbol = scope_symbol(scope, name);
    return symbol ? symbol->scope : SCOPE_UNKNOWN;
}

Symbol *scope_add_symbol(SymTable *s, Scope *scope, V name) {
    Symbol *found = scope_symbol(scope, name);
    if (found) return found;
    Symbol *symbols = grow(s->ast, scope->symbols, scope->n_symbols, &scope->cap_symbols, sizeof *symbols);
    if (!symbols) {
        out_of_memory(s);
        return NULL;
    }
    scope->symbols = symbols;
    symbols[scope->n_symbols] = (Symbol){.name = name};
    if (!index_rebuild(s->ast, scope)) {
        out_of_memory(s);
        return NULL;
    }
    uint32_t mask = (uint32_t)scope->index_size - 1, i = hash_word(v_untag(name)) & mask;
    while (scope->index[i] >= 0 && scope->index[i] != scope->n_symbols) i = (i + 1) & mask;
    scope->index[i] = scope->n_symbols++;
    return &scope->symbols[scope->n_symbols - 1];
}

static bool by_node_put(SymTable *s, Scope *scope) {
    if ((s->n_by_node + 1) * 2 > s->cap_by_node) {
        int old_cap = s->cap_by_node, cap = old_cap ? old_cap * 2 : 64;
        Scope **old = s->by_node, **table = arena_zalloc(&s->ast->arena, (size_t)cap * sizeof *table);
        if (!table) return false;
        s->by_node = table;
        s->cap_by_node = cap;
        s->n_by_node = 0;
        for (int i = 0; i < old_cap; i++) {
            if (old[i] && !by_node_put(s, old[i])) return false;
        }
    }
    uint32_t mask = (uint32_t)s->cap_by_node - 1, i = hash_word((uintptr_t)scope->node) & mask;
    while (s->by_node[i]) i = (i + 1) & mask;
    s->by_node[i] = scope;
    s->n_by_node++;
    return true;
}

Scope *symtable_scope(SymTable *s, const Node *node) {
    uint32_t mask = (uint32_t)s->cap_by_node - 1, i = hash_word((uintptr_t)node) & mask;
    while (s->by_node[i]) {
        if (s->by_node[i]->node == node) return s->by_node[i];
        i = (i + 1) & mask;
    }
    return NULL;
}

static int enter(SymTable *s, V name, BlockKind kind, Node *node, AstPos pos) {
    Scope *scope = arena_zalloc(&s->ast->arena, sizeof *scope), *parent = s->current;
    if (!scope) return out_of_memory(s);
    *scope = (Scope){.kind = kind, .name = name, .node = node, .parent = parent, .pos = pos};
    if (parent) {
        scope->comp_iter_expr = parent->comp_iter_expr; // what is forbidden there is so in all it contains
        scope->nested = parent->nested || parent->kind == BLOCK_FUNCTION || parent->kind == BLOCK_TYPE_PARAMS;
        Scope **children = grow(s->ast, parent->children, parent->n_children, &parent->cap_children, sizeof *children);
        if (!children) return out_of_memory(s);
        parent->children = children;
        children[parent->n_children++] = scope;
    }
    if (node && !by_node_put(s, scope)) return out_of_memory(s);
    s->current = scope;
    return 0;
}

static void leave(SymTable *s) { s->current = s->current->parent; }

static int error_in(SymTable *s, AstPos pos, const char *format, V name) {
    return front_error_at(s->t, s->filename, pos, format, name);
}

V mangle_name(Thread *t, Ast *ast, V private_name, V name) {
    size_t n = str_len(name);
    if (private_name == V_NULL || n < 3 || str_at(name, 0) != '_' || str_at(name, 1) != '_') return name;
    if (str_at(name, n - 1) == '_' && str_at(name, n - 2) == '_') return name;
    if (str_find_char(name, '.', 0, n, 1) >= 0) return name;
    size_t skip = 0, len = str_len(private_name);
    while (skip < len && str_at(private_name, skip) == '_') skip++;
    if (skip == len) return name;
    V klass = str_substring(t, private_name, skip, len);
    if (v_is_error(klass)) return V_NULL;
    V mangled = str_from_format(t, "_%V%V", klass, name);
    v_drop(t, klass);
    if (v_is_error(mangled)) return V_NULL;
    return ast_keep(t, ast, str_intern_steal(t, mangled));
}

static int add_def_in(SymTable *s, Scope *scope, V name, uint32_t flag, AstPos pos) {
    V mangled = mangle_name(s->t, s->ast, s->private_name, name);
    if (mangled == V_NULL) return -1;
    Symbol *symbol = scope_add_symbol(s, scope, mangled);
    if (!symbol) return -1;
    if ((flag & SYM_PARAM) && (symbol->flags & SYM_PARAM)) {
        return error_in(s, pos, "duplicate argument '%V' in function definition", name);
    }
    if (scope->comp_iter_target) { // inside the target of a comprehension's `for`
        if (symbol->flags & (SYM_GLOBAL | SYM_NONLOCAL)) {
            return error_in(s, pos, "comprehension inner loop cannot rebind assignment expression target '%V'", name);
        }
        flag |= SYM_COMP_ITER;
    }
    symbol->flags |= flag;
    if (flag & SYM_PARAM) {
        V *varnames = grow(s->ast, scope->varnames, scope->n_varnames, &scope->cap_varnames, sizeof *varnames);
        if (!varnames) return out_of_memory(s);
        scope->varnames = varnames;
        varnames[scope->n_varnames++] = mangled;
    } else if (flag & SYM_GLOBAL) {
        Symbol *global = scope_add_symbol(s, s->top, mangled);
        if (!global) return -1;
        if (scope != s->top) global->flags |= SYM_GLOBAL;
    }
    return 0;
}

static int add_def(SymTable *s, V name, uint32_t flag, AstPos pos) { return add_def_in(s, s->current, name, flag, pos); }

// ---- the walk -----------------------------------------------------------------------------------------------------------
static int visit(SymTable *s, Node *node);

static int visit_opt(SymTable *s, Node *node) { return node ? visit(s, node) : 0; }

static int visit_seq(SymTable *s, NodeSeq seq) {
    for (int i = 0; i < seq.n; i++) {
        if (visit_opt(s, seq.items[i]) < 0) return -1;
    }
    return 0;
}

static int visit_child(Node *child, void *arg) { return visit(arg, child); }

static V plain_name(SymTable *s, const char *text) { return ast_keep(s->t, s->ast, str_static(text)); }

// Annotations have a block of their own only to reject what must not stand in them; their names belong to the current one.
static int visit_annotation(SymTable *s, Node *annotation, Node *key) {
    if (!annotation) return 0;
    if (!s->future_annotations) return visit(s, annotation);
    Scope *outer = s->current;
    int n_children = outer->n_children;
    if (enter(s, plain_name(s, "_annotation"), BLOCK_ANNOTATION, key, annotation->pos) < 0) return -1;
    int r = visit(s, annotation);
    leave(s);
    outer->n_children = n_children; // with `from __future__ import annotations` it is never evaluated
    return r;
}

static int visit_arg_annotations(SymTable *s, NodeSeq args) {
    for (int i = 0; i < args.n; i++) {
        if (visit_annotation(s, args.items[i]->arg.annotation, args.items[i]) < 0) return -1;
    }
    return 0;
}

static int visit_annotations(SymTable *s, Node *arguments, Node *returns) {
    Nodearguments *a = &arguments->arguments;
    if (visit_arg_annotations(s, a->posonlyargs) < 0 || visit_arg_annotations(s, a->args) < 0) return -1;
    if (a->vararg && visit_annotation(s, a->vararg->arg.annotation, a->vararg) < 0) return -1;
    if (a->kwarg && visit_annotation(s, a->kwarg->arg.annotation, a->kwarg) < 0) return -1;
    if (visit_arg_annotations(s, a->kwonlyargs) < 0) return -1;
    return visit_annotation(s, returns, arguments);
}

static int add_params(SymTable *s, NodeSeq args) {
    for (int i = 0; i < args.n; i++) {
        if (add_def(s, args.items[i]->arg.arg, SYM_PARAM, args.items[i]->pos) < 0) return -1;
    }
    return 0;
}

static int visit_arguments(SymTable *s, Node *arguments) {
    Nodearguments *a = &arguments->arguments;
    if (add_params(s, a->posonlyargs) < 0 || add_params(s, a->args) < 0 || add_params(s, a->kwonlyargs) < 0) return -1;
    if (a->vararg) {
        if (add_def(s, a->vararg->arg.arg, SYM_PARAM, a->vararg->pos) < 0) return -1;
        s->current->varargs = true;
    }
    if (a->kwarg) {
        if (add_def(s, a->kwarg->arg.arg, SYM_PARAM, a->kwarg->pos) < 0) return -1;
        s->current->varkeywords = true;
    }
    return 0;
}

static int visit_defaults(SymTable *s, Node *arguments) {
    return visit_seq(s, arguments->arguments.defaults) < 0 ? -1 : visit_seq(s, arguments->arguments.kw_defaults);
}

static Node *type_params_key(NodeSeq params) { return params.items[0]; }

V type_param_name(const Node *p) {
    return p->kind == AST_TypeVar ? p->TypeVar.name : p->kind == AST_ParamSpec ? p->ParamSpec.name : p->TypeVarTuple.name;
}
Node *type_param_bound(const Node *p) { return p->kind == AST_TypeVar ? p->TypeVar.bound : NULL; }
Node *type_param_default(const Node *p) {
    return p->kind == AST_TypeVar     ? p->TypeVar.default_value
           : p->kind == AST_ParamSpec ? p->ParamSpec.default_value
                                      : p->TypeVarTuple.default_value;
}

// In a class, its names are looked up in its namespace first.
static int see_class(SymTable *s, bool in_class, AstPos pos) {
    s->current->can_see_class = in_class;
    return in_class ? add_def(s, plain_name(s, ".classdict"), SYM_USE, pos) : 0;
}

// Bounds and defaults are evaluated when somebody asks: each in a block of its own.  The compiler finds these blocks as
// the first children of the parameters' block, in this order.
static int visit_lazy(SymTable *s, V name, Node *value, const char *what) {
    if (!value) return 0;
    bool in_class = s->current->can_see_class;
    if (enter(s, name, BLOCK_TYPE_PARAMS, NULL, value->pos) < 0 || see_class(s, in_class, value->pos) < 0) return -1;
    s->current->lazy_what = what;
    if (visit(s, value->kind == AST_Starred ? value->Starred.value : value) < 0) return -1;
    leave(s);
    return 0;
}

static int add_type_params(SymTable *s, NodeSeq params) {
    bool defaults = false;
    for (int i = 0; i < params.n; i++) {
        Node *p = params.items[i];
        V id = type_param_name(p), mangled = mangle_name(s->t, s->ast, s->private_name, id);
        if (mangled == V_NULL) return -1;
        Symbol *known = scope_symbol(s->current, mangled);
        if (known && (known->flags & SYM_TYPE_PARAM)) return error_in(s, p->pos, "duplicate type parameter '%V'", id);
        if (defaults && !type_param_default(p))
            return error_in(s, p->pos, "non-default type parameter '%V' follows default type parameter", id);
        defaults = type_param_default(p) != NULL;
        if (add_def(s, id, SYM_TYPE_PARAM | SYM_LOCAL, p->pos) < 0) return -1;
    }
    return 0;
}

// PEP 695: the parameters live in a function-like block around the definition, which is entered here.
static int enter_type_params(SymTable *s, V name, NodeSeq params, int n_defaults, AstPos pos) {
    bool in_class = s->current->kind == BLOCK_CLASS;
    if (enter(s, name, BLOCK_TYPE_PARAMS, type_params_key(params), pos) < 0) return -1;
    static const char *const hidden[] = {".defaults", ".kwdefaults"}; // made outside, passed in
    for (int i = 0; i < n_defaults; i++) {
        if (add_def(s, plain_name(s, hidden[i]), SYM_PARAM, pos) < 0) return -1;
    }
    if (see_class(s, in_class, pos) < 0) return -1; // behind the parameters
    if (add_type_params(s, params) < 0) return -1;
    for (int i = 0; i < params.n; i++) {
        Node *p = params.items[i], *bound = type_param_bound(p);
        const char *limit = bound && bound->kind == AST_Tuple ? "a TypeVar constraint" : "a TypeVar bound";
        const char *fallback = p->kind == AST_TypeVar     ? "a TypeVar default"
                               : p->kind == AST_ParamSpec ? "a ParamSpec default"
                                                          : "a TypeVarTuple default";
        if (visit_lazy(s, type_param_name(p), bound, limit) < 0) return -1;
        if (visit_lazy(s, type_param_name(p), type_param_default(p), fallback) < 0) return -1;
    }
    return 0;
}

static bool has_kwdefaults(Node *arguments) {
    NodeSeq values = arguments->arguments.kw_defaults;
    for (int i = 0; i < values.n; i++) {
        if (values.items[i]) return true;
    }
    return false;
}

static int visit_function(SymTable *s, Node *node) {
    bool async = node->kind == AST_AsyncFunctionDef;
    NodeFunctionDef *f = &node->FunctionDef; // AsyncFunctionDef has the same fields in the same order
    if (add_def(s, f->name, SYM_LOCAL, node->pos) < 0) return -1;
    if (visit_seq(s, f->decorator_list) < 0 || visit_defaults(s, f->args) < 0) return -1;
    bool generic = f->type_params.n > 0;
    int n_defaults = (f->args->arguments.defaults.n > 0) + has_kwdefaults(f->args);
    if (generic && enter_type_params(s, f->name, f->type_params, n_defaults, node->pos) < 0) return -1;
    if (visit_annotations(s, f->args, f->returns) < 0) return -1;
    if (enter(s, f->name, BLOCK_FUNCTION, node, node->pos) < 0) return -1;
    s->current->coroutine = async;
    if (visit_arguments(s, f->args) < 0 || visit_seq(s, f->body) < 0) return -1;
    leave(s);
    if (generic) leave(s);
    return 0;
}

static int visit_class(SymTable *s, Node *node) {
    NodeClassDef *c = &node->ClassDef;
    if (add_def(s, c->name, SYM_LOCAL, node->pos) < 0 || visit_seq(s, c->decorator_list) < 0) return -1;
    bool generic = c->type_params.n > 0;
    if (generic) {
        if (enter_type_params(s, c->name, c->type_params, 0, node->pos) < 0) return -1;
        if (add_def(s, plain_name(s, ".generic_base"), SYM_LOCAL, node->pos) < 0) return -1;
    }
    if (visit_seq(s, c->bases) < 0 || visit_seq(s, c->keywords) < 0) return -1;
    if (enter(s, c->name, BLOCK_CLASS, node, node->pos) < 0) return -1;
    V outer_private = s->private_name;
    s->private_name = c->name;
    int r = visit_seq(s, c->body);
    s->private_name = outer_private;
    leave(s);
    if (generic) leave(s);
    return r;
}

static int visit_type_alias(SymTable *s, Node *node) {
    NodeTypeAlias *a = &node->TypeAlias;
    V name = a->name->Name.id;
    if (visit(s, a->name) < 0) return -1;
    bool generic = a->type_params.n > 0, in_class = s->current->kind == BLOCK_CLASS;
    if (generic && enter_type_params(s, name, a->type_params, 0, node->pos) < 0) return -1;
    if (enter(s, name, BLOCK_TYPE_PARAMS, node, node->pos) < 0 || see_class(s, in_class, node->pos) < 0) return -1;
    s->current->lazy_what = "a type alias";
    if (visit(s, a->value) < 0) return -1;
    leave(s);
    if (generic) leave(s);
    return 0;
}

static int visit_lambda(SymTable *s, Node *node) {
    if (visit_defaults(s, node->Lambda.args) < 0) return -1;
    if (enter(s, plain_name(s, "lambda"), BLOCK_FUNCTION, node, node->pos) < 0) return -1;
    s->current->is_lambda = true;
    if (visit_arguments(s, node->Lambda.args) < 0 || visit(s, node->Lambda.body) < 0) return -1;
    leave(s);
    return 0;
}

// ---- global and nonlocal --------------------------------------------------------------------------------------------------
static void set_where(SymTable *s, V name, AstPos pos) { // the first one counts
    Symbol *symbol = scope_symbol(s->current, name);
    if (!symbol->where.lineno) symbol->where = pos;
}

static int declare(SymTable *s, Node *node, IdSeq names, uint32_t flag) {
    const char *word = flag == SYM_GLOBAL ? "global" : "nonlocal";
    for (int i = 0; i < names.n; i++) {
        V name = names.items[i], mangled = mangle_name(s->t, s->ast, s->private_name, name);
        if (mangled == V_NULL) return -1;
        Symbol *symbol = scope_symbol(s->current, mangled);
        uint32_t seen = symbol ? symbol->flags : 0;
        const char *how = seen & SYM_PARAM      ? "name '%V' is parameter and %s"
                          : seen & SYM_USE       ? "name '%V' is used prior to %s declaration"
                          : seen & SYM_ANNOTATED ? "annotated name '%V' can't be %s"
                          : seen & SYM_LOCAL     ? "name '%V' is assigned to before %s declaration"
                                                 : NULL;
        if (how) return front_error_at(s->t, s->filename, node->pos, how, name, word);
        if (add_def(s, name, flag, node->pos) < 0) return -1;
        set_where(s, mangled, node->pos);
    }
    return 0;
}

// ---- comprehensions and named expressions ---------------------------------------------------------------------------------
static int visit_comprehension(SymTable *s, Node *c) {
    s->current->comp_iter_target = true;
    int r = visit(s, c->comprehension.target);
    s->current->comp_iter_target = false;
    if (r < 0) return -1;
    s->current->comp_iter_expr++;
    r = visit(s, c->comprehension.iter);
    s->current->comp_iter_expr--;
    if (r < 0) return -1;
    if (c->comprehension.is_async) s->current->coroutine = true;
    return visit_seq(s, c->comprehension.ifs);
}

static int visit_comp(SymTable *s, Node *node, const char *name, ComprehensionKind kind, Node *elt, Node *value,
                      NodeSeq generators) {
    Node *outermost = generators.items[0];
    s->current->comp_iter_expr++; // the first iterable is evaluated outside
    int r = visit(s, outermost->comprehension.iter);
    s->current->comp_iter_expr--;
    if (r < 0 || enter(s, plain_name(s, name), BLOCK_FUNCTION, node, node->pos) < 0) return -1;
    Scope *scope = s->current;
    scope->comprehension = kind;
    if (outermost->comprehension.is_async) scope->coroutine = true;
    if (add_def(s, plain_name(s, ".0"), SYM_PARAM, node->pos) < 0) return -1;
    scope->comp_iter_target = true;
    r = visit(s, outermost->comprehension.target);
    scope->comp_iter_target = false;
    if (r < 0 || visit_seq(s, outermost->comprehension.ifs) < 0) return -1;
    for (int i = 1; i < generators.n; i++) {
        if (visit_comprehension(s, generators.items[i]) < 0) return -1;
    }
    if (value && visit(s, value) < 0) return -1; // a dict display's value after its key in source, before in the table
    if (visit(s, elt) < 0) return -1;
    scope->generator = kind == COMP_GENERATOR;
    bool async = scope->coroutine && kind != COMP_GENERATOR;
    leave(s);
    if (async) s->current->coroutine = true;
    return 0;
}

// The target of `:=` inside comprehensions belongs to the nearest enclosing block that is none.
static int extend_named_target(SymTable *s, Node *target) {
    V name = target->Name.id, mangled = mangle_name(s->t, s->ast, s->private_name, name);
    if (mangled == V_NULL) return -1;
    for (Scope *scope = s->current; scope; scope = scope->parent) {
        if (scope->comprehension != COMP_NONE) {
            Symbol *symbol = scope_symbol(scope, mangled);
            if (symbol && (symbol->flags & SYM_COMP_ITER)) {
                return error_in(s, target->pos, "assignment expression cannot rebind comprehension iteration variable '%V'",
                                name);
            }
            continue;
        }
        if (scope->kind == BLOCK_FUNCTION) {
            Symbol *symbol = scope_symbol(scope, mangled);
            bool global = symbol && (symbol->flags & SYM_GLOBAL);
            if (add_def(s, name, global ? SYM_GLOBAL : SYM_NONLOCAL, target->pos) < 0) return -1;
            set_where(s, mangled, target->pos);
            return add_def_in(s, scope, name, SYM_LOCAL, target->pos);
        }
        if (scope->kind == BLOCK_MODULE) {
            if (add_def(s, name, SYM_GLOBAL, target->pos) < 0) return -1;
            set_where(s, mangled, target->pos);
            return add_def_in(s, scope, name, SYM_GLOBAL, target->pos);
        }
        if (scope->kind == BLOCK_CLASS) {
            return error_in(s, target->pos, "assignment expression within a comprehension cannot be used in a class body",
                            V_NULL);
        }
        return error_in(s, target->pos, "assignment expression within a comprehension cannot be used within the definition of a generic",
                        V_NULL);
    }
    return 0;
}

static int reject_in_annotation(SymTable *s, Node *node, const char *what) {
    if (s->current->kind == BLOCK_ANNOTATION)
        return front_error_at(s->t, s->filename, node->pos, "'%s' can not be used within an annotation", what);
    if (s->current->kind != BLOCK_TYPE_PARAMS) return 0;
    const char *where = s->current->lazy_what ? s->current->lazy_what : "the definition of a generic";
    return front_error_at(s->t, s->filename, node->pos, "%s cannot be used within %s", what, where); // later Pythons' words
}

static int reject_in_comprehension(SymTable *s, Node *node) {
    static const char *const what[] = {
        [COMP_LIST] = "list comprehension", [COMP_DICT] = "dict comprehension", [COMP_SET] = "set comprehension",
        [COMP_GENERATOR] = "generator expression"};
    ComprehensionKind kind = s->current->comprehension;
    if (kind == COMP_NONE) return 0;
    return front_error_at(s->t, s->filename, node->pos, "'yield' inside %s", what[kind]);
}

static int visit_named(SymTable *s, Node *node) {
    if (reject_in_annotation(s, node, "named expression") < 0) return -1;
    if (s->current->comp_iter_expr > 0) {
        return error_in(s, node->pos, "assignment expression cannot be used in a comprehension iterable expression", V_NULL);
    }
    if (s->current->comprehension != COMP_NONE && extend_named_target(s, node->NamedExpr.target) < 0) return -1;
    return visit(s, node->NamedExpr.value) < 0 ? -1 : visit(s, node->NamedExpr.target);
}

// ---- names --------------------------------------------------------------------------------------------------------------
static int visit_name(SymTable *s, Node *node) {
    V id = node->Name.id;
    if (add_def(s, id, node->Name.ctx == AST_Load ? SYM_USE : SYM_LOCAL, node->pos) < 0) return -1;
    bool is_super = node->Name.ctx == AST_Load && s->current->kind == BLOCK_FUNCTION && str_equal_ascii(id, "super");
    return is_super ? add_def(s, plain_name(s, "__class__"), SYM_USE, node->pos) : 0; // zero-argument super()
}

static int visit_alias(SymTable *s, Node *alias) {
    V name = alias->alias.asname != V_NULL ? alias->alias.asname : alias->alias.name;
    if (str_equal_ascii(name, "*")) {
        if (s->current->kind != BLOCK_MODULE) return error_in(s, alias->pos, "import * only allowed at module level", V_NULL);
        return 0;
    }
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), 1);
    if (dot >= 0 && alias->alias.asname == V_NULL) {
        V first = str_substring(s->t, name, 0, (size_t)dot);
        if (v_is_error(first)) return -1;
        name = ast_keep(s->t, s->ast, str_intern_steal(s->t, first));
        if (name == V_NULL) return -1;
    }
    return add_def(s, name, SYM_IMPORT, alias->pos);
}

static int visit_ann_assign(SymTable *s, Node *node) {
    NodeAnnAssign *a = &node->AnnAssign;
    if (a->target->kind == AST_Name) {
        V name = a->target->Name.id, mangled = mangle_name(s->t, s->ast, s->private_name, name);
        if (mangled == V_NULL) return -1;
        Symbol *symbol = scope_symbol(s->current, mangled);
        if (symbol && (symbol->flags & (SYM_GLOBAL | SYM_NONLOCAL)) && s->current != s->top && a->simple) {
            return error_in(s, node->pos,
                            symbol->flags & SYM_GLOBAL ? "annotated name '%V' can't be global"
                                                       : "annotated name '%V' can't be nonlocal",
                            name);
        }
        if (a->simple && add_def(s, name, SYM_ANNOTATED | SYM_LOCAL, a->target->pos) < 0) return -1;
        if (!a->simple && a->value && add_def(s, name, SYM_LOCAL, a->target->pos) < 0) return -1;
    } else if (visit(s, a->target) < 0) {
        return -1;
    }
    if (visit_annotation(s, a->annotation, node) < 0) return -1;
    return visit_opt(s, a->value);
}

static int visit_pattern_name(SymTable *s, V name, Node *node) {
    return name == V_NULL ? 0 : add_def(s, name, SYM_LOCAL, node->pos);
}

static int visit_node(SymTable *s, Node *node) {
    switch (node->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return visit_function(s, node);
    case AST_ClassDef: return visit_class(s, node);
    case AST_TypeAlias: return visit_type_alias(s, node);
    case AST_Lambda: return visit_lambda(s, node);
    case AST_Return:
        if (node->Return.value) s->current->returns_value = true;
        return visit_opt(s, node->Return.value);
    case AST_AnnAssign: return visit_ann_assign(s, node);
    case AST_AugAssign: return visit(s, node->AugAssign.target) < 0 ? -1 : visit(s, node->AugAssign.value);
    case AST_Global: return declare(s, node, node->Global.names, SYM_GLOBAL);
    case AST_Nonlocal: return declare(s, node, node->Nonlocal.names, SYM_NONLOCAL);
    case AST_Name: return visit_name(s, node);
    case AST_NamedExpr: return visit_named(s, node);
    case AST_ListComp:
        return visit_comp(s, node, "listcomp", COMP_LIST, node->ListComp.elt, NULL, node->ListComp.generators);
    case AST_SetComp: return visit_comp(s, node, "setcomp", COMP_SET, node->SetComp.elt, NULL, node->SetComp.generators);
    case AST_DictComp:
        return visit_comp(s, node, "dictcomp", COMP_DICT, node->DictComp.key, node->DictComp.value, node->DictComp.generators);
    case AST_GeneratorExp:
        return visit_comp(s, node, "genexpr", COMP_GENERATOR, node->GeneratorExp.elt, NULL, node->GeneratorExp.generators);
    case AST_Yield:
    case AST_YieldFrom:
        if (reject_in_annotation(s, node, "yield expression") < 0) return -1;
        if (ast_each_child(node, visit_child, s)) return -1;
        s->current->generator = true;
        return reject_in_comprehension(s, node);
    case AST_Await:
        if (reject_in_annotation(s, node, "await expression") < 0) return -1;
        if (visit(s, node->Await.value) < 0) return -1;
        s->current->coroutine = true;
        return 0;
    case AST_alias: return visit_alias(s, node);
    case AST_ExceptHandler:
        if (visit_opt(s, node->ExceptHandler.type) < 0) return -1;
        if (visit_pattern_name(s, node->ExceptHandler.name, node) < 0) return -1;
        return visit_seq(s, node->ExceptHandler.body);
    case AST_MatchStar: return visit_pattern_name(s, node->MatchStar.name, node);
    case AST_MatchAs:
        return visit_opt(s, node->MatchAs.pattern) < 0 ? -1 : visit_pattern_name(s, node->MatchAs.name, node);
    case AST_MatchMapping:
        if (visit_seq(s, node->MatchMapping.keys) < 0 || visit_seq(s, node->MatchMapping.patterns) < 0) return -1;
        return visit_pattern_name(s, node->MatchMapping.rest, node);
    default: return ast_each_child(node, visit_child, s) ? -1 : 0;
    }
}

static int visit(SymTable *s, Node *node) {
    if (recursion_enter(s->t, " during compilation") < 0) return -1;
    int r = visit_node(s, node);
    recursion_leave(s->t);
    return r;
}

int symtable_build(Thread *t, Ast *ast, V filename, unsigned flags, SymTable *s) {
    *s = (SymTable){.t = t, .ast = ast, .filename = filename, .future_annotations = (flags & FRONT_FUTURE_ANNOTATIONS) != 0};
    if (enter(s, plain_name(s, "top"), BLOCK_MODULE, ast->root, (AstPos){0}) < 0) return -1;
    s->top = s->current;
    if (ast_each_child(ast->root, visit_child, s)) return -1;
    s->current = s->top;
    return symtable_resolve(s);
}
