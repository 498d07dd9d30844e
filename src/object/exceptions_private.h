// SPDX-License-Identifier: MIT
// Shared by exceptions.c, exception_kinds.c and exception_group.c only.
#ifndef HEDDLE_EXCEPTIONS_PRIVATE_H
#define HEDDLE_EXCEPTIONS_PRIVATE_H
#include "object/exceptions.h"

V exception_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
int exception_init(Thread *t, V self, const V *args, size_t nargs, V kwnames);
void exception_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg);
V exception_args(V self);                              // the tuple, held: what is called may set another; V_NULL
V exception_str(Thread *t, V self);
V exception_dict_or_none(Thread *t, V self);
V exception_reduce_with(Thread *t, V self, V args_steal); // (type, args[, dict])
int exception_group_start(Thread *t);

#define TRAVERSE(name) void name(Thread *t, Obj *o, SlotVisitor visit, void *arg)
#define INIT(name) int name(Thread *t, V self, const V *args, size_t nargs, V kwnames)
TRAVERSE(system_exit_traverse);
TRAVERSE(stop_iteration_traverse);
TRAVERSE(import_error_traverse);
TRAVERSE(name_error_traverse);
TRAVERSE(attribute_error_traverse);
TRAVERSE(os_error_traverse);
TRAVERSE(syntax_error_traverse);
TRAVERSE(unicode_error_traverse);
TRAVERSE(group_traverse);
INIT(system_exit_init);
INIT(stop_iteration_init);
INIT(import_error_init);
INIT(name_error_init);
INIT(attribute_error_init);
INIT(os_error_init);
INIT(syntax_error_init);
INIT(unicode_error_init);
INIT(group_init);
V os_error_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
V group_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
V import_error_str(Thread *t, V self);
V os_error_str(Thread *t, V self);
V syntax_error_str(Thread *t, V self);
V unicode_error_str(Thread *t, V self);
V group_str(Thread *t, V self);
extern const Method import_error_methods[], os_error_methods[], group_methods[];
extern const Member system_exit_members[], stop_iteration_members[], import_error_members[], name_error_members[],
    attribute_error_members[], os_error_members[], syntax_error_members[], unicode_error_members[], group_members[];
extern const GetSet os_error_getsets[];
#endif
