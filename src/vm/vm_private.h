// SPDX-License-Identifier: MIT
// Shared by the files of src/vm only: limits, and the out-of-line halves of instructions.
#ifndef HEDDLE_VM_PRIVATE_H
#define HEDDLE_VM_PRIVATE_H
#include "vm/vm.h"
#include "base/poison.h"
#include "cache.h"

enum {
    MAX_LOCALS = 32767,       // localsplus of one function
    MAX_FRAME_WORDS = 1 << 24,
    CODE_TAIL_UNITS = 16,     // INVALID units behind the end: fused forms look ahead
    CHUNK_WORDS = 64 * 1024,  // of the V stack: but of the first chunk of most threads, which is a little less
    CALL_SLACK = 4,           // operand words of every frame beyond stacksize: optional parameters of a native called in line
    STACK_SLACK = 16,         // words kept free at the end of a chunk: a value about to be dropped may stand above sp
};

// ---- code ----------------------------------------------------------------------------------------------------------------
extern const Method code_methods[];
extern const GetSet code_getsets[];
extern const Member code_members[];
V code_construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames);
Unit *code_decode(Thread *t, const Code *code); // owned; NULL: no memory
void code_fuse(Unit *units, int n_units); // before the code runs: operand-fused forms (fuse.c)
int code_make_ready(Thread *t, Code *code);
// Before a frame for the code: sees to it that there are units.  0/-1.
static inline int code_ready(Thread *t, Code *code) {
    return likely(at_load_acquire(&code->units) != NULL) ? 0 : code_make_ready(t, code);
}
void fuse_site(const Code *code, const Unit *ip, unsigned form); // the instruction at ip became `form`
CodeRecord *code_record_new(Thread *t, Code *code, uint32_t kind, size_t nways); // NULL: no memory (no exception)

// ---- quickening (specialise.c) ----------------------------------------------------------------------------------------------
// A generic instruction with a counter that is not 0 is about to run (operands below f->sp, spilled).  True when it was
// rewritten and must be dispatched again.
bool vm_warm(Thread *t, Frame *f, const Unit *ip);
#if HEDDLE_DEBUG_CHECKS
void vm_check_fact(V dict, V name, uint64_t fact); // asserts that the fact of a dict's keys at that version is right
#endif
bool vm_widen(Thread *t, Frame *f, const Unit *ip); // a _WAYS form met an unknown way: true: it is in the list now
void vm_count_miss(const Unit *ip); // a specialised instruction missed
static inline void unit_set_op(const Unit *ip, unsigned op) {
    COUNT(code_writes);
    at_store_relaxed((uint16_t *)(uintptr_t)&ip->op, (uint16_t)op);
}
static inline unsigned unit_op_now(const Unit *ip) { return at_load_relaxed(&ip->op); }

// Names of special methods, by BINARY_OP's argument and behind: V_NULL until a site has asked for it (specialise_operator.c).
enum { SPECIAL_COMPARE = 2 * OP_INPLACE, SPECIAL_GETITEM = SPECIAL_COMPARE + 6, SPECIAL_SETITEM, SPECIAL_LEN, SPECIAL_NAMES };
extern V vm_special_names[SPECIAL_NAMES];
// Whether the thread's method cache has now the function that the form at ip asks for.
bool vm_cache_special(Thread *t, const Frame *f, const Unit *ip);
// The rest of the instruction at ip once a's method, a frame of that kind, has answered NotImplemented.
V vm_operator_declined(Thread *t, const Unit *ip, V a, V b, unsigned kind);
V vm_len_result(Thread *t, V answer_steal);

// ---- the loop (loop.c) ---------------------------------------------------------------------------------------------------------
// Runs f, which must be of kind FRAME_ENTRY or a generator's frame resumed by C, until it returns or suspends.  With an
// exception pending the frame starts by handling it.  V_ERROR: it raised.
V vm_run(Thread *t, Frame *f, bool throwing);

// ---- frames (frame.c) -----------------------------------------------------------------------------------------------------------
// Where a frame entered from C may stand.
V *frame_free_base(Thread *t);
// Room for `words` words at base, which holds `live` words to keep: base itself, or the start of a new chunk they were
// moved to (*moved).  NULL with MemoryError.
V *frame_make_room(Thread *t, V *base, size_t live, size_t words, bool *moved);
void frame_pop_chunk(Thread *t);
void frame_abandon(Thread *t, Frame *f); // leaves f, whose values went elsewhere
void frame_object_adopt(Thread *t, Frame *f); // the frame is done: its object takes the values (consumes locals)
V frame_new_object(Thread *t, Frame *f);
V frame_object_of_gen(Thread *t, Generator *g); // V_NONE when it is done; any thread
void frame_object_forget(FrameObject *fo);      // its frame is gone
Frame *frame_push_code(Thread *t, V func_steal, V locals_steal); // entered already; NULL with an exception

