// SPDX-License-Identifier: MIT
// ModuleSpec, and making modules from specs.
//
// A spec is an ordinary instance: its attributes stand in its __dict__ as programs expect; `parent`, `cached` and
// `has_location` are computed.  spec_module sets the module's attributes through spec_init_module, whose rules (keep what
// the module has, unless overriding) are importlib's.
#include "runtime/import.h"
#include "runtime/runtime.h"

Slot class_module_spec;

Type *import_spec_type(void) { return v_as_type(slot_peek(&class_module_spec)); }

static int set_or_clear(Thread *t, V o, V name, V value) { // an object without that attribute is left alone
    if (obj_setattr(t, o, name, value) == 0) return 0;
    if (!err_matches(t, &exc_AttributeError)) return -1;
    err_clear(t);
    return 0;
}

static bool is_missing(V v) { return v == V_NULL || v == V_NONE; }

// ---- making ------------------------------------------------------------------------------------------------------------
static int spec_fill(Thread *t, V spec, V name, V loader, V origin, V state, bool is_package) {
    V places = is_package ? list_new(t, 0) : V_NONE, names = list_new(t, 0);
    int r = v_is_error(places) || v_is_error(names) ? -1 : 0;
    if (r == 0) r = obj_setattr(t, spec, NAME(name), name);
    if (r == 0) r = obj_setattr(t, spec, NAME(loader), loader);
    if (r == 0) r = obj_setattr(t, spec, NAME(origin), origin);
    if (r == 0) r = obj_setattr(t, spec, NAME(loader_state), state);
    if (r == 0) r = obj_setattr(t, spec, NAME(submodule_search_locations), places);
    if (r == 0) r = obj_setattr(t, spec, NAME(_uninitialized_submodules), names);
    if (r == 0) r = obj_setattr(t, spec, NAME(_set_fileattr), V_FALSE);
    if (r == 0) r = obj_setattr(t, spec, NAME(_cached), V_NONE);
    v_drop(t, places);
    v_drop(t, names);
    return r;
}

V spec_new(Thread *t, V name, V loader, V origin, bool is_package) {
    V spec = type_alloc(t, import_spec_type(), 0);
    if (v_is_error(spec)) return V_ERROR;
    if (spec_fill(t, spec, name, loader, origin == V_NULL ? V_NONE : origin, V_NONE, is_package) == 0) return spec;
    v_drop(t, spec);
    return V_ERROR;
}

static NATIVE(spec_init) {
    V a[5];
    if (args_bind(t, "__init__", "name, loader, *, origin=None, loader_state=None, is_package=None", args, nargs, kwnames, a) < 0)
        return V_ERROR;
    int is_package = a[4] == V_NULL ? 0 : obj_is_true(t, a[4]);
    if (is_package < 0) return V_ERROR;
    V origin = a[2] == V_NULL ? V_NONE : a[2], state = a[3] == V_NULL ? V_NONE : a[3];
    return spec_fill(t, self, a[0], a[1], origin, state, is_package) < 0 ? V_ERROR : V_NONE;
}

V spec_from_loader(Thread *t, V name, V loader, V origin, int is_package) {
    if (origin == V_NULL || origin == V_NONE) {
        origin = obj_lookup_attr(t, loader, NAME(_ORIGIN));
        if (origin == V_NULL) origin = V_NONE;
    } else {
        origin = v_dup(origin);
    }
    if (v_is_error(origin)) return V_ERROR;
    V result = V_ERROR;
    int has_file = obj_hasattr(t, loader, NAME(get_filename));
    if (has_file < 0) goto done;
    if (has_file) {
        V search = is_package < 0 ? V_NULL : is_package ? list_new(t, 0) : V_NONE;
        result = v_is_error(search) ? V_ERROR : spec_from_file(t, name, V_NULL, loader, search);
        v_drop(t, search);
        goto done;
    }
    if (is_package < 0) {
        int asks = obj_hasattr(t, loader, NAME(is_package));
        if (asks < 0) goto done;
        V answer = asks ? obj_call_method1(t, loader, NAME(is_package), name) : V_FALSE;
        if (v_is_error(answer) && err_matches(t, &exc_ImportError)) {
            err_clear(t);
            answer = V_FALSE;
        }
        is_package = v_is_error(answer) ? -1 : obj_is_true(t, answer);
        v_drop(t, answer);
        if (is_package < 0) goto done;
    }
    result = spec_new(t, name, loader, origin, is_package);
done:
    v_drop(t, origin);
    return result;
}

