// SPDX-License-Identifier: MIT
// The compiler's frame: entry points, units (one a code object), names and scopes.  Read compile_private.h first.
#include "compile_private.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include <stdlib.h>

int compile_default_optimize;

// ---- errors ---------------------------------------------------------------------------------------------------------
int error_at(Compiler *c, AstPos pos, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(c->t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return -1;
    front_error_at(c->t, c->filename, pos, "%V", message);
    v_drop(c->t, message);
    return -1;
}

int warn_at(Compiler *c, AstPos pos, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(c->t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return -1;
    int r = warn_explicit(c->t, &exc_SyntaxWarning, message, c->filename, pos.lineno, V_NULL, V_NULL);
    if (r < 0 && err_matches(c->t, &exc_SyntaxWarning)) { // the filter says "error": a SyntaxError with its place
        err_clear(c->t);
        r = error_at(c, pos, "%V", message);
    }
    v_drop(c->t, message);
    return r;
}

// ---- units ------------------------------------------------------------------------------------------------------------
// The dotted name: of the enclosing unit, then "<locals>" inside functions, then its own; a global stands alone.
static int set_qualname(Compiler *c, CodeUnit *u) {
    CodeUnit *outer = u->outer;
    if (outer && outer->kind == UNIT_TYPE_PARAMS) outer = outer->outer; // invisible
    u->qualname = u->name;
    if (!outer || outer->kind == UNIT_MODULE) return 0;
    bool is_definition = u->kind == UNIT_FUNCTION || u->kind == UNIT_ASYNC_FUNCTION || u->kind == UNIT_CLASS;
    if (is_definition) {
        V mangled = mangle_name(c->t, c->ast, outer->private_name, u->name);
        if (mangled == V_NULL) return -1;
        if (scope_of_name(outer->scope, mangled) == SCOPE_GLOBAL_EXPLICIT) return 0;
    }
    bool in_function = outer->kind == UNIT_FUNCTION || outer->kind == UNIT_ASYNC_FUNCTION || outer->kind == UNIT_LAMBDA;
    V q = str_from_format(c->t, in_function ? "%V.<locals>.%V" : "%V.%V", outer->qualname, u->name);
    if (v_is_error(q)) return -1;
    u->qualname = ast_keep(c->t, c->ast, str_intern_steal(c->t, q));
    return u->qualname == V_NULL ? -1 : 0;
}

static int compare_names(const void *a, const void *b) { return str_compare(*(const V *)a, *(const V *)b); }

// Names of `which` scope in alphabetical order.
static int collect_names(Compiler *c, Scope *scope, NameScope which, uint32_t flag, Names *out) {
    V *found = arena_alloc(&c->ast->arena, (size_t)(scope->n_symbols + 1) * sizeof *found);
    if (!found) {
        err_no_memory(c->t);
        return -1;
    }
    int n = 0;
    for (int i = 0; i < scope->n_symbols; i++) {
        Symbol *s = &scope->symbols[i];
        if (s->scope == which || (s->flags & flag)) found[n++] = s->name;
    }
    qsort(found, (size_t)n, sizeof *found, compare_names);
    for (int i = 0; i < n; i++) TRY(names_add(c, out, found[i]));
    return 0;
}

int unit_enter(Compiler *c, V name, UnitKind kind, Scope *scope, V private_name, int lineno) {
    CodeUnit *u = arena_zalloc(&c->ast->arena, sizeof *u);
    if (!u || !scope) {
        if (!u) err_no_memory(c->t);
        else err_set(c->t, &exc_SystemError, "unknown symbol table entry");
        return -1;
    }
    *u = (CodeUnit){.outer = c->u, .kind = kind, .scope = scope, .name = name, .private_name = private_name, .firstlineno = lineno};
    c->u = u;
    c->nesting++;
    for (int i = 0; i < scope->n_varnames; i++) TRY(names_add(c, &u->varnames, scope->varnames[i]));
    TRY(collect_names(c, scope, SCOPE_CELL, 0, &u->cellvars));
    if (scope->needs_class_closure) TRY(names_add(c, &u->cellvars, NAME(__class__)));
    if (scope->needs_classdict) TRY(names_add(c, &u->cellvars, NAME_STR(".classdict")));
    TRY(collect_names(c, scope, SCOPE_FREE, SYM_FREE_CLASS, &u->freevars));
    u->entry = u->current = block_new(c);
    if (!u->entry || set_qualname(c, u) < 0) return -1;
    int line = kind == UNIT_MODULE ? 0 : lineno;
    set_pos(c, (AstPos){line, 0, lineno, 0});
    TRY(emit_arg(c, op_RESUME, 0));
    if (kind == UNIT_MODULE) no_pos(c);
    return 0;
}

void unit_abandon(Compiler *c) {
    c->u = c->u->outer;
    c->nesting--;
}

// Falls off the end: return None (generated units decide for themselves).
static int finish_unit(Compiler *c, bool add_none) {
    Block *last = c->u->current;
    int end = last->n ? last->instrs[last->n - 1].op : op_NOP;
    if (!opcode_ends_block(end)) {
        no_pos(c);
        if (add_none) TRY(emit_const(c, V_NONE));
        TRY(emit(c, op_RETURN_VALUE));
    } else if (add_none && end != op_RETURN_VALUE) {
        TRY(const_add(c, V_NONE)); // CPython returns None behind a raise too, and drops all of that but the constant
    }
    return 0;
}

V unit_leave(Compiler *c, bool add_none) {
    V code = finish_unit(c, add_none) < 0 ? V_ERROR : assemble(c);
    unit_abandon(c);
    return code;
}

int push_block(Compiler *c, FrameBlockKind kind, Block *block, Block *exit) {
    CodeUnit *u = c->u;
    if (u->n_blocks >= MAX_FRAME_BLOCKS) return error_at(c, u->pos, "too many statically nested blocks");
    u->blocks[u->n_blocks++] = (FrameBlock){.kind = kind, .block = block, .exit = exit, .name = V_NULL};
    return 0;
}

void pop_block(Compiler *c) { c->u->n_blocks--; }

// ---- names --------------------------------------------------------------------------------------------------------------
V mangle(Compiler *c, V name) { return mangle_name(c->t, c->ast, c->u->private_name, name); }

int forbidden_name(Compiler *c, V name, AstKind ctx) {
    if (ctx == AST_Load || !str_equal_ascii(name, "__debug__")) return 0;
    return error_at(c, c->u->pos, ctx == AST_Store ? "cannot assign to __debug__" : "cannot delete __debug__");
}

typedef enum { BY_NAME, BY_FAST, BY_GLOBAL, BY_DEREF } Access;

static Access access_of(const CodeUnit *u, NameScope scope) {
    bool fast = u->scope->kind == BLOCK_FUNCTION || u->scope->kind == BLOCK_TYPE_PARAMS;
    switch (scope) {
    case SCOPE_FREE:
    case SCOPE_CELL: return BY_DEREF;
    case SCOPE_LOCAL: return fast ? BY_FAST : BY_NAME;
    case SCOPE_GLOBAL_IMPLICIT: return fast ? BY_GLOBAL : BY_NAME;
    case SCOPE_GLOBAL_EXPLICIT: return BY_GLOBAL;
    default: return BY_NAME; // __module__, __qualname__ and other names that the source does not mention
    }
}

int compile_name(Compiler *c, V name, AstKind ctx) {
    static const int ops[4][3] = {
        [BY_NAME] = {op_LOAD_NAME, op_STORE_NAME, op_DELETE_NAME},
        [BY_FAST] = {op_LOAD_FAST, op_STORE_FAST, op_DELETE_FAST},
        [BY_GLOBAL] = {op_LOAD_GLOBAL, op_STORE_GLOBAL, op_DELETE_GLOBAL},
        [BY_DEREF] = {op_LOAD_DEREF, op_STORE_DEREF, op_DELETE_DEREF},
    };
    CodeUnit *u = c->u;
    TRY(forbidden_name(c, name, ctx));
    V mangled = mangle(c, name);
    if (mangled == V_NULL) return -1;
    NameScope scope = scope_of_name(u->scope, mangled);
    if (ctx == AST_Load && (scope == SCOPE_GLOBAL_IMPLICIT || scope == SCOPE_FREE) && scope_sees_class_name(u->scope, mangled))
        return compile_class_name(c, mangled);
    Access access = access_of(u, scope);
    int op = ops[access][ctx - AST_Load];
    if (access == BY_FAST) {
        int i = names_add(c, &u->varnames, mangled);
        return i < 0 ? -1 : emit_arg(c, op, i);
    }
    if (access == BY_DEREF) {
        if (op == op_LOAD_DEREF && u->scope->kind == BLOCK_CLASS && scope == SCOPE_FREE) op = op_LOAD_CLASSDEREF;
        int i = scope == SCOPE_FREE ? names_find(&u->freevars, mangled) + u->cellvars.n : names_find(&u->cellvars, mangled);
        return emit_arg(c, op, i); // a place among cells and free variables; assemble moves it behind the locals
    }
    return emit_name(c, op, mangled);
}

// ---- bodies -------------------------------------------------------------------------------------------------------------
V docstring_of(NodeSeq body) {
    if (!body.n || body.items[0]->kind != AST_Expr) return V_NULL;
    Node *e = body.items[0]->Expr.value;
    return e->kind == AST_Constant && v_is_exact(e->Constant.value, &str_type) ? e->Constant.value : V_NULL;
}

static bool has_annotations(NodeSeq body);

static bool node_has_annotations(Node *s) {
    switch (s->kind) {
    case AST_AnnAssign: return true;
    case AST_For: return has_annotations(s->For.body) || has_annotations(s->For.orelse);
    case AST_AsyncFor: return has_annotations(s->AsyncFor.body) || has_annotations(s->AsyncFor.orelse);
    case AST_While: return has_annotations(s->While.body) || has_annotations(s->While.orelse);
    case AST_If: return has_annotations(s->If.body) || has_annotations(s->If.orelse);
    case AST_With: return has_annotations(s->With.body);
    case AST_AsyncWith: return has_annotations(s->AsyncWith.body);
    case AST_Match:
        for (int i = 0; i < s->Match.cases.n; i++) {
            if (has_annotations(s->Match.cases.items[i]->match_case.body)) return true;
        }
        return false;
    case AST_Try:
    case AST_TryStar:
        for (int i = 0; i < s->Try.handlers.n; i++) {
            if (has_annotations(s->Try.handlers.items[i]->ExceptHandler.body)) return true;
        }
        return has_annotations(s->Try.body) || has_annotations(s->Try.finalbody) || has_annotations(s->Try.orelse);
    default: return false;
    }
}

static bool has_annotations(NodeSeq body) {
    for (int i = 0; i < body.n; i++) {
        if (node_has_annotations(body.items[i])) return true;
    }
    return false;
}

// A module's or class's statements, with __annotations__ and __doc__ set up first.
int compile_body(Compiler *c, NodeSeq body) {
    if (c->u->kind == UNIT_MODULE && body.n) set_pos(c, body.items[0]->pos);
    if (has_annotations(body)) TRY(emit(c, op_SETUP_ANNOTATIONS));
    int first = 0;
    if (c->optimize < 2 && docstring_of(body) != V_NULL) {
        TRY(compile_expr(c, body.items[0]->Expr.value));
        no_pos(c);
        TRY(compile_name(c, NAME(__doc__), AST_Store));
        first = 1;
    }
    for (int i = first; i < body.n; i++) TRY(compile_stmt(c, body.items[i]));
    return 0;
}

bool future_annotations(Compiler *c) { return (c->flags & FRONT_FUTURE_ANNOTATIONS) != 0; }

// ---- from __future__ ------------------------------------------------------------------------------------------------------
static const struct { const char *name; unsigned flag; } features[] = {
    {"nested_scopes", 0}, {"generators", 0}, {"division", 0}, {"absolute_import", 0}, {"with_statement", 0},
    {"print_function", 0}, {"unicode_literals", 0}, {"barry_as_FLUFL", FRONT_FUTURE_BARRY_AS_BDFL},
    {"generator_stop", 0}, {"annotations", FRONT_FUTURE_ANNOTATIONS},
};

static int add_feature(Compiler *c, Node *alias, Node *stmt) {
    V name = alias->alias.name;
    for (size_t i = 0; i < countof(features); i++) {
        if (str_equal_ascii(name, features[i].name)) {
            c->flags |= features[i].flag;
            return 0;
        }
    }
    AstPos pos = {stmt->lineno, stmt->col_offset, 0, 0}; // reported without an end
    if (str_equal_ascii(name, "braces")) return error_at(c, pos, "not a chance");
    return error_at(c, pos, "future feature %V is not defined", name);
}

static bool is_future_import(const Node *s) {
    return s->kind == AST_ImportFrom && s->ImportFrom.level == 0 && s->ImportFrom.module != V_NULL &&
           str_equal_ascii(s->ImportFrom.module, "__future__");
}

// Only the docstring and other __future__ imports may stand before one.  What comes on later lines the compiler refuses.
static int read_future_imports(Compiler *c, NodeSeq body) {
    bool done = false;
    for (int i = 0; i < body.n; i++) {
        Node *s = body.items[i];
        if (done && i && s->lineno > body.items[i - 1]->lineno) return 0;
        if (is_future_import(s)) {
            if (done) {
                AstPos pos = {s->lineno, s->col_offset - 1, 0, 0}; // CPython counts this column from 0
                return error_at(c, pos, "from __future__ imports must occur at the beginning of the file");
            }
            for (int k = 0; k < s->ImportFrom.names.n; k++) TRY(add_feature(c, s->ImportFrom.names.items[k], s));
            c->future_lineno = s->lineno;
        } else if (i > 0 || docstring_of(body) == V_NULL) {
            done = true;
        }
    }
    return 0;
}

static int read_features(Compiler *c) {
    Node *root = c->ast->root;
    if (root->kind == AST_Module) return read_future_imports(c, root->Module.body);
    return root->kind == AST_Interactive ? read_future_imports(c, root->Interactive.body) : 0;
}

int compile_features(Thread *t, Ast *ast, V filename, unsigned *flags) {
    Compiler c = {.t = t, .ast = ast, .filename = filename, .flags = *flags};
    TRY(read_features(&c));
    *flags = c.flags;
    return 0;
}

// ---- entry points -----------------------------------------------------------------------------------------------------------
static int compile_root(Compiler *c, Node *root) {
    switch (root->kind) {
    case AST_Module: return compile_body(c, root->Module.body);
    case AST_Interactive: {
        c->interactive = true;
        if (has_annotations(root->Interactive.body)) TRY(emit(c, op_SETUP_ANNOTATIONS));
        return compile_stmts(c, root->Interactive.body);
    }
    case AST_Expression: return compile_expr(c, root->Expression.body);
    default:
        err_set(c->t, &exc_SystemError, "module kind %d should not be possible", root->kind);
        return -1;
    }
}

static V compile_with(Compiler *c) {
    Node *root = c->ast->root;
    if (read_features(c) < 0) return V_ERROR;
    if (fold_tree(c->t, c->ast, c->optimize, future_annotations(c)) < 0) return V_ERROR;
    if (symtable_build(c->t, c->ast, c->filename, c->flags, &c->symbols) < 0) return V_ERROR;
    if (unit_enter(c, NAME_STR("<module>"), UNIT_MODULE, c->symbols.top, V_NULL, 1) < 0) return V_ERROR;
    if (compile_root(c, root) < 0) return V_ERROR;
    return unit_leave(c, root->kind != AST_Expression);
}

V compile_ast(Thread *t, Ast *ast, V filename, int mode, unsigned flags, int optimize) {
    (void)mode;
    Compiler c = {.t = t, .ast = ast, .filename = filename, .flags = flags,
                  .optimize = optimize < 0 ? compile_default_optimize : optimize};
    int more = 2 * thread_recursion_limit(t); // trees may be three times as deep as calls
    t->c_depth -= more;
    V code = compile_with(&c);
    t->c_depth += more;
    if (v_is_error(code) && !err_pending(t)) return err_no_memory(t); // an arena allocation that ast_new remembers
    return code;
}

V compile_source(Thread *t, V source, V filename, int mode, unsigned flags, int optimize, int feature_version) {
    Ast *ast;
    if (v_is_str(source)) {
        size_t n;
        const char *text = str_utf8(t, source, &n);
        if (!text) return V_ERROR;
        ast = front_parse(t, text, n, filename, mode, flags, feature_version);
    } else {
        ast = front_parse_bytes(t, bytes_data(source), bytes_len(source), filename, mode, flags, feature_version);
    }
    if (!ast) return V_ERROR;
    V code = compile_ast(t, ast, filename, mode, flags, optimize);
    ast_free(t, ast);
    return code;
}

