// SPDX-License-Identifier: MIT
// Tracebacks as plain text by means that a signal handler may use (see runtime/fatal.h).
//
// Frames are read as they stand, from whatever thread, and names are written as ASCII with escapes.
#include "runtime/fatal.h"
#include "base/peek.h"
#include "gc/gc.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "threading/mutex.h"
#include "vm/vm.h"
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FRAMES = 100, MAX_TEXT = 500 };

// ---- text ---------------------------------------------------------------------------------------------------------
void fatal_say(int fd, const char *text) {
    ssize_t n = write(fd, text, strlen(text));
    (void)n;
}

static void say_number(int fd, unsigned long n, unsigned base, int width) {
    char buffer[32], *p = buffer + sizeof buffer;
    *--p = '\0';
    do {
        *--p = "0123456789abcdef"[n % base];
        n /= base;
        width--;
    } while (n || width > 0);
    fatal_say(fd, p);
}

static void say_character(int fd, uint32_t c) {
    char one[2] = {(char)c, '\0'};
    if (c >= 32 && c < 127) fatal_say(fd, one);
    else if (c < 0x100) fatal_say(fd, "\\x"), say_number(fd, c, 16, 2);
    else if (c < 0x10000) fatal_say(fd, "\\u"), say_number(fd, c, 16, 4);
    else fatal_say(fd, "\\U"), say_number(fd, c, 16, 8);
}

// ---- turns --------------------------------------------------------------------------------------------------------
static uint32_t turn; // atomic, futex: who has it, as the kernel numbers threads; 0: nobody
#define TURN_PATIENCE_NS INT64_C(2000000000)
#define TURN_GLANCE_NS INT64_C(100000000) // then a holder is looked for: a forked child may not have it

static bool holder_is_gone(uint32_t holder) { return syscall(SYS_tgkill, getpid(), (int)holder, 0) < 0; }

bool fatal_turn_begin(void) {
    uint32_t self = (uint32_t)syscall(SYS_gettid), holder = 0;
    int64_t deadline = time_monotonic_ns() + TURN_PATIENCE_NS;
    while (!at_cas_acq_rel(&turn, &holder, self)) {
        if (holder == self || time_monotonic_ns() > deadline) return false;
        if (!holder_is_gone(holder)) {
            futex_wait(&turn, holder, TURN_GLANCE_NS);
            holder = 0;
        }
    }
    return true;
}

void fatal_turn_end(bool begun) {
    if (!begun) return;
    at_store_release(&turn, 0u);
    futex_wake(&turn, 1);
}

// ---- copies ---------------------------------------------------------------------------------------------------------
// Other threads go on meanwhile: a frame may be left, its code freed, its memory used again or gone.  So nothing is
// followed: everything is copied by the kernel (peek), which also says when there is nothing, and what is copied counts only
// if its type word says that it is what it should be.  At worst a line is of a moment before, or says ???.
static bool peek_object(V v, const Type *type, void *to, size_t size) {
    return v_is_object(v) && peek(v_obj(v), to, size) && ((const Obj *)to)->type == type;
}

static void say_str(int fd, V v) {
    Str str;
    uint32_t units[MAX_TEXT]; // in the str's own size
    bool found = peek_object(v, &str_type, &str, sizeof str);
    int kind = found ? str.head.aux & STR_KIND : 0;
    size_t n = found && str.len < MAX_TEXT ? str.len : MAX_TEXT;
    if ((kind != 1 && kind != 2 && kind != 4) || !peek(str_data(v), units, n * (size_t)kind)) {
        fatal_say(fd, "???");
        return;
    }
    for (size_t i = 0; i < n; i++) say_character(fd, str_read(kind, units, i));
    if (str.len > n) fatal_say(fd, "...");
}

// A location table that is read in pieces.
typedef struct Table {
    const char *data;
    size_t left; // not yet in the buffer
    uint8_t buffer[512];
} Table;
enum { LONGEST_ENTRY = 32 }; // more than any entry has

static bool table_refill(Table *table, CodeLocations *it) {
    size_t kept = (size_t)(it->end - it->p), n = sizeof table->buffer - kept;
    if (n > table->left) n = table->left;
    memmove(table->buffer, it->p, kept);
    if (!peek(table->data, table->buffer + kept, n)) return false;
    table->data += n;
    table->left -= n;
    it->p = table->buffer;
    it->end = table->buffer + kept + n;
    return true;
}

// The line of the instruction at a byte address; -1: it has none, or it cannot be told.
static int line_at(const Code *code, int address) {
    V linetable = slot_peek(&code->linetable);
    Bytes head;
    if (!peek_object(linetable, &bytes_type, &head, sizeof head)) return -1;
    Table table = {.data = bytes_data(linetable), .left = head.len};
    CodeLocations it = {.p = table.buffer, .end = table.buffer, .computed_line = code->firstlineno};
    while (it.stop <= address) {
        if (it.end - it.p < LONGEST_ENTRY && table.left && !table_refill(&table, &it)) return -1;
        if (!code_locations_next(&it)) return -1;
    }
    return it.at.line;
}

