import type { Wording } from '../../functions/interruption/wording.ts';

/** For interruptions that bring their own words. */
export const noWording: Wording = () => Promise.reject(new Error('nobody words it'));
