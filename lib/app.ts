import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfiguration } from './configuration.ts';
import { AiFlowStack } from './stack.ts';

const app = new App();
const { stackName, ...configuration } = readConfiguration(app.node.getAllContext());
new AiFlowStack(app, stackName, configuration);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
