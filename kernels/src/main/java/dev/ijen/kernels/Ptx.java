package dev.ijen.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The PTX of the kernel families, as `ptx.sh` made it. `docs/cuda.md` says what each kernel takes.
public final class Ptx {
    /// Families by name; a family is one module.
    public static final List<String> FAMILIES = List.of(
            "arg_reduce",
            "attention",
            "conv",
            "cross_entropy",
            "depthwise",
            "gather",
            "matmul",
            "mma",
            "move",
            "pool",
            "random",
            "recurrent",
            "scan",
            "scatter",
            "softmax",
            "sort");

    /// The family that needs compute capability 8.0.
    private static final String TENSOR_CORES = "mma";

    /// Functions without kernels: one module of `.func`s, `ijen_<function>_<type>`, to be copied into generated code.
    public static final String FUNCTIONS = "functions";

    private Ptx() {}

    /// The text of a family for a GPU, ended by a zero byte, as `cuModuleLoadData` takes it.
    ///
    /// @param family one of [#FAMILIES], or [#FUNCTIONS]
    /// @param capability compute capability of the GPU times ten, 75 or more, 80 or more for `mma`; a family has a text of its own for 80
    ///     and up where that makes a difference
    /// @throws IllegalArgumentException if there is none
    public static byte[] text(String family, int capability) {
        boolean known = FAMILIES.contains(family) || family.equals(FUNCTIONS);
        if (capability < (family.equals(TENSOR_CORES) ? 80 : 75) || !known) {
            throw new IllegalArgumentException("no PTX of '" + family + "' for compute capability " + capability);
        }
        byte[] text = capability >= 80 ? read(family, 80) : null;
        if (text == null) {
            text = read(family, 75);
        }
        if (text == null) {
            throw new IllegalStateException("the PTX of '" + family + "' is missing from this build");
        }
        return Arrays.copyOf(text, text.length + 1);
    }

    private static byte[] read(String family, int target) {
        try (InputStream in = Ptx.class.getResourceAsStream("ptx/" + family + "." + target + ".ptx")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Names of the kernels of a family.
    static List<String> entries(String family) {
        return new String(text(family, 80), StandardCharsets.US_ASCII)
                .lines()
                .filter(l -> l.contains(".entry "))
                .map(l -> l.substring(l.indexOf(".entry ") + 7).replace("(", "").strip())
                .toList();
    }
}
