// SPDX-License-Identifier: MIT
// Shared by mod_pyexpat.c (the parser object) and pyexpat_handlers.c (calls from the library to handlers).
#ifndef HEDDLE_PYEXPAT_PRIVATE_H
#define HEDDLE_PYEXPAT_PRIVATE_H
#include "constants.h"
#include "object/bytes.h"
#include "runtime/runtime.h"
#ifdef HAVE_EXPAT
#include <expat.h>

#define EXPAT_HANDLERS(H) \
    H(START_ELEMENT, "StartElementHandler") H(END_ELEMENT, "EndElementHandler") H(INSTRUCTION, "ProcessingInstructionHandler") \
    H(CHARACTER_DATA, "CharacterDataHandler") H(UNPARSED_ENTITY, "UnparsedEntityDeclHandler") H(NOTATION, "NotationDeclHandler") \
    H(START_NAMESPACE, "StartNamespaceDeclHandler") H(END_NAMESPACE, "EndNamespaceDeclHandler") H(COMMENT, "CommentHandler") \
    H(START_CDATA, "StartCdataSectionHandler") H(END_CDATA, "EndCdataSectionHandler") H(DEFAULT, "DefaultHandler") \
    H(DEFAULT_EXPAND, "DefaultHandlerExpand") H(NOT_STANDALONE, "NotStandaloneHandler") H(EXTERNAL_ENTITY, "ExternalEntityRefHandler") \
    H(START_DOCTYPE, "StartDoctypeDeclHandler") H(END_DOCTYPE, "EndDoctypeDeclHandler") H(ENTITY, "EntityDeclHandler") \
    H(XML_DECLARATION, "XmlDeclHandler") H(ELEMENT, "ElementDeclHandler") H(ATTLIST, "AttlistDeclHandler") H(SKIPPED_ENTITY, "SkippedEntityHandler")
enum {
#define HANDLER_NUMBER(which, name) which,
    EXPAT_HANDLERS(HANDLER_NUMBER)
#undef HANDLER_NUMBER
    N_HANDLERS
};

typedef struct Parser {
    Obj head;
    XML_Parser xml;            // whoever is `owner`; so is the rest, but for what is said otherwise
    uint8_t busy;              // byte lock
    uint64_t owner;            // atomic: id of the thread that holds it
    bool in_handler;
    bool buffering, ns_prefixes, ordered_attributes, specified_attributes; // atomic
    char *buffer;              // character data that waits for its handler; NULL: none yet
    size_t buffered, buffer_size;
    Slot handlers[N_HANDLERS]; // atomic
    Slot intern;               // dict or None; const after init
    Slot parent;               // the parser this one was made from; const after init
} Parser;
static inline Parser *parser_of(V v) { return (Parser *)v_obj(v); }

void parser_set_handler(Thread *t, Parser *p, int which, V handler); // V_NULL: none
int parser_flush(Thread *t, Parser *p);                              // collected character data goes to its handler
V parser_text(Thread *t, const char *utf8);                          // NULL: None
#endif
#endif
