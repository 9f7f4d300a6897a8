"""A Lambda function in Python that interrupts: docs/triggers.md. boto3 is in Lambda's runtime."""
import json
import os

import boto3

bus = boto3.client("events")


def handler(event, _context):
    order = event["orderId"]
    interruption = {
        "id": f"delivered-{order}",  # however often this is repeated, a caller hears it once
        "target": {"label": f"order:{order}"},
        "context": {"status": "delivered"},
    }
    answer = bus.put_events(Entries=[{
        "EventBusName": os.environ["INTERRUPTION_BUS"],
        "Source": "shop",
        "DetailType": "Order Delivered",
        "Detail": json.dumps(interruption),
    }])
    if answer["FailedEntryCount"]:
        raise RuntimeError("the bus has not taken it")
