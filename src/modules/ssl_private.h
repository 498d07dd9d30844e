// SPDX-License-Identifier: MIT
// Shared by the files of module _ssl.
//
// mod__ssl.c      the module, constants, random bytes, object names        ssl_error.c    exceptions and how they are worded
// ssl_context.c   contexts: making one, attributes, ciphers                ssl_load.c     certificates and keys into a context
// ssl_callback.c  what the library calls: names, messages, key log, ALPN   ssl_cert.c     certificates as dicts, Certificate
// ssl_socket.c    connections: making, handshake, reading, writing         ssl_info.c     what a connection tells about itself
// ssl_bio.c       MemoryBIO, and the library's way to a descriptor         ssl_session.c  SSLSession
//
// Every call into the library runs detached, under the lock of its connection or context.  No call blocks: descriptors
// are read and written without waiting (ssl_bio.c), and who has to wait lets go of the lock and polls.  So one thread may
// read a connection while another one writes to it.
#ifndef HEDDLE_SSL_PRIVATE_H
#define HEDDLE_SSL_PRIVATE_H
#include "constants.h"
#include "object/bytes.h"
#include "runtime/runtime.h"
#ifdef HAVE_OPENSSL
#include "socket_private.h"
#include "threading/parking.h"
#define OPENSSL_SUPPRESS_DEPRECATED // PROTOCOL_TLSv1 and relatives are methods of one version
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// ---- contexts -------------------------------------------------------------------------------------------------------------
enum { PROTOCOL_TLS = 2, PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2, PROTOCOL_TLS_CLIENT = 16, PROTOCOL_TLS_SERVER };
typedef struct AlpnList { // what a server offers; a chain, so that a handshake that reads an old one may go on
    struct AlpnList *replaced;
    unsigned len;
    unsigned char data[];
} AlpnList;
typedef struct SslContext {
    Obj head;
    SSL_CTX *ctx;               // const after init
    OwnedLock lock;             // around changes of ctx, and SSL_new; callbacks run inside
    int protocol;               // const after init: PROTOCOL_*
    bool check_hostname;        // atomic
    bool post_handshake_auth;   // atomic
    AlpnList *alpn;             // atomic
    FILE *keylog;               // self->lock
    Slot keylog_filename, sni_callback, msg_callback; // V_NULL: none
} SslContext;
static inline SslContext *sslcontext_of(V v) { return (SslContext *)v_obj(v); }
static inline SSL_CTX *ctx_of(V context) { return sslcontext_of(context)->ctx; }

// ---- connections ------------------------------------------------------------------------------------------------------------
typedef struct SslSocket {
    Obj head;
    SSL *ssl;                   // const after init
    OwnedLock lock;             // around every call into the library
    OwnedLock writing;          // held by a writer from its first try to its last: a record is not to be taken for another's
    int fd;                     // what the socket's descriptor is during this call; self->lock
    bool server_side;           // const after init
    bool over_socket;           // const after init; false: over two MemoryBIOs
    bool shut_down;             // the first half of the closing handshake is done; self->lock
    Slot socket;                // a weakref of the socket, or None; const after init
    Slot owner;                 // a weakref of the Python-level object, or V_NULL
    Slot context;               // SslContext
    Slot server_hostname;       // str or None; const after init
    Slot incoming, outgoing;    // MemoryBIOs, or V_NULL; const after init
} SslSocket;
static inline SslSocket *sslsocket_of(V v) { return (SslSocket *)v_obj(v); }
typedef struct MemoryBio {
    Obj head;
    BIO *bio;                   // const after init; what it holds: self->lock
    OwnedLock lock;
    bool eof_written;           // self->lock
} MemoryBio;
typedef struct SslSession { Obj head; SSL_SESSION *session; Slot context; } SslSession; // const after init
typedef struct Certificate { Obj head; X509 *cert; } Certificate;                       // const after init

extern Type ssl_context_type, ssl_socket_type, ssl_memory_bio_type, ssl_session_type, ssl_certificate_type;

