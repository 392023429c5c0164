package dev.ijen.train.config;

import java.util.List;

/// A layer as a configuration names it. Input shapes are not written: they are inferred layer by layer.
public sealed interface LayerSpec {
    /// y = x · wᵀ + b.
    ///
    /// @param out features out
    /// @param bias whether b is added
    /// @param init how weights begin
    record Linear(
            @Key(doc = "features out", required = true, min = 1, max = 1 << 24) int out,
            @Key(doc = "whether a bias is added", or = "true") boolean bias,
            @Key(doc = "first weights: he-uniform, xavier-normal, …; auto for the layer's own",
                    or = "auto") String init)
            implements LayerSpec {}

    /// A linear layer with as many outputs as the data has classes or targets.
    ///
    /// @param init how weights begin
    record Output(@Key(doc = "first weights; auto for the layer's own", or = "auto") String init)
            implements LayerSpec {}

    /// Convolution over the spatial axes there are.
    ///
    /// @param out channels out
    /// @param size window
    /// @param stride step
    /// @param padding same, valid or a number
    /// @param dilation distance of window elements
    /// @param groups groups of channels
    /// @param bias whether a bias is added
    /// @param init how weights begin
    record Conv(
            @Key(doc = "channels out", required = true, min = 1, max = 1 << 20) int out,
            @Key(doc = "window", or = "3", min = 1, max = 1024) int size,
            @Key(doc = "step of the window", or = "1", min = 1, max = 1024) int stride,
            @Key(doc = "same, valid or a number", or = "same") String padding,
            @Key(doc = "distance of the window's elements", or = "1", min = 1, max = 1024) int dilation,
            @Key(doc = "groups of channels that do not see each other", or = "1", min = 1, max = 1 << 20) int groups,
            @Key(doc = "whether a bias is added", or = "true") boolean bias,
            @Key(doc = "first weights; auto for the layer's own", or = "auto") String init)
            implements LayerSpec {}

    /// Batch normalisation of the channels.
    ///
    /// @param momentum share of a batch in the running statistics
    /// @param eps added to the variance
    record BatchNorm(
            @Key(doc = "share of a batch in the running statistics", or = "0.1", min = 0, max = 1) double momentum,
            @Key(doc = "added to the variance", or = "1e-5", min = 0) double eps)
            implements LayerSpec {}

    /// Layer normalisation over the last axis.
    record LayerNorm() implements LayerSpec {}

    /// Group normalisation.
    ///
    /// @param groups groups of channels
    record GroupNorm(@Key(doc = "groups of channels", required = true, min = 1) int groups) implements LayerSpec {}

    /// Instance normalisation.
    record InstanceNorm() implements LayerSpec {}

    /// Root-mean-square normalisation over the last axis.
    record RmsNorm() implements LayerSpec {}

    /// A network out of an ONNX file, with its weights, which are trained further.
    ///
    /// @param file of it
    /// @param to value to stop at
    record Onnx(
            @Key(doc = "the .onnx file; a run keeps a copy", required = true) String file,
            @Key(doc = "name of a value to stop at, where other layers go on; empty for the first output", or = "''") String to)
            implements LayerSpec {}

    /// GPT-2 or BERT out of a Hugging Face folder, with its weights, which are trained further.
    ///
    /// @param folder of it
    record Pretrained(
            @Key(doc = "the folder with config.json and weights: gpt2 gives logits of the next token, bert features of the text", required = true)
                    String folder)
            implements LayerSpec {}

    /// An elementwise function.
    ///
    /// @param function its name
    record Activated(String function) implements LayerSpec {}

    /// Greatest of each window.
    ///
    /// @param size window
    /// @param stride step; 0 for windows side by side
    /// @param padding same, valid or a number
    record MaxPool(
            @Key(doc = "window", or = "2", min = 1, max = 1024) int size,
            @Key(doc = "step; 0 for windows side by side", or = "0", min = 0, max = 1024) int stride,
            @Key(doc = "same, valid or a number", or = "valid") String padding)
            implements LayerSpec {}

