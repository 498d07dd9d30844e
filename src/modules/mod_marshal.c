// SPDX-License-Identifier: MIT
// Module marshal: values and code objects as bytes, in CPython's format version 4 (and 0-3), and one type more: 'L', the
// code of a function inside other code.  It begins with what making the function needs; the rest has a length in front
// and references of its own, so that it can be read when the function first runs (code_thaw):
//     argcount posonlyargcount kwonlyargcount stacksize flags firstlineno kinds filename name qualname
//     length [code consts names localsplusnames linetable exceptiontable]
//
// Writing keeps a table of objects seen, so that shared ones become references; reading keeps the list of those flagged.
// Both directions limit depth to 2000, as the format does, and raise RecursionError where the C stack of a thread is too
// small even for that.
#include "base/strbuf.h"
#include "base/dtoa.h"
#include "base/utf8.h"
#include "object/code.h"
#include "object/cstack.h"
#include "object/bytes.h"
#include "object/misc.h"
#include "threading/gclink.h"
#include "threading/poll.h"
#include <stdio.h>
#include <stdlib.h>

enum { VERSION = 4, MAX_DEPTH = 2000, FLAG_REF = 0x80 };

// ---- writing ----------------------------------------------------------------------------------------------------------
typedef struct Writer {
    Thread *t;
    StrBuf out;
    int version, depth;
    bool failed, unmarshallable, too_deep;
    size_t steps;  // of poll_step_apart
    V refs;        // dict: word of an object -> index, or V_NULL (version < 3)
    V kept;        // list of those objects: words stay unique while they live
} Writer;

static void put(Writer *w, int byte) { strbuf_putc(&w->out, (char)byte); }
static void put_long(Writer *w, uint32_t n) {
    for (int i = 0; i < 4; i++) put(w, (int)(n >> (8 * i) & 0xFF));
}
static void put_bytes(Writer *w, const void *p, size_t n) { strbuf_append(&w->out, p, n); }
static void put_sized(Writer *w, const void *p, size_t n) {
    put_long(w, (uint32_t)n);
    put_bytes(w, p, n);
}
static void put_double(Writer *w, double d) { put_bytes(w, &d, 8); } // little endian, as the machine

static void write_value(Writer *w, V v);

// True when v was written before (a reference went out); otherwise it has a number now and *flag is set.
static bool write_ref(Writer *w, V v, int *flag) {
    *flag = 0;
    if (w->refs == V_NULL || !v_is_object(v) || v_is_immortal_ref(v)) return false;
    V key = int_from_u64(w->t, (uint64_t)(uintptr_t)v_obj(v));
    V index = v_is_error(key) ? V_ERROR : dict_get(w->t, w->refs, key);
    if (index != V_NULL && !v_is_error(index)) {
        put(w, 'r');
        put_long(w, (uint32_t)v_int(index));
        v_drop(w->t, key);
        return true;
    }
    size_t n = dict_len(w->refs);
    bool bad = v_is_error(index) || dict_set(w->t, w->refs, key, v_from_int((int64_t)n)) < 0 || list_append(w->t, w->kept, v) < 0;
    v_drop(w->t, key);
    if (bad) w->failed = true;
    *flag = FLAG_REF;
    return false;
}

static void write_int(Writer *w, V v, int flag) {
    int64_t small;
    if (v_is_int(v) && (small = v_int(v)) >= INT32_MIN && small <= INT32_MAX) {
        put(w, 'i' | flag);
        put_long(w, (uint32_t)small);
        return;
    }
    size_t digits = (int_bit_length(v) + 14) / 15, bytes = digits * 2 + 8;
    int sign = int_sign(v);
    V positive = sign < 0 ? int_negate(w->t, v) : v_dup(v);
    uint8_t *raw = v_is_error(positive) ? NULL : calloc(1, bytes);
    if (!raw || int_to_bytes(w->t, positive, raw, bytes, true, false) < 0) {
        w->failed = true;
    } else {
        put(w, 'l' | flag);
        put_long(w, (uint32_t)(sign < 0 ? -(int64_t)digits : (int64_t)digits));
        for (size_t i = 0; i < digits; i++) { // 15 bits each
            size_t bit = i * 15;
            uint32_t word;
            memcpy(&word, raw + bit / 8, 4);
            uint32_t digit = word >> (bit % 8) & 0x7FFF;
            put(w, (int)(digit & 0xFF));
            put(w, (int)(digit >> 8));
        }
    }
    free(raw);
    v_drop(w->t, positive);
}

