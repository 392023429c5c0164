package dev.ijen.cuda.lib;

/// One of cuDNN's ways to do a pass of a convolution.
///
/// @param number among those of the pass
/// @param math type of arithmetic (`cudnnMathType`)
/// @param deterministic gives the same bits in every run
/// @param workspaceBytes needs so much beside inputs and output
record Algorithm(int number, int math, boolean deterministic, long workspaceBytes) {
    boolean is(Choices.Choice c) {
        return number == c.algorithm() && math == c.math();
    }
}
