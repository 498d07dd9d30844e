// SPDX-License-Identifier: MIT
// Frame objects: what sys._getframe, tracebacks and generators show of a frame.
//
// As long as the frame runs its object holds no values; everything is read from the frame, by the thread that runs it.
// When the frame is done frame_object_adopt moves the values over.  A generator keeps its frame's object, not the other way
// round: the generator of a frame somebody holds may die, which ends the frame.  The object finds it by a bare pointer, which
// is good as long as it is set: by the generator's own thread, or, when it is SHARED, with the world stopped.
#include "vm_private.h"
#include "object/misc.h"
#include "threading/gclink.h"
#include "threading/weak.h"

V frame_new_object(Thread *t, Frame *f) {
    uint32_t n = (uint32_t)f->code->nlocalsplus;
    FrameObject *fo = (FrameObject *)obj_alloc(t, &frame_type, sizeof *fo + n * sizeof(Slot), OBJ_GC);
    if (!fo) return err_no_memory(t);
    fo->frame = f;
    fo->thread = t;
    fo->trace_lines = true;
    fo->nvalues = n;
    fo->lasti = frame_lasti(f);
    slot_init(t, &fo->head, &fo->func, f->func);
    slot_init(t, &fo->head, &fo->code, v_from(f->code));
    if (frame_kind(f) & FRAME_GENERATOR) {
        fo->gen = gen_of_frame(f);
        fo->gen->seen = fo;
        gc_make_finalizable(&fo->gen->head); // whose end gives the object its values, in a cycle too
    }
    return v_from(fo);
}

static bool is_suspended(const Frame *f) {
    return frame_kind(f) & FRAME_GENERATOR && at_load_relaxed(&gen_of_frame(f)->state) != GEN_RUNNING;
}

V frame_object_of(Thread *t, Frame *f) {
    if (f->object != V_NULL) return v_dup(f->object);
    V fo = frame_new_object(t, f);
    if (v_is_error(fo)) return V_ERROR;
    f->object = v_own(v_dup(fo));
    return fo;
}

V frame_object_of_gen(Thread *t, Generator *g) {
    bool shared = obj_is_shared(&g->head); // another thread may run it, now or in a moment
    if (shared) world_stop(t);
    V fo = at_load_acquire(&g->state) == GEN_DONE ? V_NONE : frame_object_of(t, g->frame);
    if (shared && v_is_object(fo)) {
        share_value(t, fo);
        fo = v_own(fo);
    }
    if (shared) world_start(t);
    return fo;
}

void frame_object_forget(FrameObject *fo) {
    if (fo->gen) {
        fo->gen->seen = NULL;
        at_store_relaxed(&fo->gen, (Generator *)NULL); // somebody may be looking whether it is set (look_start)
    }
    at_store_release(&fo->frame, NULL);
}

// What a frame object says of the caller once its own frame is gone.  The frame may be left by an exception, which stays pending.
static void adopt_back(Thread *t, FrameObject *fo, Frame *caller) {
    V exc = err_fetch(t), back = frame_object_of(t, caller);
    if (v_is_error(back)) err_clear(t); // no memory: f_back will be None
    else slot_set_steal(t, &fo->head, &fo->back, back);
    err_restore_steal(t, exc);
}

// Moves f's locals to its object and lets go of it.
void frame_object_adopt(Thread *t, Frame *f) {
    FrameObject *fo = frame_object_at(f->object);
    V object = f->object, *locals = frame_locals_base(f);
    f->object = V_NULL;
    fo->lasti = frame_lasti(f);
    if (v_is_unique(object)) { // nobody will look
        for (uint32_t i = 0; i < fo->nvalues; i++) v_drop(t, locals[i]);
    } else {
        for (uint32_t i = 0; i < fo->nvalues; i++) slot_init_steal(t, &fo->head, &fo->values[i], locals[i]);
        if (f->locals != V_NULL) slot_set(t, &fo->head, &fo->locals, f->locals);
        if (f->prev && !(frame_kind(f) & FRAME_GENERATOR)) adopt_back(t, fo, f->prev);
    }
    for (uint32_t i = 0; i < fo->nvalues; i++) locals[i] = V_NULL;
    frame_object_forget(fo);
    at_store_relaxed(&fo->thread, NULL);
    v_drop(t, object);
}

