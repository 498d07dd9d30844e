// SPDX-License-Identifier: MIT
// From checked code to the plan that the matcher runs: nodes that point to what follows them.
//
// plan_sequence makes the nodes of a stretch of code, last to first, so that what follows a node exists before it.
// Then every choice gets the set of characters that each of its ways can begin with (`first_of`), so that ways that
// cannot succeed are never entered: a branch of disjoint alternatives, or a repeat whose body and whatever stands behind
// it begin differently, leaves nothing to come back to.  Sets err on the side of holding too much.
#include "sre.h"

typedef struct Plan {
    Pattern *p;
    Arena *arena;
    Arena scratch;     // positions of the sequences being planned
    ReNode *last;      // the node made last
    ReNode spare;      // stands in when there is no memory for one
    const ReSet *sets[64]; // for finding equal ones
    size_t n_sets;
    bool failed;       // out of memory
} Plan;

static ReNode *node_new(Plan *plan, int op, const ReNode *next) {
    ReNode *node = arena_alloc(plan->arena, sizeof *node);
    if (!node) {
        plan->failed = true;
        return &plan->spare;
    }
    *node = (ReNode){.op = (uint8_t)op, .next = next, .made = plan->last};
    plan->last = node;
    return node;
}

// ---- sets ---------------------------------------------------------------------------------------------------------
static int only_one(const ReSet *set) {
    int n = 0, only = -1;
    for (int ch = 0; ch < 256; ch++) {
        if (set->has[ch]) n++, only = ch;
    }
    return n == 1 && set->wide == WIDE_NONE ? only : -1;
}

static const ReSet *set_keep(Plan *plan, ReSet *set) {
    set->only = (int16_t)only_one(set);
    for (size_t i = 0; i < plan->n_sets; i++) {
        const ReSet *known = plan->sets[i];
        if (known->wide == set->wide && known->at_end == set->at_end && known->code == set->code && !memcmp(known->has, set->has, sizeof set->has)) return known;
    }
    ReSet *kept = arena_memdup(plan->arena, set, sizeof *set);
    if (!kept) plan->failed = true;
    else if (plan->n_sets < countof(plan->sets)) plan->sets[plan->n_sets++] = kept;
    return kept;
}

static const ReSet *set_of(Plan *plan, const Re *instruction) { // of a one-character instruction
    ReSet set = {.wide = WIDE_ASK, .code = instruction};
    re_fill_set(set.has, instruction);
    const Re *item = instruction + 2;
    bool positive_bytes = instruction[0] == RE_IN && item[0] == RE_CHARSET && item[9] == RE_FAILURE;
    if (positive_bytes || (instruction[0] == RE_LITERAL && instruction[1] < 256)) set.wide = WIDE_NONE, set.code = NULL;
    return set_keep(plan, &set);
}

// ---- nodes --------------------------------------------------------------------------------------------------------
static size_t skip_instruction(const Pattern *p, size_t at, size_t end) { // where the next one begins
    const Re *code = p->code;
    switch (code[at]) {
    case RE_IN:
    case RE_IN_IGNORE:
    case RE_IN_LOC_IGNORE:
    case RE_IN_UNI_IGNORE:
    case RE_INFO:
    case RE_ASSERT:
    case RE_ASSERT_NOT:
    case RE_ATOMIC_GROUP:
    case RE_REPEAT_ONE:
    case RE_MIN_REPEAT_ONE:
    case RE_POSSESSIVE_REPEAT_ONE: return at + 1 + code[at + 1];
    case RE_REPEAT:
    case RE_POSSESSIVE_REPEAT: return at + 2 + code[at + 1];
    case RE_SUCCESS:
    case RE_FAILURE:
    case RE_ANY:
    case RE_ANY_ALL: return at + 1;
    case RE_GROUPREF_EXISTS: {
        size_t no_end;
        return re_conditional(p, at, end, &no_end) ? no_end : at + 1 + code[at + 2];
    }
    case RE_BRANCH:
        for (at++; code[at];) at += code[at];
        return at + 1;
    default: return at + 2;
    }
}

static const ReNode *plan_sequence(Plan *plan, size_t at, size_t end, const ReNode *next);

