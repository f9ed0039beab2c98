import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { importReplies, type ImportedReplies } from '../api/log';
import { asApiError } from '../api/http';
import type { Review } from '../api/types';
import { Problem } from '../design/Field';
import { t } from '../messages';
import { tc } from '../messages/console';

const LARGEST = 8 * 1024 * 1024;
const STRAYS_SHOWN = 5;

/** A comment CSV or a marker EDL that comes back from an edit: its replies become answers. */
export function RepliesPicker({ review }: { review: Review }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [imported, setImported] = useState<ImportedReplies | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (): Promise<void> => {
    const file = input.current?.files?.[0];
    if (!file) return;
    setImported(null);
    setProblem(file.size > LARGEST ? tc('replies_too_big', { name: file.name }) : null);
    try {
      if (file.size <= LARGEST) setImported(await importReplies(review.id, await file.text()));
    } catch (error) {
      const { unreachable, message } = asApiError(error);
      setProblem(unreachable ? t('unreachable') : message);
    }
    if (input.current) input.current.value = '';
  };
  return (
    <>
      <button type="button" class="button compact" onClick={() => input.current?.click()}>
        {tc('replies')}
      </button>
      <input
        ref={input}
        class="hidden-text"
        type="file"
        accept=".csv,.edl,.txt"
        tabIndex={-1}
        aria-label={tc('replies')}
        data-testid="replies-file"
        onChange={() => void choose()}
      />
      <Problem text={problem} />
      {imported && <Outcome imported={imported} />}
    </>
  );
}

function Outcome({ imported }: { imported: ImportedReplies }): JSX.Element {
  const { answered, resolved, reopened, unchanged, strays } = imported;
  return (
    <div class="quiet small figures" role="status" data-testid="replies-outcome">
      <p>{tc('replies_done', { answered, resolved, reopened, unchanged })}</p>
      {strays.slice(0, STRAYS_SHOWN).map(({ line, place }) => (
        <p key={line}>{tc('replies_stray', { line, place })}</p>
      ))}
      {strays.length > STRAYS_SHOWN && <p>{tc('replies_more', { count: strays.length - STRAYS_SHOWN })}</p>}
    </div>
  );
}
