// SPDX-License-Identifier: MIT
// Warnings: what module _warnings gives to the library, beyond warn() and warn_explicit() in object/error.h.
#ifndef HEDDLE_RUNTIME_WARNINGS_H
#define HEDDLE_RUNTIME_WARNINGS_H
#include "object/object.h"

int warnings_start(Thread *t); // the default filters
V warnings_filters_borrow(void);
V warnings_once_registry_borrow(void);
V warnings_default_action_borrow(void);
void warnings_filters_mutated(void); // what registries remember is out of date

// category V_NULL or None: the message's class, or UserWarning; source: the object the warning is about, or V_NULL.
int warnings_warn(Thread *t, V message, V category, int64_t stacklevel, V source);
// Everything given; module, registry, source_line and source may be V_NULL.
typedef struct WarningPlace { V filename, module, registry, source_line, source; int64_t lineno; } WarningPlace;
int warnings_warn_at(Thread *t, V message, V category, const WarningPlace *place);
#endif
