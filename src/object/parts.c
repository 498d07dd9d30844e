// SPDX-License-Identifier: MIT
#include "parts.h"

static int spill(Thread *t, Parts *parts) {
    V list = list_with_capacity(t, 4 * parts->n);
    if (v_is_error(list)) return -1;
    for (size_t i = 0; i < parts->n; i++) {
        if (list_append(t, list, parts->few[i]) < 0) return v_drop(t, list), -1;
    }
    for (size_t i = 0; i < parts->n; i++) v_drop(t, parts->few[i]);
    parts->n = 0;
    parts->list = list;
    return 0;
}

int parts_add_more(Thread *t, Parts *parts, V part) {
    if (v_is_error(part)) return -1;
    if (parts->list == V_NULL && spill(t, parts) < 0) return v_drop(t, part), -1;
    return list_append_steal(t, parts->list, part);
}

V parts_finish_slow(Thread *t, Parts *parts, int status, bool reversed) {
    V list = parts->list;
    if (status == 0 && list == V_NULL) {
        list = list_from_steal(t, parts->few, parts->n);
        if (v_is_error(list)) return V_ERROR;
        parts->n = 0;
    }
    if (status == 0 && (!reversed || list_reverse(t, list) == 0)) return list;
    for (size_t i = 0; i < parts->n; i++) v_drop(t, parts->few[i]);
    v_drop(t, list);
    return V_ERROR;
}
