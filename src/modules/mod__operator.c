// SPDX-License-Identifier: MIT
// _operator: the operators as functions.  itemgetter, attrgetter and methodcaller are in operator_getters.c.
#include "object/bytes.h"
#include "object/misc.h"
#include "operator_parts.h"

// ---- one and two operands ------------------------------------------------------------------------------------------------
#define UNARY(name, call) \
    static NATIVE(op_##name) { \
        UNUSED_NATIVE(); \
        return call(t, args[0]); \
    }
UNARY(neg, num_negative)
UNARY(pos, num_positive)
UNARY(invert, num_invert)
UNARY(abs, num_absolute)
UNARY(index, num_index)
#undef UNARY

#define BINARY(name, op) \
    static NATIVE(op_##name) { \
        UNUSED_NATIVE(); \
        return num_binary(t, op, args[0], args[1]); \
    } \
    static NATIVE(op_i##name) { \
        UNUSED_NATIVE(); \
        return num_binary(t, (op) + OP_INPLACE, args[0], args[1]); \
    }
BINARY(add, OP_ADD)
BINARY(sub, OP_SUBTRACT)
BINARY(mul, OP_MULTIPLY)
BINARY(matmul, OP_MATRIX_MULTIPLY)
BINARY(floordiv, OP_FLOOR_DIVIDE)
BINARY(truediv, OP_TRUE_DIVIDE)
BINARY(mod, OP_REMAINDER)
BINARY(pow, OP_POWER)
BINARY(lshift, OP_LSHIFT)
BINARY(rshift, OP_RSHIFT)
BINARY(and, OP_AND)
BINARY(xor, OP_XOR)
BINARY(or, OP_OR)
#undef BINARY

#define COMPARE(name, op) \
    static NATIVE(op_##name) { \
        UNUSED_NATIVE(); \
        return obj_compare(t, args[0], args[1], op); \
    }
COMPARE(lt, CMP_LT)
COMPARE(le, CMP_LE)
COMPARE(eq, CMP_EQ)
COMPARE(ne, CMP_NE)
COMPARE(gt, CMP_GT)
COMPARE(ge, CMP_GE)
#undef COMPARE

static V from_truth(int r) { return r < 0 ? V_ERROR : v_from_bool(r); }

static NATIVE(op_not) {
    UNUSED_NATIVE();
    int r = obj_is_true(t, args[0]);
    return r < 0 ? V_ERROR : v_from_bool(!r);
}
static NATIVE(op_truth) {
    UNUSED_NATIVE();
    return from_truth(obj_is_true(t, args[0]));
}
static NATIVE(op_is) {
    UNUSED_NATIVE();
    return v_from_bool(v_is(args[0], args[1]));
}
static NATIVE(op_is_not) {
    UNUSED_NATIVE();
    return v_from_bool(!v_is(args[0], args[1]));
}

// ---- sequences -----------------------------------------------------------------------------------------------------------
static V concat(Thread *t, V a, V b, bool inplace) {
    Type *type = v_type(a);
    if (inplace && type->iconcat) return type->iconcat(t, a, b);
    if (type->concat) return type->concat(t, a, b);
    bool adds = type->add || v_type(b)->add || (inplace && type->iadd);
    if (adds && obj_is_sequence(a) && obj_is_sequence(b)) return num_binary(t, inplace ? OP_ADD + OP_INPLACE : OP_ADD, a, b);
    return err_set(t, &exc_TypeError, "'%T' object can't be concatenated", a);
}
static NATIVE(op_concat) {
    UNUSED_NATIVE();
    return concat(t, args[0], args[1], false);
}
static NATIVE(op_iconcat) {
    UNUSED_NATIVE();
    return concat(t, args[0], args[1], true);
}
static NATIVE(op_contains) {
    UNUSED_NATIVE();
    return from_truth(obj_contains(t, args[0], args[1]));
}

