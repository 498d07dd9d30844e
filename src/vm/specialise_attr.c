// SPDX-License-Identifier: MIT
// Quickening of attribute and method access.
//
// Instances are described by a way (cache.h): what must hold of an object, and where its attribute then is.  A site that
// has met one way keeps it in its word or in a record of its own kind; one that misses with another way becomes a list of
// ways (the _WAYS forms), which grows up to MAX_WAYS while it misses and is never changed: every list is a new record.
#include "specialise.h"
#include "object/descr.h"
#include "object/misc.h"
#include "object/shape.h"
#include "object/slots.h"

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
    unsigned how = 0;
    if (form == op_LOAD_METHOD_CLASS && v_is_exact(value, &static_method_type)) how = WAY_STATIC;
    else if (form == op_LOAD_METHOD_CLASS && v_is_exact(value, &class_method_type) &&
             v_is_function(slot_peek(&((StaticMethod *)v_obj(value))->callable)))
        how = WAY_CLASS;
    else if (v_type(value)->descr_get && !v_is_function(value)) return 0;
    CodeRecord *r = new_record(t, f, REC_CLASS, version, value);
    if (!r) return 0;
    r->index = how;
    r->key = v_untag(cls);
    r->shape = meta_version;
    set_record(ip, r);
    return form;
}

static bool is_simple_cell(const Type *type, V descr) {
    if (!v_is_exact(descr, &member_descr_type)) return false;
    const MemberDescr *d = (const MemberDescr *)v_obj(descr);
    return !d->row && !d->computed && !d->tail && d->kind == MEMBER_SLOT && type_is_subtype(type, d->type); // another class may borrow it
}

// ---- ways --------------------------------------------------------------------------------------------------------------
// The type's word on the name, and the shape of v when it has one.  false: nothing can be cached.
static bool describe(Thread *t, V v, V name, CacheWay *way, V *descr) {
    Type *type = v_type(v);
    *way = (CacheWay){.type_version = type_version(t, type)};
    if (!way->type_version || type_has(type, TYPE_OWN_DICT)) return false;
    *descr = type_lookup_borrow(t, type, name);
    if (!type->attrs_offset) return true;
    if (!has_plain_attrs(type)) return false;
    way->shape = at_load_acquire(&attrs_at(v)->shape);
    return way->shape != SHAPE_DICT;
}

static bool inline_way(V name, CacheWay *way) {
    int i = way->shape ? shape_find(way->shape, name) : -1;
    if (i < 0) return false;
    way->kind = WAY_INLINE;
    way->index = (uint32_t)i;
    return true;
}

static bool cell_way(V v, V descr, CacheWay *way) {
    if (!is_simple_cell(v_type(v), descr)) return false;
    way->kind = WAY_CELL;
    way->shape = 0;
    way->index = ((const MemberDescr *)v_obj(descr))->offset;
    return true;
}

static bool load_way(Thread *t, V v, V name, CacheWay *way) {
    V descr;
    if (v_type(v)->getattr != obj_generic_getattr || !describe(t, v, name, way, &descr)) return false;
    if (descr != V_NULL && v_type(descr)->descr_set) return cell_way(v, descr, way);
    if (inline_way(name, way)) return true;
    if (descr == V_NULL || v_type(descr)->descr_get) return false;
    way->kind = WAY_VALUE;
    way->value = v_untag(descr);
    return true;
}

static bool store_way(Thread *t, V v, V name, CacheWay *way) {
    V descr;
    Type *type = v_type(v);
    if (!v_is_object(v) || (type->setattr && type->setattr != obj_generic_setattr)) return false;
    if (!describe(t, v, name, way, &descr)) return false;
    if (descr != V_NULL && v_type(descr)->descr_set)
        return cell_way(v, descr, way) && !((const MemberDescr *)v_obj(descr))->readonly;
    if (inline_way(name, way)) return true;
    uint32_t next = way->shape ? shape_add(t, way->shape, name) : 0;
    size_t index = shape_count(way->shape);
    if (!next || index >= attrs_at(v)->ninline) return false;
    way->kind = WAY_ADD;
    way->index = (uint32_t)index;
    way->value = next;
    return true;
}

