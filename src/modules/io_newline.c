// SPDX-License-Identifier: MIT
// Newlines: finding line ends in text, IncrementalNewlineDecoder, and the incremental decoder for the three encodings
// that need no import (UTF-8, ASCII, Latin-1).
#include "io_newline.h"

// ---- line ends ----------------------------------------------------------------------------------------------------------
// The index behind the first line end in text[start .. len), or -1.
ptrdiff_t io_find_line_end(V text, size_t start, LineMode mode, V newline) {
    size_t len = str_len(text);
    if (mode == LINES_LF) {
        ptrdiff_t at = str_find_char(text, '\n', start, len, 1);
        return at < 0 ? -1 : at + 1;
    }
    if (mode == LINES_UNIVERSAL) {
        int kind = str_kind(text);
        const void *data = str_data(text);
        for (size_t i = start; i < len; i++) {
            uint32_t c = str_read(kind, data, i);
            if (c == '\n') return (ptrdiff_t)i + 1;
            if (c == '\r') return (ptrdiff_t)(i + 1 < len && str_read(kind, data, i + 1) == '\n' ? i + 2 : i + 1);
        }
        return -1;
    }
    ptrdiff_t at = str_find(text, newline, start, len, 1);
    return at < 0 ? -1 : at + (ptrdiff_t)str_len(newline);
}

// "\r\n" and "\r" become "\n" where translate; what was seen goes to *seen.
V io_translate_newlines(Thread *t, V text, bool translate, int *seen) {
    size_t len = str_len(text);
    int kind = str_kind(text), found = 0;
    const void *data = str_data(text);
    if (str_find_char(text, '\r', 0, len, 1) < 0) {
        if (str_find_char(text, '\n', 0, len, 1) >= 0) *seen |= SEEN_LF;
        return v_dup(text);
    }
    StrBuilder sb;
    if (translate) sb_init(&sb, t);
    for (size_t i = 0; i < len; i++) {
        uint32_t c = str_read(kind, data, i);
        if (c == '\n') {
            found |= SEEN_LF;
        } else if (c == '\r') {
            bool pair = i + 1 < len && str_read(kind, data, i + 1) == '\n';
            found |= pair ? SEEN_CRLF : SEEN_CR;
            if (translate) {
                c = '\n';
                i += pair;
            } else if (pair) {
                i++;
            }
        }
        if (translate) sb_char(&sb, c);
    }
    *seen |= found;
    return translate ? sb_finish(&sb) : v_dup(text);
}

V io_seen_newlines(Thread *t, int seen) { // None, a str, or a tuple of them
    static const char *const texts[] = {"\r", "\n", "\r\n"};
    static const int bits[] = {SEEN_CR, SEEN_LF, SEEN_CRLF};
    V found[3];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        if (seen & bits[i]) found[n++] = str_static(texts[i]);
    }
    return n == 0 ? V_NONE : n == 1 ? found[0] : tuple_from(t, found, n);
}

// ---- IncrementalNewlineDecoder ------------------------------------------------------------------------------------------
static NewlineDecoder *newline_of(V v) { return (NewlineDecoder *)v_obj(v); }

static V append_char(Thread *t, V text_steal, uint32_t c, bool front) {
    V one = str_from_char(t, c);
    V both = v_is_error(one) ? V_ERROR : front ? str_concat(t, one, text_steal) : str_concat(t, text_steal, one);
    v_drop(t, one);
    v_drop(t, text_steal);
    return both;
}

// text_steal: what the inner decoder gave.
static V decode_newlines(Thread *t, NewlineDecoder *d, V text, bool final) {
    if (d->pending_cr && (final || str_len(text))) {
        text = append_char(t, text, '\r', true);
        d->pending_cr = false;
        if (v_is_error(text)) return V_ERROR;
    }
    size_t len = str_len(text);
    if (!final && len && str_at(text, len - 1) == '\r') { // perhaps half of "\r\n"
        V head = str_substring(t, text, 0, len - 1);
        v_drop(t, text);
        if (v_is_error(head)) return V_ERROR;
        text = head;
        d->pending_cr = true;
    }
    V result = io_translate_newlines(t, text, d->translate, &d->seen);
    v_drop(t, text);
    return result;
}

V newline_decoder_decode(Thread *t, V self, V input, bool final) {
    NewlineDecoder *d = newline_of(self);
    V inner = slot_get(v_obj(self), &d->decoder), text; // it may be replaced while it is called
    if (inner == V_NULL) return err_set(t, &exc_ValueError, "IncrementalNewlineDecoder.__init__() not called");
    if (inner == V_NONE) {
        text = v_dup(input);
    } else if (v_is_exact(inner, &plain_decoder_type)) {
        text = plain_decoder_decode(t, inner, input, final);
    } else {
        text = obj_call_method2(t, inner, NAME(decode), input, v_from_bool(final));
    }
    v_drop(t, inner);
    if (v_is_error(text)) return V_ERROR;
    if (!v_is_str(text)) {
        err_set(t, &exc_TypeError, "decoder should return a string result, not '%T'", text);
        v_drop(t, text);
        return V_ERROR;
    }
    return decode_newlines(t, d, text, final);
}