    /// Mean of each window.
    ///
    /// @param size window
    /// @param stride step; 0 for windows side by side
    /// @param padding same, valid or a number
    record AvgPool(
            @Key(doc = "window", or = "2", min = 1, max = 1024) int size,
            @Key(doc = "step; 0 for windows side by side", or = "0", min = 0, max = 1024) int stride,
            @Key(doc = "same, valid or a number", or = "valid") String padding)
            implements LayerSpec {}

    /// Mean over all spatial axes.
    record GlobalAvgPool() implements LayerSpec {}

    /// Means over a fixed number of windows an axis.
    ///
    /// @param size windows an axis
    record AdaptiveAvgPool(@Key(doc = "windows an axis", required = true, min = 1, max = 1024) int size)
            implements LayerSpec {}

    /// All axes but the first in one.
    record Flatten() implements LayerSpec {}

    /// A residual network without its classifier: images become features.
    ///
    /// @param depth layers of the paper's network
    /// @param width channels of the first stage
    /// @param stem how the image comes in
    /// @param skip whether blocks have shortcuts
    record Resnet(
            @Key(doc = "layers: 10, 18, 34, 50, 101 or 152", required = true, min = 10, max = 152) int depth,
            @Key(doc = "channels of the first stage", or = "64", min = 1, max = 4096) int width,
            @Key(doc = "how the image comes in: large (7x7, a quarter of the side), small (3x3, all of it), or auto: by the side",
                    or = "auto") Stem stem,
            @Key(doc = "false for the plain control network without shortcuts", or = "true") boolean skip)
            implements LayerSpec {}

    /// How an image comes into a network of the zoo.
    enum Stem {
        /// Small for sides below 64.
        AUTO,
        /// For photographs.
        LARGE,
        /// For small images.
        SMALL
    }

    /// A MobileNet without its classifier.
    ///
    /// @param version which
    /// @param width factor on channels
    /// @param stem how the image comes in
    record Mobilenet(
            @Key(doc = "v2, v3-large or v3-small", or = "v2") Version version,
            @Key(doc = "factor on all channels", or = "1", min = 0.05, max = 10) double width,
            @Key(doc = "first stride: large 2, small 1, or auto: by the side", or = "auto") Stem stem)
            implements LayerSpec {
        /// The published ones.
        public enum Version {
            /// With linear bottlenecks.
            V2,
            /// With squeeze-and-excite and hard-swish.
            V3_LARGE,
            /// The smaller one.
            V3_SMALL
        }
    }

    /// An EfficientNet without its classifier.
    ///
    /// @param size which
    /// @param width factor on channels
    /// @param drop of the last block
    /// @param stem how the image comes in
    record Efficientnet(
            @Key(doc = "0 to 4 for B0 to B4", or = "0", min = 0, max = 4) int size,
            @Key(doc = "factor on all channels, beside the size's own", or = "1", min = 0.05, max = 10) double width,
            @Key(doc = "stochastic depth: how often the last block is left out in training", or = "0.2", min = 0,
                    max = 0.9) double drop,
            @Key(doc = "first stride: large 2, small 1, or auto: by the side", or = "auto") Stem stem)
            implements LayerSpec {}

    /// A vision transformer without its classifier.
    ///
    /// @param patch side of a patch
    /// @param features of a token
    /// @param depth blocks
    /// @param heads of attention
    /// @param hidden features inside the layers of each token; 0 for four times as many as outside
    /// @param dropout share dropped
    record Vit(
            @Key(doc = "side of a patch", required = true, min = 1, max = 1024) int patch,
            @Key(doc = "features of a token", or = "768", min = 1, max = 1 << 16) int features,
            @Key(doc = "blocks", or = "12", min = 1, max = 1000) int depth,
            @Key(doc = "heads of attention", or = "12", min = 1, max = 1 << 12) int heads,
            @Key(doc = "features inside the layers of each token; 0 for four times as many as outside", or = "0",
                    min = 0, max = 1 << 24) int hidden,
            @Key(doc = "share of values dropped in training", or = "0", min = 0, max = 0.99) double dropout)
            implements LayerSpec {}

