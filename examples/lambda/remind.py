"""Interrupts a call at a time that is known only now: docs/triggers.md. `assistant.grantSchedule(fn)` gives what it needs."""
import json
import os
from datetime import datetime, timedelta, timezone

import boto3

scheduler = boto3.client("scheduler")
schedule = json.loads(os.environ["INTERRUPT_SCHEDULE"])


def handler(event, _context):
    order = event["orderId"]
    at = datetime.now(timezone.utc) + timedelta(minutes=event["minutes"])
    sent = {
        "interruption": {"target": {"label": f"order:{order}"}, "say": "Your pizza comes out of the oven now, and will be with you in ten minutes."},
        # Scheduler fills these in. They make each of its attempts the same interruption.
        "schedule": {"arn": "<aws.scheduler.schedule-arn>", "time": "<aws.scheduler.scheduled-time>"},
    }
    scheduler.create_schedule(**{
        **schedule,
        "Name": f"order-{order}",  # a second one of this name is a ConflictException
        "ScheduleExpression": at.strftime("at(%Y-%m-%dT%H:%M:%S)"),
        "Target": {**schedule["Target"], "Input": json.dumps(sent)},
    })
