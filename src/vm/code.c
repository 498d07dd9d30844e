// SPDX-License-Identifier: MIT
// Code objects: making, checking, comparing.  Attributes are in code_attrs.c, tables in code_tables.c, the conversion to
// units in decode.c.
//
// A code object never changes after code_new but for the units' quickening (cache.h), the three name tuples, which are
// made when somebody asks, and what thawing brings in.  It is LOCAL or SHARED like any object; units and records belong
// to it.
#include "vm/vm.h"
#include "vm_private.h"
#include "runtime/options.h"
#include "cache.h"
#include "code_check.h"
#include "object/misc.h"

// ---- interning ---------------------------------------------------------------------------------------------------------
static bool is_name_like(V s) {
    if (!str_is_ascii(s)) return false;
    const char *p = str_data(s);
    for (size_t i = 0; i < str_len(s); i++) {
        char c = p[i];
        if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
    }
    return true;
}

static int intern_item(Thread *t, V tuple, size_t i) {
    V s = tuple_borrow(tuple, i);
    if (str_is_interned(s) || !v_is_exact(s, &str_type)) return 0;
    V interned = str_intern_steal(t, v_dup(s));
    if (v_is_error(interned)) return -1;
    slot_set_steal(t, v_obj(tuple), &tuple_of(tuple)->items[i], interned);
    return 0;
}

static int intern_names(Thread *t, V tuple) {
    for (size_t i = 0; i < tuple_len(tuple); i++) {
        if (!v_is_str(tuple_borrow(tuple, i))) {
            err_set(t, &exc_SystemError, "non-string found in code slot");
            return -1;
        }
        if (intern_item(t, tuple, i) < 0) return -1;
    }
    return 0;
}

// String constants that look like names are interned, in nested tuples too.
static int intern_constants(Thread *t, V tuple) {
    for (size_t i = 0; i < tuple_len(tuple); i++) {
        V item = tuple_borrow(tuple, i);
        if (v_is_exact(item, &str_type)) {
            if (is_name_like(item) && intern_item(t, tuple, i) < 0) return -1;
        } else if (v_is_exact(item, &tuple_type)) {
            if (intern_constants(t, item) < 0) return -1;
        }
    }
    return 0;
}

// ---- making ------------------------------------------------------------------------------------------------------------
static int wrong(Thread *t, const char *message) {
    err_set(t, &exc_ValueError, "code: %s", message);
    return -1;
}

static int check_head(Thread *t, const CodeArgs *a) {
    if (a->argcount < 0) return wrong(t, "argcount must not be negative");
    if (a->posonlyargcount < 0) return wrong(t, "posonlyargcount must not be negative");
    if (a->kwonlyargcount < 0) return wrong(t, "kwonlyargcount must not be negative");
    if (a->posonlyargcount > a->argcount) return wrong(t, "posonlyargcount must not exceed argcount");
    if (a->stacksize < 0 || a->flags < 0) return wrong(t, "stack size and flags must not be negative");
    if (a->stacksize > MAX_FRAME_WORDS) return wrong(t, "stack size is too large");
    if (!v_is_bytes(a->localspluskinds) || !v_is_str(a->filename) || !v_is_str(a->name) || !v_is_str(a->qualname)) {
        err_set(t, &exc_SystemError, "bad argument to internal function");
        return -1;
    }
    if (bytes_len(a->localspluskinds) > MAX_LOCALS) return wrong(t, "too many local variables");
    return 0;
}

static int check_rest(Thread *t, const CodeArgs *a) {
    if (!v_is_bytes(a->code) || !v_is_bytes(a->linetable) || !v_is_bytes(a->exceptiontable) || !v_is_tuple(a->consts) ||
        !v_is_tuple(a->names) || !v_is_tuple(a->localsplusnames)) {
        err_set(t, &exc_SystemError, "bad argument to internal function");
        return -1;
    }
    if (bytes_len(a->code) % 2 || bytes_len(a->code) == 0 || bytes_len(a->code) > INT32_MAX / 4)
        return wrong(t, "co_code is malformed");
    if (tuple_len(a->localsplusnames) != bytes_len(a->localspluskinds)) return wrong(t, "names and kinds of locals differ");
    if (intern_names(t, a->names) < 0 || intern_names(t, a->localsplusnames) < 0) return -1;
    return intern_constants(t, a->consts);
}

