// Device memory with a shadow: which bytes were written, and by whom. The compiler calls the functions at the end before every
// access of a kernel (-fsanitize=kernel-address with calls only); nothing of the sanitizer's own runtime is used.
#include "machine.h"
#include <sys/mman.h>

namespace emu {
namespace {
const size_t REGION = 1ull << 38, PAGE = 4096, ALIGN = 256;

struct Allocation {
    uint64_t base;
    size_t bytes;
    bool freed = false, ofModule = false, constant = false;
    std::vector<uint8_t> written;
    std::vector<Stamp> writers, readers; // empty unless races are looked for
};
char* region;
uint64_t next;
std::map<uint64_t, Allocation> allocations; // by address, freed ones too
Allocation* latest;

Allocation* find(uint64_t p) {
    if (latest && p >= latest->base && p < latest->base + latest->bytes) return latest;
    auto i = allocations.upper_bound(p);
    if (i == allocations.begin()) return nullptr;
    return latest = &std::prev(i)->second;
}
size_t pages(size_t bytes) { return (bytes + PAGE - 1) & ~(PAGE - 1); }

void describe(char* to, size_t size, uint64_t p, size_t bytes) {
    Allocation* a = find(p);
    if (!a) {
        snprintf(to, size, "%zu bytes at %#lx, which is no device memory", bytes, p);
    } else {
        snprintf(to, size, "%zu bytes at offset %ld of %s allocation of %zu bytes", bytes, (long) (p - a->base),
                 a->freed ? "a freed" : "an", a->bytes);
    }
}
bool inside(const Allocation* a, uint64_t p, size_t bytes) {
    return a && !a->freed && p >= a->base && p + bytes <= a->base + a->bytes;
}
void races(Allocation* a, size_t at, size_t bytes, bool write) {
    if (a->writers.empty()) {
        a->writers.resize(a->bytes);
        a->readers.resize(a->bytes);
    }
    Stamp me = now();
    for (size_t i = at; i < at + bytes; i++) {
        if (!ordered(a->writers[i], me) || (write && !ordered(a->readers[i], me))) {
            const Stamp& other = ordered(a->writers[i], me) ? a->readers[i] : a->writers[i];
            abandon("race: %s at offset %zu of an allocation of %zu bytes, which thread %u of block %u touched",
                    write ? "write" : "read", at, a->bytes, other.thread, other.block - running.firstBlock);
        }
        (write ? a->writers : a->readers)[i] = me;
    }
}
Allocation* onDevice(uint64_t p, size_t bytes, bool write, bool atomic, bool modify) {
    Allocation* a = find(p);
    if (!inside(a, p, bytes)) {
        char text[200];
        describe(text, sizeof text, p, bytes);
        abandon("%s of %s", write ? "write" : "read", text);
    }
    size_t at = p - a->base;
    if (!write || modify) {
        for (size_t i = at; i < at + bytes; i++) {
            if (!a->written[i]) {
                abandon("read of uninitialised byte %zu of an allocation of %zu bytes", i, a->bytes);
            }
        }
    }
    if (write && a->constant) abandon("write to constant memory");
    if (write) memset(&a->written[at], 1, bytes);
    if (control.races && !atomic) races(a, at, bytes, write);
    return a;
}
void access(const void* address, size_t bytes, bool write, bool atomic, size_t align) {
    if (!running.active) return;
    const char* c = static_cast<const char*>(address);
    if (c >= running.stacks && c < running.stacksEnd) return;
    requireAligned(address, align);
    if (c >= running.shared && c < running.sharedEnd) {
        sharedAccess(c, bytes, write);
        return;
    }
    if (!write && c >= running.params && c + bytes <= running.paramsEnd) return;
    onDevice(reinterpret_cast<uint64_t>(address), bytes, write, atomic, atomic);
}
} // namespace

void deviceMap(uint64_t p, size_t bytes) {
    mprotect(reinterpret_cast<void*>(p), pages(bytes), PROT_READ | PROT_WRITE);
    memset(reinterpret_cast<void*>(p), 0xA5, bytes);
    Allocation& a = allocations[p];
    a = Allocation{};
    a.base = p;
    a.bytes = bytes;
    a.written.assign(bytes, 0);
    latest = nullptr;
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
void deviceAccess(uint64_t p, size_t bytes, bool write, bool atomic, bool modify, bool readOnly, bool constant) {
    requireAligned(reinterpret_cast<const void*>(p), bytes);
    Allocation* a = onDevice(p, bytes, write, atomic, modify);
    if (constant && !a->constant) abandon("a read of constant memory at an address that is none");
    if (readOnly && !a->writers.empty()) {
        for (size_t i = p - a->base; i < p - a->base + bytes; i++) {
            if (a->writers[i].block >= running.firstBlock) abandon("a read through the cache for what no launch writes (.nc) of what this launch wrote");
        }
    }
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
    a.writers = {};
    a.readers = {};
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
    latest = nullptr;
}
void atomicAccess(const void* p, size_t bytes) {
    access(p, bytes, true, true, bytes);
}
void requireAligned(const void* p, size_t bytes) {
    if (reinterpret_cast<uint64_t>(p) % bytes) abandon("access of %zu bytes at an address that is no multiple", bytes);
}
} // namespace emu

#pragma GCC visibility push(default)
#define HOOK(n)                                                                                                        \
    extern "C" void __asan_load##n##_noabort(const void* p) {                                                          \
        emu::access(p, n, false, false, n);                                                                               \
    }                                                                                                                  \
    extern "C" void __asan_store##n##_noabort(const void* p) {                                                         \
        emu::access(p, n, true, false, n);                                                                                \
    }
extern "C" {
HOOK(1)
HOOK(2)
HOOK(4)
HOOK(8)
HOOK(16)
void __asan_loadN_noabort(const void* p, size_t n) { emu::access(p, n, false, false, 1); }
void __asan_storeN_noabort(const void* p, size_t n) { emu::access(p, n, true, false, 1); }
// Of no use here, but called.
void __asan_handle_no_return() {}
void __asan_before_dynamic_init(const char*) {}
void __asan_after_dynamic_init() {}
}
#pragma GCC visibility pop
