// SPDX-License-Identifier: MIT
// The table of shapes: which names, in which order.  See shape.h for what instances do with it.
//
// Shapes form trees, one root a class, which frees them when it dies: no instance has one of them any more then.  A shape
// is named by its index in a chunked table that only grows, so that everything a reader needs is immutable once the id is
// published: names[0..count), the index over them.  Only the list of children changes; it is written under lock_shapes
// and read lock-free through a table that is replaced as it grows.  Ids are never given again, as caches know them.
//
// A shape's names array is shared with its parent when the parent was its end, so a chain of n shapes costs n words.
#include "object/shape.h"
#include "base/bits.h"
#include "threading/mutex.h"

enum { CHUNK = 1024, CHUNKS = 4096, LINEAR = 8 };

typedef struct Names { // append-only; entries below a shape's count never change
    size_t capacity, used;
    Slot items[];
} Names;

typedef struct Children {
    size_t mask, used;
    uint32_t ids[]; // open addressing by the child's last name; 0: free
} Children;

typedef struct Shape {
    Names *names;
    Children *children; // atomic
    uint8_t *index;     // count > LINEAR: open addressing of position + 1
    uint32_t count, index_mask;
} Shape;

static Shape *chunks[CHUNKS];       // atomic; NULL when all shapes of a chunk are gone
static uint16_t chunk_gone[CHUNKS]; // how many are; under lock_shapes
static uint32_t shape_total = 1;    // id 0 is SHAPE_DICT

static inline Shape *shape_at(uint32_t id) { return &at_load_acquire(&chunks[id / CHUNK])[id % CHUNK]; }
static inline size_t name_hash(V name) { return (size_t)((name >> 4) * 0x9e3779b97f4a7c15u >> 40); }
static inline V name_at(const Shape *s, size_t i) { return at_load_relaxed(&s->names->items[i].bits); }

int shape_find(uint32_t id, V name) {
    const Shape *s = shape_at(id);
    name = v_untag(name);
    if (s->count <= LINEAR) {
        for (uint32_t i = 0; i < s->count; i++) {
            if (name_at(s, i) == name) return (int)i;
        }
        return -1;
    }
    for (size_t h = name_hash(name) & s->index_mask;; h = (h + 1) & s->index_mask) {
        unsigned at = s->index[h];
        if (at == 0) return -1;
        if (name_at(s, at - 1) == name) return (int)at - 1;
    }
}

size_t shape_count(uint32_t id) { return id == SHAPE_DICT ? 0 : shape_at(id)->count; }
V shape_name_borrow(uint32_t id, size_t i) { return name_at(shape_at(id), i); }

// ---- making (under lock_shapes) ----------------------------------------------------------------------------------------
static uint32_t shape_alloc(Thread *t) {
    uint32_t id = shape_total;
    if (id >= CHUNK * CHUNKS) return 0;
    if (id % CHUNK == 0 || id == 1) {
        Shape *chunk = mem_calloc_apart(t, CHUNK, sizeof(Shape));
        if (!chunk) return 0;
        at_store_release(&chunks[id / CHUNK], chunk);
    }
    shape_total++;
    return id;
}

uint32_t shape_new_root(Thread *t) {
    rt_mutex_lock(&lock_shapes);
    uint32_t id = shape_alloc(t);
    rt_mutex_unlock(&lock_shapes);
    return id;
}

static bool build_index(Thread *t, Shape *s) {
    if (s->count <= LINEAR) return true;
    size_t size = next_pow2(s->count * 2);
    s->index = mem_calloc_apart(t, size, 1);
    if (!s->index) return false;
    s->index_mask = (uint32_t)size - 1;
    for (uint32_t i = 0; i < s->count; i++) {
        size_t h = name_hash(name_at(s, i)) & s->index_mask;
        while (s->index[h]) h = (h + 1) & s->index_mask;
        s->index[h] = (uint8_t)(i + 1);
    }
    return true;
}

// The names of parent with one more behind them.
static Names *names_append(Thread *t, const Shape *parent, V name) {
    Names *names = parent->names;
    if (!names || names->used != parent->count || names->used == names->capacity) {
        size_t capacity = parent->count < 4 ? 4 : parent->count * 2;
        Names *copy = mem_calloc_apart(t, 1, sizeof *copy + capacity * sizeof(Slot));
        if (!copy) return NULL;
        copy->capacity = capacity;
        for (size_t i = 0; i < parent->count; i++) copy->items[i].bits = v_own(v_dup(name_at(parent, i)));
        copy->used = parent->count;
        names = copy;
    }
    at_store_relaxed(&names->items[names->used].bits, v_own(v_dup(name)));
    names->used++;
    return names;
}

