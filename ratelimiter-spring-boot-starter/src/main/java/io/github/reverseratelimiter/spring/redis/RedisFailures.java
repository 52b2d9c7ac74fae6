package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.PoolException;

/**
 * Tells what a failure means: Redis is away for a while, or it will refuse until somebody changes something. Every
 * client wraps the server's words differently, so it looks for them in the causes too.
 */
final class RedisFailures {

    /** An error reply begins with its code; before Redis 7 that of a script stands after "@user_script:12: ". */
    private static final Pattern LASTING = Pattern.compile("(?:^|[\\s:-])("
            + "WRONGTYPE|NOPERM|NOAUTH|WRONGPASS|CROSSSLOT|RRLFOREIGN|RRLFORMAT"
            + "|have different slots|unknown command|ERR The user executing the script can't run)\\b");

    private static final String CALL = "with args beginning with";

    private RedisFailures() {}

    /** As the port promises it, with the original as cause. */
    static CreditStoreException translate(Throwable failure) {
        Throwable original = unwrap(failure);
        if (original instanceof CreditStoreException translated) {
            return translated;
        }
        Throwable root = original;
        for (Throwable each = original; each != null; each = each.getCause()) {
            Matcher lasting = LASTING.matcher(String.valueOf(each.getMessage()));
            if (lasting.find()) {
                return misconfigured(original, String.valueOf(each.getMessage()), lasting.group(1));
            }
            root = each;
        }
        String reply = original.getCause() == null ? original.toString() : original + "; " + root;
        return new CreditStoreException(
                "Redis did not decide (" + reply + "): is it up, reachable, and not a replica?", original);
    }

    private static CreditStoreMisconfiguredException misconfigured(Throwable original, String reply, String code) {
        String shown = withoutCall(reply);
        return new CreditStoreMisconfiguredException(
                "Redis refuses (" + shown + "): " + remedy(code), shown.equals(reply) ? original : silenced(shown));
    }

    private static String remedy(String code) {
        return switch (code) {
            case "WRONGTYPE", "RRLFOREIGN" ->
                "a key of ours holds what something else wrote; give another reverse-rate-limiter.key-prefix";
            case "RRLFORMAT" ->
                "a newer version wrote it; update this one, or give another reverse-rate-limiter.key-prefix";
            case "NOAUTH", "WRONGPASS" -> "correct spring.data.redis.username and password";
            case "CROSSSLOT", "have different slots" ->
                "credits of several keys are taken together only where all keys are in one slot;"
                        + " set reverse-rate-limiter.hash-tag";
            default ->
                "allow this user EVALSHA and EVAL, the commands of the script, and the keys of"
                        + " reverse-rate-limiter.key-prefix";
        };
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
        return isAny(failure, each -> each.getClass().getSimpleName().contains("Timeout"));
    }

    /** Whether a connection was lost, hangs, or could not be opened. */
    static boolean isConnection(Throwable failure) {
        return isAny(
                failure, each -> each instanceof DataAccessResourceFailureException || each instanceof PoolException);
    }

    private static boolean isAny(Throwable failure, Predicate<Throwable> what) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (what.test(each)) {
                return true;
            }
        }
        return false;
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
}
