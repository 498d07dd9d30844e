// SPDX-License-Identifier: MIT
// Source lines for tracebacks and warnings, and which part of a line an instruction stands for.
//
// A file is read and split once for all frames of one display.  A name that cannot be opened is looked for along
// sys.path, as the file may have moved with its directory.
#include "front/ast.h"
#include "object/bytes.h"
#include "runtime/import.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "object/code.h"
#include <ctype.h>

// ---- reading ----------------------------------------------------------------------------------------------------------------
bool source_cookie(const char *p, size_t n, char out[64]) {
    for (int line = 0; line < 2 && n; line++) {
        const char *newline = memchr(p, '\n', n);
        size_t len = newline ? (size_t)(newline - p) : n, i = 0;
        while (i < len && (p[i] == ' ' || p[i] == '\t' || p[i] == '\f')) i++;
        if (i < len && p[i] != '#') return false;
        for (; i + 6 < len; i++) {
            if (memcmp(p + i, "coding", 6) != 0 || (p[i + 6] != ':' && p[i + 6] != '=')) continue;
            size_t at = i + 7, k = 0;
            while (at < len && (p[at] == ' ' || p[at] == '\t')) at++;
            while (at < len && k < 63 && (isalnum((unsigned char)p[at]) || strchr("-_.", p[at]))) out[k++] = p[at++];
            out[k] = '\0';
            if (k) return strcasecmp(out, "utf-8") != 0 && strcasecmp(out, "utf8") != 0;
        }
        if (!newline) break;
        n -= len + 1;
        p = newline + 1;
    }
    return false;
}

static V decode(Thread *t, V data) {
    const char *p = bytes_data(data);
    size_t n = bytes_len(data);
    char cookie[64];
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) return str_from_utf8(t, p + 3, n - 3);
    if (source_cookie(p, n, cookie)) return codec_decode(t, data, cookie, "strict");
    return str_from_utf8(t, p, n);
}

static V open_along_path(Thread *t, V filename) {
    size_t n = str_len(filename);
    ptrdiff_t slash = str_find_char(filename, '/', 0, n, -1);
    V tail = str_substring(t, filename, (size_t)(slash + 1), n), path = sys_get_name(t, NAME(path)), data = V_ERROR;
    for (size_t i = 0; !v_is_error(tail) && path != V_NULL && v_is_list(path) && v_is_error(data); i++) {
        V entry = list_get(t, path, i);
        if (entry == V_NULL) break;
        if (v_is_str(entry)) {
            bool bare = str_len(entry) == 0 || str_at(entry, str_len(entry) - 1) == '/';
            V full = str_from_format(t, bare ? "%V%V" : "%V/%V", entry, tail);
            data = v_is_error(full) ? V_ERROR : file_read_all(t, full);
            v_drop(t, full);
            if (v_is_error(data)) err_clear(t);
        }
        v_drop(t, entry);
    }
    v_drop(t, tail);
    v_drop(t, path);
    return data;
}

static V read_lines(Thread *t, V filename) { // a list of str, or V_NULL
    size_t n = str_len(filename);
    if (n == 0 || (str_at(filename, 0) == '<' && str_at(filename, n - 1) == '>')) return V_NULL;
    V data = file_read_all(t, filename);
    if (v_is_error(data)) {
        err_clear(t);
        data = open_along_path(t, filename);
    }
    V text = v_is_error(data) ? V_ERROR : decode(t, data);
    V lines = V_ERROR;
    if (!v_is_error(text)) {
        V plain = str_replace(t, text, NAME_STR("\r\n"), NAME_STR("\n"), -1);
        V unix_text = v_is_error(plain) ? V_ERROR : str_replace(t, plain, NAME_STR("\r"), NAME_STR("\n"), -1);
        lines = v_is_error(unix_text) ? V_ERROR : str_split(t, unix_text, NAME_STR("\n"), -1);
        v_drop(t, plain);
        v_drop(t, unix_text);
    }
    v_drop(t, data);
    v_drop(t, text);
    if (!v_is_error(lines)) return lines;
    err_clear(t);
    return V_NULL;
}

void source_cache_drop(Thread *t, SourceCache *cache) {
    v_drop(t, cache->filename);
    v_drop(t, cache->lines);
    *cache = (SourceCache){V_NULL, V_NULL};
}

