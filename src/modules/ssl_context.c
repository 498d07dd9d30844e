// SPDX-License-Identifier: MIT
// _ssl: contexts.
#include "ssl_private.h"
#include <stddef.h>
#ifdef HAVE_OPENSSL

static const struct { int protocol; const SSL_METHOD *(*method)(void); const char *deprecated; } protocols[] = {
    {PROTOCOL_TLS, TLS_method, "ssl.PROTOCOL_TLS is deprecated"}, {PROTOCOL_TLSv1, TLSv1_method, "ssl.PROTOCOL_TLSv1 is deprecated"},
    {PROTOCOL_TLSv1_1, TLSv1_1_method, "ssl.PROTOCOL_TLSv1_1 is deprecated"}, {PROTOCOL_TLSv1_2, TLSv1_2_method, "ssl.PROTOCOL_TLSv1_2 is deprecated"},
    {PROTOCOL_TLS_CLIENT, TLS_client_method, NULL}, {PROTOCOL_TLS_SERVER, TLS_server_method, NULL},
};
enum { CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED };
static const int verify_modes[] = {
    [CERT_NONE] = SSL_VERIFY_NONE, [CERT_OPTIONAL] = SSL_VERIFY_PEER, [CERT_REQUIRED] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
};

// ---- making one -------------------------------------------------------------------------------------------------------------
static void set_defaults(SSL_CTX *ctx, bool client) {
    static const unsigned char session_id_context[] = "Heddle"; // sessions of a server that asks for certificates need one
    SSL_CTX_set_verify(ctx, verify_modes[client ? CERT_REQUIRED : CERT_NONE], NULL);
    SSL_CTX_set_options(ctx, SSL_OP_ALL | SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_DH_USE |
                             SSL_OP_SINGLE_ECDH_USE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_clear_options(ctx, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_id_context(ctx, session_id_context, sizeof session_id_context);
    X509_VERIFY_PARAM *verify = SSL_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(verify, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_CTX_set_post_handshake_auth(ctx, 0);
}
static V context_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    int protocol;
    if (args_no_keywords(t, "_SSLContext", kwnames) < 0 || args_check_count(t, "_SSLContext", nargs, 1, 1) < 0 ||
        num_as_int(t, args[0], &protocol) < 0) return V_ERROR;
    size_t i = 0;
    while (i < countof(protocols) && protocols[i].protocol != protocol) i++;
    if (i == countof(protocols)) return err_set(t, &exc_ValueError, "invalid or unsupported protocol version %d", protocol);
    if (protocols[i].deprecated && warn(t, &exc_DeprecationWarning, 2, "%s", protocols[i].deprecated) < 0) return V_ERROR;
    SSL_CTX *ctx;
    DETACHED(t, ctx, SSL_CTX_new(protocols[i].method())); // the first one reads the system's configuration
    if (!ctx) return ssl_fail(t, AT_CONTEXT);
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) {
        SSL_CTX_free(ctx);
        return V_ERROR;
    }
    SslContext *c = sslcontext_of(self);
    c->ctx = ctx;
    c->protocol = protocol;
    c->check_hostname = protocol == PROTOCOL_TLS_CLIENT;
    set_defaults(ctx, c->check_hostname);
    return self;
}
static void context_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    SslContext *c = (SslContext *)o;
    VISIT(c->keylog_filename);
    VISIT(c->sni_callback);
    VISIT(c->msg_callback);
}
static void context_free(Thread *t, Obj *o) {
    (void)t;
    SslContext *c = (SslContext *)o;
    ssl_callbacks_free(c);
    SSL_CTX_free(c->ctx);
}

// ---- attributes -------------------------------------------------------------------------------------------------------------
static int given(Thread *t, V value) {
    if (value != V_NULL) return 0;
    err_set(t, &exc_TypeError, "function takes at least one argument");
    return -1;
}
static int int_value(Thread *t, V value, int *out) { return given(t, value) < 0 ? -1 : num_as_int(t, value, out); }
static int mask_value(Thread *t, V value, unsigned long *out) { // as many bits as fit
    V index = given(t, value) < 0 ? V_ERROR : num_index(t, value);
    if (v_is_error(index)) return -1;
    *out = int_as_u64_mask(index);
    v_drop(t, index);
    return 0;
}
static int refuse(Thread *t, const char *why) {
    err_set(t, &exc_ValueError, "%s", why);
    return -1;
}
#define GETTER(name) static V name(Thread *t, V self, void *closure)
#define SETTER(name) static int name(Thread *t, V self, V value, void *closure)

