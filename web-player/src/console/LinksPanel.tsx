import type { JSX } from 'preact';
import type { Link } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import { Panel } from './Panel';

export const canRevoke = (link: Link | undefined): boolean =>
  link !== undefined && (link.state === 'open' || link.state === 'in_use' || link.state === 'locked' || link.state === 'spent');

export function LinksPanel({ links, onRevoke }: { links: Link[]; onRevoke(id: string): void }): JSX.Element {
  return (
    <Panel title={tc('links')} aside={<span class="quiet small figures">{links.length || ''}</span>}>
      {links.length === 0 && <p class="quiet">{tc('links_none')}</p>}
      <ul class="rows" data-testid="links">
        {links.map((link) => (
          <li key={link.id} class="row" data-over={canRevoke(link) ? 'no' : 'yes'}>
            <div>
              <p>
                {link.name} <span class="quiet small">{link.email}</span>
              </p>
              <p class="quiet small figures">
                {tc(`link_${link.state}`)} · {tc('until', { time: instant(link.expires_at) })}
              </p>
            </div>
            {canRevoke(link) && (
              <AskOnce label={tc('revoke')} sure={tc('revoke_sure')} about={tc('revoke_of', { name: link.name })} testId="revoke-link" onSure={() => onRevoke(link.id)} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
