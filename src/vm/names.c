// SPDX-License-Identifier: MIT
// Names: what LOAD_NAME and its relatives find, and the NameErrors when they do not.
#include "vm_private.h"
#include "object/exceptions.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// ---- errors ------------------------------------------------------------------------------------------------------------
static V raise_name(Thread *t, const Type *type, V name, const char *format) {
    V message = err_format_message(t, format, name);
    if (v_is_error(message)) return V_ERROR;
    V exc = exc_new(t, type, &message, 1);
    v_drop(t, message);
    if (v_is_error(exc)) return V_ERROR;
    if (type == &exc_NameError) slot_set(t, v_obj(exc), &((ExcName *)v_obj(exc))->name, name);
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

V vm_name_error(Thread *t, V name) { return raise_name(t, &exc_NameError, name, "name '%V' is not defined"); }

V vm_unbound_local(Thread *t, Frame *f, int index) {
    return raise_name(t, &exc_UnboundLocalError, code_local_name_borrow(f->code, index),
                      "cannot access local variable '%V' where it is not associated with a value");
}

V vm_unbound_cell(Thread *t, Frame *f, int index) {
    if (!(code_local_kind(f->code, index) & CO_FAST_FREE)) return vm_unbound_local(t, f, index);
    return raise_name(t, &exc_NameError, code_local_name_borrow(f->code, index),
                      "cannot access free variable '%V' where it is not associated with a value in enclosing scope");
}

// ---- loading -------------------------------------------------------------------------------------------------------------
// d[name] of a namespace that may be any mapping: V_NULL when missing.
static V namespace_get(Thread *t, V namespace, V name) {
    if (likely(v_is_exact(namespace, &dict_type))) return dict_get(t, namespace, name);
    V v = obj_getitem(t, namespace, name);
    if (!v_is_error(v) || !err_matches(t, &exc_KeyError)) return v;
    err_clear(t);
    return V_NULL;
}

V vm_load_global(Thread *t, Frame *f, V name) {
    V v = namespace_get(t, f->globals, name);
    if (v == V_NULL) v = namespace_get(t, f->builtins, name);
    return likely(v != V_NULL) ? v : vm_name_error(t, name);
}

V vm_load_name(Thread *t, Frame *f, V name) {
    if (unlikely(f->locals == V_NULL)) return err_set(t, &exc_SystemError, "no locals when loading %R", name);
    V v = namespace_get(t, f->locals, name);
    return v != V_NULL ? v : vm_load_global(t, f, name);
}

V vm_load_classderef(Thread *t, Frame *f, int index) {
    V name = code_local_name_borrow(f->code, index), v = V_NULL;
    if (f->locals != V_NULL) v = namespace_get(t, f->locals, name);
    if (v != V_NULL) return v;
    v = cell_get(frame_locals_base(f)[index]);
    return v != V_NULL ? v : vm_unbound_cell(t, f, index);
}

V vm_load_builtin(Thread *t, Frame *f, V name, const char *message) {
    V v = namespace_get(t, f->builtins, name);
    return v != V_NULL ? v : err_set(t, &exc_NameError, "%s", message);
}

// ---- storing -------------------------------------------------------------------------------------------------------------
int vm_store_name(Thread *t, Frame *f, V name, V value) {
    if (likely(f->locals != V_NULL && v_is_exact(f->locals, &dict_type))) return dict_set(t, f->locals, name, value);
    if (f->locals != V_NULL) return obj_setitem(t, f->locals, name, value);
    err_set(t, &exc_SystemError, "no locals found when storing %R", name);
    return -1;
}

static int delete_from(Thread *t, V namespace, V name) {
    int r;
    if (v_is_exact(namespace, &dict_type)) {
        r = dict_discard(t, namespace, name);
        if (r < 0) return -1;
        if (r == 1) return 0;
    } else if (obj_setitem(t, namespace, name, V_NULL) == 0) {
        return 0;
    } else if (!err_matches(t, &exc_KeyError)) {
        return -1;
    } else {
        err_clear(t);
    }
    vm_name_error(t, name);
    return -1;
}

int vm_delete_name(Thread *t, Frame *f, V name) {
    if (f->locals != V_NULL) return delete_from(t, f->locals, name);
    err_set(t, &exc_SystemError, "no locals when deleting %R", name);
    return -1;
}
int vm_delete_global(Thread *t, Frame *f, V name) { return delete_from(t, f->globals, name); }

int vm_setup_annotations(Thread *t, Frame *f) {
    if (f->locals == V_NULL) {
        err_set(t, &exc_SystemError, "no locals found when setting up annotations");
        return -1;
    }
    V name = NAME(__annotations__), v = namespace_get(t, f->locals, name);
    if (v_is_error(v)) return -1;
    if (v != V_NULL) {
        v_drop(t, v);
        return 0;
    }
    V dict = dict_new(t);
    if (v_is_error(dict)) return -1;
    int r = obj_setitem(t, f->locals, name, dict);
    v_drop(t, dict);
    return r;
}

// ---- imports ---------------------------------------------------------------------------------------------------------------
V vm_import_name(Thread *t, Frame *f, V name, V fromlist, V level) {
    V import = namespace_get(t, f->builtins, NAME(__import__));
    if (v_is_error(import)) return V_ERROR;
    if (import == V_NULL) return err_set(t, &exc_ImportError, "__import__ not found");
    V locals = f->locals == V_NULL ? V_NONE : f->locals, result;
    if (v_is_exact(import, &native_type) && v_is_int(level)) { // builtins.__import__ itself
        result = import_name(t, name, f->globals, locals, fromlist, (int)v_int(level));
    } else {
        V args[5] = {name, f->globals, locals, fromlist, level};
        result = obj_call(t, import, args, 5, V_NULL);
    }
    v_drop(t, import);
    return result;
}

int vm_import_star(Thread *t, Frame *f, V module) {
    V locals = frame_locals(t, f);
    if (v_is_error(locals)) return -1;
    int r = import_star(t, module, locals);
    v_drop(t, locals);
    return r;
}

int vm_print_expr(Thread *t, V v) {
    V hook = sys_get(t, "displayhook");
    if (hook == V_NULL) {
        err_set(t, &exc_RuntimeError, "lost sys.displayhook");
        return -1;
    }
    V r = obj_call1(t, hook, v);
    v_drop(t, hook);
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

