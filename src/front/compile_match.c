// SPDX-License-Identifier: MIT
// Pattern matching (PEP 634).
//
// The subject is on top of the stack; a pattern consumes it.  Captured values stay on the stack, below what is still
// being matched, in the order of `stores`, until the whole pattern has matched.  A failing test jumps to the block that
// pops as many values as are on the stack at that moment: fails[n] pops n of them and goes on to the next case.
#include "compile_private.h"
#include "object/misc.h"

typedef struct Match {
    Names stores;          // captured so far, first at the bottom
    Block **fails;
    int n_fails, cap_fails;
    int on_top;            // temporaries above the captures
    bool allow_irrefutable;
} Match;

static int pattern(Compiler *c, Node *p, Match *m);

static bool is_wildcard(const Node *p) { return p->kind == AST_MatchAs && p->MatchAs.name == V_NULL; }
static bool is_star_wildcard(const Node *p) { return p->kind == AST_MatchStar && p->MatchStar.name == V_NULL; }

// ---- failing ----------------------------------------------------------------------------------------------------------
static int ensure_fails(Compiler *c, Match *m, int n) {
    if (n >= m->cap_fails) {
        int cap = (n + 1) * 2;
        Block **fails = arena_alloc(&c->ast->arena, (size_t)cap * sizeof *fails);
        if (!fails) {
            err_no_memory(c->t);
            return -1;
        }
        if (m->n_fails) memcpy(fails, m->fails, (size_t)m->n_fails * sizeof *fails);
        m->fails = fails;
        m->cap_fails = cap;
    }
    while (m->n_fails <= n) {
        Block *b = block_new(c);
        if (!b) return -1;
        m->fails[m->n_fails++] = b;
    }
    return 0;
}

static int jump_to_fail(Compiler *c, Match *m, int op) {
    int pops = m->on_top + m->stores.n;
    TRY(ensure_fails(c, m, pops));
    return emit_jump(c, op, m->fails[pops]);
}

static int emit_fails(Compiler *c, Match *m) {
    if (!m->n_fails) return 0;
    for (int i = m->n_fails - 1; i > 0; i--) {
        block_use(c, m->fails[i]);
        TRY(emit(c, op_POP_TOP));
    }
    block_use(c, m->fails[0]);
    m->n_fails = m->cap_fails = 0;
    m->fails = NULL;
    return 0;
}

// ---- captures ---------------------------------------------------------------------------------------------------------
static int rotate(Compiler *c, int count) { // the top goes below the count - 1 values under it
    while (count > 1) TRY(emit_arg(c, op_SWAP, count--));
    return 0;
}

static int add_store(Compiler *c, Match *m, V name) {
    if (names_find(&m->stores, name) >= 0) return error_at(c, c->u->pos, "multiple assignments to name %R in pattern", name);
    return names_add(c, &m->stores, name) < 0 ? -1 : 0;
}

static int capture(Compiler *c, V name, Match *m) {
    if (name == V_NULL) return emit(c, op_POP_TOP);
    TRY(forbidden_name(c, name, AST_Store));
    TRY(rotate(c, m->on_top + m->stores.n + 1));
    return add_store(c, m, name);
}

// ---- kinds ------------------------------------------------------------------------------------------------------------
static int subpattern(Compiler *c, Node *p, Match *m) {
    bool outer = m->allow_irrefutable;
    m->allow_irrefutable = true;
    TRY(pattern(c, p, m));
    m->allow_irrefutable = outer;
    return 0;
}

static int match_value(Compiler *c, Node *p, Match *m) {
    Node *v = p->MatchValue.value;
    bool ok = v->kind == AST_Constant || v->kind == AST_Attribute || v->kind == AST_BinOp || v->kind == AST_UnaryOp;
    if (!ok) return error_at(c, p->pos, "patterns may only match literals and attribute lookups");
    TRY(compile_expr(c, v));
    TRY(emit_arg(c, op_COMPARE_OP, CMP_EQ));
    return jump_to_fail(c, m, op_POP_JUMP_IF_FALSE);
}

static int match_singleton(Compiler *c, Node *p, Match *m) {
    TRY(emit_const(c, p->MatchSingleton.value));
    TRY(emit_arg(c, op_IS_OP, 0));
    return jump_to_fail(c, m, op_POP_JUMP_IF_FALSE);
}

