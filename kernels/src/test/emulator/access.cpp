// What kernels read and write, access by access. The compiler calls the functions at the end before every access of a kernel
// (-fsanitize=kernel-address with calls only; nothing of the sanitizer's own runtime is used), and the PTX interpreter calls deviceAccess.
#include "allocation.h"

namespace emu {
namespace {
[[gnu::noinline]] void stamp(Allocation* a) {
    a->writers.reset(static_cast<Stamp*>(calloc(a->bytes, sizeof(Stamp))));
    a->readers.reset(static_cast<Stamp*>(calloc(a->bytes, sizeof(Stamp))));
}
[[gnu::noinline, noreturn]] void outside(uint64_t p, size_t bytes, bool write) {
    char text[200];
    describe(text, sizeof text, p, bytes);
    abandon("%s of %s", write ? "write" : "read", text);
}
[[gnu::noinline, noreturn]] void uninitialised(const Allocation* a, size_t at) {
    while (a->written[at]) at++;
    abandon("read of uninitialised byte %zu of an allocation of %zu bytes", at, a->bytes);
}
[[gnu::noinline, noreturn]] void raced(const Allocation* a, size_t at, size_t byte, bool write) {
    Stamp other = running.after(a->writers[byte]) ? a->readers[byte] : a->writers[byte];
    abandon("race: %s at offset %zu of an allocation of %zu bytes, which thread %u of block %u touched", write ? "write" : "read", at,
            a->bytes, (unsigned) (other & ((1u << THREAD_BITS) - 1)), blockOf(other));
}
[[gnu::noinline]] void lookAtEach(const Allocation* a, size_t at, size_t bytes, bool write) {
    for (size_t i = at; i < at + bytes; i++) {
        if (!running.after(a->writers[i]) || (write && !running.after(a->readers[i]))) raced(a, at, i, write);
    }
}
[[gnu::always_inline]] inline void races(Allocation* a, size_t at, size_t bytes, bool write) {
    if (!a->writers) stamp(a);
    Stamp *writers = &a->writers[at], *readers = &a->readers[at];
    if (!allBefore(writers, bytes, running.sinceLaunch) || (write && !allBefore(readers, bytes, running.sinceLaunch))) {
        lookAtEach(a, at, bytes, write);
    }
    Stamp now = running.now(), *mine = write ? writers : readers;
    for (size_t i = 0; i < bytes; i++) mine[i] = now;
}
[[gnu::always_inline]] inline Allocation* onDevice(uint64_t p, size_t bytes, bool write, bool atomic, bool modify) {
    Allocation* a = find(p);
    if (!a || a->freed || p + bytes > a->base + a->bytes) outside(p, bytes, write);
    size_t at = p - a->base;
    if ((!write || modify) && !allWritten(&a->written[at], bytes)) uninitialised(a, at);
    if (write) {
        if (a->constant) abandon("write to constant memory");
        memset(&a->written[at], 1, bytes);
    }
    if (control.races && !atomic) races(a, at, bytes, write);
    return a;
}
[[gnu::always_inline]] inline void access(const void* address, size_t bytes, bool write, bool atomic, size_t align) {
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

void deviceAccess(uint64_t p, size_t bytes, bool write, bool atomic, bool modify, bool readOnly, bool constant) {
    requireAligned(reinterpret_cast<const void*>(p), bytes);
    Allocation* a = sized(bytes, [&](auto n) { return onDevice(p, n.value ? n.value : bytes, write, atomic, modify); });
    if (constant && !a->constant) abandon("a read of constant memory at an address that is none");
    if (readOnly && a->writers) {
        for (size_t i = p - a->base; i < p - a->base + bytes; i++) {
            if (a->writers[i] >= running.sinceLaunch) abandon("a read through the cache for what no launch writes (.nc) of what this launch wrote");
        }
    }
}
void atomicAccess(const void* p, size_t bytes) {
    access(p, bytes, true, true, bytes);
}
void requireAligned(const void* p, size_t bytes) { // a power of two
    if (reinterpret_cast<uint64_t>(p) & (bytes - 1)) abandon("access of %zu bytes at an address that is no multiple", bytes);
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
