// SPDX-License-Identifier: MIT
// Files of compiled code: their names, their 16-byte headers, reading and writing whole files.
//
//     bytes 0..3   magic number: two bytes that change with the code format, then "\r\n"
//     bytes 4..7   flags: PYC_HASH_BASED, PYC_CHECK_SOURCE
//     bytes 8..15  the source's time and size (32 bits each), or a 64-bit hash of its text
// All little endian.  A file is written beside its place and renamed, so that a reader sees all of it or none.
#include "runtime/import.h"
#include "base/siphash.h"
#include "object/bytes.h"
#include "runtime/runtime.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_TAG "heddle-311"

// ---- names ----------------------------------------------------------------------------------------------------------------
static void append_head(StrBuilder *b, V head, V prefix) { // head ends with '/' or is empty
    if (prefix == V_NONE) {
        sb_str(b, head);
        sb_cstr(b, "__pycache__/");
        return;
    }
    sb_str(b, prefix);
    if (str_len(prefix) && str_at(prefix, str_len(prefix) - 1) != '/') sb_char(b, '/');
    if (str_len(head) == 0 || str_at(head, 0) != '/') {
        char here[4096];
        if (getcwd(here, sizeof here)) {
            sb_cstr(b, here + 1);
            sb_char(b, '/');
        }
        sb_str(b, head);
    } else {
        sb_substr(b, head, 1, str_len(head));
    }
}

V cache_from_source(Thread *t, V path, int optimization) {
    size_t n = str_len(path);
    ptrdiff_t slash = str_find_char(path, '/', 0, n, -1), dot = str_find_char(path, '.', (size_t)(slash + 1), n, -1);
    V head = str_substring(t, path, 0, (size_t)(slash + 1));
    if (v_is_error(head)) return V_ERROR;
    V prefix = sys_get_name(t, NAME(pycache_prefix));
    if (prefix == V_NULL || !v_is_str(prefix)) {
        v_drop(t, prefix);
        prefix = V_NONE;
    }
    StrBuilder b;
    sb_init(&b, t);
    append_head(&b, head, prefix);
    size_t start = (size_t)(slash + 1), end = dot < 0 ? n : (size_t)dot;
    if (dot >= 0 && end == start) end = n, start++; // ".pyrc": what follows the dot
    sb_substr(&b, path, start, end);
    sb_cstr(&b, dot < 0 ? CACHE_TAG : "." CACHE_TAG);
    if (optimization < 0) optimization = start_options.optimize;
    if (optimization > 0) sb_format(&b, ".opt-%d", optimization > 2 ? 2 : optimization);
    sb_cstr(&b, ".pyc");
    v_drop(t, prefix);
    v_drop(t, head);
    return sb_finish(&b);
}

// ---- headers ----------------------------------------------------------------------------------------------------------------
static void put32(char *p, uint32_t x) {
    for (int i = 0; i < 4; i++) p[i] = (char)(x >> 8 * i);
}

static void put_magic(char *p) {
    p[0] = (char)(PYC_MAGIC_NUMBER & 0xff);
    p[1] = (char)(PYC_MAGIC_NUMBER >> 8);
    p[2] = '\r';
    p[3] = '\n';
}

V pyc_magic(Thread *t) {
    char magic[4];
    put_magic(magic);
    return bytes_from(t, magic, 4);
}

static V with_header(Thread *t, V code, const char header[PYC_HEADER]) {
    V dumps = import_attr_c(t, "marshal", "dumps");
    V body = v_is_error(dumps) ? V_ERROR : obj_call1(t, dumps, code);
    v_drop(t, dumps);
    if (v_is_error(body)) return V_ERROR;
    V head = bytes_from(t, header, PYC_HEADER);
    V all = v_is_error(head) ? V_ERROR : bytes_concat(t, head, body);
    v_drop(t, head);
    v_drop(t, body);
    return all;
}

V pyc_timestamp(Thread *t, V code, uint32_t mtime, uint32_t size) {
    char header[PYC_HEADER];
    put_magic(header);
    put32(header + 4, 0);
    put32(header + 8, mtime);
    put32(header + 12, size);
    return with_header(t, code, header);
}

