// What the fake libraries of NVIDIA's (folder `libraries`) call.
#include "driver.h"
#include "library.h"

#pragma GCC visibility push(default)
extern "C" {
void emu_lock() { emu::lock().lock(); }
void emu_unlock() { emu::lock().unlock(); }
int emu_enter() { return emu::enter(); }
int emu_capability() { return emu::control.capability; }
void emu_finding(const char* text) { emu::finding("%s", text); }
int emu_submit(void* stream, const char* what, int (*run)(void*), void* data, void (*drop)(void*)) {
    std::shared_ptr<void> kept(data, drop);
    return emu::submit(stream, what, [=]() -> CUresult {
        if (!run(kept.get())) emu::sticky = ILLEGAL_ADDRESS; // which the next call gives
        return OK;
    });
}
int emu_is_stream(void* stream) { return emu::streamOf(stream) != nullptr; }
int emu_is_capturing(void* stream) {
    emu::Stream* s = emu::streamOf(stream);
    return s && s->capture;
}
int emu_library_call(int* code) { return emu::injected(emu::LIBRARY, code); }
int emu_range(uint64_t p, size_t bytes, const char* who) { return emu::deviceRange(p, bytes, who); }
int emu_readable(uint64_t p, size_t bytes, const char* who) {
    return emu::deviceRange(p, bytes, who) && emu::readable(p, bytes, who);
}
void emu_written(uint64_t p, size_t bytes) { emu::markWritten(p, bytes); }
void emu_spend(double seconds) { emu::control.spentNanos += (int64_t) (seconds * 1e9); }
void emu_objects(int change) { emu::control.liveObjects += change; }
int emu_generation() { return emu::generation; }
}
#pragma GCC visibility pop
