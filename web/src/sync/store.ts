// What survives a reload, in IndexedDB: the outbox, what can be undone, rows of shows for a quick
// start, and who edits. An entry counts as kept once its transaction is on the disk ("strict").
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Done, Entry, Row, Table } from './model.ts';

export const doneLimit = 200; // edits that can be undone, all shows together
export const showLimit = 8; // shows that are kept for a quick start

export interface KeptShow {
  id: string;
  used_at: number;
  rows: Record<Table, Row[]>;
}

interface Schema extends DBSchema {
  outbox: { key: number; value: Entry; indexes: { id: string } };
  done: { key: number; value: Done };
  shows: { key: string; value: KeptShow };
  meta: { key: string; value: unknown };
}

export class Store {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(name = 'genlock'): Promise<Store> {
    return new Store(await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('outbox', { keyPath: 'seq' }).createIndex('id', 'id', { unique: true });
        db.createObjectStore('done', { keyPath: 'seq' });
        db.createObjectStore('shows', { keyPath: 'id' });
        db.createObjectStore('meta');
      },
    }));
  }

  entries(): Promise<Entry[]> {
    return this.#db.getAll('outbox');
  }

  done(): Promise<Done[]> {
    return this.#db.getAll('done');
  }

  async put(entry: Entry): Promise<void> {
    const tx = this.#db.transaction('outbox', 'readwrite', { durability: 'strict' });
    await Promise.all([tx.store.put(entry), tx.done]);
  }

  // Takes an entry out of the outbox; `done` is what it became, null if it was withdrawn.
  async settle(seq: number, done: Done[]): Promise<void> {
    const tx = this.#db.transaction(['outbox', 'done'], 'readwrite', { durability: 'strict' });
    const store = tx.objectStore('done');
    void tx.objectStore('outbox').delete(seq);
    for (const one of done) void store.put(one);
    const keys = await store.getAllKeys();
    for (const key of keys.slice(0, Math.max(0, keys.length - doneLimit))) void store.delete(key);
    await tx.done;
  }

  show(id: string): Promise<KeptShow | undefined> {
    return this.#db.get('shows', id);
  }

  async keepShow(show: KeptShow): Promise<void> {
    const tx = this.#db.transaction('shows', 'readwrite');
    void tx.store.put(show);
    if (await tx.store.count() > showLimit) { // rows of whole shows: not read without need
      const all = await tx.store.getAll();
      all.sort((a, b) => b.used_at - a.used_at);
      for (const old of all.slice(showLimit)) void tx.store.delete(old.id);
    }
    await tx.done;
  }

  forgetShow(id: string): Promise<void> {
    return this.#db.delete('shows', id);
  }

  meta<T>(key: string): Promise<T | undefined> {
    return this.#db.get('meta', key) as Promise<T | undefined>;
  }

  async setMeta(key: string, value: unknown): Promise<void> {
    await this.#db.put('meta', value, key);
  }

  close(): void {
    this.#db.close();
  }
}
