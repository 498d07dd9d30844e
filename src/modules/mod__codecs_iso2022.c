// SPDX-License-Identifier: MIT
// Module _codecs_iso2022: the codecs of ISO 2022.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_iso2022_kr, &cjk_codec_iso2022_jp, &cjk_codec_iso2022_jp_1, &cjk_codec_iso2022_jp_2,
    &cjk_codec_iso2022_jp_2004, &cjk_codec_iso2022_jp_3, &cjk_codec_iso2022_jp_ext, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_iso2022 = {.name = "_codecs_iso2022", .methods = codecs_methods};