GETTER(get_options) {
    (void)closure;
    return int_from_u64(t, SSL_CTX_get_options(ctx_of(self)));
}
SETTER(set_options) {
    (void)closure;
    static const uint64_t versions = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
    int64_t wanted;
    if (given(t, value) < 0 || num_as_long(t, value, &wanted) < 0) return -1;
    bool warned = false;
    for (;;) {
        bool entered = owned_lock_enter(t, &sslcontext_of(self)->lock);
        uint64_t now = SSL_CTX_get_options(ctx_of(self)), more = (uint64_t)wanted & ~now;
        bool apply = warned || !(more & versions);
        if (apply) {
            SSL_CTX_clear_options(ctx_of(self), now & ~(uint64_t)wanted);
            SSL_CTX_set_options(ctx_of(self), more);
        }
        owned_lock_leave(&sslcontext_of(self)->lock, entered);
        if (apply) return 0;
        if (warn(t, &exc_DeprecationWarning, 2, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated") < 0) return -1;
        warned = true;
    }
}

GETTER(get_verify_mode) {
    (void)closure, (void)t;
    int mode = SSL_CTX_get_verify_mode(ctx_of(self));
    for (int i = 0; i < (int)countof(verify_modes); i++) {
        if (verify_modes[i] == mode) return v_from_int(i);
    }
    return err_set(t, ssl_error(SSL_ANY_ERROR), "invalid return value from SSL_CTX_get_verify_mode");
}
SETTER(set_verify_mode) {
    (void)closure;
    SslContext *c = sslcontext_of(self);
    int mode;
    if (int_value(t, value, &mode) < 0) return -1;
    if (mode < CERT_NONE || mode > CERT_REQUIRED) return refuse(t, "invalid value for verify_mode");
    bool entered = owned_lock_enter(t, &c->lock), needed = mode == CERT_NONE && at_load_relaxed(&c->check_hostname); // a setter of it may be on its way
    if (!needed) SSL_CTX_set_verify(c->ctx, verify_modes[mode], NULL);
    owned_lock_leave(&c->lock, entered);
    return needed ? refuse(t, "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.") : 0;
}

GETTER(get_verify_flags) {
    (void)closure;
    return int_from_u64(t, X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(ctx_of(self))));
}
SETTER(set_verify_flags) {
    (void)closure;
    unsigned long wanted;
    if (given(t, value) < 0) return -1;
    if (!v_is_any_int(value)) {
        err_set(t, &exc_TypeError, "argument must be int, not %K", value);
        return -1;
    }
    if (mask_value(t, value, &wanted) < 0) return -1;
    bool entered = owned_lock_enter(t, &sslcontext_of(self)->lock);
    X509_VERIFY_PARAM *verify = SSL_CTX_get0_param(ctx_of(self));
    unsigned long now = X509_VERIFY_PARAM_get_flags(verify);
    bool done = X509_VERIFY_PARAM_clear_flags(verify, now & ~wanted) && X509_VERIFY_PARAM_set_flags(verify, wanted & ~now);
    owned_lock_leave(&sslcontext_of(self)->lock, entered);
    if (!done) ssl_fail(t, AT_CONTEXT);
    return done ? 0 : -1;
}
GETTER(get_host_flags) {
    (void)closure;
    return int_from_u64(t, X509_VERIFY_PARAM_get_hostflags(SSL_CTX_get0_param(ctx_of(self))));
}
SETTER(set_host_flags) {
    (void)closure;
    unsigned long flags;
    if (mask_value(t, value, &flags) < 0) return -1;
    bool entered = owned_lock_enter(t, &sslcontext_of(self)->lock);
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(ctx_of(self)), (unsigned)flags);
    owned_lock_leave(&sslcontext_of(self)->lock, entered);
    return 0;
}

