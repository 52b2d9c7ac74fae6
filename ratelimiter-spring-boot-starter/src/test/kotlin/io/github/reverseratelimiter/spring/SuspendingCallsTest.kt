package io.github.reverseratelimiter.spring

import io.github.reverseratelimiter.RateLimitExceededException
import java.lang.reflect.InvocationHandler
import java.lang.reflect.Proxy
import java.net.ConnectException
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.junit.jupiter.api.Test

/** Kotlin's suspending functions and flows: a coroutine waits, its thread does not. */
class SuspendingCallsTest {

    private val window: Duration = Duration.ofSeconds(1)
    private val application = Application()

    @Test
    fun runsWhereTheCreditIsThere() = with { client ->
        assertThat(client.call("acme")).isEqualTo("answer for acme")
        assertThat(application.store.held()).isEqualTo(1)
        assertThat(application.store.keys()).containsExactly("acme")
    }

    @Test
    fun suspendsUntilTheCreditComesAndLetsItsThreadDoOtherWork() = with { client ->
        client.call("acme")

        val waiting = List(3) { async(Dispatchers.Unconfined) { client.call("acme") } }

        assertThat(waiting).noneMatch { it.isCompleted }
        assertThat(client.runs.get()).isEqualTo(1)
        assertThat(application.naps()).isZero()
        application.pass(window.multipliedBy(3))
        assertThat(waiting.map { it.await() }).containsOnly("answer for acme").hasSize(3)
    }

    @Test
    fun takesNothingWhereTheCoroutineIsCancelledWhileItWaits() = with { client ->
        client.call("acme")
        val second = launch(Dispatchers.Unconfined) { client.call("acme") }

        second.cancel()

        assertThat(application.store.held()).isEqualTo(1)
        application.pass(window)
        assertThat(client.runs.get()).isEqualTo(1)
    }

    @Test
    fun isInFlightUntilTheCoroutineHasEnded() = with { client ->
        val answer = CompletableDeferred<String>()
        val first = async(Dispatchers.Unconfined) { client.capped(answer) }
        assertThatExceptionOfType(RateLimitExceededException::class.java)
            .isThrownBy { runBlocking { client.capped(answer) } }

        answer.complete("200")

        assertThat(first.await()).isEqualTo("200")
        assertThat(client.capped(answer)).isEqualTo("200")
    }

    @Test
    fun throwsWhereThereIsNoCredit() = with { client ->
        client.impatient("acme")

        assertThatExceptionOfType(RateLimitExceededException::class.java)
            .isThrownBy { runBlocking { client.impatient("acme") } }
    }

    @Test
    fun passesOnNullAndUnit() = with { client ->
        assertThat(client.absent()).isNull()
        client.unit()
        assertThat(client.runs.get()).isEqualTo(1)
    }

    @Test
    fun callsASuspendingFallback() = with { client ->
        client.withFallback("acme")

        assertThat(client.withFallback("acme")).isEqualTo("fallback for acme: DeniedCallException")
    }

    @Test
    fun givesBackWhatACallTookThatFailsAsNamed() = with { client ->
        assertThatExceptionOfType(ConnectException::class.java).isThrownBy { runBlocking { client.failing() } }

        assertThat(application.store.held()).isZero()
    }

    @Test
    fun keepsTheContextOfTheCoroutine() = with { client ->
        withContext(User("alice")) {
            assertThat(client.user()).isEqualTo("alice")
            val second = async(Dispatchers.Unconfined) { client.user() }
            application.pass(window)
            assertThat(second.await()).isEqualTo("alice")
        }
    }

    @Test
    fun takesACreditForEachCollectionOfAFlow() = with { client ->
        val flow = client.flow()
        assertThat(application.store.held()).isZero()

        assertThat(flow.toList()).containsExactly("a", "b")
        val second = async(Dispatchers.Unconfined) { flow.toList() }

        assertThat(second.isCompleted).isFalse()
        application.pass(window)
        assertThat(second.await()).containsExactly("a", "b")
        assertThat(application.store.held()).isEqualTo(2)
    }

    @Test
    fun limitsASuspendingFunctionThatReturnsAFlow() = with { client ->
        assertThat(client.suspendingFlow().toList()).containsExactly("a", "b")

        assertThat(application.store.held()).isEqualTo(1)
    }

