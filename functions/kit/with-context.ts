import type {
  HandlerResult,
  TemplateContext,
  TemplateSession,
  TemplateState,
  Trigger,
} from '../assistant/template.ts';
import type { Json } from '../call/document.ts';
import { InvalidContext } from '../interruption/wording.ts';
import { complaint, cut } from '../protocol/invalid.ts';

type Key = PropertyKey | { readonly key: PropertyKey };

/** What zod, valibot, arktype and others have in common. Source: https://standardschema.dev */
interface StandardSchema<C> {
  readonly '~standard': {
    validate(value: unknown): Checked<C> | Promise<Checked<C>>;
  };
}
type Checked<C> =
  | { readonly value: C; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };
interface Issue {
  readonly message: string;
  readonly path?: readonly Key[] | undefined;
}

/** A schema, or a function that returns what it has read and throws for what it can't. */
export type ContextSchema<C> = StandardSchema<C> | ((context: Json) => C | Promise<C>);

type TypedTrigger<C> = Omit<Trigger, 'context'> & { readonly context: C };

/**
 * An `onTrigger` whose `context` has been read by a schema: `onTrigger: withContext(schema, ({
 * context }) => …)`. What the schema refuses is `failed: invalid_context` with the path, and
 * nothing is said.
 */
export const withContext =
  <C, S extends TemplateState = TemplateState>(
    schema: ContextSchema<C>,
    onTrigger: (
      trigger: TypedTrigger<C>,
      session: TemplateSession<S>,
      context: TemplateContext,
    ) => HandlerResult | Promise<HandlerResult>,
  ) =>
  async (
    trigger: Trigger,
    session: TemplateSession<S>,
    context: TemplateContext,
  ): Promise<HandlerResult> => {
    const read =
      typeof schema === 'function'
        ? await byFunction(schema, trigger.context)
        : await bySchema(schema, trigger.context);
    return onTrigger({ ...trigger, context: read }, session, context);
  };

async function bySchema<C>(schema: StandardSchema<C>, context: Json): Promise<C> {
  const checked = await schema['~standard'].validate(context);
  if (!checked.issues) return checked.value;
  const [issue = REFUSED] = checked.issues;
  const { path = [] } = issue;
  throw new InvalidContext(['context', ...path.map(textOf)].join('.'), complaint(issue));
}

async function byFunction<C>(schema: (context: Json) => C | Promise<C>, context: Json): Promise<C> {
  try {
    return await schema(context);
  } catch (error) {
    throw new InvalidContext('context', (error instanceof Error ? error : REFUSED).message);
  }
}

const REFUSED: Issue = { message: 'it is refused' };

const textOf = (key: Key): string => cut(String(typeof key === 'object' ? key.key : key));
