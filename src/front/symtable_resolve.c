// SPDX-License-Identifier: MIT
// Resolving names.  A name that a block only uses belongs to the nearest enclosing function block that binds it (class
// blocks are invisible from inside); the binder's symbol becomes a CELL and every block between passes it on as FREE.
// `__class__` is bound, invisibly, by every class block.
#include "symtable_private.h"
#include "object/object.h"

static bool is_function_like(const Scope *scope) { return scope->kind == BLOCK_FUNCTION || scope->kind == BLOCK_TYPE_PARAMS; }

// The enclosing block that binds name for `scope`, or NULL when it is global.
static Scope *find_binder(Scope *scope, V name) {
    bool is_class_cell = str_equal_ascii(name, "__class__") || str_equal_ascii(name, ".classdict");
    for (Scope *s = scope->parent; s; s = s->parent) {
        if (s->kind == BLOCK_CLASS) {
            if (is_class_cell) return s;
            continue;
        }
        if (!is_function_like(s)) continue;
        Symbol *symbol = scope_symbol(s, name);
        if (!symbol) continue;
        if (symbol->flags & SYM_GLOBAL) return NULL;
        if (symbol->flags & SYM_NONLOCAL) continue;
        if (symbol->flags & SYM_BOUND) return s;
    }
    return NULL;
}

// Everything between scope and the binder passes name on.
static int pass_on(SymTable *table, Scope *scope, Scope *binder, V name) {
    for (Scope *s = scope->parent; s != binder; s = s->parent) {
        Symbol *symbol = scope_add_symbol(table, s, name);
        if (!symbol) return -1;
        symbol->flags |= SYM_FREE;
        if (s->kind == BLOCK_CLASS && (symbol->flags & (SYM_BOUND | SYM_GLOBAL))) {
            symbol->flags |= SYM_FREE_CLASS;
        } else {
            symbol->scope = SCOPE_FREE;
        }
    }
    if (binder->kind == BLOCK_CLASS) {
        if (str_equal_ascii(name, ".classdict")) binder->needs_classdict = true;
        else binder->needs_class_closure = true;
    } else {
        scope_symbol(binder, name)->scope = SCOPE_CELL;
    }
    return 0;
}

bool scope_sees_class_name(Scope *scope, V name) {
    if (!scope->can_see_class) return false;
    for (Scope *s = scope->parent; s; s = s->parent) {
        Symbol *symbol = scope_symbol(s, name);
        bool bound = symbol && (symbol->flags & SYM_BOUND) && !(symbol->flags & (SYM_GLOBAL | SYM_NONLOCAL));
        if (s->kind == BLOCK_CLASS || bound) return bound && s->kind == BLOCK_CLASS;
    }
    return false;
}

static int resolve_name(SymTable *table, Scope *scope, int i) {
    Symbol *symbol = &scope->symbols[i];
    V name = symbol->name;
    uint32_t flags = symbol->flags;
    if (symbol->scope != SCOPE_UNKNOWN) return 0; // passed on by a nested block, or made a cell: decided
    if (flags & SYM_GLOBAL) {
        if (flags & SYM_NONLOCAL) return front_error_at(table->t, table->filename, symbol->where, "name '%V' is nonlocal and global", name);
        symbol->scope = SCOPE_GLOBAL_EXPLICIT;
        return 0;
    }
    if ((flags & SYM_BOUND) && !(flags & SYM_NONLOCAL)) {
        symbol->scope = SCOPE_LOCAL;
        return 0;
    }
    Scope *binder = find_binder(scope, name);
    if (flags & SYM_NONLOCAL && !binder) {
        const char *why = scope->kind == BLOCK_MODULE ? "nonlocal declaration not allowed at module level"
                                                      : "no binding for nonlocal '%V' found";
        return front_error_at(table->t, table->filename, symbol->where, why, name);
    }
    Symbol *bound = binder ? scope_symbol(binder, name) : NULL; // NULL too for a class's __class__
    if (flags & SYM_NONLOCAL && bound && bound->flags & SYM_TYPE_PARAM)
        return front_error_at(table->t, table->filename, symbol->where, "nonlocal binding not allowed for type parameter '%V'", name);
    if (!binder) {
        symbol->scope = SCOPE_GLOBAL_IMPLICIT;
        return 0;
    }
    symbol->scope = SCOPE_FREE;
    return pass_on(table, scope, binder, name);
}

static int resolve_scope(SymTable *table, Scope *scope) {
    for (int i = 0; i < scope->n_symbols; i++) { // scope_add_symbol may move the array, never shorten it
        if (resolve_name(table, scope, i) < 0) return -1;
    }
    for (int i = 0; i < scope->n_children; i++) {
        if (resolve_scope(table, scope->children[i]) < 0) return -1;
    }
    return 0;
}

int symtable_resolve(SymTable *table) { return resolve_scope(table, table->top); }
