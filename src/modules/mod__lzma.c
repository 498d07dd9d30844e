// SPDX-License-Identifier: MIT
// Module _lzma: .xz and .lzma streams, and filter chains, by liblzma.
//
// A stream belongs to whoever holds its object's byte lock `busy`; the library works while the thread is detached.
// Filter chains come from Python as sequences of mappings: see lzma_filters.c.
#include "lzma_private.h"
#ifdef HAVE_LZMA
#include "threading/parking.h"

enum { FIRST_OUTPUT = 32768 };
enum { FORMAT_AUTO, FORMAT_XZ, FORMAT_ALONE, FORMAT_RAW };

typedef struct Coder { // LZMACompressor and LZMADecompressor
    Obj head;
    lzma_stream z;        // self->busy
    InBuf kept;           // decompression; self->busy
    Slot unused;          // decompression; written under self->busy
    int check;            // atomic; written under self->busy
    uint8_t busy;         // byte lock
    bool flushed;         // compression; self->busy
    bool eof, hungry;     // decompression; atomic; written under self->busy
} Coder;
static Coder *coder_of(V v) { return (Coder *)v_obj(v); }
Slot lzma_error_type;

int lzma_fail(Thread *t, lzma_ret code) {
    const Type *type = v_as_type(slot_peek(&lzma_error_type));
    switch (code) {
    case LZMA_OK: case LZMA_GET_CHECK: case LZMA_NO_CHECK: case LZMA_STREAM_END: return 0;
    case LZMA_UNSUPPORTED_CHECK: err_set(t, type, "Unsupported integrity check"); break;
    case LZMA_MEM_ERROR: err_no_memory(t); break;
    case LZMA_MEMLIMIT_ERROR: err_set(t, type, "Memory usage limit exceeded"); break;
    case LZMA_FORMAT_ERROR: err_set(t, type, "Input format not supported by decoder"); break;
    case LZMA_OPTIONS_ERROR: err_set(t, type, "Invalid or unsupported options"); break;
    case LZMA_DATA_ERROR: err_set(t, type, "Corrupt input data"); break;
    case LZMA_BUF_ERROR: err_set(t, type, "Insufficient buffer space"); break;
    case LZMA_PROG_ERROR: err_set(t, type, "Internal error"); break;
    default: err_set(t, type, "Unrecognized error from liblzma: %d", (int)code);
    }
    return -1;
}

static void aim(lzma_stream *z, OutBuf *out) {
    z->avail_out = outbuf_room(out);
    z->next_out = out->data + out->len;
}

// ---- compression --------------------------------------------------------------------------------------------------------
static lzma_ret compress_all(lzma_stream *z, lzma_action action, OutBuf *out) { // detached
    for (;;) {
        aim(z, out);
        if (out->no_memory) return LZMA_MEM_ERROR;
        lzma_ret code = lzma_code(z, action);
        out->len = (size_t)(z->next_out - out->data);
        if (code == LZMA_BUF_ERROR && !z->avail_in && z->avail_out) code = LZMA_OK; // nothing was asked for
        if (code != LZMA_OK) return code;
        if (action == LZMA_RUN && !z->avail_in) return code;
    }
}
static V compress(Thread *t, Coder *c, const void *p, size_t n, lzma_action action) {
    OutBuf out = {0};
    lzma_ret code;
    outbuf_init(&out, FIRST_OUTPUT, SIZE_MAX);
    c->z.next_in = p;
    c->z.avail_in = n;
    thread_detach(t);
    code = compress_all(&c->z, action, &out);
    thread_attach(t);
    c->z.next_in = NULL;
    if (lzma_fail(t, code) == 0) return outbuf_finish(t, &out);
    outbuf_drop(&out);
    return V_ERROR;
}

static NATIVE(compressor_compress) {
    (void)nargs, (void)kwnames;
    Coder *c = coder_of(self);
    Buffer data;
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    bytelock_lock(t, &c->busy, -1, 0);
    V r = c->flushed ? err_set(t, &exc_ValueError, "Compressor has been flushed") : compress(t, c, data.data, (size_t)data.len, LZMA_RUN);
    bytelock_unlock(&c->busy);
    buffer_release(t, &data);
    return r;
}
static NATIVE(compressor_flush) {
    UNUSED_NATIVE();
    Coder *c = coder_of(self);
    bytelock_lock(t, &c->busy, -1, 0);
    V r = c->flushed ? err_set(t, &exc_ValueError, "Repeated call to flush()") : V_NULL;
    c->flushed = true;
    if (r == V_NULL) r = compress(t, c, NULL, 0, LZMA_FINISH);
    bytelock_unlock(&c->busy);
    return r;
}

