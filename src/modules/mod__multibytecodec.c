// SPDX-License-Identifier: MIT
// Module _multibytecodec: incremental coders and streams over a MultibyteCodec.
//
// The classes are made to be derived from: the subclass says by its attribute `codec` which codec it is.  What cannot be
// coded yet waits in `pending`: bytes of an unfinished code, or a character that may pair with the next one.  Methods work
// on a copy of the state and store it when they are done, because an error handler may run Python in the middle.
#include "cjk.h"
#include "object/misc.h"
#include "runtime/codecs.h"

enum { MAX_PENDING_BYTES = 8, MAX_PENDING_CHARS = 2, STATE_BYTES = 8 };

typedef struct Coder { // all four classes
    Obj head;
    const Cjk *coder;     // const after __new__
    Slot errors;          // str
    Slot pending;         // bytes or str; V_NULL: nothing
    Slot stream;          // of readers and writers
    uint8_t state[STATE_BYTES]; // self->lock
} Coder;

static Coder *coder_of(V v) { return (Coder *)v_obj(v); }

static V take_pending(Coder *c) { return slot_take(&c->head, &c->pending); }
static void set_pending_steal(Thread *t, Coder *c, V v) { slot_set_steal(t, &c->head, &c->pending, v); }

// pending + more, consuming pending (V_NULL: nothing).
static V join(Thread *t, V pending, V more) {
    if (pending == V_NULL) return v_dup(more);
    V both = v_is_str(more) ? str_concat(t, pending, more) : bytes_concat(t, pending, more);
    v_drop(t, pending);
    return both;
}

// ---- encoding ---------------------------------------------------------------------------------------------------------
// The bytes of what waited and text; what waits now is kept.
static V encode_with(Thread *t, Coder *c, V str, const char *errors, bool final) {
    V all = join(t, slot_get(&c->head, &c->pending), str);
    if (v_is_error(all)) return V_ERROR;
    uint8_t state[STATE_BYTES];
    memcpy(state, c->state, sizeof state);
    size_t left = 0, n = str_len(all);
    V bytes = cjk_encode(t, c->coder, state, all, errors, final ? NULL : &left, final);
    memcpy(c->state, state, sizeof state);
    if (!v_is_error(bytes)) {
        V rest = left ? str_substring(t, all, n - left, n) : V_NULL;
        if (v_is_error(rest)) {
            v_drop(t, bytes);
            bytes = V_ERROR;
        } else {
            set_pending_steal(t, c, rest);
        }
    }
    v_drop(t, all);
    return bytes;
}

// The same for any object; the handler's name is held, for a handler may give the coder another one.
static V encode_more(Thread *t, Coder *c, V text, bool final) {
    V errors = slot_get(&c->head, &c->errors), str = obj_str(t, text), bytes = V_ERROR;
    const char *name = v_is_error(str) ? NULL : str_cstr(t, errors);
    if (name) bytes = encode_with(t, c, str, name, final);
    v_drop(t, str);
    v_drop(t, errors);
    return bytes;
}

static NATIVE(encoder_encode) {
    UNUSED_NATIVE();
    int final = args[1] == V_NULL ? 0 : obj_is_true(t, args[1]);
    return final < 0 ? V_ERROR : encode_more(t, coder_of(self), args[0], final);
}

static void encode_reset(Coder *c) {
    CjkBytes out = {.n = 0};
    if (c->coder->encode_end) c->coder->encode_end(c->state, &out);
}

static NATIVE(encoder_reset) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    encode_reset(c);
    set_pending_steal(t, c, V_NULL);
    return V_NONE;
}

// An int of: the length of what waits in UTF-8, that text, the state.
static NATIVE(encoder_getstate) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    uint8_t text[1 + MAX_PENDING_CHARS * 4 + STATE_BYTES];
    size_t n = 0;
    V pending = slot_get(&c->head, &c->pending);
    if (pending != V_NULL) {
        const char *utf8 = str_utf8(t, pending, &n);
        if (utf8) memcpy(text + 1, utf8, n);
        v_drop(t, pending);
        if (!utf8) return V_ERROR;
    }
    text[0] = (uint8_t)n;
    memcpy(text + 1 + n, c->state, STATE_BYTES);
    return int_from_bytes(t, text, 1 + n + STATE_BYTES, true, false);
}