// ---- whose frame, from where --------------------------------------------------------------------------------------------
// Another thread's running frame, and a suspended one that others may resume, are looked at with the world stopped; what
// is handed out is shared first.
typedef struct Look { Thread *t; Frame *f; bool stopped; } Look;

static Look look_start(Thread *t, FrameObject *fo) {
    Look look = {t, at_load_acquire(&fo->frame), false};
    if (!look.f) return look;
    bool anybodys = obj_is_shared(&fo->head) && at_load_relaxed(&fo->gen); // any thread may resume it, or let it die
    Thread *runs = at_load_relaxed(&fo->thread);
    if (anybodys || (world_is_parallel() && runs != t && runs)) {
        world_stop(t);
        look.stopped = true;
        look.f = fo->frame; // it may have ended meanwhile
    }
    return look;
}
static V look_end(Look *look, V result) {
    if (!look->stopped) return result;
    if (!v_is_error(result) && v_is_object(result)) {
        share_value(look->t, result);
        result = v_own(result);
    }
    world_start(look->t);
    return result;
}

// ---- locals ------------------------------------------------------------------------------------------------------------
// What the name of localsplus[i] has as its value: borrowed, V_NULL when unbound.
static V local_value(Thread *t, const Code *code, int i, V v, V *held) {
    *held = V_NULL;
    if (v == V_NULL || !(code_local_kind(code, i) & (CO_FAST_CELL | CO_FAST_FREE)) || !v_is_exact(v, &cell_type)) return v;
    (void)t;
    return *held = cell_get(v);
}

static int put_local(Thread *t, V dict, V name, V value) {
    if (value != V_NULL) return obj_setitem(t, dict, name, value);
    if (v_is_exact(dict, &dict_type)) return dict_discard(t, dict, name) < 0 ? -1 : 0;
    if (obj_setitem(t, dict, name, V_NULL) == 0) return 0;
    if (!err_matches(t, &exc_KeyError)) return -1;
    err_clear(t);
    return 0;
}

static int fast_to_dict(Thread *t, const Code *code, int i, V local, V dict) {
    // free variables of a class body are no names of its namespace
    if (code_local_kind(code, i) & CO_FAST_FREE && !(code->flags & CO_OPTIMIZED)) return 0;
    V held, value = local_value(t, code, i, local, &held);
    int r = put_local(t, dict, code_local_name_borrow(code, i), value);
    v_drop(t, held);
    return r;
}

