package dev.ijen.cpu;

import static dev.ijen.cpu.x86.SystemV.brief;
import static dev.ijen.cpu.x86.SystemV.call;
import static dev.ijen.cpu.x86.SystemV.callWithFloats;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    private static final MemorySegment OMP_SET_NUM_THREADS = function("omp_set_num_threads");
    private static final MemorySegment VERSION = function("dnnl_version");
    private static final MemorySegment ENGINE_CREATE = function("dnnl_engine_create");
    private static final MemorySegment STREAM_CREATE = function("dnnl_stream_create");
    private static final MemorySegment STREAM_DESTROY = function("dnnl_stream_destroy");
    private static final MemorySegment ATTR_CREATE = function("dnnl_primitive_attr_create");
    private static final MemorySegment ATTR_SCRATCHPAD = function("dnnl_primitive_attr_set_scratchpad_mode");
    private static final MemorySegment ATTR_POST_OPS = function("dnnl_primitive_attr_set_post_ops");
    private static final MemorySegment POST_OPS_CREATE = function("dnnl_post_ops_create");
    private static final MemorySegment POST_OPS_SUM = function("dnnl_post_ops_append_sum");
    private static final MemorySegment POST_OPS_ELTWISE = function("dnnl_post_ops_append_eltwise");
    private static final MemorySegment POST_OPS_BINARY = function("dnnl_post_ops_append_binary");
    private static final MemorySegment ATTR_DESTROY = function("dnnl_primitive_attr_destroy");
    private static final MemorySegment POST_OPS_DESTROY = function("dnnl_post_ops_destroy");
    private static final MemorySegment MD_STRIDES = function("dnnl_memory_desc_create_with_strides");
    private static final MemorySegment MD_TAG = function("dnnl_memory_desc_create_with_tag");
    private static final MemorySegment MD_SUBMEMORY = function("dnnl_memory_desc_create_submemory");
    private static final MemorySegment MD_CLONE = function("dnnl_memory_desc_clone");
    private static final MemorySegment MD_SIZE = function("dnnl_memory_desc_get_size");
    private static final MemorySegment MD_EQUAL = function("dnnl_memory_desc_equal");
    private static final MemorySegment MD_DESTROY = function("dnnl_memory_desc_destroy");
    private static final MemorySegment MEMORY_CREATE = function("dnnl_memory_create");
    private static final MemorySegment MEMORY_DESTROY = function("dnnl_memory_destroy");
    private static final MemorySegment PD_QUERY_MD = function("dnnl_primitive_desc_query_md");
    private static final MemorySegment PD_QUERY = function("dnnl_primitive_desc_query");
    private static final MemorySegment PD_DESTROY = function("dnnl_primitive_desc_destroy");
    private static final MemorySegment PRIMITIVE_CREATE = function("dnnl_primitive_create");
    private static final MemorySegment PRIMITIVE_EXECUTE = function("dnnl_primitive_execute");
    private static final MemorySegment PRIMITIVE_DESTROY = function("dnnl_primitive_destroy");
    private static final MemorySegment MATMUL = function("dnnl_matmul_primitive_desc_create");
    private static final MemorySegment REORDER = function("dnnl_reorder_primitive_desc_create");
    private static final MemorySegment CONV_FORWARD = function("dnnl_convolution_forward_primitive_desc_create");
    private static final MemorySegment CONV_BACKWARD_DATA = function(
            "dnnl_convolution_backward_data_primitive_desc_create");
    private static final MemorySegment CONV_BACKWARD_WEIGHTS = function(
            "dnnl_convolution_backward_weights_primitive_desc_create");

    private static final long ENGINE = engine();
    private static final long ATTRIBUTES = attributes();

    private Dnnl() {}

    /// Of a primitive that adds its result to what is there.
    private static final class Adding {
        static final long ATTRIBUTES = attributes(List.of(new PostOp.Sum()));
    }

    private static MemorySegment function(String name) {
        return Native.symbols().findOrThrow(name);
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
        brief(OMP_SET_NUM_THREADS, n);
    }

    static String version() {
        long v = call(VERSION);
        return Mem.i32(v) + "." + Mem.i32(v + 4) + "." + Mem.i32(v + 8);
    }

    /// A call whose first argument takes the address of the result.
    @FunctionalInterface
    private interface Creation {
        int call(long result);
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
        }
    }

    private static long engine() {
        return create("engine_create", r -> (int) call(ENGINE_CREATE, r, dnnl_cpu, 0L));
    }

    private static long attributes() {
        long attr = create("primitive_attr_create", r -> (int) call(ATTR_CREATE, r));
        check("set_scratchpad_mode", (int) call(ATTR_SCRATCHPAD, attr, dnnl_scratchpad_mode_user));
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
        long list = create("post_ops_create", r -> (int) call(POST_OPS_CREATE, r));
        for (var op : ops) {
            check("post_ops_append", switch (op) {
                case PostOp.Eltwise(int algorithm, float alpha, float beta) ->
                        (int) callWithFloats(POST_OPS_ELTWISE, list, algorithm, 0, alpha, beta);
                case PostOp.Binary(int algorithm, long md) ->
                        (int) call(POST_OPS_BINARY, list, algorithm, md);
                case PostOp.Sum _ -> (int) callWithFloats(POST_OPS_SUM, list, 0, dnnl_f32, 1, 0);
            });
        }
        check("set_post_ops", (int) call(ATTR_POST_OPS, attr, list));
        check("post_ops_destroy", (int) call(POST_OPS_DESTROY, list));
        return attr;
    }

    static long stream() {
        return create(
                "stream_create", r -> (int) call(STREAM_CREATE, r, ENGINE, dnnl_stream_default_flags));
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
                    r -> (int) call(MD_STRIDES, r, dims.length, d, t, s));
        }
    }

    /// Descriptor of an array whose layout the primitive chooses.
    static long any(DType type, long[] dims) {
        int t = type(type);
        try (var arena = Arena.ofConfined()) {
            long d = dims(arena, dims).address();
            return create(
                    "memory_desc_create_with_tag",
                    r -> (int) call(MD_TAG, r, dims.length, d, t, dnnl_format_tag_any));
        }
    }

    /// Descriptor of a part of `md`; 0 if its layout has no such part.
    static long part(long md, long[] dims, long[] offsets) {
        try (var arena = Arena.ofConfined()) {
            long d = dims(arena, dims).address();
            long o = dims(arena, offsets).address();
            return tryCreate(
                    "memory_desc_create_submemory", r -> (int) call(MD_SUBMEMORY, r, md, d, o));
        }
    }

    static long bytes(long md) {
        return call(MD_SIZE, md);
    }

    static boolean equal(long md1, long md2) {
        return (int) call(MD_EQUAL, md1, md2) != 0;
    }

    /// A descriptor of its own of an array of a primitive; `what` is a `dnnl_query_…_md`.
    static long query(long pd, int what) {
        long md = call(PD_QUERY_MD, pd, what, 0);
        return create("memory_desc_clone", r -> (int) call(MD_CLONE, r, md));
    }

    /// Scratch memory that a primitive needs.
    static long scratchBytes(long pd) {
        return bytes(call(PD_QUERY_MD, pd, dnnl_query_scratchpad_md, 0));
    }

    /// Name of a primitive's implementation.
    static String implementation(long pd) {
        long name = create(
                "primitive_desc_query",
                r -> (int) call(PD_QUERY, pd, dnnl_query_impl_info_str, 0, r));
        return Mem.ALL.getString(name);
    }

    /// True if an implementation is worth using for this type: of F32 any but the reference loops; of BF16 one that multiplies in
    /// BF16, because those that convert first are slower than F32.
    static boolean isFast(long pd, DType type) {
        var name = implementation(pd);
        return type == DType.F32 ? !name.startsWith("ref") : name.contains("bf16") || name.contains("amx");
    }

    static long memory(long md, long address) {
        return create("memory_create", r -> (int) call(MEMORY_CREATE, r, md, ENGINE, address));
    }

    static long primitive(long pd) {
        oneThread();
        return create("primitive_create", r -> (int) call(PRIMITIVE_CREATE, r, pd));
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
        long attributes = adds ? Adding.ATTRIBUTES : ATTRIBUTES;
        return tryCreate("matmul", r -> (int) call(MATMUL, r, ENGINE, a, b, 0L, c, attributes));
    }

    /// 0 if there is no implementation.
    static long reorder(long from, long to) {
        oneThread();
        return tryCreate("reorder", r -> (int) call(REORDER, r, from, ENGINE, to, ENGINE, ATTRIBUTES));
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
                    r -> (int) call(CONV_FORWARD,
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
                    r -> (int) call(CONV_BACKWARD_DATA,
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
                            ATTRIBUTES,
                            0));
        }
    }

    /// 0 if there is no implementation.
    static long convFilterGradient(long x, long dw, long dy, Steps steps, long forward) {
        oneThread();
        try (var arena = Arena.ofConfined()) {
            var s = steps.segments(arena);
            return tryCreate(
                    "convolution_backward_weights",
                    r -> (int) call(CONV_BACKWARD_WEIGHTS,
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
        brief(OMP_SET_NUM_THREADS, threads);
        int status = (int) call(PRIMITIVE_EXECUTE, primitive, stream, n, arguments);
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
        int status = switch (kind) {
            case STREAM -> (int) call(STREAM_DESTROY, handle);
            case ATTRIBUTES -> (int) call(ATTR_DESTROY, handle);
            case MEMORY_DESC -> (int) call(MD_DESTROY, handle);
            case MEMORY -> (int) call(MEMORY_DESTROY, handle);
            case PRIMITIVE_DESC -> (int) call(PD_DESTROY, handle);
            case PRIMITIVE -> (int) call(PRIMITIVE_DESTROY, handle);
        };
        check("destroy", status);
    }
}
