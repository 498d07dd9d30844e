// SPDX-License-Identifier: MIT
// tell and seek of text streams.
//
// A position is an int that packs five fields (as io's documentation says, opaque to programs):
//     bits 0-63    where the buffer stood when the decoder had the state `flags` and no input of its own
//     bits 64-127  the decoder's flags there          128-191  bytes to feed it from there
//     bits 192-255 characters to drop after that      256      the input ends there
// Mostly only the first is not zero.
#include "io_text.h"

typedef struct Cookie { int64_t start, flags, feed, skip; bool eof; } Cookie;

static V cookie_pack(Thread *t, const Cookie *c) {
    uint8_t raw[40] = {0};
    const int64_t fields[] = {c->start, c->flags, c->feed, c->skip, c->eof};
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 8; k++) raw[i * 8 + k] = (uint8_t)((uint64_t)fields[i] >> (8 * k));
    }
    return int_from_bytes(t, raw, sizeof raw, true, false);
}

static int cookie_unpack(Thread *t, V v, Cookie *c) {
    uint8_t raw[40];
    int64_t fields[5];
    if (int_to_bytes(t, v, raw, sizeof raw, true, false) < 0) return -1;
    for (int i = 0; i < 5; i++) {
        uint64_t field = 0;
        for (int k = 7; k >= 0; k--) field = field << 8 | raw[i * 8 + k];
        fields[i] = (int64_t)field;
    }
    *c = (Cookie){fields[0], fields[1], fields[2], fields[3], fields[4] != 0};
    return 0;
}

static int set_decoder(Thread *t, TextIO *s, V buffer, V flags) {
    V state = tuple_pack(t, 2, buffer, flags);
    V r = v_is_error(state) ? V_ERROR : text_call1(t, s, &s->decoder, NAME(setstate), state);
    v_drop(t, state);
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

// The decoder's flags, and whether it holds no input.
static int get_decoder(Thread *t, TextIO *s, int64_t *flags, bool *empty) {
    V state = text_call0(t, s, &s->decoder, NAME(getstate));
    if (v_is_error(state)) return -1;
    int r = -1;
    if (v_is_tuple(state) && tuple_len(state) == 2 && v_is_bytes(tuple_borrow(state, 0))) {
        *empty = bytes_len(tuple_borrow(state, 0)) == 0;
        r = num_as_i64(t, tuple_borrow(state, 1), flags);
    } else {
        err_set(t, &exc_TypeError, "illegal decoder state");
    }
    v_drop(t, state);
    return r;
}

static ptrdiff_t decoded_length(Thread *t, TextIO *s, const char *p, size_t n, bool final) {
    V data = bytes_from(t, p, n);
    V text = v_is_error(data) ? V_ERROR : text_decode(t, s, data, final);
    v_drop(t, data);
    if (v_is_error(text)) return -1;
    ptrdiff_t len = (ptrdiff_t)str_len(text);
    v_drop(t, text);
    return len;
}

// Replays the chunk byte by byte: the last place before `skip` characters where the decoder holds nothing is a start.
static int replay(Thread *t, TextIO *s, V chunk, Cookie *c) {
    const char *p = bytes_data(chunk);
    size_t n = bytes_len(chunk);
    ptrdiff_t chars = 0, wanted = c->skip;
    int64_t flags;
    bool empty;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t more = decoded_length(t, s, p + i, 1, false);
        if (more < 0) return -1;
        c->feed++;
        chars += more;
        if (get_decoder(t, s, &flags, &empty) < 0) return -1;
        if (empty && chars <= wanted) {
            c->start += c->feed;
            wanted -= chars;
            c->flags = flags;
            c->feed = 0;
            chars = 0;
        }
        if (chars >= wanted) {
            c->skip = wanted;
            return 0;
        }
    }
    ptrdiff_t more = decoded_length(t, s, "", 0, true);
    if (more < 0) return -1;
    c->eof = true;
    c->skip = wanted;
    if (chars + more >= wanted) return 0;
    err_set(t, &exc_OSError, "can't reconstruct logical file position");
    return -1;
}

