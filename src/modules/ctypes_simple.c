// SPDX-License-Identifier: MIT
// _ctypes: _SimpleCData: numbers, characters, addresses, objects.
#include "ctypes_private.h"
#ifdef HAVE_FFI
#define LETTERS "cbBhHiIlLdfuzZqQPXOv?g"

static const Code *code_of(V self) { return ctype_info_of(self)->code; }

// ---- classes --------------------------------------------------------------------------------------------------------------------
static int letter_of(Thread *t, V class) { // of a class that is being made; -1
    V type = ctype_attr(t, class, "_type_");
    int letter = -1;
    if (type == V_NULL) err_set(t, &exc_AttributeError, "class must define a '_type_' attribute");
    else if (!v_is_error(type) && !v_is_str(type)) err_set(t, &exc_TypeError, "class must define a '_type_' string attribute");
    else if (!v_is_error(type) && str_len(type) != 1)
        err_set(t, &exc_ValueError, "class must define a '_type_' attribute which must be a string of length 1");
    else if (!v_is_error(type) && (str_at(type, 0) > 127 || !strchr(LETTERS, (int)str_at(type, 0))))
        err_set(t, &exc_AttributeError, "class must define a '_type_' attribute which must be\na single character string containing one of '" LETTERS "'.");
    else if (!v_is_error(type) && !ctypes_code((char)str_at(type, 0), false)) err_set(t, &exc_ValueError, "_type_ '%V' not supported", type);
    else if (!v_is_error(type)) letter = (int)str_at(type, 0);
    v_drop(t, type);
    return letter;
}
static int describe(Thread *t, TypeInfo *info, const Code *code, bool swapped) {
    char format[3] = {swapped ? '>' : '<', code->format, 0};
    info->code = code;
    info->size = code->size;
    info->align = code->size;
    info->ffi = code->ffi;
    info->swapped = swapped;
    info->has_pointer = strchr("zZPO", code->letter) != NULL;
    info->complete = true;
    return ctype_set_format(t, info, format);
}
// The class of the other byte order, and the names by which the two know each other.
static int make_swapped(Thread *t, Type *meta, V class, const V *args, V kwnames, const Code *code) {
    TypeInfo *info;
    V other = ctype_new_class(t, meta, args, 3, kwnames, C_SIMPLE, &info);
    if (v_is_error(other)) return -1;
    int r = info ? describe(t, info, code, true) : 0;
    const V pairs[][2] = {{class, other}, {other, other}};
    for (int i = 0; i < 2 && r == 0; i++) {
        r = obj_setattr_c(t, pairs[i][0], "__ctype_be__", other) < 0 || obj_setattr_c(t, pairs[i][0], "__ctype_le__", class) < 0 ? -1 : 0;
    }
    v_drop(t, other);
    return r;
}
static V simple_meta_new(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames) {
    TypeInfo *info;
    V class = ctype_new_class(t, meta, args, nargs, kwnames, C_SIMPLE, &info);
    if (v_is_error(class) || !info) return class;
    int letter = letter_of(t, class);
    int r = letter < 0 ? -1 : describe(t, info, ctypes_code((char)letter, false), false);
    const Code *swapped = letter < 0 ? NULL : ctypes_code((char)letter, true);
    bool direct = v_as_type(class)->base == &ctypes_simple_type.type;
    if (r == 0 && direct && meta == &ctypes_simple_meta && swapped) r = make_swapped(t, meta, class, args, kwnames, swapped);
    if (r == 0) return class;
    v_drop(t, class);
    return V_ERROR;
}

