// SPDX-License-Identifier: MIT
// Match objects.
#include "sre.h"
#include "runtime/runtime.h"
#include "threading/hot.h"

// Every match refers to its pattern, and the threads of a program share a few patterns: one that has been used BUSY times
// since it is SHARED is counted no more, and only a full collection frees it.  The others die as soon as nobody refers to
// them, for a program may compile thousands.
enum { BUSY = 100 };
static NOINLINE void count_use(Obj *pattern) {
    if (obj_rc(pattern) & RC_HOT) return;
    uint16_t uses = at_load_relaxed(&pattern->aux); // as many as this thread knows of
    if (uses < BUSY) at_store_relaxed(&pattern->aux, (uint16_t)(uses + 1));
    else hot_for_good(pattern);
}

V re_match_new(Thread *t, V pattern, ReState *s, int status) {
    if (status <= 0) return status < 0 ? V_ERROR : V_NONE;
    Pattern *p = s->pattern;
    if (obj_is_shared(&p->head)) count_use(&p->head);
    size_t groups = p->groups + 1;
    bool plain = v_is_exact(s->string, &str_type) || v_is_exact(s->string, &bytes_type); // no way from there to a match
    Match *m = (Match *)obj_alloc(t, &match_type, sizeof *m + 2 * groups * sizeof *m->marks, plain ? 0 : OBJ_GC);
    if (!m) return err_no_memory(t);
    V self = v_from(m);
    m->groups = groups;
    m->marks[0] = re_index(s, s->start);
    m->marks[1] = re_index(s, s->ptr);
    for (size_t i = 0; i < p->groups; i++) {
        const char *a = s->marks[2 * i], *b = s->marks[2 * i + 1];
        bool matched = a && b && b >= a;
        m->marks[2 * i + 2] = matched ? re_index(s, a) : -1;
        m->marks[2 * i + 3] = matched ? re_index(s, b) : -1;
    }
    slot_init(t, v_obj(self), &m->string, s->string);
    slot_init(t, v_obj(self), &m->pattern, pattern);
    m->pos = 0;
    m->endpos = re_index(s, s->end);
    m->lastindex = s->lastindex;
    return self;
}

static Pattern *pattern_of_match(Match *m) { return pattern_of(slot_peek(&m->pattern)); }

static V slice(Thread *t, Match *m, size_t i, V fallback) {
    ptrdiff_t start = m->marks[2 * i], end = m->marks[2 * i + 1];
    V string = slot_peek(&m->string);
    if (start < 0) return v_dup(fallback);
    if (v_is_str(string)) return re_slice(t, NULL, string, start, end);
    Buffer view;
    if (buffer_get(t, string, &view, BUF_SIMPLE) < 0) return V_ERROR;
    if (end > view.len) end = view.len; // it has shrunk since
    V part = start < end ? re_slice(t, view.data, string, start, end) : bytes_empty();
    buffer_release(t, &view);
    return part;
}

// The number of a group named by an int or a str; -1 with IndexError.
static ptrdiff_t group_number(Thread *t, Match *m, V which) {
    ptrdiff_t i = -1;
    if (v_is_any_int(which) || v_type(which)->index) {
        if (num_as_ssize(t, which, NULL, &i) < 0) return -1;
    } else {
        V number = dict_get(t, slot_peek(&pattern_of_match(m)->groupindex), which);
        if (v_is_error(number)) return -1;
        if (number != V_NULL) i = v_int(number);
        v_drop(t, number);
    }
    if (i >= 0 && (size_t)i < m->groups) return i;
    err_set(t, &exc_IndexError, "no such group");
    return -1;
}

static V group(Thread *t, Match *m, V which) {
    ptrdiff_t i = group_number(t, m, which);
    return i < 0 ? V_ERROR : slice(t, m, (size_t)i, V_NONE);
}

static NATIVE(match_group) {
    (void)kwnames;
    Match *m = match_of(self);
    if (args_no_keywords(t, "group", kwnames) < 0) return V_ERROR;
    if (nargs == 0) return slice(t, m, 0, V_NONE);
    if (nargs == 1) return group(t, m, args[0]);
    V result = tuple_new(t, nargs);
    for (size_t i = 0; i < nargs && !v_is_error(result); i++) {
        V item = group(t, m, args[i]);
        if (v_is_error(item)) {
            v_drop(t, result);
            return V_ERROR;
        }
        tuple_init_steal(t, result, i, item);
    }
    return result;
}

static V match_subscript(Thread *t, V self, V key) { return group(t, match_of(self), key); }

static NATIVE(match_groups) {
    (void)nargs, (void)kwnames;
    Match *m = match_of(self);
    V fallback = args[0] == V_NULL ? V_NONE : args[0], result = tuple_new(t, m->groups - 1);
    for (size_t i = 1; i < m->groups && !v_is_error(result); i++) {
        V item = slice(t, m, i, fallback);
        if (v_is_error(item)) {
            v_drop(t, result);
            return V_ERROR;
        }
        tuple_init_steal(t, result, i - 1, item);
    }
    return result;
}

