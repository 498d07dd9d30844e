// SPDX-License-Identifier: MIT
// _elementtree: a parser's names, and the blanks that it meets between elements, each made a string once.
//
// A hash table, open addressing.  A name of a namespace comes as "uri}local" and is the string "{uri}local"; the string
// itself serves as the key.
#include "base/siphash.h"
#include "elementtree_private.h"

typedef struct NameEntry {
    uint64_t hash;
    Slot name; // V_NULL: free
} NameEntry;

static V make_name(Thread *t, const char *name, size_t n, const char *brace) {
    if (!brace) return str_from_utf8(t, name, n);
    char few[256], *text = n + 1 <= sizeof few ? few : mem_alloc(t, n + 1);
    if (!text) return err_no_memory(t);
    *text = '{';
    memcpy(text + 1, name, n);
    V result = str_from_utf8(t, text, n + 1);
    if (text != few) mem_free(text);
    return result;
}
static bool is_name(Thread *t, V v, const char *name, size_t n) { // a clash of hashes is all that can make a difference
    size_t m;
    const char *text = str_utf8(t, v, &m);
    if (!text) {
        err_clear(t); // no memory: it is made anew
        return false;
    }
    if (m == n) return memcmp(text, name, n) == 0;
    return m == n + 1 && *text == '{' && memcmp(text + 1, name, n) == 0;
}

static int grow(Thread *t, NameTable *table) {
    size_t room = table->entries ? (table->mask + 1) * 2 : 64;
    NameEntry *entries = mem_calloc(t, room, sizeof *entries), *old = table->entries;
    if (!entries) {
        err_no_memory(t);
        return -1;
    }
    for (size_t i = 0; old && i <= table->mask; i++) {
        if (slot_peek(&old[i].name) == V_NULL) continue;
        size_t at = old[i].hash & (room - 1);
        while (slot_peek(&entries[at].name) != V_NULL) at = (at + 1) & (room - 1);
        entries[at] = old[i]; // its count moves with it
    }
    table->entries = entries;
    table->mask = room - 1;
    mem_free(old);
    return 0;
}

V names_get(Thread *t, Obj *owner, NameTable *table, const char *name, size_t n) {
    uint64_t hash = siphash_bytes(name, n);
    if ((!table->entries || table->used * 2 > table->mask) && grow(t, table) < 0) return V_ERROR;
    NameEntry *e = &table->entries[hash & table->mask];
    for (; slot_peek(&e->name) != V_NULL; e = &table->entries[((size_t)(e - table->entries) + 1) & table->mask])
        if (e->hash == hash && is_name(t, slot_peek(&e->name), name, n)) return slot_get(owner, &e->name);
    V v = make_name(t, name, n, memchr(name, '}', n));
    if (v_is_error(v)) return V_ERROR;
    e->hash = hash;
    slot_init(t, owner, &e->name, v);
    table->used++;
    return v;
}
void names_visit(Thread *t, Obj *owner, NameTable *table, SlotVisitor visit, void *arg) {
    for (size_t i = 0; table->entries && i <= table->mask; i++) visit(t, owner, &table->entries[i].name, arg);
}
