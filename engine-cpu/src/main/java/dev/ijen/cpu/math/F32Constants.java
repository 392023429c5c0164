package dev.ijen.cpu.math;

/// Coefficients of the transcendental functions of floats, which the Vector API's loops and machine code share. Polynomials are
/// minimax fits (Remez) of this project; highest power first.
public final class F32Constants {
    public static final float LOG2E = 1.442695f;
    /// Adding it rounds to a whole number, which stands in the low bits then.
    public static final float MAGIC = 0x1.8p23f;
    /// 17 bits of ln 2: its products with exponents are exact.
    public static final float LN2_HI = 0x1.62e4p-1f;

    public static final float LN2_LO = 0x1.7f7d1cp-20f;

    private static final float[] EXP = {2.0163784e-4f, 1.3945411e-3f, 8.332738e-3f, 4.1666307e-2f, 1.666667e-1f, 0.5f};
    private static final float[] LOG = {
        6.915492e-2f, -1.1789834e-1f, 1.18729316e-1f, -1.2384341e-1f, 1.4218664e-1f, -1.6669251e-1f, 2.0002227e-1f,
        -2.4999987e-1f, 3.333331e-1f};
    private static final float[] TANH = {
        2.1475411e-3f, -8.182678e-3f, 2.170297e-2f, -5.3947203e-2f, 1.333321e-1f, -3.333333e-1f};
    private static final float[] ERF_NEAR = {
        8.345226e-5f, -8.137438e-4f, 5.2006342e-3f, -2.685927e-2f, 1.1283694e-1f, -3.7612635e-1f, 1.2837917e-1f};
    private static final float[] ERF_FAR = {
        1.1522298e-5f, -3.2565277e-4f, 3.6537643e-3f, -2.3785347e-2f, 1.06263146e-1f, 6.351359e-1f, 1.2865216e-1f};

    private F32Constants() {}

    /// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2.
    public static float[] exp() {
        return EXP.clone();
    }

    /// (ln(1 + f) − f + f² / 2) / f³ for f from √½ − 1 to √2 − 1.
    public static float[] log() {
        return LOG.clone();
    }

    /// (tanh x − x) / x³ of x² for |x| < 0.625.
    public static float[] tanh() {
        return TANH.clone();
    }

    /// erf(x) / x − 1 of x² for |x| < 0.93.
    public static float[] erfNear() {
        return ERF_NEAR.clone();
    }

    /// −ln(1 − erf t) / t − 1 for t from 0.92 to 3.95.
    public static float[] erfFar() {
        return ERF_FAR.clone();
    }
}
