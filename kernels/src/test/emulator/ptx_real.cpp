// Arithmetic of real numbers: exact to the last digit in all rounding modes.
#include "ptx_float.h"

namespace ptx {
namespace {
struct Add { template <class T> static T of(T a, T b, T) { return a + b; } };
struct Sub { template <class T> static T of(T a, T b, T) { return a - b; } };
struct Mul { template <class T> static T of(T a, T b, T) { return a * b; } };
struct Div { template <class T> static T of(T a, T b, T) { return a / b; } };
struct Fma { template <class T> static T of(T a, T b, T c) { return std::fma(a, b, c); } };
struct Rcp { template <class T> static T of(T a, T, T) { return 1 / a; } };
struct Sqrt { template <class T> static T of(T a, T, T) { return std::sqrt(a); } };

template <class T, class Op> const Inst* fast(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits(canonical(Op::of(get<T>(r[i->a]), get<T>(r[i->b]), get<T>(r[i->c]))));
    return i + 1;
}
template <class T, class Op> const Inst* full(uint64_t* r, const Inst* i, Thread&) {
    volatile T a = get<T>(r[i->a]), b = get<T>(r[i->b]), c = get<T>(r[i->c]);
    if (i->flags & FTZ) a = flush(a), b = flush(b), c = flush(c);
    int mode = i->flags >> ROUNDING & 7;
    T v = mode == RN ? Op::of((T) a, (T) b, (T) c) : rounded(mode, [&] {
        volatile T w = Op::of((T) a, (T) b, (T) c);
        return (T) w;
    });
    v = canonical(v);
    if (i->flags & FTZ) v = flush(v);
    if (i->flags & SAT) v = saturate(v);
    r[i->d] = bits(v);
    return i + 1;
}
// Both halves of a slot, or one. Computed in double, with what rounding twice could spoil made odd.
template <class Op, bool BRAIN> const Inst* halves(uint64_t* r, const Inst* i, Thread&) {
    uint64_t out = 0;
    for (int k = 0; k < (int) i->imm; k++) {
        auto part = [&](uint32_t slot) {
            uint16_t h = (uint16_t) (r[slot] >> (16 * k));
            double v = BRAIN ? fromBrain(h) : fromHalf(h);
            return i->flags & FTZ && std::fabs(v) < 0x1p-14 ? std::copysign(0.0, v) : v;
        };
        double a = part(i->a), b = part(i->b), c = part(i->c);
        double v = std::is_same_v<Op, Fma> ? fusedOdd(a, b, c) : std::is_same_v<Op, Mul> ? a * b : fusedOdd(1, a, std::is_same_v<Op, Sub> ? -b : b);
        if (i->flags & FTZ && std::fabs(v) < 0x1p-14) v = std::copysign(0.0, v);
        if (i->flags & SAT) v = saturate(v);
        if (i->flags & RELU && v < 0) v = 0;
        out |= (uint64_t) (BRAIN ? toBrain(v) : toHalf(v)) << (16 * k);
    }
    r[i->d] = out;
    return i + 1;
}
// min and max: of a number and NaN the number, unless told otherwise; -0 is less than +0.
template <class T> T extreme(T a, T b, bool max, bool propagate) {
    if (a != a || b != b) {
        if (propagate || (a != a && b != b)) return sizeof(T) == 4 ? get<T>(0x7fffffff) : a != a ? a : b;
        return a != a ? b : a;
    }
    if (a == b) return std::signbit(a) == max ? b : a;
    return (a < b) == max ? b : a;
}
template <class T> const Inst* extremes(uint64_t* r, const Inst* i, Thread&) {
    T a = get<T>(r[i->a]), b = get<T>(r[i->b]);
    if (i->flags & FTZ) a = flush(a), b = flush(b);
    if (i->flags & ABSOLUTE) a = std::fabs(a), b = std::fabs(b);
    r[i->d] = bits(extreme(a, b, i->flags & SAT, i->flags & PROPAGATE));
    return i + 1;
}
template <bool BRAIN> const Inst* halfExtremes(uint64_t* r, const Inst* i, Thread&) {
    uint64_t out = 0;
    for (int k = 0; k < (int) i->imm; k++) {
        uint16_t x = (uint16_t) (r[i->a] >> (16 * k)), y = (uint16_t) (r[i->b] >> (16 * k));
        float a = BRAIN ? fromBrain(x) : fromHalf(x), b = BRAIN ? fromBrain(y) : fromHalf(y), v = extreme(a, b, i->flags & SAT, i->flags & PROPAGATE);
        out |= (uint64_t) (BRAIN ? toBrain(v) : toHalf(v)) << (16 * k);
    }
    r[i->d] = out;
    return i + 1;
}
// neg and abs only touch the sign; imm holds the signs of the type.
template <bool ABS> const Inst* sign(uint64_t* r, const Inst* i, Thread&) {
    uint64_t v = r[i->a];
    if (i->flags & FTZ) v = bits(flush(get<float>(v)));
    r[i->d] = ABS ? v & ~(uint64_t) i->imm : v ^ (uint64_t) i->imm;
    return i + 1;
}
template <class T> const Inst* copysign(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits(std::copysign(get<T>(r[i->b]), get<T>(r[i->a])));
    return i + 1;
}

bool half(Type t) { return t >= Type::F16 && t <= Type::BF16X2; }
bool brain(Type t) { return t == Type::BF16 || t == Type::BF16X2; }
uint32_t common(Mods& m) {
    uint32_t flags = 0;
    if (m.take("ftz")) flags |= FTZ;
    if (m.take("sat")) flags |= SAT;
    return flags;
}
template <class Op, int N> void arithmetic(Decoder& d, Mods& m) {
    int mode = m.rounding(-1);
    uint32_t flags = common(m);
    if (N == 3 && m.take("relu")) flags |= RELU;
    Type t = m.type();
    if (N == 3 && mode < 0) d.wrong("a rounding mode is missing");
    if (!isFloat(t) || t == Type::TF32 || (t == Type::F64 && flags) || (half(t) && mode > RN) || (flags & RELU && !half(t))) d.wrong("not of this form");
    d.count(N + 1);
    flags |= (uint32_t) std::max(mode, 0) << ROUNDING;
    uint32_t a = d.in(1, t), b = d.in(2, t), c = N == 3 ? d.in(3, t) : a;
    Fn fn;
    if (half(t)) {
        fn = brain(t) ? halves<Op, true> : halves<Op, false>;
    } else if (flags) {
        fn = t == Type::F32 ? full<float, Op> : full<double, Op>;
    } else {
        fn = t == Type::F32 ? fast<float, Op> : fast<double, Op>;
    }
    Inst& i = d.emit(fn, d.out(0, t), a, b, c);
    i.flags = flags;
    i.imm = t == Type::F16X2 || t == Type::BF16X2 ? 2 : 1;
}
void quotient(Decoder& d, Mods& m) {
    // .approx and .full are within 2 units in the last place of what is computed here.
    bool near = !m.oneOf({"approx", "full"}).empty();
    int mode = m.rounding(-1);
    uint32_t flags = common(m);
    Type t = m.type();
    if ((t != Type::F32 && t != Type::F64) || (near && t == Type::F64) || near == (mode >= 0)) d.wrong("not of this form");
    d.count(3);
    flags |= (uint32_t) std::max(mode, 0) << ROUNDING;
    uint32_t a = d.in(1, t), b = d.in(2, t);
    d.emit(t == Type::F32 ? (flags ? full<float, Div> : fast<float, Div>) : (flags ? full<double, Div> : fast<double, Div>), d.out(0, t), a, b, a).flags = flags;
}
template <bool MAX> void leastOrGreatest(Decoder& d, Mods& m) {
    uint32_t flags = MAX ? SAT : 0;
    if (m.take("ftz")) flags |= FTZ;
    if (m.take("NaN")) flags |= PROPAGATE;
    if (m.take("xorsign")) d.wrong("'.xorsign' is not supported");
    Type t = m.type();
    d.count(3);
    uint32_t a = d.in(1, t), b = d.in(2, t);
    Inst& i = d.emit(half(t) ? (brain(t) ? halfExtremes<true> : halfExtremes<false>) : t == Type::F32 ? extremes<float> : extremes<double>, d.out(0, t), a, b);
    i.flags = flags;
    i.imm = t == Type::F16X2 || t == Type::BF16X2 ? 2 : 1;
}
template <bool ABS> void signs(Decoder& d, Mods& m) {
    bool ftz = m.take("ftz");
    Type t = m.type();
    d.count(2);
    uint32_t a = d.in(1, t);
    Inst& i = d.emit(sign<ABS>, d.out(0, t), a);
    i.flags = ftz && t == Type::F32 ? FTZ : 0;
    i.imm = t == Type::F64 ? INT64_MIN : t == Type::F32 ? 1ll << 31 : bytesOf(t) == 4 ? 0x80008000ll : 0x8000;
}
template <class Op> void inverseOrRoot(Decoder& d, Mods& m, bool near) {
    int mode = m.rounding(-1);
    uint32_t flags = common(m) | (uint32_t) std::max(mode, 0) << ROUNDING;
    Type t = m.type();
    if ((t != Type::F32 && t != Type::F64) || near == (mode >= 0)) d.wrong("not of this form");
    d.count(2);
    uint32_t a = d.in(1, t);
    d.emit(t == Type::F32 ? (flags ? full<float, Op> : fast<float, Op>) : (flags ? full<double, Op> : fast<double, Op>), d.out(0, t), a, a, a).flags = flags;
}
} // namespace
Decode realOpcode(string_view name) {
    static const Table all = {{"add", arithmetic<Add, 2>}, {"sub", arithmetic<Sub, 2>}, {"mul", arithmetic<Mul, 2>}, {"mad", arithmetic<Fma, 3>},
                              {"div", quotient},           {"min", leastOrGreatest<false>}, {"max", leastOrGreatest<true>}, {"neg", signs<false>}, {"abs", signs<true>}};
    return all.at(name);
}
void exactRoot(Decoder& d, Mods& m, bool near) { inverseOrRoot<Sqrt>(d, m, near); }
void exactInverse(Decoder& d, Mods& m, bool near) { inverseOrRoot<Rcp>(d, m, near); }
void reals(Table& t) {
    t["fma"] = arithmetic<Fma, 3>;
    t["copysign"] = [](Decoder& d, Mods& m) {
        Type type = m.type();
        if (type != Type::F32 && type != Type::F64) d.wrong("not of type %s", nameOf(type));
        d.count(3);
        uint32_t a = d.in(1, type), b = d.in(2, type);
        d.emit(type == Type::F32 ? copysign<float> : copysign<double>, d.out(0, type), a, b);
    };
}
} // namespace ptx
