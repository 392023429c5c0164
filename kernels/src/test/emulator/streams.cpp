// Memory calls, streams, events, capture and graphs. A stream runs at once, or, when lazy, not before something waits for it.
#include "driver.h"
#include <cstdlib>
#include <ctime>

using namespace emu;
namespace {
Stream defaultStream;
std::set<Stream*> streams;
std::set<Event*> events;
std::set<Graph*> graphs;
std::map<void*, size_t> pinned;
std::map<Handle, size_t> physical;
} // namespace

namespace emu {
Capture* capturing;

CUresult forbidInCapture() {
    if (!capturing || capturing->mode == 2) return OK;
    capturing->invalid = true;
    return CAPTURE_UNSUPPORTED;
}
Stream* streamOf(Handle h) {
    auto n = reinterpret_cast<uintptr_t>(h);
    if (n <= 2) return &defaultStream; // null, legacy, per thread
    auto s = static_cast<Stream*>(h);
    return streams.count(s) ? s : nullptr;
}
static CUresult runFirst(Stream* s) {
    Op op = s->queue.front();
    s->queue.pop_front();
    return sticky ? sticky : op.run();
}
CUresult drain(Stream* s) {
    CUresult first = OK;
    while (!s->queue.empty()) {
        CUresult e = runFirst(s);
        if (!first) first = e;
    }
    return sticky ? sticky : first;
}
CUresult drainAll() {
    CUresult first = OK;
    for (Stream* s : streams) {
        CUresult e = drain(s);
        if (!first) first = e;
    }
    return first ? first : sticky;
}
void runUntil(const std::shared_ptr<Marker>& marker) {
    while (!marker->done && marker->from && !marker->from->queue.empty()) runFirst(marker->from);
}
CUresult submit(Handle handle, const char* what, std::function<CUresult()> run) {
    Stream* s = streamOf(handle);
    if (!s) return INVALID_HANDLE;
    if (s->capture) {
        if (s->capture->invalid) return CAPTURE_INVALIDATED;
        s->capture->graph->ops.push_back({what, std::move(run)});
        if (s != s->capture->origin) s->capture->unjoined.insert(s);
        return OK;
    }
    if (s == &defaultStream) {
        if (capturing) {
            capturing->invalid = true;
            return CAPTURE_IMPLICIT;
        }
        if (CUresult e = drainAll()) return e;
        return run();
    }
    if (control.lazy) {
        s->queue.push_back({what, std::move(run)});
        return OK;
    }
    return run();
}
void resetStreams() {
    for (Stream* s : streams) delete s;
    for (Event* e : events) delete e;
    for (Graph* g : graphs) delete g;
    for (auto& p : pinned) free(p.first);
    delete capturing;
    streams.clear();
    events.clear();
    graphs.clear();
    pinned.clear();
    physical.clear();
    capturing = nullptr;
    defaultStream = {};
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

// Streams.
API cuStreamCreate(Handle* to, unsigned) {
    ENTER;
    auto s = new Stream();
    streams.insert(s);
    control.liveStreams++;
    *to = s;
    return OK;
}
API cuStreamCreateWithPriority(Handle* to, unsigned flags, int) { return cuStreamCreate(to, flags); }
API cuStreamDestroy_v2(Handle h) {
    ENTER;
    auto s = static_cast<Stream*>(h);
    if (!streams.count(s)) return INVALID_HANDLE;
    CUresult e = drain(s);
    streams.erase(s);
    control.liveStreams--;
    delete s;
    return e;
}
API cuStreamSynchronize(Handle h) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    if (s->capture) {
        s->capture->invalid = true;
        return CAPTURE_UNSUPPORTED;
    }
    return s == &defaultStream ? drainAll() : drain(s);
}
API cuStreamQuery(Handle h) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    if (s->queue.empty()) return OK;
    CUresult e = runFirst(s); // so that a loop of queries ends
    return e ? e : NOT_READY;
}
API cuStreamGetPriority(Handle, int* priority) { return *priority = 0, OK; }
API cuStreamGetFlags(Handle, unsigned* flags) { return *flags = 1, OK; }
API cuLaunchHostFunc(Handle stream, void (*fn)(void*), void* data) {
    ENTER;
    return submit(stream, "cuLaunchHostFunc", [=] { return fn(data), OK; });
}

