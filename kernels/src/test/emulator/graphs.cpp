// Capture and graphs: what is captured runs in the order it was given, which is one that the graph allows.
#include "driver.h"

using namespace emu;
namespace {
std::set<Graph*> graphs;
} // namespace

namespace emu {
Capture* capturing;

CUresult forbidInCapture() {
    if (!capturing || capturing->mode == 2) return OK;
    capturing->invalid = true;
    return CAPTURE_UNSUPPORTED;
}
void resetGraphs() {
    for (Graph* g : graphs) delete g;
    graphs.clear();
    delete capturing;
    capturing = nullptr;
}
} // namespace emu

API cuStreamBeginCapture_v2(Handle h, int mode) {
    ENTER;
    Stream* s = streamOf(h);
    if (!s) return INVALID_HANDLE;
    if (s == streamOf(nullptr)) return CAPTURE_UNSUPPORTED;
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
    endCapture(c);
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
    for (size_t i = 0; to && i < *count && i < g->ops->size(); i++) to[i] = &(*g->ops)[i];
    *count = g->ops->size();
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
    return submit(stream, "cuGraphLaunch", [ops = g->ops] {
        for (const Op& op : *ops) {
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
