// SPDX-License-Identifier: MIT
// Module builtins: its table of functions, the types and exceptions, and the functions that are one operation each.
//
// Functions over iterables are in builtins_iter.c, compile/eval/exec in builtins_compile.c, print and input in
// builtins_io.c; __build_class__ is the VM's.  `open` is io.open, added by start-up once there is an _io module.
#include "builtins_parts.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "object/exceptions.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

// ---- numbers -------------------------------------------------------------------------------------------------------
static NATIVE(builtins_abs) {
    UNUSED_NATIVE();
    return num_absolute(t, args[0]);
}

static V text_in_base(Thread *t, V number, int base, const char *prefix) {
    V i = num_index(t, number);
    if (v_is_error(i)) return V_ERROR;
    V digits = int_to_str(t, i, base);
    bool negative = int_sign(i) < 0;
    v_drop(t, i);
    if (v_is_error(digits)) return V_ERROR;
    StrBuilder b;
    sb_init(&b, t);
    if (negative) sb_char(&b, '-');
    sb_cstr(&b, prefix);
    sb_substr(&b, digits, negative, str_len(digits));
    v_drop(t, digits);
    return sb_finish(&b);
}

static NATIVE(builtins_bin) {
    UNUSED_NATIVE();
    return text_in_base(t, args[0], 2, "0b");
}

static NATIVE(builtins_oct) {
    UNUSED_NATIVE();
    return text_in_base(t, args[0], 8, "0o");
}

static NATIVE(builtins_hex) {
    UNUSED_NATIVE();
    return text_in_base(t, args[0], 16, "0x");
}

static NATIVE(builtins_divmod) {
    UNUSED_NATIVE();
    return num_divmod(t, args[0], args[1]);
}

static NATIVE(builtins_pow) {
    UNUSED_NATIVE();
    return num_power(t, args[0], args[1], args[2] == V_NULL ? V_NONE : args[2]);
}

static NATIVE(builtins_round) {
    UNUSED_NATIVE();
    V receiver, method = obj_lookup_special(t, args[0], NAME(__round__), &receiver);
    if (method == V_NULL) return err_set(t, &exc_TypeError, "type %.100T doesn't define __round__ method", args[0]);
    if (v_is_error(method)) return V_ERROR;
    V call[2];
    size_t n = 0;
    if (receiver != V_NULL) call[n++] = receiver;
    if (args[1] != V_NULL && args[1] != V_NONE) call[n++] = args[1];
    V result = obj_call(t, method, call, n, V_NULL);
    v_drop(t, method);
    return result;
}

// ---- characters -----------------------------------------------------------------------------------------------------
static NATIVE(builtins_chr) {
    UNUSED_NATIVE();
    int c;
    if (num_as_int(t, args[0], &c) < 0) return V_ERROR;
    if (c < 0 || c > 0x10ffff) return err_set(t, &exc_ValueError, "chr() arg not in range(0x110000)");
    return str_from_char(t, (uint32_t)c);
}

static NATIVE(builtins_ord) {
    UNUSED_NATIVE();
    V c = args[0];
    size_t n;
    if (v_is_str(c)) {
        n = str_len(c);
        if (n == 1) return v_from_int(str_at(c, 0));
    } else if (v_is_bytes(c)) {
        n = bytes_len(c);
        if (n == 1) return v_from_int((uint8_t)bytes_data(c)[0]);
    } else if (type_check(t, c, &bytearray_type)) {
        n = bytearray_len(c);
        if (n == 1) return v_from_int((uint8_t)bytearray_data(c)[0]);
    } else {
        return err_set(t, &exc_TypeError, "ord() expected string of length 1, but %.200T found", c);
    }
    return err_set(t, &exc_TypeError, "ord() expected a character, but string of length %zu found", n);
}

static NATIVE(builtins_ascii) {
    UNUSED_NATIVE();
    return obj_ascii(t, args[0]);
}

