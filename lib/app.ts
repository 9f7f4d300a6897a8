import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InvalidConfiguration, readConfiguration } from './configuration.ts';
import { AiFlowStack } from './stack.ts';

const app = new App();
const { stackName, ...configuration } = configured();
new AiFlowStack(app, stackName, configuration);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

/** A slip of the keyboard is answered with its message alone: a stack trace would hide it. */
function configured() {
  try {
    return readConfiguration(app.node.getAllContext());
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
