// SPDX-License-Identifier: MIT
// StringIO: text in memory, in four-byte units so that writing in the middle is a copy.  Every method runs under the object's
// lock, which whoever asks for an argument's __index__ takes after that, too: it may have made the stream known to others.
#include "io_newline.h"

typedef struct StringIO {
    IoBase base;
    uint32_t *data;        // self->lock
    size_t len, cap, pos;
    bool ok;
    LineMode lines;
    bool translate;        // newline=None: "\r\n" and "\r" are written as "\n"
    bool universal;
    int seen;
    Slot newline;          // as given: str or None
    Slot write_newline;    // what "\n" becomes, or V_NULL
} StringIO;
static StringIO *stringio_of(V v) { return (StringIO *)v_obj(v); }

static int check_open(Thread *t, StringIO *s) {
    section_assert(t, &s->base.head);
    if (s->ok && !s->base.closed) return 0;
    err_set(t, &exc_ValueError, s->ok ? "I/O operation on closed file" : "I/O operation on uninitialized object");
    return -1;
}

static int reserve(Thread *t, StringIO *s, size_t n) {
    if (n <= s->cap) return 0;
    size_t cap = n + (n >> 3) + 32;
    uint32_t *data = mem_realloc(t, s->data, cap * sizeof *data);
    if (!data) {
        err_no_memory(t);
        return -1;
    }
    s->data = data;
    s->cap = cap;
    return 0;
}

static int put(Thread *t, StringIO *s, V text) {
    size_t n = str_len(text);
    int kind = str_kind(text);
    const void *from = str_data(text);
    if (!n) return 0;
    if (reserve(t, s, s->pos + n) < 0) return -1;
    for (size_t i = s->len; i < s->pos; i++) s->data[i] = 0;
    for (size_t i = 0; i < n; i++) s->data[s->pos + i] = str_read(kind, from, i);
    s->pos += n;
    if (s->pos > s->len) s->len = s->pos;
    return 0;
}

static int write_text(Thread *t, V self, V text) {
    StringIO *s = stringio_of(self);
    V decoded = s->universal ? io_translate_newlines(t, text, s->translate, &s->seen) : v_dup(text);
    V newline = slot_peek(&s->write_newline);
    if (!v_is_error(decoded) && newline != V_NULL) {
        V replaced = str_replace(t, decoded, NAME_STR("\n"), newline, -1);
        v_drop(t, decoded);
        decoded = replaced;
    }
    int r = v_is_error(decoded) ? -1 : put(t, s, decoded);
    v_drop(t, decoded);
    return r;
}

static NATIVE(stringio_write) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "string argument expected, got '%T'", args[0]);
    if (check_open(t, s) < 0 || write_text(t, self, args[0]) < 0) return V_ERROR;
    return int_from_size(t, str_len(args[0]));
}

static V units(Thread *t, StringIO *s, size_t n) {
    section_assert(t, &s->base.head);
    V v = n ? str_from_units(t, 4, s->data + s->pos, n) : str_empty();
    if (!v_is_error(v)) s->pos += n;
    return v;
}

static size_t available(const StringIO *s) { return s->pos < s->len ? s->len - s->pos : 0; }

static NATIVE(stringio_read) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    ptrdiff_t n;
    if (check_open(t, s) < 0 || num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    size_t have = available(s);
    return units(t, s, n < 0 || (size_t)n > have ? have : (size_t)n);
}

static bool matches_at(const StringIO *s, size_t i, V newline) {
    size_t n = str_len(newline);
    for (size_t k = 0; k < n; k++) {
        if (i + k >= s->len || s->data[i + k] != str_at(newline, k)) return false;
    }
    return true;
}

static size_t line_length(const StringIO *s, ptrdiff_t limit) {
    size_t i = s->pos, end = s->len;
    V newline = slot_peek(&s->newline);
    for (; i < end; i++) {
        uint32_t c = s->data[i];
        if (s->lines == LINES_CUSTOM) {
            if (matches_at(s, i, newline)) {
                i += str_len(newline);
                break;
            }
        } else if (c == '\n') {
            i++;
            break;
        } else if (c == '\r' && s->lines == LINES_UNIVERSAL) {
            i += i + 1 < end && s->data[i + 1] == '\n' ? 2 : 1;
            break;
        }
    }
    size_t n = i > s->pos ? i - s->pos : 0;
    return limit >= 0 && n > (size_t)limit ? (size_t)limit : n;
}

static NATIVE(stringio_readline) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    ptrdiff_t limit;
    if (check_open(t, s) < 0 || num_as_optional_count(t, args[0], &limit) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    return units(t, s, line_length(s, limit));
}

