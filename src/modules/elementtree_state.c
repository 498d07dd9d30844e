// SPDX-License-Identifier: MIT
// _elementtree: copying and pickling elements.
#include "elementtree_private.h"

NATIVE(element_m_copy) {
    UNUSED_NATIVE();
    Element *e = element_of(self);
    V tag = slot_get(&e->head, &e->tag), attrib = slot_get(&e->head, &e->attrib);
    V copy = element_new(t, tag, attrib); // attributes in common
    v_drop(t, tag);
    v_drop(t, attrib);
    V children = v_is_error(copy) ? V_ERROR : element_children(t, self);
    if (v_is_error(children)) {
        v_drop(t, copy);
        return V_ERROR;
    }
    Element *c = element_of(copy);
    slot_set_steal(t, &c->head, &c->text, slot_get(&e->head, &e->text));
    slot_set_steal(t, &c->head, &c->tail, slot_get(&e->head, &e->tail));
    element_set_children_steal(t, copy, children);
    return copy;
}

// ---- deep copies --------------------------------------------------------------------------------------------------------
static V deep(Thread *t, V element, V memo);

// A deep copy of anything.  Consumes v.
static V deep_steal(Thread *t, V v, V memo) {
    if (!v_is_object(v) || v == V_NONE || v_is_exact(v, &str_type)) return v;
    V copy = V_ERROR;
    if (element_is_exact(v)) {
        copy = deep(t, v, memo);
    } else {
        V function = import_attr_c(t, "copy", "deepcopy");
        if (!v_is_error(function)) copy = obj_call2(t, function, v, memo);
        v_drop(t, function);
    }
    v_drop(t, v);
    return copy;
}
static int deep_slot(Thread *t, Obj *from, Slot *source, V to, Slot *target, V memo) {
    V v = slot_get(from, source);
    if (v == V_NULL) return 0;
    v = deep_steal(t, v, memo);
    if (v_is_error(v)) return -1;
    slot_set_steal(t, v_obj(to), target, v);
    return 0;
}
static int deep_children(Thread *t, V self, V copy, V memo) {
    V children = element_children(t, self);
    if (v_is_error(children)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V child = list_get(t, children, i);
        if (child == V_NULL) break;
        child = deep_steal(t, child, memo);
        r = v_is_error(child) ? -1 : element_append(t, copy, child);
        v_drop(t, child);
    }
    v_drop(t, children);
    return r;
}
static int remember(Thread *t, V memo, V self, V copy) {
    V id = obj_id(t, self);
    if (v_is_error(id)) return -1;
    int r = dict_set(t, memo, id, copy);
    v_drop(t, id);
    return r;
}
static int deep_parts(Thread *t, V self, V copy, V memo) {
    Element *e = element_of(self), *c = element_of(copy);
    V attrib = slot_peek(&e->attrib);
    if (deep_slot(t, &e->head, &e->tag, copy, &c->tag, memo) < 0) return -1;
    if (attrib != V_NULL && !(v_is_exact(attrib, &dict_type) && dict_len(attrib) == 0) &&
        deep_slot(t, &e->head, &e->attrib, copy, &c->attrib, memo) < 0) return -1;
    if (deep_slot(t, &e->head, &e->text, copy, &c->text, memo) < 0 || deep_slot(t, &e->head, &e->tail, copy, &c->tail, memo) < 0) return -1;
    return deep_children(t, self, copy, memo) < 0 ? -1 : remember(t, memo, self, copy);
}
static V deep(Thread *t, V self, V memo) {
    V copy = element_new(t, V_NONE, V_NULL);
    if (v_is_error(copy)) return V_ERROR;
    int r = recursion_enter(t, " in __deepcopy__");
    if (r == 0) {
        r = deep_parts(t, self, copy, memo);
        recursion_leave(t);
    }
    if (r == 0) return copy;
    v_drop(t, copy);
    return V_ERROR;
}
NATIVE(element_m_deepcopy) { // memo
    UNUSED_NATIVE();
    if (!v_is_dict(args[0])) return err_bad_argument(t, "__deepcopy__", "argument", "dict", args[0]);
    return deep(t, self, args[0]);
}

