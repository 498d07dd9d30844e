// SPDX-License-Identifier: MIT
// Module select: select, poll, epoll.  Waits are detached, repeated after signals with what is left of the time.
#include "posix_private.h"
#include "runtime/descriptor.h"
#include "threading/mutex.h"
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

// Seconds (None: forever) as nanoseconds; -1: no limit.
static int timeout_arg(Thread *t, V v, double unit, int64_t *ns) {
    double d;
    *ns = -1;
    if (v == V_NULL || v == V_NONE) return 0;
    if (num_as_double(t, v, &d) < 0) {
        if (err_matches(t, &exc_TypeError)) {
            err_clear(t);
            err_set(t, &exc_TypeError, "timeout must be a float or None");
        }
        return -1;
    }
    if (isnan(d)) {
        err_set(t, &exc_ValueError, "Invalid value NaN (not a number)");
        return -1;
    }
    if (d * unit > 9.2e9) {
        err_set(t, &exc_OverflowError, "timestamp too large to convert to C _PyTime_t");
        return -1;
    }
    *ns = d < 0 ? -2 : (int64_t)ceil(d * unit * 1e9);
    return 0;
}

static int64_t deadline_after(int64_t ns) { return ns < 0 ? -1 : time_monotonic_ns() + ns; }
static int64_t left_until(int64_t deadline) {
    if (deadline < 0) return -1;
    int64_t left = deadline - time_monotonic_ns();
    return left < 0 ? 0 : left;
}

// ---- select -------------------------------------------------------------------------------------------------------------
typedef struct Watched { V objects /* a list nobody else sees */; int fds[FD_SETSIZE]; size_t n; fd_set set; } Watched;

static int watch_one(Thread *t, V object, Watched *w, int *highest) { // 1, or -1
    int fd;
    if (fd_arg(t, object, &fd) < 0) return -1;
    if (fd >= FD_SETSIZE || w->n >= FD_SETSIZE) {
        err_set(t, &exc_ValueError, fd >= FD_SETSIZE ? "filedescriptor out of range in select()" : "too many file descriptors in select()");
        return -1;
    }
    FD_SET(fd, &w->set);
    w->fds[w->n++] = fd;
    if (fd > *highest) *highest = fd;
    return 1;
}

static int watch(Thread *t, V seq, Watched *w, int *highest) {
    FD_ZERO(&w->set);
    w->n = 0;
    w->objects = V_NULL;
    V source = v_is_list(seq) || v_is_tuple(seq) ? v_dup(seq) : obj_to_list(t, seq);
    V objects = v_is_error(source) ? V_ERROR : list_new(t, 0);
    int r = v_is_error(objects) ? -1 : 1;
    if (v_is_error(source) && err_matches(t, &exc_TypeError)) {
        err_clear(t);
        err_set(t, &exc_TypeError, "arguments 1-3 must be sequences");
    }
    for (size_t i = 0; r > 0; i++) { // a list may shrink while fileno() runs
        V object = v_is_tuple(source) ? (i < tuple_len(source) ? tuple_get(source, i) : V_NULL) : list_get(t, source, i);
        r = object == V_NULL ? 0 : watch_one(t, object, w, highest);
        if (r > 0 && list_append(t, objects, object) < 0) r = -1;
        v_drop(t, object);
    }
    v_drop(t, source);
    w->objects = objects;
    return r;
}

