// SPDX-License-Identifier: MIT
// BaseException and the exceptions that add nothing to it.  The tree is exceptions.def; the layouts with fields of
// their own are in exception_kinds.c and exception_group.c, which fill the same kind of table row.
#include "exceptions_private.h"
#include "object/misc.h"

// ---- BaseException ----------------------------------------------------------------------------------------------------
V exception_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)kwnames;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    V tuple = tuple_from(t, args, nargs);
    if (v_is_error(tuple)) {
        v_drop(t, self);
        return V_ERROR;
    }
    Exc *e = (Exc *)v_obj(self);
    slot_init_steal(t, &e->head, &e->args, tuple);
    return self;
}

// Nearly always __new__ has been given the same arguments.
static bool has_args(const Exc *e, const V *args, size_t nargs) {
    V held = slot_peek(&e->args);
    if (held == V_NULL || !v_is_exact(held, &tuple_type) || tuple_len(held) != nargs) return false;
    for (size_t i = 0; i < nargs; i++) {
        if (!v_is(tuple_borrow(held, i), args[i])) return false;
    }
    return true;
}

int exception_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (kwnames != V_NULL && tuple_len(kwnames)) {
        err_set(t, &exc_TypeError, "%s() takes no keyword arguments", type_short_name(v_type(self)));
        return -1;
    }
    Exc *e = (Exc *)v_obj(self);
    if (has_args(e, args, nargs)) return 0;
    V tuple = tuple_from(t, args, nargs);
    if (v_is_error(tuple)) return -1;
    slot_set_steal(t, &e->head, &e->args, tuple);
    return 0;
}

void exception_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Exc *e = (Exc *)o;
    VISIT(e->args);
    VISIT(e->traceback);
    VISIT(e->context);
    VISIT(e->cause);
    VISIT(e->own_traceback);
}

V exception_args(V self) { return slot_get(v_obj(self), &((Exc *)v_obj(self))->args); }

V exception_str(Thread *t, V self) {
    V args = exception_args(self);
    size_t n = args == V_NULL ? 0 : tuple_len(args);
    V text = n == 0 ? str_empty() : obj_str(t, n == 1 ? tuple_borrow(args, 0) : args);
    v_drop(t, args);
    return text;
}

// KeyError shows its one argument quoted: KeyError('') would otherwise print nothing.
static V key_error_str(Thread *t, V self) {
    V args = exception_args(self);
    V text = args != V_NULL && tuple_len(args) == 1 ? obj_repr(t, tuple_borrow(args, 0)) : exception_str(t, self);
    v_drop(t, args);
    return text;
}

static V exception_repr(Thread *t, V self) {
    V name = type_name(t, v_type(self));
    if (v_is_error(name)) return V_ERROR;
    V args = exception_args(self);
    V result = args == V_NULL            ? str_from_format(t, "%V()", name)
               : tuple_len(args) == 1 ? str_from_format(t, "%V(%R)", name, tuple_borrow(args, 0))
                                      : str_from_format(t, "%V%R", name, args);
    v_drop(t, args);
    v_drop(t, name);
    return result;
}

static V get_args(Thread *t, V self, void *closure) {
    (void)closure, (void)t;
    Exc *e = (Exc *)v_obj(self);
    V args = slot_get(&e->head, &e->args);
    return args == V_NULL ? V_NONE : args;
}

static int set_args(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "args may not be deleted");
        return -1;
    }
    V tuple = obj_to_tuple(t, value);
    if (v_is_error(tuple)) return -1;
    Exc *e = (Exc *)v_obj(self);
    slot_set_steal(t, &e->head, &e->args, tuple);
    return 0;
}

// __traceback__, __context__, __cause__ share their accessors; closure points to a row of this table.
typedef struct Link {
    size_t offset;
    const char *deleted, *wrong;
    Type *type; // of the value: NULL means any exception
} Link;
static const Link traceback_link = {offsetof(Exc, traceback), "__traceback__ may not be deleted",
                                    "__traceback__ must be a traceback or None", &traceback_type};
static const Link context_link = {offsetof(Exc, context), "__context__ may not be deleted",
                                  "exception context must be None or derive from BaseException", NULL};
static const Link cause_link = {offsetof(Exc, cause), "__cause__ may not be deleted",
                                "exception cause must be None or derive from BaseException", NULL};

static V get_link(Thread *t, V self, void *closure) {
    (void)t;
    const Link *link = closure;
    V v = slot_get(v_obj(self), (Slot *)((char *)v_obj(self) + link->offset));
    return v == V_NULL ? V_NONE : v;
}

