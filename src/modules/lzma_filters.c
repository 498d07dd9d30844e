// SPDX-License-Identifier: MIT
// _lzma: filters, from mappings like {"id": FILTER_LZMA2, "dict_size": 65536} to the library's structures and back.
#include "lzma_private.h"
#ifdef HAVE_LZMA

int lzma_uint_arg(Thread *t, V v, uint64_t most, uint64_t *out) {
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "an integer is required");
        return -1;
    }
    if (int_sign(v) < 0) {
        err_set(t, &exc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    if (int_bit_length(v) > 64) {
        err_set(t, &exc_OverflowError, "int too big to convert");
        return -1;
    }
    if (int_as_u64(t, v, out) < 0) return -1;
    if (*out <= most) return 0;
    err_set(t, &exc_OverflowError, most == UINT32_MAX ? "Value too large for uint32_t type" : "Value too large for lzma_vli type");
    return -1;
}

// The value of a key: 1 and *out, 0 when it is missing, -1.
static int option(Thread *t, V spec, const char *key, uint64_t most, uint64_t *out) {
    V value = obj_getitem(t, spec, str_static(key));
    if (v_is_error(value)) {
        if (!err_matches(t, &exc_KeyError)) return -1;
        err_clear(t);
        return 0;
    }
    int r = lzma_uint_arg(t, value, most, out);
    v_drop(t, value);
    return r < 0 ? -1 : 1;
}

// Every key must be one of the names; otherwise ValueError, as for anything that cannot be a set of options.
static int check_keys(Thread *t, V spec, const char *const *names, size_t n, const char *kind) {
    V keys = obj_to_list(t, spec);
    if (v_is_error(keys)) return -1;
    bool good = true;
    for (size_t i = 0; good && i < list_len(keys); i++) {
        V key = list_get(t, keys, i);
        bool known = v_is_str(key) && str_equal_ascii(key, "id");
        for (size_t k = 0; !known && v_is_str(key) && k < n; k++) known = str_equal_ascii(key, names[k]);
        good = known;
        v_drop(t, key);
    }
    v_drop(t, keys);
    if (!good) err_set(t, &exc_ValueError, "Invalid filter specifier for %s filter", kind);
    return good ? 0 : -1;
}

static int parse_lzma(Thread *t, V spec, lzma_options_lzma *o) {
    static const char *const names[] = {"preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"};
    uint64_t preset = LZMA_PRESET_DEFAULT, n;
    if (option(t, spec, "preset", UINT32_MAX, &preset) < 0) return -1;
    if (lzma_lzma_preset(o, (uint32_t)preset)) {
        err_set(t, v_as_type(slot_peek(&lzma_error_type)), "Invalid compression preset: %u", (unsigned)preset);
        return -1;
    }
    if (check_keys(t, spec, names, countof(names), "LZMA") < 0) return -1;
    uint32_t mode = o->mode, mf = o->mf;
    uint32_t *const fields[] = {NULL, &o->dict_size, &o->lc, &o->lp, &o->pb, &mode, &o->nice_len, &mf, &o->depth};
    for (size_t i = 1; i < countof(fields); i++) {
        int r = option(t, spec, names[i], UINT32_MAX, &n);
        if (r < 0) {
            if (!err_matches(t, &exc_OverflowError) && !err_matches(t, &exc_TypeError)) return -1;
            err_clear(t);
            err_set(t, &exc_ValueError, "Invalid filter specifier for LZMA filter");
            return -1;
        }
        if (r) *fields[i] = (uint32_t)n;
    }
    o->mode = (lzma_mode)mode;
    o->mf = (lzma_match_finder)mf;
    return 0;
}
static int parse_single(Thread *t, V spec, const char *name, const char *kind, uint32_t fallback, uint32_t *out) {
    uint64_t n = fallback;
    if (check_keys(t, spec, &name, 1, kind) < 0) return -1;
    if (option(t, spec, name, UINT32_MAX, &n) < 0) {
        err_clear(t);
        err_set(t, &exc_ValueError, "Invalid filter specifier for %s filter", kind);
        return -1;
    }
    *out = (uint32_t)n;
    return 0;
}

static int parse_filter(Thread *t, V spec, lzma_filter *f) { // f->options is to be freed
    uint64_t id;
    f->options = NULL;
    if (!obj_is_mapping(spec)) {
        err_set(t, &exc_TypeError, "Filter specifier must be a dict or dict-like object");
        return -1;
    }
    int r = option(t, spec, "id", UINT64_MAX, &id);
    if (r == 0) err_set(t, &exc_ValueError, "Filter specifier must have an \"id\" entry");
    if (r <= 0) return -1;
    FilterOptions *o = calloc(1, sizeof *o);
    if (!o) {
        err_no_memory(t);
        return -1;
    }
    f->id = id;
    f->options = o;
    switch (id) {
    case LZMA_FILTER_LZMA1: case LZMA_FILTER_LZMA2: r = parse_lzma(t, spec, &o->lzma); break;
    case LZMA_FILTER_DELTA:
        o->delta.type = LZMA_DELTA_TYPE_BYTE;
        r = parse_single(t, spec, "dist", "delta", 1, &o->delta.dist);
        break;
    case LZMA_FILTER_X86: case LZMA_FILTER_POWERPC: case LZMA_FILTER_IA64: case LZMA_FILTER_ARM: case LZMA_FILTER_ARMTHUMB: case LZMA_FILTER_SPARC:
        r = parse_single(t, spec, "start_offset", "BCJ", 0, &o->bcj.start_offset);
        break;
    default: err_set(t, &exc_ValueError, "Invalid filter ID: %llu", (unsigned long long)id); r = -1;
    }
    if (r >= 0) return 0;
    free(o);
    f->options = NULL;
    return -1;
}

void lzma_chain_free(FilterChain *chain) {
    for (size_t i = 0; i < chain->n; i++) free(chain->filters[i].options);
}
int lzma_chain_parse(Thread *t, V specs, FilterChain *chain) {
    chain->n = 0;
    if (v_is_dict(specs)) {
        err_set(t, &exc_TypeError, "%T is not a sequence", specs);
        return -1;
    }
    ptrdiff_t n = obj_len(t, specs);
    if (n < 0) return -1;
    if (n > LZMA_FILTERS_MAX) {
        err_set(t, &exc_ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX);
        return -1;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        V spec = obj_getitem(t, specs, v_from_int(i));
        int r = v_is_error(spec) ? -1 : parse_filter(t, spec, &chain->filters[i]);
        v_drop(t, spec);
        if (r < 0) {
            lzma_chain_free(chain);
            return -1;
        }
        chain->n++;
    }
    chain->filters[n].id = LZMA_VLI_UNKNOWN;
    return 0;
}

// ---- properties ---------------------------------------------------------------------------------------------------------
NATIVE(lzma_encode_properties) { // filter
    (void)self, (void)nargs, (void)kwnames;
    lzma_filter f;
    uint32_t size;
    if (parse_filter(t, args[0], &f) < 0) return V_ERROR;
    V result = V_ERROR;
    if (lzma_fail(t, lzma_properties_size(&size, &f)) == 0) {
        result = bytes_new(t, size);
        if (!v_is_error(result) && lzma_fail(t, lzma_properties_encode(&f, (uint8_t *)bytes_data(result))) < 0) {
            v_drop(t, result);
            result = V_ERROR;
        }
    }
    free(f.options);
    return result;
}

static int add_number(Thread *t, V dict, const char *key, uint64_t n) { return dict_set_c_steal(t, dict, key, int_from_u64(t, n)); }
static int fill(Thread *t, V dict, const lzma_filter *f) {
    if (add_number(t, dict, "id", f->id) < 0) return -1;
    switch (f->id) {
    case LZMA_FILTER_LZMA1: {
        const lzma_options_lzma *o = f->options;
        return add_number(t, dict, "lc", o->lc) < 0 || add_number(t, dict, "lp", o->lp) < 0 || add_number(t, dict, "pb", o->pb) < 0
                   ? -1 : add_number(t, dict, "dict_size", o->dict_size);
    }
    case LZMA_FILTER_LZMA2: return add_number(t, dict, "dict_size", ((const lzma_options_lzma *)f->options)->dict_size);
    case LZMA_FILTER_DELTA: return add_number(t, dict, "dist", ((const lzma_options_delta *)f->options)->dist);
    default: return f->options ? add_number(t, dict, "start_offset", ((const lzma_options_bcj *)f->options)->start_offset) : 0;
    }
}
NATIVE(lzma_decode_properties) { // filter_id, encoded_props
    (void)self, (void)nargs, (void)kwnames;
    uint64_t id;
    Buffer props;
    if (lzma_uint_arg(t, args[0], UINT64_MAX, &id) < 0 || buffer_get(t, args[1], &props, BUF_SIMPLE) < 0) return V_ERROR;
    lzma_filter f = {.id = id};
    V result = V_ERROR;
    if (lzma_fail(t, lzma_properties_decode(&f, NULL, props.data, (size_t)props.len)) == 0) {
        result = dict_new(t);
        if (!v_is_error(result) && fill(t, result, &f) < 0) {
            v_drop(t, result);
            result = V_ERROR;
        }
        free(f.options);
    }
    buffer_release(t, &props);
    return result;
}
#endif
