package io.github.reverseratelimiter.spring.kinds.suspending

import io.github.reverseratelimiter.spring.ReverseRateLimited
import io.github.reverseratelimiter.spring.kinds.Answers

/** An interface whose suspending functions are annotated. */
interface Remote {

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    suspend fun denied(account: String): String

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    suspend fun waiting(account: String): String

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    suspend fun replaced(account: String): String

    suspend fun instead(account: String): String = Answers.INSTEAD
}
