// SPDX-License-Identifier: MIT
// Type objects.  A static type is `Type xxx_type = { TYPE_HEAD("xxx"), .base = ..., .size = sizeof(Xxx), .methods = ... };` in its own
// file plus one line in types.def (or a type_ready call in its module's exec function).  type_ready fills inherited slots, the MRO
// and the dict from the tables.  Heap types (class statements) are the same struct, born uncounted, reclaimed by full collections.
// Slots and dunders are one table (slots.def): for a class with `__add__` type_update_slots installs the generic C function that
// looks it up and calls it; for a static type with `.add` type_ready puts wrappers into its dict.  Slots borrow, and return a stack value.
#ifndef HEDDLE_OBJECT_TYPE_H
#define HEDDLE_OBJECT_TYPE_H
#ifdef __clang__ // static types carry a tag in their low bits; gcc aligns what is that large anyway
#define TYPE_ALIGNED __attribute__((aligned(16)))
#else
#define TYPE_ALIGNED
#endif
#include "threading/thread.h"
#include "object/native.h"

typedef V (*UnaryFn)(Thread *, V);
typedef V (*BinaryFn)(Thread *, V, V);           // number slots: either operand may be of the type; NotImplemented allowed
typedef V (*TernaryFn)(Thread *, V, V, V);
typedef int (*InquiryFn)(Thread *, V);           // 1, 0, -1 with exception
typedef ptrdiff_t (*LenFn)(Thread *, V);         // -1 with exception
typedef int (*HashFn)(Thread *, V, int64_t *out); // 0, -1 with exception
typedef V (*CompareFn)(Thread *, V, V, int op);  // op: CMP_*; NotImplemented allowed
typedef V (*GetattrFn)(Thread *, V self, V name);
typedef int (*SetattrFn)(Thread *, V self, V name, V value);  // value V_NULL deletes
typedef V (*GetitemFn)(Thread *, V self, V key);
typedef V (*IndexFn)(Thread *, V self, ptrdiff_t i);
typedef int (*SetitemFn)(Thread *, V self, V key, V value);   // value V_NULL deletes
typedef int (*ContainsFn)(Thread *, V self, V item);
typedef V (*NewFn)(Thread *, Type *, const V *args, size_t nargs, V kwnames);
typedef int (*InitFn)(Thread *, V self, const V *args, size_t nargs, V kwnames);
typedef V (*DescrGetFn)(Thread *, V descr, V obj, V type);    // obj V_NULL: looked up on the type
typedef int (*DescrSetFn)(Thread *, V descr, V obj, V value); // value V_NULL deletes
// A generator-like `am_send`: SEND_RETURN, SEND_NEXT with *result a stack value, SEND_ERROR.
enum { SEND_RETURN = 0, SEND_ERROR = -1, SEND_NEXT = 1 };
typedef int (*SendFn)(Thread *, V self, V arg, V *result);
struct Buffer;
typedef int (*GetBufferFn)(Thread *, V self, struct Buffer *view, int flags);
typedef void (*ReleaseBufferFn)(Thread *, V self, struct Buffer *view);

enum { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GT, CMP_GE };
// Whether x op y: also for an order, against 0.
static inline bool cmp_holds(int64_t x, int64_t y, int op) {
    switch (op) {
    case CMP_LT: return x < y;
    case CMP_LE: return x <= y;
    case CMP_EQ: return x == y;
    case CMP_NE: return x != y;
    case CMP_GT: return x > y;
    default: return x >= y;
    }
}
// What a container answers about itself: its items are themselves.  It holds also while another thread changes them.
static inline bool cmp_holds_for_same(int op) { return op == CMP_EQ || op == CMP_LE || op == CMP_GE; }

// Type.flags
enum {
    TYPE_HEAP = 1 << 0,         // made by a class statement or type(): attributes may be set
    TYPE_BASETYPE = 1 << 1,     // may be subclassed
    TYPE_GC = 1 << 2,           // instances are collectable (have slots)
    TYPE_READY = 1 << 3,
    TYPE_WEAKREFS = 1 << 4,     // instances may be weakly referenced
    TYPE_ABSTRACT = 1 << 5,     // has unimplemented abstract methods
    TYPE_SEQUENCE = 1 << 6,     // matches sequence patterns
    TYPE_MAPPING = 1 << 7,      // matches mapping patterns
    TYPE_IMMUTABLE = 1 << 8,    // static: setting attributes raises
    TYPE_NO_NEW = 1 << 9,       // cannot create 'X' instances
    TYPE_FINALIZE = 1 << 10,    // instances have __del__ or a native `finalize`
    TYPE_METHOD_DESCR = 1 << 11,// functions and friends: LOAD_METHOD may skip binding
    TYPE_ITEM_SELF = 1 << 12,   // class pattern with one positional sub-pattern matches the subject itself
    TYPE_OWN_DICT = 1 << 13,    // modules: attributes live in Module.dict
    TYPE_CUSTOM_MRO = 1 << 14,  // the metatype has an mro() of its own: never gets a version, nothing is cached
    // fast subclass tests
    TYPE_INT = 1 << 20, TYPE_STR = 1 << 21, TYPE_BYTES = 1 << 22, TYPE_TUPLE = 1 << 23, TYPE_LIST = 1 << 24,
    TYPE_DICT = 1 << 25, TYPE_EXC = 1 << 26, TYPE_TYPE = 1 << 27, TYPE_FLOAT = 1 << 28, TYPE_SET = 1 << 29,
};

