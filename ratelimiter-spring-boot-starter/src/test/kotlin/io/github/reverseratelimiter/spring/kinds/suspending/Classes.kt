package io.github.reverseratelimiter.spring.kinds.suspending

import io.github.reverseratelimiter.spring.ReverseRateLimited
import io.github.reverseratelimiter.spring.kinds.Answers
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.context.annotation.Scope
import org.springframework.context.annotation.ScopedProxyMode
import org.springframework.core.annotation.AliasFor

/** Classes of beans, one for each kind. */
class Classes {

    open class Annotated {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        open suspend fun denied(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        open suspend fun waiting(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        open suspend fun replaced(account: String): String = Answers.CALLED

        open suspend fun instead(account: String): String = Answers.INSTEAD
    }

    open class Inheriting : Annotated()

    open class Overriding : Annotated() {

        override suspend fun denied(account: String): String = super.denied(account)

        override suspend fun waiting(account: String): String = super.waiting(account)

        override suspend fun replaced(account: String): String = super.replaced(account)
    }

    /** Kotlin knows no package-private functions. */
    open class NotPublic {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        protected open suspend fun denied(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        protected open suspend fun waiting(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        protected open suspend fun replaced(account: String): String = Answers.CALLED

        protected open suspend fun instead(account: String): String = Answers.INSTEAD
    }

    open class Implementing : Remote {

        override suspend fun denied(account: String): String = Answers.CALLED

        override suspend fun waiting(account: String): String = Answers.CALLED

        override suspend fun replaced(account: String): String = Answers.CALLED
    }

    class FinalImplementing : Remote by Implementing()

    @JvmRecord
    data class OfRecord(val name: String = "record") : Remote {

        override suspend fun denied(account: String): String = Answers.CALLED

        override suspend fun waiting(account: String): String = Answers.CALLED

        override suspend fun replaced(account: String): String = Answers.CALLED
    }

    interface WithDefaults {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        suspend fun denied(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        suspend fun waiting(account: String): String = Answers.CALLED

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        suspend fun replaced(account: String): String = Answers.CALLED

        suspend fun instead(account: String): String = Answers.INSTEAD
    }

    open class Defaulting : WithDefaults

    interface Generic<T> {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        suspend fun denied(account: T): String

        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        suspend fun waiting(account: T): String

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        suspend fun replaced(account: T): String
    }

    open class OfGeneric : Generic<String> {

        override suspend fun denied(account: String): String = Answers.CALLED

        override suspend fun waiting(account: String): String = Answers.CALLED

        override suspend fun replaced(account: String): String = Answers.CALLED

        open suspend fun instead(account: String): String = Answers.INSTEAD
    }

    @ReverseRateLimited(key = "#account", margin = "0")
    annotation class Limited(
        @get:AliasFor(annotation = ReverseRateLimited::class) val window: String,
        @get:AliasFor(annotation = ReverseRateLimited::class) val limit: Int,
        @get:AliasFor(annotation = ReverseRateLimited::class) val maxWait: String = "",
        @get:AliasFor(annotation = ReverseRateLimited::class, attribute = "fallbackMethod")
        val otherwise: String = "",
    )

    open class Composed {

        @Limited(window = "1h", limit = 2)
        open suspend fun denied(account: String): String = Answers.CALLED

        @Limited(window = "100ms", limit = 1, maxWait = "10s")
        open suspend fun waiting(account: String): String = Answers.CALLED

        @Limited(window = "1h", limit = 1, otherwise = "instead")
        open suspend fun replaced(account: String): String = Answers.CALLED

        open suspend fun instead(account: String): String = Answers.INSTEAD
    }

    @Configuration(proxyBeanMethods = false)
    open class Scoped {

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        open fun scoped(): Annotated = Annotated()
    }
}
