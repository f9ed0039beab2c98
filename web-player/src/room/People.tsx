import type { JSX } from 'preact';
import type { Person } from '../api/types';
import { Icon } from '../design/Icon';
import { t } from '../messages';

/** Who watches with you: a full disc has the room in view, a ring has turned away; a hand is a hand. */
export function People({ people, me }: { people: readonly Person[]; me: string }): JSX.Element | null {
  const here = people.filter((person) => person.here);
  if (here.length < 2) return null;
  return (
    <ul class="people small" aria-label={t('people_label')} data-testid="people">
      {here.map(({ link_id, name, looking, hand }) => (
        <li key={link_id} data-looking={looking ? 'yes' : 'no'} title={t(looking ? 'person_looking' : 'person_away', { name })}>
          <span>{link_id === me ? t('you') : name}</span>
          {!looking && <span class="hidden-text">{t('away')}</span>}
          {hand && (
            <span class="person-hand">
              <Icon name="hand" />
              <span class="hidden-text">{t('hand_up')}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
