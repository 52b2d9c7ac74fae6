package io.github.reverseratelimiter.spring.client;

import java.util.OptionalInt;

/** Reads the status out of the exceptions and responses of one HTTP client. */
@FunctionalInterface
interface HttpStatus {

    /** The status; empty if this is nothing that the client makes. */
    OptionalInt of(Object answer);
}
