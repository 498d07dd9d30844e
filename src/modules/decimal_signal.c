// SPDX-License-Identifier: MIT
// Module _decimal: the signals: their exception classes, and the mapping that a Context shows its flags and traps by.
//
// InvalidOperation has conditions by which it is known in the exception's argument: flags keep them apart, programs see one
// signal.
#include "decimal_private.h"
#include "object/plain.h"

typedef struct SignalRow {
    const char *name;   // as a class of module decimal
    uint32_t bit;
    int base;           // index of the class it derives from; -1: DecimalException
    Type *also;         // a builtin base, or NULL
} SignalRow;

// Signals first, in the order of their bits; what derives from two of the others says so below.
static const SignalRow rows[] = {
    {"InvalidOperation", SIG_INVALID, -1, NULL},
    {"FloatOperation", SIG_FLOAT, -1, &exc_TypeError},
    {"DivisionByZero", SIG_DIV_ZERO, -1, &exc_ZeroDivisionError},
    {"Overflow", SIG_OVERFLOW, -1, NULL},
    {"Underflow", SIG_UNDERFLOW, -1, NULL},
    {"Subnormal", SIG_SUBNORMAL, -1, NULL},
    {"Inexact", SIG_INEXACT, -1, NULL},
    {"Rounded", SIG_ROUNDED, -1, NULL},
    {"Clamped", SIG_CLAMPED, -1, NULL},
    {"ConversionSyntax", COND_SYNTAX, 0, NULL},
    {"DivisionImpossible", COND_IMPOSSIBLE, 0, NULL},
    {"DivisionUndefined", COND_UNDEFINED, 0, &exc_ZeroDivisionError},
    {"InvalidContext", COND_CONTEXT, 0, NULL},
};
enum { I_OVERFLOW = 3, I_UNDERFLOW, I_SUBNORMAL, I_INEXACT, I_ROUNDED };
static Slot classes[countof(rows)], decimal_exception, signal_dict; // roots

// All bits of the signal that a row's class is.
static uint32_t row_bits(const SignalRow *row) { return row->bit == SIG_INVALID ? SIG_INVALID | COND_ANY : row->bit; }

// ---- the classes -----------------------------------------------------------------------------------------------------------
static V make_class(Thread *t, const char *name, V bases) {
    V dict = dict_new(t), text = str_from_cstr(t, name), result = V_ERROR;
    if (!v_is_error(dict) && !v_is_error(text) && dict_set_c_steal(t, dict, "__module__", str_from_cstr(t, "decimal")) == 0)
        result = obj_call3(t, v_from_type(&type_type), text, bases, dict);
    v_drop(t, dict);
    v_drop(t, text);
    return result;
}

static V bases_of(Thread *t, size_t i) {
    V inexact = slot_peek(&classes[I_INEXACT]), rounded = slot_peek(&classes[I_ROUNDED]);
    if (i == I_OVERFLOW) return tuple_pack(t, 2, inexact, rounded);
    if (i == I_UNDERFLOW) return tuple_pack(t, 3, inexact, rounded, slot_peek(&classes[I_SUBNORMAL]));
    V base = rows[i].base < 0 ? slot_peek(&decimal_exception) : slot_peek(&classes[rows[i].base]);
    return rows[i].also ? tuple_pack(t, 2, base, v_from_type(rows[i].also)) : tuple_pack(t, 1, base);
}

static int make_into(Thread *t, Slot *root, const char *name, V bases_steal) {
    if (v_is_error(bases_steal)) return -1;
    V made = make_class(t, name, bases_steal);
    v_drop(t, bases_steal);
    if (v_is_error(made)) return -1;
    root_register(root);
    root_set(t, root, made);
    v_drop(t, made);
    return 0;
}

static int make_classes(Thread *t) {
    if (make_into(t, &decimal_exception, "DecimalException", tuple_pack(t, 1, v_from_type(&exc_ArithmeticError))) < 0) return -1;
    static const uint8_t order[] = {0, 1, 2, I_SUBNORMAL, I_INEXACT, I_ROUNDED, 8, I_OVERFLOW, I_UNDERFLOW, 9, 10, 11, 12};
    _Static_assert(countof(order) == countof(rows), "every class, its bases before it");
    for (size_t i = 0; i < countof(order); i++) {
        if (make_into(t, &classes[order[i]], rows[order[i]].name, bases_of(t, order[i])) < 0) return -1;
    }
    return 0;
}

