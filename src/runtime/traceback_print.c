// SPDX-License-Identifier: MIT
// How an exception is shown: its chain of causes, each with traceback, source lines, message and notes; groups as trees.
//
// show_chain is the one to read: it writes the causes first, then the exception itself.  The text is built whole and
// written to the file at once, so that two threads' tracebacks do not mix line by line.
#include "runtime/traceback_print.h"
#include "object/exceptions.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "vm/vm.h"
#include <stdio.h>
#include <stdlib.h>

enum { GROUP_WIDTH = 15, GROUP_DEPTH = 10, REPEATS_SHOWN = 3, DEFAULT_LIMIT = 1000 };

typedef struct Display {
    Thread *t;
    StrBuilder out;
    SourceCache source;
    V seen;          // set of ids of the exceptions shown
    int depth;       // nesting of groups; 0 outside
    bool need_close; // the line that ends a group is still due
} Display;

// ---- writing -----------------------------------------------------------------------------------------------------------------
static void put(Display *d, const char *text) { sb_cstr(&d->out, text); }

static void put_margin(Display *d, const char *margin) { // NULL: the usual one
    for (int i = 0; i < 2 * d->depth; i++) sb_char(&d->out, ' ');
    put(d, margin ? margin : d->depth ? "| " : "");
}

static void put_v(Display *d, V text) {
    if (v_is_str(text)) sb_str(&d->out, text);
}

// str(v) or repr(v), or `otherwise` when that fails.
static void put_text_of(Display *d, V v, V (*text_of)(Thread *, V), const char *otherwise) {
    V text = text_of(d->t, v);
    if (v_is_error(text)) {
        err_clear(d->t);
        put(d, otherwise);
    } else {
        put_v(d, text);
    }
    v_drop(d->t, text);
}

// ---- frames --------------------------------------------------------------------------------------------------------------------
static void put_carets(Display *d, const CaretRange *r, ptrdiff_t indent) {
    put_margin(d, NULL);
    for (ptrdiff_t i = indent - 4; i < r->end; i++) { // a range that ends left of the text, as a function's entry does, gets less
        bool inside = r->left < 0 || (i >= r->left && i < r->right);
        sb_char(&d->out, i < r->start ? ' ' : inside ? '^' : '~');
    }
    sb_char(&d->out, '\n');
}

static void put_source(Display *d, V code, int lasti, int lineno) {
    V line = source_line_cached(d->t, &d->source, slot_peek(&code_of(code)->filename), lineno);
    if (line == V_NONE) return;
    size_t n = str_len(line), indent = 0;
    while (indent < n && strchr(" \t\f", (int)str_at(line, indent)) && str_at(line, indent)) indent++;
    put_margin(d, NULL);
    put(d, "    ");
    sb_substr(&d->out, line, indent, n);
    sb_char(&d->out, '\n');
    CaretRange range;
    if (caret_range(d->t, code, lasti, line, &range)) put_carets(d, &range, (ptrdiff_t)indent);
    v_drop(d->t, line);
}

static void put_frame(Display *d, V code, int lasti, int lineno) {
    Code *c = code_of(code);
    put_margin(d, NULL);
    put(d, "  File \"");
    put_v(d, slot_peek(&c->filename));
    sb_format(&d->out, "\", line %d, in ", lineno);
    put_v(d, slot_peek(&c->name));
    sb_char(&d->out, '\n');
    put_source(d, code, lasti, lineno);
}

static void put_repeats(Display *d, int count) {
    if (count <= REPEATS_SHOWN) return;
    count -= REPEATS_SHOWN;
    put_margin(d, NULL);
    sb_format(&d->out, "  [Previous line repeated %d more time%s]\n", count, count > 1 ? "s" : "");
}

static long traceback_limit(Thread *t) {
    V limit = sys_get(t, "tracebacklimit");
    long n = DEFAULT_LIMIT;
    int64_t value;
    if (limit != V_NULL && v_is_any_int(limit)) {
        if (int_as_i64(t, limit, &value) == 0) n = value > 0 ? (long)value : 0;
        else n = int_sign(limit) > 0 ? LONG_MAX : 0;
        err_clear(t);
    }
    v_drop(t, limit);
    return n;
}

