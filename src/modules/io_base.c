// SPDX-License-Identifier: MIT
// The abstract streams: what every stream can do by calling the few methods that subclasses supply.
#include "io_private.h"
#include "io_newline.h"
#include "object/buffer_arg.h"

static IoBase *base_of(V v) { return (IoBase *)v_obj(v); }

// ---- helpers of the whole module ------------------------------------------------------------------------------------
int io_lock(Thread *t, IoLock *l, V self) {
    if (at_load_relaxed(&l->owner) == t->id) {
        err_set(t, &exc_RuntimeError, "reentrant call inside %R", self);
        return -1;
    }
    // A writer that holds this lock lets go of its critical sections for the system call and wants them back afterwards; who
    // waits here must let go of its own, one of which may be the same (a text stream's).
    // At the end of the program the holder may be a daemon thread that will never run again: the lock is used without it.
    if (!bytelock_try(&l->lock)) {
        if (threading_is_last(t)) {
            l->borrowed = true;
        } else {
            crit_suspend(t);
            bytelock_lock(t, &l->lock, -1, 0);
            crit_resume(t);
        }
    }
    at_store_relaxed(&l->owner, t->id);
    return 0;
}

void io_unlock(IoLock *l) {
    at_store_relaxed(&l->owner, (uint64_t)0);
    if (l->borrowed) l->borrowed = false;
    else bytelock_unlock(&l->lock);
}

V io_unsupported(Thread *t, const char *operation) {
    V text = str_from_cstr(t, operation);
    if (v_is_error(text)) return V_ERROR;
    err_set_v(t, v_as_type(io_unsupported_type()), text);
    v_drop(t, text);
    return V_ERROR;
}

// What `closed` of our own classes says; -1: has to be asked.
static inline int closed_quick(V stream) {
    Type *type = v_type(stream);
    while (type == &buffered_reader_type || type == &buffered_writer_type || type == &buffered_random_type) {
        stream = buffered_raw_borrow(stream);
        if (stream == V_NULL) return -1;
        type = v_type(stream);
    }
    if (type == &file_io_type) return file_io_closed(stream);
    return type == &bytes_io_type ? at_load_relaxed(&base_of(stream)->closed) : -1;
}

int io_is_closed(Thread *t, V stream) {
    int known = closed_quick(stream);
    if (known >= 0) return known;
    V closed = obj_getattr(t, stream, NAME(closed));
    if (v_is_error(closed)) return -1;
    int r = obj_is_true(t, closed);
    v_drop(t, closed);
    return r;
}

