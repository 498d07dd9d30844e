// SPDX-License-Identifier: MIT
// Arguments to parameters: everything that the quick call (exactly the positional parameters) does not cover.
//
// bind_arguments follows the language reference, "Calls": positional values, *args, keywords, then defaults; the errors
// come in CPython's order with CPython's words.
#include "vm_private.h"
#include "object/quick.h"
#include "threading/gclink.h"
#include <stdio.h>

typedef struct Call {
    Thread *t;
    V func;
    Code *code;
    V *locals, *args;
    size_t nargs;
    V kwnames;
} Call;

static V qualname(const Call *c) { return slot_peek(&function_of(c->func)->qualname); }
static V param_name(const Call *c, int i) { return code_local_name_borrow(c->code, i); }

// ---- while Python runs -------------------------------------------------------------------------------------------------
// A key that is no exact str may run Python when it is hashed, compared or shown.  The frames of that would be laid where
// this call's values stand, for nobody has counted its own frame yet: so the values wait in a tuple.
static size_t n_args(const Call *c) { return c->args ? c->nargs + (c->kwnames == V_NULL ? 0 : tuple_len(c->kwnames)) : 0; }

static V put_away(Call *c) { // V_ERROR: they are still there
    size_t nlocals = (size_t)c->code->nlocalsplus, nargs = n_args(c);
    V away = tuple_new(c->t, nlocals + nargs);
    if (v_is_error(away) || nlocals + nargs == 0) return away;
    gc_untrack(c->t, v_obj(away)); // some items are V_NULL
    for (size_t i = 0; i < nlocals; i++) tuple_init_steal(c->t, away, i, c->locals[i]);
    for (size_t i = 0; i < nargs; i++) tuple_init_steal(c->t, away, nlocals + i, c->args[i]);
    return away;
}

static void bring_back(Call *c, V away) {
    size_t nlocals = (size_t)c->code->nlocalsplus, nargs = n_args(c);
    for (size_t i = 0; i < nlocals; i++) c->locals[i] = slot_take(v_obj(away), &tuple_of(away)->items[i]);
    for (size_t i = 0; i < nargs; i++) c->args[i] = slot_take(v_obj(away), &tuple_of(away)->items[nlocals + i]);
    v_drop(c->t, away);
}

// The call fails because of a key, which is about to be shown: TypeError with the function's name and the key.
static COLD int fail_with_key(Call *c, const char *format, V key) {
    V away = put_away(c);
    if (v_is_error(away)) return -1;
    err_set(c->t, &exc_TypeError, format, slot_peek(&function_of(c->func)->qualname), key);
    bring_back(c, away);
    return -1;
}

// dict[key] = value of an argument
static COLD int set_aside(Call *c, V dict, V key, V value) {
    V away = put_away(c);
    if (v_is_error(away)) return -1;
    int r = dict_set(c->t, dict, key, value);
    bring_back(c, away);
    return r;
}

// A default of a keyword-only parameter
static COLD V get_aside(Call *c, V name) {
    V away = put_away(c);
    if (v_is_error(away)) return V_ERROR;
    V dict = slot_get(v_obj(c->func), &function_of(c->func)->kwdefaults); // another one may be assigned meanwhile
    V value = dict_get(c->t, dict, name);
    v_drop(c->t, dict);
    bring_back(c, away);
    return value;
}

// ---- errors ------------------------------------------------------------------------------------------------------------
static COLD int too_many_positional(Call *c) {
    const Code *code = c->code;
    size_t kwonly_given = 0;
    for (int i = code->argcount; i < code->argcount + code->kwonlyargcount; i++) kwonly_given += c->locals[i] != V_NULL;
    V defaults = slot_peek(&function_of(c->func)->defaults);
    int have = defaults == V_NULL ? 0 : (int)tuple_len(defaults);
    bool plural = have || code->argcount != 1;
    char takes[64], extra[96] = "";
    if (have) snprintf(takes, sizeof takes, "from %d to %d", code->argcount - have, code->argcount);
    else snprintf(takes, sizeof takes, "%d", code->argcount);
    if (kwonly_given) {
        snprintf(extra, sizeof extra, " positional argument%s (and %zu keyword-only argument%s)", c->nargs != 1 ? "s" : "",
                 kwonly_given, kwonly_given != 1 ? "s" : "");
    }
    err_set(c->t, &exc_TypeError, "%V() takes %s positional argument%s but %zu%s %s given", qualname(c), takes,
            plural ? "s" : "", c->nargs, extra, c->nargs == 1 && !kwonly_given ? "was" : "were");
    return -1;
}

