// What the parts of the emulator share. Everything runs on the calling thread, one block after the other, under one lock.
#pragma once
#include "cuda.h"
#undef threadIdx
#undef blockIdx
#undef blockDim
#undef gridDim
#undef __syncthreads
#include <cstdarg>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace emu {
// What tests switch and count; see the exported functions in control.cpp.
struct Control {
    bool reversed;       // threads and blocks run from the last to the first
    bool races;          // accesses of threads that nothing orders are errors
    bool interpret;      // kernels run from their PTX even if g++ compiled them
    bool lazy;           // streams run when something waits for them, not before
    int64_t failAt[5];   // count down to a failure; by Kind
    int failCode[5];
    int64_t calls[5];    // so many of a Kind were made
    int64_t findings;    // errors of the program under test
    int64_t liveAllocations, liveBytes, peakBytes, limitBytes;
    int64_t liveHost, liveStreams, liveEvents, liveModules, liveGraphs, liveContexts;
    int64_t liveObjects; // handles and descriptors of the fake libraries
    int64_t spentNanos;  // time that only events see
    int capability;      // 80 for 8.0
    int devices;
    std::string report;  // the findings, a line each
};
enum Kind { ALLOCATION, COPY, LAUNCH, GRAPH_LAUNCH, LIBRARY };
extern Control control;
extern int generation; // counts resets
std::recursive_mutex& lock();
void finding(const char* format, ...) __attribute__((format(printf, 1, 2)));
// True when this call is to fail; then code is set.
bool injected(Kind kind, int* code);

// Device memory. Addresses are never given twice, so that use after free is found.
uint64_t deviceAllocate(size_t bytes, bool zeroed);
bool deviceFree(uint64_t p, const char* who);
uint64_t deviceReserve(size_t bytes);
void deviceMap(uint64_t p, size_t bytes);
size_t deviceSize(uint64_t p); // 0 if none begins there
bool deviceContains(uint64_t p, uint64_t* base, size_t* bytes);
bool deviceRange(uint64_t p, size_t bytes, const char* who); // false, and a finding, if not inside one allocation
void markWritten(uint64_t p, size_t bytes);
void copyWritten(uint64_t to, uint64_t from, size_t bytes);
bool readable(uint64_t p, size_t bytes, const char* who); // a finding if some byte was never written
void reportLeaks();
void freeAll();

// Who touched a byte last and when: a moment and the thread in its block. Moments are counted by what orders threads: blocks begin,
// barriers open.
using Stamp = uint64_t;
const unsigned THREAD_BITS = 10; // of a stamp
// The running block as checks of accesses see it.
struct Running {
    bool active = false;
    const char *stacks = nullptr, *stacksEnd = nullptr;
    const char *params = nullptr, *paramsEnd = nullptr;
    const char *shared = nullptr, *sharedEnd = nullptr;
    unsigned thread = 0;
    uint64_t moment = 1;
    // The least stamps since the launch began, the block began, its last barrier opened, and a warp last met.
    Stamp sinceLaunch = 0, sinceBlock = 0, sinceBarrier = 0, sinceWarp[32] = {};
    Stamp next() { return ++moment << THREAD_BITS; }
    Stamp now() const { return moment << THREAD_BITS | thread; }
    // Whether what was stamped happened before what the running thread does now.
    bool after(Stamp before) const {
        if (before < sinceLaunch) return true; // an earlier launch, or never
        if (before < sinceBlock) return false;
        unsigned other = before & ((1u << THREAD_BITS) - 1);
        return before < sinceBarrier || other == thread || (other / 32 == thread / 32 && before < sinceWarp[thread / 32]);
    }
    // The same for shared memory, of which every block has its own.
    bool afterInBlock(Stamp before) const { return before < sinceBlock || after(before); }
    Stamp settledInBlock() const { return sinceBarrier < sinceBlock ? sinceBlock : sinceBarrier; }
};
extern Running running;
unsigned blockOf(Stamp s); // of the running launch, in the order in which they run
// Accesses have one of a few sizes, and a check of fixed length is short code: calls f with a size as a constant of the type.
template <size_t N> struct Bytes {
    static constexpr size_t value = N;
};
template <class F> [[gnu::always_inline]] inline auto sized(size_t bytes, F f) {
    switch (bytes) {
    case 1: return f(Bytes<1>{});
    case 2: return f(Bytes<2>{});
    case 4: return f(Bytes<4>{});
    case 8: return f(Bytes<8>{});
    case 16: return f(Bytes<16>{});
    default: return f(Bytes<0>{}); // any other
    }
}
// Whether all of a few stamps are from before a moment, which most are. Stamps and moments are far below 2^63.
[[gnu::always_inline]] inline bool allBefore(const Stamp* s, size_t bytes, Stamp moment) {
    Stamp negative = ~Stamp{0};
    for (size_t i = 0; i < bytes; i++) negative &= s[i] - moment;
    return negative >> 63;
}
// True if all bytes of a shadow say that they were written.
[[gnu::always_inline]] inline bool allWritten(const uint8_t* w, size_t bytes) {
    auto same = [&](auto pattern) {
        decltype(pattern) v;
        memcpy(&v, w, sizeof v);
        return v == pattern;
    };
    switch (bytes) {
    case 1: return *w;
    case 2: return same(uint16_t{0x0101});
    case 4: return same(uint32_t{0x01010101});
    case 8: return same(uint64_t{0x0101010101010101});
    case 16: {
        uint64_t v[2];
        memcpy(v, w, sizeof v);
        return (v[0] & v[1]) == 0x0101010101010101;
    }
    default:
        for (size_t i = 0; i < bytes; i++) {
            if (!w[i]) return false;
        }
        return true;
    }
}
// A barrier of PTX: number, threads it waits for (0: all), a vote, and whether this thread waits.
struct Votes {
    unsigned yes, all;
};
Votes barrier(int line, int id, unsigned count, bool vote, bool wait);
unsigned present(unsigned mask);                         // without the lanes that the warp lacks
const uint64_t* gather(unsigned mask, uint64_t value);   // the values of the mask's lanes
unsigned index();                                        // of the thread in its block
unsigned dynamicSharedBytes();
char* sharedStart();
[[noreturn]] void abandon(const char* format, ...) __attribute__((format(printf, 1, 2))); // ends the launch with a finding
// atomic: no race with its like; modify: a write that reads first
void sharedAccess(const char* p, size_t bytes, bool write, bool atomic = false, bool modify = false);
// readOnly: nothing of this launch writes there; constant: in constant memory
void deviceAccess(uint64_t p, size_t bytes, bool write, bool atomic, bool modify, bool readOnly, bool constant);
uint64_t deviceModule(size_t bytes, bool constant); // for variables of modules, which are not counted
void deviceFreeModule(uint64_t p);

const Kernel* find(const std::string& name);
// Runs a kernel to its end; false if it was abandoned.
bool launch(const Kernel* kernel, dim3 grid, dim3 block, unsigned sharedBytes, void** params);
} // namespace emu

// The interpreter, as the machine sees it.
namespace ptx {
bool synchronises(const emu::Kernel* k); // otherwise its threads run to their end one after the other
void openBlock(const emu::Kernel* k, bool first, unsigned threads, void** params);
void runThread(unsigned index);
int lineOf(unsigned index); // of the text, where a thread is
uint64_t stepsDone();       // instructions since the start
} // namespace ptx