NATIVE(text_tell) {
    UNUSED_NATIVE();
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0 || io_check_closed(t, self) < 0) return V_ERROR;
    if (!s->seekable) return io_unsupported(t, "underlying stream is not seekable");
    if (!s->telling) return err_set(t, &exc_OSError, "telling position disabled by next() call");
    if (text_flush_pending(t, self) < 0) return V_ERROR;
    V flushed = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(flushed)) return V_ERROR;
    v_drop(t, flushed);
    V at = text_call0(t, s, &s->buffer, NAME(tell));
    V chunk = slot_get(v_obj(self), &s->snapshot_bytes), decoder = slot_get(v_obj(self), &s->decoder);
    if (v_is_error(at) || decoder == V_NULL || chunk == V_NULL) {
        v_drop(t, chunk);
        v_drop(t, decoder);
        return at;
    }
    Cookie c = {0};
    V result = V_ERROR;
    int64_t start;
    int bad = num_as_i64(t, at, &start);
    v_drop(t, at);
    V saved = bad < 0 ? V_ERROR : obj_call_method0(t, decoder, NAME(getstate));
    if (!v_is_error(saved)) {
        c.start = start - (int64_t)bytes_len(chunk);
        c.skip = (int64_t)s->used;
        V flags = text_hold(s, &s->snapshot_flags);
        if (num_as_i64(t, flags, &c.flags) == 0 && (c.skip == 0 || (set_decoder(t, s, bytes_empty(), flags) == 0 && replay(t, s, chunk, &c) == 0))) {
            result = cookie_pack(t, &c);
        }
        v_drop(t, flags);
        V pending = v_is_error(result) ? err_fetch(t) : V_NULL;
        V restored = obj_call_method1(t, decoder, NAME(setstate), saved);
        if (v_is_error(restored)) {
            v_drop(t, result);
            result = V_ERROR;
        }
        v_drop(t, restored);
        if (pending != V_NULL) err_restore_steal(t, pending);
    }
    v_drop(t, saved);
    v_drop(t, decoder);
    v_drop(t, chunk);
    return result;
}

