// SPDX-License-Identifier: MIT
#include "expat_encoding.h"
#ifdef HAVE_EXPAT
#include "object/bytes.h"
#include "runtime/runtime.h"

int expat_unknown_encoding(void *data, const XML_Char *name, XML_Encoding *info) {
    (void)data;
    Thread *t = thread_current();
    char all[256];
    if (err_pending(t)) return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    V bytes = bytes_from(t, all, 256), text = v_is_error(bytes) ? V_ERROR : codec_decode(t, bytes, name, "replace");
    v_drop(t, bytes);
    if (v_is_error(text)) return XML_STATUS_ERROR;
    bool good = str_len(text) == 256;
    if (!good) err_set(t, &exc_ValueError, "multi-byte encodings are not supported");
    for (size_t i = 0; good && i < 256; i++) {
        uint32_t c = str_at(text, i);
        info->map[i] = c == 0xFFFD ? -1 : (int)c;
    }
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    v_drop(t, text);
    return good ? XML_STATUS_OK : XML_STATUS_ERROR;
}
#endif
