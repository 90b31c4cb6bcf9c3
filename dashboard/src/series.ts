/** Readings over time, bounded whatever the length of a stream: when there are too many points, neighbours are joined. */

const MOST = 8192;

export class Series {
  /** Seconds, ascending; `mean`, `least` and `greatest` of each. Null where it is not known, so that no line is drawn there. */
  at: number[] = [];
  mean: (number | null)[] = [];
  least: (number | null)[] = [];
  greatest: (number | null)[] = [];
  private share = 1;
  private waiting = 0;

  push(at: number, mean: number | null, least = mean, greatest = mean): void {
    const last = this.at.length - 1;
    if (this.waiting > 0 && last >= 0 && mean !== null && this.mean[last] !== null) {
      const weight = 1 / (this.share - this.waiting + 1);
      this.mean[last] = this.mean[last]! * (1 - weight) + mean * weight;
      this.least[last] = Math.min(this.least[last]!, least!);
      this.greatest[last] = Math.max(this.greatest[last]!, greatest!);
      this.waiting -= 1;
      return;
    }
    this.at.push(at);
    this.mean.push(mean);
    this.least.push(least);
    this.greatest.push(greatest);
    this.waiting = this.share - 1;
    if (this.at.length > MOST) this.halve();
  }

  get last(): number | null {
    return this.mean[this.mean.length - 1] ?? null;
  }

  private halve(): void {
    const joined = new Series();
    for (let i = 0; i < this.at.length; i += 2) {
      const pair = [i, i + 1].filter((j) => j < this.at.length && this.mean[j] !== null);
      const mean = pair.length ? pair.reduce((sum, j) => sum + this.mean[j]!, 0) / pair.length : null;
      joined.at.push(this.at[i]!);
      joined.mean.push(mean);
      joined.least.push(mean === null ? null : Math.min(...pair.map((j) => this.least[j]!)));
      joined.greatest.push(mean === null ? null : Math.max(...pair.map((j) => this.greatest[j]!)));
    }
    this.at = joined.at;
    this.mean = joined.mean;
    this.least = joined.least;
    this.greatest = joined.greatest;
    this.share *= 2;
    this.waiting = 0;
  }
}
