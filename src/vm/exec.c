// SPDX-License-Identifier: MIT
// Running code from C, and the questions about the current frame: exec, class bodies, super(), locals().
#include "vm_private.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// ---- exec, eval, module bodies --------------------------------------------------------------------------------------
static V run_code(Thread *t, V func_steal, V locals_steal) {
    Frame *f = frame_push_code(t, func_steal, locals_steal);
    return f ? vm_run(t, f, false) : V_ERROR;
}

V vm_eval_code_closure(Thread *t, V code, V globals, V locals, V closure) {
    V func = function_new(t, code, globals);
    if (v_is_error(func)) return V_ERROR;
    Function *fn = function_of(func);
    if (closure != V_NULL && closure != V_NONE) slot_set(t, &fn->head, &fn->closure, closure);
    int need = code_of(code)->nfreevars;
    V cells = slot_peek(&fn->closure);
    if (need && (cells == V_NULL || (int)tuple_len(cells) != need)) {
        v_drop(t, func);
        return err_set(t, &exc_TypeError, "code object requires a closure of exactly length %d", need);
    }
    bool has_namespace = !(code_of(code)->flags & CO_NEWLOCALS);
    V namespace = has_namespace ? v_dup(locals == V_NULL || locals == V_NONE ? globals : locals) : V_NULL;
    return run_code(t, func, namespace);
}

V vm_eval_code(Thread *t, V code, V globals, V locals) { return vm_eval_code_closure(t, code, globals, locals, V_NULL); }

// ---- classes -----------------------------------------------------------------------------------------------------------
// Bases that are no classes say by __mro_entries__ what to put in their place: the new tuple, or the same one.
static V resolve_bases(Thread *t, V bases) {
    V list = V_NULL;
    for (size_t i = 0; i < tuple_len(bases); i++) {
        V base = tuple_borrow(bases, i), entries = V_NULL;
        if (!v_is_type(base)) {
            V method = obj_lookup_attr(t, base, NAME(__mro_entries__));
            if (v_is_error(method)) goto fail;
            if (method != V_NULL) {
                entries = obj_call1(t, method, bases);
                v_drop(t, method);
                if (v_is_error(entries)) goto fail;
                if (!v_is_tuple(entries)) {
                    v_drop(t, entries);
                    err_set(t, &exc_TypeError, "__mro_entries__ must return a tuple");
                    goto fail;
                }
            }
        }
        if (entries == V_NULL && list == V_NULL) continue;
        if (list == V_NULL) {
            list = list_new(t, 0);
            for (size_t k = 0; k < i && !v_is_error(list); k++) {
                if (list_append(t, list, tuple_borrow(bases, k)) < 0) goto fail;
            }
        }
        int r = v_is_error(list) ? -1 : entries != V_NULL ? list_extend(t, list, entries) : list_append(t, list, base);
        v_drop(t, entries);
        if (r < 0) goto fail;
    }
    if (list == V_NULL) return v_dup(bases);
    V result = list_to_tuple(t, list);
    v_drop(t, list);
    return result;
fail:
    v_drop(t, list);
    return V_ERROR;
}

typedef struct ClassCall {
    Thread *t;
    V func, name, bases, meta, namespace;
    V kwnames;         // without `metaclass`: a tuple or V_NULL; stack value
    V args[2 + 8], *all; // name, what, keyword values
    size_t nkw;
} ClassCall;

// Takes metaclass= out of the keywords.  0/-1.
static int split_keywords(ClassCall *c, const V *values, V kwnames) {
    size_t n = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    c->all = c->args;
    if (n > 8 && !(c->all = mem_alloc(c->t, (n + 2) * sizeof(V)))) {
        c->all = c->args;
        err_no_memory(c->t);
        return -1;
    }
    V names = list_new(c->t, 0);
    for (size_t i = 0; i < n && !v_is_error(names); i++) {
        V key = tuple_borrow(kwnames, i);
        if (str_equal_ascii(key, "metaclass")) {
            c->meta = v_dup(values[i]);
            continue;
        }
        c->all[2 + c->nkw++] = values[i];
        if (list_append(c->t, names, key) < 0) {
            v_drop(c->t, names);
            return -1;
        }
    }
    if (v_is_error(names)) return -1;
    if (c->nkw) c->kwnames = list_to_tuple(c->t, names);
    v_drop(c->t, names);
    return v_is_error(c->kwnames) ? -1 : 0;
}

