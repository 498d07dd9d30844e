// SPDX-License-Identifier: MIT
// Module _codecs_jp: the codecs of Japan.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_shift_jis, &cjk_codec_cp932, &cjk_codec_euc_jp, &cjk_codec_shift_jis_2004, &cjk_codec_euc_jis_2004,
    &cjk_codec_euc_jisx0213, &cjk_codec_shift_jisx0213, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_jp = {.name = "_codecs_jp", .methods = codecs_methods};
