// SPDX-License-Identifier: MIT
// BufferedReader, BufferedWriter, BufferedRandom: one struct, one buffer, in one of two states.
//
//   reading   buf[pos .. end) was read ahead; the raw stream stands at the end of it
//   writing   buf[0 .. pending) waits to be written at the raw stream's position; pos == end == 0
// Going from reading to writing seeks the raw stream back; going the other way flushes.  The stream's own lock is held
// by every operation that looks at the buffer, across raw calls too (they may run Python and may block).
#include "io_private.h"
#include "object/buffer_arg.h"
#include "object/plain.h"
#include <errno.h>

typedef struct Buffered {
    IoBase base;
    IoLock lock;          // guards everything below
    Slot raw;
    bool ok, detached;    // atomic: usable; detach() was called
    bool readable, writable;
    char *buf;
    size_t size, pos, end, pending;
} Buffered;
static Buffered *buffered_of(V v) { return (Buffered *)v_obj(v); }
static V raw_of(Buffered *b) { return slot_peek(&b->raw); }
static V raw_hold(Buffered *b) { return io_hold(&b->base, &b->raw); }
static V raw_call(Thread *t, Buffered *b, V name, const V *args, size_t nargs) { return io_part_call(t, &b->base, &b->raw, name, args, nargs); }
static V raw_call0(Thread *t, Buffered *b, V name) { return raw_call(t, b, name, NULL, 0); }
static V raw_call1(Thread *t, Buffered *b, V name, V a) { return raw_call(t, b, name, &a, 1); }

V buffered_raw_borrow(V v) { return at_load_relaxed(&buffered_of(v)->ok) ? raw_of(buffered_of(v)) : V_NULL; }

