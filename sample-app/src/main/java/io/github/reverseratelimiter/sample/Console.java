package io.github.reverseratelimiter.sample;

import static io.github.reverseratelimiter.sample.Text.format;
import static io.github.reverseratelimiter.sample.Text.percent;
import static io.github.reverseratelimiter.sample.Text.seconds;

import io.github.reverseratelimiter.sample.provider.Tally;
import java.io.PrintStream;
import java.util.List;

/** What a person sees: the only class that prints. */
final class Console {

    private final PrintStream out;

    Console(PrintStream out) {
        this.out = out;
    }

    /** Says what is about to be shown. */
    void begins(Scenario scenario, String provider, SampleRedis redis) {
        SampleOptions options = scenario.options();
        out.println();
        line("provider", "%s allows an account %s, exactly; else 429", provider, options.quota());
        line(
                "instances",
                "%d, each with %d callers who always have another call",
                options.instances(),
                options.threads());
        line("limiter", scenario.limited() ? "on, margin %s" : "OFF", seconds(options.margin()));
        line("redis", "%s", redis);
        out.println();
        out.println("Warming up with other accounts ...");
    }

    /** One line a second. */
    void progress(int second, Tally tally, SampleOptions options) {
        out.println(format(
                "%3d s   calls %5d   accepted %5d   refused %5d   share of the quota %7s",
                second,
                tally.calls(),
                tally.accepted(),
                tally.refused(),
                tally.fullWindows() == 0
                        ? "-"
                        : percent(tally.share(options.paced().window()))));
    }

    /** The table at the end. */
    void table(Figures figures) {
        SampleOptions options = figures.options();
        Tally tally = figures.provider();
        out.println();
        line("calls", "%d", figures.calls());
        line("accepted", "%d", tally.accepted());
        line("refused (429)", "%d   %s", tally.refused(), percent(tally.refusedShare()));
        line(
                "share of the quota",
                "%s of %s; %s of %s",
                percent(figures.share()),
                options.paced(),
                percent(figures.rawShare()),
                options.quota());
        if (figures.scenario().limited()) {
            line("margin needed", "%s", seconds(figures.marginNeeded()));
        }
        line("waits", "mean %s, p99 %s", seconds(figures.meanWait()), seconds(figures.p99Wait()));
        line("denied by the limiter", "%d", figures.denied());
        line("trips to Redis per call", "%.2f", figures.tripsPerCall());
        line(
                "calls per instance",
                "%s   busiest to idlest %.2f",
                Text.list(figures.callsPerInstance()),
                figures.busiestToIdlest());
        List<String> failures = figures.failures();
        if (!failures.isEmpty()) {
            line("failures", "%d, the first: %s", failures.size(), failures.get(0));
        }
    }

    /** How to go on by hand. */
    void serves(String port, Scenario scenario) {
        SampleOptions options = scenario.options();
        String url = "http://localhost:" + port + "/repos/" + options.account();
        out.println();
        out.println("Instance 1 goes on serving. Call it more often than allowed, and see it "
                + (scenario.limited() ? "wait instead of fail:" : "fail:"));
        out.println("  for i in $(seq " + 3 * Math.min(options.limit(), 10)
                + "); do curl -s -w ' after %{time_total} s\\n' " + url + "; done");
        out.println("Ctrl-C ends it all.");
    }

    /** Text as it is, a Markdown table for example. */
    void text(String text) {
        out.println();
        out.println(text);
    }

    private void line(String name, String pattern, Object... values) {
        out.println(format("%-25s", name) + format(pattern, values));
    }
}
