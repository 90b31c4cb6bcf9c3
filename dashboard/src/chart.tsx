/** Charts stacked on one axis of time: one cursor, one zoom, the same marks over all of them. */

import { type Signal, signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Series } from "./series";
import { Table, clock, figure } from "./ui";
import type { Mark, Watched } from "./watched";

export interface Panel {
  title: string;
  /** Names of readings, the first one's least and greatest as a band. */
  readings: string[];
  unit?: string;
  range?: [number, number];
}

/** What part of the axis is shown; null for all of it, with its live end. */
export type Zoom = Signal<[number, number] | null>;

export function zoomed(): Zoom {
  return signal<[number, number] | null>(null);
}

const COLOURS = ["--line-1", "--line-2", "--line-3", "--line-4"];
const MARKS: Record<Mark["kind"], string> = {
  cut: "--mark-cut",
  fault: "--mark-fault",
  gap: "--mark-gap",
  alert: "--mark-alert",
  clip: "--mark-clip",
  flag: "--mark-alert",
  source: "--mark-gap",
};
const HEIGHT = 130;
const ROWS = 60;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** One axis for readings that need not have the same moments. */
function table(series: Series[]): uPlot.AlignedData {
  const [first] = series;
  if (series.length === 1 && first) return [first.at, first.mean] as uPlot.AlignedData;
  return uPlot.join(series.map((each) => [each.at, each.mean] as uPlot.AlignedData));
}

interface Props {
  watched: Watched;
  panel: Panel;
  track: string;
  zoom: Zoom;
  picked: (at: number) => void;
}

export function Chart({ watched, panel, track, zoom, picked }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const [asTable, show] = useState(false);
  const prefix = track ? `${track}\u0000` : "";
  const found = panel.readings.filter((name) => watched.series.has(prefix + name));
  const series = found.map((name) => watched.series.get(prefix + name)!);
  const version = watched.changed.value;
  const part = zoom.value;

  useEffect(() => {
    const element = place.current;
    if (!element || series.length === 0 || asTable) return;
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false } };
    const chart = new uPlot(
      {
        width: element.clientWidth || 600,
        height: HEIGHT,
        legend: { show: false },
        cursor: {
          sync: { key: watched.id },
          drag: { x: true, y: false, setScale: false },
          points: { size: 6 },
        },
        scales: { x: { time: false }, y: panel.range ? { range: panel.range } : {} },
        axes: [
          { ...axis, size: 24, space: 90, values: (_, ticks) => ticks.map(clock) },
          { ...axis, size: 46, values: (_, ticks) => ticks.map((each) => figure(each)) },
        ],
        series: [
          {},
          ...found.map((name, i) => ({
            label: name,
            stroke: colour(COLOURS[i % COLOURS.length]!),
            width: 1.5,
            points: { show: false },
            spanGaps: false,
          })),
        ],
        hooks: {
          draw: [(it) => marks(it, watched.marks)],
          setSelect: [
            (it) => {
              if (it.select.width < 4) return;
              zoom.value = [
                it.posToVal(it.select.left, "x"),
                it.posToVal(it.select.left + it.select.width, "x"),
              ];
              it.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      table(series),
      element,
    );
    chart.over.addEventListener("click", () => {
      const at = chart.posToVal(chart.cursor.left ?? -1, "x");
      if (Number.isFinite(at)) picked(at);
    });
    chart.over.addEventListener("dblclick", () => (zoom.value = null));
    const sized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth || 600, height: HEIGHT }));
    sized.observe(element);
    drawn.current = chart;
    return () => {
      sized.disconnect();
      chart.destroy();
      drawn.current = null;
    };
  }, [found.join(), asTable, track]);

  useEffect(() => {
    const chart = drawn.current;
    if (!chart || series.length === 0) return;
    chart.setData(table(series), false);
    const all: [number, number] = [watched.begun, Math.max(watched.now, watched.begun + 1)];
    const [min, max] = part ?? all;
    chart.setScale("x", { min, max });
  }, [version, part, found.join(), asTable]);

  if (series.length === 0) return null;
  return (
    <figure class="chart">
      <figcaption>
        <span>{panel.title}</span>
        {found.map((name, i) => (
          <span class="reading">
            <i style={{ background: `var(${COLOURS[i % COLOURS.length]})` }} />
            {name} <b>{figure(series[i]!.last)}</b>
            {panel.unit ? ` ${panel.unit}` : ""}
          </span>
        ))}
        <button type="button" aria-pressed={asTable} onClick={() => show(!asTable)}>
          {asTable ? "Chart" : "Table"}
        </button>
      </figcaption>
      {asTable ? (
        <Values found={found} series={series} zoom={part} />
      ) : (
        <div ref={place} role="img" aria-label={`${panel.title} over time; the table has the figures`} />
      )}
    </figure>
  );
}

function Values({ found, series, zoom }: { found: string[]; series: Series[]; zoom: [number, number] | null }) {
  const [times = [], ...values] = table(series);
  const rows: string[][] = [];
  for (let i = times.length - 1; i >= 0 && rows.length < ROWS; i -= 1) {
    const at = times[i]!;
    if (zoom && (at < zoom[0] || at > zoom[1])) continue;
    rows.push([clock(at), ...values.map((column) => figure(column[i] as number | null))]);
  }
  return <Table head={["time", ...found]} rows={rows} />;
}

function marks(chart: uPlot, found: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 0 } = chart.scales["x"] ?? {};
  ctx.save();
  for (const mark of found) {
    if (mark.to < (min ?? 0) || mark.from > (max ?? 0)) continue;
    const from = Math.max(chart.valToPos(mark.from, "x", true), bbox.left);
    const to = Math.min(chart.valToPos(mark.to, "x", true), bbox.left + bbox.width);
    ctx.fillStyle = colour(MARKS[mark.kind]);
    ctx.globalAlpha = to - from > 2 ? 0.25 : 0.8;
    ctx.fillRect(from, bbox.top, Math.max(to - from, 1.5), bbox.height);
  }
  ctx.restore();
}
