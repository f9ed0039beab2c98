import { expect, it } from 'vitest';
import { patchesAt } from '../src/patches/address';

it('finds the patches where ArgyllCMS shows them, or at the port it was told', () => {
  expect(patchesAt('')).toBe('http://localhost:8080/');
  expect(patchesAt('?port=18081')).toBe('http://localhost:18081/');
});

it('never looks for them on another computer', () => {
  for (const port of ['80@evil.example', '80.evil.example', '1', '70000', '-1', '8080/x', '']) {
    expect(patchesAt(`?port=${encodeURIComponent(port)}`)).toBe('http://localhost:8080/');
  }
});
