package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What MONITOR tells of a Redis: each command, of every client. */
public final class Monitor implements AutoCloseable {

    private final Socket socket;

    /** Of the one that listens there, from now on. */
    public Monitor(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        until("+OK");
    }

    /** What it told since the last time, as soon as that holds this. */
    public String until(String end) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[4_096];
        while (text.indexOf(end) < 0) {
            int read = in.read(some);
            assertThat(read).isPositive();
            text.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
