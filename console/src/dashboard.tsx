/** Figures of the log; each leads to the conversations behind it. */
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { api, Refused } from "./api";
import { share, words, written } from "./format";
import { Dialog, ErrorText } from "./parts";
import type { Figures, Tile } from "./types";

const INKS = ["--c1", "--c2", "--c3", "--c4", "--c5"];
const MOST_LINES = 5;

export function Dashboard({ canOpen, onOpen }: { canOpen: boolean; onOpen: (ids: string[]) => void }) {
  const [days, setDays] = useState(30);
  const [figures, setFigures] = useState<Figures | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [behind, setBehind] = useState<{ title: string; ids: string[]; tile?: Tile } | null>(null);
  useEffect(() => {
    api.get<Figures>(`/dashboard?days=${days}`).then(setFigures, (trouble: Refused) => setError(trouble.message));
  }, [days]);
  const byCode = new Map<string, number>();
  for (const each of figures?.refusals ?? []) byCode.set(each.code, (byCode.get(each.code) ?? 0) + each.count);
  const reasons = [...byCode].sort((a, b) => b[1] - a[1]).slice(0, 5);
  const show = (title: string, ids: string[]) => setBehind({ title, ids });
  return (
    <main class="dashboard">
      <header>
        <div>
          <h1>Dashboard</h1>
          <p class="quiet">
            {figures && (
              <>
                <button type="button" class="link" onClick={() => show("Conversations", figures.behind)}>
                  {figures.conversations} conversations
                </button>{" "}
                in which somebody said something.
              </>
            )}
          </p>
        </div>
        <label>
          Time
          <select value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            <option value="1">Last day</option>
            <option value="7">Last 7 days</option>
            <option value="30">Last 30 days</option>
            <option value="90">Last 90 days</option>
          </select>
        </label>
        <a class="button" href={`/agent/api/dashboard.csv?days=${days}`} download>
          Export CSV
        </a>
      </header>
      <ErrorText text={error} />
      {figures && (
        <>
          <ul class="tiles">
            {figures.tiles.map((tile) => (
              <TileView tile={tile} onShow={() => setBehind({ title: tile.title, ids: tile.conversations, tile })} />
            ))}
          </ul>
          <div class="charts">
            <Topics figures={figures} onShow={show} />
            <section>
              <h2>Refusals by reason</h2>
              <Bars labels={reasons.map(([code]) => code)} values={reasons.map(([, count]) => count)} ink="--c2" />
              <Table
                head={["Reason", "Rule", "Count"]}
                rows={figures.refusals.map((each) => ({
                  cells: [words(each.code), words(each.rule), String(each.count)],
                  ids: each.conversations,
                }))}
                onShow={show}
              />
            </section>
            <section>
              <h2>How far changes get</h2>
              {figures.funnel.length === 0 && <p class="empty">No change was begun.</p>}
              {figures.funnel.length > 0 && (
                <Bars
                  labels={["started", "seat", "confirm", "done"]}
                  ink="--c3"
                  values={["started", "seat", "confirm", "done"].map((step) =>
                    figures.funnel.reduce(
                      (sum, task) => sum + (task.steps.find((each) => each.step === step)?.count ?? 0),
                      0,
                    ),
                  )}
                />
              )}
              <Table
                head={["Change", "Step", "Conversations"]}
                onShow={show}
                rows={figures.funnel.flatMap((task) =>
                  task.steps.map((step) => ({
                    cells: [words(task.task), words(step.step), String(step.count)],
                    ids: step.conversations,
                  })),
                )}
              />
            </section>
            <section>
              <h2>Suggested replies</h2>
              <p class="quiet">{figures.suggestions.total} in all</p>
              <Bars
                labels={Object.keys(figures.suggestions.states)}
                values={Object.values(figures.suggestions.states)}
                ink="--c4"
              />
              <Table
                head={["State", "Suggestions"]}
                onShow={show}
                rows={Object.entries(figures.suggestions.states).map(([state, count]) => ({
                  cells: [words(state), String(count)],
                  ids: figures.suggestions.behind[state] ?? [],
                }))}
              />
            </section>
          </div>
        </>
      )}
      {behind && <Behind {...behind} canOpen={canOpen} onOpen={onOpen} onClose={() => setBehind(null)} />}
    </main>
  );
}

