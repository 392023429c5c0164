// Loads and stores.
#include "ptx_decode.h"

namespace ptx {
namespace {
inline uint64_t* slots(const Inst* i, uint64_t* r) { return r + i->a; }
// Slot c holds the space; imm the offset.
template <class T> const Inst* load(uint64_t* r, const Inst* i, Thread& t) {
    T v;
    memcpy(&v, reach(t, (Space) i->c, r[i->a] + i->imm, sizeof v, false, i->flags), sizeof v);
    r[i->d] = (uint64_t) v;
    return i + 1;
}
template <class T> const Inst* loadVector(uint64_t* r, const Inst* i, Thread& t) {
    const auto& to = i->extra->slots;
    T v[8];
    memcpy(v, reach(t, (Space) i->c, r[i->a] + i->imm, sizeof(T) * to.size(), false, i->flags), sizeof(T) * to.size());
    for (size_t k = 0; k < to.size(); k++) r[to[k]] = (uint64_t) v[k];
    return i + 1;
}
template <class T> const Inst* store(uint64_t* r, const Inst* i, Thread& t) {
    T v = get<T>(r[i->b]);
    memcpy(reach(t, (Space) i->c, r[i->a] + i->imm, sizeof v, true, i->flags), &v, sizeof v);
    return i + 1;
}
template <class T> const Inst* storeVector(uint64_t* r, const Inst* i, Thread& t) {
    const auto& from = i->extra->slots;
    T v[8];
    for (size_t k = 0; k < from.size(); k++) v[k] = get<T>(r[from[k]]);
    memcpy(reach(t, (Space) i->c, r[i->a] + i->imm, sizeof(T) * from.size(), true, i->flags), v, sizeof(T) * from.size());
    return i + 1;
}
// Parameters lie in the frame: slot a, offset imm.
template <class T> const Inst* loadParam(uint64_t* r, const Inst* i, Thread&) {
    T v;
    memcpy(&v, reinterpret_cast<char*>(slots(i, r)) + i->imm, sizeof v);
    r[i->d] = (uint64_t) v;
    return i + 1;
}
template <class T> const Inst* storeParam(uint64_t* r, const Inst* i, Thread&) {
    T v = get<T>(r[i->b]);
    memcpy(reinterpret_cast<char*>(slots(i, r)) + i->imm, &v, sizeof v);
    return i + 1;
}
const Inst* nothing(uint64_t*, const Inst* i, Thread&) { return i + 1; }

struct Shape {
    Space space;
    uint32_t flags = 0;
    int elements;
    Type type;
};
Shape shape(Decoder& d, Mods& m) {
    Shape s;
    if (m.cache()) s.flags |= ATOMIC;
    s.space = m.space();
    if (m.take("nc")) {
        if (s.space != Space::GLOBAL) d.wrong("'.nc' is of global memory");
        s.flags |= READ_ONLY;
    }
    s.elements = m.take("v2") ? 2 : m.take("v4") ? 4 : 1;
    s.type = m.type();
    if (s.type == Type::PRED || s.type == Type::TF32 || bytesOf(s.type) * s.elements > 16) d.wrong("not of this type");
    return s;
}
// Values of the shape: registers of ld (to) or operands of st.
std::vector<uint32_t> values(Decoder& d, const Operand& o, const Shape& s, bool to) {
    auto one = [&](const Operand& e) { return to ? d.out(e, s.type, true) : d.in(e, s.type, true); };
    if (s.elements == 1) return {one(o)};
    if (o.kind != Operand::LIST || o.list.size() != (size_t) s.elements) d.wrong("%d values are expected", s.elements);
    std::vector<uint32_t> all;
    for (const Operand& e : o.list) all.push_back(one(e));
    return all;
}
void ofParam(Decoder& d, const Shape& s, const Operand& address, const Operand& value, bool isLoad) {
    auto p = d.place(address, Space::PARAM);
    size_t bytes = bytesOf(s.type);
    if (p.param && (p.offset < 0 || p.offset + bytes * s.elements > p.param->bytes)) d.wrong("outside of parameter %.*s", (int) address.name.size(), address.name.data());
    if (p.param && p.offset % (bytes * s.elements) && p.offset % bytes) d.wrong("offset %ld is no multiple of the type's size", (long) p.offset);
    auto slots = values(d, value, s, isLoad);
    for (size_t k = 0; k < slots.size(); k++) {
        if (p.param) {
            Fn fn = isLoad ? byInteger(s.type, [](auto v) -> Fn { return &loadParam<decltype(v)>; }) : byBits(s.type, [](auto v) -> Fn { return &storeParam<decltype(v)>; });
            d.emit(fn, slots[k], p.base, slots[k]).imm = p.offset + (int64_t) (k * bytes);
        } else {
            if (!isLoad) d.wrong("a parameter is stored to by name");
            Inst& i = d.emit(byInteger(s.type, [](auto v) -> Fn { return &load<decltype(v)>; }), slots[k], p.base, 0, (uint32_t) Space::PARAM);
            i.imm = p.offset + (int64_t) (k * bytes);
        }
    }
}
void ld(Decoder& d, Mods& m) {
    Shape s = shape(d, m);
    d.count(2);
    if (s.space == Space::PARAM) return ofParam(d, s, d.s.args[1], d.s.args[0], true);
    auto p = d.place(d.s.args[1], s.space);
    auto to = values(d, d.s.args[0], s, true);
    Fn fn = s.elements == 1 ? byInteger(s.type, [](auto v) -> Fn { return &load<decltype(v)>; }) : byInteger(s.type, [](auto v) -> Fn { return &loadVector<decltype(v)>; });
    Inst& i = d.emit(fn, to[0], p.base, 0, (uint32_t) s.space);
    i.imm = p.offset, i.flags = s.flags;
    if (s.elements > 1) d.extra(i).slots = to;
}
void st(Decoder& d, Mods& m) {
    Shape s = shape(d, m);
    d.count(2);
    if (s.space == Space::PARAM) return ofParam(d, s, d.s.args[0], d.s.args[1], false);
    if (s.space == Space::CONST || s.flags & READ_ONLY) d.wrong("memory that is only read");
    auto p = d.place(d.s.args[0], s.space);
    auto from = values(d, d.s.args[1], s, false);
    Fn fn = s.elements == 1 ? byBits(s.type, [](auto v) -> Fn { return &store<decltype(v)>; }) : byBits(s.type, [](auto v) -> Fn { return &storeVector<decltype(v)>; });
    Inst& i = d.emit(fn, 0, p.base, from[0], (uint32_t) s.space);
    i.imm = p.offset, i.flags = s.flags;
    if (s.elements > 1) d.extra(i).slots = from;
}
void prefetch(Decoder& d, Mods& m) { // only of use for speed
    m.space();
    m.oneOf({"L1", "L2", "L2::evict_last", "L2::evict_normal"});
    d.count(1);
    d.place(d.s.args[0], Space::GENERIC);
    d.emit(nothing);
}
} // namespace
void memory(Table& t) {
    t["ld"] = ld;
    t["ldu"] = ld;
    t["st"] = st;
    t["prefetch"] = t["prefetchu"] = prefetch;
}
} // namespace ptx
