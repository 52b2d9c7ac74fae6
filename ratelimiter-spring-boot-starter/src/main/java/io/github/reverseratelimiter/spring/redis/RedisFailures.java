package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.PoolException;

/**
 * Tells what a failure means: Redis is away for a while, or it will refuse until somebody changes something. Every
 * client wraps the server's words differently, so it looks for them in the causes too.
 */
final class RedisFailures {

    private static final Words LASTING = new Words(List.of(
            new Meaning(Reason.FOREIGN_KEY, "WRONGTYPE|RRLFOREIGN"),
            new Meaning(Reason.ACCESS, "NOPERM|ERR The user executing the script can't run"),
            new Meaning(
                    Reason.AUTHENTICATION,
                    "NOAUTH|WRONGPASS|ERR invalid password|ERR AUTH <password> called without|ERR Client sent AUTH|DENIED Redis is running in protected mode"),
            new Meaning(
                    Reason.DATABASE, "DB index is out of range|invalid DB index|SELECT is not allowed in cluster mode"),
            new Meaning(
                    Reason.TLS,
                    "not an SSL/TLS record|Unsupported or unrecognized SSL message|PKIX path"
                            + "|No subject alternative|No name matching"
                            + "|Received fatal alert: (?:bad_certificate|unknown_ca|certificate_\\w+|handshake_failure|protocol_version)"),
            new Meaning(Reason.CROSS_SLOT, "CROSSSLOT|have different slots"),
            new Meaning(Reason.UNKNOWN_COMMAND, "unknown command|Unknown Redis command")));

    private static final Words PASSING = new Words(List.of(
            new Meaning(Reason.READ_ONLY, "READONLY"),
            new Meaning(Reason.LOADING, "LOADING"),
            new Meaning(Reason.MASTER_DOWN, "MASTERDOWN"),
            new Meaning(Reason.CLUSTER_DOWN, "CLUSTERDOWN|Cannot determine a partition"),
            new Meaning(Reason.BUSY, "BUSY"),
            new Meaning(Reason.NO_REPLICAS, "NOREPLICAS"),
            new Meaning(Reason.OUT_OF_MEMORY, "OOM"),
            new Meaning(Reason.TRY_AGAIN, "TRYAGAIN|MOVED|ASK"),
            new Meaning(Reason.FORMAT, "RRLFORMAT")));

    private static final String CALL = "with args beginning with";

    private RedisFailures() {}

    /** As the port promises it, with the original as cause. */
    static CreditStoreException translate(Throwable failure) {
        Throwable original = unwrap(failure);
        if (original instanceof CreditStoreException translated) {
            return translated;
        }
        List<Throwable> all = causes(original);
        for (Throwable each : all) {
            Optional<Reason> lasting = LASTING.in(each);
            if (lasting.isPresent()) {
                return misconfigured(original, String.valueOf(each.getMessage()), lasting.get());
            }
        }
        Throwable root = all.get(all.size() - 1);
        String reply = original.getCause() == null ? original.toString() : original + "; " + root;
        Reason reason = passing(all);
        return new CreditStoreException(reason, "Redis did not decide (" + reply + "): " + Remedy.of(reason), original);
    }

    /** By the server's words, and without any by the client's. */
    private static Reason passing(List<Throwable> all) {
        for (Throwable each : all) {
            Optional<Reason> said = PASSING.in(each);
            if (said.isPresent()) {
                return said.get();
            }
        }
        if (all.stream().anyMatch(RedisFailures::isOfTimeout)) {
            return Reason.TIMEOUT;
        }
        return all.stream().anyMatch(RedisFailures::isOfConnection) ? Reason.CONNECTION : Reason.OTHER;
    }

    /** Lettuce has no class of its own for a connection that closes under a command, or is closed already. */
    private static boolean isOfConnection(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof IOException
                || failure.getClass().getSimpleName().contains("Connection")
                || message.startsWith("Connection ")
                || message.startsWith("Currently not connected");
    }

    private static boolean isOfTimeout(Throwable failure) {
        return failure.getClass().getSimpleName().contains("Timeout");
    }

    private static CreditStoreMisconfiguredException misconfigured(Throwable original, String reply, Reason reason) {
        String shown = withoutCall(reply);
        return new CreditStoreMisconfiguredException(
                reason,
                "Redis refuses (" + shown + "): " + Remedy.of(reason),
                shown.equals(reply) ? original : silenced(shown));
    }

    /** Redis repeats the arguments of a command it does not know, and with them the key, which may be personal data. */
    private static String withoutCall(String reply) {
        int cut = reply.indexOf(CALL);
        return cut < 0 ? reply : reply.substring(0, cut).replaceAll("[,\\s]+$", "");
    }

    private static Throwable silenced(String reply) {
        return new RedisSystemException(reply, null);
    }

    /** Whether the server does not know the script yet. */
    static boolean isNoScript(Throwable failure) {
        return isAny(failure, each -> String.valueOf(each.getMessage()).startsWith("NOSCRIPT"));
    }

    /** Whether the server is a replica, perhaps since a moment ago. */
    static boolean isReadOnly(Throwable failure) {
        return isAny(failure, each -> String.valueOf(each.getMessage()).contains("READONLY "));
    }

    /** Whether nothing was answered, not even a refusal. The clients' classes for that are many, and may be missing. */
    static boolean isTimeout(Throwable failure) {
        return isAny(failure, RedisFailures::isOfTimeout);
    }

    /** Whether a connection was lost, hangs, or could not be opened. */
    static boolean isConnection(Throwable failure) {
        return isAny(
                failure, each -> each instanceof DataAccessResourceFailureException || each instanceof PoolException);
    }

    /** Whether it was sent over a connection that was found to be cut. */
    static boolean isCutAtRest(Throwable failure) {
        return isAny(failure, CutAtRestException.class::isInstance);
    }

    private static boolean isAny(Throwable failure, Predicate<Throwable> what) {
        return causes(failure).stream().anyMatch(what);
    }

    /** It, and what caused it. */
    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> all = new ArrayList<>();
        for (Throwable each = failure; each != null && !all.contains(each); each = each.getCause()) {
            all.add(each);
        }
        return all;
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = cause(failure);
        return cause == null ? failure : unwrap(cause);
    }

    private static @Nullable Throwable cause(Throwable failure) {
        return failure instanceof CompletionException || failure instanceof ExecutionException
                ? failure.getCause()
                : null;
    }

    /**
     * A reason, and by which words of the server it is known.
     *
     * @param words a regular expression
     */
    private record Meaning(Reason reason, String words) {}

    /** An error reply begins with its code; before Redis 7 that of a script stands after "@user_script:12: ". */
    private static final class Words {

        private final List<Meaning> meanings;
        private final Pattern pattern;

        Words(List<Meaning> meanings) {
            this.meanings = meanings;
            this.pattern = Pattern.compile("(?:^|[\\s:-])(?:"
                    + meanings.stream().map(each -> "(" + each.words() + ")").collect(Collectors.joining("|"))
                    + ")\\b");
        }

        Optional<Reason> in(Throwable failure) {
            Matcher found = pattern.matcher(String.valueOf(failure.getMessage()));
            if (!found.find()) {
                return Optional.empty();
            }
            return IntStream.range(0, meanings.size())
                    .filter(i -> found.group(i + 1) != null)
                    .mapToObj(i -> meanings.get(i).reason())
                    .findFirst();
        }
    }
}
