// SPDX-License-Identifier: MIT
// Module _codecs_kr: the codecs of Korea.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_euc_kr, &cjk_codec_cp949, &cjk_codec_johab, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_kr = {.name = "_codecs_kr", .methods = codecs_methods};
