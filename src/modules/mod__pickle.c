// SPDX-License-Identifier: MIT
// Module _pickle: its functions; see pickle_private.h.
#include "pickle_private.h"
#include <stdarg.h>

Slot pickle_error, pickling_error, unpickling_error;
static Slot names[NAME_COUNT];

V pickle_name_borrow(int which) { return slot_peek(&names[which]); }

V pickle_raise(Thread *t, const Slot *cls, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return V_ERROR;
    err_set_v(t, v_as_type(slot_peek(cls)), message);
    v_drop(t, message);
    return V_ERROR;
}

// ---- functions -------------------------------------------------------------------------------------------------------------------------
static V dump_with(Thread *t, V obj, V file_or_null, V protocol, V fix_imports, V buffer_callback) {
    V self = type_alloc(t, &pickler_type, 0);
    if (v_is_error(self)) return V_ERROR;
    V result = V_ERROR;
    V write = file_or_null == V_NULL ? V_NULL : obj_lookup_attr(t, file_or_null, NAME(write));
    if (file_or_null != V_NULL && write == V_NULL) write = err_set(t, &exc_TypeError, "file must have a 'write' attribute");
    if (!v_is_error(write) && pickler_configure(t, self, protocol, fix_imports, buffer_callback) == 0) {
        if (write != V_NULL) slot_set(t, v_obj(self), &((Pickler *)v_obj(self))->write, write);
        Writer w;
        if (writer_start(t, &w, self, write != V_NULL) == 0 && writer_dump(&w, obj) == 0)
            result = write == V_NULL ? writer_take(&w) : writer_flush(&w) < 0 ? V_ERROR : V_NONE;
        writer_end(&w);
    }
    v_drop(t, write);
    v_drop(t, self);
    return result;
}
static NATIVE(f_dump) {
    UNUSED_NATIVE();
    return dump_with(t, args[0], args[1], args[2], args[3], args[4]);
}
static NATIVE(f_dumps) {
    UNUSED_NATIVE();
    return dump_with(t, args[0], V_NULL, args[1], args[2], args[3]);
}

static V run(Thread *t, V self, Reader *r, const Buffer *view) {
    if (reader_start(t, r, self) < 0) {
        reader_end(r);
        return V_ERROR;
    }
    if (view) {
        r->start = r->p = view->data;
        r->end = r->p + view->len;
    }
    V v = reader_load(r);
    if (!view && !v_is_error(v) && reader_sync(r) < 0) {
        v_drop(t, v);
        v = V_ERROR;
    }
    reader_end(r);
    return v;
}
static NATIVE(f_load) {
    (void)self, (void)nargs, (void)kwnames;
    V unpickler = type_alloc(t, &unpickler_type, 0), v = V_ERROR;
    Reader r;
    if (!v_is_error(unpickler) && unpickler_open(t, unpickler, args[0]) == 0 && unpickler_configure(t, unpickler, args + 1) == 0) v = run(t, unpickler, &r, NULL);
    v_drop(t, unpickler);
    return v;
}
static NATIVE(f_loads) {
    (void)self, (void)nargs, (void)kwnames;
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    V unpickler = type_alloc(t, &unpickler_type, 0), v = V_ERROR;
    Reader r;
    if (!v_is_error(unpickler) && unpickler_configure(t, unpickler, args + 1) == 0) v = run(t, unpickler, &r, &view);
    v_drop(t, unpickler);
    buffer_release(t, &view);
    return v;
}

static const Method methods[] = {
    {"dump", f_dump, "obj, file, protocol=None, *, fix_imports=True, buffer_callback=None", LOCK_NONE, 0, "Writes a pickle of the object to a file."},
    {"dumps", f_dumps, "obj, protocol=None, *, fix_imports=True, buffer_callback=None", LOCK_NONE, 0, "A pickle of the object, as bytes."},
    {"load", f_load, "file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=()", LOCK_NONE, 0, "What the pickle at a file's place describes."},
    {"loads", f_loads, "data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=()", LOCK_NONE, 0, "What a pickle describes."},
    METHOD_END,
};

// ---- the module ------------------------------------------------------------------------------------------------------------------------
static int make_errors(Thread *t) {
    static const struct { Slot *root; const char *name; } rows[] = {
        {&pickle_error, "_pickle.PickleError"}, {&pickling_error, "_pickle.PicklingError"}, {&unpickling_error, "_pickle.UnpicklingError"},
    };
    for (size_t i = 0; i < 3; i++) {
        if (slot_peek(rows[i].root) != V_NULL) continue; // imported again: the same classes
        V cls = type_new_simple(t, rows[i].name, i ? v_as_type(slot_peek(&pickle_error)) : &exc_Exception, V_NULL);
        if (v_is_error(cls)) return -1;
        root_register(rows[i].root);
        root_set(t, rows[i].root, cls);
    }
    return 0;
}

static int find_names(Thread *t) {
    static const struct { const char *module, *attr; } rows[NAME_COUNT] = {
        [NAME_DISPATCH] = {"copyreg", "dispatch_table"}, [NAME_EXT_REGISTRY] = {"copyreg", "_extension_registry"},
        [NAME_EXT_INVERTED] = {"copyreg", "_inverted_registry"}, [NAME_EXT_CACHE] = {"copyreg", "_extension_cache"},
        [NAME_ENCODE] = {"codecs", "encode"}, [NAME_PARTIAL] = {"functools", "partial"}, [NAME_GETATTR] = {"builtins", "getattr"},
        [NAME_NAMES_2_TO_3] = {"_compat_pickle", "NAME_MAPPING"}, [NAME_MODULES_2_TO_3] = {"_compat_pickle", "IMPORT_MAPPING"},
        [NAME_NAMES_3_TO_2] = {"_compat_pickle", "REVERSE_NAME_MAPPING"}, [NAME_MODULES_3_TO_2] = {"_compat_pickle", "REVERSE_IMPORT_MAPPING"},
    };
    for (int i = 0; i < NAME_COUNT; i++) {
        V v = import_attr_c(t, rows[i].module, rows[i].attr);
        if (v_is_error(v)) return -1;
        if (slot_peek(&names[i]) == V_NULL) root_register(&names[i]);
        root_set(t, &names[i], v);
        v_drop(t, v);
    }
    return 0;
}

static int exec(Thread *t, V module) {
    Type *inner[] = {&pickler_memo_type, &unpickler_memo_type};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        if (type_ready(t, inner[i]) < 0) return -1;
    }
    if (make_errors(t) < 0 || find_names(t) < 0) return -1;
    if (module_add_type(t, module, &pickler_type) < 0 || module_add_type(t, module, &unpickler_type) < 0) return -1;
    if (module_add_type(t, module, &pickle_buffer_type) < 0) return -1;
    if (module_add(t, module, "PickleError", slot_peek(&pickle_error)) < 0) return -1;
    if (module_add(t, module, "PicklingError", slot_peek(&pickling_error)) < 0) return -1;
    return module_add(t, module, "UnpicklingError", slot_peek(&unpickling_error));
}

const ModuleDef mod__pickle = {.name = "_pickle", .doc = "Objects as streams of bytes, and back.", .methods = methods, .exec = exec};
