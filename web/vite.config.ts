// Builds the app into dist/: names with a hash of the content, and .br and .gz beside what a node
// serves compressed.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const compressed = /\.(js|css|html|svg|json)$/;
const leastBytes = 1_024; // below it a packet is a packet

function precompress(folder: string): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!compressed.test(name)) continue;
        const bytes = readFileSync(join(folder, name));
        if (bytes.length < leastBytes) continue;
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, brotli));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress(join(import.meta.dirname, 'dist'))],
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 600 },
  // A node of `./dev up`, for `vite dev`.
  server: { proxy: { '/api': 'http://127.0.0.1:3001', '/healthz': 'http://127.0.0.1:3001' } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
});
