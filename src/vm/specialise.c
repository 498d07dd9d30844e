// SPDX-License-Identifier: MIT
// Quickening: an instruction that has run a few times is rewritten to the form its operands call for.
//
// vm_warm is called by generic instructions whose counter is running; the choosers below look at the operands (below
// f->sp) and at what the instruction names, fill the cache and answer the new form, or 0.  A form that misses too often
// goes back (vm_count_miss); after ATTEMPTS rounds the instruction stays generic and writes nothing any more.
//
// Other threads run the same code meanwhile.  A fact is checked to be still true after it was derived (versions are never
// given twice), and forms check what they find in the cache: op and cache word may come from different attempts.
#include "vm_private.h"
#include "object/descr.h"
#include "object/dict_layout.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/slots.h"

static unsigned site_caches(const Unit *ip) { return opcode_info[unit_op_now(ip)].caches; }

void vm_count_miss(const Unit *ip) {
    uint16_t *counter = cache_counter_at(ip, (int)site_caches(ip));
    uint16_t c = at_load_relaxed(counter);
    unsigned left = c & 0xfff, attempts = c >> 12;
    if (left > 1) {
        at_store_relaxed(counter, COUNTER(left - 1, attempts));
        return;
    }
    unit_set_op(ip, opcode_info[unit_op_now(ip)].base);
    at_store_relaxed(counter, attempts >= ATTEMPTS ? COUNTER(0, ATTEMPTS) : COUNTER(WARMUP, attempts));
}

// ---- caches ------------------------------------------------------------------------------------------------------------
static void set_word(const Unit *ip, uint64_t word) { at_store_release(cache_word_at(ip), word); }
static void set_word2(const Unit *ip, uint64_t word) { at_store_release(cache_word_at(ip) + 1, word); }
static bool set_record(const Unit *ip, CodeRecord *r) {
    if (r) set_word(ip, (uint64_t)(uintptr_t)r);
    return r != NULL;
}
static CodeRecord *new_record(Thread *t, Frame *f, uint32_t kind, uint32_t type_version, V value) {
    CodeRecord *r = code_record_new(t, f->code, kind);
    if (!r) return NULL;
    r->type_version = type_version;
    r->value = v_untag(value);
    return r;
}

// "name stands at this index of dict's keys", or FACT_ABSENT.  0: nothing can be said.
static uint64_t dict_fact(Thread *t, V dict, V name) {
    if (!v_is_exact(dict, &dict_type)) return 0;
    uint32_t version = dict_keys_version(t, dict);
    if (!version) return 0;
    size_t index = 0;
    Slot *slot = dict_value_slot(dict, name, &index);
    if (index > FACT_MAX_INDEX || at_load_acquire(&dict_of(dict)->version) != version) return 0;
    return slot ? fact_make(version, FACT_GLOBAL, (uint32_t)index) : fact_make(version, FACT_ABSENT, 0);
}
static bool fact_kind_is(uint64_t word, unsigned kind) { return (word >> 24 & 0xff) == kind && word & 1; }

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

// ---- attributes --------------------------------------------------------------------------------------------------------
static bool has_plain_attrs(const Type *type) { return type->attrs_offset && !type->item_size; }
static Attrs *attrs_at(V v) { return (Attrs *)(void *)((char *)v_obj(v) + v_obj(v)->type->attrs_offset); }

static unsigned choose_module_attr(Thread *t, const Unit *ip, V module, V name, unsigned form) {
    V on_type = type_lookup_borrow(t, &module_type, name);
    if (on_type != V_NULL && v_type(on_type)->descr_set) return 0;
    V dict = slot_peek(&module_of(module)->dict);
    uint64_t fact = dict != V_NULL ? dict_fact(t, dict, name) : 0;
    if (!fact_kind_is(fact, FACT_GLOBAL)) return 0;
    set_word(ip, fact);
    return form;
}

