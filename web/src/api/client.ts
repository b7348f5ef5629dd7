// The typed client of the API. Its types are made from the openapi.json of a node (npm test), never
// by hand.
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../../generated/api.d.ts';

export type Schemas = components['schemas'];
export type Production = Schemas['Production'];
export type Source = Schemas['Source'];
export type Send = Schemas['Send'];
export type Connection = Schemas['Connection'];
export type Conflict = Schemas['Conflict'];
export type Person = Schemas['Person'];
export type Problem = Schemas['Problem'];
export type SyncStatus = Schemas['SyncStatus'];

// `baseUrl`: of a node, "http://venue.local:3001".
export const apiClient = (baseUrl: string): Client<paths> => createClient<paths>({ baseUrl });
