// Undo and redo of one's own edits, in one show. An edit, the undo of it, the redo (which undoes the
// undo) ... are a chain; the node takes back only the newest link of one. Pure: all of it follows
// from who undoes whom, so a reload or another tab cannot disagree.
import type { Draft } from './model.ts';

export interface Link extends Draft {
  seq: number;
}

interface Chain {
  root: Link;
  tip: Link;
  active: boolean; // an even number of undos
}

function chains(links: readonly Link[]): Chain[] {
  const undoneBy = new Map<string, Link>();
  for (const link of links) if (link.undoes !== null) undoneBy.set(link.undoes, link);
  return links.filter((link) => link.undoes === null).map((root) => {
    let tip = root;
    let active = true;
    for (let next = undoneBy.get(tip.id); next; next = undoneBy.get(tip.id)) {
      tip = next;
      active = !active;
    }
    return { root, tip, active };
  });
}

export interface Steps {
  undo: Link | null; // what to take back, with the label of the edit that it is
  redo: Link | null;
  undoLabel: string | null;
  redoLabel: string | null;
}

// `links`: what was done and what is queued, of one show, in order of seq.
export function steps(links: readonly Link[]): Steps {
  const all = chains(links);
  const undo = all.findLast((chain) => chain.active);
  const redo = all.find((chain) => !chain.active && chain.root.seq > (undo?.root.seq ?? -1));
  return {
    undo: undo?.tip ?? null,
    redo: redo?.tip ?? null,
    undoLabel: undo?.root.label ?? null,
    redoLabel: redo?.root.label ?? null,
  };
}
