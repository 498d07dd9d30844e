// SPDX-License-Identifier: MIT
// Exceptions with fields of their own: SystemExit, StopIteration, ImportError, NameError, AttributeError, OSError,
// SyntaxError and the Unicode errors.  Each has a traverse, an init that fills the fields from the arguments, members
// that show them and, where the text differs from BaseException's, a str.
#include "exceptions_private.h"
#include "object/bytes.h"
#include "object/misc.h"
#include <errno.h>

#define FIELD(type, slot) MEMBER_SLOT_OR_NONE, offsetof(type, slot), false, NULL
#define SET(e, slot, v) slot_set(t, &(e)->base.head, &(e)->slot, v)

// ---- SystemExit, StopIteration: one field out of the arguments ------------------------------------------------------
TRAVERSE(system_exit_traverse) {
    exception_traverse(t, o, visit, arg);
    VISIT(((ExcSystemExit *)o)->code);
}

INIT(system_exit_init) {
    if (exception_init(t, self, args, nargs, kwnames) < 0) return -1;
    ExcSystemExit *e = (ExcSystemExit *)v_obj(self);
    slot_set_steal(t, &e->base.head, &e->code, nargs == 0 ? V_NONE : nargs == 1 ? v_dup(args[0]) : exception_args(self));
    return 0;
}
const Member system_exit_members[] = {{"code", FIELD(ExcSystemExit, code)}, {0}};

TRAVERSE(stop_iteration_traverse) {
    exception_traverse(t, o, visit, arg);
    VISIT(((ExcStopIteration *)o)->value);
}

INIT(stop_iteration_init) {
    if (exception_init(t, self, args, nargs, kwnames) < 0) return -1;
    ExcStopIteration *e = (ExcStopIteration *)v_obj(self);
    SET(e, value, nargs ? args[0] : V_NONE);
    return 0;
}
const Member stop_iteration_members[] = {{"value", FIELD(ExcStopIteration, value)}, {0}};

V exc_stop_iteration_value(V exc) {
    ExcStopIteration *e = (ExcStopIteration *)v_obj(exc);
    V v = slot_get(&e->base.head, &e->value);
    return v == V_NULL ? V_NONE : v;
}

// ---- keyword fields: ImportError(name=, path=), NameError(name=), AttributeError(name=, obj=) -----------------------
typedef struct KeywordField { const char *name; size_t offset; } KeywordField;

static int init_keywords(Thread *t, V self, const char *name, const V *values, V kwnames, const KeywordField *fields) {
    Obj *o = v_obj(self);
    for (const KeywordField *f = fields; f->name; f++) slot_clear(t, o, (Slot *)((char *)o + f->offset));
    for (size_t i = 0; kwnames != V_NULL && i < tuple_len(kwnames); i++) {
        V key = tuple_borrow(kwnames, i);
        const KeywordField *f = fields;
        while (f->name && !str_equal_ascii(key, f->name)) f++;
        if (!f->name) {
            err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for %s()", key, name);
            return -1;
        }
        slot_set(t, o, (Slot *)((char *)o + f->offset), values[i]);
    }
    return 0;
}

TRAVERSE(import_error_traverse) {
    ExcImport *e = (ExcImport *)o;
    exception_traverse(t, o, visit, arg);
    VISIT(e->msg);
    VISIT(e->name);
    VISIT(e->path);
}

INIT(import_error_init) {
    static const KeywordField fields[] = {{"name", offsetof(ExcImport, name)}, {"path", offsetof(ExcImport, path)}, {0}};
    if (exception_init(t, self, args, nargs, V_NULL) < 0) return -1;
    ExcImport *e = (ExcImport *)v_obj(self);
    if (nargs == 1) SET(e, msg, args[0]);
    else slot_clear(t, &e->base.head, &e->msg);
    return init_keywords(t, self, "ImportError", args + nargs, kwnames, fields);
}

V import_error_str(Thread *t, V self) {
    ExcImport *e = (ExcImport *)v_obj(self);
    V msg = slot_get(&e->base.head, &e->msg);
    if (msg != V_NULL && v_is_exact(msg, &str_type)) return msg;
    v_drop(t, msg);
    return exception_str(t, self);
}