static int check_usable(Thread *t, Buffered *b) {
    if (at_load_relaxed(&b->ok)) return 0;
    err_set(t, &exc_ValueError, at_load_relaxed(&b->detached) ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int raw_closed(Thread *t, Buffered *b) { return io_part_is_closed(t, &b->base, &b->raw); }

static int check_open(Thread *t, Buffered *b, const char *what) {
    if (check_usable(t, b) < 0) return -1;
    int closed = raw_closed(t, b);
    if (closed > 0) err_set(t, &exc_ValueError, "%s", what);
    return closed ? -1 : 0;
}

// ---- the raw stream -------------------------------------------------------------------------------------------------
static bool is_plain_file(V raw) { return v_is_exact(raw, &file_io_type); }

static ptrdiff_t raw_result(Thread *t, V r, size_t n, const char *what) {
    if (v_is_error(r)) return -1;
    if (r == V_NONE) return -2;
    ptrdiff_t got = -1;
    int bad = num_as_ssize(t, r, &exc_ValueError, &got);
    v_drop(t, r);
    if (bad < 0) {
        if (err_matches(t, &exc_TypeError)) err_chain(t, &exc_OSError, "raw %s failed", what);
        return -1;
    }
    if (got >= 0 && got <= (ptrdiff_t)n) return got;
    err_set(t, &exc_OSError, "raw %s returned invalid length %zd (should have been between 0 and %zd)", what, got, n);
    return -1;
}

static V call_with_memory(Thread *t, V raw, V method, void *data, size_t n, bool readonly) {
    V view = memoryview_from_memory(t, data, n, readonly);
    if (v_is_error(view)) return V_ERROR;
    V r = obj_call_method1(t, raw, method, view);
    V pending = v_is_error(r) ? err_fetch(t) : V_NULL; // the memory is ours: nobody keeps the view
    V released = obj_call_method0(t, view, NAME(release));
    if (v_is_error(released)) err_clear(t); // somebody exports it again: it stays valid as long as the stream
    v_drop(t, released);
    v_drop(t, view);
    if (pending != V_NULL) err_restore_steal(t, pending);
    return r;
}

static ptrdiff_t raw_read(Thread *t, Buffered *b, void *data, size_t n) {
    V raw = raw_hold(b);
    ptrdiff_t got = is_plain_file(raw) ? file_io_transfer(t, raw, data, n, false)
                                       : raw_result(t, call_with_memory(t, raw, NAME(readinto), data, n, false), n, "readinto()");
    v_drop(t, raw);
    return got;
}

static ptrdiff_t raw_write(Thread *t, Buffered *b, const void *data, size_t n) {
    V raw = raw_hold(b);
    ptrdiff_t put = is_plain_file(raw) ? file_io_transfer(t, raw, (void *)data, n, true)
                                       : raw_result(t, call_with_memory(t, raw, NAME(write), (void *)data, n, true), n, "write()");
    v_drop(t, raw);
    return put;
}

static int64_t as_position(Thread *t, V r, const char *what) {
    int64_t at;
    if (v_is_error(r)) return -1;
    int bad = num_as_i64(t, r, &at);
    v_drop(t, r);
    if (bad < 0) return -1;
    if (at >= 0) return at;
    err_set(t, &exc_OSError, "Raw stream returned invalid position %lld", (long long)at);
    (void)what;
    return -1;
}

static int64_t raw_tell(Thread *t, Buffered *b) { return as_position(t, raw_call0(t, b, NAME(tell)), "tell"); }
static int64_t raw_seek(Thread *t, Buffered *b, int64_t offset, int whence) {
    V o = int_from_i64(t, offset);
    int64_t at = as_position(t, raw_call(t, b, NAME(seek), (V[]){o, v_from_int(whence)}, 2), "seek");
    v_drop(t, o);
    return at;
}

// ---- changing state (lock held) ----------------------------------------------------------------------------------------
static void would_block(Thread *t, ptrdiff_t written) {
    V args[3] = {v_from_int(EAGAIN), str_from_cstr(t, "write could not complete without blocking"), v_from_int(written)};
    if (v_is_error(args[1])) return;
    V exc = exc_new(t, &exc_BlockingIOError, args, 3);
    v_drop(t, args[1]);
    if (v_is_error(exc)) return;
    err_raise(t, exc);
    v_drop(t, exc);
}

static int flush_pending(Thread *t, Buffered *b) {
    size_t done = 0;
    int result = 0;
    while (done < b->pending) {
        ptrdiff_t n = raw_write(t, b, b->buf + done, b->pending - done);
        if (n == -2) would_block(t, 0);
        if (n < 0) {
            result = -1;
            break;
        }
        done += (size_t)n;
        if (safepoint(t) < 0) {
            result = -1;
            break;
        }
    }
    if (done) memmove(b->buf, b->buf + done, b->pending - done);
    b->pending -= done;
    return result;
}

static int drop_read_ahead(Thread *t, Buffered *b) { // the raw stream goes back to where the reader is
    int64_t back = (int64_t)(b->end - b->pos);
    b->pos = b->end = 0;
    return back && raw_seek(t, b, -back, 1) < 0 ? -1 : 0;
}

static int settle(Thread *t, Buffered *b) { // neither read ahead nor pending
    if (b->pending && flush_pending(t, b) < 0) return -1;
    return b->readable && b->writable ? drop_read_ahead(t, b) : 0;
}

static ptrdiff_t fill(Thread *t, Buffered *b) { // more read-ahead behind end; -2, -1, 0 at the end of the file
    if (b->pos == b->end) b->pos = b->end = 0;
    if (b->end == b->size) {
        memmove(b->buf, b->buf + b->pos, b->end - b->pos);
        b->end -= b->pos;
        b->pos = 0;
    }
    ptrdiff_t n = raw_read(t, b, b->buf + b->end, b->size - b->end);
    if (n > 0) b->end += (size_t)n;
    return n;
}

static int start_reading(Thread *t, Buffered *b) { return b->pending ? flush_pending(t, b) : 0; }

// ---- reading ------------------------------------------------------------------------------------------------------------
static V take(Thread *t, Buffered *b, size_t n) {
    V data = bytes_from(t, b->buf + b->pos, n);
    if (!v_is_error(data)) b->pos += n;
    return data;
}

// As many bytes as possible up to n; *blocked when the raw stream had none.  -1 with an exception.
static ptrdiff_t read_into(Thread *t, Buffered *b, char *out, size_t n, bool once, bool *blocked) {
    size_t have = b->end - b->pos, got = have < n ? have : n;
    memcpy(out, b->buf + b->pos, got);
    b->pos += got;
    *blocked = false;
    if (once && got && n - got <= b->size) return (ptrdiff_t)got; // more would have to go through the buffer
    while (got < n) {
        ptrdiff_t r;
        if (n - got >= b->size) { // straight to where it is wanted
            b->pos = b->end = 0;
            r = raw_read(t, b, out + got, once ? n - got : (n - got) - (n - got) % b->size);
            if (r > 0) got += (size_t)r;
        } else {
            r = fill(t, b);
            if (r > 0) {
                have = b->end - b->pos;
                size_t part = have < n - got ? have : n - got;
                memcpy(out + got, b->buf + b->pos, part);
                b->pos += part;
                got += part;
            }
        }
        if (r == -1) return -1;
        if (r == -2) *blocked = got == 0;
        if (r <= 0 || once) break;
        if (safepoint(t) < 0) return -1;
    }
    return (ptrdiff_t)got;
}

static V read_exactly(Thread *t, Buffered *b, size_t n, bool once) {
    if (n <= b->end - b->pos) return take(t, b, n);
    if (start_reading(t, b) < 0) return V_ERROR;
    bool blocked;
    V data = bytes_new(t, n);
    if (v_is_error(data)) return V_ERROR;
    ptrdiff_t got = read_into(t, b, bytes_data(data), n, once, &blocked);
    if (got >= 0 && !blocked) return bytes_shrink_steal(t, data, (size_t)got);
    v_drop(t, data);
    return got < 0 ? V_ERROR : V_NONE;
}

static V read_rest(Thread *t, Buffered *b) {
    if (start_reading(t, b) < 0) return V_ERROR;
    V parts = list_new(t, 0);
    if (v_is_error(parts)) return V_ERROR;
    if (b->end > b->pos && list_append_steal(t, parts, take(t, b, b->end - b->pos)) < 0) goto fail;
    b->pos = b->end = 0;
    V raw = raw_hold(b), readall = obj_lookup_attr(t, raw, NAME(readall));
    v_drop(t, raw);
    if (v_is_error(readall)) goto fail;
    for (;;) {
        V part = readall != V_NULL ? obj_call0(t, readall) : raw_call0(t, b, NAME(read));
        if (part != V_NONE && !v_is_error(part) && !v_is_bytes(part)) {
            err_set(t, &exc_TypeError, readall != V_NULL ? "readall() should return bytes" : "read() should return bytes");
            v_drop(t, part);
            part = V_ERROR;
        }
        if (v_is_error(part)) {
            v_drop(t, readall);
            goto fail;
        }
        bool end = part == V_NONE || bytes_len(part) == 0 || readall != V_NULL, blocked = part == V_NONE && !list_len(parts);
        if (blocked) {
            v_drop(t, readall);
            v_drop(t, parts);
            return V_NONE;
        }
        if (part != V_NONE && list_append_steal(t, parts, part) < 0) {
            v_drop(t, readall);
            goto fail;
        }
        if (end) break;
    }
    v_drop(t, readall);
    V all = bytes_join(t, bytes_empty(), parts);
    v_drop(t, parts);
    return all;
fail:
    v_drop(t, parts);
    return V_ERROR;
}

static NATIVE(buffered_read) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    ptrdiff_t n;
    if (check_usable(t, b) < 0 || num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    if (n < -1) return err_set(t, &exc_ValueError, "read length must be non-negative or -1");
    if (check_open(t, b, "read of closed file") < 0 || io_lock(t, &b->lock, self) < 0) return V_ERROR;
    V r = n < 0 ? read_rest(t, b) : read_exactly(t, b, (size_t)n, false);
    io_unlock(&b->lock);
    return r;
}

static NATIVE(buffered_read1) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    ptrdiff_t n;
    if (check_usable(t, b) < 0 || io_given_size(t, args[0], &n) < 0) return V_ERROR;
    if (n < 0) n = (ptrdiff_t)b->size;
    if (check_open(t, b, "read of closed file") < 0) return V_ERROR;
    if (n == 0) return bytes_empty();
    if (io_lock(t, &b->lock, self) < 0) return V_ERROR;
    size_t have = b->end - b->pos;
    V r = have ? take(t, b, have < (size_t)n ? have : (size_t)n) : read_exactly(t, b, (size_t)n, true);
    io_unlock(&b->lock);
    if (r == V_NONE) return bytes_empty();
    return r;
}

static V readinto(Thread *t, V self, V target, bool once) {
    Buffered *b = buffered_of(self);
    Buffer view;
    bool blocked = false;
    if (check_open(t, b, "readinto of closed file") < 0 ||
        buffer_get_writable(t, target, &view, once ? "readinto1() argument" : "readinto() argument") < 0)
        return V_ERROR;
    ptrdiff_t got = -1;
    if (io_lock(t, &b->lock, self) == 0) {
        if (start_reading(t, b) == 0) got = view.len ? read_into(t, b, view.data, (size_t)view.len, once, &blocked) : 0;
        io_unlock(&b->lock);
    }
    buffer_release(t, &view);
    return got < 0 ? V_ERROR : blocked ? V_NONE : v_from_int(got);
}

static NATIVE(buffered_readinto) {
    (void)nargs, (void)kwnames;
    return readinto(t, self, args[0], false);
}
static NATIVE(buffered_readinto1) {
    (void)nargs, (void)kwnames;
    return readinto(t, self, args[0], true);
}

static NATIVE(buffered_peek) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    ptrdiff_t ignored;
    if (io_given_size(t, args[0], &ignored) < 0) return V_ERROR;
    if (check_open(t, b, "peek of closed file") < 0 || io_lock(t, &b->lock, self) < 0) return V_ERROR;
    V r = V_ERROR;
    if (start_reading(t, b) == 0 && (b->end > b->pos || fill(t, b) != -1)) r = bytes_from(t, b->buf + b->pos, b->end - b->pos);
    io_unlock(&b->lock);
    return r;
}

