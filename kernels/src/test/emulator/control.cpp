// What tests reach the emulator by, beside the driver API.
#include "driver.h"
#include <dlfcn.h>

namespace emu {
Control control = {};
int generation = 1;
std::recursive_mutex& lock() {
    static std::recursive_mutex m;
    return m;
}
void finding(const char* format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    control.findings++;
    if (control.findings <= 20) control.report.append(text).append("\n");
}
bool injected(Kind kind, int* code) {
    control.calls[kind]++;
    if (control.failAt[kind] == 0 || --control.failAt[kind] > 0) return false;
    *code = control.failCode[kind];
    return true;
}
} // namespace emu

#define EXPORT extern "C" __attribute__((visibility("default")))
enum What { REVERSED, RACES, LAZY, LIMIT, CAPABILITY, DEVICES, INTERPRET, FINDINGS, ALLOCATIONS, BYTES, PEAK, HOST, STREAMS, EVENTS, MODULES, GRAPHS, CONTEXTS, CALLS, STEPS = CALLS + 5, OBJECTS };

EXPORT void emu_set(int what, int64_t value) {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    emu::Control& c = emu::control;
    switch (what) {
    case REVERSED: c.reversed = value != 0; break;
    case RACES: c.races = value != 0; break;
    case LAZY: c.lazy = value != 0; break;
    case LIMIT: c.limitBytes = value; break;
    case CAPABILITY: c.capability = (int) value; break;
    case INTERPRET: c.interpret = value != 0; break;
    case DEVICES: c.devices = (int) value; break;
    }
}
EXPORT int64_t emu_get(int what) {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    const emu::Control& c = emu::control;
    switch (what) {
    case FINDINGS: return c.findings;
    case ALLOCATIONS: return c.liveAllocations;
    case BYTES: return c.liveBytes;
    case PEAK: return c.peakBytes;
    case HOST: return c.liveHost;
    case STREAMS: return c.liveStreams;
    case EVENTS: return c.liveEvents;
    case MODULES: return c.liveModules;
    case GRAPHS: return c.liveGraphs;
    case CONTEXTS: return c.liveContexts;
    case STEPS: return (int64_t) ptx::stepsDone();
    case OBJECTS: return c.liveObjects;
    default: return what >= CALLS && what < CALLS + 5 ? c.calls[what - CALLS] : -1;
    }
}
// The nth call of a kind from now on fails with a code; sticky if the driver's is.
EXPORT void emu_fail(int kind, int64_t nth, int code) {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    emu::control.failAt[kind] = nth;
    emu::control.failCode[kind] = code;
}
EXPORT void emu_report(char* to, int64_t size) {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    snprintf(to, size, "%s", emu::control.report.c_str());
}
// Frees all there is; handles and addresses given out before are invalid.
EXPORT void emu_reset() {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    emu::resetGraphs();
    emu::resetStreams();
    emu::resetMemoryCalls();
    emu::resetDriver();
    emu::freeAll();
    emu::control = {};
    emu::generation++;
    emu::control.capability = 80;
    emu::control.devices = 1;
}
// Loads more kernels; 0 or an error for which dlerror is in the report.
EXPORT int emu_load(const char* path) {
    std::lock_guard<std::recursive_mutex> guard(emu::lock());
    if (dlopen(path, RTLD_NOW | RTLD_LOCAL)) return 0;
    emu::finding("%s", dlerror());
    return 1;
}
