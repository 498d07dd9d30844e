// SPDX-License-Identifier: MIT
// _ssl: certificates, keys and parameters into contexts.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include <limits.h>
#include <openssl/pem.h>

// A path that may be left out: bytes, V_NONE, or V_ERROR with a TypeError that names it.
static V path_or_none(Thread *t, V v, const char *what) {
    if (v == V_NULL || v == V_NONE) return V_NONE;
    V path = path_bytes(t, v);
    if (!v_is_error(path) || !err_matches(t, &exc_TypeError)) return path;
    err_clear(t);
    return err_set(t, &exc_TypeError, "%s should be a valid filesystem path", what);
}
static const char *path_text(V path) { return path == V_NONE ? NULL : bytes_data(path); }

// ---- passwords --------------------------------------------------------------------------------------------------------------
typedef struct Password { V given; char text[PEM_BUFSIZE]; int len; } Password; // given: borrowed; a callable, or what it was taken from

static int take_password(Thread *t, V v, const char *refusal, Password *p) {
    Buffer view = {.owner = V_NULL};
    const char *data = NULL;
    size_t n = 0;
    if (v_is_str(v)) {
        data = str_utf8(t, v, &n);
        if (!data) return -1;
    } else if (v_is_bytes(v) || v_has(v, TYPE_BYTES) || type_check(t, v, &bytearray_type)) {
        if (buffer_get(t, v, &view, BUF_SIMPLE) < 0) return -1;
        data = view.data;
        n = (size_t)view.len;
    } else {
        err_set(t, &exc_TypeError, "%s", refusal);
        return -1;
    }
    bool fits = n <= sizeof p->text;
    if (fits) memcpy(p->text, data, n);
    else err_set(t, &exc_ValueError, "password cannot be longer than %d bytes", (int)sizeof p->text);
    p->len = (int)n;
    buffer_release(t, &view);
    return fits ? 0 : -1;
}
// The library wants the password: called detached, maybe twice.
static int give_password(char *out, int size, int writing, void *arg) {
    (void)writing;
    Password *p = arg;
    if (obj_is_callable(p->given)) {
        Thread *t = thread_current();
        int code = errno; // what a failure of the library is told by
        thread_attach(t);
        V answer = err_pending(t) ? V_ERROR : obj_call0(t, p->given);
        bool taken = !v_is_error(answer) && take_password(t, answer, "password callback must return a string", p) == 0;
        v_drop(t, answer);
        thread_detach(t);
        errno = code;
        if (!taken) return -1;
    }
    if (p->len > size) return -1;
    memcpy(out, p->text, (size_t)p->len);
    return p->len;
}

// ---- the certificate to show --------------------------------------------------------------------------------------------------
// One step of loading: the exception is the password callback's, the system's, or the library's.
static int load_step(Thread *t, int done, int code, SslPlace at) {
    if (done == 1 && !err_pending(t)) return 0;
    if (err_pending(t)) ERR_clear_error();
    else ssl_fail_errno(t, code, at);
    return -1;
}
static int load_chain(Thread *t, SslContext *c, const char *cert, const char *key) {
    int done;
    DETACHED(t, done, (errno = 0, SSL_CTX_use_certificate_chain_file(c->ctx, cert)));
    if (load_step(t, done, errno, AT_LOAD_CERT) < 0) return -1;
    DETACHED(t, done, (errno = 0, SSL_CTX_use_PrivateKey_file(c->ctx, key, SSL_FILETYPE_PEM)));
    if (load_step(t, done, errno, AT_LOAD_KEY) < 0) return -1;
    DETACHED(t, done, SSL_CTX_check_private_key(c->ctx));
    return load_step(t, done, 0, AT_CHECK_KEY);
}
NATIVE(context_load_cert_chain) { // certfile, keyfile=None, password=None
    (void)nargs, (void)kwnames;
    SslContext *c = sslcontext_of(self);
    Password password = {.given = args[2]};
    bool has_password = args[2] != V_NULL && args[2] != V_NONE;
    V cert = args[0] == V_NONE ? err_set(t, &exc_TypeError, "certfile should be a valid filesystem path") : path_or_none(t, args[0], "certfile");
    V key = v_is_error(cert) ? V_ERROR : path_or_none(t, args[1], "keyfile");
    int r = v_is_error(key) ? -1 : 0;
    if (r == 0 && has_password && !obj_is_callable(args[2])) r = take_password(t, args[2], "password should be a string or callable", &password);
    if (r == 0) {
        bool entered = owned_lock_enter(t, &c->lock);
        pem_password_cb *callback = SSL_CTX_get_default_passwd_cb(c->ctx);
        void *data = SSL_CTX_get_default_passwd_cb_userdata(c->ctx);
        if (has_password) {
            SSL_CTX_set_default_passwd_cb(c->ctx, give_password);
            SSL_CTX_set_default_passwd_cb_userdata(c->ctx, &password);
        }
        r = load_chain(t, c, path_text(cert), path_text(key == V_NONE ? cert : key));
        SSL_CTX_set_default_passwd_cb(c->ctx, callback);
        SSL_CTX_set_default_passwd_cb_userdata(c->ctx, data);
        owned_lock_leave(&c->lock, entered);
    }
    OPENSSL_cleanse(password.text, sizeof password.text);
    v_drop(t, key);
    v_drop(t, cert);
    return r < 0 ? V_ERROR : V_NONE;
}