// A call of a name: a method of the type, a static or class method, or whatever the instance holds.
static bool method_way(Thread *t, V v, V name, CacheWay *way) {
    V descr;
    if (v_type(v)->getattr != obj_generic_getattr || !describe(t, v, name, way, &descr)) return false;
    if (descr != V_NULL && v_type(descr)->descr_set) return cell_way(v, descr, way);
    if (inline_way(name, way)) return true;
    if (descr == V_NULL) return false;
    way->value = v_untag(descr);
    if (type_has(v_type(descr), TYPE_METHOD_DESCR) || !v_type(descr)->descr_get) {
        way->kind = v_type(descr)->descr_get ? WAY_VALUE : 0;
    } else if (v_is_exact(descr, &static_method_type)) {
        way->kind = WAY_STATIC;
    } else if (v_is_exact(descr, &class_method_type) && v_is_function(slot_peek(&((StaticMethod *)v_obj(descr))->callable))) {
        way->kind = WAY_CLASS;
    }
    return way->kind != 0;
}

// The way that a form for one keeps at ip.
static bool way_of_site(const Unit *ip, CacheWay *way) {
    uint64_t word = cache_load(ip);
    if (!word) return false;
    const CodeRecord *r = word_record(word);
    if (!r) {
        *way = (CacheWay){at_load_relaxed(cache_type_version_at(ip)), (uint32_t)(word >> 32), WAY_INLINE, fact_index(word), V_NULL};
        return fact_kind_is(word, FACT_INLINE) && way->type_version;
    }
    *way = (CacheWay){r->type_version, r->shape, 0, r->index, r->value};
    if (r->kind == REC_TYPE_VALUE) way->kind = WAY_VALUE;
    if (r->kind == REC_ADD_ATTR) {
        way->kind = WAY_ADD;
        way->value = r->new_shape;
    }
    if (r->kind == REC_CELL) {
        way->kind = WAY_CELL;
        way->index = r->offset;
        way->shape = 0;
    }
    return way->kind != 0;
}

static bool same_guard(const CacheWay *a, const CacheWay *b) { return a->type_version == b->type_version && a->shape == b->shape; }

// Lists `way` behind those the site knows already.
static bool list_way(Thread *t, Frame *f, const Unit *ip, const CacheWay *way) {
    const CodeRecord *known = word_record(cache_load(ip));
    CacheWay one;
    const CacheWay *ways = &one;
    size_t n = 0;
    if (known && known->kind == REC_WAYS) {
        ways = known->ways;
        n = known->index;
    } else if (way_of_site(ip, &one)) {
        n = 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (same_guard(&ways[i], way)) return true; // another thread was faster
    }
    if (n >= MAX_WAYS) n = 0; // a new list: the classes may have changed
    CodeRecord *r = code_record_new(t, f->code, REC_WAYS, n + 1);
    if (!r) return false;
    for (size_t i = 0; i < n; i++) r->ways[i] = ways[i];
    r->ways[n] = *way;
    r->index = (uint32_t)n + 1;
    return set_record(ip, r);
}

bool vm_widen(Thread *t, Frame *f, const Unit *ip) {
    V name = slot_peek(&f->code->name_items[ip->arg]), v = f->sp[-1];
    const CodeRecord *known = word_record(cache_load(ip));
    CacheWay way;
    if (known && known->kind == REC_WAYS && known->index >= MAX_WAYS) return false;
    switch (opcode_info[unit_op_now(ip)].base) {
    case op_LOAD_ATTR: return load_way(t, v, name, &way) && list_way(t, f, ip, &way);
    case op_STORE_ATTR: return store_way(t, v, name, &way) && list_way(t, f, ip, &way);
    case op_LOAD_METHOD: return method_way(t, v, name, &way) && list_way(t, f, ip, &way);
    default: return false;
    }
}

// ---- the forms -----------------------------------------------------------------------------------------------------------
static bool knows_another(const Unit *ip, const CacheWay *way) {
    CacheWay one;
    const CodeRecord *known = word_record(cache_load(ip));
    return (known && known->kind == REC_WAYS) || (way_of_site(ip, &one) && !same_guard(&one, way));
}

