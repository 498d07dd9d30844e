// SPDX-License-Identifier: MIT
// Issuing warnings: filters, registries, and showing one when the library's warnings module is not loaded.
//
// A module's __warningregistry__ remembers (text, category, line) of what was shown there, and under "version" the count
// of filter changes it was valid for.  Once `warnings` is imported its filters, defaultaction and onceregistry count, and
// its _showwarnmsg shows.
#include "runtime/warnings.h"
#include "object/exceptions.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "vm/vm.h"
#include <stdio.h>

static Slot filters, once_registry, default_action; // roots
static uint32_t filters_version;                    // atomic

V warnings_filters_borrow(void) { return slot_peek(&filters); }
V warnings_once_registry_borrow(void) { return slot_peek(&once_registry); }
V warnings_default_action_borrow(void) { return slot_peek(&default_action); }
void warnings_filters_mutated(void) { at_fetch_add_release(&filters_version, 1u); }

// ---- start -----------------------------------------------------------------------------------------------------------------
static int add_filter(Thread *t, V list, const char *action, const Type *category, const char *module) {
    V name = str_intern_utf8(t, action, strlen(action)), where = module ? str_from_cstr(t, module) : V_NONE;
    V row = v_is_error(name) || v_is_error(where) ? V_ERROR
                                                  : tuple_pack(t, 5, name, V_NONE, v_from_type(category), where, V_INT(0));
    v_drop(t, name);
    v_drop(t, where);
    return v_is_error(row) ? -1 : list_append_steal(t, list, row);
}

int warnings_start(Thread *t) {
    root_register(&filters);
    root_register(&once_registry);
    root_register(&default_action);
    V list = list_new(t, 0), once = dict_new(t);
    if (v_is_error(list) || v_is_error(once)) return -1;
    if (add_filter(t, list, "default", &exc_DeprecationWarning, "__main__") < 0 ||
        add_filter(t, list, "ignore", &exc_DeprecationWarning, NULL) < 0 ||
        add_filter(t, list, "ignore", &exc_PendingDeprecationWarning, NULL) < 0 ||
        add_filter(t, list, "ignore", &exc_ImportWarning, NULL) < 0 ||
        add_filter(t, list, "ignore", &exc_ResourceWarning, NULL) < 0)
        return -1;
    root_set(t, &filters, list);
    root_set(t, &once_registry, once);
    root_set(t, &default_action, NAME_STR("default"));
    v_drop(t, list);
    v_drop(t, once);
    return 0;
}

// An attribute of the library's warnings module (stack value); V_NULL when that is not loaded or has none.
static V library_attr(Thread *t, V name, bool load) {
    V modules = sys_modules_borrow();
    V module = modules == V_NULL ? V_NULL : dict_get(t, modules, NAME(warnings));
    if (module == V_NULL && load && !at_load_relaxed(&runtime_finishing)) {
        module = import_module(t, NAME(warnings));
        if (v_is_error(module)) {
            err_clear(t);
            return V_NULL;
        }
    }
    if (module == V_NULL || module == V_NONE) return V_NULL;
    V value = v_is_error(module) ? V_ERROR : obj_lookup_attr(t, module, name);
    v_drop(t, module);
    return value;
}

static V library_attr_or(Thread *t, V name, const Slot *own) {
    V value = library_attr(t, name, false);
    return value == V_NULL ? root_get(own) : value;
}

// ---- filters -----------------------------------------------------------------------------------------------------------------
// A filter's message or module field: None, an exact text, or a compiled expression.
static int field_matches(Thread *t, V field, V text) {
    if (field == V_NONE) return 1;
    if (v_is_exact(field, &str_type)) return v_is_str(text) && str_equal(field, text);
    V result = obj_call_method1(t, field, NAME(match), text);
    int r = v_is_error(result) ? -1 : obj_is_true(t, result);
    v_drop(t, result);
    return r;
}

static int filter_matches(Thread *t, V row, V category, V text, int64_t lineno, V module) {
    int64_t line;
    int r = field_matches(t, tuple_borrow(row, 1), text);
    if (r > 0) r = obj_issubclass(t, category, tuple_borrow(row, 2));
    if (r > 0) r = field_matches(t, tuple_borrow(row, 3), module);
    if (r <= 0) return r;
    if (num_as_i64(t, tuple_borrow(row, 4), &line) < 0) return -1;
    return line == 0 || line == lineno;
}

