import type { JSX } from 'preact';
import type { SourceSpec } from '../api/types';
import { Field } from '../design/Field';
import { tc, type ConsoleKey } from '../messages/console';
import type { FormPart } from './NewReviewPage';

const KINDS: readonly [SourceSpec['kind'], ConsoleKey][] = [
  ['file', 'f_kind_file'],
  ['sequence', 'f_kind_sequence'],
  ['srt', 'f_kind_srt'],
  ['whip', 'f_kind_whip'],
  ['sdi', 'f_kind_sdi'],
  ['ndi', 'f_kind_ndi'],
  ['test-reel', 'f_kind_test'],
  ['slate', 'f_kind_slate'],
];

export function SourceFields(part: FormPart): JSX.Element {
  const { draft, set } = part;
  return (
    <section>
      <fieldset class="choice">
        <legend class="legend">{tc('f_source')}</legend>
        <div class="segments">
          {KINDS.map(([kind, label]) => (
            <label key={kind}>
              <input type="radio" name="kind" checked={draft.kind === kind} onChange={() => set({ kind })} />
              <span>{tc(label)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <KindFields {...part} />
      {draft.kind !== 'slate' && <TimecodeFields {...part} />}
    </section>
  );
}

function TimecodeFields({ draft, set, problem }: FormPart): JSX.Element {
  return (
    <>
      <Field label={tc('f_start_tc')} hint={tc('f_start_tc_hint')} value={draft.startTimecode} onValue={(startTimecode) => set({ startTimecode })} problem={problem('start_timecode')} spellcheck={false} />
      <label class="check">
        <input type="checkbox" checked={draft.dropFrame} onChange={(event) => set({ dropFrame: event.currentTarget.checked })} />
        <span>{tc('f_drop')}</span>
      </label>
    </>
  );
}

function KindFields({ draft, set, problem }: FormPart): JSX.Element {
  if (draft.kind === 'file')
    return <Field label={tc('f_path')} hint={tc('f_path_hint')} value={draft.path} onValue={(path) => set({ path })} problem={problem('path')} spellcheck={false} />;
  if (draft.kind === 'sdi')
    return <Field label={tc('f_device')} hint={tc('f_device_hint')} type="number" min="0" max="63" value={draft.device} onValue={(device) => set({ device })} problem={problem('source')} />;
  if (draft.kind === 'ndi')
    return <Field label={tc('f_ndi')} hint={tc('f_ndi_hint')} value={draft.path} onValue={(path) => set({ path })} problem={problem('path') ?? problem('source')} spellcheck={false} />;
  if (draft.kind === 'whip') return <p class="hint">{tc('f_whip_text')}</p>;
  if (draft.kind === 'slate') return <p class="hint">{tc('f_slate_text')}</p>;
  if (draft.kind === 'sequence')
    return (
      <>
        <Field label={tc('f_path')} hint={tc('f_sequence_hint')} value={draft.path} onValue={(path) => set({ path })} problem={problem('path') ?? problem('source')} spellcheck={false} />
        <Field label={tc('f_rate')} hint={tc('f_rate_hint')} value={draft.rate} onValue={(rate) => set({ rate })} problem={problem('rate')} spellcheck={false} />
      </>
    );
  if (draft.kind === 'test-reel')
    return <Field label={tc('f_height')} type="number" min="180" max="2160" value={draft.height} onValue={(height) => set({ height })} problem={problem('height')} />;
  return (
    <>
      <Field label={tc('f_uri')} hint={tc('f_uri_hint')} value={draft.uri} onValue={(uri) => set({ uri })} problem={problem('uri')} spellcheck={false} />
      <Field label={tc('f_srt_pass')} hint={tc('f_srt_pass_hint')} type="password" autocomplete="off" value={draft.srtPassphrase} onValue={(srtPassphrase) => set({ srtPassphrase })} problem={problem('passphrase')} />
    </>
  );
}
