package dev.ijen.cuda.driver;

import dev.ijen.kernels.Ptx;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/// The loaded kernels of one GPU: those of the families, and those made for a plan. The driver compiles PTX when it is loaded, and keeps
/// the result on disk (`~/.nv/ComputeCache`), by the text's hash, the GPU and its own version.
public final class Modules implements AutoCloseable {
    private final Gpu gpu;
    private final Map<String, CUmodule> families = new HashMap<>();
    private final Map<String, Generated> generated = new HashMap<>();
    private boolean closed;

    private static final class Generated {
        final CUmodule module;
        int users;

        Generated(CUmodule module) {
            this.module = module;
        }
    }

    public Modules(Gpu gpu) {
        this.gpu = gpu;
    }

    /// Kernel `name` of a family of the module `kernels`.
    public synchronized CUfunction function(String family, String name) {
        checkOpen();
        var module = families.get(family);
        if (module == null) {
            module = load(family, Ptx.text(family, gpu.capability()));
            families.put(family, module);
        }
        return find(module, name);
    }

    /// Loads generated PTX; each call must be followed by one of [#release] with the same text.
    public synchronized CUmodule acquire(String text) {
        checkOpen();
        var g = generated.get(text);
        if (g == null) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            g = new Generated(load("generated kernel", Arrays.copyOf(bytes, bytes.length + 1))); // ends with 0
            generated.put(text, g);
        }
        g.users++;
        return g.module;
    }

    /// Kernel `name` of a module.
    public CUfunction find(CUmodule module, String name) {
        var f = new CUfunction();
        gpu.call("cuModuleGetFunction of " + name, () -> JCudaDriver.cuModuleGetFunction(f, module, name));
        return f;
    }

    /// Unloads generated PTX after its last user.
    public synchronized void release(String text) {
        var g = generated.get(text);
        if (g != null && --g.users == 0) {
            generated.remove(text);
            unload(g.module);
        }
    }

    private CUmodule load(String what, byte[] text) {
        var m = new CUmodule();
        gpu.call("cuModuleLoadData of " + what, () -> JCudaDriver.cuModuleLoadData(m, text));
        return m;
    }

    private void unload(CUmodule m) {
        if (!gpu.isLost()) {
            gpu.call("cuModuleUnload", () -> JCudaDriver.cuModuleUnload(m));
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("CUDA backend is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            families.values().forEach(this::unload);
            generated.values().forEach(g -> unload(g.module));
        }
    }
}
