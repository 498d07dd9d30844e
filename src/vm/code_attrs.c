// SPDX-License-Identifier: MIT
// What programs see of a code object: co_* attributes, replace, co_lines, co_positions, the constructor.
#include "vm/vm.h"
#include "vm_private.h"
#include "base/strbuf.h"

// ---- names by kind -------------------------------------------------------------------------------------------------------
static V names_of_kind(Thread *t, Code *c, unsigned kind, Slot *cache) {
    V known = slot_get(&c->head, cache);
    if (known != V_NULL) return known;
    if (code_thaw(t, c) < 0) return V_ERROR;
    V list = list_new(t, 0);
    for (int i = 0; i < c->nlocalsplus && !v_is_error(list); i++) {
        if (!(code_local_kind(c, i) & kind)) continue;
        if (list_append(t, list, code_local_name_borrow(c, i)) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    if (v_is_error(list)) return V_ERROR;
    V tuple = list_to_tuple(t, list);
    v_drop(t, list);
    if (v_is_error(tuple)) return V_ERROR;
    slot_set(t, &c->head, cache, tuple); // two threads may both do this: the same names
    return tuple;
}
V code_varnames(Thread *t, V v) { return names_of_kind(t, code_of(v), CO_FAST_LOCAL, &code_of(v)->varnames); }
V code_cellvars(Thread *t, V v) { return names_of_kind(t, code_of(v), CO_FAST_CELL, &code_of(v)->cellvars); }
V code_freevars(Thread *t, V v) { return names_of_kind(t, code_of(v), CO_FAST_FREE, &code_of(v)->freevars); }

static V get_varnames(Thread *t, V self, void *closure) { (void)closure; return code_varnames(t, self); }
static V get_cellvars(Thread *t, V self, void *closure) { (void)closure; return code_cellvars(t, self); }
static V get_freevars(Thread *t, V self, void *closure) { (void)closure; return code_freevars(t, self); }

static V get_code(Thread *t, V self, void *closure) {
    (void)closure;
    if (code_thaw(t, code_of(self)) < 0) return V_ERROR;
    return slot_get(v_obj(self), &code_of(self)->code);
}

// The line table of Python 3.9: pairs (bytes of code, lines), lines signed.
static V get_lnotab(Thread *t, V self, void *closure) {
    (void)closure;
    CodeLocations it;
    int addr = 0, line = code_of(self)->firstlineno;
    StrBuf out;
    if (code_thaw(t, code_of(self)) < 0) return V_ERROR;
    strbuf_init(&out);
    code_locations_start(self, &it);
    while (code_locations_next(&it)) {
        if (it.at.line < 0 || it.at.line == line) continue;
        int step = it.start - addr, lines = it.at.line - line;
        addr = it.start;
        line = it.at.line;
        for (; step > 255; step -= 255) strbuf_append(&out, "\377\0", 2);
        for (; lines > 127; lines -= 127, step = 0) strbuf_append(&out, (char[]){(char)step, 127}, 2);
        for (; lines < -128; lines += 128, step = 0) strbuf_append(&out, (char[]){(char)step, (char)-128}, 2);
        strbuf_append(&out, (char[]){(char)step, (char)lines}, 2);
    }
    V result = out.failed ? err_no_memory(t) : bytes_from(t, strbuf_cstr(&out), out.len);
    strbuf_free(&out);
    return result;
}

// ---- positions -------------------------------------------------------------------------------------------------------------
static V int_or_none(int i) { return i < 0 ? V_NONE : v_from_int(i); }

static V iterate_steal(Thread *t, V list) {
    V result = obj_iter(t, list);
    v_drop(t, list);
    return result;
}

static NATIVE(co_lines) {
    UNUSED_NATIVE();
    V list = code_thaw(t, code_of(self)) < 0 ? V_ERROR : list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    CodeLocations it;
    code_locations_start(self, &it);
    while (code_locations_next(&it)) {
        V item = tuple_pack(t, 3, v_from_int(it.start), v_from_int(it.stop), int_or_none(it.at.line));
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return iterate_steal(t, list);
}

static NATIVE(co_positions) {
    UNUSED_NATIVE();
    V list = code_thaw(t, code_of(self)) < 0 ? V_ERROR : list_new(t, 0);
    if (v_is_error(list)) return V_ERROR;
    CodeLocations it;
    code_locations_start(self, &it);
    while (code_locations_next(&it)) {
        V item = tuple_pack(t, 4, int_or_none(it.at.line), int_or_none(it.at.end_line), int_or_none(it.at.col),
                            int_or_none(it.at.end_col));
        for (int i = it.start; i < it.stop && !v_is_error(item); i += 2) {
            if (list_append(t, list, item) < 0) {
                v_drop(t, item);
                item = V_ERROR;
            }
        }
        if (v_is_error(item)) {
            v_drop(t, list);
            return V_ERROR;
        }
        v_drop(t, item);
    }
    return iterate_steal(t, list);
}

static NATIVE(varname_from_oparg) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[0], &exc_IndexError, &i) < 0 || code_thaw(t, code_of(self)) < 0) return V_ERROR;
    V names = slot_peek(&code_of(self)->localsplusnames);
    if (i < 0 || (size_t)i >= tuple_len(names)) return err_set(t, &exc_IndexError, "tuple index out of range");
    return tuple_get(names, (size_t)i);
}

