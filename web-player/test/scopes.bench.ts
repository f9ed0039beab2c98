/** What a look of the scopes costs: `npm --prefix web-player run bench`. At 12.5 looks a second a third of a core is 26.7 ms each. */
import { bench } from 'vitest';
import { histogram, parade, vectorscope, waveform } from '../src/scopes/density';
import { gridOfPlanes } from '../src/scopes/grid';
import { paint, paintHistogram } from '../src/scopes/paint';

const [width, height] = [1280, 704];
const plane = 2 * width * height;
const bytes = new Uint8Array(3 * plane);
const words = new Uint16Array(bytes.buffer);
for (let index = 0; index < words.length; index++) words[index] = 64 + ((index * 7919) % 876);
const layout = [0, 1, 2].map((each) => ({ offset: each * plane, stride: 2 * width }));

bench('a look of 720 lines in 10-bit 4:4:4 with all four scopes', () => {
  const grid = gridOfPlanes(bytes, layout, { bits: 10, across: 1, down: 1, interleaved: false }, { width, height });
  paint(waveform(grid), grid.rows);
  paint(parade(grid, 'bt709'), grid.rows);
  paint(vectorscope(grid), 40);
  paintHistogram(histogram(grid, 'bt709'));
});
