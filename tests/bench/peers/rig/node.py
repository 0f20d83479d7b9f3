"""What the rig says to a node of this project: HTTP over a Unix socket, one connection each, kept."""
import http.client
import json
import socket


class Node(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("node", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def ask(self, method, path, body=None):
        """The status, and what it said."""
        self.request(method, path, body=body and json.dumps(body), headers={"Content-Type": "application/json"})
        answer = self.getresponse()
        return answer.status, answer.read().decode()

    def do(self, method, path, body=None):
        status, text = self.ask(method, path, body)
        if status >= 300 or '"Err":"' in text.replace('"Err":""', ""):
            raise RuntimeError(f"{method} {path} {body}: {text}")
        return json.loads(text) if text else None
