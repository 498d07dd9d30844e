// SPDX-License-Identifier: MIT
// What the files of module sys share: mod_sys.c has the table of functions, sys_*.c the bodies.
#ifndef HEDDLE_MODULES_SYS_PARTS_H
#define HEDDLE_MODULES_SYS_PARTS_H
#include "object/exceptions.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// sys_info.c: what never changes
int sys_info_add(Thread *t, V module);
// sys_state.c: the interpreter's and the thread's settings
int sys_state_add(Thread *t, V module);
NATIVE(sys_getrecursionlimit);
NATIVE(sys_setrecursionlimit);
NATIVE(sys_getswitchinterval);
NATIVE(sys_setswitchinterval);
NATIVE(sys_settrace);
NATIVE(sys_gettrace);
NATIVE(sys_setprofile);
NATIVE(sys_getprofile);
NATIVE(sys_call_tracing);
NATIVE(sys_set_asyncgen_hooks);
NATIVE(sys_get_asyncgen_hooks);
NATIVE(sys_set_coroutine_origin_tracking_depth);
NATIVE(sys_get_coroutine_origin_tracking_depth);
NATIVE(sys_set_int_max_str_digits);
NATIVE(sys_get_int_max_str_digits);
NATIVE(sys_getdlopenflags);
NATIVE(sys_setdlopenflags);
NATIVE(sys_getframe);
NATIVE(sys_current_frames);
NATIVE(sys_current_exceptions);
V sys_exc_triple(Thread *t, V exc); // (type, value, traceback); three Nones for V_NULL and None

// sys_hooks.c: displayhook, excepthook and the other hooks
int sys_hooks_add(Thread *t, V module);
NATIVE(sys_addaudithook);
NATIVE(sys_audit_event);
NATIVE(sys_breakpointhook);
NATIVE(sys_displayhook);
NATIVE(sys_excepthook);
NATIVE(sys_unraisablehook);
#endif
