package dev.ijen.train.config;

import dev.ijen.nn.Activation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// A layer and where it stands, for errors. Equal where the layers are equal.
///
/// @param spec the layer
/// @param mark its place
public record LayerConfig(LayerSpec spec, Mark mark) {
    /// The layers by the names configurations use.
    static final Map<String, Class<? extends LayerSpec>> TYPES = types();

    private static Map<String, Class<? extends LayerSpec>> types() {
        var all = new LinkedHashMap<String, Class<? extends LayerSpec>>();
        all.put("linear", LayerSpec.Linear.class);
        all.put("output", LayerSpec.Output.class);
        all.put("conv", LayerSpec.Conv.class);
        all.put("batchnorm", LayerSpec.BatchNorm.class);
        all.put("layernorm", LayerSpec.LayerNorm.class);
        all.put("groupnorm", LayerSpec.GroupNorm.class);
        all.put("instancenorm", LayerSpec.InstanceNorm.class);
        all.put("rmsnorm", LayerSpec.RmsNorm.class);
        all.put("maxpool", LayerSpec.MaxPool.class);
        all.put("avgpool", LayerSpec.AvgPool.class);
        all.put("global-avg-pool", LayerSpec.GlobalAvgPool.class);
        all.put("adaptive-avg-pool", LayerSpec.AdaptiveAvgPool.class);
        all.put("flatten", LayerSpec.Flatten.class);
        all.put("conv-transpose", LayerSpec.ConvTranspose.class);
        all.put("reshape", LayerSpec.Reshape.class);
        all.put("resnet", LayerSpec.Resnet.class);
        all.put("mobilenet", LayerSpec.Mobilenet.class);
        all.put("efficientnet", LayerSpec.Efficientnet.class);
        all.put("vit", LayerSpec.Vit.class);
        all.put("unet", LayerSpec.Unet.class);
        all.put("dropout", LayerSpec.Dropout.class);
        all.put("embedding", LayerSpec.Embedding.class);
        all.put("embedding-bag", LayerSpec.EmbeddingBag.class);
        all.put("transformer", LayerSpec.Transformer.class);
        all.put("decoder", LayerSpec.Decoder.class);
        all.put("encoder", LayerSpec.Encoder.class);
        all.put("translator", LayerSpec.Translator.class);
        all.put("temporal-conv", LayerSpec.TemporalConv.class);
        all.put("steps", LayerSpec.Steps.class);
        all.put("pool-steps", LayerSpec.PoolSteps.class);
        all.put("lstm", LayerSpec.Lstm.class);
        all.put("gru", LayerSpec.Gru.class);
        all.put("rnn", LayerSpec.Rnn.class);
        all.put("residual", LayerSpec.Residual.class);
        all.put("onnx", LayerSpec.Onnx.class);
        all.put("pretrained", LayerSpec.Pretrained.class);
        return all;
    }

    /// Names of elementwise functions: `relu`, `leaky-relu`, ….
    static List<String> functions() {
        return Arrays.stream(Activation.values()).map(a -> a.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }

    /// Every name a layer can have.
    static List<String> names() {
        return Stream.concat(TYPES.keySet().stream(), functions().stream()).toList();
    }

    /// The name of this layer's type.
    public String type() {
        if (spec instanceof LayerSpec.Activated a) {
            return a.function();
        }
        return TYPES.entrySet().stream().filter(e -> e.getValue() == spec.getClass()).findFirst().orElseThrow()
                .getKey();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LayerConfig l && l.spec.equals(spec);
    }

    @Override
    public int hashCode() {
        return spec.hashCode();
    }
}
