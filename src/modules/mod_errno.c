// SPDX-License-Identifier: MIT
// Module errno: the system's error numbers by name, and errorcode, which tells the name of a number.
#include "object/misc.h"
#include <errno.h>

typedef struct Errno { const char *name; int number; } Errno;

// A number may have two names: errorcode knows the one that stands first.
static const Errno numbers[] = {
#define E(name) {#name, name},
    E(E2BIG) E(EACCES) E(EADDRINUSE) E(EADDRNOTAVAIL) E(EADV) E(EAFNOSUPPORT) E(EAGAIN) E(EALREADY) E(EBADE)
    E(EBADF) E(EBADFD) E(EBADMSG) E(EBADR) E(EBADRQC) E(EBADSLT) E(EBFONT) E(EBUSY) E(ECANCELED) E(ECHILD)
    E(ECHRNG) E(ECOMM) E(ECONNABORTED) E(ECONNREFUSED) E(ECONNRESET) E(EDEADLOCK) E(EDEADLK) E(EDESTADDRREQ)
    E(EDOM) E(EDOTDOT) E(EDQUOT) E(EEXIST) E(EFAULT) E(EFBIG) E(EHOSTDOWN) E(EHOSTUNREACH) E(EIDRM) E(EILSEQ)
    E(EINPROGRESS) E(EINTR) E(EINVAL) E(EIO) E(EISCONN) E(EISDIR) E(EISNAM) E(EKEYEXPIRED) E(EKEYREJECTED)
    E(EKEYREVOKED) E(EL2HLT) E(EL2NSYNC) E(EL3HLT) E(EL3RST) E(ELIBACC) E(ELIBBAD) E(ELIBEXEC) E(ELIBMAX)
    E(ELIBSCN) E(ELNRNG) E(ELOOP) E(EMEDIUMTYPE) E(EMFILE) E(EMLINK) E(EMSGSIZE) E(EMULTIHOP) E(ENAMETOOLONG)
    E(ENAVAIL) E(ENETDOWN) E(ENETRESET) E(ENETUNREACH) E(ENFILE) E(ENOANO) E(ENOBUFS) E(ENOCSI) E(ENODATA)
    E(ENODEV) E(ENOENT) E(ENOEXEC) E(ENOKEY) E(ENOLCK) E(ENOLINK) E(ENOMEDIUM) E(ENOMEM) E(ENOMSG) E(ENONET)
    E(ENOPKG) E(ENOPROTOOPT) E(ENOSPC) E(ENOSR) E(ENOSTR) E(ENOSYS) E(ENOTBLK) E(ENOTCONN) E(ENOTDIR)
    E(ENOTEMPTY) E(ENOTNAM) E(ENOTRECOVERABLE) E(ENOTSOCK) E(ENOTSUP) E(ENOTTY) E(ENOTUNIQ) E(ENXIO)
    E(EOPNOTSUPP) E(EOVERFLOW) E(EOWNERDEAD) E(EPERM) E(EPFNOSUPPORT) E(EPIPE) E(EPROTO) E(EPROTONOSUPPORT)
    E(EPROTOTYPE) E(ERANGE) E(EREMCHG) E(EREMOTE) E(EREMOTEIO) E(ERESTART) E(ERFKILL) E(EROFS) E(ESHUTDOWN)
    E(ESOCKTNOSUPPORT) E(ESPIPE) E(ESRCH) E(ESRMNT) E(ESTALE) E(ESTRPIPE) E(ETIME) E(ETIMEDOUT) E(ETOOMANYREFS)
    E(ETXTBSY) E(EUCLEAN) E(EUNATCH) E(EUSERS) E(EWOULDBLOCK) E(EXDEV) E(EXFULL)
#undef E
};

static int exec(Thread *t, V module) {
    V codes = dict_new(t);
    int r = v_is_error(codes) ? -1 : module_add(t, module, "errorcode", codes);
    for (size_t i = 0; i < countof(numbers) && r == 0; i++) {
        V name = str_intern_utf8(t, numbers[i].name, strlen(numbers[i].name));
        V known = v_is_error(name) ? V_ERROR : dict_setdefault(t, codes, v_from_int(numbers[i].number), name);
        r = v_is_error(known) ? -1 : 0;
        v_drop(t, known);
        if (r == 0) r = module_add_int(t, module, numbers[i].name, numbers[i].number);
        v_drop(t, name);
    }
    v_drop(t, codes);
    return r;
}

const ModuleDef mod_errno = {
    .name = "errno",
    .doc = "The system's error numbers: a constant each, and `errorcode`, a dict from number to name.",
    .exec = exec,
};
