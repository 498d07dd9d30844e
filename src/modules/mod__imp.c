// SPDX-License-Identifier: MIT
// Module _imp: what importlib asks of the interpreter.  Nothing is frozen and no extension modules are loaded.
#include "object/bytes.h"
#include "runtime/import.h"
#include "runtime/runtime.h"

// ---- locks -----------------------------------------------------------------------------------------------------------------
static NATIVE(imp_acquire_lock) {
    UNUSED_NATIVE();
    import_lock_enter(t);
    return V_NONE;
}

static NATIVE(imp_release_lock) {
    UNUSED_NATIVE();
    return import_lock_leave(t) ? V_NONE : err_set(t, &exc_RuntimeError, "not holding the import lock");
}

static NATIVE(imp_lock_held) {
    UNUSED_NATIVE();
    return v_from_bool(import_lock_is_held());
}

static NATIVE(imp_module_lock_acquire) { // the lock as a number; None: waiting would be a deadlock
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "_module_lock_acquire", NULL, "str", args[0]);
    ModuleLock *lock;
    int r = module_lock_enter(t, args[0], &lock);
    return r < 0 ? V_ERROR : r > 0 ? V_NONE : int_from_u64(t, (uint64_t)(uintptr_t)lock);
}

static NATIVE(imp_module_lock_release) {
    UNUSED_NATIVE();
    uint64_t address;
    if (int_as_u64(t, args[0], &address) < 0) return V_ERROR;
    module_lock_leave(t, (ModuleLock *)(uintptr_t)address);
    return V_NONE;
}

// ---- built-in and frozen modules ----------------------------------------------------------------------------------------------
static const ModuleDef *def_of(Thread *t, V name) {
    const char *text = v_is_str(name) ? str_cstr(t, name) : NULL;
    if (!text) err_clear(t);
    return text ? module_def_find(text) : NULL;
}

static NATIVE(imp_is_builtin) { // -1: there, but cannot be made a second time
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "is_builtin", NULL, "str", args[0]);
    if (!def_of(t, args[0])) return V_INT(0);
    return str_equal_ascii(args[0], "sys") || str_equal_ascii(args[0], "builtins") ? V_INT(-1) : V_INT(1);
}

static NATIVE(imp_create_builtin) {
    UNUSED_NATIVE();
    return obj_call_method1(t, class_of(&class_builtin_importer), NAME(create_module), args[0]);
}

static NATIVE(imp_exec_builtin) {
    UNUSED_NATIVE();
    V result = obj_call_method1(t, class_of(&class_builtin_importer), NAME(exec_module), args[0]);
    v_drop(t, result);
    return v_is_error(result) ? V_ERROR : V_INT(0);
}

static NATIVE(imp_false) {
    UNUSED_NATIVE();
    return V_FALSE;
}

static NATIVE(imp_none) {
    UNUSED_NATIVE();
    return V_NONE;
}

static NATIVE(imp_empty_list) {
    UNUSED_NATIVE();
    return list_new(t, 0);
}

static NATIVE(imp_no_frozen) {
    UNUSED_NATIVE();
    return import_error(t, &exc_ImportError, err_format_message(t, "No such frozen object named %V", args[0]), args[0], V_NULL);
}

// ---- extension modules ------------------------------------------------------------------------------------------------------------
static NATIVE(imp_create_dynamic) {
    UNUSED_NATIVE();
    V name = obj_getattr(t, args[0], NAME(name)), path = v_is_error(name) ? V_ERROR : obj_getattr(t, args[0], NAME(origin));
    if (!v_is_error(path))
        import_error(t, &exc_ImportError,
                     err_format_message(t, "extension modules are not supported by this interpreter: %V", path), name, path);
    v_drop(t, name);
    v_drop(t, path);
    return V_ERROR;
}

static NATIVE(imp_exec_dynamic) {
    UNUSED_NATIVE();
    return V_INT(0);
}

