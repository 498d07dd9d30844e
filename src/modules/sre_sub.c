// SPDX-License-Identifier: MIT
// Substitution: Pattern.sub and subn.
//
// The replacement is a piece of text, a template (text and group references in turn, parsed by the library's
// re._subx, put together here), or something to call with each match.  Text for a str subject is built in one
// go; everything else, bytes and whatever calls return, is collected in a list and joined.
#include "sre.h"
#include "runtime/runtime.h"
#include "threading/poll.h"

typedef struct Part { V text; size_t group; } Part; // text owned and counted, or V_NULL: the group
typedef struct Replacement {
    enum { REPLACE_TEXT, REPLACE_TEMPLATE, REPLACE_CALL } kind;
    V owner;             // owned: the text or the callable
    Part *parts;         // of a template
    size_t n_parts;
} Replacement;

static void replacement_free(Thread *t, Replacement *r) {
    for (size_t i = 0; i < r->n_parts; i++) v_drop(t, r->parts[i].text);
    mem_free(r->parts);
    if (!v_is_error(r->owner)) v_drop(t, r->owner);
}

static int read_group(Thread *t, Replacement *r, V pair, size_t n_groups) { // (index of the piece, group number)
    if (v_is_tuple(pair) && tuple_len(pair) == 2) {
        V at = tuple_borrow(pair, 0), group = tuple_borrow(pair, 1);
        if (v_is_int(at) && v_is_int(group) && (uint64_t)v_int(at) < r->n_parts && (uint64_t)v_int(group) <= n_groups) {
            r->parts[v_int(at)].group = (size_t)v_int(group);
            return 0;
        }
    }
    err_set(t, &exc_IndexError, "no such group");
    return -1;
}

// A parsed template is (groups, literals): a list of (index into literals, group number) and the list of pieces, None where
// groups stand.
static int read_template(Thread *t, Replacement *r, V groups, V literals, size_t n_groups) {
    r->kind = REPLACE_TEMPLATE;
    size_t n = list_len(literals);
    r->parts = mem_calloc(t, n + 1, sizeof *r->parts);
    if (!r->parts) {
        err_no_memory(t);
        return -1;
    }
    for (; r->n_parts < n; r->n_parts++) {
        V text = list_get(t, literals, r->n_parts);
        if (v_is_str(text)) r->parts[r->n_parts].text = v_own(text);
        else v_drop(t, text);
    }
    for (size_t i = 0; i < list_len(groups); i++) {
        V pair = list_get(t, groups, i);
        int status = read_group(t, r, pair, n_groups);
        v_drop(t, pair);
        if (status < 0) return -1;
    }
    return 0;
}

static bool has_backslash(Thread *t, V v) { // what is no text at all is left to the parser of templates
    if (v_is_str(v)) return str_find_char(v, '\\', 0, str_len(v), 1) >= 0;
    Buffer view;
    if (!obj_has_buffer(v)) return true;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) {
        err_clear(t);
        return true;
    }
    bool has = view.len > 0 && memchr(view.data, '\\', (size_t)view.len) != NULL;
    buffer_release(t, &view);
    return has;
}

// re._subx gives the text of a template without groups, or a function whose one default is the parsed template.
static V template_of_filter(Thread *t, V filter) { // V_NULL: none that we know
    V defaults = obj_getattr(t, filter, NAME(__defaults__));
    if (v_is_error(defaults)) {
        err_clear(t);
        return V_NULL;
    }
    V parsed = v_is_tuple(defaults) && tuple_len(defaults) == 1 ? tuple_get(defaults, 0) : V_NULL;
    v_drop(t, defaults);
    if (parsed == V_NULL) return V_NULL;
    if (v_is_tuple(parsed) && tuple_len(parsed) == 2 && v_is_list(tuple_borrow(parsed, 0)) && v_is_list(tuple_borrow(parsed, 1))) return parsed;
    v_drop(t, parsed);
    return V_NULL;
}

static int replacement_open(Thread *t, Replacement *r, V pattern, V replacement, bool text) {
    *r = (Replacement){.kind = obj_is_callable(replacement) ? REPLACE_CALL : REPLACE_TEXT};
    if (r->kind == REPLACE_CALL || !has_backslash(t, replacement)) {
        r->owner = v_dup(replacement);
        return 0;
    }
    V subx = import_attr_c(t, "re", "_subx");
    if (v_is_error(subx)) return -1;
    r->owner = obj_call2(t, subx, pattern, replacement);
    v_drop(t, subx);
    if (v_is_error(r->owner)) return -1;
    if (!obj_is_callable(r->owner)) return 0;
    r->kind = REPLACE_CALL;
    V parsed = text ? template_of_filter(t, r->owner) : V_NULL;
    if (parsed == V_NULL) return 0;
    int status = read_template(t, r, tuple_borrow(parsed, 0), tuple_borrow(parsed, 1), pattern_of(pattern)->groups);
    v_drop(t, parsed);
    return status;
}

