// SPDX-License-Identifier: MIT
// compile, eval and exec.
//
// eval and exec accept source text, bytes or a code object, default to the caller's namespaces, and make sure that the
// globals have __builtins__.  Inherited compiler flags (`from __future__ …` in the caller) come from the caller's code.
#include "builtins_parts.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "runtime/runtime.h"
#include "vm/vm.h"

#define COMPILE_MASK                                                                                                   \
    (FRONT_SOURCE_IS_UTF8 | FRONT_DONT_IMPLY_DEDENT | FRONT_ONLY_AST | FRONT_TYPE_COMMENTS |                           \
     FRONT_ALLOW_TOP_LEVEL_AWAIT | FRONT_ALLOW_INCOMPLETE_INPUT)

// The __future__ features of the code that calls the builtin.
static unsigned caller_features(Thread *t) {
    Frame *f = vm_current_frame(t);
    return f ? (unsigned)f->code->flags & FRONT_FUTURE_MASK : 0;
}

// Source as a str or bytes (stack value) for the compiler; `what` for the message.  No null characters.
static V source_text(Thread *t, V source, const char *fname, const char *what) {
    V text;
    if (v_is_str(source)) {
        if (str_find_char(source, 0, 0, str_len(source), 1) >= 0) goto null_bytes;
        return v_dup(source);
    }
    if (v_is_bytes(source)) {
        text = v_dup(source);
    } else if (obj_has_buffer(source)) {
        Buffer view;
        if (buffer_get(t, source, &view, BUF_SIMPLE) < 0) return V_ERROR;
        text = bytes_from(t, view.data, (size_t)view.len);
        buffer_release(t, &view);
        if (v_is_error(text)) return V_ERROR;
    } else {
        return err_set(t, &exc_TypeError, "%s() arg 1 must be a %s object", fname, what);
    }
    if (!memchr(bytes_data(text), 0, bytes_len(text))) return text;
    v_drop(t, text);
null_bytes:
    return err_set(t, &exc_ValueError, "source code string cannot contain null bytes");
}

