// SPDX-License-Identifier: MIT
// TextIOWrapper: text over a buffered binary stream.
//
// Writing: text is encoded at once and collected in `pending` until there is a chunk of it, a newline (line buffering)
// or a flush.  Reading: a chunk of bytes is decoded into `decoded`; `used` characters of it have been given out.  For
// tell() the chunk and the decoder's state before it are kept (snapshot); io_text_tell.c has the arithmetic.
// Methods run under the object's lock, which is suspended while they call the stream below; what they do to the fields
// is complete before every such call.
#include "io_text.h"
#include "runtime/codecs.h"
#include "runtime/options.h"
#include <langinfo.h>

enum { CHUNK = 8192 };

int text_check(Thread *t, TextIO *s) {
    if (s->ok) return 0;
    err_set(t, &exc_ValueError, s->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int buffer_is_closed(Thread *t, TextIO *s) { return io_part_is_closed(t, &s->base, &s->buffer); }
static int buffer_flag(Thread *t, TextIO *s, V name) { return io_part_flag(t, &s->base, &s->buffer, name); }
static V buffer_attr(Thread *t, V self, V name) {
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0) return V_ERROR;
    V buffer = text_hold(s, &s->buffer), attr = obj_getattr(t, buffer, name);
    v_drop(t, buffer);
    return attr;
}

static int check_open(Thread *t, TextIO *s) {
    if (text_check(t, s) < 0) return -1;
    int closed = buffer_is_closed(t, s);
    if (closed > 0) err_set(t, &exc_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

// ---- set-up -------------------------------------------------------------------------------------------------------------
static int plain_kind(const char *name) {
    char flat[16];
    size_t n = 0;
    for (const char *p = name; *p; p++) {
        if (*p == '-' || *p == '_' || *p == ' ') continue;
        if (n == sizeof flat - 1) return PLAIN_NONE;
        flat[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    }
    flat[n] = 0;
    if (!strcmp(flat, "utf8")) return PLAIN_UTF8;
    if (!strcmp(flat, "ascii") || !strcmp(flat, "usascii")) return PLAIN_ASCII;
    if (!strcmp(flat, "latin1") || !strcmp(flat, "iso88591")) return PLAIN_LATIN1;
    return PLAIN_NONE;
}

static V locale_encoding(Thread *t) {
    const char *name = nl_langinfo(CODESET);
    if (!name || !*name || !strcmp(name, "ANSI_X3.4-1968")) name = "utf-8"; // the C locale is read as UTF-8
    return str_from_cstr(t, name);
}

static int check_newline(Thread *t, V newline) {
    if (newline == V_NONE) return 0;
    if (!v_is_str(newline)) {
        err_set(t, &exc_TypeError, "TextIOWrapper() argument 'newline' must be str or None, not %T", newline);
        return -1;
    }
    if (!str_len(newline) || str_equal_ascii(newline, "\n") || str_equal_ascii(newline, "\r") || str_equal_ascii(newline, "\r\n")) return 0;
    err_set(t, &exc_ValueError, "illegal newline value: %V", newline);
    return -1;
}

static void set_newline(Thread *t, V self, V newline) {
    TextIO *s = text_of(self);
    bool none = newline == V_NONE, empty = !none && !str_len(newline), lf = !none && str_equal_ascii(newline, "\n");
    s->universal = none || empty;
    s->translate = none;
    s->lines = none || lf ? LINES_LF : empty ? LINES_UNIVERSAL : LINES_CUSTOM;
    slot_set(t, v_obj(self), &s->read_newline, newline);
    slot_set(t, v_obj(self), &s->write_newline, none || empty || lf ? V_NULL : newline);
}

// The codec's info, which must be one for text.
static V text_codec(Thread *t, V encoding, const char *alternative) {
    const char *name = str_cstr(t, encoding);
    V info = name ? codec_lookup(t, name) : V_ERROR;
    if (v_is_error(info)) return V_ERROR;
    V flag = obj_lookup_attr(t, info, NAME(_is_text_encoding));
    int is_text = v_is_error(flag) ? -1 : flag == V_NULL ? 1 : obj_is_true(t, flag);
    v_drop(t, flag);
    if (is_text == 0) err_set(t, &exc_LookupError, "'%s' is not a text encoding; use %s to handle arbitrary codecs", name, alternative);
    if (is_text > 0) return info;
    v_drop(t, info);
    return V_ERROR;
}

static int make_coder(Thread *t, V self, V info, V factory_name, Slot *where) {
    V factory = obj_getattr(t, info, factory_name);
    if (v_is_error(factory)) return -1;
    V errors = text_hold(text_of(self), &text_of(self)->errors), coder = obj_call1(t, factory, errors);
    v_drop(t, errors);
    v_drop(t, factory);
    if (v_is_error(coder)) return -1;
    slot_set_steal(t, v_obj(self), where, coder);
    return 0;
}

static int make_decoder(Thread *t, V self, V info) {
    TextIO *s = text_of(self);
    int readable = buffer_flag(t, s, NAME(readable));
    if (readable <= 0) return readable;
    if (s->plain != PLAIN_NONE) {
        const char *errors = str_cstr(t, slot_peek(&s->errors));
        V decoder = errors ? plain_decoder_new(t, s->plain, errors) : V_ERROR;
        if (v_is_error(decoder)) return -1;
        slot_set_steal(t, v_obj(self), &s->decoder, decoder);
    } else if (make_coder(t, self, info, NAME(incrementaldecoder), &s->decoder) < 0) {
        return -1;
    }
    if (!s->universal) return 0;
    V args[2] = {text_hold(s, &s->decoder), v_from_bool(s->translate)};
    V wrapped = obj_call(t, v_from_type(&newline_decoder_type), args, 2, V_NULL);
    v_drop(t, args[0]);
    if (v_is_error(wrapped)) return -1;
    slot_set_steal(t, v_obj(self), &s->decoder, wrapped);
    return 0;
}

static int make_encoder(Thread *t, V self, V info) {
    TextIO *s = text_of(self);
    int writable = buffer_flag(t, s, NAME(writable));
    s->writable = writable > 0;
    if (writable <= 0 || s->plain != PLAIN_NONE) return writable < 0 ? -1 : 0;
    return make_coder(t, self, info, NAME(incrementalencoder), &s->encoder);
}

static int make_coders(Thread *t, V self) {
    TextIO *s = text_of(self);
    V encoding = text_hold(s, &s->encoding), info = V_NULL;
    const char *name = str_cstr(t, encoding);
    if (name) {
        s->plain = plain_kind(name);
        slot_set(t, v_obj(self), &s->encoder, V_NULL);
        slot_set(t, v_obj(self), &s->decoder, V_NULL);
        if (s->plain == PLAIN_NONE) info = text_codec(t, encoding, "codecs.open()");
    }
    v_drop(t, encoding);
    if (!name || v_is_error(info)) return -1;
    int r = make_decoder(t, self, info) < 0 ? -1 : make_encoder(t, self, info);
    v_drop(t, info);
    return r;
}

// Appending to a stream that is not at its beginning: the encoder writes no byte order mark.
static int fix_encoder_state(Thread *t, TextIO *s) {
    if (!s->seekable || slot_peek(&s->encoder) == V_NULL) return 0;
    V at = text_call0(t, s, &s->buffer, NAME(tell));
    if (v_is_error(at)) return -1;
    int zero = obj_compare_bool(t, at, V_INT(0), CMP_EQ);
    v_drop(t, at);
    if (zero) return zero < 0 ? -1 : 0;
    V r = text_call1(t, s, &s->encoder, NAME(setstate), V_INT(0));
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

// What the development mode and -X warn_default_encoding look at.
static int check_choice(Thread *t, V encoding, V errors) {
    if (encoding == V_NONE && unlikely(start_options.warn_default_encoding) &&
        warn(t, &exc_EncodingWarning, 1, "'encoding' argument not specified") < 0)
        return -1;
    if (errors == V_NONE || likely(!start_options.dev_mode)) return 0;
    const char *name = str_cstr(t, errors);
    V handler = name ? codec_lookup_error(t, name) : V_ERROR;
    v_drop(t, handler);
    return v_is_error(handler) ? -1 : 0;
}

static int text_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[6];
    TextIO *s = text_of(self);
    CRITICAL(t, v_obj(self));
    s->ok = s->detached = false;
    if (args_bind(t, "TextIOWrapper", "buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False",
                  args, nargs, kwnames, a) < 0) return -1;
    V encoding = a[1] == V_NULL ? V_NONE : a[1], errors = a[2] == V_NULL ? V_NONE : a[2], newline = a[3] == V_NULL ? V_NONE : a[3];
    int line_buffering = a[4] == V_NULL ? 0 : obj_is_true(t, a[4]), write_through = a[5] == V_NULL ? 0 : obj_is_true(t, a[5]);
    if (line_buffering < 0 || write_through < 0) return -1;
    if (encoding != V_NONE && !v_is_str(encoding)) {
        err_set(t, &exc_TypeError, "TextIOWrapper() argument 'encoding' must be str or None, not %T", encoding);
        return -1;
    }
    if (errors != V_NONE && !v_is_str(errors)) {
        err_set(t, &exc_TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %T", errors);
        return -1;
    }
    if (check_choice(t, encoding, errors) < 0 || check_newline(t, newline) < 0) return -1;
    bool by_locale = encoding == V_NONE || str_equal_ascii(encoding, "locale");
    V name = by_locale ? locale_encoding(t) : v_dup(encoding);
    if (v_is_error(name)) return -1;
    slot_set_steal(t, v_obj(self), &s->encoding, name);
    slot_set(t, v_obj(self), &s->errors, errors == V_NONE ? NAME(strict) : errors);
    slot_set(t, v_obj(self), &s->buffer, a[0]);
    if (v_is_object(a[0])) gc_finalize_before(v_obj(self), v_obj(a[0])); // it has something to write
    set_newline(t, self, newline);
    s->line_buffering = line_buffering;
    s->write_through = write_through;
    s->used = s->pending_len = 0;
    s->chunk_size = CHUNK;
    slot_set(t, v_obj(self), &s->decoded, V_NULL);
    slot_set(t, v_obj(self), &s->snapshot_bytes, V_NULL);
    if (make_coders(t, self) < 0) return -1;
    int seekable = io_flag(t, a[0], NAME(seekable));
    if (seekable < 0) return -1;
    s->seekable = s->telling = seekable;
    V read1 = obj_lookup_attr(t, a[0], NAME(read1));
    if (v_is_error(read1)) return -1;
    s->has_read1 = read1 != V_NULL;
    v_drop(t, read1);
    if (fix_encoder_state(t, s) < 0) return -1;
    s->ok = true;
    return 0;
}

// ---- writing ------------------------------------------------------------------------------------------------------------
int text_flush_pending(Thread *t, V self) {
    TextIO *s = text_of(self);
    if (!s->pending_len) return 0;
    V data = bytes_from(t, s->pending, s->pending_len);
    if (v_is_error(data)) return -1;
    s->pending_len = 0;
    for (;;) {
        V r = text_call1(t, s, &s->buffer, NAME(write), data);
        if (!v_is_error(r)) {
            v_drop(t, r);
            break;
        }
        if (err_matches(t, &exc_InterruptedError)) {
            err_clear(t);
            continue;
        }
        v_drop(t, data);
        return -1;
    }
    v_drop(t, data);
    return 0;
}

static int add_pending(Thread *t, TextIO *s, const char *p, size_t n) {
    if (n == 0) return 0; // there may be no memory yet
    if (s->pending_len + n > s->pending_cap) {
        size_t cap = s->pending_len + n < CHUNK ? CHUNK : s->pending_len + n;
        char *grown = mem_realloc(t, s->pending, cap);
        if (!grown) {
            err_no_memory(t);
            return -1;
        }
        s->pending = grown;
        s->pending_cap = cap;
    }
    memcpy(s->pending + s->pending_len, p, n);
    s->pending_len += n;
    return 0;
}

static V encode(Thread *t, TextIO *s, V text) {
    if (s->plain == PLAIN_NONE) return text_call1(t, s, &s->encoder, NAME(encode), text);
    V held = text_hold(s, &s->errors); // a handler may run
    const char *errors = str_cstr(t, held);
    V data = errors ? str_encode(t, text, plain_encoding_names[s->plain], errors) : V_ERROR;
    v_drop(t, held);
    return data;
}

static int write_encoded(Thread *t, V self, const char *p, size_t n) {
    TextIO *s = text_of(self);
    if (s->pending_len && s->pending_len + n > (size_t)s->chunk_size && text_flush_pending(t, self) < 0) return -1;
    return add_pending(t, s, p, n);
}

static int write_text(Thread *t, V self, V text) {
    TextIO *s = text_of(self);
    if (s->plain != PLAIN_NONE && str_is_ascii(text)) return write_encoded(t, self, str_data(text), str_len(text));
    V data = encode(t, s, text);
    if (v_is_error(data)) return -1;
    int r = -1;
    if (v_is_bytes(data)) r = write_encoded(t, self, bytes_data(data), bytes_len(data));
    else err_set(t, &exc_TypeError, "encoder should return a bytes object, not '%T'", data);
    v_drop(t, data);
    return r;
}

static void forget_read_ahead(Thread *t, V self) {
    TextIO *s = text_of(self);
    if (slot_peek(&s->decoded) != V_NULL) slot_set(t, v_obj(self), &s->decoded, V_NULL);
    if (slot_peek(&s->snapshot_bytes) != V_NULL) slot_set(t, v_obj(self), &s->snapshot_bytes, V_NULL);
    s->used = 0;
}

static NATIVE(text_write) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    V text = args[0];
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "write() argument must be str, not %K", text);
    if (check_open(t, s) < 0) return V_ERROR;
    if (!s->writable) return io_unsupported(t, "not writable");
    bool has_lf = (s->line_buffering || slot_peek(&s->write_newline) != V_NULL) && str_find_char(text, '\n', 0, str_len(text), 1) >= 0;
    bool flush = s->line_buffering && (has_lf || str_find_char(text, '\r', 0, str_len(text), 1) >= 0);
    V translated = has_lf && slot_peek(&s->write_newline) != V_NULL ? str_replace(t, text, NAME_STR("\n"), slot_peek(&s->write_newline), -1) : v_dup(text);
    if (v_is_error(translated)) return V_ERROR;
    int r = write_text(t, self, translated);
    v_drop(t, translated);
    if (r == 0 && (flush || s->write_through || s->pending_len >= (size_t)s->chunk_size)) r = text_flush_pending(t, self);
    if (r == 0 && flush) {
        V flushed = text_call0(t, s, &s->buffer, NAME(flush));
        if (v_is_error(flushed)) r = -1;
        v_drop(t, flushed);
    }
    if (r < 0) return V_ERROR;
    forget_read_ahead(t, self);
    if (slot_peek(&s->decoder) != V_NULL) {
        V reset = text_call0(t, s, &s->decoder, NAME(reset));
        if (v_is_error(reset)) return V_ERROR;
        v_drop(t, reset);
    }
    return int_from_size(t, str_len(text));
}

static NATIVE(text_flush) {
    UNUSED_NATIVE();
    TextIO *s = text_of(self);
    if (check_open(t, s) < 0) return V_ERROR;
    s->telling = s->seekable;
    if (text_flush_pending(t, self) < 0) return V_ERROR;
    return text_call0(t, s, &s->buffer, NAME(flush));
}

// ---- reading ------------------------------------------------------------------------------------------------------------
V text_decode(Thread *t, TextIO *s, V data, bool final) {
    V decoder = text_hold(s, &s->decoder);
    V text = v_is_exact(decoder, &newline_decoder_type)  ? newline_decoder_decode(t, decoder, data, final)
             : v_is_exact(decoder, &plain_decoder_type) ? plain_decoder_decode(t, decoder, data, final)
                                                         : obj_call_method2(t, decoder, NAME(decode), data, v_from_bool(final));
    v_drop(t, decoder);
    if (v_is_error(text) || v_is_str(text)) return text;
    err_set(t, &exc_TypeError, "decoder should return a string result, not '%T'", text);
    v_drop(t, text);
    return V_ERROR;
}

static int take_snapshot(Thread *t, V self) { // the decoder's state: (buffer, flags)
    TextIO *s = text_of(self);
    V state = text_call0(t, s, &s->decoder, NAME(getstate));
    if (v_is_error(state)) return -1;
    if (!v_is_tuple(state) || tuple_len(state) != 2) {
        err_set(t, &exc_TypeError, "illegal decoder state");
        v_drop(t, state);
        return -1;
    }
    V buffer = tuple_borrow(state, 0);
    if (!v_is_bytes(buffer)) {
        err_set(t, &exc_TypeError, "illegal decoder state: the first item should be a bytes object, not '%T'", buffer);
        v_drop(t, state);
        return -1;
    }
    slot_set(t, v_obj(self), &s->snapshot_bytes, buffer);
    slot_set(t, v_obj(self), &s->snapshot_flags, tuple_borrow(state, 1));
    v_drop(t, state);
    return 0;
}

static int extend_snapshot(Thread *t, V self, V chunk) {
    TextIO *s = text_of(self);
    V before = slot_peek(&s->snapshot_bytes);
    if (before == V_NULL) return 0; // forgotten by another thread's seek() or write()
    V all = bytes_concat(t, before, chunk);
    if (v_is_error(all)) return -1;
    slot_set_steal(t, v_obj(self), &s->snapshot_bytes, all);
    return 0;
}

// Decodes another chunk into `decoded`.  1, 0 at the end of the file, -1.
static int read_chunk(Thread *t, V self, ptrdiff_t hint) {
    TextIO *s = text_of(self);
    if (slot_peek(&s->decoder) == V_NULL) {
        io_unsupported(t, "not readable");
        return -1;
    }
    if (s->telling && take_snapshot(t, self) < 0) return -1;
    ptrdiff_t want = hint > s->chunk_size ? hint : s->chunk_size;
    V chunk = text_call1(t, s, &s->buffer, s->has_read1 ? NAME(read1) : NAME(read), v_from_int(want));
    if (v_is_error(chunk)) return -1;
    if (!obj_has_buffer(chunk)) {
        err_set(t, &exc_TypeError, "underlying %s() should have returned a bytes-like object, not '%T'", s->has_read1 ? "read1" : "read", chunk);
        v_drop(t, chunk);
        return -1;
    }
    V data = v_is_bytes(chunk) ? v_dup(chunk) : bytes_from_object(t, chunk);
    v_drop(t, chunk);
    if (v_is_error(data)) return -1;
    bool eof = bytes_len(data) == 0;
    V text = text_decode(t, s, data, eof);
    int r = v_is_error(text) ? -1 : 0;
    if (r == 0 && s->telling) r = extend_snapshot(t, self, data);
    v_drop(t, data);
    if (r < 0) {
        v_drop(t, text);
        return -1;
    }
    if (str_len(text)) eof = false;
    s->used = 0;
    slot_set_steal(t, v_obj(self), &s->decoded, text);
    return !eof;
}

static V take_decoded(Thread *t, V self, ptrdiff_t n) { // n < 0: all
    TextIO *s = text_of(self);
    V decoded = slot_get(v_obj(self), &s->decoded);
    if (decoded == V_NULL) return str_empty();
    size_t len = str_len(decoded), used = s->used < len ? s->used : len, have = len - used;
    size_t count = n < 0 || (size_t)n > have ? have : (size_t)n;
    s->used = used + count;
    V part = used == 0 && count == len ? v_dup(decoded) : str_substring(t, decoded, used, used + count);
    v_drop(t, decoded);
    return part;
}

static V read_all(Thread *t, V self) {
    TextIO *s = text_of(self);
    V data = text_call0(t, s, &s->buffer, NAME(read));
    if (v_is_error(data)) return V_ERROR;
    if (data == V_NONE) return err_set(t, &exc_BlockingIOError, "Read returned None.");
    V rest = text_decode(t, s, data, true);
    v_drop(t, data);
    if (v_is_error(rest)) return V_ERROR;
    V first = take_decoded(t, self, -1);
    V all = v_is_error(first) ? V_ERROR : str_concat(t, first, rest);
    v_drop(t, first);
    v_drop(t, rest);
    if (!v_is_error(all)) forget_read_ahead(t, self);
    return all;
}

static V read_chars(Thread *t, V self, ptrdiff_t n) {
    V result = take_decoded(t, self, n);
    while (!v_is_error(result) && (ptrdiff_t)str_len(result) < n) {
        ptrdiff_t missing = n - (ptrdiff_t)str_len(result);
        int r = read_chunk(t, self, missing);
        if (r < 0) {
            v_drop(t, result);
            return V_ERROR;
        }
        if (r == 0) break;
        V more = take_decoded(t, self, missing);
        if (v_is_error(more)) {
            v_drop(t, result);
            return V_ERROR;
        }
        result = str_concat_steal(t, result, more);
        v_drop(t, more);
    }
    return result;
}

static NATIVE(text_read) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    ptrdiff_t n;
    if (check_open(t, s) < 0 || num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    if (slot_peek(&s->decoder) == V_NULL) return io_unsupported(t, "not readable");
    if (text_flush_pending(t, self) < 0) return V_ERROR;
    return n < 0 ? read_all(t, self) : read_chars(t, self, n);
}

// The next line, at most limit characters (< 0: any number).
static V read_line(Thread *t, V self, ptrdiff_t limit) {
    TextIO *s = text_of(self);
    if (text_flush_pending(t, self) < 0) return V_ERROR;
    V line = V_NULL; // what earlier chunks gave
    size_t scanned = 0;
    for (;;) {
        V decoded = slot_peek(&s->decoded);
        size_t len = decoded == V_NULL ? 0 : str_len(decoded);
        if (s->used >= len) {
            int r = read_chunk(t, self, 0);
            if (r < 0) {
                v_drop(t, line);
                return V_ERROR;
            }
            if (r == 0) return line == V_NULL ? str_empty() : line;
            continue;
        }
        if (line == V_NULL) {
            ptrdiff_t end = io_find_line_end(decoded, s->used, s->lines, slot_peek(&s->read_newline));
            ptrdiff_t n = end < 0 ? (ptrdiff_t)(len - s->used) : end - (ptrdiff_t)s->used;
            if (limit >= 0 && n >= limit) return take_decoded(t, self, limit);
            if (end >= 0) return take_decoded(t, self, n);
            line = take_decoded(t, self, -1);
            scanned = v_is_error(line) ? 0 : str_len(line);
        } else { // a line over several chunks: join, look again from where the last look ended
            V more = take_decoded(t, self, -1);
            if (!v_is_error(more)) line = str_concat_steal(t, line, more);
            v_drop(t, more);
            if (v_is_error(more)) v_drop(t, line), line = V_ERROR;
            if (v_is_error(line)) return V_ERROR;
            size_t from = s->lines == LINES_CUSTOM && scanned ? scanned - 1 : scanned;
            ptrdiff_t end = io_find_line_end(line, from, s->lines, slot_peek(&s->read_newline));
            scanned = str_len(line);
            ptrdiff_t n = end < 0 ? (ptrdiff_t)scanned : end;
            if (limit >= 0 && n > limit) n = limit;
            if (end >= 0 || n == limit) { // give the rest back
                size_t rest = scanned - (size_t)n;
                s->used = s->used >= rest ? s->used - rest : 0;
                V part = str_substring(t, line, 0, (size_t)n);
                v_drop(t, line);
                return part;
            }
        }
        if (v_is_error(line)) return V_ERROR;
    }
}

static NATIVE(text_readline) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    ptrdiff_t limit;
    if (check_open(t, s) < 0 || io_given_size(t, args[0], &limit) < 0) return V_ERROR;
    return read_line(t, self, limit);
}

static V text_next(Thread *t, V self) {
    TextIO *s = text_of(self);
    CRITICAL(t, v_obj(self));
    if (text_check(t, s) < 0) return V_ERROR;
    s->telling = false; // tell() while iterating would undo the reading ahead
    V line;
    if (v_type(self) == &text_io_wrapper_type) {
        line = check_open(t, s) < 0 ? V_ERROR : read_line(t, self, -1);
    } else {
        line = obj_call_method0(t, self, NAME(readline));
        if (!v_is_error(line) && !v_is_str(line)) {
            err_set(t, &exc_OSError, "readline() should have returned an str object, not '%T'", line);
            v_drop(t, line);
            return V_ERROR;
        }
    }
    if (v_is_error(line) || str_len(line)) return line;
    v_drop(t, line);
    forget_read_ahead(t, self);
    s->telling = s->seekable;
    return V_END;
}

// ---- reconfigure, detach, close -------------------------------------------------------------------------------------------
static int change_flag(Thread *t, V v, bool *flag) {
    if (v == V_NULL || v == V_NONE) return 0;
    int r = obj_is_true(t, v);
    if (r >= 0) *flag = r;
    return r < 0 ? -1 : 0;
}

static NATIVE(text_reconfigure) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    V encoding = args[0] == V_NULL ? V_NONE : args[0], errors = args[1] == V_NULL ? V_NONE : args[1], newline = args[2];
    bool coders = encoding != V_NONE || errors != V_NONE || newline != V_NULL;
    if (text_check(t, s) < 0) return V_ERROR;
    if (slot_peek(&s->decoded) != V_NULL && coders) {
        return io_unsupported(t, "It is not possible to set the encoding or newline of stream after the first read");
    }
    if (newline != V_NULL && check_newline(t, newline) < 0) return V_ERROR;
    if (encoding != V_NONE && !v_is_str(encoding)) return err_set(t, &exc_TypeError, "reconfigure() argument 'encoding' must be str or None, not %T", encoding);
    if (errors != V_NONE && !v_is_str(errors)) return err_set(t, &exc_TypeError, "reconfigure() argument 'errors' must be str or None, not %T", errors);
    V flushed = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(flushed)) return V_ERROR;
    v_drop(t, flushed);
    if (newline != V_NULL) set_newline(t, self, newline);
    if (encoding != V_NONE) {
        V name = str_equal_ascii(encoding, "locale") ? locale_encoding(t) : v_dup(encoding);
        if (v_is_error(name)) return V_ERROR;
        slot_set_steal(t, v_obj(self), &s->encoding, name);
        if (errors == V_NONE) errors = NAME(strict);
    }
    if (errors != V_NONE) slot_set(t, v_obj(self), &s->errors, errors);
    if (coders && (make_coders(t, self) < 0 || fix_encoder_state(t, s) < 0)) return V_ERROR;
    if (change_flag(t, args[3], &s->line_buffering) < 0 || change_flag(t, args[4], &s->write_through) < 0) return V_ERROR;
    return V_NONE;
}