static void count_locals(Code *c) {
    V kinds = slot_peek(&c->localspluskinds);
    c->nlocalsplus = (int)bytes_len(kinds);
    for (int i = 0; i < c->nlocalsplus; i++) {
        unsigned kind = (uint8_t)bytes_data(kinds)[i];
        c->nlocals += (kind & CO_FAST_LOCAL) != 0;
        c->ncellvars += (kind & CO_FAST_CELL) != 0;
        c->nfreevars += (kind & CO_FAST_FREE) != 0;
    }
}

static void set_slot(Thread *t, Code *c, Slot *s, V v) { slot_init(t, &c->head, s, v); }

static V intern_text(Thread *t, V s) { return v_is_exact(s, &str_type) ? str_intern_steal(t, v_dup(s)) : v_dup(s); }

// A code object that has everything but the six parts that may be in a file.
static V code_alloc(Thread *t, const CodeArgs *a) {
    V name = intern_text(t, a->name), qualname = v_is_error(name) ? V_ERROR : intern_text(t, a->qualname);
    Code *c = v_is_error(qualname) ? NULL : (Code *)obj_alloc(t, &code_type, sizeof(Code), 0);
    if (!c) {
        v_drop(t, name);
        v_drop(t, qualname);
        return v_is_error(qualname) ? V_ERROR : err_no_memory(t);
    }
    c->argcount = a->argcount;
    c->posonlyargcount = a->posonlyargcount;
    c->kwonlyargcount = a->kwonlyargcount;
    c->stacksize = c->declared_stacksize = a->stacksize;
    c->flags = a->flags;
    c->firstlineno = a->firstlineno;
    set_slot(t, c, &c->localspluskinds, a->localspluskinds);
    set_slot(t, c, &c->filename, a->filename);
    slot_init_steal(t, &c->head, &c->name, name);
    slot_init_steal(t, &c->head, &c->qualname, qualname);
    count_locals(c);
    c->nparams = c->argcount + c->kwonlyargcount + !!(c->flags & CO_VARARGS) + !!(c->flags & CO_VARKEYWORDS);
    c->frame_size = c->nlocalsplus + FRAME_WORDS + c->stacksize + CALL_SLACK;
    bool simple = !(c->flags & (CO_VARARGS | CO_VARKEYWORDS)) && c->kwonlyargcount == 0 && c->flags & CO_OPTIMIZED;
    c->call_args = simple ? c->argcount : -1;
    c->simple_args = -1;
    if (c->nparams <= c->nlocals) return v_from(c);
    v_drop(t, v_from(c));
    wrong(t, "varnames is too small");
    return V_ERROR;
}

static void set_rest(Thread *t, Code *c, const CodeArgs *a) { // perhaps again, when memory was short
    slot_set(t, &c->head, &c->code, a->code);
    slot_set(t, &c->head, &c->consts, a->consts);
    slot_set(t, &c->head, &c->names, a->names);
    slot_set(t, &c->head, &c->localsplusnames, a->localsplusnames);
    slot_set(t, &c->head, &c->linetable, a->linetable);
    slot_set(t, &c->head, &c->exceptiontable, a->exceptiontable);
    c->const_items = tuple_of(a->consts)->items;
    c->name_items = tuple_of(a->names)->items;
    c->n_units = (int32_t)(bytes_len(a->code) / 2);
}

// Code that was made by hand may say that it needs less room than it does.
static int check_flow(Thread *t, Code *c) {
    int depth;
    Unit *units = code_decode(t, c); // for the look at them only: code_ready makes those that run
    int bad = units ? code_check(t, c, units, &depth) : -1;
    mem_free(units);
    if (bad < 0) return -1;
    if (unlikely(depth > c->stacksize)) {
        c->frame_size += depth - c->stacksize;
        c->stacksize = depth;
    }
    return 0;
}

static int drop_columns(Thread *t, Code *c) { // -X no_debug_ranges
    if (likely(!start_options.no_debug_ranges)) return 0;
    V table = code_table_without_columns(t, v_from(c));
    if (v_is_error(table)) return -1;
    slot_set_steal(t, &c->head, &c->linetable, table);
    return 0;
}