static void put_frames(Display *d, V tb, long limit) {
    long depth = 0;
    for (V v = tb; v != V_NULL; v = slot_peek(&((Traceback *)v_obj(v))->next)) depth++;
    V last_code = V_NULL;
    int last_line = -1, count = 0;
    for (V v = tb; v != V_NULL; v = slot_peek(&((Traceback *)v_obj(v))->next)) {
        if (depth-- > limit) continue;
        Traceback *entry = (Traceback *)v_obj(v);
        V code = frame_object_code_borrow(slot_peek(&entry->frame));
        int line = traceback_lineno(d->t, entry);
        bool same = last_code != V_NULL && line == last_line &&
                    str_equal(slot_peek(&code_of(code)->filename), slot_peek(&code_of(last_code)->filename)) &&
                    str_equal(slot_peek(&code_of(code)->name), slot_peek(&code_of(last_code)->name));
        if (!same) {
            put_repeats(d, count);
            count = 0;
        }
        last_code = code;
        last_line = line;
        if (++count <= REPEATS_SHOWN) put_frame(d, code, entry->lasti, line);
    }
    put_repeats(d, count);
}

static void put_traceback(Display *d, V tb, const char *header, const char *margin) {
    long limit = traceback_limit(d->t);
    if (limit <= 0) return;
    put_margin(d, margin);
    put(d, header);
    put_frames(d, tb, limit);
}

// ---- syntax errors ---------------------------------------------------------------------------------------------------------------
typedef struct SyntaxPlace { V message, filename, text; ptrdiff_t lineno, offset, end_lineno, end_offset; } SyntaxPlace;

static bool attr_as_number(Thread *t, V exc, V name, ptrdiff_t missing, ptrdiff_t *out) {
    V v = obj_lookup_attr(t, exc, name);
    *out = missing;
    int64_t n;
    bool good = v != V_NULL && !v_is_error(v);
    if (good && v != V_NONE) {
        good = v_is_any_int(v) && int_as_i64(t, v, &n) == 0;
        if (good) *out = (ptrdiff_t)n;
    }
    v_drop(t, v);
    return good;
}

static bool syntax_place(Thread *t, V exc, SyntaxPlace *p) {
    p->message = obj_lookup_attr(t, exc, NAME(msg));
    p->filename = obj_lookup_attr(t, exc, NAME(filename));
    p->text = obj_lookup_attr(t, exc, NAME(text));
    bool good = !v_is_error(p->message) && !v_is_error(p->filename) && !v_is_error(p->text) && p->message != V_NULL &&
                p->filename != V_NULL && p->text != V_NULL && attr_as_number(t, exc, NAME(lineno), PTRDIFF_MIN, &p->lineno) &&
                p->lineno != PTRDIFF_MIN && // without a line nothing is shown
                attr_as_number(t, exc, NAME(offset), -1, &p->offset) &&
                attr_as_number(t, exc, NAME(end_lineno), p->lineno, &p->end_lineno) &&
                attr_as_number(t, exc, NAME(end_offset), -1, &p->end_offset);
    if (good) return true;
    err_clear(t);
    v_drop(t, p->message);
    v_drop(t, p->filename);
    v_drop(t, p->text);
    return false;
}

