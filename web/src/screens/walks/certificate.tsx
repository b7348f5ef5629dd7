// The certificate of a walk before a show, for paper: seen here as it will be.
import { Button } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { ArrowLeft, Printer } from 'lucide-react';
import { useState } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { exact, plural } from '../../parts/time.ts';
import { Code } from '../sync/node_card.tsx';
import { keptCertificate, type Certificate } from './certificate.ts';
import '../print/print.css';
import './walks.css';

export function CertificateScreen() {
  const { shows } = useSearch({ from: '/nodes/certificate' });
  const [kept] = useState(() => keptCertificate(localStorage, shows ?? ''));
  return (
    <main className="screen print" id="main">
      <div className="head not-printed">
        <Button component={Link} to="/nodes/before" search={(shows ? { shows } : {}) as never} variant="default" leftSection={<ArrowLeft size={16} />}>Before a show</Button>
        <span className="grow" />
        {kept && <Button leftSection={<Printer size={16} />} onClick={() => print()}>Print or keep as PDF</Button>}
      </div>
      {kept ? <Paper certificate={kept} /> : <Empty title="No certificate in this browser"><p>The walk before a show makes one when all is well: choose the shows there, and check them.</p></Empty>}
    </main>
  );
}

function Paper({ certificate: { at, by, node, peer, proofs, checks } }: { certificate: Certificate }) {
  return (
    <article className="paper certificate">
      <header>
        <h1>Downloaded and checked</h1>
        <div>{node.name} can be without the internet: what stands below is the same on {node.name} and on {peer}, row for row.</div>
      </header>
      <div className="certificate-top">
        <dl>
          <dt>Checked</dt><dd>{exact(at)} <span>({at})</span></dd>
          <dt>By</dt><dd>{by.user}{by.device && `, on ${by.device}`}</dd>
          <dt>Node</dt><dd>{node.name} <span>({node.id}, version {node.version})</span></dd>
          <dt>Compared with</dt><dd>{peer}</dd>
          <dt>Open it at</dt><dd>{node.url}</dd>
        </dl>
        <Code text={node.url} />
      </div>
      <section>
        <h2>What is there</h2>
        <table aria-label="What is there">
          <thead><tr><th scope="col">What</th><th scope="col">Edits</th><th scope="col">Digest, the same on both</th></tr></thead>
          <tbody>{proofs.map((one) => <tr key={one.id}><td>{one.name}</td><td>{plural(one.events, 'edit')}</td><td><code>{one.digest}</code></td></tr>)}</tbody>
        </table>
      </section>
      <section>
        <h2>What was looked at besides</h2>
        <table aria-label="What was looked at besides"><tbody>{checks.map((one) => <tr key={one.title}><th scope="row">{one.title}</th><td>{one.words}</td></tr>)}</tbody></table>
      </section>
      <p className="certificate-sign">Signed</p>
    </article>
  );
}