// Up to and including a newline, at most limit bytes (< 0: any number); lock held.
static V read_line(Thread *t, Buffered *b, ptrdiff_t limit) {
    if (start_reading(t, b) < 0) return V_ERROR;
    V line = V_NULL; // bytearray of what earlier fills gave
    for (;;) {
        size_t have = b->end - b->pos, before = line == V_NULL ? 0 : bytearray_len(line);
        if (limit >= 0 && have > (size_t)limit - before) have = (size_t)limit - before;
        char *start = b->buf + b->pos, *newline = have ? memchr(start, '\n', have) : NULL;
        if (newline) have = (size_t)(newline - start) + 1;
        bool done = newline || (limit >= 0 && before + have == (size_t)limit);
        if (done && line == V_NULL) return take(t, b, have);
        if (line == V_NULL) line = bytearray_new(t, NULL, 0);
        if (v_is_error(line)) return V_ERROR;
        if (have && bytearray_resize(t, line, before + have) < 0) break;
        if (have) memcpy(bytearray_data(line) + before, start, have);
        b->pos += have;
        ptrdiff_t n = done ? 0 : fill(t, b);
        if (n == -1) break;
        if (n <= 0) {
            V r = bytes_from(t, bytearray_data(line), bytearray_len(line));
            v_drop(t, line);
            return r;
        }
    }
    v_drop(t, line);
    return V_ERROR;
}

