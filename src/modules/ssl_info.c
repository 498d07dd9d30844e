// SPDX-License-Identifier: MIT
// _ssl: what a connection tells about itself, and its type.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL

// ---- certificates of the other side -------------------------------------------------------------------------------------------
static NATIVE(sslsocket_getpeercert) { // der=False
    (void)nargs, (void)kwnames;
    SslSocket *s = sslsocket_of(self);
    int binary = bool_arg(t, args[0]);
    if (binary < 0) return V_ERROR;
    SslEntered entered = ssl_enter(t, s);
    bool finished = SSL_is_init_finished(s->ssl), verified = SSL_CTX_get_verify_mode(SSL_get_SSL_CTX(s->ssl)) & SSL_VERIFY_PEER;
    X509 *cert = finished ? SSL_get1_peer_certificate(s->ssl) : NULL;
    ssl_leave(s, entered);
    if (!finished) return err_set(t, &exc_ValueError, "handshake not done yet");
    if (!cert) return V_NONE;
    V r = binary ? ssl_cert_der(t, cert) : verified ? ssl_cert_dict(t, cert) : dict_new(t); // nobody vouches for what it says
    X509_free(cert);
    return r;
}
static V chain_value(Thread *t, STACK_OF(X509) *chain_owned) {
    if (!chain_owned) return V_NONE;
    V list = ssl_cert_chain(t, chain_owned);
    sk_X509_pop_free(chain_owned, X509_free);
    return list;
}
static NATIVE(sslsocket_get_verified_chain) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    STACK_OF(X509) *live = SSL_get0_verified_chain(s->ssl), *chain = live ? X509_chain_up_ref(live) : NULL;
    ssl_leave(s, entered);
    return chain_value(t, chain);
}
static NATIVE(sslsocket_get_unverified_chain) { // as the other side sent it
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    STACK_OF(X509) *live = SSL_get_peer_cert_chain(s->ssl), *chain = live ? X509_chain_up_ref(live) : NULL;
    if (chain && s->server_side) { // a server's list is without the client's own
        X509 *own = SSL_get1_peer_certificate(s->ssl);
        if (own && !sk_X509_insert(chain, own, 0)) X509_free(own);
    }
    ssl_leave(s, entered);
    return chain_value(t, chain);
}

// ---- ciphers and protocols ----------------------------------------------------------------------------------------------------
static V text_or_none(Thread *t, const char *text) { return text ? str_from_cstr(t, text) : V_NONE; }
static V cipher_tuple(Thread *t, const SSL_CIPHER *cipher) {
    if (!cipher) return V_NONE;
    return tuple_pack_steal(t, 3, text_or_none(t, SSL_CIPHER_get_name(cipher)), text_or_none(t, SSL_CIPHER_get_version(cipher)),
                            v_from_int(SSL_CIPHER_get_bits(cipher, NULL)));
}
static NATIVE(sslsocket_cipher) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(s->ssl); // one of the library's tables
    ssl_leave(s, entered);
    return cipher_tuple(t, cipher);
}
static NATIVE(sslsocket_shared_ciphers) { // those that this side may use, as CPython 3.11 answers
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(s->ssl);
    V list = ciphers ? list_new(t, 0) : V_NONE;
    for (int i = 0; !v_is_error(list) && i < sk_SSL_CIPHER_num(ciphers); i++) {
        list = append_or_drop(t, list, cipher_tuple(t, sk_SSL_CIPHER_value(ciphers, i)));
    }
    ssl_leave(s, entered);
    return list;
}
static NATIVE(sslsocket_version) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    const char *version = SSL_is_init_finished(s->ssl) ? SSL_get_version(s->ssl) : NULL;
    ssl_leave(s, entered);
    return text_or_none(t, version && strcmp(version, "unknown") ? version : NULL);
}
static NATIVE(sslsocket_compression) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    const COMP_METHOD *method = SSL_get_current_compression(s->ssl);
    ssl_leave(s, entered);
    return text_or_none(t, method ? SSL_COMP_get_name(method) : NULL);
}
static NATIVE(sslsocket_selected_alpn_protocol) {
    UNUSED_NATIVE();
    SslSocket *s = sslsocket_of(self);
    const unsigned char *p;
    unsigned n;
    SslEntered entered = ssl_enter(t, s);
    SSL_get0_alpn_selected(s->ssl, &p, &n);
    V r = p ? str_from_utf8(t, (const char *)p, n) : V_NONE;
    ssl_leave(s, entered);
    return r;
}
static NATIVE(sslsocket_get_channel_binding) { // cb_type='tls-unique': RFC 5929
    (void)nargs, (void)kwnames;
    SslSocket *s = sslsocket_of(self);
    if (args[0] != V_NULL && !v_is_str(args[0])) return err_bad_argument(t, "get_channel_binding", "argument 'cb_type'", "str", args[0]);
    if (args[0] != V_NULL && !str_equal_ascii(args[0], "tls-unique"))
        return err_set(t, &exc_ValueError, "'%V' channel binding type not implemented", args[0]);
    char finished[128];
    SslEntered entered = ssl_enter(t, s);
    // The first Finished message: the client's, but in a session taken up the server's.
    bool ours = SSL_session_reused(s->ssl) == s->server_side;
    size_t n = ours ? SSL_get_finished(s->ssl, finished, sizeof finished) : SSL_get_peer_finished(s->ssl, finished, sizeof finished);
    ssl_leave(s, entered);
    return n ? bytes_from(t, finished, n) : V_NONE;
}

