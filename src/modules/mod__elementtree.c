// SPDX-License-Identifier: MIT
// Module _elementtree: what xml.etree.ElementTree has in C.  elementtree_private.h says where what is.
#include "elementtree_private.h"

Slot elementtree_parse_error, elementtree_comment_factory, elementtree_pi_factory;
#ifdef HAVE_EXPAT

static int check_factory(Thread *t, const char *what, V v) {
    if (v == V_NONE || obj_is_callable(v)) return 0;
    err_set(t, &exc_TypeError, "%s factory must be callable, not %.100T", what, v);
    return -1;
}
static V swap_factory(Thread *t, Slot *root, V factory) { // the one it was
    V before = root_get(root);
    root_set(t, root, factory == V_NONE ? V_NULL : factory);
    return before == V_NULL ? V_NONE : before;
}
static NATIVE(f_set_factories) { // comment_factory, pi_factory
    UNUSED_NATIVE();
    if (check_factory(t, "Comment", args[0]) < 0 || check_factory(t, "PI", args[1]) < 0) return V_ERROR;
    return tuple_pack_steal(t, 2, swap_factory(t, &elementtree_comment_factory, args[0]), swap_factory(t, &elementtree_pi_factory, args[1]));
}

static const Method methods[] = {
    {"SubElement", elementtree_SubElement, NULL, LOCK_NONE, M_RAW, "A new element, which becomes the last child of another: SubElement(parent, tag, attrib={}, **extra)."},
    {"_set_factories", f_set_factories, "comment_factory, pi_factory, /", LOCK_NONE, 0, "What makes comments and instructions where nothing else was said; gives what did so before."},
    METHOD_END,
};
static int exec(Thread *t, V module) {
    static bool registered; // atomic
    if (!at_exchange_acq_rel(&registered, true)) {
        root_register(&elementtree_comment_factory);
        root_register(&elementtree_pi_factory);
    }
    Type *const types[] = {&element_type, &tree_builder_type, &xml_parser_type};
    if (type_ready(t, &element_iter_type) < 0) return -1;
    for (size_t i = 0; i < countof(types); i++)
        if (module_add_type(t, module, types[i]) < 0) return -1;
    return module_add_error(t, module, &elementtree_parse_error, "ParseError", "xml.etree.ElementTree.ParseError", &exc_SyntaxError);
}
const ModuleDef mod__elementtree = {"_elementtree", NULL, methods, exec, 0};
#else
static int exec(Thread *t, V module) {
    (void)module;
    err_set(t, &exc_ImportError, "Heddle was built without expat (libexpat1-dev): no module _elementtree");
    return -1;
}
const ModuleDef mod__elementtree = {"_elementtree", NULL, NULL, exec, 0};
#endif
