"""faulty-store.py MODE KEYS PORT FOLDER: an S3 server of the files in FOLDER that fails at keys which hold KEYS, for capture.sh.

MODE: slow-down (503), internal (500), reset, cut (the body ends early), silent (it accepts and never
says anything, to a TLS handshake either). Only what restic reads is served.
"""

import socket
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

mode, keys, port, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, code: int, name: str, message: str) -> None:
        text = f"<?xml version='1.0'?><Error><Code>{name}</Code><Message>{message}</Message></Error>"
        self.answer(code, text.encode(), Content_Type="application/xml")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if key == "":
            self.list(parse_qs(parts.query, keep_blank_values=True).get("prefix", [""])[0])
            return
        file = folder / key
        if not file.is_file():
            self.error(404, "NoSuchKey", "The specified key does not exist.")
            return
        data = file.read_bytes()
        headers = {"ETag": '"x"', "Last_Modified": "Thu, 26 Nov 2026 12:00:00 GMT", "Content_Type": "application/octet-stream"}
        code = 200
        if wanted := self.headers.get("Range"):
            start, _, end = wanted.removeprefix("bytes=").partition("-")
            last = min(int(end), len(data) - 1) if end else len(data) - 1
            headers["Content_Range"] = f"bytes {start}-{last}/{len(data)}"
            data, code = data[int(start) : last + 1], 206
        if keys in key and self.command == "GET":
            self.fail(code, data, headers)
        else:
            self.answer(code, data, **headers)

    def fail(self, code: int, data: bytes, headers: dict[str, str]) -> None:
        if mode == "slow-down":
            self.error(503, "SlowDown", "Please reduce your request rate.")
            return
        if mode == "internal":
            self.error(500, "InternalError", "We encountered an internal error. Please try again.")
            return
        if mode == "cut":
            self.answer(code, data[: len(data) // 2], **{**headers, "Content_Length": str(len(data))})
        if mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    def list(self, prefix: str) -> None:
        found = sorted(each for each in folder.rglob("*") if each.is_file() and str(each.relative_to(folder)).startswith(prefix))
        rows = "".join(
            f"<Contents><Key>{escape(str(each.relative_to(folder)))}</Key><LastModified>2026-11-26T12:00:00.000Z</LastModified>"
            f'<ETag>"x"</ETag><Size>{each.stat().st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
            for each in found
        )
        text = (
            f"<?xml version='1.0'?><ListBucketResult><Name>bucket</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(found)}</KeyCount>"
            f"<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        )
        self.answer(200, text.encode(), Content_Type="application/xml")


if mode == "silent":
    with socket.create_server(("127.0.0.1", port)) as server:
        accepted = []
        while True:
            accepted.append(server.accept())
ThreadingHTTPServer(("127.0.0.1", port), Store).serve_forever()