NATIVE(context_load_dh_params) {
    (void)nargs, (void)kwnames;
    V path = path_bytes(t, args[0]);
    if (v_is_error(path)) return V_ERROR;
    BIO *file;
    DETACHED(t, file, (errno = 0, BIO_new_file(bytes_data(path), "r")));
    int code = errno;
    v_drop(t, path);
    if (!file) {
        ERR_clear_error();
        errno = code;
        return err_errno(t, &exc_OSError, args[0], V_NULL);
    }
    DH *parameters;
    DETACHED(t, parameters, (errno = 0, PEM_read_bio_DHparams(file, NULL, NULL, NULL)));
    code = errno;
    BIO_free(file);
    if (!parameters) return ssl_fail_errno(t, code, AT_DH);
    int done;
    SSL_CONTEXT_CALL(t, sslcontext_of(self), done, (int)SSL_CTX_set_tmp_dh(ctx_of(self), parameters));
    DH_free(parameters);
    return done ? V_NONE : ssl_fail(t, AT_DH);
}

// ---- certificates to trust ------------------------------------------------------------------------------------------------------
static int no_password(char *out, int size, int writing, void *arg) {
    (void)out, (void)size, (void)writing, (void)arg;
    return 0; // certificates have none; the library would ask on the terminal
}
static bool is_error(unsigned long code, int library, int reason) { return ERR_GET_LIB(code) == library && ERR_GET_REASON(code) == reason; }