typedef struct GetSet {
    const char *name;
    V (*get)(Thread *, V self, void *closure);
    int (*set)(Thread *, V self, V value, void *closure); // value V_NULL deletes; NULL: read-only
    const char *doc;
    void *closure;
} GetSet;

typedef enum {
    MEMBER_SLOT, MEMBER_SLOT_OR_NONE, MEMBER_INT, MEMBER_SSIZE, MEMBER_BOOL, MEMBER_UINT, MEMBER_DOUBLE, MEMBER_CSTR,
    MEMBER_CODE_SLOT,    // read-only, of a code object: it is thawed first
    MEMBER_FUNCTION_DOC, // a function's __doc__: its code's until it is set
} MemberKind;
typedef struct Member { // a plain field; MEMBER_SLOT raises AttributeError when unset
    const char *name;
    MemberKind kind;
    size_t offset;
    bool readonly;
    const char *doc;
} Member;

// Every slot, in one list: SLOT(field, C type).  slots.def gives the dunders.
#define TYPE_SLOTS(SLOT) \
    SLOT(repr, UnaryFn) SLOT(str, UnaryFn) SLOT(hash, HashFn) SLOT(call, NativeFn) SLOT(getattr, GetattrFn) \
    SLOT(setattr, SetattrFn) SLOT(compare, CompareFn) SLOT(iter, UnaryFn) SLOT(next, UnaryFn) \
    SLOT(descr_get, DescrGetFn) SLOT(descr_set, DescrSetFn) SLOT(init, InitFn) SLOT(new_, NewFn) \
    /* numbers */ \
    SLOT(add, BinaryFn) SLOT(subtract, BinaryFn) SLOT(multiply, BinaryFn) SLOT(remainder, BinaryFn) \
    SLOT(divmod, BinaryFn) SLOT(power, TernaryFn) SLOT(negative, UnaryFn) SLOT(positive, UnaryFn) \
    SLOT(absolute, UnaryFn) SLOT(bool_, InquiryFn) SLOT(invert, UnaryFn) SLOT(lshift, BinaryFn) \
    SLOT(rshift, BinaryFn) SLOT(and_, BinaryFn) SLOT(xor_, BinaryFn) SLOT(or_, BinaryFn) SLOT(int_, UnaryFn) \
    SLOT(float_, UnaryFn) SLOT(index, UnaryFn) SLOT(floor_divide, BinaryFn) SLOT(true_divide, BinaryFn) \
    SLOT(matrix_multiply, BinaryFn) \
    SLOT(iadd, BinaryFn) SLOT(isubtract, BinaryFn) SLOT(imultiply, BinaryFn) SLOT(iremainder, BinaryFn) \
    SLOT(ipower, TernaryFn) SLOT(ilshift, BinaryFn) SLOT(irshift, BinaryFn) SLOT(iand, BinaryFn) \
    SLOT(ixor, BinaryFn) SLOT(ior, BinaryFn) SLOT(ifloor_divide, BinaryFn) SLOT(itrue_divide, BinaryFn) \
    SLOT(imatrix_multiply, BinaryFn) \
    /* containers: subscript/set_subscript take any key; item is the integer fast path (may be NULL) */ \
    SLOT(len, LenFn) SLOT(subscript, GetitemFn) SLOT(set_subscript, SetitemFn) SLOT(item, IndexFn) \
    SLOT(contains, ContainsFn) SLOT(concat, BinaryFn) SLOT(repeat, BinaryFn) SLOT(iconcat, BinaryFn) \
    SLOT(irepeat, BinaryFn) \
    /* async */ \
    SLOT(await, UnaryFn) SLOT(aiter, UnaryFn) SLOT(anext, UnaryFn) SLOT(send, SendFn) \
    /* finalizer: runs Python; called once, before death, with one owned count */ \
    SLOT(finalize, UnaryFn) \
    /* buffer */ \
    SLOT(get_buffer, GetBufferFn) SLOT(release_buffer, ReleaseBufferFn)