// Walks a for b: counts all, or (first) stops at the first and answers its index, -1 for none.  -2: error.
static int64_t search(Thread *t, V a, V b, bool first) {
    V iter = obj_iter(t, a);
    if (v_is_error(iter)) {
        if (err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "argument of type '%T' is not iterable", a);
        }
        return -2;
    }
    int64_t count = 0, result = -2;
    for (int64_t i = 0;; i++) {
        V v = obj_next(t, iter);
        if (v == V_END) {
            result = first ? -1 : count;
            break;
        }
        if (v_is_error(v)) break;
        int equal = obj_compare_bool(t, v, b, CMP_EQ);
        v_drop(t, v);
        if (equal < 0 || safepoint(t) < 0) break;
        count += equal;
        if (equal && first) {
            result = i;
            break;
        }
    }
    v_drop(t, iter);
    return result;
}
static NATIVE(op_index_of) {
    UNUSED_NATIVE();
    int64_t i = search(t, args[0], args[1], true);
    if (i == -1) return err_set(t, &exc_ValueError, "sequence.index(x): x not in sequence");
    return i < 0 ? V_ERROR : int_from_i64(t, i);
}
static NATIVE(op_count_of) {
    UNUSED_NATIVE();
    int64_t n = search(t, args[0], args[1], false);
    return n < 0 ? V_ERROR : int_from_i64(t, n);
}