static void write_str(Writer *w, V v, int flag) {
    size_t n = str_len(v);
    bool interned = str_is_interned(v);
    if (w->version >= 4 && str_is_ascii(v)) {
        if (n < 256) {
            put(w, (interned ? 'Z' : 'z') | flag);
            put(w, (int)n);
            put_bytes(w, str_data(v), n);
        } else {
            put(w, (interned ? 'A' : 'a') | flag);
            put_sized(w, str_data(v), n);
        }
        return;
    }
    V bytes = str_encode(w->t, v, "utf-8", "surrogatepass");
    if (v_is_error(bytes)) {
        w->failed = true;
        return;
    }
    put(w, (w->version >= 3 && interned ? 't' : 'u') | flag);
    put_sized(w, bytes_data(bytes), bytes_len(bytes));
    v_drop(w->t, bytes);
}

static void write_float(Writer *w, double d, int flag) {
    if (w->version > 1) {
        put(w, 'g' | flag);
        put_double(w, d);
        return;
    }
    char text[64];
    int n = snprintf(text, sizeof text, "%.17g", d);
    put(w, 'f' | flag);
    put(w, n);
    put_bytes(w, text, (size_t)n);
}

static void write_tuple(Writer *w, V v, int flag) {
    size_t n = tuple_len(v);
    if (w->version >= 4 && n < 256) {
        put(w, ')' | flag);
        put(w, (int)n);
    } else {
        put(w, '(' | flag);
        put_long(w, (uint32_t)n);
    }
    for (size_t i = 0; i < n; i++) write_value(w, tuple_borrow(v, i));
}

static void write_list(Writer *w, V v, int flag) {
    V items = list_to_tuple(w->t, v); // as it is now
    if (v_is_error(items)) {
        w->failed = true;
        return;
    }
    put(w, '[' | flag);
    put_long(w, (uint32_t)tuple_len(items));
    for (size_t i = 0; i < tuple_len(items); i++) write_value(w, tuple_borrow(items, i));
    v_drop(w->t, items);
}

static void write_dict(Writer *w, V v, int flag) {
    V copy = dict_copy(w->t, v), key, value;
    size_t pos = 0;
    if (v_is_error(copy)) {
        w->failed = true;
        return;
    }
    put(w, '{' | flag);
    while (dict_next(copy, &pos, &key, &value)) {
        write_value(w, key);
        write_value(w, value);
    }
    put(w, '0');
    v_drop(w->t, copy);
}

static void write_set(Writer *w, V v, int flag) { // items in the order of their bytes, so that equal sets agree
    V items = set_snapshot(w->t, v); // as it is now
    if (v_is_error(items)) {
        w->failed = true;
        return;
    }
    V pairs = list_new(w->t, 0);
    put(w, (v_is_exact(v, &frozenset_type) ? '>' : '<') | flag);
    put_long(w, (uint32_t)list_len(items));
    for (size_t i = 0; !v_is_error(pairs) && i < list_len(items); i++) {
        V item = list_get(w->t, items, i);
        Writer one = {.t = w->t, .version = w->version, .steps = w->steps, .refs = V_NULL, .kept = V_NULL};
        strbuf_init(&one.out);
        write_value(&one, item);
        w->steps = one.steps;
        V bytes = one.failed || one.unmarshallable ? V_ERROR : bytes_from(w->t, one.out.data, one.out.len);
        strbuf_free(&one.out);
        w->unmarshallable = w->unmarshallable || one.unmarshallable;
        if (v_is_error(bytes)) v_drop(w->t, item);
        V pair = v_is_error(bytes) ? V_ERROR : tuple_pack_steal(w->t, 2, bytes, item);
        if (v_is_error(pair) || list_append_steal(w->t, pairs, pair) < 0) {
            v_drop(w->t, pairs);
            pairs = V_ERROR;
        }
    }
    v_drop(w->t, items);
    if (v_is_error(pairs) || list_sort(w->t, pairs, V_NONE, false) < 0) w->failed = true;
    for (size_t i = 0; !w->failed && i < list_len(pairs); i++) {
        V pair = list_get(w->t, pairs, i);
        write_value(w, tuple_borrow(pair, 1));
        v_drop(w->t, pair);
    }
    v_drop(w->t, pairs);
}

