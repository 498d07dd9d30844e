// SPDX-License-Identifier: MIT
// Module zlib: deflate, inflate and checksums by the C library of that name.
//
// A stream belongs to whoever holds its object's byte lock `busy`; the library works while the thread is detached, on
// buffers that are exported meanwhile.  Start reading at `pump`.
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_ZLIB
#include "outbuf.h"
#include "threading/parking.h"
#include <limits.h>
#include <zlib.h>

enum { FIRST_OUTPUT = 16384, DETACH_FROM = 2048, MEM_LEVEL = 8 };

typedef struct Stream { // zlib.Compress and zlib.Decompress
    Obj head;
    z_stream z;           // self->busy
    Slot unused, tail;    // decompression: bytes behind the end; bytes not looked at yet.  Written under self->busy
    Slot zdict;           // decompression: bytes-like or V_NULL; const after init
    uint8_t busy;         // byte lock
    bool deflating;       // const after init
    bool open;            // the library has a state for it; self->busy
    bool eof;             // atomic; written under self->busy
} Stream;
static Stream *stream_of(V v) { return (Stream *)v_obj(v); }
static Type compress_type, decompress_type;
static Slot error_type; // zlib.error

static void stream_lock(Thread *t, Stream *s) { bytelock_lock(t, &s->busy, -1, 0); }
static void stream_unlock(Stream *s) { bytelock_unlock(&s->busy); }

// ---- errors -------------------------------------------------------------------------------------------------------------
static V zlib_error(Thread *t, const z_stream *z, int code, const char *doing) {
    const char *why = code == Z_VERSION_ERROR ? "library version mismatch" : z->msg;
    if (!why) {
        if (code == Z_BUF_ERROR) why = "incomplete or truncated stream";
        else if (code == Z_STREAM_ERROR) why = "inconsistent stream state";
        else if (code == Z_DATA_ERROR) why = "invalid input data";
    }
    Type *type = v_as_type(slot_peek(&error_type));
    if (why) return err_set(t, type, "Error %d %s: %s", code, doing, why);
    return err_set(t, type, "Error %d %s", code, doing);
}

// ---- the work -----------------------------------------------------------------------------------------------------------
// Input that may be longer than the library's counters.
typedef struct Input { const uint8_t *p; size_t left; } Input;

static void feed(z_stream *z, Input *in) {
    z->next_in = (Bytef *)in->p;
    z->avail_in = in->left > UINT_MAX ? UINT_MAX : (uInt)in->left;
}
static void consumed(const z_stream *z, Input *in) {
    size_t n = (size_t)(z->next_in - in->p);
    in->p += n;
    in->left -= n;
}

// Runs deflate or inflate until the input is used up, the stream ends, the output is full or something is wrong; with
// Z_FINISH and its relatives (`last` is given for the end of the input) until there is no more output.  Detached.
typedef struct Pump {
    z_stream *z;
    Input in;
    OutBuf out;
    int last;           // flush mode for the last piece of the input
    bool deflating;
    const Buffer *dict; // for inflate when it asks; may be NULL
    int code;           // the library's last answer
    bool dict_failed;
} Pump;

static int step(Pump *p, size_t room) {
    z_stream *z = p->z;
    z->next_out = p->out.data + p->out.len;
    z->avail_out = room > UINT_MAX ? UINT_MAX : (uInt)room;
    uInt before = z->avail_out;
    feed(z, &p->in);
    int mode = z->avail_in == p->in.left ? p->last : Z_NO_FLUSH;
    p->code = p->deflating ? deflate(z, mode) : inflate(z, mode);
    p->out.len += before - z->avail_out;
    consumed(z, &p->in);
    return p->code;
}

static void pump(Pump *p) {
    p->code = Z_OK;
    for (;;) {
        size_t room = outbuf_room(&p->out);
        if (!room) return;
        int code = step(p, room);
        if (code == Z_NEED_DICT && p->dict && !p->deflating) {
            p->code = inflateSetDictionary(p->z, p->dict->data, (uInt)p->dict->len);
            if (p->code != Z_OK) {
                p->dict_failed = true;
                return;
            }
            continue;
        }
        if (code != Z_OK && code != Z_BUF_ERROR) return; // the end, or an error
        if (p->z->avail_out == 0) continue;              // there may be more output
        if (!p->in.left) return;
        if (code == Z_BUF_ERROR) return;                 // no progress is possible
    }
}

