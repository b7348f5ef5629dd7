// The lag of each other node over the last minutes, as a plot, in words and as a table.
import { useEffect, useState } from 'react';
import { clock } from '../../parts/time.ts';
import { extentOf, lagWords, lineOf, minutesOf, windowMs, type Extent, type Lag } from '../../sync/lag.ts';
import { useSessionState } from '../../sync/use.ts';

const [width, height] = [980, 110]; // of the plot, in its own px
const [left, foot, top] = [52, 22, 10];
const everyMs = 5_000; // time goes on also where nothing is said
const ticks = [10, 5, 0]; // minutes ago

export function LagPlot() {
  const lags = useSessionState((state) => state.lags);
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, []);
  const now = Math.max(Date.now(), ...lags.flatMap(({ points }) => points.at(-1)?.at ?? []));
  const extent = extentOf(lags, now);
  return (
    <>
      <h2>Edits that waited, over the last {windowMs / 60_000} minutes</h2>
      {lags.map((lag) => <One key={lag.peer} lag={lag} extent={extent} now={now} />)}
    </>
  );
}

function One({ lag, extent, now }: { lag: Lag; extent: Extent; now: number }) {
  const words = lagWords(lag);
  return (
    <figure className="panel lag" aria-label={`Edits that waited: ${lag.name}`}>
      <figcaption><strong>{words}</strong><span className="lag-keys small" aria-hidden><span className="is-send">to send</span><span className="is-receive">to receive</span></span></figcaption>
      <svg viewBox={`0 0 ${left + width + 12} ${top + height + foot}`} role="img" aria-label={words}>
        <g className="lag-grid">
          {[0, extent.most / 2, extent.most].map((count) => <g key={count}>
            <path d={`M${left} ${top + height - (count / extent.most) * height}h${width}`} />
            {Number.isInteger(count) && <text x={left - 8} y={top + height - (count / extent.most) * height + 4} textAnchor="end">{count.toLocaleString('en')}</text>}
          </g>)}
          {ticks.map((minutes) => <text key={minutes} x={left + width - (minutes * 60_000 * width) / windowMs} y={top + height + 17} textAnchor={minutes ? 'middle' : 'end'}>{minutes ? `${minutes} min ago` : 'now'}</text>)}
        </g>
        <g transform={`translate(${left} ${top})`}>
          <path className="lag-line is-receive" d={lineOf(lag.points, 'receive', extent, width, height)} />
          <path className="lag-line is-send" d={lineOf(lag.points, 'send', extent, width, height)} />
        </g>
      </svg>
      <details>
        <summary>As a table</summary>
        <table className="data">
          <thead><tr><th>Minute until</th><th>Most to send</th><th>Most to receive</th></tr></thead>
          <tbody>{minutesOf(lag.points, now).map((one) => <tr key={one.at}><td>{clock(new Date(one.at).toISOString())}</td><td>{one.send}</td><td>{one.receive}</td></tr>)}</tbody>
        </table>
      </details>
    </figure>
  );
}