static int finish(Thread *t, Code *c, const CodeArgs *a) {
    set_rest(t, c, a);
    if (drop_columns(t, c) < 0) return -1;
    return HEDDLE_DEBUG_CHECKS || !a->trusted ? check_flow(t, c) : 0;
}

V code_new(Thread *t, const CodeArgs *args) {
    if (check_head(t, args) < 0 || check_rest(t, args) < 0) return V_ERROR;
    V self = code_alloc(t, args);
    if (v_is_error(self) || finish(t, code_of(self), args) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

// ---- thawing -----------------------------------------------------------------------------------------------------------
V code_new_frozen(Thread *t, const CodeArgs *args, V file, size_t at, size_t size) {
    V self = check_head(t, args) < 0 ? V_ERROR : code_alloc(t, args);
    if (v_is_error(self)) return V_ERROR;
    Code *c = code_of(self);
    c->frozen_at = (uint32_t)at;
    c->frozen_size = (uint32_t)size;
    set_slot(t, c, &c->frozen, file);
    return self;
}

void code_args_drop_rest(Thread *t, CodeArgs *args) {
    V *const parts[] = {&args->code, &args->consts, &args->names, &args->localsplusnames, &args->linetable, &args->exceptiontable};
    for (size_t i = 0; i < countof(parts); i++) {
        v_drop(t, *parts[i]);
        *parts[i] = V_NULL;
    }
}

// Threads that come here together each read the parts; the first to hold the lock puts its own in.
int code_thaw_slow(Thread *t, Code *c) {
    V file = slot_get(&c->head, &c->frozen);
    if (file == V_NULL) return 0;
    CodeArgs a = {.localspluskinds = slot_peek(&c->localspluskinds), .trusted = true};
    int bad = code_unmarshal_rest(t, file, c->frozen_at, c->frozen_size, &a);
    v_drop(t, file);
    if (bad == 0 && (bad = check_rest(t, &a)) == 0) {
        CRITICAL(t, &c->head);
        if (slot_peek(&c->frozen) != V_NULL && (bad = finish(t, c, &a)) == 0) slot_set(t, &c->head, &c->frozen, V_NULL);
    }
    code_args_drop_rest(t, &a);
    return bad;
}

V code_new_empty(Thread *t, const char *filename, const char *name, int firstlineno) {
    static const uint8_t body[] = {op_RAISE_VARARGS, 0};
    V file = str_from_utf8_surrogateescape(t, filename, strlen(filename));
    if (v_is_error(file)) return V_ERROR;
    V text = str_from_cstr(t, name), code = bytes_from(t, body, sizeof body), none = bytes_empty();
    V result = V_ERROR;
    if (!v_is_error(text) && !v_is_error(code)) {
        CodeArgs a = {.stacksize = 1, .flags = CO_OPTIMIZED | CO_NEWLOCALS, .firstlineno = firstlineno, .code = code,
                      .consts = tuple_empty(), .names = tuple_empty(), .localsplusnames = tuple_empty(),
                      .localspluskinds = none, .filename = file, .name = text, .qualname = text, .linetable = none,
                      .exceptiontable = none};
        result = code_new(t, &a);
    }
    v_drop(t, file);
    v_drop(t, text);
    v_drop(t, code);
    return result;
}

CodeRecord *code_record_new(Thread *t, Code *code, uint32_t kind, size_t nways) {
    CodeRecord *r = mem_calloc_apart(t, 1, sizeof *r + nways * sizeof(CacheWay));
    if (!r) return NULL;
    r->kind = kind;
    CodeRecord *head = at_load_relaxed(&code->records);
    do r->next = head;
    while (!at_cas_weak_release(&code->records, &head, r));
    return r;
}

static void free_code(Thread *t, Obj *o) {
    (void)t;
    Code *c = (Code *)o;
    for (CodeRecord *r = c->records, *next; r; r = next) {
        next = r->next;
        mem_free(r);
    }
    mem_free(c->units);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Code *c = (Code *)o;
    VISIT(c->consts);
    VISIT(c->names);
    VISIT(c->localsplusnames);
    VISIT(c->localspluskinds);
    VISIT(c->filename);
    VISIT(c->name);
    VISIT(c->qualname);
    VISIT(c->linetable);
    VISIT(c->exceptiontable);
    VISIT(c->code);
    VISIT(c->frozen);
    VISIT(c->varnames);
    VISIT(c->cellvars);
    VISIT(c->freevars);
}

// ---- comparing ---------------------------------------------------------------------------------------------------------
// Constants are equal when types and values are, 0.0 and -0.0 and 1 and True being different.
static int const_equal(Thread *t, V a, V b) {
    if (v_is(a, b)) return 1;
    if (v_type(a) != v_type(b)) return 0;
    if (v_is_any_float(a)) {
        double x = float_value(a), y = float_value(b);
        return memcmp(&x, &y, sizeof x) == 0;
    }
    if (v_is_exact(a, &complex_type)) {
        const Complex *x = (const Complex *)v_obj(a), *y = (const Complex *)v_obj(b);
        return memcmp(&x->re, &y->re, sizeof x->re) == 0 && memcmp(&x->im, &y->im, sizeof x->im) == 0;
    }
    if (v_is_exact(a, &tuple_type)) {
        if (tuple_len(a) != tuple_len(b)) return 0;
        for (size_t i = 0; i < tuple_len(a); i++) {
            int r = const_equal(t, tuple_borrow(a, i), tuple_borrow(b, i));
            if (r <= 0) return r;
        }
        return 1;
    }
    return obj_compare_bool(t, a, b, CMP_EQ);
}

static int code_equal(Thread *t, Code *a, Code *b) {
    if (code_thaw(t, a) < 0 || code_thaw(t, b) < 0) return -1;
    if (a->argcount != b->argcount || a->posonlyargcount != b->posonlyargcount || a->flags != b->flags ||
        a->kwonlyargcount != b->kwonlyargcount || a->firstlineno != b->firstlineno || a->nlocals != b->nlocals)
        return 0;
    const Slot *const x[] = {&a->name, &a->code, &a->names, &a->localsplusnames, &a->linetable, &a->exceptiontable};
    const Slot *const y[] = {&b->name, &b->code, &b->names, &b->localsplusnames, &b->linetable, &b->exceptiontable};
    for (size_t i = 0; i < countof(x); i++) {
        int r = obj_compare_bool(t, slot_peek(x[i]), slot_peek(y[i]), CMP_EQ);
        if (r <= 0) return r;
    }
    return const_equal(t, slot_peek(&a->consts), slot_peek(&b->consts));
}

static V compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &code_type) || !v_is_exact(b, &code_type))
        return V_NOT_IMPLEMENTED;
    int r = v_is(a, b) ? 1 : code_equal(t, code_of(a), code_of(b));
    return r < 0 ? V_ERROR : v_from_bool(r == (op == CMP_EQ));
}

