// SPDX-License-Identifier: MIT
// Shared by mod__lzma.c (streams) and lzma_filters.c (filter chains).
#ifndef HEDDLE_LZMA_PRIVATE_H
#define HEDDLE_LZMA_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_LZMA
#include "constants.h"
#include "outbuf.h"
#include <lzma.h>

typedef union FilterOptions { lzma_options_lzma lzma; lzma_options_delta delta; lzma_options_bcj bcj; } FilterOptions;
typedef struct FilterChain {
    lzma_filter filters[LZMA_FILTERS_MAX + 1]; // ends with LZMA_VLI_UNKNOWN
    size_t n;
} FilterChain;
int lzma_chain_parse(Thread *t, V specs, FilterChain *chain);
void lzma_chain_free(FilterChain *chain);
int lzma_fail(Thread *t, lzma_ret code);                              // 0 when code is no error, else -1 with one
int lzma_uint_arg(Thread *t, V v, uint64_t most, uint64_t *out);
NATIVE(lzma_encode_properties);
NATIVE(lzma_decode_properties);
extern Slot lzma_error_type;
#endif
#endif
