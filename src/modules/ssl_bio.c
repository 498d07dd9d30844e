// SPDX-License-Identifier: MIT
// _ssl: what is below a connection: a descriptor, or two MemoryBIOs.
#include "ssl_private.h"
#ifdef HAVE_OPENSSL
#include <limits.h>

// ---- a descriptor -----------------------------------------------------------------------------------------------------------
// Like the library's own BIO of a socket, but it never waits, whatever the mode of the descriptor: who calls the library
// holds the connection's lock.  Called detached.
static int fd_result(BIO *b, ptrdiff_t n) {
    BIO_clear_retry_flags(b);
    return n < 0 ? -1 : (int)n;
}
static int fd_read(BIO *b, char *data, int size) {
    SslSocket *s = BIO_get_data(b);
    ptrdiff_t n = recv(s->fd, data, (size_t)size, MSG_DONTWAIT);
    int r = fd_result(b, n);
    if (n == 0) BIO_set_flags(b, BIO_FLAGS_IN_EOF);
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(b);
    return r;
}
static int fd_write(BIO *b, const char *data, int size) {
    SslSocket *s = BIO_get_data(b);
    ptrdiff_t n = send(s->fd, data, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
    int r = fd_result(b, n);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(b);
    return r;
}
static long fd_ctrl(BIO *b, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(b, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}
static BIO_METHOD *fd_method; // made once: ssl_bio_start
BIO *ssl_fd_bio(SslSocket *s) {
    BIO *b = BIO_new(fd_method);
    if (!b) return NULL;
    BIO_set_data(b, s);
    BIO_set_init(b, 1);
    return b;
}
int ssl_bio_start(Thread *t) {
    if (fd_method) return 0;
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "descriptor without waiting");
    if (!made || !BIO_meth_set_read(made, fd_read) || !BIO_meth_set_write(made, fd_write) || !BIO_meth_set_ctrl(made, fd_ctrl)) {
        BIO_meth_free(made);
        err_no_memory(t);
        return -1;
    }
    fd_method = made;
    return 0;
}

// ---- MemoryBIO --------------------------------------------------------------------------------------------------------------
static MemoryBio *bio_of(V v) { return (MemoryBio *)v_obj(v); }

static V memory_bio_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    (void)args;
    if (nargs) return err_set(t, &exc_TypeError, "MemoryBIO() takes no positional arguments");
    if (args_no_keywords(t, "MemoryBIO", kwnames) < 0) return V_ERROR;
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return V_ERROR;
    BIO *b = BIO_new(BIO_s_mem());
    if (!b) {
        v_drop(t, self);
        return err_no_memory(t);
    }
    BIO_set_retry_read(b);
    BIO_set_mem_eof_return(b, -1); // empty is not the end, until write_eof
    bio_of(self)->bio = b;
    return self;
}
static void memory_bio_free(Thread *t, Obj *o) {
    (void)t;
    BIO_free_all(((MemoryBio *)o)->bio);
}
static size_t pending(MemoryBio *m) { return BIO_ctrl_pending(m->bio); }

