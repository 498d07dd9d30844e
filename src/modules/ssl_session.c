// SPDX-License-Identifier: MIT
// _ssl: sessions, which a later connection of the same context may take up.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
static SslSession *session_of(V v) { return (SslSession *)v_obj(v); }

V ssl_session_get(Thread *t, V sslsocket) {
    SslSocket *s = sslsocket_of(sslsocket);
    SslEntered entered = ssl_enter(t, s);
    SSL_SESSION *live = SSL_get0_session(s->ssl), *copy = live ? SSL_SESSION_dup(live) : NULL; // a live one still changes
    ssl_leave(s, entered);
    if (!live) return V_NONE;
    V self = copy ? type_alloc(t, &ssl_session_type, 0) : err_no_memory(t);
    if (v_is_error(self)) {
        SSL_SESSION_free(copy);
        return V_ERROR;
    }
    session_of(self)->session = copy;
    slot_init_steal(t, v_obj(self), &session_of(self)->context, slot_get(&s->head, &s->context));
    return self;
}
int ssl_session_set(Thread *t, V sslsocket, V session) {
    SslSocket *s = sslsocket_of(sslsocket);
    if (!v_is_exact(session, &ssl_session_type)) {
        err_set(t, &exc_TypeError, "Value is not a SSLSession.");
        return -1;
    }
    if (slot_peek(&session_of(session)->context) != slot_peek(&s->context)) err_set(t, &exc_ValueError, "Session refers to a different SSLContext.");
    else if (s->server_side) err_set(t, &exc_ValueError, "Cannot set session for server-side SSLSocket.");
    if (err_pending(t)) return -1;
    SslEntered entered = ssl_enter(t, s);
    SSL_SESSION *copy = NULL;
    bool early = !SSL_is_init_finished(s->ssl), set = early && (copy = SSL_SESSION_dup(session_of(session)->session)) && SSL_set_session(s->ssl, copy);
    SSL_SESSION_free(copy); // the connection has a count of its own
    ssl_leave(s, entered);
    if (set) return 0;
    if (early) ssl_fail(t, AT_HANDSHAKE);
    else err_set(t, &exc_ValueError, "Cannot set session after handshake.");
    return -1;
}

static void session_free(Thread *t, Obj *o) {
    (void)t;
    SSL_SESSION_free(((SslSession *)o)->session);
}
static void session_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) { VISIT(((SslSession *)o)->context); }

static bool same_id(const SSL_SESSION *a, const SSL_SESSION *b) {
    unsigned na, nb;
    const unsigned char *pa = SSL_SESSION_get_id(a, &na), *pb = SSL_SESSION_get_id(b, &nb);
    return na == nb && memcmp(pa, pb, na) == 0;
}
static V session_compare(Thread *t, V a, V b, int op) {
    (void)t;
    if (!v_is_exact(a, &ssl_session_type) || !v_is_exact(b, &ssl_session_type) || (op != CMP_EQ && op != CMP_NE)) return V_NOT_IMPLEMENTED;
    return v_from_bool(same_id(session_of(a)->session, session_of(b)->session) == (op == CMP_EQ));
}

static V get_time(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, SSL_SESSION_get_time(session_of(self)->session));
}
static V get_timeout(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_i64(t, SSL_SESSION_get_timeout(session_of(self)->session));
}
static V get_lifetime_hint(Thread *t, V self, void *closure) {
    (void)closure;
    return int_from_size(t, SSL_SESSION_get_ticket_lifetime_hint(session_of(self)->session));
}
static V get_id(Thread *t, V self, void *closure) {
    (void)closure;
    unsigned n;
    const unsigned char *p = SSL_SESSION_get_id(session_of(self)->session, &n);
    return bytes_from(t, p, n);
}
static V get_has_ticket(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(SSL_SESSION_has_ticket(session_of(self)->session));
}
static const GetSet session_getsets[] = {
    {"has_ticket", get_has_ticket, NULL, "Whether the server gave a ticket for it.", NULL}, {"id", get_id, NULL, "Its identifier, bytes.", NULL},
    {"ticket_lifetime_hint", get_lifetime_hint, NULL, "How long the ticket is good, in seconds.", NULL},
    {"time", get_time, NULL, "When it was made, in seconds since the epoch.", NULL},
    {"timeout", get_timeout, NULL, "How long it is good, in seconds.", NULL}, {0},
};
Type ssl_session_type = {
    TYPE_HEAD("_ssl.SSLSession"), .base = &object_type, .size = sizeof(SslSession), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = session_traverse, .free_ = session_free, .compare = session_compare, .hash = obj_hash_unhashable, .getsets = session_getsets,
};
#endif