V pyc_hashed(Thread *t, V code, uint64_t hash, bool check) {
    char header[PYC_HEADER];
    put_magic(header);
    put32(header + 4, PYC_HASH_BASED | (check ? PYC_CHECK_SOURCE : 0));
    put32(header + 8, (uint32_t)hash);
    put32(header + 12, (uint32_t)(hash >> 32));
    return with_header(t, code, header);
}

uint64_t pyc_source_hash(const void *data, size_t n) {
    return siphash13((HashKey){PYC_MAGIC_NUMBER | (uint32_t)'\r' << 16 | (uint32_t)'\n' << 24, 0}, data, n);
}

int pyc_classify(Thread *t, V data, V name, V path, uint32_t *flags) {
    char magic[4];
    put_magic(magic);
    const char *p = bytes_data(data);
    size_t n = bytes_len(data);
    if (n < 4 || memcmp(p, magic, 4) != 0) {
        V found = bytes_from(t, p, n < 4 ? n : 4);
        import_error(t, &exc_ImportError, err_format_message(t, "bad magic number in %R: %R", name, found), name, path);
        v_drop(t, found);
        return -1;
    }
    if (n < PYC_HEADER) {
        err_set(t, &exc_EOFError, "reached EOF while reading pyc header of %R", name);
        return -1;
    }
    memcpy(flags, p + 4, 4);
    if (!(*flags & ~3u)) return 0;
    import_error(t, &exc_ImportError, err_format_message(t, "invalid flags %u in %R", *flags, name), name, path);
    return -1;
}

// ---- files --------------------------------------------------------------------------------------------------------------------
static V read_rest(Thread *t, int fd, size_t expected, V path) { // expected 0: not known
    size_t have = 0, size = expected ? expected : 1 << 14;
    V data = bytes_new(t, size);
    while (!v_is_error(data)) {
        ssize_t got = read(fd, bytes_data(data) + have, size - have);
        if (got < 0 && errno == EINTR) {
            if (safepoint(t) == 0) continue;
            v_drop(t, data);
            return V_ERROR;
        }
        if (got < 0) {
            v_drop(t, data);
            return err_errno(t, &exc_OSError, path, V_NULL);
        }
        have += (size_t)got;
        if (got == 0) return have < size ? bytes_shrink_steal(t, data, have) : data;
        if (have < size) continue;
        if (expected && have == expected) return data;
        V bigger = bytes_new(t, size * 2); // a pipe, /proc: no size to go by
        if (!v_is_error(bigger)) memcpy(bytes_data(bigger), bytes_data(data), have);
        v_drop(t, data);
        data = bigger;
        size *= 2;
    }
    return data;
}

V file_read_fd(Thread *t, int fd) { return read_rest(t, fd, 0, V_NULL); }

V file_read_all(Thread *t, V path) {
    const char *name = str_cstr(t, path);
    V bytes = V_NULL;
    if (!name) { // surrogates stand for bytes that are no UTF-8
        err_clear(t);
        if (v_is_error(bytes = str_to_fs_bytes(t, path))) return V_ERROR;
        name = bytes_data(bytes);
    }
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    V data = V_ERROR;
    bool good = fd >= 0 && fstat(fd, &st) == 0;
    if (good && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        good = false;
    }
    if (!good) err_errno(t, &exc_OSError, path, V_NULL);
    else data = read_rest(t, fd, st.st_size > 0 ? (size_t)st.st_size : 0, path);
    if (fd >= 0) close(fd);
    v_drop(t, bytes);
    return data;
}

static int write_fully(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return -1;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

int file_write_atomic(Thread *t, V path, V data, int mode) {
    V bytes = str_to_fs_bytes(t, path);
    if (v_is_error(bytes)) return -1;
    const char *name = bytes_data(bytes);
    char beside[4096 + 32];
    int r = -1;
    if (snprintf(beside, sizeof beside, "%s.%ld.%llu", name, (long)getpid(), (unsigned long long)t->id) < (int)sizeof beside) {
        int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0666);
        if (fd >= 0) {
            r = write_fully(fd, bytes_data(data), bytes_len(data));
            int error = errno;
            if (close(fd) < 0) r = -1;
            else errno = error;
            if (r == 0) r = rename(beside, name);
            if (r < 0) {
                error = errno;
                unlink(beside);
                errno = error;
            }
        }
    } else {
        errno = ENAMETOOLONG;
    }
    v_drop(t, bytes);
    if (r < 0) err_errno(t, &exc_OSError, path, V_NULL);
    return r;
}
