// SPDX-License-Identifier: MIT
// The codec registry: search functions, the cache of what they found, str.encode and bytes.decode on top of it.
//
// Encodings that C knows are recognised by name first; the package `encodings`, whose import registers the library's
// search function, is imported when something else is asked for.
#include "runtime/codecs.h"
#include "object/bytes_algo.h"
#include "runtime/options.h"
#include "runtime/runtime.h"

static Slot search_path, cache, error_handlers; // list, dict, dict; roots
static uint32_t started, encodings_imported;     // atomic

V codec_make_handlers(Thread *t); // codec_errors.c: the dict of the builtin handlers

int codecs_start(Thread *t) {
    if (at_load_acquire(&started)) return 0;
    V path = list_with_capacity(t, 0), found = dict_new(t), handlers = codec_make_handlers(t);
    int status = -1;
    if (!v_is_error(path) && !v_is_error(found) && !v_is_error(handlers)) {
        root_register(&search_path);
        root_register(&cache);
        root_register(&error_handlers);
        root_set(t, &search_path, path);
        root_set(t, &cache, found);
        root_set(t, &error_handlers, handlers);
        at_store_release(&started, 1u);
        status = 0;
    }
    v_drop(t, path);
    v_drop(t, found);
    v_drop(t, handlers);
    return status;
}

// ---- names ----------------------------------------------------------------------------------------------------------
// Lower case, runs of other characters than letters, digits and '.' as one '_'.  false when it does not fit.
static bool normalize(const char *name, char *out, size_t size) {
    size_t n = 0;
    bool gap = false;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
        if (!keep) {
            gap = true;
            continue;
        }
        if (n + 3 > size) return false;
        if (gap && n) out[n++] = '_';
        gap = false;
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    out[n] = '\0';
    return true;
}

enum { ENC_OTHER, ENC_UTF8, ENC_ASCII, ENC_LATIN1, ENC_UTF16, ENC_UTF32 };
static const struct { const char *name; int encoding; } known[] = {
    {"utf_8", ENC_UTF8}, {"utf8", ENC_UTF8}, {"ascii", ENC_ASCII}, {"us_ascii", ENC_ASCII}, {"latin1", ENC_LATIN1},
    {"latin_1", ENC_LATIN1}, {"iso_8859_1", ENC_LATIN1}, {"iso8859_1", ENC_LATIN1}, {"utf_16", ENC_UTF16},
    {"utf16", ENC_UTF16}, {"utf_32", ENC_UTF32}, {"utf32", ENC_UTF32},
};

static int known_encoding(const char *name) {
    char text[32];
    if (!name) return ENC_UTF8;
    if (!normalize(name, text, sizeof text)) return ENC_OTHER;
    for (size_t i = 0; i < countof(known); i++)
        if (strcmp(text, known[i].name) == 0) return known[i].encoding;
    return ENC_OTHER;
}

// ---- the registry -----------------------------------------------------------------------------------------------------
// Imports the package the first time; a thread that comes while another imports it waits on the import's lock.
static int ensure_encodings(Thread *t) {
    if (at_load_acquire(&encodings_imported)) return 0;
    if (codecs_start(t) < 0) return -1;
    V module = import_module_c(t, "encodings");
    if (v_is_error(module)) return -1;
    v_drop(t, module);
    if (list_len(slot_peek(&search_path))) at_store_release(&encodings_imported, 1u);
    return 0;
}

V codec_register(Thread *t, V search_function) {
    if (codecs_start(t) < 0) return V_ERROR;
    if (!obj_is_callable(search_function)) return err_set(t, &exc_TypeError, "argument must be callable");
    return list_append(t, slot_peek(&search_path), search_function) < 0 ? V_ERROR : V_NONE;
}

V codec_unregister(Thread *t, V search_function) {
    if (codecs_start(t) < 0) return V_ERROR;
    V path = slot_peek(&search_path);
    for (size_t i = 0; i < list_len(path); i++) {
        V item = list_get(t, path, i);
        if (item == V_NULL) break;
        bool same = v_is(item, search_function);
        v_drop(t, item);
        if (!same) continue;
        if (dict_clear(t, slot_peek(&cache)) < 0) return V_ERROR;
        V popped = list_pop(t, path, (ptrdiff_t)i);
        if (v_is_error(popped)) return popped;
        v_drop(t, popped);
        break;
    }
    return V_NONE;
}

static V ask_search_functions(Thread *t, V key, const char *encoding) {
    V path = slot_peek(&search_path);
    if (list_len(path) == 0) return err_set(t, &exc_LookupError, "no codec search functions registered: can't find encoding");
    for (size_t i = 0;; i++) {
        V function = list_get(t, path, i);
        if (function == V_NULL) return err_set(t, &exc_LookupError, "unknown encoding: %s", encoding);
        V info = obj_call1(t, function, key);
        v_drop(t, function);
        if (v_is_error(info)) return info;
        if (info == V_NONE) continue;
        if (v_is_tuple(info) && tuple_len(info) == 4) {
            if (dict_set(t, slot_peek(&cache), key, info) == 0) return info;
        } else {
            err_set(t, &exc_TypeError, "codec search functions must return 4-tuples");
        }
        v_drop(t, info);
        return V_ERROR;
    }
}

