// SPDX-License-Identifier: MIT
// _ctypes: calling C.
//
// Read ctypes_call: arguments become C values, the library calls, the result becomes a Python value.  The thread is detached
// while C runs, unless the function is one of the interpreter's own (FUNC_PYTHONAPI).
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <stddef.h>

static __thread int saved_errno; // ctypes.get_errno(): a thread's own

int ctypes_errno_get(void) { return saved_errno; }
void ctypes_errno_set(int value) { saved_errno = value; }
void ctypes_errno_swap(unsigned flags) {
    if (!(flags & FUNC_USE_ERRNO)) return;
    int now = errno;
    errno = saved_errno;
    saved_errno = now;
}

// ---- CArgObject -----------------------------------------------------------------------------------------------------------------
V ctypes_arg_new(Thread *t, char letter, ffi_type *ffi, V keep) {
    V self = type_alloc(t, &ctypes_arg_type, 0);
    if (v_is_error(self)) return V_ERROR;
    carg_of(self)->letter = letter;
    carg_of(self)->ffi = ffi;
    slot_init(t, v_obj(self), &carg_of(self)->keep, keep);
    return self;
}
static void arg_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((CArg *)o)->keep); }
static V arg_repr(Thread *t, V self) {
    CArg *a = carg_of(self);
    switch (a->letter) {
    case 'b': case 'B': return str_from_format(t, "<cparam '%c' (%d)>", a->letter, a->value.b);
    case 'h': case 'H': return str_from_format(t, "<cparam '%c' (%d)>", a->letter, a->value.h);
    case 'i': case 'I': return str_from_format(t, "<cparam '%c' (%d)>", a->letter, a->value.i);
    case 'l': case 'L': case 'q': case 'Q': return str_from_format(t, "<cparam '%c' (%ld)>", a->letter, a->value.l);
    case 'f': case 'd': {
        V number = float_from_double(t, a->letter == 'f' ? (double)a->value.f : a->value.d);
        V r = v_is_error(number) ? V_ERROR : str_from_format(t, "<cparam '%c' (%R)>", a->letter, number);
        v_drop(t, number);
        return r;
    }
    case 'c': {
        unsigned char c = (unsigned char)a->value.c;
        bool plain = c >= ' ' && c < 127 && c != '\'' && c != '\\';
        return plain ? str_from_format(t, "<cparam 'c' ('%c')>", c) : str_from_format(t, "<cparam 'c' ('\\x%02x')>", c);
    }
    case 'z': case 'Z': case 'P': return str_from_format(t, "<cparam '%c' (%p)>", a->letter, a->value.P);
    default: return str_from_format(t, "<cparam '%c' at %p>", a->letter, (void *)v_obj(self));
    }
}
static const Member arg_members[] = {{"_obj", MEMBER_SLOT_OR_NONE, offsetof(CArg, keep), true, "the wrapped object"}, {0}};
Type ctypes_arg_type = {
    TYPE_HEAD("CArgObject"), .base = &object_type, .size = sizeof(CArg), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW, .traverse = arg_traverse,
    .repr = arg_repr, .members = arg_members,
};

// ---- arguments ------------------------------------------------------------------------------------------------------------------
typedef struct Argument { // on the caller's stack
    ffi_type *ffi;
    void *at;           // where its bytes are
    union { int i; long l; double d; long double g; void *P; char bytes[16]; } value;
    V keep;             // stack value: what has to live until the call is over
} Argument;

static int pass_pointer(Argument *a, void *p) {
    a->ffi = &ffi_type_pointer;
    a->value.P = p;
    return 0;
}
static int pass_instance(Thread *t, V v, Argument *a) {
    TypeInfo *info = ctype_info_of(v);
    a->keep = v_dup(v);
    if (!info) {
        err_set(t, &exc_TypeError, "abstract class");
        return -1;
    }
    if (info->kind == C_ARRAY) return pass_pointer(a, cdata_p(v));
    if (info->kind != C_STRUCT && info->kind != C_UNION) {
        a->ffi = info->ffi;
        memory_copy(a->value.bytes, cdata_p(v), info->size);
        return 0;
    }
    a->ffi = ctype_ffi(t, info);
    a->at = cdata_p(v); // the callee gets a copy
    return a->ffi ? 0 : -1;
}
static int pass_int(Thread *t, V v, Argument *a) { // an int of C, truncated
    uint64_t word = int_as_u64_mask(v);
    if (int_bit_length(v) > 64 || (int_sign(v) < 0 && !(word >> 63))) { // neither of 64 bits with a sign nor without one
        err_set(t, &exc_OverflowError, "int too long to convert");
        return -1;
    }
    a->ffi = &ffi_type_sint;
    a->value.i = (int)word;
    return 0;
}
static int pass(Thread *t, V v, size_t number, Argument *a) {
    a->at = &a->value;
    if (v == V_NONE) return pass_pointer(a, NULL);
    if (is_cdata(v)) return pass_instance(t, v, a);
    if (v_is_exact(v, &ctypes_arg_type)) {
        CArg *given = carg_of(v);
        a->ffi = given->ffi;
        memcpy(a->value.bytes, &given->value, sizeof given->value);
        a->keep = v_dup(v);
        return 0;
    }
    if (v_is_any_int(v)) return pass_int(t, v, a);
    if (v_is_bytes(v)) {
        a->keep = v_dup(v);
        return pass_pointer(a, bytes_data(v));
    }
    if (v_is_str(v)) {
        wchar_t *copy;
        a->keep = ctypes_wide_copy(t, v, &copy);
        return v_is_error(a->keep) ? -1 : pass_pointer(a, copy);
    }
    V stands_for = obj_lookup_attr(t, v, NAME(_as_parameter_));
    if (v_is_error(stands_for)) return -1;
    if (stands_for == V_NULL) {
        err_set(t, &exc_TypeError, "Don't know how to convert parameter %zu", number);
        return -1;
    }
    int r = recursion_enter(t, " while processing _as_parameter_");
    if (r == 0) {
        r = pass(t, stands_for, number, a);
        recursion_leave(t);
    }
    if (a->keep == V_NULL) a->keep = stands_for;
    else v_drop(t, stands_for);
    return r;
}
static void blame_argument(Thread *t, size_t number) { // the pending exception becomes an ArgumentError
    V exc = err_fetch(t), text = obj_str(t, exc);
    if (!v_is_error(text)) err_set(t, v_as_type(slot_peek(&ctypes_argument_error)), "argument %zu: %N: %V", number, v_type(exc), text);
    v_drop(t, text);
    v_drop(t, exc);
}
static int convert(Thread *t, const Callee *f, V v, size_t i, Argument *a) {
    int r;
    if (f->converters != V_NULL && i < tuple_len(f->converters)) {
        V converted = obj_call1(t, tuple_borrow(f->converters, i), v);
        r = v_is_error(converted) ? -1 : pass(t, converted, i + 1, a);
        if (r == 0 && a->keep == V_NULL) a->keep = converted;
        else v_drop(t, converted);
    } else {
        r = pass(t, v, i + 1, a);
    }
    if (r < 0) blame_argument(t, i + 1);
    return r;
}