static NATIVE(memory_bio_read) { // size=-1
    (void)nargs, (void)kwnames;
    MemoryBio *m = bio_of(self);
    int size = -1;
    if (args[0] != V_NULL && num_as_int(t, args[0], &size) < 0) return V_ERROR;
    bool entered = owned_lock_enter(t, &m->lock);
    size_t n = pending(m);
    if (n > INT_MAX) n = INT_MAX;
    if (size >= 0 && (size_t)size < n) n = (size_t)size;
    V data = bytes_new(t, n);
    int got = !v_is_error(data) && n ? BIO_read(m->bio, bytes_data(data), (int)n) : 0;
    owned_lock_leave(&m->lock, entered);
    if (v_is_error(data) || got == (int)n) return data;
    if (got >= 0) return bytes_shrink_steal(t, data, (size_t)got);
    v_drop(t, data);
    return ssl_fail(t, AT_READ);
}
static NATIVE(memory_bio_write) {
    (void)nargs, (void)kwnames;
    MemoryBio *m = bio_of(self);
    Buffer view;
    if (buffer_get(t, args[0], &view, BUF_SIMPLE) < 0) return V_ERROR;
    int n = -1;
    if (view.len > INT_MAX) {
        err_set(t, &exc_OverflowError, "string longer than %d bytes", INT_MAX);
    } else {
        bool entered = owned_lock_enter(t, &m->lock);
        if (m->eof_written) err_set(t, ssl_error(SSL_ANY_ERROR), "cannot write() after write_eof()");
        else if ((n = view.len ? BIO_write(m->bio, view.data, (int)view.len) : 0) < 0) ssl_fail(t, AT_WRITE);
        owned_lock_leave(&m->lock, entered);
    }
    buffer_release(t, &view);
    return n < 0 ? V_ERROR : v_from_int(n);
}
static NATIVE(memory_bio_write_eof) {
    UNUSED_NATIVE();
    MemoryBio *m = bio_of(self);
    bool entered = owned_lock_enter(t, &m->lock);
    m->eof_written = true;
    BIO_clear_retry_flags(m->bio);
    BIO_set_mem_eof_return(m->bio, 0);
    owned_lock_leave(&m->lock, entered);
    return V_NONE;
}
static V get_pending(Thread *t, V self, void *closure) {
    (void)closure;
    bool entered = owned_lock_enter(t, &bio_of(self)->lock);
    size_t n = pending(bio_of(self));
    owned_lock_leave(&bio_of(self)->lock, entered);
    return int_from_size(t, n);
}
static V get_eof(Thread *t, V self, void *closure) {
    (void)closure;
    bool entered = owned_lock_enter(t, &bio_of(self)->lock);
    bool ended = bio_of(self)->eof_written && pending(bio_of(self)) == 0;
    owned_lock_leave(&bio_of(self)->lock, entered);
    return v_from_bool(ended);
}

static const Method memory_bio_methods[] = {
    {"read", memory_bio_read, "size=-1, /", 0, 0, "At most that many bytes; all there are when it is negative."},
    {"write", memory_bio_write, "b, /", 0, 0, "Append bytes; how many."},
    {"write_eof", memory_bio_write_eof, "", 0, 0, "Nothing more will be written."},
    METHOD_END,
};
static const GetSet memory_bio_getsets[] = {
    {"pending", get_pending, NULL, "How many bytes can be read.", NULL},
    {"eof", get_eof, NULL, "Whether all has been read, and nothing more will be written.", NULL}, {0},
};
Type ssl_memory_bio_type = {
    TYPE_HEAD("_ssl.MemoryBIO"), .base = &object_type, .size = sizeof(MemoryBio), .flags = TYPE_IMMUTABLE, .new_ = memory_bio_new,
    .free_ = memory_bio_free, .methods = memory_bio_methods, .getsets = memory_bio_getsets,
};

// ---- all locks of a connection ----------------------------------------------------------------------------------------------
// The one BIO before the other by their addresses: what one connection writes another one may read.
static MemoryBio *bio_in_order(SslSocket *s, bool first) {
    V a = slot_peek(&s->incoming), b = slot_peek(&s->outgoing);
    if (a == V_NULL) return NULL;
    return (v_obj(a) < v_obj(b)) == first ? bio_of(a) : bio_of(b);
}
SslEntered ssl_enter(Thread *t, SslSocket *s) {
    SslEntered entered = {.self = owned_lock_enter(t, &s->lock)};
    MemoryBio *first = bio_in_order(s, true), *second = bio_in_order(s, false);
    if (first) entered.first = owned_lock_enter(t, &first->lock);
    if (second) entered.second = owned_lock_enter(t, &second->lock); // the same one again: false
    return entered;
}
void ssl_leave(SslSocket *s, SslEntered entered) {
    MemoryBio *first = bio_in_order(s, true), *second = bio_in_order(s, false);
    if (second) owned_lock_leave(&second->lock, entered.second);
    if (first) owned_lock_leave(&first->lock, entered.first);
    owned_lock_leave(&s->lock, entered.self);
}
#endif
