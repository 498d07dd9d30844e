// SPDX-License-Identifier: MIT
// super: attribute lookup that starts behind a class in the MRO of an object's class.
#include "object/descr.h"
#include "object/misc.h"
#include "object/upcalls.h"
#include "object/plain.h"

typedef struct Super { Obj head; Slot type, obj, obj_type; } Super;
static inline Super *super_of(V v) { return (Super *)v_obj(v); }

static void super_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Super *s = (Super *)o;
    VISIT(s->type);
    VISIT(s->obj);
    VISIT(s->obj_type);
}

// A custom mro() may leave the class itself out.
static bool stands_in_mro(const Type *start, const Type *type) {
    V mro = slot_peek(&start->mro);
    for (size_t i = 0; type_has(start, TYPE_CUSTOM_MRO) && mro != V_NULL; i++) {
        if (i == tuple_len(mro)) return false;
        if (tuple_borrow(mro, i) == v_from_type(type)) return true;
    }
    return true;
}

// The class whose MRO is searched: obj itself when that is a subclass of type, else obj's class (or what __class__ says).
static Type *check_object(Thread *t, Type *type, V obj) {
    if (v_is_type(obj) && type_is_subtype(v_as_type(obj), type) && stands_in_mro(v_as_type(obj), type)) return v_as_type(obj);
    if (type_is_subtype(v_type(obj), type)) return v_type(obj);
    V claimed = obj_lookup_attr(t, obj, NAME(__class__));
    if (v_is_error(claimed)) return NULL;
    if (claimed != V_NULL && v_is_type(claimed) && v_as_type(claimed) != v_type(obj) && type_is_subtype(v_as_type(claimed), type))
        return v_as_type(claimed);
    v_drop(t, claimed);
    err_set(t, &exc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
    return NULL;
}

static V lookup(Thread *t, Type *type, V obj, Type *start, V name) {
    V mro = slot_get(&start->head, &start->mro), result = V_NULL;
    if (mro == V_NULL) return V_NULL;
    size_t n = tuple_len(mro), i = 0;
    while (i < n && tuple_borrow(mro, i) != v_from_type(type)) i++;
    for (i++; i < n; i++) {
        V found = type_own_attr_borrow(v_as_type(tuple_borrow(mro, i)), name);
        if (found == V_NULL) continue;
        found = v_dup(found);
        DescrGetFn get = v_type(found)->descr_get;
        if (get) {
            bool on_class = obj == v_from_type(start);
            result = get(t, found, on_class ? V_NULL : obj, v_from_type(start));
            v_drop(t, found);
        } else {
            result = found;
        }
        break;
    }
    v_drop(t, mro);
    return result;
}

static V super_getattr(Thread *t, V self, V name) {
    Super *s = super_of(self);
    V obj_type = slot_peek(&s->obj_type);
    if (obj_type != V_NULL && !str_equal_ascii(name, "__class__")) {
        V interned = str_is_interned(name) ? v_dup(name) : str_intern_steal(t, v_dup(name));
        if (v_is_error(interned)) return V_ERROR;
        V found = lookup(t, v_as_type(slot_peek(&s->type)), slot_peek(&s->obj), v_as_type(obj_type), interned);
        v_drop(t, interned);
        if (found != V_NULL) return found;
    }
    return obj_generic_getattr(t, self, name);
}

// super(type, obj).name without the super object: V_NULL when missing behind type.  For the VM.
V super_lookup(Thread *t, V type, V obj, V name) {
    if (!v_is_type(type)) return err_set(t, &exc_TypeError, "super() argument 1 must be a type, not %T", type);
    Type *start = check_object(t, v_as_type(type), obj);
    return start ? lookup(t, v_as_type(type), obj, start, name) : V_ERROR;
}

static int set_up(Thread *t, V self, V type, V obj) {
    Super *s = super_of(self);
    if (!v_is_type(type)) {
        err_set(t, &exc_TypeError, "super() argument 1 must be a type, not %T", type);
        return -1;
    }
    Type *start = NULL;
    if (obj != V_NULL && obj != V_NONE && !(start = check_object(t, v_as_type(type), obj))) return -1;
    slot_set(t, &s->head, &s->type, type);
    slot_set(t, &s->head, &s->obj, start ? obj : V_NULL);
    slot_set(t, &s->head, &s->obj_type, start ? v_from_type(start) : V_NULL);
    return 0;
}

static int super_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    if (args_no_keywords(t, "super", kwnames) < 0 || args_check_count(t, "super()", nargs, 0, 2) < 0) return -1;
    if (nargs) return set_up(t, self, args[0], nargs == 2 ? args[1] : V_NULL);
    V type, obj;
    if (vm_super_arguments(t, &type, &obj) < 0) return -1;
    int r = set_up(t, self, type, obj);
    v_drop(t, type);
    v_drop(t, obj);
    return r;
}

V super_new(Thread *t, Type *type, V obj) {
    V self = type_alloc(t, &super_type, 0);
    if (v_is_error(self) || set_up(t, self, v_from_type(type), obj) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}

// An unbound super object in a class binds like a method.
static V super_get(Thread *t, V self, V obj, V type) {
    (void)type;
    Super *s = super_of(self);
    if (obj == V_NULL || obj == V_NONE || slot_peek(&s->obj) != V_NULL) return v_dup(self);
    if (!v_is_exact(self, &super_type)) return obj_call2(t, v_from_type(v_type(self)), slot_peek(&s->type), obj);
    return super_new(t, v_as_type(slot_peek(&s->type)), obj);
}

static V super_repr(Thread *t, V self) {
    Super *s = super_of(self);
    V type = slot_peek(&s->type), obj_type = slot_peek(&s->obj_type);
    V name = type == V_NULL ? str_from_cstr(t, "NULL") : type_name(t, v_as_type(type));
    if (v_is_error(name)) return V_ERROR;
    V result = obj_type != V_NULL ? str_from_format(t, "<super: <class '%V'>, <%N object>>", name, v_as_type(obj_type))
                                  : str_from_format(t, "<super: <class '%V'>, NULL>", name);
    v_drop(t, name);
    return result;
}

static const Member super_members[] = {
    {"__thisclass__", MEMBER_SLOT_OR_NONE, offsetof(Super, type), true, "the class behind which the search begins"},
    {"__self__", MEMBER_SLOT_OR_NONE, offsetof(Super, obj), true, "the object whose attributes are found, or None"},
    {"__self_class__", MEMBER_SLOT_OR_NONE, offsetof(Super, obj_type), true,
        "the class whose order of resolution is searched, or None"},
    {0},
};

Type super_type = {
    TYPE_HEAD("super"), .size = sizeof(Super), .flags = TYPE_BASETYPE | TYPE_GC | TYPE_IMMUTABLE,
    .doc = "super() -> super(the class that the method stands in, its first argument)\n"
           "super(type) -> one without an object, to be bound by __get__\n"
           "super(type, obj) -> obj, an instance of type\n"
           "super(type, type2) -> type2, a subclass of type\n\n"
           "Finds attributes of an object in the classes that come after one in its order of resolution.\n",
    .traverse = super_traverse, .new_ = type_new_bare, .init = super_init, .getattr = super_getattr, .repr = super_repr,
    .descr_get = super_get, .members = super_members,
};
