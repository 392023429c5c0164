// Modules, functions and their statements.
#include "ptx_parser.h"

namespace ptx {
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
