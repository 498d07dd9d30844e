// SPDX-License-Identifier: MIT
// Signatures: the text of a method row, parsed once, and the binding of calls to it with CPython's messages.
//
// Texts are string literals, so the table of parsed forms is keyed by address: open addressing, entries never removed.
// Readers probe without a lock; an entry is published by one release store, growing replaces the whole table (the old
// one stays: there are few).  Which message a wrong call gets depends on the kind of signature, as it does in CPython.
#include "object/descr.h"
#include "base/bits.h"
#include "threading/mutex.h"
#include <stdio.h>

typedef struct SigTable {
    size_t mask; // const
    size_t used; // atomic: written under lock_runtime
    const Signature *entries[];
} SigTable;
static SigTable *sig_table; // atomic; replaced under lock_runtime

// ---- parsing -------------------------------------------------------------------------------------------------------
typedef struct Param { const char *name; size_t len; bool optional; } Param;

// The end of the parameter that starts at p: the next comma outside brackets and quotes, or the end of the text.
static const char *param_end(const char *p) {
    int depth = 0;
    char quote = 0;
    for (; *p; p++) {
        if (quote) {
            if (*p == quote) quote = 0;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '(' || *p == '[' || *p == '{') {
            depth++;
        } else if (*p == ')' || *p == ']' || *p == '}') {
            depth--;
        } else if (*p == ',' && depth == 0) {
            break;
        }
    }
    return p;
}

static Signature *signature_parse(Thread *t, const char *text) {
    Param params[32];
    size_t n = 0, posonly = 0, positional = SIZE_MAX;
    for (const char *p = text; *p;) {
        while (*p == ' ' || *p == ',') p++;
        if (!*p) break;
        const char *end = param_end(p);
        if (*p == '/') {
            posonly = n;
        } else if (*p == '*') {
            positional = n;
        } else {
            HD_ASSERT(n < countof(params));
            size_t len = strcspn(p, "=,: ");
            params[n++] = (Param){p, len, memchr(p, '=', (size_t)(end - p)) != NULL};
        }
        p = end;
    }
    if (positional == SIZE_MAX) positional = n;
    Signature *sig = mem_calloc(t, 1, sizeof *sig + n * sizeof(V));
    if (!sig) {
        err_no_memory(t);
        return NULL;
    }
    sig->text = text;
    sig->nparams = (uint8_t)n;
    sig->nposonly = (uint8_t)posonly;
    sig->npositional = (uint8_t)positional;
    for (size_t i = 0; i < n; i++) {
        char name[64];
        HD_ASSERT(params[i].len < sizeof name);
        memcpy(name, params[i].name, params[i].len);
        name[params[i].len] = '\0';
        sig->names[i] = str_static(name);
        if (!params[i].optional) sig->required |= 1u << i;
    }
    while (sig->nrequired < positional && (sig->required >> sig->nrequired & 1)) sig->nrequired++;
    sig->kind = n == 0                                        ? SIG_NONE
                : posonly < n                                 ? SIG_GENERAL
                : n == 1 && sig->nrequired == 1               ? SIG_ONE
                                                              : SIG_FIXED;
    return sig;
}

// ---- the table -----------------------------------------------------------------------------------------------------
static size_t text_hash(const char *text) { return (size_t)((uintptr_t)text * 0x9e3779b97f4a7c15u >> 32); }

static const Signature *table_find(const SigTable *table, const char *text) {
    if (!table) return NULL;
    for (size_t i = text_hash(text) & table->mask;; i = (i + 1) & table->mask) {
        const Signature *sig = at_load_acquire(&table->entries[i]);
        if (!sig || sig->text == text) return sig;
    }
}

static void table_put(SigTable *table, const Signature *sig) {
    size_t i = text_hash(sig->text) & table->mask;
    while (table->entries[i]) i = (i + 1) & table->mask;
    at_store_release(&table->entries[i], sig);
    at_store_relaxed(&table->used, table->used + 1);
}

// Under lock_runtime.  A larger copy when the table is half full; `spare` is the room for it.
static SigTable *table_room(SigTable *table, SigTable **spare) {
    if (table && table->used * 2 < table->mask) return table;
    SigTable *bigger = *spare;
    *spare = NULL;
    for (size_t i = 0; table && i <= table->mask; i++) {
        if (table->entries[i]) table_put(bigger, table->entries[i]);
    }
    at_store_release(&sig_table, bigger);
    return bigger;
}

