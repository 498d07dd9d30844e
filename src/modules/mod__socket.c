// SPDX-License-Identifier: MIT
// Module _socket: sockets of the families AF_INET, AF_INET6 and AF_UNIX, names and addresses.
//
// A socket with a timeout is non-blocking; an operation that would block polls for its descriptor, detached, until the
// deadline (TimeoutError "timed out").  Signals interrupt, run their handlers, and the operation goes on.
#include "socket_private.h"
#include "object/buffer_arg.h"
#include "threading/mutex.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static Type socket_type;
static Slot gaierror_type, herror_type;
static int64_t default_timeout = -1; // atomic

// ---- errors -----------------------------------------------------------------------------------------------------------
static V coded_error(Thread *t, Slot *type, int code, const char *text) {
    V args[2] = {v_from_int(code), str_from_cstr(t, text)};
    V exc = v_is_error(args[1]) ? V_ERROR : obj_call(t, slot_peek(type), args, 2, V_NULL);
    v_drop(t, args[1]);
    if (!v_is_error(exc)) {
        err_raise(t, exc);
        v_drop(t, exc);
    }
    return V_ERROR;
}
static V lookup_error(Thread *t, int code) {
    return code == EAI_SYSTEM ? errno_error(t) : coded_error(t, &gaierror_type, code, gai_strerror(code));
}

// ---- addresses ----------------------------------------------------------------------------------------------------------
V socket_make_address(Thread *t, const Address *a, socklen_t len) {
    char host[INET6_ADDRSTRLEN];
    if (len == 0) return V_NONE;
    switch (a->any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &a->in.sin_addr, host, sizeof host);
        return tuple_pack_steal(t, 2, str_from_cstr(t, host), v_from_int(ntohs(a->in.sin_port)));
    case AF_INET6:
        inet_ntop(AF_INET6, &a->in6.sin6_addr, host, sizeof host);
        return tuple_pack_steal(t, 4, str_from_cstr(t, host), v_from_int(ntohs(a->in6.sin6_port)), v_from_int(ntohl(a->in6.sin6_flowinfo)),
                                v_from_int(a->in6.sin6_scope_id));
    case AF_UNIX: {
        size_t n = len > offsetof(struct sockaddr_un, sun_path) ? len - offsetof(struct sockaddr_un, sun_path) : 0;
        if (n && a->un.sun_path[0] == 0) return bytes_from(t, a->un.sun_path, n); // abstract
        return str_from_utf8_surrogateescape(t, a->un.sun_path, strnlen(a->un.sun_path, n));
    }
    case AF_VSOCK: return tuple_pack_steal(t, 2, v_from_int(a->vm.svm_cid), v_from_int(a->vm.svm_port));
    default: return tuple_pack_steal(t, 2, v_from_int(a->any.sa_family), bytes_from(t, a->any.sa_data, sizeof a->any.sa_data));
    }
}

static int resolve(Thread *t, const char *name, int family, Address *out, socklen_t *len) {
    if (!*name) { // any address
        memset(out, 0, sizeof *out);
        out->any.sa_family = (sa_family_t)family;
        *len = family == AF_INET6 ? sizeof out->in6 : sizeof out->in;
        return 0;
    }
    if (family == AF_INET && !strcmp(name, "<broadcast>")) name = "255.255.255.255";
    if (family == AF_INET && inet_pton(AF_INET, name, &out->in.sin_addr) == 1) {
        struct in_addr found = out->in.sin_addr;
        memset(out, 0, sizeof *out);
        out->in.sin_family = AF_INET;
        out->in.sin_addr = found;
        *len = sizeof out->in;
        return 0;
    }
    struct addrinfo hints = {.ai_family = family}, *list;
    int code;
    thread_detach(t);
    code = getaddrinfo(name, NULL, &hints, &list);
    thread_attach(t);
    if (code) {
        lookup_error(t, code);
        return -1;
    }
    memcpy(out, list->ai_addr, list->ai_addrlen);
    *len = list->ai_addrlen;
    freeaddrinfo(list);
    return 0;
}

static int port_arg(Thread *t, const char *caller, V v, uint16_t *port) {
    int n;
    if (num_as_int_old(t, v, &n) < 0) return -1;
    if (n >= 0 && n <= 0xFFFF) {
        *port = htons((uint16_t)n);
        return 0;
    }
    err_set(t, &exc_OverflowError, "%s: port must be 0-65535.", caller);
    return -1;
}

static V host_bytes(Thread *t, V v) {
    if (v_is_bytes(v)) return v_dup(v);
    if (v_is_str(v)) return str_is_ascii(v) ? str_encode(t, v, "ascii", NULL) : str_encode(t, v, "idna", NULL);
    return err_set(t, &exc_TypeError, "str, bytes or bytearray expected, not %T", v);
}

static V buffer_bytes(Thread *t, V v) {
    Buffer view;
    if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return V_ERROR;
    V bytes = bytes_from(t, view.data, (size_t)view.len);
    buffer_release(t, &view);
    return bytes;
}

static int unix_address(Thread *t, V v, Address *a, socklen_t *len) {
    V path = v_is_str(v) ? str_to_fs_bytes(t, v) : buffer_bytes(t, v);
    if (v_is_error(path)) return -1;
    size_t n = bytes_len(path);
    bool fits = n < sizeof a->un.sun_path || (n == sizeof a->un.sun_path && bytes_data(path)[0] == 0);
    if (fits) {
        memset(&a->un, 0, sizeof a->un);
        a->un.sun_family = AF_UNIX;
        memcpy(a->un.sun_path, bytes_data(path), n);
        bool abstract = n && bytes_data(path)[0] == 0;
        *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (n && !abstract));
    } else {
        err_set(t, &exc_OSError, "AF_UNIX path too long");
    }
    v_drop(t, path);
    return fits ? 0 : -1;
}

static int vsock_address(Thread *t, V v, Address *a, socklen_t *len) { // (cid, port)
    uint32_t parts[2];
    if (!v_is_tuple(v)) return err_set(t, &exc_TypeError, "getsockaddrarg: AF_VSOCK address must be tuple, not %T", v), -1;
    if (tuple_len(v) != 2) return err_set(t, &exc_TypeError, "getsockaddrarg() takes exactly 2 arguments (%zu given)", tuple_len(v)), -1;
    for (size_t i = 0; i < 2; i++) {
        V n = num_index(t, tuple_borrow(v, i));
        if (v_is_error(n)) return -1;
        parts[i] = (uint32_t)int_as_u64_mask(n);
        v_drop(t, n);
    }
    memset(a, 0, sizeof *a);
    a->vm = (struct sockaddr_vm){.svm_family = AF_VSOCK, .svm_cid = parts[0], .svm_port = parts[1]};
    *len = sizeof a->vm;
    return 0;
}