// An attribute of a class that stands on its MRO and needs no binding.
static unsigned choose_class_attr(Thread *t, Frame *f, const Unit *ip, V cls, V name, unsigned form) {
    Type *type = v_as_type(cls), *meta = v_type(cls);
    if (meta->getattr != type_type.getattr) return 0;
    V on_meta = type_lookup_borrow(t, meta, name);
    if (on_meta != V_NULL && v_type(on_meta)->descr_set) return 0;
    uint32_t version = type_version(t, type), meta_version = type_version(t, meta);
    V value = type_lookup_borrow(t, type, name);
    if (!version || !meta_version || value == V_NULL) return 0;
    if (v_type(value)->descr_get && !v_is_function(value)) return 0;
    CodeRecord *r = new_record(t, f, REC_CLASS, version, value);
    if (!r) return 0;
    r->key = v_untag(cls);
    r->shape = meta_version;
    set_record(ip, r);
    return form;
}

static bool is_simple_cell(const Type *type, V descr) {
    if (!v_is_exact(descr, &member_descr_type)) return false;
    const MemberDescr *d = (const MemberDescr *)v_obj(descr);
    return !d->row && !d->tail && d->kind == MEMBER_SLOT && type_is_subtype(type, d->type); // another class may borrow it
}

static unsigned choose_cell(Thread *t, Frame *f, const Unit *ip, uint32_t version, V descr, unsigned form) {
    CodeRecord *r = new_record(t, f, REC_CELL, version, V_NULL);
    if (!r) return 0;
    r->offset = ((const MemberDescr *)v_obj(descr))->offset;
    set_record(ip, r);
    return form;
}

static unsigned choose_load_attr(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    if (v_is_type(v)) return choose_class_attr(t, f, ip, v, name, op_LOAD_ATTR_CLASS);
    if (v_is_exact(v, &module_type)) return choose_module_attr(t, ip, v, name, op_LOAD_ATTR_MODULE);
    Type *type = v_type(v);
    uint32_t version = type_version(t, type);
    if (type->getattr != obj_generic_getattr || !version || type_has(type, TYPE_OWN_DICT)) return 0;
    V descr = type_lookup_borrow(t, type, name);
    if (descr != V_NULL && v_type(descr)->descr_set) {
        if (is_simple_cell(type, descr)) return choose_cell(t, f, ip, version, descr, op_LOAD_ATTR_CELL);
        if (!v_is_exact(descr, &property_type)) return 0;
        V getter = slot_peek(&((Property *)v_obj(descr))->get);
        if (getter == V_NULL || !v_is_function(getter)) return 0;
        return set_record(ip, new_record(t, f, REC_PROPERTY, version, getter)) ? op_LOAD_ATTR_PROPERTY : 0;
    }
    uint32_t shape = 0;
    if (type->attrs_offset) {
        if (!has_plain_attrs(type)) return 0;
        Attrs *a = attrs_at(v);
        shape = at_load_acquire(&a->shape);
        if (shape == SHAPE_DICT) return 0;
        int i = shape_find(shape, name);
        if (i >= 0) {
            at_store_relaxed(cache_type_version_at(ip), version);
            set_word(ip, fact_make(shape, FACT_INLINE, (uint32_t)i));
            return op_LOAD_ATTR_INSTANCE;
        }
    }
    if (descr == V_NULL || v_type(descr)->descr_get) return 0;
    CodeRecord *r = new_record(t, f, REC_TYPE_VALUE, version, descr);
    if (!r) return 0;
    r->shape = shape;
    set_record(ip, r);
    return op_LOAD_ATTR_TYPE_VALUE;
}

static unsigned choose_store_attr(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    Type *type = v_type(v);
    uint32_t version = v_is_object(v) ? type_version(t, type) : 0;
    if (!version || (type->setattr && type->setattr != obj_generic_setattr)) return 0;
    V descr = type_lookup_borrow(t, type, name);
    if (descr != V_NULL && v_type(descr)->descr_set)
        return is_simple_cell(type, descr) && !((const MemberDescr *)v_obj(descr))->readonly
                   ? choose_cell(t, f, ip, version, descr, op_STORE_ATTR_CELL)
                   : 0;
    if (!has_plain_attrs(type)) return 0;
    Attrs *a = attrs_at(v);
    uint32_t shape = at_load_acquire(&a->shape);
    if (shape == SHAPE_DICT) return 0;
    int i = shape_find(shape, name);
    if (i >= 0) {
        at_store_relaxed(cache_type_version_at(ip), version);
        set_word(ip, fact_make(shape, FACT_INLINE, (uint32_t)i));
        return op_STORE_ATTR_INSTANCE;
    }
    uint32_t next = shape_add(t, shape, name);
    size_t index = shape_count(shape);
    if (!next || index >= a->ninline) return 0;
    CodeRecord *r = new_record(t, f, REC_ADD_ATTR, version, V_NULL);
    if (!r) return 0;
    r->shape = shape;
    r->new_shape = next;
    r->index = (uint32_t)index;
    set_record(ip, r);
    return op_STORE_ATTR_ADD;
}

