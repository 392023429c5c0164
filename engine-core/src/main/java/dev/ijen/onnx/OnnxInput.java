package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import java.util.List;

/// An input a model takes.
///
/// @param name its name
/// @param dtype type values are given in
/// @param dims extents; −1 where any is taken; empty also if the rank is not told
public record OnnxInput(String name, DType dtype, List<Integer> dims, int typeCode) {
    static OnnxInput of(Proto.Value v) {
        if (v.type() instanceof Proto.Type.OfTensor(var element, var dims)) {
            var t = OnnxType.of(element);
            var d = dims == null ? List.<Integer>of()
                    : dims.stream().map(x -> x instanceof Long n && n == n.intValue() ? n.intValue() : -1).toList();
            return new OnnxInput(v.name(), t == null ? DType.F32 : t.carrier(), d, element);
        }
        return new OnnxInput(v.name(), DType.F32, List.of(), 0);
    }

    OnnxType onnxType() {
        var t = OnnxType.of(typeCode);
        return t == null ? OnnxType.of(dtype) : t;
    }

    @Override
    public String toString() {
        return name + " " + dtype + dims;
    }
}