static NATIVE(match_groupdict) {
    (void)nargs, (void)kwnames;
    Match *m = match_of(self);
    V fallback = args[0] == V_NULL ? V_NONE : args[0], index = slot_peek(&pattern_of_match(m)->groupindex), result = dict_new(t);
    size_t pos = 0;
    V key, number;
    while (!v_is_error(result) && dict_next(index, &pos, &key, &number)) {
        V item = slice(t, m, (size_t)v_int(number), fallback);
        int r = v_is_error(item) ? -1 : dict_set(t, result, key, item);
        v_drop(t, item);
        if (r < 0) {
            v_drop(t, result);
            return V_ERROR;
        }
    }
    return result;
}

static V span(Thread *t, Match *m, size_t i) {
    V v[2] = {v_from_int(m->marks[2 * i]), v_from_int(m->marks[2 * i + 1])};
    return tuple_from(t, v, 2);
}

static V position(Thread *t, V self, V which, int side) { // 0 start, 1 end, 2 both
    Match *m = match_of(self);
    ptrdiff_t i = which == V_NULL ? 0 : group_number(t, m, which);
    if (i < 0) return V_ERROR;
    return side == 2 ? span(t, m, (size_t)i) : v_from_int(m->marks[2 * i + side]);
}
static NATIVE(match_start) {
    (void)nargs, (void)kwnames;
    return position(t, self, args[0], 0);
}
static NATIVE(match_end) {
    (void)nargs, (void)kwnames;
    return position(t, self, args[0], 1);
}
static NATIVE(match_span) {
    (void)nargs, (void)kwnames;
    return position(t, self, args[0], 2);
}

static NATIVE(match_expand) {
    (void)nargs, (void)kwnames;
    V expand = import_attr_c(t, "re", "_expand");
    if (v_is_error(expand)) return V_ERROR;
    V r = obj_call3(t, expand, slot_peek(&match_of(self)->pattern), self, args[0]);
    v_drop(t, expand);
    return r;
}

static NATIVE(match_self) {
    UNUSED_NATIVE();
    return v_dup(self);
}

static V get_regs(Thread *t, V self, void *closure) {
    (void)closure;
    Match *m = match_of(self);
    V regs = tuple_new(t, m->groups);
    for (size_t i = 0; i < m->groups && !v_is_error(regs); i++) {
        V pair = span(t, m, i);
        if (v_is_error(pair)) {
            v_drop(t, regs);
            return V_ERROR;
        }
        tuple_init_steal(t, regs, i, pair);
    }
    return regs;
}
static V get_lastindex(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    ptrdiff_t i = match_of(self)->lastindex;
    return i < 0 ? V_NONE : v_from_int(i);
}
static V get_lastgroup(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    Match *m = match_of(self);
    V names = slot_peek(&pattern_of_match(m)->indexgroup);
    if (m->lastindex < 0 || (size_t)m->lastindex >= tuple_len(names)) return V_NONE;
    return tuple_get(names, (size_t)m->lastindex);
}

static V match_repr(Thread *t, V self) {
    Match *m = match_of(self);
    V whole = slice(t, m, 0, V_NONE);
    if (v_is_error(whole)) return V_ERROR;
    V text = str_from_format(t, "<%s object; span=(%zd, %zd), match=%.50R>", v_type(self)->name, m->marks[0], m->marks[1], whole);
    v_drop(t, whole);
    return text;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Match *)o)->string);
    VISIT(((Match *)o)->pattern);
}

static const Method methods[] = {
    {"group", match_group, NULL, 0, M_RAW, "group([group1, ...]) -> str or tuple.\n\nReturn subgroup(s) of the match by indices or names."},
    {"groups", match_groups, "default=None", 0, 0, "Return a tuple containing all the subgroups of the match, from 1."},
    {"groupdict", match_groupdict, "default=None", 0, 0, "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name."},
    {"start", match_start, "group=0, /", 0, 0, "Return index of the start of the substring matched by group."},
    {"end", match_end, "group=0, /", 0, 0, "Return index of the end of the substring matched by group."},
    {"span", match_span, "group=0, /", 0, 0, "For match object m, return the 2-tuple (m.start(group), m.end(group))."},
    {"expand", match_expand, "template", 0, 0, "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."},
    {"__copy__", match_self, "", 0, 0, NULL},
    {"__deepcopy__", match_self, "memo, /", 0, 0, NULL},
    {"__class_getitem__", generic_alias_class_getitem, "object, /", 0, M_CLASS, "See PEP 585"},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"lastindex", get_lastindex, NULL, "The integer index of the last matched capturing group.", NULL},
    {"lastgroup", get_lastgroup, NULL, "The name of the last matched capturing group.", NULL},
    {"regs", get_regs, NULL, NULL, NULL},
    {0},
};
static const Member members[] = {
    {"string", MEMBER_SLOT, offsetof(Match, string), true, "The string passed to match() or search()."},
    {"re", MEMBER_SLOT, offsetof(Match, pattern), true, "The regular expression object."},
    {"pos", MEMBER_SSIZE, offsetof(Match, pos), true, "The index into the string at which the RE engine started looking for a match."},
    {"endpos", MEMBER_SSIZE, offsetof(Match, endpos), true, "The index into the string beyond which the RE engine will not go."},
    {0},
};
Type match_type = {
    TYPE_HEAD("re.Match"), .base = &object_type, .size = sizeof(Match), .item_size = 2 * sizeof(ptrdiff_t), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.", .traverse = traverse,
    .repr = match_repr, .subscript = match_subscript, .methods = methods, .getsets = getsets, .members = members,
};