int io_check_closed(Thread *t, V stream) {
    int closed = io_is_closed(t, stream);
    if (closed > 0) err_set(t, &exc_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

int io_flag(Thread *t, V stream, V name) {
    V v = obj_call_method0(t, stream, name);
    if (v_is_error(v)) return -1;
    int r = obj_is_true(t, v);
    v_drop(t, v);
    return r;
}

V io_part_call(Thread *t, const IoBase *stream, const Slot *part, V name, const V *args, size_t nargs) {
    V held = io_hold(stream, part), result = obj_call_method(t, held, name, args, nargs);
    v_drop(t, held);
    return result;
}
int io_part_is_closed(Thread *t, const IoBase *stream, const Slot *part) { // asked for every line: not held for what runs no Python
    V peeked = slot_peek(part);
    int known = peeked == V_NULL ? -1 : closed_quick(peeked);
    if (known >= 0) return known;
    V held = io_hold(stream, part);
    int closed = io_is_closed(t, held);
    v_drop(t, held);
    return closed;
}
int io_part_flag(Thread *t, const IoBase *stream, const Slot *part, V name) {
    V held = io_hold(stream, part);
    int flag = io_flag(t, held, name);
    v_drop(t, held);
    return flag;
}

int io_given_size(Thread *t, V v, ptrdiff_t *out) {
    *out = -1;
    return v == V_NULL ? 0 : num_as_ssize(t, v, &exc_OverflowError, out);
}

int io_position_args(Thread *t, const V *args, ptrdiff_t *position, int *whence) {
    *whence = 0;
    if (num_as_ssize(t, args[0], &exc_OverflowError, position) < 0) return -1;
    return args[1] == V_NULL ? 0 : num_as_int(t, args[1], whence);
}

int io_seek_args(Thread *t, const V *args, Type *overflow, const char *too_large, int64_t *offset, int *whence) {
    *whence = 0;
    if (args[1] != V_NULL && num_as_int(t, args[1], whence) < 0) return -1;
    if (num_as_i64(t, args[0], offset) == 0) return 0;
    if (err_matches(t, &exc_OverflowError)) {
        err_clear(t);
        err_set(t, overflow, too_large, args[0]);
    }
    return -1;
}

bool io_would_block(Thread *t) { return err_matches(t, &exc_BlockingIOError); }

int io_join_errors(Thread *t, V first) {
    if (first == V_NULL) return err_pending(t) ? -1 : 0;
    if (!err_pending(t)) {
        err_restore_steal(t, first);
        return -1;
    }
    V second = err_fetch(t);
    exc_set_context_steal(t, second, first);
    err_restore_steal(t, second);
    return -1;
}

NATIVE(io_reduce_error) {
    UNUSED_NATIVE();
    return err_set(t, &exc_TypeError, "cannot pickle '%T' object", self);
}

// ---- _IOBase: what is not supported -------------------------------------------------------------------------------------
#define REFUSED(function, name, error) \
    static NATIVE(function) { \
        (void)self, (void)args, (void)nargs; \
        return args_no_keywords(t, name, kwnames) < 0 ? V_ERROR : (error); \
    }
#define UNSUPPORTED(function, name) REFUSED(function, name, io_unsupported(t, name))
UNSUPPORTED(base_seek, "seek")
UNSUPPORTED(base_truncate, "truncate")
UNSUPPORTED(base_fileno, "fileno")
UNSUPPORTED(buffered_detach, "detach")
UNSUPPORTED(buffered_read, "read")
UNSUPPORTED(buffered_read1, "read1")
UNSUPPORTED(buffered_write, "write")
UNSUPPORTED(text_detach, "detach")
UNSUPPORTED(text_read, "read")
UNSUPPORTED(text_readline, "readline")
UNSUPPORTED(text_write, "write")

// ---- _IOBase: what works on every stream --------------------------------------------------------------------------------
static NATIVE(base_tell) {
    UNUSED_NATIVE();
    return obj_call_method2(t, self, NAME(seek), V_INT(0), V_INT(1));
}

static NATIVE(base_false) {
    UNUSED_NATIVE();
    return V_FALSE;
}

static NATIVE(base_isatty) {
    UNUSED_NATIVE();
    return io_check_closed(t, self) < 0 ? V_ERROR : V_FALSE;
}

static NATIVE(base_flush) {
    UNUSED_NATIVE();
    if (at_load_relaxed(&base_of(self)->closed)) return err_set(t, &exc_ValueError, "I/O operation on closed file.");
    return V_NONE;
}

static NATIVE(base_close) {
    UNUSED_NATIVE();
    if (at_load_relaxed(&base_of(self)->closed)) return V_NONE;
    V r = obj_call_method0(t, self, NAME(flush));
    at_store_relaxed(&base_of(self)->closed, true); // even when flushing failed
    v_drop(t, r);
    return v_is_error(r) ? V_ERROR : V_NONE;
}

static V base_closed(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&base_of(self)->closed));
}

#define CHECKER(function, name, text) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        int ok = io_flag(t, self, NAME(name)); \
        if (ok < 0) return V_ERROR; \
        return ok ? V_TRUE : io_unsupported(t, text); \
    }
CHECKER(base_check_seekable, seekable, "File or stream is not seekable.")
CHECKER(base_check_readable, readable, "File or stream is not readable.")
CHECKER(base_check_writable, writable, "File or stream is not writable.")

static NATIVE(base_check_closed) {
    UNUSED_NATIVE();
    return io_check_closed(t, self) < 0 ? V_ERROR : V_NONE;
}

static NATIVE(base_enter) {
    UNUSED_NATIVE();
    return io_check_closed(t, self) < 0 ? V_ERROR : v_dup(self);
}

static NATIVE(base_exit) {
    (void)args, (void)nargs;
    return args_no_keywords(t, "__exit__", kwnames) < 0 ? V_ERROR : obj_call_method0(t, self, NAME(close));
}

static V base_iter(Thread *t, V self) { return io_check_closed(t, self) < 0 ? V_ERROR : v_dup(self); }

static V base_next(Thread *t, V self) {
    V line = obj_call_method0(t, self, NAME(readline));
    if (v_is_error(line)) return V_ERROR;
    ptrdiff_t n = obj_len(t, line);
    if (n > 0) return line;
    v_drop(t, line);
    return n < 0 ? V_ERROR : V_END;
}