static inline unsigned frame_kind(const Frame *f) { return f->kind & ~(unsigned)FRAME_OWNS_CHUNK; }

// AddressSanitizer: what stands behind the frames of a chunk is poisoned.  Who is about to write there opens it first; when
// the last frame goes, so does its part.  A value about to be dropped may stand above the stack's end.
enum { FRAME_EDGE = 2 };
#define STACK_OPEN(base, words) MEM_UNPOISON((base), ((size_t)(words) + FRAME_EDGE) * sizeof(V))
#if HEDDLE_POISON
void frame_poison_left(const Thread *t, const Frame *f); // f, the innermost one, goes
#else
#define frame_poison_left(t, f) ((void)(f))
#endif

// A few words, mostly none: no call of memset, for which a handler would save registers.
static ALWAYS_INLINE void clear_few(V *p, V *end) {
    for (; p < end; p++) {
        *p = V_NULL;
        __asm__ volatile("" : "+r"(p));
    }
}

// Fills in a header for `code` of `func` (consumed).
static ALWAYS_INLINE Frame *frame_place(V *base, Code *code, V func, Frame *prev, unsigned kind) {
    Frame *g = (Frame *)(void *)(base + code->nlocalsplus);
    const Function *fn = function_of(func);
    g->prev = prev;
    g->code = code;
    g->consts = code->const_items;
    g->func = func;
    g->globals = at_load_relaxed(&fn->globals.bits);
    g->builtins = at_load_relaxed(&fn->builtins.bits);
    g->locals = V_NULL;
    g->object = V_NULL;
    g->kind = (uint8_t)kind;
    return g;
}

// ---- calls (bind.c) ----------------------------------------------------------------------------------------------------------------
// Fills locals (code->nlocalsplus words, not yet set) from a call.  args: nargs positional values, then one value a name
// in kwnames; all consumed, whatever happens.  0, or -1 with TypeError and locals empty. .
int bind_arguments(Thread *t, V func, Code *code, V *locals, V *args, size_t nargs, V kwnames);
V recursion_error(Thread *t, const char *where);

// ---- instructions' slow halves -------------------------------------------------------------------------------------------------------
V vm_load_name(Thread *t, Frame *f, V name);
V vm_load_global(Thread *t, Frame *f, V name);
V vm_load_classderef(Thread *t, Frame *f, int index);
V vm_load_builtin(Thread *t, Frame *f, V name, const char *message); // name of builtins; V_ERROR NameError
int vm_store_name(Thread *t, Frame *f, V name, V value);
int vm_delete_name(Thread *t, Frame *f, V name);
int vm_delete_global(Thread *t, Frame *f, V name);
int vm_setup_annotations(Thread *t, Frame *f);
V vm_unbound_local(Thread *t, Frame *f, int index); // V_ERROR
V vm_unbound_cell(Thread *t, Frame *f, int index);
V vm_name_error(Thread *t, V name);
V vm_make_function(Thread *t, Frame *f, V code, unsigned flags, const V *extra);

void vm_count_entry_miss(const Unit *ip); // a BINARY_SUBSCR_DICT_ENTRY found another key
V vm_slice(Thread *t, V seq, V from, V to);
bool str_compare_truth(V a, V b, unsigned op); // of two str
V vm_binary_op(Thread *t, int op, V a, V b); // num_binary with the fast cases first
int vm_unpack(Thread *t, V v, size_t n, V *out); // out[0] is the last item (bottom of the stack)
int vm_unpack_ex(Thread *t, V v, size_t before, size_t after, V *out);
int vm_list_extend(Thread *t, V list, V iterable);
int vm_dict_update(Thread *t, V dict, V other);
int vm_dict_merge(Thread *t, V dict, V other, V func);
V vm_build_map(Thread *t, V *pairs, size_t n);
V vm_build_const_key_map(Thread *t, V keys, V *values, size_t n);
V vm_build_set(Thread *t, const V *items, size_t n);
V vm_build_string(Thread *t, const V *items, size_t n);
V vm_format_value(Thread *t, V v, V spec, unsigned conversion);

V vm_import_name(Thread *t, Frame *f, V name, V fromlist, V level);

int vm_import_star(Thread *t, Frame *f, V module);
int vm_print_expr(Thread *t, V v);

