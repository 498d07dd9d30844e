// SPDX-License-Identifier: MIT
// From co_code to units: arguments folded, local indices turned into distances, caches made ready.
//
// Whatever would read outside the code object's tables becomes INVALID here, so that the handlers need no checks of
// their arguments.  (The depth of the stack is the compiler's word, as in CPython.)
#include "vm/vm.h"
#include "vm_private.h"
#include "cache.h"
#include "decode_rules.h"
#include "places.h"

typedef struct Decoder {
    const Code *code;
    const uint8_t *bytes;
    int n;
    uint32_t kwnames;               // index + 1 of the names that wait for their CALL
    uint32_t limit[N_DECODE_RULES]; // arguments are below it
} Decoder;

static void decoder_init(Decoder *d, const Code *code) {
    V bytes = slot_peek(&code->code);
    uint32_t n_names = (uint32_t)tuple_len(slot_peek(&code->names)), n_consts = (uint32_t)tuple_len(slot_peek(&code->consts));
    *d = (Decoder){.code = code, .bytes = (const uint8_t *)bytes_data(bytes), .n = (int)(bytes_len(bytes) / 2)};
    for (int i = RULE_ANY; i < N_DECODE_RULES; i++) d->limit[i] = UINT32_MAX;
    d->limit[RULE_LOAD_CONST] = d->limit[RULE_CONST] = n_consts;
    d->limit[RULE_NAME] = n_names;
    d->limit[RULE_GLOBAL] = 2 * n_names; // bit 0 is no part of the index
    d->limit[RULE_LOCAL] = (uint32_t)code->nlocalsplus;
    d->limit[RULE_COMPARE] = CMP_GE + 1;
    d->limit[RULE_BINARY] = 2 * OP_INPLACE;
}

static bool jump_is_sound(const Decoder *d, int at, int op, uint32_t arg) {
    int64_t from = at + 1 + opcode_info[op].caches;
    int64_t to = opcode_info[op].flags & OPF_JBACK ? from - (int64_t)arg : from + (int64_t)arg;
    return to >= 0 && to < d->n;
}

static bool argument_is_sound(const Decoder *d, int at, int op, uint32_t arg) {
    unsigned rule = decode_rules[op];
    if (rule != RULE_HARD && arg >= d->limit[rule]) return false;
    if (rule == RULE_FORWARD || rule == RULE_BACKWARD) return jump_is_sound(d, at, op, arg);
    if (op == op_COPY_FREE_VARS) return arg == (uint32_t)d->code->nfreevars;
    if (op == op_COPY || op == op_SWAP) return arg >= 1;
    return true;
}

// Instructions whose arguments may be wider than 16 bits: op_WIDE runs them from the whole argument.
static bool may_be_wide(int op) {
    unsigned flags = opcode_info[op].flags;
    return op == op_UNPACK_EX || (flags & (OPF_CONST | OPF_NAME | OPF_JREL)) != 0;
}

static void init_caches(Unit *u, int op) {
    int caches = opcode_info[op].caches;
    for (int i = 1; i <= caches; i++) u[i] = (Unit){op_CACHE, 0};
    if (caches) *cache_counter_at(u, caches) = COUNTER(WARMUP, 0);
}

// PRECALL does the CALL's work, so there must be one behind it.
static bool call_follows(const Decoder *d, int i) {
    int call = i + 1 + cache_units_PRECALL;
    return call < d->n && d->bytes[2 * call] == op_CALL && d->bytes[2 * call + 1] == d->bytes[2 * i + 1];
}

static int load_const_form(const Decoder *d, uint32_t arg) {
    return v_is_counted(slot_peek(&d->code->const_items[arg])) ? op_LOAD_CONST : op_LOAD_CONST_FREE;
}

// The form an instruction starts in.
static int first_form(Decoder *d, Unit *u, int i, int op, uint32_t arg) {
    switch (op) {
    case op_LOAD_CONST: return load_const_form(d, arg);
    case op_KW_NAMES: d->kwnames = arg + 1; return op;
    case op_PRECALL: return !call_follows(d, i) ? op_INVALID : d->kwnames ? op_PRECALL_KW : op;
    case op_CALL: {
        if (!d->kwnames) return op;
        at_store_relaxed(cache_type_version_at(u), d->kwnames - 1);
        d->kwnames = 0;
        return op_CALL_KW;
    }
    default: return op;
    }
}

