/** Which part of a call is looked at. Times are ms since the call was placed. */
export interface View {
  from_ms: number;
  px_per_s: number;
  /** Of the window, px. */
  width: number;
}

export const MIN_PX_PER_S = 0.2;
export const MAX_PX_PER_S = 400;

export const xOf = (at_ms: number, { px_per_s }: Pick<View, 'px_per_s'>) =>
  (at_ms / 1000) * px_per_s;

export const msOf = (x: number, { px_per_s }: Pick<View, 'px_per_s'>) => (x / px_per_s) * 1000;

/** Zoomed by `factor`, so that what is at `x` px in the window stays where it is. */
export function zoomed(view: View, factor: number, x: number): View {
  const px_per_s = Math.min(MAX_PX_PER_S, Math.max(MIN_PX_PER_S, view.px_per_s * factor));
  const anchor = view.from_ms + msOf(x, view);
  return { ...view, px_per_s, from_ms: Math.max(0, anchor - msOf(x, { px_per_s })) };
}

/** The whole call in the window, but no larger than 20 s would be. */
export const fitted = (view: View, end_ms: number): View => ({
  ...view,
  from_ms: 0,
  px_per_s: Math.max(MIN_PX_PER_S, view.width / Math.max(20, end_ms / 1000)),
});

/** So far apart at least, px. */
const TICK_PX = 64;
const TICK_SECONDS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** The times to write below the axis, of what is in the window. */
export function ticks(view: View): { at_ms: number; label: string }[] {
  const every = TICK_SECONDS.find((seconds) => seconds * view.px_per_s >= TICK_PX) ?? 600;
  const first = Math.ceil(view.from_ms / 1000 / every);
  const last = Math.floor((view.from_ms + msOf(view.width, view)) / 1000 / every);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => {
    const seconds = (first + n) * every;
    return { at_ms: seconds * 1000, label: clockTime(seconds) };
  });
}

/** `75.5` is `1:15.5`. */
export function clockTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const rest = tenths % 10;
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  return rest > 0 ? `${text}.${rest}` : text;
}
