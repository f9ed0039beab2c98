import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { InputColor } from '../api/types';
import { tc, type ConsoleKey } from '../messages/console';

export const COLORS: readonly InputColor[] = ['bt1886', 'p3-d65', 'srgb', 'from-tags'];

const KEYS = {
  'from-tags': 'color_from_tags',
  bt1886: 'color_bt1886',
  'p3-d65': 'color_p3_d65',
  srgb: 'color_srgb',
} as const satisfies Record<InputColor, ConsoleKey>;

export const colorName = (color: InputColor): string => tc(KEYS[color]);

interface ColorChoiceProps {
  value: InputColor;
  onValue(color: InputColor): void;
}

/** What the source's numbers mean, in the words of the suite. */
export function ColorChoice({ value, onValue }: ColorChoiceProps): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="legend">{tc('f_color')}</legend>
      {COLORS.map((color) => (
        <label key={color} class="option">
          <input type="radio" name={name} value={color} checked={value === color} onChange={() => onValue(color)} />
          <span>
            <span>{colorName(color)}</span>
            <span class="hint">{tc(`${KEYS[color]}_why`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