static NATIVE(import_error_reduce) {
    UNUSED_NATIVE();
    ExcImport *e = (ExcImport *)v_obj(self);
    V name = slot_get(v_obj(self), &e->name), path = slot_get(v_obj(self), &e->path);
    V dict = exception_dict_or_none(t, self), state = V_ERROR;
    if (v_is_error(dict)) goto done;
    if (name == V_NULL && path == V_NULL) {
        state = v_dup(dict);
    } else {
        state = dict == V_NONE ? dict_new(t) : dict_copy(t, dict);
        if (v_is_error(state)) goto done;
        if ((name != V_NULL && dict_set_c(t, state, "name", name) < 0) ||
            (path != V_NULL && dict_set_c(t, state, "path", path) < 0)) {
            v_drop(t, state);
            state = V_ERROR;
        }
    }
done:
    v_drop(t, name);
    v_drop(t, path);
    v_drop(t, dict);
    if (v_is_error(state)) return V_ERROR;
    V type = v_from_type(v_type(self)), a = exception_args(self);
    return state == V_NONE ? tuple_pack_steal(t, 2, type, a) : tuple_pack_steal(t, 3, type, a, state);
}
const Method import_error_methods[] = {{"__reduce__", import_error_reduce, "", 0, 0, NULL}, METHOD_END};
const Member import_error_members[] = {
    {"msg", MEMBER_SLOT_OR_NONE, offsetof(ExcImport, msg), false, "exception message"},
    {"name", MEMBER_SLOT_OR_NONE, offsetof(ExcImport, name), false, "module name"},
    {"path", MEMBER_SLOT_OR_NONE, offsetof(ExcImport, path), false, "module path"},
    {0},
};

TRAVERSE(name_error_traverse) {
    exception_traverse(t, o, visit, arg);
    VISIT(((ExcName *)o)->name);
}

INIT(name_error_init) {
    static const KeywordField fields[] = {{"name", offsetof(ExcName, name)}, {0}};
    if (exception_init(t, self, args, nargs, V_NULL) < 0) return -1;
    return init_keywords(t, self, "NameError", args + nargs, kwnames, fields);
}
const Member name_error_members[] = {{"name", MEMBER_SLOT_OR_NONE, offsetof(ExcName, name), false, "name"}, {0}};

TRAVERSE(attribute_error_traverse) {
    ExcAttribute *e = (ExcAttribute *)o;
    exception_traverse(t, o, visit, arg);
    VISIT(e->obj);
    VISIT(e->name);
}

INIT(attribute_error_init) {
    static const KeywordField fields[] = {{"name", offsetof(ExcAttribute, name)}, {"obj", offsetof(ExcAttribute, obj)}, {0}};
    if (exception_init(t, self, args, nargs, V_NULL) < 0) return -1;
    return init_keywords(t, self, "AttributeError", args + nargs, kwnames, fields);
}
const Member attribute_error_members[] = {
    {"name", MEMBER_SLOT_OR_NONE, offsetof(ExcAttribute, name), false, "attribute name"},
    {"obj", MEMBER_SLOT_OR_NONE, offsetof(ExcAttribute, obj), false, "object"},
    {0},
};

// ---- OSError ------------------------------------------------------------------------------------------------------------
TRAVERSE(os_error_traverse) {
    ExcOS *e = (ExcOS *)o;
    exception_traverse(t, o, visit, arg);
    VISIT(e->errno_);
    VISIT(e->strerror);
    VISIT(e->filename);
    VISIT(e->filename2);
}

