// SPDX-License-Identifier: MIT
// Classes of the import system: ordinary heap classes, so that programs can derive from them and patch them, whose
// methods are natives.  The rows are those of static types; each becomes a descriptor in the class.
#include "object/descr.h"
#include "runtime/import.h"

static int add_row(Thread *t, V class, V descr, const char *name) {
    if (v_is_error(descr)) return -1;
    V key = str_intern_utf8(t, name, strlen(name));
    int r = v_is_error(key) ? -1 : obj_setattr(t, class, key, descr);
    v_drop(t, key);
    v_drop(t, descr);
    return r;
}

// type(name, bases, {"__module__": …}).
static V new_class(Thread *t, const char *name, V bases) {
    const char *dot = strrchr(name, '.');
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    V args[3] = {str_intern_utf8(t, dot + 1, strlen(dot + 1)), bases == V_NULL ? tuple_empty() : bases, dict};
    V class = V_ERROR;
    if (!v_is_error(args[0]) &&
        dict_set_c_steal(t, dict, "__module__", str_intern_utf8(t, name, (size_t)(dot - name))) == 0)
        class = obj_call(t, v_from_type(&type_type), args, 3, V_NULL);
    v_drop(t, args[0]);
    v_drop(t, dict);
    return class;
}

int import_class_new(Thread *t, Slot *root, const char *name, V bases, const Method *rows, const GetSet *getsets) {
    root_register(root);
    V class = new_class(t, name, bases);
    if (v_is_error(class)) return -1;
    root_set(t, root, class);
    v_drop(t, class);
    Type *type = v_as_type(class);
    for (; rows && rows->name; rows++) {
        if (add_row(t, class, method_descr_new(t, type, rows), rows->name) < 0) return -1;
    }
    for (; getsets && getsets->name; getsets++) {
        if (add_row(t, class, getset_descr_new(t, type, getsets), getsets->name) < 0) return -1;
    }
    return 0;
}
