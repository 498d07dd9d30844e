// SPDX-License-Identifier: MIT
// Number operations on any values, with CPython's dispatch and messages.
//
// binary_try is the rule of binary operators: the right operand's slot goes first when its type derives from the left
// one's; NotImplemented passes on.  Sequences join in behind: `+` may be concat, `*` repeat.
#include "object/slots.h"
#include "int_private.h"

// ---- binary operators --------------------------------------------------------------------------------------------------
#define SLOT_OF(type, offset) (*(BinaryFn *)(void *)type_slot_at(type, offset))

static V binary_try(Thread *t, V a, V b, size_t offset) {
    Type *ta = v_type(a), *tb = v_type(b);
    BinaryFn left = SLOT_OF(ta, offset), right = NULL;
    if (ta != tb) {
        right = SLOT_OF(tb, offset);
        if (right == left) right = NULL;
    }
    if (left) {
        if (right && type_is_subtype(tb, ta)) {
            V result = right(t, a, b);
            if (result != V_NOT_IMPLEMENTED) return result;
            right = NULL;
        }
        V result = left(t, a, b);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    return right ? right(t, a, b) : V_NOT_IMPLEMENTED;
}

const OpRow num_op_rows[] = {
#define OP(op, symbol, field, ifield) [op] = {symbol, symbol "=", offsetof(Type, field), offsetof(Type, ifield)},
    OP(OP_ADD, "+", add, iadd) OP(OP_AND, "&", and_, iand) OP(OP_FLOOR_DIVIDE, "//", floor_divide, ifloor_divide)
    OP(OP_LSHIFT, "<<", lshift, ilshift) OP(OP_MATRIX_MULTIPLY, "@", matrix_multiply, imatrix_multiply)
    OP(OP_MULTIPLY, "*", multiply, imultiply) OP(OP_REMAINDER, "%", remainder, iremainder) OP(OP_OR, "|", or_, ior)
    OP(OP_POWER, "** or pow()", power, ipower) OP(OP_RSHIFT, ">>", rshift, irshift)
    OP(OP_SUBTRACT, "-", subtract, isubtract) OP(OP_TRUE_DIVIDE, "/", true_divide, itrue_divide)
    OP(OP_XOR, "^", xor_, ixor)
#undef OP
};

static COLD V operand_error(Thread *t, V a, V b, const char *symbol) {
    if (strcmp(symbol, ">>") == 0 && v_is_exact(a, &native_type)) {
        V name = obj_lookup_attr(t, a, NAME(__name__));
        if (v_is_error(name)) return V_ERROR;
        bool print = name != V_NULL && v_is_str(name) && str_equal_ascii(name, "print");
        v_drop(t, name);
        if (print)
            return err_set(t, &exc_TypeError, "unsupported operand type(s) for %s: '%T' and '%T'. "
                           "Did you mean \"print(<message>, file=<output_stream>)\"?", symbol, a, b);
    }
    return err_set(t, &exc_TypeError, "unsupported operand type(s) for %s: '%T' and '%T'", symbol, a, b);
}

static V repeat_sequence(Thread *t, BinaryFn repeat, V seq, V count) {
    if (!v_is_any_int(count) && !v_type(count)->index)
        return err_set(t, &exc_TypeError, "can't multiply sequence by non-int of type '%T'", count);
    ptrdiff_t n;
    if (num_as_count(t, count, &n) < 0) return V_ERROR;
    V i = int_from_i64(t, n), result = v_is_error(i) ? V_ERROR : repeat(t, seq, i);
    v_drop(t, i);
    return result;
}

// Types that count as sequences for `*=`: what is on their right is not asked to repeat itself.
static bool is_container(const Type *type) { return type_has(type, TYPE_HEAP) || type->contains || type->item || type->concat; }

// What + and * mean for sequences; NotImplemented for everything else.
static V sequence_try(Thread *t, int op, V a, V b, bool inplace) {
    Type *ta = v_type(a), *tb = v_type(b);
    if (op == OP_ADD) {
        if (inplace && ta->iconcat) return ta->iconcat(t, a, b);
        return ta->concat ? ta->concat(t, a, b) : V_NOT_IMPLEMENTED;
    }
    if (op == OP_MULTIPLY) {
        if (inplace && ta->irepeat) return repeat_sequence(t, ta->irepeat, a, b);
        if (ta->repeat) return repeat_sequence(t, ta->repeat, a, b);
        if (tb->repeat && !(inplace && is_container(ta))) return repeat_sequence(t, tb->repeat, b, a);
    }
    return V_NOT_IMPLEMENTED;
}

static V power_try(Thread *t, V a, V b, V mod);

static V binary(Thread *t, int op, V a, V b) {
    V result = op == OP_POWER ? power_try(t, a, b, V_NONE) : binary_try(t, a, b, num_op_rows[op].slot);
    if (result == V_NOT_IMPLEMENTED) result = sequence_try(t, op, a, b, false);
    return result == V_NOT_IMPLEMENTED ? operand_error(t, a, b, num_op_rows[op].symbol) : result;
}

// The end of an augmented assignment: what sequences do, or the error.
static V inplace_end(Thread *t, int op, V a, V b) {
    V result = sequence_try(t, op, a, b, true);
    if (result != V_NOT_IMPLEMENTED) return result;
    return operand_error(t, a, b, op == OP_POWER ? "**=" : num_op_rows[op].inplace_symbol);
}

// Without the in-place method.
static V inplace_by_binary(Thread *t, int op, V a, V b) {
    V result = op == OP_POWER ? power_try(t, a, b, V_NONE) : binary_try(t, a, b, num_op_rows[op].slot);
    return result == V_NOT_IMPLEMENTED ? inplace_end(t, op, a, b) : result;
}

static V inplace(Thread *t, int op, V a, V b) {
    V result = V_NOT_IMPLEMENTED;
    if (op == OP_POWER) {
        TernaryFn fn = v_type(a)->ipower;
        if (fn) result = fn(t, a, b, V_NONE);
    } else {
        BinaryFn fn = SLOT_OF(v_type(a), num_op_rows[op].inplace_slot);
        if (fn) result = fn(t, a, b);
    }
    return result == V_NOT_IMPLEMENTED ? inplace_by_binary(t, op, a, b) : result;
}

V num_binary(Thread *t, int op, V a, V b) { return op >= OP_INPLACE ? inplace(t, op - OP_INPLACE, a, b) : binary(t, op, a, b); }

V num_binary_after(Thread *t, int op, V a, V b) {
    bool is_inplace = op >= OP_INPLACE;
    if (is_inplace) op -= OP_INPLACE;
    Type *tb = v_type(b);
    V result = V_NOT_IMPLEMENTED;
    if (!type_has(tb, TYPE_HEAP)) { // else b's class is a's, and has had its say
        if (op == OP_POWER) {
            if (tb->power) result = tb->power(t, a, b, V_NONE);
        } else {
            BinaryFn right = SLOT_OF(tb, num_op_rows[op].slot);
            if (right) result = right(t, a, b);
        }
    }
    if (result != V_NOT_IMPLEMENTED) return result;
    if (is_inplace) return inplace_end(t, op, a, b);
    result = sequence_try(t, op, a, b, false);
    return result == V_NOT_IMPLEMENTED ? operand_error(t, a, b, num_op_rows[op].symbol) : result;
}

V num_inplace_after(Thread *t, int op, V a, V b) { return inplace_by_binary(t, op - OP_INPLACE, a, b); }

V num_add(Thread *t, V a, V b) { return binary(t, OP_ADD, a, b); }
V num_subtract(Thread *t, V a, V b) { return binary(t, OP_SUBTRACT, a, b); }
V num_multiply(Thread *t, V a, V b) { return binary(t, OP_MULTIPLY, a, b); }
V num_floor_divide(Thread *t, V a, V b) { return binary(t, OP_FLOOR_DIVIDE, a, b); }
V num_true_divide(Thread *t, V a, V b) { return binary(t, OP_TRUE_DIVIDE, a, b); }
V num_remainder(Thread *t, V a, V b) { return binary(t, OP_REMAINDER, a, b); }

V num_divmod(Thread *t, V a, V b) {
    V result = binary_try(t, a, b, offsetof(Type, divmod));
    return result == V_NOT_IMPLEMENTED ? operand_error(t, a, b, "divmod()") : result;
}

// ---- power -------------------------------------------------------------------------------------------------------------
static V power_try(Thread *t, V a, V b, V mod) {
    Type *ta = v_type(a), *tb = v_type(b);
    TernaryFn left = ta->power, right = NULL, third = NULL;
    if (ta != tb) {
        right = tb->power;
        if (right == left) right = NULL;
    }
    if (left) {
        if (right && type_is_subtype(tb, ta)) {
            V result = right(t, a, b, mod);
            if (result != V_NOT_IMPLEMENTED) return result;
            right = NULL;
        }
        V result = left(t, a, b, mod);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    if (right) {
        V result = right(t, a, b, mod);
        if (result != V_NOT_IMPLEMENTED) return result;
    }
    if (mod != V_NONE) {
        third = v_type(mod)->power;
        if (third == left || third == right) third = NULL;
    }
    return third ? third(t, a, b, mod) : V_NOT_IMPLEMENTED;
}

V num_power(Thread *t, V a, V b, V mod) {
    if (mod == V_NULL) mod = V_NONE;
    V result = power_try(t, a, b, mod);
    if (result != V_NOT_IMPLEMENTED) return result;
    if (mod == V_NONE) return operand_error(t, a, b, "** or pow()");
    return err_set(t, &exc_TypeError, "unsupported operand type(s) for ** or pow(): '%T', '%T', '%T'", a, b, mod);
}

// ---- unary operators ---------------------------------------------------------------------------------------------------
#define UNARY(fn, field, symbol) \
    V fn(Thread *t, V a) { \
        UnaryFn slot = v_type(a)->field; \
        return slot ? slot(t, a) : err_set(t, &exc_TypeError, "bad operand type for " symbol ": '%T'", a); \
    }
UNARY(num_negative, negative, "unary -")
UNARY(num_positive, positive, "unary +")
UNARY(num_invert, invert, "unary ~")
UNARY(num_absolute, absolute, "abs()")
#undef UNARY

// ---- conversions -------------------------------------------------------------------------------------------------------

// A result of __int__ or __index__ as a plain int; an instance of a subclass earns a DeprecationWarning.  Consumes v.
static V exact_int(Thread *t, V v, const char *method) {
    if (v_is_error(v) || v_is_int(v) || v_is_exact(v, &int_type)) return v;
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "%s returned non-int (type %T)", method, v);
        v_drop(t, v);
        return V_ERROR;
    }
    int r = warn(t, &exc_DeprecationWarning, 1,
                 "%s returned non-int (type %T).  The ability to return an instance of a strict subclass of int is deprecated, "
                 "and may not be supported in a future version of Python.", method, v);
    V result = r < 0 ? V_ERROR : int_exact(t, v);
    v_drop(t, v);
    return result;
}

