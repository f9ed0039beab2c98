import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t, type MessageKey } from '../messages';
import { browserShowsReference, browserShowsVideo } from '../room/codecs';
import { keepEarlyCheck } from '../room/display';
import { DisplayPanel } from '../room/DisplayPanel';

function pictureTip(): MessageKey {
  if (browserShowsReference()) return 'tip_reference';
  return browserShowsVideo() ? 'tip_reduced' : 'tip_none';
}

/** The three things that decide whether the picture is seen right, and a check that says how it is here. */
export function Tips(): JSX.Element {
  const [check, setCheck] = useState(false);
  return (
    <section class="join-notes">
      <h2>{t('tips_title')}</h2>
      <ul class="dashes">
        <li>{t('tip_room')}</li>
        <li>{t('tip_night')}</li>
        <li>{t(pictureTip())}</li>
      </ul>
      <button type="button" class="button compact" data-testid="display-early" onClick={() => setCheck(true)}>
        {t('display')}
      </button>
      {check && (
        <DisplayPanel
          keep={(found) => Promise.resolve(keepEarlyCheck(found))}
          kept={t('display_later')}
          onClose={() => setCheck(false)}
        />
      )}
    </section>
  );
}
