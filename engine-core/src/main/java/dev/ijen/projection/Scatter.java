package dev.ijen.projection;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Points of the plane, coloured by class, with a legend: as SVG or PNG.
///
/// @param title above
/// @param points [N][2]
/// @param classes of each point; -1 for none
/// @param names of the classes
public record Scatter(String title, double[][] points, int[] classes, List<String> names) {
    private static final int SIDE = 560;
    private static final int TOP = 34;
    private static final int MARGIN = 14;
    private static final int LEGEND = 150;
    private static final int MOST_NAMES = 24;
    private static final double RADIUS = 3;

    /// The whole's size.
    private int width() {
        return SIDE + (names.isEmpty() ? 0 : LEGEND);
    }

    private int height() {
        return SIDE + TOP;
    }

    /// Colours far from each other in hue, alternating in lightness.
    private Color color(int c) {
        if (c < 0) {
            return new Color(0x1f77b4);
        }
        int n = Math.max(1, names.size());
        return Color.getHSBColor((float) c / n, 0.85f, c % 2 == 0 ? 0.85f : 0.6f);
    }

    private double[][] places() {
        double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (var p : points) {
            for (int k = 0; k < 2; k++) {
                low[k] = Math.min(low[k], p[k]);
                high[k] = Math.max(high[k], p[k]);
            }
        }
        var all = new double[points.length][2];
        for (int i = 0; i < all.length; i++) {
            for (int k = 0; k < 2; k++) {
                double part = high[k] > low[k] ? (points[i][k] - low[k]) / (high[k] - low[k]) : 0.5;
                all[i][k] = MARGIN + (k == 0 ? part : 1 - part) * (SIDE - 2 * MARGIN) + (k == 0 ? 0 : TOP);
            }
        }
        return all;
    }

    /// As SVG.
    public String svg() {
        var s = new StringBuilder(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n"
                        + "<text x=\"%d\" y=\"22\" fill=\"#222222\">%s</text>%n",
                width(), height(), width(), height(), MARGIN, escape(title)));
        var at = places();
        for (int i = 0; i < at.length; i++) {
            s.append(String.format(Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.0f\" fill=\"#%06x\" fill-opacity=\"0.7\"/>%n", at[i][0],
                    at[i][1], RADIUS, color(classes[i]).getRGB() & 0xffffff));
        }
        for (int c = 0; c < Math.min(MOST_NAMES, names.size()); c++) {
            s.append(String.format(Locale.ROOT,
                    "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"#%06x\"/><text x=\"%d\" y=\"%d\" fill=\"#222222\">%s</text>%n",
                    SIDE + 12, line(c) - 4, color(c).getRGB() & 0xffffff, SIDE + 24, line(c), escape(name(c))));
        }
        return s.append("</svg>\n").toString();
    }

    private static int line(int c) {
        return TOP + 20 + 20 * c;
    }

    private String name(int c) {
        var name = c == MOST_NAMES - 1 && names.size() > MOST_NAMES ? "… (" + names.size() + ")" : names.get(c);
        return name.length() > 18 ? name.substring(0, 17) + "…" : name;
    }

    private static String escape(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /// As a file: PNG if its name says so, else SVG.
    public void write(Path file) {
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            Images.writePng(file, png());
        } else {
            AtomicFiles.write(file, svg());
        }
    }

    /// As pixels, U8 [H, W, 3].
    HostTensor png() {
        var image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width(), height());
        draw(g);
        g.dispose();
        var bytes = new byte[width() * height() * 3];
        for (int i = 0; i < width() * height(); i++) {
            int rgb = image.getRGB(i % width(), i / width());
            for (int k = 0; k < 3; k++) {
                bytes[3 * i + k] = (byte) (rgb >> 16 - 8 * k);
            }
        }
        return HostTensor.ofBytes(bytes, height(), width(), 3);
    }

    private void draw(Graphics2D g) {
        var at = places();
        for (int i = 0; i < at.length; i++) {
            var c = color(classes[i]);
            g.setColor(new Color(c.getRed(), c.getGreen(), c.getBlue(), 180));
            g.fill(new Ellipse2D.Double(at[i][0] - RADIUS, at[i][1] - RADIUS, 2 * RADIUS, 2 * RADIUS));
        }
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        g.setColor(new Color(0x222222));
        g.drawString(title, MARGIN, 22);
        for (int c = 0; c < Math.min(MOST_NAMES, names.size()); c++) {
            g.setColor(color(c));
            g.fill(new Ellipse2D.Double(SIDE + 7, line(c) - 9, 10, 10));
            g.setColor(new Color(0x222222));
            g.drawString(name(c), SIDE + 24, line(c));
        }
    }
}