// ---- attributes -----------------------------------------------------------------------------------------------------------
V spec_parent(Thread *t, V spec) {
    V places = obj_getattr(t, spec, NAME(submodule_search_locations));
    if (v_is_error(places)) return V_ERROR;
    V name = obj_getattr(t, spec, NAME(name));
    v_drop(t, places);
    if (v_is_error(name) || places != V_NONE) return name;
    if (!v_is_str(name)) {
        err_set(t, &exc_AttributeError, "'%T' object has no attribute 'rpartition'", name);
        v_drop(t, name);
        return V_ERROR;
    }
    ptrdiff_t dot = str_find_char(name, '.', 0, str_len(name), -1);
    V parent = str_substring(t, name, 0, dot < 0 ? 0 : (size_t)dot);
    v_drop(t, name);
    return v_is_error(parent) ? V_ERROR : str_intern_steal(t, parent);
}

static V get_parent(Thread *t, V self, void *closure) {
    (void)closure;
    return spec_parent(t, self);
}

static bool ends_with(V text, const char *suffix) {
    size_t n = strlen(suffix), len = str_len(text);
    if (len < n) return false;
    for (size_t i = 0; i < n; i++) {
        if (str_at(text, len - n + i) != (uint32_t)(uint8_t)suffix[i]) return false;
    }
    return true;
}

// Where a file's bytecode is kept: beside a source file in __pycache__, a .pyc is its own; V_NONE otherwise.
static V cached_name(Thread *t, V origin) {
    if (!v_is_str(origin)) return V_NONE;
    if (ends_with(origin, ".py")) {
        V name = cache_from_source(t, origin, -1);
        if (!v_is_error(name) || !err_matches(t, &exc_NotImplementedError)) return name;
        err_clear(t);
        return V_NONE;
    }
    return ends_with(origin, ".pyc") ? v_dup(origin) : V_NONE;
}

static V get_cached(Thread *t, V self, void *closure) {
    (void)closure;
    V cached = obj_getattr(t, self, NAME(_cached));
    if (v_is_error(cached) || cached != V_NONE) return cached;
    V origin = obj_getattr(t, self, NAME(origin)), flag = V_NONE;
    if (v_is_error(origin)) return V_ERROR;
    if (origin != V_NONE && !v_is_error(flag = obj_getattr(t, self, NAME(_set_fileattr)))) {
        int has = obj_is_true(t, flag);
        cached = has < 0 ? V_ERROR : has ? cached_name(t, origin) : V_NONE;
        if (!v_is_error(cached) && cached != V_NONE && obj_setattr(t, self, NAME(_cached), cached) < 0) {
            v_drop(t, cached);
            cached = V_ERROR;
        }
    }
    v_drop(t, flag);
    v_drop(t, origin);
    return v_is_error(flag) ? V_ERROR : cached;
}

static int set_cached(Thread *t, V self, V value, void *closure) {
    (void)closure;
    return obj_setattr(t, self, NAME(_cached), value);
}

static V get_has_location(Thread *t, V self, void *closure) {
    (void)closure;
    return obj_getattr(t, self, NAME(_set_fileattr));
}

static int set_has_location(Thread *t, V self, V value, void *closure) {
    (void)closure;
    int truth = value == V_NULL ? 0 : obj_is_true(t, value);
    return truth < 0 ? -1 : obj_setattr(t, self, NAME(_set_fileattr), v_from_bool(truth));
}

