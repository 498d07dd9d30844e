// SPDX-License-Identifier: MIT
// Module sys: the table of its functions, the small ones, and how C code reads and writes its attributes.
//
// The module's dict is where everything is: sys_get("stdout") sees what a program put there.  sys.modules is kept in a
// root of its own too, because import goes on with the real table when a program deletes or replaces the attribute.
#include "sys_parts.h"
#include "threading/credit.h"
#include "threading/gclink.h"
#include "vm/vm.h"

static Slot sys_dict, modules_dict, builtins_dict; // roots; set once at start-up

// ---- for C code ------------------------------------------------------------------------------------------------------
V sys_get_name(Thread *t, V name) {
    V dict = slot_peek(&sys_dict);
    if (dict == V_NULL) return V_NULL;
    V value = dict_get_str(t, dict, name);
    if (!v_is_error(value)) return value;
    err_clear(t);
    return V_NULL;
}

V sys_get(Thread *t, const char *name) {
    V dict = slot_peek(&sys_dict);
    if (dict == V_NULL) return V_NULL;
    V value = dict_get_c(t, dict, name);
    if (!v_is_error(value)) return value;
    err_clear(t);
    return V_NULL;
}

int sys_set(Thread *t, const char *name, V value) {
    V dict = slot_peek(&sys_dict);
    if (dict == V_NULL) return 0; // it could not even be made
    if (value != V_NULL) return dict_set_c(t, dict, name, value);
    V key = str_from_cstr(t, name);
    int r = v_is_error(key) ? -1 : dict_discard(t, dict, key);
    v_drop(t, key);
    return r < 0 ? -1 : 0;
}

V sys_modules_borrow(void) { return slot_peek(&modules_dict); }
V builtins_dict_borrow(void) { return slot_peek(&builtins_dict); }

int sys_start(Thread *t) {
    root_register(&sys_dict);
    root_register(&modules_dict);
    root_register(&builtins_dict);
    V modules = dict_new(t);
    if (v_is_error(modules)) return -1;
    root_set(t, &modules_dict, modules);
    v_drop(t, modules);
    V sys = import_builtin(t, "sys");
    if (v_is_error(sys)) return -1;
    root_set(t, &sys_dict, module_dict_borrow(sys));
    v_drop(t, sys);
    V builtins = import_builtin(t, "builtins");
    if (v_is_error(builtins)) return -1;
    root_set(t, &builtins_dict, module_dict_borrow(builtins));
    v_drop(t, builtins);
    return 0;
}

void sys_roots_clear(Thread *t) {
    root_set(t, &sys_dict, V_NULL);
    root_set(t, &modules_dict, V_NULL);
}

// ---- exceptions ----------------------------------------------------------------------------------------------------------
static NATIVE(sys_exception) {
    UNUSED_NATIVE();
    V exc = err_handled_borrow(t);
    return exc == V_NULL ? V_NONE : v_dup(exc);
}

V sys_exc_triple(Thread *t, V exc) {
    if (exc == V_NULL || exc == V_NONE) return tuple_pack(t, 3, V_NONE, V_NONE, V_NONE);
    V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
    return tuple_pack_steal(t, 3, v_from_type(v_type(exc)), v_dup(exc), tb == V_NULL ? V_NONE : tb);
}

static NATIVE(sys_exc_info) {
    UNUSED_NATIVE();
    return sys_exc_triple(t, err_handled_borrow(t));
}

