// SPDX-License-Identifier: MIT
// Module _decimal: decimal floating-point arithmetic behind the library's decimal.  Start with decimal_private.h.
#include "decimal_private.h"

static int exec(Thread *t, V module) {
    static const struct { const char *name; int64_t value; } limits[] = {
        {"MAX_PREC", DEC_MAX_PREC}, {"MAX_EMAX", DEC_MAX_EMAX}, {"MIN_EMIN", DEC_MIN_EMIN}, {"MIN_ETINY", DEC_MIN_ETINY},
    };
    if (module_add_str(t, module, "__name__", "decimal") < 0) return -1; // what its classes and functions say they are of
    if (dec_signal_start(t, module) < 0 || dec_type_start(t, module) < 0 || dec_context_start(t, module) < 0) return -1;
    for (size_t i = 0; i < countof(limits); i++) {
        if (module_add_int(t, module, limits[i].name, limits[i].value) < 0) return -1;
    }
    if (module_add(t, module, "HAVE_THREADS", V_TRUE) < 0 || module_add(t, module, "HAVE_CONTEXTVAR", V_TRUE) < 0) return -1;
    // the specification's version; and the version of libmpdec whose results these are
    return module_add_str(t, module, "__version__", "1.70") < 0 || module_add_str(t, module, "__libmpdec_version__", "2.5.1") < 0 ? -1 : 0;
}

const ModuleDef mod__decimal = {.name = "_decimal", .doc = "C decimal arithmetic module", .exec = exec};
