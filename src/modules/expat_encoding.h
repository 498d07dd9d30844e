// SPDX-License-Identifier: MIT
// Encodings of one byte a character that expat does not know, by Python's codecs: for XML_SetUnknownEncodingHandler.
#ifndef HEDDLE_MODULES_EXPAT_ENCODING_H
#define HEDDLE_MODULES_EXPAT_ENCODING_H
#ifdef HAVE_EXPAT
#include <expat.h>

int expat_unknown_encoding(void *data, const XML_Char *name, XML_Encoding *info); // XML_STATUS_ERROR with an exception
#endif
#endif
