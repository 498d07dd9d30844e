// SPDX-License-Identifier: MIT
// Reading lines from standard input without editing.
#include "runtime/terminal.h"
#include "object/error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TerminalReader terminal_editor;

bool terminal_is_interactive(void) { return isatty(0) && isatty(1); }

static bool append(char **line, size_t *n, size_t *cap, char c) {
    if (*n + 2 > *cap) {
        size_t more = *cap ? 2 * *cap : 128;
        char *grown = realloc(*line, more);
        if (!grown) return false;
        *line = grown;
        *cap = more;
    }
    (*line)[(*n)++] = c;
    (*line)[*n] = '\0';
    return true;
}

// One character at a time: what follows the line belongs to whoever reads next, sys.stdin perhaps.
TerminalResult terminal_read_plain(Thread *t, const char *prompt, char **line) {
    size_t n = 0, cap = 0;
    *line = NULL;
    fputs(prompt, stderr);
    fflush(stderr);
    for (;;) {
        char c;
        ssize_t got;
        BLOCKING(t) got = read(0, &c, 1);
        if (got < 0 && errno == EINTR) {
            if (safepoint(t) == 0) continue;
        } else if (got <= 0) {
            return n ? TERMINAL_LINE : TERMINAL_EOF;
        } else if (append(line, &n, &cap, c)) {
            if (c == '\n') return TERMINAL_LINE;
            continue;
        } else {
            err_no_memory(t);
        }
        free(*line);
        *line = NULL;
        return TERMINAL_ERROR;
    }
}
