// SPDX-License-Identifier: MIT
// Traceback objects: one link a frame that an exception passed through, innermost last.  The line number is computed
// when somebody asks, because most exceptions are caught and never shown.
#include "object/exceptions.h"
#include "object/misc.h"
#include "object/code.h"
#include "object/upcalls.h"

static Traceback *traceback_of(V v) { return (Traceback *)v_obj(v); }

V traceback_new(Thread *t, V next, V frame, int lasti, int lineno) {
    V self = type_alloc(t, &traceback_type, 0);
    if (v_is_error(self)) return V_ERROR;
    Traceback *tb = traceback_of(self);
    slot_init(t, &tb->head, &tb->next, next == V_NONE ? V_NULL : next);
    slot_init(t, &tb->head, &tb->frame, frame);
    tb->lasti = lasti;
    tb->lineno = lineno;
    return self;
}

int traceback_lineno(Thread *t, Traceback *tb) {
    (void)t;
    int line = at_load_relaxed(&tb->lineno);
    if (line != -1) return line;
    line = code_addr_to_line(frame_object_code_borrow(slot_peek(&tb->frame)), tb->lasti);
    at_store_relaxed(&tb->lineno, line); // whoever computes it finds the same
    return line;
}

static void traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    Traceback *tb = (Traceback *)o;
    VISIT(tb->next);
    VISIT(tb->frame);
}

static V construct(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V a[4];
    if (args_bind(t, "TracebackType", "tb_next, tb_frame, tb_lasti, tb_lineno", args, nargs, kwnames, a) < 0) return V_ERROR;
    if (!v_is_exact(a[1], &frame_type)) {
        return err_set(t, &exc_TypeError, "TracebackType() argument 'tb_frame' must be frame, not %K", a[1]);
    }
    int lasti, lineno;
    if (num_as_int(t, a[2], &lasti) < 0 || num_as_int(t, a[3], &lineno) < 0) return V_ERROR;
    if (a[0] != V_NONE && !v_is_exact(a[0], &traceback_type)) {
        return err_set(t, &exc_TypeError, "expected traceback object or None, got '%T'", a[0]);
    }
    return traceback_new(t, a[0], a[1], lasti, lineno);
}

static V get_next(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    V next = slot_get(v_obj(self), &traceback_of(self)->next);
    return next == V_NULL ? V_NONE : next;
}

static int set_tb_next(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "can't delete tb_next attribute");
        return -1;
    }
    if (value != V_NONE && !v_is_exact(value, &traceback_type)) {
        err_set(t, &exc_TypeError, "expected traceback object, got '%T'", value);
        return -1;
    }
    for (V link = value; link != V_NULL && link != V_NONE; link = slot_peek(&traceback_of(link)->next)) {
        if (v_is(link, self)) {
            err_set(t, &exc_ValueError, "traceback loop detected");
            return -1;
        }
    }
    slot_set(t, v_obj(self), &traceback_of(self)->next, value == V_NONE ? V_NULL : value);
    return 0;
}

static V get_lineno(Thread *t, V self, void *closure) {
    (void)closure;
    int line = traceback_lineno(t, traceback_of(self));
    return line < 0 ? V_NONE : v_from_int(line);
}

static NATIVE(traceback_dir) {
    UNUSED_NATIVE();
    static const char *const names[] = {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"};
    V list = list_new(t, 0);
    for (size_t i = 0; i < 4 && !v_is_error(list); i++) {
        V name = str_from_cstr(t, names[i]);
        if (v_is_error(name) || list_append_steal(t, list, name) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static const GetSet getsets[] = {
    {"tb_next", get_next, set_tb_next, NULL, NULL},
    {"tb_lineno", get_lineno, NULL, NULL, NULL},
    {0},
};
static const Member members[] = {
    {"tb_frame", MEMBER_SLOT, offsetof(Traceback, frame), true, NULL},
    {"tb_lasti", MEMBER_INT, offsetof(Traceback, lasti), true, NULL},
    {0},
};
static const Method methods[] = {{"__dir__", traceback_dir, "", 0, 0, NULL}, METHOD_END};

Type traceback_type = {
    TYPE_HEAD("traceback"), .base = &object_type, .size = sizeof(Traceback), .flags = TYPE_GC | TYPE_IMMUTABLE,
    .doc = "Create a new traceback object.",
    .traverse = traverse, .new_ = construct, .getsets = getsets, .members = members, .methods = methods,
};
