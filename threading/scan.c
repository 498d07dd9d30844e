// SPDX-License-Identifier: MIT
// Looking for references on stacks, for a round of the handshake.
//
// The VM's stack is read exactly: an uncounted value whose object has no counted reference (INZCT) becomes a counted
// one.  The C stack is read conservatively: a word that could point to or into an object of the round's batch marks that
// object DIRTY, and its judge keeps it.  README.md, "Natives", argues why that is enough.
//
// An attached thread reads its own C stack, its registers spilled.  A detached one has saved the words of its stack when
// it detached (scan_save_own), so that a claimer reads memory that nobody changes, ordered by the claim.
#include "handshake.h"

#include <stdlib.h>
#include <string.h>

// These read whole stack frames: words that other variables' owners, or other threads (a sleeper's queue node), write.
// A torn or stale word is a wrong guess at worst, for a *live* reference of this thread changes only by this thread.
#define READS_STACKS __attribute__((noinline, no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

// ---- the set of addresses -----------------------------------------------------------------------------------------
// An object is entered once for each granule of 256 bytes that its block touches, up to REACH; a word is looked up in
// its own granule only.
enum { GRANULE_SHIFT = 8, REACH = 16 << GRANULE_SHIFT };
#define NO_ENTRY UINT32_MAX

static size_t granule_hash(uintptr_t granule) { return (size_t)(granule * 0x9e3779b97f4a7c15u >> 32); }

bool address_set_init(AddressSet *set, size_t expected) {
    size_t wanted = 64;
    while (wanted < expected * 2) wanted *= 2;
    if (wanted > set->heads_cap) {
        uint32_t *heads = realloc(set->heads, wanted * sizeof *heads);
        if (!heads) return false;
        set->heads = heads;
        set->heads_cap = wanted;
    }
    set->mask = wanted - 1;
    set->n = set->entries = 0;
    set->low = UINTPTR_MAX;
    set->high = 0;
    memset(set->heads, 0xff, wanted * sizeof *set->heads);
    return true;
}

static bool entries_grow(AddressSet *set) {
    size_t cap = set->entries_cap ? set->entries_cap * 2 : 256;
    AddressEntry *grown = realloc(set->entry, cap * sizeof *grown);
    if (!grown) return false;
    set->entry = grown;
    set->entries_cap = cap;
    return true;
}

bool address_set_add(AddressSet *set, Obj *o) {
    uintptr_t start = (uintptr_t)o, end = start + obj_extent(o);
    if (end > start + REACH) end = start + REACH;
    for (uintptr_t granule = start >> GRANULE_SHIFT; granule <= (end - 1) >> GRANULE_SHIFT; granule++) {
        if (set->entries == set->entries_cap && !entries_grow(set)) return false;
        uint32_t *head = &set->heads[granule_hash(granule) & set->mask];
        set->entry[set->entries] = (AddressEntry){.object = o, .size = (uint32_t)(end - start), .next = *head};
        *head = (uint32_t)set->entries++;
    }
    if (start < set->low) set->low = start;
    if (end > set->high) set->high = end;
    set->n++;
    return true;
}

Obj *address_set_find(const AddressSet *set, uintptr_t word) {
    if (word < set->low || word >= set->high) return NULL;
    uint32_t i = set->heads[granule_hash(word >> GRANULE_SHIFT) & set->mask];
    for (; i != NO_ENTRY; i = set->entry[i].next)
        if (word - (uintptr_t)set->entry[i].object < set->entry[i].size) return set->entry[i].object;
    return NULL;
}

