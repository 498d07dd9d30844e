// SPDX-License-Identifier: MIT
// _elementtree: TreeBuilder, which makes a tree of the events of a parser.
//
// What goes together is changed under the builder's lock.  Calls of the program (factories, append of other classes than
// Element, the event queue) let go of it; two threads that feed one builder get some tree then, and nothing worse.
#include "elementtree_private.h"
#include "object/plain.h"

V builder_new_bare(Thread *t) { return type_alloc(t, &tree_builder_type, 0); }
// A factory that was given, or the module's; V_NULL: none.
static V factory(V given, const Slot *standard) { return given != V_NULL && given != V_NONE ? v_dup(given) : standard ? root_get(standard) : V_NULL; }

static int init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V given[5];
    if (args_bind(t, "TreeBuilder", "element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False", args, nargs,
                  kwnames, given) < 0) return -1;
    int comments = given[3] == V_NULL ? 0 : obj_is_true(t, given[3]), pis = given[4] == V_NULL || comments < 0 ? 0 : obj_is_true(t, given[4]);
    if (comments < 0 || pis < 0) return -1;
    TreeBuilder *b = builder_of(self);
    CRITICAL(t, &b->head);
    slot_set_steal(t, &b->head, &b->element_factory, factory(given[0], NULL));
    slot_set_steal(t, &b->head, &b->comment_factory, factory(given[1], &elementtree_comment_factory));
    slot_set_steal(t, &b->head, &b->pi_factory, factory(given[2], &elementtree_pi_factory));
    at_store_relaxed(&b->insert_comments, comments != 0);
    at_store_relaxed(&b->insert_pis, pis != 0);
    return 0;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    TreeBuilder *b = (TreeBuilder *)o;
    Slot *const slots[] = {&b->root, &b->current, &b->last, &b->tail_of, &b->open, &b->data, &b->element_factory, &b->comment_factory, &b->pi_factory, &b->queue_append};
    for (size_t i = 0; i < countof(slots); i++) visit(t, o, slots[i], arg);
    for (int i = 0; i < N_EVENTS; i++) VISIT(b->events[i]);
}

// ---- events -----------------------------------------------------------------------------------------------------------
bool builder_wants(V self, BuilderEvent event) {
    TreeBuilder *b = builder_of(self);
    return slot_peek(&b->queue_append) != V_NULL && slot_peek(&b->events[event]) != V_NULL;
}
int builder_report(Thread *t, V self, BuilderEvent event, V what) {
    TreeBuilder *b = builder_of(self);
    if (!builder_wants(self, event)) return 0;
    V append = slot_get(&b->head, &b->queue_append), name = slot_get(&b->head, &b->events[event]), result = V_NONE;
    if (append != V_NULL && name != V_NULL) {
        V pair = tuple_pack(t, 2, name, what);
        result = v_is_error(pair) ? V_ERROR : obj_call1(t, append, pair);
        v_drop(t, pair);
    }
    v_drop(t, append);
    v_drop(t, name);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}

// ---- text -------------------------------------------------------------------------------------------------------------
int builder_data_steal(Thread *t, V self, V data) {
    TreeBuilder *b = builder_of(self);
    CRITICAL(t, &b->head);
    if (slot_peek(&b->last) == V_NULL) { // in front of the first element
        v_drop(t, data);
        return 0;
    }
    V before = slot_peek(&b->data);
    if (before == V_NULL) {
        slot_set_steal(t, &b->head, &b->data, data);
        b->many = false;
        return 0;
    }
    if (b->many) return list_append_steal(t, before, data);
    V pieces[2] = {slot_get(&b->head, &b->data), data}, list = list_from_steal(t, pieces, 2);
    if (v_is_error(list)) return -1;
    slot_set_steal(t, &b->head, &b->data, list);
    b->many = true;
    return 0;
}

