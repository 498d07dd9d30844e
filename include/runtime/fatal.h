// SPDX-License-Identifier: MIT
// Tracebacks as plain text by means that a signal handler may use: no allocation, no lock that is waited for, no Python.
#ifndef HEDDLE_RUNTIME_FATAL_H
#define HEDDLE_RUNTIME_FATAL_H
#include "threading/thread.h"

void fatal_say(int fd, const char *text);
// One thread at a time writes a report; the others wait for their turn.  The tracebacks below take one of themselves; who
// writes more than that takes it for the whole.  False: this thread has the turn already (a signal came in the midst of its
// report), or another has kept it for two seconds (who reads the other end of a pipe may be waiting, too).
bool fatal_turn_begin(void);
void fatal_turn_end(bool begun); // nothing for a turn that was not got
// Every thread, newest first, `current` (may be NULL) marked; frames of running threads are read as they stand.
void fatal_dump_all(int fd, const Thread *current);
// The same in a stopped world, without `hidden` (may be NULL).  Not for signal handlers.
void fatal_dump_all_stw(int fd, const Thread *current, const Thread *hidden);
void fatal_dump_stack(int fd, const Thread *thread); // "Stack (most recent call first)" of one
// The modules in sys.modules that are written in C and not the standard library's; nothing when there are none.
void fatal_dump_extensions(int fd);
// The message as CPython words it, all tracebacks, SIGABRT.
_Noreturn void fatal_error(const char *who, const char *message);
#endif
