// SPDX-License-Identifier: MIT
// unicodedata: the character database of Unicode 14.0, and as it was in 3.2.0 (for internationalised domain names).
//
// Functions of the module and methods of a UCD object are the same natives; self tells which database is meant.  The old
// one is the new one without what was assigned later, and with the properties of unicodedata_old.c.
#include "base/unicode.h"
#include "object/misc.h"
#include "unicodedata_old.h"

static Type ucd_type;
static inline bool is_old(V self) { return v_is_object(self) && v_obj(self)->type == &ucd_type; }
static inline bool assigned(V self, uint32_t c) {
    unsigned age = uc_info(c)->age;
    return age != 0 && (!is_old(self) || age <= 32);
}

static int read_char(Thread *t, V v, const char *name, const char *which, uint32_t *c) {
    if (v_is_str(v) && str_len(v) == 1) return *c = str_at(v, 0), 0;
    err_set(t, &exc_TypeError, "%s() argument%s must be a unicode character, not %K", name, which, v);
    return -1;
}

// ---- properties -------------------------------------------------------------------------------------------------------
static V numeric_result(Thread *t, V fallback, bool found, V value, const char *message) {
    if (found) return value;
    if (fallback != V_NULL) return v_dup(fallback);
    return err_set(t, &exc_ValueError, "%s", message);
}

static NATIVE(decimal) { // chr, default=<unrepresentable>, /
    UNUSED_NATIVE();
    uint32_t c;
    if (read_char(t, args[0], "decimal", " 1", &c) < 0) return V_ERROR;
    int value = is_old(self) ? old_decimal(c) : -1;
    if (value < 0 && assigned(self, c)) value = uc_decimal_value(c);
    return numeric_result(t, args[1], value >= 0, v_from_int(value), "not a decimal");
}

static NATIVE(digit) {
    UNUSED_NATIVE();
    uint32_t c;
    if (read_char(t, args[0], "digit", " 1", &c) < 0) return V_ERROR;
    int value = uc_digit_value(c); // of later digits too, whatever the database
    return numeric_result(t, args[1], value >= 0, v_from_int(value), "not a digit");
}

static NATIVE(numeric) {
    UNUSED_NATIVE();
    uint32_t c;
    if (read_char(t, args[0], "numeric", " 1", &c) < 0) return V_ERROR;
    bool found = assigned(self, c) && uc_is_numeric(c);
    return numeric_result(t, args[1], found, found ? float_from_double(t, uc_numeric_value(c)) : V_NULL, "not a numeric character");
}

