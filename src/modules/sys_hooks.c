// SPDX-License-Identifier: MIT
// The hooks of module sys: displayhook, excepthook, unraisablehook, breakpointhook and audit hooks.
#include "sys_parts.h"
#include "object/bytes.h"
#include "runtime/traceback_print.h"

// ---- audit ----------------------------------------------------------------------------------------------------------
static Slot audit_hooks; // list, or V_NULL while there is none; appended to, never shrunk
static uint32_t audit_on; // atomic: there are hooks

// One hook, which is not traced unless it says so itself.
static int call_hook(Thread *t, V hook, V event, V details) {
    t->tracing++;
    V says = obj_lookup_attr(t, hook, NAME(__cantrace__));
    int traced = v_is_error(says) ? -1 : says == V_NULL ? 0 : obj_is_true(t, says);
    v_drop(t, says);
    if (traced > 0) t->tracing--;
    V result = traced < 0 ? V_ERROR : obj_call2(t, hook, event, details);
    if (traced <= 0) t->tracing--;
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

static int call_hooks(Thread *t, V event, V details) {
    V hooks = root_get(&audit_hooks);
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V hook = list_get(t, hooks, i);
        if (hook == V_NULL) break;
        r = v_is_error(hook) ? -1 : call_hook(t, hook, event, details);
        v_drop(t, hook);
    }
    v_drop(t, hooks);
    return r;
}

bool sys_audit_wanted(void) { return at_load_relaxed(&audit_on); }

int sys_audit(Thread *t, const char *event, V details) {
    if (likely(!at_load_relaxed(&audit_on))) return 0;
    V pending = err_fetch(t); // an event may be told while an exception is on its way
    V name = str_from_cstr(t, event);
    int r = v_is_error(name) ? -1 : call_hooks(t, name, details);
    v_drop(t, name);
    if (r == 0) err_restore_steal(t, pending);
    else v_drop(t, pending);
    return r;
}

// The event "sys.addaudithook" lets the hooks there are refuse a further one: an Exception means no, silently.
static int hooks_agree(Thread *t) {
    V none[1] = {V_NULL}, nothing = tuple_from(t, none, 0);
    if (v_is_error(nothing)) return -1;
    int r = sys_audit(t, "sys.addaudithook", nothing);
    v_drop(t, nothing);
    if (r == 0) return 1;
    if (!err_matches(t, &exc_Exception)) return -1;
    err_clear(t);
    return 0;
}

NATIVE(sys_addaudithook) {
    UNUSED_NATIVE();
    int agreed = hooks_agree(t);
    if (agreed <= 0) return agreed < 0 ? V_ERROR : V_NONE;
    V hooks = root_get(&audit_hooks);
    if (hooks == V_NULL) {
        hooks = list_with_capacity(t, 1);
        if (v_is_error(hooks)) return V_ERROR;
        root_set(t, &audit_hooks, hooks);
    }
    int r = list_append(t, hooks, args[0]);
    v_drop(t, hooks);
    if (r < 0) return V_ERROR;
    at_store_release(&audit_on, 1u);
    return V_NONE;
}

