// SPDX-License-Identifier: MIT
// Module _crypt: one-way hashes of passwords, by libcrypt.
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_CRYPT
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>

static NATIVE(crypt_crypt) { // word, salt
    (void)self, (void)nargs, (void)kwnames;
    for (int i = 0; i < 2; i++) {
        if (!v_is_str(args[i])) return err_bad_argument(t, "crypt", i ? "argument 2" : "argument 1", "str", args[i]);
    }
    const char *word = str_cstr(t, args[0]), *salt = word ? str_cstr(t, args[1]) : NULL;
    if (!salt) return V_ERROR;
    struct crypt_data *data = calloc(1, sizeof *data); // 32 KiB
    if (!data) return err_no_memory(t);
    char *hash;
    int code;
    thread_detach(t);
    hash = crypt_r(word, salt, data);
    code = errno;
    thread_attach(t);
    errno = code;
    V result = hash ? str_from_cstr(t, hash) : err_errno(t, &exc_OSError, V_NULL, V_NULL);
    free(data);
    return result;
}
static const Method methods[] = {
    {"crypt", crypt_crypt, "word, salt, /", 0, 0, "The hash of a password; salt says how it is made."}, METHOD_END,
};
const ModuleDef mod__crypt = {"_crypt", NULL, methods, NULL, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without libcrypt (libcrypt-dev): no module _crypt");
    return -1;
}
const ModuleDef mod__crypt = {"_crypt", NULL, NULL, exec, 0};
#endif