static COLD int missing(Call *c, const char *kind, int first, int end) {
    int n = 0, at = 0;
    for (int i = first; i < end; i++) n += c->locals[i] == V_NULL;
    StrBuilder b;
    sb_init(&b, c->t);
    for (int i = first; i < end; i++) {
        if (c->locals[i] != V_NULL) continue;
        V name = str_repr(c->t, param_name(c, i));
        if (v_is_error(name)) {
            sb_abandon(&b);
            return -1;
        }
        if (at) sb_cstr(&b, n == 2 ? " and " : at == n - 1 ? ", and " : ", ");
        sb_str(&b, name);
        v_drop(c->t, name);
        at++;
    }
    V names = sb_finish(&b);
    if (v_is_error(names)) return -1;
    err_set(c->t, &exc_TypeError, "%V() missing %d required %s argument%s: %V", qualname(c), n, kind, n == 1 ? "" : "s", names);
    v_drop(c->t, names);
    return -1;
}

// 1: raised, some keywords name positional-only parameters.
static COLD int positional_only_as_keyword(Call *c) {
    V list = list_new(c->t, 0);
    if (v_is_error(list)) return 1;
    for (int i = 0; i < c->code->posonlyargcount; i++) {
        V name = param_name(c, i);
        for (size_t k = 0; k < tuple_len(c->kwnames); k++) {
            V key = tuple_borrow(c->kwnames, k);
            if ((v_is(key, name) || str_equal(key, name)) && list_append(c->t, list, name) < 0) break;
        }
    }
    bool any = list_len(list) > 0;
    if (any) {
        V joined = str_join(c->t, NAME_STR(", "), list);
        if (!v_is_error(joined)) {
            err_set(c->t, &exc_TypeError, "%V() got some positional-only arguments passed as keyword arguments: '%V'",
                    qualname(c), joined);
            v_drop(c->t, joined);
        }
    }
    v_drop(c->t, list);
    return any || err_pending(c->t);
}

static COLD int unexpected_keyword(Call *c, V key) {
    if (c->code->posonlyargcount && positional_only_as_keyword(c)) return -1;
    return fail_with_key(c, "%V() got an unexpected keyword argument '%V'", key);
}

// ---- the steps -----------------------------------------------------------------------------------------------------------
static int find_param(const Call *c, V key) {
    int first = c->code->posonlyargcount, end = c->code->argcount + c->code->kwonlyargcount;
    for (int i = first; i < end; i++) {
        if (v_is(param_name(c, i), key)) return i;
    }
    for (int i = first; i < end; i++) {
        if (str_equal(param_name(c, i), key)) return i;
    }
    return -1;
}

static int bind_keywords(Call *c, V kwdict) {
    size_t n = tuple_len(c->kwnames);
    bool plain = true; // so far: no key runs Python
    for (size_t k = 0; k < n; k++) {
        V key = tuple_borrow(c->kwnames, k), *value = &c->args[c->nargs + k];
        if (!v_is_str(key)) {
            err_set(c->t, &exc_TypeError, "%V() keywords must be strings", qualname(c));
            return -1;
        }
        int i = find_param(c, key);
        if (i < 0) {
            if (kwdict == V_NULL) return unexpected_keyword(c, key);
            plain &= v_is_exact(key, &str_type);
            if ((likely(plain) ? dict_set(c->t, kwdict, key, *value) : set_aside(c, kwdict, key, *value)) < 0) return -1;
            continue;
        }
        if (c->locals[i] != V_NULL) return fail_with_key(c, "%V() got multiple values for argument '%V'", key);
        c->locals[i] = *value;
        *value = V_NULL;
    }
    return 0;
}