static void run(Thread *t, Pump *p) {
    if (p->in.left < DETACH_FROM && p->deflating) pump(p);
    else BLOCKING(t) pump(p);
    p->z->next_in = NULL;
    p->z->avail_in = 0;
}

// ---- compress and decompress ----------------------------------------------------------------------------------------------
static int opt_int(Thread *t, V v, int *out) { return v == V_NULL ? 0 : num_as_int(t, v, out); }

static NATIVE(zlib_compress) { // data, /, level=-1, wbits=15
    (void)self, (void)nargs, (void)kwnames;
    int level = Z_DEFAULT_COMPRESSION, wbits = MAX_WBITS;
    Buffer data;
    z_stream z = {0};
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    V result = V_ERROR;
    if (opt_int(t, args[1], &level) < 0 || opt_int(t, args[2], &wbits) < 0) goto done;
    int code = deflateInit2(&z, level, Z_DEFLATED, wbits, MEM_LEVEL, Z_DEFAULT_STRATEGY);
    if (code != Z_OK) {
        if (code == Z_MEM_ERROR) err_set(t, &exc_MemoryError, "Out of memory while compressing data");
        else if (code == Z_STREAM_ERROR) err_set(t, v_as_type(slot_peek(&error_type)), "Bad compression level");
        else zlib_error(t, &z, code, "while compressing data");
        goto done;
    }
    Pump p = {.z = &z, .in = {data.data, (size_t)data.len}, .last = Z_FINISH, .deflating = true};
    outbuf_init(&p.out, FIRST_OUTPUT, SIZE_MAX);
    run(t, &p);
    deflateEnd(&z);
    if (p.code == Z_STREAM_END || p.out.no_memory) {
        result = outbuf_finish(t, &p.out);
    } else {
        zlib_error(t, &z, p.code, "while compressing data");
        outbuf_drop(&p.out);
    }
done:
    buffer_release(t, &data);
    return result;
}

static NATIVE(zlib_decompress) { // data, /, wbits=15, bufsize=16384
    (void)self, (void)nargs, (void)kwnames;
    int wbits = MAX_WBITS;
    ptrdiff_t first = FIRST_OUTPUT;
    Buffer data;
    z_stream z = {0};
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    V result = V_ERROR;
    if (opt_int(t, args[1], &wbits) < 0 || (args[2] != V_NULL && num_as_ssize(t, args[2], &exc_OverflowError, &first) < 0)) goto done;
    if (first < 0) {
        err_set(t, &exc_ValueError, "bufsize must be non-negative");
        goto done;
    }
    int code = inflateInit2(&z, wbits);
    if (code != Z_OK) {
        if (code == Z_MEM_ERROR) err_set(t, &exc_MemoryError, "Out of memory while decompressing data");
        else zlib_error(t, &z, code, "while preparing to decompress data");
        inflateEnd(&z);
        goto done;
    }
    Pump p = {.z = &z, .in = {data.data, (size_t)data.len}, .last = Z_FINISH};
    outbuf_init(&p.out, first ? (size_t)first : 1, SIZE_MAX);
    run(t, &p);
    inflateEnd(&z);
    if (p.code == Z_STREAM_END || p.out.no_memory) {
        result = outbuf_finish(t, &p.out);
    } else {
        if (p.code == Z_MEM_ERROR) err_set(t, &exc_MemoryError, "Out of memory while decompressing data");
        else zlib_error(t, &z, p.code, "while decompressing data");
        outbuf_drop(&p.out);
    }
done:
    buffer_release(t, &data);
    return result;
}

// ---- objects ----------------------------------------------------------------------------------------------------------------
static V stream_new(Thread *t, bool deflating) {
    V self = type_alloc(t, deflating ? &compress_type : &decompress_type, 0);
    if (v_is_error(self)) return self;
    stream_of(self)->deflating = deflating;
    slot_init(t, v_obj(self), &stream_of(self)->unused, bytes_empty());
    slot_init(t, v_obj(self), &stream_of(self)->tail, bytes_empty());
    return self;
}

