// SPDX-License-Identifier: MIT
// Shared by specialise.c and specialise_attr.c: filling the cache of an instruction.
#ifndef HEDDLE_VM_SPECIALISE_H
#define HEDDLE_VM_SPECIALISE_H
#include "vm_private.h"
#include "object/dict_layout.h"

static inline void set_word(const Unit *ip, uint64_t word) {
    COUNT(code_writes);
    at_store_release(cache_word_at(ip), word);
}
static inline void set_word2(const Unit *ip, uint64_t word) {
    COUNT(code_writes);
    at_store_release(cache_word_at(ip) + 1, word);
}
static inline bool set_record(const Unit *ip, CodeRecord *r) {
    if (r) set_word(ip, (uint64_t)(uintptr_t)r);
    return r != NULL;
}
static inline CodeRecord *new_record(Thread *t, Frame *f, uint32_t kind, uint32_t type_version, V value) {
    CodeRecord *r = code_record_new(t, f->code, kind, 0);
    if (!r) return NULL;
    r->type_version = type_version;
    r->value = v_untag(value);
    return r;
}

// "name stands at this index of dict's keys", or FACT_ABSENT.  0: nothing can be said.
static inline uint64_t dict_fact(Thread *t, V dict, V name) {
    if (!v_is_exact(dict, &dict_type)) return 0;
    uint32_t version = dict_keys_version(t, dict);
    if (!version) return 0;
    size_t index = 0;
    Slot *slot = dict_value_slot(dict, name, &index);
    if (index > FACT_MAX_INDEX || at_load_acquire(&dict_of(dict)->version) != version) return 0;
    return slot ? fact_make(version, FACT_GLOBAL, (uint32_t)index) : fact_make(version, FACT_ABSENT, 0);
}
static inline bool fact_kind_is(uint64_t word, unsigned kind) { return (word >> 24 & 0xff) == kind && word & 1; }

// What a LOAD_ATTR, STORE_ATTR, LOAD_METHOD becomes when it has met v: a form, with its cache filled; 0: stays generic.
unsigned spec_load_attr(Thread *t, Frame *f, const Unit *ip, V v, V name);
unsigned spec_store_attr(Thread *t, Frame *f, const Unit *ip, V v, V name);
unsigned spec_method(Thread *t, Frame *f, const Unit *ip, V v, V name);
// The form for an operator that v's, or a's, class defines in Python (specialise_operator.c).
unsigned spec_binary(Thread *t, const Frame *f, const Unit *ip, V a, V b);
unsigned spec_compare(Thread *t, const Frame *f, const Unit *ip, V a, V b);
unsigned spec_getitem(Thread *t, const Frame *f, V v);
unsigned spec_setitem(Thread *t, const Frame *f, V v);
bool spec_has_len(Thread *t, const Frame *f, V v);
#endif
