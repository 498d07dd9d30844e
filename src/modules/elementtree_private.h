// SPDX-License-Identifier: MIT
// Shared by the files of _elementtree.
//
//   elementtree_element.c   Element: making one, its attributes, its methods that look at nothing but itself
//   elementtree_children.c  the children: sequence protocol, append, insert, remove, extend
//   elementtree_find.c      find, findall, findtext, iterfind
//   elementtree_iter.c      iter() and itertext()
//   elementtree_state.c     copying and pickling
//   elementtree_builder.c   TreeBuilder
//   elementtree_parser.c    XMLParser: the object; elementtree_expat.c: what the library calls
//   elementtree_names.c     the names and blanks a parser has met, as strings
#ifndef HEDDLE_ELEMENTTREE_PRIVATE_H
#define HEDDLE_ELEMENTTREE_PRIVATE_H
#include "object/bytes.h"
#include "object/misc.h"
#include "runtime/runtime.h"

// The children stand in a list of their own that no program is given (only the collector's functions show it): all that is
// said of a list that threads share holds for them.  Attributes and list are made when they are first wanted, under
// self->lock.  Through gc.get_referrers a program can put anything into the list, so whoever takes a child for an Element looks.
typedef struct Element {
    Obj head;
    Slot tag, text, tail; // atomic
    Slot attrib;          // atomic; a dict, or what __setstate__ was given; V_NULL: none yet
    Slot children;        // atomic; a list; V_NULL: none yet
} Element;
extern Type element_type, element_iter_type, tree_builder_type, xml_parser_type;
extern Slot elementtree_parse_error;                              // ParseError; registered roots, like the next two
extern Slot elementtree_comment_factory, elementtree_pi_factory;  // set by _set_factories

static inline Element *element_of(V v) { return (Element *)v_obj(v); }
static inline bool element_is(V v) { return v_is_object(v) && (v_obj(v)->type == &element_type || type_is_subtype(v_obj(v)->type, &element_type)); }
static inline bool element_is_exact(V v) { return v_is_exact(v, &element_type); }
int element_expect(Thread *t, V v); // -1 with TypeError when v is no Element

// ---- elementtree_element.c --------------------------------------------------------------------------------------------
V element_new(Thread *t, V tag, V attrib);           // borrowed; attrib becomes its own, not a copy; V_NULL: none
V element_attrib(Thread *t, V self);                 // its attributes, made when it has none yet
NATIVE(elementtree_SubElement);

// ---- elementtree_children.c -------------------------------------------------------------------------------------------
V element_child(Thread *t, V self, size_t i);        // V_NULL: there are not so many
int element_append(Thread *t, V self, V child);      // checks that it is an Element
V element_children(Thread *t, V self);               // a new list
void element_set_children_steal(Thread *t, V self, V list); // a list of elements that nobody else has
size_t element_children_size(V self);                // bytes
ptrdiff_t element_len(Thread *t, V self);
V element_item(Thread *t, V self, ptrdiff_t i);
V element_subscript(Thread *t, V self, V key);
int element_set_subscript(Thread *t, V self, V key, V value);
NATIVE(element_m_append);
NATIVE(element_m_extend);
NATIVE(element_m_insert);
NATIVE(element_m_remove);

// ---- elementtree_find.c, elementtree_iter.c, elementtree_state.c --------------------------------------------------------
NATIVE(element_m_find);
NATIVE(element_m_findall);
NATIVE(element_m_findtext);
NATIVE(element_m_iterfind);
NATIVE(element_m_iter);
NATIVE(element_m_itertext);
NATIVE(element_m_copy);
NATIVE(element_m_deepcopy);
NATIVE(element_m_getstate);
NATIVE(element_m_setstate);