static V stringio_next(Thread *t, V self) {
    StringIO *s = stringio_of(self);
    if (v_type(self) != &string_io_type) { // a subclass may override readline
        V line = obj_call_method0(t, self, NAME(readline));
        if (v_is_error(line)) return V_ERROR;
        if (!v_is_str(line)) {
            err_set(t, &exc_OSError, "readline() should have returned an str object, not '%T'", line);
            v_drop(t, line);
            return V_ERROR;
        }
        if (str_len(line)) return line;
        v_drop(t, line);
        return V_END;
    }
    CRITICAL(t, v_obj(self));
    if (check_open(t, s) < 0) return V_ERROR;
    size_t n = line_length(s, -1);
    return n ? units(t, s, n) : V_END;
}

static NATIVE(stringio_getvalue) {
    UNUSED_NATIVE();
    StringIO *s = stringio_of(self);
    if (check_open(t, s) < 0) return V_ERROR;
    return s->len ? str_from_units(t, 4, s->data, s->len) : str_empty();
}

static NATIVE(stringio_seek) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    ptrdiff_t at;
    int whence;
    if (check_open(t, s) < 0 || io_position_args(t, args, &at, &whence) < 0) return V_ERROR;
    if (whence < 0 || whence > 2) return err_set(t, &exc_ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
    if (whence == 0 && at < 0) return err_set(t, &exc_ValueError, "Negative seek position %zd", (ptrdiff_t)at);
    if (whence != 0 && at != 0) return err_set(t, &exc_OSError, "Can't do nonzero cur-relative seeks");
    CRITICAL(t, v_obj(self));
    if (whence == 0) s->pos = (size_t)at;
    if (whence == 2) s->pos = s->len;
    return int_from_size(t, s->pos);
}

static NATIVE(stringio_tell) {
    UNUSED_NATIVE();
    return check_open(t, stringio_of(self)) < 0 ? V_ERROR : int_from_size(t, stringio_of(self)->pos);
}

static NATIVE(stringio_truncate) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    ptrdiff_t n = (ptrdiff_t)s->pos;
    if (check_open(t, s) < 0) return V_ERROR;
    if (args[0] != V_NULL && args[0] != V_NONE && num_as_optional_count(t, args[0], &n) < 0) return V_ERROR;
    CRITICAL(t, v_obj(self));
    if (n < 0) return err_set(t, &exc_ValueError, "Negative size value %zd", n);
    if ((size_t)n < s->len) s->len = (size_t)n;
    return int_from_i64(t, n);
}

static NATIVE(stringio_close) {
    UNUSED_NATIVE();
    StringIO *s = stringio_of(self);
    at_store_relaxed(&s->base.closed, true); // who asks whether it is closed does not lock
    mem_release(t, v_obj(self), s->data);
    s->data = NULL;
    s->len = s->cap = s->pos = 0;
    return V_NONE;
}

static NATIVE(stringio_true) {
    UNUSED_NATIVE();
    return check_open(t, stringio_of(self)) < 0 ? V_ERROR : V_TRUE;
}

// ---- set-up and pickling --------------------------------------------------------------------------------------------------
static int set_newline(Thread *t, V self, V newline) {
    StringIO *s = stringio_of(self);
    if (newline != V_NONE && !v_is_str(newline)) {
        err_set(t, &exc_TypeError, "newline must be str or None, not %T", newline);
        return -1;
    }
    bool none = newline == V_NONE, empty = !none && !str_len(newline);
    bool lf = !none && str_equal_ascii(newline, "\n");
    if (!none && !empty && !lf && !str_equal_ascii(newline, "\r") && !str_equal_ascii(newline, "\r\n")) {
        err_set(t, &exc_ValueError, "illegal newline value: %R", newline);
        return -1;
    }
    slot_set(t, v_obj(self), &s->newline, newline);
    slot_set(t, v_obj(self), &s->write_newline, none || empty || lf ? V_NULL : newline);
    s->universal = none || empty;
    s->translate = none;
    s->seen = 0;
    s->lines = none || lf ? LINES_LF : empty ? LINES_UNIVERSAL : LINES_CUSTOM;
    return 0;
}

static int stringio_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[2];
    StringIO *s = stringio_of(self);
    if (args_bind(t, "StringIO", "initial_value='', newline='\\n'", args, nargs, kwnames, a) < 0) return -1;
    CRITICAL(t, v_obj(self));
    s->ok = false;
    if (set_newline(t, self, a[1] == V_NULL ? NAME_STR("\n") : a[1]) < 0) return -1;
    V value = a[0] == V_NULL ? V_NONE : a[0];
    if (value != V_NONE && !v_is_str(value)) {
        err_set(t, &exc_TypeError, "initial_value must be str or None, not %T", value);
        return -1;
    }
    s->len = s->pos = 0;
    at_store_relaxed(&s->base.closed, false);
    if (value != V_NONE && write_text(t, self, value) < 0) return -1;
    s->pos = 0;
    s->ok = true;
    return 0;
}

static NATIVE(stringio_getstate) {
    V value = stringio_getvalue(t, self, args, nargs, kwnames);
    if (v_is_error(value)) return V_ERROR;
    StringIO *s = stringio_of(self);
    V dict = obj_get_dict(t, self);
    if (v_is_error(dict)) {
        v_drop(t, value);
        return V_ERROR;
    }
    V copy = dict_len(dict) ? dict_copy(t, dict) : V_NONE;
    v_drop(t, dict);
    return tuple_pack_steal(t, 4, value, slot_get(v_obj(self), &s->newline), int_from_size(t, s->pos), copy);
}