struct TYPE_ALIGNED Type {
    Obj head;              // head.type is the metatype; immortal
    const char *name;      // "module.name" for module types or plain; const after init (heap types: see ht_name)
    const char *doc;
    uint32_t flags;        // TYPE_*; const after ready, but TYPE_ABSTRACT
    uint32_t version;      // 0: none given, or being changed (release); see type_version
    size_t size;           // bytes of an instance without attributes area; const
    size_t item_size;      // variable part; const
    uint32_t attrs_offset; // where the Attrs area (shape, inline slots) stands in an instance; 0: no __dict__; see shape.h
                           // (a static type that wants one says any other value)
    uint32_t nslots;       // all __slots__ cells of an instance, inherited ones included; they stand at slots_offset
    uint32_t slots_offset; // (0 behind a variable part: then the cells come first in attrs_var_tail)
    Type *base;            // const after ready but for __bases__ assignment (STW)
    void (*traverse)(Thread *, Obj *o, SlotVisitor visit, void *arg); // NULL: no slots of its own
    void (*free_)(Thread *, Obj *o);    // releases what is not a Slot (buffers, descriptors); NULL: nothing
    void (*destroy)(Thread *, Obj *o);  // replaces the generic traverse+free_+memory; NULL: generic
#define SLOT(name, type) type name;
    TYPE_SLOTS(SLOT)
#undef SLOT
    const Method *methods; // terminated by a row with name NULL; the same for the next two
    const GetSet *getsets;
    const Member *members;
    const char *text_signature; // of the constructor, or NULL
    Slot dict;             // dict
    Slot bases;            // tuple
    Slot mro;              // tuple
    Slot ht_name;          // heap types: str; `qualname` too
    Slot ht_qualname;
    Slot subclasses;       // dict {id: weakref}
    Slot ht_slots;         // heap types: __slots__ as a tuple or V_NULL
    void *cache;           // type.c: specialisation data (shape root, sizes); see shape.h
    uint32_t shape_root;   // shape id instances start with
    uint16_t inline_attrs; // inline attribute slots that new instances get
    uint16_t reserved;     // attrs.c: learning how many attributes instances get
    uint32_t alloc_flags;  // OBJ_* new instances start with; atomic: a __del__ may come later
};

#define TYPE_HEAD(n) .head = {.rc = 1, .flags = OBJ_IMMORTAL, .type = &type_type}, .name = (n)

// ---- the builtin types (defined in the file named after them) -----------------------------------------------------
#define TYPE(name) extern Type name##_type;
#include "object/types.def"
#undef TYPE

static inline Type *v_type(V v) {
    if (v_is_object(v)) return v_obj(v)->type;
    return v_is_int(v) ? &int_type : &float_type;
}
static inline bool type_has(const Type *type, uint32_t flag) { return (type->flags & flag) != 0; }
static inline bool v_has(V v, uint32_t flag) { return type_has(v_type(v), flag); }
static inline bool v_is_exact(V v, const Type *type) { return v_is_object(v) && v_obj(v)->type == type; }
static inline bool v_is_str(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_STR); }
static inline bool v_is_bytes(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_BYTES); }
static inline bool v_is_tuple(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_TUPLE); }
static inline bool v_is_list(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_LIST); }
static inline bool v_is_dict(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_DICT); }
static inline bool v_is_type(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_TYPE); }
static inline bool v_is_exception(V v) { return v_is_object(v) && type_has(v_obj(v)->type, TYPE_EXC); }
static inline bool v_is_any_int(V v) { return v_is_int(v) || (v_is_object(v) && type_has(v_obj(v)->type, TYPE_INT)); }
static inline bool v_is_any_float(V v) { return v_is_float(v) || (v_is_object(v) && type_has(v_obj(v)->type, TYPE_FLOAT)); }
#define v_as_type(v) ((Type *)v_obj(v))

// ---- operations ---------------------------------------------------------------------------------------------------
int type_ready(Thread *t, Type *type);        // 0/-1; idempotent; readies bases first
bool type_is_subtype(const Type *a, const Type *b);
// Looks name (str) up along the MRO.  Borrowed, V_NULL when missing; sets no exception.
V type_lookup_borrow(Thread *t, Type *type, V name);
uint32_t type_version(Thread *t, Type *type); // current version, giving one if there is none (0: exhausted)
void type_modified(Thread *t, Type *type);    // invalidates type and its subclasses
void type_cache_clear(Thread *t, Thread *owner, bool free_memory); // at thread exit; for a full collection (stopped world)
// type(name, bases, dict, **kw) with `metatype` (already the most derived one).
V type_new_heap(Thread *t, Type *metatype, V name, V bases, V dict, V kwnames, const V *kwvalues);
// A class made in C: name "module.name", one base (NULL: object), dict borrowed or V_NULL.
V type_new_simple(Thread *t, const char *name, Type *base, V dict);
Type *type_best_metatype(Thread *t, Type *metatype, V bases); // NULL with TypeError on a conflict
// Instance of `type` with zeroed fields, its attributes area and __slots__ in place.  V_ERROR when out of memory.
V type_alloc(Thread *t, Type *type, size_t nitems);
V type_name(Thread *t, Type *type);           // __name__ as a str
V type_qualname(Thread *t, Type *type);
V type_module(Thread *t, Type *type);
const char *type_short_name(const Type *type); // C string after the last dot; heap types: UTF-8 of the name, NUL-ended
bool type_check(Thread *t, V v, Type *type);   // exact C-level isinstance: v_type(v) is or derives from type
// Heap types are born uncounted: memory for one, zeroed, with the header set.  The reference to it is v_from_type.
Type *type_alloc_heap(Thread *t, Type *metatype);
int object_start(Thread *t);                   // readies every static type of types.def and exceptions.def
#endif
