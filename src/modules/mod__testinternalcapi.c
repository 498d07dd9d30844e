// SPDX-License-Identifier: MIT
// Module _testinternalcapi: what CPython's test suite asks of an interpreter's inside.
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"


// The options the interpreter runs with, by the names of CPython's configuration; only those that Heddle has.
static NATIVE(get_config) {
    UNUSED_NATIVE();
    const StartOptions *o = &start_options;
    const struct { const char *name; int value; } rows[] = {
        {"isolated", o->isolated}, {"use_environment", !o->ignore_environment}, {"dev_mode", o->dev_mode},
        {"use_hash_seed", o->hash_seed_given}, {"faulthandler", o->faulthandler}, {"tracemalloc", o->tracemalloc},
        {"import_time", o->import_time}, {"code_debug_ranges", !o->no_debug_ranges}, {"site_import", !o->no_site},
        {"bytes_warning", o->bytes_warning}, {"inspect", o->inspect}, {"interactive", o->interactive},
        {"optimization_level", o->optimize}, {"parser_debug", o->debug}, {"write_bytecode", !o->dont_write_bytecode},
        {"verbose", o->verbose}, {"quiet", o->quiet}, {"user_site_directory", !o->no_user_site},
        {"buffered_stdio", !o->unbuffered}, {"skip_source_first_line", o->skip_first_line}, {"safe_path", o->safe_path},
        {"int_max_str_digits", o->int_max_str_digits}, {"warn_default_encoding", o->warn_default_encoding},
    };
    V dict = dict_new(t);
    for (size_t i = 0; !v_is_error(dict) && i < sizeof rows / sizeof *rows; i++) {
        if (dict_set_c(t, dict, rows[i].name, v_from_int(rows[i].value)) == 0) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}

static NATIVE(get_recursion_depth) {
    UNUSED_NATIVE();
    return v_from_int(t->recursion);
}

static bool is_known_handler(V errors) {
    return v_is_str(errors) && (str_equal_ascii(errors, "strict") || str_equal_ascii(errors, "surrogateescape") ||
                                str_equal_ascii(errors, "surrogatepass"));
}

// A UnicodeError becomes a RuntimeError that begins with `what` and tells where.
static V as_runtime_error(Thread *t, const char *what) {
    if (!err_matches(t, &exc_UnicodeError)) return V_ERROR;
    V exc = err_fetch(t);
    V start = obj_getattr_c(t, exc, "start"), reason = v_is_error(start) ? V_ERROR : obj_getattr_c(t, exc, "reason");
    if (!v_is_error(reason)) err_set(t, &exc_RuntimeError, "%s: pos=%V, reason=%V", what, start, reason);
    v_drop(t, start);
    v_drop(t, reason);
    v_drop(t, exc);
    return V_ERROR;
}

// Text in the encoding of file names.
static NATIVE(encode_locale) {
    UNUSED_NATIVE();
    V errors = args[2] == V_NULL ? NAME(strict) : args[2];
    if (!is_known_handler(errors)) return err_set(t, &exc_ValueError, "unsupported error handler");
    if (!v_is_str(args[0])) return err_bad_argument(t, "EncodeLocaleEx", "argument 1", "str", args[0]);
    V bytes = str_encode(t, args[0], "utf-8", str_cstr(t, errors));
    return v_is_error(bytes) ? as_runtime_error(t, "encode error") : bytes;
}
static NATIVE(decode_locale) {
    UNUSED_NATIVE();
    V errors = args[2] == V_NULL ? NAME(strict) : args[2];
    if (!is_known_handler(errors)) return err_set(t, &exc_ValueError, "unsupported error handler");
    if (!v_is_bytes(args[0])) return err_bad_argument(t, "DecodeLocaleEx", "argument 1", "bytes", args[0]);
    V str = codec_decode(t, args[0], "utf-8", str_cstr(t, errors));
    return v_is_error(str) ? as_runtime_error(t, "decode error") : str;
}

static const Method methods[] = {
    {"get_config", get_config, "", LOCK_NONE, 0, "The options in force, a dict."},
    {"get_recursion_depth", get_recursion_depth, "", LOCK_NONE, 0, "How many Python frames are running."},
    {"EncodeLocaleEx", encode_locale, "text, current_locale=0, errors='strict', /", LOCK_NONE, 0, "Text as a file name's bytes."},
    {"DecodeLocaleEx", decode_locale, "data, current_locale=0, errors='strict', /", LOCK_NONE, 0, "A file name's bytes as text."},
    METHOD_END,
};

// What sys.getsizeof adds for it: nothing, for objects in pages have none.
enum { GC_HEAD = 0 };
static int exec(Thread *t, V module) { return module_add_int(t, module, "SIZEOF_PYGC_HEAD", GC_HEAD); }

const ModuleDef mod__testinternalcapi = {
    .name = "_testinternalcapi", .doc = "What test suites ask of the interpreter's inside.", .methods = methods, .exec = exec,
};
