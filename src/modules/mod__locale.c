// SPDX-License-Identifier: MIT
// _locale: the C library's locale, for locale.py; gettext.
#include "object/misc.h"
#include "runtime/codecs.h"
#include <errno.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <wchar.h>

static Slot error_class; // root

// Text of the current locale's encoding; what cannot be decoded becomes lone surrogates.
static V locale_text(Thread *t, const char *s) { return str_from_utf8_surrogateescape(t, s, strlen(s)); }

static NATIVE(m_setlocale) { // category, locale=None
    UNUSED_NATIVE();
    int category;
    const char *name = NULL;
    if (num_as_int(t, args[0], &category) < 0) return V_ERROR;
    if (args[1] != V_NULL && args[1] != V_NONE) {
        if (!v_is_str(args[1])) return err_bad_argument(t, "setlocale", "argument 2", "str or None", args[1]);
        if (!(name = str_cstr(t, args[1]))) return V_ERROR;
    }
    const char *result = setlocale(category, name);
    if (!result) {
        return err_set(t, v_as_type(slot_peek(&error_class)), name ? "unsupported locale setting" : "locale query failed");
    }
    return locale_text(t, result);
}

static V grouping_list(Thread *t, const char *grouping) {
    V list = list_with_capacity(t, 0);
    for (; !v_is_error(list) && *grouping; grouping++) {
        if (list_append(t, list, v_from_int(*grouping)) < 0) return v_drop(t, list), V_ERROR;
        if (*grouping == CHAR_MAX) return list;
    }
    if (!v_is_error(list) && list_len(list) && list_append(t, list, v_from_int(0)) < 0) return v_drop(t, list), V_ERROR;
    return list;
}

