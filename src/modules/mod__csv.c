// SPDX-License-Identifier: MIT
// Module _csv: dialects, readers, writers.
//
// A Dialect never changes.  Readers and writers keep no state between the characters of different calls: a record is
// parsed or put together in the C frame of its call, so that threads that share one share only its source or target.
#include "constants.h"
#include "threading/parking.h"
#include "object/plain.h"

enum { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE };
enum { UNSET = -1 };

typedef struct Dialect { // const after init
    Obj head;
    int32_t delimiter, escapechar, quotechar; // a code point or UNSET
    int quoting;
    bool doublequote, skipinitialspace, strict;
    Slot lineterminator;
} Dialect;
static Dialect *dialect_of(V v) { return (Dialect *)v_obj(v); }

static Type dialect_type, reader_type, writer_type;
static Slot error_type, dialects; // _csv.Error; dict {name: Dialect}
static int64_t field_limit = 131072; // atomic
#define csv_error(t, ...) err_set((t), v_as_type(slot_peek(&error_type)), __VA_ARGS__)

// ---- dialects -----------------------------------------------------------------------------------------------------------
enum { DELIMITER, DOUBLEQUOTE, ESCAPECHAR, LINETERMINATOR, QUOTECHAR, QUOTING, SKIPINITIALSPACE, STRICT, N_OPTIONS };
static const char *const option_names[] = {"delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"};

static int char_option(Thread *t, const char *name, V v, bool none_allowed, int32_t fallback, int32_t *out) {
    *out = fallback;
    if (v == V_NULL) return 0;
    if (none_allowed && v == V_NONE) {
        *out = UNSET;
        return 0;
    }
    if (!v_is_str(v)) {
        err_set(t, &exc_TypeError, none_allowed ? "\"%s\" must be string or None, not %T" : "\"%s\" must be string, not %T", name, v);
        return -1;
    }
    if (str_len(v) != 1) {
        err_set(t, &exc_TypeError, "\"%s\" must be a 1-character string", name);
        return -1;
    }
    *out = (int32_t)str_at(v, 0);
    return 0;
}
static int flag_option(Thread *t, V v, bool fallback, bool *out) {
    int r = v == V_NULL ? fallback : obj_is_true(t, v);
    *out = r > 0;
    return r < 0 ? -1 : 0;
}
static int quoting_option(Thread *t, V v, int *out) {
    if (v == V_NULL) return 0;
    if (!v_is_int(v)) {
        err_set(t, &exc_TypeError, "\"quoting\" must be an integer");
        return -1;
    }
    return num_as_int(t, v, out);
}

static int dialect_fill(Thread *t, V self, const V *o) { // o: N_OPTIONS values or V_NULL
    Dialect *d = dialect_of(self);
    d->quoting = QUOTE_MINIMAL;
    if (char_option(t, "delimiter", o[DELIMITER], false, ',', &d->delimiter) < 0 || flag_option(t, o[DOUBLEQUOTE], true, &d->doublequote) < 0 ||
        char_option(t, "escapechar", o[ESCAPECHAR], true, UNSET, &d->escapechar) < 0) return -1;
    V end = o[LINETERMINATOR] == V_NULL ? NAME_STR("\r\n") : o[LINETERMINATOR];
    if (end != V_NONE && !v_is_str(end)) {
        err_set(t, &exc_TypeError, "\"lineterminator\" must be a string");
        return -1;
    }
    slot_init(t, v_obj(self), &d->lineterminator, end);
    if (char_option(t, "quotechar", o[QUOTECHAR], true, '"', &d->quotechar) < 0 || quoting_option(t, o[QUOTING], &d->quoting) < 0 ||
        flag_option(t, o[SKIPINITIALSPACE], false, &d->skipinitialspace) < 0 || flag_option(t, o[STRICT], false, &d->strict) < 0) return -1;
    if (d->quoting < QUOTE_MINIMAL || d->quoting > QUOTE_NONE) {
        err_set(t, &exc_TypeError, "bad \"quoting\" value");
        return -1;
    }
    if (o[QUOTECHAR] == V_NONE && o[QUOTING] == V_NULL) d->quoting = QUOTE_NONE;
    if (d->quoting != QUOTE_NONE && d->quotechar == UNSET) {
        err_set(t, &exc_TypeError, "quotechar must be set if quoting enabled");
        return -1;
    }
    if (end != V_NONE) return 0;
    err_set(t, &exc_TypeError, "lineterminator must be set");
    return -1;
}

