/** The parts of an example while they are drawn: at most one crop, and areas that do not count. */
import type { Rectangle } from '../../src-main/contract/index.ts';
import type { ExampleParts } from '../searching/query.ts';

/** What the engine takes. */
const mostIgnored = 16;

export type PartKind = 'crop' | 'ignored';

/** Which part: the crop, or an ignored area by its place. */
export interface PartPlace {
  kind: PartKind;
  place: number;
}

export class PartsDraft {
  crop = $state.raw<Rectangle | null>(null);
  ignored = $state.raw<readonly Rectangle[]>([]);
  /** What is drawn next. */
  kind = $state<PartKind>('crop');
  selected = $state.raw<PartPlace | null>(null);

  constructor({ crop, ignored }: ExampleParts) {
    this.crop = crop;
    this.ignored = ignored;
    if (crop) this.selected = { kind: 'crop', place: 0 };
  }

  get parts(): ExampleParts {
    return { crop: this.crop, ignored: this.ignored };
  }

  /** All of them, with where they stand. */
  get list(): (PartPlace & { rectangle: Rectangle })[] {
    const crop = this.crop ? [{ kind: 'crop' as const, place: 0, rectangle: this.crop }] : [];
    return [
      ...crop,
      ...this.ignored.map((rectangle, place) => ({ kind: 'ignored' as const, place, rectangle })),
    ];
  }

  get canAdd(): boolean {
    return this.kind === 'crop' || this.ignored.length < mostIgnored;
  }

  at({ kind, place }: PartPlace): Rectangle | null {
    return kind === 'crop' ? this.crop : (this.ignored.at(place) ?? null);
  }

  isSelected({ kind, place }: PartPlace): boolean {
    return this.selected?.kind === kind && this.selected.place === place;
  }

  select({ kind, place }: PartPlace): void {
    this.selected = { kind, place };
    this.kind = kind;
  }

  /** Adds a part of the present kind; a second crop takes the place of the first. */
  add(rectangle: Rectangle): void {
    if (!this.canAdd) return;
    if (this.kind === 'crop') this.crop = rectangle;
    else this.ignored = [...this.ignored, rectangle];
    this.selected = { kind: this.kind, place: this.kind === 'crop' ? 0 : this.ignored.length - 1 };
  }

  change({ kind, place }: PartPlace, rectangle: Rectangle): void {
    if (kind === 'crop') this.crop = rectangle;
    else this.ignored = this.ignored.with(place, rectangle);
  }

  remove({ kind, place }: PartPlace): void {
    if (kind === 'crop') this.crop = null;
    else this.ignored = this.ignored.filter((_, other) => other !== place);
    this.selected = null;
  }

  clear(): void {
    this.crop = null;
    this.ignored = [];
    this.selected = null;
  }
}
