// cuBLAS needs it beside itself; nothing of it is called.
extern "C" __attribute__((visibility("default"))) unsigned long cublasLtGetVersion() { return CUDA * 10000ul; }
