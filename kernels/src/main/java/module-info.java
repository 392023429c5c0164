/// The CUDA kernels: sources by family, and the PTX they compile to.
module dev.ijen.kernels {
    exports dev.ijen.kernels;
}
