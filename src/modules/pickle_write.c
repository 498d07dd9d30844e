// SPDX-License-Identifier: MIT
// Module _pickle: output in frames, the memo of a Pickler, and values without parts.
#include "pickle_private.h"
#include <endian.h>

// ---- bytes and frames ----------------------------------------------------------------------------------------------------------
static int reserve(Writer *w, size_t n) {
    if (n <= w->cap - w->len) return 0;
    size_t cap = w->cap * 2 > w->len + n ? w->cap * 2 : w->len + n + 64;
    char *data = mem_alloc(w->t, cap);
    if (!data) {
        err_no_memory(w->t);
        return -1;
    }
    if (w->len) memcpy(data, w->data, w->len);
    mem_free(w->data);
    w->data = data;
    w->cap = cap;
    return 0;
}

int put_bytes(Writer *w, const void *p, size_t n) {
    bool opens = w->framing && w->frame < 0;
    if (reserve(w, n + (opens ? FRAME_HEADER : 0)) < 0) return -1;
    if (opens) {
        w->frame = (ptrdiff_t)w->len;
        w->len += FRAME_HEADER;
    }
    if (n) memcpy(w->data + w->len, p, n);
    w->len += n;
    return 0;
}

int put_op(Writer *w, int op) {
    char c = (char)op;
    return put_bytes(w, &c, 1);
}

// A frame that is too short to pay goes without its header.
static void close_frame(Writer *w) {
    if (!w->framing || w->frame < 0) return;
    char *header = w->data + w->frame;
    size_t n = w->len - (size_t)w->frame - FRAME_HEADER;
    if (n >= FRAME_MIN) {
        uint64_t size = htole64(n);
        header[0] = (char)OP_FRAME;
        memcpy(header + 1, &size, 8);
    } else {
        memmove(header, header + FRAME_HEADER, n);
        w->len -= FRAME_HEADER;
    }
    w->frame = -1;
}

static int write_value(Writer *w, V bytes) {
    V done = obj_call1(w->t, w->write, bytes);
    v_drop(w->t, done);
    return v_is_error(done) ? -1 : 0;
}

int writer_flush(Writer *w) {
    close_frame(w);
    V bytes = bytes_from(w->t, w->data, w->len);
    if (v_is_error(bytes)) return -1;
    w->len = 0;
    int r = write_value(w, bytes);
    v_drop(w->t, bytes);
    return r;
}

V writer_take(Writer *w) {
    close_frame(w);
    return bytes_from(w->t, w->data, w->len);
}

int put_boundary(Writer *w) {
    if (!w->framing || w->frame < 0 || w->len - (size_t)w->frame - FRAME_HEADER < FRAME_TARGET) return 0;
    close_frame(w);
    return w->write == V_NULL ? 0 : writer_flush(w);
}

// Data that would fill a frame stands outside of frames; a file gets it without a copy of ours.
int put_large(Writer *w, const void *header, size_t n, const void *p, size_t len, V payload) {
    bool framing = w->framing, outside = len >= FRAME_TARGET;
    if (outside) {
        close_frame(w);
        w->framing = false;
    }
    int r = put_bytes(w, header, n);
    if (r == 0 && outside && w->write != V_NULL) {
        r = writer_flush(w);
        V bytes = r < 0 ? V_ERROR : payload != V_NULL ? v_dup(payload) : bytes_from(w->t, p, len);
        r = v_is_error(bytes) ? -1 : write_value(w, bytes);
        v_drop(w->t, bytes);
    } else if (r == 0) {
        r = put_bytes(w, p, len);
    }
    w->framing = framing;
    return r;
}

int put_line(Writer *w, int op, V text) {
    size_t n;
    const char *p = str_utf8(w->t, text, &n);
    return !p || put_op(w, op) < 0 || put_bytes(w, p, n) < 0 ? -1 : put_op(w, '\n');
}

// ---- the memo: objects by address -----------------------------------------------------------------------------------------------
static MemoEntry *find(MemoEntry *memo, size_t mask, const Obj *o) {
    size_t i = ((uintptr_t)o >> 4) * 0x9e3779b97f4a7c15u >> 20;
    for (;; i++) {
        MemoEntry *e = &memo[i & mask];
        V v = slot_peek(&e->object);
        if (v == V_NULL || v_obj(v) == o) return e;
    }
}

static int grow_lock_held(Thread *t, Pickler *p) {
    size_t n = p->memo ? (p->mask + 1) * 4 : 16;
    MemoEntry *memo = mem_calloc(t, n, sizeof *memo);
    if (!memo) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; p->memo && i <= p->mask; i++) { // the references move along: nothing is counted
        V v = slot_peek(&p->memo[i].object);
        if (v != V_NULL) *find(memo, n - 1, v_obj(v)) = p->memo[i];
    }
    mem_free(p->memo); // nobody reads it without the lock
    p->memo = memo;
    p->mask = n - 1;
    return 0;
}

