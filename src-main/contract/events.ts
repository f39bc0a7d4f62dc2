/** What the engine tells without being asked. */
import type { Job } from './jobs.ts';
import type { EngineState, SearchAnswer } from './types.ts';

export interface EngineEvents {
  /** A job began, moved on or ended; at most a few times a second for each job. */
  job: Job;
  /** Photos or folders came, went or changed. */
  libraryChanged: { photos: number; folders: number };
  /** A saved search finds more or fewer photos that were added since it was last looked at. */
  savedSearchChanged: { id: string; newPhotos: number };
  /** What a search that takes long has found so far, by the name that it was asked with as `stream`. */
  searchFound: { stream: string; answer: SearchAnswer };
  /** Sent by the supervisor, not by the engine itself. */
  engineState: { state: EngineState };
}

export type EventName = keyof EngineEvents;

/** An event as it crosses a process boundary. */
export type EngineEvent = { [Name in EventName]: { event: Name; data: EngineEvents[Name] } }[EventName];

export type EngineEventListener = (event: EngineEvent) => void;
