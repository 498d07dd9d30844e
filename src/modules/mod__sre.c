// SPDX-License-Identifier: MIT
// Module _sre: pattern objects and scanners.  The engine is sre_engine.c.
#include "sre.h"
#include "base/unicode.h"
#include "runtime/runtime.h"
#include "threading/poll.h"

// ---- arguments --------------------------------------------------------------------------------------------------------
static int range_args(Thread *t, V pos, V endpos, ptrdiff_t *from, ptrdiff_t *to) {
    *from = 0;
    *to = PTRDIFF_MAX;
    if (pos != V_NULL && num_as_ssize(t, pos, &exc_OverflowError, from) < 0) return -1;
    return endpos != V_NULL && num_as_ssize(t, endpos, &exc_OverflowError, to) < 0 ? -1 : 0;
}

typedef enum { MATCH, FULLMATCH, SEARCH } How;
static V run_once(Thread *t, V self, const V *args, How how) { // string, pos=0, endpos=maxsize
    ReState s;
    ptrdiff_t from, to;
    if (range_args(t, args[1], args[2], &from, &to) < 0 || re_state_init(t, &s, pattern_of(self), args[0], from, to) < 0) return V_ERROR;
    s.match_all = how == FULLMATCH;
    ptrdiff_t pos = re_index(&s, s.start);
    int status = how == SEARCH ? re_search(&s) : re_match(&s);
    V m = re_match_new(t, self, &s, status);
    if (status > 0 && !v_is_error(m)) match_of(m)->pos = pos;
    re_state_free(&s);
    return m;
}
static NATIVE(pattern_match) {
    (void)nargs, (void)kwnames;
    return run_once(t, self, args, MATCH);
}
static NATIVE(pattern_fullmatch) {
    (void)nargs, (void)kwnames;
    return run_once(t, self, args, FULLMATCH);
}
static NATIVE(pattern_search) {
    (void)nargs, (void)kwnames;
    return run_once(t, self, args, SEARCH);
}

static V group_slice(Thread *t, ReState *s, size_t i, V missing) { // group i of the current match (0: all)
    if (i == 0) return re_slice(t, s->beginning, s->string, re_index(s, s->start), re_index(s, s->ptr));
    const char *a = s->marks[2 * i - 2], *b = s->marks[2 * i - 1];
    return a && b && b >= a ? re_slice(t, s->beginning, s->string, re_index(s, a), re_index(s, b)) : v_dup(missing);
}

static V empty_like(V string) { return v_is_str(string) ? str_empty() : bytes_empty(); }

static V findall_item(Thread *t, ReState *s) {
    size_t groups = s->pattern->groups;
    V empty = empty_like(s->string);
    if (groups <= 1) return group_slice(t, s, groups, empty);
    V item = tuple_new(t, groups);
    for (size_t i = 0; i < groups && !v_is_error(item); i++) {
        V part = group_slice(t, s, i + 1, empty);
        if (v_is_error(part)) {
            v_drop(t, item);
            return V_ERROR;
        }
        tuple_init_steal(t, item, i, part);
    }
    return item;
}

static NATIVE(pattern_findall) {
    (void)nargs, (void)kwnames;
    ReState s;
    ptrdiff_t from, to;
    if (range_args(t, args[1], args[2], &from, &to) < 0 || re_state_init(t, &s, pattern_of(self), args[0], from, to) < 0) return V_ERROR;
    V list = list_new(t, 0);
    for (size_t steps = 0; !v_is_error(list);) {
        int status = poll_step(t, &steps) < 0 ? -1 : re_search(&s);
        if (status == 0) break;
        V item = status < 0 ? V_ERROR : findall_item(t, &s);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
        re_advance(&s);
    }
    re_state_free(&s);
    return list;
}