V codec_lookup(Thread *t, const char *encoding) {
    char small[64], *name = small;
    size_t n = strlen(encoding) + 3;
    if (ensure_encodings(t) < 0) return V_ERROR;
    if (n > sizeof small && !(name = mem_alloc(t, n))) return err_no_memory(t);
    normalize(encoding, name, n > sizeof small ? n : sizeof small);
    V key = str_intern_utf8(t, name, strlen(name));
    if (name != small) mem_free(name);
    if (v_is_error(key)) return key;
    V info = dict_get(t, slot_peek(&cache), key);
    if (info == V_NULL) info = ask_search_functions(t, key, encoding);
    v_drop(t, key);
    return info;
}

// ---- error handlers -----------------------------------------------------------------------------------------------------
V codec_register_error(Thread *t, const char *name, V handler) {
    if (codecs_start(t) < 0) return V_ERROR;
    if (!obj_is_callable(handler)) return err_set(t, &exc_TypeError, "handler must be callable");
    return dict_set_c(t, slot_peek(&error_handlers), name, handler) < 0 ? V_ERROR : V_NONE;
}

V codec_lookup_error(Thread *t, const char *name) {
    if (codecs_start(t) < 0) return V_ERROR;
    V handler = dict_get_c(t, slot_peek(&error_handlers), name ? name : "strict");
    if (handler == V_NULL) return err_set(t, &exc_LookupError, "unknown error handler name '%.400s'", name);
    return handler;
}

// ---- any object through any codec -----------------------------------------------------------------------------------------
// An exception of a plain class with at most one str argument is raised again with the codec's name, the first as cause.
static V wrap_exception(Thread *t, const char *what, const char *encoding) {
    V exc = err_fetch(t);
    Type *type = v_type(exc);
    V args = slot_peek(&((Exc *)v_obj(exc))->args);
    bool plain = type->init == exc_BaseException.init && type->new_ == exc_BaseException.new_ && type->size == exc_BaseException.size;
    V attrs = plain ? obj_get_dict(t, exc) : V_NULL;
    if (v_is_error(attrs)) err_clear(t);
    else if (attrs != V_NULL) plain = dict_len(attrs) == 0;
    v_drop(t, attrs);
    plain = plain && (tuple_len(args) == 0 || (tuple_len(args) == 1 && v_is_str(tuple_borrow(args, 0))));
    if (!plain) {
        err_restore_steal(t, exc);
        return V_ERROR;
    }
    V message = str_from_format(t, "%s with '%s' codec failed (%N: %V)", what, encoding, type, exc);
    if (v_is_error(message)) {
        v_drop(t, exc);
        return V_ERROR;
    }
    err_set_v(t, type, message);
    v_drop(t, message);
    V outer = err_fetch(t);
    exc_set_cause_steal(t, outer, exc);
    err_restore_steal(t, outer);
    return V_ERROR;
}

static V run_codec(Thread *t, V function, V v, const char *encoding, const char *errors, bool encoding_side) {
    V err = errors ? str_from_cstr(t, errors) : V_NULL;
    if (v_is_error(err)) return err;
    V args[2] = {v, err}, r = obj_call(t, function, args, errors ? 2 : 1, V_NULL);
    v_drop(t, err);
    if (v_is_error(r)) return wrap_exception(t, encoding_side ? "encoding" : "decoding", encoding);
    V result = V_ERROR;
    if (!v_is_tuple(r) || tuple_len(r) != 2) {
        err_set(t, &exc_TypeError, "%s must return a tuple (object, integer)", encoding_side ? "encoder" : "decoder");
    } else {
        result = tuple_get(r, 0);
    }
    v_drop(t, r);
    return result;
}

static V coder_of(Thread *t, V info, bool encoding_side) { (void)t; return tuple_get(info, encoding_side ? 0 : 1); }

static V code_any(Thread *t, V v, const char *encoding, const char *errors, bool encoding_side) {
    V info = codec_lookup(t, encoding);
    if (v_is_error(info)) return info;
    V function = coder_of(t, info, encoding_side);
    v_drop(t, info);
    V r = run_codec(t, function, v, encoding, errors, encoding_side);
    v_drop(t, function);
    return r;
}

V codec_encode_any(Thread *t, V v, const char *encoding, const char *errors) { return code_any(t, v, encoding, errors, true); }
V codec_decode_any(Thread *t, V v, const char *encoding, const char *errors) { return code_any(t, v, encoding, errors, false); }

