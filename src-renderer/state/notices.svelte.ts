/** Short messages that come and go. */
import { messageOf } from '../../src-main/contract/index.ts';

export interface Notice {
  id: number;
  text: string;
  isError: boolean;
  /** Offered for copying, e.g. a path. */
  copy: string | null;
  /** Offered as a button, e.g. to take back what was done. */
  action: { title: string; run: () => void } | null;
}

const shownMs = 12_000;

export class Notices {
  list = $state<Notice[]>([]);
  #nextId = 1;

  show(text: string, options: Partial<Omit<Notice, 'id' | 'text'>> = {}): void {
    const notice = {
      id: this.#nextId++,
      text,
      isError: options.isError ?? false,
      copy: options.copy ?? null,
      action: options.action ?? null,
    };
    this.list = [...this.list.slice(-2), notice];
    setTimeout(() => this.dismiss(notice.id), shownMs);
  }

  error(error: unknown): void {
    this.show(messageOf(error), { isError: true });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