// Objects inside are numbered for themselves.
static void write_rest(Writer *w, const Code *c) {
    V refs = w->refs, kept = w->kept;
    size_t start = w->out.len;
    const Slot *const rest[] = {&c->code, &c->consts, &c->names, &c->localsplusnames, &c->linetable, &c->exceptiontable};
    put_long(w, 0);
    w->refs = dict_new(w->t);
    w->kept = list_new(w->t, 0);
    w->failed = w->failed || v_is_error(w->refs) || v_is_error(w->kept);
    for (size_t i = 0; i < countof(rest); i++) write_value(w, slot_peek(rest[i]));
    v_drop(w->t, w->refs);
    v_drop(w->t, w->kept);
    w->refs = refs;
    w->kept = kept;
    size_t n = w->out.len - start - 4;
    w->failed = w->failed || w->out.failed;
    for (int i = 0; i < 4 && !w->failed; i++) w->out.data[start + (size_t)i] = (char)(n >> (8 * i));
}

static void write_function_code(Writer *w, const Code *c, int flag) {
    put(w, 'L' | flag);
    const int32_t ints[] = {c->argcount, c->posonlyargcount, c->kwonlyargcount, c->declared_stacksize, c->flags, c->firstlineno};
    for (size_t i = 0; i < countof(ints); i++) put_long(w, (uint32_t)ints[i]);
    V kinds = slot_peek(&c->localspluskinds);
    put_sized(w, bytes_data(kinds), bytes_len(kinds));
    write_value(w, slot_peek(&c->filename));
    write_value(w, slot_peek(&c->name));
    write_value(w, slot_peek(&c->qualname));
    write_rest(w, c);
}

static void write_code(Writer *w, V v, int flag) {
    Code *c = code_of(v);
    if (code_thaw(w->t, c) < 0) {
        w->failed = true;
        return;
    }
    if (w->version >= 4 && w->depth > 1 && c->flags & CO_NEWLOCALS && c->flags & CO_OPTIMIZED) {
        write_function_code(w, c, flag);
        return;
    }
    put(w, 'c' | flag);
    const int32_t ints[] = {c->argcount, c->posonlyargcount, c->kwonlyargcount, c->declared_stacksize, c->flags};
    for (size_t i = 0; i < countof(ints); i++) put_long(w, (uint32_t)ints[i]);
    const Slot *const before[] = {&c->code, &c->consts, &c->names, &c->localsplusnames, &c->localspluskinds, &c->filename, &c->name, &c->qualname};
    for (size_t i = 0; i < countof(before); i++) write_value(w, slot_peek(before[i]));
    put_long(w, (uint32_t)c->firstlineno);
    write_value(w, slot_peek(&c->linetable));
    write_value(w, slot_peek(&c->exceptiontable));
}

static bool write_buffer(Writer *w, V v, int flag) {
    Buffer view;
    if (!obj_has_buffer(v)) return false;
    if (buffer_get(w->t, v, &view, BUF_SIMPLE) < 0) {
        err_clear(w->t);
        return false;
    }
    put(w, 's' | flag);
    put_sized(w, view.data, (size_t)view.len);
    buffer_release(w->t, &view);
    return true;
}

static void write_object(Writer *w, V v, int flag) {
    Type *type = v_type(v);
    if (type == &int_type) write_int(w, v, flag);
    else if (type == &float_type) write_float(w, float_value(v), flag);
    else if (type == &str_type) write_str(w, v, flag);
    else if (type == &tuple_type) write_tuple(w, v, flag);
    else if (type == &list_type) write_list(w, v, flag);
    else if (type == &dict_type) write_dict(w, v, flag);
    else if (type == &set_type || type == &frozenset_type) write_set(w, v, flag);
    else if (type == &code_type) write_code(w, v, flag);
    else if (type == &complex_type) {
        put(w, 'y' | flag);
        put_double(w, ((Complex *)v_obj(v))->re);
        put_double(w, ((Complex *)v_obj(v))->im);
    } else if (!write_buffer(w, v, flag)) {
        put(w, '?');
        w->unmarshallable = true;
    }
}

static void write_value(Writer *w, V v) {
    int flag;
    if (!w->failed && !w->unmarshallable && poll_step_apart(w->t, &w->steps) < 0) w->failed = true;
    if (w->failed) return;
    if (v == V_NULL) put(w, '0');
    else if (v == V_NONE) put(w, 'N');
    else if (v == V_TRUE) put(w, 'T');
    else if (v == V_FALSE) put(w, 'F');
    else if (v == V_ELLIPSIS) put(w, '.');
    else if (v == v_from_type(&exc_StopIteration)) put(w, 'S');
    else if (w->depth >= MAX_DEPTH) w->too_deep = true;
    else if (c_stack_check(w->t, " while marshalling an object") < 0) w->failed = true;
    else if (!write_ref(w, v, &flag)) {
        w->depth++;
        write_object(w, v, flag);
        w->depth--;
    }
}