static NATIVE(encoder_setstate) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    uint8_t text[1 + MAX_PENDING_CHARS * 4 + STATE_BYTES];
    if (!v_is_any_int(args[0])) return err_set(t, &exc_TypeError, "setstate() argument must be int, not %K", args[0]);
    if (int_to_bytes(t, args[0], text, sizeof text, true, false) < 0) return V_ERROR;
    if (text[0] > MAX_PENDING_CHARS * 4) return err_set(t, &exc_UnicodeError, "pending buffer too large");
    V pending = text[0] ? str_from_utf8(t, (const char *)text + 1, text[0]) : V_NULL;
    if (v_is_error(pending)) return V_ERROR;
    set_pending_steal(t, c, pending);
    memcpy(c->state, text + 1 + text[0], STATE_BYTES);
    return V_NONE;
}

// ---- decoding -----------------------------------------------------------------------------------------------------------
// The text of what waited and bytes.  After an error nothing waits, but for the one that says the end is unfinished.
static V decode_with(Thread *t, Coder *c, V bytes, const char *errors, bool final) {
    V before = take_pending(c), all = join(t, before == V_NULL ? V_NULL : v_dup(before), bytes);
    if (v_is_error(all)) {
        v_drop(t, before);
        return V_ERROR;
    }
    uint8_t state[STATE_BYTES];
    memcpy(state, c->state, sizeof state);
    CjkEnd end = {.final = final};
    size_t n = bytes_len(all);
    V text = cjk_decode(t, c->coder, state, (const uint8_t *)bytes_data(all), n, errors, &end);
    memcpy(c->state, state, sizeof state);
    if (end.failed_at_end && before != V_NULL) {
        set_pending_steal(t, c, v_dup(before));
    } else if (!v_is_error(text) && end.left) {
        V rest = end.left > MAX_PENDING_BYTES ? err_set(t, &exc_UnicodeError, "pending buffer overflow")
                                              : bytes_from(t, bytes_data(all) + n - end.left, end.left);
        if (v_is_error(rest)) {
            v_drop(t, text);
            text = V_ERROR;
        } else {
            set_pending_steal(t, c, rest);
        }
    }
    v_drop(t, before);
    v_drop(t, all);
    return text;
}

static V decode_more(Thread *t, Coder *c, V bytes, bool final) {
    V errors = slot_get(&c->head, &c->errors);
    const char *name = str_cstr(t, errors);
    V text = name ? decode_with(t, c, bytes, name, final) : V_ERROR;
    v_drop(t, errors);
    return text;
}

static NATIVE(decoder_decode) {
    UNUSED_NATIVE();
    int final = args[1] == V_NULL ? 0 : obj_is_true(t, args[1]);
    Buffer view;
    if (final < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    V bytes = bytes_from(t, view.data, (size_t)view.len), text = V_ERROR;
    buffer_release(t, &view);
    if (!v_is_error(bytes)) text = decode_more(t, coder_of(self), bytes, final);
    v_drop(t, bytes);
    return text;
}

static NATIVE(decoder_reset) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    if (c->coder->decode_reset) c->coder->decode_reset(c->state);
    set_pending_steal(t, c, V_NULL);
    return V_NONE;
}

static NATIVE(decoder_getstate) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    V pending = slot_get(&c->head, &c->pending);
    if (pending == V_NULL) pending = bytes_empty();
    return tuple_pack_steal(t, 2, pending, int_from_bytes(t, c->state, STATE_BYTES, true, false));
}

static NATIVE(decoder_setstate) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    uint8_t state[STATE_BYTES];
    if (!v_is_tuple(args[0])) return err_set(t, &exc_TypeError, "setstate() argument must be tuple, not %K", args[0]);
    if (tuple_len(args[0]) != 2 || !v_is_bytes(tuple_borrow(args[0], 0)) || !v_is_any_int(tuple_borrow(args[0], 1)))
        return err_set(t, &exc_TypeError, "setstate(): illegal state argument");
    V pending = tuple_get(args[0], 0), number = tuple_get(args[0], 1);
    int r = int_to_bytes(t, number, state, sizeof state, true, false);
    v_drop(t, number);
    if (r == 0 && bytes_len(pending) > MAX_PENDING_BYTES) {
        err_set(t, &exc_UnicodeError, "pending buffer too large");
        r = -1;
    }
    if (r < 0) {
        v_drop(t, pending);
        return V_ERROR;
    }
    set_pending_steal(t, c, pending);
    memcpy(c->state, state, sizeof state);
    return V_NONE;
}

// ---- reading --------------------------------------------------------------------------------------------------------------
static V read_bytes(Thread *t, V stream, V method, int64_t size) {
    V n = v_from_int(size), bytes = size < 0 ? obj_call_method0(t, stream, method) : obj_call_method1(t, stream, method, n);
    if (v_is_error(bytes) || v_is_bytes(bytes)) return bytes;
    err_set(t, &exc_TypeError, "stream function returned a non-bytes object (%T)", bytes);
    v_drop(t, bytes);
    return V_ERROR;
}

