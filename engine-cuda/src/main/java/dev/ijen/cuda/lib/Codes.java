package dev.ijen.cuda.lib;

import java.util.function.IntFunction;

/// Numbers of JCuda's exceptions, which only carry names.
final class Codes {
    static final int UNKNOWN = -1;

    private Codes() {}

    /// @param below the codes that have names are less
    /// @param name of a code
    static int of(jcuda.CudaException e, int below, IntFunction<String> name) {
        var text = String.valueOf(e.getMessage());
        for (int code = 0; code < below; code++) {
            if (name.apply(code).equals(text)) {
                return code;
            }
        }
        var digits = text.substring(text.lastIndexOf(' ') + 1); // "INVALID cudnnStatus: 2000"
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : UNKNOWN;
    }
}
