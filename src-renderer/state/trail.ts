/** Where one has been, and the way back and forward; as in a browser, a new step drops the way forward. */
export class Trail<Step> {
  readonly #most: number;
  readonly #onDrop: (step: Step) => void;
  #steps: Step[] = [];
  #at = -1;

  /** @param onDrop is told each step that can no longer be reached */
  constructor(most: number, onDrop: (step: Step) => void = () => undefined) {
    this.#most = most;
    this.#onDrop = onDrop;
  }

  get current(): Step | null {
    return this.#steps[this.#at] ?? null;
  }

  /** All that can be reached. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#steps.length - 1;
  }

  push(step: Step): void {
    const dropped = this.#steps.splice(this.#at + 1);
    this.#steps.push(step);
    if (this.#steps.length > this.#most) dropped.push(...this.#steps.splice(0, 1));
    this.#at = this.#steps.length - 1;
    for (const each of dropped) this.#onDrop(each);
  }

  /** Puts another step in place of the present one, which can no longer be reached. */
  replace(step: Step): void {
    const [replaced] = this.#steps.splice(this.#at, 1, step);
    this.#onDrop(replaced);
  }

  back(): Step | null {
    if (!this.canGoBack) return null;
    this.#at -= 1;
    return this.current;
  }

  forward(): Step | null {
    if (!this.canGoForward) return null;
    this.#at += 1;
    return this.current;
  }
}
