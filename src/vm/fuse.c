// SPDX-License-Identifier: MIT
// Operand-fused forms: the first instruction of a hot sequence is rewritten to one that does the work of the sequence.
//
// Two moments: code_fuse, before the code first runs, for pairs that need no knowledge of types; and fuse_site, when an
// instruction has been specialised and its operands are plain loads right in front of it.  Only the op of the sequence's
// first unit changes, so jumping into the middle runs the rest singly.  A fused form that does not apply runs its own
// instruction alone, and turns itself back once the specialised instruction has given up (FUSED_MISS).
#include "vm_private.h"
#include "object/object.h"

typedef struct Site {
    const Code *code;
    const uint8_t *bytes; // co_code: cache entries are 0 there, whatever the units hold by now
    const Unit *unit;
    int at;
} Site;

static Site site_of(const Code *code, const Unit *ip) {
    return (Site){code, (const uint8_t *)bytes_data(slot_peek(&code->code)), ip, (int)(ip - code_units(code))};
}

enum { NOTHING, LOCAL_OPERAND, CONST_OPERAND };

// What kind of load stands n units in front of the site.
static int load_before(const Site *s, int n) {
    int at = s->at - n;
    if (at < 0 || (s->bytes[2 * at] != op_LOAD_FAST && s->bytes[2 * at] != op_LOAD_CONST)) return NOTHING; // or a cache
    unsigned base = opcode_info[unit_op_now(&code_units(s->code)[at])].base;
    if (s->bytes[2 * at] == op_LOAD_FAST && base == op_LOAD_FAST) return LOCAL_OPERAND;
    if (s->bytes[2 * at] == op_LOAD_CONST && (base == op_LOAD_CONST || base == op_LOAD_CONST_FREE) &&
        !v_is_counted(slot_peek(&s->code->const_items[code_units(s->code)[at].arg])))
        return CONST_OPERAND;
    return NOTHING;
}

static bool const_before(const Site *s) { // counted or not: for forms that do not push it
    int at = s->at - 1;
    if (at < 0 || s->bytes[2 * at] != op_LOAD_CONST) return false;
    unsigned base = opcode_info[unit_op_now(&code_units(s->code)[at])].base;
    return base == op_LOAD_CONST || base == op_LOAD_CONST_FREE;
}

static bool stores(const Unit *next) { return unit_op_now(next) == op_STORE_FAST; }

