// SPDX-License-Identifier: MIT
// "Did you mean": the name closest to one that was not found, among the names that were there.
//
// Closeness is the edit distance with a cost of 2 for an inserted, deleted or changed character and of 1 for a change of
// case; a candidate counts when at most a third of the characters involved would have to change.
#include "object/exceptions.h"
#include "object/misc.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "vm/frame.h"
#include <ctype.h>

enum { MAX_CANDIDATES = 750, MAX_NAME = 40, MOVE_COST = 2, CASE_COST = 1 };

static size_t change_cost(char a, char b) {
    if (a == b) return 0;
    if ((a & 31) != (b & 31)) return MOVE_COST; // different in more than case
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE_COST : MOVE_COST;
}

// The distance of a and b, or limit + 1 when it is greater.
static size_t edit_distance(const char *a, size_t na, const char *b, size_t nb, size_t limit) {
    while (na && nb && *a == *b) a++, b++, na--, nb--;
    while (na && nb && a[na - 1] == b[nb - 1]) na--, nb--;
    if (na == 0 || nb == 0) return (na + nb) * MOVE_COST;
    if (na > MAX_NAME || nb > MAX_NAME) return limit + 1;
    if (nb < na) {
        const char *p = a;
        size_t n = na;
        a = b, na = nb;
        b = p, nb = n;
    }
    if ((nb - na) * MOVE_COST > limit) return limit + 1;
    size_t row[MAX_NAME], result = 0; // row[i]: distance of a[0..i] and what was seen of b
    for (size_t i = 0; i < na; i++) row[i] = (i + 1) * MOVE_COST;
    for (size_t j = 0; j < nb; j++) {
        size_t diagonal = j * MOVE_COST, left = (j + 1) * MOVE_COST, least = SIZE_MAX;
        result = left;
        for (size_t i = 0; i < na; i++) {
            size_t substitute = diagonal + change_cost(b[j], a[i]);
            diagonal = row[i];
            size_t move = (result < diagonal ? result : diagonal) + MOVE_COST;
            result = substitute < move ? substitute : move;
            row[i] = result;
            if (result < least) least = result;
        }
        if (least > limit) return limit + 1;
    }
    return result;
}

// The best of the names in a list of str (stack value), or V_NULL.
static V closest(Thread *t, V names, V name) {
    size_t n = list_len(names), name_len, best = SIZE_MAX;
    const char *text = n < MAX_CANDIDATES && v_is_str(name) ? str_utf8(t, name, &name_len) : NULL;
    V found = V_NULL;
    for (size_t i = 0; text && i < n; i++) {
        V item = list_get(t, names, i);
        size_t len;
        const char *other = v_is_str(item) ? str_utf8(t, item, &len) : NULL;
        if (other && !str_equal(item, name)) {
            size_t limit = (name_len + len + 3) * MOVE_COST / 6;
            if (best != SIZE_MAX && limit > best - 1) limit = best - 1;
            size_t distance = edit_distance(text, name_len, other, len, limit);
            if (distance <= limit && distance < best) {
                best = distance;
                v_drop(t, found);
                found = v_dup(item);
            }
        }
        v_drop(t, item);
    }
    err_clear(t);
    return found;
}

static V closest_of(Thread *t, V iterable, V name) {
    V names = v_is_error(iterable) || iterable == V_NULL ? V_ERROR : obj_to_list(t, iterable);
    V found = v_is_error(names) ? V_NULL : closest(t, names, name);
    err_clear(t);
    v_drop(t, names);
    return found;
}

static V for_attribute(Thread *t, V exc) {
    ExcAttribute *e = (ExcAttribute *)v_obj(exc);
    V obj = slot_get(&e->base.head, &e->obj), name = slot_get(&e->base.head, &e->name), found = V_NULL;
    if (obj != V_NULL && name != V_NULL && name != V_NONE) {
        V dir = obj_dir(t, obj);
        found = closest_of(t, dir, name);
        v_drop(t, dir);
    }
    v_drop(t, obj);
    v_drop(t, name);
    err_clear(t);
    return found;
}

static V last_frame(V exc) { // borrowed
    V tb = slot_peek(&((Exc *)v_obj(exc))->traceback), frame = V_NULL;
    for (; tb != V_NULL && tb != V_NONE; tb = slot_peek(&((Traceback *)v_obj(tb))->next))
        frame = slot_peek(&((Traceback *)v_obj(tb))->frame);
    return frame;
}

static V for_name(Thread *t, V exc) {
    ExcName *e = (ExcName *)v_obj(exc);
    V name = slot_get(&e->base.head, &e->name), frame = last_frame(exc), found = V_NULL;
    if (name != V_NULL && name != V_NONE && frame != V_NULL) {
        V code = frame_object_code_borrow(frame);
        found = closest_of(t, slot_peek(&code_of(code)->localsplusnames), name);
        static const char *const spaces[] = {"f_globals", "f_builtins"};
        for (size_t i = 0; i < countof(spaces) && found == V_NULL; i++) {
            V dict = obj_getattr_c(t, frame, spaces[i]);
            found = closest_of(t, dict, name);
            v_drop(t, dict);
            err_clear(t);
        }
    }
    v_drop(t, name);
    return found;
}

V suggestion_for(Thread *t, V exc) {
    if (err_pending(t)) return V_NULL;
    V found = V_NULL;
    if (type_check(t, exc, &exc_AttributeError)) found = for_attribute(t, exc);
    else if (type_check(t, exc, &exc_NameError)) found = for_name(t, exc);
    if (found == V_NULL) return V_NULL;
    V text = err_format_message(t, ". Did you mean: %R?", found);
    v_drop(t, found);
    if (!v_is_error(text)) return text;
    err_clear(t);
    return V_NULL;
}