    /// A U-Net: images become features of each pixel.
    ///
    /// @param width channels at full size
    /// @param levels how often the side is halved
    record Unet(
            @Key(doc = "channels at full size", or = "64", min = 1, max = 4096) int width,
            @Key(doc = "how often the side is halved", or = "4", min = 1, max = 10) int levels)
            implements LayerSpec {}

    /// Transposed convolution over the spatial axes there are: each side times the stride.
    ///
    /// @param out channels out
    /// @param size window
    /// @param stride step
    /// @param bias whether a bias is added
    /// @param init how weights begin
    record ConvTranspose(
            @Key(doc = "channels out", required = true, min = 1, max = 1 << 20) int out,
            @Key(doc = "window; at least the stride, and as odd or even", or = "4", min = 1, max = 1024) int size,
            @Key(doc = "factor on the side", or = "2", min = 1, max = 1024) int stride,
            @Key(doc = "whether a bias is added", or = "true") boolean bias,
            @Key(doc = "first weights; auto for the layer's own", or = "auto") String init)
            implements LayerSpec {}

    /// Pictures [N, C, H, W] as H steps of C · W features.
    record Steps() implements LayerSpec {}

    /// The same values in another shape.
    ///
    /// @param shape of an example
    record Reshape(@Key(doc = "shape of an example, without batch", required = true) List<Integer> shape)
            implements LayerSpec {
        /// Copies the list.
        public Reshape {
            shape = List.copyOf(shape);
        }
    }

    /// Drops values in training.
    ///
    /// @param rate share dropped
    record Dropout(@Key(doc = "share of values dropped in training", or = "0.5", min = 0, max = 0.99) double rate)
            implements LayerSpec {}

    /// Rows of a table by index.
    ///
    /// @param count rows
    /// @param dim features a row
    record Embedding(
            @Key(doc = "rows", required = true, min = 1) int count,
            @Key(doc = "features a row", required = true, min = 1) int dim)
            implements LayerSpec {}

    /// The mean of rows of a table.
    ///
    /// @param count rows
    /// @param dim features a row
    /// @param padding the symbol that does not count
    /// @param std of the first values
    record EmbeddingBag(
            @Key(doc = "rows", required = true, min = 1) int count,
            @Key(doc = "features a row", required = true, min = 1) int dim,
            @Key(doc = "the symbol that fills texts up and does not count; -1 for none", or = "0", min = -1) int padding,
            @Key(doc = "standard deviation of the first values", or = "0.1", min = 0) double std)
            implements LayerSpec {}

    /// A transformer's block on tokens [N, T, C].
    ///
    /// @param heads heads of queries
    /// @param kvHeads heads of keys and values; 0 for as many
    /// @param causal whether a token sees only what comes before
    /// @param rotary whether queries and keys have rotary positions
    /// @param hidden features inside the layers of each token; 0 for four times as many as outside
    /// @param dropout share dropped
    record Transformer(
            @Key(doc = "heads of queries", required = true, min = 1, max = 1 << 16) int heads,
            @Key(doc = "heads of keys and values; 0 for as many", or = "0", min = 0, max = 1 << 16) int kvHeads,
            @Key(doc = "whether a token sees only what comes before", or = "false") boolean causal,
            @Key(doc = "whether queries and keys have rotary positions", or = "false") boolean rotary,
            @Key(doc = "features inside the layers of each token; 0 for four times as many as outside", or = "0",
                    min = 0, max = 1 << 24) int hidden,
            @Key(doc = "share of values dropped in training", or = "0", min = 0, max = 0.99) double dropout)
            implements LayerSpec {}

