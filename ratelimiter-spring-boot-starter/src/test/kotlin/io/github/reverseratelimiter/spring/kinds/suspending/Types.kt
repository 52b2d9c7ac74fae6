package io.github.reverseratelimiter.spring.kinds.suspending

import io.github.reverseratelimiter.spring.ReverseRateLimited
import io.github.reverseratelimiter.spring.kinds.Answers

/** Annotated types: one for each of the three ways to call. */
class Types {

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    open class Denied {

        open suspend fun denied(account: String): String = Answers.CALLED
    }

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    open class Waiting {

        open suspend fun waiting(account: String): String = Answers.CALLED
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    open class Replaced {

        open suspend fun replaced(account: String): String = Answers.CALLED

        open suspend fun instead(account: String): String = Answers.INSTEAD
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    fun interface DeniedRemote {

        suspend fun denied(account: String): String
    }

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    fun interface WaitingRemote {

        suspend fun waiting(account: String): String
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    fun interface ReplacedRemote {

        suspend fun replaced(account: String): String

        suspend fun instead(account: String): String = Answers.INSTEAD
    }
}