static V ready(Thread *t, const Watched *w, const fd_set *set) {
    V list = list_new(t, 0);
    for (size_t i = 0; i < w->n && !v_is_error(list); i++) {
        if (FD_ISSET(w->fds[i], set) && list_append_steal(t, list, list_get(t, w->objects, i)) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static NATIVE(select_select) { // rlist, wlist, xlist, timeout=None
    (void)self, (void)nargs, (void)kwnames;
    Watched w[3];
    fd_set sets[3];
    int64_t ns;
    int highest = -1, r = -1;
    for (int i = 0; i < 3; i++) w[i].objects = V_NULL;
    V result = V_ERROR;
    if (timeout_arg(t, args[3], 1, &ns) < 0) return V_ERROR;
    if (ns == -2) return err_set(t, &exc_ValueError, "timeout must be non-negative");
    int64_t deadline = deadline_after(ns);
    for (int i = 0; i < 3; i++) {
        if (watch(t, args[i], &w[i], &highest) < 0) goto done;
    }
    for (;;) {
        for (int i = 0; i < 3; i++) sets[i] = w[i].set;
        int64_t left = left_until(deadline);
        struct timeval tv = {left / 1000000000, (left % 1000000000 + 999) / 1000};
        if (tv.tv_usec >= 1000000) tv.tv_sec++, tv.tv_usec -= 1000000;
        DETACHED(t, r, select(highest + 1, &sets[0], &sets[1], &sets[2], left < 0 ? NULL : &tv));
        if (r >= 0 || errno != EINTR) break;
        if (safepoint(t) < 0) goto done;
    }
    if (r < 0) {
        errno_error(t);
        goto done;
    }
    for (int i = 0; r == 0 && i < 3; i++) FD_ZERO(&sets[i]);
    result = tuple_pack_steal(t, 3, ready(t, &w[0], &sets[0]), ready(t, &w[1], &sets[1]), ready(t, &w[2], &sets[2]));
done:
    for (int i = 0; i < 3; i++) {
        if (w[i].objects != V_NULL && !v_is_error(w[i].objects)) v_drop(t, w[i].objects);
    }
    return result;
}

// ---- poll -----------------------------------------------------------------------------------------------------------------
typedef struct Poll { Obj head; Slot events; bool running; } Poll; // events: dict fd -> mask
static Poll *poll_of(V v) { return (Poll *)v_obj(v); }

static int mask_arg(Thread *t, V v, int fallback, int *mask) {
    *mask = fallback;
    if (v == V_NULL) return 0;
    if (num_as_int(t, v, mask) < 0) return -1;
    if (*mask >= 0 && *mask <= 0xFFFF) return 0;
    err_set(t, *mask < 0 ? &exc_ValueError : &exc_OverflowError, *mask < 0 ? "value must be positive" : "Python int too large for C unsigned short");
    return -1;
}

static NATIVE(poll_register) {
    (void)nargs, (void)kwnames;
    int fd, mask;
    if (fd_arg(t, args[0], &fd) < 0 || mask_arg(t, args[1], POLLIN | POLLPRI | POLLOUT, &mask) < 0) return V_ERROR;
    return dict_set(t, slot_peek(&poll_of(self)->events), v_from_int(fd), v_from_int(mask)) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(poll_modify) {
    (void)nargs, (void)kwnames;
    int fd, mask;
    V events = slot_peek(&poll_of(self)->events);
    if (fd_arg(t, args[0], &fd) < 0 || mask_arg(t, args[1], 0, &mask) < 0) return V_ERROR;
    int there = dict_contains(t, events, v_from_int(fd));
    if (there < 0) return V_ERROR;
    if (!there) {
        errno = ENOENT;
        return errno_error(t);
    }
    return dict_set(t, events, v_from_int(fd), v_from_int(mask)) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(poll_unregister) {
    (void)nargs, (void)kwnames;
    int fd;
    if (fd_arg(t, args[0], &fd) < 0) return V_ERROR;
    return dict_del(t, slot_peek(&poll_of(self)->events), v_from_int(fd)) < 0 ? V_ERROR : V_NONE;
}

static V pair_list(Thread *t, const struct pollfd *fds, size_t n) {
    V list = list_new(t, 0);
    for (size_t i = 0; i < n && !v_is_error(list); i++) {
        if (!fds[i].revents) continue;
        V pair[2] = {v_from_int(fds[i].fd), v_from_int(fds[i].revents & 0xFFFF)};
        V item = tuple_from(t, pair, 2);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            return V_ERROR;
        }
    }
    return list;
}

static V poll_ends(Poll *p, V result) {
    at_store_release(&p->running, false);
    return result;
}

static NATIVE(poll_poll) { // timeout in milliseconds
    (void)nargs, (void)kwnames;
    Poll *p = poll_of(self);
    int64_t ns;
    if (timeout_arg(t, args[0], 1e-3, &ns) < 0) return V_ERROR;
    if (ns == -2) ns = -1;
    if (at_exchange_acquire(&p->running, true)) return err_set(t, &exc_RuntimeError, "concurrent poll() invocation");
    V events = dict_copy(t, slot_peek(&p->events));
    if (v_is_error(events)) return poll_ends(p, V_ERROR);
    struct pollfd *fds = mem_calloc(t, dict_len(events) + 1, sizeof *fds);
    size_t n = 0, pos = 0;
    V fd, mask, result = V_ERROR;
    while (fds && dict_next(events, &pos, &fd, &mask)) fds[n++] = (struct pollfd){(int)v_int(fd), (short)v_int(mask), 0};
    v_drop(t, events);
    if (!fds) return poll_ends(p, err_no_memory(t));
    int64_t deadline = deadline_after(ns);
    for (;;) {
        int r;
        DETACHED(t, r, poll(fds, n, poll_milliseconds(left_until(deadline))));
        if (r >= 0) result = pair_list(t, fds, n);
        else if (errno == EINTR && safepoint(t) == 0) continue;
        else if (!err_pending(t)) errno_error(t);
        break;
    }
    mem_free(fds);
    return poll_ends(p, result);
}

static void poll_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((Poll *)o)->events); }
static const Method poll_methods[] = {
    {"register", poll_register, "fd, eventmask=POLLIN | POLLPRI | POLLOUT, /", LOCK_SELF, 0, NULL},
    {"modify", poll_modify, "fd, eventmask, /", LOCK_SELF, 0, NULL},
    {"unregister", poll_unregister, "fd, /", LOCK_SELF, 0, NULL},
    {"poll", poll_poll, "timeout=None, /", 0, 0, NULL},
    METHOD_END,
};
static Type poll_type = {
    TYPE_HEAD("select.poll"), .base = &object_type, .size = sizeof(Poll), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = poll_traverse, .methods = poll_methods,
};

static NATIVE(select_poll) {
    UNUSED_NATIVE();
    V p = type_alloc(t, &poll_type, 0), events = v_is_error(p) ? V_ERROR : dict_new(t);
    if (v_is_error(events)) {
        if (!v_is_error(p)) v_drop(t, p);
        return V_ERROR;
    }
    slot_init_steal(t, v_obj(p), &poll_of(p)->events, events);
    return p;
}

// ---- epoll ----------------------------------------------------------------------------------------------------------------
typedef struct Epoll { Obj head; Descriptor at; } Epoll;
static Epoll *epoll_of(V v) { return (Epoll *)v_obj(v); }
static int epoll_fd(V v) { return descriptor_fd(&epoll_of(v)->at); }
static V epoll_closed(Thread *t) { return err_set(t, &exc_ValueError, "I/O operation on closed epoll object"); }

static V epoll_control(Thread *t, V self, int op, V fd_value, V mask_value, uint32_t fallback) {
    int fd;
    struct epoll_event event = {.events = fallback};
    if (epoll_fd(self) < 0) return epoll_closed(t);
    if (fd_arg(t, fd_value, &fd) < 0) return V_ERROR;
    if (mask_value != V_NULL) {
        V mask = num_index(t, mask_value);
        if (v_is_error(mask)) return V_ERROR;
        event.events = (uint32_t)int_as_u64_mask(mask);
        v_drop(t, mask);
    }
    event.data.fd = fd;
    int r;
    DETACHED(t, r, DESCRIPTOR_INSIDE(&epoll_of(self)->at, epoll_ctl(epoll_fd(self), op, fd, &event)));
    return r < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(epoll_register) {
    (void)nargs, (void)kwnames;
    return epoll_control(t, self, EPOLL_CTL_ADD, args[0], args[1], EPOLLIN | EPOLLPRI | EPOLLOUT);
}
static NATIVE(epoll_modify) {
    (void)nargs, (void)kwnames;
    return epoll_control(t, self, EPOLL_CTL_MOD, args[0], args[1], 0);
}
static NATIVE(epoll_unregister) {
    (void)nargs, (void)kwnames;
    return epoll_control(t, self, EPOLL_CTL_DEL, args[0], V_NULL, 0);
}

static NATIVE(epoll_poll) { // timeout=None (seconds), maxevents=-1
    (void)nargs, (void)kwnames;
    int64_t ns;
    int most = -1;
    if (epoll_fd(self) < 0) return epoll_closed(t);
    if (timeout_arg(t, args[0], 1, &ns) < 0 || (args[1] != V_NULL && num_as_int(t, args[1], &most) < 0)) return V_ERROR;
    if (ns == -2) ns = -1;
    if (most == -1) most = FD_SETSIZE - 1;
    if (most < 1) return err_set(t, &exc_ValueError, "maxevents must be greater than 0, got %d", most);
    struct epoll_event *events = mem_alloc(t, (size_t)most * sizeof *events);
    if (!events) return err_no_memory(t);
    int64_t deadline = deadline_after(ns);
    V list = V_ERROR;
    for (;;) {
        int n;
        DETACHED(t, n, DESCRIPTOR_INSIDE(&epoll_of(self)->at, epoll_wait(epoll_fd(self), events, most, poll_milliseconds(left_until(deadline)))));
        if (n < 0) {
            if (errno == EINTR && safepoint(t) == 0) continue;
            if (!err_pending(t)) errno_error(t);
            break;
        }
        list = list_new(t, 0);
        for (int i = 0; i < n && !v_is_error(list); i++) {
            V pair[2] = {v_from_int(events[i].data.fd), v_from_int(events[i].events)};
            V item = tuple_from(t, pair, 2);
            if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
                v_drop(t, list);
                list = V_ERROR;
            }
        }
        break;
    }
    mem_free(events);
    return list;
}

static NATIVE(epoll_close) {
    UNUSED_NATIVE();
    descriptor_close(&epoll_of(self)->at);
    return V_NONE;
}
static NATIVE(epoll_fileno) {
    UNUSED_NATIVE();
    int fd = epoll_fd(self); // read once: it may be closed the moment after
    return fd < 0 ? epoll_closed(t) : v_from_int(fd);
}
static NATIVE(epoll_enter) {
    UNUSED_NATIVE();
    return epoll_fd(self) < 0 ? epoll_closed(t) : v_dup(self);
}
static V epoll_get_closed(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(epoll_fd(self) < 0);
}
static void epoll_free(Thread *t, Obj *o) {
    (void)t;
    descriptor_close(&((Epoll *)o)->at);
    descriptor_finish(&((Epoll *)o)->at);
}
static Type epoll_type;
static V epoll_make(Thread *t, int fd) {
    if (fd < 0) return errno_error(t);
    V self = type_alloc(t, &epoll_type, 0);
    if (v_is_error(self)) {
        close(fd);
        return V_ERROR;
    }
    descriptor_init(&epoll_of(self)->at);
    descriptor_put(&epoll_of(self)->at, fd);
    return self;
}
static V epoll_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)type;
    V a[2];
    int size = -1, flags = 0;
    if (args_bind(t, "epoll", "sizehint=-1, flags=0", args, nargs, kwnames, a) < 0) return V_ERROR;
    if ((a[0] != V_NULL && num_as_int(t, a[0], &size) < 0) || (a[1] != V_NULL && num_as_int(t, a[1], &flags) < 0)) return V_ERROR;
    if (size == 0 || size < -1) return err_set(t, &exc_ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC) return err_set(t, &exc_OSError, "invalid flags");
    return epoll_make(t, epoll_create1(EPOLL_CLOEXEC));
}
static NATIVE(epoll_fromfd) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    return num_as_int(t, args[0], &fd) < 0 ? V_ERROR : epoll_make(t, fd);
}
static const Method epoll_methods[] = {
    {"fromfd", epoll_fromfd, "fd, /", 0, M_CLASS, "An epoll object for an epoll descriptor."},
    {"close", epoll_close, "", 0, 0, "Closes the descriptor of this object."},
    {"fileno", epoll_fileno, "", 0, 0, "The descriptor of this object."},
    {"register", epoll_register, "fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT", 0, 0,
        "Watches a descriptor, which must not be watched yet."},
    {"modify", epoll_modify, "fd, eventmask", 0, 0, "Watches a descriptor for other events."},
    {"unregister", epoll_unregister, "fd", 0, 0, "Watches a descriptor no longer."},
    {"poll", epoll_poll, "timeout=None, maxevents=-1", 0, 0, "Waits for events: a list of (descriptor, events)."},
    {"__enter__", epoll_enter, "", 0, 0, NULL},
    {"__exit__", epoll_close, "exc_type=None, exc_value=None, exc_tb=None, /", 0, 0, NULL},
    METHOD_END,
};
static const GetSet epoll_getsets[] = {{"closed", epoll_get_closed, NULL, "Whether the object has been closed", NULL}, {0}};
static Type epoll_type = {
    TYPE_HEAD("select.epoll"), .base = &object_type, .size = sizeof(Epoll), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE, .free_ = epoll_free,
    .new_ = epoll_new, .methods = epoll_methods, .getsets = epoll_getsets,
};