// ---- results --------------------------------------------------------------------------------------------------------------------
static ffi_type *result_ffi(Thread *t, V restype, size_t *size) { // NULL with an exception
    TypeInfo *info = restype == V_NULL || restype == V_NONE ? NULL : ctype_info(restype);
    *size = info ? info->size : 0;
    if (restype == V_NONE) return &ffi_type_void;
    if (!info) return &ffi_type_sint;
    if (info->kind == C_ARRAY) {
        err_set(t, &exc_TypeError, "a function cannot return an array");
        return NULL;
    }
    return info->kind == C_STRUCT || info->kind == C_UNION ? ctype_ffi(t, info) : info->ffi;
}
static V result_value(Thread *t, const Callee *f, const void *p) {
    V restype = f->restype;
    TypeInfo *info = restype == V_NULL || restype == V_NONE ? NULL : ctype_info(restype);
    int n;
    if (restype == V_NONE) return V_NONE;
    memcpy(&n, p, sizeof n);
    if (!info) return restype == V_NULL ? v_from_int(n) : obj_call1(t, restype, v_from_int(n));
    V result;
    if (info->kind == C_SIMPLE && info->code->letter == 'O') { // the function's own reference
        memcpy(&result, p, sizeof result);
        if (result == V_NULL) return err_set(t, &exc_ValueError, "PyObject is NULL");
    } else if (info->kind == C_SIMPLE && !ctype_is_simple_subclass(restype)) {
        result = info->code->get(t, p, info->size);
    } else {
        result = cdata_copy_from(t, restype, p);
    }
    if (f->checker == V_NULL || v_is_error(result)) return result;
    V checked = obj_call1(t, f->checker, result);
    v_drop(t, result);
    return checked;
}

// ---- the call -------------------------------------------------------------------------------------------------------------------
static V perform(Thread *t, const Callee *f, Argument *all, size_t n) {
    size_t fixed = f->converters == V_NULL ? n : tuple_len(f->converters), size;
    ffi_type *types[n + 1], *result_type = result_ffi(t, f->restype, &size);
    void *values[n + 1];
    ffi_cif cif;
    if (!result_type) return V_ERROR;
    for (size_t i = 0; i < n; i++) {
        types[i] = all[i].ffi;
        values[i] = all[i].at;
    }
    ffi_status status = fixed && fixed < n ? ffi_prep_cif_var(&cif, FFI_DEFAULT_ABI, (unsigned)fixed, (unsigned)n, result_type, types)
                                           : ffi_prep_cif(&cif, FFI_DEFAULT_ABI, (unsigned)n, result_type, types);
    if (status != FFI_OK) return err_set(t, &exc_RuntimeError, "ffi_prep_cif failed");
    if (size < sizeof(ffi_arg)) size = sizeof(ffi_arg); // small results come widened
    char result[size] __attribute__((aligned(16)));
    memset(result, 0, size);
    bool own = f->flags & FUNC_PYTHONAPI;
    if (!own) thread_detach(t);
    ctypes_errno_swap(f->flags);
    ffi_call(&cif, FFI_FN(f->address), result, values);
    ctypes_errno_swap(f->flags);
    if (!own) thread_attach(t);
    if (err_pending(t)) return V_ERROR; // one of the interpreter's own has failed
    return result_value(t, f, result);
}
V ctypes_call(Thread *t, const Callee *f, V arguments) {
    size_t nargs = tuple_len(arguments);
    if (nargs > CTYPES_MOST_ARGUMENTS)
        return err_set(t, v_as_type(slot_peek(&ctypes_argument_error)), "too many arguments (%zu), maximum is %d", nargs, CTYPES_MOST_ARGUMENTS);
    Argument all[nargs + 1];
    size_t n = 0;
    int r = 0;
    memset(all, 0, sizeof all);
    while (n < nargs && r == 0) {
        r = convert(t, f, tuple_borrow(arguments, n), n, &all[n]);
        n++;
    }
    V result = r < 0 ? V_ERROR : perform(t, f, all, nargs);
    for (size_t i = 0; i < n; i++) v_drop(t, all[i].keep);
    return result;
}
#endif