static unsigned choose_method(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    if (v_is_type(v)) return choose_class_attr(t, f, ip, v, name, op_LOAD_METHOD_CLASS);
    if (v_is_exact(v, &module_type)) return choose_module_attr(t, ip, v, name, op_LOAD_METHOD_MODULE);
    Type *type = v_type(v);
    uint32_t version = type_version(t, type);
    if (type->getattr != obj_generic_getattr || !version || type_has(type, TYPE_OWN_DICT)) return 0;
    V descr = type_lookup_borrow(t, type, name);
    if (descr == V_NULL || !type_has(v_type(descr), TYPE_METHOD_DESCR)) return 0;
    if (!type->attrs_offset)
        return set_record(ip, new_record(t, f, REC_TYPE_VALUE, version, descr)) ? op_LOAD_METHOD_TYPE : 0;
    if (!has_plain_attrs(type)) return 0;
    uint32_t shape = at_load_acquire(&attrs_at(v)->shape);
    if (shape == SHAPE_DICT || shape_find(shape, name) >= 0) return 0;
    const CodeRecord *known = word_record(cache_load(ip));
    if (known && known->kind == REC_TYPE_VALUE && known->type_version == version && v_is(known->value, descr)) {
        set_word2(ip, fact_make(shape, FACT_NO_ATTR, 0)); // a second shape of the same class
        return op_LOAD_METHOD_INSTANCE;
    }
    CodeRecord *r = new_record(t, f, REC_TYPE_VALUE, version, descr);
    if (!r) return 0;
    r->shape = shape;
    set_record(ip, r);
    return op_LOAD_METHOD_INSTANCE;
}

// ---- operators ---------------------------------------------------------------------------------------------------------
static unsigned choose_binary(Frame *f, const Unit *ip, V a, V b) {
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
    return 0;
}

static bool is_bool_jump(unsigned op) {
    return op == op_POP_JUMP_FORWARD_IF_FALSE || op == op_POP_JUMP_FORWARD_IF_TRUE || op == op_POP_JUMP_BACKWARD_IF_FALSE ||
           op == op_POP_JUMP_BACKWARD_IF_TRUE;
}

static unsigned choose_compare(const Unit *ip, V a, V b) {
    bool jump = is_bool_jump(unit_op_now(ip + 3));
    if (v_both_int(a, b)) return jump ? op_COMPARE_OP_INT_JUMP : op_COMPARE_OP_INT;
    if (v_is_float(a) && v_is_float(b)) return jump ? op_COMPARE_OP_FLOAT_JUMP : op_COMPARE_OP_FLOAT;
    if ((ip->arg == CMP_EQ || ip->arg == CMP_NE) && v_is_exact(a, &str_type) && v_is_exact(b, &str_type))
        return jump ? op_COMPARE_OP_STR_JUMP : op_COMPARE_OP_STR;
    return 0;
}

static unsigned choose_subscr(V v, V key) {
    if (v_is_exact(v, &dict_type)) return op_BINARY_SUBSCR_DICT;
    if (!v_is_int(key) || v_int(key) < 0) return 0;
    if (v_is_exact(v, &list_type)) return op_BINARY_SUBSCR_LIST_INT;
    if (v_is_exact(v, &tuple_type)) return op_BINARY_SUBSCR_TUPLE_INT;
    return v_is_exact(v, &str_type) ? op_BINARY_SUBSCR_STR_INT : 0;
}

static unsigned choose_store_subscr(V v, V key) {
    if (v_is_exact(v, &dict_type)) return op_STORE_SUBSCR_DICT;
    return v_is_exact(v, &list_type) && v_is_int(key) && v_int(key) >= 0 ? op_STORE_SUBSCR_LIST_INT : 0;
}

static unsigned choose_unpack(V v, unsigned n) {
    if (v_is_exact(v, &tuple_type)) return n == 2 ? op_UNPACK_SEQUENCE_TWO_TUPLE : op_UNPACK_SEQUENCE_TUPLE;
    return v_is_exact(v, &list_type) ? op_UNPACK_SEQUENCE_LIST : 0;
}

