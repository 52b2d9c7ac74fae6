package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException.Reason;

/** What to look at, or to change, for each reason for which Redis did not decide. */
final class Remedy {

    private Remedy() {}

    static String of(Reason reason) {
        return switch (reason) {
            case TIMEOUT, OTHER -> "is it up, reachable, and not a replica?";
            case CONNECTION -> "is it up, reachable at that host and port, with TLS or without, and not a replica?";
            case READ_ONLY, MASTER_DOWN -> "it is a replica; name the master in spring.data.redis";
            case LOADING -> "it has started, and reads what it wrote down";
            case CLUSTER_DOWN -> "no node of the cluster serves the slot of the key; look at CLUSTER INFO";
            case BUSY -> "a script runs for too long; SCRIPT KILL ends it";
            case NO_REPLICAS -> "it has fewer replicas than min-replicas-to-write";
            case OUT_OF_MEMORY -> "its memory is full; raise maxmemory, or use a Redis that is the limiter's own";
            case TRY_AGAIN ->
                "the slot of the key is moving to another node; if it does not, name the cluster in"
                        + " spring.data.redis.cluster.nodes";
            case CROWD -> "this instance asks for one key faster than Redis answers; set max-waiters, or more limiters";
            case LATE ->
                "its replies come later than the margin allows; is the network slow, or does this JVM stand still?";
            case FOREIGN_KEY ->
                "a key of ours holds what something else wrote; give another reverse-rate-limiter.key-prefix";
            case FORMAT -> "a newer version wrote that key; until this one is updated, on-store-failure answers";
            case AUTHENTICATION ->
                "correct spring.data.redis.username and password; a Redis in protected mode has none yet, give it one";
            case DATABASE -> "correct spring.data.redis.database: this Redis has none of that number";
            case TLS ->
                "correct spring.data.redis.ssl (enabled where Redis speaks TLS, and only there) and its bundle, which must"
                        + " trust the certificate of Redis";
            case CROSS_SLOT ->
                "credits of several keys are taken together only where all keys are in one slot;"
                        + " set reverse-rate-limiter.hash-tag";
            case UNKNOWN_COMMAND ->
                "use a Redis, or something like it, that knows EVALSHA, EVAL and the commands of the script (TIME, GETRANGE,"
                        + " SETRANGE, SET, PEXPIRE, EXISTS), none of them renamed";
            case ACCESS ->
                "allow this user +evalsha +eval +time +getrange +setrange +set +pexpire +exists (and +select, for a database other"
                        + " than 0), and all keys that begin with reverse-rate-limiter.key-prefix";
        };
    }
}