// ---- state --------------------------------------------------------------------------------------------------------------
// The same state as the class written in Python has, so that each reads what the other has pickled.
static const char *const keys[] = {"tag", "_children", "attrib", "text", "tail"};
enum { KEY_TAG, KEY_CHILDREN, KEY_ATTRIB, KEY_TEXT, KEY_TAIL, N_KEYS };

NATIVE(element_m_getstate) {
    UNUSED_NATIVE();
    Element *e = element_of(self);
    V state = dict_new(t), attrib = slot_get(&e->head, &e->attrib);
    V values[N_KEYS] = {slot_get(&e->head, &e->tag), element_children(t, self), attrib == V_NULL ? dict_new(t) : attrib,
                        slot_get(&e->head, &e->text), slot_get(&e->head, &e->tail)};
    bool failed = v_is_error(state);
    for (int i = 0; i < N_KEYS; i++) {
        if (failed) v_drop(t, values[i]);
        else failed = dict_set_c_steal(t, state, keys[i], values[i]) < 0;
    }
    if (!failed) return state;
    v_drop(t, state);
    return V_ERROR;
}

// The values of a state's keys, borrowed from the dict; -1 when there are others, or no tag.
static int read_state(Thread *t, V state, V *values) {
    size_t at = 0;
    for (V key, value; dict_next(state, &at, &key, &value);) {
        int i = 0;
        while (i < N_KEYS && !(v_is_str(key) && str_equal_ascii(key, keys[i]))) i++;
        if (i == N_KEYS) {
            if (v_is_str(key)) err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for this function", key);
            else err_set(t, &exc_TypeError, "keywords must be strings");
            return -1;
        }
        values[i] = value;
    }
    if (values[KEY_TAG] != V_NULL) return 0;
    err_set(t, &exc_TypeError, "tag may not be NULL");
    return -1;
}
static int set_text(Thread *t, V self, Slot *slot, V value) { // pieces are joined
    V text = value == V_NULL ? V_NONE : v_is_exact(value, &list_type) ? str_join(t, str_empty(), value) : v_dup(value);
    if (v_is_error(text)) return -1;
    slot_set_steal(t, v_obj(self), slot, text);
    return 0;
}
static int set_children(Thread *t, V self, V value) {
    if (!v_is_list(value)) {
        err_set(t, &exc_TypeError, "'_children' is not a list");
        return -1;
    }
    V all = list_copy(t, value);
    if (v_is_error(all)) return -1;
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        V v = list_get(t, all, i);
        if (v == V_NULL) break;
        r = element_expect(t, v);
        v_drop(t, v);
        if (r < 0) list_set_slice(t, all, (ptrdiff_t)i, PTRDIFF_MAX, V_NULL); // those before it are taken over
    }
    element_set_children_steal(t, self, all);
    return r;
}
static int set_state(Thread *t, V self, const V *values) {
    Element *e = element_of(self);
    slot_set(t, &e->head, &e->tag, values[KEY_TAG]);
    if (set_text(t, self, &e->text, values[KEY_TEXT]) < 0 || set_text(t, self, &e->tail, values[KEY_TAIL]) < 0) return -1;
    if (values[KEY_CHILDREN] != V_NULL && set_children(t, self, values[KEY_CHILDREN]) < 0) return -1;
    if (values[KEY_ATTRIB] != V_NULL) slot_set(t, &e->head, &e->attrib, values[KEY_ATTRIB]);
    return 0;
}
NATIVE(element_m_setstate) { // state
    UNUSED_NATIVE();
    if (!v_is_exact(args[0], &dict_type)) return err_set(t, &exc_TypeError, "Don't know how to unpickle \"%.200R\" as an Element", args[0]);
    V values[N_KEYS] = {V_NULL}, state = dict_copy(t, args[0]); // a copy keeps the values, whatever becomes of the dict
    int r = v_is_error(state) || read_state(t, state, values) < 0 || set_state(t, self, values) < 0 ? -1 : 0;
    v_drop(t, state);
    return r < 0 ? V_ERROR : V_NONE;
}
