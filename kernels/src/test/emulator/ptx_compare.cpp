// Comparisons and choices: setp, set, selp, slct.
#include "ptx_float.h"

namespace ptx {
namespace {
struct Eq { template <class T> static bool of(T a, T b) { return a == b; } };
struct Ne { template <class T> static bool of(T a, T b) { return (a < b) | (b < a); } }; // false for NaN
struct Lt { template <class T> static bool of(T a, T b) { return a < b; } };
struct Le { template <class T> static bool of(T a, T b) { return a <= b; } };
struct Gt { template <class T> static bool of(T a, T b) { return a > b; } };
struct Ge { template <class T> static bool of(T a, T b) { return a >= b; } };
struct Equ { template <class T> static bool of(T a, T b) { return !Ne::of(a, b); } };
struct Neu { template <class T> static bool of(T a, T b) { return a != b; } };
struct Ltu { template <class T> static bool of(T a, T b) { return !(a >= b); } };
struct Leu { template <class T> static bool of(T a, T b) { return !(a > b); } };
struct Gtu { template <class T> static bool of(T a, T b) { return !(a <= b); } };
struct Geu { template <class T> static bool of(T a, T b) { return !(a < b); } };
struct Num { template <class T> static bool of(T a, T b) { return a == a && b == b; } };
struct Nan { template <class T> static bool of(T a, T b) { return a != a || b != b; } };

// A stored number as what it is compared as.
struct Half { uint16_t b; };
struct Brain { uint16_t b; };
template <class T> inline auto value(uint64_t slot, uint32_t flags) {
    if constexpr (std::is_same_v<T, Half>) {
        return fromHalf((uint16_t) slot);
    } else if constexpr (std::is_same_v<T, Brain>) {
        return fromBrain((uint16_t) slot);
    } else if constexpr (std::is_same_v<T, float>) {
        float v = get<float>(slot);
        return flags & FTZ ? flush(v) : v;
    } else {
        return get<T>(slot);
    }
}
template <class T, class Op> const Inst* compare(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = Op::of(value<T>(r[i->a], i->flags), value<T>(r[i->b], i->flags));
    return i + 1;
}
// After a comparison into slot a: the results, combined with predicate b.
enum Combine { NOTHING, AND, OR, XOR };
bool combine(int how, bool p, bool c) { return how == AND ? p && c : how == OR ? p || c : how == XOR ? p != c : p; }
const Inst* combined(uint64_t* r, const Inst* i, Thread&) {
    bool p = r[i->a], c = r[i->b];
    r[i->d] = combine((int) i->imm, p, c);
    if (i->flags & HAS_RESULT) r[i->c] = combine((int) i->imm, !p, c);
    return i + 1;
}
const Inst* setValue(uint64_t* r, const Inst* i, Thread&) { // a predicate as the number imm or 0
    r[i->d] = r[i->a] ? (uint64_t) i->imm : 0;
    return i + 1;
}
const Inst* select(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = r[i->c] ? r[i->a] : r[i->b];
    return i + 1;
}
template <class T> const Inst* selectBySign(uint64_t* r, const Inst* i, Thread&) {
    T c = get<T>(r[i->c]);
    if constexpr (std::is_same_v<T, float>) {
        if (i->flags & FTZ) c = flush(c);
    }
    r[i->d] = c >= 0 ? r[i->a] : r[i->b];
    return i + 1;
}

template <class Op> Fn byType(Type t, bool ordersUnsigned) {
    switch (t) {
    case Type::F32: return compare<float, Op>;
    case Type::F64: return compare<double, Op>;
    case Type::F16: return compare<Half, Op>;
    case Type::BF16: return compare<Brain, Op>;
    case Type::S16: return ordersUnsigned ? compare<uint16_t, Op> : compare<int16_t, Op>;
    case Type::S32: return ordersUnsigned ? compare<uint32_t, Op> : compare<int32_t, Op>;
    case Type::S64: return ordersUnsigned ? compare<uint64_t, Op> : compare<int64_t, Op>;
    case Type::B16:
    case Type::U16: return compare<uint16_t, Op>;
    case Type::B32:
    case Type::U32: return compare<uint32_t, Op>;
    case Type::B64:
    case Type::U64: return compare<uint64_t, Op>;
    default: return nullptr;
    }
}
Fn comparison(Decoder& d, Mods& m, Type* type) {
    string_view op = m.oneOf({"eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"});
    if (op.empty()) d.wrong("a comparison is missing");
    Type t = *type != Type::NONE ? *type : m.type();
    *type = t;
    bool real = isFloat(t), lower = op == "lo" || op == "ls" || op == "hi" || op == "hs";
    bool unordered = op.size() == 3;
    if ((unordered && !real) || (lower && (real || isSigned(t)))) d.wrong("this comparison is not of %s", nameOf(t));
    Fn fn = op == "eq"                 ? byType<Eq>(t, false)
            : op == "ne"               ? byType<Ne>(t, false)
            : op == "lt" || op == "lo" ? byType<Lt>(t, lower)
            : op == "le" || op == "ls" ? byType<Le>(t, lower)
            : op == "gt" || op == "hi" ? byType<Gt>(t, lower)
            : op == "ge" || op == "hs" ? byType<Ge>(t, lower)
            : op == "equ"              ? byType<Equ>(t, false)
            : op == "neu"              ? byType<Neu>(t, false)
            : op == "ltu"              ? byType<Ltu>(t, false)
            : op == "leu"              ? byType<Leu>(t, false)
            : op == "gtu"              ? byType<Gtu>(t, false)
            : op == "geu"              ? byType<Geu>(t, false)
            : op == "num"              ? byType<Num>(t, false)
                                       : byType<Nan>(t, false);
    if (!fn || (!real && t >= Type::B8 && t <= Type::B64 && op != "eq" && op != "ne")) d.wrong("this comparison is not of %s", nameOf(t));
    return fn;
}
int combination(Mods& m) {
    return m.take("and") ? AND : m.take("or") ? OR : m.take("xor") ? XOR : NOTHING;
}
void setp(Decoder& d, Mods& m) {
    int how = combination(m);
    bool ftz = m.take("ftz");
    Type t = Type::NONE;
    Fn fn = comparison(d, m, &t);
    d.count(how ? 4 : 3);
    uint32_t a = d.in(1, t), b = d.in(2, t), c = how ? d.predicate(d.s.args[3]) : 0;
    Operand first = d.s.args[0], second;
    second.name = first.second;
    first.second = {};
    uint32_t to = d.out(first, Type::PRED), to2 = second.name.empty() ? 0 : d.out(second, Type::PRED);
    bool after = how || !second.name.empty();
    uint32_t raw = after ? d.fresh() : to;
    d.emit(fn, raw, a, b).flags = ftz ? FTZ : 0;
    if (after) {
        Inst& i = d.emit(combined, to, raw, how ? c : raw, to2);
        i.imm = how;
        i.flags = second.name.empty() ? 0 : HAS_RESULT;
    }
}
void set(Decoder& d, Mods& m) {
    int how = combination(m);
    bool ftz = m.take("ftz");
    Type to = m.type(), t = m.type();
    Fn fn = comparison(d, m, &t);
    if (to != Type::U32 && to != Type::S32 && to != Type::F32) d.wrong("not to type %s", nameOf(to));
    d.count(how ? 4 : 3);
    uint32_t a = d.in(1, t), b = d.in(2, t), c = how ? d.predicate(d.s.args[3]) : 0, p = d.fresh();
    d.emit(fn, p, a, b).flags = ftz ? FTZ : 0;
    if (how) d.emit(combined, p, p, c).imm = how;
    d.emit(setValue, d.out(0, to), p).imm = to == Type::F32 ? 0x3f800000 : 0xffffffff;
}
void selp(Decoder& d, Mods& m) {
    Type t = m.type();
    if (t == Type::PRED || bytesOf(t) < 2) d.wrong("not of type %s", nameOf(t));
    d.count(4);
    uint32_t a = d.in(1, t), b = d.in(2, t), p = d.predicate(d.s.args[3]);
    d.emit(select, d.out(0, t), a, b, p);
}
void slct(Decoder& d, Mods& m) {
    bool ftz = m.take("ftz");
    Type t = m.type(), by = m.type();
    if (by != Type::F32 && by != Type::S32) d.wrong("the sign is of f32 or s32");
    d.count(4);
    uint32_t a = d.in(1, t), b = d.in(2, t), c = d.in(3, by);
    d.emit(by == Type::F32 ? selectBySign<float> : selectBySign<int32_t>, d.out(0, t), a, b, c).flags = ftz ? FTZ : 0;
}
} // namespace
void comparisons(Table& t) {
    t["setp"] = setp;
    t["set"] = set;
    t["selp"] = selp;
    t["slct"] = slct;
}
} // namespace ptx