// What most instructions are: an argument of one byte, sound, and no other form to start in.
static inline bool is_plain(const Decoder *d, int i, int op, uint32_t arg) {
    unsigned rule = decode_rules[op];
    int next = i + 1 + opcode_info[op].caches;
    if (arg >= d->limit[rule] || next > d->n) return false; // RULE_HARD's limit is 0
    if (rule < RULE_FORWARD) return true;
    switch (rule) {
    case RULE_FORWARD: return next + (int)arg < d->n;
    case RULE_BACKWARD: return next >= (int)arg;
    case RULE_PRECALL: return !d->kwnames && call_follows(d, i);
    case RULE_CALL: return !d->kwnames;
    default: return true;
    }
}

static int put_unit(const Decoder *d, Unit *units, int i, int op, uint32_t arg) { // returns what follows it
    uint32_t folded = decode_rules[op] == RULE_LOCAL ? (uint32_t)d->code->nlocalsplus - arg : arg;
    init_caches(&units[i], op);
    units[i] = (Unit){(uint16_t)op, (uint16_t)folded};
    return i + 1 + opcode_info[op].caches;
}

// Any other instruction.  Returns where the next one is, and in *extended what an EXTENDED_ARG gives to it.
static int decode_hard(Decoder *d, Unit *units, int i, int op, uint32_t arg, uint32_t *extended) {
    if (op == op_EXTENDED_ARG) {
        units[i] = (Unit){op_EXTENDED_ARG, 0};
        *extended = arg;
        return i + 1;
    }
    if (*extended > 0xff) { // more than 16 bits
        units[i - 1] = (Unit){op_WIDE, (uint16_t)(arg >> 16)};
        if (!may_be_wide(op)) op = op_CACHE;
    }
    *extended = 0;
    bool valid = opcode_info[op].flags & OPF_VALID && op != op_CACHE && argument_is_sound(d, i, op, arg);
    if (!valid || i + 1 + (int)opcode_info[op].caches > d->n) {
        units[i] = (Unit){op_INVALID, (uint16_t)op};
        return i + 1;
    }
    int next = put_unit(d, units, i, op, arg);
    units[i].op = (uint16_t)first_form(d, &units[i], i, op, arg);
    return next;
}

Unit *code_decode(Thread *t, const Code *code) {
    Decoder d;
    decoder_init(&d, code);
    // A few INVALID units behind the end: the code may run off it, and fused forms look ahead.
    Unit *units = mem_calloc_apart(t, (size_t)d.n + CODE_TAIL_UNITS, sizeof(Unit));
    if (!units) {
        err_no_memory(t);
        return NULL;
    }
    uint32_t extended = 0;
    for (int i = 0; i < d.n;) {
        int op = d.bytes[2 * i];
        uint32_t arg = d.bytes[2 * i + 1];
        if (extended || !is_plain(&d, i, op, arg)) {
            i = decode_hard(&d, units, i, op, extended << 8 | arg, &extended);
            continue;
        }
        Unit *unit = &units[i];
        i = put_unit(&d, units, i, op, arg);
        if (op == op_LOAD_CONST) unit->op = (uint16_t)load_const_form(&d, arg);
    }
    for (int i = 0; i < CODE_TAIL_UNITS; i++) units[d.n + i] = (Unit){op_INVALID, 0};
    return units;
}

// Most code of most programs never runs, so its units are made when a frame is first laid for it.  Threads that come
// here together each make them; the first to publish its own wins, and opens the quick calls.
int code_make_ready(Thread *t, Code *code) {
    Unit *units = code_thaw(t, code) < 0 ? NULL : code_decode(t, code), *none = NULL;
    if (!units) return -1;
    const Unit *entry = units[0].op == op_RESUME ? units + 1 : units;
    code_fuse(units, code->n_units);
    places_note(code, units);
    if (at_cas_acq_rel(&code->units, &none, units)) {
        at_store_relaxed(&code->entry, entry);
        at_store_release(&code->simple_args, code->call_args);
    } else {
        mem_free(units);
    }
    return 0;
}
