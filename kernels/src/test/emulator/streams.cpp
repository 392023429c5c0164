// Streams and events. A stream runs at once, or, when lazy, not before something waits for it.
#include "driver.h"
#include <ctime>

using namespace emu;
namespace {
Stream defaultStream;
std::set<Stream*> streams;
std::set<Event*> events;
} // namespace

namespace emu {
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
        s->capture->graph->ops->push_back({what, std::move(run)});
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
void endCapture(Capture* c) {
    for (Stream* m : c->members) m->capture = nullptr;
    for (Event* e : events) {
        if (e->capture == c) e->capture = nullptr;
    }
}
void resetStreams() {
    for (Stream* s : streams) delete s;
    for (Event* e : events) delete e;
    streams.clear();
    events.clear();
    defaultStream = {};
}
} // namespace emu

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
