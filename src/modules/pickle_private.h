// SPDX-License-Identifier: MIT
// Module _pickle: Pickler and Unpickler, and what a run of one of them needs.
//
// What lives as long as one dump() or load() stands in a Writer or Reader on the C stack; a Pickler or Unpickler object keeps
// only its settings and its memo.  The memo is changed and read under the object's lock, so that two threads that use one
// pickler get two mixed-up pickles and nothing worse.
//
//     pickle_write.c   bytes, frames, the pickler's memo, values without parts
//     pickle_save.c    containers, globals, __reduce__
//     pickle_read.c    input, the stack, the unpickler's memo
//     pickle_load.c    the opcodes; pickle_values.c those of numbers, text and bytes
//     pickle_types.c   the types, their memos seen from Python
//     pickle_buffer.c  PickleBuffer
#ifndef HEDDLE_MODULES_PICKLE_PRIVATE_H
#define HEDDLE_MODULES_PICKLE_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"

enum { PICKLE_HIGHEST = 5, PICKLE_DEFAULT = 4, PICKLE_BATCH = 1000, FRAME_TARGET = 64 * 1024, FRAME_MIN = 4, FRAME_HEADER = 9 };

enum { // opcodes
    OP_MARK = '(', OP_STOP = '.', OP_POP = '0', OP_POP_MARK = '1', OP_DUP = '2', OP_FLOAT = 'F', OP_INT = 'I', OP_BININT = 'J',
    OP_BININT1 = 'K', OP_LONG = 'L', OP_BININT2 = 'M', OP_NONE = 'N', OP_PERSID = 'P', OP_BINPERSID = 'Q', OP_REDUCE = 'R',
    OP_STRING = 'S', OP_BINSTRING = 'T', OP_SHORT_BINSTRING = 'U', OP_UNICODE = 'V', OP_BINUNICODE = 'X', OP_APPEND = 'a',
    OP_BUILD = 'b', OP_GLOBAL = 'c', OP_DICT = 'd', OP_EMPTY_DICT = '}', OP_APPENDS = 'e', OP_GET = 'g', OP_BINGET = 'h',
    OP_INST = 'i', OP_LONG_BINGET = 'j', OP_LIST = 'l', OP_EMPTY_LIST = ']', OP_OBJ = 'o', OP_PUT = 'p', OP_BINPUT = 'q',
    OP_LONG_BINPUT = 'r', OP_SETITEM = 's', OP_TUPLE = 't', OP_EMPTY_TUPLE = ')', OP_SETITEMS = 'u', OP_BINFLOAT = 'G',
    OP_PROTO = 0x80, OP_NEWOBJ, OP_EXT1, OP_EXT2, OP_EXT4, OP_TUPLE1, OP_TUPLE2, OP_TUPLE3, OP_NEWTRUE, OP_NEWFALSE, OP_LONG1,
    OP_LONG4, OP_SHORT_BINUNICODE, OP_BINUNICODE8, OP_BINBYTES8, OP_EMPTY_SET, OP_ADDITEMS, OP_FROZENSET, OP_NEWOBJ_EX,
    OP_STACK_GLOBAL, OP_MEMOIZE, OP_FRAME, OP_BYTEARRAY8, OP_NEXT_BUFFER, OP_READONLY_BUFFER,
    OP_BINBYTES = 'B', OP_SHORT_BINBYTES = 'C',
};

// ---- names of the library, found when the module is imported -------------------------------------------------------------------
enum {
    NAME_DISPATCH, NAME_EXT_REGISTRY, NAME_EXT_INVERTED, NAME_EXT_CACHE, NAME_ENCODE, NAME_PARTIAL, NAME_GETATTR,
    NAME_NAMES_2_TO_3, NAME_MODULES_2_TO_3, NAME_NAMES_3_TO_2, NAME_MODULES_3_TO_2, NAME_COUNT,
};
V pickle_name_borrow(int which);
extern Slot pickle_error, pickling_error, unpickling_error; // roots: classes
V pickle_raise(Thread *t, const Slot *cls, const char *format, ...); // V_ERROR

// ---- Pickler -------------------------------------------------------------------------------------------------------------------
typedef struct MemoEntry { Slot object; size_t index; } MemoEntry; // object V_NULL: free
typedef struct Pickler {
    Obj head;
    Slot write;            // file.write; V_NULL before __init__, and for dumps()
    Slot persistent_id, dispatch_table, buffer_callback; // or V_NULL
    MemoEntry *memo;       // self->lock; `mask` + 1 of them, open addressing by the object's address; NULL: none yet
    size_t mask, used;     // self->lock
    int protocol, bin, fast; // atomic
    bool fix_imports;      // atomic
} Pickler;
typedef struct Writer {
    Thread *t;
    Pickler *pickler;
    V self;                // the Pickler
    V write, persistent_id, dispatch_table, reducer_override, buffer_callback; // V_NULL: none
    int protocol;
    bool bin, fix_imports, framing;
    char *data;
    size_t len, cap;
    size_t steps;          // of poll_step_apart
    ptrdiff_t frame;       // where the open frame's header stands in data; -1: none open
} Writer;
extern Type pickler_type, pickler_memo_type;
int pickler_configure(Thread *t, V self, V protocol, V fix_imports, V buffer_callback); // V_NULL: the default