static V find_dialect(Thread *t, V name) {
    V d = dict_get(t, slot_peek(&dialects), name);
    return d == V_NULL ? csv_error(t, "unknown dialect") : d;
}

// The options of a dialect (V_NULL, None, a name, a Dialect or anything with such attributes) under those in `own`.
static V dialect_make(Thread *t, Type *type, V base, const V *own) {
    bool any = false;
    V o[N_OPTIONS], taken[N_OPTIONS];
    for (int i = 0; i < N_OPTIONS; i++) any |= own[i] != V_NULL;
    base = base == V_NULL || base == V_NONE ? V_NULL : v_is_str(base) ? find_dialect(t, base) : v_dup(base);
    if (v_is_error(base)) return V_ERROR;
    if (base != V_NULL && type_check(t, base, &dialect_type) && !any) return base;
    bool failed = false;
    for (int i = 0; i < N_OPTIONS; i++) {
        taken[i] = own[i] != V_NULL || base == V_NULL || failed ? V_NULL : obj_lookup_attr(t, base, str_static(option_names[i]));
        failed |= v_is_error(taken[i]);
        o[i] = own[i] != V_NULL ? own[i] : taken[i];
    }
    V self = failed ? V_ERROR : type_alloc(t, type, 0);
    if (!v_is_error(self) && dialect_fill(t, self, o) < 0) {
        v_drop(t, self);
        self = V_ERROR;
    }
    for (int i = 0; i < N_OPTIONS; i++) v_drop(t, taken[i]);
    v_drop(t, base);
    return self;
}

// Keywords of a call, by place; `dialect` may be one of them.
static int dialect_keywords(Thread *t, const V *values, V kwnames, V *dialect, V *own) {
    for (size_t k = 0; kwnames != V_NULL && k < tuple_len(kwnames); k++) {
        V name = tuple_borrow(kwnames, k);
        int which = 0;
        while (which < N_OPTIONS && !str_equal_ascii(name, option_names[which])) which++;
        if (which < N_OPTIONS) {
            own[which] = values[k];
        } else if (str_equal_ascii(name, "dialect") && *dialect == V_NULL) {
            *dialect = values[k];
        } else {
            err_set(t, &exc_TypeError, "'%V' is an invalid keyword argument for this function", name);
            return -1;
        }
    }
    return 0;
}
static V dialect_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V dialect = nargs ? args[0] : V_NULL, own[N_OPTIONS];
    if (args_check_count(t, "Dialect", nargs, 0, N_OPTIONS + 1) < 0) return V_ERROR;
    for (size_t i = 0; i < N_OPTIONS; i++) own[i] = i + 1 < nargs ? args[i + 1] : V_NULL;
    return dialect_keywords(t, args + nargs, kwnames, &dialect, own) < 0 ? V_ERROR : dialect_make(t, type, dialect, own);
}
// For reader(x, dialect, **options) and its like: the dialect of a call with one other argument.
static V dialect_of_call(Thread *t, const V *args, size_t nargs, V kwnames) {
    V dialect = nargs > 1 ? args[1] : V_NULL, own[N_OPTIONS];
    for (int i = 0; i < N_OPTIONS; i++) own[i] = V_NULL;
    return dialect_keywords(t, args + nargs, kwnames, &dialect, own) < 0 ? V_ERROR : dialect_make(t, &dialect_type, dialect, own);
}

