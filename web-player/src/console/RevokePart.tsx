import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { asApiError, type ApiError } from '../api/http';
import { networksIn, revokeNetworks, revokeProject } from '../api/people';
import { AskOnce } from '../design/AskOnce';
import { Field } from '../design/Field';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Panel } from './Panel';
import { problemOf } from './remote';

interface Outcome {
  links: number | null;
  refusal: ApiError | null;
}

/** Does it, and keeps what came of it. */
function useRevoking(onRefused: (error: unknown) => void): [Outcome, (revoke: () => Promise<{ links: number }>) => void] {
  const [outcome, setOutcome] = useState<Outcome>({ links: null, refusal: null });
  const run = (revoke: () => Promise<{ links: number }>): void => {
    revoke().then(
      ({ links }) => setOutcome({ links, refusal: null }),
      (error: unknown) => {
        onRefused(error);
        setOutcome({ links: null, refusal: asApiError(error) });
      },
    );
  };
  return [outcome, run];
}

const Told = ({ links }: { links: number | null }): JSX.Element => (
  <p class="hint" role="status" data-testid="revoked">
    {links !== null && tc('revoked_links', { count: links })}
  </p>
);

/** Everybody who was invited to anything of a project loses their link. */
export function RevokeProject({ project, onRefused }: { project: { id: string; name: string }; onRefused(error: unknown): void }): JSX.Element {
  const [{ links, refusal }, run] = useRevoking(onRefused);
  return (
    <section>
      <h3 class="legend">{tc('revoke_project')}</h3>
      <p class="hint">{tc('revoke_project_why')}</p>
      <AskOnce label={tc('revoke_all')} sure={tc('revoke_all_sure')} about={project.name} testId="revoke-project" onSure={() => run(() => revokeProject(project.id))} />
      {refusal && <p class="problem">{refusal.unreachable ? t('unreachable') : refusal.message}</p>}
      <Told links={links} />
    </section>
  );
}

/** Whoever is in from a network loses their link, in whichever review. */
export function RevokeNetworks({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const [text, setText] = useState('');
  const [{ links, refusal }, run] = useRevoking(onRefused);
  const networks = networksIn(text);
  return (
    <Panel title={tc('revoke_network')}>
      <Field label={tc('f_stop_networks')} hint={tc('revoke_network_why')} value={text} onValue={setText} problem={refusal && problemOf(refusal)} testId="revoke-networks" autocomplete="off" spellcheck={false} />
      {networks.length > 0 && <AskOnce label={tc('revoke_all')} sure={tc('revoke_all_sure')} about={networks.join(', ')} testId="revoke-network" onSure={() => run(() => revokeNetworks(networks))} />}
      <Told links={links} />
    </Panel>
  );
}
