// SPDX-License-Identifier: MIT
// Module _ctypes: C types and calls, on libffi.  ctypes_private.h says what is where.
#include "ctypes_private.h"
#include "constants.h"
#ifdef HAVE_FFI
#include "runtime/runtime.h"
#include <dlfcn.h>

Slot ctypes_argument_error;

// ---- sizes and addresses --------------------------------------------------------------------------------------------------------
static TypeInfo *info_of_any(V v) { return v_is_type(v) ? ctype_info(v) : is_cdata(v) ? ctype_info_of(v) : NULL; } // of a class or an instance
static NATIVE(ctypes_sizeof) {
    (void)self, (void)nargs, (void)kwnames;
    if (is_cdata(args[0])) return int_from_size(t, at_load_relaxed(&cdata_of(args[0])->size));
    TypeInfo *info = info_of_any(args[0]);
    return info ? int_from_size(t, info->size) : err_set(t, &exc_TypeError, "this type has no size");
}
static NATIVE(ctypes_alignment) {
    (void)self, (void)nargs, (void)kwnames;
    TypeInfo *info = info_of_any(args[0]);
    return info ? int_from_size(t, info->align) : err_set(t, &exc_TypeError, "no alignment info");
}
static NATIVE(ctypes_addressof) {
    (void)self, (void)nargs, (void)kwnames;
    if (!is_cdata(args[0])) return err_set(t, &exc_TypeError, "invalid type");
    return int_from_u64(t, (uint64_t)(uintptr_t)cdata_p(args[0]));
}
static NATIVE(ctypes_byref) { // instance, offset=0
    (void)self, (void)nargs, (void)kwnames;
    ptrdiff_t offset = 0;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &offset) < 0) return V_ERROR;
    if (!is_cdata(args[0])) return err_set(t, &exc_TypeError, "byref() argument must be a ctypes instance, not '%T'", args[0]);
    V arg = ctypes_arg_new(t, 'P', &ffi_type_pointer, args[0]);
    if (!v_is_error(arg)) carg_of(arg)->value.P = cdata_p(args[0]) + offset;
    return arg;
}
static NATIVE(ctypes_resize) { // instance, size
    (void)self, (void)nargs, (void)kwnames;
    ptrdiff_t size;
    if (!is_cdata(args[0])) return err_set(t, &exc_TypeError, "excepted ctypes instance");
    if (num_as_ssize(t, args[1], &exc_OverflowError, &size) < 0) return V_ERROR;
    CData *d = cdata_of(args[0]);
    TypeInfo *info = ctype_info_of(args[0]);
    if (size < (ptrdiff_t)info->size) return err_set(t, &exc_ValueError, "minimum size is %zd", (ptrdiff_t)info->size);
    if (!d->owned) return err_set(t, &exc_ValueError, "Memory cannot be resized because this object doesn't own it");
    CRITICAL(t, &d->head);
    if ((size_t)size <= sizeof d->small && d->p == d->small) {
        at_store_relaxed(&d->size, (size_t)size);
        return V_NONE;
    }
    char *fresh = mem_calloc(t, 1, (size_t)size), *old = d->p;
    if (!fresh) return err_no_memory(t);
    memcpy(fresh, old, d->size < (size_t)size ? d->size : (size_t)size);
    at_store_release(&d->p, fresh);
    at_store_relaxed(&d->size, (size_t)size);
    if (old != d->small) mem_release(t, &d->head, old);
    return V_NONE;
}
static NATIVE(ctypes_buffer_info) { // (format, dimensions, shape)
    (void)self, (void)nargs, (void)kwnames;
    TypeInfo *info = info_of_any(args[0]);
    if (!info) return err_set(t, &exc_TypeError, "not a ctypes type or object");
    V shape = tuple_new(t, (size_t)info->ndim);
    for (int i = 0; i < info->ndim && !v_is_error(shape); i++) tuple_init_steal(t, shape, (size_t)i, int_from_i64(t, info->shape[i]));
    return tuple_pack_steal(t, 3, str_from_cstr(t, info->format ? info->format : "B"), v_from_int(info->ndim), shape);
}
static NATIVE(ctypes_unpickle) { // type, state
    (void)self, (void)nargs, (void)kwnames;
    V made = obj_call_method1(t, args[0], NAME(__new__), args[0]);
    V r = v_is_error(made) ? V_ERROR : obj_getattr(t, made, NAME(__setstate__));
    V done = v_is_error(r) ? V_ERROR : obj_call_tuple(t, r, args[1], V_NULL);
    v_drop(t, r);
    if (!v_is_error(done)) return made;
    v_drop(t, made);
    return V_ERROR;
}

