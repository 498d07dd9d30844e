// SPDX-License-Identifier: MIT
// Module _io: open() and the list of stream types.  io_private.h says which file has what.
#include "io_newline.h"
#include "runtime/options.h"

static Slot unsupported_type;
V io_unsupported_type(void) { return slot_peek(&unsupported_type); }

// ---- open() ---------------------------------------------------------------------------------------------------------------
typedef struct Mode { bool creating, reading, writing, appending, updating, text, binary; } Mode;

static int parse_mode(Thread *t, V mode, Mode *m) {
    const char *p = str_cstr(t, mode);
    *m = (Mode){0};
    if (!p) return -1;
    for (size_t i = 0; p[i]; i++) {
        bool *flag = p[i] == 'x' ? &m->creating : p[i] == 'r' ? &m->reading : p[i] == 'w' ? &m->writing : p[i] == 'a' ? &m->appending
                     : p[i] == '+' ? &m->updating : p[i] == 't' ? &m->text : p[i] == 'b' ? &m->binary : NULL;
        if (!flag || strchr(p + i + 1, p[i])) {
            err_set(t, &exc_ValueError, "invalid mode: '%s'", p);
            return -1;
        }
        *flag = true;
    }
    if (m->text && m->binary) {
        err_set(t, &exc_ValueError, "can't have text and binary mode at once");
        return -1;
    }
    if (m->creating + m->reading + m->writing + m->appending != 1) {
        err_set(t, &exc_ValueError, m->creating + m->reading + m->writing + m->appending > 1
                                        ? "must have exactly one of create/read/write/append mode"
                                        : "Must have exactly one of create/read/write/append mode and at most one plus");
        return -1;
    }
    return 0;
}

static int check_binary(Thread *t, const Mode *m, V encoding, V errors, V newline) {
    if (!m->binary) return 0;
    const char *what = encoding != V_NONE ? "an encoding" : errors != V_NONE ? "an errors" : newline != V_NONE ? "a newline" : NULL;
    if (!what) return 0;
    err_set(t, &exc_ValueError, "binary mode doesn't take %s argument", what);
    return -1;
}

static V open_raw(Thread *t, V file, const Mode *m, V closefd, V opener) {
    char text[8];
    size_t n = 0;
    if (m->creating) text[n++] = 'x';
    if (m->reading) text[n++] = 'r';
    if (m->writing) text[n++] = 'w';
    if (m->appending) text[n++] = 'a';
    if (m->updating) text[n++] = '+';
    V mode = str_from_utf8(t, text, n);
    if (v_is_error(mode)) return V_ERROR;
    V args[4] = {file, mode, closefd, opener};
    V raw = obj_call(t, v_from_type(&file_io_type), args, 4, V_NULL);
    v_drop(t, mode);
    return raw;
}

// Buffer size and line buffering of the stream to be made; 0: unbuffered.
static int decide_buffering(Thread *t, V raw, ptrdiff_t *buffering, bool *lines) {
    *lines = *buffering == 1;
    if (*buffering < 0) {
        int tty = io_flag(t, raw, NAME(isatty));
        if (tty < 0) return -1;
        *lines = tty;
    }
    if (*buffering < 0 || *lines) {
        V size = obj_getattr(t, raw, NAME(_blksize));
        int r = v_is_error(size) ? -1 : num_as_ssize(t, size, &exc_OverflowError, buffering);
        v_drop(t, size);
        if (r < 0) return -1;
    }
    if (*buffering >= 0) return 0;
    err_set(t, &exc_ValueError, "invalid buffering size");
    return -1;
}

static V wrap_text(Thread *t, V buffer, V encoding, V errors, V newline, bool lines) {
    V args[5] = {buffer, encoding, errors, newline, v_from_bool(lines)};
    return obj_call(t, v_from_type(&text_io_wrapper_type), args, 5, V_NULL);
}

// The layers above raw (consumed): the stream for the program.
static V build_layers(Thread *t, V raw, const Mode *m, V mode, ptrdiff_t buffering, V encoding, V errors, V newline) {
    bool lines;
    V top = raw; // the outermost layer so far: closed when the next one fails
    if (decide_buffering(t, raw, &buffering, &lines) < 0) goto fail;
    if (buffering == 0) {
        if (m->binary) return raw;
        err_set(t, &exc_ValueError, "can't have unbuffered text I/O");
        goto fail;
    }
    Type *type = m->updating ? &buffered_random_type : m->reading ? &buffered_reader_type : &buffered_writer_type;
    V buffer = obj_call2(t, v_from_type(type), raw, v_from_int(buffering));
    if (v_is_error(buffer)) goto fail;
    v_drop(t, raw);
    top = buffer;
    if (m->binary) return buffer;
    V text = wrap_text(t, buffer, encoding, errors, newline, lines);
    if (v_is_error(text)) goto fail;
    v_drop(t, buffer);
    top = text;
    if (obj_setattr(t, text, NAME(mode), mode) == 0) return text;
fail:;
    V first = err_fetch(t), closed = obj_call_method0(t, top, NAME(close));
    v_drop(t, closed);
    io_join_errors(t, first);
    v_drop(t, top);
    return V_ERROR;
}