// The source text of a syntax error with carets.  Offsets count from 1.
static void put_error_text(Display *d, V text, ptrdiff_t offset, ptrdiff_t end_offset) {
    size_t start = 0, len = str_len(text);
    if (end_offset > (ptrdiff_t)len + 1) end_offset = (ptrdiff_t)len + 1;
    ptrdiff_t carets = end_offset > 0 && end_offset > offset ? end_offset - offset : 1;
    offset--;
    while (start < len && strchr(" \t\f", (int)str_at(text, start)) && str_at(text, start)) start++, offset--;
    bool has_newline = len > start && str_at(text, len - 1) == '\n';
    size_t end = has_newline ? len - 1 : len;
    if (offset > (ptrdiff_t)(end - start)) offset = (ptrdiff_t)(end - start);
    for (;;) { // of several lines the one with the error
        ptrdiff_t newline = str_find_char(text, '\n', start, len, 1);
        if (newline < 0 || newline - (ptrdiff_t)start >= offset) break;
        offset -= newline + 1 - (ptrdiff_t)start;
        start = (size_t)newline + 1;
    }
    put_margin(d, NULL);
    put(d, "    ");
    sb_substr(&d->out, text, start, len);
    if (!has_newline) sb_char(&d->out, '\n');
    if (offset < 0) return;
    put_margin(d, NULL);
    put(d, "    ");
    for (ptrdiff_t i = 0; i < offset; i++) sb_char(&d->out, ' ');
    for (ptrdiff_t i = 0; i < carets; i++) sb_char(&d->out, '^');
    sb_char(&d->out, '\n');
}

// File, line and text of a syntax error; the message that then stands for str(exc), or V_NULL for other exceptions.
static V put_syntax_place(Display *d, V exc) {
    Thread *t = d->t;
    V marker = obj_lookup_attr(t, exc, NAME(print_file_and_line));
    bool is_syntax = marker != V_NULL && !v_is_error(marker);
    err_clear(t);
    v_drop(t, marker);
    SyntaxPlace p;
    if (!is_syntax || !syntax_place(t, exc, &p)) return V_NULL;
    put_margin(d, NULL);
    put(d, "  File \"");
    if (p.filename == V_NONE) put(d, "<string>");
    else put_text_of(d, p.filename, obj_str, "<string>");
    sb_format(&d->out, "\", line %zd\n", p.lineno);
    if (v_is_str(p.text)) {
        ptrdiff_t end = p.end_lineno > p.lineno ? (ptrdiff_t)str_len(p.text) : p.end_offset;
        put_error_text(d, p.text, p.offset < 0 ? 0 : p.offset, end);
    }
    v_drop(t, p.filename);
    v_drop(t, p.text);
    return p.message;
}

// ---- one exception -----------------------------------------------------------------------------------------------------------------
static void put_type_name(Display *d, Type *type) {
    Thread *t = d->t;
    V module = type_module(t, type), name = type_qualname(t, type);
    if (v_is_error(module) || !v_is_str(module)) put(d, "<unknown>.");
    else if (!str_equal_ascii(module, "builtins") && !str_equal_ascii(module, "__main__")) {
        put_v(d, module);
        sb_char(&d->out, '.');
    }
    if (v_is_error(name) || !v_is_str(name)) put(d, "<unknown>");
    else put_v(d, name);
    err_clear(t);
    v_drop(t, module);
    v_drop(t, name);
}

static void put_message(Display *d, V exc, V message) {
    put_margin(d, NULL);
    put_type_name(d, v_type(exc));
    V text = message == V_NULL ? obj_str(d->t, exc) : obj_str(d->t, message);
    if (v_is_error(text)) {
        err_clear(d->t);
        put(d, ": <exception str() failed>");
    } else if (str_len(text)) {
        put(d, ": ");
        put_v(d, text);
    }
    v_drop(d->t, text);
    V hint = suggestion_for(d->t, exc);
    if (hint != V_NULL) put_v(d, hint);
    v_drop(d->t, hint);
    sb_char(&d->out, '\n');
}

static void put_note(Display *d, V note) {
    Thread *t = d->t;
    V text = v_is_str(note) ? v_dup(note) : obj_str(t, note);
    if (v_is_error(text)) {
        err_clear(t);
        text = str_from_cstr(t, "<note str() failed>");
    }
    V keep_ends = V_TRUE, lines = v_is_error(text) ? V_ERROR : obj_call_method1(t, text, NAME(splitlines), keep_ends);
    for (size_t i = 0; !v_is_error(lines) && i < list_len(lines); i++) {
        V line = list_get(t, lines, i);
        put_margin(d, NULL);
        put_v(d, line);
        v_drop(t, line);
    }
    sb_char(&d->out, '\n');
    err_clear(t);
    v_drop(t, lines);
    v_drop(t, text);
}