// How many bytes readline may take at once: up to the newline that peek shows, else one.
static ptrdiff_t line_chunk(Thread *t, V self, V peek, ptrdiff_t limit) {
    if (peek == V_NULL) return 1;
    V seen = obj_call1(t, peek, V_INT(1));
    if (v_is_error(seen)) return -1;
    ptrdiff_t n = 1;
    if (!v_is_bytes(seen)) {
        err_set(t, &exc_OSError, "peek() should have returned a bytes object, not '%T'", seen);
        n = -1;
    } else if (bytes_len(seen)) {
        const char *p = bytes_data(seen), *newline = memchr(p, '\n', bytes_len(seen));
        n = newline ? newline - p + 1 : (ptrdiff_t)bytes_len(seen);
        if (limit >= 0 && n > limit) n = limit;
    }
    (void)self;
    v_drop(t, seen);
    return n;
}

static int readline_into(Thread *t, V self, V peek, ptrdiff_t limit, V line) {
    while (limit < 0 || (ptrdiff_t)bytearray_len(line) < limit) {
        ptrdiff_t n = line_chunk(t, self, peek, limit < 0 ? -1 : limit - (ptrdiff_t)bytearray_len(line));
        if (n < 0) return -1;
        V size = int_from_i64(t, n), part = obj_call_method1(t, self, NAME(read), size);
        v_drop(t, size);
        if (v_is_error(part)) return -1;
        if (!v_is_bytes(part)) {
            err_set(t, &exc_OSError, "read() should have returned a bytes object, not '%T'", part);
            v_drop(t, part);
            return -1;
        }
        size_t len = bytes_len(part), at = bytearray_len(line);
        int r = len ? bytearray_resize(t, line, at + len) : 0;
        if (r == 0 && len) memcpy(bytearray_data(line) + at, bytes_data(part), len);
        v_drop(t, part);
        if (r < 0) return -1;
        if (len == 0 || bytearray_data(line)[at + len - 1] == '\n') return 0;
    }
    return 0;
}

static NATIVE(base_readline) {
    (void)nargs, (void)kwnames;
    ptrdiff_t limit;
    if (num_as_optional_count(t, args[0], &limit) < 0) return V_ERROR;
    V peek = obj_lookup_attr(t, self, NAME(peek));
    if (v_is_error(peek)) return V_ERROR;
    V line = bytearray_new(t, NULL, 0), result = V_ERROR;
    if (!v_is_error(line) && readline_into(t, self, peek, limit, line) == 0) {
        result = bytes_from(t, bytearray_data(line), bytearray_len(line));
    }
    v_drop(t, line);
    v_drop(t, peek);
    return result;
}

static NATIVE(base_readlines) {
    (void)nargs, (void)kwnames;
    ptrdiff_t hint, total = 0;
    if (num_as_optional_count(t, args[0], &hint) < 0) return V_ERROR;
    if (hint <= 0) return obj_to_list(t, self);
    V lines = list_new(t, 0), it = obj_iter(t, self);
    while (!v_is_error(lines) && !v_is_error(it)) {
        V line = obj_next(t, it);
        if (line == V_END) {
            v_drop(t, it);
            return lines;
        }
        ptrdiff_t n = v_is_error(line) ? -1 : obj_len(t, line);
        if (n < 0 || list_append_steal(t, lines, line) < 0) break;
        total += n;
        if (total > hint) {
            v_drop(t, it);
            return lines;
        }
    }
    v_drop(t, it);
    v_drop(t, lines);
    return V_ERROR;
}

static NATIVE(base_writelines) {
    (void)nargs, (void)kwnames;
    if (io_check_closed(t, self) < 0) return V_ERROR;
    V it = obj_iter(t, args[0]);
    if (v_is_error(it)) return V_ERROR;
    V line, result = V_NONE;
    while ((line = obj_next(t, it)) != V_END) {
        V r = v_is_error(line) ? V_ERROR : obj_call_method1(t, self, NAME(write), line);
        v_drop(t, line);
        if (v_is_error(r)) {
            result = V_ERROR;
            break;
        }
        v_drop(t, r);
    }
    v_drop(t, it);
    return result;
}

// Streams close themselves when they die.
V io_finalize(Thread *t, V self) {
    V pending = err_fetch(t);
    int closed = io_is_closed(t, self);
    if (closed == 0) {
        base_of(self)->finalizing = true;
        V r = obj_call_method0(t, self, NAME(close));
        if (v_is_error(r)) err_clear(t); // as CPython's release build: a failing close of a lost file is silent
        v_drop(t, r);
    } else if (closed < 0) {
        err_clear(t);
    }
    err_restore_steal(t, pending);
    return V_NONE;
}

