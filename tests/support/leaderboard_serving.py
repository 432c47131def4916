"""Serves a site as static hosts do, compressed, and counts the bytes."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path


class Server(http.server.ThreadingHTTPServer):
    """A server of one folder.

    Attributes:
        sent: Compressed bytes of all bodies since it was last set.
    """

    def __init__(self, folder: Path) -> None:
        """Serve `folder` on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.sent = 0

    @property
    def address(self) -> str:
        """Return the site's address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, request, client_address, server) -> None:  # type: ignore[no-untyped-def]
        super().__init__(request, client_address, server, directory=str(server.folder))

    def do_GET(self) -> None:
        data = gzip.compress(Path(self.translate_path(self.path)).read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.server.sent += len(data)
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a folder while the block runs."""
    with Server(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
