import { afterEach, describe, expect, it, vi } from 'vitest';
import { Sessions } from '../../../src-main/server/sessions.ts';

const cookieOf = (sessions: Sessions, token: string): string => {
  const answer = sessions.redeem(token, '127.0.0.1');
  return 'cookie' in answer ? answer.cookie.split(';')[0] : '';
};

afterEach(() => vi.useRealTimers());

describe('an address that signs a browser in', () => {
  it('works within ten minutes, and not later', () => {
    vi.useFakeTimers();
    const sessions = new Sessions(4040);
    const [early, late] = [sessions.newToken(), sessions.newToken()];
    vi.advanceTimersByTime(10 * 60_000);
    expect(cookieOf(sessions, early)).not.toBe('');
    vi.advanceTimersByTime(1);
    expect(cookieOf(sessions, late)).toBe('');
  });

  it('works once', () => {
    const sessions = new Sessions(4040);
    const token = sessions.newToken();
    expect([token, token].map((each) => cookieOf(sessions, each) !== '')).toEqual([true, false]);
  });

  it('is forgotten when 32 newer ones have been printed', () => {
    const sessions = new Sessions(4040);
    const tokens = Array.from({ length: 33 }, () => sessions.newToken());
    expect(tokens.slice(0, 2).map((token) => cookieOf(sessions, token) !== '')).toEqual([false, true]);
  });
});

describe('a browser that has signed in', () => {
  it('stays so until 256 others have', () => {
    const sessions = new Sessions(4040);
    const cookies = Array.from({ length: 257 }, () => cookieOf(sessions, sessions.newToken()));
    const isIn = (cookie: string): boolean => sessions.isAuthorised({ headers: { cookie } });
    expect(cookies.filter((cookie) => !isIn(cookie))).toEqual([cookies[0]]);
  });

  it('is known by its own port’s cookie among those of others', () => {
    const sessions = new Sessions(4040);
    const cookie = cookieOf(sessions, sessions.newToken());
    expect(cookie).toMatch(/^semblance-4040=/);
    expect(sessions.isAuthorised({ headers: { cookie: `a=b; semblance-4041=x; ${cookie}` } })).toBe(true);
    expect(sessions.isAuthorised({ headers: { cookie: cookie.replace('4040', '4041') } })).toBe(false);
    expect(sessions.isAuthorised({ headers: {} })).toBe(false);
  });
});
