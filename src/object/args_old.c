// SPDX-License-Identifier: MIT
// Calls bound as CPython's older functions parse their arguments, with those messages.
#include "object/args_old.h"
#include "object/object.h"

int args_old_count(Thread *t, const char *name, size_t nargs, V kwnames, size_t min, size_t max) {
    const char *dot = name ? strrchr(name, '.') : NULL;
    if (kwnames != V_NULL && tuple_len(kwnames)) {
        err_set(t, &exc_TypeError, "%s() takes no keyword arguments", name);
        return -1;
    }
    if (nargs >= min && nargs <= max) return 0;
    size_t bound = nargs < min ? min : max;
    err_set(t, &exc_TypeError, "%s%s takes %s %zu argument%s (%zu given)", dot ? dot + 1 : name ? name : "function", name ? "()" : "",
            min == max ? "exactly" : nargs < min ? "at least" : "at most", bound, bound == 1 ? "" : "s", nargs);
    return -1;
}

// ---- by name ------------------------------------------------------------------------------------------------------------
static V keyword(const char *name, const V *args, size_t nargs, V kwnames) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    for (size_t k = 0; k < nkw; k++) {
        if (str_equal_ascii(tuple_borrow(kwnames, k), name)) return args[nargs + k];
    }
    return V_NULL;
}

// A keyword names nothing, or a parameter that was given by position already.
static int check_keywords(Thread *t, const char *name, const OldParam *params, size_t nargs, V kwnames) {
    for (size_t i = 0; i < nargs; i++) {
        for (size_t k = 0; k < tuple_len(kwnames); k++) {
            if (!str_equal_ascii(tuple_borrow(kwnames, k), params[i].name)) continue;
            err_set(t, &exc_TypeError, "argument for %s%s given by name ('%s') and position (%zu)", name ? name : "function",
                    name ? "()" : "", params[i].name, i + 1);
            return -1;
        }
    }
    for (size_t k = 0; k < tuple_len(kwnames); k++) {
        bool known = false;
        for (const OldParam *p = params; p->name; p++) known |= str_equal_ascii(tuple_borrow(kwnames, k), p->name);
        if (known) continue;
        err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for %s%s", tuple_borrow(kwnames, k),
                name ? name : "this function", name ? "()" : "");
        return -1;
    }
    return 0;
}

static int too_many(Thread *t, const char *name, const char *kind, size_t max, size_t given) {
    err_set(t, &exc_TypeError, "%s%s takes at most %zu %sargument%s (%zu given)", name ? name : "function", name ? "()" : "", max,
            kind, max == 1 ? "" : "s", given);
    return -1;
}

int args_old_bind(Thread *t, const char *name, const OldParam *params, size_t positional, size_t required, const V *args,
                  size_t nargs, V kwnames, V *out, int *ints) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames), len = 0;
    while (params[len].name) len++;
    if (nargs + nkw > len) return too_many(t, name, nargs == 0 ? "keyword " : "", len, nargs + nkw);
    if (nargs > positional) return too_many(t, name, "positional ", positional, nargs);
    for (size_t i = 0; i < len; i++) {
        V v = i < nargs ? args[i] : nkw ? keyword(params[i].name, args, nargs, kwnames) : V_NULL;
        out[i] = v;
        if (v == V_NULL && i < required) {
            err_set(t, &exc_TypeError, "%s%s missing required argument '%s' (pos %zu)", name ? name : "function", name ? "()" : "",
                    params[i].name, i + 1);
            return -1;
        }
        if (v != V_NULL && params[i].is_int && num_as_int_old(t, v, &ints[i]) < 0) return -1;
    }
    return nkw ? check_keywords(t, name, params, nargs, kwnames) : 0;
}