static ReNode *plan_char(Plan *plan, const Re *instruction, const ReNode *next) {
    static const uint8_t plain[RE_LAST] = {[RE_ANY] = N_ANY, [RE_ANY_ALL] = N_ANY_ALL, [RE_LITERAL] = N_LITERAL, [RE_NOT_LITERAL] = N_NOT_LITERAL};
    Re op = instruction[0];
    if (plain[op]) {
        ReNode *node = node_new(plan, plain[op], next);
        if (op == RE_LITERAL || op == RE_NOT_LITERAL) node->ch = instruction[1];
        return node;
    }
    bool locale = op == RE_IN_LOC_IGNORE || op == RE_LITERAL_LOC_IGNORE || op == RE_NOT_LITERAL_LOC_IGNORE || (op == RE_IN && plan->p->flags & FLAG_LOCALE);
    ReNode *node = node_new(plan, locale ? N_LOCALE : N_SET, next);
    if (locale) node->code = instruction;
    else node->set = set_of(plan, instruction);
    return node;
}

// Alternatives from the skip word at `at` on: BRANCH_MAX to a node, the last of which is a node for the rest.
static ReNode *plan_branch(Plan *plan, size_t at, const ReNode *next) {
    const Re *code = plan->p->code;
    size_t n = 0;
    for (size_t i = at; code[i] && n < BRANCH_MAX; i += code[i]) n++;
    ReBranch *branch = arena_zalloc(plan->arena, sizeof *branch + n * sizeof *branch->to);
    if (!branch) {
        plan->failed = true;
        return node_new(plan, N_FAILURE, NULL);
    }
    ReNode *node = node_new(plan, N_BRANCH, next);
    node->branch = branch;
    node->max = (uint32_t)n;
    for (size_t i = 0; i < n; i++, at += code[at]) {
        bool rest = i == BRANCH_MAX - 1 && code[at + code[at]];
        branch->to[i] = rest ? plan_branch(plan, at, next) : plan_sequence(plan, at + 1, at + code[at] - 2, next);
    }
    return node;
}

static ReNode *plan_repeat_one(Plan *plan, size_t at, const ReNode *next) {
    const Re *code = &plan->p->code[at];
    ReNode *node = node_new(plan, code[0] == RE_REPEAT_ONE ? N_ONE : code[0] == RE_MIN_REPEAT_ONE ? N_ONE_LAZY : N_ONE_POSSESSIVE, next);
    node->min = code[2];
    node->max = code[3];
    node->body = plan_char(plan, code + 4, NULL);
    return node;
}

static ReNode *plan_repeat(Plan *plan, size_t at, const ReNode *next) {
    const Re *code = &plan->p->code[at];
    size_t end = at + 1 + code[1];
    bool possessive = code[0] == RE_POSSESSIVE_REPEAT, lazy = plan->p->code[end] == RE_MIN_UNTIL;
    ReNode *until = node_new(plan, possessive ? N_SUCCESS : lazy ? N_UNTIL_LAZY : N_UNTIL, possessive ? NULL : next);
    ReNode *node = node_new(plan, possessive ? N_POSSESSIVE : N_REPEAT, next);
    node->min = until->min = code[2];
    node->max = until->max = code[3];
    node->body = plan_sequence(plan, at + 4, end, until);
    if (possessive) return node;
    until->body = node->body;
    node->until = until;
    return node;
}

static ReNode *plan_group(Plan *plan, size_t at, const ReNode *next) { // lookaround, atomic groups, conditionals
    const Re *code = &plan->p->code[at];
    Re op = code[0];
    if (op == RE_GROUPREF_EXISTS) {
        size_t no = at + 1 + code[2], end = no;
        bool has_else = re_conditional(plan->p, at, plan->p->n_code - 1, &end);
        const ReNode *absent = has_else ? plan_sequence(plan, no, end, next) : next;
        ReNode *node = node_new(plan, N_REF_EXISTS, plan_sequence(plan, at + 3, has_else ? no - 2 : no, next));
        node->body = absent;
        node->ch = code[1];
        return node;
    }
    ReNode *node = node_new(plan, op == RE_ASSERT ? N_ASSERT : op == RE_ASSERT_NOT ? N_ASSERT_NOT : N_ATOMIC, next);
    node->ch = op == RE_ATOMIC_GROUP ? 0 : code[2];
    node->body = plan_sequence(plan, at + (op == RE_ATOMIC_GROUP ? 2 : 3), at + code[1], node_new(plan, N_SUCCESS, NULL));
    return node;
}