static int choose_metaclass(ClassCall *c) {
    if (c->meta == V_NULL) {
        V type = tuple_len(c->bases) ? v_from_type(v_type(tuple_borrow(c->bases, 0))) : v_from_type(&type_type);
        c->meta = v_dup(type);
    }
    if (!v_is_type(c->meta)) return 0;
    Type *best = type_best_metatype(c->t, v_as_type(c->meta), c->bases);
    if (!best) return -1;
    v_drop(c->t, c->meta);
    c->meta = v_from_type(best);
    return 0;
}

static int prepare_namespace(ClassCall *c) {
    Thread *t = c->t;
    V prepare = c->meta == v_from_type(&type_type) ? V_NULL : obj_lookup_attr(t, c->meta, NAME(__prepare__));
    if (v_is_error(prepare)) return -1;
    if (prepare == V_NULL) {
        c->namespace = dict_new(t);
    } else {
        c->all[0] = c->name;
        c->all[1] = c->bases;
        c->namespace = obj_call(t, prepare, c->all, 2, c->kwnames);
        v_drop(t, prepare);
    }
    if (v_is_error(c->namespace)) return -1;
    if (obj_is_mapping(c->namespace)) return 0;
    if (v_is_type(c->meta))
        err_set(t, &exc_TypeError, "%N.__prepare__() must return a mapping, not %T", v_as_type(c->meta), c->namespace);
    else
        err_set(t, &exc_TypeError, "<metaclass>.__prepare__() must return a mapping, not %T", c->namespace);
    return -1;
}

// The class body set __class__'s cell, if methods use it: it must hold the new class.
static int check_class_cell(ClassCall *c, V cls, V cell) {
    if (!v_is_type(cls) || !v_is_exact(cell, &cell_type)) return 0;
    V found = cell_get(cell);
    int r = 0;
    if (found == V_NULL) {
        err_set(c->t, &exc_RuntimeError,
                "__class__ not set defining %.200R as %.200R. Was __classcell__ propagated to type.__new__?", c->name, cls);
        r = -1;
    } else if (!v_is(found, cls)) {
        err_set(c->t, &exc_TypeError, "__class__ set to %.200R defining %.200R as %.200R", found, c->name, cls);
        r = -1;
    }
    v_drop(c->t, found);
    return r;
}

static V build(ClassCall *c, V given_bases) {
    Thread *t = c->t;
    if (choose_metaclass(c) < 0 || prepare_namespace(c) < 0) return V_ERROR;
    V cell = run_code(t, v_dup(c->func), v_dup(c->namespace)), cls = V_ERROR;
    if (v_is_error(cell)) return V_ERROR;
    if (v_is(c->bases, given_bases) || obj_setitem(t, c->namespace, NAME(__orig_bases__), given_bases) == 0) {
        V name_and[3] = {c->name, c->bases, c->namespace};
        if (c->nkw == 0) {
            cls = obj_call(t, c->meta, name_and, 3, V_NULL);
        } else {
            V all[3 + c->nkw];
            memcpy(all, name_and, sizeof name_and);
            memcpy(all + 3, c->all + 2, c->nkw * sizeof(V));
            cls = obj_call(t, c->meta, all, 3, c->kwnames);
        }
    }
    if (!v_is_error(cls) && check_class_cell(c, cls, cell) < 0) {
        v_drop(t, cls);
        cls = V_ERROR;
    }
    v_drop(t, cell);
    return cls;
}