static NATIVE(pattern_split) {
    (void)nargs, (void)kwnames;
    ReState s;
    ptrdiff_t max = 0;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &max) < 0) return V_ERROR;
    if (re_state_init(t, &s, pattern_of(self), args[0], 0, PTRDIFF_MAX) < 0) return V_ERROR;
    V list = list_new(t, 0);
    const char *last = s.start;
    size_t steps = 0;
    for (ptrdiff_t n = 0; !v_is_error(list) && (!max || n < max); n++) {
        int status = poll_step(t, &steps) < 0 ? -1 : re_search(&s);
        if (status == 0) break;
        V part = status < 0 ? V_ERROR : re_slice(t, s.beginning, s.string, re_index(&s, last), re_index(&s, s.start));
        bool ok = !v_is_error(part) && list_append_steal(t, list, part) == 0;
        for (size_t i = 1; ok && i <= s.pattern->groups; i++) {
            part = group_slice(t, &s, i, V_NONE);
            ok = !v_is_error(part) && list_append_steal(t, list, part) == 0;
        }
        if (!ok) {
            v_drop(t, list);
            list = V_ERROR;
        }
        last = s.ptr;
        re_advance(&s);
    }
    if (!v_is_error(list)) {
        V part = re_slice(t, s.beginning, s.string, re_index(&s, last), re_index(&s, s.end));
        if (v_is_error(part) || list_append_steal(t, list, part) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    re_state_free(&s);
    return list;
}

static NATIVE(pattern_sub) {
    (void)nargs, (void)kwnames;
    return re_substitute(t, self, args, false);
}
static NATIVE(pattern_subn) {
    (void)nargs, (void)kwnames;
    return re_substitute(t, self, args, true);
}

// ---- scanners -------------------------------------------------------------------------------------------------------------
typedef struct Scanner {
    Obj head;
    Slot pattern, string;
    ReState state;       // self->lock
    bool open, running;
} Scanner;
static Scanner *scanner_of(V v) { return (Scanner *)v_obj(v); }

static V scanner_new(Thread *t, V pattern, V string, ptrdiff_t from, ptrdiff_t to) {
    V self = type_alloc(t, &scanner_type, 0);
    if (v_is_error(self)) return V_ERROR;
    Scanner *sc = scanner_of(self);
    if (re_state_init(t, &sc->state, pattern_of(pattern), string, from, to) < 0) {
        v_drop(t, self);
        return V_ERROR;
    }
    sc->open = true;
    slot_init(t, v_obj(self), &sc->pattern, pattern);
    slot_init(t, v_obj(self), &sc->string, string);
    return self;
}

static V scan(Thread *t, V self, bool search) {
    Scanner *sc = scanner_of(self);
    ReState *s = &sc->state;
    CRITICAL(t, v_obj(self));
    if (sc->running) return err_set(t, &exc_ValueError, "regular expression scanner already executing");
    if (!s->start) return V_NONE;
    sc->running = true;
    s->t = t;
    int status = search ? re_search(s) : re_match(s);
    V m = re_match_new(t, slot_peek(&sc->pattern), s, status);
    if (status == 0) s->start = NULL;
    else if (status > 0) re_advance(s);
    sc->running = false;
    return m;
}
static NATIVE(scanner_match) {
    UNUSED_NATIVE();
    return scan(t, self, false);
}
static NATIVE(scanner_search) {
    UNUSED_NATIVE();
    return scan(t, self, true);
}

static void scanner_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Scanner *)o)->pattern);
    VISIT(((Scanner *)o)->string);
}
static void scanner_free(Thread *t, Obj *o) {
    Scanner *sc = (Scanner *)o;
    if (!sc->open) return;
    sc->state.t = t;
    re_state_free(&sc->state);
}
static const Method scanner_methods[] = {
    {"match", scanner_match, "", 0, 0, NULL},
    {"search", scanner_search, "", 0, 0, NULL},
    METHOD_END,
};
static const Member scanner_members[] = {{"pattern", MEMBER_SLOT, offsetof(Scanner, pattern), true, NULL}, {0}};
Type scanner_type = {
    TYPE_HEAD("_sre.SRE_Scanner"), .base = &object_type, .size = sizeof(Scanner), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = scanner_traverse, .free_ = scanner_free, .methods = scanner_methods, .members = scanner_members,
};