// All certificates of a text, into the store; how many, or -1: the library's last error says why.  Detached.
static int add_certificates(X509_STORE *store, BIO *in, bool pem) {
    for (int n = 0;; n++) {
        X509 *cert = pem ? PEM_read_bio_X509(in, NULL, no_password, NULL) : d2i_X509_bio(in, NULL);
        if (!cert) return n;
        int added = X509_STORE_add_cert(store, cert);
        X509_free(cert);
        if (added) continue;
        if (!is_error(ERR_peek_last_error(), ERR_LIB_X509, X509_R_CERT_ALREADY_IN_HASH_TABLE)) return -1;
        ERR_clear_error();
    }
}
static int trust_data(Thread *t, SslContext *c, const void *data, size_t len, bool pem) {
    if (len == 0 || len > INT_MAX) {
        err_set(t, len ? &exc_OverflowError : &exc_ValueError, len ? "Certificate data is too long." : "Empty certificate data");
        return -1;
    }
    BIO *in = BIO_new_mem_buf(data, (int)len);
    int n = -1;
    if (in) SSL_CONTEXT_CALL(t, c, n, add_certificates(SSL_CTX_get_cert_store(c->ctx), in, pem));
    BIO_free(in);
    unsigned long code = ERR_peek_last_error(); // a text ends in one
    bool ended = pem ? is_error(code, ERR_LIB_PEM, PEM_R_NO_START_LINE) : is_error(code, ERR_LIB_ASN1, ASN1_R_HEADER_TOO_LONG);
    if (n == 0) {
        ssl_fail_text(t, AT_CADATA, pem ? "no start line: cadata does not contain a certificate" : "not enough data: cadata does not contain a certificate");
    } else if (n < 0 || (code && !ended)) {
        ssl_fail(t, AT_CADATA);
    }
    ERR_clear_error();
    return err_pending(t) ? -1 : 0;
}
static int trust_argument(Thread *t, SslContext *c, V data) { // str: PEM; bytes-like: DER
    Buffer view;
    if (v_is_str(data) && str_is_ascii(data)) return trust_data(t, c, str_data(data), str_len(data), true);
    if (v_is_str(data) || !obj_has_buffer(data)) {
        err_set(t, &exc_TypeError, "cadata should be an ASCII string or a bytes-like object");
        return -1;
    }
    if (buffer_get(t, data, &view, BUF_SIMPLE) < 0) return -1;
    int r = trust_data(t, c, view.data, (size_t)view.len, false);
    buffer_release(t, &view);
    return r;
}
NATIVE(context_load_verify_locations) { // cafile=None, capath=None, cadata=None
    (void)nargs, (void)kwnames;
    SslContext *c = sslcontext_of(self);
    bool has_data = args[2] != V_NULL && args[2] != V_NONE;
    V file = path_or_none(t, args[0], "cafile"), directory = v_is_error(file) ? V_ERROR : path_or_none(t, args[1], "capath");
    int r = v_is_error(directory) ? -1 : 0;
    if (r == 0 && file == V_NONE && directory == V_NONE && !has_data) {
        err_set(t, &exc_TypeError, "cafile, capath and cadata cannot be all omitted");
        r = -1;
    }
    if (r == 0 && has_data) r = trust_argument(t, c, args[2]);
    if (r == 0 && (file != V_NONE || directory != V_NONE)) {
        int done;
        SSL_CONTEXT_CALL(t, c, done, (errno = 0, SSL_CTX_load_verify_locations(c->ctx, path_text(file), path_text(directory))));
        r = load_step(t, done, errno, AT_LOAD_VERIFY);
    }
    v_drop(t, file);
    v_drop(t, directory);
    return r < 0 ? V_ERROR : V_NONE;
}
NATIVE(context_set_default_verify_paths) {
    UNUSED_NATIVE();
    int done;
    SSL_CONTEXT_CALL(t, sslcontext_of(self), done, SSL_CTX_set_default_verify_paths(ctx_of(self)));
    return done ? V_NONE : ssl_fail(t, AT_LOAD_VERIFY);
}

// ---- what is trusted ----------------------------------------------------------------------------------------------------------
// A snapshot of the store's objects: handshakes of other threads may add to it.
static STACK_OF(X509_OBJECT) *store_objects(SslContext *c) {
    X509_STORE *store = SSL_CTX_get_cert_store(c->ctx);
    STACK_OF(X509_OBJECT) *copy = NULL;
    if (X509_STORE_lock(store)) {
        copy = sk_X509_OBJECT_dup(X509_STORE_get0_objects(store)); // objects are never taken out
        X509_STORE_unlock(store);
    }
    return copy;
}
NATIVE(context_cert_store_stats) {
    UNUSED_NATIVE();
    STACK_OF(X509_OBJECT) *objects = store_objects(sslcontext_of(self));
    if (!objects) return err_no_memory(t);
    int certs = 0, lists = 0, authorities = 0;
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509_OBJECT *o = sk_X509_OBJECT_value(objects, i);
        X509 *cert = X509_OBJECT_get0_X509(o);
        certs += cert != NULL;
        authorities += cert && X509_check_ca(cert);
        lists += X509_OBJECT_get_type(o) == X509_LU_CRL;
    }
    sk_X509_OBJECT_free(objects);
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    if (dict_set_c(t, dict, "x509", v_from_int(certs)) == 0 && dict_set_c(t, dict, "crl", v_from_int(lists)) == 0 &&
        dict_set_c(t, dict, "x509_ca", v_from_int(authorities)) == 0) return dict;
    v_drop(t, dict);
    return V_ERROR;
}
NATIVE(context_get_ca_certs) { // binary_form=False
    (void)nargs, (void)kwnames;
    int binary = bool_arg(t, args[0]);
    if (binary < 0) return V_ERROR;
    STACK_OF(X509_OBJECT) *objects = store_objects(sslcontext_of(self));
    V list = objects ? list_new(t, 0) : err_no_memory(t);
    for (int i = 0; !v_is_error(list) && i < sk_X509_OBJECT_num(objects); i++) {
        X509 *cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (!cert || !X509_check_ca(cert)) continue;
        list = append_or_drop(t, list, binary ? ssl_cert_der(t, cert) : ssl_cert_dict(t, cert));
    }
    sk_X509_OBJECT_free(objects);
    return list;
}
#endif