// ---- errno, libraries -----------------------------------------------------------------------------------------------------------
static NATIVE(ctypes_get_errno) {
    UNUSED_NATIVE();
    return sys_audit(t, "ctypes.get_errno", tuple_empty()) < 0 ? V_ERROR : v_from_int(ctypes_errno_get());
}
static NATIVE(ctypes_set_errno) {
    (void)self, (void)nargs, (void)kwnames;
    int value, old = ctypes_errno_get();
    if (num_as_int_old(t, args[0], &value) < 0) return V_ERROR;
    ctypes_errno_set(value);
    return v_from_int(old);
}
static NATIVE(ctypes_dlopen) { // name, flag=RTLD_NOW
    (void)self, (void)nargs, (void)kwnames;
    int flags = RTLD_NOW;
    V path = V_NULL;
    if (args[1] != V_NULL && num_as_int_old(t, args[1], &flags) < 0) return V_ERROR;
    if (args[0] != V_NONE && v_is_error(path = path_bytes(t, args[0]))) return V_ERROR;
    void *handle;
    DETACHED(t, handle, dlopen(path == V_NULL ? NULL : bytes_data(path), flags | RTLD_NOW));
    const char *why = handle ? NULL : dlerror();
    v_drop(t, path);
    return handle ? int_from_u64(t, (uint64_t)(uintptr_t)handle) : err_set(t, &exc_OSError, "%s", why ? why : "dlopen() error");
}
static int address_arg(Thread *t, V v, void **out) {
    V n = num_index(t, v);
    if (v_is_error(n)) return -1;
    *out = (void *)(uintptr_t)int_as_u64_mask(n);
    v_drop(t, n);
    return 0;
}
static NATIVE(ctypes_dlclose) {
    (void)self, (void)nargs, (void)kwnames;
    void *handle;
    if (address_arg(t, args[0], &handle) < 0) return V_ERROR;
    return dlclose(handle) ? err_set(t, &exc_OSError, "%s", dlerror()) : V_NONE;
}
static NATIVE(ctypes_dlsym) { // handle, name
    (void)self, (void)nargs, (void)kwnames;
    void *handle;
    if (address_arg(t, args[0], &handle) < 0) return V_ERROR;
    if (!v_is_str(args[1])) return err_bad_argument(t, "dlsym", "argument 2", "str", args[1]);
    const char *name = str_cstr(t, args[1]);
    if (!name) return V_ERROR;
    void *address = dlsym(handle, name);
    return address ? int_from_u64(t, (uint64_t)(uintptr_t)address) : err_set(t, &exc_OSError, "%s", dlerror());
}
static V call_address(Thread *t, const V *args, unsigned flags) { // address, arguments
    Callee f = {.flags = flags, .argtypes = V_NULL, .converters = V_NULL, .restype = V_NULL, .checker = V_NULL};
    if (address_arg(t, args[0], &f.address) < 0) return V_ERROR;
    if (!v_is_tuple(args[1])) return err_bad_argument(t, "call_function", "argument 2", "tuple", args[1]);
    return ctypes_call(t, &f, args[1]);
}
static NATIVE(ctypes_call_function) {
    (void)self, (void)nargs, (void)kwnames;
    return call_address(t, args, 0);
}
static NATIVE(ctypes_call_cdeclfunction) {
    (void)self, (void)nargs, (void)kwnames;
    return call_address(t, args, FUNC_CDECL);
}

