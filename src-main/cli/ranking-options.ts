/** The switches that improve the order of a search. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Ranking, usualRanking } from '../contract/index.ts';

export interface RankingOptions {
  expand?: NonNullable<Ranking['expansion']>;
  refine?: boolean;
  diffuse?: boolean;
  geometry?: boolean;
}

export function withRankingOptions(command: Command): Command {
  return command
    .option(
      '--expand <n[:alpha]>',
      'search again with the first n results added, each weighted by its similarity to the power alpha (0: all alike)',
      expansion,
    )
    .option('--refine', 'order the first results anew by descriptors that their neighbours have refined')
    .option('--diffuse', 'order the first results anew by how well similar photos lead to them')
    .option('--geometry', 'order the first results anew by how many places of both pictures fit together');
}

function expansion(text: string): NonNullable<Ranking['expansion']> {
  const [, count, alpha = String(usualRanking.expansion.alpha)] =
    /^(\d+)(?::(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const parsed = { count: Number(count), alpha: Number(alpha) };
  if (parsed.count >= 1 && parsed.count <= 50 && parsed.alpha <= 10) return parsed;
  throw new InvalidArgumentError('It must be 1 to 50, or with an alpha up to 10, e.g. 5:3.');
}

/** undefined where no switch is on. */
export function rankingOf({ expand, refine, diffuse, geometry }: RankingOptions): Ranking | undefined {
  const ranking: Ranking = {
    ...(expand ? { expansion: expand } : {}),
    ...(refine ? { refinement: usualRanking.refinement } : {}),
    ...(diffuse ? { diffusion: usualRanking.diffusion } : {}),
    ...(geometry ? { geometry: usualRanking.geometry } : {}),
  };
  return Object.keys(ranking).length > 0 ? ranking : undefined;
}
