/**
 * CloudWatch's filter patterns for JSON, in the part that this project uses: comparisons, `IS
 * TRUE`, `IS FALSE`, `&&`, `||` and brackets. A field that is missing compares to nothing. Throws
 * for what it doesn't know. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function matcherOf(pattern: string): (line: string) => boolean {
  const tokens = pattern.match(/"[^"]*"|\$[\w.[\]]+|&&|\|\||[<>!]?=|[<>(){}]|[\w.-]+/g) ?? [];
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const expected = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`expected ${token}, found "${found}" in ${pattern}`);
  };
  expected('{');
  const matches = any();
  expected('}');
  return (line) => {
    const value = parsed(line);
    return value !== undefined && matches(value);
  };

  function any(): Term {
    const terms = [all()];
    while (tokens[at] === '||' && next()) terms.push(all());
    return (line) => terms.some((term) => term(line));
  }

  function all(): Term {
    const terms = [one()];
    while (tokens[at] === '&&' && next()) terms.push(one());
    return (line) => terms.every((term) => term(line));
  }

  function one(): Term {
    const token = next();
    if (token !== '(') return comparison(token, next(), next());
    const inner = any();
    expected(')');
    return inner;
  }
}

type Line = Record<string, unknown>;
type Term = (line: Line) => boolean;

function comparison(selector: string, operator: string, operand: string): Term {
  const path = /^\$\.(\w+(?:\.\w+)*)$/.exec(selector)?.[1]?.split('.');
  if (!path) throw new Error(`no selector: ${selector}`);
  return (line) => {
    const value = path.reduce<unknown>((inner, key) => (inner as Line | undefined)?.[key], line);
    return value !== undefined && compare(value, operator, operand);
  };
}

function compare(value: unknown, operator: string, operand: string): boolean {
  if (operator === 'IS') return value === { TRUE: true, FALSE: false }[operand];
  if (operand.startsWith('"')) {
    const text = operand.slice(1, -1);
    const isEqual = typeof value === 'string' && (text === '*' || value === text);
    if (operator === '=') return isEqual;
    if (operator === '!=') return !isEqual;
  } else if (/^\d+$/.test(operand)) {
    if (operator === '=') return value === Number(operand);
    if (operator === '>') return typeof value === 'number' && value > Number(operand);
  }
  throw new Error(`unknown comparison: ${operator} ${operand}`);
}

function parsed(line: string): Line | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
