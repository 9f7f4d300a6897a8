"""Interrupts a call. Under `npm start`:

AWS_ENDPOINT_URL=http://127.0.0.1:3000 AWS_DEFAULT_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    python3 examples/interrupt.py '{"label": "order:4711"}' 'Your parcel has been shipped.'
"""
import json, os, sys, uuid
import boto3

target, text = sys.argv[1:]
# Its own id: boto3 repeats what it hears nothing of, and nobody is told twice.
interruption = {"target": json.loads(target), "say": text, "id": str(uuid.uuid4())}
function = os.environ.get("INTERRUPT_FUNCTION", "interrupt")
# boto3 before 1.28 doesn't read the variable itself.
lambda_ = boto3.client("lambda", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
answer = lambda_.invoke(FunctionName=function, Payload=json.dumps(interruption))
print(answer["Payload"].read().decode())
sys.exit("FunctionError" in answer)
