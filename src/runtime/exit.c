// SPDX-License-Identifier: MIT
// The end: what runs at exit, in CPython's order, so that finalizers see what they see there.
//
//   1. threading._shutdown joins the other threads; atexit functions run, last registered first
//   2. other threads never attach again; sys.stdout and sys.stderr are flushed; a full collection
//   3. modules go: sys.modules is emptied, what programs have put into builtins is dropped, what survives is cleared in reverse
//      order of import, what they have put into sys goes last
//   4. streams are flushed again
//
// Collecting and the end of modules are for those who are told of deaths, finalizers and callbacks of weak references.
// Most programs have none left by then, and just end: the system takes the memory back.  Where there are some, a collection
// is left out when all of these few are seen to outlive it (src/gc/held.c).
#include "gc/gc.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "exit.h"
#include "tidy.h"
#include "threading/pending.h"
#include "vm/vm.h"

// ---- streams -------------------------------------------------------------------------------------------------------------
static const char *const stream_names[][2] = {{"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};

static bool is_closed(Thread *t, V file) {
    V closed = obj_lookup_attr(t, file, NAME(closed));
    int truth = closed == V_NULL || v_is_error(closed) ? 0 : obj_is_true(t, closed);
    v_drop(t, closed);
    if (truth < 0 || err_pending(t)) err_clear(t);
    return truth > 0;
}

static int flush_stream(Thread *t, V name, bool tell) {
    V file = sys_get_name(t, name);
    int r = 0;
    if (file != V_NULL && file != V_NONE && !is_closed(t, file)) {
        V result = obj_call_method0(t, file, NAME(flush));
        v_drop(t, result);
        if (v_is_error(result)) {
            r = -1;
            if (tell) err_unraisable(t, file, NULL);
            else err_clear(t);
        }
    }
    v_drop(t, file);
    return r;
}

int runtime_flush_std(Thread *t) {
    int out = flush_stream(t, NAME(stdout), true), err = flush_stream(t, NAME(stderr), false);
    return out < 0 || err < 0 ? -1 : 0;
}

// ---- threads ----------------------------------------------------------------------------------------------------------------
static void join_threads(Thread *t) {
    V threading = dict_get_c(t, sys_modules_borrow(), "threading");
    if (v_is_error(threading)) err_clear(t);
    if (threading == V_NULL || v_is_error(threading)) return;
    V result = obj_call_method0(t, threading, NAME(_shutdown));
    if (v_is_error(result)) err_unraisable(t, threading, NULL);
    v_drop(t, result);
    v_drop(t, threading);
}

// ---- who would hear of deaths ---------------------------------------------------------------------------------------------
typedef struct Parts { size_t n; Obj *at[12]; } Parts; // three streams are nine objects

static void add_part(Thread *t, Obj *owner, Slot *s, void *arg) {
    (void)owner;
    Parts *parts = arg;
    V v = slot_peek(s);
    if (!v_is_object(v) || !upcall_needs_python(t, v_obj(v)) || parts->n == countof(parts->at)) return;
    for (size_t i = 0; i < parts->n; i++)
        if (parts->at[i] == v_obj(v)) return;
    parts->at[parts->n++] = v_obj(v);
    upcall_traverse(t, v_obj(v), add_part, parts);
}

// The original streams have finalizers, which nobody waits for: sys keeps them to the last, and they are flushed.
static void stream_parts(Thread *t, Parts *parts) {
    parts->n = 0;
    for (size_t i = 0; i < countof(stream_names); i++) {
        Slot stream = {sys_get(t, stream_names[i][1])};
        add_part(t, NULL, &stream, parts);
        v_drop(t, stream.bits);
    }
}

static LastWords last_words(Thread *t, Obj *const *closed, size_t n) {
    Parts parts;
    stream_parts(t, &parts);
    HeldQuery query = {.kept = parts.at, .n_kept = parts.n, .closed = closed, .n_closed = n};
    if (!vm_tracing(t)) query.tidies = callback_tidies; // who traces hears of every function
    return gc_last_words(t, &query);
}

// The same once modules are gone: what only these and their main one hold does not outlive them.
static LastWords last_words_beyond_modules(Thread *t) {
    V sys = dict_get_c(t, sys_modules_borrow(), "sys");
    if (sys == V_NULL || v_is_error(sys)) err_clear(t);
    bool known = sys != V_NULL && !v_is_error(sys) && type_check(t, sys, &module_type);
    Obj *closed[4] = {v_obj(sys_modules_borrow()), v_obj(builtins_dict_borrow()), v_obj(main_module_borrow())};
    if (known) closed[3] = v_obj(module_dict_borrow(sys));
    LastWords words = last_words(t, closed, known ? 4 : 3);
    if (known) v_drop(t, sys);
    return words;
}

// ---- modules ------------------------------------------------------------------------------------------------------------------
static void set_none(Thread *t, V dict, const char *name) {
    if (dict_set_c(t, dict, name, V_NONE) < 0) err_clear(t);
}

static void restore_streams(Thread *t, V sys_dict) {
    for (size_t i = 0; i < countof(stream_names); i++) {
        V original = dict_get_c(t, sys_dict, stream_names[i][1]);
        if (v_is_error(original) || dict_set_c(t, sys_dict, stream_names[i][0], original == V_NULL ? V_NONE : original) < 0)
            err_clear(t);
        v_drop(t, original);
    }
}

// Attributes of sys that keep programs' objects alive; the streams become the original ones.
static void clear_special(Thread *t, V sys_dict) {
    static const char *const gone[] = {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback",
                                       "path_hooks", "path_importer_cache", "meta_path"};
    set_none(t, builtins_dict_borrow(), "_");
    for (size_t i = 0; i < countof(gone); i++) set_none(t, sys_dict, gone[i]);
    restore_streams(t, sys_dict);
}

typedef struct Kept { size_t n; V *names, *refs; } Kept; // modules by weak reference, in the order of import

static void kept_free(Thread *t, Kept *kept) {
    for (size_t i = 0; i < kept->n; i++) {
        v_drop(t, kept->names[i]);
        v_drop(t, kept->refs[i]);
    }
    mem_free(kept->names);
    mem_free(kept->refs);
}

// Empties sys.modules, remembering weakly what was there.  A frame of its own: words that it leaves on the stack are not looked
// at by the collection that follows, and keep no module.
static NOINLINE void take_modules(Thread *t, Kept *kept) {
    V modules = sys_modules_borrow(), items = dict_items_list(t, modules);
    if (v_is_error(items)) {
        err_clear(t);
        return;
    }
    size_t n = list_len(items);
    kept->names = mem_calloc(t, n + 1, sizeof(V));
    kept->refs = mem_calloc(t, n + 1, sizeof(V));
    for (size_t i = 0; i < n && kept->names && kept->refs; i++) {
        V item = list_get(t, items, i), name = tuple_borrow(item, 0), module = tuple_borrow(item, 1);
        if (type_check(t, module, &module_type)) {
            V ref = weakref_new(t, module, V_NONE);
            if (v_is_error(ref)) {
                err_clear(t);
            } else {
                kept->names[kept->n] = v_own(v_dup(name));
                kept->refs[kept->n++] = v_own(ref);
            }
        }
        if (dict_set(t, modules, name, V_NONE) < 0) err_clear(t);
        v_drop(t, item);
    }
    v_drop(t, items);
    if (dict_clear(t, modules) < 0) err_clear(t);
}

static bool is_single_underscore(V key) {
    return v_is_str(key) && str_len(key) > 0 && str_at(key, 0) == '_' && (str_len(key) == 1 || str_at(key, 1) != '_');
}

// Sets a module's variables to None: names with one leading underscore first, then all but __builtins__.
static void clear_dict(Thread *t, V dict) {
    for (int pass = 0; pass < 2; pass++) {
        V keys = dict_keys_list(t, dict);
        if (v_is_error(keys)) {
            err_clear(t);
            return;
        }
        for (size_t i = 0; i < list_len(keys); i++) {
            V key = list_get(t, keys, i);
            bool wanted = pass == 0 ? is_single_underscore(key) : v_is_str(key) && !str_equal_ascii(key, "__builtins__");
            if (wanted && dict_set(t, dict, key, V_NONE) < 0) err_clear(t);
            v_drop(t, key);
            if (pending_any(t) && pending_run(t) < 0) err_clear(t);
        }
        v_drop(t, keys);
    }
}

static void run_pending(Thread *t) {
    pending_ignore_locks(t);
    for (int i = 0; i < 1000 && pending_any(t); i++) {
        if (pending_run(t) < 0) err_clear(t);
    }
    if (safepoint(t) < 0) err_clear(t);
}

static void clear_modules(Thread *t, const Kept *kept) {
    for (size_t i = kept->n; i-- > 0;) {
        V module = weakref_get(t, kept->refs[i]);
        if (v_is_error(module)) err_clear(t);
        if (v_is_error(module) || module == V_NONE) continue;
        if (!str_equal_ascii(kept->names[i], "sys") && !str_equal_ascii(kept->names[i], "builtins")) {
            V dict = v_dup(module_dict_borrow(module));
            clear_dict(t, dict);
            v_drop(t, dict);
        }
        v_drop(t, module);
        run_pending(t);
    }
}

// ---- what programs have put into builtins and sys ----------------------------------------------------------------------------
// Names keep the order in which they came: what stands behind the first so many, the interpreter's own, is the program's.
static size_t own_builtins, own_sys; // const after start

void exit_note_own_names(Thread *t) {
    V sys = dict_get_c(t, sys_modules_borrow(), "sys");
    own_builtins = dict_len(builtins_dict_borrow());
    own_sys = dict_len(module_dict_borrow(sys));
    v_drop(t, sys);
}

static bool is_stream(V key) {
    for (size_t i = 0; i < countof(stream_names) && v_is_str(key); i++)
        if (str_equal_ascii(key, stream_names[i][0]) || str_equal_ascii(key, stream_names[i][1])) return true;
    return false;
}

// Streams are kept even when they came late: they are flushed last of all.
static void drop_added(Thread *t, V dict, size_t own) {
    V keys = dict_keys_list(t, dict);
    if (v_is_error(keys)) {
        err_clear(t);
        return;
    }
    for (size_t i = own; i < list_len(keys); i++) {
        V key = list_get(t, keys, i);
        if (!is_stream(key) && dict_discard(t, dict, key) < 0) err_clear(t);
        v_drop(t, key);
    }
    v_drop(t, keys);
    run_pending(t);
}

// The streams have gone by then: nobody sees what finalizers print, or what goes wrong in them.
static void drop_added_to_sys(Thread *t, V sys_dict) {
    for (size_t i = 0; i < countof(stream_names); i++) set_none(t, sys_dict, stream_names[i][0]);
    drop_added(t, sys_dict, own_sys);
    restore_streams(t, sys_dict);
}

static void clear_all_modules(Thread *t, V sys_dict) {
    Kept kept = {0, NULL, NULL};
    take_modules(t, &kept);
    main_module_forget(t);
    run_pending(t);
    drop_added(t, builtins_dict_borrow(), own_builtins);
    (void)gc_collect(t, 2, false);
    run_pending(t);
    if (last_words(t, NULL, 0) != LAST_WORDS_NONE) {
        clear_modules(t, &kept);
        drop_added_to_sys(t, sys_dict);
    }
    if (last_words(t, NULL, 0) == LAST_WORDS_UNKNOWN) {
        (void)gc_collect(t, 2, false);
        run_pending(t);
    }
    kept_free(t, &kept);
}

static void finish_modules(Thread *t, bool told) {
    V sys = dict_get_c(t, sys_modules_borrow(), "sys");
    if (sys == V_NULL || v_is_error(sys)) {
        err_clear(t);
        return;
    }
    V sys_dict = v_dup(module_dict_borrow(sys)), builtins = v_dup(builtins_dict_borrow());
    clear_special(t, sys_dict);
    if (told) {
        thread_local_program_ends(t);
        clear_all_modules(t, sys_dict);
    }
    v_drop(t, sys);
    v_drop(t, sys_dict);
    v_drop(t, builtins);
}

// Finalizers of what was dropped are not forgotten because their thread was slow; one that waits for a lock for ever is.
#define RELIEF_PATIENCE_NS INT64_C(1000000000)
static void run_what_waits(Thread *t) {
    run_pending(t);
    if (pending_await_relief(t, RELIEF_PATIENCE_NS) < 0) err_clear(t);
}

int runtime_finish(Thread *t) {
    join_threads(t);
    run_what_waits(t);
    if (atexit_run(t) < 0) err_clear(t);
    run_what_waits(t);
    at_store_release(&runtime_finishing, true);
    threading_finish(t);
    int status = runtime_flush_std(t) < 0 ? 120 : 0;
    signals_finish(t);
    LastWords words = last_words_beyond_modules(t);
    if (gc_is_enabled() && (words == LAST_WORDS_UNKNOWN || (gc_hooks.is_watched && gc_hooks.is_watched()))) {
        (void)gc_collect(t, 2, true);
        run_pending(t);
        words = last_words_beyond_modules(t);
    }
    finish_modules(t, words != LAST_WORDS_NONE);
    (void)flush_stream(t, NAME(stdout), false); // what finalizers wrote; nobody hears of a failure any more
    (void)flush_stream(t, NAME(stderr), false);
    return status;
}