int socket_address_arg(Thread *t, const char *caller, Socket *s, V v, Address *a, socklen_t *len) {
    if (s->family == AF_UNIX) return unix_address(t, v, a, len);
    if (s->family == AF_VSOCK) return vsock_address(t, v, a, len);
    if (s->family != AF_INET && s->family != AF_INET6) {
        err_set(t, &exc_OSError, "%s(): bad family", caller);
        return -1;
    }
    bool six = s->family == AF_INET6;
    if (!v_is_tuple(v)) {
        err_set(t, &exc_TypeError, "%s(): AF_INET%s address must be tuple, not %T", caller, six ? "6" : "", v);
        return -1;
    }
    size_t n = tuple_len(v);
    if (n < 2 || n > (six ? 4u : 2u)) {
        err_set(t, &exc_TypeError, six ? "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])" : "AF_INET address must be a pair (host, port)");
        return -1;
    }
    uint16_t port;
    int extra[2] = {0, 0};
    if (port_arg(t, caller, tuple_borrow(v, 1), &port) < 0) return -1;
    for (size_t i = 2; i < n; i++) {
        if (num_as_int_old(t, tuple_borrow(v, i), &extra[i - 2]) < 0) return -1;
    }
    V host = host_bytes(t, tuple_borrow(v, 0));
    int r = v_is_error(host) ? -1 : resolve(t, bytes_data(host), s->family, a, len);
    v_drop(t, host);
    if (r < 0) return -1;
    if (six) {
        a->in6.sin6_port = port;
        if (extra[0] < 0 || extra[0] > 0xFFFFF) {
            err_set(t, &exc_OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
            return -1;
        }
        a->in6.sin6_flowinfo = htonl((uint32_t)extra[0]);
        if (extra[1]) a->in6.sin6_scope_id = (uint32_t)extra[1];
    } else {
        a->in.sin_port = port;
    }
    return 0;
}

// ---- waiting ------------------------------------------------------------------------------------------------------------
static int timeout_ns(Thread *t, V v, int64_t *ns) {
    double d;
    *ns = -1;
    if (v == V_NONE || v == V_NULL) return 0;
    if (num_as_double(t, v, &d) < 0) return -1;
    if (isnan(d) || d < 0) {
        err_set(t, &exc_ValueError, isnan(d) ? "Invalid value NaN (not a number)" : "Timeout value out of range");
        return -1;
    }
    if (d > 9.2e9) {
        err_set(t, &exc_OverflowError, "timeout doesn't fit into C timeval");
        return -1;
    }
    *ns = (int64_t)ceil(d * 1e9);
    return 0;
}

int socket_poll(Thread *t, Socket *s, short events, int64_t deadline) {
    for (;;) {
        int64_t left = deadline < 0 ? -1 : deadline - time_monotonic_ns();
        struct pollfd p = {.events = events};
        int r;
        if (deadline >= 0 && left <= 0) return 0;
        DETACHED(t, r, DESCRIPTOR_INSIDE(&s->at, (p.fd = socket_fd(s), poll(&p, 1, poll_milliseconds(left)))));
        if (r > 0) return 1;
        if (r < 0 && errno != EINTR) {
            errno_error(t);
            return -1;
        }
        if (r < 0 && safepoint(t) < 0) return -1;
    }
}
int socket_wait_ready(Thread *t, Socket *s, short events, int64_t deadline) {
    int r = socket_poll(t, s, events, deadline);
    if (r == 0) err_set(t, &exc_TimeoutError, "timed out");
    return r > 0 ? 0 : -1;
}

static int apply_blocking(Thread *t, Socket *s) {
    descriptor_enter(&s->at);
    int flags = fcntl(socket_fd(s), F_GETFL), wanted = socket_timeout(s) >= 0 ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    bool done = flags >= 0 && (flags == wanted || fcntl(socket_fd(s), F_SETFL, wanted) == 0);
    descriptor_leave(&s->at);
    if (!done) errno_error(t);
    return done ? 0 : -1;
}

// ---- making and closing ---------------------------------------------------------------------------------------------------
static V blank(Thread *t, Type *type) {
    V self = type_alloc(t, type, 0);
    if (!v_is_error(self)) {
        descriptor_init(&socket_of(self)->at);
        at_store_relaxed(&socket_of(self)->timeout, INT64_C(-1));
    }
    return self;
}
static V socket_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args, (void)nargs, (void)kwnames;
    return blank(t, type);
}

static int adopt(Thread *t, Socket *s, int fd, int family, int type, int proto) {
    descriptor_put(&s->at, fd);
    s->family = family;
    s->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    s->proto = proto;
    at_store_relaxed(&s->timeout, type & SOCK_NONBLOCK ? 0 : at_load_relaxed(&default_timeout));
    return socket_timeout(s) >= 0 && !(type & SOCK_NONBLOCK) ? apply_blocking(t, s) : 0;
}

static int describe(int fd, int *family, int *type, int *proto) {
    socklen_t n = sizeof(int);
    Address a;
    socklen_t len = sizeof a;
    if (*family == -1) {
        if (getsockname(fd, &a.any, &len) < 0) return -1;
        *family = a.any.sa_family;
    }
    if (*type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, type, &n) < 0) return -1;
    n = sizeof(int);
    if (*proto == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, proto, &n) < 0) return -1;
    return 0;
}

static int socket_init(Thread *t, V self, const V *args, size_t nargs, V kwnames) {
    V a[4];
    int v[3] = {-1, -1, -1}, fd = -1;
    if (args_bind(t, "socket", "family=-1, type=-1, proto=-1, fileno=None", args, nargs, kwnames, a) < 0) return -1;
    for (int i = 0; i < 3; i++) {
        if (a[i] != V_NULL && num_as_int_old(t, a[i], &v[i]) < 0) return -1;
    }
    if (a[3] != V_NULL && a[3] != V_NONE) {
        if (v_is_any_float(a[3])) {
            err_set(t, &exc_TypeError, "integer argument expected, got float");
            return -1;
        }
        if (num_as_int_old(t, a[3], &fd) < 0) return -1;
        if (fd < 0) {
            err_set(t, &exc_ValueError, "negative file descriptor");
            return -1;
        }
        if (describe(fd, &v[0], &v[1], &v[2]) < 0) {
            errno_error(t);
            return -1;
        }
    } else {
        if (v[0] == -1) v[0] = AF_INET;
        if (v[1] == -1) v[1] = SOCK_STREAM;
        if (v[2] == -1) v[2] = 0;
        DETACHED(t, fd, socket(v[0], v[1] | SOCK_CLOEXEC, v[2]));
        if (fd < 0) {
            errno_error(t);
            return -1;
        }
    }
    return adopt(t, socket_of(self), fd, v[0], v[1], v[2]);
}