static int match_as(Compiler *c, Node *p, Match *m) {
    if (!p->MatchAs.pattern) {
        if (m->allow_irrefutable) return capture(c, p->MatchAs.name, m);
        if (p->MatchAs.name == V_NULL) return error_at(c, p->pos, "wildcard makes remaining patterns unreachable");
        return error_at(c, p->pos, "name capture %R makes remaining patterns unreachable", p->MatchAs.name);
    }
    m->on_top++;
    TRY(emit_arg(c, op_COPY, 1));
    TRY(pattern(c, p->MatchAs.pattern, m));
    m->on_top--;
    return capture(c, p->MatchAs.name, m);
}

// Sequences whose items are all wanted are unpacked, others are indexed.
static int unpack_items(Compiler *c, NodeSeq items, int star, Match *m) {
    if (star < 0) TRY(emit_arg(c, op_UNPACK_SEQUENCE, items.n));
    else if (star >= 256 || items.n - star - 1 >= (1 << 23)) return error_at(c, c->u->pos, "too many expressions in star-unpacking sequence pattern");
    else TRY(emit_arg(c, op_UNPACK_EX, star + ((items.n - star - 1) << 8)));
    m->on_top += items.n;
    for (int i = 0; i < items.n; i++) {
        m->on_top--;
        TRY(subpattern(c, items.items[i], m));
    }
    return 0;
}

static int index_items(Compiler *c, NodeSeq items, int star, Match *m) {
    m->on_top++;
    for (int i = 0; i < items.n; i++) {
        Node *p = items.items[i];
        if (i == star || is_wildcard(p)) continue;
        TRY(emit_arg(c, op_COPY, 1));
        if (i < star) {
            TRY(emit_const(c, v_from_int(i)));
        } else { // counted from the end
            TRY(emit(c, op_GET_LEN));
            TRY(emit_const(c, v_from_int(items.n - i)));
            TRY(emit_arg(c, op_BINARY_OP, OP_SUBTRACT));
        }
        TRY(emit(c, op_BINARY_SUBSCR));
        TRY(subpattern(c, p, m));
    }
    m->on_top--;
    return emit(c, op_POP_TOP);
}

static int match_sequence(Compiler *c, Node *p, Match *m) {
    NodeSeq items = p->MatchSequence.patterns;
    int star = -1;
    bool only_wildcards = true, star_wildcard = false;
    for (int i = 0; i < items.n; i++) {
        if (items.items[i]->kind == AST_MatchStar) {
            if (star >= 0) return error_at(c, p->pos, "multiple starred names in sequence pattern");
            star_wildcard = is_star_wildcard(items.items[i]);
            only_wildcards = only_wildcards && star_wildcard;
            star = i;
        } else {
            only_wildcards = only_wildcards && is_wildcard(items.items[i]);
        }
    }
    m->on_top++;
    TRY(emit(c, op_MATCH_SEQUENCE));
    TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    if (star < 0 || items.n > 1) {
        TRY(emit(c, op_GET_LEN));
        TRY(emit_const(c, v_from_int(star < 0 ? items.n : items.n - 1)));
        TRY(emit_arg(c, op_COMPARE_OP, star < 0 ? CMP_EQ : CMP_GE));
        TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    }
    m->on_top--;
    if (only_wildcards) return emit(c, op_POP_TOP);
    return star_wildcard ? index_items(c, items, star, m) : unpack_items(c, items, star, m);
}

static int check_attribute_names(Compiler *c, Node *p) {
    IdSeq names = p->MatchClass.kwd_attrs;
    for (int i = 0; i < names.n; i++) {
        set_pos(c, p->MatchClass.kwd_patterns.items[i]->pos);
        TRY(forbidden_name(c, names.items[i], AST_Store));
        for (int j = i + 1; j < names.n; j++) {
            if (v_is(names.items[i], names.items[j])) {
                return error_at(c, p->MatchClass.kwd_patterns.items[j]->pos, "attribute name repeated in class pattern: %V", names.items[j]);
            }
        }
    }
    set_pos(c, p->pos);
    return 0;
}

