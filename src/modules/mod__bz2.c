// SPDX-License-Identifier: MIT
// Module _bz2: bzip2 streams by libbz2.
//
// A stream belongs to whoever holds its object's byte lock `busy`; the library works while the thread is detached.
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_BZ2
#include "outbuf.h"
#include "threading/parking.h"
#include <bzlib.h>
#include <limits.h>

enum { FIRST_OUTPUT = 32768 };

typedef struct Compressor {
    Obj head;
    bz_stream z;   // self->busy
    uint8_t busy;  // byte lock
    bool open;     // self->busy
    bool flushed;  // self->busy
} Compressor;
typedef struct Decompressor {
    Obj head;
    bz_stream z;      // self->busy
    InBuf kept;       // self->busy
    Slot unused;      // written under self->busy
    uint8_t busy;     // byte lock
    bool open;        // self->busy
    bool eof, hungry; // atomic; written under self->busy
    bool broken;       // an error ended it; under self->busy
} Decompressor;
static Compressor *compressor_of(V v) { return (Compressor *)v_obj(v); }
static Decompressor *decompressor_of(V v) { return (Decompressor *)v_obj(v); }

static int bz2_error(Thread *t, int code) { // 0 when it is none
    switch (code) {
    case BZ_OK: case BZ_RUN_OK: case BZ_FLUSH_OK: case BZ_FINISH_OK: case BZ_STREAM_END: return 0;
    case BZ_PARAM_ERROR: err_set(t, &exc_ValueError, "Internal error - invalid parameters passed to libbzip2"); break;
    case BZ_MEM_ERROR: err_no_memory(t); break;
    case BZ_DATA_ERROR: case BZ_DATA_ERROR_MAGIC: err_set(t, &exc_OSError, "Invalid data stream"); break;
    case BZ_IO_ERROR: err_set(t, &exc_OSError, "Unknown I/O error"); break;
    case BZ_UNEXPECTED_EOF: err_set(t, &exc_EOFError, "Compressed file ended before the logical end-of-stream was detected"); break;
    case BZ_SEQUENCE_ERROR: err_set(t, &exc_RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2"); break;
    default: err_set(t, &exc_OSError, "Unrecognized error from libbzip2: %d", code);
    }
    return -1;
}

// The library's input counter is 32 bits wide; `left` is the whole.
static void feed(bz_stream *z, const uint8_t *p, size_t left) {
    z->next_in = (char *)p;
    z->avail_in = left > UINT_MAX ? UINT_MAX : (unsigned)left;
}
static unsigned aim(bz_stream *z, OutBuf *out) {
    size_t room = outbuf_room(out);
    z->next_out = (char *)out->data + out->len;
    return z->avail_out = room > UINT_MAX ? UINT_MAX : (unsigned)room;
}

// ---- compression --------------------------------------------------------------------------------------------------------
static int compress_all(bz_stream *z, const uint8_t *p, size_t n, int action, OutBuf *out) { // detached
    for (;;) {
        unsigned room = aim(z, out);
        if (out->no_memory) return BZ_MEM_ERROR;
        feed(z, p, n);
        if (action == BZ_RUN && !n) return BZ_OK;
        int code = BZ2_bzCompress(z, n > UINT_MAX ? BZ_RUN : action);
        out->len += room - z->avail_out;
        n -= (size_t)((uint8_t *)z->next_in - p);
        p = (uint8_t *)z->next_in;
        if (code < 0 || code == BZ_STREAM_END) return code;
    }
}
static V compress(Thread *t, V self, const void *p, size_t n, int action) {
    Compressor *c = compressor_of(self);
    OutBuf out = {0};
    int code;
    outbuf_init(&out, FIRST_OUTPUT, SIZE_MAX);
    thread_detach(t);
    code = compress_all(&c->z, p, n, action, &out);
    thread_attach(t);
    if (bz2_error(t, code) == 0) return outbuf_finish(t, &out);
    outbuf_drop(&out);
    return V_ERROR;
}

static NATIVE(compressor_compress) {
    (void)nargs, (void)kwnames;
    Compressor *c = compressor_of(self);
    Buffer data;
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    bytelock_lock(t, &c->busy, -1, 0);
    V r = c->flushed ? err_set(t, &exc_ValueError, "Compressor has been flushed") : compress(t, self, data.data, (size_t)data.len, BZ_RUN);
    bytelock_unlock(&c->busy);
    buffer_release(t, &data);
    return r;
}
static NATIVE(compressor_flush) {
    UNUSED_NATIVE();
    Compressor *c = compressor_of(self);
    bytelock_lock(t, &c->busy, -1, 0);
    V r = c->flushed ? err_set(t, &exc_ValueError, "Repeated call to flush()") : V_NULL;
    c->flushed = true;
    if (r == V_NULL) r = compress(t, self, "", 0, BZ_FINISH);
    bytelock_unlock(&c->busy);
    return r;
}

static V compressor_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given;
    int level = 9;
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "BZ2Compressor() takes no keyword arguments");
    if (args_bind(t, "BZ2Compressor", "compresslevel=9, /", args, nargs, kwnames, &given) < 0) return V_ERROR;
    if (given != V_NULL && num_as_int(t, given, &level) < 0) return V_ERROR;
    if (level < 1 || level > 9) return err_set(t, &exc_ValueError, "compresslevel must be between 1 and 9");
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Compressor *c = compressor_of(self);
    int code = BZ2_bzCompressInit(&c->z, level, 0, 0);
    c->open = code == BZ_OK;
    if (bz2_error(t, code) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}