static int fill_defaults(Call *c) {
    const Function *fn = function_of(c->func);
    int argcount = c->code->argcount;
    V defaults = slot_peek(&fn->defaults);
    int have = defaults == V_NULL ? 0 : (int)tuple_len(defaults), required = argcount - have;
    for (int i = (int)c->nargs; i < required; i++) {
        if (c->locals[i] == V_NULL) return missing(c, "positional", (int)c->nargs, required);
    }
    for (int i = required < 0 ? 0 : required; i < argcount; i++) {
        if (c->locals[i] == V_NULL) c->locals[i] = tuple_get(defaults, (size_t)(i - required));
    }
    return 0;
}

static V kwdefault(Call *c, V name) {
    V dict = slot_peek(&function_of(c->func)->kwdefaults);
    if (dict == V_NULL) return V_NULL;
    Slot *cell = dict_value_cell(dict_of(dict), name);
    V v = likely(cell != NULL) ? slot_get(v_obj(dict), cell) : V_NULL;
    return likely(v != V_NULL && v != V_MOVED) ? v : get_aside(c, name);
}

static int fill_kwonly(Call *c) {
    int first = c->code->argcount, end = first + c->code->kwonlyargcount;
    bool lacking = false;
    for (int i = first; i < end; i++) {
        if (c->locals[i] != V_NULL) continue;
        V v = kwdefault(c, param_name(c, i));
        if (v_is_error(v)) return -1;
        c->locals[i] = v;
        lacking |= v == V_NULL;
    }
    return lacking ? missing(c, "keyword-only", first, end) : 0;
}

static int bind(Call *c) {
    Code *code = c->code;
    int argcount = code->argcount, total = argcount + code->kwonlyargcount;
    V kwdict = V_NULL;
    size_t nkw = c->kwnames == V_NULL ? 0 : tuple_len(c->kwnames);
    if (code->flags & CO_VARKEYWORDS) {
        // With no parameter for any of them, a few keywords are all of the dict.
        if (total == 0 && nkw && nkw <= DICT_FEW)
            kwdict = dict_of_few(c->t, &tuple_of(c->kwnames)->items[0].bits, 1, c->args + c->nargs, 1, nkw);
        if (kwdict != V_NULL) nkw = 0;
        else kwdict = dict_new(c->t);
        if (v_is_error(kwdict)) return -1;
        c->locals[total + !!(code->flags & CO_VARARGS)] = kwdict;
    }
    size_t given = c->nargs < (size_t)argcount ? c->nargs : (size_t)argcount;
    for (size_t i = 0; i < given; i++) {
        c->locals[i] = c->args[i];
        c->args[i] = V_NULL;
    }
    if (code->flags & CO_VARARGS) {
        V rest = tuple_from_steal(c->t, c->args + given, c->nargs - given);
        for (size_t i = given; i < c->nargs; i++) c->args[i] = V_NULL;
        if (v_is_error(rest)) return -1;
        c->locals[total] = rest;
    }
    if (nkw && bind_keywords(c, kwdict) < 0) return -1;
    if (c->nargs > (size_t)argcount && !(code->flags & CO_VARARGS)) return too_many_positional(c);
    if (c->nargs < (size_t)argcount && fill_defaults(c) < 0) return -1;
    return code->kwonlyargcount ? fill_kwonly(c) : 0;
}

// ---- f(*args, **kwargs) ------------------------------------------------------------------------------------------------
enum { BOUND = 0, RAISED = -1, OTHERWISE = 1 }; // OTHERWISE: the call is wrong, or no plain one: bind_arguments tells

// Only names as they are written in a program: looking for them, and storing under them, runs no Python.
static int bind_named(Call *c, V kwargs, V kwdict) {
    V key, value;
    for (size_t pos = 0; dict_next(kwargs, &pos, &key, &value);) {
        if (unlikely(!v_is_exact(key, &str_type))) return OTHERWISE;
        int i = find_param(c, key);
        if (i >= 0) {
            if (unlikely(c->locals[i] != V_NULL)) return OTHERWISE;
            c->locals[i] = v_dup(value);
        } else {
            if (unlikely(kwdict == V_NULL)) return OTHERWISE;
            if (unlikely(dict_set_hash(c->t, kwdict, key, str_hash(key), value) < 0)) return RAISED;
        }
    }
    return BOUND;
}

