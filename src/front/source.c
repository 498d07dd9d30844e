// SPDX-License-Identifier: MIT
//
// source.c: from bytes to the text that is parsed, and the two ways into the parser.
//
// A program's text reaches the tokenizer as UTF-8 with '\n' as the only line end and a NUL behind it. Text that comes
// as a file's bytes is decoded by its byte-order mark or its cookie first.
#include "front/source.h"
#include "base/strbuf.h"
#include "parser.h"
#include "object/bytes.h"
#include "object/tuple.h"

#include <stdio.h>
#include <sys/stat.h>

// ---- lines ----------------------------------------------------------------------------------------------------------
// Copies, with '\n' for every kind of line end.
static int copy_lines(Thread *t, const char *text, size_t len, unsigned flags, Source *out) {
    char *copy = mem_alloc(t, len + 2), *to = copy;
    if (!copy) {
        err_no_memory(t);
        return -1;
    }
    for (const char *p = text, *end = text + len; p < end;) {
        const char *cr = memchr(p, '\r', (size_t)(end - p));
        size_t n = (size_t)((cr ? cr : end) - p);
        memcpy(to, p, n);
        to += n;
        p += n;
        if (!cr) break;
        *to++ = '\n';
        p += p + 1 < end && p[1] == '\n' ? 2 : 1;
    }
    // As CPython has it, a last line that ends in "\r\n" gets one more.
    bool crlf = len >= 2 && text[len - 2] == '\r' && text[len - 1] == '\n';
    if ((flags & SOURCE_END_LINE) && to > copy && (to[-1] != '\n' || crlf)) *to++ = '\n';
    *to = '\0';
    *out = (Source){copy, (size_t)(to - copy), true};
    return 0;
}

int source_from_utf8(Thread *t, const char *text, size_t len, unsigned flags, Source *out) {
    if (memchr(text, '\0', len)) {
        err_set(t, &exc_ValueError, "source code string cannot contain null bytes");
        return -1;
    }
    return copy_lines(t, text, len, flags, out);
}

void source_free(Source *source) { mem_free(source->text); }

// ---- the declared encoding ------------------------------------------------------------------------------------------
// The names that mean UTF-8 and Latin-1, spelt as people do.
static void normalize_encoding(char *name) {
    char folded[13];
    size_t n = 0;
    for (; name[n] && n < sizeof folded - 1; n++) {
        char c = name[n];
        folded[n] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    folded[n] = '\0';
    static const char *const latin[] = {"latin-1", "iso-8859-1", "iso-latin-1"};
    if (strcmp(folded, "utf-8") == 0 || strncmp(folded, "utf-8-", 6) == 0) strcpy(name, "utf-8");
    for (size_t i = 0; i < countof(latin); i++) {
        size_t k = strlen(latin[i]);
        if (strncmp(folded, latin[i], k) == 0 && (folded[k] == '\0' || folded[k] == '-')) strcpy(name, "iso-8859-1");
    }
}

static bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

// coding[:=]\s*([-_.a-zA-Z0-9]+) in a comment. Returns true when the line has a cookie.
static bool cookie_in_line(const char *line, const char *end, char buf[32]) {
    const char *p = line;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f')) p++;
    if (p == end || *p != '#') return false;
    for (; end - p >= 7; p++) {
        if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '=')) continue;
        const char *name = p + 7;
        while (name < end && (*name == ' ' || *name == '\t')) name++;
        size_t n = 0;
        while (name + n < end && is_name_char(name[n])) n++;
        if (n == 0) continue;
        if (n > 31) n = 31;
        memcpy(buf, name, n);
        buf[n] = '\0';
        normalize_encoding(buf);
        return true;
    }
    return false;
}

static bool only_comment(const char *line, const char *end) {
    while (line < end && (*line == ' ' || *line == '\t' || *line == '\f')) line++;
    return line == end || *line == '#' || *line == '\n' || *line == '\r';
}

static bool find_cookie(const char *p, const char *end, char buf[32]) {
    for (int line = 0; line < 2 && p < end; line++) {
        const char *line_end = p;
        while (line_end < end && *line_end != '\n' && *line_end != '\r') line_end++;
        if (cookie_in_line(p, line_end, buf)) return true;
        if (!only_comment(p, line_end)) return false;
        if (line_end < end && *line_end == '\r' && line_end + 1 < end && line_end[1] == '\n') line_end++;
        p = line_end < end ? line_end + 1 : end;
    }
    return false;
}

const char *source_encoding(const char *bytes, size_t len, char buf[32], size_t *bom) {
    *bom = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return find_cookie(bytes + *bom, bytes + len, buf) ? buf : strcpy(buf, "utf-8");
}

