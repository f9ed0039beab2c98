import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { asApiError, type ApiError } from '../api/http';
import { readCode, type CodeBearers } from '../api/trace';
import { Field } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { Panel } from './Panel';
import { problemOf } from './remote';
import { Suspects } from './TraceItem';
import { scopeOf } from './TracePage';

interface CodeProps {
  places: [string, string][];
  onRefused(error: unknown): void;
}

/** Whose code is burned into the picture? */
export function CodePanel({ places, onRefused }: CodeProps): JSX.Element {
  const [place, setPlace] = useState('house');
  const [code, setCode] = useState('');
  const [found, setFound] = useState<CodeBearers | null>(null);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setRefusal(null);
    setFound(null);
    try {
      setFound(await readCode(code.trim(), scopeOf(place)));
    } catch (error) {
      onRefused(error);
      setRefusal(asApiError(error));
    }
  };
  return (
    <Panel title={tc('code_title')}>
      <form class="trace-form" noValidate onSubmit={(event) => void submit(event)}>
        <Select label={tc('trace_scope')} value={place} options={[['house', tc('trace_house')], ...places]} onValue={setPlace} />
        <Field label={tc('code_field')} hint={tc('code_lead')} value={code} onValue={setCode} problem={refusal && problemOf(refusal)} testId="code-read" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={24} />
        <button type="submit" class="button" disabled={code.trim() === ''} data-testid="code-find">
          {tc('code_find')}
        </button>
      </form>
      {found !== null && (
        <div role="status" data-testid="code-found">
          {verdict(found) !== null && <p>{verdict(found)}</p>}
          <Suspects suspects={found.bearers} />
        </div>
      )}
    </Panel>
  );
}

function verdict({ misread, bearers }: CodeBearers): string | null {
  if (misread) return bearers.length === 0 ? tc('code_misread_none') : tc('code_misread');
  return bearers.length === 0 ? tc('code_nobody') : null;
}