static NATIVE(socket_close) {
    UNUSED_NATIVE();
    int r;
    DETACHED(t, r, descriptor_close(&socket_of(self)->at));
    return r < 0 && errno != ECONNRESET ? errno_error(t) : V_NONE;
}
static NATIVE(socket_detach) {
    UNUSED_NATIVE();
    return v_from_int(descriptor_take(&socket_of(self)->at));
}
static NATIVE(socket_fileno) {
    UNUSED_NATIVE();
    return v_from_int(socket_fd(socket_of(self)));
}

static V socket_finalize(Thread *t, V self) {
    Socket *s = socket_of(self);
    if (socket_fd(s) < 0) return V_NONE;
    V pending = err_fetch(t);
    if (warn_source(t, &exc_ResourceWarning, 1, self, "unclosed %R", self) < 0) err_unraisable(t, self, NULL);
    descriptor_close(&s->at);
    err_restore_steal(t, pending);
    return V_NONE;
}
static void socket_free(Thread *t, Obj *o) {
    (void)t;
    descriptor_close(&((Socket *)o)->at);
    descriptor_finish(&((Socket *)o)->at);
}

// ---- connections ------------------------------------------------------------------------------------------------------------
static NATIVE(socket_bind) {
    (void)nargs, (void)kwnames;
    Socket *s = socket_of(self);
    Address a;
    socklen_t len;
    int r;
    if (socket_address_arg(t, "bind", s, args[0], &a, &len) < 0) return V_ERROR;
    DETACHED(t, r, DESCRIPTOR_INSIDE(&s->at, bind(socket_fd(s), &a.any, len)));
    return r < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(socket_listen) {
    (void)nargs, (void)kwnames;
    Socket *s = socket_of(self);
    int backlog = 128, r;
    if (args[0] != V_NULL && num_as_int_old(t, args[0], &backlog) < 0) return V_ERROR;
    DETACHED(t, r, DESCRIPTOR_INSIDE(&s->at, listen(socket_fd(s), backlog < 0 ? 0 : backlog)));
    return r < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(socket_accept) {
    UNUSED_NATIVE();
    Socket *s = socket_of(self);
    Address a;
    socklen_t len = sizeof a;
    int fd;
    SOCKET_CALL(t, s, fd, POLLIN, (len = sizeof a, accept4(socket_fd(s), &a.any, &len, SOCK_CLOEXEC)));
    if (fd < 0) return V_ERROR;
    V address = socket_make_address(t, &a, len);
    if (v_is_error(address)) {
        close(fd);
        return V_ERROR;
    }
    return tuple_pack_steal(t, 2, v_from_int(fd), address);
}

// 0, an errno, or -1 with an exception.
static int connect_to(Thread *t, Socket *s, const Address *a, socklen_t len) {
    int r;
    DETACHED(t, r, DESCRIPTOR_INSIDE(&s->at, connect(socket_fd(s), &a->any, len)));
    if (r == 0) return 0;
    bool waits = errno == EINTR || (errno == EINPROGRESS && socket_timeout(s) > 0);
    if (!waits || socket_timeout(s) == 0) return errno;
    if (errno == EINTR && safepoint(t) < 0) return -1;
    if (socket_wait_ready(t, s, POLLOUT, socket_timeout(s) > 0 ? time_monotonic_ns() + socket_timeout(s) : -1) < 0) return -1;
    int code = 0;
    socklen_t n = sizeof code;
    return DESCRIPTOR_INSIDE(&s->at, getsockopt(socket_fd(s), SOL_SOCKET, SO_ERROR, &code, &n)) < 0 ? errno : code;
}
static NATIVE(socket_connect) {
    (void)nargs, (void)kwnames;
    Address a;
    socklen_t len;
    if (socket_address_arg(t, "connect", socket_of(self), args[0], &a, &len) < 0) return V_ERROR;
    int code = connect_to(t, socket_of(self), &a, len);
    if (code <= 0) return code < 0 ? V_ERROR : V_NONE;
    errno = code;
    return errno_error(t);
}
static NATIVE(socket_connect_ex) {
    (void)nargs, (void)kwnames;
    Address a;
    socklen_t len;
    if (socket_address_arg(t, "connect_ex", socket_of(self), args[0], &a, &len) < 0) return V_ERROR;
    int code = connect_to(t, socket_of(self), &a, len);
    if (code < 0 && err_matches(t, &exc_TimeoutError)) {
        err_clear(t);
        code = EAGAIN;
    }
    return code < 0 ? V_ERROR : v_from_int(code);
}
static NATIVE(socket_shutdown) {
    (void)nargs, (void)kwnames;
    Socket *s = socket_of(self);
    int how, r;
    if (num_as_int_old(t, args[0], &how) < 0) return V_ERROR;
    DETACHED(t, r, DESCRIPTOR_INSIDE(&s->at, shutdown(socket_fd(s), how)));
    return r < 0 ? errno_error(t) : V_NONE;
}

static V name_of(Thread *t, int r, const Address *a, socklen_t len) { return r < 0 ? errno_error(t) : socket_make_address(t, a, len); }
static NATIVE(socket_getsockname) {
    UNUSED_NATIVE();
    Socket *s = socket_of(self);
    Address a = {0};
    socklen_t len = sizeof a;
    int r = DESCRIPTOR_INSIDE(&s->at, getsockname(socket_fd(s), &a.any, &len));
    return name_of(t, r, &a, len);
}
static NATIVE(socket_getpeername) {
    UNUSED_NATIVE();
    Socket *s = socket_of(self);
    Address a = {0};
    socklen_t len = sizeof a;
    int r = DESCRIPTOR_INSIDE(&s->at, getpeername(socket_fd(s), &a.any, &len));
    return name_of(t, r, &a, len);
}

// ---- data -------------------------------------------------------------------------------------------------------------------
// send, sendto, recv and recvfrom, by the calls that ThreadSanitizer knows to be one before the other: who receives may close
// the socket.  to, from: NULL without an address.
static ssize_t send_to(int fd, void *p, size_t n, int flags, Address *to, socklen_t len) {
    struct iovec data = {p, n};
    struct msghdr message = {.msg_name = to, .msg_namelen = len, .msg_iov = &data, .msg_iovlen = 1};
    return sendmsg(fd, &message, flags);
}

static ssize_t receive_from(int fd, void *p, size_t n, int flags, Address *from, socklen_t *len) {
    struct iovec data = {p, n};
    struct msghdr message = {.msg_name = from, .msg_namelen = from ? sizeof *from : 0, .msg_iov = &data, .msg_iovlen = 1};
    ssize_t got = recvmsg(fd, &message, flags);
    *len = message.msg_namelen;
    return got;
}

static V receive(Thread *t, V self, V size_arg, V flag_value, bool with_address) {
    Socket *s = socket_of(self);
    ptrdiff_t size, n;
    int flags;
    Address a;
    socklen_t len = sizeof a;
    if (num_as_ssize(t, size_arg, &exc_OverflowError, &size) < 0 || flags_arg(t, flag_value, &flags) < 0) return V_ERROR;
    if (size < 0) return err_set(t, &exc_ValueError, with_address ? "negative buffersize in recvfrom" : "negative buffersize in recv");
    V data = bytes_new(t, (size_t)size);
    if (v_is_error(data)) return V_ERROR;
    char *p = bytes_data(data);
    SOCKET_CALL(t, s, n, POLLIN, receive_from(socket_fd(s), p, (size_t)size, flags, with_address ? &a : NULL, &len));
    if (n < 0) {
        v_drop(t, data);
        return V_ERROR;
    }
    data = bytes_shrink_steal(t, data, (size_t)n);
    return with_address ? tuple_pack_steal(t, 2, data, socket_make_address(t, &a, len)) : data;
}
static NATIVE(socket_recv) {
    (void)nargs, (void)kwnames;
    return receive(t, self, args[0], args[1], false);
}
static NATIVE(socket_recvfrom) {
    (void)nargs, (void)kwnames;
    return receive(t, self, args[0], args[1], true);
}

static V receive_into(Thread *t, V self, const V *args, bool with_address) { // buffer, nbytes=0, flags=0
    Socket *s = socket_of(self);
    Buffer view;
    ptrdiff_t size = 0, n = -1;
    int flags;
    Address a;
    socklen_t len = sizeof a;
    if (args[1] != V_NULL && num_as_ssize(t, args[1], &exc_OverflowError, &size) < 0) return V_ERROR;
    const char *whose = with_address ? "recvfrom_into() argument 1" : "recv_into() argument 1";
    if (flags_arg(t, args[2], &flags) < 0 || buffer_get_writable(t, args[0], &view, whose) < 0) return V_ERROR;
    if (size == 0) size = view.len;
    if (size < 0) err_set(t, &exc_ValueError, "negative buffersize in recv_into");
    else if (size > view.len) err_set(t, &exc_ValueError, "buffer too small for requested bytes");
    else SOCKET_CALL(t, s, n, POLLIN, receive_from(socket_fd(s), view.data, (size_t)size, flags, with_address ? &a : NULL, &len));
    buffer_release(t, &view);
    if (n < 0) return V_ERROR;
    return with_address ? tuple_pack_steal(t, 2, v_from_int(n), socket_make_address(t, &a, len)) : v_from_int(n);
}
static NATIVE(socket_recv_into) {
    (void)nargs, (void)kwnames;
    return receive_into(t, self, args, false);
}
static NATIVE(socket_recvfrom_into) {
    (void)nargs, (void)kwnames;
    return receive_into(t, self, args, true);
}

static NATIVE(socket_send) {
    (void)nargs, (void)kwnames;
    Socket *s = socket_of(self);
    Buffer view;
    int flags;
    ptrdiff_t n;
    if (flags_arg(t, args[1], &flags) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    SOCKET_CALL(t, s, n, POLLOUT, send_to(socket_fd(s), view.data, (size_t)view.len, flags, NULL, 0));
    buffer_release(t, &view);
    return n < 0 ? V_ERROR : v_from_int(n);
}
static NATIVE(socket_sendall) {
    (void)nargs, (void)kwnames;
    Socket *s = socket_of(self);
    Buffer view;
    int flags;
    ptrdiff_t n = 0, done = 0;
    if (flags_arg(t, args[1], &flags) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    while (done < view.len) {
        SOCKET_CALL(t, s, n, POLLOUT, send_to(socket_fd(s), (char *)view.data + done, (size_t)(view.len - done), flags, NULL, 0));
        if (n < 0) break;
        done += n;
        if (safepoint(t) < 0) {
            n = -1;
            break;
        }
    }
    buffer_release(t, &view);
    return n < 0 ? V_ERROR : V_NONE;
}
static NATIVE(socket_sendto) { // data, [flags,] address
    Socket *s = socket_of(self);
    Buffer view;
    Address a;
    socklen_t len;
    int flags = 0;
    ptrdiff_t n = -1;
    if (args_no_keywords(t, "sendto", kwnames) < 0) return V_ERROR;
    if (nargs < 2 || nargs > 3) return err_set(t, &exc_TypeError, "sendto() takes 2 or 3 arguments (%zu given)", nargs);
    if (nargs == 3 && num_as_int_old(t, args[1], &flags) < 0) return V_ERROR;
    if (socket_address_arg(t, "sendto", s, args[nargs - 1], &a, &len) < 0 || buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    SOCKET_CALL(t, s, n, POLLOUT, send_to(socket_fd(s), view.data, (size_t)view.len, flags, &a, len));
    buffer_release(t, &view);
    return n < 0 ? V_ERROR : v_from_int(n);
}

// ---- options ------------------------------------------------------------------------------------------------------------------
// AF_VSOCK's options are unsigned numbers of 64 bits.
static bool has_wide_options(V self) { return socket_of(self)->family == AF_VSOCK; }

static NATIVE(socket_setsockopt) { // level, optname, value | (None, optlen)
    int level, name, r, value;
    if (args_no_keywords(t, "setsockopt", kwnames) < 0 || args_check_count(t, "setsockopt", nargs, 3, 4) < 0) return V_ERROR;
    if (num_as_int_old(t, args[0], &level) < 0 || num_as_int_old(t, args[1], &name) < 0) return V_ERROR;
    Socket *s = socket_of(self);
    if (nargs == 4) {
        if (num_as_int_old(t, args[3], &value) < 0) return V_ERROR;
        r = DESCRIPTOR_INSIDE(&s->at, setsockopt(socket_fd(s), level, name, NULL, (socklen_t)value));
    } else if (v_is_any_int(args[2]) && has_wide_options(self)) {
        uint64_t wide = int_as_u64_mask(args[2]);
        r = DESCRIPTOR_INSIDE(&s->at, setsockopt(socket_fd(s), level, name, &wide, sizeof wide));
    } else if (v_is_any_int(args[2])) {
        if (num_as_int_old(t, args[2], &value) < 0) return V_ERROR;
        r = DESCRIPTOR_INSIDE(&s->at, setsockopt(socket_fd(s), level, name, &value, sizeof value));
    } else {
        Buffer view;
        if (buffer_get(t, args[2], &view, BUF_SIMPLE) < 0) return V_ERROR;
        r = DESCRIPTOR_INSIDE(&s->at, setsockopt(socket_fd(s), level, name, view.data, (socklen_t)view.len));
        int code = errno;
        buffer_release(t, &view);
        errno = code;
    }
    return r < 0 ? errno_error(t) : V_NONE;
}
static NATIVE(socket_getsockopt) { // level, optname, buflen=0
    (void)nargs, (void)kwnames;
    int level, name, size = 0, value = 0;
    if (num_as_int_old(t, args[0], &level) < 0 || num_as_int_old(t, args[1], &name) < 0 || (args[2] != V_NULL && num_as_int_old(t, args[2], &size) < 0)) return V_ERROR;
    Socket *s = socket_of(self);
    if (has_wide_options(self)) {
        uint64_t wide = 0;
        socklen_t n = sizeof wide;
        if (size) return err_set(t, &exc_OSError, "getsockopt string buffer not allowed");
        return DESCRIPTOR_INSIDE(&s->at, getsockopt(socket_fd(s), level, name, &wide, &n)) < 0 ? errno_error(t) : int_from_u64(t, wide);
    }
    if (size == 0) {
        socklen_t n = sizeof value;
        return DESCRIPTOR_INSIDE(&s->at, getsockopt(socket_fd(s), level, name, &value, &n)) < 0 ? errno_error(t) : v_from_int(value);
    }
    if (size < 0 || size > 1024) return err_set(t, &exc_OSError, "getsockopt buflen out of range");
    char data[1024];
    socklen_t n = (socklen_t)size;
    return DESCRIPTOR_INSIDE(&s->at, getsockopt(socket_fd(s), level, name, data, &n)) < 0 ? errno_error(t) : bytes_from(t, data, n);
}

static NATIVE(socket_settimeout) {
    (void)nargs, (void)kwnames;
    int64_t ns;
    if (timeout_ns(t, args[0], &ns) < 0) return V_ERROR;
    at_store_relaxed(&socket_of(self)->timeout, ns);
    return apply_blocking(t, socket_of(self)) < 0 ? V_ERROR : V_NONE;
}
static V timeout_value(Thread *t, int64_t ns) { return ns < 0 ? V_NONE : float_from_double(t, (double)ns / 1e9); }
static NATIVE(socket_gettimeout) {
    UNUSED_NATIVE();
    return timeout_value(t, socket_timeout(socket_of(self)));
}
static NATIVE(socket_setblocking) {
    (void)nargs, (void)kwnames;
    bool on;
    if (flag_arg(t, args[0], true, &on) < 0) return V_ERROR;
    at_store_relaxed(&socket_of(self)->timeout, (int64_t)(on ? -1 : 0));
    return apply_blocking(t, socket_of(self)) < 0 ? V_ERROR : V_NONE;
}
static NATIVE(socket_getblocking) {
    UNUSED_NATIVE();
    return v_from_bool(socket_timeout(socket_of(self)) != 0);
}
static V get_timeout(Thread *t, V self, void *closure) {
    (void)closure;
    return timeout_value(t, socket_timeout(socket_of(self)));
}
static V socket_repr(Thread *t, V self) {
    Socket *s = socket_of(self);
    return str_from_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", socket_fd(s), s->family, s->type, s->proto);
}

static const Method socket_methods[] = {
    {"_accept", socket_accept, "", 0, 0, NULL}, {"bind", socket_bind, "address, /", 0, 0, NULL}, {"close", socket_close, "", LOCK_SELF, 0, NULL},
    {"connect", socket_connect, "address, /", 0, 0, NULL}, {"connect_ex", socket_connect_ex, "address, /", 0, 0, NULL},
    {"detach", socket_detach, "", LOCK_SELF, 0, NULL}, {"fileno", socket_fileno, "", 0, 0, NULL}, {"getpeername", socket_getpeername, "", 0, 0, NULL},
    {"getsockname", socket_getsockname, "", 0, 0, NULL}, {"getsockopt", socket_getsockopt, "level, option, buffersize=0, /", 0, 0, NULL},
    {"listen", socket_listen, "backlog=128, /", 0, 0, NULL}, {"recv", socket_recv, "buffersize, flags=0, /", 0, 0, NULL},
    {"recv_into", socket_recv_into, "buffer, nbytes=0, flags=0", 0, 0, NULL}, {"recvfrom", socket_recvfrom, "buffersize, flags=0, /", 0, 0, NULL},
    {"recvfrom_into", socket_recvfrom_into, "buffer, nbytes=0, flags=0", 0, 0, NULL}, {"send", socket_send, "data, flags=0, /", 0, 0, NULL},
    {"sendall", socket_sendall, "data, flags=0, /", 0, 0, NULL}, {"sendto", socket_sendto, NULL, 0, M_RAW, NULL},
    {"sendmsg", socket_sendmsg, NULL, 0, M_RAW,
     "sendmsg(buffers[, ancdata[, flags[, address]]]) -> bytes sent\n\nSends one message, gathered from buffers, and control data."},
    {"recvmsg", socket_recvmsg, NULL, 0, M_RAW,
     "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceives one message and control data."},
    {"recvmsg_into", socket_recvmsg_into, NULL, 0, M_RAW,
     "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\n"
     "Receives one message, scattered into buffers, and control data."},
    {"setblocking", socket_setblocking, "flag, /", 0, 0, NULL}, {"getblocking", socket_getblocking, "", 0, 0, NULL},
    {"settimeout", socket_settimeout, "timeout, /", 0, 0, NULL}, {"gettimeout", socket_gettimeout, "", 0, 0, NULL},
    {"setsockopt", socket_setsockopt, NULL, 0, M_RAW, NULL}, {"shutdown", socket_shutdown, "how, /", 0, 0, NULL}, METHOD_END,
};
static const Member socket_members[] = {
    {"family", MEMBER_INT, offsetof(Socket, family), true, "the socket family"}, {"type", MEMBER_INT, offsetof(Socket, type), true, "the socket type"},
    {"proto", MEMBER_INT, offsetof(Socket, proto), true, "the socket protocol"}, {0},
};
static const GetSet socket_getsets[] = {{"timeout", get_timeout, NULL, "the socket timeout", NULL}, {0}};
static Type socket_type = {
    TYPE_HEAD("_socket.socket"), .base = &object_type, .size = sizeof(Socket), .flags = TYPE_BASETYPE | TYPE_IMMUTABLE | TYPE_FINALIZE,
    .doc = "A socket of the given address family, socket type and protocol number.", .new_ = socket_new, .init = socket_init, .repr = socket_repr,
    .finalize = socket_finalize, .free_ = socket_free, .methods = socket_methods, .members = socket_members, .getsets = socket_getsets,
};

// ---- names ------------------------------------------------------------------------------------------------------------------
static NATIVE(socket_getaddrinfo) { // host, port, family=0, type=0, proto=0, flags=0
    (void)self, (void)nargs, (void)kwnames;
    int n[4];
    for (int i = 0; i < 4; i++) {
        n[i] = 0;
        if (args[i + 2] != V_NULL && num_as_int_old(t, args[i + 2], &n[i]) < 0) return V_ERROR;
    }
    V host = args[0] == V_NONE ? V_NULL : host_bytes(t, args[0]);
    if (v_is_error(host)) return V_ERROR;
    char port_text[32];
    const char *port = NULL;
    if (v_is_any_int(args[1])) {
        int64_t number;
        if (num_as_i64(t, args[1], &number) < 0) return V_ERROR;
        snprintf(port_text, sizeof port_text, "%lld", (long long)number);
        port = port_text;
    } else if (v_is_str(args[1])) {
        port = str_cstr(t, args[1]);
    } else if (v_is_bytes(args[1])) {
        port = bytes_data(args[1]);
    } else if (args[1] != V_NONE) {
        err_set(t, &exc_OSError, "Int or String expected");
    }
    if (err_pending(t)) {
        v_drop(t, host);
        return V_ERROR;
    }
    struct addrinfo hints = {.ai_family = n[0], .ai_socktype = n[1], .ai_protocol = n[2], .ai_flags = n[3]}, *found = NULL;
    int code;
    thread_detach(t);
    code = getaddrinfo(host == V_NULL ? NULL : bytes_data(host), port, &hints, &found);
    thread_attach(t);
    v_drop(t, host);
    if (code) return lookup_error(t, code);
    V list = list_new(t, 0);
    for (struct addrinfo *i = found; i && !v_is_error(list); i = i->ai_next) {
        V address = socket_make_address(t, (const Address *)i->ai_addr, i->ai_addrlen);
        V item = v_is_error(address) ? V_ERROR
                                     : tuple_pack_steal(t, 5, v_from_int(i->ai_family), v_from_int(i->ai_socktype), v_from_int(i->ai_protocol),
                                                        str_from_cstr(t, i->ai_canonname ? i->ai_canonname : ""), address);
        if (v_is_error(item) || list_append_steal(t, list, item) < 0) {
            v_drop(t, list);
            list = V_ERROR;
        }
    }
    freeaddrinfo(found);
    return list;
}

static NATIVE(socket_getnameinfo) { // sockaddr, flags
    (void)self, (void)nargs, (void)kwnames;
    int flags;
    Address a;
    socklen_t len;
    if (!v_is_tuple(args[0])) return err_set(t, &exc_TypeError, "getnameinfo() argument 1 must be a tuple");
    if (num_as_int_old(t, args[1], &flags) < 0) return V_ERROR;
    Socket like = {.family = tuple_len(args[0]) > 2 ? AF_INET6 : AF_INET};
    if (socket_address_arg(t, "getnameinfo", &like, args[0], &a, &len) < 0) return V_ERROR;
    char host[NI_MAXHOST], service[NI_MAXSERV];
    int code;
    thread_detach(t);
    code = getnameinfo(&a.any, len, host, sizeof host, service, sizeof service, flags);
    thread_attach(t);
    return code ? lookup_error(t, code) : tuple_pack_steal(t, 2, str_from_cstr(t, host), str_from_cstr(t, service));
}

static NATIVE(socket_gethostname) {
    UNUSED_NATIVE();
    char name[256];
    return gethostname(name, sizeof name) < 0 ? errno_error(t) : str_from_utf8_surrogateescape(t, name, strlen(name));
}
static NATIVE(socket_gethostbyname) {
    (void)self, (void)nargs, (void)kwnames;
    Address a;
    socklen_t len;
    V host = host_bytes(t, args[0]);
    int r = v_is_error(host) ? -1 : resolve(t, bytes_data(host), AF_INET, &a, &len);
    v_drop(t, host);
    if (r < 0) return V_ERROR;
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &a.in.sin_addr, text, sizeof text);
    return str_from_cstr(t, text);
}
static NATIVE(socket_inet_aton) {
    (void)self, (void)nargs, (void)kwnames;
    struct in_addr a;
    const char *p = v_is_str(args[0]) ? str_cstr(t, args[0]) : (err_bad_argument(t, "inet_aton", "argument 1", "str", args[0]), NULL);
    if (!p) return V_ERROR;
    return inet_aton(p, &a) ? bytes_from(t, &a, sizeof a) : err_set(t, &exc_OSError, "illegal IP address string passed to inet_aton");
}
static NATIVE(socket_inet_ntoa) {
    (void)self, (void)nargs, (void)kwnames;
    Buffer view;
    char text[INET_ADDRSTRLEN];
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    bool ok = view.len == 4;
    if (ok) inet_ntop(AF_INET, view.data, text, sizeof text);
    buffer_release(t, &view);
    return ok ? str_from_cstr(t, text) : err_set(t, &exc_OSError, "packed IP wrong length");
}
static NATIVE(socket_inet_pton) {
    (void)self, (void)nargs, (void)kwnames;
    int family;
    unsigned char out[sizeof(struct in6_addr)];
    if (num_as_int_old(t, args[0], &family) < 0) return V_ERROR;
    const char *p = v_is_str(args[1]) ? str_cstr(t, args[1]) : (err_bad_argument(t, "inet_pton", "argument 2", "str", args[1]), NULL);
    if (!p) return V_ERROR;
    int r = inet_pton(family, p, out);
    if (r < 0) return errno_error(t);
    return r ? bytes_from(t, out, family == AF_INET ? 4 : 16) : err_set(t, &exc_OSError, "illegal IP address string passed to inet_pton");
}
static NATIVE(socket_inet_ntop) {
    (void)self, (void)nargs, (void)kwnames;
    int family;
    Buffer view;
    char text[INET6_ADDRSTRLEN];
    if (num_as_int_old(t, args[0], &family) < 0 || buffer_get(t, args[1], &view, BUF_SIMPLE) < 0) return V_ERROR;
    bool known = family == AF_INET || family == AF_INET6, fits = view.len == (family == AF_INET ? 4 : 16);
    if (known && fits) inet_ntop(family, view.data, text, sizeof text);
    buffer_release(t, &view);
    if (!known) return err_set(t, &exc_ValueError, "unknown address family %d", family);
    return fits ? str_from_cstr(t, text) : err_set(t, &exc_ValueError, "invalid length of packed IP address string");
}

#define BYTE_ORDER_CALL(function, call, number, read, most) \
    static NATIVE(function) { \
        (void)self, (void)nargs, (void)kwnames; \
        number n; \
        if (read(t, args[0], &n) < 0) return V_ERROR; \
        if (n < 0) return err_set(t, &exc_OverflowError, #call ": can't convert negative Python int to C %s-bit unsigned integer", most == 0xFFFF ? "16" : "32"); \
        if (n > (number)most) return err_set(t, &exc_OverflowError, #call ": Python int too large to convert to C %s-bit unsigned integer", most == 0xFFFF ? "16" : "32"); \
        return v_from_int(call((uint32_t)n)); \
    }
BYTE_ORDER_CALL(socket_htons, htons, int, num_as_int_old, 0xFFFF)
BYTE_ORDER_CALL(socket_ntohs, ntohs, int, num_as_int_old, 0xFFFF)
BYTE_ORDER_CALL(socket_htonl, htonl, int64_t, num_as_i64, 0xFFFFFFFF)
BYTE_ORDER_CALL(socket_ntohl, ntohl, int64_t, num_as_i64, 0xFFFFFFFF)

static V socket_from_fd(Thread *t, int fd, int family, int type, int proto) {
    V self = blank(t, &socket_type);
    if (v_is_error(self)) {
        close(fd);
        return V_ERROR;
    }
    if (adopt(t, socket_of(self), fd, family, type, proto) == 0) return self;
    v_drop(t, self);
    return V_ERROR;
}
static NATIVE(socket_socketpair) { // family=AF_UNIX, type=SOCK_STREAM, proto=0
    (void)self, (void)nargs, (void)kwnames;
    int n[3] = {AF_UNIX, SOCK_STREAM, 0}, fds[2], r;
    for (int i = 0; i < 3; i++) {
        if (args[i] != V_NULL && num_as_int_old(t, args[i], &n[i]) < 0) return V_ERROR;
    }
    DETACHED(t, r, socketpair(n[0], n[1] | SOCK_CLOEXEC, n[2], fds));
    if (r < 0) return errno_error(t);
    V a = socket_from_fd(t, fds[0], n[0], n[1], n[2]), b = socket_from_fd(t, fds[1], n[0], n[1], n[2]);
    return tuple_pack_steal(t, 2, a, b);
}
static NATIVE(socket_close_fd) {
    (void)self, (void)nargs, (void)kwnames;
    int fd, r;
    if (num_as_int_old(t, args[0], &fd) < 0) return V_ERROR;
    DETACHED(t, r, close(fd));
    return r < 0 && errno != ECONNRESET ? errno_error(t) : V_NONE;
}
static NATIVE(socket_dup) {
    (void)self, (void)nargs, (void)kwnames;
    int fd;
    if (num_as_int_old(t, args[0], &fd) < 0) return V_ERROR;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? errno_error(t) : v_from_int(copy);
}
static NATIVE(socket_getdefaulttimeout) {
    UNUSED_NATIVE();
    return timeout_value(t, at_load_relaxed(&default_timeout));
}
static NATIVE(socket_setdefaulttimeout) {
    (void)self, (void)nargs, (void)kwnames;
    int64_t ns;
    if (timeout_ns(t, args[0], &ns) < 0) return V_ERROR;
    at_store_relaxed(&default_timeout, ns);
    return V_NONE;
}
static NATIVE(socket_getservbyname) {
    (void)self, (void)nargs, (void)kwnames;
    const char *name = v_is_str(args[0]) ? str_cstr(t, args[0]) : NULL, *proto = args[1] != V_NULL && v_is_str(args[1]) ? str_cstr(t, args[1]) : NULL;
    if (!name) return err_pending(t) ? V_ERROR : err_bad_argument(t, "getservbyname", "argument 1", "str", args[0]);
    struct servent *s = getservbyname(name, proto);
    return s ? v_from_int(ntohs((uint16_t)s->s_port)) : err_set(t, &exc_OSError, "service/proto not found");
}

static const Method methods[] = {
    {"getaddrinfo", socket_getaddrinfo, "host, port, family=0, type=0, proto=0, flags=0", 0, 0,
        "The addresses of a host and a service: a list of (family, type, protocol, name, address)."},
    {"getnameinfo", socket_getnameinfo, "sockaddr, flags, /", 0, M_OLD_ARITY | M_TUPLE, "The names (host, service) of an address."},
    {"gethostname", socket_gethostname, "", 0, 0, "Return the current host name."},
    {"gethostbyname", socket_gethostbyname, "host, /", 0, M_OLD_ARITY | M_TUPLE, "The IPv4 address of a host, like '127.0.0.1'."},
    {"getservbyname", socket_getservbyname, "servicename, protocolname=<unrepresentable>, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"inet_aton", socket_inet_aton, "string, /", 0, M_OLD_ARITY | M_TUPLE, NULL}, {"inet_ntoa", socket_inet_ntoa, "packed, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"inet_pton", socket_inet_pton, "af, ip, /", 0, M_OLD_ARITY | M_TUPLE, NULL}, {"inet_ntop", socket_inet_ntop, "af, packed, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"htons", socket_htons, "integer, /", 0, M_OLD_ARITY | M_TUPLE, NULL}, {"ntohs", socket_ntohs, "integer, /", 0, M_OLD_ARITY | M_TUPLE, NULL},
    {"htonl", socket_htonl, "integer, /", 0, 0, NULL}, {"ntohl", socket_ntohl, "integer, /", 0, 0, NULL},
    {"socketpair", socket_socketpair, "family=AF_UNIX, type=SOCK_STREAM, proto=0, /", 0, M_OLD_ARITY | M_TUPLE, NULL}, {"close", socket_close_fd, "fd, /", 0, 0, NULL},
    {"dup", socket_dup, "fd, /", 0, 0, NULL}, {"getdefaulttimeout", socket_getdefaulttimeout, "", 0, 0, NULL},
    {"setdefaulttimeout", socket_setdefaulttimeout, "timeout, /", 0, 0, NULL}, METHOD_END,
};
#define C(name) {#name, name}
static const struct { const char *name; int64_t value; } constants[] = {
    C(AF_UNSPEC), C(AF_INET), C(AF_INET6), C(AF_UNIX), C(AF_NETLINK), C(AF_PACKET), C(SOCK_STREAM), C(SOCK_DGRAM), C(SOCK_RAW), C(SOCK_RDM),
    C(SOCK_SEQPACKET), C(SOCK_CLOEXEC), C(SOCK_NONBLOCK), C(SOL_SOCKET), C(SOL_TCP), {"SOL_UDP", IPPROTO_UDP}, {"SOL_IP", 0}, C(SO_DEBUG), C(SO_ACCEPTCONN),
    C(SO_REUSEADDR), C(SO_REUSEPORT), C(SO_KEEPALIVE), C(SO_DONTROUTE), C(SO_BROADCAST), C(SO_LINGER), C(SO_OOBINLINE), C(SO_SNDBUF), C(SO_RCVBUF),
    C(SO_SNDLOWAT), C(SO_RCVLOWAT), C(SO_SNDTIMEO), C(SO_RCVTIMEO), C(SO_ERROR), C(SO_TYPE), C(SO_PASSCRED), C(SO_PEERCRED), C(SO_PROTOCOL),
    C(SO_DOMAIN), C(SO_BINDTODEVICE), C(SO_PRIORITY), C(SO_MARK), C(SOMAXCONN), C(SCM_RIGHTS), C(SCM_CREDENTIALS), C(MSG_OOB), C(MSG_PEEK),
    C(MSG_DONTROUTE), C(MSG_DONTWAIT), C(MSG_EOR), C(MSG_TRUNC), C(MSG_CTRUNC), C(MSG_WAITALL), C(MSG_NOSIGNAL), C(MSG_CMSG_CLOEXEC),
    C(MSG_ERRQUEUE), C(MSG_MORE), C(MSG_CONFIRM), C(MSG_FASTOPEN), C(IPPROTO_IP), C(IPPROTO_ICMP), C(IPPROTO_IGMP), C(IPPROTO_TCP), C(IPPROTO_UDP),
    C(IPPROTO_IPV6), C(IPPROTO_RAW), C(IPPROTO_ICMPV6), C(INADDR_ANY), C(INADDR_BROADCAST), C(INADDR_LOOPBACK), C(INADDR_NONE), C(IP_OPTIONS),
    C(IP_HDRINCL), C(IP_TOS), C(IP_TTL), C(IP_MULTICAST_IF), C(IP_MULTICAST_TTL), C(IP_MULTICAST_LOOP), C(IP_ADD_MEMBERSHIP), C(IP_DROP_MEMBERSHIP),
    C(IPV6_V6ONLY), C(IPV6_JOIN_GROUP), C(IPV6_LEAVE_GROUP), C(IPV6_MULTICAST_HOPS), C(IPV6_MULTICAST_IF), C(IPV6_MULTICAST_LOOP), C(IPV6_UNICAST_HOPS),
    C(TCP_NODELAY), C(TCP_MAXSEG), C(TCP_CORK), C(TCP_KEEPIDLE), C(TCP_KEEPINTVL), C(TCP_KEEPCNT), C(TCP_SYNCNT), C(TCP_LINGER2), C(TCP_DEFER_ACCEPT),
    C(TCP_WINDOW_CLAMP), C(TCP_INFO), C(TCP_QUICKACK), C(TCP_FASTOPEN), C(TCP_USER_TIMEOUT), C(TCP_CONGESTION), C(EAI_ADDRFAMILY), C(EAI_AGAIN),
    C(EAI_BADFLAGS), C(EAI_FAIL), C(EAI_FAMILY), C(EAI_MEMORY), C(EAI_NODATA), C(EAI_NONAME), C(EAI_OVERFLOW), C(EAI_SERVICE), C(EAI_SOCKTYPE),
    C(EAI_SYSTEM), C(AI_PASSIVE), C(AI_CANONNAME), C(AI_NUMERICHOST), C(AI_NUMERICSERV), C(AI_ALL), C(AI_V4MAPPED), C(AI_ADDRCONFIG), C(NI_MAXHOST),
    C(NI_MAXSERV), C(NI_NOFQDN), C(NI_NUMERICHOST), C(NI_NAMEREQD), C(NI_NUMERICSERV), C(NI_DGRAM), C(SHUT_RD), C(SHUT_WR), C(SHUT_RDWR),
};

// For socket_names.c.
V socket_host_bytes(Thread *t, V host) { return host_bytes(t, host); }
int socket_resolve(Thread *t, const char *name, int family, struct sockaddr_storage *out, socklen_t *len) {
    Address a;
    if (resolve(t, name, family, &a, len) < 0) return -1;
    memcpy(out, &a, sizeof a < sizeof *out ? sizeof a : sizeof *out);
    return 0;
}
V socket_host_error(Thread *t, int code) { return coded_error(t, &herror_type, code, hstrerror(code)); }

static int exec(Thread *t, V module) {
    if (module_add_type(t, module, &socket_type) < 0 || module_add(t, module, "SocketType", v_from_type(&socket_type)) < 0) return -1;
    for (size_t i = 0; i < countof(constants); i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0) return -1;
    }
    if (add_constants(t, module, socket_more_constants, socket_n_more_constants) < 0 || module_add_methods(t, module, socket_name_methods) < 0) return -1;
    if (module_add_str(t, module, "BDADDR_ANY", "00:00:00:00:00:00") < 0 || module_add_str(t, module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF") < 0) return -1;
    if (module_add(t, module, "error", v_from_type(&exc_OSError)) < 0 || module_add(t, module, "timeout", v_from_type(&exc_TimeoutError)) < 0) return -1;
    if (module_add(t, module, "has_ipv6", V_TRUE) < 0) return -1;
    if (module_add_error(t, module, &gaierror_type, "gaierror", "socket.gaierror", &exc_OSError) < 0) return -1;
    return module_add_error(t, module, &herror_type, "herror", "socket.herror", &exc_OSError);
}
const ModuleDef mod__socket = {"_socket", "Implementation module for socket operations.", methods, exec, 0};
