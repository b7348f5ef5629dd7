// The report of an import or of its dry run.
import { plural } from '../../parts/time.ts';
import { columnWords } from '../conflicts/words.ts';
import { linesOf, sentences, shownItems, sizeWords, type Report } from './report.ts';

export function ReportView({ report }: { report: Report }) {
  const lines = linesOf(report);
  const more = report.left_out.length - shownItems;
  return (
    <section className="panel" aria-label={report.dry_run ? 'What would happen' : 'What was done'}>
      <h2 style={{ marginTop: 0 }}>{report.dry_run ? 'What would happen' : 'What was done'}</h2>
      {sentences(report).map((one) => <div key={one}>{one}</div>)}
      {lines.length > 0 && (
        <table className="data" style={{ marginTop: 14 }}>
          <thead><tr><th>Of</th><th>{report.dry_run ? 'To take' : 'Taken'}</th><th>{report.dry_run ? 'To overwrite' : 'Overwritten'}</th><th>Known</th><th>Known, differs</th><th>Left out</th></tr></thead>
          <tbody>{lines.map((line) => <tr key={line.table}><td>{line.name}</td><td>{line.taken}</td><td>{line.changed}</td><td>{line.known}</td><td>{line.differs}</td><td>{line.leftOut}</td></tr>)}</tbody>
        </table>
      )}
      {report.left_out.length > 0 && (
        <>
          <h2>Left out</h2>
          <table className="data">
            <thead><tr><th>Row</th><th>Where in the file</th><th>Why</th></tr></thead>
            <tbody>{report.left_out.slice(0, shownItems).map((one) => <tr key={`${one.file} ${one.pointer}`}><td>{one.label}</td><td>{one.pointer}</td><td>{one.reason}</td></tr>)}</tbody>
          </table>
          {more > 0 && <div className="dim">and {more.toLocaleString('en')} more</div>}
        </>
      )}
      {report.different.length > 0 && <><h2>Here already, and different</h2><ul className="import-list">{report.different.map((one) => <li key={one}>{one}</li>)}</ul></>}
      {report.kept.length > 0 && (
        <>
          <h2>Kept as attachments of the show</h2>
          <p className="dim small">These lists have no table here. Nothing of them is lost.</p>
          <ul className="import-list import-kept">{report.kept.map((one) => <li key={one.name}>{columnWords(one.name)} <span className="dim">{plural(one.items, 'item')}, {sizeWords(one.bytes)}</span></li>)}</ul>
        </>
      )}
      {report.notes.length > 0 && <><h2>Notes</h2><ul className="import-list">{report.notes.map((one, i) => <li key={i}>{one}</li>)}</ul></>}
    </section>
  );
}
