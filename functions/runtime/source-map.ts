import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';

/**
 * A line of a stack as its author wrote it: file, line and column; as it is where that can't be
 * told.
 */
export type PlaceOf = (frame: string) => string;

const IN_BUNDLE = /[^\s(]*index\.cjs:(\d+):(\d+)/;

/**
 * Places by the map beside a function's bundle. It is read when something has gone wrong for the
 * first time, and not before: it is larger than the code, and `--enable-source-maps` costs 15–30 ms
 * of each cold start.
 */
export function mappedPlaces(file = join(import.meta.dirname, 'index.cjs.map')): PlaceOf {
  let map: SourceMap | undefined;
  return (frame) => {
    const [bundled, line, column] = IN_BUNDLE.exec(frame) ?? [];
    if (!bundled || (!map && !existsSync(file))) return frame;
    map ??= new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return frame;
    const place = `${origin.fileName.replace(/^(?:\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
    return frame.replace(bundled, place);
  };
}