static void dialect_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Dialect *)o)->lineterminator); }
static V char_value(Thread *t, int32_t c) { return c == UNSET ? V_NONE : str_from_char(t, (uint32_t)c); }
static V dialect_get(Thread *t, V self, void *closure) {
    Dialect *d = dialect_of(self);
    switch ((intptr_t)closure) {
    case DELIMITER: return char_value(t, d->delimiter);
    case ESCAPECHAR: return char_value(t, d->escapechar);
    case QUOTECHAR: return char_value(t, d->quotechar);
    case LINETERMINATOR: return slot_get(v_obj(self), &d->lineterminator);
    case QUOTING: return v_from_int(d->quoting);
    case DOUBLEQUOTE: return v_from_bool(d->doublequote);
    case SKIPINITIALSPACE: return v_from_bool(d->skipinitialspace);
    default: return v_from_bool(d->strict);
    }
}
static NATIVE(dialect_reduce) {
    UNUSED_NATIVE();
    return err_set(t, &exc_TypeError, "cannot pickle 'Dialect' instances");
}
static const Method dialect_methods[] = {
    {"__reduce__", dialect_reduce, "", 0, 0, NULL}, {"__reduce_ex__", dialect_reduce, "protocol, /", 0, 0, NULL}, METHOD_END,
};
static const GetSet dialect_getsets[] = {
    {"delimiter", dialect_get, NULL, NULL, (void *)DELIMITER}, {"doublequote", dialect_get, NULL, NULL, (void *)DOUBLEQUOTE},
    {"escapechar", dialect_get, NULL, NULL, (void *)ESCAPECHAR}, {"lineterminator", dialect_get, NULL, NULL, (void *)LINETERMINATOR},
    {"quotechar", dialect_get, NULL, NULL, (void *)QUOTECHAR}, {"quoting", dialect_get, NULL, NULL, (void *)QUOTING},
    {"skipinitialspace", dialect_get, NULL, NULL, (void *)SKIPINITIALSPACE}, {"strict", dialect_get, NULL, NULL, (void *)STRICT}, {0},
};
static Type dialect_type = {
    TYPE_HEAD("_csv.Dialect"), .base = &object_type, .size = sizeof(Dialect), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "How records are written: delimiter, quoting and so on.", .traverse = dialect_traverse, .new_ = dialect_new, .methods = dialect_methods,
    .getsets = dialect_getsets,
};

// ---- reading --------------------------------------------------------------------------------------------------------------
typedef struct Reader {
    Obj head;
    Slot source, dialect; // const after init
    int64_t line_num;     // atomic
} Reader;
static Reader *reader_of(V v) { return (Reader *)v_obj(v); }

typedef enum { RECORD_START, FIELD_START, ESCAPED, FIELD, QUOTED, QUOTED_ESCAPED, QUOTE_SEEN, LINE_END, ESCAPED_LINE_END } State;
enum { END_OF_LINE = -2 }; // comes after the characters of each line

typedef struct Parse { // of one record
    const Dialect *d;
    V fields;
    StrBuilder field;
    int64_t len;
    State state;
    bool numeric;
} Parse;

static int add_char(Thread *t, Parse *p, int32_t c) {
    int64_t limit = at_load_relaxed(&field_limit);
    if (p->len >= limit) {
        csv_error(t, "field larger than field limit (%ld)", (long)limit);
        return -1;
    }
    sb_char(&p->field, (uint32_t)c);
    p->len++;
    return 0;
}
static int save_field(Thread *t, Parse *p) {
    V field = sb_finish(&p->field);
    sb_init(&p->field, t);
    p->len = 0;
    if (p->numeric && !v_is_error(field)) {
        V number = num_float(t, field);
        v_drop(t, field);
        field = number;
        p->numeric = false;
    }
    return v_is_error(field) ? -1 : list_append_steal(t, p->fields, field);
}
static int end_field(Thread *t, Parse *p, int32_t c) { // c: what ended it
    p->state = c == END_OF_LINE ? RECORD_START : c == p->d->delimiter ? FIELD_START : LINE_END;
    return save_field(t, p);
}
static bool ends_line(int32_t c) { return c == END_OF_LINE || c == '\n' || c == '\r'; }
static bool quotes(const Parse *p, int32_t c) { return c == p->d->quotechar && p->d->quoting != QUOTE_NONE; }

