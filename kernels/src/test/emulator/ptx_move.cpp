// mov: of values, addresses, special registers, parts of a register; and addresses between spaces.
#include "ptx_decode.h"

namespace ptx {
namespace {
const Inst* copy(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = r[i->a];
    return i + 1;
}
const Inst* join(uint64_t* r, const Inst* i, Thread&) { // imm: bits of an element
    uint64_t v = 0;
    size_t n = i->extra->slots.size();
    for (size_t k = 0; k < n; k++) v |= (r[i->extra->slots[k]] & ((1ull << i->imm) - 1)) << (k * i->imm);
    r[i->d] = v;
    return i + 1;
}
const Inst* split(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = r[i->a];
    size_t n = i->extra->slots.size();
    for (size_t k = 0; k < n; k++) r[i->extra->slots[k]] = v >> (k * i->imm) & ((1ull << i->imm) - 1);
    return i + 1;
}
const Inst* sharedToGeneric(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = (uint64_t) sharedBase() + (uint32_t) r[i->a];
    return i + 1;
}
const Inst* genericToShared(uint64_t* r, const Inst* i, Thread&) {
    if (!isShared(r[i->a])) emu::abandon("an address that is not in shared memory is made one of it");
    r[i->d] = r[i->a] - (uint64_t) sharedBase();
    return i + 1;
}
const Inst* inSpace(uint64_t* r, const Inst* i, Thread&) {
    bool shared = isShared(r[i->a]), local = isLocal(r[i->a]);
    r[i->d] = i->imm == (int) Space::SHARED ? shared : i->imm == (int) Space::LOCAL ? local : !shared && !local;
    return i + 1;
}
Type part(Decoder& d, Type whole, size_t n) {
    size_t bytes = bytesOf(whole) / n;
    if (bytes * n != bytesOf(whole) || bytes == 0) d.wrong("%zu parts", n);
    return bytes == 1 ? Type::B8 : bytes == 2 ? Type::B16 : Type::B32;
}
void mov(Decoder& d, Mods& m) {
    Type t = m.type();
    d.count(2);
    const Operand &to = d.s.args[0], &from = d.s.args[1];
    if (from.kind == Operand::LIST || to.kind == Operand::LIST) {
        if (t > Type::B64) d.wrong("parts are of untyped registers");
        const auto& list = from.kind == Operand::LIST ? from.list : to.list;
        Type element = part(d, t, list.size());
        std::vector<uint32_t> slots;
        for (const Operand& o : list) slots.push_back(from.kind == Operand::LIST ? d.in(o, element) : d.out(o, element));
        Inst* i;
        if (from.kind == Operand::LIST) {
            i = &d.emit(join, d.out(to, t));
        } else {
            uint32_t a = d.in(from, t);
            i = &d.emit(split, 0, a);
        }
        i->imm = 8 * (int64_t) bytesOf(element);
        d.extra(*i).slots = slots;
        return;
    }
    uint32_t a = d.in(from, t);
    d.emit(copy, d.out(to, t), a);
}
void cvta(Decoder& d, Mods& m) {
    bool to = m.take("to");
    Space s = m.space();
    Type t = m.type();
    if (t != Type::U64 || s == Space::GENERIC || s == Space::PARAM) d.wrong("not of this form");
    d.count(2);
    uint32_t a = d.in(1, t);
    d.emit(s != Space::SHARED ? copy : to ? genericToShared : sharedToGeneric, d.out(0, t), a);
}
void isspacep(Decoder& d, Mods& m) {
    Space s = m.space();
    if (s != Space::GLOBAL && s != Space::SHARED && s != Space::LOCAL) d.wrong("not of this form");
    d.count(2);
    uint32_t a = d.in(1, Type::U64);
    d.emit(inSpace, d.out(0, Type::PRED), a).imm = (int) s;
}
} // namespace
void moves(Table& t) {
    t["mov"] = mov;
    t["cvta"] = cvta;
    t["isspacep"] = isspacep;
}
} // namespace ptx
