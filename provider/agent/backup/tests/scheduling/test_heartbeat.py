import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from scheduling.heartbeat import send_heartbeat
from tests.samples import request_of


class Monitor(BaseHTTPRequestHandler):
    """Answers 200 to what was expected, and 404 to anything else."""

    asked: list[str] = []

    def do_GET(self) -> None:
        Monitor.asked.append(self.path)
        self.send_response(200 if self.path == "/ping" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Heartbeat(unittest.TestCase):
    def setUp(self) -> None:
        Monitor.asked = []
        server = HTTPServer(("127.0.0.1", 0), Monitor)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)

    def test_one_that_arrives_is_sent_once(self) -> None:
        self.assertIsNone(send_heartbeat(request_of(heartbeatUrl=f"{self.url}/ping")))
        self.assertEqual(Monitor.asked, ["/ping"])

    def test_without_an_address_there_is_none(self) -> None:
        self.assertIsNone(send_heartbeat(request_of()))

    def test_one_that_does_not_arrive_is_tried_three_times_and_its_address_is_not_told(self) -> None:
        url = f"{self.url}/secret-token"
        problem = send_heartbeat(request_of(heartbeatUrl=url), 0) or ""
        self.assertEqual(Monitor.asked, ["/secret-token"] * 3)
        self.assertIn("did not arrive in 3 tries: HTTP Error 404", problem)
        self.assertNotIn("secret-token", problem)

    def test_what_is_no_address_is_told_without_it(self) -> None:
        problem = send_heartbeat(request_of(heartbeatUrl="nonsense secret-token"), 0) or ""
        self.assertIn("did not arrive", problem)
        self.assertNotIn("secret-token", problem)