static NATIVE(buffered_readline) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    ptrdiff_t limit;
    if (check_open(t, b, "readline of closed file") < 0 || num_as_optional_count(t, args[0], &limit) < 0) return V_ERROR;
    if (io_lock(t, &b->lock, self) < 0) return V_ERROR;
    V line = read_line(t, b, limit);
    io_unlock(&b->lock);
    return line;
}

static V buffered_next(Thread *t, V self) {
    Buffered *b = buffered_of(self);
    Type *type = v_type(self);
    V line;
    if (type == &buffered_reader_type || type == &buffered_random_type) {
        if (check_open(t, b, "readline of closed file") < 0 || io_lock(t, &b->lock, self) < 0) return V_ERROR;
        line = read_line(t, b, -1);
        io_unlock(&b->lock);
    } else {
        line = obj_call_method0(t, self, NAME(readline));
        if (!v_is_error(line) && !v_is_bytes(line)) {
            err_set(t, &exc_OSError, "readline() should have returned a bytes object, not '%T'", line);
            v_drop(t, line);
            return V_ERROR;
        }
    }
    if (v_is_error(line) || bytes_len(line)) return line;
    v_drop(t, line);
    return V_END;
}

// ---- writing ------------------------------------------------------------------------------------------------------------
static ptrdiff_t write_bytes(Thread *t, Buffered *b, const char *data, size_t n) { // taken; -1
    if (b->readable && b->end && drop_read_ahead(t, b) < 0) return -1;
    if (n <= b->size - b->pending) {
        memcpy(b->buf + b->pending, data, n);
        b->pending += n;
        return (ptrdiff_t)n;
    }
    if (flush_pending(t, b) < 0) {
        if (!io_would_block(t)) return -1;
        size_t room = b->size - b->pending; // non-blocking: keep what fits and say how much that is
        if (n <= room) err_clear(t);
        size_t part = n < room ? n : room;
        memcpy(b->buf + b->pending, data, part);
        b->pending += part;
        if (part == n) return (ptrdiff_t)n;
        err_clear(t);
        would_block(t, (ptrdiff_t)part);
        return -1;
    }
    size_t done = 0;
    while (n - done > b->size) {
        ptrdiff_t r = raw_write(t, b, data + done, n - done);
        if (r == -1) return -1;
        if (r == -2) {
            size_t part = n - done < b->size ? n - done : b->size;
            memcpy(b->buf, data + done, part);
            b->pending = part;
            would_block(t, (ptrdiff_t)(done + part));
            return -1;
        }
        done += (size_t)r;
        if (safepoint(t) < 0) return -1;
    }
    memcpy(b->buf, data + done, n - done);
    b->pending = n - done;
    return (ptrdiff_t)n;
}

static NATIVE(buffered_write) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    Buffer view;
    if (check_usable(t, b) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    ptrdiff_t n = -1;
    if (check_open(t, b, "write to closed file") == 0 && io_lock(t, &b->lock, self) == 0) {
        // Another thread may have closed it while this one waited.
        if (check_open(t, b, "write to closed file") == 0) n = write_bytes(t, b, view.data, (size_t)view.len);
        io_unlock(&b->lock);
    }
    buffer_release(t, &view);
    return n < 0 ? V_ERROR : v_from_int(n);
}

static NATIVE(buffered_flush) {
    UNUSED_NATIVE();
    Buffered *b = buffered_of(self);
    if (check_open(t, b, "flush of closed file") < 0 || io_lock(t, &b->lock, self) < 0) return V_ERROR;
    int r = settle(t, b);
    io_unlock(&b->lock);
    return r < 0 ? V_ERROR : V_NONE;
}