static NATIVE(pattern_scanner) {
    (void)nargs, (void)kwnames;
    ptrdiff_t from, to;
    return range_args(t, args[1], args[2], &from, &to) < 0 ? V_ERROR : scanner_new(t, self, args[0], from, to);
}

static NATIVE(pattern_finditer) {
    (void)nargs, (void)kwnames;
    ptrdiff_t from, to;
    if (range_args(t, args[1], args[2], &from, &to) < 0) return V_ERROR;
    V scanner = scanner_new(t, self, args[0], from, to);
    if (v_is_error(scanner)) return V_ERROR;
    V search = obj_getattr(t, scanner, NAME(search));
    v_drop(t, scanner);
    if (v_is_error(search)) return V_ERROR;
    V it = callable_iter_new(t, search, V_NONE);
    v_drop(t, search);
    return it;
}

// ---- the pattern itself -------------------------------------------------------------------------------------------------------
static NATIVE(pattern_self) {
    UNUSED_NATIVE();
    return v_dup(self);
}

static V pattern_repr(Thread *t, V self) {
    static const struct { const char *name; int flag; } names[] = {
        {"re.TEMPLATE", FLAG_TEMPLATE}, {"re.IGNORECASE", FLAG_IGNORECASE}, {"re.LOCALE", FLAG_LOCALE}, {"re.MULTILINE", FLAG_MULTILINE},
        {"re.DOTALL", FLAG_DOTALL}, {"re.UNICODE", FLAG_UNICODE}, {"re.VERBOSE", FLAG_VERBOSE}, {"re.DEBUG", FLAG_DEBUG}, {"re.ASCII", FLAG_ASCII},
    };
    Pattern *p = pattern_of(self);
    int flags = p->flags;
    V pattern = slot_peek(&p->pattern);
    if (v_is_str(pattern) && (flags & (FLAG_LOCALE | FLAG_UNICODE | FLAG_ASCII)) == FLAG_UNICODE) flags &= ~FLAG_UNICODE; // the default
    StrBuilder sb;
    sb_init(&sb, t);
    bool first = true;
    for (size_t i = 0; i < countof(names); i++) {
        if (!(flags & names[i].flag)) continue;
        sb_cstr(&sb, first ? ", " : "|");
        sb_cstr(&sb, names[i].name);
        flags &= ~names[i].flag;
        first = false;
    }
    if (flags) sb_format(&sb, "%s0x%x", first ? ", " : "|", (unsigned)flags);
    V tail = sb_finish(&sb);
    if (v_is_error(tail)) return V_ERROR;
    V text = str_from_format(t, "re.compile(%.200R%V)", pattern, tail);
    v_drop(t, tail);
    return text;
}

static int pattern_hash(Thread *t, V self, int64_t *out) {
    Pattern *p = pattern_of(self);
    if (obj_hash(t, slot_peek(&p->pattern), out) < 0) return -1;
    uint64_t h = (uint64_t)*out;
    for (size_t i = 0; i < p->n_code && i < 64; i++) h = (h ^ p->code[i]) * 1099511628211ull;
    h ^= (uint64_t)p->flags ^ (uint64_t)p->is_bytes ^ p->groups;
    *out = (int64_t)h == -1 ? -2 : (int64_t)h;
    return 0;
}

static V pattern_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &pattern_type) || !v_is_exact(b, &pattern_type)) return V_NOT_IMPLEMENTED;
    Pattern *p = pattern_of(a), *q = pattern_of(b);
    int same = p->flags == q->flags && p->is_bytes == q->is_bytes && p->n_code == q->n_code && !memcmp(p->code, q->code, p->n_code * sizeof(Re));
    if (same) same = obj_compare_bool(t, slot_peek(&p->pattern), slot_peek(&q->pattern), CMP_EQ);
    return same < 0 ? V_ERROR : v_from_bool(same == (op == CMP_EQ));
}

