// SPDX-License-Identifier: MIT
// _elementtree: iter() and itertext(), one walk over a tree in document order.
//
// The walk keeps the elements it is in, with the index of the child that comes next in each, so that a tree which changes
// meanwhile is seen as it is by then.  A step is made under self->lock and runs no Python; tags are compared, and texts
// looked at, behind it.
#include "elementtree_private.h"
#include "object/plain.h"

typedef struct Place { Slot element; size_t next; } Place; // in `element`, whose child `next` comes next
typedef struct ElementIter { // all under self->lock, but for what is said otherwise
    Obj head;
    Slot root;        // until the first step; then V_NULL
    Slot tag;         // what tag is wanted, V_NONE: any; const after init
    bool texts;       // itertext(); const after init
    Place *places;    // outermost first
    size_t depth, room;
} ElementIter;
static ElementIter *of(V v) { return (ElementIter *)v_obj(v); }

static V iter_new(Thread *t, V root, V tag, bool texts) {
    V self = type_alloc(t, &element_iter_type, 0);
    if (v_is_error(self)) return V_ERROR;
    ElementIter *it = of(self);
    slot_init(t, &it->head, &it->root, root);
    slot_init(t, &it->head, &it->tag, tag);
    it->texts = texts;
    return self;
}
static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    ElementIter *it = (ElementIter *)o;
    VISIT(it->root);
    VISIT(it->tag);
    for (size_t i = 0; i < it->depth; i++) VISIT(it->places[i].element);
}
static void free_places(Thread *t, Obj *o) {
    (void)t;
    mem_free(((ElementIter *)o)->places);
}

// ---- the walk -----------------------------------------------------------------------------------------------------------
static int enter_steal(Thread *t, ElementIter *it, V element) {
    if (it->depth == it->room) {
        size_t room = it->room ? it->room * 2 : 8;
        Place *places = mem_realloc(t, it->places, room * sizeof *places);
        if (!places) {
            v_drop(t, element);
            err_no_memory(t);
            return -1;
        }
        it->places = places;
        it->room = room;
    }
    Place *place = &it->places[it->depth];
    *place = (Place){{V_NULL}, 0};
    slot_init_steal(t, &it->head, &place->element, element);
    it->depth++;
    return 0;
}
// Enters an element: a stack value of it.  Consumes element.
static V go_into(Thread *t, ElementIter *it, V element) {
    if (element_expect(t, element) < 0) {
        v_drop(t, element);
        return V_ERROR;
    }
    V again = v_dup(element);
    if (enter_steal(t, it, element) == 0) return again;
    v_drop(t, again);
    return V_ERROR;
}
typedef enum Step { ENTERED, LEFT, LEFT_ROOT } Step;
// The element that is entered or left next; V_NULL: the walk is over.
static V step(Thread *t, ElementIter *it, Step *what) {
    *what = ENTERED;
    CRITICAL(t, &it->head);
    if (slot_peek(&it->root) != V_NULL) return go_into(t, it, slot_take(&it->head, &it->root));
    if (!it->depth) return V_NULL;
    Place *place = &it->places[it->depth - 1];
    V child = element_child(t, slot_peek(&place->element), place->next);
    if (child != V_NULL) {
        place->next++;
        return go_into(t, it, child);
    }
    *what = --it->depth ? LEFT : LEFT_ROOT;
    return slot_take(&it->head, &place->element);
}
// What the step gives the program, consuming element; V_NULL: nothing.
static V text_of(Thread *t, V element, Step what) {
    Element *e = element_of(element);
    V text = what == LEFT_ROOT ? V_NULL : slot_get(&e->head, what == LEFT ? &e->tail : &e->text); // the root's tail is outside
    v_drop(t, element);
    if (text == V_NULL || text == V_NONE) return V_NULL;
    int truth = obj_is_true(t, text);
    if (truth > 0) return text;
    v_drop(t, text);
    return truth < 0 ? V_ERROR : V_NULL;
}
static V element_if_wanted(Thread *t, V wanted, V element, Step what) {
    if (what == ENTERED && wanted == V_NONE) return element;
    int equal = 0;
    if (what == ENTERED) {
        V tag = slot_get(v_obj(element), &element_of(element)->tag);
        equal = obj_compare_bool(t, tag, wanted, CMP_EQ);
        v_drop(t, tag);
    }
    if (equal > 0) return element;
    v_drop(t, element);
    return equal < 0 ? V_ERROR : V_NULL;
}
static V next(Thread *t, V self) {
    ElementIter *it = of(self);
    for (unsigned n = 1;; n++) {
        Step what;
        V v = step(t, it, &what);
        if (v == V_NULL) return V_END;
        if (v_is_error(v)) return V_ERROR;
        v = it->texts ? text_of(t, v, what) : element_if_wanted(t, slot_peek(&it->tag), v, what);
        if (v != V_NULL) return v;
        if (n % 4096 == 0 && safepoint(t) < 0) return V_ERROR; // a long way to the next that is wanted
    }
}
// ---- methods of Element -----------------------------------------------------------------------------------------------------
NATIVE(element_m_iter) { // tag=None
    UNUSED_NATIVE();
    V tag = args[0] == V_NULL ? V_NONE : args[0];
    bool any = (v_is_str(tag) && str_equal_ascii(tag, "*")) || (v_is_bytes(tag) && bytes_len(tag) == 1 && *bytes_data(tag) == '*');
    return iter_new(t, self, any ? V_NONE : tag, false);
}
NATIVE(element_m_itertext) {
    UNUSED_NATIVE();
    return iter_new(t, self, V_NONE, true);
}

Type element_iter_type = {
    TYPE_HEAD("_elementtree._element_iterator"), .size = sizeof(ElementIter), .flags = TYPE_GC | TYPE_NO_NEW | TYPE_IMMUTABLE,
    .traverse = traverse, .free_ = free_places, .iter = iter_self, .next = next,
};
