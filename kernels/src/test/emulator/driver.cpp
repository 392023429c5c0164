// Devices, contexts, modules and launches of the driver API.
#include "driver.h"
#include "ptx.h"
#include <cstdio>

using namespace emu;
namespace {
struct Context {
    int device, retained;
};
struct Function {
    const Kernel* kernel;
    std::vector<size_t> sizes, alignments; // of the parameters, as the PTX declares them
    unsigned maxShared = 49152;
};
struct Module {
    std::map<std::string, Function> functions;
    std::unique_ptr<ptx::Instance> interpreted;
};
bool initialised;
std::set<Context*> contexts;
std::map<int, Context*> primary;
std::set<Module*> modules;
thread_local std::vector<Context*> stack;
} // namespace

namespace emu {
CUresult sticky;
CUresult enter() {
    if (!initialised) return NOT_INITIALIZED;
    if (sticky) return sticky;
    return stack.empty() || !contexts.count(stack.back()) ? INVALID_CONTEXT : OK;
}
void resetDriver() {
    for (Context* c : contexts) delete c;
    for (Module* m : modules) delete m;
    contexts.clear();
    primary.clear();
    modules.clear();
    stack.clear();
    sticky = OK;
    initialised = false;
}
} // namespace emu

#define LOCK std::lock_guard<std::recursive_mutex> guard(emu::lock())
#define LOCK_INIT                                                                                                      \
    LOCK;                                                                                                              \
    if (!initialised) return NOT_INITIALIZED
#define DEVICE(d)                                                                                                      \
    LOCK_INIT;                                                                                                         \
    if (d < 0 || d >= control.devices) return INVALID_DEVICE

API cuInit(unsigned) {
    LOCK;
    if (control.devices < 0) return 100; // no device
    if (!control.devices) control.devices = 1;
    if (!control.capability) control.capability = 80;
    initialised = true;
    return OK;
}
API cuDriverGetVersion(int* v) { return *v = 12060, OK; }
API cuDeviceGetCount(int* n) {
    LOCK_INIT;
    *n = control.devices;
    return OK;
}
API cuDeviceGet(int* device, int i) {
    DEVICE(i);
    *device = i;
    return OK;
}
API cuDeviceGetName(char* to, int size, int device) {
    DEVICE(device);
    snprintf(to, size, "Emulated device %d", device);
    return OK;
}
API cuDeviceTotalMem_v2(size_t* bytes, int device) {
    DEVICE(device);
    *bytes = control.limitBytes ? control.limitBytes : 8ull << 30;
    return OK;
}
API cuDeviceGetUuid(char* to, int device) {
    DEVICE(device);
    memset(to, 0x11 * (device + 1), 16);
    return OK;
}
API cuDeviceGetPCIBusId(char* to, int size, int device) {
    DEVICE(device);
    snprintf(to, size, "0000:%02x:00.0", device + 1);
    return OK;
}
API cuDeviceComputeCapability(int* major, int* minor, int device) {
    DEVICE(device);
    *major = control.capability / 10;
    *minor = control.capability % 10;
    return OK;
}
API cuDeviceGetAttribute(int* v, int attribute, int device) {
    DEVICE(device);
    static const std::map<int, int> values = {
        {1, 1024},  {2, 1024}, {3, 1024},   {4, 64},  {5, 2147483647}, {6, 65535}, {7, 65535},   {8, 49152},
        {10, 32},   {12, 65536}, {13, 1000000}, {16, 4}, {31, 1}, {39, 2048}, {40, 2}, {41, 1},
        {81, 102400}, {82, 65536}, {97, 101376}, {102, 1}, {106, 32}, {115, 1}};
    auto i = values.find(attribute);
    *v = attribute == 75   ? control.capability / 10
         : attribute == 76 ? control.capability % 10
         : i == values.end() ? 0
                             : i->second;
    return OK;
}
API cuDeviceCanAccessPeer(int* can, int, int) { return *can = 0, OK; }

