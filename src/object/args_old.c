// SPDX-License-Identifier: MIT
// Arity errors in the older wording, which the search methods of str, bytes and others still have.
#include "object/object.h"

int args_old_count(Thread *t, const char *name, size_t nargs, V kwnames, size_t min, size_t max) {
    const char *dot = strrchr(name, '.');
    if (kwnames != V_NULL && tuple_len(kwnames)) {
        err_set(t, &exc_TypeError, "%s() takes no keyword arguments", name);
        return -1;
    }
    if (nargs >= min && nargs <= max) return 0;
    size_t bound = nargs < min ? min : max;
    err_set(t, &exc_TypeError, "%s() takes %s %zu argument%s (%zu given)", dot ? dot + 1 : name,
            min == max ? "exactly" : nargs < min ? "at least" : "at most", bound, bound == 1 ? "" : "s", nargs);
    return -1;
}