// The action for a warning (stack value); *row the filter that says so, or V_NONE.
static V find_action(Thread *t, V category, V text, int64_t lineno, V module, V *row) {
    *row = V_NONE;
    V list = library_attr_or(t, NAME(filters), &filters);
    if (v_is_error(list)) return V_ERROR;
    // The library's list stays in force when somebody deletes its name.
    if (!v_is(list, slot_peek(&filters))) root_set(t, &filters, list);
    if (!v_is_list(list)) {
        v_drop(t, list);
        return err_set(t, &exc_ValueError, "_warnings.filters must be a list");
    }
    V action = V_NULL;
    for (size_t i = 0; action == V_NULL; i++) {
        V item = list_get(t, list, i);
        if (item == V_NULL) break;
        if (!v_is_tuple(item) || tuple_len(item) != 5) {
            action = err_set(t, &exc_ValueError, "_warnings.filters item %zu isn't a 5-tuple", i);
        } else if (!v_is_str(tuple_borrow(item, 0))) {
            action = err_set(t, &exc_TypeError, "action must be a string, not '%.200T'", tuple_borrow(item, 0));
        } else {
            int r = filter_matches(t, item, category, text, lineno, module);
            if (r < 0) action = V_ERROR;
            if (r > 0) {
                action = tuple_get(item, 0);
                *row = item;
                break;
            }
        }
        v_drop(t, item);
    }
    v_drop(t, list);
    if (action != V_NULL) return action;
    action = library_attr_or(t, NAME(defaultaction), &default_action);
    if (v_is_error(action) || v_is_str(action)) return action;
    err_set(t, &exc_TypeError, "_warnings.defaultaction must be a string, not '%.200T'", action);
    v_drop(t, action);
    return V_ERROR;
}

// ---- registries ----------------------------------------------------------------------------------------------------------------
// 1: the key is in the registry; 0: it is not (and is entered when should_set).
static int already_warned(Thread *t, V registry, V key, bool should_set) {
    V version = dict_get(t, registry, NAME(version));
    if (v_is_error(version)) return -1;
    int64_t now = at_load_acquire(&filters_version), seen;
    bool current = version != V_NULL && v_is_any_int(version) && int_as_i64(t, version, &seen) == 0 && seen == now;
    v_drop(t, version);
    err_clear(t);
    if (!current) {
        if (dict_clear(t, registry) < 0 || dict_set(t, registry, NAME(version), v_from_int(now)) < 0) return -1;
    } else {
        V warned = dict_get(t, registry, key);
        int r = warned == V_NULL ? 0 : v_is_error(warned) ? -1 : obj_is_true(t, warned);
        v_drop(t, warned);
        if (r) return r;
    }
    return should_set ? dict_set(t, registry, key, V_TRUE) : 0;
}

static int warned_for_all_lines(Thread *t, V registry, V text, V category) {
    V key = tuple_pack(t, 2, text, category);
    int r = v_is_error(key) ? -1 : already_warned(t, registry, key, true);
    v_drop(t, key);
    return r;
}

static int warned_once(Thread *t, V registry, V text, V category) {
    if (registry != V_NULL) return warned_for_all_lines(t, registry, text, category);
    V own = library_attr_or(t, NAME(onceregistry), &once_registry);
    int r = v_is_error(own) ? -1 : 0;
    if (r == 0 && !v_is_dict(own)) {
        err_set(t, &exc_TypeError, "_warnings.onceregistry must be a dict, not '%.200T'", own);
        r = -1;
    }
    if (r == 0) r = warned_for_all_lines(t, own, text, category);
    v_drop(t, own);
    return r;
}

// ---- showing ----------------------------------------------------------------------------------------------------------------------
static void show_plainly(Thread *t, V category, V text, const WarningPlace *place) {
    V file = sys_get_name(t, NAME(stderr));
    if (file == V_NULL || file == V_NONE) return;
    V name = obj_getattr(t, category, NAME(__name__));
    V line = place->source_line != V_NULL ? v_dup(place->source_line) : source_line(t, place->filename, (int)place->lineno);
    StrBuilder b;
    sb_init(&b, t);
    V head = v_is_error(name) ? V_ERROR
                              : err_format_message(t, "%V:%lld: %V: %V\n", place->filename, (long long)place->lineno, name, text);
    if (!v_is_error(head)) sb_str(&b, head);
    if (v_is_str(line)) {
        size_t n = str_len(line), start = 0;
        while (start < n && strchr(" \t\f", (int)str_at(line, start)) && str_at(line, start)) start++;
        sb_cstr(&b, "  ");
        sb_substr(&b, line, start, n);
        sb_char(&b, '\n');
    }
    V all = sb_finish(&b);
    V result = v_is_error(all) ? V_ERROR : obj_call_method1(t, file, NAME(write), all);
    err_clear(t);
    v_drop(t, result);
    v_drop(t, all);
    v_drop(t, head);
    v_drop(t, line);
    v_drop(t, name);
    v_drop(t, file);
}

