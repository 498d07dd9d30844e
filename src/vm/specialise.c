// SPDX-License-Identifier: MIT
// Quickening: an instruction that has run a few times is rewritten to the form its operands call for.
//
// vm_warm is called by generic instructions whose counter is running; the choosers below look at the operands (below
// f->sp) and at what the instruction names, fill the cache and answer the new form, or 0.  A form that misses too often
// goes back (vm_count_miss); after ATTEMPTS rounds the instruction stays generic and writes nothing any more.
//
// Other threads run the same code meanwhile.  A fact is checked to be still true after it was derived (versions are never
// given twice), and forms check what they find in the cache: op and cache word may come from different attempts.
#include "specialise.h"
#include "object/descr.h"
#include "object/dict_layout.h"
#include "object/quick.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/slots.h"
#include "runtime/runtime.h"

static unsigned site_caches(const Unit *ip) { return opcode_info[unit_op_now(ip)].caches; }

void vm_count_miss(const Unit *ip) {
    uint16_t *counter = cache_counter_at(ip, (int)site_caches(ip));
    uint16_t c = at_load_relaxed(counter);
    unsigned left = c & 0xfff, attempts = c >> 12;
    COUNT(code_writes);
    if (left > 1) {
        at_store_relaxed(counter, COUNTER(left - 1, attempts));
        return;
    }
    unit_set_op(ip, opcode_info[unit_op_now(ip)].base);
    at_store_relaxed(counter, attempts >= ATTEMPTS ? COUNTER(0, ATTEMPTS) : COUNTER(WARMUP, attempts));
}

// Dicts that are not alike after all: the site looks keys up from now on.
void vm_count_entry_miss(const Unit *ip) {
    uint16_t *counter = cache_counter_at(ip, cache_units_BINARY_SUBSCR);
    uint16_t c = at_load_relaxed(counter);
    unsigned left = c & 0xfff, attempts = c >> 12;
    COUNT(code_writes);
    if (left <= 1) unit_set_op(ip, op_BINARY_SUBSCR_DICT);
    at_store_relaxed(counter, COUNTER(left > 1 ? left - 1 : RETRY, attempts));
}

// ---- globals -----------------------------------------------------------------------------------------------------------
static unsigned choose_global(Thread *t, Frame *f, const Unit *ip) {
    V name = slot_peek(&f->code->name_items[ip->arg >> 1]);
    uint64_t global = dict_fact(t, f->globals, name);
    if (!global) return 0;
    if (fact_kind_is(global, FACT_GLOBAL)) {
        set_word(ip, global);
        return op_LOAD_GLOBAL_MODULE;
    }
    uint64_t builtin = dict_fact(t, f->builtins, name);
    if (!fact_kind_is(builtin, FACT_GLOBAL)) return 0;
    set_word(ip, global);
    set_word2(ip, builtin);
    return op_LOAD_GLOBAL_BUILTIN;
}

// ---- operators ---------------------------------------------------------------------------------------------------------
static unsigned choose_binary(Thread *t, Frame *f, const Unit *ip, V a, V b) {
    static const uint16_t for_ints[OP_INPLACE] = {
        [OP_ADD] = op_BINARY_OP_ADD_INT, [OP_SUBTRACT] = op_BINARY_OP_SUB_INT, [OP_MULTIPLY] = op_BINARY_OP_MUL_INT,
        [OP_AND] = op_BINARY_OP_AND_INT, [OP_OR] = op_BINARY_OP_OR_INT, [OP_XOR] = op_BINARY_OP_XOR_INT,
        [OP_LSHIFT] = op_BINARY_OP_LSHIFT_INT, [OP_RSHIFT] = op_BINARY_OP_RSHIFT_INT,
        [OP_FLOOR_DIVIDE] = op_BINARY_OP_FLOORDIV_INT, [OP_REMAINDER] = op_BINARY_OP_MOD_INT,
        [OP_TRUE_DIVIDE] = op_BINARY_OP_DIV_INT};
    static const uint16_t for_floats[OP_INPLACE] = {
        [OP_ADD] = op_BINARY_OP_ADD_FLOAT, [OP_SUBTRACT] = op_BINARY_OP_SUB_FLOAT,
        [OP_MULTIPLY] = op_BINARY_OP_MUL_FLOAT, [OP_TRUE_DIVIDE] = op_BINARY_OP_DIV_FLOAT};
    unsigned op = ip->arg % OP_INPLACE;
    if (v_both_int(a, b)) return for_ints[op];
    if ((v_is_float(a) && (v_is_float(b) || v_is_int(b))) || (v_is_int(a) && v_is_float(b))) return for_floats[op];
    if (op == OP_ADD && v_is_exact(a, &str_type) && v_is_exact(b, &str_type)) {
        const Unit *next = ip + 2;
        if (unit_op_now(next) == op_STORE_FAST && v_is(((V *)f)[-(ptrdiff_t)next->arg], a)) return op_BINARY_OP_APPEND_STR;
        return op_BINARY_OP_ADD_STR;
    }
    return spec_binary(t, f, ip, a, b);
}