static const Method methods[] = {
    {"select", select_select, "rlist, wlist, xlist, timeout=None, /", 0, 0,
        "Waits until some of these descriptors can be read, can be written, or have news: three lists."},
    {"poll", select_poll, "", 0, 0, "Returns a polling object."},
    METHOD_END,
};
#define C(name) {#name, name}
static const struct { const char *name; int64_t value; } constants[] = {
    C(POLLIN), C(POLLPRI), C(POLLOUT), C(POLLERR), C(POLLHUP), C(POLLNVAL), C(POLLRDNORM), C(POLLRDBAND), C(POLLWRNORM), C(POLLWRBAND), C(POLLMSG),
    C(POLLRDHUP), C(EPOLLIN), C(EPOLLOUT), C(EPOLLPRI), C(EPOLLERR), C(EPOLLHUP), C(EPOLLRDHUP), C(EPOLLET), C(EPOLLONESHOT), C(EPOLLEXCLUSIVE),
    C(EPOLLRDNORM), C(EPOLLRDBAND), C(EPOLLWRNORM), C(EPOLLWRBAND), C(EPOLLMSG), C(EPOLL_CLOEXEC), C(PIPE_BUF),
};
static int exec(Thread *t, V module) {
    if (type_ready(t, &poll_type) < 0 || module_add_type(t, module, &epoll_type) < 0) return -1;
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    return module_add(t, module, "error", v_from_type(&exc_OSError));
}
const ModuleDef mod_select = {"select", "Waiting until descriptors are ready.", methods, exec, 0};