static V get_groupindex(Thread *t, V self, void *closure) {
    (void)closure;
    return mapping_proxy_new(t, slot_peek(&pattern_of(self)->groupindex));
}
static V get_groups(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_size(t, pattern_of(self)->groups);
}

static void pattern_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Pattern *)o)->pattern);
    VISIT(((Pattern *)o)->groupindex);
    VISIT(((Pattern *)o)->indexgroup);
}
static void pattern_free(Thread *t, Obj *o) {
    (void)t;
    Pattern *p = (Pattern *)o;
    mem_free(p->code);
    arena_free(&p->arena);
}

#define RANGE "string, pos=0, endpos=sys.maxsize"
static const Method pattern_methods[] = {
    {"match", pattern_match, RANGE, 0, 0, "Matches zero or more characters at the beginning of the string."},
    {"fullmatch", pattern_fullmatch, RANGE, 0, 0, "Matches against all of the string."},
    {"search", pattern_search, RANGE, 0, 0, "Scan through string looking for a match, and return a corresponding match object instance."},
    {"findall", pattern_findall, RANGE, 0, 0, "Return a list of all non-overlapping matches of pattern in string."},
    {"finditer", pattern_finditer, RANGE, 0, 0, "Return an iterator over all non-overlapping matches for the RE pattern in string."},
    {"scanner", pattern_scanner, RANGE, 0, 0, NULL},
    {"split", pattern_split, "string, maxsplit=0", 0, 0, "Split string by the occurrences of pattern."},
    {"sub", pattern_sub, "repl, string, count=0", 0, 0, "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl."},
    {"subn", pattern_subn, "repl, string, count=0", 0, 0, "Return the tuple (new_string, number_of_subs_made)."},
    {"__copy__", pattern_self, "", 0, 0, NULL},
    {"__deepcopy__", pattern_self, "memo, /", 0, 0, NULL},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    METHOD_END,
};
static const GetSet pattern_getsets[] = {
    {"groupindex", get_groupindex, NULL, "A dictionary mapping group names to group numbers.", NULL},
    {"groups", get_groups, NULL, "The number of capturing groups in the pattern.", NULL},
    {0},
};
static const Member pattern_members[] = {
    {"pattern", MEMBER_SLOT, offsetof(Pattern, pattern), true, "The pattern string from which the RE object was compiled."},
    {"flags", MEMBER_INT, offsetof(Pattern, flags), true, "The regex matching flags."},
    {0},
};
Type pattern_type = {
    TYPE_HEAD("re.Pattern"), .base = &object_type, .size = sizeof(Pattern), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW | TYPE_WEAKREFS,
    .doc = "Compiled regular expression object.", .traverse = pattern_traverse, .free_ = pattern_free, .repr = pattern_repr,
    .hash = pattern_hash, .compare = pattern_compare, .methods = pattern_methods, .getsets = pattern_getsets, .members = pattern_members,
};

// ---- the module ---------------------------------------------------------------------------------------------------------------
static int read_code(Thread *t, Pattern *p, V list) {
    p->n_code = list_len(list);
    p->code = mem_alloc(t, (p->n_code + 1) * sizeof *p->code);
    if (!p->code) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; i < p->n_code; i++) {
        V item = list_get(t, list, i);
        uint64_t word = 0;
        int r = item == V_NULL ? -1 : int_as_u64(t, item, &word);
        v_drop(t, item);
        if (r < 0) return -1;
        if (word > UINT32_MAX) {
            err_set(t, &exc_OverflowError, "regular expression code size limit exceeded");
            return -1;
        }
        p->code[i] = (Re)word;
    }
    return 0;
}