static void put_notes(Display *d, V exc) {
    Thread *t = d->t;
    V notes = obj_lookup_attr(t, exc, NAME(__notes__));
    if (notes == V_NULL || v_is_error(notes)) {
        err_clear(t);
        return;
    }
    if (!obj_is_sequence(notes) || v_is_str(notes) || v_is_bytes(notes)) {
        put_margin(d, NULL);
        put_text_of(d, notes, obj_repr, "<__notes__ repr() failed>");
    } else {
        V items = obj_to_list(t, notes);
        for (size_t i = 0; !v_is_error(items) && i < list_len(items); i++) {
            V note = list_get(t, items, i);
            put_note(d, note);
            v_drop(t, note);
        }
        err_clear(t);
        v_drop(t, items);
    }
    v_drop(t, notes);
}

static bool is_group(Thread *t, V exc) { return type_check(t, exc, &exc_BaseExceptionGroup); }

static void put_exception(Display *d, V exc) {
    Thread *t = d->t;
    V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
    if (tb != V_NULL && v_is_exact(tb, &traceback_type)) {
        bool group = is_group(t, exc);
        put_traceback(d, tb, group ? "Exception Group Traceback (most recent call last):\n" : "Traceback (most recent call last):\n",
                      group && d->depth == 1 ? "+ " : NULL);
    }
    v_drop(t, tb);
    V message = put_syntax_place(d, exc);
    put_message(d, exc, message);
    v_drop(t, message);
    put_notes(d, exc);
}

// ---- chains and groups ---------------------------------------------------------------------------------------------------------
static void show_chain(Display *d, V exc);

static void put_group_member(Display *d, V group, size_t i, size_t n, bool truncated) {
    for (int k = 0; k < 2 * d->depth; k++) sb_char(&d->out, ' ');
    put(d, i == 0 ? "+-" : "  ");
    if (truncated) put(d, "+---------------- ... ----------------\n");
    else sb_format(&d->out, "+---------------- %zu ----------------\n", i + 1);
    d->depth++;
    if (truncated) {
        size_t rest = n - GROUP_WIDTH;
        put_margin(d, NULL);
        sb_format(&d->out, "and %zu more exception%s\n", rest, rest > 1 ? "s" : "");
    } else {
        show_chain(d, tuple_borrow(group, i));
    }
}

static void show_group(Display *d, V exc) {
    if (d->depth > GROUP_DEPTH) {
        put_margin(d, NULL);
        sb_format(&d->out, "... (max_group_depth is %d)\n", GROUP_DEPTH);
        return;
    }
    if (d->depth == 0) d->depth = 1;
    put_exception(d, exc);
    V members = slot_get(v_obj(exc), &((ExcGroup *)v_obj(exc))->excs);
    size_t n = members == V_NULL ? 0 : tuple_len(members), shown = n <= GROUP_WIDTH ? n : GROUP_WIDTH + 1;
    d->need_close = false;
    for (size_t i = 0; i < shown; i++) {
        bool last = i + 1 == shown;
        if (last) d->need_close = true; // a group inside may write the closing line for all
        put_group_member(d, members, i, n, i >= GROUP_WIDTH);
        if (last && d->need_close) {
            for (int k = 0; k < 2 * d->depth; k++) sb_char(&d->out, ' ');
            put(d, "+------------------------------------\n");
            d->need_close = false;
        }
        d->depth--;
    }
    if (d->depth == 1) d->depth = 0;
    v_drop(d->t, members);
}

static bool seen_before(Display *d, V exc) { // and from now on
    Thread *t = d->t;
    V id = obj_id(t, exc);
    int r = v_is_error(id) || v_is_error(d->seen) ? 0 : set_contains(t, d->seen, id);
    if (r == 0 && !v_is_error(id) && !v_is_error(d->seen)) (void)set_add(t, d->seen, id);
    v_drop(t, id);
    err_clear(t);
    return r > 0;
}

