// SPDX-License-Identifier: MIT
// Function objects.
//
// A running frame keeps its function, and through it code, globals and builtins, so these are never taken away while it
// lives: a code that `__code__ = …` replaces moves to old_code.
#include "vm_private.h"
#include "object/misc.h"
#include "object/shape.h"
#include "runtime/runtime.h"

// ---- versions ----------------------------------------------------------------------------------------------------------
static uint32_t next_version = 1; // atomic; 0 once all are used up

uint32_t function_version(Function *fn) {
    uint32_t version = at_load_acquire(&fn->version);
    if (version) return version;
    version = at_load_relaxed(&next_version);
    while (version && !at_cas_weak_relaxed(&next_version, &version, version + 1)) {}
    if (version) at_store_release(&fn->version, version);
    return version;
}
void function_modified(Function *fn) { at_store_release(&fn->version, 0u); }

// ---- making ------------------------------------------------------------------------------------------------------------
// globals["__builtins__"]: a module or its dict; otherwise what the caller has.
static V builtins_for(Thread *t, V globals) {
    V v = dict_get(t, globals, NAME(__builtins__));
    if (v_is_error(v)) return V_ERROR;
    if (v == V_NULL) return v_dup(vm_current_builtins_borrow(t));
    if (v_is_exact(v, &module_type)) {
        V dict = v_dup(module_dict_borrow(v));
        v_drop(t, v);
        return dict;
    }
    return v;
}

V function_new_qualified(Thread *t, V code, V globals, V qualname) {
    Frame *f = t->frame;
    V builtins = f && v_is(f->globals, globals) ? v_dup(f->builtins) : builtins_for(t, globals);
    if (v_is_error(builtins)) return V_ERROR;
    V self = type_alloc(t, &function_type, 0);
    if (v_is_error(self)) {
        v_drop(t, builtins);
        return V_ERROR;
    }
    Function *fn = function_of(self);
    const Code *c = code_of(code);
    slot_init(t, &fn->head, &fn->code, code);
    slot_init(t, &fn->head, &fn->globals, globals);
    slot_init_steal(t, &fn->head, &fn->builtins, builtins);
    slot_init_steal(t, &fn->head, &fn->name, slot_get(&c->head, &c->name));
    slot_init(t, &fn->head, &fn->qualname, qualname);
    V module = dict_get(t, globals, NAME(__name__));
    if (v_is_error(module)) {
        v_drop(t, self);
        return V_ERROR;
    }
    slot_init_steal(t, &fn->head, &fn->module, module);
    return self;
}

// The code it was made with, which assigning another does not change.
V function_doc(Thread *t, V func) {
    Function *fn = function_of(func);
    V doc = slot_get(&fn->head, &fn->doc);
    if (doc != V_NULL) return doc;
    V code = slot_get(&fn->head, &fn->code), old = slot_get(&fn->head, &fn->old_code); // in this order
    if (old != V_NULL) {
        v_drop(t, code);
        code = list_get(t, old, 0);
        v_drop(t, old);
    }
    if (code_thaw(t, code_of(code)) == 0) {
        V consts = slot_peek(&code_of(code)->consts);
        doc = tuple_len(consts) && v_is_str(tuple_borrow(consts, 0)) ? tuple_get(consts, 0) : V_NONE;
    }
    v_drop(t, code);
    return doc == V_NULL ? V_ERROR : doc;
}

V function_new(Thread *t, V code, V globals) {
    return function_new_qualified(t, code, globals, slot_peek(&code_of(code)->qualname));
}

V vm_make_function(Thread *t, Frame *f, V code, unsigned flags, const V *extra) {
    if (unlikely((flags & 1 && !v_is_tuple(extra[0])) || (flags & 2 && !v_is_dict(extra[flags & 1]))))
        return err_set(t, &exc_SystemError, "MAKE_FUNCTION with bad defaults");
    V self = function_new(t, code, f->globals);
    if (v_is_error(self)) return V_ERROR;
    Function *fn = function_of(self);
    if (flags & 1) slot_init(t, &fn->head, &fn->defaults, *extra++);
    if (flags & 2) slot_init(t, &fn->head, &fn->kwdefaults, *extra++);
    if (flags & 4) slot_init(t, &fn->head, &fn->annotations, *extra++);
    if (flags & 8) slot_init(t, &fn->head, &fn->closure, *extra++);
    return self;
}

V function_annotations(Thread *t, V func) {
    Function *fn = function_of(func);
    V v = slot_get(&fn->head, &fn->annotations);
    if (v != V_NULL && v_is_exact(v, &dict_type)) return v;
    V dict = dict_new(t);
    for (size_t i = 0; v != V_NULL && !v_is_error(dict) && i + 1 < tuple_len(v); i += 2) {
        if (dict_set(t, dict, tuple_borrow(v, i), tuple_borrow(v, i + 1)) < 0) {
            v_drop(t, dict);
            dict = V_ERROR;
        }
    }
    v_drop(t, v);
    if (!v_is_error(dict)) slot_set(t, &fn->head, &fn->annotations, dict);
    return dict;
}