// ---- code -------------------------------------------------------------------------------------------------------------------------
static NATIVE(imp_fix_co_filename) {
    UNUSED_NATIVE();
    if (!v_is_exact(args[0], &code_type)) return err_bad_argument(t, "_fix_co_filename", "argument 1", "code", args[0]);
    if (!v_is_str(args[1])) return err_bad_argument(t, "_fix_co_filename", "argument 2", "str", args[1]);
    return import_fix_filename(t, args[0], args[1]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(imp_source_hash) {
    UNUSED_NATIVE();
    Buffer view;
    int64_t key;
    if (num_as_i64(t, args[0], &key) < 0 || buffer_get(t, args[1], &view, BUF_SIMPLE) < 0) return V_ERROR;
    uint64_t hash = pyc_source_hash(view.data, (size_t)view.len);
    buffer_release(t, &view);
    return bytes_from(t, &hash, sizeof hash); // little endian, as this machine
}

static NATIVE(imp_magic_number) {
    UNUSED_NATIVE();
    return pyc_magic(t);
}

static NATIVE(imp_import) { // __import__ with every argument given
    UNUSED_NATIVE();
    int level;
    if (num_as_int(t, args[4], &level) < 0) return V_ERROR;
    return import_name(t, args[0], args[1], args[2], args[3], level);
}

static const Method methods[] = {
    {"extension_suffixes", imp_empty_list, "", LOCK_NONE, 0, "The suffixes of extension modules: none."},
    {"lock_held", imp_lock_held, "", LOCK_NONE, 0, "Whether some thread holds the import lock."},
    {"acquire_lock", imp_acquire_lock, "", LOCK_NONE, 0, "Takes the import lock."},
    {"release_lock", imp_release_lock, "", LOCK_NONE, 0, "Gives the import lock back."},
    {"find_frozen", imp_none, "name, /, *, withdata=False", LOCK_NONE, 0, "What is known of a frozen module: None."},
    {"get_frozen_object", imp_no_frozen, "name, data=None, /", LOCK_NONE, 0, "ImportError: there are no frozen modules."},
    {"is_frozen_package", imp_no_frozen, "name, /", LOCK_NONE, 0, "ImportError: there are no frozen modules."},
    {"create_builtin", imp_create_builtin, "spec, /", LOCK_NONE, 0, "Makes a built-in module."},
    {"init_frozen", imp_none, "name, /", LOCK_NONE, 0, "None: there are no frozen modules."},
    {"is_builtin", imp_is_builtin, "name, /", LOCK_NONE, 0, "1 for a built-in module, -1 when it exists only once, else 0."},
    {"is_frozen", imp_false, "name, /", LOCK_NONE, 0, "False: there are no frozen modules."},
    {"_frozen_module_names", imp_empty_list, "", LOCK_NONE, 0, "The names of frozen modules: none."},
    {"_override_frozen_modules_for_tests", imp_none, "override, /", LOCK_NONE, 0, "Without effect."},
    {"create_dynamic", imp_create_dynamic, "spec, file=None, /", LOCK_NONE, 0, "ImportError: no extension modules."},
    {"exec_dynamic", imp_exec_dynamic, "mod, /", LOCK_NONE, 0, "Without effect."},
    {"exec_builtin", imp_exec_builtin, "mod, /", LOCK_NONE, 0, "Fills a built-in module."},
    {"_fix_co_filename", imp_fix_co_filename, "code, path, /", LOCK_NONE, 0, "Changes co_filename, in nested code too."},
    {"source_hash", imp_source_hash, "key, source", LOCK_NONE, 0, "The hash that hash-based .pyc files hold."},
    {"_magic_number", imp_magic_number, "", LOCK_NONE, 0, "The first four bytes of .pyc files."},
    {"_import", imp_import, "name, globals, locals, fromlist, level, /", LOCK_NONE, 0, "What the import statement does."},
    {"_module_lock_acquire", imp_module_lock_acquire, "name, /", LOCK_NONE, 0, "Takes a module's lock."},
    {"_module_lock_release", imp_module_lock_release, "lock, /", LOCK_NONE, 0, "Gives a module's lock back."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    return module_add_str(t, module, "check_hash_based_pycs", start_options.check_hash_pycs);
}

const ModuleDef mod__imp = {
    .name = "_imp",
    .doc = "What importlib needs of the interpreter.",
    .methods = methods,
    .exec = exec,
};
