// SPDX-License-Identifier: MIT
// Operators whose methods are written in Python: which of them have a frame entered from the instruction (the forms of
// ops_operator.inc), and what the names of the methods are.
//
// The method is looked up in the thread's method cache every time, by the type of the operand: there is nothing in the
// instruction's cache that could be wrong, and a site may meet any number of classes.  A form is chosen where a method
// that takes just the operands is called before everything else that has a say.
#include "specialise.h"
#include "object/method_cache.h"
#include "object/slots.h"

V vm_special_names[SPECIAL_NAMES]; // atomic: set once, to the address of an immortal str

static V special_name(unsigned which) {
    static const char *const texts[SPECIAL_NAMES] = {
        [OP_ADD] = "__add__", [OP_AND] = "__and__", [OP_FLOOR_DIVIDE] = "__floordiv__", [OP_LSHIFT] = "__lshift__",
        [OP_MATRIX_MULTIPLY] = "__matmul__", [OP_MULTIPLY] = "__mul__", [OP_REMAINDER] = "__mod__", [OP_OR] = "__or__",
        [OP_POWER] = "__pow__", [OP_RSHIFT] = "__rshift__", [OP_SUBTRACT] = "__sub__", [OP_TRUE_DIVIDE] = "__truediv__",
        [OP_XOR] = "__xor__",
        [OP_INPLACE + OP_ADD] = "__iadd__", [OP_INPLACE + OP_AND] = "__iand__", [OP_INPLACE + OP_FLOOR_DIVIDE] = "__ifloordiv__",
        [OP_INPLACE + OP_LSHIFT] = "__ilshift__", [OP_INPLACE + OP_MATRIX_MULTIPLY] = "__imatmul__",
        [OP_INPLACE + OP_MULTIPLY] = "__imul__", [OP_INPLACE + OP_REMAINDER] = "__imod__", [OP_INPLACE + OP_OR] = "__ior__",
        [OP_INPLACE + OP_POWER] = "__ipow__", [OP_INPLACE + OP_RSHIFT] = "__irshift__",
        [OP_INPLACE + OP_SUBTRACT] = "__isub__", [OP_INPLACE + OP_TRUE_DIVIDE] = "__itruediv__",
        [OP_INPLACE + OP_XOR] = "__ixor__",
        [SPECIAL_COMPARE + CMP_LT] = "__lt__", [SPECIAL_COMPARE + CMP_LE] = "__le__", [SPECIAL_COMPARE + CMP_EQ] = "__eq__",
        [SPECIAL_COMPARE + CMP_NE] = "__ne__", [SPECIAL_COMPARE + CMP_GT] = "__gt__", [SPECIAL_COMPARE + CMP_GE] = "__ge__",
        [SPECIAL_GETITEM] = "__getitem__", [SPECIAL_SETITEM] = "__setitem__", [SPECIAL_LEN] = "__len__"};
    V name = at_load_relaxed(&vm_special_names[which]);
    if (name == V_NULL) {
        name = v_untag(str_static(texts[which]));
        at_store_relaxed(&vm_special_names[which], name);
    }
    return name;
}

// Looks it up, so that the thread's cache has it from then on.
static V function_in_cache(Thread *t, V v, unsigned which) {
    if (!v_is_object(v)) return V_NULL;
    Type *type = v_type(v);
    V name = special_name(which), found = type_lookup_borrow(t, type, name);
    return found != V_NULL && v_is_function(found) && type_cached_borrow(t, type, name) == found ? found : V_NULL;
}

static bool has_function(Thread *t, const Frame *f, V v, unsigned which, int nargs) {
    if (f->kind & FRAME_GENERATOR || !v_is_object(v) || !type_has(v_type(v), TYPE_HEAP)) return false; // FRAME_FITS
    V func = function_in_cache(t, v, which);
    return func != V_NULL && code_of(slot_peek(&function_of(func)->code))->call_args == nargs;
}

// Whether a's method goes first, whatever b has.
static bool goes_first(V a, V b) { return v_type(a) == v_type(b) || !type_has(v_type(b), TYPE_HEAP); }

unsigned spec_binary(Thread *t, const Frame *f, const Unit *ip, V a, V b) {
    unsigned op = ip->arg;
    if (!v_is_object(a) || !type_has(v_type(a), TYPE_HEAP)) return 0;
    if (op < OP_INPLACE) return goes_first(a, b) && has_function(t, f, a, op, 2) ? op_BINARY_OP_PY : 0;
    if (at_load_relaxed(type_slot_at(v_type(a), num_op_rows[op - OP_INPLACE].inplace_slot)))
        return has_function(t, f, a, op, 2) ? op_BINARY_OP_PY_INPLACE : 0;
    return goes_first(a, b) && has_function(t, f, a, op - OP_INPLACE, 2) ? op_BINARY_OP_PY_AUGMENTED : 0;
}
unsigned spec_compare(Thread *t, const Frame *f, const Unit *ip, V a, V b) {
    return goes_first(a, b) && has_function(t, f, a, SPECIAL_COMPARE + ip->arg, 2) ? op_COMPARE_OP_PY : 0;
}
unsigned spec_getitem(Thread *t, const Frame *f, V v) { return has_function(t, f, v, SPECIAL_GETITEM, 2) ? op_BINARY_SUBSCR_PY : 0; }
unsigned spec_setitem(Thread *t, const Frame *f, V v) { return has_function(t, f, v, SPECIAL_SETITEM, 3) ? op_STORE_SUBSCR_PY : 0; }
bool spec_has_len(Thread *t, const Frame *f, V v) { return has_function(t, f, v, SPECIAL_LEN, 1); }

bool vm_cache_special(Thread *t, const Frame *f, const Unit *ip) {
    const V *sp = f->sp;
    unsigned arg = ip->arg;
    switch (opcode_info[unit_op_now(ip)].base) {
    case op_BINARY_OP: {
        bool augmented = unit_op_now(ip) == op_BINARY_OP_PY_AUGMENTED;
        return function_in_cache(t, sp[-2], augmented ? arg - OP_INPLACE : arg) != V_NULL;
    }
    case op_COMPARE_OP: return function_in_cache(t, sp[-2], SPECIAL_COMPARE + arg) != V_NULL;
    case op_BINARY_SUBSCR: return function_in_cache(t, sp[-2], SPECIAL_GETITEM) != V_NULL;
    case op_STORE_SUBSCR: return function_in_cache(t, sp[-2], SPECIAL_SETITEM) != V_NULL;
    default: return function_in_cache(t, sp[-1], SPECIAL_LEN) != V_NULL;
    }
}

V vm_operator_declined(Thread *t, const Unit *ip, V a, V b, unsigned kind) {
    if (opcode_info[unit_op_now(ip)].base == op_COMPARE_OP) return obj_compare_after(t, a, b, ip->arg);
    return kind & FRAME_INPLACE ? num_inplace_after(t, ip->arg, a, b) : num_binary_after(t, ip->arg, a, b);
}

V vm_len_result(Thread *t, V answer) {
    ptrdiff_t n = slot_len_result(t, answer);
    return n < 0 ? V_ERROR : int_from_i64(t, n);
}