static NATIVE(m_localeconv) {
    UNUSED_NATIVE();
    const struct lconv *lc = localeconv();
    enum { TEXT, GROUPING, NUMBER };
    const struct { const char *name; int kind; const char *text; int number; } rows[] = {
        {"int_curr_symbol", TEXT, lc->int_curr_symbol, 0}, {"currency_symbol", TEXT, lc->currency_symbol, 0},
        {"mon_decimal_point", TEXT, lc->mon_decimal_point, 0}, {"mon_thousands_sep", TEXT, lc->mon_thousands_sep, 0},
        {"mon_grouping", GROUPING, lc->mon_grouping, 0}, {"positive_sign", TEXT, lc->positive_sign, 0},
        {"negative_sign", TEXT, lc->negative_sign, 0}, {"int_frac_digits", NUMBER, NULL, lc->int_frac_digits},
        {"frac_digits", NUMBER, NULL, lc->frac_digits}, {"p_cs_precedes", NUMBER, NULL, lc->p_cs_precedes},
        {"p_sep_by_space", NUMBER, NULL, lc->p_sep_by_space}, {"n_cs_precedes", NUMBER, NULL, lc->n_cs_precedes},
        {"n_sep_by_space", NUMBER, NULL, lc->n_sep_by_space}, {"p_sign_posn", NUMBER, NULL, lc->p_sign_posn},
        {"n_sign_posn", NUMBER, NULL, lc->n_sign_posn}, {"decimal_point", TEXT, lc->decimal_point, 0},
        {"thousands_sep", TEXT, lc->thousands_sep, 0}, {"grouping", GROUPING, lc->grouping, 0}};
    V dict = dict_new(t);
    for (size_t i = 0; i < countof(rows) && !v_is_error(dict); i++) {
        V v = rows[i].kind == TEXT ? locale_text(t, rows[i].text) : rows[i].kind == GROUPING ? grouping_list(t, rows[i].text) : v_from_int(rows[i].number);
        if (dict_set_c_steal(t, dict, rows[i].name, v) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

// A str as wide characters, in memory to be freed; NULL with an exception.
static wchar_t *wide_text(Thread *t, V v) {
    size_t n = str_len(v);
    if (str_find_char(v, 0, 0, n, 1) >= 0) return err_set(t, &exc_ValueError, "embedded null character"), NULL;
    wchar_t *p = mem_alloc(t, (n + 1) * sizeof *p);
    if (!p) return err_no_memory(t), NULL;
    for (size_t i = 0; i < n; i++) p[i] = (wchar_t)str_at(v, i);
    p[n] = 0;
    return p;
}

static NATIVE(m_strcoll) {
    UNUSED_NATIVE();
    for (int i = 0; i < 2; i++)
        if (!v_is_str(args[i])) return err_bad_argument(t, "strcoll", i ? "argument 2" : "argument 1", "str", args[i]);
    wchar_t *a = wide_text(t, args[0]), *b = a ? wide_text(t, args[1]) : NULL;
    int c = b ? wcscoll(a, b) : 0;
    mem_free(a);
    mem_free(b);
    return b ? v_from_int(c) : V_ERROR;
}

static NATIVE(m_strxfrm) {
    UNUSED_NATIVE();
    if (!v_is_str(args[0])) return err_bad_argument(t, "strxfrm", NULL, "str", args[0]);
    wchar_t *s = wide_text(t, args[0]);
    if (!s) return V_ERROR;
    size_t n = wcsxfrm(NULL, s, 0);
    wchar_t *out = mem_alloc(t, (n + 1) * sizeof *out);
    V r = V_ERROR;
    if (!out) {
        err_no_memory(t);
    } else {
        wcsxfrm(out, s, n + 1);
        for (size_t i = 0; i < n; i++)
            if ((uint32_t)out[i] > 0x10ffff) out[i] = 0x10ffff;
        r = str_from_units(t, 4, out, n);
    }
    mem_free(out);
    mem_free(s);
    return r;
}

#define ITEM(name) {#name, name}
typedef struct Item { const char *name; int value; } Item;
static const Item categories[] = {
    ITEM(LC_CTYPE), ITEM(LC_TIME), ITEM(LC_COLLATE), ITEM(LC_MONETARY), ITEM(LC_MESSAGES), ITEM(LC_NUMERIC), ITEM(LC_ALL),
    ITEM(CHAR_MAX),
};
static const Item items[] = { // of nl_langinfo
    ITEM(DAY_1), ITEM(DAY_2), ITEM(DAY_3), ITEM(DAY_4), ITEM(DAY_5), ITEM(DAY_6), ITEM(DAY_7), ITEM(ABDAY_1),
    ITEM(ABDAY_2), ITEM(ABDAY_3), ITEM(ABDAY_4), ITEM(ABDAY_5), ITEM(ABDAY_6), ITEM(ABDAY_7), ITEM(MON_1), ITEM(MON_2), ITEM(MON_3),
    ITEM(MON_4), ITEM(MON_5), ITEM(MON_6), ITEM(MON_7), ITEM(MON_8), ITEM(MON_9), ITEM(MON_10), ITEM(MON_11), ITEM(MON_12),
    ITEM(ABMON_1), ITEM(ABMON_2), ITEM(ABMON_3), ITEM(ABMON_4), ITEM(ABMON_5), ITEM(ABMON_6), ITEM(ABMON_7), ITEM(ABMON_8),
    ITEM(ABMON_9), ITEM(ABMON_10), ITEM(ABMON_11), ITEM(ABMON_12), ITEM(RADIXCHAR), ITEM(THOUSEP), ITEM(CRNCYSTR), ITEM(D_FMT),
    ITEM(D_T_FMT), ITEM(T_FMT), ITEM(AM_STR), ITEM(PM_STR), ITEM(CODESET), ITEM(T_FMT_AMPM), ITEM(ERA), ITEM(ERA_D_FMT),
    ITEM(ERA_D_T_FMT), ITEM(ERA_T_FMT), ITEM(ALT_DIGITS), ITEM(YESEXPR), ITEM(NOEXPR),
#ifdef _DATE_FMT
    ITEM(_DATE_FMT),
#endif
};

static bool is_item(int number) {
    for (size_t i = 0; i < countof(items); i++)
        if (items[i].value == number) return true;
    return false;
}

static NATIVE(m_nl_langinfo) {
    UNUSED_NATIVE();
    int item;
    if (num_as_int(t, args[0], &item) < 0) return V_ERROR;
    if (!is_item(item)) return err_set(t, &exc_ValueError, "unsupported langinfo constant");
    return locale_text(t, nl_langinfo(item));
}

static NATIVE(m_getencoding) {
    UNUSED_NATIVE();
    const char *name = nl_langinfo(CODESET);
    return str_from_cstr(t, *name ? name : "UTF-8");
}

// ---- gettext ------------------------------------------------------------------------------------------------------------
// "argument 2", or nothing where there is only one.
static const char *nth(size_t i, size_t arity) { return arity == 1 ? NULL : i == 0 ? "argument 1" : "argument 2"; }

// Of a function with `arity` parameters, the first n, which are texts; bit i of `optional`: it may be None (NULL).
static int text_args(Thread *t, const char *function, const V *args, size_t arity, size_t n, unsigned optional, const char **out) {
    for (size_t i = 0; i < n; i++) {
        bool may_be_none = optional >> i & 1;
        out[i] = NULL;
        if (may_be_none && args[i] == V_NONE) continue;
        if (!v_is_str(args[i])) return err_bad_argument(t, function, nth(i, arity), may_be_none ? "str or None" : "str", args[i]), -1;
        if (!(out[i] = str_cstr(t, args[i]))) return -1;
    }
    return 0;
}

static NATIVE(m_gettext) {
    UNUSED_NATIVE();
    const char *s[1];
    return text_args(t, "gettext", args, 1, 1, 0, s) < 0 ? V_ERROR : locale_text(t, gettext(s[0]));
}

static NATIVE(m_dgettext) {
    UNUSED_NATIVE();
    const char *s[2];
    return text_args(t, "dgettext", args, 2, 2, 1, s) < 0 ? V_ERROR : locale_text(t, dgettext(s[0], s[1]));
}

static NATIVE(m_dcgettext) {
    UNUSED_NATIVE();
    const char *s[2];
    int category;
    if (text_args(t, "dcgettext", args, 3, 2, 1, s) < 0 || num_as_int(t, args[2], &category) < 0) return V_ERROR;
    return locale_text(t, dcgettext(s[0], s[1], category));
}

static NATIVE(m_textdomain) {
    UNUSED_NATIVE();
    const char *s[1], *domain;
    if (text_args(t, "textdomain", args, 1, 1, 1, s) < 0) return V_ERROR;
    if (!(domain = textdomain(s[0]))) return err_errno(t, &exc_OSError, V_NULL, V_NULL);
    return locale_text(t, domain);
}

static NATIVE(m_bindtextdomain) {
    UNUSED_NATIVE();
    const char *s[2] = {NULL, NULL};
    if (text_args(t, "bindtextdomain", args, 2, 1, 0, s) < 0) return V_ERROR;
    if (!*s[0]) return err_set(t, v_as_type(slot_peek(&error_class)), "domain must be a non-empty string");
    if (args[1] != V_NONE && !v_is_str(args[1])) {
        return err_set(t, &exc_TypeError, "expected str, bytes or os.PathLike object, not %T", args[1]);
    }
    if (args[1] != V_NONE && !(s[1] = str_cstr(t, args[1]))) return V_ERROR;
    const char *dir = bindtextdomain(s[0], s[1]);
    return dir ? locale_text(t, dir) : err_errno(t, &exc_OSError, V_NULL, V_NULL);
}

static NATIVE(m_bind_textdomain_codeset) {
    UNUSED_NATIVE();
    const char *s[2] = {NULL, NULL};
    if (text_args(t, "bind_textdomain_codeset", args, 2, 2, 2, s) < 0) return V_ERROR;
    const char *codeset = bind_textdomain_codeset(s[0], s[1]);
    return codeset ? locale_text(t, codeset) : V_NONE;
}

static const Method methods[] = {
    {"setlocale", m_setlocale, "category, locale=None, /", 0, 0, "Sets or asks for the locale of a category."},
    {"localeconv", m_localeconv, "", 0, 0, "How the locale writes numbers and amounts."},
    {"strcoll", m_strcoll, "os1, os2, /", 0, 0, "Compares two texts by the locale's order."},
    {"strxfrm", m_strxfrm, "string, /", 0, M_OLD_ARITY, "A key that orders texts as the locale does."},
    {"nl_langinfo", m_nl_langinfo, "key, /", 0, M_OLD_ARITY, "An item of the locale's information."},
    {"getencoding", m_getencoding, "", 0, 0, "The encoding of the locale."},
    {"gettext", m_gettext, "msg, /", 0, M_OLD_ARITY, "The translation of a message."},
    {"dgettext", m_dgettext, "domain, msg, /", 0, 0, "The translation of a message in a domain."},
    {"dcgettext", m_dcgettext, "domain, msg, category, /", 0, 0, "The translation of a message in a domain and category."},
    {"textdomain", m_textdomain, "domain, /", 0, M_OLD_ARITY, "Sets the domain of messages."},
    {"bindtextdomain", m_bindtextdomain, "domain, dir, /", 0, 0, "Says where the messages of a domain are."},
    {"bind_textdomain_codeset", m_bind_textdomain_codeset, "domain, codeset, /", 0, 0, "Says in which encoding messages come."},
    METHOD_END,
};

static int add_items(Thread *t, V module, const Item *table, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (module_add_int(t, module, table[i].name, table[i].value) < 0) return -1;
    return 0;
}

static int exec(Thread *t, V module) {
    if (add_items(t, module, categories, countof(categories)) < 0 || add_items(t, module, items, countof(items)) < 0) return -1;
    return module_add_error(t, module, &error_class, "Error", "locale.Error", &exc_Exception);
}

const ModuleDef mod__locale = {"_locale", "Support for POSIX locales.", methods, exec, 0};