// ---- elementtree_builder.c ----------------------------------------------------------------------------------------------
typedef enum BuilderEvent { EVENT_START, EVENT_END, EVENT_START_NS, EVENT_END_NS, EVENT_COMMENT, EVENT_PI, N_EVENTS } BuilderEvent;
typedef struct TreeBuilder { // slots: atomic; what goes together is changed under self->lock
    Obj head;
    Slot root;        // the first element; V_NULL: none yet
    Slot current;     // the innermost open element; V_NULL: none
    Slot last;        // the element that was opened or closed last; V_NULL: none
    Slot tail_of;     // what text that comes now is the tail of; V_NULL: it is the text of `last`
    Slot open;        // list: the elements around `current`
    Slot data;        // text that came and is not in the tree: a piece, or a list of them; V_NULL: none
    Slot element_factory, comment_factory, pi_factory; // V_NULL: none
    Slot queue_append;         // append of the event queue; V_NULL: nobody wants events
    Slot events[N_EVENTS];     // how the queue calls an event; V_NULL: it is not wanted
    bool many;                 // data is a list of pieces; self->lock
    bool insert_comments, insert_pis; // atomic
} TreeBuilder;
static inline TreeBuilder *builder_of(V v) { return (TreeBuilder *)v_obj(v); }
static inline bool builder_is_exact(V v) { return v_is_exact(v, &tree_builder_type); }
V builder_new_bare(Thread *t);                       // as TreeBuilder.__new__ makes it: without any factory
V builder_start(Thread *t, V self, V tag, V attrib); // attrib V_NULL: none
V builder_end(Thread *t, V self);
int builder_data_steal(Thread *t, V self, V data);
V builder_comment(Thread *t, V self, V text);
V builder_pi(Thread *t, V self, V target, V text);
V builder_close(Thread *t, V self);
bool builder_wants(V self, BuilderEvent event);
int builder_report(Thread *t, V self, BuilderEvent event, V what); // puts it into the queue if it is wanted

// ---- elementtree_names.c ------------------------------------------------------------------------------------------------
typedef struct NameTable { // of a parser, whose lock it is under
    struct NameEntry *entries;
    size_t mask, used;
} NameTable;
V names_get(Thread *t, Obj *owner, NameTable *table, const char *name, size_t n); // "uri}local" becomes "{uri}local"
void names_visit(Thread *t, Obj *owner, NameTable *table, SlotVisitor visit, void *arg);

// ---- elementtree_parser.c, elementtree_expat.c ----------------------------------------------------------------------------
#ifdef HAVE_EXPAT
#include <expat.h>
#include "threading/parking.h"
#define TARGET_METHODS(M) M(START_NS, start_ns) M(END_NS, end_ns) M(START, start) M(DATA, data) M(END, end) M(COMMENT, comment) M(PI, pi) M(CLOSE, close) M(DOCTYPE, doctype)
enum {
#define TARGET_METHOD_NUMBER(which, name) TARGET_##which,
    TARGET_METHODS(TARGET_METHOD_NUMBER)
#undef TARGET_METHOD_NUMBER
    N_TARGET_METHODS
};
typedef struct XmlParser {
    Obj head;
    OwnedLock busy;   // held by whoever parses; what is not said to be atomic belongs to it
    XML_Parser xml;   // NULL: __init__ was not called
    bool parsing;     // input is being parsed: nothing else may be, nor may __init__ be called
    bool direct;      // target is exactly a TreeBuilder: it is fed without calls of Python, and text is collected
    char *text;       // what was collected, in UTF-8
    size_t text_len, text_size;
    NameTable names;
    Slot target, entity;            // atomic; V_NULL: __init__ was not called
    Slot methods[N_TARGET_METHODS]; // of the target; V_NULL: it has none such, or it is fed directly
} XmlParser;
static inline XmlParser *xml_parser_of(V v) { return (XmlParser *)v_obj(v); }
void expat_set_handlers(XmlParser *p);
void expat_wants_namespaces(XmlParser *p);
int expat_flush(Thread *t, XmlParser *p); // what was collected goes to the builder
V expat_error(Thread *t, XmlParser *p, enum XML_Error code, V what); // raises ParseError; what V_NULL: as the library says it
#endif
#endif