    @Test
    fun waitsForADeferredWithoutAThread() = with { client ->
        client.deferred().await()

        val second = client.deferred()

        assertThat(second.isCompleted).isFalse()
        application.pass(window)
        assertThat(second.await()).isEqualTo("answer")
        assertThat(application.naps()).isZero()
    }

    @Test
    fun limitsAnInterfaceThatIsImplementedByAProxy() {
        application.context()
            .withPropertyValues("spring.aop.proxy-target-class=false")
            .withBean(RemoteClient::class.java)
            .run { context ->
                val remote = context.getBean(Remote::class.java)
                runBlocking {
                    remote.call("acme")
                    assertThat(remote.call("acme")).isEqualTo("default for acme")
                }
                assertThat(application.store.keys()).containsExactly("acme", "acme")
            }
    }

    @Test
    fun callsASuspendingFallbackOfAClientThatIsNothingButAProxy() {
        val answers = InvocationHandler { _, _, arguments -> arguments[0] }
        application.context()
            .withBean(Remote::class.java, {
                Proxy.newProxyInstance(javaClass.classLoader, arrayOf(Remote::class.java), answers) as Remote
            })
            .run { context ->
                val remote = context.getBean(Remote::class.java)
                runBlocking {
                    remote.call("acme")
                    assertThat(remote.call("acme")).isEqualTo("default for acme")
                }
            }
    }

    @Test
    fun explainsAtTheStartThatTheFallbackMustSuspendToo() {
        application.context(NotSuspending::class.java).run { context ->
            assertThat(Analyses.of(context.startupFailure))
                .contains("NotSuspending.call(")
                .contains("FallbackMethod is \"fallback\", whose parameters do not fit")
                .contains("Write \"suspend String fallback(String)\"")
        }
    }

    private fun with(test: suspend kotlinx.coroutines.CoroutineScope.(Client) -> Unit) {
        application.run(Client::class.java) { client -> runBlocking { test(client) } }
    }

    class User(val name: String) : AbstractCoroutineContextElement(User) {
        companion object Key : CoroutineContext.Key<User>
    }

    open class Client {

        private val count = AtomicInteger()

        open val runs: AtomicInteger
            get() = count

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, maxWait = "1m")
        open suspend fun call(account: String): String {
            count.incrementAndGet()
            return "answer for $account"
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1)
        open suspend fun impatient(account: String): String = account

        @ReverseRateLimited(maxInFlight = 1)
        open suspend fun capped(answer: Deferred<String>): String = answer.await()

        @ReverseRateLimited(window = "1s", limit = 1)
        open suspend fun absent(): String? = null

        @ReverseRateLimited(window = "1s", limit = 1)
        open suspend fun unit() {
            count.incrementAndGet()
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, fallbackMethod = "fallback")
        open suspend fun withFallback(account: String): String = account

        @Suppress("unused")
        private suspend fun fallback(account: String, failure: RateLimitExceededException): String {
            withContext(Dispatchers.Default) { }
            return "fallback for $account: ${failure.javaClass.simpleName}"
        }

        @ReverseRateLimited(window = "1s", limit = 1, refundOn = [ConnectException::class])
        open suspend fun failing(): String = throw ConnectException("refused")

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        open suspend fun user(): String? = currentCoroutineContext()[User]?.name

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        open fun flow(): Flow<String> = flowOf("a", "b")

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        open suspend fun suspendingFlow(): Flow<String> = flowOf("a", "b")

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        open fun deferred(): Deferred<String> = CompletableDeferred("answer")
    }

    interface Remote {

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, fallbackMethod = "fallback")
        suspend fun call(account: String): String

        suspend fun fallback(account: String): String {
            withContext(Dispatchers.Default) { }
            return "default for $account"
        }
    }

    open class RemoteClient : Remote {
        override suspend fun call(account: String): String = account
    }

    open class NotSuspending {

        @ReverseRateLimited(window = "1s", limit = 1, fallbackMethod = "fallback")
        open suspend fun call(account: String): String = account

        @Suppress("unused")
        fun fallback(account: String): String = account
    }
}
