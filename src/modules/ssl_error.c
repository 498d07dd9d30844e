// SPDX-License-Identifier: MIT
// _ssl: exceptions.
//
// The library queues errors a thread: (library, reason) numbers, which its headers name.  Generated from those headers,
// openssl_tables.inc has REASON(library, number, name) and LIBRARY(name) rows.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include "object/descr.h"
#include "object/exceptions.h"

static Slot classes[N_SSL_ERRORS];
static Slot reason_names, library_names; // dicts: {(library, reason): name}, {library: name}
Type *ssl_error(SslErrorKind which) { return v_as_type(slot_peek(&classes[which])); }

// What SSLError.errno says: SSL_ERROR_* of the library, and two of Python's own.
enum { ERRNO_EOF = 8, ERRNO_INVALID = 10 };

static const struct { int library, reason; const char *name; } reasons[] = {
#define REASON(library, number, name) {ERR_LIB_##library, number, #name},
#define LIBRARY(library)
#include "openssl_tables.inc"
#undef REASON
#undef LIBRARY
};
static const IntConstant libraries[] = {
#define REASON(library, number, name)
#define LIBRARY(library) {#library, ERR_LIB_##library},
#include "openssl_tables.inc"
#undef REASON
#undef LIBRARY
};

// ---- wording ----------------------------------------------------------------------------------------------------------------
typedef struct Wording {
    Type *type;
    int number;          // the exception's errno
    unsigned long code;  // 0: the library has queued no error
    const char *text;    // NULL: the library's
    V verify_message;    // stack value: why a certificate is not good, or V_NULL
    long verify_code;
} Wording;

static V name_of(Thread *t, Slot *names, V key_steal) { // a str or None
    V name = v_is_error(key_steal) ? V_ERROR : dict_get(t, slot_peek(names), key_steal);
    v_drop(t, key_steal);
    return name == V_NULL ? V_NONE : name;
}
static V message_of(Thread *t, const Wording *w, V library, V reason, SslPlace at) {
    const char *text = w->text ? w->text : w->code ? ERR_reason_error_string(w->code) : NULL;
    if (!text) text = "unknown error";
    if (w->verify_message != V_NULL && library != V_NONE && reason != V_NONE)
        return str_from_format(t, "[%V: %V] %s: %V (_ssl.c:%d)", library, reason, text, w->verify_message, (int)at);
    if (library != V_NONE && reason != V_NONE) return str_from_format(t, "[%V: %V] %s (_ssl.c:%d)", library, reason, text, (int)at);
    if (library != V_NONE) return str_from_format(t, "[%V] %s (_ssl.c:%d)", library, text, (int)at);
    return str_from_format(t, "%s (_ssl.c:%d)", text, (int)at);
}
static int set_details(Thread *t, V exc, const Wording *w, V library, V reason) {
    if (obj_setattr(t, exc, NAME(reason), reason) < 0 || obj_setattr(t, exc, NAME(library), library) < 0) return -1;
    if (w->type != ssl_error(SSL_CERT_VERIFICATION)) return 0;
    V code = int_from_i64(t, w->verify_code);
    int r = obj_setattr(t, exc, NAME(verify_code), code);
    v_drop(t, code);
    return r < 0 ? -1 : obj_setattr(t, exc, NAME(verify_message), w->verify_message == V_NULL ? V_NONE : w->verify_message);
}
static V raise(Thread *t, const Wording *w, SslPlace at) { // empties the library's queue
    V library = V_NONE, reason = V_NONE, exc = V_ERROR;
    if (w->code) {
        int from = ERR_GET_LIB(w->code);
        library = name_of(t, &library_names, v_from_int(from));
        reason = name_of(t, &reason_names, tuple_pack_steal(t, 2, v_from_int(from), v_from_int(ERR_GET_REASON(w->code))));
    }
    if (!v_is_error(library) && !v_is_error(reason)) {
        V message = message_of(t, w, library, reason, at);
        if (!v_is_error(message)) exc = obj_call2(t, v_from_type(w->type), v_from_int(w->number), message);
        v_drop(t, message);
    }
    if (!v_is_error(exc) && set_details(t, exc, w, library, reason) == 0) err_raise(t, exc);
    v_drop(t, exc);
    v_drop(t, library);
    v_drop(t, reason);
    ERR_clear_error();
    return V_ERROR;
}