V source_line_cached(Thread *t, SourceCache *cache, V filename, int lineno) {
    if (!v_is_str(filename) || lineno <= 0) return V_NONE;
    V saved = err_fetch(t);
    if (cache->filename == V_NULL || !str_equal(cache->filename, filename)) {
        source_cache_drop(t, cache);
        cache->filename = v_dup(filename);
        cache->lines = read_lines(t, filename);
    }
    V line = V_NONE;
    size_t n = cache->lines == V_NULL ? 0 : list_len(cache->lines);
    if ((size_t)lineno <= n) {
        line = list_get(t, cache->lines, (size_t)lineno - 1);
        if ((size_t)lineno == n && str_len(line) == 0) { // behind the last line end there is no line
            v_drop(t, line);
            line = V_NONE;
        }
    }
    err_restore_steal(t, saved);
    return line;
}

V source_line(Thread *t, V filename, int lineno) {
    SourceCache cache = {V_NULL, V_NULL};
    V line = source_line_cached(t, &cache, filename, lineno);
    source_cache_drop(t, &cache);
    return line;
}

// ---- what to mark ------------------------------------------------------------------------------------------------------------
static bool is_blank(uint32_t c) { return c == ' ' || c == '\t' || c == '\f'; }

// A byte offset into the line's UTF-8 as a character offset.
static ptrdiff_t char_offset(Thread *t, V line, int bytes) {
    size_t n;
    const char *p = str_utf8(t, line, &n);
    if (!p) {
        err_clear(t);
        return bytes;
    }
    ptrdiff_t count = 0;
    for (size_t i = 0; i < n && i < (size_t)bytes; i++) count += ((uint8_t)p[i] & 0xc0) != 0x80;
    return count;
}

static ptrdiff_t chars_before(const char *p, int bytes) {
    ptrdiff_t count = 0;
    for (int i = 0; i < bytes && p[i]; i++) count += ((uint8_t)p[i] & 0xc0) != 0x80;
    return count;
}

// The operator of a binary operation, or the brackets of a subscript: byte offsets in the segment.
static bool operator_range(const char *segment, const Node *node, int *left, int *right) {
    if (node->kind == AST_BinOp) {
        int from = node->BinOp.left->end_col_offset, to = node->BinOp.right->col_offset;
        for (int i = from; i < to; i++) {
            if (is_blank((uint8_t)segment[i])) continue;
            *left = i;
            *right = i + 1 + (i + 1 < to && !is_blank((uint8_t)segment[i + 1]));
            return true;
        }
        return false;
    }
    if (node->kind != AST_Subscript) return false;
    *left = node->Subscript.value->end_col_offset;
    *right = node->Subscript.slice->end_col_offset + 1;
    return true;
}

// Parses what the instruction stands for by itself: an expression statement whose operator can be told apart.
static void find_operator(Thread *t, V line, CaretRange *range) {
    V segment = str_substring(t, line, (size_t)range->start, (size_t)range->end);
    size_t n;
    const char *text = v_is_error(segment) ? NULL : str_utf8(t, segment, &n);
    Ast *ast = text ? front_parse(t, text, n, NAME_STR("<traceback>"), FRONT_EXEC, FRONT_IGNORE_COOKIE, FRONT_FEATURE_VERSION) : NULL;
    if (ast) {
        NodeSeq body = ast->root->Module.body;
        int left, right;
        if (body.n == 1 && body.items[0]->kind == AST_Expr && operator_range(text, body.items[0]->Expr.value, &left, &right)) {
            range->left = range->start + chars_before(text, left);
            range->right = range->start + chars_before(text, right);
        }
        ast_free(t, ast);
    }
    err_clear(t);
    v_drop(t, segment);
}

bool caret_range(Thread *t, V code, int lasti, V line, CaretRange *out) {
    CodePosition at = code_addr_to_position(code, lasti);
    if (at.line < 0 || at.end_line < 0 || at.col < 0 || at.end_col < 0) return false;
    ptrdiff_t n = (ptrdiff_t)str_len(line), indent = 0;
    while (indent < n && is_blank(str_at(line, (size_t)indent))) indent++;
    *out = (CaretRange){char_offset(t, line, at.col), 0, -1, -1};
    if (out->start > n) return false;
    if (at.line == at.end_line) {
        out->end = char_offset(t, line, at.end_col);
        if (out->end > n) out->end = n;
        if (out->end > out->start) find_operator(t, line, out);
    } else {
        out->end = n;
        while (out->end > 0 && is_blank(str_at(line, (size_t)out->end - 1))) out->end--;
    }
    return out->left >= 0 || out->end - out->start != n - indent; // marking the whole line says nothing
}
