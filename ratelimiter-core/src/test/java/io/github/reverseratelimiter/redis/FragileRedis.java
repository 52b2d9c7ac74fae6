package io.github.reverseratelimiter.redis;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis of the test's own to which things happen: it freezes, is killed, comes back at the same address. */
public final class FragileRedis implements AutoCloseable {

    private static final Pattern PROCESS = Pattern.compile("process_id:(\\d+)\r");

    private final int port;
    private final redis.embedded.RedisServer process;
    private long pid;

    private FragileRedis(int port, List<String> settings) {
        this.port = port;
        this.process = RedisServer.process(port, settings);
    }

    /** With settings as they stand in redis.conf. */
    public static FragileRedis start(String... settings) {
        FragileRedis redis = new FragileRedis(RedisServer.freePort(), List.of(settings));
        redis.restart();
        return redis;
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** A new connection of a new client, both to be closed by {@link LettuceScriptExecutor#close()}. */
    public LettuceScriptExecutor executor() {
        return LettuceScriptExecutor.to(RedisServer.uri(port));
    }

    /** Starts it again after {@link #kill()}: empty, unless the settings say that it writes down what it holds. */
    public void restart() {
        process.start();
        pid = Long.parseLong(answer("INFO server", PROCESS).group(1));
    }

    /** Ends it without notice. */
    public void kill() {
        Signal.KILL.to(pid);
        process.stop();
    }

    /** Ends it as a service manager does, by SIGTERM: it writes down what it holds, if the settings say so. */
    public void stop() {
        process.stop();
    }

    /** Stops the process: its sockets stay open, and nothing is answered. */
    public void freeze() {
        Signal.STOP.to(pid);
    }

    /** Lets it go on. */
    public void thaw() {
        Signal.CONT.to(pid);
    }

    /** Sends a command as one would type it, and does not look at the answer. */
    public void send(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            write(socket, command);
            // Who goes away at once may not be heard.
            socket.setSoTimeout(100);
            int unused = socket.getInputStream().read();
        } catch (java.net.SocketTimeoutException e) {
            // it is at work on it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command as one would type it, and reads until the answer holds this. */
    public Matcher answer(String command, Pattern expected) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            write(socket, command);
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            byte[] some = new byte[4_096];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                answer.append(new String(some, 0, read, StandardCharsets.UTF_8));
                Matcher matcher = expected.matcher(answer);
                if (matcher.find()) {
                    return matcher;
                }
            }
            throw new IllegalStateException("Redis answered " + answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command as one would type it, again and again, and returns when the answer holds this. */
    public void awaitAnswer(String command, String expected) {
        Pattern pattern = Pattern.compile(expected);
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(IOException.class) // it may be cut off, as any other
                .until(() -> pattern.matcher(firstLine(command)).find());
    }

    private String firstLine(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            write(socket, command);
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return String.valueOf(answer.readLine());
        }
    }

    private static void write(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        thaw();
        kill();
    }
}
