import type { ReactElement, ReactNode } from 'react';
import { themes, useTheme, type Theme } from './theme.ts';

const icons: Readonly<Record<Theme, ReactNode>> = {
  system: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" />
    </>
  ),
  light: (
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1.1 1.1m7.8 7.8L13 13M3 13l1.1-1.1m7.8-7.8L13 3" />
    </>
  ),
  dark: <path d="M13.2 9.8A5.6 5.6 0 0 1 6.2 2.8a5.6 5.6 0 1 0 7 7Z" strokeLinejoin="round" />,
};

/** Light, dark, or as the system has it. */
export function ThemeSwitch(): ReactElement {
  const [theme, choose] = useTheme();
  return (
    <fieldset className="themes">
      <legend className="unseen">Theme</legend>
      {themes.map((each) => (
        <label key={each} title={each === 'system' ? 'Theme: as the system has it' : `Theme: ${each}`}>
          <input
            type="radio"
            name="theme"
            className="unseen"
            value={each}
            checked={theme === each}
            onChange={() => choose(each)}
          />
          <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
            {icons[each]}
          </svg>
          <span className="unseen">{each}</span>
        </label>
      ))}
    </fieldset>
  );
}
