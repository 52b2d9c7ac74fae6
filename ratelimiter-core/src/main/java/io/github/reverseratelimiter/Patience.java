package io.github.reverseratelimiter;

import java.time.Duration;

/** For how long the store's answer is waited for. The store is told: what it gets to later, it does not charge. */
sealed interface Patience {

    /** So long. */
    Duration time();

    /** As long as the store may take: the same for all who have not lost any of it. */
    record Usual(Duration time) implements Patience {}

    /** What trips that were late have left of that. That it was too little says nothing about the store. */
    record Left(Duration time) implements Patience {}
}