// ---- frames -------------------------------------------------------------------------------------------------------
static void say_place(int fd, const Frame *f) {
    Code code;
    if (!peek(f->code, &code, sizeof code) || code.head.type != &code_type) {
        fatal_say(fd, "  <a frame that cannot be read>\n");
        return;
    }
    fatal_say(fd, "  File \"");
    say_str(fd, slot_peek(&code.filename));
    fatal_say(fd, "\", line ");
    ptrdiff_t unit = f->ip - code.units;
    int line = unit >= 0 && unit < code.n_units ? line_at(&code, (int)unit * 2) : -1;
    if (line > 0) say_number(fd, (unsigned long)line, 10, 1);
    else fatal_say(fd, "???");
    fatal_say(fd, " in ");
    say_str(fd, slot_peek(&code.name));
    fatal_say(fd, "\n");
}

static void say_frames(int fd, const Frame *innermost) {
    if (!innermost) fatal_say(fd, "  <no Python frame>\n");
    Frame f = {.prev = (Frame *)(uintptr_t)innermost};
    for (int i = 0; f.prev && i < MAX_FRAMES; i++) {
        if (!peek(f.prev, &f, sizeof f)) {
            fatal_say(fd, "  <a frame that cannot be read>\n");
            return;
        }
        say_place(fd, &f);
    }
    if (f.prev) fatal_say(fd, "  ...\n");
}

typedef struct DumpAll {
    int fd;
    const Thread *current, *hidden;
    bool first;
} DumpAll;

static void dump_one(Thread *thread, void *arg) {
    DumpAll *dump = arg;
    Thread copy;
    if (thread == dump->hidden || !peek(thread, &copy, sizeof copy) || !copy.ident) return; // or it has not begun
    if (!dump->first) fatal_say(dump->fd, "\n");
    dump->first = false;
    fatal_say(dump->fd, thread == dump->current ? "Current thread 0x" : "Thread 0x");
    say_number(dump->fd, copy.ident, 16, 16);
    fatal_say(dump->fd, " (most recent call first):\n");
    if (thread == dump->current && gc_is_collecting(thread)) fatal_say(dump->fd, "  Garbage-collecting\n");
    say_frames(dump->fd, copy.frame);
}

void fatal_dump_all(int fd, const Thread *current) {
    DumpAll dump = {fd, current, NULL, true};
    bool begun = fatal_turn_begin();
    threads_each_unwaiting(dump_one, &dump);
    fatal_turn_end(begun);
}

void fatal_dump_all_stw(int fd, const Thread *current, const Thread *hidden) {
    DumpAll dump = {fd, current, hidden, true};
    threads_each(dump_one, &dump);
}

void fatal_dump_stack(int fd, const Thread *thread) {
    bool begun = fatal_turn_begin();
    fatal_say(fd, "Stack (most recent call first):\n");
    say_frames(fd, thread->frame);
    fatal_turn_end(begun);
}

// ---- modules ------------------------------------------------------------------------------------------------------
static bool is_module(V v) { return v_is_object(v) && type_is_subtype(v_type(v), &module_type); }
static bool is_extension(V module) { return is_module(module) && module_of(module)->def; }

static V value_of(V dict, V name) {
    Slot *slot = dict == V_NULL ? NULL : dict_value_slot(dict, name, &(size_t){0});
    return slot ? slot_peek(slot) : V_NULL;
}

// sys.stdlib_module_names; V_NULL unless it is a frozenset still.
static V library_names(V modules) {
    V sys = value_of(modules, NAME(sys));
    V names = sys == V_NULL || !is_module(sys) ? V_NULL : value_of(module_dict_borrow(sys), NAME(stdlib_module_names));
    return names != V_NULL && v_is_exact(names, &frozenset_type) ? names : V_NULL;
}

// name is `package` or `package.something`.
static bool is_of_package(V name, V package) {
    size_t n = str_len(package);
    if (str_len(name) < n || (str_len(name) > n && str_at(name, n) != '.')) return false;
    for (size_t i = 0; i < n; i++) {
        if (str_at(name, i) != str_at(package, i)) return false;
    }
    return true;
}

static bool is_library_name(V names, V name) {
    size_t pos = 0;
    V item;
    int64_t hash;
    while (names != V_NULL && set_next(names, &pos, &item, &hash)) {
        if (v_is_str(item) && is_of_package(name, item)) return true;
    }
    return false;
}

void fatal_dump_extensions(int fd) {
    V modules = sys_modules_borrow(), key, module;
    if (modules == V_NULL) return;
    V names = library_names(modules);
    unsigned long n = 0;
    size_t pos = 0;
    while (dict_next(modules, &pos, &key, &module)) {
        if (!v_is_str(key) || !is_extension(module) || is_library_name(names, key)) continue;
        fatal_say(fd, n++ ? ", " : "\nExtension modules: ");
        say_str(fd, key);
    }
    if (!n) return;
    fatal_say(fd, " (total: ");
    say_number(fd, n, 10, 1);
    fatal_say(fd, ")\n");
}

// ---- the end ------------------------------------------------------------------------------------------------------
_Noreturn void fatal_error(const char *who, const char *message) {
    bool begun = fatal_turn_begin();
    fatal_say(STDERR_FILENO, "Fatal Python error: ");
    fatal_say(STDERR_FILENO, who);
    fatal_say(STDERR_FILENO, ": ");
    fatal_say(STDERR_FILENO, message);
    fatal_say(STDERR_FILENO, "\nPython runtime state: initialized\n\n");
    fatal_dump_all(STDERR_FILENO, thread_current());
    fatal_dump_extensions(STDERR_FILENO);
    fatal_turn_end(begun); // the handler of SIGABRT reports as well
    abort();
}
