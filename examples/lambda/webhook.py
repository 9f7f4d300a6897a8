"""Takes the webhook of somebody else, who signs it as GitHub does or sends a key as an API destination: docs/triggers.md."""
import base64
import hmac
import json
import os

import boto3

bus = boto3.client("events")
secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"]


def handler(request, _context):
    body = request.get("body", "")
    raw = base64.b64decode(body) if request.get("isBase64Encoded") else body.encode()
    if not is_theirs(request["headers"], raw):
        return {"statusCode": 401}
    order = json.loads(raw)["orderId"]
    interruption = {"id": f"packed-{order}", "target": {"label": f"order:{order}"}, "context": {"status": "packed"}}
    answer = bus.put_events(Entries=[{
        "EventBusName": os.environ["INTERRUPTION_BUS"],
        "Source": "shop",
        "DetailType": "Order Packed",
        "Detail": json.dumps(interruption),
    }])
    return {"statusCode": 502 if answer["FailedEntryCount"] else 202}


def is_theirs(headers, raw):
    """In constant time: over the bytes that came, before anything reads them."""
    signature = "sha256=" + hmac.new(secret.encode(), raw, "sha256").hexdigest()
    expected = {"x-hub-signature-256": signature, "x-api-key": secret}
    return any(hmac.compare_digest(headers.get(name, "").encode(), value.encode()) for name, value in expected.items())
