import type { Probe, ProbeTarget } from '../api/types';

/** Names of standards are the same in every language. */
export const PROBE_TARGETS: readonly (readonly [ProbeTarget, string])[] = [
  ['srgb', 'sRGB'],
  ['bt1886', 'BT.1886 (2.4)'],
  ['display-p3', 'Display P3'],
];

/** What was measured, for people who read such figures. */
export function probeFigures(probe: Probe): string[] {
  const name = PROBE_TARGETS.find(([target]) => target === probe.target)?.[1] ?? probe.target;
  const { peak_cdm2: peak, black_cdm2: black } = probe;
  return [
    `${name}: ΔE2000 ${probe.delta_mean.toFixed(2)} / ${probe.delta_max.toFixed(2)}`,
    `${Math.round(probe.cct)} K, Δuv ${probe.duv.toFixed(4)}`,
    `x ${probe.white_x.toFixed(4)} y ${probe.white_y.toFixed(4)}`,
    ...(probe.gamma === null ? [] : [`γ ${probe.gamma.toFixed(2)}`]),
    ...(peak === null ? [] : [`${peak.toFixed(0)} cd/m²${black === null ? '' : ` / ${black.toFixed(3)}`}`]),
  ];
}
