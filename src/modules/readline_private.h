// SPDX-License-Identifier: MIT
// History files: one line for each item, as GNU readline has them, so that ~/.python_history serves every Python.
#ifndef HEDDLE_MODULES_READLINE_PRIVATE_H
#define HEDDLE_MODULES_READLINE_PRIVATE_H

// All three: name NULL is ~/.history; 0, or the error's number.
int history_file_read(const char *name); // adds to the history; libedit's own format is understood, too
int history_file_write(const char *name, int most); // the last `most` items (negative: all)
int history_file_append(const char *name, int n);   // the last n items; ENOENT: there is no such file
#endif