// Calls the stream's method until there is text, or no more to be had.  size < 0: all.
static V read_text(Thread *t, Coder *c, V method, int64_t size) {
    if (size == 0) return str_empty();
    V stream = slot_get(&c->head, &c->stream), text;
    for (;; size = 1) { // bytes of an unfinished code were read: one more
        V bytes = read_bytes(t, stream, method, size);
        text = v_is_error(bytes) ? V_ERROR : decode_more(t, c, bytes, size < 0 || bytes_len(bytes) == 0);
        bool again = !v_is_error(text) && str_len(text) == 0 && size > 0 && bytes_len(bytes) > 0;
        v_drop(t, bytes);
        if (!again) break;
        v_drop(t, text);
    }
    v_drop(t, stream);
    return text;
}

static int size_argument(Thread *t, V v, int64_t *size) {
    *size = -1;
    if (v == V_NULL || v == V_NONE) return 0;
    if (v_is_any_int(v)) return int_as_i64(t, v, size);
    err_set(t, &exc_TypeError, "arg 1 must be an integer");
    return -1;
}

static NATIVE(reader_read) {
    UNUSED_NATIVE();
    int64_t size;
    return size_argument(t, args[0], &size) < 0 ? V_ERROR : read_text(t, coder_of(self), NAME(read), size);
}

static NATIVE(reader_readline) {
    UNUSED_NATIVE();
    int64_t size;
    return size_argument(t, args[0], &size) < 0 ? V_ERROR : read_text(t, coder_of(self), NAME(readline), size);
}

static NATIVE(reader_readlines) {
    UNUSED_NATIVE();
    int64_t size;
    V text = size_argument(t, args[0], &size) < 0 ? V_ERROR : read_text(t, coder_of(self), NAME(read), size);
    if (v_is_error(text)) return V_ERROR;
    V lines = obj_call_method1(t, text, NAME(splitlines), V_TRUE);
    v_drop(t, text);
    return lines;
}

// ---- writing --------------------------------------------------------------------------------------------------------------
// Consumes bytes.
static int write_bytes(Thread *t, Coder *c, V bytes) {
    if (v_is_error(bytes)) return -1;
    V stream = slot_get(&c->head, &c->stream), r = obj_call_method1(t, stream, NAME(write), bytes);
    v_drop(t, stream);
    v_drop(t, bytes);
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

static NATIVE(writer_write) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    return write_bytes(t, c, encode_more(t, c, args[0], false)) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(writer_writelines) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    if (!obj_is_sequence(args[0])) return err_set(t, &exc_TypeError, "arg must be a sequence object");
    for (ptrdiff_t i = 0;; i++) {
        ptrdiff_t n = obj_len(t, args[0]);
        if (n < 0) return V_ERROR;
        if (i >= n) return V_NONE;
        V line = obj_getitem(t, args[0], v_from_int(i));
        int r = v_is_error(line) ? -1 : write_bytes(t, c, encode_more(t, c, line, false));
        v_drop(t, line);
        if (r < 0) return V_ERROR;
    }
}

// Writes what waits; without it the state stays.
static NATIVE(writer_reset) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    if (slot_peek(&c->pending) == V_NULL) return V_NONE;
    V bytes = encode_more(t, c, str_empty(), true);
    set_pending_steal(t, c, V_NULL);
    if (v_is_error(bytes)) return V_ERROR;
    if (bytes_len(bytes) > 0) return write_bytes(t, c, bytes) < 0 ? V_ERROR : V_NONE;
    v_drop(t, bytes);
    return V_NONE;
}

// ---- making ---------------------------------------------------------------------------------------------------------------
static V make(Thread *t, Type *type, V stream, V errors, const char *name, bool decodes) {
    if (errors != V_NULL && !v_is_str(errors))
        return err_set(t, &exc_TypeError, "%s() argument %d must be str, not %K", name, stream == V_NULL ? 1 : 2, errors);
    V self = type_alloc(t, type, 0), codec = v_is_error(self) ? V_ERROR : obj_getattr(t, v_from_type(type), NAME(codec));
    if (!v_is_error(codec) && !v_is_exact(codec, &cjk_codec_type)) {
        v_drop(t, codec);
        codec = err_set(t, &exc_TypeError, "codec is unexpected type");
    }
    if (v_is_error(codec)) {
        v_drop(t, self);
        return V_ERROR;
    }
    Coder *c = coder_of(self);
    c->coder = cjk_of(codec);
    v_drop(t, codec);
    slot_init(t, &c->head, &c->errors, errors == V_NULL ? NAME(strict) : errors);
    if (stream != V_NULL) slot_init(t, &c->head, &c->stream, stream);
    void (*start)(uint8_t *) = decodes ? c->coder->decode_start : c->coder->encode_start;
    if (start) start(c->state);
    return self;
}

