// SPDX-License-Identifier: MIT
// _ctypes: CFuncPtr: functions of libraries, at addresses, and Python functions for C to call.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#include <dlfcn.h>

static CFunc *func_of(V v) { return (CFunc *)v_obj(v); }
enum { PARAM_IN = 1, PARAM_OUT = 2, PARAM_ZERO = 4 };
static int64_t param_kind(V paramflag) { return v_int(tuple_borrow(paramflag, 0)) & (PARAM_IN | PARAM_OUT | PARAM_ZERO); } // a tuple that has been checked

// ---- classes --------------------------------------------------------------------------------------------------------------------
static int converters_of(Thread *t, V argtypes, V *converters) { // a tuple of from_param methods
    V types = obj_to_tuple(t, argtypes);
    *converters = V_ERROR;
    if (v_is_error(types)) {
        if (!err_matches(t, &exc_TypeError)) return -1;
        err_clear(t);
        err_set(t, &exc_TypeError, "_argtypes_ must be a sequence of types");
        return -1;
    }
    if (tuple_len(types) > CTYPES_MOST_ARGUMENTS) {
        err_set(t, v_as_type(slot_peek(&ctypes_argument_error)), "_argtypes_ has too many arguments (%zu), maximum is %d", tuple_len(types),
                CTYPES_MOST_ARGUMENTS);
        v_drop(t, types);
        return -1;
    }
    V list = list_new(t, 0);
    int r = v_is_error(list) ? -1 : 0;
    for (size_t i = 0; i < tuple_len(types) && r == 0; i++) {
        V converter = obj_lookup_attr(t, tuple_borrow(types, i), NAME(from_param));
        if (converter == V_NULL) err_set(t, &exc_TypeError, "item %zu in _argtypes_ has no from_param method", i + 1);
        r = converter == V_NULL || v_is_error(converter) ? -1 : list_append_steal(t, list, converter);
    }
    if (r == 0) *converters = list_to_tuple(t, list);
    v_drop(t, list);
    v_drop(t, types);
    return v_is_error(*converters) ? -1 : 0;
}
static V checker_of(Thread *t, V restype) { // V_NULL: none
    return restype == V_NONE ? V_NULL : obj_lookup_attr(t, restype, NAME(_check_retval_));
}
static bool is_restype(V v) { return v == V_NONE || is_ctype(v) || obj_is_callable(v); }

static int describe_argtypes(Thread *t, V class, TypeInfo *info) {
    V argtypes = ctype_attr(t, class, "_argtypes_"), converters = V_NULL;
    int r = v_is_error(argtypes) ? -1 : 0;
    if (r == 0 && argtypes != V_NULL) r = converters_of(t, argtypes, &converters);
    if (r == 0 && argtypes != V_NULL) {
        slot_set(t, &info->head, &info->argtypes, argtypes);
        slot_set_steal(t, &info->head, &info->converters, converters);
    }
    v_drop(t, argtypes);
    return r;
}
static int describe_restype(Thread *t, V class, TypeInfo *info) {
    V restype = ctype_attr(t, class, "_restype_");
    if (restype == V_NULL || v_is_error(restype)) return v_is_error(restype) ? -1 : 0;
    V checker = V_ERROR;
    if (is_restype(restype)) checker = checker_of(t, restype);
    else err_set(t, &exc_TypeError, "_restype_ must be a type, a callable, or None");
    if (!v_is_error(checker)) {
        slot_set_steal(t, &info->head, &info->checker, checker);
        slot_set(t, &info->head, &info->restype, restype);
    }
    v_drop(t, restype);
    return v_is_error(checker) ? -1 : 0;
}
static V func_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    TypeInfo *info;
    V class = ctype_new_class(t, meta, args, nargs, kwnames, C_FUNCTION, &info);
    if (v_is_error(class) || !info) return class;
    info->size = info->align = sizeof(void *);
    info->length = 1; // it keeps things in a dict
    info->ffi = &ffi_type_pointer;
    info->has_pointer = true;
    V flags = ctype_attr(t, class, "_flags_");
    int r = v_is_error(flags) ? -1 : 0, n = 0;
    if (r == 0 && (flags == V_NULL || !v_is_any_int(flags))) {
        err_set(t, &exc_TypeError, "class must define _flags_ which must be an integer");
        r = -1;
    }
    if (r == 0) r = num_as_int_old(t, flags, &n);
    info->flags = (uint8_t)n;
    v_drop(t, flags);
    if (r == 0) r = describe_argtypes(t, class, info);
    if (r == 0) r = describe_restype(t, class, info);
    if (r == 0) r = ctype_set_format(t, info, "X{}");
    info->complete = true;
    if (r == 0) return class;
    v_drop(t, class);
    return V_ERROR;
}