// After deflateInit2 or inflateInit2.
static int opened(Thread *t, Stream *s, int code, const char *doing, const char *what) {
    s->open = code == Z_OK;
    if (s->open) return 0;
    if (code == Z_STREAM_ERROR) err_set(t, &exc_ValueError, "Invalid initialization option");
    else if (code == Z_MEM_ERROR) err_set(t, &exc_MemoryError, "Can't allocate memory for %s object", what);
    else zlib_error(t, &s->z, code, doing);
    return -1;
}

static int deflate_dict(Thread *t, Stream *s, V zdict) {
    Buffer view;
    if (zdict == V_NULL || zdict == V_NONE) return 0;
    if (buffer_get(t, zdict, &view, BUF_SIMPLE) < 0) return -1;
    if (view.len > UINT_MAX) {
        err_set(t, &exc_OverflowError, "zdict length does not fit in an unsigned int");
    } else {
        int code = deflateSetDictionary(&s->z, view.data, (uInt)view.len);
        if (code != Z_OK) err_set(t, &exc_ValueError, code == Z_STREAM_ERROR ? "Invalid dictionary" : "deflateSetDictionary()");
    }
    buffer_release(t, &view);
    return err_pending(t) ? -1 : 0;
}

static NATIVE(zlib_compressobj) { // level, method, wbits, memLevel, strategy, zdict
    (void)self, (void)nargs, (void)kwnames;
    int option[5] = {Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS, MEM_LEVEL, Z_DEFAULT_STRATEGY};
    for (int i = 0; i < 5; i++) {
        if (opt_int(t, args[i], &option[i]) < 0) return V_ERROR;
    }
    V object = stream_new(t, true);
    if (v_is_error(object)) return V_ERROR;
    Stream *s = stream_of(object);
    int code = deflateInit2(&s->z, option[0], option[1], option[2], option[3], option[4]);
    if (opened(t, s, code, "while creating compression object", "compression") == 0 && deflate_dict(t, s, args[5]) == 0) return object;
    v_drop(t, object);
    return V_ERROR;
}

static NATIVE(zlib_decompressobj) { // wbits, zdict
    (void)self, (void)nargs, (void)kwnames;
    int wbits = MAX_WBITS;
    if (opt_int(t, args[0], &wbits) < 0) return V_ERROR;
    if (args[1] != V_NULL && !obj_has_buffer(args[1])) return err_set(t, &exc_TypeError, "zdict argument must support the buffer protocol");
    V object = stream_new(t, false);
    if (v_is_error(object)) return V_ERROR;
    Stream *s = stream_of(object);
    if (args[1] != V_NULL) slot_init(t, v_obj(object), &s->zdict, args[1]);
    int r = opened(t, s, inflateInit2(&s->z, wbits), "while creating decompression object", "decompression");
    if (r == 0 && args[1] != V_NULL && wbits < 0) { // a raw stream never asks for it
        Buffer view;
        r = buffer_get(t, args[1], &view, BUF_SIMPLE);
        if (r == 0) {
            int code = inflateSetDictionary(&s->z, view.data, (uInt)view.len);
            if (code != Z_OK) zlib_error(t, &s->z, code, "while setting zdict");
            buffer_release(t, &view);
            r = code == Z_OK ? 0 : -1;
        }
    }
    if (r == 0) return object;
    v_drop(t, object);
    return V_ERROR;
}

static void stream_close(Stream *s) {
    if (!s->open) return;
    s->open = false;
    if (s->deflating) deflateEnd(&s->z);
    else inflateEnd(&s->z);
}
static void stream_free(Thread *t, Obj *o) {
    (void)t;
    stream_close((Stream *)o);
}
static void stream_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Stream *)o)->unused);
    VISIT(((Stream *)o)->tail);
    VISIT(((Stream *)o)->zdict);
}

static NATIVE(compress_compress) {
    (void)nargs, (void)kwnames;
    Stream *s = stream_of(self);
    Buffer data;
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    stream_lock(t, s);
    Pump p = {.z = &s->z, .in = {data.data, (size_t)data.len}, .last = Z_NO_FLUSH, .deflating = true};
    outbuf_init(&p.out, FIRST_OUTPUT, SIZE_MAX);
    run(t, &p);
    V result = V_NULL;
    if (p.code == Z_STREAM_ERROR) {
        result = zlib_error(t, &s->z, p.code, "while compressing data");
        outbuf_drop(&p.out);
    }
    stream_unlock(s);
    buffer_release(t, &data);
    return result == V_NULL ? outbuf_finish(t, &p.out) : result;
}

