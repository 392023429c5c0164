package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// oneDNN's C functions and constants, as far as they are used here. Handles are plain addresses. Touch this class
/// only where [Native#present].
///
/// The library is built for OpenMP. Every call that creates or runs something is preceded by [#oneThread], so that it
/// works on the calling thread alone and our own pool decides who computes what.
final class Dnnl {
    // oneapi/dnnl/dnnl_common_types.h
    static final int dnnl_success = 0;
    static final int dnnl_unimplemented = 3;
    static final int dnnl_cpu = 1;
    static final int dnnl_bf16 = 2;
    static final int dnnl_f32 = 3;
    static final int dnnl_stream_default_flags = 1;

    // oneapi/dnnl/dnnl_types.h
    static final int dnnl_format_tag_any = 1;
    static final int dnnl_forward_training = 64;
    static final int dnnl_convolution_direct = 1;
    static final int dnnl_scratchpad_mode_user = 1;
    static final int dnnl_eltwise_relu = 0x20;
    static final int dnnl_eltwise_clip = 0x2e;
    static final int dnnl_binary_add = 0x1fff0;
    static final int dnnl_binary_mul = 0x1fff1;
    static final int dnnl_query_impl_info_str = 8;
    static final int dnnl_query_src_md = 129;
    static final int dnnl_query_diff_src_md = 130;
    static final int dnnl_query_weights_md = 131;
    static final int dnnl_query_diff_weights_md = 132;
    static final int dnnl_query_dst_md = 133;
    static final int dnnl_query_diff_dst_md = 134;
    static final int dnnl_query_scratchpad_md = 136;
    static final int DNNL_ARG_SRC = 1;
    static final int DNNL_ARG_SRC_1 = 2;
    static final int DNNL_ARG_DST = 17;
    static final int DNNL_ARG_WEIGHTS = 33;
    static final int DNNL_ARG_BIAS = 41;
    static final int DNNL_ARG_SCRATCHPAD = 80;
    static final int DNNL_ARG_DIFF_SRC = 129;
    static final int DNNL_ARG_DIFF_DST = 145;
    static final int DNNL_ARG_DIFF_WEIGHTS = 161;
    static final int DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE = 32768;

    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle OMP_SET_NUM_THREADS = handle("omp_set_num_threads", "VI",
            Linker.Option.critical(false));
    private static final MethodHandle VERSION = handle("dnnl_version", "P");
    private static final MethodHandle ENGINE_CREATE = handle("dnnl_engine_create", "IPIP");
    private static final MethodHandle STREAM_CREATE = handle("dnnl_stream_create", "IPPI");
    private static final MethodHandle STREAM_DESTROY = handle("dnnl_stream_destroy", "IP");
    private static final MethodHandle ATTR_CREATE = handle("dnnl_primitive_attr_create", "IP");
    private static final MethodHandle ATTR_SCRATCHPAD = handle("dnnl_primitive_attr_set_scratchpad_mode", "IPI");
    private static final MethodHandle ATTR_POST_OPS = handle("dnnl_primitive_attr_set_post_ops", "IPP");
    private static final MethodHandle POST_OPS_CREATE = handle("dnnl_post_ops_create", "IP");
    private static final MethodHandle POST_OPS_SUM = handle("dnnl_post_ops_append_sum", "IPFII");
    private static final MethodHandle POST_OPS_ELTWISE = handle("dnnl_post_ops_append_eltwise", "IPIFF");
    private static final MethodHandle POST_OPS_BINARY = handle("dnnl_post_ops_append_binary", "IPIP");
    private static final MethodHandle ATTR_DESTROY = handle("dnnl_primitive_attr_destroy", "IP");
    private static final MethodHandle POST_OPS_DESTROY = handle("dnnl_post_ops_destroy", "IP");
    private static final MethodHandle MD_STRIDES = handle("dnnl_memory_desc_create_with_strides", "IPIPIP");
    private static final MethodHandle MD_TAG = handle("dnnl_memory_desc_create_with_tag", "IPIPII");
    private static final MethodHandle MD_SUBMEMORY = handle("dnnl_memory_desc_create_submemory", "IPPPP");
    private static final MethodHandle MD_CLONE = handle("dnnl_memory_desc_clone", "IPP");
    private static final MethodHandle MD_SIZE = handle("dnnl_memory_desc_get_size", "PP");
    private static final MethodHandle MD_EQUAL = handle("dnnl_memory_desc_equal", "IPP");
    private static final MethodHandle MD_DESTROY = handle("dnnl_memory_desc_destroy", "IP");
    private static final MethodHandle MEMORY_CREATE = handle("dnnl_memory_create", "IPPPP");
    private static final MethodHandle MEMORY_DESTROY = handle("dnnl_memory_destroy", "IP");
    private static final MethodHandle PD_QUERY_MD = handle("dnnl_primitive_desc_query_md", "PPII");
    private static final MethodHandle PD_QUERY = handle("dnnl_primitive_desc_query", "IPIIP");
    private static final MethodHandle PD_DESTROY = handle("dnnl_primitive_desc_destroy", "IP");
    private static final MethodHandle PRIMITIVE_CREATE = handle("dnnl_primitive_create", "IPP");
    private static final MethodHandle PRIMITIVE_EXECUTE = handle("dnnl_primitive_execute", "IPPIP");
    private static final MethodHandle PRIMITIVE_DESTROY = handle("dnnl_primitive_destroy", "IP");
    private static final MethodHandle MATMUL = handle("dnnl_matmul_primitive_desc_create", "IPPPPPPP");
    private static final MethodHandle REORDER = handle("dnnl_reorder_primitive_desc_create", "IPPPPPP");
    private static final MethodHandle CONV_FORWARD = handle("dnnl_convolution_forward_primitive_desc_create",
            "IPPIIPPPPPPPPP");
    private static final MethodHandle CONV_BACKWARD_DATA = handle(
            "dnnl_convolution_backward_data_primitive_desc_create", "IPPIPPPPPPPPP");
    private static final MethodHandle CONV_BACKWARD_WEIGHTS = handle(
            "dnnl_convolution_backward_weights_primitive_desc_create", "IPPIPPPPPPPPPP");

