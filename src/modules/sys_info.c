// SPDX-License-Identifier: MIT
// The constants of module sys: versions, numeric limits, flags, names of modules, paths of the installation.
//
// The version is the standard library's (read when the tree was configured), because programs ask it what the library
// and the language can do; `implementation` and the bracket in `version` say whose interpreter this is.
#include "sys_parts.h"
#include "heddle_config.h"
#include <float.h>
#include <unistd.h>

#define VERSION_MINOR 11
#define HEX_VERSION (3 << 24 | VERSION_MINOR << 16 | HEDDLE_STDLIB_MICRO << 8 | 0xf0)

static Type *version_info_type, *flags_type;

static int add_seq(Thread *t, V module, const char *name, Type *type, V *values) {
    return type ? module_add_steal(t, module, name, structseq_new_steal(t, type, values)) : -1;
}

// ---- version ------------------------------------------------------------------------------------------------------------
static V version_info(Thread *t) {
    static const StructSeqField fields[] = {
        {"major", "Major release number"}, {"minor", "Minor release number"}, {"micro", "Patch release number"},
        {"releaselevel", "how far the release is: 'final' once it is out"}, {"serial", "Serial release number"}, {0},
    };
    if (!version_info_type)
        version_info_type = structseq_new_sealed_type(t, "sys.version_info", "sys.version_info\n\nThe version as a named tuple.", fields, 5);
    if (!version_info_type) return V_ERROR;
    V values[5] = {V_INT(3), v_from_int(VERSION_MINOR), v_from_int(HEDDLE_STDLIB_MICRO), str_from_cstr(t, "final"), V_INT(0)};
    return structseq_new_steal(t, version_info_type, values);
}

// The version of the implementation is that of the language and library it runs; Heddle's own stands in sys.version.
static V implementation(Thread *t, V version) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    V result = V_ERROR;
    if (dict_set_c_steal(t, dict, "name", str_from_cstr(t, "heddle")) == 0 &&
        dict_set_c_steal(t, dict, "cache_tag", str_from_cstr(t, "heddle-311")) == 0 &&
        dict_set_c(t, dict, "version", version) == 0 &&
        dict_set_c(t, dict, "hexversion", v_from_int(HEX_VERSION)) == 0 &&
        dict_set_c_steal(t, dict, "_multiarch", str_from_cstr(t, HEDDLE_MULTIARCH)) == 0)
        result = simple_namespace_new(t, dict);
    v_drop(t, dict);
    return result;
}

static int add_version(Thread *t, V module) {
    V text = str_from_format(t, "%s (main, %s, %s) [Heddle %s, %s]", HEDDLE_STDLIB_VERSION, __DATE__, __TIME__,
                             HEDDLE_VERSION, HEDDLE_COMPILER);
    V info = version_info(t);
    if (v_is_error(info)) return -1;
    int r = module_add_steal(t, module, "version", text);
    if (r == 0) r = module_add(t, module, "version_info", info);
    if (r == 0) r = module_add_int(t, module, "hexversion", HEX_VERSION);
    if (r == 0) r = module_add_steal(t, module, "implementation", implementation(t, info));
    v_drop(t, info);
    return r;
}

// ---- numbers --------------------------------------------------------------------------------------------------------------
static int add_float_info(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"max", "the largest finite float"}, {"max_exp", "largest e such that 2**(e-1) is a finite float"},
        {"max_10_exp", "largest e such that 10**e is a finite float"}, {"min", "the smallest positive normalised float"},
        {"min_exp", "smallest e such that 2**(e-1) is a normalised float"},
        {"min_10_exp", "smallest e such that 10**e is a normalised float"},
        {"dig", "decimal digits that survive a round trip through float"}, {"mant_dig", "bits of the mantissa"},
        {"epsilon", "distance from 1.0 to the next float"}, {"radix", "radix of the exponent"},
        {"rounds", "rounding mode of arithmetic"}, {0},
    };
    Type *type = structseq_new_type(t, "sys.float_info", "sys.float_info\n\nWhat the C compiler says about double.", fields, 11);
    V values[11] = {float_from_double(t, DBL_MAX), v_from_int(DBL_MAX_EXP), v_from_int(DBL_MAX_10_EXP),
                    float_from_double(t, DBL_MIN), v_from_int(DBL_MIN_EXP), v_from_int(DBL_MIN_10_EXP),
                    v_from_int(DBL_DIG), v_from_int(DBL_MANT_DIG), float_from_double(t, DBL_EPSILON),
                    v_from_int(FLT_RADIX), V_INT(1)};
    return add_seq(t, module, "float_info", type, values);
}