static int start_xz(Thread *t, lzma_stream *z, int check, uint32_t preset, V filters) {
    if (filters == V_NONE) return lzma_fail(t, lzma_easy_encoder(z, preset, (lzma_check)check));
    FilterChain chain;
    if (lzma_chain_parse(t, filters, &chain) < 0) return -1;
    int r = lzma_fail(t, lzma_stream_encoder(z, chain.filters, (lzma_check)check));
    lzma_chain_free(&chain);
    return r;
}
static int start_alone(Thread *t, lzma_stream *z, uint32_t preset, V filters) {
    lzma_options_lzma options;
    if (filters == V_NONE) {
        if (lzma_lzma_preset(&options, preset)) {
            err_set(t, v_as_type(slot_peek(&lzma_error_type)), "Invalid compression preset: %u", preset);
            return -1;
        }
        return lzma_fail(t, lzma_alone_encoder(z, &options));
    }
    FilterChain chain;
    if (lzma_chain_parse(t, filters, &chain) < 0) return -1;
    int r = -1;
    if (chain.n == 1 && chain.filters[0].id == LZMA_FILTER_LZMA1) r = lzma_fail(t, lzma_alone_encoder(z, chain.filters[0].options));
    else err_set(t, &exc_ValueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
    lzma_chain_free(&chain);
    return r;
}
static int start_raw(Thread *t, lzma_stream *z, V filters, bool encode) {
    FilterChain chain;
    if (filters == V_NONE) {
        err_set(t, &exc_ValueError, "Must specify filters for FORMAT_RAW");
        return -1;
    }
    if (lzma_chain_parse(t, filters, &chain) < 0) return -1;
    int r = lzma_fail(t, encode ? lzma_raw_encoder(z, chain.filters) : lzma_raw_decoder(z, chain.filters));
    lzma_chain_free(&chain);
    return r;
}

static int preset_arg(Thread *t, V v, uint32_t *preset) {
    uint64_t n;
    *preset = LZMA_PRESET_DEFAULT;
    return v == V_NONE ? 0 : lzma_uint_arg(t, v, UINT32_MAX, &n) < 0 ? -1 : (*preset = (uint32_t)n, 0);
}
static int compressor_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[4];
    int format = FORMAT_XZ, check = -1;
    uint32_t preset;
    if (args_bind(t, "LZMACompressor", "format=FORMAT_XZ, check=-1, preset=None, filters=None", args, nargs, kwnames, a) < 0) return -1;
    if ((a[0] != V_NULL && num_as_int(t, a[0], &format) < 0) || (a[1] != V_NULL && num_as_int(t, a[1], &check) < 0)) return -1;
    V preset_v = a[2] == V_NULL ? V_NONE : a[2], filters = a[3] == V_NULL ? V_NONE : a[3];
    if (preset_v != V_NONE && filters != V_NONE) {
        err_set(t, &exc_ValueError, "Cannot specify both preset and filter chain");
        return -1;
    }
    if (preset_arg(t, preset_v, &preset) < 0) return -1;
    if (format != FORMAT_XZ && check != -1 && check != LZMA_CHECK_NONE) {
        err_set(t, &exc_ValueError, "Integrity checks are only supported by FORMAT_XZ");
        return -1;
    }
    Coder *c = coder_of(self);
    bytelock_lock(t, &c->busy, -1, 0);
    c->flushed = false;
    int r = -1;
    switch (format) {
    case FORMAT_XZ: r = start_xz(t, &c->z, check == -1 ? (int)LZMA_CHECK_CRC64 : check, preset, filters); break;
    case FORMAT_ALONE: r = start_alone(t, &c->z, preset, filters); break;
    case FORMAT_RAW: r = start_raw(t, &c->z, filters, true); break;
    default: err_set(t, &exc_ValueError, "Invalid container format: %d", format);
    }
    bytelock_unlock(&c->busy);
    return r;
}

// ---- decompression --------------------------------------------------------------------------------------------------------
static lzma_ret decompress_all(Coder *d, OutBuf *out) { // detached
    lzma_stream *z = &d->z;
    for (;;) {
        aim(z, out);
        if (out->no_memory) return LZMA_MEM_ERROR;
        lzma_ret code = lzma_code(z, LZMA_RUN);
        out->len = (size_t)(z->next_out - out->data);
        if (code == LZMA_BUF_ERROR && !z->avail_in && z->avail_out) code = LZMA_OK; // it only wants more input
        if (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK) at_store_relaxed(&d->check, (int)lzma_get_check(z));
        if (code == LZMA_STREAM_END || (code != LZMA_OK && code != LZMA_GET_CHECK && code != LZMA_NO_CHECK)) return code;
        if (z->avail_out == 0 ? outbuf_is_full(out) : !z->avail_in) return LZMA_OK;
    }
}

