// SPDX-License-Identifier: MIT
// The front end: the first byte says how (mode, flags), the rest is source text.
#include "fuzz.h"
#include "front/compile.h"
#include "runtime/runtime.h"

enum { MODE = 3, TREE = 4, TYPE_COMMENTS = 8, AWAIT = 16, INCOMPLETE = 32, TOKENS = 64, OPTIMIZE = 128 };
static V filename, compile, tokens;

int fuzz_start(Thread *t) {
    filename = str_from_cstr(t, "<fuzz>");
    compile = import_attr_c(t, "builtins", "compile");
    tokens = import_attr_c(t, "_tokenize", "TokenizerIter");
    return v_is_error(filename) || v_is_error(compile) || v_is_error(tokens) ? -1 : 0;
}

static void all_tokens(Thread *t, V bytes) {
    V text = str_from_utf8(t, bytes_data(bytes), bytes_len(bytes));
    if (v_is_error(text)) return;
    V it = obj_call1(t, tokens, text);
    v_drop(t, text);
    for (V token; !v_is_error(it) && !v_is_error(token = obj_next(t, it)) && token != V_END;) v_drop(t, token);
    v_drop(t, it);
}

// source -> tree object -> code: what ast.parse and compile of its result do.
static void through_tree(Thread *t, V source, const char *mode, unsigned flags, int optimize) {
    V args[] = {source, filename, str_from_cstr(t, mode), v_from_int(flags | FRONT_ONLY_AST), V_TRUE, v_from_int(optimize)};
    V tree = obj_call(t, compile, args, countof(args), V_NULL);
    if (!v_is_error(tree)) {
        args[0] = tree;
        args[3] = v_from_int(flags & ~(unsigned)(FRONT_ONLY_AST | FRONT_TYPE_COMMENTS | FRONT_ALLOW_INCOMPLETE_INPUT));
        V code = obj_call(t, compile, args, countof(args), V_NULL);
        v_drop(t, code);
    }
    v_drop(t, tree);
    v_drop(t, args[2]);
}

void fuzz_one(Thread *t, const uint8_t *data, size_t size) {
    static const char *const names[] = {"exec", "eval", "single", "exec"};
    static const int modes[] = {FRONT_EXEC, FRONT_EVAL, FRONT_SINGLE, FRONT_EXEC};
    if (!size) return;
    unsigned how = data[0], flags = 0;
    if (how & TYPE_COMMENTS) flags |= FRONT_TYPE_COMMENTS;
    if (how & AWAIT) flags |= FRONT_ALLOW_TOP_LEVEL_AWAIT;
    if (how & INCOMPLETE) flags |= FRONT_ALLOW_INCOMPLETE_INPUT | FRONT_DONT_IMPLY_DEDENT;
    V source = bytes_from(t, data + 1, size - 1);
    if (v_is_error(source)) return;
    int optimize = how & OPTIMIZE ? 2 : 0;
    if (how & TOKENS) all_tokens(t, source);
    else if (how & TREE) through_tree(t, source, names[how & MODE], flags, optimize);
    else v_drop(t, compile_source(t, source, filename, modes[how & MODE], flags & ~(unsigned)FRONT_TYPE_COMMENTS, optimize,
                                 (how & MODE) == 3 ? 6 : FRONT_FEATURE_VERSION)); // 6: async is a word only sometimes
    v_drop(t, source);
}