static NATIVE(text_detach) {
    UNUSED_NATIVE();
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0) return V_ERROR;
    V r = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(r)) return V_ERROR;
    v_drop(t, r);
    s->detached = true;
    s->ok = false;
    return slot_take(v_obj(self), &s->buffer);
}

static NATIVE(text_close) {
    UNUSED_NATIVE();
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0) return V_ERROR;
    int closed = buffer_is_closed(t, s);
    if (closed) return closed < 0 ? V_ERROR : V_NONE;
    if (s->base.finalizing) {
        V r = text_call1(t, s, &s->buffer, NAME(_dealloc_warn), self);
        if (v_is_error(r)) err_clear(t); // a buffer of the user's need not have it
        v_drop(t, r);
    }
    V r = obj_call_method0(t, self, NAME(flush)), first = v_is_error(r) ? err_fetch(t) : V_NULL;
    v_drop(t, r);
    r = text_call0(t, s, &s->buffer, NAME(close));
    if (!v_is_error(r) && first == V_NULL) return r;
    v_drop(t, r);
    io_join_errors(t, first);
    return V_ERROR;
}

// ---- attributes ---------------------------------------------------------------------------------------------------------
#define DELEGATE(function, name) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        TextIO *s = text_of(self); \
        return text_check(t, s) < 0 ? V_ERROR : text_call0(t, s, &s->buffer, NAME(name)); \
    }