static NATIVE(newline_decode) {
    (void)nargs, (void)kwnames;
    int final = 0;
    if (args[1] != V_NULL && num_as_int(t, args[1], &final) < 0) return V_ERROR;
    return newline_decoder_decode(t, self, args[0], final != 0);
}

static NATIVE(newline_getstate) {
    UNUSED_NATIVE();
    NewlineDecoder *d = newline_of(self);
    V inner = slot_get(v_obj(self), &d->decoder), buffer = bytes_empty(), flag = V_INT(0);
    if (inner != V_NONE && inner != V_NULL) {
        V state = obj_call_method0(t, inner, NAME(getstate));
        v_drop(t, inner);
        if (v_is_error(state)) return V_ERROR;
        if (!v_is_tuple(state) || tuple_len(state) != 2) {
            v_drop(t, state);
            return err_set(t, &exc_TypeError, "illegal decoder state");
        }
        buffer = tuple_get(state, 0);
        flag = tuple_get(state, 1);
        v_drop(t, state);
    }
    V doubled = int_lshift(t, flag, V_INT(1));
    v_drop(t, flag);
    V whole = v_is_error(doubled) ? V_ERROR : int_or(t, doubled, v_from_int(d->pending_cr));
    v_drop(t, doubled);
    return tuple_pack_steal(t, 2, buffer, whole);
}

static NATIVE(newline_setstate) {
    (void)nargs, (void)kwnames;
    NewlineDecoder *d = newline_of(self);
    if (!v_is_tuple(args[0])) return err_set(t, &exc_TypeError, "state argument must be a tuple");
    if (tuple_len(args[0]) != 2 || !v_is_any_int(tuple_borrow(args[0], 1))) {
        return err_set(t, &exc_TypeError, "setstate(): illegal state argument");
    }
    V flag = tuple_borrow(args[0], 1), inner = slot_get(v_obj(self), &d->decoder);
    d->pending_cr = int_is_odd(flag);
    if (inner == V_NONE || inner == V_NULL) return V_NONE;
    V half = int_rshift(t, flag, V_INT(1));
    V state = v_is_error(half) ? V_ERROR : tuple_pack_steal(t, 2, v_dup(tuple_borrow(args[0], 0)), half);
    V r = v_is_error(state) ? V_ERROR : obj_call_method1(t, inner, NAME(setstate), state);
    v_drop(t, inner);
    v_drop(t, state);
    return r;
}

static NATIVE(newline_reset) {
    UNUSED_NATIVE();
    NewlineDecoder *d = newline_of(self);
    V inner = slot_get(v_obj(self), &d->decoder);
    d->seen = 0;
    d->pending_cr = false;
    V r = inner == V_NONE || inner == V_NULL ? V_NONE : obj_call_method0(t, inner, NAME(reset));
    v_drop(t, inner);
    return r;
}

static V get_newlines(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return io_seen_newlines(t, newline_of(self)->seen);
}

static int newline_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[3];
    if (args_bind(t, "IncrementalNewlineDecoder", "decoder, translate, errors='strict'", args, nargs, kwnames, a) < 0) return -1;
    int translate;
    if (num_as_int(t, a[1], &translate) < 0) return -1;
    NewlineDecoder *d = newline_of(self);
    CRITICAL(t, v_obj(self));
    slot_set(t, v_obj(self), &d->decoder, a[0]);
    d->translate = translate != 0;
    d->seen = 0;
    d->pending_cr = false;
    return 0;
}

static void newline_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((NewlineDecoder *)o)->decoder); }

V io_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return type_alloc(t, type, 0);
}

static const Method newline_methods[] = {
    {"decode", newline_decode, "input, final=False", LOCK_SELF, 0, NULL},
    {"getstate", newline_getstate, "", LOCK_SELF, 0, NULL},
    {"setstate", newline_setstate, "state, /", LOCK_SELF, 0, NULL},
    {"reset", newline_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const GetSet newline_getsets[] = {{"newlines", get_newlines, NULL, NULL, NULL}, {0}};
Type newline_decoder_type = {
    TYPE_HEAD("_io.IncrementalNewlineDecoder"), .base = &object_type, .size = sizeof(NewlineDecoder),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE, .doc = "A decoder that makes every end of a line \\n"
                                                              " and remembers which kinds there were.",
    .text_signature = "(decoder, translate, errors='strict')", .traverse = newline_traverse, .new_ = io_make, .init = newline_init,
    .methods = newline_methods, .getsets = newline_getsets,
};

// ---- the decoder that needs no import -----------------------------------------------------------------------------------
static PlainDecoder *plain_of(V v) { return (PlainDecoder *)v_obj(v); }

// Bytes at the end that begin a character which more input may complete.
static size_t incomplete_tail(const uint8_t *p, size_t n) {
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        uint8_t c = p[n - back];
        if ((c & 0xC0) == 0x80) continue;
        size_t want = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 1;
        if (want <= back) return 0;
        if (back >= 2) { // the second byte must fit the first, or it is an error now
            uint8_t second = p[n - back + 1];
            if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90) ||
                (c == 0xF4 && second > 0x8F)) return 0;
        }
        return back;
    }
    return 0;
}

