"""What a workspace serves in test_4_through.py; the standard library alone, plain HTTP/1.1."""

import base64
import hashlib
import http.server
import struct
import sys
import zlib

CONTENT = bytes(range(256)) * 4096
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        pass

    def do_GET(self):
        if self.path == "/events":
            self.events()
        elif self.path == "/socket":
            self.socket()
        elif self.path == "/large":
            self.say(b"ok", **{"X-Large": "y" * 30_000})
        else:
            self.content()

    def do_HEAD(self):
        self.content()

    def content(self):
        asked = self.headers.get("Range", "")
        if not asked:
            self.say(CONTENT, **{"Accept-Ranges": "bytes"})
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        piece = CONTENT[int(first) : int(last) + 1]
        told = f"bytes {first}-{last}/{len(CONTENT)}"
        self.say(piece, 206, **{"Content-Range": told})

    def do_POST(self):
        body = self.body()
        told = f"{len(body)} {hashlib.sha256(body).hexdigest()}"
        told += f" {self.headers.get('Transfer-Encoding', 'plain')} {len(str(self.headers))}"
        self.say(told.encode())

    def handle_expect_100(self):
        if self.path == "/refuse":
            self.close_connection = True
            self.say(b"too much", 413)
            return False
        return super().handle_expect_100()

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def say(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def events(self):
        """One event at a time, the next when the one before was asked about at /seen."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            self.server.turn.acquire(timeout=20)
        self.close_connection = True

    def do_PUT(self):
        self.server.turn.release()
        self.say(b"")

    def socket(self):
        """Echo each message, compressed (RFC 7692, no context takeover)."""
        key = self.headers["Sec-WebSocket-Key"] + MAGIC
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(
            hashlib.sha1(key.encode(), usedforsecurity=False).digest()
        ).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        deflate = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        self.send_header("Sec-WebSocket-Extensions", deflate)
        self.end_headers()
        while (first := self.rfile.read(1)) and first[0] & 15 in (1, 2):
            size = self.rfile.read(1)[0] & 127
            if size > 125:
                kind = ">H" if size == 126 else ">Q"
                size = struct.unpack(kind, self.rfile.read(struct.calcsize(kind)))[0]
            mask, data = self.rfile.read(4), self.rfile.read(size)
            key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
            data = (int.from_bytes(data, "big") ^ key).to_bytes(size, "big")
            if first[0] & 0x40:
                data = zlib.decompressobj(-15).decompress(data + b"\x00\x00\xff\xff")
            squeeze = zlib.compressobj(1, wbits=-15)
            data = (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH))[:-4]
            head = bytes([0xC0 | first[0] & 15, 127]) + struct.pack(">Q", len(data))
            self.wfile.write(head + data)
        self.close_connection = True


if __name__ == "__main__":
    import threading

    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.turn = threading.Semaphore(0)
    server.serve_forever()