NATIVE(sys_audit_event) {
    (void)self;
    if (args_no_keywords(t, "audit", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return err_set(t, &exc_TypeError, "audit() missing 1 required positional argument: 'event'");
    if (!at_load_relaxed(&audit_on)) return V_NONE;
    if (!v_is_str(args[0]))
        return err_set(t, &exc_TypeError, "expected str for argument 'event', not %.200T", args[0]);
    V details = tuple_from(t, args + 1, nargs - 1);
    if (v_is_error(details)) return V_ERROR;
    int r = call_hooks(t, args[0], details);
    v_drop(t, details);
    return r < 0 ? V_ERROR : V_NONE;
}

// ---- displayhook --------------------------------------------------------------------------------------------------------
static int stream_write(Thread *t, V file, V text) {
    V result = obj_call_method1(t, file, NAME(write), text);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

// Writes text that the stream's encoding lacks characters for, with backslash escapes.
static int write_escaped(Thread *t, V file, V text) {
    err_clear(t);
    V encoding = obj_getattr_c(t, file, "encoding");
    if (v_is_error(encoding)) return -1;
    const char *name = v_is_str(encoding) ? str_cstr(t, encoding) : "utf-8";
    V bytes = name ? str_encode(t, text, name, "backslashreplace") : V_ERROR;
    int r = -1;
    V buffer = v_is_error(bytes) ? V_ERROR : obj_lookup_attr(t, file, NAME(buffer));
    if (v_is_error(buffer)) {
        // nothing to do
    } else if (buffer != V_NULL) {
        V result = obj_call_method1(t, buffer, NAME(write), bytes);
        r = v_is_error(result) ? -1 : 0;
        v_drop(t, result);
    } else {
        V escaped = codec_decode(t, bytes, name, "strict");
        r = v_is_error(escaped) ? -1 : stream_write(t, file, escaped);
        v_drop(t, escaped);
    }
    v_drop(t, buffer);
    v_drop(t, bytes);
    v_drop(t, encoding);
    return r;
}

NATIVE(sys_displayhook) {
    UNUSED_NATIVE();
    V builtins = dict_get_c(t, sys_modules_borrow(), "builtins");
    if (v_is_error(builtins)) return V_ERROR;
    if (builtins == V_NULL) return err_set(t, &exc_RuntimeError, "lost builtins module");
    V file = V_NULL, text = V_NULL, result = V_ERROR;
    if (args[0] == V_NONE) {
        result = V_NONE;
        goto done;
    }
    if (obj_setattr(t, builtins, NAME(_), V_NONE) < 0) goto done; // repr may look at it
    file = sys_get(t, "stdout");
    if (file == V_NULL || file == V_NONE) {
        err_set(t, &exc_RuntimeError, "lost sys.stdout");
        goto done;
    }
    text = obj_repr(t, args[0]);
    if (v_is_error(text)) goto done;
    if (stream_write(t, file, text) < 0 &&
        (!err_matches(t, &exc_UnicodeEncodeError) || write_escaped(t, file, text) < 0))
        goto done;
    if (stream_write(t, file, NAME_STR("\n")) < 0 || obj_setattr(t, builtins, NAME(_), args[0]) < 0) goto done;
    result = V_NONE;
done:
    v_drop(t, builtins);
    v_drop(t, file);
    v_drop(t, text);
    return result;
}

// ---- excepthook, unraisablehook ------------------------------------------------------------------------------------------
NATIVE(sys_excepthook) {
    UNUSED_NATIVE();
    traceback_show(t, args[1], args[2]);
    return V_NONE;
}

NATIVE(sys_unraisablehook) {
    UNUSED_NATIVE();
    return unraisable_show(t, args[0]) < 0 ? V_ERROR : V_NONE;
}

// ---- breakpointhook -----------------------------------------------------------------------------------------------------
static V missing_breakpoint(Thread *t, const char *name) {
    err_clear(t);
    return warn(t, &exc_RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name) < 0 ? V_ERROR : V_NONE;
}

// The callable that a dotted name means; without a dot it is a builtin.
static V breakpoint_target(Thread *t, const char *name) {
    const char *dot = strrchr(name, '.');
    if (!dot) return import_attr_c(t, "builtins", name);
    V module_name = str_from_utf8_surrogateescape(t, name, (size_t)(dot - name));
    V module = v_is_error(module_name) ? V_ERROR : import_module(t, module_name);
    v_drop(t, module_name);
    V found = v_is_error(module) ? V_ERROR : obj_getattr_c(t, module, dot + 1);
    v_drop(t, module);
    return found;
}

NATIVE(sys_breakpointhook) {
    (void)self;
    const char *name = options_getenv(&start_options, "PYTHONBREAKPOINT");
    if (!name) name = "pdb.set_trace";
    if (strcmp(name, "0") == 0) return V_NONE;
    if (*name == '.' || name[strlen(name) - 1] == '.') return missing_breakpoint(t, name);
    V hook = breakpoint_target(t, name);
    if (v_is_error(hook)) {
        if (err_matches(t, &exc_ImportError) || err_matches(t, &exc_AttributeError)) return missing_breakpoint(t, name);
        return V_ERROR;
    }
    V result = obj_call(t, hook, args, nargs, kwnames);
    v_drop(t, hook);
    return result;
}

int sys_hooks_add(Thread *t, V module) {
    (void)t, (void)module;
    root_register(&audit_hooks);
    return 0;
}
