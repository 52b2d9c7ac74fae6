package io.github.reverseratelimiter.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Shows what was asked for, on one Redis; closing it ends what is running. */
final class Demonstration implements AutoCloseable {

    private final SampleOptions options;
    private final boolean limited;
    private final SampleRedis redis;
    private final Console console;
    private final String[] args;
    private final AtomicReference<@Nullable Stage> running = new AtomicReference<>();
    private volatile boolean closed;

    Demonstration(SampleOptions options, boolean limited, SampleRedis redis, Console console, String... args) {
        this.options = options;
        this.limited = limited;
        this.redis = redis;
        this.console = console;
        this.args = args.clone();
    }

    /** Runs it, prints what it came to and returns it; an instance that is to go on serving is left running. */
    List<Figures> show() throws InterruptedException {
        try {
            return options.figures() ? figures() : List.of(single());
        } catch (RuntimeException e) {
            if (closed) {
                return List.of(); // the end that somebody wanted
            }
            throw e;
        }
    }

    private Figures single() throws InterruptedException {
        Scenario scenario = new Scenario(options, limited);
        Stage stage = start(scenario);
        Figures figures = stage.run(console);
        console.table(figures);
        if (options.goesOnServing()) {
            console.serves(stage.port(), scenario);
        }
        return figures;
    }

    private List<Figures> figures() throws InterruptedException {
        List<Figures> all = new ArrayList<>();
        for (Scenario scenario : Scenario.all(options)) {
            Figures figures = start(scenario).run(console);
            console.table(figures);
            all.add(figures);
            end();
        }
        console.text(FiguresTable.markdown(all));
        return all;
    }

    private Stage start(Scenario scenario) {
        Stage stage = Stage.start(scenario, redis, args);
        running.set(stage);
        return stage;
    }

    private void end() {
        Stage stage = running.getAndSet(null);
        if (stage != null) {
            stage.close();
        }
    }

    /** Port on which the first instance goes on serving. */
    String port() {
        Stage stage = running.get();
        if (stage == null) {
            throw new IllegalStateException("nothing is running: it was ended, or has not been started");
        }
        return stage.port();
    }

    @Override
    public void close() {
        closed = true;
        end();
    }
}
