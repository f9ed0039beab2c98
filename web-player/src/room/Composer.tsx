import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import type { Pin } from './outbox';
import type { Player } from './player';

const LONGEST = 4000;

/** Where a comment is written. The frame it belongs to is the one on screen at the first key; nothing pauses. */
export function Composer({ player, focus, ready }: { player: Player; focus: number; ready: boolean }): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [pin, setPin] = useState<Pin | null>(null);
  useEffect(() => {
    if (focus > 0) area.current?.focus();
  }, [focus]);
  const typed = (value: string): void => {
    setText(value);
    if (value === '') setPin(null);
    else if (!pin) setPin(player.pin());
  };
  const send = (): void => {
    const at = pin ?? player.pin();
    if (text.trim() === '' || !at) return;
    player.comment(text.trim(), at);
    setText('');
    setPin(null);
    area.current?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form class="composer" onSubmit={(event) => (event.preventDefault(), send())}>
      <textarea
        ref={area}
        class="area"
        data-testid="comment-text"
        aria-label={t('comment_label')}
        placeholder={t('comment_placeholder')}
        rows={3}
        maxLength={LONGEST}
        value={text}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={pressed}
      />
      <div class="composer-foot">
        <PinLine pin={pin} ready={ready} onRepin={() => setPin(player.pin())} />
        <button type="submit" class="button primary" data-testid="comment-send" disabled={text.trim() === '' || !ready}>
          {t('comment_send')}
        </button>
      </div>
    </form>
  );
}

function PinLine({ pin, ready, onRepin }: { pin: Pin | null; ready: boolean; onRepin(): void }): JSX.Element {
  if (!pin) return <p class="pin-line quiet small">{ready ? t('comment_pin_hint') : t('comment_no_frame')}</p>;
  return (
    <p class="pin-line small">
      <span class="figures" data-testid="comment-pin">
        {t('comment_at', { timecode: pin.timecode })}
      </span>
      <button type="button" class="repin" onClick={onRepin}>
        {t('comment_repin')}
      </button>
    </p>
  );
}