static const ReNode *plan_one(Plan *plan, size_t at, const ReNode *next) {
    const Re *code = &plan->p->code[at];
    switch (code[0]) {
    case RE_SUCCESS: return node_new(plan, N_SUCCESS, NULL);
    case RE_FAILURE: return node_new(plan, N_FAILURE, NULL);
    case RE_INFO: return next;
    case RE_BRANCH: return plan_branch(plan, at + 1, next);
    case RE_REPEAT_ONE:
    case RE_MIN_REPEAT_ONE:
    case RE_POSSESSIVE_REPEAT_ONE: return plan_repeat_one(plan, at, next);
    case RE_REPEAT:
    case RE_POSSESSIVE_REPEAT: return plan_repeat(plan, at, next);
    case RE_ASSERT:
    case RE_ASSERT_NOT:
    case RE_ATOMIC_GROUP:
    case RE_GROUPREF_EXISTS: return plan_group(plan, at, next);
    case RE_MARK:
    case RE_AT: {
        ReNode *node = node_new(plan, code[0] == RE_MARK ? N_MARK : N_AT, next);
        node->ch = code[1];
        return node;
    }
    case RE_GROUPREF:
    case RE_GROUPREF_IGNORE:
    case RE_GROUPREF_LOC_IGNORE:
    case RE_GROUPREF_UNI_IGNORE: {
        ReNode *node = node_new(plan, N_REF, next);
        node->ch = code[1];
        node->code = code;
        return node;
    }
    default: return plan_char(plan, code, next);
    }
}

static const ReNode *plan_text(Plan *plan, size_t at, size_t n, const ReNode *next) { // n literals from at on
    Re *text = arena_alloc(plan->arena, n * sizeof *text);
    if (!text) {
        plan->failed = true;
        return next;
    }
    for (size_t i = 0; i < n; i++) text[i] = plan->p->code[at + 2 * i + 1];
    ReNode *node = node_new(plan, N_TEXT, next);
    node->ch = (uint32_t)n;
    node->code = text;
    return node;
}

static const ReNode *plan_sequence(Plan *plan, size_t at, size_t end, const ReNode *next) {
    ArenaMark mark = arena_mark(&plan->scratch);
    uint32_t *starts = arena_alloc(&plan->scratch, (end - at + 1) * sizeof *starts);
    size_t n = 0;
    if (!starts) {
        plan->failed = true;
        return next;
    }
    for (; at < end; at = skip_instruction(plan->p, at, end)) starts[n++] = (uint32_t)at;
    const Re *code = plan->p->code;
    while (n > 0) {
        size_t first = n;
        while (first > 0 && code[starts[first - 1]] == RE_LITERAL) first--;
        if (n - first >= 2) next = plan_text(plan, starts[first], n - first, next), n = first;
        else next = plan_one(plan, starts[--n], next);
    }
    arena_rewind(&plan->scratch, mark);
    return next;
}

// ---- what a node can begin with ---------------------------------------------------------------------------------------
enum { FIRST_BUDGET = 400 }; // nodes looked at for one answer

static void first_anything(ReSet *out) {
    memset(out->has, 1, sizeof out->has);
    out->wide = WIDE_ALL;
    out->at_end = true;
}

static void first_char(ReSet *out, const ReNode *node) {
    switch (node->op) {
    case N_LITERAL:
    case N_TEXT: {
        uint32_t ch = node->op == N_TEXT ? node->code[0] : node->ch;
        if (ch < 256) out->has[ch] = 1;
        else out->wide = WIDE_ALL;
        return;
    }
    case N_NOT_LITERAL:
    case N_ANY: {
        uint32_t not = node->op == N_ANY ? '\n' : node->ch;
        for (uint32_t ch = 0; ch < 256; ch++) out->has[ch] |= ch != not;
        out->wide = WIDE_ALL;
        return;
    }
    case N_SET:
        for (int ch = 0; ch < 256; ch++) out->has[ch] |= node->set->has[ch];
        if (node->set->wide != WIDE_NONE) out->wide = WIDE_ALL;
        return;
    default: // ANY_ALL, LOCALE
        memset(out->has, 1, sizeof out->has);
        out->wide = WIDE_ALL;
    }
}