// ---- arguments --------------------------------------------------------------------------------------------------------------------
static V as_argument(Thread *t, const Code *code, V value) { // V_ERROR: it does not fit
    V arg = ctypes_arg_new(t, code->letter, code->ffi, V_NULL);
    if (v_is_error(arg)) return V_ERROR;
    V keep = code->set(t, &carg_of(arg)->value, value, code->size);
    if (v_is_error(keep)) {
        v_drop(t, arg);
        return V_ERROR;
    }
    slot_set_steal(t, v_obj(arg), &carg_of(arg)->keep, keep == V_NONE ? V_NULL : keep);
    return arg;
}
static bool holds_letter(V value, char letter) { // an array, a pointer or a reference of such items
    if (v_is_exact(value, &ctypes_arg_type)) {
        V target = slot_peek(&carg_of(value)->keep);
        TypeInfo *info = target == V_NULL ? NULL : ctype_info_of(target);
        return carg_of(value)->letter == 'P' && info && info->code && info->code->letter == letter;
    }
    TypeInfo *info = is_cdata(value) ? ctype_info_of(value) : NULL;
    if (!info || (info->kind != C_ARRAY && info->kind != C_POINTER)) return false;
    TypeInfo *item = ctype_info(slot_peek(&info->item));
    return item && item->code && item->code->letter == letter;
}
static bool is_any_address(V value) { // what c_void_p takes as it is
    if (v_is_exact(value, &ctypes_arg_type)) return carg_of(value)->letter == 'P';
    TypeInfo *info = is_cdata(value) ? ctype_info_of(value) : NULL;
    return info && (info->kind == C_ARRAY || info->kind == C_POINTER);
}
// What a pointer type takes besides its own instances: an argument, V_NULL: it does not.
static V address_argument(Thread *t, char letter, V value) {
    if (value == V_NONE) return V_NONE;
    if (letter == 'z') {
        if (v_is_bytes(value)) return as_argument(t, ctypes_code('z', false), value);
        return holds_letter(value, 'c') ? v_dup(value) : V_NULL;
    }
    if (letter == 'Z') {
        if (v_is_str(value)) return as_argument(t, ctypes_code('Z', false), value);
        return holds_letter(value, 'u') ? v_dup(value) : V_NULL;
    }
    if (v_is_any_int(value)) return as_argument(t, ctypes_code('P', false), value);
    if (v_is_bytes(value)) return as_argument(t, ctypes_code('z', false), value);
    if (v_is_str(value)) return as_argument(t, ctypes_code('Z', false), value);
    if (is_any_address(value)) return v_dup(value);
    TypeInfo *info = is_cdata(value) ? ctype_info_of(value) : NULL;
    if (!info || (info->kind != C_FUNCTION && !(info->kind == C_SIMPLE && strchr("zZ", info->code->letter)))) return V_NULL;
    V arg = ctypes_arg_new(t, 'P', &ffi_type_pointer, value);
    if (!v_is_error(arg)) memory_get(&carg_of(arg)->value.P, cdata_p(value), sizeof(void *));
    return arg;
}
static NATIVE(simple_from_param) {
    (void)nargs, (void)kwnames;
    V value = args[0];
    TypeInfo *info = ctype_info(self);
    if (!info) return err_set(t, &exc_TypeError, "abstract class");
    int is = obj_isinstance(t, value, self);
    if (is) return is < 0 ? V_ERROR : v_dup(value);
    V arg = V_NULL;
    if (strchr("zZP", info->code->letter)) {
        arg = address_argument(t, info->code->letter, value);
    } else {
        arg = as_argument(t, info->code, value);
        if (v_is_error(arg)) {
            err_clear(t);
            arg = V_NULL;
        }
    }
    if (arg == V_NULL) arg = ctype_as_parameter(t, self, value);
    return arg == V_NULL ? err_set(t, &exc_TypeError, "wrong type") : arg;
}
static const Method simple_meta_methods[] = {
    CTYPE_METHODS(simple_from_param), METHOD_END,
};

// ---- instances ----------------------------------------------------------------------------------------------------------------------
static V get_value(Thread *t, V self, void *closure) {
    (void)closure;
    return code_of(self)->get(t, cdata_p(self), code_of(self)->size);
}
static int set_value(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "can't delete attribute");
        return -1;
    }
    return cdata_keep_steal(t, self, 0, code_of(self)->set(t, cdata_p(self), value, code_of(self)->size));
}
static int simple_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "__init__", kwnames) < 0 || args_check_count(t, "__init__", nargs, 0, 1) < 0) return -1;
    return nargs ? set_value(t, self, args[0], NULL) : 0;
}
static int simple_bool(Thread *t, V self) {
    (void)t;
    const char *p = cdata_p(self);
    for (size_t i = 0; i < code_of(self)->size; i++) {
        if (at_load_relaxed(&p[i])) return 1;
    }
    return 0;
}
static V simple_repr(Thread *t, V self) {
    Type *type = v_type(self);
    if (type->base != &ctypes_simple_type.type) return str_from_format(t, "<%N object at %p>", type, (void *)v_obj(self));
    V value = get_value(t, self, NULL);
    V r = v_is_error(value) ? V_ERROR : str_from_format(t, "%N(%R)", type, value);
    v_drop(t, value);
    return r;
}
static NATIVE(simple_from_outparam) {
    UNUSED_NATIVE();
    return ctype_is_simple_subclass(v_from_type(v_type(self))) ? v_dup(self) : get_value(t, self, NULL);
}
static const Method simple_methods[] = {{"__ctypes_from_outparam__", simple_from_outparam, "", 0, 0, NULL}, METHOD_END};
static const GetSet simple_getsets[] = {{"value", get_value, set_value, "current value", NULL}, {0}};

Type ctypes_simple_meta = CTYPE_META("_ctypes.PyCSimpleType", simple_meta_new, simple_meta_methods);
CType ctypes_simple_type = {.type = {
    CTYPE_HEAD("_ctypes._SimpleCData", ctypes_simple_meta), .base = &ctypes_data_type.type, .size = sizeof(CData),
    .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE, .doc = "A simple value.", CDATA_SLOTS, .init = simple_init, .repr = simple_repr, .bool_ = simple_bool,
    .methods = simple_methods, .getsets = simple_getsets,
}};
#endif