static int set_link(Thread *t, V self, V value, void *closure) {
    const Link *link = closure;
    bool fits = value == V_NONE || (value != V_NULL && (link->type ? v_is_exact(value, link->type) : v_is_exception(value)));
    if (!fits) {
        err_set(t, &exc_TypeError, "%s", value == V_NULL ? link->deleted : link->wrong);
        return -1;
    }
    Exc *e = (Exc *)v_obj(self);
    slot_set(t, &e->head, (Slot *)((char *)e + link->offset), value == V_NONE ? V_NULL : value);
    if (link == &cause_link) at_store_release(&e->suppress_context, true);
    if (link == &traceback_link) exc_settle_traceback(t, self);
    return 0;
}

static const GetSet exception_getsets[] = {
    {"args", get_args, set_args, NULL, NULL},
    {"__traceback__", get_link, set_link, NULL, (void *)&traceback_link},
    {"__context__", get_link, set_link, "exception context", (void *)&context_link},
    {"__cause__", get_link, set_link, "exception cause", (void *)&cause_link},
    {0},
};
static const Member exception_members[] = {
    {"__suppress_context__", MEMBER_BOOL, offsetof(Exc, suppress_context), false, NULL},
    {0},
};

static NATIVE(exception_with_traceback) {
    (void)nargs, (void)kwnames;
    if (set_link(t, self, args[0], (void *)&traceback_link) < 0) return V_ERROR;
    return v_dup(self);
}

static NATIVE(exception_add_note) {
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "note must be a str, not '%T'", args[0]);
    V notes = obj_lookup_attr(t, self, NAME(__notes__));
    if (v_is_error(notes)) return V_ERROR;
    if (notes == V_NULL) {
        notes = list_new(t, 0);
        if (v_is_error(notes) || obj_setattr(t, self, NAME(__notes__), notes) < 0) {
            v_drop(t, notes);
            return V_ERROR;
        }
    } else if (!v_is_list(notes)) {
        v_drop(t, notes);
        return err_set(t, &exc_TypeError, "Cannot add note: __notes__ is not a list");
    }
    int r = list_append(t, notes, args[0]);
    v_drop(t, notes);
    return r < 0 ? V_ERROR : V_NONE;
}

// The instance's __dict__ when it holds something, else V_NONE.
V exception_dict_or_none(Thread *t, V self) {
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict) || dict_len(dict)) return dict;
    v_drop(t, dict);
    return V_NONE;
}

V exception_reduce_with(Thread *t, V self, V args_steal) {
    if (v_is_error(args_steal)) return V_ERROR;
    V dict = exception_dict_or_none(t, self);
    if (v_is_error(dict)) {
        v_drop(t, args_steal);
        return V_ERROR;
    }
    V type = v_from_type(v_type(self));
    if (dict == V_NONE) return tuple_pack_steal(t, 2, type, args_steal);
    return tuple_pack_steal(t, 3, type, args_steal, dict);
}

static NATIVE(exception_reduce) {
    UNUSED_NATIVE();
    V a = exception_args(self);
    return exception_reduce_with(t, self, a == V_NULL ? tuple_empty() : a);
}

static NATIVE(exception_setstate) {
    (void)nargs, (void)kwnames;
    if (args[0] == V_NONE) return V_NONE;
    if (!v_is_dict(args[0])) return err_set(t, &exc_TypeError, "state is not a dictionary");
    size_t pos = 0;
    V key, value;
    while (dict_next(args[0], &pos, &key, &value)) {
        key = v_dup(key); // its __hash__ may empty the dict
        value = v_dup(value);
        int r = obj_setattr(t, self, key, value);
        v_drop(t, key);
        v_drop(t, value);
        if (r < 0) return V_ERROR;
    }
    return V_NONE;
}

static const Method exception_methods[] = {
    {"with_traceback", exception_with_traceback, "object, /", 0, M_OLD_ARITY,
     "Exception.with_traceback(tb) --\n    the exception itself, with tb as its traceback."},
    {"add_note", exception_add_note, "object, /", 0, M_OLD_ARITY,
     "Exception.add_note(note) --\n    a line more to be shown with the exception"},
    {"__reduce__", exception_reduce, "", 0, 0, NULL},
    {"__setstate__", exception_setstate, "object, /", 0, 0, NULL},
    METHOD_END,
};