V num_index(Thread *t, V v) {
    if (v_is_int(v)) return v;
    if (v_is_any_int(v)) return v_is_exact(v, &int_type) ? v_dup(v) : int_exact(t, v);
    UnaryFn index = v_type(v)->index;
    if (!index) return err_set(t, &exc_TypeError, "'%T' object cannot be interpreted as an integer", v);
    return exact_int(t, index(t, v), "__index__");
}

V num_int(Thread *t, V v) { return int_from_object(t, v, V_NULL); }

// float(v): 1 and *out set when v has __float__ or __index__, 0 when it has neither.
static int try_double(Thread *t, V v, double *out) {
    if (v_is_any_float(v)) {
        *out = float_value(v);
        return 1;
    }
    if (v_is_any_int(v) && !type_has(v_type(v), TYPE_HEAP)) return int_as_double(t, v, out) < 0 ? -1 : 1;
    Type *type = v_type(v);
    if (type->float_) {
        V f = type->float_(t, v);
        if (v_is_error(f)) return -1;
        if (!v_is_any_float(f)) {
            err_set(t, &exc_TypeError, "%T.__float__ returned non-float (type %T)", v, f);
            v_drop(t, f);
            return -1;
        }
        int r = 1;
        if (!v_is_float(f) && !v_is_exact(f, &float_type))
            r = warn(t, &exc_DeprecationWarning, 1,
                     "%T.__float__ returned non-float (type %T).  The ability to return an instance of a strict subclass of "
                     "float is deprecated, and may not be supported in a future version of Python.", v, f) < 0 ? -1 : 1;
        *out = float_value(f);
        v_drop(t, f);
        return r;
    }
    if (!type->index) return 0;
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    int r = int_as_double(t, i, out);
    v_drop(t, i);
    return r < 0 ? -1 : 1;
}

