import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { serverNow } from '../api/http';
import { t } from '../messages';
import { instant } from '../messages/time';

const MINUTE_MS = 60_000;
const SHOWN_MS = 15_000;

/** Whether so long before the end is a moment to say so: for 15 s at ten and at five minutes, and all of the last one. */
export function isWarning(leftMs: number): boolean {
  const at = (minutes: number): boolean => leftMs <= minutes * MINUTE_MS && leftMs > minutes * MINUTE_MS - SHOWN_MS;
  return at(10) || at(5) || (leftMs <= MINUTE_MS && leftMs > 0);
}

export function EndingNotice({ expiresAt }: { expiresAt: string }): JSX.Element | null {
  const warns = (): boolean => isWarning(Date.parse(expiresAt) - serverNow());
  const [shown, setShown] = useState(warns);
  useEffect(() => {
    const timer = window.setInterval(() => setShown(warns()), 1000);
    return () => window.clearInterval(timer);
  }, [expiresAt]);
  return shown ? <p class="stage-notice">{t('ending_line', { time: instant(expiresAt) })}</p> : null;
}
