// SPDX-License-Identifier: MIT
// Module _codecs_tw: the codecs of Taiwan.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_big5, &cjk_codec_cp950, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_tw = {.name = "_codecs_tw", .methods = codecs_methods};