// ---- attributes ----------------------------------------------------------------------------------------------------------
static V or_none(V v) { return v == V_NULL ? V_NONE : v; }

#define GET(name, field)                                                                                               \
    static V get_##name(Thread *t, V self, void *closure) {                                                            \
        (void)t, (void)closure;                                                                                        \
        return or_none(slot_get(v_obj(self), &function_of(self)->field));                                              \
    }
GET(code, code)
GET(name, name)
GET(qualname, qualname)
GET(defaults, defaults)
GET(kwdefaults, kwdefaults)
GET(builtins, builtins)

static int set_slot(Thread *t, V self, Slot *slot, V value) {
    if (value == V_NULL || value == V_NONE) slot_clear(t, v_obj(self), slot);
    else slot_set(t, v_obj(self), slot, value);
    function_modified(function_of(self));
    return 0;
}

static int keep_old_code(Thread *t, Function *fn) {
    V list = slot_get(&fn->head, &fn->old_code);
    bool first = list == V_NULL;
    if (first) list = list_new(t, 0);
    int r = v_is_error(list) ? -1 : list_append(t, list, slot_peek(&fn->code));
    if (first && r == 0) slot_set(t, &fn->head, &fn->old_code, list); // never seen empty
    v_drop(t, list);
    return r;
}

static int set_code(Thread *t, V self, V value, void *closure) {
    (void)closure;
    Function *fn = function_of(self);
    if (value == V_NULL || !v_is_exact(value, &code_type)) {
        err_set(t, &exc_TypeError, "__code__ must be set to a code object");
        return -1;
    }
    V cells = slot_peek(&fn->closure);
    size_t have = cells == V_NULL ? 0 : tuple_len(cells);
    if ((size_t)code_of(value)->nfreevars != have) {
        err_set(t, &exc_ValueError, "%V() requires a code object with %zu free vars, not %d", slot_peek(&fn->name), have,
                code_of(value)->nfreevars);
        return -1;
    }
    if (keep_old_code(t, fn) < 0) return -1;
    function_modified(fn);
    slot_set(t, &fn->head, &fn->code, value);
    return 0;
}

static int set_text(Thread *t, V self, Slot *slot, V value, const char *name) {
    if (value == V_NULL || !v_is_str(value)) {
        err_set(t, &exc_TypeError, "%s must be set to a string object", name);
        return -1;
    }
    slot_set(t, v_obj(self), slot, value);
    return 0;
}
static int set_name(Thread *t, V self, V value, void *closure) {
    (void)closure;
    return set_text(t, self, &function_of(self)->name, value, "__name__");
}
static int set_qualname(Thread *t, V self, V value, void *closure) {
    (void)closure;
    return set_text(t, self, &function_of(self)->qualname, value, "__qualname__");
}
static int set_defaults(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value != V_NULL && value != V_NONE && !v_is_tuple(value)) {
        err_set(t, &exc_TypeError, "__defaults__ must be set to a tuple object");
        return -1;
    }
    return set_slot(t, self, &function_of(self)->defaults, value);
}
static int set_kwdefaults(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value != V_NULL && value != V_NONE && !v_is_dict(value)) {
        err_set(t, &exc_TypeError, "__kwdefaults__ must be set to a dict object");
        return -1;
    }
    return set_slot(t, self, &function_of(self)->kwdefaults, value);
}
static V get_annotations(Thread *t, V self, void *closure) {
    (void)closure;
    return function_annotations(t, self);
}
static int set_annotations(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value != V_NULL && value != V_NONE && !v_is_dict(value)) {
        err_set(t, &exc_TypeError, "__annotations__ must be set to a dict object");
        return -1;
    }
    return set_slot(t, self, &function_of(self)->annotations, value);
}
static V get_dict(Thread *t, V self, void *closure) {
    (void)closure;
    return attrs_dict(t, v_obj(self));
}
static int set_dict(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete __dict__");
        return -1;
    }
    if (!v_is_dict(value)) {
        err_set(t, &exc_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
        return -1;
    }
    return attrs_set_dict(t, v_obj(self), value);
}