static int add_int_info(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"bits_per_digit", "bits of a digit"}, {"sizeof_digit", "bytes of a digit"},
        {"default_max_str_digits", "default limit of int <-> str conversion"},
        {"str_digits_check_threshold", "shorter texts are never refused"}, {0},
    };
    Type *type = structseq_new_type(t, "sys.int_info", "sys.int_info\n\nWhat programs are told about the form of integers.", fields, 4);
    V values[4] = {V_INT(30), V_INT(4), V_INT(4300), V_INT(640)};
    return add_seq(t, module, "int_info", type, values);
}

static int add_hash_info(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"width", "bits of a hash value"}, {"modulus", "prime modulus of numeric hashes"}, {"inf", "hash of infinity"},
        {"nan", "not used"}, {"imag", "multiplier of the imaginary part"}, {"algorithm", "hash of str and bytes"},
        {"hash_bits", "internal output size of the algorithm"}, {"seed_bits", "size of its key"},
        {"cutoff", "length below which small strings hash differently"}, {0},
    };
    Type *type = structseq_new_type(t, "sys.hash_info", "hash_info\n\nParameters of hashing.", fields, 9);
    V values[9] = {V_INT(64), int_from_u64(t, ((uint64_t)1 << 61) - 1), V_INT(314159), V_INT(0), V_INT(1000003),
                   str_from_cstr(t, "siphash13"), V_INT(64), V_INT(128), V_INT(0)};
    return add_seq(t, module, "hash_info", type, values);
}

static int add_thread_info(Thread *t, V module) {
    static const StructSeqField fields[] = {
        {"name", "the thread library"}, {"lock", "what locks are made of"}, {"version", "the library's version"}, {0},
    };
    char version[100] = "";
    confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof version);
    Type *type = structseq_new_type(t, "sys.thread_info", "sys.thread_info\n\nWhat threads are made of.", fields, 3);
    V values[3] = {str_from_cstr(t, "pthread"), str_from_cstr(t, "semaphore"), str_from_cstr(t, version)};
    return add_seq(t, module, "thread_info", type, values);
}

// ---- flags ------------------------------------------------------------------------------------------------------------------
#define FLAGS(F, B)                                                                                                    \
    F(debug, "-d") F(inspect, "-i") F(interactive, "-i") F(optimize, "-O or -OO") F(dont_write_bytecode, "-B")         \
    F(no_user_site, "-s") F(no_site, "-S") F(ignore_environment, "-E") F(verbose, "-v") F(bytes_warning, "-b")         \
    F(quiet, "-q") F(hash_randomization, "-R") F(isolated, "-I") B(dev_mode, "-X dev") F(utf8_mode, "-X utf8")         \
    F(warn_default_encoding, "-X warn_default_encoding") B(safe_path, "-P")                                            \
    F(int_max_str_digits, "-X int_max_str_digits")

static int add_flags(Thread *t, V module) {
#define FIELD(name, option) {#name, option},
    static const StructSeqField fields[] = {FLAGS(FIELD, FIELD){0}};
#undef FIELD
    enum { N = countof(fields) - 1 };
    flags_type = structseq_new_sealed_type(t, "sys.flags", "sys.flags\n\nWhat the command line and the environment asked for.", fields, N);
    const StartOptions *o = &start_options;
#define INT(name, option) v_from_int(o->name),
#define BOOL(name, option) v_from_bool(o->name != 0),
    V values[N] = {FLAGS(INT, BOOL)};
#undef INT
#undef BOOL
    return add_seq(t, module, "flags", flags_type, values);
}

// ---- names ------------------------------------------------------------------------------------------------------------------
static const char *const builtin_names[] = {
#define MODULE(name) #name,
#include "modules_table.inc"
#undef MODULE
};

static V names_tuple(Thread *t, const char *const *names, size_t n) {
    V tuple = tuple_new(t, n);
    if (v_is_error(tuple)) return V_ERROR;
    for (size_t i = 0; i < n; i++) {
        V name = str_intern_utf8(t, names[i], strlen(names[i]));
        if (v_is_error(name)) {
            v_drop(t, tuple);
            return V_ERROR;
        }
        tuple_init_steal(t, tuple, i, name);
    }
    return tuple;
}