    private static final long ENGINE = engine();
    private static final long ATTRIBUTES = attributes();
    /// Of a primitive that adds its result to what is there.
    private static final long ADDING = attributes(List.of(new PostOp.Sum()));

    private Dnnl() {}

    /// A function's signature, result first: `I` int, `P` pointer or size, `F` float, `V` nothing.
    @SuppressWarnings("restricted") // the signatures are those of the headers of the version that was verified
    private static MethodHandle handle(String name, String signature, Linker.Option... options) {
        var arguments = new MemoryLayout[signature.length() - 1];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = layout(signature.charAt(i + 1));
        }
        var type = signature.charAt(0) == 'V'
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(layout(signature.charAt(0)), arguments);
        return LINKER.downcallHandle(Native.symbols().findOrThrow(name), type, options);
    }

    private static MemoryLayout layout(char c) {
        return switch (c) {
            case 'I' -> JAVA_INT;
            case 'F' -> JAVA_FLOAT;
            default -> JAVA_LONG;
        };
    }

    private static AssertionError unexpected(Throwable t) {
        return new AssertionError("a call of a C function threw", t);
    }

    private static void check(String call, int status) {
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN: " + call + " returned status " + status);
        }
    }

    /// Makes oneDNN use only the calling thread. A setting of this thread; some nanoseconds.
    static void oneThread() {
        threads(1);
    }

    /// How many threads oneDNN uses when the calling thread asks it for something.
    static void threads(int n) {
        try {
            OMP_SET_NUM_THREADS.invokeExact(n);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static String version() {
        try {
            long v = (long) VERSION.invokeExact();
            return Mem.i32(v) + "." + Mem.i32(v + 4) + "." + Mem.i32(v + 8);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// A call whose first argument takes the address of the result.
    @FunctionalInterface
    private interface Creation {
        int call(long result) throws Throwable;
    }

    private static long create(String what, Creation creation) {
        long made = tryCreate(what, creation);
        if (made == 0) {
            check(what, dnnl_unimplemented);
        }
        return made;
    }

    /// 0 if oneDNN has no implementation.
    private static long tryCreate(String what, Creation creation) {
        try (var arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_LONG);
            int status = creation.call(result.address());
            if (status == dnnl_unimplemented) {
                return 0;
            }
            check(what, status);
            return result.get(JAVA_LONG, 0);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static long engine() {
        return create("engine_create", r -> (int) ENGINE_CREATE.invokeExact(r, dnnl_cpu, 0L));
    }

    private static long attributes() {
        long attr = create("primitive_attr_create", r -> (int) ATTR_CREATE.invokeExact(r));
        try {
            check("set_scratchpad_mode", (int) ATTR_SCRATCHPAD.invokeExact(attr, dnnl_scratchpad_mode_user));
        } catch (Throwable t) {
            throw unexpected(t);
        }
        return attr;
    }

    /// What a primitive does to its result before it writes it.
    sealed interface PostOp {
        /// A function of each element; `algorithm` is a `dnnl_eltwise_…`.
        record Eltwise(int algorithm, float alpha, float beta) implements PostOp {}

        /// A function of each element and one of an array that `md` describes; `algorithm` is a `dnnl_binary_…`.
        record Binary(int algorithm, long md) implements PostOp {}

        /// What was there is added.
        record Sum() implements PostOp {}
    }

    /// Attributes of a primitive with post-operations, to be destroyed by the caller.
    static long attributes(List<PostOp> ops) {
        long attr = attributes();
        long list = create("post_ops_create", r -> (int) POST_OPS_CREATE.invokeExact(r));
        try {
            for (var op : ops) {
                check("post_ops_append", switch (op) {
                    case PostOp.Eltwise(int algorithm, float alpha, float beta) ->
                            (int) POST_OPS_ELTWISE.invokeExact(list, algorithm, alpha, beta);
                    case PostOp.Binary(int algorithm, long md) ->
                            (int) POST_OPS_BINARY.invokeExact(list, algorithm, md);
                    case PostOp.Sum _ -> (int) POST_OPS_SUM.invokeExact(list, 1f, 0, dnnl_f32);
                });
            }
            check("set_post_ops", (int) ATTR_POST_OPS.invokeExact(attr, list));
            check("post_ops_destroy", (int) POST_OPS_DESTROY.invokeExact(list));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw unexpected(t);
        }
        return attr;
    }

    static long stream() {
        return create(
                "stream_create", r -> (int) STREAM_CREATE.invokeExact(r, ENGINE, dnnl_stream_default_flags));
    }

    private static MemorySegment dims(Arena arena, long[] v) {
        return arena.allocateFrom(JAVA_LONG, v);
    }

    /// The number of an element type.
    private static int type(DType t) {
        return switch (t) {
            case F32 -> dnnl_f32;
            case BF16 -> dnnl_bf16;
            case F64, F16, I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException("oneDNN: not used for " + t);
        };
    }

    /// Descriptor of an array with strides in elements.
    static long strided(DType type, long[] dims, long[] strides) {
        int t = type(type);
        try (var arena = Arena.ofConfined()) {
            long d = dims(arena, dims).address();
            long s = dims(arena, strides).address();
            return create(
                    "memory_desc_create_with_strides",
                    r -> (int) MD_STRIDES.invokeExact(r, dims.length, d, t, s));
        }
    }

    /// Descriptor of an array whose layout the primitive chooses.
    static long any(DType type, long[] dims) {
        int t = type(type);
        try (var arena = Arena.ofConfined()) {
            long d = dims(arena, dims).address();
            return create(
                    "memory_desc_create_with_tag",
                    r -> (int) MD_TAG.invokeExact(r, dims.length, d, t, dnnl_format_tag_any));
        }
    }

    /// Descriptor of a part of `md`; 0 if its layout has no such part.
    static long part(long md, long[] dims, long[] offsets) {
        try (var arena = Arena.ofConfined()) {
            long d = dims(arena, dims).address();
            long o = dims(arena, offsets).address();
            return tryCreate(
                    "memory_desc_create_submemory", r -> (int) MD_SUBMEMORY.invokeExact(r, md, d, o));
        }
    }

    static long bytes(long md) {
        try {
            return (long) MD_SIZE.invokeExact(md);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static boolean equal(long md1, long md2) {
        try {
            return (int) MD_EQUAL.invokeExact(md1, md2) != 0;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// A descriptor of its own of an array of a primitive; `what` is a `dnnl_query_…_md`.
    static long query(long pd, int what) {
        try {
            long md = (long) PD_QUERY_MD.invokeExact(pd, what, 0);
            return create("memory_desc_clone", r -> (int) MD_CLONE.invokeExact(r, md));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Scratch memory that a primitive needs.
    static long scratchBytes(long pd) {
        try {
            return bytes((long) PD_QUERY_MD.invokeExact(pd, dnnl_query_scratchpad_md, 0));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Name of a primitive's implementation.
    static String implementation(long pd) {
        long name = create(
                "primitive_desc_query",
                r -> (int) PD_QUERY.invokeExact(pd, dnnl_query_impl_info_str, 0, r));
        return Mem.ALL.getString(name);
    }

    /// True if an implementation is worth using for this type: of F32 any but the reference loops; of BF16 one that multiplies in
    /// BF16, because those that convert first are slower than F32.
    static boolean isFast(long pd, DType type) {
        var name = implementation(pd);
        return type == DType.F32 ? !name.startsWith("ref") : name.contains("bf16") || name.contains("amx");
    }

    static long memory(long md, long address) {
        return create("memory_create", r -> (int) MEMORY_CREATE.invokeExact(r, md, ENGINE, address));
    }

    static long primitive(long pd) {
        oneThread();
        return create("primitive_create", r -> (int) PRIMITIVE_CREATE.invokeExact(r, pd));
    }

    /// 0 if there is no implementation.
    static long matmul(long a, long b, long c) {
        return matmul(a, b, c, 1, false);
    }

    /// The same; if `adds`, the product is added to what is in c.
    static long matmul(long a, long b, long c, boolean adds) {
        return matmul(a, b, c, 1, adds);
    }

    /// @param threads that will run it
    static long matmul(long a, long b, long c, int threads) {
        return matmul(a, b, c, threads, false);
    }

    private static long matmul(long a, long b, long c, int threads, boolean adds) {
        threads(threads);
        long attributes = adds ? ADDING : ATTRIBUTES;
        return tryCreate("matmul", r -> (int) MATMUL.invokeExact(r, ENGINE, a, b, 0L, c, attributes));
    }

    /// 0 if there is no implementation.
    static long reorder(long from, long to) {
        oneThread();
        return tryCreate("reorder", r -> (int) REORDER.invokeExact(r, from, ENGINE, to, ENGINE, ATTRIBUTES));
    }

    /// Steps of a convolution, one entry a spatial axis; oneDNN's dilations are 0 for neighbours.
    record Steps(long[] strides, long[] dilations, long[] padLow, long[] padHigh) {
        private List<MemorySegment> segments(Arena arena) {
            return List.of(dims(arena, strides), dims(arena, dilations), dims(arena, padLow), dims(arena, padHigh));
        }
    }

    /// 0 if there is no implementation.
    static long convForward(long x, long w, long y, Steps steps) {
        return convForward(x, w, 0, y, steps, ATTRIBUTES);
    }

    /// The same with a bias for each output channel, of layout `bias` or 0 for none, and attributes.
    static long convForward(long x, long w, long bias, long y, Steps steps, long attributes) {
        oneThread();
        try (var arena = Arena.ofConfined()) {
            var s = steps.segments(arena);
            return tryCreate(
                    "convolution_forward",
                    r -> (int) CONV_FORWARD.invokeExact(
                            r,
                            ENGINE,
                            dnnl_forward_training,
                            dnnl_convolution_direct,
                            x,
                            w,
                            bias,
                            y,
                            s.get(0).address(),
                            s.get(1).address(),
                            s.get(2).address(),
                            s.get(3).address(),
                            attributes));
        }
    }

    /// 0 if there is no implementation.
    static long convInputGradient(long dx, long w, long dy, Steps steps, long forward) {
        oneThread();
        try (var arena = Arena.ofConfined()) {
            var s = steps.segments(arena);
            return tryCreate(
                    "convolution_backward_data",
                    r -> (int) CONV_BACKWARD_DATA.invokeExact(
                            r,
                            ENGINE,
                            dnnl_convolution_direct,
                            dx,
                            w,
                            dy,
                            s.get(0).address(),
                            s.get(1).address(),
                            s.get(2).address(),
                            s.get(3).address(),
                            forward,
                            ATTRIBUTES));
        }
    }

    /// 0 if there is no implementation.
    static long convFilterGradient(long x, long dw, long dy, Steps steps, long forward) {
        oneThread();
        try (var arena = Arena.ofConfined()) {
            var s = steps.segments(arena);
            return tryCreate(
                    "convolution_backward_weights",
                    r -> (int) CONV_BACKWARD_WEIGHTS.invokeExact(
                            r,
                            ENGINE,
                            dnnl_convolution_direct,
                            x,
                            dw,
                            0L,
                            dy,
                            s.get(0).address(),
                            s.get(1).address(),
                            s.get(2).address(),
                            s.get(3).address(),
                            forward,
                            ATTRIBUTES));
        }
    }

    /// Runs a primitive on the calling thread with `n` arguments (`dnnl_exec_arg_t[]`).
    static void execute(long primitive, long stream, int n, long arguments) {
        execute(primitive, stream, n, arguments, 1);
    }

    /// @param threads of oneDNN's own
    static void execute(long primitive, long stream, int n, long arguments, int threads) {
        int status;
        try {
            OMP_SET_NUM_THREADS.invokeExact(threads);
            status = (int) PRIMITIVE_EXECUTE.invokeExact(primitive, stream, n, arguments);
        } catch (Throwable t) {
            throw unexpected(t);
        }
        check("primitive_execute", status);
    }

    /// What can be destroyed.
    enum Kind {
        STREAM,
        ATTRIBUTES,
        MEMORY_DESC,
        MEMORY,
        PRIMITIVE_DESC,
        PRIMITIVE
    }

    static void destroy(Kind kind, long handle) {
        try {
            int status = switch (kind) {
                case STREAM -> (int) STREAM_DESTROY.invokeExact(handle);
                case ATTRIBUTES -> (int) ATTR_DESTROY.invokeExact(handle);
                case MEMORY_DESC -> (int) MD_DESTROY.invokeExact(handle);
                case MEMORY -> (int) MEMORY_DESTROY.invokeExact(handle);
                case PRIMITIVE_DESC -> (int) PD_DESTROY.invokeExact(handle);
                case PRIMITIVE -> (int) PRIMITIVE_DESTROY.invokeExact(handle);
            };
            check("destroy", status);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
