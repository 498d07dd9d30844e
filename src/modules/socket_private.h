// SPDX-License-Identifier: MIT
// Shared by mod__socket.c (sockets), socket_message.c (messages with control data), socket_names.c (databases of hosts,
// protocols, interfaces) and socket_constants.c.
#ifndef HEDDLE_SOCKET_PRIVATE_H
#define HEDDLE_SOCKET_PRIVATE_H
#include "constants.h"
#include "posix_private.h"
#include "runtime/descriptor.h"
#include "threading/mutex.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h>
#include <sys/un.h>

extern const IntConstant socket_more_constants[];
extern const size_t socket_n_more_constants;
extern const Method socket_name_methods[];

V socket_host_bytes(Thread *t, V host);                     // a host's name as bytes for the resolver
int socket_resolve(Thread *t, const char *name, int family, struct sockaddr_storage *out, socklen_t *len); // gaierror
V socket_host_error(Thread *t, int code);                   // herror

typedef struct Socket {
    Obj head;
    Descriptor at;
    int family, type, proto;
    int64_t timeout;     // atomic: ns; -1: blocking, 0: non-blocking
} Socket;
static inline Socket *socket_of(V v) { return (Socket *)v_obj(v); }
static inline int socket_fd(const Socket *s) { return descriptor_fd(&s->at); }
static inline int64_t socket_timeout(const Socket *s) { return at_load_relaxed(&s->timeout); }

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_vm vm;
    struct sockaddr_storage storage;
} Address;

V socket_make_address(Thread *t, const Address *a, socklen_t len);
int socket_address_arg(Thread *t, const char *caller, Socket *s, V v, Address *a, socklen_t *len);
int socket_poll(Thread *t, Socket *s, short events, int64_t deadline);       // 1: ready; 0: too late; -1: what a handler raised
int socket_wait_ready(Thread *t, Socket *s, short events, int64_t deadline); // 0; -1 with TimeoutError, or what a handler raised
static inline int flags_arg(Thread *t, V v, int *flags) {
    *flags = 0;
    return v == V_NULL ? 0 : num_as_int_old(t, v, flags);
}

// Repeats `call` while signals interrupt it and, with a timeout, until the descriptor is ready.
#define SOCKET_CALL(t, s, result, events, call) \
    do { \
        int64_t timeout_ = socket_timeout(s), deadline_ = timeout_ > 0 ? time_monotonic_ns() + timeout_ : -1; \
        for (;;) { \
            DETACHED(t, result, DESCRIPTOR_INSIDE(&(s)->at, call)); \
            if ((result) >= 0) break; \
            if (errno == EINTR) { \
                if (safepoint(t) < 0) break; \
            } else if ((errno == EAGAIN || errno == EWOULDBLOCK) && timeout_ > 0) { \
                if (socket_wait_ready(t, s, events, deadline_) < 0) break; \
            } else { \
                errno_error(t); \
                break; \
            } \
        } \
    } while (0)

NATIVE(socket_sendmsg);
NATIVE(socket_recvmsg);
NATIVE(socket_recvmsg_into);
#endif