// ---- showing and comparing -------------------------------------------------------------------------------------------------
static int show_attr(Thread *t, StrBuilder *b, V self, V name, const char *format, bool always) {
    V value = obj_getattr(t, self, name);
    if (v_is_error(value)) return -1;
    int r = 0;
    if (always || value != V_NONE) {
        V text = err_format_message(t, format, value);
        if (v_is_error(text)) r = -1;
        else sb_str(b, text);
        v_drop(t, text);
    }
    v_drop(t, value);
    return r;
}

static NATIVE(spec_repr) {
    UNUSED_NATIVE();
    StrBuilder b;
    sb_init(&b, t);
    sb_cstr(&b, type_short_name(v_type(self)));
    if (show_attr(t, &b, self, NAME(name), "(name=%R", true) < 0 ||
        show_attr(t, &b, self, NAME(loader), ", loader=%R", true) < 0 ||
        show_attr(t, &b, self, NAME(origin), ", origin=%R", false) < 0 ||
        show_attr(t, &b, self, NAME(submodule_search_locations), ", submodule_search_locations=%V", false) < 0) {
        sb_abandon(&b);
        return V_ERROR;
    }
    sb_char(&b, ')');
    return sb_finish(&b);
}

static NATIVE(spec_eq) {
    UNUSED_NATIVE();
    V names[6] = {NAME(name), NAME(loader), NAME(origin), NAME(submodule_search_locations), NAME(cached), NAME(has_location)};
    for (int i = 0; i < 6; i++) {
        V a = obj_getattr(t, self, names[i]), b = v_is_error(a) ? V_ERROR : obj_getattr(t, args[0], names[i]);
        int equal = v_is_error(b) ? -1 : obj_compare_bool(t, a, b, CMP_EQ);
        v_drop(t, a);
        v_drop(t, b);
        if (equal > 0) continue;
        if (equal == 0) return V_FALSE;
        if (!err_matches(t, &exc_AttributeError)) return V_ERROR;
        err_clear(t);
        return V_NOT_IMPLEMENTED;
    }
    return V_TRUE;
}

// ---- modules ----------------------------------------------------------------------------------------------------------------
// Sets module.name from spec.attr (get) unless the module has it.  -1 on error.
static int init_attr(Thread *t, V module, V name, V value_steal, bool override) {
    if (v_is_error(value_steal)) return -1;
    int r = 0;
    bool wanted = override;
    if (!wanted) {
        V old = obj_lookup_attr(t, module, name);
        wanted = is_missing(old);
        if (v_is_error(old)) r = -1;
        v_drop(t, old);
    }
    if (r == 0 && wanted) r = set_or_clear(t, module, name, value_steal);
    v_drop(t, value_steal);
    return r;
}

// A spec without a loader means a namespace package: it gets one that only knows the path.
static V namespace_loader(Thread *t, V spec, V module, V places) {
    V class = import_cold(t, "NamespaceLoader");
    if (v_is_error(class)) return V_ERROR;
    V loader = obj_call_method1(t, class, NAME(__new__), class);
    v_drop(t, class);
    if (v_is_error(loader)) return V_ERROR;
    if (obj_setattr(t, loader, NAME(_path), places) == 0 && obj_setattr(t, spec, NAME(loader), loader) == 0 &&
        obj_setattr(t, module, NAME(__file__), V_NONE) == 0)
        return loader;
    v_drop(t, loader);
    return V_ERROR;
}

static int init_loader(Thread *t, V spec, V module, V places, bool override) {
    V old = override ? V_NULL : obj_lookup_attr(t, module, NAME(__loader__));
    if (v_is_error(old)) return -1;
    v_drop(t, old);
    if (!is_missing(old)) return 0;
    V loader = obj_getattr(t, spec, NAME(loader));
    if (loader == V_NONE && places != V_NONE) loader = namespace_loader(t, spec, module, places);
    if (v_is_error(loader)) return -1;
    int r = set_or_clear(t, module, NAME(__loader__), loader);
    v_drop(t, loader);
    return r;
}

