import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Problem } from '../design/Field';
import { tc } from '../messages/console';
import type { FormPart } from './NewReviewPage';

const LARGEST = 32 * 1024 * 1024;

/** A show LUT is read here and sent as text; what the server finds in it stands beside it, with its line. */
export function LookPicker({ draft, set, problem }: FormPart): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [tooBig, setTooBig] = useState<string | null>(null);
  const choose = async (): Promise<void> => {
    const file = input.current?.files?.[0];
    if (!file) return;
    setTooBig(file.size > LARGEST ? tc('f_look_too_big', { name: file.name }) : null);
    if (file.size <= LARGEST) set({ lookName: file.name, lookCube: await file.text() });
    if (input.current) input.current.value = '';
  };
  return (
    <div class="field">
      <span class="legend">{tc('f_look')}</span>
      <div class="look-row">
        <span class={draft.lookName === null ? 'quiet' : ''}>{draft.lookName ?? tc('f_look_none')}</span>
        <button type="button" class="button compact" onClick={() => input.current?.click()}>
          {tc('f_look_choose')}
        </button>
        {draft.lookName !== null && (
          <button type="button" class="button plain compact" onClick={() => set({ lookName: null, lookCube: null })}>
            {tc('f_look_remove')}
          </button>
        )}
      </div>
      <input ref={input} class="hidden-text" type="file" accept=".cube" tabIndex={-1} aria-label={tc('f_look_choose')} onChange={() => void choose()} />
      <p class="hint">{tc('f_look_hint')}</p>
      <Problem text={tooBig ?? problem('look_cube') ?? problem('look_name')} />
    </div>
  );
}