    /// A whole decoder for the next token, tokens [N, T] → [N, T, symbols]: embedding, causal transformer blocks, head.
    ///
    /// @param dim features of a token
    /// @param layers blocks
    /// @param heads heads of queries
    /// @param kvHeads heads of keys and values; 0 for as many
    /// @param hidden features inside the layers of each token; 0 for four times dim, or 8/3 for llama
    /// @param style what blocks are made of
    /// @param rotary whether positions are rotary instead of learnt; llama's always are
    /// @param dropout share dropped
    /// @param tied whether the head shares the embedding's weights
    record Decoder(
            @Key(doc = "features of a token", required = true, min = 2, max = 1 << 16) int dim,
            @Key(doc = "blocks", or = "4", min = 1, max = 1000) int layers,
            @Key(doc = "heads of queries", or = "4", min = 1, max = 1 << 16) int heads,
            @Key(doc = "heads of keys and values; 0 for as many", or = "0", min = 0, max = 1 << 16) int kvHeads,
            @Key(doc = "features inside the layers of each token; 0 for 4 dim, or 8/3 dim for llama", or = "0",
                    min = 0, max = 1 << 24) int hidden,
            @Key(doc = "gpt: layer norm, GELU, biases; llama: RMS norm, SwiGLU, none", or = "gpt") Style style,
            @Key(doc = "rotary positions instead of learnt ones; llama's always are", or = "false") boolean rotary,
            @Key(doc = "share of values dropped in training", or = "0", min = 0, max = 0.99) double dropout,
            @Key(doc = "whether the head shares the embedding's weights", or = "true") boolean tied)
            implements LayerSpec {}

    /// A whole encoder for hidden tokens, tokens [N, T] → [N, T, symbols]: embedding, transformer blocks, head.
    ///
    /// @param dim features of a token
    /// @param layers blocks
    /// @param heads of attention
    /// @param hidden features inside the layers of each token; 0 for four times dim
    /// @param rotary whether positions are rotary instead of learnt
    /// @param dropout share dropped
    record Encoder(
            @Key(doc = "features of a token", required = true, min = 2, max = 1 << 16) int dim,
            @Key(doc = "blocks", or = "4", min = 1, max = 1000) int layers,
            @Key(doc = "heads of attention", or = "4", min = 1, max = 1 << 16) int heads,
            @Key(doc = "features inside the layers of each token; 0 for 4 dim", or = "0", min = 0,
                    max = 1 << 24) int hidden,
            @Key(doc = "rotary positions instead of learnt ones", or = "false") boolean rotary,
            @Key(doc = "share of values dropped in training", or = "0", min = 0, max = 0.99) double dropout)
            implements LayerSpec {}

    /// Encoder and decoder, [N, S + T] (a text, then the beginning of its answer) → [N, T, symbols].
    ///
    /// @param dim features of a token
    /// @param layers blocks of each half
    /// @param heads of attention
    /// @param hidden features inside the layers of each token; 0 for four times dim
    /// @param rotary whether positions are rotary instead of learnt
    /// @param dropout share dropped
    record Translator(
            @Key(doc = "features of a token", required = true, min = 2, max = 1 << 16) int dim,
            @Key(doc = "blocks of the encoder, and of the decoder", or = "2", min = 1, max = 1000) int layers,
            @Key(doc = "heads of attention", or = "4", min = 1, max = 1 << 16) int heads,
            @Key(doc = "features inside the layers of each token; 0 for 4 dim", or = "0", min = 0,
                    max = 1 << 24) int hidden,
            @Key(doc = "rotary positions instead of learnt ones", or = "false") boolean rotary,
            @Key(doc = "share of values dropped in training", or = "0", min = 0, max = 0.99) double dropout)
            implements LayerSpec {}

