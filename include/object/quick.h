// SPDX-License-Identifier: MIT
// Equality and hashes of the commonest values, without a call into their types.
#ifndef HEDDLE_OBJECT_QUICK_H
#define HEDDLE_OBJECT_QUICK_H
#include "object/object.h"
#include "object/str.h"

// Whether a == b by identity or among exact ints, floats and strings: 1, 0, or -1: the objects have to be asked.
static inline int equal_quick(V a, V b) {
    a = v_untag(a);
    b = v_untag(b);
    if (a == b) return 1;
    if (v_both_int(a, b)) return 0;
    if (v_is_exact(a, &str_type)) return v_is_exact(b, &str_type) ? str_equal(a, b) : v_is_int(b) ? 0 : -1;
    if (v_is_float(a) && v_is_float(b)) return v_float(a) == v_float(b);
    return -1;
}

// What obj_hash does.
static inline int hash_quick(Thread *t, V key, int64_t *out) {
    if (v_is_exact(key, &str_type)) {
        int64_t h = at_load_relaxed(&str_of(key)->hash);
        *out = likely(h != 0) ? h : str_hash(key);
        return 0;
    }
    if (v_is_int(key)) {
        int64_t i = v_int(key); // below the modulus 2^61 - 1
        *out = unlikely(i == -1) ? -2 : i;
        return 0;
    }
    return obj_hash(t, key, out);
}

int dict_count(Thread *t, V dict, V key); // dict[key] = dict.get(key, 0) + 1
#endif