static bool is_seen(Display *d, V exc) {
    V id = obj_id(d->t, exc);
    int r = v_is_error(id) || v_is_error(d->seen) ? 0 : set_contains(d->t, d->seen, id);
    v_drop(d->t, id);
    err_clear(d->t);
    return r > 0;
}

static void show_origin(Display *d, V origin, const char *message) {
    bool need_close = d->need_close;
    show_chain(d, origin);
    d->need_close = need_close;
    put_margin(d, NULL);
    put(d, "\n");
    put_margin(d, NULL);
    put(d, message);
    put_margin(d, NULL);
    put(d, "\n");
}

static void show_chain(Display *d, V exc) {
    Thread *t = d->t;
    if (recursion_enter(t, " in print_exception") < 0) {
        err_clear(t);
        return;
    }
    if (v_is_exception(exc)) {
        Exc *e = (Exc *)v_obj(exc);
        (void)seen_before(d, exc);
        V cause = slot_get(&e->head, &e->cause), context = slot_get(&e->head, &e->context);
        if (cause != V_NULL && cause != V_NONE) {
            if (!is_seen(d, cause))
                show_origin(d, cause, "The above exception was the direct cause of the following exception:\n");
        } else if (context != V_NULL && context != V_NONE && !at_load_acquire(&e->suppress_context) && !is_seen(d, context)) {
            show_origin(d, context, "During handling of the above exception, another exception occurred:\n");
        }
        v_drop(t, cause);
        v_drop(t, context);
        if (is_group(t, exc)) show_group(d, exc);
        else put_exception(d, exc);
    } else {
        put_margin(d, NULL);
        V text = err_format_message(t, "TypeError: print_exception(): Exception expected for value, %T found\n", exc);
        if (v_is_error(text)) err_clear(t);
        else put_v(d, text);
        v_drop(t, text);
    }
    recursion_leave(t);
}

// ---- entry points ----------------------------------------------------------------------------------------------------------------
static void display_init(Display *d, Thread *t) {
    *d = (Display){.t = t, .source = {V_NULL, V_NULL}, .seen = V_NULL};
    sb_init(&d->out, t);
    d->seen = set_new(t, V_NULL);
    err_clear(t);
}

static V display_finish(Display *d) {
    source_cache_drop(d->t, &d->source);
    v_drop(d->t, d->seen);
    V text = sb_finish(&d->out);
    if (v_is_error(text)) err_clear(d->t);
    return text;
}

// Writes text to a file object; what it raises is dropped, and the C stream serves instead when there is no file.
static void write_and_flush(Thread *t, V file, V text) {
    if (v_is_error(text)) return;
    if (file == V_NULL) {
        size_t n;
        const char *p = str_utf8(t, text, &n);
        if (p) fwrite(p, 1, n, stderr);
        err_clear(t);
        return;
    }
    V result = obj_call_method1(t, file, NAME(write), text);
    if (v_is_error(result)) err_clear(t);
    v_drop(t, result);
    result = obj_call_method0(t, file, NAME(flush));
    if (v_is_error(result)) err_clear(t);
    v_drop(t, result);
}

static void show_on(Thread *t, V exc, V file) {
    Display d;
    display_init(&d, t);
    show_chain(&d, exc);
    V text = display_finish(&d);
    write_and_flush(t, file, text);
    v_drop(t, text);
}

int traceback_print(Thread *t, V exc, V file) {
    V saved = err_fetch(t);
    show_on(t, exc, file);
    err_restore_steal(t, saved);
    return 0;
}

void traceback_show(Thread *t, V exc, V tb) {
    if (v_is_exception(exc) && tb != V_NULL && v_is_exact(tb, &traceback_type)) {
        Exc *e = (Exc *)v_obj(exc);
        if (slot_peek(&e->traceback) == V_NULL) slot_set(t, &e->head, &e->traceback, tb);
    }
    V file = sys_get_name(t, NAME(stderr));
    if (file == V_NONE) return;
    show_on(t, exc, file);
    v_drop(t, file);
}