static NATIVE(reader_flush) {
    UNUSED_NATIVE();
    Buffered *b = buffered_of(self);
    return check_usable(t, b) < 0 ? V_ERROR : raw_call0(t, b, NAME(flush));
}

// ---- position -----------------------------------------------------------------------------------------------------------
static NATIVE(buffered_tell) {
    UNUSED_NATIVE();
    Buffered *b = buffered_of(self);
    if (check_usable(t, b) < 0 || io_lock(t, &b->lock, self) < 0) return V_ERROR;
    int64_t at = raw_tell(t, b), ahead = (int64_t)(b->end - b->pos) - (int64_t)b->pending;
    io_unlock(&b->lock);
    return at < 0 ? V_ERROR : int_from_i64(t, at - ahead);
}

static int64_t seek_locked(Thread *t, Buffered *b, int64_t target, int whence) {
    size_t ahead = b->end - b->pos;
    if (whence != 2 && b->readable && !b->pending && b->end) { // inside what was read ahead
        int64_t current = raw_tell(t, b);
        if (current < 0) return -1;
        current -= (int64_t)ahead;
        int64_t offset = whence == 0 ? target - current : target;
        if (offset >= -(int64_t)b->pos && offset <= (int64_t)ahead) {
            b->pos += (size_t)offset;
            return current + offset;
        }
    }
    if (b->pending && flush_pending(t, b) < 0) return -1;
    if (whence == 1) target -= (int64_t)ahead;
    int64_t at = raw_seek(t, b, target, whence);
    if (at >= 0) b->pos = b->end = 0;
    return at;
}

static NATIVE(buffered_seek) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    int64_t target;
    int whence;
    if (check_usable(t, b) < 0 ||
        io_seek_args(t, args, &exc_ValueError, "cannot fit '%T' into an offset-sized integer", &target, &whence) < 0)
        return V_ERROR;
    if (whence < 0 || whence > 4 || (whence > 2 && whence != 3 && whence != 4)) {
        return err_set(t, &exc_ValueError, "whence value %d unsupported", whence);
    }
    if (check_open(t, b, "seek of closed file") < 0) return V_ERROR;
    int seekable = io_part_flag(t, &b->base, &b->raw, NAME(seekable));
    if (seekable < 0) return V_ERROR;
    if (!seekable) return io_unsupported(t, "File or stream is not seekable.");
    if (io_lock(t, &b->lock, self) < 0) return V_ERROR;
    int64_t at = seek_locked(t, b, target, whence);
    io_unlock(&b->lock);
    return at < 0 ? V_ERROR : int_from_i64(t, at);
}

static NATIVE(buffered_truncate) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    if (check_open(t, b, "truncate of closed file") < 0) return V_ERROR;
    if (!b->writable) return io_unsupported(t, "truncate");
    if (io_lock(t, &b->lock, self) < 0) return V_ERROR;
    V size = args[0] == V_NULL ? V_NONE : args[0], result = V_ERROR;
    if (settle(t, b) == 0) {
        V at = size == V_NONE ? raw_call0(t, b, NAME(tell)) : v_dup(size);
        if (!v_is_error(at)) result = raw_call1(t, b, NAME(truncate), at);
        v_drop(t, at);
    }
    io_unlock(&b->lock);
    return result;
}

// ---- delegation ---------------------------------------------------------------------------------------------------------
// What the raw stream answers.  The raw stream may be this one, or lead back to it.
static V ask_raw(Thread *t, Buffered *b, V name, bool call) {
    if (check_usable(t, b) < 0 || recursion_enter(t, " while asking a raw stream") < 0) return V_ERROR;
    V raw = raw_hold(b), result = call ? obj_call_method0(t, raw, name) : obj_getattr(t, raw, name);
    v_drop(t, raw);
    recursion_leave(t);
    return result;
}

#define DELEGATE(function, name) \
    static NATIVE(function) { \
        UNUSED_NATIVE(); \
        return ask_raw(t, buffered_of(self), NAME(name), true); \
    }
DELEGATE(buffered_seekable, seekable)
DELEGATE(buffered_readable, readable)
DELEGATE(buffered_writable, writable)
DELEGATE(buffered_fileno, fileno)
DELEGATE(buffered_isatty, isatty)

#define RAW_ATTRIBUTE(function, name) \
    static V function(Thread *t, V self, void *closure) { \
        (void)closure; \
        return ask_raw(t, buffered_of(self), NAME(name), false); \
    }
RAW_ATTRIBUTE(get_closed, closed)
RAW_ATTRIBUTE(get_name, name)
RAW_ATTRIBUTE(get_mode, mode)

static V get_raw(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V raw = slot_get(v_obj(self), &buffered_of(self)->raw);
    return raw == V_NULL ? V_NONE : raw;
}
static V get_finalizing(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(buffered_of(self)->base.finalizing);
}

