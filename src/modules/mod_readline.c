// SPDX-License-Identifier: MIT
// Module readline: line editing, history and completion on libedit.
//
// libedit has one state for the process and calls back: the completer, the hooks.  Whoever calls it holds `busy`; the
// holder may call again (a completer asks for the line's text).  While a line is read the holder sleeps detached in
// poll() and hands every key to libedit when it has come, so signal handlers run between keys.
#include "object/misc.h"
#if HAVE_LIBEDIT
#include "object/bytes.h"
#include "readline_private.h"
#include "runtime/runtime.h"
#include "runtime/terminal.h"
#include "threading/parking.h"
#include <editline/readline.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint8_t busy;         // one-byte lock: libedit's state and everything below
static Thread *holder;       // atomic: who holds it
static int depth;            // how often, the holder's
static Slot completer, startup_hook, pre_input_hook, display_hook; // roots
static int begin_index, end_index, completion_type;
static int history_limit = -1;
static bool auto_history = true;

static void enter(Thread *t) {
    if (at_load_relaxed(&holder) != t) {
        bytelock_lock(t, &busy, -1, 0);
        at_store_relaxed(&holder, t);
    }
    depth++;
}

static void leave(void) {
    if (--depth) return;
    at_store_relaxed(&holder, (Thread *)NULL);
    bytelock_unlock(&busy);
}

static V text_of(Thread *t, const char *p) { return p ? str_from_utf8_surrogateescape(t, p, strlen(p)) : V_NONE; }

// An argument as bytes for libedit (stack value).
static V fs_bytes_of(Thread *t, V text, const char *function) {
    if (!v_is_str(text)) return err_set(t, &exc_TypeError, "%s() argument must be str, not %K", function, text);
    V bytes = str_to_fs_bytes(t, text);
    if (v_is_error(bytes) || !memchr(bytes_data(bytes), 0, bytes_len(bytes))) return bytes;
    v_drop(t, bytes);
    return err_set(t, &exc_ValueError, "embedded null byte");
}

// ---- calls back ------------------------------------------------------------------------------------------------------------
static V call_hook(Thread *t, const Slot *hook) { // V_NULL: there is none
    V f = root_get(hook);
    if (f == V_NULL) return V_NULL;
    V result = obj_call0(t, f);
    v_drop(t, f);
    return result;
}

static int hook_result(Thread *t, V result) {
    int n = 0;
    if (result == V_NULL) return 0;
    if (v_is_error(result) || (result != V_NONE && num_as_int(t, result, &n) < 0)) err_clear(t); // as CPython: nobody to tell
    if (!v_is_error(result)) v_drop(t, result);
    return n;
}

static int on_startup(void) {
    Thread *t = at_load_relaxed(&holder);
    return t ? hook_result(t, call_hook(t, &startup_hook)) : 0;
}
static int on_pre_input(void) {
    Thread *t = at_load_relaxed(&holder);
    return t ? hook_result(t, call_hook(t, &pre_input_hook)) : 0;
}

// The state-th completion of text, from malloc; NULL: no more.
static char *completion_at(const char *text, int state) {
    Thread *t = at_load_relaxed(&holder);
    V f = t ? root_get(&completer) : V_NULL;
    if (f == V_NULL) return NULL;
    rl_attempted_completion_over = 1;
    V word = text_of(t, text), result = v_is_error(word) ? V_ERROR : obj_call2(t, f, word, v_from_int(state));
    char *copy = NULL;
    if (!v_is_error(result) && v_is_str(result)) {
        V bytes = str_to_fs_bytes(t, result);
        if (!v_is_error(bytes)) {
            copy = strdup(bytes_data(bytes));
            v_drop(t, bytes);
        }
    }
    if (!v_is_error(result)) v_drop(t, result);
    err_clear(t); // a completer that fails has no completions
    v_drop(t, word);
    v_drop(t, f);
    return copy;
}

