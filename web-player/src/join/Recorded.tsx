import type { JSX } from 'preact';
import { t, type MessageKey } from '../messages';

/** The server's list in the reader's language; what it adds beyond these is shown in its own words. */
const KNOWN: Readonly<Record<string, MessageKey>> = {
  'name and e-mail': 'recorded_name',
  'network address and browser': 'recorded_network',
  'times of joining, watching and leaving': 'recorded_times',
  'comments and the frame they are pinned to': 'recorded_comments',
  'what you say in the chat': 'recorded_chat',
  'what you find when you check your display': 'recorded_display',
};

export function Recorded({ items }: { items: readonly string[] }): JSX.Element {
  return (
    <section class="join-notes">
      <h2>{t('recorded_title')}</h2>
      <p class="quiet">{t('recorded_lead')}</p>
      <ul class="dashes">
        {items.map((item) => {
          const key = KNOWN[item];
          return <li key={item}>{key ? t(key) : item}</li>;
        })}
      </ul>
    </section>
  );
}
