// SPDX-License-Identifier: MIT
// Module _heddle: looking under the bonnet, for tests and for the scaling suite.  Programs have no use for it.
#include "base/counters.h"
#include "base/poison.h"
#include "object/misc.h"
#include "vm/frame.h"

static NATIVE(heddle_counters) {
    UNUSED_NATIVE();
    uint64_t sums[COUNTERS];
    counters_sum(sums);
    V result = dict_new(t);
    for (int i = 0; i < COUNTERS && !v_is_error(result); i++)
        if (dict_set_c_steal(t, result, counter_names[i], int_from_u64(t, sums[i])) < 0) {
            v_drop(t, result);
            result = V_ERROR;
        }
    return result;
}

static NATIVE(heddle_sharing_state) {
    UNUSED_NATIVE();
    if (!v_is_object(args[0])) return str_from_cstr(t, "immediate");
    const Obj *o = v_obj(args[0]);
    if (!obj_is_shared_or_hot(o)) return str_from_cstr(t, obj_flags(o) & OBJ_IMMORTAL ? "immortal" : "local");
    return str_from_cstr(t, obj_rc(o) & RC_HOT ? "hot" : "shared");
}

static NATIVE(heddle_handshake) {
    UNUSED_NATIVE();
    handshake_now(t);
    return V_NONE;
}

#if HEDDLE_TSAN
static NATIVE(heddle_race) {
    UNUSED_NATIVE();
    static volatile int unprotected;
    unprotected++;
    return V_NONE;
}
#endif

#if HEDDLE_POISON
static NATIVE(heddle_read_beyond_frames) {
    UNUSED_NATIVE();
    const Frame *f = t->frame;
    const volatile V *beyond = frame_locals_base(f) + f->code->frame_size + 16;
    (void)*beyond;
    return V_NONE;
}
#endif

static const Method methods[] = {
    {"counters", heddle_counters, "", LOCK_NONE, 0,
     "What has been counted so far, by name; all zeros unless the build counts (HEDDLE_COUNTERS)."},
    {"sharing_state", heddle_sharing_state, "object, /", LOCK_NONE, 0,
     "'immediate', 'immortal', 'local', 'shared' or 'hot'."},
    {"handshake", heddle_handshake, "", LOCK_NONE, 0, "Tries a round of the handshake at once."},
#if HEDDLE_TSAN
    {"race", heddle_race, "", LOCK_NONE, 0, "Changes a word that nothing protects: what a report of ThreadSanitizer looks like."},
#endif
#if HEDDLE_POISON
    {"read_beyond_frames", heddle_read_beyond_frames, "", LOCK_NONE, 0,
     "Reads a word of the stack that belongs to no frame: what AddressSanitizer is to report."},
#endif
    METHOD_END,
};

static int exec(Thread *t, V module) {
#if HEDDLE_COUNTERS
    return module_add(t, module, "counting", V_TRUE);
#else
    return module_add(t, module, "counting", V_FALSE);
#endif
}

const ModuleDef mod__heddle = {
    .name = "_heddle",
    .doc = "The interpreter's inside, for its tests.",
    .methods = methods,
    .exec = exec,
};
