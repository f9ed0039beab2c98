import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from '../design/Icon';
import { t, type MessageKey } from '../messages';

const KEYS: readonly [string, MessageKey][] = [
  ['C', 'help_comment'],
  ['D', 'help_draw'],
  ['L', 'help_laser'],
  ['H', 'help_hand'],
  ['T', 'help_chat'],
  ['M', 'help_mute'],
  ['F', 'help_full'],
  ['S', 'help_surround'],
  ['?', 'help_help'],
  ['Esc', 'help_escape'],
];

export function Help({ onClose }: { onClose(): void }): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <div class="help-cover" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div class="help" role="dialog" aria-modal="true" aria-labelledby="help-title" tabIndex={-1} ref={panel}>
        <header>
          <h2 id="help-title">{t('help_title')}</h2>
          <IconButton icon="close" label={t('close')} onClick={onClose} />
        </header>
        <dl>
          {KEYS.map(([key, text]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
        <p class="quiet small">{t('help_mark')}</p>
      </div>
    </div>
  );
}