// ---- objects by address -----------------------------------------------------------------------------------------------------------
static NATIVE(ctypes_object_from_pointer) {
    (void)self, (void)nargs, (void)kwnames;
    void *p;
    return address_arg(t, args[0], &p) < 0 ? V_ERROR : v_dup((V)(uintptr_t)p);
}
static NATIVE(ctypes_incref) {
    UNUSED_NATIVE();
    v_own(v_dup(args[0]));
    return v_dup(args[0]);
}
static NATIVE(ctypes_decref) {
    (void)self, (void)nargs, (void)kwnames;
    V once = args[0];
    v_drop(t, v_is_uncounted(once) ? v_untag(once) : once);
    return v_dup(args[0]);
}

// ---- functions that ctypes calls by their addresses ---------------------------------------------------------------------------------
static V string_at(const char *p, int n) {
    return bytes_from(thread_current(), p, n < 0 ? strlen(p) : (size_t)n);
}
static V wide_string_at(const wchar_t *p, int n) { return ctypes_wide_text(thread_current(), p, n); }

static bool can_be_cast_to(V class) {
    TypeInfo *info = ctype_info(class);
    if (!info) return false;
    return info->kind == C_POINTER || info->kind == C_FUNCTION || (info->kind == C_SIMPLE && strchr("sPzUZXO", info->code->letter));
}
static int keep_for_cast(Thread *t, V result, V source) { // the result shares what the source keeps, and keeps the source
    V kept = cdata_kept(t, source);
    if (v_is_error(kept)) return -1;
    if (!v_is_exact(kept, &dict_type)) {
        v_drop(t, kept);
        kept = dict_new(t);
        if (v_is_error(kept)) return -1;
    }
    slot_set(t, v_obj(result), &cdata_of(result)->keep, kept);
    V key = obj_id(t, source);
    int r = v_is_error(key) ? -1 : dict_set(t, kept, key, source);
    v_drop(t, key);
    v_drop(t, kept);
    return r;
}
static V cast(void *p, V source, V class) {
    Thread *t = thread_current();
    if (!v_is_type(class) || !can_be_cast_to(class)) {
        if (v_is_type(class)) return err_set(t, &exc_TypeError, "cast() argument 2 must be a pointer type, not %N", v_as_type(class));
        return err_set(t, &exc_TypeError, "cast() argument 2 must be a pointer, not %T", class);
    }
    V result = obj_call0(t, class);
    if (v_is_error(result)) return V_ERROR;
    if (is_cdata(source) && keep_for_cast(t, result, source) < 0) {
        v_drop(t, result);
        return V_ERROR;
    }
    memcpy(cdata_p(result), &p, sizeof p);
    return result;
}