static NATIVE(compress_flush) { // mode=Z_FINISH
    (void)nargs, (void)kwnames;
    Stream *s = stream_of(self);
    int mode = Z_FINISH;
    if (opt_int(t, args[0], &mode) < 0) return V_ERROR;
    if (mode == Z_NO_FLUSH) return bytes_empty();
    stream_lock(t, s);
    Pump p = {.z = &s->z, .in = {(const uint8_t *)"", 0}, .last = mode, .deflating = true};
    outbuf_init(&p.out, FIRST_OUTPUT, SIZE_MAX);
    BLOCKING(t) pump(&p);
    bool bad = p.code != Z_OK && p.code != Z_BUF_ERROR && p.code != Z_STREAM_END;
    if (bad) zlib_error(t, &s->z, p.code, "while flushing");
    else if (p.code == Z_STREAM_END && mode == Z_FINISH) stream_close(s);
    stream_unlock(s);
    if (!bad) return outbuf_finish(t, &p.out);
    outbuf_drop(&p.out);
    return V_ERROR;
}

static NATIVE(stream_copy) {
    UNUSED_NATIVE();
    Stream *s = stream_of(self);
    V other = stream_new(t, s->deflating);
    if (v_is_error(other)) return V_ERROR;
    Stream *o = stream_of(other);
    stream_lock(t, s);
    int code = s->deflating ? deflateCopy(&o->z, &s->z) : inflateCopy(&o->z, &s->z);
    o->open = code == Z_OK;
    at_store_relaxed(&o->eof, at_load_relaxed(&s->eof));
    slot_set_steal(t, v_obj(other), &o->unused, slot_get(v_obj(self), &s->unused));
    slot_set_steal(t, v_obj(other), &o->tail, slot_get(v_obj(self), &s->tail));
    slot_set_steal(t, v_obj(other), &o->zdict, slot_get(v_obj(self), &s->zdict));
    if (code == Z_STREAM_ERROR) err_set(t, &exc_ValueError, "Inconsistent stream state");
    else if (code == Z_MEM_ERROR) err_set(t, &exc_MemoryError, "Can't allocate memory for %s object", s->deflating ? "compression" : "decompression");
    else if (code != Z_OK) zlib_error(t, &s->z, code, s->deflating ? "while copying compression object" : "while copying decompression object");
    stream_unlock(s);
    if (code == Z_OK) return other;
    v_drop(t, other);
    return V_ERROR;
}

// What inflate left of the input goes to unused_data when the stream has ended, else to unconsumed_tail.
static int keep_rest(Thread *t, V self, const Pump *p) {
    Stream *s = stream_of(self);
    size_t left = p->in.left;
    if (p->code == Z_STREAM_END && left) {
        V old = slot_get(v_obj(self), &s->unused), rest = bytes_from(t, p->in.p, left);
        V all = v_is_error(rest) ? V_ERROR : bytes_concat(t, old, rest);
        v_drop(t, old);
        v_drop(t, rest);
        if (v_is_error(all)) return -1;
        slot_set_steal(t, v_obj(self), &s->unused, all);
    }
    // After the end the tail follows only when there was one (as in CPython, where programs may look at it).
    bool keeps = left && p->code != Z_STREAM_END;
    if (!keeps && bytes_len(slot_peek(&s->tail)) == 0) return 0;
    V tail = left ? bytes_from(t, p->in.p, left) : bytes_empty();
    if (v_is_error(tail)) return -1;
    slot_set_steal(t, v_obj(self), &s->tail, tail);
    return 0;
}

// The whole of decompress() and flush(), under the lock.
static V inflate_locked(Thread *t, V self, Pump *p, bool flushing) {
    Stream *s = stream_of(self);
    Buffer dict;
    V zdict = slot_peek(&s->zdict);
    bool has_dict = zdict != V_NULL;
    if (has_dict && buffer_get(t, zdict, &dict, BUF_SIMPLE) < 0) return V_ERROR;
    p->z = &s->z;
    p->dict = has_dict ? &dict : NULL;
    run(t, p);
    if (has_dict) buffer_release(t, &dict);
    if (p->dict_failed) return zlib_error(t, &s->z, p->code, "while setting zdict");
    if (p->out.no_memory) return err_no_memory(t);
    if (keep_rest(t, self, p) < 0) return V_ERROR;
    if (p->code == Z_STREAM_END) {
        at_store_release(&s->eof, true);
        if (flushing) stream_close(s);
    } else if (!flushing && p->code != Z_OK && p->code != Z_BUF_ERROR) {
        return zlib_error(t, &s->z, p->code, "while decompressing data");
    }
    return V_NONE;
}

