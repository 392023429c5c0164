// Bits: logic, shifts, fields, counts, permutations of bytes.
#include "ptx_decode.h"

namespace ptx {
namespace {
struct And { static uint64_t of(uint64_t a, uint64_t b) { return a & b; } };
struct Or { static uint64_t of(uint64_t a, uint64_t b) { return a | b; } };
struct Xor { static uint64_t of(uint64_t a, uint64_t b) { return a ^ b; } };
// Slots of less than 64 bits hold zeros above, so one function does for all widths.
template <class Op> const Inst* logic(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = Op::of(r[i->a], r[i->b]);
    return i + 1;
}
template <class T> const Inst* invert(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits<T>((T) ~get<T>(r[i->a]));
    return i + 1;
}
const Inst* notPredicate(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = !r[i->a];
    return i + 1;
}
template <class T> const Inst* isZero(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = get<T>(r[i->a]) == 0;
    return i + 1;
}
template <class T> const Inst* shl(uint64_t* r, const Inst* i, Thread&) {
    uint32_t n = get<uint32_t>(r[i->b]);
    r[i->d] = n >= 8 * sizeof(T) ? 0 : bits<T>((T) ((std::make_unsigned_t<T>) get<T>(r[i->a]) << n));
    return i + 1;
}
template <class T> const Inst* shr(uint64_t* r, const Inst* i, Thread&) {
    uint32_t n = get<uint32_t>(r[i->b]);
    T v = get<T>(r[i->a]);
    r[i->d] = bits<T>(n >= 8 * sizeof(T) ? (T) (v < 0 ? -1 : 0) : (T) (v >> n));
    return i + 1;
}
template <bool LEFT, bool WRAP> const Inst* funnel(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = (r[i->b] << 32) | (uint32_t) r[i->a];
    uint32_t n = get<uint32_t>(r[i->c]);
    n = WRAP ? n & 31 : std::min(n, 32u);
    r[i->d] = (uint32_t) (LEFT ? (v << n) >> 32 : v >> n);
    return i + 1;
}
const Inst* lop3(uint64_t* r, const Inst* i, Thread&) {
    uint32_t a = (uint32_t) r[i->a], b = (uint32_t) r[i->b], c = (uint32_t) r[i->c], v = 0;
    for (int k = 0; k < 8; k++) {
        if (i->imm >> k & 1) v |= (k & 4 ? a : ~a) & (k & 2 ? b : ~b) & (k & 1 ? c : ~c);
    }
    r[i->d] = v;
    return i + 1;
}
template <class T> const Inst* popc(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = (uint64_t) __builtin_popcountll((std::make_unsigned_t<T>) get<T>(r[i->a]));
    return i + 1;
}
template <class T> const Inst* clz(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = get<T>(r[i->a]);
    r[i->d] = v ? (uint64_t) __builtin_clzll(v) - (64 - 8 * sizeof(T)) : 8 * sizeof(T);
    return i + 1;
}
template <class T> const Inst* brev(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = get<T>(r[i->a]), w = 0;
    for (size_t k = 0; k < 8 * sizeof(T); k++) w |= (v >> k & 1) << (8 * sizeof(T) - 1 - k);
    r[i->d] = w;
    return i + 1;
}
template <class T> const Inst* bfind(uint64_t* r, const Inst* i, Thread&) {
    T s = get<T>(r[i->a]);
    uint64_t v = (std::make_unsigned_t<T>) (s < 0 ? ~s : s);
    int at = v ? 63 - __builtin_clzll(v) : -1;
    r[i->d] = (uint32_t) (i->flags && at >= 0 ? (int) (8 * sizeof(T)) - 1 - at : at);
    return i + 1;
}
template <class T> const Inst* bfe(uint64_t* r, const Inst* i, Thread&) {
    const uint32_t width = 8 * sizeof(T);
    T v = get<T>(r[i->a]);
    uint32_t pos = r[i->b] & 255, len = r[i->c] & 255;
    bool sign = std::is_signed_v<T> && len && ((uint64_t) v >> std::min(pos + len - 1, width - 1) & 1);
    uint64_t w = 0;
    for (uint32_t k = 0; k < width; k++) w |= (uint64_t) (k < len && pos + k < width ? (uint64_t) v >> (pos + k) & 1 : sign) << k;
    r[i->d] = w;
    return i + 1;
}
template <class T> const Inst* bfi(uint64_t* r, const Inst* i, Thread&) {
    const uint32_t width = 8 * sizeof(T);
    uint64_t a = get<T>(r[i->a]), f = get<T>(r[i->b]);
    uint32_t pos = r[i->c] & 255, len = r[i->extra->slots[0]] & 255;
    for (uint32_t k = 0; k < len && pos + k < width; k++) f = (f & ~(1ull << (pos + k))) | (a >> k & 1) << (pos + k);
    r[i->d] = f;
    return i + 1;
}
const Inst* bmsk(uint64_t* r, const Inst* i, Thread&) {
    uint32_t a = (uint32_t) r[i->a], b = (uint32_t) r[i->b];
    if (i->flags) a &= 31, b &= 31; // wrap
    uint64_t ones = b >= 32 ? ~0u : (1u << b) - 1;
    r[i->d] = a >= 32 ? 0 : (uint32_t) (ones << a);
    return i + 1;
}
enum Permutation { BYTES, F4E, B4E, RC8, ECL, ECR, RC16 };
const Inst* prmt(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = (r[i->b] << 32) | (uint32_t) r[i->a];
    uint32_t c = (uint32_t) r[i->c], n = c & 3, w = 0;
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t s = 0;
        switch (i->imm) {
        case BYTES: s = c >> (4 * k) & 15; break;
        case F4E: s = (n + k) & 7; break;
        case B4E: s = (n - k) & 7; break;
        case RC8: s = n; break;
        case ECL: s = std::max(k, n); break;
        case ECR: s = std::min(k, n); break;
        case RC16: s = (n & 1) * 2 + (k & 1); break;
        }
        uint32_t byte = v >> (8 * (s & 7)) & 255;
        if (i->imm == BYTES && s & 8) byte = byte & 128 ? 255 : 0;
        w |= byte << (8 * k);
    }
    r[i->d] = w;
    return i + 1;
}

Type bitType(Decoder& d, Mods& m) {
    Type t = m.type();
    if (t == Type::PRED) return t;
    if (t < Type::B16 || t > Type::B64) d.wrong("not of type %s", nameOf(t));
    return t;
}
template <class Op> void binary(Decoder& d, Mods& m) {
    Type t = bitType(d, m);
    d.count(3);
    uint32_t a = d.in(1, t), b = d.in(2, t);
    d.emit(logic<Op>, d.out(0, t), a, b);
}
void unary(Decoder& d, Mods& m) {
    Type t = bitType(d, m);
    d.count(2);
    uint32_t a = d.in(1, t);
    Fn fn = t == Type::PRED ? notPredicate : byBits(t, [](auto v) -> Fn { return &invert<decltype(v)>; });
    d.emit(fn, d.out(0, t), a);
}
void shift(Decoder& d, Mods& m) {
    Type t = m.type();
    bool left = m.name == "shl";
    if (isFloat(t) || t == Type::PRED || bytesOf(t) < 2 || (left && t > Type::B64)) d.wrong("not of type %s", nameOf(t));
    d.count(3);
    uint32_t a = d.in(1, t), b = d.in(2, Type::B32);
    Fn fn = left ? byBits(t, [](auto v) -> Fn { return &shl<decltype(v)>; }) : byInteger(t, [](auto v) -> Fn { return &shr<decltype(v)>; });
    d.emit(fn, d.out(0, t), a, b);
}
void shf(Decoder& d, Mods& m) {
    string_view side = m.oneOf({"l", "r"}), mode = m.oneOf({"wrap", "clamp"});
    if (m.type() != Type::B32 || side.empty() || mode.empty()) d.wrong("not of this form");
    d.count(4);
    bool l = side == "l", w = mode == "wrap";
    uint32_t a = d.in(1, Type::B32), b = d.in(2, Type::B32), c = d.in(3, Type::B32);
    d.emit(l ? (w ? funnel<true, true> : funnel<true, false>) : (w ? funnel<false, true> : funnel<false, false>), d.out(0, Type::B32), a, b, c);
}
void threeWay(Decoder& d, Mods& m) {
    if (m.type() != Type::B32) d.wrong("not of this type");
    d.count(5);
    const Operand& lut = d.s.args[4];
    if (lut.kind != Operand::NUMBER || lut.number.bits > 255) d.wrong("the table is a number up to 255");
    uint32_t a = d.in(1, Type::B32), b = d.in(2, Type::B32), c = d.in(3, Type::B32);
    d.emit(lop3, d.out(0, Type::B32), a, b, c).imm = (int64_t) lut.number.bits;
}
Type longType(Decoder& d, Mods& m) {
    Type t = m.type();
    if (isFloat(t) || t == Type::PRED || bytesOf(t) < 4) d.wrong("not of type %s", nameOf(t));
    return t;
}
void counts(Decoder& d, Mods& m) {
    bool amount = m.take("shiftamt");
    Type t = longType(d, m);
    d.count(2);
    uint32_t a = d.in(1, t);
    Fn fn = m.name == "popc"  ? byBits(t, [](auto v) -> Fn { return &popc<decltype(v)>; })
            : m.name == "clz" ? byBits(t, [](auto v) -> Fn { return &clz<decltype(v)>; })
                              : byInteger(t, [](auto v) -> Fn { return &bfind<decltype(v)>; });
    if (amount && m.name != "bfind") d.wrong("'.shiftamt' is of bfind");
    d.emit(fn, d.out(0, Type::B32), a).flags = amount;
}
void reverse(Decoder& d, Mods& m) {
    Type t = longType(d, m);
    d.count(2);
    uint32_t a = d.in(1, t);
    d.emit(byBits(t, [](auto v) -> Fn { return &brev<decltype(v)>; }), d.out(0, t), a);
}
void extract(Decoder& d, Mods& m) {
    Type t = longType(d, m);
    d.count(4);
    uint32_t a = d.in(1, t), b = d.in(2, Type::B32), c = d.in(3, Type::B32);
    d.emit(byInteger(t, [](auto v) -> Fn { return &bfe<decltype(v)>; }), d.out(0, t), a, b, c);
}
void insert(Decoder& d, Mods& m) {
    Type t = longType(d, m);
    d.count(5);
    uint32_t a = d.in(1, t), b = d.in(2, t), pos = d.in(3, Type::B32), len = d.in(4, Type::B32);
    d.extra(d.emit(byBits(t, [](auto v) -> Fn { return &bfi<decltype(v)>; }), d.out(0, t), a, b, pos)).slots = {len};
}
void mask(Decoder& d, Mods& m) {
    string_view mode = m.oneOf({"clamp", "wrap"});
    if (mode.empty() || m.type() != Type::B32) d.wrong("not of this form");
    d.count(3);
    uint32_t a = d.in(1, Type::B32), b = d.in(2, Type::B32);
    d.emit(bmsk, d.out(0, Type::B32), a, b).flags = mode == "wrap";
}
void permute(Decoder& d, Mods& m) {
    if (m.type() != Type::B32) d.wrong("not of this type");
    static const std::map<string_view, int> modes = {{"f4e", F4E}, {"b4e", B4E}, {"rc8", RC8}, {"ecl", ECL}, {"ecr", ECR}, {"rc16", RC16}};
    string_view mode = m.oneOf({"f4e", "b4e", "rc8", "ecl", "ecr", "rc16"});
    d.count(4);
    uint32_t a = d.in(1, Type::B32), b = d.in(2, Type::B32), c = d.in(3, Type::B32);
    d.emit(prmt, d.out(0, Type::B32), a, b, c).imm = mode.empty() ? BYTES : modes.at(mode);
}
} // namespace
void bitwise(Table& t) {
    t["and"] = binary<And>;
    t["or"] = binary<Or>;
    t["xor"] = binary<Xor>;
    t["not"] = unary;
    t["cnot"] = [](Decoder& d, Mods& m) {
        Type type = bitType(d, m);
        d.count(2);
        uint32_t a = d.in(1, type);
        d.emit(byBits(type, [](auto v) -> Fn { return &isZero<decltype(v)>; }), d.out(0, type), a);
    };
    t["shl"] = t["shr"] = shift;
    t["shf"] = shf;
    t["lop3"] = threeWay;
    t["popc"] = t["clz"] = t["bfind"] = counts;
    t["brev"] = reverse;
    t["bfe"] = extract;
    t["bfi"] = insert;
    t["bmsk"] = mask;
    t["prmt"] = permute;
}
} // namespace ptx