static uint32_t find_child(const Children *table, V name) {
    if (!table) return 0;
    for (size_t h = name_hash(name) & table->mask;; h = (h + 1) & table->mask) {
        uint32_t id = at_load_acquire(&table->ids[h]);
        if (id == 0) return 0;
        const Shape *s = shape_at(id);
        if (name_at(s, s->count - 1) == name) return id;
    }
}

static void put_child(Children *table, uint32_t id) {
    const Shape *s = shape_at(id);
    size_t h = name_hash(name_at(s, s->count - 1)) & table->mask;
    while (table->ids[h]) h = (h + 1) & table->mask;
    at_store_release(&table->ids[h], id);
    table->used++;
}

static bool add_child(Thread *t, Shape *parent, uint32_t id) {
    Children *table = parent->children;
    if (!table || table->used * 2 > table->mask) {
        size_t size = table ? (table->mask + 1) * 2 : 4;
        Children *bigger = mem_calloc_apart(t, 1, sizeof *bigger + size * sizeof(uint32_t));
        if (!bigger) return false;
        bigger->mask = size - 1;
        for (size_t i = 0; table && i <= table->mask; i++) {
            if (table->ids[i]) put_child(bigger, table->ids[i]);
        }
        put_child(bigger, id);
        at_store_release(&parent->children, bigger);
        mem_retire(t, table);
        return true;
    }
    put_child(table, id);
    return true;
}

static uint32_t make_child(Thread *t, uint32_t parent_id, V name) {
    Shape *parent = shape_at(parent_id);
    if (parent->children && parent->children->used >= SHAPE_MAX_CHILDREN) return 0;
    uint32_t id = shape_alloc(t);
    if (!id) return 0;
    Shape *s = shape_at(id);
    s->names = names_append(t, parent, name);
    if (!s->names) return 0;
    s->count = parent->count + 1;
    return build_index(t, s) && add_child(t, parent, id) ? id : 0;
}

uint32_t shape_add(Thread *t, uint32_t parent_id, V name) {
    if (parent_id == SHAPE_DICT) return 0;
    Shape *parent = shape_at(parent_id);
    name = v_untag(name);
    uint32_t id = find_child(at_load_acquire(&parent->children), name);
    if (id) return id;
    if (parent->count >= SHAPE_MAX_NAMES) return 0;
    if (threading_is_sharing()) share_value(t, name);
    rt_mutex_lock(&lock_shapes);
    id = find_child(parent->children, name);
    if (!id) id = make_child(t, parent_id, name);
    rt_mutex_unlock(&lock_shapes);
    return id;
}

// ---- the end of a class ------------------------------------------------------------------------------------------------
static void names_free(Thread *t, Names *names) {
    for (size_t i = 0; i < names->used; i++) v_drop(t, names->items[i].bits);
    mem_retire(t, names);
}

static void shape_gone(Thread *t, uint32_t id) {
    Shape *all = NULL;
    rt_mutex_lock(&lock_shapes);
    if (++chunk_gone[id / CHUNK] == CHUNK - (id < CHUNK)) { // id 0 was never given
        all = chunks[id / CHUNK];
        at_store_release(&chunks[id / CHUNK], (Shape *)NULL);
    }
    rt_mutex_unlock(&lock_shapes);
    mem_retire(t, all);
}

// As deep as a class has attributes at most: SHAPE_MAX_NAMES.  A shape's names are its parent's or begin with it.
static void free_below(Thread *t, uint32_t id, const Names *parents) {
    Shape *s = shape_at(id);
    Children *children = s->children;
    for (size_t i = 0; children && i <= children->mask; i++)
        if (children->ids[i]) free_below(t, children->ids[i], s->names);
    mem_retire(t, children);
    mem_retire(t, s->index);
    if (s->names && s->names != parents) names_free(t, s->names);
    *s = (Shape){0};
    shape_gone(t, id);
}

void shape_free_tree(Thread *t, uint32_t root) {
    if (root != SHAPE_DICT) free_below(t, root, NULL);
}

void shapes_visit_roots(Thread *t, SlotVisitor visit, void *arg) {
    for (uint32_t id = 1; id < shape_total; id++) {
        if (!at_load_acquire(&chunks[id / CHUNK])) continue;
        Shape *s = shape_at(id);
        if (s->names && s->count) visit(t, NULL, &s->names->items[s->count - 1], arg);
    }
}