// The oldest and newest version: TLSVersion's values, of which two stand for whatever there is.
enum { MINIMUM_SUPPORTED = -2, MAXIMUM_SUPPORTED = -1, OLDEST_VERSION = TLS1_VERSION, NEWEST_VERSION = TLS1_3_VERSION };
static V version_value(long version, int whatever) { return v_from_int(version ? version : whatever); }
GETTER(get_minimum_version) {
    (void)closure, (void)t;
    return version_value(SSL_CTX_get_min_proto_version(ctx_of(self)), MINIMUM_SUPPORTED);
}
GETTER(get_maximum_version) {
    (void)closure, (void)t;
    return version_value(SSL_CTX_get_max_proto_version(ctx_of(self)), MAXIMUM_SUPPORTED);
}
static int check_version(Thread *t, int version) {
    static const struct { int version; const char *deprecated; } known[] = {
        {SSL3_VERSION, "ssl.TLSVersion.SSLv3 is deprecated"}, {TLS1_VERSION, "ssl.TLSVersion.TLSv1 is deprecated"},
        {TLS1_1_VERSION, "ssl.TLSVersion.TLSv1_1 is deprecated"}, {TLS1_2_VERSION, NULL}, {TLS1_3_VERSION, NULL},
        {MINIMUM_SUPPORTED, NULL}, {MAXIMUM_SUPPORTED, NULL},
    };
    for (size_t i = 0; i < countof(known); i++) {
        if (known[i].version == version) return known[i].deprecated ? warn(t, &exc_DeprecationWarning, 2, "%s", known[i].deprecated) : 0;
    }
    err_set(t, &exc_ValueError, "Unsupported TLS/SSL version 0x%x", version);
    return -1;
}
SETTER(set_version) { // closure: the newest, not the oldest
    SslContext *c = sslcontext_of(self);
    bool newest = closure != NULL;
    int version;
    if (int_value(t, value, &version) < 0) return -1;
    if (c->protocol != PROTOCOL_TLS && c->protocol != PROTOCOL_TLS_CLIENT && c->protocol != PROTOCOL_TLS_SERVER)
        return refuse(t, "The context's protocol doesn't support modification of highest and lowest version.");
    if (check_version(t, version) < 0) return -1;
    int number = version;
    if (version == MINIMUM_SUPPORTED) number = newest ? OLDEST_VERSION : 0;
    if (version == MAXIMUM_SUPPORTED) number = newest ? 0 : NEWEST_VERSION;
    bool entered = owned_lock_enter(t, &c->lock);
    long done = newest ? SSL_CTX_set_max_proto_version(c->ctx, number) : SSL_CTX_set_min_proto_version(c->ctx, number);
    owned_lock_leave(&c->lock, entered);
    if (done) return 0;
    ERR_clear_error();
    err_set(t, &exc_ValueError, "Unsupported protocol version 0x%x", number);
    return -1;
}

