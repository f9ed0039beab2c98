import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The font packages offer each face twice; every browser that can show a review reads woff2. */
function woff2Only(): Plugin {
  return {
    name: 'woff2-only',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@fontsource') || !id.includes('.css')) return undefined;
      return code.replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, '');
    },
  };
}

/** A compressed copy beside each text, made once here instead of at every request. */
function gzipCopies(): Plugin {
  return {
    name: 'gzip-copies',
    enforce: 'post',
    async writeBundle({ dir }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      for (const name of texts) {
        const file = join(dir ?? '', name);
        await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: '/',
  plugins: [woff2Only(), gzipCopies()],
  build: {
    target: ['chrome120', 'safari17', 'firefox128'],
    outDir: 'dist',
    assetsDir: 'assets',
    // Never inline: the content security policy has no data: for fonts, and files under /assets are cached for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { client: page('client.html'), console: page('console.html'), patches: page('patches.html') } },
  },
});