// Which subclass OSError(errno, …) becomes (library reference, "OS exceptions").
static const struct { int code; Type *type; } errno_types[] = {
    {EAGAIN, &exc_BlockingIOError}, {EALREADY, &exc_BlockingIOError}, {EINPROGRESS, &exc_BlockingIOError},
    {EPIPE, &exc_BrokenPipeError}, {ESHUTDOWN, &exc_BrokenPipeError}, {ECHILD, &exc_ChildProcessError},
    {ECONNABORTED, &exc_ConnectionAbortedError}, {ECONNREFUSED, &exc_ConnectionRefusedError},
    {ECONNRESET, &exc_ConnectionResetError}, {EEXIST, &exc_FileExistsError}, {ENOENT, &exc_FileNotFoundError},
    {EISDIR, &exc_IsADirectoryError}, {ENOTDIR, &exc_NotADirectoryError}, {EINTR, &exc_InterruptedError},
    {EACCES, &exc_PermissionError}, {EPERM, &exc_PermissionError}, {ESRCH, &exc_ProcessLookupError},
    {ETIMEDOUT, &exc_TimeoutError},
};

static Type *type_for_errno(Type *type, V code) {
    if (type != &exc_OSError || !v_is_int(code)) return type;
    for (size_t i = 0; i < countof(errno_types); i++) {
        if (errno_types[i].code == v_int(code)) return errno_types[i].type;
    }
    return type;
}

// A subclass that overrides __init__ but not __new__ gets its fields in __init__ only.
static bool fields_in_init(Type *type) { return type->init != os_error_init && type->new_ == os_error_new; }

static int os_error_fill(Thread *t, V self, const V *args, size_t nargs) {
    ExcOS *e = (ExcOS *)v_obj(self);
    size_t in_args = nargs;
    ptrdiff_t written = -1;
    if (nargs >= 2 && nargs <= 5) {
        SET(e, errno_, args[0]);
        SET(e, strerror, args[1]);
        if (nargs >= 3 && args[2] != V_NONE) {
            bool is_count = v_type(self) == &exc_BlockingIOError && v_type(args[2])->index != NULL;
            if (is_count) {
                if (num_as_ssize(t, args[2], &exc_ValueError, &written) < 0) return -1;
            } else {
                SET(e, filename, args[2]);
                if (nargs >= 5 && args[4] != V_NONE) SET(e, filename2, args[4]);
                in_args = 2; // filename is shown by str(), not by args
            }
        }
    }
    at_store_relaxed(&e->written, written);
    V tuple = tuple_from(t, args, in_args);
    if (v_is_error(tuple)) return -1;
    slot_set_steal(t, &e->base.head, &e->base.args, tuple);
    return 0;
}

V os_error_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    bool later = fields_in_init(type);
    if (!later) {
        if (kwnames != V_NULL && tuple_len(kwnames)) {
            return err_set(t, &exc_TypeError, "%N() takes no keyword arguments", type);
        }
        if (nargs >= 2 && nargs <= 5) type = type_for_errno(type, args[0]);
    }
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    ExcOS *e = (ExcOS *)v_obj(self);
    e->written = -1;
    if (later) {
        slot_init(t, &e->base.head, &e->base.args, tuple_empty());
    } else if (os_error_fill(t, self, args, nargs) < 0) {
        v_drop(t, self);
        return V_ERROR;
    }
    return self;
}

INIT(os_error_init) {
    if (!fields_in_init(v_type(self))) return 0;
    if (kwnames != V_NULL && tuple_len(kwnames)) {
        err_set(t, &exc_TypeError, "%T() takes no keyword arguments", self);
        return -1;
    }
    return os_error_fill(t, self, args, nargs);
}

V os_error_str(Thread *t, V self) {
    ExcOS *e = (ExcOS *)v_obj(self);
    Obj *o = v_obj(self); // the parts are held: what shows them may set others
    V code = slot_get(o, &e->errno_), text = slot_get(o, &e->strerror), name = slot_get(o, &e->filename), name2 = slot_get(o, &e->filename2);
    V shown_code = code == V_NULL ? V_NONE : code, shown_text = text == V_NULL ? V_NONE : text, r;
    if (name != V_NULL && name2 != V_NULL) r = str_from_format(t, "[Errno %V] %V: %R -> %R", shown_code, shown_text, name, name2);
    else if (name != V_NULL) r = str_from_format(t, "[Errno %V] %V: %R", shown_code, shown_text, name);
    else if (code != V_NULL && text != V_NULL) r = str_from_format(t, "[Errno %V] %V", code, text);
    else r = exception_str(t, self);
    v_drop(t, code);
    v_drop(t, text);
    v_drop(t, name);
    v_drop(t, name2);
    return r;
}

