package dev.ijen.cuda.driver;

import java.util.function.IntSupplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// One GPU and its primary context, which is shared with cuBLAS and cuDNN. All calls of the driver go through [#call], so that
/// they are checked, and none is made in a context that is lost.
public final class Gpu implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gpu.class.getName());

    private final Properties properties;
    private final CUdevice device;
    private final CUcontext context = new CUcontext();
    private volatile CudaException lost;

    /// What a GPU is.
    ///
    /// @param index its number
    /// @param name such as `NVIDIA H100 80GB HBM3`
    /// @param totalBytes all of its memory
    /// @param capability compute capability times ten: 90 for 9.0
    /// @param multiprocessors how many blocks run at the same time, at least
    /// @param virtualMemory whether memory can be mapped piece by piece
    public record Properties(
            int index, String name, long totalBytes, int capability, int multiprocessors, boolean virtualMemory) {}

    private Gpu(int index) {
        properties = read(index);
        device = device(index);
        check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    }

    private static CUdevice device(int index) {
        var device = new CUdevice();
        check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, index));
        return device;
    }

    /// What GPU `index` is, without making a context on it.
    public static Properties properties(int index) {
        try {
            return read(index);
        } catch (jcuda.CudaException e) {
            throw translated("asking GPU " + index, e);
        }
    }

    private static Properties read(int index) {
        var device = device(index);
        var bytes = new long[1];
        check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(bytes, device));
        return new Properties(
                index,
                name(device),
                bytes[0],
                10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device)
                        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED, device) != 0);
    }

    /// Starts the driver.
    ///
    /// @return the number of GPUs it gives us
    public static int count() {
        return checked("cuInit", () -> {
            int code = JCudaDriver.cuInit(0);
            if (code != 0) {
                throw CudaException.of("cuInit", code);
            }
            var n = new int[1];
            check("cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(n));
            return n[0];
        });
    }

    /// Opens GPU `index`, which must be less than [#count].
    public static Gpu open(int index) {
        try {
            return new Gpu(index);
        } catch (jcuda.CudaException e) {
            throw translated("opening GPU " + index, e);
        }
    }

    /// The CUDA version that the driver can run: 13000 for 13.0.
    public static int driverVersion() {
        var v = new int[1];
        checked("cuDriverGetVersion", () -> JCudaDriver.cuDriverGetVersion(v));
        return v[0];
    }

    private static String name(CUdevice device) {
        var text = new byte[256];
        check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(text, text.length, device));
        int n = 0;
        while (n < text.length && text[n] != 0) {
            n++;
        }
        return new String(text, 0, n, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static int attribute(int which, CUdevice device) {
        var v = new int[1];
        check("cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(v, which, device));
        return v[0];
    }

    /// What it is.
    public Properties properties() {
        return properties;
    }

    /// Compute capability times ten.
    public int capability() {
        return properties.capability();
    }

    /// How many blocks run at the same time, at least.
    public int multiprocessors() {
        return properties.multiprocessors();
    }

    /// The device's handle.
    public CUdevice device() {
        return device;
    }

    /// Free memory as the driver tells it.
    public long freeBytes() {
        var free = new long[1];
        var total = new long[1];
        call("cuMemGetInfo", () -> JCudaDriver.cuMemGetInfo(free, total));
        return free[0];
    }

    /// Makes the context current on this thread; for threads that make several calls.
    public void use() {
        var l = lost;
        if (l != null) {
            throw CudaException.dead(l);
        }
        int code = JCudaDriver.cuCtxSetCurrent(context);
        if (code != 0) {
            throw failed("cuCtxSetCurrent", code);
        }
    }

    /// True if an error has made the context useless.
    public boolean isLost() {
        return lost != null;
    }

    /// Makes a call in this context and checks its result.
    public void call(String name, IntSupplier call) {
        use();
        raw(name, call);
    }

    /// As [#call], on a thread whose current context this is known to be. Frees also go this way in a context that is lost.
    public void raw(String name, IntSupplier call) {
        int code;
        try {
            code = call.getAsInt();
        } catch (jcuda.CudaException e) {
            code = code(e);
        }
        if (code != 0) {
            throw failed(name, code);
        }
    }

    /// As [#call] where failure is an answer.
    ///
    /// @return the driver's number
    public int attempt(IntSupplier call) {
        use();
        try {
            return call.getAsInt();
        } catch (jcuda.CudaException e) {
            return code(e);
        }
    }

    /// An error of a call; if it is one of those that end the context, the context is lost from now on.
    public CudaException failed(String name, int code) {
        var e = CudaException.of(name, code);
        if (e.isSticky() && lost == null) {
            lost = e;
        }
        return e;
    }

    private static void check(String name, int code) {
        if (code != 0) {
            throw CudaException.of(name, code);
        }
    }

    private static int checked(String name, IntSupplier call) {
        try {
            return call.getAsInt();
        } catch (jcuda.CudaException e) {
            throw translated(name, e);
        }
    }

    private static CudaException translated(String name, jcuda.CudaException e) {
        return CudaException.of(name, code(e));
    }

    /// JCuda's exceptions, which are switched on lest a code go unseen, only have the name of the code.
    public static int code(jcuda.CudaException e) {
        for (int code = 0; code < 1000; code++) {
            if (CUresult.stringFor(code).equals(e.getMessage())) {
                return code;
            }
        }
        return CUresult.CUDA_ERROR_UNKNOWN;
    }

    /// Lets go of the context. What is still allocated in it is freed with its last user.
    @Override
    public void close() {
        try {
            int code = JCudaDriver.cuDevicePrimaryCtxRelease(device);
            LOG.log(System.Logger.Level.DEBUG, "context released: {0}", code);
        } catch (jcuda.CudaException e) {
            LOG.log(System.Logger.Level.DEBUG, "while closing", e);
        }
    }
}
