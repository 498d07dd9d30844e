// SPDX-License-Identifier: MIT
// Module _codecs_hk: the codecs of Hong Kong.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_big5hkscs, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_hk = {.name = "_codecs_hk", .methods = codecs_methods};