typedef struct Forms { // the fused forms of one operator
    uint16_t form, ll, lc, cl, sl, sc, ll_store, lc_store, cl_store, sl_store, sc_store;
} Forms;
#define FORMS(name)                                                                                                    \
    {op_BINARY_OP_##name, op_FUSED_LL_##name, op_FUSED_LC_##name, op_FUSED_CL_##name, op_FUSED_SL_##name,              \
     op_FUSED_SC_##name, op_FUSED_LL_##name##_STORE, op_FUSED_LC_##name##_STORE, op_FUSED_CL_##name##_STORE,           \
     op_FUSED_SL_##name##_STORE, op_FUSED_SC_##name##_STORE}
static const Forms binary_forms[] = {
    FORMS(ADD_INT), FORMS(SUB_INT), FORMS(MUL_INT), FORMS(AND_INT), FORMS(OR_INT), FORMS(XOR_INT), FORMS(RSHIFT_INT),
    FORMS(LSHIFT_INT), FORMS(FLOORDIV_INT), FORMS(MOD_INT), FORMS(DIV_INT), FORMS(ADD_FLOAT), FORMS(SUB_FLOAT),
    FORMS(MUL_FLOAT), FORMS(DIV_FLOAT)};
static const Forms float_jump_forms = {
    op_COMPARE_OP_FLOAT_JUMP, op_FUSED_LL_COMPARE_FLOAT_JUMP, op_FUSED_LC_COMPARE_FLOAT_JUMP, 0,
    op_FUSED_SL_COMPARE_FLOAT_JUMP, op_FUSED_SC_COMPARE_FLOAT_JUMP, 0, 0, 0, 0, 0};
static const Forms str_jump_forms = {
    op_COMPARE_OP_STR_JUMP, op_FUSED_LL_COMPARE_STR_JUMP, op_FUSED_LC_COMPARE_STR_JUMP, 0, 0, op_FUSED_SC_COMPARE_STR_JUMP,
    0, 0, 0, 0, 0};
#define JUMP_FORMS(name, way)                                                                                          \
    {op_COMPARE_OP_INT_JUMP, op_FUSED_LL_##name##_##way, op_FUSED_LC_##name##_##way, 0, op_FUSED_SL_##name##_##way,    \
     op_FUSED_SC_##name##_##way, 0, 0, 0, 0, 0}
#define JUMP_FORMS_OF(way)                                                                                             \
    {                                                                                                                  \
        [CMP_LT] = JUMP_FORMS(LT, way), [CMP_LE] = JUMP_FORMS(LE, way), [CMP_EQ] = JUMP_FORMS(EQ, way),                \
        [CMP_NE] = JUMP_FORMS(NE, way), [CMP_GT] = JUMP_FORMS(GT, way), [CMP_GE] = JUMP_FORMS(GE, way)                 \
    }
static const Forms int_jump_forms[2][6] = {JUMP_FORMS_OF(FORWARD), JUMP_FORMS_OF(BACKWARD)};

// The forms for a comparison of ints and the jump behind it: a jump taken when it is false takes the opposite.
static const Forms *int_jump(const Unit *ip) {
    static const uint8_t opposite[] = {
        [CMP_LT] = CMP_GE, [CMP_LE] = CMP_GT, [CMP_EQ] = CMP_NE, [CMP_NE] = CMP_EQ, [CMP_GT] = CMP_LE, [CMP_GE] = CMP_LT};
    unsigned jump = opcode_info[unit_op_now(ip + 1 + cache_units_COMPARE_OP)].base;
    bool backward = jump == op_POP_JUMP_BACKWARD_IF_TRUE || jump == op_POP_JUMP_BACKWARD_IF_FALSE;
    bool on_true = jump == op_POP_JUMP_BACKWARD_IF_TRUE || jump == op_POP_JUMP_FORWARD_IF_TRUE;
    return &int_jump_forms[backward][on_true ? ip->arg : opposite[ip->arg]];
}

static void set_head(const Site *s, int n, unsigned form) {
    int at = s->at - n;
    const Unit *before = at > 0 ? &code_units(s->code)[at - 1] : NULL;
    if (before && s->bytes[2 * (at - 1)] == op_LOAD_FAST && unit_op_now(before) == op_FUSED_LOAD_LOAD)
        unit_set_op(before, op_LOAD_FAST); // it would run over the head
    unit_set_op(s->unit - n, form);
}

static void fuse_two(const Site *s, const Forms *f, bool store) {
    int left = load_before(s, 2), right = load_before(s, 1), head = 2;
    unsigned form;
    if (left == LOCAL_OPERAND && right == LOCAL_OPERAND) form = store ? f->ll_store : f->ll;
    else if (left == LOCAL_OPERAND && right == CONST_OPERAND) form = store ? f->lc_store : f->lc;
    else if (left == CONST_OPERAND && right == LOCAL_OPERAND && f->cl) form = store ? f->cl_store : f->cl;
    else {
        head = 1;
        if (right == LOCAL_OPERAND) form = store ? f->sl_store : f->sl;
        else if (right == CONST_OPERAND) form = store ? f->sc_store : f->sc;
        else return;
    }
    if (form) set_head(s, head, form);
}

void fuse_site(const Code *code, const Unit *ip, unsigned form) {
    Site s = site_of(code, ip);
    for (size_t i = 0; i < countof(binary_forms); i++) {
        if (binary_forms[i].form == form) fuse_two(&s, &binary_forms[i], stores(ip + 1 + cache_units_BINARY_OP));
    }
    if (form == op_COMPARE_OP_INT_JUMP) fuse_two(&s, int_jump(ip), false);
    if (form == op_COMPARE_OP_FLOAT_JUMP) fuse_two(&s, &float_jump_forms, false);
    if (form == op_COMPARE_OP_STR_JUMP) fuse_two(&s, &str_jump_forms, false);
    bool one = load_before(&s, 1) == LOCAL_OPERAND, two = one && load_before(&s, 2) == LOCAL_OPERAND;
    if (form == op_LOAD_ATTR_INSTANCE && one) set_head(&s, 1, op_FUSED_L_ATTR);
    if (form == op_LOAD_ATTR_WAYS && one) set_head(&s, 1, op_FUSED_L_ATTR_WAYS);
    if (form == op_LOAD_METHOD_INSTANCE && one) set_head(&s, 1, op_FUSED_L_METHOD);
    int list = 2 + cache_units_LOAD_METHOD + 1; // how far back list.append(item) begins
    if (form == op_PRECALL_LIST_APPEND && one && s.at >= list && s.bytes[2 * (s.at - list)] == op_LOAD_FAST &&
        s.bytes[2 * (s.at - list + 1)] == op_LOAD_METHOD && unit_op_now(ip - list) == op_FUSED_L_METHOD_TYPE)
        set_head(&s, list, op_FUSED_LL_LIST_APPEND);
    if (form == op_LOAD_METHOD_TYPE && one) set_head(&s, 1, op_FUSED_L_METHOD_TYPE);
    if (form == op_BINARY_SUBSCR_STR_INT && two)
        set_head(&s, 2, stores(ip + 1 + cache_units_BINARY_SUBSCR) ? op_FUSED_LL_SUBSCR_STR_STORE : op_FUSED_LL_SUBSCR_STR);
    if (form == op_BINARY_SUBSCR_DICT_ENTRY && const_before(&s)) {
        bool local = load_before(&s, 2) == LOCAL_OPERAND;
        set_head(&s, local ? 2 : 1, local ? op_FUSED_LC_SUBSCR_DICT : op_FUSED_SC_SUBSCR_DICT);
    }
    if (form == op_STORE_ATTR_INSTANCE && one) set_head(&s, 1, op_FUSED_L_STORE_ATTR);
    if (form == op_BINARY_SUBSCR_LIST_INT && two) set_head(&s, 2, op_FUSED_LL_SUBSCR_LIST);
    if (form == op_STORE_SUBSCR_LIST_INT && two) set_head(&s, 2, op_FUSED_LL_STORE_LIST);
}

void code_fuse(Unit *units, int n_units) {
    for (int i = 0; i + 1 < n_units; i += 1 + opcode_info[units[i].op].caches) {
        if (units[i].op != op_LOAD_FAST) continue;
        if (units[i + 1].op == op_RETURN_VALUE) units[i].op = op_FUSED_L_RETURN;
        else if (units[i + 1].op == op_LOAD_FAST) units[i].op = op_FUSED_LOAD_LOAD;
    }
}