static Context* newContext(int device) {
    auto c = new Context{device, 1};
    contexts.insert(c);
    control.liveContexts++;
    return c;
}
static void endContext(Context* c) {
    drainAll();
    if (contexts.size() == 1 && sticky) { // nothing can be freed in a context that is lost, so nothing is a leak
        sticky = OK;
    } else if (contexts.size() == 1) {
        reportLeaks();
        if (control.liveHost) finding("leak of %ld blocks of pinned memory", (long) control.liveHost);
        if (control.liveStreams) finding("leak of %ld streams", (long) control.liveStreams);
        if (control.liveEvents) finding("leak of %ld events", (long) control.liveEvents);
        if (control.liveGraphs) finding("leak of %ld graphs", (long) control.liveGraphs);
        if (control.liveObjects) finding("leak of %ld handles or descriptors of libraries", (long) control.liveObjects);
    }
    contexts.erase(c);
    control.liveContexts--;
    if (!stack.empty() && stack.back() == c) stack.pop_back();
    delete c;
}
API cuCtxCreate_v2(Handle* to, unsigned, int device) {
    DEVICE(device);
    Context* c = newContext(device);
    stack.push_back(c);
    *to = c;
    return OK;
}
API cuCtxDestroy_v2(Handle h) {
    LOCK_INIT;
    auto c = static_cast<Context*>(h);
    if (!contexts.count(c)) return INVALID_CONTEXT;
    endContext(c);
    return OK;
}
API cuDevicePrimaryCtxRetain(Handle* to, int device) {
    DEVICE(device);
    Context*& c = primary[device];
    if (c) {
        c->retained++;
    } else {
        c = newContext(device);
    }
    *to = c;
    return OK;
}
API cuDevicePrimaryCtxRelease_v2(int device) {
    DEVICE(device);
    Context* c = primary[device];
    if (!c) return INVALID_CONTEXT;
    if (--c->retained == 0) {
        primary.erase(device);
        endContext(c);
    }
    return OK;
}
API cuDevicePrimaryCtxReset_v2(int device) {
    DEVICE(device);
    if (Context* c = primary[device]) {
        primary.erase(device);
        endContext(c);
    }
    return OK;
}
API cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active) {
    DEVICE(device);
    *flags = 0;
    *active = primary[device] != nullptr;
    return OK;
}
API cuDevicePrimaryCtxSetFlags_v2(int device, unsigned) {
    DEVICE(device);
    return OK;
}
API cuCtxSetCurrent(Handle h) {
    LOCK_INIT;
    if (!stack.empty()) stack.pop_back();
    if (h) stack.push_back(static_cast<Context*>(h));
    return OK;
}
API cuCtxPushCurrent_v2(Handle h) {
    LOCK_INIT;
    stack.push_back(static_cast<Context*>(h));
    return OK;
}
API cuCtxPopCurrent_v2(Handle* to) {
    LOCK_INIT;
    if (stack.empty()) return INVALID_CONTEXT;
    if (to) *to = stack.back();
    stack.pop_back();
    return OK;
}
API cuCtxGetCurrent(Handle* to) {
    LOCK_INIT;
    *to = stack.empty() ? nullptr : stack.back();
    return OK;
}
API cuCtxGetDevice(int* device) {
    ENTER;
    *device = stack.back()->device;
    return OK;
}
API cuCtxGetFlags(unsigned* flags) { return *flags = 0, OK; }
API cuCtxGetStreamPriorityRange(int* least, int* greatest) { return *least = 0, *greatest = 0, OK; }
API cuCtxSynchronize() {
    ENTER;
    if (CUresult e = forbidInCapture()) return e;
    return drainAll();
}

