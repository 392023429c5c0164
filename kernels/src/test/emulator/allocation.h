// Allocations on the device with their shadow.
#pragma once
#include "machine.h"
#include <cstdlib>
#include <memory>

namespace emu {
struct Free {
    void operator()(void* p) const { free(p); }
};
using Stamps = std::unique_ptr<Stamp[], Free>;

struct Allocation {
    uint64_t base;
    size_t bytes;
    bool freed = false, ofModule = false, constant = false;
    std::vector<uint8_t> written; // a byte for each
    Stamps writers, readers;      // null unless races are looked for
};
Allocation* find(uint64_t p); // the last one that begins at p or before; null if there is none
void describe(char* to, size_t size, uint64_t p, size_t bytes);
} // namespace emu
