package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/**
 * The store did not decide: it is away or too slow. A request that ended so was not charged, or is given back as soon as
 * the store answers.
 */
public class CreditStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Says what failed, with which value, and what to do. */
    public CreditStoreException(String message) {
        this(Reason.OTHER, message);
    }

    /** Says what failed, with which value, and what to do; with the cause, and for its reason if it has one. */
    public CreditStoreException(String message, @Nullable Throwable cause) {
        this(cause instanceof CreditStoreException known ? known.reason() : Reason.OTHER, message, cause);
    }

    /** Says what failed, with which value, and what to do. */
    public CreditStoreException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The same, with the cause. */
    public CreditStoreException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** In a word, for meters and alarms. */
    public Reason reason() {
        return reason;
    }

    /** Whether the store may decide others meanwhile, so that it is not away: a slot that moves, a key that has no room, or a crowd. */
    boolean isOfSomeKeys() {
        return reason == Reason.TRY_AGAIN || reason == Reason.OUT_OF_MEMORY || reason == Reason.CROWD;
    }

    /**
     * Why a store did not decide. Those down to {@link #FORMAT} pass by themselves, or with the store's health; those
     * from {@link #ACCESS} on are of {@link CreditStoreMisconfiguredException} and last until somebody changes something.
     */
    public enum Reason {
        /** It did not answer in time, or too late. */
        TIMEOUT("timeout"),
        /** It cannot be reached, or the connection was lost. */
        CONNECTION("connection"),
        /** READONLY: it is a replica, perhaps since a moment ago. */
        READ_ONLY("read-only"),
        /** LOADING: it has just started. */
        LOADING("loading"),
        /** MASTERDOWN: it is a replica that has lost its master. */
        MASTER_DOWN("master-down"),
        /** CLUSTERDOWN: no node of the cluster serves the slot. */
        CLUSTER_DOWN("cluster-down"),
        /** BUSY: a script runs for too long. */
        BUSY("busy"),
        /** NOREPLICAS: too few replicas to write. */
        NO_REPLICAS("no-replicas"),
        /** OOM: its memory is full, and it evicts nothing. */
        OUT_OF_MEMORY("out-of-memory"),
        /** TRYAGAIN, MOVED, ASK: the slot is moving to another node. */
        TRY_AGAIN("try-again"),
        /** Too many requests of this instance ask for one key at once: the store itself is well, and they are denied, whatever is set. */
        CROWD("crowd"),
        /** It granted, but its replies came later than the margin allows: the network is slow, or this JVM stands still. */
        LATE("late"),
        /** A key of ours holds what a newer version wrote, as while that is rolled out: the store itself is well. */
        FORMAT("format"),

        /** NOPERM, and what a script is told in its place: the user may not do it. */
        ACCESS("access"),
        /** NOAUTH, WRONGPASS: no password, or a wrong one; or one where the store has none. */
        AUTHENTICATION("authentication"),
        /** The store has no database of that number. */
        DATABASE("database"),
        /** TLS to a store that speaks none, or whose certificate is not trusted. */
        TLS("tls"),
        /** A key of ours holds what something else wrote. */
        FOREIGN_KEY("foreign-key"),
        /** The store does not know a command. */
        UNKNOWN_COMMAND("unknown-command"),
        /** CROSSSLOT: several keys that a cluster does not keep together. */
        CROSS_SLOT("cross-slot"),

        /** Anything else. */
        OTHER("other");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** As it is written in tags and documents: {@code read-only}. */
        @Override
        public String toString() {
            return text;
        }
    }
}
