// SPDX-License-Identifier: MIT
// Looking for references on stacks, for a round of the handshake.
//
// The VM's stack is read exactly: an uncounted value whose object has no counted reference (INZCT) becomes a counted
// one.  The C stack is read conservatively: a word that could point to or into an object of the round's batch marks that
// object DIRTY, and its judge keeps it.  README.md, "Natives", argues why that is enough.
//
// An attached thread reads its own C stack, its registers spilled.  A detached one has saved the words of its stack when
// it detached (scan_snapshot), so that a claimer reads memory that nobody changes, ordered by the claim.
#include "scan.h"

#include <stdlib.h>
#include <string.h>

// These read whole stack frames: words that other variables' owners, or other threads (a sleeper's queue node), write.
// A torn or stale word is a wrong guess at worst, for a *live* reference of this thread changes only by this thread.
#define READS_STACKS __attribute__((noinline, no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

// ---- the set of addresses -----------------------------------------------------------------------------------------
enum { GRANULE_SHIFT = 8, REACH = 1 << GRANULE_SHIFT }; // interior pointers are known up to this far behind a start

static size_t granule_hash(uintptr_t granule) { return (size_t)(granule * 0x9e3779b97f4a7c15u >> 32); }

bool address_set_init(AddressSet *set, size_t expected) {
    size_t wanted = 64;
    while (wanted < expected * 2) wanted *= 2;
    if (wanted > set->cap) {
        uint32_t *heads = realloc(set->heads, wanted * sizeof *heads);
        if (heads) set->heads = heads;
        Obj **items = realloc(set->items, wanted / 2 * sizeof *items);
        if (items) set->items = items;
        uint32_t *next = realloc(set->next, wanted / 2 * sizeof *next);
        if (next) set->next = next;
        if (!heads || !items || !next) return false;
        set->cap = wanted;
    }
    set->mask = wanted - 1;
    set->n = 0;
    set->low = UINTPTR_MAX;
    set->high = 0;
    memset(set->heads, 0xff, wanted * sizeof *set->heads);
    return true;
}

void address_set_add(AddressSet *set, Obj *o) {
    HD_ASSERT(set->n < set->cap / 2);
    uintptr_t address = (uintptr_t)o;
    uint32_t *head = &set->heads[granule_hash(address >> GRANULE_SHIFT) & set->mask];
    set->items[set->n] = o;
    set->next[set->n] = *head;
    *head = (uint32_t)set->n++;
    if (address < set->low) set->low = address;
    if (address + REACH > set->high) set->high = address + REACH;
}

// How far o's block goes, bounded by REACH.
static uintptr_t object_end(const Obj *o) {
    void *block = obj_flags(o) & OBJ_GC ? (void *)gc_link(o) : (void *)(uintptr_t)o;
    uintptr_t end = (uintptr_t)block + heap_size(block);
    return end < (uintptr_t)o + REACH ? end : (uintptr_t)o + REACH;
}

Obj *address_set_find(const AddressSet *set, uintptr_t word) {
    if (word < set->low || word >= set->high) return NULL;
    for (uintptr_t granule = word >> GRANULE_SHIFT, last = granule - 1;; granule--) {
        uint32_t i = set->heads[granule_hash(granule) & set->mask];
        for (; i != UINT32_MAX; i = set->next[i]) {
            uintptr_t start = (uintptr_t)set->items[i];
            if (word - start < REACH && (word - start < sizeof(Obj) || word < object_end(set->items[i])))
                return set->items[i];
        }
        if (granule == last) return NULL;
    }
}

void address_set_free(AddressSet *set) {
    free(set->heads);
    free(set->items);
    free(set->next);
    *set = (AddressSet){0};
}

// ---- the VM's stack -----------------------------------------------------------------------------------------------
static void convert(Thread *t, V *word, void *arg) {
    (void)t, (void)arg;
    V v = *word;
    if (!v_is_uncounted(v) || MUTATED(MUTATE_NO_CONVERT)) return;
    Obj *o = v_obj(v);
    if (!(obj_rc(o) & RC_INZCT)) return;
    at_fetch_add_relaxed(&o->rc, 1u);
    *word = v_untag(v);
}

static void scan_vm_stack(Thread *t) {
    upcall_visit_stack(t, convert, NULL);
    thread_visit_values(t, convert, NULL);
}

// ---- C stacks ---------------------------------------------------------------------------------------------------------
static void mark_word(uintptr_t word) {
    Obj *o = address_set_find(&round_addresses, word);
    if (o && !MUTATED(MUTATE_NO_C_STACK)) at_fetch_or_acq_rel(&o->rc, RC_DIRTY);
}

READS_STACKS static void each_word_of_stack(Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg) {
    uintptr_t *at = __builtin_frame_address(0), *end = (uintptr_t *)(void *)t->c_stack_base;
    for (; at < end; at++) fn(__atomic_load_n(at, __ATOMIC_RELAXED), arg);
}

void scan_each_own_word(Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg) {
    __builtin_unwind_init(); // callee-saved registers go into this frame, above that of the reader
    each_word_of_stack(t, fn, arg);
    __asm__ __volatile__("" ::: "memory"); // not a tail call: the frame stays
}

static void mark_own_word(uintptr_t word, void *arg) {
    (void)arg;
    mark_word(word);
}

void scan_own(Thread *t) {
    scan_vm_stack(t);
    if (round_addresses.n) scan_each_own_word(t, mark_own_word, NULL);
}

static bool could_be_pointer(uintptr_t word) { return word >= 0x10000 && word >> 47 == 0; }

READS_STACKS static void snapshot_words(Thread *t) {
    ThreadSync *sync = t->sync;
    uintptr_t *at = __builtin_frame_address(0), *end = (uintptr_t *)(void *)t->c_stack_base;
    size_t room = (size_t)(end - at), n = 0;
    if (room > sync->snapshot_cap) {
        uintptr_t *grown = realloc(sync->snapshot, room * 2 * sizeof *grown);
        sync->snapshot_lost = !grown;
        if (!grown) return;
        sync->snapshot = grown;
        sync->snapshot_cap = room * 2;
    }
    uintptr_t *out = sync->snapshot;
    for (; at < end; at++) {
        uintptr_t word = __atomic_load_n(at, __ATOMIC_RELAXED);
        out[n] = word;
        n += could_be_pointer(word);
    }
    sync->snapshot_len = n;
}

void scan_snapshot(Thread *t) {
    __builtin_unwind_init();
    snapshot_words(t);
    __asm__ __volatile__("" ::: "memory");
}

void scan_claimed(Thread *t) {
    if (MUTATED(MUTATE_NO_CLAIM)) return;
    scan_vm_stack(t);
    ThreadSync *sync = t->sync;
    if (unlikely(sync->snapshot_lost)) { // no memory for it: anything may be there
        for (size_t i = 0; i < round_addresses.n; i++) at_fetch_or_acq_rel(&round_addresses.items[i]->rc, RC_DIRTY);
        return;
    }
    for (size_t i = 0; i < sync->snapshot_len && round_addresses.n; i++) mark_word(sync->snapshot[i]);
}