static int field_char(Thread *t, Parse *p, int32_t c) {
    const Dialect *d = p->d;
    if (ends_line(c) || c == d->delimiter) return end_field(t, p, c);
    if (c == d->escapechar) {
        p->state = ESCAPED;
        return 0;
    }
    return add_char(t, p, c);
}
static int first_char(Thread *t, Parse *p, int32_t c) {
    const Dialect *d = p->d;
    if (ends_line(c)) return end_field(t, p, c);
    if (quotes(p, c)) {
        p->state = QUOTED;
    } else if (c == d->escapechar) {
        p->state = ESCAPED;
    } else if (c == ' ' && d->skipinitialspace) {
        p->state = FIELD_START;
    } else if (c == d->delimiter) {
        return end_field(t, p, c);
    } else {
        p->numeric = d->quoting == QUOTE_NONNUMERIC;
        p->state = FIELD;
        return add_char(t, p, c);
    }
    return 0;
}
static int quoted_char(Thread *t, Parse *p, int32_t c) {
    if (c == END_OF_LINE) return 0; // the field goes on in the next line
    if (c == p->d->escapechar) p->state = QUOTED_ESCAPED;
    else if (quotes(p, c)) p->state = p->d->doublequote ? QUOTE_SEEN : FIELD;
    else return add_char(t, p, c);
    return 0;
}
static int char_after_quote(Thread *t, Parse *p, int32_t c) {
    if (quotes(p, c)) {
        p->state = QUOTED;
        return add_char(t, p, c);
    }
    if (ends_line(c) || c == p->d->delimiter) return end_field(t, p, c);
    if (!p->d->strict) {
        p->state = FIELD;
        return add_char(t, p, c);
    }
    V delimiter = str_from_char(t, (uint32_t)p->d->delimiter), quote = str_from_char(t, (uint32_t)p->d->quotechar);
    csv_error(t, "'%V' expected after '%V'", delimiter, quote);
    v_drop(t, delimiter);
    v_drop(t, quote);
    return -1;
}

static int next_char(Thread *t, Parse *p, int32_t c) {
    switch (p->state) {
    case RECORD_START:
        if (c == END_OF_LINE) return 0; // an empty line
        if (ends_line(c)) {
            p->state = LINE_END;
            return 0;
        }
        return first_char(t, p, c);
    case FIELD_START: return first_char(t, p, c);
    case ESCAPED:
        p->state = c == '\n' || c == '\r' ? ESCAPED_LINE_END : FIELD;
        return add_char(t, p, c == END_OF_LINE ? '\n' : c);
    case ESCAPED_LINE_END:
        if (c == END_OF_LINE) return 0;
        p->state = FIELD;
        return field_char(t, p, c);
    case FIELD: return field_char(t, p, c);
    case QUOTED: return quoted_char(t, p, c);
    case QUOTED_ESCAPED:
        p->state = QUOTED;
        return add_char(t, p, c == END_OF_LINE ? '\n' : c);
    case QUOTE_SEEN: return char_after_quote(t, p, c);
    case LINE_END:
        if (c == END_OF_LINE) p->state = RECORD_START;
        if (ends_line(c)) return 0;
        csv_error(t, "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
        return -1;
    }
    return 0;
}

static int parse_line(Thread *t, Parse *p, V line) {
    if (!v_is_str(line)) {
        csv_error(t, "iterator should return strings, not %T (the file should be opened in text mode)", line);
        return -1;
    }
    int kind = str_kind(line);
    size_t n = str_len(line);
    for (size_t i = 0; i < n; i++) {
        if (next_char(t, p, (int32_t)str_read(kind, str_data(line), i)) < 0) return -1;
    }
    return next_char(t, p, END_OF_LINE);
}

static V parse_record(Thread *t, V self, Parse *p) { // the list, V_END, V_ERROR
    Reader *r = reader_of(self);
    do {
        V line = obj_next(t, slot_peek(&r->source));
        if (v_is_error(line)) return V_ERROR;
        if (line == V_END) {
            if (!p->len && p->state != QUOTED) return V_END;
            if (p->d->strict) return csv_error(t, "unexpected end of data");
            return save_field(t, p) < 0 ? V_ERROR : p->fields;
        }
        at_fetch_add_relaxed(&r->line_num, 1);
        int failed = parse_line(t, p, line);
        v_drop(t, line);
        if (failed < 0) return V_ERROR;
    } while (p->state != RECORD_START);
    return p->fields;
}
static V reader_next(Thread *t, V self) {
    Parse p = {.d = dialect_of(slot_peek(&reader_of(self)->dialect)), .fields = list_new(t, 0)};
    if (v_is_error(p.fields)) return V_ERROR;
    sb_init(&p.field, t);
    V result = parse_record(t, self, &p);
    sb_abandon(&p.field);
    if (result != p.fields) v_drop(t, p.fields);
    return result;
}

static NATIVE(csv_reader) {
    (void)self;
    if (args_check_count(t, "", nargs, 1, 2) < 0) return V_ERROR;
    V source = obj_iter(t, args[0]);
    if (v_is_error(source)) return V_ERROR;
    V dialect = dialect_of_call(t, args, nargs, kwnames);
    V reader = v_is_error(dialect) ? V_ERROR : type_alloc(t, &reader_type, 0);
    if (v_is_error(reader)) {
        v_drop(t, source);
        v_drop(t, dialect);
        return V_ERROR;
    }
    slot_init_steal(t, v_obj(reader), &reader_of(reader)->source, source);
    slot_init_steal(t, v_obj(reader), &reader_of(reader)->dialect, dialect);
    return reader;
}
static V reader_line_num(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, at_load_relaxed(&reader_of(self)->line_num));
}
static void reader_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Reader *)o)->source);
    VISIT(((Reader *)o)->dialect);
}
static const Member reader_members[] = {{"dialect", MEMBER_SLOT, offsetof(Reader, dialect), true, NULL}, {0}};
static const GetSet reader_getsets[] = {{"line_num", reader_line_num, NULL, NULL, NULL}, {0}};
static Type reader_type = {
    TYPE_HEAD("_csv.reader"), .base = &object_type, .size = sizeof(Reader), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "An iterator over the records of lines.", .traverse = reader_traverse, .iter = iter_self, .next = reader_next, .members = reader_members,
    .getsets = reader_getsets,
};