static char **on_completion(const char *text, int start, int end) {
    rl_completion_append_character = '\0';
    rl_completion_suppress_append = 0;
    begin_index = start;
    end_index = end;
    completion_type = rl_completion_type;
    return rl_completion_matches(text, completion_at);
}

static V words_list(Thread *t, char **matches, int n) {
    V list = list_new(t, 0);
    for (int i = 1; i <= n && !v_is_error(list); i++) {
        V word = text_of(t, matches[i]);
        if (!v_is_error(word) && list_append_steal(t, list, word) == 0) continue;
        v_drop(t, list);
        list = V_ERROR;
    }
    return list;
}

static void on_display(char **matches, int n, int longest) {
    Thread *t = at_load_relaxed(&holder);
    V f = t ? root_get(&display_hook) : V_NULL;
    if (f == V_NULL) return;
    V substitution = text_of(t, matches[0]), list = words_list(t, matches, n);
    if (!v_is_error(substitution) && !v_is_error(list)) {
        V result = obj_call3(t, f, substitution, list, v_from_int(longest));
        if (!v_is_error(result)) v_drop(t, result);
    }
    err_clear(t);
    v_drop(t, substitution);
    v_drop(t, list);
    v_drop(t, f);
}

// ---- a line from the terminal ------------------------------------------------------------------------------------------------
static char *finished;   // the line, from malloc
static bool line_is_done;

static void on_line(char *line) { // NULL: end of file
    finished = line;
    line_is_done = true;
    rl_callback_handler_remove();
}

// Sleeps until a key comes.  -1: a signal handler raised.
static int wait_for_key(Thread *t) {
    for (;;) {
        struct pollfd in = {.fd = 0, .events = POLLIN};
        int n;
        BLOCKING(t) n = poll(&in, 1, -1);
        if (n > 0) return 0;
        if (safepoint(t) < 0) return -1;
    }
}

static void remember(const char *line) {
    if (!auto_history || !*line) return;
    const HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
    if (!last || strcmp(last->line, line) != 0) add_history(line);
}

static TerminalResult take_line(Thread *t, char **line) {
    if (!finished) return TERMINAL_EOF;
    size_t n = strlen(finished);
    char *text = malloc(n + 2);
    if (text) {
        remember(finished);
        memcpy(text, finished, n);
        memcpy(text + n, "\n", 2);
    } else {
        err_no_memory(t);
    }
    free(finished);
    finished = NULL;
    *line = text;
    return text ? TERMINAL_LINE : TERMINAL_ERROR;
}

static TerminalResult read_line(Thread *t, const char *prompt, char **line) {
    *line = NULL;
    enter(t);
    line_is_done = false;
    finished = NULL;
    rl_callback_handler_install(prompt, on_line);
    int r = 0;
    while (!line_is_done && (r = wait_for_key(t)) == 0) rl_callback_read_char();
    TerminalResult result = TERMINAL_ERROR;
    if (r == 0) {
        result = take_line(t, line);
    } else {
        rl_callback_handler_remove();
        rl_deprep_terminal();
    }
    leave();
    return result;
}

// ---- history -----------------------------------------------------------------------------------------------------------------
static V file_result(Thread *t, int error, V name) {
    if (error <= 0) return V_NONE;
    errno = error;
    return err_errno(t, &exc_OSError, name == V_NONE ? V_NULL : name, V_NULL);
}

// Calls fn with the file's name, or with NULL for the default one.
static V with_file(Thread *t, V name, const char *what, int (*fn)(const char *)) {
    V bytes = V_NULL;
    if (name != V_NULL && name != V_NONE) {
        bytes = fs_bytes_of(t, name, what);
        if (v_is_error(bytes)) return V_ERROR;
    }
    enter(t);
    errno = 0;
    int error = fn(bytes == V_NULL ? NULL : bytes_data(bytes));
    leave();
    v_drop(t, bytes);
    return file_result(t, error, name);
}

static int write_limited(const char *name) { return history_file_write(name, history_limit); }
static int read_init(const char *name) { return rl_read_init_file(name) == 0 ? 0 : errno ? errno : ENOENT; }