// changed: what the old database says instead, or V_NULL.
#define PROPERTY(function, value, changed, missing)                                                                    \
    static NATIVE(function) {                                                                                          \
        UNUSED_NATIVE();                                                                                               \
        uint32_t c;                                                                                                    \
        if (read_char(t, args[0], #function, "", &c) < 0) return V_ERROR;                                              \
        const UcInfo *info = uc_info(c);                                                                               \
        if (!is_old(self)) return value;                                                                               \
        if (!assigned(self, c)) return missing;                                                                        \
        V other = changed;                                                                                             \
        return other != V_NULL ? other : (value);                                                                      \
    }
static V text_or_null(const char *text) { return text ? str_static(text) : V_NULL; }
static V number_or_null(int n) { return n < 0 ? V_NULL : v_from_int(n); }
PROPERTY(category, str_static(uc_category_name(info->category)), text_or_null(old_category(c)), NAME(Cn))
PROPERTY(bidirectional, str_static(uc_bidirectional_name(info->bidirectional)), text_or_null(old_bidirectional(c)), str_empty())
PROPERTY(combining, v_from_int(info->combining), V_NULL, v_from_int(0))
PROPERTY(mirrored, v_from_int(info->mirrored), number_or_null(old_mirrored(c)), v_from_int(0))
// Full width for what is not assigned: an oddity that programs see.
PROPERTY(east_asian_width, str_static(uc_east_asian_width_name(info->east_asian_width)),
         text_or_null(old_east_asian_width(c)), str_static("F"))

static NATIVE(decomposition) {
    UNUSED_NATIVE();
    uint32_t c;
    if (read_char(t, args[0], "decomposition", "", &c) < 0) return V_ERROR;
    const uint32_t *cps;
    const char *tag;
    int n = assigned(self, c) ? uc_decomposition(c, &cps, &tag) : 0;
    StrBuilder b;
    sb_init(&b, t);
    if (n) sb_cstr(&b, tag);
    for (int i = 0; i < n; i++) sb_format(&b, b.len ? " %04X" : "%04X", cps[i]);
    return sb_finish(&b);
}

// ---- names ------------------------------------------------------------------------------------------------------------
static NATIVE(name) { // chr, default=<unrepresentable>, /
    UNUSED_NATIVE();
    uint32_t c;
    char text[UC_NAME_MAX];
    if (read_char(t, args[0], "name", " 1", &c) < 0) return V_ERROR;
    int n = !is_old(self) || assigned(self, c) ? uc_name(c, text) : 0;
    if (n) return str_from_latin1(t, text, (size_t)n);
    return args[1] != V_NULL ? v_dup(args[1]) : err_set(t, &exc_ValueError, "no such name");
}

// Whether text is the character's name itself, and no alias.
static bool is_name_of(uint32_t c, const char *text, size_t n) {
    char own[UC_NAME_MAX];
    return (size_t)uc_name(c, own) == n && strncasecmp(own, text, n) == 0;
}

static NATIVE(lookup) {
    UNUSED_NATIVE();
    const char *p;
    size_t n;
    Buffer view;
    bool text = v_is_str(args[0]);
    if (text ? !(p = str_utf8(t, args[0], &n)) : buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    if (!text) p = view.data, n = (size_t)view.len;
    uint32_t cps[UC_SEQUENCE_MAX];
    V r;
    if (n > 256) {
        r = err_set(t, &exc_KeyError, "name too long");
    } else {
        int count = uc_lookup(p, n, is_old(self) ? UC_LOOKUP_CHARACTER : UC_LOOKUP_SEQUENCES, cps);
        if (count && is_old(self) && !(assigned(self, cps[0]) && is_name_of(cps[0], p, n))) count = 0;
        r = count ? str_from_units(t, 4, cps, (size_t)count) : err_set(t, &exc_KeyError, "undefined character name '%.*s'", (int)n, p);
    }
    if (!text) buffer_release(t, &view);
    return r;
}

// ---- normal forms -----------------------------------------------------------------------------------------------------
static int read_form(Thread *t, const V *args, const char *function, UcForm *form) {
    static const char *const names[] = {"NFC", "NFD", "NFKC", "NFKD"};
    for (int i = 0; i < 2; i++) {
        if (v_is_str(args[i])) continue;
        err_bad_argument(t, function, i ? "argument 2" : "argument 1", "str", args[i]);
        return -1;
    }
    for (int i = 0; i < 4; i++)
        if (str_equal_ascii(args[0], names[i])) return *form = (UcForm)i, 0;
    if (str_len(args[1]) == 0) return 1; // nothing to do, whatever the form
    err_set(t, &exc_ValueError, "invalid normalization form");
    return -1;
}

// The text as 32-bit units in memory to be freed.
static uint32_t *wide(Thread *t, V text) {
    size_t n = str_len(text);
    uint32_t *p = mem_alloc(t, (n + 1) * 4);
    if (!p) return err_no_memory(t), NULL;
    for (size_t i = 0; i < n; i++) p[i] = str_at(text, i);
    return p;
}

static V exact(Thread *t, V text) { return str_substring(t, text, 0, str_len(text)); }

// Characters that 3.2.0 does not know, or mapped otherwise, stand for themselves (or that) and separate what does.
static V normalize_old(Thread *t, V self, UcForm form, const uint32_t *p, size_t n) {
    StrBuilder b;
    sb_init(&b, t);
    for (size_t i = 0; i < n;) {
        size_t start = i;
        while (i < n && assigned(self, p[i]) && !old_decomposition(p[i])) i++;
        if (i > start) {
            UcText out = VEC_INIT;
            if (!uc_normalize(form, p + start, i - start, &out)) b.failed = true;
            sb_units(&b, 4, out.data, out.len);
            vec_free(&out);
        } else {
            uint32_t mapped = old_decomposition(p[i]);
            sb_char(&b, mapped ? mapped : p[i]);
            i++;
        }
    }
    return sb_finish(&b);
}

static NATIVE(normalize) {
    UNUSED_NATIVE();
    UcForm form;
    int status = read_form(t, args, "normalize", &form);
    if (status < 0) return V_ERROR;
    if (status || str_is_ascii(args[1])) return exact(t, args[1]);
    size_t n = str_len(args[1]);
    uint32_t *p = wide(t, args[1]);
    if (!p) return V_ERROR;
    V r;
    if (is_old(self)) {
        r = normalize_old(t, self, form, p, n);
    } else if (uc_quick_check(form, p, n) == UC_YES) {
        r = exact(t, args[1]);
    } else {
        UcText out = VEC_INIT;
        r = uc_normalize(form, p, n, &out) ? str_from_units(t, 4, out.data, out.len) : err_no_memory(t);
        vec_free(&out);
    }
    mem_free(p);
    return r;
}

static NATIVE(is_normalized) {
    UNUSED_NATIVE();
    UcForm form;
    int status = read_form(t, args, "is_normalized", &form);
    if (status < 0) return V_ERROR;
    if (status || str_is_ascii(args[1])) return V_TRUE;
    size_t n = str_len(args[1]);
    uint32_t *p = wide(t, args[1]);
    if (!p) return V_ERROR;
    int yes;
    if (is_old(self)) {
        V r = normalize_old(t, self, form, p, n);
        yes = v_is_error(r) ? -1 : str_equal(r, args[1]);
        v_drop(t, r);
    } else {
        yes = uc_is_normalized(form, p, n);
        if (yes < 0) err_no_memory(t);
    }
    mem_free(p);
    return yes < 0 ? V_ERROR : v_from_bool(yes);
}

// ---- the module -------------------------------------------------------------------------------------------------------
static const Method methods[] = {
    {"decimal", decimal, "chr, default=<unrepresentable>, /", 0, 0, "The decimal value of a character as an int."},
    {"digit", digit, "chr, default=<unrepresentable>, /", 0, 0, "The digit value of a character as an int."},
    {"numeric", numeric, "chr, default=<unrepresentable>, /", 0, 0, "The numeric value of a character as a float."},
    {"category", category, "chr, /", 0, M_OLD_ARITY, "The general category of a character."},
    {"bidirectional", bidirectional, "chr, /", 0, M_OLD_ARITY, "The bidirectional class of a character."},
    {"combining", combining, "chr, /", 0, M_OLD_ARITY, "The canonical combining class of a character."},
    {"mirrored", mirrored, "chr, /", 0, M_OLD_ARITY, "1 for a character that is mirrored in bidirectional text."},
    {"east_asian_width", east_asian_width, "chr, /", 0, M_OLD_ARITY, "The East Asian width of a character."},
    {"decomposition", decomposition, "chr, /", 0, M_OLD_ARITY, "The decomposition mapping of a character."},
    {"name", name, "chr, default=<unrepresentable>, /", 0, 0, "The name of a character."},
    {"lookup", lookup, "name, /", 0, M_OLD_ARITY, "The character or sequence of a name."},
    {"is_normalized", is_normalized, "form, unistr, /", 0, 0, "Whether the text is in a normal form."},
    {"normalize", normalize, "form, unistr, /", 0, 0, "The normal form of the text."},
    METHOD_END,
};

static V get_old_version(Thread *t, V self, void *closure) {
    (void)self, (void)closure;
    return str_from_cstr(t, "3.2.0");
}
static const GetSet ucd_getsets[] = {{"unidata_version", get_old_version, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

static Type ucd_type = {
    TYPE_HEAD("unicodedata.UCD"), .base = &object_type, .size = sizeof(Obj), .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .methods = methods, .getsets = ucd_getsets,
};

static int exec(Thread *t, V module) {
    if (module_add_str(t, module, "unidata_version", UC_VERSION) < 0 || module_add_type(t, module, &ucd_type) < 0) return -1;
    return module_add_steal(t, module, "ucd_3_2_0", type_alloc(t, &ucd_type, 0));
}

const ModuleDef mod_unicodedata = {"unicodedata", "The Unicode character database.", methods, exec, 0};
