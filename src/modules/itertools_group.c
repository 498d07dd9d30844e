// SPDX-License-Identifier: MIT
// itertools: groupby and tee, whose iterators share state with one another.
#include "itertools_private.h"

// ---- groupby -----------------------------------------------------------------------------------------------------------
typedef struct GroupBy {
    Obj head;
    Slot iter, key_func;      // key_func None: the item itself
    Slot target_key;          // of the group given last
    Slot current_key, current_value; // of the item read last; V_NULL: given already
    const Obj *group;         // the newest group, the only one that may go on; compared, never followed
} GroupBy;
typedef struct Grouper { Obj head; Slot parent, target_key; } Grouper;

static V groupby_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V given[2], self;
    if (args_bind(t, "groupby", "iterable, key=None", args, nargs, kwnames, given) < 0) return V_ERROR;
    V iter = it_alloc_over(t, type, given[0], &self);
    if (v_is_error(iter)) return V_ERROR;
    GroupBy *self_ = (GroupBy *)v_obj(self);
    SET_STEAL(iter, iter);
    SET(key_func, given[1] == V_NULL ? V_NONE : given[1]);
    return self;
}

static void groupby_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    GroupBy *self_ = (GroupBy *)o;
    VISIT(self_->iter);
    VISIT(self_->key_func);
    VISIT(self_->target_key);
    VISIT(self_->current_key);
    VISIT(self_->current_value);
}

// Reads an item and its key.  1, 0 at the end, -1.
static int groupby_read(Thread *t, GroupBy *self_) {
    V iter = GET(iter), value = obj_next(t, iter);
    v_drop(t, iter);
    if (value == V_END) return 0;
    if (v_is_error(value)) return -1;
    V func = GET(key_func), key = func == V_NONE ? v_dup(value) : obj_call1(t, func, value);
    v_drop(t, func);
    if (v_is_error(key)) {
        v_drop(t, value);
        return -1;
    }
    SET_STEAL(current_value, value);
    SET_STEAL(current_key, key);
    return 1;
}

// Whether the item read last belongs to the group of `target`.  Both slots may change while they are compared.
static int same_group(Thread *t, GroupBy *self_, V target) {
    V key = GET(current_key);
    if (key == V_NULL) return 1;
    int r = obj_compare_bool(t, target, key, CMP_EQ);
    v_drop(t, key);
    return r;
}

static V groupby_next(Thread *t, V self) {
    GroupBy *self_ = (GroupBy *)v_obj(self);
    CRITICAL(t, &self_->head);
    self_->group = NULL;
    for (;;) { // to the first item of the next group
        if (PEEK(current_key) != V_NULL) {
            V target = GET(target_key);
            if (target == V_NULL) break;
            int same = same_group(t, self_, target);
            v_drop(t, target);
            if (same < 0) return V_ERROR;
            if (!same) break;
        }
        int r = groupby_read(t, self_);
        if (r <= 0) return r == 0 ? V_END : V_ERROR;
        if (safepoint(t) < 0) return V_ERROR;
    }
    V key = GET(current_key), made;
    if (key == V_NULL) return groupby_next(t, self); // comparing let somebody else have the item: from the one after it on
    SET(target_key, key);
    Grouper *group = (Grouper *)obj_alloc(t, &grouper_type, sizeof *group, OBJ_GC);
    if (!group) {
        v_drop(t, key);
        return err_no_memory(t);
    }
    made = v_from(group);
    slot_init(t, &group->head, &group->parent, self);
    slot_init(t, &group->head, &group->target_key, key);
    self_->group = &group->head;
    return tuple_pack_steal(t, 2, key, made);
}

static NATIVE(groupby_reduce) {
    UNUSED_NATIVE();
    GroupBy *self_ = (GroupBy *)v_obj(self);
    V type = v_from_type(v_type(self)), front = tuple_pack(t, 2, PEEK(iter), PEEK(key_func));
    if (PEEK(target_key) == V_NULL || PEEK(current_key) == V_NULL || PEEK(current_value) == V_NULL)
        return tuple_pack_steal(t, 2, type, front);
    return tuple_pack_steal(t, 3, type, front, tuple_pack(t, 3, PEEK(current_key), PEEK(current_value), PEEK(target_key)));
}