static const Method methods[] = {
    {"sizeof", ctypes_sizeof, "object, /", 0, 0, "The size of a C type or instance in bytes."},
    {"alignment", ctypes_alignment, "object, /", 0, 0, "The alignment of a C type or instance in bytes."},
    {"addressof", ctypes_addressof, "instance, /", 0, 0, "Where an instance's memory is."},
    {"byref", ctypes_byref, "instance, offset=0, /", 0, M_TUPLE, "A light pointer to an instance, good as an argument only."},
    {"POINTER", ctypes_POINTER, "type, /", 0, 0, NULL}, {"pointer", ctypes_pointer, "instance, /", 0, 0, NULL},
    {"resize", ctypes_resize, "instance, size, /", 0, M_OLD_ARITY | M_TUPLE, "Give an instance more memory."},
    {"buffer_info", ctypes_buffer_info, "object, /", 0, 0, "How a type looks in a buffer."}, {"_unpickle", ctypes_unpickle, "type, state, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"get_errno", ctypes_get_errno, "", 0, 0, NULL}, {"set_errno", ctypes_set_errno, "value, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"dlopen", ctypes_dlopen, "name, flag=0, /", 0, M_OLD_ARITY | M_TUPLE, "Load a library: its handle."}, {"dlclose", ctypes_dlclose, "handle, /", 0, M_OLD_ARITY | M_TUPLE, "Unload a library."},
    {"dlsym", ctypes_dlsym, "handle, name, /", 0, M_OLD_ARITY | M_TUPLE, "The address of a symbol in a library."},
    {"call_function", ctypes_call_function, "address, arguments, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"call_cdeclfunction", ctypes_call_cdeclfunction, "address, arguments, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"PyObj_FromPtr", ctypes_object_from_pointer, "address, /", 0, M_OLD_ARITY | M_TUPLE, NULL}, {"Py_INCREF", ctypes_incref, "object, /", 0, 0, NULL},
    {"Py_DECREF", ctypes_decref, "object, /", 0, 0, NULL}, METHOD_END,
};

// ---- the module -----------------------------------------------------------------------------------------------------------------
static int add_address(Thread *t, V module, const char *name, uintptr_t address) {
    return module_add_steal(t, module, name, int_from_u64(t, address));
}
static int exec(Thread *t, V module) {
    Type *const metas[] = {&ctypes_simple_meta, &ctypes_struct_meta, &ctypes_union_meta, &ctypes_array_meta, &ctypes_pointer_meta, &ctypes_func_meta,
                           &ctypes_info_type, &ctypes_field_type, &ctypes_arg_type, &ctypes_thunk_type, &ctypes_data_type.type};
    CType *const types[] = {&ctypes_simple_type, &ctypes_struct_type, &ctypes_union_type, &ctypes_array_type, &ctypes_pointer_type, &ctypes_func_type};
    for (size_t i = 0; i < countof(metas); i++) {
        if (type_ready(t, metas[i]) < 0) return -1;
    }
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, &types[i]->type) < 0) return -1;
    }
    if (ctypes_pointer_start(t, module) < 0 || module_add_error(t, module, &ctypes_argument_error, "ArgumentError", "ctypes.ArgumentError", &exc_Exception) < 0)
        return -1;
    static const IntConstant numbers[] = {
        {"FUNCFLAG_CDECL", FUNC_CDECL}, {"FUNCFLAG_PYTHONAPI", FUNC_PYTHONAPI}, {"FUNCFLAG_USE_ERRNO", FUNC_USE_ERRNO},
        {"FUNCFLAG_USE_LASTERROR", FUNC_USE_LASTERROR}, {"RTLD_LOCAL", RTLD_LOCAL}, {"RTLD_GLOBAL", RTLD_GLOBAL}, {"CTYPES_MAX_ARGCOUNT", CTYPES_MOST_ARGUMENTS},
    };
    if (add_constants(t, module, numbers, countof(numbers)) < 0) return -1;
    if (add_address(t, module, "_memmove_addr", (uintptr_t)memmove) < 0 || add_address(t, module, "_memset_addr", (uintptr_t)memset) < 0 ||
        add_address(t, module, "_string_at_addr", (uintptr_t)string_at) < 0 || add_address(t, module, "_wstring_at_addr", (uintptr_t)wide_string_at) < 0 ||
        add_address(t, module, "_cast_addr", (uintptr_t)cast) < 0) return -1;
    return module_add_str(t, module, "__version__", "1.1.0");
}
const ModuleDef mod__ctypes = {"_ctypes", "Create and manipulate C compatible data types in Python.", methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without libffi (libffi-dev): no module _ctypes");
    return -1;
}
const ModuleDef mod__ctypes = {"_ctypes", NULL, NULL, exec, 0};
#endif
