"""Serve a book under watch: files as they are now, and a stream of messages that lets its pages load anew."""

import http.server
import json
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SCRIPT = """
const page = decodeURI(location.pathname).replace(/^\\//, "").replace(/(\\.html|\\/)?$/, "") || "index";
const banner = document.createElement("pre");
Object.assign(banner.style, { position: "fixed", inset: "auto 0 0 0", zIndex: 99, margin: 0, padding: "1em", maxHeight: "50vh",
  overflow: "auto", whiteSpace: "pre-wrap", background: "#7a1f1f", color: "#fff" });
banner.setAttribute("role", "alert");
let start;
new EventSource(`/-/events?page=${encodeURIComponent(page)}`).onmessage = ({ data }) => {
  const { fault, pages, server } = JSON.parse(data);
  banner.textContent = fault;
  fault ? document.body.append(banner) : banner.remove();
  if (pages.includes(page) || pages.includes("*") || (start && start !== server)) location.reload();
  start ??= server;
};
"""  # noqa: E501  as the browser gets it


class Messages:
    """What the browsers are to be told: the newest fault, and which pages are new."""

    def __init__(self) -> None:
        self.fault, self.viewed = "", {}
        self._sent: list[list[str]] = []
        self._news = threading.Condition()

    def send(self, pages: Iterable[str] = ()) -> None:
        """Tell the browsers that these pages are new."""
        with self._news:
            self._sent.append(list(pages))
            self._news.notify_all()

    def each(self) -> Iterator[str]:
        """Wait for messages, from now on.

        The first one says at once how things stand, and "" keeps the line open.
        """
        at, pages = len(self._sent), []
        while True:
            yield (
                json.dumps({"fault": self.fault, "pages": pages, "server": os.getpid()})
                if pages is not None
                else ""
            )
            with self._news:
                new = self._news.wait_for(lambda at=at: len(self._sent) > at, timeout=15)
                pages, at = (
                    ([p for sent in self._sent[at:] for p in sent], len(self._sent)) if new else (None, at)
                )


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site as they are now, pages with SCRIPT, and the stream of messages at /-/events."""

    def __init__(self, *args: Any, messages: Messages, **how: Any) -> None:
        self.messages = messages
        super().__init__(*args, **how)

    def do_GET(self) -> None:
        """Answer a request."""
        path, _, query = self.path.partition("?")
        if path == "/-/events":
            return self._events(query.removeprefix("page="))
        if path == "/-/watch.js":
            return self._answer(SCRIPT.encode(), "text/javascript")
        file = Path(self.translate_path(path))
        file = file / "index.html" if file.is_dir() else file
        if file.suffix == ".html" and file.is_file():
            script = b'<script src="/-/watch.js" defer></script></head>'
            return self._answer(file.read_bytes().replace(b"</head>", script, 1), "text/html; charset=utf-8")
        return super().do_GET()

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _events(self, page: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.messages.viewed[self] = page.replace("%2F", "/")
        try:
            for message in self.messages.each():
                self.wfile.write(f"data: {message}\n\n".encode() if message else b": still here\n\n")
        except OSError:  # the browser went elsewhere
            pass
        finally:
            del self.messages.viewed[self]

    def end_headers(self) -> None:
        """Let the browser keep nothing."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing of single requests."""