// What an attribute will be with more text: what it was, if anything, and the pieces.  Consumes before.
static V with_text(Thread *t, V before, V data, bool many, bool plain) {
    V text = many || !plain ? str_join(t, str_empty(), data) : v_dup(data); // a single piece may be anything
    if (before == V_NONE || v_is_error(text)) {
        v_drop(t, before);
        return text;
    }
    V sum = num_add(t, before, text);
    v_drop(t, before);
    v_drop(t, text);
    return sum;
}
static int add_text(Thread *t, V element, bool tail, V data, bool many) {
    if (element_is_exact(element)) {
        Element *e = element_of(element);
        Slot *slot = tail ? &e->tail : &e->text;
        V text = with_text(t, slot_get(&e->head, slot), data, many, true);
        if (v_is_error(text)) return -1;
        slot_set_steal(t, &e->head, slot, text);
        return 0;
    }
    V name = tail ? NAME(tail) : NAME(text), before = obj_getattr(t, element, name);
    if (v_is_error(before)) return -1;
    V text = with_text(t, before, data, many, false);
    int r = v_is_error(text) ? -1 : obj_setattr(t, element, name, text);
    v_drop(t, text);
    return r;
}
// Text that has come goes where it belongs.  When that fails it stays.
static int flush(Thread *t, V self) {
    TreeBuilder *b = builder_of(self);
    if (slot_peek(&b->data) == V_NULL) return 0;
    V data, element;
    bool many, tail;
    {
        CRITICAL(t, &b->head);
        data = slot_take(&b->head, &b->data);
        many = b->many;
        element = slot_get(&b->head, &b->tail_of);
        tail = element != V_NULL;
        if (!tail) element = slot_get(&b->head, &b->last);
    }
    int r = data == V_NULL || element == V_NULL ? 0 : add_text(t, element, tail, data, many);
    if (r < 0) {
        CRITICAL(t, &b->head);
        if (slot_peek(&b->data) == V_NULL) {
            slot_set(t, &b->head, &b->data, data);
            b->many = many;
        }
    }
    v_drop(t, data);
    v_drop(t, element);
    return r;
}

// ---- elements -----------------------------------------------------------------------------------------------------------
static V make_element(Thread *t, TreeBuilder *b, V tag, V attrib) {
    V make = slot_get(&b->head, &b->element_factory);
    if (make == V_NULL) return element_new(t, tag, attrib);
    V given = attrib == V_NULL ? dict_new(t) : v_dup(attrib);
    V element = v_is_error(given) ? V_ERROR : obj_call2(t, make, tag, given);
    v_drop(t, given);
    v_drop(t, make);
    return element;
}
static int add_child(Thread *t, V parent, V child) {
    if (element_is_exact(parent)) return element_append(t, parent, child);
    V result = obj_call_method1(t, parent, NAME(append), child);
    v_drop(t, result);
    return v_is_error(result) ? -1 : 0;
}
static int stack_push(Thread *t, TreeBuilder *b, V element) {
    V list = slot_peek(&b->open);
    if (list == V_NULL) {
        list = list_with_capacity(t, 0);
        if (v_is_error(list)) return -1;
        slot_set_steal(t, &b->head, &b->open, list);
        list = slot_peek(&b->open);
    }
    return list_append(t, list, element);
}
// A new element becomes the innermost one.
static int enter(Thread *t, TreeBuilder *b, V element) {
    CRITICAL(t, &b->head);
    V around = slot_get(&b->head, &b->current);
    int r = stack_push(t, b, around == V_NULL ? V_NONE : around);
    v_drop(t, around);
    if (r < 0) return -1;
    if (element == V_NONE) element = V_NULL; // a factory may say so
    slot_clear(t, &b->head, &b->tail_of);
    slot_set(t, &b->head, &b->current, element);
    slot_set(t, &b->head, &b->last, element);
    return 0;
}
static int place(Thread *t, TreeBuilder *b, V element) {
    V around = slot_get(&b->head, &b->current);
    if (around != V_NULL) {
        int r = add_child(t, around, element);
        v_drop(t, around);
        return r;
    }
    CRITICAL(t, &b->head);
    if (slot_peek(&b->root) == V_NULL) {
        slot_set(t, &b->head, &b->root, element);
        return 0;
    }
    err_set(t, v_as_type(slot_peek(&elementtree_parse_error)), "multiple elements on top level");
    return -1;
}
V builder_start(Thread *t, V self, V tag, V attrib) {
    TreeBuilder *b = builder_of(self);
    if (flush(t, self) < 0) return V_ERROR;
    V element = make_element(t, b, tag, attrib);
    if (v_is_error(element)) return V_ERROR;
    if (place(t, b, element) == 0 && enter(t, b, element) == 0 && builder_report(t, self, EVENT_START, element) == 0) return element;
    v_drop(t, element);
    return V_ERROR;
}

