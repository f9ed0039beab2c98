import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { InputColor } from '../api/types';
import { tc, type ConsoleKey } from '../messages/console';

const COLORS = ['bt1886', 'p3-d65', 'srgb', 'from-tags'] as const;

/** What is chosen less often, from a list. */
const MORE: readonly InputColor[] = [
  'p3-d65-pq', 'rec2100-pq', 'rec2100-hlg', 'log-c3', 'log-c4', 's-log3', 'v-log', 'c-log2', 'c-log3', 'log3-g10',
  'davinci-intermediate', 'bmd-film-gen5', 'acescct', 'acescct-aces2',
];

export const ALL_COLORS: readonly InputColor[] = [...COLORS, ...MORE];

const KEYS = {
  'from-tags': 'color_from_tags',
  bt1886: 'color_bt1886',
  'p3-d65': 'color_p3_d65',
  srgb: 'color_srgb',
  'p3-d65-pq': 'color_p3_d65_pq',
  'rec2100-pq': 'color_rec2100_pq',
  'rec2100-hlg': 'color_rec2100_hlg',
  'log-c3': 'color_log_c3',
  'log-c4': 'color_log_c4',
  's-log3': 'color_s_log3',
  'v-log': 'color_v_log',
  'c-log2': 'color_c_log2',
  'c-log3': 'color_c_log3',
  'log3-g10': 'color_log3_g10',
  'davinci-intermediate': 'color_davinci_intermediate',
  'bmd-film-gen5': 'color_bmd_film_gen5',
  acescct: 'color_acescct',
  'acescct-aces2': 'color_acescct_aces2',
} as const satisfies Record<InputColor, ConsoleKey>;

export const colorName = (color: InputColor): string => tc(KEYS[color]);

const WHY = {
  'from-tags': 'color_from_tags_why',
  bt1886: 'color_bt1886_why',
  'p3-d65': 'color_p3_d65_why',
  srgb: 'color_srgb_why',
} as const;

/** A list of colours by name. */
export function ColorSelect({ colors, value, onValue }: ColorChoiceProps & { colors: readonly InputColor[] }): JSX.Element {
  return (
    <select
      aria-label={tc('f_color')}
      value={value}
      data-testid="color-select"
      onChange={(event) => onValue(event.currentTarget.value as InputColor)}
    >
      {colors.map((color) => (
        <option key={color} value={color}>
          {colorName(color)}
        </option>
      ))}
    </select>
  );
}

interface ColorChoiceProps {
  value: InputColor;
  onValue(color: InputColor): void;
}

/** What the source's numbers mean, in the words of the suite. */
export function ColorChoice({ value, onValue }: ColorChoiceProps): JSX.Element {
  const name = useId();
  const isMore = MORE.includes(value);
  return (
    <fieldset class="choice">
      <legend class="legend">{tc('f_color')}</legend>
      {COLORS.map((color) => (
        <label key={color} class="option">
          <input type="radio" name={name} value={color} checked={value === color} onChange={() => onValue(color)} />
          <span>
            <span>{colorName(color)}</span>
            <span class="hint">{tc(WHY[color])}</span>
          </span>
        </label>
      ))}
      <label class="option">
        <input type="radio" name={name} checked={isMore} onChange={() => onValue(MORE[0] ?? 'rec2100-pq')} />
        <span>
          <span>{tc('color_more')}</span>
          <span class="hint">{tc('color_more_why')}</span>
          {isMore && <ColorSelect colors={MORE} value={value} onValue={onValue} />}
        </span>
      </label>
    </fieldset>
  );
}
