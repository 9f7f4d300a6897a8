#!/bin/sh
# Interrupts a call with the AWS CLI. Under `npm start`:
# AWS_ENDPOINT_URL_EVENTBRIDGE=http://127.0.0.1:3000/eventbridge AWS_DEFAULT_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \
#   examples/interrupt.sh '{"target": {"label": "order:4711"}, "say": "Your parcel has been shipped."}'
set -eu
detail=$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')
aws events put-events --entries "[{\"EventBusName\": \"${INTERRUPTION_BUS:-default}\", \"Source\": \"examples\", \
\"DetailType\": \"Interruption\", \"Detail\": \"$detail\"}]"
