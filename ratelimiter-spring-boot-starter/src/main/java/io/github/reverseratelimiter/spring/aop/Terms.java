package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;

/** Under which limits, and waiting how, the calls of a method take their credits: asked anew at each call. */
interface Terms {

    /**
     * What a call has to take.
     *
     * @throws IllegalArgumentException if the limits of this key can never grant so many credits
     */
    CreditRequest request(CreditKey key, int credits);

    /**
     * What a call for a key without a plan of its own has to take at this moment.
     *
     * @throws IllegalArgumentException if the limits can never grant so many credits
     */
    CreditRequest template(CreditKey key, int credits);
}