static NATIVE(code_sizeof) {
    UNUSED_NATIVE();
    Code *c = code_of(self);
    if (code_thaw(t, c) < 0) return V_ERROR;
    return int_from_size(t, sizeof(Code) + (size_t)c->n_units * (2 + sizeof(Unit)));
}

// ---- making from parts -----------------------------------------------------------------------------------------------------
static int find_name(V tuple, V name) {
    for (size_t i = 0; i < tuple_len(tuple); i++) {
        V item = tuple_borrow(tuple, i);
        if (v_is_str(item) && str_equal(item, name)) return (int)i;
    }
    return -1;
}

// localsplusnames and their kinds from the three tuples.  0/-1.
static int join_locals(Thread *t, V varnames, V cellvars, V freevars, V *names, V *kinds) {
    size_t most = tuple_len(varnames) + tuple_len(cellvars) + tuple_len(freevars), n = 0;
    V list = list_new(t, 0);
    *kinds = bytes_new(t, most);
    *names = V_ERROR;
    if (v_is_error(list) || v_is_error(*kinds)) goto done;
    for (int part = 0; part < 3; part++) {
        V tuple = part == 0 ? varnames : part == 1 ? cellvars : freevars;
        for (size_t i = 0; i < tuple_len(tuple); i++) {
            V name = tuple_borrow(tuple, i);
            if (!v_is_str(name)) {
                err_set(t, &exc_TypeError, "name tuples must contain only strings, not '%T'", name);
                goto done;
            }
            unsigned kind = part == 0 ? CO_FAST_LOCAL : part == 1 ? CO_FAST_CELL : CO_FAST_FREE;
            if (part == 0 && find_name(cellvars, name) >= 0) kind |= CO_FAST_CELL;
            if (part == 1 && find_name(varnames, name) >= 0) continue;
            bytes_data(*kinds)[n++] = (char)kind;
            if (list_append(t, list, name) < 0) goto done;
        }
    }
    *kinds = bytes_shrink_steal(t, *kinds, n);
    if (!v_is_error(*kinds)) *names = list_to_tuple(t, list);
done:
    v_drop(t, list);
    if (!v_is_error(*names)) return 0;
    v_drop(t, *kinds);
    return -1;
}

static int want_type(Thread *t, V v, bool ok, const char *what, const char *expected) {
    if (ok) return 0;
    err_set(t, &exc_TypeError, "code() argument %s must be %s, not %K", what, expected, v);
    return -1;
}

enum { P_ARGCOUNT, P_POSONLY, P_KWONLY, P_NLOCALS, P_STACKSIZE, P_FLAGS, P_CODE, P_CONSTS, P_NAMES, P_VARNAMES, P_FILENAME,
       P_NAME, P_QUALNAME, P_FIRSTLINENO, P_LINETABLE, P_EXCEPTIONTABLE, P_FREEVARS, P_CELLVARS, P_COUNT };

static V make(Thread *t, const V p[P_COUNT]) {
    static const uint8_t ints[] = {P_ARGCOUNT, P_POSONLY, P_KWONLY, P_NLOCALS, P_STACKSIZE, P_FLAGS, P_FIRSTLINENO};
    int values[countof(ints)];
    for (size_t i = 0; i < countof(ints); i++) {
        if (num_as_int(t, p[ints[i]], &values[i]) < 0) return V_ERROR;
    }
    static const uint8_t tuples[] = {P_CONSTS, P_NAMES, P_VARNAMES, P_FREEVARS, P_CELLVARS};
    for (size_t i = 0; i < countof(tuples); i++) {
        if (want_type(t, p[tuples[i]], v_is_tuple(p[tuples[i]]), "names", "tuple") < 0) return V_ERROR;
    }
    if (want_type(t, p[P_CODE], v_is_bytes(p[P_CODE]), "codestring", "bytes") < 0) return V_ERROR;
    V names, kinds;
    if (join_locals(t, p[P_VARNAMES], p[P_CELLVARS], p[P_FREEVARS], &names, &kinds) < 0) return V_ERROR;
    V result = V_ERROR;
    if (values[3] != (int)tuple_len(p[P_VARNAMES])) {
        err_set(t, &exc_ValueError, "code: co_nlocals != len(co_varnames)");
    } else {
        CodeArgs a = {.argcount = values[0], .posonlyargcount = values[1], .kwonlyargcount = values[2],
                      .stacksize = values[4], .flags = values[5], .firstlineno = values[6], .code = p[P_CODE],
                      .consts = p[P_CONSTS], .names = p[P_NAMES], .localsplusnames = names, .localspluskinds = kinds,
                      .filename = p[P_FILENAME], .name = p[P_NAME], .qualname = p[P_QUALNAME],
                      .linetable = p[P_LINETABLE], .exceptiontable = p[P_EXCEPTIONTABLE]};
        result = code_new(t, &a);
    }
    v_drop(t, names);
    v_drop(t, kinds);
    return result;
}

