"""A server on loopback that sends what a test says, byte by byte if need be."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class RawServer:
    """Answers each connection with `answer(request, connection)`; remembers what it was asked."""

    def __init__(
        self,
        answer: Callable[[bytes, socket.socket], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        # Closing the listener ends `accept` with an error: there is nobody left to tell.
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(10)
                    self._serve_one(connection)

    def _serve_one(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            request = connection.recv(65_536)
            self.requests.append(request)
            self._answer(request, connection)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


@contextmanager
def serving(
    answer: Callable[[bytes, socket.socket], None], tls: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    server = RawServer(answer, tls)
    try:
        yield server
    finally:
        server.close()


def saying(head: str, body: bytes = b"") -> Callable[[bytes, socket.socket], None]:
    """Answer with a status line and headers, given without their line ends' returns."""
    lines = "\r\n".join(["HTTP/1.1 " + head.strip().replace("\n", "\r\n"), "Connection: close"])

    def answer(_request: bytes, connection: socket.socket) -> None:
        connection.sendall(lines.encode("latin-1") + b"\r\n\r\n" + body)

    return answer
