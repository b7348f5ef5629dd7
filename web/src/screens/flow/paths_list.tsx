// Signal paths as text: for who listens instead of looking, for small screens and for paper.
import type { Flow } from '../../flow/paths.ts';
import { lineName, words, type Chain } from '../../flow/trace.ts';

export const PathLine = ({ flow, chain }: { flow: Flow; chain: Chain }) => (
  <ol className="flow-path">{words(flow, chain).map((one, i) => <li key={i}>{one}</li>)}</ol>
);

interface PathLinesProps {
  flow: Flow;
  chains: readonly Chain[];
  label: string;
  onChoose?(key: string): void; // of one of the connections
}

// In the order of where they end.
export function PathLines({ flow, chains, label, onChoose }: PathLinesProps) {
  return (
    <ul className="flow-paths" aria-label={label}>
      {chains.map((chain) => {
        const note = chain.at(-1)!.row.note;
        return (
          <li key={chain.map((path) => path.id).join()}>
            <PathLine flow={flow} chain={chain} />
            {typeof note === 'string' && note && <div className="dim small">{note}</div>}
            {onChoose && chain.map((path) => (
              <button key={path.id} type="button" className="flow-line" aria-label={`Choose the connection ${lineName(flow, path)}`} onClick={() => onChoose(`connection:${path.id}`)}>
                {chain.length > 1 ? lineName(flow, path) : 'Choose this connection'}
              </button>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
