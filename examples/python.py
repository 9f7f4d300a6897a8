"""An AI Flow application with nothing but Python: it answers every event, and POST /interrupt cuts a live call.

  WEBHOOK_TOKEN=local-token EXTERNAL_API_TOKEN=local-api-token INTERRUPT_TOKEN=mine \
  EXTERNAL_API_URL='http://127.0.0.1:3000/simulator/sessions/{session_id}/actions' python3 examples/python.py
  WEBHOOK_URL=http://127.0.0.1:8080/webhook npm start
"""

import hmac
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WEBHOOK_TOKEN = os.environ["WEBHOOK_TOKEN"]
INTERRUPT_TOKEN = os.environ["INTERRUPT_TOKEN"]
EXTERNAL_API_URL = os.environ["EXTERNAL_API_URL"]  # with {session_id}
EXTERNAL_API_TOKEN = os.environ["EXTERNAL_API_TOKEN"]
PORT = int(os.environ.get("PORT", "8080"))
MAX_BYTES = 64 * 1024

calls = {}  # live calls by session id: whether the goodbye is being said


def answer(event):
    """The actions that answer an event; none is 204."""
    kind, session_id = event["type"], event["session"]["id"]

    def speak(text, **more):
        return [{"type": "speak", "session_id": session_id, "text": text, **more}]

    if kind == "session_start":  # repeated after a transfer that failed
        calls[session_id] = False
        return speak("Hello! What would you like to know about your order?", user_input_timeout_seconds=8)
    if kind == "user_speak":
        if not re.search(r"\b(bye|goodbye)\b", event["text"], re.IGNORECASE):
            return speak("Your order was packed this morning, and it will leave our warehouse tomorrow at noon.")
        calls[session_id] = True
        return speak("Thank you for calling. Goodbye!")
    if kind == "assistant_speech_ended":
        # A hangup beside the goodbye would cut it.
        return [{"type": "hangup", "session_id": session_id}] if calls.get(session_id) else []
    if kind == "user_input_timeout":
        return speak("Are you still there?")
    if kind == "dtmf_received":
        return speak(f"You pressed {event['digit']}.")
    if kind == "sms_failed":
        return speak("Sorry, the message did not go out.")
    if kind == "session_end":
        calls.pop(session_id, None)
    return []  # assistant_speak, user_speech_started, session_end, and what is still unknown


def interrupt(session_id, text):
    """Stops what is being said in a live call, and says `text` instead; the status to answer."""
    if not isinstance(text, str) or not text.strip():
        return 400
    if session_id not in calls:
        return 404
    actions = [
        {"type": "barge_in", "session_id": session_id},
        {"type": "speak", "session_id": session_id, "text": text},
    ]
    request = urllib.request.Request(
        EXTERNAL_API_URL.replace("{session_id}", urllib.parse.quote(session_id, safe="")),
        data=json.dumps(actions).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {EXTERNAL_API_TOKEN}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=2):
            return 202
    except (urllib.error.URLError, TimeoutError):
        return 502


def is_same(given, secret):
    return hmac.compare_digest((given or "").encode(), secret.encode())


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        try:
            size = int(self.headers.get("Content-Length") or 0)
            if size > MAX_BYTES:
                self.close_connection = True
                return self.respond(413)
            body = self.rfile.read(size)
            self.respond(*self.route(json.loads(body or b"null")))
        except (ValueError, KeyError, TypeError):
            self.respond(400)

    def route(self, body):
        """Status, and actions if there are any."""
        if self.path == "/webhook":
            if not is_same(self.headers.get("X-API-TOKEN"), WEBHOOK_TOKEN):
                return (401,)
            actions = answer(body)
            return (200, actions) if actions else (204,)
        if self.path == "/interrupt":
            if not is_same(self.headers.get("Authorization"), f"Bearer {INTERRUPT_TOKEN}"):
                return (401,)
            return (interrupt(body["session_id"], body["text"]),)
        return (404,)

    def respond(self, status, actions=None):
        content = json.dumps(actions).encode() if actions else b""
        self.send_response(status)
        if actions:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing of callers."""


server = ThreadingHTTPServer(("127.0.0.1", PORT), Application)
print(f"listening on port {PORT}", flush=True)
server.serve_forever()
