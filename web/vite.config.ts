import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page is served by the monitor from `dist/web`; while it is being written, Vite serves it and asks the monitor for the data. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The monitor's content security policy is "self only": nothing may become a data: address.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/api': process.env['BATON_MONITOR'] ?? 'http://127.0.0.1:8080' },
  },
});