    /// Causal dilated convolution over steps [N, T, features].
    ///
    /// @param out features out
    /// @param size window
    /// @param dilation distance of the window's elements
    record TemporalConv(
            @Key(doc = "features out", required = true, min = 1, max = 1 << 20) int out,
            @Key(doc = "window", or = "3", min = 1, max = 1024) int size,
            @Key(doc = "distance of the window's elements", or = "1", min = 1, max = 1 << 16) int dilation)
            implements LayerSpec {}

    /// One vector for a sequence.
    ///
    /// @param by how steps become one
    record PoolSteps(@Key(doc = "mean, max or last", or = "mean") Pooling by) implements LayerSpec {}

    /// How steps become one.
    enum Pooling {
        /// Their mean.
        MEAN,
        /// The greatest value of each feature.
        MAX,
        /// The last one.
        LAST
    }

    /// What a decoder's blocks are made of.
    enum Style {
        /// As GPT-2 (Radford et al. 2019).
        GPT,
        /// As Llama (Touvron et al., arXiv:2302.13971).
        LLAMA
    }

    /// A long short-term memory.
    ///
    /// @param hidden units of each direction
    /// @param layers layers on top of each other
    /// @param bidirectional whether the sequence is read from both ends
    /// @param dropout share dropped between layers
    /// @param sequences every step, or the last state
    record Lstm(
            @Key(doc = "units of each direction", required = true, min = 1, max = 1 << 16) int hidden,
            @Key(doc = "layers on top of each other", or = "1", min = 1, max = 100) int layers,
            @Key(doc = "whether the sequence is also read from its end", or = "false") boolean bidirectional,
            @Key(doc = "share of values dropped between layers in training", or = "0", min = 0,
                    max = 0.99) double dropout,
            @Key(doc = "true for every step's state, false for the last one", or = "true") boolean sequences)
            implements LayerSpec {}

    /// A gated recurrent unit.
    ///
    /// @param hidden units of each direction
    /// @param layers layers on top of each other
    /// @param bidirectional whether the sequence is read from both ends
    /// @param dropout share dropped between layers
    /// @param sequences every step, or the last state
    record Gru(
            @Key(doc = "units of each direction", required = true, min = 1, max = 1 << 16) int hidden,
            @Key(doc = "layers on top of each other", or = "1", min = 1, max = 100) int layers,
            @Key(doc = "whether the sequence is also read from its end", or = "false") boolean bidirectional,
            @Key(doc = "share of values dropped between layers in training", or = "0", min = 0,
                    max = 0.99) double dropout,
            @Key(doc = "true for every step's state, false for the last one", or = "true") boolean sequences)
            implements LayerSpec {}

    /// A simple recurrent network with tanh.
    ///
    /// @param hidden units of each direction
    /// @param layers layers on top of each other
    /// @param bidirectional whether the sequence is read from both ends
    /// @param dropout share dropped between layers
    /// @param sequences every step, or the last state
    record Rnn(
            @Key(doc = "units of each direction", required = true, min = 1, max = 1 << 16) int hidden,
            @Key(doc = "layers on top of each other", or = "1", min = 1, max = 100) int layers,
            @Key(doc = "whether the sequence is also read from its end", or = "false") boolean bidirectional,
            @Key(doc = "share of values dropped between layers in training", or = "0", min = 0,
                    max = 0.99) double dropout,
            @Key(doc = "true for every step's state, false for the last one", or = "true") boolean sequences)
            implements LayerSpec {}

    /// y = body(x) + shortcut(x).
    ///
    /// @param body layers
    /// @param shortcut layers; empty for x itself
    record Residual(
            @Key(doc = "layers of the body", required = true) List<LayerConfig> body,
            @Key(doc = "layers of the shortcut; empty for the input itself", or = "[]") List<LayerConfig> shortcut)
            implements LayerSpec {
        /// Copies the lists.
        public Residual {
            body = List.copyOf(body);
            shortcut = List.copyOf(shortcut);
        }
    }
}