static NATIVE(os_error_reduce) {
    UNUSED_NATIVE();
    ExcOS *e = (ExcOS *)v_obj(self);
    V a = exception_args(self), name = slot_get(v_obj(self), &e->filename), name2 = slot_get(v_obj(self), &e->filename2), init;
    if (a == V_NULL || tuple_len(a) != 2 || name == V_NULL) {
        init = a == V_NULL ? tuple_empty() : v_dup(a);
    } else {
        V first = tuple_borrow(a, 0), second = tuple_borrow(a, 1);
        init = name2 == V_NULL ? tuple_pack(t, 3, first, second, name) : tuple_pack(t, 5, first, second, name, V_NONE, name2);
    }
    v_drop(t, a);
    v_drop(t, name);
    v_drop(t, name2);
    return exception_reduce_with(t, self, init);
}

static V get_written(Thread *t, V self, void *closure) {
    (void)closure;
    ptrdiff_t n = at_load_relaxed(&((ExcOS *)v_obj(self))->written);
    if (n < 0) return err_set(t, &exc_AttributeError, "characters_written");
    return int_from_i64(t, n);
}

static int set_written(Thread *t, V self, V value, void *closure) {
    (void)closure;
    ExcOS *e = (ExcOS *)v_obj(self);
    ptrdiff_t n = -1;
    if (value == V_NULL && at_load_relaxed(&e->written) < 0) {
        err_set(t, &exc_AttributeError, "characters_written");
        return -1;
    }
    if (value != V_NULL && num_as_ssize(t, value, &exc_ValueError, &n) < 0) return -1;
    at_store_relaxed(&e->written, n);
    return 0;
}
const GetSet os_error_getsets[] = {{"characters_written", get_written, set_written, NULL, NULL}, {0}};
const Method os_error_methods[] = {{"__reduce__", os_error_reduce, "", 0, 0, NULL}, METHOD_END};
const Member os_error_members[] = {
    {"errno", MEMBER_SLOT_OR_NONE, offsetof(ExcOS, errno_), false, "POSIX exception code"},
    {"strerror", MEMBER_SLOT_OR_NONE, offsetof(ExcOS, strerror), false, "exception strerror"},
    {"filename", MEMBER_SLOT_OR_NONE, offsetof(ExcOS, filename), false, "exception filename"},
    {"filename2", MEMBER_SLOT_OR_NONE, offsetof(ExcOS, filename2), false, "second exception filename"},
    {0},
};

// ---- SyntaxError ----------------------------------------------------------------------------------------------------------
TRAVERSE(syntax_error_traverse) {
    ExcSyntax *e = (ExcSyntax *)o;
    exception_traverse(t, o, visit, arg);
    VISIT(e->msg);
    VISIT(e->filename);
    VISIT(e->lineno);
    VISIT(e->offset);
    VISIT(e->text);
    VISIT(e->end_lineno);
    VISIT(e->end_offset);
    VISIT(e->print_file_and_line);
}

INIT(syntax_error_init) {
    if (exception_init(t, self, args, nargs, kwnames) < 0) return -1;
    ExcSyntax *e = (ExcSyntax *)v_obj(self);
    if (nargs >= 1) SET(e, msg, args[0]);
    if (nargs != 2) return 0;
    V info = obj_to_tuple(t, args[1]);
    if (v_is_error(info)) return -1;
    size_t n = tuple_len(info);
    int result = 0;
    if (n < 4 || n > 6) {
        err_set(t, &exc_TypeError, "function takes %s %d arguments (%zu given)", n < 4 ? "at least" : "at most",
                n < 4 ? 4 : 6, n);
        result = -1;
    } else if (n == 5) {
        err_set(t, &exc_TypeError, "end_offset must be provided when end_lineno is provided");
        result = -1;
    } else {
        Slot *fields[] = {&e->filename, &e->lineno, &e->offset, &e->text, &e->end_lineno, &e->end_offset};
        for (size_t i = 0; i < 6; i++) slot_set(t, &e->base.head, fields[i], i < n ? tuple_borrow(info, i) : V_NULL);
    }
    v_drop(t, info);
    return result;
}