// ---- attributes -----------------------------------------------------------------------------------------------------------------
static V get_context(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &sslsocket_of(self)->context);
}
static int set_context(Thread *t, V self, V value, void *closure) { // mostly from the name callback
    (void)closure;
    SslSocket *s = sslsocket_of(self);
    if (value == V_NULL || !type_check(t, value, &ssl_context_type)) {
        err_set(t, &exc_TypeError, "The value must be a SSLContext");
        return -1;
    }
    bool listens = slot_peek(&sslcontext_of(value)->msg_callback) != V_NULL;
    SslEntered entered = ssl_enter(t, s);
    slot_set(t, v_obj(self), &s->context, value);
    SSL_set_SSL_CTX(s->ssl, sslcontext_of(value)->ctx);
    SSL_set_msg_callback(s->ssl, listens ? ssl_msg_callback : NULL);
    ssl_leave(s, entered);
    return 0;
}
static V get_server_side(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return v_from_bool(sslsocket_of(self)->server_side);
}
static V get_server_hostname(Thread *t, V self, void *closure) {
    (void)t, (void)closure;
    return slot_get(v_obj(self), &sslsocket_of(self)->server_hostname);
}
static V get_owner(Thread *t, V self, void *closure) {
    (void)closure;
    V ref = slot_get(v_obj(self), &sslsocket_of(self)->owner);
    if (ref == V_NULL) return V_NONE;
    V owner = weakref_get(t, ref);
    v_drop(t, ref);
    return owner;
}
static int set_owner(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete attribute");
        return -1;
    }
    V ref = weakref_new(t, value, V_NONE);
    if (v_is_error(ref)) return -1;
    slot_set_steal(t, v_obj(self), &sslsocket_of(self)->owner, ref);
    return 0;
}
static V get_session(Thread *t, V self, void *closure) {
    (void)closure;
    return ssl_session_get(t, self);
}
static int set_session(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value != V_NULL) return ssl_session_set(t, self, value);
    err_set(t, &exc_TypeError, "cannot delete attribute");
    return -1;
}
static V get_session_reused(Thread *t, V self, void *closure) {
    (void)closure;
    SslSocket *s = sslsocket_of(self);
    SslEntered entered = ssl_enter(t, s);
    bool reused = SSL_session_reused(s->ssl);
    ssl_leave(s, entered);
    return v_from_bool(reused);
}

static void sslsocket_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    SslSocket *s = (SslSocket *)o;
    VISIT(s->socket);
    VISIT(s->owner);
    VISIT(s->context);
    VISIT(s->server_hostname);
    VISIT(s->incoming);
    VISIT(s->outgoing);
}
static void sslsocket_free(Thread *t, Obj *o) {
    (void)t;
    SSL_free(((SslSocket *)o)->ssl);
}
static const Method sslsocket_methods[] = {
    {"do_handshake", sslsocket_do_handshake, "", 0, 0, NULL}, {"write", sslsocket_write, "b, /", 0, 0, "Sends bytes; how many."},
    {"read", sslsocket_read, NULL, 0, M_RAW, "read(size, [buffer])\n\nReceives at most that many bytes."},
    {"pending", sslsocket_pending, "", 0, 0, "How many bytes can be read at once."},
    {"shutdown", sslsocket_shutdown, "", 0, 0, "Says farewell, and waits for the other side's; the socket below."},
    {"verify_client_post_handshake", sslsocket_verify_client, "", 0, 0, "Ask a TLS 1.3 client for its certificate now."},
    {"getpeercert", sslsocket_getpeercert, "der=False, /", 0, 0,
     "The other side's certificate, or None: as a dict, empty when it has not been verified, or as DER bytes."},
    {"get_verified_chain", sslsocket_get_verified_chain, "", 0, 0, NULL}, {"get_unverified_chain", sslsocket_get_unverified_chain, "", 0, 0, NULL},
    {"cipher", sslsocket_cipher, "", 0, 0, NULL}, {"shared_ciphers", sslsocket_shared_ciphers, "", 0, 0, NULL},
    {"version", sslsocket_version, "", 0, 0, NULL}, {"compression", sslsocket_compression, "", 0, 0, NULL},
    {"selected_alpn_protocol", sslsocket_selected_alpn_protocol, "", 0, 0, NULL},
    {"get_channel_binding", sslsocket_get_channel_binding, "cb_type='tls-unique'", 0, 0, "What tells this connection from every other, as bytes."},
    METHOD_END,
};
static const GetSet sslsocket_getsets[] = {
    {"context", get_context, set_context, "The context, which the name callback may replace.", NULL},
    {"server_side", get_server_side, NULL, "Whether this is the server's side.", NULL},
    {"server_hostname", get_server_hostname, NULL, "The name that the client asks for.", NULL},
    {"owner", get_owner, set_owner, "What callbacks are given for the connection.", NULL},
    {"session", get_session, set_session, "The session, or one to take up.", NULL},
    {"session_reused", get_session_reused, NULL, "Whether a session was taken up.", NULL}, {0},
};
Type ssl_socket_type = {
    TYPE_HEAD("_ssl._SSLSocket"), .base = &object_type, .size = sizeof(SslSocket), .flags = TYPE_GC | TYPE_IMMUTABLE | TYPE_NO_NEW,
    .traverse = sslsocket_traverse, .free_ = sslsocket_free, .methods = sslsocket_methods, .getsets = sslsocket_getsets,
};
#endif
