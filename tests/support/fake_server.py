"""A real HTTP server with OpenAI's interface that misbehaves as it is told."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = Asked(body, dict(self.headers), time.monotonic(), self.path)
        with self.server.lock:
            number = len(self.server.asked)
            self.server.asked.append(asked)
            self.server.open += 1
            self.server.most_open = max(self.server.most_open, self.server.open)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.server.act(number, asked)(self)
        finally:
            with self.server.lock:
                self.server.open -= 1

    def do_GET(self):
        self.reply(200, b"{}")

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@dataclass
class Asked:
    body: dict[str, Any]
    headers: dict[str, str]
    at: float
    path: str = ""

    @property
    def image(self) -> bytes:
        part = next(one for one in self.body["messages"][-1]["content"] if "image_url" in one)
        return base64.b64decode(part["image_url"]["url"].partition(",")[2])

    @property
    def words(self) -> str:
        return self.body["messages"][-1]["content"][-1]["text"]


class FakeServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, act: Callable[[int, Asked], Act], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.act = act
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.open = self.most_open = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextlib.contextmanager
def serving(act: Callable[[int, Asked], Act]) -> Iterator[FakeServer]:
    server = FakeServer(act)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


ANSWER = "This is a fake image. The hands have six fingers."


def completion(text: str | None, logprobs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    content = {"content": logprobs} if logprobs is not None else None
    message = {"role": "assistant", "content": text}
    return {
        "choices": [{"index": 0, "message": message, "logprobs": content, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 12},
    }


def listed(text: str, **others: float) -> dict[str, Any]:
    """One token with the likeliest ones at its place, by their log-probabilities."""
    top = [{"token": token, "logprob": value} for token, value in others.items()]
    return {"token": text, "logprob": others.get(text, -0.1), "top_logprobs": top}


def says(
    text: str | None = ANSWER, logprobs: list[dict[str, Any]] | None = None, after: float = 0.0
) -> Act:
    def act(handler: Handler) -> None:
        time.sleep(after)
        handler.reply(200, json.dumps(completion(text, logprobs)).encode())

    return act


def refuses(status: int, message: str = "no", **headers: str) -> Act:
    body = json.dumps({"error": {"message": message, "code": status}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(status, body, named)


def sends(body: bytes, status: int = 200) -> Act:
    return lambda handler: handler.reply(status, body)


def cuts_off(handler: Handler) -> None:
    """Promise a long body, send half of it, and hang up."""
    body = json.dumps(completion(ANSWER)).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    hangs_up(handler)


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


def stays_silent(handler: Handler) -> None:
    time.sleep(3)
    hangs_up(handler)
