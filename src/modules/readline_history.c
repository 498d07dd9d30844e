// SPDX-License-Identifier: MIT
// History files (see readline_private.h).  libedit's own format has a first line that says so, and escapes for spaces.
#if HAVE_LIBEDIT
#include "readline_private.h"
#include <editline/readline.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char libedit_mark[] = "_HiStOrY_V2_\n";

static FILE *history_open(const char *name, int how) {
    char path[PATH_MAX];
    if (!name) {
        const char *home = getenv("HOME");
        int n = snprintf(path, sizeof path, "%s/.history", home ? home : "");
        if (n < 0 || n >= (int)sizeof path) return errno = ENAMETOOLONG, NULL;
        name = path;
    }
    int fd = open(name, how | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, how == O_RDONLY ? "r" : "w"); // "w" of an open descriptor empties nothing
    if (!file && fd >= 0) close(fd);
    return file;
}

int history_file_read(const char *name) {
    FILE *file = history_open(name, O_RDONLY);
    if (!file) return errno;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int error = 0;
    for (bool first = true; (n = getline(&line, &room, file)) > 0; first = false) {
        if (first && strcmp(line, libedit_mark) == 0) {
            error = read_history(name);
            break;
        }
        if (line[n - 1] == '\n') line[n - 1] = '\0';
        add_history(line);
    }
    if (!error && ferror(file)) error = errno;
    free(line);
    fclose(file);
    return error;
}

static int put_last(FILE *file, int n) {
    if (!file) return errno;
    int error = 0;
    for (int i = n < 0 || n > history_length ? 0 : history_length - n; i < history_length; i++) {
        const HIST_ENTRY *entry = history_get(history_base + i);
        if (entry && fprintf(file, "%s\n", entry->line) < 0 && !error) error = errno;
    }
    if (fclose(file) != 0 && !error) error = errno;
    return error;
}

int history_file_write(const char *name, int most) { return put_last(history_open(name, O_WRONLY | O_CREAT | O_TRUNC), most); }
int history_file_append(const char *name, int n) { return put_last(history_open(name, O_WRONLY | O_APPEND), n); }
#endif
