// SPDX-License-Identifier: MIT
// What the two halves of module _json share.
#ifndef HEDDLE_MODULES_JSON_PRIVATE_H
#define HEDDLE_MODULES_JSON_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "runtime/runtime.h"

extern Type json_scanner_type, json_encoder_type;
NATIVE(json_scanstring);
NATIVE(json_encode_basestring);
NATIVE(json_encode_basestring_ascii);
#endif