// ---- writing --------------------------------------------------------------------------------------------------------------
typedef struct Writer { Obj head; Slot write, dialect; } Writer; // const after init
static Writer *writer_of(V v) { return (Writer *)v_obj(v); }

static bool is_special(const Dialect *d, V end, int32_t c) {
    return c == d->delimiter || c == d->escapechar || c == d->quotechar || str_find_char(end, (uint32_t)c, 0, str_len(end), 1) >= 0;
}
// 1: the character is escaped (by *escape); 0: it may stand in quotes, or anywhere when it is not special.
static bool must_escape(const Dialect *d, int32_t c, int32_t *escape) {
    *escape = d->escapechar;
    if (d->quoting == QUOTE_NONE) return true;
    if (c == d->quotechar) {
        if (d->doublequote) *escape = d->quotechar;
        return true;
    }
    return c == d->escapechar;
}

typedef struct Record { StrBuilder text; size_t fields; size_t len; } Record;

static int join_field(Thread *t, const Dialect *d, V end, V field, bool quoted, Record *r) { // field V_NULL: empty
    size_t n = field == V_NULL ? 0 : str_len(field);
    int kind = n ? str_kind(field) : 1;
    int32_t escape;
    for (size_t i = 0; i < n && !quoted; i++) { // does anything need quotes?
        int32_t c = (int32_t)str_read(kind, str_data(field), i);
        if (!is_special(d, end, c)) continue;
        quoted = d->quoting != QUOTE_NONE && (!must_escape(d, c, &escape) || (c == d->quotechar && d->doublequote));
    }
    if (r->fields++) sb_char(&r->text, (uint32_t)d->delimiter), r->len++;
    if (quoted) sb_char(&r->text, (uint32_t)d->quotechar), r->len += 2;
    for (size_t i = 0; i < n; i++) {
        int32_t c = (int32_t)str_read(kind, str_data(field), i);
        if (is_special(d, end, c) && must_escape(d, c, &escape)) {
            if (escape == UNSET) {
                csv_error(t, "need to escape, but no escapechar set");
                return -1;
            }
            sb_char(&r->text, (uint32_t)escape);
        }
        sb_char(&r->text, (uint32_t)c);
    }
    r->len += n;
    if (quoted) sb_char(&r->text, (uint32_t)d->quotechar);
    return 0;
}
static bool is_number(V v) { return v_type(v)->index || v_type(v)->int_ || v_type(v)->float_ || type_is_subtype(v_type(v), &complex_type); }

