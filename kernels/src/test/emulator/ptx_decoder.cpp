// What the decoders of all families share: operands become slots, labels become distances.
#include "ptx_decode.h"
#include <algorithm>

namespace ptx {
namespace {
const struct {
    string_view name;
    Type type;
    size_t bytes;
} TYPES[] = {{"none", Type::NONE, 0}, {"b8", Type::B8, 1},     {"b16", Type::B16, 2},     {"b32", Type::B32, 4},       {"b64", Type::B64, 8},
             {"u8", Type::U8, 1},     {"u16", Type::U16, 2},   {"u32", Type::U32, 4},     {"u64", Type::U64, 8},       {"s8", Type::S8, 1},
             {"s16", Type::S16, 2},   {"s32", Type::S32, 4},   {"s64", Type::S64, 8},     {"f16", Type::F16, 2},       {"bf16", Type::BF16, 2},
             {"f16x2", Type::F16X2, 4}, {"bf16x2", Type::BF16X2, 4}, {"tf32", Type::TF32, 4}, {"f32", Type::F32, 4},   {"f64", Type::F64, 8},
             {"pred", Type::PRED, 1}};
bool untyped(Type t) { return t >= Type::B8 && t <= Type::B64; }
const Table& table() {
    static const Table all = [] {
        Table t;
        integers(t), reals(t), functions(t), bitwise(t), moves(t), comparisons(t), conversions(t), memory(t), atomics(t), flow(t), warps(t), tensors(t);
        return t;
    }();
    return all;
}
const Inst* invert(uint64_t* r, const Inst* i, Thread&) {
    r[i->d] = !r[i->a];
    return i + 1;
}
const Inst* skipUnless(uint64_t* r, const Inst* i, Thread&) { return r[i->a] ? i + 1 : i + i->imm; }
const Inst* skipIf(uint64_t* r, const Inst* i, Thread&) { return r[i->a] ? i + i->imm : i + 1; }
} // namespace

size_t bytesOf(Type t) { return TYPES[(int) t].bytes; }
const char* nameOf(Type t) { return TYPES[(int) t].name.data(); }
bool isFloat(Type t) { return t >= Type::F16 && t <= Type::F64; }
bool isSigned(Type t) { return t >= Type::S8 && t <= Type::S64; }
Type typeOf(string_view name) {
    for (auto& t : TYPES) {
        if (t.name == name && t.type != Type::NONE) return t.type;
    }
    return Type::NONE;
}

Mods::Mods(string_view opcode, int at) : whole(opcode), line(at) {
    size_t dot = opcode.find('.');
    name = opcode.substr(0, dot);
    while (dot != string_view::npos) {
        size_t next = opcode.find('.', dot + 1);
        left.push_back(opcode.substr(dot + 1, next - dot - 1));
        dot = next;
    }
}
bool Mods::has(string_view m) const { return std::find(left.begin(), left.end(), m) != left.end(); }
bool Mods::take(string_view m) {
    auto i = std::find(left.begin(), left.end(), m);
    if (i == left.end()) return false;
    left.erase(i);
    return true;
}
string_view Mods::oneOf(std::initializer_list<string_view> all) {
    for (string_view m : all) {
        if (take(m)) return m;
    }
    return {};
}
Type Mods::typeIf() {
    for (auto i = left.begin(); i != left.end(); ++i) {
        if (Type t = typeOf(*i); t != Type::NONE) {
            left.erase(i);
            return t;
        }
    }
    return Type::NONE;
}
Type Mods::type() {
    Type t = typeIf();
    if (t == Type::NONE) fail(line, "'%s' has no type", whole.c_str());
    return t;
}
Space Mods::space() {
    if (take("global")) return Space::GLOBAL;
    if (take("shared") || take("shared::cta")) return Space::SHARED;
    if (take("local")) return Space::LOCAL;
    if (take("const")) return Space::CONST;
    if (take("param")) return Space::PARAM;
    return Space::GENERIC;
}
bool Mods::cache() {
    bool orders = false;
    for (string_view m : {"weak", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "cta", "cluster", "gpu", "sys"}) take(m);
    for (string_view m : {"relaxed", "acquire", "release", "acq_rel", "volatile"}) orders |= take(m);
    for (auto i = left.begin(); i != left.end();) {
        bool hint = i->substr(0, 4) == "L1::" || (i->substr(0, 4) == "L2::" && i->substr(0, 9) != "L2::cache");
        i = hint ? left.erase(i) : i + 1;
    }
    return orders;
}
int Mods::rounding(int otherwise) {
    if (take("rn")) return RN;
    if (take("rz")) return RZ;
    if (take("rm")) return RM;
    if (take("rp")) return RP;
    return otherwise;
}
void Mods::end() {
    if (!left.empty()) fail(line, "'.%.*s' of '%s' is not supported", (int) left[0].size(), left[0].data(), whole.c_str());
}

void Decoder::wrong(const char* format, ...) {
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fail(s.line, "'%.*s': %s", (int) s.opcode.size(), s.opcode.data(), text);
}
void Decoder::count(size_t least, size_t most) {
    if (s.args.size() < least || s.args.size() > most) wrong("%zu operands", s.args.size());
}
uint32_t Decoder::fresh(size_t bytes) {
    uint32_t slot = function.slots;
    function.slots += (uint32_t) ((bytes + 7) / 8);
    if (function.slots > 1u << 22) wrong("too many registers");
    written.resize(function.slots);
    return slot;
}
uint32_t Decoder::constant(uint64_t v) {
    auto [i, isNew] = values.insert({v, 0});
    if (isNew) {
        i->second = fresh();
        function.constants.push_back({i->second, Constant::VALUE, v, nullptr});
    }
    return i->second;
}
Inst& Decoder::emit(Fn fn, uint32_t d, uint32_t a, uint32_t b, uint32_t c) {
    Inst i{};
    i.fn = fn, i.d = d, i.a = a, i.b = b, i.c = c, i.line = s.line;
    function.code.push_back(i);
    return function.code.back();
}
Extra& Decoder::extra(Inst& i) {
    function.extras.push_back(std::make_unique<Extra>());
    i.extra = function.extras.back().get();
    return *function.extras.back();
}
// A register by name: one of its own, or an element of a range such as %r<20> or of a vector.
const Scope::Reg* Decoder::find(string_view name, uint32_t* slot, Type* type) {
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        if (auto i = scope->regs.find(name); i != scope->regs.end() && !i->second.count) {
            *slot = i->second.slot, *type = i->second.type;
            return &i->second;
        }
    }
    string_view whole = name;
    uint32_t element = 0;
    bool part = false;
    if (name.size() > 2 && name[name.size() - 2] == '.') {
        size_t k = string_view("xyzw").find(name.back());
        if (k != string_view::npos) element = (uint32_t) k, part = true, name.remove_suffix(2);
    }
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        if (part) {
            if (auto i = scope->regs.find(name); i != scope->regs.end() && !i->second.count && element < (uint32_t) i->second.vector) {
                *slot = i->second.slot + element, *type = i->second.type;
                return &i->second;
            }
        }
        uint64_t number = 0, power = 1;
        for (size_t end = name.size(); end > 1 && isdigit((unsigned char) name[end - 1]) && power < 10000000;) {
            number += (uint64_t) (name[--end] - '0') * power;
            power *= 10;
            auto i = scope->regs.find(name.substr(0, end));
            if (i == scope->regs.end() || number >= i->second.count) continue;
            if (name[end] == '0' && power > 10) continue;
            if (part && element >= (uint32_t) i->second.vector) continue;
            *slot = i->second.slot + (uint32_t) number * i->second.vector + element, *type = i->second.type;
            return &i->second;
        }
    }
    (void) whole;
    return nullptr;
}
Type Decoder::registerType(const Operand& o) {
    uint32_t slot;
    Type t = Type::NONE;
    if (o.kind == Operand::NAME) find(o.name, &slot, &t);
    return t;
}
static bool fits(Type reg, Type t, bool wide) {
    if ((reg == Type::PRED) != (t == Type::PRED)) return false;
    size_t have = bytesOf(reg), need = bytesOf(t);
    if (wide ? have < need : have != need) return false;
    if (untyped(reg) || untyped(t)) return true;
    return isFloat(reg) == isFloat(t);
}
uint32_t Decoder::in(const Operand& o, Type t, bool wide) {
    if (o.kind == Operand::NUMBER) {
        uint64_t v = o.number.bits;
        size_t bytes = bytesOf(t);
        if (t == Type::PRED) return constant(v != 0);
        if (o.number.kind == Number::INTEGER) {
            if (isFloat(t) && t != Type::F16X2 && t != Type::BF16X2) wrong("a whole number where %s is expected", nameOf(t));
            return constant(bytes == 8 ? v : v & ((1ull << (8 * bytes)) - 1));
        }
        if (!isFloat(t) && !(untyped(t) && bytes == (o.number.kind == Number::SINGLE ? 4 : 8)) && t != Type::B32) wrong("a real number where %s is expected", nameOf(t));
        if (bytes == 8 && o.number.kind == Number::SINGLE) return constant(bits((double) get<float>(v)));
        if (bytes == 4 && o.number.kind == Number::DOUBLE) return constant(bits((float) get<double>(v)));
        if (bytes < 4) wrong("a real number where %s is expected", nameOf(t));
        return constant(v);
    }
    if (o.kind != Operand::NAME || !o.second.empty()) wrong("an operand of this form is not expected here");
    if (o.negated) {
        if (t != Type::PRED) wrong("'!' of what is no predicate");
        return predicate(o);
    }
    uint32_t slot;
    Type have;
    if (find(o.name, &slot, &have)) {
        if (!fits(have, t, wide)) wrong("%.*s is %s, and %s is expected", (int) o.name.size(), o.name.data(), nameOf(have), nameOf(t));
        readBefore.insert({slot, {string(o.name), s.line}});
        return slot;
    }
    if (o.name == "WARP_SZ") return constant(32);
    int index;
    if (special(o.name, &index)) {
        if (isFloat(t) || t == Type::PRED) wrong("%.*s is no %s", (int) o.name.size(), o.name.data(), nameOf(t));
        uint32_t to = fresh();
        emit(movSpecial, to).imm = index;
        return to;
    }
    bool shared = false;
    uint32_t address = variable(o.name, o.number.bits, &shared);
    if (isFloat(t) || (bytesOf(t) != 8 && !(shared && bytesOf(t) == 4))) wrong("the address of %.*s is no %s", (int) o.name.size(), o.name.data(), nameOf(t));
    return address;
}
uint32_t Decoder::out(const Operand& o, Type t, bool wide) {
    if (o.kind == Operand::NAME && o.name == "_") return fresh();
    if (o.kind != Operand::NAME || !o.second.empty() || o.negated) wrong("a register is expected as result");
    uint32_t slot;
    Type have;
    if (!find(o.name, &slot, &have)) wrong("%.*s is not declared", (int) o.name.size(), o.name.data());
    if (!fits(have, t, wide)) wrong("%.*s is %s, and %s is expected", (int) o.name.size(), o.name.data(), nameOf(have), nameOf(t));
    written[slot] = true;
    return slot;
}
uint32_t Decoder::predicate(const Operand& o) {
    if (!o.negated) return in(o, Type::PRED);
    Operand plain = o;
    plain.negated = false;
    uint32_t from = in(plain, Type::PRED), to = fresh();
    emit(invert, to, from);
    return to;
}
uint32_t Decoder::variable(string_view name, int64_t offset, bool* shared) {
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        if (auto i = scope->locals.find(name); i != scope->locals.end()) {
            uint32_t slot = fresh();
            function.constants.push_back({slot, Constant::LOCAL, i->second + offset, nullptr});
            return slot;
        }
        if (auto i = scope->params.find(name); i != scope->params.end()) {
            uint32_t slot = fresh();
            function.constants.push_back({slot, Constant::PARAM, (uint64_t) i->second.slot * 8 + offset, nullptr});
            return slot;
        }
    }
    const Variable* v = nullptr;
    for (auto scope = scopes.rbegin(); scope != scopes.rend() && !v; ++scope) {
        if (auto i = scope->statics.find(name); i != scope->statics.end()) v = i->second;
    }
    if (!v) {
        auto i = program.variables.find(name);
        if (i == program.variables.end()) wrong("%.*s is not declared", (int) name.size(), name.data());
        v = i->second.get();
    }
    *shared = v->space == Space::SHARED;
    if (std::find(function.variables.begin(), function.variables.end(), v) == function.variables.end()) function.variables.push_back(v);
    auto key = std::make_pair(v, offset);
    auto known = variables.find(key);
    if (known != variables.end()) return known->second;
    uint32_t slot = fresh();
    function.constants.push_back({slot, Constant::VARIABLE, (uint64_t) offset, v});
    return variables[key] = slot;
}
Decoder::Place Decoder::place(const Operand& o, Space space) {
    if (o.kind != Operand::ADDRESS) wrong("an address is expected");
    if (o.name.empty()) return {constant(o.number.bits), 0, nullptr};
    uint32_t slot;
    Type have;
    int64_t offset = (int64_t) o.number.bits;
    if (find(o.name, &slot, &have)) {
        if (bytesOf(have) != 8 && !(bytesOf(have) == 4 && space == Space::SHARED)) wrong("an address of %zu bits", bytesOf(have) * 8);
        readBefore.insert({slot, {string(o.name), s.line}});
        if (bytesOf(have) == 8 || isFloat(have)) return {slot, offset, nullptr};
        return {slot, offset, nullptr};
    }
    if (space == Space::PARAM) {
        for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
            if (auto i = scope->params.find(o.name); i != scope->params.end()) return {i->second.slot, offset, &i->second};
        }
    }
    bool shared = false;
    uint32_t base = variable(o.name, offset, &shared);
    if (shared && space == Space::GENERIC) wrong("%.*s is in shared memory: convert its address first", (int) o.name.size(), o.name.data());
    return {base, 0, nullptr};
}
void Decoder::label(string_view name) {
    if (!labels.insert({name, (int32_t) function.code.size()}).second) fail(s.line, "label %.*s exists", (int) name.size(), name.data());
}
void Decoder::target(string_view name, std::function<void(Function&, int32_t)> set) { fixes.push_back({name, s.line, std::move(set)}); }
const Inst* endOfCode(uint64_t* r, const Inst* i, Thread& t);
void Decoder::finish() {
    emit(endOfCode);
    for (Fix& f : fixes) {
        auto i = labels.find(f.name);
        if (i == labels.end()) fail(f.line, "label %.*s does not exist", (int) f.name.size(), f.name.data());
        f.set(function, i->second);
    }
    for (auto& [slot, use] : readBefore) {
        if (!written[slot]) fail(use.second, "%s is read but never written", use.first.c_str());
    }
}
void Decoder::decode() {
    Mods m(s.opcode, s.line);
    auto i = table().find(m.name);
    if (i == table().end()) fail(s.line, "'%.*s' is not supported", (int) s.opcode.size(), s.opcode.data());
    if (!s.guarded || m.name == "bra") {
        i->second(*this, m);
        m.end();
        return;
    }
    size_t at = function.code.size();
    Operand plain = s.guard;
    plain.negated = false;
    emit(s.guard.negated ? skipIf : skipUnless, 0, in(plain, Type::PRED));
    i->second(*this, m);
    m.end();
    function.code[at].imm = (int64_t) (function.code.size() - at);
}
} // namespace ptx
