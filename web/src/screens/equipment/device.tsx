// One device: what it is, and its ports as a sheet, of the device itself and of each of its cards.
import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Archive, ArrowDown, ArrowUp, CircleAlert, Copy, EllipsisVertical, History, MapPin, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Empty } from '../../parts/empty.tsx';
import type { RowEdit } from '../../parts/grid/block.ts';
import { compare } from '../../parts/grid/column.ts';
import { coarse, Grid } from '../../parts/grid/grid.tsx';
import { plural } from '../../parts/time.ts';
import { UndoButtons, useUndoKeys } from '../../parts/undo.tsx';
import { newId } from '../../sync/ids.ts';
import { library, type Op, type Row, type Values } from '../../sync/model.ts';
import { useSession, useSessionState, useShow } from '../../sync/use.ts';
import {
  addCard, cardsOf, categories, categoryWords, change, conflictsOf, deviceName, doubles, editedPorts, freeSlot, movedPorts, portColumns, portsOf,
  setCards, setPorts, summary, waiting, withoutPorts, type Card,
} from './device.ts';
import { copyOf } from './copy.ts';
import { DeviceForm } from './device_form.tsx';
import { DeviceHistory } from './device_history.tsx';
import { WhereUsed } from './where_used.tsx';
import './equipment.css';

export function DevicePage() {
  const { deviceId } = useParams({ from: '/equipment/$deviceId' });
  const view = useShow(library);
  const device = view?.tables.equipment_specs.byId.get(deviceId);
  if (device) return <DeviceView device={device} devices={view!.tables.equipment_specs.rows} />;
  return (
    <main className="screen" id="main" aria-busy={!view || view.state === 'loading'}>
      {view && view.state !== 'loading' && (
        <Empty title="This device is not in the library">
          <p>It was archived, or it never was here. Archived devices can be brought back from the list.</p>
          <Link to="/equipment" search={{}}>All equipment</Link>
        </Empty>
      )}
    </main>
  );
}