GETTER(get_num_tickets) {
    (void)closure;
    return int_from_size(t, SSL_CTX_get_num_tickets(ctx_of(self)));
}
SETTER(set_num_tickets) {
    (void)closure;
    int64_t n;
    if (given(t, value) < 0 || num_as_long(t, value, &n) < 0) return -1;
    if (n < 0) return refuse(t, "value must be non-negative");
    if (sslcontext_of(self)->protocol != PROTOCOL_TLS_SERVER) return refuse(t, "SSLContext is not a server context.");
    bool entered = owned_lock_enter(t, &sslcontext_of(self)->lock);
    int done = SSL_CTX_set_num_tickets(ctx_of(self), (size_t)n);
    owned_lock_leave(&sslcontext_of(self)->lock, entered);
    return done == 1 ? 0 : refuse(t, "failed to set num tickets.");
}
GETTER(get_security_level) {
    (void)closure, (void)t;
    return v_from_int(SSL_CTX_get_security_level(ctx_of(self)));
}
GETTER(get_check_hostname) {
    (void)closure, (void)t;
    return v_from_bool(at_load_relaxed(&sslcontext_of(self)->check_hostname));
}
SETTER(set_check_hostname) { // needs certificates
    (void)closure;
    SslContext *c = sslcontext_of(self);
    int on = given(t, value) < 0 ? -1 : obj_is_true(t, value);
    if (on < 0) return -1;
    bool entered = owned_lock_enter(t, &c->lock);
    if (on && SSL_CTX_get_verify_mode(c->ctx) == SSL_VERIFY_NONE) SSL_CTX_set_verify(c->ctx, verify_modes[CERT_REQUIRED], NULL);
    at_store_relaxed(&c->check_hostname, on > 0);
    owned_lock_leave(&c->lock, entered);
    return 0;
}
GETTER(get_post_handshake_auth) {
    (void)closure, (void)t;
    return v_from_bool(at_load_relaxed(&sslcontext_of(self)->post_handshake_auth));
}
SETTER(set_post_handshake_auth) {
    (void)closure;
    SslContext *c = sslcontext_of(self);
    if (value == V_NULL) {
        err_set(t, &exc_AttributeError, "cannot delete attribute");
        return -1;
    }
    int on = obj_is_true(t, value);
    if (on < 0) return -1;
    bool entered = owned_lock_enter(t, &c->lock);
    at_store_relaxed(&c->post_handshake_auth, on > 0);
    SSL_CTX_set_post_handshake_auth(c->ctx, on); // a client's say; servers ask each connection
    owned_lock_leave(&c->lock, entered);
    return 0;
}
GETTER(get_protocol) {
    (void)closure, (void)t;
    return v_from_int(sslcontext_of(self)->protocol);
}
GETTER(get_callback) { // closure: where it stands in the context
    (void)t;
    V v = slot_get(v_obj(self), (const Slot *)((char *)v_obj(self) + (size_t)closure));
    return v == V_NULL ? V_NONE : v;
}
static const GetSet context_getsets[] = {
    {"options", get_options, set_options, NULL, NULL}, {"verify_mode", get_verify_mode, set_verify_mode, NULL, NULL},
    {"verify_flags", get_verify_flags, set_verify_flags, NULL, NULL}, {"_host_flags", get_host_flags, set_host_flags, NULL, NULL},
    {"minimum_version", get_minimum_version, set_version, NULL, NULL}, {"maximum_version", get_maximum_version, set_version, NULL, (void *)1},
    {"num_tickets", get_num_tickets, set_num_tickets, "How many TLS 1.3 tickets a server gives.", NULL},
    {"security_level", get_security_level, NULL, "The library's security level, 0 to 5.", NULL},
    {"check_hostname", get_check_hostname, set_check_hostname, NULL, NULL},
    {"post_handshake_auth", get_post_handshake_auth, set_post_handshake_auth, NULL, NULL}, {"protocol", get_protocol, NULL, NULL, NULL},
    {"sni_callback", get_callback, ssl_set_sni_callback,
     "What a server calls with the name a client asks for: sni_callback(connection, name, context).\n\nIt answers None, or the number of an alert.",
     (void *)offsetof(SslContext, sni_callback)},
    {"_msg_callback", get_callback, ssl_set_msg_callback, NULL, (void *)offsetof(SslContext, msg_callback)},
    {"keylog_filename", get_callback, ssl_set_keylog_filename, NULL, (void *)offsetof(SslContext, keylog_filename)}, {0},
};

