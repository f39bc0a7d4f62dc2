/** Why a photo was found: where on both pictures the match is, and in which tap and scale. */
import * as v from 'valibot';
import { queryFields } from './query.ts';
import { idSchema } from './schemas.ts';

/** Schema of the command's arguments. */
export const explanationArguments = {
  /** Tells why a photo of the library is as similar to a query as it is. Reads both pictures again. */
  explain: v.strictObject({
    examples: queryFields.examples,
    whitening: queryFields.whitening,
    photoId: idSchema,
  }),
} as const;

/** What each part of a picture adds to the score, or takes from it. */
export interface HeatMap {
  columns: number;
  rows: number;
  /** Row by row, from the top left. Plain numbers, because they also travel as MessagePack. */
  cells: number[];
}

/** A score parted over one picture: the cells and the constant add up to it. */
export interface ExplainedPicture {
  heatMap: HeatMap;
  /** What belongs to no place: above all what the subtracted mean comes to. */
  constant: number;
}

export interface ExplainedExample extends ExplainedPicture {
  /** What this example contributes; all examples' shares add up to the score. */
  share: number;
}

/** What one tap at one scale saw in the result. */
export interface ExplainedPart {
  tap: string;
  /** Name of the model that the tap is of. */
  model: string;
  /** Factor on the recipe's picture size. */
  scale: number;
  /** All parts' shares and the constant of the result add up to the score. */
  share: number;
}

/** The score is explained twice: over the query's pictures, and over the result. Either sums to it within 1e-4. */
export interface Explanation {
  /** Cosine similarity of the query and the result, −1 … 1. */
  score: number;
  /**
   * Whether the recipe has a step that is not linear, or the stored descriptor holds more than this one picture, so that
   * the score can be parted in other ways as well.
   */
  approximate: boolean;
  /** In the order of the query. Of a cropped example, the part that counts. */
  examples: ExplainedExample[];
  result: ExplainedPicture & { parts: ExplainedPart[] };
  milliseconds: number;
}

export interface ExplanationAnswers {
  explain: Explanation;
}
