package io.github.reverseratelimiter.spring.redis;

/** A connection turned out to be cut, which may have been long ago: what was sent over it is worth a second try. */
final class CutAtRestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CutAtRestException(Throwable cause) {
        super(cause);
    }
}