static NATIVE(op_getitem) {
    UNUSED_NATIVE();
    return obj_getitem(t, args[0], args[1]);
}
static NATIVE(op_setitem) {
    UNUSED_NATIVE();
    return obj_setitem(t, args[0], args[1], args[2]) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(op_delitem) {
    UNUSED_NATIVE();
    return obj_setitem(t, args[0], args[1], V_NULL) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(op_length_hint) {
    UNUSED_NATIVE();
    ptrdiff_t fallback = 0;
    if (args[1] != V_NULL) {
        if (!v_is_any_int(args[1]))
            return err_set(t, &exc_TypeError, "'%T' object cannot be interpreted as an integer", args[1]);
        if (num_as_ssize(t, args[1], &exc_OverflowError, &fallback) < 0) return V_ERROR;
    }
    ptrdiff_t n = obj_len_hint(t, args[0], fallback);
    return n == -1 && err_pending(t) ? V_ERROR : int_from_i64(t, n);
}

static NATIVE(op_call) {
    (void)self;
    if (nargs == 0) return err_set(t, &exc_TypeError, "call expected at least 1 argument, got 0");
    return obj_call(t, args[0], args + 1, nargs - 1, kwnames);
}

// ---- comparing secrets -----------------------------------------------------------------------------------------------------

// Time depends on the length of b only.
static bool equal_bytes(const unsigned char *a, size_t na, const unsigned char *b, size_t nb) {
    volatile unsigned char difference = na != nb;
    const unsigned char *other = na == nb ? a : b;
    for (size_t i = 0; i < nb; i++) difference |= other[i] ^ b[i];
    return difference == 0;
}

static NATIVE(op_compare_digest) {
    UNUSED_NATIVE();
    V a = args[0], b = args[1];
    if (v_is_str(a) && v_is_str(b)) {
        if (!str_is_ascii(a) || !str_is_ascii(b))
            return err_set(t, &exc_TypeError, "comparing strings with non-ASCII characters is not supported");
        return v_from_bool(equal_bytes(str_data(a), str_len(a), str_data(b), str_len(b)));
    }
    if (!obj_has_buffer(a) && !obj_has_buffer(b))
        return err_set(t, &exc_TypeError, "unsupported operand types(s) or combination of types: '%T' and '%T'", a, b);
    Buffer x, y;
    if (buffer_get(t, a, &x, BUF_SIMPLE) < 0) return V_ERROR;
    if (buffer_get(t, b, &y, BUF_SIMPLE) < 0) {
        buffer_release(t, &x);
        return V_ERROR;
    }
    bool equal = equal_bytes(x.data, (size_t)x.len, y.data, (size_t)y.len);
    buffer_release(t, &x);
    buffer_release(t, &y);
    return v_from_bool(equal);
}

// ---- the module ------------------------------------------------------------------------------------------------------------
#define ROW1(name, fn, doc) {name, fn, "a, /", LOCK_NONE, 0, "The value of " doc "."}
#define ROW2(name, fn, doc) {name, fn, "a, b, /", LOCK_NONE, 0, "The value of " doc "."}
static const Method methods[] = {
    ROW1("truth", op_truth, "bool(a)"), ROW1("not_", op_not, "not a"), ROW1("index", op_index, "a.__index__()"),
    ROW1("neg", op_neg, "-a"), ROW1("pos", op_pos, "+a"), ROW1("inv", op_invert, "~a"), ROW1("invert", op_invert, "~a"),
    ROW1("abs", op_abs, "abs(a)"),
    ROW2("contains", op_contains, "b in a (note reversed operands)"), ROW2("is_", op_is, "a is b"),
    ROW2("is_not", op_is_not, "a is not b"), ROW2("add", op_add, "a + b"), ROW2("sub", op_sub, "a - b"),
    ROW2("mul", op_mul, "a * b"), ROW2("matmul", op_matmul, "a @ b"), ROW2("floordiv", op_floordiv, "a // b"),
    ROW2("truediv", op_truediv, "a / b"), ROW2("mod", op_mod, "a % b"), ROW2("lshift", op_lshift, "a << b"),
    ROW2("rshift", op_rshift, "a >> b"), ROW2("and_", op_and, "a & b"), ROW2("xor", op_xor, "a ^ b"), ROW2("or_", op_or, "a | b"),
    ROW2("pow", op_pow, "a ** b"), ROW2("iadd", op_iadd, "a += b"), ROW2("isub", op_isub, "a -= b"),
    ROW2("imul", op_imul, "a *= b"), ROW2("imatmul", op_imatmul, "a @= b"), ROW2("ifloordiv", op_ifloordiv, "a //= b"),
    ROW2("itruediv", op_itruediv, "a /= b"), ROW2("imod", op_imod, "a %= b"), ROW2("ipow", op_ipow, "a **= b"),
    ROW2("ilshift", op_ilshift, "a <<= b"), ROW2("irshift", op_irshift, "a >>= b"), ROW2("iand", op_iand, "a &= b"),
    ROW2("ixor", op_ixor, "a ^= b"), ROW2("ior", op_ior, "a |= b"), ROW2("concat", op_concat, "a + b, for a and b sequences"),
    ROW2("iconcat", op_iconcat, "a += b, for a and b sequences"), ROW2("getitem", op_getitem, "a[b]"),
    ROW2("delitem", op_delitem, "del a[b]"), ROW2("eq", op_eq, "a == b"), ROW2("ne", op_ne, "a != b"), ROW2("lt", op_lt, "a < b"),
    ROW2("le", op_le, "a <= b"), ROW2("gt", op_gt, "a > b"), ROW2("ge", op_ge, "a >= b"),
    {"setitem", op_setitem, "a, b, c, /", LOCK_NONE, 0, "Makes c the item b of a."},
    {"countOf", op_count_of, "a, b, /", LOCK_NONE, 0, "How many items of a are b or equal it."},
    {"indexOf", op_index_of, "a, b, /", LOCK_NONE, 0, "The position of the first item of a that is b or equals it."},
    {"length_hint", op_length_hint, "obj, default=0, /", LOCK_NONE, 0,
     "About how many items obj has, by its length or its __length_hint__."},
    {"call", op_call, "obj, /, *args, **kwargs", LOCK_NONE, M_RAW, "Calls obj with the other arguments."},
    {"_compare_digest", op_compare_digest, "a, b, /", LOCK_NONE, 0,
     "Return 'a == b', taking time that does not depend on the contents.  Both str (ASCII only) or both bytes-like."},
    METHOD_END,
};

static int exec(Thread *t, V module) {
    Type *types[] = {&itemgetter_type, &attrgetter_type, &methodcaller_type};
    for (size_t i = 0; i < 3; i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    return 0;
}

const ModuleDef mod__operator = {
    "_operator",
    "The operators of the language as functions: add(x, y) does what x + y does.",
    methods, exec, 0,
};