// ---- raising ------------------------------------------------------------------------------------------------------------------
V dec_signal_list(Thread *t, uint32_t bits, bool conditions) {
    V list = list_new(t, 0);
    size_t n = conditions ? countof(rows) : SIG_COUNT;
    for (size_t k = 0; k < n && !v_is_error(list); k++) { // InvalidOperation, its conditions, the others
        size_t conds = countof(rows) - SIG_COUNT;
        size_t i = !conditions || k == 0 ? k : k <= conds ? SIG_COUNT + k - 1 : k - conds;
        if (!(bits & (conditions ? rows[i].bit : row_bits(&rows[i])))) continue;
        if (list_append(t, list, slot_peek(&classes[i])) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    return list;
}

int dec_raise(Thread *t, uint32_t trapped) {
    size_t i = 0;
    while (!(trapped & row_bits(&rows[i]))) i++;
    V list = dec_signal_list(t, trapped, true);
    if (v_is_error(list)) return -1;
    err_set_v(t, v_as_type(slot_peek(&classes[i])), list);
    v_drop(t, list);
    return -1;
}

// ---- names and classes as arguments ------------------------------------------------------------------------------------------------
// The bits of a signal's class; 0 with KeyError.
static uint32_t bits_of_class(Thread *t, V v) {
    for (size_t i = 0; i < SIG_COUNT; i++) {
        if (v_is(v, slot_peek(&classes[i]))) return row_bits(&rows[i]);
    }
    err_set(t, &exc_KeyError, "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n"
            "   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]");
    return 0;
}

static int bits_of_dict(Thread *t, V dict, uint32_t *bits) {
    V items = dict_items_list(t, dict);
    if (v_is_error(items)) return -1;
    int r = 0;
    *bits = 0;
    if (list_len(items) != SIG_COUNT) {
        err_set(t, &exc_KeyError, "invalid signal dict");
        r = -1;
    }
    for (size_t i = 0; r == 0 && i < list_len(items); i++) {
        V pair = list_get(t, items, i);
        uint32_t one = bits_of_class(t, tuple_borrow(pair, 0));
        int on = one ? obj_is_true(t, tuple_borrow(pair, 1)) : -1;
        if (on > 0) *bits |= one;
        r = on < 0 ? -1 : 0;
        v_drop(t, pair);
    }
    v_drop(t, items);
    return r;
}

static int bits_of_list(Thread *t, V list, uint32_t *bits) {
    V copy = list_to_tuple(t, list);
    if (v_is_error(copy)) return -1;
    int r = 0;
    *bits = 0;
    for (size_t i = 0; r == 0 && i < tuple_len(copy); i++) {
        uint32_t one = bits_of_class(t, tuple_borrow(copy, i));
        *bits |= one;
        r = one ? 0 : -1;
    }
    v_drop(t, copy);
    return r;
}

int dec_signals_from(Thread *t, V v, uint32_t *bits) {
    if (v_is_signals(v)) {
        *bits = at_load_relaxed(&((Signals *)v_obj(v))->bits);
        return 0;
    }
    if (v_is_list(v)) return bits_of_list(t, v, bits);
    if (v_is_dict(v)) return bits_of_dict(t, v, bits);
    err_set(t, &exc_TypeError, "argument must be a signal dict");
    return -1;
}

void dec_put_signal_names(StrBuilder *b, uint32_t bits) {
    static const uint32_t order[] = { // as libmpdec shows them: InvalidOperation where its first condition stands
        SIG_CLAMPED, COND_SYNTAX, SIG_DIV_ZERO, COND_IMPOSSIBLE, COND_UNDEFINED, SIG_INEXACT, COND_CONTEXT, SIG_INVALID,
        SIG_FLOAT, SIG_OVERFLOW, SIG_ROUNDED, SIG_SUBNORMAL, SIG_UNDERFLOW,
    };
    bool any = false, invalid = false;
    for (size_t i = 0; i < countof(order); i++) {
        bool is_invalid = order[i] & (SIG_INVALID | COND_ANY);
        if (!(bits & order[i]) || (is_invalid && invalid)) continue;
        invalid |= is_invalid;
        size_t row = 0;
        while (!(order[i] & row_bits(&rows[row]))) row++;
        if (any) sb_cstr(b, ", ");
        sb_cstr(b, rows[row].name);
        any = true;
    }
}

// ---- SignalDict ------------------------------------------------------------------------------------------------------------------------
static Signals *signals_of(V v) { return (Signals *)v_obj(v); }

bool v_is_signals(V v) { return v_is_object(v) && type_is_subtype(v_obj(v)->type, &dec_signal_mixin_type); }

V dec_signals_new(Thread *t, uint32_t bits) {
    V v = type_alloc(t, v_as_type(slot_peek(&signal_dict)), 0);
    if (v_is_error(v)) return V_ERROR;
    signals_of(v)->bits = bits;
    signals_of(v)->valid = true;
    return v;
}

// One that a program made itself belongs to no context.
static int check_valid(Thread *t, V self) {
    if (signals_of(self)->valid) return 0;
    err_set(t, &exc_ValueError, "invalid signal dict");
    return -1;
}

static int mixin_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    (void)t, (void)self, (void)args, (void)nargs, (void)kwnames;
    return 0;
}

static V mixin_getitem(Thread *t, V self, V key) {
    if (check_valid(t, self) < 0) return V_ERROR;
    uint32_t bits = bits_of_class(t, key);
    return bits ? v_from_bool(at_load_relaxed(&signals_of(self)->bits) & bits) : V_ERROR;
}

static int mixin_setitem(Thread *t, V self, V key, V value) {
    if (check_valid(t, self) < 0) return -1;
    if (value == V_NULL) {
        err_set(t, &exc_ValueError, "signal keys cannot be deleted");
        return -1;
    }
    uint32_t bits = bits_of_class(t, key);
    int on = bits ? obj_is_true(t, value) : -1;
    if (on > 0) at_fetch_or_relaxed(&signals_of(self)->bits, bits);
    else if (on == 0) at_fetch_and_relaxed(&signals_of(self)->bits, ~bits);
    return on < 0 ? -1 : 0;
}

static ptrdiff_t mixin_len(Thread *t, V self) { return check_valid(t, self) < 0 ? -1 : SIG_COUNT; }

static V mixin_iter(Thread *t, V self) {
    if (check_valid(t, self) < 0) return V_ERROR;
    V all = dec_signal_list(t, SIG_ALL, false);
    if (v_is_error(all)) return V_ERROR;
    V iter = obj_iter(t, all);
    v_drop(t, all);
    return iter;
}

static V mixin_repr(Thread *t, V self) {
    if (check_valid(t, self) < 0) return V_ERROR;
    uint32_t bits = at_load_relaxed(&signals_of(self)->bits);
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < SIG_COUNT; i++) {
        sb_cstr(&b, i ? ", <class 'decimal." : "{<class 'decimal.");
        sb_cstr(&b, rows[i].name);
        sb_cstr(&b, bits & row_bits(&rows[i]) ? "'>:True" : "'>:False");
    }
    sb_char(&b, '}');
    return sb_finish(&b);
}