V ssl_fail(Thread *t, SslPlace at) {
    Wording w = {.type = ssl_error(SSL_ANY_ERROR), .code = ERR_peek_last_error()};
    w.number = w.code ? ERR_GET_REASON(w.code) : 0;
    return raise(t, &w, at);
}
V ssl_fail_text(Thread *t, SslPlace at, const char *text) {
    Wording w = {.type = ssl_error(SSL_ANY_ERROR), .text = text};
    return raise(t, &w, at);
}
V ssl_fail_errno(Thread *t, int code, SslPlace at) {
    if (!code) return ssl_fail(t, at);
    ERR_clear_error();
    errno = code;
    return errno_error(t);
}

// ---- a call of a connection -------------------------------------------------------------------------------------------------
static void explain_certificate(Thread *t, SslSocket *s, Wording *w) { // why verification failed
    V host = slot_peek(&s->server_hostname);
    w->type = ssl_error(SSL_CERT_VERIFICATION);
    w->verify_code = SSL_get_verify_result(s->ssl);
    const char *text = X509_verify_cert_error_string(w->verify_code);
    if (w->verify_code == X509_V_ERR_HOSTNAME_MISMATCH)
        w->verify_message = str_from_format(t, "Hostname mismatch, certificate is not valid for '%V'.", host);
    else if (w->verify_code == X509_V_ERR_IP_ADDRESS_MISMATCH)
        w->verify_message = str_from_format(t, "IP address mismatch, certificate is not valid for '%V'.", host);
    else if (text) w->verify_message = str_from_cstr(t, text);
}
static void word_library_error(Thread *t, SslSocket *s, Wording *w) { // SSL_ERROR_SSL
    w->number = SSL_ERROR_SSL;
    if (!w->code) w->text = "A failure in the SSL library occurred";
    if (ERR_GET_LIB(w->code) != ERR_LIB_SSL) return;
    int reason = ERR_GET_REASON(w->code);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        explain_certificate(t, s, w);
    } else if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        *w = (Wording){.type = ssl_error(SSL_EOF), .number = ERRNO_EOF, .code = w->code, .text = "EOF occurred in violation of protocol"};
    }
}
V ssl_fail_call(Thread *t, SslSocket *s, SslResult r, SslPlace at) {
    static const struct { int error; SslErrorKind kind; const char *text; } plain[] = {
        {SSL_ERROR_ZERO_RETURN, SSL_ZERO_RETURN, "TLS/SSL connection has been closed (EOF)"},
        {SSL_ERROR_WANT_READ, SSL_WANT_READ, "The operation did not complete (read)"},
        {SSL_ERROR_WANT_WRITE, SSL_WANT_WRITE, "The operation did not complete (write)"},
        {SSL_ERROR_WANT_X509_LOOKUP, SSL_ANY_ERROR, "The operation did not complete (X509 lookup)"},
        {SSL_ERROR_WANT_CONNECT, SSL_ANY_ERROR, "The operation did not complete (connect)"},
    };
    Wording w = {.type = ssl_error(SSL_ANY_ERROR), .number = ERRNO_INVALID, .code = ERR_peek_last_error(), .text = "Invalid error code"};
    for (size_t i = 0; i < countof(plain); i++) {
        if (plain[i].error != r.error) continue;
        w = (Wording){.type = ssl_error(plain[i].kind), .number = r.error, .code = w.code, .text = plain[i].text};
        return raise(t, &w, at);
    }
    if (r.error == SSL_ERROR_SSL) {
        w.text = NULL;
        word_library_error(t, s, &w);
    } else if (r.error == SSL_ERROR_SYSCALL) {
        if (!w.code && r.value != 0 && s->over_socket && r.code) return ssl_fail_errno(t, r.code, at);
        bool ended = !w.code; // nobody says what went wrong: the other side is gone
        w.type = ssl_error(ended ? SSL_EOF : SSL_SYSCALL);
        w.number = ended ? ERRNO_EOF : SSL_ERROR_SYSCALL;
        w.text = ended ? "EOF occurred in violation of protocol" : NULL;
    }
    if (v_is_error(w.verify_message)) ERR_clear_error();
    else raise(t, &w, at);
    v_drop(t, w.verify_message);
    return V_ERROR;
}

// ---- classes ----------------------------------------------------------------------------------------------------------------
static NATIVE(error_str) { // a text alone says it all
    UNUSED_NATIVE();
    ExcOS *e = (ExcOS *)v_obj(self);
    V text = slot_get(&e->base.head, &e->strerror);
    if (text != V_NULL && v_is_str(text)) return text;
    v_drop(t, text);
    V all = slot_get(&e->base.head, &e->base.args), r = obj_str(t, all);
    v_drop(t, all);
    return r;
}
static const Method str_row = {"__str__", error_str, "", 0, 0, "Return str(self)."};

