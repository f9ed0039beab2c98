import type { JSX } from 'preact';
import { t } from '../messages';
import type { Picture } from '../api/types';
import { megabits, pictureLine, readableCipher, readableFormat, type Received } from './facts';
import { noteText } from './notes';
import { safetyCode } from './signal';

type Row = [label: string, value: string | null];

function sentRows(picture: Picture): Row[] {
  const rate = (picture.rate.num / picture.rate.den).toFixed(3).replace(/\.?0+$/, '');
  return [
    [t('fact_codec'), `${picture.codec} (${picture.profile})`],
    [t('fact_color'), noteText(picture.color)],
    [t('fact_sent'), `${picture.width}x${picture.height} · ${rate} · ${megabits(picture.bitrate_bps)}`],
  ];
}

function receivedRows(received: Received): Row[] {
  const { width, height, framesPerSecond, framesDropped, frameFormat, srtpCipher, fingerprint, roundTripMs } = received;
  const flow = { size: `${width}x${height}`, fps: framesPerSecond.toFixed(1), dropped: framesDropped };
  return [
    [t('fact_received'), width > 0 ? t('fact_received_value', flow) : null],
    [t('fact_decoded'), frameFormat === null ? null : `${readableFormat(frameFormat)} (${frameFormat})`],
    [t('fact_encryption'), srtpCipher === null ? null : `DTLS-SRTP ${readableCipher(srtpCipher)}`],
    [t('fact_signal'), fingerprint === null ? null : safetyCode(fingerprint)],
    [t('fact_delay'), roundTripMs === null ? null : `${roundTripMs} ms`],
  ];
}

/** The facts in one line; the raw figures are one hover or one Tab away. */
export function PictureFacts({ picture, received }: { picture: Picture | null; received: Received }): JSX.Element {
  const rows = picture ? [...sentRows(picture), ...receivedRows(received)] : receivedRows(received);
  if (picture?.note) rows.unshift([t('fact_note'), noteText(picture.note)]);
  return (
    <div class="facts">
      <button type="button" class="facts-line figures" data-testid="picture-facts" aria-describedby="facts-raw">
        {picture ? pictureLine(picture) : t('picture_unknown')}
      </button>
      <dl class="facts-raw figures" id="facts-raw">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? t('unknown')}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