// The coder of a text encoding; LookupError for codecs between other things.
static V text_coder(Thread *t, const char *encoding, bool encoding_side) {
    V info = codec_lookup(t, encoding);
    if (v_is_error(info)) return info;
    if (!v_is_exact(info, &tuple_type)) {
        V flag = obj_lookup_attr(t, info, NAME(_is_text_encoding));
        int is_text = v_is_error(flag) ? -1 : flag == V_NULL ? 1 : obj_is_true(t, flag);
        v_drop(t, flag);
        if (is_text <= 0) {
            v_drop(t, info);
            if (is_text < 0) return V_ERROR;
            return err_set(t, &exc_LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding,
                           encoding_side ? "codecs.encode()" : "codecs.decode()");
        }
    }
    V function = coder_of(t, info, encoding_side);
    v_drop(t, info);
    return function;
}

static V encode_other(Thread *t, V v, const char *encoding, const char *errors) {
    V function = text_coder(t, encoding, true);
    if (v_is_error(function)) return function;
    V r = run_codec(t, function, v, encoding, errors, true);
    v_drop(t, function);
    if (v_is_error(r) || v_is_bytes(r)) return r;
    V result = V_ERROR;
    if (type_check(t, r, &bytearray_type)) {
        if (warn(t, &exc_RuntimeWarning, 1, "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to "
                 "arbitrary types", encoding) == 0)
            result = bytes_from(t, bytearray_data(r), bytearray_len(r));
    } else {
        err_set(t, &exc_TypeError, "'%.400s' encoder returned '%T' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                encoding, r);
    }
    v_drop(t, r);
    return result;
}

// -X dev: names are looked up even when nothing comes of it.
static int check_names(Thread *t, const char *encoding, const char *errors) {
    static const char *const fine[] = {"strict", "ignore", "replace", "surrogateescape", "surrogatepass"};
    if (encoding && known_encoding(encoding) == ENC_OTHER) {
        V info = codec_lookup(t, encoding);
        if (v_is_error(info)) return -1;
        v_drop(t, info);
    }
    if (!errors) return 0;
    for (size_t i = 0; i < countof(fine); i++)
        if (strcmp(errors, fine[i]) == 0) return 0;
    V handler = codec_lookup_error(t, errors);
    if (v_is_error(handler)) return -1;
    v_drop(t, handler);
    return 0;
}

V str_encode(Thread *t, V v, const char *encoding, const char *errors) {
    if (unlikely(start_options.dev_mode) && check_names(t, encoding, errors) < 0) return V_ERROR;
    switch (known_encoding(encoding)) {
    case ENC_UTF8: return codec_utf8_encode(t, v, errors);
    case ENC_ASCII: return codec_ascii_encode(t, v, errors);
    case ENC_LATIN1: return codec_latin1_encode(t, v, errors);
    case ENC_UTF16: return codec_utf16_encode(t, v, errors, 0);
    case ENC_UTF32: return codec_utf32_encode(t, v, errors, 0);
    default: return encode_other(t, v, encoding, errors);
    }
}

static V decode_other(Thread *t, V v, const char *encoding, const char *errors) {
    V function = text_coder(t, encoding, false);
    if (v_is_error(function)) return function;
    V r = run_codec(t, function, v, encoding, errors, false);
    v_drop(t, function);
    if (v_is_error(r) || v_is_str(r)) return r;
    err_set(t, &exc_TypeError, "'%.400s' decoder returned '%T' instead of 'str'; use codecs.decode() to decode to arbitrary types", encoding, r);
    v_drop(t, r);
    return V_ERROR;
}

static V decode_known(Thread *t, int encoding, const void *p, size_t n, const char *errors) {
    int order = 0;
    switch (encoding) {
    case ENC_UTF8: return codec_utf8_decode(t, p, n, errors, NULL);
    case ENC_ASCII: return codec_ascii_decode(t, p, n, errors);
    case ENC_LATIN1: return codec_latin1_decode(t, p, n);
    case ENC_UTF16: return codec_utf16_decode(t, p, n, errors, &order, NULL);
    default: return codec_utf32_decode(t, p, n, errors, &order, NULL);
    }
}

// Nothing is "" whatever the encoding is called.
static V decode_memory(Thread *t, V v, const void *p, size_t n, const char *encoding, const char *errors) {
    int which = known_encoding(encoding);
    if (!n) return str_empty();
    return which == ENC_OTHER ? decode_other(t, v, encoding, errors) : decode_known(t, which, p, n, errors);
}

V codec_decode(Thread *t, V v, const char *encoding, const char *errors) {
    if (unlikely(start_options.dev_mode) && check_names(t, encoding, errors) < 0) return V_ERROR;
    if (v_is_bytes(v)) return decode_memory(t, v, bytes_data(v), bytes_len(v), encoding, errors);
    Buffer view;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V r = decode_memory(t, v, view.data, (size_t)view.len, encoding, errors);
    buffer_release(t, &view);
    return r;
}
