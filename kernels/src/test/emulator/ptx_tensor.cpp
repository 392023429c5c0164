// Products of small matrices by a warp (mma), their loads (ldmatrix), and asynchronous copies to shared memory.
#include "ptx_float.h"

namespace ptx {
namespace {
struct Matrices { // of the instruction; extra: slots of d, a, b, c one after the other
    int k;
    Type d, a, b, c;
    size_t nd, na, nb, nc; // registers
};
struct Mma : Extra {
    Matrices m;
};
struct Lane {
    uint64_t* r;
    const Inst* i;
    char row[16]; // of ldmatrix
};
double element(uint64_t slot, Type t, int k) { // the k-th of a register
    switch (t) {
    case Type::F16: return fromHalf((uint16_t) (slot >> (16 * k)));
    case Type::BF16: return fromBrain((uint16_t) (slot >> (16 * k)));
    case Type::TF32: return get<float>(slot & 0xffffe000); // what is below is not looked at
    case Type::S8: return (int8_t) (slot >> (8 * k));
    case Type::U8: return (uint8_t) (slot >> (8 * k));
    case Type::S32: return (int32_t) slot;
    case Type::F32: return get<float>(slot);
    default: return get<double>(slot);
    }
}
size_t perRegister(Type t) { return bytesOf(t) >= 4 ? 1 : 4 / bytesOf(t); }
// 16 rows, 8 columns; f64 has 8 rows. The sum is made in double and rounded once; a GPU rounds on the way, and down.
void multiply(void** lanes) {
    auto lane = [&](int l) { return static_cast<Lane*>(lanes[l]); };
    const Extra& e = *lane(0)->i->extra;
    const Matrices& m = static_cast<const Mma&>(e).m;
    static double a[16][32], b[32][8], c[16][8];
    size_t pa = perRegister(m.a), pb = perRegister(m.b), pc = perRegister(m.c), pd = perRegister(m.d);
    int rows = m.a == Type::F64 ? 8 : 16;
    for (int l = 0; l < 32; l++) {
        const uint64_t* r = lane(l)->r;
        const auto& s = lane(l)->i->extra->slots;
        int group = l / 4, in = l % 4;
        for (size_t j = 0; j < m.na; j++) {
            for (size_t k = 0; k < pa; k++) a[group + (j & 1 ? 8 : 0)][in * pa + k + (j >> 1) * 4 * pa] = element(r[s[m.nd + j]], m.a, (int) k);
        }
        for (size_t j = 0; j < m.nb; j++) {
            for (size_t k = 0; k < pb; k++) b[in * pb + k + j * 4 * pb][group] = element(r[s[m.nd + m.na + j]], m.b, (int) k);
        }
        for (size_t j = 0; j < m.nc * pc; j++) c[group + (j > 1 ? 8 : 0)][2 * in + (j & 1)] = element(r[s[m.nd + m.na + m.nb + j / pc]], m.c, (int) (j % pc));
    }
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < 8; j++) {
            double sum = c[i][j];
            for (int k = 0; k < m.k; k++) sum = m.a == Type::F64 ? std::fma(a[i][k], b[k][j], sum) : sum + a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    }
    for (int l = 0; l < 32; l++) {
        uint64_t* r = lane(l)->r;
        const auto& s = lane(l)->i->extra->slots;
        for (size_t j = 0; j < m.nd * pd; j++) {
            double v = c[l / 4 + (j > 1 ? 8 : 0)][2 * (l % 4) + (j & 1)];
            uint64_t& slot = r[s[j / pd]];
            if (m.d == Type::F32) slot = bits(canonical((float) v));
            else if (m.d == Type::F64) slot = bits(v);
            else if (m.d == Type::S32) slot = (uint32_t) (int64_t) v; // wraps
            else slot = j % 2 ? (slot & 0xffff) | (uint64_t) toHalf(v) << 16 : toHalf(v);
        }
    }
}
const Inst* mma(uint64_t* r, const Inst* i, Thread&) {
    Lane mine{r, i, {}};
    emu::together(multiply, &mine);
    return i + 1;
}
// flags: number of matrices, NEGATE: transposed.
void distribute(void** lanes) {
    auto lane = [&](int l) { return static_cast<Lane*>(lanes[l]); };
    size_t n = lane(0)->i->extra->slots.size();
    bool transposed = lane(0)->i->flags & NEGATE;
    for (int l = 0; l < 32; l++) {
        for (size_t k = 0; k < n; k++) {
            uint16_t two[2];
            for (int h = 0; h < 2; h++) {
                int row = transposed ? 2 * (l % 4) + h : l / 4, column = transposed ? l / 4 : 2 * (l % 4) + h;
                memcpy(&two[h], lane((int) k * 8 + row)->row + 2 * column, 2);
            }
            lane(l)->r[lane(l)->i->extra->slots[k]] = two[0] | (uint64_t) two[1] << 16;
        }
    }
}
const Inst* ldmatrix(uint64_t* r, const Inst* i, Thread& t) {
    Lane mine{r, i, {}};
    if ((size_t) emu::lane() < 8 * i->extra->slots.size()) memcpy(mine.row, reach(t, (Space) i->c, r[i->a] + i->imm, 16, false, 0), 16);
    emu::together(distribute, &mine);
    return i + 1;
}

struct Shape {
    string_view name;
    int k;
};
std::vector<uint32_t> fragment(Decoder& d, const Operand& o, Type t, size_t n, bool to) {
    std::vector<uint32_t> all;
    auto one = [&](const Operand& e) { all.push_back(to ? d.out(e, t) : d.in(e, t)); };
    if (o.kind == Operand::LIST) {
        for (const Operand& e : o.list) one(e);
    } else {
        one(o);
    }
    if (all.size() != n) d.wrong("%zu registers where %zu are expected", all.size(), n);
    return all;
}
void decodeMma(Decoder& d, Mods& m) {
    if (!m.take("sync") || !m.take("aligned")) d.wrong("'.sync.aligned' is missing");
    int k = 0;
    bool eight = m.take("m8n8k4");
    if (eight) k = 4;
    static const Shape shapes[] = {{"m16n8k4", 4}, {"m16n8k8", 8}, {"m16n8k16", 16}, {"m16n8k32", 32}};
    for (auto& s : shapes) {
        if (m.take(s.name)) k = s.k;
    }
    if (!k || !m.take("row") || !m.take("col")) d.wrong("not of this shape or layout");
    Matrices x{};
    x.k = k;
    x.d = m.type(), x.a = m.type(), x.b = m.type(), x.c = m.type();
    bool bytes = bytesOf(x.a) == 1, right;
    if (eight) {
        right = x.d == Type::F64 && x.a == x.d && x.b == x.d && x.c == x.d;
        x.nd = x.nc = 2, x.na = x.nb = 1;
    } else {
        Type accumulator = x.c;
        right = x.d == x.c && (bytes ? (x.a == Type::S8 || x.a == Type::U8) && (x.b == Type::S8 || x.b == Type::U8) && accumulator == Type::S32 && (k == 16 || k == 32)
                                     : x.a == x.b
                                           && ((x.a == Type::F16 && (k == 8 || k == 16) && (accumulator == Type::F32 || accumulator == Type::F16))
                                               || (x.a == Type::BF16 && (k == 8 || k == 16) && accumulator == Type::F32)
                                               || (x.a == Type::TF32 && (k == 4 || k == 8) && accumulator == Type::F32)));
        x.na = 16 * k / 32 / perRegister(x.a);
        x.nb = 8 * k / 32 / perRegister(x.b);
        x.nc = x.nd = accumulator == Type::F16 ? 2 : 4;
    }
    if (!right) d.wrong("not of these types");
    d.count(4);
    Type input = eight ? Type::F64 : Type::B32, sum = x.d == Type::F16 ? Type::B32 : x.d;
    auto a = fragment(d, d.s.args[1], input, x.na, false), b = fragment(d, d.s.args[2], input, x.nb, false), c = fragment(d, d.s.args[3], sum, x.nc, false);
    auto to = fragment(d, d.s.args[0], sum, x.nd, true);
    auto e = std::make_unique<Mma>();
    e->m = x;
    for (auto* part : {&to, &a, &b, &c}) e->slots.insert(e->slots.end(), part->begin(), part->end());
    d.emit(mma).extra = e.get();
    d.function.extras.push_back(std::move(e));
    d.function.synchronises = true;
}
void decodeLdmatrix(Decoder& d, Mods& m) {
    bool sync = m.take("sync"), aligned = m.take("aligned"), shape = m.take("m8n8");
    string_view n = m.oneOf({"x1", "x2", "x4"});
    bool transposed = m.take("trans");
    Space s = m.space();
    if (!sync || !aligned || !shape || n.empty() || m.type() != Type::B16 || (s != Space::SHARED && s != Space::GENERIC)) d.wrong("not of this form");
    d.count(2);
    auto p = d.place(d.s.args[1], s);
    auto to = fragment(d, d.s.args[0], Type::B32, (size_t) (n[1] - '0'), true);
    Inst& i = d.emit(ldmatrix, 0, p.base, 0, (uint32_t) s);
    i.imm = p.offset;
    i.flags = transposed ? NEGATE : 0;
    d.extra(i).slots = to;
    d.function.synchronises = true;
}

// Copies are made when they are waited for, so that what reads too early finds what was there before.
const Inst* copyLater(uint64_t* r, const Inst* i, Thread& t) { // a: to, b: from, c: bytes of the source; imm: bytes
    size_t bytes = (size_t) i->imm, given = (uint32_t) r[i->c];
    if (given > bytes) emu::abandon("a copy of %zu bytes from %zu", bytes, given);
    uint64_t from = r[i->b] + i->extra->bytes[1];
    Copy c{r[i->a] + i->extra->bytes[0], (Space) i->flags, std::vector<char>(bytes, 0)};
    emu::requireAligned(reinterpret_cast<void*>(from), bytes);
    for (size_t k = 0; k < given; k++) c.bytes[k] = *reach(t, Space::GLOBAL, from + k, 1, false, 0);
    t.open.push_back(std::move(c));
    return i + 1;
}
void arrive(Thread& t, std::vector<Copy>& all) {
    for (Copy& c : all) memcpy(reach(t, c.space, c.to, c.bytes.size(), true, 0), c.bytes.data(), c.bytes.size());
    all.clear();
}
const Inst* commit(uint64_t*, const Inst* i, Thread& t) {
    t.groups.push_back(std::move(t.open));
    t.open.clear();
    return i + 1;
}
const Inst* wait(uint64_t*, const Inst* i, Thread& t) { // for all groups but the last imm; -1: for every copy
    size_t keep = i->imm < 0 ? 0 : (size_t) i->imm;
    while (t.groups.size() > keep) {
        arrive(t, t.groups.front());
        t.groups.erase(t.groups.begin());
    }
    if (i->imm < 0) arrive(t, t.open);
    return i + 1;
}
void decodeCopy(Decoder& d, Mods& m) {
    if (!m.take("async")) d.wrong("only cp.async is supported");
    if (m.take("commit_group")) {
        d.count(0);
        d.emit(commit);
        return;
    }
    bool group = m.take("wait_group");
    if (group || m.take("wait_all")) {
        d.count(group ? 1 : 0);
        if (group && (d.s.args[0].kind != Operand::NUMBER || d.s.args[0].number.bits > 64)) d.wrong("a number is expected");
        d.emit(wait).imm = group ? (int64_t) d.s.args[0].number.bits : -1;
        return;
    }
    bool whole = m.take("cg");
    if (!whole && !m.take("ca")) d.wrong("'.ca' or '.cg' is missing");
    if (m.space() != Space::GLOBAL || m.space() != Space::SHARED) d.wrong("from global to shared memory only");
    m.cache();
    d.count(3, 4);
    const Operand& size = d.s.args[2];
    uint64_t bytes = size.number.bits;
    if (size.kind != Operand::NUMBER || (bytes != 16 && (whole || (bytes != 4 && bytes != 8)))) d.wrong("not of this size");
    auto to = d.place(d.s.args[0], Space::SHARED), from = d.place(d.s.args[1], Space::GLOBAL);
    uint32_t given = d.s.args.size() == 4 ? d.in(3, Type::U32) : d.constant(bytes);
    Inst& i = d.emit(copyLater, 0, to.base, from.base, given);
    i.imm = (int64_t) bytes;
    i.flags = (uint32_t) Space::SHARED;
    d.extra(i).bytes = {(size_t) to.offset, (size_t) from.offset};
}
} // namespace
void tensors(Table& t) {
    t["mma"] = decodeMma;
    t["ldmatrix"] = decodeLdmatrix;
    t["cp"] = decodeCopy;
}
} // namespace ptx
