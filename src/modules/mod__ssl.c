// SPDX-License-Identifier: MIT
// Module _ssl: TLS by OpenSSL, for the library's ssl.py.  ssl_private.h says where things are.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

// ---- random bytes -----------------------------------------------------------------------------------------------------------
static V random_bytes(Thread *t, V size) { // bytes
    int n;
    if (num_as_int(t, size, &n) < 0) return V_ERROR;
    if (n < 0) return err_set(t, &exc_ValueError, "num must be positive");
    V bytes = bytes_new(t, (size_t)n);
    if (v_is_error(bytes) || RAND_bytes((unsigned char *)bytes_data(bytes), n) == 1) return bytes;
    v_drop(t, bytes);
    return ssl_fail(t, AT_CONTEXT);
}
static NATIVE(ssl_rand_bytes) {
    (void)self, (void)nargs, (void)kwnames;
    return random_bytes(t, args[0]);
}
static NATIVE(ssl_rand_pseudo_bytes) { // the library's are as good as its others
    (void)self, (void)nargs, (void)kwnames;
    if (warn(t, &exc_DeprecationWarning, 1, "ssl.RAND_pseudo_bytes() is deprecated") < 0) return V_ERROR;
    V bytes = random_bytes(t, args[0]);
    return v_is_error(bytes) ? V_ERROR : tuple_pack_steal(t, 2, bytes, V_TRUE);
}
static NATIVE(ssl_rand_add) { // string, entropy
    (void)self, (void)nargs, (void)kwnames;
    Buffer view = {.owner = V_NULL};
    double entropy;
    size_t n;
    const void *p;
    if (v_is_str(args[0])) {
        p = str_utf8(t, args[0], &n);
        if (!p) return V_ERROR;
    } else {
        if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
        p = view.data;
        n = (size_t)view.len;
    }
    int r = num_as_double(t, args[1], &entropy);
    for (const char *at = p; r == 0 && n;) {
        int some = n > INT_MAX ? INT_MAX : (int)n;
        RAND_add(at, some, entropy);
        at += some;
        n -= (size_t)some;
    }
    buffer_release(t, &view);
    return r < 0 ? V_ERROR : V_NONE;
}
static NATIVE(ssl_rand_status) {
    UNUSED_NATIVE();
    return v_from_bool(RAND_status());
}

// ---- names of objects -------------------------------------------------------------------------------------------------------
static V object_tuple(Thread *t, const ASN1_OBJECT *object) { // (nid, short name, long name, number)
    int nid = OBJ_obj2nid(object);
    if (nid == NID_undef) return err_set(t, &exc_ValueError, "Unknown object");
    V number = ssl_obj_text(t, object, true);
    return tuple_pack_steal(t, 4, v_from_int(nid), str_from_cstr(t, OBJ_nid2sn(nid)), str_from_cstr(t, OBJ_nid2ln(nid)), number);
}
static NATIVE(ssl_txt2obj) { // txt, name=False
    (void)self, (void)nargs, (void)kwnames;
    if (!v_is_str(args[0])) return err_bad_argument(t, "txt2obj", "argument 'txt'", "str", args[0]);
    const char *text = str_cstr(t, args[0]);
    int names = text ? bool_arg(t, args[1]) : -1;
    if (names < 0) return V_ERROR;
    ASN1_OBJECT *object = OBJ_txt2obj(text, !names);
    if (!object) {
        ERR_clear_error();
        return err_set(t, &exc_ValueError, "unknown object '%.100V'", args[0]);
    }
    V r = object_tuple(t, object);
    ASN1_OBJECT_free(object);
    return r;
}
static NATIVE(ssl_nid2obj) {
    (void)self, (void)nargs, (void)kwnames;
    int nid;
    if (num_as_int(t, args[0], &nid) < 0) return V_ERROR;
    if (nid < NID_undef) return err_set(t, &exc_ValueError, "NID must be positive.");
    const ASN1_OBJECT *object = OBJ_nid2obj(nid);
    if (object) return object_tuple(t, object);
    ERR_clear_error();
    return err_set(t, &exc_ValueError, "unknown NID %d", nid);
}

