// SPDX-License-Identifier: MIT
// Module _codecs_cn: the codecs of China.
#include "cjk_coders.h"
#include "object/misc.h"

static const Cjk *const codecs[] = {
    &cjk_codec_gb2312, &cjk_codec_gbk, &cjk_codec_gb18030, &cjk_codec_hz, NULL,
};

static NATIVE(getcodec) {
    UNUSED_NATIVE();
    return cjk_getcodec(t, args[0], codecs);
}

static const Method codecs_methods[] = {
    {"getcodec", getcodec, "object, /", 0, 0, "The codec of a name, for the modules of package encodings."},
    METHOD_END,
};

const ModuleDef mod__codecs_cn = {.name = "_codecs_cn", .methods = codecs_methods};
