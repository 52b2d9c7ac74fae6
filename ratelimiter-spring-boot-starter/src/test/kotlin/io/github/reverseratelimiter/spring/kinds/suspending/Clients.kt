package io.github.reverseratelimiter.spring.kinds.suspending

import io.github.reverseratelimiter.spring.ReverseRateLimited
import io.github.reverseratelimiter.spring.kinds.Answers
import io.github.reverseratelimiter.spring.kinds.AnsweringWebClient
import java.lang.reflect.InvocationHandler
import java.lang.reflect.Proxy
import org.springframework.beans.factory.FactoryBean
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.web.bind.annotation.RequestParam
import org.springframework.web.reactive.function.client.support.WebClientAdapter
import org.springframework.web.service.annotation.GetExchange
import org.springframework.web.service.annotation.HttpExchange
import org.springframework.web.service.invoker.HttpServiceProxyFactory

/** Beans that are made from an interface. */
class Clients {

    @Configuration(proxyBeanMethods = false)
    open class Jdk {

        @Bean
        open fun remote(): Remote = proxy()
    }

    @Configuration(proxyBeanMethods = false)
    open class OfTypes {

        @Bean
        open fun denied() = Types.DeniedRemote { Answers.CALLED }

        @Bean
        open fun waiting() = Types.WaitingRemote { Answers.CALLED }

        @Bean
        open fun replaced() = Types.ReplacedRemote { Answers.CALLED }
    }

    open class Factory : FactoryBean<Remote> {

        override fun getObject(): Remote = proxy()

        override fun getObjectType(): Class<*> = Remote::class.java
    }

    @HttpExchange("/repos")
    interface Exchange : Remote {

        @GetExchange
        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        override suspend fun denied(@RequestParam account: String): String

        @GetExchange
        override suspend fun waiting(@RequestParam account: String): String

        @GetExchange
        override suspend fun replaced(@RequestParam account: String): String
    }

    @Configuration(proxyBeanMethods = false)
    open class Reactive {

        @Bean
        open fun exchange(): Exchange =
            HttpServiceProxyFactory.builderFor(WebClientAdapter.create(AnsweringWebClient.client()))
                .build()
                .createClient(Exchange::class.java)
    }

    companion object {

        private fun proxy(): Remote {
            val answers = InvocationHandler { proxy, method, arguments ->
                if (method.isDefault) InvocationHandler.invokeDefault(proxy, method, *arguments) else Answers.CALLED
            }
            return Proxy.newProxyInstance(Remote::class.java.classLoader, arrayOf(Remote::class.java), answers) as Remote
        }
    }
}
