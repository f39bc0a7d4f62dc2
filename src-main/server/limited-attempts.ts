/** Counts failures by where they come from, and ends the patience with each for a while. */

const mostFailures = 10;
const patienceMs = 60_000;
/** More addresses than a network at home has; the one that failed longest ago is forgotten first. */
const mostAddresses = 1000;

export class LimitedAttempts {
  readonly #failures = new Map<string, { count: number; lastAtMs: number }>();

  /** Whether that many failed from there that the next one is not even looked at. */
  isExhausted(from: string): boolean {
    const known = this.#failures.get(from);
    return known !== undefined && known.count >= mostFailures && Date.now() - known.lastAtMs < patienceMs;
  }

  failed(from: string): void {
    const known = this.#failures.get(from);
    const isOld = known === undefined || Date.now() - known.lastAtMs >= patienceMs;
    this.#failures.delete(from);
    this.#failures.set(from, { count: isOld ? 1 : known.count + 1, lastAtMs: Date.now() });
    if (this.#failures.size > mostAddresses) this.#failures.delete(this.#failures.keys().next().value ?? '');
  }
}