static V make_incremental(Thread *t, Type *type, const V *args, size_t nargs, V kwnames, const char *name, bool decodes) {
    V errors;
    if (args_bind(t, name, "errors='strict'", args, nargs, kwnames, &errors) < 0) return V_ERROR;
    return make(t, type, V_NULL, errors, name, decodes);
}

static V make_stream(Thread *t, Type *type, const V *args, size_t nargs, V kwnames, const char *name, bool decodes) {
    V given[2];
    if (args_bind(t, name, "stream, errors='strict'", args, nargs, kwnames, given) < 0) return V_ERROR;
    return make(t, type, given[0], given[1], name, decodes);
}

#define NEW(id, how, name, decodes) \
    static V id##_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) { \
        return how(t, type, args, nargs, kwnames, name, decodes); \
    }
NEW(encoder, make_incremental, "IncrementalEncoder", false)
NEW(decoder, make_incremental, "IncrementalDecoder", true)
NEW(reader, make_stream, "StreamReader", true)
NEW(writer, make_stream, "StreamWriter", false)

// __new__ has done it; what the constructors behind it in package codecs want is none of these classes'.
static int coder_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)t, (void)self, (void)args, (void)nargs, (void)kwnames;
    return 0;
}

static void coder_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Coder *c = (Coder *)o;
    VISIT(c->errors);
    VISIT(c->pending);
    VISIT(c->stream);
}

static V get_errors(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &coder_of(self)->errors);
}

static int set_errors(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (!v_is_str(value)) {
        err_set(t, &exc_TypeError, "errors must be a string");
        return -1;
    }
    CRITICAL(t, v_obj(self));
    slot_set(t, v_obj(self), &coder_of(self)->errors, value);
    return 0;
}

static const GetSet coder_getsets[] = {{"errors", get_errors, set_errors, "how to treat errors", NULL}, {NULL, NULL, NULL, NULL, NULL}};
static const Member stream_members[] = {{"stream", MEMBER_SLOT_OR_NONE, offsetof(Coder, stream), true, NULL}, {NULL, 0, 0, false, NULL}};

static const Method encoder_methods[] = {
    {"encode", encoder_encode, "input, final=False", LOCK_SELF, 0, NULL},
    {"getstate", encoder_getstate, "", LOCK_SELF, 0, NULL},
    {"setstate", encoder_setstate, "state, /", LOCK_SELF, 0, NULL},
    {"reset", encoder_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const Method decoder_methods[] = {
    {"decode", decoder_decode, "input, final=False", LOCK_SELF, 0, NULL},
    {"getstate", decoder_getstate, "", LOCK_SELF, 0, NULL},
    {"setstate", decoder_setstate, "state, /", LOCK_SELF, 0, NULL},
    {"reset", decoder_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const Method reader_methods[] = {
    {"read", reader_read, "sizeobj=None, /", LOCK_SELF, 0, NULL},
    {"readline", reader_readline, "sizeobj=None, /", LOCK_SELF, 0, NULL},
    {"readlines", reader_readlines, "sizehintobj=None, /", LOCK_SELF, 0, NULL},
    {"reset", decoder_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const Method writer_methods[] = {
    {"write", writer_write, "strobj, /", LOCK_SELF, 0, NULL},
    {"writelines", writer_writelines, "lines, /", LOCK_SELF, 0, NULL},
    {"reset", writer_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};

#define CODER_TYPE(id, label, ...) \
    static Type id##_type = { \
        TYPE_HEAD("_multibytecodec.Multibyte" label), .size = sizeof(Coder), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE, \
        .new_ = id##_new, .init = coder_init, .traverse = coder_traverse, .methods = id##_methods, .getsets = coder_getsets, __VA_ARGS__}
CODER_TYPE(encoder, "IncrementalEncoder", );
CODER_TYPE(decoder, "IncrementalDecoder", );
CODER_TYPE(reader, "StreamReader", .members = stream_members);
CODER_TYPE(writer, "StreamWriter", .members = stream_members);

static int multibytecodec_exec(Thread *t, V module) {
    if (type_ready(t, &cjk_codec_type) < 0 || module_add_type(t, module, &encoder_type) < 0) return -1;
    if (module_add_type(t, module, &decoder_type) < 0 || module_add_type(t, module, &reader_type) < 0) return -1;
    return module_add_type(t, module, &writer_type);
}

const ModuleDef mod__multibytecodec = {.name = "_multibytecodec", .exec = multibytecodec_exec};
