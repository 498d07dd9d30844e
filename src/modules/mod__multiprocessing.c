// SPDX-License-Identifier: MIT
// Module _multiprocessing: semaphores between processes.
//
// The semaphore itself is the system's.  `count` and `owner` say what the threads of this process did with it: a
// recursive mutex is held again by its owner without asking the system.  Only the owner of a mutex changes its count.
#include "posix_private.h"
#include "threading/mutex.h"
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <semaphore.h>
#include <time.h>

enum { RECURSIVE_MUTEX, SEMAPHORE };

typedef struct SemLock {
    Obj head;
    sem_t *sem;           // const after init
    int kind, maxvalue;   // const after init
    int64_t count;        // atomic
    unsigned long owner;  // atomic: the thread that acquired it last
    Slot name;            // const after init; None: it has no name any more
} SemLock;
static SemLock *sem_of(V v) { return (SemLock *)v_obj(v); }
static bool is_mine(Thread *t, SemLock *s) { return at_load_relaxed(&s->count) > 0 && at_load_relaxed(&s->owner) == t->ident; }

// ---- acquire and release ----------------------------------------------------------------------------------------------------
static int deadline_arg(Thread *t, V v, struct timespec *out) { // 1: there is one; 0; -1
    double seconds;
    if (v == V_NULL || v == V_NONE) return 0;
    if (num_as_double(t, v, &seconds) < 0) return -1;
    if (!(seconds > 0)) seconds = 0;
    if (seconds > 1e9) seconds = 1e9;
    clock_gettime(CLOCK_MONOTONIC, out);
    double whole = floor(seconds);
    out->tv_sec += (time_t)whole;
    out->tv_nsec += (long)((seconds - whole) * 1e9);
    if (out->tv_nsec >= 1000000000) out->tv_sec++, out->tv_nsec -= 1000000000;
    return 1;
}

static V sem_acquire(Thread *t, V self, bool block, V timeout) {
    SemLock *s = sem_of(self);
    struct timespec deadline;
    if (s->kind == RECURSIVE_MUTEX && is_mine(t, s)) {
        at_fetch_add_relaxed(&s->count, 1);
        return V_TRUE;
    }
    int limited = deadline_arg(t, timeout, &deadline), r;
    if (limited < 0) return V_ERROR;
    while ((r = sem_trywait(s->sem)) < 0 && errno == EINTR) {}
    while (r < 0 && errno == EAGAIN && block) {
        DETACHED(t, r, limited ? sem_clockwait(s->sem, CLOCK_MONOTONIC, &deadline) : sem_wait(s->sem));
        if (r == 0 || errno != EINTR) break;
        if (safepoint(t) < 0) return V_ERROR;
        errno = EAGAIN;
    }
    if (r < 0) return errno == EAGAIN || errno == ETIMEDOUT ? V_FALSE : errno_error(t);
    at_store_relaxed(&s->owner, t->ident);
    at_fetch_add_relaxed(&s->count, 1);
    return V_TRUE;
}
static NATIVE(semlock_acquire) { // block=True, timeout=None
    (void)nargs, (void)kwnames;
    bool block;
    return flag_arg(t, args[0], true, &block) < 0 ? V_ERROR : sem_acquire(t, self, block, args[1]);
}
static NATIVE(semlock_enter) {
    UNUSED_NATIVE();
    return sem_acquire(t, self, true, V_NULL);
}

static V sem_release(Thread *t, V self) {
    SemLock *s = sem_of(self);
    int value;
    if (s->kind == RECURSIVE_MUTEX) {
        if (!is_mine(t, s)) return err_set(t, &exc_AssertionError, "attempt to release recursive lock not owned by thread");
        if (at_load_relaxed(&s->count) > 1) {
            at_fetch_sub_relaxed(&s->count, 1);
            return V_NONE;
        }
    } else {
        if (sem_getvalue(s->sem, &value) < 0) return errno_error(t);
        if (value >= s->maxvalue) return err_set(t, &exc_ValueError, "semaphore or lock released too many times");
    }
    at_fetch_sub_relaxed(&s->count, 1); // before anybody else can have it
    if (sem_post(s->sem) == 0) return V_NONE;
    at_fetch_add_relaxed(&s->count, 1);
    return errno_error(t);
}
static NATIVE(semlock_release) {
    UNUSED_NATIVE();
    return sem_release(t, self);
}
static NATIVE(semlock_exit) {
    UNUSED_NATIVE();
    return sem_release(t, self);
}