V frame_locals(Thread *t, Frame *f) {
    if (f->locals == V_NULL) {
        V dict = dict_new(t);
        if (v_is_error(dict)) return V_ERROR;
        f->locals = frame_kind(f) & FRAME_GENERATOR ? v_own(dict) : dict;
    }
    V dict = v_dup(f->locals);
    for (int i = 0; i < f->code->nlocalsplus; i++) {
        if (fast_to_dict(t, f->code, i, frame_locals_base(f)[i], dict) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

V frame_object_locals(Thread *t, V v) {
    FrameObject *fo = frame_object_at(v);
    Look look = look_start(t, fo);
    at_store_relaxed(&fo->locals_seen, true);
    if (look.f) return look_end(&look, frame_locals(t, look.f));
    look_end(&look, V_NONE);
    V dict = slot_get(&fo->head, &fo->locals);
    if (dict == V_NULL) {
        dict = dict_new(t);
        if (v_is_error(dict)) return V_ERROR;
        slot_set(t, &fo->head, &fo->locals, dict);
    }
    for (uint32_t i = 0; i < fo->nvalues; i++) { // clear() may empty them meanwhile
        V local = slot_get(&fo->head, &fo->values[i]);
        int r = fast_to_dict(t, code_of(slot_peek(&fo->code)), (int)i, local, dict);
        v_drop(t, local);
        if (r == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

int frame_locals_to_fast(Thread *t, V v, bool clear) {
    FrameObject *fo = frame_object_at(v);
    Frame *f = fo->frame;
    if (!f || f->locals == V_NULL || !at_load_relaxed(&fo->locals_seen)) return 0;
    const Code *code = f->code;
    V *locals = frame_locals_base(f);
    for (int i = 0; i < code->nlocalsplus; i++) {
        unsigned kind = code_local_kind(code, i);
        if (kind & CO_FAST_FREE && !(code->flags & CO_OPTIMIZED)) continue;
        V name = code_local_name_borrow(code, i), value;
        if (v_is_exact(f->locals, &dict_type)) value = dict_get(t, f->locals, name);
        else value = obj_getitem(t, f->locals, name);
        if (v_is_error(value)) {
            err_clear(t);
            value = V_NULL;
        }
        if (value == V_NULL && !clear) continue;
        if (kind & (CO_FAST_CELL | CO_FAST_FREE) && locals[i] != V_NULL && v_is_exact(locals[i], &cell_type)) {
            Cell *cell = (Cell *)v_obj(locals[i]);
            slot_set_steal(t, &cell->head, &cell->value, value);
        } else {
            V old = locals[i];
            locals[i] = value;
            v_drop(t, old);
        }
    }
    return 0;
}

// ---- attributes ----------------------------------------------------------------------------------------------------------
V frame_object_code_borrow(V v) { return slot_peek(&frame_object_at(v)->code); }

V frame_object_back(Thread *t, V v) {
    FrameObject *fo = frame_object_at(v);
    Look look = look_start(t, fo);
    V result = V_NONE;
    if (look.f) {
        if (look.f->prev && !is_suspended(look.f)) {
            if (look.stopped && look.f->prev->object == V_NULL) {
                result = frame_new_object(t, look.f->prev);
                if (!v_is_error(result)) {
                    frame_object_at(result)->thread = fo->thread;
                    look.f->prev->object = v_own(v_dup(result));
                }
            } else {
                result = frame_object_of(t, look.f->prev);
            }
        }
        return look_end(&look, result);
    }
    look_end(&look, V_NONE);
    result = slot_get(&fo->head, &fo->back);
    return result == V_NULL ? V_NONE : result;
}

static int lasti_of(FrameObject *fo) { return fo->frame ? frame_lasti(fo->frame) : fo->lasti; }

int frame_object_lineno(Thread *t, V v) {
    (void)t;
    FrameObject *fo = frame_object_at(v);
    if (fo->lineno) return fo->lineno;
    return code_addr_to_line(slot_peek(&fo->code), lasti_of(fo));
}

static V get_back(Thread *t, V self, void *closure) { (void)closure; return frame_object_back(t, self); }
static V get_locals(Thread *t, V self, void *closure) { (void)closure; return frame_object_locals(t, self); }

static V get_lineno(Thread *t, V self, void *closure) {
    (void)closure;
    int line = frame_object_lineno(t, self);
    return line < 0 ? V_NONE : v_from_int(line);
}

static int set_lineno(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    return trace_jump(t, self, value);
}

static V get_lasti(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    FrameObject *fo = frame_object_at(self);
    int lasti = lasti_of(fo);
    return v_from_int(lasti < 0 ? -1 : lasti);
}

static V from_function(V self, size_t offset) {
    FrameObject *fo = frame_object_at(self);
    V func = slot_peek(&fo->func);
    return slot_get(v_obj(func), (const Slot *)(const void *)((const char *)v_obj(func) + offset));
}
static V get_globals(Thread *t, V self, void *closure) { (void)t, (void)closure; return from_function(self, offsetof(Function, globals)); }
static V get_builtins(Thread *t, V self, void *closure) { (void)t, (void)closure; return from_function(self, offsetof(Function, builtins)); }

static V get_trace(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V v = slot_get(v_obj(self), &frame_object_at(self)->trace);
    return v == V_NULL ? V_NONE : v;
}
static int set_trace(Thread *t, V self, V value, void *closure) {
    (void)closure;
    FrameObject *fo = frame_object_at(self);
    if (value == V_NONE || value == V_NULL) slot_clear(t, &fo->head, &fo->trace);
    else slot_set(t, &fo->head, &fo->trace, value);
    return 0;
}

static V get_trace_opcodes(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(at_load_relaxed(&frame_object_at(self)->trace_opcodes));
}
static int set_trace_opcodes(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (!v_is_bool(value)) {
        err_set(t, &exc_TypeError, "attribute value type must be bool");
        return -1;
    }
    at_store_relaxed(&frame_object_at(self)->trace_opcodes, value == V_TRUE);
    return 0;
}

// The generator whose suspended frame it is, as a stack value, or V_NULL.
static V suspended_gen(Thread *t, FrameObject *fo) {
    Look look = look_start(t, fo);
    V gen = look.f && is_suspended(look.f) ? obj_revive(&fo->gen->head) : V_NULL;
    if (look.stopped) world_start(t);
    return gen;
}

static NATIVE(frame_clear) {
    UNUSED_NATIVE();
    FrameObject *fo = frame_object_at(self);
    V gen = suspended_gen(t, fo);
    if (gen != V_NULL) {
        int r = gen_close_for_clear(t, gen);
        v_drop(t, gen);
        return r < 0 ? V_ERROR : V_NONE;
    }
    if (fo->frame) return err_set(t, &exc_RuntimeError, "cannot clear an executing frame");
    for (uint32_t i = 0; i < fo->nvalues; i++) slot_clear(t, &fo->head, &fo->values[i]);
    slot_clear(t, &fo->head, &fo->trace);
    return V_NONE;
}

static NATIVE(frame_sizeof) {
    UNUSED_NATIVE();
    return v_from_int((int64_t)(sizeof(FrameObject) + frame_object_at(self)->nvalues * sizeof(Slot)));
}

static V repr(Thread *t, V self) {
    FrameObject *fo = frame_object_at(self);
    const Code *code = code_of(slot_peek(&fo->code));
    return str_from_format(t, "<frame at %p, file %R, line %d, code %V>", (void *)fo, slot_peek(&code->filename),
                           frame_object_lineno(t, self), slot_peek(&code->name));
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    FrameObject *fo = (FrameObject *)o;
    VISIT(fo->back);
    VISIT(fo->func);
    VISIT(fo->code);
    VISIT(fo->locals);
    VISIT(fo->trace);
    for (uint32_t i = 0; i < fo->nvalues; i++) VISIT(fo->values[i]);
}

static void drop_slot(Thread *t, Obj *o, Slot *s, void *arg) {
    (void)arg;
    slot_clear(t, o, s);
}

static void destroy(Thread *t, Obj *o) {
    FrameObject *fo = (FrameObject *)o;
    frame_object_forget(fo); // still there only when the collector cut the generator's reference to it
    traverse(t, o, drop_slot, NULL);
    obj_free_memory(t, o);
}

static const GetSet getsets[] = {
    {"f_back", get_back, NULL, NULL, NULL},
    {"f_locals", get_locals, NULL, NULL, NULL},
    {"f_lineno", get_lineno, set_lineno, NULL, NULL},
    {"f_lasti", get_lasti, NULL, NULL, NULL},
    {"f_globals", get_globals, NULL, NULL, NULL},
    {"f_builtins", get_builtins, NULL, NULL, NULL},
    {"f_trace", get_trace, set_trace, NULL, NULL},
    {"f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, NULL, NULL},
    {0},
};
static const Member members[] = {
    {"f_code", MEMBER_SLOT, offsetof(FrameObject, code), true, NULL},
    {"f_trace_lines", MEMBER_BOOL, offsetof(FrameObject, trace_lines), false, NULL},
    {0},
};
static const Method methods[] = {
    {"clear", frame_clear, "", 0, 0, "F.clear(): lets go of the local variables"},
    {"__sizeof__", frame_sizeof, "", 0, 0, "F.__sizeof__() -> bytes of memory that the frame takes"},
    METHOD_END,
};

Type frame_type = {
    TYPE_HEAD("frame"), .size = sizeof(FrameObject), .item_size = sizeof(Slot), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = traverse, .destroy = destroy, .repr = repr, .getattr = obj_generic_getattr, .getsets = getsets,
    .members = members, .methods = methods,
};