// ---- compile ------------------------------------------------------------------------------------------------------------
V builtins_filename(Thread *t, V name) {
    if (v_is_str(name)) return v_dup(name);
    if (v_is_bytes(name)) return str_from_utf8_surrogateescape(t, bytes_data(name), bytes_len(name));
    if (!obj_has_buffer(name)) {
        V path = import_attr_c(t, "posix", "fspath"), plain = V_ERROR;
        if (v_is_error(path)) return V_ERROR;
        plain = obj_call1(t, path, name);
        v_drop(t, path);
        if (v_is_error(plain) || v_is_str(plain)) return plain;
        V text = builtins_filename(t, plain);
        v_drop(t, plain);
        return text;
    }
    if (warn(t, &exc_DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %T", name) < 0)
        return V_ERROR;
    V bytes = bytes_from_object(t, name);
    if (v_is_error(bytes)) return V_ERROR;
    V text = str_from_utf8_surrogateescape(t, bytes_data(bytes), bytes_len(bytes));
    v_drop(t, bytes);
    return text;
}

static int compile_mode(Thread *t, V mode, unsigned flags) {
    static const char *const names[] = {"exec", "eval", "single", "func_type"};
    static const int modes[] = {FRONT_EXEC, FRONT_EVAL, FRONT_SINGLE, FRONT_FUNC_TYPE};
    for (size_t i = 0; i < countof(names); i++) {
        if (!str_equal_ascii(mode, names[i])) continue;
        if (modes[i] != FRONT_FUNC_TYPE || flags & FRONT_ONLY_AST) return modes[i];
        err_set(t, &exc_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        return -1;
    }
    err_set(t, &exc_ValueError, flags & FRONT_ONLY_AST ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                       : "compile() mode must be 'exec', 'eval' or 'single'");
    return -1;
}

static V compile_tree_object(Thread *t, V tree, V filename, int mode, unsigned flags, int optimize) {
    if (flags & FRONT_ONLY_AST) return v_dup(tree);
    Ast *ast = ast_from_object(t, tree, mode);
    if (!ast) return V_ERROR;
    V code = compile_ast(t, ast, filename, mode, flags, optimize);
    ast_free(t, ast);
    return code;
}

static Ast *parse_text(Thread *t, V text, V filename, int mode, unsigned flags, int feature_version) {
    if (v_is_bytes(text))
        return front_parse_bytes(t, bytes_data(text), bytes_len(text), filename, mode, flags, feature_version);
    size_t n;
    const char *utf8 = str_utf8(t, text, &n);
    return utf8 ? front_parse(t, utf8, n, filename, mode, flags | FRONT_IGNORE_COOKIE, feature_version) : NULL;
}

static V compile_text(Thread *t, V source, V filename, int mode, unsigned flags, int optimize, int feature_version) {
    V text = source_text(t, source, "compile", "string, bytes or AST"), result;
    if (v_is_error(text)) return V_ERROR;
    if (flags & FRONT_ONLY_AST) {
        Ast *ast = parse_text(t, text, filename, mode, flags, feature_version);
        result = ast ? ast_to_object(t, ast) : V_ERROR;
        if (ast) ast_free(t, ast);
    } else {
        result = compile_source(t, text, filename, mode, flags, optimize, feature_version);
    }
    v_drop(t, text);
    return result;
}

static int int_option(Thread *t, V v, int fallback, int *out) {
    *out = fallback;
    return v == V_NULL ? 0 : num_as_int(t, v, out);
}

static V compile_checked(Thread *t, const V *args, V filename) {
    int flags, inherit_not = 0, optimize, feature;
    if (!v_is_str(args[2]))
        return err_set(t, &exc_TypeError, "compile() argument 'mode' must be str, not %K", args[2]);
    if (int_option(t, args[3], 0, &flags) < 0) return V_ERROR;
    if (args[4] != V_NULL && (inherit_not = obj_is_true(t, args[4])) < 0) return V_ERROR;
    if (int_option(t, args[5], -1, &optimize) < 0 || int_option(t, args[6], -1, &feature) < 0) return V_ERROR;
    if ((unsigned)flags & ~(unsigned)(FRONT_FUTURE_MASK | COMPILE_MASK | 0x10))
        return err_set(t, &exc_ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return err_set(t, &exc_ValueError, "compile(): invalid optimize value");
    unsigned all = (unsigned)flags & ~0x10u;
    if (!inherit_not) all |= caller_features(t);
    int mode = compile_mode(t, args[2], all);
    if (mode < 0) return V_ERROR;
    int is_tree = ast_object_check(t, args[0]);
    if (is_tree < 0) return V_ERROR;
    if (is_tree) return compile_tree_object(t, args[0], filename, mode, all, optimize);
    return compile_text(t, args[0], filename, mode, all, optimize, feature < 0 ? FRONT_FEATURE_VERSION : feature);
}

NATIVE(builtins_compile) {
    UNUSED_NATIVE();
    V filename = builtins_filename(t, args[1]);
    if (v_is_error(filename)) return V_ERROR;
    V event = tuple_pack(t, 2, args[0], filename), result = V_ERROR;
    if (!v_is_error(event) && sys_audit(t, "compile", event) == 0) result = compile_checked(t, args, filename);
    v_drop(t, event);
    v_drop(t, filename);
    return result;
}

// ---- eval, exec -------------------------------------------------------------------------------------------------------
typedef struct Spaces { V globals, locals; } Spaces; // stack values

static void spaces_drop(Thread *t, Spaces *s) {
    v_drop(t, s->globals);
    v_drop(t, s->locals);
}

// Fills in the caller's namespaces for those not given (V_NULL or None).
static int spaces_fill(Thread *t, Spaces *s, V globals, V locals, const char *fname) {
    if (globals == V_NULL) globals = V_NONE;
    if (locals == V_NULL) locals = V_NONE;
    s->globals = s->locals = V_NULL;
    if (globals != V_NONE) {
        s->globals = v_dup(globals);
        s->locals = v_dup(locals == V_NONE ? globals : locals);
        return 0;
    }
    V current = vm_current_globals_borrow(t);
    if (current == V_NULL) {
        err_set(t, &exc_TypeError, "%s must be given globals and locals when called without a frame", fname);
        return -1;
    }
    s->globals = v_dup(current);
    s->locals = locals == V_NONE ? vm_current_locals(t) : v_dup(locals);
    if (!v_is_error(s->locals)) return 0;
    s->locals = V_NULL;
    return -1;
}

static int add_builtins(Thread *t, V globals) {
    V key = NAME(__builtins__);
    int there = dict_contains(t, globals, key);
    if (there) return there < 0 ? -1 : 0;
    return dict_set(t, globals, key, vm_current_builtins_borrow(t));
}

static int audit_exec(Thread *t, V code) {
    V event = tuple_pack(t, 1, code);
    if (v_is_error(event)) return -1;
    int r = sys_audit(t, "exec", event);
    v_drop(t, event);
    return r;
}

static V run_text(Thread *t, V text, int mode, const Spaces *s) {
    V filename = NAME_STR("<string>");
    V code = compile_source(t, text, filename, mode, caller_features(t), -1, FRONT_FEATURE_VERSION);
    if (v_is_error(code)) return V_ERROR;
    V result = vm_eval_code(t, code, s->globals, s->locals);
    v_drop(t, code);
    return result;
}

// Leading blanks do not count as indentation in eval.  Consumes text.
static V skip_blanks(Thread *t, V text) {
    bool is_str = v_is_str(text);
    size_t n = is_str ? str_len(text) : bytes_len(text), i = 0;
    for (; i < n; i++) {
        uint32_t c = is_str ? str_at(text, i) : (uint8_t)bytes_data(text)[i];
        if (c != ' ' && c != '\t') break;
    }
    if (i == 0) return text;
    V rest = is_str ? str_substring(t, text, i, n) : bytes_from(t, bytes_data(text) + i, n - i);
    v_drop(t, text);
    return rest;
}

static V eval_in(Thread *t, V source, const Spaces *s) {
    if (add_builtins(t, s->globals) < 0) return V_ERROR;
    if (v_is_exact(source, &code_type)) {
        if (audit_exec(t, source) < 0) return V_ERROR;
        if (code_of(source)->nfreevars > 0)
            return err_set(t, &exc_TypeError, "code object passed to eval() may not contain free variables");
        return vm_eval_code(t, source, s->globals, s->locals);
    }
    V text = source_text(t, source, "eval", "string, bytes or code");
    if (v_is_error(text)) return V_ERROR;
    text = skip_blanks(t, text);
    if (v_is_error(text)) return V_ERROR;
    V result = run_text(t, text, FRONT_EVAL, s);
    v_drop(t, text);
    return result;
}

NATIVE(builtins_eval) {
    UNUSED_NATIVE();
    V globals = args[1] == V_NULL ? V_NONE : args[1], locals = args[2] == V_NULL ? V_NONE : args[2];
    if (locals != V_NONE && !obj_is_mapping(locals)) return err_set(t, &exc_TypeError, "locals must be a mapping");
    if (globals != V_NONE && !v_is_dict(globals))
        return err_set(t, &exc_TypeError,
                       obj_is_mapping(globals) ? "globals must be a real dict; try eval(code, {}, mapping)"
                                               : "globals must be a dict");
    Spaces s;
    V result = spaces_fill(t, &s, globals, locals, "eval") < 0 ? V_ERROR : eval_in(t, args[0], &s);
    spaces_drop(t, &s);
    return result;
}

// The closure given fits the code: a tuple of exactly as many cells as it has free variables.
static int check_closure(Thread *t, V code, V closure) {
    size_t want = (size_t)code_of(code)->nfreevars;
    if (want == 0) {
        if (closure == V_NULL) return 0;
        err_set(t, &exc_TypeError, "cannot use a closure with this code object");
        return -1;
    }
    if (closure == V_NULL || !v_is_exact(closure, &tuple_type) || tuple_len(closure) != want) goto wrong;
    for (size_t i = 0; i < want; i++) {
        if (!v_is_exact(tuple_borrow(closure, i), &cell_type)) goto wrong;
    }
    return 0;
wrong:
    err_set(t, &exc_TypeError, "code object requires a closure of exactly length %zu", want);
    return -1;
}

static V exec_in(Thread *t, V source, V closure, const Spaces *s) {
    if (!v_is_dict(s->globals))
        return err_set(t, &exc_TypeError, "exec() globals must be a dict, not %.100T", s->globals);
    if (!obj_is_mapping(s->locals))
        return err_set(t, &exc_TypeError, "locals must be a mapping or None, not %.100T", s->locals);
    if (add_builtins(t, s->globals) < 0) return V_ERROR;
    if (closure == V_NONE) closure = V_NULL;
    if (v_is_exact(source, &code_type)) {
        if (check_closure(t, source, closure) < 0 || audit_exec(t, source) < 0) return V_ERROR;
        return vm_eval_code_closure(t, source, s->globals, s->locals, closure);
    }
    if (closure != V_NULL)
        return err_set(t, &exc_TypeError, "closure can only be used when source is a code object");
    V text = source_text(t, source, "exec", "string, bytes or code");
    if (v_is_error(text)) return V_ERROR;
    V result = run_text(t, text, FRONT_EXEC, s);
    v_drop(t, text);
    return result;
}

NATIVE(builtins_exec) {
    UNUSED_NATIVE();
    Spaces s;
    V result = spaces_fill(t, &s, args[1], args[2], "exec") < 0 ? V_ERROR : exec_in(t, args[0], args[3], &s);
    spaces_drop(t, &s);
    if (v_is_error(result)) return V_ERROR;
    v_drop(t, result);
    return V_NONE;
}
