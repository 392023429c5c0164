// Branches, calls, ends, barriers and fences.
#include "ptx_decode.h"

namespace ptx {
namespace {
const Inst* jump(uint64_t*, const Inst* i, Thread&) { return i + i->imm; }
const Inst* jumpIf(uint64_t* r, const Inst* i, Thread&) { return r[i->a] ? i + i->imm : i + 1; }
const Inst* jumpUnless(uint64_t* r, const Inst* i, Thread&) { return r[i->a] ? i + 1 : i + i->imm; }
const Inst* jumpIndexed(uint64_t* r, const Inst* i, Thread&) {
    uint32_t k = (uint32_t) r[i->a];
    if (k >= i->extra->targets.size()) emu::abandon("branch to target %u of %zu", k, i->extra->targets.size());
    return i + i->extra->targets[k];
}
const Inst* enter(uint64_t* r, const Inst* i, Thread& t) {
    const Function* f = i->extra->callee;
    t.frames.push_back({i, r, t.function, t.localFrom});
    uint64_t* n = r + t.function->slots;
    enterFrame(t, f, n, t.localFrom + t.function->localBytes);
    for (size_t k = 0; k < f->params.size(); k++) memcpy(n + f->params[k].slot, r + i->extra->slots[k], f->params[k].bytes);
    return f->code.data();
}
const Inst* leave(uint64_t* r, const Inst*, Thread& t) {
    if (t.frames.empty()) return nullptr;
    Frame f = t.frames.back();
    t.frames.pop_back();
    const Extra* e = f.from->extra;
    for (size_t k = 0; k < t.function->results.size(); k++) {
        memcpy(f.r + e->slots[e->arguments + k], r + t.function->results[k].slot, t.function->results[k].bytes);
    }
    t.r = f.r;
    t.function = f.function;
    t.localFrom = f.local;
    return f.from + 1;
}
const Inst* end(uint64_t*, const Inst*, Thread&) { return nullptr; }
const Inst* trap(uint64_t*, const Inst*, Thread&) { emu::abandon("trap"); }
const Inst* nothing(uint64_t*, const Inst* i, Thread&) { return i + 1; }
enum Reduction { NONE, POPC, AND, OR };
// Slot a: the barrier, b: threads or no slot (flags), c: the vote. imm: the reduction.
const Inst* barrier(uint64_t* r, const Inst* i, Thread&) {
    uint32_t id = (uint32_t) r[i->a], count = i->flags & INTEGER ? (uint32_t) r[i->b] : 0;
    if (id > 15) emu::abandon("barrier %u: there are 16", id);
    if (i->flags & INTEGER && (count == 0 || count % 32)) emu::abandon("a barrier of %u threads, which is no multiple of 32", count);
    auto votes = emu::barrier(i->line, (int) id, count, i->imm && r[i->c], !(i->flags & NEGATE));
    if (i->imm) r[i->d] = i->imm == POPC ? votes.yes : i->imm == AND ? votes.yes == votes.all : votes.yes > 0;
    return i + 1;
}

void bra(Decoder& d, Mods& m) {
    m.take("uni");
    d.count(1);
    Fn fn = jump;
    uint32_t p = 0;
    if (d.s.guarded) {
        Operand plain = d.s.guard;
        plain.negated = false;
        p = d.in(plain, Type::PRED);
        fn = d.s.guard.negated ? jumpUnless : jumpIf;
    }
    size_t at = d.function.code.size();
    d.emit(fn, 0, p);
    d.target(d.s.args[0].name, [at](Function& f, int32_t to) { f.code[at].imm = to - (int32_t) at; });
}
void brx(Decoder& d, Mods& m) {
    m.take("uni");
    if (!m.take("idx")) d.wrong("'.idx' is missing");
    d.count(2);
    auto targets = d.branchTargets.find(d.s.args[1].name);
    if (targets == d.branchTargets.end()) d.wrong("no such list of targets");
    uint32_t a = d.in(0, Type::U32);
    size_t at = d.function.code.size();
    Extra* e = &d.extra(d.emit(jumpIndexed, 0, a));
    e->targets.resize(targets->second.size());
    for (size_t k = 0; k < targets->second.size(); k++) {
        d.target(targets->second[k], [at, e, k](Function&, int32_t to) { e->targets[k] = to - (int32_t) at; });
    }
}
void call(Decoder& d, Mods& m) {
    m.take("uni");
    auto& args = d.s.args;
    size_t k = 0;
    std::vector<Operand> results, given;
    if (k < args.size() && args[k].kind == Operand::LIST) results = args[k++].list;
    if (k >= args.size() || args[k].kind != Operand::NAME) d.wrong("the name of a function is expected");
    string_view name = args[k++].name;
    if (k < args.size() && args[k].kind == Operand::LIST) given = args[k++].list;
    if (k != args.size()) d.wrong("indirect calls are not supported");
    auto found = d.program.functions.find(name);
    if (found == d.program.functions.end()) d.wrong("function %.*s is not declared", (int) name.size(), name.data());
    Function* f = found->second.get();
    if (given.size() != f->params.size() || results.size() != f->results.size()) {
        d.wrong("%zu arguments and %zu results, where %s has %zu and %zu", given.size(), results.size(), f->name.c_str(), f->params.size(), f->results.size());
    }
    std::vector<uint32_t> slots;
    auto one = [&](const Operand& o, const Param& p, bool to) {
        if (o.kind == Operand::NAME) {
            for (auto scope = d.scopes.rbegin(); scope != d.scopes.rend(); ++scope) {
                if (auto i = scope->params.find(o.name); i != scope->params.end()) {
                    if (i->second.bytes != p.bytes) d.wrong("%.*s has %zu bytes, not %zu", (int) o.name.size(), o.name.data(), i->second.bytes, p.bytes);
                    return i->second.slot;
                }
            }
        }
        Type t = p.bytes == 1 ? Type::B8 : p.bytes == 2 ? Type::B16 : p.bytes == 4 ? Type::B32 : Type::B64;
        return to ? d.out(o, t) : d.in(o, t);
    };
    for (size_t i = 0; i < given.size(); i++) slots.push_back(one(given[i], f->params[i], false));
    for (size_t i = 0; i < results.size(); i++) slots.push_back(one(results[i], f->results[i], true));
    Extra& e = d.extra(d.emit(enter));
    e.callee = f;
    e.slots = slots;
    e.arguments = given.size();
    d.function.callees.push_back(f);
    if (!f->line) f->line = d.s.line;
}
void bar(Decoder& d, Mods& m) {
    if (m.take("warp")) {
        warpSync(d, m);
        return;
    }
    m.take("cta");
    m.take("aligned");
    bool red = m.take("red"), arrive = m.take("arrive");
    if (!red && !arrive && !m.take("sync")) d.wrong("not of this form");
    Reduction how = NONE;
    Type t = Type::NONE;
    if (red) {
        how = m.take("popc") ? POPC : m.take("and") ? AND : m.take("or") ? OR : NONE;
        t = m.type();
        if (how == NONE || t != (how == POPC ? Type::U32 : Type::PRED)) d.wrong("not of this form");
    }
    size_t at = red ? 1 : 0, n = d.s.args.size();
    d.count(red ? 3 : arrive ? 2 : 1, red ? 4 : 2);
    bool counted = arrive || n - at == (red ? 3 : 2);
    uint32_t id = d.in(at, Type::U32), count = counted ? d.in(at + 1, Type::U32) : 0, vote = red ? d.predicate(d.s.args[n - 1]) : 0;
    Inst& i = d.emit(barrier, red ? d.out(0, t) : d.fresh(), id, count, vote);
    i.imm = how;
    i.flags = (counted ? INTEGER : 0) | (arrive ? NEGATE : 0);
    d.function.synchronises = true;
}
void fence(Decoder& d, Mods& m) {
    m.cache();
    m.oneOf({"gl", "sc"});
    m.oneOf({"cta"});
    d.count(0);
    d.emit(nothing); // one thread runs at a time, and sees all there is
}
} // namespace
const Inst* endOfCode(uint64_t* r, const Inst* i, Thread& t) { return leave(r, i, t); }
void flow(Table& t) {
    t["bra"] = bra;
    t["brx"] = brx;
    t["call"] = call;
    t["ret"] = [](Decoder& d, Mods& m) {
        m.take("uni");
        d.count(0);
        d.emit(leave);
    };
    t["exit"] = [](Decoder& d, Mods&) { d.count(0), d.emit(end); };
    t["trap"] = [](Decoder& d, Mods&) { d.count(0), d.emit(trap); };
    t["nanosleep"] = [](Decoder& d, Mods& m) {
        m.type();
        d.count(1);
        d.in(0, Type::U32);
        d.emit(nothing);
    };
    t["bar"] = t["barrier"] = bar;
    t["membar"] = t["fence"] = fence;
}
} // namespace ptx
