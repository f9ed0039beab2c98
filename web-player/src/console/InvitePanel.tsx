import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { invite } from '../api/account';
import { asApiError } from '../api/http';
import type { Invitation, Review } from '../api/types';
import { Field, Problem } from '../design/Field';
import { Secret } from '../design/Secret';
import { t } from '../messages';
import { tc } from '../messages/console';
import { fromLocalInput } from '../messages/time';
import type { LiveReviewFeed } from './live';
import { Panel } from './Panel';

export function InvitePanel({ review, feed }: { review: Review; feed: LiveReviewFeed }): JSX.Element {
  const [made, setMade] = useState<Invitation | null>(null);
  const done = (invitation: Invitation): void => {
    setMade(invitation);
    feed.patch(({ links }) => (links.some(({ id }) => id === invitation.link.id) ? {} : { links: [...links, invitation.link] }));
  };
  return (
    <Panel title={tc('invite')}>
      {made ? <Made invitation={made} onDone={() => setMade(null)} /> : <InviteForm reviewId={review.id} onMade={done} />}
    </Panel>
  );
}

interface Refusal {
  field: string | null;
  message: string;
}

function InviteForm({ reviewId, onMade }: { reviewId: string; onMade(invitation: Invitation): void }): JSX.Element {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [expires, setExpires] = useState('');
  const [networks, setNetworks] = useState('');
  const [uses, setUses] = useState('');
  const [waits, setWaits] = useState(false);
  const [byMail, setByMail] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const about = (field: string): string | null => (refusal?.field === field ? refusal.message : null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setRefusal(null);
    const missing = name.trim() === '' ? 'name' : email.trim() === '' ? 'email' : null;
    if (missing) {
      setRefusal({ field: missing, message: tc('f_required') });
      return;
    }
    const expires_at = fromLocalInput(expires);
    try {
      const door = { networks: networks.split(/[\s,]+/).filter(Boolean), uses_limit: Number(uses) || null, waiting_room: waits, email_code: byMail };
      onMade(await invite(reviewId, { name: name.trim(), email: email.trim(), ...door, ...(expires_at && { expires_at }) }));
    } catch (error) {
      const { field, message, unreachable } = asApiError(error);
      setRefusal({ field, message: unreachable ? t('unreachable') : message });
    }
  };
  const known = ['name', 'email', 'expires_at', 'networks', 'uses_limit'].includes(refusal?.field ?? '');
  return (
    <form class="invite" noValidate onSubmit={(event) => void submit(event)}>
      <Field label={tc('f_name')} value={name} onValue={setName} problem={about('name')} name="name" autocomplete="off" />
      <Field label={tc('f_email')} type="email" value={email} onValue={setEmail} problem={about('email')} name="email" autocomplete="off" />
      <Field label={tc('f_expires')} hint={tc('f_expires_hint')} type="datetime-local" value={expires} onValue={setExpires} problem={about('expires_at')} />
      <details class="invite-door">
        <summary>{tc('f_door')}</summary>
        <Field label={tc('f_networks')} hint={tc('f_networks_hint')} value={networks} onValue={setNetworks} problem={about('networks')} name="networks" autocomplete="off" spellcheck={false} />
        <Field label={tc('f_uses')} hint={tc('f_uses_hint')} type="number" min="1" max="1000" value={uses} onValue={setUses} problem={about('uses_limit')} />
        <label class="check">
          <input type="checkbox" checked={waits} onInput={(event) => setWaits(event.currentTarget.checked)} />
          <span>{tc('f_waits')}</span>
        </label>
        <label class="check">
          <input type="checkbox" checked={byMail} onInput={(event) => setByMail(event.currentTarget.checked)} data-testid="email-code" />
          <span>{tc('f_email_code')}</span>
        </label>
      </details>
      <button type="submit" class="button">
        {tc('invite_make')}
      </button>
      <Problem text={refusal && !known ? refusal.message : null} />
    </form>
  );
}

/** Link and passphrase, apart: each has its own copy button, because each goes its own way. */
function Made({ invitation, onDone }: { invitation: Invitation; onDone(): void }): JSX.Element {
  return (
    <div class="made">
      <p>{tc('invite_for', { name: invitation.link.name })}</p>
      <Secret label={tc('link')} text={invitation.url} copy={tc('copy_link')} testId="invite-url" />
      <Secret label={t('passphrase')} text={invitation.passphrase} copy={tc('copy_passphrase')} testId="invite-passphrase" />
      <p class="hint">{tc('invite_once')}</p>
      <button type="button" class="button" onClick={onDone}>
        {tc('invite_done')}
      </button>
    </div>
  );
}