static int init_location(Thread *t, V spec, V module, bool override) {
    V flag = obj_getattr(t, spec, NAME(has_location));
    int has = v_is_error(flag) ? -1 : obj_is_true(t, flag);
    v_drop(t, flag);
    if (has <= 0) return has;
    if (init_attr(t, module, NAME(__file__), obj_getattr(t, spec, NAME(origin)), override) < 0) return -1;
    V cached = obj_getattr(t, spec, NAME(cached));
    if (v_is_error(cached) || cached == V_NONE) return v_is_error(cached) ? -1 : 0;
    return init_attr(t, module, NAME(__cached__), cached, override);
}

int spec_init_module(Thread *t, V spec, V module, bool override) {
    V places = obj_getattr(t, spec, NAME(submodule_search_locations));
    if (v_is_error(places)) return -1;
    int r = init_attr(t, module, NAME(__name__), obj_getattr(t, spec, NAME(name)), override);
    if (r == 0) r = init_loader(t, spec, module, places, override);
    if (r == 0) r = init_attr(t, module, NAME(__package__), obj_getattr(t, spec, NAME(parent)), override);
    if (r == 0) r = set_or_clear(t, module, NAME(__spec__), spec);
    if (r == 0 && places != V_NONE) r = init_attr(t, module, NAME(__path__), v_dup(places), override);
    if (r == 0) r = init_location(t, spec, module, override);
    v_drop(t, places);
    return r;
}

static V create_module(Thread *t, V spec, V loader) {
    int creates = obj_hasattr(t, loader, NAME(create_module));
    if (creates < 0) return V_ERROR;
    if (creates) return obj_call_method1(t, loader, NAME(create_module), spec);
    int executes = obj_hasattr(t, loader, NAME(exec_module));
    if (executes <= 0) return executes < 0 ? V_ERROR : V_NONE;
    return err_set(t, &exc_ImportError, "loaders that define exec_module() must also define create_module()");
}

V spec_module(Thread *t, V spec) {
    V loader = obj_getattr(t, spec, NAME(loader));
    V module = v_is_error(loader) ? V_ERROR : create_module(t, spec, loader);
    v_drop(t, loader);
    if (v_is_error(module)) return V_ERROR;
    if (module == V_NONE) {
        V name = obj_getattr(t, spec, NAME(name));
        module = v_is_error(name) ? V_ERROR : module_new(t, name);
        v_drop(t, name);
        if (v_is_error(module)) return V_ERROR;
    }
    if (spec_init_module(t, spec, module, false) == 0) return module;
    v_drop(t, module);
    return V_ERROR;
}

static const Method spec_methods[] = {
    {"__init__", spec_init, NULL, LOCK_NONE, M_RAW, NULL},
    {"__repr__", spec_repr, "", LOCK_NONE, 0, NULL},
    {"__eq__", spec_eq, "other, /", LOCK_NONE, 0, NULL},
    METHOD_END,
};
static const GetSet spec_getsets[] = {
    {"cached", get_cached, set_cached, NULL, NULL},
    {"parent", get_parent, NULL, "The name of the module's parent.", NULL},
    {"has_location", get_has_location, set_has_location, NULL, NULL},
    {0},
};

int import_spec_start(Thread *t) {
    if (import_class_new(t, &class_module_spec, "_frozen_importlib.ModuleSpec", V_NULL, spec_methods, spec_getsets) < 0)
        return -1;
    V class = slot_peek(&class_module_spec);
    if (obj_setattr(t, class, NAME(__hash__), V_NONE) < 0) return -1;
    V doc = str_from_cstr(t, "How a module is found and loaded: its name, loader, origin and, for a package, its path.");
    int r = v_is_error(doc) ? -1 : obj_setattr(t, class, NAME(__doc__), doc);
    v_drop(t, doc);
    return r;
}