void address_set_free(AddressSet *set) {
    free(set->heads);
    free(set->entry);
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
void scan_mark_word(uintptr_t word) {
    Obj *o = address_set_find(&round_addresses, word);
    if (o && !MUTATED(MUTATE_NO_C_STACK)) at_fetch_or_acq_rel(&o->rc, RC_DIRTY);
}

// The callee-saved registers are pushed right below the frame address (x86-64: five; the
// functions have no over-aligned variables, which would shift them) or stand above it (AArch64).  Not a word more: what
// follows are variables of the runtime's.
#if defined(__x86_64__)
enum { REGISTER_BYTES = 40 };
#elif defined(__aarch64__)
enum { REGISTER_BYTES = 0 };
#else
#error "say where __builtin_unwind_init puts the callee-saved registers"
#endif

void scan_entry(Thread *t, void *frame) { t->sync->scan_from = (uintptr_t *)(void *)((char *)frame - REGISTER_BYTES); }

READS_STACKS static void each_own_word(Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg) {
    uintptr_t *at = t->sync->scan_from, *end = (uintptr_t *)(void *)t->c_stack_base;
    for (; at < end; at++) fn(__atomic_load_n(at, __ATOMIC_RELAXED), arg);
}

static void mark_own_word(uintptr_t word, void *arg) {
    (void)arg;
    scan_mark_word(word);
}

void scan_own(Thread *t) {
    scan_vm_stack(t);
    if (round_addresses.n) each_own_word(t, mark_own_word, NULL);
}

#if HEDDLE_GIL
// No claims here, so no snapshots: the collector reads a detached thread's stack in place, above where it stood when it
// let the lock go, and the registers it saved then.  Only born-uncounted objects (types) depend on it.
READS_STACKS void scan_note_stack(Thread *t) {
    ThreadSync *sync = t->sync;
    uintptr_t *at = sync->scan_from, *end = (uintptr_t *)(void *)t->c_stack_base;
    for (int i = 0; i < REGISTER_WORDS && at < end; i++, at++) sync->registers[i] = __atomic_load_n(at, __ATOMIC_RELAXED);
}

READS_STACKS static void scan_each_foreign_word(Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg) {
    uintptr_t *at = t->sync->scan_from, *end = (uintptr_t *)(void *)t->c_stack_base;
    if (!at) return;
    for (int i = 0; i < REGISTER_WORDS; i++) fn(t->sync->registers[i], arg);
    for (; at < end; at++) fn(__atomic_load_n(at, __ATOMIC_RELAXED), arg);
}
#endif

static bool could_be_pointer(uintptr_t word) { return word >= 0x10000 && word >> 47 == 0; }

// Room for n saved words.  False: there is no memory, and the words saved before are still there.
static bool snapshot_reserve(ThreadSync *sync, size_t n) {
    if (n <= sync->snapshot_cap) return true;
    uintptr_t *grown = realloc(sync->snapshot, n * 2 * sizeof *grown);
    if (!grown) return false;
    sync->snapshot = grown;
    sync->snapshot_cap = n * 2;
    return true;
}

READS_STACKS void scan_save_own(Thread *t) {
    ThreadSync *sync = t->sync;
    uintptr_t *at = sync->scan_from, *end = (uintptr_t *)(void *)t->c_stack_base;
    size_t room = (size_t)(end - at), n = 0;
    sync->snapshot_lost = !snapshot_reserve(sync, room);
    if (sync->snapshot_lost) return;
    uintptr_t *out = sync->snapshot, low = (uintptr_t)at;
    for (; at < end; at++) {
        uintptr_t word = __atomic_load_n(at, __ATOMIC_RELAXED);
        out[n] = word;
        n += could_be_pointer(word) && word - low >= room * sizeof *at; // no object is on the stack itself
    }
    sync->snapshot_len = n;
}

static void save_value(Thread *t, V *word, void *arg) {
    ThreadSync *sync = t->sync;
    bool *saved = arg;
    if (!v_is_uncounted(*word) || !*saved || MUTATED(MUTATE_NO_CONVERT)) return;
    *saved = snapshot_reserve(sync, sync->snapshot_len + 1);
    if (*saved) sync->snapshot[sync->snapshot_len++] = (uintptr_t)v_obj(*word);
}

bool scan_save_vm_stack(Thread *t) {
    bool saved = !t->sync->snapshot_lost;
    upcall_visit_stack(t, save_value, &saved);
    thread_visit_values(t, save_value, &saved);
    return saved;
}

void scan_claimed(Thread *t) {
    if (MUTATED(MUTATE_NO_CLAIM)) return;
    scan_vm_stack(t);
    ThreadSync *sync = t->sync;
    if (unlikely(sync->snapshot_lost)) { // no memory for it: anything may be there
        for (size_t i = 0; i < round_addresses.entries; i++)
            at_fetch_or_acq_rel(&round_addresses.entry[i].object->rc, RC_DIRTY);
        return;
    }
    for (size_t i = 0; i < sync->snapshot_len && round_addresses.n; i++) scan_mark_word(sync->snapshot[i]);
}

void scan_each_word(Thread *self, Thread *t, void (*fn)(uintptr_t word, void *arg), void *arg) {
#if HEDDLE_GIL
    if (t != self) {
        scan_each_foreign_word(t, fn, arg);
        return;
    }
#endif
    (void)self;
    if (t->sync->snapshot_lost) threading_fatal("out of memory while looking at stacks");
    for (size_t i = 0; i < t->sync->snapshot_len; i++) fn(t->sync->snapshot[i], arg);
}