// ---- decoding -------------------------------------------------------------------------------------------------------
// SyntaxError(message, (filename, 0, -1, None)); consumes message.
static void raise_encoding(Thread *t, V message, V filename) {
    if (v_is_error(message)) return;
    V place = tuple_pack(t, 4, filename, v_from_int(0), v_from_int(-1), V_NONE);
    if (!v_is_error(place)) {
        V args[] = {message, place};
        V exc = exc_new(t, &exc_SyntaxError, args, 2);
        if (!v_is_error(exc)) err_raise(t, exc);
        v_drop(t, exc);
        v_drop(t, place);
    }
    v_drop(t, message);
}

V source_shown(Thread *t, const char *text, size_t n) {
    StrBuf out = STRBUF_INIT;
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    while (p < end) {
        uint32_t c = 0xfffd;
        unsigned len;
        if (utf8_decode_one(p, end, UTF8_STRICT, &c, &len) != UTF8_OK) c = 0xfffd;
        strbuf_put_utf8(&out, c);
        p += len;
    }
    V v = out.failed ? err_no_memory(t) : str_from_utf8(t, strbuf_cstr(&out), out.len);
    strbuf_free(&out);
    return v;
}

static int count_lines(const char *from, const char *to) {
    int n = 1;
    while ((from = memchr(from, '\n', (size_t)(to - from)))) n++, from++;
    return n;
}

// Bad bytes in a file that claims to be UTF-8. (In text that does not come from a file the tokenizer and the parser meet
// them, if they are not in a comment.)
static void raise_not_utf8(Thread *t, const char *text, const char *bad, V filename) {
    err_set(t, &exc_SyntaxError,
            "Non-UTF-8 code starting with '\\x%.2x' in file %V on line %d, but no encoding declared; "
            "see https://peps.python.org/pep-0263/ for details",
            (unsigned char)*bad, filename, count_lines(text, bad));
}

// Text in another encoding than UTF-8, by the codec of that name.
static int decode_with_codec(Thread *t, const char *bytes, size_t len, const char *encoding, V filename, unsigned flags,
                             Source *out) {
    V raw = bytes_from(t, bytes, len);
    if (v_is_error(raw)) return -1;
    V text = codec_decode(t, raw, encoding, "strict");
    v_drop(t, raw);
    if (v_is_error(text)) {
        if (flags & SOURCE_OF_FILE) {
            err_clear(t);
            err_set(t, &exc_SyntaxError, "encoding problem: %s", encoding);
        } else {
            V cause = err_fetch(t);
            raise_encoding(t, err_format_message(t, "%V", cause), filename);
            v_drop(t, cause);
        }
        return -1;
    }
    size_t n;
    const char *utf8 = str_utf8(t, text, &n);
    int result = utf8 ? source_from_utf8(t, utf8, n, flags, out) : -1;
    v_drop(t, text);
    return result;
}

// A program read from a file ends each line at a null byte: what is left, from mem_alloc.
static char *without_nulls(Thread *t, const char *bytes, size_t *len) {
    char *copy = mem_alloc(t, *len + 1), *to = copy;
    if (!copy) {
        err_no_memory(t);
        return NULL;
    }
    for (const char *p = bytes, *end = bytes + *len; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *line_end = newline ? newline : end;
        size_t n = strnlen(p, (size_t)(line_end - p));
        memcpy(to, p, n);
        to += n;
        if (newline) *to++ = '\n';
        p = newline ? newline + 1 : end;
    }
    *len = (size_t)(to - copy);
    return copy;
}

int source_from_bytes(Thread *t, const char *bytes, size_t len, V filename, unsigned flags, Source *out) {
    char buf[32];
    size_t bom;
    const char *encoding = flags & SOURCE_IGNORE_COOKIE ? (bom = 0, "utf-8") : source_encoding(bytes, len, buf, &bom);
    if (memchr(bytes, '\0', len)) {
        if (!(flags & SOURCE_OF_FILE)) {
            err_set(t, &exc_ValueError, "source code string cannot contain null bytes");
            return -1;
        }
        char *copy = without_nulls(t, bytes, &len);
        int result = copy ? source_from_bytes(t, copy, len, filename, flags, out) : -1;
        mem_free(copy);
        return result;
    }
    bool cookie = strcmp(encoding, "utf-8") != 0 || (!(flags & SOURCE_IGNORE_COOKIE) && find_cookie(bytes + bom, bytes + len, buf));
    bytes += bom;
    len -= bom;
    if (strcmp(encoding, "utf-8") != 0) {
        if (!bom) return decode_with_codec(t, bytes, len, encoding, filename, flags, out);
        if (flags & SOURCE_OF_FILE) err_set(t, &exc_SyntaxError, "encoding problem: %s with BOM", encoding);
        else raise_encoding(t, err_format_message(t, "encoding problem: %s with BOM", encoding), filename);
        return -1;
    }
    if ((flags & SOURCE_OF_FILE) && !cookie) {
        Utf8Scan scan = utf8_scan(bytes, len, UTF8_STRICT);
        if (scan.status != UTF8_OK) {
            raise_not_utf8(t, bytes, bytes + scan.error_at, filename);
            return -1;
        }
    }
    int result = copy_lines(t, bytes, len, flags, out);
    out->declared = cookie || bom || flags & SOURCE_IGNORE_COOKIE;
    return result;
}