static int store(Thread *t, Pickler *p, V v, size_t *index) {
    CRITICAL(t, &p->head);
    if ((!p->memo || p->used * 3 >= p->mask * 2) && grow_lock_held(t, p) < 0) return -1;
    MemoEntry *e = find(p->memo, p->mask, v_obj(v));
    if (*index == SIZE_MAX) *index = p->used;
    if (slot_peek(&e->object) == V_NULL) {
        slot_init(t, &p->head, &e->object, v);
        p->used++;
    }
    e->index = *index;
    return 0;
}

static bool look_up(Writer *w, V v, size_t *index) {
    Pickler *p = w->pickler;
    CRITICAL(w->t, &p->head);
    if (!p->memo || !v_is_object(v)) return false;
    const MemoEntry *e = find(p->memo, p->mask, v_obj(v));
    *index = e->index;
    return slot_peek(&e->object) != V_NULL;
}

bool pickle_memo_has(Writer *w, V v) {
    size_t index;
    return look_up(w, v, &index);
}

static int put_index(Writer *w, size_t index, int short_op, int long_op, int text_op) {
    if (!w->bin) {
        V text = str_from_format(w->t, "%zu", index);
        int r = v_is_error(text) ? -1 : put_line(w, text_op, text);
        v_drop(w->t, text);
        return r;
    }
    char code[5] = {(char)(index < 256 ? short_op : long_op)};
    if (index > UINT32_MAX) {
        pickle_raise(w->t, &pickling_error, "memo id too large for LONG_BINPUT");
        return -1;
    }
    uint32_t n = htole32((uint32_t)index);
    memcpy(code + 1, &n, 4);
    return put_bytes(w, code, index < 256 ? 2 : 5);
}

int pickle_memo_get(Writer *w, V v) {
    size_t index;
    if (!look_up(w, v, &index)) return 0;
    return put_index(w, index, OP_BINGET, OP_LONG_BINGET, OP_GET) < 0 ? -1 : 1;
}

int pickle_memo_put(Writer *w, V v) {
    if (at_load_relaxed(&w->pickler->fast) || !v_is_object(v)) return 0;
    size_t index = SIZE_MAX;
    if (store(w->t, w->pickler, v, &index) < 0) return -1;
    return w->protocol >= 4 ? put_op(w, OP_MEMOIZE) : put_index(w, index, OP_BINPUT, OP_LONG_BINPUT, OP_PUT);
}

void pickle_memo_clear(Thread *t, Pickler *p) {
    MemoEntry *memo;
    size_t mask;
    {
        CRITICAL(t, &p->head);
        memo = p->memo;
        mask = p->mask;
        p->memo = NULL;
        p->mask = p->used = 0;
    }
    for (size_t i = 0; memo && i <= mask; i++) v_drop(t, slot_take(&p->head, &memo[i].object));
    mem_free(memo);
}