// ---- making one ---------------------------------------------------------------------------------------------------------------
static V name_bytes(Thread *t, const char *fname, const char *what, V v) {
    if (!v_is_str(v)) return err_bad_argument(t, fname, what, "str", v);
    V name = str_encode_utf8(t, v);
    if (v_is_error(name) || strlen(bytes_data(name)) == bytes_len(name)) return name;
    v_drop(t, name);
    return err_set(t, &exc_ValueError, "embedded null character");
}
static V make(Thread *t, Type *type, sem_t *sem, int kind, int maxvalue, V name) {
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return self;
    SemLock *s = sem_of(self);
    s->sem = sem;
    s->kind = kind;
    s->maxvalue = maxvalue;
    slot_init(t, v_obj(self), &s->name, name);
    return self;
}
// The C library keeps a tree of open semaphores, under a lock that ThreadSanitizer does not see: so under one of ours too.
static sem_t *open_semaphore(const char *name, int flags, unsigned value) {
    rt_mutex_lock(&lock_runtime);
    sem_t *sem = sem_open(name, flags, 0600, value);
    int code = errno;
    rt_mutex_unlock(&lock_runtime);
    errno = code;
    return sem;
}
static void close_semaphore(sem_t *sem) {
    rt_mutex_lock(&lock_runtime);
    sem_close(sem);
    rt_mutex_unlock(&lock_runtime);
}
static V semlock_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V a[5];
    int kind, value, maxvalue, unlink;
    if (args_bind(t, "SemLock", "kind, value, maxvalue, name, unlink", args, nargs, kwnames, a) < 0) return V_ERROR;
    if (num_as_int(t, a[0], &kind) < 0 || num_as_int(t, a[1], &value) < 0 || num_as_int(t, a[2], &maxvalue) < 0) return V_ERROR;
    V name = name_bytes(t, "SemLock", "argument 'name'", a[3]);
    if (v_is_error(name)) return V_ERROR;
    V self = V_ERROR;
    unlink = obj_is_true(t, a[4]);
    if (unlink >= 0 && kind != RECURSIVE_MUTEX && kind != SEMAPHORE) {
        err_set(t, &exc_ValueError, "unrecognized kind");
    } else if (unlink >= 0) {
        sem_t *sem = open_semaphore(bytes_data(name), O_CREAT | O_EXCL, (unsigned)value);
        if (sem == SEM_FAILED || (unlink && sem_unlink(bytes_data(name)) < 0)) {
            errno_error(t);
            if (sem != SEM_FAILED) close_semaphore(sem);
        } else {
            self = make(t, type, sem, kind, maxvalue, unlink ? V_NONE : a[3]);
            if (v_is_error(self)) close_semaphore(sem);
        }
    }
    v_drop(t, name);
    return self;
}
static NATIVE(semlock_rebuild) { // handle, kind, maxvalue, name
    (void)nargs, (void)kwnames;
    int64_t handle;
    int kind, maxvalue;
    if (num_as_long(t, args[0], &handle) < 0 || num_as_int(t, args[1], &kind) < 0 || num_as_int(t, args[2], &maxvalue) < 0) return V_ERROR;
    sem_t *sem = (sem_t *)handle; // from before the fork
    if (args[3] != V_NONE) {
        V name = name_bytes(t, "_rebuild", "argument 4", args[3]);
        if (v_is_error(name)) return V_ERROR;
        sem = open_semaphore(bytes_data(name), 0, 0);
        v_drop(t, name);
        if (sem == SEM_FAILED) return errno_error(t);
    }
    return make(t, v_as_type(self), sem, kind, maxvalue, args[3]);
}
static void semlock_free(Thread *t, Obj *o) {
    (void)t;
    if (((SemLock *)o)->sem) close_semaphore(((SemLock *)o)->sem);
}
static void semlock_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((SemLock *)o)->name); }