V code_construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V p[P_COUNT];
    if (args_bind(t, "code",
                  "argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, "
                  "varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /",
                  args, nargs, kwnames, p) < 0)
        return V_ERROR;
    if (p[P_FREEVARS] == V_NULL) p[P_FREEVARS] = tuple_empty();
    if (p[P_CELLVARS] == V_NULL) p[P_CELLVARS] = tuple_empty();
    return make(t, p);
}

static NATIVE(code_replace) {
    (void)nargs, (void)kwnames;
    Code *c = code_of(self);
    V own[P_COUNT] = {0}, p[P_COUNT], result = V_ERROR;
    if (code_thaw(t, c) < 0) return V_ERROR;
    own[P_ARGCOUNT] = v_from_int(c->argcount);
    own[P_POSONLY] = v_from_int(c->posonlyargcount);
    own[P_KWONLY] = v_from_int(c->kwonlyargcount);
    own[P_NLOCALS] = v_from_int(c->nlocals);
    own[P_STACKSIZE] = v_from_int(c->declared_stacksize);
    own[P_FLAGS] = v_from_int(c->flags);
    own[P_FIRSTLINENO] = v_from_int(c->firstlineno);
    const struct { int at; Slot *slot; } slots[] = {
        {P_CODE, &c->code}, {P_CONSTS, &c->consts}, {P_NAMES, &c->names}, {P_FILENAME, &c->filename}, {P_NAME, &c->name},
        {P_QUALNAME, &c->qualname}, {P_LINETABLE, &c->linetable}, {P_EXCEPTIONTABLE, &c->exceptiontable}};
    for (size_t i = 0; i < countof(slots); i++) own[slots[i].at] = slot_get(&c->head, slots[i].slot);
    own[P_VARNAMES] = code_varnames(t, self);
    own[P_CELLVARS] = code_cellvars(t, self);
    own[P_FREEVARS] = code_freevars(t, self);
    if (!v_is_error(own[P_VARNAMES]) && !v_is_error(own[P_CELLVARS]) && !v_is_error(own[P_FREEVARS])) {
        for (int i = 0; i < P_COUNT; i++) p[i] = args[i] != V_NULL ? args[i] : own[i];
        result = make(t, p);
    }
    for (int i = 0; i < P_COUNT; i++) v_drop(t, own[i]);
    return result;
}

const Method code_methods[] = {
    {"co_lines", co_lines, "", 0, 0, NULL},
    {"co_positions", co_positions, "", 0, 0, NULL},
    {"replace", code_replace,
     "*, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, co_flags=-1, "
     "co_code=None, co_consts=None, co_names=None, co_varnames=None, co_filename=None, co_name=None, co_qualname=None, "
     "co_firstlineno=-1, co_linetable=None, co_exceptiontable=None, co_freevars=None, co_cellvars=None",
     0, 0, "A copy with some parts changed."},
    {"_varname_from_oparg", varname_from_oparg, "oparg", 0, 0,
        "The local variable that the argument of an instruction means."},
    {"__sizeof__", code_sizeof, "", 0, 0, NULL},
    METHOD_END,
};

const GetSet code_getsets[] = {
    {"co_varnames", get_varnames, NULL, NULL, NULL},
    {"co_cellvars", get_cellvars, NULL, NULL, NULL},
    {"co_freevars", get_freevars, NULL, NULL, NULL},
    {"co_lnotab", get_lnotab, NULL, NULL, NULL},
    {"co_code", get_code, NULL, NULL, NULL},
    {"_co_code_adaptive", get_code, NULL, NULL, NULL},
    {0},
};

const Member code_members[] = {
    {"co_argcount", MEMBER_INT, offsetof(Code, argcount), true, NULL},
    {"co_posonlyargcount", MEMBER_INT, offsetof(Code, posonlyargcount), true, NULL},
    {"co_kwonlyargcount", MEMBER_INT, offsetof(Code, kwonlyargcount), true, NULL},
    {"co_nlocals", MEMBER_INT, offsetof(Code, nlocals), true, NULL},
    {"co_stacksize", MEMBER_INT, offsetof(Code, declared_stacksize), true, NULL},
    {"co_flags", MEMBER_INT, offsetof(Code, flags), true, NULL},
    {"co_firstlineno", MEMBER_INT, offsetof(Code, firstlineno), true, NULL},
    {"co_names", MEMBER_CODE_SLOT, offsetof(Code, names), true, NULL},
    {"co_consts", MEMBER_CODE_SLOT, offsetof(Code, consts), true, NULL},
    {"co_filename", MEMBER_SLOT, offsetof(Code, filename), true, NULL},
    {"co_name", MEMBER_SLOT, offsetof(Code, name), true, NULL},
    {"co_qualname", MEMBER_SLOT, offsetof(Code, qualname), true, NULL},
    {"co_linetable", MEMBER_CODE_SLOT, offsetof(Code, linetable), true, NULL},
    {"co_exceptiontable", MEMBER_CODE_SLOT, offsetof(Code, exceptiontable), true, NULL},
    {0},
};
