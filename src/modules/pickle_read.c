// SPDX-License-Identifier: MIT
// Module _pickle: an Unpickler's input, its stack, and its memo.
#include "pickle_private.h"

enum { PEEK_SIZE = 128 * 1024 };

// ---- input -----------------------------------------------------------------------------------------------------------------------
static bool from_file(const Reader *r) { return slot_peek(&r->unpickler->read) != V_NULL; }

static void set_chunk(Reader *r, V chunk_steal, bool peeked) {
    v_drop(r->t, r->chunk);
    r->chunk = v_own(chunk_steal);
    r->start = r->p = bytes_data(r->chunk);
    r->end = r->p + bytes_len(r->chunk);
    r->peeked = peeked ? bytes_len(r->chunk) : 0;
}

static V call_slot(Reader *r, const Slot *slot, V arg) {
    V method = slot_get(&r->unpickler->head, slot);
    V result = arg == V_NULL ? obj_call0(r->t, method) : obj_call1(r->t, method, arg);
    v_drop(r->t, method);
    return result;
}

static V bytes_from_file(Reader *r, const Slot *method, V arg) {
    V data = call_slot(r, method, arg);
    if (v_is_error(data) || v_is_exact(data, &bytes_type)) return data;
    V bytes = V_ERROR;
    if (!obj_has_buffer(data)) err_set(r->t, &exc_TypeError, "a bytes-like object is required, not '%T'", data);
    else bytes = bytes_from_object(r->t, data);
    v_drop(r->t, data);
    return bytes;
}

// What was used of a peeked chunk is read from the file, so that it stands behind it.
static int skip_peeked(Reader *r) {
    size_t used = r->peeked ? (size_t)(r->p - r->start) : 0;
    if (r->peeked) r->end = r->p; // the rest will be read again
    r->peeked = 0;
    if (!used) return 0;
    V data = call_slot(r, &r->unpickler->read, v_from_int((int64_t)used));
    v_drop(r->t, data);
    return v_is_error(data) ? -1 : 0;
}

static const char *truncated(Reader *r) {
    pickle_raise(r->t, &unpickling_error, "pickle data was truncated");
    return NULL;
}

// More of the file, n bytes at least, unless it ends.
static int fill(Reader *r, size_t n) {
    Thread *t = r->t;
    if (skip_peeked(r) < 0) return -1;
    if (slot_peek(&r->unpickler->peek) != V_NULL && n < PEEK_SIZE) {
        V ahead = call_slot(r, &r->unpickler->peek, v_from_int(PEEK_SIZE));
        if (!v_is_error(ahead) && v_is_bytes(ahead) && bytes_len(ahead) >= n) {
            set_chunk(r, ahead, true);
            return 0;
        }
        if (v_is_error(ahead)) {
            if (!err_matches(t, &exc_NotImplementedError)) return -1;
            err_clear(t);
            slot_clear(t, &r->unpickler->head, &r->unpickler->peek);
        }
        v_drop(t, ahead);
    }
    V data = bytes_from_file(r, &r->unpickler->read, int_from_size(t, n));
    if (v_is_error(data)) return -1;
    set_chunk(r, data, false);
    return 0;
}

const char *read_bytes(Reader *r, size_t n) {
    if ((size_t)(r->end - r->p) < n) {
        if (!from_file(r) || n > PTRDIFF_MAX) return truncated(r);
        if (fill(r, n) < 0) return NULL;
        if ((size_t)(r->end - r->p) < n) return truncated(r);
    }
    const char *p = r->p;
    r->p += n;
    return p;
}

V read_bytes_value(Reader *r, size_t n, bool mutable) {
    Thread *t = r->t;
    if ((size_t)(r->end - r->p) >= n || !from_file(r) || slot_peek(&r->unpickler->readinto) == V_NULL || skip_peeked(r) < 0) {
        if (err_pending(t)) return V_ERROR;
        const char *p = read_bytes(r, n);
        return !p ? V_ERROR : mutable ? bytearray_new(t, p, n) : bytes_from(t, p, n);
    }
    V result = mutable ? bytearray_new(t, NULL, n) : bytes_new(t, n);
    if (v_is_error(result)) return V_ERROR;
    V view = memoryview_from_memory(t, mutable ? bytearray_data(result) : bytes_data(result), n, false);
    V got = v_is_error(view) ? V_ERROR : call_slot(r, &r->unpickler->readinto, view);
    V released = v_is_error(view) ? V_ERROR : obj_call_method0(t, view, NAME(release)); // its memory is ours only here
    int64_t count = -1;
    int failed = v_is_error(got) || v_is_error(released) || num_as_i64(t, got, &count) < 0;
    v_drop(t, view);
    v_drop(t, got);
    v_drop(t, released);
    if (!failed && count >= 0 && (size_t)count == n) return result;
    if (!failed) truncated(r);
    v_drop(t, result);
    return V_ERROR;
}

