import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { makePublishKey } from '../api/drive';
import type { ListedSource, PublishKey } from '../api/types';
import { Secret } from '../design/Secret';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import type { Commands } from './ReviewPage';

const STRONG = 'SRTP_AEAD_AES_256_GCM';

interface PublishPartProps {
  reviewId: string;
  source: ListedSource;
  commands: Commands;
}

/** Where a sender publishes to, with a key that is shown once, and who publishes now. */
export function PublishPart({ reviewId, source, commands: { run } }: PublishPartProps): JSX.Element | null {
  const [made, setMade] = useState<PublishKey | null>(null);
  const { publish } = source;
  if (!publish) return null;
  const make = (): void => run(async () => setMade(await makePublishKey(reviewId, source.id)));
  const weak = publish.cipher !== null && publish.cipher !== STRONG;
  return (
    <div class="publish" data-testid="publish">
      <p class="quiet small">
        {publish.since ? tc('publish_since', { time: instant(publish.since) }) : tc(publish.key_made_at ? 'publish_waits' : 'publish_no_key')}
        {publish.cipher && <span class="figures"> · {publish.cipher}</span>}
      </p>
      {weak && <p class="small">{tc('publish_weak')}</p>}
      {made ? (
        <div class="made">
          <Secret label={tc('publish_url')} text={made.url} copy={tc('publish_copy_url')} testId="publish-url" />
          <Secret label={tc('publish_key')} text={made.key} copy={tc('publish_copy_key')} testId="publish-key" />
          <p class="hint">{tc('publish_once')}</p>
          <button type="button" class="button compact" onClick={() => setMade(null)}>
            {tc('invite_done')}
          </button>
        </div>
      ) : (
        <button type="button" class="button plain compact" aria-label={`${tc('publish_make')}: ${source.name}`} onClick={make}>
          {tc('publish_make')}
        </button>
      )}
    </div>
  );
}