static V make_class(Thread *t, const char *name, const char *doc, Type *base, Type *second) {
    V bases = second ? tuple_pack(t, 2, v_from_type(base), v_from_type(second)) : tuple_pack(t, 1, v_from_type(base)), class = V_ERROR;
    V dict = dict_new(t), text = str_from_cstr(t, name);
    if (!v_is_error(bases) && !v_is_error(dict) && !v_is_error(text) && dict_set_c(t, dict, "__module__", str_static("ssl")) == 0 &&
        dict_set_c_steal(t, dict, "__doc__", str_from_cstr(t, doc)) == 0)
        class = obj_call3(t, v_from_type(&type_type), text, bases, dict);
    v_drop(t, bases);
    v_drop(t, dict);
    v_drop(t, text);
    return class;
}
static int finish_base(Thread *t, V class) { // SSLError, as if it were static
    V str = method_descr_new(t, v_as_type(class), &str_row);
    int r = v_is_error(str) ? -1 : obj_setattr(t, class, NAME(__str__), str);
    v_drop(t, str);
    v_as_type(class)->flags |= TYPE_IMMUTABLE;
    return r;
}
static int add_classes(Thread *t, V module) {
    static const struct { const char *name, *doc; } rows[N_SSL_ERRORS] = {
        [SSL_ANY_ERROR] = {"SSLError", "Something went wrong in the TLS library."},
        [SSL_ZERO_RETURN] = {"SSLZeroReturnError", "The other side has closed the connection as it should."},
        [SSL_WANT_READ] = {"SSLWantReadError", "The operation goes on when there is more to be read."},
        [SSL_WANT_WRITE] = {"SSLWantWriteError", "The operation goes on when more can be written."},
        [SSL_SYSCALL] = {"SSLSyscallError", "A system call failed during the operation."},
        [SSL_EOF] = {"SSLEOFError", "The connection ended without being closed."},
        [SSL_CERT_VERIFICATION] = {"SSLCertVerificationError", "A certificate is not good."},
    };
    for (int i = 0; i < N_SSL_ERRORS; i++) {
        if (slot_peek(&classes[i]) == V_NULL) {
            V class = make_class(t, rows[i].name, rows[i].doc, i == SSL_ANY_ERROR ? &exc_OSError : ssl_error(SSL_ANY_ERROR),
                                 i == SSL_CERT_VERIFICATION ? &exc_ValueError : NULL);
            if (v_is_error(class)) return -1;
            int r = i == SSL_ANY_ERROR ? finish_base(t, class) : 0;
            if (r == 0) {
                root_register(&classes[i]);
                root_set(t, &classes[i], class);
            }
            v_drop(t, class);
            if (r < 0) return -1;
        }
        if (module_add(t, module, rows[i].name, slot_peek(&classes[i])) < 0) return -1;
    }
    return 0;
}
static int add_names(Thread *t, V module) {
    V by_code = dict_new(t), by_name = dict_new(t), by_library = dict_new(t);
    if (v_is_error(by_code) || v_is_error(by_name) || v_is_error(by_library)) return -1;
    for (size_t i = 0; i < countof(reasons); i++) {
        V code = tuple_pack_steal(t, 2, v_from_int(reasons[i].library), v_from_int(reasons[i].reason)), name = str_from_cstr(t, reasons[i].name);
        if (v_is_error(code) || v_is_error(name) || dict_set(t, by_code, code, name) < 0 || dict_set(t, by_name, name, code) < 0) return -1;
        v_drop(t, code);
        v_drop(t, name);
    }
    for (size_t i = 0; i < countof(libraries); i++) {
        V name = str_from_cstr(t, libraries[i].name);
        if (v_is_error(name) || dict_set(t, by_library, v_from_int(libraries[i].value), name) < 0) return -1;
        v_drop(t, name);
    }
    if (slot_peek(&reason_names) == V_NULL) {
        root_register(&reason_names);
        root_register(&library_names);
    }
    root_set(t, &reason_names, by_code);
    root_set(t, &library_names, by_library);
    if (module_add_steal(t, module, "err_codes_to_names", by_code) < 0 || module_add_steal(t, module, "err_names_to_codes", by_name) < 0) return -1;
    return module_add_steal(t, module, "lib_codes_to_names", by_library);
}
int ssl_errors_start(Thread *t, V module) { return add_classes(t, module) < 0 ? -1 : add_names(t, module); }
#endif
