// What is to know of a row as a whole: somebody has to decide, something looks wrong, somebody is there, and how far
// it has come.
import { CircleAlert, Cloud, CloudUpload, HardDrive, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Row } from '../../sync/model.ts';

// device   changed here, and the node has not taken it yet
// box      on the node, and the cloud has not said that it has it
// cloud    in the cloud
export type Where = 'device' | 'box' | 'cloud';

export interface RowState {
  key: string;
  label: string; // for screen readers, beside the number
  title: string; // on hover
  icon: ReactNode;
}

const known = (key: string, label: string, title: string, icon: ReactNode): RowState => ({ key, label, title, icon });

const conflict = known('conflict', 'conflict', 'Somebody has to decide: see Conflicts', <CircleAlert size={15} className="grid-warn" aria-hidden />);
const places: Record<Where, RowState> = {
  device: known('device', 'waiting', 'On this device, on its way to the node', <CloudUpload size={14} aria-hidden />),
  box: known('box', 'on the box', 'On the box at the venue, not in the cloud yet', <HardDrive size={12} className="grid-quiet" aria-hidden />),
  cloud: known('cloud', 'in the cloud', 'In the cloud', <Cloud size={12} className="grid-quiet" aria-hidden />),
};

const looks = new Map<string, RowState>();
const mostLooks = 2_000;

// What looks wrong with a row, in words.
function lookAt(words: string): RowState {
  if (looks.size > mostLooks) looks.clear();
  if (!looks.has(words)) looks.set(words, known(`look ${words}`, `look: ${words}`, words, <TriangleAlert size={14} className="grid-warn" aria-hidden />));
  return looks.get(words)!;
}

// One and the same object for the same state.
export function stateOf(row: Row, waits: boolean, where: Where | null, look: string | null = null): RowState | null {
  if (row._meta.conflicts > 0) return conflict;
  if (look && !waits) return lookAt(look);
  if (waits) return places.device;
  return where && places[where];
}
