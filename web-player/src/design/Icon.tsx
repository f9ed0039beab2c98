import type { JSX } from 'preact';

const PATHS = {
  comments: 'M4 5h16v11H11l-4 4v-4H4z',
  soundOn: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  soundOff: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  fullScreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  help: 'M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.01',
  leave: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
  draw: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  display: 'M3 5h18v12H3zM9 21h6M12 17v4M12 5v12',
  pen: 'M4 18c3-9 6 3 8-3s4-10 8-9',
  arrow: 'M5 19L19 5M10 5h9v9',
  box: 'M4 6h16v12H4z',
  ellipse: 'M12 6c5 0 8 3 8 6s-3 6-8 6-8-3-8-6 3-6 8-6z',
  text: 'M6 6h12M12 6v12M9.5 18h5',
  undo: 'M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 8h-3',
  laser: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3',
  hand: 'M8 12V6a1.5 1.5 0 0 1 3 0v5-6.5a1.5 1.5 0 0 1 3 0V11 6a1.5 1.5 0 0 1 3 0v8c0 4-2.5 7-6 7-3 0-4.5-1.5-6-4l-2-3.6c-.6-1.2.9-2.3 2-1.2z',
  close: 'M6 6l12 12M18 6L6 18',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick(): void;
  pressed?: boolean;
  expanded?: boolean;
  keys?: string;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, pressed, expanded, keys, disabled }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
