// SPDX-License-Identifier: MIT
// Where things are: the executable, the standard library, sys.path and sys.prefix.
//
// The library is looked for in HEDDLE_STDLIB, below PYTHONHOME, in the directory fixed when the tree was configured, and in
// the usual places.  sys.path is PYTHONPATH, the library's zip file and the library; site adds its directories.
#include "heddle_config.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char library[PATH_MAX]; // "" when there is none

static bool is_library(const char *directory) {
    char path[PATH_MAX + 8];
    struct stat st;
    snprintf(path, sizeof path, "%s/os.py", directory);
    return stat(path, &st) == 0;
}

static bool try_library(const char *format, const char *part) {
    char path[PATH_MAX];
    if (!part || !*part) return false;
    snprintf(path, sizeof path, format, part);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/';) path[--n] = '\0';
    if (!is_library(path)) return false;
    memcpy(library, path, sizeof library);
    return true;
}

static void find_library(void) {
    if (try_library("%s", start_options.stdlib) || try_library("%s/lib/python3.11", start_options.python_home)) return;
    if (try_library("%s", HEDDLE_STDLIB_DIR) || try_library("%s/lib/python3.11", "/usr")) return;
    (void)try_library("%s/lib/python3.11", "/usr/local");
}

const char *import_library(void) { return library; }

// The executable as it was called: on PATH when the name has no slash.
static void find_executable(char out[PATH_MAX]) {
    const char *name = start_options.argc ? start_options.argv[0] : "";
    char found[PATH_MAX] = "";
    if (strchr(name, '/')) {
        if (name[0] == '/') snprintf(found, sizeof found, "%s", name);
        else if (getcwd(found, sizeof found)) {
            size_t n = strlen(found);
            while (strncmp(name, "./", 2) == 0) name += 2;
            snprintf(found + n, sizeof found - n, "/%s", name);
        }
    } else {
        const char *p = getenv("PATH");
        for (; p && *p && !*found; p += *p == ':') {
            size_t n = strcspn(p, ":");
            snprintf(found, sizeof found, "%.*s/%s", (int)n, p, name);
            struct stat st;
            if (n == 0 || stat(found, &st) < 0 || !S_ISREG(st.st_mode) || access(found, X_OK) < 0) *found = '\0';
            p += n;
        }
    }
    if (!*found) {
        ssize_t n = readlink("/proc/self/exe", found, sizeof found - 1);
        found[n < 0 ? 0 : n] = '\0';
    }
    memcpy(out, found, PATH_MAX);
}

static int add_entry(Thread *t, V list, const char *text, size_t n) {
    V entry = str_from_utf8_surrogateescape(t, text, n);
    return v_is_error(entry) ? -1 : list_append_steal(t, list, entry);
}

static int set_text(Thread *t, const char *name, const char *text) {
    V value = str_from_utf8_surrogateescape(t, text, strlen(text));
    int r = v_is_error(value) ? -1 : sys_set(t, name, value);
    v_drop(t, value);
    return r;
}

static void prefix_of(const char *directory, char out[PATH_MAX]) { // PREFIX/lib/python3.11 -> PREFIX
    snprintf(out, PATH_MAX, "%s", directory);
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(out, '/');
        if (slash) *slash = '\0';
    }
    if (!*out) strcpy(out, "/");
}

static int add_relative_path(Thread *t, V list, const char *p) { // PYTHONPATH
    for (;; p++) {
        size_t n = strcspn(p, ":");
        char here[PATH_MAX];
        if (n && *p != '/' && getcwd(here, sizeof here)) {
            char full[2 * PATH_MAX];
            int len = n == 1 && *p == '.' ? snprintf(full, sizeof full, "%s", here)
                                          : snprintf(full, sizeof full, "%s/%.*s", here, (int)n, p);
            if (add_entry(t, list, full, (size_t)len) < 0) return -1;
        } else if (n == 0 && getcwd(here, sizeof here)) {
            if (add_entry(t, list, here, strlen(here)) < 0) return -1;
        } else if (add_entry(t, list, p, n) < 0) {
            return -1;
        }
        p += n;
        if (!*p) return 0;
    }
}

static int fill_path(Thread *t, V list, const char *prefix) {
    if (start_options.python_path && add_relative_path(t, list, start_options.python_path) < 0) return -1;
    char zip[PATH_MAX + 32];
    int n = snprintf(zip, sizeof zip, "%s/lib/python311.zip", strcmp(prefix, "/") == 0 ? "" : prefix);
    if (add_entry(t, list, zip, (size_t)n) < 0) return -1;
    return *library ? add_entry(t, list, library, strlen(library)) : 0;
}

int import_paths_start(Thread *t) {
    char executable[PATH_MAX], prefix[PATH_MAX];
    find_library();
    find_executable(executable);
    prefix_of(*library ? library : HEDDLE_STDLIB_DIR, prefix);
    static const char *const prefixes[] = {"prefix", "exec_prefix", "base_prefix", "base_exec_prefix"};
    for (size_t i = 0; i < countof(prefixes); i++) {
        if (set_text(t, prefixes[i], prefix) < 0) return -1;
    }
    if (set_text(t, "executable", executable) < 0 || set_text(t, "_base_executable", executable) < 0) return -1;
    if (sys_set(t, "_home", V_NONE) < 0) return -1;
    if (*library ? set_text(t, "_stdlib_dir", library) : sys_set(t, "_stdlib_dir", V_NONE)) return -1;
    if (start_options.pycache_prefix ? set_text(t, "pycache_prefix", start_options.pycache_prefix)
                                     : sys_set(t, "pycache_prefix", V_NONE))
        return -1;
    V list = list_new(t, 0);
    int r = v_is_error(list) || fill_path(t, list, prefix) < 0 ? -1 : sys_set(t, "path", list);
    v_drop(t, list);
    return r;
}