NATIVE(vm_build_class) {
    (void)self;
    if (nargs < 2) return err_set(t, &exc_TypeError, "__build_class__: not enough arguments");
    if (!v_is_function(args[0])) return err_set(t, &exc_TypeError, "__build_class__: func must be a function");
    if (!v_is_str(args[1])) return err_set(t, &exc_TypeError, "__build_class__: name is not a string");
    ClassCall c = {.t = t, .func = args[0], .name = args[1], .meta = V_NULL, .namespace = V_NULL, .kwnames = V_NULL};
    V given = tuple_from(t, args + 2, nargs - 2), cls = V_ERROR;
    if (v_is_error(given)) return V_ERROR;
    c.all = c.args;
    c.bases = resolve_bases(t, given);
    if (!v_is_error(c.bases) && split_keywords(&c, args + nargs, kwnames) == 0) cls = build(&c, given);
    if (c.all != c.args) mem_free(c.all);
    v_drop(t, c.meta);
    v_drop(t, c.namespace);
    v_drop(t, c.kwnames);
    v_drop(t, c.bases);
    v_drop(t, given);
    return cls;
}

// ---- where we are ------------------------------------------------------------------------------------------------------
V vm_current_globals_borrow(Thread *t) { return t->frame ? t->frame->globals : V_NULL; }
V vm_current_builtins_borrow(Thread *t) { return t->frame ? t->frame->builtins : builtins_dict_borrow(); }

V vm_current_locals(Thread *t) {
    if (!t->frame) return err_set(t, &exc_SystemError, "frame does not exist");
    return frame_locals(t, t->frame);
}

V vm_current_frame_object(Thread *t, int depth) {
    Frame *f = t->frame;
    for (; f && depth > 0; depth--) f = f->prev;
    if (!f) return err_set(t, &exc_ValueError, "call stack is not deep enough");
    return frame_object_of(t, f);
}

int vm_current_lineno(Thread *t) {
    int line = t->frame ? frame_lineno(t->frame) : 0;
    return line < 0 ? 0 : line;
}

static int super_failed(Thread *t, const char *message) {
    err_set(t, &exc_RuntimeError, "super(): %s", message);
    return -1;
}

int vm_super_arguments(Thread *t, V *type, V *self) {
    Frame *f = t->frame;
    if (!f) return super_failed(t, "no current frame");
    const Code *code = f->code;
    if (code->argcount == 0) return super_failed(t, "no arguments");
    V *locals = frame_locals_base(f), first = locals[0];
    if (first == V_NULL) return super_failed(t, "arg[0] deleted");
    V held = V_NULL;
    if (code_local_kind(code, 0) & CO_FAST_CELL && v_is_exact(first, &cell_type)) {
        held = first = cell_get(first);
        if (first == V_NULL) return super_failed(t, "arg[0] deleted");
    }
    for (int i = code->nlocalsplus - code->nfreevars; i < code->nlocalsplus; i++) {
        if (!str_equal_ascii(code_local_name_borrow(code, i), "__class__")) continue;
        V cell = locals[i], cls = cell != V_NULL && v_is_exact(cell, &cell_type) ? cell_get(cell) : V_NULL;
        if (cell == V_NULL || cls == V_NULL || !v_is_type(cls)) {
            if (cell != V_NULL && !v_is_exact(cell, &cell_type)) super_failed(t, "bad __class__ cell");
            else if (cls == V_NULL) super_failed(t, "empty __class__ cell");
            else err_set(t, &exc_RuntimeError, "super(): __class__ is not a type (%T)", cls);
            v_drop(t, cls);
            v_drop(t, held);
            return -1;
        }
        *type = cls;
        *self = held != V_NULL ? held : v_dup(first);
        return 0;
    }
    v_drop(t, held);
    return super_failed(t, "__class__ cell not found");
}

// ---- life --------------------------------------------------------------------------------------------------------------
void vm_start(Thread *t) { (void)t; }
void vm_thread_exit(Thread *t) { frame_stack_free(t); }
