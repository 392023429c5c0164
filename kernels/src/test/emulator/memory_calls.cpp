// Calls of the driver API about memory: on the device, pinned, mapped piece by piece; copies and fills.
#include "driver.h"
#include <cstdlib>

using namespace emu;
namespace {
std::map<void*, size_t> pinned;
std::map<Handle, size_t> physical;
} // namespace

namespace emu {
void resetMemoryCalls() {
    for (auto& p : pinned) free(p.first);
    pinned.clear();
    physical.clear();
}
} // namespace emu

// Memory.
API cuMemAlloc_v2(CUdeviceptr* to, size_t bytes) {
    ENTER;
    if (CUresult e = forbidInCapture()) return e;
    if (bytes == 0) return INVALID_VALUE;
    int code;
    if (injected(ALLOCATION, &code)) return code;
    *to = deviceAllocate(bytes, false);
    return *to ? OK : OUT_OF_MEMORY;
}
API cuMemFree_v2(CUdeviceptr p) {
    ENTER;
    if (CUresult e = forbidInCapture()) return e;
    if (p == 0) return OK;
    if (CUresult e = drainAll()) return e; // as the driver, waits for everything
    return deviceFree(p, "cuMemFree") ? OK : INVALID_VALUE;
}
API cuMemAllocAsync(CUdeviceptr* to, size_t bytes, Handle stream) {
    ENTER;
    Stream* s = streamOf(stream);
    if (!s) return INVALID_HANDLE;
    if (s->capture) return NOT_SUPPORTED; // allocation nodes: the executor must not make them
    int code;
    if (injected(ALLOCATION, &code)) return code;
    *to = bytes ? deviceAllocate(bytes, false) : 0;
    return *to ? OK : bytes ? OUT_OF_MEMORY : INVALID_VALUE;
}
API cuMemFreeAsync(CUdeviceptr p, Handle stream) {
    ENTER;
    return submit(stream, "cuMemFreeAsync", [=] { return deviceFree(p, "cuMemFreeAsync") ? OK : INVALID_VALUE; });
}
API cuMemGetInfo_v2(size_t* free, size_t* total) {
    ENTER;
    *total = control.limitBytes ? control.limitBytes : 8ull << 30;
    *free = *total - control.liveBytes;
    return OK;
}
API cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes, CUdeviceptr p) {
    ENTER;
    uint64_t b;
    size_t n;
    if (!deviceContains(p, &b, &n)) return NOT_FOUND;
    if (base) *base = b;
    if (bytes) *bytes = n;
    return OK;
}
API cuMemHostAlloc(void** to, size_t bytes, unsigned) {
    ENTER;
    int code;
    if (injected(ALLOCATION, &code)) return code;
    *to = aligned_alloc(4096, (bytes + 4095) & ~size_t{4095});
    pinned[*to] = bytes;
    control.liveHost++;
    return OK;
}
API cuMemAllocHost_v2(void** to, size_t bytes) { return cuMemHostAlloc(to, bytes, 0); }
API cuMemFreeHost(void* p) {
    ENTER;
    if (CUresult e = drainAll()) return e;
    if (!pinned.erase(p)) {
        finding("cuMemFreeHost: no pinned memory at %p", p);
        return INVALID_VALUE;
    }
    control.liveHost--;
    free(p);
    return OK;
}
API cuMemHostRegister_v2(void*, size_t, unsigned) {
    ENTER;
    return OK;
}
API cuMemHostUnregister(void*) {
    ENTER;
    return OK;
}
// Virtual memory: a mapped range is one allocation.
API cuMemGetAllocationGranularity(size_t* bytes, const void*, int) { return *bytes = 2 << 20, OK; }
API cuMemAddressReserve(CUdeviceptr* to, size_t bytes, size_t, CUdeviceptr, unsigned long long) {
    ENTER;
    *to = deviceReserve(bytes);
    return *to ? OK : OUT_OF_MEMORY;
}
API cuMemAddressFree(CUdeviceptr, size_t) {
    ENTER;
    return OK;
}
API cuMemCreate(Handle* to, size_t bytes, const void*, unsigned long long) {
    ENTER;
    int code;
    if (injected(ALLOCATION, &code)) return code;
    if (control.limitBytes && control.liveBytes + (int64_t) bytes > control.limitBytes) return OUT_OF_MEMORY;
    static uintptr_t serial = 0x1000;
    *to = reinterpret_cast<Handle>(serial += 16);
    physical[*to] = bytes;
    return OK;
}
API cuMemRelease(Handle h) {
    ENTER;
    return physical.erase(h) ? OK : INVALID_HANDLE;
}
API cuMemMap(CUdeviceptr p, size_t bytes, size_t, Handle h, unsigned long long) {
    ENTER;
    auto i = physical.find(h);
    if (i == physical.end() || bytes > i->second) return INVALID_VALUE;
    deviceMap(p, bytes);
    return OK;
}
API cuMemSetAccess(CUdeviceptr, size_t, const void*, size_t) {
    ENTER;
    return OK;
}
API cuMemUnmap(CUdeviceptr p, size_t bytes) {
    ENTER;
    if (CUresult e = drainAll()) return e;
    if (deviceSize(p) != bytes) return INVALID_VALUE;
    return deviceFree(p, "cuMemUnmap") ? OK : INVALID_VALUE;
}

