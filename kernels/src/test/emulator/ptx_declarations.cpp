// Declarations: variables with their initial values, parameters, registers.
#include "ptx_parser.h"

namespace ptx {
void Parser::variable(Space where, bool external) {
    int line = lex.peek().line;
    size_t align = 0, elements = 1;
    for (;;) {
        if (lex.take(".align")) {
            align = lex.integer();
        } else if (lex.take(".v2")) {
            elements = 2;
        } else if (lex.take(".v4")) {
            elements = 4;
        } else {
            break;
        }
    }
    Type t = type();
    do {
        string_view name = lex.word();
        bool open = false;
        auto v = std::make_unique<Variable>();
        v->space = where;
        v->bytes = dimensions(bytesOf(t) * elements, &open);
        v->align = align ? align : bytesOf(t) * elements;
        v->dynamic = where == Space::SHARED && external && open;
        if (lex.take('=')) initialise(*v, t);
        if (open && !v->dynamic) v->bytes = v->init.size();
        if (external && !v->dynamic) fail(line, "variable %.*s of another module", (int) name.size(), name.data());
        if (d && where == Space::LOCAL) {
            size_t& used = d->function.localBytes;
            used = (used + v->align - 1) / v->align * v->align;
            d->scopes.back().locals[name] = used;
            d->function.locals.push_back({used, v->bytes});
            used += v->bytes + 16; // a gap after each
            continue;
        }
        v->name = d ? d->function.name + "/" + std::to_string(line) + "/" + string(name) : string(name);
        auto& slot = program.variables[v->name];
        if (slot) fail(line, "variable %s exists", v->name.c_str());
        slot = std::move(v);
        if (d) d->scopes.back().statics[name] = slot.get();
    } while (lex.take(','));
    lex.expect(';');
}
void Parser::initialise(Variable& v, Type t) {
    int depth = 0;
    do {
        while (lex.take('{')) depth++;
        if (lex.peek().kind == Token::WORD) unexpected("in initial values: addresses are not supported");
        Number n = lex.number();
        uint64_t b = n.bits;
        if (n.kind == Number::DOUBLE && t == Type::F32) {
            double wide;
            memcpy(&wide, &b, 8);
            float f = (float) wide;
            memcpy(&b, &f, 4);
        }
        for (size_t i = 0; i < bytesOf(t); i++) v.init.push_back((uint8_t) (b >> (8 * i)));
        while (depth && lex.take('}')) depth--;
    } while (lex.take(',') && depth);
    if (depth) unexpected("in initial values");
}
Param Parser::param() {
    bool reg = false;
    if (!lex.take(".param")) {
        if (!lex.take(".reg")) unexpected("among parameters");
        reg = true;
    }
    size_t align = 0;
    if (lex.take(".align")) align = lex.integer();
    Type t = type();
    if (lex.take(".ptr")) {
        if (space(lex.peek())) lex.next();
        if (lex.take(".align")) lex.integer();
    }
    Param p{};
    p.name = lex.word();
    bool open = false;
    p.bytes = dimensions(bytesOf(t), &open);
    p.align = align ? align : bytesOf(t);
    p.slot = d->fresh(p.bytes);
    if (open) unexpected("in a parameter");
    if (reg) {
        d->scopes.back().regs[p.name] = {p.slot, 0, t, 1};
        d->written[p.slot] = true;
    } else {
        d->scopes.back().params[p.name] = p;
    }
    return p;
}
std::vector<Param> Parser::params(Decoder&) {
    std::vector<Param> all;
    if (!lex.take('(')) return all;
    while (!lex.take(')')) {
        all.push_back(param());
        if (!lex.peek().is(')')) lex.expect(',');
    }
    return all;
}
void Parser::registers() {
    int vector = lex.take(".v2") ? 2 : lex.take(".v4") ? 4 : 1;
    Type t = type();
    do {
        int line = lex.peek().line;
        string_view name = lex.word();
        uint32_t count = 0;
        if (lex.take('<')) {
            int64_t n = lex.integer();
            if (n < 1 || n > 1 << 20) fail(line, "%ld registers", (long) n);
            count = (uint32_t) n;
            lex.expect('>');
        }
        uint32_t slot = d->fresh(8ull * vector * std::max(count, 1u));
        if (!d->scopes.back().regs.insert({name, {slot, count, t, vector}}).second) {
            fail(line, "%.*s is declared twice", (int) name.size(), name.data());
        }
    } while (lex.take(','));
    lex.expect(';');
}
} // namespace ptx
