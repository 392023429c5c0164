// The PTX interpreter: a module's text is parsed and decoded once (ptx_parser.cpp), and launched like a kernel of g++'s.
// Every register, immediate, parameter and address of a variable is a slot of 8 bytes in the frame of its function, so
// that an instruction is a function of slots. Opcodes live in families (ptx_integer.cpp and its like): each has a decoder,
// which checks what it is given and picks the function that executes it.
#pragma once
#include "machine.h"
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace ptx {
using std::string;
using std::string_view;

struct Error { // malformed or unsupported PTX
    int line;
    string text;
};
[[noreturn]] void fail(int line, const char* format, ...) __attribute__((format(printf, 2, 3)));

enum class Type : uint8_t { NONE, B8, B16, B32, B64, U8, U16, U32, U64, S8, S16, S32, S64, F16, BF16, F16X2, BF16X2, TF32, F32, F64, PRED };
size_t bytesOf(Type t);
bool isFloat(Type t);
bool isSigned(Type t);
Type typeOf(string_view name); // NONE if it is none
const char* nameOf(Type t);

enum class Space : uint8_t { GENERIC, GLOBAL, SHARED, LOCAL, CONST, PARAM };

struct Token {
    enum Kind { END, WORD, NUMBER, STRING, SIGN } kind = END;
    string_view text;
    int line = 0;
    bool is(char c) const { return kind == SIGN && text[0] == c; }
    bool is(string_view s) const { return kind == WORD && text == s; }
};
// A number as PTX writes it.
struct Number {
    enum { INTEGER, SINGLE, DOUBLE } kind;
    uint64_t bits; // of the whole number, the float or the double
};
class Lexer {
public:
    explicit Lexer(string_view text) : all(text) { advance(); }
    const Token& peek() const { return current; }
    Token next();
    bool take(char sign);
    bool take(string_view word);
    void expect(char sign);
    string_view word();          // an identifier, opcode, directive or register
    Number number();             // perhaps with a sign
    int64_t integer();

private:
    void advance();
    string_view all;
    size_t at = 0;
    int line = 1;
    Token current;
};

struct Operand {
    // NAME: register, special register, variable, label or function. ADDRESS: [name + number] or [number]. LIST: {…} or (…).
    enum Kind { NAME, NUMBER, ADDRESS, LIST } kind = NAME;
    string_view name, second; // second: a|b
    Number number{Number::INTEGER, 0};
    bool negated = false;
    std::vector<Operand> list;
};

struct Thread;
struct Inst;
// Executes an instruction with the frame of its function, and tells the one that follows.
using Fn = const Inst* (*)(uint64_t* r, const Inst* i, Thread& t);
struct Function;
struct Extra { // of the few instructions that need more
    std::vector<uint32_t> slots, more;
    std::vector<int32_t> targets;
    Function* callee = nullptr;
    std::vector<size_t> bytes; // of arguments, then of results
    size_t arguments = 0;
    virtual ~Extra() = default;
};
struct Inst {
    Fn fn;
    uint32_t d = 0, a = 0, b = 0, c = 0; // slots
    uint32_t flags = 0;
    int32_t line = 0;
    int64_t imm = 0;
    const Extra* extra = nullptr;
};

struct Variable {
    string name;
    Space space;
    size_t bytes, align;
    std::vector<uint8_t> init;
    bool dynamic = false; // extern .shared
};
struct Constant {
    uint32_t slot;
    enum { VALUE, VARIABLE, LOCAL, PARAM } kind;
    uint64_t value;           // or offset in the frame's local memory
    const Variable* variable; // of the module
};
struct Param {
    string_view name;
    uint32_t slot;
    size_t bytes, align;
};
struct Function {
    string name;
    bool defined = false, entry = false, synchronises = false;
    int line = 0; // of the first call or definition
    std::vector<Param> params, results;
    std::vector<Inst> code;
    std::vector<std::unique_ptr<Extra>> extras;
    std::vector<Constant> constants;
    uint32_t slots = 0;
    std::vector<std::pair<size_t, size_t>> locals; // offset and bytes in the frame's local memory
    size_t localBytes = 0;
    std::vector<Function*> callees;
    unsigned maxThreads = 1024;
    bool exactThreads = false;
    // Of the whole tree of calls
    uint32_t allSlots = 0;
    size_t allLocal = 0;
    std::vector<const Variable*> variables;
    // A frame as it begins, for the launch that runs; and the constants that differ between threads
    mutable std::vector<uint64_t> frame;
    mutable std::vector<Constant> perThread;
};
struct Program {
    string text;
    std::map<string, std::unique_ptr<Function>, std::less<>> functions;
    std::map<string, std::unique_ptr<Variable>, std::less<>> variables;
};
std::unique_ptr<Program> parse(string text); // throws Error

// A loaded module: a program and where its variables lie.
struct Instance {
    std::shared_ptr<const Program> program;
    std::map<const Variable*, uint64_t> addresses;
    std::map<string, std::unique_ptr<emu::Kernel>> kernels;
    std::vector<std::unique_ptr<std::vector<size_t>>> sizes;
    std::vector<std::unique_ptr<struct Entry>> entries;
    ~Instance();
};
struct Entry { // what Kernel::program points to
    const Function* function;
    const Instance* instance;
};
std::shared_ptr<const Program> cached(const string& text); // parses; throws Error
void instantiate(Instance& to);
std::vector<size_t> alignments(const emu::Kernel& k); // of parameters
bool needsAllThreads(const emu::Kernel& k);

struct Frame { // of a call, to return to
    const Inst* from;
    uint64_t* r;
    const Function* function;
    size_t local;
};
struct Copy { // asynchronous
    uint64_t to;
    Space space;
    std::vector<char> bytes;
};
struct Thread {
    uint64_t* r;
    const Inst* pc;
    const Function* function;
    std::vector<Frame> frames;
    char* local; // its memory; of the running frame
    size_t localFrom;
    bool carry;
    std::vector<Copy> open;                    // asynchronous copies not in a group yet
    std::vector<std::vector<Copy>> groups;
};
void run(Thread& t);
void enterFrame(Thread& t, const Function* f, uint64_t* r, size_t localFrom);

// Memory as instructions reach it (ptx_access.cpp). Each checks, and gives where the bytes lie.
// flags are those of instructions: ATOMIC, READ_ONLY (nothing of this launch writes there), both (reads and writes).
char* reach(Thread& t, Space space, uint64_t address, size_t bytes, bool write, uint32_t flags);
char* sharedBase();
bool isShared(uint64_t generic);
bool isLocal(uint64_t generic);
char* localMemory(unsigned thread);
uint64_t localAddress(const Thread& t, size_t offset);
void forgetLocal(const Thread& t, size_t from, size_t bytes);

// Bits of a slot as a value, and back.
template <class T> inline T get(uint64_t slot) {
    T v;
    memcpy(&v, &slot, sizeof v);
    return v;
}
template <class T> inline uint64_t bits(T v) {
    if constexpr (std::is_integral_v<T>) {
        return (uint64_t) (std::make_unsigned_t<T>) v;
    } else {
        uint64_t u = 0;
        memcpy(&u, &v, sizeof v);
        return u;
    }
}
} // namespace ptx