// ---- ciphers ----------------------------------------------------------------------------------------------------------------
static NATIVE(context_set_ciphers) {
    (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "set_ciphers", "argument", "str", args[0]);
    const char *list = str_cstr(t, args[0]);
    int done;
    if (!list) return V_ERROR;
    SSL_CONTEXT_CALL(t, sslcontext_of(self), done, SSL_CTX_set_cipher_list(ctx_of(self), list));
    if (done) return V_NONE;
    ERR_clear_error();
    return err_set(t, ssl_error(SSL_ANY_ERROR), "No cipher can be selected.");
}
static V nid_text(Thread *t, int nid) {
    const char *name = nid == NID_undef ? NULL : OBJ_nid2ln(nid);
    return name ? str_from_cstr(t, name) : V_NONE;
}
static V cipher_dict(Thread *t, const SSL_CIPHER *cipher) {
    char text[512];
    int bits, strength = SSL_CIPHER_get_bits(cipher, &bits);
    V dict = dict_new(t);
    if (v_is_error(dict)) return V_ERROR;
    SSL_CIPHER_description(cipher, text, sizeof text);
    size_t n = strcspn(text, "\r\n");
    const struct { const char *key; V value; } items[] = {
        {"id", int_from_u64(t, SSL_CIPHER_get_id(cipher))}, {"name", str_from_cstr(t, SSL_CIPHER_get_name(cipher))},
        {"protocol", str_from_cstr(t, SSL_CIPHER_get_version(cipher))}, {"description", str_from_utf8(t, text, n)},
        {"strength_bits", v_from_int(strength)}, {"alg_bits", v_from_int(bits)}, {"aead", v_from_bool(SSL_CIPHER_is_aead(cipher))},
        {"symmetric", nid_text(t, SSL_CIPHER_get_cipher_nid(cipher))}, {"digest", nid_text(t, SSL_CIPHER_get_digest_nid(cipher))},
        {"kea", nid_text(t, SSL_CIPHER_get_kx_nid(cipher))}, {"auth", nid_text(t, SSL_CIPHER_get_auth_nid(cipher))},
    };
    bool failed = false;
    for (size_t i = 0; i < countof(items); i++) failed |= dict_set_c_steal(t, dict, items[i].key, items[i].value) < 0;
    if (!failed) return dict;
    v_drop(t, dict);
    return V_ERROR;
}
static NATIVE(context_get_ciphers) {
    UNUSED_NATIVE();
    V list = list_new(t, 0);
    bool entered = owned_lock_enter(t, &sslcontext_of(self)->lock);
    const STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx_of(self));
    for (int i = 0; !v_is_error(list) && i < sk_SSL_CIPHER_num(all); i++) {
        list = append_or_drop(t, list, cipher_dict(t, sk_SSL_CIPHER_value(all, i)));
    }
    owned_lock_leave(&sslcontext_of(self)->lock, entered);
    return list;
}
static NATIVE(context_set_ecdh_curve) {
    (void)nargs, (void)kwnames;
    V name = path_bytes(t, args[0]);
    if (v_is_error(name)) return V_ERROR;
    int nid = OBJ_sn2nid(bytes_data(name)), done;
    v_drop(t, name);
    if (nid == NID_undef) return err_set(t, &exc_ValueError, "unknown elliptic curve name %R", args[0]);
    SSL_CONTEXT_CALL(t, sslcontext_of(self), done, (int)SSL_CTX_set1_groups(ctx_of(self), &nid, 1));
    return done ? V_NONE : ssl_fail(t, AT_CONTEXT);
}

// ---- connections ------------------------------------------------------------------------------------------------------------
static V host_arg(Thread *t, V v) { // ASCII bytes, None
    if (v == V_NULL || v == V_NONE) return V_NONE;
    if (!v_is_str(v)) return err_set(t, &exc_TypeError, "argument must be str, not %K", v);
    V host = str_encode(t, v, "ascii", NULL);
    if (v_is_error(host) || strlen(bytes_data(host)) == bytes_len(host)) return host;
    v_drop(t, host);
    return err_set(t, &exc_TypeError, "argument must be encoded string without null bytes, not str");
}
static V wrap(Thread *t, V self, V socket, V incoming, V outgoing, const V *rest) { // rest: server_side, server_hostname, owner, session
    int server = obj_is_true(t, rest[0]);
    V host = server < 0 ? V_ERROR : host_arg(t, rest[1]);
    if (v_is_error(host)) return V_ERROR;
    V r = sslsocket_new(t, self, socket, incoming, outgoing, server > 0, host, rest[2] == V_NULL ? V_NONE : rest[2],
                        rest[3] == V_NULL ? V_NONE : rest[3]);
    v_drop(t, host);
    return r;
}
static NATIVE(context_wrap_socket) { // sock, server_side, server_hostname=None, *, owner=None, session=None
    (void)nargs, (void)kwnames;
    V socket_type = import_attr_c(t, "_socket", "socket");
    if (v_is_error(socket_type)) return V_ERROR;
    bool fits = type_check(t, args[0], v_as_type(socket_type));
    v_drop(t, socket_type);
    if (!fits) return err_bad_argument(t, "_wrap_socket", "argument 'sock'", "_socket.socket", args[0]);
    return wrap(t, self, args[0], V_NULL, V_NULL, args + 1);
}
static NATIVE(context_wrap_bio) { // incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None
    (void)nargs, (void)kwnames;
    static const char *const names[] = {"argument 'incoming'", "argument 'outgoing'"};
    for (int i = 0; i < 2; i++) {
        if (!v_is_exact(args[i], &ssl_memory_bio_type)) return err_bad_argument(t, "_wrap_bio", names[i], "_ssl.MemoryBIO", args[i]);
    }
    return wrap(t, self, V_NONE, args[0], args[1], args + 2);
}
static NATIVE(context_set_alpn_protocols) {
    (void)nargs, (void)kwnames;
    return ssl_set_alpn(t, self, args[0]);
}

