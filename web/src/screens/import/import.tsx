// A file into this node: first what would become of it, then the import itself.
import { Button, Group, NativeSelect, Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef, useState, type ChangeEvent } from 'react';
import { useShows } from '../../api/queries.ts';
import { plural } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { columnWords } from '../conflicts/words.ts';
import { headings, targets, type CsvTable } from './csv.ts';
import { cancel, mostBytes, run, type CsvPlan, type Order, type Told } from './job.ts';
import { changesAnything, sizeWords, type Report } from './report.ts';
import { ReportView } from './report_view.tsx';
import './import.css';

const headBytes = 64 * 1_024; // of a CSV file, for its first line

export function Import() {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const input = useRef<HTMLInputElement>(null);
  const [order, setOrder] = useState<Order | null>(null);
  const [job, setJob] = useState<Told | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [wrong, setWrong] = useState('');
  const [running, setRunning] = useState<'dry' | 'real' | null>(null);

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    if (!file) return;
    setReport(null);
    setWrong('');
    if (file.size > mostBytes) {
      setOrder(null);
      return setWrong(`${file.name} has ${sizeWords(file.size)}; a node takes files up to 16 MiB.`);
    }
    const isCsv = /\.(csv|tsv|txt)$/i.test(file.name);
    const heads = isCsv ? headings(await file.slice(0, headBytes).text()) : [];
    setOrder({ file, update: false, csv: isCsv ? { table: 'sources', production_id: '', heads, chosen: heads.map(() => 'auto') } : null });
  };
  // What was found out holds for what was asked alone.
  const change = (part: Partial<Order>) => {
    setOrder(order && { ...order, ...part });
    setReport(null);
    setWrong('');
  };
  const start = async (dry: boolean) => {
    setRunning(dry ? 'dry' : 'real');
    setWrong('');
    setJob(null);
    try {
      const told = await run(order!, dry, identity, setJob);
      setReport(told);
      if (!dry) session.notify(`${order!.file.name} is imported.`);
    } catch (error) {
      setReport(null);
      setWrong((error as Error).message);
    } finally {
      setRunning(null);
      setJob(null);
    }
  };
  const incomplete = !!order?.csv && order.csv.table !== 'equipment' && !order.csv.production_id;
  const blocked = running !== null || link !== 'live';
  const tried = report?.dry_run === true;
  return (
    <main className="screen" id="main">
      <div className="head"><h1 className="grow">Import</h1></div>
      <section className="panel" aria-label="The file">
        <p className="import-words">
          A show, a library or everything, as <em>genlock export</em> writes it; what the app before Genlock kept in a browser; or a list as CSV.
          Nothing is written before you have seen what would become of it.
        </p>
        <Group>
          <Button leftSection={<FileUp size={18} />} variant={order ? 'default' : 'filled'} disabled={running !== null} onClick={() => input.current?.click()}>{order ? 'Another file' : 'Choose a file'}</Button>
          <input ref={input} type="file" accept=".json,.csv,.tsv,.txt,application/json,text/csv" aria-label="File to import" hidden onChange={(event) => void choose(event)} />
          {order && <span><strong>{order.file.name}</strong> <span className="dim">{sizeWords(order.file.size)}</span></span>}
        </Group>
        {order?.csv && <CsvForm plan={order.csv} disabled={running !== null} onChange={(csv) => change({ csv })} />}
        {order && (
          <>
            <NativeSelect label="Rows that are here already and differ" w={370} mt="md" value={order.update ? 'update' : ''} disabled={running !== null}
              onChange={(event) => change({ update: event.currentTarget.value === 'update' })}
              data={[{ value: '', label: 'Stay as they are' }, { value: 'update', label: 'Are overwritten by the file' }]} />
            <Group mt="md">
              <Button variant={tried ? 'default' : 'filled'} disabled={blocked || incomplete} onClick={() => void start(true)}>See what would happen</Button>
              {tried && <Button disabled={blocked || !changesAnything(report)} onClick={() => void start(false)}>Import it</Button>}
              {link !== 'live' && <span className="dim">An import needs the node; it is out of reach.</span>}
            </Group>
          </>
        )}
      </section>
      {running && (
        <section className="panel" aria-label="On its way">
          <div role="status">{running === 'dry' ? 'Trying it out' : 'Importing'}{job?.total ? `: ${job.done.toLocaleString('en')} of ${plural(job.total, 'row')}` : ''}</div>
          <Group mt="sm">
            <Progress className="grow" aria-label="How far it is" value={job?.total ? (100 * job.done) / job.total : 0} />
            {job && <Button variant="default" onClick={() => void cancel(job)}>Stop</Button>}
          </Group>
        </section>
      )}
      {wrong && <section className="panel" role="alert"><strong>{order?.file.name ?? 'The file'} can’t be taken.</strong> <span style={{ overflowWrap: 'anywhere' }}>{wrong}</span></section>}
      {report && <ReportView report={report} />}
      {report && !report.dry_run && <p><Link to="/" search={{}} style={{ color: 'var(--accent)' }}>To the shows</Link></p>}
    </main>
  );
}

interface CsvFormProps {
  plan: CsvPlan;
  disabled: boolean;
  onChange(plan: CsvPlan): void;
}

// What the lines are, to which show they belong, and what each column means.
function CsvForm({ plan, disabled, onChange }: CsvFormProps) {
  const shows = useShows();
  const choices = [{ value: 'auto', label: 'By its name' }, { value: 'leave', label: 'Leave it out' },
    ...targets[plan.table].map((target) => ({ value: target, label: columnWords(target) }))];
  return (
    <>
      <Group mt="md">
        <NativeSelect label="What its lines are" w={200} disabled={disabled} value={plan.table}
          onChange={(event) => onChange({ ...plan, table: event.currentTarget.value as CsvTable, chosen: plan.heads.map(() => 'auto') })}
          data={[{ value: 'sources', label: 'Sources' }, { value: 'sends', label: 'Sends' }, { value: 'equipment', label: 'Equipment' }]} />
        {plan.table !== 'equipment' && (
          <NativeSelect label="Of the show" w={340} disabled={disabled} value={plan.production_id} onChange={(event) => onChange({ ...plan, production_id: event.currentTarget.value })}
            data={[{ value: '', label: 'Choose a show' }, ...(shows.data ?? []).map((show) => ({ value: show.id, label: show.show_name }))]} />
        )}
      </Group>
      <div className="heads">
        {plan.heads.map((heading, i) => heading && (
          <NativeSelect key={`${i} ${heading}`} label={heading} disabled={disabled} value={plan.chosen[i] ?? 'auto'} data={choices}
            onChange={(event) => onChange({ ...plan, chosen: plan.chosen.map((one, j) => (j === i ? event.currentTarget.value : one)) })} />
        ))}
      </div>
    </>
  );
}
