// What decoders of opcodes work with.
#pragma once
#include "ptx.h"

namespace ptx {
// Modifiers of an opcode: a decoder takes those it knows, and what is left is an error.
class Mods {
public:
    Mods(string_view opcode, int line);
    string_view name;         // what stands before the first dot
    bool has(string_view m) const;
    bool take(string_view m);
    string_view oneOf(std::initializer_list<string_view> all); // empty if none
    Type type();              // the next type from the left; an error if there is none
    Type typeIf();            // NONE if there is none
    Space space();            // GENERIC if there is none
    bool cache();             // takes what only concerns caches and scopes; true for accesses that order others
    int rounding(int otherwise = 0); // see RN …
    void end();               // an error if something is left

private:
    string whole;
    std::vector<string_view> left;
    int line;
};
enum Rounding { RN, RZ, RM, RP, RNA };
// Flags of instructions
enum : uint32_t { FTZ = 1, SAT = 2, NEGATE = 4, PROPAGATE = 8, ABSOLUTE = 16, ATOMIC = 32, READ_ONLY = 64, RELU = 128, INTEGER = 256, HAS_RESULT = 512, ROUNDING = 12 /* shift */ };

struct Scope {
    struct Reg {
        uint32_t slot, count; // count 0 for a single one
        Type type;
        int vector;           // elements, or 1
    };
    std::unordered_map<string_view, Reg> regs;
    std::unordered_map<string_view, Param> params;
    std::unordered_map<string_view, size_t> locals; // offset
    std::unordered_map<string_view, const Variable*> statics;
};
struct Statement {
    int line = 0;
    string_view opcode;
    std::vector<Operand> args;
    bool guarded = false;
    Operand guard;
};
class Decoder {
public:
    Decoder(Program& p, Function& f) : program(p), function(f) {}
    Program& program;
    Function& function;
    std::vector<Scope> scopes;
    Statement s;
    std::unordered_map<string_view, std::vector<string_view>> branchTargets;

    void decode();                                 // s
    [[noreturn]] void wrong(const char* format, ...) __attribute__((format(printf, 2, 3)));
    void count(size_t least, size_t most);         // of operands
    void count(size_t n) { count(n, n); }
    uint32_t in(const Operand& o, Type t, bool wide = false);  // slot of a source; wide: the register may be larger
    uint32_t out(const Operand& o, Type t, bool wide = false); // slot of a result
    uint32_t in(size_t i, Type t, bool wide = false) { return in(s.args[i], t, wide); }
    uint32_t out(size_t i, Type t, bool wide = false) { return out(s.args[i], t, wide); }
    uint32_t predicate(const Operand& o);          // a source; may be negated, then by an instruction before
    uint32_t constant(uint64_t bits);
    uint32_t fresh(size_t bytes = 8);
    Type registerType(const Operand& o);           // NONE if it is none
    // The base of an address, 0 offset if static; sets the space's static parameter where there is one.
    struct Place {
        uint32_t base;
        int64_t offset;
        const Param* param; // static
    };
    Place place(const Operand& o, Space space);
    Inst& emit(Fn fn, uint32_t d = 0, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0);
    Extra& extra(Inst& i);
    void label(string_view name);
    void target(string_view name, std::function<void(Function&, int32_t)> set); // once it is known
    void finish();                                 // labels

private:
    friend class Parser;
    const Scope::Reg* find(string_view name, uint32_t* slot, Type* type);
    uint32_t variable(string_view name, int64_t offset, bool* shared); // slot of its address
    static bool special(string_view name, int* index);
    std::unordered_map<uint64_t, uint32_t> values;
    std::map<std::pair<const Variable*, int64_t>, uint32_t> variables;
    std::unordered_map<string_view, int32_t> labels;
    struct Fix {
        string_view name;
        int line;
        std::function<void(Function&, int32_t)> set;
    };
    std::vector<Fix> fixes;
    std::unordered_map<uint32_t, std::pair<string, int>> readBefore; // slots read; written ones are in `written`
    std::vector<bool> written;
};
using Decode = void (*)(Decoder& d, Mods& m);
using Table = std::unordered_map<string_view, Decode>;
void integers(Table& t);
void reals(Table& t);
void functions(Table& t);
void bitwise(Table& t);
void moves(Table& t);
void comparisons(Table& t);
void conversions(Table& t);
void memory(Table& t);
void atomics(Table& t);
void flow(Table& t);
void warps(Table& t);
void tensors(Table& t);
void warpSync(Decoder& d, Mods& m); // bar.warp.sync
const Inst* movSpecial(uint64_t* r, const Inst* i, Thread& t);

// Picks a function by type: f is called with a value of the C++ type and gives an Fn.
template <class F> Fn byBits(Type t, F f) {
    switch (bytesOf(t)) {
    case 1: return f(uint8_t{});
    case 2: return f(uint16_t{});
    case 4: return f(uint32_t{});
    default: return f(uint64_t{});
    }
}
template <class F> Fn byInteger(Type t, F f) {
    switch (t) {
    case Type::S8: return f(int8_t{});
    case Type::S16: return f(int16_t{});
    case Type::S32: return f(int32_t{});
    case Type::S64: return f(int64_t{});
    default: return byBits(t, f);
    }
}
} // namespace ptx
