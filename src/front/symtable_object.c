// SPDX-License-Identifier: MIT
// Symbol tables as objects, for the library's symtable module.
//
// The tables live in the arena of a tree; entry_of copies one and its children into objects before the tree is freed.
#include "front/compile.h"
#include "symtable.h"
#include "object/bytes.h"
#include "object/misc.h"
#include <stddef.h>

enum { TYPE_FUNCTION_BLOCK, TYPE_CLASS_BLOCK, TYPE_MODULE_BLOCK };
enum { SCOPE_SHIFT = 12, SCOPE_BITS = 15 };

typedef struct Entry { // const after entry_of
    Obj head;
    Slot id;       // of the block: int
    Slot name;     // str
    Slot symbols;  // dict: name -> SYM_* flags | NameScope << SCOPE_SHIFT
    Slot varnames; // list of str
    Slot children; // list of Entry
    int32_t kind, nested, lineno;
} Entry;

static Entry *entry(V v) { return (Entry *)v_obj(v); }

static void entry_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Entry *e = (Entry *)o;
    VISIT(e->id);
    VISIT(e->name);
    VISIT(e->symbols);
    VISIT(e->varnames);
    VISIT(e->children);
}

static V entry_repr(Thread *t, V v) {
    return str_from_format(t, "<symtable entry %V(%V), line %d>", slot_peek(&entry(v)->name), slot_peek(&entry(v)->id),
                           entry(v)->lineno);
}

static const Member entry_members[] = {
    {"id", MEMBER_SLOT, offsetof(Entry, id), true, NULL},
    {"name", MEMBER_SLOT, offsetof(Entry, name), true, NULL},
    {"symbols", MEMBER_SLOT, offsetof(Entry, symbols), true, NULL},
    {"varnames", MEMBER_SLOT, offsetof(Entry, varnames), true, NULL},
    {"children", MEMBER_SLOT, offsetof(Entry, children), true, NULL},
    {"nested", MEMBER_INT, offsetof(Entry, nested), true, NULL},
    {"type", MEMBER_INT, offsetof(Entry, kind), true, NULL},
    {"lineno", MEMBER_INT, offsetof(Entry, lineno), true, NULL},
    {0},
};

static Type entry_type = {
    TYPE_HEAD("symtable entry"), .size = sizeof(Entry), .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .traverse = entry_traverse, .repr = entry_repr, .getattr = obj_generic_getattr, .members = entry_members,
};