const Signature *signature_of(Thread *t, const char *text) {
    const Signature *found = table_find(at_load_acquire(&sig_table), text);
    if (found) return found;
    Signature *sig = signature_parse(t, text);
    if (!sig) return NULL;
    SigTable *now = at_load_acquire(&sig_table), *spare = NULL;
    if (!now || at_load_relaxed(&now->used) * 2 >= now->mask) {
        size_t size = now ? (now->mask + 1) * 2 : 4096;
        spare = mem_calloc(t, 1, sizeof *spare + size * sizeof spare->entries[0]);
        if (!spare) {
            mem_free(sig);
            err_no_memory(t);
            return NULL;
        }
        spare->mask = size - 1;
    }
    rt_mutex_lock(&lock_runtime);
    found = table_find(sig_table, text);
    SigTable *table = found ? NULL : sig_table;
    if (!found && (spare || table->used * 2 < table->mask)) {
        table_put(table_room(table, &spare), sig);
        found = sig;
        sig = NULL;
    }
    rt_mutex_unlock(&lock_runtime);
    mem_free(spare);
    mem_free(sig);
    return found ? found : signature_of(t, text); // another thread filled the table meanwhile: once more
}

V text_signature_of(Thread *t, const char *sig, const char *self_name) {
    if (!sig) return V_NONE;
    if (!self_name) return str_from_format(t, "(%s)", sig);
    if (*sig == '\0') return str_from_format(t, "(%s, /)", self_name);
    // self is positional only: the text has its own '/' or gets one in front
    for (const char *p = sig; *p; p = param_end(p)) {
        while (*p == ' ' || *p == ',') p++;
        if (*p == '/') return str_from_format(t, "(%s, %s)", self_name, sig);
    }
    return str_from_format(t, "(%s, /, %s)", self_name, sig);
}

// ---- binding -------------------------------------------------------------------------------------------------------

// "list.append" or "math.sqrt": how messages about arity name a function; a str.
static V display_name(Thread *t, V callable, const char *name) {
    if (callable == V_NULL) return str_from_cstr(t, name);
    V qualname = obj_lookup_attr(t, callable, NAME(__qualname__));
    if (v_is_error(qualname)) return V_ERROR;
    if (qualname == V_NULL) return str_from_cstr(t, name);
    V module = obj_lookup_attr(t, callable, NAME(__module__)), result;
    if (v_is_error(module)) {
        v_drop(t, qualname);
        return V_ERROR;
    }
    if (module == V_NULL || !v_is_str(module) || str_equal_ascii(module, "builtins")) {
        v_drop(t, module);
        return qualname;
    }
    result = str_from_format(t, "%V.%V", module, qualname);
    v_drop(t, module);
    v_drop(t, qualname);
    return result;
}

static int arity_error(Thread *t, V callable, const char *name, const char *what, size_t given, bool tell) {
    V display = display_name(t, callable, name);
    if (v_is_error(display)) return -1;
    if (tell) {
        err_set(t, &exc_TypeError, "%V() takes %s (%zu given)", display, what, given);
    } else {
        err_set(t, &exc_TypeError, "%V() takes %s", display, what);
    }
    v_drop(t, display);
    return -1;
}

int signature_no_keywords(Thread *t, const char *name, V callable, unsigned flags) {
    bool bare = flags & M_TUPLE && callable != V_NULL && v_is_exact(callable, &native_type);
    return arity_error(t, bare ? V_NULL : callable, name, "no keyword arguments", 0, false);
}

// "pop expected at most 1 argument, got 2"; a nameless one starts with "expected" (unpack) or a blank.
int args_check_count(Thread *t, const char *name, size_t nargs, size_t min, size_t max) {
    if (nargs >= min && nargs <= max) return 0;
    size_t limit = nargs < min ? min : max;
    const char *how = min == max ? "" : nargs < min ? "at least " : "at most ";
    if (name) {
        err_set(t, &exc_TypeError, "%s expected %s%zu argument%s, got %zu", name, how, limit, limit == 1 ? "" : "s", nargs);
    } else {
        err_set(t, &exc_TypeError, "unpacked tuple should have %s%zu element%s, but has %zu", how, limit,
                limit == 1 ? "" : "s", nargs);
    }
    return -1;
}

int args_no_keywords(Thread *t, const char *name, V kwnames) {
    if (kwnames == V_NULL || tuple_len(kwnames) == 0) return 0;
    err_set(t, &exc_TypeError, "%s() takes no keyword arguments", name);
    return -1;
}

static int old_arity(Thread *t, const Signature *sig, const char *name, size_t nargs) {
    size_t min = sig->nrequired, max = sig->npositional;
    if (nargs >= min && nargs <= max) return 0;
    size_t limit = nargs < min ? min : max;
    const char *how = min == max ? "exactly" : nargs < min ? "at least" : "at most";
    err_set(t, &exc_TypeError, "%s() takes %s %zu argument%s (%zu given)", name, how, limit, limit == 1 ? "" : "s", nargs);
    return -1;
}

// Index of keyword `key` among the parameters that keywords may fill, -1 when there is none.
static int keyword_index(const Signature *sig, V key) {
    for (int i = sig->nposonly; i < sig->nparams; i++) {
        if (v_is(sig->names[i], key)) return i;
    }
    for (int i = sig->nposonly; i < sig->nparams; i++) {
        if (str_equal(sig->names[i], key)) return i;
    }
    return -1;
}

