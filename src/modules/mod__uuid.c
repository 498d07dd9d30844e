// SPDX-License-Identifier: MIT
// Module _uuid: UUIDs made of time and node, by libuuid.
#include "object/bytes.h"
#include "object/misc.h"
#ifdef HAVE_UUID
#include <uuid.h>

static NATIVE(uuid_generate_time_safe_) {
    UNUSED_NATIVE();
    uuid_t out;
    int code;
    thread_detach(t); // may ask a daemon
    code = uuid_generate_time_safe(out);
    thread_attach(t);
    return tuple_pack_steal(t, 2, bytes_from(t, out, sizeof out), v_from_int(code));
}
static const Method methods[] = {
    {"generate_time_safe", uuid_generate_time_safe_, "", 0, 0, "The bytes of a new UUID, and 0 when it is certain to be unique."}, METHOD_END,
};
static int exec(Thread *t, V module) { return module_add_int(t, module, "has_uuid_generate_time_safe", 1); }
const ModuleDef mod__uuid = {"_uuid", NULL, methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without libuuid (uuid-dev): no module _uuid");
    return -1;
}
const ModuleDef mod__uuid = {"_uuid", NULL, NULL, exec, 0};
#endif
