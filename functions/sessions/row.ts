import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Row = Record<string, AttributeValue>;

/** Times as attributes: whole numbers. */
export const time = (ms: number): AttributeValue => ({ N: String(Math.round(ms)) });

/** The parts of one `UpdateItem`: expressions may not contain literals or reserved words, nor names they don't use. */
export function expression() {
  const names: Record<string, string> = {};
  const values: Row = {};
  const clauses: Record<'SET' | 'ADD' | 'REMOVE', string[]> = { SET: [], ADD: [], REMOVE: [] };

  return {
    name(attribute: string): string {
      const alias = `#n${Object.keys(names).length}_`;
      names[alias] = attribute;
      return alias;
    },
    value(value: AttributeValue): string {
      const alias = `:v${Object.keys(values).length}_`;
      values[alias] = value;
      return alias;
    },
    clauses,
    input(ConditionExpression?: string) {
      const UpdateExpression = Object.entries(clauses)
        .filter(([, list]) => list.length > 0)
        .map(([verb, list]) => `${verb} ${list.join(', ')}`)
        .join(' ');
      const text = `${UpdateExpression} ${ConditionExpression ?? ''}`;
      return {
        ...(UpdateExpression && { UpdateExpression }),
        ...(ConditionExpression && { ConditionExpression }),
        ExpressionAttributeNames: used(names, text),
        ...(Object.keys(used(values, text)).length > 0 && {
          ExpressionAttributeValues: used(values, text),
        }),
      };
    },
  };
}

const used = <T>(aliases: Record<string, T>, text: string): Record<string, T> =>
  Object.fromEntries(Object.entries(aliases).filter(([alias]) => text.includes(alias)));
