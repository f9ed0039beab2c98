/** The colours of the strip's patches, as `pipelines/src/strip/patches.rs` has them; a test compares the two. */
import { SLOTS } from './strip';

export type Triple = [number, number, number];

const COLORS = 64;
const GREY_STEPS = [0, 38, 77, 115, 153, 191, 229, 267, 305, 343, 381, 419, 457, 495, 533, 571, 609, 647, 685, 723, 762, 800, 838, 876];
const NEAR = [1, 2, 4, 8, 868, 872, 874, 875];
const REST: Triple[] = [
  [876, 0, 0], [0, 876, 0], [0, 0, 876], [0, 876, 876], [876, 0, 876], [876, 876, 0], [657, 0, 0], [0, 657, 0],
  [0, 0, 657], [0, 657, 657], [657, 0, 657], [657, 657, 0], [740, 575, 500], [690, 510, 425], [625, 440, 360], [560, 375, 300],
  [480, 310, 240], [390, 250, 195], [300, 190, 150], [215, 140, 115], [330, 420, 220], [220, 310, 160], [300, 440, 640], [450, 560, 720],
  [560, 450, 240], [420, 300, 180], [640, 260, 200], [200, 240, 420], [500, 200, 420], [160, 420, 400], [780, 700, 480], [120, 130, 150],
];
const SIGNAL: Triple[] = [...[...GREY_STEPS, ...NEAR].map((grey): Triple => [grey, grey, grey]), ...REST];

/** Which colour a slot has at a step. */
export function shown(slot: number, step: number): number {
  const turn = Math.floor((step + SLOTS - slot) / SLOTS);
  return (turn % (COLORS / SLOTS)) * SLOTS + slot;
}

/** R'G'B' of a colour, 0..1. */
export const signalOf = (color: number): Triple => (SIGNAL[color] ?? [0, 0, 0]).map((steps) => steps / 876) as Triple;
