// SPDX-License-Identifier: MIT
// Shared by the files of module _ctypes.
//
// mod__ctypes.c     the module's functions                 ctypes_info.c    classes: what is known of a C type, their methods
// ctypes_data.c     instances: memory, references, buffers ctypes_value.c   simple values: between C and Python
// ctypes_simple.c   _SimpleCData                           ctypes_struct.c  Structure, Union: instances and layout
// ctypes_field.c    the descriptors of fields              ctypes_array.c   Array
// ctypes_pointer.c  _Pointer, POINTER, pointer             ctypes_func.c    CFuncPtr
// ctypes_call.c     calling C                              ctypes_callback.c  C calling Python
//
// A C type is a class whose metaclass is one of the five below; its description, a TypeInfo, stands behind the class in
// memory.  An instance has memory of its own, or is a view of memory in another one or somewhere else.  As in C, nobody
// keeps two threads from the same memory, but a word of it is never half of one and half of another; the objects around it are safe.
#ifndef HEDDLE_CTYPES_PRIVATE_H
#define HEDDLE_CTYPES_PRIVATE_H
#include "posix_private.h"
#include "object/descr.h"
#ifdef HAVE_FFI
#include <ffi.h>
#include <wchar.h>

// ---- memory -----------------------------------------------------------------------------------------------------------------
// Other threads may be at it: what is aligned, and no larger than a word, is read and written whole.
// A word of 8 bytes may lead to an object, which is seen as it was when the word was written.
static inline void memory_get(void *to, const void *p, size_t n) {
    bool aligned = n && (uintptr_t)p % n == 0;
    if (aligned && n == 1) { uint8_t x = at_load_relaxed((const uint8_t *)p); memcpy(to, &x, 1); }
    else if (aligned && n == 2) { uint16_t x = at_load_relaxed((const uint16_t *)p); memcpy(to, &x, 2); }
    else if (aligned && n == 4) { uint32_t x = at_load_relaxed((const uint32_t *)p); memcpy(to, &x, 4); }
    else if (aligned && n == 8) { uint64_t x = at_load_acquire((const uint64_t *)p); memcpy(to, &x, 8); }
    else memcpy(to, p, n);
}
static inline void memory_set(void *p, const void *from, size_t n) {
    bool aligned = n && (uintptr_t)p % n == 0;
    if (aligned && n == 1) { uint8_t x; memcpy(&x, from, 1); at_store_relaxed((uint8_t *)p, x); }
    else if (aligned && n == 2) { uint16_t x; memcpy(&x, from, 2); at_store_relaxed((uint16_t *)p, x); }
    else if (aligned && n == 4) { uint32_t x; memcpy(&x, from, 4); at_store_relaxed((uint32_t *)p, x); }
    else if (aligned && n == 8) { uint64_t x; memcpy(&x, from, 8); at_store_release((uint64_t *)p, x); }
    else memcpy(p, from, n);
}

static inline void memory_copy(void *to, const void *from, size_t n) { // word by word; from may lie behind to, but not before and in it
    size_t step = ((uintptr_t)to | (uintptr_t)from) % 8 == 0 ? 8 : 1, i = 0;
    for (; n - i >= step; i += step) {
        uint64_t word = 0;
        memory_get(&word, (const char *)from + i, step);
        memory_set((char *)to + i, &word, step);
    }
    for (; i < n; i++) at_store_relaxed((char *)to + i, at_load_relaxed((const char *)from + i));
}
static inline void memory_move(void *to, const void *from, size_t n) { // for what may overlap
    if ((uintptr_t)to - (uintptr_t)from >= n) {
        memory_copy(to, from, n);
        return;
    }
    while (n-- > 0) at_store_relaxed((char *)to + n, at_load_relaxed((const char *)from + n));
}
static inline V memory_bytes(Thread *t, const void *p, size_t n) {
    V bytes = bytes_new(t, n);
    if (!v_is_error(bytes)) memory_copy(bytes_data(bytes), p, n);
    return bytes;
}