DELEGATE(text_fileno, fileno)
DELEGATE(text_seekable, seekable)
DELEGATE(text_readable, readable)
DELEGATE(text_writable, writable)
DELEGATE(text_isatty, isatty)

static V get_slot(Thread *t, V self, void *closure) {
    CRITICAL(t, v_obj(self));
    if (!text_of(self)->detached && text_check(t, text_of(self)) < 0) return V_ERROR; // they outlive the buffer
    return slot_get(v_obj(self), (Slot *)((char *)v_obj(self) + (size_t)closure));
}
static V get_buffer(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V v = slot_get(v_obj(self), &text_of(self)->buffer);
    return v == V_NULL ? V_NONE : v;
}
static V get_name(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return buffer_attr(t, self, NAME(name));
}
static V get_closed(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return buffer_attr(t, self, NAME(closed));
}
static V get_line_buffering(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return v_from_bool(text_of(self)->line_buffering);
}
static V get_write_through(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return v_from_bool(text_of(self)->write_through);
}
static V get_finalizing(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(text_of(self)->base.finalizing);
}
static V get_newlines(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0) return V_ERROR;
    V decoder = slot_get(v_obj(self), &s->decoder);
    if (decoder == V_NULL) return V_NONE;
    V v = obj_lookup_attr(t, decoder, NAME(newlines));
    v_drop(t, decoder);
    return v == V_NULL ? V_NONE : v;
}
static V get_chunk_size(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return int_from_i64(t, text_of(self)->chunk_size);
}
static int set_chunk_size(Thread *t, V self, V value, void *closure) {
    (void)closure;
    ptrdiff_t n;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (num_as_ssize(t, value, &exc_ValueError, &n) < 0) return -1;
    if (n <= 0) {
        err_set(t, &exc_ValueError, "a strictly positive integer is required");
        return -1;
    }
    CRITICAL(t, v_obj(self));
    text_of(self)->chunk_size = n;
    return 0;
}

