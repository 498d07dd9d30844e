// SPDX-License-Identifier: MIT
// Bound methods, instancemethod, cells, capsules.
#include "object/descr.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// ---- method --------------------------------------------------------------------------------------------------------------
static inline BoundMethod *bound_of(V v) { return (BoundMethod *)v_obj(v); }
static inline V func_of(V v) { return slot_peek(&bound_of(v)->func); }
static inline V self_of(V v) { return slot_peek(&bound_of(v)->self); }

V method_new(Thread *t, V func, V self) {
    BoundMethod *m = (BoundMethod *)obj_alloc(t, &method_type, sizeof *m, OBJ_GC);
    if (!m) return err_no_memory(t);
    slot_init(t, &m->head, &m->func, func);
    slot_init(t, &m->head, &m->self, self);
    return v_from(m);
}

static V method_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "method", kwnames) < 0 || args_check_count(t, "method", nargs, 2, 2) < 0) return V_ERROR;
    if (!obj_is_callable(args[0])) return err_set(t, &exc_TypeError, "first argument must be callable");
    if (args[1] == V_NONE) return err_set(t, &exc_TypeError, "instance must not be None");
    return method_new(t, args[0], args[1]);
}

static void method_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    BoundMethod *m = (BoundMethod *)o;
    VISIT(m->func);
    VISIT(m->self);
}

static V method_call(Thread *t, V method, const V *args, size_t nargs, V kwnames) {
    size_t total = nargs + (kwnames == V_NULL ? 0 : tuple_len(kwnames));
    V small[8], *all = small;
    if (total + 1 > countof(small) && !(all = mem_alloc(t, (total + 1) * sizeof(V)))) return err_no_memory(t);
    all[0] = self_of(method);
    if (total) memcpy(all + 1, args, total * sizeof(V));
    V result = obj_call(t, func_of(method), all, nargs + 1, kwnames);
    if (all != small) mem_free(all);
    return result;
}

static V method_compare(Thread *t, V a, V b, int op) {
    if ((op != CMP_EQ && op != CMP_NE) || !v_is_exact(a, &method_type) || !v_is_exact(b, &method_type)) return V_NOT_IMPLEMENTED;
    int equal = obj_compare_bool(t, func_of(a), func_of(b), CMP_EQ);
    if (equal < 0) return V_ERROR;
    equal = equal && v_is(self_of(a), self_of(b));
    return v_from_bool(equal == (op == CMP_EQ));
}

static int method_hash(Thread *t, V method, int64_t *out) {
    int64_t x, y;
    obj_hash_identity(t, self_of(method), &x);
    if (obj_hash(t, func_of(method), &y) < 0) return -1;
    *out = (x ^ y) == -1 ? -2 : x ^ y;
    return 0;
}

static V method_repr(Thread *t, V method) {
    V func = func_of(method), name = obj_lookup_attr(t, func, NAME(__qualname__));
    if (name == V_NULL) name = obj_lookup_attr(t, func, NAME(__name__));
    if (v_is_error(name)) return V_ERROR;
    bool text = name != V_NULL && v_is_str(name);
    V result = text ? str_from_format(t, "<bound method %V of %R>", name, self_of(method))
                    : str_from_format(t, "<bound method ? of %R>", self_of(method));
    v_drop(t, name);
    return result;
}

// What the method does not have itself is looked up on the function.
static V method_getattr(Thread *t, V method, V name) {
    V descr = type_lookup_borrow(t, &method_type, name);
    if (descr == V_NULL) return obj_getattr(t, func_of(method), name);
    descr = v_dup(descr);
    DescrGetFn get = v_type(descr)->descr_get;
    if (!get) return descr;
    V result = get(t, descr, method, v_from_type(&method_type));
    v_drop(t, descr);
    return result;
}

static V method_get_doc(Thread *t, V method, void *closure) {
    (void)closure;
    V doc = obj_lookup_attr(t, func_of(method), NAME(__doc__));
    return doc == V_NULL ? V_NONE : doc;
}

static NATIVE(method_reduce) {
    UNUSED_NATIVE();
    V name = obj_getattr(t, func_of(self), NAME(__name__));
    if (v_is_error(name)) return V_ERROR;
    V pair = tuple_pack_steal(t, 2, v_dup(self_of(self)), name);
    if (v_is_error(pair)) return V_ERROR;
    V getattr = dict_get_c(t, builtins_dict_borrow(), "getattr");
    if (getattr == V_NULL) {
        v_drop(t, pair);
        return err_set(t, &exc_AttributeError, "getattr");
    }
    return tuple_pack_steal(t, 2, getattr, pair);
}

static const Member method_members[] = {
    {"__func__", MEMBER_SLOT, offsetof(BoundMethod, func), true, "the function that is called"},
    {"__self__", MEMBER_SLOT, offsetof(BoundMethod, self), true, "the first argument it is called with"},
    {0},
};
static const GetSet method_getsets[] = {{"__doc__", method_get_doc, NULL, NULL, NULL}, {0}};
static const Method method_methods[] = {{"__reduce__", method_reduce, "", LOCK_NONE, 0, NULL}, METHOD_END};

Type method_type = {
    TYPE_HEAD("method"), .size = sizeof(BoundMethod), .flags = TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE,
    .doc = "A function together with its first argument.", .text_signature = "function, instance, /",
    .traverse = method_traverse, .new_ = method_make, .call = method_call, .compare = method_compare, .hash = method_hash,
    .repr = method_repr, .getattr = method_getattr, .setattr = obj_generic_setattr,
    .members = method_members, .getsets = method_getsets, .methods = method_methods,
};