int writer_start(Thread *t, Writer *w, V self, bool whole_object); // reads the settings
void writer_end(Writer *w);
int writer_dump(Writer *w, V v);    // header, value, STOP
int writer_flush(Writer *w);        // to the file
V writer_take(Writer *w);           // what was written, as bytes
int put_bytes(Writer *w, const void *p, size_t n);
int put_op(Writer *w, int op);
int put_boundary(Writer *w);        // between two opcodes: a full frame is closed
int put_large(Writer *w, const void *header, size_t n, const void *p, size_t len, V payload);
int put_line(Writer *w, int op, V ascii);
int pickle_memo_put(Writer *w, V v);
int pickle_memo_get(Writer *w, V v);       // 1: written; 0: not in the memo; -1
bool pickle_memo_has(Writer *w, V v);
void pickle_memo_clear(Thread *t, Pickler *p);
V pickle_memo_as_dict(Thread *t, V pickler);
int pickle_memo_from_dict(Thread *t, V pickler, V dict);
int save_int(Writer *w, V v);
int save_float(Writer *w, V v);
int save_str(Writer *w, V v);
int save_bytes_data(Writer *w, V v, const char *p, size_t n);
int save_bytearray_data(Writer *w, V v, const char *p, size_t n);
int save(Writer *w, V v, bool is_persistent_id);
int save_reduce(Writer *w, V reduced, V object_or_null);

// ---- Unpickler -----------------------------------------------------------------------------------------------------------------
typedef struct Unpickler {
    Obj head;
    Slot read, readline, readinto, peek; // readinto, peek: or V_NULL
    Slot buffers;                        // an iterator, or V_NULL
    Slot persistent_load;                // or V_NULL
    Slot encoding, errors;               // str
    Slot *memo;                          // self->lock; memo_size of them
    size_t memo_size, memo_len;          // self->lock; memo_len: how many are filled
    int protocol;                        // atomic: of the pickle being read, for find_class()
    bool fix_imports;                    // atomic
} Unpickler;
typedef struct Reader {
    Thread *t;
    Unpickler *unpickler;
    V self;
    V persistent_load;       // or V_NULL
    int protocol;
    // input
    const char *p, *end;     // not read yet
    V chunk;                 // counted: what p points into, or V_NULL (loads)
    size_t peeked;           // how much of the chunk the file has still to be read past: from `peek`
    const char *start;       // of the chunk
    // the stack: counted values
    V *stack;
    size_t len, cap, fence;  // fence: what stands below belongs to the marks
    size_t *marks, nmarks, marks_cap;
} Reader;
extern Type unpickler_type, unpickler_memo_type;
int unpickler_configure(Thread *t, V self, const V given[4]); // fix_imports, encoding, errors, buffers; V_NULL: the default
int unpickler_open(Thread *t, V self, V file);

int reader_start(Thread *t, Reader *r, V self);
void reader_end(Reader *r);
int reader_sync(Reader *r);                         // the file stands where reading ended
V reader_load(Reader *r);
const char *read_bytes(Reader *r, size_t n);        // NULL with UnpicklingError
V read_bytes_value(Reader *r, size_t n, bool mutable); // bytes or bytearray
const char *read_line(Reader *r, size_t *n);        // with its '\n'
int push(Reader *r, V v_steal);                     // V_ERROR: -1
V pop(Reader *r);                                   // a stack value; V_ERROR
V top_borrow(Reader *r);
int underflow(Reader *r);
int push_mark(Reader *r);
ptrdiff_t pop_mark(Reader *r);                      // where the items begin; -1
V pop_tuple(Reader *r, size_t start);
V pop_list(Reader *r, size_t start);
void cut(Reader *r, size_t len);
V pickle_memo_read(Reader *r, size_t index);               // V_NULL: nothing there
int pickle_memo_write(Reader *r, size_t index, V v);
V unpickler_find_class(Thread *t, V self, int protocol, V module, V name);

// ---- opcodes (pickle_values.c; those with parts are in pickle_load.c) ----
int load_fail(Reader *r, const char *message);       // UnpicklingError; -1
int read_number(Reader *r, size_t width, uint64_t *out);
int load_constant(Reader *r, int op);
int load_binint(Reader *r, int op);
int load_int(Reader *r, int op);
int load_long(Reader *r, int op);
int load_binlong(Reader *r, int op);
int load_float(Reader *r, int op);
int load_binfloat(Reader *r, int op);
int load_string(Reader *r, int op);
int load_binstring(Reader *r, int op);
int load_unicode(Reader *r, int op);
int load_binunicode(Reader *r, int op);
int load_binbytes(Reader *r, int op);
int load_bytearray(Reader *r, int op);
int load_next_buffer(Reader *r, int op);
int load_readonly(Reader *r, int op);

// ---- PickleBuffer ----------------------------------------------------------------------------------------------------------------
extern Type pickle_buffer_type;
const Buffer *pickle_buffer_view(Thread *t, V v);   // NULL with ValueError once released
#endif