static const GetSet getsets[] = {
    {"__code__", get_code, set_code, NULL, NULL},
    {"__defaults__", get_defaults, set_defaults, NULL, NULL},
    {"__kwdefaults__", get_kwdefaults, set_kwdefaults, NULL, NULL},
    {"__annotations__", get_annotations, set_annotations, NULL, NULL},
    {"__dict__", get_dict, set_dict, NULL, NULL},
    {"__name__", get_name, set_name, NULL, NULL},
    {"__qualname__", get_qualname, set_qualname, NULL, NULL},
    {"__builtins__", get_builtins, NULL, NULL, NULL},
    {0},
};
static const Member members[] = {
    {"__closure__", MEMBER_SLOT_OR_NONE, offsetof(Function, closure), true, NULL},
    {"__doc__", MEMBER_FUNCTION_DOC, offsetof(Function, doc), false, NULL},
    {"__globals__", MEMBER_SLOT, offsetof(Function, globals), true, NULL},
    {"__module__", MEMBER_SLOT_OR_NONE, offsetof(Function, module), false, NULL},
    {0},
};

// ---- the type ------------------------------------------------------------------------------------------------------------
static V construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V a[5];
    if (args_bind(t, "function", "code, globals, name=None, argdefs=None, closure=None", args, nargs, kwnames, a) < 0)
        return V_ERROR;
    for (int i = 2; i < 5; i++) {
        if (a[i] == V_NULL) a[i] = V_NONE;
    }
    if (!v_is_exact(a[0], &code_type))
        return err_set(t, &exc_TypeError, "function() argument 'code' must be code, not %K", a[0]);
    if (!v_is_dict(a[1])) return err_set(t, &exc_TypeError, "function() argument 'globals' must be dict, not %K", a[1]);
    if (a[2] != V_NONE && !v_is_str(a[2])) return err_set(t, &exc_TypeError, "arg 3 (name) must be None or string");
    if (a[3] != V_NONE && !v_is_tuple(a[3])) return err_set(t, &exc_TypeError, "arg 4 (defaults) must be None or tuple");
    const Code *code = code_of(a[0]);
    if (a[4] != V_NONE && !v_is_tuple(a[4])) return err_set(t, &exc_TypeError, "arg 5 (closure) must be tuple");
    if (a[4] == V_NONE && code->nfreevars) return err_set(t, &exc_TypeError, "arg 5 (closure) must be tuple");
    size_t ncells = a[4] == V_NONE ? 0 : tuple_len(a[4]);
    if (ncells != (size_t)code->nfreevars)
        return err_set(t, &exc_ValueError, "%V requires closure of length %d, not %zu", slot_peek(&code->name),
                       code->nfreevars, ncells);
    for (size_t i = 0; i < ncells; i++) {
        V cell = tuple_borrow(a[4], i);
        if (!v_is_exact(cell, &cell_type))
            return err_set(t, &exc_TypeError, "arg 5 (closure) expected cell, found %T", cell);
    }
    V self = function_new(t, a[0], a[1]);
    if (v_is_error(self)) return V_ERROR;
    Function *fn = function_of(self);
    if (a[2] != V_NONE) slot_set(t, &fn->head, &fn->name, a[2]);
    if (a[3] != V_NONE) slot_set(t, &fn->head, &fn->defaults, a[3]);
    if (a[4] != V_NONE) slot_set(t, &fn->head, &fn->closure, a[4]);
    return self;
}

static V repr(Thread *t, V self) {
    return str_from_format(t, "<function %V at %p>", slot_peek(&function_of(self)->qualname), (void *)v_obj(self));
}

static V descr_get(Thread *t, V self, V obj, V type) {
    if (obj == V_NULL || (obj == V_NONE && type != v_from_type(&none_type))) return v_dup(self);
    return method_new(t, self, obj);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Function *fn = (Function *)o;
    VISIT(fn->code);
    VISIT(fn->globals);
    VISIT(fn->builtins);
    VISIT(fn->defaults);
    VISIT(fn->kwdefaults);
    VISIT(fn->closure);
    VISIT(fn->name);
    VISIT(fn->qualname);
    VISIT(fn->doc);
    VISIT(fn->module);
    VISIT(fn->annotations);
    VISIT(fn->old_code);
}

Type function_type = {
    TYPE_HEAD("function"), .size = sizeof(Function), .attrs_offset = sizeof(Function),
    .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE | TYPE_METHOD_DESCR,
    .doc = "A function made by hand.\n\n"
           "  code\n"
           "    its code object\n"
           "  globals\n"
           "    the dict it finds global names in\n"
           "  name\n"
           "    its name, unless it has the code's\n"
           "  argdefs\n"
           "    a tuple of defaults for the last parameters\n"
           "  closure\n"
           "    a tuple of cells for the free variables",
    .text_signature = "(code, globals, name=None, argdefs=None, closure=None)", .traverse = traverse, .new_ = construct,
    .call = vm_call_function, .repr = repr, .descr_get = descr_get, .getattr = obj_generic_getattr,
    .setattr = obj_generic_setattr, .getsets = getsets, .members = members,
};
