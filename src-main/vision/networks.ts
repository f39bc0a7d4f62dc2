/** Which networks an extraction needs, one for each model that its taps are of. */
import { noModel, SemblanceError } from '../contract/index.ts';
import { type PowerMeanLayout, statisticLength } from '../descriptor/index.ts';
import type { DeviceUse } from './device-store.ts';
import type { InstalledModel } from './models.ts';
import type { ExtractionSettings, NetworkSetting, WorkerSetting } from './vision-messages.ts';

interface Networks {
  /** One for each network. */
  models: InstalledModel[];
  networks: NetworkSetting[];
  order: WorkerSetting['order'];
  /** What comes out, in the order of the settings. */
  taps: PowerMeanLayout['taps'];
}

/**
 * @param models the first is that of all taps that name no other
 * @throws SemblanceError `no-model` when a tap names one that is not given, `model-invalid` when its model lacks it, or of
 *   `statisticLength`
 */
export function networksOf(
  models: readonly InstalledModel[],
  settings: ExtractionSettings,
  device: (model: InstalledModel) => DeviceUse,
): Networks {
  const wanted = settings.taps.map(({ name, model, statistic }) => {
    const { info } = named(models, model?.name ?? models[0].info.name);
    const tap = info.taps.find((candidate) => candidate.name === name);
    if (tap === undefined) {
      throw new SemblanceError('model-invalid', `The model '${info.name}' has no tap '${name}'.`);
    }
    statisticLength(statistic, tap.channels);
    return { model: info.name, name, channels: tap.channels, statistic };
  });
  const used = models.filter(({ info }) => wanted.some(({ model }) => model === info.name));
  const order = wanted.map(({ model }, i) => ({
    network: used.findIndex(({ info }) => info.name === model),
    request: wanted.slice(0, i).filter((before) => before.model === model).length,
  }));
  const networks = used.map((model): NetworkSetting => ({
    graphPath: model.graphPath,
    requests: wanted
      .filter((each) => each.model === model.info.name)
      .map(({ name, statistic }) => ({ name, statistic })),
    mapTaps: model.info.taps.map(({ name }) => name),
    ...device(model),
    // Alone it is run for each scale, as what libraries hold of it was.
    runsOnce: used.length > 1 && model.info.size !== null,
  }));
  return {
    models: used,
    networks,
    order,
    taps: wanted.map(({ name, channels, statistic }) => ({ name, channels, statistic })),
  };
}

/** @throws SemblanceError `no-model` */
function named(models: readonly InstalledModel[], name: string): InstalledModel {
  const model = models.find(({ info }) => info.name === name);
  if (model) return model;
  throw noModel(name);
}