static V dump(Thread *t, V value, int version) { // bytes
    Writer w = {.t = t, .version = version, .refs = V_NULL, .kept = V_NULL};
    strbuf_init(&w.out);
    if (version >= 3) {
        w.refs = dict_new(t);
        w.kept = list_new(t, 0);
        w.failed = v_is_error(w.refs) || v_is_error(w.kept);
    }
    write_value(&w, value);
    V result = V_ERROR;
    if (w.too_deep) {
        err_set(t, &exc_ValueError, "object too deeply nested to marshal");
    } else if (w.unmarshallable) {
        if (!err_pending(t)) err_set(t, &exc_ValueError, "unmarshallable object");
    } else if (w.out.failed) {
        err_no_memory(t);
    } else if (!w.failed) {
        result = bytes_from(t, w.out.data, w.out.len);
    }
    strbuf_free(&w.out);
    v_drop(t, w.refs);
    v_drop(t, w.kept);
    return result;
}

// ---- reading ------------------------------------------------------------------------------------------------------------
typedef struct Reader {
    Thread *t;
    const uint8_t *p, *end; // memory, or the bytes of the last read
    V file;                 // V_NULL: memory
    V chunk;                // a bytearray with what the file gave last
    V refs;                 // list
    int depth;
    size_t steps;           // of poll_step; a cache file is read without
    V cache;                // the bytes of a cache file, where p is inside: code comes from our own compiler; V_NULL
} Reader;

static V read_value(Reader *r);

static V too_short(Reader *r) { return err_set(r->t, &exc_EOFError, "marshal data too short"); }
static V no_object(Reader *r) { return err_set(r->t, &exc_EOFError, "EOF read where object expected"); }
static V bad_data(Reader *r, const char *what) { return err_set(r->t, &exc_ValueError, "bad marshal data (%s)", what); }

static const uint8_t *take_from_file(Reader *r, size_t n) {
    Thread *t = r->t;
    V chunk = bytearray_new(t, NULL, n), view = v_is_error(chunk) ? V_ERROR : memoryview_from_object(t, chunk);
    V got = v_is_error(view) ? V_ERROR : obj_call_method1(t, r->file, NAME(readinto), view);
    v_drop(t, view);
    v_drop(t, r->chunk);
    r->chunk = v_is_error(chunk) ? V_NULL : chunk;
    ptrdiff_t size;
    int failed = v_is_error(got) ? -1 : num_as_ssize(t, got, &exc_OverflowError, &size);
    v_drop(t, got);
    if (failed) return NULL;
    if (size == (ptrdiff_t)n) return (const uint8_t *)bytearray_data(chunk);
    if (size < (ptrdiff_t)n) err_set(t, &exc_EOFError, "EOF read where not expected");
    else err_set(t, &exc_ValueError, "read() returned too much data: %zu bytes requested, %zd returned", n, size);
    return NULL;
}

static const uint8_t *take_hard(Reader *r, size_t n) {
    if (r->file != V_NULL) return take_from_file(r, n);
    too_short(r);
    return NULL;
}

// The next n bytes; NULL with an exception.  Good until the next take.
static inline const uint8_t *take(Reader *r, size_t n) {
    if (unlikely(r->file != V_NULL || (size_t)(r->end - r->p) < n)) return take_hard(r, n);
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}

static int take_byte(Reader *r) {
    const uint8_t *p = take(r, 1);
    return p ? *p : -1;
}

static bool take_long(Reader *r, int32_t *out) {
    const uint8_t *p = take(r, 4);
    if (!p) return false;
    memcpy(out, p, 4);
    return true;
}

static ptrdiff_t take_size(Reader *r, const char *what) {
    int32_t n;
    if (!take_long(r, &n)) return -1;
    if (n >= 0) return n;
    bad_data(r, what);
    return -1;
}

static ptrdiff_t reserve_ref(Reader *r, bool flagged) { // a place before the object exists; -2: not flagged
    if (!flagged) return -2;
    if (list_append(r->t, r->refs, V_NONE) < 0) return -1;
    return (ptrdiff_t)list_len(r->refs) - 1;
}

static V keep_ref(Reader *r, V v, ptrdiff_t at) {
    if (at >= 0 && !v_is_error(v) && list_set(r->t, r->refs, (size_t)at, v) < 0) {
        v_drop(r->t, v);
        return V_ERROR;
    }
    return v;
}