// ---- calls -------------------------------------------------------------------------------------------------------------
static unsigned choose_function(V func, unsigned nargs, unsigned exact) {
    const Function *fn = function_of(func);
    int simple = code_of(slot_peek(&fn->code))->simple_args;
    if (simple == (int)nargs) return exact;
    V defaults = slot_peek(&fn->defaults);
    if (simple < (int)nargs || defaults == V_NULL) return 0;
    return simple - (int)nargs <= (int)tuple_len(defaults) ? op_PRECALL_PY_DEFAULTS : 0;
}

static bool native_fits(const Method *row, const Signature *sig, unsigned n) {
    (void)row;
    return sig && n == sig->nparams && n == sig->npositional;
}

static unsigned choose_class_call(Thread *t, Frame *f, const Unit *ip, V cls, unsigned n) {
    Type *type = v_as_type(cls);
    if (type == &type_type) return n == 1 ? op_PRECALL_TYPE_1 : 0;
    if (v_type(cls)->call != type_type.call || !type_has(type, TYPE_HEAP) || type_has(type, TYPE_ABSTRACT) ||
        type->item_size || type->new_ != object_type.new_)
        return 0;
    V init = type_lookup_borrow(t, type, NAME(__init__));
    uint32_t version = type_version(t, type);
    if (!version || init == V_NULL || !v_is_function(init)) return 0;
    if (code_of(slot_peek(&function_of(init)->code))->simple_args != (int)n + 1) return 0;
    CodeRecord *r = new_record(t, f, REC_INIT, version, init);
    if (!r) return 0;
    r->key = v_untag(cls);
    set_record(ip + 1 + cache_units_PRECALL, r);
    return op_PRECALL_CLASS;
}

static unsigned choose_call(Thread *t, Frame *f, const Unit *ip) {
    unsigned n = ip->arg;
    V *base = f->sp - n - 2;
    if (base[0] != V_NULL) {
        if (v_is_function(base[0])) return choose_function(base[0], n + 1, op_PRECALL_PY_METHOD);
        if (!v_is_exact(base[0], &method_descr_type)) return 0;
        const MethodDescr *d = method_descr_of(base[0]);
        return native_fits(d->row, d->sig, n) && v_type(base[1]) == d->type ? op_PRECALL_METHOD_DESCR : 0;
    }
    V callable = base[1];
    if (v_is_function(callable)) return choose_function(callable, n, op_PRECALL_PY);
    if (v_is_exact(callable, &native_type)) {
        const Native *native = native_of(callable);
        return native_fits(native->row, native->sig, n) && native->row->lock == LOCK_NONE ? op_PRECALL_NATIVE : 0;
    }
    return v_is_type(callable) ? choose_class_call(t, f, ip, callable, n) : 0;
}

// ---- the decision --------------------------------------------------------------------------------------------------------
static unsigned choose(Thread *t, Frame *f, const Unit *ip) {
    V *sp = f->sp;
    const Slot *names = f->code->name_items;
    switch (unit_op_now(ip)) {
    case op_LOAD_GLOBAL: return choose_global(t, f, ip);
    case op_LOAD_ATTR: return choose_load_attr(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_STORE_ATTR: return choose_store_attr(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_LOAD_METHOD: return choose_method(t, f, ip, sp[-1], slot_peek(&names[ip->arg]));
    case op_BINARY_OP: return choose_binary(f, ip, sp[-2], sp[-1]);
    case op_COMPARE_OP: return choose_compare(ip, sp[-2], sp[-1]);
    case op_BINARY_SUBSCR: return choose_subscr(sp[-2], sp[-1]);
    case op_STORE_SUBSCR: return choose_store_subscr(sp[-2], sp[-1]);
    case op_UNPACK_SEQUENCE: return choose_unpack(sp[-1], ip->arg);
    case op_PRECALL: return choose_call(t, f, ip);
    default: return 0;
    }
}

bool vm_warm(Thread *t, Frame *f, const Unit *ip) {
    uint16_t *counter = cache_counter_at(ip, (int)site_caches(ip));
    uint16_t c = at_load_relaxed(counter);
    unsigned left = c & 0xfff, attempts = c >> 12;
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