static NATIVE(decompress_decompress) { // data, /, max_length=0
    (void)nargs, (void)kwnames;
    Stream *s = stream_of(self);
    ptrdiff_t most = 0;
    Buffer data;
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &most) < 0) goto failed;
    if (most < 0) {
        err_set(t, &exc_ValueError, "max_length must be non-negative");
        goto failed;
    }
    Pump p = {.in = {data.data, (size_t)data.len}, .last = Z_SYNC_FLUSH};
    outbuf_init(&p.out, FIRST_OUTPUT, most ? (size_t)most : SIZE_MAX);
    stream_lock(t, s);
    V r = inflate_locked(t, self, &p, false);
    stream_unlock(s);
    buffer_release(t, &data);
    if (!v_is_error(r)) return outbuf_finish(t, &p.out);
    outbuf_drop(&p.out);
    return V_ERROR;
failed:
    buffer_release(t, &data);
    return V_ERROR;
}

static NATIVE(decompress_flush) { // length=16384
    (void)nargs, (void)kwnames;
    Stream *s = stream_of(self);
    ptrdiff_t first = FIRST_OUTPUT;
    if (args[0] != V_NULL && num_as_ssize(t, args[0], &exc_OverflowError, &first) < 0) return V_ERROR;
    if (first <= 0) return err_set(t, &exc_ValueError, "length must be greater than zero");
    stream_lock(t, s);
    V tail = slot_get(v_obj(self), &s->tail); // kept alive while the library reads it
    Pump p = {.in = {(const uint8_t *)bytes_data(tail), bytes_len(tail)}, .last = Z_FINISH};
    outbuf_init(&p.out, (size_t)first, SIZE_MAX);
    V r = inflate_locked(t, self, &p, true);
    stream_unlock(s);
    v_drop(t, tail);
    if (!v_is_error(r)) return outbuf_finish(t, &p.out);
    outbuf_drop(&p.out);
    return V_ERROR;
}

static V get_eof(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_acquire(&stream_of(self)->eof));
}

static const Method compress_methods[] = {
    {"compress", compress_compress, "data, /", 0, M_TOLD_CLASS, "Compress data; what comes out so far is returned, the rest waits for more or for flush()."},
    {"flush", compress_flush, "mode=zlib.Z_FINISH, /", 0, M_TOLD_CLASS, "Return all pending output.  After Z_FINISH the object cannot compress any more."},
    {"copy", stream_copy, "", 0, M_TOLD_CLASS, "Return a copy of the compression object."},
    {"__copy__", stream_copy, "", 0, M_TOLD_CLASS, NULL},
    {"__deepcopy__", stream_copy, "memo, /", 0, M_TOLD_CLASS, NULL},
    METHOD_END,
};
static const Method decompress_methods[] = {
    {"decompress", decompress_decompress, "data, /, max_length=0", 0, 0,
     "Decompress data.  With max_length, at most that many bytes are returned and input not used is left in unconsumed_tail."},
    {"flush", decompress_flush, "length=zlib.DEF_BUF_SIZE, /", 0, M_TOLD_CLASS, "Return what is left to be decompressed of unconsumed_tail."},
    {"copy", stream_copy, "", 0, M_TOLD_CLASS, "Return a copy of the decompression object."},
    {"__copy__", stream_copy, "", 0, M_TOLD_CLASS, NULL},
    {"__deepcopy__", stream_copy, "memo, /", 0, M_TOLD_CLASS, NULL},
    METHOD_END,
};
static const Member decompress_members[] = {
    {"unused_data", MEMBER_SLOT, offsetof(Stream, unused), true, NULL},
    {"unconsumed_tail", MEMBER_SLOT, offsetof(Stream, tail), true, NULL},
    {0},
};
static const GetSet decompress_getsets[] = {{"eof", get_eof, NULL, NULL, NULL}, {0}};
static Type compress_type = {
    TYPE_HEAD("zlib.Compress"), .base = &object_type, .size = sizeof(Stream), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = stream_traverse,
    .free_ = stream_free, .methods = compress_methods,
};
static Type decompress_type = {
    TYPE_HEAD("zlib.Decompress"), .base = &object_type, .size = sizeof(Stream), .flags = TYPE_GC | TYPE_NO_NEW, .traverse = stream_traverse,
    .free_ = stream_free, .methods = decompress_methods, .members = decompress_members, .getsets = decompress_getsets,
};