// The .entry names and parameters of a PTX text.
static std::map<std::string, Function> entries(const std::string& t) {
    std::map<std::string, Function> all;
    for (size_t i = 0; (i = t.find(".entry", i)) != std::string::npos;) {
        i = t.find_first_not_of(" \t\n", i + 6);
        size_t end = t.find_first_of(" \t\n({", i);
        Function& f = all[t.substr(i, end - i)];
        size_t open = t.find_first_of("({", end);
        size_t close = open != std::string::npos && t[open] == '(' ? t.find(')', open) : end;
        for (size_t q = end; (q = t.find(".param", q)) != std::string::npos && q < close;) {
            size_t comma = std::min(t.find(',', q), close);
            std::string d = t.substr(q, comma - q);
            q = comma;
            size_t width = 0, count = 1, align = 0;
            for (const char* s = d.c_str(); *s; s++) {
                if (*s == '.' && strchr("busf", s[1]) && isdigit(s[2])) width = atoi(s + 2) / 8;
            }
            if (size_t a = d.find(".align"); a != std::string::npos && d.find('[') != std::string::npos) align = atoi(d.c_str() + a + 6);
            if (size_t bracket = d.find('['); bracket != std::string::npos) count = atoll(d.c_str() + bracket + 1);
            f.sizes.push_back(width * count);
            f.alignments.push_back(align ? align : width);
        }
    }
    return all;
}
// The assembler's messages, for programs that asked for them (CU_JIT_ERROR_LOG_BUFFER).
static void tell(const ptx::Error& e, unsigned count, const int* options, void** values) {
    char* to = nullptr;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == 5) to = static_cast<char*>(values[i]);
        if (options[i] == 6) size = (size_t) values[i];
    }
    if (to && size) snprintf(to, size, "line %d: %s", e.line, e.text.c_str());
}
API cuModuleLoadDataEx(Handle* to, const void* image, unsigned count, int* options, void** values) {
    ENTER;
    if (CUresult e = forbidInCapture()) return e;
    std::string text(static_cast<const char*>(image));
    if (text.find(".version") == std::string::npos) return INVALID_IMAGE;
    size_t target = text.find(".target sm_");
    if (target == std::string::npos) return INVALID_PTX;
    if (atoi(text.c_str() + target + 11) > control.capability) return 209; // no binary for this GPU
    auto m = std::make_unique<Module>();
    auto declared = entries(text);
    bool interpret = control.interpret;
    for (auto& [name, f] : declared) interpret |= !emu::find(name);
    if (interpret) {
        try {
            m->interpreted = std::make_unique<ptx::Instance>();
            m->interpreted->program = ptx::cached(text);
            ptx::instantiate(*m->interpreted);
        } catch (const ptx::Error& e) {
            finding("cuModuleLoadData: line %d: %s", e.line, e.text.c_str());
            tell(e, count, options, values);
            return INVALID_PTX;
        }
    }
    for (auto& [name, f] : declared) {
        f.kernel = control.interpret ? nullptr : emu::find(name);
        if (!f.kernel) {
            auto k = m->interpreted->kernels.find(name);
            if (k == m->interpreted->kernels.end()) continue; // only declared
            f.kernel = k->second.get();
            f.sizes.assign(f.kernel->sizes, f.kernel->sizes + f.kernel->params);
            f.alignments = ptx::alignments(*f.kernel);
        }
        if (f.sizes != std::vector<size_t>(f.kernel->sizes, f.kernel->sizes + f.kernel->params)) {
            finding("cuModuleLoadData: parameters of %s in PTX and source differ", name.c_str());
            return INVALID_PTX;
        }
        m->functions[name] = f;
    }
    control.liveModules++;
    modules.insert(m.get());
    *to = m.release();
    return OK;
}
API cuModuleLoadData(Handle* to, const void* image) { return cuModuleLoadDataEx(to, image, 0, nullptr, nullptr); }
API cuModuleUnload(Handle h) {
    ENTER;
    auto m = static_cast<Module*>(h);
    if (!modules.erase(m)) return INVALID_HANDLE;
    drainAll();
    delete m;
    control.liveModules--;
    return OK;
}
API cuModuleGetFunction(Handle* to, Handle h, const char* name) {
    ENTER;
    auto m = static_cast<Module*>(h);
    if (!modules.count(m)) return INVALID_HANDLE;
    auto i = m->functions.find(name);
    if (i == m->functions.end()) return NOT_FOUND;
    *to = &i->second;
    return OK;
}
API cuModuleGetLoadingMode(int* mode) { return *mode = 1, OK; }
API cuFuncSetAttribute(Handle f, int attribute, int v) {
    ENTER;
    if (attribute == 8) static_cast<Function*>(f)->maxShared = v;
    return OK;
}
API cuFuncGetAttribute(int* v, int attribute, Handle f) {
    ENTER;
    *v = attribute == 0 ? (int) static_cast<Function*>(f)->kernel->threads : 0;
    return OK;
}
API cuFuncSetCacheConfig(Handle, int) { return OK; }
API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* n, Handle, int threads, size_t) { return *n = 2048 / threads, OK; }