static bool is_bool_jump(unsigned op) {
    return op == op_POP_JUMP_FORWARD_IF_FALSE || op == op_POP_JUMP_FORWARD_IF_TRUE || op == op_POP_JUMP_BACKWARD_IF_FALSE ||
           op == op_POP_JUMP_BACKWARD_IF_TRUE;
}

static unsigned choose_compare(Thread *t, Frame *f, const Unit *ip, V a, V b) {
    bool jump = is_bool_jump(unit_op_now(ip + 3));
    if (v_both_int(a, b)) return jump ? op_COMPARE_OP_INT_JUMP : op_COMPARE_OP_INT;
    if (v_is_float(a) && v_is_float(b)) return jump ? op_COMPARE_OP_FLOAT_JUMP : op_COMPARE_OP_FLOAT;
    if (!v_is_exact(a, &str_type) || !v_is_exact(b, &str_type)) return spec_compare(t, f, ip, a, b);
    return jump ? op_COMPARE_OP_STR_JUMP : op_COMPARE_OP_STR;
}

// Only entries near the front are looked at: records have few.
enum { NEAR_ENTRIES = 32 };
static unsigned choose_subscr_dict(const Unit *ip, V dict, V key) {
    const DictKeys *keys = dict_keys_of(dict_of(dict));
    size_t n = at_load_acquire(&keys->nentries);
    if (!v_is_exact(key, &str_type)) return op_BINARY_SUBSCR_DICT;
    for (size_t i = 0; i < n && i < NEAR_ENTRIES; i++) {
        if (slot_peek(&keys->entries[i].key) != v_untag(key)) continue;
        set_word(ip, fact_make(0, FACT_ENTRY, (uint32_t)i));
        return op_BINARY_SUBSCR_DICT_ENTRY;
    }
    return op_BINARY_SUBSCR_DICT;
}

static unsigned choose_subscr(Thread *t, Frame *f, const Unit *ip, V v, V key) {
    if (v_is_exact(v, &dict_type)) return choose_subscr_dict(ip, v, key);
    if (v_has(v, TYPE_HEAP)) return spec_getitem(t, f, v);
    if (!v_is_int(key) || v_int(key) < 0) return 0;
    if (v_is_exact(v, &list_type)) return op_BINARY_SUBSCR_LIST_INT;
    if (v_is_exact(v, &tuple_type)) return op_BINARY_SUBSCR_TUPLE_INT;
    return v_is_exact(v, &str_type) ? op_BINARY_SUBSCR_STR_INT : 0;
}

static unsigned choose_store_subscr(Thread *t, Frame *f, V v, V key) {
    if (v_is_exact(v, &dict_type)) return op_STORE_SUBSCR_DICT;
    if (v_has(v, TYPE_HEAP)) return spec_setitem(t, f, v);
    return v_is_exact(v, &list_type) && v_is_int(key) && v_int(key) >= 0 ? op_STORE_SUBSCR_LIST_INT : 0;
}

static unsigned choose_unpack(V v, unsigned n) {
    if (v_is_exact(v, &tuple_type)) return n == 2 ? op_UNPACK_SEQUENCE_TWO_TUPLE : op_UNPACK_SEQUENCE_TUPLE;
    return v_is_exact(v, &list_type) ? op_UNPACK_SEQUENCE_LIST : 0;
}

// ---- calls -------------------------------------------------------------------------------------------------------------
static unsigned choose_function(V func, unsigned nargs, unsigned exact) {
    const Function *fn = function_of(func);
    int simple = code_of(slot_peek(&fn->code))->call_args;
    if (simple == (int)nargs) return exact;
    V defaults = slot_peek(&fn->defaults);
    if (simple < (int)nargs || defaults == V_NULL) return 0;
    return simple - (int)nargs <= (int)tuple_len(defaults) ? op_PRECALL_PY_DEFAULTS : 0;
}