static int decompress_locked(Thread *t, V self, const Buffer *data, OutBuf *out) {
    Coder *d = coder_of(self);
    const uint8_t *p = data->data;
    size_t n = (size_t)data->len;
    lzma_ret code;
    if (!inbuf_join(&d->kept, &p, &n)) {
        err_no_memory(t);
        return -1;
    }
    d->z.next_in = p;
    d->z.avail_in = n;
    thread_detach(t);
    code = decompress_all(d, out);
    thread_attach(t);
    p = d->z.next_in;
    n = d->z.avail_in;
    bool full = d->z.avail_out == 0, eof = code == LZMA_STREAM_END;
    d->z.next_in = NULL;
    d->z.avail_in = 0;
    if (lzma_fail(t, code) < 0) {
        d->kept.len = 0;
        return -1;
    }
    if (eof && n) {
        V unused = bytes_from(t, p, n);
        if (v_is_error(unused)) return -1;
        slot_set_steal(t, v_obj(self), &d->unused, unused);
    }
    at_store_release(&d->eof, eof);
    at_store_release(&d->hungry, !eof && !n && !full);
    if (inbuf_keep(&d->kept, p, eof ? 0 : n)) return 0;
    err_no_memory(t);
    return -1;
}

static NATIVE(decompressor_decompress) { // data, max_length=-1
    (void)nargs, (void)kwnames;
    Coder *d = coder_of(self);
    ptrdiff_t most = -1;
    Buffer data;
    OutBuf out = {0};
    if (buffer_get(t, args[0], &data, BUF_SIMPLE) < 0) return V_ERROR;
    int r = args[1] != V_NULL ? num_as_ssize(t, args[1], &exc_OverflowError, &most) : 0;
    if (r == 0) {
        outbuf_init(&out, FIRST_OUTPUT, most < 0 ? SIZE_MAX : (size_t)most);
        bytelock_lock(t, &d->busy, -1, 0);
        if (d->eof) r = (err_set(t, &exc_EOFError, "Already at end of stream"), -1);
        else r = decompress_locked(t, self, &data, &out);
        bytelock_unlock(&d->busy);
        if (r < 0) outbuf_drop(&out);
    }
    buffer_release(t, &data);
    return r < 0 ? V_ERROR : outbuf_finish(t, &out);
}

static int start_decoder(Thread *t, lzma_stream *z, int format, uint64_t limit, V filters) {
    const uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    switch (format) {
    case FORMAT_AUTO: return lzma_fail(t, lzma_auto_decoder(z, limit, flags));
    case FORMAT_XZ: return lzma_fail(t, lzma_stream_decoder(z, limit, flags));
    case FORMAT_ALONE: return lzma_fail(t, lzma_alone_decoder(z, limit));
    case FORMAT_RAW: return start_raw(t, z, filters, false);
    default: err_set(t, &exc_ValueError, "Invalid container format: %d", format); return -1;
    }
}
static int decompressor_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[3];
    int format = FORMAT_AUTO;
    uint64_t limit = UINT64_MAX;
    if (args_bind(t, "LZMADecompressor", "format=FORMAT_AUTO, memlimit=None, filters=None", args, nargs, kwnames, a) < 0) return -1;
    if (a[0] != V_NULL && num_as_int(t, a[0], &format) < 0) return -1;
    V filters = a[2] == V_NULL ? V_NONE : a[2];
    if (a[1] != V_NULL && a[1] != V_NONE) {
        if (format == FORMAT_RAW) {
            err_set(t, &exc_ValueError, "Cannot specify memory limit with FORMAT_RAW");
            return -1;
        }
        if (lzma_uint_arg(t, a[1], UINT64_MAX, &limit) < 0) return -1;
    }
    if (format == FORMAT_RAW && filters == V_NONE) {
        err_set(t, &exc_ValueError, "Must specify filters for FORMAT_RAW");
        return -1;
    }
    if (format != FORMAT_RAW && filters != V_NONE) {
        err_set(t, &exc_ValueError, "Cannot specify filters except with FORMAT_RAW");
        return -1;
    }
    Coder *d = coder_of(self);
    bytelock_lock(t, &d->busy, -1, 0);
    d->kept.len = 0;
    slot_set(t, v_obj(self), &d->unused, bytes_empty());
    at_store_relaxed(&d->check, format == FORMAT_RAW || format == FORMAT_ALONE ? (int)LZMA_CHECK_NONE : LZMA_CHECK_ID_MAX + 1);
    at_store_relaxed(&d->eof, false);
    at_store_relaxed(&d->hungry, true);
    int r = start_decoder(t, &d->z, format, limit, filters);
    bytelock_unlock(&d->busy);
    return r;
}