// ---- statistics -------------------------------------------------------------------------------------------------------------
static NATIVE(context_session_stats) {
    UNUSED_NATIVE();
    SSL_CTX *ctx = ctx_of(self);
    const IntConstant counts[] = {
        {"number", SSL_CTX_sess_number(ctx)}, {"connect", SSL_CTX_sess_connect(ctx)}, {"connect_good", SSL_CTX_sess_connect_good(ctx)},
        {"connect_renegotiate", SSL_CTX_sess_connect_renegotiate(ctx)}, {"accept", SSL_CTX_sess_accept(ctx)},
        {"accept_good", SSL_CTX_sess_accept_good(ctx)}, {"accept_renegotiate", SSL_CTX_sess_accept_renegotiate(ctx)},
        {"hits", SSL_CTX_sess_hits(ctx)}, {"misses", SSL_CTX_sess_misses(ctx)}, {"timeouts", SSL_CTX_sess_timeouts(ctx)},
        {"cache_full", SSL_CTX_sess_cache_full(ctx)},
    };
    V dict = dict_new(t);
    for (size_t i = 0; !v_is_error(dict) && i < countof(counts); i++) {
        if (dict_set_c(t, dict, counts[i].name, v_from_int(counts[i].value)) == 0) continue;
        v_drop(t, dict);
        return V_ERROR;
    }
    return dict;
}

static const Method context_methods[] = {
    {"_wrap_socket", context_wrap_socket, "sock, server_side, server_hostname=None, *, owner=None, session=None", 0, 0, NULL},
    {"_wrap_bio", context_wrap_bio, "incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None", 0, 0, NULL},
    {"set_ciphers", context_set_ciphers, "cipherlist, /", 0, 0, "Which ciphers may be used, in the library's notation."},
    {"get_ciphers", context_get_ciphers, "", 0, 0, "What is known of each cipher that may be used."},
    {"_set_alpn_protocols", context_set_alpn_protocols, "protos, /", 0, 0, NULL},
    {"set_ecdh_curve", context_set_ecdh_curve, "name, /", 0, 0, "The curve for elliptic-curve key exchange."},
    {"load_cert_chain", context_load_cert_chain, "certfile, keyfile=None, password=None", 0, 0, "The certificate to show, with its chain, and its key."},
    {"load_dh_params", context_load_dh_params, "path, /", 0, 0, "The parameters for Diffie-Hellman key exchange."},
    {"load_verify_locations", context_load_verify_locations, "cafile=None, capath=None, cadata=None", 0, 0, "Certificates to trust."},
    {"set_default_verify_paths", context_set_default_verify_paths, "", 0, 0, "Trust the certificates that the system trusts."},
    {"cert_store_stats", context_cert_store_stats, "", 0, 0, "How many certificates and revocation lists have been loaded."},
    {"get_ca_certs", context_get_ca_certs, "binary_form=False", 0, 0,
     "The loaded certificates of authorities, as dicts or in DER.\n\nThose of a directory are loaded when they are needed."},
    {"session_stats", context_session_stats, "", 0, 0, "Counts of sessions made and used."},
    METHOD_END,
};
Type ssl_context_type = {
    TYPE_HEAD("_ssl._SSLContext"), .base = &object_type, .size = sizeof(SslContext), .flags = TYPE_GC | TYPE_BASETYPE | TYPE_IMMUTABLE,
    .new_ = context_new, .traverse = context_traverse, .free_ = context_free, .methods = context_methods, .getsets = context_getsets,
};
#endif