V builder_end(Thread *t, V self) {
    TreeBuilder *b = builder_of(self);
    if (flush(t, self) < 0) return V_ERROR;
    V element;
    {
        CRITICAL(t, &b->head);
        V list = slot_peek(&b->open);
        if (list == V_NULL || list_len(list) == 0) return err_set(t, &exc_IndexError, "pop from empty stack");
        V around = list_pop(t, list, -1);
        if (v_is_error(around)) return V_ERROR;
        element = slot_get(&b->head, &b->current);
        slot_set(t, &b->head, &b->last, element);
        slot_set(t, &b->head, &b->tail_of, element);
        slot_set_steal(t, &b->head, &b->current, around == V_NONE ? V_NULL : around);
    }
    if (element == V_NULL) element = V_NONE;
    if (builder_report(t, self, EVENT_END, element) == 0) return element;
    v_drop(t, element);
    return V_ERROR;
}

// A comment or an instruction, just made, goes into the tree if it is to.  Consumes it.
static V insert_single_steal(Thread *t, TreeBuilder *b, V single, bool insert) {
    V around = insert && !v_is_error(single) ? slot_get(&b->head, &b->current) : V_NULL;
    if (around == V_NULL) return single;
    int r = add_child(t, around, single);
    v_drop(t, around);
    if (r == 0) {
        slot_set(t, &b->head, &b->tail_of, single);
        return single;
    }
    v_drop(t, single);
    return V_ERROR;
}
static V report_steal(Thread *t, V self, BuilderEvent event, V single) {
    if (v_is_error(single) || builder_report(t, self, event, single) == 0) return single;
    v_drop(t, single);
    return V_ERROR;
}
V builder_comment(Thread *t, V self, V text) {
    TreeBuilder *b = builder_of(self);
    if (flush(t, self) < 0) return V_ERROR;
    V make = slot_get(&b->head, &b->comment_factory), comment = v_dup(text);
    if (make != V_NULL) {
        v_drop(t, comment);
        comment = insert_single_steal(t, b, obj_call1(t, make, text), at_load_relaxed(&b->insert_comments));
        v_drop(t, make);
    }
    return report_steal(t, self, EVENT_COMMENT, comment);
}
V builder_pi(Thread *t, V self, V target, V text) {
    TreeBuilder *b = builder_of(self);
    if (flush(t, self) < 0) return V_ERROR;
    V make = slot_get(&b->head, &b->pi_factory), pi;
    if (make == V_NULL) {
        pi = tuple_pack(t, 2, target, text);
    } else {
        pi = insert_single_steal(t, b, obj_call2(t, make, target, text), at_load_relaxed(&b->insert_pis));
        v_drop(t, make);
    }
    return report_steal(t, self, EVENT_PI, pi);
}
V builder_close(Thread *t, V self) {
    (void)t;
    V root = slot_get(v_obj(self), &builder_of(self)->root);
    return root == V_NULL ? V_NONE : root;
}

// ---- the type -----------------------------------------------------------------------------------------------------------
static NATIVE(m_data) {
    UNUSED_NATIVE();
    return builder_data_steal(t, self, v_dup(args[0])) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(m_start) { // tag, attrs
    UNUSED_NATIVE();
    if (!v_is_dict(args[1])) return err_bad_argument(t, "start", "argument 2", "dict", args[1]);
    return builder_start(t, self, args[0], dict_len(args[1]) ? args[1] : V_NULL);
}
static NATIVE(m_end) {
    UNUSED_NATIVE();
    return builder_end(t, self);
}
static NATIVE(m_comment) {
    UNUSED_NATIVE();
    return builder_comment(t, self, args[0]);
}
static NATIVE(m_pi) { // target, text=None
    UNUSED_NATIVE();
    return builder_pi(t, self, args[0], args[1] == V_NULL ? V_NONE : args[1]);
}
static NATIVE(m_close) {
    UNUSED_NATIVE();
    return builder_close(t, self);
}
static const Method methods[] = {
    {"data", m_data, "data, /", LOCK_NONE, 0, "Text."},
    {"start", m_start, "tag, attrs, /", LOCK_NONE, 0, "Opens an element, and gives it."},
    {"end", m_end, "tag, /", LOCK_NONE, 0, "Closes the innermost element, and gives it."},
    {"comment", m_comment, "text, /", LOCK_NONE, 0, "Makes a comment."},
    {"pi", m_pi, "target, text=None, /", LOCK_NONE, 0, "Makes a processing instruction."},
    {"close", m_close, "", LOCK_NONE, 0, "The outermost element."},
    METHOD_END,
};
Type tree_builder_type = {
    TYPE_HEAD("xml.etree.ElementTree.TreeBuilder"), .size = sizeof(TreeBuilder), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .traverse = traverse, .new_ = type_new_bare, .init = init, .methods = methods,
};