void traceback_write_line(Thread *t, V v) {
    V text = obj_str(t, v), line = v_is_error(text) ? V_ERROR : str_from_format(t, "%V\n", text);
    V file = sys_get_name(t, NAME(stderr));
    if (v_is_error(line)) err_clear(t);
    else if (file != V_NONE) write_and_flush(t, file, line);
    v_drop(t, file);
    v_drop(t, line);
    v_drop(t, text);
}

static void write_plain(Thread *t, const char *text) {
    V file = sys_get_name(t, NAME(stderr)), line = str_from_cstr(t, text);
    if (file != V_NONE) write_and_flush(t, file, line);
    v_drop(t, file);
    v_drop(t, line);
}

static void set_last(Thread *t, V exc, V tb) {
    if (sys_set(t, "last_type", v_from_type(v_type(exc))) < 0 || sys_set(t, "last_value", exc) < 0 ||
        sys_set(t, "last_traceback", tb) < 0)
        err_clear(t);
}

// The excepthook itself failed: both exceptions are shown.  1 when what it raised is SystemExit.
static int hook_failed(Thread *t, V exc) {
    if (err_matches(t, &exc_SystemExit)) return 1;
    V second = err_fetch(t);
    write_plain(t, "Error in sys.excepthook:\n");
    traceback_show(t, second, V_NULL);
    write_plain(t, "\nOriginal exception was:\n");
    traceback_show(t, exc, V_NULL);
    v_drop(t, second);
    return 0;
}

int traceback_report(Thread *t) {
    V exc = err_fetch(t);
    if (exc == V_NULL) return 0;
    V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
    if (tb == V_NULL) tb = V_NONE;
    set_last(t, exc, tb);
    V hook = sys_get_name(t, NAME(excepthook));
    int r = 0;
    if (hook == V_NULL) {
        write_plain(t, "sys.excepthook is missing\n");
        traceback_show(t, exc, tb);
    } else {
        V result = obj_call3(t, hook, v_from_type(v_type(exc)), exc, tb);
        if (v_is_error(result)) r = hook_failed(t, exc);
        v_drop(t, result);
    }
    v_drop(t, hook);
    v_drop(t, tb);
    v_drop(t, exc);
    return r;
}

void err_print(Thread *t) {
    if (!err_matches(t, &exc_SystemExit) && traceback_report(t) == 0) return;
    int status = program_exit_status(t), finish = runtime_finish(t);
    fflush(NULL);
    exit(finish ? finish : status);
}

// ---- what nobody can catch -----------------------------------------------------------------------------------------------------
static Type *unraisable_type;

static void put_unraisable(Display *d, V type, V value, V tb, V message, V object) {
    if (object != V_NONE) {
        if (message != V_NONE) {
            put_text_of(d, message, obj_str, "<err_msg str() failed>");
            put(d, ": ");
        } else {
            put(d, "Exception ignored in: ");
        }
        put_text_of(d, object, obj_repr, "<object repr() failed>");
        put(d, "\n");
    } else if (message != V_NONE) {
        put_text_of(d, message, obj_str, "<err_msg str() failed>");
        put(d, ":\n");
    }
    if (v_is_exact(tb, &traceback_type)) put_traceback(d, tb, "Traceback (most recent call last):\n", NULL);
    if (!v_is_type(type)) return;
    put_type_name(d, v_as_type(type));
    if (value != V_NONE) {
        V text = obj_str(d->t, value);
        if (v_is_error(text)) {
            err_clear(d->t);
            put(d, ": <exception str() failed>");
        } else {
            put(d, ": ");
            put_v(d, text);
        }
        v_drop(d->t, text);
    }
    put(d, "\n");
}

static void show_unraisable(Thread *t, const V fields[5]) {
    V file = sys_get_name(t, NAME(stderr));
    if (file != V_NONE && file != V_NULL) {
        Display d;
        display_init(&d, t);
        put_unraisable(&d, fields[0], fields[1], fields[2], fields[3], fields[4]);
        V text = display_finish(&d);
        write_and_flush(t, file, text);
        v_drop(t, text);
    }
    v_drop(t, file);
}

