package io.github.reverseratelimiter.benchmarks.layout;

import java.util.List;

/** What a key goes through while it is measured: how it is brought there, and the call that is measured, again and again. */
enum Situation {
    /** Calls at half the rate the limit allows: each is granted at once. */
    HALF_USED("granted, window half used", 0) {
        @Override
        long pace(Window window) {
            return 2 * window.span() / window.limit();
        }
    },
    /** Calls at the rate the limit allows, behind a line of half the limit: each is granted for later. */
    LINE("granted for later, in a line", Subject.FOREVER) {
        @Override
        long pace(Window window) {
            return window.span() / window.limit();
        }
    },
    /** The window is full: each call is denied. */
    DENIED("denied", 0) {
        @Override
        long pace(Window window) {
            return window.span() / window.limit() * 9 / 10;
        }
    };

    private final String title;
    private final long maxWait;

    Situation(String title, long maxWait) {
        this.title = title;
        this.maxWait = maxWait;
    }

    String title() {
        return title;
    }

    abstract long pace(Window window);

    void prepare(Subject subject) {
        subject.forget();
        Window window = slowest(subject.windows());
        boolean waits = subject.layout().isCandidate();
        int credits = waits ? window.creditsInSlot() : 1;
        for (int taken = 0; taken < window.limit(); taken += credits) {
            subject.pass(credits * pace(window));
            subject.takeSoon(credits, waits ? Subject.FOREVER : 0);
        }
        for (int taken = 0; waits && this == LINE && taken < window.limit() / 2 + 1; taken += credits) {
            subject.takeSoon(credits, Subject.FOREVER);
        }
        subject.flush();
    }

    void run(Subject subject, int times) {
        long step = this == DENIED ? 1 : pace(slowest(subject.windows()));
        for (int i = 0; i < times; i++) {
            subject.pass(step);
            subject.takeSoon(1, maxWait);
        }
        subject.flush();
    }

    /** The window that decides over a long time: the one with the lowest rate. */
    static Window slowest(List<Window> windows) {
        Window slowest = windows.get(0);
        for (Window window : windows) {
            if (window.span() / window.limit() > slowest.span() / slowest.limit()) {
                slowest = window;
            }
        }
        return slowest;
    }
}