static V syntax_error_text(Thread *t, V msg, V filename, V lineno) {
    bool has_name = filename != V_NULL && v_is_str(filename), has_line = lineno != V_NULL && v_is_exact(lineno, &int_type);
    has_line = has_line || (lineno != V_NULL && v_is_int(lineno));
    if (!has_name && !has_line) return obj_str(t, msg);
    if (!has_name) return str_from_format(t, "%V (line %V)", msg, lineno);
    ptrdiff_t slash = str_find_char(filename, '/', 0, str_len(filename), -1);
    V base = str_substring(t, filename, (size_t)(slash + 1), str_len(filename));
    if (v_is_error(base)) return V_ERROR;
    V text = has_line ? str_from_format(t, "%V (%V, line %V)", msg, base, lineno) : str_from_format(t, "%V (%V)", msg, base);
    v_drop(t, base);
    return text;
}
V syntax_error_str(Thread *t, V self) { // what is shown is held: showing it may set others
    ExcSyntax *e = (ExcSyntax *)v_obj(self);
    V msg = slot_get(v_obj(self), &e->msg), filename = slot_get(v_obj(self), &e->filename), lineno = slot_get(v_obj(self), &e->lineno);
    V text = syntax_error_text(t, msg == V_NULL ? V_NONE : msg, filename, lineno);
    v_drop(t, msg);
    v_drop(t, filename);
    v_drop(t, lineno);
    return text;
}
const Member syntax_error_members[] = {
    {"msg", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, msg), false, "exception msg"},
    {"filename", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, filename), false, "exception filename"},
    {"lineno", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, lineno), false, "exception lineno"},
    {"offset", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, offset), false, "exception offset"},
    {"text", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, text), false, "exception text"},
    {"end_lineno", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, end_lineno), false, "exception end lineno"},
    {"end_offset", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, end_offset), false, "exception end offset"},
    {"print_file_and_line", MEMBER_SLOT_OR_NONE, offsetof(ExcSyntax, print_file_and_line), false,
     "exception print_file_and_line"},
    {0},
};

// ---- UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError ----------------------------------------------------
TRAVERSE(unicode_error_traverse) {
    ExcUnicode *e = (ExcUnicode *)o;
    exception_traverse(t, o, visit, arg);
    VISIT(e->encoding);
    VISIT(e->object);
    VISIT(e->reason);
}

static int expect_str(Thread *t, int index, V v) {
    if (v_is_str(v)) return 0;
    err_set(t, &exc_TypeError, "argument %d must be str, not %K", index, v);
    return -1;
}

// Decode takes bytes as object, the others a str; Translate has no encoding.
INIT(unicode_error_init) {
    if (exception_init(t, self, args, nargs, kwnames) < 0) return -1;
    ExcUnicode *e = (ExcUnicode *)v_obj(self);
    Type *type = v_type(self);
    bool decode = type_is_subtype(type, &exc_UnicodeDecodeError), translate = type_is_subtype(type, &exc_UnicodeTranslateError);
    size_t want = translate ? 4 : 5;
    if (nargs != want) {
        err_set(t, &exc_TypeError, "function takes exactly %zu arguments (%zu given)", want, nargs);
        return -1;
    }
    const V *a = args + !translate; // object, start, end, reason
    if (!translate && expect_str(t, 1, args[0]) < 0) return -1;
    if (!decode && expect_str(t, translate ? 1 : 2, a[0]) < 0) return -1;
    ptrdiff_t start, end;
    if (num_as_ssize(t, a[1], &exc_OverflowError, &start) < 0 || num_as_ssize(t, a[2], &exc_OverflowError, &end) < 0) return -1;
    at_store_relaxed(&e->start, start);
    at_store_relaxed(&e->end, end);
    if (expect_str(t, translate ? 4 : 5, a[3]) < 0) return -1;
    V object = v_dup(a[0]);
    if (decode && !v_is_bytes(object)) {
        Buffer view;
        if (buffer_get(t, a[0], &view, BUF_SIMPLE) < 0) return -1;
        v_drop(t, object);
        object = bytes_from(t, view.data, (size_t)view.len);
        buffer_release(t, &view);
        if (v_is_error(object)) return -1;
    }
    if (!translate) SET(e, encoding, args[0]);
    slot_set_steal(t, &e->base.head, &e->object, object);
    SET(e, reason, a[3]);
    return 0;
}

