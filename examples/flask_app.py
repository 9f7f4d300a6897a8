"""The smallest one: python3 examples/flask_app.py, and WEBHOOK_URL=http://127.0.0.1:8080/webhook npm start."""
import os

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/webhook")
def webhook():
    if request.headers.get("X-API-TOKEN") != os.environ.get("WEBHOOK_TOKEN", "local-token"):
        return "", 401
    event = request.get_json()
    session_id = event["session"]["id"]

    def speak(text):
        return {"type": "speak", "session_id": session_id, "text": text}

    if event["type"] == "session_start":
        return jsonify(speak("Hello! Your order will be with you tomorrow, between eight in the morning and noon."))
    if event["type"] == "user_speak":
        # What is still being said stops, and this is said instead.
        return jsonify([{"type": "barge_in", "session_id": session_id}, speak("Sorry, let me correct that.")])
    return "", 204


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8080")))