static int match_class(Compiler *c, Node *p, Match *m) {
    NodeSeq positional = p->MatchClass.patterns, keyword = p->MatchClass.kwd_patterns;
    IdSeq names = p->MatchClass.kwd_attrs;
    if (keyword.n) TRY(check_attribute_names(c, p));
    TRY(compile_expr(c, p->MatchClass.cls));
    TRY(emit_const_steal(c, tuple_from(c->t, names.items, (size_t)names.n)));
    TRY(emit_arg(c, op_MATCH_CLASS, positional.n));
    TRY(emit_arg(c, op_COPY, 1));
    TRY(emit_const(c, V_NONE));
    TRY(emit_arg(c, op_IS_OP, 1));
    m->on_top++;
    TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    int n = positional.n + keyword.n;
    TRY(emit_arg(c, op_UNPACK_SEQUENCE, n));
    m->on_top += n - 1;
    for (int i = 0; i < n; i++) {
        Node *sub = i < positional.n ? positional.items[i] : keyword.items[i - positional.n];
        m->on_top--;
        if (is_wildcard(sub)) TRY(emit(c, op_POP_TOP));
        else TRY(subpattern(c, sub, m));
    }
    return 0;
}

static int check_mapping_key(Compiler *c, Node *p, int i) {
    NodeSeq keys = p->MatchMapping.keys;
    Node *key = keys.items[i];
    if (key->kind == AST_Constant) {
        for (int j = 0; j < i; j++) {
            if (keys.items[j]->kind != AST_Constant) continue;
            int same = obj_compare_bool(c->t, key->Constant.value, keys.items[j]->Constant.value, CMP_EQ);
            if (same < 0) return -1;
            if (same) return error_at(c, p->pos, "mapping pattern checks duplicate key (%R)", key->Constant.value);
        }
        return 0;
    }
    if (key->kind == AST_Attribute || key->kind == AST_BinOp || key->kind == AST_UnaryOp) return 0;
    return error_at(c, p->pos, "mapping pattern keys may only match literals and attribute lookups");
}

static int bind_rest(Compiler *c, int n, V rest, Match *m) { // [subject, keys]
    TRY(emit_arg(c, op_BUILD_MAP, 0));
    TRY(emit_arg(c, op_SWAP, 3));
    TRY(emit_arg(c, op_DICT_UPDATE, 2)); // [copy, keys]
    TRY(emit_arg(c, op_UNPACK_SEQUENCE, n));
    for (; n; n--) { // del copy[key]
        TRY(emit_arg(c, op_COPY, 1 + n));
        TRY(emit_arg(c, op_SWAP, 2));
        TRY(emit(c, op_DELETE_SUBSCR));
    }
    return capture(c, rest, m);
}

static int match_mapping(Compiler *c, Node *p, Match *m) {
    int n = p->MatchMapping.keys.n;
    V rest = p->MatchMapping.rest;
    m->on_top++;
    TRY(emit(c, op_MATCH_MAPPING));
    TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    if (!n && rest == V_NULL) {
        m->on_top--;
        return emit(c, op_POP_TOP);
    }
    if (n) {
        TRY(emit(c, op_GET_LEN));
        TRY(emit_const(c, v_from_int(n)));
        TRY(emit_arg(c, op_COMPARE_OP, CMP_GE));
        TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    }
    for (int i = 0; i < n; i++) {
        TRY(check_mapping_key(c, p, i));
        TRY(compile_expr(c, p->MatchMapping.keys.items[i]));
    }
    TRY(emit_arg(c, op_BUILD_TUPLE, n));
    TRY(emit(c, op_MATCH_KEYS)); // [subject, keys, values or None]
    m->on_top += 2;
    TRY(emit_arg(c, op_COPY, 1));
    TRY(emit_const(c, V_NONE));
    TRY(emit_arg(c, op_IS_OP, 1));
    TRY(jump_to_fail(c, m, op_POP_JUMP_IF_FALSE));
    TRY(emit_arg(c, op_UNPACK_SEQUENCE, n));
    m->on_top += n - 1;
    for (int i = 0; i < n; i++) {
        m->on_top--;
        TRY(subpattern(c, p->MatchMapping.patterns.items[i], m));
    }
    m->on_top -= 2;
    if (rest != V_NULL) return bind_rest(c, n, rest, m);
    TRY(emit(c, op_POP_TOP));
    return emit(c, op_POP_TOP);
}

// Puts the captures of one alternative into the order of the first's.  Errors are told where it ends.
static int align_captures(Compiler *c, const Names *control, Match *alt) {
    int n = alt->stores.n;
    if (n != control->n) return error_at(c, c->u->pos, "alternative patterns bind different names");
    V order[256];
    if (n > 256) return error_at(c, c->u->pos, "too many names in alternative patterns");
    if (n) memcpy(order, alt->stores.items, (size_t)n * sizeof *order);
    for (int to = n - 1; to >= 0; to--) {
        int from = 0;
        while (from < n && !v_is(order[from], control->items[to])) from++;
        if (from == n) return error_at(c, c->u->pos, "alternative patterns bind different names");
        if (from == to) continue;
        // The lowest from + 1 of the topmost `to + 1` values move above the others: from + 1 rotations.
        V moved[256];
        int count = from + 1, gap = to - from;
        memcpy(moved, order, (size_t)count * sizeof *moved);
        memmove(order, order + count, (size_t)gap * sizeof *order);
        memcpy(order + gap, moved, (size_t)count * sizeof *moved);
        while (count--) TRY(rotate(c, to + 1));
    }
    return 0;
}

