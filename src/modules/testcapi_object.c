// SPDX-License-Identifier: MIT
// Module _testcapi: containers, text, code and marshal from C.
#include "testcapi_private.h"

#include "object/code.h"
#include <errno.h>
#include <stdio.h>

// ---- containers ------------------------------------------------------------------------------------------------------------------
static NATIVE(dict_getitem_knownhash) {
    UNUSED_NATIVE();
    int64_t hash;
    if (!v_is_dict(args[0])) return err_set(t, &exc_SystemError, "bad argument to internal function");
    if (num_as_i64(t, args[2], &hash) < 0) return V_ERROR;
    V found = dict_get_hash(t, args[0], args[1], hash);
    return found == V_NULL ? err_key(t, args[1]) : found;
}

static NATIVE(sequence_getitem) {
    UNUSED_NATIVE();
    ptrdiff_t i;
    if (num_as_ssize(t, args[1], &exc_OverflowError, &i) < 0) return V_ERROR;
    if (!v_type(args[0])->item) return err_set(t, &exc_TypeError, "'%T' object does not support indexing", args[0]);
    ptrdiff_t len = i < 0 ? obj_len(t, args[0]) : 0;
    if (len < 0) return V_ERROR;
    return v_type(args[0])->item(t, args[0], i < 0 ? i + len : i);
}
static NATIVE(sequence_setitem) {
    UNUSED_NATIVE();
    return obj_setitem(t, args[0], args[1], args[2]) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(getbuffer_with_null_view) {
    UNUSED_NATIVE();
    if (!obj_has_buffer(args[0])) return err_set(t, &exc_TypeError, "a bytes-like object is required, not '%T'", args[0]);
    return buffer_get(t, args[0], NULL, BUF_SIMPLE) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(type_get_version) {
    UNUSED_NATIVE();
    if (!v_is_type(args[0])) return err_set(t, &exc_TypeError, "argument must be a type");
    return v_from_int(type_version(t, v_as_type(args[0])));
}

// ---- floats as bytes ----------------------------------------------------------------------------------------------------------------
static V struct_call(Thread *t, const char *function, ptrdiff_t size, V value, bool little) {
    const char *letters = size == 2 ? "e" : size == 4 ? "f" : size == 8 ? "d" : NULL;
    if (!letters) return err_set(t, &exc_ValueError, "size must be 2, 4 or 8");
    V callable = import_attr_c(t, "_struct", function), format = str_from_format(t, "%c%s", little ? '<' : '>', letters);
    V result = v_is_error(callable) || v_is_error(format) ? V_ERROR : obj_call2(t, callable, format, value);
    v_drop(t, callable);
    v_drop(t, format);
    return result;
}
static NATIVE(float_pack) {
    UNUSED_NATIVE();
    ptrdiff_t size;
    int little = obj_is_true(t, args[2]);
    if (little < 0 || num_as_ssize(t, args[0], &exc_OverflowError, &size) < 0) return V_ERROR;
    return struct_call(t, "pack", size, args[1], little);
}
static NATIVE(float_unpack) {
    UNUSED_NATIVE();
    int little = obj_is_true(t, args[1]);
    if (little < 0) return V_ERROR;
    if (!v_is_bytes(args[0])) return err_bad_argument(t, "float_unpack", "argument 1", "bytes", args[0]);
    V tuple = struct_call(t, "unpack", (ptrdiff_t)bytes_len(args[0]), args[0], little);
    if (v_is_error(tuple)) return V_ERROR;
    V result = tuple_get(tuple, 0);
    v_drop(t, tuple);
    return result;
}

// ---- code and marshal -------------------------------------------------------------------------------------------------------------
static NATIVE(code_newempty) {
    UNUSED_NATIVE();
    int line;
    const char *file = v_is_str(args[0]) ? str_cstr(t, args[0]) : NULL, *name = file && v_is_str(args[1]) ? str_cstr(t, args[1]) : NULL;
    if (!name) return err_pending(t) ? V_ERROR : err_set(t, &exc_TypeError, "names must be str");
    return num_as_int(t, args[2], &line) < 0 ? V_ERROR : code_new_empty(t, file, name, line);
}

static FILE *open_file(Thread *t, V name, const char *mode) {
    V path = v_is_str(name) ? str_to_fs_bytes(t, name) : v_dup(name);
    if (v_is_error(path)) return NULL;
    FILE *f = v_is_bytes(path) ? fopen(bytes_data(path), mode) : NULL;
    if (!f) err_errno(t, &exc_OSError, name, V_NULL);
    v_drop(t, path);
    return f;
}

static V write_bytes(Thread *t, V name, const void *p, size_t n) {
    FILE *f = open_file(t, name, "wb");
    if (!f) return V_ERROR;
    bool whole = fwrite(p, 1, n, f) == n;
    if (fclose(f) == 0 && whole) return V_NONE;
    return err_errno(t, &exc_OSError, name, V_NULL);
}

static NATIVE(write_long) {
    UNUSED_NATIVE();
    int64_t n;
    if (num_as_i64(t, args[0], &n) < 0) return V_ERROR;
    uint8_t p[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    return write_bytes(t, args[1], p, sizeof p);
}

static NATIVE(write_object) {
    UNUSED_NATIVE();
    V dumps = import_attr_c(t, "marshal", "dumps"), data = v_is_error(dumps) ? V_ERROR : obj_call2(t, dumps, args[0], args[2]);
    V result = v_is_error(data) ? V_ERROR : write_bytes(t, args[1], bytes_data(data), bytes_len(data));
    v_drop(t, dumps);
    v_drop(t, data);
    return result;
}

// (a little-endian int of n bytes at the file's start, n)
static V read_int(Thread *t, V name, size_t n) {
    FILE *f = open_file(t, name, "rb");
    if (!f) return V_ERROR;
    uint8_t p[4];
    size_t got = fread(p, 1, n, f);
    fclose(f);
    if (got != n) return err_set(t, &exc_EOFError, "marshal data too short");
    return tuple_pack_steal(t, 2, int_from_bytes(t, p, n, true, true), v_from_int((int64_t)n));
}
static NATIVE(read_short) {
    UNUSED_NATIVE();
    return read_int(t, args[0], 2);
}
static NATIVE(read_long) {
    UNUSED_NATIVE();
    return read_int(t, args[0], 4);
}

// (a value at the file's start, where the file stands behind it)
static NATIVE(read_object) {
    UNUSED_NATIVE();
    V open = import_attr_c(t, "io", "open"), file = v_is_error(open) ? V_ERROR : obj_call2(t, open, args[0], NAME(rb));
    V load = v_is_error(file) ? V_ERROR : import_attr_c(t, "marshal", "load");
    V value = v_is_error(load) ? V_ERROR : obj_call1(t, load, file);
    V at = v_is_error(value) ? V_ERROR : obj_call_method0(t, file, NAME(tell));
    V saved = err_fetch(t);
    V closed = v_is_error(file) ? V_NONE : obj_call_method0(t, file, NAME(close));
    v_drop(t, open);
    v_drop(t, file);
    v_drop(t, load);
    v_drop(t, closed);
    if (saved != V_NULL) {
        err_clear(t);
        err_restore_steal(t, saved);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 2, value, v_is_error(closed) ? V_ERROR : at);
}

// ---- codecs --------------------------------------------------------------------------------------------------------------------------
static V make_incremental(Thread *t, V encoding, V errors, const char *which) {
    const char *name = v_is_str(encoding) ? str_cstr(t, encoding) : NULL;
    if (!name) return err_pending(t) ? V_ERROR : err_set(t, &exc_TypeError, "encoding must be a str");
    V info = codec_lookup(t, name), factory = v_is_error(info) ? V_ERROR : obj_getattr_c(t, info, which);
    V result = V_ERROR;
    if (factory == V_NONE) err_set(t, &exc_LookupError, "%s has no %s", name, which);
    else if (!v_is_error(factory)) result = errors == V_NULL ? obj_call0(t, factory) : obj_call1(t, factory, errors);
    v_drop(t, info);
    v_drop(t, factory);
    return result;
}
static NATIVE(codec_encoder) {
    UNUSED_NATIVE();
    return make_incremental(t, args[0], args[1], "incrementalencoder");
}
static NATIVE(codec_decoder) {
    UNUSED_NATIVE();
    return make_incremental(t, args[0], args[1], "incrementaldecoder");
}

static NATIVE(traceback_print_) {
    UNUSED_NATIVE();
    V format = import_attr_c(t, "traceback", "print_tb"), names = v_is_error(format) ? V_ERROR : tuple_pack(t, 1, NAME(file));
    V header = v_is_error(names) ? V_ERROR : obj_call_method1(t, args[1], NAME(write), NAME_STR("Traceback (most recent call last):\n"));
    V given[] = {args[0], args[1]};
    V result = v_is_error(header) ? V_ERROR : obj_call(t, format, given, 1, names);
    v_drop(t, format);
    v_drop(t, names);
    v_drop(t, header);
    return result;
}

const Method testcapi_object_methods[] = {
    {"dict_getitem_knownhash", dict_getitem_knownhash, "dict, key, hash, /", LOCK_NONE, 0, "dict[key] by a hash that is known."},
    {"sequence_getitem", sequence_getitem, "sequence, index, /", LOCK_NONE, 0, "An item through the type's item slot."},
    {"sequence_setitem", sequence_setitem, "sequence, index, value, /", LOCK_NONE, 0, "Sets an item."},
    {"getbuffer_with_null_view", getbuffer_with_null_view, "object, /", LOCK_NONE, 0, "Asks for a buffer without a view."},
    {"type_get_version", type_get_version, "type, /", LOCK_NONE, 0, "The type's version, which caches compare."},
    {"float_pack", float_pack, "size, value, little_endian, /", LOCK_NONE, 0, "A float as 2, 4 or 8 bytes."},
    {"float_unpack", float_unpack, "data, little_endian, /", LOCK_NONE, 0, "A float out of 2, 4 or 8 bytes."},
    {"code_newempty", code_newempty, "filename, funcname, firstlineno, /", LOCK_NONE, 0, "A code object that does nothing."},
    {"pymarshal_write_long_to_file", write_long, "value, filename, version, /", LOCK_NONE, 0, "Writes an int of 32 bits."},
    {"pymarshal_write_object_to_file", write_object, "value, filename, version, /", LOCK_NONE, 0, "Marshals into a file."},
    {"pymarshal_read_short_from_file", read_short, "filename, /", LOCK_NONE, 0, "(int, position)"},
    {"pymarshal_read_long_from_file", read_long, "filename, /", LOCK_NONE, 0, "(int, position)"},
    {"pymarshal_read_object_from_file", read_object, "filename, /", LOCK_NONE, 0, "(value, position)"},
    {"pymarshal_read_last_object_from_file", read_object, "filename, /", LOCK_NONE, 0, "(value, position)"},
    {"codec_incrementalencoder", codec_encoder, "encoding, errors=None, /", LOCK_NONE, 0, "A new incremental encoder."},
    {"codec_incrementaldecoder", codec_decoder, "encoding, errors=None, /", LOCK_NONE, 0, "A new incremental decoder."},
    {"traceback_print", traceback_print_, "traceback, file, /", LOCK_NONE, 0, "Writes a traceback to a file."},
    METHOD_END,
};
