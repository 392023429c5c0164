// Handles and error codes of the driver API, as far as it is emulated.
#pragma once
#include "machine.h"
#include <deque>
#include <functional>
#include <memory>
#include <set>

typedef int CUresult;
typedef unsigned long long CUdeviceptr;
typedef void* Handle;
#define API extern "C" __attribute__((visibility("default"))) CUresult

enum {
    OK = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_PTX = 218,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_OUT_OF_RESOURCES = 701,
    LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURE_MERGE = 902,
    CAPTURE_UNMATCHED = 903,
    CAPTURE_UNJOINED = 904,
    CAPTURE_IMPLICIT = 906,
    CAPTURED_EVENT = 907
};

namespace emu {
struct Op {
    const char* what;
    std::function<CUresult()> run;
};
struct Graph {
    std::shared_ptr<std::vector<Op>> ops = std::make_shared<std::vector<Op>>(); // the same for what is made of it
};
struct Stream;
struct Capture {
    Graph* graph;
    Stream* origin;
    bool invalid = false;
    int mode; // 0 global, 1 of the thread, 2 relaxed
    std::set<Stream*> members, unjoined;
};
struct Stream {
    std::deque<Op> queue; // only used when streams are lazy
    Capture* capture = nullptr;
};
struct Marker {
    bool done = false;
    Stream* from = nullptr;
};
struct Event {
    std::shared_ptr<Marker> marker = std::make_shared<Marker>();
    Capture* capture = nullptr;
    Stream* recordedOn = nullptr;
    timespec at{};
};

extern CUresult sticky;      // after it, a context only gives this
extern Capture* capturing;   // one at a time
CUresult enter();            // what every call checks first
CUresult forbidInCapture();  // of calls that a capture does not survive
Stream* streamOf(Handle h);  // null if it is none
CUresult submit(Handle stream, const char* what, std::function<CUresult()> run);
CUresult drain(Stream* s);
CUresult drainAll();
void runUntil(const std::shared_ptr<Marker>& marker);
void endCapture(Capture* c); // its streams and events are free of it
void resetMemoryCalls();
void resetStreams();
void resetGraphs();
void resetDriver();
} // namespace emu
#define ENTER                                                                                                          \
    std::lock_guard<std::recursive_mutex> guard(emu::lock());                                                          \
    if (CUresult entered = emu::enter()) return entered