static void compressor_free(Thread *t, Obj *o) {
    (void)t;
    if (((Compressor *)o)->open) BZ2_bzCompressEnd(&((Compressor *)o)->z);
}

// ---- decompression --------------------------------------------------------------------------------------------------------
typedef struct Source { const uint8_t *p; size_t n; } Source;

static int decompress_all(bz_stream *z, Source *in, OutBuf *out) { // detached
    for (;;) {
        unsigned room = aim(z, out);
        if (out->no_memory) return BZ_MEM_ERROR;
        feed(z, in->p, in->n);
        int code = BZ2_bzDecompress(z);
        out->len += room - z->avail_out;
        in->n -= (size_t)((uint8_t *)z->next_in - in->p);
        in->p = (uint8_t *)z->next_in;
        if (code != BZ_OK || !in->n || (z->avail_out == 0 && outbuf_is_full(out))) return code;
    }
}

static int decompress_locked(Thread *t, V self, const Buffer *data, OutBuf *out) {
    Decompressor *d = decompressor_of(self);
    Source in = {data->data, (size_t)data->len};
    int code;
    if (!inbuf_join(&d->kept, &in.p, &in.n)) {
        err_no_memory(t);
        return -1;
    }
    thread_detach(t);
    code = decompress_all(&d->z, &in, out);
    thread_attach(t);
    d->z.next_in = NULL;
    if (bz2_error(t, code) < 0) {
        d->kept.len = 0;
        d->broken = true;
        at_store_release(&d->hungry, false);
        return -1;
    }
    bool eof = code == BZ_STREAM_END;
    if (eof && in.n) {
        V unused = bytes_from(t, in.p, in.n);
        if (v_is_error(unused)) return -1;
        slot_set_steal(t, v_obj(self), &d->unused, unused);
    }
    at_store_release(&d->eof, eof);
    at_store_release(&d->hungry, !eof && !in.n);
    if (inbuf_keep(&d->kept, in.p, eof ? 0 : in.n)) return 0;
    err_no_memory(t);
    return -1;
}