static int join_value(Thread *t, const Dialect *d, V end, V value, Record *r) {
    bool quoted = d->quoting == QUOTE_ALL || (d->quoting == QUOTE_NONNUMERIC && !is_number(value));
    if (value == V_NONE) return join_field(t, d, end, V_NULL, quoted, r);
    V text = obj_str(t, value);
    if (v_is_error(text)) return -1;
    int failed = join_field(t, d, end, text, quoted, r);
    v_drop(t, text);
    return failed;
}
static int join_all(Thread *t, const Dialect *d, V end, V row, Record *r) {
    V it = obj_iter(t, row);
    if (v_is_error(it)) {
        if (err_matches(t, &exc_TypeError)) {
            err_clear(t);
            csv_error(t, "iterable expected, not %T", row);
        }
        return -1;
    }
    int failed = 0;
    while (!failed) {
        V value = obj_next(t, it);
        if (value == V_END) break;
        failed = v_is_error(value) ? -1 : join_value(t, d, end, value, r);
        v_drop(t, value);
    }
    v_drop(t, it);
    if (failed || !r->fields || r->len) return failed;
    if (d->quoting == QUOTE_NONE) { // one empty field would read as no field
        csv_error(t, "single empty field record must be quoted");
        return -1;
    }
    r->fields = 0;
    return join_field(t, d, end, V_NULL, true, r);
}
static V write_row(Thread *t, V self, V row) {
    const Dialect *d = dialect_of(slot_peek(&writer_of(self)->dialect));
    V end = slot_peek(&d->lineterminator);
    Record r = {.fields = 0};
    sb_init(&r.text, t);
    if (join_all(t, d, end, row, &r) < 0) {
        sb_abandon(&r.text);
        return V_ERROR;
    }
    sb_str(&r.text, end);
    V line = sb_finish(&r.text);
    if (v_is_error(line)) return V_ERROR;
    V result = obj_call1(t, slot_peek(&writer_of(self)->write), line);
    v_drop(t, line);
    return result;
}
static NATIVE(writer_writerow) {
    (void)nargs, (void)kwnames;
    return write_row(t, self, args[0]);
}
static NATIVE(writer_writerows) {
    (void)nargs, (void)kwnames;
    V it = obj_iter(t, args[0]), result = V_NONE;
    if (v_is_error(it)) return V_ERROR;
    while (!v_is_error(result)) {
        V row = obj_next(t, it);
        if (row == V_END) break;
        result = v_is_error(row) ? V_ERROR : write_row(t, self, row);
        v_drop(t, row);
        if (v_is_error(result)) break;
        v_drop(t, result);
        result = V_NONE;
    }
    v_drop(t, it);
    return result;
}
static NATIVE(csv_writer) {
    (void)self;
    if (args_check_count(t, "", nargs, 1, 2) < 0) return V_ERROR;
    V write = obj_lookup_attr(t, args[0], NAME(write));
    if (v_is_error(write)) return V_ERROR;
    if (write == V_NULL || !obj_is_callable(write)) {
        v_drop(t, write);
        return err_set(t, &exc_TypeError, "argument 1 must have a \"write\" method");
    }
    V dialect = dialect_of_call(t, args, nargs, kwnames);
    V writer = v_is_error(dialect) ? V_ERROR : type_alloc(t, &writer_type, 0);
    if (v_is_error(writer)) {
        v_drop(t, write);
        v_drop(t, dialect);
        return V_ERROR;
    }
    slot_init_steal(t, v_obj(writer), &writer_of(writer)->write, write);
    slot_init_steal(t, v_obj(writer), &writer_of(writer)->dialect, dialect);
    return writer;
}
static void writer_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((Writer *)o)->write);
    VISIT(((Writer *)o)->dialect);
}
static const Method writer_methods[] = {
    {"writerow", writer_writerow, "row, /", 0, 0, "Write a record of the items of an iterable."},
    {"writerows", writer_writerows, "rows, /", 0, 0, "Write a record for each of the items."},
    METHOD_END,
};
static const Member writer_members[] = {{"dialect", MEMBER_SLOT, offsetof(Writer, dialect), true, NULL}, {0}};
static Type writer_type = {
    TYPE_HEAD("_csv.writer"), .base = &object_type, .size = sizeof(Writer), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .doc = "Writes records as lines.", .traverse = writer_traverse, .methods = writer_methods, .members = writer_members,
};

