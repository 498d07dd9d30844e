// SPDX-License-Identifier: MIT
// Module _symtable: the compiler's symbol tables, which src/front/symtable_object.c makes into objects.
#include "builtins_parts.h"
#include "front/compile.h"
#include "object/bytes.h"
#include "object/misc.h"

static NATIVE(symtable_function) {
    UNUSED_NATIVE();
    static const char *const names[] = {"exec", "eval", "single"};
    static const int modes[] = {FRONT_EXEC, FRONT_EVAL, FRONT_SINGLE};
    if (!v_is_str(args[2])) return err_set(t, &exc_TypeError, "symtable() argument 3 must be str, not %K", args[2]);
    V filename = builtins_filename(t, args[1]), result = V_ERROR;
    if (v_is_error(filename)) return V_ERROR;
    size_t i = 0;
    while (i < countof(names) && !str_equal_ascii(args[2], names[i])) i++;
    if (i == countof(names)) err_set(t, &exc_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    else result = symtable_object(t, args[0], filename, modes[i]);
    v_drop(t, filename);
    return result;
}

static const Method symtable_methods[] = {
    {"symtable", symtable_function, "source, filename, startstr, /", LOCK_NONE, 0,
     "The symbol table entry of a whole source text."},
    METHOD_END,
};

const ModuleDef mod__symtable = {
    .name = "_symtable", .doc = "Symbol tables of the compiler.", .methods = symtable_methods, .exec = symtable_object_add_to,
};
