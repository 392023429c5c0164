// Whole numbers: sums, products, quotients, extremes.
#include "ptx_decode.h"

namespace ptx {
namespace {
template <class T> using U = std::make_unsigned_t<T>;
template <class T> struct Wider;
template <> struct Wider<uint16_t> { using type = uint32_t; };
template <> struct Wider<int16_t> { using type = int32_t; };
template <> struct Wider<uint32_t> { using type = uint64_t; };
template <> struct Wider<int32_t> { using type = int64_t; };
template <> struct Wider<uint64_t> { using type = unsigned __int128; };
template <> struct Wider<int64_t> { using type = __int128; };

struct Add { template <class T> static T of(T a, T b) { return (T) ((U<T>) a + (U<T>) b); } };
struct Sub { template <class T> static T of(T a, T b) { return (T) ((U<T>) a - (U<T>) b); } };
struct MulLo { template <class T> static T of(T a, T b) { return (T) ((uint64_t) a * (uint64_t) b); } };
struct MulHi { template <class T> static T of(T a, T b) { return (T) (((typename Wider<T>::type) a * (typename Wider<T>::type) b) >> (8 * sizeof(T))); } };
struct Min { template <class T> static T of(T a, T b) { return b < a ? b : a; } };
struct Max { template <class T> static T of(T a, T b) { return a < b ? b : a; } };
struct Div {
    template <class T> static T of(T a, T b) {
        if (b == 0) emu::abandon("division by zero");
        return std::is_signed_v<T> && b == (T) -1 ? (T) (0 - (U<T>) a) : (T) (a / b);
    }
};
struct Rem {
    template <class T> static T of(T a, T b) {
        if (b == 0) emu::abandon("remainder of a division by zero");
        return std::is_signed_v<T> && b == (T) -1 ? (T) 0 : (T) (a % b);
    }
};
// 24 bits of each factor
inline int64_t low24(int32_t v) { return (int32_t) ((uint32_t) v << 8) >> 8; }
inline int64_t low24(uint32_t v) { return v & 0xffffff; }
struct Mul24Lo { template <class T> static T of(T a, T b) { return (T) (uint32_t) (low24(a) * low24(b)); } };
struct Mul24Hi { template <class T> static T of(T a, T b) { return (T) (uint32_t) ((low24(a) * low24(b)) >> 16); } };

template <class T, class Op> const Inst* binary(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits<T>(Op::of(get<T>(r[i->a]), get<T>(r[i->b])));
    return i + 1;
}
template <class T, class Op> const Inst* plus(uint64_t* r, const Inst* i, Thread&) { // mad
    r[i->d] = bits<T>(Add::of(Op::of(get<T>(r[i->a]), get<T>(r[i->b])), get<T>(r[i->c])));
    return i + 1;
}
template <class T> const Inst* mulWide(uint64_t* r, const Inst* i, Thread&) {
    using W = typename Wider<T>::type;
    r[i->d] = bits<W>((W) get<T>(r[i->a]) * (W) get<T>(r[i->b]));
    return i + 1;
}
template <class T> const Inst* madWide(uint64_t* r, const Inst* i, Thread&) {
    using W = typename Wider<T>::type;
    r[i->d] = bits<W>((W) ((U<W>) ((W) get<T>(r[i->a]) * (W) get<T>(r[i->b])) + (U<W>) get<W>(r[i->c])));
    return i + 1;
}
template <class T> const Inst* negate(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits<T>((T) (0 - (U<T>) get<T>(r[i->a])));
    return i + 1;
}
template <class T> const Inst* absolute(uint64_t* r, const Inst* i, Thread&) {
    T v = get<T>(r[i->a]);
    r[i->d] = bits<T>(v < 0 ? (T) (0 - (U<T>) v) : v);
    return i + 1;
}
template <class T> const Inst* sad(uint64_t* r, const Inst* i, Thread&) {
    T a = get<T>(r[i->a]), b = get<T>(r[i->b]);
    r[i->d] = bits<T>(Add::of((T) (a < b ? (U<T>) b - (U<T>) a : (U<T>) a - (U<T>) b), get<T>(r[i->c])));
    return i + 1;
}
const Inst* addSaturated(uint64_t* r, const Inst* i, Thread&) {
    int64_t v = (int64_t) get<int32_t>(r[i->a]) + (i->flags & NEGATE ? -1 : 1) * (int64_t) get<int32_t>(r[i->b]);
    r[i->d] = bits<int32_t>((int32_t) std::max<int64_t>(INT32_MIN, std::min<int64_t>(INT32_MAX, v)));
    return i + 1;
}
// Sums with carry. PROPAGATE: the carry comes in; HAS_RESULT: it goes out; NEGATE: a difference, whose borrow it is.
template <class T> const Inst* carried(uint64_t* r, const Inst* i, Thread& t) {
    using W = typename Wider<T>::type;
    W a = get<T>(r[i->a]), b = get<T>(r[i->b]), in = i->flags & PROPAGATE && t.carry ? 1 : 0;
    W v = i->flags & NEGATE ? a - b - in : a + b + in;
    if (i->flags & HAS_RESULT) t.carry = (T) (v >> (8 * sizeof(T))) != 0;
    r[i->d] = bits<T>((T) v);
    return i + 1;
}
// mad with carry: slot extra.slots[0] is the addend, INTEGER the high half of the product.
template <class T> const Inst* madCarried(uint64_t* r, const Inst* i, Thread& t) {
    using S = std::make_signed_t<T>;
    T product = i->flags & ABSOLUTE ? (i->flags & INTEGER ? MulHi::of(get<T>(r[i->a]), get<T>(r[i->b])) : MulLo::of(get<T>(r[i->a]), get<T>(r[i->b])))
                                    : (T) (i->flags & INTEGER ? MulHi::of(get<S>(r[i->a]), get<S>(r[i->b])) : MulLo::of(get<S>(r[i->a]), get<S>(r[i->b])));
    using W = typename Wider<T>::type;
    W v = (W) product + (W) get<T>(r[i->c]) + (W) (i->flags & PROPAGATE && t.carry ? 1 : 0);
    if (i->flags & HAS_RESULT) t.carry = (T) (v >> (8 * sizeof(T))) != 0;
    r[i->d] = bits<T>((T) v);
    return i + 1;
}
template <bool SA, bool SB> const Inst* dp4a(uint64_t* r, const Inst* i, Thread&) {
    uint32_t sum = get<uint32_t>(r[i->c]);
    for (int k = 0; k < 4; k++) {
        int a = (uint8_t) (r[i->a] >> (8 * k)), b = (uint8_t) (r[i->b] >> (8 * k));
        if (SA) a = (int8_t) a;
        if (SB) b = (int8_t) b;
        sum += (uint32_t) (a * b);
    }
    r[i->d] = sum;
    return i + 1;
}

bool wide(Type t) { return bytesOf(t) >= 2; }
Type integerType(Decoder& d, Mods& m) {
    Type t = m.type();
    if (isFloat(t) || !wide(t) || t < Type::U8 || t == Type::PRED) d.wrong("not of type %s", nameOf(t));
    return t;
}
template <class Op> Fn pick(Type t) {
    return byInteger(t, [](auto v) -> Fn {
        if constexpr (sizeof v > 1) return &binary<decltype(v), Op>;
        return nullptr;
    });
}
template <class Op> Fn pickPlus(Type t) {
    return byInteger(t, [](auto v) -> Fn {
        if constexpr (sizeof v > 1) return &plus<decltype(v), Op>;
        return nullptr;
    });
}
void withCarry(Decoder& d, Mods& m, uint32_t flags) {
    if (m.take("cc")) flags |= HAS_RESULT;
    Type t = integerType(d, m);
    d.count(3);
    if (bytesOf(t) < 4) d.wrong("not of type %s", nameOf(t));
    uint32_t a = d.in(1, t), b = d.in(2, t);
    d.emit(bytesOf(t) == 4 ? carried<uint32_t> : carried<uint64_t>, d.out(0, t), a, b).flags = flags;
}
template <class Op> void simple(Decoder& d, Mods& m) {
    Type t = integerType(d, m);
    d.count(3);
    uint32_t a = d.in(1, t), b = d.in(2, t);
    d.emit(pick<Op>(t), d.out(0, t), a, b);
}
template <class Op, uint32_t flag> void sum(Decoder& d, Mods& m) {
    if (m.has("cc")) return withCarry(d, m, flag);
    if (!m.take("sat")) return simple<Op>(d, m);
    if (m.type() != Type::S32) d.wrong("'.sat' is of s32 only");
    d.count(3);
    uint32_t a = d.in(1, Type::S32), b = d.in(2, Type::S32);
    d.emit(addSaturated, d.out(0, Type::S32), a, b).flags = flag;
}
Type doubled(Type t) { return t == Type::U16 ? Type::U32 : t == Type::S16 ? Type::S32 : t == Type::U32 ? Type::U64 : Type::S64; }
void mul(Decoder& d, Mods& m) {
    string_view part = m.oneOf({"lo", "hi", "wide"});
    Type t = integerType(d, m);
    d.count(3);
    uint32_t a = d.in(1, t), b = d.in(2, t);
    if (part == "wide") {
        if (bytesOf(t) > 4) d.wrong("not of type %s", nameOf(t));
        Fn fn = t == Type::U16 ? mulWide<uint16_t> : t == Type::S16 ? mulWide<int16_t> : t == Type::U32 ? mulWide<uint32_t> : mulWide<int32_t>;
        d.emit(fn, d.out(0, doubled(t)), a, b);
    } else if (part.empty()) {
        d.wrong("'.lo', '.hi' or '.wide' is missing");
    } else {
        d.emit(part == "lo" ? pick<MulLo>(t) : pick<MulHi>(t), d.out(0, t), a, b);
    }
}
void madCarry(Decoder& d, Mods& m, uint32_t flags) {
    if (m.take("cc")) flags |= HAS_RESULT;
    string_view part = m.oneOf({"lo", "hi"});
    if (part.empty()) d.wrong("'.lo' or '.hi' is missing");
    if (part == "hi") flags |= INTEGER;
    Type t = integerType(d, m);
    if (!isSigned(t)) flags |= ABSOLUTE;
    d.count(4);
    if (bytesOf(t) < 4) d.wrong("not of type %s", nameOf(t));
    uint32_t a = d.in(1, t), b = d.in(2, t), c = d.in(3, t);
    d.emit(bytesOf(t) == 4 ? madCarried<uint32_t> : madCarried<uint64_t>, d.out(0, t), a, b, c).flags = flags;
}
void mad(Decoder& d, Mods& m) {
    if (m.has("cc")) return madCarry(d, m, 0);
    string_view part = m.oneOf({"lo", "hi", "wide"});
    Type t = integerType(d, m);
    d.count(4);
    uint32_t a = d.in(1, t), b = d.in(2, t);
    if (part == "wide") {
        if (bytesOf(t) > 4) d.wrong("not of type %s", nameOf(t));
        uint32_t c = d.in(3, doubled(t));
        Fn fn = t == Type::U16 ? madWide<uint16_t> : t == Type::S16 ? madWide<int16_t> : t == Type::U32 ? madWide<uint32_t> : madWide<int32_t>;
        d.emit(fn, d.out(0, doubled(t)), a, b, c);
    } else if (part.empty()) {
        d.wrong("'.lo', '.hi' or '.wide' is missing");
    } else {
        uint32_t c = d.in(3, t);
        d.emit(part == "lo" ? pickPlus<MulLo>(t) : pickPlus<MulHi>(t), d.out(0, t), a, b, c);
    }
}
template <bool ADD> void mul24(Decoder& d, Mods& m) {
    string_view part = m.oneOf({"lo", "hi"});
    Type t = integerType(d, m);
    d.count(ADD ? 4 : 3);
    if (bytesOf(t) != 4 || part.empty()) d.wrong("not of this form");
    uint32_t a = d.in(1, t), b = d.in(2, t), c = ADD ? d.in(3, t) : 0;
    bool s = isSigned(t), lo = part == "lo";
    Fn fn = ADD ? (s ? (lo ? plus<int32_t, Mul24Lo> : plus<int32_t, Mul24Hi>) : (lo ? plus<uint32_t, Mul24Lo> : plus<uint32_t, Mul24Hi>))
                : (s ? (lo ? binary<int32_t, Mul24Lo> : binary<int32_t, Mul24Hi>) : (lo ? binary<uint32_t, Mul24Lo> : binary<uint32_t, Mul24Hi>));
    d.emit(fn, d.out(0, t), a, b, c);
}
template <bool ABS> void sign(Decoder& d, Mods& m) {
    Type t = integerType(d, m);
    d.count(2);
    if (!isSigned(t)) d.wrong("not of type %s", nameOf(t));
    uint32_t a = d.in(1, t);
    Fn fn = bytesOf(t) == 2 ? (ABS ? absolute<int16_t> : negate<int16_t>) : bytesOf(t) == 4 ? (ABS ? absolute<int32_t> : negate<int32_t>) : (ABS ? absolute<int64_t> : negate<int64_t>);
    d.emit(fn, d.out(0, t), a);
}
void difference(Decoder& d, Mods& m) {
    Type t = integerType(d, m);
    d.count(4);
    uint32_t a = d.in(1, t), b = d.in(2, t), c = d.in(3, t);
    d.emit(byInteger(t, [](auto v) -> Fn { return &sad<decltype(v)>; }), d.out(0, t), a, b, c);
}
void dot(Decoder& d, Mods& m) {
    Type a = m.type(), b = m.type();
    bool sa = a == Type::S32, sb = b == Type::S32;
    if ((!sa && a != Type::U32) || (!sb && b != Type::U32)) d.wrong("types are u32 or s32");
    d.count(4);
    uint32_t x = d.in(1, a), y = d.in(2, b), z = d.in(3, Type::B32);
    d.emit(sa ? (sb ? dp4a<true, true> : dp4a<true, false>) : (sb ? dp4a<false, true> : dp4a<false, false>), d.out(0, Type::B32), x, y, z);
}
// The opcodes that real numbers have too.
bool real(const Mods& m) {
    for (string_view t : {"f32", "f64", "f16", "f16x2", "bf16", "bf16x2"}) {
        if (m.has(t)) return true;
    }
    return false;
}
} // namespace
Decode realOpcode(string_view name);
#define EITHER(opcode, decoder)                                                                                        \
    t[opcode] = [](Decoder& d, Mods& m) {                                                                              \
        if (real(m)) {                                                                                                 \
            realOpcode(opcode)(d, m);                                                                                  \
        } else {                                                                                                       \
            decoder(d, m);                                                                                             \
        }                                                                                                              \
    }
void integers(Table& t) {
    EITHER("add", (sum<Add, 0>) );
    EITHER("sub", (sum<Sub, NEGATE>) );
    EITHER("mul", mul);
    EITHER("mad", mad);
    EITHER("min", simple<Min>);
    EITHER("max", simple<Max>);
    EITHER("div", simple<Div>);
    EITHER("neg", sign<false>);
    EITHER("abs", sign<true>);
    t["rem"] = simple<Rem>;
    t["addc"] = [](Decoder& d, Mods& m) { withCarry(d, m, PROPAGATE); };
    t["subc"] = [](Decoder& d, Mods& m) { withCarry(d, m, PROPAGATE | NEGATE); };
    t["madc"] = [](Decoder& d, Mods& m) { madCarry(d, m, PROPAGATE); };
    t["mul24"] = mul24<false>;
    t["mad24"] = mul24<true>;
    t["sad"] = difference;
    t["dp4a"] = dot;
}
} // namespace ptx