static NATIVE(sre_compile) { // pattern, flags, code, groups, groupindex, indexgroup
    (void)self, (void)nargs, (void)kwnames;
    ptrdiff_t groups;
    if (!v_is_list(args[2])) return err_bad_argument(t, "compile", "argument 'code'", "list", args[2]);
    if (!v_is_dict(args[4])) return err_bad_argument(t, "compile", "argument 'groupindex'", "dict", args[4]);
    if (!v_is_tuple(args[5])) return err_bad_argument(t, "compile", "argument 'indexgroup'", "tuple", args[5]);
    V pattern = type_alloc(t, &pattern_type, 0);
    if (v_is_error(pattern)) return V_ERROR;
    Pattern *p = pattern_of(pattern);
    p->is_bytes = args[0] == V_NONE ? -1 : !v_is_str(args[0]);
    if (num_as_int(t, args[1], &p->flags) < 0 || num_as_ssize(t, args[3], &exc_OverflowError, &groups) < 0 || read_code(t, p, args[2]) < 0) {
        v_drop(t, pattern);
        return V_ERROR;
    }
    p->groups = (size_t)groups;
    slot_init(t, v_obj(pattern), &p->pattern, args[0]);
    slot_init(t, v_obj(pattern), &p->groupindex, args[4]);
    slot_init(t, v_obj(pattern), &p->indexgroup, args[5]);
    if (re_check(t, p) == 0 && re_plan(t, p) == 0) return pattern;
    v_drop(t, pattern);
    return V_ERROR;
}

static int char_arg(Thread *t, V v, uint32_t *ch) {
    int n;
    if (num_as_int(t, v, &n) < 0) return -1;
    *ch = (uint32_t)n;
    return 0;
}
static NATIVE(sre_getcodesize) {
    UNUSED_NATIVE();
    return V_INT(sizeof(Re));
}
static NATIVE(sre_ascii_iscased) {
    (void)self, (void)nargs, (void)kwnames;
    uint32_t ch;
    return char_arg(t, args[0], &ch) < 0 ? V_ERROR : v_from_bool((ch | 32) - 'a' < 26);
}
static NATIVE(sre_unicode_iscased) {
    (void)self, (void)nargs, (void)kwnames;
    uint32_t ch;
    if (char_arg(t, args[0], &ch) < 0) return V_ERROR;
    uint32_t lower[UC_CASE_MAX], upper[UC_CASE_MAX]; // full mappings: U+00DF has an upper case, of two letters
    uc_to_lower_full(ch, lower);
    uc_to_upper_full(ch, upper);
    return v_from_bool(lower[0] != ch || upper[0] != ch);
}
static NATIVE(sre_ascii_tolower) {
    (void)self, (void)nargs, (void)kwnames;
    uint32_t ch;
    return char_arg(t, args[0], &ch) < 0 ? V_ERROR : v_from_int(re_lower_ascii(ch));
}
static NATIVE(sre_unicode_tolower) {
    (void)self, (void)nargs, (void)kwnames;
    uint32_t ch;
    return char_arg(t, args[0], &ch) < 0 ? V_ERROR : v_from_int(re_lower_unicode(ch));
}

static const Method methods[] = {
    {"compile", sre_compile, "pattern, flags, code, groups, groupindex, indexgroup", 0, 0, NULL},
    {"getcodesize", sre_getcodesize, "", 0, 0, NULL},
    {"ascii_iscased", sre_ascii_iscased, "character, /", 0, 0, NULL},
    {"unicode_iscased", sre_unicode_iscased, "character, /", 0, 0, NULL},
    {"ascii_tolower", sre_ascii_tolower, "character, /", 0, 0, NULL},
    {"unicode_tolower", sre_unicode_tolower, "character, /", 0, 0, NULL},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    Type *const types[] = {&pattern_type, &match_type, &scanner_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (type_ready(t, types[i]) < 0) return -1;
    }
    re_categories_start();
    if (module_add_int(t, module, "MAGIC", SRE_MAGIC) < 0 || module_add_int(t, module, "CODESIZE", sizeof(Re)) < 0) return -1;
    if (module_add_int(t, module, "MAXREPEAT", SRE_MAXREPEAT) < 0) return -1;
    return module_add_int(t, module, "MAXGROUPS", INT32_MAX / 2);
}

const ModuleDef mod__sre = {"_sre", NULL, methods, exec, 0};