static V read_long(Reader *r) {
    int32_t n;
    if (!take_long(r, &n)) return V_ERROR;
    size_t digits = n < 0 ? (size_t)-(int64_t)n : (size_t)n;
    const uint8_t *p = take(r, digits * 2);
    if (!p) return V_ERROR;
    uint8_t *raw = calloc(1, digits * 2 + 8);
    if (!raw) return err_no_memory(r->t);
    bool bad = false;
    for (size_t i = 0; i < digits; i++) {
        uint32_t digit = p[2 * i] | (uint32_t)p[2 * i + 1] << 8, word;
        bad = bad || digit > 0x7FFF || (i == digits - 1 && digit == 0);
        memcpy(&word, raw + i * 15 / 8, 4);
        word |= digit << (i * 15 % 8);
        memcpy(raw + i * 15 / 8, &word, 4);
    }
    V v = bad ? bad_data(r, "digit out of range in long") : int_from_bytes(r->t, raw, digits * 2 + 8, true, false);
    free(raw);
    if (v_is_error(v) || n >= 0) return v;
    V negative = int_negate(r->t, v);
    v_drop(r->t, v);
    return negative;
}

static V read_text(Reader *r, ptrdiff_t n, bool ascii, bool interned) {
    if (n < 0) return V_ERROR;
    const uint8_t *p = take(r, (size_t)n);
    if (!p) return V_ERROR;
    V v;
    if (ascii && interned && utf8_is_ascii((const char *)p, (size_t)n)) return str_intern_utf8(r->t, (const char *)p, (size_t)n);
    if (ascii) {
        v = str_from_latin1(r->t, (const char *)p, (size_t)n);
    } else {
        V bytes = bytes_from(r->t, p, (size_t)n);
        v = v_is_error(bytes) ? V_ERROR : codec_decode(r->t, bytes, "utf-8", "surrogatepass");
        v_drop(r->t, bytes);
    }
    return interned && !v_is_error(v) ? str_intern_steal(r->t, v) : v;
}

static V read_double_text(Reader *r, double *out) {
    int n = take_byte(r);
    const uint8_t *p = n < 0 ? NULL : take(r, (size_t)n);
    if (!p) return V_ERROR;
    const char *end;
    *out = double_parse((const char *)p, (size_t)n, &end);
    return end == (const char *)p + n ? V_NONE : bad_data(r, "float out of range");
}

static V read_tuple(Reader *r, ptrdiff_t n, bool flagged) {
    ptrdiff_t at = n < 0 ? -1 : reserve_ref(r, flagged);
    if (at == -1) return V_ERROR;
    if (r->file == V_NULL && n > r->end - r->p) return no_object(r); // an item takes a byte at least
    V tuple = tuple_new(r->t, (size_t)n);
    bool leaf = n > 0 && !v_is_error(tuple);
    for (ptrdiff_t i = 0; i < n && !v_is_error(tuple); i++) {
        V item = read_value(r);
        if (item == V_NULL) item = err_set(r->t, &exc_TypeError, "NULL object in marshal data for tuple");
        if (v_is_error(item)) {
            v_drop(r->t, tuple);
            return V_ERROR;
        }
        leaf = leaf && !(v_is_object(item) && obj_has(v_obj(item), OBJ_GC));
        tuple_init_steal(r->t, tuple, (size_t)i, item);
    }
    if (leaf) gc_untrack(r->t, v_obj(tuple)); // most of a code object's: nothing for the collector to look at
    return keep_ref(r, tuple, at);
}

static V read_collection(Reader *r, int type, bool flagged) { // list, set, frozenset
    ptrdiff_t n = take_size(r, type == '[' ? "list size out of range" : "set size out of range");
    bool frozen = type == '>';
    if (n < 0) return V_ERROR;
    if (r->file == V_NULL && n > r->end - r->p) return no_object(r); // an item takes a byte at least
    ptrdiff_t at = frozen && n == 0 ? -2 : reserve_ref(r, flagged);
    if (at == -1) return V_ERROR;
    V list = list_new(r->t, 0), result = type == '[' ? list : V_NULL;
    if (type == '[') keep_ref(r, list, at);
    for (ptrdiff_t i = 0; i < n && !v_is_error(list); i++) {
        V item = read_value(r);
        if (item == V_NULL) item = err_set(r->t, &exc_TypeError, "NULL object in marshal data for %s", type == '[' ? "list" : "set");
        if (v_is_error(item) || list_append_steal(r->t, list, item) < 0) {
            v_drop(r->t, list);
            return V_ERROR;
        }
    }
    if (type == '[' || v_is_error(list)) return type == '[' ? result : V_ERROR;
    V set = frozen ? frozenset_new(r->t, list) : set_new(r->t, list);
    v_drop(r->t, list);
    return keep_ref(r, set, at);
}

