// SPDX-License-Identifier: MIT
// _ssl: what the library calls during a handshake and between.
//
// It runs detached, in a thread that holds the connection's lock; a callback attaches.  What a callback raises stays pending
// and comes out of the operation, but for the name callback, whose peer gets an alert.
#include "ssl_private.h"
#include <stdio.h>
#ifdef HAVE_OPENSSL
#include <limits.h>

static V self_of(const SSL *ssl) { return v_from(SSL_get_app_data(ssl)); } // the SslSocket whose operation this is: borrowed

static V attribute_callback(Thread *t, V value) { // what is to be stored: V_NULL for None; V_ERROR
    if (value == V_NONE) return V_NULL;
    if (value == V_NULL || !obj_is_callable(value)) return err_set(t, &exc_TypeError, "not a callable object");
    return v_dup(value);
}

// ---- names ------------------------------------------------------------------------------------------------------------------
static V name_value(Thread *t, const char *name) { // a str, None
    V text = name ? str_from_utf8(t, name, strlen(name)) : V_NONE;
    if (!v_is_error(text) && (text == V_NONE || str_is_ascii(text))) return text;
    if (!v_is_error(text)) {
        err_unicode_decode(t, "ascii", name, strlen(name), 0, 1, "ordinal not in range(128)");
        v_drop(t, text);
    }
    return V_ERROR;
}
// Answers SSL_TLSEXT_ERR_*; *alert is what the peer is told when it is fatal.
static int ask_for_name(Thread *t, V self, V context, const char *name, int *alert) {
    V callback = slot_get(v_obj(context), &sslcontext_of(context)->sni_callback);
    if (callback == V_NULL) return SSL_TLSEXT_ERR_OK; // taken away meanwhile
    V front = sslsocket_front(t, self), host = front == V_NONE ? V_ERROR : name_value(t, name);
    V answer = v_is_error(host) ? V_ERROR : obj_call3(t, callback, front, host, context);
    int r = SSL_TLSEXT_ERR_ALERT_FATAL;
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    if (answer == V_NONE) {
        r = SSL_TLSEXT_ERR_OK;
    } else if (v_is_error(answer)) {
        if (v_is_error(host)) *alert = SSL_AD_INTERNAL_ERROR;
        if (err_pending(t)) err_unraisable(t, callback, NULL);
    } else if (num_as_int(t, answer, alert) < 0) {
        err_unraisable(t, answer, NULL);
        *alert = SSL_AD_INTERNAL_ERROR;
    }
    v_drop(t, answer);
    v_drop(t, host);
    v_drop(t, front);
    v_drop(t, callback);
    return r;
}
static int on_name(SSL *ssl, int *alert, void *context) {
    Thread *t = thread_current();
    thread_attach(t);
    V pending = err_fetch(t), held = v_dup(v_from(context)); // the callback may give the connection another context
    int r = ask_for_name(t, self_of(ssl), held, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), alert);
    v_drop(t, held);
    err_restore_steal(t, pending);
    thread_detach(t);
    return r;
}
int ssl_set_sni_callback(Thread *t, V self, V value, void *closure) {
    (void)closure;
    SslContext *c = sslcontext_of(self);
    if (c->protocol == PROTOCOL_TLS_CLIENT) {
        err_set(t, &exc_ValueError, "sni_callback cannot be set on TLS_CLIENT context");
        return -1;
    }
    V callback = attribute_callback(t, value);
    if (v_is_error(callback)) return -1;
    bool on = callback != V_NULL, entered = owned_lock_enter(t, &c->lock);
    slot_set_steal(t, v_obj(self), &c->sni_callback, callback);
    SSL_CTX_set_tlsext_servername_callback(c->ctx, (on ? on_name : NULL)); // a macro, which casts its word
    SSL_CTX_set_tlsext_servername_arg(c->ctx, on ? c : NULL);
    owned_lock_leave(&c->lock, entered);
    return 0;
}

// ---- messages -----------------------------------------------------------------------------------------------------------------
static int message_type(int content, const unsigned char *p, size_t n, int *version) { // -1: of no type
    switch (content) {
    case SSL3_RT_CHANGE_CIPHER_SPEC: return SSL3_MT_CHANGE_CIPHER_SPEC;
    case SSL3_RT_ALERT: return n > 1 ? p[1] : -1;
    case SSL3_RT_HEADER: // of a record: it has a version of its own
        if (n > 2) *version = p[1] << 8 | p[2];
        return n ? p[0] : -1;
    case SSL3_RT_HANDSHAKE: case SSL3_RT_INNER_CONTENT_TYPE: return n ? p[0] : -1;
    default: return -1;
    }
}
void ssl_msg_callback(int sending, int version, int content, const void *data, size_t n, SSL *ssl, void *arg) {
    (void)arg;
    Thread *t = thread_current();
    thread_attach(t);
    SslSocket *s = sslsocket_of(self_of(ssl));
    V context = slot_get(&s->head, &s->context), callback = slot_get(v_obj(context), &sslcontext_of(context)->msg_callback);
    if (callback != V_NULL && !err_pending(t)) {
        int type = message_type(content, data, n, &version);
        V args[6] = {sslsocket_front(t, self_of(ssl)), str_from_cstr(t, sending ? "write" : "read"), v_from_int(version), v_from_int(content),
                     v_from_int(type), bytes_from(t, data, n)};
        V r = v_is_error(args[0]) || v_is_error(args[1]) || v_is_error(args[5]) ? V_ERROR : obj_call(t, callback, args, 6, V_NULL);
        v_drop(t, r);
        for (int i = 0; i < 6; i++) v_drop(t, args[i]);
    }
    v_drop(t, callback);
    v_drop(t, context);
    thread_detach(t);
}
int ssl_set_msg_callback(Thread *t, V self, V value, void *closure) {
    (void)closure;
    SslContext *c = sslcontext_of(self);
    V callback = attribute_callback(t, value);
    if (v_is_error(callback)) return -1;
    bool on = callback != V_NULL, entered = owned_lock_enter(t, &c->lock);
    slot_set_steal(t, v_obj(self), &c->msg_callback, callback);
    SSL_CTX_set_msg_callback(c->ctx, on ? ssl_msg_callback : NULL);
    owned_lock_leave(&c->lock, entered);
    return 0;
}

