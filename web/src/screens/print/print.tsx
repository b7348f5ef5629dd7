// A list of a show for paper: seen here as it will be, printed, or kept as PDF, by the browser itself.
// The head of each page says of which show, when, and from which node.
import { Button, NativeSelect } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft, Printer } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Empty } from '../../parts/empty.tsx';
import type { Production } from '../../api/client.ts';
import { useSessionState, useShow } from '../../sync/use.ts';
import { sheets } from '../workspace/sheets.ts';
import { extent, papers, paperTitles, sectionsOf, type Paper, type Section } from './patch.ts';
import './print.css';

const cssText = (words: string): string => `"${words.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ').replace(/</g, '\\3c ')}"`;

export function Print() {
  const { showId } = useParams({ from: '/shows/$showId/print' });
  const search = useSearch({ from: '/shows/$showId/print' });
  const navigate = useNavigate({ from: '/shows/$showId/print' });
  const show = useShow(showId);
  const node = useSessionState((state) => state.core.status?.node.name ?? '');
  const [at] = useState(() => new Date());
  const paper: Paper = papers.find((one) => one === search.of) ?? 'sources';
  const tables = show?.tables;
  const { q, type, sort } = search;
  const sections = useMemo(() => (tables ? sectionsOf(paper, tables, { ...(q ? { q } : {}), ...(type ? { type } : {}), ...(sort ? { sort } : {}) }) : []), [tables, paper, q, type, sort]);
  if (!show || show.state === 'loading') return <main className="screen" id="main" aria-busy="true"><h1>Opening the show</h1></main>;
  if (show.state === 'gone') return <main className="screen" id="main"><Empty title="This show is not on this node" /></main>;
  const production = show.tables.productions.rows[0] as unknown as Production | undefined;
  const name = production?.show_name ?? 'Show';
  const place = [production?.client, production?.venue, production?.room].filter(Boolean).join(' · ');
  const when = at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  const sheet = sheets.find((one) => one === paper);
  const narrowed = [search.q && `with “${search.q}”`, search.type && `of type ${search.type}`].filter(Boolean).join(', ');
  return (
    <main className="screen print" id="main">
      <style>{`@page { @top-left { content: ${cssText(`${name} · ${paperTitles[paper]}`)} } @top-right { content: ${cssText(when)} } @bottom-left { content: ${cssText([place, node && `from ${node}`].filter(Boolean).join(' · '))} } }`}</style>
      <div className="head not-printed">
        <Button component={Link} to="/shows/$showId/$sheet" params={{ showId, sheet: sheet ?? 'connections' } as never} search={(sheet ? { q, type, sort } : {}) as never} variant="default" leftSection={<ArrowLeft size={16} />}>Back to the show</Button>
        <span className="grow" />
        <NativeSelect aria-label="What to print" w={220} value={paper} data={papers.map((one) => ({ value: one, label: paperTitles[one] }))}
          onChange={(event) => void navigate({ search: { of: event.currentTarget.value }, replace: true })} />
        <Button leftSection={<Printer size={16} />} onClick={() => window.print()}>Print or keep as PDF</Button>
      </div>
      <article className="paper">
        <header>
          <h1>{name}</h1>
          <div>{place}</div>
          <div><strong>{paperTitles[paper]}</strong>, {extent(paper, sections, show.tables)}{narrowed && ` (${narrowed})`}. As of {when}{node && `, from ${node}`}.</div>
        </header>
        {sections.every((section) => section.lines.length === 0) && <p>There is nothing to print yet.</p>}
        {sections.map((section) => <Part key={section.title} section={section} />)}
      </article>
    </main>
  );
}

// Columns that no line uses take no room.
function Part({ section }: { section: Section }) {
  const used = section.columns.map((_, i) => section.lines.some((line) => line[i]));
  if (!section.lines.length) return null;
  return (
    <section>
      {section.title && <h2>{section.title} <span>{section.lines.length}</span></h2>}
      <table aria-label={section.title || 'Rows'}>
        <thead><tr><th scope="col" className="tick">Done</th>{section.columns.map((one, i) => used[i] && <th scope="col" key={one}>{one || 'Way'}</th>)}</tr></thead>
        <tbody>{section.lines.map((line, n) => (
          <tr key={n}><td className="tick"><span /></td>{line.map((cell, i) => used[i] && <td key={section.columns[i]}>{cell}</td>)}</tr>
        ))}</tbody>
      </table>
    </section>
  );
}