// sig NULL: the body takes the call as it comes.
static bool native_fits(const Signature *sig, unsigned n) {
    return !sig || (n <= sig->npositional && !((uint64_t)sig->required >> n) && sig->nparams - (int)n <= CALL_SLACK);
}

static unsigned choose_class_call(Thread *t, Frame *f, const Unit *ip, V cls, unsigned n) {
    Type *type = v_as_type(cls);
    if (type == &type_type) return n == 1 ? op_PRECALL_TYPE_1 : 0;
    if (v_type(cls)->call != type_type.call || !type_has(type, TYPE_HEAP) || type_has(type, TYPE_ABSTRACT) ||
        type->item_size || type->new_ != object_type.new_)
        return 0;
    V init = type_lookup_borrow(t, type, NAME(__init__));
    uint32_t version = type_version(t, type);
    bool plain = type->init == object_type.init && n == 0;
    if (!version || init == V_NULL || (!plain && (!v_is_function(init) || !choose_function(init, n + 1, 1)))) return 0;
    CodeRecord *r = new_record(t, f, plain ? REC_NEW : REC_INIT, version, init);
    if (!r) return 0;
    r->key = v_untag(cls);
    set_record(ip + 1 + cache_units_PRECALL, r);
    return plain ? op_PRECALL_NEW : op_PRECALL_CLASS;
}

// super() in front of a method call, in a method that has its class in a cell and self in a plain local.
static unsigned choose_super(Thread *t, Frame *f, const Unit *ip) {
    const Unit *call = ip + 1 + cache_units_PRECALL, *load = call + 1 + cache_units_CALL;
    const Code *code = f->code;
    if (opcode_info[unit_op_now(load)].base != op_LOAD_METHOD || code->argcount == 0 || code_local_kind(code, 0) & CO_FAST_CELL)
        return 0;
    V *locals = frame_locals_base(f), self = locals[0];
    int i = code->nlocalsplus - code->nfreevars;
    while (i < code->nlocalsplus && !v_is(code_local_name_borrow(code, i), NAME(__class__))) i++;
    if (i == code->nlocalsplus || self == V_NULL || !v_is_object(self) || v_is_type(self)) return 0;
    V cell = locals[i], cls = cell != V_NULL && v_is_exact(cell, &cell_type) ? slot_peek(&((Cell *)v_obj(cell))->value) : V_NULL;
    Type *type = v_type(self);
    uint32_t version = type_version(t, type);
    V name = slot_peek(&code->name_items[load->arg]), mro = slot_peek(&type->mro), found = V_NULL;
    if (cls == V_NULL || !version || !v_is_type(cls) || v_is(name, NAME(__class__)) || mro == V_NULL) return 0;
    size_t n = tuple_len(mro), at = 0;
    while (at < n && !v_is(tuple_borrow(mro, at), cls)) at++;
    for (at++; at < n && found == V_NULL; at++) found = type_own_attr_borrow(v_as_type(tuple_borrow(mro, at)), name);
    if (found == V_NULL || !type_has(v_type(found), TYPE_METHOD_DESCR)) return 0;
    CodeRecord *r = new_record(t, f, REC_SUPER, version, found);
    if (!r) return 0;
    r->key = v_untag(cls);
    r->index = (uint32_t)(code->nlocalsplus - i);
    set_record(call, r);
    return op_PRECALL_SUPER;
}

// The function of that name in the module builtins, which some of the forms do themselves.
static bool is_builtin(const Native *native, const char *name) {
    if (strcmp(native->row->name, name) != 0) return false;
    V self = slot_peek(&native->self);
    return self != V_NULL && v_is_exact(self, &module_type) && slot_peek(&module_of(self)->dict) == builtins_dict_borrow();
}