// Copies.
enum Direction { TO_DEVICE, TO_HOST, ON_DEVICE };
static CUresult copy(Handle stream, bool wait, Direction way, uint64_t to, uint64_t from, size_t bytes, const char* who) {
    if (wait) {
        if (CUresult e = forbidInCapture()) return e;
    }
    int code;
    if (injected(COPY, &code)) {
        if (code >= ILLEGAL_ADDRESS && code < NOT_SUPPORTED) sticky = code;
        return code;
    }
    return submit(stream, who, [=]() -> CUresult {
        if (way != TO_HOST && !deviceRange(to, bytes, who)) return INVALID_VALUE;
        if (way != TO_DEVICE && !deviceRange(from, bytes, who)) return INVALID_VALUE;
        if (way == TO_HOST) readable(from, bytes, who);
        if (way == TO_DEVICE) markWritten(to, bytes);
        if (way == ON_DEVICE) copyWritten(to, from, bytes);
        memmove(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
        return OK;
    });
}
#define ADDRESS(p) reinterpret_cast<uint64_t>(p)
API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t n) {
    ENTER;
    return copy(nullptr, true, TO_DEVICE, to, ADDRESS(from), n, "cuMemcpyHtoD");
}
API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t n) {
    ENTER;
    return copy(nullptr, true, TO_HOST, ADDRESS(to), from, n, "cuMemcpyDtoH");
}
API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t n) {
    ENTER;
    return copy(nullptr, true, ON_DEVICE, to, from, n, "cuMemcpyDtoD");
}
API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t n, Handle s) {
    ENTER;
    return copy(s, false, TO_DEVICE, to, ADDRESS(from), n, "cuMemcpyHtoDAsync");
}
API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t n, Handle s) {
    ENTER;
    return copy(s, false, TO_HOST, ADDRESS(to), from, n, "cuMemcpyDtoHAsync");
}
API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t n, Handle s) {
    ENTER;
    return copy(s, false, ON_DEVICE, to, from, n, "cuMemcpyDtoDAsync");
}
static CUresult fill(Handle stream, CUdeviceptr to, uint64_t value, size_t width, size_t count) {
    return submit(stream, "cuMemset", [=]() -> CUresult {
        if (!deviceRange(to, width * count, "cuMemset")) return INVALID_VALUE;
        for (size_t i = 0; i < count; i++) memcpy(reinterpret_cast<char*>(to) + i * width, &value, width);
        markWritten(to, width * count);
        return OK;
    });
}
API cuMemsetD8_v2(CUdeviceptr to, unsigned char v, size_t n) {
    ENTER;
    return fill(nullptr, to, v, 1, n);
}
API cuMemsetD16_v2(CUdeviceptr to, unsigned short v, size_t n) {
    ENTER;
    return fill(nullptr, to, v, 2, n);
}
API cuMemsetD32_v2(CUdeviceptr to, unsigned v, size_t n) {
    ENTER;
    return fill(nullptr, to, v, 4, n);
}
API cuMemsetD8Async(CUdeviceptr to, unsigned char v, size_t n, Handle s) {
    ENTER;
    return fill(s, to, v, 1, n);
}
API cuMemsetD16Async(CUdeviceptr to, unsigned short v, size_t n, Handle s) {
    ENTER;
    return fill(s, to, v, 2, n);
}
API cuMemsetD32Async(CUdeviceptr to, unsigned v, size_t n, Handle s) {
    ENTER;
    return fill(s, to, v, 4, n);
}
