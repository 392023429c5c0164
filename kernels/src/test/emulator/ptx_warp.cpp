// What the lanes of a warp do together.
#include "ptx_decode.h"

namespace ptx {
namespace {
enum Mode { UP, DOWN, BFLY, IDX };
const Inst* shuffle(uint64_t* r, const Inst* i, Thread&) { // extra: slots of c and of the mask, perhaps of the predicate
    int lane = emu::lane(), b = (int) (r[i->b] & 31), c = (int) r[i->c] & 0x1f1f, clamp = c & 31, segment = c >> 8 & 31;
    int most = (lane & segment) | (clamp & ~segment), least = lane & segment, j = 0;
    bool inside = false;
    switch (i->imm) {
    case UP: j = lane - b, inside = j >= most; break;
    case DOWN: j = lane + b, inside = j <= most; break;
    case BFLY: j = lane ^ b, inside = j <= most; break;
    case IDX: j = least | (b & ~segment), inside = j <= most; break;
    }
    if (!inside) j = lane;
    r[i->d] = emu::shuffle((uint32_t) r[i->extra->slots[0]], r[i->a], j);
    if (i->flags) r[i->extra->slots[1]] = inside;
    return i + 1;
}
enum Vote { ALL, ANY, UNI, BALLOT };
const Inst* vote(uint64_t* r, const Inst* i, Thread&) {
    uint32_t mask = emu::present((uint32_t) r[i->b]), votes = emu::ballot((uint32_t) r[i->b], r[i->a]);
    switch (i->imm) {
    case ALL: r[i->d] = votes == mask; break;
    case ANY: r[i->d] = votes != 0; break;
    case UNI: r[i->d] = votes == 0 || votes == mask; break;
    case BALLOT: r[i->d] = votes; break;
    }
    return i + 1;
}
// Which lanes have this lane's value (any), or all if all have it.
const Inst* match(uint64_t* r, const Inst* i, Thread&) {
    uint32_t mask = emu::present((uint32_t) r[i->b]), same = 0;
    uint64_t mine = i->flags & INTEGER ? r[i->a] : (uint32_t) r[i->a];
    const uint64_t* all = emu::gather((uint32_t) r[i->b], mine);
    for (int l = 0; l < 32; l++) same |= (uint32_t) (mask >> l & 1 && all[l] == mine) << l;
    r[i->d] = i->imm == ALL && same != mask ? 0 : same;
    if (i->flags & HAS_RESULT) r[i->c] = same == mask;
    return i + 1;
}
enum Reduction { ADD, MIN, MAX, AND, OR, XOR };
const Inst* reduce(uint64_t* r, const Inst* i, Thread&) {
    uint32_t mask = emu::present((uint32_t) r[i->b]), v = 0;
    bool first = true, sign = i->flags & NEGATE;
    const uint64_t* all = emu::gather((uint32_t) r[i->b], (uint32_t) r[i->a]);
    for (int l = 0; l < 32; l++) {
        if (!(mask >> l & 1)) continue;
        uint32_t w = (uint32_t) all[l];
        bool less = sign ? (int32_t) w < (int32_t) v : w < v;
        v = first ? w : i->imm == ADD ? v + w : i->imm == AND ? v & w : i->imm == OR ? v | w : i->imm == XOR ? v ^ w : (i->imm == MIN) == less ? w : v;
        first = false;
    }
    r[i->d] = v;
    return i + 1;
}
const Inst* active(uint64_t* r, const Inst* i, Thread&) { // lanes need not be together, and here they never are
    r[i->d] = 1u << emu::lane();
    return i + 1;
}
const Inst* sync(uint64_t* r, const Inst* i, Thread&) {
    emu::warpBarrier((uint32_t) r[i->a]);
    return i + 1;
}
void needSync(Decoder& d, Mods& m) {
    if (!m.take("sync")) d.wrong("'.sync' is missing, without which GPUs since Volta do not have it");
    d.function.synchronises = true;
}
void shfl(Decoder& d, Mods& m) {
    needSync(d, m);
    string_view mode = m.oneOf({"up", "down", "bfly", "idx"});
    if (mode.empty() || m.type() != Type::B32) d.wrong("not of this form");
    d.count(5);
    Operand to = d.s.args[0], p;
    p.name = to.second;
    to.second = {};
    uint32_t a = d.in(1, Type::B32), b = d.in(2, Type::B32), c = d.in(3, Type::B32), mask = d.in(4, Type::B32);
    uint32_t predicate = p.name.empty() ? 0 : d.out(p, Type::PRED);
    Inst& i = d.emit(shuffle, d.out(to, Type::B32), a, b, c);
    i.imm = mode == "up" ? UP : mode == "down" ? DOWN : mode == "bfly" ? BFLY : IDX;
    i.flags = !p.name.empty();
    d.extra(i).slots = {mask, predicate};
}
void votes(Decoder& d, Mods& m) {
    needSync(d, m);
    string_view how = m.oneOf({"all", "any", "uni", "ballot"});
    Type t = m.type();
    if (how.empty() || t != (how == "ballot" ? Type::B32 : Type::PRED)) d.wrong("not of this form");
    d.count(3);
    uint32_t a = d.predicate(d.s.args[1]), mask = d.in(2, Type::B32);
    d.emit(vote, d.out(0, t), a, mask).imm = how == "all" ? ALL : how == "any" ? ANY : how == "uni" ? UNI : BALLOT;
}
void matches(Decoder& d, Mods& m) {
    bool all = m.take("all");
    if (!all && !m.take("any")) d.wrong("'.any' or '.all' is missing");
    needSync(d, m);
    Type t = m.type();
    if (t != Type::B32 && t != Type::B64) d.wrong("not of type %s", nameOf(t));
    d.count(3);
    Operand to = d.s.args[0], p;
    p.name = to.second;
    to.second = {};
    if (!p.name.empty() && !all) d.wrong("a predicate is of '.all'");
    uint32_t a = d.in(1, t), mask = d.in(2, Type::B32), predicate = p.name.empty() ? 0 : d.out(p, Type::PRED);
    Inst& i = d.emit(match, d.out(to, Type::B32), a, mask, predicate);
    i.imm = all ? ALL : ANY;
    i.flags = (p.name.empty() ? 0 : HAS_RESULT) | (t == Type::B64 ? INTEGER : 0);
}
void redux(Decoder& d, Mods& m) {
    needSync(d, m);
    static const std::map<string_view, int> names = {{"add", ADD}, {"min", MIN}, {"max", MAX}, {"and", AND}, {"or", OR}, {"xor", XOR}};
    string_view how = m.oneOf({"add", "min", "max", "and", "or", "xor"});
    Type t = m.type();
    if (how.empty() || bytesOf(t) != 4 || isFloat(t)) d.wrong("not of this form");
    int op = names.at(how);
    if ((t == Type::B32) != (op >= AND)) d.wrong("not of type %s", nameOf(t));
    d.count(3);
    uint32_t a = d.in(1, t), mask = d.in(2, Type::B32);
    Inst& i = d.emit(reduce, d.out(0, t), a, mask);
    i.imm = op;
    i.flags = isSigned(t) ? NEGATE : 0;
}
} // namespace
void warpSync(Decoder& d, Mods& m) {
    needSync(d, m);
    d.count(1);
    uint32_t mask = d.in(0, Type::B32);
    d.emit(sync, 0, mask);
}
void warps(Table& t) {
    t["shfl"] = shfl;
    t["vote"] = votes;
    t["match"] = matches;
    t["redux"] = redux;
    t["activemask"] = [](Decoder& d, Mods& m) {
        if (m.type() != Type::B32) d.wrong("not of this type");
        d.count(1);
        d.emit(active, d.out(0, Type::B32));
    };
}
} // namespace ptx
