// Where this node can be reached by others: addresses, and a code to scan.
import { useQuery } from '@tanstack/react-query';
import { encode } from 'uqr';
import { api, keys, taken } from '../../api/queries.ts';

export function NodeCard() {
  const { data: node } = useQuery({ queryKey: keys.node, queryFn: async () => taken(await api.GET('/api/node', {})) });
  if (!node) return null;
  const url = node.url ?? location.origin;
  return (
    <div className="panel" style={{ display: 'flex', gap: 24, flexWrap: 'wrap', alignItems: 'center' }}>
      <Code text={url} />
      <dl className="facts grow">
        <dt>Name</dt><dd><strong>{node.name}</strong>, {node.role === 'cloud' ? 'in the cloud' : 'at the venue'}</dd>
        <dt>Open it at</dt><dd>{node.addresses.map((one) => <div key={one.url}><a href={one.url}>{one.url}</a>{one.loopback && <span className="dim"> only on this machine</span>}</div>)}</dd>
        <dt>Version</dt><dd>{node.version}</dd>
        <dt>For programs</dt><dd><a href="/api/docs">The API of this node</a></dd>
      </dl>
    </div>
  );
}

// Dark on light in both themes: phones read it better.
export function Code({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return <svg role="img" aria-label={`Code for ${text}`} width={148} height={148} viewBox={`0 0 ${size} ${size}`} style={{ background: '#fff', borderRadius: 8 }} shapeRendering="crispEdges"><path d={path} fill="#000" /></svg>;
}