static NATIVE(sys_exit) {
    UNUSED_NATIVE();
    V status = args[0];
    if (status == V_NULL || status == V_NONE) return err_set_none(t, &exc_SystemExit);
    if (!v_is_tuple(status)) return err_set_v(t, &exc_SystemExit, status);
    V exc = obj_call_tuple(t, v_from_type(&exc_SystemExit), status, V_NULL);
    if (!v_is_error(exc)) err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

// ---- objects ----------------------------------------------------------------------------------------------------------------
static NATIVE(sys_getrefcount) {
    UNUSED_NATIVE();
    V v = args[0];
    if (!v_is_object(v) || v_is_immortal_ref(v)) return v_from_int((int64_t)1 << 29); // never counted
    uint32_t rc = obj_rc(v_obj(v));
    if (!(rc & RC_SHARED)) return v_from_int(rc);
    if (rc & RC_HOT) return v_from_int((int64_t)1 << 29);
    return v_from_int(shared_count(v_obj(v)) + 1); // the reference on the caller's stack is not counted
}

static V size_of(Thread *t, V v) {
    V receiver, method = obj_lookup_special(t, v, NAME(__sizeof__), &receiver);
    if (v_is_error(method)) return V_ERROR;
    if (method == V_NULL) return err_set(t, &exc_TypeError, "Type %.100T doesn't define __sizeof__", v);
    V result = receiver == V_NULL ? obj_call0(t, method) : obj_call1(t, method, receiver);
    v_drop(t, method);
    if (v_is_error(result)) return V_ERROR;
    ptrdiff_t size;
    int r = num_as_ssize(t, result, &exc_OverflowError, &size);
    v_drop(t, result);
    if (r < 0) return V_ERROR;
    if (size < 0) return err_set(t, &exc_ValueError, "__sizeof__() should return >= 0");
    return int_from_size(t, (size_t)size + (v_is_object(v) ? gc_prefix_size(v_obj(v)) : 0));
}

static NATIVE(sys_getsizeof) {
    (void)self;
    V bound[2];
    if (args_bind(t, "getsizeof", "object, default=None", args, nargs, kwnames, bound) < 0) return V_ERROR;
    V result = size_of(t, bound[0]);
    if (v_is_error(result) && bound[1] != V_NULL && err_matches(t, &exc_TypeError)) {
        err_clear(t);
        return v_dup(bound[1]);
    }
    return result;
}

static NATIVE(sys_intern) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "intern", NULL, "str", args[0]);
    if (!v_is_exact(args[0], &str_type)) return err_set(t, &exc_TypeError, "can't intern %.400T", args[0]);
    return str_intern_steal(t, v_dup(args[0]));
}

// ---- facts ------------------------------------------------------------------------------------------------------------------
static NATIVE(sys_getdefaultencoding) {
    UNUSED_NATIVE();
    return v_dup(NAME_STR("utf-8"));
}

static NATIVE(sys_getfilesystemencoding) {
    UNUSED_NATIVE();
    return v_dup(NAME_STR("utf-8"));
}

static NATIVE(sys_getfilesystemencodeerrors) {
    UNUSED_NATIVE();
    return v_dup(NAME_STR("surrogateescape"));
}

static NATIVE(sys_is_finalizing) {
    UNUSED_NATIVE();
    return v_from_bool(at_load_relaxed(&runtime_finishing));
}

static NATIVE(sys_is_gil_enabled) {
    UNUSED_NATIVE();
    return v_from_bool(threading_gil_enabled());
}

static NATIVE(sys_zero) { // counters that do not exist here
    UNUSED_NATIVE();
    return V_INT(0);
}

static NATIVE(sys_nothing) {
    UNUSED_NATIVE();
    return V_NONE;
}

// ---- the module -----------------------------------------------------------------------------------------------------------
#define FN(name, sig, doc) {#name, sys_##name, sig, LOCK_NONE, 0, doc}
#define AS(name, fn, sig, doc) {name, fn, sig, LOCK_NONE, 0, doc}
#define RAW(name, fn, doc) {name, fn, NULL, LOCK_NONE, M_RAW, doc}

