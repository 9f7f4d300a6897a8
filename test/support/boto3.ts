import { spawnSync } from 'node:child_process';

/** Before that it doesn't read `AWS_ENDPOINT_URL`, and asks AWS. */
const READS_ENDPOINT =
  'import boto3, sys; sys.exit([*map(int, boto3.__version__.split(".")[:2])] < [1, 28])';

/** A Python whose boto3 can be sent to a stand-in; `undefined` where there is none. */
export const pythonWithBoto3 = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', READS_ENDPOINT]).status === 0,
);
