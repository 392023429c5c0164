package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Outputs;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is measured: one step of something that lies on the device with all it needs, so that nothing is copied.
///
/// @param name such as `train/mlp-b64`
/// @param flops of one step: 2 a multiply-add of products, convolutions and attention
/// @param parameters numbers that the network's parameters hold
/// @param batch examples a step
record Workload(String name, Step step, double flops, long parameters, int batch) {
    private static final Pattern NETWORK = Pattern.compile("([a-z0-9-]+?)-b(\\d+)");

    /// The workload of that name, built on an engine that is fresh.
    ///
    /// @throws IllegalArgumentException for a name that is none
    static Workload of(Engine engine, String name) {
        int slash = name.indexOf('/');
        var group = slash < 0 ? "" : name.substring(0, slash);
        var rest = name.substring(slash + 1);
        if (group.equals("op")) {
            return Operators.of(engine, rest);
        }
        Matcher m = NETWORK.matcher(rest);
        if (!m.matches() || !group.equals("train") && !group.equals("infer")) {
            throw new IllegalArgumentException("unknown case " + name);
        }
        int batch = Integer.parseInt(m.group(2));
        var network = Network.of(engine, m.group(1), batch);
        if (group.equals("train")) {
            return training(engine, name, network, batch);
        }
        var input = engine.state("input", network.input());
        return new Workload(name, inference(engine, network, input), flops(engine, network, input),
                network.parameterCount(), batch);
    }

    /// Training steps of a network.
    static Workload training(Engine engine, String name, Network network, int batch) {
        var input = engine.state("input", network.input());
        double forward = flops(engine, network, input);
        return new Workload(name, training(engine, network, input), 3 * forward, network.parameterCount(), batch);
    }

    private static Step inference(Engine engine, Network network, State input) {
        return engine.evaluationProgram(_ -> List.of(network.module().apply(input.get())));
    }

    private static double flops(Engine engine, Network network, State input) {
        try (var forward = inference(engine, network, input)) {
            return forward.report(List.of()).flops() + network.unseen();
        }
    }

    /// Forward, backward and update; the labels of step k are row k mod 8 of what lies on the device.
    private static Step training(Engine engine, Network network, State input) {
        var labels = engine.state("labels", Numbers.labels(network.rows(), network.classes()));
        var row = engine.state("row", HostTensor.of(new int[] {0}, 1));
        int rows = labels.shape().dim(0);
        return engine.program(_ -> {
            var y = labels.get().take(0, row.get()).reshape(network.rows());
            var next = row.get().add(Tensor.of(HostTensor.of(new int[] {1}, 1)));
            row.set(next.eq(rows).where(Tensor.of(HostTensor.of(new int[] {0}, 1)), next));
            var loss = Loss.crossEntropy(network.module().apply(input.get()), y);
            network.optimizer().update(network.module(), loss);
            return List.of(loss);
        });
    }

    /// A step of one expression over states of these values.
    static Workload expression(
            Engine engine, String name, double flops, Map<String, HostTensor> values,
            Function<Map<String, Tensor>, Tensor> f) {
        var states = new java.util.LinkedHashMap<String, State>();
        values.forEach((n, v) -> states.put(n, engine.state(n, v)));
        var step = engine.evaluationProgram(_ -> {
            var in = new java.util.LinkedHashMap<String, Tensor>();
            states.forEach((n, s) -> in.put(n, s.get()));
            return List.of(f.apply(in));
        });
        return new Workload("op/" + name, step, flops, 0, 1);
    }

    /// The loss, or the mean absolute value of what was computed.
    static double value(Outputs out) {
        var v = out.get(0);
        if (v.shape().size() == 1) {
            return v.item();
        }
        double sum = 0;
        for (int i = 0; i < v.shape().size(); i++) {
            sum += Math.abs(v.get(i));
        }
        return sum / v.shape().size();
    }
}
