// Functions a GPU approximates. They are computed in double and rounded; a GPU differs by up to 2 units in the last place,
// of ex2, lg2, sin and cos by an absolute error of about 2^-21.
#include "ptx_float.h"

namespace ptx {
void exactRoot(Decoder& d, Mods& m, bool near);
void exactInverse(Decoder& d, Mods& m, bool near);
namespace {
double exp2_(double v) { return std::exp2(v); }
double log2_(double v) { return std::log2(v); }
double sin_(double v) { return std::sin(v); }
double cos_(double v) { return std::cos(v); }
double tanh_(double v) { return std::tanh(v); }
double rsqrt_(double v) { return 1 / std::sqrt(v); }

template <double (*F)(double)> const Inst* single(uint64_t* r, const Inst* i, Thread&) {
    float a = get<float>(r[i->a]);
    if (i->flags & FTZ) a = flush(a);
    float v = canonical((float) F(a));
    r[i->d] = bits(i->flags & FTZ ? flush(v) : v);
    return i + 1;
}
template <double (*F)(double), bool BRAIN> const Inst* halves(uint64_t* r, const Inst* i, Thread&) {
    uint64_t out = 0;
    for (int k = 0; k < (int) i->imm; k++) {
        uint16_t h = (uint16_t) (r[i->a] >> (16 * k));
        double v = F(BRAIN ? fromBrain(h) : fromHalf(h));
        out |= (uint64_t) (BRAIN ? toBrain(v) : toHalf(v)) << (16 * k);
    }
    r[i->d] = out;
    return i + 1;
}
// Doubles: only the high word of the result is computed, and the rest is 0.
template <double (*F)(double)> const Inst* highWord(uint64_t* r, const Inst* i, Thread&) {
    double v = F(flush(get<double>(r[i->a])));
    if (v != v) v = get<double>(0x7fffffffffffffff);
    r[i->d] = bits(flush(v)) & 0xffffffff00000000;
    return i + 1;
}
template <double (*F)(double)> const Inst* whole(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = bits(F(get<double>(r[i->a])));
    return i + 1;
}
double inverse(double v) { return 1 / v; }

template <double (*F)(double)> void approximate(Decoder& d, Mods& m) {
    if (!m.take("approx")) d.wrong("'.approx' is missing");
    bool ftz = m.take("ftz");
    Type t = m.type();
    d.count(2);
    uint32_t a = d.in(1, t);
    bool brain = t == Type::BF16 || t == Type::BF16X2, pair = t == Type::F16X2 || t == Type::BF16X2;
    bool halfToo = F == exp2_ || F == tanh_;
    if (t == Type::F64 && F == rsqrt_) {
        d.emit(ftz ? highWord<F> : whole<F>, d.out(0, t), a);
        return;
    }
    if (t != Type::F32 && !(halfToo && isFloat(t) && bytesOf(t) <= 4 && t != Type::TF32)) d.wrong("not of type %s", nameOf(t));
    Inst& i = d.emit(t == Type::F32 ? single<F> : brain ? halves<F, true> : halves<F, false>, d.out(0, t), a);
    i.flags = ftz ? FTZ : 0;
    i.imm = pair ? 2 : 1;
}
void rcp(Decoder& d, Mods& m) {
    bool near = m.take("approx");
    if (near && m.has("f64")) {
        if (!m.take("ftz")) d.wrong("'.ftz' is missing");
        m.type();
        d.count(2);
        uint32_t a = d.in(1, Type::F64);
        d.emit(highWord<inverse>, d.out(0, Type::F64), a);
        return;
    }
    exactInverse(d, m, near);
}
template <class T> const Inst* test(uint64_t* r, const Inst* i, Thread&) {
    T v = get<T>(r[i->a]);
    int c = std::fpclassify(v);
    bool yes = false;
    switch (i->imm) {
    case 0: yes = c != FP_NAN && c != FP_INFINITE; break;
    case 1: yes = c == FP_INFINITE; break;
    case 2: yes = c != FP_NAN; break;
    case 3: yes = c == FP_NAN; break;
    case 4: yes = c == FP_NORMAL; break;
    case 5: yes = c == FP_SUBNORMAL; break;
    }
    r[i->d] = yes;
    return i + 1;
}
void testp(Decoder& d, Mods& m) {
    static const string_view names[] = {"finite", "infinite", "number", "notanumber", "normal", "subnormal"};
    int which = -1;
    for (int k = 0; k < 6; k++) {
        if (m.take(names[k])) which = k;
    }
    Type t = m.type();
    if (which < 0 || (t != Type::F32 && t != Type::F64)) d.wrong("not of this form");
    d.count(2);
    uint32_t a = d.in(1, t);
    d.emit(t == Type::F32 ? test<float> : test<double>, d.out(0, Type::PRED), a).imm = which;
}
} // namespace
void functions(Table& t) {
    t["ex2"] = approximate<exp2_>;
    t["lg2"] = approximate<log2_>;
    t["sin"] = approximate<sin_>;
    t["cos"] = approximate<cos_>;
    t["tanh"] = approximate<tanh_>;
    t["rsqrt"] = approximate<rsqrt_>;
    t["rcp"] = rcp;
    t["sqrt"] = [](Decoder& d, Mods& m) { exactRoot(d, m, m.take("approx")); };
    t["testp"] = testp;
}
} // namespace ptx
