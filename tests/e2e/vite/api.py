"""A back end on port 8000: answers, server-sent events one by one, and a WebSocket that stays."""

import base64
import hashlib
import http.server
import threading

AGAIN = threading.Condition()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/events":
            self.events()
        elif self.path == "/framed":
            self.answer(b"<title>Framed</title>framed", ("X-Frame-Options", "SAMEORIGIN"))
        elif self.path == "/signed-in":
            own = "shop=open; Path=/; HttpOnly; SameSite=Lax"
            self.answer(self.headers.get("Authorization", "none").encode(), ("Set-Cookie", own))
        elif self.path == "/socket":
            self.converse()
        elif self.path == "/again":
            with AGAIN:
                AGAIN.notify_all()
            self.answer(b"told")
        else:
            self.answer(f"api cookies=[{self.headers.get('Cookie', '')}]".encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(self.headers["Content-Type"].encode() + b" " + body)

    def answer(self, body, *headers):
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        with AGAIN:
            while True:
                self.wfile.write(b"data: an event\n\n")
                self.wfile.flush()
                AGAIN.wait()

    def converse(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(
            hashlib.new("sha1", key.encode(), usedforsecurity=False).digest()
        ).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        while len(head := self.rfile.read(2)) == 2:
            mask = self.rfile.read(4)
            data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(head[1] & 127)))
            self.wfile.write(bytes([0x81, len(data)]) + data)
        self.close_connection = True


http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