// ---- the module -------------------------------------------------------------------------------------------------------------
static NATIVE(csv_list_dialects) {
    UNUSED_NATIVE();
    return dict_keys_list(t, slot_peek(&dialects));
}
static NATIVE(csv_register_dialect) {
    (void)self;
    if (args_check_count(t, "", nargs, 1, 2) < 0) return V_ERROR;
    if (!v_is_str(args[0])) return err_set(t, &exc_TypeError, "dialect name must be a string");
    V dialect = dialect_of_call(t, args, nargs, kwnames);
    if (v_is_error(dialect)) return V_ERROR;
    int r = dict_set(t, slot_peek(&dialects), args[0], dialect);
    v_drop(t, dialect);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(csv_unregister_dialect) {
    (void)self, (void)nargs, (void)kwnames;
    int r = dict_discard(t, slot_peek(&dialects), args[0]);
    return r < 0 ? V_ERROR : r ? V_NONE : csv_error(t, "unknown dialect");
}
static NATIVE(csv_get_dialect) {
    (void)self, (void)nargs, (void)kwnames;
    return find_dialect(t, args[0]);
}
static NATIVE(csv_field_size_limit) {
    (void)self, (void)nargs, (void)kwnames;
    int64_t old = at_load_relaxed(&field_limit), limit;
    if (args[0] != V_NULL) {
        if (!v_is_exact(args[0], &int_type) && !v_is_int(args[0])) return err_set(t, &exc_TypeError, "limit must be an integer");
        if (num_as_long(t, args[0], &limit) < 0) return V_ERROR;
        at_store_relaxed(&field_limit, limit);
    }
    return int_from_i64(t, old);
}

static const Method methods[] = {
    {"reader", csv_reader, NULL, 0, M_RAW, "reader(lines [, dialect='excel'] [, options])\n\nAn iterator over the records that are written in lines."},
    {"writer", csv_writer, NULL, 0, M_RAW, "writer(file [, dialect='excel'] [, options])\n\nAn object that writes records to a file."},
    {"list_dialects", csv_list_dialects, "", 0, 0, "The names of the registered dialects."},
    {"register_dialect", csv_register_dialect, NULL, 0, M_RAW, "register_dialect(name [, dialect] [, options])\n\nGive a dialect a name."},
    {"unregister_dialect", csv_unregister_dialect, "name", 0, 0, "Forget the dialect of a name."},
    {"get_dialect", csv_get_dialect, "name", 0, 0, "The dialect of a name."},
    {"field_size_limit", csv_field_size_limit, "new_limit=<unrepresentable>", 0, 0, "The longest field that is read; with an argument, sets it."},
    METHOD_END,
};
static const IntConstant constants[] = {
    {"QUOTE_MINIMAL", QUOTE_MINIMAL}, {"QUOTE_ALL", QUOTE_ALL}, {"QUOTE_NONNUMERIC", QUOTE_NONNUMERIC}, {"QUOTE_NONE", QUOTE_NONE},
};
static int exec(Thread *t, V module) {
    V error = type_new_simple(t, "_csv.Error", &exc_Exception, V_NULL), names = dict_new(t);
    if (v_is_error(error) || v_is_error(names)) return -1;
    root_register(&error_type);
    root_set(t, &error_type, error);
    root_register(&dialects);
    root_set(t, &dialects, names);
    if (module_add(t, module, "Error", error) < 0 || module_add_steal(t, module, "_dialects", names) < 0) return -1;
    if (module_add_str(t, module, "__version__", "1.0") < 0 || add_constants(t, module, constants, countof(constants)) < 0) return -1;
    if (type_ready(t, &reader_type) < 0 || module_add(t, module, "Reader", v_from_type(&reader_type)) < 0) return -1;
    if (type_ready(t, &writer_type) < 0 || module_add(t, module, "Writer", v_from_type(&writer_type)) < 0) return -1;
    return module_add_type(t, module, &dialect_type);
}
const ModuleDef mod__csv = {"_csv", "Records of comma-separated values and their dialects.", methods, exec, 0};
