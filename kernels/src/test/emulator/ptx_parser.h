// The grammar of PTX modules: directives, variables, functions and their statements. Instructions go to the decoder.
#pragma once
#include "ptx_decode.h"

namespace ptx {
class Parser {
public:
    explicit Parser(Program& p) : program(p), lex(p.text) {}
    void module();

private:
    Program& program;
    Lexer lex;
    Decoder* d = nullptr; // of the function at hand

    [[noreturn]] void unexpected(const char* where) {
        const Token& t = lex.peek();
        fail(t.line, "'%.*s' is not expected %s", (int) t.text.size(), t.text.data(), where);
    }
    Type type() {
        int line = lex.peek().line;
        string_view w = lex.word();
        Type t = typeOf(w.substr(1));
        if (t == Type::NONE || t == Type::TF32) fail(line, "a type expected, not '%.*s'", (int) w.size(), w.data());
        return t;
    }
    static const Space* space(const Token& t) {
        static const std::map<string_view, Space> all = {{".global", Space::GLOBAL}, {".shared", Space::SHARED}, {".local", Space::LOCAL}, {".const", Space::CONST}};
        auto i = t.kind == Token::WORD ? all.find(t.text) : all.end();
        return i == all.end() ? nullptr : &i->second;
    }
    void skipLine() { // .file and .loc end with their line
        for (int line = lex.peek().line; lex.peek().kind != Token::END && lex.peek().line == line;) lex.next();
    }
    void skipTo(char sign) {
        while (!lex.take(sign)) {
            if (lex.peek().kind == Token::END) unexpected("at the end of the text");
            lex.next();
        }
    }
    size_t dimensions(size_t element, bool* open) {
        size_t bytes = element;
        while (lex.take('[')) {
            if (lex.take(']')) {
                *open = true;
                continue;
            }
            bytes *= lex.integer();
            lex.expect(']');
        }
        return bytes;
    }
    void variable(Space where, bool external);
    void initialise(Variable& v, Type t);
    Param param();
    std::vector<Param> params(Decoder& to);
    void function(bool entry);
    void body();
    void registers();
    Operand operand();
    std::vector<Operand> list(char end);
    void instruction();
};
} // namespace ptx