static NATIVE(groupby_setstate) {
    UNUSED_NATIVE();
    GroupBy *self_ = (GroupBy *)v_obj(self);
    V given[3];
    if (it_state(t, args[0], 3, 3, given) < 0) return V_ERROR;
    SET(current_key, given[0]);
    SET(current_value, given[1]);
    SET(target_key, given[2]);
    return V_NONE;
}

static const Method groupby_methods[] = {IT_REDUCE(groupby_reduce), IT_SETSTATE(groupby_setstate), METHOD_END};
Type groupby_type = {
    TYPE_HEAD("itertools.groupby"), .doc = "(key, iterator over the items that have this key) for every run of equal keys.",
    .text_signature = "(iterable, key=None)", .flags = TYPE_BASETYPE | TYPE_GC, .size = sizeof(GroupBy),
    .traverse = groupby_traverse, .new_ = groupby_new, .iter = iter_self, .next = groupby_next, .methods = groupby_methods,
};

static V grouper_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "_grouper", kwnames) < 0 || args_check_count(t, "_grouper", nargs, 2, 2) < 0) return V_ERROR;
    if (!type_check(t, args[0], &groupby_type))
        return err_set(t, &exc_TypeError, "_grouper() argument 1 must be itertools.groupby, not %K", args[0]);
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    Grouper *self_ = (Grouper *)v_obj(self);
    SET(parent, args[0]);
    SET(target_key, args[1]);
    ((GroupBy *)v_obj(args[0]))->group = &self_->head;
    return self;
}

static void grouper_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Grouper *)o)->parent);
    VISIT(((Grouper *)o)->target_key);
}

static V grouper_next(Thread *t, V self) {
    V parent = slot_peek(&((Grouper *)v_obj(self))->parent), target = slot_peek(&((Grouper *)v_obj(self))->target_key); // const
    GroupBy *self_ = (GroupBy *)v_obj(parent);
    CRITICAL(t, &self_->head);
    if (self_->group != v_obj(self)) return V_END;
    if (PEEK(current_value) == V_NULL) {
        int r = groupby_read(t, self_);
        if (r <= 0) return r == 0 ? V_END : V_ERROR;
    }
    int same = same_group(t, self_, target);
    if (same <= 0) return same < 0 ? V_ERROR : V_END;
    V value = slot_take(&self_->head, &self_->current_value);
    CLEAR(current_key);
    return value == V_NULL ? V_END : value;
}

static NATIVE(grouper_reduce) {
    UNUSED_NATIVE();
    Grouper *self_ = (Grouper *)v_obj(self);
    if (((GroupBy *)v_obj(PEEK(parent)))->group != v_obj(self))
        return tuple_pack_steal(t, 2, it_builtin_iter(t), tuple_pack(t, 1, tuple_empty()));
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack(t, 2, PEEK(parent), PEEK(target_key)));
}
static const Method grouper_methods[] = {IT_REDUCE(grouper_reduce), METHOD_END};
Type grouper_type = {
    TYPE_HEAD("itertools._grouper"), .flags = TYPE_GC, .size = sizeof(Grouper), .traverse = grouper_traverse, .new_ = grouper_new,
    .iter = iter_self, .next = grouper_next, .methods = grouper_methods,
};

// ---- tee ---------------------------------------------------------------------------------------------------------------
// Items are kept in a chain of blocks; each tee iterator is a place in it.  A block that all have left behind is freed.
enum { BLOCK = 57 };
typedef struct TeeData {
    Obj head;
    Slot iter;
    Slot next;           // TeeData, made when the last item of this one is passed
    size_t count;        // items read
    bool running;
    Slot items[BLOCK];
} TeeData;
typedef struct Tee {
    Obj head;
    Slot data;
    size_t index;
} Tee;

static V tee_data_alloc(Thread *t, V iter) {
    TeeData *self_ = (TeeData *)obj_alloc(t, &tee_data_type, sizeof *self_, OBJ_GC);
    if (!self_) return err_no_memory(t);
    slot_init(t, &self_->head, &self_->iter, iter);
    return v_from(self_);
}

