package dev.ijen.onnx;

import java.util.List;
import java.util.Map;

/// The messages of onnx.proto that a model is made of, as plain data. Names are the schema's.
final class Proto {
    private Proto() {}

    /// ModelProto.
    ///
    /// @param opsets version by domain; the standard domain is ""
    record Model(long irVersion, String producer, Map<String, Long> opsets, Graph graph, List<Function> functions,
            Map<String, String> metadata) {}

    /// GraphProto.
    record Graph(String name, List<Node> nodes, List<Tensor> initializers, List<Sparse> sparse, List<Value> inputs,
            List<Value> outputs, List<Value> values) {}

    /// NodeProto.
    record Node(String name, String op, String domain, String overload, List<String> inputs, List<String> outputs,
            Map<String, Attribute> attributes) {
        /// How errors name it.
        String label() {
            return name.isEmpty() ? outputs.isEmpty() ? op : outputs.getFirst() : name;
        }
    }

    /// AttributeProto; what is not given is null or empty.
    record Attribute(String name, String ref, int kind, float f, long i, byte[] s, Tensor tensor, Graph graph,
            Sparse sparse,
            float[] floats, long[] ints, List<byte[]> strings, List<Tensor> tensors, List<Graph> graphs, Type type) {}

    /// TensorProto.
    ///
    /// @param numbers the bits of float_data, int32_data, int64_data, double_data or uint64_data
    /// @param from number of the field they come from, 0 if none
    /// @param raw raw_data, or null
    /// @param external keys of external_data, empty if the values are here
    record Tensor(String name, long[] dims, int type, long[] numbers, int from, List<byte[]> strings, byte[] raw,
            Map<String, String> external) {}

    /// SparseTensorProto.
    record Sparse(Tensor values, Tensor indices, long[] dims) {}

    /// FunctionProto.
    record Function(String name, String domain, String overload, List<String> inputs, List<String> outputs,
            List<String> attributes, Map<String, Attribute> defaults, List<Node> nodes, Map<String, Long> opsets) {}

    /// ValueInfoProto.
    record Value(String name, Type type) {}

    /// TypeProto: of which kind a value is.
    sealed interface Type {
        /// A tensor.
        ///
        /// @param dims extents; a name or "" where one is not fixed; null if the rank is not known
        record OfTensor(int element, List<Object> dims) implements Type {}

        /// A sequence.
        record OfSequence(Type element) implements Type {}

        /// A value that may be missing.
        record OfOptional(Type element) implements Type {}

        /// A map.
        ///
        /// @param key type of its keys, whole numbers or texts
        record OfMap(int key, Type value) implements Type {}

        /// Sparse tensors.
        record Other(int field) implements Type {}
    }
}