V sslsocket_new(Thread *t, V context, V socket, V incoming, V outgoing, bool server_side, V hostname, V owner, V session);
V sslsocket_front(Thread *t, V self);      // what callbacks are given: owner, else the socket, else self; V_NONE: gone
int ssl_bio_start(Thread *t);
BIO *ssl_fd_bio(SslSocket *s);             // reads and writes s->fd, never waiting; NULL: no memory
typedef struct SslEntered { bool self, first, second; } SslEntered; // which locks are to be let go of
SslEntered ssl_enter(Thread *t, SslSocket *s); // the connection and the MemoryBIOs below it
void ssl_leave(SslSocket *s, SslEntered entered);
V ssl_session_get(Thread *t, V sslsocket);
int ssl_session_set(Thread *t, V sslsocket, V session);
NATIVE(context_load_cert_chain);
NATIVE(context_load_dh_params);
NATIVE(context_load_verify_locations);
NATIVE(context_set_default_verify_paths);
NATIVE(context_cert_store_stats);
NATIVE(context_get_ca_certs);
NATIVE(sslsocket_do_handshake);
NATIVE(sslsocket_read);
NATIVE(sslsocket_write);
NATIVE(sslsocket_pending);
NATIVE(sslsocket_shutdown);
NATIVE(sslsocket_verify_client);
extern const IntConstant ssl_constants[];
extern const size_t ssl_n_constants;

// Runs `call` in the library, detached, under the lock of context c.
#define SSL_CONTEXT_CALL(t, c, result, call) \
    do { \
        bool entered_ = owned_lock_enter((t), &(c)->lock); \
        DETACHED((t), (result), (call)); \
        owned_lock_leave(&(c)->lock, entered_); \
    } while (0)

// ---- callbacks --------------------------------------------------------------------------------------------------------------
int ssl_set_sni_callback(Thread *t, V self, V value, void *closure);
int ssl_set_msg_callback(Thread *t, V self, V value, void *closure);
int ssl_set_keylog_filename(Thread *t, V self, V value, void *closure);
V ssl_set_alpn(Thread *t, V context, V protocols);
void ssl_callbacks_free(SslContext *c);    // what the setters above keep
void ssl_msg_callback(int sending, int version, int content, const void *data, size_t n, SSL *ssl, void *arg);

// ---- errors -----------------------------------------------------------------------------------------------------------------
typedef enum SslErrorKind { SSL_ANY_ERROR, SSL_ZERO_RETURN, SSL_WANT_READ, SSL_WANT_WRITE, SSL_SYSCALL, SSL_EOF, SSL_CERT_VERIFICATION,
                            N_SSL_ERRORS } SslErrorKind;
Type *ssl_error(SslErrorKind which);
// CPython's messages end in "(_ssl.c:LINE)", its own source.  Programs and logs compare whole messages, so these are the
// lines that CPython 3.11 names.
typedef enum SslPlace {
    AT_SERVER_SOCKET = 788, AT_CLIENT_SOCKET = 795, AT_HANDSHAKE_START = 933, AT_HANDSHAKE_TIMEOUT = 975, AT_HANDSHAKE = 992,
    AT_WRITE_START = 2321, AT_WRITE = 2393, AT_READ_START = 2464, AT_READ = 2546, AT_SHUTDOWN_START = 2592, AT_SHUTDOWN = 2672,
    AT_VERIFY_CLIENT = 2747, AT_CONTEXT = 3108, AT_LOAD_CERT = 3877, AT_LOAD_KEY = 3898, AT_CHECK_KEY = 3906, AT_CADATA = 3992,
    AT_LOAD_VERIFY = 4126, AT_DH = 4174,
} SslPlace;
V ssl_fail(Thread *t, SslPlace at);                        // the library's last error, as SSLError; V_ERROR
V ssl_fail_text(Thread *t, SslPlace at, const char *text); // SSLError(0, text)
V ssl_fail_errno(Thread *t, int code, SslPlace at);        // OSError when code is not 0, else ssl_fail
typedef struct SslResult { int value, error, code; bool peer_closed; } SslResult; // of a call; SSL_get_error of it, errno
V ssl_fail_call(Thread *t, SslSocket *s, SslResult r, SslPlace at);
int ssl_errors_start(Thread *t, V module);

// ---- certificates -----------------------------------------------------------------------------------------------------------
V ssl_cert_dict(Thread *t, X509 *cert);                    // getpeercert()'s
V ssl_cert_der(Thread *t, X509 *cert);
V ssl_cert_chain(Thread *t, STACK_OF(X509) *chain);        // a list of Certificates
V ssl_obj_text(Thread *t, const ASN1_OBJECT *object, bool numeric); // an object's long name or its number

static inline int bool_arg(Thread *t, V v) { return v == V_NULL ? 0 : obj_is_true(t, v); } // 1/0/-1
static inline V append_or_drop(Thread *t, V list, V item_steal) { // the list; V_ERROR, and it is gone
    if (!v_is_error(item_steal) && list_append_steal(t, list, item_steal) == 0) return list;
    v_drop(t, list);
    return V_ERROR;
}
#endif
#endif
