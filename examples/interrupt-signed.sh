#!/bin/sh
# Interrupts a call over HTTP with nothing but curl, and prints what came of it: for EC2, a container, or a laptop with
# credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, of a role, AWS_SESSION_TOKEN. Under `npm start`:
# AWS_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local INTERRUPTIONS_URL=http://127.0.0.1:3000/interruptions \
#   examples/interrupt-signed.sh '{"target": {"label": "order:4711"}, "say": "Your parcel has been shipped.", "id": "shipped-4711"}'
set -eu
exec curl --silent --show-error --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" \
  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
  ${AWS_SESSION_TOKEN:+--header "x-amz-security-token: $AWS_SESSION_TOKEN"} \
  --header 'content-type: application/json' --data "$1" "$INTERRUPTIONS_URL"
