import { fileURLToPath } from 'node:url';
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

export default defineConfig({
  base: '/',
  plugins: [woff2Only()],
  build: {
    target: ['chrome120', 'safari17', 'firefox128'],
    outDir: 'dist',
    assetsDir: 'assets',
    // Never inline: the content security policy has no data: for fonts, and files under /assets are cached for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { client: page('client.html'), console: page('console.html') } },
  },
});
