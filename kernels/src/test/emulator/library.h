// How the fake libraries of NVIDIA's reach the emulated driver: C functions that its libcuda.so.1 exports.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {
void emu_lock();
void emu_unlock();
// What any call of the driver would give now: 0 if a context is current and nothing went wrong before.
int emu_enter();
int emu_capability();
void emu_finding(const char* text);
// Puts work on a stream, or into the graph it is captured into: `run` is then called as often as the graph runs; 0 from it loses the context.
// `drop` frees `data` when no one can call `run` any more. The result is the driver's.
int emu_submit(void* stream, const char* what, int (*run)(void*), void* data, void (*drop)(void*));
int emu_is_stream(void* stream);
int emu_is_capturing(void* stream);
// True when this call is to fail, with the library's own `code`.
int emu_library_call(int* code);
// Device memory: 0, and a finding, unless all of it lies in one live allocation (and was written).
int emu_range(uint64_t p, size_t bytes, const char* who);
int emu_readable(uint64_t p, size_t bytes, const char* who);
void emu_written(uint64_t p, size_t bytes);
// Lets time go by that only events see.
void emu_spend(double seconds);
// Handles and descriptors that are alive; they are leaks when the last context ends.
void emu_objects(int change);
// Counts resets; what was made before is gone.
int emu_generation();
}
