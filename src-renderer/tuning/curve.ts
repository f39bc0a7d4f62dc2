/** Room beside the outermost points, for the line's own width. */
const margin = 3;

/** Path of values over equal steps, drawn from the least to the greatest; a value that is not known leaves a gap. */
export function curveOf(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const spread = Math.max(...known) - least || 1;
  const at = (place: number): number =>
    margin + ((width - 2 * margin) * place) / Math.max(1, values.length - 1);
  let pen = 'M';
  return values
    .map((value, place) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const up = height - margin - ((height - 2 * margin) * (value - least)) / spread;
      const point = `${pen}${at(place).toFixed(1)} ${up.toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
}