int vm_before_with(Thread *t, V *operands, bool async); // manager -> bound exit, what entering returned
V vm_with_except_start(Thread *t, V exit, V exc);
V vm_get_aiter(Thread *t, V v);
V vm_get_anext(Thread *t, V v);
V vm_get_awaitable(Thread *t, V v, unsigned why);
V vm_get_yield_from_iter(Thread *t, Frame *f, V v);
void vm_raise(Thread *t, V exc, V cause); // both consumed; V_NULL: absent
bool vm_reraise_handled(Thread *t);       // false: RuntimeError, there is none
int vm_check_exc_match(Thread *t, V exc, V type);
int vm_check_eg_match(Thread *t, V *operands); // exc, type -> rest, match
V vm_prep_reraise_star(Thread *t, V original, V raised);

V vm_match_keys(Thread *t, V subject, V keys);
V vm_match_class(Thread *t, V subject, V cls, size_t npositional, V names);

V vm_load_method(Thread *t, V *self, V name); // the function, *self as it is; or V_NULL, *self replaced by the attribute
void vm_unpack_method(Thread *t, V *base);    // NULL, bound method -> function, self
void vm_unpack_method_over(Thread *t, V *base, V *end);
// A frame for the function at callable, whose arguments reach to end; all consumed.  Counted as entered.  NULL: raised.
Frame *vm_push_call(Thread *t, Frame *f, V *callable, V *end, V kwnames);
// The same from CALL_FUNCTION_EX's operands: NULL, function, tuple and (if there is one) dict.  The frame takes what it
// needs and the operands go.  NULL, and they stay: raised, or (nothing pending) it must be called from C.
Frame *vm_push_call_ex(Thread *t, Frame *f, V *operands, bool has_kwargs);
Frame *frame_push_call_ex(Thread *t, Frame *f, V func, V args, V kwargs); // the general case; everything borrowed
V vm_call_any(Thread *t, Frame *f, V *callable, V *end, V kwnames); // borrowed operands
int vm_send(Thread *t, V *operands);          // receiver, value -> receiver, yielded; or the returned value, junk
int vm_wide_jump_taken(Thread *t, unsigned op, V v);
V *vm_wide_simple(Thread *t, Frame *f, unsigned op, unsigned arg, V *sp); // NULL: raised
V vm_call_ex(Thread *t, Frame *f, V func, V args, V kwargs); // CALL_FUNCTION_EX of anything but a Python function
int vm_call_ex_prepare(Thread *t, V func, V *args, V *kwargs); // a tuple and a dict; replaces the operands

// ---- generators (gen.c) ---------------------------------------------------------------------------------------------------------------
V gen_from_frame(Thread *t, Frame *f); // RETURN_GENERATOR: moves the frame's values into a new object
static inline Generator *gen_of_frame(const Frame *f) {
    return container_of((V *)(uintptr_t)f - f->code->nlocalsplus, Generator, words);
}
// Where free space begins when f is the innermost frame.
static inline V *frame_free_base_of(const Frame *f) { return f->kind & FRAME_GENERATOR ? gen_of_frame(f)->base : f->sp; }
// Makes g's frame the running one, `by` whom; the value is pushed for the instruction to resume at.  NULL with an error.
Frame *gen_enter(Thread *t, Generator *g, V value_steal, unsigned by);
void gen_suspended(Thread *t, Frame *f);  // after a yield: leaves the thread's stacks
void gen_finished(Thread *t, Frame *f);   // after a return or an exception: clears the frame, state DONE
void gen_fix_exception(Thread *t, Frame *f); // StopIteration leaving a generator becomes RuntimeError
int gen_close_for_clear(Thread *t, V gen); // frame.clear() of a suspended generator

// ---- unwinding (unwind.c) ----------------------------------------------------------------------------------------------------------------
// An exception is pending at f->ip.  Finds the frame and place that handle it (f->ip and f->sp set); NULL: it leaves
// vm_run.  traced: add f to the traceback first.
Frame *vm_unwind(Thread *t, Frame *f, bool add_traceback);
Frame *vm_reraise(Thread *t, Frame *f);

// ---- tracing (trace.c) ----------------------------------------------------------------------------------------------------------------------
extern bool vm_notes_places; // atomic: vm_note_places
int trace_instruction(Thread *t, Frame *f); // before each instruction of a traced thread; -1: exception
int trace_return(Thread *t, Frame *f, V value); // value V_NULL: by an exception
void trace_exception(Thread *t, Frame *f);
int trace_c_call(Thread *t, Frame *f, V callable);
void trace_throw(Thread *t, Frame *f);               // f is resumed with the pending exception: its `call` event
void trace_send_done(Thread *t, Frame *f, V receiver, V sent, V value); // SEND's receiver returned: the StopIteration it raised
int trace_jump(Thread *t, V frame_object, V lineno); // f_lineno = lineno
int trace_resume_jump(Thread *t, Frame *f);          // the jump that was asked for at a yield: f is about to RESUME
int trace_c_return(Thread *t, Frame *f, V callable, bool failed);
#endif
