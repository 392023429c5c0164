// Device memory: where it lies, and a shadow that knows which bytes were written. See access.cpp for what kernels do to it.
#include "allocation.h"
#include <sys/mman.h>

namespace emu {
namespace {
const size_t REGION = 1ull << 38, PAGE = 4096;

char* region;
uint64_t next;
std::map<uint64_t, Allocation> allocations; // by address, freed ones too
Allocation* latest[4096];                   // by the last bits of their pages, which no two allocations share

size_t pages(size_t bytes) { return (bytes + PAGE - 1) & ~(PAGE - 1); }
bool inside(const Allocation* a, uint64_t p, size_t bytes) {
    return a && !a->freed && p >= a->base && p + bytes <= a->base + a->bytes;
}
} // namespace

Allocation* find(uint64_t p) {
    Allocation*& found = latest[p / PAGE % 4096];
    if (found && p - found->base < found->bytes) return found;
    auto i = allocations.upper_bound(p);
    return i == allocations.begin() ? nullptr : found = &std::prev(i)->second;
}
void describe(char* to, size_t size, uint64_t p, size_t bytes) {
    Allocation* a = find(p);
    if (!a) {
        snprintf(to, size, "%zu bytes at %#lx, which is no device memory", bytes, p);
    } else {
        snprintf(to, size, "%zu bytes at offset %ld of %s allocation of %zu bytes", bytes, (long) (p - a->base),
                 a->freed ? "a freed" : "an", a->bytes);
    }
}
void deviceMap(uint64_t p, size_t bytes) {
    mprotect(reinterpret_cast<void*>(p), pages(bytes), PROT_READ | PROT_WRITE);
    memset(reinterpret_cast<void*>(p), 0xA5, bytes);
    Allocation& a = allocations[p];
    a = Allocation{};
    a.base = p;
    a.bytes = bytes;
    a.written.assign(bytes, 0);
    control.liveAllocations++;
    control.liveBytes += bytes;
    if (control.liveBytes > control.peakBytes) control.peakBytes = control.liveBytes;
}
uint64_t deviceReserve(size_t bytes) {
    if (!region) {
        void* r = mmap(nullptr, REGION, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (r == MAP_FAILED) return 0;
        region = static_cast<char*>(r);
        next = reinterpret_cast<uint64_t>(region) + PAGE;
    }
    uint64_t p = next;
    if (p + pages(bytes) + PAGE > reinterpret_cast<uint64_t>(region) + REGION) return 0;
    next += pages(bytes) + PAGE; // a page between neighbours that cannot be touched
    return p;
}
uint64_t deviceAllocate(size_t bytes, bool zeroed) {
    if (control.limitBytes && control.liveBytes + (int64_t) bytes > control.limitBytes) return 0;
    uint64_t p = deviceReserve(bytes);
    if (!p) return 0;
    deviceMap(p, bytes);
    if (zeroed) {
        memset(reinterpret_cast<void*>(p), 0, bytes);
        markWritten(p, bytes);
    }
    return p;
}
uint64_t deviceModule(size_t bytes, bool constant) {
    uint64_t p = deviceReserve(bytes);
    int64_t peak = control.peakBytes;
    deviceMap(p, bytes);
    Allocation* a = find(p);
    a->ofModule = true;
    a->constant = constant;
    control.liveAllocations--;
    control.liveBytes -= bytes;
    control.peakBytes = peak;
    markWritten(p, bytes);
    return p;
}
void deviceFreeModule(uint64_t p) {
    auto i = allocations.find(p);
    if (i == allocations.end() || i->second.freed) return;
    control.liveAllocations++;
    control.liveBytes += i->second.bytes;
    deviceFree(p, "cuModuleUnload");
}
bool deviceFree(uint64_t p, const char* who) {
    auto i = allocations.find(p);
    if (i == allocations.end() || i->second.freed) {
        finding("%s: %s (%#lx)", who, i == allocations.end() ? "not an allocation" : "freed twice", p);
        return false;
    }
    Allocation& a = i->second;
    mmap(reinterpret_cast<void*>(p), pages(a.bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    a.freed = true;
    a.written = {};
    a.writers.reset();
    a.readers.reset();
    control.liveAllocations--;
    control.liveBytes -= a.bytes;
    return true;
}
size_t deviceSize(uint64_t p) {
    auto i = allocations.find(p);
    return i == allocations.end() || i->second.freed ? 0 : i->second.bytes;
}
bool deviceContains(uint64_t p, uint64_t* base, size_t* bytes) {
    Allocation* a = find(p);
    if (!inside(a, p, 1)) return false;
    *base = a->base;
    *bytes = a->bytes;
    return true;
}
bool deviceRange(uint64_t p, size_t bytes, const char* who) {
    if (bytes == 0 || inside(find(p), p, bytes)) return true;
    char text[200];
    describe(text, sizeof text, p, bytes);
    finding("%s: %s", who, text);
    return false;
}
void markWritten(uint64_t p, size_t bytes) {
    if (bytes) memset(&find(p)->written[p - find(p)->base], 1, bytes);
}
void copyWritten(uint64_t to, uint64_t from, size_t bytes) {
    if (bytes == 0) return;
    Allocation *a = find(from), *b = find(to);
    memmove(&b->written[to - b->base], &a->written[from - a->base], bytes);
}
bool readable(uint64_t p, size_t bytes, const char* who) {
    Allocation* a = find(p);
    for (size_t i = 0; i < bytes; i++) {
        if (!a->written[p - a->base + i]) {
            finding("%s: byte %zu of an allocation of %zu bytes was never written", who, p - a->base + i, a->bytes);
            return false;
        }
    }
    return true;
}
void reportLeaks() {
    for (auto& e : allocations) {
        if (!e.second.freed && !e.second.ofModule) finding("leak of %zu bytes at %#lx", e.second.bytes, e.first);
    }
}
void freeAll() {
    for (auto& e : allocations) {
        if (!e.second.freed) deviceFree(e.first, "reset");
    }
    if (region) munmap(region, REGION);
    region = nullptr;
    allocations.clear();
    memset(latest, 0, sizeof latest);
}
} // namespace emu