int num_as_double(Thread *t, V v, double *out) {
    int r = try_double(t, v, out);
    if (r == 0) err_set(t, &exc_TypeError, "must be real number, not %T", v);
    return r == 1 ? 0 : -1;
}

V num_float(Thread *t, V v) { return float_from_object(t, v); }

int num_as_ssize(Thread *t, V v, Type *overflow, ptrdiff_t *out) {
    if (v_is_int(v)) {
        *out = v_int(v);
        return 0;
    }
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    int64_t small;
    int r = 0;
    if (int_small(i, &small)) {
        *out = small;
    } else if (overflow) {
        // An argument that does not fit overflows; an index that does not fit is out of range.
        if (overflow == &exc_OverflowError) err_set(t, overflow, "Python int too large to convert to C ssize_t");
        else err_set(t, overflow, "cannot fit '%T' into an index-sized integer", v);
        r = -1;
    } else {
        *out = int_sign(i) < 0 ? PTRDIFF_MIN : PTRDIFF_MAX;
    }
    v_drop(t, i);
    return r;
}

int num_as_count(Thread *t, V v, ptrdiff_t *out) {
    if (num_as_ssize(t, v, &exc_OverflowError, out) == 0) return 0;
    if (!err_matches(t, &exc_OverflowError)) return -1;
    err_clear(t);
    err_set(t, &exc_OverflowError, "cannot fit '%T' into an index-sized integer", v);
    return -1;
}

