// SPDX-License-Identifier: MIT
//
// Words and memory: allocation that cannot fail quietly, formatted strings, splitting a command as a shell would,
// replacing {threads}, and finding the programs installed beside this one.
#include "compare.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *words_allocate(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        fputs("heddle-compare: out of memory\n", stderr);
        exit(EXIT_BROKEN);
    }
    return memory;
}

// Room for one item more than `count`; the array grows at powers of two.
void *words_grow(void *array, int count, size_t item) {
    if (count & (count - 1)) return array;
    void *grown = words_allocate((count ? 2 * (size_t)count : 1) * item);
    if (count) memcpy(grown, array, (size_t)count * item);
    free(array);
    return grown;
}

char *words_copy(const char *text) { return words_format("%s", text); }

char *words_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = words_allocate((size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

char *words_replace_threads(const char *word, int threads) {
    static const char mark[] = "{threads}";
    char *result = words_copy("");
    const char *found;
    while ((found = strstr(word, mark))) {
        char *longer = words_format("%s%.*s%d", result, (int)(found - word), word, threads);
        free(result);
        result = longer;
        word = found + sizeof(mark) - 1;
    }
    char *whole = words_format("%s%s", result, word);
    free(result);
    return whole;
}

// Words of a command: blanks separate, 'single', "double" and backslash quote. -1 for an unclosed quote.
int words_split(const char *command, char ***words) {
    int count = 0;
    *words = NULL;
    for (const char *p = command;;) {
        while (isspace((unsigned char)*p)) p++;
        if (!*p) return count;
        char *word = words_allocate(strlen(p) + 1), *end = word;
        char quote = 0;
        for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
            if (quote ? *p == quote : *p == '\'' || *p == '"') {
                quote = quote ? 0 : *p;
            } else if (*p == '\\' && quote != '\'' && p[1]) {
                *end++ = *++p;
            } else {
                *end++ = *p;
            }
        }
        if (quote) return -1;
        *words = words_grow(*words, count, sizeof(char *));
        (*words)[count++] = word;
    }
}

// The path of `name` in the directory of this very program.
char *words_beside(const char *name) {
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length < 0) return words_copy(name);
    self[length] = 0;
    char *slash = strrchr(self, '/');
    return words_format("%.*s%s", slash ? (int)(slash - self + 1) : 0, self, name);
}
