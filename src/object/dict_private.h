// SPDX-License-Identifier: MIT
// The dict's table, as the files of dict see it.
//
// A dict is an insertion-ordered array of entries with a hash index over it, both in one *key block*:
//
//     keys:  { header | entries[capacity] | index[1 << log2_size] }      index cells: entry number, FREE or DUMMY
//
// Entry i belongs to one key for the life of its block: it is handed out once, in order, and a deleted entry stays empty
// until a new block is made.  That is what lets other threads read a SHARED dict without a lock:
//
//     who                    does
//     reader (no lock)       keys (acquire), index cell (acquire), entry's hash and key, value (acquire)
//     writer of a new key    fills the entry, then index cell (release), then nentries (release)      dict's lock
//     overwriter             compare-and-swaps the value cell, as long as it holds a value            no lock
//     remover                index cell := DUMMY, takes value and key out                             dict's lock
//     grower                 fills a new block with values taken out by exchange(V_MOVED), publishes it, retires the
//                            old one                                                                  dict's lock
//
// What a value cell may hold: a value; V_NULL: the entry was deleted; V_MOVED: look in the dict's new block.
#ifndef HEDDLE_OBJECT_DICT_PRIVATE_H
#define HEDDLE_OBJECT_DICT_PRIVATE_H
#include "object/object.h"
#include "object/misc.h"
#include "object/dict_layout.h"
#include "object/quick.h"

enum { DICT_FREE = -1, DICT_DUMMY = -2 };           // index cells
enum { DICT_MISSING = -1, DICT_ERROR = -2 };        // results of a search

// The block of every dict without entries: all zero, and one index cell that is free for ever.
extern uint64_t dict_empty_words[sizeof(DictKeys) / sizeof(uint64_t) + 1];
static inline DictKeys *dict_empty_keys(void) { return (DictKeys *)(void *)dict_empty_words; }
static inline size_t dict_used(const Dict *d) { return at_load_relaxed(&d->used); }

static inline int dict_hash(Thread *t, V key, int64_t *out) { return hash_quick(t, key, out); }

// The entry of key, with the block it is in; DICT_MISSING or DICT_ERROR.  May run Python (comparisons); the answer was true
// after the last of it, and nothing is locked.
ptrdiff_t dict_find(Thread *t, Dict *d, V key, int64_t hash, DictKeys **keys);
// The value of entry i as a stack value; V_NULL when it was deleted, V_MOVED when it stands in another block by now.
static inline V dict_entry_value(const Dict *d, const DictKeys *keys, ptrdiff_t i) {
    return slot_get(&d->head, &keys->entries[i].value);
}
void dict_wait_moved(const Dict *d, const DictKeys *old); // until the block that replaces `old` is there

// Under the dict's lock, or LOCAL:
int dict_insert_new(Thread *t, Dict *d, V key, int64_t hash, V value); // key is known to be missing
// dict_set of a LOCAL dict where it takes no growing and no comparing of objects; false: nothing was done.
bool dict_set_quick(Thread *t, Dict *d, V key, int64_t hash, V value);
V dict_remove_entry(Thread *t, Dict *d, DictKeys *keys, ptrdiff_t i, V *key); // the value; *key too unless NULL
int dict_reserve(Thread *t, Dict *d, size_t n);     // room for n entries in all
V dict_alloc(Thread *t, Type *type);                // an empty dict of this type
// Makes d, LOCAL and without entries, a copy of `from`, LOCAL or locked: block and all.  false: not worth it, or no memory.
bool dict_clone_keys(Thread *t, Dict *d, const Dict *from);

bool dict_iterates_plainly(V v);                    // a dict whose class did not override __iter__
V dict_subscript(Thread *t, V self, V key);         // d[key], with __missing__ and KeyError
#endif