V io_stream_name(Thread *t, V stream) {
    V name = obj_lookup_attr(t, stream, NAME(name));
    if (v_is_error(name)) {
        if (!err_matches(t, &exc_ValueError)) return V_ERROR;
        err_clear(t); // detached: it has no name
        return V_NULL;
    }
    return name;
}

static V buffered_repr(Thread *t, V self) {
    V name = io_stream_name(t, self);
    if (v_is_error(name)) return V_ERROR;
    if (name == V_NULL) return str_from_format(t, "<%s>", v_type(self)->name);
    int entered = obj_repr_enter(t, self);
    V text = V_ERROR;
    if (entered > 0) err_set(t, &exc_RuntimeError, "reentrant call inside %T.__repr__", self);
    if (entered == 0) {
        text = str_from_format(t, "<%s name=%R>", v_type(self)->name, name);
        obj_repr_leave(t, self);
    }
    v_drop(t, name);
    return text;
}

// ---- life -----------------------------------------------------------------------------------------------------------------
static NATIVE(buffered_detach) {
    UNUSED_NATIVE();
    Buffered *b = buffered_of(self);
    if (check_usable(t, b) < 0) return V_ERROR;
    V r = obj_call_method0(t, self, NAME(flush));
    if (v_is_error(r)) return V_ERROR;
    v_drop(t, r);
    at_store_relaxed(&b->detached, true);
    at_store_relaxed(&b->ok, false);
    return slot_take(v_obj(self), &b->raw);
}

static NATIVE(buffered_dealloc_warn) {
    (void)nargs, (void)kwnames;
    Buffered *b = buffered_of(self);
    if (at_load_relaxed(&b->ok) && raw_of(b) != V_NULL) {
        V r = raw_call1(t, b, NAME(_dealloc_warn), args[0]);
        if (v_is_error(r)) err_clear(t); // a raw stream of the user's need not have it
        v_drop(t, r);
    }
    return V_NONE;
}

static NATIVE(buffered_close) {
    UNUSED_NATIVE();
    Buffered *b = buffered_of(self);
    if (check_usable(t, b) < 0) return V_ERROR;
    int closed = raw_closed(t, b);
    if (closed) return closed < 0 ? V_ERROR : V_NONE;
    if (b->base.finalizing) v_drop(t, buffered_dealloc_warn(t, self, &self, 1, V_NULL));
    V r = obj_call_method0(t, self, NAME(flush)), first = v_is_error(r) ? err_fetch(t) : V_NULL;
    v_drop(t, r);
    r = V_ERROR;
    if (io_lock(t, &b->lock, self) == 0) {
        r = raw_call0(t, b, NAME(close));
        io_unlock(&b->lock);
    }
    if (v_is_error(r) || first != V_NULL) {
        v_drop(t, r);
        return io_join_errors(t, first) < 0 ? V_ERROR : V_NONE;
    }
    return r;
}

static int size_given(Thread *t, V size, ptrdiff_t *n) {
    *n = IO_BUFFER_SIZE;
    return size == V_NULL ? 0 : num_as_ssize(t, size, &exc_OverflowError, n);
}

static int set_up(Thread *t, V self, V raw, ptrdiff_t n, bool readable, bool writable) {
    Buffered *b = buffered_of(self);
    if (n <= 0) {
        err_set(t, &exc_ValueError, "buffer size must be strictly positive");
        return -1;
    }
    char *buf = mem_alloc(t, (size_t)n);
    if (!buf) {
        err_no_memory(t);
        return -1;
    }
    if (io_lock(t, &b->lock, self) < 0) { // who reads or writes just now has pointers into the old one
        mem_free(buf);
        return -1;
    }
    mem_release(t, v_obj(self), b->buf);
    b->buf = buf;
    b->size = (size_t)n;
    b->pos = b->end = b->pending = 0;
    b->readable = readable;
    b->writable = writable;
    slot_set(t, v_obj(self), &b->raw, raw);
    if (v_is_object(raw)) gc_finalize_before(v_obj(self), v_obj(raw)); // it has something to write
    at_store_relaxed(&b->ok, true);
    io_unlock(&b->lock);
    return 0;
}

static int require(Thread *t, V raw, V flag, const char *text) {
    int ok = io_flag(t, raw, flag);
    if (ok == 0) io_unsupported(t, text);
    return ok > 0 ? 0 : -1;
}

