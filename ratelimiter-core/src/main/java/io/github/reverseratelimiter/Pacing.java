package io.github.reverseratelimiter;

/** How the credits of a window are spread over it. */
public enum Pacing {
    /** They may all go at once. */
    BURST,

    /** One after another: with a limit of L per window W (and margin), no two closer together than W / L. */
    EVEN
}