// ---- what it says of itself -----------------------------------------------------------------------------------------------------
static NATIVE(semlock_count) {
    UNUSED_NATIVE();
    return int_from_i64(t, at_load_relaxed(&sem_of(self)->count));
}
static NATIVE(semlock_is_mine) {
    UNUSED_NATIVE();
    return v_from_bool(is_mine(t, sem_of(self)));
}
static NATIVE(semlock_get_value) {
    UNUSED_NATIVE();
    int value;
    if (sem_getvalue(sem_of(self)->sem, &value) < 0) return errno_error(t);
    return v_from_int(value < 0 ? 0 : value);
}
static NATIVE(semlock_is_zero) {
    UNUSED_NATIVE();
    int value;
    return sem_getvalue(sem_of(self)->sem, &value) < 0 ? errno_error(t) : v_from_bool(value == 0);
}
static NATIVE(semlock_after_fork) {
    UNUSED_NATIVE();
    at_store_relaxed(&sem_of(self)->count, 0);
    return V_NONE;
}
static V get_handle(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_u64(t, (uintptr_t)sem_of(self)->sem);
}

static const Method semlock_methods[] = {
    {"acquire", semlock_acquire, "block=True, timeout=None", 0, 0, "Acquire the semaphore."},
    {"release", semlock_release, "", 0, 0, "Release the semaphore."},
    {"_count", semlock_count, "", 0, 0, "How often this process has acquired it and not released it yet."},
    {"_is_mine", semlock_is_mine, "", 0, 0, "Whether this thread holds it."},
    {"_get_value", semlock_get_value, "", 0, 0, "The semaphore's value."},
    {"_is_zero", semlock_is_zero, "", 0, 0, "Whether acquiring it would block."},
    {"_rebuild", semlock_rebuild, "handle, kind, maxvalue, name, /", 0, M_CLASS, NULL},
    {"_after_fork", semlock_after_fork, "", 0, 0, "Forget what this process holds, in the child of a fork."},
    {"__enter__", semlock_enter, "", 0, 0, "Acquire the semaphore."},
    {"__exit__", semlock_exit, "exc_type=None, exc_value=None, exc_tb=None, /", 0, 0, "Release the semaphore."},
    METHOD_END,
};
static const Member semlock_members[] = {
    {"kind", MEMBER_INT, offsetof(SemLock, kind), true, NULL}, {"maxvalue", MEMBER_INT, offsetof(SemLock, maxvalue), true, NULL},
    {"name", MEMBER_SLOT, offsetof(SemLock, name), true, NULL}, {0},
};
static const GetSet semlock_getsets[] = {{"handle", get_handle, NULL, NULL, NULL}, {0}};
static Type semlock_type = {
    TYPE_HEAD("_multiprocessing.SemLock"), .base = &object_type, .size = sizeof(SemLock), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .doc = "A semaphore or recursive mutex between processes.", .traverse = semlock_traverse, .free_ = semlock_free, .new_ = semlock_new,
    .methods = semlock_methods, .members = semlock_members, .getsets = semlock_getsets,
};

static NATIVE(multiprocessing_sem_unlink) {
    (void)self, (void)nargs, (void)kwnames;
    V name = name_bytes(t, "sem_unlink", NULL, args[0]);
    if (v_is_error(name)) return V_ERROR;
    int r = sem_unlink(bytes_data(name)), code = errno;
    v_drop(t, name);
    errno = code;
    return r < 0 ? errno_error(t) : V_NONE;
}
static const Method methods[] = {
    {"sem_unlink", multiprocessing_sem_unlink, "name, /", 0, 0, "Remove the name of a semaphore."}, METHOD_END,
};
static int exec(Thread *t, V module) {
    if (module_add_type(t, module, &semlock_type) < 0) return -1;
    if (dict_set_c(t, slot_peek(&semlock_type.dict), "SEM_VALUE_MAX", v_from_int(SEM_VALUE_MAX)) < 0) return -1;
    V flags = dict_new(t);
    if (v_is_error(flags) || dict_set_c(t, flags, "HAVE_SEM_OPEN", v_from_int(1)) < 0 || dict_set_c(t, flags, "HAVE_SEM_TIMEDWAIT", v_from_int(1)) < 0) return -1;
    return module_add_steal(t, module, "flags", flags);
}
const ModuleDef mod__multiprocessing = {"_multiprocessing", NULL, methods, exec, 0};