// ---- types --------------------------------------------------------------------------------------------------------------------
static V coder_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return self;
    coder_of(self)->z = (lzma_stream)LZMA_STREAM_INIT;
    slot_init(t, v_obj(self), &coder_of(self)->unused, bytes_empty());
    return self;
}
static void coder_free(Thread *t, Obj *o) {
    (void)t;
    lzma_end(&((Coder *)o)->z);
    free(((Coder *)o)->kept.data);
}
static void coder_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Coder *)o)->unused); }

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
    {"check", MEMBER_INT, offsetof(Coder, check), true, "Which integrity check the stream has."},
    {"eof", MEMBER_BOOL, offsetof(Coder, eof), true, "Whether the end of the stream was reached."},
    {"needs_input", MEMBER_BOOL, offsetof(Coder, hungry), true, "Whether more input is needed for more output."},
    {"unused_data", MEMBER_SLOT, offsetof(Coder, unused), true, "Data found behind the end of the stream."}, {0},
};
static Type compressor_type = {
    TYPE_HEAD("_lzma.LZMACompressor"), .base = &object_type, .size = sizeof(Coder), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .doc = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nA compressor that takes its data piece by piece.",
    .new_ = coder_new, .init = compressor_init, .free_ = coder_free, .traverse = coder_traverse, .methods = compressor_methods,
};
static Type decompressor_type = {
    TYPE_HEAD("_lzma.LZMADecompressor"), .base = &object_type, .size = sizeof(Coder), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .doc = "A decompressor that takes its data piece by piece.", .text_signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)",
    .new_ = coder_new, .init = decompressor_init, .free_ = coder_free, .traverse = coder_traverse, .methods = decompressor_methods,
    .members = decompressor_members,
};

static NATIVE(lzma_is_check_supported) {
    (void)self, (void)nargs, (void)kwnames;
    int check;
    return num_as_int(t, args[0], &check) < 0 ? V_ERROR : v_from_bool(lzma_check_is_supported((lzma_check)check));
}

static const Method methods[] = {
    {"is_check_supported", lzma_is_check_supported, "check_id, /", 0, 0, "Whether the library knows an integrity check."},
    {"_encode_filter_properties", lzma_encode_properties, "filter, /", 0, 0, "The options of a filter as bytes, without its id."},
    {"_decode_filter_properties", lzma_decode_properties, "filter_id, encoded_props, /", 0, 0, "A filter as a dict, from its id and its options as bytes."},
    METHOD_END,
};
static const IntConstant constants[] = {
    {"FORMAT_AUTO", FORMAT_AUTO}, {"FORMAT_XZ", FORMAT_XZ}, {"FORMAT_ALONE", FORMAT_ALONE}, {"FORMAT_RAW", FORMAT_RAW},
    {"CHECK_NONE", LZMA_CHECK_NONE}, {"CHECK_CRC32", LZMA_CHECK_CRC32}, {"CHECK_CRC64", LZMA_CHECK_CRC64}, {"CHECK_SHA256", LZMA_CHECK_SHA256},
    {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX}, {"CHECK_UNKNOWN", LZMA_CHECK_ID_MAX + 1}, {"FILTER_LZMA1", (int64_t)LZMA_FILTER_LZMA1},
    {"FILTER_LZMA2", LZMA_FILTER_LZMA2}, {"FILTER_DELTA", LZMA_FILTER_DELTA}, {"FILTER_X86", LZMA_FILTER_X86},
    {"FILTER_IA64", LZMA_FILTER_IA64}, {"FILTER_ARM", LZMA_FILTER_ARM}, {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
    {"FILTER_SPARC", LZMA_FILTER_SPARC}, {"FILTER_POWERPC", LZMA_FILTER_POWERPC}, {"MF_HC3", LZMA_MF_HC3}, {"MF_HC4", LZMA_MF_HC4},
    {"MF_BT2", LZMA_MF_BT2}, {"MF_BT3", LZMA_MF_BT3}, {"MF_BT4", LZMA_MF_BT4}, {"MODE_FAST", LZMA_MODE_FAST}, {"MODE_NORMAL", LZMA_MODE_NORMAL},
    {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT}, {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
};
static int exec(Thread *t, V module) {
    V error = type_new_simple(t, "_lzma.LZMAError", &exc_Exception, V_NULL);
    if (v_is_error(error)) return -1;
    root_register(&lzma_error_type);
    root_set(t, &lzma_error_type, error);
    if (module_add(t, module, "LZMAError", error) < 0 || add_constants(t, module, constants, countof(constants)) < 0) return -1;
    return module_add_type(t, module, &compressor_type) < 0 ? -1 : module_add_type(t, module, &decompressor_type);
}
const ModuleDef mod__lzma = {"_lzma", NULL, methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without liblzma (liblzma-dev): no module _lzma");
    return -1;
}
const ModuleDef mod__lzma = {"_lzma", NULL, NULL, exec, 0};
#endif
