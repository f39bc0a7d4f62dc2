/** What a backbone expects of pixels, and the conventions that there are. */
import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));

/** The network sees (scaled − mean) / deviation of each channel, red, green, blue; scaled is in the range. */
export const preprocessingSchema = v.strictObject({
  mean: v.strictTuple([finite, finite, finite]),
  deviation: v.strictTuple([positive, positive, positive]),
  range: v.picklist(['0-1', '0-255', '-1-1']),
});

export type Preprocessing = v.InferOutput<typeof preprocessingSchema>;

/** Name of each convention for people, and what it is. */
export const conventions: Record<
  'imagenet' | 'clip' | 'symmetric' | 'unit' | 'bytes',
  { title: string; users: string; preprocessing: Preprocessing }
> = {
  imagenet: {
    title: 'ImageNet mean and deviation',
    users: 'torchvision, timm, DINOv2, most classifiers',
    preprocessing: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225], range: '0-1' },
  },
  clip: {
    title: 'CLIP mean and deviation',
    users: 'CLIP image towers',
    preprocessing: {
      mean: [0.48145466, 0.4578275, 0.40821073],
      deviation: [0.26862954, 0.26130258, 0.27577711],
      range: '0-1',
    },
  },
  symmetric: {
    title: '−1 to 1',
    users: 'TensorFlow, Inception, SigLIP',
    preprocessing: { mean: [0, 0, 0], deviation: [1, 1, 1], range: '-1-1' },
  },
  unit: {
    title: '0 to 1',
    users: 'networks that normalise by themselves',
    preprocessing: { mean: [0, 0, 0], deviation: [1, 1, 1], range: '0-1' },
  },
  bytes: {
    title: '0 to 255',
    users: 'EfficientNet of Keras',
    preprocessing: { mean: [0, 0, 0], deviation: [1, 1, 1], range: '0-255' },
  },
};
