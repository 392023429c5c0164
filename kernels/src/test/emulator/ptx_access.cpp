// Every access of an instruction: in which memory it lies, and that memory's checks.
#include "ptx_decode.h"
#include <sys/mman.h>

namespace ptx {
namespace {
const size_t LOCAL = 64 << 10;
char* arena; // local memory of all threads
uint8_t* written;
char* map(size_t bytes) {
    return static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}
bool within(const Function* f, size_t from, size_t at, size_t bytes) {
    for (auto& [offset, size] : f->locals) {
        if (at >= from + offset && at + bytes <= from + offset + size) return true;
    }
    return false;
}
char* local(Thread& t, uint64_t address, size_t bytes, bool write) {
    emu::requireAligned(reinterpret_cast<void*>(address), bytes);
    const char* verb = write ? "write" : "read";
    size_t at = address - (uint64_t) t.local;
    bool inside = within(t.function, t.localFrom, at, bytes);
    for (size_t k = t.frames.size(); !inside && k-- > 0;) inside = within(t.frames[k].function, t.frames[k].local, at, bytes);
    if (!inside) emu::abandon("%s of %zu bytes outside of the thread's local variables", verb, bytes);
    uint8_t* w = written + (t.local - arena) + at;
    for (size_t k = 0; k < bytes; k++) {
        if (!write && !w[k]) emu::abandon("read of an uninitialised byte of a local variable");
        if (write) w[k] = 1;
    }
    return t.local + at;
}
char* shared(uint64_t address, size_t bytes, bool write, uint32_t flags) {
    uint32_t at = (uint32_t) address;
    char* p = sharedBase() + at;
    emu::requireAligned(p, bytes);
    emu::sharedAccess(p, bytes, write, flags & ATOMIC, flags & ATOMIC && flags & READ_ONLY);
    return p;
}
char* parameter(Thread& t, uint64_t address, size_t bytes) {
    uint64_t *frame = t.frames.empty() ? t.r : t.frames[0].r;
    const Function* entry = t.frames.empty() ? t.function : t.frames[0].function;
    emu::requireAligned(reinterpret_cast<void*>(address), bytes);
    for (const Param& p : entry->params) {
        uint64_t from = (uint64_t) (frame + p.slot);
        if (address >= from && address + bytes <= from + p.bytes) return reinterpret_cast<char*>(address);
    }
    emu::abandon("read of %zu bytes outside of the parameters", bytes);
}
} // namespace
char* localMemory(unsigned slot) {
    if (!arena) {
        arena = map(1024 * LOCAL);
        written = reinterpret_cast<uint8_t*>(map(1024 * LOCAL));
    }
    return arena + slot * LOCAL;
}
uint64_t localAddress(const Thread& t, size_t offset) { return (uint64_t) t.local + offset; }
void forgetLocal(const Thread& t, size_t from, size_t bytes) { memset(written + (t.local - arena) + from, 0, bytes); }
char* sharedBase() { return emu::sharedStart(); }
bool isShared(uint64_t p) { return p >= (uint64_t) sharedBase() && p < (uint64_t) sharedBase() + (256 << 10); }
bool isLocal(uint64_t p) { return arena && p >= (uint64_t) arena && p < (uint64_t) arena + 1024 * LOCAL; }

char* reach(Thread& t, Space space, uint64_t address, size_t bytes, bool write, uint32_t flags) {
    switch (space) {
    case Space::SHARED: return shared(address, bytes, write, flags);
    case Space::LOCAL: return local(t, address, bytes, write);
    case Space::PARAM: return parameter(t, address, bytes);
    case Space::GENERIC:
        if (isShared(address)) return shared(address - (uint64_t) sharedBase(), bytes, write, flags);
        if (isLocal(address)) return local(t, address, bytes, write);
        break;
    default:
        if (isShared(address) || isLocal(address)) emu::abandon("an address of shared or local memory used as one of global memory");
    }
    emu::deviceAccess(address, bytes, write, flags & ATOMIC, flags & ATOMIC && flags & READ_ONLY, flags & READ_ONLY && !(flags & ATOMIC), space == Space::CONST);
    return reinterpret_cast<char*>(address);
}
} // namespace ptx
