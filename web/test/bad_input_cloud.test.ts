// bad_input.test.ts, of a cloud node: it serves the same API.
process.env.GENLOCK_TESTED_ROLE = 'cloud';
await import('./bad_input.test.ts');
