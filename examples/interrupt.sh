#!/bin/sh
# Interrupts a call with the AWS CLI, and prints what came of it. Under `npm start`:
# AWS_ENDPOINT_URL=http://127.0.0.1:3000 AWS_DEFAULT_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \
#   examples/interrupt.sh '{"target": {"label": "order:4711"}, "say": "Your parcel has been shipped.", "id": "shipped-4711"}'
set -eu
reply=$(mktemp)
trap 'rm -f "$reply"' EXIT
error=$(printf '%s' "$1" | aws lambda invoke --function-name "${INTERRUPT_FUNCTION:-interrupt}" \
  --payload fileb:///dev/stdin --query FunctionError --output text "$reply")
cat "$reply"
[ "$error" = None ]
