// SPDX-License-Identifier: MIT
// _ctypes: C calls Python.
//
// A Thunk is a piece of machine code that calls a Python function.  It may be called by a thread that is in a foreign function
// (detached, or not), and by a pthread that nobody here started.  Such a one needs a Thread, which only an attached thread can
// make: one is kept in reserve from the first Thunk on, and who takes it makes the next.
#include "ctypes_private.h"
#include "runtime/runtime.h"
#ifdef HAVE_FFI
#include <sched.h>

typedef struct Thunk { // const after init
    Obj head;
    ffi_closure *closure;
    ffi_cif cif;
    ffi_type **types;
    Slot callable, argtypes, restype; // argtypes: a tuple
    unsigned flags;
} Thunk;

// ---- threads ----------------------------------------------------------------------------------------------------------------------
static Thread *reserve; // atomic: a Thread that no pthread is bound to, or NULL

static void fill_reserve(Thread *t) {
    if (at_load_relaxed(&reserve)) return;
    Thread *fresh = thread_new(t), *none = NULL;
    if (fresh && !at_cas_acq_rel(&reserve, &none, fresh)) thread_discard(fresh);
}
static Thread *foreign_begins(void) {
    Thread *t;
    while (!(t = at_exchange_acq_rel(&reserve, (Thread *)NULL))) sched_yield(); // whoever took it is about to make another
    thread_start_here(t);
    fill_reserve(t);
    return t;
}

// ---- being called -----------------------------------------------------------------------------------------------------------------
static V argument_value(Thread *t, V class, const void *p) {
    TypeInfo *info = ctype_info(class);
    if (!info) return err_set(t, &exc_TypeError, "cannot build parameter");
    if (info->kind == C_SIMPLE && !ctype_is_simple_subclass(class)) return info->code->get(t, p, info->size);
    return cdata_copy_from(t, class, p);
}
static void give_result(Thread *t, V callable, V restype, V result, void *out) {
    if (restype == V_NONE || v_is_error(result)) return;
    TypeInfo *info = ctype_info(restype);
    memset(out, 0, sizeof(ffi_arg)); // small results are widened
    V keep = info->code->set(t, out, result, info->size);
    if (v_is_error(keep)) {
        err_unraisable(t, callable, "on converting result of ctypes callback function");
    } else if (keep != V_NONE) {
        v_own(keep); // what C has been given nobody takes back
        if (info->code->letter != 'O' && warn(t, &exc_RuntimeWarning, 1, "memory leak in callback function.") < 0) err_unraisable(t, callable, NULL);
    } else if (info->size < sizeof(int) && strchr("bh", info->code->letter)) {
        ffi_sarg wide = info->size == 1 ? *(signed char *)out : *(short *)out;
        memcpy(out, &wide, sizeof wide);
    }
}
static void call_python(Thread *t, Thunk *k, void *out, void **values) {
    V callable = slot_get(&k->head, &k->callable), argtypes = slot_get(&k->head, &k->argtypes), pending = err_fetch(t);
    size_t n = tuple_len(argtypes), made = 0;
    V args[n + 1], result = V_ERROR;
    while (made < n && !v_is_error(args[made] = argument_value(t, tuple_borrow(argtypes, made), values[made]))) made++;
    if (made == n) result = obj_call(t, callable, args, n, V_NULL);
    if (v_is_error(result)) err_unraisable(t, callable, "on calling ctypes callback function");
    give_result(t, callable, slot_peek(&k->restype), result, out);
    v_drop(t, result);
    for (size_t i = 0; i < made; i++) v_drop(t, args[i]);
    v_drop(t, argtypes);
    v_drop(t, callable);
    err_restore_steal(t, pending);
}
static void enter(ffi_cif *cif, void *out, void **values, void *data) {
    (void)cif;
    Thunk *k = data;
    Thread *t = thread_current();
    bool foreign = !t, attached = t && thread_is_attached(t);
    ctypes_errno_swap(k->flags);
    int code = errno;
    if (foreign) t = foreign_begins();
    else if (!attached) thread_attach(t);
    call_python(t, k, out, values);
    if (foreign) thread_end_foreign(t);
    else if (!attached) thread_detach(t);
    errno = code;
    ctypes_errno_swap(k->flags);
}

// ---- making one -------------------------------------------------------------------------------------------------------------------
static void thunk_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Thunk *)o)->callable);
    VISIT(((Thunk *)o)->argtypes);
    VISIT(((Thunk *)o)->restype);
}
static void thunk_free(Thread *t, Obj *o) {
    (void)t;
    Thunk *k = (Thunk *)o;
    if (k->closure) ffi_closure_free(k->closure);
    mem_free(k->types);
}
Type ctypes_thunk_type = {
    TYPE_HEAD("_ctypes.CThunkObject"), .base = &object_type, .size = sizeof(Thunk), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = thunk_traverse, .free_ = thunk_free,
};
static int prepare(Thread *t, Thunk *k, void **code) {
    V argtypes = slot_peek(&k->argtypes), restype = slot_peek(&k->restype);
    size_t n = tuple_len(argtypes);
    k->types = mem_calloc(t, n + 1, sizeof *k->types);
    k->closure = k->types ? ffi_closure_alloc(sizeof *k->closure, code) : NULL;
    if (!k->closure) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        TypeInfo *info = ctype_info(tuple_borrow(argtypes, i));
        bool whole = info && (info->kind == C_STRUCT || info->kind == C_UNION || info->kind == C_ARRAY);
        k->types[i] = !info ? &ffi_type_sint : info->kind == C_ARRAY ? &ffi_type_pointer : whole ? ctype_ffi(t, info) : info->ffi;
        if (!k->types[i]) return -1;
    }
    ffi_type *result = restype == V_NONE ? &ffi_type_void : ctype_info(restype)->ffi;
    if (ffi_prep_cif(&k->cif, FFI_DEFAULT_ABI, (unsigned)n, result, k->types) == FFI_OK &&
        ffi_prep_closure_loc(k->closure, &k->cif, enter, k, *code) == FFI_OK) return 0;
    err_set(t, &exc_RuntimeError, "ffi_prep_closure failed");
    return -1;
}
V ctypes_thunk_new(Thread *t, V callable, TypeInfo *prototype, void **code) {
    V restype = slot_peek(&prototype->restype);
    TypeInfo *result = restype == V_NULL || restype == V_NONE ? NULL : ctype_info(restype);
    if (restype != V_NONE && (!result || result->kind != C_SIMPLE)) return err_set(t, &exc_TypeError, "invalid result type for callback function");
    V argtypes = obj_to_tuple(t, slot_peek(&prototype->argtypes)), self = v_is_error(argtypes) ? V_ERROR : type_alloc(t, &ctypes_thunk_type, 0);
    if (v_is_error(self)) {
        v_drop(t, argtypes);
        return V_ERROR;
    }
    Thunk *k = (Thunk *)v_obj(self);
    k->flags = prototype->flags;
    slot_init(t, v_obj(self), &k->callable, callable);
    slot_init_steal(t, v_obj(self), &k->argtypes, argtypes);
    slot_init(t, v_obj(self), &k->restype, restype);
    if (prepare(t, k, code) < 0) {
        v_drop(t, self);
        return V_ERROR;
    }
    threading_sharing_begins(t); // any thread may come in by it
    if (threading_is_sharing()) share_value(t, self);
    fill_reserve(t);
    return self;
}
#endif