static V read_dict(Reader *r, bool flagged) {
    ptrdiff_t at = reserve_ref(r, flagged);
    V dict = at == -1 ? V_ERROR : dict_new(r->t);
    keep_ref(r, dict, at);
    while (!v_is_error(dict)) {
        V key = read_value(r);
        if (key == V_NULL) return dict;
        V value = v_is_error(key) ? V_ERROR : read_value(r);
        if (value == V_NULL) value = bad_data(r, "no value for a key");
        int bad = v_is_error(value) ? -1 : dict_set(r->t, dict, key, value);
        v_drop(r->t, key);
        v_drop(r->t, value);
        if (bad < 0) break;
    }
    v_drop(r->t, dict);
    return V_ERROR;
}

static V read_code(Reader *r, bool flagged) {
    enum { CODE, CONSTS, NAMES, LOCALS, KINDS, FILENAME, CODE_NAME, QUALNAME, LINES, EXCEPTIONS, N_PARTS };
    static const bool is_bytes[N_PARTS] = {[CODE] = true, [KINDS] = true, [LINES] = true, [EXCEPTIONS] = true};
    static const bool is_tuple[N_PARTS] = {[CONSTS] = true, [NAMES] = true, [LOCALS] = true};
    int32_t ints[5], firstlineno = 0;
    V part[N_PARTS];
    int n = 0;
    ptrdiff_t at = reserve_ref(r, flagged);
    if (at == -1) return V_ERROR;
    for (int i = 0; i < 5; i++) {
        if (!take_long(r, &ints[i])) return V_ERROR;
    }
    bool ok = true;
    for (; ok && n < N_PARTS; n++) {
        if (n == LINES && !take_long(r, &firstlineno)) break;
        part[n] = read_value(r);
        ok = part[n] != V_NULL && !v_is_error(part[n]) && (is_bytes[n] ? v_is_bytes(part[n]) : is_tuple[n] ? v_is_tuple(part[n]) : v_is_str(part[n]));
    }
    V code = V_ERROR;
    if (ok && n == N_PARTS) {
        CodeArgs a = {.argcount = ints[0], .posonlyargcount = ints[1], .kwonlyargcount = ints[2], .stacksize = ints[3], .flags = ints[4],
                      .firstlineno = firstlineno, .code = part[CODE], .consts = part[CONSTS], .names = part[NAMES], .localsplusnames = part[LOCALS],
                      .localspluskinds = part[KINDS], .filename = part[FILENAME], .name = part[CODE_NAME], .qualname = part[QUALNAME],
                      .linetable = part[LINES], .exceptiontable = part[EXCEPTIONS], .trusted = r->cache != V_NULL};
        code = code_new(r->t, &a);
    } else if (!err_pending(r->t)) {
        err_set(r->t, &exc_TypeError, "bad marshal data (a part of a code object has the wrong type)");
    }
    for (int i = 0; i < n; i++) v_drop(r->t, part[i]);
    return keep_ref(r, code, at);
}

// One of the right type, or V_ERROR.
static V read_part(Reader *r, Type *type) {
    V v = read_value(r);
    if (v_is_error(v) || (v != V_NULL && v_is_exact(v, type))) return v;
    v_drop(r->t, v);
    return err_set(r->t, &exc_TypeError, "bad marshal data (a part of a code object has the wrong type)");
}

static int read_rest(Reader *r, CodeArgs *a) {
    V *const parts[] = {&a->code, &a->consts, &a->names, &a->localsplusnames, &a->linetable, &a->exceptiontable};
    Type *const types[] = {&bytes_type, &tuple_type, &tuple_type, &tuple_type, &bytes_type, &bytes_type};
    r->refs = list_new(r->t, 0);
    bool ok = !v_is_error(r->refs);
    for (size_t i = 0; i < countof(parts); i++) {
        *parts[i] = ok ? read_part(r, types[i]) : V_NULL;
        if (v_is_error(*parts[i])) {
            *parts[i] = V_NULL;
            ok = false;
        }
    }
    v_drop(r->t, r->refs);
    if (ok) return 0;
    code_args_drop_rest(r->t, a);
    return -1;
}

