import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { addView } from '../api/drive';
import { asApiError, type ApiError } from '../api/http';
import type { Configuration, Lut } from '../api/types';
import { Problem } from '../design/Field';
import { tc } from '../messages/console';

/** An OpenColorIO configuration that somebody chose, and what it offers. */
export interface ChosenConfiguration {
  /** File name. */
  name: string;
  /** The file, in base64. */
  config: string;
  offered: Configuration;
}

export const isConfiguration = (name: string): boolean => /\.ocioz?$/i.test(name);

/** A file in base64. */
export function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}

interface ConfigProps {
  chosen: ChosenConfiguration;
  /** The view is in the library. */
  onAdded(lut: Lut): void;
  onCancel(): void;
}

/** Which view of a configuration becomes a LUT: from a color space to a view of a display. */
export function ConfigPart({ chosen: { name, config, offered }, onAdded, onCancel }: ConfigProps): JSX.Element {
  const { color_spaces: spaces, displays } = offered;
  const [space, setSpace] = useState(spaces[0] ?? '');
  const [display, setDisplay] = useState(displays[0]?.name ?? '');
  const views = displays.find((each) => each.name === display)?.views ?? [];
  const [wanted, setWanted] = useState('');
  const view = views.includes(wanted) ? wanted : (views[0] ?? '');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const add = async (): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      onAdded(await addView({ name, config, color_space: space, display, view }));
    } catch (error) {
      setRefusal(asApiError(error));
      setBusy(false);
    }
  };
  return (
    <fieldset class="field" data-testid="ocio">
      <legend class="legend">{name}</legend>
      <Choice label={tc('ocio_space')} value={space} names={spaces} onName={setSpace} />
      <Choice label={tc('ocio_display')} value={display} names={displays.map((each) => each.name)} onName={setDisplay} />
      <Choice label={tc('ocio_view')} value={view} names={views} onName={setWanted} />
      <p class="hint">{tc('ocio_hint')}</p>
      <Problem text={refusal?.message} />
      <div class="deck">
        <button type="button" class="button compact" disabled={busy || view === ''} onClick={() => void add()}>
          {tc(busy ? 'ocio_adding' : 'ocio_add')}
        </button>
        <button type="button" class="button plain compact" disabled={busy} onClick={onCancel}>
          {tc('form_cancel')}
        </button>
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  names: readonly string[];
  onName(name: string): void;
}

function Choice({ label, value, names, onName }: ChoiceProps): JSX.Element {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onName(event.currentTarget.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
