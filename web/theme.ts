/** The terminal's colours for a light and a dark page. */
import type { ITheme } from "@xterm/xterm";

const DARK: ITheme = {
  background: "#0d1117",
  foreground: "#d7dee8",
  cursor: "#5eead4",
  selectionBackground: "#2b4a5e",
  black: "#1c232d",
  red: "#ff8a80",
  green: "#7ee2a8",
  yellow: "#f2c96d",
  blue: "#82b4ff",
  magenta: "#d3a4ff",
  cyan: "#5eead4",
  white: "#d7dee8",
  brightBlack: "#6b7889",
  brightRed: "#ffab9f",
  brightGreen: "#a3efc2",
  brightYellow: "#ffdf94",
  brightBlue: "#a8ccff",
  brightMagenta: "#e3c4ff",
  brightCyan: "#99f3e5",
  brightWhite: "#ffffff",
  scrollbarSliderBackground: "#d7dee822",
};

const LIGHT: ITheme = {
  background: "#f6f7f9",
  foreground: "#1d2530",
  cursor: "#0d7d6c",
  selectionBackground: "#bfe3dd",
  black: "#1d2530",
  red: "#b3261e",
  green: "#176b3a",
  yellow: "#8a5a00",
  blue: "#1f5fbf",
  magenta: "#7b3fb5",
  cyan: "#0d7d6c",
  white: "#6a7484",
  brightBlack: "#5c6675",
  brightRed: "#d0342c",
  brightGreen: "#1e8449",
  brightYellow: "#a86f00",
  brightBlue: "#2f74d6",
  brightMagenta: "#9450cf",
  brightCyan: "#0e9482",
  brightWhite: "#3d4755",
  scrollbarSliderBackground: "#1d253022",
};

export function themeFor(dark: boolean): ITheme {
  return dark ? DARK : LIGHT;
}
