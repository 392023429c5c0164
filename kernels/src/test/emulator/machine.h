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

// Who touched a byte last; orders by launch, then block, then barriers.
struct Stamp {
    uint32_t block = 0, epoch = 0, warpEpoch = 0, thread = 0;
};
// The running block as memory.cpp sees it.
struct Running {
    bool active = false;
    const char *stacks = nullptr, *stacksEnd = nullptr;
    const char *params = nullptr, *paramsEnd = nullptr;
    const char *shared = nullptr, *sharedEnd = nullptr;
    uint32_t firstBlock = 1, block = 0; // serial numbers since the start
};
extern Running running;
Stamp now();
bool ordered(const Stamp& before, const Stamp& after);
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
