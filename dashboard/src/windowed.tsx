/** A long list of which only what is near the window is there: chunks that come and go, and keep their height. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const CHUNK = 50;
const AROUND = "600px";

interface Props<T> {
  items: readonly T[];
  /** Pixels of a row, before any was seen. */
  height: number;
  row: (item: T, index: number) => ComponentChildren;
  label: string;
  /** Whether the end stays in sight while the list grows, as long as it is in sight. */
  tail?: boolean;
}

export function Windowed<T>({ items, height, row, label, tail = false }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const chunks = Math.ceil(items.length / CHUNK);
  useEffect(() => {
    const element = box.current;
    if (tail && element && following.current) element.scrollTop = element.scrollHeight;
  }, [items.length, tail]);
  const scrolled = () => {
    const element = box.current;
    if (element) following.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
  };
  return (
    <div class="windowed" ref={box} onScroll={scrolled} tabIndex={0} role="region" aria-label={label}>
      <div role="list">
        {Array.from({ length: chunks }, (_, chunk) => (
          <Chunk
            key={chunk}
            items={items}
            from={chunk * CHUNK}
            count={Math.min(CHUNK, items.length - chunk * CHUNK)}
            height={height}
            row={row}
            box={box}
          />
        ))}
      </div>
    </div>
  );
}

interface ChunkProps<T> {
  items: readonly T[];
  from: number;
  count: number;
  height: number;
  row: (item: T, index: number) => ComponentChildren;
  box: { current: HTMLDivElement | null };
}

function Chunk<T>({ items, from, count, height, row, box }: ChunkProps<T>) {
  const place = useRef<HTMLDivElement>(null);
  const tall = useRef(count * height);
  const [near, set] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const seen = new IntersectionObserver(
      (entries) => {
        const entry = entries[entries.length - 1];
        if (!entry) return;
        if (!entry.isIntersecting && element.childElementCount > 0) tall.current = element.offsetHeight;
        set(entry.isIntersecting);
      },
      { root: box.current, rootMargin: AROUND },
    );
    seen.observe(element);
    return () => seen.disconnect();
  }, [box]);
  if (!near) return <div ref={place} style={{ height: `${Math.max(tall.current, count * 8)}px` }} />;
  return <div ref={place}>{items.slice(from, from + count).map((item, i) => row(item, from + i))}</div>;
}