// A function's code: from a cache file its head only.
static V read_function_code(Reader *r, bool flagged) {
    int32_t ints[6];
    ptrdiff_t at = reserve_ref(r, flagged), size = -1;
    if (at == -1) return V_ERROR;
    for (size_t i = 0; i < countof(ints); i++) {
        if (!take_long(r, &ints[i])) return V_ERROR;
    }
    CodeArgs a = {.argcount = ints[0], .posonlyargcount = ints[1], .kwonlyargcount = ints[2], .stacksize = ints[3], .flags = ints[4],
                  .firstlineno = ints[5], .trusted = r->cache != V_NULL};
    const uint8_t *p = (size = take_size(r, "bytes object size out of range")) < 0 ? NULL : take(r, (size_t)size);
    a.localspluskinds = p ? bytes_from(r->t, p, (size_t)size) : V_ERROR;
    a.filename = v_is_error(a.localspluskinds) ? V_ERROR : read_part(r, &str_type);
    a.name = v_is_error(a.filename) ? V_ERROR : read_part(r, &str_type);
    a.qualname = v_is_error(a.name) ? V_ERROR : read_part(r, &str_type);
    size = v_is_error(a.qualname) ? -1 : take_size(r, "code size out of range");
    V code = V_ERROR;
    if (size >= 0 && (p = take(r, (size_t)size))) {
        if (r->cache != V_NULL) {
            code = code_new_frozen(r->t, &a, r->cache, (size_t)(p - (const uint8_t *)bytes_data(r->cache)), (size_t)size);
        } else {
            Reader rest = {.t = r->t, .p = p, .end = p + size, .file = V_NULL, .chunk = V_NULL, .depth = r->depth, .cache = V_NULL};
            if (read_rest(&rest, &a) == 0) {
                code = code_new(r->t, &a);
                code_args_drop_rest(r->t, &a);
            }
        }
    }
    const V head[] = {a.localspluskinds, a.filename, a.name, a.qualname};
    for (size_t i = 0; i < countof(head); i++) v_drop(r->t, head[i]);
    return keep_ref(r, code, at);
}

static V read_ref(Reader *r) {
    int32_t n;
    if (!take_long(r, &n)) return V_ERROR;
    V v = n < 0 ? V_NULL : list_get(r->t, r->refs, (size_t)n);
    return v == V_NULL ? bad_data(r, "invalid reference") : v;
}

static V read_complex(Reader *r, int type) {
    double part[2];
    for (int i = 0; i < 2; i++) {
        if (type == 'x') {
            if (v_is_error(read_double_text(r, &part[i]))) return V_ERROR;
        } else {
            const uint8_t *p = take(r, 8);
            if (!p) return V_ERROR;
            memcpy(&part[i], p, 8);
        }
    }
    return complex_from_doubles(r->t, part[0], part[1]);
}

static V read_simple(Reader *r, int type) { // values that hold no others
    double d;
    int32_t n;
    const uint8_t *p;
    switch (type) {
    case 'i': return take_long(r, &n) ? v_from_int(n) : V_ERROR;
    case 'I': {
        int64_t wide;
        if (!(p = take(r, 8))) return V_ERROR;
        memcpy(&wide, p, 8);
        return int_from_i64(r->t, wide);
    }
    case 'l': return read_long(r);
    case 'f': return v_is_error(read_double_text(r, &d)) ? V_ERROR : float_from_double(r->t, d);
    case 'g':
        if (!(p = take(r, 8))) return V_ERROR;
        memcpy(&d, p, 8);
        return float_from_double(r->t, d);
    case 'x':
    case 'y': return read_complex(r, type);
    case 's': {
        ptrdiff_t size = take_size(r, "bytes object size out of range");
        if (size < 0 || !(p = take(r, (size_t)size))) return V_ERROR;
        return bytes_from(r->t, p, (size_t)size);
    }
    case 'u':
    case 't': return read_text(r, take_size(r, "string size out of range"), false, type == 't');
    case 'a':
    case 'A': return read_text(r, take_size(r, "string size out of range"), true, type == 'A');
    case 'z':
    case 'Z': return read_text(r, take_byte(r), true, type == 'Z');
    default: return bad_data(r, "unknown type code");
    }
}

static V read_typed(Reader *r, int type, bool flagged) {
    switch (type) {
    case '0': return V_NULL;
    case 'N': return V_NONE;
    case 'T': return V_TRUE;
    case 'F': return V_FALSE;
    case '.': return V_ELLIPSIS;
    case 'S': return v_from_type(&exc_StopIteration);
    case 'r': return read_ref(r);
    case '(': return read_tuple(r, take_size(r, "tuple size out of range"), flagged);
    case ')': return read_tuple(r, take_byte(r), flagged);
    case '[':
    case '<':
    case '>': return read_collection(r, type, flagged);
    case '{': return read_dict(r, flagged);
    case 'c': return read_code(r, flagged);
    case 'L': return read_function_code(r, flagged);
    default: {
        V v = read_simple(r, type);
        if (flagged && !v_is_error(v) && list_append(r->t, r->refs, v) < 0) {
            v_drop(r->t, v);
            return V_ERROR;
        }
        return v;
    }
    }
}

