// SPDX-License-Identifier: MIT
// MultibyteCodec: a coder as an object, and the loops that run coders over text with error handlers.
#include "cjk.h"

#include "runtime/codecs.h"
#include "runtime/runtime.h"

static const char ILLEGAL[] = "illegal multibyte sequence", INCOMPLETE[] = "incomplete multibyte sequence";

// ---- decoding ---------------------------------------------------------------------------------------------------------
V cjk_decode(Thread *t, const Cjk *c, uint8_t *state, const uint8_t *p, size_t n, const char *errors, CjkEnd *end) {
    Decoder d;
    decoder_init(&d, t, c->name, errors, p, n);
    d.multibyte = true;
    int status = 0;
    for (size_t i = 0; status == 0 && i < d.n;) {
        CjkText text;
        int taken = c->decode(c, state, d.p + i, d.n - i, &text);
        if (taken > 0) {
            for (int k = 0; k < text.n; k++) sb_char(&d.out, text.c[k]);
            i += (size_t)taken;
        } else if (taken < 0) {
            status = decoder_error(&d, i, i + (size_t)-taken, ILLEGAL, &i);
        } else if (end->final) {
            status = decoder_error(&d, i, d.n, INCOMPLETE, &i);
            end->failed_at_end = status < 0;
        } else {
            end->left = d.n - i;
            break;
        }
    }
    return decoder_finish(&d, status);
}

// ---- encoding -----------------------------------------------------------------------------------------------------------
typedef struct Step { const Cjk *c; uint8_t *state; } Step;

// One character of an error handler's replacement.
static bool put_character(Encoder *e, uint32_t u) {
    const Step *s = e->arg;
    CjkBytes out = {.n = 0};
    if (s->c->encode(s->c, s->state, &u, 1, true, &out) <= 0) return false;
    encoder_bytes(e, out.b, (size_t)out.n);
    return true;
}

static int encode_text(Encoder *e, const Step *s, V text, size_t *left) {
    int kind = str_kind(text);
    const void *data = str_data(text);
    size_t n = str_len(text);
    for (size_t i = 0; i < n;) {
        uint32_t u[2] = {str_read(kind, data, i), i + 1 < n ? str_read(kind, data, i + 1) : 0};
        CjkBytes out = {.n = 0};
        int taken = s->c->encode(s->c, s->state, u, i + 1 < n ? 2 : 1, !left, &out);
        if (taken > 0) {
            encoder_bytes(e, out.b, (size_t)out.n);
            i += (size_t)taken;
        } else if (taken < 0) {
            if (encoder_error(e, i, i + 1, ILLEGAL, &i) < 0) return -1;
        } else {
            *left = n - i;
            break;
        }
    }
    return 0;
}

V cjk_encode(Thread *t, const Cjk *c, uint8_t *state, V text, const char *errors, size_t *left, bool finish) {
    Encoder e;
    Step step = {c, state};
    encoder_init(&e, t, c->name, errors, text, put_character);
    e.arg = &step;
    e.multibyte = true;
    int status = encode_text(&e, &step, text, left);
    if (status == 0 && finish && c->encode_end) {
        CjkBytes out = {.n = 0};
        c->encode_end(state, &out);
        encoder_bytes(&e, out.b, (size_t)out.n);
    }
    return encoder_finish(&e, status);
}

// ---- the object -----------------------------------------------------------------------------------------------------------
// errors: a str, None or V_NULL.  0, or -1 with an exception.
static int errors_argument(Thread *t, const char *method, V errors, const char **out) {
    *out = NULL;
    if (errors == V_NULL || errors == V_NONE) return 0;
    if (!v_is_str(errors)) {
        err_bad_argument(t, method, "argument 'errors'", "str or None", errors);
        return -1;
    }
    *out = str_cstr(t, errors);
    return *out ? 0 : -1;
}

static NATIVE(method_encode) {
    UNUSED_NATIVE();
    const Cjk *c = cjk_of(self);
    const char *errors;
    if (errors_argument(t, "encode", args[1], &errors) < 0) return V_ERROR;
    V text = obj_str(t, args[0]);
    if (v_is_error(text)) return V_ERROR;
    uint8_t state[8] = {0};
    if (c->encode_start) c->encode_start(state);
    size_t n = str_len(text);
    V bytes = cjk_encode(t, c, state, text, errors, NULL, true);
    v_drop(t, text);
    return tuple_pack_steal(t, 2, bytes, int_from_size(t, n));
}

static NATIVE(method_decode) {
    UNUSED_NATIVE();
    const Cjk *c = cjk_of(self);
    const char *errors;
    Buffer view;
    if (errors_argument(t, "decode", args[1], &errors) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    uint8_t state[8] = {0};
    if (c->decode_start) c->decode_start(state);
    CjkEnd end = {.final = true};
    size_t n = (size_t)view.len;
    V text = cjk_decode(t, c, state, view.data, n, errors, &end);
    buffer_release(t, &view);
    return tuple_pack_steal(t, 2, text, int_from_size(t, n));
}

static const Method codec_methods[] = {
    {"encode", method_encode, "input, errors=None", 0, 0,
     "The bytes of a text, and its length.  errors: strict, ignore, replace, xmlcharrefreplace, or a name given to codecs.register_error."},
    {"decode", method_decode, "input, errors=None", 0, 0,
     "The text of bytes, and their number.  errors: strict, ignore, replace, or a name given to codecs.register_error."},
    METHOD_END,
};

Type cjk_codec_type = {
    TYPE_HEAD("_multibytecodec.MultibyteCodec"), .size = sizeof(CjkCodec), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .methods = codec_methods,
};

V cjk_getcodec(Thread *t, V name, const Cjk *const *codecs) {
    if (!v_is_str(name)) return err_set(t, &exc_TypeError, "encoding name must be a string.");
    while (*codecs && !str_equal_ascii(name, (*codecs)->name)) codecs++;
    if (!*codecs) return err_set(t, &exc_LookupError, "no such codec is supported.");
    for (size_t i = 0; i < countof((*codecs)->sets) && (*codecs)->sets[i]; i++)
        if (cjk_set_prepare(t, (*codecs)->sets[i]) < 0) return V_ERROR;
    V module = import_module_c(t, "_multibytecodec"); // readies the type, once for all who are asked for a codec
    if (v_is_error(module)) return V_ERROR;
    v_drop(t, module);
    V codec = type_alloc(t, &cjk_codec_type, 0);
    if (!v_is_error(codec)) ((CjkCodec *)v_obj(codec))->coder = *codecs;
    return codec;
}
