// A block of threads as fibers on the calling thread. A fiber runs until it waits at a barrier or for its warp.
#include "machine.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>

namespace emu {
Running running;

namespace {
const size_t STACK = 128 << 10, SHARED = 256 << 10, PARAMS = 256 << 10;
enum State { READY, AT_BARRIER, AT_WARP, DONE };
enum Operation { SHUFFLE, BALLOT, SYNC, TOGETHER, GATHER };

struct Fiber {
    void* sp;
    State state;
    unsigned lane, warp;
    int barrier; // that it waits at
    dim3 at;
};
struct Warp {
    uint64_t value[32], result[32], gathered[32];
    int source[32];
    Operation operation[32];
    unsigned mask[32], waiting, done, all;
};
struct Barrier {
    unsigned arrived, count, yes; // count 0: all that have not ended
    int line;                     // of those that wait; 0 if none does
    Votes last;
};
struct Slot {
    const void* site;
    size_t from, bytes;
};
struct Block {
    const Kernel* kernel;
    void** params;
    dim3 grid, size, at;
    std::vector<Fiber> fibers;
    std::vector<Warp> warps;
    std::vector<Slot> slots; // shared arrays by call site; the dynamic one has site null
    size_t sharedUsed;
    size_t slotFrom, slotEnd; // of the array that was accessed last
    std::vector<Stamp> begins; // of the blocks of this launch so far
    Barrier barriers[16];
    unsigned waitedAt; // the barriers at which some have arrived, a bit each
    unsigned live;
    bool abandoned;
    void* scheduler;
};
Block b;
char *stackMemory, *sharedMemory, *paramMemory;
uint8_t sharedWritten[SHARED];
Stamp sharedWriters[SHARED], sharedReaders[SHARED];

std::map<std::string, const Kernel*>& kernels() {
    static std::map<std::string, const Kernel*> all;
    return all;
}
Fiber& me() { return b.fibers[running.thread]; }

extern "C" void emu_switch(void** save, void* to);
asm(R"(
.text
.globl emu_switch
.hidden emu_switch
.type emu_switch,@function
emu_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
.size emu_switch,.-emu_switch
)");
void pause() { emu_switch(&me().sp, b.scheduler); }

void openBarrier(int id) {
    Barrier& at = b.barriers[id];
    at.last = {at.yes, at.arrived};
    at.arrived = at.yes = at.count = 0;
    at.line = 0;
    b.waitedAt &= ~(1u << id);
    running.sinceBarrier = running.next();
    for (Fiber& f : b.fibers) {
        if (f.state == AT_BARRIER && f.barrier == id) f.state = READY;
    }
}
void ended() {
    Fiber& f = me();
    f.state = DONE;
    b.live--;
    b.warps[f.warp].done |= 1u << f.lane;
    for (unsigned left = b.waitedAt; left; left &= left - 1) { // threads that have ended hold nobody up
        int id = __builtin_ctz(left);
        const Barrier& at = b.barriers[id];
        if (at.arrived && !at.count && at.arrived == b.live) openBarrier(id);
    }
}
void body() {
    if (!b.kernel->program) {
        b.kernel->call(b.params);
        ended();
    } else if (ptx::synchronises(b.kernel)) {
        ptx::runThread(running.thread);
        ended();
    } else {
        unsigned n = (unsigned) b.fibers.size();
        for (unsigned o = 0; o < n; o++) {
            running.thread = control.reversed ? n - 1 - o : o;
            ptx::runThread(running.thread);
            ended();
        }
    }
    pause();
    abort();
}
// Where a thread is in its block; blocks of a launch have the same threads.
void placeFiber(unsigned i) {
    Fiber& f = b.fibers[i];
    f.lane = i & 31;
    f.warp = i >> 5;
    f.at.x = i % b.size.x;
    f.at.y = i / b.size.x % b.size.y;
    f.at.z = i / b.size.x / b.size.y;
}
void prepareStack(unsigned i) {
    // Stacks begin in different cache sets; a function is entered with the pointer 8 beyond a multiple of 16.
    auto top = reinterpret_cast<uintptr_t>(stackMemory + (i + 1) * STACK - 64 - (i % 61) * 64) & ~uintptr_t{15};
    auto sp = reinterpret_cast<void**>(top);
    *--sp = nullptr;
    *--sp = reinterpret_cast<void*>(body);
    for (int r = 0; r < 6; r++) *--sp = nullptr;
    b.fibers[i].sp = sp;
}
const char* where() {
    static char text[300];
    const dim3& t = me().at;
    int n = snprintf(text, sizeof text, "%s, block (%u, %u, %u), thread (%u, %u, %u)", b.kernel->name, b.at.x, b.at.y, b.at.z, t.x, t.y, t.z);
    if (b.kernel->program) snprintf(text + n, sizeof text - n, ", line %d", ptx::lineOf(running.thread));
    return text;
}
// Completes a warp's operation once all lanes of the mask have come; they must have come for the same.
void serve(Warp& w, unsigned base, unsigned mask, Operation operation) {
    unsigned votes = 0;
    for (int l = 0; l < 32; l++) {
        if (!(mask >> l & 1)) continue;
        if (w.mask[l] != mask || w.operation[l] != operation) abandon("lanes of a warp met for different operations or masks");
        if (operation == SHUFFLE && !(mask >> w.source[l] & 1)) abandon("a shuffle reads a lane outside of its mask");
        if (operation == BALLOT && w.value[l]) votes |= 1u << l;
    }
    if (operation == TOGETHER) reinterpret_cast<void (*)(void**)>(w.result[0])(reinterpret_cast<void**>(w.value));
    for (int l = 0; l < 32; l++) {
        if (!(mask >> l & 1)) continue;
        w.gathered[l] = w.value[l];
        w.result[l] = operation == BALLOT ? votes : operation == SHUFFLE ? w.value[w.source[l]] : 0;
        if (b.fibers[base + l].state == AT_WARP) b.fibers[base + l].state = READY;
    }
    if (operation == SYNC) running.sinceWarp[base / 32] = running.next();
    w.waiting &= ~mask;
}
uint64_t meet(Operation operation, unsigned mask, uint64_t value, int source) {
    Fiber& f = me();
    Warp& w = b.warps[f.warp];
    mask &= w.all;
    if (!(mask >> f.lane & 1)) abandon("a lane outside of its own mask came to a warp operation");
    if (mask & w.done) abandon("a warp operation names a lane that has ended");
    w.value[f.lane] = value;
    w.source[f.lane] = source & 31;
    w.operation[f.lane] = operation;
    w.mask[f.lane] = mask;
    w.waiting |= 1u << f.lane;
    if ((w.waiting & mask) == mask) {
        serve(w, f.warp * 32, mask, operation);
    } else {
        f.state = AT_WARP;
        pause();
    }
    return w.result[me().lane];
}
bool runBlock(bool first) {
    unsigned n = b.size.x * b.size.y * b.size.z;
    b.fibers.resize(n);
    b.warps.resize((n + 31) / 32);
    for (unsigned i = 0; i < b.warps.size(); i++) {
        b.warps[i] = Warp{};
        b.warps[i].all = n - i * 32 >= 32 ? ~0u : (1u << (n - i * 32)) - 1;
    }
    unsigned stacks = b.kernel->program && !ptx::synchronises(b.kernel) ? 1 : n; // the first fiber runs all threads
    for (unsigned i = 0; i < n; i++) {
        if (first) placeFiber(i);
        b.fibers[i].state = READY;
        if (i < stacks) prepareStack(i);
    }
    b.slots.erase(b.slots.begin() + 1, b.slots.end());
    b.sharedUsed = (b.slots[0].bytes + 127) & ~size_t{127};
    memset(sharedWritten, 0, b.sharedUsed + 128);
    memset(b.barriers, 0, sizeof b.barriers);
    b.waitedAt = 0;
    b.live = n;
    b.abandoned = false;
    running.sinceBlock = running.next();
    b.begins.push_back(running.sinceBlock);
    b.slotFrom = b.slotEnd = 0;
    if (b.kernel->program) {
        ptx::openBlock(b.kernel, first, n, b.params);
        if (!ptx::synchronises(b.kernel)) { // the first fiber runs all threads
            running.thread = 0;
            running.active = true;
            emu_switch(&b.scheduler, b.fibers[0].sp);
            running.active = false;
            return !b.abandoned;
        }
    }
    while (b.live && !b.abandoned) {
        bool progress = false;
        for (unsigned o = 0; o < n && !b.abandoned; o++) {
            running.thread = control.reversed ? n - 1 - o : o;
            if (me().state != READY) continue;
            progress = true;
            running.active = true;
            emu_switch(&b.scheduler, me().sp);
            running.active = false;
        }
        if (!progress && b.live && !b.abandoned) {
            finding("%s, block (%u, %u, %u): threads wait for each other for ever", b.kernel->name, b.at.x, b.at.y, b.at.z);
            return false;
        }
    }
    return !b.abandoned;
}
} // namespace

void add(const Kernel* kernel) { kernels()[kernel->name] = kernel; }
const Kernel* find(const std::string& name) {
    auto i = kernels().find(name);
    return i == kernels().end() ? nullptr : i->second;
}
dim3 thread() { return me().at; }
dim3 block() { return b.at; }
dim3 blockSize() { return b.size; }
dim3 gridSize() { return b.grid; }
int lane() { return (int) me().lane; }

void barrier(int line) { barrier(line, 0, 0, false, true); }
Votes barrier(int line, int id, unsigned count, bool vote, bool wait) {
    Barrier& at = b.barriers[id];
    if (!count && at.line && at.line != line) {
        abandon("a thread is at the barrier of line %d, another at that of line %d", line, at.line);
    }
    if (at.arrived && at.count != count) abandon("threads come to barrier %d for %u and for %u threads", id, count, at.count);
    at.count = count;
    at.yes += vote;
    b.waitedAt |= 1u << id;
    if (++at.arrived == (count ? count : b.live)) {
        openBarrier(id);
        return at.last;
    }
    if (!wait) return {};
    at.line = line;
    me().barrier = id;
    me().state = AT_BARRIER;
    pause();
    return b.barriers[id].last;
}
unsigned present(unsigned mask) { return mask & b.warps[me().warp].all; }
const uint64_t* gather(unsigned mask, uint64_t value) {
    meet(GATHER, mask, value, 0);
    return b.warps[me().warp].gathered;
}
unsigned index() { return running.thread; }
unsigned dynamicSharedBytes() { return (unsigned) b.slots[0].bytes; }
char* sharedStart() { return sharedMemory; }
void warpBarrier(unsigned mask) { meet(SYNC, mask, 0, 0); }
uint64_t shuffle(unsigned mask, uint64_t value, int source) { return meet(SHUFFLE, mask, value, source); }
unsigned ballot(unsigned mask, bool vote) { return (unsigned) meet(BALLOT, mask, vote, 0); }
void together(void (*fn)(void** lanes), void* mine) {
    Warp& w = b.warps[me().warp];
    if (w.all != ~0u) abandon("a tensor-core operation in an incomplete warp");
    w.result[0] = reinterpret_cast<uint64_t>(fn);
    meet(TOGETHER, ~0u, reinterpret_cast<uint64_t>(mine), 0);
}
void* shared(const void* site, size_t bytes) {
    for (const Slot& s : b.slots) {
        if (s.site == site) return sharedMemory + s.from;
    }
    if (b.sharedUsed + bytes + 256 > SHARED) abandon("too much shared memory");
    b.slots.push_back({site, b.sharedUsed, bytes});
    size_t from = b.sharedUsed;
    b.sharedUsed += ((bytes + 127) & ~size_t{127}) + 128; // a gap after each array
    memset(sharedWritten + from, 0, b.sharedUsed - from);
    return sharedMemory + from;
}
void* dynamicShared() { return shared(nullptr, 0); }

unsigned blockOf(Stamp s) { return (unsigned) (std::upper_bound(b.begins.begin(), b.begins.end(), s) - b.begins.begin() - 1); }
namespace {
const Slot& slotOf(size_t at, size_t bytes, bool write) {
    for (const Slot& s : b.slots) {
        if (at >= s.from && at + bytes <= s.from + s.bytes) return s;
    }
    abandon("%s of %zu bytes outside of a shared array", write ? "write" : "read", bytes);
}
[[gnu::noinline, noreturn]] void uninitialised(size_t at, size_t bytes) {
    const Slot& slot = slotOf(at, bytes, false);
    while (sharedWritten[at]) at++;
    abandon("read of uninitialised byte %zu of a shared array of %zu", at - slot.from, slot.bytes);
}
[[gnu::noinline]] void lookAtEach(size_t at, size_t bytes, bool write) {
    for (size_t i = at; i < at + bytes; i++) {
        if (!running.afterInBlock(sharedWriters[i]) || (write && !running.afterInBlock(sharedReaders[i]))) {
            const Slot& slot = slotOf(at, bytes, write);
            abandon("race: %s of byte %zu of a shared array of %zu", write ? "write" : "read", i - slot.from, slot.bytes);
        }
    }
}
[[gnu::always_inline]] inline void onShared(size_t at, size_t bytes, bool write, bool atomic, bool modify) {
    if (at < b.slotFrom || at + bytes > b.slotEnd) {
        const Slot& slot = slotOf(at, bytes, write);
        b.slotFrom = slot.from;
        b.slotEnd = slot.from + slot.bytes;
    }
    if ((!write || modify) && !allWritten(sharedWritten + at, bytes)) uninitialised(at, bytes);
    if (write) memset(sharedWritten + at, 1, bytes);
    if (atomic || !control.races) return;
    Stamp now = running.now(), settled = running.settledInBlock();
    bool clear = allBefore(sharedWriters + at, bytes, settled) && (!write || allBefore(sharedReaders + at, bytes, settled));
    if (!clear) lookAtEach(at, bytes, write);
    Stamp* mine = (write ? sharedWriters : sharedReaders) + at;
    for (size_t i = 0; i < bytes; i++) mine[i] = now;
}
} // namespace
void sharedAccess(const char* p, size_t bytes, bool write, bool atomic, bool modify) {
    size_t at = p - sharedMemory;
    sized(bytes, [&](auto n) { onShared(at, n.value ? n.value : bytes, write, atomic, modify); });
}
void abandon(const char* format, ...) {
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    running.active = false;
    finding("%s: %s", where(), text);
    b.abandoned = true;
    pause();
    abort();
}

bool launch(const Kernel* kernel, dim3 grid, dim3 block, unsigned sharedBytes, void** from) {
    if (!stackMemory) {
        auto map = [](size_t bytes) {
            return static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        };
        stackMemory = map(1024 * STACK);
        sharedMemory = map(SHARED);
        paramMemory = map(PARAMS);
    }
    // Kernels read both their parameters and where those are through checked accesses.
    auto at = reinterpret_cast<void**>(paramMemory);
    size_t used = kernel->params * sizeof(void*); // 4 KiB of parameters are 4096 at most, so all fits
    for (int i = 0; i < kernel->params; i++) {
        used = (used + 15) & ~size_t{15};
        memcpy(paramMemory + used, from[i], kernel->sizes[i]);
        at[i] = paramMemory + used;
        used += kernel->sizes[i];
    }
    b.kernel = kernel;
    b.params = at;
    b.grid = grid;
    b.size = block;
    b.slots.assign(1, Slot{nullptr, 0, sharedBytes});
    running.stacks = stackMemory;
    running.stacksEnd = stackMemory + 1024 * STACK;
    running.params = paramMemory;
    running.paramsEnd = paramMemory + PARAMS;
    running.shared = sharedMemory;
    running.sharedEnd = sharedMemory + SHARED;
    running.sinceLaunch = running.next();
    b.begins.clear();
    uint64_t total = (uint64_t) grid.x * grid.y * grid.z;
    for (uint64_t k = 0; k < total; k++) {
        uint64_t i = control.reversed ? total - 1 - k : k;
        b.at.x = i % grid.x;
        b.at.y = i / grid.x % grid.y;
        b.at.z = i / grid.x / grid.y;
        if (!runBlock(k == 0)) return false;
    }
    return true;
}
} // namespace emu
