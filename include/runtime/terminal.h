// SPDX-License-Identifier: MIT
// Lines from a terminal, with editing once somebody offers it.
#ifndef HEDDLE_RUNTIME_TERMINAL_H
#define HEDDLE_RUNTIME_TERMINAL_H
#include "threading/thread.h"

typedef enum { TERMINAL_ERROR = -1, TERMINAL_EOF = 0, TERMINAL_LINE = 1 } TerminalResult;
// Shows the prompt (UTF-8) and reads a line from descriptor 0.  TERMINAL_LINE: *line is its text with the newline, from
// malloc.  TERMINAL_ERROR: an exception is pending (a signal handler's, above all KeyboardInterrupt).
typedef TerminalResult (*TerminalReader)(Thread *t, const char *prompt, char **line);
extern TerminalReader terminal_editor; // atomic: set by the readline module when it is imported; NULL: none
TerminalResult terminal_read_plain(Thread *t, const char *prompt, char **line); // no editing; the prompt goes to stderr
// Both standard input and output are terminals.
bool terminal_is_interactive(void);
#endif