static int reset_encoder(Thread *t, TextIO *s, bool at_start) {
    if (slot_peek(&s->encoder) == V_NULL) return 0;
    V r = at_start ? text_call0(t, s, &s->encoder, NAME(reset)) : text_call1(t, s, &s->encoder, NAME(setstate), V_INT(0));
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

static int reset_decoder(Thread *t, TextIO *s, const Cookie *c) {
    if (slot_peek(&s->decoder) == V_NULL) return 0;
    if (c->start || c->flags || c->skip) {
        V flags = int_from_i64(t, c->flags);
        int r = v_is_error(flags) ? -1 : set_decoder(t, s, bytes_empty(), flags);
        v_drop(t, flags);
        return r;
    }
    V r = text_call0(t, s, &s->decoder, NAME(reset));
    v_drop(t, r);
    return v_is_error(r) ? -1 : 0;
}

static void forget(Thread *t, V self) {
    TextIO *s = text_of(self);
    slot_set(t, v_obj(self), &s->decoded, V_NULL);
    slot_set(t, v_obj(self), &s->snapshot_bytes, V_NULL);
    s->used = 0;
}

static int seek_buffer(Thread *t, TextIO *s, int64_t to, int whence, V *result) {
    V offset = int_from_i64(t, to);
    V r = v_is_error(offset) ? V_ERROR : text_call2(t, s, &s->buffer, NAME(seek), offset, v_from_int(whence));
    v_drop(t, offset);
    if (v_is_error(r)) return -1;
    if (result) *result = r;
    else v_drop(t, r);
    return 0;
}

static V seek_to_end(Thread *t, V self) {
    TextIO *s = text_of(self);
    V at;
    forget(t, self);
    if (slot_peek(&s->decoder) != V_NULL) {
        V r = text_call0(t, s, &s->decoder, NAME(reset));
        if (v_is_error(r)) return V_ERROR;
        v_drop(t, r);
    }
    if (seek_buffer(t, s, 0, 2, &at) < 0) return V_ERROR;
    int zero = obj_compare_bool(t, at, V_INT(0), CMP_EQ);
    if (zero >= 0 && reset_encoder(t, s, zero) == 0) return at;
    v_drop(t, at);
    return V_ERROR;
}

static int feed_after_seek(Thread *t, V self, const Cookie *c) { // the decoder gets `feed` bytes, `skip` characters are used
    TextIO *s = text_of(self);
    V data = text_call1(t, s, &s->buffer, NAME(read), v_from_int(c->feed));
    if (v_is_error(data)) return -1;
    if (!v_is_bytes(data)) {
        err_set(t, &exc_TypeError, "underlying read() should have returned a bytes object, not '%T'", data);
        v_drop(t, data);
        return -1;
    }
    slot_set(t, v_obj(self), &s->snapshot_bytes, data);
    V flags = int_from_i64(t, c->flags);
    if (!v_is_error(flags)) slot_set_steal(t, v_obj(self), &s->snapshot_flags, flags);
    V text = text_decode(t, s, data, c->eof);
    v_drop(t, data);
    if (v_is_error(text)) return -1;
    if ((int64_t)str_len(text) < c->skip) {
        err_set(t, &exc_OSError, "can't restore logical file position");
        v_drop(t, text);
        return -1;
    }
    slot_set_steal(t, v_obj(self), &s->decoded, text);
    s->used = (size_t)c->skip;
    return 0;
}

NATIVE(text_seek) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    int whence = 0;
    Cookie c;
    if (text_check(t, s) < 0 || io_check_closed(t, self) < 0) return V_ERROR;
    if (args[1] != V_NULL && num_as_int(t, args[1], &whence) < 0) return V_ERROR;
    if (!s->seekable) return io_unsupported(t, "underlying stream is not seekable");
    V cookie = v_dup(args[0]);
    if (whence == 1 || whence == 2) {
        int zero = obj_compare_bool(t, cookie, V_INT(0), CMP_EQ);
        v_drop(t, cookie);
        if (zero < 0) return V_ERROR;
        if (!zero) return io_unsupported(t, whence == 1 ? "can't do nonzero cur-relative seeks" : "can't do nonzero end-relative seeks");
        if (whence == 1) cookie = obj_call_method0(t, self, NAME(tell));
    } else if (whence != 0) {
        v_drop(t, cookie);
        return err_set(t, &exc_ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
    }
    if (v_is_error(cookie)) return V_ERROR;
    V flushed = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(flushed)) {
        if (whence != 2) v_drop(t, cookie);
        return V_ERROR;
    }
    v_drop(t, flushed);
    if (whence == 2) return seek_to_end(t, self);
    V index = num_index(t, cookie);
    v_drop(t, cookie);
    if (v_is_error(index)) return V_ERROR;
    if (int_sign(index) < 0) {
        err_set(t, &exc_ValueError, "negative seek position %R", index);
        v_drop(t, index);
        return V_ERROR;
    }
    bool ok = cookie_unpack(t, index, &c) == 0 && seek_buffer(t, s, c.start, 0, NULL) == 0;
    if (ok) {
        forget(t, self);
        ok = reset_decoder(t, s, &c) == 0 && (c.skip == 0 || feed_after_seek(t, self, &c) == 0);
    }
    if (ok) ok = reset_encoder(t, s, c.start == 0 && c.flags == 0) == 0;
    if (ok) return index;
    v_drop(t, index);
    return V_ERROR;
}

NATIVE(text_truncate) {
    (void)nargs, (void)kwnames;
    TextIO *s = text_of(self);
    if (text_check(t, s) < 0) return V_ERROR;
    V flushed = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(flushed)) return V_ERROR;
    v_drop(t, flushed);
    V position = args[0] == V_NULL ? V_NONE : args[0];
    return text_call1(t, s, &s->buffer, NAME(truncate), position);
}
