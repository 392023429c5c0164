package dev.ijen.cpu;

import dev.ijen.cpu.Epilogue.Step;
import dev.ijen.cpu.x86.ConvTile;
import java.util.List;

/// What follows a convolution's bias, as tiles of machine code do it.
record TileSteps(List<Step> steps) {
    static TileSteps of(Epilogue e) {
        return new TileSteps(e.bias() < 0 ? e.steps() : e.steps().subList(1, e.steps().size()));
    }

    List<ConvTile.Step> code() {
        return steps.stream().<ConvTile.Step>map(s -> switch (s) {
            case Step.AddChannel _ -> new ConvTile.Step.AddChannel();
            case Step.MulChannel _ -> new ConvTile.Step.MulChannel();
            case Step.Add _,Step.Sum _ -> new ConvTile.Step.Add();
            case Step.Relu _ -> new ConvTile.Step.Clip(0, Float.POSITIVE_INFINITY);
            case Step.Clip(float low, float high) -> new ConvTile.Step.Clip(low, high);
        }).toList();
    }

    /// What the code finds in its block, a number of 64 bits each.
    long[] block(long[] in, long y) {
        return steps.stream().mapToLong(s -> switch (s) {
            case Step.AddChannel(int input) -> in[input];
            case Step.MulChannel(int input) -> in[input];
            case Step.Add(int input) -> in[input] - y;
            case Step.Sum _,Step.Relu _,Step.Clip _ -> 0;
        }).toArray();
    }
}
