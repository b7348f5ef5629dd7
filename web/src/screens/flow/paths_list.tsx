// Signal paths as text: for who listens instead of looking, for small screens and for paper.
import type { Flow } from '../../flow/paths.ts';
import { lineName, words, type Chain } from '../../flow/trace.ts';

export const PathLine = ({ flow, chain }: { flow: Flow; chain: Chain }) => (
  <ol className="flow-path">{words(flow, chain).map((one, i) => <li key={i}>{one}</li>)}</ol>
);

// The same to press.
const PathButton = ({ flow, chain, onPress }: { flow: Flow; chain: Chain; onPress(): void }) => (
  <button type="button" className="flow-jump" title="Choose this connection" onClick={onPress}>
    <span className="flow-path">{words(flow, chain).map((one, i) => <span key={i}>{one}</span>)}</span>
  </button>
);

interface PathLinesProps {
  flow: Flow;
  chains: readonly Chain[];
  label: string;
  onChoose?(key: string): void; // of one of the connections
}

// In the order of where they end.
export function PathLines({ flow, chains, label, onChoose }: PathLinesProps) {
  const choose = (id: string) => onChoose!(`connection:${id}`);
  return (
    <ul className="flow-paths" aria-label={label}>
      {chains.map((chain) => {
        const note = chain.at(-1)!.row.note;
        return (
          <li key={chain.map((path) => path.id).join()}>
            {onChoose && chain.length === 1 ? <PathButton flow={flow} chain={chain} onPress={() => choose(chain[0]!.id)} /> : <PathLine flow={flow} chain={chain} />}
            {typeof note === 'string' && note && <div className="dim small">{note}</div>}
            {onChoose && chain.length > 1 && chain.map((path) => (
              <button key={path.id} type="button" className="flow-jump flow-part" title="Choose this connection" onClick={() => choose(path.id)}><span>{lineName(flow, path)}</span></button>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
