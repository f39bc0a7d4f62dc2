/** The page's ground before the page is there (styles/tokens.css), so that no window flashes white. */
export const groundColours = { light: '#f6f5f2', dark: '#161513' } as const;