// ---- the table of types -------------------------------------------------------------------------------------------------
// One initialiser per layout: (struct, traverse, new, init, str, methods, members, getsets).  new NULL: its base's __new__.
#define LAYOUT_Base Exc, exception_traverse, exception_new, exception_init, NULL, NULL, NULL, NULL
#define LAYOUT_Key Exc, exception_traverse, NULL, exception_init, key_error_str, NULL, NULL, NULL
#define LAYOUT_SystemExit ExcSystemExit, system_exit_traverse, NULL, system_exit_init, NULL, NULL, system_exit_members, NULL
#define LAYOUT_StopIteration ExcStopIteration, stop_iteration_traverse, NULL, stop_iteration_init, NULL, NULL, stop_iteration_members, NULL
#define LAYOUT_Import ExcImport, import_error_traverse, NULL, import_error_init, import_error_str, import_error_methods, import_error_members, NULL
#define LAYOUT_Name ExcName, name_error_traverse, NULL, name_error_init, exception_str, NULL, name_error_members, NULL
#define LAYOUT_Attribute ExcAttribute, attribute_error_traverse, NULL, attribute_error_init, exception_str, NULL, attribute_error_members, NULL
#define LAYOUT_OS ExcOS, os_error_traverse, os_error_new, os_error_init, os_error_str, os_error_methods, os_error_members, os_error_getsets
#define LAYOUT_Syntax ExcSyntax, syntax_error_traverse, NULL, syntax_error_init, syntax_error_str, NULL, syntax_error_members, NULL
#define LAYOUT_Unicode ExcUnicode, unicode_error_traverse, exception_new, unicode_error_init, unicode_error_str, NULL, unicode_error_members, NULL
#define LAYOUT_Group ExcGroup, group_traverse, group_new, group_init, group_str, group_methods, group_members, NULL

#define EXC_TYPE_(name_, base_, layout, traverse_, new__, init_, str_, methods_, members_, getsets_) \
    Type exc_##name_ = {TYPE_HEAD(#name_), .base = base_, .size = sizeof(layout), .attrs_offset = sizeof(layout), \
                        .flags = EXC_FLAGS, .traverse = traverse_, .new_ = new__, .init = init_, .str = str_, \
                        .methods = methods_, .members = members_, .getsets = getsets_};
#define EXC_TYPE(...) EXC_TYPE_(__VA_ARGS__)
#define EXC_FLAGS (TYPE_BASETYPE | TYPE_GC | TYPE_EXC | TYPE_IMMUTABLE)

// BaseException itself, whose base is object.
Type exc_BaseException = {
    TYPE_HEAD("BaseException"), .base = &object_type, .size = sizeof(Exc), .attrs_offset = sizeof(Exc),
    .flags = EXC_FLAGS, .doc = "What everything that can be raised derives from",
    .traverse = exception_traverse, .new_ = exception_new, .init = exception_init, .str = exception_str,
    .repr = exception_repr, .getattr = obj_generic_getattr, .setattr = obj_generic_setattr,
    .methods = exception_methods, .members = exception_members, .getsets = exception_getsets,
};
#define EXC_ROOT(name, base, layout) // above
#define EXC(name, base, layout) EXC_TYPE(name, &exc_##base, LAYOUT_##layout)
#include "object/exceptions.def"
#undef EXC
#undef EXC_ROOT

static Type *const all_exceptions[] = {
#define EXC(name, base, layout) &exc_##name,
#include "object/exceptions.def"
#undef EXC
};

static void set_docs(void) {
#define DOC(name, text) exc_##name.doc = text;
#include "exception_docs.def"
#undef DOC
}

// Which has its base's layout (FileNotFoundError, IndentationError, ...) inherits what stands there, but for __init__.
static void inherit_layout(Type *type) {
    const Type *base = type->base;
    if (!type->members || base->members != type->members) return;
    type->new_ = NULL;
    type->str = NULL;
    type->methods = NULL;
    type->members = NULL;
    type->getsets = NULL;
}

int exceptions_start(Thread *t) {
    set_docs();
    for (size_t i = countof(all_exceptions); i-- > 0;) inherit_layout(all_exceptions[i]); // before its base, which stands in front of it
    for (size_t i = 0; i < countof(all_exceptions); i++) {
        if (type_ready(t, all_exceptions[i]) < 0) return -1;
    }
    if (error_start(t) < 0) return -1;
    return exception_group_start(t);
}

int exceptions_add_to(Thread *t, V module) {
    for (size_t i = 0; i < countof(all_exceptions); i++) {
        if (module_add(t, module, all_exceptions[i]->name, v_from_type(all_exceptions[i])) < 0) return -1;
    }
    if (module_add(t, module, "EnvironmentError", v_from_type(&exc_OSError)) < 0) return -1;
    if (module_add(t, module, "IOError", v_from_type(&exc_OSError)) < 0) return -1;
    return module_add(t, module, "ExceptionGroup", exc_group_type());
}
