// SPDX-License-Identifier: MIT
// Inline caches: what the cache units behind an instruction hold.
//
// A site with three or more cache units has an aligned 64-bit word in them, read and written atomically, and a counter in
// a unit that the word does not need.  The word is 0 (nothing), or one of
//
//     version 32 | kind 8 | index 23 | 1     a fact that is true for ever: "under this version, that index"
//     pointer to a CodeRecord                an immutable record, owned by the code object and freed with it
//
// Opcode and word are written independently, and another thread may see any mixture: a specialised instruction must
// treat every word that is not of its own kind as a miss.  Counters count down to 0 while an instruction warms up or
// misses; an instruction whose COUNT is 0 and whose form is generic stays as it is and writes nothing.
#ifndef HEDDLE_VM_CACHE_H
#define HEDDLE_VM_CACHE_H
#include "object/code.h"

enum { // kinds of facts
    FACT_GLOBAL = 1,   // version of a dict's keys, index of the entry
    FACT_ABSENT,       // version of a dict's keys that do not contain the name
    FACT_INLINE,       // shape, index of an attribute
    FACT_ENTRY,        // version 0; the entry of a dict to look at first
};

enum { // kinds of records
    REC_TYPE_VALUE = 1, // type_version: value is what the type has for the name
    REC_CELL,           // type_version: a __slots__ cell at offset
    REC_ADD_ATTR,       // type_version, shape -> new_shape, index: a new attribute
    REC_CLASS,          // the class object `key` at type_version has value for the name
    REC_INIT,           // a call of the class `key`: value is its __init__, a Function
    REC_NEW,            // a call of the class `key`, which has neither __new__ nor __init__
    REC_NATIVE,         // a builtin function whose row is `key`
    REC_MODULE,         // version of a module dict's keys; index
    REC_PROPERTY,       // type_version: a property whose getter is the function value
    REC_SUPER,          // super().name in a method of class `key`, self of type_version: value, behind it in the MRO
    REC_WAYS,           // several classes or shapes: ways[0 .. index-1]
};

// One class, or one shape of a class, at a site that meets several.
enum { WAY_INLINE = 1, WAY_CELL, WAY_VALUE, WAY_ADD, WAY_STATIC, WAY_CLASS };
typedef struct CacheWay {
    uint32_t type_version; // never 0
    uint32_t shape;        // 0: not looked at
    uint32_t kind;
    uint32_t index;        // WAY_INLINE, WAY_ADD: of the attribute; WAY_CELL: offset
    V value;               // WAY_VALUE: what the type has, borrowed as in records; WAY_STATIC, WAY_CLASS: the descriptor;
                           // WAY_ADD: the next shape
} CacheWay;
enum { MAX_WAYS = 6 };

typedef struct CodeRecord {
    struct CodeRecord *next; // the code's list
    uint32_t kind, type_version, shape, new_shape;
    uint32_t index, offset;
    V value;  // borrowed from the type: valid as long as type_version is the type's; untagged
    V key;    // compared only, never followed
    CacheWay ways[]; // REC_WAYS
} CodeRecord;

static inline uint64_t fact_make(uint32_t version, unsigned kind, uint32_t index) {
    return (uint64_t)version << 32 | (uint64_t)kind << 24 | (uint64_t)index << 1 | 1;
}
#define FACT_MAX_INDEX ((1u << 23) - 1)
static inline bool fact_is(uint64_t word, uint32_t version, unsigned kind) {
    return ((word ^ fact_make(version, kind, 0)) & ~((uint64_t)FACT_MAX_INDEX << 1)) == 0; // bit 0 too: a record is no fact
}
static inline uint32_t fact_index(uint64_t word) { return (uint32_t)word >> 1 & FACT_MAX_INDEX; }
static inline const CodeRecord *word_record(uint64_t word) { return word & 1 ? NULL : (const CodeRecord *)(uintptr_t)word; }

// The first aligned word behind an instruction, and the next one for sites that have room for two.
static inline uint64_t *cache_word_at(const Unit *ip) { return (uint64_t *)(((uintptr_t)(ip + 1) + 7) & ~(uintptr_t)7); }
static inline uint64_t cache_load(const Unit *ip) { return at_load_acquire(cache_word_at(ip)); }
static inline uint64_t cache_load2(const Unit *ip) { return at_load_acquire(cache_word_at(ip) + 1); }
static inline bool cache_is_even(const Unit *ip) { return ((uintptr_t)(ip + 1) & 7) == 0; }

// LOAD_ATTR, STORE_ATTR: the fourth unit is never part of the word; it holds a type's version.
static inline uint32_t *cache_type_version_at(const Unit *ip) { return (uint32_t *)(uintptr_t)(ip + 4); }

// The counter of a site.  One and two unit sites: the first unit.  Four: what the word and the version leave.
static inline uint16_t *cache_counter_at(const Unit *ip, int caches) {
    Unit *u = (Unit *)(uintptr_t)ip;
    if (caches < 3) return &u[1].arg;
    if (caches == 10) return &u[10].arg;
    if (cache_is_even(ip)) return caches == 5 ? &u[5].arg : &u[3].arg;
    return &u[1].arg;
}

enum {
    WARMUP = 4,        // executions before the first attempt
    RETRY = 32,        // executions after a failed attempt, and misses allowed in a specialised form
    ATTEMPTS = 4,      // a site is specialised at most so often
};
// Counter: bits 0-11 what is left, bits 12-15 attempts made.
#define COUNTER(left, attempts) ((uint16_t)((attempts) << 12 | (left)))
#endif