static void first_add(ReSet *out, const ReNode *node, int *budget) {
    while (!out->at_end) {
        if (--*budget < 0) return first_anything(out);
        switch (node->op) {
        case N_FAILURE: return;
        case N_MARK:
        case N_AT:
        case N_ASSERT:
        case N_ASSERT_NOT: node = node->next; continue;
        case N_BRANCH:
            for (uint32_t i = 0; i < node->max; i++) first_add(out, node->branch->to[i], budget);
            return;
        case N_ONE:
        case N_ONE_LAZY:
        case N_ONE_POSSESSIVE:
            if (node->max > 0) first_char(out, node->body);
            if (node->min > 0) return;
            node = node->next;
            continue;
        case N_REPEAT:
        case N_UNTIL:
        case N_UNTIL_LAZY:
            if (node->max > 0) first_add(out, node->body, budget);
            if (node->op == N_REPEAT && node->min > 0) return;
            node = node->next;
            continue;
        case N_REF_EXISTS:
            first_add(out, node->body, budget);
            node = node->next;
            continue;
        case N_SUCCESS:
        case N_REF:
        case N_POSSESSIVE:
        case N_ATOMIC: return first_anything(out);
        default: return first_char(out, node);
        }
    }
}

static bool first_of(const ReNode *node, ReSet *out) { // false: anything
    int budget = FIRST_BUDGET;
    *out = (ReSet){.wide = WIDE_NONE};
    first_add(out, node, &budget);
    return !out->at_end;
}

static const ReSet *first_kept(Plan *plan, const ReNode *node) {
    ReSet set;
    return first_of(node, &set) ? set_keep(plan, &set) : NULL;
}

// ---- the second pass ----------------------------------------------------------------------------------------------
static void finish_branch(const ReNode *node) {
    ReBranch *branch = (ReBranch *)node->branch;
    for (uint32_t i = 0; i < node->max; i++) {
        ReSet set;
        first_of(branch->to[i], &set);
        uint64_t bit = 1ull << i;
        for (int ch = 0; ch < 256; ch++) {
            if (set.has[ch]) branch->may[ch] |= bit;
        }
        if (set.wide != WIDE_NONE) branch->may[BRANCH_WIDE] |= bit;
        if (set.at_end) branch->may[BRANCH_END] |= bit;
    }
}

static bool disjoint(const ReNode *item, const ReSet *then) {
    ReSet set = {.wide = WIDE_NONE};
    if (!then) return false;
    first_char(&set, item);
    if (set.wide != WIDE_NONE && then->wide != WIDE_NONE) return false;
    for (int ch = 0; ch < 256; ch++) {
        if (set.has[ch] & then->has[ch]) return false;
    }
    return true;
}

static void finish(Plan *plan) {
    for (ReNode *node = plan->last; node && !plan->failed; node = node->made) {
        switch (node->op) {
        case N_BRANCH: finish_branch(node); break;
        case N_ONE:
        case N_ONE_LAZY:
            node->then = first_kept(plan, node->next);
            node->exclusive = disjoint(node->body, node->then);
            break;
        case N_UNTIL:
        case N_UNTIL_LAZY:
            node->then = first_kept(plan, node->next);
            node->set = first_kept(plan, node->body);
            break;
        default: break;
        }
    }
}

// ---- how to search --------------------------------------------------------------------------------------------------
static void find_prefix(Plan *plan) {
    Pattern *p = plan->p;
    const ReNode *node = p->start;
    while (node->op == N_MARK) node = node->next;
    if (node->op != N_LITERAL && node->op != N_TEXT) return;
    size_t n = node->op == N_TEXT ? node->ch : 1;
    const Re *text = node->op == N_TEXT ? node->code : &node->ch;
    uint8_t *prefix = arena_alloc(plan->arena, n);
    if (!prefix) {
        plan->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (text[i] > 255) return;
        prefix[i] = (uint8_t)text[i];
    }
    p->prefix = prefix;
    p->n_prefix = n;
    p->literal = p->start == node && node->next->op == N_SUCCESS;
}

static void find_few(Pattern *p) {
    if (!p->first || p->first->wide != WIDE_NONE) return;
    int n = 0;
    for (int ch = 0; ch < 256; ch++) {
        if (!p->first->has[ch]) continue;
        if (n == (int)countof(p->few)) return;
        p->few[n++] = (uint8_t)ch;
    }
    for (int i = n; i < (int)countof(p->few); i++) p->few[i] = p->few[0];
    p->n_few = n;
}

int re_plan(Thread *t, Pattern *p) {
    Plan plan = {.p = p, .arena = &p->arena};
    p->start = plan_sequence(&plan, 0, p->n_code, NULL);
    if (!plan.failed) finish(&plan);
    if (!plan.failed) p->first = first_kept(&plan, p->start);
    if (!plan.failed) find_prefix(&plan);
    if (!plan.failed) find_few(p);
    arena_free(&plan.scratch);
    if (!plan.failed) return 0;
    err_no_memory(t);
    return -1;
}