int unraisable_show(Thread *t, V args) {
    if (!v_is_exact(args, unraisable_type)) {
        err_set(t, &exc_TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
        return -1;
    }
    V fields[5];
    for (size_t i = 0; i < 5; i++) fields[i] = tuple_get(args, i);
    show_unraisable(t, fields);
    for (size_t i = 0; i < 5; i++) v_drop(t, fields[i]);
    return 0;
}

// Calls sys.unraisablehook; false when it failed or is missing, *why the error to show instead.
static bool call_unraisable_hook(Thread *t, V fields[5]) {
    V hook = sys_get(t, "unraisablehook");
    if (hook == V_NULL || hook == V_NONE) return false;
    V copy[5];
    for (int i = 0; i < 5; i++) copy[i] = v_dup(fields[i]);
    V args = structseq_new_steal(t, unraisable_type, copy);
    V result = V_ERROR;
    if (!v_is_error(args)) {
        V event = sys_audit_wanted() ? tuple_pack(t, 2, hook, args) : V_NONE;
        if (!v_is_error(event) && (event == V_NONE || sys_audit(t, "sys.unraisablehook", event) == 0))
            result = obj_call1(t, hook, args);
        v_drop(t, event);
    }
    v_drop(t, args);
    bool done = !v_is_error(result);
    v_drop(t, result);
    if (!done) { // the hook's own exception is what is shown now
        V exc = err_fetch(t);
        for (int i = 0; i < 5; i++) v_drop(t, fields[i]);
        fields[0] = v_from_type(v_type(exc));
        V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
        fields[1] = exc;
        fields[2] = tb == V_NULL ? V_NONE : tb;
        fields[3] = str_from_cstr(t, "Exception ignored in sys.unraisablehook");
        fields[4] = v_dup(hook);
    }
    v_drop(t, hook);
    return done;
}

// An exception made by C code has no traceback: the frame it happened in is shown.
static V frame_as_traceback(Thread *t) {
    Frame *f = vm_current_frame(t);
    if (!f) return V_NONE;
    V frame = vm_current_frame_object(t, 0);
    V tb = v_is_error(frame) ? V_ERROR : traceback_new(t, V_NULL, frame, frame_lasti(f), -1);
    v_drop(t, frame);
    if (!v_is_error(tb)) return tb;
    err_clear(t);
    return V_NONE;
}

void err_unraisable(Thread *t, V where, const char *format, ...) {
    V exc = err_fetch(t), message = V_NONE;
    if (format) {
        va_list ap;
        va_start(ap, format);
        message = err_format_message_va(t, format, ap);
        va_end(ap);
        V text = v_is_error(message) ? V_ERROR : str_from_format(t, "Exception ignored %V", message);
        v_drop(t, message);
        if (v_is_error(text)) err_clear(t);
        message = v_is_error(text) ? V_NONE : text;
    }
    V fields[5] = {V_NONE, V_NONE, V_NONE, message, where == V_NULL ? V_NONE : v_dup(where)};
    if (exc != V_NULL) {
        fields[0] = v_from_type(v_type(exc));
        V tb = slot_get(v_obj(exc), &((Exc *)v_obj(exc))->traceback);
        fields[1] = exc;
        fields[2] = tb == V_NULL ? frame_as_traceback(t) : tb;
    }
    if (!unraisable_type || !call_unraisable_hook(t, fields)) show_unraisable(t, fields);
    for (int i = 0; i < 5; i++) v_drop(t, fields[i]);
    err_clear(t);
}

int traceback_print_start(Thread *t) {
    static const StructSeqField fields[] = {
        {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"},
        {"err_msg", "Error message"}, {"object", "Object causing the exception"}, {0},
    };
    unraisable_type = structseq_new_type(t, "UnraisableHookArgs", "What sys.unraisablehook is called with.", fields, 5);
    return unraisable_type ? 0 : -1;
}