static NATIVE(decompressor_decompress) { // data, max_length=-1
    (void)nargs, (void)kwnames;
    Decompressor *d = decompressor_of(self);
    ptrdiff_t most = -1;
    Buffer data;
    OutBuf out = {0};
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    int r = args[1] != V_NULL ? num_as_ssize(t, args[1], &exc_OverflowError, &most) : 0;
    if (r == 0) {
        outbuf_init(&out, FIRST_OUTPUT, most < 0 ? SIZE_MAX : (size_t)most);
        bytelock_lock(t, &d->busy, -1, 0);
        if (d->eof) r = (err_set(t, &exc_EOFError, "End of stream already reached"), -1);
        else if (d->broken) r = (err_set(t, &exc_ValueError, "Decompressor is unusable after a previous error"), -1);
        else r = decompress_locked(t, self, &data, &out);
        bytelock_unlock(&d->busy);
        if (r < 0) outbuf_drop(&out);
    }
    buffer_release(t, &data);
    return r < 0 ? V_ERROR : outbuf_finish(t, &out);
}

static V decompressor_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (nargs) return err_set(t, &exc_TypeError, "BZ2Decompressor() takes no positional arguments");
    if (kwnames != V_NULL && tuple_len(kwnames)) return err_set(t, &exc_TypeError, "BZ2Decompressor() takes no keyword arguments");
    (void)args;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Decompressor *d = decompressor_of(self);
    slot_init(t, v_obj(self), &d->unused, bytes_empty());
    d->hungry = true;
    int code = BZ2_bzDecompressInit(&d->z, 0, 0);
    d->open = code == BZ_OK;
    if (bz2_error(t, code) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}
static void decompressor_free(Thread *t, Obj *o) {
    (void)t;
    Decompressor *d = (Decompressor *)o;
    if (d->open) BZ2_bzDecompressEnd(&d->z);
    free(d->kept.data);
}
static void decompressor_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Decompressor *)o)->unused); }

static const Method compressor_methods[] = {
    {"compress", compressor_compress, "data, /", 0, 0, "Give data to the compressor; what comes out so far is returned."},
    {"flush", compressor_flush, "", 0, 0, "End the stream and return the rest of the output.  The object cannot be used afterwards."},
    {"__reduce__", no_pickle, "", 0, 0, NULL},
    METHOD_END,
};
static const Method decompressor_methods[] = {
    {"decompress", decompressor_decompress, "data, max_length=-1", 0, 0,
     "Decompress data and return at most max_length bytes (all that there are, if that is negative)."},
    {"__reduce__", no_pickle, "", 0, 0, NULL},
    METHOD_END,
};
static const Member decompressor_members[] = {
    {"eof", MEMBER_BOOL, offsetof(Decompressor, eof), true, "Whether the end of the stream was reached."},
    {"needs_input", MEMBER_BOOL, offsetof(Decompressor, hungry), true, "Whether more input is needed for more output."},
    {"unused_data", MEMBER_SLOT, offsetof(Decompressor, unused), true, "Data found behind the end of the stream."}, {0},
};
static Type compressor_type = {
    TYPE_HEAD("_bz2.BZ2Compressor"), .base = &object_type, .size = sizeof(Compressor), .flags = TYPE_IMMUTABLE,
    .doc = "A compressor that takes its data piece by piece.", .text_signature = "(compresslevel=9, /)", .new_ = compressor_new, .free_ = compressor_free,
    .methods = compressor_methods,
};
static Type decompressor_type = {
    TYPE_HEAD("_bz2.BZ2Decompressor"), .base = &object_type, .size = sizeof(Decompressor), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .doc = "A decompressor that takes its data piece by piece.", .text_signature = "()", .new_ = decompressor_new, .free_ = decompressor_free,
    .traverse = decompressor_traverse, .methods = decompressor_methods, .members = decompressor_members,
};

static int exec(Thread *t, V module) {
    return module_add_type(t, module, &compressor_type) < 0 ? -1 : module_add_type(t, module, &decompressor_type);
}
const ModuleDef mod__bz2 = {"_bz2", NULL, NULL, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without bzip2 (libbz2-dev): no module _bz2");
    return -1;
}
const ModuleDef mod__bz2 = {"_bz2", NULL, NULL, exec, 0};
#endif
