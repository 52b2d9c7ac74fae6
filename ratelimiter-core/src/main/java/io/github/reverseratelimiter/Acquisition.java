package io.github.reverseratelimiter;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** The answer to a request for credits: {@link Granted} or {@link Denied}. */
public sealed interface Acquisition {

    /** Credits left in the window after this answer; of several windows, the least. For a denial, too few. */
    int remaining();

    /**
     * How long from this answer until a request like it could be granted if nobody else came; of a grant, until one
     * further credit is free ({@link Duration#ZERO} while some remain).
     */
    Duration retryAfter();

    /**
     * The credits are the caller's, now.
     *
     * @param remaining credits left in the window
     * @param waited how long the caller was made to wait for them
     * @param basis who decided
     * @param retryAfter how long until one further credit is free
     */
    record Granted(int remaining, Duration waited, Basis basis, Duration retryAfter) implements Acquisition {

        /** Checks that nothing is missing. */
        public Granted {
            Check.given(waited, "waited", "give how long the caller was made to wait");
            Check.given(basis, "basis", "give who decided");
            Check.given(retryAfter, "retryAfter", "give Duration.ZERO if a credit is free");
        }
    }

    /**
     * No credit was taken.
     *
     * @param retryAfter how long until the same request could be granted, counted from this answer; zero where a call in flight has to
     *     end first: nobody knows when
     * @param reason why
     * @param remaining credits left in the window; less than were asked for, or the store did not say
     * @param request which of several requests was denied, in their order from 0
     * @param decidedBy who decided
     */
    record Denied(Duration retryAfter, Reason reason, int remaining, int request, DecidedBy decidedBy)
            implements Acquisition, Serializable {

        /** Denies the only request. */
        public Denied(Duration retryAfter, Reason reason, int remaining) {
            this(retryAfter, reason, remaining, 0);
        }

        /** By the policy where the store is unavailable, else by the store. */
        public Denied(Duration retryAfter, Reason reason, int remaining, int request) {
            this(
                    retryAfter,
                    reason,
                    remaining,
                    request,
                    reason == Reason.STORE_UNAVAILABLE ? DecidedBy.POLICY : DecidedBy.STORE);
        }

        /** Checks that nothing is missing. */
        public Denied {
            Check.given(retryAfter, "retryAfter", "give how long until the request could be granted");
            Check.given(reason, "reason", "give why");
            Check.given(decidedBy, "decidedBy", "give DecidedBy.STORE, for example");
        }
    }

    /** Who decided that a request was granted. */
    sealed interface Basis {

        /**
         * The store that all instances share.
         *
         * @param credits what can be given back: one for each key
         */
        record Store(List<Credit> credits) implements Basis {

            /** Takes a copy of the list, which must not be empty. */
            public Store {
                credits = List.copyOf(Check.given(credits, "credits", GIVE_WHAT_WAS_TAKEN));
                if (credits.isEmpty()) {
                    throw new IllegalArgumentException("credits must not be empty: " + GIVE_WHAT_WAS_TAKEN);
                }
            }

            /** Of one key. */
            public Store(Credit credit) {
                this(List.of(Check.given(credit, "credit", GIVE_WHAT_WAS_TAKEN)));
            }

            private static final String GIVE_WHAT_WAS_TAKEN = "give what was taken";

            /** That of the first key, which is the only one unless several were asked for together. */
            public Credit credit() {
                return credits.get(0);
            }

            @Override
            public String toString() {
                return "store";
            }
        }

        /**
         * This instance alone, from its share of the limit, because the store was away.
         *
         * @param credits what can be given back: one for each key
         */
        record Local(List<Credit> credits) implements Basis {

            /** Takes a copy of the list. */
            public Local {
                credits = List.copyOf(Check.given(credits, "credits", "give what was taken, or List.of()"));
            }

            /** With nothing to give back. */
            public Local() {
                this(List.of());
            }

            @Override
            public String toString() {
                return "local";
            }
        }

        /** Nobody counted: the store was away and the limiter is configured to allow, or limiting is switched off. */
        record Policy() implements Basis {
            @Override
            public String toString() {
                return "policy";
            }
        }
    }

    /** Who decided that a request was denied: what {@link Basis} is to a grant. */
    enum DecidedBy {
        /** The store that all instances share. */
        STORE("store"),
        /** This instance alone, from its share of the limit, because the store was away or may not know of all that was granted. */
        LOCAL("local"),
        /** Nobody counted: the store was away, and the limiter is configured to deny then, or the share cannot hold the call. */
        POLICY("policy");

        private final String text;

        DecidedBy(String text) {
            this.text = text;
        }

        /** As that of a grant is written. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Why a request was denied. */
    enum Reason {
        /** The window holds too few credits now, and the caller did not want to wait. */
        EXHAUSTED("exhausted"),
        /** The credits would be free, but later than the caller's longest wait. */
        WAIT_TOO_LONG("wait-too-long"),
        /** The key is paused. */
        PAUSED("paused"),
        /**
         * The store is away or too slow, and the limiter is configured to deny. Too slow is also a store whose grants
         * always reach this JVM later than the margin allows, be it for the network or because the JVM stands still.
         */
        STORE_UNAVAILABLE("store-unavailable"),
        /** As many callers as are allowed wait for this limiter in this JVM already. */
        TOO_MANY_WAITERS("too-many-waiters");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** As it is written in logs, tags and documents: {@code wait-too-long}. */
        @Override
        public String toString() {
            return text;
        }
    }
}
