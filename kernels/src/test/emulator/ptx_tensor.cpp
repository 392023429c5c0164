#include "ptx_decode.h"
namespace ptx {
void tensors(Table&) {}
} // namespace ptx