static int show(Thread *t, V category, V text, V message, const WarningPlace *place) {
    V function = library_attr(t, NAME(_showwarnmsg), place->source != V_NULL);
    if (v_is_error(function)) return -1;
    if (function == V_NULL) {
        show_plainly(t, category, text, place);
        return 0;
    }
    V class = V_ERROR, record = V_ERROR, result = V_ERROR;
    if (!obj_is_callable(function)) {
        err_set(t, &exc_TypeError, "warnings._showwarnmsg() must be set to a callable");
    } else if ((class = library_attr(t, NAME(WarningMessage), false)) == V_NULL) {
        err_set(t, &exc_RuntimeError, "unable to get warnings.WarningMessage");
    } else if (!v_is_error(class)) {
        V args[7] = {message, category, place->filename, v_from_int(place->lineno), V_NONE, V_NONE,
                     place->source == V_NULL ? V_NONE : place->source};
        record = obj_call(t, class, args, 7, V_NULL);
        if (!v_is_error(record)) result = obj_call1(t, function, record);
    }
    v_drop(t, function);
    v_drop(t, class);
    v_drop(t, record);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

// ---- deciding ---------------------------------------------------------------------------------------------------------------------
static V module_from_filename(Thread *t, V filename) {
    size_t n = str_len(filename);
    if (n == 0) return str_from_cstr(t, "<unknown>");
    bool is_py = n > 3 && str_at(filename, n - 3) == '.' && str_at(filename, n - 2) == 'p' && str_at(filename, n - 1) == 'y';
    return str_substring(t, filename, 0, is_py ? n - 3 : n);
}

// Registers the warning as the action says: 1 it was shown before, 0 show it.
static int take_note(Thread *t, V action, V row, V key, V text, V category, V registry) {
    if (str_equal_ascii(action, "always")) return 0;
    if (registry != V_NULL && dict_set(t, registry, key, V_TRUE) < 0) return -1;
    if (str_equal_ascii(action, "once")) return warned_once(t, registry, text, category);
    if (str_equal_ascii(action, "module")) return registry == V_NULL ? 0 : warned_for_all_lines(t, registry, text, category);
    if (str_equal_ascii(action, "default")) return 0;
    err_set(t, &exc_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action, row);
    return -1;
}

static int decide(Thread *t, V category, V text, V message, V module, V registry, const WarningPlace *place) {
    V key = tuple_pack(t, 3, text, category, v_from_int(place->lineno));
    if (v_is_error(key)) return -1;
    V row = V_NONE, action = V_NULL;
    int r = registry == V_NULL ? 0 : already_warned(t, registry, key, false);
    if (r == 0) {
        action = find_action(t, category, text, place->lineno, module, &row);
        if (v_is_error(action)) {
            r = -1;
        } else if (str_equal_ascii(action, "error")) {
            err_raise(t, message);
            r = -1;
        } else if (!str_equal_ascii(action, "ignore")) {
            r = take_note(t, action, row, key, text, category, registry);
            if (r == 0) r = show(t, category, text, message, place);
        }
    }
    v_drop(t, row);
    v_drop(t, action);
    v_drop(t, key);
    return r < 0 ? -1 : 0;
}

int warnings_warn_at(Thread *t, V message, V category, const WarningPlace *place) {
    if (place->module == V_NONE) return 0; // the module is being torn down
    V registry = place->registry == V_NONE ? V_NULL : place->registry;
    if (registry != V_NULL && !v_is_dict(registry)) {
        err_set(t, &exc_TypeError, "'registry' must be a dict or None");
        return -1;
    }
    V module = place->module == V_NULL ? module_from_filename(t, place->filename) : v_dup(place->module);
    V text, instance;
    bool is_warning = type_check(t, message, &exc_Warning);
    if (is_warning) {
        text = obj_str(t, message);
        instance = v_dup(message);
        category = v_from_type(v_type(message));
    } else {
        text = v_dup(message);
        instance = obj_call1(t, category, message);
    }
    int r = -1;
    if (!v_is_error(module) && !v_is_error(text) && !v_is_error(instance))
        r = decide(t, category, text, instance, module, registry, place);
    v_drop(t, module);
    v_drop(t, text);
    v_drop(t, instance);
    return r;
}

// ---- where the warning points ------------------------------------------------------------------------------------------------------
static bool is_import_frame(V frame) { // importlib's own frames are skipped
    V name = slot_peek(&code_of(frame_object_code_borrow(frame))->filename);
    return str_find(name, NAME_STR("importlib"), 0, str_len(name), 1) >= 0 &&
           str_find(name, NAME_STR("_bootstrap"), 0, str_len(name), 1) >= 0;
}

static V outer_frame(Thread *t, V frame_steal) {
    V back = frame_object_back(t, frame_steal);
    v_drop(t, frame_steal);
    return back;
}

static V outer_program_frame(Thread *t, V frame) {
    do frame = outer_frame(t, frame);
    while (!v_is_error(frame) && frame != V_NONE && is_import_frame(frame));
    return frame;
}

// The frame so many levels up (stack value), V_NONE beyond the outermost.
static V frame_at(Thread *t, int64_t level) {
    if (!vm_current_frame(t)) return V_NONE;
    V frame = vm_current_frame_object(t, 0);
    bool every = level <= 0 || (!v_is_error(frame) && is_import_frame(frame));
    while (!v_is_error(frame) && frame != V_NONE && --level > 0) frame = every ? outer_frame(t, frame) : outer_program_frame(t, frame);
    return frame;
}

static V registry_of(Thread *t, V globals) {
    V registry = dict_get(t, globals, NAME(__warningregistry__));
    if (registry != V_NULL) return registry;
    registry = dict_new(t);
    if (v_is_error(registry) || dict_set(t, globals, NAME(__warningregistry__), registry) == 0) return registry;
    v_drop(t, registry);
    return V_ERROR;
}

static int warn_in(Thread *t, V message, V category, V globals, V filename, int64_t lineno, V source) {
    V registry = registry_of(t, globals), module = v_is_error(registry) ? V_ERROR : dict_get(t, globals, NAME(__name__));
    int r = v_is_error(module) ? -1 : 0;
    if (r == 0) {
        if (module == V_NULL || (module != V_NONE && !v_is_str(module))) {
            v_drop(t, module);
            module = v_dup(NAME_STR("<string>"));
        }
        WarningPlace place = {filename, module, registry, V_NULL, source, lineno};
        r = warnings_warn_at(t, message, category, &place);
    }
    v_drop(t, module);
    v_drop(t, registry);
    return r;
}

int warnings_warn(Thread *t, V message, V category, int64_t stacklevel, V source) {
    if (type_check(t, message, &exc_Warning)) category = v_from_type(v_type(message));
    else if (category == V_NULL || category == V_NONE) category = v_from_type(&exc_UserWarning);
    if (!v_is_type(category) || !type_is_subtype(v_as_type(category), &exc_Warning)) {
        err_set(t, &exc_TypeError, "category must be a Warning subclass, not '%T'", category);
        return -1;
    }
    V frame = frame_at(t, stacklevel);
    if (v_is_error(frame)) return -1;
    if (frame == V_NONE) {
        V sys = dict_get_c(t, sys_modules_borrow(), "sys");
        V globals = sys != V_NULL && type_check(t, sys, &module_type) ? v_dup(module_dict_borrow(sys)) : dict_new(t);
        int r = v_is_error(globals) ? -1 : warn_in(t, message, category, globals, NAME(sys), 1, source);
        v_drop(t, globals);
        v_drop(t, sys);
        return r;
    }
    V globals = obj_getattr(t, frame, NAME(f_globals));
    V filename = v_dup(slot_peek(&code_of(frame_object_code_borrow(frame))->filename));
    int r = v_is_error(globals) ? -1
                                : warn_in(t, message, category, globals, filename, frame_object_lineno(t, frame), source);
    v_drop(t, globals);
    v_drop(t, filename);
    v_drop(t, frame);
    return r;
}

// ---- for C code ----------------------------------------------------------------------------------------------------------------------
int warn(Thread *t, const Type *category, int stacklevel, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return -1;
    int r = warnings_warn(t, message, v_from_type(category), stacklevel, V_NULL);
    v_drop(t, message);
    return r;
}

int warn_source(Thread *t, const Type *category, int stacklevel, V source, const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    V message = err_format_message_va(t, format, ap);
    va_end(ap);
    if (v_is_error(message)) return -1;
    int r = warnings_warn(t, message, v_from_type(category), stacklevel, source);
    v_drop(t, message);
    return r;
}

int warn_explicit(Thread *t, const Type *category, V message, V filename, int lineno, V module, V registry) {
    WarningPlace place = {filename, module, registry, V_NULL, V_NULL, lineno};
    return warnings_warn_at(t, message, v_from_type(category), &place);
}
