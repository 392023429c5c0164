// The grammar of PTX modules: directives, variables, functions and their statements. Instructions go to the decoder.
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

void Parser::module() {
    bool external = false;
    for (;;) {
        const Token t = lex.peek();
        if (t.kind == Token::END) return;
        if (const Space* s = space(t)) {
            lex.next();
            variable(*s, external);
            external = false;
        } else if (lex.take(".version")) {
            lex.number();
        } else if (lex.take(".target")) {
            do lex.word();
            while (lex.take(','));
        } else if (lex.take(".address_size")) {
            if (lex.integer() != 64) fail(t.line, "addresses of 64 bits are expected");
        } else if (lex.take(".file") || lex.take(".loc")) {
            skipLine();
        } else if (lex.take(".section")) {
            skipTo('}');
        } else if (lex.take(".pragma")) {
            skipTo(';');
        } else if (lex.take(".visible") || lex.take(".weak") || lex.take(".common")) {
        } else if (lex.take(".extern")) {
            external = true;
        } else if (lex.take(".entry")) {
            function(true);
            external = false;
        } else if (lex.take(".func")) {
            function(false);
            external = false;
        } else {
            unexpected("in a module");
        }
    }
}
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
void Parser::function(bool entry) {
    int line = lex.peek().line;
    Function shell;
    Decoder decoder(program, shell);
    // The name stands after the results, so a function is filled before it has a place.
    d = &decoder;
    decoder.scopes.emplace_back();
    shell.results = entry ? std::vector<Param>() : params(decoder);
    string name(lex.word());
    shell.params = params(decoder);
    auto& slot = program.functions[name];
    if (!slot) slot = std::make_unique<Function>();
    if (slot->defined) fail(line, "function %s is defined twice", name.c_str());
    shell.name = name;
    shell.entry = entry;
    shell.line = line;
    for (;;) {
        if (lex.peek().is(".maxntid") || lex.peek().is(".reqntid")) {
            shell.exactThreads = lex.next().text == ".reqntid";
            shell.maxThreads = 1;
            do shell.maxThreads *= (unsigned) lex.integer();
            while (lex.take(','));
        } else if (lex.take(".minnctapersm") || lex.take(".maxnctapersm") || lex.take(".maxnreg")) {
            lex.integer();
        } else if (lex.take(".noreturn")) {
        } else if (lex.take(".pragma")) {
            skipTo(';');
        } else {
            break;
        }
    }
    if (lex.take(';')) { // a declaration
        if (!slot->line) *slot = std::move(shell);
        d = nullptr;
        return;
    }
    lex.expect('{');
    shell.defined = true;
    *slot = std::move(shell);
    Decoder real(program, *slot);
    real.scopes = std::move(decoder.scopes);
    real.written = std::move(decoder.written);
    d = &real;
    body();
    d->finish();
    d = nullptr;
}
void Parser::body() {
    int depth = 1;
    for (;;) {
        const Token t = lex.peek();
        if (t.kind == Token::END) unexpected("in a function that is still open");
        if (lex.take('{')) {
            depth++;
            d->scopes.emplace_back();
        } else if (lex.take('}')) {
            d->scopes.pop_back();
            if (--depth == 0) return;
        } else if (lex.take(';')) {
        } else if (lex.take(".reg")) {
            registers();
        } else if (t.is(".param")) {
            param();
            lex.expect(';');
        } else if (const Space* s = space(t)) {
            lex.next();
            variable(*s, false);
        } else if (lex.take(".loc") || lex.take(".file")) {
            skipLine();
        } else if (lex.take(".pragma")) {
            skipTo(';');
        } else {
            instruction();
        }
    }
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
std::vector<Operand> Parser::list(char end) {
    std::vector<Operand> all;
    while (!lex.take(end)) {
        all.push_back(operand());
        if (!lex.peek().is(end)) lex.expect(',');
    }
    return all;
}
Operand Parser::operand() {
    Operand o;
    const Token t = lex.peek();
    auto offset = [&] {
        if (lex.take('+')) {
            o.number.bits = lex.integer();
        } else if (lex.peek().is('-')) {
            o.number.bits = lex.integer();
        }
    };
    if (lex.take('{') || lex.take('(')) {
        o.kind = Operand::LIST;
        o.list = list(t.is('{') ? '}' : ')');
    } else if (lex.take('[')) {
        o.kind = Operand::ADDRESS;
        if (lex.peek().kind == Token::WORD) {
            o.name = lex.word();
            offset();
        } else {
            o.number.bits = lex.integer();
        }
        lex.expect(']');
    } else if (t.kind == Token::NUMBER || t.is('-')) {
        o.kind = Operand::NUMBER;
        o.number = lex.number();
    } else {
        o.negated = lex.take('!');
        o.name = lex.word();
        if (lex.take('|')) {
            o.second = lex.word();
        } else {
            offset();
        }
    }
    return o;
}
void Parser::instruction() {
    Statement& s = d->s;
    s.line = lex.peek().line;
    s.args.clear();
    s.guarded = false;
    if (lex.take('@')) {
        s.guarded = true;
        s.guard = Operand{};
        s.guard.negated = lex.take('!');
        s.guard.name = lex.word();
    }
    s.opcode = lex.word();
    if (!s.guarded && lex.take(':')) {
        d->label(s.opcode);
        if (lex.take(".branchtargets")) {
            std::vector<string_view> all;
            do all.push_back(lex.word());
            while (lex.take(','));
            lex.expect(';');
            d->branchTargets[s.opcode] = all;
        }
        return;
    }
    while (!lex.take(';')) {
        s.args.push_back(operand());
        if (!lex.peek().is(';') && !lex.take(',')) {
            fail(s.line, "';' or ',' expected, not '%.*s'", (int) lex.peek().text.size(), lex.peek().text.data());
        }
    }
    d->decode();
}

// The depth of calls is known, as there is no recursion: so are the frames a thread needs.
static void measure(Function& f, std::vector<const Function*>& above) {
    for (const Function* g : above) {
        if (g == &f) fail(f.line, "function %s calls itself, which is not supported", f.name.c_str());
    }
    if (!f.defined) fail(f.line, "function %s is called but has no body", f.name.c_str());
    if (f.allSlots) return;
    above.push_back(&f);
    uint32_t slots = 0;
    size_t local = 0;
    for (Function* g : f.callees) {
        measure(*g, above);
        slots = std::max(slots, g->allSlots);
        local = std::max(local, g->allLocal);
        f.synchronises |= g->synchronises;
        f.variables.insert(f.variables.end(), g->variables.begin(), g->variables.end());
    }
    f.localBytes = (f.localBytes + 15) & ~size_t{15};
    f.allSlots = f.slots + slots + 1;
    f.allLocal = f.localBytes + local;
    above.pop_back();
}
std::unique_ptr<Program> parse(string text) {
    auto p = std::make_unique<Program>();
    p->text = std::move(text);
    Parser(*p).module();
    for (auto& [name, f] : p->functions) {
        std::vector<const Function*> above;
        if (f->defined) measure(*f, above);
    }
    return p;
}
} // namespace ptx