static int init_kind(Thread *t, V self, const char *name, const V *args, size_t nargs, V kwnames, bool readable, bool writable) {
    V a[2];
    if (args_bind(t, name, "raw, buffer_size=DEFAULT_BUFFER_SIZE", args, nargs, kwnames, a) < 0) return -1;
    ptrdiff_t size;
    if (size_given(t, a[1], &size) < 0) return -1;
    Buffered *b = buffered_of(self);
    at_store_relaxed(&b->ok, false); // raw may be this stream
    at_store_relaxed(&b->detached, false);
    if (readable && writable && require(t, a[0], NAME(seekable), "File or stream is not seekable.") < 0) return -1;
    if (readable && require(t, a[0], NAME(readable), "File or stream is not readable.") < 0) return -1;
    if (writable && require(t, a[0], NAME(writable), "File or stream is not writable.") < 0) return -1;
    return set_up(t, self, a[0], size, readable, writable);
}

static int reader_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return init_kind(t, self, "BufferedReader", args, nargs, kwnames, true, false);
}
static int writer_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return init_kind(t, self, "BufferedWriter", args, nargs, kwnames, false, true);
}
static int random_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    return init_kind(t, self, "BufferedRandom", args, nargs, kwnames, true, true);
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Buffered *)o)->raw); }
static void release(Thread *t, Obj *o) {
    (void)t;
    mem_free(((Buffered *)o)->buf);
}

#define COMMON_METHODS \
    {"detach", buffered_detach, "", 0, 0, NULL}, {"close", buffered_close, "", 0, 0, NULL}, \
    {"seekable", buffered_seekable, "", 0, 0, NULL}, {"fileno", buffered_fileno, "", 0, 0, NULL}, \
    {"isatty", buffered_isatty, "", 0, 0, NULL}, {"_dealloc_warn", buffered_dealloc_warn, "source, /", 0, 0, NULL}, \
    {"seek", buffered_seek, "target, whence=0, /", 0, 0, NULL}, {"tell", buffered_tell, "", 0, 0, NULL}, \
    {"truncate", buffered_truncate, "pos=None, /", 0, 0, NULL}, {"__reduce__", io_reduce_error, NULL, 0, M_RAW, NULL}, \
    {"__reduce_ex__", io_reduce_error, NULL, 0, M_RAW, NULL}
#define READ_METHODS \
    {"read", buffered_read, "size=-1, /", 0, 0, NULL}, {"peek", buffered_peek, "size=0, /", 0, 0, NULL}, \
    {"read1", buffered_read1, "size=-1, /", 0, 0, NULL}, {"readinto", buffered_readinto, "buffer, /", 0, 0, NULL}, \
    {"readinto1", buffered_readinto1, "buffer, /", 0, 0, NULL}, {"readline", buffered_readline, "size=-1, /", 0, 0, NULL}, \
    {"readable", buffered_readable, "", 0, 0, NULL}
#define WRITE_METHODS \
    {"write", buffered_write, "buffer, /", 0, 0, NULL}, {"flush", buffered_flush, "", 0, 0, NULL}, \
    {"writable", buffered_writable, "", 0, 0, NULL}
static const Method reader_methods[] = {COMMON_METHODS, READ_METHODS, {"flush", reader_flush, "", 0, 0, NULL}, METHOD_END};
static const Method writer_methods[] = {COMMON_METHODS, WRITE_METHODS, METHOD_END};
static const Method random_methods[] = {COMMON_METHODS, READ_METHODS, WRITE_METHODS, METHOD_END};
static const GetSet getsets[] = {
    {"closed", get_closed, NULL, NULL, NULL}, {"name", get_name, NULL, NULL, NULL}, {"mode", get_mode, NULL, NULL, NULL},
    {"raw", get_raw, NULL, NULL, NULL}, {"_finalizing", get_finalizing, NULL, NULL, NULL}, {0},
};

#define BUFFERED_TYPE(variable, type_name, init_, next_, methods_, doc_) \
    Type variable = { \
        .text_signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)", \
        TYPE_HEAD("_io." type_name), .base = &buffered_io_base_type, .size = sizeof(Buffered), .attrs_offset = sizeof(Buffered), \
        .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_FINALIZE | TYPE_IMMUTABLE, .doc = doc_, .traverse = traverse, \
        .free_ = release, .new_ = type_new_bare, .init = init_, .repr = buffered_repr, .next = next_, \
        .methods = methods_, .getsets = getsets, \
    }
BUFFERED_TYPE(buffered_reader_type, "BufferedReader", reader_init, buffered_next, reader_methods,
    "Reads a raw stream by way of a buffer.");
BUFFERED_TYPE(buffered_writer_type, "BufferedWriter", writer_init, NULL, writer_methods,
    "Writes to a raw stream by way of a buffer.");
BUFFERED_TYPE(buffered_random_type, "BufferedRandom", random_init, buffered_next, random_methods,
    "Reads and writes a raw stream that has positions, by way of one buffer.");

// ---- BufferedRWPair: a reader and a writer on two streams ---------------------------------------------------------------------
typedef struct RWPair { IoBase base; Slot reader, writer; } RWPair;
static RWPair *pair_of(V v) { return (RWPair *)v_obj(v); }