static NATIVE(builtins_repr) {
    UNUSED_NATIVE();
    return obj_repr(t, args[0]);
}

static NATIVE(builtins_format) {
    UNUSED_NATIVE();
    if (args[1] != V_NULL && !v_is_str(args[1]))
        return err_bad_argument(t, "format", "argument 2", "str", args[1]);
    return obj_format(t, args[0], args[1]);
}

// ---- objects ----------------------------------------------------------------------------------------------------------
static NATIVE(builtins_callable) {
    UNUSED_NATIVE();
    return v_from_bool(obj_is_callable(args[0]));
}

static NATIVE(builtins_hash) {
    UNUSED_NATIVE();
    int64_t hash;
    return obj_hash(t, args[0], &hash) < 0 ? V_ERROR : int_from_i64(t, hash);
}

static NATIVE(builtins_id) {
    UNUSED_NATIVE();
    V event = tuple_pack_steal(t, 1, obj_id(t, args[0]));
    if (v_is_error(event)) return V_ERROR;
    V result = sys_audit(t, "builtins.id", event) < 0 ? V_ERROR : tuple_get(event, 0);
    v_drop(t, event);
    return result;
}

static NATIVE(builtins_isinstance) {
    UNUSED_NATIVE();
    int r = obj_isinstance(t, args[0], args[1]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(builtins_issubclass) {
    UNUSED_NATIVE();
    int r = obj_issubclass(t, args[0], args[1]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(builtins_len) {
    UNUSED_NATIVE();
    ptrdiff_t n = obj_len(t, args[0]);
    return n < 0 ? V_ERROR : int_from_i64(t, n);
}

// ---- attributes -------------------------------------------------------------------------------------------------------
static int check_name(Thread *t, V name) {
    if (v_is_str(name)) return 0;
    err_set(t, &exc_TypeError, "attribute name must be string, not '%.200T'", name);
    return -1;
}

static NATIVE(builtins_getattr) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "getattr", kwnames) < 0 || args_check_count(t, "getattr", nargs, 2, 3) < 0) return V_ERROR;
    if (check_name(t, args[1]) < 0) return V_ERROR;
    if (nargs == 2) return obj_getattr(t, args[0], args[1]);
    V found = obj_lookup_attr(t, args[0], args[1]);
    return found == V_NULL ? v_dup(args[2]) : found;
}

static NATIVE(builtins_hasattr) {
    UNUSED_NATIVE();
    int r = check_name(t, args[1]) < 0 ? -1 : obj_hasattr(t, args[0], args[1]);
    return r < 0 ? V_ERROR : v_from_bool(r);
}

static NATIVE(builtins_setattr) {
    UNUSED_NATIVE();
    return check_name(t, args[1]) < 0 || obj_setattr(t, args[0], args[1], args[2]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(builtins_delattr) {
    UNUSED_NATIVE();
    return check_name(t, args[1]) < 0 || obj_setattr(t, args[0], args[1], V_NULL) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(builtins_dir) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "dir", kwnames) < 0 || args_check_count(t, "dir", nargs, 0, 1) < 0) return V_ERROR;
    return obj_dir(t, nargs ? args[0] : V_NULL);
}

static NATIVE(builtins_vars) {
    UNUSED_NATIVE();
    if (args_no_keywords(t, "vars", kwnames) < 0 || args_check_count(t, "vars", nargs, 0, 1) < 0) return V_ERROR;
    if (!nargs) return vm_current_locals(t);
    V dict = obj_lookup_attr(t, args[0], NAME(__dict__));
    if (dict != V_NULL) return dict;
    return err_set(t, &exc_TypeError, "vars() argument must have __dict__ attribute");
}

static NATIVE(builtins_globals) {
    UNUSED_NATIVE();
    V globals = vm_current_globals_borrow(t);
    return globals == V_NULL ? V_NONE : v_dup(globals);
}

static NATIVE(builtins_locals) {
    UNUSED_NATIVE();
    return vm_current_locals(t);
}

// ---- hooks --------------------------------------------------------------------------------------------------------------
static NATIVE(builtins_import) {
    UNUSED_NATIVE();
    int level = 0;
    if (args[4] != V_NULL && num_as_int(t, args[4], &level) < 0) return V_ERROR;
    return import_name(t, args[0], args[1], args[2] == V_NULL ? V_NONE : args[2], args[3] == V_NULL ? tuple_empty() : args[3],
                       level);
}

static NATIVE(builtins_breakpoint) {
    UNUSED_NATIVE();
    V hook = sys_get(t, "breakpointhook");
    if (hook == V_NULL) return err_set(t, &exc_RuntimeError, "lost sys.breakpointhook");
    V event = tuple_pack(t, 1, hook), result = V_ERROR;
    if (!v_is_error(event) && sys_audit(t, "builtins.breakpoint", event) == 0)
        result = obj_call(t, hook, args, nargs, kwnames);
    v_drop(t, event);
    v_drop(t, hook);
    return result;
}

// ---- the module ---------------------------------------------------------------------------------------------------------
#define FN(name, sig, doc) {#name, builtins_##name, sig, LOCK_NONE, 0, doc}
#define RAW(name, sig, doc) {#name, builtins_##name, sig, LOCK_NONE, M_RAW, doc}

static const Method methods[] = {
    {"__build_class__", vm_build_class, NULL, LOCK_NONE, M_RAW, "What a class statement calls."},
    {"__import__", builtins_import, "name, globals=None, locals=None, fromlist=(), level=0", LOCK_NONE, 0,
     "What an import statement calls; importlib.import_module is for programs."},
    FN(abs, "x, /", "The absolute value of a number."),
    FN(all, "iterable, /", "True when no item is false; also for an empty iterable."),
    FN(any, "iterable, /", "True when some item is true."),
    FN(ascii, "obj, /", "Like repr, with everything outside ASCII escaped."),
    FN(bin, "number, /", "A number in base two.\n\n   >>> bin(10), bin(-10)\n   ('0b1010', '-0b1010')\n"),
    RAW(breakpoint, NULL, "breakpoint(*args, **kws)\n\nCalls sys.breakpointhook with the same arguments."),
    FN(callable, "obj, /", "Whether the object can be called."),
    FN(chr, "i, /", "The one-character string of a code point."),
    FN(compile, "source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1",
       "Compiles source (text, bytes or a tree) into a code object.\n\n"
       "mode is 'exec' for a module, 'eval' for an expression, 'single' for one interactive statement."),
    FN(delattr, "obj, name, /", "delattr(x, 'y') does what `del x.y` does."),
    RAW(dir, NULL, "dir([object]) -> list of strings\n\nThe names in the current scope, or the object's attributes."),
    FN(divmod, "x, y, /", "The pair (x // y, x % y)."),
    FN(eval, "source, globals=None, locals=None, /", "The value of an expression (text or a code object)."),
    FN(exec, "source, globals=None, locals=None, /, *, closure=None", "Runs statements (text or a code object)."),
    FN(format, "value, format_spec='', /", "value.__format__(format_spec)."),
    RAW(getattr, NULL, "getattr(object, name[, default]) -> value\n\ngetattr(x, 'y') does what x.y does."),
    FN(globals, "", "The dictionary of the current module's variables."),
    FN(hasattr, "obj, name, /", "Whether the object has an attribute of that name."),
    FN(hash, "obj, /", "The hash value: equal objects have equal ones."),
    FN(hex, "number, /", "A number in base sixteen.\n\n   >>> hex(255), hex(-255)\n   ('0xff', '-0xff')\n"),
    FN(id, "obj, /", "The object's identity, unique among those alive."),
    FN(input, "prompt='', /", "A line from standard input without its end, after showing the prompt."),
    FN(isinstance, "obj, class_or_tuple, /", "Whether the object is an instance of the class, or of one of them."),
    FN(issubclass, "cls, class_or_tuple, /", "Whether the class derives from the class, or from one of them."),
    RAW(iter, NULL,
        "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\n"
        "An iterator over an iterable, or one that calls until the sentinel is returned."),
    FN(aiter, "async_iterable, /", "The asynchronous iterator of an asynchronous iterable."),
    FN(len, "obj, /", "How many items a container has."),
    FN(locals, "", "The dictionary of the current scope's variables."),
    RAW(max, NULL,
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\n"
        "The largest item, or the largest argument."),
    RAW(min, NULL,
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\n"
        "The smallest item, or the smallest argument."),
    RAW(next, NULL, "next(iterator[, default])\n\nThe next item; at the end the default or StopIteration."),
    FN(anext, "aiterator, default=<unrepresentable>, /", "An awaitable for the next item of an asynchronous iterator."),
    FN(oct, "number, /", "A number in base eight.\n\n   >>> oct(8), oct(-8)\n   ('0o10', '-0o10')\n"),
    FN(ord, "c, /", "The code point of a one-character string."),
    FN(pow, "base, exp, mod=None", "base ** exp, or base ** exp % mod."),
    RAW(print, "*args, sep=' ', end='\\n', file=None, flush=False", "Writes the values to a file, by default sys.stdout."),
    FN(repr, "obj, /", "The text that shows an object to a programmer."),
    FN(round, "number, ndigits=None", "The number rounded to so many decimals."),
    FN(setattr, "obj, name, value, /", "setattr(x, 'y', v) does what `x.y = v` does."),
    RAW(sorted, "iterable, /, *, key=None, reverse=False", "A new list of the items in ascending order."),
    FN(sum, "iterable, /, start=0", "The sum of the items, begun with start."),
    RAW(vars, NULL, "vars([object]) -> dictionary\n\nlocals(), or the object's __dict__."),
    METHOD_END,
};

static const struct { const char *name; Type *type; } types[] = {
    {"bool", &bool_type}, {"memoryview", &memoryview_type}, {"bytearray", &bytearray_type}, {"bytes", &bytes_type},
    {"classmethod", &class_method_type}, {"complex", &complex_type}, {"dict", &dict_type},
    {"enumerate", &enumerate_type}, {"filter", &filter_type}, {"float", &float_type}, {"frozenset", &frozenset_type},
    {"property", &property_type}, {"int", &int_type}, {"list", &list_type}, {"map", &map_type},
    {"object", &object_type}, {"range", &range_type}, {"reversed", &reversed_type}, {"set", &set_type},
    {"slice", &slice_type}, {"staticmethod", &static_method_type}, {"str", &str_type}, {"super", &super_type},
    {"tuple", &tuple_type}, {"type", &type_type}, {"zip", &zip_type},
};

static int builtins_exec_module(Thread *t, V module) {
    if (module_add(t, module, "None", V_NONE) < 0 || module_add(t, module, "Ellipsis", V_ELLIPSIS) < 0 ||
        module_add(t, module, "NotImplemented", V_NOT_IMPLEMENTED) < 0 ||
        module_add(t, module, "False", V_FALSE) < 0 || module_add(t, module, "True", V_TRUE) < 0)
        return -1;
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add(t, module, types[i].name, v_from_type(types[i].type)) < 0) return -1;
    }
    if (module_add(t, module, "__debug__", v_from_bool(compile_default_optimize == 0)) < 0) return -1;
    return exceptions_add_to(t, module);
}

const ModuleDef mod_builtins = {
    .name = "builtins",
    .doc = "Built-in functions, exceptions, and other objects.\n\n"
           "They are found when a name is neither local nor global; `None`, `Ellipsis` and `NotImplemented` live here.",
    .methods = methods,
    .exec = builtins_exec_module,
};
