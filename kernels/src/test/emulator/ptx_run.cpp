// Loaded modules, threads and their frames, and the loop that runs them.
#include "ptx_decode.h"
#include <sys/mman.h>

namespace ptx {
namespace {
const uint64_t POISON = 0xa5a5a5a5a5a5a5a5, MOST_STEPS = 1ull << 33;
Thread threads[1024];
std::vector<uint64_t> registers;
uint64_t steps, stepsAtLaunch;
const Entry* running;

void prepareFrame(const Function& f, const Instance& instance) {
    f.frame.assign(f.slots, POISON);
    f.perThread.clear();
    for (const Constant& c : f.constants) {
        if (c.kind == Constant::VALUE) {
            f.frame[c.slot] = c.value;
        } else if (c.kind != Constant::VARIABLE) {
            f.perThread.push_back(c);
        } else if (c.variable->space == Space::SHARED) {
            void* p = c.variable->dynamic ? emu::dynamicShared() : emu::shared(c.variable, c.variable->bytes);
            f.frame[c.slot] = (uint64_t) (static_cast<char*>(p) - sharedBase()) + c.value;
        } else {
            f.frame[c.slot] = instance.addresses.at(c.variable) + c.value;
        }
    }
    for (const Function* g : f.callees) prepareFrame(*g, instance);
}
} // namespace

std::shared_ptr<const Program> cached(const string& text) {
    static std::unordered_map<string, std::shared_ptr<const Program>> all;
    static size_t bytes;
    auto i = all.find(text);
    if (i != all.end()) return i->second;
    std::shared_ptr<const Program> p = parse(text);
    if ((bytes += text.size()) > 64 << 20) all.clear(), bytes = text.size();
    return all[text] = p;
}
void instantiate(Instance& to) {
    for (auto& [name, v] : to.program->variables) {
        if (v->space != Space::GLOBAL && v->space != Space::CONST) continue;
        uint64_t p = emu::deviceModule(std::max<size_t>(v->bytes, 1), v->space == Space::CONST);
        memset(reinterpret_cast<void*>(p), 0, v->bytes);
        memcpy(reinterpret_cast<void*>(p), v->init.data(), std::min(v->init.size(), v->bytes));
        to.addresses[v.get()] = p;
    }
    for (auto& [name, f] : to.program->functions) {
        if (!f->entry || !f->defined) continue;
        size_t shared = 0;
        for (const Variable* v : f->variables) shared += v->space == Space::SHARED && !v->dynamic ? v->bytes : 0;
        if (shared > 49152) fail(f->line, "%s has %zu bytes of shared memory, and 49152 are the most", name.c_str(), shared);
        auto sizes = std::make_unique<std::vector<size_t>>();
        for (const Param& p : f->params) sizes->push_back(p.bytes);
        auto entry = std::make_unique<Entry>(Entry{f.get(), &to});
        to.kernels[name] = std::make_unique<emu::Kernel>(
            emu::Kernel{f->name.c_str(), f->maxThreads, (int) f->params.size(), sizes->data(), nullptr, entry.get()});
        to.sizes.push_back(std::move(sizes));
        to.entries.push_back(std::move(entry));
    }
}
std::vector<size_t> alignments(const emu::Kernel& k) {
    std::vector<size_t> all;
    for (const Param& p : static_cast<const Entry*>(k.program)->function->params) all.push_back(p.align);
    return all;
}
bool needsAllThreads(const emu::Kernel& k) { return static_cast<const Entry*>(k.program)->function->exactThreads; }
Instance::~Instance() {
    for (auto& [v, p] : addresses) emu::deviceFreeModule(p);
}

void enterFrame(Thread& t, const Function* f, uint64_t* r, size_t localFrom) {
    memcpy(r, f->frame.data(), f->slots * sizeof *r);
    for (const Constant& c : f->perThread) r[c.slot] = c.kind == Constant::LOCAL ? localAddress(t, localFrom + c.value) : (uint64_t) r + c.value;
    t.r = r;
    t.function = f;
    t.localFrom = localFrom;
    if (f->localBytes) forgetLocal(t, localFrom, f->localBytes);
}
void run(Thread& t) {
    const Inst* i = t.pc;
    do {
        t.pc = i;
        if (__builtin_expect(++steps > stepsAtLaunch, 0)) emu::abandon("more than 2^33 instructions: a loop that does not end?");
        i = i->fn(t.r, i, t);
    } while (i);
}

// What machine.cpp calls.
bool synchronises(const emu::Kernel* k) { return static_cast<const Entry*>(k->program)->function->synchronises; }
void openBlock(const emu::Kernel* k, bool first, unsigned count, void** params) {
    running = static_cast<const Entry*>(k->program);
    const Function& f = *running->function;
    if (!first) { // the block's shared arrays, in the order of the first one
        for (const Variable* v : f.variables) {
            if (v->space == Space::SHARED && !v->dynamic) emu::shared(v, v->bytes);
        }
        return;
    }
    for (const Variable* v : f.variables) {
        if (v->space == Space::SHARED && !v->dynamic) emu::shared(v, v->bytes);
    }
    prepareFrame(f, *running->instance);
    for (size_t i = 0; i < f.params.size(); i++) memcpy(&f.frame[f.params[i].slot], params[i], f.params[i].bytes);
    size_t wanted = (size_t) f.allSlots * (f.synchronises ? count : 1);
    if (registers.size() < wanted) registers.resize(wanted);
    stepsAtLaunch = steps + MOST_STEPS;
}
void runThread(unsigned index) {
    const Function& f = *running->function;
    unsigned slot = f.synchronises ? index : 0;
    Thread& t = threads[slot];
    t.frames.clear();
    t.open.clear();
    t.groups.clear();
    t.carry = false;
    t.local = localMemory(slot);
    enterFrame(t, &f, registers.data() + (size_t) slot * f.allSlots, 0);
    t.pc = f.code.data();
    run(t);
}
int lineOf(unsigned index) {
    const Thread& t = threads[running->function->synchronises ? index : 0];
    return t.pc ? t.pc->line : 0;
}
uint64_t stepsDone() { return steps; }

namespace {
enum Special { TID, NTID = 3, CTAID = 6, NCTAID = 9, LANEID = 12, WARPID, NWARPID, SMID, NSMID, GRIDID, MASK_EQ, MASK_LE, MASK_LT, MASK_GE, MASK_GT, CLOCK, DYNAMIC_SHARED };
unsigned part(const dim3& d, int k) { return k == 0 ? d.x : k == 1 ? d.y : d.z; }
} // namespace
const Inst* movSpecial(uint64_t* r, const Inst* i, Thread&) {
    int k = (int) i->imm;
    unsigned lane = (unsigned) emu::lane();
    uint64_t v = 0;
    if (k < NTID) {
        v = part(emu::thread(), k);
    } else if (k < CTAID) {
        v = part(emu::blockSize(), k - NTID);
    } else if (k < NCTAID) {
        v = part(emu::block(), k - CTAID);
    } else if (k < LANEID) {
        v = part(emu::gridSize(), k - NCTAID);
    } else {
        dim3 n = emu::blockSize();
        switch (k) {
        case LANEID: v = lane; break;
        case WARPID: v = emu::index() / 32; break;
        case NWARPID: v = (n.x * n.y * n.z + 31) / 32; break;
        case NSMID: v = 1; break;
        case MASK_EQ: v = 1u << lane; break;
        case MASK_LE: v = (2ull << lane) - 1; break;
        case MASK_LT: v = (1u << lane) - 1; break;
        case MASK_GE: v = ~((1u << lane) - 1); break;
        case MASK_GT: v = (uint32_t) ~((2ull << lane) - 1); break;
        case CLOCK: v = steps; break;
        case DYNAMIC_SHARED: v = emu::dynamicSharedBytes(); break;
        default: break;
        }
    }
    r[i->d] = v;
    return i + 1;
}
bool Decoder::special(string_view name, int* index) {
    static const std::unordered_map<string_view, int> all = {
        {"%tid.x", TID}, {"%tid.y", TID + 1}, {"%tid.z", TID + 2}, {"%ntid.x", NTID}, {"%ntid.y", NTID + 1}, {"%ntid.z", NTID + 2},
        {"%ctaid.x", CTAID}, {"%ctaid.y", CTAID + 1}, {"%ctaid.z", CTAID + 2}, {"%nctaid.x", NCTAID}, {"%nctaid.y", NCTAID + 1}, {"%nctaid.z", NCTAID + 2},
        {"%laneid", LANEID}, {"%warpid", WARPID}, {"%nwarpid", NWARPID}, {"%smid", SMID}, {"%nsmid", NSMID}, {"%gridid", GRIDID},
        {"%lanemask_eq", MASK_EQ}, {"%lanemask_le", MASK_LE}, {"%lanemask_lt", MASK_LT}, {"%lanemask_ge", MASK_GE}, {"%lanemask_gt", MASK_GT},
        {"%clock", CLOCK}, {"%clock64", CLOCK}, {"%globaltimer", CLOCK}, {"%dynamic_smem_size", DYNAMIC_SHARED}};
    auto i = all.find(name);
    if (i == all.end()) return false;
    *index = i->second;
    return true;
}
} // namespace ptx
