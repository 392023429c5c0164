/// The CUDA backend.
module dev.ijen.cuda {
    requires dev.ijen.core;
    requires dev.ijen.kernels;
}
