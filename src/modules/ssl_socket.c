// SPDX-License-Identifier: MIT
// _ssl: connections: making one, and what moves data.
//
// Read `run` to understand how an operation waits.  The library is asked under the connection's lock and never waits; who
// has to polls the descriptor without the lock, until the socket's timeout.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include "object/buffer_arg.h"
#include <poll.h>

// ---- making one -------------------------------------------------------------------------------------------------------------
static int check_side(Thread *t, SslContext *c, bool server) {
    if (server && c->protocol == PROTOCOL_TLS_CLIENT)
        ssl_fail_text(t, AT_SERVER_SOCKET, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
    if (!server && c->protocol == PROTOCOL_TLS_SERVER)
        ssl_fail_text(t, AT_CLIENT_SOCKET, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
    return err_pending(t) ? -1 : 0;
}
static int set_host(Thread *t, V self, const char *host, bool check) { // asks for it, and for a certificate that names it
    SslSocket *s = sslsocket_of(self);
    size_t n = strlen(host);
    if (n == 0 || host[0] == '.') {
        err_set(t, &exc_ValueError, "server_hostname cannot be an empty string or start with a leading dot.");
        return -1;
    }
    V text = str_from_utf8(t, host, n);
    if (v_is_error(text)) return -1;
    slot_set_steal(t, v_obj(self), &s->server_hostname, text);
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
    X509_VERIFY_PARAM *verify = SSL_get0_param(s->ssl);
    if (!address) ERR_clear_error();
    bool done = address || SSL_set_tlsext_host_name(s->ssl, host); // addresses are not asked for
    if (done && check && address) done = X509_VERIFY_PARAM_set1_ip(verify, ASN1_STRING_get0_data(address), (size_t)ASN1_STRING_length(address));
    else if (done && check) done = X509_VERIFY_PARAM_set1_host(verify, host, n);
    ASN1_OCTET_STRING_free(address);
    if (!done) ssl_fail(t, AT_HANDSHAKE);
    return done ? 0 : -1;
}
static int connect_below(Thread *t, SslSocket *s) { // to the descriptor, or to the MemoryBIOs
    if (s->over_socket) {
        BIO *fd = ssl_fd_bio(s);
        if (fd) SSL_set_bio(s->ssl, fd, fd);
        else err_no_memory(t);
        return fd ? 0 : -1;
    }
    BIO *in = ((MemoryBio *)v_obj(slot_peek(&s->incoming)))->bio, *out = ((MemoryBio *)v_obj(slot_peek(&s->outgoing)))->bio;
    BIO_up_ref(in);
    if (in != out) BIO_up_ref(out);
    SSL_set_bio(s->ssl, in, out);
    return 0;
}
static void set_side(SslSocket *s, SslContext *c) {
    SSL_set_app_data(s->ssl, s);
    SSL_set_mode(s->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    if (at_load_relaxed(&c->post_handshake_auth)) {
        int mode = SSL_get_verify_mode(s->ssl);
        if (!s->server_side) SSL_set_post_handshake_auth(s->ssl, 1);
        else if (mode & SSL_VERIFY_PEER) SSL_set_verify(s->ssl, mode | SSL_VERIFY_POST_HANDSHAKE, SSL_get_verify_callback(s->ssl));
    }
    if (s->server_side) SSL_set_accept_state(s->ssl);
    else SSL_set_connect_state(s->ssl);
}
static int set_weakref(Thread *t, V self, Slot *slot, V referent) {
    V ref = referent == V_NONE ? V_NONE : weakref_new(t, referent, V_NONE);
    if (v_is_error(ref)) return -1;
    slot_set_steal(t, v_obj(self), slot, ref);
    return 0;
}
// socket: a socket, or None with two MemoryBIOs.  hostname: bytes or None.
V sslsocket_new(Thread *t, V context, V socket, V incoming, V outgoing, bool server_side, V hostname, V owner, V session) {
    SslContext *c = sslcontext_of(context);
    if (check_side(t, c, server_side) < 0) return V_ERROR;
    V self = type_alloc(t, &ssl_socket_type, 0);
    if (v_is_error(self)) return V_ERROR;
    SslSocket *s = sslsocket_of(self);
    s->server_side = server_side;
    s->over_socket = socket != V_NONE;
    s->fd = -1;
    slot_init(t, v_obj(self), &s->context, context);
    slot_init(t, v_obj(self), &s->incoming, incoming);
    slot_init(t, v_obj(self), &s->outgoing, outgoing);
    slot_init(t, v_obj(self), &s->server_hostname, V_NONE);
    SSL_CONTEXT_CALL(t, c, s->ssl, SSL_new(c->ctx));
    bool ok = s->ssl != NULL;
    if (!ok) ssl_fail(t, AT_HANDSHAKE);
    if (ok) set_side(s, c);
    ok = ok && connect_below(t, s) == 0 && (hostname == V_NONE || set_host(t, self, bytes_data(hostname), at_load_relaxed(&c->check_hostname)) == 0);
    ok = ok && set_weakref(t, self, &s->socket, socket) == 0 && (owner == V_NONE || set_weakref(t, self, &s->owner, owner) == 0);
    ok = ok && (session == V_NONE || ssl_session_set(t, self, session) == 0);
    if (ok) return self;
    v_drop(t, self);
    return V_ERROR;
}

static V referent(Thread *t, V self, const Slot *slot) { // V_NONE: dead; V_NULL: there never was one
    V ref = slot_get(v_obj(self), slot);
    if (ref == V_NONE || ref == V_NULL) return V_NULL;
    V target = weakref_get(t, ref);
    v_drop(t, ref);
    return target;
}
V sslsocket_front(Thread *t, V self) {
    V front = referent(t, self, &sslsocket_of(self)->owner);
    if (front == V_NULL) front = referent(t, self, &sslsocket_of(self)->socket);
    return front == V_NULL ? v_dup(self) : front;
}

// ---- operations -------------------------------------------------------------------------------------------------------------
typedef struct Operation {
    SslSocket *s;
    V socket;           // stack value, or V_NULL: over MemoryBIOs
    int64_t timeout;    // ns; < 0: none; 0: never wait
    int64_t deadline;
    const char *reading_late, *writing_late; // what a TimeoutError says,
    int late_at;        // and the SslPlace that it names; 0: none
} Operation;
typedef int (*Step)(SSL *ssl, void *arg);

static int begin(Thread *t, V self, SslPlace at, Operation *op) {
    SslSocket *s = sslsocket_of(self);
    V socket = referent(t, self, &s->socket);
    if (socket == V_NONE) {
        ssl_fail_text(t, at, "Underlying socket connection gone");
        return -1;
    }
    *op = (Operation){.s = s, .socket = socket, .deadline = -1};
    if (socket != V_NULL) op->timeout = socket_timeout(socket_of(socket));
    if (op->timeout > 0) op->deadline = time_monotonic_ns() + op->timeout;
    return 0;
}
static SslResult attempt(Thread *t, const Operation *op, Step step, void *arg) {
    SslSocket *s = op->s;
    SslResult r;
    SslEntered entered = ssl_enter(t, s);
    Socket *below = op->socket == V_NULL ? NULL : socket_of(op->socket);
    thread_detach(t);
    if (below) {
        descriptor_enter(&below->at);
        s->fd = socket_fd(below);
    }
    ERR_clear_error();
    errno = 0;
    r.value = step(s->ssl, arg);
    r.code = errno;
    r.error = SSL_get_error(s->ssl, r.value);
    r.peer_closed = r.error == SSL_ERROR_ZERO_RETURN && SSL_get_shutdown(s->ssl) == SSL_RECEIVED_SHUTDOWN;
    if (below) descriptor_leave(&below->at);
    thread_attach(t);
    ssl_leave(s, entered);
    return r;
}
// Until the descriptor is ready for what the library wants: 1; 0: nobody is to wait; -1 with an exception.
static int wait_ready(Thread *t, const Operation *op, int wanted, SslPlace at) {
    if (op->socket == V_NULL || op->timeout == 0) return 0;
    bool reading = wanted == SSL_ERROR_WANT_READ;
    if (socket_fd(socket_of(op->socket)) < 0) {
        ssl_fail_text(t, at, "Underlying socket has been closed.");
        return -1;
    }
    int r = socket_poll(t, socket_of(op->socket), reading ? POLLIN : POLLOUT, op->deadline);
    if (r != 0) return r;
    const char *late = reading ? op->reading_late : op->writing_late;
    if (op->late_at) err_set(t, &exc_TimeoutError, "_ssl.c:%d: %s", op->late_at, late);
    else err_set(t, &exc_TimeoutError, "%s", late);
    return -1;
}
// Tries until the library has an answer: 0; -1 with an exception.
static int run(Thread *t, const Operation *op, Step step, void *arg, SslPlace at, SslResult *r) {
    for (;;) {
        *r = attempt(t, op, step, arg);
        if (err_pending(t) || safepoint(t) < 0) { // a callback raised, or a handler of a signal
            ERR_clear_error();
            return -1;
        }
        if (r->error != SSL_ERROR_WANT_READ && r->error != SSL_ERROR_WANT_WRITE) return 0;
        int ready = wait_ready(t, op, r->error, at);
        if (ready <= 0) return ready;
    }
}

static int handshake_step(SSL *ssl, void *arg) {
    (void)arg;
    return SSL_do_handshake(ssl);
}
NATIVE(sslsocket_do_handshake) {
    UNUSED_NATIVE();
    Operation op;
    SslResult r;
    if (begin(t, self, AT_HANDSHAKE_START, &op) < 0) return V_ERROR;
    op.reading_late = op.writing_late = "The handshake operation timed out";
    op.late_at = AT_HANDSHAKE_TIMEOUT;
    int done = run(t, &op, handshake_step, NULL, AT_HANDSHAKE, &r);
    if (done == 0 && r.value < 1) {
        ssl_fail_call(t, op.s, r, AT_HANDSHAKE);
        done = -1;
    }
    v_drop(t, op.socket);
    return done < 0 ? V_ERROR : V_NONE;
}

typedef struct Piece { void *data; size_t len, done; } Piece;
static int read_step(SSL *ssl, void *arg) {
    Piece *p = arg;
    return SSL_read_ex(ssl, p->data, p->len, &p->done);
}
static int write_step(SSL *ssl, void *arg) {
    Piece *p = arg;
    return SSL_write_ex(ssl, p->data, p->len, &p->done);
}
static int read_piece(Thread *t, V self, Piece *p) {
    Operation op;
    SslResult r;
    if (begin(t, self, AT_READ_START, &op) < 0) return -1;
    op.reading_late = op.writing_late = "The read operation timed out";
    int done = run(t, &op, read_step, p, AT_READ, &r);
    if (done == 0 && r.peer_closed) {
        p->done = 0;
    } else if (done == 0 && r.value == 0) {
        ssl_fail_call(t, op.s, r, AT_READ);
        done = -1;
    }
    v_drop(t, op.socket);
    return done;
}
NATIVE(sslsocket_read) { // size[, buffer]
    if (args_no_keywords(t, "read", kwnames) < 0) return V_ERROR;
    int size;
    if (nargs < 1 || nargs > 2) return err_set(t, &exc_TypeError, "_ssl._SSLSocket.read requires 1 to 2 arguments");
    if (num_as_int(t, args[0], &size) < 0) return V_ERROR;
    if (nargs == 2) {
        Buffer view;
        if (buffer_get_writable(t, args[1], &view, "read() argument 2") < 0) return V_ERROR;
        Piece p = {.data = view.data, .len = (size_t)(size > 0 && size < view.len ? size : view.len)};
        int r = p.len ? read_piece(t, self, &p) : 0;
        buffer_release(t, &view);
        return r < 0 ? V_ERROR : int_from_size(t, p.done);
    }
    if (size < 0) return err_set(t, &exc_ValueError, "size should not be negative");
    V data = bytes_new(t, (size_t)size);
    if (v_is_error(data) || size == 0) return data;
    Piece p = {.data = bytes_data(data), .len = (size_t)size};
    if (read_piece(t, self, &p) == 0) return bytes_shrink_steal(t, data, p.done);
    v_drop(t, data);
    return V_ERROR;
}
NATIVE(sslsocket_write) {
    (void)nargs, (void)kwnames;
    SslSocket *s = sslsocket_of(self);
    Buffer view;
    Operation op;
    SslResult r;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    Piece p = {.data = view.data, .len = (size_t)view.len};
    int done = -1;
    if (begin(t, self, AT_WRITE_START, &op) == 0) {
        op.reading_late = op.writing_late = "The write operation timed out";
        bool entered = owned_lock_enter(t, &s->writing);
        done = run(t, &op, write_step, &p, AT_WRITE, &r);
        owned_lock_leave(&s->writing, entered);
        if (done == 0 && r.value == 0) {
            ssl_fail_call(t, s, r, AT_WRITE);
            done = -1;
        }
        v_drop(t, op.socket);
    }
    buffer_release(t, &view);
    return done < 0 ? V_ERROR : int_from_size(t, p.done);
}
NATIVE(sslsocket_pending) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    int n = SSL_pending(s->ssl);
    ssl_leave(s, entered);
    return v_from_int(n);
}

// ---- the end ------------------------------------------------------------------------------------------------------------------
static int shutdown_step(SSL *ssl, void *arg) {
    SslSocket *s = arg;
    if (s->shut_down) SSL_set_read_ahead(ssl, 0); // what follows the other side's farewell is not ours
    int r = SSL_shutdown(ssl);
    if (r == 0) { // ours is said; now the other side's
        s->shut_down = true;
        r = SSL_shutdown(ssl);
    }
    return r;
}
NATIVE(sslsocket_shutdown) {
    UNUSED_NATIVE();
    Operation op;
    SslResult r;
    if (begin(t, self, AT_SHUTDOWN_START, &op) < 0) return V_ERROR;
    if (op.socket != V_NULL && socket_fd(socket_of(op.socket)) < 0) {
        v_drop(t, op.socket);
        return ssl_fail_text(t, AT_SHUTDOWN_START, "Underlying socket connection gone");
    }
    op.reading_late = "The read operation timed out";
    op.writing_late = "The write operation timed out";
    int done = run(t, &op, shutdown_step, op.s, AT_SHUTDOWN, &r);
    if (done == 0 && r.value < 0) {
        ssl_fail_call(t, op.s, r, AT_SHUTDOWN);
        done = -1;
    }
    if (done == 0) return op.socket == V_NULL ? V_NONE : op.socket;
    v_drop(t, op.socket);
    return V_ERROR;
}
NATIVE(sslsocket_verify_client) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    int done;
    DETACHED(t, done, SSL_verify_client_post_handshake(s->ssl));
    ssl_leave(s, entered);
    if (err_pending(t)) return V_ERROR;
    return done ? V_NONE : ssl_fail(t, AT_VERIFY_CLIENT);
}
#endif