/** What a figure stands on: by day where it has days, and the conversations, of all days or of one. */
function Behind({
  title,
  ids,
  tile,
  canOpen,
  onOpen,
  onClose,
}: {
  title: string;
  ids: string[];
  tile?: Tile;
  canOpen: boolean;
  onOpen: (ids: string[]) => void;
  onClose: () => void;
}) {
  const [day, setDay] = useState<string | null>(null);
  const shown = tile?.series.find((each) => each.day === day)?.conversations ?? ids;
  const points = tile?.series ?? [];
  const scale = tile?.unit === "share" ? 100 : 1;
  return (
    <Dialog title={`Behind: ${title}`} onClose={onClose} wide={points.length > 0}>
      {tile && points.length > 0 && (
        <>
          <Chart
            height={180}
            label={`${title} by day: ${points.map((each) => `${each.day} ${figure(tile.unit, each.value)}`).join(", ")}`}
            data={[
              points.map((each) => noon(each.day)),
              points.map((each) => (each.value === null ? null : each.value * scale)),
            ]}
            make={() => ({
              tzDate: (at: number) => uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"),
              scales: {
                x: { range: [noon(points[0]!.day) - 43_200, noon(points.at(-1)!.day) + 43_200] },
                y: {
                  range: (_: uPlot, __: number, most: number) => [
                    0,
                    tile.unit === "share" ? 100 : Math.max(4, most * 1.1),
                  ],
                },
              },
              axes: axes({
                splits: () => points.map((each) => noon(each.day)),
                values: (_: uPlot, at: number[]) => at.map((each) => new Date(each * 1e3).toISOString().slice(5, 10)),
              }),
              legend: { show: false },
              series: [{}, { label: title, stroke: ink("--c1"), width: 2, points: { show: true, size: 8 } }],
            })}
          />
          <table class="by-day">
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">{tile.unit === "share" ? "Share" : "Median"}</th>
                <th scope="col">{tile.unit === "share" ? "Of" : "Answers"}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((each) => (
                <tr aria-current={each.day === day ? "true" : undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link"
                      aria-pressed={each.day === day}
                      onClick={() => setDay(each.day === day ? null : each.day)}
                    >
                      {written(each.day)}
                    </button>
                  </th>
                  <td>{figure(tile.unit, each.value)}</td>
                  <td>{tile.unit === "share" ? `${each.count} of ${each.of}` : each.of}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <p role="status">
        {shown.length} {shown.length === 1 ? "conversation" : "conversations"}
        {day && ` on ${written(day)}`}
      </p>
      <ul class="ids">
        {shown.map((id) => (
          <li>
            <code>{id}</code>
          </li>
        ))}
      </ul>
      {canOpen && shown.length > 0 && (
        <footer>
          <button type="button" class="primary" onClick={() => onOpen(shown)}>
            Show them in the inbox
          </button>
        </footer>
      )}
    </Dialog>
  );
}

const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`) / 1000;

function figure(unit: string, value: number | null): string {
  if (value === null) return "–";
  return unit === "share" ? share(value) : value < 90 ? `${value} s` : `${Math.round(value / 60)} min`;
}

function TileView({ tile, onShow }: { tile: Tile; onShow: () => void }) {
  return (
    <li>
      <button type="button" onClick={onShow}>
        <span class="title">{tile.title}</span>
        <span class="value">{figure(tile.unit, tile.value)}</span>
        <span class="quiet">{tile.unit === "share" ? `${tile.count} of ${tile.of}` : `median of ${tile.of}`}</span>
        <Spark tile={tile} />
      </button>
    </li>
  );
}

const WIDE = 120;
const HIGH = 26;

/** The figure by day as a small line; the numbers are behind the tile. */
function Spark({ tile }: { tile: Tile }) {
  const known = tile.series.filter((each) => each.value !== null);
  if (known.length < 2) return <svg class="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden="true" />;
  const from = noon(known[0]!.day);
  const span = noon(known.at(-1)!.day) - from;
  const most = tile.unit === "share" ? 1 : Math.max(...known.map((each) => each.value!)) || 1;
  const dots = known.map(
    (each) =>
      [3 + ((noon(each.day) - from) / span) * (WIDE - 6), HIGH - 3 - (each.value! / most) * (HIGH - 6)] as const,
  );
  return (
    <svg class="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={dots.map(([at, value]) => `${at.toFixed(1)},${value.toFixed(1)}`).join(" ")} />
    </svg>
  );
}

const ink = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#666";

/** A uPlot chart that follows its place's width and the look of the page. */
function Chart({
  height,
  make,
  data,
  label,
}: {
  height: number;
  make: () => Partial<uPlot.Options>;
  data: uPlot.AlignedData;
  label: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = place.current!;
    let chart: uPlot | null = null;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot({ width: Math.max(280, at.clientWidth), height, series: [], ...make() }, data, at);
    };
    draw();
    const size = new ResizeObserver(() => chart?.setSize({ width: Math.max(280, at.clientWidth), height }));
    size.observe(at);
    const look = new MutationObserver(draw);
    look.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      size.disconnect();
      look.disconnect();
      chart?.destroy();
    };
  }, [data, height, make]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}

function axes(more: Partial<uPlot.Axis> = {}): uPlot.Axis[] {
  const shared = {
    stroke: ink("--quiet"),
    grid: { stroke: ink("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  return [
    { ...shared, ...more, grid: { show: false } },
    { ...shared, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
  ];
}

function Topics({ figures, onShow }: { figures: Figures; onShow: (title: string, ids: string[]) => void }) {
  const { days, series } = figures.topics;
  const shown = series.slice(0, MOST_LINES);
  const x = days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);
  return (
    <section class="topics">
      <h2>Questions by topic</h2>
      {days.length === 0 && <p class="empty">Nothing was asked in this time.</p>}
      {days.length > 0 && (
        <Chart
          height={240}
          label={`Questions by day: ${shown.map((each) => `${each.title} ${each.total}`).join(", ")}`}
          data={[x, ...shown.map((each) => each.counts)]}
          make={() => ({
            tzDate: (at: number) => uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"),
            scales: {
              x: days.length === 1 ? { range: [x[0]! - 86_400, x[0]! + 86_400] } : {},
              y: { range: (_: uPlot, __: number, most: number) => [0, Math.max(4, most * 1.1)] },
            },
            axes: axes({
              values: (_: uPlot, at: number[]) =>
                at.map((each) => (each % 86_400 === 0 ? new Date(each * 1e3).toISOString().slice(5, 10) : "")),
            }),
            legend: { live: false },
            series: [
              {},
              ...shown.map((each, index) => ({
                label: each.title,
                stroke: ink(INKS[index]!),
                width: 2,
                points: { show: true, size: 7 },
              })),
            ],
          })}
        />
      )}
      <Table
        head={["Topic", "Label", "Questions"]}
        rows={series.map((each) => ({ cells: [each.title, each.label, String(each.total)], ids: each.conversations }))}
        onShow={onShow}
      />
    </section>
  );
}

function Bars({ labels, values, ink: colour }: { labels: string[]; values: number[]; ink: string }) {
  if (!labels.length) return <p class="empty">Nothing in this time.</p>;
  return (
    <Chart
      height={210}
      label={labels.map((each, at) => `${words(each)} ${values[at]}`).join(", ")}
      data={[labels.map((_, at) => at), values]}
      make={() => ({
        scales: {
          x: { time: false, range: [-0.6, labels.length - 0.4] },
          y: { range: (_: uPlot, __: number, most: number) => [0, Math.max(4, most * 1.1)] },
        },
        axes: axes({
          splits: () => labels.map((_, at) => at),
          size: 56,
          values: () => labels.map((each) => words(each).replaceAll(" ", "\n")),
        }),
        legend: { show: false },
        cursor: { show: false },
        series: [
          {},
          {
            fill: ink(colour),
            stroke: ink(colour),
            paths: uPlot.paths.bars!({ size: [0.6, 60] }),
            points: { show: false },
          },
        ],
      })}
    />
  );
}

function Table({
  head,
  rows,
  onShow,
}: {
  head: string[];
  rows: { cells: string[]; ids: string[] }[];
  onShow: (title: string, ids: string[]) => void;
}) {
  if (!rows.length) return null;
  return (
    <details class="figures">
      <summary>As a table, with the conversations</summary>
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
              <th scope="row">
                <button type="button" class="link" onClick={() => onShow(row.cells.slice(0, 2).join(", "), row.ids)}>
                  {row.cells[0]}
                </button>
              </th>
              {row.cells.slice(1).map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