static NATIVE(readline_read_history_file) { UNUSED_NATIVE(); return with_file(t, args[0], "read_history_file", history_file_read); }
static NATIVE(readline_write_history_file) { UNUSED_NATIVE(); return with_file(t, args[0], "write_history_file", write_limited); }
static NATIVE(readline_read_init_file) { UNUSED_NATIVE(); return with_file(t, args[0], "read_init_file", read_init); }

static NATIVE(readline_append_history_file) {
    UNUSED_NATIVE();
    int n;
    if (num_as_int(t, args[0], &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "nelements must be positive");
    V name = args[1] == V_NULL || args[1] == V_NONE ? V_NULL : fs_bytes_of(t, args[1], "append_history_file");
    if (v_is_error(name)) return V_ERROR;
    enter(t);
    int error = history_file_append(name == V_NULL ? NULL : bytes_data(name), n);
    if (!error && history_limit >= 0 && name != V_NULL) history_truncate_file(bytes_data(name), history_limit);
    leave();
    v_drop(t, name);
    return file_result(t, error, args[1]);
}

static NATIVE(readline_get_history_length) { UNUSED_NATIVE(); return v_from_int(history_limit); }
static NATIVE(readline_set_history_length) {
    UNUSED_NATIVE();
    int n;
    if (num_as_int(t, args[0], &n) < 0) return V_ERROR;
    history_limit = n;
    return V_NONE;
}
static NATIVE(readline_get_current_history_length) {
    UNUSED_NATIVE();
    enter(t);
    int n = history_length;
    leave();
    return v_from_int(n);
}
static NATIVE(readline_get_history_item) {
    UNUSED_NATIVE();
    int i;
    if (num_as_int(t, args[0], &i) < 0) return V_ERROR;
    enter(t);
    const HIST_ENTRY *entry = i > 0 && i <= history_length ? history_get(history_base + i - 1) : NULL;
    V result = text_of(t, entry ? entry->line : NULL);
    leave();
    return result;
}

static bool is_history_index(Thread *t, int i) {
    if (i < 0) err_set(t, &exc_ValueError, "History index cannot be negative");
    else if (i >= history_length) err_set(t, &exc_ValueError, "No history item at position %d", i);
    else return true;
    return false;
}

static void free_entry(HIST_ENTRY *entry) {
    if (!entry) return;
    free((void *)(uintptr_t)entry->line);
    free(entry);
}

static NATIVE(readline_remove_history_item) {
    UNUSED_NATIVE();
    int i;
    if (num_as_int(t, args[0], &i) < 0) return V_ERROR;
    enter(t);
    bool ok = is_history_index(t, i);
    if (ok) free_entry(remove_history(i));
    leave();
    return ok ? V_NONE : V_ERROR;
}
static NATIVE(readline_replace_history_item) {
    UNUSED_NATIVE();
    int i;
    if (num_as_int(t, args[0], &i) < 0) return V_ERROR;
    V line = fs_bytes_of(t, args[1], "replace_history_item");
    if (v_is_error(line)) return V_ERROR;
    enter(t);
    bool ok = is_history_index(t, i);
    if (ok) free_entry(replace_history_entry(history_base + i, bytes_data(line), NULL));
    leave();
    v_drop(t, line);
    return ok ? V_NONE : V_ERROR;
}
static NATIVE(readline_add_history) {
    UNUSED_NATIVE();
    V line = fs_bytes_of(t, args[0], "add_history");
    if (v_is_error(line)) return V_ERROR;
    enter(t);
    add_history(bytes_data(line));
    leave();
    v_drop(t, line);
    return V_NONE;
}
static NATIVE(readline_clear_history) {
    UNUSED_NATIVE();
    enter(t);
    clear_history();
    leave();
    return V_NONE;
}
static NATIVE(readline_set_auto_history) {
    UNUSED_NATIVE();
    int on = obj_is_true(t, args[0]);
    if (on < 0) return V_ERROR;
    auto_history = on;
    return V_NONE;
}

// ---- the line being edited -----------------------------------------------------------------------------------------------------
static NATIVE(readline_parse_and_bind) {
    UNUSED_NATIVE();
    V line = fs_bytes_of(t, args[0], "parse_and_bind");
    if (v_is_error(line)) return V_ERROR;
    char *copy = strdup(bytes_data(line)); // libedit writes into it
    v_drop(t, line);
    if (!copy) return err_no_memory(t);
    enter(t);
    rl_parse_and_bind(copy);
    leave();
    free(copy);
    return V_NONE;
}
static NATIVE(readline_get_line_buffer) {
    UNUSED_NATIVE();
    enter(t);
    V result = text_of(t, rl_line_buffer ? rl_line_buffer : "");
    leave();
    return result;
}
static NATIVE(readline_insert_text) {
    UNUSED_NATIVE();
    V text = fs_bytes_of(t, args[0], "insert_text");
    if (v_is_error(text)) return V_ERROR;
    enter(t);
    rl_insert_text(bytes_data(text));
    leave();
    v_drop(t, text);
    return V_NONE;
}
static NATIVE(readline_redisplay) {
    UNUSED_NATIVE();
    enter(t);
    // It takes the cursor to be where a line begins.  (rl_redisplay pushes a ^R, which is bound to searching.)
    if (rl_outstream) putc('\r', rl_outstream);
    rl_forced_update_display();
    leave();
    return V_NONE;
}
static NATIVE(readline_get_begidx) { UNUSED_NATIVE(); return v_from_int(begin_index); }
static NATIVE(readline_get_endidx) { UNUSED_NATIVE(); return v_from_int(end_index); }
static NATIVE(readline_get_completion_type) { UNUSED_NATIVE(); return v_from_int(completion_type); }

// ---- hooks ---------------------------------------------------------------------------------------------------------------------
static V set_hook(Thread *t, Slot *root, V f, const char *what) {
    if (f == V_NULL || f == V_NONE) {
        root_set(t, root, V_NULL);
        return V_NONE;
    }
    if (!obj_is_callable(f)) return err_set(t, &exc_TypeError, "set_%.50s(func): argument not callable", what);
    root_set(t, root, f);
    return V_NONE;
}
static NATIVE(readline_set_completer) { UNUSED_NATIVE(); return set_hook(t, &completer, args[0], "completer"); }
static NATIVE(readline_set_startup_hook) { UNUSED_NATIVE(); return set_hook(t, &startup_hook, args[0], "startup_hook"); }
static NATIVE(readline_set_pre_input_hook) { UNUSED_NATIVE(); return set_hook(t, &pre_input_hook, args[0], "pre_input_hook"); }
static NATIVE(readline_set_completion_display_matches_hook) {
    UNUSED_NATIVE();
    V result = set_hook(t, &display_hook, args[0], "completion_display_matches_hook");
    enter(t);
    rl_completion_display_matches_hook = slot_peek(&display_hook) == V_NULL ? NULL : (VFunction *)(void (*)(void))on_display;
    leave();
    return result;
}
static NATIVE(readline_get_completer) {
    UNUSED_NATIVE();
    V f = root_get(&completer);
    return f == V_NULL ? V_NONE : f;
}

static NATIVE(readline_set_completer_delims) {
    UNUSED_NATIVE();
    V text = fs_bytes_of(t, args[0], "set_completer_delims");
    if (v_is_error(text)) return V_ERROR;
    char *copy = strdup(bytes_data(text));
    v_drop(t, text);
    if (!copy) return err_no_memory(t);
    enter(t);
    char *old = rl_completer_word_break_characters;
    rl_completer_word_break_characters = copy;
    free(old);
    leave();
    return V_NONE;
}
static NATIVE(readline_get_completer_delims) {
    UNUSED_NATIVE();
    enter(t);
    V result = text_of(t, rl_completer_word_break_characters);
    leave();
    return result;
}

// ---- the module ------------------------------------------------------------------------------------------------------------------
#define ROW(name, signature, doc) {#name, readline_##name, signature, LOCK_NONE, 0, doc}
static const Method methods[] = {
    ROW(parse_and_bind, "string, /", "Carries out one line of an init file."),
    ROW(read_init_file, "filename=None, /", "Reads an init file; without a name the usual one."),
    ROW(read_history_file, "filename=None, /", "Adds the lines of a file to the history (~/.history without a name)."),
    ROW(write_history_file, "filename=None, /", "Writes the history to a file."),
    ROW(append_history_file, "nelements, filename=None, /", "Appends the last nelements items of the history to a file."),
    ROW(get_history_length, "", "How many items are written to a history file at most; -1: all."),
    ROW(set_history_length, "length, /", "Sets how many items are written to a history file; negative: all."),
    ROW(get_current_history_length, "", "How many items the history has now."),
    ROW(get_history_item, "index, /", "The history item at an index that counts from 1; None when there is none."),
    ROW(remove_history_item, "pos, /", "Removes the history item at a position that counts from 0."),
    ROW(replace_history_item, "pos, line, /", "Replaces the history item at a position that counts from 0."),
    ROW(add_history, "string, /", "Adds a line to the history."),
    ROW(clear_history, "", "Empties the history."),
    ROW(set_auto_history, "enabled, /", "Whether lines that are read go to the history by themselves."),
    ROW(get_line_buffer, "", "The text of the line being edited."),
    ROW(insert_text, "string, /", "Inserts text into the line being edited."),
    ROW(redisplay, "", "Shows the line being edited as it is now."),
    ROW(get_begidx, "", "Where the word being completed begins."),
    ROW(get_endidx, "", "Where the word being completed ends."),
    ROW(get_completion_type, "", "What kind of completion is being attempted."),
    ROW(set_completer, "function=None, /", "Sets the function that completes: function(text, state) returns the state-th completion."),
    ROW(get_completer, "", "The function that completes, or None."),
    ROW(set_completer_delims, "string, /", "Sets the characters that end words for completion."),
    ROW(get_completer_delims, "", "The characters that end words for completion."),
    ROW(set_startup_hook, "function=None, /", "Sets what is called just before the prompt is shown."),
    ROW(set_pre_input_hook, "function=None, /", "Sets what is called when the prompt has been shown, before the first key."),
    ROW(set_completion_display_matches_hook, "function=None, /", "Sets what shows the completions: function(substitution, matches, longest)."),
    METHOD_END,
};

static int readline_exec(Thread *t, V module) {
    Slot *const roots[] = {&completer, &startup_hook, &pre_input_hook, &display_hook};
    for (size_t i = 0; i < countof(roots); i++) root_register(roots[i]);
    rl_readline_name = "python";
    rl_catch_signals = 0; // Python's handlers see them
    rl_initialize();
    using_history();
    rl_completer_word_break_characters = strdup(" \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?");
    if (!rl_completer_word_break_characters) return err_no_memory(t), -1;
    rl_attempted_completion_function = on_completion;
    rl_startup_hook = on_startup;
    rl_pre_input_hook = on_pre_input;
    rl_bind_key('\t', rl_insert); // until somebody asks for completion
    at_store_release(&terminal_editor, (TerminalReader)read_line);
    return module_add_int(t, module, "_READLINE_VERSION", RL_READLINE_VERSION) < 0 ||
                   module_add_int(t, module, "_READLINE_RUNTIME_VERSION", rl_readline_version) < 0 ||
                   module_add_steal(t, module, "_READLINE_LIBRARY_VERSION", text_of(t, rl_library_version)) < 0
               ? -1
               : 0;
}
#else
static const Method methods[] = {METHOD_END};
static int readline_exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "this build of Heddle has no libedit: install libedit-dev and configure again");
    return -1;
}
#endif

const ModuleDef mod_readline = {
    .name = "readline",
    .doc = "Importing this module enables command line editing using libedit readline.",
    .methods = methods,
    .exec = readline_exec,
};
