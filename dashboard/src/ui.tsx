/** What every view says alike: that it loads, is empty, failed, is stale; names, times and tables. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "./service";

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Failed({ error, again }: { error: string; again?: () => void }) {
  return (
    <div class="failed" role="alert">
      <p>{error}</p>
      {again && <button onClick={again}>Try again</button>}
    </div>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      Loading…
    </p>
  );
}

export type Loaded<T> = { value: T | null; error: string | null; again: () => void };

/** What the service answers, asked again every so many milliseconds. */
export function useAnswer<T>(get: () => Promise<T>, every: number, ...keys: unknown[]): Loaded<T> {
  const [state, set] = useState<{ value: T | null; error: string | null }>({ value: null, error: null });
  const [turn, next] = useState(0);
  useEffect(() => {
    let open = true;
    let timer = 0;
    const look = async () => {
      try {
        const value = await get();
        if (open) set({ value, error: null });
      } catch (error) {
        if (open) set((before) => ({ ...before, error: words(error) }));
      }
      if (open && every > 0) timer = window.setTimeout(look, every);
    };
    void look();
    return () => {
      open = false;
      clearTimeout(timer);
    };
  }, [turn, every, ...keys]);
  return { ...state, again: () => next((before) => before + 1) };
}

/** Draws anew every so many milliseconds, for what is told as "12 s ago". */
export function useBeat(every: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), every);
    return () => clearInterval(timer);
  }, [every]);
}

/** Does something that may fail, and says so beside it. */
export function Action({
  children,
  work,
  sure,
  kind = "",
}: {
  children: ComponentChildren;
  work: () => Promise<unknown>;
  sure?: string;
  kind?: string;
}) {
  const [state, set] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  const act = async () => {
    if (sure !== undefined && !confirm(sure)) return;
    set({ busy: true, error: null });
    try {
      await work();
      set({ busy: false, error: null });
    } catch (error) {
      set({ busy: false, error: words(error) });
    }
  };
  return (
    <span class="action">
      <button type="button" class={kind} disabled={state.busy} onClick={act}>
        {children}
      </button>
      {state.error !== null && <span role="alert">{state.error}</span>}
    </span>
  );
}

export function Table({ head, rows }: { head: string[]; rows: ComponentChildren[][] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={head.join(", ")}>
      <table>
        <thead>
          <tr>
            {head.map((each) => (
              <th scope="col">{each}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** A figure with as many digits as it needs; what is not known is a dash, never a zero. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export function moment(time: string | null | undefined): string {
  return time ? new Date(time).toLocaleString() : "–";
}