int num_as_optional_count(Thread *t, V v, ptrdiff_t *out) {
    *out = -1;
    if (v == V_NULL || v == V_NONE) return 0;
    if (v_is_int(v)) {
        *out = v_int(v);
        return 0;
    }
    if (!v_type(v)->index) {
        err_set(t, &exc_TypeError, "argument should be integer or None, not '%T'", v);
        return -1;
    }
    return num_as_count(t, v, out);
}

int num_as_i64(Thread *t, V v, int64_t *out) {
    if (v_is_int(v)) {
        *out = v_int(v);
        return 0;
    }
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    int r = int_as_i64(t, i, out);
    v_drop(t, i);
    return r;
}

int num_as_long(Thread *t, V v, int64_t *out) {
    if (num_as_i64(t, v, out) == 0) return 0;
    if (!err_matches(t, &exc_OverflowError)) return -1;
    err_clear(t);
    err_set(t, &exc_OverflowError, "Python int too large to convert to C long");
    return -1;
}

static int as_int(Thread *t, V v, int *out, bool old) {
    V i = num_index(t, v);
    if (v_is_error(i)) return -1;
    int64_t n = 0;
    int r = int_as_i64(t, i, &n);
    v_drop(t, i);
    if (r < 0) {
        err_clear(t);
        err_set(t, &exc_OverflowError, "Python int too large to convert to C %s", old ? "long" : "int");
    } else if (n < INT32_MIN || n > INT32_MAX) {
        err_set(t, &exc_OverflowError, !old    ? "Python int too large to convert to C int"
                                       : n < 0 ? "signed integer is less than minimum"
                                               : "signed integer is greater than maximum");
        r = -1;
    } else {
        *out = (int)n;
    }
    return r;
}

int num_as_int(Thread *t, V v, int *out) { return as_int(t, v, out, false); }
int num_as_int_old(Thread *t, V v, int *out) { return as_int(t, v, out, true); }
