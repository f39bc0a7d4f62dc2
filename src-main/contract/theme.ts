/** Light or dark. */
import * as v from 'valibot';

export const themeSchema = v.picklist(['system', 'light', 'dark']);

/** `system` follows the system's setting, also when it changes. */
export type Theme = v.InferOutput<typeof themeSchema>;