static void tee_data_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    TeeData *self_ = (TeeData *)o;
    VISIT(self_->iter);
    VISIT(self_->next);
    for (size_t i = 0; i < BLOCK; i++) VISIT(self_->items[i]);
}

static V tee_data_item(Thread *t, TeeData *self_, size_t i) {
    CRITICAL(t, &self_->head);
    if (i < self_->count) return GET(items[i]);
    if (self_->running) return err_set(t, &exc_RuntimeError, "cannot re-enter the tee iterator");
    self_->running = true;
    V iter = GET(iter), item = obj_next(t, iter);
    v_drop(t, iter);
    self_->running = false;
    if (item == V_END || v_is_error(item)) return item;
    size_t at = self_->count++;
    SET(items[at], item);
    return item;
}

static V tee_data_next(Thread *t, TeeData *self_) {
    CRITICAL(t, &self_->head);
    V next = GET(next);
    if (next != V_NULL) return next;
    next = tee_data_alloc(t, PEEK(iter));
    if (!v_is_error(next)) SET(next, next);
    return next;
}

static V tee_data_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "teedataobject", kwnames) < 0 || args_check_count(t, "teedataobject", nargs, 3, 3) < 0) return V_ERROR;
    if (!v_is_list(args[1])) return err_set(t, &exc_TypeError, "teedataobject() argument 2 must be list, not %K", args[1]);
    size_t n = list_len(args[1]);
    bool last = args[2] == V_NONE;
    if (n > BLOCK || (!last && (n < BLOCK || !v_is_exact(args[2], &tee_data_type)))) return err_set(t, &exc_ValueError, "Invalid arguments");
    V self = tee_data_alloc(t, args[0]);
    if (v_is_error(self)) return V_ERROR;
    TeeData *self_ = (TeeData *)v_obj(self);
    for (size_t i = 0; i < n; i++) SET_STEAL(items[i], list_get(t, args[1], i));
    self_->count = n;
    if (!last) SET(next, args[2]);
    return self;
}

static NATIVE(tee_data_reduce) {
    UNUSED_NATIVE();
    TeeData *self_ = (TeeData *)v_obj(self);
    V items = list_with_capacity(t, self_->count);
    for (size_t i = 0; i < self_->count && !v_is_error(items); i++) {
        if (list_append_steal(t, items, GET(items[i])) < 0) {
            v_drop(t, items);
            return V_ERROR;
        }
    }
    V next = GET(next);
    return tuple_pack_steal(t, 2, v_from_type(v_type(self)), tuple_pack_steal(t, 3, GET(iter), items, next == V_NULL ? V_NONE : next));
}
static const Method tee_data_methods[] = {IT_REDUCE(tee_data_reduce), METHOD_END};
Type tee_data_type = {
    TYPE_HEAD("itertools._tee_dataobject"), .doc = "A block of items that tee iterators share.", .flags = TYPE_GC,
    .size = sizeof(TeeData), .traverse = tee_data_traverse, .new_ = tee_data_new, .methods = tee_data_methods,
};

static V tee_alloc(Thread *t, V data, size_t index) {
    Tee *self_ = (Tee *)obj_alloc(t, &tee_type, sizeof *self_, OBJ_GC);
    if (!self_) return err_no_memory(t);
    self_->index = index;
    slot_init(t, &self_->head, &self_->data, data);
    return v_from(self_);
}

static V tee_copy_of(Thread *t, V self) {
    Tee *self_ = (Tee *)v_obj(self);
    CRITICAL(t, &self_->head);
    return tee_alloc(t, PEEK(data), self_->index);
}

static V tee_over(Thread *t, V iterable) {
    V iter = obj_iter(t, iterable);
    if (v_is_error(iter)) return V_ERROR;
    V tee, data;
    if (v_is_exact(iter, &tee_type)) {
        tee = tee_copy_of(t, iter);
    } else {
        data = tee_data_alloc(t, iter);
        tee = v_is_error(data) ? V_ERROR : tee_alloc(t, data, 0);
        v_drop(t, data);
    }
    v_drop(t, iter);
    return tee;
}