// ---- the log of keys ------------------------------------------------------------------------------------------------------------
static void on_key(const SSL *ssl, const char *line) {
    Thread *t = thread_current();
    thread_attach(t);
    SslSocket *s = sslsocket_of(self_of(ssl));
    V context = slot_get(&s->head, &s->context);
    SslContext *c = sslcontext_of(context);
    bool entered = owned_lock_enter(t, &c->lock), failed = false;
    if (c->keylog) DETACHED(t, failed, fprintf(c->keylog, "%s\n", line) < 0 || fflush(c->keylog) != 0);
    int code = errno;
    owned_lock_leave(&c->lock, entered);
    if (failed && !err_pending(t)) {
        V name = slot_get(&c->head, &c->keylog_filename);
        errno = code;
        err_errno(t, &exc_OSError, name, V_NULL);
        v_drop(t, name);
    }
    v_drop(t, context);
    thread_detach(t);
}
static FILE *open_keylog(const char *path) { // detached; NULL: errno
    FILE *file = fopen(path, "ae");
    if (!file || fseek(file, 0, SEEK_END) < 0 || ftell(file) != 0) return file; // a device, or there is a header
    fputs("# TLS secrets log file, generated by OpenSSL / Python\n", file);
    fflush(file);
    return file;
}
static void replace_keylog(Thread *t, V self, FILE *file, V name) {
    SslContext *c = sslcontext_of(self);
    bool entered = owned_lock_enter(t, &c->lock);
    FILE *old = c->keylog;
    c->keylog = file;
    slot_set(t, v_obj(self), &c->keylog_filename, name);
    SSL_CTX_set_keylog_callback(c->ctx, file ? on_key : NULL);
    owned_lock_leave(&c->lock, entered);
    if (old) fclose(old);
}
int ssl_set_keylog_filename(Thread *t, V self, V value, void *closure) {
    (void)closure;
    if (value == V_NULL) {
        err_set(t, &exc_TypeError, "cannot delete attribute");
        return -1;
    }
    replace_keylog(t, self, NULL, V_NULL);
    if (value == V_NONE) return 0;
    V path = path_bytes(t, value);
    if (v_is_error(path)) return -1;
    FILE *file;
    DETACHED(t, file, open_keylog(bytes_data(path)));
    int code = errno;
    v_drop(t, path);
    errno = code;
    if (file) replace_keylog(t, self, file, value);
    else err_errno(t, &exc_OSError, value, V_NULL);
    return file ? 0 : -1;
}

// ---- application protocols --------------------------------------------------------------------------------------------------------
static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *offered, unsigned n, void *context) {
    (void)ssl;
    const AlpnList *list = at_load_acquire(&((SslContext *)context)->alpn);
    unsigned char *chosen;
    if (!list || SSL_select_next_proto(&chosen, out_len, list->data, list->len, offered, n) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}
V ssl_set_alpn(Thread *t, V context, V protocols) {
    SslContext *c = sslcontext_of(context);
    Buffer view;
    if (buffer_get(t, protocols, &view, BUF_SIMPLE) < 0) return V_ERROR;
    if ((size_t)view.len > UINT_MAX) {
        buffer_release(t, &view);
        return err_set(t, &exc_OverflowError, "protocols longer than %u bytes", UINT_MAX);
    }
    AlpnList *list = mem_alloc(t, sizeof *list + (size_t)view.len);
    bool done = false;
    if (list) {
        list->len = (unsigned)view.len;
        memcpy(list->data, view.data, (size_t)view.len);
        bool entered = owned_lock_enter(t, &c->lock);
        list->replaced = at_load_relaxed(&c->alpn);
        at_store_release(&c->alpn, list);
        done = SSL_CTX_set_alpn_protos(c->ctx, list->data, list->len) == 0; // what a client offers
        SSL_CTX_set_alpn_select_cb(c->ctx, on_protocols, c);
        owned_lock_leave(&c->lock, entered);
    }
    buffer_release(t, &view);
    return done ? V_NONE : err_no_memory(t);
}

void ssl_callbacks_free(SslContext *c) {
    if (c->ctx) SSL_CTX_set_tlsext_servername_callback(c->ctx, NULL); // connections that began with it may outlive it
    if (c->keylog) fclose(c->keylog);
    for (AlpnList *list = c->alpn, *next; list; list = next) {
        next = list->replaced;
        mem_free(list);
    }
}
#endif
