// SPDX-License-Identifier: MIT
// Shared by the files of module _io.
//
// io_base.c   _IOBase, _RawIOBase, _BufferedIOBase, _TextIOBase       io_file.c     FileIO
// io_bytes.c  BytesIO    io_string.c  StringIO                          io_buffered.c BufferedReader/Writer/Random/RWPair
// io_newline.c IncrementalNewlineDecoder                                io_text.c     TextIOWrapper
#ifndef HEDDLE_IO_PRIVATE_H
#define HEDDLE_IO_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#include "object/shape.h"
#include "runtime/runtime.h"
#include "threading/gclink.h"
#include "threading/parking.h"

enum { IO_BUFFER_SIZE = 8192 };

extern Type io_base_type, raw_io_base_type, buffered_io_base_type, text_io_base_type, file_io_type, bytes_io_type,
    bytes_io_buffer_type, buffered_reader_type, buffered_writer_type, buffered_random_type, buffered_rwpair_type,
    newline_decoder_type, string_io_type, text_io_wrapper_type;

typedef struct IoBase { // prefix of every stream
    Obj head;
    bool closed;     // atomic: set once
    bool finalizing; // close() is being called by the finalizer
} IoBase;

// A lock that a stream holds while its buffer is in a state between; never held by a dead thread.
typedef struct IoLock {
    uint64_t owner; // atomic: Thread.id, 0: nobody
    uint8_t lock;   // byte lock (parking.h)
    bool borrowed;  // the owner is the last thread that runs, and another one holds the lock for good
} IoLock;
int io_lock(Thread *t, IoLock *l, V self); // -1 with RuntimeError "reentrant call inside …"
void io_unlock(IoLock *l);

V io_unsupported(Thread *t, const char *operation);     // raises UnsupportedOperation(operation)
V io_unsupported_type(void);                            // the class
int io_check_closed(Thread *t, V stream);               // ValueError "I/O operation on closed file."; asks stream.closed
int io_is_closed(Thread *t, V stream);                  // 1, 0, -1
int io_flag(Thread *t, V stream, V name);               // stream.name() as a truth value
// A part of a stream (its raw stream, buffer, decoder ...) for calls, with a reference of its own.  A stream lets go of its lock, and
// of the GIL, while it calls: another thread's detach(), reconfigure() or __init__(), or what is called itself, may take the part
// away meanwhile, which lives until the call has ended.  None when it is gone already, whose missing methods raise.
static inline V io_hold(const IoBase *stream, const Slot *part) {
    V v = slot_get(&stream->head, part);
    return v == V_NULL ? V_NONE : v;
}
V io_part_call(Thread *t, const IoBase *stream, const Slot *part, V name, const V *args, size_t nargs);
int io_part_is_closed(Thread *t, const IoBase *stream, const Slot *part);       // io_is_closed
int io_part_flag(Thread *t, const IoBase *stream, const Slot *part, V name);    // io_flag
V io_finalize(Thread *t, V self);                       // the `finalize` slot: close(), errors reported
int io_position_args(Thread *t, const V *args, ptrdiff_t *position, int *whence); // position, whence=0
// The same for an offset in a file; when it is too large, `overflow` with the text too_large, which may name its type (%T).
int io_seek_args(Thread *t, const V *args, Type *overflow, const char *too_large, int64_t *offset, int *whence);
int io_given_size(Thread *t, V v, ptrdiff_t *out);      // absent: -1; None is no size
bool io_would_block(Thread *t);                         // the pending exception is BlockingIOError (leaves it)
int io_join_errors(Thread *t, V first);                 // pending gets `first` (consumed) as context, or first is restored; -1 if any
// read(2) or write(2) on an open FileIO: bytes, -1 with an exception, -2 when it would block.
ptrdiff_t file_io_transfer(Thread *t, V file, void *data, size_t n, bool writing);
bool file_io_closed(V file);
V buffered_raw_borrow(V buffered);                      // the raw stream of a usable one, V_NULL
V io_stream_name(Thread *t, V stream);                  // repr of its name attribute for messages, or V_NULL
NATIVE(io_reduce_error);                                // __getstate__ row
#endif
