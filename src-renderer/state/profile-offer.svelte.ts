/** While many photos are being indexed: what other ways to read them would take, offered until somebody has answered. */
import type { Job, ProfileName, TimedProfile } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { throttle } from '../throttle.ts';

/** Photos after which it is looked whether the ways have been timed. */
const firstPhotos = 20;
/** Least time between two looks. */
const lookMs = 1000;

/** A way to read the photos that are left, and how long that takes. */
export interface OfferedProfile {
  profile: TimedProfile;
  seconds: number;
}

export class ProfileOffer {
  /** null until all are timed. */
  #profiles = $state.raw<TimedProfile[] | null>(null);
  #isAnswered = $state(false);
  readonly #client: Client;
  readonly #jobs: () => readonly Job[];
  readonly #look = throttle(() => this.#ask(), lookMs);

  constructor(client: Client, jobs: () => readonly Job[]) {
    this.#client = client;
    this.#jobs = jobs;
  }

  /** Photos that are still to be indexed; 0 where none are. */
  get photosLeft(): number {
    const job = this.#jobs().find(({ kind, endedAtMs }) => kind === 'index' && endedAtMs === null);
    return job ? job.total - job.done : 0;
  }

  /** The ways that are offered, the quickest first; none where there is nothing to ask. */
  get profiles(): OfferedProfile[] {
    const { photosLeft } = this;
    if (this.#isAnswered || photosLeft === 0) return [];
    return (this.#profiles ?? [])
      .flatMap((profile) => {
        const { secondsPerPhoto } = profile;
        return secondsPerPhoto === null ? [] : [{ profile, seconds: secondsPerPhoto * photosLeft }];
      })
      .sort((a, b) => a.seconds - b.seconds);
  }

  hear({ kind, endedAtMs, done }: Job): void {
    const isDue = kind === 'index' && endedAtMs === null && done >= firstPhotos;
    if (isDue && !this.#isAnswered && this.#profiles === null) this.#look();
  }

  /** Reads photos by a profile from now on. */
  async take(name: ProfileName): Promise<void> {
    await this.#client.call('useProfile', { name });
    this.#isAnswered = true;
  }

  /** Leaves it as it is, for good. */
  async leave(): Promise<void> {
    this.#isAnswered = true;
    await this.#client.call('changeSettings', { profileAnswered: true });
  }

  /** Asked again with the next photo where it did not work. */
  async #ask(): Promise<void> {
    try {
      const [{ profiles }, { profileAnswered }] = await Promise.all([
        this.#client.call('profiles', {}),
        this.#client.call('settings', {}),
      ]);
      this.#isAnswered = profileAnswered;
      const isTimed =
        profiles.length > 1 && profiles.every(({ secondsPerPhoto }) => secondsPerPhoto !== null);
      if (isTimed) this.#profiles = profiles;
    } catch {
      // The engine is away.
    }
  }
}
