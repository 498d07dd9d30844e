// SPDX-License-Identifier: MIT
// Module _stat: what `stat` knows about modes.
#include "constants.h"
#include <sys/stat.h>

static int mode_arg(Thread *t, V v, mode_t *out) {
    if (!v_is_any_int(v)) {
        err_set(t, &exc_TypeError, "an integer is required");
        return -1;
    }
    uint64_t n;
    if (int_sign(v) < 0) {
        err_set(t, &exc_OverflowError, "can't convert negative value to unsigned int");
        return -1;
    }
    if (int_bit_length(v) > 64) {
        err_set(t, &exc_OverflowError, "Python int too large to convert to C unsigned long");
        return -1;
    }
    if (int_as_u64(t, v, &n) < 0) return -1;
    if (n > UINT32_MAX) {
        err_set(t, &exc_OverflowError, "mode out of range");
        return -1;
    }
    *out = (mode_t)n;
    return 0;
}

#define MODE_FUNCTION(name, convert, expression) \
    static NATIVE(stat_##name) { \
        (void)self, (void)nargs, (void)kwnames; \
        mode_t mode; \
        return mode_arg(t, args[0], &mode) < 0 ? V_ERROR : convert(expression); \
    }
MODE_FUNCTION(S_IMODE, v_from_int, mode & 07777)
MODE_FUNCTION(S_IFMT, v_from_int, mode &S_IFMT)
MODE_FUNCTION(S_ISDIR, v_from_bool, S_ISDIR(mode))
MODE_FUNCTION(S_ISCHR, v_from_bool, S_ISCHR(mode))
MODE_FUNCTION(S_ISBLK, v_from_bool, S_ISBLK(mode))
MODE_FUNCTION(S_ISREG, v_from_bool, S_ISREG(mode))
MODE_FUNCTION(S_ISFIFO, v_from_bool, S_ISFIFO(mode))
MODE_FUNCTION(S_ISLNK, v_from_bool, S_ISLNK(mode))
MODE_FUNCTION(S_ISSOCK, v_from_bool, S_ISSOCK(mode))
// Kinds of files that Linux does not have.
MODE_FUNCTION(S_ISDOOR, v_from_bool, ((void)mode, false))
MODE_FUNCTION(S_ISPORT, v_from_bool, ((void)mode, false))
MODE_FUNCTION(S_ISWHT, v_from_bool, ((void)mode, false))

// One permission triple; `special` (set-id or sticky) shows in the place of the execute bit.
static void triple(char *p, unsigned bits, bool special, char letter) {
    p[0] = bits & 4 ? 'r' : '-';
    p[1] = bits & 2 ? 'w' : '-';
    if (special) p[2] = bits & 1 ? letter : (char)(letter - 'a' + 'A');
    else p[2] = bits & 1 ? 'x' : '-';
}
static NATIVE(stat_filemode) {
    (void)self, (void)nargs, (void)kwnames;
    static const struct { mode_t type; char letter; } kinds[] = {
        {S_IFREG, '-'}, {S_IFDIR, 'd'}, {S_IFLNK, 'l'}, {S_IFBLK, 'b'}, {S_IFCHR, 'c'}, {S_IFIFO, 'p'}, {S_IFSOCK, 's'},
    };
    mode_t mode;
    char text[11] = "?";
    if (mode_arg(t, args[0], &mode) < 0) return V_ERROR;
    for (size_t i = 0; i < countof(kinds); i++) {
        if ((mode & S_IFMT) == kinds[i].type) text[0] = kinds[i].letter;
    }
    triple(text + 1, mode >> 6, mode & S_ISUID, 's');
    triple(text + 4, mode >> 3, mode & S_ISGID, 's');
    triple(text + 7, mode, mode & S_ISVTX, 't');
    return str_from_latin1(t, text, 10);
}

#define ROW(name, doc) {#name, stat_##name, "mode, /", 0, 0, doc}
static const Method methods[] = {
    ROW(S_ISDIR, "Whether mode is a directory's."), ROW(S_ISCHR, "Whether mode is a character device's."),
    ROW(S_ISBLK, "Whether mode is a block device's."), ROW(S_ISREG, "Whether mode is a regular file's."),
    ROW(S_ISFIFO, "Whether mode is a named pipe's."), ROW(S_ISLNK, "Whether mode is a symbolic link's."),
    ROW(S_ISSOCK, "Whether mode is a socket's."), ROW(S_ISDOOR, "Whether mode is a door's."),
    ROW(S_ISPORT, "Whether mode is an event port's."), ROW(S_ISWHT, "Whether mode is a whiteout's."),
    ROW(S_IMODE, "The part of mode that chmod() sets."), ROW(S_IFMT, "The part of mode that tells the kind of file."),
    ROW(filemode, "mode as ls -l shows it, like '-rwxr-xr-x'."),
    METHOD_END,
};

#define C(name) {#name, name}
static const IntConstant constants[] = {
    C(S_IFDIR), C(S_IFCHR), C(S_IFBLK), C(S_IFREG), C(S_IFIFO), C(S_IFLNK), C(S_IFSOCK), {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0},
    C(S_ISUID), C(S_ISGID), C(S_ISVTX), {"S_ENFMT", S_ISGID}, C(S_IREAD), C(S_IWRITE), C(S_IEXEC), C(S_IRWXU), C(S_IRUSR), C(S_IWUSR),
    C(S_IXUSR), C(S_IRWXG), C(S_IRGRP), C(S_IWGRP), C(S_IXGRP), C(S_IRWXO), C(S_IROTH), C(S_IWOTH), C(S_IXOTH),
    // BSD's file flags, which os.chflags would take
    {"UF_NODUMP", 0x1}, {"UF_IMMUTABLE", 0x2}, {"UF_APPEND", 0x4}, {"UF_OPAQUE", 0x8}, {"UF_NOUNLINK", 0x10}, {"UF_COMPRESSED", 0x20},
    {"UF_HIDDEN", 0x8000}, {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000}, {"SF_APPEND", 0x40000}, {"SF_NOUNLINK", 0x100000},
    {"SF_SNAPSHOT", 0x200000},
    // places in the tuple of os.stat()
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6}, {"ST_ATIME", 7},
    {"ST_MTIME", 8}, {"ST_CTIME", 9},
};
#undef C

static int exec(Thread *t, V module) { return add_constants(t, module, constants, countof(constants)); }
const ModuleDef mod__stat = {"_stat", "Constants and functions about the modes of files.", methods, exec, 0};
