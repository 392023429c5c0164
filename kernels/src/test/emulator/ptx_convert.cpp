// cvt: between all types, with rounding, saturation and flushing.
#include "ptx_float.h"

namespace ptx {
namespace {
template <class D, class S> const Inst* between(uint64_t* r, const Inst* i, Thread&) { // whole numbers
    r[i->d] = (uint64_t) (D) get<S>(r[i->a]);
    return i + 1;
}
// All other conversions. imm: type of the source, of the result.
uint64_t fromWhole(__int128 v, Type to, int mode, uint32_t flags) {
    if (!isFloat(to)) {
        if (flags & SAT) {
            int bits_ = 8 * (int) bytesOf(to);
            __int128 one = 1, least = isSigned(to) ? -(one << (bits_ - 1)) : 0, most = isSigned(to) ? (one << (bits_ - 1)) - 1 : (one << bits_) - 1;
            v = std::max(least, std::min(most, v));
        }
        return (uint64_t) v;
    }
    bool positive = v >= 0;
    uint64_t size = (uint64_t) (positive ? v : -v);
    if (to == Type::F64 || to == Type::F32) {
        // Rounding is of the signed number
        volatile uint64_t u = size;
        volatile int64_t s = (int64_t) v;
        if (to == Type::F64) {
            return bits(rounded(mode, [&] {
                volatile double w = positive ? (double) u : (double) s;
                return (double) w;
            }));
        }
        float f = rounded(mode, [&] {
            volatile float w = positive ? (float) u : (float) s;
            return (float) w;
        });
        return bits(flags & SAT ? saturate(f) : f);
    }
    // To 16 bits: two parts that are exact, the second only seen as not zero.
    double w = (double) (size & ~0xfffull);
    if (size & 0xfff) w = size < (1ull << 53) ? (double) size : w + 0x800;
    w = positive ? w : -w;
    return to == Type::F16 ? toHalf(w, mode) : toBrain(w, mode);
}
double wholeOf(double v, int mode) {
    return mode == RN ? std::nearbyint(v) : mode == RZ ? std::trunc(v) : mode == RM ? std::floor(v) : std::ceil(v);
}
uint64_t toWhole(double v, Type from, Type to, int mode) {
    int width = 8 * (int) bytesOf(to);
    if (v != v) return from != Type::F64 && width != 64 ? 0 : 1ull << (width - 1);
    v = wholeOf(v, mode);
    double most = std::ldexp(1.0, isSigned(to) ? width - 1 : width), least = isSigned(to) ? -most : 0;
    if (v >= most) return isSigned(to) ? (1ull << (width - 1)) - 1 : width == 64 ? ~0ull : (1ull << width) - 1;
    if (v <= least) return isSigned(to) ? (uint64_t) (int64_t) least : 0;
    return isSigned(to) ? (uint64_t) (int64_t) v : (uint64_t) v;
}
uint64_t fromReal(double v, Type from, Type to, int mode, uint32_t flags) {
    if (!isFloat(to)) return toWhole(v, from, to, mode);
    if (flags & INTEGER) v = wholeOf(v, mode), mode = RN;
    if (flags & SAT) v = saturate(v);
    if (flags & RELU) v = v < 0 ? 0 : v;
    switch (to) {
    case Type::F64: return bits(v);
    case Type::F16: return toHalf(v, mode);
    case Type::BF16: return toBrain(v, mode);
    case Type::TF32: return v != v ? 0x7fffffff : bits((float) quantise(v, 11, -126, 127, mode));
    default: {
        volatile double d = v;
        float f = mode == RN ? (float) v : rounded(mode, [&] {
            volatile float w = (float) d;
            return (float) w;
        });
        f = canonical(f);
        return bits(flags & FTZ ? flush(f) : f);
    }
    }
}
double realOf(uint64_t slot, Type from, uint32_t flags) {
    if (from == Type::F64) return get<double>(slot);
    if (from == Type::F16) return fromHalf((uint16_t) slot);
    if (from == Type::BF16) return fromBrain((uint16_t) slot);
    float f = get<float>(slot);
    return flags & FTZ ? flush(f) : f;
}
__int128 wholeOf(uint64_t slot, Type from) {
    switch (from) {
    case Type::S8: return (int8_t) slot;
    case Type::S16: return (int16_t) slot;
    case Type::S32: return (int32_t) slot;
    case Type::S64: return (int64_t) slot;
    case Type::U8: return (uint8_t) slot;
    case Type::U16: return (uint16_t) slot;
    case Type::U32: return (uint32_t) slot;
    default: return (__int128) (uint64_t) slot;
    }
}
const Inst* general(uint64_t* r, const Inst* i, Thread&) {
    Type from = (Type) (i->imm & 255), to = (Type) (i->imm >> 8 & 255);
    int mode = i->flags >> ROUNDING & 7;
    r[i->d] = isFloat(from) ? fromReal(realOf(r[i->a], from, i->flags), from, to, mode, i->flags) : fromWhole(wholeOf(r[i->a], from), to, mode, i->flags);
    return i + 1;
}
const Inst* pack(uint64_t* r, const Inst* i, Thread&) { // two floats to a pair; the first is the upper one
    Type to = (Type) i->imm;
    int mode = i->flags >> ROUNDING & 7;
    auto one = [&](uint32_t slot) { return fromReal(get<float>(r[slot]), Type::F32, to, mode, i->flags); };
    r[i->d] = one(i->a) << 16 | one(i->b);
    return i + 1;
}
const Inst* halfToSingle(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits(fromHalf((uint16_t) r[i->a]));
    return i + 1;
}
const Inst* singleToDouble(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits((double) get<float>(r[i->a]));
    return i + 1;
}
Fn wholeToWhole(Type to, Type from) {
    return byInteger(to, [&](auto d) -> Fn { return byInteger(from, [](auto s) -> Fn { return &between<decltype(d), decltype(s)>; }); });
}
void cvt(Decoder& d, Mods& m) {
    uint32_t flags = 0;
    int mode = RN;
    bool named = true;
    string_view r = m.oneOf({"rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi"});
    if (r.empty()) {
        named = false;
    } else {
        mode = r == "rna" ? RNA : r[1] == 'n' ? RN : r[1] == 'z' ? RZ : r[1] == 'm' ? RM : RP;
        if (r.size() == 3 && r != "rna") flags |= INTEGER;
    }
    if (m.take("ftz")) flags |= FTZ;
    if (m.take("sat")) flags |= SAT;
    if (m.take("relu")) flags |= RELU;
    Type to = m.type(), from = m.type();
    flags |= (uint32_t) mode << ROUNDING;
    bool untyped = (to >= Type::B8 && to <= Type::B64) || (from >= Type::B8 && from <= Type::B64);
    if (untyped || to == Type::PRED || from == Type::PRED || from == Type::TF32 || bytesOf(from) == 0) d.wrong("not between these types");
    if (to == Type::F16X2 || to == Type::BF16X2) {
        if (from != Type::F32 || (mode != RN && mode != RZ) || !named || flags & INTEGER) d.wrong("not of this form");
        d.count(3);
        uint32_t a = d.in(1, from), b = d.in(2, from);
        Inst& i = d.emit(pack, d.out(0, to), a, b);
        i.flags = flags, i.imm = (int) (to == Type::F16X2 ? Type::F16 : Type::BF16);
        return;
    }
    if (from == Type::F16X2 || from == Type::BF16X2) d.wrong("not from this type");
    bool fromReal_ = isFloat(from), toReal = isFloat(to);
    // Where something is lost a rounding must be named, as the assembler demands.
    bool narrows = toReal && (!fromReal_ || bytesOf(from) > bytesOf(to) || to == Type::TF32 || (from != to && bytesOf(from) == 2 && bytesOf(to) == 2));
    if ((narrows && !named) || (!toReal && fromReal_ && !(flags & INTEGER)) || (!toReal && !fromReal_ && named)) d.wrong("the rounding does not go with the types");
    if (flags & INTEGER && toReal && from != to) d.wrong("rounding to a whole number changes no type");
    d.count(2);
    uint32_t a = d.in(1, from, true), to_ = d.out(0, to, true);
    Fn fn = general;
    if (!fromReal_ && !toReal && !(flags & SAT)) fn = wholeToWhole(to, from);
    if (from == Type::F16 && to == Type::F32 && !(flags & ~(7u << ROUNDING))) fn = halfToSingle;
    if (from == Type::F32 && to == Type::F64 && !(flags & ~(7u << ROUNDING))) fn = singleToDouble;
    Inst& i = d.emit(fn, to_, a);
    i.flags = flags;
    i.imm = (int) from | (int) to << 8;
}
} // namespace
void conversions(Table& t) { t["cvt"] = cvt; }
} // namespace ptx