static const Method methods[] = {
    FN(addaudithook, "hook", "Adds a function that is called with every audit event."),
    RAW("audit", sys_audit_event, "audit(event, *args)\n\nPasses an event to every audit hook."),
    RAW("breakpointhook", sys_breakpointhook, "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls: by default pdb.set_trace."),
    AS("_clear_type_cache", sys_nothing, "", "Forgets cached attribute lookups."),
    AS("_current_frames", sys_current_frames, "", "The innermost frame of every thread, by thread identifier."),
    AS("_current_exceptions", sys_current_exceptions, "", "What every thread is handling, by thread identifier."),
    FN(displayhook, "object, /", "Shows the value of an interactive expression and keeps it in builtins._"),
    FN(exception, "", "The exception that is being handled, or None."),
    FN(exc_info, "", "(type, value, traceback) of the exception that is being handled."),
    FN(excepthook, "exctype, value, traceback, /", "Shows an uncaught exception on sys.stderr."),
    FN(exit, "status=None, /", "Ends the program by raising SystemExit(status)."),
    FN(getdefaultencoding, "", "The encoding of str when none is named: utf-8."),
    FN(getdlopenflags, "", "The flags given to dlopen()."),
    AS("getallocatedblocks", sys_zero, "", "The number of allocated blocks: not counted here."),
    FN(getfilesystemencoding, "", "The encoding of file names."),
    FN(getfilesystemencodeerrors, "", "The error handler for file names."),
    AS("_getquickenedcount", sys_zero, "", "The number of quickened code objects: not counted here."),
    FN(getrefcount, "object, /", "The reference count of an object, the argument included."),
    FN(getrecursionlimit, "", "How deep calls may nest."),
    RAW("getsizeof", sys_getsizeof, "getsizeof(object [, default]) -> int\n\nThe size of an object in bytes."),
    AS("_getframe", sys_getframe, "depth=0, /", "The frame so many calls up from the caller."),
    FN(intern, "string, /", "The interned string equal to this one."),
    FN(is_finalizing, "", "Whether the interpreter is ending."),
    AS("_is_gil_enabled", sys_is_gil_enabled, "", "Whether there is a global lock."),
    FN(setswitchinterval, "interval, /", "How long a thread may keep the lock that others want, in seconds."),
    FN(getswitchinterval, "", "How long a thread may keep the lock that others want, in seconds."),
    FN(setdlopenflags, "flags, /", "Sets the flags given to dlopen()."),
    RAW("setprofile", sys_setprofile, "setprofile(function)\n\nSets the thread's profiling function, or None."),
    FN(getprofile, "", "The profiling function of this thread, or None."),
    FN(setrecursionlimit, "limit, /", "Sets how deep calls may nest."),
    RAW("settrace", sys_settrace, "settrace(function)\n\nSets the thread's tracing function, or None."),
    FN(gettrace, "", "The tracing function of this thread, or None."),
    FN(call_tracing, "func, args, /", "Calls func(*args) with tracing on, from within a tracing function."),
    AS("_debugmallocstats", sys_nothing, "", "Prints what the allocator counts: nothing here."),
    FN(set_coroutine_origin_tracking_depth, "depth", "How many frames coroutines record where they were made; 0 none."),
    FN(get_coroutine_origin_tracking_depth, "", "How many frames coroutines record where they were made."),
    RAW("set_asyncgen_hooks", sys_set_asyncgen_hooks,
        "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSets what is called when asynchronous generators start and die."),
    FN(get_asyncgen_hooks, "", "What is called when asynchronous generators start and die."),
    FN(unraisablehook, "unraisable, /", "Shows an exception that nobody can catch on sys.stderr."),
    FN(get_int_max_str_digits, "", "The longest decimal text that int accepts and makes; 0 unlimited."),
    FN(set_int_max_str_digits, "maxdigits", "Sets the longest decimal text that int accepts and makes; 0 unlimited."),
    METHOD_END,
};

static int sys_exec(Thread *t, V module) {
    static const char *const hooks[] = {"displayhook", "excepthook", "breakpointhook", "unraisablehook"};
    for (size_t i = 0; i < countof(hooks); i++) {
        char copy[32] = "__";
        strcat(strcat(copy, hooks[i]), "__");
        V hook = dict_get_c(t, module_dict_borrow(module), hooks[i]);
        if (v_is_error(hook) || module_add_steal(t, module, copy, hook) < 0) return -1;
    }
    if (module_add(t, module, "modules", slot_peek(&modules_dict)) < 0) return -1;
    if (sys_info_add(t, module) < 0 || sys_state_add(t, module) < 0) return -1;
    return sys_hooks_add(t, module);
}

const ModuleDef mod_sys = {
    .name = "sys",
    .doc = "The interpreter: its settings, its state and its hooks.\n\n"
           "argv, path, modules, stdin, stdout, stderr, platform, version_info, flags, … are variables; see the library\n"
           "reference for the rest.",
    .methods = methods,
    .exec = sys_exec,
};