// Events.
API cuEventCreate(Handle* to, unsigned) {
    ENTER;
    auto e = new Event();
    e->marker->done = true;
    events.insert(e);
    control.liveEvents++;
    *to = e;
    return OK;
}
static Event* eventOf(Handle h) {
    auto e = static_cast<Event*>(h);
    return events.count(e) ? e : nullptr;
}
API cuEventDestroy_v2(Handle h) {
    ENTER;
    Event* e = eventOf(h);
    if (!e) return INVALID_HANDLE;
    runUntil(e->marker);
    events.erase(e);
    control.liveEvents--;
    delete e;
    return OK;
}
static timespec time() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t nanos = t.tv_nsec + control.spentNanos;
    return {t.tv_sec + nanos / 1000000000, nanos % 1000000000};
}
API cuEventRecord(Handle h, Handle stream) {
    ENTER;
    Event* e = eventOf(h);
    Stream* s = streamOf(stream);
    if (!e || !s) return INVALID_HANDLE;
    e->recordedOn = s;
    e->capture = s->capture;
    if (s->capture) return OK;
    auto marker = std::make_shared<Marker>();
    marker->from = s;
    e->marker = marker;
    return submit(stream, "cuEventRecord", [=] {
        marker->done = true;
        if (events.count(e) && e->marker == marker) e->at = time();
        return OK;
    });
}
API cuStreamWaitEvent(Handle stream, Handle h, unsigned) {
    ENTER;
    Event* e = eventOf(h);
    Stream* s = streamOf(stream);
    if (!e || !s) return INVALID_HANDLE;
    if (e->capture && e->capture == capturing) { // the stream joins the capture, or the other one is joined
        if (s->capture && s->capture != e->capture) return CAPTURE_MERGE;
        if (!s->capture) {
            s->capture = e->capture;
            e->capture->members.insert(s);
        }
        if (e->recordedOn != s) e->capture->unjoined.erase(e->recordedOn);
        if (s != s->capture->origin) s->capture->unjoined.insert(s);
        return OK;
    }
    if (s->capture) return 905; // isolation: an event from outside of the capture
    auto marker = e->marker;
    return submit(stream, "cuStreamWaitEvent", [=] { return runUntil(marker), OK; });
}
API cuEventSynchronize(Handle h) {
    ENTER;
    Event* e = eventOf(h);
    if (!e) return INVALID_HANDLE;
    if (e->capture && e->capture == capturing) return CAPTURED_EVENT;
    runUntil(e->marker);
    return sticky;
}
API cuEventQuery(Handle h) {
    ENTER;
    Event* e = eventOf(h);
    if (!e) return INVALID_HANDLE;
    if (e->capture && e->capture == capturing) return CAPTURED_EVENT;
    if (e->marker->done) return OK;
    if (!e->marker->from->queue.empty()) runFirst(e->marker->from);
    return sticky ? sticky : NOT_READY;
}
API cuEventElapsedTime(float* ms, Handle a, Handle b) {
    ENTER;
    Event *x = eventOf(a), *y = eventOf(b);
    if (!x || !y) return INVALID_HANDLE;
    if (!x->marker->done || !y->marker->done) return NOT_READY;
    *ms = (y->at.tv_sec - x->at.tv_sec) * 1e3f + (y->at.tv_nsec - x->at.tv_nsec) * 1e-6f;
    return OK;
}

// Capture and graphs: what is captured runs in the order it was given, which is one that the graph allows.
API cuStreamBeginCapture_v2(Handle h, int mode) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    if (s == &defaultStream) return CAPTURE_UNSUPPORTED;
    if (capturing) return INVALID_VALUE;
    capturing = new Capture();
    capturing->graph = new Graph();
    capturing->origin = s;
    capturing->mode = mode;
    capturing->members.insert(s);
    s->capture = capturing;
    return OK;
}
API cuStreamIsCapturing(Handle h, int* status) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    *status = !s->capture ? 0 : s->capture->invalid ? 2 : 1;
    return OK;
}
API cuThreadExchangeStreamCaptureMode(int* mode) {
    ENTER;
    if (capturing) std::swap(capturing->mode, *mode);
    return OK;
}
API cuStreamEndCapture(Handle h, Handle* to) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    *to = nullptr;
    if (!s->capture) return INVALID_VALUE;
    if (s->capture->origin != s) return CAPTURE_UNMATCHED;
    Capture* c = s->capture;
    for (Stream* m : c->members) m->capture = nullptr;
    for (Event* e : events) {
        if (e->capture == c) e->capture = nullptr;
    }
    CUresult result = c->invalid ? CAPTURE_INVALIDATED : !c->unjoined.empty() ? CAPTURE_UNJOINED : OK;
    if (result) {
        delete c->graph;
    } else {
        graphs.insert(c->graph);
        control.liveGraphs++;
        *to = c->graph;
    }
    delete c;
    capturing = nullptr;
    return result;
}
API cuGraphGetNodes(Handle h, Handle* to, size_t* count) {
    ENTER;
    auto g = static_cast<Graph*>(h);
    if (!graphs.count(g)) return INVALID_HANDLE;
    for (size_t i = 0; to && i < *count && i < g->ops.size(); i++) to[i] = &g->ops[i];
    *count = g->ops.size();
    return OK;
}
API cuGraphInstantiateWithFlags(Handle* to, Handle h, unsigned long long) {
    ENTER;
    auto g = static_cast<Graph*>(h);
    if (!graphs.count(g)) return INVALID_HANDLE;
    int code;
    if (injected(ALLOCATION, &code)) return code;
    auto copy = new Graph(*g);
    graphs.insert(copy);
    control.liveGraphs++;
    *to = copy;
    return OK;
}
API cuGraphUpload(Handle, Handle) {
    ENTER;
    return OK;
}
API cuGraphLaunch(Handle h, Handle stream) {
    ENTER;
    auto g = static_cast<Graph*>(h);
    if (!graphs.count(g)) return INVALID_HANDLE;
    int code;
    if (injected(GRAPH_LAUNCH, &code)) {
        if (code >= ILLEGAL_ADDRESS && code < NOT_SUPPORTED) sticky = code;
        return code;
    }
    auto ops = g->ops;
    return submit(stream, "cuGraphLaunch", [=] {
        for (const Op& op : ops) {
            if (sticky) break;
            if (CUresult e = op.run()) sticky = e; // a node that fails ends the graph
        }
        return OK;
    });
}
static CUresult destroy(Handle h) {
    auto g = static_cast<Graph*>(h);
    if (!graphs.count(g)) return INVALID_HANDLE;
    if (CUresult e = drainAll()) return e;
    graphs.erase(g);
    control.liveGraphs--;
    delete g;
    return OK;
}
API cuGraphDestroy(Handle h) {
    ENTER;
    return destroy(h);
}
API cuGraphExecDestroy(Handle h) {
    ENTER;
    return destroy(h);
}