// What the items of a tuple did not fill.
static NOINLINE int bind_others(Thread *t, V func, Code *code, V *locals, size_t nargs, V kwargs) {
    Call c = {t, func, code, locals, NULL, nargs, V_NULL};
    int r = BOUND;
    if (kwargs != V_NULL) {
        int at = code->argcount + code->kwonlyargcount + !!(code->flags & CO_VARARGS);
        r = bind_named(&c, kwargs, code->flags & CO_VARKEYWORDS ? locals[at] : V_NULL);
    }
    if (r == BOUND && nargs < (size_t)code->argcount) r = fill_defaults(&c);
    if (r == BOUND && code->kwonlyargcount) r = fill_kwonly(&c);
    return r;
}

static ALWAYS_INLINE int bind_items(Thread *t, V func, Code *code, V *locals, V args, V kwargs) {
    size_t nargs = tuple_len(args), argcount = (size_t)code->argcount, given = nargs < argcount ? nargs : argcount;
    V *p = locals, *after = p + argcount + code->kwonlyargcount;
    for (size_t i = 0; i < given; i++) *p++ = tuple_get(args, i);
    clear_few(p, locals + code->nlocalsplus);
    int flags = code->flags;
    if (flags & CO_VARARGS) {
        V rest = tuple_from(t, &tuple_of(args)->items[given].bits, nargs - given);
        if (unlikely(v_is_error(rest))) return RAISED;
        *after++ = rest;
    } else if (unlikely(nargs > argcount)) {
        return OTHERWISE;
    }
    if (flags & CO_VARKEYWORDS) {
        V kwdict = dict_new(t);
        if (unlikely(v_is_error(kwdict))) return RAISED;
        *after = kwdict;
    }
    bool done = kwargs == V_NULL && nargs >= argcount && !code->kwonlyargcount;
    return done ? BOUND : bind_others(t, func, code, locals, nargs, kwargs);
}

static NOINLINE void drop_locals(Thread *t, const Code *code, V *locals) {
    for (int i = 0; i < code->nlocalsplus; i++) v_drop(t, locals[i]);
}

Frame *vm_push_call_ex(Thread *t, Frame *f, V *operands, bool has_kwargs) {
    V func = operands[1], args = operands[2], kwargs = has_kwargs ? operands[3] : V_NULL;
    Code *code = code_of(slot_peek(&function_of(func)->code));
    V *locals = frame_free_base_of(f);
    bool fits = t->stack_end - locals >= code->frame_size && t->recursion < thread_recursion_limit(t);
    bool plain = (code->flags & CO_OPTIMIZED) && at_load_acquire(&code->units) != NULL;
    V given = kwargs == V_NULL || dict_len(kwargs) == 0 ? V_NULL : kwargs;
    if (given != V_NULL && obj_is_shared(v_obj(given))) plain = false; // it may change meanwhile
    if (fits) STACK_OPEN(locals, code->frame_size);
    int r = likely(fits && plain) ? bind_items(t, func, code, locals, args, given) : OTHERWISE;
    Frame *g;
    if (likely(r == BOUND)) {
        g = frame_place(locals, code, func, f, FRAME_PLAIN);
        g->ip = code_units(code);
        g->sp = frame_stack_base(g);
        t->recursion++;
    } else {
        if (fits && plain) drop_locals(t, code, locals);
        if (r == RAISED) return NULL;
        g = frame_push_call_ex(t, f, func, args, kwargs);
        if (!g) return NULL;
        v_drop(t, func); // it has one of its own
    }
    f->sp = operands;
    v_drop(t, operands[0]);
    v_drop(t, args);
    if (kwargs != V_NULL) v_drop(t, kwargs);
    return g;
}

int bind_arguments(Thread *t, V func, Code *code, V *locals, V *args, size_t nargs, V kwnames) {
    Call c = {t, func, code, locals, args, nargs, kwnames};
    for (int i = 0; i < code->nlocalsplus; i++) locals[i] = V_NULL;
    int r = bind(&c);
    size_t nkw = kwnames == V_NULL ? 0 : tuple_len(kwnames);
    for (size_t i = 0; i < nargs + nkw; i++) v_drop(t, args[i]); // what was not moved
    if (r < 0) {
        for (int i = 0; i < code->nlocalsplus; i++) v_drop(t, locals[i]);
    }
    return r;
}