static const Method base_methods[] = {
    {"seek", base_seek, "offset, whence=0, /", 0, M_RAW, "Change the stream position."},
    {"tell", base_tell, "", 0, 0, "Where in the stream reading or writing goes on."},
    {"truncate", base_truncate, "size=None, /", 0, M_RAW, "Truncate the file to size bytes."},
    {"flush", base_flush, "", 0, 0, "Flush write buffers, if applicable."},
    {"close", base_close, "", 0, 0, "Writes out what is buffered, then closes the stream."},
    {"seekable", base_false, "", 0, 0, "Whether seek() and tell() work."},
    {"readable", base_false, "", 0, 0, "Whether the stream can be read."},
    {"writable", base_false, "", 0, 0, "Whether the stream can be written."},
    {"_checkClosed", base_check_closed, "", 0, 0, NULL},
    {"_checkSeekable", base_check_seekable, "", 0, 0, NULL},
    {"_checkReadable", base_check_readable, "", 0, 0, NULL},
    {"_checkWritable", base_check_writable, "", 0, 0, NULL},
    {"fileno", base_fileno, "", 0, 0, "The file descriptor below the stream, if it has one."},
    {"isatty", base_isatty, "", 0, 0, "Whether the stream is a terminal."},
    {"__enter__", base_enter, "", 0, 0, NULL},
    {"__exit__", base_exit, NULL, 0, M_RAW, NULL},
    {"readline", base_readline, "size=-1, /", 0, 0, "The next line, or at most size bytes of it."},
    {"readlines", base_readlines, "hint=-1, /", 0, 0, "The lines to the end, or until they make up hint bytes."},
    {"writelines", base_writelines, "lines, /", 0, 0, "Writes strings one after the other; nothing is put between them."},
    METHOD_END,
};
static const GetSet base_getsets[] = {{"closed", base_closed, NULL, NULL, NULL}, {0}};

#define ABSTRACT_FLAGS (TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_FINALIZE | TYPE_IMMUTABLE)
Type io_base_type = {
    TYPE_HEAD("_io._IOBase"), .base = &object_type, .size = sizeof(IoBase), .attrs_offset = sizeof(IoBase),
    .flags = ABSTRACT_FLAGS, .doc = "What all streams have in common.", .new_ = io_make,
    .iter = base_iter, .next = base_next, .finalize = io_finalize, .methods = base_methods, .getsets = base_getsets,
};

// ---- _RawIOBase -----------------------------------------------------------------------------------------------------------
static NATIVE(raw_readall) {
    UNUSED_NATIVE();
    V chunks = list_new(t, 0);
    if (v_is_error(chunks)) return V_ERROR;
    for (;;) {
        V part = obj_call_method1(t, self, NAME(read), V_INT(IO_BUFFER_SIZE));
        if (v_is_error(part)) break;
        if (part == V_NONE) {
            if (list_len(chunks)) goto join;
            v_drop(t, chunks);
            return V_NONE;
        }
        if (!v_is_bytes(part)) {
            err_set(t, &exc_TypeError, "read() should return bytes");
            v_drop(t, part);
            break;
        }
        if (!bytes_len(part)) {
            v_drop(t, part);
            goto join;
        }
        if (list_append_steal(t, chunks, part) < 0) break;
    }
    v_drop(t, chunks);
    return V_ERROR;
join:;
    V all = bytes_join(t, bytes_empty(), chunks);
    v_drop(t, chunks);
    return all;
}

static NATIVE(raw_read) {
    (void)nargs, (void)kwnames;
    ptrdiff_t n;
    if (io_given_size(t, args[0], &n) < 0) return V_ERROR;
    if (n < 0) return obj_call_method0(t, self, NAME(readall));
    V buffer = bytearray_new(t, NULL, (size_t)n);
    if (v_is_error(buffer)) return V_ERROR;
    V got = obj_call_method1(t, self, NAME(readinto), buffer), result = got;
    if (!v_is_error(got) && got != V_NONE) {
        ptrdiff_t count;
        result = V_ERROR;
        if (num_as_ssize(t, got, &exc_ValueError, &count) == 0) {
            if (count < 0 || count > n) err_set(t, &exc_ValueError, "Buffer larger than requested");
            else result = bytes_from(t, bytearray_data(buffer), (size_t)count);
        }
        v_drop(t, got);
    }
    v_drop(t, buffer);
    return result;
}

