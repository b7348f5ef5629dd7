// limits.test.ts, of a cloud node: it takes the same.
process.env.GENLOCK_TESTED_ROLE = 'cloud';
await import('./limits.test.ts');