static NATIVE(io_open) {
    (void)self, (void)nargs, (void)kwnames;
    V mode = args[1] == V_NULL ? NAME_STR("r") : args[1];
    V encoding = args[3] == V_NULL ? V_NONE : args[3], errors = args[4] == V_NULL ? V_NONE : args[4], newline = args[5] == V_NULL ? V_NONE : args[5];
    V closefd = args[6] == V_NULL ? V_TRUE : args[6], opener = args[7] == V_NULL ? V_NONE : args[7];
    ptrdiff_t buffering = -1;
    Mode m;
    if (!v_is_str(mode)) return err_set(t, &exc_TypeError, "open() argument 'mode' must be str, not %K", mode);
    if (args[2] != V_NULL && num_as_ssize(t, args[2], &exc_OverflowError, &buffering) < 0) return V_ERROR;
    struct { V v; const char *name; } texts[] = {{encoding, "encoding"}, {errors, "errors"}, {newline, "newline"}};
    for (size_t i = 0; i < countof(texts); i++) {
        if (texts[i].v != V_NONE && !v_is_str(texts[i].v)) {
            return err_set(t, &exc_TypeError, "open() argument '%s' must be str or None, not %s", texts[i].name, type_short_name(v_type(texts[i].v)));
        }
    }
    if (parse_mode(t, mode, &m) < 0 || check_binary(t, &m, encoding, errors, newline) < 0) return V_ERROR;
    if (m.binary && buffering == 1 &&
        warn(t, &exc_RuntimeWarning, 1, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used") < 0) {
        return V_ERROR;
    }
    V raw = open_raw(t, args[0], &m, closefd, opener);
    return v_is_error(raw) ? V_ERROR : build_layers(t, raw, &m, mode, buffering, encoding, errors, newline);
}

static NATIVE(io_open_code) {
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "open_code() argument 'path' must be str, not %K", args[0]);
    V all[8] = {args[0], NAME_STR("rb")};
    return io_open(t, self, all, 8, V_NULL);
}

static NATIVE(io_text_encoding) {
    UNUSED_NATIVE();
    int stacklevel = 2;
    if (args[1] != V_NULL && num_as_int(t, args[1], &stacklevel) < 0) return V_ERROR;
    if (args[0] != V_NONE) return v_dup(args[0]);
    if (start_options.warn_default_encoding && warn(t, &exc_EncodingWarning, stacklevel, "'encoding' argument not specified") < 0)
        return V_ERROR;
    return start_options.utf8_mode ? str_static("utf-8") : NAME(locale);
}

static const Method methods[] = {
    {"open", io_open, "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None", 0, 0,
     "A stream for the file of that name or descriptor; OSError when there is none."},
    {"open_code", io_open_code, "path", 0, 0, "A stream of bytes for a file that is going to be run."},
    {"text_encoding", io_text_encoding, "encoding, stacklevel=2, /", 0, 0,
        "The encoding given, or else the one that text files have by default."},
    METHOD_END,
};

static Type *const types[] = {
    &io_base_type, &raw_io_base_type, &buffered_io_base_type, &text_io_base_type, &file_io_type, &bytes_io_type, &string_io_type,
    &buffered_reader_type, &buffered_writer_type, &buffered_random_type, &buffered_rwpair_type, &newline_decoder_type, &text_io_wrapper_type,
};

static int make_unsupported(Thread *t, V module) { // class UnsupportedOperation(OSError, ValueError)
    V bases = tuple_pack(t, 2, v_from_type(&exc_OSError), v_from_type(&exc_ValueError)), dict = dict_new(t), type = V_ERROR;
    if (!v_is_error(bases) && !v_is_error(dict) && dict_set(t, dict, NAME(__module__), NAME(io)) == 0) {
        type = type_new_heap(t, &type_type, NAME(UnsupportedOperation), bases, dict, V_NULL, NULL);
    }
    v_drop(t, bases);
    v_drop(t, dict);
    if (v_is_error(type)) return -1;
    root_register(&unsupported_type);
    root_set(t, &unsupported_type, type);
    return module_add(t, module, "UnsupportedOperation", type);
}

static int exec(Thread *t, V module) {
    // What its functions call home: hence they are added here.
    if (module_add_str(t, module, "__name__", "io") < 0 || module_add_methods(t, module, methods) < 0) return -1;
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    if (type_ready(t, &bytes_io_buffer_type) < 0 || type_ready(t, &plain_decoder_type) < 0 || make_unsupported(t, module) < 0) return -1;
    if (module_add_int(t, module, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE) < 0) return -1;
    return module_add(t, module, "BlockingIOError", v_from_type(&exc_BlockingIOError));
}

const ModuleDef mod__io = {"_io", "Streams: files, buffers in memory, and text over bytes.", NULL, exec, 0};
