// SPDX-License-Identifier: MIT
// Which callbacks nobody could tell from none, once the program is over.
//
// threading keeps its threads in a WeakSet and logging its handlers in a list of weak references, so there would be somebody
// to tell at the end of every larger program: a collection and the clearing of all modules, to take a reference out of a set
// that is about to vanish.  These functions of the library do just that.  A WeakValueDictionary is not among them: it asks
// a key for its hash, which may be anybody's code.
#include "tidy.h"
#include "object/weakref.h"
#include "runtime/import.h"
#include "vm/func.h"

static const struct Tidy { const char *file, *function; } tidy[] = {
    {"_weakrefset.py", "WeakSet.__init__.<locals>._remove"},
    {"weakref.py", "WeakKeyDictionary.__init__.<locals>.remove"},
    {"logging/__init__.py", "_removeHandlerRef"},
};

static bool is_in_library(V filename, const char *file) {
    const char *library = import_library();
    size_t n = strlen(library);
    if (n == 0 || str_len(filename) != n + 1 + strlen(file)) return false;
    for (size_t i = 0; i < str_len(filename); i++) {
        char expected = i < n ? library[i] : i == n ? '/' : file[i - n - 1];
        if (str_at(filename, i) != (unsigned char)expected) return false;
    }
    return true;
}

bool callback_tidies(const Obj *weakref) {
    V callback = weakref_callback_borrow(weakref);
    if (callback == V_NULL || !v_is_function(callback)) return false;
    const Code *code = code_of(slot_peek(&function_of(callback)->code));
    for (size_t i = 0; i < countof(tidy); i++) {
        if (str_equal_ascii(slot_peek(&code->qualname), tidy[i].function)) return is_in_library(slot_peek(&code->filename), tidy[i].file);
    }
    return false;
}
