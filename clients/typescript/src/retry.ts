/** Waits that double from `first` to `longest` seconds, each cut by chance by up to a half. */
export class Backoff {
  private failures = 0;
  constructor(
    private readonly first: number,
    private readonly longest: number,
  ) {}

  wait(): number {
    const full = Math.min(this.longest, this.first * 2 ** Math.min(this.failures++, 32));
    return full * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}

/** Statuses that may be others in a moment. */
export const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Seconds to wait by a `Retry-After` header, as seconds or as a date; 0 where it says nothing. */
export function retryAfter(told: string | null, longest: number): number {
  if (told === null) return 0;
  const seconds = /^\d+$/.test(told.trim()) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), longest);
}

/** Resolves after so many seconds; rejects with the signal's reason when it is aborted. */
export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