static V read_value(Reader *r) {
    int type = take_byte(r);
    if (type < 0) {
        if (!err_matches(r->t, &exc_EOFError)) return V_ERROR;
        err_clear(r->t);
        return no_object(r);
    }
    if (r->cache == V_NULL && poll_step(r->t, &r->steps) < 0) return V_ERROR;
    if (r->depth >= MAX_DEPTH) return bad_data(r, "recursion limit exceeded");
    if (c_stack_check(r->t, " while unmarshalling an object") < 0) return V_ERROR;
    r->depth++;
    V v = read_typed(r, type & ~FLAG_REF, (type & FLAG_REF) != 0);
    r->depth--;
    return v;
}

static V read_all(Reader *r) {
    r->refs = list_new(r->t, 0);
    if (v_is_error(r->refs)) return V_ERROR;
    V v = read_value(r);
    if (v == V_NULL) v = err_set(r->t, &exc_TypeError, "NULL object in marshal data for object");
    v_drop(r->t, r->refs);
    return v;
}

// ---- the module -----------------------------------------------------------------------------------------------------------
static int version_arg(Thread *t, V v, int *version) {
    *version = VERSION;
    return v == V_NULL ? 0 : num_as_int(t, v, version);
}

static NATIVE(marshal_dumps) {
    (void)self, (void)nargs, (void)kwnames;
    int version;
    return version_arg(t, args[1], &version) < 0 ? V_ERROR : dump(t, args[0], version);
}

static NATIVE(marshal_dump) {
    (void)self, (void)nargs, (void)kwnames;
    int version;
    V data = version_arg(t, args[2], &version) < 0 ? V_ERROR : dump(t, args[0], version);
    if (v_is_error(data)) return V_ERROR;
    V r = obj_call_method1(t, args[1], NAME(write), data);
    v_drop(t, data);
    return r;
}

static Reader cache_reader(Thread *t, V file, size_t at, size_t size) {
    const uint8_t *p = (const uint8_t *)bytes_data(file) + at;
    return (Reader){.t = t, .p = p, .end = p + size, .file = V_NULL, .chunk = V_NULL, .cache = file};
}

V code_unmarshal(Thread *t, V file, size_t start) {
    Reader r = cache_reader(t, file, start, bytes_len(file) - start);
    return read_all(&r);
}

int code_unmarshal_rest(Thread *t, V file, size_t at, size_t size, CodeArgs *args) {
    Reader r = cache_reader(t, file, at, size);
    return read_rest(&r, args);
}

static NATIVE(marshal_loads) {
    (void)self, (void)nargs, (void)kwnames;
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    Reader r = {.t = t, .p = view.data, .end = (const uint8_t *)view.data + view.len, .file = V_NULL, .chunk = V_NULL, .cache = V_NULL};
    V v = read_all(&r);
    buffer_release(t, &view);
    return v;
}

static NATIVE(marshal_load) {
    (void)self, (void)nargs, (void)kwnames;
    V nothing = obj_call_method1(t, args[0], NAME(read), V_INT(0));
    if (v_is_error(nothing)) return V_ERROR;
    bool binary = v_is_bytes(nothing);
    if (!binary) err_set(t, &exc_TypeError, "file.read() returned not bytes but %T", nothing);
    v_drop(t, nothing);
    if (!binary) return V_ERROR;
    Reader r = {.t = t, .file = args[0], .chunk = V_NULL, .cache = V_NULL};
    V v = read_all(&r);
    v_drop(t, r.chunk);
    return v;
}

static const Method methods[] = {
    {"dump", marshal_dump, "value, file, version=version, /", 0, 0, "Appends a value to a file."},
    {"load", marshal_load, "file, /", 0, 0, "The next value of a file."},
    {"dumps", marshal_dumps, "value, version=version, /", 0, 0, "A value as bytes, as dump() writes it."},
    {"loads", marshal_loads, "bytes, /", 0, 0, "The value that bytes stand for."},
    METHOD_END,
};

static int exec(Thread *t, V module) { return module_add_int(t, module, "version", VERSION); }

const ModuleDef mod_marshal = {"marshal", "Values as bytes for .pyc files.", methods, exec, 0};
