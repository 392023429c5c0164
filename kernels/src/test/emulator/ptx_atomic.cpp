// atom and red.
#include "ptx_float.h"

namespace ptx {
namespace {
enum Op { ADD, AND, OR, XOR, EXCH, CAS, MIN, MAX, INC, DEC };
template <class T> T applied(int op, T old, T b, T c) {
    if constexpr (std::is_floating_point_v<T>) {
        (void) c;
        return op == ADD ? canonical(old + b) : b;
    } else {
        switch (op) {
        case ADD: return (T) ((std::make_unsigned_t<T>) old + (std::make_unsigned_t<T>) b);
        case AND: return old & b;
        case OR: return old | b;
        case XOR: return old ^ b;
        case CAS: return old == b ? c : old;
        case MIN: return b < old ? b : old;
        case MAX: return old < b ? b : old;
        case INC: return old >= b ? 0 : old + 1;
        case DEC: return old == 0 || old > b ? b : old - 1;
        default: return b;
        }
    }
}
// imm: offset; flags: the operation; extra: slot of the third operand, space.
template <class T> const Inst* atomic(uint64_t* r, const Inst* i, Thread& t) {
    char* p = reach(t, (Space) i->extra->slots[0], r[i->a] + i->imm, sizeof(T), true, ATOMIC | READ_ONLY);
    T old;
    memcpy(&old, p, sizeof old);
    T v = applied<T>((int) i->flags, old, get<T>(r[i->b]), get<T>(r[i->c]));
    memcpy(p, &v, sizeof v);
    r[i->d] = bits(old);
    return i + 1;
}
template <bool BRAIN> const Inst* halves(uint64_t* r, const Inst* i, Thread& t) {
    size_t n = i->extra->more[0];
    char* p = reach(t, (Space) i->extra->slots[0], r[i->a] + i->imm, 2 * n, true, ATOMIC | READ_ONLY);
    uint64_t out = 0;
    for (size_t k = 0; k < n; k++) {
        uint16_t h, b = (uint16_t) (r[i->b] >> (16 * k));
        memcpy(&h, p + 2 * k, 2);
        out |= (uint64_t) h << (16 * k);
        h = BRAIN ? toBrain((double) fromBrain(h) + fromBrain(b)) : toHalf((double) fromHalf(h) + fromHalf(b));
        memcpy(p + 2 * k, &h, 2);
    }
    r[i->d] = out;
    return i + 1;
}
template <bool RESULT> void decode(Decoder& d, Mods& m) {
    m.cache();
    m.take("noftz");
    Space space = m.space();
    static const std::map<string_view, int> names = {{"add", ADD}, {"and", AND}, {"or", OR}, {"xor", XOR}, {"exch", EXCH}, {"cas", CAS}, {"min", MIN}, {"max", MAX}, {"inc", INC}, {"dec", DEC}};
    string_view name = m.oneOf({"add", "and", "or", "xor", "exch", "cas", "min", "max", "inc", "dec"});
    Type t = m.type();
    if (name.empty() || (space != Space::GLOBAL && space != Space::SHARED && space != Space::GENERIC)) d.wrong("not of this form");
    int op = names.at(name);
    bool untyped = t >= Type::B16 && t <= Type::B64, real = isFloat(t);
    bool right = op == ADD    ? real || t == Type::U32 || t == Type::S32 || t == Type::U64
                 : op <= XOR  ? t == Type::B32 || t == Type::B64
                 : op == EXCH ? t == Type::B32 || t == Type::B64
                 : op == CAS  ? untyped
                 : op <= MAX  ? !real && !untyped && bytesOf(t) >= 4
                              : t == Type::U32;
    if (!right || t == Type::TF32) d.wrong("not of type %s", nameOf(t));
    d.count((RESULT ? 3 : 2) + (op == CAS));
    size_t at = RESULT ? 1 : 0;
    auto p = d.place(d.s.args[at], space);
    uint32_t b = d.in(at + 1, t), c = op == CAS ? d.in(at + 2, t) : b, to = RESULT ? d.out(0, t) : d.fresh();
    bool brain = t == Type::BF16 || t == Type::BF16X2, half = brain || t == Type::F16 || t == Type::F16X2;
    Fn fn = half ? (brain ? halves<true> : halves<false>) : t == Type::F32 ? atomic<float> : t == Type::F64 ? atomic<double> : byInteger(t, [](auto v) -> Fn { return &atomic<decltype(v)>; });
    Inst& i = d.emit(fn, to, p.base, b, c);
    i.imm = p.offset, i.flags = (uint32_t) op;
    Extra& e = d.extra(i);
    e.slots = {(uint32_t) space};
    e.more = {(uint32_t) bytesOf(t) / 2};
}
} // namespace
void atomics(Table& t) {
    t["atom"] = decode<true>;
    t["red"] = decode<false>;
}
} // namespace ptx
