/** The optimiser that all training here shares. */
import type { Values } from '../descriptor/index.ts';

export interface AdamSettings {
  /** Length of a step of each parameter, about, while gradients agree. */
  rate: number;
  /** Share of the way back to its start that each parameter is drawn at each step. */
  decay?: number;
}

/**
 * Changes the parameters by one step.
 * @param pace factor on rate and decay, as a schedule wants it
 */
export type Update = (gradient: Values, pace: number) => void;

const firstMoment = 0.9;
const secondMoment = 0.999;
const epsilon = 1e-8;

/**
 * Adam (Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR 2015) with weight decay apart from the gradient
 * (Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR 2019), towards the start instead of zero (Li,
 * Grandvalet & Davoine, Explicit Inductive Bias for Transfer Learning with Convolutional Networks, ICML 2018).
 * @param parameters changed in place by each update
 */
export function adam(parameters: Values, { rate, decay = 0 }: AdamSettings): Update {
  const start = decay > 0 ? parameters.slice() : parameters;
  const mean = parameters.slice().fill(0);
  const square = parameters.slice().fill(0);
  let step = 0;
  return (gradient, pace) => {
    step += 1;
    const meanScale = 1 / (1 - firstMoment ** step);
    const squareScale = 1 / (1 - secondMoment ** step);
    for (let i = 0; i < parameters.length; i++) {
      mean[i] += (1 - firstMoment) * (gradient[i] - mean[i]);
      square[i] += (1 - secondMoment) * (gradient[i] * gradient[i] - square[i]);
      const move = (rate * mean[i] * meanScale) / (Math.sqrt(square[i] * squareScale) + epsilon);
      parameters[i] -= pace * (move + decay * (parameters[i] - start[i]));
    }
  };
}