static V tee_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "_tee", kwnames) < 0 || args_check_count(t, "_tee", nargs, 1, 1) < 0) return V_ERROR;
    return tee_over(t, args[0]);
}

static void tee_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Tee *)o)->data); }

static V tee_next(Thread *t, V self) {
    Tee *self_ = (Tee *)v_obj(self);
    CRITICAL(t, &self_->head);
    if (self_->index >= BLOCK) {
        V data = GET(data), next = tee_data_next(t, (TeeData *)v_obj(data));
        v_drop(t, data);
        if (v_is_error(next)) return V_ERROR;
        SET_STEAL(data, next);
        self_->index = 0;
    }
    V data = GET(data), item = tee_data_item(t, (TeeData *)v_obj(data), self_->index);
    v_drop(t, data);
    if (item != V_END && !v_is_error(item)) self_->index++;
    return item;
}

static NATIVE(tee_copy) {
    UNUSED_NATIVE();
    return tee_copy_of(t, self);
}
static NATIVE(tee_reduce) {
    UNUSED_NATIVE();
    Tee *self_ = (Tee *)v_obj(self);
    V state = tuple_pack_steal(t, 2, GET(data), v_from_int((int64_t)self_->index));
    return tuple_pack_steal(t, 3, v_from_type(v_type(self)), tuple_pack(t, 1, tuple_empty()), state);
}
static NATIVE(tee_setstate) {
    UNUSED_NATIVE();
    Tee *self_ = (Tee *)v_obj(self);
    V given[2];
    ptrdiff_t index;
    if (it_state(t, args[0], 2, 2, given) < 0) return V_ERROR;
    if (!v_is_exact(given[0], &tee_data_type))
        return err_set(t, &exc_TypeError, "argument 1 must be itertools._tee_dataobject, not %K", given[0]);
    if (num_as_ssize(t, given[1], &exc_OverflowError, &index) < 0) return V_ERROR;
    if (index < 0 || index > BLOCK) return err_set(t, &exc_ValueError, "Index out of range");
    SET(data, given[0]);
    self_->index = (size_t)index;
    return V_NONE;
}
static const Method tee_methods[] = {
    {"__copy__", tee_copy, "", LOCK_NONE, 0, "Another iterator at the same place."}, IT_REDUCE(tee_reduce), IT_SETSTATE(tee_setstate),
    METHOD_END,
};
Type tee_type = {
    TYPE_HEAD("itertools._tee"), .doc = "One of the iterators that tee() gives.", .text_signature = "(iterable, /)",
    .flags = TYPE_GC | TYPE_WEAKREFS, .size = sizeof(Tee), .traverse = tee_traverse, .new_ = tee_new, .iter = iter_self,
    .next = tee_next, .methods = tee_methods,
};

NATIVE(itertools_tee) {
    UNUSED_NATIVE();
    ptrdiff_t n = 2;
    if (args_no_keywords(t, "itertools.tee", kwnames) < 0 || args_check_count(t, "tee", nargs, 1, 2) < 0) return V_ERROR;
    if (nargs == 2 && num_as_ssize(t, args[1], &exc_OverflowError, &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "n must be >= 0");
    V result = tuple_new(t, (size_t)n);
    if (v_is_error(result) || n == 0) return result;
    V iter = obj_iter(t, args[0]), copy = v_is_error(iter) ? V_ERROR : obj_lookup_attr(t, iter, NAME(__copy__));
    if (copy == V_NULL) {
        V tee = tee_over(t, iter);
        v_drop(t, iter);
        iter = tee;
        copy = v_is_error(tee) ? V_ERROR : obj_getattr(t, tee, NAME(__copy__));
    }
    if (v_is_error(copy)) {
        v_drop(t, iter);
        v_drop(t, result);
        return V_ERROR;
    }
    tuple_init_steal(t, result, 0, iter);
    for (ptrdiff_t i = 1; i < n; i++) {
        V other = obj_call0(t, copy);
        if (v_is_error(other)) {
            v_drop(t, copy);
            v_drop(t, result);
            return V_ERROR;
        }
        tuple_init_steal(t, result, (size_t)i, other);
    }
    v_drop(t, copy);
    return result;
}