static int hash(Thread *t, V v, int64_t *out) {
    Code *c = code_of(v);
    int64_t h = at_load_relaxed(&c->hash);
    if (h == 0) {
        if (code_thaw(t, c) < 0) return -1;
        uint64_t mixed = (uint64_t)c->argcount ^ (uint64_t)c->flags << 8 ^ (uint64_t)c->nlocals << 32;
        const Slot *const parts[] = {&c->name, &c->code, &c->names, &c->localsplusnames, &c->consts};
        for (size_t i = 0; i < countof(parts); i++) {
            int64_t part;
            if (obj_hash(t, slot_peek(parts[i]), &part) < 0) return -1;
            mixed = (mixed ^ (uint64_t)part) * 0x9e3779b97f4a7c15u;
        }
        h = (int64_t)(mixed >> 1 | 1);
        at_store_relaxed(&c->hash, h);
    }
    *out = h;
    return 0;
}

static V repr(Thread *t, V v) {
    const Code *c = code_of(v);
    return str_from_format(t, "<code object %V at %p, file \"%V\", line %d>", slot_peek(&c->name), (void *)v_obj(v),
                           slot_peek(&c->filename), c->firstlineno ? c->firstlineno : -1);
}

Type code_type = {
    TYPE_HEAD("code"), .size = sizeof(Code), .flags = TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .doc = "A code object made by hand, of a great many parts.",
    .text_signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, "
                      "names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n"
                      "     cellvars=(), /)",
    .traverse = traverse, .free_ = free_code, .compare = compare,
    .hash = hash, .repr = repr, .new_ = code_construct, .getattr = obj_generic_getattr, .methods = code_methods,
    .getsets = code_getsets, .members = code_members,
};