// ---- making one -----------------------------------------------------------------------------------------------------------------
static V new_at(Thread *t, Type *class, void *address) {
    V self = cdata_new(t, class);
    if (!v_is_error(self)) memcpy(cdata_p(self), &address, sizeof address);
    return self;
}
static void *find_symbol(Thread *t, Type *class, void *handle, const char *name) {
    void *address = dlsym(handle, name);
    const char *why = address ? NULL : dlerror(); // says what is missing where
    if (!address && ctype_info(v_from_type(class))->flags & FUNC_PYTHONAPI) address = ctypes_python_api(name);
    if (!address) err_set(t, &exc_AttributeError, "%s", why ? why : name);
    return address;
}
static int check_paramflags(Thread *t, Type *class, V flags) {
    V argtypes = slot_peek(&ctype_info(v_from_type(class))->argtypes);
    if (flags == V_NULL || flags == V_NONE || argtypes == V_NULL) return 0;
    static const char wrong[] = "paramflags must be a sequence of (int [,string [,value]]) tuples";
    if (!v_is_tuple(flags)) {
        err_set(t, &exc_TypeError, "paramflags must be a tuple or None");
        return -1;
    }
    ptrdiff_t n = obj_len(t, argtypes);
    if (n >= 0 && (size_t)n != tuple_len(flags)) err_set(t, &exc_ValueError, "paramflags must have the same length as argtypes");
    for (size_t i = 0; i < tuple_len(flags) && !err_pending(t); i++) {
        V one = tuple_borrow(flags, i);
        size_t parts = v_is_tuple(one) ? tuple_len(one) : 0;
        bool named = parts > 1 && (v_is_str(tuple_borrow(one, 1)) || tuple_borrow(one, 1) == V_NONE);
        if (parts < 1 || parts > 3 || !v_is_int(tuple_borrow(one, 0)) || (parts > 1 && !named)) {
            err_set(t, &exc_TypeError, "%s", wrong);
            break;
        }
        int64_t kind = param_kind(one);
        if (kind == 0 || kind == PARAM_IN || kind == PARAM_ZERO || kind == (PARAM_IN | PARAM_ZERO) || kind == (PARAM_IN | PARAM_OUT)) continue;
        if (kind != PARAM_OUT) {
            err_set(t, &exc_TypeError, "paramflag value %d not supported", (int)v_int(tuple_borrow(one, 0)));
            break;
        }
        V type = obj_getitem(t, argtypes, v_from_int((int64_t)i));
        TypeInfo *info = v_is_error(type) ? NULL : ctype_info(type);
        bool refers = info && (info->kind == C_POINTER || info->kind == C_ARRAY || (info->kind == C_SIMPLE && strchr("zZP", info->code->letter)));
        if (info && !refers) err_set(t, &exc_TypeError, "'out' parameter %zu must be a pointer type, not %N", i + 1, v_as_type(type));
        else if (!info && !err_pending(t)) err_set(t, &exc_TypeError, "item %zu in _argtypes_ is no C type", i + 1);
        v_drop(t, type);
    }
    return err_pending(t) ? -1 : 0;
}
static V new_from_dll(Thread *t, Type *class, V spec, V paramflags) { // (name, dll)
    if (tuple_len(spec) != 2) return err_set(t, &exc_TypeError, "function takes exactly 2 arguments (%zu given)", tuple_len(spec));
    V name = tuple_borrow(spec, 0), dll = tuple_borrow(spec, 1);
    const char *text = v_is_str(name) ? str_cstr(t, name) : v_is_bytes(name) ? bytes_data(name) : NULL;
    if (!text) return err_pending(t) ? V_ERROR : err_set(t, &exc_TypeError, "function name must be string, bytes object or integer");
    V handle = obj_getattr(t, dll, NAME(_handle));
    if (v_is_error(handle)) return V_ERROR;
    bool number = v_is_any_int(handle);
    void *where = number ? (void *)(uintptr_t)int_as_u64_mask(handle) : NULL;
    v_drop(t, handle);
    if (!number) return err_set(t, &exc_TypeError, "the _handle attribute of the second argument must be an integer");
    void *address = find_symbol(t, class, where, text);
    if (!address || check_paramflags(t, class, paramflags) < 0) return V_ERROR;
    V self = new_at(t, class, address);
    if (v_is_error(self)) return V_ERROR;
    if (paramflags != V_NULL && paramflags != V_NONE) slot_set(t, v_obj(self), &func_of(self)->paramflags, paramflags);
    if (cdata_keep_steal(t, self, 0, v_dup(dll)) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}
static V new_callback(Thread *t, Type *class, V callable) {
    TypeInfo *info = ctype_info(v_from_type(class));
    if (slot_peek(&info->argtypes) == V_NULL) return err_set(t, &exc_TypeError, "cannot construct instance of this class: no argtypes");
    void *code;
    V thunk = ctypes_thunk_new(t, callable, info, &code), self = v_is_error(thunk) ? V_ERROR : new_at(t, class, code);
    if (!v_is_error(self)) {
        slot_set(t, v_obj(self), &func_of(self)->callable, callable);
        slot_set(t, v_obj(self), &func_of(self)->thunk, thunk);
        if (cdata_keep_steal(t, self, 0, v_dup(thunk)) < 0) {
            v_drop(t, self);
            self = V_ERROR;
        }
    }
    v_drop(t, thunk);
    return self;
}
static V func_new(Thread *t, Type *class, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, class->name, kwnames) < 0) return V_ERROR;
    if (!ctype_info(v_from_type(class))) return err_set(t, &exc_TypeError, "abstract class");
    if (nargs == 0) return cdata_new(t, class);
    if (v_is_tuple(args[0])) {
        return nargs > 2 ? err_set(t, &exc_TypeError, "function takes at most 2 arguments (%zu given)", nargs)
                         : new_from_dll(t, class, args[0], nargs > 1 ? args[1] : V_NULL);
    }
    if (nargs != 1) return err_set(t, &exc_TypeError, "function takes exactly 1 argument (%zu given)", nargs);
    if (v_is_any_int(args[0])) return new_at(t, class, (void *)(uintptr_t)int_as_u64_mask(args[0]));
    if (!obj_is_callable(args[0])) return err_set(t, &exc_TypeError, "argument must be callable or integer function address");
    return new_callback(t, class, args[0]);
}