static unsigned one_way(Thread *t, Frame *f, const Unit *ip, const CacheWay *way, const uint16_t *forms) {
    static const uint8_t kinds[] = {[WAY_CELL] = REC_CELL, [WAY_VALUE] = REC_TYPE_VALUE, [WAY_ADD] = REC_ADD_ATTR};
    if (way->kind == WAY_INLINE) {
        at_store_relaxed(cache_type_version_at(ip), way->type_version);
        set_word(ip, fact_make(way->shape, FACT_INLINE, way->index));
        return forms[WAY_INLINE];
    }
    CodeRecord *r = new_record(t, f, kinds[way->kind], way->type_version, way->kind == WAY_VALUE ? way->value : V_NULL);
    if (!r) return 0;
    r->shape = way->shape;
    r->new_shape = way->kind == WAY_ADD ? (uint32_t)way->value : 0;
    r->index = r->offset = way->index;
    set_record(ip, r);
    return forms[way->kind];
}

static unsigned choose_property(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    Type *type = v_type(v);
    uint32_t version = type_version(t, type);
    V descr = type_lookup_borrow(t, type, name);
    if (type->getattr != obj_generic_getattr || !version || descr == V_NULL || !v_is_exact(descr, &property_type)) return 0;
    V getter = slot_peek(&((Property *)v_obj(descr))->get);
    if (getter == V_NULL || !v_is_function(getter)) return 0;
    return set_record(ip, new_record(t, f, REC_PROPERTY, version, getter)) ? op_LOAD_ATTR_PROPERTY : 0;
}

unsigned spec_load_attr(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    static const uint16_t forms[] = {
        [WAY_INLINE] = op_LOAD_ATTR_INSTANCE, [WAY_CELL] = op_LOAD_ATTR_CELL, [WAY_VALUE] = op_LOAD_ATTR_TYPE_VALUE};
    if (v_is_type(v)) return choose_class_attr(t, f, ip, v, name, op_LOAD_ATTR_CLASS);
    if (v_is_exact(v, &module_type)) return choose_module_attr(t, ip, v, name, op_LOAD_ATTR_MODULE);
    CacheWay way;
    if (!load_way(t, v, name, &way)) return choose_property(t, f, ip, v, name);
    if (knows_another(ip, &way)) return list_way(t, f, ip, &way) ? op_LOAD_ATTR_WAYS : 0;
    return one_way(t, f, ip, &way, forms);
}

unsigned spec_store_attr(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    static const uint16_t forms[] = {
        [WAY_INLINE] = op_STORE_ATTR_INSTANCE, [WAY_CELL] = op_STORE_ATTR_CELL, [WAY_ADD] = op_STORE_ATTR_ADD};
    CacheWay way;
    if (!store_way(t, v, name, &way)) return 0;
    if (knows_another(ip, &way)) return list_way(t, f, ip, &way) ? op_STORE_ATTR_WAYS : 0;
    return one_way(t, f, ip, &way, forms);
}

unsigned spec_method(Thread *t, Frame *f, const Unit *ip, V v, V name) {
    if (v_is_type(v)) return choose_class_attr(t, f, ip, v, name, op_LOAD_METHOD_CLASS);
    if (v_is_exact(v, &module_type)) return choose_module_attr(t, ip, v, name, op_LOAD_METHOD_MODULE);
    CacheWay way;
    if (!method_way(t, v, name, &way)) return 0;
    if (way.kind != WAY_VALUE || (v_is_object(v) && knows_another(ip, &way))) {
        return v_is_object(v) && list_way(t, f, ip, &way) ? op_LOAD_METHOD_WAYS : 0;
    }
    CodeRecord *r = new_record(t, f, REC_TYPE_VALUE, way.type_version, way.value);
    if (!r) return 0;
    r->shape = way.shape;
    set_record(ip, r);
    return way.shape ? op_LOAD_METHOD_INSTANCE : op_LOAD_METHOD_TYPE;
}