// ---- files ------------------------------------------------------------------------------------------------------------------
static NATIVE(ssl_get_default_verify_paths) {
    UNUSED_NATIVE();
    const char *paths[] = {X509_get_default_cert_file_env(), X509_get_default_cert_file(), X509_get_default_cert_dir_env(), X509_get_default_cert_dir()};
    V v[4];
    for (int i = 0; i < 4; i++) v[i] = str_from_utf8_surrogateescape(t, paths[i], strlen(paths[i]));
    return tuple_pack_steal(t, 4, v[0], v[1], v[2], v[3]);
}
static NATIVE(ssl_test_decode_cert) { // path
    (void)self, (void)nargs, (void)kwnames;
    V path = path_bytes(t, args[0]);
    if (v_is_error(path)) return V_ERROR;
    BIO *file;
    DETACHED(t, file, BIO_new_file(bytes_data(path), "r"));
    v_drop(t, path);
    X509 *cert = NULL;
    if (file) DETACHED(t, cert, PEM_read_bio_X509(file, NULL, NULL, NULL));
    ERR_clear_error();
    V r = V_ERROR;
    if (cert) r = ssl_cert_dict(t, cert);
    else err_set(t, ssl_error(SSL_ANY_ERROR), file ? "Error decoding PEM-encoded file" : "Can't open file");
    X509_free(cert);
    BIO_free(file);
    return r;
}

static const Method methods[] = {
    {"RAND_bytes", ssl_rand_bytes, "n, /", 0, 0, "n random bytes, good for keys."},
    {"RAND_pseudo_bytes", ssl_rand_pseudo_bytes, "n, /", 0, 0, "n random bytes, and whether they are good for keys."},
    {"RAND_add", ssl_rand_add, "string, entropy, /", 0, 0, "Mix something into the generator, which holds so many bytes of chance."},
    {"RAND_status", ssl_rand_status, "", 0, 0, "Whether the generator has been seeded."},
    {"txt2obj", ssl_txt2obj, "txt, name=False", 0, 0, "(NID, short name, long name, number) of an object by its number, or also by a name."},
    {"nid2obj", ssl_nid2obj, "nid, /", 0, 0, "(NID, short name, long name, number) of an object by its NID."},
    {"get_default_verify_paths", ssl_get_default_verify_paths, "", 0, 0,
     "Where trusted certificates are looked for: (variable, file, variable, directory)."},
    {"_test_decode_cert", ssl_test_decode_cert, "path, /", 0, 0, NULL}, METHOD_END,
};

// ---- the module -------------------------------------------------------------------------------------------------------------
static V version_tuple(Thread *t, unsigned long v) { // as OPENSSL_VERSION_INFO has it
    return tuple_pack_steal(t, 5, v_from_int(v >> 28 & 0xF), v_from_int(v >> 20 & 0xFF), v_from_int(v >> 12 & 0xFF), v_from_int(v >> 4 & 0xFF),
                            v_from_int(v & 0xF));
}
static int exec(Thread *t, V module) {
    Type *const types[] = {&ssl_context_type, &ssl_socket_type, &ssl_memory_bio_type, &ssl_session_type, &ssl_certificate_type};
    for (size_t i = 0; i < countof(types); i++) {
        if (module_add_type(t, module, types[i]) < 0) return -1;
    }
    if (ssl_bio_start(t) < 0 || ssl_errors_start(t, module) < 0 || add_constants(t, module, ssl_constants, ssl_n_constants) < 0) return -1;
    static const struct { const char *name; bool there; } features[] = {
        {"HAS_SNI", true}, {"HAS_TLS_UNIQUE", true}, {"HAS_ECDH", true}, {"HAS_NPN", false}, {"HAS_ALPN", true}, {"HAS_SSLv2", false},
        {"HAS_SSLv3", false}, {"HAS_TLSv1", true}, {"HAS_TLSv1_1", true}, {"HAS_TLSv1_2", true}, {"HAS_TLSv1_3", true},
    };
    for (size_t i = 0; i < countof(features); i++) {
        if (module_add(t, module, features[i].name, v_from_bool(features[i].there)) < 0) return -1;
    }
    if (module_add_steal(t, module, "OPENSSL_VERSION_INFO", version_tuple(t, OpenSSL_version_num())) < 0 ||
        module_add_steal(t, module, "_OPENSSL_API_VERSION", version_tuple(t, OPENSSL_VERSION_NUMBER)) < 0 ||
        module_add_int(t, module, "OPENSSL_VERSION_NUMBER", (int64_t)OpenSSL_version_num()) < 0 ||
        module_add_str(t, module, "OPENSSL_VERSION", OpenSSL_version(OPENSSL_VERSION)) < 0) return -1;
    return module_add_str(t, module, "_DEFAULT_CIPHERS", OSSL_default_cipher_list());
}
const ModuleDef mod__ssl = {"_ssl", "TLS by OpenSSL: what ssl.py is made of.", methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without OpenSSL (libssl-dev): no module _ssl");
    return -1;
}
const ModuleDef mod__ssl = {"_ssl", NULL, NULL, exec, 0};
#endif
