// SPDX-License-Identifier: MIT
// Module _testcapi: raising, showing and losing exceptions.
#include "testcapi_private.h"

#include "runtime/fatal.h"
#include "runtime/traceback_print.h"
#include "threading/debug.h"
#include "vm/gen.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

// ---- raising -----------------------------------------------------------------------------------------------------------------
// raise_exception(class, n): an instance made with the arguments 0 … n-1.
static NATIVE(raise_exception) {
    UNUSED_NATIVE();
    int n;
    if (num_as_int(t, args[1], &n) < 0) return V_ERROR;
    if (!v_is_type(args[0]) || !type_has(v_as_type(args[0]), TYPE_EXC))
        return err_set(t, &exc_SystemError, "exception %R is not a BaseException subclass", args[0]);
    if (n < 0 || n > 100) return err_set(t, &exc_ValueError, "number of arguments out of range");
    V values[100];
    for (int i = 0; i < n; i++) values[i] = v_from_int(i);
    V exc = obj_call(t, args[0], values, (size_t)n, V_NULL);
    if (v_is_error(exc)) return V_ERROR;
    err_raise(t, exc);
    v_drop(t, exc);
    return V_ERROR;
}

static NATIVE(raise_memoryerror) {
    UNUSED_NATIVE();
    return err_no_memory(t);
}

static V doc_dict(Thread *t, V dict, V doc) {
    V copy = dict == V_NULL || dict == V_NONE ? dict_new(t) : dict_copy(t, dict);
    if (v_is_error(copy) || doc == V_NULL || dict_set_c(t, copy, "__doc__", doc) == 0) return copy;
    v_drop(t, copy);
    return V_ERROR;
}

// make_exception_with_doc("module.Name", doc, base or bases, dict): a class statement in C.
static NATIVE(make_exception_with_doc) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "make_exception_with_doc", "argument 1", "str", args[0]);
    ptrdiff_t dot = str_find_char(args[0], '.', 0, str_len(args[0]), -1);
    if (dot < 0) return err_set(t, &exc_SystemError, "PyErr_NewException: name must be module.class");
    V base = args[2] == V_NULL || args[2] == V_NONE ? v_from_type(&exc_Exception) : args[2];
    V bases = v_is_tuple(base) ? v_dup(base) : tuple_pack(t, 1, base);
    V dict = v_is_error(bases) ? V_ERROR : doc_dict(t, args[3], args[1]);
    V module = v_is_error(dict) ? V_ERROR : str_substring(t, args[0], 0, (size_t)dot);
    V name = v_is_error(module) ? V_ERROR : str_substring(t, args[0], (size_t)dot + 1, str_len(args[0]));
    V result = V_ERROR;
    if (!v_is_error(name) && dict_set_c(t, dict, "__module__", module) == 0)
        result = obj_call3(t, v_from_type(&type_type), name, bases, dict);
    v_drop(t, bases);
    v_drop(t, dict);
    v_drop(t, module);
    v_drop(t, name);
    return result;
}

// ---- showing -------------------------------------------------------------------------------------------------------------------
static NATIVE(exception_print) {
    UNUSED_NATIVE();
    if (!v_is_exception(args[0])) return err_set(t, &exc_TypeError, "an exception instance is required");
    traceback_show(t, args[0], V_NULL);
    return V_NONE;
}

static NATIVE(write_unraisable_exc) {
    UNUSED_NATIVE();
    if (!v_is_exception(args[0])) return err_set(t, &exc_TypeError, "an exception instance is required");
    err_restore_steal(t, v_dup(args[0]));
    if (args[1] == V_NONE) {
        err_unraisable(t, args[2], NULL);
    } else {
        const char *message = str_cstr(t, args[1]);
        if (!message) return V_ERROR;
        err_unraisable(t, args[2], "%s", message);
    }
    return V_NONE;
}

// Ends the process as a fatal error does: with a message, every thread's traceback, and SIGABRT.
static NATIVE(fatal_error_function) {
    UNUSED_NATIVE();
    if (!v_is_bytes(args[0])) return err_bad_argument(t, "fatal_error", "argument 1", "bytes", args[0]);
    fatal_error("test_fatal_error", bytes_data(args[0]));
}

// ---- memory --------------------------------------------------------------------------------------------------------------------
// set_nomemory(n): n more allocations succeed, the following fail until remove_mem_hooks().
static NATIVE(set_nomemory) {
    UNUSED_NATIVE();
    int start, stop = 0;
    if (num_as_int(t, args[0], &start) < 0 || (args[1] != V_NULL && num_as_int(t, args[1], &stop) < 0)) return V_ERROR;
    if (start < 0) return err_set(t, &exc_ValueError, "start must not be negative");
    if (stop) return err_set(t, &exc_NotImplementedError, "set_nomemory: failures cannot be ended after a number of allocations");
    debug_fail_after((int64_t)start + 1);
    return V_NONE;
}
// raise_SIGINT_then_send_None(generator): the signal has arrived when the generator goes on, and nobody has looked yet.
static NATIVE(raise_SIGINT_then_send_None) {
    UNUSED_NATIVE();
    if (!v_is_generator(args[0])) return err_set(t, &exc_TypeError, "argument must be generator, not %T", args[0]);
    raise(SIGINT);
    V value;
    int how = gen_send(t, args[0], V_NONE, &value);
    if (how == SEND_RETURN) {
        err_stop_iteration(t, value);
        v_drop(t, value);
    }
    return how == SEND_NEXT ? value : V_ERROR;
}

static NATIVE(remove_mem_hooks) {
    UNUSED_NATIVE();
    debug_fail_after(0);
    return V_NONE;
}

const Method testcapi_error_methods[] = {
    {"raise_exception", raise_exception, "exception, num_args, /", LOCK_NONE, 0, "Raises the class made with 0, 1, …."},
    {"raise_memoryerror", raise_memoryerror, "", LOCK_NONE, 0, "Raises MemoryError as a failed allocation does."},
    {"make_exception_with_doc", make_exception_with_doc, "name, doc=None, base=None, dict=None", LOCK_NONE, 0,
     "A new exception class: 'module.Name', its doc, base or bases, attributes."},
    {"exception_print", exception_print, "exception, /", LOCK_NONE, 0, "Shows an exception as the interpreter does."},
    {"write_unraisable_exc", write_unraisable_exc, "exception, err_msg, obj, /", LOCK_NONE, 0,
     "Hands an exception to sys.unraisablehook."},
    {"fatal_error", fatal_error_function, "message, release_gil=False, /", LOCK_NONE, 0, "Ends the process as a fatal error does."},
    {"raise_SIGINT_then_send_None", raise_SIGINT_then_send_None, "gen, /", LOCK_NONE, 0, "Interrupts the process, and sends."},
    {"set_nomemory", set_nomemory, "start, stop=0, /", LOCK_NONE, 0, "Lets allocations fail after the next `start`."},
    {"remove_mem_hooks", remove_mem_hooks, "", LOCK_NONE, 0, "Lets allocations succeed again."},
    METHOD_END,
};
