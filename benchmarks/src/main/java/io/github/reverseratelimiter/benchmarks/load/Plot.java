package io.github.reverseratelimiter.benchmarks.load;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Bars as an SVG: a line for each limiter, a panel for each cell, three panels side by side. Bars are labelled, so that nobody has
 * to measure; those that would be longer than the panel end in an arrow. A dashed line is where the goal is; no number stands on it.
 */
final class Plot {

    private static final int TITLES = 206;
    private static final int PANEL = 270;
    private static final int BAR = 200;
    private static final int LINE = 17;
    private static final int HEAD = 30;
    private static final int FOOT = 26;

    /** Of a digit, about. */
    private static final int DIGIT = 7;

    private static final int COLUMNS = 3;
    private static final String OURS = "#1f6f8b";
    private static final String PEERS = "#b0b7bd";
    private static final String GOAL = "#c0392b";

    /**
     * A panel.
     *
     * @param full the value of the longest bar
     * @param goal where the dashed line is
     * @param bars by limiter
     */
    record Panel(String title, double full, OptionalDouble goal, Map<String, Double> bars) {}

    private final StringBuilder svg = new StringBuilder();
    private final List<String> limiters;

    private Plot(List<Panel> panels) {
        Set<String> titles = new LinkedHashSet<>();
        panels.forEach(panel -> titles.addAll(panel.bars.keySet()));
        this.limiters = List.copyOf(titles);
    }

    static String svg(String title, List<Panel> panels) {
        return new Plot(panels).draw(title, panels);
    }

    private String draw(String title, List<Panel> panels) {
        int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
        int high = HEAD + limiters.size() * LINE + 14;
        int width = TITLES + COLUMNS * PANEL;
        int height = HEAD + rows * high + FOOT;
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width,
                height,
                width,
                height));
        text(8, 20, "font-weight=\"bold\" font-size=\"14\"", title);
        for (int row = 0; row < rows; row++) {
            for (int line = 0; line < limiters.size(); line++) {
                text(8, HEAD + row * high + HEAD + line * LINE + 12, "", limiters.get(line));
            }
        }
        for (int i = 0; i < panels.size(); i++) {
            panel(TITLES + i % COLUMNS * PANEL, HEAD + i / COLUMNS * high, panels.get(i));
        }
        key(height - FOOT);
        if (panels.stream().anyMatch(panel -> panel.goal.isPresent())) {
            keyOfGoals(height - FOOT);
        }
        return svg.append("</svg>\n").toString();
    }

    /** What the colours say. */
    private void key(int top) {
        rect(TITLES, top + 6, 12, OURS);
        text(TITLES + 18, top + 17, "", "this library");
        rect(TITLES + 110, top + 6, 12, PEERS);
        text(TITLES + 128, top + 17, "", "others");
    }

    private void keyOfGoals(int top) {
        line(TITLES + 190, top + 4, top + 22);
        text(TITLES + 198, top + 17, "", "what the library promises (its goal)");
    }

    private void panel(int x, int top, Panel panel) {
        text(x, top + 22, "font-weight=\"bold\"", panel.title);
        double goal =
                panel.goal.isPresent() ? x + Math.min(1, panel.goal.getAsDouble() / panel.full) * BAR : Double.NaN;
        panel.bars.forEach((limiter, value) ->
                bar(x, top + HEAD + limiters.indexOf(limiter) * LINE, limiter, value, panel.full, goal));
        if (panel.goal.isPresent()) {
            line(goal, top + HEAD - 4, top + HEAD + limiters.size() * LINE);
        }
    }

    private void bar(int x, int y, String limiter, double value, double full, double goal) {
        double length = Math.max(1, Math.min(1, value / full) * BAR);
        rect(x, y, length, Contender.isOurs(limiter) ? OURS : PEERS);
        String number = Text.figure(value) + (value > full ? " →" : "");
        text(besideTheGoal(x + (int) length + 4, number, goal), y + 11, "font-size=\"11\"", number);
    }

    /** Where a text begins that would begin here, if the line of the goal did not go through it. */
    static int besideTheGoal(int x, String text, double goal) {
        boolean through = goal > x - 3 && goal < x + text.length() * DIGIT;
        return through ? (int) goal + 4 : x;
    }

    private void rect(int x, int y, double length, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x,
                y,
                length,
                LINE - 4,
                colour));
    }

    private void line(double x, int from, int to) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-dasharray=\"4 3\"/>%n",
                x,
                from,
                x,
                to,
                GOAL));
    }

    private void text(int x, int y, String attributes, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" %s>%s</text>%n", x, y, attributes, text.replace("&", "&amp;")));
    }
}