function DeviceView({ device, devices }: { device: Row; devices: readonly Row[] }) {
  const session = useSession();
  const navigate = useNavigate({ from: '/equipment/$deviceId' });
  const { part, about } = useSearch({ from: '/equipment/$deviceId' });
  const [form, setForm] = useState(false);
  const cards = cardsOf(device);
  const card = cards.find((one) => one.id === part);
  const onCards = device.io_architecture === 'card-based' || cards.length > 0;
  const name = deviceName(device);
  const slot = freeSlot(device);
  useUndoKeys(library);

  const save = (values: Values) => {
    setForm(false);
    const changed = Object.fromEntries(Object.entries(values).filter(([column, value]) => (device[column] ?? null) !== value));
    if (Object.keys(changed).length) session.edit(library, `Details of ${name}`, [change(device, changed)]);
  };
  const archive = () => {
    session.edit(library, `Archive ${name}`, [{ op: 'delete', table: 'equipment_specs', id: device.id, before: { ...device }, ...(device._meta.etag ? { base_version: device._meta.etag } : {}) }]);
    session.notify(`${name} is archived.`, 'good', library);
    void navigate({ to: '/equipment', search: {} });
  };
  const duplicate = () => {
    const id = newId();
    session.edit(library, `Duplicate ${name}`, [{ op: 'create', table: 'equipment_specs', id, row: copyOf(device, newId) }]);
    session.notify(`${name} (copy) is a device of its own now.`, 'good', library);
    void navigate({ to: '/equipment/$deviceId', params: { deviceId: id }, search: {} });
  };
  const tell = (next: string | null) => void navigate({ search: { ...(part ? { part } : {}), ...(next ? { about: next } : {}) }, replace: true });
  const add = () => {
    const id = newId();
    session.edit(library, `Card in slot ${slot} of ${name}`, [addCard(device, slot!, id)]);
    void navigate({ search: { part: id }, replace: true });
  };
  const conflicts = conflictsOf(device);
  return (
    <main className="screen full" id="main">
      <div className="head">
        <div className="grow">
          <h1 className="cut" title={name}>{name}</h1>
          <div className="dim small cut"><Link to="/equipment" search={{}} style={{ color: 'var(--accent)' }}>Equipment</Link> · {categoryWords(String(device.category))}{device.label ? ` · ${String(device.label)}` : ''} · {summary(device)}</div>
        </div>
        {conflicts > 0 && <Button component={Link} to="/conflicts" variant="default" leftSection={<CircleAlert size={16} className="differs" />}>{conflicts} to decide</Button>}
        <UndoButtons showId={library} />
        <Button variant="default" leftSection={<Pencil size={16} />} onClick={() => setForm(true)}>Details</Button>
        <Menu position="bottom-end">
          <Menu.Target><ActionIcon variant="default" aria-label={`What to do with ${name}`} color="gray"><EllipsisVertical size={18} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item h={44} leftSection={<MapPin size={16} />} onClick={() => tell('used')}>Where it is used</Menu.Item>
            <Menu.Item h={44} leftSection={<History size={16} />} onClick={() => tell('history')}>History</Menu.Item>
            <Menu.Item h={44} leftSection={<Copy size={16} />} onClick={duplicate}>Duplicate</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" leftSection={<Archive size={16} />} onClick={archive}>Archive</Button>
      </div>
      {onCards && (
        <div className="head">
          <nav className="tabs grow" aria-label="Parts of the device" style={{ flexWrap: 'wrap' }}>
            <Link to="/equipment/$deviceId" params={{ deviceId: device.id }} search={{}} replace activeOptions={{ exact: true, explicitUndefined: true }}>On the device <span className="count">{portsOf(device, null).length}</span></Link>
            {cards.map((one) => (
              <Link key={one.id} to="/equipment/$deviceId" params={{ deviceId: device.id }} search={{ part: one.id }} replace>
                Slot {one.slot_number}{one.label ? ` ${one.label}` : ''} <span className="count">{one.io.length}</span>
              </Link>
            ))}
          </nav>
          <Button variant="default" leftSection={<Plus size={16} />} disabled={slot === null} onClick={add} title={slot === null ? 'Every slot has a card' : undefined}>Card</Button>
        </div>
      )}
      {card && <CardBar key={card.id} device={device} card={card} onGone={() => void navigate({ search: {}, replace: true })} />}
      <Ports key={`${device.id} ${card?.id}`} device={device} part={card?.id ?? null} />
      {form && <DeviceForm row={device} kinds={[...new Set([...categories, String(device.category)])]} onSave={save} onClose={() => setForm(false)} />}
      {about === 'used' && <WhereUsed device={device} devices={devices} onClose={() => tell(null)} />}
      {about === 'history' && <DeviceHistory device={device} onClose={() => tell(null)} />}
    </main>
  );
}

// A card: its slot and label; what is typed counts when the field is left.
function CardBar({ device, card, onGone }: { device: Row; card: Card; onGone(): void }) {
  const session = useSession();
  const name = `slot ${card.slot_number} of ${deviceName(device)}`;
  const set = (values: Values, words: string) =>
    session.edit(library, `${words} of ${name}`, [setCards(device, (one) => (one.id === card.id ? { ...one, ...values } : one))]);
  const setSlot = (field: HTMLInputElement) => {
    const slot = Number(field.value);
    if (slot === card.slot_number) return;
    const most = Number(device.card_slots) || 9_999;
    const taken = cardsOf(device).some((one) => one.id !== card.id && one.slot_number === slot);
    if (Number.isInteger(slot) && slot >= 1 && slot <= most && !taken) return set({ slot_number: slot }, 'Number');
    session.notify(taken ? `Slot ${slot} has a card` : `A slot is a whole number from 1 to ${most}`, 'bad');
    field.value = String(card.slot_number);
  };
  const remove = () => {
    session.edit(library, `Remove ${name}`, [setCards(device, (one) => (one.id === card.id ? null : one))]);
    session.notify(`The card in ${name} is removed.`, 'good', library);
    onGone();
  };
  return (
    <div className="card-bar">
      <TextInput key={`slot ${card.slot_number}`} label="Slot" inputMode="numeric" w={90} defaultValue={card.slot_number} onBlur={(event) => setSlot(event.currentTarget)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} />
      <TextInput key={`label ${card.label}`} label="Label of the card" w={260} maxLength={300} defaultValue={card.label ?? ''}
        onBlur={(event) => event.currentTarget.value.trim() !== (card.label ?? '') && set({ label: event.currentTarget.value.trim() || null }, 'Label')}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} />
      <Button variant="default" leftSection={<Trash2 size={16} />} onClick={remove}>Remove the card</Button>
    </div>
  );
}

