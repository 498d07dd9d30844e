// SPDX-License-Identifier: MIT
//
// _tokenize: the interpreter's own tokenizer as an iterator. (The `tokenize` module of the library is another one.)
//
// TokenizerIter(source) gives (text, type, first line, last line, first column, last column, line) for each token; columns
// count bytes, -1 where a token has no text. It ends in front of the end marker, and at errors that only the parser can
// explain.
#include "front/source.h"
#include "front/tokenizer.h"
#include "object/misc.h"
#include "object/plain.h"

typedef struct TokenizerIter {
    Obj head;
    Slot filename;
    Source source;
    Tokenizer *tokenizer; // NULL until __new__ has finished
} TokenizerIter;

static V tokenizer_iter_init(Thread *t, TokenizerIter *self, V source) {
    size_t n;
    const char *text = str_utf8(t, source, &n);
    if (!text || source_from_utf8(t, text, n, SOURCE_END_LINE, &self->source) < 0) return V_ERROR;
    V filename = str_static("<string>");
    slot_init(t, &self->head, &self->filename, filename);
    self->tokenizer = mem_alloc(t, sizeof *self->tokenizer);
    if (!self->tokenizer) return err_no_memory(t);
    tokenizer_init(self->tokenizer, t, self->source.text, self->source.len, filename);
    return v_from(self);
}

static V tokenizer_iter_new(Thread *t, Type *type, const V *args, size_t nargs, V kwnames) {
    V source;
    if (nargs == 0 && kwnames == V_NULL)
        return err_set(t, &exc_TypeError, "tokenizeriter() missing required argument 'source' (pos 1)");
    if (args_bind(t, "tokenizeriter", "source", args, nargs, kwnames, &source) < 0) return V_ERROR;
    if (!v_is_str(source)) return err_bad_argument(t, "tokenizeriter", "argument 'source'", "str", source);
    V self = type_alloc(t, type, 0);
    if (v_is_error(self)) return self;
    if (!v_is_error(tokenizer_iter_init(t, (TokenizerIter *)v_obj(self), source))) return self;
    v_drop(t, self);
    return V_ERROR;
}

static V make_token(Thread *t, const Tokenizer *k, TokenType type, const char *start, const char *end) {
    const char *line_start = type == T_STRING ? k->string_line_start : k->line_start;
    int column = start && start >= line_start ? (int)(start - line_start) : -1;
    int end_column = end && end >= k->line_start ? (int)(end - k->line_start) : -1;
    V text = start ? source_shown(t, start, (size_t)(end - start)) : str_empty();
    V line = source_shown(t, k->buf, (size_t)(k->inp - k->buf));
    return tuple_pack_steal(t, 7, text, v_from_int(type), v_from_int(type == T_STRING ? k->string_lineno : k->lineno),
                            v_from_int(k->lineno), v_from_int(column), v_from_int(end_column), line);
}

static V tokenizer_iter_next(Thread *t, V object) {
    CRITICAL(t, v_obj(object));
    TokenizerIter *self = (TokenizerIter *)v_obj(object);
    if (!self->tokenizer) return V_END;
    const char *start, *end;
    self->tokenizer->t = t;
    TokenType type = tokenizer_next(self->tokenizer, &start, &end);
    if (type == T_ERRORTOKEN) return err_pending(t) ? V_ERROR : V_END;
    return type == T_ENDMARKER ? V_END : make_token(t, self->tokenizer, type, start, end);
}

static void tokenizer_iter_traverse(Thread *t, Obj *o, SlotVisitor visit, void *arg) {
    VISIT(((TokenizerIter *)o)->filename);
}

static void tokenizer_iter_free(Thread *t, Obj *o) {
    (void)t;
    TokenizerIter *self = (TokenizerIter *)o;
    source_free(&self->source);
    mem_free(self->tokenizer);
}

static Type tokenizer_iter_type = {
    TYPE_HEAD("_tokenize.TokenizerIter"), .size = sizeof(TokenizerIter), .flags = TYPE_BASETYPE,
    .new_ = tokenizer_iter_new, .iter = iter_self, .next = tokenizer_iter_next,
    .traverse = tokenizer_iter_traverse, .free_ = tokenizer_iter_free,
};

static int tokenize_exec(Thread *t, V module) { return module_add_type(t, module, &tokenizer_iter_type); }

const ModuleDef mod__tokenize = {.name = "_tokenize", .exec = tokenize_exec};