static void pair_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((RWPair *)o)->reader);
    VISIT(((RWPair *)o)->writer);
}

static int pair_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[3];
    if (args_bind(t, "BufferedRWPair", "reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /", args, nargs, kwnames, a) < 0) return -1;
    ptrdiff_t size;
    if (size_given(t, a[2], &size) < 0) return -1;
    if (require(t, a[0], NAME(readable), "File or stream is not readable.") < 0) return -1;
    if (require(t, a[1], NAME(writable), "File or stream is not writable.") < 0) return -1;
    V part[2] = {a[0], a[2]};
    V reader = obj_call(t, v_from_type(&buffered_reader_type), part, a[2] == V_NULL ? 1 : 2, V_NULL);
    if (v_is_error(reader)) return -1;
    part[0] = a[1];
    V writer = obj_call(t, v_from_type(&buffered_writer_type), part, a[2] == V_NULL ? 1 : 2, V_NULL);
    slot_set_steal(t, v_obj(self), &pair_of(self)->reader, reader);
    if (v_is_error(writer)) return -1;
    slot_set_steal(t, v_obj(self), &pair_of(self)->writer, writer);
    return 0;
}

static V pair_call(Thread *t, V target, V method, const V *args, size_t nargs) {
    if (target == V_NULL) return err_set(t, &exc_ValueError, "I/O operation on uninitialized object");
    return obj_call_method(t, target, method, args, nargs);
}
#define PAIR_METHOD(function, side, name) \
    static NATIVE(function) { \
        if (args_no_keywords(t, #name, kwnames) < 0) return V_ERROR; \
        return pair_call(t, slot_peek(&pair_of(self)->side), NAME(name), args, nargs); \
    }
PAIR_METHOD(pair_read, reader, read)
PAIR_METHOD(pair_peek, reader, peek)
PAIR_METHOD(pair_read1, reader, read1)
PAIR_METHOD(pair_readinto, reader, readinto)
PAIR_METHOD(pair_readinto1, reader, readinto1)
PAIR_METHOD(pair_readable, reader, readable)
PAIR_METHOD(pair_write, writer, write)
PAIR_METHOD(pair_flush, writer, flush)
PAIR_METHOD(pair_writable, writer, writable)

static NATIVE(pair_close) {
    UNUSED_NATIVE();
    V r = pair_call(t, slot_peek(&pair_of(self)->writer), NAME(close), NULL, 0);
    V first = v_is_error(r) ? err_fetch(t) : V_NULL;
    v_drop(t, r);
    r = pair_call(t, slot_peek(&pair_of(self)->reader), NAME(close), NULL, 0);
    if (first == V_NULL) return r;
    v_drop(t, r);
    io_join_errors(t, first);
    return V_ERROR;
}

static NATIVE(pair_isatty) {
    UNUSED_NATIVE();
    V r = pair_call(t, slot_peek(&pair_of(self)->writer), NAME(isatty), NULL, 0);
    if (r != V_FALSE) return r;
    return pair_call(t, slot_peek(&pair_of(self)->reader), NAME(isatty), NULL, 0);
}

static V pair_closed(Thread *t, V self, void *closure) {
    (void)closure;
    V writer = slot_peek(&pair_of(self)->writer);
    if (writer == V_NULL) return err_set(t, &exc_RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return obj_getattr(t, writer, NAME(closed));
}

static const Method pair_methods[] = {
    {"read", pair_read, NULL, 0, M_RAW, NULL}, {"peek", pair_peek, NULL, 0, M_RAW, NULL},
    {"read1", pair_read1, NULL, 0, M_RAW, NULL}, {"readinto", pair_readinto, NULL, 0, M_RAW, NULL},
    {"readinto1", pair_readinto1, NULL, 0, M_RAW, NULL}, {"write", pair_write, NULL, 0, M_RAW, NULL},
    {"flush", pair_flush, "", 0, 0, NULL}, {"readable", pair_readable, "", 0, 0, NULL},
    {"writable", pair_writable, "", 0, 0, NULL}, {"close", pair_close, "", 0, 0, NULL},
    {"isatty", pair_isatty, "", 0, 0, NULL}, METHOD_END,
};
static const GetSet pair_getsets[] = {{"closed", pair_closed, NULL, NULL, NULL}, {0}};
Type buffered_rwpair_type = {
    TYPE_HEAD("_io.BufferedRWPair"), .base = &buffered_io_base_type, .size = sizeof(RWPair), .attrs_offset = sizeof(RWPair),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_FINALIZE | TYPE_IMMUTABLE, .doc = "One stream over two: "
                                                                                              "what is read comes "
                                                                                              "from the first, what "
                                                                                              "is written goes to "
                                                                                              "the second.",
    .text_signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
    .traverse = pair_traverse, .new_ = type_new_bare, .init = pair_init, .methods = pair_methods, .getsets = pair_getsets,
};