static unsigned choose_call(Thread *t, Frame *f, const Unit *ip) {
    unsigned n = ip->arg;
    V *base = f->sp - n - 2;
    if (base[0] != V_NULL) {
        if (v_is_function(base[0])) return choose_function(base[0], n + 1, op_PRECALL_PY_METHOD);
        if (!v_is_exact(base[0], &method_descr_type)) return 0;
        const MethodDescr *d = method_descr_of(base[0]);
        if (n == 1 && d->type == &list_type && v_type(base[1]) == &list_type && strcmp(d->row->name, "append") == 0) {
            CodeRecord *r = new_record(t, f, REC_NATIVE, 0, V_NULL);
            if (!r) return 0;
            r->key = (V)(uintptr_t)d->row;
            set_record(ip + 1 + cache_units_PRECALL, r);
            return op_PRECALL_LIST_APPEND;
        }
        return native_fits(d->sig, n) && v_type(base[1]) == d->type ? op_PRECALL_METHOD_DESCR : 0;
    }
    V callable = base[1];
    if (callable == v_from_type(&super_type)) return n == 0 ? choose_super(t, f, ip) : 0;
    if (v_is_function(callable)) return choose_function(callable, n, op_PRECALL_PY);
    if (v_is_exact(callable, &native_type)) {
        const Native *native = native_of(callable);
        if ((n == 1 && is_builtin(native, "len")) || (n == 2 && is_builtin(native, "isinstance"))) {
            CodeRecord *r = new_record(t, f, REC_NATIVE, 0, V_NULL);
            if (!r) return 0;
            r->key = (V)(uintptr_t)native->row;
            set_record(ip + 1 + cache_units_PRECALL, r);
            if (n == 2) return op_PRECALL_ISINSTANCE;
            return spec_has_len(t, f, f->sp[-1]) ? op_PRECALL_LEN_PY : op_PRECALL_LEN;
        }
        return native_fits(native->sig, n) && native->row->lock != LOCK_SELF_ARG ? op_PRECALL_NATIVE : 0;
    }
    return v_is_type(callable) ? choose_class_call(t, f, ip, callable, n) : 0;
}

// ---- the decision --------------------------------------------------------------------------------------------------------
static unsigned choose(Thread *t, Frame *f, const Unit *ip) {
    V *sp = f->sp;
    const Slot *names = f->code->name_items;
    switch (unit_op_now(ip)) {
    case op_LOAD_GLOBAL: return choose_global(t, f, ip);
    case op_LOAD_ATTR: return spec_load_attr(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_STORE_ATTR: return spec_store_attr(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_LOAD_METHOD: return spec_method(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_BINARY_OP: return choose_binary(t, f, ip, sp[-2], sp[-1]);
    case op_COMPARE_OP: return choose_compare(t, f, ip, sp[-2], sp[-1]);
    case op_BINARY_SUBSCR: return choose_subscr(t, f, ip, sp[-2], sp[-1]);
    case op_STORE_SUBSCR: return choose_store_subscr(t, f, sp[-2], sp[-1]);
    case op_UNPACK_SEQUENCE: return choose_unpack(sp[-1], ip->arg);
    case op_PRECALL: return choose_call(t, f, ip);
    default: return 0;
    }
}

bool vm_warm(Thread *t, Frame *f, const Unit *ip) {
    unsigned op = unit_op_now(ip);
    if (opcode_info[op].base != op) return false; // a form that missed runs the generic body: its counter counts misses
    uint16_t *counter = cache_counter_at(ip, (int)site_caches(ip));
    uint16_t c = at_load_relaxed(counter);
    unsigned left = c & 0xfff, attempts = c >> 12;
    COUNT(code_writes);
    if (left > 1) {
        at_store_relaxed(counter, COUNTER(left - 1, attempts));
        return false;
    }
    if (unlikely(vm_tracing(t))) return false;
    unsigned form = choose(t, f, ip);
    HD_ASSERT(!err_pending(t));
    attempts++;
    if (form) {
        at_store_relaxed(counter, COUNTER(RETRY, attempts));
        unit_set_op(ip, form);
        fuse_site(f->code, ip, form);
        return true;
    }
    at_store_relaxed(counter, attempts >= ATTEMPTS ? COUNTER(0, ATTEMPTS) : COUNTER(RETRY, attempts));
    return false;
}

#if HEDDLE_DEBUG_CHECKS
// A fact says where name stands in d's keys.  Whoever moves or removes keys takes their version first: when it is the same
// after the look, the place was right.  (Another key equal to the name may stand there: then nothing is found.)
void vm_check_fact(V dict, V name, uint64_t fact) {
    const Dict *d = dict_of(dict);
    static __thread unsigned turn;
    if (++turn % 64) return;
    const DictKeys *keys = dict_keys_of(d);
    const Slot *found = dict_value_cell(d, name), *cached = &keys->entries[fact_index(fact)].value;
    HD_ASSERT(!found || found == cached || at_load_acquire(&d->version) != (uint32_t)(fact >> 32));
}
#endif