// ---- calling it -----------------------------------------------------------------------------------------------------------------
static V own_or_class(V self, const Slot *own, const TypeInfo *info, const Slot *of_class) { // a stack value; V_NULL
    V v = slot_get(v_obj(self), own);
    return v == V_NULL ? slot_get(&info->head, of_class) : v;
}
static V keyword(V kwnames, const V *values, V name, size_t *used) { // borrowed; V_NULL
    for (size_t i = 0; kwnames != V_NULL && name != V_NULL && name != V_NONE && i < tuple_len(kwnames); i++) {
        if (!str_equal(tuple_borrow(kwnames, i), name)) continue;
        ++*used;
        return values[i];
    }
    return V_NULL;
}
// The arguments as paramflags say: some by name, some with defaults, some made here.
static V build_arguments(Thread *t, V flags, V argtypes, const V *args, size_t nargs, V kwnames, size_t *outputs) {
    size_t next = 0, used = 0;
    V list = list_new(t, 0);
    for (size_t i = 0; i < tuple_len(flags) && !v_is_error(list); i++) {
        V one = tuple_borrow(flags, i), name = tuple_len(one) > 1 ? tuple_borrow(one, 1) : V_NULL, fallback = tuple_len(one) > 2 ? tuple_borrow(one, 2) : V_NULL;
        int64_t kind = param_kind(one);
        V value = V_NULL;
        if (kind == PARAM_OUT && fallback == V_NULL) { // made here; the callee fills it
            V type = obj_getitem(t, argtypes, v_from_int((int64_t)i));
            TypeInfo *info = v_is_error(type) ? NULL : ctype_info(type);
            value = !info ? V_ERROR : obj_call0(t, info->kind == C_ARRAY ? type : slot_peek(&info->item));
            v_drop(t, type);
        } else if (kind == PARAM_OUT || (kind & PARAM_ZERO)) {
            value = fallback == V_NULL ? V_INT(0) : v_dup(fallback);
        } else {
            V given = next < nargs ? args[next++] : keyword(kwnames, args + nargs, name, &used);
            if (given == V_NULL) given = fallback;
            if (given != V_NULL) value = v_dup(given);
            else if (name != V_NULL && name != V_NONE) value = err_set(t, &exc_TypeError, "required argument '%V' missing", name);
            else value = err_set(t, &exc_TypeError, "not enough arguments");
        }
        *outputs += (kind & PARAM_OUT) != 0;
        if (!v_is_error(value) && list_append_steal(t, list, value) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    size_t names = kwnames == V_NULL ? 0 : tuple_len(kwnames), total = nargs + names;
    if (!v_is_error(list) && (next < nargs || used < names)) {
        err_set(t, &exc_TypeError, "call takes exactly %zu arguments (%zu given)", tuple_len(flags) - *outputs, total);
        v_drop(t, list);
        return V_ERROR;
    }
    V tuple = v_is_error(list) ? V_ERROR : list_to_tuple(t, list);
    v_drop(t, list);
    return tuple;
}
// What output parameters hold takes the result's place.
static V build_outputs(Thread *t, V result_steal, V arguments, V flags, size_t outputs) {
    if (!outputs || v_is_error(result_steal)) return result_steal;
    v_drop(t, result_steal);
    V list = list_new(t, 0);
    for (size_t i = 0; i < tuple_len(arguments) && !v_is_error(list); i++) {
        int64_t kind = param_kind(tuple_borrow(flags, i));
        if (!(kind & PARAM_OUT)) continue;
        V v = tuple_borrow(arguments, i);
        V out = kind & PARAM_IN ? v_dup(v) : obj_call_method0(t, v, NAME(__ctypes_from_outparam__));
        if (outputs == 1) {
            v_drop(t, list);
            return out;
        }
        if (!v_is_error(out) && list_append_steal(t, list, out) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    V tuple = v_is_error(list) ? V_ERROR : list_to_tuple(t, list);
    v_drop(t, list);
    return tuple;
}
static V call_with(Thread *t, V self, const Callee *callee, const V *args, size_t nargs, V kwnames) {
    CFunc *f = func_of(self);
    size_t outputs = 0;
    V flags = slot_peek(&f->paramflags), built;
    if (flags != V_NULL && callee->argtypes != V_NULL) {
        built = build_arguments(t, flags, callee->argtypes, args, nargs, kwnames, &outputs);
    } else {
        built = args_no_keywords(t, "this function", kwnames) < 0 ? V_ERROR : tuple_from(t, args, nargs);
    }
    if (v_is_error(built)) return V_ERROR;
    size_t required = callee->converters == V_NULL ? 0 : tuple_len(callee->converters), n = tuple_len(built);
    V result = V_ERROR;
    if (required > n) {
        err_set(t, &exc_TypeError, "this function takes at least %zu argument%s (%zu given)", required, required == 1 ? "" : "s", n);
    } else {
        result = ctypes_call(t, callee, built);
    }
    V errcheck = slot_get(v_obj(self), &f->errcheck), checked = V_NULL;
    if (errcheck != V_NULL && !v_is_error(result)) checked = obj_call3(t, errcheck, result, self, built);
    if (checked == V_NULL || v_is(checked, built)) { // the arguments as they are: all is well
        result = build_outputs(t, result, built, flags, outputs);
        v_drop(t, checked);
    } else {
        v_drop(t, result);
        result = checked;
    }
    v_drop(t, errcheck);
    v_drop(t, built);
    return result;
}
static V func_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (recursion_enter(t, " while calling a Python object") < 0) return V_ERROR; // a function may be its own restype or errcheck
    CFunc *f = func_of(self);
    TypeInfo *info = ctype_info_of(self);
    bool own = slot_peek(&f->restype) != V_NULL;
    Callee callee = {.flags = info->flags, .argtypes = own_or_class(self, &f->argtypes, info, &info->argtypes),
                     .converters = own_or_class(self, &f->converters, info, &info->converters),
                     .restype = own_or_class(self, &f->restype, info, &info->restype),
                     .checker = own ? slot_get(v_obj(self), &f->checker) : slot_get(&info->head, &info->checker)};
    memory_get(&callee.address, cdata_p(self), sizeof callee.address);
    V r = callee.address ? call_with(t, self, &callee, args, nargs, kwnames) : err_set(t, &exc_ValueError, "NULL function pointer");
    v_drop(t, callee.argtypes);
    v_drop(t, callee.converters);
    v_drop(t, callee.restype);
    v_drop(t, callee.checker);
    recursion_leave(t);
    return r;
}

// ---- attributes -----------------------------------------------------------------------------------------------------------------
static V none_for_null(V v) { return v == V_NULL ? V_NONE : v; }
static V get_restype(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    TypeInfo *info = ctype_info_of(self);
    return none_for_null(own_or_class(self, &func_of(self)->restype, info, &info->restype));
}
static int set_restype(Thread *t, V self, V value, void *closure) {
    (void)closure;
    CFunc *f = func_of(self);
    if (value == V_NULL) { // the class's again
        slot_clear(t, v_obj(self), &f->checker);
        slot_clear(t, v_obj(self), &f->restype);
        return 0;
    }
    if (!is_restype(value)) {
        err_set(t, &exc_TypeError, "restype must be a type, a callable, or None");
        return -1;
    }
    V checker = checker_of(t, value);
    if (v_is_error(checker)) return -1;
    slot_set_steal(t, v_obj(self), &f->checker, checker);
    slot_set(t, v_obj(self), &f->restype, value);
    return 0;
}
static V get_argtypes(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    TypeInfo *info = ctype_info_of(self);
    return none_for_null(own_or_class(self, &func_of(self)->argtypes, info, &info->argtypes));
}
static int set_argtypes(Thread *t, V self, V value, void *closure) {
    (void)closure;
    CFunc *f = func_of(self);
    V converters;
    if (value == V_NULL || value == V_NONE) {
        slot_clear(t, v_obj(self), &f->converters);
        slot_clear(t, v_obj(self), &f->argtypes);
        return 0;
    }
    if (converters_of(t, value, &converters) < 0) return -1;
    slot_set_steal(t, v_obj(self), &f->converters, converters);
    slot_set(t, v_obj(self), &f->argtypes, value);
    return 0;
}
static V get_errcheck(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return none_for_null(slot_get(v_obj(self), &func_of(self)->errcheck));
}
static int set_errcheck(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value != V_NULL && !obj_is_callable(value)) {
        err_set(t, &exc_TypeError, "the errcheck attribute must be callable");
        return -1;
    }
    slot_set(t, v_obj(self), &func_of(self)->errcheck, value);
    return 0;
}
static V func_repr(Thread *t, V self) { return str_from_format(t, "<%N object at %p>", v_type(self), (void *)v_obj(self)); }
static int func_bool(Thread *t, V self) {
    (void)t;
    void *address;
    memory_get(&address, cdata_p(self), sizeof address);
    return address != NULL;
}
static void func_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    CFunc *f = (CFunc *)o;
    cdata_traverse(t, o, visit, arg);
    VISIT(f->callable);
    VISIT(f->thunk);
    VISIT(f->argtypes);
    VISIT(f->converters);
    VISIT(f->restype);
    VISIT(f->checker);
    VISIT(f->errcheck);
    VISIT(f->paramflags);
}
static const GetSet func_getsets[] = {
    {"errcheck", get_errcheck, set_errcheck, "a function to check for errors", NULL}, {"restype", get_restype, set_restype, "specify the result type", NULL},
    {"argtypes", get_argtypes, set_argtypes, "specify the argument types", NULL}, {0},
};
static const Method func_meta_methods[] = {CTYPE_METHODS(ctype_from_param), METHOD_END};
Type ctypes_func_meta = CTYPE_META("_ctypes.PyCFuncPtrType", func_meta_new, func_meta_methods);
CType ctypes_func_type = {.type = {
    CTYPE_HEAD("_ctypes.CFuncPtr", ctypes_func_meta), .base = &ctypes_data_type.type, .size = sizeof(CFunc), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "Function Pointer", .traverse = func_traverse, .free_ = cdata_free, .get_buffer = cdata_get_buffer, .new_ = func_new, .call = func_call,
    .repr = func_repr, .bool_ = func_bool, .getsets = func_getsets,
}};
#endif