// One character is shown when it is there; start and end themselves may have been set to anything, and so may the object.
static V unicode_error_text(Thread *t, V self, V object, V encoding, V reason) {
    const ExcUnicode *e = (ExcUnicode *)v_obj(self);
    if (object == V_NULL) return str_empty(); // __init__ was not called
    bool decode = type_is_subtype(v_type(self), &exc_UnicodeDecodeError);
    bool translate = type_is_subtype(v_type(self), &exc_UnicodeTranslateError);
    if (!(decode ? v_is_bytes(object) : v_is_str(object))) {
        return err_set(t, &exc_TypeError, decode ? "object attribute must be bytes" : "object attribute must be unicode");
    }
    ptrdiff_t len = decode ? (ptrdiff_t)bytes_len(object) : (ptrdiff_t)str_len(object);
    ptrdiff_t start = at_load_relaxed(&e->start), end = at_load_relaxed(&e->end);
    const char *verb = decode ? "decode" : translate ? "translate" : "encode";
    V head = translate ? str_from_cstr(t, "can't translate") : str_from_format(t, "'%V' codec can't %s", encoding, verb);
    if (v_is_error(head)) return V_ERROR;
    V text;
    if (start < len && end == start + 1 && !(decode && start < 0)) {
        if (start < 0) {
            text = err_set(t, &exc_IndexError, "string index out of range");
        } else if (decode) {
            text = str_from_format(t, "%V byte 0x%02x in position %zd: %V", head,
                                   (unsigned)(uint8_t)bytes_data(object)[start], start, reason);
        } else {
            uint32_t c = str_at(object, (size_t)start);
            const char *format = c <= 0xff     ? "%V character '\\x%02x' in position %zd: %V"
                                 : c <= 0xffff ? "%V character '\\u%04x' in position %zd: %V"
                                               : "%V character '\\U%08x' in position %zd: %V";
            text = str_from_format(t, format, head, c, start, reason);
        }
    } else {
        text = str_from_format(t, decode ? "%V bytes in position %zd-%zd: %V" : "%V characters in position %zd-%zd: %V", head,
                               start, (ptrdiff_t)((size_t)end - 1), reason); // end may be the least of all
    }
    v_drop(t, head);
    return text;
}
V unicode_error_str(Thread *t, V self) { // what is shown is held: showing it may set others
    ExcUnicode *e = (ExcUnicode *)v_obj(self);
    V object = slot_get(v_obj(self), &e->object), encoding = slot_get(v_obj(self), &e->encoding), reason = slot_get(v_obj(self), &e->reason);
    V text = unicode_error_text(t, self, object, encoding == V_NULL ? V_NONE : encoding, reason == V_NULL ? V_NONE : reason);
    v_drop(t, object);
    v_drop(t, encoding);
    v_drop(t, reason);
    return text;
}
const Member unicode_error_members[] = {
    {"encoding", MEMBER_SLOT_OR_NONE, offsetof(ExcUnicode, encoding), false, "exception encoding"},
    {"object", MEMBER_SLOT_OR_NONE, offsetof(ExcUnicode, object), false, "exception object"},
    {"start", MEMBER_SSIZE, offsetof(ExcUnicode, start), false, "exception start"},
    {"end", MEMBER_SSIZE, offsetof(ExcUnicode, end), false, "exception end"},
    {"reason", MEMBER_SLOT_OR_NONE, offsetof(ExcUnicode, reason), false, "exception reason"},
    {0},
};
