import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { archiveUrl, encryptedArchive } from '../api/account';
import { asApiError } from '../api/http';
import type { Review } from '../api/types';
import { Problem } from '../design/Field';
import { Secret } from '../design/Secret';
import { t } from '../messages';
import { tc } from '../messages/console';

function save(file: Blob, name: string): void {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(file);
  anchor.download = name;
  anchor.click();
  // The browser has taken the file when the click returns; the address may go a moment later.
  window.setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

/** The archive, open or encrypted; the passphrase of the encrypted one is shown once. */
export function ArchivePanel({ review }: { review: Review }): JSX.Element {
  const [passphrase, setPassphrase] = useState<string | null>(null);
  const [packing, setPacking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const encrypt = async (): Promise<void> => {
    setPacking(true);
    setProblem(null);
    try {
      const made = await encryptedArchive(review.id);
      save(made.file, `review-${review.id}.7z`);
      setPassphrase(made.passphrase);
    } catch (error) {
      const { unreachable, message } = asApiError(error);
      setProblem(unreachable ? t('unreachable') : message);
    }
    setPacking(false);
  };
  return (
    <>
      <a class="button compact" href={archiveUrl(review.id)} download>
        {tc('export_archive')}
      </a>
      <button type="button" class="button compact" disabled={packing} data-testid="archive-encrypted" onClick={() => void encrypt()}>
        {tc(packing ? 'export_packing' : 'export_encrypted')}
      </button>
      <Problem text={problem} />
      {passphrase !== null && (
        <div role="status">
          <Secret label={tc('export_passphrase')} text={passphrase} copy={tc('copy_passphrase')} testId="archive-passphrase">
            <span class="hint">{tc('export_once')}</span>
          </Secret>
        </div>
      )}
    </>
  );
}