static V text_repr(Thread *t, V self) {
    TextIO *s = text_of(self);
    CRITICAL(t, v_obj(self));
    if (!s->detached && text_check(t, s) < 0) return V_ERROR;
    int entered = obj_repr_enter(t, self);
    if (entered < 0) return V_ERROR;
    if (entered) return err_set(t, &exc_RuntimeError, "reentrant call inside %T.__repr__", self);
    V name = s->detached ? V_NULL : io_stream_name(t, self), mode = v_is_error(name) ? V_ERROR : obj_lookup_attr(t, self, NAME(mode)), text = V_ERROR;
    if (!v_is_error(mode)) {
        V head = name == V_NULL ? str_from_cstr(t, "<_io.TextIOWrapper") : str_from_format(t, "<_io.TextIOWrapper name=%R", name);
        V middle = v_is_error(head) ? V_ERROR : mode == V_NULL ? v_dup(head) : str_from_format(t, "%V mode=%R", head, mode);
        if (!v_is_error(middle)) text = str_from_format(t, "%V encoding=%R>", middle, slot_peek(&s->encoding));
        v_drop(t, head);
        v_drop(t, middle);
    }
    v_drop(t, name);
    v_drop(t, mode);
    obj_repr_leave(t, self);
    return text;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    TextIO *s = (TextIO *)o;
    VISIT(s->buffer);
    VISIT(s->encoding);
    VISIT(s->errors);
    VISIT(s->encoder);
    VISIT(s->decoder);
    VISIT(s->decoded);
    VISIT(s->snapshot_bytes);
    VISIT(s->snapshot_flags);
    VISIT(s->read_newline);
    VISIT(s->write_newline);
}
static void release(Thread *t, Obj *o) {
    (void)t;
    mem_free(((TextIO *)o)->pending);
}

