package dev.ijen.train.config;

/// Settings of tasks that make examples: gan, vae, diffusion.
///
/// @param latent numbers an example is made from
/// @param ganLoss what generator and critic play for
/// @param criticSteps updates of the critic for one of the generator
/// @param penalty weight of the gradient penalty
/// @param beta weight of the divergence
/// @param context features of an encoded prompt
/// @param withoutPrompt share of training examples without prompt
/// @param guidance how much the prompt counts when sampling
/// @param steps of sampling
/// @param eta noise added in sampling
/// @param samples in the grid of an epoch
public record GenerativeConfig(
        @Key(doc = "gan, vae: random numbers an example is made from", or = "64", min = 1, max = 1 << 16) int latent,
        @Key(doc = "gan: standard (non-saturating) or wasserstein (with gradient penalty)", or = "standard") GanLoss ganLoss,
        @Key(doc = "gan: updates of the critic for each of the generator", or = "1", min = 1, max = 100) int criticSteps,
        @Key(doc = "gan, wasserstein: weight of the gradient penalty", or = "10", min = 0) double penalty,
        @Key(doc = "vae: weight of the divergence from the prior", or = "1", min = 0) double beta,
        @Key(doc = "diffusion: features of an encoded prompt", or = "64", min = 4, max = 1 << 16) int context,
        @Key(doc = "diffusion: share of training examples without prompt, for guidance", or = "0.1", min = 0, max = 1)
                double withoutPrompt,
        @Key(doc = "diffusion: how much a prompt counts in sampling; 1 for as much as in training", or = "2", min = 0, max = 100)
                double guidance,
        @Key(doc = "diffusion: steps of sampling", or = "30", min = 1, max = 10000) int steps,
        @Key(doc = "diffusion: noise added in sampling: 0 for DDIM, 1 for DDPM", or = "0", min = 0, max = 1) double eta,
        @Key(doc = "examples in the picture of each epoch; 0 for none", or = "64", min = 0, max = 1024) int samples) {
    /// What generator and critic play for.
    public enum GanLoss {
        /// Goodfellow et al., the non-saturating form.
        STANDARD,
        /// Gulrajani et al.: Wasserstein distance, gradient penalty.
        WASSERSTEIN
    }
}
