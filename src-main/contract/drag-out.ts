/** Dragging photos out of the window into other programs. */
import * as v from 'valibot';
import { idSchema } from './schemas.ts';

/** More are no longer dragged but copied, which a file manager does better. */
export const mostDragged = 1000;

/** Schemas of the host's command. */
export const dragOutHostArguments = {
  /** The person drags these photos: the first is the one under the pointer. Their files go wherever they are dropped. */
  dragPhotos: v.strictObject({
    photoIds: v.pipe(v.array(idSchema), v.minLength(1), v.maxLength(mostDragged)),
  }),
} as const;

/** What is dragged, and what is not because its file is not there. */
export interface DragOutcome {
  dragged: number;
  missing: string[];
}
