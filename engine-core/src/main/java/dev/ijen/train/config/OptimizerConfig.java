package dev.ijen.train.config;

import java.util.ArrayList;
import java.util.List;

/// How weights move.
///
/// @param type the rule
/// @param lr highest learning rate
/// @param momentum of SGD
/// @param nesterov whether SGD looks ahead
/// @param beta1 of Adam and its kin
/// @param beta2 of Adam and its kin
/// @param eps of Adam and its kin
/// @param weightDecay pull toward zero
/// @param decayVectors whether biases and norms decay, too
/// @param clipNorm longest gradient
/// @param clipValue greatest gradient element
/// @param accumulation batches an update
/// @param frozen names of weights that stay
/// @param groups weights with rates of their own
public record OptimizerConfig(
        @Key(doc = "adam, adamw, sgd, rmsprop, adagrad, lamb, lion or adafactor", or = "adam") Type type,
        @Key(doc = "highest learning rate", or = "1e-3", min = 0, max = 1000) double lr,
        @Key(doc = "sgd: momentum", or = "0.9", min = 0, max = 0.9999) double momentum,
        @Key(doc = "sgd: Nesterov's momentum", or = "false") boolean nesterov,
        @Key(doc = "adam, adamw, lamb, lion: decay of the mean gradient", or = "0.9", min = 0, max = 0.99999) double beta1,
        @Key(doc = "adam, adamw, lamb, lion: decay of the mean squared gradient", or = "0.999", min = 0, max = 0.999999) double beta2,
        @Key(doc = "adam, adamw, lamb: added to the denominator", or = "1e-8", min = 0, max = 1) double eps,
        @Key(doc = "pull of weights toward zero", or = "0", min = 0, max = 10) double weightDecay,
        @Key(doc = "whether biases and norms decay, too", or = "false") boolean decayVectors,
        @Key(doc = "longest gradient, over all weights; 0 for no limit", or = "0", min = 0) double clipNorm,
        @Key(doc = "greatest gradient of one weight; 0 for no limit", or = "0", min = 0) double clipValue,
        @Key(doc = "batches whose gradients make one update", or = "1", min = 1, max = 65536) int accumulation,
        @Key(doc = "names of weights that stay as they are, such as `0.*`; `!9.*` excepts some: the last pattern that matches holds", or = "[]") List<String> frozen,
        @Key(doc = "weights with a learning rate or decay of their own: {match: '9.*', lr: 1e-2}", or = "[]") List<GroupConfig> groups) {
    /// Update rules.
    public enum Type {
        /// Kingma and Ba.
        ADAM,
        /// With decoupled decay.
        ADAMW,
        /// Stochastic gradient descent.
        SGD,
        /// Tieleman and Hinton.
        RMSPROP,
        /// Duchi et al.
        ADAGRAD,
        /// You et al.
        LAMB,
        /// Chen et al.
        LION,
        /// Shazeer and Stern.
        ADAFACTOR
    }

    /// Copies the lists.
    public OptimizerConfig {
        frozen = List.copyOf(frozen);
        groups = List.copyOf(groups);
    }

    OptimizerConfig withFrozen(List<String> patterns) {
        var all = new ArrayList<>(frozen);
        all.addAll(patterns);
        return new OptimizerConfig(type, lr, momentum, nesterov, beta1, beta2, eps, weightDecay, decayVectors, clipNorm, clipValue,
                accumulation, all, groups);
    }
}