static int match_or(Compiler *c, Node *p, Match *m) {
    NodeSeq alts = p->MatchOr.patterns;
    TRY_BLOCK(end);
    Names control = {0};
    for (int i = 0; i < alts.n; i++) {
        Match alt = {.allow_irrefutable = i == alts.n - 1 && m->allow_irrefutable};
        set_pos(c, alts.items[i]->pos);
        TRY(emit_arg(c, op_COPY, 1));
        TRY(pattern(c, alts.items[i], &alt));
        if (i == 0) control = alt.stores;
        else TRY(align_captures(c, &control, &alt));
        TRY(emit_jump(c, op_JUMP, end));
        TRY(emit_fails(c, &alt));
    }
    TRY(emit(c, op_POP_TOP)); // no match: the remaining copy of the subject
    TRY(jump_to_fail(c, m, op_JUMP));
    block_use(c, end);
    int rotations = control.n + 1 + m->on_top + m->stores.n;
    for (int i = 0; i < control.n; i++) {
        TRY(rotate(c, rotations));
        TRY(add_store(c, m, control.items[i]));
    }
    return emit(c, op_POP_TOP);
}

static int pattern_by_kind(Compiler *c, Node *p, Match *m) {
    switch (p->kind) {
    case AST_MatchValue: return match_value(c, p, m);
    case AST_MatchSingleton: return match_singleton(c, p, m);
    case AST_MatchSequence: return match_sequence(c, p, m);
    case AST_MatchMapping: return match_mapping(c, p, m);
    case AST_MatchClass: return match_class(c, p, m);
    case AST_MatchStar: return capture(c, p->MatchStar.name, m);
    case AST_MatchAs: return match_as(c, p, m);
    default: return match_or(c, p, m);
    }
}

static int pattern(Compiler *c, Node *p, Match *m) {
    if (recursion_enter(c->t, " during compilation") < 0) return -1;
    set_pos(c, p->pos); // and stays: what follows a pattern stands where its last part does
    int r = pattern_by_kind(c, p, m);
    recursion_leave(c->t);
    return r;
}

static int compile_case(Compiler *c, Node *node, bool keep_subject, bool last, Block *end) {
    Nodematch_case *k = &node->match_case;
    Match m = {.allow_irrefutable = k->guard || last};
    set_pos(c, k->pattern->pos);
    if (keep_subject) TRY(emit_arg(c, op_COPY, 1));
    TRY(pattern(c, k->pattern, &m));
    for (int i = 0; i < m.stores.n; i++) TRY(compile_name(c, m.stores.items[i], AST_Store));
    if (k->guard) {
        TRY(ensure_fails(c, &m, 0));
        TRY(compile_jump_if(c, k->guard, m.fails[0], false));
    }
    if (keep_subject) TRY(emit(c, op_POP_TOP));
    TRY(compile_stmts(c, k->body));
    TRY(emit_jump(c, op_JUMP, end));
    set_pos(c, k->pattern->pos); // the clean-up belongs to the pattern that failed
    return emit_fails(c, &m);
}

int compile_match(Compiler *c, Node *s) {
    NodeSeq cases = s->Match.cases;
    Node *last = cases.items[cases.n - 1];
    bool has_default = is_wildcard(last->match_case.pattern) && cases.n > 1; // needs no subject
    int n = cases.n - has_default;
    TRY_BLOCK(end);
    TRY(compile_expr(c, s->Match.subject));
    for (int i = 0; i < n; i++) TRY(compile_case(c, cases.items[i], i != n - 1, i == cases.n - 1, end));
    if (has_default) {
        set_pos(c, last->match_case.pattern->pos);
        TRY(emit(c, op_NOP));
        if (last->match_case.guard) TRY(compile_jump_if(c, last->match_case.guard, end, false));
        TRY(compile_stmts(c, last->match_case.body));
    }
    block_use(c, end);
    return 0;
}