static V mixin_compare(Thread *t, V self, V other, int op) {
    uint32_t bits;
    if (op != CMP_EQ && op != CMP_NE) return V_NOT_IMPLEMENTED;
    if (check_valid(t, self) < 0) return V_ERROR;
    if (!v_is_signals(other) && !v_is_dict(other)) return V_NOT_IMPLEMENTED;
    if (dec_signals_from(t, other, &bits) < 0) {
        if (!err_matches(t, &exc_KeyError)) return V_ERROR;
        err_clear(t);
        return V_NOT_IMPLEMENTED;
    }
    return v_from_bool((at_load_relaxed(&signals_of(self)->bits) == bits) == (op == CMP_EQ));
}

static NATIVE(mixin_copy) {
    UNUSED_NATIVE();
    if (check_valid(t, self) < 0) return V_ERROR;
    uint32_t bits = at_load_relaxed(&signals_of(self)->bits);
    V dict = dict_new(t);
    for (size_t i = 0; i < SIG_COUNT && !v_is_error(dict); i++) {
        if (dict_set(t, dict, slot_peek(&classes[i]), v_from_bool(bits & row_bits(&rows[i]))) == 0) continue;
        v_drop(t, dict);
        dict = V_ERROR;
    }
    return dict;
}

static const Method mixin_methods[] = {
    {"copy", mixin_copy, "", LOCK_NONE, 0, "A dict of the same."},
    METHOD_END,
};
Type dec_signal_mixin_type = {
    TYPE_HEAD("decimal.SignalDictMixin"), .flags = TYPE_BASETYPE, .size = sizeof(Signals), .new_ = type_new_bare, .init = mixin_init,
    .repr = mixin_repr, .subscript = mixin_getitem, .set_subscript = mixin_setitem, .len = mixin_len, .iter = mixin_iter,
    .compare = mixin_compare, .hash = obj_hash_unhashable, .methods = mixin_methods,
};

// SignalDict is a MutableMapping by inheritance; a metaclass written in Python makes it.
static int make_signal_dict(Thread *t) {
    if (type_ready(t, &dec_signal_mixin_type) < 0) return -1;
    V mapping = import_attr_c(t, "collections.abc", "MutableMapping");
    if (v_is_error(mapping)) return -1;
    V bases = tuple_pack(t, 2, v_from_type(&dec_signal_mixin_type), mapping), dict = dict_new(t), name = str_from_cstr(t, "SignalDict");
    V made = V_ERROR;
    if (!v_is_error(bases) && !v_is_error(dict) && !v_is_error(name)) {
        V meta = v_from_type(v_type(mapping));
        if (dict_set_c_steal(t, dict, "__module__", str_from_cstr(t, "abc")) == 0) made = obj_call3(t, meta, name, bases, dict);
    }
    v_drop(t, mapping), v_drop(t, bases), v_drop(t, dict), v_drop(t, name);
    if (v_is_error(made)) return -1;
    root_register(&signal_dict);
    root_set(t, &signal_dict, made);
    v_drop(t, made);
    return 0;
}

int dec_signal_start(Thread *t, V module) {
    if (slot_peek(&signal_dict) == V_NULL && (make_classes(t) < 0 || make_signal_dict(t) < 0)) return -1;
    if (module_add(t, module, "DecimalException", slot_peek(&decimal_exception)) < 0) return -1;
    for (size_t i = 0; i < countof(rows); i++) {
        if (module_add(t, module, rows[i].name, slot_peek(&classes[i])) < 0) return -1;
    }
    return 0;
}