API cuLaunchKernel(Handle handle, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, Handle stream, void** params, void** extra) {
    ENTER;
    auto f = static_cast<Function*>(handle);
    if (!f) return INVALID_HANDLE;
    const Kernel* k = f->kernel;
    uint64_t threads = (uint64_t) bx * by * bz;
    if (!gx || !gy || !gz || !threads || gx > 2147483647u || gy > 65535 || gz > 65535 || bz > 64 || threads > 1024) {
        finding("%s: grid (%u, %u, %u), block (%u, %u, %u)", k->name, gx, gy, gz, bx, by, bz);
        return INVALID_VALUE;
    }
    if (k->program && ptx::needsAllThreads(*k) && threads != k->threads) {
        finding("%s: %u threads a block, %u are required", k->name, (unsigned) threads, k->threads);
        return INVALID_VALUE;
    }
    if (threads > k->threads) {
        finding("%s: %u threads a block, bound is %u", k->name, (unsigned) threads, k->threads);
        return LAUNCH_OUT_OF_RESOURCES;
    }
    if (shared > f->maxShared) {
        finding("%s: %u bytes of dynamic shared memory", k->name, shared);
        return INVALID_VALUE;
    }
    // The values are taken now, as the driver does.
    std::vector<std::vector<char>> values;
    const char* buffer = nullptr;
    size_t bufferSize = 0;
    if (!params && k->params) {
        for (void** e = extra; e && *e; e += 2) {
            if (*e == (void*) 1) buffer = static_cast<const char*>(e[1]);
            if (*e == (void*) 2) bufferSize = *static_cast<size_t*>(e[1]);
        }
        if (!buffer) return INVALID_VALUE;
    }
    size_t at = 0;
    for (int i = 0; i < k->params; i++) {
        const char* from = params ? static_cast<const char*>(params[i]) : nullptr;
        if (!params) {
            at = (at + f->alignments[i] - 1) / f->alignments[i] * f->alignments[i];
            from = buffer + at;
            at += f->sizes[i];
            if (at > bufferSize) {
                finding("%s: %zu bytes of parameters, not %zu", k->name, bufferSize, at);
                return INVALID_VALUE;
            }
        }
        values.emplace_back(from, from + f->sizes[i]);
    }
    dim3 grid, block;
    grid.x = gx, grid.y = gy, grid.z = gz, block.x = bx, block.y = by, block.z = bz;
    int code = OK;
    if (injected(LAUNCH, &code)) {
        if (code >= ILLEGAL_ADDRESS && code != LAUNCH_OUT_OF_RESOURCES && code < NOT_SUPPORTED) sticky = code;
        return code;
    }
    return submit(stream, k->name, [=]() mutable {
        std::vector<void*> p;
        for (auto& v : values) p.push_back(v.data());
        if (!emu::launch(k, grid, block, shared, p.data())) sticky = ILLEGAL_ADDRESS; // which the next call gives
        return OK;
    });
}

API cuGetErrorName(int code, const char** to) {
    static thread_local char text[40];
    snprintf(text, sizeof text, "CUDA_ERROR_%d", code);
    *to = text;
    return OK;
}
API cuGetErrorString(int code, const char** to) { return cuGetErrorName(code, to); }