static const Method methods[] = {
    {"write", text_write, "text, /", LOCK_SELF, 0, NULL},
    {"flush", text_flush, "", LOCK_SELF, 0, NULL},
    {"read", text_read, "size=-1, /", LOCK_SELF, 0, NULL},
    {"readline", text_readline, "size=-1, /", LOCK_SELF, 0, NULL},
    {"tell", text_tell, "", LOCK_SELF, 0, NULL},
    {"seek", text_seek, "cookie, whence=0, /", LOCK_SELF, 0, NULL},
    {"truncate", text_truncate, "pos=None, /", LOCK_SELF, 0, NULL},
    {"reconfigure", text_reconfigure, "*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None", LOCK_SELF, 0,
     "Changes the encoding, how errors and newlines are treated, or when text is passed on."},
    {"detach", text_detach, "", LOCK_SELF, 0, NULL},
    {"close", text_close, "", LOCK_SELF, 0, NULL},
    {"fileno", text_fileno, "", LOCK_SELF, 0, NULL},
    {"seekable", text_seekable, "", LOCK_SELF, 0, NULL},
    {"readable", text_readable, "", LOCK_SELF, 0, NULL},
    {"writable", text_writable, "", LOCK_SELF, 0, NULL},
    {"isatty", text_isatty, "", LOCK_SELF, 0, NULL},
    {"__reduce__", io_reduce_error, NULL, 0, M_RAW, NULL},
    {"__reduce_ex__", io_reduce_error, NULL, 0, M_RAW, NULL},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"buffer", get_buffer, NULL, NULL, NULL},
    {"encoding", get_slot, NULL, NULL, (void *)offsetof(TextIO, encoding)},
    {"errors", get_slot, NULL, NULL, (void *)offsetof(TextIO, errors)},
    {"name", get_name, NULL, NULL, NULL},
    {"closed", get_closed, NULL, NULL, NULL},
    {"newlines", get_newlines, NULL, NULL, NULL},
    {"line_buffering", get_line_buffering, NULL, NULL, NULL},
    {"write_through", get_write_through, NULL, NULL, NULL},
    {"_finalizing", get_finalizing, NULL, NULL, NULL},
    {"_CHUNK_SIZE", get_chunk_size, set_chunk_size, NULL, NULL},
    {0},
};
Type text_io_wrapper_type = {
    TYPE_HEAD("_io.TextIOWrapper"), .base = &text_io_base_type, .size = sizeof(TextIO), .attrs_offset = sizeof(TextIO),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_FINALIZE | TYPE_IMMUTABLE, .doc = "Text over a binary "
                                                                                              "stream: encodes, "
                                                                                              "decodes, and "
                                                                                              "translates the ends "
                                                                                              "of lines.",
    .text_signature = "(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)",
    .traverse = traverse, .free_ = release, .new_ = io_make, .init = text_init, .repr = text_repr, .next = text_next,
    .methods = methods, .getsets = getsets,
};
