import type { JSX } from 'preact';
import { t, type MessageKey } from '../messages';
import { browserShowsReference, browserShowsVideo } from '../room/codecs';

function pictureTip(): MessageKey {
  if (browserShowsReference()) return 'tip_reference';
  return browserShowsVideo() ? 'tip_reduced' : 'tip_none';
}

/** The three things that decide whether the picture is seen right. */
export function Tips(): JSX.Element {
  return (
    <section class="join-notes">
      <h2>{t('tips_title')}</h2>
      <ul class="dashes">
        <li>{t('tip_room')}</li>
        <li>{t('tip_night')}</li>
        <li>{t(pictureTip())}</li>
      </ul>
    </section>
  );
}