// ---- a str, with text or a template -------------------------------------------------------------------------------
static void build_range(StrBuilder *b, const ReState *s, const char *from, const char *to) {
    if (from < to) sb_units(b, s->kind, from, (size_t)(to - from) >> (s->kind >> 1));
}

static void build_template(StrBuilder *b, const Replacement *r, const ReState *s) {
    for (size_t i = 0; i < r->n_parts; i++) {
        const Part *part = &r->parts[i];
        if (part->text != V_NULL) {
            sb_str(b, part->text);
        } else if (part->group == 0) {
            build_range(b, s, s->start, s->ptr);
        } else {
            const char *from = s->marks[2 * part->group - 2], *to = s->marks[2 * part->group - 1];
            if (from && to) build_range(b, s, from, to);
        }
    }
}

static V substitute_text(Thread *t, ReState *s, const Replacement *r, ptrdiff_t count, ptrdiff_t *n) {
    const char *last = s->start;
    size_t steps = 0;
    StrBuilder b;
    sb_init(&b, t);
    for (; !count || *n < count; ++*n) {
        int status = poll_step(t, &steps) < 0 ? -1 : re_search(s);
        if (status < 0) {
            sb_abandon(&b);
            return V_ERROR;
        }
        if (status == 0) break;
        build_range(&b, s, last, s->start);
        if (r->kind == REPLACE_TEXT) sb_str(&b, r->owner);
        else build_template(&b, r, s);
        last = s->ptr;
        re_advance(s);
    }
    if (*n == 0) {
        sb_abandon(&b);
        return re_slice(t, s->beginning, s->string, 0, re_index(s, s->end));
    }
    build_range(&b, s, last, s->end);
    return sb_finish(&b);
}

// ---- everything else ------------------------------------------------------------------------------------------------
static int append_part(Thread *t, V list, V part) { return v_is_error(part) || list_append_steal(t, list, part) < 0 ? -1 : 0; }

static V call_filter(Thread *t, V pattern, ReState *s, V filter) {
    const char *ptr = s->ptr, *start = s->start;
    V match = re_match_new(t, pattern, s, 1);
    if (v_is_error(match)) return V_ERROR;
    V piece = obj_call1(t, filter, match);
    v_drop(t, match);
    s->ptr = ptr;
    s->start = start;
    return piece;
}

static int collect(Thread *t, V pattern, ReState *s, const Replacement *r, ptrdiff_t count, V list, ptrdiff_t *n) {
    const char *last = s->start;
    size_t steps = 0;
    for (; !count || *n < count; ++*n) {
        int status = poll_step(t, &steps) < 0 ? -1 : re_search(s);
        if (status < 0) return -1;
        if (status == 0) break;
        if (last < s->start && append_part(t, list, re_slice(t, s->beginning, s->string, re_index(s, last), re_index(s, s->start))) < 0) return -1;
        V piece = r->kind == REPLACE_CALL ? call_filter(t, pattern, s, r->owner) : v_dup(r->owner);
        if (piece != V_NONE && append_part(t, list, piece) < 0) return -1; // None: nothing
        last = s->ptr;
        re_advance(s);
    }
    return last < s->end ? append_part(t, list, re_slice(t, s->beginning, s->string, re_index(s, last), re_index(s, s->end))) : 0;
}

static V substitute_list(Thread *t, V pattern, ReState *s, const Replacement *r, ptrdiff_t count, ptrdiff_t *n) {
    V list = list_new(t, 0), result = V_ERROR;
    if (!v_is_error(list) && collect(t, pattern, s, r, count, list, n) == 0) {
        if (*n == 0) result = re_slice(t, s->beginning, s->string, 0, re_index(s, s->end));
        else if (v_is_str(s->string)) result = str_join(t, str_empty(), list);
        else result = bytes_join(t, bytes_empty(), list);
    }
    v_drop(t, list);
    return result;
}

V re_substitute(Thread *t, V pattern, const V *args, bool with_count) {
    ReState s;
    Replacement r;
    ptrdiff_t count = 0, n = 0;
    if (args[2] != V_NULL && num_as_ssize(t, args[2], &exc_OverflowError, &count) < 0) return V_ERROR;
    V result = V_ERROR;
    if (replacement_open(t, &r, pattern, args[0], v_is_str(args[1])) == 0 && re_state_init(t, &s, pattern_of(pattern), args[1], 0, PTRDIFF_MAX) == 0) {
        bool text = v_is_str(args[1]) && (r.kind == REPLACE_TEMPLATE || (r.kind == REPLACE_TEXT && v_is_str(r.owner)));
        result = text ? substitute_text(t, &s, &r, count, &n) : substitute_list(t, pattern, &s, &r, count, &n);
        re_state_free(&s);
    }
    replacement_free(t, &r);
    return v_is_error(result) || !with_count ? result : tuple_pack_steal(t, 2, result, v_from_int(n));
}