// ---- showing a line -------------------------------------------------------------------------------------------------
static char *read_file(Thread *t, const char *path, size_t *len) {
    FILE *file = fopen(path, "rbe");
    struct stat st;
    char *data = NULL;
    if (!file) return NULL;
    if (fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) && (data = mem_alloc(t, (size_t)st.st_size + 1))) {
        *len = fread(data, 1, (size_t)st.st_size, file);
        data[*len] = '\0';
    }
    fclose(file);
    return data;
}

static V decode_shown(Thread *t, const char *line, size_t n, const char *encoding) {
    if (strcmp(encoding, "utf-8") == 0) return str_from_utf8(t, line, n);
    V raw = bytes_from(t, line, n);
    if (v_is_error(raw)) return raw;
    V text = codec_decode(t, raw, encoding, "replace");
    v_drop(t, raw);
    return text;
}

V source_line_of_file(Thread *t, V filename, int lineno) {
    size_t len = 0, bom;
    char buf[32];
    const char *path = v_is_str(filename) && lineno > 0 ? str_utf8(t, filename, NULL) : NULL;
    char *data = path ? read_file(t, path, &len) : NULL;
    if (!data) {
        if (err_pending(t)) err_clear(t);
        return V_NULL;
    }
    const char *encoding = source_encoding(data, len, buf, &bom);
    const char *line = data, *end = data + len; // a byte-order mark is shown and counted
    for (int i = 1; i < lineno && line; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        if (line) line++;
    }
    V text = V_NULL;
    if (line && line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        text = decode_shown(t, line, (size_t)((newline ? newline + 1 : end) - line), encoding);
        if (v_is_error(text)) {
            err_clear(t);
            text = V_NULL;
        }
    }
    mem_free(data);
    return text;
}

// ---- entry ----------------------------------------------------------------------------------------------------------
static StartRule start_rule(int mode) {
    switch (mode) {
    case FRONT_EVAL: return START_EVAL;
    case FRONT_SINGLE: return START_SINGLE;
    case FRONT_FUNC_TYPE: return START_FUNC_TYPE;
    default: return START_FILE;
    }
}

static unsigned source_flags(int mode, unsigned flags) {
    return (mode == FRONT_EXEC ? SOURCE_END_LINE : 0) | (flags & FRONT_IGNORE_COOKIE ? SOURCE_IGNORE_COOKIE : 0) |
           (flags & FRONT_OF_FILE ? SOURCE_OF_FILE : 0);
}

static Ast *parse_source(Thread *t, const Source *source, V filename, int mode, unsigned flags, int feature_version) {
    Parser *p = mem_alloc(t, sizeof *p);
    Ast *ast = NULL;
    if (!p) {
        err_no_memory(t);
        return NULL;
    }
    const char *classic_from = NULL;
    for (;;) { // again with old rules for f-strings from some place on
        ast = ast_new(t);
        if (!ast) break;
        parser_init(p, t, ast, source->text, source->len, filename, start_rule(mode), flags, feature_version);
        p->tok.classic_from = classic_from;
        p->byte_columns = !source->declared;
        ast->root = parser_run(p);
        bool again = !ast->root && p->retry_classic;
        classic_from = p->classic_from;
        parser_free(p);
        if (ast->root) break;
        ast_free(t, ast);
        ast = NULL;
        if (!again) break;
        err_clear(t);
    }
    mem_free(p);
    HD_ASSERT((ast == NULL) == err_pending(t));
    return ast;
}

Ast *front_parse(Thread *t, const char *utf8_source, size_t len, V filename, int mode, unsigned flags,
                 int feature_version) {
    Source source;
    if (source_from_utf8(t, utf8_source, len, source_flags(mode, flags), &source) < 0) return NULL;
    Ast *ast = parse_source(t, &source, filename, mode, flags, feature_version);
    source_free(&source);
    return ast;
}

Ast *front_parse_bytes(Thread *t, const char *bytes, size_t len, V filename, int mode, unsigned flags,
                       int feature_version) {
    Source source;
    if (source_from_bytes(t, bytes, len, filename, source_flags(mode, flags), &source) < 0) return NULL;
    Ast *ast = parse_source(t, &source, filename, mode, flags, feature_version);
    source_free(&source);
    return ast;
}