const noMarks = new Map();
const noSort = { key: '', descending: false };

function Ports({ device, part }: { device: Row; part: string | null }) {
  const session = useSession();
  const entries = useSessionState((state) => state.entries);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState(noSort);
  const ports = useMemo(() => portsOf(device, part), [device, part]);
  const now = useRef(ports);
  now.current = ports;
  const columns = useMemo(() => portColumns(() => now.current), []);
  const sorting = columns.find((column) => column.key === sort.key);
  const rows = useMemo(() => (sorting ? [...ports].sort(compare(sorting, sort.descending)) : ports), [ports, sorting, sort]);
  const pending = useMemo(() => waiting(entries, device.id), [entries, device.id]);
  const warnings = doubles(ports);
  const select = useCallback((list: readonly Row[]) => setChosen(new Set(list.map((row) => row.id))), []);
  const put = (label: string, op: Op, undo = false) => {
    session.edit(library, `${label} of ${deviceName(device)}`, [op]);
    if (undo) session.notify(`${label}.`, 'good', library);
  };
  const edit = (label: string, edits: RowEdit[]) => put(label, setPorts(device, part, editedPorts(ports, edits)), edits.length > 1);
  const remove = () => put(`Remove ${plural(chosen.size, 'port')}`, setPorts(device, part, withoutPorts(ports, chosen)), true);
  const move = (step: -1 | 1) => {
    const next = movedPorts(ports, chosen, step);
    if (next) put('Order', setPorts(device, part, next));
  };
  return (
    <>
      <div className="head">
        <div className="grow">{warnings.length > 0 && <span className="differs small" role="status"><CircleAlert size={14} aria-hidden /> Two ports can’t be told apart: {warnings.slice(0, 3).join(', ')}{warnings.length > 3 ? ' ..' : ''}</span>}</div>
        <ActionIcon color="gray" aria-label="Move up" title="Move up" disabled={!chosen.size || !!sorting} onClick={() => move(-1)}><ArrowUp size={20} /></ActionIcon>
        <ActionIcon color="gray" aria-label="Move down" title="Move down" disabled={!chosen.size || !!sorting} onClick={() => move(1)}><ArrowDown size={20} /></ActionIcon>
        <Button variant="default" leftSection={<Trash2 size={16} />} disabled={!chosen.size} onClick={remove}>Remove{chosen.size > 1 ? ` ${chosen.size}` : ''}</Button>
      </div>
      {ports.length === 0 && <div className="dim">No ports yet. Type a connector into the first line, or paste a block from a spreadsheet.</div>}
      <Grid label={`Ports of ${deviceName(device)}`} columns={columns} rows={rows} pending={pending} marks={noMarks} here={noMarks} sort={sorting ? sort : null}
        newRow="port" onEdit={edit} onBad={(what) => session.notify(what, 'bad')} onPlace={() => undefined} onSelect={select}
        onSort={(key) => setSort(sort.key !== key ? { key, descending: false } : sort.descending ? noSort : { key, descending: true })} />
      <div className="hint cut">{plural(ports.length, 'port')} · {coarse ? 'Tap a cell, and once more to change it' : 'Type to change a cell, Enter keeps it · Ctrl+D fills down · Ctrl+C and Ctrl+V work with spreadsheets · the arrows above change the order'}</div>
    </>
  );
}