// Nothing waits, and errors raise: straight from the input.
static V decode_directly(Thread *t, PlainDecoder *d, V input, bool final) {
    const char *p = bytes_data(input);
    size_t n = bytes_len(input), keep = final ? 0 : incomplete_tail((const uint8_t *)p, n);
    V text = str_from_utf8(t, p, n - keep);
    if (v_is_error(text)) return V_ERROR;
    memcpy(d->pending, p + n - keep, keep);
    d->n_pending = keep;
    return text;
}

V plain_decoder_decode(Thread *t, V self, V input, bool final) {
    PlainDecoder *d = plain_of(self);
    Buffer view;
    if (d->n_pending == 0 && d->encoding == PLAIN_UTF8 && v_is_exact(input, &bytes_type) && !strcmp(d->errors, "strict")) return decode_directly(t, d, input, final);
    if (buffer_get(t, input, &view, BUF_SIMPLE) < 0) return V_ERROR;
    size_t n = d->n_pending + (size_t)view.len, keep = 0;
    V all = bytes_new(t, n);
    if (!v_is_error(all)) {
        memcpy(bytes_data(all), d->pending, d->n_pending);
        if (view.len) memcpy(bytes_data(all) + d->n_pending, view.data, (size_t)view.len);
    }
    buffer_release(t, &view);
    if (v_is_error(all)) return V_ERROR;
    if (!final && d->encoding == PLAIN_UTF8) keep = incomplete_tail((uint8_t *)bytes_data(all), n);
    char tail[4];
    memcpy(tail, bytes_data(all) + n - keep, keep);
    if (keep) all = bytes_shrink_steal(t, all, n - keep);
    V text = v_is_error(all) ? V_ERROR : codec_decode(t, all, plain_encoding_names[d->encoding], d->errors);
    v_drop(t, all);
    if (v_is_error(text)) return V_ERROR;
    memcpy(d->pending, tail, keep);
    d->n_pending = keep;
    return text;
}

const char *const plain_encoding_names[] = {"utf-8", "ascii", "latin-1"};

V plain_decoder_new(Thread *t, int encoding, const char *errors) {
    V self = type_alloc(t, &plain_decoder_type, 0);
    if (v_is_error(self)) return V_ERROR;
    PlainDecoder *d = plain_of(self);
    d->encoding = encoding;
    size_t n = strlen(errors) + 1;
    d->errors = mem_alloc(t, n);
    if (!d->errors) {
        v_drop(t, self);
        return err_no_memory(t);
    }
    memcpy(d->errors, errors, n);
    return self;
}

static NATIVE(plain_decode) {
    (void)nargs, (void)kwnames;
    int final = args[1] == V_NULL ? 0 : obj_is_true(t, args[1]);
    return final < 0 ? V_ERROR : plain_decoder_decode(t, self, args[0], final);
}
static NATIVE(plain_getstate) {
    UNUSED_NATIVE();
    PlainDecoder *d = plain_of(self);
    return tuple_pack_steal(t, 2, bytes_from(t, d->pending, d->n_pending), V_INT(0));
}
static NATIVE(plain_setstate) {
    (void)nargs, (void)kwnames;
    PlainDecoder *d = plain_of(self);
    V buffer = v_is_tuple(args[0]) && tuple_len(args[0]) == 2 ? tuple_borrow(args[0], 0) : V_NULL;
    if (buffer == V_NULL || !v_is_bytes(buffer) || bytes_len(buffer) > sizeof d->pending) {
        return err_set(t, &exc_TypeError, "illegal decoder state");
    }
    d->n_pending = bytes_len(buffer);
    memcpy(d->pending, bytes_data(buffer), d->n_pending);
    return V_NONE;
}
static NATIVE(plain_reset) {
    UNUSED_NATIVE();
    plain_of(self)->n_pending = 0;
    return V_NONE;
}
static void plain_free(Thread *t, Obj *o) {
    (void)t;
    mem_free(((PlainDecoder *)o)->errors);
}
static const Method plain_methods[] = {
    {"decode", plain_decode, "input, final=False", LOCK_SELF, 0, NULL},
    {"getstate", plain_getstate, "", LOCK_SELF, 0, NULL},
    {"setstate", plain_setstate, "state, /", LOCK_SELF, 0, NULL},
    {"reset", plain_reset, "", LOCK_SELF, 0, NULL},
    METHOD_END,
};
Type plain_decoder_type = {
    TYPE_HEAD("_io._PlainDecoder"), .base = &object_type, .size = sizeof(PlainDecoder), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .free_ = plain_free, .methods = plain_methods,
};