// ---- C types ----------------------------------------------------------------------------------------------------------------
typedef enum { C_SIMPLE, C_STRUCT, C_UNION, C_ARRAY, C_POINTER, C_FUNCTION } CKind;
typedef struct Code { // a simple type, by its letter
    char letter;
    char format;        // in buffers: struct's letter for this size
    uint8_t size;
    ffi_type *ffi;
    V (*get)(Thread *t, const void *p, size_t size);          // size: see bit fields in ctypes_value.c
    V (*set)(Thread *t, void *p, V value, size_t size);       // what is to be kept alive, or V_NONE
} Code;
typedef struct TypeInfo { // const once the class is complete; a struct's is when _fields_ is set
    Obj head;
    CKind kind;
    bool complete;      // has a size
    bool final;         // something uses it: its layout is for ever
    bool has_union, has_bits, has_pointer;
    bool swapped;       // the other byte order
    uint8_t flags;      // functions: FUNC_*
    const Code *code;   // simple types (CFuncPtr and pointers: the one for addresses)
    size_t size, align;
    ptrdiff_t length;   // fields or items
    ffi_type *ffi;      // NULL: made when one is passed by value (struct_ffi)
    ffi_type own_ffi;
    char *format;       // in buffers; mem_alloc
    int ndim;
    ptrdiff_t *shape;   // ndim lengths and ndim strides; mem_alloc
    Slot item;          // arrays, pointers: the class of what they hold
    Slot arrays;        // dict {length: weakref of the class of arrays of this many}, or V_NULL; under the TypeInfo
    Slot fields;        // structs: a tuple of the fields' classes, those of the base first
    Slot argtypes, converters, restype, checker; // functions
} TypeInfo;
typedef struct CType { Type type; Slot info; } CType; // a class
enum { CTYPES_MOST_ARGUMENTS = 1024 };
enum { FUNC_CDECL = 1, FUNC_PYTHONAPI = 4, FUNC_USE_ERRNO = 8, FUNC_USE_LASTERROR = 16 };

extern Type ctypes_simple_meta, ctypes_struct_meta, ctypes_union_meta, ctypes_array_meta, ctypes_pointer_meta, ctypes_func_meta;
extern CType ctypes_data_type, ctypes_simple_type, ctypes_struct_type, ctypes_union_type, ctypes_array_type, ctypes_pointer_type, ctypes_func_type;
extern Type ctypes_info_type, ctypes_field_type, ctypes_arg_type, ctypes_thunk_type;
NATIVE(ctype_from_param);
NATIVE(ctype_from_address);
NATIVE(ctype_from_buffer);
NATIVE(ctype_from_buffer_copy);
NATIVE(ctype_in_dll);
#define CTYPE_METHODS(from_param) /* of a metaclass */ \
    {"from_param", from_param, "value, /", 0, 0, "A value as an argument of this type."}, \
    {"from_address", ctype_from_address, "integer, /", 0, 0, "What stands at an address."}, \
    {"from_buffer", ctype_from_buffer, "object, offset=0, /", 0, 0, "A view of a writable object's memory."}, \
    {"from_buffer_copy", ctype_from_buffer_copy, "object, offset=0, /", 0, 0, "A copy of an object's memory."}, \
    {"in_dll", ctype_in_dll, "dll, name, /", 0, 0, "A variable of a library."}
#define CTYPE_HEAD(n, meta) .head = {.rc = 1, .flags = OBJ_IMMORTAL, .type = &(meta)}, .name = (n)
#define CTYPE_META(n, new__, methods_) \
    { TYPE_HEAD(n), .base = &type_type, .size = sizeof(CType), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE, .traverse = ctype_traverse, \
      .new_ = new__, .repeat = ctype_repeat, .methods = methods_ }

void ctype_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
V ctype_repeat(Thread *t, V class, V n);                   // class * n
TypeInfo *ctype_info(V class);                             // NULL: no C type, or an abstract one
TypeInfo *ctype_info_of(V instance);                       // of an instance's class
V ctype_new_class(Thread *t, Type *meta, const V *args, size_t nargs, V kwnames, CKind kind, TypeInfo **info); // type.__new__ and a new TypeInfo
V ctype_attr(Thread *t, V class, const char *name);        // V_NULL: there is none
int ctype_set_format(Thread *t, TypeInfo *info, const char *format);
V ctype_as_parameter(Thread *t, V class, V value);         // class.from_param(value._as_parameter_); V_NULL: it has none
V ctype_array_of(Thread *t, V item, ptrdiff_t n);
ffi_type *ctype_ffi(Thread *t, TypeInfo *info);            // how it is passed by value; NULL with an exception
bool ctype_is_simple_subclass(V class);                    // class C(c_int): its values stay instances
static inline bool is_ctype(V v) { return v_is_type(v) && ctype_info(v) != NULL; }