// ---- copying a table ----------------------------------------------------------------------------------------------------
static V symbols_of(Thread *t, const Scope *scope) {
    V dict = dict_new(t);
    for (int i = 0; i < scope->n_symbols && !v_is_error(dict); i++) {
        const Symbol *s = &scope->symbols[i];
        uint32_t flags = s->flags & ~(uint32_t)SYM_TYPE_PARAM;
        if (s->flags & SYM_TYPE_PARAM) flags |= SYM_LOCAL;
        if (dict_set(t, dict, s->name, v_from_int((int64_t)flags | (int64_t)s->scope << SCOPE_SHIFT)) == 0) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}

static V varnames_of(Thread *t, const Scope *scope) {
    V list = list_new(t, 0);
    for (int i = 0; i < scope->n_varnames && !v_is_error(list); i++) {
        if (list_append(t, list, scope->varnames[i]) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    return list;
}

static V entry_of(Thread *t, const Scope *scope);

static V children_of(Thread *t, const Scope *scope) {
    V list = list_new(t, 0);
    for (int i = 0; i < scope->n_children && !v_is_error(list); i++) {
        V child = entry_of(t, scope->children[i]);
        if (!v_is_error(child) && list_append_steal(t, list, child) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    return list;
}

static int fill_entry(Thread *t, Entry *e, const Scope *scope) {
    V parts[] = {int_from_size(t, (size_t)(uintptr_t)scope), v_dup(scope->name), symbols_of(t, scope), varnames_of(t, scope),
                 children_of(t, scope)};
    Slot *slots[] = {&e->id, &e->name, &e->symbols, &e->varnames, &e->children};
    int r = 0;
    for (size_t i = 0; i < countof(parts); i++) {
        if (v_is_error(parts[i])) r = -1;
    }
    for (size_t i = 0; i < countof(parts); i++) {
        if (r == 0) slot_init(t, &e->head, slots[i], parts[i]);
        v_drop(t, parts[i]);
    }
    return r;
}

static V entry_of(Thread *t, const Scope *scope) {
    if (recursion_enter(t, " while copying a symbol table") < 0) return V_ERROR;
    V self = V_ERROR;
    Entry *e = (Entry *)obj_alloc(t, &entry_type, sizeof(Entry), 0);
    if (!e) {
        err_no_memory(t);
    } else {
        e->kind = scope->kind == BLOCK_MODULE ? TYPE_MODULE_BLOCK : scope->kind == BLOCK_CLASS ? TYPE_CLASS_BLOCK : TYPE_FUNCTION_BLOCK;
        e->nested = scope->nested;
        e->lineno = scope->pos.lineno;
        self = v_from(e);
        if (fill_entry(t, e, scope) < 0) {
            v_drop(t, self);
            self = V_ERROR;
        }
    }
    recursion_leave(t);
    return self;
}

// ---- from source text ---------------------------------------------------------------------------------------------------
static Ast *parse(Thread *t, V source, V filename, int mode) {
    if (v_is_bytes(source)) {
        return front_parse_bytes(t, bytes_data(source), bytes_len(source), filename, mode, 0, FRONT_FEATURE_VERSION);
    }
    if (!v_is_str(source)) {
        err_set(t, &exc_TypeError, "symtable() arg 1 must be a string or bytes object");
        return NULL;
    }
    size_t n;
    const char *text = str_utf8(t, source, &n);
    if (!text) return NULL;
    if (!memchr(text, 0, n)) return front_parse(t, text, n, filename, mode, FRONT_IGNORE_COOKIE, FRONT_FEATURE_VERSION);
    err_set(t, &exc_ValueError, "source code string cannot contain null bytes");
    return NULL;
}

V symtable_object(Thread *t, V source, V filename, int mode) {
    Ast *ast = parse(t, source, filename, mode);
    if (!ast) return V_ERROR;
    SymTable table;
    unsigned flags = 0;
    bool built = compile_features(t, ast, filename, &flags) == 0 && symtable_build(t, ast, filename, flags, &table) == 0;
    V result = built ? entry_of(t, table.top) : V_ERROR;
    ast_free(t, ast);
    return result;
}

// ---- constants -----------------------------------------------------------------------------------------------------------
int symtable_object_add_to(Thread *t, V module) {
    static const struct { const char *name; int value; } numbers[] = {
        {"USE", SYM_USE}, {"DEF_GLOBAL", SYM_GLOBAL}, {"DEF_NONLOCAL", SYM_NONLOCAL}, {"DEF_LOCAL", SYM_LOCAL},
        {"DEF_PARAM", SYM_PARAM}, {"DEF_FREE", SYM_FREE}, {"DEF_FREE_CLASS", SYM_FREE_CLASS}, {"DEF_IMPORT", SYM_IMPORT},
        {"DEF_BOUND", SYM_LOCAL | SYM_PARAM | SYM_IMPORT}, {"DEF_ANNOT", SYM_ANNOTATED}, {"DEF_COMP_ITER", SYM_COMP_ITER},
        {"TYPE_FUNCTION", TYPE_FUNCTION_BLOCK}, {"TYPE_CLASS", TYPE_CLASS_BLOCK}, {"TYPE_MODULE", TYPE_MODULE_BLOCK},
        {"LOCAL", SCOPE_LOCAL}, {"GLOBAL_EXPLICIT", SCOPE_GLOBAL_EXPLICIT}, {"GLOBAL_IMPLICIT", SCOPE_GLOBAL_IMPLICIT},
        {"FREE", SCOPE_FREE}, {"CELL", SCOPE_CELL}, {"SCOPE_OFF", SCOPE_SHIFT}, {"SCOPE_MASK", SCOPE_BITS},
    };
    if (type_ready(t, &entry_type) < 0) return -1;
    for (size_t i = 0; i < countof(numbers); i++) {
        if (module_add_int(t, module, numbers[i].name, numbers[i].value) < 0) return -1;
    }
    return 0;
}