// What a subclass must have.
REFUSED(raw_readinto, "readinto", err_set_none(t, &exc_NotImplementedError))
REFUSED(raw_write, "write", err_set_none(t, &exc_NotImplementedError))

static const Method raw_methods[] = {
    {"read", raw_read, "size=-1, /", 0, 0, NULL},
    {"readall", raw_readall, "", 0, 0, "Everything to the end, by as many reads as it takes."},
    {"readinto", raw_readinto, NULL, 0, M_RAW, NULL},
    {"write", raw_write, NULL, 0, M_RAW, NULL},
    METHOD_END,
};
Type raw_io_base_type = {
    TYPE_HEAD("_io._RawIOBase"), .base = &io_base_type, .size = sizeof(IoBase), .attrs_offset = sizeof(IoBase),
    .flags = ABSTRACT_FLAGS, .doc = "Streams of bytes without a buffer.", .methods = raw_methods,
};

// ---- _BufferedIOBase ------------------------------------------------------------------------------------------------------
static V buffered_readinto_by(Thread *t, V self, V target, V method, const char *whose) {
    Buffer view;
    if (buffer_get_writable(t, target, &view, whose) < 0) return V_ERROR;
    V data = obj_call_method1(t, self, method, int_from_i64(t, view.len)), result = V_ERROR;
    if (!v_is_error(data)) {
        if (!v_is_bytes(data)) {
            err_set(t, &exc_TypeError, "read() should return bytes");
        } else if ((ptrdiff_t)bytes_len(data) > view.len) {
            err_set(t, &exc_ValueError, "read() returned too much data: %zd bytes requested, %zu returned", view.len, bytes_len(data));
        } else {
            memcpy(view.data, bytes_data(data), bytes_len(data));
            result = int_from_size(t, bytes_len(data));
        }
        v_drop(t, data);
    }
    buffer_release(t, &view);
    return result;
}

static NATIVE(buffered_readinto) {
    (void)nargs, (void)kwnames;
    return buffered_readinto_by(t, self, args[0], NAME(read), "readinto() argument");
}

static NATIVE(buffered_readinto1) {
    (void)nargs, (void)kwnames;
    return buffered_readinto_by(t, self, args[0], NAME(read1), "readinto1() argument");
}

static const Method buffered_methods[] = {
    {"detach", buffered_detach, "", 0, 0, "Gives the raw stream away; this one cannot be used any more."},
    {"read", buffered_read, NULL, 0, M_RAW, "The next n bytes, fewer at the end only; all of them without n."},
    {"read1", buffered_read1, NULL, 0, M_RAW, "Up to n bytes with one read of the raw stream at most."},
    {"readinto", buffered_readinto, "buffer, /", 0, 0, NULL},
    {"readinto1", buffered_readinto1, "buffer, /", 0, 0, NULL},
    {"write", buffered_write, NULL, 0, M_RAW, "Takes the bytes to be written; how many, which is all of them."},
    METHOD_END,
};
Type buffered_io_base_type = {
    TYPE_HEAD("_io._BufferedIOBase"), .base = &io_base_type, .size = sizeof(IoBase), .attrs_offset = sizeof(IoBase),
    .flags = ABSTRACT_FLAGS, .doc = "Streams of bytes with a buffer.", .methods = buffered_methods,
};

// ---- _TextIOBase ------------------------------------------------------------------------------------------------------------
static V text_none(Thread *t, V self, void *closure) {
    (void)t, (void)self, (void)closure;
    return V_NONE;
}

static const Method text_methods[] = {
    {"detach", text_detach, "", 0, 0, "Gives the binary stream below away; this one cannot be used any more."},
    {"read", text_read, NULL, 0, M_RAW, "The next n characters, fewer at the end only."},
    {"readline", text_readline, NULL, 0, M_RAW, "Read until newline or EOF."},
    {"write", text_write, NULL, 0, M_RAW, "Write string to stream."},
    METHOD_END,
};
static const GetSet text_getsets[] = {
    {"encoding", text_none, NULL, "Encoding of the text stream.", NULL},
    {"newlines", text_none, NULL, "Line endings translated so far.", NULL},
    {"errors", text_none, NULL, "What is done about text that cannot be encoded or decoded.", NULL},
    {0},
};
Type text_io_base_type = {
    TYPE_HEAD("_io._TextIOBase"), .base = &io_base_type, .size = sizeof(IoBase), .attrs_offset = sizeof(IoBase),
    .flags = ABSTRACT_FLAGS, .doc = "Streams of text.", .methods = text_methods, .getsets = text_getsets,
};
