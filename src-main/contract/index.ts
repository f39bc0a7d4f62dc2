/** What crosses a process boundary. Imports nothing but its validator. */
export * from './catalogue.ts';
export * from './commands.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './host.ts';
export * from './job-progress.ts';
export * from './messages.ts';
export * from './photo-filter.ts';
export * from './preprocessing.ts';
export * from './presets.ts';
export * from './profiles.ts';
export * from './recipe.ts';
export * from './recipe-model.ts';
export * from './security-headers.ts';
export * from './sibling.ts';
export * from './tuning.ts';
export * from './types.ts';