// ---- instances --------------------------------------------------------------------------------------------------------------
typedef struct CData {
    Obj head;
    char *p;            // atomic; changed by resize() alone
    size_t size;        // atomic
    bool owned;         // p is the instance's own
    ptrdiff_t index;    // where it stands in base; const after init
    Slot base;          // the CData whose memory it is a part of, or V_NULL; const after init
    Slot keep;          // what its memory refers to: an object, or a dict in containers (_objects)
    union { char small[16]; long double aligned; };
} CData;
typedef struct CFunc { // CFuncPtr
    CData data;         // the address of the function
    Slot callable;      // the Python function behind it, or V_NULL
    Slot thunk;
    Slot argtypes, converters, restype, checker, errcheck, paramflags; // V_NULL: the class's
} CFunc;
typedef struct CArg { // a converted argument: from_param's and byref()'s answer
    Obj head;
    char letter;
    ffi_type *ffi;
    union { char c; signed char b; short h; int i; long l; float f; double d; long double g; void *P; uint64_t u; } value;
    Slot keep;          // what has to stay alive
    bool by_value;      // the value is keep's memory
} CArg;
static inline CData *cdata_of(V v) { return (CData *)v_obj(v); }
static inline CArg *carg_of(V v) { return (CArg *)v_obj(v); }
static inline char *cdata_p(V v) { return at_load_acquire(&cdata_of(v)->p); }
bool is_cdata(V v);
V cdata_new(Thread *t, Type *class);                       // zeroed memory of its own; TypeError "abstract class"
V cdata_new_slot(Thread *t, Type *class, const V *args, size_t nargs, V kwnames); // the `new_` of instances
V cdata_at(Thread *t, V class, V base, ptrdiff_t index, void *p); // a view; base V_NULL: nobody's memory
V cdata_copy_from(Thread *t, V class, const void *p);      // an instance with these bytes
int cdata_keep_steal(Thread *t, V self, ptrdiff_t index, V keep); // the memory at index refers to keep; V_NONE: to nothing
V cdata_kept(Thread *t, V self);                           // what the memory of self keeps: a dict, an object or None
V cdata_load(Thread *t, V class, V base, ptrdiff_t index, const Code *code, size_t size, void *p);
int cdata_store(Thread *t, V self, V class, const Code *code, V value, ptrdiff_t index, size_t size, void *p);
void cdata_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
void cdata_free(Thread *t, Obj *o);
int cdata_get_buffer(Thread *t, V self, Buffer *view, int flags);
#define CDATA_SLOTS .traverse = cdata_traverse, .free_ = cdata_free, .get_buffer = cdata_get_buffer, .new_ = cdata_new_slot

// ---- values -----------------------------------------------------------------------------------------------------------------
const Code *ctypes_code(char letter, bool swapped);        // NULL: there is no such type
extern const Code ctypes_text_field, ctypes_wide_field;    // arrays of characters in structs; size is the array's
V ctypes_wide_text(Thread *t, const wchar_t *p, ptrdiff_t n);
V ctypes_wide_copy(Thread *t, V text, wchar_t **out);      // a capsule that owns *out

// ---- fields, calls ------------------------------------------------------------------------------------------------------------
V ctypes_field_new(Thread *t, V class, const Code *code, size_t offset, size_t size, ptrdiff_t index);
int ctypes_make_anonymous(Thread *t, V class);
V ctypes_arg_new(Thread *t, char letter, ffi_type *ffi, V keep);
typedef struct Callee { void *address; unsigned flags; V argtypes, converters, restype, checker; } Callee; // borrowed; V_NULL: not given
V ctypes_call(Thread *t, const Callee *f, V arguments);     // a tuple
void ctypes_errno_swap(unsigned flags);                     // with errno, for functions that want it
int ctypes_errno_get(void);
void ctypes_errno_set(int value);
V ctypes_thunk_new(Thread *t, V callable, TypeInfo *prototype, void **code); // the machine code that calls it
void *ctypes_python_api(const char *name);                 // what there is of ctypes.pythonapi; NULL
NATIVE(ctypes_POINTER);
NATIVE(ctypes_pointer);
int ctypes_pointer_start(Thread *t, V module);
extern Slot ctypes_argument_error;
#endif
#endif