static NATIVE(stringio_setstate) {
    (void)nargs, (void)kwnames;
    StringIO *s = stringio_of(self);
    V state = args[0];
    if (s->base.closed) return err_set(t, &exc_ValueError, "__setstate__ on closed file");
    if (!v_is_tuple(state) || tuple_len(state) < 4) {
        return err_set(t, &exc_TypeError, "%s.__setstate__ argument should be 4-tuple, got %T", v_type(self)->name, state);
    }
    V value = tuple_borrow(state, 0), extra = tuple_borrow(state, 3);
    ptrdiff_t at;
    if (!v_is_str(value)) return err_set(t, &exc_TypeError, "initial_value must be str or None, not %T", value);
    if (set_newline(t, self, tuple_borrow(state, 1)) < 0) return V_ERROR;
    s->len = s->pos = 0; // the value is as it was stored: no translation
    if (put(t, s, value) < 0 || num_as_ssize(t, tuple_borrow(state, 2), &exc_OverflowError, &at) < 0) return V_ERROR;
    if (at < 0) return err_set(t, &exc_ValueError, "position value cannot be negative");
    CRITICAL(t, v_obj(self));
    s->pos = (size_t)at;
    s->ok = true;
    if (extra == V_NONE) return V_NONE;
    if (!v_is_dict(extra)) return err_set(t, &exc_TypeError, "fourth item of state should be a dict, got a %T", extra);
    V dict = obj_get_dict(t, self);
    int r = v_is_error(dict) ? -1 : dict_update(t, dict, extra);
    v_drop(t, dict);
    return r < 0 ? V_ERROR : V_NONE;
}

static V get_closed(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return v_from_bool(at_load_relaxed(&stringio_of(self)->base.closed));
}
static V get_line_buffering(Thread *t, V self, void *closure) {
    (void)closure;
    CRITICAL(t, v_obj(self));
    return check_open(t, stringio_of(self)) < 0 ? V_ERROR : V_FALSE;
}
static V get_newlines(Thread *t, V self, void *closure) {
    (void)closure;
    StringIO *s = stringio_of(self);
    CRITICAL(t, v_obj(self));
    if (check_open(t, s) < 0) return V_ERROR;
    return s->universal ? io_seen_newlines(t, s->seen) : V_NONE;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((StringIO *)o)->newline);
    VISIT(((StringIO *)o)->write_newline);
}
static void release(Thread *t, Obj *o) {
    (void)t;
    mem_free(((StringIO *)o)->data);
}

static const Method methods[] = {
    {"read", stringio_read, "size=-1, /", LOCK_SELF, 0, "The next size characters; all to the end without size."},
    {"readline", stringio_readline, "size=-1, /", LOCK_SELF, 0, "Read until newline or EOF."},
    {"write", stringio_write, "s, /", LOCK_SELF, 0, "Write string to file."},
    {"getvalue", stringio_getvalue, "", LOCK_SELF, 0, "The whole text from the beginning."},
    {"seek", stringio_seek, "pos, whence=0, /", LOCK_SELF, 0, "Change stream position."},
    {"tell", stringio_tell, "", LOCK_SELF, 0, "The position, counted in characters."},
    {"truncate", stringio_truncate, "pos=None, /", LOCK_SELF, 0, "Truncate size to pos."},
    {"close", stringio_close, "", LOCK_SELF, 0, "Close the IO object."},
    {"seekable", stringio_true, "", LOCK_SELF, 0, "True: the stream has positions."},
    {"readable", stringio_true, "", LOCK_SELF, 0, "True: the stream can be read."},
    {"writable", stringio_true, "", LOCK_SELF, 0, "True: the stream can be written."},
    {"__getstate__", stringio_getstate, "", LOCK_SELF, 0, NULL},
    {"__setstate__", stringio_setstate, "state, /", LOCK_SELF, 0, NULL},
    METHOD_END,
};
static const GetSet getsets[] = {
    {"closed", get_closed, NULL, NULL, NULL},
    {"newlines", get_newlines, NULL, NULL, NULL},
    {"line_buffering", get_line_buffering, NULL, NULL, NULL},
    {0},
};
Type string_io_type = {
    TYPE_HEAD("_io.StringIO"), .base = &text_io_base_type, .size = sizeof(StringIO), .attrs_offset = sizeof(StringIO),
    .flags = TYPE_BASETYPE | TYPE_GC | TYPE_WEAKREFS | TYPE_IMMUTABLE, .doc = "A stream of text that is kept in memory.",
    .text_signature = "(initial_value='', newline='\\n')", .traverse = traverse, .free_ = release, .new_ = io_make,
    .init = stringio_init, .next = stringio_next, .methods = methods, .getsets = getsets,
};