const char *read_line(Reader *r, size_t *n) {
    const char *found = memchr(r->p, '\n', (size_t)(r->end - r->p));
    if (!found && from_file(r)) {
        if (skip_peeked(r) < 0) return NULL;
        V line = bytes_from_file(r, &r->unpickler->readline, V_NULL);
        if (v_is_error(line)) return NULL;
        set_chunk(r, line, false);
        found = memchr(r->p, '\n', (size_t)(r->end - r->p));
    }
    if (!found) return truncated(r);
    const char *p = r->p;
    *n = (size_t)(found + 1 - p);
    r->p = found + 1;
    return p;
}

int reader_start(Thread *t, Reader *r, V self) {
    *r = (Reader){.t = t, .unpickler = (Unpickler *)v_obj(self), .self = self, .chunk = V_NULL, .persistent_load = V_NULL};
    r->p = r->end = r->start = "";
    bool plain = v_is_exact(self, &unpickler_type);
    r->persistent_load = plain ? slot_get(v_obj(self), &r->unpickler->persistent_load) : obj_lookup_attr(t, self, NAME(persistent_load));
    return v_is_error(r->persistent_load) ? -1 : 0;
}

int reader_sync(Reader *r) { return skip_peeked(r); }

void reader_end(Reader *r) {
    cut(r, 0);
    mem_free(r->stack);
    mem_free(r->marks);
    v_drop(r->t, r->chunk);
    v_drop(r->t, r->persistent_load);
}

// ---- the stack ---------------------------------------------------------------------------------------------------------------------
int push(Reader *r, V v) {
    if (v_is_error(v)) return -1;
    if (r->len == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 32;
        V *stack = mem_alloc(r->t, cap * sizeof *stack);
        if (!stack) {
            v_drop(r->t, v);
            err_no_memory(r->t);
            return -1;
        }
        if (r->len) memcpy(stack, r->stack, r->len * sizeof *stack);
        mem_free(r->stack);
        r->stack = stack;
        r->cap = cap;
    }
    r->stack[r->len++] = v_own(v);
    return 0;
}

int underflow(Reader *r) {
    pickle_raise(r->t, &unpickling_error, r->nmarks ? "unexpected MARK found" : "unpickling stack underflow");
    return -1;
}

V pop(Reader *r) { return r->len > r->fence ? r->stack[--r->len] : underflow(r) < 0 ? V_ERROR : V_NULL; }
V top_borrow(Reader *r) { return r->len > r->fence ? r->stack[r->len - 1] : underflow(r) < 0 ? V_ERROR : V_NULL; }

void cut(Reader *r, size_t len) {
    while (r->len > len) v_drop(r->t, r->stack[--r->len]);
}

int push_mark(Reader *r) {
    if (r->nmarks == r->marks_cap) {
        size_t cap = r->marks_cap ? r->marks_cap * 2 : 16;
        size_t *marks = mem_alloc(r->t, cap * sizeof *marks);
        if (!marks) {
            err_no_memory(r->t);
            return -1;
        }
        if (r->nmarks) memcpy(marks, r->marks, r->nmarks * sizeof *marks);
        mem_free(r->marks);
        r->marks = marks;
        r->marks_cap = cap;
    }
    r->marks[r->nmarks++] = r->fence = r->len;
    return 0;
}

ptrdiff_t pop_mark(Reader *r) {
    if (r->nmarks == 0) {
        pickle_raise(r->t, &unpickling_error, "could not find MARK");
        return -1;
    }
    size_t start = r->marks[--r->nmarks];
    r->fence = r->nmarks ? r->marks[r->nmarks - 1] : 0;
    return (ptrdiff_t)start;
}

V pop_tuple(Reader *r, size_t start) {
    size_t n = r->len - start;
    V tuple = n ? tuple_from(r->t, r->stack + start, n) : tuple_empty();
    cut(r, start);
    return tuple;
}
V pop_list(Reader *r, size_t start) {
    V list = list_from(r->t, r->stack + start, r->len - start);
    cut(r, start);
    return list;
}

// ---- the memo ----------------------------------------------------------------------------------------------------------------------
V pickle_memo_read(Reader *r, size_t index) {
    Unpickler *u = r->unpickler;
    CRITICAL(r->t, &u->head);
    return index < u->memo_size ? slot_get(&u->head, &u->memo[index]) : V_NULL;
}

int pickle_memo_write(Reader *r, size_t index, V v) {
    Unpickler *u = r->unpickler;
    CRITICAL(r->t, &u->head);
    if (index >= u->memo_size) {
        size_t size = index < 16 ? 32 : index * 2;
        Slot *memo = index > SIZE_MAX / 4 / sizeof(Slot) ? NULL : mem_calloc(r->t, size, sizeof *memo);
        if (!memo) {
            err_no_memory(r->t);
            return -1;
        }
        for (size_t i = 0; i < u->memo_size; i++) memo[i] = u->memo[i]; // the references move along
        Slot *old = u->memo;
        u->memo = memo;
        u->memo_size = size;
        mem_free(old); // nobody reads it without the lock
    }
    if (slot_peek(&u->memo[index]) == V_NULL) at_store_relaxed(&u->memo_len, u->memo_len + 1);
    slot_set(r->t, &u->head, &u->memo[index], v);
    return 0;
}