// ---- instancemethod: a callable that binds like a function -----------------------------------------------------------------
typedef struct InstanceMethod { Obj head; Slot func; } InstanceMethod;
static inline V wrapped(V v) { return slot_peek(&((InstanceMethod *)v_obj(v))->func); }
static void instance_method_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((InstanceMethod *)o)->func); }
static V instance_method_get(Thread *t, V self, V obj, V type) {
    (void)type;
    return obj == V_NULL ? v_dup(wrapped(self)) : method_new(t, wrapped(self), obj);
}
static V instance_method_call(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return obj_call(t, wrapped(self), args, nargs, kwnames);
}
static const Member instance_method_members[] = {
    {"__func__", MEMBER_SLOT, offsetof(InstanceMethod, func), true, NULL},
    {0},
};
Type instance_method_type = {
    TYPE_HEAD("instancemethod"), .size = sizeof(InstanceMethod), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .traverse = instance_method_traverse, .descr_get = instance_method_get, .call = instance_method_call,
    .members = instance_method_members,
};

// ---- cell ------------------------------------------------------------------------------------------------------------------
V cell_new(Thread *t, V value) {
    Cell *c = (Cell *)obj_alloc(t, &cell_type, sizeof *c, OBJ_GC);
    if (!c) return err_no_memory(t);
    slot_init(t, &c->head, &c->value, value);
    return v_from(c);
}
static V cell_make(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    if (args_no_keywords(t, "cell", kwnames) < 0 || args_check_count(t, "cell", nargs, 0, 1) < 0) return V_ERROR;
    return cell_new(t, nargs ? args[0] : V_NULL);
}
static void cell_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Cell *)o)->value); }

static V cell_repr(Thread *t, V self) {
    V v = cell_get(self);
    if (v == V_NULL) return str_from_format(t, "<cell at %p: empty>", (void *)v_obj(self));
    V id = obj_id(t, v);
    void *address = (void *)(uintptr_t)int_as_u64_mask(id);
    v_drop(t, id);
    V result = str_from_format(t, "<cell at %p: %T object at %p>", (void *)v_obj(self), v, address);
    v_drop(t, v);
    return result;
}

// An empty cell comes before all others.
static V cell_compare(Thread *t, V a, V b, int op) {
    if (!v_is_exact(a, &cell_type) || !v_is_exact(b, &cell_type)) return V_NOT_IMPLEMENTED;
    V x = cell_get(a), y = cell_get(b), result;
    if (x != V_NULL && y != V_NULL) result = obj_compare(t, x, y, op);
    else result = obj_compare(t, v_from_int(x != V_NULL), v_from_int(y != V_NULL), op);
    v_drop(t, x);
    v_drop(t, y);
    return result;
}
static V cell_get_contents(Thread *t, V self, void *closure) {
    (void)closure;
    V v = cell_get(self);
    return v == V_NULL ? err_set(t, &exc_ValueError, "Cell is empty") : v;
}
static int cell_set_contents(Thread *t, V self, V value, void *closure) {
    (void)closure;
    cell_set(t, self, value);
    return 0;
}
static const GetSet cell_getsets[] = {{"cell_contents", cell_get_contents, cell_set_contents, NULL, NULL}, {0}};
Type cell_type = {
    TYPE_HEAD("cell"), .size = sizeof(Cell), .flags = TYPE_GC | TYPE_IMMUTABLE, .traverse = cell_traverse, .new_ = cell_make,
    .repr = cell_repr, .compare = cell_compare, .getsets = cell_getsets, .text_signature = "[contents]",
    .doc = "A place for one variable that several functions see.\n\n"
           "  contents\n"
           "    what is in it; without it the cell is empty, and reading cell_contents raises\n"
           "    ValueError.",
};

// ---- capsule -----------------------------------------------------------------------------------------------------------------
typedef struct Capsule {
    Obj head;
    void *pointer;
    const char *name;
    void (*destructor)(void *);
} Capsule;

V capsule_new(Thread *t, void *pointer, const char *name, void (*destructor)(void *)) {
    Capsule *c = (Capsule *)obj_alloc(t, &capsule_type, sizeof *c, 0);
    if (!c) return err_no_memory(t);
    c->pointer = pointer;
    c->name = name;
    c->destructor = destructor;
    return v_from(c);
}
void *capsule_pointer(V v, const char *name) {
    if (!v_is_exact(v, &capsule_type)) return NULL;
    Capsule *c = (Capsule *)v_obj(v);
    return c->name == name || (c->name && name && strcmp(c->name, name) == 0) ? c->pointer : NULL;
}
static void capsule_free(Thread *t, Obj *o) {
    (void)t;
    Capsule *c = (Capsule *)o;
    if (c->destructor) c->destructor(c->pointer);
}
static V capsule_repr(Thread *t, V self) {
    Capsule *c = (Capsule *)v_obj(self);
    const char *quote = c->name ? "\"" : "";
    return str_from_format(t, "<capsule object %s%s%s at %p>", quote, c->name ? c->name : "NULL", quote, (void *)c);
}
Type capsule_type = {
    TYPE_HEAD("PyCapsule"), .size = sizeof(Capsule), .flags = TYPE_IMMUTABLE, .free_ = capsule_free, .repr = capsule_repr,
    .doc = "Capsule objects let you wrap a C \"void *\" pointer in a Python object.",
};
