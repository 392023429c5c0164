// Handles, descriptors and numbers of the fake libraries.
#pragma once
#include "../library.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <set>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace fake {
inline void finding(const char* format, ...) __attribute__((format(printf, 1, 2)));
inline void finding(const char* format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    emu_finding(text);
}
struct Lock {
    Lock() { emu_lock(); }
    ~Lock() { emu_unlock(); }
};

// The live objects of a type; those of before a reset are forgotten.
template <class T> struct Objects {
    static std::set<T*>& all() {
        static std::set<T*> objects;
        static int generation;
        if (generation != emu_generation()) {
            generation = emu_generation();
            for (T* o : objects) delete o;
            objects.clear();
        }
        return objects;
    }
    static T* make() {
        T* o = new T();
        all().insert(o);
        emu_objects(1);
        return o;
    }
    static T* of(void* handle, const char* who) {
        auto o = static_cast<T*>(handle);
        if (all().count(o)) return o;
        finding("%s: a handle or descriptor that is not alive", who);
        return nullptr;
    }
    static bool end(void* handle, const char* who) {
        T* o = of(handle, who);
        if (!o) return false;
        all().erase(o);
        emu_objects(-1);
        delete o;
        return true;
    }
};

// Element types by any library's numbers.
enum Type { NONE, F32, F64, F16, BF16 };
inline size_t bytes(Type t) { return t == F64 ? 8 : t == F32 ? 4 : 2; }
inline double get(const void* p, Type t) {
    switch (t) {
    case F32: {
        float v;
        memcpy(&v, p, 4);
        return v;
    }
    case F64: {
        double v;
        memcpy(&v, p, 8);
        return v;
    }
    case F16: {
        _Float16 v;
        memcpy(&v, p, 2);
        return (double) v;
    }
    default: {
        uint32_t u = 0;
        memcpy(reinterpret_cast<char*>(&u) + 2, p, 2);
        float v;
        memcpy(&v, &u, 4);
        return v;
    }
    }
}
inline void put(void* p, Type t, double v) {
    switch (t) {
    case F32: {
        float f = (float) v;
        memcpy(p, &f, 4);
        return;
    }
    case F64: memcpy(p, &v, 8); return;
    case F16: {
        _Float16 h = (_Float16) (float) v;
        memcpy(p, &h, 2);
        return;
    }
    default: {
        float f = (float) v;
        uint32_t u;
        memcpy(&u, &f, 4);
        if (f == f) u += 0x7FFF + (u >> 16 & 1);
        memcpy(p, reinterpret_cast<char*>(&u) + 2, 2);
    }
    }
}
inline double rounded(Type t, double v) {
    char room[8];
    put(room, t, v);
    return get(room, t);
}
// As tensor cores take a float: 10 bits of mantissa.
inline double tf32(double v) {
    float f = (float) v;
    uint32_t u;
    memcpy(&u, &f, 4);
    u &= 0xFFFFE000;
    memcpy(&f, &u, 4);
    return f;
}
inline bool aligned(uint64_t p, size_t to, const char* who) {
    if (p % to == 0) return true;
    finding("%s: an address that is no multiple of %zu", who, to);
    return false;
}
// Bytes that hold nothing of use after a call: whoever kept data in a workspace sees it.
inline void scribble(uint64_t p, size_t bytes) {
    memset(reinterpret_cast<void*>(p), 0xEE, bytes);
    emu_written(p, bytes);
}
} // namespace fake
