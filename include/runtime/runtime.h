// SPDX-License-Identifier: MIT
// Interpreter-wide services of the runtime ring: sys, import, warnings, start-up and exit.
#ifndef HEDDLE_RUNTIME_RUNTIME_H
#define HEDDLE_RUNTIME_RUNTIME_H
#include "object/object.h"

// ---- sys (mod_sys.c) ------------------------------------------------------------------------------------------------
V sys_get(Thread *t, const char *name);            // stack value; V_NULL when there is no such attribute (no exception)
V sys_get_name(Thread *t, V name);                 // the same by an interned name
int sys_set(Thread *t, const char *name, V value); // borrowed; V_NULL deletes
V sys_modules_borrow(void);                        // sys.modules as the interpreter knows it
V builtins_dict_borrow(void);                      // the dict of module builtins
int sys_start(Thread *t);                          // makes sys, sys.modules and builtins
void sys_roots_clear(Thread *t);                   // finalization: the module dicts are gone
bool sys_audit_wanted(void);                        // there are hooks: worth making the arguments
int sys_audit(Thread *t, const char *event, V args_tuple); // hooks of sys.addaudithook; 0/-1

// ---- import (import.c) ------------------------------------------------------------------------------------------------
V import_module(Thread *t, V name);                // importlib.import_module of an absolute name: the module itself
V import_module_c(Thread *t, const char *name);
V import_attr_c(Thread *t, const char *module, const char *attr); // from module import attr
V import_name(Thread *t, V name, V globals, V locals, V fromlist, int level); // __import__'s semantics (IMPORT_NAME)
V import_from(Thread *t, V module, V name);        // IMPORT_FROM; ImportError "cannot import name …"
int import_star(Thread *t, V module, V locals);    // IMPORT_STAR
V import_builtin(Thread *t, const char *name);     // creates and executes a C module; V_NULL: no such module

// ---- compiling and running ---------------------------------------------------------------------------------------------
V run_source_string(Thread *t, const char *source, V filename, int mode, V globals, V locals);

// ---- life cycle (startup.c, program.c, exit.c) --------------------------------------------------------------------------
#include "runtime/options.h"
int runtime_start(Thread *t, const StartOptions *options); // types, builtins, sys, codecs, import, site
int runtime_start_failed(Thread *t);               // says why; the exit status
int program_run(Thread *t, const StartOptions *options); // -c, -m, a file, …: the exit status
int program_exit_status(Thread *t);                // of the pending exception: SystemExit's code; others are shown: 1
int interactive_run(Thread *t, V globals);         // the prompt, until end of file: the exit status
extern bool program_interrupted;                   // an uncaught KeyboardInterrupt ended the program
int runtime_finish(Thread *t);                     // threading._shutdown, atexit, flush, teardown; exit status part (0, or 120)
int runtime_flush_std(Thread *t);                  // sys.stdout and sys.stderr; -1 when one could not be written
extern bool runtime_finishing;                     // atomic
V main_module_borrow(void);                        // __main__
void main_module_forget(Thread *t);                // at the end: nothing but the program keeps it
int stdio_start(Thread *t);                        // sys.stdin, stdout, stderr (stdio.c)
int site_start(Thread *t);                         // what site does at start-up
// Modules that start-up or exit calls into when they are there.
int atexit_run(Thread *t);                         // mod_atexit.c: registered functions, last first
int signals_start(Thread *t);                      // mod_signal.c: SIGINT raises KeyboardInterrupt, SIGPIPE is ignored
int signals_run(Thread *t);                        // handlers of signals that arrived (BREAK_SIGNAL); -1 error
void signals_finish(Thread *t);
void thread_end_foreign(Thread *t);                 // mod__thread.c: a pthread that no module started is done with Python
void thread_local_thread_exits(Thread *t);          // drops the ending thread's values of threading.local
void thread_local_program_ends(Thread *t);          // t is the last thread: collections see through its values
void signals_after_fork(Thread *t);                // in the child: t is its main thread, nothing has arrived
void signal_simulate(int number);                  // as if the signal had arrived (_thread.interrupt_main)
int faulthandler_start(Thread *t);                 // mod_faulthandler.c: -X faulthandler
int tracemalloc_start_up(Thread *t, int frames);   // mod__tracemalloc.c: -X tracemalloc

// ---- tracebacks (traceback_print.c) --------------------------------------------------------------------------------------
int traceback_print(Thread *t, V exc, V file);     // as the interpreter shows an uncaught exception
V source_line(Thread *t, V filename, int lineno);  // a str without the line end; V_NONE when there is none
#endif
