package dev.ijen.onnx;

import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An activation of a recurrent layer, with its constants.
record RnnActivation(String name, double alpha, double beta) {

    /// Those of all directions. Constants are given out in order, to the functions that take some.
    static List<RnnActivation> list(Call c, List<String> usual, int directions) {
        var names = c.strings("activations");
        if (names == null) {
            names = new ArrayList<>();
            for (int d = 0; d < directions; d++) {
                names.addAll(usual);
            }
        }
        if (names.size() != usual.size() * directions) {
            throw c.fail(names.size() + " activations", usual.size() * directions + "");
        }
        var alphas = c.floats("activation_alpha");
        var betas = c.floats("activation_beta");
        int a = 0;
        int b = 0;
        var list = new ArrayList<RnnActivation>();
        for (var n : names) {
            var name = n.toLowerCase(Locale.ROOT);
            boolean takesAlpha = List.of("affine", "leakyrelu", "thresholdedrelu", "scaledtanh", "hardsigmoid", "elu")
                    .contains(name);
            boolean takesBeta = List.of("affine", "scaledtanh", "hardsigmoid").contains(name);
            double alpha = takesAlpha && alphas != null && a < alphas.length ? alphas[a++] : usualAlpha(name);
            double beta = takesBeta && betas != null && b < betas.length ? betas[b++] : name.equals("hardsigmoid") ? 0.5
                    : name.equals("scaledtanh") ? 1 : 0;
            var f = new RnnActivation(name, alpha, beta);
            if (!List.of("relu", "tanh", "sigmoid", "softsign", "softplus").contains(name) && !takesAlpha) {
                throw c.unsupported("activation " + n, "one of the operator's");
            }
            list.add(f);
        }
        return list;
    }

    private static double usualAlpha(String name) {
        return switch (name) {
            case "leakyrelu" -> 0.01;
            case "hardsigmoid" -> 0.2;
            default -> 1;
        };
    }

    Tensor apply(Tensor x) {
        return switch (name) {
            case "relu" -> x.relu();
            case "tanh" -> x.tanh();
            case "sigmoid" -> x.sigmoid();
            case "softsign" -> x.div(x.abs().add(1));
            case "softplus" -> x.softplus();
            case "affine" -> x.mul(alpha).add(beta);
            case "leakyrelu" -> x.leakyRelu(alpha);
            case "thresholdedrelu" -> x.ge(alpha).where(x, 0);
            case "scaledtanh" -> x.mul(beta).tanh().mul(alpha);
            case "hardsigmoid" -> x.mul(alpha).add(beta).clip(0, 1);
            default -> x.elu(alpha);
        };
    }
}
