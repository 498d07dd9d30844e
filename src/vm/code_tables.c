// SPDX-License-Identifier: MIT
// Reading the two tables behind a code object: where instructions come from, and who handles their exceptions.
//
// Location table: entries {0x80 | kind << 3 | units - 1, fields...}; every byte that starts an entry has bit 7 set.
//   kind 0-9    short: one line, one byte: start column = kind << 3 | byte >> 4, end = start + (byte & 15)
//   kind 10-12  one line, kind - 10 lines further; two bytes: start and end column
//   kind 13     no columns: signed varint of the line step
//   kind 14     long: signed varint of the line step, varints: lines spanned, start column + 1, end column + 1
//   kind 15     no location
// Exception table: entries of four varints (start, length, target, depth << 1 | lasti), sorted, first byte marked 0x80.
// Varints: location table little end first, six bits a byte, 0x40 for more; exception table big end first.
#include "object/code.h"
#include "object/bytes.h"
#include "base/strbuf.h"

enum { LOC_ONE_LINE = 10, LOC_NO_COLUMNS = 13, LOC_LONG = 14, LOC_NONE = 15 };

static uint32_t read_varint(const uint8_t **p, const uint8_t *end) {
    uint32_t value = 0;
    for (unsigned shift = 0; *p < end; shift += 6) {
        uint8_t b = *(*p)++;
        if (shift < 32) value |= (uint32_t)(b & 0x3f) << shift;
        if (!(b & 0x40)) break;
    }
    return value;
}

static int read_signed_varint(const uint8_t **p, const uint8_t *end) {
    uint32_t u = read_varint(p, end);
    return u & 1 ? -(int)(u >> 1) : (int)(u >> 1);
}

void code_locations_start(V code, CodeLocations *it) {
    Code *c = code_of(code);
    V table = slot_peek(&c->linetable);
    it->p = (const uint8_t *)bytes_data(table);
    it->end = it->p + bytes_len(table);
    it->start = it->stop = 0;
    it->computed_line = c->firstlineno;
    it->at = (CodePosition){-1, -1, -1, -1};
}

bool code_locations_next(CodeLocations *it) {
    if (it->p >= it->end) return false;
    const uint8_t *p = it->p, *end = it->end;
    uint8_t head = *p++;
    int kind = head >> 3 & 15;
    CodePosition at = {-1, -1, -1, -1};
    if (kind == LOC_NONE) {
        // nothing
    } else if (kind == LOC_LONG) {
        it->computed_line += read_signed_varint(&p, end);
        at.line = it->computed_line;
        at.end_line = at.line + (int)read_varint(&p, end);
        at.col = (int)read_varint(&p, end) - 1;
        at.end_col = (int)read_varint(&p, end) - 1;
    } else if (kind == LOC_NO_COLUMNS) {
        it->computed_line += read_signed_varint(&p, end);
        at.line = at.end_line = it->computed_line;
    } else if (kind >= LOC_ONE_LINE) {
        it->computed_line += kind - LOC_ONE_LINE;
        at.line = at.end_line = it->computed_line;
        at.col = p < end ? *p++ : 0;
        at.end_col = p < end ? *p++ : 0;
    } else {
        uint8_t b = p < end ? *p++ : 0;
        at.line = at.end_line = it->computed_line;
        at.col = kind << 3 | b >> 4;
        at.end_col = at.col + (b & 15);
    }
    while (p < end && !(*p & 0x80)) p++; // nothing in a sound table
    it->p = p;
    it->start = it->stop;
    it->stop += ((head & 7) + 1) * 2;
    it->at = at;
    return true;
}

static void put_signed_varint(StrBuf *out, int value) {
    uint32_t u = value < 0 ? (uint32_t)-value << 1 | 1 : (uint32_t)value << 1;
    for (; u >= 64; u >>= 6) strbuf_putc(out, (char)((u & 0x3f) | 0x40));
    strbuf_putc(out, (char)u);
}

V code_table_without_columns(Thread *t, V code) {
    StrBuf out;
    strbuf_init(&out);
    CodeLocations it;
    code_locations_start(code, &it);
    for (int line = it.computed_line; it.p < it.end; line = it.computed_line) {
        int units = *it.p & 7;
        code_locations_next(&it);
        int kind = it.at.line < 0 ? LOC_NONE : LOC_NO_COLUMNS;
        strbuf_putc(&out, (char)(0x80 | kind << 3 | units));
        if (kind == LOC_NO_COLUMNS) put_signed_varint(&out, it.computed_line - line);
    }
    V table = out.failed ? err_no_memory(t) : bytes_from(t, out.data, out.len);
    strbuf_free(&out);
    return table;
}

static bool find_location(V code, int addr, CodeLocations *it) {
    code_locations_start(code, it);
    while (code_locations_next(it)) {
        if (addr < it->stop) return true;
    }
    return false;
}

int code_addr_to_line(V code, int addr) {
    if (addr < 0) return code_of(code)->firstlineno;
    CodeLocations it;
    return find_location(code, addr, &it) ? it.at.line : -1;
}

CodePosition code_addr_to_position(V code, int addr) {
    CodeLocations it;
    if (addr < 0) return (CodePosition){code_of(code)->firstlineno, -1, -1, -1};
    return find_location(code, addr, &it) ? it.at : (CodePosition){-1, -1, -1, -1};
}

// ---- exception table --------------------------------------------------------------------------------------------------
static const uint8_t *read_big_varint(const uint8_t *p, const uint8_t *end, uint32_t *out) {
    uint32_t value = 0;
    while (p < end) {
        uint8_t b = *p++;
        value = value << 6 | (b & 0x3f);
        if (!(b & 0x40)) break;
    }
    *out = value;
    return p;
}

bool code_find_handler(const Code *code, int addr, CodeHandler *out) {
    V table = slot_peek(&code->exceptiontable);
    const uint8_t *p = (const uint8_t *)bytes_data(table), *end = p + bytes_len(table);
    uint32_t at = (uint32_t)addr / 2;
    bool found = false;
    while (p < end) { // entries are sorted and do not overlap
        uint32_t start, length, target, depth;
        p = read_big_varint(p, end, &start);
        p = read_big_varint(p, end, &length);
        p = read_big_varint(p, end, &target);
        p = read_big_varint(p, end, &depth);
        if (start > at) break;
        if (at - start < length) {
            out->target = (int)target * 2;
            out->depth = (int)(depth >> 1);
            out->push_lasti = depth & 1;
            found = true;
            break;
        }
    }
    return found && out->target / 2 < code->n_units && out->depth <= code->stacksize;
}