// ---- checksums ------------------------------------------------------------------------------------------------------------
typedef uLong ChecksumFn(uLong, const Bytef *, z_size_t);

static V checksum(Thread *t, const V *args, uint32_t start, ChecksumFn *fn) {
    Buffer data;
    uLong value = start;
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    if (args[1] != V_NULL) {
        V n = num_index(t, args[1]);
        if (v_is_error(n)) {
            buffer_release(t, &data);
            return V_ERROR;
        }
        value = (uint32_t)int_as_u64_mask(n);
        v_drop(t, n);
    }
    if (data.len > 5 * 1024) BLOCKING(t) value = fn(value, data.data, (z_size_t)data.len);
    else value = fn(value, data.data, (z_size_t)data.len);
    buffer_release(t, &data);
    return v_from_int((uint32_t)value);
}
static NATIVE(zlib_adler32) {
    (void)self, (void)nargs, (void)kwnames;
    return checksum(t, args, 1, adler32_z);
}
static NATIVE(zlib_crc32) {
    (void)self, (void)nargs, (void)kwnames;
    return checksum(t, args, 0, crc32_z);
}

static const Method methods[] = {
    {"compress", zlib_compress, "data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS", 0, 0, "Return the compressed data as bytes."},
    {"decompress", zlib_decompress, "data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE", 0, 0, "Return the decompressed data as bytes."},
    {"compressobj", zlib_compressobj,
     "level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None", 0, 0,
     "Return an object that compresses piece by piece."},
    {"decompressobj", zlib_decompressobj, "wbits=MAX_WBITS, zdict=b''", 0, 0, "Return an object that decompresses piece by piece."},
    {"adler32", zlib_adler32, "data, value=1, /", 0, 0, "Return the Adler-32 checksum of data, starting from value."},
    {"crc32", zlib_crc32, "data, value=0, /", 0, 0, "Return the CRC-32 checksum of data, starting from value."},
    METHOD_END,
};

#define C(name) {#name, name}
static const struct { const char *name; int64_t value; } constants[] = {
    C(MAX_WBITS), {"DEFLATED", Z_DEFLATED}, {"DEF_MEM_LEVEL", MEM_LEVEL}, {"DEF_BUF_SIZE", FIRST_OUTPUT}, C(Z_BEST_SPEED), C(Z_BEST_COMPRESSION),
    C(Z_DEFAULT_COMPRESSION), C(Z_NO_COMPRESSION), C(Z_FILTERED), C(Z_HUFFMAN_ONLY), C(Z_RLE), C(Z_FIXED), C(Z_DEFAULT_STRATEGY),
    C(Z_NO_FLUSH), C(Z_PARTIAL_FLUSH), C(Z_SYNC_FLUSH), C(Z_FULL_FLUSH), C(Z_FINISH), C(Z_BLOCK), C(Z_TREES),
};
#undef C

static int exec(Thread *t, V module) {
    if (type_ready(t, &compress_type) < 0 || type_ready(t, &decompress_type) < 0) return -1;
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    V error = type_new_simple(t, "zlib.error", &exc_Exception, V_NULL);
    if (v_is_error(error)) return -1;
    root_register(&error_type);
    root_set(t, &error_type, error);
    if (module_add(t, module, "error", error) < 0 || module_add_str(t, module, "__version__", "1.0") < 0) return -1;
    if (module_add_str(t, module, "ZLIB_VERSION", ZLIB_VERSION) < 0) return -1;
    return module_add_str(t, module, "ZLIB_RUNTIME_VERSION", zlibVersion());
}

const ModuleDef mod_zlib = {"zlib", "Compression and decompression of data in the formats zlib, gzip and raw deflate, and the checksums they use.", methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without zlib (zlib1g-dev): no module zlib");
    return -1;
}
const ModuleDef mod_zlib = {"zlib", NULL, NULL, exec, 0};
#endif