static int too_many(Thread *t, const Signature *sig, const char *name, size_t nargs, size_t nkw) {
    size_t len = sig->nparams, max = sig->npositional;
    if (nargs + nkw > len) { // "at most" even where all are required
        err_set(t, &exc_TypeError, "%s() takes at most %zu %sargument%s (%zu given)", name, len, nargs == 0 ? "keyword " : "",
                len == 1 ? "" : "s", nargs + nkw);
        return -1;
    }
    if (nargs > max) {
        if (max == 0) {
            err_set(t, &exc_TypeError, "%s() takes no positional arguments", name);
        } else {
            err_set(t, &exc_TypeError, "%s() takes %s %zu positional argument%s (%zu given)", name,
                    sig->nrequired < max ? "at most" : "exactly", max, max == 1 ? "" : "s", nargs);
        }
        return -1;
    }
    size_t min = sig->nposonly < sig->nrequired ? sig->nposonly : sig->nrequired;
    if (nargs < min) {
        err_set(t, &exc_TypeError, "%s() takes %s %zu positional argument%s (%zu given)", name,
                min < max ? "at least" : "exactly", min, min == 1 ? "" : "s", nargs);
        return -1;
    }
    return 0;
}

static int bind_general(Thread *t, const Signature *sig, const char *name, const V *args, size_t nargs, V kwnames, V *out) {
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    if (too_many(t, sig, name, nargs, nkw) < 0) return -1;
    for (size_t i = 0; i < sig->nparams; i++) out[i] = i < nargs ? args[i] : V_NULL;
    int duplicate = -1, unknown = -1;
    for (size_t k = 0; k < nkw; k++) {
        int i = keyword_index(sig, tuple_borrow(kwnames, k));
        if (i < 0) {
            if (unknown < 0) unknown = (int)k;
        } else if ((size_t)i < nargs) {
            if (duplicate < 0) duplicate = i;
        } else {
            out[i] = args[nargs + k];
        }
    }
    for (int i = 0; i < sig->nparams; i++) {
        if (out[i] == V_NULL && (sig->required >> i & 1)) {
            if (i < sig->nposonly || i < sig->npositional)
                err_set(t, &exc_TypeError, "%s() missing required argument '%V' (pos %d)", name, sig->names[i], i + 1);
            else
                err_set(t, &exc_TypeError, "%s() missing required keyword-only argument '%V'", name, sig->names[i]);
            return -1;
        }
    }
    if (duplicate >= 0) {
        err_set(t, &exc_TypeError, "argument for %s() given by name ('%V') and position (%d)", name, sig->names[duplicate],
                duplicate + 1);
        return -1;
    }
    if (unknown >= 0) {
        err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for %s()", tuple_borrow(kwnames, (size_t)unknown), name);
        return -1;
    }
    return 0;
}

int signature_bind(Thread *t, const Signature *sig, const char *name, V callable, unsigned flags, const V *args,
                   size_t nargs, V kwnames, V *out) {
    if (kwnames != V_NULL && tuple_len(kwnames) == 0) kwnames = V_NULL;
    if (flags & M_TOLD_CLASS && sig->kind == SIG_NONE) return nargs ? arity_error(t, V_NULL, name, "no arguments", 0, false) : 0;
    if (flags & M_TOLD_CLASS || sig->kind == SIG_GENERAL) return bind_general(t, sig, name, args, nargs, kwnames, out);
    if (kwnames != V_NULL) return signature_no_keywords(t, name, callable, flags);
    if (sig->kind == SIG_NONE) return nargs ? arity_error(t, callable, name, "no arguments", nargs, true) : 0;
    if (sig->kind == SIG_ONE && !(flags & M_TUPLE)) {
        if (nargs != 1) return arity_error(t, callable, name, "exactly one argument", nargs, true);
        out[0] = args[0];
        return 0;
    }
    int r = flags & M_OLD_ARITY ? old_arity(t, sig, name, nargs) : args_check_count(t, name, nargs, sig->nrequired, sig->nparams);
    if (r < 0) return -1;
    for (size_t i = 0; i < sig->nparams; i++) out[i] = i < nargs ? args[i] : V_NULL;
    return 0;
}

int args_bind(Thread *t, const char *name, const char *text, const V *args, size_t nargs, V kwnames, V *out) {
    const Signature *sig = signature_of(t, text);
    if (!sig) return -1;
    if (sig->kind != SIG_GENERAL) {
        if (args_no_keywords(t, name, kwnames) < 0) return -1;
        if (args_check_count(t, name, nargs, sig->nrequired, sig->nparams) < 0) return -1;
        for (size_t i = 0; i < sig->nparams; i++) out[i] = i < nargs ? args[i] : V_NULL;
        return 0;
    }
    return bind_general(t, sig, name, args, nargs, kwnames, out);
}