// The modules of the 3.11 library reference and the private ones behind them, on every platform.
static const char stdlib_names[] =
    "__future__ _abc _aix_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk "
    "_codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _compat_pickle _compression "
    "_contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib "
    "_frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _io _json _locale _lsprof _lzma _markupbase _md5 "
    "_msi _multibytecodec _multiprocessing _opcode _operator _osx_support _overlapped _pickle _posixshmem "
    "_posixsubprocess _py_abc _pydecimal _pyio _queue _random _scproxy _sha1 _sha256 _sha3 _sha512 _signal "
    "_sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _symtable _thread "
    "_threading_local _tkinter _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi _zoneinfo "
    "abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect "
    "builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall "
    "concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm "
    "decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput "
    "fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac "
    "html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache "
    "locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc "
    "nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools "
    "pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc "
    "pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select "
    "selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile "
    "sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig "
    "syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize "
    "tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv "
    "warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo ";

static V stdlib_names_set(Thread *t) {
    V list = list_with_capacity(t, 310);
    if (v_is_error(list)) return V_ERROR;
    for (const char *p = stdlib_names; *p;) {
        size_t n = strcspn(p, " ");
        V name = str_intern_utf8(t, p, n);
        if (v_is_error(name) || list_append_steal(t, list, name) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
        p += n + 1;
    }
    V set = frozenset_new(t, list);
    v_drop(t, list);
    return set;
}

static V x_options(Thread *t) {
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    for (size_t i = 0; i < start_options.x_options.n; i++) {
        const char *text = start_options.x_options.items[i], *eq = strchr(text, '=');
        V key = str_from_utf8_surrogateescape(t, text, eq ? (size_t)(eq - text) : strlen(text));
        V value = eq ? str_from_utf8_surrogateescape(t, eq + 1, strlen(eq + 1)) : V_TRUE;
        int r = v_is_error(key) || v_is_error(value) ? -1 : dict_set(t, dict, key, value);
        v_drop(t, key);
        v_drop(t, value);
        if (r < 0) {
            v_drop(t, dict);
            return V_ERROR;
        }
    }
    return dict;
}

static V text_list(Thread *t, const TextList *texts) {
    V list = list_with_capacity(t, texts->n);
    for (size_t i = 0; i < texts->n && !v_is_error(list); i++) {
        V text = str_from_utf8_surrogateescape(t, texts->items[i], strlen(texts->items[i]));
        if (!v_is_error(text) && list_append_steal(t, list, text) == 0) continue;
        v_drop(t, list);
        return V_ERROR;
    }
    return list;
}

static V orig_argv(Thread *t) {
    TextList texts = {(size_t)start_options.argc, 0, (const char **)start_options.argv};
    return text_list(t, &texts);
}

static const struct { const char *name, *value; } texts[] = {
    {"platform", "linux"}, {"byteorder", "little"}, {"abiflags", ""}, {"platlibdir", "lib"}, {"_framework", ""},
    {"float_repr_style", "short"},
    {"copyright", "Copyright (c) 2025 the Heddle authors.\nThe standard library is (c) Python Software Foundation and others."},
};

int sys_info_add(Thread *t, V module) {
    for (size_t i = 0; i < countof(texts); i++) {
        if (module_add_str(t, module, texts[i].name, texts[i].value) < 0) return -1;
    }
    if (add_version(t, module) < 0 || add_float_info(t, module) < 0 || add_int_info(t, module) < 0 ||
        add_hash_info(t, module) < 0 || add_thread_info(t, module) < 0 || add_flags(t, module) < 0)
        return -1;
    V git[3] = {str_from_cstr(t, "Heddle"), str_empty(), str_empty()};
    if (module_add_steal(t, module, "_git", tuple_from_steal(t, git, 3)) < 0 ||
        module_add_int(t, module, "maxsize", PTRDIFF_MAX) < 0 || module_add_int(t, module, "maxunicode", 0x10ffff) < 0 ||
        module_add_int(t, module, "api_version", 1013) < 0 ||
        module_add_steal(t, module, "builtin_module_names", names_tuple(t, builtin_names, countof(builtin_names))) < 0 ||
        module_add_steal(t, module, "stdlib_module_names", stdlib_names_set(t)) < 0 ||
        module_add_steal(t, module, "_xoptions", x_options(t)) < 0 ||
        module_add_steal(t, module, "warnoptions", text_list(t, &start_options.warn_options)) < 0 ||
        module_add_steal(t, module, "orig_argv", orig_argv(t)) < 0)
        return -1;
    return module_add(t, module, "dont_write_bytecode", v_from_bool(start_options.dont_write_bytecode));
}
