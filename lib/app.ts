import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { InvalidAssistant } from './assistant-props.ts';
import { InvalidConfiguration, readConfiguration } from './configuration.ts';
import { AiFlowStack } from './stack.ts';

const app = new App();
configured();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

/** A slip of the keyboard is answered with its message alone: a stack trace would hide it. */
function configured() {
  try {
    const { stackName, ...configuration } = readConfiguration(app.node.getAllContext());
    new AiFlowStack(app, stackName, configuration);
  } catch (error) {
    if (!(error instanceof InvalidConfiguration || error instanceof InvalidAssistant)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