// {id: (index, object)}
V pickle_memo_as_dict(Thread *t, V pickler) {
    Pickler *p = (Pickler *)v_obj(pickler);
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    CRITICAL(t, &p->head);
    for (size_t i = 0; p->memo && i <= p->mask; i++) {
        V v = slot_peek(&p->memo[i].object);
        if (v == V_NULL) continue;
        V id = obj_id(t, v), pair = v_is_error(id) ? V_ERROR : tuple_pack(t, 2, v_from_int((int64_t)p->memo[i].index), v);
        int r = v_is_error(pair) ? -1 : dict_set(t, dict, id, pair);
        v_drop(t, id);
        v_drop(t, pair);
        if (r == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

int pickle_memo_from_dict(Thread *t, V pickler, V dict) {
    V pairs = dict_values_list(t, dict);
    if (v_is_error(pairs)) return -1;
    int r = 0;
    pickle_memo_clear(t, (Pickler *)v_obj(pickler));
    for (size_t i = 0; r == 0 && i < list_len(pairs); i++) {
        V pair = list_get(t, pairs, i);
        int64_t index = 0;
        if (!v_is_tuple(pair) || tuple_len(pair) != 2) {
            err_set(t, &exc_TypeError, "'memo' values must be 2-item tuples");
            r = -1;
        } else {
            r = num_as_i64(t, tuple_borrow(pair, 0), &index);
        }
        size_t at = (size_t)index;
        if (r == 0 && v_is_object(tuple_borrow(pair, 1))) r = store(t, (Pickler *)v_obj(pickler), tuple_borrow(pair, 1), &at);
        v_drop(t, pair);
    }
    v_drop(t, pairs);
    return r;
}

// ---- values without parts --------------------------------------------------------------------------------------------------------
static int put_sized(Writer *w, int op, uint64_t n, size_t width) {
    char code[9] = {(char)op};
    n = htole64(n);
    memcpy(code + 1, &n, width);
    return put_bytes(w, code, 1 + width);
}

static int save_long(Writer *w, V v) {
    if (w->protocol < 2) {
        V digits = int_to_str(w->t, v, 10), text = v_is_error(digits) ? V_ERROR : str_from_format(w->t, "%VL", digits);
        int r = v_is_error(text) ? -1 : put_line(w, OP_LONG, text);
        v_drop(w->t, digits);
        v_drop(w->t, text);
        return r;
    }
    size_t n = int_bit_length(v) / 8 + 1;
    uint8_t *p = mem_alloc(w->t, n);
    if (!p) {
        err_no_memory(w->t);
        return -1;
    }
    int r = int_to_bytes(w->t, v, p, n, true, true);
    // One byte less where the highest only repeats a negative sign.
    if (r == 0 && n > 1 && p[n - 1] == 0xff && (p[n - 2] & 0x80)) n--;
    if (r == 0) r = n < 256 ? put_sized(w, OP_LONG1, n, 1) : put_sized(w, OP_LONG4, n, 4);
    if (r == 0) r = put_bytes(w, p, n);
    mem_free(p);
    return r;
}

int save_int(Writer *w, V v) {
    if (!v_is_int(v) || v_int(v) > INT32_MAX || v_int(v) < INT32_MIN) return save_long(w, v);
    int64_t n = v_int(v);
    if (w->bin) {
        if (n >= 0 && n < 256) return put_sized(w, OP_BININT1, (uint64_t)n, 1);
        if (n >= 0 && n < 65536) return put_sized(w, OP_BININT2, (uint64_t)n, 2);
        return put_sized(w, OP_BININT, (uint64_t)n, 4);
    }
    V text = str_from_format(w->t, "%zd", (ptrdiff_t)n);
    int r = v_is_error(text) ? -1 : put_line(w, OP_INT, text);
    v_drop(w->t, text);
    return r;
}

int save_float(Writer *w, V v) {
    if (!w->bin) {
        V text = float_to_str(w->t, float_value(v));
        int r = v_is_error(text) ? -1 : put_line(w, OP_FLOAT, text);
        v_drop(w->t, text);
        return r;
    }
    double d = float_value(v);
    uint64_t bits;
    memcpy(&bits, &d, 8);
    bits = htobe64(bits);
    char code[9] = {OP_BINFLOAT};
    memcpy(code + 1, &bits, 8);
    return put_bytes(w, code, 9);
}

// Header and data: the shortest opcode for n bytes.  One of 0 does not exist in this protocol.
static int put_data(Writer *w, int short_op, int op, int long_op, V v, const char *p, size_t n, const char *kind) {
    char code[9];
    uint64_t size = htole64(n);
    size_t width = short_op && n < 256 ? 1 : op && n <= UINT32_MAX ? 4 : 8;
    if (width == 8 && !long_op) {
        err_set(w->t, &exc_OverflowError, "serializing a %s larger than 4 GiB requires pickle protocol 4 or higher", kind);
        return -1;
    }
    code[0] = (char)(width == 1 ? short_op : width == 4 ? op : long_op);
    memcpy(code + 1, &size, width);
    return put_large(w, code, 1 + width, p, n, v);
}

int save_bytes_data(Writer *w, V v, const char *p, size_t n) {
    V payload = v_is_exact(v, &bytes_type) ? v : V_NULL;
    int r = put_data(w, OP_SHORT_BINBYTES, OP_BINBYTES, w->protocol >= 4 ? OP_BINBYTES8 : 0, payload, p, n, "bytes object");
    return r < 0 ? -1 : pickle_memo_put(w, v);
}
int save_bytearray_data(Writer *w, V v, const char *p, size_t n) {
    return put_data(w, 0, 0, OP_BYTEARRAY8, V_NULL, p, n, "bytearray") < 0 ? -1 : pickle_memo_put(w, v);
}

// What the text opcode cannot hold as it is: the backslash and characters that end lines or files.
static V escaped(Thread *t, V v) {
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < str_len(v); i++) {
        uint32_t c = str_at(v, i);
        if (c > 0xffff) sb_format(&b, "\\U%08x", c);
        else if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a) sb_format(&b, "\\u%04x", c);
        else sb_char(&b, c);
    }
    V text = sb_finish(&b);
    V bytes = v_is_error(text) ? V_ERROR : str_encode(t, text, "latin-1", NULL);
    v_drop(t, text);
    return bytes;
}

static int save_str_text(Writer *w, V v) {
    V bytes = escaped(w->t, v);
    if (v_is_error(bytes)) return -1;
    int r = put_op(w, OP_UNICODE) < 0 || put_bytes(w, bytes_data(bytes), bytes_len(bytes)) < 0 ? -1 : put_op(w, '\n');
    v_drop(w->t, bytes);
    return r < 0 ? -1 : pickle_memo_put(w, v);
}

int save_str(Writer *w, V v) {
    if (!w->bin) return save_str_text(w, v);
    V bytes = V_NULL;
    size_t n;
    const char *p = str_is_ascii(v) ? str_data(v) : NULL;
    if (p) {
        n = str_len(v);
    } else {
        bytes = str_encode(w->t, v, "utf-8", "surrogatepass");
        if (v_is_error(bytes)) return -1;
        p = bytes_data(bytes);
        n = bytes_len(bytes);
    }
    bool new_ops = w->protocol >= 4;
    int r = put_data(w, new_ops ? OP_SHORT_BINUNICODE : 0, OP_BINUNICODE, new_ops ? OP_BINUNICODE8 : 0, bytes, p, n, "string");
    v_drop(w->t, bytes);
    return r < 0 ? -1 : pickle_memo_put(w, v);
}
